"""Lists in and out by the command line: the contract of ``import --json``, exit codes, undo, export, the demonstration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.commands import CommandLine
from typer.testing import CliRunner

from tutela.cli import app

GOOD = "id,name,latitude,longitude,type,description\nA1,حلب,36.2,37.16,castle,The citadel\nA2,Łódź,51.77,19.45,church,Wood\n"
BAD = GOOD + "A3,Ur,135,46.1,temple,Latitude too high\n"
CONTRACT = set("import rows places created updated unchanged absent warnings refused mapping encoding seconds".split())


def run(*arguments: Any, exit_code: int = 0) -> Any:
    """What a command says with --json, in the workspace of the tests."""
    done = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    assert done.exit_code == exit_code, done.output
    return json.loads(done.stdout)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "good.csv"
    file.write_text(GOOD, encoding="utf-8")
    return file


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    file = tmp_path / "bad.csv"
    file.write_text(BAD, encoding="utf-8")
    return file


@pytest.mark.django_db
class TestImport:
    def test_a_plain_list_needs_no_mapping_and_says_what_the_contract_says(self, good: Path) -> None:
        told = run("import", good)
        assert set(told) >= CONTRACT
        assert (told["rows"], told["places"], told["created"], told["refused"]) == (2, 2, 2, [])
        assert run("search", "حلب")["total"] == 1

    def test_the_same_list_twice_changes_nothing(self, good: Path) -> None:
        run("import", good)
        lines = run("stats")["journal"]["lines"]
        again = run("import", good)
        assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
        assert run("stats")["journal"]["lines"] == lines

    def test_a_refused_row_says_where_and_what_to_do_and_nothing_is_written(self, bad: Path) -> None:
        told = run("import", bad, exit_code=3)
        (row,) = told["refused"]
        assert row["file"] == "bad.csv" and row["row"] == 4 and row["value"] and row["code"] and row["message"] and row["todo"]
        assert run("stats")["places"] == 0

    def test_partial_writes_the_good_rows(self, bad: Path) -> None:
        assert run("import", bad, "--partial", exit_code=3)["created"] == 2
        assert run("stats")["places"] == 2

    def test_a_dry_run_writes_nothing(self, good: Path) -> None:
        assert run("import", good, "--dry-run")["created"] == 2
        assert run("stats")["places"] == 0 == run("stats")["journal"]["lines"]

    @pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\x03" * 100, b"PK\x03\x04broken"])
    def test_what_cannot_be_read_at_all_is_unusable(self, tmp_path: Path, content: bytes) -> None:
        file = tmp_path / "list.csv"
        file.write_bytes(content)
        assert run("import", file, exit_code=4)["error"]["code"]

    def test_a_file_that_is_not_there_is_unusable(self, tmp_path: Path) -> None:
        assert run("import", tmp_path / "none.csv", exit_code=4)["error"]["code"]


@pytest.mark.django_db(databases="__all__")
class TestUndo:
    def test_an_import_is_listed_taken_back_and_cannot_be_taken_back_again(self, good: Path) -> None:
        number = run("import", good)["import"]
        assert [(i["import"], i["state"]) for i in run("imports")["imports"]] == [(number, "committed")]
        assert run("undo", number)["undone"]
        assert run("stats")["places"] == 0 and run("verify")["holds"]
        assert run("undo", number, exit_code=1)["error"]["code"] == "import-undone"

    def test_what_was_changed_since_is_told_and_kept_on_request(self, good: Path) -> None:
        number = run("import", good)["import"]
        run("handle", "A1", "restricted", "--reason", "at risk")
        refused = run("undo", number, exit_code=1)
        assert not refused["undone"] and refused["conflicts"][0]["id"] == run("show", "A1")["id"]
        assert run("undo", number, "--keep-edited")["kept"] == 1
        assert run("stats")["places"] == 1 and run("verify")["holds"]


@pytest.mark.django_db
class TestExport:
    @pytest.mark.parametrize("kind", ["geojson", "gpkg", "csv", "xlsx", "kml"])
    def test_every_format_is_written_for_the_public_unless_told_otherwise(self, good: Path, tmp_path: Path, kind: str) -> None:
        run("import", good)
        out = tmp_path / f"out.{kind}"
        told = run("export", kind, out, "--query", "castle")
        assert out.stat().st_size and told["audience"] == "public" and told["format"] == kind

    def test_an_unknown_format_is_a_usage_error(self, tmp_path: Path) -> None:
        assert run("export", "doc", tmp_path / "out.doc", exit_code=2)["error"]["code"] == "export-format"

    @pytest.mark.parametrize("kind", ["xlsx", "csv", "pdf"])
    def test_the_damaged_places_list_is_written(self, good: Path, tmp_path: Path, kind: str) -> None:
        run("import", good)
        out = tmp_path / f"damaged.{kind}"
        assert run("damaged", out)["places"] == 0 and out.stat().st_size


class TestDemo:
    def test_the_demonstration_runs_and_changes_nothing_when_run_again(self, tutela: CommandLine) -> None:
        told = tutela.data("demo")
        first = {row["list"]: row for row in told["lists"]}
        assert first["EAMENA: caravanserais of Iran"]["rows"] == 424 and first["EAMENA: caravanserais of Iran"]["places"] == 221
        assert all(Path(report).stat().st_size > 1000 for report in told["reports"])
        stats = tutela.data("stats")
        assert stats["places"] > 4000 and stats["names"] > 10_000 and tutela.data("verify")["holds"]
        again = tutela("demo")
        assert again.returncode == 0 and "Damaged places:" in again.stdout
        assert tutela.data("stats") == stats

    def test_it_never_mixes_with_a_register_of_one_s_own(self, tutela: CommandLine) -> None:
        assert tutela("init").returncode == 0
        assert tutela.data("demo", exit_code=4)["error"]["code"] == "demo-elsewhere"
        assert tutela.data("stats")["places"] == 0
