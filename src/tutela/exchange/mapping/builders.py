"""Builders: one for each kind of field, compiled once per file; together they turn a row into a part of a place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tutela.errors import Problem, Unusable, problem
from tutela.exchange.mapping.cells import (
    Columns,
    Getter,
    Refusal,
    Unread,
    Values,
    date_reader,
    list_reader,
    member,
    shaped,
    splitter,
    text_getter,
)
from tutela.exchange.mapping.checks import check_options, date_options, kind_of, resolved
from tutela.exchange.mapping.fields import ALSO, DATES, LISTS, MAIN
from tutela.exchange.mapping.steps import in_step

Item = dict[str, Any]
Items = Callable[[Values], list[Item]]
KEPT = 5_000  # distinct cells whose reading is kept, for each field


@dataclass(slots=True)
class Context:
    """What builders share while a file is read: the columns, today, and the findings of the row in hand."""

    columns: Columns
    none: frozenset[str]
    today: int
    source_key: str
    country: str | None = None
    warnings: list[Problem] = field(default_factory=list)
    unpaired: list[tuple[str, Any]] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    crs: str | None = None

    def warn(self, found: Problem) -> None:
        self.warnings.append(found)


@dataclass(slots=True)
class Cell:
    """One field's reading: ``get`` gives the text, ``many`` its members, ``read`` what a member means.

    ``codes``: ``read`` gives (code or None, wording).
    """

    name: str
    column: str | None
    get: Getter
    split: Callable[[str], list[str | None]] | None
    read: Callable[[str], Any] | None
    drop: frozenset[str]
    constant: bool
    codes: bool
    rule: dict[str, Any] = field(default_factory=dict)

    def one(self, values: Values) -> Any:
        """The single value, read; None where the cell says nothing."""
        text = self.get(values)
        if text is None or self.constant or self.read is None:
            return text
        return self.read(text)

    def many(self, values: Values) -> list[str | None]:
        text = self.get(values)
        if text is None:
            return []
        if self.split is None:
            return [None if text in self.drop else text]
        return [None if part is None or part in self.drop else part for part in self.split(text)]

    def value(self, text: Any) -> Any:
        """What a member means."""
        return text if text is None or self.constant or self.read is None else self.read(text)


def cell(rule: Any, name: str, context: Context, default_list: tuple[str, str] | None = None) -> Cell:
    """Compile the rule of one field.  Raises :class:`Unusable` for options and codes the field does not know."""
    options = rule if isinstance(rule, dict) else {}
    wanted = LISTS.get(name, default_list)
    list_name = options.get("list") or (wanted[0] if wanted else None)
    dated = not list_name and (name in DATES or "date" in options)
    kind = kind_of(options, name, list_name, dated)
    check_options(options, name, kind)
    constant = "constant" in options
    if options and list_name and not (constant and kind == "percent"):
        options = rule = resolved(options, name, list_name, kind == "percent")
    how = date_options(options, name) if dated else {}
    get, column = text_getter(rule, context.columns, context.none)
    read: Callable[[str], Any] | None = None
    if dated:
        read = _lenient(date_reader(how, column, context.today), options, name, column, context)
        if constant:
            text = _constant_date(read, options["constant"], name)
            get, read = (lambda values: text), None
        options = {**options, "date": how}
    elif list_name and not constant:
        unknown = wanted[1] if wanted else "keep"
        read = list_reader(options, list_name, column, options.get("unknown", unknown), context.warn)
    if not constant:
        get = shaped(get, options, bool(list_name))
    split = None if name == "pair" else splitter(options, list_name)
    drop = frozenset(str(d) for d in options.get("drop", ()))
    members = _members(split, options, bool(list_name))
    return Cell(name, column, get, members, read, drop, constant, bool(list_name) and not constant, options)


Split = Callable[[str], list[str | None]]


def _members(split: Split | None, options: dict[str, Any], coded: bool) -> Split | None:
    """A splitter whose members are changed as ``drop`` and ``values`` say."""
    change = member(options, coded) if split is not None else None
    if split is None or change is None:
        return split
    return lambda text: [None if part is None else change(part) for part in split(text)]


def _constant_date(read: Callable[[str], str | None], given: Any, name: str) -> str | None:
    """A date the mapping itself gives, read once; raises ``mapping-date``."""
    try:
        return read(str(given))
    except Refusal as refusal:
        raise Unusable(problem("mapping-date", value=given, where=name, hint=refusal.problem.todo)) from None


def _lenient(read: Callable[[str], str], options: dict[str, Any], name: str, column: str | None, context: Context) -> Callable[[str], Any]:
    """``otherwise`` and ``unreadable`` of a date: what becomes of a wording that cannot be read as one.

    ``keep``: with a dating it stays as its wording; elsewhere it goes to the note of the assessment, or beside the place.
    """
    for wording, target in (options.get("values") or {}).items():
        if target is not None:
            _constant_date(read, target, f"{name}.values.{wording}")
    how, otherwise = options.get("unreadable", "refuse"), options.get("otherwise")
    instead = None if otherwise is None else _constant_date(read, otherwise, f"{name}.otherwise")
    if how == "refuse" and instead is None:
        return read

    def lax(text: str) -> Any:
        try:
            return read(text)
        except Refusal as refusal:
            if refusal.problem.code == "date-in-future":
                raise
            if instead is not None:
                return instead
            context.warn(refusal.problem)
        if how == "drop":
            return None
        if name.startswith("dating."):
            return Unread(text)
        context.kept.append((column or name, text))
        return None

    return lax


def items(target: str, spec: dict[str, Any], context: Context) -> Items:
    """Build the items of a list field (names, types …) from one item rule."""
    cells = {name: cell(rule, f"{target}.{name}", context) for name, rule in spec.items() if name != "file"}
    main = MAIN[target] if MAIN[target] in cells else next((n for n in ALSO.get(target, ()) if n in cells), next(iter(cells)))
    if target == "names":
        from tutela.exchange.mapping.names import build_names

        return build_names(cells, main, context)
    if target not in FINISH and cells[main].split is None and all(c.constant for name, c in cells.items() if name != main):
        return _single(cells, main, context)
    finish = FINISH.get(target)
    steps = in_step(cells, main, context, ALSO.get(target, ()))
    source = context.source_key

    def build(values: Values) -> list[Item]:
        out = []
        for texts in steps(values):
            item: Item = {"source": source}
            for name, text in texts.items():
                _put(item, cells[name], name, text, name == main)
            for one in (item,) if finish is None else finish(item, context):
                if one not in out:
                    out.append(one)
        return out

    return build


def _put(item: Item, c: Cell, name: str, text: Any, is_main: bool) -> None:
    """Set a field of an item: a code with its wording beside it, a date, or text."""
    if text is None:
        return
    value = c.value(text)
    if not c.codes or c.constant:
        if value.__class__ is Unread:
            item["original"] = f"{item['original']} – {value}" if "original" in item else str(value)
        elif value is not None:
            item[name] = value
        return
    code, original = value
    if is_main and name != "period":
        if code is not None:
            item[name] = code
        elif name in ("action", "activity"):
            item[name] = original
        if code != original:
            item["original"] = original
    elif name == "period":  # the wording is what the source says; the code finds it in every language
        item["period"] = original
        if code is not None:
            item["code"] = code
    elif name == "priority":
        item[name] = {"code": code, "original": original} if code is not None else {"original": original}
    else:
        item[name] = code if code is not None else original


def _single(cells: dict[str, Cell], main: str, context: Context) -> Items:
    """The common case, one column with one value: the whole item is kept for each distinct value."""
    cache: dict[str, list[Item]] = {}
    c = cells[main]
    source, get, drop = context.source_key, c.get, c.drop

    def build(values: Values) -> list[Item]:
        text = get(values)
        if text is None or text in drop:
            return []
        held = cache.get(text)
        if held is None:
            before = len(context.warnings)
            item: Item = {"source": source}
            for name, other in cells.items():
                _put(item, other, name, text if name == main else other.get(values), name == main)
            held = [item]
            if len(context.warnings) == before and len(cache) < KEPT:
                cache[text] = held
        return held

    return build


def span(first: str | None, last: str | None) -> str | None:
    """Two EDTF values as one interval, from the start of the first to the end of the last."""
    if first is None and last is None:
        return None
    start = ".." if first is None else first.split("/")[0]
    end = ".." if last is None else last.split("/")[-1]
    return start if start == end else f"{start}/{end}"


def _reversed(together: str) -> bool:
    """Whether an interval ends before it begins."""
    from tutela.errors import TutelaError
    from tutela.vocabulary.dates import parse

    try:
        parse(together)
    except TutelaError:
        return True
    return False


def _finish_dating(item: Item, context: Context) -> list[Item]:
    """``from`` and ``to`` as one interval; where the end comes first, as two dates, and a warning."""
    first, last = item.pop("from", None), item.pop("to", None)
    together = span(first, last)
    if together is None or "edtf" in item:
        return [item]
    if _reversed(together):
        context.warn(problem("dating-reversed", column="dating", value=f"{first} – {last}"))
        return [{**item, "edtf": first}, {**item, "edtf": last}]
    return [{**item, "edtf": together}]


def _finish_description(item: Item, context: Context) -> list[Item]:
    first, last = item.pop("from", None), item.pop("to", None)
    together = span(first, last)
    if together is not None and "date" not in item:
        if _reversed(together):
            context.warn(problem("dating-reversed", column="descriptions", value=f"{first} – {last}"))
            return [{**item, "date": first}, {**item, "date": last}]
        item["date"] = together
    return [item]


def _finish_protection(item: Item, context: Context) -> list[Item]:
    item.setdefault("instrument", "other")
    return [item]


FINISH: dict[str, Callable[[Item, Context], list[Item]]] = {
    "dating": _finish_dating, "descriptions": _finish_description, "protections": _finish_protection,
}  # fmt: skip


def scalar(name: str, rule: Any, context: Context) -> Callable[[Values], Any]:
    """A field with one value: text, code, or date; ``take`` says which of several (first, last, all)."""
    c = cell(rule, name, context)
    take = rule.get("take") if isinstance(rule, dict) else None
    if name == "imagery":
        return _dates(c, "all")
    if name == "activity_dates":  # worth a list only where there are several; the last is `recorded`
        days = _dates(c, "all")
        return lambda values: found if len(found := days(values) or ()) > 1 else None
    if c.constant or c.read is None:
        return c.get if c.constant or c.split is None else _texts(c, take)
    if not c.codes:
        return _dates(c, take) if c.split is not None else c.one
    read, get = c.read, c.get

    def code(values: Values) -> Any:
        text = get(values)
        return None if text is None else read(text)[0] or text

    def code_of_several(values: Values) -> Any:
        found = list(dict.fromkeys(read(part) for part in c.many(values) if part is not None))
        codes = [code for code, _ in found if code is not None]
        return (codes or [wording for _, wording in found] or [None])[-1 if take == "last" else 0]

    return code if c.split is None else code_of_several


def _texts(c: Cell, take: str | None) -> Callable[[Values], str | None]:
    """The distinct members of a cell, joined again; or the first, or the last of them."""

    def texts(values: Values) -> str | None:
        found = list(dict.fromkeys(part for part in c.many(values) if part is not None))
        if not found:
            return None
        return found[0] if take == "first" else found[-1] if take == "last" else ", ".join(found)

    return texts


def _dates(c: Cell, take: str | None) -> Callable[[Values], Any]:
    """A cell with several days: the first, the last, or all of them in order."""

    def days(values: Values) -> Any:
        found = sorted({day for part in c.many(values) if part is not None and (day := c.value(part)) is not None})
        if not found:
            return None
        return found if take == "all" else found[0] if take == "first" else found[-1]

    return days


def refuse(code: str, column: str | None, value: object, **more: object) -> Refusal:
    return Refusal(problem(code, column=column, value=value, **more))
