"""The journal: every write has its lines, no line can be changed unnoticed, and a payload can be erased with a reason."""

from __future__ import annotations

from hashlib import sha256

import pytest
from support.writing import WHO, ask, assessment, create, keep, place

from tutela.errors import TutelaError
from tutela.store import journal
from tutela.store.documents import loads
from tutela.store.write import Row

pytestmark = pytest.mark.django_db


def lines() -> list[tuple[object, ...]]:
    """(seq, change, record, act, before) of every line."""
    return ask("SELECT seq, change, record, act, before FROM store_line ORDER BY seq")


def test_each_change_begins_with_who_when_and_what_and_each_record_follows_its_former_line() -> None:
    (uuid,) = create(place("A"))
    keep(Row("place", uuid, place("B")), note="a better name", sheet=7)
    keep(Row("place", uuid, None))
    assert lines()[:3] == [(1, 1, None, 0, None), (2, 1, 1, 1, None), (3, 2, None, 0, None)]
    assert lines()[3:] == [(4, 2, 1, 2, 2), (5, 3, None, 0, None), (6, 3, 1, 3, 4)]
    sealed = loads(ask("SELECT document FROM store_line WHERE seq = 3")[0][0])
    assert (sealed["actor"], sealed["action"], sealed["note"], sealed["context"]) == (WHO, "test", "a better name", {"sheet": 7})
    assert list(journal.check()) == []


def test_a_change_that_writes_nothing_leaves_no_line() -> None:
    with journal.change(WHO, "test"):
        pass
    keep()
    assert lines() == [] and journal.head() == (0, bytes(32).hex())


def test_a_note_stands_alone() -> None:
    number = journal.note(WHO, "store.backup", "to the other disk")
    assert lines() == [(1, number, None, 0, None)] and list(journal.check()) == []


def test_a_change_that_fails_leaves_no_line() -> None:
    with pytest.raises(ZeroDivisionError), journal.change(WHO, "test") as change:
        change.note(journal.NOTE, {"said": "something"})
        change.flush()
        raise ZeroDivisionError
    assert lines() == []


def test_a_change_is_never_begun_inside_another() -> None:
    with journal.change(WHO, "test"), pytest.raises(TutelaError) as caught, journal.change(WHO, "inner"):
        pass
    assert caught.value.code == "change-inside-change"


@pytest.mark.parametrize("sql", [
    "UPDATE store_line SET document = replace(document, 'Tell', 'Till') WHERE seq = 2",
    "UPDATE store_line SET act = 2 WHERE seq = 2",
    "UPDATE store_line SET before = 1 WHERE seq = 3",
    "UPDATE store_line SET change = 2 WHERE seq = 1",
    "UPDATE store_line SET salt = NULL, document = NULL WHERE seq = 2",
    "UPDATE store_line SET salt = NULL WHERE seq = 2",
    "DELETE FROM store_line WHERE seq = 2",
    "UPDATE store_record SET uuid = '00000000000000000000000000000000' WHERE id = 1",
    "UPDATE store_record SET kind = 2 WHERE id = 1",
])
def test_whatever_is_altered_is_found(sql: str) -> None:
    (uuid,) = create(place("Tell Halaf"))
    create(assessment(uuid, "good"))
    assert list(journal.check()) == []
    ask(sql)
    assert list(journal.check())


def test_two_lines_cannot_change_places() -> None:
    create(place("A"), place("A"))
    rows = dict(ask("SELECT seq, digest FROM store_line WHERE seq IN (2, 3)"))
    for seq, other in ((2, 3), (3, 2)):
        ask("UPDATE store_line SET digest = %s WHERE seq = %s", rows[other], seq)
    assert list(journal.check())


def test_equal_documents_have_different_digests_so_that_an_erased_one_cannot_be_guessed() -> None:
    create(place("A"), place("A"))
    (first, text), (second, _) = ask("SELECT digest, document FROM store_line WHERE seq > 1 ORDER BY seq")
    assert bytes(first) != bytes(second) and bytes(first) != sha256(text.encode()).digest()


def test_what_was_erased_with_a_reason_is_gone_for_good_and_the_chain_still_holds() -> None:
    (uuid,) = create(place("Known to Mr X"))
    keep(Row("place", uuid, place("A")))
    with pytest.raises(TutelaError) as caught:
        journal.erase(WHO, [4], "he asked for it")
    assert caught.value.code == "erase-present"
    journal.erase(WHO, [2], "he asked for it")
    assert ask("SELECT salt, document FROM store_line WHERE seq = 2") == [(None, None)]
    assert list(journal.check()) == []


def test_a_name_put_back_into_an_erased_line_is_found() -> None:
    (uuid,) = create(place("A"))
    keep(Row("place", uuid, place("B")))
    journal.erase(WHO, [2], "a reason")
    ask("UPDATE store_line SET document = '{}' WHERE seq = 2")
    assert list(journal.check())
