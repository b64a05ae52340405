"""All that is derived from the documents, recomputed and compared: keys, links, typed tables, entries, words, terms, areas."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, connection

from tutela.store import backend
from tutela.store.documents import Document, dumps, loads
from tutela.store.kinds import BY_CODE, LEVELS, Kind, Table, View
from tutela.store.views import ENTRY_COLUMNS, WORD_COLUMNS

SIZE = 1000
KEY = ("value", "scheme", "record")
LINK = ("target", "role", "source")
Rows = dict[str, Counter[tuple[Any, ...]]]  # table → rows as they should be, or are


@dataclass(slots=True)
class _Held:
    """One record of the range being compared."""

    id: int
    uuid: str
    kind: Kind
    live: bool
    document: Document | None
    dependants: list[tuple[str, Document]] = field(default_factory=list)


def check_derived() -> Iterator[str]:
    """One sentence for every record whose derived rows are not what its document gives, and for rows of no record."""
    last, confirmed, matched = 0, set[int](), Counter[str]()
    while held := _range(last):
        yield from _compare(held, last, held[-1].id, confirmed, matched)
        last = held[-1].id
    yield from _beyond(last, matched)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, key FROM store_area WHERE id IN (SELECT area FROM store_entry)")
        for number, key in cursor.fetchall():
            if number not in confirmed:
                yield f"derived: the label of the area {key} is none that a record gives"


def _range(after: int) -> list[_Held]:
    """The next records, live or not, with their documents; an unreadable document is None."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT r.id, r.uuid, r.kind, r.live, l.document FROM store_record r LEFT JOIN store_line l ON l.seq = r.line "
                       f"WHERE r.id > %s ORDER BY r.id LIMIT {SIZE}", [after])
        rows = cursor.fetchall()
    return [_Held(number, uuid, BY_CODE.get(code, _NO_KIND), bool(live), _read(text) if live else None)
            for number, uuid, code, live, text in rows]


_NO_KIND = Kind("?", -1)


def _read(text: str | None) -> Document | None:
    try:
        found = loads(text) if text is not None else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _compare(held: list[_Held], after: int, until: int, confirmed: set[int], matched: Counter[str]) -> Iterator[str]:
    """Compare all derived rows of the records ``after < id <= until``.

    Adds the areas whose label is confirmed, and how many keys and links there rightly are.
    """
    _add_dependants(held, after, until)
    expected: Rows = defaultdict(Counter)
    views: dict[int, tuple[_Held, View]] = {}
    bad: dict[int, set[str]] = defaultdict(set)
    ids = _ids(held)
    for one in held:
        if not one.live:
            continue
        if one.document is None:
            bad[one.id].add("its document cannot be read")
            continue
        try:
            _expect(one, ids, expected, views)
        except Exception as error:  # a room's rules over a document that is not what was validated
            bad[one.id].add(f"nothing can be derived from its document ({type(error).__name__})")
    for name, columns in (("store_key", KEY), ("store_link", LINK)):
        for row, n in _differences(expected[name], _found(name, columns, list(expected[name]))):
            bad[row[2]].add(name)
            matched[name] += max(0, n)
        matched[name] += expected[name].total()
    for table in _typed():
        for row, _ in _differences(expected[table.name], _stored(table.name, table.columns, after, until)):
            bad[row[0]].add(table.name)
    _entries(views, after, until, bad, confirmed)
    names = {one.id: one.uuid for one in held}
    for number, parts in sorted(bad.items(), key=lambda item: str(item[0])):
        yield f"derived: record {names.get(number, f'number {number}')}: {', '.join(sorted(parts))}"


def _add_dependants(held: list[_Held], after: int, until: int) -> None:
    """The documents that take part in the views of these records (their links are themselves compared)."""
    by_id = {one.id: one for one in held}
    with connection.cursor() as cursor:
        cursor.execute("SELECT k.target, k.role, r.kind, l.document FROM store_link k JOIN store_record r ON r.id = k.source "
                       "JOIN store_line l ON l.seq = r.line WHERE r.live AND k.target > %s AND k.target <= %s ORDER BY r.id",
                       [after, until])
        for target, role, code, text in cursor.fetchall():
            kind, document = BY_CODE.get(code), _read(text)
            if target in by_id and kind and document is not None and kind.feeds == role:
                by_id[target].dependants.append((kind.name, document))


def _typed() -> list[Table]:
    return [table for kind in BY_CODE.values() for table in kind.tables]


def _ids(held: list[_Held]) -> dict[str, int]:
    """uuid → record of all that these records link to."""
    uuids = set[str]()
    for one in held:
        with suppress(Exception):  # told when the record itself is compared
            uuids |= {uuid for _, uuid in one.kind.links(one.document)} if one.document is not None else set()
    return dict(backend.select_in("SELECT uuid, id FROM store_record WHERE uuid IN {in}", sorted(uuids)))


def _expect(one: _Held, ids: dict[str, int], expected: Rows, views: dict[int, tuple[_Held, View]]) -> None:
    """Add what the record's document gives to ``expected`` and ``views``."""
    document = one.document or {}
    expected["store_key"].update({(value, scheme, one.id) for scheme, value in one.kind.keys(document)})
    expected["store_link"].update({(ids[uuid], role, one.id) for role, uuid in one.kind.links(document)})
    for table in one.kind.tables:
        expected[table.name].update(tuple(row) for row in table.rows(one.id, document, ids))
    if one.kind.views:
        views.update({one.id * LEVELS + view.low: (one, view) for view in one.kind.views(document, one.dependants)})


