"""The one write path (wall 1): every record of every room is written here, one by a form or a million by an import.

Validated documents in; records, journal, keys, links, typed tables, and the views by which each audience finds them, out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from django.db import connection

from tutela.errors import TutelaError, declare, problem
from tutela.store import backend, views
from tutela.store.documents import Document, dumps, loads
from tutela.store.journal import CREATE, DELETE, UPDATE, Change
from tutela.store.kinds import BY_CODE, KINDS, Kind

declare({
    "record-unknown": ("There is no record {value}.", "Check the id; it may have been taken back with its import."),
    "changed-meanwhile": ("Somebody changed this record while you were working on it.",
                          "Look at the newer version, then enter your change again."),
})

BATCH = 2000


class Row(NamedTuple):
    """What is to be kept.  ``document`` None deletes.  ``new`` promises that the id was just made.

    ``expected`` (a journal line) refuses the write if the record has moved on since.
    """

    kind: str
    uuid: str
    document: Document | None
    new: bool = False
    expected: int | None = None


@dataclass(slots=True)
class Outcome:
    """How many records of each kind were created, updated, deleted, or found to hold the same already."""

    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    deleted: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Touched:
    """One record of the batch being written."""

    kind: Kind
    uuid: str
    id: int
    document: Document | None
    text: str | None
    act: int
    line: int = 0
    fresh: bool = False  # the store held nothing of it before this change
    former: str | None = None  # what it held before, if it was live


def write(change: Change, rows: Iterable[Row]) -> Outcome:
    """Keep these rows as part of ``change``.

    Rows are taken in batches, so that memory does not grow with their number; a dependant (an assessment) should
    follow the record it is about.  Raises :class:`TutelaError` ``record-unknown`` or ``changed-meanwhile``.
    """
    outcome = Outcome()
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        _write_batch(change, batch, outcome)
    change.flush()
    return outcome


def _write_batch(change: Change, batch: list[Row], outcome: Outcome) -> None:
    touched, ids = _records(change, batch, outcome)
    if not touched:
        return
    old = [t for t in touched if not t.fresh]
    _forget_derived(old)
    _derive(touched, ids)
    change.flush()
    views.renew(change, _owners(touched, ids))


def _records(change: Change, batch: list[Row], outcome: Outcome) -> tuple[list[_Touched], dict[str, int]]:
    """Record rows and journal lines.  Gives what was really touched, and the ids of the batch's records."""
    known = _present([row.uuid for row in batch if not row.new])
    touched: list[_Touched] = []
    ids: dict[str, int] = {}
    fresh, moved = [], []
    line = change.line
    for kind_name, uuid, document, new, expected in batch:
        kind = KINDS[kind_name]
        text = dumps(document) if document is not None else None
        held = None if new else known.get(uuid)
        if held is None:
            if document is None or expected is not None:
                raise TutelaError(problem("record-unknown", value=uuid))
            number = change.next_record
            change.next_record = number + 1
            seq = line(CREATE, number, None, text)
            fresh.append((number, uuid, kind.code, seq, True))
            touched.append(_Touched(kind, uuid, number, document, text, CREATE, seq, True))
            known[uuid] = (number, seq, True, text)
            outcome.created[kind_name] += 1
            ids[uuid] = number
            continue
        number, before, live, present = held
        if expected is not None and expected != before:
            raise TutelaError(problem("changed-meanwhile", value=uuid))
        if present == text:
            outcome.unchanged[kind_name] += 1
            continue
        act = DELETE if text is None else UPDATE if live else CREATE
        seq = line(act, number, before, text)
        moved.append((seq, text is not None, number))
        known[uuid] = (number, seq, text is not None, text)
        touched.append(_Touched(kind, uuid, number, document, text, act, seq, False, present))
        (outcome.deleted if text is None else outcome.updated)[kind_name] += 1
        ids[uuid] = number
    if fresh:
        backend.insert("store_record", ("id", "uuid", "kind", "line", "live"), fresh)
    if moved:
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE store_record SET line = %s, live = %s WHERE id = %s", moved)
    return touched, ids


def _present(uuids: list[str]) -> dict[str, tuple[int, int, bool, str | None]]:
    """uuid → (record, line, live, present text)."""
    sql = ("SELECT r.uuid, r.id, r.line, r.live, p.document FROM store_record r JOIN store_line p ON p.seq = r.line "
           "WHERE r.uuid IN {in}")
    return {uuid: (number, line, bool(live), text if live else None)
            for uuid, number, line, live, text in backend.select_in(sql, uuids)}


