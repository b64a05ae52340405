"""Made-up contexts for the preview, in the shapes that the templates expect.  Names and values are examples."""

from __future__ import annotations

import random
from typing import Any

from django import forms

from tutela.web import i18n

CODES = ["good", "fair", "poor", "very-bad", "destroyed", "unknown", "not-visible", "not-visited"]
LABELS = {
    "good": "Good",
    "fair": "Fair",
    "poor": "Poor",
    "very-bad": "Very bad",
    "destroyed": "Destroyed",
    "unknown": "Unknown",
    "not-visible": "None visible from above",
    "not-visited": "Not visited",
}
BANDS = ["1-10", "11-30", "31-60", "61-90", "91-100", "none-visible", "unknown"]
FIRST = ["Sang-e-Kaleidar", "Sangal", "Sangbast", "Shah Abbasi", "Sharifabad", "Shourcheh", "Shouryab", "Robat Sefid"]
OTHERS = ["کاروانسرای سنگ کلیدر", "", "کاروانسرای سنگبست", "", "کاروانسرای شریف آباد", "رباط شورچه", "", "رباط سفید"]
RNG = random.Random(7)
PLACES = [
    {
        "id": f"0e8b5c1a-7d42-4c61-9f0e-{n:012x}",
        "name": f"{FIRST[n % 8]} Caravanserai {n + 1}",
        "lang": "en",
        "other": OTHERS[n % 8],
        "other_lang": "fa",
        "where": "Example district",
        "href": "/place/",
        "x": None if n == 5 else round(RNG.uniform(56.6, 61.4), 4),
        "y": None if n == 5 else round(RNG.uniform(34.2, 37), 4),
        "condition": CODES[n % 8] if n % 8 < 5 else RNG.choice(CODES),
        "extent": BANDS[n % 7],
        "observed": f"20{19 + n % 5}-0{1 + n % 9}-11",
        "method": ["image", "field"][n % 2],
    }
    for n in range(120)
]


def shell(lang: str, theme: str) -> dict[str, Any]:
    held = i18n.catalogue(lang)
    rooms = [
        ("places", "Places", "/register/"),
        ("shortlists", "Shortlists", "/empty/"),
        ("imports", "Imports", "/import/"),
        ("journal", "Journal", "/form/"),
    ]
    return {
        "lang": held.language,
        "dir": held.direction,
        "languages": i18n.languages(),
        "reviewed": held.reviewed,
        "theme": theme,
        "rooms": [{"key": k, "label": label, "href": href} for k, label, href in rooms],
        "viewer": {"label": "Reviewer: sees all as held", "href": "/signin/"},
        "here": "/register/",
        "home": "/register/",
        "revision": {"day": "2026-03-12", "entry": 4962, "href": "/form/"},
        "workspace": "Demonstration workspace",
        "sources": [{"title": "EAMENA", "licence": "CC BY 4.0"}],
    }


