"""The damaged-places list, filled from the register as one audience may see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings

from tutela.assessment.rules.series import is_damaged, last_finding, order
from tutela.inventory import queries_export
from tutela.inventory.queries import as_query
from tutela.inventory.rules.audience import sight_of
from tutela.inventory.rules.names import display_name, listed
from tutela.inventory.rules.query import Query
from tutela.people.rules import AUDIENCES, Actor
from tutela.reports.damaged import Coded, Count, DamagedList, DamagedRow, tally
from tutela.store.documents import dashed, loads
from tutela.vocabulary import load

Document = dict[str, Any]


def damaged_list(actor: Actor, query: Query | str = "", *, audience: str | None = None, made_on: date | None = None) -> DamagedList:
    """Places with documented damage that answer the question, as ``audience`` (not above the actor's) may see them."""
    query = as_query(query)
    level = min(actor.audience, AUDIENCES.index(audience)) if audience else actor.audience
    rows: list[DamagedRow] = []
    sources: dict[str, str] = {}
    disputed = False
    with queries_export.snapshot() as held:
        seq, head = queries_export.journal_head(held)
        entries = queries_export.entries(held, level, query)
        for slice_ in queries_export.places(held, level, entries):
            about = queries_export.dependants(held, [p.record for p in slice_], "about")
            for place in slice_:
                document = loads(place.text)
                series = sorted((loads(text) for text in about.get(place.record, ())), key=order)
                if not is_damaged(series):
                    continue
                rows.append(_row(place, document, series, level, actor.language))
                for source in document.get("sources", ()):
                    sources[source.get("title", source["key"])] = source.get("licence", "")
    rows.sort(key=lambda r: (r.country, r.region, r.name.casefold(), r.public_id))
    today = made_on or date.today()
    protections = [
        (t.code, load("protection-instruments").label(t.code, actor.language)) for t in load("protection-instruments").terms.values()
    ]
    conditions = [(code, load("condition").label(code, actor.language)) for code in ("fair", "poor", "very-bad", "destroyed")]
    return DamagedList(
        title="Damaged places",
        as_of=today,
        made_on=today,
        revision=f"{seq} · {head}",
        audience=AUDIENCES[level],
        precision_note=_precision_note(level),
        filter_text=query.text() or "all places",
        rows=rows,
        by_category=_by(rows, lambda r: (r.condition.code,), conditions, query, "condition"),
        by_region=_by(
            rows, lambda r: (r.region,) if r.region else (), sorted({(r.region, r.region) for r in rows if r.region}), query, "area"
        ),
        by_protection=_by(rows, lambda r: r.protection, [(label, label) for _, label in protections], query, ""),
        documented=len(rows),
        verified=0,
        sources=[f"{title} ({licence})" if licence else title for title, licence in sorted(sources.items())],
        notes=(
            "Documented: an assessment with a source records damage. Verified: backed by reviewed evidence; none yet, "
            "because evidence is not part of this version.",
        ),
        query=query.text(),
        issuer=settings.WORKSPACE.title,
        article_11_4=disputed,
        lang="en",
    )


def _by(rows: list[DamagedRow], codes_of: Any, known: list[tuple[str, str]], query: Query, field: str) -> list[Count]:
    def address(code: str) -> str:
        if not field or code == "none-recorded":
            return query.text()
        return f'{query.text()} {field}:"{code}"'.strip() if " " in code else f"{query.text()} {field}:{code}".strip()

    return tally(rows, codes_of, known, address)


def _precision_note(level: int) -> str:
    return (
        "Positions as held."
        if level >= 3
        else "Positions at the precision this audience is given: as held, or the centre of a grid cell where a handling mark says so."
    )


def _row(place: queries_export.PlaceText, document: Document, series: list[Document], level: int, lang: str) -> DamagedRow:
    last = last_finding(series) or series[-1]
    sight = sight_of(document, level)
    names = listed(document.get("names", []))
    first = display_name(names, lang)
    ordered = [first, *[n for n in names if n["text"] != first["text"]]] if names else []
    condition = last.get("condition") or {"code": "unknown", "original": ""}
    extent = last.get("extent")
    identifiers = document.get("identifiers", ())
    source = next(iter(document.get("sources", ())), {})
    return DamagedRow(
        public_id=dashed(place.uuid),
        names=[(n["text"], n.get("lang", ""), n.get("script", "")) for n in ordered if n.get("kind") != "reference"][:4],
        type_label=", ".join(dict.fromkeys(load("place-types").label(t["code"], lang) for t in document.get("types", ()) if t.get("code"))),
        country=load("countries").label(document["country"], lang) if "country" in document else "",
        region=next((a["name"] for a in document.get("areas", ())), ""),
        condition=_coded("condition", condition, lang),
        extent=_coded("extent", extent, lang) if extent else None,
        observed=last.get("observed", ""),
        recorded=last.get("recorded", ""),
        method=load("methods").label(last["method"], lang) if last.get("method") else "",
        damages=list(_damages(series, lang)),
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
        source=" · ".join(w for w in (source.get("title", ""), next((i["value"] for i in identifiers), "")) if w),
        rows=source.get("rows", ()),
        verified=False,
    )


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


def _damages(series: list[Document], lang: str) -> Iterator[str]:
    """Each damage once: effect, cause, and when, in words."""
    seen = set()
    for a in series:
        for d in a.get("damages", ()):
            effect, cause, event = d.get("effect"), d.get("cause"), d.get("event") or {}
            words = [
                load(name).label(item["code"], lang) if item.get("code") else item.get("original", "")
                for name, item in (("effects", effect), ("causes", cause))
                if item
            ]
            text = ": ".join(w for w in words if w)
            when = ", ".join(
                {"before": "not later than {v}", "from": "from {v}", "to": "until {v}", "on": "on {v}"}[k].format(v=v)
                for k, v in event.items()
                if k in ("before", "from", "to", "on")
            )
            text = f"{text}, {when}" if when else text
            if text and text not in seen:
                seen.add(text)
                yield text[:1].upper() + text[1:]
