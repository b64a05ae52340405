"""The damaged-places list as a PDF: plain data in, the strings the template places out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from tutela.errors import TutelaError, problem
from tutela.reports.damaged import Coded, Count, DamagedList, DamagedRow, band, glyph
from tutela.reports.pdf import render_pdf
from tutela.reports.plain import plain
from tutela.reports.words import words
from tutela.vocabulary import disclaimer

RTL_SCRIPTS = {"Arab", "Hebr", "Syrc", "Syre", "Syrj", "Syrn", "Thaa", "Nkoo", "Samr", "Mand"}
RTL_LANGUAGES = {"ar", "fa", "he", "ur", "ps", "ckb", "syr", "syc", "arc", "azb", "sdh", "yi"}
_KEY = ("good", "fair", "poor", "vbad", "gone", "unknown", "notvisible", "notvisited", "notassess")
_BLANK_BAND = 6  # the dotted strip in the template


# Typesetting takes about 3 ms and 0.3 MB a row (measured: 5,000 rows, 17 s, 1.4 GB); beyond this a laptop would be in
# trouble.
MOST_ROWS = 10_000
MOST_RUNS = 12  # so many runs of numbers stand under a figure; the workbook has them all
COVER_MOST = 360  # characters of one value on the cover


def damaged_pdf(listed: DamagedList) -> bytes:
    """The whole list as PDF/A-2b.  The document's date is ``listed.dated``; equal lists give equal bytes.

    Raises :class:`TutelaError` ``report-too-long-for-pdf`` above :data:`MOST_ROWS` rows.
    """
    if len(listed.rows) > MOST_ROWS:
        raise TutelaError(problem("report-too-long-for-pdf", count=f"{len(listed.rows):,}", most=f"{MOST_ROWS:,}"))
    return render_pdf("damaged_list", document(listed), created=datetime.combine(listed.dated, time(), UTC))


def document(listed: DamagedList) -> dict[str, Any]:
    """What ``templates/damaged_list.typ`` reads: strings, numbers and booleans only."""
    w = words(listed.lang)
    boundaries = disclaimer.text("boundaries", listed.lang)
    article = [disclaimer.text("article-11-4", listed.lang)] if listed.article_11_4 else []
    return {
        "words": w,
        "lang": listed.lang.split("-")[0],
        "title": plain(listed.title, 240),
        "title_short": plain(listed.title, 90),
        "issuer": listed.issuer,
        "kind": w["kind"],
        "keywords": [f"revision {listed.revision}"],
        "as_of_line": f"{w['as_of']} {listed.as_of.isoformat()}",
        "documented": f"{listed.documented:,}",
        "verified": f"{listed.verified:,}",
        "row_count": len(listed.rows),
        "conditions": _conditions(listed.rows),
        "facts": [[head, plain(value, COVER_MOST)] for head, value in facts(listed)],
        "facts_short": _facts_short(listed),
        "cover_texts": [boundaries, *article, disclaimer.text("not-exhaustive", listed.lang)],
        "disclaimer_short": disclaimer.text("boundaries-short", listed.lang),
        "counts_text": disclaimer.text("counts", listed.lang),
        "tables": [{"title": b.title if listed.blocks else w[f"by_{b.name}"], "note": w.get(b.name, b.name), "counts": _counts(b.counts)}
                   for b in listed.tables()],
        "columns": [
            w[f"column_{key}"] for key in ("number", "place", "condition", "dates", "damage", "protection", "position")
        ],
        "rows": [_row(number, row, w) for number, row in enumerate(listed.rows, 1)],
        "key": [{"glyph": key, "text": w[key]} for key in _KEY],
        "reading": [
            disclaimer.text("counts", listed.lang),
            w["read_dates"],
            disclaimer.text("names", listed.lang),
            w["read_written"],
        ],
        "notes": [*listed.notes, *_whole_filter(listed, w)],
        "sources": list(listed.sources),
        "disclaimers": _disclaimers(listed),
    }


def facts(listed: DamagedList) -> list[list[str]]:
    """What identifies the list, as [heading, value] lines; the cover and the workbook's *about* sheet show the same."""
    w = words(listed.lang)
    lines = [
        [w["as_of"], listed.as_of.isoformat()],
        [w["known_at"], moment(listed.known_at) if listed.known_at else w["not_known_at"]],
        *([[w["made_on"], listed.made_on.isoformat()]] if listed.made_on else []),
        *([[w["since"], listed.since.isoformat()]] if listed.since else []),
        [w["audience"], listed.audience],
        [w["precision"], listed.precision_note],
        [w["filter"], listed.filter_text or w["whole_register"]],
        [w["places"], f"{len(listed.rows):,}"],
        [w["revision"], listed.revision],
    ]
    return [*lines, [w["licence"], listed.licence]] if listed.licence else lines


