"""Make everything derived anew from the documents: after a migration, after a restore, and to mend what ``verify`` found."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from django.db import connection, transaction

from tutela.store import backend, journal, views, write
from tutela.store.documents import Document, loads
from tutela.store.kinds import KINDS, Kind

DERIVED = ("store_key", "store_link", "store_entry", "store_words", "store_term", "store_profile", "store_area")
NUMBERED = ("store_term", "store_profile", "store_area")  # readers keep what they know of these by number


def if_needed() -> None:
    """Rebuild only when the indexes do not fit their tables (Django may have remade those)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM store_record WHERE live LIMIT 1")
        some = cursor.fetchone()
    if some and backend.module().check_indexes():
        print("Rebuilding the indexes…", file=sys.stderr)
        everything()
    elif not some:
        with transaction.atomic():
            _empty()


def everything(actor: str = "system") -> int:
    """Drop and remake keys, links, typed tables, views and indexes in one transaction.  Gives the number of records."""
    count = 0
    with transaction.atomic():
        backend.lock()
        opened = journal.Change(0, datetime.now(UTC), actor, "rebuild", 0, b"", 0)
        for table in NUMBERED:  # a number is never given again, for who has read its meaning may still hold it
            opened.skip(table)
        _empty()
        with backend.module().indexed_at_the_end():
            for batch in _batches():
                ids = {uuid: number for _, number, _, uuid in batch}
                write.derive([(kind, number, document) for kind, number, document, _ in batch], ids)
                count += len(batch)
            for batch in _batches():
                views.renew(opened, [views.Owner(number, kind, document, uuid=uuid)
                                     for kind, number, document, uuid in batch if kind.views is not None])
    return count


def _batches() -> Iterator[list[tuple[Kind, int, Document, str]]]:
    """Every live record in order: (kind, record, document, public id)."""
    rows = write.live_rows()
    while batch := list(islice(rows, write.BATCH)):
        yield [(KINDS[kind], number, loads(text), uuid) for number, uuid, kind, text in batch]


def _empty() -> None:
    backend.module().forget_all()
    tables = {*DERIVED, *(table.name for kind in KINDS.values() for table in kind.tables)}
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(f"DELETE FROM {table}")
