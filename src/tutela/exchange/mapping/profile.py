"""What the contents of a column tell: how full, how varied, numbers or dates, in which script, from which list of terms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tutela.errors import TutelaError
from tutela.exchange.mapping.cells import clean
from tutela.exchange.mapping.model import NONE
from tutela.vocabulary.scripts import guess_language, script_of

ROWS = 20_000  # rows looked at
DISTINCT = 20_000  # distinct values remembered
FIRST = 300
SILENT = frozenset(NONE) | {""}
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?%?")
_SPLITS = (";", "|", "\n", ",", "/")


@dataclass
class Column:
    """One column's profile over the first ``ROWS`` rows."""

    name: str
    rows: int = 0
    filled: int = 0
    values: Counter[str] = field(default_factory=Counter)
    overflow: bool = False
    first: list[str] = field(default_factory=list)  # of the first FIRST rows, in step with the other columns

    def add(self, value: Any) -> None:
        self.rows += 1
        text = clean(value) if value is not None else ""
        if len(self.first) < FIRST:
            self.first.append(text)
        if text in SILENT:
            return
        self.filled += 1
        if text in self.values or len(self.values) < DISTINCT:
            self.values[text[:500]] += 1
        else:
            self.overflow = True

    @property
    def unique(self) -> bool:
        """Whether no value comes twice."""
        return self.filled > 0 and max(self.values.values(), default=0) == 1

    @property
    def numbering(self) -> bool:
        """Whether the column could number the places: full, without repetition, short."""
        return self.unique and self.filled == self.rows and max(map(len, self.values)) <= 100

    @property
    def nearly_numbering(self) -> bool:
        """Whether the column numbers the places but for a few rows: repeated, or without a number."""
        if not self.filled or self.overflow or max(map(len, self.values)) > 100:
            return False
        return self.filled * 20 >= self.rows * 19 and len(self.values) * 20 >= self.filled * 19

    def share(self, test: Any) -> float:
        """The share of the distinct values that pass a test."""
        return sum(1 for v in self.values if test(v)) / len(self.values) if self.values else 0.0

    @cached_property
    def numeric(self) -> float:
        return self.share(lambda v: _NUMBER.fullmatch(v) is not None)

    @cached_property
    def mixed(self) -> bool:
        """Whether the cells are in several scripts."""
        counts: Counter[str] = Counter()
        for value, n in self.values.most_common(300):
            counts[script_of(value)] += n
        counts.pop("Zyyy", None)
        return sum(n * 10 >= counts.total() for n in counts.values()) > 1

    @cached_property
    def percents(self) -> float:
        """The share of the values that can be percentages, in figures or in ranges."""
        from tutela.exchange.mapping.findings import percentage

        def fits(value: str) -> bool:
            found = percentage(value)
            return found is not None and 0 <= found[0] <= found[1] <= 100

        return self.share(fits)

    @cached_property
    def script(self) -> str | None:
        counts = Counter(script_of(v) for v in list(self.values)[:300])
        counts.pop("Zyyy", None)
        return counts.most_common(1)[0][0] if counts else None

    @cached_property
    def length(self) -> float:
        return sum(len(v) * n for v, n in self.values.items()) / max(1, sum(self.values.values()))

    def samples(self, most: int = 3) -> str:
        """Some of the values, for a comment: the commonest, or the first."""
        shown = [v.replace("\n", " ") for v, _ in self.values.most_common(most)]
        return ", ".join(v if len(v) <= 40 else f"{v[:39]}…" for v in shown)

    def known_in(self, vocabulary: Any, extra: Any = None) -> float:
        """The share of the cells (at most 300 distinct ones) that a list of terms knows."""
        looked = self.values.most_common(300)
        known = sum(n for v, n in looked if vocabulary.find(v) or (extra and extra(v)))
        return known / max(1, sum(n for _, n in looked))

    def mark(self, vocabulary: Any = None) -> str | None:
        """The sign that parts several values in a cell, if cells hold several.

        With a list of terms: the sign that makes unknown cells known.  Without: a sign no single value would hold.
        """
        looked = [v for v, _ in self.values.most_common(300)]
        if vocabulary is not None:
            unknown = [v for v in looked if not vocabulary.find(v)]
            for sign in _SPLITS:
                several = [v for v in unknown if sign in v]
                if several and sum(_all_known(v, sign, vocabulary) for v in several) * 2 >= len(several):
                    return sign
            return None
        for sign in (";", "|", "\n", " / "):
            if sum(sign in v.strip(sign) for v in looked) * 10 >= max(1, len(looked)):
                return sign
        return None


def _all_known(value: str, sign: str, vocabulary: Any) -> bool:
    parts = [part.strip() for part in value.split(sign) if part.strip()]
    return len(parts) > 1 and sum(1 for part in parts if vocabulary.find(part)) * 2 >= len(parts)


def profile(columns: Sequence[str], rows: Any) -> list[Column]:
    """Profiles of all columns from the rows of a source."""
    found = [Column(name) for name in columns]
    for count, (_, values, _geometry) in enumerate(rows):
        if count >= ROWS:
            break
        for column, value in zip(found, values, strict=False):
            column.add(value)
    return found


# --- dates ---

_THREE = re.compile(r"\s*(\d{1,4})\s*[./ -]\s*(\d{1,2})\s*[./ -]\s*(\d{1,4})\D*")


@dataclass(frozen=True)
class Dates:
    """How a column writes dates: the ``share`` that can be read, with which options, and what stays doubtful."""

    share: float
    options: dict[str, Any]
    doubt: str = ""


