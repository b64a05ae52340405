"""A place's assessments as a series in time: which comes last, and what the state of a place follows from."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tutela.inventory.rules.views import Contribution
from tutela.vocabulary.edtf_values import parse, parse_fast

Document = dict[str, Any]
UNKNOWN_DAY = -99999999

#: States of review in which an assessment is for everybody and counts; of a consensus ``published`` alone.
OPEN = ("reviewed", "published")
#: Outcomes by which something was found out: that there is no damage is a finding, too.
FOUND = ("finding", "no-damage")


def counts(document: Document) -> bool:
    """Whether an assessment (or a consensus, which has ``of``) counts in the state of its place and in any figure.

    Without a status it came from a list and is published.
    """
    status = document.get("status", "published")
    return status == "published" or (status == "reviewed" and "of" not in document)


def counting(series: list[Document]) -> list[Document]:
    """Those of a series that count; the same list where all do."""
    for one in series:
        if one.get("status", "published") != "published":
            return [a for a in series if counts(a)]
    return series


def seen(series: list[Document], audience: int) -> list[Document]:
    """Those of a series that an audience may see: what is not reviewed yet is for contributors (1) and above."""
    return series if audience >= 1 else counting(series)


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


def order(assessment: Document) -> tuple[int, int, bool]:
    """Sort key: by the day observed (by the day recorded where that is unknown), by the day recorded, a consensus last."""
    recorded = day_recorded(assessment)
    last = observed_span(assessment)[1]
    first = last if last is not None else recorded
    return (first if first is not None else UNKNOWN_DAY, recorded if recorded is not None else UNKNOWN_DAY, "of" in assessment)


def last_finding(series: list[Document]) -> Document | None:
    """The latest assessment that found a condition; a visit that found nothing never hides an earlier finding.

    ``series`` in the order in which its documents were first written down here.

    Where none names a condition, the latest that names an extent, a degree or a damage, its condition being *unknown*.
    What is not reviewed yet does not count.
    """
    return _last(counting(series))


def _last(series: list[Document]) -> Document | None:
    """The last finding of those that count; of two alike in all of :func:`order` the one written down here later, as ``state`` has it."""
    found = [a for a in series if "condition" in a and a["condition"] and a.get("outcome", "finding") in FOUND]
    if not found:
        found = [{**a, "condition": {"code": "unknown"}} for a in series if a.get("extent") or a.get("damages") or a.get("degree")]
    return max(reversed(found), key=order) if len(found) > 1 else found[0] if found else None


#: Conditions, bands of extent, and degrees that say damage by themselves.
DAMAGED_CONDITIONS = ("poor", "very-bad", "destroyed")
DAMAGED_EXTENTS = ("1-10", "11-30", "31-60", "61-90", "91-100")
DAMAGED_DEGREES = ("slight", "moderate", "severe", "destroyed")


def is_damaged(series: list[Document]) -> bool:
    """True where an assessment records a damage, or the last finding's condition, extent or degree says one.

    This is *documented* damage: somebody wrote it down, with a source.  Whether it is *verified* is another figure.
    """
    series = counting(series)
    return any(a.get("damages") for a in series) or says_damage(_last(series))


def says_damage(last: Document | None) -> bool:
    """Whether a finding's condition, extent or degree says damage, whatever damages it lists."""
    return last is not None and (
        ("condition" in last and last["condition"]["code"] in DAMAGED_CONDITIONS)
        or ("extent" in last and last["extent"]["code"] in DAMAGED_EXTENTS)
        or ("degree" in last and last["degree"]["code"] in DAMAGED_DEGREES)
    )


def contribution(series: list[Document], details: bool) -> Contribution:
    """What the series adds to how its place is found (see :class:`Contribution`): for all audiences what is reviewed."""
    series = counting(series)
    if not series:
        return Contribution({"condition": ("none",)}, missing=("condition",))
    facets: dict[str, tuple[str, ...]] = {}
    value = None
    last = _last(series)
    if last is not None:
        facets["condition"] = (last["condition"]["code"],)
        extent = last.get("extent")
        if extent:
            facets["extent"] = (extent["code"],)
            value = extent.get("value")
    else:
        found = [a for a in series if a.get("outcome") == "no-damage"] or series
        outcome = max(reversed(found), key=order).get("outcome", "finding")
        facets["condition"] = ("unknown" if outcome == "finding" else outcome,)
    damages = [item for a in series if "damages" in a for item in a["damages"]]
    if damages:
        facets["damage"] = _distinct([item["effect"].get("code") for item in damages if "effect" in item])
        facets["cause"] = _distinct([item["cause"].get("code") for item in damages if "cause" in item])
    if damages or says_damage(last):
        facets["damaged"] = ("documented",)
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
