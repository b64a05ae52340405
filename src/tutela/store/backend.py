"""The two databases behind one set of functions: the module for the database in use is chosen at the first call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from django.db import connection

from tutela.errors import TutelaError, problem


def module() -> ModuleType:
    """``backends.sqlite`` or ``backends.postgres``."""
    if connection.vendor == "sqlite":
        from tutela.store.backends import sqlite

        return sqlite
    from tutela.store.backends import postgres

    return postgres


def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert many rows the fastest way this database has (``executemany``, COPY)."""
    module().insert(table, columns, rows)


def empty(table: str) -> bool:
    """Whether a table has no rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
        return cursor.fetchone() is None


def lock() -> None:
    """Take the one writer's place until the transaction ends."""
    module().lock()


def moment(at: datetime) -> Any:
    """A time as this database's driver takes it."""
    return connection.ops.adapt_datetimefield_value(at)


def time_column(column: str, vendor: str | None = None) -> str:
    """A column of times, in SQL, for :func:`read_moment`: on SQLite the text as it lies there, of which each bit counts."""
    return f"CAST({column} AS TEXT)" if (vendor or connection.vendor) == "sqlite" else column


def read_moment(value: Any) -> str | None:
    """A time of the database as the journal writes it (ISO, UTC); None for text that this program would not have written."""
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    if isinstance(value, str) and str(at) != value:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


@contextmanager
def translated() -> Iterator[None]:
    """Database errors a user can do something about, as coded errors; Django's, and the drivers' own where we use them bare."""
    try:
        yield
    except Exception as error:
        code = _code(error)
        if code is None:
            raise
        if code in ("disk-full", "disk-fault"):
            _give_room()
        raise TutelaError(problem(code, reason=error)) from error


def _give_room() -> None:
    """SQLite: what a change that failed left in the write-ahead log is worth nothing, and takes the room that is lacking."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block and connection.connection is not None:
        with suppress(Exception):
            connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _code(error: Exception) -> str | None:
    """The code of a database error, by its standard class (PEP 249) and what the database says."""
    names = {kind.__name__ for kind in type(error).__mro__ if kind.__module__.split(".")[0] in ("django", "sqlite3", "psycopg")}
    text = str(error).lower()
    if "OperationalError" in names:
        found = {"database-busy": ("locked", "lock timeout", "busy"), "disk-full": ("full", "no space"), "disk-fault": ("disk i/o",)}
    elif "DatabaseError" in names:
        found = {"database-damaged": ("malformed", "not a database")}
    else:
        return None
    return next((code for code, words in found.items() if any(word in text for word in words)), None)


def chunks(values: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """Slices short enough for a list of parameters."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def select_in(sql: str, values: Iterable[Any], *more: Any) -> Iterator[tuple[Any, ...]]:
    """Run ``sql`` (with ``{in}`` where the list goes) for all values, in slices."""
    with connection.cursor() as cursor:
        for part in chunks(list(values)):
            cursor.execute(sql.replace("{in}", "(" + ",".join(["%s"] * len(part)) + ")"), [*part, *more])
            yield from cursor.fetchall()