def moment(value: date | datetime) -> str:
    """A day as it is; a time to the minute, in UTC."""
    if not isinstance(value, datetime):
        return value.isoformat()
    at = value.astimezone(UTC) if value.tzinfo else value
    return f"{at:%Y-%m-%d %H:%M} UTC"


def position(row: DamagedRow, w: dict[str, str]) -> str:
    """Latitude and longitude with no more decimals than the precision has, or why there is none."""
    if row.lat is None or row.lon is None:
        return w["by_name"] if row.precision in ("by name", "name", "none") else w["withheld"]
    places = decimals(row.precision)
    return (
        f"{abs(row.lat):.{places}f}° {'N' if row.lat >= 0 else 'S'}, "
        f"{abs(row.lon):.{places}f}° {'E' if row.lon >= 0 else 'W'}"
    )


def decimals(precision: str) -> int:
    """How many decimals of a degree a precision of "0.01", "1", "as held" … allows (the middle of a cell needs one
    more).
    """
    try:
        float(precision)
    except ValueError:
        return 5
    return len(precision.partition(".")[2]) + 1


def is_rtl(lang: str, script: str) -> bool:
    """Whether a name runs right to left: by its script where given, else by its language."""
    if script:
        return script in RTL_SCRIPTS
    first, *rest = lang.split("-")
    return (rest[0] if rest else "") in RTL_SCRIPTS or (first in RTL_LANGUAGES and "Latn" not in rest)


def _whole_filter(listed: DamagedList, w: dict[str, str]) -> list[str]:
    """A filter too long for the cover stands among the notes."""
    return [f"{w['filter']}: {listed.filter_text}"] if len(listed.filter_text) > COVER_MOST else []


def _facts_short(listed: DamagedList) -> str:
    w = words(listed.lang)
    return " · ".join(
        (
            f"{w['as_of']} {listed.as_of.isoformat()}",
            f"{w['audience']}: {listed.audience}",
            f"{w['revision']} {listed.revision[:12]}",
        )
    )


def _row(number: int, row: DamagedRow, w: dict[str, str]) -> dict[str, Any]:
    names = [{"text": text, "rtl": is_rtl(lang, script)} for text, lang, script in row.names]
    return {
        "number": f"{number:,}",
        "names": names or [{"text": "—", "rtl": False}],
        "id": row.public_id,
        "what": " · ".join(filter(None, (row.type_label, row.category, row.region, row.country))),
        "glyph": glyph(row.condition),
        "condition": row.condition.label,
        "original": _original(row.condition),
        "band": _band(row.extent),
        "extent": row.extent.label if row.extent else "",
        "verified": row.verified,
        "observed": _date(row.observed),
        "recorded": _date(row.recorded),
        "tall": _tall(row),
        "method": row.method,
        "damages": list(row.damages),
        "threats": ", ".join(row.threats),
        "priority": row.priority,
        "protection": list(row.protection),
        "position": position(row, w),
        "precision": _precision(row, w),
        "source": _source(row),
    }


