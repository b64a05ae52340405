"""Three registers made by a stranger, in Ukrainian, Arabic and German: each imports by its mapping alone, and says what was meant.

The truth files were written by whoever made the registers (tests/exchange/unseen/README.md); the mappings are suggestions, edited.
"""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from exchange.importing import place, series

from tutela.errors import TutelaError
from tutela.exchange.actions import run_import
from tutela.exchange.mapping import model
from tutela.exchange.mapping.suggest import suggest_mapping
from tutela.people.rules import OPERATOR

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).parent / "unseen"
FILES = {"a": "Перелік_памяток_Заріч.csv", "b": "سجل_المواقع_2023.xlsx", "c": "Denkmalliste_UTM33N.csv"}
REFUSED = {
    "a": {"date-impossible", "date-in-future", "coordinate-out-of-range"},
    "b": {"coordinate-out-of-range", "date-impossible", "date-in-future"},
    "c": {"utm-range", "coordinate-missing-half", "value-unknown"},
}
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
CONDITION = {
    "a": {"добрий": "good", "аварійний": "very-bad", "удовл.": "fair", "хор.": "good", "руїни": "very-bad", "зруйнований": "destroyed"},
    "b": {"جيدة": "good", "متوسطة": "fair", "سيئة": "poor", "مدمر كلياً": "destroyed", "غير معروف": "unknown", "سيئة جداً": "very-bad"},
    "c": {"1": "good", "2": "fair", "2-3": "fair", "3": "poor", "4": "very-bad", "5": "destroyed", "u": "unknown"},
}
EXTENT = {
    "b": {"50%": "31-60", "٣٥٪": "31-60", "٧٠ %": "61-90", "١٠-٢٠٪": "11-30",
          0.4: "31-60", 0.15: "11-30", 0: "none-visible", "كلي": "91-100"},
    "c": {"0": "none-visible", "5": "1-10", "12,5": "11-30", "ca. 40": "31-60", "10-20": "11-30",
          "<5": "1-10", "80": "61-90", "100": "91-100"},
}  # fmt: skip


def truth(letter: str) -> tuple[dict[str, Any], dict[str, str]]:
    data = json.loads((FOLDER / f"{letter}.truth.json").read_text(encoding="utf-8"))
    return data["rows"], data["bad"]


def found(key: str) -> dict[str, Any]:
    """A place by its number, whichever figures the register wrote it in."""
    try:
        return place(key)
    except TutelaError:
        return place(key.translate(ARABIC))


def assessed(key: str) -> dict[str, Any]:
    try:
        return (series(key) or [{}])[-1]
    except TutelaError:
        return (series(key.translate(ARABIC)) or [{}])[-1]


def same(a: str) -> str:
    return " ".join(unicodedata.normalize("NFC", a).split())


@pytest.mark.parametrize("letter", FILES)
def test_a_register_nobody_had_seen(letter):
    report = imported(letter)
    rows, bad = truth(letter)
    assert {r.code for r in report.refused} == REFUSED[letter], report.lines()
    assert report.refused_rows == 3
    assert letter != "a" or report.warned["point-outside-country"] == 1  # the row whose two degrees are exchanged
    assert not any("None" in line for line in report.lines())
    refused_keys = 0
    for key, meant in rows.items():
        try:
            document = found(key)
        except TutelaError:
            refused_keys += 1
            assert key in bad, key
            continue
        if key in bad:
            continue
        assert same(meant["name"]) in [same(n["text"]) for n in document["names"]], key
        positions = [g["geojson"]["coordinates"] for g in document.get("geometries", ())]
        if meant["latlon"] is None:
            assert positions == [], key
        else:
            lat, lon = meant["latlon"]
            assert positions[0] == pytest.approx([lon, lat], abs=2e-4), key
        _assessment_as_meant(letter, key, meant)
        _dating_as_meant(letter, key, document, meant)
    assert refused_keys <= 3


def imported(letter: str) -> Any:
    return run_import(OPERATOR, [FOLDER / FILES[letter]], mapping=str(FOLDER / f"{letter}.yaml"), partial=True)


