"""Whether the codes, dates and numbers of a place's document are of the lists and ways of writing that Tutela has.

What a person enters passes here; an import's values come from the same lists by its mapping.  A problem's ``column`` is the
path of the value: ``names.0.lang``, ``protections.2.to``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from tutela.errors import Problem, TutelaError, declare, problem
from tutela.vocabulary import load
from tutela.vocabulary.edtf_values import parse

declare(
    {
        "language-tag": (
            "“{value}” is not a language tag.",
            "Write it as in BCP 47: fa, ar, syr, ku-Latn; leave it empty if it is not known.",
        ),
        "identifier-empty": ("An identifier needs a scheme and a value.", "Fill in both, or empty the row."),
        "precision-number": ("{value} is not a precision in metres.", "Give a number from 0 to 1,000,000, for example 30."),
    }
)

Document = dict[str, Any]
#: (list in the document, key in its items, vocabulary)
CODED = (
    ("names", "kind", "name-kinds"),
    ("types", "code", "place-types"),
    ("types", "certainty", "certainty"),
    ("functions", "code", "functions"),
    ("dating", "certainty", "certainty"),
    ("geometries", "role", "geometry-roles"),
    ("geometries", "certainty", "location-certainty"),
    ("identifiers", "scheme", "identifier-schemes"),
    ("protections", "instrument", "protection-instruments"),
    ("protections", "level", "protection-levels"),
    ("significance", "criterion", "significance"),
    ("descriptions", "kind", "description-kinds"),
)
DATED = (("dating", "edtf"), ("protections", "from"), ("protections", "to"))
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*|und")


def check_codes(place: Document) -> list[Problem]:
    """All values that are not of their list, or not a date."""
    found = list(coded(place, CODED)) + list(dated(place, DATED))
    for key, vocabulary in (("category", "hague-categories"), ("country", "countries")):
        if place.get(key) and place[key] not in terms(vocabulary):
            found.append(unknown(key, place[key], vocabulary))
    for key in ("names", "descriptions"):
        for n, item in enumerate(place.get(key, ())):
            if item.get("lang") and not _TAG.fullmatch(item["lang"]):
                found.append(problem("language-tag", column=f"{key}.{n}.lang", value=item["lang"]))
    for n, item in enumerate(place.get("identifiers", ())):
        if not str(item.get("value", "")).strip():
            found.append(problem("identifier-empty", column=f"identifiers.{n}.value"))
    for n, item in enumerate(place.get("geometries", ())):
        metres = item.get("precision_m")
        if metres is not None and not 0 <= metres <= 1_000_000:
            found.append(problem("precision-number", column=f"geometries.{n}.precision_m", value=metres))
    for n, item in enumerate(place.get("protections", ())):
        if item.get("from") and item.get("to") and _reversed(item["from"], item["to"]):
            found.append(problem("protection-reversed", column=f"protections.{n}.to", value=item["to"]))
    return found


def coded(document: Document, rules: Iterable[tuple[str, str, str]]) -> Iterable[Problem]:
    """The codes of lists of items that are not in their vocabulary."""
    for field, key, vocabulary in rules:
        for n, item in enumerate(document.get(field, ())):
            if item.get(key) and item[key] not in terms(vocabulary):
                yield unknown(f"{field}.{n}.{key}", item[key], vocabulary)


def dated(document: Document, rules: Iterable[tuple[str, str]]) -> Iterable[Problem]:
    """The dates of lists of items that are no EDTF values."""
    for field, key in rules:
        for n, item in enumerate(document.get(field, ())):
            if item.get(key):
                yield from date_problem(f"{field}.{n}.{key}", item[key])


def date_problem(column: str, text: str) -> list[Problem]:
    """What is wrong with an EDTF text, at its column; empty if nothing is."""
    try:
        parse(text)
    except TutelaError as error:
        p = error.problem
        return [Problem(p.code, p.message, p.todo, column=column, value=p.value)]
    return []


def _reversed(first: str, last: str) -> bool:
    try:
        begins, ends = parse(first).earliest, parse(last).latest
    except TutelaError:
        return False
    return begins is not None and ends is not None and ends < begins


@lru_cache(64)
def terms(vocabulary: str) -> frozenset[str]:
    """The codes of a list."""
    return frozenset(load(vocabulary).terms)


def unknown(column: str, value: object, vocabulary: str) -> Problem:
    """``value-unknown`` at a column, naming the list."""
    return problem("value-unknown", column=column, value=value, what=load(vocabulary).title.lower())
