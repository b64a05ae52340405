"""From a cell to a value: the small functions a mapping is compiled to.

A *getter* takes a row's values and gives a value, or None where the cell says nothing; it raises :class:`Refusal` where the
cell cannot be read, and notes a warning on the row where it can be but should be looked at.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime
from html import unescape
from typing import Any

from tutela.errors import Problem, TutelaError, Unusable, declare, problem

declare(
    {
        "cell-too-long": ("The cell holds {length} characters.", "A cell may hold 100,000: put longer texts in a document and attach it."),
        "number-unreadable": ("“{value}” is not a number.", "Write a number, for example 12.5."),
        "lists-unpaired": (
            "{value}: {count} values against {main} of {column_main}; they cannot be paired.",
            "The values are kept without pairing; pair them in the source if the pairing matters.",
        ),
        "lists-repeated": (
            "{value}: every value stands {times} times in a row against {count} in {column_other}; each was read once.",
            "Nothing to do; check one such row in the source.",
        ),
        "dating-reversed": (
            "{value}: the end comes before the beginning; both were kept as dates of their own.",
            "Check them in the source.",
        ),
        "values-several": (
            "“{value}” holds several values where one is kept; {kept} was taken.",
            "Split the row in the source if they are of several days.",
        ),
        "value-not-in-list": (
            "“{value}” is not in the list of {what}; its wording is kept.",
            "Map it in the mapping's `values` if it is one of them.",
        ),
        "extent-unclear": (
            "“{value}” lies in no single band of per cent; its wording is kept.",
            "Say in the mapping's `values` which band or percentage is meant.",
        ),
        "row-skipped": ("The mapping leaves this row out.", "Nothing to do; see `skip` in the mapping."),
        "percent-range": ("{value} is not a percentage.", "Write a number between 0 and 100."),
    }
)

LONGEST = 100_000
_BREAKS = re.compile(r"<\s*(?:br|/p|/div|/li|/h\d)\b[^<>]*>", re.IGNORECASE)
_TAGS = re.compile(r"<[a-zA-Z/!][^<>]*>")
Values = Sequence[Any]
Getter = Callable[[Values], Any]


class Refusal(Exception):
    """The row is refused for this reason.  ``key`` is the row's key where it has one: the place is not absent from the list."""

    key: str | None = None

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Skipped(Refusal):
    """The mapping says that this row is no place: a total, a signature."""


class Unread(str):
    """A wording that could not be read as a date and is kept as it is."""


def clean(value: Any) -> str:
    """A cell as text: NFC, no white space around, no characters that are not text."""
    if value.__class__ is not str:
        value = as_text(value)
    text = value.strip()
    if text.isascii():
        if text.isprintable():
            return text
    elif not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    text = text.replace("\u00a0", " ").replace("\u200b", "").replace("\ufeff", "")
    if not text.isprintable():
        text = "".join(c for c in text if c.isprintable() or c in "\n\t\u200c\u200d\u200e\u200f")
    return text.strip()


def as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


