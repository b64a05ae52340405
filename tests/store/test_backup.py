"""A backup is one file, whole and checked; a restored register is the same to the last byte that is not derived."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.commands import ROOT, CommandLine

from tutela.errors import TutelaError
from tutela.store.restore import check_archive, opened

Database = Callable[[], AbstractContextManager[str | None]]


@pytest.fixture(scope="module")
def filled(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """A workspace with something of everything.  The tests here only read it and back it up."""
    with database() as url:
        made = CommandLine(tmp_path_factory.mktemp("filled") / "workspace", url)
        assert made("init", "--title", "Región de حلب").returncode == 0
        fill(made)
        yield made


@pytest.fixture(scope="module")
def file(filled: CommandLine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    out = tmp_path_factory.mktemp("backup") / "register.zip"
    told = filled.data("backup", out)
    assert told["digest"] == hashlib.sha256(out.read_bytes()).hexdigest()
    return out


@pytest.fixture
def other(database: Database, tmp_path: Path) -> Iterator[CommandLine]:
    """A workspace that does not exist yet, on the same kind of database."""
    with database() as url:
        yield CommandLine(tmp_path / "deep" / "other", url)


@pytest.fixture(scope="module")
def database(request: pytest.FixtureRequest) -> Database:
    """Fresh databases: on a server in the pass on PostgreSQL; None, a file, in the one on SQLite."""
    run = next(plugin.RUN for plugin in request.config.pluginmanager.get_plugins() if hasattr(plugin, "RUN"))

    @contextmanager
    def fresh() -> Iterator[str | None]:
        server = run["server"]
        url = server.create_database() if server else None
        yield url
        if server:
            server.drop_database(url)

    return fresh


def fill(tutela: CommandLine) -> None:
    path = os.pathsep.join([tutela.environment["PYTHONPATH"], str(ROOT / "tests")])
    done = subprocess.run([sys.executable, "-m", "support.register"], env={**tutela.environment, "PYTHONPATH": path}, cwd=ROOT,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def content(path: Path) -> dict[str, Any]:
    """What a backup holds, less the time it was made, the database it came from and what was journalled after the other."""
    held = members(path)
    manifest = json.loads(held.pop("manifest.json"))
    return {"tables": [(t["name"], t["columns"], t["rows"]) for t in manifest["tables"]], "journal": manifest["journal"], **held}


def rewritten(path: Path, folder: Path, change: Callable[[dict[str, bytes]], None], sealed: bool = False) -> Path:
    """A copy of the backup with its members changed; ``sealed``: with a manifest that fits them again."""
    held = members(path)
    change(held)
    if sealed:
        manifest = json.loads(held["manifest.json"])
        manifest["members"] = {name: {"bytes": len(value), "sha256": hashlib.sha256(value).hexdigest()}
                               for name, value in held.items() if name != "manifest.json"}
        held["manifest.json"] = json.dumps(manifest).encode()
    out = folder / "changed.zip"
    with zipfile.ZipFile(out, "w") as archive:
        for name, value in held.items():
            archive.writestr(name, value)
    return out


def test_what_is_restored_is_what_was_backed_up(file: Path, other: CommandLine, tmp_path: Path) -> None:
    told = other.data("restore", file)
    assert told["findings"] == [] and told["title"] == "Región de حلب"
    other.data("backup", tmp_path / "again.zip")
    assert content(tmp_path / "again.zip") == content(file)
    assert other.data("verify")["holds"]
    assert other("user", "add", "boris", "--generate").returncode == 0  # numbers go on where they were


@pytest.mark.postgres
def test_a_register_moves_from_sqlite_to_postgresql_and_back(tmp_path: Path, database_url: str) -> None:
    here = CommandLine(tmp_path / "here")
    assert here("init").returncode == 0
    fill(here)
    here.data("backup", tmp_path / "1.zip")
    server = CommandLine(tmp_path / "server")
    assert server.data("restore", tmp_path / "1.zip", "--database-url", database_url)["findings"] == []
    assert server.data("stats")["database"] == "postgresql"
    server.data("backup", tmp_path / "2.zip")
    assert content(tmp_path / "2.zip") == content(tmp_path / "1.zip")
    back = CommandLine(tmp_path / "back")
    assert back.data("restore", tmp_path / "2.zip")["findings"] == []
    back.data("backup", tmp_path / "3.zip")
    assert content(tmp_path / "3.zip") == content(tmp_path / "1.zip")


def test_a_backup_holds_accounts_and_reads_but_neither_sign_ins_nor_the_secret(filled: CommandLine, file: Path) -> None:
    held = members(file)
    secret = json.loads((filled.workspace / "tutela.json").read_text(encoding="utf-8"))["secret_key"]
    assert b"anna" in held["tables/people_user.ndjson"] and held["tables/evidence_access.ndjson"].count(b"\n") == 1
    assert not any("session" in name or "_entry" in name or "_words" in name for name in held)
    assert secret.encode() not in b"".join(held.values())


def test_a_backup_never_replaces_a_file(filled: CommandLine, file: Path) -> None:
    before = file.read_bytes()
    assert filled.data("backup", file, exit_code=4)["error"]["code"] == "backup-exists"
    assert file.read_bytes() == before and not list(file.parent.glob(".*.part"))


def test_a_backup_is_journalled_after_it_is_whole(filled: CommandLine, tmp_path: Path) -> None:
    told = filled.data("backup", tmp_path / "one.zip")
    assert filled.data("stats")["journal"]["lines"] == told["journal"]["lines"] + 1


@pytest.mark.sqlite_only
def test_a_damaged_backup_is_refused(file: Path, tmp_path: Path) -> None:
    """Bits turned over all through the file: refused, or (in what a ZIP says twice) without effect on any content."""
    whole, chance = file.read_bytes(), random.Random(7)
    held = members(file)
    for place in sorted(chance.sample(range(len(whole) * 8), 400)):
        raw = bytearray(whole)
        raw[place // 8] ^= 1 << place % 8
        damaged = tmp_path / "damaged.zip"
        damaged.write_bytes(raw)
        try:
            with opened(damaged) as archive:
                check_archive(archive)
                assert {name: archive.read(name) for name in archive.namelist()} == held
        except TutelaError as error:
            assert error.code in ("backup-damaged", "backup-not")


def lose_a_line(held: dict[str, bytes]) -> None:
    held["tables/store_line.ndjson"] = held["tables/store_line.ndjson"].split(b"\n", 1)[1]


def climb_out(held: dict[str, bytes]) -> None:
    held["../../escaped.txt"] = b"x"


def name_a_table(held: dict[str, bytes]) -> None:
    held["manifest.json"] = held["manifest.json"].replace(b'"evidence_access"', b'"evidence_access; DROP TABLE store_line"')


def add_a_stranger(held: dict[str, bytes]) -> None:
    held["blobs/aa/" + "a" * 64] = b"not what its name says"


def drop_the_manifest(held: dict[str, bytes]) -> None:
    del held["manifest.json"]


def come_from_the_future(held: dict[str, bytes]) -> None:
    held["manifest.json"] = held["manifest.json"].replace(b'"0001_initial"', b'"9999_later"')


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("change", "sealed", "code"),
    [
        (lose_a_line, False, "backup-damaged"),
        (lose_a_line, True, "backup-damaged"),
        (climb_out, False, "backup-damaged"),
        (climb_out, True, "backup-damaged"),
        (name_a_table, False, "backup-damaged"),
        (add_a_stranger, True, "backup-damaged"),
        (drop_the_manifest, False, "backup-not"),
        (come_from_the_future, False, "backup-newer"),
    ],
)
def test_a_tampered_backup_is_refused_and_leaves_nothing(
    file: Path, tmp_path: Path, other: CommandLine, change: Callable[[dict[str, bytes]], None], sealed: bool, code: str
) -> None:
    changed = rewritten(file, tmp_path, change, sealed)
    assert other.data("restore", changed, exit_code=4)["error"]["code"] == code
    assert not other.workspace.exists()
    assert not (tmp_path / "escaped.txt").exists() and not (tmp_path.parent / "escaped.txt").exists()


@pytest.mark.sqlite_only
def test_a_backup_of_an_altered_register_says_so_when_it_is_restored(file: Path, tmp_path: Path, other: CommandLine) -> None:
    def alter(held: dict[str, bytes]) -> None:
        held["tables/store_line.ndjson"] = held["tables/store_line.ndjson"].replace(b"Site 1 mound", b"Site 1 mOund")

    told = other.data("restore", rewritten(file, tmp_path, alter, sealed=True), exit_code=1)
    assert any(line.startswith("journal: the payload") for line in told["findings"])


@pytest.mark.sqlite_only
def test_restoring_needs_a_new_folder_and_something_that_is_a_backup(filled: CommandLine, file: Path, tmp_path: Path) -> None:
    assert filled.data("restore", file, exit_code=4)["error"]["code"] == "workspace-exists"
    full = CommandLine(tmp_path / "full")
    full.workspace.mkdir()
    (full.workspace / "mine.txt").write_text("mine")
    assert full.data("restore", file, exit_code=4)["error"]["code"] == "workspace-not-empty"
    assert (full.workspace / "mine.txt").read_text() == "mine"
    other = CommandLine(tmp_path / "other")
    text = tmp_path / "list.csv"
    text.write_text("id,name\n")
    assert other.data("restore", text, exit_code=4)["error"]["code"] == "backup-not"
    assert other.data("restore", tmp_path / "none.zip", exit_code=4)["error"]["code"] == "file-failed"


@pytest.mark.sqlite_only
def test_others_write_on_while_a_backup_is_made(filled: CommandLine, tmp_path: Path) -> None:
    """A writer holds the lock all the time; the backup reads one moment and waits for nobody."""
    import sqlite3

    writer = sqlite3.connect(filled.workspace / "tutela.sqlite", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE store_area SET label = 'half-written'")
    try:
        code = ("import sys; from pathlib import Path; from tutela.store.setup import open_workspace; open_workspace(Path(sys.argv[1]));"
                "from tutela.store.backup import backup; backup(Path(sys.argv[2]))")
        done = subprocess.run([sys.executable, "-c", code, str(filled.workspace), str(tmp_path / "b.zip")], env=filled.environment,
                              capture_output=True, text=True, check=False, timeout=30)
    finally:
        writer.execute("ROLLBACK")
        writer.close()
    assert done.returncode == 0, done.stderr
