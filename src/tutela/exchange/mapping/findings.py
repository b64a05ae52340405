"""Builders of what an assessment holds: condition, extent, damages, threats."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tutela.assessment.rules.validation import SAYS
from tutela.errors import TutelaError, problem
from tutela.exchange.mapping.builders import KEPT, Cell, Context, Item, Items, cell, items, refuse, scalar
from tutela.exchange.mapping.cells import Values
from tutela.exchange.mapping.fields import ALSO
from tutela.exchange.mapping.steps import Texts, in_step
from tutela.vocabulary.coordinates import parse_number

Builder = Callable[[Values], Any]
SCALARS = ("observed", "recorded", "imagery", "activity_dates", "method", "activity", "outcome", "assessor_role", "note")


def build_assessment(spec: dict[str, Any], context: Context) -> Callable[[Values], Item]:
    """Compile the assessment part of a mapping: row → assessment document without its place.

    {} where the row finds nothing: an assessment without any finding is none, whoever looked and when.
    """
    fields: list[tuple[str, Builder]] = [(name, scalar(name, spec[name], context)) for name in SCALARS if name in spec]
    for name in ("condition", "extent"):
        if name in spec:
            fields.append((name, graded(name, spec[name], context)))
    for name, build_items in (("damages", damages), ("threats", threats)):
        if name in spec:
            fields.append((name, _joined([build_items(item, context) for item in spec[name]], name == "damages")))
    for name in ("recommendations", "interventions"):
        if name in spec:
            fields.append((name, _joined([_bare(items(name, item, context)) for item in spec[name]])))
    said = [name for name, _ in fields if name in SAYS and not (isinstance(spec[name], dict) and "constant" in spec[name])]
    unpaired, kept_dates = context.unpaired, context.kept

    def build(values: Values) -> Item:
        unpaired.clear()
        kept_dates.clear()
        out: Item = {}
        for name, builder in fields:
            value = builder(values)
            if value:
                out[name] = value
        if unpaired:
            kept = "; ".join(f"{column} (not paired): {text}" for column, text in unpaired)
            out["note"] = f"{out['note']}\n{kept}" if "note" in out else kept
            unpaired.clear()
        if not any(name in out for name in said) and "note" not in out and out.get("outcome", "finding") == "finding":
            return {}
        if kept_dates:
            kept = "; ".join(f"{column}: {text}" for column, text in dict.fromkeys(kept_dates) if text not in out.get("note", ""))
            out["note"] = "\n".join(filter(None, (out.get("note"), kept)))
        _order(out, context)
        return out

    return build


def _order(out: Item, context: Context) -> None:
    """Odd but possible: a day looked at that lies after the day written down."""
    seen, recorded = out.get("observed"), out.get("recorded")
    if seen and recorded and len(seen) == len(recorded) == 10 and seen > recorded and "/" not in seen + recorded:
        context.warn(problem("observed-after-recorded", column="recorded", value=recorded, observed=seen))


def graded(name: str, rule: Any, context: Context) -> Builder:
    """Condition or extent: the core code, the scale, and the assessor's own value, which always stays.

    ``percent: true`` reads a number 0–100 and keeps it beside its band; ``scale`` names the assessor's scale.  Of several
    values (``split``) the last is taken and a warning says so.
    """
    c = cell(rule, name, context)
    options = rule if isinstance(rule, dict) else {}
    read_one = _grade(name, c, {**options, **c.rule}, context.warn)
    cache: dict[str, Item] = {}

    def build(values: Values) -> Item | None:
        text = c.get(values)
        if text is None:
            return None
        held = cache.get(text)
        if held is None:
            before = len(context.warnings)
            members = [text] if c.split is None else list(dict.fromkeys(m for m in c.many(values) if m is not None))
            if not members:
                return None
            held = read_one(members[-1])
            if len(members) > 1:
                context.warn(problem("values-several", column=c.column, value=text, kept=members[-1]))
                return {**held, "original": text}
            if len(cache) < KEPT and len(context.warnings) == before:
                cache[text] = held
        return held

    return build


def _grade(name: str, c: Cell, options: dict[str, Any], warn: Callable[[Any], None]) -> Callable[[str], Item]:
    from tutela.vocabulary import load
    from tutela.vocabulary.scales import extent_band, scale_names, to_core

    scale = options.get("scale")
    known = scale in scale_names()
    codes = load(name).terms
    given = {str(k).strip().casefold() for k in options.get("values") or ()}

    targets = {str(k).strip().casefold(): str(v) for k, v in (options.get("values") or {}).items() if v is not None}
    otherwise = options.get("otherwise")

    def percent(text: str) -> Item:
        text = str(text)
        target = targets.get(text.strip().casefold())
        found = None if target is None else _target(target)
        if found is None:
            found = percentage(text, fractions=options["percent"] == "fraction")
        if found is None and otherwise is not None:
            found = _target(str(otherwise))
        if found is None:
            raise refuse("number-unreadable", c.column, text)
        low, high, exact = (0.0, 0.0, False) if isinstance(found, str) else found
        if not 0 <= low <= high <= 100:
            raise refuse("percent-range", c.column, text)
        if isinstance(found, str):
            return {"code": found, "original": text}
        if low == high:
            return {"code": extent_band(low), "original": text, **({"value": low} if exact else {})}
        code = extent_band(min(low + 0.001, 100.0))  # from 10 to 20 is more than 10
        if code != extent_band(high):
            warn(problem("extent-unclear", column=c.column, value=text))
            return {"code": "unknown", "original": text}
        return {"code": code, "original": text}

    def _target(target: str) -> tuple[float, float, bool] | str:
        """A code, or a percentage as both ends of its range."""
        if target in codes:
            return target
        number = float(target.rstrip("% "))
        return number, number, True

    def grade(text: str) -> Item:
        code = to_core(scale, text, name) if known and name == "condition" and text.casefold() not in given else None
        original = text
        if code is None:
            code, original = (text, text) if c.constant else c.read(text)
        return {"code": code or "unknown", "original": original}

    read = percent if options.get("percent") else grade
    return (lambda text: {**read(text), "scale": scale}) if scale else read


_ABOUT = re.compile(
    r"^(?:ca|circa|c|about|approx|approximately|etwa|rund|vers|environ|env|около|прибл|ок|бл|близько|yaklaşık|təxminən|حوالي|نحو|تقريبا|حدود|~|≈|±)[.\s]*(?=\d)",
    re.I,
)
_BELOW = re.compile(r"^(?:<|≤|up to|less than|under|below|bis zu|bis|unter|moins de|до|менее|менш|أقل من|az)\s*(?=\d)", re.I)
_ABOVE = re.compile(r"^(?:>|≥|more than|over|above|über|mehr als|plus de|более|больше|свыше|понад|більше|أكثر من)\s*(?=\d)", re.I)


def percentage(text: str, fractions: bool = False) -> tuple[float, float, bool] | None:
    """The percentages a wording can mean, from … to, and whether it gives one figure plainly.

    "35 %", "10-20", "ca. 40", "<5", "٣٥٪"; None where it is none.

    With ``fractions`` a figure up to 1 without a per cent sign is a part of one, as spreadsheets keep percentages.
    """
    plain = text.strip()
    signed = plain.endswith(("%", "٪")) or plain.startswith(("%", "٪"))
    plain = plain.replace("%", " ").replace("٪", " ").strip()
    below, above = _BELOW.match(plain), _ABOVE.match(plain)
    about = _ABOUT.match(plain)
    for found in (below, above, about):
        plain = plain[found.end() :] if found else plain
    parts = re.split(r"(?<=\d)\s*(?:[-–—−]|…|\.\.+|\bto\b|\bbis\b|\bдо\b)\s*(?=\d)", plain)
    try:
        numbers = [parse_number(part) for part in parts]
    except TutelaError:
        return None
    if fractions and not signed and all(0 <= n <= 1 for n in numbers):
        numbers = [round(n * 100, 6) for n in numbers]
    if len(numbers) > 2 or (len(numbers) == 2 and (below or above)):
        return None
    if below:
        return 0.0, numbers[0], False
    if above:
        return numbers[0], 100.0, False
    return numbers[0], numbers[-1], not about and len(numbers) == 1


def _joined(builders: list[Builder], number: bool = False) -> Builder:
    """The items of several rules as one list without repetitions, numbered where each must be citable."""

    def build(values: Values) -> list[Item]:
        out: list[Item] = []
        for builder in builders:
            for item in builder(values) or ():
                if item not in out:
                    out.append(item)
        if number:
            out = [{"key": f"d{i}", **item} for i, item in enumerate(out, 1)]
        return out

    return build


def _bare(build: Items) -> Items:
    """Without the source key: an assessment names its source once."""

    def bare(values: Values) -> list[Item]:
        return [{k: v for k, v in item.items() if k != "source"} for item in build(values)]

    return bare


def damages(spec: dict[str, Any], context: Context) -> Items:
    """Damages with cause, effect and event dates, each with the source's wording."""
    cells = {name: cell(rule, f"damages.{name}", context) for name, rule in spec.items() if name != "file"}
    main = next(name for name in ("cause", *ALSO["damages"], *cells) if name in cells)
    steps = in_step(cells, main, context, ("cause", *ALSO["damages"]))
    broader = _broader("causes")

    def build(values: Values) -> list[Item]:
        out = []
        for texts in steps(values):
            item: Item = {}
            if cause := _cause(cells, texts, broader):
                item["cause"] = cause
            if texts.get("effect") is not None:
                item["effect"] = _coded(cells["effect"], texts["effect"])
                _sure(item["effect"], cells, texts, "effect_certainty")
            event = {name: value for name in ("from", "to", "before", "on") if (value := _value(cells, texts, name))}
            if event:
                item["event"] = event
            if texts.get("extent") is not None:
                item["extent"] = _coded(cells["extent"], texts["extent"])
            if texts.get("note") is not None:
                item["note"] = texts["note"]
            if item:
                out.append(item)
        return out

    return build


