"""What the store must know of assessments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tutela.assessment.rules.series import contribution, counts, day_recorded, observed_span
from tutela.assessment.rules.standing import standing
from tutela.evidence.sights import ALSO
from tutela.inventory.rules.views import CONTRIBUTORS
from tutela.people.rules import Actor
from tutela.store.kinds import Kind, Table, register

COLUMNS = ("record", "place", "observed_from", "observed_to", "recorded", "outcome", "condition", "extent", "damages", "status",
           "standing", "says", "kind", "degree")


def _links(assessment: dict[str, Any]) -> Iterable[tuple[str, str]]:
    return (("about", assessment["place"]),)


def _rows(record: int, assessment: dict[str, Any], ids: dict[str, int]) -> Iterable[tuple[Any, ...]]:
    first, last = observed_span(assessment)
    condition, extent = assessment.get("condition"), assessment.get("extent")
    return ((record, ids[assessment["place"]], first, last, day_recorded(assessment), assessment.get("outcome", "finding"),
             condition["code"] if condition else None, extent["code"] if extent else None,
             len(assessment.get("damages", ())), assessment.get("status", "published"), *standing(assessment), 3,
             assessment["degree"]["code"] if "degree" in assessment else None),)


def _consensus_links(consensus: dict[str, Any]) -> Iterable[tuple[str, str]]:
    return [("settles", consensus["place"])] + [("agrees", uuid) for uuid in consensus["of"]]


def _consensus_rows(record: int, consensus: dict[str, Any], ids: dict[str, int]) -> Iterable[tuple[Any, ...]]:
    """As an assessment's; one about a part of the place says nothing of the whole, and has no row."""
    if "element" in consensus:
        return ()
    return [(*row[:-2], 12, row[-1]) for row in _rows(record, consensus, ids)]


def _comment_links(comment: dict[str, Any]) -> Iterable[tuple[str, str]]:
    return (("on", comment["on"]),)


def _open_to(actor: Actor, document: dict[str, Any]) -> bool:
    """Who may know of a document of this room, its place being seen: what is not reviewed, and comments, are for contributors."""
    return actor.audience >= 1 or ("on" not in document and counts(document))


#: ``about`` is said of assessments alone: whoever asks for what is about a place gets its series and nothing else.
ASSESSMENT = Kind("assessment", 3, links=_links, tables=(Table("assessment_finding", COLUMNS, _rows),), feeds="about")
CONSENSUS = Kind("consensus", 12, links=_consensus_links, tables=(Table("assessment_finding", COLUMNS, _consensus_rows),), feeds="settles")
COMMENT = Kind("comment", 13, links=_comment_links)


def register_all() -> None:
    for kind in (ASSESSMENT, CONSENSUS, COMMENT):
        register(kind)
        ALSO[kind.name] = _open_to
    CONTRIBUTORS["assessment", "consensus"] = contribution