def _differences(expected: Counter[tuple[Any, ...]], found: Iterable[tuple[Any, ...]]) -> Iterator[tuple[tuple[Any, ...], int]]:
    """(row, how many there are too many): below zero where some are missing."""
    difference = Counter(found)
    difference.subtract(expected)
    return ((row, n) for row, n in difference.items() if n)


def _found(table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Those of these rows that are there, as often as they are (looked up in the index that begins with ``columns``)."""
    listed, marks = ", ".join(columns), "(" + ", ".join(["%s"] * len(columns)) + ")"
    with connection.cursor() as cursor:
        for part in backend.chunks(rows, 300):
            values = [value for row in part for value in row]
            cursor.execute(f"SELECT {listed} FROM {table} WHERE ({listed}) IN (VALUES {', '.join([marks] * len(part))})", values)
            yield from cursor.fetchall()


def _stored(table: str, columns: tuple[str, ...], after: int, until: int) -> Iterator[tuple[Any, ...]]:
    """All rows of these records."""
    listed = ", ".join(f'"{c}"' for c in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {listed} FROM {table} WHERE record > %s AND record <= %s", [after, until])
        yield from cursor.fetchall()


def _entries(views: dict[int, tuple[_Held, View]], after: int, until: int, bad: dict[int, set[str]], confirmed: set[int]) -> None:
    """Compare entries (with their profile and area) and words, and see that every word of a name is a known term."""
    low, high = (after + 1) * LEVELS, (until + 1) * LEVELS
    columns = [c for c in ENTRY_COLUMNS if c not in ("profile", "area")]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join('t.' + c for c in columns)}, f.facets, t.area, a.key, a.label FROM store_entry t "
                       "LEFT JOIN store_profile f ON f.id = t.profile LEFT JOIN store_area a ON a.id = t.area "
                       "WHERE t.id >= %s AND t.id < %s", [low, high])
        entries = {row[0]: row for row in cursor.fetchall()}
        cursor.execute(f"SELECT {', '.join(WORD_COLUMNS)} FROM store_words WHERE id >= %s AND id < %s", [low, high])
        words = {row[0]: row for row in cursor.fetchall()}
    terms: set[str] = set()
    owners: dict[str, int] = {}
    for number in views.keys() | entries.keys() | words.keys():
        record = number // LEVELS
        if number not in views:
            bad[record].add("an entry too many")
            continue
        one, view = views[number]
        row = entries.get(number)
        if row is None or tuple(row[:-3]) != _entry(one, view, number):
            bad[record].add("store_entry")
        elif not _same_area(view, row[-3], row[-2], row[-1], confirmed):
            bad[record].add("store_area")
        if words.get(number) != (number, view.names, view.ids, view.areas, view.text):
            bad[record].add("store_words")
        fresh = {w for w in view.names.split() if 3 <= len(w) <= 80 and not any(c.isdigit() for c in w)}
        owners.update(dict.fromkeys(fresh - terms, record))
        terms |= fresh
    known = {word for (word,) in backend.select_in("SELECT word FROM store_term WHERE word IN {in}", terms)}
    for word in terms - known:
        bad[owners[word]].add("store_term")


def _entry(one: _Held, view: View, number: int) -> tuple[Any, ...]:
    """The row as it should be: ENTRY_COLUMNS without profile and area, then the facets."""
    w, s, e, n = view.box or (None, None, None, None)
    facets = dumps({name: sorted(codes) for name, codes in view.facets.items() if codes})
    return (number, one.id, one.uuid, one.kind.code, view.low, view.high, view.title[:200], view.label, view.x, view.y, w, s, e, n,
            view.day, view.value, view.start, view.finish, dumps(view.document) if view.document is not None else None, facets)


def _same_area(view: View, number: int | None, key: str | None, label: str | None, confirmed: set[int]) -> bool:
    """The key must be the record's; the label is that of the first record that named the area (told at the end)."""
    if view.area is None or number is None:
        return view.area is None and number is None
    if view.area[1][:400] == label:
        confirmed.add(number)
    return view.area[0][:400] == key


def _beyond(last: int, matched: Counter[str]) -> Iterator[str]:
    """Derived rows whose record number is none, or none there is; and keys and links beyond those that were found."""
    checks = [(table.name, "record > %s OR record <= 0", [last], 0) for table in _typed()]
    checks += [(table, "id >= %s OR id < 4", [(last + 1) * LEVELS], 0) for table in ("store_entry", "store_words")]
    checks += [(table, "1 = 1", [], matched[table]) for table in ("store_key", "store_link")]
    with connection.cursor() as cursor:
        for table, condition, values, expected in checks:
            try:
                cursor.execute(f"SELECT count(*) FROM {table} WHERE {condition}", values)
            except DatabaseError as error:
                yield f"derived: {table}: {error}"
                continue
            n = cursor.fetchone()[0] - expected
            if n > 0:
                yield f"derived: {table}: {n:,} rows belong to no record"
