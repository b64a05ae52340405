"""How long searching takes in a workspace that holds the places of ``bench.many_places`` (1,000,000 for the targets).

``python -m bench.search WORKSPACE [OUT.json]``.  Each question is asked five times, all that was counted before forgotten
each time; the median and the worst of the five stand in the table, in milliseconds of wall time and of this process's CPU.
The floor is the barest SQL that counts the same hits (FTS5 and R*Tree, no audience, no facets), in the same run.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

Row = dict[str, Any]
FACETS = ("condition", "extent", "type", "country", "protection", "namekind")
PAGE_FACETS = ("condition", "extent", "type", "protection", "country", "damage", "cause", "threat", "located", "missing")

#: Words in any script, from one match to a tenth of all places.
WORDS = ("Mosque", "Tell", "veqadur", "elel", "łódur", "şanu", "Qara", "mosque 300", "tell veqadur", "khan bator",
         "مسجد", "حَلَب", "حلب", "راريقا", "تل ساشي", "Мечеть", "Кашащиго", "міст", "ܒܝܬ", "ܐܘܿܪܗܵܝ", "Եկեղեցի", "ეკლესია",
         "ხიდი დურ", "raion 275")

#: Words and a box: 10² to 10⁵ hits of 1,000,000, a third of the questions in each power of ten.
ASKED = (
    ("mosque", (20, 28, 38, 48)), ("مسجد", (20, 28, 45, 50)), ("raion", (30, 38, 36, 44)), ("мечеть", (20, 28, 36, 44)),
    ("church", (22, 30, 32, 42)), ("ܒܝܬ", (20, 28, 45, 50)), ("مسجد", (25, 30, 32, 40)),
    ("elel", (20, 28, 36, 42)), ("Եկեղեցի", (25, 30, 35, 40)), ("tell", (30, 35, 35, 40)), ("mosque", (30, 38, 33, 41)),
    ("veqadur", (30, 35, 36, 41)), ("mosque veqadur", (22, 30, 32, 40)), ("bridge", (32, 40, 36, 44)),
    ("tell", (38, 30, 40, 33)), ("حلب", (20, 28, 45, 50)), ("raion 27", (33, 38, 35, 40)), ("şanu", (20, 28, 40, 45)),
    ("راريقا", (30, 30, 32, 33)), ("ხიდი", (30, 40, 33, 42)),
)

LISTS = ("", "condition:destroyed", "condition:good", "type:monument", "condition:poor extent:61-90 namekind:toponym", "area:\"Raion 275\"",
         "observed:2019..2020", "order:observed", "order:extent", "located:name-only", "dating:-300..500", "-name:mosque")


def _times(ask: Callable[[], Any], repeat: int = 5, forget: bool = True) -> tuple[list[float], float, Any]:
    """Wall times in ms, the median CPU time in ms, and the last answer."""
    from tutela.store.search import forget_counts

    wall, cpu, answer = [], [], None
    for _ in range(repeat):
        if forget:
            forget_counts()
        start, used = time.perf_counter(), time.process_time()
        answer = ask()
        wall.append((time.perf_counter() - start) * 1000)
        cpu.append((time.process_time() - used) * 1000)
    return wall, median(cpu), answer


def _row(kind: str, what: str, wall: list[float], cpu: float, hits: int | None = None, floor: float | None = None) -> Row:
    return {"kind": kind, "what": what, "hits": hits, "p50": round(median(wall), 2), "worst": round(max(wall), 2), "cpu": round(cpu, 2),
            "floor": None if floor is None else round(floor, 2)}


def _floor(words: str | None, box: tuple[float, ...] | None) -> float | None:
    """The barest count of the same hits, in ms; None on PostgreSQL."""
    from django.db import connection

    from tutela.inventory.asking import wanted
    from tutela.inventory.rules.query import Query
    from tutela.store.backends import sqlite_search

    if connection.vendor != "sqlite":
        return None
    tests, values = [], []
    if words:
        tests.append("SELECT rowid FROM store_fts WHERE store_fts MATCH %s")
        values.append(sqlite_search.match(wanted(Query(words=words))))
    if box:
        tests.append("SELECT id FROM store_box WHERE e >= %s AND w <= %s AND n >= %s AND s <= %s")
        values += [box[0], box[2], box[1], box[3]]
    sql = f"SELECT count(*) FROM ({' INTERSECT '.join(tests)})"

    def ask() -> int:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchone()[0]

    return median(_times(ask)[0])


def _viewports(actor: Any) -> Iterable[Row]:
    from tutela.inventory import queries

    windows = [(20 + n * 0.61, 28 + n * 0.53) for n in range(40)]
    share = queries.count(actor, "").total / (25 * 22)  # places in a square degree
    side = (480 / share) ** 0.5 if share else 1.0
    boxes = [(x, y, x + side, y + side) for x, y in windows if x + side < 45 and y + side < 50]
    wall, cpu, hits, floors = [], [], [], []
    for box in boxes:
        one, used, answer = _times(lambda box=box: queries.map_features(actor, "", box, 9), 3, forget=False)
        wall.append(median(one))
        cpu.append(used)
        hits.append(answer["total"])
        floors.append(_floor(None, box) or 0.0)
    def positions(box: tuple[float, ...]) -> int:
        from tutela.store import search

        rows = [search.singles("place", actor.audience, search.Want(box=box), 5000)]  # type: ignore[arg-type]
        return len(rows[0] or ())

    bare = [_times(lambda box=box: positions(box), 3, forget=False) for box in boxes]
    yield _row("viewport, rows alone", "the same, before names are read", [median(one) for one, _, _ in bare],
               median(used for _, used, _ in bare), round(median(hits)))
    row = _row("viewport", f"{len(boxes)} windows of some 500", wall, median(cpu), round(median(hits)), median(floors))
    yield {**row, "p95": round(sorted(wall)[int(len(wall) * 0.95)], 2)}


def _questions(actor: Any) -> Iterable[Row]:
    from tutela.inventory import queries
    from tutela.inventory.rules.query import Query

    for words in WORDS:
        wall, cpu, found = _times(lambda words=words: queries.search(actor, Query(words=words)))
        yield _row("words", words, wall, cpu, found.total, _floor(words, None))
    for words, box in ASKED:
        query = Query(words=words, bbox=box)

        def ask(query: Query = query) -> Any:
            queries.count(actor, query, FACETS)
            return queries.search(actor, query)

        wall, cpu, found = _times(ask)
        yield _row("words + box + six facets", query.text(), wall, cpu, found.total, _floor(words, box))
    for text in LISTS:
        wall, cpu, found = _times(lambda text=text: queries.search(actor, text), 3)
        yield _row("list", text or "everything", wall, cpu, found.total)


def _pages(actor: Any) -> Iterable[Row]:
    from tutela.inventory import queries

    def page(text: str) -> Any:
        queries.count(actor, text, PAGE_FACETS)
        queries.count(actor, "")
        queries.areas(actor, text, 8)
        queries.years(actor, text)
        return queries.search(actor, text)

    for text in ("", "mosque", "veqadur", "condition:destroyed", "tell bbox:30,35,35,40"):
        wall, cpu, found = _times(lambda text=text: page(text), 3)
        yield _row("page, first after a change", text or "everything", wall, cpu, found.total)
        wall, cpu, found = _times(lambda text=text: page(text), 5, forget=False)
        yield _row("page, asked again", text or "everything", wall, cpu, found.total)
    wall, cpu, found = _times(lambda: queries.search(actor, "", 50, 10_000), 3)
    yield _row("list", "everything, from the 10,000th", wall, cpu, found.total)
    for typed in ("ve", "mos", "durve", "حل"):
        wall, cpu, names = _times(lambda typed=typed: queries.suggest(actor, typed))
        yield _row("suggest", typed, wall, cpu, len(names))
    for typed in ("msoque", "veqadurr", "eqadu"):
        wall, cpu, found = _times(lambda typed=typed: queries.search(actor, typed))
        yield _row("mistyped", typed, wall, cpu, found.total)
    for box, zoom in (((20, 28, 45, 50), 5), ((30, 38, 36, 42), 8)):
        wall, cpu, shown = _times(lambda box=box, zoom=zoom: queries.map_features(actor, "", box, zoom), 3)
        yield _row("map, grouped", f"zoom {zoom}", wall, cpu, shown["total"])


def summary(rows: list[Row]) -> list[Row]:
    """p50 and p95 over the questions of each kind that has a target."""
    found = []
    for kind, target in (("viewport", 5), ("words", 20), ("words + box + six facets", 150)):
        times = sorted(row["p50"] for row in rows if row["kind"] == kind)
        if times:
            given = [row["p95"] for row in rows if row["kind"] == kind and "p95" in row]
            p95 = given[0] if given else times[min(int(len(times) * 0.95), len(times) - 1)]
            found.append({"kind": kind, "p50": median(times), "p95": p95, "target": target})
    return found


def run(workspace: Path | str, out: Path | str | None = None, tell: Callable[[Row], None] | None = None) -> list[Row]:
    """Ask everything in this workspace; gives the rows, and writes them to ``out`` as JSON where that is given.

    ``tell`` is given each row as it is measured.
    """
    import django
    from django.apps import apps

    if not apps.ready:
        os.environ["TUTELA_WORKSPACE"] = str(workspace)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tutela.project.settings")
        django.setup()
    from tutela.people.rules import PUBLIC

    rows = []
    for row in chain(_viewports(PUBLIC), _questions(PUBLIC), _pages(PUBLIC)):
        rows.append(row)
        if tell:
            tell(row)
    if out:
        Path(out).write_text(json.dumps({"rows": rows, "summary": summary(rows)}, ensure_ascii=False, indent=1), encoding="utf-8")
    return rows


def main(arguments: list[str]) -> None:
    def tell(row: Row) -> None:
        hits, floor = ("" if row[name] is None else row[name] for name in ("hits", "floor"))
        times = " ".join(f"{row[name]:9.1f}" for name in ("p50", "worst", "cpu"))
        print(f"{row['kind']:26} {row['what'][:46]:46} {hits:>9} {times} {floor:>9}", flush=True)

    print(f"{'':73} {'hits':>9} {'p50 ms':>9} {'worst':>9} {'CPU ms':>9} {'floor':>9}")
    rows = run(arguments[0], arguments[1] if len(arguments) > 1 else None, tell)
    for one in summary(rows):
        print(f"{one['kind']}: p50 {one['p50']:.1f} ms, p95 {one['p95']:.1f} ms (target p50 ≤ {one['target']} ms)")


if __name__ == "__main__":
    main(sys.argv[1:])
