"""The register as it was known at a moment: at a line of its journal.

Every record holds the number of its newest journal line.  What is newer than the moment falls into two parts: records made
since, which are those with a number above :attr:`Moment.records` (numbers only rise), and the older ones that were changed or
deleted since.  The latter are few; their documents of that moment are read along the lines' ``before``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tutela.errors import EXIT_USAGE, TutelaError, declare, problem
from tutela.store.documents import loads
from tutela.store.journal import CREATE, GENESIS
from tutela.store.kinds import BY_CODE

declare(
    {
        "known-at": (
            "“{value}” is neither a day, a time, nor a line of the journal.",
            "Write 2026-03-12 (the end of that day, UTC), 2026-03-12T10:30:00Z, or the number of a line.",
        ),
        "known-at-before": ("The register did not exist yet at {value}: its first line is later.", "Choose a later moment."),
    }
)

Known = str | int | date | datetime | None
SLICE = 500


@dataclass(frozen=True, slots=True)
class Moment:
    """``line`` the last journal line known and ``chain`` its chain value; ``at`` when its change was made; ``asked`` as typed.

    ``records``: the highest record number made by then, or None where the moment is the journal's end.
    """

    line: int
    chain: str
    at: datetime
    asked: Known = None
    records: int | None = None

    @property
    def is_now(self) -> bool:
        return self.records is None

    @property
    def revision(self) -> str:
        return f"{self.line} · {self.chain}"


@dataclass(slots=True)
class Version:
    """A record as it stood at the moment.  ``document`` None: it did not stand then, or what it held has been erased since.

    ``newest``: its last document, with today's handling mark, whether it is still there or deleted since.
    """

    record: int
    uuid: str
    kind: str
    document: dict[str, Any] | None
    newest: dict[str, Any] | None
    line: int
    erased: bool = False


def moment(held: Any, known_at: Known = None) -> Moment:
    """The moment meant.  A day means its end (UTC), a number a line of the journal; nothing: all that is recorded.

    Raises ``known-at`` (exit 2) or ``known-at-before``.
    """
    limit = _limit(known_at)
    with held.cursor() as cursor:
        cursor.execute("SELECT max(last) FROM store_change")
        end = cursor.fetchone()[0] or 0
        if limit is None:
            line = end
        elif isinstance(limit, int):
            cursor.execute("SELECT max(last) FROM store_change WHERE last <= %s", [limit])
            line = cursor.fetchone()[0]
        else:
            line = _line_at(cursor, held, limit, end)
        if line is None:
            raise TutelaError(problem("known-at-before", value=known_at), EXIT_USAGE)
        cursor.execute("SELECT l.chain, c.at FROM store_line l JOIN store_change c ON c.id = l.change WHERE l.seq = %s", [line])
        chain, at = cursor.fetchone() or (GENESIS, datetime(1970, 1, 1, tzinfo=UTC))
        records = None
        if line < end:
            records = _records(cursor, line)
    return Moment(line, bytes(chain).hex(), _time(at), known_at, records)


def _line_at(cursor: Any, held: Any, at: datetime, end: int) -> int | None:
    """The last line that stood then: the one before the first written later (as ``assessment.versions`` has it)."""
    cursor.execute("SELECT min(line) FROM store_change WHERE at > %s", [held.ops.adapt_datetimefield_value(at.astimezone(UTC))])
    later = cursor.fetchone()[0]
    return end if later is None else later - 1 or None


def _records(cursor: Any, line: int) -> int:
    """The highest record number made up to a line."""
    cursor.execute("SELECT record FROM store_line WHERE seq > %s AND act = %s AND before IS NULL ORDER BY seq LIMIT 1", [line, CREATE])
    first = cursor.fetchone()
    cursor.execute("SELECT coalesce(max(id), 0) FROM store_record")
    return first[0] - 1 if first else cursor.fetchone()[0]


def records_by(held: Any, day: int) -> int:
    """The highest record number made by the end (UTC) of a day, year*10000+month*100+day."""
    try:
        ends = _end_of(date(day // 10000, day // 100 % 100, day % 100))
    except ValueError:
        ends = datetime.max.replace(tzinfo=UTC) if day > 0 else datetime.min.replace(tzinfo=UTC)
    with held.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(last), 0) FROM store_change")
        line = _line_at(cursor, held, ends, cursor.fetchone()[0])
        return _records(cursor, line) if line else 0


def _limit(known_at: Known) -> int | datetime | None:
    if known_at is None or known_at == "":
        return None
    if isinstance(known_at, int):
        return known_at
    if isinstance(known_at, datetime):
        return known_at if known_at.tzinfo else known_at.replace(tzinfo=UTC)
    if isinstance(known_at, date):
        return _end_of(known_at)
    text = known_at.strip()
    if re.fullmatch(r"[0-9]{1,15}", text):
        return int(text)
    try:
        if len(text) == 10:
            return _end_of(date.fromisoformat(text))
        found = datetime.fromisoformat(text)
    except ValueError:
        raise TutelaError(problem("known-at", value=known_at), EXIT_USAGE) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(days=1) - timedelta(microseconds=1)


def _time(at: Any) -> datetime:
    found = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def changed_since(held: Any, at: Moment) -> dict[int, Version]:
    """The records made by then and changed or deleted since, as they stood at the moment."""
    if at.is_now:
        return {}
    with held.cursor() as cursor:
        cursor.execute("SELECT DISTINCT record FROM store_line WHERE seq > %s AND record <= %s", [at.line, at.records])
        numbers = sorted(row[0] for row in cursor.fetchall())
    found: dict[int, Version] = {}
    waiting: dict[int, int] = {}  # record → the line to look at next
    sql = ("SELECT r.id, r.uuid, r.kind, r.line, l.before, l.document FROM store_record r JOIN store_line l ON l.seq = r.line "
           "WHERE r.id IN {in}")
    for number, uuid, kind, line, before, text in select(held, sql, numbers):
        found[number] = Version(number, uuid, BY_CODE[kind].name, None, loads(text) if text is not None else None, line)
        if before is not None:
            waiting[number] = before
    while waiting:
        lines = {line: number for number, line in waiting.items()}
        waiting = {}
        for line, before, text, erased in select(held, "SELECT seq, before, document, salt IS NULL FROM store_line WHERE seq IN {in}",
                                                 lines):
            version = found[lines[line]]
            if version.newest is None and text is not None:
                version.newest = loads(text)
            if line <= at.line:
                version.document, version.line = loads(text) if text is not None else None, line
                version.erased = bool(erased)
            elif before is not None:
                waiting[version.record] = before
    return found


def select(held: Any, sql: str, values: Iterable[Any], *more: Any) -> list[tuple[Any, ...]]:
    """Run ``sql`` (with ``{in}`` where the list goes) on the snapshot, in slices."""
    listed = list(values)
    rows: list[tuple[Any, ...]] = []
    for start in range(0, len(listed), SLICE):
        part = listed[start : start + SLICE]
        with held.cursor() as cursor:
            cursor.execute(sql.replace("{in}", "(" + ",".join(["%s"] * len(part)) + ")"), [*part, *more])
            rows += cursor.fetchall()
    return rows
