"""What an import says of itself: to a person, as data, and for ever in the workspace."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tutela.errors import EXIT_OK, EXIT_REFUSED, Problem

KEPT = 2000  # problems kept in full; beyond that they are counted
SHOWN = 20  # groups of problems shown at a terminal
VALUES = 5  # values and rows named of each
OVERLOOKED = "column-unread"  # told in full, each column for itself


@dataclass(slots=True)
class Report:
    """Counts are places unless they say rows.  ``state``: dry, committed, refused (nothing written), undone."""

    id: int | None = None
    state: str = "dry"
    rows: int = 0
    places: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    assessments: int = 0
    absent: list[str] = field(default_factory=list)
    absent_count: int = 0
    warnings: list[Problem] = field(default_factory=list)
    warned: Counter[str] = field(default_factory=Counter)
    refused: list[Problem] = field(default_factory=list)
    refused_rows: int = 0
    skipped: int = 0
    mapping: str = ""
    mapping_title: str = ""
    files: list[dict[str, Any]] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    changed: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    refused_file: str | None = None
    change: int | None = None
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    def warn(self, found: Problem) -> None:
        self.warned[found.code] += 1
        if len(self.warnings) < KEPT:
            self.warnings.append(found)

    def warn_at(self, found: list[Problem], file: str, row: int) -> None:
        """What is odd in one row."""
        for one in found:
            self.warned[one.code] += 1
            if len(self.warnings) < KEPT:
                self.warnings.append(one.at(file=file, row=row))

    def refuse(self, found: Problem) -> None:
        self.refused_rows += 1
        if len(self.refused) < KEPT:
            self.refused.append(found)

    @property
    def exit_code(self) -> int:
        return EXIT_REFUSED if self.refused_rows else EXIT_OK

    @property
    def encoding(self) -> str | None:
        return next((f["stated"].get("encoding") for f in self.files if f.get("stated", {}).get("encoding")), None)

    def as_dict(self) -> dict[str, Any]:
        """The contract of ``import --json``, and more."""
        return {
            "import": self.id, "state": self.state, "rows": self.rows, "places": self.places, "created": self.created,
            "updated": self.updated, "unchanged": self.unchanged, "removed": self.removed, "assessments": self.assessments,
            "absent": self.absent, "absent_count": self.absent_count,
            "warnings": [w.as_dict() for w in self.warnings], "warned": dict(self.warned),
            "refused": [r.as_dict() for r in self.refused], "refused_rows": self.refused_rows, "skipped": self.skipped,
            "refused_file": self.refused_file, "mapping": self.mapping, "mapping_title": self.mapping_title,
            "encoding": self.encoding, "files": self.files, "unused": self.unused,
            "changed": dict(self.changed), "examples": self.examples, "change": self.change, "seconds": round(self.seconds, 3),
            "cpu_seconds": round(self.cpu_seconds, 3),
        }

    def lines(self) -> list[str]:
        """For a person at a terminal."""
        verb = {"dry": "would be ", "refused": "would be "}.get(self.state, "")
        out = []
        for given in self.files:
            stated = given.get("stated", {})
            facts = [given["format"], stated.get("encoding"), stated.get("separator") and f"separator {stated['separator']!r}",
                     stated.get("crs")]
            out.append(f"{given['name']}: {given['rows']:,} rows ({', '.join(str(f) for f in facts if f)})")
        out.append(f"Read with the mapping {self.mapping} ({self.mapping_title}).")
        out.append(f"{self.rows:,} rows, {self.places:,} places: {self.created:,} {verb}created, {self.updated:,} {verb}updated, "
                   f"{self.unchanged:,} unchanged, {self.refused_rows:,} rows refused.")
        if self.changed:
            out.append("Changed: " + ", ".join(f"{name} ({n:,})" for name, n in self.changed.most_common()))
        if self.absent_count:
            out.append(f"{self.absent_count:,} places of this list's earlier release are not in it any more; they stay.")
        if self.skipped:
            out.append(f"{self.skipped:,} rows were left out, as the mapping says (skip).")
        out += [f"{w.message} {w.todo}" for w in self.warnings if w.code == OVERLOOKED]
        out += self._warning_lines()
        out += self._refusal_lines()
        if self.state == "refused":
            out.append("Nothing was written. Mend these rows, or import the others with --partial.")
        elif self.state == "dry":
            out.append("This was a dry run: nothing was written.")
        elif self.id is not None:
            change = f" (change {self.change} in the journal)" if self.change else ""
            out.append(f"This is import {self.id}{change}; `tutela undo {self.id}` takes it back, "
                       f"`tutela search import:{self.id}` shows it.")
        if self.refused_file:
            out.append(f"The refused rows are in {self.refused_file}: mend them there and import that file.")
        told = {w.column for w in self.warnings if w.code == OVERLOOKED}
        silent = [name for name in self.unused if name not in told]
        if silent:
            out.append(f"Not read{' either' if told else ''}: {', '.join(silent[:12])}{' …' if len(silent) > 12 else ''}")
        return out

    def _warning_lines(self) -> list[str]:
        """Each kind of warning with its count and the values that come most often."""
        out = ["To look at: " + ", ".join(f"{code} ({n:,})" for code, n in self.warned.most_common())] if self.warned else []
        for code, _ in self.warned.most_common(SHOWN):
            if code == OVERLOOKED:
                continue  # each is told in full above
            found = [w for w in self.warnings if w.code == code]
            values = Counter((w.column, w.value) for w in found if w.value)
            if self.warned[code] == 1 and found and not found[0].column:
                out.append(f"  {code}: {found[0].message}")
            elif values:
                shown = "; ".join(f"{_where(column)}“{_cut(value)}” ({n:,})" for (column, value), n in values.most_common(VALUES))
                more = f"; … {len(values) - VALUES:,} other values" if len(values) > VALUES else ""
                out.append(f"  {code}: {shown}{more}")
        return out

    def _refusal_lines(self) -> list[str]:
        """Refusals of one kind, column and value together, with their count and first rows."""
        groups: dict[tuple[Any, ...], list[Problem]] = {}
        for found in self.refused:
            groups.setdefault((found.code, found.file, found.column, found.value), []).append(found)
        ordered = sorted(groups.values(), key=len, reverse=True)
        out = []
        for group in ordered[:SHOWN]:
            first, rows = group[0], [str(f.row) for f in group if f.row is not None]
            many = f"{len(group):,} rows, " if len(group) > 1 else ""
            where = ("rows " if len(rows) > 1 else "row ") + ", ".join(rows[:VALUES]) if rows else ""
            where += " …" if len(rows) > VALUES else ""
            place = " ".join(filter(None, (first.file, where)))
            out.append(f"  refused: {many}{', '.join(filter(None, (place, first.column)))}: {first.message} {first.todo} [{first.code}]")
        left = self.refused_rows - sum(map(len, ordered[:SHOWN]))
        return [*out, f"  … and {left:,} rows more."] if left > 0 else out


def _where(column: str | None) -> str:
    return f"{column}: " if column else ""


def _cut(value: str | None) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else f"{text[:39]}…"
