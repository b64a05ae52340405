"""A filter value that nobody can have meant is told, with what is near it; a code that is only absent here is a true zero."""

from __future__ import annotations

import pytest
from inventory.register import PUBLIC, READERS, keep

from tutela.errors import TutelaError
from tutela.inventory import queries
from tutela.inventory.near import near_fields, require_known, unknown_values
from tutela.inventory.rules.query import parse

pytestmark = pytest.mark.django_db
MANAGER = READERS["manager"]


def test_a_misspelt_code_is_told_with_the_codes_near_it() -> None:
    found = unknown_values(PUBLIC, "condition:destoryed type:churhc")
    assert [(one.field, one.value, one.near[0]) for one in found] == [("condition", "destoryed", "destroyed"), ("type", "churhc", "church")]


def test_a_misspelt_value_that_is_excluded_is_told_too() -> None:
    assert [one.value for one in unknown_values(PUBLIC, "-type:churhc")] == ["churhc"]


@pytest.mark.parametrize("text", [
    "condition:destroyed", "type:church", "country:IQ", "country:none", "type:كنيسة", 'condition:"very bad"', "located:name-only",
    "missing:geometry", "damaged:documented", "condition:none", "condition:not-visible", "protection:none", "handling:open",
])
def test_a_code_or_wording_of_the_list_is_known_though_no_place_has_it(text: str) -> None:
    assert unknown_values(PUBLIC, text) == [] and queries.count(PUBLIC, text).total == 0


def test_a_short_list_is_told_whole_where_nothing_is_near() -> None:
    assert unknown_values(PUBLIC, "located:xyzzy")[0].near == ("position", "name-only")


def test_a_wording_that_places_here_hold_is_known_to_whoever_sees_it() -> None:
    keep("Seen", dating=[{"period": "Late Ubaid"}])
    assert unknown_values(PUBLIC, 'period:"late ubaid"') == [] and unknown_values(PUBLIC, 'period:"Late Ubayd"')[0].near == ("Late Ubaid",)


def test_what_only_hidden_places_hold_is_neither_known_nor_suggested() -> None:
    secret = {"mark": "confidential", "reason": "at risk"}
    keep("Hidden", areas=[{"kind": "province", "name": "Shirqat"}], dating=[{"period": "Late Ubaid"}], country="IQ", handling=secret)
    for text in ("area:Shirqat", "area:Shirqt", 'period:"Late Ubaid"', 'period:"Late Ubayd"'):
        assert [one.near for one in unknown_values(PUBLIC, text)] == [()]
    assert unknown_values(MANAGER, "area:Shirqat") == [] and unknown_values(MANAGER, "area:Shirqt")[0].near == ("Shirqat",)


def test_an_area_is_known_by_its_name_and_with_its_country() -> None:
    keep("Nimrud", areas=[{"kind": "province", "name": "Nineveh"}], country="IQ")
    assert unknown_values(PUBLIC, "area:nineveh") == [] == unknown_values(PUBLIC, 'area:"IQ Nineveh"')
    assert unknown_values(PUBLIC, "area:Ninveh")[0].near == ("Nineveh",)


def test_on_the_command_line_it_ends_with_4_and_what_to_write() -> None:
    with pytest.raises(TutelaError) as refused:
        require_known(PUBLIC, "condition:destoryed")
    assert refused.value.exit_code == 4 and refused.value.code == "query-value" and "destroyed" in refused.value.problem.todo


def test_an_unknown_field_is_no_zero_either() -> None:
    with pytest.raises(TutelaError) as refused:
        parse("conditon:poor")
    assert refused.value.exit_code == 4 and near_fields("conditon") == ["condition"]


def test_places_without_a_country_are_counted_and_found() -> None:
    keep("With", country="SY")
    keep("Without")
    keep("Hidden", handling={"mark": "confidential", "reason": "at risk"})
    assert queries.count(PUBLIC, "", ("country",)).facets["country"] == {"SY": 1, "none": 1}
    assert [row.name["text"] for row in queries.search(PUBLIC, "country:none").rows] == ["Without"]
    assert queries.count(PUBLIC, "-country:none").total == 1 and queries.count(MANAGER, "country:none").total == 2
