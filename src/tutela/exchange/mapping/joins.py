"""How several files of one list belong together: which is the main one, and by which columns the others join it."""

from __future__ import annotations

from dataclasses import dataclass

from tutela.exchange.mapping.headers import fields_of
from tutela.exchange.mapping.profile import Column
from tutela.exchange.readers.detect import fold


@dataclass
class Join:
    """The main file's number, its key column, and for each other file (number) the column that holds that key."""

    main: int
    key: str | None
    others: dict[int, str]


def find_join(tables: list[list[Column]]) -> Join:
    """The unique column of one table that most other tables refer to."""
    if len(tables) == 1:
        return Join(0, None, {})
    best: tuple[tuple[float, ...], Join] | None = None
    for number, table in enumerate(tables):
        for key in table:
            if not key.numbering:
                continue
            others = {}
            for other_number, other in enumerate(tables):
                if other_number != number and (found := _referring(key, other)):
                    others[other_number] = found
            score = (len(others), "key" in dict(fields_of(key.name)), len(table), -table.index(key))
            if others and (best is None or score > best[0]):
                best = (score, Join(number, key.name, others))
    if best is not None:
        return best[1]
    return Join(max(range(len(tables)), key=lambda n: len(tables[n])), None, {})


def _referring(key: Column, table: list[Column]) -> str | None:
    """The column whose values are nearly all among the key's; one of the same name first."""
    fitting = []
    for column in table:
        if not column.filled or column.filled * 10 < column.rows * 9:
            continue
        inside = sum(n for v, n in column.values.items() if v in key.values)
        total = sum(column.values.values())
        same = fold(column.name) == fold(key.name)
        if inside >= total * (0.5 if key.overflow else 0.9) and (same or not _small(key)):
            fitting.append((same, inside / total, column.name))
        elif same and inside >= total * 0.5:
            fitting.append((same, inside / total, column.name))
    return max(fitting)[2] if fitting else None


def _small(key: Column) -> bool:
    """Short running numbers occur in many columns by chance: only a column of the same name is believed."""
    return max(map(len, key.values)) <= 4 and key.numeric > 0.9
