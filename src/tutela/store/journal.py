"""The journal: append-only, hash-linked, and able to forget (wall 3).

A *change* is one action by one person.  Its first line seals who, when and what; each record it touches adds a line.

    digest  = SHA-256(salt ‖ document)                         salt and document may later be erased, the digest stays
    chain   = SHA-256(chain before ‖ digest ‖ seq ‖ change ‖ record ‖ public id ‖ kind ‖ act ‖ before)

(big-endian: numbers 64 bits, kind and act 16, the public id 16 bytes, zero where there is none), so that no line can be
altered, dropped or put elsewhere without every later chain value changing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from struct import Struct
from struct import error as StructError
from typing import Any

from django.db import connection, transaction

from tutela.errors import TutelaError, declare, problem
from tutela.store import backend
from tutela.store.documents import canonical

declare({
    "change-inside-change": ("A change was begun inside another.", "This is a fault of Tutela: please report it."),
    "database-busy": ("Another import or change is being written.", "Wait for it to end, then do this again; nothing was written."),
    "disk-full": ("The disk is full.", "Make room, then do this again; nothing was written."),
    "disk-fault": ("The disk refused to be read or written: {reason}.",
                   "Check its space, your quota and its health, then do this again; nothing was written."),
    "database-damaged": ("The database cannot be read: {reason}.", "Run `tutela verify`, and restore the last backup if it fails."),
})

NOTE, CREATE, UPDATE, DELETE, ERASE = 0, 1, 2, 3, 4
ACTS = {NOTE: "change", CREATE: "create", UPDATE: "update", DELETE: "delete", ERASE: "erase"}
GENESIS = bytes(32)
_pack = Struct(">qqq16shhq").pack
NOBODY = "0" * 32  # the public id in lines that are about no record


#: One line to be written: (act, record, public id, kind, the record's former line, document in canonical JSON).
Entry = tuple[int, int | None, str, int, int | None, bytes | None]


@dataclass(slots=True)
class Change:
    """An open change: where the journal stands, and what has been touched.  Made by :func:`change` only."""

    id: int
    at: datetime
    actor: str
    action: str
    seq: int
    chain: bytes
    next_record: int
    undoes: int | None = None
    first: int = 0
    lines: list[tuple[Any, ...]] = field(default_factory=list)
    # What the views of this change have met: combinations of facets, areas, words of names; and those not stored yet.
    profiles: dict[Any, int] = field(default_factory=dict)
    areas: dict[str, int] = field(default_factory=dict)
    terms: set[str] = field(default_factory=set)
    fresh_profiles: list[tuple[int, str]] = field(default_factory=list)
    fresh_areas: list[tuple[int, str, str]] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)  # table → the last number given

    def take(self, table: str) -> int:
        """The next free number of a table whose rows this, the only writer, numbers."""
        if table not in self.numbers:
            self.skip(table)
        self.numbers[table] += 1
        return self.numbers[table]

    def skip(self, table: str) -> None:
        """Give no number again that stands in the table now."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
            self.numbers[table] = cursor.fetchone()[0]

    def append(self, entries: Sequence[Entry]) -> int:
        """Append lines (kept in memory until :meth:`flush`); gives the first one's sequence number, the others follow it."""
        seq, chain, change, add = self.seq, self.chain, self.id, self.lines.append
        first, salts, at = seq + 1, os.urandom(16 * len(entries)), 0
        for act, record, uuid, kind, before, content in entries:
            seq += 1
            salt = salts[at : at + 16]
            at += 16
            digest = sha256(salt if content is None else salt + content).digest()
            chain = sha256(chain + digest + _pack(seq, change, record or 0, bytes.fromhex(uuid), kind, act, before or 0)).digest()
            # bytearrays: SQLite's driver is slow at binding bytes
            add((seq, change, record, act, before, bytearray(digest), bytearray(chain), bytearray(salt),
                 None if content is None else content.decode()))
        self.seq, self.chain = seq, chain
        return first

    def note(self, act: int, content: dict[str, Any]) -> int:
        """Append a line that is about no record."""
        return self.append([(act, None, NOBODY, 0, None, canonical(content))])

    def flush(self) -> None:
        """Write the lines kept so far; not the first one alone, for if nothing follows it, the change leaves no line."""
        if self.seq > self.first:
            self.write_lines()

    def write_lines(self) -> None:
        """Write the lines kept so far."""
        if self.lines:
            backend.insert("store_line", LINE_COLUMNS, self.lines)
            self.lines = []


LINE_COLUMNS = ("seq", "change", "record", "act", "before", "digest", "chain", "salt", "document")


