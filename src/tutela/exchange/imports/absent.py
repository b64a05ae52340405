"""What an earlier release of a list had and this one has not.

An earlier import counts as an earlier release of this list only if it was read with the same mapping and shares with this file at
least :data:`SHARED` of the keys of the smaller of the two: one mapping may serve many lists (the EAMENA lists of several regions),
and one list must never be told the places of another as its own that are gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from django.db import connection

from tutela.errors import declare, problem
from tutela.exchange.imports.report import Report
from tutela.exchange.imports.staging import Staging
from tutela.exchange.mapping.model import Mapping
from tutela.store import backend, journal
from tutela.store.kinds import KINDS
from tutela.store.undo import span
from tutela.store.write import Row, write

declare({
    "absent-cited": ("{value} is not in this release any more, but other records point at it. It was kept.",
                     "Take it out of those records first, then delete it."),
})

SHARED = 0.3
BATCH = 2000
KEPT = 1000  # numbers listed; all are counted

Gone = tuple[str, int]  # (number, record)


def gone(mapping: Mapping, staging: Staging) -> list[Gone]:
    """The places of this list's earlier releases that this release does not have, each by one of its numbers."""
    if not mapping.key:
        return []
    scheme = mapping.key.get("scheme", mapping.source["key"])
    found: dict[int, str] = {}
    there = None
    for change in _earlier(mapping.name):
        there = staging.key_count() if there is None else there
        missing, shared, held = [], 0, 0
        for batch in _numbered(change, scheme):
            known = staging.known([value for value, _ in batch])
            held += len(batch)
            shared += sum(value in known for value, _ in batch)
            missing += _without(batch, known)
        if held and shared >= SHARED * min(held, there):
            found |= {record: value for value, record in missing}
    return sorted((value, record) for record, value in found.items())


def _earlier(mapping: str) -> list[int]:
    """The changes of the imports that stand and were read with this mapping."""
    from tutela.exchange.models import Import

    standing = Import.objects.filter(state="committed", mapping=mapping, change__isnull=False)
    return list(standing.order_by("id").values_list("change", flat=True))


def _numbered(change: int, scheme: str) -> Iterator[list[Gone]]:
    """(number, record) of the live places that a change wrote, all numbers of one record in one batch."""
    first, last = span(change)
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT record FROM store_line WHERE seq BETWEEN %s AND %s AND record > %s ORDER BY record LIMIT %s",
                           [first, last, after, BATCH])
            records = [record for (record,) in cursor.fetchall()]
        if not records:
            return
        after = records[-1]
        yield sorted(_keys(records, scheme), key=lambda pair: pair[1])


def _keys(records: list[int], scheme: str) -> Iterator[Gone]:
    """From the documents as they stand, for keys are stored by their value, not by record."""
    from tutela.store.documents import loads

    kind = KINDS["place"]
    rows = backend.select_in("SELECT r.id, p.document FROM store_record r JOIN store_line p ON p.seq = r.line "
                             "WHERE r.id IN {in} AND r.live AND r.kind = %s", records, kind.code)
    for record, text in rows:
        yield from ((value, record) for key_scheme, value in kind.keys(loads(text)) if key_scheme == scheme)


def _without(batch: list[Gone], known: set[str]) -> Iterator[Gone]:
    """The records of which no number is known, each once."""
    for _, pairs in groupby(batch, key=lambda pair: pair[1]):
        numbers = list(pairs)
        if not any(value in known for value, _ in numbers):
            yield numbers[0]


def tell(found: list[Gone], report: Report) -> None:
    """Put them into the report."""
    report.absent_count = len(found)
    report.absent = [value for value, _ in found[:KEPT]]


def remove(change: journal.Change, found: list[Gone], report: Report) -> None:
    """Take these places out (``--complete``), their assessments with them.  What other records point at stays, with a warning."""
    records = [record for _, record in found]
    cited = {target for (target,) in backend.select_in(
        "SELECT k.target FROM store_link k JOIN store_record r ON r.id = k.source WHERE k.target IN {in} AND k.role <> 'about' AND r.live",
        records)}
    for value, record in found:
        if record in cited:
            report.warn(problem("absent-cited", column="key", value=value))
    records = [record for record in records if record not in cited]
    sql = "SELECT r.uuid FROM store_link k JOIN store_record r ON r.id = k.source WHERE k.target IN {in} AND k.role = 'about' AND r.live"
    rows = [Row("assessment", uuid, None) for (uuid,) in backend.select_in(sql, records)]
    rows += [Row("place", uuid, None) for (uuid,) in backend.select_in("SELECT uuid FROM store_record WHERE id IN {in}", records)]
    write(change, rows)
    report.removed = len(records)
