"""Shortlists: the lists, one list with its map, comparison with the former version, download."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tutela.exchange.writers import about
from tutela.exchange.writers.table_csv import guarded
from tutela.inventory import queries_shortlists as queries
from tutela.inventory.queries_shortlists import Chosen, ShortlistView
from tutela.people.queries import names
from tutela.people.rules import Actor
from tutela.store import journal
from tutela.web import i18n
from tutela.web.views.common import day, label

Document = dict[str, Any]
STATES = {"draft": "Draft", "frozen": "Frozen", "signed": "Signed"}


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """All lists this reader may see."""
    actor: Actor = request.actor
    rows = [
        {
            "title": r.title,
            "href": f"/shortlists/{r.id}/",
            "dated": r.dated,
            "state": r.state,
            "state_words": i18n.t(STATES[r.state], actor.language),
            "version": r.version,
            "places": r.places,
            "superseded": r.superseded,
        }
        for r in queries.shortlists(actor)
    ]
    return render(
        request,
        "tutela/shortlists.html",
        {"room": "shortlists", "rows": rows, "new_href": "/shortlists/new/" if actor.may("shortlist") else ""},
    )


@require_GET
def page(request: HttpRequest, uuid: str) -> HttpResponse:
    """One list: what it is for, by what and by whom it was chosen, its places with reasons, its state."""
    actor: Actor = request.actor
    view = queries.shortlist(actor, str(uuid))
    return render(request, "tutela/shortlist.html", shown(actor, view))


def shown(actor: Actor, view: ShortlistView) -> Document:
    """What the page of a list needs."""
    lang, d = actor.language, view.document
    may = actor.may("shortlist")
    at = f"/shortlists/{view.id}"
    signature = d.get("signature")
    return {
        "room": "shortlists",
        "id": view.id,
        "line": view.line,
        "title": d["title"],
        "purpose": d.get("purpose", ""),
        "criteria": d.get("criteria", []),
        "chosen_by": d.get("chosen_by", []),
        "dated": d.get("dated", ""),
        "state": view.state,
        "state_words": i18n.t(STATES[view.state], lang),
        "version": view.version,
        "frozen": d.get("frozen"),
        "frozen_at": moment(d["frozen"]["at"]) if "frozen" in d else "",
        "signature": signature
        and {
            **signature,
            "at": moment(signature["at"]),
            "name": signature.get("name") or names({signature["person"]}).get(signature["person"], ""),
        },
        "places": [row(actor, c) for c in view.places],
        "gone": view.gone,
        "former": view.former and f"{at}/compare/",
        "newer": view.newer and f"/shortlists/{view.newer}/",
        "may": may,
        "may_sign": actor.may("sign-shortlist"),
        "silent": sum(1 for c in view.places if not c.reason),
        "map": {"source": f"{at}/map.json", "card": "/places/{id}/card/", "bbox": window(view)},
        "at": at,
        "moved": sum(1 for c in view.places if c.changed),
    }


def row(actor: Actor, chosen: Chosen) -> Document:
    """One place of a list."""
    place = chosen.place
    areas = [a["name"] for a in place.document.get("areas", ())][:1]
    other = next(
        (
            n
            for n in place.names
            if n["text"] != place.name["text"] and n.get("kind") != "reference" and n.get("script") != place.name.get("script")
        ),
        None,
    )
    return {
        "id": place.id,
        "href": f"/places/{place.id}/",
        "name": place.name["text"],
        "lang": place.name.get("lang") or "und",
        "other": other["text"] if other else "",
        "other_lang": (other or {}).get("lang") or "und",
        "where": ", ".join(areas),
        "x": place.x,
        "y": place.y,
        "condition": place.condition,
        "observed": day(place.day),
        "reason": chosen.reason,
        "changed": chosen.changed,
        "condition_label": "" if place.condition == "none" else label("condition", place.condition, actor.language),
        "withheld": not chosen.details,
    }


def window(view: ShortlistView) -> str:
    """ "W,S,E,N" of the places shown, with a margin."""
    points = [(c.place.x, c.place.y) for c in view.places if c.place.x is not None]
    if not points:
        return "-20,-10,100,60"
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    margin = max(0.05, 0.08 * max(max(xs) - min(xs), max(ys) - min(ys)))
    return f"{max(-180, min(xs) - margin):g},{max(-85, min(ys) - margin):g},{min(180, max(xs) + margin):g},{min(85, max(ys) + margin):g}"


def moment(at: str) -> str:
    """A moment (ISO 8601, UTC) as it is read: day, hour, minute."""
    return f"{at[:10]} {at[11:16]} UTC"


@require_GET
def map_json(request: HttpRequest, uuid: str) -> JsonResponse:
    """The places of a list for its map, at the reader's precision."""
    view = queries.shortlist(request.actor, str(uuid))
    features = [
        {"id": c.place.id, "x": c.place.x, "y": c.place.y, "c": c.place.condition, "n": c.place.name["text"]}
        for c in view.places
        if c.place.x is not None
    ]
    return JsonResponse(
        {"features": features, "groups": [], "total": len(view.places), "outside": 0, "without": len(view.places) - len(features)}
    )


