"""SQLite: R*Tree for boxes, FTS5 for words, ``executemany`` for rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

from django.db import connection

SCHEMA = (
    # Each is one tree: no row numbers beside it, no index beside the table.
    "CREATE TABLE IF NOT EXISTS store_key (value TEXT NOT NULL, scheme TEXT NOT NULL, record INTEGER NOT NULL, "
    "PRIMARY KEY (value, scheme, record)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS store_link (target INTEGER NOT NULL, role TEXT NOT NULL, source INTEGER NOT NULL, "
    "PRIMARY KEY (target, role, source)) WITHOUT ROWID",
    # Boxes, audiences, kinds and profiles in one tree: an entry is found only where low <= audience <= high, and a box is
    # counted from the tree alone.  Kind and profile stand as numbers so small that they do not shape the tree.
    "CREATE VIRTUAL TABLE IF NOT EXISTS store_box USING rtree(id, w, e, s, n, low, high, kind, profile)",
    # Entries that not everybody sees, or that are no places: few, so that what all see is counted without a look at the rows.
    "CREATE INDEX IF NOT EXISTS store_entry_apart ON store_entry (kind, low, high) WHERE NOT (kind = 1 AND low = 0 AND high = 3)",
    # Words are folded before they come here, so that the ASCII tokenizer (which keeps every other letter) is exact.
    "CREATE VIRTUAL TABLE IF NOT EXISTS store_fts USING fts5(names, ids, areas, text, content='store_words', "
    "content_rowid='id', tokenize='ascii', detail='column', columnsize=0)",
    "DROP TABLE IF EXISTS store_term_fts",  # of workspaces made before 0.2: words are compared one by one
)
BOX_OF = "SELECT id, w, e, s, n, low, high, -kind / 1048576.0, profile / 1073741824.0 FROM store_entry"
INDEX_TABLES = ("store_box", "store_fts")


def _raw() -> Any:
    connection.ensure_connection()
    return connection.connection


def lock() -> None:
    """``transaction_mode`` IMMEDIATE has taken it already."""


def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Columns in which none of the rows says anything are left out: Python's driver is slow at binding None."""
    rows = rows if isinstance(rows, list) else list(rows)
    said = [at for at in range(len(columns)) if any(row[at] is not None for row in rows)]
    if 1 < len(said) < len(columns):
        rows, columns = list(map(itemgetter(*said), rows)), [columns[at] for at in said]
    names = ", ".join(f'"{c}"' for c in columns)
    _raw().executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})", rows)


def delete(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Delete the rows that hold just these values."""
    _raw().executemany(f"DELETE FROM {table} WHERE {' AND '.join(f'{c} = ?' for c in columns)}", rows)


def set_lines(rows: Sequence[tuple[int, bool, int]]) -> None:
    """Rows (newest line, live, record)."""
    _raw().executemany("UPDATE store_record SET line = ?, live = ? WHERE id = ?", rows)


def create_indexes() -> None:
    for sql in SCHEMA:
        _raw().execute(sql)


def drop_indexes() -> None:
    for name in INDEX_TABLES:
        _raw().execute(f"DROP TABLE IF EXISTS {name}")


_later = False  # inside ``indexed_at_the_end``


@contextmanager
def indexed_at_the_end() -> Iterator[None]:
    """For much at once, inside one transaction: boxes and words are indexed in one go when all rows are written."""
    global _later
    raw = _raw()
    raw.execute("DROP TABLE store_box")
    raw.execute("INSERT INTO store_fts(store_fts) VALUES ('delete-all')")
    _later = True
    try:
        yield
    finally:
        _later = False
    create_indexes()
    raw.execute(f"INSERT INTO store_box {BOX_OF} WHERE w IS NOT NULL")
    raw.execute("INSERT INTO store_fts(store_fts) VALUES ('rebuild')")


def index_boxes(rows: Iterable[tuple[object, ...]]) -> None:
    """Rows (entry, w, e, s, n, low, high, kind, profile)."""
    if not _later:
        _raw().executemany("INSERT INTO store_box VALUES (?, ?, ?, ?, ?, ?, ?, -? / 1048576.0, ? / 1073741824.0)", rows)


def index_words(rows: Iterable[tuple[object, ...]]) -> None:
    """Rows (entry, names, ids, areas, text), already stored in ``store_words``."""
    if _later:
        return
    _raw().executemany("INSERT INTO store_fts(rowid, names, ids, areas, text) VALUES (?, ?, ?, ?, ?)", rows)


def forget_entries(ids: Sequence[int]) -> None:
    """Remove entries and their words, from the indexes first."""
    raw = _raw()
    listed = f"({','.join(map(str, map(int, ids)))})"
    if not _later:
        raw.execute(f"DELETE FROM store_box WHERE id IN {listed}")
        # One statement for all: a statement of its own for each would make the word index write itself out every time.
        raw.execute("INSERT INTO store_fts(store_fts, rowid, names, ids, areas, text) "
                    f"SELECT 'delete', id, names, ids, areas, text FROM store_words WHERE id IN {listed}")
    raw.execute(f"DELETE FROM store_entry WHERE id IN {listed}")
    raw.execute(f"DELETE FROM store_words WHERE id IN {listed}")


def forget_all() -> None:
    """Empty the indexes alone; their tables are the caller's."""
    raw = _raw()
    raw.execute("DELETE FROM store_box")
    raw.execute("INSERT INTO store_fts(store_fts) VALUES ('delete-all')")


def add_terms(terms: Sequence[tuple[int, str]]) -> None:
    """Keep words (number, word) not known yet."""
    _raw().executemany("INSERT INTO store_term(id, word) VALUES (?, ?)", terms)


def check_indexes() -> list[str]:
    """Sentences for what the indexes lack or have too much."""
    raw, found = _raw(), []
    try:
        raw.execute("INSERT INTO store_fts(store_fts, rank) VALUES ('integrity-check', 1)")
    except Exception as error:  # sqlite3.DatabaseError: the index and its content differ
        found.append(f"index store_fts: {error}")
    result = raw.execute("SELECT rtreecheck('store_box')").fetchone()[0]
    if result != "ok":
        found.append(f"index store_box: {result}")
    result = raw.execute("PRAGMA integrity_check").fetchone()[0]
    if result != "ok":
        found.append(f"database: {result}")
    boxes = raw.execute("SELECT count(*) FROM store_entry WHERE w IS NOT NULL AND id NOT IN (SELECT id FROM store_box)").fetchone()[0]
    spare = raw.execute("SELECT count(*) FROM store_box WHERE id NOT IN (SELECT id FROM store_entry)").fetchone()[0]
    if boxes or spare:
        found.append(f"index store_box: {boxes} entries missing, {spare} too many")
    return found


def explain(sql: str, parameters: Sequence[Any]) -> str:
    rows = _raw().execute("EXPLAIN QUERY PLAN " + sql.replace("%s", "?"), parameters)
    return "\n".join(row[3] for row in rows)
