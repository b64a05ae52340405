"""Taking a change back: every record it touched returns to what it was, ids included, as a change of its own.

A record that was changed again since, or that a record from outside the change points at, is a conflict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from django.db import connection

from tutela.errors import TutelaError, declare, problem
from tutela.store import backend, journal
from tutela.store.documents import dashed, loads
from tutela.store.kinds import BY_CODE
from tutela.store.memory import few_collections
from tutela.store.write import Row, write

declare({"change-undone": ("This change has been taken back already.", "Nothing more to do.")})

Progress = Callable[[str, int, int | None], None]
BATCH = 2000


@dataclass(slots=True)
class Undone:
    """``done`` False: conflicts forbade it and nothing was written."""

    done: bool
    deleted: Counter[str] = field(default_factory=Counter)
    restored: Counter[str] = field(default_factory=Counter)
    conflicts: list[dict[str, str]] = field(default_factory=list)


def undo(
    actor: str, change: int, action: str, keep_edited: bool, progress: Progress | None = None, also: Callable[[], None] | None = None
) -> Undone:
    """Take ``change`` back.  With ``keep_edited``, conflicting records stay and all others return.

    ``also`` is called within the same transaction, if it is taken back.  Raises ``change-undone``.
    """
    with few_collections(), journal.change(actor, action, undoes=change) as opened:
        _refuse_twice(change)
        conflicts = list(_conflicts(change))
        if conflicts and not keep_edited:
            return Undone(False, conflicts=[c[1] for c in conflicts])
        with _indexing(change):
            outcome = write(opened, _former(change, {c[0] for c in conflicts}, progress))
        result = Undone(True, outcome.deleted, outcome.updated + outcome.created, [c[1] for c in conflicts])
        if also:
            also()
    return result


def _indexing(change: int) -> AbstractContextManager[None]:
    """Where most of the register is touched, its indexes are made anew in one go; that costs less than to mend them."""
    first, last = span(change)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM store_entry")
        most = last - first > cursor.fetchone()[0]
    return backend.module().indexed_at_the_end() if most else nullcontext()


def _refuse_twice(change: int) -> None:
    """Another process may have taken it back while this one waited for its turn."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT undone_by FROM store_change WHERE id = %s", [change])
        row = cursor.fetchone()
    if row is None or row[0] is not None:
        raise TutelaError(problem("change-undone"))


def _conflicts(change: int) -> Iterator[tuple[int, dict[str, str]]]:
    """(record, {id, reason}) of records changed or pointed at since.

    A record that was changed since and holds again what this change wrote (the later change was taken back) is none.
    """
    first, last = span(change)
    yield from _erased(first, last)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM store_line WHERE seq > %s AND record IS NOT NULL LIMIT 1", [last])
        if cursor.fetchone() is None:
            return
        cursor.execute(
            "SELECT r.id, r.uuid FROM (SELECT l.record, max(l.seq) AS seq FROM store_line l JOIN store_record m ON m.id = l.record "
            "WHERE l.seq BETWEEN %s AND %s AND m.line > %s GROUP BY l.record) t JOIN store_line w ON w.seq = t.seq "
            "JOIN store_record r ON r.id = t.record JOIN store_line p ON p.seq = r.line "
            "WHERE coalesce(w.document, '') <> coalesce(p.document, '') ORDER BY r.id",
            [first, last, last],
        )
        rows = cursor.fetchall()
        edited = {record for record, _ in rows}
        yield from ((record, {"id": dashed(uuid), "reason": "edited since"}) for record, uuid in rows)
        # Only what the change created would be missed; and what it wrote itself it takes back.
        cursor.execute(
            "SELECT DISTINCT r.id, r.uuid FROM store_record s JOIN store_link k ON k.source = s.id "
            "JOIN store_record r ON r.id = k.target JOIN store_line l ON l.record = r.id AND l.seq BETWEEN %s AND %s AND l.act = %s "
            "WHERE s.line > %s AND s.live "
            "AND s.id NOT IN (SELECT record FROM store_line WHERE seq BETWEEN %s AND %s AND record IS NOT NULL) ORDER BY r.id",
            [first, last, journal.CREATE, last, first, last],
        )
        yield from ((record, {"id": dashed(uuid), "reason": "cited since"}) for record, uuid in cursor.fetchall() if record not in edited)


def _erased(first: int, last: int) -> Iterator[tuple[int, dict[str, str]]]:
    """Records that cannot return to what they were, because that was erased for good."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM store_change WHERE action = 'store.erase' LIMIT 1")
        if cursor.fetchone():
            cursor.execute(
                "SELECT DISTINCT r.id, r.uuid FROM store_line l JOIN store_line b ON b.seq = l.before JOIN store_record r "
                "ON r.id = l.record WHERE l.seq BETWEEN %s AND %s AND b.salt IS NULL ORDER BY r.id",
                [first, last],
            )
            yield from ((record, {"id": dashed(uuid), "reason": "erased since"}) for record, uuid in cursor.fetchall())


def span(change: int) -> tuple[int, int]:
    """The first and last journal line of a change."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT line, last FROM store_change WHERE id = %s", [change])
        return cursor.fetchone()


def _former(change: int, leave: set[int], progress: Progress | None) -> Iterator[Row]:
    """The rows that bring each record back, the last written first, so that dependants go before what they are about."""
    leave = leave | _about(leave)
    first, last = span(change)
    before, done, total = last + 1, 0, last - first
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT l.seq, l.record, r.uuid, r.kind, l.before, p.document FROM store_line l JOIN store_record r ON r.id = l.record "
                "LEFT JOIN store_line p ON p.seq = l.before WHERE l.seq >= %s AND l.seq < %s ORDER BY l.seq DESC LIMIT %s",
                [first, before, BATCH],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        for _seq, record, uuid, code, _former_line, text in rows:
            if record not in leave:
                yield Row(BY_CODE[code].name, uuid, loads(text) if text is not None else None)
        before = rows[-1][0]
        done += len(rows)
        if progress:
            progress("Undoing", done, total)


def _about(kept: set[int]) -> set[int]:
    """What kept records point at, and what points at them, must stay with them."""
    out: set[int] = set()
    for text, code in backend.select_in(
        "SELECT p.document, r.kind FROM store_record r JOIN store_line p ON p.seq = r.line WHERE r.live AND r.id IN {in}", sorted(kept)
    ):
        uuids = [uuid for _, uuid in BY_CODE[code].links(loads(text))]
        out.update(number for (number,) in backend.select_in("SELECT id FROM store_record WHERE uuid IN {in}", uuids))
    for source, _ in backend.select_in("SELECT source, target FROM store_link WHERE target IN {in}", sorted(kept)):
        out.add(source)
    return out