def register(lang: str) -> dict[str, Any]:
    places = [
        place | {"condition_label": i18n.t(LABELS[place["condition"]], lang), "current": n == 3}
        for n, place in enumerate(PLACES[:25])
    ]
    count = {code: sum(p["condition"] == code for p in PLACES) for code in CODES}
    options = [
        {
            "label": LABELS[c],
            "count": count[c],
            "href": "?q=condition:" + c,
            "on": c == "poor",
            "glyph": {
                "very-bad": "vbad",
                "destroyed": "gone",
                "not-visible": "notvisible",
                "not-visited": "notvisited",
            }.get(c, c),
        }
        for c in CODES
    ]
    boxes = [
        {"label": f"{band} %".replace("-", "–"), "count": 20 - n, "href": "#", "on": False}
        for n, band in enumerate(BANDS[:5])
    ]
    years = [
        {"label": str(y), "count": n, "percent": n * 2}
        for y, n in zip(range(2016, 2025), (1, 0, 0, 42, 18, 50, 43, 26, 3), strict=True)
    ]
    return {
        "room": "places",
        "places": places,
        "all": 4179,
        "total": 120,
        "q": "type:caravanserai area:Khorasan",
        "chips": [
            {"field": "Type", "value": "Caravanserai", "href": "#"},
            {"field": "Province", "value": "Khorasan Razavi", "href": "#"},
        ],
        "clear_href": "#",
        "keep_href": "#",
        "export_href": "#",
        "record_href": "/form/",
        "import_href": "/import/",
        "triple": {
            "claimed": {"value": 0, "note": ""},
            "documented": {"value": 112, "href": "#"},
            "verified": {"value": 0},
        },
        "facets": [
            {"key": "condition", "label": "Condition, last finding", "options": options, "strip": True},
            {"key": "extent", "label": "Extent of damage", "options": boxes},
            {"key": "observed", "label": "Last observed", "years": years, "start": 2016, "end": 2024, "options": []},
            {
                "key": "missing",
                "label": "Completeness",
                "more": {"href": "#", "count": 11},
                "options": [
                    {"label": "Has a name", "count": 74, "href": "#", "on": True},
                    {"label": "Has a footprint", "count": 0, "href": "#", "on": False},
                ],
            },
        ],
        "orders": [{"label": "name", "on": True}, {"label": "last observed", "href": "#"}],
        "page": {"first": 1, "last": 25, "total": 120, "previous": "", "next": "#"},
        "map": {
            "source": "/places/map.json?q=type:caravanserai",
            "card": f"/places/{{id}}/card?lang={lang}",
            "bbox": "56.6,34.2,61.4,37",
        },
    }


def empty(lang: str) -> dict[str, Any]:
    return {
        "room": "places",
        "places": [],
        "all": 0,
        "total": 0,
        "record_href": "/form/",
        "import_href": "/import/",
        "map": {"bbox": "-10,-10,100,60"},
        "chips": [],
    }


def nomatch(lang: str) -> dict[str, Any]:
    return register(lang) | {
        "places": [],
        "total": 0,
        "page": None,
        "without": [
            {"label": "Threat: Looting", "count": 4, "href": "#"},
            {"label": "Province: Khorasan Razavi", "count": 0, "href": "#"},
        ],
    }


