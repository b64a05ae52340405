"""The rows of the damaged-places list: each damaged place as its audience may see it, with its findings up to the day."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from tutela.assessment.rules.audience import bare_finding
from tutela.assessment.rules.change import newly_damaged
from tutela.assessment.rules.state import Version, standing, state_of
from tutela.inventory import queries_export
from tutela.inventory.rules.audience import sight_of
from tutela.inventory.rules.names import display_name, listed
from tutela.reports.blocks import codes_of
from tutela.reports.damaged import NONE_RECORDED, Coded, DamagedRow
from tutela.reports.figures import SLICE, Figures
from tutela.reports.moment import select
from tutela.reports.series import findings
from tutela.store.documents import dashed, loads
from tutela.store.search import Profiles
from tutela.vocabulary import load

Document = dict[str, Any]
WHEN = {"before": "not later than {v}", "from": "from {v}", "to": "until {v}", "on": "on {v}"}


def rows(held: Any, made: Figures, lang: str) -> tuple[list[DamagedRow], dict[str, str]]:
    """The rows, by country, region and name, and {title of a source: its licence}."""
    found: list[DamagedRow] = []
    sources: dict[str, str] = {}
    verified = set(made.places[made.verified].tolist()) | {other.record for other in made.others if other.verified}
    codes = _codes(held, made)
    for slice_ in _slices(held, made):
        series = findings(held, made.at, made.changed, {place.record: place.uuid for place, _ in slice_})
        for place, document in slice_:
            counted = {**codes(place.record), **_levels(document, made.asked.blocks)}
            found.append(_row(made, place, document, series[place.record], place.record in verified, counted, lang))
            for source in document.get("sources", ()):
                sources[source.get("title", source["key"])] = source.get("licence", "")
    found.sort(key=lambda r: (r.country, r.region, r.name.casefold(), r.public_id))
    return found, sources


def _slices(held: Any, made: Figures) -> Iterator[list[tuple[queries_export.PlaceText, Document]]]:
    entries = array("q", made.entries[made.documented].tolist())
    for part in queries_export.places(held, made.asked.level, entries):
        yield [(place, loads(place.text)) for place in part]
    others = [other for other in made.others if other.documented]
    for start in range(0, len(others), SLICE):
        yield [(queries_export.PlaceText(o.record, o.uuid, 0, "", o.view.x, o.view.y), o.document) for o in others[start : start + SLICE]]


def _codes(held: Any, made: Figures) -> Callable[[int], Mapping[str, tuple[str, ...]]]:
    """A function that tells under which codes a damaged place is counted in each table: by what it is found by."""
    names = [block for block in made.asked.blocks if block not in ("area", "level")]
    facets, areas, places = Profiles.all(), _area_keys(held), made.places
    others = {other.record: {**{name: codes_of(name, other.view.facets) for name in names},
                             "area": (other.view.area[0][:400],) if other.view.area else (NONE_RECORDED,)} for other in made.others}
    alike: dict[tuple[int, int], Mapping[str, tuple[str, ...]]] = {}  # many places are counted alike

    def codes(record: int) -> Mapping[str, tuple[str, ...]]:
        if record in others:
            return others[record]
        at = int(places.searchsorted(record))
        key = int(made.profiles[at]), int(made.areas[at])
        if key not in alike:
            alike[key] = {**{name: codes_of(name, facets[key[0]]) for name in names}, "area": (areas.get(key[1], NONE_RECORDED),)}
        return alike[key]

    return codes


def _area_keys(held: Any) -> dict[int, str]:
    with held.cursor() as cursor:
        cursor.execute("SELECT id, key FROM store_area")
        return dict(cursor.fetchall())


def _levels(document: Document, blocks: Iterable[str]) -> dict[str, tuple[str, ...]]:
    if "level" not in blocks:
        return {}
    return {"level": tuple(dict.fromkeys(p["level"] for p in document.get("protections", ()) if p.get("level"))) or (NONE_RECORDED,)}


def uuids(held: Any, records: Iterable[int]) -> dict[int, str]:
    return dict(select(held, "SELECT id, uuid FROM store_record WHERE id IN {in}", records))


def _row(made: Figures, place: queries_export.PlaceText, document: Document, versions: list[Version], verified: bool,
         codes: Mapping[str, tuple[str, ...]], lang: str) -> DamagedRow:
    asked = made.asked
    sight = sight_of({"handling": _mark(document)}, asked.level)
    stands = standing(versions, asked.day, None)
    now = state_of(stands, asked.day)
    series = [one.document if sight.details else bare_finding(one.document) for one in stands]
    ids = [one.id for one in stands]
    last = series[ids.index(now.finding)] if now.finding in ids else series[-1]
    names = listed(document.get("names", []))
    first = display_name(names, lang)
    ordered = [first, *[n for n in names if n["text"] != first["text"]]] if names else []
    source = next(iter(document.get("sources", ())), {})
    identifier = next((i["value"] for i in document.get("identifiers", ())), "")
    return DamagedRow(
        public_id=dashed(place.uuid),
        names=[(n["text"], n.get("lang", ""), n.get("script", "")) for n in ordered if n.get("kind") != "reference"][:4],
        type_label=", ".join(dict.fromkeys(load("place-types").label(t["code"], lang) for t in document.get("types", ()) if t.get("code"))),
        country=load("countries").label(document["country"], lang) if "country" in document else "",
        region=next((a["name"] for a in document.get("areas", ())), ""),
        condition=_condition(now.condition, last, lang),
        extent=_coded("extent", last["extent"], lang) if last.get("extent") else None,
        observed=last.get("observed", ""),
        recorded=last.get("recorded", ""),
        method=load("methods").label(last["method"], lang) if last.get("method") else "",
        damages=list(damages(series, lang)),
        threats=list(dict.fromkeys(load("causes").label(t["cause"], lang) for a in series for t in a.get("threats", ()) if t.get("cause"))),
        protection=list(
            dict.fromkeys(load("protection-instruments").label(p["instrument"], lang) for p in document.get("protections", ()))
        ),
        lat=place.y,
        lon=place.x,
        precision="by name" if place.x is None else "as held" if sight.precision == "as-held" else sight.precision,
        priority=next(
            (_priority(r["priority"], lang) for a in reversed(series) for r in a.get("recommendations", ()) if r.get("priority")), ""
        ),
        source=" · ".join(w for w in (source.get("title", ""), identifier) if w),
        rows=source.get("rows", ()),
        category=load("hague-categories").label(document["category"], lang) if "category" in document else "",
        verified=verified,
        newly=newly_damaged(versions, asked.since, asked.day).code if asked.since else "",
        codes=codes,
    )


def _mark(document: Document) -> Document:
    return document.get("handling") or {"mark": "open"}


def _condition(code: str, finding: Document, lang: str) -> Coded:
    said = finding.get("condition") or {}
    if said.get("code") == code:
        return _coded("condition", said, lang)
    listed_in = "condition" if code in load("condition").terms else "outcomes"
    return Coded(code, load(listed_in).label(code, lang))


def _priority(given: Any, lang: str) -> str:
    code = given.get("code") if isinstance(given, dict) else given
    return load("priority").label(code, lang) if code else given.get("original", "")


def _coded(vocabulary: str, value: Document, lang: str) -> Coded:
    return Coded(
        value.get("code", "unknown"),
        load(vocabulary).label(value.get("code", "unknown"), lang),
        value.get("original", ""),
        value.get("scale", ""),
    )


def damages(series: list[Document], lang: str) -> Iterator[str]:
    """Each damage once: effect, cause, and when, in words."""
    seen = set()
    for a in series:
        for d in a.get("damages", ()):
            words = [
                load(name).label(item["code"], lang) if item.get("code") else item.get("original", "")
                for name, item in (("effects", d.get("effect")), ("causes", d.get("cause")))
                if item
            ]
            text = ": ".join(w for w in words if w)
            when = ", ".join(WHEN[k].format(v=v) for k, v in (d.get("event") or {}).items() if k in WHEN)
            text = f"{text}, {when}" if when else text
            if text and text not in seen:
                seen.add(text)
                yield text[:1].upper() + text[1:]
