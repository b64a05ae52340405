"""Which field each column belongs to, judged by its header and its contents together."""

from __future__ import annotations

import re
from typing import Any

from tutela.exchange.mapping.headers import fields_of, language_of
from tutela.exchange.mapping.profile import Column, dates
from tutela.exchange.mapping.wordings import guess

_QID = re.compile(r"(?:.*/)?Q\d+")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
#: Fields that several columns may fill.
MANY = frozenset(
    {
        "name",
        "other names",
        "region",
        "district",
        "settlement",
        "description",
        "notes",
        "source",
        "material",
        "function",
        "significance",
        "dating",
        "period",
        "type",
        "protection reference",
        "wikidata",
        "pleiades",
        "whs",
        "geonames",
        "osm",
    }
)
#: The list of terms that speaks for a field.
VOCABULARIES = {
    "type": "place-types",
    "condition": "condition",
    "country": "countries",
    "protection": "protection-instruments",
    "damage": "damage",
    "extent": "extent",
    "cause": "causes",
    "threat": "causes",
    "function": "functions",
    "period": "periods",
    "handling": "handling-marks",
    "recommendation": "recommendations",
    "priority": "priority",
}
GUESSES = {"type": "type", "condition": "condition", "damage": "damage", "protection": "protection", "handling": "handling"}


def assign(columns: list[Column], taken: set[str], persian: bool, arabic: bool, main: bool = True) -> dict[str, list[Column]]:
    """Field → its columns, in the order of the file.

    ``taken`` are the names of columns used already (positions, joins); ``main``: the table is the one of the places.
    """
    out: dict[str, list[Column]] = {}
    left: list[Column] = []
    free = [c for c in columns if c.name not in taken and c.filled]
    for column in free:
        name = _field(column, out, persian, arabic)
        if name is None or (name == "type" and not main and known("type", column) < 0.3):
            left.append(column)
        else:
            out.setdefault(name, []).append(column)
    for column in left if main else ():
        name = _by_contents(column, out)
        if name is not None:
            out.setdefault(name, []).append(column)
    if main and "name" not in out:
        _find_name(free, out)
    return out


def _field(column: Column, out: dict[str, list[Column]], persian: bool, arabic: bool) -> str | None:
    """The field the header names, if the contents do not speak against it; of several the one they speak most for."""
    fitting = []
    for at, (name, whole) in enumerate(fields_of(column.name)):
        if name in MANY or name not in out:
            likely = speaks(name, column, persian, arabic) if whole else _partly(name, column, persian, arabic)
            if likely > 0:
                fitting.append((round(likely, 2), -at, name))
    return max(fitting)[2] if fitting else None


def _partly(name: str, column: Column, persian: bool, arabic: bool) -> float:
    """A header that only holds a field's word is believed where the contents fit it."""
    if name == "extent" and column.percents > 0.5:
        return 0.8
    if name in VOCABULARIES and name not in ("cause", "threat", "damage", "function", "period", "recommendation"):
        return known(name, column) if known(name, column) >= 0.3 else 0.0
    if name == "name" and len(column.values) * 3 < column.filled:
        return 0.0
    if name in ("type", "function", "period") or "certainty" in column.name.casefold():
        return 0.0 if known("type", column) < 0.3 else 0.4
    return speaks(name, column, persian, arabic) * 0.9


def speaks(name: str, column: Column, persian: bool = False, arabic: bool = False) -> float:
    """How much the contents speak for a field: 0 rules it out, 0.5 is nothing either way, 1 is proof."""
    if name in ("key", "row number"):
        return 0.7 if column.numbering else 0.4 if max(map(len, column.values)) <= 60 else 0.0
    if name in ("observed", "recorded", "damage date"):
        share = dates(column, persian, arabic, True).share
        return share if share >= 0.5 else 0.0
    if name == "dating":
        return 0.6
    if name in ("from", "to"):
        share = dates(column, persian, arabic).share
        return share if share >= 0.8 else 0.0
    if name == "language":
        return column.share(lambda v: _TAG.fullmatch(v) is not None)
    if name == "uri":
        return column.share(lambda v: "://" in v or v.startswith("www."))
    if name == "extent":
        return 0.8 if column.percents > 0.5 else known(name, column)
    if name in ("wikidata",):
        return column.share(lambda v: _QID.search(v) is not None)
    if name in ("pleiades", "whs", "geonames", "osm", "significance", "source", "notes", "description", "address"):
        return 0.5
    if column.numeric > 0.9:  # names, types and the like are not numbers
        return 0.3 if name in ("condition", "damage", "priority", "period") and len(column.values) <= 12 else 0.0
    if name == "handling":  # a mark misread would show what must be hidden, or hide all
        return known(name, column) if known(name, column) >= 0.5 else 0.0
    if name in VOCABULARIES:
        return max(0.45, known(name, column))
    return 0.5


def known(name: str, column: Column) -> float:
    """The share of the column's cells that the field's list, or our stems for it, know."""
    from tutela.vocabulary import load

    table = GUESSES.get(name)
    extra: Any = (lambda wording: guess(table, wording)) if table else None
    return column.known_in(load(VOCABULARIES[name]), extra)


def _by_contents(column: Column, out: dict[str, list[Column]]) -> str | None:
    """A field told by contents alone: only where a list of terms knows nearly every cell."""
    if column.share(lambda v: _QID.fullmatch(v) is not None) > 0.9:
        return "wikidata"
    if column.numeric > 0.5 or column.length > 60:
        return None
    from tutela.vocabulary import load

    for name in ("country", "condition", "type"):
        if name not in out and len(column.values) <= 300 and column.known_in(load(VOCABULARIES[name])) >= 0.8:
            return name
    return None


def _find_name(free: list[Column], out: dict[str, list[Column]]) -> None:
    """A list of places has names: the column most varied, of words, of a name's length."""
    used = {c.name for columns in out.values() for c in columns}
    fitting = [
        (len(c.values) / c.filled, -at, c)
        for at, c in enumerate(free)
        if c.name not in used and c.numeric < 0.3 and 3 <= c.length <= 80 and len(c.values) / c.filled > 0.5
    ]
    if fitting:
        out["name"] = [max(fitting, key=lambda f: f[:2])[2]]


def name_language(column: Column) -> str | None:
    return language_of(column.name)