def map_answer(bbox: str, zoom: float) -> dict[str, Any]:
    west, south, east, north = (float(part) for part in bbox.split(","))
    inside = [p for p in PLACES if p["x"] is not None and west <= p["x"] <= east and south <= p["y"] <= north]
    cell, cells = 40 / 2**zoom, {}
    for p in inside:
        cells.setdefault((p["x"] // cell, p["y"] // cell), []).append(p)
    single = [p for held in cells.values() if len(held) < 3 for p in held]
    groups = [held for held in cells.values() if len(held) >= 3]
    return {
        "features": [
            {"id": p["id"], "x": p["x"], "y": p["y"], "c": p["condition"], "n": p["name"], "p": "as-held"}
            for p in single
        ],
        "groups": [
            {
                "x": sum(p["x"] for p in g) / len(g),
                "y": sum(p["y"] for p in g) / len(g),
                "count": len(g),
                "by": {c: n for c in CODES if (n := sum(p["condition"] == c for p in g))},
                "bbox": [
                    min(p["x"] for p in g),
                    min(p["y"] for p in g),
                    max(p["x"] for p in g),
                    max(p["y"] for p in g),
                ],
            }
            for g in groups
        ],
        "total": 120,
        "outside": 119 - len(inside),
        "without": 1,
    }


def card(place: str) -> dict[str, Any]:
    found = next(p for p in PLACES if p["id"] == place)
    return {
        "place": found
        | {
            "damages": 3,
            "damages_href": "/place/#damages",
            "position": "as held; public at 0.001°",
            "assess_href": "/form/",
        }
    }


def place(lang: str) -> dict[str, Any]:
    def t(text: str) -> str:
        return i18n.t(text, lang)

    def seen(code: str, day: str, method: str, note: str, **more: Any) -> dict[str, Any]:
        label = t(LABELS.get(code, "Not assessable")) if more.get("outcome") else f"{t(LABELS[code])}, {t(method)}"
        return {
            "observed": day,
            "method": method,
            "condition": code,
            "label": label,
            "note": note,
            "href": "#sources",
            "original": "Poor",
            "sources": [{"n": 1, "href": "#source-1"}],
            **more,
        }

    square = [[59.8538, 35.71596], [59.85437, 35.7164], [59.8549, 35.716], [59.85435, 35.71553], [59.8538, 35.71596]]
    state = {
        "condition": "poor",
        "words": f"{t('Poor')}, {i18n.digits('11–30 %', lang)}",
        "why": "#condition",
        "basis": "2023-10-12, 882 d",
    }
    return {
        "room": "places",
        "today": "2026-03-12",
        "topclass": "t-top--page",
        "trail": {
            "label": "Caravanserai, Khorasan Razavi",
            "href": "/register/",
            "n": 59,
            "total": 140,
            "previous": "#",
            "next": "#",
        },
        "acts": [
            {"label": "Correct", "href": "/form/"},
            {"label": "Record an assessment", "href": "/form/", "main": True},
        ],
        "place": {
            "id": "0e8b5c1a-7d42-4c61-9f0e-2b6d1a93c5f4",
            "name": "کاروانسرای سنگبست" if lang == "fa" else "Sangbast Caravanserai",
            "lang": "fa" if lang == "fa" else "en",
            "others": [
                {"tag": "fa-Arab", "text": "کاروانسرای سنگبست"},
                {"tag": "en-Latn", "text": "Fariman Caravanserai"},
            ],
            "facts": ["Caravanserai, structural heritage", "Fariman, Khorasan Razavi", "Islamic, late, probable"],
            "handling": {"mark": "restricted", "consequence": "public sees 0.001° (about 100 m)"},
            "identifiers": [{"value": "EAMENA-0192598", "uri": ""}],
            "names_note": "Example note.",
            "questions": [
                {
                    "code": "point-outside-country",
                    "message": "The point lies outside the country named.",
                    "todo": "Look at both; the question stays until answered.",
                }
            ],
            "names": [
                {
                    "text": "Sangbast Caravanserai",
                    "tag": "en-Latn",
                    "kind": "toponym",
                    "sources": [{"n": 1, "href": "#source-1"}],
                },
                {"text": "کاروانسرای سنگبست", "tag": "fa-Arab", "kind": "toponym", "sources": []},
                {"text": "Fariman Caravanserai", "tag": "en-Latn", "kind": "alternative", "sources": []},
            ],
        },
        "state": state
        | {
            "claimed": {"value": 0},
            "documented": {"value": 3, "href": "#damages"},
            "verified": {"value": 2, "href": "#damages"},
        },
        "tabs": [
            {"id": i, "label": label, "count": n}
            for i, label, n in (
                ("names", "Names", 3),
                ("where", "Where", None),
                ("condition", "Condition over time", 6),
                ("damages", "Damages", 3),
                ("sources", "Sources", 2),
                ("journal", "Journal", 2),
            )
        ],
        "where": {
            "shown": "35.71584 N, 59.85437 E",
            "geometries": [
                {"type": "Polygon", "coordinates": [square]},
                {"type": "Point", "coordinates": [59.85437, 35.71596]},
            ],
            "cell": [59.854, 35.715, 59.855, 35.716],
            "cell_words": "0.001°, 111 × 90 m",
            "held": "Footprint and centre, satellite image; certainty high",
            "public": "Cell centre 35.7155 N, 59.8545 E",
            "map": {"point": "59.85437,35.71584", "kind": "poor", "zoom": 5.6},
        },
        "assessments": [
            seen("poor", "2020-10-01", "desk", "2020-10-01", recorded="2021-06-15"),
            seen("not-visited", "2022-04-12", "field", "2022-04-12", outcome="not-visited"),
            seen("very-bad", "2023-09-04", "remote", "2023-09-04", standing=False),
            seen("poor", "2023-10-12", "field", "2023-10-12"),
            seen("", "2025-02-18", "remote", "2025-02-18", outcome="not-assessable"),
        ],
        "events": [
            {"label": "collapse: ../2020-10-01", "end": "2020-10-01"},
            {"label": "erosion: ../2020-10-01", "end": "2020-10-01"},
            {"label": "missing parts: 2020-10-01/2023-09-04", "start": "2020-10-01", "end": "2023-09-04"},
        ],
        "damages": [
            {
                "label": "Collapse, structural damage",
                "lines": [
                    ("Cause", "Water or wind; certainty medium", ""),
                    ("When", "not later than 2020-10-01", "../2020-10-01"),
                ],
            },
            {
                "label": "Erosion",
                "status": "verified",
                "status_label": "Verified",
                "lines": [("Cause", "Water or wind", "")],
            },
        ],
        "sides": [
            {
                "id": "protection",
                "label": "Protection",
                "lines": [("National", "National list", [{"n": 1, "href": "#source-1"}]), ("World Heritage", "", [])],
            },
            {"id": "threats", "label": "Threats", "lines": [("Restoration", "probable", [])]},
            {"id": "significance", "label": "Significance"},
        ],
        "sources_of": [
            {"n": 1, "title": "EAMENA, Caravanserais", "rows": "309, 310", "href": "#", "licence": "CC BY 4.0"}
        ],
        "journal": [{"n": 4811, "href": "#", "day": "2026-02-20", "words": "Exported", "digest": "07f9…"}],
    }


def import_(lang: str) -> dict[str, Any]:
    row = {
        "row": 33,
        "href": "#",
        "record": "Bedasht Caravanserai",
        "id": "EAMENA-0182057",
        "column": "GE Imagery Acquisition Date",
        "value": "2006-07-12, 2012-09-24, 2033-02-18",
        "part": "2033-02-18",
        "code": "date-in-future",
        "message": "A day in the future.",
        "todo": "Ask the source; mend the cell.",
        "acts": [{"value": "skip:33", "label": "Keep as unknown"}],
    }
    return {
        "room": "imports",
        "topclass": "t-top--page",
        "heading": "Dry run: nothing has been written",
        "steps": [
            {"label": "File", "state": "done", "href": "#"},
            {"label": "Mapping", "state": "done"},
            {"label": "Dry run", "state": "now"},
            {"label": "Commit", "state": "later"},
        ],
        "file": {"name": "caravanserais_2024_release.geojson", "facts": ["GeoJSON, UTF-8, CRS84", "984,212 bytes"]},
        "counts": [
            {"label": "Would be created", "value": 95, "part": "n"},
            {"label": "Would be updated", "value": 26, "part": "u"},
            {"label": "Unchanged", "value": 116, "part": "s"},
            {"label": "Refused", "value": 4, "part": "x", "stop": True, "href": "#refused"},
        ],
        "refused": [
            row,
            row | {"row": 198, "value": "قائمة التراث الوطني - إيران", "part": "إيران", "code": "value-unknown"},
        ],
        "refused_href": "#",
        "warnings": [
            {
                "count": 7,
                "message": "Pairs that may be one place.",
                "todo": "Nothing is merged.",
                "code": "possible-pair",
            }
        ],
        "mapping": {
            "name": "eamena_heritage_place",
            "href": "#",
            "columns": [{"column": "EAMENA ID", "becomes": "identifier", "value": "EAMENA-0192598", "filled": 241}],
        },
    }


class Example(forms.Form):
    """A record's form with each kind of control, two of them wrong."""

    name = forms.CharField(label="Name", help_text="In any script.")
    language = forms.ChoiceField(label="Language", choices=[("en", "English"), ("fa", "فارسی")])
    observed = forms.CharField(
        label="Observed", help_text="A day, a month, a year or an interval, such as 2019-05/2019-06."
    )
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    agree = forms.BooleanField(label="The position may be shown to the public", required=False)


def form(lang: str) -> dict[str, Any]:
    filled = Example({"name": "", "language": "en", "observed": "31 February"})
    filled.is_valid()
    filled.add_error("observed", "There is no such day. [date-impossible]")
    return {
        "heading": "Record an assessment",
        "lead": "Sangbast Caravanserai",
        "form": filled,
        "submit": "Record",
        "cancel": "#",
        "topclass": "t-top--page",
    }


def signin(lang: str) -> dict[str, Any]:
    class SignIn(forms.Form):
        username = forms.CharField(label="Name")
        password = forms.CharField(label="Password", widget=forms.PasswordInput)

    return {"form": SignIn(), "topclass": "t-top--page"}
