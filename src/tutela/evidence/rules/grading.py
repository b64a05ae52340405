"""Grades (the Admiralty scale), and how many independent origins stand behind a record.  Pure.

Reliability A–F says how far the source is to be trusted, credibility 1–6 how far what the item says is; F and 6 say that
nobody can tell, and are no low grades.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tutela.errors import Problem, declare, problem

declare({
    "grade-unknown": ("{value} is not a grade.",
                      "Write a letter A to F for the source and a number 1 to 6 for what it says, for example B2."),
    "grade-long": ("This note is too long ({value} letters).", "Keep it below {most}."),
})

Document = Mapping[str, Any]

RELIABILITY = ("A", "B", "C", "D", "E", "F")
CREDIBILITY = ("1", "2", "3", "4", "5", "6")
LONGEST = 4000
#: Origins that depend on another item; any other kind with an ``of`` (unknown, none) does too, unless it is said to be original.
DEPENDENT = ("reprint", "excerpt", "derived")


def check_grade(grading: Document) -> list[Problem]:
    """All that keeps this from being a grading."""
    found = []
    if grading.get("reliability") not in RELIABILITY:
        found.append(problem("grade-unknown", column="reliability", value=grading.get("reliability")))
    if str(grading.get("credibility")) not in CREDIBILITY:
        found.append(problem("grade-unknown", column="credibility", value=grading.get("credibility")))
    for key in ("note", "bias"):
        if len(grading.get(key, "")) > LONGEST:
            found.append(problem("grade-long", column=key, value=len(grading[key]), most=LONGEST))
    return found


def read_grade(text: str) -> tuple[str, str]:
    """("B", "2") of ``B2``, ``b-2`` or ``2B``; whatever else it is, it comes back for :func:`check_grade` to refuse."""
    signs = [sign for sign in text.strip().upper() if sign.isalnum()]
    if len(signs) == 2 and signs[0] in CREDIBILITY:
        signs.reverse()
    return (signs[0], signs[1]) if len(signs) == 2 else (text.strip(), "")


def newest(gradings: Iterable[Document]) -> list[Document]:
    """Of gradings in the order they were made, the last one of each person (of each item)."""
    last: dict[tuple[Any, Any], Document] = {}
    for grading in gradings:
        key = (grading.get("item"), grading.get("by"))
        last.pop(key, None)
        last[key] = grading
    return list(last.values())


def order(grading: Document) -> tuple[int, int]:
    """For the best first: by the sum of both steps, then by the source's; what cannot be judged comes after all that can."""
    letter, number = RELIABILITY.index(grading["reliability"]), CREDIBILITY.index(str(grading["credibility"]))
    unknown = (letter == 5) + (number == 5)
    return unknown * 100 + letter + number, letter


def best(gradings: Iterable[Document]) -> Document | None:
    """The best of the newest gradings; None where there is none."""
    return min(newest(gradings), key=order, default=None)


# Origins.

@dataclass(slots=True)
class Origin:
    """Items that are one source.  ``root`` the one the others come from, as far as is known; ``stated``: somebody has said of
    one of them that it is an original.  ``reasons`` why they are one: {"code", "item", "of" | "value"}."""

    root: str
    items: list[str]
    stated: bool
    reasons: list[dict[str, str]] = field(default_factory=list)


def origins(items: Mapping[str, Document], ancestors: Mapping[str, Document] | None = None,
            sources: Mapping[str, Iterable[Document]] | None = None) -> list[Origin]:
    """The independent origins of these items ({id: document}), in their order.

    Two items are one origin where one is a reprint of, an excerpt of or derived from the other or from what the other comes
    from (``origin.of``, followed through ``ancestors`` {id: document}; loops do no harm), where their bytes are the same, or where
    they were taken from the same address (``sources`` {id: their acquisitions' ``source``}).  One outlet may hold several
    sources: its name alone joins nothing.  What is not known to be dependent counts as an origin, ``stated`` or not.
    """
    known = {**(ancestors or {}), **items}
    groups = _Groups()
    reasons: list[tuple[str, dict[str, str]]] = []
    for uuid in items:
        groups.add(uuid)
    for uuid, item in known.items():
        of = _comes_from(item)
        if of and of != uuid:
            groups.join(of, uuid)
            if uuid in items:
                reasons.append((uuid, {"code": item["origin"].get("kind", "unknown"), "item": uuid, "of": of}))
    for code, uuid, value in _signs(items, sources or {}):
        other = groups.signs.setdefault((code, value), uuid)
        if other != uuid:
            groups.join(other, uuid)
            reasons.append((uuid, {"code": code, "item": uuid, "of": other} | ({"value": value} if code == "same-address" else {})))
    return _listed(items, known, groups, reasons)


def _comes_from(item: Document) -> str | None:
    origin = item.get("origin") or {}
    return origin.get("of") if origin.get("kind") != "original" else None


def _signs(items: Mapping[str, Document], sources: Mapping[str, Iterable[Document]]) -> Iterable[tuple[str, str, str]]:
    """(code, id, value) of what makes two items one where they have it in common."""
    for uuid, item in items.items():
        if item.get("digest"):
            yield "same-bytes", uuid, item["digest"]
        for source in sources.get(uuid, ()):
            address = same_address(source.get("uri", ""))
            if address:
                yield "same-address", uuid, address


def same_address(uri: str) -> str:
    """An address without what does not tell two sources apart: scheme, www., case of the host, a last slash, the fragment."""
    try:
        parts = urlsplit(uri.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        host = ""
    if not host:
        return uri.strip()
    return f"{host}{parts.path.rstrip('/')}{'?' + parts.query if parts.query else ''}"


class _Groups:
    """What belongs together: each thing points towards the first of its group."""

    def __init__(self) -> None:
        self.towards: dict[str, str] = {}
        self.signs: dict[tuple[str, str], str] = {}

    def add(self, one: str) -> None:
        self.towards.setdefault(one, one)

    def first(self, one: str) -> str:
        self.add(one)
        path = []
        while self.towards[one] != one:
            path.append(one)
            one = self.towards[one]
        for passed in path:
            self.towards[passed] = one
        return one

    def join(self, one: str, other: str) -> None:
        """``one`` is nearer to the root."""
        first, second = self.first(one), self.first(other)
        if first != second:
            self.towards[second] = first


def _listed(items: Mapping[str, Document], known: Mapping[str, Document], groups: _Groups,
            reasons: list[tuple[str, dict[str, str]]]) -> list[Origin]:
    found: dict[str, Origin] = {}
    for uuid, item in items.items():
        first = groups.first(uuid)
        origin = found.get(first)
        if origin is None:
            origin = found[first] = Origin(_root(uuid, known), [], False)
        origin.items.append(uuid)
        origin.stated = origin.stated or (item.get("origin") or {}).get("kind") == "original"
    for uuid, reason in reasons:
        found[groups.first(uuid)].reasons.append(reason)
    return list(found.values())


def _root(uuid: str, known: Mapping[str, Document]) -> str:
    """Where the chain of an item leads; the smallest id of a loop, so that it does not matter where one begins."""
    path = [uuid]
    while True:
        of = _comes_from(known.get(path[-1], {}))
        if not of:
            return path[-1]
        if of in path:
            return min(path[path.index(of):])
        path.append(of)
