"""Coordinates as lists write them: decimals and degrees-minutes-seconds, in figures and letters of several scripts.

Everything here is text in, degrees out, as ``(longitude, latitude)`` = ``(x, y)``, the order of GeoJSON.  No
projection is done here: metres of a grid are recognised only in order to refuse them clearly.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from math import isfinite
from typing import Literal, NamedTuple

from tutela.errors import TutelaError, declare, problem

__all__ = ["looks_swapped", "parse_both", "parse_degrees", "parse_number", "parse_pair", "parse_wkt_point"]

declare(
    {
        "coordinate-unreadable": ("“{value}” cannot be read as a coordinate.", "{hint}"),
        "coordinate-out-of-range": ("“{value}” is no possible position: {why}.", "{hint}"),
        "coordinate-missing-half": (
            "Of the two coordinates only the {which} is given: “{value}”.",
            "Give both latitude and longitude, or neither: a place can be recorded by name alone.",
        ),
        "utm-without-zone": (
            "“{value}” looks like metres of a projected grid (UTM, Gauss–Krüger), not degrees, and no zone is given.",
            "Say in the mapping which grid and zone it is, as an EPSG code (crs: EPSG:32638 is UTM zone 38 north), or "
            "give degrees.",
        ),
    }
)
_HINT = "Write decimal degrees (35.7142) or degrees, minutes and seconds (35°42'51\"N)."
_MOST_CHARACTERS = 100

Axis = Literal["lat", "lon"]
Point = tuple[float, float]

_SIGNS = {
    **dict.fromkeys("º˚ᵒ", "°"), **dict.fromkeys("’‘′ʹʼ´`ˊ‵", "'"), **dict.fromkeys("”“″ʺ˝„‶", '"'),
    **dict.fromkeys("−–—‒‐‑", "-"),
    **dict.fromkeys("٫", "."), **dict.fromkeys("،؛", ","),
}  # fmt: skip
# Hemisphere: words and letters at either end of a coordinate, without dots; longest first where one begins another.
_HEMISPHERES = {
    "N": "north|nord|norte|n|сш|с ш|север|северная широта|северной широты|пнш|пн ш|пн|північ|շմալ|հս|"
    "հյուսիս|şimal|kuzey|شمالا|شمالي|شمالی|شمال",
    "S": "south|sud|sur|s|юш|ю ш|юг|южной широты|пдш|пд ш|пд|південь|հարավ|cənub|güney|جنوبا|جنوبي|جنوبی|"
    "جنوب",
    "E": "east|est|e|вд|в д|восток|восточная долгота|восточной долготы|схд|сх д|сх|схід|արևելք|şərq|doğu|"
    "شرقا|شرقي|شرقی|شرق",
    "W": "west|ouest|w|зд|з д|запад|западной долготы|зхд|зх д|зх|захід|արևմուտք|qərb|batı|غربا|غربي|غربی|"
    "غرب",
}  # fmt: skip
_HEMISPHERE_OF = {word: side for side, listed in _HEMISPHERES.items() for word in listed.split("|")}
_WORDS = "|".join(sorted(map(re.escape, _HEMISPHERE_OF), key=len, reverse=True))
_AFTER_MINUTES = re.compile(r"m(?:in)?\s*\d+(?:[.,]\d+)?$", re.IGNORECASE)
_ANGLE = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<degrees>\d{1,3}(?:[.,]\d+)?)\s*(?:°|deg|degrees|d|:|-|\s|\.(?=\d+\.))?\s*"
    r"(?:(?P<minutes>\d{1,2}(?:[.,]\d+)?)\s*(?:'|min|m|:|-|\s|\.(?=\d))?\s*"
    r"(?:(?P<seconds>\d{1,2}(?:[.,]\d+)?)\s*(?:\"|''|sec|s)?)?)?",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"([+-]?)(\d{1,3})\.(\d{2})\.(\d{2}(?:,\d+)?)")  # 35.42.51
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_WKT = re.compile(
    r"\s*(?:SRID=\d+;)?\s*POINT\s*(?:ZM?|M)?\s*\(\s*(\S+?)[\s]+([^\s)]+)(?:\s+[^\s)]+){0,2}\s*\)\s*", re.IGNORECASE
)


def _error(code: str, value: object, **values: object) -> TutelaError:
    values.setdefault("hint", _HINT)
    return TutelaError(problem(code, value=value, **values))


def _plain(text: str) -> str:
    """Figures as 0–9, the many degree, minute and minus signs as one each, no invisible signs, single spaces."""
    if text.isascii():
        return " ".join(text.split())
    signs = (_SIGNS.get(c, c) for c in text if unicodedata.category(c) != "Cf")
    return " ".join("".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in signs).split())


def parse_number(text: str | float, decimal: Literal[".", ","] | None = None) -> float:
    """A plain number with a decimal point or comma, spaces, points or commas between thousands, in any script's
    figures.

    With both signs the last is the decimal one; one that comes several times parts thousands; a single comma is a
    decimal comma ("35,714" is 35.714), unless ``decimal`` says otherwise.  Raises ``coordinate-unreadable``.
    """
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        if isfinite(text):
            return float(text)
        raise _error("coordinate-unreadable", text)
    given = text
    if not isinstance(text, str) or len(text) > _MOST_CHARACTERS:
        raise _error("coordinate-unreadable", given)
    text = _plain(text).replace("٬", "").replace("'", "")
    text = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", text)
    mark = decimal or _decimal_mark(text)
    other = "," if mark == "." else "."
    if text.count(mark) > 1 or (other in text and not _grouped(text.split(mark)[0], other)):
        raise _error("coordinate-unreadable", given)
    text = text.replace(other, "").replace(mark, ".")
    if not _PLAIN.fullmatch(text) or not isfinite(float(text)):
        raise _error("coordinate-unreadable", given)
    return float(text)


def _decimal_mark(text: str) -> str:
    points, commas = text.count("."), text.count(",")
    if points and commas:
        return "." if text.rfind(".") > text.rfind(",") else ","
    if points > 1:
        return ","
    return "," if commas == 1 else "."


def _grouped(whole: str, mark: str) -> bool:
    """Whether a whole number has its thousands parted by ``mark``, rightly."""
    return re.fullmatch(rf"[+-]?\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+", whole) is not None


class _Angle(NamedTuple):
    degrees: float
    side: str  # N S E W, or "" if no hemisphere is written


def parse_degrees(text: str | float, axis: Axis | None = None) -> float:
    """An angle in signed decimal degrees from decimals or degrees, minutes, seconds.

    ``axis`` says which it must be: a hemisphere letter of the other one is refused.  The range is not checked here.
    Raises ``coordinate-unreadable``.
    """
    angle = _angle(text)
    _check_axis(text, angle, axis)
    return angle.degrees


def _check_axis(text: object, angle: _Angle, axis: Axis | None) -> None:
    if axis and angle.side and angle.side not in ("NS" if axis == "lat" else "EW"):
        name = "latitude" if axis == "lat" else "longitude"
        hint = f"It stands where a {name} belongs. Latitude and longitude look swapped: exchange the two columns."
        raise _error("coordinate-unreadable", text, hint=hint)


def _angle(text: str | float) -> _Angle:
    if not isinstance(text, str):
        return _Angle(parse_number(text), "")
    if len(text) > _MOST_CHARACTERS:
        raise _error("coordinate-unreadable", text)
    rest, side = _take_hemisphere(_undotted(_plain(text)), text)
    try:
        degrees = parse_number(rest.rstrip("° "))
    except TutelaError:
        degrees = _sexagesimal(rest, text)
    if side and "-" in rest[:1]:
        raise _error(
            "coordinate-unreadable", text, hint="Give either a minus sign or a letter for south or west, not both."
        )
    return _Angle(-degrees if side in ("S", "W") else degrees, side)


def _undotted(text: str) -> str:
    """Without the dots of abbreviations: "с. ш." as "с ш"."""
    return re.sub(r"(?<=[^\W\d_])\.\s*", " ", text).strip()


@cache
def _hemisphere_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Of a hemisphere at the start and at the end; made when first needed, for they are long."""
    return (
        re.compile(rf"^({_WORDS})(?![^\W\d_])[\s:.]*(?=[\d+-])", re.IGNORECASE),
        re.compile(rf"(?<=[\d\s'\"°a-z.])({_WORDS})$", re.IGNORECASE),
    )


