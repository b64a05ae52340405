"""A record and its parts in words: what a citation rests on, and what may be cited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tutela.evidence import sights
from tutela.evidence.rules.citations import resolve
from tutela.people.rules import Actor
from tutela.vocabulary import load
from tutela.web import i18n
from tutela.web.forms.fields import capital
from tutela.web.views import evidence_words as words
from tutela.web.views.common import label

Document = dict[str, Any]
LISTS = (
    "names",
    "types",
    "geometries",
    "protections",
    "significance",
    "dating",
    "descriptions",
    "characteristics",
    "damages",
    "threats",
    "misuses",
    "elements",
    "recommendations",
)
LONGEST = 90


def record_words(kind: str, document: Document, lang: str) -> str:
    """``Assessment · 2024-05-01`` (the day kept in its order where script runs right to left); ``Place``."""
    said = i18n.t(words.KINDS.get(kind, kind), lang)
    day = document.get("observed") or document.get("recorded")
    return f"{said} · \u2066{day}\u2069" if isinstance(day, str) and kind in ("assessment", "consensus") else said


def part_words(document: Document, part: str, lang: str) -> str:
    """``Damage: collapse``; empty for the whole record."""
    if not part:
        return ""
    first = part.split("/")[0]
    name = i18n.t(words.PARTS.get(first, capital(first.replace("_", " "))), lang)
    found = resolve(document, part)
    said = value_words(found[1], lang) if found else ""
    return f"{name}: {said}" if said else name


def value_words(value: Any, lang: str) -> str:
    """A part's value in a few words."""
    if isinstance(value, str):
        return value[:LONGEST]
    if not isinstance(value, dict):
        return str(value)[:LONGEST] if isinstance(value, (int, float)) else ""
    for key, vocabulary in (
        ("effect", "effects"),
        ("cause", "causes"),
        ("instrument", "protection-instruments"),
        ("code", ""),
        ("level", "protection-levels"),
        ("kind", ""),
    ):
        held = value.get(key)
        code = held.get("code") if isinstance(held, dict) else held
        if isinstance(code, str) and code and key not in ("kind",):
            return _code(code, vocabulary, lang)
    for key in ("text", "original", "value", "label", "edtf", "role", "kind"):
        if isinstance(value.get(key), str) and value[key]:
            return value[key][:LONGEST]
    return ""


def _code(code: str, vocabulary: str, lang: str) -> str:
    if vocabulary:
        return capital(words.term(vocabulary, code, lang))
    for name in ("condition", "type"):
        known = load({"condition": "condition", "type": "place-types"}[name])
        if code in known.terms:
            return label(name, code, lang)
    return code


def citable(document: Document, lang: str) -> Iterator[tuple[str, str]]:
    """(part, words) of what may be cited of a record: the whole first, then its parts."""
    yield "", i18n.t("The whole record", lang)
    for key in ("condition", "extent"):
        if document.get(key):
            yield key, part_words(document, key, lang)
    for key in LISTS:
        values = document.get(key)
        for number, value in enumerate(values if isinstance(values, list) else ()):
            own = value.get("key") if isinstance(value, dict) else None
            same = [v for v in values if isinstance(v, dict) and v.get("key") == own]
            name = own if isinstance(own, str) and own and "/" not in own and len(same) == 1 else str(number)
            yield f"{key}/{name}", part_words(document, f"{key}/{number}", lang)


def told(actor: Actor, citations: list[Document]) -> list[Document]:
    """Citations of an item, each with its record and part in words."""
    seen = sights.records(actor, dict.fromkeys(one["record"] for one in citations))
    out = []
    for one in citations:
        record = seen.get(one["record"].replace("-", ""))
        document = record.document if record else {}
        place = one.get("place")
        out.append(
            {
                **one,
                "record_words": record_words(one["kind"], document, actor.language),
                "part_words": part_words(document, one["now"] or one["part"], actor.language) if one["part"] else "",
                "locator_words": words.locator(one["locator"], actor.language),
                "outline": words.outline(one["locator"].get("region")),
                "state_words": words.CITED.get(one["state"], ""),
                "href": f"/places/{place}/" if place else "",
            }
        )
    return out
