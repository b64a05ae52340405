"""A place as an audience may see it: made once, when it is written; words, facets, geometry and pages all derive from it."""

from __future__ import annotations

from typing import Any

from tutela.inventory.rules.geometry import coarsened
from tutela.people.rules import GRID, Sight, sight

Document = dict[str, Any]

#: What stays when the details are withheld.
BARE = ("names", "types", "category", "functions", "dating", "country")
_OPEN: dict[str, Any] = {"mark": "open"}


def sight_of(place: Document, audience: int) -> Sight:
    handling = place.get("handling") or _OPEN
    return sight(handling["mark"], handling.get("precision"), audience)


def for_audience(place: Document, audience: int) -> Document | None:
    """The document this audience may see; the same object where that is all of it; None where the place is hidden."""
    seen = sight_of(place, audience)
    if not seen.visible:
        return None
    if seen.precision == "as-held" and seen.details:
        return place
    out = dict(place) if seen.details else _bare(place)
    out["handling"] = {k: v for k, v in (place.get("handling") or _OPEN).items() if k != "reason"} | {"shown": seen.precision}
    out.pop("geometries", None)
    grid = GRID.get(seen.precision)
    if grid is not None and place.get("geometries"):
        out["geometries"] = coarsened(place["geometries"], seen.precision, grid)
    return out


def _bare(place: Document) -> Document:
    """Without anything by which the place could be found on the ground all the same."""
    out = {key: place[key] for key in BARE if key in place}
    if place.get("areas"):
        out["areas"] = place["areas"][:1]
    if place.get("protections"):
        out["protections"] = [{k: p[k] for k in ("instrument", "level") if k in p} for p in place["protections"]]
    if place.get("sources"):
        out["sources"] = [{k: s[k] for k in ("key", "title", "licence") if k in s} for s in place["sources"]]
    out["names"] = [n for n in place.get("names", ()) if n.get("kind") != "reference"]
    return out
