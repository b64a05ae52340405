"""Searching on PostgreSQL, whose planner knows the sizes: one form of question for all.  Answers equal those on SQLite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import Any

from django.db import connection

from tutela.store.backends.postgres import WEIGHTS
from tutela.store.wants import Want, Words, in_box

Sql = tuple[str, list[Any]]
TITLE = 'e.title COLLATE "C"'  # by code points, as on SQLite
ORDERS = {"observed": f"e.day DESC NULLS LAST, {TITLE}, e.id", "value": f"e.value DESC NULLS LAST, {TITLE}, e.id", "name": f"{TITLE}, e.id"}


def _rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _text_query(words: Words) -> str:
    marks = "".join(WEIGHTS[name] for name in words.columns.split())
    texts = [" & ".join("(" + " | ".join(_word(word, marks) for word in group) + ")" for group in text) for text in words.texts]
    return " | ".join(f"({text})" for text in texts)


def _word(word: str, marks: str) -> str:
    """Folded words hold letters and digits alone, so that no quoting can be broken."""
    return f"'{word[1:]}':{marks}" if word[0] == "=" else f"'{word}':*{marks}"


def words_clause(want: Want) -> Sql:
    parts = [f"({_text_query(words)})" for words in want.words] + [f"!({_text_query(words)})" for words in want.not_words]
    if not parts:
        return "1 = 1", []
    return "e.id IN (SELECT id FROM store_words WHERE vector @@ %s::tsquery)", [" & ".join(parts)]


def box_clause(want: Want, audience: int) -> Sql:
    """By the index, whose comparisons have a tolerance, then exactly."""
    if not want.box:
        return "1 = 1", []
    w, s, e, n = want.box
    exact, values = in_box(want.box)
    if w <= e:
        return f"e.box && box(point(%s, %s), point(%s, %s)) AND {exact}", [w, s, e, n, *values]
    return (f"(e.box && box(point(%s, %s), point(180, %s)) OR e.box && box(point(-180, %s), point(%s, %s))) AND {exact}",
            [w, s, n, s, e, n, *values])


def records_clause(records: tuple[int, ...]) -> Sql:
    return "e.id = ANY(%s::bigint[])", [[record * 4 + level for record in records for level in range(4)]]


def source(code: int, audience: int, want: Want, filters: Sequence[str] = ()) -> Sql:
    """"FROM … WHERE …" with ``store_entry e`` under all conditions."""
    from tutela.store.search import row_conditions

    parts: list[Sql] = [("e.kind = %s AND e.low <= %s AND e.high >= %s", [code, audience, audience]), words_clause(want),
                        box_clause(want, audience), *((sql, []) for sql in filters), *row_conditions(want)]
    return "store_entry e WHERE " + " AND ".join(sql for sql, _ in parts), [*chain.from_iterable(values for _, values in parts)]


TALLIED = {"profile": "e.profile", "area": "coalesce(e.area, 0)", "year": "coalesce(e.day / 10000, -1000000)"}


def tally(code: int, audience: int, want: Want, columns: Sequence[str], filters: Sequence[str]) -> dict[str, Counter[int]]:
    """{column: {value: n}}."""
    sql, values = source(code, audience, want, filters)
    return {name: Counter(dict(_rows(f"SELECT {TALLIED[name]}, count(*) FROM {sql} GROUP BY 1", values))) for name in columns}


def profiles_seen(code: int, audience: int) -> list[int]:
    """The profiles that some entry of this audience has."""
    rows = _rows("SELECT p.id FROM store_profile p WHERE EXISTS (SELECT 1 FROM store_entry e WHERE e.profile = p.id AND e.kind = %s "
                 "AND e.low <= %s AND e.high >= %s)", [code, audience, audience])
    return [row[0] for row in rows]


def total(code: int, audience: int, want: Want) -> int | None:
    """How many there are, where that is quicker to say than how many of each profile."""
    return None


def reads_rows(want: Want, audience: int) -> bool:
    """Whether counting one column costs nearly what counting three does."""
    return False


def any_with(code: int, audience: int, words: Words) -> bool:
    sql, values = source(code, audience, Want(words=[words]))
    return bool(_rows(f"SELECT 1 FROM {sql} LIMIT 1", values))


def _range(want: Want) -> tuple[str, str]:
    return want.prefer, want.prefer + "\U0010ffff"


def page_ids(code: int, audience: int, want: Want, filters: Sequence[str], limit: int, offset: int, total: int) -> list[int]:
    """The entries of one page."""
    order, head = ORDERS[want.order], []
    if want.prefer and want.order == "name":
        order, head = f"({TITLE} >= %s AND {TITLE} < %s) DESC, " + order, list(_range(want))
    sql, values = source(code, audience, want, filters)
    return [row[0] for row in _rows(f"SELECT e.id FROM {sql} ORDER BY {order} LIMIT %s OFFSET %s", [*values, *head, limit, offset])]


def titles_beginning(code: int, audience: int, want: Want, filters: Sequence[str], limit: int, offset: int) -> list[int]:
    """Entries whose title begins with the words preferred."""
    sql, values = source(code, audience, want, filters)
    sql = f"SELECT e.id FROM {sql} AND {TITLE} >= %s AND {TITLE} < %s ORDER BY {ORDERS['name']} LIMIT %s OFFSET %s"
    return [row[0] for row in _rows(sql, [*values, *_range(want), limit, offset])]


SINGLE = "e.id, e.uuid, e.x, e.y, e.profile, e.document, e.label"


def window(code: int, audience: int, want: Want, filters: Sequence[str], limit: int) -> list[tuple[Any, ...]]:
    """The first ``limit`` entries that have a position, in no order: the columns of ``search.Single``."""
    sql, values = source(code, audience, want, filters)
    return _rows(f"SELECT {SINGLE} FROM {sql} AND e.x IS NOT NULL LIMIT %s", [*values, limit])


def cells(code: int, audience: int, want: Want, fitting: Collection[int] | None, filters: Sequence[str], width: float,
          height: float) -> Iterator[tuple[int, int, int, dict[int, int], float, float, int | None]]:
    """(column, row, n, {profile: n}, mean x, mean y, the entry where n is 1) of each cell that holds something."""
    sql, values = source(code, audience, want, filters)
    held: dict[tuple[int, int], list[Any]] = {}
    rows = _rows("SELECT trunc((e.x + 180) / %s)::int, trunc((e.y + 90) / %s)::int, e.profile, count(*), sum(e.x), sum(e.y), min(e.id) "
                 f"FROM {sql} AND e.x IS NOT NULL GROUP BY 1, 2, 3", [width, height, *values])
    for column, row, profile, n, x, y, number in rows:
        cell = held.setdefault((column, row), [0, 0.0, 0.0, number, {}])
        cell[0] += n
        cell[1] += x
        cell[2] += y
        cell[4][profile] = n
    for (column, row), (n, x, y, number, by) in held.items():
        yield column, row, n, by, x / n, y / n, number if n == 1 else None
