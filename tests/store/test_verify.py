"""``verify`` finds whatever was altered behind the register's back: one bit, a lost row, a row too many."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from support import register

from tutela.people.rules import OPERATOR
from tutela.store import backend, blobs, journal, rebuild
from tutela.store.verify import verify

pytestmark = pytest.mark.django_db(databases="__all__")

# table: (key, columns whose every bit counts, condition on the rows that are in use)
PARTS: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "store_line": (("seq",), ("seq", "change", "record", "act", "before", "digest", "chain", "salt", "document"), ""),
    "store_record": (("id",), ("id", "uuid", "kind", "line", "live"), ""),
    "store_change": (("id",), ("id", "at", "actor", "action", "note", "line", "last", "undoes"), ""),
    "store_entry": (
        ("id",),
        ("id", "record", "uuid", "kind", "low", "high", "title", "label", "x", "y", "w", "s", "e", "n", "profile", "area", "day", "value")
        + ("start", "finish", "document"),
        "",
    ),
    "store_words": (("id",), ("id", "names", "ids", "areas", "text"), ""),
    "store_key": (("scheme", "value", "record"), ("scheme", "value", "record"), ""),
    "store_link": (("source", "target", "role"), ("source", "target", "role"), ""),
    "store_term": (("id",), ("word",), "word IN ('mound', 'site', 'tell')"),
    "store_profile": (("id",), ("facets",), "id IN (SELECT profile FROM store_entry)"),
    "store_area": (("id",), ("key", "label"), "id IN (SELECT area FROM store_entry)"),
    "assessment_finding": (
        ("record",),
        ("record", "place", "observed_from", "observed_to", "recorded", "outcome", "condition", "extent", "damages")
        + ("status",),
        "",
    ),
}


@pytest.fixture
def ids() -> Iterator[list[str]]:
    """A filled register that holds."""
    filled = register.fill(14, account=False)
    assert verify() == []
    yield filled


def execute(sql: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else None


def flipped(value: Any, chance: random.Random) -> Any:
    """The value with one bit turned over; None where the database could not hold it."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(20))
    if isinstance(value, float):
        bits = int.from_bytes(struct.pack("<d", value), "little") ^ 1 << chance.randrange(63)
        return struct.unpack("<d", bits.to_bytes(8, "little"))[0]
    raw = bytearray(value.encode() if isinstance(value, str) else bytes(value))
    if not raw:
        return None
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    if not isinstance(value, str):
        return bytes(raw)
    return Raw(bytes(raw))


def at(table: str) -> str:
    """The condition that finds one row by its key."""
    return " AND ".join(f"{column} = %s" for column in PARTS[table][0])


def cells(table: str, column: str) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """(key, value) of every row in use, in order."""
    key, _, condition = PARTS[table]
    listed = ", ".join(key)
    selected = backend.time_column('"at"') if column == "at" else f'"{column}"'
    rows = execute(f'SELECT {listed}, {selected} FROM {table} {f"WHERE {condition}" if condition else ""} ORDER BY {listed}')
    return ((row[:-1], row[-1]) for row in rows)


class Raw(bytes):
    """Bytes to be stored as text, whether or not they are UTF-8."""


def mutate(chance: random.Random) -> str | None:
    """Turn over one bit of one cell; says where, or None where that cell holds nothing or the database refuses."""
    table = chance.choice(list(PARTS))
    column = chance.choice(PARTS[table][1])
    number, value = chance.choice(list(cells(table, column)))
    if hasattr(value, "isoformat"):
        return None  # PostgreSQL's own times: their bits are not ours to turn
    changed = flipped(value, chance) if value is not None else None
    if changed is None or changed == value or changed != changed:
        return None
    mark = "%s"
    if isinstance(changed, Raw):
        if connection.vendor == "sqlite":
            mark, changed = "CAST(%s AS TEXT)", bytes(changed)
        else:
            changed = changed.decode("utf-8", "replace").replace("\0", "")
    try:
        with transaction.atomic():
            execute(f'UPDATE {table} SET "{column}" = {mark} WHERE {at(table)}', changed, *number)
    except DatabaseError:
        return None
    return f"{table}.{column} of {number}: {value!r} became {changed!r}"


def unnoticed(count: int, seed: int) -> list[str]:
    """The mutations, of so many, that ``verify`` did not find."""
    chance, missed, done = random.Random(seed), [], 0
    while done < count:
        with transaction.atomic():
            said = mutate(chance)
            if said is not None:
                done += 1
                if not verify():
                    missed.append(said)
            transaction.set_rollback(True)
    assert verify() == []
    return missed


def test_any_one_bit_turned_over_is_found(ids: list[str]) -> None:
    assert unnoticed(240, 1954) == []


@pytest.mark.long
def test_any_one_bit_turned_over_is_found_a_thousand_times(ids: list[str]) -> None:
    assert unnoticed(1000, 11) == []


