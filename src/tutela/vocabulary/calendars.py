"""Two calendars that real lists carry, turned into Gregorian days and back: AH (lunar Hijri) and SH (solar Hijri).

A Gregorian day is a ``(year, month, day)`` of the proleptic Gregorian calendar, as in EDTF and :mod:`datetime`.

**AH, tabular Islamic calendar, civil form.**  Years of 354 days; in each 30 years, years 2, 5, 7, 10, 13, 16, 18,
21, 24, 26 and 29 have 355 ("type II", 16-based rule).  1 Muharram 1 is Friday 16 July 622 Julian = 19 July 622
Gregorian.  This is what CLDR calls ``islamic-civil``.  Formula: Reingold & Dershowitz, *Calendrical Calculations*,
"The Islamic calendar".  Months were and are begun by sighting the moon, so the day people wrote may differ by one
or two: :data:`AH_DOUBT_DAYS`.

**SH, solar Hijri calendar, 33-year rule.**  Months of 31 (six), 30 (five) and 29 or 30 days; year *y* is leap when
``(25 * y + 11) mod 33 < 8``.  Counted back by the rule, 1 Farvardin 1 is 21 March 622 Gregorian.  The rule gives
the same leap years as the astronomical calendar of Iran from SH 1178 to 1501 (A.D. 1799–2123; checked by the ICU4X
project, whose list of exceptions begins with 1502); outside those years a day may be off by one:
:func:`sh_doubt_days`.  The 2820-year rule is not used: it has 1404 leap instead of 1403.  The calendar has been the
civil one in Iran since 1304 (1925); earlier years are reckoned backwards.
"""

from __future__ import annotations

from datetime import date

__all__ = [
    "AH_DOUBT_DAYS", "AH_YEARS", "SH_YEARS", "ah_month_length", "ah_to_gregorian", "gregorian_to_ah", "gregorian_to_sh",
    "sh_doubt_days", "sh_month_length", "sh_to_gregorian",
]  # fmt: skip

Day = tuple[int, int, int]

AH_DOUBT_DAYS = 2
AH_YEARS = range(1, 9001)
SH_YEARS = range(1, 9001)
_AH_EPOCH = date(622, 7, 19).toordinal()
_SH_EPOCH = date(622, 3, 21).toordinal()


def ah_month_length(year: int, month: int) -> int:
    """Days of a lunar month: 30 and 29 by turns, the twelfth 30 in a leap year."""
    if month == 12:
        return 30 if (11 * year + 14) % 30 < 11 else 29
    return 30 if month % 2 else 29


def _ah_days_before(year: int, month: int = 1) -> int:
    """Days from 1 Muharram 1 to the first of this month."""
    return 354 * (year - 1) + (11 * year + 3) // 30 + (59 * (month - 1) + 1) // 2


def ah_to_gregorian(year: int, month: int, day: int) -> Day:
    """The Gregorian day of a tabular AH day.  ``ValueError`` if there is no such day."""
    _check("AH", year, month, day, AH_YEARS, ah_month_length)
    return _gregorian(_AH_EPOCH + _ah_days_before(year, month) + day - 1)


def gregorian_to_ah(year: int, month: int, day: int) -> Day:
    """The tabular AH day of a Gregorian day (19 July 622 or later, else ``ValueError``)."""
    days = date(year, month, day).toordinal() - _AH_EPOCH
    if days < 0:
        raise ValueError("before AH 1")
    ah_year = (30 * days + 10646) // 10631
    ah_month = 12
    while _ah_days_before(ah_year, ah_month) > days:
        ah_month -= 1
    return ah_year, ah_month, days - _ah_days_before(ah_year, ah_month) + 1


def sh_month_length(year: int, month: int) -> int:
    """Days of a solar month: 31 for the first six, then 30, the twelfth 29 or, in a leap year, 30."""
    if month == 12:
        return 30 if (25 * year + 11) % 33 < 8 else 29
    return 31 if month <= 6 else 30


def sh_doubt_days(year: int) -> int:
    """By how many days a day of this SH year may differ from the calendar kept in Iran."""
    return 0 if 1178 <= year <= 1501 else 1


def _sh_days_before(year: int, month: int = 1) -> int:
    """Days from 1 Farvardin 1 to the first of this month."""
    return 365 * (year - 1) + (8 * year + 21) // 33 + 30 * (month - 1) + min(month - 1, 6)


def sh_to_gregorian(year: int, month: int, day: int) -> Day:
    """The Gregorian day of an SH day.  ``ValueError`` if there is no such day."""
    _check("SH", year, month, day, SH_YEARS, sh_month_length)
    return _gregorian(_SH_EPOCH + _sh_days_before(year, month) + day - 1)


def gregorian_to_sh(year: int, month: int, day: int) -> Day:
    """The SH day of a Gregorian day (21 March 622 or later, else ``ValueError``)."""
    days = date(year, month, day).toordinal() - _SH_EPOCH
    if days < 0:
        raise ValueError("before SH 1")
    sh_year = days // 366 + 1
    while _sh_days_before(sh_year + 1) <= days:
        sh_year += 1
    sh_month = 12
    while _sh_days_before(sh_year, sh_month) > days:
        sh_month -= 1
    return sh_year, sh_month, days - _sh_days_before(sh_year, sh_month) + 1


def _gregorian(ordinal: int) -> Day:
    day = date.fromordinal(ordinal)
    return day.year, day.month, day.day


def _check(era, year, month, day, years, length) -> None:  # noqa: ANN001 - the same shapes as its callers
    if year not in years or not 1 <= month <= 12 or not 1 <= day <= length(year, month):
        raise ValueError(f"there is no day {year}-{month}-{day} {era}")