def _forget_derived(touched: list[_Touched]) -> None:
    """Remove the keys, links and typed rows of records that are changed or deleted: those their former documents gave."""
    was = [(t, loads(t.former)) for t in touched if t.former is not None]
    if not was:
        return
    keys = [(value, scheme, t.id) for t, document in was for scheme, value in t.kind.keys(document)]
    pairs = [(t.id, role, uuid) for t, document in was for role, uuid in t.kind.links(document)]
    targets = dict(backend.select_in("SELECT uuid, id FROM store_record WHERE uuid IN {in}", {uuid for _, _, uuid in pairs}))
    links = [(targets[uuid], role, number) for number, role, uuid in pairs if uuid in targets]
    typed: dict[str, list[tuple[int]]] = {}
    for t, _ in was:
        for table in t.kind.tables:
            typed.setdefault(table.name, []).append((t.id,))
    with connection.cursor() as cursor:
        if keys:
            cursor.executemany("DELETE FROM store_key WHERE value = %s AND scheme = %s AND record = %s", keys)
        if links:
            cursor.executemany("DELETE FROM store_link WHERE target = %s AND role = %s AND source = %s", links)
        for name, numbers in typed.items():
            cursor.executemany(f"DELETE FROM {name} WHERE record = %s", numbers)


def _derive(touched: list[_Touched], ids: dict[str, int]) -> None:
    """Keys, links and typed rows of what was written (the last version of each record in this batch)."""
    last = {t.id: t for t in touched}
    keys: list[tuple[str, str, int]] = []
    links: list[tuple[int, int, str]] = []
    typed: dict[str, tuple[tuple[str, ...], list[tuple[object, ...]]]] = {}
    wanted = [(t, list(t.kind.links(t.document))) for t in last.values() if t.document is not None]
    _resolve(ids, [uuid for _, pairs in wanted for _, uuid in pairs])
    for t, pairs in wanted:
        number, document = t.id, t.document
        for scheme, value in t.kind.keys(document):
            keys.append((scheme, value, number))
        for role, uuid in pairs:
            links.append((number, ids[uuid], role))
        for table in t.kind.tables:
            if table.name not in typed:
                typed[table.name] = (table.columns, [])
            typed[table.name][1].extend(table.rows(number, document, ids))
    if keys:
        backend.insert("store_key", ("scheme", "value", "record"), keys)
    if links:
        backend.insert("store_link", ("source", "target", "role"), links)
    for name, (columns, rows) in typed.items():
        if rows:
            backend.insert(name, columns, rows)


def _resolve(ids: dict[str, int], uuids: list[str]) -> None:
    """Add to ``ids`` the record ids of public ids that are not there yet."""
    missing = {uuid for uuid in uuids if uuid not in ids}
    if missing:
        ids.update(backend.select_in("SELECT uuid, id FROM store_record WHERE uuid IN {in}", sorted(missing)))
        for uuid in missing:
            if uuid not in ids:
                raise TutelaError(problem("record-unknown", value=uuid))


def _owners(touched: list[_Touched], ids: dict[str, int]) -> list[views.Owner]:
    """The records whose views must be renewed: those touched that have views, and those the touched ones feed."""
    owners: dict[int, views.Owner] = {}
    for t in touched:
        if t.kind.views is not None:
            owner = owners.setdefault(t.id, views.Owner(t.id, t.kind, t.document, new=t.fresh))
            owner.document, owner.dropped = t.document, t.document is None
    for t in touched:
        if t.kind.feeds is None:
            continue
        targets = {ids[uuid] for role, uuid in (t.kind.links(t.document) if t.document is not None else ())
                   if role == t.kind.feeds}
        if t.former is not None:
            uuids = [uuid for role, uuid in t.kind.links(loads(t.former)) if role == t.kind.feeds]
            targets |= {number for (number,) in backend.select_in("SELECT id FROM store_record WHERE uuid IN {in}", uuids)} if uuids else set()
        for target in targets:
            owner = owners.get(target)
            if owner is None:
                owners[target] = views.Owner(target, None, None)
            elif owner.new and t.fresh:
                owner.dependants.append((t.kind.name, t.document))
            else:
                owner.new = False
    return list(owners.values())


def live_rows(kind: str | None = None, size: int = 2000) -> Iterator[tuple[int, str, str, str]]:
    """Every live record in order: (record, uuid, kind, text).  Memory stays flat."""
    after = 0
    more = "AND r.kind = %s" if kind else ""
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT r.id, r.uuid, r.kind, p.document FROM store_record r JOIN store_line p ON p.seq = r.line "
                           f"WHERE r.live AND r.id > %s {more} ORDER BY r.id LIMIT {int(size)}",
                           [after, KINDS[kind].code] if kind else [after])
            rows = cursor.fetchall()
        if not rows:
            return
        for number, uuid, code, text in rows:
            yield number, uuid, BY_CODE[code].name, text
        after = rows[-1][0]
