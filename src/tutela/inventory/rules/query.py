"""The query language: one string for the command line, the page and the address bar (see docs/records.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tutela.errors import TutelaError, declare, problem

declare({
    "query-field": ("“{value}” is not a field one can search.", "Use one of: {fields}."),
    "query-range": ("“{value}” is not a range.", "Write it as low..high, for example observed:2019..2024 or extent:61..90."),
    "query-box": ("“{value}” is not a box.", "Write it as bbox:West,South,East,North in degrees."),
    "query-order": ("“{value}” is not an order.", "Use order:name, order:observed or order:extent."),
})

FACETS = ("type", "category", "country", "protection", "condition", "extent", "damage", "cause", "threat", "method", "handling",
          "located", "missing", "namekind", "period")
WORD_FIELDS = {"name": "names", "id": "ids", "in": "areas", "text": "text"}
FIELDS = (*FACETS, *WORD_FIELDS, "area", "bbox", "observed", "dating", "order", "import")
_TOKEN = re.compile(r"""(-)?(?:(\w+):)?(?:"([^"]*)"|(\S+))""")
_RANGE = re.compile(r"^(-?\d{1,9}(?:\.\d+)?)?\.\.(-?\d{1,9}(?:\.\d+)?)?$")


@dataclass(slots=True)
class Query:
    """A question.  ``words`` as typed; ``facets``/``without`` {facet: codes}; ``fields`` {words field: texts}."""

    words: str = ""
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    without: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    areas: tuple[str, ...] = ()
    bbox: tuple[float, float, float, float] | None = None
    observed: tuple[float | None, float | None] | None = None
    dating: tuple[float | None, float | None] | None = None
    value: tuple[float | None, float | None] | None = None
    order: str = "name"
    change: int | None = None

    def text(self) -> str:
        """The question as one string again; ``parse(q.text()) == q``."""
        parts = [self.words] if self.words else []
        for sign, group in (("", self.facets), ("-", self.without), ("", self.fields)):
            parts += [f"{sign}{name}:{_quoted(','.join(values))}" for name, values in sorted(group.items())]
        if self.areas:
            parts.append(f"area:{_quoted(','.join(self.areas))}")
        if self.bbox:
            parts.append("bbox:" + ",".join(f"{v:g}" if abs(v) < 1 and v == int(v) else repr(v) for v in self.bbox))
        for name, given in (("observed", self.observed), ("dating", self.dating), ("extent", self.value)):
            if given:
                parts.append(f"{name}:{_number(given[0])}..{_number(given[1])}")
        if self.order != "name":
            parts.append(f"order:{self.order}")
        if self.change is not None:
            parts.append(f"import:{self.change}")
        return " ".join(parts)


def _quoted(text: str) -> str:
    return f'"{text}"' if re.search(r"\s", text) or not text else text


def _number(value: float | None) -> str:
    return "" if value is None else f"{int(value)}" if value == int(value) else repr(value)


def parse(text: str) -> Query:
    """Read a question.  A colon inside a word that is no field is part of the word ("12:30", "http://…").

    Raises :class:`TutelaError` ``query-range``, ``query-box``, ``query-order``; ``query-field`` for a field-like word
    with an unknown field.
    """
    query = Query()
    words = []
    for match in _TOKEN.finditer(text):
        minus, name, quoted, plain = match.groups()
        value = quoted if quoted is not None else plain or ""
        if name is None:
            word = ("-" if minus else "") + value
            if word.strip():
                words.append(word if quoted is None else value)
        elif name.lower() not in FIELDS:
            if value.startswith("//") or name.isdigit():
                words.append(match.group(0))
                continue
            raise TutelaError(problem("query-field", value=name, fields=", ".join(FIELDS)), 2)
        else:
            _field(query, name.lower(), value, bool(minus))
    query.words = " ".join(words)
    return query


def _field(query: Query, name: str, value: str, minus: bool) -> None:
    values = tuple(v.strip() for v in value.split(",") if v.strip())
    if name == "bbox":
        query.bbox = box(value)
    elif name in ("observed", "dating"):
        setattr(query, name, _range(value))
    elif name == "extent" and ".." in value:
        query.value = _range(value)
    elif name == "area":
        query.areas += values
    elif name == "order":
        if value not in ("name", "observed", "extent"):
            raise TutelaError(problem("query-order", value=value), 2)
        query.order = value
    elif name == "import":
        if not value.isdigit():
            raise TutelaError(problem("query-range", value=value), 2)
        query.change = int(value)
    elif name in WORD_FIELDS:
        query.fields[name] = query.fields.get(name, ()) + ((value,) if value else ())
    else:
        group = query.without if minus else query.facets
        group[name] = tuple(dict.fromkeys(group.get(name, ()) + tuple(v if name in ("period",) else _code(name, v) for v in values)))


def _code(name: str, value: str) -> str:
    return value.upper() if name == "country" else value.lower()


def _range(value: str) -> tuple[float | None, float | None]:
    if re.fullmatch(r"-?\d{1,9}(\.\d+)?", value):
        return float(value), float(value)
    match = _RANGE.match(value)
    if not match or not any(match.groups()):
        raise TutelaError(problem("query-range", value=value), 2)
    low, high = (float(part) if part else None for part in match.groups())
    return low, high


def box(value: str) -> tuple[float, float, float, float]:
    """West, South, East, North in degrees."""
    try:
        w, s, e, n = (float(part) for part in value.split(","))
    except ValueError:
        raise TutelaError(problem("query-box", value=value), 2) from None
    if not (-180 <= w <= 180 and -180 <= e <= 180 and -90 <= s <= n <= 90):
        raise TutelaError(problem("query-box", value=value), 2)
    return w, s, e, n
