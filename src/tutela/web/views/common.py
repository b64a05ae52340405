"""What several pages share."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from tutela.inventory.rules.query import Query
from tutela.vocabulary import load
from tutela.web import i18n

LISTS = {
    "type": "place-types",
    "category": "hague-categories",
    "country": "countries",
    "protection": "protection-instruments",
    "condition": "condition",
    "extent": "extent",
    "damage": "effects",
    "cause": "causes",
    "threat": "causes",
    "method": "methods",
    "handling": "handling-marks",
    "namekind": "name-kinds",
}
WORDS = {
    "none": "None recorded",
    "position": "With a position",
    "name-only": "Located only by name",
    "name": "A name",
    "geometry": "A position",
    "type": "A type",
    "dating": "A dating",
    "protection": "A protection",
    "condition": "A dated condition",
    "not-visible": "Not visible",
    "not-visited": "Not visited",
    "not-assessable": "Not assessable",
    "bbox": "Area on the map",
    "unknown": "Unknown",
    "documented": "Documented",
}
FIELDS = {
    "type": "Type",
    "category": "Category",
    "country": "Country",
    "area": "Area",
    "protection": "Protection",
    "condition": "Condition",
    "extent": "Extent of damage",
    "damaged": "Damage documented",
    "damage": "Damage",
    "cause": "Cause of damage",
    "threat": "Threat",
    "method": "Method",
    "handling": "Handling",
    "located": "Location",
    "missing": "Missing",
    "namekind": "Kind of name",
    "period": "Period",
    "name": "Name",
    "id": "Identifier",
    "text": "Text",
    "in": "Area words",
    "observed": "Last observed",
    "dating": "Dating",
    "bbox": "Map area",
    "import": "Import",
    "change": "Change",
    "words": "Words",
}


def label(facet: str, code: str, lang: str) -> str:
    """A facet's code in words."""
    name = LISTS.get(facet)
    if name:
        term = load(name).terms.get(code)
        if term is not None:  # the vocabulary's own word; else the interface's translation of the English one
            words = _capital(load(name).label(code, lang))
            return words if lang in term.labels else i18n.t(words, lang)
    return i18n.t(WORDS[code], lang) if code in WORDS else _capital(code.replace("-", " "))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def address(query: Query | str, path: str = "/places/", **more: Any) -> str:
    """The address of a question."""
    text = query if isinstance(query, str) else query.text()
    given = {"q": text, **more} if text else more
    return f"{path}?{urlencode(given)}" if given else path


def is_fragment(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def day(value: int | None) -> str:
    """year*10000+month*100+day as an ISO day."""
    if value is None:
        return ""
    year, rest = divmod(value, 10000)
    month, date = divmod(rest, 100)
    return f"{year:04d}-{month:02d}-{date:02d}" if month and date else f"{year:04d}"
