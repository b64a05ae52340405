"""The room of condition: what waits for somebody, where assessors disagree, the ways to the lists."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tutela.assessment import queries_waiting as waiting
from tutela.inventory import queries as places
from tutela.people.rules import Actor
from tutela.web.views import condition_words as words
from tutela.web.views.common import address

Document = dict[str, Any]
SHOWN = 30


@require_GET
def entry(request: HttpRequest) -> HttpResponse:
    """What waits: one's own drafts, what is submitted, what is reviewed and not published; and the ways on."""
    actor: Actor = request.actor
    groups = []
    if actor.may("record-assessment"):
        mine = waiting.own_drafts(actor, SHOWN)
        groups.append({"id": "drafts", "label": "My drafts", "empty": "No draft of yours.", "rows": _rows(actor, mine), "total": len(mine)})
        rows, total = waiting.waiting(actor, "submitted", SHOWN)
        groups.append(
            {
                "id": "submitted",
                "label": "Waiting for a review",
                "empty": "Nothing waits for a review.",
                "rows": _rows(actor, rows),
                "total": total,
            }
        )
    if actor.may("review-assessment"):
        rows, total = waiting.waiting(actor, "reviewed", SHOWN)
        groups.append(
            {
                "id": "reviewed",
                "label": "Reviewed, not published",
                "empty": "Nothing waits to be published.",
                "rows": _rows(actor, rows),
                "total": total,
            }
        )
    counts = places.count(actor, "", ("condition", "damaged"))
    found = counts.facets.get("condition", {})
    assessed = counts.total - found.get("none", 0)
    context = {
        "room": "condition",
        "topclass": "t-top--page",
        "groups": groups,
        "all": counts.total,
        "assessed": assessed,
        "conditions": [
            {
                "code": code,
                "label": words.condition(code, actor.language),
                "count": found.get(code, 0),
                "href": address(f"condition:{code}"),
            }
            for code in ("good", "fair", "poor", "very-bad", "destroyed", "unknown")
        ],
        "damaged": counts.facets.get("damaged", {}).get("documented", 0),
        "may_review": actor.may("review-assessment"),
    }
    return render(request, "tutela/condition.html", context)


def _rows(actor: Actor, listed: list[Document]) -> list[Document]:
    names: dict[str, Document] = {}
    out = []
    for one in listed:
        place = one["place"]
        if place not in names:
            names[place] = places.place(actor, place).name
        out.append(
            {
                **words.line(one, actor),
                "place": names[place]["text"],
                "lang": names[place].get("lang") or "und",
                "place_href": f"/places/{place}/",
            }
        )
    return out


@require_GET
def disagreements(request: HttpRequest) -> HttpResponse:
    """Places whose last findings of one time differ, of those that answer a question."""
    actor: Actor = request.actor
    text = request.GET.get("q", "").strip()
    found, cut = waiting.differing(actor, text)
    rows = []
    for one in found:
        view, state = places.place(actor, one["id"]), one["state"]
        said = [
            {"code": state.condition, "words": words.condition(state.condition, actor.language)},
            *({"code": d["condition"], "words": words.condition(d["condition"], actor.language)} for d in state.disagreements),
        ]
        rows.append(
            {
                "href": f"/places/{one['id']}/#disagreement",
                "name": view.name["text"],
                "lang": view.name.get("lang") or "und",
                "said": said,
                "observed": state.observed or "",
                "consensus_href": f"/places/{one['id']}/consensus/",
            }
        )
    context = {
        "room": "condition",
        "topclass": "t-top--page",
        "rows": rows,
        "cut": cut,
        "q": text,
        "may_review": actor.may("review-assessment"),
    }
    return render(request, "tutela/condition_disagreements.html", context)
