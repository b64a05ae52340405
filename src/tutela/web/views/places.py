"""The register: list and map in one view, the map's data, suggestions, the card of one place."""

from __future__ import annotations

import copy
import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tutela.assessment import queries as assessments
from tutela.assessment.rules.series import last_finding
from tutela.errors import TutelaError
from tutela.exchange import queries as imports
from tutela.inventory import queries, summaries
from tutela.inventory.asking import change_of
from tutela.inventory.near import near_fields, unknown_values
from tutela.inventory.rules.query import Query, box, parse
from tutela.people.rules import AUDIENCES, Actor
from tutela.reports import queries as damaged
from tutela.store import journal
from tutela.vocabulary.folding import fold
from tutela.web import i18n
from tutela.web.views.common import FIELDS, address, day, is_fragment, label

PAGE = 50
FACETS = ("condition", "extent", "type", "protection", "country", "damage", "cause", "threat", "located", "missing")
SHOWN = 8
ALWAYS = {
    "condition": ("good", "fair", "poor", "very-bad", "destroyed", "unknown", "none"),
    "extent": ("1-10", "11-30", "31-60", "61-90", "91-100", "none-visible", "unknown"),
    "located": ("position", "name-only"),
}
TITLES = {"condition": "Condition, last finding", "missing": "Incomplete: missing"}


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("/places/")


@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """List and map of what answers the question in ``q``; fragments for htmx."""
    actor: Actor = request.actor
    text = " ".join(part for part in (request.GET.get("q", "").strip(), _years(request)) if part)
    try:
        query = parse(text)
        context = _found(request, actor, query)
    except TutelaError as error:
        context = {
            "problem": error.problem,
            "all": 1,
            "total": 0,
            "chips": [],
            "facets": [],
            "q": text,
            "map": {"source": "", "bbox": _world()},
            "instead": _other_fields(text, error.problem.value or "") if error.code == "query-field" else [],
        }
    context |= {
        "room": "places",
        "q": text if "problem" in context else context["q"],
        "record_href": "/places/new/" if actor.may("record-place") else "",
        "import_href": "/imports/new/" if actor.may("dry-run") else "",
        "keep_href": address(text, "/shortlists/new/") if actor.may("shortlist") and text else "",
        "export_href": address(text, "/places/export/") if context.get("total") else "",
    }
    template = (
        "tutela/parts/results.html" if is_fragment(request) and request.headers.get("HX-Target") == "results" else "tutela/register.html"
    )
    return render(request, template, context, status=400 if "problem" in context else 200)


def _years(request: HttpRequest) -> str:
    low, high = request.GET.get("from", "").strip(), request.GET.get("to", "").strip()
    return f"observed:{low}..{high}" if low or high else ""


def _found(request: HttpRequest, actor: Actor, query: Query) -> dict[str, Any]:
    offset = max(0, int(request.GET["from_row"])) if request.GET.get("from_row", "").isdigit() else 0
    counts = queries.count(actor, query, (*FACETS, "damaged"))
    everything = counts.total if not query.text() else queries.count(actor, "").total
    results = queries.search(actor, query, PAGE, offset) if counts.total or query.words else None
    rows = results.rows if results else []
    total = results.total if results else 0
    context = {
        "places": [_row(row, actor, request) for row in rows],
        "all": everything,
        "total": total,
        "q": query.text(),
        "chips": _chips(query, actor.language),
        "clear_href": "/places/",
        "all_href": "/places/",
        "facets": _facets(actor, query, counts.facets) if everything else [],
        "triple": _triple(actor, query, counts.facets, total) if everything else None,
        "orders": [
            {"label": name, "on": query.order == code, "href": address(_with(query, order=code))}
            for code, name in (("name", "name"), ("observed", "last observed"), ("extent", "extent"))
        ],
        "page": _pager(query, offset, len(rows), total),
        "map": {
            "source": address(query, "/places/map.json"),
            "card": "/places/{id}/card/",
            "bbox": ",".join(f"{v:g}" for v in query.bbox) if query.bbox else summaries.extent(actor, query) or _world(),
        },
        "sources": imports.attributions(),
    }
    if results and results.read_as:
        context["read_as"] = [{"typed": typed, "used": ", ".join(used)} for typed, used in results.read_as.items()]
    if results and results.perhaps:
        context["instead"] = [{"label": other, "href": address(_with(query, words=_reworded(query.words, typed, other)))}
                              for typed, others in results.perhaps.items() for other in others]  # fmt: skip
    context["unknown"] = _unknown(actor, query)
    if not total and everything:
        context["without"] = _without(actor, query)
    return context


