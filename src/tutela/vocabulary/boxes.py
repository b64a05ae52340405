"""Is a point far from the country its record states?  Wide boxes, for a warning only; see ``countries_boxes.yaml``."""

from __future__ import annotations

from functools import cache
from typing import Any

from tutela.vocabulary import sources

BOXES = sources.ROOM / "countries_boxes.yaml"


def country_boxes(country: str) -> list[list[float]]:
    """The boxes (west, south, east, north; degrees) of an ISO 3166-1 alpha-2 code; none where we know none."""
    return _boxes().get(country, [])


def outside(country: str, lon: float, lat: float) -> bool:
    """Whether a point (degrees, WGS 84) lies outside every box of a country.  Never so for a country we have no box
    of.
    """
    boxes = country_boxes(country)
    for west, south, east, north in boxes:
        if west <= lon <= east and south <= lat <= north:
            return False
    return bool(boxes)


@cache
def _boxes() -> dict[str, list[list[float]]]:
    return sources.read(BOXES, prepare)


def prepare(data: dict[str, Any]) -> dict[str, Any]:
    """The file as it is: country → boxes."""
    return data["boxes"]
