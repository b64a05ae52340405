"""What the store must know of places and shortlists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tutela.inventory.rules.views import place_views
from tutela.store.kinds import Kind, register


def _keys(place: dict[str, Any]) -> Iterable[tuple[str, str]]:
    return [(i["scheme"], i["value"]) for i in place.get("identifiers", ())]


def _links(place: dict[str, Any]) -> Iterable[tuple[str, str]]:
    return [("part-of", place["part_of"])] if "part_of" in place else ()


def _chosen(shortlist: dict[str, Any]) -> Iterable[tuple[str, str]]:
    return [("chosen", item["place"]) for item in shortlist.get("places", ())]


PLACE = Kind("place", 1, keys=_keys, links=_links, views=place_views)
SHORTLIST = Kind("shortlist", 2, links=_chosen)


def register_all() -> None:
    register(PLACE)
    register(SHORTLIST)
