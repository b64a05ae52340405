"""An export read back changes nothing; a cell that somebody edited changes just that."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tutela.exchange import actions, exports
from tutela.inventory import queries
from tutela.inventory.actions import record_place, set_handling
from tutela.people.rules import OPERATOR
from tutela.store import journal

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = {"names": [{"text": "Old Bridge", "lang": "en", "script": "Latn"}, {"text": "Стари мост", "lang": "sr", "script": "Cyrl"}],
         "types": [{"code": "bridge"}], "country": "BA", "address": "Kujundžiluk",
         "geometries": [{"geojson": {"type": "Point", "coordinates": [17.8150123, 43.3373456]}, "role": "centre"}]}


@pytest.fixture
def register(transactional_db: None) -> list[str]:
    ids = [record_place(OPERATOR, PLACE), record_place(OPERATOR, {**PLACE, "names": [{"text": "ܐܘܿܪܗܵܝ", "lang": "syr", "script": "Syrc"}]})]
    set_handling(OPERATOR, ids[1], "restricted", "0.1", "at risk")
    return ids


@pytest.mark.parametrize("audience", ["public", "manager"])
@pytest.mark.parametrize("kind", ["gpkg", "xlsx", "geojson", "csv", "kml"])
def test_an_export_imported_back_changes_nothing(register: list[str], tmp_path: Path, kind: str, audience: str) -> None:
    out = tmp_path / f"out.{kind}"
    exports.export(OPERATOR, kind, out, audience=audience)
    before = journal.head()
    report = actions.run_import(OPERATOR, [out])
    assert (report.unchanged, report.created, report.updated, report.refused_rows) == (2, 0, 0, 0), report.lines()
    assert journal.head() == before
    assert queries.place(OPERATOR, register[1]).x == 17.8150123


def test_an_edited_cell_changes_that_and_nothing_else(register: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out.geojson"
    exports.export(OPERATOR, "geojson", out, audience="public")
    data = json.loads(out.read_text(encoding="utf-8"))
    for feature in data["features"]:
        feature["properties"]["country"] = "Croatia"
    out.write_text(json.dumps(data), encoding="utf-8")
    report = actions.run_import(OPERATOR, [out])
    assert report.updated == 2 and dict(report.changed) == {"country": 2}, report.lines()
    after = queries.place(OPERATOR, register[1])
    assert after.document["country"] == "HR" and after.document["address"] == "Kujundžiluk" and after.x == 17.8150123
    assert actions.undo_import(OPERATOR, report.id).done
    assert queries.place(OPERATOR, register[1]).document["country"] == "BA"


def test_an_unknown_id_is_refused_and_nothing_is_written(register: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out.geojson"
    exports.export(OPERATOR, "geojson", out, audience="public")
    data = json.loads(out.read_text(encoding="utf-8"))
    data["features"][0]["properties"]["id"] = "01a20086-054b-7145-8081-000000000000"
    out.write_text(json.dumps(data), encoding="utf-8")
    report = actions.run_import(OPERATOR, [out])
    assert report.state == "refused" and [r.code for r in report.refused] == ["id-unknown"] and report.exit_code == 3
