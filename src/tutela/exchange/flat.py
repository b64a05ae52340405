"""A place as one row of plain cells: the columns every export has, and the only ones an export can be read back by.

The row is made from the document *as the audience sees it* and the place's assessments; nothing here decides what may be
seen, save that the wordings of assessors stay out where the details are withheld.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tutela.assessment.rules.series import last_finding, order
from tutela.inventory.rules.audience import sight_of
from tutela.inventory.rules.names import display_name, listed
from tutela.people.rules import AUDIENCES
from tutela.store.documents import dashed

Document = dict[str, Any]
Flat = dict[str, Any]

#: In this order in every format.  Text, but for NUMBERS (degrees) and COUNTS (whole numbers); None = not recorded.
FLAT_COLUMNS = (
    "id", "name", "names", "type", "category", "country", "area", "address", "latitude", "longitude", "precision",
    "located", "dating", "protections", "handling", "condition", "condition_original", "extent", "observed", "recorded",
    "damages", "threats", "identifiers", "description", "sources", "licence", "assessments", "version", "audience",
)  # fmt: skip
NUMBERS = frozenset({"latitude", "longitude"})
COUNTS = frozenset({"assessments", "version"})
SEPARATOR = "; "
PARAGRAPH = "\n\n"
#: What is no text in XML, or ends a text early in other formats.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def flatten(document: Document, uuid: str, series: list[Document] | None, x: float | None, y: float | None, *,
            audience: int = 0, version: int | None = None) -> Flat:
    """One row, with every column of ``FLAT_COLUMNS``.

    ``document``, ``x`` and ``y`` (degrees) as the audience may see them; ``series`` the place's assessments in any order;
    ``version`` the journal line of its present state.  Condition, damages and threats are those of the last finding.
    """
    get = document.get
    names = get("names") or ()
    handling = get("handling")
    if handling is None:
        mark, precision, details = "open", "as-held", True
    else:
        mark, precision = handling["mark"], handling.get("shown", "as-held")
        details = sight_of(document, audience).details
    row: Flat = {
        "id": dashed(uuid),
        "name": shown_name(names),
        "names": _names(names),
        "type": _joined(get("types"), worded),
        "category": get("category"),
        "country": get("country"),
        "area": _joined(get("areas"), _area),
        "address": get("address"),
        "latitude": y,
        "longitude": x,
        "precision": precision,
        "located": "position" if x is not None else "withheld" if precision == "withheld" else "name-only",
        "dating": _joined(get("dating"), dated),
        "protections": _joined(get("protections"), _protection),
        "handling": mark,
        "condition": None, "condition_original": None, "extent": None, "observed": None, "recorded": None,
        "damages": None, "threats": None,
        "identifiers": _joined(get("identifiers"), _identifier),
        "description": _joined(get("descriptions"), _text, PARAGRAPH),
        "sources": None, "licence": None,
        "assessments": 0,
        "version": version,
        "audience": AUDIENCES[audience],
    }  # fmt: skip
    sources = get("sources")
    if sources:
        row["sources"] = _distinct([s.get("title") or s["key"] for s in sources])
        row["licence"] = _distinct([s.get("licence") for s in sources])
    if series:
        _assessed(row, series, details)
    return row


def _joined(items: Any, text: Callable[[Document], str], separator: str = SEPARATOR) -> str | None:
    """The texts of a list's items; one item is the common case, and this the busiest function of an export."""
    if not items:
        return None
    if len(items) == 1:
        return text(items[0]) or None
    return separator.join([text(item) for item in items]) or None


def _distinct(texts: list[str | None]) -> str | None:
    if len(texts) == 1:
        return texts[0] or None
    return SEPARATOR.join(dict.fromkeys([t for t in texts if t])) or None


def cleaned(row: Flat) -> Flat:
    """Without the characters that no format can carry."""
    return {name: _CONTROL.sub("", v) if v.__class__ is str else v for name, v in row.items()}


def shown_name(names: Any) -> str | None:
    """The name a reader of English is shown; no rank is meant (all of them stand in ``names``)."""
    if len(names) == 1:
        return names[0]["text"]
    if not names:
        return None
    # A short way to what display_name answers (a test compares them): only one name is in the language, or in its script.
    named = [name for name in names if name.get("kind") != "reference"]
    for key, wanted in (("lang", "en"), ("script", "Latn")):
        fitting = [name for name in named if name.get(key) == wanted]
        if len(fitting) == 1:
            return fitting[0]["text"]
        if fitting:
            break
    return display_name(names, "en")["text"]


def worded(item: Document) -> str:
    """A coded item's code, else the source's wording."""
    return item.get("code") or item.get("original") or ""


def dated(item: Document) -> str:
    return item.get("edtf") or item.get("original") or item.get("period") or ""


def says_something(assessment: Document) -> bool:
    """Whether an assessment belongs to the series that is shown (as in ``assessment.queries.series``)."""
    if "condition" in assessment or "observed" in assessment:
        return True
    return assessment.get("outcome") is not None or bool(assessment.get("damages"))


def _names(names: Any) -> str | None:
    out = []
    for name in listed(names) if len(names) > 1 else names:
        get = name.get
        lang, script, kind = get("lang"), get("script"), get("kind")
        tag = f"{lang}-{script}" if lang and script else lang or script
        tag = f"{tag} {kind}" if tag and kind else tag or kind
        out.append(f"{name['text']} [{tag}]" if tag else name["text"])
    return SEPARATOR.join(out) or None


def _area(item: Document) -> str:
    return item["name"]


def _text(item: Document) -> str:
    return item["text"]


def _identifier(item: Document) -> str:
    return f"{item['scheme']}:{item['value']}"


def _protection(item: Document) -> str:
    get = item.get
    text, level, reference = get("instrument") or get("original") or "", get("level"), get("reference")
    if level:
        text = f"{text} ({level})"
    return f"{text} {reference}" if reference else text


def _assessed(row: Flat, series: list[Document], details: bool) -> None:
    series = [a for a in series if says_something(a)]
    row["assessments"] = len(series)
    if not series:
        return
    last = last_finding(series)
    if last is None:
        last = max(series, key=order)
        outcome = last.get("outcome", "finding")
        row["condition"] = "unknown" if outcome == "finding" else outcome
    else:
        condition = last["condition"]
        row["condition"] = condition["code"]
        if details:
            row["condition_original"] = condition.get("original")
    get = last.get
    extent, damages, threats = get("extent"), get("damages"), get("threats")
    row["observed"], row["recorded"] = get("observed"), get("recorded")
    if extent:
        row["extent"] = extent.get("code")
    if damages:
        row["damages"] = _distinct([_damage(d, details) for d in damages])
    if threats:
        row["threats"] = _distinct([_threat(t, details) for t in threats])


def _damage(item: Document, details: bool) -> str | None:
    cause, effect = _part(item.get("cause"), details), _part(item.get("effect"), details)
    return f"{cause} → {effect}" if cause and effect else cause or effect


def _threat(item: Document, details: bool) -> str | None:
    text = item.get("cause") or (item.get("original") if details else None) or item.get("category")
    return f"{text} ({item['probability']})" if text and item.get("probability") else text


def _part(item: Document | None, details: bool) -> str | None:
    if not item:
        return None
    return item.get("code") or (item.get("original") if details else None) or item.get("category")
