"""PostgreSQL: GiST on boxes, ``tsvector`` for words, COPY for rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import connection

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS store_key (value varchar(500) NOT NULL, scheme varchar(40) NOT NULL, record bigint NOT NULL, "
    "PRIMARY KEY (value, scheme, record))",
    "CREATE TABLE IF NOT EXISTS store_link (target bigint NOT NULL, role varchar(24) NOT NULL, source bigint NOT NULL, "
    "PRIMARY KEY (target, role, source))",
    "ALTER TABLE store_entry ADD COLUMN IF NOT EXISTS box box GENERATED ALWAYS AS "
    "(CASE WHEN w IS NULL THEN NULL ELSE box(point(w, s), point(e, n)) END) STORED",
    "CREATE INDEX IF NOT EXISTS store_entry_box ON store_entry USING gist (box)",
    "ALTER TABLE store_words ADD COLUMN IF NOT EXISTS vector tsvector GENERATED ALWAYS AS ("
    "setweight(to_tsvector('simple'::regconfig, names), 'A') || "
    "setweight(to_tsvector('simple'::regconfig, ids), 'B') || "
    "setweight(to_tsvector('simple'::regconfig, areas), 'C') || "
    "setweight(to_tsvector('simple'::regconfig, text), 'D')) STORED",
    "CREATE INDEX IF NOT EXISTS store_entry_order ON store_entry (kind, title COLLATE \"C\", id)",
    "CREATE INDEX IF NOT EXISTS store_words_vector ON store_words USING gin (vector)",
    "DROP INDEX IF EXISTS store_term_trigram",  # of workspaces made before 0.2: words are compared one by one
)
WEIGHTS = {"names": "A", "ids": "B", "areas": "C", "text": "D"}
_WRITER = 0x7475_7465_6C61  # "tutela": the advisory lock of the one writer


def lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITER])


def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    names = ", ".join(f'"{c}"' for c in columns)
    connection.ensure_connection()
    with connection.connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        write = copy.write_row
        for row in rows:
            write(row)


def delete(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Delete the rows that hold just these values."""
    marks = f"({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        for start in range(0, len(rows), 1000):
            part = rows[start : start + 1000]
            cursor.execute(f"DELETE FROM {table} WHERE ({', '.join(columns)}) IN (VALUES {', '.join([marks] * len(part))})",
                           [value for row in part for value in row])


def set_lines(rows: Sequence[tuple[int, bool, int]]) -> None:
    """Rows (newest line, live, record)."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE store_record r SET line = v.line, live = v.live "
                       "FROM unnest(%s::bigint[], %s::boolean[], %s::bigint[]) AS v(line, live, id) WHERE r.id = v.id",
                       [list(column) for column in zip(*rows, strict=True)])


def create_indexes() -> None:
    with connection.cursor() as cursor:
        for sql in SCHEMA:
            cursor.execute(sql)


def drop_indexes() -> None:
    with connection.cursor() as cursor:
        for name in ("store_entry_box", "store_words_vector"):
            cursor.execute(f"DROP INDEX IF EXISTS {name}")


def indexed_at_the_end() -> AbstractContextManager[None]:
    """Indexes follow their rows by themselves."""
    return nullcontext()


def index_boxes(rows: Iterable[Any]) -> None:
    """A generated column holds them."""


def index_words(rows: Iterable[Any]) -> None:
    """A generated column holds them."""


def forget_entries(ids: Sequence[int]) -> None:
    """Remove entries and their words; the indexes follow by themselves."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM store_entry WHERE id = ANY(%s)", [list(ids)])
        cursor.execute("DELETE FROM store_words WHERE id = ANY(%s)", [list(ids)])


def forget_all() -> None:
    """Indexes follow their rows by themselves."""


def add_terms(terms: Sequence[tuple[int, str]]) -> None:
    """Keep words (number, word) not known yet."""
    insert("store_term", ("id", "word"), terms)


def check_indexes() -> list[str]:
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
                       "WHERE c.relname LIKE 'store_%%' AND NOT i.indisvalid")
        found += [f"index {row[0]} is not valid" for row in cursor.fetchall()]
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename IN ('store_entry', 'store_words')")
        names = {row[0] for row in cursor.fetchall()}
    missing = {"store_entry_box", "store_words_vector"} - names
    return found + [f"index {name} is missing" for name in sorted(missing)]


def explain(sql: str, parameters: Sequence[Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql, parameters)
        return "\n".join(row[0] for row in cursor.fetchall())
