"""Reading the journal for the two times: the versions of all assessments of a place, deleted ones included."""

from __future__ import annotations

from typing import Any

from django.db import connection

from tutela.assessment.rules.state import Version
from tutela.store import backend
from tutela.store.documents import loads
from tutela.store.kinds import KINDS

ROLES = ("about", "settles")
#: Records no more live are few and are looked for by the journal line that ended them.  Made after every migrate, because
#: Django may have remade the table.
GONE = "CREATE INDEX IF NOT EXISTS assessment_gone ON store_record (kind, line) WHERE NOT live"

_PRESENT = ("SELECT r.uuid, c.at, l.seq, l.document, l.before, r.id FROM store_link k JOIN store_record r ON r.id = k.source "
            "JOIN store_line l ON l.seq = r.line JOIN store_change c ON c.id = l.change "
            "WHERE k.target = %s AND k.role IN ('about', 'settles') AND r.live")
_LINES = ("SELECT l.seq, c.at, l.document, l.before, l.record FROM store_line l JOIN store_change c ON c.id = l.change "
          "WHERE l.seq IN {in}")


def make_index(sender: Any = None, using: str = "default", **more: Any) -> None:
    """Signal receiver: after every migrate."""
    if using == "default":
        with connection.cursor() as cursor:
            cursor.execute(GONE)


def present(place: int) -> list[Version]:
    """The versions that stand now, of the assessments and consensuses of a place (its record number)."""
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT, [place])
        return [Version(uuid, iso(at), seq, loads(text)) for uuid, at, seq, text, _, _ in cursor.fetchall()]


def all_of(place: int, uuid: str, known_at: str | None = None) -> list[Version]:
    """All versions there ever were, back to the first; ``known_at`` (a moment): those that ended before it may be left out."""
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT, [place])
        rows = cursor.fetchall()
    rows += _gone(uuid, known_at)
    ids = {record: public for public, _, _, _, _, record in rows}
    found = [Version(public, iso(at), seq, _read(text)) for public, at, seq, text, _, _ in rows]
    before = [row[4] for row in rows if row[4]]
    while before:
        lines = list(backend.select_in(_LINES, before))
        found += [Version(ids[record], iso(at), seq, _read(text)) for seq, at, text, _, record in lines]
        before = [row[3] for row in lines if row[3]]
    return found


def _gone(uuid: str, known_at: str | None) -> list[tuple[Any, ...]]:
    """Deleted assessments of the place, each with its last line (the deletion).  Those deleted before ``known_at`` do not matter."""
    kinds = ", ".join(str(KINDS[name].code) for name in ("assessment", "consensus"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.uuid, c.at, l.seq, l.document, l.before, r.id FROM store_record r JOIN store_line l ON l.seq = r.line "
            "JOIN store_change c ON c.id = l.change JOIN store_line b ON b.seq = l.before "
            f"WHERE NOT r.live AND r.kind IN ({kinds}) AND r.line > %s AND b.document LIKE %s",
            [line_at(known_at) if known_at else 0, f'%"place":"{uuid}"%'],
        )
        return cursor.fetchall()


def line_at(known_at: str) -> int:
    """The last journal line that stood at a moment: the one before the first that was written later."""
    from datetime import datetime

    with connection.cursor() as cursor:
        cursor.execute("SELECT min(line) FROM store_change WHERE at > %s", [backend.moment(datetime.fromisoformat(known_at))])
        first = cursor.fetchone()[0]
        if first is not None:
            return first - 1
        cursor.execute("SELECT coalesce(max(seq), 0) FROM store_line")
        return cursor.fetchone()[0]


def iso(at: Any) -> str:
    """A time as the database gives it, as ISO 8601 UTC to the second."""
    return str(at)[:19].replace(" ", "T") + "Z"


def _read(text: str | None) -> dict[str, Any] | None:
    return loads(text) if text else None
