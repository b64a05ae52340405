"""Risk: a band that follows from what an assessment says of a threat.  Derived, never stored.

The matrix (ours; docs/records.md shows it) reads probability against severity; a horizon beyond a year takes one band off.

===================== ====== ========= ======= =======
                       minor  moderate  major   total
===================== ====== ========= ======= =======
possible               low    low       medium  high
probable               low    medium    high    extreme
planned, or happening  medium high      extreme extreme
===================== ====== ========= ======= =======
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

BANDS = ("low", "medium", "high", "extreme")
SEVERITIES = ("minor", "moderate", "major", "total")
MATRIX = {
    "possible": ("low", "low", "medium", "high"),
    "probable": ("low", "medium", "high", "extreme"),
    "planned": ("medium", "high", "extreme", "extreme"),
}
FAR = ("five-years", "later")


def band(threat: dict[str, Any]) -> str:
    """The band of one threat: low, medium, high, extreme; ``unknown`` where probability or severity is not said."""
    probability = "planned" if threat.get("horizon") == "present" else threat.get("probability")
    severity = threat.get("severity")
    if probability not in MATRIX or severity not in SEVERITIES:
        return "unknown"
    found = MATRIX[probability][SEVERITIES.index(severity)]
    return BANDS[max(0, BANDS.index(found) - 1)] if threat.get("horizon") in FAR else found


def highest(threats: Iterable[dict[str, Any]]) -> str | None:
    """The highest band of several threats; ``unknown`` where none has a band, None where there is no threat."""
    bands = [band(threat) for threat in threats]
    known = [b for b in bands if b in BANDS]
    return max(known, key=BANDS.index) if known else "unknown" if bands else None
