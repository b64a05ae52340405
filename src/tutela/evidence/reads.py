"""The log of reads: who opened which original, when and what for.  Each line seals the one before.

    chain = SHA-256(chain before ‖ canonical JSON of {id, at, actor, item, act, purpose})

It lies in the ``access`` file (SQLite), or beside the register under a lock of its own (PostgreSQL): a reader never waits for
whoever writes records.  Now and then a change of the evidence room seals where the log stands (``anchor``), so that its end
cannot be cut off unseen either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from tutela.evidence.models import Access
from tutela.store import backend
from tutela.store.documents import canonical, loads
from tutela.store.snapshot import lenient_text

GENESIS = bytes(32)
_READERS = 0x7475_7465_6C62  # the advisory lock of the log's writers: another than the register's
COLUMNS = "id, at, actor, item, act, purpose, chain"


def alias() -> str:
    from django.db import router

    return router.db_for_write(Access) or "default"


def note(actor: str, items: Sequence[str], act: str, purpose: str = "") -> None:
    """Write a line for each item (bare ids), durably, before anything of it is read."""
    from django.db import connections, transaction

    name = alias()
    connection = connections[name]
    with backend.translated(), _durable(connection), transaction.atomic(using=name):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_READERS])
        number, chain = last()
        at, lines = datetime.now(UTC).replace(microsecond=0), []
        for item in items:
            number += 1
            chain = link(chain, number, at.isoformat(), actor, item, act, purpose)
            lines.append(Access(id=number, at=at, actor=actor, item=item, act=act, purpose=purpose, chain=chain))
        Access.objects.using(name).bulk_create(lines, batch_size=500)


def link(chain: bytes, number: int, at: str, actor: str, item: str, act: str, purpose: str) -> bytes:
    """The chain value of a line."""
    line = {"id": number, "at": at, "actor": actor, "item": item, "act": act, "purpose": purpose}
    return sha256(chain + canonical(line)).digest()


@contextmanager
def _durable(connection: Any) -> Iterator[None]:
    """The ``access`` file is not synced at each sign-in; a line of this log is."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    raw = connection.connection
    (before,) = raw.execute("PRAGMA synchronous").fetchone()
    raw.execute("PRAGMA synchronous=FULL")
    try:
        yield
    finally:
        raw.execute(f"PRAGMA synchronous={before}")


def last() -> tuple[int, bytes]:
    """The last line's number and chain."""
    from django.db import connections

    with connections[alias()].cursor() as cursor:
        cursor.execute("SELECT id, chain FROM evidence_access ORDER BY id DESC LIMIT 1")
        number, chain = cursor.fetchone() or (0, GENESIS)
    return number, bytes(chain)


def anchor() -> dict[str, Any]:
    """Where the log stands, for a change to seal: {"reads": [line, chain]}; empty while nothing was read."""
    number, chain = last()
    return {"reads": [number, chain.hex()]} if number else {}


def of_item(item: str) -> list[tuple[Any, ...]]:
    """(id, at, actor, act, purpose, chain) of the lines of an item, oldest first."""
    return list(Access.objects.using(alias()).filter(item=item).order_by("id").values_list("id", "at", "actor", "act", "purpose", "chain"))


def check() -> Iterator[str]:
    """Recompute the log; one sentence for every line that does not hold.  Memory grows with the anchors alone."""
    from django.db import connections

    name = alias()
    anchors = _anchors()
    before, chain = 0, GENESIS
    with lenient_text(name), connections[name].chunked_cursor() as cursor:
        time = backend.time_column("at", connections[name].vendor)
        cursor.execute(f"SELECT {COLUMNS.replace('at', time, 1)} FROM evidence_access ORDER BY id")
        while rows := cursor.fetchmany(2000):
            for number, at, actor, item, act, purpose, sealed in rows:
                if number != before + 1:
                    yield f"reads: line {before + 1} is missing"
                before = number
                if _link(chain, number, at, actor, item, act, purpose) != bytes(sealed):
                    yield f"reads: line {number} does not follow from the line before, or was altered"
                chain = bytes(sealed)
                if anchors.pop(number, chain.hex()) != chain.hex():
                    yield f"reads: line {number} is not the one that the journal sealed"
    for number in sorted(anchors):
        yield f"reads: line {number}, which the journal sealed, is missing"


def _link(chain: bytes, number: Any, at: Any, *more: Any) -> bytes | None:
    try:
        moment = backend.read_moment(at)
        return link(chain, number, moment, *more) if moment else None
    except (TypeError, ValueError):
        return None


def _anchors() -> dict[int, str]:
    """{line: chain} as changes of this room sealed them."""
    from django.db import connection

    found: dict[int, str] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT l.document FROM store_change c JOIN store_line l ON l.seq = c.line "
                       "WHERE substr(c.action, 1, 9) = 'evidence.'")
        for (text,) in cursor.fetchall():
            try:
                number, chain = loads(text)["context"]["reads"]
                found[int(number)] = str(chain)
            except (KeyError, TypeError, ValueError):
                continue  # nothing sealed, or erased; a damaged line is the journal's to tell
    return found
