"""An assessment, a consensus or a comment as those may see it who do not see the details, or the exact position, of its place."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]
#: Free words, people, and what leads to where exactly something is.
WITHHELD = ("note", "assessor_role", "imagery", "source", "activity", "people", "of")
WITHHELD_WITHIN = ("note", "original", "label", "geometry", "marked", "source")


def for_reader(assessment: Document, *, details: bool, exact: bool) -> Document:
    """As a reader may see it: shapes on the map only where the position is seen as held, free words only with the details."""
    if not details:
        return bare_finding(assessment)
    return assessment if exact else _without(assessment, ("geometry",))


def bare_finding(assessment: Document) -> Document:
    """Without notes and without any wording that is not of the vocabulary: a free word can name the spot.

    The keys of parts are words of their assessor, too: they are numbered instead, e1, e2 …
    """
    keys = {element.get("key"): f"e{n}" for n, element in enumerate(assessment.get("elements", ()), 1)}
    if "element" in assessment:
        keys.setdefault(assessment["element"], f"e{len(keys) + 1}")
    out = {key: _without(value, WITHHELD_WITHIN) for key, value in assessment.items() if key not in WITHHELD}
    return _renamed(out, keys)


def _without(value: Any, keys: tuple[str, ...]) -> Any:
    if isinstance(value, list):
        return [_without(item, keys) for item in value]
    if isinstance(value, dict):
        return {key: _without(item, keys) for key, item in value.items() if key not in keys}
    return value


def _renamed(assessment: Document, keys: dict[Any, str]) -> Document:
    """The same with the keys of its parts replaced."""
    out = dict(assessment)
    for name, items in assessment.items():
        if isinstance(items, list):
            out[name] = [_item(item, "key" if name == "elements" else "element", keys) for item in items]
    if "element" in out:
        out["element"] = keys.get(out["element"], "e")
    return out


def _item(item: Any, part: str, keys: dict[Any, str]) -> Any:
    return {**item, part: keys.get(item[part], "e")} if isinstance(item, dict) and part in item else item
