"""Reading dates as real lists write them, into EDTF, without adding precision.

What is decided here, once, for everybody:

* a century is 1101–1200 (12th), 400–301 BC (4th BC); its halves, quarters and thirds are exact; *early* and *late*
  are its first and second half, *mid* its middle half, *beginning* and *end* its first and last quarter, the inner
  limit approximate (``~``);
* *before* X ends at the beginning of X and *after* X begins at its end, X included: "before 1900" is ``../1900``;
* dotted dates are day.month.year (no country writes month.day.year with dots); with other signs, a date that could
  be either is refused unless ``order`` says which; two-digit years are refused;
* an AH year becomes the Gregorian years it touches, a month the months, a day the days, each widened by the two
  days that sighting the moon may differ; SH likewise, exact where the 33-year rule is
  (:mod:`tutela.vocabulary.calendars`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from tutela.errors import TutelaError
from tutela.vocabulary import calendars
from tutela.vocabulary.date_phrases import read_phrase
from tutela.vocabulary.date_words import month_of, normalise, phrases
from tutela.vocabulary.edtf_values import MOST_CHARACTERS, Edtf, date_error, parse

Calendar = Literal["gregorian", "hijri", "persian"]
Order = Literal["dmy", "mdy", "ymd"]
Ends = tuple[str, str]  # the EDTF texts of the first and of the last date something can mean

_EDTF_SIGNS = re.compile(r"[\dXYTZ?~%./:+-]+", re.ASCII)
_TIME_TAIL = re.compile(
    r"(?<=\d)[ T]+[0-2]?\d:[0-5]\d(?::[0-6]\d(?:\.\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?(?:Z|[+-]\d\d:?\d\d)?$"
)
_NUMERIC = re.compile(r"(\d{1,4})\s*([./ -])\s*(\d{1,2})\s*\2\s*(\d{1,4})(?!\d)\s*(.*)")
_MONTH_YEAR = re.compile(r"(\d{1,2})\s*[./-]\s*(\d{4})|(\d{4})\s*[./-]\s*(\d{1,2})")
_YEAR_NUMBER = re.compile(r"(\d{4})-(\d\d)")
_FORMAT_PIECES = {
    "%d": r"(?P<day>\d{1,2})", "%m": r"(?P<month>\d{1,2})", "%Y": r"(?P<year>\d{3,4})", "%b": r"(?P<name>[^\W\d]+\.?)",
    "%B": r"(?P<name>[^\W\d]+\.?)", "%H": r"\d{1,2}", "%M": r"\d{2}", "%S": r"\d{2}(?:\.\d+)?", "%%": "%",
}  # fmt: skip
_MARKS = {"BC": "gregorian", "AD": "gregorian", "AH": "hijri", "SH": "persian"}


@lru_cache(maxsize=16384)
def from_source(
    text: str, formats: tuple[str, ...] | None = None, calendar: Calendar = "gregorian", order: Order | None = None
) -> Edtf:
    """Read a date as a list writes it.

    ``formats`` are tried first, in order: ``edtf``, ``excel`` or ``excel-1904`` (serial numbers; never guessed), or
    a pattern such as ``%d.%m.%Y``; what none of them reads is then read as anything else.  ``calendar`` is that of
    dates which name none. ``order`` settles dates like 03/04/2024.

    Raises ``date-unreadable``, ``date-ambiguous``, ``date-impossible``, ``date-reversed`` or
    ``date-format-unknown``; the problem's ``value`` is the text given, its message shows what was made of it.
    """
    plain = _plain(text)
    if not plain or len(plain) > MOST_CHARACTERS:
        raise date_error("date-unreadable", text)
    try:
        for each in formats or ():
            found = _by_format(plain, each, calendar)
            if found is not None:
                return found
        return _read(plain, calendar, order)
    except TutelaError as error:
        if error.code == "date-format-unknown":
            raise
        raise TutelaError(replace(error.problem, value=text[:MOST_CHARACTERS]), error.exit_code) from None


def _plain(text: str) -> str:
    """Digits of every script as 0–9, without invisible signs and outer space."""
    text = text[: 2 * MOST_CHARACTERS]
    if not text.isascii():
        kept = (c for c in text if unicodedata.category(c) != "Cf")
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in kept)
    return " ".join(text.split())


def _read(text: str, calendar: Calendar, order: Order | None) -> Edtf:
    text = _TIME_TAIL.sub("", text)
    if calendar == "gregorian" and _EDTF_SIGNS.fullmatch(text):
        found = _edtf_or_years(text)
        if found is not None:
            return found
    return _numeric(text, calendar, order) or _month_and_year(text, calendar) or read_phrase(text, calendar, converters)


def _edtf_or_years(text: str) -> Edtf | None:
    """The text as EDTF, or "1914-18" as two years; ``None`` if it is written otherwise."""
    if re.fullmatch(r"\d{3}\?", text):
        why = f"the year {text[:3]}, uncertain, or one of the years {text[:3]}0 to {text[:3]}9"
        raise date_error(
            "date-ambiguous", text, why=why, hint=f"Write 0{text} for the year, {text[:3]}X for the ten years."
        )
    pair = _YEAR_NUMBER.fullmatch(text)
    if pair and int(pair[2]) > 12 and int(pair[2]) > int(pair[1]) % 100:
        if 21 <= int(pair[2]) <= 24:
            why = f"the years {pair[1]} to {pair[1][:2]}{pair[2]}, or a season of {pair[1]}"
            raise date_error(
                "date-ambiguous", text, why=why, hint=f"Write {pair[1]}/{pair[1][:2]}{pair[2]} for the years."
            )
        return parse(f"{pair[1]}/{pair[1][:2]}{pair[2]}")
    try:
        return parse(text)
    except TutelaError as error:
        if error.code == "date-unreadable":
            return None
        raise


def _numeric(text: str, calendar: Calendar, order: Order | None) -> Edtf | None:
    """Day, month and year in figures, an era allowed behind them."""
    found = _NUMERIC.fullmatch(text)
    if not found:
        return None
    era = phrases()[1].get(normalise(found[5])) if found[5] else "DROP"
    if era not in ("DROP", "AD", "AH", "SH"):
        return None
    calendar = _MARKS.get(era, calendar)  # type: ignore[assignment]
    first, sign, middle, last = found[1], found[2], int(found[3]), found[4]
    if len(first) > 2:
        if len(last) > 2:
            return None
        return _dated(text, calendar, int(first), middle, int(last))
    if len(last) <= 2:
        hint = "Write the year with four digits."
        raise date_error("date-ambiguous", text, why="the year has two digits", hint=hint)
    one, year = int(first), int(last)
    if order == "mdy" or (order != "dmy" and sign in "/- " and calendar == "gregorian" and one <= 12 < middle):
        return _dated(text, calendar, year, one, middle)
    if order == "dmy" or sign == "." or calendar != "gregorian" or one > 12 or one == middle:
        return _dated(text, calendar, year, middle, one)
    why = f"day {one} of month {middle}, or day {middle} of month {one}"
    raise date_error(
        "date-ambiguous", text, why=why, hint="Say in the mapping whether day (dmy) or month (mdy) comes first."
    )


def _month_and_year(text: str, calendar: Calendar) -> Edtf | None:
    """03/2024, 03.2024, 2024/03; and "1914/18", two years."""
    found = _MONTH_YEAR.fullmatch(text)
    if not found:
        return None
    year, number = (int(found[2]), int(found[1])) if found[2] else (int(found[3]), int(found[4]))
    if found[2] is None and number > year % 100 and len(found[4]) == 2 and "/" in text:
        if number > 12:
            return parse(f"{year:04d}/{year - year % 100 + number:04d}") if calendar == "gregorian" else None
        why = f"month {number} of {year}, or the years {year} to {year - year % 100 + number}"
        raise date_error("date-ambiguous", text, why=why, hint="Write 1901-02 for a month, 1901/1902 for two years.")
    return _dated(text, calendar, year, number)


def _dated(text: str, calendar: Calendar, year: int, month: int, day: int | None = None) -> Edtf:
    first, last = converters[calendar](text, year, month, day)
    return parse(first if first == last else f"{first}/{last}")


def _by_format(text: str, form: str, calendar: Calendar) -> Edtf | None:
    if form == "edtf":
        try:
            return parse(text)
        except TutelaError as error:
            if error.code == "date-unreadable":
                return None
            raise
    if form in ("excel", "excel-1904"):
        return _excel(text, form == "excel-1904")
    if "%" not in form:
        raise date_error("date-format-unknown", form)
    found = _format_pattern(form).fullmatch(text)
    if not found:
        return None
    parts = found.groupdict()
    month = int(parts["month"]) if parts.get("month") else month_of(parts["name"]) if parts.get("name") else None
    if parts.get("name") and month is None:
        return None
    day = int(parts["day"]) if parts.get("day") else None
    first, last = converters[calendar](text, int(parts["year"]), month, day)
    return parse(first if first == last else f"{first}/{last}")


@lru_cache(maxsize=64)
def _format_pattern(form: str) -> re.Pattern[str]:
    pieces = re.findall(r"%.|[^%]+|%", form)
    unknown = [piece for piece in pieces if piece[0] == "%" and piece not in _FORMAT_PIECES]
    groups = [piece for piece in pieces if piece in ("%Y", "%m", "%b", "%B", "%d")]
    names = ["%m" if piece in ("%b", "%B") else piece for piece in groups]
    if unknown or "%Y" not in names or len(set(names)) < len(names) or ("%d" in names and "%m" not in names):
        raise date_error("date-format-unknown", form)
    return re.compile("".join(_FORMAT_PIECES.get(piece) or re.escape(piece) for piece in pieces))


def _excel(text: str, from_1904: bool) -> Edtf | None:
    """A spreadsheet's serial number of a day.  The 1900 system counts a 29 February 1900 that never was (number 60)."""
    found = re.fullmatch(r"(\d{1,7})(?:[.,]\d+)?", text)
    if not found:
        return None
    number = int(found[1])
    if number > 2_958_465 or (not from_1904 and number in (0, 60)):
        raise date_error("date-impossible", text, why="no day has this serial number")
    start = date(1904, 1, 1) if from_1904 else date(1899, 12, 31) if number < 60 else date(1899, 12, 30)
    try:
        return parse((start + timedelta(days=number)).isoformat())
    except OverflowError:
        raise date_error("date-impossible", text, why="no day has this serial number") from None


