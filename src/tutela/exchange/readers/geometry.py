"""Geometries as GeoJSON-like dicts in longitude and latitude (EPSG:4326): checked, turned, repaired, never silently."""

from __future__ import annotations

import json
import math
from typing import Any

from tutela.errors import Problem, problem

from . import problems  # noqa: F401  (declares the codes)
from .crs import Reference
from .source import Source

DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
EDGE = 1e-9  # degrees a transformation may overshoot the edge of the world


class Unfit(ValueError):
    """A geometry that cannot be used: ``code`` and ``value`` for the report."""

    def __init__(self, code: str, value: object) -> None:
        super().__init__(str(value))
        self.code, self.value = code, value


def repair(geometry: dict[str, Any]) -> tuple[dict[str, Any], Problem | None]:
    """A valid geometry, and what was wrong with it (``None``: nothing).

    Only polygons can be invalid here; ``shapely.make_valid`` keeps every vertex, parts without area fall away.
    """
    if geometry["type"] in ("Point", "MultiPoint", "LineString", "MultiLineString"):
        return geometry, None
    from shapely.geometry import shape

    shaped = shape(geometry)
    mended, why = _mend(shaped)
    return (geometry, None) if why is None else (as_dict(mended), problem("geometry-invalid", value=why))


def _mend(shaped: Any) -> tuple[Any, str | None]:
    import shapely

    if shaped.is_valid:
        return shaped, None
    why = shapely.is_valid_reason(shaped)
    mended = shapely.make_valid(shaped, method="structure", keep_collapsed=False)
    if mended.is_empty:
        mended = shapely.make_valid(shaped)
    return mended, why


def as_dict(shaped: Any) -> dict[str, Any]:
    """A shapely geometry as a GeoJSON dict with lists."""
    import shapely

    return json.loads(shapely.to_geojson(shaped))


def check_range(bounds: tuple[float, float, float, float]) -> None:
    """Refuse what is not on the Earth, saying what it looks like.  Bounds: west, south, east, north."""
    west, south, east, north = bounds
    if -180 - EDGE <= west and east <= 180 + EDGE and -90 - EDGE <= south and north <= 90 + EDGE:
        return
    shown = f"{west:g}, {south:g}" if (west, south) == (east, north) else f"{west:g}, {south:g} to {east:g}, {north:g}"
    if not all(map(math.isfinite, bounds)):
        raise Unfit("coordinates-out-of-range", shown)
    if -90 <= west and east <= 90 and -180 <= south and north <= 180:
        raise Unfit("coordinates-swapped", shown)
    if max(map(abs, bounds)) > 1_000:
        raise Unfit("coordinates-projected", shown)
    raise Unfit("coordinates-out-of-range", shown)


class Placer:
    """Turns the geometries of one file, one after another, noting repairs at their rows."""

    def __init__(self, reference: Reference, swap: bool) -> None:
        self.reference, self.swap = reference, swap
        self.with_height = 0
        self._plain = reference.transform is None and not swap

    def from_json(self, geometry: Any, source: Source, number: int) -> dict[str, Any] | None:
        """A geometry as a GeoJSON file holds it.  :raises Unfit: when it cannot be used."""
        if not isinstance(geometry, dict) or not isinstance(kind := geometry.get("type"), str):
            raise Unfit("geometry-broken", "no type")
        coordinates = geometry.get("coordinates")
        if kind == "Point" and self._plain and isinstance(coordinates, list) and len(coordinates) == 2:
            x, y = coordinates
            if type(x) in (float, int) and type(y) in (float, int) and -180 <= x <= 180 and -90 <= y <= 90:
                return {"type": "Point", "coordinates": coordinates}
        if kind == "GeometryCollection":
            parts = geometry.get("geometries")
            if not isinstance(parts, list):
                raise Unfit("geometry-broken", "a collection without geometries")
            kept = {"type": kind, "geometries": [self._checked(part) for part in parts]}
        elif kind in DEPTH:
            kept = self._checked(geometry)
        else:
            raise Unfit("geometry-unsupported", kind)
        if _close(kept):
            source.warn("geometry-invalid", row=number, value="a ring that is not closed")
        from shapely.errors import ShapelyError
        from shapely.geometry import shape

        try:
            shaped = shape(kept)
        except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            raise Unfit("geometry-broken", error) from None
        return self.from_shape(shaped, source, number, kept)

    def _checked(self, geometry: Any) -> dict[str, Any]:
        if not isinstance(geometry, dict) or geometry.get("type") not in DEPTH:
            raise Unfit("geometry-broken", "a part of no known type")
        kind = geometry["type"]
        tall: list[bool] = []
        coordinates = geometry.get("coordinates")
        flat = coordinates if coordinates == [] else _flat(coordinates, DEPTH[kind], tall)
        self.with_height += bool(tall)
        return {"type": kind, "coordinates": flat}

    def from_shape(self, shaped: Any, source: Source, number: int, kept: dict[str, Any] | None = None,
                   ) -> dict[str, Any] | None:
        """A shapely geometry in the file's own system; ``kept``: as a dict, given back if nothing changes."""
        import shapely

        if shaped.is_empty:
            source.warn("geometry-empty", row=number)
            return None
        if shaped.has_z:
            self.with_height += 1
            shaped, kept = shapely.force_2d(shaped), None
        if not self._plain:
            shaped, kept = shapely.transform(shaped, self._turn), None
        check_range(shaped.bounds)
        mended, why = _mend(shaped)
        if why is not None:
            source.warn("geometry-invalid", row=number, value=why)
            if mended.is_empty:
                return None
            kept = None
        return kept or as_dict(mended)

    def _turn(self, points: Any) -> Any:
        import numpy

        x, y = (points[:, 1], points[:, 0]) if self.swap else (points[:, 0], points[:, 1])
        if self.reference.transform is not None:
            x, y = self.reference.transform(x, y)
        return numpy.column_stack([numpy.round(x, 9), numpy.round(y, 9)])


def _close(geometry: dict[str, Any]) -> bool:
    """Close the rings of polygons whose last point is not the first, in place; whether there were any."""
    if geometry["type"] == "GeometryCollection":
        return any([_close(part) for part in geometry["geometries"]])
    polygons = {"Polygon": [geometry.get("coordinates")], "MultiPolygon": geometry.get("coordinates")}.get(geometry["type"], [])
    opened = [ring for rings in polygons for ring in rings if len(ring) > 2 and ring[0] != ring[-1]]
    for ring in opened:
        ring.append(list(ring[0]))
    return bool(opened)


def _flat(value: Any, depth: int, tall: list[bool]) -> Any:
    """Coordinates in two dimensions, every number checked."""
    if not isinstance(value, list) or not value:
        raise Unfit("geometry-broken", "coordinates missing or of the wrong depth")
    if depth:
        return [_flat(part, depth - 1, tall) for part in value]
    if len(value) < 2 or not all(type(n) in (int, float) and math.isfinite(n) and abs(n) < 1e300 for n in value[:2]):
        raise Unfit("geometry-broken", "coordinates that are no two numbers")
    if len(value) > 2:
        tall.append(True)
    return value[:2]
