"""The state of every place at once, as arrays: from the typed table of findings and the entries of one audience.

A database hands over a column of numbers as one text many times quicker than as rows, and numpy reads it: of 1,000,000 places
with 3,000,000 findings that is a second, where grouping in the database or reading rows takes two to three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutela.assessment.rules import standing
from tutela.reports.moment import Moment, records_by
from tutela.store.search import Want, conditions, profile_clause

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.int64]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]

STRIDE = 2_000_000  # so many record numbers are asked for at a time: a text stays far below SQLite's limit, memory flat


@dataclass(slots=True)
class States:
    """All places with a finding that counts, by number.  ``hard``: those about which ``assessment.rules.state`` must be asked."""

    places: Numbers
    documented: Flags
    hard: Flags


@dataclass(slots=True)
class Scope:
    """The places that a question finds for an audience, by number; ``entries`` = place × 4 + the lowest audience of the entry."""

    entries: Numbers
    profiles: Numbers
    areas: Numbers  # 0: none

    @property
    def places(self) -> Numbers:
        return self.entries >> 2


def columns(held: Any, sql: str, values: Sequence[Any], number: int) -> list[Numbers]:
    """The columns (whole numbers, never null) of a SELECT ``v1, v2, …``, in its order."""

    names = ", ".join(f"v{n}" for n in range(1, number + 1))
    if held.vendor == "sqlite":
        texts = ", ".join(f"group_concat(v{n})" for n in range(1, number + 1))
        with held.cursor() as cursor:
            cursor.execute(f"SELECT {texts} FROM ({sql})", values)
            return [_read(text or "") for text in cursor.fetchone()]
    held.ensure_connection()
    with held.connection.cursor() as cursor, cursor.copy(f"COPY (SELECT {names} FROM ({sql}) q) TO STDOUT", values or None) as copy:
        found = _read(b"".join(copy).decode().rstrip().replace("\t", ",").replace("\n", ","))
    return [found[n::number] for n in range(number)]


def _read(text: str) -> Numbers:
    import numpy as np

    return np.fromstring(text, dtype=np.int64, sep=",") if text else np.zeros(0, np.int64)


def states(held: Any, at: Moment, day: int) -> States:
    """The state of all places on ``day`` as known at the moment; what was changed since is the caller's to put right."""
    places, bits = _findings(held, at, day)
    return _stands(places, bits)


def observed_by_then(at: Moment, day: int, made_by: int) -> str:
    """SQL: a row ``f`` of ``assessment_finding`` counts, was known at the moment and observed up to ``day`` (``rules.state.day``).

    The day stands below the class in ``standing``, so that one comparison answers for all classes.  ``made_by``: the highest
    record number made by the end of that day, for findings that say no day.
    """
    undated = f"f.standing IS NOT NULL AND (f.says & {standing.UNDATED}) > 0 AND f.record <= {made_by}"
    known = "" if at.is_now else f" AND f.record <= {int(at.records or 0)}"
    return f"((f.standing & {standing.DAYS}) < {standing.ends(day)} OR ({undated})){known}"


def _findings(held: Any, at: Moment, day: int) -> tuple[Numbers, Numbers]:
    """(place, bits of ``standing.says``) of every finding up to ``day``, by place and then by what stands."""
    import numpy as np

    with held.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM store_record")
        last = cursor.fetchone()[0]
    sqlite = held.vendor == "sqlite"
    # SQLite walks along the index, in its order; were it asked for that order, it would hand over each row once more.
    table, order = ("INDEXED BY assessment_finding_standing", "") if sqlite else ("", "ORDER BY f.place, f.standing, f.record")
    sql = (f"SELECT (f.place << 4) | f.says AS v1 FROM assessment_finding f {table} WHERE f.place >= %s AND f.place < %s "
           f"AND {observed_by_then(at, day, records_by(held, day))} {order}")
    parts = [columns(held, sql, [start, start + STRIDE], 1)[0] for start in range(0, last + 1, STRIDE)]
    together = np.concatenate(parts) if parts else np.zeros(0, np.int64)
    places = together >> 4
    if (places[1:] < places[:-1]).any():
        raise RuntimeError("findings came in another order than their index")
    return places, together & 15


def _stands(places: Numbers, bits: Numbers) -> States:
    """Each place: damaged where some finding lists damages, or the one that stands says damage."""
    import numpy as np

    if not len(places):
        return States(places, np.zeros(0, bool), np.zeros(0, bool))
    first = np.flatnonzero(np.concatenate(([True], places[1:] != places[:-1])))
    last = np.concatenate((first[1:], [len(places)])) - 1
    all_bits = np.bitwise_or.reduceat(bits, first)
    hard = ((all_bits & standing.UNDATED > 0) & (last > first)) | (all_bits & standing.CONSENSUS > 0)
    return States(places[first], (all_bits & standing.LISTS > 0) | (bits[last] & standing.SAYS > 0), hard)


def scope(held: Any, audience: int, want: Want, at: Moment) -> Scope:
    """The places that answer the question for the audience, made by the moment."""
    import numpy as np

    clauses, values = conditions("place", audience, want)
    more, _ = profile_clause(want)
    if not at.is_now:
        more = [*more, f"e.id < {(int(at.records or 0) + 1) * 4}"]
    entry, profile, area = (_bits(held, table) for table in ("store_entry", "store_profile", "store_area"))
    rest = f"(e.profile << {area} | coalesce(e.area, 0))"
    told = [f"(e.id << {profile + area}) | {rest}"] if entry + profile + area < 63 else ["e.id", rest]  # one number reads quicker than two
    named = ", ".join(f"{one} AS v{n}" for n, one in enumerate(told, 1))
    found = columns(held, f"SELECT {named} FROM store_entry e WHERE {' AND '.join([*clauses, *more])}", values, len(told))
    ids = found[0] >> (profile + area) if len(told) == 1 else found[0]
    if len(ids) > 1 and (ids[1:] < ids[:-1]).any():
        by_number = np.argsort(ids, kind="stable")
        ids, found = ids[by_number], [one[by_number] for one in found]
    return Scope(ids, (found[-1] >> area) & ((1 << profile) - 1), found[-1] & (1 << area) - 1)


def _bits(held: Any, table: str) -> int:
    """How many bits the largest number of a table takes."""
    with held.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        return int(cursor.fetchone()[0]).bit_length()


def among(numbers: Numbers, sought: Numbers) -> Flags:
    """For each of ``sought`` whether it is one of ``numbers`` (rising)."""
    import numpy as np

    if not len(numbers):
        return np.zeros(len(sought), bool)
    at = np.minimum(np.searchsorted(numbers, sought), len(numbers) - 1)
    return numbers[at] == sought
