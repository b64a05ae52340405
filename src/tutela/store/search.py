"""Finding records as one audience may find them (wall 2).  Every clause reads the audience's own views and nothing finer.

Facets are counted by *profile*: one grouped count over what the other conditions leave gives the total and every facet,
each facet counted as if its own filter were not set (so that a reader sees what choosing another value would give).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from tutela.store import backend
from tutela.store.documents import loads
from tutela.store.kinds import KINDS

Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Want:
    """What is asked.  ``words`` {field or "": groups of alternatives}; ``facets`` and ``without`` {facet: codes};
    ``ranges`` {column: (low, high)} over day, value, start/finish (``span``); ``areas`` folded names; ``box`` w, s, e, n."""

    words: dict[str, list[list[str]]] = field(default_factory=dict)
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    without: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    areas: tuple[int, ...] | None = None
    box: Box | None = None
    records: tuple[int, ...] | None = None
    order: str = "name"
    prefer: str = ""  # folded words of the whole question: equal titles come first


@dataclass(slots=True)
class Counts:
    """``total`` under all conditions, and {facet: {code: n}}, each facet without its own filter."""

    total: int
    facets: dict[str, dict[str, int]]


ORDERS = {"name": "e.title, e.id", "observed": "e.day DESC, e.title, e.id", "value": "e.value DESC, e.title, e.id"}
RANGE_COLUMNS = {"day", "value"}


def conditions(kind: str, audience: int, want: Want) -> tuple[list[str], list[Any]]:
    """SQL conditions on ``store_entry e`` for all but the facets."""
    module = backend.module()
    clauses = ["e.kind = %s", "e.low <= %s", "e.high >= %s"]
    values: list[Any] = [KINDS[kind].code, audience, audience]
    for column, groups in want.words.items():
        sql, given = module.words_clause(groups, column or None)
        clauses.append(sql)
        values += given
    if want.box:
        sql, given = module.box_clause(want.box, audience)
        clauses.append(sql)
        values += given
    for name, (low, high) in want.ranges.items():
        first, last = ("finish", "start") if name == "span" else (name, name)
        if low is not None:
            clauses.append(f"e.{first} >= %s")
            values.append(low)
        if high is not None:
            clauses.append(f"e.{last} <= %s")
            values.append(high)
    for column, numbers in (("area", want.areas), ("record", want.records)):
        if numbers is not None:
            clauses.append(f"e.{column} IN ({','.join(['%s'] * len(numbers)) or 'NULL'})")
            values += numbers
    return clauses, values


class Profiles:
    """The distinct facet combinations, read once and kept while their number has not changed."""

    _known: dict[str, tuple[int, dict[int, dict[str, frozenset[str]]]]] = {}

    @classmethod
    def all(cls) -> dict[int, dict[str, frozenset[str]]]:
        """profile id → {facet: codes}."""
        alias = str(connection.settings_dict["NAME"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(id), 0) FROM store_profile")
            newest = cursor.fetchone()[0]
            held, known = cls._known.get(alias, (0, {}))
            if held > newest:
                held, known = 0, {}
            if newest > held:
                cursor.execute("SELECT id, facets FROM store_profile WHERE id > %s", [held])
                fresh = {number: {k: frozenset(v) for k, v in loads(text).items()} for number, text in cursor.fetchall()}
                known = {**known, **fresh}
                cls._known[alias] = (newest, known)
        return known

    @classmethod
    def forget(cls) -> None:
        cls._known.clear()


def _fits(facets: dict[str, frozenset[str]], want: Want, leave: str | None = None) -> bool:
    for name, codes in want.facets.items():
        if name != leave and facets.get(name, frozenset()).isdisjoint(codes):
            return False
    return all(facets.get(name, frozenset()).isdisjoint(codes) for name, codes in want.without.items())


def profile_clause(want: Want) -> tuple[list[str], list[Any]]:
    """The facet filters, as a condition on the profile."""
    if not want.facets and not want.without:
        return [], []
    profiles = Profiles.all()
    fitting = [number for number, facets in profiles.items() if _fits(facets, want)]
    inverted = len(fitting) > len(profiles) / 2
    if inverted:
        chosen = set(fitting)
        fitting = [number for number in profiles if number not in chosen]
        if not fitting:
            return [], []
    listed = ",".join(str(int(number)) for number in fitting) or "NULL"
    return [f"e.profile {'NOT ' if inverted else ''}IN ({listed})"], []


def count(kind: str, audience: int, want: Want, facets: Sequence[str] = ()) -> Counts:
    """The total and the facets' counts, in one grouped query."""
    clauses, values = conditions(kind, audience, want)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT e.profile, count(*) FROM store_entry e WHERE {' AND '.join(clauses)} GROUP BY e.profile", values)
        groups = cursor.fetchall()
    profiles = Profiles.all()
    total = 0
    counted: dict[str, Counter[str]] = {name: Counter() for name in facets}
    for number, n in groups:
        held = profiles.get(number, {})
        fits = _fits(held, want)
        if fits:
            total += n
        for name in facets:
            if fits if name not in want.facets else _fits(held, want, name):
                for code in held.get(name, ()):
                    counted[name][code] += n
    return Counts(total, {name: dict(counter) for name, counter in counted.items()})


