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
from tutela.store.documents import Document, canonical, loads
from tutela.store.journal import CREATE, DELETE, UPDATE, Change, Entry
from tutela.store.kinds import BY_CODE, KINDS, Kind

declare({
    "record-unknown": ("There is no record {value}.", "Check the id; it may have been taken back with its import."),
    "changed-meanwhile": ("Somebody changed this record while you were working on it.",
                          "Look at the newer version, then enter your change again."),
})

BATCH = 2000
RECORD_COLUMNS = ("id", "uuid", "kind", "line", "live")


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
    """One record whose document was replaced or deleted, or is derived anew: what it is, holds now, and held before."""

    kind: Kind
    id: int
    document: Document | None
    former: str | None = None  # the text it held before, if it was live
    fresh: bool = False  # the store held nothing of it


def write(change: Change, rows: Iterable[Row]) -> Outcome:
    """Keep these rows as part of ``change``.

    Rows are taken in batches, so that memory does not grow with their number; a dependant (an assessment) should
    follow the record it is about.  Raises :class:`TutelaError` ``record-unknown`` or ``changed-meanwhile``.
    """
    outcome = Outcome()
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        touched, ids = _create(change, batch, outcome) if all([row[3] for row in batch]) else _keep(change, batch, outcome)
        if touched:
            _forget_derived(touched)
            derive([(t.kind, t.id, t.document) for t in _latest(touched) if t.document is not None], ids)
            change.flush()
            views.renew(change, _owners(touched, ids))
    change.flush()
    return outcome


def _create(change: Change, batch: list[Row], outcome: Outcome) -> tuple[list[_Touched], dict[str, int]]:
    """Record rows and journal lines of new records alone: nothing is looked up.  Gives what :func:`_keep` gives."""
    first = change.next_record
    change.next_record = first + len(batch)
    touched: list[_Touched] = []
    ids: dict[str, int] = {}
    entries: list[Entry] = []
    for number, (name, uuid, document, _new, _expected) in enumerate(batch, first):
        if document is None or uuid in ids:
            raise TutelaError(problem("record-unknown", value=uuid))
        kind = KINDS[name]
        ids[uuid] = number
        entries.append((CREATE, number, uuid, kind.code, None, canonical(document)))
        touched.append(_Touched(kind, number, document, None, True))
    seq = change.append(entries)
    backend.insert("store_record", RECORD_COLUMNS, [(e[1], e[2], e[3], line, True) for line, e in enumerate(entries, seq)])
    outcome.created.update(Counter([row[0] for row in batch]))
    return touched, ids


def _keep(change: Change, batch: list[Row], outcome: Outcome) -> tuple[list[_Touched], dict[str, int]]:
    """Record rows and journal lines of any rows.  Gives what was really touched, and the ids of the batch's records."""
    known = _present([row.uuid for row in batch if not row.new])
    touched: list[_Touched] = []
    ids: dict[str, int] = {}
    fresh: list[tuple[int, str, int]] = []
    stands: dict[int, tuple[int, bool]] = {}  # record → (its newest line, live)
    entries: list[Entry] = []
    seq = change.seq
    for name, uuid, document, new, expected in batch:
        kind = KINDS[name]
        content = canonical(document) if document is not None else None
        held = None if new else known.get(uuid)
        if held is None:
            if content is None or expected is not None:
                raise TutelaError(problem("record-unknown", value=uuid))
            number, before, act, present = change.next_record, None, CREATE, None
            change.next_record = number + 1
            fresh.append((number, uuid, kind.code))
            outcome.created[name] += 1
        else:
            number, before, live, present = held
            if expected is not None and expected != before:
                raise TutelaError(problem("changed-meanwhile", value=uuid))
            if present == (None if content is None else content.decode()):
                outcome.unchanged[name] += 1
                continue
            act = DELETE if content is None else UPDATE if live else CREATE
            (outcome.deleted if content is None else outcome.updated)[name] += 1
        seq += 1
        entries.append((act, number, uuid, kind.code, before, content))
        stands[number] = (seq, content is not None)
        known[uuid] = (number, seq, content is not None, None if content is None else content.decode())
        touched.append(_Touched(kind, number, document, present, held is None))
        ids[uuid] = number
    change.append(entries)
    if fresh:
        backend.insert("store_record", RECORD_COLUMNS, [(*row, *stands.pop(row[0])) for row in fresh])
    if stands:
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE store_record SET line = %s, live = %s WHERE id = %s",
                               [(line, live, number) for number, (line, live) in stands.items()])
    return touched, ids


