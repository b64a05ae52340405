"""What is asked of the store, as plain values: :class:`Want`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

Box = tuple[float, float, float, float]  # w, s, e, n in degrees; w > e: across the antimeridian


class Words(NamedTuple):
    """Words looked for in some columns ("names ids areas"): any of ``texts``; all groups of a text; any word of a group.

    A word means every word that begins with it; with "=" before it, that very word.
    """

    columns: str
    texts: tuple[tuple[tuple[str, ...], ...], ...]


@dataclass(slots=True)
class Want:
    """A question: all of its conditions hold, each list being "any of these".

    ``words`` and ``phrases`` (columns, folded phrase) must be there, ``not_words`` must not; ``facets`` and ``without``
    {facet: codes}; ``ranges`` {day, value or span (start/finish): (low, high)}; ``areas``, ``not_areas`` numbers of areas;
    ``box`` and ``also_box``; ``records`` numbers; ``change`` the number of a change that wrote them (0: none);
    ``prefer`` folded words of the whole question: titles that begin so come first.
    """

    words: list[Words] = field(default_factory=list)
    not_words: list[Words] = field(default_factory=list)
    phrases: list[tuple[str, str]] = field(default_factory=list)
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    without: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    areas: tuple[int, ...] | None = None
    not_areas: tuple[int, ...] = ()
    box: Box | None = None
    also_box: Box | None = None
    records: tuple[int, ...] | None = None
    change: int | None = None
    order: str = "name"
    prefer: str = ""
    plan: str | None = field(default=None, compare=False)  # what a database chose to read first

    def but(self, **changes: object) -> Want:
        """A copy with some conditions changed."""
        return replace(self, plan=None, **changes)  # type: ignore[arg-type]

    def key(self) -> str:
        """The same text for the same conditions, whatever the facets and the order."""
        return repr((self.words, self.not_words, self.phrases, sorted(self.ranges.items()), self.areas, self.not_areas,
                     self.box, self.also_box, self.records, self.change))

    @property
    def by_row(self) -> bool:
        """Whether a condition must be read from the entry's own row: all but words, box and facets."""
        return bool(self.phrases or self.ranges or self.areas is not None or self.not_areas or self.also_box
                    or self.records is not None or self.change is not None)


def ranges(want: Want) -> tuple[list[str], list[float]]:
    """SQL conditions on ``store_entry e`` for the ranges."""
    clauses: list[str] = []
    values: list[float] = []
    for name, (low, high) in want.ranges.items():
        first, last = ("finish", "start") if name == "span" else (name, name)
        if name not in ("day", "value", "span"):
            raise ValueError(f"there is no range of {name}")
        if low is not None:
            clauses.append(f"e.{first} >= %s")
            values.append(low)
        if high is not None:
            clauses.append(f"e.{last} <= %s")
            values.append(high)
    return clauses, values


def areas(want: Want) -> list[str]:
    """SQL conditions on ``store_entry e`` for the areas."""
    clauses = []
    if want.areas is not None:
        clauses.append(f"e.area IN ({','.join(map(str, map(int, want.areas))) or 'NULL'})")
    if want.not_areas:
        clauses.append(f"(e.area IS NULL OR e.area NOT IN ({','.join(map(str, map(int, want.not_areas)))}))")
    return clauses


def in_box(box: Box) -> tuple[str, list[float]]:
    """SQL true for entries ``e`` whose own box touches this one, exactly."""
    w, s, e, n = box
    across = "OR" if w > e else "AND"
    return f"(e.e >= %s {across} e.w <= %s) AND e.n >= %s AND e.s <= %s", [w, e, s, n]


IN_CHANGE = (
    "e.record IN (SELECT l.record FROM store_line l JOIN store_change c ON l.seq > c.line AND l.seq <= c.last WHERE c.id = %s "
    "UNION SELECT k.target FROM store_link k WHERE k.role = 'about' AND k.source IN "
    "(SELECT l.record FROM store_line l JOIN store_change c ON l.seq > c.line AND l.seq <= c.last WHERE c.id = %s))")


def of_change(want: Want) -> tuple[list[str], list[int]]:
    """SQL conditions: written by the change, or pointed at ("about") by what it wrote."""
    return ([IN_CHANGE], [want.change, want.change]) if want.change is not None else ([], [])


def spoken(want: Want) -> tuple[list[str], list[str]]:
    """SQL conditions for the phrases: their words stand next to one another in one of the columns."""
    clauses: list[str] = []
    values: list[str] = []
    for columns, phrase in want.phrases:
        tests = " OR ".join(f"(' ' || x.{name} || ' ') LIKE %s" for name in columns.split())
        clauses.append(f"EXISTS (SELECT 1 FROM store_words x WHERE x.id = e.id AND ({tests}))")
        values += [f"% {phrase} %"] * len(columns.split())
    return clauses, values
