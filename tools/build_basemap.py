"""Build the offline basemap from Natural Earth: ``python tools/build_basemap.py --source FOLDER [--out FOLDER]``.

Written (all small, all derived, so that anybody can make them again and compare):

``world.json``    a TopoJSON topology at 1:50 million: ``land``, ``coast``, ``borders``, ``disputed``
``lines.json``    GeoJSON: the disputed and claim lines that Natural Earth holds at 1:10 million
``labels.json``   ``{"countries": [[name, iso2, lon, lat, zoom]…], "towns": [[{lang: name}, lon, lat, zoom, rank]…]}``

Neutrality, in rules a reader can check:

* Every boundary has one style.  Dashed is each stretch that lies along a line or an area which Natural Earth lists as
  disputed, breakaway, indeterminate or an armistice zone, and each boundary of an entry without an ISO 3166-1 number.
* A country's label is drawn when ISO 3166-1 lists the entry; the text is Natural Earth's (in English) or the browser's
  own CLDR name of the ISO code (other languages).  Towns are named as Natural Earth names them; no capital is marked.
* First-order divisions are left out: at 1:50 million Natural Earth has them for four countries only.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

SOURCES = {
    "world": "world-atlas-countries-50m.topojson",
    "countries": "ne_50m_admin_0_countries.json",
    "lines": "ne_10m_admin_0_boundary_lines_disputed_areas.json",
    "areas": "ne_10m_admin_0_disputed_areas.json",
    "towns": "ne_50m_populated_places.json",
}
LANGUAGES = ("en", "ar", "fa", "ru", "fr", "tr", "es", "de")
NEAR = 0.12  # degrees: how far 1:50 million lies from the same line at 1:10 million
EDGE = 179.95  # arcs beyond are the cut at the antimeridian, not coast

Arc = list[list[int]]


def read(folder: Path, key: str) -> dict[str, Any]:
    """One source file as plain data."""
    return json.loads((folder / SOURCES[key]).read_text(encoding="utf-8"))


def rings(geometry: dict[str, Any]) -> Iterator[list[int]]:
    """Every ring of a topology's polygon, as a list of arc numbers (negative: walked backwards)."""
    if geometry["type"] == "Polygon":
        yield from geometry["arcs"]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["arcs"]:
            yield from polygon


def owners(countries: list[dict[str, Any]]) -> dict[int, set[int]]:
    """Arc number → the countries (by position) that it bounds: one = coast, two = boundary."""
    found: dict[int, set[int]] = {}
    for number, country in enumerate(countries):
        for ring in rings(country):
            for arc in ring:
                found.setdefault(arc if arc >= 0 else ~arc, set()).add(number)
    return found


def disputed_zone(folder: Path) -> Any:
    """The neighbourhood of everything Natural Earth calls disputed, as one prepared shapely geometry (degrees)."""
    from shapely import prepare, union_all
    from shapely.geometry import shape

    parts = [shape(f["geometry"]) for f in read(folder, "lines")["features"]]
    parts += [
        shape(f["geometry"]).boundary
        for f in read(folder, "areas")["features"]
        if "lease" not in f["properties"]["featurecla"].lower()
    ]
    zone = union_all([part.buffer(NEAR) for part in parts])
    prepare(zone)
    return zone


class Degrees:
    """Decodes a topology's arcs (delta-coded whole numbers) to degrees."""

    def __init__(self, topology: dict[str, Any]) -> None:
        self.arcs: list[Arc] = topology["arcs"]
        self.scale, self.shift = topology["transform"]["scale"], topology["transform"]["translate"]

    def absolute(self, arc: int) -> Arc:
        x = y = 0
        points = []
        for dx, dy in self.arcs[arc]:
            x, y = x + dx, y + dy
            points.append([x, y])
        return points

    def lonlat(self, point: list[int]) -> tuple[float, float]:
        return point[0] * self.scale[0] + self.shift[0], point[1] * self.scale[1] + self.shift[1]


def runs(points: Arc, marks: list[bool]) -> Iterator[tuple[bool, Arc]]:
    """Cut a line into stretches of equal mark (one mark for each segment), sharing the end points."""
    start = 0
    for i in range(1, len(marks) + 1):
        if i == len(marks) or marks[i] != marks[start]:
            yield marks[start], points[start : i + 1]
            start = i


def delta(points: Arc) -> Arc:
    """Delta-code a line of whole numbers."""
    x = y = 0
    coded = []
    for px, py in points:
        coded.append([px - x, py - y])
        x, y = px, py
    return coded


