"""The condition of a whole register: how long the damaged-places list takes to count, to write, and one place's state.

``python -m bench.condition [NUMBER] [--full]`` makes 200,000 places with 600,000 assessments (NUMBER of places with three each)
in a workspace of its own and measures in it; ``--full`` writes the whole list to a file, too. The first 20,000 places are
written straight into the tables, as ``store.write`` would leave them but for the journal's digests; then the database
multiplies them, with new numbers and ids. Through ``store.write`` the full register would take more than a quarter of an hour
to make. What is multiplied is what the list and ``state`` read: records, lines, links, findings, entries; words and boxes are
those of the first.
One assessment in a hundred is cited, to an item that the public may see; 1,000 assessments are corrected after the moment asked
about, 500 deleted.  DATABASE_URL names a PostgreSQL database to measure instead of SQLite.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

Found = dict[str, Any]
EACH = 3  # assessments a place
CITED = 100  # one assessment in so many
TYPES = ("mosque", "church", "caravanserai", "monument", "settlement", "fortification", "cemetery", "house")
COUNTRIES = ("SY", "IQ", "IR", "UA", "LB", "YE", "LY", "SD")
CONDITIONS = ("good", "fair", "poor", "very-bad", "destroyed")
CATEGORIES = ("immovable-monument", "immovable-archaeological-site", "immovable-group")
BATCH = 20_000


def _place(n: int, chance: random.Random) -> dict[str, Any]:
    country = COUNTRIES[n % len(COUNTRIES)]
    made: dict[str, Any] = {
        "names": [{"text": f"Place {n}", "lang": "en"}], "country": country, "category": CATEGORIES[n % 3],
        "types": [{"code": chance.choice(TYPES)}], "areas": [{"kind": "province", "name": f"Province {n % 97}"}],
        "geometries": [{"geojson": {"type": "Point", "coordinates": [20 + chance.random() * 25, 28 + chance.random() * 22]}}],
        "sources": [{"key": "s1", "title": "Benchmark"}],
    }
    if n % 10 == 0:
        made["protections"] = [{"instrument": "national-list", "level": "general"}]
    return made


def _assessment(place: str, chance: random.Random) -> dict[str, Any]:
    """One in five says damage: an assumption, so that a list of a million holds some hundreds of thousands."""
    made: dict[str, Any] = {"place": place, "status": "published", "method": chance.choice(("desk", "remote", "field")),
                            "observed": f"{chance.randint(2010, 2025)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"}
    if chance.random() < 0.1:
        return {**made, "outcome": chance.choice(("not-visible", "not-visited"))}
    harmed = chance.random() < 0.2
    made["condition"] = {"code": chance.choice(CONDITIONS[2:] if harmed else CONDITIONS[:2])}
    if harmed and chance.random() < 0.5:
        made["damages"] = [{"key": "d1", "cause": {"code": "water-wind"}, "effect": {"code": "erosion"}}]
    return made


def fill(places: int) -> Found:
    """Make the register in the workspace that is open; gives how long it took and the line before the corrections."""
    begun = time.perf_counter()
    base = min(places, BATCH)
    _base(base)
    for copy in range(1, places // base):
        _multiply(copy, base * (1 + EACH), base * (1 + EACH) + 1)
    _seal()
    cited = _cite(places)
    then = _head()
    _correct()
    return {"places": places, "assessments": places * EACH, "cited": cited, "line": then, "seconds": round(time.perf_counter() - begun, 1)}


def _head() -> int:
    from tutela.store import journal

    return journal.head()[0]


def _multiply(copy: int, records: int, lines: int) -> None:
    """Copy the first ``records`` records, with numbers and lines so much higher and other public ids."""
    from django.db import connection

    by, seq, prefix = copy * records, copy * lines, f"{copy:08x}"
    entry = ("id", "record", "kind", "low", "high", "title", "x", "y", "w", "s", "e", "n", "profile", "area", "day", "value", "start",
             "finish", "document")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM store_entry LIMIT 0")
        more = [c[0] for c in cursor.description if c[0] not in (*entry, "box")]
        shifted = {"id": f"id + {by * 4}", "record": f"record + {by}", "uuid": f"'{prefix}' || substr(uuid, 9)"}
        names = [*entry, *more]
        jobs = [
            ("store_record", "id, uuid, kind, line, live", f"id + {by}, '{prefix}' || substr(uuid, 9), kind, line + {seq}, live",
             f"id <= {records}"),
            ("store_line", "seq, change, record, act, before, digest, chain, salt, document",
             f"seq + {seq}, change, record + {by}, act, before, digest, chain, salt, {_moved(prefix)}", f"seq <= {lines}"),
            ("store_link", "target, role, source", f"target + {by}, role, source + {by}", f"target <= {records}"),
            ("store_entry", ", ".join(names), ", ".join(shifted.get(name, name) for name in names), f"record <= {records}"),
        ]
        cursor.execute("SELECT * FROM assessment_finding LIMIT 0")
        columns = [c[0] for c in cursor.description]
        jobs.append(("assessment_finding", ", ".join(columns),
                     ", ".join(f"{c} + {by}" if c in ("record", "place") else c for c in columns), f"record <= {records}"))
        for table, into, values, where in jobs:
            cursor.execute(f"INSERT INTO {table} ({into}) SELECT {values} FROM {table} WHERE {where}")


def _moved(prefix: str) -> str:
    """SQL: an assessment's document with the id of the copied place."""
    from django.db import connection

    at = "instr(document, '\"place\":\"')" if connection.vendor == "sqlite" else "strpos(document, '\"place\":\"')"
    return f"CASE WHEN {at} = 0 THEN document ELSE substr(document, 1, {at} + 8) || '{prefix}' || substr(document, {at} + 17) END"


