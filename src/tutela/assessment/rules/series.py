"""A place's assessments as a series in time: which comes last, and what the state of a place follows from."""

from __future__ import annotations

from typing import Any

from tutela.inventory.rules.views import Contribution
from tutela.vocabulary.edtf_values import parse, parse_fast

Document = dict[str, Any]
UNKNOWN_DAY = -99999999


def observed_span(assessment: Document) -> tuple[int | None, int | None]:
    """First and last possible day of the observation (year*10000+month*100+day), None where unknown."""
    return _span(assessment.get("observed"))


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
    found = [a for a in series if a.get("outcome", "finding") == "finding" and a.get("condition")]
    return max(found, key=order) if len(found) > 1 else found[0] if found else None


def contribution(series: list[Document], details: bool) -> Contribution:
    """What the series adds to how its place is found (see :class:`Contribution`)."""
    if not series:
        return Contribution({"condition": ("none",)}, missing=("condition",))
    given = Contribution()
    last = last_finding(series)
    facets: dict[str, tuple[str, ...]] = {}
    if last is not None:
        facets["condition"] = (last["condition"]["code"],)
        extent = last.get("extent")
        if extent:
            facets["extent"] = (extent["code"],)
            given.value = extent.get("value")
    else:
        latest = max(series, key=order)
        facets["condition"] = (latest.get("outcome", "unknown") if latest.get("outcome") != "finding" else "unknown",)
    for name, field, part in (("damage", "damages", "effect"), ("cause", "damages", "cause"), ("threat", "threats", None)):
        codes = {_code(item, part) for a in series if field in a for item in a[field]}
        codes.discard(None)
        if codes:
            facets[name] = tuple(sorted(codes))
    texts = [a["note"] for a in series if "note" in a] if details else ()
    facets["method"] = tuple(sorted({a["method"] for a in series if "method" in a}))
    given.facets = facets
    given.text = " ".join(texts)
    day = max([order(a)[0] for a in series])
    given.day = day if day != UNKNOWN_DAY else None
    return given


def _code(item: Document, part: str | None) -> str | None:
    """The code of a damage's cause or effect, of a threat's cause."""
    if part is None:
        return item.get("cause")
    return item[part].get("code") if part in item else None
