"""Compile a mapping for one file: the result turns a row into a :class:`Part`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any

from tutela.errors import Problem, Unusable, problem
from tutela.exchange.mapping.absent import without_absent
from tutela.exchange.mapping.builders import Context, items, scalar
from tutela.exchange.mapping.cells import Columns, Refusal, Skipped, Values, text_getter
from tutela.exchange.mapping.findings import build_assessment
from tutela.exchange.mapping.model import PLACE_ITEMS, Mapping, _assessments
from tutela.exchange.mapping.places import build_geometry
from tutela.inventory.rules import validation  # noqa: F401  (declares the codes of what a place must hold)

Build = Callable[[Values], Any]


@dataclass(slots=True)
class Part:
    """What one row says: of which place (``key``), and what.  ``id`` a public id of this register, if the row gives one."""

    key: str | None
    id: str | None
    place: dict[str, Any]
    assessments: list[dict[str, Any]]
    warnings: list[Problem] = field(default_factory=list)


Read = Callable[[Values, Any], Part]


@dataclass(slots=True)
class Compiled:
    """``read(values, geometry)`` gives a :class:`Part` or raises :class:`Refusal`.

    ``unused`` columns say nothing to the mapping; ``absent`` ones are optional in it and not in the file.
    """

    read: Read
    unused: list[str]
    absent: list[str] = field(default_factory=list)


def compile_mapping(
    mapping: Mapping, columns: tuple[str, ...], file: str = "main", has_geometry: bool = False, crs: str | None = None
) -> Compiled:
    """Compile for the file of this role (``main`` unless the mapping joins several).

    ``crs`` is the system of eastings and northings of which the mapping says none.

    Raises :class:`Unusable` ``mapping-column`` where the mapping names a column the file does not have and that is
    not ``optional``.
    """
    today = date.today()
    found = Columns(columns)
    context = Context(found, mapping.none, today.year * 10000 + today.month * 100 + today.day, mapping.source["key"])
    context.crs = crs or mapping.data.get("crs")
    absent: list[str] = []
    optional = mapping.data.get("optional", False)
    spec = without_absent(_of_file(mapping.data.get("place") or {}, file), found, optional, absent)
    lists: list[tuple[str, Build]] = [
        (name, items(name, item, context)) for name in PLACE_ITEMS if name != "geometries" for item in spec.get(name, ())
    ]
    geometries = [build_geometry(item, context) for item in spec.get("geometries", ())]
    if has_geometry and not geometries and file == "main":
        geometries.append(build_geometry({"from": "file"}, context))
    country = scalar("country", spec["country"], context) if "country" in spec else None
    scalars = [(name, scalar(name, spec[name], context)) for name in ("address", "category") if name in spec]
    if "handling" in spec:
        scalars.append(("handling", _handling(spec["handling"], context)))
    own_id = scalar("id", spec["id"], context) if "id" in spec else None
    parts = [without_absent(_of_assessment(part, file), found, optional, absent) for part in _assessments(mapping.data)]
    assessments = [build_assessment(part, context) for part in parts if part]
    key = _key(mapping, file, context)
    identify = _identifier(mapping) if file == "main" else None
    unpaired, kept_dates = context.unpaired, context.kept
    skipped = _skip(mapping, context) if file == "main" else None

    def read(values: Values, geometry: Any) -> Part:
        if skipped is not None and skipped(values):
            raise Skipped(problem("row-skipped"))
        if unpaired:
            unpaired.clear()
        kept_dates.clear()
        own_key = key(values, geometry) if key is not None else None
        try:
            return part_of(own_key, values, geometry)
        except Refusal as refusal:
            refusal.key = own_key
            raise

    def part_of(own_key: str | None, values: Values, geometry: Any) -> Part:
        context.warnings = warnings = []
        place: dict[str, Any] = {}
        if country is not None:
            value = country(values)
            context.country = value
            if value is not None:
                place["country"] = value
        if own_key is not None and identify is not None:
            place["identifiers"] = [identify(own_key)]
        for name, build in lists:
            value = build(values)
            if value:
                place[name] = place[name] + value if name in place else value
        if unpaired:
            _keep_beside(place, unpaired, mapping.source["key"], "unpaired")
        if kept_dates:
            _keep_beside(place, kept_dates, mapping.source["key"], "unread")
        for build_one in geometries:
            value = build_one(values, geometry)
            if value:
                place["geometries"] = place["geometries"] + value if "geometries" in place else value
        for name, build in scalars:
            value = build(values)
            if value is not None:
                place[name] = value
        done = [a for build in assessments if (a := build(values))]
        return Part(own_key, own_id(values) if own_id else None, place, done, warnings)

    ignored = {str(c).strip().casefold() for c in mapping.data.get("ignore") or ()}
    unused = [name for i, name in enumerate(columns) if i not in found.used and name.strip().casefold() not in ignored]
    return Compiled(read, unused, sorted(set(absent)))


def _keep_beside(place: dict[str, Any], given: list[tuple[str, Any]], source: str, kind: str) -> None:
    """What could not be paired or read stays with the place as the source wrote it."""
    kept = [{"kind": kind, "value": str(text), "original": column, "source": source} for column, text in given]
    place["characteristics"] = place.get("characteristics", []) + kept
    given.clear()


def _skip(mapping: Mapping, context: Context) -> Callable[[Values], bool] | None:
    """``skip: {column: texts or patterns}``: rows that are no places, such as totals and signatures."""
    tests: list[tuple[Callable[[Values], Any], frozenset[str], list[re.Pattern[str]]]] = []
    for column, given in (mapping.data.get("skip") or {}).items():
        texts = [str(t) for t in (given if isinstance(given, list) else [given])]
        patterns = []
        for text in texts:
            try:
                patterns.append(re.compile(text, re.IGNORECASE))
            except (re.error, RecursionError, OverflowError):
                continue  # a text with brackets is a text
        get = text_getter(str(column), context.columns, frozenset({""}))[0]
        tests.append((get, frozenset(t.strip().casefold() for t in texts), patterns))
    if not tests:
        return None

    def skip(values: Values) -> bool:
        for get, texts, patterns in tests:
            text = get(values)
            if text is not None and (text.casefold() in texts or any(p.fullmatch(text[:500]) for p in patterns)):
                return True
        return False

    return skip


def _of_file(spec: dict[str, Any], file: str) -> dict[str, Any]:
    """The fields of a mapping's part that are read from the file of this role."""
    out: dict[str, Any] = {}
    for name, rule in spec.items():
        if isinstance(rule, list):
            chosen = [item for item in rule if item.get("file", "main") == file]
            if chosen:
                out[name] = chosen
        elif file == "main":
            out[name] = rule
    return out


