"""What is known of each field before any mapping: its list of terms, and whether it holds a date."""

from __future__ import annotations

#: field: (the list its codes come from, what happens to a wording that is not in it)
#: ``keep`` the wording stands without a code; ``warn`` the same, and it is told; ``refuse`` the row is refused.
LISTS: dict[str, tuple[str, str]] = {
    "types.code": ("place-types", "warn"), "types.certainty": ("certainty", "keep"),
    "functions.code": ("functions", "keep"), "functions.certainty": ("certainty", "keep"),
    "dating.certainty": ("certainty", "keep"), "names.kind": ("name-kinds", "keep"),
    "characteristics.certainty": ("certainty", "keep"),
    "protections.instrument": ("protection-instruments", "refuse"),
    "protections.level": ("protection-levels", "refuse"),
    "descriptions.kind": ("description-kinds", "keep"), "significance.criterion": ("significance", "keep"),
    "geometries.certainty": ("location-certainty", "keep"),
    "geometries.extent_certainty": ("location-certainty", "keep"),
    "geometries.role": ("geometry-roles", "keep"),
    "country": ("countries", "refuse"), "category": ("hague-categories", "refuse"),
    "handling.mark": ("handling-marks", "refuse"), "handling.precision": ("precision-levels", "refuse"),
    "condition": ("condition", "refuse"), "extent": ("extent", "refuse"), "method": ("methods", "keep"),
    "outcome": ("outcomes", "refuse"),
    "damages.cause": ("causes", "warn"), "damages.category": ("disturbance-categories", "warn"),
    "damages.certainty": ("certainty", "keep"), "damages.effect": ("effects", "warn"),
    "damages.effect_certainty": ("certainty", "keep"), "damages.extent": ("extent", "keep"),
    "threats.cause": ("causes", "warn"), "threats.category": ("disturbance-categories", "warn"),
    "threats.probability": ("threat-probability", "keep"),
    "recommendations.action": ("recommendations", "keep"), "recommendations.priority": ("priority", "keep"),
    "interventions.activity": ("interventions", "keep"),
}  # fmt: skip

DATES = frozenset({
    "dating.edtf", "dating.from", "dating.to", "protections.from", "protections.to", "descriptions.from",
    "descriptions.to", "descriptions.date", "observed", "recorded", "imagery", "activity_dates", "damages.from", "damages.to",
    "damages.before", "damages.on",
})  # fmt: skip

#: The field of an item that makes it one; the others run beside it.
MAIN = {
    "names": "text", "types": "code", "functions": "code", "areas": "name", "identifiers": "value",
    "protections": "instrument", "significance": "text", "characteristics": "value", "descriptions": "text",
    "dating": "edtf", "damages": "cause", "threats": "cause", "recommendations": "action",
    "interventions": "activity",
}  # fmt: skip

#: Fields that are worth an item by themselves where the main one is empty.
ALSO = {
    "dating": ("period", "from", "to"), "damages": ("effect", "category", "note", "from", "to", "before", "on"),
    "threats": ("category",), "recommendations": ("priority",), "protections": ("reference",),
}  # fmt: skip
