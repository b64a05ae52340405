"""What must hold of what is said about a file: when it is taken in, and when its description is mended."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tutela.errors import Problem, TutelaError, declare, problem
from tutela.evidence.rules.media import FORMS
from tutela.vocabulary.dates import parse

declare({
    "evidence-text": ("{column} is too long, or is no text.", "Use at most {most:,} letters."),
    "evidence-code": ("“{value}” is not a {column}.", "Use one of: {codes}."),
    "evidence-uri": ("{value} is not an address.", "Write it whole: https://…"),
    "evidence-position": ("{value} is not a position.", "Give degrees: x from -180 to 180 and y from -90 to 90."),
    "evidence-key": ("{value} is not known here.", "Leave it out."),
    "evidence-id": ("{value} is not the id of a record.", "Copy the id from the record's page."),
})

MARKS = ("open", "restricted", "confidential")
ORIGINS = ("original", "reprint", "excerpt", "derived", "unknown")
CONSENT = ("yes", "no", "unknown", "not-needed")
WAYS = ("file", "folder", "zip", "device", "bundle", "web")
SHORT, LONG = 500, 20_000
ID = re.compile(r"[0-9a-f]{32}")
URI = re.compile(r"[a-z][a-z0-9+.-]{1,30}:[^\s<>\"\x00-\x1f]{1,4000}", re.I)

EDITABLE = ("title", "description", "lang", "places", "handling", "origin", "form")


def check_description(item: dict[str, Any]) -> list[Problem]:
    """What is wrong in the keys of an item that people write."""
    found = [*_texts(item, {"title": SHORT, "description": LONG, "lang": 35})]
    found += _codes(item, {"form": FORMS})
    if "places" in item:
        found += _ids(item["places"], "places")
    if "handling" in item:
        found += _part(item["handling"], "handling", {"mark", "reason"}, {"mark": MARKS}, {"reason": SHORT})
    if "origin" in item:
        found += _part(item["origin"], "origin", {"kind", "of", "outlet"}, {"kind": ORIGINS}, {"outlet": SHORT})
        of = item["origin"].get("of") if isinstance(item["origin"], dict) else None
        found += _ids([of], "origin.of") if of is not None else []
    return found


def check_acquisition(given: dict[str, Any]) -> list[Problem]:
    """What is wrong in what is said of how a file came in."""
    found = [*_texts(given, {"collector": SHORT, "restrictions": LONG})]
    found += _codes(given, {"way": WAYS})
    if "acquired" in given:
        found += _date(given["acquired"], "acquired")
    if "source" in given:
        found += _part(given["source"], "source", {"uri", "title", "outlet"}, {}, {"title": SHORT, "outlet": SHORT})
        uri = given["source"].get("uri") if isinstance(given["source"], dict) else None
        if uri is not None and not (isinstance(uri, str) and URI.fullmatch(uri)):
            found.append(problem("evidence-uri", column="source.uri", value=uri))
    if "consent" in given:
        found += _part(given["consent"], "consent", {"given", "scope", "item"}, {"given": CONSENT}, {"scope": LONG})
    if "where" in given:
        found += _where(given["where"])
    return found


def _where(where: Any) -> list[Problem]:
    found = _part(where, "where", {"place", "text", "x", "y"}, {}, {"text": SHORT})
    if found:
        return found
    if "place" in where:
        found += _ids([where["place"]], "where.place")
    if "x" in where or "y" in where:
        x, y = where.get("x"), where.get("y")
        good = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in (x, y)) and abs(x) <= 180 and abs(y) <= 90
        if not good:
            found.append(problem("evidence-position", column="where", value=f"{x}, {y}"))
    return found


def _texts(document: dict[str, Any], most: dict[str, int], at: str = "") -> Iterable[Problem]:
    for key, length in most.items():
        value = document.get(key)
        if value is not None and not (isinstance(value, str) and len(value) <= length and "\0" not in value and _whole(value)):
            yield problem("evidence-text", column=at + key, most=length)


def _whole(text: str) -> bool:
    """Whether it can be written as UTF-8 (half characters cannot)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _codes(document: dict[str, Any], codes: dict[str, tuple[str, ...]], at: str = "") -> list[Problem]:
    return [problem("evidence-code", column=at + key, value=document[key], codes=", ".join(known))
            for key, known in codes.items() if key in document and document[key] not in known]


def _part(value: Any, name: str, keys: set[str], codes: dict[str, tuple[str, ...]], texts: dict[str, int]) -> list[Problem]:
    if not isinstance(value, dict):
        return [problem("evidence-text", column=name, most=SHORT)]
    found = [problem("evidence-key", column=f"{name}.{key}", value=key) for key in value.keys() - keys]
    return found + _codes(value, codes, f"{name}.") + list(_texts(value, texts, f"{name}."))


def _ids(values: Any, column: str) -> list[Problem]:
    if not isinstance(values, list):
        return [problem("evidence-id", column=column, value=values)]
    return [problem("evidence-id", column=column, value=v) for v in values if not (isinstance(v, str) and ID.fullmatch(v))]


def _date(value: Any, column: str) -> list[Problem]:
    try:
        parse(value)
    except TutelaError as error:
        found = error.problem
        return [Problem(found.code, found.message, found.todo, column=column, value=found.value)]
    except (TypeError, AttributeError):
        return [problem("evidence-text", column=column, most=SHORT)]
    return []
