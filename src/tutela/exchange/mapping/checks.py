"""What a rule may say of its field, looked at once, when a mapping is compiled.

An option that would do nothing is refused, and every code a mapping writes down is looked up in the field's list, so that a
slip of the pen is one error of the mapping and never a wrong record or the same refusal in every row.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from tutela.errors import TutelaError, Unusable, declare, problem

declare(
    {
        "mapping-value": (
            "The mapping gives {where} the value “{value}”, which is not {what}.",
            "Nearest: {near}. {hint}",
        ),
        "mapping-option": ("`{value}` does nothing in the rule of {where}.", "Take it out; {hint}"),
        "mapping-date": ("“{value}” is not a way of writing dates ({where}).", "{hint}"),
    }
)

_TEXT = frozenset({"column", "columns", "join", "default", "match", "strip", "drop", "values", "optional", "fill"})
_SEVERAL = frozenset({"split", "take"})
#: What each kind of field understands.
ALLOWED: dict[str, frozenset[str]] = {
    "codes": _TEXT | _SEVERAL | {"list", "otherwise", "unknown", "scale"},
    "percent": _TEXT | {"list", "otherwise", "unknown", "scale", "percent", "split"},
    "date": _TEXT | _SEVERAL | {"date", "otherwise", "unreadable"},
    "text": _TEXT | _SEVERAL | {"otherwise"},
    "pair": _TEXT | {"otherwise", "order", "split"},
    "zone": _TEXT | {"otherwise", "letters", "hemisphere"},
    "position": _TEXT | {"otherwise"},
}
_CONSTANT = frozenset({"constant", "list", "scale", "percent", "letters", "hemisphere", "optional", "date"})
POSITIONS = frozenset({"latitude", "longitude", "easting", "northing", "wkt", "geojson"})
_HINTS = {
    "unknown": "for dates say `unreadable: keep` or `drop`.",
    "date": "it belongs to fields that hold a date.",
    "percent": "it belongs to the `extent` of an assessment.",
    "scale": "it belongs to `condition` and `extent`.",
    "order": "it belongs to a `pair`; for dates write `date: {order: dmy}`.",
    "split": "a position has one value.",
    "unreadable": "it belongs to fields that hold a date.",
}
_WAYS = {"order": ("dmy", "mdy", "ymd"), "calendar": ("gregorian", "hijri", "persian", "bp")}


def kind_of(options: dict[str, Any], name: str, list_name: str | None, dated: bool) -> str:
    if name in ("pair", "zone"):
        return name
    if name in POSITIONS:
        return "position"
    if options.get("percent") and name == "extent":
        return "percent"
    return "codes" if list_name else "date" if dated else "text"


def check_options(options: dict[str, Any], name: str, kind: str) -> None:
    """Refuse, with ``mapping-option``, what this kind of field does not understand."""
    allowed = _CONSTANT if "constant" in options else ALLOWED[kind]
    for option in options:
        if option not in allowed or (option == "scale" and name not in ("condition", "extent")):
            hint = _HINTS.get(option, "docs/mappings.md says which fields know it.")
            hint = "a constant needs nothing beside it." if "constant" in options else hint
            raise Unusable(problem("mapping-option", value=option, where=name, hint=hint))
    if "join" in options and "columns" not in options:
        raise Unusable(problem("mapping-option", value="join", where=name, hint="it joins several `columns`."))
    _one_of(options, name, "unknown", ("keep", "warn", "refuse"))
    _one_of(options, name, "unreadable", ("keep", "drop", "refuse"))
    _one_of(options, name, "letters", ("band", "hemisphere"))
    _one_of(options, name, "hemisphere", ("N", "S"))
    _one_of(options, name, "strip", ("html",))
    _one_of(options, name, "fill", ("down",))
    _one_of(options, name, "order", ("lat-lon", "lon-lat"))
    for option, shape in (("values", dict), ("drop", list), ("columns", list)):
        if option in options and not isinstance(options[option], shape):
            raise Unusable(problem("mapping-rule", where=f"{name}.{option}", value=options[option]))


def _one_of(options: dict[str, Any], name: str, option: str, known: tuple[str, ...]) -> None:
    if option in options and options[option] not in known:
        raise _wrong(f"{name}.{option}", options[option], "one of those known", list(known), "")


def _wrong(where: str, value: Any, what: str, near: list[str], hint: str) -> Unusable:
    return Unusable(problem("mapping-value", where=where, value=value, what=what, near=", ".join(near) or "none", hint=hint))


def resolved(options: dict[str, Any], name: str, list_name: str, percent: bool = False) -> dict[str, Any]:
    """The rule with every code, label or other wording it gives as the code it means; raises ``mapping-value``.

    ``None`` in ``values`` says that a wording says nothing.  Where figures are read, a percentage may stand for a code.
    """
    from tutela.vocabulary import load

    try:
        vocabulary = load(list_name)
    except KeyError:
        from tutela.vocabulary import all_names

        near = get_close_matches(str(list_name), all_names())
        raise _wrong(f"{name}.list", list_name, "a list", near, "`tutela vocabulary` names all.") from None

    def code(value: Any, where: str) -> str:
        text = _word(value)
        term = vocabulary.find(text)
        if term is not None:
            return term.code
        if percent and _percentage(text):
            return text
        hint = f"`tutela vocabulary {list_name}` says all codes."
        raise _wrong(where, value, f"in the list “{list_name}”", _nearest(text, vocabulary), hint)

    out = dict(options)
    if "constant" in options:
        out["constant"] = code(options["constant"], f"{name}.constant")
    if "values" in options:
        out["values"] = {k: None if v is None else code(v, f"{name}.values") for k, v in options["values"].items()}
    if options.get("otherwise") is not None:
        out["otherwise"] = code(options["otherwise"], f"{name}.otherwise")
    default = options.get("default")
    if default is not None and _word(default).strip().casefold() not in {str(k).strip().casefold() for k in options.get("values") or ()}:
        out["default"] = code(default, f"{name}.default")
    return out


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _percentage(text: str) -> bool:
    try:
        return 0 <= float(text.rstrip("% ")) <= 100
    except ValueError:
        return False


def _nearest(text: str, vocabulary: Any) -> list[str]:
    """Codes whose code or wording looks like this one; where none does, the first of the list."""
    wordings = {wording.casefold(): term.code for term in vocabulary.terms.values() for wording in term.names()}
    near = [wordings[w] for w in get_close_matches(text.casefold(), wordings, 5, 0.6)]
    return list(dict.fromkeys(near))[:3] or list(vocabulary.terms)[:6]


def date_options(options: dict[str, Any], name: str) -> dict[str, Any]:
    """``date`` of a rule as a dict, its order, calendar, formats and pivot looked at; raises ``mapping-date``."""
    given = options.get("date") or {}
    if isinstance(given, str):
        given = {"order": given} if given in _WAYS["order"] else {"calendar": given}
    if not isinstance(given, dict):
        raise _odd(given, name, "Write for example date: {order: dmy}.")
    for key, value in given.items():
        if key not in ("order", "calendar", "formats", "pivot"):
            raise _odd(key, name, "`date` knows order, calendar, formats and pivot.")
        if key in _WAYS and value not in _WAYS[key]:
            raise _odd(value, name, f"{key} is one of {', '.join(_WAYS[key])}.")
    formats = given.get("formats") or []
    formats = [formats] if isinstance(formats, str) else formats
    if not isinstance(formats, list):
        raise _odd(formats, name, 'Write formats as a list: ["%d.%m.%Y"].')
    pivot = given.get("pivot")
    if pivot is not None and (isinstance(pivot, bool) or not isinstance(pivot, int) or not 0 <= pivot <= 2100):
        raise _odd(pivot, name, "pivot is the first of the hundred years that two digits may mean: pivot: 1950 reads 49 as 2049.")
    for form in formats:
        _check_format(str(form), name, pivot)
    return {**given, "formats": tuple(map(str, formats))} if formats else {k: v for k, v in given.items() if k != "formats"}


def _check_format(form: str, name: str, pivot: int | None) -> None:
    from tutela.vocabulary.dates import from_source

    if "%y" in form:
        if pivot is None:
            raise _odd(form, name, "Years of two digits need the century: add pivot: 2000 (21 is 2021), or pivot: 1950 (49 is 2049).")
        form = form.replace("%y", "%Y")
    try:
        from_source("2000-01-01", formats=(form,))
    except TutelaError as error:
        if error.code == "date-format-unknown":
            raise _odd(form, name, error.problem.todo) from None


def _odd(value: Any, name: str, hint: str) -> Unusable:
    return Unusable(problem("mapping-date", value=value, where=name, hint=hint))