def _assessment_as_meant(letter: str, key: str, meant: dict[str, Any]) -> None:
    given = assessed(key)
    state = meant.get("zust") if letter == "c" else meant["state"]
    if state in CONDITION[letter]:
        assert given["condition"] == {"code": CONDITION[letter][state], "original": state}, key
    extent = EXTENT.get(letter, {}).get(meant.get("schad") if letter == "c" else meant.get("damage"))
    if extent:
        assert given["extent"]["code"] == extent, key
    day = re.fullmatch(r"(\d\d?)\.(\d\d?)\.(\d\d(?:\d\d)?)(?: р\.)?", meant.get("begeh") or meant.get("date") or "")
    if day and given:
        year = int(day[3]) + (2000 if len(day[3]) == 2 else 0)
        assert given["observed"] == f"{year}-{int(day[2]):02d}-{int(day[1]):02d}", key


def _dating_as_meant(letter: str, key: str, document: dict[str, Any], meant: dict[str, Any]) -> None:
    dating = document.get("dating", [{}])[0]
    if letter == "b":
        year = re.fullmatch(r"(\d+)\s*(?:هـ)?", "".join(str(unicodedata.decimal(c, c)) for c in str(meant["hijri"])))
        if year:
            first = int(dating["edtf"].split("/")[0][:4])
            assert first == pytest.approx(622 + int(year[1]) * 0.9702, abs=1.5), (key, dating)
        assert document["areas"][0]["name"] == meant["gov"], key
    wanted = {"frühes MA": "0500/1000~", "2. H. 17. Jh.": "1651/1700", "12. Jh.": "1101/1200", "XVIII ст.": "1701/1800",
              "2-а чверть XVIII ст.": "1726/1750", "1-а пол. XIX ст.": "1801/1850"}  # fmt: skip
    said = meant.get("dat") or meant.get("dating")
    if said in wanted:
        assert dating["edtf"] == wanted[said], key
    if said in ("доба бронзи", "Hallstattzeit"):
        assert dating["original"] == said and "edtf" not in dating, key


@pytest.mark.parametrize("letter", FILES)
def test_the_suggestion_sees_what_the_stranger_had_to_write(letter):
    text = suggest_mapping([FOLDER / FILES[letter]])
    data = model.read(text).data
    position = data["place"]["geometries"][0]
    if letter == "a":
        assert data["key"]["column"] == "Охоронний №" and "230-021/3-ЗР" in text
        assert position == {"latitude": "Широта", "longitude": "Довгота"} and "pivot: 2000" in text
        assert data["place"]["country"] == {"constant": "UA"}
    if letter == "b":
        assert position["pair"].get("order") is None and position["pair"]["split"] == " - "
        assert data["place"]["dating"][0]["edtf"]["date"] == {"calendar": "hijri"}
        assert "lang" not in data["place"]["names"][1] and data["assessments"][0]["extent"]["percent"]
    if letter == "c":
        assert position["zone"] == {"column": "Zone", "hemisphere": "N", "default": "33N"}
        assert data["assessments"][0]["extent"]["percent"] is True and data["place"]["names"][0]["text"] == "Obj"
    assert "tutela vocabulary place-types" in text


def test_metres_in_the_system_said_for_the_import(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("No,Name,E,N\n1,Hof,500000,5300000\nTotal,1,,\n2,Au,510000,5300000\n", encoding="utf-8")
    text = "skip: {No: Total}\nkey: No\nplace: {names: [{text: Name}], geometries: [{easting: E, northing: N}]}"
    report = run_import(OPERATOR, [path], mapping_text=text, options={"crs": "EPSG:32633"})
    assert (report.created, report.refused_rows) == (2, 0)
    assert found("1")["geometries"][0]["geojson"]["coordinates"] == pytest.approx([15.0, 47.854], abs=0.01)


def test_the_lists_can_be_asked_for():
    from typer.testing import CliRunner

    from tutela.cli import app

    def says(*words: str) -> Any:
        return CliRunner().invoke(app, ["vocabulary", *words])

    assert "place-types" in says().stdout and "caravanserai" in says("place-types").stdout
    assert [t["code"] for t in json.loads(says("condition", "--json").stdout)["terms"]][:2] == ["good", "fair"]
    assert says("conditions").exit_code == 1
