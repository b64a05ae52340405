"""Geometry as plain GeoJSON: representative points, boxes, and the grid by which a position is coarsened.

Coarsening is a grid, never a random offset (Chapman 2020, *Current best practices for generalizing sensitive species
occurrence data*): the same place always gives the same cell, and many looks tell no more than one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import floor
from typing import Any

Box = tuple[float, float, float, float]


def cell_centre(x: float, y: float, grid: float) -> tuple[float, float]:
    """The centre of the grid cell (degrees) that holds the point; cells are counted from 0°, 0°."""
    digits = 6
    cx = round((floor(x / grid + 1e-9) + 0.5) * grid, digits)
    cy = round((floor(y / grid + 1e-9) + 0.5) * grid, digits)
    return max(-180.0, min(180.0, cx)), max(-90.0, min(90.0, cy))


def positions(geometry: dict[str, Any]) -> Iterable[tuple[float, float]]:
    """Every position of a GeoJSON geometry."""
    if geometry["type"] == "Point":
        at = geometry["coordinates"]
        return ((at[0], at[1]),) if at else ()
    return _walk(geometry)


def _walk(geometry: dict[str, Any]) -> Iterator[tuple[float, float]]:
    if geometry["type"] == "GeometryCollection":
        for part in geometry["geometries"]:
            yield from _walk(part)
        return
    stack = [geometry["coordinates"]]
    while stack:
        item = stack.pop()
        if item and isinstance(item[0], int | float):
            yield item[0], item[1]
        else:
            stack.extend(item)


def bounds(geometries: list[dict[str, Any]]) -> Box | None:
    """(w, s, e, n) of the geometries of a place document."""
    if len(geometries) == 1 and geometries[0]["geojson"]["type"] == "Point":
        x, y = geometries[0]["geojson"]["coordinates"][:2]
        return x, y, x, y
    xs, ys = [], []
    for item in geometries:
        for x, y in positions(item["geojson"]):
            xs.append(x)
            ys.append(y)
    return (min(xs), min(ys), max(xs), max(ys)) if xs else None


def representative(geometries: list[dict[str, Any]]) -> tuple[float, float] | None:
    """One point for the place: its stated centre, else its only point, else a point inside its first shape."""
    if not geometries:
        return None
    if len(geometries) == 1 and geometries[0]["geojson"]["type"] == "Point":
        x, y = geometries[0]["geojson"]["coordinates"][:2]
        return x, y
    points = [g for g in geometries if g["geojson"]["type"] == "Point"]
    chosen = next((g for g in points if g.get("role") == "centre"), points[0] if points else None)
    if chosen is not None:
        x, y = chosen["geojson"]["coordinates"][:2]
        return x, y
    from shapely.geometry import shape

    inside = shape(geometries[0]["geojson"]).representative_point()
    return round(inside.x, 7), round(inside.y, 7)


def coarsened(geometries: list[dict[str, Any]], precision: str, grid: float) -> list[dict[str, Any]]:
    """What an audience at this precision gets instead of the geometries: the centre of one cell."""
    point = representative(geometries)
    if point is None:
        return []
    return [{"geojson": {"type": "Point", "coordinates": list(cell_centre(*point, grid))}, "role": "cell", "precision": precision}]