def _reworded(text: str, typed: str, other: str) -> str:
    """The words asked for, one of them exchanged."""
    return " ".join(other if fold(word) == typed else word for word in text.split())


def _unknown(actor: Actor, query: Query) -> list[dict[str, Any]]:
    """Values of the question that are in no list and no place seen, each with the question as it may have been meant."""
    lang = actor.language
    return [
        {
            "field": FIELDS.get(one.field, one.field),
            "value": one.value,
            "near": [
                {"label": label(one.field, code, lang), "href": address(_instead(query, one.field, one.value, code))} for code in one.near
            ],
        }
        for one in unknown_values(actor, query)
    ]


def _instead(query: Query, field: str, value: str, code: str) -> Query:
    """The question with one value of a filter replaced."""
    out = copy.deepcopy(query)
    if field == "area":
        out.areas = tuple(dict.fromkeys(code if one == value else one for one in out.areas))
    for group in (out.facets, out.without):
        if field in group:
            group[field] = tuple(dict.fromkeys(code if one == value else one for one in group[field]))
    return out


def _other_fields(text: str, name: str) -> list[dict[str, str]]:
    """The question with a field that there is not, read as those there are that it looks like."""
    typed = re.compile(rf"(?<!\w){re.escape(name)}:")
    return [{"label": other, "href": address(typed.sub(f"{other}:", text, count=1))} for other in near_fields(name)]


def _world() -> str:
    return "-20,-10,100,60"


def _row(row: queries.PlaceRow, actor: Actor, request: HttpRequest) -> dict[str, Any]:
    lang = actor.language
    other = next(
        (
            n
            for n in row.names
            if n["text"] != row.name["text"] and n.get("kind") != "reference" and n.get("script") != row.name.get("script")
        ),
        None,
    )
    areas = [a["name"] for a in row.document.get("areas", ())][:1]
    where = ", ".join(dict.fromkeys([*([row.document["address"]] if "address" in row.document else []), *areas]))
    return {
        "id": row.id,
        "href": f"/places/{row.id}/" + (f"?{request.GET.urlencode()}" if request.GET.get("q") else ""),
        "name": row.name["text"],
        "lang": row.name.get("lang") or "und",
        "other": other["text"] if other else "",
        "other_lang": (other or {}).get("lang") or "und",
        "where": where,
        "x": row.x,
        "y": row.y,
        "condition": row.condition,
        "condition_label": "" if row.condition == "none" else label("condition", row.condition, lang),
        "extent": row.extent,
        "observed": day(row.day),
    }


def _chips(query: Query, lang: str) -> list[dict[str, str]]:
    chips = []
    for name, group in (("facets", query.facets), ("without", query.without), ("fields", query.fields)):
        for facet, codes in group.items():
            for code in codes:
                rest = copy.deepcopy(query)
                left = tuple(c for c in codes if c != code)
                held = getattr(rest, name)
                held[facet] = left
                if not left:
                    del held[facet]
                words = code if name == "fields" else label(facet, code, lang)
                chips.append(
                    {"field": FIELDS.get(facet, facet), "value": ("≠ " if name == "without" else "") + words, "href": address(rest)}
                )
    for area in query.areas:
        chips.append({"field": "Area", "value": area, "href": address(_with(query, areas=tuple(a for a in query.areas if a != area)))})
    if query.words:
        chips.insert(0, {"field": "Words", "value": query.words, "href": address(_with(query, words=""))})
    for name in ("observed", "dating", "value"):
        given = getattr(query, name)
        if given:
            low, high = ("" if v is None else f"{int(v)}" for v in given)
            chips.append(
                {
                    "field": {"value": "Extent of damage"}.get(name, FIELDS.get(name, name)),
                    "value": f"{low}…{high}",
                    "href": address(_with(query, **{name: None})),
                }
            )
    if query.bbox:
        chips.append({"field": "Map area", "value": " ".join(f"{v:.2f}" for v in query.bbox), "href": address(_with(query, bbox=None))})
    if query.imported is not None:
        change = change_of(Query(imported=query.imported))
        value = f"{query.imported} ({i18n.t('change {n}', lang, n=change)})" if change else str(query.imported)
        chips.append({"field": "Import", "value": value, "href": address(_with(query, imported=None))})
    if query.change is not None:
        chips.append({"field": "Change", "value": str(query.change), "href": address(_with(query, change=None))})
    return chips


