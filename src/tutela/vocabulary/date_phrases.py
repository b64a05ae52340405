"""Dates in words: "IV–III вв. до н.э.", "first half of the 12th century", "AH 907–1135", "ca. 1600", "before March
1900".

A phrase is folded, its words are replaced by signs (:mod:`tutela.vocabulary.date_words`), it is cut at a dash, each
side is read for itself, and what one side lacks (the century, the era, the month) it takes from the other.  A word
that is not known stops the reading: nothing is ever skipped in hope.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tutela.vocabulary.date_words import endings, normalise, phrases
from tutela.vocabulary.edtf_values import Edtf, date_error, parse

Ends = tuple[str, str]
Converters = Mapping[str, Callable[..., Ends]]

_ROMAN = re.compile(r"(x{0,2}(?:ix|iv|v?i{0,3}))(?:e|eme|er|th|st|nd|rd)?")
_CENTURY_SHORT = re.compile(r"\bC\.?(\d{1,2})(?:st|nd|rd|th)?\b(?!\d|[./]\d)")
_FRACTIONS = {"HALF": 2, "QUARTER": 4, "THIRD": 3}
_PARTS = ("EARLY", "MID", "LATE", "BEGIN", "END")
_ERAS = ("BC", "AD", "AH", "SH")
_CALENDAR_OF = {"BC": "gregorian", "AD": "gregorian", "AH": "hijri", "SH": "persian"}
_UNITS = {"CENT": 100, "MILL": 1000}
_WHICH = (
    "Say which part is meant: “first half of the 4th century BC”, or give the years: -0399/-0350. If it is not known, "
    "give the whole century."
)


@dataclass
class _Side:
    """What one side of a phrase says."""

    numbers: list[tuple[int, int]] = field(default_factory=list)  # (value, digits written; 0 for Roman figures)
    unit: str = ""  # CENT, MILL or DECADE
    fraction: str = ""
    unit_first: bool = False  # the unit was named before the fraction: "XII əsrin birinci yarısı"
    part: str = ""
    month: str = ""  # M03, H03, P03, or a season S21
    era: str = ""
    era_first: bool = False


class _Unread(Exception):
    """The phrase is not one we can read; carries what to do, if there is something better to say than usual."""


def read_phrase(text: str, calendar: str, converters: Converters) -> Edtf:
    """The EDTF value of a date in words.

    Raises ``date-unreadable``, ``date-ambiguous``, ``date-impossible``, ``date-reversed``.
    """
    tokens = _tokens(text)
    try:
        return parse(_Phrase(text, tokens, calendar, converters).edtf())
    except _Unread as unread:
        raise date_error("date-unreadable", text, **({"hint": unread.args[0]} if unread.args else {})) from None


def _tokens(text: str) -> list[str]:
    """Signs and numbers of a phrase; Roman figures as ``R12``; unknown words as they are."""
    words = normalise(_CENTURY_SHORT.sub(r"\1 century", text)).replace("( ? )", "?").split()
    words = [_roman(word) for word in words if word not in "[]{})"]
    for at, word in enumerate(words):
        before, after = words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""
        if (
            word in ("c", "s", "в")
            and (re.fullmatch(r"R?\d{1,2}", before) or before in ("th", "e", "й"))
            and after != "e"
        ):
            words[at] = "century"
        elif word == "c" and before not in ("b", "-") and after != "e":
            words[at] = "circa"
        elif word in ("R1", "и") and before.isdigit() and after.isdigit():
            words[at] = "and"  # Ukrainian і, Russian и; not the figure, not the ending of an ordinal
    decade, ordinal = endings()
    line = decade.sub(r"\1 DECADE", " ".join(words))
    line = ordinal.sub(r"\1", line)
    pattern, read = phrases()
    line = pattern.sub(lambda found: read[found[0]], line)
    return [token for token in line.split() if token != "DROP"]


def _roman(word: str) -> str:
    """Roman figures up to 21, Latin or Cyrillic look-alikes, as ``R12``; other words unchanged."""
    latin = word.translate({ord("х"): "x", ord("і"): "i"})
    found = _ROMAN.fullmatch(latin)
    if not found or not found[1]:
        return word
    figures = [{"i": 1, "v": 5, "x": 10}[letter] for letter in found[1]]
    following = [*figures[1:], 0]
    return f"R{sum(-one if one < after else one for one, after in zip(figures, following, strict=True))}"


class _Phrase:
    """One phrase being read."""

    def __init__(self, text: str, tokens: list[str], calendar: str, converters: Converters) -> None:
        self.text, self.calendar, self.converters = text, calendar, converters
        self.circa = "CIRCA" in tokens or "~" in tokens
        self.maybe = "MAYBE" in tokens or "?" in tokens
        tokens = [token for token in tokens if token not in ("CIRCA", "~", "MAYBE", "?")]
        # a dash that ties a word to its century is no range: "mid-12th century", "12th-century"
        parts = "|".join(_PARTS)
        line = re.sub(rf"\b({parts}) - (?!{parts})", r"\1 ", " ".join(tokens))
        line = re.sub(r" - (?=(?:CENT|MILL)\b(?! R?\d))", " ", line)
        self.tokens = line.split()

    def edtf(self) -> str:
        tokens, bound = self._take_bound(self.tokens)
        first, separator, second = self._cut(tokens)
        if bound and separator:
            raise _Unread
        left = _side(first)
        if bound:
            start, end = self._ends(left)
            return {"BEFORE": f"../{start}", "UNTIL": f"../{end}", "AFTER": f"{end}/..", "FROM": f"{start}/.."}[bound]
        if not separator:
            return _joined(*self._ends(left))
        if second == ["NOW"]:
            return f"{self._ends(left)[0]}/.."
        right = _side(second)
        if separator != "-" and (double := self._two_calendars(left, right, separator)):
            return double
        self._share(left, right)
        return _joined(self._ends(left)[0], self._ends(right)[1])

    @staticmethod
    def _take_bound(tokens: list[str]) -> tuple[list[str], str]:
        """Take "before", "after", "until" or "from" off an end of the phrase; from … to is a plain range."""
        if tokens[:1] == ["TO"]:
            tokens = tokens[1:]
        if tokens[:1] == ["BETWEEN"] and tokens.count("AND") == 1:
            return ["-" if token == "AND" else token for token in tokens[1:]], ""
        tokens = [token for at, token in enumerate(tokens) if token != "FROM" or at == 0]  # "the end *of the* century"
        range_words = ("TO", "UNTIL", "DO")
        if tokens[:1] == ["FROM"]:
            rest = ["-" if token in range_words else token for token in tokens[1:]]
            return (rest, "") if "-" in rest else (rest, "FROM")
        for at in (0, -1):
            if tokens and tokens[at] in ("BEFORE", "AFTER", "UNTIL", "DO"):
                bound = "BEFORE" if tokens[at] == "DO" else tokens[at]
                return (tokens[1:] if at == 0 else tokens[:-1]), bound
        return ["-" if token in range_words else token for token in tokens], ""

    @staticmethod
    def _cut(tokens: list[str]) -> tuple[list[str], str, list[str]]:
        """The two sides and what parts them: ``-``, ``/`` or ``(``; or one side and nothing."""
        cuts = [at for at, token in enumerate(tokens) if token in ("-", "/", "(")]
        if not cuts:
            return tokens, "", []
        if len(cuts) > 1 or cuts[0] in (0, len(tokens) - 1):
            raise _Unread
        return tokens[: cuts[0]], tokens[cuts[0]], tokens[cuts[0] + 1 :]

    def _two_calendars(self, left: _Side, right: _Side, separator: str) -> str:
        """The Gregorian one of a date given twice ("907 AH / 1501 CE", "1501 (AH 907)"); "" if it is no such pair."""
        islamic = {"AH", "SH"}
        if separator == "(" or {left.era, right.era} & islamic and {left.era, right.era} & {"AD", "BC"}:
            sides = (left, right)
        elif left.era in islamic and not right.era and _years_apart(left, right) > 300:
            sides = (left, right)
        elif not left.era and not right.era and not left.unit + right.unit and self._agree_as_pair(left, right):
            why = "two years, or one year in the Islamic and the Gregorian calendar"
            raise date_error("date-ambiguous", self.text, why=why, hint="Write 907/1501 as “AH 907” or as “0907/1501”.")
        else:
            return ""
        if len({side.era in islamic for side in sides}) < 2:
            raise _Unread
        there, here = sorted(sides, key=lambda side: side.era not in islamic)
        here.era = here.era or "AD"
        theirs, ours = parse(_joined(*self._ends(there))), _joined(*self._ends(here))
        read = parse(ours)
        if None in (theirs.earliest, read.latest) or theirs.earliest > read.latest or read.earliest > theirs.latest:
            raise _Unread("The two calendars do not name the same time: correct one of them.")
        return ours

    def _agree_as_pair(self, left: _Side, right: _Side) -> bool:
        if (
            not (len(left.numbers) == len(right.numbers) == 1)
            or not 1 <= left.numbers[0][0] <= 1600
            or left.month
            or right.month
        ):
            return False
        first, last = self.converters["hijri"](self.text, left.numbers[0][0])
        return int(first) <= right.numbers[0][0] <= int(last)

    def _share(self, left: _Side, right: _Side) -> None:
        """Give each side of a range what it leaves to the other to say."""
        if not left.era:
            left.era = right.era
        elif not right.era:
            if left.era == "BC" and not left.era_first:
                why = "the second date may be BC or AD"
                raise date_error("date-ambiguous", self.text, why=why, hint="Write BC or AD behind both dates.")
            right.era = left.era
        for one, other in ((left, right), (right, left)):
            if not one.unit and other.unit in _UNITS and all(digits <= 2 for _, digits in one.numbers):
                one.unit = other.unit
                if not one.numbers:
                    one.numbers = list(other.numbers[-1:])
        if not left.unit and not right.unit:
            _share_day(left, right)
            self._short_year(left, right)

    def _short_year(self, left: _Side, right: _Side) -> None:
        """ "1914–18": the second year in two digits."""
        if len(left.numbers) == len(right.numbers) == 1 and not left.month + right.month:
            (first, digits), (second, short) = left.numbers[0], right.numbers[0]
            if digits == 4 and short == 2 and left.era not in ("BC",):
                if second <= first % 100 or second <= 12:
                    why = "the second year has two digits"
                    raise date_error("date-ambiguous", self.text, why=why, hint="Write both years in full: 1901/1902.")
                right.numbers = [(first - first % 100 + second, 4)]

    def _ends(self, side: _Side) -> Ends:
        """The EDTF texts of the first and the last date a side can mean, with the phrase's own marks."""
        (start, start_rough), (end, end_rough) = self._bare_ends(side)
        return self._marked(start, start_rough), self._marked(end, end_rough)

    def _marked(self, text: str, rough: bool) -> str:
        rough = rough or self.circa
        return text + ("%" if rough and self.maybe else "~" if rough else "?" if self.maybe else "")

    def _bare_ends(self, side: _Side) -> tuple[tuple[str, bool], tuple[str, bool]]:
        convert = self.converters[_CALENDAR_OF.get(side.era, self.calendar)]
        if side.unit:
            return self._long_ends(side, convert)
        if side.fraction or side.part or not side.numbers:
            raise _Unread(_WHICH) if side.fraction else _Unread
        if side.month[:1] == "S":
            year = self._year(side, *side.numbers[-1])
            if len(side.numbers) != 1 or convert is not self.converters["gregorian"]:
                raise _Unread
            text = f"{convert(self.text, year)[0]}-{side.month[1:]}"
            return (text, False), (text, False)
        month, day = None, None
        if side.month:
            month = int(side.month[1:])
            convert = self._calendar_of_month(side, convert)
        if len(side.numbers) == 2 and month:
            pair = sorted(side.numbers, key=lambda number: number[1] > 2)  # the day has at most two digits
            if pair[0][1] > 2 or pair[1][1] <= 2:
                raise _Unread
            day, year = pair[0][0], self._year(side, *pair[1])
        elif len(side.numbers) == 1:
            year = self._year(side, *side.numbers[0])
        else:
            raise _Unread
        start, end = convert(self.text, year, month, day)
        return (start, False), (end, False)

    def _calendar_of_month(self, side: _Side, convert: Callable[..., Ends]) -> Callable[..., Ends]:
        named = self.converters[{"M": "gregorian", "H": "hijri", "P": "persian"}[side.month[0]]]
        if side.era and named is not convert:
            raise _Unread("The month and the era belong to different calendars: correct one of them.")
        return named

    def _year(self, side: _Side, value: int, digits: int) -> int:
        """A year of the side's calendar, astronomical if BC; refuses what is more likely something else."""
        if digits == 0:
            raise _Unread
        if value == 0:
            raise date_error("date-impossible", self.text, why="there is no year 0")
        other = (
            side.era in ("AH", "SH") or side.month[:1] in ("H", "P") or (not side.era and self.calendar != "gregorian")
        )
        if not side.era and not other and not 3 <= digits <= 4:
            raise _Unread(
                "Write the year with four digits (0079), or with AD or BC. If these are Excel serial numbers, say so "
                "in the mapping: excel."
            )
        if digits > 8:
            raise _Unread
        return 1 - value if side.era == "BC" else value

    def _long_ends(self, side: _Side, convert: Callable[..., Ends]) -> tuple[tuple[str, bool], tuple[str, bool]]:
        """Ends of a century, millennium or decade, or of a part of one."""
        if side.fraction and (side.part or len(side.numbers) == 1):
            raise _Unread(_WHICH)
        if side.month or len(side.numbers) != (2 if side.fraction else 1):
            raise _Unread
        # the numbers stand in the order of the two words they belong to
        which, number = (
            ((0, 0), side.numbers[0]) if not side.fraction else side.numbers[:: -1 if side.unit_first else 1]
        )
        start, end = self._years_of(side, *number)
        start, end, rough_start, rough_end = _part_of(side, start, end, which[0])
        if (
            side.unit == "DECADE"
            and not side.part
            and not side.fraction
            and side.era in ("", "AD")
            and self.calendar == "gregorian"
        ):
            return (f"{start // 10:03d}X", False), (f"{start // 10:03d}X", False)
        return (convert(self.text, start)[0], rough_start), (convert(self.text, end)[1], rough_end)

    def _years_of(self, side: _Side, value: int, digits: int) -> tuple[int, int]:
        """First and last year of a century, millennium or decade: astronomical, or of the side's own calendar."""
        if side.unit == "DECADE":
            if value % 100 == 0:
                short = f"{value:04d}"
                hint = f"Write {short[:3]}X for the decade, {short[:2]}XX for the century."
                raise date_error("date-ambiguous", self.text, why="a decade or a century", hint=hint)
            return (value, value + 9) if side.era != "BC" else (1 - value - 9, 1 - value)
        size = _UNITS[side.unit]
        if not 1 <= value <= 3000 // size * (5 if side.era == "BC" else 1) or digits > 2:
            raise _Unread
        first, last = (value - 1) * size + 1, value * size
        return (1 - last, 1 - first) if side.era == "BC" else (first, last)


def _years_apart(left: _Side, right: _Side) -> int:
    """How much the second side's first number is above the first side's last; 0 if either has none."""
    return right.numbers[0][0] - left.numbers[-1][0] if left.numbers and right.numbers else 0


def _joined(start: str, end: str) -> str:
    return start if start == end else f"{start}/{end}"


def _part_of(side: _Side, start: int, end: int, which: int) -> tuple[int, int, bool, bool]:
    """The years of a fraction or part of start–end, and whether each limit is approximate."""
    size = end - start + 1
    if side.fraction:
        count = _FRACTIONS[side.fraction]
        if not 1 <= which <= count:
            raise _Unread(_WHICH)
        return start + size * (which - 1) // count, start + size * which // count - 1, False, False
    return {
        "": (start, end, False, False),
        "EARLY": (start, start + size // 2 - 1, False, True),
        "LATE": (start + size // 2, end, True, False),
        "MID": (start + size // 4, end - size // 4, True, True),
        "BEGIN": (start, start + size // 4 - 1, False, True),
        "END": (end - size // 4 + 1, end, True, False),
    }[side.part]


def _side(tokens: list[str]) -> _Side:
    """Sort the tokens of one side; a token of no known kind, or one said twice, stops the reading."""
    side = _Side()
    if "DECADE_OF" in tokens:
        tokens = [token for token in tokens if token != "DECADE_OF"] + ["DECADE"]
    for at, token in enumerate(tokens):
        if token.isdigit():
            if len(token) > 9:
                raise _Unread
            side.numbers.append((int(token), len(token)))
        elif token[0] == "R" and token[1:].isdigit():
            side.numbers.append((int(token[1:]), 0))
        else:
            name = _kind(token)
            if getattr(side, name):
                raise _Unread
            setattr(side, name, token)
            side.unit_first = side.unit_first or (name == "unit" and not side.fraction)
            side.era_first = side.era_first or (name == "era" and at == 0)
    if (
        not side.unit
        and not side.month
        and len(side.numbers) == 3
        and side.numbers[1][1] == 0
        and side.numbers[1][0] <= 12
    ):
        side.month = f"M{side.numbers.pop(1)[0]:02d}"  # 13.III.1943
    return side


def _kind(token: str) -> str:
    """Which field of a side a sign belongs to."""
    if token in _ERAS:
        return "era"
    if token in _UNITS or token == "DECADE":
        return "unit"
    if token in _FRACTIONS:
        return "fraction"
    if token in _PARTS:
        return "part"
    if re.fullmatch(r"[MHPS]\d\d", token):
        return "month"
    raise _Unread


def _share_day(left: _Side, right: _Side) -> None:
    """ "12–15 March 2024", "March – April 2024", "12 March – 3 April 2024": the left side lacks month or year."""
    if not right.month or not right.numbers or right.numbers[-1][1] <= 2:
        return
    if not left.month and len(left.numbers) == 1 and left.numbers[0][1] <= 2 and len(right.numbers) == 2:
        left.month = right.month
        left.numbers.append(right.numbers[-1])
    elif left.month and all(digits <= 2 for _, digits in left.numbers):
        left.numbers.append(right.numbers[-1])