def _cause(cells: dict[str, Cell], texts: Texts, broader: dict[str, str]) -> Item:
    cause = _coded(cells["cause"], texts["cause"]) if texts.get("cause") is not None else {}
    category = _coded(cells["category"], texts["category"]) if texts.get("category") is not None else {}
    code = category.get("code") or broader.get(cause.get("code", ""))
    if code:
        cause["category"] = code
        if not cause.get("original") and category.get("original"):
            cause["original"] = category["original"]
    elif category:
        cause.setdefault("original", category["original"])
    if cause:
        _sure(cause, cells, texts, "certainty")
    return cause


def _value(cells: dict[str, Cell], texts: Texts, name: str) -> Any:
    text = texts.get(name)
    return None if text is None else cells[name].value(text)


def _coded(c: Cell, text: Any) -> Item:
    """(code, wording) as a document keeps it: the wording always, the code where there is one."""
    given = c.value(text)
    if not isinstance(given, tuple):
        return {"code": given}
    code, original = given
    return {"code": code, "original": original} if code is not None else {"original": original}


def _sure(part: Item, cells: dict[str, Cell], texts: Texts, name: str) -> None:
    given = _value(cells, texts, name)
    if given is not None:
        part["certainty"] = given if not isinstance(given, tuple) else given[0] or given[1]


def threats(spec: dict[str, Any], context: Context) -> Items:
    """Threats: cause, category and probability."""
    build_items = items("threats", spec, context)
    broader = _broader("causes")

    def build(values: Values) -> list[Item]:
        out = []
        for given in build_items(values):
            item = {k: v for k, v in given.items() if k != "source"}
            if "category" not in item and broader.get(item.get("cause", "")):
                item["category"] = broader[item["cause"]]
            out.append(item)
        return out

    return build


def _broader(name: str) -> dict[str, str]:
    from tutela.vocabulary import load

    return {code: term.broader for code, term in load(name).terms.items() if term.broader}
