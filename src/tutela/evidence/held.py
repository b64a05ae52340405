"""Records as the journal holds them: for seals and bundles, which speak of a record's line and of that line's salted digest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tutela.store import backend
from tutela.store.documents import loads
from tutela.store.kinds import BY_CODE

_COLUMNS = "r.uuid, r.kind, r.line, p.document, p.digest, p.salt"


@dataclass(frozen=True, slots=True)
class Held:
    """A live record as it stands: ``line`` its journal line, ``text`` its document, ``digest`` = SHA-256(salt ‖ text), both hex."""

    uuid: str
    kind: str
    line: int
    text: str
    digest: str
    salt: str

    @property
    def document(self) -> dict[str, Any]:
        return loads(self.text)


def _held(row: tuple[Any, ...]) -> Held:
    uuid, kind, line, text, digest, salt = row
    return Held(uuid, BY_CODE[kind].name, line, text, bytes(digest).hex(), bytes(salt or b"").hex())


def these(uuids: Iterable[str]) -> dict[str, Held]:
    """{public id (32 digits): the record}, as far as there are such live records."""
    sql = f"SELECT {_COLUMNS} FROM store_record r JOIN store_line p ON p.seq = r.line WHERE r.live AND r.uuid IN {{in}}"
    return {row[0]: _held(row) for row in backend.select_in(sql, dict.fromkeys(uuids))}


def pointing_at(uuids: Iterable[str], role: str) -> dict[str, list[Held]]:
    """{public id: the live records that point at it in this role}, the oldest first."""
    sql = (f"SELECT t.uuid, {_COLUMNS} FROM store_record t JOIN store_link k ON k.target = t.id JOIN store_record r ON r.id = k.source "
           "JOIN store_line p ON p.seq = r.line WHERE r.live AND t.uuid IN {in} AND k.role = %s ORDER BY r.id")
    found: dict[str, list[Held]] = {uuid: [] for uuid in uuids}
    for target, *row in backend.select_in(sql, list(found), role):
        found[target].append(_held(tuple(row)))
    return found


def sealed_lines(lines: Iterable[int]) -> dict[int, tuple[str, str]]:
    """{journal line: (its salted digest, its chain value)}, in hexadecimal."""
    sql = "SELECT seq, digest, chain FROM store_line WHERE seq IN {in}"
    return {seq: (bytes(digest).hex(), bytes(chain).hex()) for seq, digest, chain in backend.select_in(sql, sorted(lines))}


def without(kind_code: int, role: str) -> list[str]:
    """Public ids of the live records of a kind at which no live record points in this role, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT r.uuid FROM store_record r WHERE r.live AND r.kind = %s AND NOT EXISTS (SELECT 1 FROM store_link k "
                       "JOIN store_record s ON s.id = k.source WHERE k.target = r.id AND k.role = %s AND s.live) ORDER BY r.id",
                       [kind_code, role])
        return [row[0] for row in cursor.fetchall()]
