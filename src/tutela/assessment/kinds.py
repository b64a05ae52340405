"""What the store must know of assessments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tutela.assessment.rules.series import contribution, day_recorded, observed_span
from tutela.inventory.rules.views import CONTRIBUTORS
from tutela.store.kinds import Kind, Table, register

COLUMNS = ("record", "place", "observed_from", "observed_to", "recorded", "outcome", "condition", "extent", "damages", "status")


def _links(assessment: dict[str, Any]) -> Iterable[tuple[str, str]]:
    return (("about", assessment["place"]),)


def _rows(record: int, assessment: dict[str, Any], ids: dict[str, int]) -> Iterable[tuple[Any, ...]]:
    first, last = observed_span(assessment)
    condition, extent = assessment.get("condition"), assessment.get("extent")
    return ((record, ids[assessment["place"]], first, last, day_recorded(assessment), assessment.get("outcome", "finding"),
             condition["code"] if condition else None, extent["code"] if extent else None,
             len(assessment.get("damages", ())), assessment.get("status", "published")),)


ASSESSMENT = Kind("assessment", 3, links=_links, tables=(Table("assessment_finding", COLUMNS, _rows),), feeds="about")


def register_all() -> None:
    register(ASSESSMENT)
    CONTRIBUTORS["assessment"] = contribution