class Columns:
    """Finds columns by name: exact first, then without regard to case and outer spaces."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._at = {name.strip().casefold(): i for i, name in reversed(list(enumerate(names)))}
        self._at.update({name: i for i, name in reversed(list(enumerate(names)))})
        self.used: set[int] = set()

    def has(self, name: str) -> bool:
        return name in self._at or str(name).strip().casefold() in self._at

    def find(self, name: str) -> int | None:
        i = self._at.get(name, self._at.get(str(name).strip().casefold()))
        if i is not None:
            self.used.add(i)
        return i

    def at(self, name: str) -> int:
        i = self.find(name)
        if i is None:
            raise Unusable(problem("mapping-column", value=name, known=", ".join(self.names)))
        return i


def text_getter(rule: Any, columns: Columns, none: frozenset[str]) -> tuple[Getter, str | None]:
    """(getter of clean text or None, column's name).  ``rule`` a column's name, a constant, or a dict."""
    if isinstance(rule, dict) and "constant" in rule:
        constant = rule["constant"]
        return (lambda values: constant), None
    change = changer(rule) if isinstance(rule, dict) else None
    if change is not None:
        plain, name = text_getter({k: v for k, v in rule.items() if k not in ("match", "strip")}, columns, none)
        return (lambda values: None if (text := plain(values)) is None else change(text) or None), name
    if isinstance(rule, dict) and "columns" in rule:
        given = [str(name) for name in rule["columns"]]
        if "default" in rule and not any(columns.has(name) for name in given):
            instead = rule["default"]
            return (lambda values: instead), ", ".join(given)
        some = [name for name in given if columns.has(name)] or given  # those that are absent have been found optional
        parts = [columns.at(name) for name in (some if rule.get("optional", True) else given)]
        joint = rule.get("join", " ")
        joint = joint if isinstance(joint, str) else " "

        def joined(values: Values) -> str | None:
            texts = [clean(values[i]) for i in parts if i < len(values) and values[i] is not None]
            return joint.join(t for t in texts if t not in none) or None

        return joined, ", ".join(given)
    if isinstance(rule, dict) and "column" not in rule:
        raise Unusable(problem("mapping-rule", where="a field", value=rule))
    name = str(rule["column"] if isinstance(rule, dict) else rule)
    if isinstance(rule, dict) and ("default" in rule) and columns.find(name) is None:
        default = rule["default"]
        return (lambda values: default), name
    at = columns.at(name)

    def getter(values: Values) -> str | None:
        text = values[at]
        if text is None:
            return None
        if text.__class__ is not str or not (text.isascii() and text.isprintable()):
            text = clean(text)
        elif text[:1] == " " or text[-1:] == " ":
            text = text.strip()
        if text in none:
            return None
        if len(text) > LONGEST:
            raise Refusal(problem("cell-too-long", column=name, value=text[:60], length=len(text)))
        return text

    return getter, name


def changer(rule: dict[str, Any]) -> Callable[[str], str] | None:
    """What ``match`` (patterns: the first group of the first that fits) and ``strip: html`` do to a text; None if neither is asked."""
    patterns = rule.get("match") or ()
    try:
        patterns = [re.compile(p) for p in ([patterns] if isinstance(patterns, str) else patterns)]
    except (re.error, TypeError, OverflowError, RecursionError) as error:
        raise Unusable(problem("mapping-rule", where="match", value=f"{rule['match']} ({error})")) from None
    html = rule.get("strip") == "html"
    if not patterns and not html:
        return None

    def change(text: str) -> str:
        if html and "<" in text or "&" in text:
            text = clean(unescape(_TAGS.sub(" ", _BREAKS.sub("\n", text[:LONGEST]))))
            text = "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
        for pattern in patterns:
            if found := pattern.search(text[:LONGEST]):
                return (found[1] if pattern.groups else found[0]) or ""
        return text

    return change


def shaped(get: Getter, options: dict[str, Any], coded: bool) -> Getter:
    """``get`` with ``fill``, ``drop``, ``values`` (but for coded fields, whose list reader knows them) and ``default``."""
    change = None if options.get("split") else member(options, coded)
    default = options.get("default")
    fill = options.get("fill") == "down"
    if change is None and default is None and not fill:
        return get
    last: list[Any] = [None]

    def read(values: Values) -> Any:
        text = get(values)
        if fill:
            if text is None:
                text = last[0]
            last[0] = text
        if text is None:
            text = default
        if text is None or change is None:
            return text
        found = change(str(text))
        return default if found is None else found

    return read


def member(options: dict[str, Any], coded: bool) -> Callable[[str], Any] | None:
    """What ``drop`` and ``values`` make of one value: None where it says nothing.  None where they are not given."""
    given = {str(k).strip().casefold(): v for k, v in (options.get("values") or {}).items()}
    drop = {str(d).strip().casefold() for d in options.get("drop") or ()} | {k for k, v in given.items() if v is None}
    texts = {} if coded else {k: as_text(v) for k, v in given.items() if v is not None}
    otherwise = None if coded or "date" in options or options.get("otherwise") is None else as_text(options["otherwise"])
    if not drop and not texts and otherwise is None:
        return None

    def change(text: str) -> Any:
        folded = text.strip().casefold()
        if folded in drop:
            return None
        return texts.get(folded, text if otherwise is None else otherwise)

    return change


def list_reader(
    rule: dict[str, Any], vocabulary_name: str, column: str | None, unknown: str, warn: Callable[[Problem], None]
) -> Callable[[str], tuple[str | None, str]]:
    """text → (code or None, the source's wording), by the rule's ``values`` first, then the vocabulary."""
    from tutela.vocabulary import load

    vocabulary = load(vocabulary_name)
    given = {str(k).strip().casefold(): v for k, v in (rule.get("values") or {}).items()}
    otherwise = rule.get("otherwise")
    cache: dict[str, tuple[str | None, str]] = {}

    def read(text: str) -> tuple[str | None, str]:
        held = cache.get(text)
        if held is not None:
            return held
        code = given.get(text.strip().casefold())
        if code is None:
            term = vocabulary.find(text)
            code = term.code if term else otherwise
        if code is None and unknown == "refuse":
            raise Refusal(problem("value-unknown", column=column, value=text, what=vocabulary.title))
        if code is None and unknown == "warn":
            warn(problem("value-not-in-list", column=column, value=text, what=vocabulary.title))
            return None, text
        held = (code, text)
        if len(cache) < 20_000:
            cache[text] = held
        return held

    return read


def date_reader(options: dict[str, Any], column: str | None, today: int) -> Callable[[str], str]:
    """text → EDTF, by checked options (:func:`checks.date_options`).  A plain ISO day takes the fast way.

    A day after today is refused.
    """
    from tutela.vocabulary.dates import from_source, parse_fast

    pivot = options.get("pivot")
    short = [f for f in options.get("formats", ()) if "%y" in f]
    options = {k: v for k, v in options.items() if k != "pivot"}
    if short:
        options["formats"] = tuple(f for f in options["formats"] if f not in short)
    cache: dict[str, str] = {}
    years_ago = options.get("calendar") == "bp"
    plain = "calendar" not in options

    def read(text: str) -> str:
        held = cache.get(text)
        if held is not None:
            return held
        if plain and len(text) == 10:
            day = parse_fast(text)
            if day is not None:
                if day > today:
                    raise Refusal(problem("date-in-future", column=column, value=text))
                if len(cache) < 50_000:
                    cache[text] = text
                return text
        try:
            if years_ago:
                return cache.setdefault(text, before_present(text, column))
            plainly = text[:19].split("T")[0] if "T" in text[9:12] else text
            if pivot is not None:
                plainly = full_year(plainly, pivot, short, options.get("order"))
            value = from_source(plainly, **options)
        except TutelaError as error:
            raise Refusal(_told(_at(error.problem, column, text))) from None
        if value.earliest is not None and value.earliest > today:
            raise Refusal(problem("date-in-future", column=column, value=text))
        if len(cache) < 50_000:
            cache[text] = value.text
        return value.text

    return read


_SHORT = re.compile(r"(\d{1,2})(\s*[./-]\s*)(\d{1,2})(\s*[./-]\s*)(\d{1,2})(?!\d)(\D*)")


def full_year(text: str, pivot: int, formats: Sequence[str], order: str | None) -> str:
    """A day whose year has two digits with all four: the one of the hundred years from ``pivot`` on."""
    text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    for form in formats:
        try:
            found = datetime.strptime(text.strip(), form)
        except ValueError:
            continue
        year = pivot + (found.year - pivot) % 100
        month = f"{year:04d}-{found.month:02d}"
        return f"{month}-{found.day:02d}" if "%d" in form else month if re.search("%[mbB]", form) else month[:4]
    parts = _SHORT.fullmatch(text.strip())
    if parts is None:
        return text
    at = 1 if order == "ymd" else 5
    if len(parts[at]) != 2:
        return text
    whole = [*parts.groups()]
    whole[at - 1] = f"{pivot + (int(parts[at]) - pivot) % 100:04d}"
    return "".join(whole)


def _told(found: Problem) -> Problem:
    """A year of two digits can be mended in the mapping."""
    if found.code != "date-ambiguous" or "two digits" not in found.message:
        return found
    todo = "Write the year with four digits, or say in the mapping which hundred years are meant: date: {pivot: 2000} reads 21 as 2021."
    return Problem(found.code, found.message, todo, found.file, found.row, found.column, found.value)


def before_present(text: str, column: str | None) -> str:
    """A year before present (1950, as radiocarbon dating counts) as an approximate EDTF year: "2000 BP" is "-0050~"."""
    found = re.fullmatch(r"(\d{1,7})\s*(?:cal\.?\s*)?(?:bp)?", text.strip(), re.IGNORECASE)
    if not found:
        raise Refusal(problem("number-unreadable", column=column, value=text))
    year = 1950 - int(found[1])
    return f"{'-' if year < 0 else ''}{abs(year):04d}~" if abs(year) <= 9999 else f"Y{year}"


def _at(found: Problem, column: str | None, text: str) -> Problem:
    return Problem(found.code, found.message, found.todo, found.file, found.row, column, text[:200])


def splitter(rule: Any, vocabulary_name: str | None) -> Callable[[str], list[str | None]] | None:
    """How a cell with several values is taken apart; None where it holds one."""
    how = rule.get("split") if isinstance(rule, dict) else None
    if not how:
        return None
    if not isinstance(how, str):
        raise Unusable(problem("mapping-rule", where="split", value=how))
    if how == "vocabulary":
        from tutela.vocabulary import load
        from tutela.vocabulary.splitting import split_list

        vocabulary = load(rule.get("list") or vocabulary_name)
        cache: dict[str, list[str | None]] = {}

        def by_vocabulary(text: str) -> list[str | None]:
            held = cache.get(text)
            if held is None:
                held = [None if part is None or part == "None" else part for part in split_list(text, vocabulary)]
                if len(cache) < 20_000:
                    cache[text] = held
            return held

        return by_vocabulary

    def by_mark(text: str) -> list[str | None]:
        return [part.strip() if part.strip() not in ("", "None") else None for part in text.split(how)]

    return by_mark
