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
KEY_COLUMNS = ("value", "scheme", "record")
LINK_COLUMNS = ("target", "role", "source")
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
    """One record that was written: what it is, what it holds now, and what it held before."""

    kind: Kind
    id: int
    document: Document | None
    former: Document | None = None  # if it was live
    fresh: bool = False  # the store held nothing of it


def write(change: Change, rows: Iterable[Row]) -> Outcome:
    """Keep these rows as part of ``change``.

    Rows are taken in batches, so that memory does not grow with their number; a dependant (an assessment) should
    follow the record it is about.  Raises :class:`TutelaError` ``record-unknown`` or ``changed-meanwhile``.
    """
    outcome = Outcome()
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        (_create if all([row[3] for row in batch]) else _keep)(change, batch, outcome)
    change.flush()
    return outcome


def _create(change: Change, batch: list[Row], outcome: Outcome) -> None:
    """Write new records alone, as imports do: nothing needs to be looked up or taken away."""
    first = change.next_record
    change.next_record = first + len(batch)
    ids: dict[str, int] = {}
    documents: list[tuple[Kind, int, Document]] = []
    entries: list[Entry] = []
    for number, (name, uuid, document, _new, _expected) in enumerate(batch, first):
        if document is None or uuid in ids:
            raise TutelaError(problem("record-unknown", value=uuid))
        kind = KINDS[name]
        ids[uuid] = number
        entries.append((CREATE, number, uuid, kind.code, None, canonical(document)))
        documents.append((kind, number, document))
    seq = change.append(entries)
    backend.insert("store_record", RECORD_COLUMNS, [(e[1], e[2], e[3], line, True) for line, e in enumerate(entries, seq)])
    outcome.created.update(Counter([row[0] for row in batch]))
    derive(documents, ids)
    change.flush()
    owners = {number: views.Owner(number, kind, document, True, row[1])
              for (kind, number, document), row in zip(documents, batch, strict=True) if kind.views is not None}
    for kind, _, document in documents:
        if kind.feeds is not None:
            for role, uuid in kind.links(document):
                if role == kind.feeds:
                    _feed(owners, ids[uuid], kind, document)
    views.renew(change, list(owners.values()))


def _feed(owners: dict[int, views.Owner], target: int, kind: Kind, new: Document | None) -> None:
    """A document takes part in the views of the record ``target``: a new one beside it in the batch, or any other."""
    owner = owners.get(target)
    if owner is None:
        owners[target] = views.Owner(target, None, None)
    elif owner.new and new is not None:
        owner.dependants.append((kind.name, new))
    else:
        owner.new = False


def _keep(change: Change, batch: list[Row], outcome: Outcome) -> None:
    """Write any rows."""
    touched, ids = _records(change, batch, outcome)
    if not touched:
        return
    _forget_derived([t for t in touched if t.former is not None], ids)
    derive([(t.kind, t.id, t.document) for t in _latest(touched) if t.document is not None], ids)
    change.flush()
    views.renew(change, _owners(touched, ids))


def _records(change: Change, batch: list[Row], outcome: Outcome) -> tuple[list[_Touched], dict[str, int]]:
    """Record rows and journal lines.  Gives what was really touched, and the ids of the batch's records."""
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
            number, code, before, live, present = held
            if code != kind.code:
                raise TutelaError(problem("record-unknown", value=uuid))
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
        known[uuid] = (number, kind.code, seq, content is not None, None if content is None else content.decode())
        touched.append(_Touched(kind, number, document, None if present is None else loads(present), held is None))
        ids[uuid] = number
    change.append(entries)
    if fresh:
        backend.insert("store_record", RECORD_COLUMNS, [(*row, *stands.pop(row[0])) for row in fresh])
    if stands:
        backend.module().set_lines([(line, live, number) for number, (line, live) in stands.items()])
    return touched, ids


def _present(uuids: list[str]) -> dict[str, tuple[int, int, int, bool, str | None]]:
    """uuid → (record, kind, line, live, present text)."""
    sql = ("SELECT r.uuid, r.id, r.kind, r.line, r.live, p.document FROM store_record r JOIN store_line p ON p.seq = r.line "
           "WHERE r.uuid IN {in}")
    return {uuid: (number, kind, line, bool(live), text if live else None)
            for uuid, number, kind, line, live, text in backend.select_in(sql, uuids)}


def _latest(touched: list[_Touched]) -> Iterable[_Touched]:
    """Each record once, as the batch leaves it."""
    return {t.id: t for t in touched}.values()


def _forget_derived(touched: list[_Touched], ids: dict[str, int]) -> None:
    """Remove the keys, links and typed rows that the former documents of these records gave."""
    if not touched:
        return
    keys = [(value, scheme, t.id) for t in touched for scheme, value in t.kind.keys(t.former)]
    links = [(role, uuid, t.id) for t in touched for role, uuid in t.kind.links(t.former)]
    _find(ids, {uuid for _, uuid, _ in links})
    module = backend.module()
    module.delete("store_key", KEY_COLUMNS, keys)
    module.delete("store_link", LINK_COLUMNS, [(ids[uuid], role, number) for role, uuid, number in links if uuid in ids])
    for table, numbers in _typed(touched).items():
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE record IN ({','.join(map(str, numbers))})")


def _typed(touched: list[_Touched]) -> dict[str, list[int]]:
    """Typed table → the records of the batch that have rows in it."""
    found: dict[str, list[int]] = {}
    for t in touched:
        for table in t.kind.tables:
            found.setdefault(table.name, []).append(t.id)
    return found


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
        backend.insert("store_key", KEY_COLUMNS, dict.fromkeys(keys))
    if links:
        backend.insert("store_link", LINK_COLUMNS, dict.fromkeys([(ids[uuid], role, number) for role, uuid, number in links]))
    for kind in {kind.code: kind for kind, _, _ in documents}.values():
        for table in kind.tables:
            make = table.rows
            rows = [row for k, number, document in documents if k is kind for row in make(number, document, ids)]
            if rows:
                backend.insert(table.name, table.columns, rows)


def _resolve(ids: dict[str, int], uuids: set[str]) -> None:
    """Add to ``ids`` the record ids of public ids that are not there yet; every one must be known."""
    _find(ids, uuids)
    for uuid in uuids:
        if uuid not in ids:
            raise TutelaError(problem("record-unknown", value=uuid))


def _find(ids: dict[str, int], uuids: set[str]) -> None:
    """Add to ``ids`` the record ids of these public ids, as far as there are such records."""
    missing = uuids - ids.keys()
    if missing:
        ids.update(backend.select_in("SELECT uuid, id FROM store_record WHERE uuid IN {in}", sorted(missing)))


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
    for t in feeding:
        for target in _fed(t, t.document, ids):
            _feed(owners, target, t.kind, t.document if t.fresh else None)
        for target in _fed(t, t.former, ids):
            _feed(owners, target, t.kind, None)
    return list(owners.values())


def _fed(t: _Touched, document: Document | None, ids: dict[str, int]) -> list[int]:
    """The records whose views this document of ``t`` takes part in."""
    if document is None:
        return []
    role = t.kind.feeds
    return [ids[uuid] for given, uuid in t.kind.links(document) if given == role and uuid in ids]


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
