"""A question on a map: single places while they are few, groups where many would cover one another.

Everything is read from the audience's own views: a place shown on a grid lies at the centre of its cell, however near one
looks, and several in one cell form a group.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, radians
from typing import Any

from tutela.inventory.rules.names import labelled
from tutela.people.rules import Actor
from tutela.store import search as store_search
from tutela.store.documents import dashed, loads
from tutela.store.search import Cell, Profiles, Single, Want

Box = tuple[float, float, float, float]

SINGLES = 500  # so many places are drawn one by one
PIXELS = 60  # the width of a cell on the screen
TILE = 512  # pixels that the world is wide at zoom 0, as MapLibre counts


def features(actor: Actor, want: Want, bbox: Box, zoom: float, most: int = 2000) -> dict[str, Any]:
    """``features`` [{id, x, y, c: condition, n: name, p: precision shown}], ``groups`` [{x, y, count, by: {condition: n}, bbox}].

    ``total`` matches in the window, ``outside`` it, and ``without`` a position.  At most ``most`` features.
    """
    view = want.but(box=bbox, also_box=want.box)
    everywhere = store_search.count("place", actor.audience, want, ("located",))
    found = store_search.singles("place", actor.audience, view, min(SINGLES, most))
    positioned = everywhere.facets["located"].get("position", 0) if "located" not in want.facets else None
    without = everywhere.total - positioned if positioned is not None else _without_position(actor, want, everywhere.total)
    if found is not None:
        total = len(found)
        shown, groups = _piled(found, actor.language)
    else:
        shown, groups, total = _thinned(actor, view, zoom, most)
    return {"features": shown, "groups": groups, "total": total, "outside": max(everywhere.total - total - without, 0), "without": without}


def _without_position(actor: Actor, want: Want, total: int) -> int:
    """How many have no position, where the question itself asks for that."""
    rest = want.but(facets={**want.facets, "located": tuple(c for c in want.facets["located"] if c == "position")})
    return total - store_search.count("place", actor.audience, rest).total


def _piled(found: list[Single], language: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Single places, and one group for each point at which several lie (those shown on the same cell of a grid)."""
    at: dict[tuple[float, float], list[Single]] = {}
    for one in found:
        at.setdefault((one.x, one.y), []).append(one)
    conditions = _conditions()
    shown = [_feature(pile[0], language, conditions) for pile in at.values() if len(pile) == 1]
    groups = []
    for (x, y), pile in at.items():
        if len(pile) > 1:
            by = _by(((one.profile, 1) for one in pile), conditions)
            groups.append({"x": x, "y": y, "count": len(pile), "by": by, "bbox": [x, y, x, y]})
    return shown, groups


def _thinned(actor: Actor, view: Want, zoom: float, most: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """Groups of a grid whose cells are some 60 pixels wide, and the places that are alone in theirs."""
    assert view.box is not None
    width = 360 * PIXELS / (TILE * 2 ** min(max(zoom, 0), 22))
    middle = round((view.box[1] + view.box[3]) / 20) * 10  # in steps, so that the grid holds still while the map is moved
    height = width * max(cos(radians(min(abs(middle), 80))), 0.1)
    found = store_search.cells("place", actor.audience, view, width, height)
    conditions = _conditions()
    alone = [cell.id for cell in found if cell.id is not None][:most]
    language = actor.language
    shown = [_feature(one, language, conditions) for one in store_search.these(actor.audience, alone)]
    kept = set(alone)
    groups = [_group(cell, width, height, conditions) for cell in found if cell.id is None or cell.id not in kept]
    return shown, groups, sum(cell.count for cell in found)


def _group(cell: Cell, width: float, height: float, conditions: dict[int, str]) -> dict[str, Any]:
    west, south = cell.column * width - 180, cell.row * height - 90
    return {"x": round(cell.x, 6), "y": round(cell.y, 6), "count": cell.count, "by": _by(cell.profiles.items(), conditions),
            "bbox": [round(west, 6), round(south, 6), round(min(west + width, 180.0), 6), round(min(south + height, 90.0), 6)]}


def _by(profiles: Iterable[tuple[int, int]], conditions: dict[int, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, n in profiles:
        code = conditions.get(number, "none")
        found[code] = found.get(code, 0) + n
    return found


def _conditions() -> dict[int, str]:
    """profile → condition."""
    return Profiles.known().codes("condition")


def _feature(one: Single, language: str, conditions: dict[int, str]) -> dict[str, Any]:
    precision = loads(one.own)["handling"].get("shown", "as-held") if one.own else "as-held"
    uuid = dashed(one.uuid)
    name = labelled(one.label, language, f"{uuid[:8]}…")
    return {"id": uuid, "x": one.x, "y": one.y, "c": conditions.get(one.profile, "none"), "n": name, "p": precision}
