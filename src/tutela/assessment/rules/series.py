"""A place's assessments as a series in time: which comes last, and what the state of a place follows from."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tutela.inventory.rules.views import Contribution
from tutela.vocabulary.edtf_values import parse, parse_fast

Document = dict[str, Any]
UNKNOWN_DAY = -99999999


def observed_span(assessment: Document) -> tuple[int | None, int | None]:
    """First and last possible day of the observation (year*10000+month*100+day), None where unknown."""
    return _span(assessment.get("observed"))


@lru_cache(16_384)
def _span(text: str | None) -> tuple[int | None, int | None]:
    if not text:
        return None, None
    if len(text) == 10:
        day = parse_fast(text)
        if day is not None:
            return day, day
    value = parse(text)
    return value.earliest, value.latest


def day_recorded(assessment: Document) -> int | None:
    """The last possible day on which it was written down, as the source says."""
    return _span(assessment.get("recorded"))[1]


def order(assessment: Document) -> tuple[int, int]:
    """Sort key: by the day observed (by the day recorded where that is unknown), then by the day recorded."""
    recorded = day_recorded(assessment)
    last = observed_span(assessment)[1]
    first = last if last is not None else recorded
    return (first if first is not None else UNKNOWN_DAY, recorded if recorded is not None else UNKNOWN_DAY)


def last_finding(series: list[Document]) -> Document | None:
    """The latest assessment that found a condition; a visit that found nothing never hides an earlier finding."""
    found = [a for a in series if a.get("condition") and a.get("outcome", "finding") == "finding"]
    return max(found, key=order) if len(found) > 1 else found[0] if found else None


def contribution(series: list[Document], details: bool) -> Contribution:
    """What the series adds to how its place is found (see :class:`Contribution`)."""
    if not series:
        return Contribution({"condition": ("none",)}, missing=("condition",))
    facets: dict[str, tuple[str, ...]] = {}
    value = None
    last = last_finding(series)
    if last is not None:
        facets["condition"] = (last["condition"]["code"],)
        extent = last.get("extent")
        if extent:
            facets["extent"] = (extent["code"],)
            value = extent.get("value")
    else:
        outcome = max(series, key=order).get("outcome", "finding")
        facets["condition"] = ("unknown" if outcome == "finding" else outcome,)
    damages = [item for a in series if "damages" in a for item in a["damages"]]
    if damages:
        facets["damage"] = _distinct([item["effect"].get("code") for item in damages if "effect" in item])
        facets["cause"] = _distinct([item["cause"].get("code") for item in damages if "cause" in item])
    threats = [item.get("cause") for a in series if "threats" in a for item in a["threats"]]
    if threats:
        facets["threat"] = _distinct(threats)
    methods = [a["method"] for a in series if "method" in a]
    if methods:
        facets["method"] = _distinct(methods)
    notes = [a["note"] for a in series if "note" in a] if details else ()
    day = max(map(order, series))[0]
    return Contribution(facets, " ".join(notes), None if day == UNKNOWN_DAY else day, value)


def _distinct(codes: list[str | None]) -> tuple[str, ...]:
    """The codes given, each once, in order."""
    return tuple(sorted({code for code in codes if code is not None}))