def _present(uuids: list[str]) -> dict[str, tuple[int, int, bool, str | None]]:
    """uuid → (record, line, live, present text)."""
    sql = ("SELECT r.uuid, r.id, r.line, r.live, p.document FROM store_record r JOIN store_line p ON p.seq = r.line "
           "WHERE r.uuid IN {in}")
    return {uuid: (number, line, bool(live), text if live else None)
            for uuid, number, line, live, text in backend.select_in(sql, uuids)}


def _latest(touched: list[_Touched]) -> Iterable[_Touched]:
    """Each record once, as the batch leaves it."""
    return {t.id: t for t in touched}.values()


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


def derive(documents: list[tuple[Kind, int, Document]], ids: dict[str, int]) -> None:
    """Store the keys, links and typed rows that these (kind, record, document) give.  ``ids`` is filled with linked records."""
    keys: list[tuple[str, str, int]] = []
    links: list[tuple[str, str, int]] = []  # (role, public id, source)
    for kind, number, document in documents:
        for scheme, value in kind.keys(document):
            keys.append((value, scheme, number))
        for role, uuid in kind.links(document):
            links.append((role, uuid, number))
    _resolve(ids, {uuid for _, uuid, _ in links})
    if keys:
        backend.insert("store_key", ("value", "scheme", "record"), dict.fromkeys(keys))
    if links:
        backend.insert("store_link", ("target", "role", "source"), dict.fromkeys([(ids[uuid], role, number) for role, uuid, number in links]))
    for kind in {kind.code: kind for kind, _, _ in documents}.values():
        for table in kind.tables:
            make = table.rows
            rows = [row for k, number, document in documents if k is kind for row in make(number, document, ids)]
            if rows:
                backend.insert(table.name, table.columns, rows)


def _resolve(ids: dict[str, int], uuids: set[str]) -> None:
    """Add to ``ids`` the record ids of public ids that are not there yet."""
    missing = uuids - ids.keys()
    if missing:
        ids.update(backend.select_in("SELECT uuid, id FROM store_record WHERE uuid IN {in}", sorted(missing)))
        for uuid in missing:
            if uuid not in ids:
                raise TutelaError(problem("record-unknown", value=uuid))


def _owners(touched: list[_Touched], ids: dict[str, int]) -> list[views.Owner]:
    """The records whose views must be renewed: those touched that have views, and those the touched ones feed."""
    owners: dict[int, views.Owner] = {}
    feeding = []
    for t in touched:
        if t.kind.views is not None:
            owner = owners.get(t.id)
            if owner is None:
                owners[t.id] = views.Owner(t.id, t.kind, t.document, t.fresh)
            else:
                owner.document = t.document
        if t.kind.feeds is not None:
            feeding.append(t)
    fed = _fed_before(feeding)
    for t in feeding:
        role = t.kind.feeds
        targets = [ids[uuid] for given, uuid in t.kind.links(t.document) if given == role] if t.document is not None else []
        for target in (*targets, *fed.get(t.id, ())):
            owner = owners.get(target)
            if owner is None:
                owners[target] = views.Owner(target, None, None)
            elif owner.new and t.fresh and t.document is not None:
                owner.dependants.append((t.kind.name, t.document))
            else:
                owner.new = False
    return list(owners.values())


def _fed_before(feeding: list[_Touched]) -> dict[int, list[int]]:
    """record → the records its former document took part in the views of."""
    pairs = [(t.id, uuid) for t in feeding if t.former is not None for role, uuid in t.kind.links(loads(t.former)) if role == t.kind.feeds]
    numbers = dict(backend.select_in("SELECT uuid, id FROM store_record WHERE uuid IN {in}", {uuid for _, uuid in pairs})) if pairs else {}
    fed: dict[int, list[int]] = {}
    for number, uuid in pairs:
        if uuid in numbers:
            fed.setdefault(number, []).append(numbers[uuid])
    return fed


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