# --- years, months and days of the three calendars as EDTF ends ---


def _gregorian(text: str, year: int, month: int | None = None, day: int | None = None) -> Ends:
    written = f"{year:04d}" if 0 <= year <= 9999 else f"Y{year}" if abs(year) > 9999 else f"{year:05d}"
    if month is not None:
        if not 1 <= month <= 12:
            raise date_error("date-impossible", text, why=f"there is no month {month}")
        written += f"-{month:02d}"
    if day is not None:
        written += f"-{day:02d}"
    return written, written


@dataclass(frozen=True)
class _Reckoning:
    """One of the two other calendars: how to turn a part of its year into Gregorian ends."""

    name: str
    to_gregorian: Callable[[int, int, int], tuple[int, int, int]]
    month_length: Callable[[int, int], int]
    doubt: Callable[[int], int]

    def __call__(self, text: str, year: int, month: int | None = None, day: int | None = None) -> Ends:
        if not 1 <= year <= 1600:
            why = f"{year} is not a likely year {self.name}; say AD behind Gregorian dates"
            raise date_error("date-impossible", text, why=why)
        doubt = timedelta(days=self.doubt(year))
        try:
            first = date(*self.to_gregorian(year, month or 1, day or 1)) - doubt
            last_month = month or 12
            last = date(*self.to_gregorian(year, last_month, day or self.month_length(year, last_month))) + doubt
        except ValueError:
            why = f"the calendar {self.name} has no such day"
            raise date_error("date-impossible", text, why=why) from None
        shown = 4 if month is None else 7 if day is None else 10
        return first.isoformat()[:shown], last.isoformat()[:shown]


Converter = Callable[..., Ends]
converters: dict[str, Converter] = {
    "gregorian": _gregorian,
    "hijri": _Reckoning(
        "AH", calendars.ah_to_gregorian, calendars.ah_month_length, lambda year: calendars.AH_DOUBT_DAYS
    ),
    "persian": _Reckoning("SH", calendars.sh_to_gregorian, calendars.sh_month_length, calendars.sh_doubt_days),
}
