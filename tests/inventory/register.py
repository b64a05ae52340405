"""A few places to search among.  No test is in here."""

from __future__ import annotations

from typing import Any

from tutela.assessment.actions import record_assessment
from tutela.inventory.actions import record_place
from tutela.people.rules import OPERATOR, Actor

PUBLIC = Actor("public", "public")
READERS = {role: Actor(role, role) for role in ("public", "contributor", "reviewer", "manager")}


def keep(*names: str, at: tuple[float, float] | None = None, condition: str | None = None, observed: str | None = None,
         value: float | None = None, types: tuple[str, ...] = (), **more: Any) -> str:
    """Record a place with these names; gives its public id."""
    place: dict[str, Any] = {"names": [{"text": name} for name in names], **more}
    if at:
        place["geometries"] = [{"geojson": {"type": "Point", "coordinates": list(at)}}]
    if types:
        place["types"] = [{"code": code} for code in types]
    uuid = record_place(OPERATOR, place)
    assessment: dict[str, Any] = {}
    if condition:
        assessment["condition"] = {"code": condition, "scale": "eamena-condition", "original": condition}
    if observed:
        assessment["observed"] = observed
    if value is not None:
        assessment["extent"] = {"code": "11-30", "scale": "eamena-extent", "original": f"{value}%", "value": value}
    if assessment:
        record_assessment(OPERATOR, uuid, assessment)
    return uuid
