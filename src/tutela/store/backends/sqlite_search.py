"""Searching on SQLite.  Its planner knows no sizes, so each question names what drives it: words, box, facets, or the titles.

``store_box`` holds, besides boxes and audiences, each entry's kind and profile (see ``backends.sqlite``), so that a box is
counted from the tree alone.  Trees hold 32-bit numbers, rounded outwards: what lies within ``EDGE`` of the box's edge is
tested against the entry's own 64-bit box.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from django.db import connection

from tutela.store.wants import Want, Words, in_box

EDGE = 4e-5  # degrees: more than the rounding of a 32-bit number up to 360
FEW = 5000  # so many entries are quickly read and sorted
NEAR = 10_000  # so many entries in a box, and their own words are read rather than the index of words
# Measured at 1,000,000: an entry read 1 µs, its words 2.5, a step in the tree 0.5, a match put into a set 0.35.
MOST = 400_000  # so many matches are counted to compare words with a box
MANY = 40_000  # so many matches of words, and walking along the titles is quicker
KIND, PROFILE = 1 << 20, 1 << 30  # store_box.kind = -kind / KIND, store_box.profile = profile / PROFILE: exact in 32 bits
LEVELS = "(SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3)"

Sql = tuple[str, list[Any]]


def _rows(sql: str, values: Sequence[Any]) -> Any:
    cursor = connection.cursor()
    cursor.execute(sql, values)
    return cursor


def match(want: Want) -> str:
    """The words wanted, in FTS5's language; "" where there are none (though some may be unwanted)."""
    if not want.words:
        return ""
    sought = " AND ".join(f"({_text_match(words)})" for words in want.words)
    unwanted = " OR ".join(f"({_text_match(words)})" for words in want.not_words)
    return f"({sought}) NOT ({unwanted})" if unwanted else sought


def _text_match(words: Words) -> str:
    texts = [" AND ".join("(" + " OR ".join(map(_word, group)) + ")" for group in text) for text in words.texts]
    return f"{{{words.columns}}} : ({' OR '.join(f'({text})' for text in texts)})"


def _word(word: str) -> str:
    """Folded words hold letters and digits alone, so that no quoting can be broken."""
    return f'"{word[1:]}"' if word[0] == "=" else f'"{word}"*'


def words_clause(want: Want, row: str = "e.id") -> Sql:
    if want.words:
        return f"{row} IN (SELECT rowid FROM store_fts WHERE store_fts MATCH %s)", [match(want)]
    if want.not_words:
        unwanted = " OR ".join(f"({_text_match(words)})" for words in want.not_words)
        return f"{row} NOT IN (SELECT rowid FROM store_fts WHERE store_fts MATCH %s)", [unwanted]
    return "1 = 1", []


def _words_test(want: Want, first: str) -> Sql:
    """The words of ``store_box b``: by the set of all matches, or, where few are asked about, by their own words."""
    if first != "near":
        return words_clause(want, "+b.id")
    found = [_own_words(words) for words in want.words]
    found += [(f"NOT ({sql})", values) for sql, values in map(_own_words, want.not_words)]
    tests = " AND ".join(sql for sql, _ in found)
    return f"EXISTS (SELECT 1 FROM store_words x WHERE x.id = b.id AND {tests})", [*chain.from_iterable(values for _, values in found)]


def _own_words(words: Words) -> Sql:
    """SQL true for a row of ``store_words x`` that these words match, as the index would say."""
    text = "' ' || " + " || ' ' || ".join(f"x.{name}" for name in words.columns.split()) + " || ' '"
    values: list[Any] = []
    texts = []
    for groups in words.texts:
        tests = []
        for group in groups:
            tests.append("(" + " OR ".join([f"instr({text}, %s) > 0"] * len(group)) + ")")
            values += [f" {word[1:]} " if word[0] == "=" else f" {word}" for word in group]
        texts.append(f"({' AND '.join(tests)})")
    return f"({' OR '.join(texts)})", values


def box_clause(want: Want, audience: int) -> Sql:
    """SQL true for entries whose box touches the one wanted: the tree first, then the exact test."""
    if not want.box:
        return "1 = 1", []
    tree, where, values = _tree(want, audience)
    exact, more = in_box(want.box)
    return f"e.id IN (SELECT b.id FROM {tree} WHERE {where}) AND {exact}", [*values, *more]


