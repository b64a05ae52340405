"""KML 2.2 (OGC 07-147r2): a placemark a place, its row as extended data, what the file is as the document's description."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from tutela.exchange.writers import Item
from tutela.exchange.writers.about import text_of

_PARTS = {"MultiPoint": "Point", "MultiLineString": "LineString", "MultiPolygon": "Polygon"}


class Writer:
    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        self._out = open(path, "w", encoding="utf-8", errors="replace", newline="\n", buffering=1 << 20)  # noqa: SIM115
        self._out.write('<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n'
                        f"<name>{escape(about['title'])}</name>\n<open>1</open>\n<description>{escape(_opening(about))}</description>\n")

    def write(self, items: list[Item]) -> None:
        self._out.write("".join([placemark(flat, geometries) for flat, geometries in items]))

    def finish(self, about: dict[str, Any]) -> None:
        # The schema wants a document's description before its places, the counts are known after them: an empty folder has them.
        self._out.write(f"<Folder>\n<name>About</name>\n<description>{escape(text_of(about))}</description>\n</Folder>\n"
                        "</Document>\n</kml>\n")
        self._out.close()

    def abandon(self) -> None:
        self._out.close()


def _opening(about: dict[str, Any]) -> str:
    return "\n".join([about["disclaimer"], about["names_note"], f"Date: {about['date']}", f"Audience: {about['audience']}",
                      f"Filter: {about['filter'] or 'none'}", f"Places: {about['places']}", about["precision"],
                      f"Journal head: line {about['journal']['line']}, {about['journal']['digest']}"])


def placemark(flat: dict[str, Any], geometries: list[dict[str, Any]]) -> str:
    """One place; without geometry where it is located by name only."""
    data = "".join([f'<Data name="{name}"><value>{escape(v) if v.__class__ is str else repr(v)}</value></Data>'
                    for name, v in flat.items() if v is not None])
    shapes = "".join([shape(item["geojson"]) for item in geometries])
    if len(geometries) > 1:
        shapes = f"<MultiGeometry>{shapes}</MultiGeometry>"
    name = escape(flat["name"] or flat["id"])
    told = f"<description>{escape(flat['description'])}</description>" if flat["description"] else ""
    return f"<Placemark><name>{name}</name>{told}<ExtendedData>{data}</ExtendedData>{shapes}</Placemark>\n"


def shape(geometry: dict[str, Any]) -> str:
    """A GeoJSON geometry in KML; positions are longitude,latitude in both."""
    kind = geometry["type"]
    if kind == "GeometryCollection":
        return f"<MultiGeometry>{''.join(map(shape, geometry['geometries']))}</MultiGeometry>"
    given = geometry["coordinates"]
    if kind == "Point":
        return f"<Point>{_coordinates([given])}</Point>"
    if kind == "LineString":
        return f"<LineString>{_coordinates(given)}</LineString>"
    if kind == "Polygon":
        rings = [f"<LinearRing>{_coordinates(ring)}</LinearRing>" for ring in given]
        return ("<Polygon>" + "".join(f"<{side}BoundaryIs>{ring}</{side}BoundaryIs>"
                                      for side, ring in zip(["outer", *["inner"] * len(rings)], rings, strict=False)) + "</Polygon>")
    parts = [shape({"type": _PARTS[kind], "coordinates": part}) for part in given]
    return f"<MultiGeometry>{''.join(parts)}</MultiGeometry>"


def _coordinates(positions: list[Any]) -> str:
    return f"<coordinates>{' '.join([f'{p[0]!r},{p[1]!r}' for p in positions])}</coordinates>"
