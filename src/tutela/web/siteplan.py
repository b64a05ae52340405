"""A small plan of a place (SVG): the footprint as held, and the grid cell that the public is shown.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from math import cos, floor, log10, radians
from typing import Any

WIDTH, HEIGHT = 500, 248
METRES = 111_195.0  # metres in a degree of latitude, on a sphere of 6,371 km: enough for a sketch
Point = tuple[float, float]


def paths(geometry: Mapping[str, Any]) -> Iterator[tuple[str, list[Point]]]:
    """Every part of a GeoJSON geometry (degrees) as ``("area" | "line" | "point", points)``."""
    kind, held = geometry.get("type"), geometry.get("coordinates")
    if kind == "GeometryCollection":
        for part in geometry.get("geometries", ()):
            yield from paths(part)
    elif kind == "Point":
        yield "point", [(held[0], held[1])]
    elif kind == "MultiPoint":
        yield from (("point", [(p[0], p[1])]) for p in held)
    elif kind in ("LineString", "MultiLineString"):
        yield from (("line", _flat(line)) for line in ([held] if kind == "LineString" else held))
    elif kind in ("Polygon", "MultiPolygon"):
        for polygon in [held] if kind == "Polygon" else held:
            yield from (("area", _flat(ring)) for ring in polygon)


def _flat(line: Sequence[Sequence[float]]) -> list[Point]:
    return [(p[0], p[1]) for p in line]


def site_plan(geometries: Sequence[Mapping[str, Any]], cell: Sequence[float] | None = None, *, kind: str = "none",
              say: Callable[[str], str] = str) -> str:
    """The drawing, or an empty text where there is nothing to draw.

    ``geometries`` GeoJSON in degrees, at the viewer's precision; ``cell`` = W, S, E, N that the public sees, or None;
    ``kind`` the condition's mark (colours the footprint).  North is up in every script.
    """
    parts = [part for geometry in geometries for part in paths(geometry)]
    corners = [(cell[0], cell[1]), (cell[2], cell[3])] if cell else []
    points = [p for _, line in parts for p in line] + corners
    if not points:
        return ""
    place, metres, box = _projection(points)
    marks = _grid(place, box)
    if cell:
        (x1, y1), (x2, y2) = place(cell[0], cell[3]), place(cell[2], cell[1])
        marks.append(f'<rect class="m-cell" x="{x1}" y="{y1}" width="{x2 - x1:.1f}" height="{y2 - y1:.1f}"/>')
        marks.append(_tag(x2, (y1 + y2) / 2, say("Public sees this cell")))
    areas = [_path(place, line) + "Z" for part, line in parts if part == "area"]
    if areas:
        marks.append(f'<path class="m-foot c-{escape(kind)}" fill-rule="evenodd" d="{"".join(areas)}"/>')
        right = max((place(*p) for part, line in parts if part == "area" for p in line), key=lambda p: p[0])
        marks.append(_tag(*right, say("Footprint as held")))
    for part, line in parts:
        if part == "line":
            marks.append(f'<path class="m-way" d="{_path(place, line)}"/>')
        elif part == "point":
            x, y = place(*line[0])
            marks.append(f'<use href="#g-{escape(kind)}" x="{x - 7:.1f}" y="{y - 7:.1f}" width="14" height="14"/>')
    marks.append(_scale(metres))
    label = escape(say("Plan of the place"))
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">{"".join(marks)}</svg>'


def _path(place: Callable[[float, float], Point], line: list[Point]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in (place(*p) for p in line))


def _projection(points: list[Point]) -> tuple[Callable[[float, float], Point], float, tuple[float, ...]]:
    """Degrees → pixels (plate carrée at the middle latitude), metres in a pixel, and the box shown in degrees."""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    lon, lat = (west + east) / 2, (south + north) / 2
    squeeze = max(0.05, cos(radians(lat)))
    metres = max((east - west) * squeeze * METRES / (WIDTH - 190), (north - south) * METRES / (HEIGHT - 70), 0.4)

    def place(x: float, y: float) -> Point:
        return (round(WIDTH / 2 - 20 + (x - lon) * squeeze * METRES / metres, 1),
                round(HEIGHT / 2 - (y - lat) * METRES / metres, 1))

    half_w, half_h = WIDTH / 2 * metres / METRES / squeeze, HEIGHT / 2 * metres / METRES
    return place, metres, (lon - half_w, lat - half_h, lon + half_w, lat + half_h)


def _grid(place: Callable[[float, float], Point], box: tuple[float, ...]) -> list[str]:
    """Lines of the grid of degrees, with their values along two edges."""
    span = box[2] - box[0]
    power = 10.0 ** floor(log10(span))
    step = next(part for part in (power / 10, power / 5, power / 2, power, power * 2) if span / part <= 5)
    digits = max(0, -floor(log10(step)))
    drawn = []
    for number in range(floor(box[0] / step) + 1, floor(box[2] / step) + 1):
        x, _ = place(number * step, box[1])
        drawn.append(f'<path class="m-grid" d="M{x} 0V{HEIGHT}"/>')
        if 20 < x < WIDTH - 24:
            drawn.append(f'<text class="m-lab m-lab--grid" x="{x + 4}" y="12">{number * step:.{digits}f}</text>')
    for number in range(floor(box[1] / step) + 1, floor(box[3] / step) + 1):
        _, y = place(box[0], number * step)
        drawn.append(f'<path class="m-grid" d="M0 {y}H{WIDTH}"/>')
        if 26 < y < HEIGHT - 10:
            drawn.append(f'<text class="m-lab m-lab--grid" x="4" y="{y - 4}">{number * step:.{digits}f}</text>')
    return drawn


def _tag(x: float, y: float, words: str) -> str:
    x, y = min(max(x, 40), WIDTH - 150), min(max(y, 30), HEIGHT - 24)
    return (f'<path class="m-lead" d="M{x:.1f} {y:.1f}h18"/>'
            f'<text class="m-lab m-lab--ink" x="{x + 22:.1f}" y="{y + 4:.1f}">{escape(words)}</text>')


def _scale(metres: float) -> str:
    most = metres * 80
    power = 10.0 ** floor(log10(most))
    length = next((n * power for n in (5, 2, 1) if n * power <= most), power)
    words = f"{length:g} m" if length < 1000 else f"{length / 1000:g} km"
    wide = length / metres
    return (f'<path class="m-lead" d="M{WIDTH - 12 - wide:.1f} {HEIGHT - 16}v6h{wide:.1f}v-6"/>'
            f'<text class="m-lab m-lab--grid" x="{WIDTH - 12 - wide / 2:.1f}" y="{HEIGHT - 16}" '
            f'text-anchor="middle">{words}</text>')
