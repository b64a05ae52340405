"""KML and KMZ placemarks, read by our own small parser: nothing in the file is fetched, included or expanded."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from tutela.errors import problem

from . import crs as systems
from . import guarded_xml, mojibake
from .geojson import check_texts
from .geometry import Placer, Unfit
from .source import Row, Source, unusable

SIMPLE = {"Point", "LineString", "LinearRing", "Polygon"}
OTHER = {"Track", "MultiTrack", "Model"}
PLAIN = ("name", "description", "address", "phoneNumber", "when", "begin", "end", "styleUrl")
MOST_TEXT = 5_000_000
MOST_PLACEMARKS = 2_000_000


@dataclass
class Placemark:
    values: dict[str, str] = field(default_factory=dict)
    geometries: list[dict[str, Any]] = field(default_factory=list)
    trouble: str | None = None
    height: bool = False


@dataclass
class _State:
    """Where the parser is."""

    path: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    done: list[Placemark] = field(default_factory=list)
    current: Placemark | None = None
    text: list[str] = field(default_factory=list)
    size: int = 0
    data_name: str = ""
    rings: list[list[list[float]]] = field(default_factory=list)
    outer: bool = True
    links: int = 0
    root: str = ""


def _points(text: str, mark: Placemark) -> list[list[float]]:
    points = []
    for word in re.sub(r"\s*,\s*", ",", text).split():
        numbers = word.split(",")
        try:
            pair = [float(numbers[0]), float(numbers[1])]
        except (ValueError, IndexError):
            mark.trouble = f"coordinates {word[:60]}"
            continue
        if not all(map(math.isfinite, pair)):
            mark.trouble = f"coordinates {word[:60]}"
            continue
        mark.height = mark.height or (len(numbers) > 2 and numbers[2].strip() not in ("", "0", "0.0"))
        points.append(pair)
    return points


def parse(stream: BinaryIO, name: str) -> tuple[list[Placemark], int]:
    """(placemarks in order, links that were not followed)."""
    state = _State()

    def begin(tag: str, attributes: dict[str, str]) -> None:
        state.root = state.root or tag
        state.path.append(tag)
        state.text.clear()
        state.size = 0
        if tag in ("Folder", "Document"):
            state.folders.append("")
        elif tag == "Placemark":
            state.current = Placemark()
            state.current.values["folder"] = " / ".join(f for f in state.folders if f)
            if attributes.get("id"):
                state.current.values["id"] = attributes["id"]
        elif tag in ("Data", "SimpleData"):
            state.data_name = attributes.get("name", "")
        elif tag == "NetworkLink":
            state.links += 1
        elif tag == "Polygon":
            state.rings.clear()
        elif tag in ("outerBoundaryIs", "innerBoundaryIs"):
            state.outer = tag == "outerBoundaryIs"
        elif tag in OTHER and state.current is not None:
            state.current.trouble = tag

    def text(piece: str) -> None:
        state.size += len(piece)
        if state.size > MOST_TEXT:
            raise unusable("file-too-large", name, f"an element of more than {MOST_TEXT:,} characters")
        state.text.append(piece)

    def end(tag: str) -> None:
        content = "".join(state.text).strip()
        state.text.clear()
        parent = state.path[-2] if len(state.path) > 1 else ""
        state.path.pop()
        if tag in ("Folder", "Document"):
            state.folders.pop()
        elif tag == "name" and parent in ("Folder", "Document") and state.current is None:
            state.folders[-1] = content if parent == "Folder" else ""
        elif state.current is not None:
            _end_inside(state, tag, parent, content, name)

    guarded_xml.parse(stream, name, begin, end, text)
    if state.root != "kml":
        raise unusable("format-unknown", name, f"XML of the kind {state.root[:40]}")
    return state.done, state.links


def _end_inside(state: _State, tag: str, parent: str, content: str, name: str) -> None:
    mark = state.current
    assert mark is not None
    if tag == "Placemark":
        state.done.append(mark)
        state.current = None
        if len(state.done) > MOST_PLACEMARKS:
            raise unusable("file-too-large", name, f"more than {MOST_PLACEMARKS:,} placemarks")
    elif tag == "coordinates":
        points = _points(content, mark)
        if parent == "Point" and points:
            mark.geometries.append({"type": "Point", "coordinates": points[0]})
        elif parent == "LineString" and points:
            mark.geometries.append({"type": "LineString", "coordinates": points})
        elif parent == "LinearRing" and points:
            if "Polygon" in state.path:
                state.rings.insert(0 if state.outer else len(state.rings), points)
            else:
                mark.geometries.append({"type": "LineString", "coordinates": points})
    elif tag == "Polygon" and state.rings:
        closed = [ring if ring[0] == ring[-1] else [*ring, ring[0]] for ring in state.rings]
        mark.geometries.append({"type": "Polygon", "coordinates": closed})
        state.rings = []
    elif (tag == "value" and parent == "Data") or tag == "SimpleData":
        if content and state.data_name:
            mark.values.setdefault(state.data_name, content)
    elif tag in PLAIN and parent in ("Placemark", "TimeStamp", "TimeSpan") and tag != "styleUrl" and content:
        mark.values.setdefault(tag, content)


def _joined(parts: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The geometries of a placemark as one."""
    if len(parts) < 2:
        return parts[0] if parts else None
    kinds = {part["type"] for part in parts}
    if len(kinds) == 1:
        return {"type": f"Multi{kinds.pop()}", "coordinates": [part["coordinates"] for part in parts]}
    return {"type": "GeometryCollection", "geometries": parts}


