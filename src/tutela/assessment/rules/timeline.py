"""A place's assessments as points and events on a line of time: plain data, for a page to draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tutela.assessment.rules.series import observed_span, order
from tutela.assessment.rules.state import first_event_day, last_event_day

Document = dict[str, Any]


def points(series: Iterable[Document]) -> list[Document]:
    """One point an assessment or consensus: {id, kind, from, to (days), observed, recorded, outcome, condition, extent, …}."""
    return [_point(document) for document in sorted(series, key=order)]


def _point(document: Document) -> Document:
    first, last = observed_span(document)
    code = {key: (document.get(key) or {}).get("code") for key in ("condition", "extent", "degree")}
    out = {"id": document.get("id"), "kind": "consensus" if "rule" in document else "assessment", "from": first, "to": last,
           "observed": document.get("observed"), "recorded": document.get("recorded"), "outcome": document.get("outcome", "finding"),
           "method": document.get("method"), "status": document.get("status", "published"),
           "damages": len(document.get("damages", ())), **code}  # fmt: skip
    return {key: value for key, value in out.items() if value is not None}


def events(series: Iterable[Document]) -> list[Document]:
    """The dated damages and misuses: {assessment, key, harm, from, to (days; None open), cause, effect, use}, the earliest first.

    The same event told by several assessments (same days, cause and effect) is one, with all who tell it.
    """
    found: dict[tuple[Any, ...], Document] = {}
    for document in sorted(series, key=order):
        for harm, key in (("damage", "damages"), ("misuse", "misuses")):
            for item in document.get(key, ()):
                if not item.get("event"):
                    continue
                codes = {part: (item.get(part) or {}).get("code") for part in ("cause", "effect", "use")}
                first, last = first_event_day(item), last_event_day(item)
                same = (harm, first, last, *codes.values(), item.get("element"))
                made = {"harm": harm, "from": first, "to": last, "event": item["event"], **{k: v for k, v in codes.items() if v}}
                found.setdefault(same, {**made, "told_by": []})["told_by"].append(document.get("id"))
    return sorted(found.values(), key=lambda e: (e["from"] or e["to"] or 0, e["to"] or 99999999))


def by_month(rows: Iterable[tuple[int | None, str, bool, int]]) -> list[Document]:
    """Rows (day observed, condition or outcome, whether it says damage, n) as [{month, count, damaged, by: {condition: n}}].

    ``month`` is ``2020-05``, or ``2020`` where only the year is known; what has no day is under None, at the end.
    """
    months: dict[str | None, Document] = {}
    for day, condition, damaged, n in rows:
        month = None if day is None else f"{day // 10000:04}-{day // 100 % 100:02}"
        one = months.setdefault(month, {"month": month, "count": 0, "damaged": 0, "by": {}})
        one["count"] += n
        one["damaged"] += n if damaged else 0
        one["by"][condition] = one["by"].get(condition, 0) + n
    return [months[key] for key in sorted(months, key=lambda m: (m is None, m or ""))]


def with_evidence(listed: list[Document], counted: Mapping[str, int]) -> list[Document]:
    """Points with how many items of evidence each rests on."""
    return [{**point, "evidence": counted.get(point.get("id", ""), 0)} for point in listed]
