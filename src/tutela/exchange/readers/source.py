"""What every reader gives back: a :class:`Source`, which states what was detected and yields rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tutela.errors import Problem, Unusable, problem

from . import problems  # noqa: F401  (declares the codes)

# (number, values, geometry): number is the row a spreadsheet shows (header = 1 where nothing stands above it), or the
# n-th feature of a map file; values follow Source.columns; geometry is a GeoJSON-like dict in EPSG:4326, longitude
# first, or None.
Row = tuple[int, list[Any], dict[str, Any] | None]

LISTED = 200  # at most so many warnings of one code are listed; all are counted in stated["counts"]
SHOWN = 1_000  # characters kept of a cell of a refused row that is too long


@dataclass(frozen=True, slots=True)
class Refused:
    """One row that cannot be read, with its cells (shortened if huge) so that it can be written out and mended."""

    number: int
    problem: Problem
    values: list[Any]


@dataclass
class Source:
    """One table or layer of one file.

    ``stated`` is plain data for the report.  ``warnings`` and ``refused`` grow while :meth:`rows` is read; a second
    reading starts them afresh.  ``sections`` are (row number, text) of headings amid the data.
    """

    path: Path
    name: str
    format: str
    columns: tuple[str, ...]
    geometry: bool
    stated: dict[str, Any]
    reader: Callable[[Source], Iterator[Row]] = field(repr=False)
    warnings: list[Problem] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    sections: list[tuple[int, str]] = field(default_factory=list)
    _opened_with: int | None = field(default=None, repr=False)
    _counts: Counter[str] = field(default_factory=Counter, repr=False)
    _hold: Any = field(default=None, repr=False)  # keeps a private temporary folder alive

    def rows(self) -> Iterator[Row]:
        """All rows, from the start.  Broken rows go to ``refused``; a file that breaks off raises ``Unusable``."""
        if self._opened_with is None:
            self._opened_with = len(self.warnings)
        del self.warnings[self._opened_with:]
        self.refused.clear()
        self.sections.clear()
        self._counts.clear()
        self.stated.pop("counts", None)
        return self.reader(self)

    def warn(self, code: str, *, row: int | None = None, column: str | None = None, value: object = None,
             **values: object) -> None:
        """Note something odd at a row.  Beyond ``LISTED`` of a code it is only counted."""
        self._counts[code] += 1
        self.stated["counts"] = dict(self._counts)
        if self._counts[code] <= LISTED:
            self.warnings.append(problem(code, file=self.name, row=row, column=column, value=value, **values))

    def refuse(self, code: str, number: int, row: list[Any], /, *, column: str | None = None, value: object = None,
               **values: object) -> None:
        """Refuse a row, keeping its cells."""
        kept = [c[:SHOWN] if isinstance(c, str) and len(c) > SHOWN else c for c in row[:2_000]]
        found = problem(code, file=self.name, row=number, column=column, value=value, **values)
        self.refused.append(Refused(number, found, kept))


def unusable(code: str, name: str, value: object = None, **values: object) -> Unusable:
    """The error for a file that cannot be used at all."""
    return Unusable(problem(code, file=name, value=value, **values))
