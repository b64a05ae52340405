"""What a whole question covers: the window its places lie in.  Kept until the journal moves on."""

from __future__ import annotations

from functools import lru_cache

from django.db import connection

from tutela.inventory.queries import as_query, wanted
from tutela.inventory.rules.query import Query
from tutela.people.rules import Actor
from tutela.store import journal
from tutela.store import search as store_search


def extent(actor: Actor, query: Query | str) -> str:
    """ "W,S,E,N" of the places that answer the question, at the actor's precision, with a margin; "" where none has a position."""
    return _extent(as_query(query).text(), actor.audience, journal.head()[1], str(connection.settings_dict["NAME"]))


@lru_cache(512)
def _extent(text: str, audience: int, head: str, database: str) -> str:
    want = wanted(as_query(text))
    clauses, values = store_search.conditions("place", audience, want)
    more, given = store_search.profile_clause(want)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT min(e.x), min(e.y), max(e.x), max(e.y) FROM store_entry e WHERE {' AND '.join([*clauses, *more])}", [*values, *given]
        )
        w, s, e, n = cursor.fetchone()
    if w is None:
        return ""
    margin = max(0.02, 0.06 * max(e - w, n - s))
    box = (max(w - margin, -180), max(s - margin, -85), min(e + margin, 180), min(n + margin, 85))
    return ",".join(f"{v:.5g}" for v in box)
