"""What a place document must hold to be kept.  Odd but possible values are questions, not refusals."""

from __future__ import annotations

from typing import Any

from tutela.errors import Problem, declare, problem
from tutela.inventory.rules.geometry import positions
from tutela.people.rules import PRECISIONS

declare({
    "place-nameless": ("This place has neither a name, an identifier nor a position.", "Give at least one of them."),
    "name-empty": ("A name is empty.", "Write the name, or remove it."),
    "name-too-long": ("This name has more than 500 characters.", "Keep the name here and put the rest in a description."),
    "value-unknown": ("“{value}” is not in the list of {what}.", "Choose a value of that list, or map it in the mapping's `values`."),
    "geometry-type": ("A {value} cannot be kept as a place's geometry.", "Give a point, line, polygon, or several of them."),
    "geometry-range": ("The position {value} is outside the earth's degrees.",
                       "Longitude lies between -180 and 180, latitude between -90 and 90: check their order and the "
                       "coordinate system."),
    "handling-unknown": ("“{value}” is not a handling mark or precision.",
                         "Use open, restricted or confidential, and a precision of the table."),
    "text-too-long": ("This text has more than {most} characters.", "Shorten it, or attach it as a document."),
    "protection-reversed": ("The protection ends ({value}) before it begins.", "Check the two dates."),
})

GEOMETRIES = {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
MARKS = ("open", "restricted", "confidential")
LONGEST_TEXT = 100_000


def check_place(place: dict[str, Any]) -> list[Problem]:
    """All that keeps this document from being a place; empty if nothing does."""
    found: list[Problem] = []
    names = place.get("names", ())
    if not names and not place.get("identifiers") and not place.get("geometries"):
        found.append(problem("place-nameless", column="names"))
    for name in names:
        text = name.get("text", "")
        if not text.strip():
            found.append(problem("name-empty", column="names"))
        elif len(text) > 500:
            found.append(problem("name-too-long", column="names", value=text[:60]))
    for item in place.get("geometries", ()):
        found.extend(check_geometry(item["geojson"]))
    handling = place.get("handling")
    if handling and (handling.get("mark") not in MARKS or handling.get("precision", "as-held") not in PRECISIONS):
        found.append(problem("handling-unknown", column="handling", value=f"{handling.get('mark')} {handling.get('precision', '')}"))
    for text in place.get("descriptions", ()):
        if len(text.get("text", "")) > LONGEST_TEXT:
            found.append(problem("text-too-long", column="descriptions", value=text["text"][:60], most=LONGEST_TEXT))
    return found


def check_geometry(geometry: dict[str, Any]) -> list[Problem]:
    """Type and range of one GeoJSON geometry (positions are longitude, latitude in degrees)."""
    if geometry.get("type") not in GEOMETRIES:
        return [problem("geometry-type", column="geometry", value=geometry.get("type"))]
    for x, y in positions(geometry):
        if not (-180 <= x <= 180 and -90 <= y <= 90):
            return [problem("geometry-range", column="geometry", value=f"{x}, {y}")]
    return []
