"""When a place counts as damaged.  One rule for lists, figures and facets."""

from __future__ import annotations

from typing import Any

from tutela.assessment.rules.series import last_finding

#: Conditions, and bands of extent, that say damage by themselves.
CONDITIONS = ("poor", "very-bad", "destroyed")
EXTENTS = ("1-10", "11-30", "31-60", "61-90", "91-100")


def is_damaged(series: list[dict[str, Any]]) -> bool:
    """True where an assessment records a damage, or the last finding's condition or extent says one.

    This is *documented* damage: somebody wrote it down, with a source.  Whether it is *verified* is another figure.
    """
    if any(a.get("damages") for a in series):
        return True
    last = last_finding(series)
    if last is None:
        return False
    return last["condition"]["code"] in CONDITIONS or (last.get("extent") or {}).get("code") in EXTENTS
