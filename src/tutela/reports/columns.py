"""The columns of the damaged-places list as a table: one definition for CSV and XLSX.

Each column has a heading, an HXL hashtag and a value taken from a row.  Tags and attributes: HXL 1.1 final (the hashtag
dictionary, hxlstandard.org/standard/1-1final/dictionary), of whose core hashtags only ``#loc #geo #country #adm1 #severity
#status #date #impact #indicator #meta`` are used; there is no core hashtag for culture (vocabulary list ``hxl``).  Names stand in
one column per language, because they are a set; languages beyond the :data:`MOST_LANGUAGES` commonest share a last column.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tutela.reports.damaged import DamagedList, DamagedRow
from tutela.reports.damaged_pdf import is_rtl, moment
from tutela.vocabulary import disclaimer

MOST_LANGUAGES = 12
JOIN = " | "

Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """``width`` is in characters; ``rtl`` columns are read from the right."""

    heading: str
    tag: str
    value: Callable[[DamagedRow], Value]
    width: int = 16
    rtl: bool = False


def columns(listed: DamagedList) -> list[Column]:
    """The columns for this list, in order."""
    names, rest = _languages(listed.rows)
    since = listed.since.isoformat() if listed.since else ""
    as_of, known_at = listed.as_of.isoformat(), moment(listed.known_at) if listed.known_at else ""
    about = f"{disclaimer.text('boundaries-short', listed.lang)} {disclaimer.text('counts', listed.lang)}"
    return [
        Column("Public id", "#loc+code", lambda r: r.public_id, 38),
        Column("Name", "#loc+name", lambda r: r.name if r.names else "", 34),
        *(_name_column(lang) for lang in names),
        *([Column("Names, other languages", "#loc+name+alt+list", lambda r: _others(r, rest), 34)] if rest else []),
        Column("Type", "#loc+type", lambda r: r.type_label, 22),
        Column("Category", "#loc+category", lambda r: r.category, 20),
        Column("Country", "#country", lambda r: r.country, 10),
        Column("Region", "#adm1+name", lambda r: r.region, 22),
        Column("Condition code", "#severity+damage+code", lambda r: r.condition.code, 16),
        Column("Condition", "#severity+damage", lambda r: r.condition.label, 16),
        Column("Condition in the source", "#severity+damage+original", lambda r: r.condition.original, 22),
        Column("Scale of the source", "#meta+scale", lambda r: r.condition.scale, 16),
        Column("Extent code", "#severity+extent+code", lambda r: r.extent.code if r.extent else "", 12),
        Column("Extent", "#severity+extent", lambda r: r.extent.label if r.extent else "", 12),
        Column("Verified", "#status+verification", lambda r: "verified" if r.verified else "documented", 13),
        *([Column(f"Newly damaged since {since}", "#status+damage+new", lambda r: r.newly, 14)] if since else []),
        Column("Observed (EDTF)", "#date+assessed", lambda r: r.observed, 22),
        Column("Recorded (EDTF)", "#date+recorded", lambda r: r.recorded, 16),
        Column("Method", "#meta+method", lambda r: r.method, 18),
        Column("Damages", "#impact+damage+list", lambda r: JOIN.join(r.damages), 50),
        Column("Threats", "#impact+threat+list", lambda r: JOIN.join(r.threats), 34),
        Column("Priority", "#status+priority", lambda r: r.priority, 20),
        Column("Protection", "#status+protection+list", lambda r: JOIN.join(r.protection), 30),
        Column("Latitude", "#geo+lat", lambda r: r.lat, 11),
        Column("Longitude", "#geo+lon", lambda r: r.lon, 11),
        Column("Position given to (degrees)", "#meta+precision", lambda r: r.precision, 16),
        Column("Source", "#meta+source", lambda r: r.source, 34),
        Column("Rows in the source", "#meta+source+rows", lambda r: ", ".join(map(str, r.rows)), 14),
        # The same in each row, so that a row that is copied away still says what it is.
        Column("As of", "#date+reported", lambda r: as_of, 11),
        Column("Known at", "#date+known", lambda r: known_at, 20),
        Column("Journal revision", "#meta+revision", lambda r: listed.revision, 20),
        Column("Audience", "#meta+audience", lambda r: listed.audience, 11),
        Column("Filter", "#meta+filter", lambda r: listed.filter_text, 20),
        Column("Terms", "#meta+terms", lambda r: about, 40),
    ]


def _languages(rows: Iterable[DamagedRow]) -> tuple[list[str], frozenset[str]]:
    """The languages with a column each, sorted by tag, and those that share one."""
    found = Counter(lang or "und" for row in rows for _text, lang, _script in row.names)
    commonest = sorted(found, key=lambda lang: (-found[lang], lang))
    return sorted(commonest[:MOST_LANGUAGES]), frozenset(commonest[MOST_LANGUAGES:])


def _name_column(lang: str) -> Column:
    attribute = re.sub(r"[^a-z0-9]+", "_", lang.lower()).strip("_") or "und"
    return Column(
        f"Name ({lang})",
        f"#loc+name+i_{attribute}",
        lambda r: JOIN.join(text for text, own, _script in r.names if (own or "und") == lang),
        30,
        is_rtl(lang, ""),
    )


def _others(row: DamagedRow, rest: frozenset[str]) -> str:
    return JOIN.join(f"{text} ({lang or 'und'})" for text, lang, _script in row.names if (lang or "und") in rest)