def _with(query: Query, **changes: Any) -> Query:
    out = copy.deepcopy(query)
    for name, value in changes.items():
        setattr(out, name, value)
    return out


def _toggle(query: Query, facet: str, code: str) -> Query:
    out = copy.deepcopy(query)
    held = out.facets.get(facet, ())
    codes = tuple(c for c in held if c != code) if code in held else (*held, code)
    out.facets.pop(facet, None)
    if codes:
        out.facets[facet] = codes
    return out


def _facets(actor: Actor, query: Query, counted: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    lang = actor.language
    facets = []
    for name in FACETS:
        found = counted.get(name, {})
        chosen = query.facets.get(name, ())
        codes = list(dict.fromkeys([*ALWAYS.get(name, ()), *sorted(found, key=lambda c: -found[c]), *chosen]))
        if name not in ALWAYS:
            codes = [c for c in codes if c in chosen] + [c for c in codes if c not in chosen][: max(SHOWN - len(chosen), 0)]
            codes += ["none"] if found.get("none") and "none" not in codes else []
        if name in ("damage", "cause", "threat", "country") and not found and not chosen:
            continue
        options = [
            {
                "label": label(name, c, lang),
                "count": found.get(c, 0),
                "href": address(_toggle(query, name, c)),
                "on": c in chosen,
                **({"glyph": _glyph(c)} if name == "condition" else {}),
            }
            for c in codes
        ]
        facets.append({"key": name, "label": TITLES.get(name, FIELDS.get(name, name)), "options": options, "strip": name == "condition"})
        if name == "extent":
            facets.append(_observed(actor, query))
        if name == "country":
            facets.append(_areas(actor, query))
    return facets


def _glyph(code: str) -> str:
    return {
        "very-bad": "vbad",
        "destroyed": "gone",
        "not-visible": "notvisible",
        "not-visited": "notvisited",
        "not-assessable": "notassess",
        "none": "unknown",
    }.get(code, code)


def _observed(actor: Actor, query: Query) -> dict[str, Any]:
    years = queries.years(actor, query)
    most = max(years.values(), default=1)
    span = range(max(min(years), max(years) - 40), max(years) + 1) if years else ()
    low, high = query.observed or (None, None)
    rest = _with(query, observed=None)
    return {
        "key": "observed",
        "label": "Last observed",
        "options": [],
        "action": "/places/",
        "hidden": {"q": rest.text()},
        "years": [{"label": str(y), "count": years.get(y, 0), "percent": round(100 * years.get(y, 0) / most)} for y in span],
        "start": f"{int(low)}" if low is not None else "",
        "end": f"{int(high)}" if high is not None else "",
    }


def _areas(actor: Actor, query: Query) -> dict[str, Any]:
    found = queries.areas(actor, query, SHOWN)
    options = []
    for _key, name, n in found:
        on = name in query.areas
        areas = tuple(a for a in query.areas if a != name) if on else (*query.areas, name)
        options.append({"label": name, "count": n, "href": address(_with(query, areas=areas)), "on": on})
    return {"key": "area", "label": "Area", "options": options}


MOST_VERIFIED = 20_000  # places: of more, the damaged-places list counts the verified ones, on a page of its own


def _triple(actor: Actor, query: Query, counted: dict[str, dict[str, int]], total: int) -> dict[str, Any]:
    """Claimed, documented, verified: three figures that are never added.  Nothing is claimed until statements exist."""
    n = counted.get("damaged", {}).get("documented", 0)
    few = total <= MOST_VERIFIED
    verified = _verified(query.text(), actor.audience, journal.head()[1], str(connection.settings_dict["NAME"])) if few else "…"
    listed = f"/condition/damaged/?{urlencode({'q': query.text()})}"
    return {
        "claimed": {"value": 0, "note": ""},
        "documented": {"value": n, "href": address(_with(query, facets={**query.facets, "damaged": ("documented",)})), "note": ""},
        "verified": {"value": verified, "href": listed, "note": "" if few else i18n.t("counted in the list", actor.language)},
    }


@lru_cache(512)
def _verified(text: str, audience: int, head: str, database: str) -> int:
    """How many places of a question have verified damage today; kept until the journal moves on."""
    try:
        return damaged.counted(Actor("register", AUDIENCES[audience]), text)[0].verified
    except TutelaError:  # a value that is in no list: the page says so itself
        return 0


def _pager(query: Query, offset: int, n: int, total: int) -> dict[str, Any] | None:
    if total <= PAGE:
        return None
    return {
        "first": offset + 1,
        "last": offset + n,
        "total": total,
        "previous": address(query, from_row=max(0, offset - PAGE)) if offset else "",
        "next": address(query, from_row=offset + PAGE) if offset + n < total else "",
    }


def _without(actor: Actor, query: Query) -> list[dict[str, Any]]:
    """What each filter costs: how many places there would be without it."""
    out = []
    for chip in _chips(query, actor.language):
        from urllib.parse import parse_qs, urlsplit

        rest = parse_qs(urlsplit(chip["href"]).query).get("q", [""])[0]
        out.append(
            {
                "label": f"{i18n.t(chip['field'], actor.language)}: {chip['value']}",
                "count": queries.count(actor, rest).total,
                "href": chip["href"],
            }
        )
    return out


@require_GET
def map_json(request: HttpRequest) -> JsonResponse:
    """The places of the question in the map's window, thinned to what the eye can tell apart."""
    try:
        query = parse(request.GET.get("q", ""))
        window = box(request.GET.get("bbox", "-180,-90,180,90"))
        zoom = min(22.0, max(0.0, float(request.GET.get("zoom", 4))))
    except (TutelaError, ValueError) as error:
        found = error.problem.as_dict() if isinstance(error, TutelaError) else {"code": "query-box"}
        return JsonResponse({"error": found}, status=400)
    return JsonResponse(queries.map_features(request.actor, query, window, zoom))


@require_GET
def suggest(request: HttpRequest) -> JsonResponse:
    """Names that begin with what is typed."""
    return JsonResponse({"names": queries.suggest(request.actor, request.GET.get("q", "")[:100])})


@require_GET
def card(request: HttpRequest, uuid: str) -> HttpResponse:
    """The small card that the map opens."""
    actor: Actor = request.actor
    view = queries.place(actor, uuid)
    series = assessments.series(actor, uuid)
    last = last_finding(series)
    other = next((n for n in view.names if n["text"] != view.name["text"] and n.get("script") != view.name.get("script")), None)
    damages = sum(len(a.get("damages", ())) for a in series)
    place = {
        "href": f"/places/{view.id}/",
        "name": view.name["text"],
        "lang": view.name.get("lang") or "und",
        "other": other["text"] if other else "",
        "other_lang": (other or {}).get("lang") or "und",
        "condition": last["condition"]["code"] if last else "",
        "condition_label": label("condition", last["condition"]["code"], actor.language)
        if last
        else i18n.t("Not assessed", actor.language),
        "observed": last.get("observed", "") if last else "",
        "damages": damages,
        "damages_href": f"/places/{view.id}/#damages",
        "position": precision_words(view.document, actor.language),
        "assess_href": f"/places/{view.id}/assess/" if actor.may("record-assessment") else "",
    }
    return render(request, "tutela/parts/card.html", {"place": place})


def precision_words(document: dict[str, Any], lang: str) -> str:
    """At which precision this reader sees the position."""
    shown = (document.get("handling") or {}).get("shown")
    if not document.get("geometries"):
        return ""
    return i18n.t("as held", lang) if not shown or shown == "as-held" else f"{shown}°"