def _seal() -> None:
    """The one change ends at the last line."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE store_change SET last = (SELECT max(seq) FROM store_line) WHERE id = 1")


def _base(places: int) -> None:
    """The first places, with documents of their own."""
    from django.db import transaction

    from tutela.store import backend, journal, views, write
    from tutela.store.documents import new_ids
    from tutela.store.kinds import KINDS

    with transaction.atomic():
        backend.lock()
        change = _Opened(journal, "bench.fill")
        with backend.module().indexed_at_the_end():
            for first in range(0, places, BATCH):
                number = min(BATCH, places - first)
                ids = new_ids(number * (1 + EACH))
                chance = random.Random(first)
                rows, owners, numbers = [], [], {}
                for n in range(number):
                    document = _place(first + n, chance)
                    series = [_assessment(ids[n], chance) for _ in range(EACH)]
                    record = change.add("place", ids[n], document)
                    numbers[ids[n]] = record
                    rows.append((KINDS["place"], record, document))
                    owners.append(views.Owner(record, KINDS["place"], document, True, dependants=[("assessment", a) for a in series]))
                    for k, assessment in enumerate(series):
                        rows.append((KINDS["assessment"], change.add("assessment", ids[number + n * EACH + k], assessment), assessment))
                change.write()
                write.derive(rows, numbers)
                views.renew(change.change, owners)
        change.end()


class _Opened:
    """A change whose lines carry no digests worth the name."""

    def __init__(self, journal: Any, action: str) -> None:
        from datetime import UTC, datetime

        seq, _ = journal.head()
        self.first = self.seq = seq + 1
        self.action, self.at = action, datetime.now(UTC).replace(microsecond=0)
        self.change = journal.Change(1, self.at, "operator", action, self.seq, bytes(32), 1)
        self.record = 0
        self.lines: list[tuple[Any, ...]] = [(self.seq, 1, None, 0, None, bytes(32), bytes(32), bytes(16), "{}")]
        self.records: list[tuple[Any, ...]] = []

    def add(self, kind: str, uuid: str, document: dict[str, Any]) -> int:
        from tutela.store.documents import dumps
        from tutela.store.kinds import KINDS

        self.seq, self.record = self.seq + 1, self.record + 1
        self.lines.append((self.seq, 1, self.record, 1, None, bytes(32), bytes(32), bytes(16), dumps(document)))
        self.records.append((self.record, uuid, KINDS[kind].code, self.seq, True))
        return self.record

    def write(self) -> None:
        from tutela.store import backend
        from tutela.store.journal import LINE_COLUMNS
        from tutela.store.write import RECORD_COLUMNS

        backend.insert("store_line", LINE_COLUMNS, self.lines)
        backend.insert("store_record", RECORD_COLUMNS, self.records)
        self.lines, self.records = [], []

    def end(self) -> None:
        from tutela.store import backend

        self.write()
        backend.insert("store_change", ("id", "at", "actor", "action", "note", "line", "last", "undoes", "undone_by"),
                       [(1, backend.moment(self.at), "operator", self.action, "", self.first, self.seq, None, None)])


def _some(kind: str, every: int, most: int) -> list[tuple[int, str]]:
    from django.db import connection

    from tutela.store.kinds import KINDS

    with connection.cursor() as cursor:
        cursor.execute("SELECT id, uuid FROM store_record WHERE kind = %s AND id %% %s = 3 ORDER BY id LIMIT %s",
                       [KINDS[kind].code, every, most])
        return cursor.fetchall()


def _cite(places: int) -> int:
    from tutela.store import journal
    from tutela.store.documents import new_ids
    from tutela.store.write import Row, write

    chosen = _some("assessment", CITED, places)
    items = new_ids(len(chosen))
    with journal.change("operator", "bench.cite") as change:
        write(change, [Row("item", uuid, {"digest": uuid * 2, "size": 1, "media_type": "image/jpeg", "form": "photograph",
                                          "handling": {"mark": "open"}}, new=True) for uuid in items])
        write(change, [Row("citation", uuid, {"item": item, "record": record}, new=True)
                       for uuid, item, (_, record) in zip(new_ids(len(chosen)), items, chosen, strict=True)])
    return len(chosen)


def _correct() -> None:
    from tutela.inventory.queries import held
    from tutela.store import journal
    from tutela.store.write import Row, write

    chosen = [uuid for _, uuid in _some("assessment", 101, 1500)]
    with journal.change("operator", "bench.correct") as change:
        write(change, [Row("assessment", uuid, {**held(uuid)[0], "condition": {"code": "destroyed"}}) for uuid in chosen[:1000]])
        write(change, [Row("assessment", uuid, None) for uuid in chosen[1000:]])


def _times(ask: Callable[[], Any], repeat: int = 5) -> tuple[Found, Any]:
    """Wall and CPU seconds (median, worst wall) of some tries, nothing remembered between them; and the last answer."""
    from tutela.store.search import forget_counts

    wall, cpu, answer = [], [], None
    for _ in range(repeat):
        forget_counts()
        start, used = time.perf_counter(), time.process_time()
        answer = ask()
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - used)
    return {"wall": round(median(wall), 3), "worst": round(max(wall), 3), "cpu": round(median(cpu), 3)}, answer


def measure_list(line: int, as_of: str, known: bool) -> Found:
    """All figures of the list: six tables but levels, for the public.  Seconds; target 3 for 1,000,000 places."""
    from tutela.people.rules import PUBLIC
    from tutela.reports.queries import counted

    found, (whole, blocks) = _times(lambda: counted(PUBLIC, as_of=as_of, known_at=line if known else None))
    return {**found, "as_of": as_of, "known_at": "a line before the last changes" if known else "now", "documented": whole.documented,
            "verified": whole.verified, "lines": sum(len(b.counts) for b in blocks)}


def measure_opened(as_of: str) -> Found:
    """The ids behind one figure, the first thousand."""
    from tutela.people.rules import PUBLIC
    from tutela.reports.queries import opened

    found, ids = _times(lambda: opened(PUBLIC, "country", "SY", "documented", as_of=as_of), 3)
    return {**found, "ids": len(ids)}


def measure_file(folder: Path, query: str, as_of: str, kinds: tuple[str, ...] = ("csv", "xlsx", "json")) -> Found:
    """The list as files: {kind: wall and CPU seconds}, and the places in it (each read)."""
    from tutela.people.rules import PUBLIC
    from tutela.reports.actions import write_damaged

    found: Found = {}
    for kind in kinds:
        found[kind], told = _times(lambda kind=kind: write_damaged(PUBLIC, folder / f"out.{kind}", query=query, as_of=as_of), 1)
        found["rows"] = told["documented"]
    return found


def measure_state(places: int, line: int) -> Found:
    """The state of one place, over 1,000 places drawn at random: ms, median, 95th of a hundred and worst.  Target 5."""
    from tutela.assessment import queries
    from tutela.people.rules import PUBLIC
    from tutela.store.documents import dashed

    chance = random.Random(7)
    uuids = [uuid for _, uuid in _some("place", 4, 1 << 30)] or [uuid for _, uuid in _places()]
    chosen = [dashed(uuid) for uuid in chance.choices(uuids, k=1000)]
    found: Found = {}
    for name, options in (("now", {}), ("as_of", {"as_of": "2018-06-01"})):
        took = []
        for uuid in chosen:
            start = time.perf_counter()
            queries.state(PUBLIC, uuid, **options)
            took.append((time.perf_counter() - start) * 1000)
        took.sort()
        found[name] = {"p50": round(median(took), 2), "p95": round(took[949], 2), "worst": round(took[-1], 2)}
    return found


def _places() -> list[tuple[int, str]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT id, uuid FROM store_record WHERE kind = 1")
        return cursor.fetchall()


def measure_triage() -> Found:
    """The first fifty of the triage board over the whole register."""
    from tutela.people.rules import OPERATOR
    from tutela.reports.queries_triage import triage

    found, board = _times(lambda: triage(OPERATOR, "", limit=50), 3)
    return {**found, "read": board.read, "whole": board.whole}


def run(number: int, full: bool = False) -> Found:
    """Everything, over ``number`` places in a new workspace: once a process, for Django opens one workspace.

    ``full``: the list of the whole register as a file, too (a minute for a million places).
    """
    from bench import measure
    from bench.writing import folder
    from tutela.store import setup

    with folder() as at:
        setup.init_workspace(at / "condition", "Benchmark")
        return {**measured(at / "condition", fill(number), full), "machine": measure.machine()}


def measured(workspace: Path, made: Found, full: bool = False) -> Found:
    """What is measured in a workspace that :func:`fill` has filled."""
    line, places = made["line"], made["places"]
    found = {
        "register": made,
        "list": [measure_list(line, as_of, known) for as_of, known in (("2030", False), ("2018-06-01", False), ("2030", True),
                                                                       ("2018-06-01", True))],
        "opened": measure_opened("2030"),
        "file": measure_file(workspace, 'country:SY area:"Province 1"', "2030"),
        "state": measure_state(places, line),
        "triage": measure_triage(),
    }
    return found | ({"whole_file": measure_file(workspace, "", "2030", ("csv",))} if full else {})


def lines(found: Found) -> list[tuple[str, str, str, str]]:
    """(work, target, measured, verdict) for docs/performance.md."""
    made, rows = found["register"], []
    size = f"{made['places']:,} places with {made['assessments']:,} assessments"
    whole = made["places"] >= 1_000_000
    for one in found["list"]:
        asked = f"as of {'today' if one['as_of'] == '2030' else one['as_of']}"
        asked += ", as known before the last 1,500 changes" if one["known_at"] != "now" else ""
        rows.append((f"damaged list, all figures, {size}, {asked}" if not rows else f"… {asked}", "≤ 3 s for 1,000,000 places",
                     f"CPU {one['cpu']:.2f} s, wall {one['wall']:.2f} s ({one['documented']:,} documented, {one['verified']:,} verified)",
                     _met(one, 3) if whole else "—"))
    for name, title in (("file", "the list of one region, its rows too, as CSV"), ("whole_file", "the list of all, its rows too, as CSV")):
        if name in found:
            one = found[name]
            rows.append((f"… {title}", "—",
                         f"CPU {one['csv']['cpu']:.1f} s, wall {one['csv']['wall']:.1f} s for {one['rows']:,} places", "—"))
    for name, asked in (("now", ""), ("as_of", ", as of a day")):
        one = found["state"][name]
        rows.append((f"state of one place{asked}, in the same register", "≤ 5 ms", f"{one['p50']:.1f} ms (p95 {one['p95']:.1f})",
                     "met" if one["p50"] <= 5 else f"falls short: {one['p50'] / 5:.1f} times it"))
    return rows


def _met(one: Found, target: float) -> str:
    """Whether it is met by the wall clock; else whether by the time that was really spent on it."""
    if one["wall"] <= target:
        return "met"
    return "met in CPU time; not by the wall clock of this busy machine" if one["cpu"] <= target else (
        f"falls short: {one['cpu'] / target:.1f} times it")


def main(arguments: list[str]) -> None:
    number = next((int(one) for one in arguments if one.isdigit()), 1_000_000 if os.environ.get("FULL") else 200_000)
    print(json.dumps(run(number, "--full" in arguments), indent=1))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    main(sys.argv[1:])
