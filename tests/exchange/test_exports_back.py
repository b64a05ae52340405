"""An export read back changes nothing; a cell edited in it changes that, and nothing that it did not show."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path
from typing import Any

import pytest
from exchange.exporting import BY_NAME, CONFIDENTIAL, OPEN, RESTRICTED, TABLES, fill
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.exchange.exports import export, fresh
from tutela.exchange.flat import FLAT_COLUMNS, cleaned, flatten
from tutela.exchange.flat_back import apply_changes, as_new, audience_of, changes, is_own_export, row_of, strange_columns
from tutela.exchange.mapping.cells import Refusal
from tutela.exchange.readers import open_source
from tutela.exchange.writers import Item, writer_of
from tutela.exchange.writers.table_csv import guarded, unguarded
from tutela.inventory.actions import correct_field
from tutela.inventory.queries import held
from tutela.inventory.rules.audience import for_audience
from tutela.inventory.rules.geometry import representative
from tutela.people.rules import AUDIENCES, OPERATOR
from tutela.store.documents import bare

UUID = "0" * 12 + "7" + "0" * 19


def item_of(document: dict[str, Any], audience: int = 0, version: int = 1) -> Item:
    """A place as an export for the audience gives it."""
    seen = for_audience(document, audience)
    x, y = representative(seen.get("geometries") or []) or (None, None)
    return Item(flatten(seen, UUID, [], x, y, audience=audience, version=version), seen.get("geometries") or [])


def edited(document: dict[str, Any], audience: int = 0, **cells: Any) -> dict[str, Any]:
    """The place after these cells of its row were changed."""
    item = item_of(document, audience)
    found, warnings = changes({**item.flat, **cells}, item)
    assert not warnings
    return apply_changes(document, found, audience=audience)


def only(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The fields in which two documents differ."""
    return {k for k in before.keys() | after.keys() if before.get(k) != after.get(k)}


@pytest.mark.django_db
@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("format", TABLES)
def test_an_export_read_back_changes_nothing(db, format, audience, tmp_path):
    fill()
    out = tmp_path / f"places.{format}"
    summary = export(OPERATOR, format, out, audience=audience)
    source = open_source(out)
    assert is_own_export(source.columns)
    assert strange_columns(source.columns) == []
    rows = [(row_of(source.columns, values), geometry) for _, values, geometry in source.rows()]
    assert len(rows) == summary["places"]
    now = fresh(OPERATOR, audience, [bare(row["id"]) for row, _ in rows])
    for row, geometry in rows:
        assert audience_of(row) == audience
        assert changes(row, now[bare(row["id"])], geometry) == ({}, []), row["name"]


