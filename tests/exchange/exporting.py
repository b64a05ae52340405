"""A small register for the tests of exports: an open place, a restricted, a confidential, and one located by name only."""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutela.assessment.actions import record_assessment
from tutela.inventory.actions import record_place
from tutela.people.rules import OPERATOR

FORMATS = ("geojson", "gpkg", "csv", "xlsx", "kml")
TABLES = ("geojson", "gpkg", "csv", "xlsx", "kml")  # read back cell by cell

SOURCE = {"key": "list", "title": "State list 2023", "licence": "CC BY 4.0", "uri": "https://example.org/list",
          "file": "list.csv", "rows": [7]}


def ring(x: float, y: float, size: float) -> dict[str, Any]:
    """A square area, its lower left corner at x, y."""
    corners = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {"type": "Polygon", "coordinates": [[[round(a, 6), round(b, 6)] for a, b in corners]]}


OPEN = {
    "names": [{"text": "کاروانسرای سنگبست", "lang": "fa", "script": "Arab", "kind": "toponym", "source": "list"},
              {"text": "ܐܘܿܪܗܵܝ", "lang": "syr", "script": "Syrc"},
              {"text": "Sangbast", "lang": "en", "script": "Latn"}],
    "types": [{"code": "caravanserai", "original": "Caravanserai/Khan", "certainty": "high", "source": "list"},
              {"original": "Customs post"}],
    "category": "immovable-monument", "country": "IR",
    "areas": [{"kind": "province", "name": "Khorasan Razavi"}, {"kind": "county", "name": "Fariman"}],
    "address": "Road to Fariman",
    "geometries": [{"geojson": {"type": "Point", "coordinates": [59.850123, 35.710456]}, "role": "centre", "source": "list"},
                   {"geojson": ring(59.8498, 35.7101, 0.0007), "role": "footprint"}],
    "dating": [{"edtf": "-0300/0200", "certainty": "probable"}, {"edtf": "1501/1722", "original": "AH 907-1135"}],
    "identifiers": [{"scheme": "eamena", "value": "EAMENA-0192598"}],
    "protections": [{"instrument": "national-list", "level": "general", "reference": "IR-12"}],
    "descriptions": [{"kind": "general", "text": '=HYPERLINK("http://example.org";"walls, \n“two” courts")'},
                     {"kind": "comment", "text": "Seen & <measured> 2019"}],
    "sources": [SOURCE],
}
RESTRICTED = {
    "names": [{"text": "Tell of the Figs", "lang": "en", "script": "Latn"}, {"text": "REF-77123", "kind": "reference"}],
    "types": [{"code": "archaeological-site"}], "country": "SY",
    "areas": [{"kind": "governorate", "name": "Raqqa"}, {"kind": "village", "name": "Fig Hamlet"}],
    "address": "behind the Fig Hamlet mill",
    "geometries": [{"geojson": {"type": "Point", "coordinates": [39.123457, 36.234561]}, "role": "centre"},
                   {"geojson": ring(39.123111, 36.234222, 0.000777), "role": "footprint"}],
    "identifiers": [{"scheme": "local", "value": "SECRET-ID-42"}],
    "descriptions": [{"kind": "general", "text": "Under the fig tree, dig trenches open"}],
    "characteristics": [{"kind": "measurement", "value": "413 paces from the mill"}],
    "handling": {"mark": "restricted", "precision": "0.1", "reason": "looted in the night"},
    "sources": [{**SOURCE, "uri": "https://example.org/list/fig-hamlet", "file": "fig-hamlet.csv"}],
}
CONFIDENTIAL = {
    "names": [{"text": "Hidden Treasury", "lang": "en", "script": "Latn"}], "country": "SY",
    "geometries": [{"geojson": {"type": "Point", "coordinates": [40.987659, 34.876543]}, "role": "centre"}],
    "handling": {"mark": "confidential"},
}
BY_NAME = {"names": [{"text": "@Şuşa", "lang": "az", "script": "Latn"}], "country": "AZ"}
WITHHELD = {
    "names": [{"text": "Unplaced Mound", "lang": "en", "script": "Latn"}],
    "geometries": [{"geojson": {"type": "Point", "coordinates": [41.555777, 33.444666]}, "role": "centre"}],
    "handling": {"mark": "restricted", "precision": "withheld"},
}
ASSESSMENTS = [
    {"observed": "2019-05", "condition": {"code": "fair", "original": "Fair"}, "recorded": "2019-06-01"},
    {"observed": "2020-10-01", "condition": {"code": "poor", "scale": "eamena-condition", "original": "Poor"},
     "extent": {"code": "11-30", "original": "11-30%"}, "note": "north wall leans", "assessor_role": "Survey team",
     "damages": [{"key": "d1", "cause": {"category": "natural", "code": "water-wind"}, "effect": {"code": "erosion"}}],
     "threats": [{"category": "natural", "cause": "water-wind", "probability": "possible"}]},
    {"observed": "2021", "outcome": "not-visible"},
]
GUARDED = {  # of the restricted place: its wordings would lead there
    "observed": "2020-10-01", "condition": {"code": "poor", "original": "Poor, seen at the mill"},
    "note": "robbers' pit near the mill", "assessor_role": "Night guard",
    "damages": [{"key": "d1", "cause": {"category": "looting-illicit", "original": "pit of the robbers"}, "note": "pit at the mill wall"}],
    "threats": [{"category": "looting-illicit", "original": "robbers from the mill"}],
}

#: What a reader of a public export must never find, in any spelling, in any part of it.
SECRET_TEXTS = ("39.1234", "36.2345", "39.1231", "36.2342", "40.9876", "34.8765", "41.5557", "33.4446", "SECRET-ID-42", "Fig Hamlet",
                "fig-hamlet", "fig tree", "413 paces", "looted", "REF-77123", "Hidden Treasury", "mill", "Night guard", "robbers")
SECRET_NUMBERS = [39.123457, 36.234561, 40.987659, 34.876543, 41.555777, 33.444666]
SECRET_NUMBERS += [value for corner in ring(39.123111, 36.234222, 0.000777)["coordinates"][0] for value in corner]


@dataclass
class Register:
    """The public ids of the places."""

    open: str
    restricted: str
    confidential: str
    by_name: str
    withheld: str


def fill() -> Register:
    """Record the places, and the assessments of the open and the restricted one."""
    register = Register(*(record_place(OPERATOR, place) for place in (OPEN, RESTRICTED, CONFIDENTIAL, BY_NAME, WITHHELD)))
    for assessment in ASSESSMENTS:
        record_assessment(OPERATOR, register.open, assessment)
    record_assessment(OPERATOR, register.restricted, GUARDED)
    return register


def all_bytes(folder: Path) -> bytes:
    """Every byte of every file in a folder, the unpacked parts of archives and all file names included."""
    out = []
    for path in sorted(folder.rglob("*")):
        out.append(path.name.encode())
        if path.is_file():
            out.append(path.read_bytes())
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    out += [name.encode() + b"\n" + archive.read(name) for name in archive.namelist()]
    return b"\n".join(out)


def spellings(number: float) -> list[bytes]:
    """A number as digits and as the eight bytes of a double, in either order."""
    return [repr(number).encode(), struct.pack("<d", number), struct.pack(">d", number)]