def build_world(folder: Path) -> dict[str, Any]:
    """The topology: land as polygons, boundaries sorted into solid and dashed, the coast without the cut."""
    from shapely.geometry import Point

    topology = read(folder, "world")
    degrees, countries = Degrees(topology), topology["objects"]["countries"]["geometries"]
    zone = disputed_zone(folder)
    arcs: list[Arc] = list(topology["arcs"])
    sorted_arcs: dict[str, list[list[int]]] = {"coast": [], "borders": [], "disputed": []}

    def keep(name: str, points: Arc) -> None:
        arcs.append(delta(points))
        sorted_arcs[name].append([len(arcs) - 1])

    for arc, who in sorted(owners(countries).items()):
        points = degrees.absolute(arc)
        mids = [tuple((a + b) / 2 for a, b in zip(degrees.lonlat(p), degrees.lonlat(q), strict=True))
                for p, q in zip(points, points[1:], strict=False)]
        if len(who) == 1:
            marks = [abs(x) > EDGE or y < -89 for x, y in mids]
            if not any(marks):
                sorted_arcs["coast"].append([arc])
                continue
            for is_cut, stretch in runs(points, marks):
                if not is_cut:
                    keep("coast", stretch)
            continue
        unlisted = any("id" not in countries[n] for n in who)
        marks = [unlisted or zone.contains(Point(mid)) for mid in mids]
        if all(marks) or not any(marks):
            sorted_arcs["disputed" if marks[0] else "borders"].append([arc])
            continue
        for dashed, stretch in runs(points, marks):
            keep("disputed" if dashed else "borders", stretch)
    objects: dict[str, Any] = {"land": topology["objects"]["land"]}
    objects |= {name: {"type": "MultiLineString", "arcs": found} for name, found in sorted_arcs.items()}
    return {"type": "Topology", "transform": topology["transform"], "objects": objects, "arcs": arcs}


def build_lines(folder: Path) -> dict[str, Any]:
    """Lines that are no boundary at 1:50 million: claims, cease-fire and reference lines, from the zoom they suit."""
    features = []
    for feature in read(folder, "lines")["features"]:
        geometry = feature["geometry"]
        many = geometry["type"] == "MultiLineString"
        lines = geometry["coordinates"] if many else [geometry["coordinates"]]
        coordinates = [[[round(x, 3), round(y, 3)] for x, y, *_ in line] for line in lines]
        zoom = max(2.0, feature["properties"]["min_zoom"] - 1.5)
        features.append({"type": "Feature", "properties": {"z": zoom},
                         "geometry": {"type": "MultiLineString", "coordinates": coordinates}})
    return {"type": "FeatureCollection", "features": features}


def listed(folder: Path) -> set[str]:
    """Names of the entries that carry an ISO 3166-1 number (world-atlas keeps it as ``id``)."""
    entries = read(folder, "world")["objects"]["countries"]["geometries"]
    return {entry["properties"]["name"] for entry in entries if "id" in entry}


def iso2(properties: dict[str, Any]) -> str:
    """The two-letter code; Natural Earth leaves it out for France and Norway, whose overseas parts share it."""
    code = properties["ISO_A2"]
    return {"France": "FR", "Norway": "NO"}.get(properties["NAME"], "") if code == "-99" else code


def build_labels(folder: Path) -> dict[str, Any]:
    """Country and town names with their places and the zoom from which they are drawn."""
    from shapely.geometry import shape

    known, countries = listed(folder), []
    for feature in read(folder, "countries")["features"]:
        p = feature["properties"]
        if p["NAME"] not in known or not iso2(p):
            continue
        geometry = shape(feature["geometry"])
        largest = max(getattr(geometry, "geoms", [geometry]), key=lambda part: part.area)
        point = largest.representative_point() if p["TINY"] > 0 else _middle(largest)
        countries.append([p["NAME"], iso2(p), round(point.x, 2), round(point.y, 2), round(p["MIN_LABEL"], 1)])
    towns = [_town(feature) for feature in read(folder, "towns")["features"]]
    return {"countries": sorted(countries, key=lambda entry: (entry[4], entry[0])),
            "towns": sorted(towns, key=lambda town: (town[3], -town[4], town[1]))}


def _middle(polygon: Any) -> Any:
    """The point of a polygon farthest from its edge: where a label sits best."""
    from shapely import maximum_inscribed_circle
    from shapely.geometry import Point

    return Point(maximum_inscribed_circle(polygon.simplify(0.1), 0.2).coords[0])


def _town(feature: dict[str, Any]) -> list[Any]:
    p, (x, y, *_) = feature["properties"], feature["geometry"]["coordinates"]
    names = {lang: p[f"NAME_{lang.upper()}"] for lang in LANGUAGES if p.get(f"NAME_{lang.upper()}")}
    main = p["NAME"]
    names = {"": main} | {lang: name for lang, name in names.items() if name != main}
    return [names, round(x, 3), round(y, 3), round(p["min_zoom"], 1), int(p["RANK_MAX"])]


def write(path: Path, data: Any) -> int:
    """Write compact JSON, the same bytes on every machine.  Gives its length."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text, encoding="utf-8", newline="\n")
    return len(text.encode("utf-8"))


def main(argv: Iterable[str] | None = None) -> None:
    here = Path(__file__).resolve().parents[1]
    parser = argparse.ArgumentParser(description="Build the offline basemap from Natural Earth files.")
    parser.add_argument("--source", type=Path, required=True, help="folder with " + ", ".join(SOURCES.values()))
    parser.add_argument("--out", type=Path, default=here / "src/tutela/web/static/tutela/basemap")
    args = parser.parse_args(None if argv is None else list(argv))
    args.out.mkdir(parents=True, exist_ok=True)
    for name, make in (("world", build_world), ("lines", build_lines), ("labels", build_labels)):
        size = write(args.out / f"{name}.json", make(args.source))
        print(f"{name}.json {size:,} bytes")


if __name__ == "__main__":
    main()
