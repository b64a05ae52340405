"""Where the positions stand in a table nobody described: which columns, which order, which system, as far as contents tell."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tutela.errors import TutelaError
from tutela.exchange.mapping.profile import Column
from tutela.exchange.readers.detect import fold, geometry_columns, header_kind
from tutela.vocabulary.coordinates import parse_both, parse_number, parse_pair

Point = tuple[float, float]
_WKT = re.compile(r"\s*(?:SRID=\d+;)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\b", re.IGNORECASE)
_DECIMALS = re.compile(r"-?\d{1,3}[.,]\d{3,}")


@dataclass
class Positions:
    """The rule found, as lines of a mapping; the columns it uses; the points read (for guessing the country)."""

    rule: dict[str, Any]
    columns: list[str]
    comment: str = ""
    points: list[Point] = field(default_factory=list)


def find_positions(columns: list[Column], country: str | None, file: str = "", crs: str | None = None) -> Positions | None:
    """Headers first, then contents.  ``file``: its name may say the zone; ``crs``: the system said at the command line."""
    stated = Stated.of(file, crs)
    by_name = {c.name: c for c in columns}
    guess = geometry_columns(by_name)
    if guess.kind == "degrees" and guess.lat and guess.lon:
        found = _two(by_name[guess.lat], by_name[guess.lon], by_name.get(guess.zone or ""), country, stated, True)
    elif guess.kind == "projected" and guess.x and guess.y:
        found = _two(by_name[guess.y], by_name[guess.x], by_name.get(guess.zone or ""), country, stated, True)
    elif guess.kind in ("wkt", "geojson") and guess.column:
        found = _text(guess.kind, by_name[guess.column])
    elif guess.kind == "pair" and guess.column:
        found = _pair(by_name[guess.column], country)
    else:
        found = _letters(columns, country, stated)
    return found or _by_contents(columns, country, stated)


@dataclass(frozen=True)
class Stated:
    """What is said beside the table: a UTM zone ("33N", or "33" without its half), or a system."""

    zone: str | None = None
    crs: str | None = None

    @classmethod
    def of(cls, file: str, crs: str | None) -> Stated:
        found = re.search(r"(?:utm|zone)[ _-]*(?:zone)?[ _-]*(\d{1,2})[ _-]*([ns])?(?![a-z0-9])", file, re.IGNORECASE)
        epsg = re.search(r"epsg[ _-]?(\d{4,6})", file, re.IGNORECASE)
        zone = f"{int(found[1])}{(found[2] or '').upper()}" if found and 1 <= int(found[1]) <= 60 else None
        return cls(zone, crs or (f"EPSG:{epsg[1]}" if epsg else None))


_EAST, _NORTH = ("e", "o", "ost", "x", "rw", "r"), ("n", "nord", "y", "hw", "h")


def _letters(columns: list[Column], country: str | None, stated: Stated) -> Positions | None:
    """Columns called E and N, where they hold numbers."""
    numeric = {fold(c.name): c for c in columns if c.filled and c.share(_numberlike) > 0.8}
    east = next((numeric[w] for w in _EAST if w in numeric), None)
    north = next((numeric[w] for w in _NORTH if w in numeric), None)
    if east is None or north is None:
        return None
    zone = next((c for c in columns if c.filled and header_kind(c.name) == "zone"), None)
    return _two(north, east, zone, country, stated, True)


def _numberlike(value: str) -> bool:
    try:
        parse_number(value)
    except TutelaError:
        return False
    return True


def _two(north: Column, east: Column, zone: Column | None, country: str | None, stated: Stated, headed: bool = False) -> Positions | None:
    """Two columns of degrees or metres, whatever they are called and in whichever order."""
    pairs = _pairs(north, east)
    numbers = [p for p in (_both(a, b) for a, b in pairs) if p]
    if numbers and sum(max(map(abs, p)) > 1000 for p in numbers) * 2 > len(numbers):
        return _projected(north, east, zone, numbers, country, stated)
    points = _degrees(pairs)
    swapped = _degrees([(b, a) for a, b in pairs])
    if not points and not swapped:
        return None
    names = [north.name, east.name]
    if _turned(points, swapped, country, headed):
        rule = {"latitude": east.name, "longitude": north.name}
        return Positions(rule, names, "? the two columns seem to be exchanged in the source: look at a known place", swapped)
    return Positions({"latitude": north.name, "longitude": east.name}, names, f"{north.samples(1)}; {east.samples(1)}", points)


def _turned(points: list[Point], swapped: list[Point], country: str | None, headed: bool) -> bool:
    """Whether most positions speak for the other order.  Single rows that are wrong do not; a header counts for much."""
    fit, other = _fits(points, country), _fits(swapped, country)
    if fit or other:
        return other > fit * (2 if headed else 1) and other * 2 > len(swapped)
    return len(swapped) > len(points) * (2 if headed else 1.25)


def _pairs(first: Column, second: Column) -> list[tuple[str, str]]:
    return [(a, b) for a, b in zip(first.first, second.first, strict=False) if a and b]


def _both(a: str, b: str) -> Point | None:
    try:
        return parse_number(a), parse_number(b)
    except TutelaError:
        return None


def _degrees(pairs: list[tuple[str, str]]) -> list[Point]:
    out = []
    for lat, lon in pairs:
        try:
            point = parse_pair(lat, lon)
        except TutelaError:
            continue
        if point:
            out.append(point)
    return out


def _fits(points: list[Point], country: str | None) -> int:
    from tutela.vocabulary.boxes import country_boxes, outside

    if country is None or not country_boxes(country):
        return 0
    return sum(not outside(country, x, y) for x, y in points)


def _projected(north: Column, east: Column, zone: Column | None, numbers: list[Point], country: str | None, stated: Stated) -> Positions:
    """Metres: by what is stated, by the column of zones, or by trying which zone puts them into the country; else the zone is asked for."""
    x, y = sorted(abs(p[1]) for p in numbers)[len(numbers) // 2], sorted(abs(p[0]) for p in numbers)[len(numbers) // 2]
    comment = ""
    if 100_000 <= y < 1_000_000 < x <= 10_000_000:  # six digits are eastings
        north, east, x, y = east, north, y, x
        comment = "? easting and northing seem to be exchanged in the source; "
        numbers = [(b, a) for a, b in numbers]
    rule: dict[str, Any] = {"easting": east.name, "northing": north.name}
    used = [east.name, north.name]
    if zone is not None and zone.filled:
        return _zoned(rule, north, east, zone, comment, stated)
    if stated.crs:
        rule["crs"] = stated.crs
        return Positions(rule, used, comment + "the system stated", _transformed(numbers, stated.crs))
    if stated.zone:
        half = {} if stated.zone[-1] in "NS" else {"hemisphere": "N"}
        rule["zone"] = {"constant": stated.zone, **half}
        rule["easting"] = _without_zone(east, {stated.zone.rstrip("NS")})
        code = f"EPSG:{(32700 if stated.zone[-1] == 'S' else 32600) + int(stated.zone.rstrip('NS'))}"
        return Positions(rule, used, comment + "? the zone that the file's name says", _transformed(numbers, code))
    if 1_000_000 < x < 33_000_000 and 1 <= x // 1_000_000 <= 32:
        belt = int(x // 1_000_000)
        rule["crs"] = f"EPSG:{28400 + belt}"
        return Positions(
            rule,
            used,
            comment + f"? looks like Gauss–Krüger, zone {belt} (Pulkovo 1942); say another EPSG code if it is not",
            _transformed(numbers, f"EPSG:{28400 + belt}"),
        )
    fitting = _zones(numbers, country)
    if len(fitting) == 1:
        code = f"EPSG:{32600 + fitting[0]}"
        rule["zone"] = {"constant": f"{fitting[0]}N"}
        return Positions(
            rule, used, comment + f"? UTM; of all zones only this puts the positions into {country}", _transformed(numbers, code)
        )
    rule["zone"] = {"constant": "?"}
    likely = f"; {', '.join(f'{z}N' for z in fitting)} would put them into {country}" if fitting else ""
    return Positions(
        rule, used, comment + f"say the zone: which UTM zone are these metres in, for example 38N, or write crs: EPSG:… instead{likely}"
    )


def _zoned(rule: dict[str, Any], north: Column, east: Column, zone: Column, comment: str, stated: Stated) -> Positions:
    """Metres with a column of zones: what its letters mean, and what holds where it is empty."""
    from tutela.exchange.mapping.cells import Refusal
    from tutela.exchange.mapping.places import utm_code

    said = [v.strip().upper() for v in zone.values]
    options: dict[str, Any] = {}
    if any(v.isdigit() for v in said):
        options["hemisphere"] = "N"
        comment += "? zones without a letter are read as north; "
    if any(v.endswith("S") for v in said):
        if any(v[-1:].isalpha() and v[-1] not in "NS" for v in said):
            options["letters"] = "band"
        comment += "? the letter S: the southern half (letters: hemisphere) or the band S of the northern (letters: band); "
    if zone.filled < zone.rows and stated.zone:
        options["default"] = stated.zone
        comment += f"? where none is given, {stated.zone} as the file's name says; "
    points: list[Point] = []
    for n, e, z in zip(north.first, east.first, zone.first, strict=False):
        both = _both(n, e)
        if both is None or len(points) >= 100:
            continue
        try:
            points += _transformed([both], utm_code(z or options.get("default"), None, options))
        except Refusal:
            continue
    numbers = {number for v in (*said, stated.zone or "") if (number := re.match(r"\d{1,2}", v)) and (number := number[0])}
    rule = {**rule, "easting": _without_zone(east, numbers), "zone": {"column": zone.name, **options} if options else zone.name}
    return Positions(rule, [east.name, north.name, zone.name], comment + f"zone: {zone.samples()}", points)


def _without_zone(east: Column, zones: set[str]) -> Any:
    """The easting's rule; where some cells begin with the zone's number ("33361737,6"), without it."""
    wanted = "|".join(sorted(zones))
    if wanted and any(re.match(rf"(?:{wanted})\d{{6}}(?!\d)", v) for v in east.values):
        return {"column": east.name, "match": f"^(?:(?:{wanted})(?=\\d{{6}}(?!\\d)))?(.*)$"}
    return east.name


def _transformed(numbers: list[Point], code: str) -> list[Point]:
    from pyproj import Transformer

    change = Transformer.from_crs(code, "EPSG:4326", always_xy=True)
    points = [change.transform(x, y) for y, x in numbers[:100]]
    return [p for p in points if abs(p[0]) <= 180 and abs(p[1]) <= 90]


def _zones(numbers: list[Point], country: str | None) -> list[int]:
    """Northern UTM zones that put nearly all positions into the country's boxes."""
    from tutela.vocabulary.boxes import country_boxes

    boxes = country_boxes(country) if country else []
    candidates = {int((lon + 180) // 6) + 1 for w, _, e, _ in boxes for lon in (w, (w + e) / 2, e)}
    candidates |= {z for w, _, e, _ in boxes for z in range(int((w + 180) // 6) + 1, int((e + 180) // 6) + 2)}
    fitting = []
    for zone in sorted(z for z in candidates if 1 <= z <= 60):
        points = _transformed(numbers, f"EPSG:{32600 + zone}")
        # within the country, and within what the zone itself covers (six degrees, and a little)
        middle = zone * 6 - 183
        if (
            points
            and sum(abs(x - middle) <= 3.5 for x, _ in points) * 10 >= len(points) * 9
            and _fits(points, country) * 10 >= len(points) * 9
        ):
            fitting.append(zone)
    return fitting


def _text(kind: str, column: Column) -> Positions | None:
    if kind == "wkt" and column.share(lambda v: _WKT.match(v) is not None) < 0.5:
        return _pair(column, None)
    if kind == "geojson" and column.share(lambda v: v.startswith("{")) < 0.5:
        return None
    return Positions({kind: column.name}, [column.name], column.samples(1))


def _pair(column: Column, country: str | None) -> Positions | None:
    looked = list(column.values)[:300]
    orders = {}
    for order in ("lat-lon", "lon-lat"):
        points = []
        for value in looked:
            try:
                point = parse_both(value, order)  # type: ignore[arg-type]
            except TutelaError:
                continue
            if point:
                points.append(point)
        orders[order] = points
    plain, other = orders["lat-lon"], orders["lon-lat"]
    if max(len(plain), len(other)) * 2 < len(looked) or not looked:
        return None
    mark = next((m for m in (" - ", " – ", " x ") if any(v.count(m) == 1 for v in looked)), None)
    rule: dict[str, Any] = {"column": column.name, **({"split": mark} if mark else {})}
    said = _said_order(column.name)
    if said == "lon-lat" if said else _turned(plain, other, country, False):
        comment = "longitude first, as the header says" if said else "? longitude seems to stand first"
        return Positions({"pair": {**rule, "order": "lon-lat"}}, [column.name], f"{comment}: {column.samples(1)}", other)
    return Positions({"pair": rule if mark else column.name}, [column.name], f"latitude first: {column.samples(1)}", plain)


def _said_order(header: str) -> str | None:
    """lat-lon or lon-lat, where the header names both."""
    kinds = [kind for word in fold(header).split() if (kind := header_kind(word)) in ("lat", "lon")]
    return "-".join(kinds) if set(kinds) == {"lat", "lon"} and len(kinds) == 2 else None


def _by_contents(columns: list[Column], country: str | None, stated: Stated) -> Positions | None:
    for column in columns:
        if column.filled and column.share(lambda v: _WKT.match(v) is not None) > 0.9:
            return _text("wkt", column)
    for column in columns:
        looked = list(column.values)[:50]
        if looked and all(sum(ch.isdigit() for ch in v) >= 6 for v in looked) and (found := _pair(column, country)):
            return found
    decimals = [c for c in columns if c.filled and c.share(lambda v: _DECIMALS.fullmatch(v) is not None) > 0.9]
    for first, second in zip(decimals, decimals[1:], strict=False):
        if found := _two(first, second, None, country, stated):
            found.comment = f"? told by the contents alone; {found.comment}"
            return found
    return None
