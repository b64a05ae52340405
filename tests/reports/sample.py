"""Sample lists for the tests of documents: invented places, names in every script we must set."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tutela.reports.damaged import Coded, Count, DamagedList, DamagedRow, Name, tally

CONDITIONS = [
    Coded("good", "Good", "Good", "EAMENA"),
    Coded("fair", "Fair", "Fair", "EAMENA"),
    Coded("poor", "Poor", "Poor", "EAMENA"),
    Coded("very-bad", "Very bad", "Very Bad", "EAMENA"),
    Coded("destroyed", "Destroyed", "Grade 5", "EMS-98"),
    Coded("not-visible", "Not visible", "No Visible/Known", "EAMENA"),
    Coded("not-visited", "Not visited"),
    Coded("not-assessable", "Not assessable"),
    Coded("unknown", "Unknown", "possibly damaged", "UNOSAT"),
]
EXTENTS = [
    Coded("1-10", "1–10 %"),
    Coded("11-30", "11–30 %"),
    Coded("31-60", "31–60 %"),
    Coded("61-90", "61–90 %"),
    Coded("91-100", "91–100 %"),
    Coded("unknown", "Unknown"),
]
NAMES = [
    (
        Name("Example Caravanserai", "en", "Latn"),
        Name("کاروانسرای نمونه", "fa", "Arab"),
        Name("Kārvānsarā-ye Nemūne", "fa-Latn", "Latn"),
    ),
    (
        Name("دير المثال (حَلَب)", "ar", "Arab"),
        Name("ܕܝܪܐ ܕܬܘܕܝܬܐ ܐܘܿܪܗܵܝ", "syr", "Syrc"),
        Name("Monastery of the Example", "en", "Latn"),
    ),
    (Name("Օրինակի վանք", "hy", "Armn"), Name("Orinaki Vank", "hy-Latn", "Latn")),
    (Name("მაგალითის ეკლესია", "ka", "Geor"), Name("Magalitis Eklesia", "ka-Latn", "Latn")),
    (
        Name("Приклад-собор Святої Софії", "uk", "Cyrl"),
        Name("Собор-пример", "ru", "Cyrl"),
        Name("Nümunə kilsəsi Şuşa", "az", "Latn"),
    ),
]
REGIONS = ["Example Province A", "Example Province B", "Example Province C"]
PROTECTIONS = ["National list", "World Heritage", "Enhanced protection (1999)"]
KNOWN_CATEGORIES = [
    ("religious", "Religious site"),
    ("structural", "Structural heritage"),
    ("archaeological", "Archaeological site"),
    ("museum", "Museum"),
    ("library", "Library"),
    ("archive", "Archive"),
]


def row(number: int) -> DamagedRow:
    """The n-th invented place; the same number, the same place."""
    return DamagedRow(
        public_id=f"0197a1c2-7d42-7c61-9f0e-{number:012x}",
        names=NAMES[number % 5],
        type_label=("Caravanserai", "Monastery", "Church", "Cathedral")[number % 4],
        category=KNOWN_CATEGORIES[number % 3][1],
        country="IR",
        region=REGIONS[number % 3],
        condition=CONDITIONS[number % 9],
        extent=EXTENTS[number % 6],
        observed=("2020-10-01", "2019-07", "2012-09-24/2020-10-01", "")[number % 4],
        recorded="2021-06-15",
        method=("desk, satellite image", "field")[number % 2],
        damages=("Collapse, structural damage: water or wind, not later than 2020-10-01", "Erosion: water or wind")[
            : number % 3
        ],
        threats=("Construction, probable", "Water or wind, possible")[: number % 3],
        protection=tuple(PROTECTIONS[: number % 4]),
        lat=35.715 + number % 50 / 100,
        lon=-59.855 if number % 7 == 0 else 59.855,
        precision=("0.001", "as held", "0.1")[number % 3],
        priority=("", "Urgent: within 6 months to 1 year")[number % 2],
        source="EAMENA Caravanserais 2023",
        rows=(number + 2, number + 3),
        verified=number % 4 == 0,
    )


def listed(count: int = 12, **changes: object) -> DamagedList:
    """A list of ``count`` invented places."""
    rows = [row(number) for number in range(count)]
    if count > 3:
        rows[3] = replace(rows[3], lat=None, lon=None, precision="withheld", extent=None)
    labels = {label: code for code, label in KNOWN_CATEGORIES}
    values: dict[str, object] = {
        "title": "Damaged places of the example provinces",
        "as_of": date(2026, 3, 12),
        "made_on": date(2026, 3, 13),
        "known_at": date(2026, 3, 1),
        "revision": "5b1d0c7e9f2a4d6688aa03c41be7f95d2c3e4f5061728394a5b6c7d8e9f00112",
        "audience": "public",
        "precision_note": "grid cell of at most 0.001°, restricted places at 0.1°",
        "filter_text": 'condition:poor,very-bad,destroyed area:"Example Province A"',
        "rows": rows,
        "by_category": tally(rows, lambda r: [labels[r.category]], KNOWN_CATEGORIES, lambda code: f"type:{code}"),
        "by_region": tally(rows, lambda r: [r.region], [(name, name) for name in [*REGIONS, "Example Province D"]]),
        "by_protection": tally(
            rows, lambda r: r.protection, [(p, p) for p in [*PROTECTIONS, "Special protection (1954)"]]
        ),
        "documented": len(rows),
        "verified": sum(r.verified for r in rows),
        "sources": [
            "EAMENA database, Caravanserais of Iran, 2023. CC BY 4.0",
            "The Syriac Gazetteer, Syriaca.org. CC BY 4.0",
        ],
        "notes": ["Places, names and findings on these pages are invented for a test."],
        "licence": "CC BY 4.0",
        "issuer": "Example Heritage Authority",
    }
    return DamagedList(**{**values, **changes})  # type: ignore[arg-type]


def empty() -> DamagedList:
    """The list nobody is on: every line of the summary still stands, at zero."""
    return listed(0, by_protection=[Count("National list", 0, 0), Count("World Heritage", 0, 0)])
