"""From a place document to the views by which each audience finds it (pure; see :mod:`tutela.store.kinds`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from tutela.inventory.rules.audience import for_audience, sight_of
from tutela.inventory.rules.geometry import bounds, representative
from tutela.inventory.rules.names import label, title
from tutela.store.kinds import LEVELS, View
from tutela.vocabulary.edtf_values import parse
from tutela.vocabulary.folding import fold

Document = dict[str, Any]


@dataclass(slots=True)
class Contribution:
    """What records about a place (its assessments, later its losses …) add to how it is found."""

    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    text: str = ""
    day: int | None = None
    value: float | None = None
    missing: tuple[str, ...] = ()


#: kinds of dependants → function (documents, details allowed) → Contribution.  Higher rooms register theirs when ready.
CONTRIBUTORS: dict[tuple[str, ...], Callable[[list[Document], bool], Contribution]] = {}


#: What the words of a place's text are taken from.
TEXTS = (("descriptions", "text"), ("characteristics", "value"), ("significance", "text"))
_fold_often = lru_cache(20_000)(fold)  # names of areas come again and again


def place_views(place: Document, dependants: list[tuple[str, Document]]) -> list[View]:
    """One view for each run of audiences that may see the same."""
    handling = place.get("handling")
    if handling is None or (handling["mark"] == "open" and handling.get("precision", "as-held") == "as-held"):
        return [_view(place, 0, LEVELS - 1, dependants, True, None)]
    views: list[View] = []
    last: tuple[Document | None, bool] | None = None
    for audience in range(LEVELS):
        seen = for_audience(place, audience)
        details = sight_of(place, audience).details
        if last is not None and last == (seen, details):
            if views and seen is not None:
                views[-1].high = audience
            continue
        last = (seen, details)
        if seen is not None:
            views.append(_view(seen, audience, audience, dependants, details, None if seen is place else seen))
    return views


def _view(seen: Document, low: int, high: int, dependants: list[tuple[str, Document]], details: bool,
          document: Document | None) -> View:
    get = seen.get
    names, geometries, types = get("names") or (), get("geometries") or (), get("types") or ()
    protections, dating, handling = get("protections") or (), get("dating") or (), get("handling")
    folded = fold(names[0]["text"] if len(names) == 1 else " ".join([n["text"] for n in names]))
    view = View(low, high, (folded or "~") if len(names) == 1 else title(names), folded, label=label(names), document=document)
    facets: dict[str, tuple[str, ...]] = {
        "type": _codes(types, "code"),
        "country": (seen["country"],) if "country" in seen else (),
        "located": ("position",) if geometries else ("name-only",),
        "protection": _codes(protections, "instrument") or ("none",),
        "handling": ("open" if handling is None else handling["mark"],),
        "namekind": _codes(names, "kind"),
    }
    missing = [what for what, there in (("name", names), ("geometry", geometries), ("type", types), ("protection", protections),
                                        ("dating", dating)) if not there]
    if geometries:
        point = representative(geometries)
        if point:
            view.x, view.y = point
            view.box = bounds(geometries)
    if "category" in seen:
        facets["category"] = (seen["category"],)
    if dating:
        facets["period"] = _codes(dating, "period")
        view.start, view.finish = _span(dating)
    if "areas" in seen or "address" in seen:
        _place_in_areas(view, seen)
    identifiers = get("identifiers")
    if identifiers:
        view.ids = fold(identifiers[0]["value"] if len(identifiers) == 1 else " ".join([i["value"] for i in identifiers]))
    text = [item[key] for field, key in TEXTS if field in seen for item in seen[field] if isinstance(item.get(key), str)]
    for kinds, contribute in CONTRIBUTORS.items():
        given = contribute([about for name, about in dependants if name in kinds], details)
        facets.update(given.facets)
        missing += given.missing
        if given.text:
            text.append(given.text)
        if given.day is not None:
            view.day = given.day
        if given.value is not None:
            view.value = given.value
    facets["missing"] = tuple(missing)
    view.facets = facets
    if text:
        view.text = fold(text[0] if len(text) == 1 else " ".join(text))
    return view


def _codes(items: Sequence[Document], key: str) -> tuple[str, ...]:
    """What the items say under this key, where they say anything."""
    if len(items) == 1:  # as nearly always
        code = items[0].get(key)
        return (code,) if code else ()
    return tuple([item[key] for item in items if item.get(key)])


def _place_in_areas(view: View, seen: Document) -> None:
    areas = seen.get("areas")
    if areas:
        label = areas[0]["name"]
        folded = _fold_often(label)
        view.area = (f"{seen.get('country', '')} {folded}", label)
        view.areas = folded if len(areas) == 1 else " ".join([_fold_often(a["name"]) for a in areas])
    if "address" in seen:
        view.areas += " " + fold(seen["address"])


def _span(dating: list[Document]) -> tuple[int | None, int | None]:
    starts, ends = [], []
    for item in dating:
        if item.get("edtf"):
            value = parse(item["edtf"])
            starts.append(value.earliest)
            ends.append(value.latest)
    start = min((s for s in starts if s is not None), default=None)
    finish = max((e for e in ends if e is not None), default=None)
    return start, finish