def test_another_public_id_is_found(ids: list[str]) -> None:
    execute("UPDATE store_record SET uuid = %s WHERE uuid = %s", "0" * 32, ids[13].replace("-", ""))
    assert verify()


@pytest.mark.parametrize("table", [*PARTS])
def test_a_lost_row_is_found(ids: list[str], table: str) -> None:
    for number, _ in list(cells(table, PARTS[table][0][0]))[-3:]:
        with transaction.atomic():
            execute(f"DELETE FROM {table} WHERE {at(table)}", *number)
            assert verify(), f"{table} {number}"
            transaction.set_rollback(True)


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO store_key (scheme, value, record) VALUES ('local', 'T-9', 1)",
        "INSERT INTO store_link (source, target, role) VALUES (3, 2, 'part-of')",
        "INSERT INTO store_words (id, names, ids, areas, text) VALUES (9999, 'x', '', '', '')",
        "INSERT INTO store_record (id, uuid, kind, line, live) VALUES (99, 'ffffffffffffffffffffffffffffffff', 1, 2, true)",
        "UPDATE store_record SET live = true WHERE NOT live",
        "UPDATE store_change SET undone_by = 1 WHERE id = 2",
    ],
)
def test_a_row_too_many_is_found(ids: list[str], sql: str) -> None:
    execute(sql)
    assert verify()


def test_an_altered_file_is_found_and_so_is_one_that_does_not_belong(ids: list[str]) -> None:
    digest = next(blobs.every())
    file = blobs.where(digest)
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    stranger = file.parent / "note.txt"
    stranger.write_text("x")
    try:
        found = verify()
    finally:
        file.write_bytes(content)
        stranger.unlink()
    assert found == [f"blobs: {digest} was altered", f"blobs: {digest[:2]}/note.txt does not belong here"]
    assert verify() == []


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM store_box WHERE id = 4",
        "UPDATE store_box SET w = w - 1 WHERE id = 4",
        "UPDATE store_box SET low = 3 WHERE id = 4",
        "INSERT INTO store_fts(store_fts) VALUES ('delete-all')",
    ],
)
def test_an_index_that_does_not_fit_is_found_and_mended(ids: list[str], sql: str) -> None:
    execute(sql)
    assert any(line.startswith("index") for line in verify())
    rebuild.everything()
    assert verify() == []


def test_deriving_everything_anew_mends_all_that_is_derived_and_nothing_else(ids: list[str]) -> None:
    before = journal.head()
    execute("DELETE FROM store_key")
    execute("UPDATE store_entry SET x = 0, title = 'wrong'")
    execute("DELETE FROM assessment_finding")
    execute("UPDATE store_area SET label = 'elsewhere'")
    assert verify()
    rebuild.everything()
    assert verify() == [] and journal.head() == before
    execute("UPDATE store_line SET document = '{}' WHERE seq = 3")
    rebuild.everything()
    assert verify()


def test_a_payload_erased_with_a_reason_holds_and_one_erased_without_does_not(ids: list[str]) -> None:
    (seq,) = execute("SELECT before FROM store_line WHERE before IS NOT NULL ORDER BY seq")[0]
    journal.erase(OPERATOR.id, [seq], "a name was in it")
    assert verify() == []
    execute("UPDATE store_line SET document = NULL, salt = NULL WHERE seq = 2")
    assert any("gone without a recorded reason" in line for line in verify())


def test_a_register_full_of_faults_is_told_in_so_many_lines(ids: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutela.store.verify.MOST", 5)
    execute("UPDATE store_entry SET title = 'wrong'")
    found = verify()
    assert len(found) == 6 and found[-1].startswith("… and ")


def test_blobs_are_kept_once_under_their_digest_and_never_half(tmp_path: Path) -> None:
    import io

    from tutela.errors import TutelaError

    class Breaks(io.BytesIO):
        def read(self, *size: Any) -> bytes:
            raise OSError("the stick was pulled out")

    digest = blobs.put(io.BytesIO(b"original"), into=tmp_path)
    assert blobs.put(io.BytesIO(b"original"), into=tmp_path) == digest == next(blobs.every(tmp_path))
    assert blobs.open(digest, tmp_path).read() == b"original"
    with pytest.raises(OSError):
        blobs.put(Breaks(), into=tmp_path)
    with pytest.raises(TutelaError, match="blob-other"):
        blobs.put(io.BytesIO(b"other"), expected=digest, into=tmp_path)
    for name in ("../../tutela.json", "AB", ""):
        with pytest.raises(TutelaError, match="blob-unknown"):
            blobs.open(name, tmp_path)
    assert list(blobs.every(tmp_path)) == [digest] and not any((tmp_path / blobs.INCOMING).iterdir())
    assert list(blobs.check(tmp_path)) == []