@contextmanager
def change(actor: str, action: str, note: str = "", undoes: int | None = None, **context: Any) -> Iterator[Change]:
    """Begin one change; everything written inside is whole or absent.

    Takes the writer's lock first (``BEGIN IMMEDIATE`` on SQLite, an advisory lock on PostgreSQL).  ``context`` (plain
    values) is sealed with the change.  A change in which nothing was written leaves no line.
    """
    if connection.in_atomic_block and getattr(connection, "tutela_change", None):
        raise TutelaError(problem("change-inside-change"))
    with backend.translated(), transaction.atomic():
        backend.lock()
        with connection.cursor() as cursor:
            cursor.execute("SELECT seq, chain FROM store_line ORDER BY seq DESC LIMIT 1")
            seq, chain = cursor.fetchone() or (0, GENESIS)
            cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM store_change")
            number = cursor.fetchone()[0]
            cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM store_record")
            record = cursor.fetchone()[0]
        opened = Change(number, datetime.now(UTC).replace(microsecond=0), actor, action, seq, bytes(chain), record, undoes)
        first = opened.first = opened.note(NOTE, {"at": opened.at.isoformat(), "actor": actor, "action": action, "note": note,
                                                  "undoes": undoes, "context": context})
        connection.tutela_change = opened
        try:
            yield opened
            if opened.seq == first and not context.get("always"):
                opened.lines = []
                return
            opened.write_lines()
            backend.insert("store_change", ("id", "at", "actor", "action", "note", "line", "last", "undoes", "undone_by"),
                           [(number, backend.moment(opened.at), actor, action, note, first, opened.seq, undoes, None)])
            if undoes is not None:
                with connection.cursor() as cursor:
                    cursor.execute("UPDATE store_change SET undone_by = %s WHERE id = %s", [number, undoes])
        finally:
            connection.tutela_change = None


def note(actor: str, action: str, text: str = "", **context: Any) -> int:
    """Journal an action that touches no record (an account made, a backup taken).  Gives the change's number."""
    with change(actor, action, text, always=True, **context) as opened:
        return opened.id


def head() -> tuple[int, str]:
    """The last line's number and its chain value in hexadecimal: what reports and exports print."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, chain FROM store_line ORDER BY seq DESC LIMIT 1")
        seq, chain = cursor.fetchone() or (0, GENESIS)
    return seq, bytes(chain).hex()


def erase(actor: str, seqs: list[int], reason: str) -> None:
    """Empty the payloads of these lines for good, with a recorded reason.  The chain keeps verifying.

    A line that holds a live record's present state is refused: correct or delete the record first.
    """
    with change(actor, "store.erase", reason, lines=seqs) as opened, connection.cursor() as cursor:
        marks = ",".join(["%s"] * len(seqs))
        cursor.execute(f"SELECT count(*) FROM store_record WHERE live AND line IN ({marks})", seqs)
        if cursor.fetchone()[0]:
            raise TutelaError(problem("erase-present"))
        cursor.execute(f"UPDATE store_line SET document = NULL, salt = NULL WHERE seq IN ({marks})", seqs)
        opened.note(ERASE, {"erased": seqs, "reason": reason})


declare({
    "erase-present": ("One of these lines holds a record's present state.", "Correct or delete the record first, then erase its past."),
})


def check() -> Iterator[str]:
    """Recompute the whole journal; yields one sentence for every line that does not hold."""
    chain, expected = GENESIS, 1
    erased = _erased()
    with connection.chunked_cursor() as cursor:
        cursor.execute("SELECT l.seq, l.change, l.record, l.act, l.before, l.digest, l.chain, l.salt, l.document, r.uuid, r.kind "
                       "FROM store_line l LEFT JOIN store_record r ON r.id = l.record ORDER BY l.seq")
        while rows := cursor.fetchmany(2000):
            for seq, number, record, act, before, digest, link, salt, text, uuid, kind in rows:
                if seq != expected:
                    yield f"journal: line {expected} is missing"
                    expected = seq
                expected += 1
                digest, link = bytes(digest), bytes(link)
                if salt is not None:
                    content = bytes(salt) + (text.encode() if text is not None else b"")
                    if sha256(content).digest() != digest:
                        yield f"journal: the payload of line {seq} was altered"
                elif text is not None or seq not in erased:
                    yield f"journal: the payload of line {seq} is gone without a recorded reason"
                if _link(chain, digest, seq, number, record, uuid, kind, act, before) != link:
                    yield f"journal: line {seq} does not follow from the line before"
                chain = link


def _link(chain: bytes, digest: bytes, seq: int, change: int, record: int | None, uuid: str | None, kind: int | None, act: int,
          before: int | None) -> bytes | None:
    """The chain value of a line; None where it has none (a number too large, a public id that is none)."""
    try:
        return sha256(chain + digest + _pack(seq, change, record or 0, bytes.fromhex(uuid or NOBODY), kind or 0, act, before or 0)).digest()
    except (StructError, ValueError, TypeError):
        return None


def _erased() -> set[int]:
    from tutela.store.documents import loads

    with connection.cursor() as cursor:
        cursor.execute("SELECT document FROM store_line WHERE act = %s", [ERASE])
        return {seq for (text,) in cursor.fetchall() if text for seq in loads(text)["erased"]}
