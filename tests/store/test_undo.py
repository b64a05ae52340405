"""Undo: the register is what it was before, ids included; what was edited or cited since is never lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.writing import WHO, assessment, create, derived, documents, indexes, keep, last_change, place

from tutela.errors import TutelaError
from tutela.store import journal, rebuild
from tutela.store.documents import dashed, new_ids
from tutela.store.undo import Undone, undo
from tutela.store.write import Row

pytestmark = pytest.mark.django_db


def take_back(change: int, keep_edited: bool = False) -> Undone:
    return undo(WHO, change, "test.undo", keep_edited)


def test_what_a_change_created_corrected_and_deleted_is_as_it_was() -> None:
    a, b, c = create(place("A", "N-1", 40.0), place("B", "N-2", 41.0), place("C"))
    (of,) = create(assessment(a, "good"))
    before = (documents(), derived())
    keep(Row("place", new_ids(1)[0], place("New", "N-9"), new=True), Row("place", b, place("Better", "N-3")),
         Row("assessment", of, None), Row("place", a, None), Row("place", c, place("C", x=44.0)))
    done = take_back(last_change())
    assert done.done and (done.deleted, done.restored) == ({"place": 1}, {"place": 3, "assessment": 1})
    assert (documents(), derived()) == before
    assert list(journal.check()) == [] and indexes() == []


@pytest.mark.parametrize("others", [0, 40])
def test_a_large_part_of_the_register_and_a_small_one_are_taken_back_alike(others: int) -> None:
    create(*(place(f"Other {i}", f"O-{i}", 10.0 + i) for i in range(others)))
    before = (documents(), derived())
    create(*(place(f"Site {i}", f"S-{i}", 30.0 + i) for i in range(9)))
    assert take_back(last_change()).done
    assert (documents(), derived()) == before and indexes() == []


def test_an_undo_may_itself_be_taken_back_but_nothing_twice() -> None:
    create(place("A"))
    made, before = last_change(), (documents(), derived())
    take_back(made)
    take_back(last_change())
    assert (documents(), derived()) == before
    with pytest.raises(TutelaError) as caught:
        take_back(made)
    assert caught.value.code == "change-undone"


def test_what_was_edited_since_is_named_and_nothing_is_taken_back_or_all_the_rest() -> None:
    a, b = create(place("A"), place("B"))
    made = last_change()
    keep(Row("place", a, place("A, looked at")))
    before = (documents(), derived(), journal.head())
    refused = take_back(made)
    assert not refused.done and refused.conflicts == [{"id": dashed(a), "reason": "edited since"}]
    assert (documents(), derived(), journal.head()) == before
    done = take_back(made, keep_edited=True)
    assert done.done and done.deleted == {"place": 1} and [row[0] for row in documents()] == [a]
    assert b not in str(done.conflicts) and list(journal.check()) == []


def test_what_something_points_at_since_is_a_conflict() -> None:
    a, _ = create(place("A"), place("B"))
    made = last_change()
    (of,) = create(assessment(a, "poor"))
    assert take_back(made).conflicts == [{"id": dashed(a), "reason": "cited since"}]
    assert take_back(made, keep_edited=True).done
    assert sorted(row[0] for row in documents()) == sorted([a, of])


def test_what_was_erased_since_cannot_come_back() -> None:
    (a,) = create(place("Mr X"))
    keep(Row("place", a, place("A")))
    corrected = last_change()
    journal.erase(WHO, [2], "he asked for it")
    assert take_back(corrected).conflicts == [{"id": dashed(a), "reason": "erased since"}]


Step = tuple[str, int, int]


class Sequence:
    """Any changes, one after the other: what hypothesis draws, done to the register."""

    def __init__(self) -> None:
        self.places: list[str] = []
        self.assessments: list[str] = []
        self.about: dict[str, str] = {}

    def do(self, step: Step) -> None:
        what, which, said = step
        live = {uuid for uuid, _, _ in documents()}
        places = [uuid for uuid in self.places if uuid in live]
        if what == "record":
            at = 40.0 + said if said % 2 else None
            self.places += create(*(place(f"Site {said} {i}", f"N-{said % 3}", at) for i in range(1 + which % 3)))
        elif what == "undo" and journal.head()[0]:
            try:
                take_back(1 + which % last_change(), keep_edited=bool(said % 2))
            except TutelaError as error:
                assert error.code == "change-undone"
        elif places:
            uuid = places[which % len(places)]
            series = [a for a in self.assessments if self.about[a] == uuid and a in live]
            if what == "assess":
                made = create(assessment(uuid, ("good", "fair", "poor")[said % 3], f"20{10 + said % 10}-01-01"))
                self.assessments += made
                self.about |= dict.fromkeys(made, uuid)
            elif what == "correct":
                mark = {"handling": {"mark": "restricted", "precision": "0.1"}} if said % 4 == 0 else {}
                keep(Row("place", uuid, place(f"Corrected {said}", f"N-{said % 4}", 20.0 + said if said % 3 else None, **mark)))
            elif what == "delete":
                keep(*(Row("assessment", a, None) for a in series), Row("place", uuid, None))


STEPS = st.lists(st.tuples(st.sampled_from(["record", "record", "assess", "assess", "correct", "delete", "undo"]),
                           st.integers(0, 11), st.integers(0, 11)), max_size=14)
ANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def put_back() -> Iterator[None]:
    """Whatever is written inside is gone afterwards: hypothesis runs many examples in one test."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@ANY
@given(STEPS)
def test_after_any_changes_the_journal_is_valid_and_all_is_derived_as_it_would_be_anew(steps: list[Step]) -> None:
    with put_back():
        sequence = Sequence()
        for step in steps:
            sequence.do(step)
        before = derived()
        assert list(journal.check()) == [] and indexes() == []
        rebuild.everything()
        assert derived() == before


@ANY
@given(STEPS, STEPS)
def test_taking_back_every_change_in_turn_leads_to_where_it_began(first: list[Step], more: list[Step]) -> None:
    with put_back():
        sequence = Sequence()
        for step in first:
            sequence.do(step)
        stood = last_change() or 0
        before = (documents(), derived())
        for step in more:
            if step[0] != "undo":
                sequence.do(step)
        for change in range(last_change() or 0, stood, -1):
            assert take_back(change).done
        assert (documents(), derived()) == before