def _date(edtf: str) -> str:
    """An interval may be broken after its stroke."""
    return edtf.replace("/", "/\u200b")


def _tall(row: DamagedRow) -> bool:
    """Whether a row may be higher than a page (about 36 lines, or 26 of names): only then may it be broken across two.

    A cautious guess by column, at fewer characters a line than really fit.
    """
    place = [*(name[0] for name in row.names), row.type_label + row.category + row.region]
    harm = [*row.damages, ", ".join(row.threats), row.priority]
    others = ([row.condition.label, row.condition.original], row.protection, [row.source, row.precision], [row.method])
    return _lines(place, 24) > 20 or _lines(harm, 26) > 28 or any(_lines(texts, 14) > 24 for texts in others)


def _lines(texts: Iterable[str], across: int) -> int:
    return sum(1 + len(text) // across for text in texts)


def _band(extent: Coded | None) -> int:
    filled = band(extent)
    return _BLANK_BAND if filled is None else filled


def _original(value: Coded) -> str:
    """The source's own wording, where it differs from ours: ``EMS-98: “Grade 4”``."""
    if not value.original or value.original == value.label:
        return ""
    return f"{value.scale}: “{value.original}”" if value.scale else f"“{value.original}”"


def _precision(row: DamagedRow, w: dict[str, str]) -> str:
    if row.lat is None or not row.precision:
        return ""
    try:
        float(row.precision)
    except ValueError:
        return row.precision
    return f"{w['given_to']} {row.precision}°"


def _source(row: DamagedRow) -> str:
    rows = ", ".join(map(str, row.rows[:6])) + (" …" if len(row.rows) > 6 else "")
    return f"{row.source} ({rows})" if rows else row.source


def _counts(counts: Iterable[Count]) -> list[dict[str, str]]:
    return [
        {"label": c.label, "documented": f"{c.documented:,}", "verified": f"{c.verified:,}", "query": c.query, "of": _of(c),
         "numbers": numbers(c.rows)}
        for c in counts
    ]


def _of(count: Count) -> str:
    """What a figure is read against: "of 57 places, 40 assessed", and what is new."""
    newly = f", {count.newly:,} newly damaged" if count.newly is not None else ""
    if count.places is None:
        return newly.removeprefix(", ")
    return f"of {count.places:,} places, {count.found or 0:,} assessed{newly}"


def numbers(rows: Sequence[int]) -> str:
    """Rows of the list (from 0) as the numbers printed there, runs joined: "No. 1–4, 9"; long ones are cut, and say so."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    shown = ", ".join(f"{a + 1:,}" if a == b else f"{a + 1:,}–{b + 1:,}" for a, b in runs[:MOST_RUNS])
    return f"No. {shown}{' …' if len(runs) > MOST_RUNS else ''}" if runs else ""


def _conditions(rows: Iterable[DamagedRow]) -> list[dict[str, Any]]:
    """Places by condition label, in the order of the scale."""
    found: dict[tuple[int, str, str], int] = {}
    for row in rows:
        kind = glyph(row.condition)
        key = (_KEY.index(kind), kind, row.condition.label)
        found[key] = found.get(key, 0) + 1
    return [
        {"glyph": kind, "label": label, "n": n, "count": f"{n:,}"} for (_order, kind, label), n in sorted(found.items())
    ]


def _disclaimers(listed: DamagedList) -> list[dict[str, Any]]:
    keys = ["boundaries", *(["article-11-4"] if listed.article_11_4 else []), "counts", "not-exhaustive"]
    return [
        {
            "lang": lang,
            "rtl": way == "rtl",
            "name": disclaimer.LANGUAGE_NAMES[lang],
            "texts": [disclaimer.text(key, lang) for key in keys],
        }
        for lang, way in disclaimer.LANGUAGES.items()
        if lang != listed.lang
    ]
