"""The command as a process of its own: workspaces made and opened, errors on the right stream, signals, pipes, consoles."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from support.commands import CommandLine

from tutela import __version__


def test_help_and_version_need_no_workspace_and_no_django(tmp_path: Path) -> None:
    tutela = CommandLine(tmp_path / "none")
    assert tutela("--version").stdout == f"tutela {__version__}\n"
    said = tutela("--help").stdout
    assert all(f"\n  {name} " in said for name in ("init", "import", "search", "verify", "backup", "user", "demo"))
    assert "--mapping" in tutela("import", "--help").stdout
    code = "import sys\ntry:\n import tutela.cli; tutela.cli.main()\nexcept SystemExit:\n print('django' in sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, "--help"], env=tutela.environment, capture_output=True, text=True, check=False)
    assert done.stderr == "False\n"


class TestInit:
    def test_a_workspace_is_made_once_and_holds(self, tutela: CommandLine) -> None:
        made = tutela.data("init", "--title", "Архив حلب")
        assert made["title"] == "Архив حلب" and made["database"] == ("postgresql" if tutela.database_url else "sqlite")
        assert tutela.data("stats")["places"] == 0 and tutela.data("verify")["holds"]
        before = (tutela.workspace / "tutela.json").read_bytes()
        assert tutela.data("init", exit_code=4)["error"]["code"] == "workspace-exists"
        assert (tutela.workspace / "tutela.json").read_bytes() == before

    def test_a_folder_with_something_in_it_is_left_alone(self, tutela: CommandLine) -> None:
        tutela.workspace.mkdir()
        (tutela.workspace / "mine.txt").write_text("mine")
        assert tutela.data("init", exit_code=4)["error"]["code"] == "workspace-not-empty"
        assert [file.name for file in tutela.workspace.iterdir()] == ["mine.txt"]

    @pytest.mark.parametrize(
        ("url", "code"),
        [
            ("postgresql://nobody:secret@127.0.0.1:1/none", "database-unreachable"),
            ("mysql://nobody:secret@host/none", "database-url"),
            ("postgresql://nobody:secret@host:port/none", "database-url"),
        ],
    )
    def test_a_server_that_cannot_be_used_leaves_nothing_and_tells_no_password(self, tmp_path: Path, url: str, code: str) -> None:
        tutela = CommandLine(tmp_path / "w")
        done = tutela("init", "--database-url", url)
        assert done.returncode == 4 and f"code:       {code}" in done.stderr and "secret" not in done.stderr
        assert not tutela.workspace.exists()

    @pytest.mark.postgres
    def test_a_database_with_tables_is_refused_and_left_alone(self, tutela: CommandLine, tmp_path: Path) -> None:
        assert tutela("init").returncode == 0
        second = CommandLine(tmp_path / "second", tutela.database_url)
        assert second.data("init", exit_code=4)["error"]["code"] == "database-in-use"
        assert not second.workspace.exists() and tutela.data("stats")["places"] == 0

    @pytest.mark.postgres
    def test_an_address_given_as_an_option_is_kept_and_one_from_the_environment_is_not(self, database_url: str, tmp_path: Path) -> None:
        named = CommandLine(tmp_path / "named")
        assert named.data("init", "--database-url", database_url)["database"] == "postgresql"
        assert named.data("stats")["database"] == "postgresql"
        assert database_url in (named.workspace / "tutela.json").read_text()

    @pytest.mark.postgres
    def test_without_its_server_a_workspace_says_what_is_missing(self, tutela: CommandLine) -> None:
        assert tutela("init").returncode == 0
        assert "postgresql" not in (tutela.workspace / "tutela.json").read_text()
        alone = CommandLine(tutela.workspace)
        assert alone.data("stats", exit_code=4)["error"]["code"] == "workspace-database-missing"
        assert not (tutela.workspace / "tutela.sqlite").exists()


@pytest.mark.sqlite_only
class TestBrokenWorkspaces:
    def test_where_there_is_none_the_line_says_how_to_make_one(self, tutela: CommandLine) -> None:
        done = tutela("stats")
        assert done.returncode == 4 and done.stdout == "" and "Traceback" not in done.stderr
        assert "is not a Tutela workspace." in done.stderr and "what to do: Make one with `tutela" in done.stderr
        assert tutela.data("stats", exit_code=4)["error"]["code"] == "workspace-missing"

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 99}', '{"format": 1}'])
    def test_a_damaged_settings_file_is_told(self, tutela: CommandLine, content: str) -> None:
        tutela.workspace.mkdir()
        (tutela.workspace / "tutela.json").write_text(content)
        done = tutela("stats")
        assert done.returncode in (1, 4) and "Traceback" not in done.stderr and "code:" in done.stderr

    def test_a_missing_or_damaged_database_is_told_and_never_made_anew(self, tutela: CommandLine) -> None:
        assert tutela("init").returncode == 0
        database = tutela.workspace / "tutela.sqlite"
        database.write_bytes(b"this is not a database at all" * 100)
        assert tutela.data("stats", exit_code=1)["error"]["code"] == "database-damaged"
        database.unlink()
        assert tutela.data("stats", exit_code=4)["error"]["code"] == "workspace-database-missing"
        assert not database.exists()

    def test_a_folder_inside_a_workspace_is_enough(self, tutela: CommandLine) -> None:
        """Standing in the workspace, one need not name it."""
        assert tutela("init").returncode == 0
        environment = {name: value for name, value in tutela.environment.items() if name != "TUTELA_WORKSPACE"}
        done = subprocess.run(tutela.command("stats", "--json"), cwd=tutela.workspace, env=environment, capture_output=True, text=True,
                              check=False)
        assert json.loads(done.stdout)["places"] == 0


@pytest.mark.sqlite_only
class TestMigrate:
    @pytest.fixture
    def older(self, tutela: CommandLine) -> CommandLine:
        """A workspace as an older Tutela, which knew no imports, would have left it."""
        assert tutela("init").returncode == 0 and tutela("user", "add", "anna", "--generate").returncode == 0
        for name in ("tutela.sqlite", "access.sqlite"):
            with sqlite3.connect(tutela.workspace / name) as database:
                database.execute("DELETE FROM django_migrations WHERE app = 'exchange'")
                database.execute("DROP TABLE IF EXISTS exchange_import")
        return tutela

    def test_an_older_workspace_is_not_used_before_it_is_migrated(self, older: CommandLine) -> None:
        assert older.data("stats", exit_code=4)["error"]["code"] == "workspace-needs-migrate"

    def test_migrating_copies_first_and_keeps_everything(self, older: CommandLine) -> None:
        with sqlite3.connect(older.workspace / "tutela.sqlite") as database:
            lines = database.execute("SELECT count(*) FROM store_line").fetchone()[0]
        told = older.data("migrate")
        assert told["applied"] == ["exchange.0001_initial"]
        with sqlite3.connect(Path(told["copy"]) / "tutela.sqlite") as copy:
            assert copy.execute("SELECT count(*) FROM sqlite_master WHERE name = 'exchange_import'").fetchone()[0] == 0
            assert copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        stats = older.data("stats")
        assert stats["users"] == 1 and stats["journal"]["lines"] == lines + 1
        assert older.data("verify")["holds"] and older.data("imports") == {"imports": []}

    def test_a_current_workspace_stays_as_it_is(self, tutela: CommandLine) -> None:
        assert tutela("init").returncode == 0
        before = tutela.data("stats")
        assert tutela.data("migrate") == {"applied": [], "copy": None, "records": 0} and tutela.data("stats") == before

    def test_a_workspace_of_a_newer_tutela_is_refused(self, tutela: CommandLine) -> None:
        assert tutela("init").returncode == 0
        for name in ("tutela.sqlite", "access.sqlite"):
            with sqlite3.connect(tutela.workspace / name) as database:
                database.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('store', '9999_later', '2030-01-01')")
        for command in ("stats", "migrate"):
            assert tutela.data(command, exit_code=4)["error"]["code"] == "workspace-newer"


@pytest.mark.sqlite_only
class TestStreams:
    def test_a_console_that_knows_few_letters_is_no_reason_to_fail(self, tutela: CommandLine) -> None:
        environment = {**tutela.environment, "PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252"}
        assert tutela("init", "--title", "حلب — Łódź").returncode == 0
        for arguments in (("stats",), ("stats", "--json"), ("search", "ܐܘܪܗܝ"), ("show", "حلب"), ("--help",)):
            done = subprocess.run(tutela.command(*arguments), env=environment, capture_output=True, check=False)
            assert b"Traceback" not in done.stderr and b"UnicodeEncodeError" not in done.stderr
            if arguments[-1] == "--json":
                assert json.loads(done.stdout)["title"] == "حلب — Łódź"

    @pytest.mark.skipif(os.name == "nt", reason="there is no head on Windows")
    def test_a_reader_that_goes_away_is_no_fault(self, tutela: CommandLine) -> None:
        assert tutela("init").returncode == 0
        process = subprocess.Popen(tutela.command("stats", "--json"), env=tutela.environment, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        assert process.stdout and process.stderr
        process.stdout.close()
        said = process.stderr.read()
        process.stderr.close()
        assert process.wait(60) in (0, 1) and said == b""

    @pytest.mark.skipif(os.name == "nt", reason="Windows sends another signal")
    def test_ctrl_c_ends_calmly(self, tutela: CommandLine) -> None:
        assert tutela("init").returncode == 0
        writer = sqlite3.connect(tutela.workspace / "tutela.sqlite", isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")  # so that the command waits
        try:
            process = subprocess.Popen(tutela.command("user", "add", "anna", "--generate"), env=tutela.environment,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            time.sleep(3)
            process.send_signal(signal.SIGINT)
            writer.execute("ROLLBACK")
            out, said = process.communicate(timeout=90)
        finally:
            writer.close()
        assert "Traceback" not in said
        assert (process.returncode == 130 and "Stopped" in said) or (process.returncode == 0 and "may sign in" in out)


@pytest.mark.sqlite_only
class TestServe:
    def test_the_pages_are_served_to_this_machine_until_it_is_ended(self, tutela: CommandLine) -> None:
        assert tutela("init").returncode == 0
        port = free_port()
        process = subprocess.Popen(tutela.command("serve", "--port", port), env=tutela.environment, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        try:
            assert answer(f"http://127.0.0.1:{port}/", process) < 500
            busy = tutela.data("serve", "--port", port, exit_code=4)["error"]
            assert busy["code"] == "port-in-use" and f"--port {port % 65535 + 1}" in busy["todo"]
        finally:
            process.send_signal(signal.SIGINT if os.name != "nt" else signal.CTRL_C_EVENT)
            out, said = process.communicate(timeout=60)
        assert f"http://127.0.0.1:{port}/" in out and "Traceback" not in said and process.returncode == 0

    def test_an_address_that_is_not_this_machine_s_is_told(self, tutela: CommandLine) -> None:
        assert tutela("init").returncode == 0
        assert tutela.data("serve", "--host", "203.0.113.9", "--port", free_port(), exit_code=4)["error"]["code"] == "host-unusable"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answer(url: str, process: subprocess.Popen[str]) -> int:
    """The status of the first answer, waited for."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(200):
        assert process.poll() is None, process.communicate()
        try:
            return int(opener.open(url, timeout=30).status)
        except urllib.error.HTTPError as error:
            return int(error.code)
        except OSError:
            time.sleep(0.15)
    raise AssertionError(f"{url} does not answer")
