"""Views: how each audience finds a record (wall 2).  Derived from documents alone, so that they can be made anew at any time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from tutela.store import backend
from tutela.store.documents import Document, dumps, loads
from tutela.store.journal import Change
from tutela.store.kinds import BY_CODE, LEVELS, Kind, View

ENTRY_COLUMNS = ("id", "record", "kind", "low", "high", "title", "x", "y", "w", "s", "e", "n", "profile", "area", "day", "value",
                 "start", "finish", "document")
WORD_COLUMNS = ("id", "names", "ids", "areas", "text")


@dataclass(slots=True)
class Owner:
    """A record whose views are to be renewed.  ``new``: nothing of it is stored yet and ``dependants`` are complete."""

    id: int
    kind: Kind | None
    document: Document | None
    new: bool = False
    dropped: bool = False
    dependants: list[tuple[str, Document]] = field(default_factory=list)


def renew(change: Change, owners: list[Owner]) -> None:
    """Remove the old views of these records and store the present ones."""
    old = [owner for owner in owners if not owner.new]
    if old:
        forget([owner.id for owner in old])
        _load(old)
    entries, boxes, words, terms = [], [], [], set()
    for owner in owners:
        if owner.document is None or owner.kind is None or owner.kind.views is None:
            continue
        for view in owner.kind.views(owner.document, owner.dependants):
            number = owner.id * LEVELS + view.low
            w, s, e, n = view.box or (None, None, None, None)
            entries.append((number, owner.id, owner.kind.code, view.low, view.high, view.title[:200], view.x, view.y, w, s, e, n,
                            _profile(change, view), _area(change, view), view.day, view.value, view.start, view.finish,
                            dumps(view.document) if view.document is not None else None))
            if view.box:
                boxes.append((number, w, e, s, n, view.low, view.high))
            words.append((number, view.names, view.ids, view.areas, view.text))
            terms.update(view.names.split())
    backend.insert("store_entry", ENTRY_COLUMNS, entries)
    backend.insert("store_words", WORD_COLUMNS, words)
    module = backend.module()
    module.index_boxes(boxes)
    module.index_words(words)
    fresh = [word for word in terms - change.terms if 3 <= len(word) <= 80 and not any(c.isdigit() for c in word)]
    change.terms.update(fresh)
    module.add_terms(fresh)


def forget(records: Iterable[int]) -> None:
    """Remove the views of these records from the tables and indexes."""
    for part in backend.chunks(sorted(set(records)), 200):
        ids = [number * LEVELS + level for number in part for level in range(LEVELS)]
        backend.module().forget_entries(ids)
        marks = ",".join(["%s"] * len(ids))
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM store_entry WHERE id IN ({marks})", ids)
            cursor.execute(f"DELETE FROM store_words WHERE id IN ({marks})", ids)


def _load(owners: list[Owner]) -> None:
    """Fill in documents, and all dependants, from the database."""
    by_id = {owner.id: owner for owner in owners}
    missing = [owner.id for owner in owners if owner.kind is None]
    sql = ("SELECT r.id, r.kind, p.document FROM store_record r JOIN store_line p ON p.seq = r.line WHERE r.live AND r.id IN {in}")
    for number, code, text in backend.select_in(sql, missing):
        by_id[number].kind, by_id[number].document = BY_CODE[code], loads(text)
    feeding = {kind.feeds for kind in BY_CODE.values() if kind.feeds}
    for owner in owners:
        owner.dependants = []
    sql = ("SELECT k.target, k.role, r.kind, p.document FROM store_link k JOIN store_record r ON r.id = k.source "
           "JOIN store_line p ON p.seq = r.line WHERE r.live AND k.target IN {in} ORDER BY r.id")
    for target, role, code, text in backend.select_in(sql, list(by_id)):
        if role in feeding and BY_CODE[code].feeds == role:
            by_id[target].dependants.append((BY_CODE[code].name, loads(text)))


def _profile(change: Change, view: View) -> int:
    key = tuple(view.facets.items())
    number = change.profiles.get(key)
    if number is None and not change.profiles:
        change.profiles.update(_known("store_profile", "facets"))
    if number is None:
        text = dumps({name: sorted(codes) for name, codes in view.facets.items() if codes})
        number = change.profiles.get(text) or _make("store_profile", "facets", text)
        change.profiles[key] = change.profiles[text] = number
    return number


def _area(change: Change, view: View) -> int | None:
    if view.area is None:
        return None
    key, label = view.area
    if not change.areas:
        change.areas.update(_known("store_area", "key"), **{"": 0})
    number = change.areas.get(key[:400])
    if number is None:
        number = change.areas[key[:400]] = _make("store_area", "key", key[:400], label[:400])
    return number


def _known(table: str, column: str) -> dict[str, int]:
    """All there are: some thousands at most, because they are distinct combinations."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column}, id FROM {table}")
        return dict(cursor.fetchall())


def _make(table: str, column: str, value: str, label: str | None = None) -> int:
    names, values = (f"{column}, label", [value, label]) if label is not None else (column, [value])
    marks = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING id", values)
        return cursor.fetchone()[0]