def records_clause(records: tuple[int, ...]) -> Sql:
    listed = f"[{','.join(map(str, map(int, records)))}]"
    return f"e.id IN (SELECT j.value * 4 + k.n FROM json_each(%s) j, {LEVELS} k)", [listed]


def _tree(want: Want, audience: int) -> tuple[str, str, list[Any]]:
    """("store_box b", conditions on it, values): entries of the audience whose box, as the tree knows it, touches the one wanted."""
    assert want.box is not None
    w, s, e, n = want.box
    seen = "n >= %s AND s <= %s AND low <= %s AND high >= %s"
    if w <= e:
        return "store_box b", f"b.e >= %s AND b.w <= %s AND b.{seen.replace('AND ', 'AND b.')}", [w, e, s, n, audience, audience]
    half = f"SELECT * FROM store_box WHERE {{0}} AND {seen}"
    return (f"({half.format('e >= %s')} UNION ALL {half.format('w <= %s AND e < %s')}) b", "1 = 1",
            [w, s, n, audience, audience, e, w, s, n, audience, audience])


def _estimate(sql: str, values: list[Any], most: int) -> int:
    return _rows(f"SELECT count(*) FROM (SELECT 1 FROM {sql} LIMIT {most})", values).fetchone()[0]


def driver(want: Want, audience: int) -> str:
    """What is the quickest to read first: "words", "box", "near" (a box with few in it), "records", or "" for the entries themselves."""
    if want.plan is None:
        want.plan = _driver(want, audience)
    return want.plan


