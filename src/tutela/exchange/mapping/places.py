"""Builders of geometry: from the file's own, from coordinate columns in any system, from WKT or GeoJSON text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tutela.errors import TutelaError, Unusable, declare, problem
from tutela.exchange.mapping.builders import Context, cell, refuse
from tutela.exchange.mapping.cells import Refusal, Values, _at
from tutela.vocabulary.coordinates import parse_both, parse_number, parse_pair, parse_wkt_point

UTM = re.compile(r"EPSG:32[67]\d\d")
declare(
    {
        "utm-range": (
            "“{value}” is no position in a UTM zone.",
            "Eastings have six digits, northings up to seven: check that the columns are not exchanged and no digit is lost.",
        ),
        "utm-zone-ambiguous": (
            "The zone “{value}” can mean the band S of the northern half ({north}) or the southern half ({south}).",
            "Write {north} or {epsg}, or say in the mapping what the letter means: zone: {{column: …, letters: band}} or hemisphere.",
        ),
    }
)
Builder = Callable[[Values, Any], list[dict[str, Any]]]
ATTRIBUTES = ("role", "certainty", "extent_certainty", "precision_m", "method")
DIMENSIONS = {"Point": "point", "LineString": "line", "Polygon": "area"}
ROLE_DIMENSIONS = {"centre": "point", "vicinity": "point", "access": "point", "facade": "point", "datum": "point", "line": "line"}


def build_geometry(spec: dict[str, Any], context: Context) -> Builder:
    """Compile one geometry rule: (row, the file's own geometry) → geometries of a place document.

    ``role``, ``certainty``, ``extent_certainty`` and ``method`` may be parallel lists, one member for each geometry of the
    place ("Center Point, Perimeter Polygon"): the member that fits this geometry's dimension is taken.
    """
    read = _position(spec, context)
    extras = {name: cell(spec[name], f"geometries.{name}", context) for name in ATTRIBUTES if name in spec}
    role = extras.pop("role", None)
    single = role is None and not any(c.split for c in extras.values())
    source = context.source_key
    if all(c.constant for c in (*extras.values(), *([role] if role else ()))):
        return _constant(read, {**extras, **({"role": role} if role else {})}, source)

    def build(values: Values, own: Any) -> list[dict[str, Any]]:
        geometry = read(values, own)
        if geometry is None:
            return []
        item: dict[str, Any] = {"geojson": geometry, "source": source}
        at = 0
        if role is not None:
            roles = [_plain(role.value(part)) for part in role.many(values)]
            at = _fitting(roles, DIMENSIONS.get(geometry["type"].removeprefix("Multi"), "area"))
            if at < len(roles) and roles[at]:
                item["role"] = roles[at]
        for name, c in extras.items():
            value = _first(c, values) if single else _nth(c, values, at)
            if value is not None:
                item[name] = _number(value, c.column) if name == "precision_m" else value
        item.setdefault("role", _usual_role(geometry))
        return [item]

    return build


def _constant(read: Callable[[Values, Any], dict[str, Any] | None], cells: dict[str, Any], source: str) -> Builder:
    """The common case: nothing but the position changes from row to row."""
    fixed: dict[str, Any] = {"source": source, **{name: c.get(()) for name, c in cells.items()}}
    if "precision_m" in fixed:
        fixed["precision_m"] = _number(fixed["precision_m"], None)
    has_role = "role" in fixed

    def build(values: Values, own: Any) -> list[dict[str, Any]]:
        geometry = read(values, own)
        if geometry is None:
            return []
        if has_role:
            return [{"geojson": geometry, **fixed}]
        return [{"geojson": geometry, **fixed, "role": _usual_role(geometry)}]

    return build


def _usual_role(geometry: dict[str, Any]) -> str:
    return "centre" if geometry["type"] == "Point" else "line" if "Line" in geometry["type"] else "footprint"


def _fitting(roles: list[Any], dimension: str) -> int:
    """Which of several roles is this geometry's: the first of its dimension, else the first that is not said."""
    for at, role in enumerate(roles):
        if role is not None and ROLE_DIMENSIONS.get(role, "area") == dimension:
            return at
    return next((at for at, role in enumerate(roles) if role is None), len(roles))


def _nth(c: Any, values: Values, at: int) -> Any:
    """The member of a parallel list; a single one holds for all."""
    many = c.many(values)
    if not many:
        return None
    return _plain(c.value(many[at] if at < len(many) else many[0] if len(many) == 1 else None))


def _first(c: Any, values: Values) -> Any:
    return next((_plain(c.value(part)) for part in c.many(values) if part is not None), None)


def _plain(value: Any) -> Any:
    """The code of a reading, or its wording."""
    return value if not isinstance(value, tuple) else value[0] or value[1]


def _number(value: Any, column: str | None) -> float:
    try:
        return float(value)
    except ValueError:
        raise refuse("number-unreadable", column, value) from None


def _position(spec: dict[str, Any], context: Context) -> Callable[[Values, Any], dict[str, Any] | None]:
    if "from" in spec:
        return lambda values, own: own
    if "wkt" in spec:
        return _from_wkt(spec, context)
    if "geojson" in spec:
        return _from_geojson(spec, context)
    if "pair" in spec:
        return _from_pair(spec, context)
    if "latitude" in spec and "longitude" in spec:
        return _from_degrees(spec, context)
    if "easting" in spec and "northing" in spec:
        return _from_projected(spec, context)
    raise Unusable(problem("mapping-geometry", value=spec))


def _from_degrees(spec: dict[str, Any], context: Context) -> Callable[[Values, Any], dict[str, Any] | None]:
    lat, lon = cell(spec["latitude"], "latitude", context), cell(spec["longitude"], "longitude", context)
    both = f"{lat.column}, {lon.column}"

    def read(values: Values, own: Any) -> dict[str, Any] | None:
        y, x = lat.get(values), lon.get(values)
        if y is None and x is None:
            return None
        try:
            return {"type": "Point", "coordinates": list(parse_pair(y, x))}
        except TutelaError as error:
            raise Refusal(_at(error.problem, both, f"{y}, {x}")) from None

    return read


def _from_pair(spec: dict[str, Any], context: Context) -> Callable[[Values, Any], dict[str, Any] | None]:
    """One cell with "latitude, longitude" (longitude first if the rule says ``order: lon-lat``).

    ``split`` names a mark that parts the two in some cells ("36.45 - 37.82").
    """
    pair = cell(spec["pair"], "pair", context)
    mark = spec["pair"].get("split") if isinstance(spec["pair"], dict) else None
    order = spec["pair"].get("order", "lat-lon") if isinstance(spec["pair"], dict) else "lat-lon"

    def read(values: Values, own: Any) -> dict[str, Any] | None:
        text = pair.get(values)
        if text is None:
            return None
        try:
            halves = text.split(mark) if mark else ()
            found = parse_both(" ; ".join(halves) if len(halves) == 2 else text, order)
        except TutelaError as error:
            raise Refusal(_at(error.problem, pair.column, text)) from None
        return None if found is None else {"type": "Point", "coordinates": list(found)}

    return read


def _from_wkt(spec: dict[str, Any], context: Context) -> Callable[[Values, Any], dict[str, Any] | None]:
    wkt = cell(spec["wkt"], "wkt", context)

    def read(values: Values, own: Any) -> dict[str, Any] | None:
        text = wkt.get(values)
        if text is None:
            return None
        point = parse_wkt_point(text)
        if point is not None:
            x, y = point
            if not (-180 <= x <= 180 and -90 <= y <= 90):
                raise refuse("geometry-range", wkt.column, text)
            return {"type": "Point", "coordinates": [x, y]}
        return _shape(text, wkt.column, context, wkt=True)

    return read


def _from_geojson(spec: dict[str, Any], context: Context) -> Callable[[Values, Any], dict[str, Any] | None]:
    given = cell(spec["geojson"], "geojson", context)

    def read(values: Values, own: Any) -> dict[str, Any] | None:
        text = given.get(values)
        return None if text is None else _shape(text, given.column, context, wkt=False)

    return read


def _shape(text: str, column: str | None, context: Context, wkt: bool) -> dict[str, Any] | None:
    """A geometry of any kind from text: in two dimensions, on the earth, repaired (with a warning) where it is invalid."""
    import json
    from math import isfinite

    import shapely
    from shapely.geometry import shape

    from tutela.exchange.readers.geometry import as_dict, repair

    try:
        geometry = shapely.from_wkt(text) if wkt else shape(json.loads(text))
        if geometry is None or geometry.is_empty:
            return None
        geometry = shapely.force_2d(geometry)
        west, south, east, north = geometry.bounds
        mended, found = repair(as_dict(geometry))
    except Exception:  # GEOS and json each have several kinds of error for text that is no geometry
        raise refuse("geometry-unreadable", column, text[:80]) from None
    if not all(map(isfinite, (west, south, east, north))) or west < -180 or east > 180 or south < -90 or north > 90:
        raise refuse("geometry-range", column, text[:80])
    if found is not None:
        context.warn(found)
    return mended


def _from_projected(spec: dict[str, Any], context: Context) -> Callable[[Values, Any], dict[str, Any] | None]:
    """Easting and northing in a stated system: ``crs: EPSG:32638``, or ``zone`` (a column or a constant: 38N) for UTM.

    Where the rule says neither, the ``crs`` of the mapping or of the import holds.
    """
    east, north = cell(spec["easting"], "easting", context), cell(spec["northing"], "northing", context)
    zone = cell(spec["zone"], "zone", context) if "zone" in spec else None
    options = spec["zone"] if isinstance(spec.get("zone"), dict) else {}
    stated = spec.get("crs", context.crs)
    if zone is None and stated is None:
        raise Unusable(problem("mapping-geometry", value={k: v for k, v in spec.items()}))
    if zone is not None and zone.constant and zone.get(()) not in (None, "?"):
        _checked_zone(str(zone.get(())), options, context)
    transformers: dict[str, Any] = {}
    both = f"{east.column}, {north.column}"

    def transformer(code: str) -> Any:
        if code not in transformers:
            from pyproj import Transformer
            from pyproj.exceptions import CRSError

            try:
                transformers[code] = Transformer.from_crs(code, "EPSG:4326", always_xy=True)
            except CRSError:
                raise Unusable(problem("crs-unknown", value=code)) from None
        return transformers[code]

    def read(values: Values, own: Any) -> dict[str, Any] | None:
        e, n = east.get(values), north.get(values)
        if e is None and n is None:
            return None
        if e is None or n is None:
            which, given = ("northing", n) if e is None else ("easting", e)
            raise refuse("coordinate-missing-half", both, given, which=which)
        try:
            x, y = parse_number(str(e or "")), parse_number(str(n or ""))
        except TutelaError as error:
            raise Refusal(_at(error.problem, both, f"{e}, {n}")) from None
        code = _crs(stated)
        if zone is not None:
            said = zone.get(values)
            code = utm_code(said, zone.column or both, options, lambda epsg: _inside(context.country, transformer(epsg).transform(x, y)))
        if UTM.fullmatch(code) and not (100_000 <= x < 1_000_000 and 0 <= y <= 10_000_000):
            raise refuse("utm-range", both, f"{e}, {n}")
        lon, lat = transformer(code).transform(x, y)
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise refuse("geometry-range", both, f"{e}, {n}")
        return {"type": "Point", "coordinates": [round(lon, 7), round(lat, 7)]}

    return read


def _inside(country: str | None, point: tuple[float, float]) -> bool | None:
    """Whether a point lies in the row's country; None where that cannot be told."""
    from tutela.vocabulary.boxes import country_boxes, outside

    return None if country is None or not country_boxes(country) else not outside(country, *point)


def _checked_zone(zone: str, options: dict[str, Any], context: Context) -> None:
    """A zone the mapping itself gives is looked at once."""
    try:
        utm_code(zone, None, options, lambda epsg: None)
    except Refusal as refusal:
        if refusal.problem.code == "utm-without-zone":
            raise Unusable(problem("mapping-geometry", value=f"zone {zone}")) from None


def _crs(given: Any) -> str:
    code = given.get("constant") if isinstance(given, dict) else given
    return f"EPSG:{code}" if str(code).isdigit() else str(code)


def utm_code(
    zone: str | None, column: str | None, options: dict[str, Any] | None = None, inside: Callable[[str], bool | None] | None = None
) -> str:
    """ "38N", "38T" (MGRS band), "EPSG:32638" → an EPSG code; "38" with ``hemisphere: N`` in ``options``.

    The letter S is the southern half or, as a band, part of the northern: ``letters`` (band or hemisphere) says which, else
    ``hemisphere``, else ``inside`` (does the position in this system lie in the row's country?).  Raises :class:`Refusal`
    ``utm-without-zone`` or ``utm-zone-ambiguous``.
    """
    options = options or {}
    text = str(zone or "").strip().upper().removeprefix("UTM").strip().removeprefix("ZONE").strip()
    if text.startswith("EPSG:"):
        return text
    match = re.fullmatch(r"(\d{1,2})\s*([C-HJ-NP-X]?)", text)
    letter = match[2] or options.get("hemisphere", "") if match else ""
    if not match or not letter or not 1 <= int(match[1]) <= 60:
        raise refuse("utm-without-zone", column, zone or "")
    number = int(match[1])
    north, south = f"EPSG:{32600 + number}", f"EPSG:{32700 + number}"
    if not match[2]:
        return north if letter == "N" else south
    if letter != "S":
        return south if letter < "N" else north
    letters, half = options.get("letters"), options.get("hemisphere")
    if letters == "hemisphere" or (letters is None and half == "S"):
        return south
    if letters == "band" or half == "N":
        return north
    fits = [code for code in (north, south) if inside is not None and inside(code)]
    if len(fits) == 1:
        return fits[0]
    raise refuse("utm-zone-ambiguous", column, zone, north=f"{number}N", south=f"{number} south, {south}", epsg=north)
