"""GeoJSON (RFC 7946 and the older kind with a ``crs``), single geometries, and sequences of one feature a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tutela.errors import problem

from . import crs as systems
from . import encodings, mojibake
from .content import Content
from .geometry import DEPTH, Placer, Unfit
from .source import Row, Source, unusable

MOST_BYTES = 256 * 1024**2
GEOMETRIES = DEPTH.keys() | {"GeometryCollection"}


def open_geojson(content: Content, stated: dict[str, Any], *, crs: str | None = None,
                 coordinate_order: str | None = None) -> Source:
    """A GeoJSON file as a :class:`Source`."""
    swap = systems.check_order(coordinate_order, content.name)
    text = _decode(content, stated)
    features, declared, kind = _features(text, content.name)
    reference = systems.resolve(crs, content.name, "given") if crs else \
        systems.resolve(declared, content.name, "file") if declared is not None else \
        systems.Reference("EPSG:4326", None, "assumed")
    columns = _columns(features)
    stated.update(crs=reference.label, crs_from=reference.whence, coordinate_order=coordinate_order or "lon-lat",
                  transformed=reference.transform is not None, container=kind, features=len(features))
    reader = _Reader(features, columns, Placer(reference, swap), mojibake.may_hold(text) or "\\ud" in text or "\\uD" in text)
    source = Source(content.path, content.name, "geojson", tuple(columns), True, stated, reader.rows)
    if not features:
        source.warnings.append(problem("table-no-rows", file=content.name))
    return source


def _decode(content: Content, stated: dict[str, Any]) -> str:
    data = content.read(MOST_BYTES)
    found = encodings.by_mark(data[:4096])
    try:
        text = data.decode(found.encoding if found else "utf-8")
        stated.update(encoding=found.encoding if found else "utf-8", encoding_confidence=1.0)
        return text
    except UnicodeDecodeError:
        guess = encodings.guess(encodings.sample_of(data))
        stated.update(encoding=guess.encoding, encoding_confidence=guess.confidence)
        return data.decode(guess.encoding, "replace")


def _no_constant(word: str) -> None:
    raise Unfit("json-number", word)


def _load(text: str, name: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except Unfit as error:
        raise unusable(error.code, name, error.value) from None
    except RecursionError:
        raise unusable("nesting-too-deep", name) from None
    except ValueError as error:
        raise unusable("json-broken", name, error) from None


def _features(text: str, name: str) -> tuple[list[Any], Any, str]:
    """(features, the declared system if any, what the file is)."""
    stripped = text.lstrip("\ufeff\x1e \t\r\n")
    lines = stripped.split("\n", 2)
    if text[:1] == "\x1e" or (len(lines) > 1 and _is_one(lines[0]) and _is_one(lines[1] or (lines[2:] or [""])[0])):
        found = _sequence(text)
        if not any(isinstance(f, dict) and f.get("type") == "Feature" for f in found):
            raise unusable("geojson-no-features", name, "none of its lines is a feature")
        return found, None, "sequence"
    whole = _load(stripped, name)
    if isinstance(whole, list) and whole and all(isinstance(f, dict) and f.get("type") == "Feature" for f in whole):
        return whole, None, "list of features"
    kind = whole.get("type") if isinstance(whole, dict) else None
    if kind == "FeatureCollection" and isinstance(whole.get("features"), list):
        return whole["features"], _declared(whole, name), kind
    if kind == "Feature":
        return [whole], _declared(whole, name), kind
    if kind in GEOMETRIES:
        return [{"type": "Feature", "geometry": whole, "properties": {}}], _declared(whole, name), kind
    raise unusable("geojson-no-features", name, f"its type is {kind!r}" if kind else "it has no type")


def _is_one(line: str) -> bool:
    """Whether a line is a whole JSON object by itself."""
    line = line.strip("\x1e \t\r")
    if not (line.startswith("{") and line.endswith("}")):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _sequence(text: str) -> list[Any]:
    """One feature or geometry a line; a broken line stays a text, to be refused at its row."""
    found: list[Any] = []
    for line in text.split("\n"):
        line = line.strip("\ufeff\x1e \t\r")
        if not line:
            continue
        try:
            value = json.loads(line, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            value = line
        if isinstance(value, dict) and value.get("type") in GEOMETRIES:
            value = {"type": "Feature", "geometry": value, "properties": {}}
        found.append(value)
    return found


def _declared(whole: dict[str, Any], name: str) -> Any:
    """The name in an old-style ``crs`` member; a null one means unknown; a linked one is not followed."""
    if "crs" not in whole:
        return None
    member = whole["crs"]
    if member is None:
        raise unusable("crs-missing", name)
    properties = member.get("properties") if isinstance(member, dict) else None
    if isinstance(properties, dict):
        if isinstance(properties.get("name"), str):
            return properties["name"]
        if isinstance(properties.get("code"), (int, str)):
            return f"EPSG:{properties['code']}"
    raise unusable("crs-unknown", name, json.dumps(member)[:200])


def _columns(features: list[Any]) -> list[str]:
    """Every property name, in order of first appearance; a feature's own id becomes a column ``id``."""
    names: dict[str, None] = {}
    own = False
    for feature in features:
        if isinstance(feature, dict):
            own = own or isinstance(feature.get("id"), (str, int))
            if isinstance(properties := feature.get("properties"), dict):
                names.update(dict.fromkeys(properties))
    if own and "id" not in names:
        return ["id", *names]
    return list(names)


def plain(value: Any) -> Any:
    """A property as a cell: what is nested stays JSON text."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value


class _Reader:
    def __init__(self, features: list[Any], columns: list[str], placer: Placer, doubtful: bool) -> None:
        self.features, self.columns, self.placer, self.doubtful = features, columns, placer, doubtful

    def rows(self, source: Source) -> Iterator[Row]:
        self.placer.with_height = 0
        columns = self.columns
        for number, feature in enumerate(self.features, 1):
            if not isinstance(feature, dict) or feature.get("type") != "Feature":
                source.refuse("feature-broken", number, [str(feature)[:200]], value=str(feature)[:100])
                continue
            properties = feature.get("properties") or {}
            if not isinstance(properties, dict):
                source.refuse("feature-broken", number, [str(properties)[:200]], value="properties are no object")
                continue
            values = [plain(properties.get(name)) for name in columns]
            if columns and columns[0] == "id" and "id" not in properties:
                values[0] = feature.get("id") if isinstance(feature.get("id"), (str, int)) else None
            geometry = feature.get("geometry")
            if geometry is not None:
                try:
                    geometry = self.placer.from_json(geometry, source, number)
                except Unfit as error:
                    source.refuse(error.code, number, values, column="geometry", value=error.value)
                    continue
            if self.doubtful:
                check_texts(source, number, values)
            yield number, values, geometry
        if self.placer.with_height:
            source.warn("height-left-out", value=self.placer.with_height)


def check_texts(source: Source, number: int, values: list[Any]) -> None:
    """Warn at every text that a wrong encoding damaged before."""
    for name, value in zip(source.columns, values, strict=True):
        if isinstance(value, str) and not value.isascii():
            if mojibake.lost(value):
                source.warn("character-lost", row=number, column=name, value=value)
            elif len(value) < 10_000 and (was := mojibake.repaired(value)):
                source.warn("mojibake", row=number, column=name, value=value, repaired=was[:200])
