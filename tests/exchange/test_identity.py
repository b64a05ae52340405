"""A number means the same place only where nothing says otherwise; and what a person does not see is not theirs to match."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutela.exchange.actions import run_import
from tutela.inventory import queries
from tutela.inventory.actions import set_handling
from tutela.people.rules import OPERATOR, Actor

pytestmark = pytest.mark.django_db(transaction=True)
ONE = "id,name,latitude,longitude\n1,Old Bridge,43.3373,17.8150\n"
OTHER = "id,name,latitude,longitude\n1,Lighthouse,36.2,-5.4\n"
LIST = "id,name,latitude,longitude,type\n1,Old Bridge,43.3373,17.8150,bridge\n"


def write(folder: Path, text: str, name: str = "list.csv") -> list[Path]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return [path]


def test_two_lists_numbered_from_one_do_not_update_each_other(tmp_path: Path) -> None:
    run_import(OPERATOR, write(tmp_path, ONE))
    report = run_import(OPERATOR, write(tmp_path, OTHER, "other.csv"))
    assert [r.code for r in report.refused] == ["key-other-place"] and report.state == "refused"
    assert queries.search(OPERATOR, "").total == 1


def test_the_same_place_with_more_said_of_it_is_updated(tmp_path: Path) -> None:
    run_import(OPERATOR, write(tmp_path, ONE))
    assert run_import(OPERATOR, write(tmp_path, LIST, "newer.csv")).updated == 1


def test_a_dry_run_does_not_tell_a_contributor_of_a_hidden_place(tmp_path: Path) -> None:
    run_import(OPERATOR, write(tmp_path, ONE))
    place = queries.search(OPERATOR, "").rows[0].id
    set_handling(OPERATOR, place, "confidential", reason="at risk")
    report = run_import(Actor("c", "contributor"), write(tmp_path, LIST, "newer.csv"), dry_run=True)
    assert (report.created, report.updated, report.examples) == (1, 0, {})


def test_a_reviewer_does_not_overwrite_what_they_do_not_see(tmp_path: Path) -> None:
    run_import(OPERATOR, write(tmp_path, ONE))
    place = queries.search(OPERATOR, "").rows[0].id
    set_handling(OPERATOR, place, "confidential", reason="at risk")
    report = run_import(Actor("r", "reviewer"), write(tmp_path, LIST, "newer.csv"))
    assert [r.code for r in report.refused] == ["place-withheld"]
    assert "types" not in queries.place(OPERATOR, place).document