@require_GET
def compare(request: HttpRequest, uuid: str) -> HttpResponse:
    """What this version says that the former did not."""
    actor: Actor = request.actor
    former, now, found = queries.comparison(actor, str(uuid))
    by_id = {c.place.id.replace("-", ""): row(actor, c) for c in (*former.places, *now.places)}
    context = {
        "room": "shortlists",
        "title": now.document["title"],
        "at": f"/shortlists/{now.id}",
        "former_href": f"/shortlists/{former.id}/",
        "now": now.version,
        "was": former.version,
        "same": found.same,
        "kept": found.kept,
        "added": [by_id[i["place"]] | {"reason": i.get("reason", "")} for i in found.added],
        "removed": [by_id[i["place"]] | {"reason": i.get("reason", "")} for i in found.removed],
        "reasons": [by_id[k] | {"before": before, "after": after} for k, (before, after) in found.reasons.items()],
        "fields": [
            {"label": {"title": "Title", "purpose": "Purpose", "dated": "Decided on"}[k], "before": b, "after": a}
            for k, (b, a) in found.fields.items()
        ],
        "criteria": found.criteria,
        "chosen_by": found.chosen_by,
    }
    return render(request, "tutela/shortlist_compare.html", context)


@require_GET
def download(request: HttpRequest, uuid: str, form: str) -> HttpResponse:
    """The list as CSV or JSON, as this reader may see it, with the disclaimer, date, audience and journal head."""
    actor: Actor = request.actor
    view = queries.shortlist(actor, str(uuid))
    rows = queries.shortlist_rows(actor, str(uuid))
    said = about.begin(
        title=view.document["title"], audience=actor.audience, query=f"shortlist {view.id}", places=len(rows), head=journal.head()
    )
    tally = about.Tally()
    for chosen, line in zip(view.places, rows, strict=True):
        tally.add(chosen.place.document, line["precision"] or "withheld")
    said = tally.complete(said)
    if form == "json":
        d = view.document
        frozen = {k: v for k, v in d["frozen"].items() if k != "places"} if "frozen" in d else None
        content = {
            "about": said,
            "shortlist": {
                "id": view.id,
                "title": d["title"],
                "purpose": d.get("purpose", ""),
                "criteria": d.get("criteria", []),
                "chosen_by": d.get("chosen_by", []),
                "dated": d.get("dated", ""),
                "version": view.version,
                "state": view.state,
                "frozen": frozen,
                "signature": d.get("signature"),
            },
            "places": rows,
        }
        response = HttpResponse(json.dumps(content, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8")
    else:
        response = HttpResponse(as_csv(rows, said, view), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="shortlist-{view.id[:8]}-v{view.version}.{form}"'
    return response


COLUMNS = ("place", "name", "names", "type", "country", "latitude", "longitude", "precision", "condition", "handling", "reason")


def as_csv(rows: list[Document], said: Document, view: ShortlistView) -> str:
    """Comma-separated, with a byte order mark for spreadsheets; what the list is stands in its last rows, as comments in one column."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for item in rows:
        writer.writerow(["" if item[c] is None else guarded(item[c]) if isinstance(item[c], str) else item[c] for c in COLUMNS])
    frozen = view.document.get("frozen")
    notes = [("shortlist", f"{view.document['title']}, version {view.version}, {view.state}"), *about.lines_of(said)]
    notes += [("frozen digest", frozen["digest"])] if frozen else []
    for heading, words in notes:
        writer.writerow([f"# {heading}: {words}"])
    return "\ufeff" + out.getvalue()
