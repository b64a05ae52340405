"""Whether a number means the same place: plain lists are all numbered 1, 2, 3, and share one scheme."""

from __future__ import annotations

from math import cos, hypot, radians
from typing import Any

from tutela.errors import declare
from tutela.inventory.rules.geometry import representative
from tutela.vocabulary.folding import fold

declare(
    {
        "key-other-place": (
            "The number {value} is that of another place here, {name}, with other names and elsewhere.",
            "If this is another list with numbers of its own, write a mapping (--suggest-mapping) with a `source` and a `key: scheme` "
            "of its "
            "own. If it is the same place, correct its name or position on its page first.",
        ),
        "place-withheld": (
            "The number {value} is that of a place whose details this account does not see.",
            "Ask a manager of this register to import this row.",
        ),
    }
)

NEAR = 10.0  # kilometres
LOCAL = "local"  # the scheme of lists that say nothing of whose numbers they use


def same_place(held: dict[str, Any], given: dict[str, Any]) -> bool:
    """False only where both have names and positions, share no name, and lie more than ten kilometres apart."""
    ours, theirs = ({fold(n["text"]) for n in d.get("names", ())} for d in (held, given))
    if not ours or not theirs or ours & theirs:
        return True
    one, other = representative(held.get("geometries", [])), representative(given.get("geometries", []))
    if one is None or other is None:
        return True
    # Plane distance on a sphere of 111.2 km a degree: good to a percent at such distances, and enough here.
    width = (one[0] - other[0]) * cos(radians((one[1] + other[1]) / 2))
    return hypot(width, one[1] - other[1]) * 111.2 <= NEAR