def _take_hemisphere(text: str, given: str) -> tuple[str, str]:
    """Take a hemisphere's letter or word off one end; "" if there is none."""
    at_start, at_end = _hemisphere_patterns()
    for pattern in (at_start, at_end):
        found = pattern.search(text)
        if found:
            rest = (text[: found.start()] + text[found.end() :]).strip()
            if found[1] in "sS" and pattern is at_end and _AFTER_MINUTES.search(rest):
                if found[1] == "s":  # 35d42m51s: seconds
                    return text, ""
                raise _error("coordinate-unreadable", given, hint="Is the S south or seconds? Write 35°42'51\"S.")
            side = _HEMISPHERE_OF.get(found[1].lower())
            if side is None:
                raise _error("coordinate-unreadable", given)
            return rest, side
    return text, ""


def _sexagesimal(text: str, given: str) -> float:
    dotted = _DOTTED.fullmatch(text)
    if dotted:
        sign, *parts = dotted.groups()
    else:
        found = _ANGLE.fullmatch(text)
        if not found:
            raise _error("coordinate-unreadable", given)
        sign, parts = found["sign"], [found["degrees"], found["minutes"], found["seconds"]]
    written = [part.replace(",", ".") for part in parts if part is not None]
    if any("." in part for part in written[:-1]):
        hint = "Only the last of degrees, minutes and seconds may have decimals."
        raise _error("coordinate-unreadable", given, hint=hint)
    degrees, minutes, seconds = (*map(float, written), 0.0, 0.0)[:3]
    if minutes >= 60 or seconds >= 60:
        raise _error("coordinate-unreadable", given, hint="Minutes and seconds must be below 60.")
    value = degrees + minutes / 60 + seconds / 3600
    return -value if sign == "-" else value


