"""The two databases behind one set of functions: the module for the database in use is chosen at the first call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import ModuleType
from typing import Any

from django.db import DatabaseError, OperationalError, connection

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


def lock() -> None:
    """Take the one writer's place until the transaction ends."""
    module().lock()


def moment(at: datetime) -> Any:
    """A time as this database's driver takes it."""
    return connection.ops.adapt_datetimefield_value(at)


@contextmanager
def translated() -> Iterator[None]:
    """Database errors a user can do something about, as coded errors."""
    try:
        yield
    except OperationalError as error:
        text = str(error).lower()
        if "locked" in text or "lock timeout" in text or "busy" in text:
            raise TutelaError(problem("database-busy")) from error
        if "full" in text or "no space" in text:
            raise TutelaError(problem("disk-full")) from error
        if "disk i/o" in text:
            raise TutelaError(problem("disk-fault", reason=error)) from error
        raise
    except DatabaseError as error:
        if "malformed" in str(error).lower() or "not a database" in str(error).lower():
            raise TutelaError(problem("database-damaged", reason=error)) from error
        raise


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
