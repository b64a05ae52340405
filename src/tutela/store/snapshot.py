"""Reading a register as it stood at one moment, while others go on writing.  Takes no writer's lock (wall 5)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections


@contextmanager
def reading(alias: str = "default") -> Iterator[None]:
    """One moment of the database ``alias`` for all that is read inside.

    SQLite: a deferred transaction, which in WAL mode reads one state and blocks nobody.  PostgreSQL: REPEATABLE READ,
    read only.  Inside a transaction that is open already, that one is used as it is.
    """
    connection = connections[alias]
    connection.ensure_connection()
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        raw = connection.connection
        raw.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            raw.execute("ROLLBACK")
    else:
        from django.db import transaction

        with transaction.atomic(using=alias):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


@contextmanager
def lenient_text(alias: str = "default") -> Iterator[None]:
    """Read text that is no longer UTF-8 (a damaged SQLite file) with marks in place of the bytes, instead of failing."""
    connection = connections[alias]
    connection.ensure_connection()
    if connection.vendor != "sqlite":
        yield
        return
    raw = connection.connection
    before, raw.text_factory = raw.text_factory, lambda raw_bytes: raw_bytes.decode("utf-8", "replace")
    try:
        yield
    finally:
        raw.text_factory = before
