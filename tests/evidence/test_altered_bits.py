"""One bit turned over in an original, a working copy, a seal's papers, the log of reads or the journal of evidence: ``verify`` finds it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction
from support import sealing

from tutela.evidence import copies, custody, reads, seals
from tutela.people.rules import OPERATOR
from tutela.store import backend
from tutela.store.verify import verify

pytestmark = pytest.mark.django_db(databases="__all__")
LOG = ("evidence_access", "id", ("id", "at", "actor", "item", "act", "purpose", "chain"))
JOURNAL = ("store_line", "seq", ("seq", "change", "record", "act", "before", "digest", "chain", "salt", "document"))


@pytest.fixture
def held(settings: Any, tmp_path: Path) -> Path:
    """A workspace with originals, copies, a redacted one, a seal, reads of three kinds and an original that was lent."""
    folder = sealing.apart(settings, tmp_path / "held")
    room = sealing.furnish(tmp_path / "in")
    copies.make(OPERATOR, room.items)
    copies.redact(OPERATOR, room.items[1], [{"x": 0.3, "y": 0.3, "w": 0.2, "h": 0.2, "why": "face"}])
    for number in range(6):
        act = ("viewed", "exported", "copied")[number % 3]
        custody.open_original(OPERATOR, room.items[number % 2], act, f"reason {number}").close()
    seals.seal(OPERATOR, room.items)
    custody.hand_over(OPERATOR, room.items[0], "lent", to="A court")
    assert verify() == []
    return folder


def turned(value: Any, chance: random.Random) -> Any:
    """The value with one bit turned over; None where there is no bit, or none that the database can hold."""
    if isinstance(value, int):
        return value ^ 1 << chance.randrange(12)
    if hasattr(value, "isoformat"):
        return None
    raw = bytearray(value.encode() if isinstance(value, str) else bytes(value or b""))
    if not raw:
        return None
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(7 if isinstance(value, str) else 8)
    return bytes(raw) if not isinstance(value, str) else None if 0 in raw else raw.decode("utf-8", "replace")


@contextmanager
def a_file(folder: Path, chance: random.Random) -> Iterator[str]:
    path = chance.choice(sorted(path for root in ("blobs", "copies") for path in (folder / root).glob("??/*")))
    content = path.read_bytes()
    changed = bytearray(content)
    place = chance.randrange(len(content) * 8)
    changed[place // 8] ^= 1 << place % 8
    path.write_bytes(changed)
    yield f"bit {place} of {path.relative_to(folder)}"
    path.write_bytes(content)


def a_row(table: str, key: str, columns: tuple[str, ...], name: Callable[[], str]) -> Any:
    @contextmanager
    def altered(folder: Path, chance: random.Random) -> Iterator[str | None]:
        column, alias = chance.choice(columns), name()
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            selected = backend.time_column('"at"', connections[alias].vendor) if column == "at" else f'"{column}"'
            cursor.execute(f'SELECT {key}, {selected} FROM {table} ORDER BY {key}')
            number, value = chance.choice(cursor.fetchall())
            changed, told = turned(value, chance), None
            if changed is not None:
                try:
                    with transaction.atomic(using=alias):
                        cursor.execute(f'UPDATE {table} SET "{column}" = %s WHERE {key} = %s', [changed, number])
                    told = f"{table}.{column} of {number}: {value!r} became {changed!r}"
                except DatabaseError:
                    pass  # what the database refuses to hold
            yield told
            transaction.set_rollback(True, using=alias)

    return altered


WAYS = (a_file, a_file, a_row(*LOG, reads.alias), a_row(*JOURNAL, lambda: "default"))


def unnoticed(folder: Path, count: int, seed: int) -> list[str]:
    """Those of so many altered bits that nobody found."""
    chance, missed, done = random.Random(seed), [], 0
    while done < count:
        with WAYS[done % len(WAYS)](folder, chance) as told:
            if told is None:
                continue
            done += 1
            if not verify():
                missed.append(told)
    assert verify() == []
    return missed


def test_any_one_bit_is_found(held: Path) -> None:
    assert unnoticed(held, 60, 1954) == []


@pytest.mark.long
def test_any_one_bit_is_found_twelve_hundred_times(held: Path) -> None:
    assert unnoticed(held, 1200, random.randrange(1 << 30)) == []


@pytest.mark.sqlite_only
def test_a_moment_in_the_log_of_reads_has_one_spelling(held: Path) -> None:
    with connections[reads.alias()].cursor() as cursor:
        cursor.execute("UPDATE evidence_access SET at = replace(at, ' ', '!') WHERE id = 2")
    assert any(line.startswith("reads: line 2 ") for line in verify())
