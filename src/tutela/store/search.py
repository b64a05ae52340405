"""Finding records as one audience may find them (wall 2).  Every clause reads the audience's own views and nothing finer.

Facets are counted by *profile*: the number of entries of each profile under the other conditions gives the total and every
facet, each facet counted as if its own filter were not set (so that a reader sees what choosing another value would give).
What was counted is kept until the journal moves on.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from tutela.store import backend
from tutela.store.kinds import KINDS
from tutela.store.profiles import Profiles, Wider, clause, facet_counts
from tutela.store.wants import Box, Want, Words, areas, in_box, of_change, ranges, spoken

__all__ = ["Box", "Cell", "Counts", "Found", "Profiles", "Single", "Want", "Words", "cells", "close_terms", "conditions", "count",
           "count_areas", "forget_counts", "has_word", "histogram", "linked", "page", "profile_clause", "read", "singles", "terms_with",
           "titles_beginning", "total"]


def _db() -> Any:
    if connection.vendor == "sqlite":
        from tutela.store.backends import sqlite_search

        return sqlite_search
    from tutela.store.backends import postgres_search

    return postgres_search


def conditions(kind: str, audience: int, want: Want) -> tuple[list[str], list[Any]]:
    """SQL conditions on ``store_entry e`` for all but the facets, for whoever writes a query of their own."""
    db = _db()
    clauses = ["+e.kind = %s", "e.low <= %s", "e.high >= %s"]
    values: list[Any] = [KINDS[kind].code, audience, audience]
    for sql, given in (db.words_clause(want), db.box_clause(want, audience), *row_conditions(want)):
        clauses.append(sql)
        values += given
    return clauses, values


def row_conditions(want: Want) -> list[tuple[str, list[Any]]]:
    """The conditions that are read from the entry's own row."""
    found: list[tuple[str, list[Any]]] = [(sql, []) for sql in areas(want)]
    for clauses, values in (ranges(want), of_change(want), spoken(want)):
        if clauses:
            found.append((" AND ".join(clauses), list(values)))
    if want.also_box:
        found.append(in_box(want.also_box))
    if want.records is not None:
        found.append(_db().records_clause(want.records))
    return found


def profile_clause(want: Want) -> tuple[list[str], list[Any]]:
    """The facet filters, as conditions on the profile."""
    return clause(want), []


# What was counted, by database, journal head and question.

_KEPT: OrderedDict[tuple[object, ...], Any] = OrderedDict()
_LOCK = threading.Lock()
MOST_KEPT = 256


