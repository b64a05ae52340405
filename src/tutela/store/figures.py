"""How much there is: a few numbers about the whole register."""

from __future__ import annotations

from typing import Any

from django.db import connection

from tutela.store import journal
from tutela.store.kinds import BY_CODE, KINDS

_SEEN = ("FROM store_entry e JOIN store_record r ON r.id = e.record JOIN store_line l ON l.seq = r.line "
         "WHERE e.kind = %s AND e.low <= %s AND e.high >= %s")


def records() -> dict[str, int]:
    """{kind: live records}, of every kind there is, seen by nobody in particular."""
    counted = {kind.name: 0 for kind in KINDS.values()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, count(*) FROM store_record WHERE live GROUP BY kind")
        counted.update({BY_CODE[code].name: n for code, n in cursor.fetchall() if code in BY_CODE})
    return counted


def items(kind: str, key: str, audience: int) -> int:
    """How many items the lists under ``key`` hold, over the documents of this kind as the audience sees them."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"SELECT coalesce(sum(json_array_length(coalesce(e.document, l.document), %s)), 0) {_SEEN}",
                           [f"$.{key}", KINDS[kind].code, audience, audience])
        else:
            cursor.execute("SELECT coalesce(sum(jsonb_array_length(coalesce(coalesce(e.document, l.document)::jsonb -> %s, '[]'))), 0) "
                           f"{_SEEN}", [key, KINDS[kind].code, audience, audience])
        return int(cursor.fetchone()[0])


def state() -> dict[str, Any]:
    """{"lines": journal lines, "head": the last line's chain value in hexadecimal, "database": its kind}."""
    lines, head = journal.head()
    return {"lines": lines, "head": head, "database": connection.vendor}
