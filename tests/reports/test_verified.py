"""Verified, answered by the database from typed rows, is what the rule says of the documents; and facets stand as the state does."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from support.acting import actor
from support.writing import create, keep

from tutela.assessment import queries
from tutela.assessment.rules.series import last_finding
from tutela.assessment.rules.standing import DAYS, ends, standing
from tutela.inventory.actions import set_handling
from tutela.people.rules import OPERATOR, PUBLIC
from tutela.reports.queries import damaged_list
from tutela.store import journal, rebuild
from tutela.store.documents import dashed, new_ids
from tutela.store.verify_derived import check_derived
from tutela.store.write import Row

pytestmark = pytest.mark.django_db

PLACE: dict[str, Any] = {"names": [{"text": "Site A"}], "country": "SY", "types": [{"code": "mosque"}]}
MANAGER = actor("manager")


def finding(place: str, code: str = "poor", observed: str = "2020-05-01", **more: Any) -> dict[str, Any]:
    return {"place": place, "status": "published", "condition": {"code": code}, "observed": observed, **more}


def photograph(**more: Any) -> tuple[str, dict[str, Any]]:
    (uuid,) = new_ids(1)
    document = {"digest": uuid * 2, "size": 1, "media_type": "image/jpeg", "form": "photograph", "handling": {"mark": "open"}, **more}
    keep(Row("item", uuid, document, new=True))
    return uuid, document


def cite(record: str, item: str, part: str = "") -> str:
    (uuid,) = new_ids(1)
    keep(Row("citation", uuid, {"item": item, "record": record, **({"part": part} if part else {})}, new=True))
    return uuid


def verified(who: Any = PUBLIC, **asked: Any) -> int:
    return damaged_list(who, **{"as_of": "2024", **asked}).verified


def test_an_item_about_a_place_verifies_for_those_who_see_that_place_with_its_details() -> None:
    hurt, other = create(PLACE, PLACE)
    item, _ = photograph(places=[hurt, other])
    cite(create(finding(hurt))[0], item)
    assert verified() == 1
    set_handling(OPERATOR, dashed(other), "restricted", reason="looting was reported nearby")
    assert (verified(), verified(actor("reviewer")), verified(MANAGER)) == (0, 1, 1)


def test_an_item_with_a_witness_verifies_for_everybody_only_once_publication_was_agreed_to() -> None:
    (place,), (witness,) = create(PLACE), new_ids(1)
    keep(Row("witness", witness, {"pseudonym": "W-AAAA-BBBB", "consents": []}, new=True))
    cite(create(finding(place))[0], photograph(witnesses=[witness])[0])
    assert (verified(), verified(MANAGER)) == (0, 1)
    keep(Row("witness", witness, {"pseudonym": "W-AAAA-BBBB", "consents": [{"scope": "publish", "given": "2024-01-01"}]}))
    assert verified() == 1


def test_an_item_destroyed_verifies_no_more_but_did_then() -> None:
    (place,) = create(PLACE)
    item, document = photograph()
    cite(create(finding(place))[0], item)
    then = journal.head()[0]
    keep(Row("item", item, {**document, "state": "destroyed"}))
    assert verified() == 0 and verified(known_at=then) == 1


def test_a_citation_withdrawn_verified_then_and_one_made_since_did_not() -> None:
    one, two = create(PLACE, PLACE)
    item, _ = photograph()
    first, second = create(finding(one))[0], create(finding(two))[0]
    withdrawn = cite(first, item)
    then = journal.head()[0]
    keep(Row("citation", withdrawn, None))
    cite(second, item)
    listed, earlier = damaged_list(PUBLIC, as_of="2024"), damaged_list(PUBLIC, as_of="2024", known_at=then)
    assert [r.public_id for r in listed.rows if r.verified] == [dashed(two)]
    assert [r.public_id for r in earlier.rows if r.verified] == [dashed(one)]


def test_a_finding_corrected_since_is_verified_as_it_was() -> None:
    (place,) = create(PLACE)
    (record,) = create(finding(place))
    cite(record, photograph()[0])
    then = journal.head()[0]
    keep(Row("assessment", record, finding(place, "good")))
    assert verified() == 0 and verified(known_at=then) == 1


@pytest.mark.parametrize(("part", "counted"), [("damages/d1", 1), ("condition", 1), ("degree", 1), ("threats/0", 0), ("note", 0)])
def test_a_citation_counts_for_the_part_that_says_damage(part: str, counted: int) -> None:
    (place,) = create(PLACE)
    cite(create(finding(place))[0], photograph()[0], part)
    assert verified() == counted


def test_only_findings_observed_by_the_day_verify() -> None:
    (place,) = create(PLACE)
    create(finding(place, observed="2015"))
    cite(create(finding(place, observed="2019-07"))[0], photograph()[0])
    assert (verified(as_of="2018"), verified(as_of="2019-07-30"), verified(as_of="2019-07-31")) == (0, 0, 1)


def test_what_is_derived_from_citations_and_items_is_checked_and_can_be_made_anew() -> None:
    (place,) = create(PLACE)
    item, _ = photograph(places=[place, place])
    cite(create(finding(place))[0], item)
    assert list(check_derived()) == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE evidence_citation SET part = 'threats'")
        cursor.execute("DELETE FROM evidence_item")
    told = " ".join(check_derived())
    assert "evidence_citation" in told and "evidence_item" in told
    rebuild.everything()
    assert list(check_derived()) == [] and verified() == 1


def test_of_two_findings_alike_in_time_the_one_written_down_later_stands_in_facets_and_state() -> None:
    (place,) = create(PLACE)
    create(finding(place, "poor"), finding(place, "good"))
    series = queries.series(PUBLIC, dashed(place))
    last = last_finding(series)
    assert last is not None and last["condition"]["code"] == queries.state(PUBLIC, dashed(place)).condition == "good"
    assert damaged_list(PUBLIC, "condition:good", as_of="2024").total.places == 1


def test_one_comparison_answers_for_the_day_in_every_class() -> None:
    for said in ({"condition": {"code": "poor"}}, {"extent": {"code": "1-10"}}, {"outcome": "not-visible", "damages": [{"key": "d1"}]}):
        number, _ = standing({"place": "p", "observed": "2020-05-01", **said})
        assert number is not None
        assert number & DAYS < ends(20200501) and not number & DAYS < ends(20200430)