def parse_pair(lat_text: str | float | None, lon_text: str | float | None) -> Point | None:
    """``(longitude, latitude)`` in degrees from two cells; ``None`` if both are empty.

    Raises ``coordinate-unreadable``, ``coordinate-missing-half``, ``utm-without-zone``, or
    ``coordinate-out-of-range`` (which says so if latitude and longitude look swapped).
    """
    try:  # the common case: plain decimals
        lat, lon = float(lat_text), float(lon_text)  # type: ignore[arg-type]
        if -90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0:
            if not _underscored(lat_text) and not _underscored(lon_text):
                return lon, lat
    except (TypeError, ValueError, OverflowError):
        pass
    without_lat, without_lon = _blank(lat_text), _blank(lon_text)
    if without_lat or without_lon:
        if without_lat and without_lon:
            return None
        which, value = ("longitude", lon_text) if without_lat else ("latitude", lat_text)
        raise _error("coordinate-missing-half", value, which=which)
    lat_angle, lon_angle = _angle(lat_text), _angle(lon_text)  # type: ignore[arg-type]
    _check_axis(lat_text, lat_angle, "lat")
    _check_axis(lon_text, lon_angle, "lon")
    return _in_range(f"{lat_text}, {lon_text}", lat_angle.degrees, lon_angle.degrees)


def _underscored(value: object) -> bool:
    """Whether a cell has an underscore among its figures, which :class:`float` would overlook."""
    return isinstance(value, str) and "_" in value


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _in_range(shown: str, lat: float, lon: float) -> Point:
    if -90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0:
        return lon, lat
    small, large = sorted((abs(lat), abs(lon)))
    if small >= 1000 and large <= 100_000_000 or (large >= 100_000 and small >= 180):
        raise _error("utm-without-zone", shown)
    if abs(lat) <= 180 and abs(lon) <= 90:
        hint = ("Check the digits. If other rows of the list are so too, latitude and longitude look swapped: exchange the two columns "
                "in the mapping.")
        raise _error("coordinate-out-of-range", shown, why=f"latitude {lat:g} is beyond 90 degrees", hint=hint)
    wrong = f"latitude {lat:g} is beyond 90 degrees" if abs(lat) > 90 else f"longitude {lon:g} is beyond 180 degrees"
    hint = "Correct it; a lost decimal point is the usual cause (357142 for 35.7142)."
    raise _error("coordinate-out-of-range", shown, why=wrong, hint=hint)


