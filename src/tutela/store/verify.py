"""Does everything hold?  The journal, the records, all that is derived from them, the indexes and the blobs, recomputed.

Rooms add checks of their own (``kinds.register_check``).

Each finding is one sentence that begins with the part it is about: ``journal:``, ``change 3:``, ``record 0198…:``,
``derived:``, ``index …:``, ``database:``, ``blobs:``.  Memory does not grow with the register.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from django.db import connection

from tutela.store import backend, blobs, journal
from tutela.store.documents import loads
from tutela.store.kinds import BY_CODE, CHECKS
from tutela.store.snapshot import lenient_text, reading
from tutela.store.verify_derived import check_derived

Progress = Callable[[str, int, int | None], None]
MOST = 1000  # findings told one by one

STEPS: tuple[tuple[str, Callable[[], Iterator[str]]], ...]


def verify(progress: Progress | None = None) -> list[str]:
    """All that does not hold, one sentence each; empty if everything does.

    Reads one moment of the register, while others may go on writing.  Only the check of the indexes takes the writer's
    place for its duration.  Beyond ``MOST`` findings the rest are counted.
    """
    found: list[str] = []
    more = 0
    steps = (*STEPS, *CHECKS)
    with lenient_text():
        with reading():
            more += _run(STEPS[:4], found, progress)
        more += _run(steps[4:], found, progress)
    if progress:
        progress("Everything", len(steps), len(steps))
    return found + ([f"… and {more:,} more"] if more else [])


def _run(steps: tuple[tuple[str, Callable[[], Iterator[str]]], ...], found: list[str], progress: Progress | None) -> int:
    """Run these steps; adds to ``found`` and gives how many findings had no room there."""
    more = 0
    for name, step in steps:
        if progress:
            progress(name, [label for label, _ in (*STEPS, *CHECKS)].index(name), len(STEPS) + len(CHECKS))
        findings = _guarded(name, step)
        found.extend(islice(findings, MOST - len(found)))
        more += sum(1 for _ in findings)
    return more


def _guarded(name: str, step: Callable[[], Iterator[str]]) -> Iterator[str]:
    """The findings of a step; what breaks the step itself is a finding too."""
    try:
        yield from step()
    except Exception as error:  # damaged rows can break any step, and each in its own way
        yield f"database: {name.lower()} cannot be checked to the end ({type(error).__name__}: {error})"


def _rows(sql: str, values: list[object] | None = None) -> Iterator[tuple[object, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values or [])
        while rows := cursor.fetchmany(2000):
            yield from rows


def check_changes() -> Iterator[str]:
    """Every change says who, when and what as the journal line that seals it does."""
    undone: dict[int, int] = {}
    yield from (f"change {number}: its last journal line is another" for (number,) in _rows(
        "SELECT c.id FROM store_change c LEFT JOIN store_line l ON l.seq = c.last LEFT JOIN store_line n ON n.seq = c.last + 1 "
        "WHERE l.change IS NULL OR l.change <> c.id OR n.change = c.id"))
    rows = _rows(f"SELECT c.id, {backend.time_column('c.at')}, c.actor, c.action, c.note, c.undoes, c.line, l.change, l.act, l.document "
                 "FROM store_change c LEFT JOIN store_line l ON l.seq = c.line ORDER BY c.id")
    for number, at, actor, action, note, undoes, _line, change, act, text in rows:
        if change != number or act != journal.NOTE:
            yield f"change {number}: its journal line is missing"
            continue
        if undoes is not None:
            undone[undoes] = number
        if text is None:
            continue  # erased, with a reason the journal's own check has seen
        try:
            sealed = loads(text)
            told = (sealed["at"], sealed["actor"], sealed["action"], sealed["note"], sealed["undoes"])
        except (ValueError, KeyError, TypeError):
            continue  # the journal's own check has told it
        if told != (backend.read_moment(at), actor, action, note, undoes):
            yield f"change {number}: who, when or what is not as the journal seals it"
    for number, by in _rows("SELECT id, undone_by FROM store_change WHERE undone_by IS NOT NULL"):
        if undone.pop(number, None) != by:
            yield f"change {number}: it is marked as undone by a change that does not undo it"
    for number in undone:
        yield f"change {number}: it was undone, but is not marked so"
    for (number,) in _rows("SELECT DISTINCT l.change FROM store_line l LEFT JOIN store_change c ON c.id = l.change WHERE c.id IS NULL"):
        yield f"change {number}: it is in the journal, but its row is gone"


def check_records() -> Iterator[str]:
    """Every record stands at its newest journal line, and is live unless that line deleted it."""
    rows = _rows("SELECT r.id, r.uuid, r.kind, r.line, r.live, l.record, l.act FROM store_record r "
                 "LEFT JOIN store_line l ON l.seq = r.line ORDER BY r.id")
    for number, uuid, kind, line, live, record, act in rows:
        if not (isinstance(uuid, str) and len(uuid) == 32 and set(uuid) <= set("0123456789abcdef")):
            yield f"record {uuid}: this is not a public id (number {number})"
        if record != number:
            yield f"record {uuid}: journal line {line}, at which it stands, is not one of its own"
        elif live not in (0, 1) or bool(live) != (act != journal.DELETE):
            yield f"record {uuid}: it is {'live' if live else 'deleted'}, but the journal says otherwise"
        if kind not in BY_CODE:
            yield f"record {uuid}: there is no kind {kind}"
    # Lines of one record follow one another by ``before``: where none follows, it is the newest.
    for uuid, line in _rows("SELECT r.uuid, m.seq FROM store_line m JOIN store_record r ON r.id = m.record WHERE m.before = r.line"):
        yield f"record {uuid}: it does not stand at its newest journal line ({line} follows)"
    for number, line in _rows("SELECT l.record, l.seq FROM store_line l LEFT JOIN store_record r ON r.id = l.record "
                              "WHERE l.record IS NOT NULL AND l.before IS NULL AND r.id IS NULL"):
        yield f"record number {number}: it is in the journal (line {line}), but its row is gone"


def check_indexes() -> Iterator[str]:
    """The indexes of boxes and words agree with their tables."""
    yield from backend.module().check_indexes()
    if connection.vendor == "sqlite":
        # The tree keeps boxes in 32 bits, rounded outwards: each must hold its entry, and be no wider than the rounding.
        yield from (f"index store_box: entry {number} has another box than its table" for (number,) in _rows(
            "SELECT e.id FROM store_entry e JOIN store_box b ON b.id = e.id "
            "WHERE NOT (b.w <= e.w AND b.e >= e.e AND b.s <= e.s AND b.n >= e.n "
            "AND b.w >= e.w - 0.0001 AND b.e <= e.e + 0.0001 AND b.s >= e.s - 0.0001 AND b.n <= e.n + 0.0001 "
            "AND b.low = e.low AND b.high = e.high)"))


STEPS = (
    ("Journal", journal.check),
    ("Changes", check_changes),
    ("Records", check_records),
    ("Derived data", check_derived),
    ("Indexes", check_indexes),
    ("Files", blobs.check),
)
