"""EDTF values: a date exactly as precise as the source had it (ISO 8601-2:2019 / Library of Congress EDTF, levels 0
and 1).

Read here: ``1943``, ``1943-02``, ``1943-02-28``, ``1943-02-28T10:00Z`` (the day counts), ``-0300`` (astronomical:
0000 is 1 BC, -0300 is 301 BC), ``Y17000``, ``201X``, ``20XX``, ``1943-XX``, ``1943-02-XX``, ``1943-XX-XX``, seasons
``1943-21`` to ``-24``, each but the timed with ``?`` uncertain, ``~`` approximate, ``%`` both; intervals of two of
these, where ``..`` is an open end and nothing at all an unknown one.  The calendar is the proleptic Gregorian one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tutela.errors import TutelaError, declare, problem

declare(
    {
        "date-unreadable": ("“{value}” cannot be read as a date.", "{hint}"),
        "date-impossible": (
            "“{value}” is not a possible date: {why}.",
            "Correct it in the source. If only the month or the year is certain, give just that: 2024-02 or 2024.",
        ),
        "date-reversed": ("“{value}” ends before it begins.", "Exchange the two dates, or correct the wrong one."),
        "date-ambiguous": ("“{value}” can be read in more than one way: {why}.", "{hint}"),
        "date-in-future": (
            "“{value}” lies in the future.",
            "Correct the date: here only what has happened can be recorded.",
        ),
        "date-format-unknown": (
            "“{value}” is not a way of writing dates that Tutela knows.",
            "Use edtf, excel, excel-1904, or a pattern of %d %m %Y %b %B %H %M %S, such as %d.%m.%Y.",
        ),
    }
)
HINT = (
    "Write a day (2024-03-13), a month (2024-03), a year (2024, -0300), an interval (1501/1722, ../1900), or a century "
    "(12th century); leave it empty if it is not known."
)
MOST_CHARACTERS = 200
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# Seasons 21–24 of a year, as in the northern hemisphere: (years on, first month, years on, last month).  The winter
# of a year may be its first months or begin with its last, so it reaches from January into February of the next year.
_SEASONS = {21: (0, 3, 0, 5), 22: (0, 6, 0, 8), 23: (0, 9, 0, 11), 24: (0, 1, 1, 2)}
_DATE = re.compile(
    r"(?:Y(?P<long>-?[1-9]\d{4,8})|(?P<year>-?(?:\d{4}|\d{3}X|\d\dXX|\dXXX|XXXX))(?:-(?P<month>\d\d|XX)(?:-(?P<day>\d\d|XX))?)?)"
    r"(?:(?P<mark>[?~%])|(?P<time>T\d\d(?::?\d\d(?::?\d\d(?:[.,]\d{1,9})?)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Edtf:
    """A date or interval.

    ``text`` is its EDTF spelling.  ``earliest`` and ``latest`` are the first and the last day it can mean, each as
    the number ``year * 10000 + month * 100 + day`` (which grows with time for years BC too: -0300-01-01 is
    -2999899), ``None`` where the end is open or unknown.  ``uncertain`` and ``approximate`` say whether ``?`` or
    ``~`` stands anywhere in it (``%`` is both).
    """

    text: str
    earliest: int | None
    latest: int | None
    uncertain: bool = False
    approximate: bool = False

    def __str__(self) -> str:
        return self.text

    @property
    def years(self) -> tuple[int | None, int | None]:
        """First and last year (astronomical), ``None`` where open or unknown."""
        return (
            None if self.earliest is None else self.earliest // 10000,
            None if self.latest is None else self.latest // 10000,
        )


def date_error(code: str, value: object, **values: object) -> TutelaError:
    """The error to raise for a date; ``hint`` falls back to the ways dates can be written."""
    values.setdefault("hint", HINT)
    return TutelaError(problem(code, value=value, **values))


def day_number(year: int, month: int, day: int) -> int:
    """The number days are compared by: ``year * 10000 + month * 100 + day``."""
    return year * 10000 + month * 100 + day


def month_length(year: int, month: int) -> int:
    """Days of a month of the proleptic Gregorian calendar."""
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if leap else MONTH_DAYS[month - 1]


def parse_fast(iso_day: str) -> int | None:
    """The day number of a plain, possible ``YYYY-MM-DD`` (years 0001–9999); ``None`` for anything else.

    For long columns: ``None`` says only that :func:`parse` must look.
    """
    try:
        if len(iso_day) != 10 or iso_day[7] != "-":
            return None
        day = date.fromisoformat(iso_day)
    except (ValueError, TypeError):
        return None
    return day.year * 10000 + day.month * 100 + day.day


@lru_cache(maxsize=16384)
def parse(text: str) -> Edtf:
    """Read an EDTF text.  Raises ``date-unreadable``, ``date-impossible`` or ``date-reversed``."""
    text = text.strip()
    if len(text) > MOST_CHARACTERS or not text:
        raise date_error("date-unreadable", text)
    if "/" in text:
        return _parse_interval(text)
    found = _DATE.fullmatch(text)
    if found is None:
        raise date_error("date-unreadable", text)
    earliest, latest = _limits(text, found)
    return Edtf(text, earliest, latest, found["mark"] in ("?", "%"), found["mark"] in ("~", "%"))


def _parse_interval(text: str) -> Edtf:
    first, _, last = text.partition("/")
    ends = [end if end in ("", "..") else _DATE.fullmatch(end) for end in (first, last)]
    if None in ends or not any((first, last)):
        raise date_error("date-unreadable", text)
    earliest, _ = _limits(text, ends[0])
    _, latest = _limits(text, ends[1])
    if earliest is not None and latest is not None and latest < earliest:
        raise date_error("date-reversed", text)
    marks = {end["mark"] for end in ends if not isinstance(end, str)}
    return Edtf(text, earliest, latest, bool(marks & {"?", "%"}), bool(marks & {"~", "%"}))


def _limits(text: str, found: re.Match[str] | str) -> tuple[int | None, int | None]:
    """The first and last day number of one date of the grammar; two ``None`` for an open or unknown end."""
    if isinstance(found, str) or found["year"] in ("XXXX", "-XXXX"):
        if not isinstance(found, str) and found["month"]:
            raise date_error("date-unreadable", text)
        return None, None
    if found["long"]:
        year = int(found["long"])
        return day_number(year, 1, 1), day_number(year, 12, 31)
    years, month, day = found["year"], found["month"], found["day"]
    if years == "-0000" or (found["time"] and not _is_time(found)):
        raise date_error("date-unreadable", text)
    low, high = sorted((int(years.replace("X", "0")), int(years.replace("X", "9"))))
    if month is None:
        return day_number(low, 1, 1), day_number(high, 12, 31)
    if low != high or (month == "XX" and day not in (None, "XX")):  # unspecified in the middle is level 2
        raise date_error("date-unreadable", text)
    if month == "XX":
        return day_number(low, 1, 1), day_number(low, 12, 31)
    return _month_limits(text, low, int(month), day)


def _month_limits(text: str, year: int, month: int, day: str | None) -> tuple[int, int]:
    if month in _SEASONS and day is None:
        to_first, first, to_last, last = _SEASONS[month]
        last_year = year + to_last
        return day_number(year + to_first, first, 1), day_number(last_year, last, month_length(last_year, last))
    if not 1 <= month <= 12:
        raise date_error("date-impossible", text, why=f"there is no month {month}")
    length = month_length(year, month)
    if day is None or day == "XX":
        return day_number(year, month, 1), day_number(year, month, length)
    if not 1 <= int(day) <= length:
        raise date_error("date-impossible", text, why=f"month {month} of {year} has {length} days")
    return day_number(year, month, int(day)), day_number(year, month, int(day))


def _is_time(found: re.Match[str]) -> bool:
    """Whether the time of day behind a full day is a possible one."""
    if not found["day"] or "X" in found[0]:
        return False
    clock = re.split(r"[Z+-]", found["time"][1:])[0].replace(":", "")
    hour, minute, second = int(clock[:2]), int(clock[2:4] or 0), int(clock[4:6] or 0)
    return hour < 24 and minute < 60 and second <= 60 or (hour, minute, second) == (24, 0, 0)


def refuse_future(value: Edtf, today: date) -> Edtf:
    """The value itself, unless it begins after ``today``: then ``date-in-future``."""
    if value.earliest is not None and value.earliest > day_number(today.year, today.month, today.day):
        raise date_error("date-in-future", value.text)
    return value
