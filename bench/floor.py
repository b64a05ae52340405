"""The floor: the standard library's sqlite3 alone puts the same places into one table, an R*Tree and an FTS5 index.

No validation, no journal, no identifiers of our own, no undo, no audiences: what nobody can beat in Python.
``python bench/floor.py CSV.GZ DATABASE``.
"""

from __future__ import annotations

import csv
import gzip
import re
import sqlite3
import sys

POINT = re.compile(r"POINT \((\S+) (\S+)\)")


def load(source: str, target: str) -> int:
    """Read, then insert by ``executemany``; gives the number of places."""
    rows = []
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file)):
            if number:
                x, y = map(float, POINT.match(row[4]).groups())  # type: ignore[union-attr]
                rows.append((number, *row[:4], x, y, *row[5:10], int(row[10])))
    db = sqlite3.connect(target, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("CREATE TABLE place(id INTEGER PRIMARY KEY, uuid UNIQUE, name, kind, type, x, y, admin, country, state, date, note, extent)")
    db.execute("CREATE VIRTUAL TABLE box USING rtree(id, w, e, s, n)")
    db.execute("CREATE VIRTUAL TABLE words USING fts5(name, note)")
    db.execute("BEGIN IMMEDIATE")
    db.executemany(f"INSERT INTO place VALUES ({', '.join('?' * 13)})", rows)
    db.executemany("INSERT INTO box VALUES (?, ?, ?, ?, ?)", ((r[0], r[5], r[5], r[6], r[6]) for r in rows))
    db.executemany("INSERT INTO words(rowid, name, note) VALUES (?, ?, ?)", ((r[0], r[2], r[11]) for r in rows))
    db.execute("COMMIT")
    db.close()
    return len(rows)


if __name__ == "__main__":
    print(load(sys.argv[1], sys.argv[2]))
