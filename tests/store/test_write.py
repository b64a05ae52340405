"""The one write path: what is written is found, journalled and derived, whole; in whatever batches it comes."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from support.writing import ask, assessment, create, derived, documents, indexes, keep, last_change, place

from tutela.errors import TutelaError
from tutela.store import journal, rebuild, search, write
from tutela.store.documents import dumps, loads, new_ids
from tutela.store.write import Row

pytestmark = pytest.mark.django_db


def holds() -> bool:
    """The journal is valid, and everything derived is what would be derived now."""
    before = derived()
    assert list(journal.check()) == [] and indexes() == []
    rebuild.everything()
    return before == derived() and indexes() == []


def found() -> list[str]:
    """How the records are found, whatever their numbers."""
    return sorted(dumps(list(row[3:])) for row in derived()["entries"])  # type: ignore[arg-type]


def test_a_new_record_is_read_back_as_it_was_given() -> None:
    (uuid,) = create(place("Tell Halaf", "TH-1", 40.0))
    found = search.read(uuid, 0)
    assert found is not None and loads(found.text) == place("Tell Halaf", "TH-1", 40.0) and (found.x, found.y) == (40.0, 36.0)
    assert journal.head()[0] == 2  # the line that seals the change, and the record's
    assert holds()


def test_what_holds_the_same_already_leaves_no_line() -> None:
    (uuid,) = create(place("Tell Halaf"))
    before = journal.head()
    outcome = keep(Row("place", uuid, place("Tell Halaf")))
    assert outcome.unchanged["place"] == 1 and not outcome.updated
    assert journal.head() == before


def test_a_record_nobody_knows_cannot_be_changed_or_pointed_at() -> None:
    stranger = new_ids(1)[0]
    for rows in ([Row("place", stranger, None)], [Row("place", stranger, place("A"), expected=1)],
                 [Row("assessment", new_ids(1)[0], assessment(stranger, "good"), new=True)]):
        with pytest.raises(TutelaError) as caught:
            keep(*rows)
        assert caught.value.code == "record-unknown"
    assert documents() == [] and journal.head()[0] == 0


def test_a_record_never_becomes_one_of_another_kind() -> None:
    (uuid,) = create(place("A"))
    with pytest.raises(TutelaError) as caught:
        keep(Row("assessment", uuid, assessment(uuid, "good")))
    assert caught.value.code == "record-unknown"


def test_whoever_saw_an_older_version_is_told_so_and_nothing_is_written() -> None:
    (uuid,) = create(place("A"))
    keep(Row("place", uuid, place("B")))
    with pytest.raises(TutelaError) as caught:
        keep(Row("place", uuid, place("C"), expected=2))
    assert caught.value.code == "changed-meanwhile"
    assert loads(documents()[0][2]) == place("B")


def test_a_deleted_record_leaves_its_past_in_the_journal_and_nothing_else() -> None:
    uuid, other = create(place("Tell Halaf", "TH-1", 40.0), place("Tell Brak", "TB-1", 41.0))
    (of,) = create(assessment(uuid, "poor"))
    outcome = keep(Row("assessment", of, None), Row("place", uuid, None))
    assert outcome.deleted == {"assessment": 1, "place": 1}
    assert [row[0] for row in documents()] == [other]
    assert {name: len(rows) for name, rows in derived().items() if rows} == {"entries": 1, "words": 1, "keys": 1}
    assert search.read(uuid, 3) is None
    assert holds()


def test_a_record_deleted_may_come_back_under_its_id() -> None:
    (uuid,) = create(place("A", "N-1", 40.0))
    before = (documents(), derived())
    keep(Row("place", uuid, None))
    keep(Row("place", uuid, place("A", "N-1", 40.0)))
    assert (documents(), derived()) == before and holds()


def test_an_assessment_changes_how_its_place_is_found() -> None:
    def condition() -> str:
        ((facets,),) = ask("SELECT p.facets FROM store_entry e JOIN store_profile p ON p.id = e.profile WHERE e.kind = 1")
        return loads(facets)["condition"][0]

    (uuid,) = create(place("A"))
    assert condition() == "none"
    first, second = create(assessment(uuid, "good", "2019-01-01"), assessment(uuid, "poor", "2021-01-01"))
    assert condition() == "poor"
    keep(Row("assessment", second, None))
    assert condition() == "good"
    keep(Row("assessment", first, assessment(uuid, "fair", "2019-01-01")))
    assert condition() == "fair" and holds()


def test_an_assessment_moved_to_another_place_leaves_the_first() -> None:
    a, b = create(place("A"), place("B"))
    (of,) = create(assessment(a, "poor"))
    keep(Row("assessment", of, assessment(b, "poor")))
    assert [target for target, _, _ in derived()["links"]] == [2] and holds()


def test_the_same_record_twice_in_one_change_ends_as_it_was_said_last() -> None:
    a, b = new_ids(2)
    keep(Row("place", a, place("A", "N-1"), new=True), Row("place", b, place("B", "N-2"), new=True),
         Row("place", a, place("Again", "N-3")), Row("place", b, None))
    assert [row[0] for row in documents()] == [a] and loads(documents()[0][2]) == place("Again", "N-3")
    assert [row[0] for row in derived()["keys"]] == ["N-3"] and holds()


def test_the_same_number_said_twice_is_one_key() -> None:
    number = {"scheme": "local", "value": "N-1"}
    create({"names": [{"text": "A"}], "identifiers": [number, {**number, "uri": "https://example.org/1"}]})
    assert len(derived()["keys"]) == 1


@pytest.mark.parametrize("size", [1, 2, 3, 7, 2000])
def test_it_makes_no_difference_in_how_many_batches_rows_are_written(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill() -> list[str]:
        ids = new_ids(12)
        rows = [Row("place", ids[i], place(f"Site {i}", f"N-{i}", 30.0 + i), new=True) for i in range(6)]
        rows += [Row("assessment", ids[6 + i], assessment(ids[i % 4], "poor"), new=True) for i in range(6)]
        keep(*rows, Row("place", ids[5], None), Row("place", ids[4], place("Other", "x")))
        return found()

    at_once = fill()
    keep(*(Row(kind, uuid, None) for uuid, kind, _ in documents()))
    monkeypatch.setattr(write, "BATCH", size)
    assert fill() == at_once and holds()


def test_rows_that_are_all_new_and_rows_among_others_are_written_alike() -> None:
    def kept(new: tuple[str, ...], *more: Row) -> list[str]:
        keep(Row("place", new[0], place("A", "N", 40.0), new=True), Row("assessment", new[1], assessment(new[0], "good"), new=True), *more)
        return found()

    (old,) = create(place("Old"))
    alone = kept(tuple(new_ids(2)))
    keep(*(Row(kind, uuid, None) for uuid, kind, _ in documents() if uuid != old))
    assert kept(tuple(new_ids(2)), Row("place", old, place("Old"))) == alone


def test_what_fails_half_way_was_never_there(monkeypatch: pytest.MonkeyPatch) -> None:
    create(place("A"))
    before = (documents(), derived(), journal.head())
    monkeypatch.setattr(write, "BATCH", 2)
    with pytest.raises(TutelaError):
        keep(*(Row("place", uuid, place("B", x=40.0), new=True) for uuid in new_ids(5)), Row("place", new_ids(1)[0], None))
    assert (documents(), derived(), journal.head()) == before and indexes() == []


@pytest.mark.django_db(transaction=True)
def test_readers_go_on_while_a_change_is_being_written() -> None:
    create(place("A"))
    seen: list[int] = []

    def look() -> None:
        try:
            seen.append(search.count("place", 0, search.Want()).total)
        finally:
            connection.close()

    with journal.change("operator", "test") as change:
        write.write(change, [Row("place", uuid, place("B"), new=True) for uuid in new_ids(50)])
        reader = threading.Thread(target=look)
        reader.start()
        reader.join(20)
        assert seen == [1]
    look_again = threading.Thread(target=look)
    look_again.start()
    look_again.join(20)
    assert seen == [1, 51] and last_change() == 2
