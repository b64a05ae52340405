"""Geometry as GeoPackage blobs: the header of OGC 12-128r18 §2.1.3, then well-known binary (ISO, little-endian, two dimensions)."""

from __future__ import annotations

from struct import Struct, pack
from typing import Any

from tutela.inventory.rules.geometry import positions

SRS = 4326
_NO_BOX, _BOX = 0b001, 0b011  # flags: little-endian; without, with an envelope (min x, max x, min y, max y)
_POINT = Struct("<2sBBiBIdd").pack
_TYPES = {"Point": 1, "LineString": 2, "Polygon": 3, "MultiPoint": 4, "MultiLineString": 5, "MultiPolygon": 6,
          "GeometryCollection": 7}
_PARTS = {"MultiPoint": "Point", "MultiLineString": "LineString", "MultiPolygon": "Polygon"}


def point_blob(x: float, y: float) -> bytes:
    """A point in degrees."""
    return _POINT(b"GP", 0, _NO_BOX, SRS, 1, 1, x, y)


def blob(geometry: dict[str, Any]) -> bytes:
    """Any GeoJSON geometry, with its envelope."""
    xs, ys = zip(*positions(geometry), strict=True)
    box = pack("<4d", min(xs), max(xs), min(ys), max(ys))
    return pack("<2sBBi", b"GP", 0, _BOX, SRS) + box + _wkb(geometry)


def _wkb(geometry: dict[str, Any]) -> bytes:
    kind = geometry["type"]
    head = pack("<BI", 1, _TYPES[kind])
    if kind == "GeometryCollection":
        return head + _counted([_wkb(part) for part in geometry["geometries"]])
    given = geometry["coordinates"]
    if kind == "Point":
        return head + pack("<2d", *given[:2])
    if kind == "LineString":
        return head + _line(given)
    if kind == "Polygon":
        return head + _counted([_line(ring) for ring in given])
    return head + _counted([_wkb({"type": _PARTS[kind], "coordinates": part}) for part in given])


def _counted(parts: list[bytes]) -> bytes:
    return pack("<I", len(parts)) + b"".join(parts)


def _line(given: list[Any]) -> bytes:
    flat = [value for position in given for value in position[:2]]
    return pack(f"<I{len(flat)}d", len(given), *flat)