def dates(column: Column, persian: bool = False, arabic: bool = False, recent: bool = False) -> Dates:
    """Decide order and calendar from the contents.

    ``recent`` days (of visits, reports) in the years 1300–1460 can only be AH or SH; for other dates that stays a question.
    """
    looked = list(column.values)[:300]
    if not looked:
        return Dates(0.0, {})
    options: dict[str, Any] = {}
    doubt = ""
    header = header_calendar(column.name)
    triples = [_numbers(v) for v in looked]
    triples = [t for t in triples if t]
    years = [max(t) for t in triples if max(t) > 31]
    if recent and years and min(years) >= 1300 and max(years) <= 1460:
        solar = persian or (not arabic and max(years) <= 1410)
        options["calendar"] = "persian" if solar else "hijri"
        doubt = f"? years {min(years)}–{max(years)}: read as {'SH (solar)' if solar else 'AH (lunar)'}"
    elif header and not (recent and years and min(years) > 1500):
        options["calendar"] = header
        doubt = f"? the header says {'SH (solar)' if header == 'persian' else 'AH (lunar)'}: dates that name no era are read so"
    else:
        order, doubt = _order(triples, looked)
        if order:
            options["order"] = order
    short = sum(_SHORT_YEAR.fullmatch(v) is not None for v in looked)
    if short:
        doubt = "; ".join(filter(None, (doubt, f"? {short} years of two digits: add pivot: 2000 to `date` to read 21 as 2021")))
    if column.numeric > 0.9 and not triples and looked and column.share(_serial) > 0.9:
        return Dates(1.0, {"formats": ["excel"]}, "numbers of days as spreadsheets count them")
    share = sum(_readable(v, options) for v in looked) / len(looked)
    return Dates(share, options, doubt)


_SHORT_YEAR = re.compile(r"\d{1,2}\s*[./-]\s*\d{1,2}\s*[./-]\s*\d{2}(?!\d)\D*")
_CALENDARS = (
    ("persian", re.compile(r"\((?:ش|ه\.? ?ش|هـ\.? ?ش|sh|a\.?s\.?h)\.?\)|شمسی|خورشیدی|\bSH\b", re.IGNORECASE)),
    ("hijri", re.compile(r"\((?:هـ?|ah|h)\.?\)|هجري|هجری|\bAH\b|\bhijri\b|\bhicri\b|хиджр", re.IGNORECASE)),
)  # fmt: skip


def header_calendar(header: str) -> str | None:
    """The calendar a header names: "سنة البناء (هـ)" hijri, "تاریخ (ش)" persian."""
    return next((name for name, pattern in _CALENDARS if pattern.search(header)), None)


def _numbers(value: str) -> tuple[int, int, int] | None:
    found = _THREE.fullmatch(value)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _order(triples: list[tuple[int, int, int]], looked: list[str]) -> tuple[str | None, str]:
    """(dmy, mdy or None, what is doubtful) for day and month in figures before the year."""
    last = [t for t in triples if t[2] > 31]
    if not last or all("." in v for v in looked if _numbers(v)):
        return None, ""
    day_first, month_first = sum(t[0] > 12 for t in last), sum(t[1] > 12 for t in last)
    if day_first and not month_first:
        return "dmy", ""
    if month_first and not day_first:
        return "mdy", ""
    if day_first and month_first:
        which = "dmy" if day_first >= month_first else "mdy"
        return which, f"? {day_first} dates have the day first and {month_first} the month: look at them"
    return "dmy", "? no date tells whether the day (dmy) or the month (mdy) stands first"


def _serial(value: str) -> bool:
    return value.isdigit() and 20_000 <= int(value) <= 60_000


def _readable(value: str, options: dict[str, Any]) -> bool:
    from tutela.vocabulary.dates import from_source

    try:
        from_source(value.split("T")[0] if "T" in value[9:12] else value, **options)
    except TutelaError as error:
        return error.code in ("date-ambiguous", "date-impossible", "date-reversed")
    return True


# --- languages ---

# script, language, letters that tell it, in one of how many names they must stand
_TELLING = (
    ("Cyrl", "uk", "їєґі", 50), ("Cyrl", "ru", "ыэъё", 50), ("Latn", "az", "ə", 50), ("Latn", "ku", "êî", 3), ("Latn", "tr", "ığ", 20),
)  # fmt: skip


def language(column: Column, country: str | None = None) -> str | None:
    """The language of a column of names, from all its letters together; None where they do not tell."""
    looked = list(column.values)[:500]
    letters = Counter(letter for v in looked for letter in set(v.lower()))
    script = column.script
    if script in ("Cyrl", "Latn"):
        for wanted, code, marks, rarely in _TELLING:
            if script == wanted and sum(letters[m] for m in marks) * rarely >= len(looked) > 0:
                return code
        return None
    if script == "Arab":
        if sum(letters[m] for m in "ڕڵێۆ") >= max(2, len(looked) // 20):
            return "ckb"
        persian, arabic = sum(letters[m] for m in "پچژگکی"), sum(letters[m] for m in "ةيكىأإؤ")
        if max(persian, arabic) < max(1, len(looked) // 20):
            return None
        return "fa" if persian > 4 * arabic else "ar" if arabic > 4 * persian else None
    guessed = Counter(guess_language(v, country) for v in looked)
    guessed.pop("und", None)
    return guessed.most_common(1)[0][0] if guessed else None
