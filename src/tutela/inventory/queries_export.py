"""Reading many places for an export: one audience's own views, in slices, as one moment of the register (walls 2 and 5).

Memory is 8 bytes a place plus one slice, whatever the size of the register.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connection

from tutela.inventory.queries import as_query, wanted
from tutela.inventory.rules.query import Query
from tutela.store.backend import chunks
from tutela.store.journal import GENESIS
from tutela.store.kinds import KINDS
from tutela.store.search import conditions, profile_clause

SLICE = 500


class PlaceText(NamedTuple):
    """A place as one audience may see it.  ``x, y`` degrees at that audience's precision; ``line`` its journal line."""

    record: int
    uuid: str
    line: int
    text: str
    x: float | None
    y: float | None


_COLUMNS = ("SELECT e.record, r.uuid, r.line, coalesce(e.document, p.document), e.x, e.y FROM store_entry e "
            "JOIN store_record r ON r.id = e.record JOIN store_line p ON p.seq = r.line")


@contextmanager
def snapshot() -> Iterator[Any]:
    """A connection of its own that sees the register as it is now, whatever is written meanwhile.

    It never waits for a writer and no writer waits for it.  Inside a transaction, that transaction's own connection.
    """
    if connection.in_atomic_block:
        yield connection
        return
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED" if own.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield own
    finally:
        own.close()


def journal_head(held: Any) -> tuple[int, str]:
    """(last line's number, its chain value in hexadecimal) of a snapshot; the first question asked of it fixes its moment."""
    with held.cursor() as cursor:
        cursor.execute("SELECT seq, chain FROM store_line ORDER BY seq DESC LIMIT 1")
        seq, chain = cursor.fetchone() or (0, GENESIS)
    return seq, bytes(chain).hex()


def entries(held: Any, audience: int, query: Query | str) -> array[int]:
    """The entries that answer the question for this audience, in the order in which the places were first recorded."""
    want = wanted(as_query(query))
    clauses, values = conditions("place", audience, want)
    more, _ = profile_clause(want)
    found = array("q")
    with held.cursor() as cursor:
        cursor.execute(f"SELECT e.id FROM store_entry e WHERE {' AND '.join([*clauses, *more])}", values)
        while rows := cursor.fetchmany(10_000):
            found.extend([row[0] for row in rows])
    return array("q", sorted(found)) if any(a > b for a, b in zip(found, found[1:], strict=False)) else found


def places(held: Any, audience: int, listed: array[int]) -> Iterator[list[PlaceText]]:
    """The listed entries in slices.  The audience is asked again: an entry of another audience is never read.

    (No condition on the kind here: SQLite would scan the index that begins with it, once for every slice.)
    """
    for part in chunks(listed, SLICE):
        numbers = ",".join(map(str, part))
        with held.cursor() as cursor:
            cursor.execute(f"{_COLUMNS} WHERE e.id IN ({numbers}) AND e.low <= %s AND e.high >= %s ORDER BY e.id",
                           [audience, audience])
            yield list(map(PlaceText._make, cursor.fetchall()))


def dependants(held: Any, records: list[int], role: str) -> dict[int, list[str]]:
    """record → texts of the live records that point at it in this role, the oldest first; one question a slice."""
    found: dict[int, list[str]] = {}
    for part in chunks(records, SLICE):
        numbers = ",".join(map(str, part))
        with held.cursor() as cursor:
            cursor.execute("SELECT k.target, p.document FROM store_link k JOIN store_record r ON r.id = k.source "
                           f"JOIN store_line p ON p.seq = r.line WHERE k.target IN ({numbers}) AND k.role = %s AND r.live "
                           "ORDER BY k.target, r.id", [role])
            for target, text in cursor.fetchall():
                if target in found:
                    found[target].append(text)
                else:
                    found[target] = [text]
    return found


def by_ids(held: Any, audience: int, uuids: list[str]) -> list[PlaceText]:
    """The places with these public ids (32 hexadecimal digits) that the audience may see."""
    found = []
    for part in chunks(uuids):
        marks = ",".join(["%s"] * len(part))
        with held.cursor() as cursor:
            cursor.execute(f"{_COLUMNS} WHERE r.uuid IN ({marks}) AND r.live AND e.id >= r.id * 4 AND e.id < r.id * 4 + 4 "
                           "AND +e.kind = %s AND e.low <= %s AND e.high >= %s", [*part, KINDS["place"].code, audience, audience])
            found += map(PlaceText._make, cursor.fetchall())
    return found
