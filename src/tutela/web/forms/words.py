"""Parts of a document in words, and two versions of it beside what a person typed."""

from __future__ import annotations

from typing import Any

from tutela.vocabulary import load
from tutela.web import i18n

Document = dict[str, Any]
LABELS = {
    "names": "Names",
    "types": "Types",
    "category": "Category",
    "functions": "Functions",
    "dating": "Dating",
    "geometries": "Position",
    "country": "Country",
    "areas": "Areas",
    "address": "Address",
    "part_of": "Part of",
    "identifiers": "Identifiers",
    "protections": "Protection",
    "significance": "Significance",
    "characteristics": "Characteristics",
    "descriptions": "Descriptions",
    "handling": "Handling",
    "sources": "Sources",
    "questions": "Questions",
}
CODES = {
    "kind": "name-kinds",
    "category": "hague-categories",
    "country": "countries",
    "instrument": "protection-instruments",
    "level": "protection-levels",
    "criterion": "significance",
    "certainty": "certainty",
    "role": "geometry-roles",
    "mark": "handling-marks",
}
SILENT = {"source", "script", "key", "of", "file", "digest", "rows", "uri"}


def lines(key: str, value: Any, lang: str) -> list[str]:
    """A value of the document, one line an item."""
    if value in (None, "", []):
        return []
    if isinstance(value, list):
        return [_item(key, item, lang) for item in value]
    return [_item(key, value, lang)] if isinstance(value, dict) else [_word(key, value, lang)]


def _item(field: str, item: Any, lang: str) -> str:
    if not isinstance(item, dict):
        return _word(field, item, lang)
    parts = []
    for key, value in item.items():
        if key == "geojson":
            at = value.get("coordinates")
            parts.insert(0, f"{at[1]:g}, {at[0]:g}" if value["type"] == "Point" else i18n.t("shape", lang))
        elif key not in SILENT and isinstance(value, (str, int, float)):
            vocabulary = {"types": "place-types", "functions": "functions"}.get(field) if key == "code" else None
            parts.append(load(vocabulary).label(str(value), lang) if vocabulary else _word(key, value, lang))
    return " · ".join(dict.fromkeys(parts))


def _word(key: str, value: Any, lang: str) -> str:
    return load(CODES[key]).label(str(value), lang) if key in CODES else f"{value:g}" if isinstance(value, float) else str(value)


def differences(began: Document, now: Document, mine: Document, lang: str) -> list[Document]:
    """[{label, began, now, mine, both}] of the fields that changed on either side; ``both``: they were changed on both."""
    out = []
    for key in [k for k in LABELS if k in began or k in now or k in mine]:
        theirs, own = began.get(key) != now.get(key), began.get(key) != mine.get(key)
        if theirs or own:
            out.append(
                {
                    "label": i18n.t(LABELS[key], lang),
                    "began": lines(key, began.get(key), lang),
                    "now": lines(key, now.get(key), lang) if theirs else None,
                    "mine": lines(key, mine.get(key), lang) if own else None,
                    "both": theirs and own,
                }
            )
    return out
