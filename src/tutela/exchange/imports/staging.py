"""The staging file: what the rows of an import say, validated, before anything is written to the register.

A SQLite file of its own in the workspace's ``staging`` folder, without journal or sync: it is thrown away if anything fails.
"""

from __future__ import annotations

import marshal
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tutela.exchange.mapping.compile import Part

BATCH = 2000
BLOCK = 100  # rows written together: their many like field names are then written, and made again, once
MEMORY = 25_000  # a list of up to so many rows is staged in memory; a longer one in the file


@dataclass(slots=True)
class Staged:
    """One place as the import gives it: its key, the rows it comes from, and what they say together."""

    key: str | None
    id: str | None
    rows: list[tuple[int, int]]  # (file number, row)
    place: dict[str, Any]
    assessments: list[dict[str, Any]]
    odd: list[tuple[int, int]] = field(default_factory=list)  # rows of its key that look like a mistake


Held = tuple[Any, ...]  # (id, file, row, place, assessments)


class Staging:
    """Append parts; then read them back as places, rows with equal keys merged.

    Short lists stay in memory; beyond :data:`MEMORY` rows everything goes to the file, so that memory stays flat.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"import-{os.getpid()}-{os.urandom(4).hex()}.sqlite"
        self.db: sqlite3.Connection | None = None
        self.parts = 0
        self.repeated: set[str] = set()
        self._held: list[tuple[str | None, bool, Held]] = []
        self._keys: set[str] | None = None

    def add(self, part: Part, file: int, row: int, main: bool) -> None:
        self._held.append((part.key, main, (part.id, file, row, part.place, part.assessments)))
        if len(self._held) >= (MEMORY if self.db is None else BATCH):
            self._spill()

    def _spill(self) -> None:
        if self.db is None:
            self.db = sqlite3.connect(self.path, isolation_level=None)
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "temp_store=FILE", "cache_size=-16384"):
                self.db.execute(f"PRAGMA {pragma}")
            self.db.execute("CREATE TABLE part (n INTEGER PRIMARY KEY, key TEXT, main INT, file INT, row INT)")
            self.db.execute("CREATE TABLE block (n INTEGER PRIMARY KEY, data BLOB)")
            self.db.execute("BEGIN")
        self.parts += len(self._held)
        self.db.executemany("INSERT INTO part(key, main, file, row) VALUES (?, ?, ?, ?)",
                            [(key, int(main), held[1], held[2]) for key, main, held in self._held])
        self.db.executemany("INSERT INTO block(data) VALUES (?)", [(marshal.dumps(self._held[at : at + BLOCK]),)
                                                                   for at in range(0, len(self._held), BLOCK)])
        self._held.clear()

    def close_rows(self) -> None:
        """All rows have been added: find the keys that stand in several."""
        if self.db is None:
            self.parts = len(self._held)
            counted = Counter([key for key, _, _ in self._held if key is not None])
            self.repeated = {key for key, n in counted.items() if n > 1}
            return
        self._spill()
        self.db.execute("CREATE INDEX part_key ON part(key, main)")
        self.repeated = {key for (key,) in self.db.execute("SELECT key FROM part WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1")}
        if self.repeated:
            self._set_apart()

    def _set_apart(self) -> None:
        """Rows of repeated keys are wanted key by key: write each by itself, too."""
        assert self.db is not None
        self.db.execute("CREATE TABLE again (n INTEGER PRIMARY KEY, key TEXT, main INT, data BLOB)")
        self.db.executemany("INSERT INTO again(key, main, data) VALUES (?, ?, ?)",
                            ((key, int(main), marshal.dumps(held)) for key, main, held in self._parts() if key in self.repeated))
        self.db.execute("CREATE INDEX again_key ON again(key, main)")

    def orphans(self) -> list[tuple[str, int, int]]:
        """(key, file, row) of rows of related files whose key is in no main row."""
        if self.db is None:
            mains = {key for key, main, _ in self._held if main}
            return [(key, held[1], held[2]) for key, main, held in self._held if not main and key is not None and key not in mains]
        return self.db.execute("SELECT key, file, row FROM part WHERE main = 0 AND key NOT IN "
                               "(SELECT key FROM part WHERE main = 1 AND key IS NOT NULL) ORDER BY n").fetchall()

    def key_count(self) -> int:
        """How many different keys the main rows have."""
        if self.db is None:
            return len(self._main_keys())
        return self.db.execute("SELECT count(DISTINCT key) FROM part WHERE main = 1").fetchone()[0]

    def known(self, keys: list[str]) -> set[str]:
        """Those of these keys that stand in a main row."""
        if self.db is None:
            return self._main_keys() & set(keys)
        found: set[str] = set()
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ",".join("?" * len(part))
            found.update(key for (key,) in self.db.execute(f"SELECT DISTINCT key FROM part WHERE main = 1 AND key IN ({marks})", part))
        return found

    def _main_keys(self) -> set[str]:
        if self._keys is None:
            self._keys = {key for key, main, _ in self._held if main and key is not None}
        return self._keys

    def _parts(self) -> Iterator[tuple[str | None, bool, Held]]:
        if self.db is None:
            yield from self._held
            return
        last = 0
        while rows := self.db.execute("SELECT n, data FROM block WHERE n > ? ORDER BY n LIMIT 20", (last,)).fetchall():
            for _, data in rows:
                yield from marshal.loads(data)
            last = rows[-1][0]

    def _same(self) -> Callable[[str], tuple[list[Held], int]]:
        """A function that gives the parts of a repeated key, the main rows first, and how many main rows there are."""
        if self.db is None:
            by_key: dict[str, list[tuple[bool, Held]]] = {}
            for key, main, held in self._held:
                if key in self.repeated:
                    by_key.setdefault(key, []).append((not main, held))
            return lambda key: ([held for _, held in sorted(by_key[key], key=lambda pair: pair[0])],
                                sum(not related for related, _ in by_key[key]))
        db = self.db

        def stored(key: str) -> tuple[list[Held], int]:
            rows = db.execute("SELECT main, data FROM again WHERE key = ? ORDER BY main DESC, n", (key,)).fetchall()
            return [marshal.loads(data) for _, data in rows], sum(main for main, _ in rows)

        return stored

    def places(self) -> Iterator[Staged]:
        """Every place once, in the order its first main row came, with what all rows of its key say together."""
        from tutela.exchange.imports.merging import join

        repeated, same = self.repeated, self._same() if self.repeated else None
        done: set[str] = set()
        for key, main, held in self._parts():
            if not main:
                continue
            if same is not None and key in repeated:
                if key not in done:
                    done.add(key)
                    yield join(key, *same(key))
            else:
                own, file, row, place, assessments = held
                yield Staged(key, own, [(file, row)], place, assessments)

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, *exc: object) -> None:
        if self.db is not None:
            self.db.close()
        self.path.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove staging files left by processes that are gone (after kill -9, a power cut)."""
    import time

    for path in folder.glob("import-*.sqlite"):
        pid = path.stem.split("-")[1]
        if pid == str(os.getpid()):
            continue
        if os.name == "posix" and pid.isdigit():
            try:
                os.kill(int(pid), 0)
                continue
            except ProcessLookupError:
                pass
            except PermissionError:
                continue
        elif time.time() - path.stat().st_mtime < 86400:
            continue
        path.unlink(missing_ok=True)
