"""Which of an item an audience may see: decided by its mark, by the places it concerns, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tutela.people.rules import EVIDENCE_FROM, Sight

Document = dict[str, Any]

#: Said of an item to those who only read (audience 0): neither who gave it, nor anything that leads to the spot.
_SPOT = ("x", "y", "altitude", "direction", "original")


def held_for(item: Document, audience: int, sight: Callable[[str], Sight]) -> bool:
    """Whether an audience may know of an item: its own mark first, then each place it concerns.

    ``sight(place)`` what that audience sees of a place.  An item about a place whose details are withheld would give them
    away, so it is withheld too.  Managers see all.
    """
    if audience < EVIDENCE_FROM[mark_of(item)]:
        return False
    return audience >= 3 or all(seen.visible and seen.details for seen in map(sight, item.get("places", ())))


def mark_of(item: Document) -> str:
    """open, restricted or confidential; an unmarked item is restricted."""
    return item.get("handling", {}).get("mark", "restricted")


def for_audience(item: Document, audience: int, sight: Callable[[str], Sight]) -> Document:
    """The item as this audience may see it; the same object where that is all of it."""
    if audience >= 1:
        return item
    out = {key: value for key, value in item.items() if key != "witnesses"}
    spot = _SPOT if all(sight(place).precision == "as-held" for place in item.get("places", ())) else ()
    stated = {key: value for key, value in item.get("stated", {}).items() if key == "taken" or (key in spot and key != "original")}
    out.pop("stated", None)
    if "handling" in out:
        out["handling"] = {"mark": mark_of(item)}
    return {**out, "stated": stated} if stated else out


def acquisition_for(acquisition: Document, audience: int) -> Document:
    """An acquisition as this audience may see it: readers are told when, and from which published source, not from whom."""
    if audience >= 1:
        return acquisition
    return {key: acquisition[key] for key in ("item", "way", "acquired", "source", "received") if key in acquisition}