def _of_assessment(part: dict[str, Any], file: str) -> dict[str, Any]:
    """The fields of an assessment read from this file; ``file`` in it says that all of it is read from a related one."""
    if "file" not in part:
        return _of_file(part, file)
    return {name: rule for name, rule in part.items() if name != "file"} if part["file"] == file else {}


def _identifier(mapping: Mapping) -> Callable[[str], dict[str, Any]]:
    """The key as an identifier of the place: by it a later release finds it."""
    rule = mapping.key or {}
    scheme, source, uri = rule.get("scheme", mapping.source["key"]), mapping.source["key"], rule.get("uri")
    if uri is None:
        return lambda value: {"scheme": scheme, "value": value, "source": source}
    return lambda value: {"scheme": scheme, "value": value, "uri": str(uri).replace("{}", value), "source": source}


def _key(mapping: Mapping, file: str, context: Context) -> Callable[[Values, Any], str] | None:
    rule = mapping.key or {}
    if file == "main" and "digest" in rule:
        return _digest(rule["digest"], context)
    column = mapping.files.get(file, {}).get("key") if file != "main" else rule.get("column")
    if column is None:
        if file != "main":
            raise Unusable(problem("mapping-key"))
        return None
    get, name = text_getter(column, context.columns, context.none)

    def read(values: Values, geometry: Any) -> str:
        text = get(values)
        if text is None:
            raise Refusal(problem("key-missing", column=name))
        if len(text) > 500:
            raise Refusal(problem("name-too-long", column=name, value=text[:60]))
        return text

    return read


def _digest(columns: list[str], context: Context) -> Callable[[Values, Any], str]:
    """A list without numbers: a row is known again by what these columns and its geometry say.

    So a corrected row is a new place; give the list numbers if corrections are to come.
    """
    getters = [text_getter(name, context.columns, context.none)[0] for name in columns if context.columns.has(name)]
    if not getters:
        raise Unusable(problem("mapping-column", value=columns[0], known=", ".join(context.columns.names)))

    def read(values: Values, geometry: Any) -> str:
        texts: list[Any] = [get(values) for get in getters]
        if geometry is not None:
            texts.append(geometry)
        if not any(texts):
            raise Refusal(problem("place-nameless", column=", ".join(columns)))
        return blake2b(json.dumps(texts, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()

    return read


def _handling(spec: Any, context: Context) -> Build:
    parts = spec if isinstance(spec, dict) and "mark" in spec else {"mark": spec}
    getters = [(name, scalar(f"handling.{name}", rule, context)) for name, rule in parts.items()]

    def read(values: Values) -> dict[str, Any] | None:
        given = {name: value for name, get in getters if (value := get(values)) is not None}
        return given if given.get("mark") and given != {"mark": "open"} else None

    return read
