"""The query language: one string for the command line, the page and the address bar (see docs/records.md)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tutela.errors import EXIT_UNUSABLE, TutelaError, declare, problem

declare({
    "query-field": ("“{value}” is not a field one can search.", "Use one of: {fields}."),
    "query-range": ("“{value}” is not a range.",
                    "Write it as low..high, for example observed:2019..2024, dating:-0300..0500 or extent:61..90."),
    "query-box": ("“{value}” is not a box.", "Write it as bbox:West,South,East,North in degrees."),
    "query-order": ("“{value}” is not an order.", "Use order:name, order:observed or order:extent."),
    "query-exclude": ("“{value}” cannot be excluded.", "Only these can be, with a minus before them: {fields}."),
    "query-number": ("“{value}” is not the number of an import or a change.",
                     "Write it as import:12 (`tutela imports` lists them) or change:34 (its number in the journal)."),
    "query-long": ("The question is {value} characters long.", "Ask in at most {most}."),
})

FACETS = ("type", "category", "country", "protection", "condition", "extent", "damaged", "damage", "cause", "threat", "method", "handling",
          "located", "missing", "namekind", "period")
WORD_FIELDS = {"name": "names", "id": "ids", "in": "areas", "text": "text"}
EXCLUDED = (*FACETS, *WORD_FIELDS, "area")
FIELDS = (*FACETS, *WORD_FIELDS, "area", "bbox", "observed", "dating", "order", "import", "change")
ORDERS = ("name", "observed", "extent")
MOST = 4000  # characters

#: ``change_of_import``: the number of an import → that of the change that it wrote in the journal (None: it wrote none).  The room
#: that keeps imports says so when ready.
ASKED: dict[str, Callable[[int], int | None]] = {}

Box = tuple[float, float, float, float]
Range = tuple[float | None, float | None]

_TOKEN = re.compile(r"""(-)?(?:(\w+):((?:"[^"]*"|\S)+)|"([^"]*)"|(\S+))""")
_DAY = r"-?\d{1,4}(?:-\d{2}(?:-\d{2})?)?|-?\d{1,9}(?:\.\d{1,30})?"
_RANGE = re.compile(rf"({_DAY})?\.\.({_DAY})?", re.ASCII)
_ONE = re.compile(_DAY, re.ASCII)
_PARTS = re.compile(r"((?:[^,\\]|\\.)+)", re.DOTALL)


@dataclass(slots=True)
class Query:
    """A question.

    ``words`` as typed, phrases in double quotes; ``facets``, ``without`` {field: values}; ``fields`` {words field: texts,
    any of which}; ``areas``; ``bbox`` degrees, West > East across the antimeridian; ``observed``, ``dating`` years, or days
    as year*10000+month*100+day; ``value`` per cent of extent; ``imported`` the number of an import, ``change`` that of a change
    in the journal: what it wrote.
    """

    words: str = ""
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    without: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    areas: tuple[str, ...] = ()
    bbox: Box | None = None
    observed: Range | None = None
    dating: Range | None = None
    value: Range | None = None
    order: str = "name"
    imported: int | None = None
    change: int | None = None

    def text(self) -> str:
        """The question as one string again: ``parse(q.text()) == q`` for every ``q`` that was parsed."""
        parts = [self.words] if self.words else []
        for sign, group in (("", self.facets), ("-", self.without), ("", self.fields)):
            parts += [f"{sign}{name}:{_listed(values)}" for name, values in sorted(group.items())]
        if self.areas:
            parts.append(f"area:{_listed(self.areas)}")
        if self.bbox:
            parts.append("bbox:" + ",".join(map(_number, self.bbox)))
        for name, given in (("observed", self.observed), ("dating", self.dating), ("extent", self.value)):
            if given:
                parts.append(f"{name}:{_number(given[0])}..{_number(given[1])}")
        if self.order != "name":
            parts.append(f"order:{self.order}")
        parts += [f"{name}:{number}" for name, number in (("import", self.imported), ("change", self.change)) if number is not None]
        return " ".join(parts)


def _listed(values: Iterable[str]) -> str:
    """Values as one word of the question: commas inside a value escaped, quoted where there are spaces."""
    text = ",".join(re.sub(r"([,\\])", r"\\\1", value) for value in values)
    return f'"{text}"' if re.search(r"\s", text) else text


def _number(value: float | None) -> str:
    if value is None:
        return ""
    if value == int(value):
        return f"{int(value)}"
    digits = repr(value)
    if "e" in digits:
        from decimal import Decimal

        return f"{Decimal(digits):f}"
    return digits


def parse(text: str) -> Query:
    """Read a question.  A colon inside a word that is no field is part of the word ("12:30", "http://…").

    Raises :class:`TutelaError` ``query-field`` (exit 4) for a field-like word with an unknown field; (exit 2) ``query-range``,
    ``query-box``, ``query-order``, ``query-exclude``, ``query-number``, ``query-long``.
    """
    if len(text) > MOST:
        raise TutelaError(problem("query-long", value=len(text), most=MOST), 2)
    query = Query()
    typed: list[str] = []
    for match in _TOKEN.finditer(text):
        minus, name, value, quoted, plain = match.groups()
        if name is None:
            typed += _typed(minus, quoted, plain)
        elif name.lower() in FIELDS:
            _field(query, name.lower(), value, bool(minus))
        elif name.isdigit() or value.startswith("//"):
            typed += _loose(match.group(0))
        else:
            raise TutelaError(problem("query-field", value=name, fields=", ".join(FIELDS)), EXIT_UNUSABLE)
    query.words = " ".join(typed)
    return query


def _typed(minus: str | None, quoted: str | None, plain: str) -> list[str]:
    """A word or phrase as it stays in ``words``: no stray quotes, single spaces."""
    if quoted is None:
        return _loose((minus or "") + plain)
    inside = [part for part in quoted.split() if part.strip("-")]
    return [f'"{" ".join(inside)}"'] if len(inside) > 1 or (inside and ":" in inside[0]) else inside


def _loose(text: str) -> list[str]:
    """Words without quotation marks; where there were some, nothing left of it reads as a field."""
    if '"' in text:
        text = text.replace('"', " ").replace(":", " ")
    return [part for part in text.split() if part.strip("-")]


def _field(query: Query, name: str, value: str, minus: bool) -> None:
    if minus and (name not in EXCLUDED or (name == "extent" and ".." in value)):
        raise TutelaError(problem("query-exclude", value=name, fields=", ".join(EXCLUDED)), 2)
    value = value.replace('"', " ")
    if name == "bbox":
        query.bbox = box(value)
    elif name in ("observed", "dating"):
        setattr(query, name, span(value, dated=True))
    elif name == "extent" and ".." in value:
        query.value = span(value)
    elif name == "order":
        if value not in ORDERS:
            raise TutelaError(problem("query-order", value=value), 2)
        query.order = value
    elif name in ("import", "change"):
        if not re.fullmatch(r"[0-9]{1,15}", value):
            raise TutelaError(problem("query-number", value=value), 2)
        setattr(query, "imported" if name == "import" else "change", int(value))
    else:
        _values(query, name, value, minus)


def _values(query: Query, name: str, value: str, minus: bool) -> None:
    values = tuple(dict.fromkeys(filter(None, map(_plain, _PARTS.findall(value)))))
    if name in FACETS:
        values = tuple(dict.fromkeys(_code(name, v) for v in values))
    if not values:
        return
    if name == "area" and not minus:
        query.areas = tuple(dict.fromkeys(query.areas + values))
        return
    group = query.without if minus else query.facets if name in FACETS else query.fields
    group[name] = tuple(dict.fromkeys(group.get(name, ()) + values))


def _plain(part: str) -> str:
    """A value without its escapes, with single spaces."""
    return " ".join(re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL).split())


def _code(name: str, value: str) -> str:
    if name == "country":
        return "none" if value.lower() == "none" else value.upper()
    return value if name == "period" else value.lower()


def span(value: str, dated: bool = False) -> Range:
    """``low..high`` with one end open or none; a single value is both ends.  ``dated``: years, months or days.

    Raises ``query-range``.
    """
    value = value.strip()
    found = _RANGE.fullmatch(value)
    ends = found.groups() if found else (value, value) if _ONE.fullmatch(value) else (None, None)
    if not any(ends):
        raise TutelaError(problem("query-range", value=value), 2)
    low, high = (_end(end, value, dated, first) if end else None for end, first in zip(ends, (True, False), strict=True))
    if low is not None and high is not None and day(low, True) > day(high, False):
        raise TutelaError(problem("query-range", value=value), 2)
    return low, high


def _end(text: str, whole: str, dated: bool, first: bool) -> float:
    """One end as a number: what was written, or the day meant by year-month(-day)."""
    year, *rest = (text[0] + text[1:].replace("-", " ")).split()
    if not rest:
        return float(text)
    month = int(rest[0])
    if not dated or not 1 <= month <= 12 or (len(rest) > 1 and not 1 <= int(rest[1]) <= 31):
        raise TutelaError(problem("query-range", value=whole), 2)
    last = monthrange(min(max(int(year), 1), 9999), month)[1]
    return float(int(year) * 10000 + month * 100 + (int(rest[1]) if len(rest) > 1 else 1 if first else last))


def day(value: float, first: bool) -> float:
    """A year as its first or last day, year*10000+month*100+day; a day as it is."""
    return value if abs(value) >= 1_000_000 else int(value) * 10000 + (101 if first else 1231)


def box(value: str) -> Box:
    """West, South, East, North in degrees; West greater than East across the antimeridian.  Raises ``query-box``."""
    try:
        w, s, e, n = (float(part) + 0.0 for part in value.split(","))
    except ValueError:
        raise TutelaError(problem("query-box", value=value), 2) from None
    if not (-180 <= w <= 180 and -180 <= e <= 180 and -90 <= s <= n <= 90):
        raise TutelaError(problem("query-box", value=value), 2)
    return w, s, e, n
