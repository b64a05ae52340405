"""Coordinate reference systems: what a file or a person names, turned into a way to longitude and latitude."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .source import unusable

ORDERS = ("lon-lat", "lat-lon")
# names of longitude/latitude on WGS 84 as GeoJSON files write them (GeoJSON 2008 and RFC 7946: longitude first always)
_PLAIN = re.compile(r"(urn:ogc:def:crs:)?(ogc:(1\.3|2)?:?crs84h?|epsg:[\d.]*:?4326)|https?://www\.opengis\.net/def/crs/"
                    r"(ogc/[\d.]+/crs84h?|epsg/\d+/4326)", re.IGNORECASE)
_URN = re.compile(r"(?:urn:ogc:def:crs:epsg:[\d.]*:|https?://www\.opengis\.net/def/crs/epsg/[\d.]+/|epsg[: ]*)?"
                  r"(\d{4,6})", re.IGNORECASE)

Transform = Callable[[Any, Any], tuple[Any, Any]]


@dataclass(frozen=True)
class Reference:
    """``label`` for the report; ``transform`` takes arrays x, y and gives longitude, latitude (``None``: they are)."""

    label: str
    transform: Transform | None
    whence: str  # "file", "given" or "assumed"


def check_order(order: str | None, name: str) -> bool:
    """Whether coordinates are to be swapped before use."""
    if order is not None and order not in ORDERS:
        raise unusable("order-unknown", name, order)
    return order == "lat-lon"


def resolve(text: str | int | None, name: str, whence: str) -> Reference:
    """From a code ('EPSG:32638', 32638, an OGC URN) or WKT.  Nothing is fetched, whatever the text says."""
    if text is None:
        raise unusable("crs-missing", name)
    shown = str(text).strip()
    if _PLAIN.fullmatch(shown):
        return Reference("EPSG:4326", None, whence)
    from pyproj import CRS, Transformer, network
    from pyproj.exceptions import ProjError

    network.set_network_enabled(False)
    code = _URN.fullmatch(shown)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if code:
                system = CRS.from_epsg(int(code.group(1)))
            elif re.match(r"[A-Za-z_]+\s*\[", shown) or shown.startswith("+proj="):
                system = CRS.from_string(shown)
            elif re.fullmatch(r"[A-Za-z]+:\w+", shown):
                system = CRS.from_user_input(shown.upper())
            else:
                raise unusable("crs-unknown", name, shown)
            if not (system.is_geographic or system.is_projected):  # a local grid, a height, the Earth's centre
                raise unusable("crs-unknown", name, shown)
            label = _label(system)
            if system.equals(CRS.from_epsg(4326), ignore_axis_order=True):
                return Reference(label, None, whence)
            transformer = Transformer.from_crs(system, 4326, always_xy=True)
    except (ProjError, ValueError, OverflowError):
        raise unusable("crs-unknown", name, shown) from None
    return Reference(label, lambda x, y: transformer.transform(x, y), whence)


def _label(system: Any) -> str:
    code = system.to_authority(min_confidence=70)
    if code and code[1] == "4326":
        return "EPSG:4326"
    return f"{':'.join(code)} ({system.name})" if code else system.name
