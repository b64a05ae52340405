"""SQLite: R*Tree for boxes, FTS5 for words, ``executemany`` for rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

SCHEMA = (
    # Each is one tree: no row numbers beside it, no index beside the table.
    "CREATE TABLE IF NOT EXISTS store_key (value TEXT NOT NULL, scheme TEXT NOT NULL, record INTEGER NOT NULL, "
    "PRIMARY KEY (value, scheme, record)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS store_link (target INTEGER NOT NULL, role TEXT NOT NULL, source INTEGER NOT NULL, "
    "PRIMARY KEY (target, role, source)) WITHOUT ROWID",
    # Boxes and audiences in one tree: an entry is found only where low <= audience <= high.
    "CREATE VIRTUAL TABLE IF NOT EXISTS store_box USING rtree(id, w, e, s, n, low, high)",
    # Words are folded before they come here, so that the ASCII tokenizer (which keeps every other letter) is exact.
    "CREATE VIRTUAL TABLE IF NOT EXISTS store_fts USING fts5(names, ids, areas, text, content='store_words', "
    "content_rowid='id', tokenize='ascii', detail='column', columnsize=0)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS store_term_fts USING fts5(word, content='store_term', content_rowid='id', "
    "tokenize='trigram', columnsize=0)",
)
INDEX_TABLES = ("store_box", "store_fts", "store_term_fts")


def _raw() -> Any:
    connection.ensure_connection()
    return connection.connection


def lock() -> None:
    """``transaction_mode`` IMMEDIATE has taken it already."""


def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    names = ", ".join(f'"{c}"' for c in columns)
    _raw().executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})", rows)


def create_indexes() -> None:
    for sql in SCHEMA:
        _raw().execute(sql)


def drop_indexes() -> None:
    for name in INDEX_TABLES:
        _raw().execute(f"DROP TABLE IF EXISTS {name}")


def index_boxes(rows: Iterable[tuple[int, float, float, float, float, int, int]]) -> None:
    """Rows (entry, w, e, s, n, low, high)."""
    _raw().executemany("INSERT INTO store_box VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def index_words(rows: Iterable[tuple[int, str, str, str, str]]) -> None:
    """Rows (entry, names, ids, areas, text), already stored in ``store_words``."""
    _raw().executemany("INSERT INTO store_fts(rowid, names, ids, areas, text) VALUES (?, ?, ?, ?, ?)", rows)


def forget_entries(ids: Sequence[int]) -> None:
    """Take entries out of the indexes; call it before their rows in ``store_words`` go."""
    raw = _raw()
    keys = [(i,) for i in ids]
    raw.executemany("DELETE FROM store_box WHERE id = ?", keys)
    raw.executemany("INSERT INTO store_fts(store_fts, rowid, names, ids, areas, text) "
                    "SELECT 'delete', id, names, ids, areas, text FROM store_words WHERE id = ?", keys)


def forget_all() -> None:
    raw = _raw()
    raw.execute("DELETE FROM store_box")
    raw.execute("INSERT INTO store_fts(store_fts) VALUES ('delete-all')")
    raw.execute("INSERT INTO store_term_fts(store_term_fts) VALUES ('delete-all')")


def add_terms(words: Iterable[str]) -> None:
    """Make known the words not yet known."""
    raw = _raw()
    for word in words:
        cursor = raw.execute("INSERT OR IGNORE INTO store_term(word) VALUES (?)", (word,))
        if cursor.rowcount:
            raw.execute("INSERT INTO store_term_fts(rowid, word) VALUES (?, ?)", (cursor.lastrowid, word))


def words_clause(groups: Sequence[Sequence[str]], column: str | None) -> tuple[str, list[Any]]:
    """SQL true for entries ``e`` with, for each group, one word that begins with one of the group's words."""
    parts = []
    for group in groups:
        alternatives = " OR ".join(f'"{word}"*' for word in group)
        parts.append(f"({alternatives})")
    match = " AND ".join(parts)
    if column:
        match = f"{{{column}}} : ({match})"
    return "e.id IN (SELECT rowid FROM store_fts WHERE store_fts MATCH %s)", [match]


def box_clause(box: tuple[float, float, float, float], audience: int) -> tuple[str, list[Any]]:
    """SQL true for entries whose representative point lies in the box (w, s, e, n); the tree first, then the exact test."""
    w, s, e, n = box
    return ("e.id IN (SELECT id FROM store_box WHERE e >= %s AND w <= %s AND n >= %s AND s <= %s AND low <= %s AND high >= %s)"
            " AND e.e >= %s AND e.w <= %s AND e.n >= %s AND e.s <= %s",
            [w, e, s, n, audience, audience, w, e, s, n])


def similar_terms(word: str, most: int = 40) -> list[str]:
    """Known words that share trigrams with this one, the likeliest first; the caller measures the distance."""
    grams = {word[i : i + 3] for i in range(len(word) - 2)}
    if not grams:
        return []
    match = " OR ".join(f'"{g}"' for g in sorted(grams))
    rows = _raw().execute("SELECT word FROM store_term_fts WHERE store_term_fts MATCH ? "
                          "ORDER BY rank LIMIT ?", (match, most))
    return [row[0] for row in rows]


def containing_terms(part: str, most: int = 50) -> list[str]:
    """Known words that contain this part (three letters or more)."""
    rows = _raw().execute("SELECT word FROM store_term_fts WHERE store_term_fts MATCH ? LIMIT ?", (f'"{part}"', most))
    return [row[0] for row in rows]


def check_indexes() -> list[str]:
    """Sentences for what the indexes lack or have too much."""
    raw, found = _raw(), []
    for table in ("store_fts", "store_term_fts"):
        try:
            raw.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")
        except Exception as error:  # sqlite3.DatabaseError: the index and its content differ
            found.append(f"index {table}: {error}")
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