def _kept(key: tuple[object, ...], make: Callable[[], Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, chain FROM store_line ORDER BY seq DESC LIMIT 1")
        seq, chain = cursor.fetchone() or (0, b"")
    if connection.in_atomic_block and getattr(connection, "tutela_change", None):
        return make()  # inside a change the journal has not moved yet
    whole = (str(connection.settings_dict["NAME"]), seq, bytes(chain), *key)
    with _LOCK:
        if whole in _KEPT:
            _KEPT.move_to_end(whole)
            return _KEPT[whole]
    made = make()
    with _LOCK:
        _KEPT[whole] = made
        while len(_KEPT) > MOST_KEPT:
            _KEPT.popitem(last=False)
    return made


def forget_counts() -> None:
    """Forget all that was counted (benchmarks do, before each question)."""
    with _LOCK:
        _KEPT.clear()


@dataclass(slots=True)
class Counts:
    """``total`` under all conditions, and {facet: {code: n}}, each facet without its own filter."""

    total: int
    facets: dict[str, dict[str, int]]


def _tally(kind: str, audience: int, want: Want, column: str, more: Sequence[str] = ()) -> Counter[int]:
    """{value of the column: n} of profile, area or year, under all conditions but those on facets.

    ``more``: columns that will be asked for next, counted in the same reading.
    """
    code = KINDS[kind].code
    made: dict[str, Counter[int]] = {}

    def make(name: str) -> Counter[int]:
        if name not in made:
            together = [name, *(m for m in more if m != name)]
            made.update(_db().tally(code, audience, want, together, []))
        return made[name]

    found = _kept((code, audience, want.key(), column), lambda: make(column))
    if made:
        for name in more:
            _kept((code, audience, want.key(), name), lambda name=name: make(name))
    return found


def count(kind: str, audience: int, want: Want, facets: Sequence[str] = (), wider: Wider | None = None) -> Counts:
    """The total and the facets' counts.  A code that the audience finds elsewhere but not here is counted 0."""
    key = (kind, audience, "counts", want.key(), repr(want.facets), repr(want.without), tuple(facets), bool(wider))
    total, counted = _kept(key, lambda: _count(kind, audience, want, facets, wider or {}))
    return Counts(total, {name: dict(found) for name, found in counted.items()})


def _count(kind: str, audience: int, want: Want, facets: Sequence[str], wider: Wider) -> tuple[int, dict[str, dict[str, int]]]:
    plain = bool(facets) and not want.facets and not want.without and want.areas is None and "day" not in want.ranges
    more = ("area", "year") if plain and _db().reads_rows(want, audience) else ()
    groups = _tally(kind, audience, want, "profile", more)
    total, counted = facet_counts(groups, want, facets, wider)
    if facets:
        _, everything = _kept((kind, audience, "codes", tuple(facets), bool(wider)), lambda: facet_counts(
            dict.fromkeys(_db().profiles_seen(KINDS[kind].code, audience), 1), Want(), facets, wider))
        counted = {name: {**dict.fromkeys(everything[name], 0), **found} for name, found in counted.items()}
    return total, counted


def total(kind: str, audience: int, want: Want) -> int:
    """How many there are under all conditions."""
    if want.facets or want.without:
        return count(kind, audience, want).total
    code = KINDS[kind].code

    def make() -> int:
        quick = _db().total(code, audience, want)
        return sum(_tally(kind, audience, want, "profile").values()) if quick is None else quick

    return _kept((code, audience, want.key(), "total"), make)


def _under_facets(kind: str, audience: int, want: Want, column: str) -> Counter[int]:
    """{value of area or year: n} under all conditions; both are counted in one reading where that is the same question."""
    filters = clause(want)
    together = ["area", "year"] if want.areas is None and "day" not in want.ranges else [column]
    if not filters:
        return _tally(kind, audience, want, column, together)
    code = KINDS[kind].code
    key = (code, audience, want.key(), filters[0], tuple(together))
    return _kept(key, lambda: _db().tally(code, audience, want, together, filters))[column]


def count_areas(kind: str, audience: int, want: Want, most: int = 200) -> list[tuple[str, str, int]]:
    """(key, label, n) of the areas, most frequent first, as if no area were chosen."""
    found = _under_facets(kind, audience, want.but(areas=None), "area")
    first = sorted(((-n, number) for number, n in found.items() if number))[:most]
    names = {number: (key, label) for number, key, label in
             backend.select_in("SELECT id, key, label FROM store_area WHERE id IN {in}", [number for _, number in first])}
    return sorted(((*names[number], -n) for n, number in first), key=lambda row: (-row[2], row[0]))


NO_YEAR = -1_000_000


def histogram(kind: str, audience: int, want: Want) -> dict[int, int]:
    """{year: n} of the last day observed, as if no range of days were given."""
    found = _under_facets(kind, audience, want.but(ranges={k: v for k, v in want.ranges.items() if k != "day"}), "year")
    return {year: n for year, n in sorted(found.items()) if year != NO_YEAR}


@dataclass(slots=True)
class Found:
    """One record found, as the audience may see it.  ``text`` its document."""

    record: int
    uuid: str
    text: str
    x: float | None
    y: float | None
    profile: int
    day: int | None


_READ = ("SELECT e.id, e.record, r.uuid, coalesce(e.document, p.document), e.x, e.y, e.profile, e.day FROM store_entry e "
         "JOIN store_record r ON r.id = e.record JOIN store_line p ON p.seq = r.line WHERE e.low <= %s AND e.high >= %s AND e.id IN {in}")


def _read(audience: int, ids: Sequence[int]) -> list[Found]:
    """These entries, in this order."""
    rows = {row[0]: row for part in backend.chunks(list(ids)) for row in _rows(_READ, part, audience)}
    return [Found(*rows[number][1:]) for number in ids if number in rows]


def _rows(sql: str, ids: Sequence[int], audience: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("{in}", f"({','.join(map(str, ids)) or 'NULL'})"), [audience, audience])
        return cursor.fetchall()


def page(kind: str, audience: int, want: Want, limit: int = 50, offset: int = 0, known: int | None = None) -> list[Found]:
    """One page of what is found, in the order wanted.  ``known``: how many there are, where that is known."""
    number = total(kind, audience, want) if known is None else known
    if number <= offset:
        return []
    code, filters = KINDS[kind].code, clause(want)
    key = (code, audience, "page", want.key(), tuple(filters), want.order, want.prefer, limit, offset)
    return _read(audience, _kept(key, lambda: _db().page_ids(code, audience, want, filters, limit, offset, number)))


def titles_beginning(kind: str, audience: int, want: Want, limit: int) -> list[Found]:
    """Records whose title begins with the words preferred, in the order of their titles."""
    return _read(audience, _db().titles_beginning(KINDS[kind].code, audience, want, clause(want), limit, 0))


class Single(NamedTuple):
    """One record on the map.  ``own`` the audience's own version of its document (None: the record's); ``label`` its view's."""

    id: int
    uuid: str
    x: float
    y: float
    profile: int
    own: str | None
    label: str | None


_SINGLE = ("SELECT e.id, e.uuid, e.x, e.y, e.profile, e.document, e.label FROM store_entry e "
           "WHERE e.low <= %s AND e.high >= %s AND e.id IN {in}")


def singles(kind: str, audience: int, want: Want, limit: int) -> list[Single] | None:
    """The records in the box of ``want``, or None where there are more than ``limit``."""
    rows = _db().window(KINDS[kind].code, audience, want, clause(want), limit + 1)
    return None if len(rows) > limit else [Single._make(row) for row in rows]


def these(audience: int, ids: Sequence[int]) -> list[Single]:
    """These entries, those of another audience left out."""
    return [Single._make(row) for part in backend.chunks(sorted(ids)) for row in _rows(_SINGLE, part, audience) if row[2] is not None]


@dataclass(slots=True)
class Cell:
    """What lies in one cell of a grid: how many, {profile: n}, mean position, and one entry where there is but one."""

    column: int
    row: int
    count: int
    profiles: dict[int, int]
    x: float
    y: float
    id: int | None


def cells(kind: str, audience: int, want: Want, width: float, height: float) -> list[Cell]:
    """What lies in the box of ``want``, on a grid of ``width`` × ``height`` degrees counted from 180° W, 90° S."""
    code, known = KINDS[kind].code, Profiles.known()
    filters = clause(want)
    rows = _kept((code, audience, want.key(), "cells", width, height, *filters),
                 lambda: list(_db().cells(code, audience, want, known.fitting(want), filters, width, height)))
    return [Cell(*row) for row in rows]


def read(uuid: str, audience: int) -> Found | None:
    """One record as the audience may see it; None where it may not, or there is none (the two are not told apart)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT e.record, r.uuid, coalesce(e.document, p.document), e.x, e.y, e.profile, e.day FROM store_record r "
                       "JOIN store_entry e ON e.record = r.id AND e.id >= r.id * 4 AND e.id < r.id * 4 + 4 "
                       "JOIN store_line p ON p.seq = r.line WHERE r.uuid = %s AND r.live AND e.low <= %s AND e.high >= %s",
                       [uuid, audience, audience])
        row = cursor.fetchone()
    return Found(*row) if row else None


def linked(record: int, role: str) -> list[tuple[str, str]]:
    """(uuid, document text) of live records that point at this one in this role."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT r.uuid, p.document FROM store_link k JOIN store_record r ON r.id = k.source "
                       "JOIN store_line p ON p.seq = r.line WHERE k.target = %s AND k.role = %s AND r.live ORDER BY r.id", [record, role])
        return cursor.fetchall()


def has_word(kind: str, audience: int, columns: str, word: str) -> bool:
    """Whether this audience finds anything by this word alone ("=" before it: by this whole word)."""
    key = (kind, audience, "word", columns, word)
    return _kept(key, lambda: _db().any_with(KINDS[kind].code, audience, Words(columns, (((word,),),))))


def _terms(where: str, values: list[Any]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT word FROM store_term WHERE {where}", values)
        return [row[0] for row in cursor.fetchall()]


def close_terms(kind: str, audience: int, columns: str, word: str, most: int = 8) -> list[str]:
    """Words by which this audience finds something and which a reader may have meant, the nearest alone.

    One edit away (a letter changed, lost, added, or two changed places), two from six letters on.  The list of words
    knows those of hidden records too: each is tried as this audience before it is given.
    """
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    allowed = 2 if len(word) >= 6 else 1
    listed = _terms("length(word) BETWEEN %s AND %s", [len(word) - allowed, len(word) + allowed])
    near: dict[int, list[str]] = {}
    for known, distance, _ in extract(word, listed, scorer=OSA.distance, processor=None, limit=None, score_cutoff=allowed):
        near.setdefault(int(distance), []).append(known)
    for distance in sorted(near):
        found = _tried(kind, audience, columns, sorted(near[distance]), most)
        if found:
            return found
    return []


def terms_with(kind: str, audience: int, columns: str, part: str, most: int = 20) -> list[str]:
    """Words by which this audience finds something and which contain this part, the shortest first."""
    test = "instr(word, %s) > 0" if connection.vendor == "sqlite" else "strpos(word, %s) > 0"
    return _tried(kind, audience, columns, sorted(_terms(test, [part]), key=lambda w: (len(w), w)), most)


def _tried(kind: str, audience: int, columns: str, listed: list[str], most: int) -> list[str]:
    found = []
    for known in listed:
        if has_word(kind, audience, columns, "=" + known):
            found.append(known)
            if len(found) == most:
                break
    return found
