"""Scales of condition, damage and extent, and the core scales they are compared on.

The crosswalk (``crosswalks.yaml``) is this project's proposal and loses detail: keep the assessor's scale and value
beside it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from tutela.vocabulary import sources
from tutela.vocabulary.folding import fold

CROSSWALKS = sources.ROOM / "crosswalks.yaml"
Axis = Literal["damage", "condition"]

# The bands of EAMENA's Disturbance Extent Type, each up to and with the percentage given.
_BANDS = ((0, "none-visible"), (10, "1-10"), (30, "11-30"), (60, "31-60"), (90, "61-90"), (100, "91-100"))


def scale_names() -> tuple[str, ...]:
    """The scales there is a crosswalk for."""
    return tuple(_crosswalks())


def to_core(scale: str, value: str | int, axis: Axis = "damage") -> str | None:
    """The code on a core scale (list ``damage`` or list ``condition``) for a value of another scale.

    ``None`` if the scale has no such value, or the value no counterpart on that axis.  ``KeyError`` for an unknown
    scale.
    """
    row = _crosswalks()[scale].get(fold(str(value)))
    return None if row is None else row.get(axis)


def extent_band(percent: float) -> str:
    """The band (a code of list ``extent``) of a percentage: 0 → ``none-visible``, 10 → ``1-10``, 10.5 → ``11-30``.

    Raises ``ValueError`` outside 0 to 100.
    """
    if not 0 <= percent <= 100:  # also false for not-a-number
        raise ValueError(f"{percent} is no percentage")
    return next(code for most, code in _BANDS if percent <= most)


@cache
def _crosswalks() -> dict[str, dict[str, dict[str, str]]]:
    return sources.read(CROSSWALKS, prepare)


def prepare(data: dict[str, Any]) -> dict[str, Any]:
    """The crosswalk file as scale → folded wording → {axis: code}.  ``ValueError`` where a wording stands twice in
    a scale.
    """
    ready: dict[str, Any] = {}
    for scale, body in data["scales"].items():
        rows = ready[scale] = {}
        for entry in body["values"]:
            codes = {axis: entry[axis] for axis in ("damage", "condition") if axis in entry}
            for wording in (entry["value"], *entry.get("also", ())):
                if rows.setdefault(fold(wording), codes) is not codes:
                    raise ValueError(f"{scale}: {wording!r} stands twice")
    return ready
