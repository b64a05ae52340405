"""The pictures of a place in time: a contact sheet by the day taken, and two of them before and after, laid over one another."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tutela.evidence import copies, listing, sights
from tutela.inventory import queries as places
from tutela.people.rules import Actor
from tutela.store.documents import bare, dashed
from tutela.web import i18n
from tutela.web.views import evidence_words
from tutela.web.views.place_evidence import PlaceEvidence

Document = dict[str, Any]
MOST = 120


@require_GET
def page(request: HttpRequest, uuid: str) -> HttpResponse:
    """The contact sheet; ``before`` and ``after`` (items) name the two that are compared, else the first and the last with a day."""
    actor: Actor = request.actor
    view = places.place(actor, str(uuid))
    shown = pictures(actor, view.id, view.document)
    dated = [one for one in shown if one["taken"]]
    by_id = {one["id"]: one for one in shown}
    before, after = by_id.get(request.GET.get("before", "")), by_id.get(request.GET.get("after", ""))
    if (before is None or after is None or before is after) and len(dated) > 1:
        before, after = dated[0], dated[-1]
    pair = (before, after) if before and after and before is not after else None
    context = {
        "room": "places",
        "topclass": "t-top--page",
        "place": {"href": f"/places/{view.id}/", "name": view.name["text"], "lang": view.name.get("lang") or "und"},
        "years": _years(shown, actor.language),
        "total": len(shown),
        "pair": pair,
        "choices": dated,
    }
    return render(request, "tutela/place_pictures.html", context)


def pictures(actor: Actor, place: str, document: Document) -> list[Document]:
    """The pictures that its records cite or that concern it, by the day they say they were taken; those without a day last."""
    evidence = PlaceEvidence(actor, place, document)
    if not evidence.seen:
        return []
    supports = {item["id"]: item["supports"] for item in evidence.context()["items"]}
    ids = [*supports, *(one["id"] for one in listing.listed(actor, "", {"place": [place]}, MOST).rows)]
    items = sights.items(actor, {bare(one) for one in ids})
    made = copies.shown(actor, [dashed(one) for one in items])
    out = []
    for uuid, item in items.items():
        one = dashed(uuid)
        large, small = (evidence_words.picture(copies.best(made.get(one, []), use)) for use in ("web", "thumbnail"))
        if item.get("form") not in ("photograph", "drawing", None) and not large:
            continue
        if not (large or small):
            continue
        out.append(
            {
                "id": one,
                "href": f"/evidence/{one}/",
                "title": item.get("title") or f"{item['digest'][:12]}…",
                "large": large or small,
                "small": small or large,
                "taken": (item.get("stated") or {}).get("taken", ""),
                "supports": [support["words"] for support in supports.get(one, ()) if support["words"]][:3],
            }
        )
    return sorted(out, key=lambda one: (not one["taken"], one["taken"], one["id"]))[:MOST]


def _years(shown: list[Document], lang: str) -> list[Document]:
    years: dict[str, list[Document]] = {}
    for one in shown:
        years.setdefault(one["taken"][:4] or i18n.t("on an unknown day", lang), []).append(one)
    return [{"year": year, "pictures": found} for year, found in years.items()]
