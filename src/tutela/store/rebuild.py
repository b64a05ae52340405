"""Make everything derived anew from the documents: after a migration, after a restore, and to mend what ``verify`` found."""

from __future__ import annotations

import sys

from django.db import connection, transaction

from tutela.store import backend, journal, views, write
from tutela.store.documents import loads
from tutela.store.kinds import KINDS


def if_needed() -> None:
    """Rebuild only when the indexes do not fit their tables (Django may have remade those)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM store_record WHERE live")
        some = cursor.fetchone()[0]
    if some and backend.module().check_indexes():
        print("Rebuilding the indexes…", file=sys.stderr)
        everything()


def everything(actor: str = "system") -> int:
    """Drop and remake keys, links, typed tables, views and indexes in one transaction.  Gives the number of records."""
    count = 0
    with transaction.atomic():
        backend.lock()
        _empty()
        opened = journal.Change(0, None, actor, "rebuild", 0, b"", 0)
        batch: list[write._Touched] = []
        ids = _Ids()
        for number, uuid, kind, text in write.live_rows():
            batch.append(write._Touched(KINDS[kind], uuid, number, loads(text), text, journal.CREATE))
            if len(batch) >= write.BATCH:
                count += _batch(opened, batch, ids)
                batch = []
        count += _batch(opened, batch, ids)
        _all_views(opened)
    return count


class _Ids(dict[str, int]):
    """uuid → record id, filled as needed."""


def _batch(opened: journal.Change, batch: list[write._Touched], ids: _Ids) -> int:
    if batch:
        ids.clear()
        ids.update({t.uuid: t.id for t in batch})
        write._derive(batch, ids)
    return len(batch)


def _all_views(opened: journal.Change) -> None:
    owners: list[views.Owner] = []
    for number, _uuid, kind, text in write.live_rows():
        if KINDS[kind].views is not None:
            owners.append(views.Owner(number, KINDS[kind], loads(text)))
        if len(owners) >= write.BATCH:
            views.renew(opened, owners)
            owners = []
    views.renew(opened, owners)


def _empty() -> None:
    backend.module().forget_all()
    tables = {"store_key", "store_link", "store_entry", "store_words", "store_term", "store_profile", "store_area"}
    tables |= {table.name for kind in KINDS.values() for table in kind.tables}
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(f"DELETE FROM {table}")
