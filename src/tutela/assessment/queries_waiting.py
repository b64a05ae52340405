"""What waits over a whole register: drafts, what is submitted for review, places whose assessors may disagree."""

from __future__ import annotations

from typing import Any

from django.db import connection

from tutela.assessment import queries
from tutela.assessment.actions import authors
from tutela.inventory.queries import as_query, wanted
from tutela.inventory.rules.query import Query
from tutela.people.rules import Actor
from tutela.store import search as store_search
from tutela.store.documents import dashed, loads
from tutela.store.kinds import KINDS

Document = dict[str, Any]
MOST_LOOKED = 400  # candidates read of a list that must be derived one by one
_OF_PLACE = "JOIN store_entry e ON e.id >= f.place * 4 AND e.id < f.place * 4 + 4"


def waiting(actor: Actor, status: str, limit: int = 50) -> tuple[list[Document], int]:
    """(assessments and consensuses in a state of review, the newest first, each with ``id`` and ``place``; how many there are).

    What is not reviewed is for contributors and above: the public gets an empty list and 0.
    """
    if actor.audience < 1 and status in ("draft", "submitted"):
        return [], 0
    clauses, values = store_search.conditions("place", actor.audience, wanted(as_query("")))
    where = f"{_OF_PLACE} WHERE f.status = %s AND {' AND '.join(clauses)}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM assessment_finding f {where}", [status, *values])
        total = cursor.fetchone()[0]
        cursor.execute(
            f"SELECT r.uuid FROM assessment_finding f JOIN store_record r ON r.id = f.record {where} ORDER BY f.record DESC LIMIT %s",
            [status, *values, limit],
        )
        uuids = [row[0] for row in cursor.fetchall()]
    return [queries.one(actor, uuid) for uuid in uuids], total


def own_drafts(actor: Actor, limit: int = 50) -> list[Document]:
    """The drafts that the actor wrote, the newest first, of the :data:`MOST_LOOKED` newest drafts there are."""
    listed, _ = waiting(actor, "draft", MOST_LOOKED)
    return [one for one in listed if actor.id in authors(one["id"])][:limit]


def differing(actor: Actor, query: Query | str = "", limit: int = 100) -> tuple[list[Document], bool]:
    """(places where assessments of one time name several conditions, whether more candidates were not looked at).

    Each {id, name, state}: its state, whose ``disagreements`` are not empty.  Only what is reviewed counts.
    """
    want = wanted(as_query(query))
    clauses, values = store_search.conditions("place", actor.audience, want)
    more, given = store_search.profile_clause(want)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(r.uuid) FROM assessment_finding f "
            f"{_OF_PLACE} JOIN store_record r ON r.id = f.place "
            f"WHERE f.status IN ('reviewed', 'published') AND f.condition IS NOT NULL AND f.kind = {KINDS['assessment'].code} "
            f"AND {' AND '.join([*clauses, *more])} GROUP BY f.place HAVING count(DISTINCT f.condition) > 1 ORDER BY f.place LIMIT %s",
            [*values, *given, MOST_LOOKED + 1],
        )
        rows = cursor.fetchall()
    out = []
    for (uuid,) in rows[:MOST_LOOKED]:
        found = queries.state(actor, dashed(uuid))
        if found.disagreements:
            out.append({"id": dashed(uuid), "state": found})
        if len(out) >= limit:
            break
    return out, len(rows) > MOST_LOOKED


def behind(actor: Actor, query: Query | str, month: str, limit: int = 200) -> list[Document]:
    """The assessments behind one figure of a timeline: those observed in a month (``2020-05``) or a year (``2020``), as seen.

    Only what is reviewed; ``""``: those without a day.
    """
    want = wanted(as_query(query))
    clauses, values = store_search.conditions("place", actor.audience, want)
    more, given = store_search.profile_clause(want)
    span, days = _span(month)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.uuid, p.uuid, l.document FROM assessment_finding f {_OF_PLACE} JOIN store_record r ON r.id = f.record "
            "JOIN store_record p ON p.id = f.place JOIN store_line l ON l.seq = r.line "
            f"WHERE f.status IN ('reviewed', 'published') AND f.kind = {KINDS['assessment'].code} AND {span} "
            f"AND {' AND '.join([*clauses, *more])} ORDER BY f.observed_to, f.record LIMIT %s",
            [*days, *values, *given, limit],
        )
        rows = cursor.fetchall()
    return [{**_shown(loads(text)), "id": dashed(uuid), "place": dashed(place)} for uuid, place, text in rows]


def _span(month: str) -> tuple[str, list[int]]:
    year, _, of_year = month.partition("-")
    if not year:
        return "f.observed_to IS NULL", []
    if of_year:
        low = int(year) * 10000 + int(of_year) * 100
        return "f.observed_to >= %s AND f.observed_to < %s", [low, low + 100]
    return "f.observed_to >= %s AND f.observed_to < %s", [int(year) * 10000, int(year) * 10000 + 10000]


def _shown(document: Document) -> Document:
    """What a list shows of a finding: no free words, whoever reads it."""
    from tutela.assessment.rules.audience import bare_finding

    return bare_finding(document)
