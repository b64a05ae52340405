"""A command used wrongly: exit 2, in lines for people, as data with a code where data was asked for."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from tutela.cli import app


@pytest.mark.parametrize(("arguments", "names"), [
    (["show"], "identifier"), (["search", "--limit", "many"], "--limit"), (["search", "--colour", "red"], None), (["paint"], None),
    (["undo", "x"], "number"), (["export", "csv"], "out"), (["search", "--limit", "0"], "--limit"),
])
@pytest.mark.parametrize("first", [True, False])
def test_with_json_it_is_data_with_a_code(arguments: list[str], names: str | None, first: bool) -> None:
    done = CliRunner().invoke(app, ["--json", *arguments] if first else [*arguments, "--json"])
    found = json.loads(done.stdout)["error"]
    assert done.exit_code == 2 and found["code"] == "usage" and found["message"] and "--help" in found["todo"]
    if names:
        assert found["column"] == names


def test_without_it_stays_in_lines() -> None:
    done = CliRunner().invoke(app, ["show"])
    assert done.exit_code == 2 and not done.stdout and "Missing argument" in done.stderr


def test_the_command_asked_for_help_is_named() -> None:
    done = CliRunner().invoke(app, ["undo", "--json"], prog_name="tutela")
    assert "`tutela undo --help`" in json.loads(done.stdout)["error"]["todo"]


def test_help_and_version_are_as_before() -> None:
    assert "Usage" in CliRunner().invoke(app, ["--json", "--help"]).stdout
    assert CliRunner().invoke(app, ["--json", "--version"]).exit_code == 0


@pytest.mark.django_db
def test_a_misspelt_filter_ends_with_4_and_a_coded_error() -> None:
    done = CliRunner().invoke(app, ["search", "condition:destoryed", "--json"])
    found = json.loads(done.stdout)["error"]
    assert done.exit_code == 4 and found["code"] == "query-value" and found["column"] == "condition" and "destroyed" in found["todo"]


@pytest.mark.django_db
def test_an_export_of_a_misspelt_filter_writes_nothing(tmp_path) -> None:  # type: ignore[no-untyped-def]
    out = tmp_path / "out.csv"
    done = CliRunner().invoke(app, ["export", "csv", str(out), "--query", "type:churhc", "--json"])
    assert done.exit_code == 4 and json.loads(done.stdout)["error"]["code"] == "query-value" and not out.exists()


@pytest.mark.django_db
def test_a_mark_needs_a_reason() -> None:
    from inventory.register import keep

    place = keep("Tell Brak")
    done = CliRunner().invoke(app, ["handle", place, "restricted", "--json"])
    assert done.exit_code == 2 and json.loads(done.stdout)["error"]["code"] == "handling-reason"
    assert CliRunner().invoke(app, ["handle", place, "restricted", "--reason", "looting", "--json"]).exit_code == 0
    assert CliRunner().invoke(app, ["handle", place, "open", "--json"]).exit_code == 0
