"""Parts of a place, the harm done to them, and what threatens them: whether an assessment says it in a way that can be kept.

Nothing here, and nothing an assessment may hold, says who did it: keys that no part of the schema has are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tutela.errors import Problem, declare, problem
from tutela.inventory.rules.codes import coded, terms, unknown

declare(
    {
        "key-unknown": ("An assessment has no field {value}.", "Use the fields that docs/records.md names; put the rest in a note."),
        "element-key": ("{value} is no key of a part.", "Use small letters, digits and hyphens: stele-3. A key names one part alone."),
        "element-unknown": ("There is no part {value} in this assessment.", "Add it to the parts, or correct the key."),
        "misuse-empty": ("A use needs its kind.", "Choose what the place is used for, or empty the row."),
        "region-shape": ("This is no region of a picture.", "Give item and region {{x, y, w, h}}, each from 0 to 1, inside the picture."),
        "geometry-shape": ("This is no shape on the map: {reason}.", "Give a GeoJSON geometry with longitude before latitude."),
        "no-damage-but-harm": ("The outcome says that there is no damage, and {what} says otherwise.",
                               "Choose the outcome “finding”, or empty it."),
        "must-be": ("{value} cannot stand here.", "Give {what}."),
    }
)  # fmt: skip

Document = dict[str, Any]
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
GEOMETRIES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")

#: Every key an assessment may hold.
KEYS = frozenset(
    """place observed recorded method form activity imagery outcome condition degree extent elements damages misuses threats
    recommendations urgency interventions assessor_role note activity_dates source status""".split()
)
_VALUE = "code scale original value certainty"
_HARM = "key element event extent note certainty geometry marked original source"
#: The keys of the items of each list, and of the parts of those items.
ITEMS = {
    "elements": frozenset("key kind label outcome condition degree extent note".split()),
    "damages": frozenset(f"{_HARM} cause effect".split()),
    "misuses": frozenset(f"{_HARM} use effect".split()),
    "threats": frozenset("key element category cause probability severity horizon original note certainty source".split()),
    "recommendations": frozenset("action priority original note element source".split()),
    "interventions": frozenset("activity original note date element source".split()),
}
PARTS = {
    "condition": frozenset(_VALUE.split()), "degree": frozenset(_VALUE.split()), "extent": frozenset(_VALUE.split()),
    "cause": frozenset("category code certainty original".split()), "effect": frozenset("code certainty original".split()),
    "use": frozenset("code certainty original".split()), "event": frozenset("from to before on".split()),
    "priority": frozenset("code original".split()), "urgency": frozenset("code original note".split()),
    "marked": frozenset(("item", "region", "page")),
}  # fmt: skip
#: Keys whose values are no texts and are looked at elsewhere, or come from lists alone.
LOOSE = frozenset("geometry marked source imagery activity_dates".split())
CODED = (
    ("elements", "kind", "element-kinds"),
    ("elements", "outcome", "outcomes"),
    ("damages", "certainty", "certainty"),
    ("misuses", "certainty", "certainty"),
    ("threats", "severity", "threat-severity"),
    ("threats", "horizon", "threat-horizon"),
    ("threats", "certainty", "certainty"),
)


def check_shape(assessment: Document) -> list[Problem]:
    """What is not of the shape that docs/records.md describes: the first thing to ask of a document from outside."""
    found = [problem("key-unknown", column=key, value=key) for key in sorted(assessment.keys() - KEYS)]
    for key in ("condition", "degree", "extent", "urgency"):
        found += _part(assessment, key, key)
    found += _texts({k: v for k, v in assessment.items() if k not in PARTS and k not in ITEMS and k not in LOOSE}, "")
    for key in ("imagery", "activity_dates"):
        days = assessment.get(key, [])
        if not isinstance(days, list) or not all(isinstance(day, str) for day in days):
            found.append(problem("must-be", column=key, value=days, what="a list of days"))
    for key, keys in ITEMS.items():
        items = assessment.get(key, [])
        if not isinstance(items, list) or not all(isinstance(item, dict) and all(isinstance(k, str) for k in item) for item in items):
            found.append(problem("must-be", column=key, value=items, what="a list of items"))
            continue
        for n, item in enumerate(items):
            found += [problem("key-unknown", column=f"{key}.{n}.{k}", value=k) for k in sorted(item.keys() - keys)]
            parts = item.keys() & PARTS.keys() - ({"cause"} if key == "threats" else set())
            for part in sorted(parts):
                found += _part(item, part, f"{key}.{n}.{part}")
            found += _texts({k: v for k, v in item.items() if k not in parts and k not in LOOSE}, f"{key}.{n}.")
    return found


def _part(holder: Document, key: str, column: str) -> list[Problem]:
    value = holder.get(key)
    if value is None:
        return []
    if not isinstance(value, dict) or not all(isinstance(k, str) for k in value):
        return [problem("must-be", column=column, value=value, what="fields such as code and original")]
    unknown_keys = [problem("key-unknown", column=f"{column}.{k}", value=k) for k in sorted(value.keys() - PARTS[key])]
    if key == "marked":
        return unknown_keys
    number = value.get("value", 0)
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not _finite(number):
        unknown_keys.append(problem("must-be", column=f"{column}.value", value=number, what="a number"))
    return unknown_keys + _texts({k: v for k, v in value.items() if k != "value"}, f"{column}.")


def _texts(values: Document, at: str) -> list[Problem]:
    return [problem("must-be", column=f"{at}{k}", value=v, what="a text") for k, v in values.items() if not isinstance(v, str)]


def check_harms(assessment: Document) -> list[Problem]:
    """Codes, keys of parts, shapes and marked regions; and a "no damage" that is contradicted."""
    found = list(coded(assessment, CODED))
    keys: set[str] = set()
    for n, element in enumerate(assessment.get("elements", ())):
        key = str(element.get("key", ""))
        if not _KEY.fullmatch(key) or key in keys:
            found.append(problem("element-key", column=f"elements.{n}.key", value=key))
        keys.add(key)
        for part, vocabulary in (("condition", "condition"), ("degree", "damage"), ("extent", "extent")):
            found += _code(element.get(part), f"elements.{n}.{part}", vocabulary)
    for name in ("damages", "misuses", "threats", "recommendations", "interventions"):
        for n, item in enumerate(assessment.get(name, ())):
            if "element" in item and item["element"] not in keys:
                found.append(problem("element-unknown", column=f"{name}.{n}.element", value=item["element"]))
            found += _where(item, f"{name}.{n}")
            found += _code(item.get("extent"), f"{name}.{n}.extent", "extent")
    for n, misuse in enumerate(assessment.get("misuses", ())):
        use = misuse.get("use") or {}
        if not use.get("code") and not use.get("original"):
            found.append(problem("misuse-empty", column=f"misuses.{n}.use"))
        found += _code(use, f"misuses.{n}.use", "misuses") + _code(misuse.get("effect"), f"misuses.{n}.effect", "effects")
    found += _code(assessment.get("degree"), "degree", "damage") + _code(assessment.get("urgency"), "urgency", "priority")
    return [*found, *_contradicted(assessment)]


def _code(value: Document | None, column: str, vocabulary: str) -> list[Problem]:
    code = (value or {}).get("code")
    return [unknown(column, code, vocabulary)] if code and code not in terms(vocabulary) else []


def _contradicted(assessment: Document) -> Iterable[Problem]:
    """Where the outcome is "no damage": what says damage all the same."""
    from tutela.assessment.rules.series import says_damage

    for at, holder in [("", assessment), *((f"elements.{n}.", e) for n, e in enumerate(assessment.get("elements", ())))]:
        if holder.get("outcome") != "no-damage":
            continue
        for key in ("degree", "extent"):
            if holder.get(key) and says_damage({key: holder[key]}):
                yield problem("no-damage-but-harm", column=f"{at}{key}", what=key)
        if not at and holder.get("damages"):
            yield problem("no-damage-but-harm", column="damages", what="damages")


def _where(item: Document, column: str) -> list[Problem]:
    """A shape on the map, and a region of a picture."""
    found = []
    if "geometry" in item:
        reason = _geometry_fault(item["geometry"])
        if reason:
            found.append(problem("geometry-shape", column=f"{column}.geometry", reason=reason))
    if "marked" in item:
        marked = item["marked"] if isinstance(item["marked"], dict) else {}
        region = marked.get("region")
        if not isinstance(marked.get("item"), str) or not marked["item"] or not _inside(region):
            found.append(problem("region-shape", column=f"{column}.marked"))
    return found


def _inside(region: Any) -> bool:
    if not isinstance(region, dict) or region.keys() != {"x", "y", "w", "h"}:
        return False
    if not all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in region.values()):
        return False
    x, y, w, h = (float(region[k]) for k in "xywh")
    return 0 <= x <= 1 and 0 <= y <= 1 and w > 0 and h > 0 and x + w <= 1.000001 and y + h <= 1.000001


def _geometry_fault(geometry: Any) -> str:
    """Why a value is no GeoJSON geometry; empty where it is one."""
    if not isinstance(geometry, dict) or geometry.get("type") not in GEOMETRIES or "coordinates" not in geometry:
        return "no type or coordinates"
    if geometry.keys() - {"type", "coordinates"}:
        return "it holds more than type and coordinates"
    positions = list(_positions(geometry["coordinates"]))
    if not positions or any(p is None for p in positions):
        return "its coordinates are not numbers"
    if any(not (-180 <= x <= 180 and -90 <= y <= 90) for x, y in positions):  # type: ignore[misc]
        return "it lies off the map"
    if len(positions) > 50_000:
        return "it has too many points"
    try:
        from shapely.geometry import shape

        made = shape(geometry)
    except Exception:
        return "it cannot be drawn"
    return "" if made.is_valid and not made.is_empty else "it crosses itself, or is empty"


def _positions(value: Any, depth: int = 0) -> Iterable[tuple[float, float] | None]:
    if not isinstance(value, list) or not value or depth > 4:
        yield None
    elif all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in value):
        yield (float(value[0]), float(value[1])) if len(value) in (2, 3) and all(map(_finite, value)) else None
    else:
        for part in value:
            yield from _positions(part, depth + 1)


def _finite(value: float) -> bool:
    return abs(value) < 1e300  # false for not-a-number
