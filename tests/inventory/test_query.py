"""The query language: what is written is what is meant, and writing it again changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tutela.errors import TutelaError
from tutela.inventory.rules.query import FIELDS, parse

PIECES = [f"{name}:" for name in FIELDS] + ["-type:", "-area:", "-name:", '"', "..", "-", ",", "\\", "12:", "http://", "2019..2024",
                                            "-0300..0500", "1,2,3,4", "170,-10,-170,10", "x", "name", " ", "\u064e", "\x00", "\ud800"]
HOSTILE = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4))).map("".join)


@settings(max_examples=300, deadline=None)
@given(HOSTILE)
@example('a"type:x')
@example('12:"type:x y"')
@example("bbox:-1e-20,0,1,1")
@example("extent:0.0000001..5")
@example('period:"Islamic\\, Late",x\\\\')
@example("import:²")
def test_any_text_is_a_question_or_a_coded_error_and_is_read_the_same_when_written_again(text: str) -> None:
    try:
        query = parse(text)
    except TutelaError as error:
        assert error.problem.code.startswith("query-")
        return
    assert parse(query.text()) == query


@pytest.mark.parametrize("text", [
    "tell abyad", '"tell abyad" mound', 'area:"Raion 275,Idlib"', "type:mosque,church country:SY -condition:poor", "name:ur -text:roof",
    "bbox:35,30.5,45,38", "bbox:170,-10,-170,10", "observed:2019..2024", "observed:..2024", "dating:-300..500", "extent:61..90",
    "order:observed", "import:12", "change:34", 'period:"Islamic\\, Late"',
])
def test_a_question_in_its_plain_form_stays_as_it_is(text: str) -> None:
    assert sorted(parse(text).text().split()) == sorted(text.split())


def test_words_and_fields_may_stand_in_any_order() -> None:
    query = parse("type:mosque old country:sy bridge")
    assert query.words == "old bridge"
    assert query.facets == {"type": ("mosque",), "country": ("SY",)}


def test_several_values_are_alternatives_and_a_value_may_hold_a_comma() -> None:
    assert parse("type:mosque,church type:tell").facets["type"] == ("mosque", "church", "tell")
    assert parse('period:"Islamic\\, Late",Roman').facets["period"] == ("Islamic, Late", "Roman")
    assert parse('area:"Raion 275",Idlib').areas == ("Raion 275", "Idlib")
    assert parse("name:ur,uruk").fields["name"] == ("ur", "uruk")


def test_ranges_are_years_or_days_and_years_may_lie_before_the_era() -> None:
    assert parse("dating:-0300..0500").dating == (-300, 500)
    assert parse("observed:2019").observed == (2019, 2019)
    assert parse("observed:2019-02..2020-06-15").observed == (20190201, 20200615)
    assert parse("observed:..2020-02").observed == (None, 20200229)


@pytest.mark.parametrize(("text", "code"), [
    ("colour:red", "query-field"), ("observed:..", "query-range"), ("observed:2020..2019", "query-range"), ("observed:soon", "query-range"),
    ("observed:2019-13..", "query-range"), ("extent:a..b", "query-range"), ("bbox:1,2,3", "query-box"), ("bbox:1,2,3,x", "query-box"),
    ("bbox:1,2,3,nan", "query-box"), ("bbox:0,5,1,-5", "query-box"), ("bbox:0,0,181,1", "query-box"), ("order:beauty", "query-order"),
    ("-bbox:1,2,3,4", "query-exclude"), ("-observed:2019", "query-exclude"), ("import:x", "query-number"),
    ("change:x", "query-number"), ("x" * 5000, "query-long"),
])
def test_what_cannot_be_meant_is_refused_with_a_code(text: str, code: str) -> None:
    with pytest.raises(TutelaError) as refused:
        parse(text)
    assert refused.value.problem.code == code
    assert refused.value.problem.todo