def count_areas(kind: str, audience: int, want: Want, most: int = 200) -> list[tuple[str, str, int]]:
    """(key, label, n) of the areas, most frequent first, as if no area were chosen."""
    areas, want.areas = want.areas, None
    clauses, values = conditions(kind, audience, want)
    want.areas = areas
    more, _ = profile_clause(want)
    where = " AND ".join([*clauses, *more])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT a.key, a.label, c.n FROM (SELECT e.area, count(*) AS n FROM store_entry e WHERE {where} "
                       f"AND e.area IS NOT NULL GROUP BY e.area ORDER BY n DESC, e.area LIMIT {int(most)}) c "
                       "JOIN store_area a ON a.id = c.area ORDER BY c.n DESC, a.key", values)
        return cursor.fetchall()


def histogram(kind: str, audience: int, want: Want) -> dict[int, int]:
    """{year: n} of the last day observed, as if no range of days were given."""
    kept = want.ranges
    want.ranges = {k: v for k, v in kept.items() if k != "day"}
    clauses, values = conditions(kind, audience, want)
    want.ranges = kept
    more, _ = profile_clause(want)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT e.day / 10000, count(*) FROM store_entry e WHERE {' AND '.join([*clauses, *more])} "
                       "AND e.day IS NOT NULL GROUP BY e.day / 10000 ORDER BY 1", values)
        return {int(year): n for year, n in cursor.fetchall()}


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


def page(kind: str, audience: int, want: Want, limit: int = 50, offset: int = 0) -> list[Found]:
    """One page of what is found, in the order wanted."""
    clauses, values = conditions(kind, audience, want)
    more, _ = profile_clause(want)
    order = ORDERS.get(want.order, ORDERS["name"])
    head: list[Any] = []
    if want.prefer and want.order == "name":
        order = "(e.title = %s) DESC, (e.title >= %s AND e.title < %s) DESC, " + order
        head = [want.prefer, want.prefer, want.prefer + "\U0010ffff"]
    sql = (f"SELECT e.record, r.uuid, coalesce(e.document, p.document), e.x, e.y, e.profile, e.day FROM ("
           f"SELECT e.id, row_number() OVER () AS place_in_list FROM (SELECT e.id FROM store_entry e WHERE {' AND '.join([*clauses, *more])} "
           f"ORDER BY {order} LIMIT {int(limit)} OFFSET {int(offset)}) e) k "
           "JOIN store_entry e ON e.id = k.id JOIN store_record r ON r.id = e.record JOIN store_line p ON p.seq = r.line "
           "ORDER BY k.place_in_list")
    with connection.cursor() as cursor:
        cursor.execute(sql, values + head)
        return [Found(*row) for row in cursor.fetchall()]


def points(kind: str, audience: int, want: Want, limit: int) -> list[tuple[str, float, float, int, str]]:
    """(uuid, x, y, profile, document text) of up to ``limit`` records with a position."""
    clauses, values = conditions(kind, audience, want)
    more, _ = profile_clause(want)
    sql = ("SELECT r.uuid, e.x, e.y, e.profile, coalesce(e.document, p.document) FROM store_entry e JOIN store_record r ON r.id = e.record "
           f"JOIN store_line p ON p.seq = r.line WHERE {' AND '.join([*clauses, *more])} AND e.x IS NOT NULL LIMIT {int(limit)}")
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def cells(kind: str, audience: int, want: Want, size: float) -> list[tuple[int, int, int, float, float, int]]:
    """Counts on a grid of ``size`` degrees: (column, row, profile, mean x, mean y, n)."""
    clauses, values = conditions(kind, audience, want)
    more, _ = profile_clause(want)
    col, row = (("CAST((e.x + 180) / %s AS INTEGER)", "CAST((e.y + 90) / %s AS INTEGER)") if connection.vendor == "sqlite"
                else ("floor((e.x + 180) / %s)::int", "floor((e.y + 90) / %s)::int"))
    sql = (f"SELECT {col}, {row}, e.profile, avg(e.x), avg(e.y), count(*) FROM store_entry e WHERE {' AND '.join([*clauses, *more])} "
           "AND e.x IS NOT NULL GROUP BY 1, 2, 3")
    with connection.cursor() as cursor:
        cursor.execute(sql, [size, size, *values])
        return cursor.fetchall()


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


def close_terms(word: str) -> list[str]:
    """Known words a reader may have meant: at most one edit away (two from eight letters on), the nearest first."""
    from rapidfuzz.distance import OSA

    allowed = 2 if len(word) >= 8 else 1
    found = []
    for known in backend.module().similar_terms(word):
        distance = OSA.distance(word, known, score_cutoff=allowed)
        if 0 < distance <= allowed:
            found.append((distance, known))
    return [known for _, known in sorted(found)][:8]
