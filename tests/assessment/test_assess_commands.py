"""``tutela assess``: from a draft to a published assessment, a disagreement and its consensus, and the state on any day."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.commands import CommandLine
from support.postgres import Server
from support.warm import Warm

HEADER = "Name,Latitude,Longitude,Country\n"
NAMES = iter("ABCDEFGH")


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """One register for all tests here, on PostgreSQL in the second pass."""
    server = Server(os.environ["DATABASE_URL"]) if os.environ.get("DATABASE_URL") else None
    url = server.create_database() if server else None
    line = CommandLine(tmp_path_factory.mktemp("register") / "workspace", url)
    made = line("init")
    assert made.returncode == 0, made.stderr
    warm = Warm(line)
    yield warm
    warm.close()
    if server and url:
        server.drop_database(url)


@pytest.fixture
def register(commands: Warm, tmp_path: Path) -> tuple[Warm, str]:
    """The command line, and the id of a place of its own for each test."""
    name = f"Tell {next(NAMES)}x{next(NAMES)}"
    listed = tmp_path / "places.csv"
    listed.write_text(f"{HEADER}{name},30.9,46.1,IQ\n", encoding="utf-8")
    commands.data("import", listed)
    return commands, commands.data("search", name)["places"][0]["id"]


def test_assessments_from_options_and_from_a_file_and_the_state_that_follows(register: Any, tmp_path: Path) -> None:
    tutela, place = register
    made = tutela.data("assess", "add", place, "--observed", "2019-05-01", "--condition", "good", "--method", "field")
    assert made["status"] == "published"  # the operator works alone
    file = tmp_path / "seen.yaml"
    file.write_text(
        "form: ems-98\nobserved: 2024-05-01\nmethod: field\ndegree: {original: 4}\nelements: [{key: dome, kind: dome}]\n", encoding="utf-8"
    )
    refused = tutela("assess", "add", place, "--file", file)
    assert refused.returncode == 1 and "assessment-refused" in refused.stderr  # 4 is no text
    file.write_text(file.read_text(encoding="utf-8").replace("4}", "'4'}"), encoding="utf-8")
    tutela.data("assess", "add", place, "--file", file, "--damage", "explosion-heavy-weaponry:collapse")
    found = tutela.data("assess", "state", place, "--since", "2020")
    assert (found["condition"], found["degree"], found["damage"], found["trend"]["code"]) == ("very-bad", "severe", "documented", "worse")
    assert found["since"]["date"] == "2020" and found["since"]["newly_damaged"]["code"] == "yes"
    assert tutela.data("assess", "state", place, "--as-of", "2020")["condition"] == "good"
    assert tutela.data("assess", "state", place, "--known-at", "2000-01-01")["condition"] == "none"
    said = tutela("assess", "state", place).stdout
    assert (
        "very-bad since 2024-05-01 (single)" in said and "From good (2019-05-01) to very-bad (2024-05-01)." in said and "Part dome" in said
    )


def test_review_and_consensus_step_by_step(register: Any) -> None:
    tutela, place = register
    ids = []
    for day, condition in (("2024-05-03", "fair"), ("2024-05-04", "poor")):
        made = tutela.data("assess", "add", place, "--observed", day, "--condition", condition, "--draft")["id"]
        for act, status in (("submit", "submitted"), ("review", "reviewed"), ("publish", "published")):
            assert tutela.data("assess", act, made)["status"] == status
        ids.append(made)
    assert tutela.data("assess", "state", place)["certainty"] == "disputed"
    tutela.data("assess", "comment", ids[0], "The dome was not seen from here.")
    assert tutela.data("assess", "show", ids[0])["comments"][0]["text"] == "The dome was not seen from here."
    both = [option for each in ids for option in ("--of", each)]
    assert tutela.data("assess", "consensus", place, *both, "--rule", "majority", exit_code=1)["error"]["code"] == "consensus-few"
    returned = tutela.data("assess", "return", ids[0])
    assert returned["status"] == "draft" and tutela.data("assess", "state", place)["condition"] == "poor"
    assert len(tutela.data("assess", "history", place)["history"][0]["versions"]) == 5


def test_a_proposal_by_file(register: Any, tmp_path: Path) -> None:
    tutela, place = register
    made = tutela.data("assess", "add", place, "--observed", "2024", "--condition", "fair")["id"]
    file = tmp_path / "better.json"
    file.write_text(json.dumps({"observed": "2024", "condition": {"code": "poor"}}), encoding="utf-8")
    offered = tutela.data("assess", "propose", made, "--file", file, "--why", "seen again")["id"]
    assert tutela.data("assess", "show", made)["condition"]["code"] == "fair"
    tutela.data("assess", "accept", offered)
    assert tutela.data("assess", "show", made)["condition"]["code"] == "poor"
    assert tutela.data("assess", "reject", offered, exit_code=1)["error"]["code"] == "proposal-decided"


def test_what_goes_wrong_is_said_calmly(register: Any, tmp_path: Path) -> None:
    tutela, place = register
    assert tutela.data("assess", "add", place, exit_code=2)["error"]["code"] == "assess-nothing"
    bad = tmp_path / "bad.yaml"
    for text in ("- a\n- b\n", "a: [", "\x00", "1: 2\n"):
        bad.write_text(text, encoding="utf-8")
        assert tutela.data("assess", "add", place, "--file", bad, exit_code=4)["error"]["code"] == "assessment-file"
    assert tutela.data("assess", "add", place, "--condition", "so-so", exit_code=1)["error"]["code"] == "assessment-refused"
    assert tutela.data("assess", "state", place, "--known-at", "soon", exit_code=1)["error"]["code"] == "moment-unreadable"
    assert tutela.data("assess", "show", "0" * 32, exit_code=1)["error"]["code"] == "record-unknown"
    assert {m["name"] for m in tutela.data("assess", "methods")["methods"]} >= {"rapid", "detailed", "unosat", "ems-98"}
