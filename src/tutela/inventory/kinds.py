"""What the store must know of places and shortlists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tutela.inventory.rules.views import place_views
from tutela.people.rules import AUDIENCE_OF
from tutela.store import profiles
from tutela.store.kinds import LEVELS, Kind, View, register
from tutela.vocabulary.folding import fold


def _keys(place: dict[str, Any]) -> Iterable[tuple[str, str]]:
    return [(i["scheme"], i["value"]) for i in place.get("identifiers", ())]


def _links(place: dict[str, Any]) -> Iterable[tuple[str, str]]:
    return [("part-of", place["part_of"])] if "part_of" in place else ()


def _chosen(shortlist: dict[str, Any]) -> Iterable[tuple[str, str]]:
    former = [("supersedes", shortlist["supersedes"])] if "supersedes" in shortlist else []
    return [("chosen", item["place"]) for item in shortlist.get("places", ())] + former


def _list_views(shortlist: dict[str, Any], dependants: list[tuple[str, dict[str, Any]]]) -> list[View]:
    """A signed list is for everybody, any other for those who make lists; its words are not searched with the places'."""
    level = 0 if "signature" in shortlist else AUDIENCE_OF["reviewer"]
    state = "signed" if "signature" in shortlist else "frozen" if "frozen" in shortlist else "draft"
    return [
        View(
            level,
            LEVELS - 1,
            fold(shortlist["title"]),
            "",
            text=fold(f"{shortlist['title']} {shortlist.get('purpose', '')}"),
            facets={"state": (state,)},
        )
    ]


PLACE = Kind("place", 1, keys=_keys, links=_links, views=place_views)
SHORTLIST = Kind("shortlist", 2, links=_chosen, views=_list_views)


def register_all() -> None:
    register(PLACE)
    profiles.IMPLIED["country"] = "none"
    register(SHORTLIST)
