"""Places that a new one may be the same as, asked before it is kept.  Only what the person may see is looked at.

Alike are places with an equal name (in any script, folded) that lie within :data:`NEAR` metres, or share an area or the country, or
where nothing on one side says where it lies; and places within :data:`BESIDE` metres whatever their name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Any

from tutela.inventory.rules.geometry import representative
from tutela.inventory.rules.names import display_name, listed
from tutela.people.rules import Actor
from tutela.store import search as store_search
from tutela.store.documents import dashed, loads
from tutela.store.search import Box, Found, Want, Words
from tutela.vocabulary.folding import fold, words

NEAR = 500.0  # metres between places of one name
BESIDE = 50.0  # metres between any two places
MOST = 6  # told at once
LOOKED_AT = 100  # places of one name, or in one box, that are looked at
METRES = 111_195.0  # of one degree of latitude, on a sphere of 6,371 km

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Alike:
    """``same_name``; ``metres`` between the two positions, as this person sees them (None: one has none)."""

    id: str
    name: Document
    area: str
    same_name: bool
    metres: float | None


def alike(actor: Actor, place: Document) -> list[Alike]:
    """The places seen that this new one may be the same as, equal names first, then the nearest."""
    at = representative(place.get("geometries") or [])
    mine = {fold(name.get("text", "")) for name in place.get("names", ())} - {""}
    found: dict[str, Alike] = {}
    for one in _candidates(actor.audience, mine, at):
        document = loads(one.text)
        uuid = dashed(one.uuid)
        same = bool(mine & {fold(name["text"]) for name in document.get("names", ())})
        metres = distance(at, (one.x, one.y)) if at and one.x is not None and one.y is not None else None
        if uuid not in found and (_may_be_same(place, document, metres) if same else _beside(document, metres)):
            names = listed(document.get("names", []))
            area = next((a["name"] for a in document.get("areas", ())), "")
            found[uuid] = Alike(uuid, display_name(names, actor.language, f"{uuid[:8]}…"), area, same, metres)
    far = float("inf")
    return sorted(found.values(), key=lambda a: (not a.same_name, far if a.metres is None else a.metres, a.id))[:MOST]


def _candidates(audience: int, names: Iterable[str], at: tuple[float, float] | None) -> Iterable[Found]:
    for name in sorted(names):
        typed = tuple((f"={word}",) for word in words(name))
        if not typed:
            continue
        want = Want(words=[Words("names", (typed,))], phrases=[("names", name)] if len(typed) > 1 else [])
        if at:  # the near ones first: of a frequent name there may be more than are looked at
            yield from store_search.page("place", audience, want.but(box=around(*at, NEAR)), LOOKED_AT)
        yield from store_search.page("place", audience, want, LOOKED_AT)
    if at:
        yield from store_search.page("place", audience, Want(box=around(*at, BESIDE)), LOOKED_AT)


def _may_be_same(mine: Document, other: Document, metres: float | None) -> bool:
    """Of two places of one name: whether nothing tells them apart."""
    if metres is not None and metres <= NEAR:
        return True
    here, there = ({fold(a["name"]) for a in place.get("areas", ())} for place in (mine, other))
    if here & there:
        return True
    if mine.get("country") and other.get("country"):
        return mine["country"] == other["country"]
    return metres is None and not (here and there)


def _beside(other: Document, metres: float | None) -> bool:
    """Whether it lies right beside; the centre of a coarse cell says nothing of that."""
    shown = (other.get("handling") or {}).get("shown", "as-held")
    return metres is not None and metres <= BESIDE and shown == "as-held"


def around(x: float, y: float, metres: float) -> Box:
    """The box (degrees) that holds all within so many metres of a point; w > e across the antimeridian."""
    high = metres / METRES
    wide = min(180.0, high / max(cos(radians(y)), 1e-6))
    if wide >= 180:
        return -180.0, max(-90.0, y - high), 180.0, min(90.0, y + high)
    return (x - wide + 180) % 360 - 180, max(-90.0, y - high), (x + wide + 180) % 360 - 180, min(90.0, y + high)


def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Metres along the great circle between two points (x, y in degrees), by the haversine formula."""
    (ax, ay), (bx, by) = ([radians(v) for v in point] for point in (a, b))
    h = sin((by - ay) / 2) ** 2 + cos(ay) * cos(by) * sin((bx - ax) / 2) ** 2
    return 2 * 6_371_000.0 * asin(min(1.0, sqrt(h)))