texts = st.text(st.characters(codec="utf-8"), max_size=60)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(texts.filter(str.strip), texts), min_size=1, max_size=8), st.sampled_from(["csv", "xlsx"]))
def test_any_text_survives_a_table(pairs, format):
    """Formulas, quotation marks, line ends, characters no format can carry: read back, nothing has changed."""
    items = []
    for name, description in pairs:
        document = {"names": [{"text": name}], "descriptions": [{"text": description}], "country": "IR",
                    "geometries": [{"geojson": {"type": "Point", "coordinates": [59.1, -35.123456789012345]}}]}
        items.append(Item(cleaned(item_of(document).flat), document["geometries"]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x.{format}"
        writer = writer_of(format)(path, ABOUT)
        writer.write(items)
        writer.finish({**ABOUT, "precision_counts": {}, "withheld": 0, "attribution": []})
        source = open_source(path)
        rows = [row_of(source.columns, values) for _, values, _ in source.rows()]
    assert [changes(row, item) for row, item in zip(rows, items, strict=True)] == [({}, [])] * len(items)


ABOUT = {"title": "t", "disclaimer": "d", "names_note": "n", "date": "2026-01-01T00:00:00Z", "audience": "public", "filter": "",
         "places": 1, "precision": "p", "journal": {"line": 1, "digest": "0"}, "made_with": "m", "crs": "c"}


@given(texts)
def test_the_guard_against_formulas_can_be_taken_off(text):
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")


def test_a_text_longer_than_a_sheets_cell_is_no_change():
    from tutela.exchange.writers.table_xlsx import fitting

    item = item_of({"names": [{"text": "x"}], "descriptions": [{"text": "ab 𐎠 " * 20_000}]})
    short = fitting(item.flat["description"])
    assert len(short.encode("utf-16-le")) // 2 <= 32_767
    assert changes({**item.flat, "description": short}, item) == ({}, [])


def test_the_name_that_was_shown_gets_the_new_text():
    after = edited(OPEN, name="Sangbast caravanserai")
    assert only(OPEN, after) == {"names"}
    assert after["names"][2] == {"text": "Sangbast caravanserai", "lang": "en", "script": "Latn"}
    assert after["names"][:2] == OPEN["names"][:2]
    assert edited(OPEN, name="Сангбаст")["names"][2] == {"text": "Сангбаст", "script": "Cyrl"}


def test_types_that_stay_keep_what_the_cell_does_not_show():
    after = edited(OPEN, type="caravanserai; Mosque")
    assert after["types"][0] == OPEN["types"][0]
    assert after["types"][1]["code"].startswith("mosque") and len(after["types"]) == 2


def test_dates_are_read_and_those_that_stay_are_kept_whole():
    after = edited(OPEN, dating="1501/1722; 12th century")
    assert after["dating"][0] == OPEN["dating"][1]
    assert after["dating"][1]["original"] == "12th century"
    with pytest.raises(Refusal) as refusal:
        edited(OPEN, dating="the day of the flood")
    assert (refusal.value.problem.code, refusal.value.problem.column) == ("date-unreadable", "dating")


def test_one_of_several_descriptions_is_replaced():
    first, second = (d["text"] for d in OPEN["descriptions"])
    after = edited(OPEN, description=f"{first}\n\nSeen again 2024")
    assert [d["text"] for d in after["descriptions"]] == [first, "Seen again 2024"]
    with pytest.raises(Refusal) as refusal:
        edited(OPEN, description="All new")
    assert refusal.value.problem.code == "description-several"


def test_a_moved_point_replaces_the_point_and_leaves_the_footprint():
    after = edited(OPEN, latitude="35.72")
    assert only(OPEN, after) == {"geometries"}
    assert after["geometries"][0]["geojson"]["coordinates"] == [59.850123, 35.72]
    assert after["geometries"][1] == OPEN["geometries"][1]
    item = item_of(RESTRICTED, 3)
    found, _ = changes(dict(item.flat), item, {"type": "Point", "coordinates": [39.2, 36.3]})
    assert found == {"latitude": 36.3, "longitude": 39.2}


def test_coordinates_are_checked_and_cannot_be_emptied():
    for cells, code in (({"latitude": 95}, "coordinate-out-of-range"), ({"latitude": "", "longitude": ""}, "position-cleared"),
                        ({"latitude": "north"}, "coordinate-unreadable")):
        with pytest.raises(Refusal) as refusal:
            edited(OPEN, **cells)
        assert refusal.value.problem.code == code


def test_single_values_are_read_by_their_lists():
    after = edited(OPEN, country="Syria", handling="restricted", address="", category="archaeological site")
    assert (after["country"], after["handling"], after["category"]) == ("SY", {"mark": "restricted"}, "immovable-archaeological-site")
    assert "address" not in after
    with pytest.raises(Refusal) as refusal:
        edited(OPEN, country="Atlantis")
    assert refusal.value.problem.code == "value-unknown"


def test_editing_a_public_export_leaves_what_the_public_does_not_see():
    after = edited(RESTRICTED, name="Tell of the Fig Trees", area="ar-Raqqah")
    assert only(RESTRICTED, after) == {"names", "areas"}
    assert after["names"][1] == RESTRICTED["names"][1]
    assert after["areas"] == [{"kind": "governorate", "name": "ar-Raqqah"}, RESTRICTED["areas"][1]]
    assert after["geometries"] == RESTRICTED["geometries"]


@pytest.mark.parametrize("cells", [{"address": "Main street"}, {"description": "A mound"}])
def test_what_an_export_withholds_cannot_be_overwritten_by_it(cells):
    with pytest.raises(Refusal) as refusal:
        edited(RESTRICTED, **cells)
    assert refusal.value.problem.code == "column-withheld"
    with pytest.raises(Refusal) as refusal:
        edited(CONFIDENTIAL, 2, latitude=34.5, longitude=40.5)
    assert refusal.value.problem.code == "column-withheld"


def test_columns_that_cannot_be_edited_are_named_and_do_no_harm():
    item = item_of(OPEN)
    found, warnings = changes({**item.flat, "condition": "good", "identifiers": "eamena:1", "name": "New"}, item)
    assert found == {"name": "New"}
    assert {(w.code, w.column) for w in warnings} == {("column-not-editable", "condition"), ("column-not-editable", "identifiers")}


def test_columns_taken_away_are_no_change_and_added_ones_are_named():
    item = item_of(OPEN)
    row = {k: v for k, v in item.flat.items() if k not in ("description", "address", "latitude")}
    assert changes(row, item) == ({}, [])
    assert strange_columns([*FLAT_COLUMNS, "fid", "geom", "Remarks"]) == ["Remarks"]
    assert not is_own_export(["id", "name", "latitude", "longitude"])


@pytest.mark.django_db
def test_an_edit_of_a_place_changed_since_is_refused_and_an_untouched_row_is_not(db, tmp_path):
    register = fill()
    key = bare(register.open)
    row = dict(fresh(OPERATOR, "public", [key])[key].flat)
    correct_field(OPERATOR, register.open, "address", "Moved meanwhile")
    now = fresh(OPERATOR, "public", [key])[key]
    with pytest.raises(Refusal) as refusal:
        changes(row, now)
    assert refusal.value.problem.code == "changed-meanwhile"
    same = {**row, "address": "Moved meanwhile"}
    assert changes(same, now) == ({}, [])
    assert held(register.open)[0]["address"] == "Moved meanwhile"


def test_a_row_without_an_id_is_a_new_place():
    row = row_of(["ID", "Name", "latitude", "Longitude", "type", "condition"], ["", "'-Tepe", "35.1", "59.2", "caravanserai", "good"])
    assert as_new(row, "mine") == {
        "names": [{"text": "-Tepe", "script": "Latn", "source": "mine"}], "types": [{"code": "caravanserai", "source": "mine"}],
        "geometries": [{"geojson": {"type": "Point", "coordinates": [59.2, 35.1]}, "role": "centre", "source": "mine"}]}


def test_nothing_given_is_altered_in_place():
    for document in (OPEN, RESTRICTED, BY_NAME):
        before = copy.deepcopy(document)
        edited(document, name="Another name")
        assert document == before


def test_a_row_of_an_unknown_audience_is_refused():
    with pytest.raises(Refusal) as refusal:
        audience_of({"audience": "friends"})
    assert refusal.value.problem.code == "row-audience-unknown"


names = st.fixed_dictionaries({"text": st.text("abcابܐ", min_size=1, max_size=3)}, optional={
    "lang": st.sampled_from(["en", "fa", "fr"]), "script": st.sampled_from(["Latn", "Arab"]),
    "kind": st.sampled_from(["reference", "toponym"])})


@given(st.lists(names, max_size=4))
def test_the_name_of_a_row_is_the_name_a_page_shows(given_names):
    from tutela.exchange.flat import shown_name
    from tutela.inventory.rules.names import display_name

    assert shown_name(given_names) == (display_name(given_names, "en")["text"] if given_names else None)
