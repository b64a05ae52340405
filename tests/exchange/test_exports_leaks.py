"""First do no harm: what an audience may not see is in no byte of what it is given."""

from __future__ import annotations

import pytest
from exchange.exporting import FORMATS, SECRET_NUMBERS, SECRET_TEXTS, all_bytes, fill, spellings

from tutela.exchange.exports import export, fresh
from tutela.people.rules import OPERATOR, PUBLIC
from tutela.store.documents import bare

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("audience", ["public", "contributor"])
@pytest.mark.parametrize("format", FORMATS)
def test_nothing_withheld_is_in_the_bytes(db, format, audience, tmp_path):
    register = fill()
    summary = export(OPERATOR, format, tmp_path / f"places.{format}", audience=audience)
    found = all_bytes(tmp_path)
    for text in SECRET_TEXTS:
        assert text.lower().encode() not in found.lower(), text
    for number in SECRET_NUMBERS:
        for spelling in spellings(number):
            assert spelling not in found, number
    assert register.confidential.encode() not in found
    assert bare(register.confidential).encode() not in found
    assert register.restricted.encode() in found
    assert summary["places"] == 4


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_search_finds_everything_in_a_managers_export(db, format, tmp_path):
    """The test above can fail: at the audience that may see it, every secret is found by it."""
    register = fill()
    export(OPERATOR, format, tmp_path / f"places.{format}", audience="manager")
    found = all_bytes(tmp_path)
    for text in ("Hidden Treasury", "Fig Hamlet", "SECRET-ID-42", "fig tree", "mill", "REF-77123", register.confidential):
        assert text.encode() in found, text
    for number in SECRET_NUMBERS[:6]:
        assert any(spelling in found for spelling in spellings(number)), number
    if format in ("geojson", "gpkg", "kml"):
        assert any(spelling in found for spelling in spellings(SECRET_NUMBERS[-1]))


@pytest.mark.parametrize("query", ["bbox:39.12,36.23,39.13,36.24", "id:SECRET-ID-42", "text:fig", "in:hamlet", "Treasury", "REF-77123"])
def test_a_filter_finds_no_more_than_the_audience_could(db, query, tmp_path):
    fill()
    assert export(OPERATOR, "geojson", tmp_path / "places.geojson", query=query, audience="public")["places"] == 0
    assert export(OPERATOR, "geojson", tmp_path / "places.geojson", query=query, audience="manager")["places"] == 1


def test_a_reviewer_sees_that_a_confidential_place_exists_and_not_where(db, tmp_path):
    register = fill()
    export(OPERATOR, "kml", tmp_path / "places.kml", audience="reviewer")
    text = (tmp_path / "places.kml").read_text(encoding="utf-8")
    assert register.confidential in text
    assert "40.98" not in text and "34.87" not in text


def test_comparing_a_file_tells_nobody_more_than_exporting(db):
    register = fill()
    ids = [bare(register.confidential), bare(register.restricted)]
    assert list(fresh(PUBLIC, "public", ids)) == [bare(register.restricted)]
    with pytest.raises(Exception, match="export-above"):
        fresh(PUBLIC, "manager", ids)