def parse_both(text: str, order: Literal["lat-lon", "lon-lat"] = "lat-lon") -> Point | None:
    """``(longitude, latitude)`` from one cell: "35.7142, 51.4", "35,7 51,4", "35°42'51\\"N 51°24'E", "POINT (51.4
    35.7)".

    Hemisphere letters decide which half is which; without them ``order`` does.  ``None`` for an empty cell.
    Raises as :func:`parse_pair` does.
    """
    if _blank(text):
        return None
    point = parse_wkt_point(text)
    if point:
        return _in_range(text, point[1], point[0])
    if len(text) > _MOST_CHARACTERS:
        raise _error("coordinate-unreadable", text)
    halves = _halves(_undotted(_plain(text)).strip("()[] "))
    if halves is None:
        hint = "Write the latitude, a comma and the longitude: 35.7142, 51.4."
        raise _error("coordinate-unreadable", text, hint=hint)
    first, second = map(_angle, halves)
    if (first.side and first.side in "EW") or (second.side and second.side in "NS"):
        first, second = second, first
    elif not (first.side or second.side) and order == "lon-lat":
        first, second = second, first
    _check_axis(text, first, "lat")
    _check_axis(text, second, "lon")
    return _in_range(text, first.degrees, second.degrees)


def _halves(text: str) -> tuple[str, str] | None:
    """The two halves of a cell, cut where only one cut can be meant; ``None`` where none or several can."""
    for cut in (r"\s*[;|/]\s*", r"\s*,\s+", r"\s+,\s*"):
        parts = [part for part in re.split(cut, text) if part]
        if len(parts) == 2:
            return parts[0], parts[1]
    parts = text.split(",")
    if len(parts) == 2 and not re.fullmatch(r"\d+,\d+", text):
        return parts[0], parts[1]
    if len(parts) == 4 and " " not in text:  # 35,7142,51,4
        return ",".join(parts[:2]), ",".join(parts[2:])
    parts = text.split()
    if len(parts) == 2:
        return parts[0], parts[1]
    return _cut_at_letter(text)


def _cut_at_letter(text: str) -> tuple[str, str] | None:
    """Cut behind the first hemisphere (35°42'N 51°24'E) or before the second (N35°42' E51°24')."""
    behind = re.fullmatch(rf"(\d.*?[\d\s'\"°](?:{_WORDS})\.?)[\s,]*([\d+-].*)", text, re.IGNORECASE)
    if behind:
        return behind[1], behind[2]
    before = re.fullmatch(rf"((?:{_WORDS})\W*\d.*?)[\s,]+((?:{_WORDS})\W*\d.*)", text, re.IGNORECASE)
    return (before[1], before[2]) if before else None


def looks_swapped(pairs: Iterable[Point], box: tuple[float, float, float, float]) -> bool:
    """Whether a column of ``(longitude, latitude)`` pairs fits ``box`` (west, south, east, north) better the other
    way round.

    True when at least half of the pairs lie in the box once swapped, and less than half as many as they stand.
    """
    west, south, east, north = box
    total = as_given = swapped = 0
    for x, y in pairs:
        total += 1
        as_given += west <= x <= east and south <= y <= north
        swapped += west <= y <= east and south <= x <= north
    return total > 0 and swapped * 2 >= total and as_given * 2 < swapped


def parse_wkt_point(text: str) -> Point | None:
    """``(x, y)`` of a WKT point ("POINT (27.8 33.3)", "SRID=4326;POINT Z(27.8 33.3 5)"); ``None`` for anything else.

    The range is not checked: the units are those of whatever reference system the text is in.
    """
    if text[:7] == "POINT (" and text[-1:] == ")" and "_" not in text:
        x, _, y = text[7:-1].partition(" ")
        try:
            point = float(x), float(y)
        except ValueError:
            return _read_wkt(text)
        return point if isfinite(point[0]) and isfinite(point[1]) else None
    return _read_wkt(text)


def _read_wkt(text: str) -> Point | None:
    found = _WKT.fullmatch(text) if len(text) <= 2 * _MOST_CHARACTERS else None
    if not found or not _PLAIN.fullmatch(found[1]) or not _PLAIN.fullmatch(found[2]):
        return None
    point = float(found[1]), float(found[2])
    return point if isfinite(point[0]) and isfinite(point[1]) else None
