"""Timelines: of one place, and of all places that answer a question, by month."""

from __future__ import annotations

from typing import Any

from django.db import connection

from tutela.assessment import queries
from tutela.assessment.rules import timeline as rules
from tutela.assessment.rules.series import DAMAGED_CONDITIONS, DAMAGED_DEGREES, DAMAGED_EXTENTS
from tutela.evidence import citations
from tutela.inventory.queries import as_query, wanted
from tutela.inventory.rules.query import Query
from tutela.people.rules import Actor
from tutela.store import search as store_search
from tutela.store.kinds import KINDS

Document = dict[str, Any]


def timeline(actor: Actor, public_id: str) -> Document:
    """A place over time: {points, events, evidence}; ``evidence``: how many items the place and its assessments rest on.

    Points as :func:`tutela.assessment.rules.timeline.points`, each with ``evidence``; items that the actor may not see are
    not counted.  Raises ``record-unknown``.
    """
    queries.place(actor, public_id)
    listed = [*queries.series(actor, public_id), *queries.consensuses(actor, public_id)]
    cited = citations.for_records(actor, [public_id, *(document["id"] for document in listed)])
    counted = {key: _items(found) for key, found in cited.items()}
    points = rules.with_evidence(rules.points(listed), {key: len(items) for key, items in counted.items()})
    return {"points": points, "events": rules.events(listed), "evidence": len(set[str]().union(*counted.values()))}


def _items(found: list[Document]) -> set[str]:
    return {str(c["item"]["id"] if isinstance(c.get("item"), dict) else c.get("item")) for c in found}


def area_timeline(actor: Actor, query: Query | str = "") -> list[Document]:
    """The findings by the month they were observed, over all places that answer the question, as the actor may see them.

    [{month, count, damaged, by: {condition or outcome: n}}], the earliest first.  Only what is reviewed counts.
    """
    want = wanted(as_query(query))
    clauses, values = store_search.conditions("place", actor.audience, want)
    more, given = store_search.profile_clause(want)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT f.observed_to / 100 * 100, {_SAYS}, ({_DAMAGED}), count(*) FROM assessment_finding f "
            "JOIN store_entry e ON e.id >= f.place * 4 AND e.id < f.place * 4 + 4 "
            f"WHERE f.status IN ('reviewed', 'published') AND f.kind = {KINDS['assessment'].code} AND {' AND '.join([*clauses, *more])} "
            "GROUP BY 1, 2, 3",
            [*values, *given],
        )
        return rules.by_month((day, says, bool(damaged), n) for day, says, damaged, n in cursor.fetchall())


def _listed(codes: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{code}'" for code in codes) + ")"


_SAYS = "coalesce(f.condition, CASE WHEN f.outcome = 'finding' THEN 'unknown' ELSE f.outcome END)"
_DAMAGED = (f"CASE WHEN f.damages > 0 OR f.condition IN {_listed(DAMAGED_CONDITIONS)} OR f.extent IN {_listed(DAMAGED_EXTENTS)} "
            f"OR f.degree IN {_listed(DAMAGED_DEGREES)} THEN 1 ELSE 0 END")