def open_kml(stream: BinaryIO, source_path: Any, name: str, stated: dict[str, Any], *, layer: str | None = None,
             crs: str | None = None, coordinate_order: str | None = None) -> Source:
    """Placemarks as a :class:`Source`.  KML is always WGS 84, longitude first (OGC 12-007r2); ``crs`` overrides."""
    swap = systems.check_order(coordinate_order, name)
    marks, links = parse(stream, name)
    folders = sorted({part for mark in marks for part in mark.values["folder"].split(" / ") if part})
    if layer is not None:
        if layer not in folders:
            raise unusable("layer-unknown", name, layer, layers=", ".join(folders) or "none")
        marks = [m for m in marks if layer in m.values["folder"].split(" / ")]
    if not marks:
        raise unusable("layer-none", name)
    columns = list(dict.fromkeys(key for mark in marks for key in mark.values))
    if not any(mark.values["folder"] for mark in marks):
        columns.remove("folder")
    reference = systems.resolve(crs, name, "given") if crs else systems.Reference("EPSG:4326", None, "file")
    stated.update(crs=reference.label, crs_from=reference.whence, coordinate_order=coordinate_order or "lon-lat",
                  transformed=reference.transform is not None, features=len(marks), layers=folders, encoding="utf-8",
                  encoding_confidence=1.0)
    placer = Placer(reference, swap)

    def rows(source: Source) -> Iterator[Row]:
        height = 0
        for number, mark in enumerate(marks, 1):
            values = [mark.values.get(column) or None for column in columns]
            try:
                if mark.trouble in OTHER:
                    raise Unfit("geometry-unsupported", mark.trouble)
                if mark.trouble:
                    raise Unfit("geometry-broken", mark.trouble)
                joined = _joined(mark.geometries)
                geometry = placer.from_json(joined, source, number) if joined else None
            except Unfit as error:
                source.refuse(error.code, number, values, column="geometry", value=error.value)
                continue
            height += mark.height
            if any(isinstance(v, str) and mojibake.may_hold(v) for v in values):
                check_texts(source, number, values)
            yield number, values, geometry
        if height:
            source.warn("height-left-out", value=height)

    source = Source(source_path, name, "kml", tuple(columns), True, stated, rows)
    if links:
        what = f"{links} network links, which were not followed"
        source.warnings.append(problem("source-unsafe", file=name, value=what))
    return source