def _driver(want: Want, audience: int) -> str:
    if want.records is not None:
        return "records"
    if want.words and want.box:
        tree, where, values = _tree(want, audience)
        if _estimate(f"{tree} WHERE {where}", values, NEAR + 1) <= NEAR:
            return "near"
        with_words = _estimate("store_fts WHERE store_fts MATCH %s", [match(want)], MOST)
        in_tree = _estimate(f"{tree} WHERE {where}", values, with_words * 5 // 4 + 1)
        return "words" if in_tree > with_words * 5 // 4 else "near" if in_tree * 6 < with_words else "box"
    return "words" if want.words else "box" if want.box else ""


def source(code: int, audience: int, want: Want, first: str, filters: Sequence[str] = ()) -> Sql:
    """"FROM … WHERE …" with ``store_entry e`` under all conditions, ``first`` read first."""
    from tutela.store.search import row_conditions

    rows = row_conditions(want)
    parts: list[Sql] = [("e.low <= %s AND e.high >= %s", [audience, audience]), *((sql, []) for sql in filters)]
    kind = ("+e.kind = %s", [code])
    exact = [in_box(want.box)] if want.box else []
    words = [words_clause(want, "+e.id")] if want.words or want.not_words else []
    if first == "words":
        start: Sql = ("store_fts f CROSS JOIN store_entry e ON e.id = f.rowid WHERE store_fts MATCH %s", [match(want)])
        parts += [kind, *exact, *rows]
    elif first in ("box", "near"):
        tree, where, values = _tree(want, audience)
        start = (f"{tree} CROSS JOIN store_entry e ON e.id = b.id WHERE {where}", values)
        parts += [*([_words_test(want, first)] if words else []), kind, *exact, *rows]
    elif first == "titles":
        start = ("store_entry e INDEXED BY store_entry_title WHERE e.kind = %s", [code])
        parts += [*words, *exact, *rows]
    elif first == "facets":
        start = ("store_entry e INDEXED BY store_entry_profile WHERE 1 = 1", [])
        parts += [kind, *words, *exact, *rows]
    else:
        start = ("store_entry e WHERE +e.kind = %s", [code])
        parts += [*words, *exact, *rows]
    return (" AND ".join([start[0], *(sql for sql, _ in parts)]), [*start[1], *chain.from_iterable(values for _, values in parts)])


def _tree_alone(want: Want) -> bool:
    """Whether the tree and the words answer by themselves."""
    return bool(want.box and want.box[0] <= want.box[2] and not want.by_row)


def _tree_source(code: int, audience: int, want: Want) -> Sql:
    """"FROM … WHERE …" with ``store_box b`` alone: the words' matches as a set, the edge tested exactly."""
    assert want.box is not None
    w, s, e, n = want.box
    exact, values = in_box(want.box)
    sql = ("store_box b WHERE b.e >= %s AND b.w <= %s AND b.n >= %s AND b.s <= %s AND b.low <= %s AND b.high >= %s AND b.kind = %s "
           "AND ((b.e >= %s AND b.w <= %s AND b.n >= %s AND b.s <= %s) "
           f"OR EXISTS (SELECT 1 FROM store_entry e WHERE e.id = b.id AND {exact}))")
    given: list[Any] = [w, e, s, n, audience, audience, -code / KIND, w + EDGE, e - EDGE, s + EDGE, n - EDGE, *values]
    if want.words or want.not_words:
        more, expression = _words_test(want, driver(want, audience))
        sql, given = f"{sql} AND {more}", given + expression
    return sql, given


TALLIED = {"profile": "e.profile", "area": "coalesce(e.area, 0)", "year": "coalesce(e.day / 10000, -1000000)"}


def tally(code: int, audience: int, want: Want, columns: Sequence[str], filters: Sequence[str]) -> dict[str, Counter[int]]:
    """{column: {value: n}} in one reading.

    The values come as one text: ten times as quick as SQLite's grouping, which sorts, or as fetching rows.
    """
    if not want.by_row and not want.words and not want.not_words and not want.box and list(columns) == ["profile"] and not filters:
        rows = _rows("SELECT e.profile, count(*) FROM store_entry e INDEXED BY store_entry_profile "
                     "WHERE e.kind = %s AND e.low <= %s AND e.high >= %s GROUP BY e.profile", [code, audience, audience])
        return {"profile": Counter(dict(rows.fetchall()))}
    first = driver(want, audience)
    if first in ("box", "near") and list(columns) == ["profile"] and not filters and _tree_alone(want):
        sql, values = _tree_source(code, audience, want)
        told = [f"CAST(b.profile * {PROFILE} AS INTEGER)"]
    else:
        sql, values = source(code, audience, want, first, filters)
        told = [TALLIED[name] for name in columns]
    texts = ", ".join(f"group_concat({one}, ' ')" for one in told)
    row = _rows(f"SELECT {texts} FROM {sql}", values).fetchone()
    return {name: Counter({int(value): n for value, n in Counter((text or "").split()).items()})
            for name, text in zip(columns, row, strict=True)}


def profiles_seen(code: int, audience: int) -> list[int]:
    """The profiles that some entry of this audience has."""
    rows = _rows("SELECT p.id FROM store_profile p WHERE EXISTS (SELECT 1 FROM store_entry e INDEXED BY store_entry_profile "
                 "WHERE e.profile = p.id AND e.kind = %s AND e.low <= %s AND e.high >= %s)", [code, audience, audience])
    return [row[0] for row in rows]


APART = "NOT (e.kind = 1 AND e.low = 0 AND e.high = 3)"  # as the partial index store_entry_apart says it


def total(code: int, audience: int, want: Want) -> int | None:
    """How many there are of all, or by words alone, without a look at each: all, less those that this audience does not see."""
    if want.by_row or want.box or want.not_words:
        return None
    unseen = f"SELECT count(*) FROM store_entry e WHERE {APART} AND NOT (e.kind = %s AND e.low <= %s AND e.high >= %s)"
    seen = [code, audience, audience]
    if code != 1:
        return None
    if not want.words:
        return _rows("SELECT count(*) FROM store_entry", []).fetchone()[0] - _rows(unseen, seen).fetchone()[0]
    everybodys = _rows("SELECT count(*) FROM store_fts WHERE store_fts MATCH %s", [match(want)]).fetchone()[0]
    if not _rows(f"SELECT EXISTS (SELECT 1 FROM store_entry e WHERE {APART})", []).fetchone()[0]:
        return everybodys
    words, given = words_clause(want, "+e.id")
    return everybodys - _rows(f"{unseen} AND {words}", [*seen, *given]).fetchone()[0]


def reads_rows(want: Want, audience: int) -> bool:
    """Whether each entry's row is read anyway, so that three columns are counted nearly as quickly as one."""
    return want.by_row or driver(want, audience) == "words"


def any_with(code: int, audience: int, words: Words) -> bool:
    sql, values = source(code, audience, Want(words=[words]), "words")
    return _rows(f"SELECT 1 FROM {sql} LIMIT 1", values).fetchone() is not None


ORDERS = {"observed": "e.day DESC, e.title, e.id", "value": "e.value DESC, e.title, e.id", "name": "e.title, e.id"}


def page_ids(code: int, audience: int, want: Want, filters: Sequence[str], limit: int, offset: int, total: int) -> list[int]:
    """The entries of one page.  Few are read and sorted; of many, the titles are walked along until the page is full."""
    first = driver(want, audience)
    if want.order == "name" and total > FEW and first != "records" and not (first == "words" and total <= MANY):
        return _walk(code, audience, want, filters, limit, offset)
    if want.prefer and want.order == "name" and total > FEW and not want.by_row:
        found = titles_beginning(code, audience, want, filters, limit, offset)
        if len(found) == limit:
            return found
    if first == "" and want.order == "name" and filters and " NOT IN " not in filters[0] and not want.by_row:
        first = "facets"
    order, head = ORDERS[want.order], []
    if want.prefer and want.order == "name":
        order, head = "(e.title >= %s AND e.title < %s) DESC, " + order, list(_range(want))
    sql, values = source(code, audience, want, first, filters)
    return [row[0] for row in _rows(f"SELECT e.id FROM {sql} ORDER BY {order} LIMIT %s OFFSET %s", [*values, *head, limit, offset])]


def _range(want: Want) -> tuple[str, str]:
    return want.prefer, want.prefer + "\U0010ffff"


def _walk(code: int, audience: int, want: Want, filters: Sequence[str], limit: int, offset: int) -> list[int]:
    """Along the titles: those that begin with the words preferred, then all others."""
    if not want.prefer:
        return _titles(code, audience, want, filters, limit, offset, "1 = 1", [])
    found = titles_beginning(code, audience, want, filters, limit, offset)
    if len(found) == limit:
        return found
    before = 0
    if not found and offset:
        before = _begin_so_many(code, audience, want, filters)
    rest = _titles(code, audience, want, filters, limit - len(found), max(0, offset - before) if not found else 0,
                   "(e.title < %s OR e.title >= %s)", list(_range(want)))
    return found + rest


def titles_beginning(code: int, audience: int, want: Want, filters: Sequence[str], limit: int, offset: int) -> list[int]:
    """Entries whose title begins with the words preferred."""
    return _titles(code, audience, _without_given(want), filters, limit, offset, "e.title >= %s AND e.title < %s", list(_range(want)))


def _without_given(want: Want) -> Want:
    """A title that begins with the words preferred holds them: they need no second look, unless whole words are meant."""
    whole = any(word[0] == "=" for words in want.words for text in words.texts for group in text for word in group)
    return want if whole or len(want.words) > 1 or want.not_words else want.but(words=[])


def _titles(code: int, audience: int, want: Want, filters: Sequence[str], limit: int, offset: int, test: str,
            given: list[Any]) -> list[int]:
    sql, values = source(code, audience, want, "titles", filters)
    return [row[0] for row in _rows(f"SELECT e.id FROM {sql} AND {test} ORDER BY e.title, e.id LIMIT %s OFFSET %s",
                                    [*values, *given, limit, offset])]


def _begin_so_many(code: int, audience: int, want: Want, filters: Sequence[str]) -> int:
    sql, values = source(code, audience, _without_given(want), "titles", filters)
    return _rows(f"SELECT count(*) FROM {sql} AND e.title >= %s AND e.title < %s", [*values, *_range(want)]).fetchone()[0]


SINGLE = "e.id, e.uuid, e.x, e.y, e.profile, e.document, e.label"


def window(code: int, audience: int, want: Want, filters: Sequence[str], limit: int) -> list[tuple[Any, ...]]:
    """The first ``limit`` entries that have a position, in no order: the columns of ``search.Single``."""
    sql, values = source(code, audience, want, driver(want, audience), filters)
    return _rows(f"SELECT {SINGLE} FROM {sql} AND e.x IS NOT NULL LIMIT %s", [*values, limit]).fetchall()


Told = tuple[int, int, int, dict[int, int], float, float, "int | None"]


def cells(code: int, audience: int, want: Want, fitting: Collection[int] | None, filters: Sequence[str], width: float,
          height: float) -> Iterator[Told]:
    """(column, row, n, {profile: n}, mean x, mean y, the entry where n is 1) of each cell that holds something."""
    if _tree_alone(want) and driver(want, audience) in ("box", "near"):
        sql, values = _tree_source(code, audience, want)
        if _estimate(sql, values, CROWD) == CROWD:
            return _crowded(code, audience, want, fitting, width, height)
        told = f"CAST(b.profile * {PROFILE} AS INTEGER), (b.w + b.e) / 2, (b.s + b.n) / 2, b.id"
    else:
        sql, values = source(code, audience, want, driver(want, audience), filters)
        sql, told = f"{sql} AND e.x IS NOT NULL", "e.profile, e.x, e.y, e.id"
    return _one_by_one(_rows(f"SELECT {told} FROM {sql}", values), fitting, width, height)


def _one_by_one(rows: Iterable[tuple[int, float, float, int]], fitting: Collection[int] | None, width: float,
                height: float) -> Iterator[Told]:
    held: dict[tuple[int, int], list[Any]] = {}
    for profile, x, y, number in rows:
        if fitting is not None and profile not in fitting:
            continue
        key = (int((x + 180) / width), int((y + 90) / height))
        cell = held.get(key)
        if cell is None:
            held[key] = [1, x, y, number, {profile: 1}]
        else:
            cell[0] += 1
            cell[1] += x
            cell[2] += y
            by = cell[4]
            by[profile] = by.get(profile, 0) + 1
    for (column, row), (n, x, y, number, by) in held.items():
        yield column, row, n, by, x / n, y / n, number if n == 1 else None


CROWD = 50_000  # so many entries are no longer fetched one by one
FINER = 4  # each cell's mean position is taken from its quarters' quarters
ROW, COLUMN = 1 << 24, 1 << 44  # a cell and a profile as one number: column, row, profile


def _crowded(code: int, audience: int, want: Want, fitting: Collection[int] | None, width: float, height: float) -> Iterator[Told]:
    """The same of very many, from two texts; mean positions to a quarter of a cell, of all profiles together."""
    sql, values = _tree_source(code, audience, want)
    x, y = "((b.w + b.e) / 2 + 180)", "((b.s + b.n) / 2 + 90)"
    key = (f"CAST({x} / {width!r} AS INTEGER) * {COLUMN} + CAST({y} / {height!r} AS INTEGER) * {ROW} "
           f"+ CAST(b.profile * {PROFILE} AS INTEGER)")
    finer = f"CAST({x} / {width / FINER!r} AS INTEGER) * {ROW} + CAST({y} / {height / FINER!r} AS INTEGER)"
    row = _rows(f"SELECT group_concat({key}, ' '), group_concat({finer}, ' ') FROM {sql}", values).fetchone()
    held: dict[tuple[int, int], list[Any]] = {}
    for text, n in Counter(row[0].split()).items():
        number = int(text)
        profile = number % ROW
        if fitting is None or profile in fitting:
            cell = held.setdefault((number // COLUMN, number % COLUMN // ROW), [0, {}])
            cell[0] += n
            cell[1][profile] = n
    means: dict[tuple[int, int], list[float]] = {}
    for text, n in Counter(row[1].split()).items():
        fx, fy = divmod(int(text), ROW)
        mean = means.setdefault((fx // FINER, fy // FINER), [0, 0.0, 0.0])
        mean[0] += n
        mean[1] += n * (fx + 0.5)
        mean[2] += n * (fy + 0.5)
    for (column, line), (n, by) in held.items():
        total, sx, sy = means.get((column, line)) or (1, (column + 0.5) * FINER, (line + 0.5) * FINER)
        lone = None
        if n == 1:
            near = want.but(box=(column * width - 180, line * height - 90, (column + 1) * width - 180, (line + 1) * height - 90))
            more, given = _tree_source(code, audience, near)
            found = _rows(f"SELECT b.id FROM {more} AND {key} = %s", [*given, column * COLUMN + line * ROW + next(iter(by))]).fetchone()
            lone = found[0] if found else None
        yield column, line, n, by, sx / total * width / FINER - 180, sy / total * height / FINER - 90, lone
