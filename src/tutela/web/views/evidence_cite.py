"""Citing: from the side of a place (choose an item, then the part of the record and the place in the file) or of an item."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from tutela.assessment import queries as assessments
from tutela.errors import Problem, TutelaError, problem
from tutela.evidence import citations, copies, listing, queries, sights
from tutela.evidence.rules.citations import LOCATORS
from tutela.inventory import queries as inventory
from tutela.inventory.rules.audience import sight_of
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store.documents import bare, dashed
from tutela.vocabulary.coordinates import parse_number
from tutela.web import i18n, notes
from tutela.web.views import evidence_parts as parts
from tutela.web.views import evidence_words as words
from tutela.web.views.forms_common import find_places

Document = dict[str, Any]
MOST = 36  # items to choose from on one page
KEYS = ("x", "y", "w", "h")


@require_http_methods(["GET", "POST"])
def from_place(request: HttpRequest, uuid: str) -> HttpResponse:
    """Cite evidence for a place, its assessments, or any part of them."""
    actor: Actor = request.actor
    require(actor, "cite")
    view = inventory.place(actor, str(uuid))
    if not sight_of(view.document, actor.audience).details:
        raise TutelaError(problem("record-unknown", value=uuid))
    chosen = request.POST.get("item") or request.GET.get("item", "")
    context = {
        "room": "places",
        "topclass": "t-top--page",
        "name": view.name["text"],
        "lang_of": view.name.get("lang") or "und",
        "cancel": f"/places/{view.id}/#evidence",
        "here_href": f"/places/{view.id}/cite/",
        "part": request.GET.get("part", ""),
    }
    if not chosen:
        return _choose(request, view.id, context)
    item = queries.visible(actor, chosen)
    found: Problem | None = None
    if request.method == "POST":
        record, _, part = request.POST.get("part", "").partition("|")
        try:
            locator = locator_in(request)
            citations.cite(actor, record or view.id, chosen, part, locator, request.POST.get("note", ""))
            notes.leave(request, i18n.t("The citation is kept.", actor.language))
            return HttpResponseRedirect(f"/places/{view.id}/#evidence")
        except TutelaError as error:
            if error.code == "not-allowed":
                raise
            found = error.problem
    return _form(request, view.id, item, dashed(bare(chosen)), context, found)


def _choose(request: HttpRequest, place: str, context: Document) -> HttpResponse:
    """The items to choose from: those of this place first, or what answers the search."""
    actor: Actor = request.actor
    asked = request.GET.get("q", "").strip()[:300]
    own = [] if asked else queries.items(actor, place=place, limit=MOST)
    others = [one for one in listing.listed(actor, asked, {}, MOST).rows if one["id"] not in {o["id"] for o in own}]
    for key, found in (("own", own), ("others", others)):
        context[key] = words.plates(actor, [one for one in found if one.get("state") != "destroyed"])
        for one in context[key]:
            one["href"] = f"{context['here_href']}?item={one['id']}" + (f"&part={context['part']}" if context["part"] else "")
    return render(request, "tutela/evidence_choose.html", {**context, "asked": asked, "add_href": f"/evidence/add/?place={place}"})


def _form(request: HttpRequest, place: str, item: Document, item_id: str, context: Document, found: Problem | None) -> HttpResponse:
    actor: Actor = request.actor
    made = copies.of(actor, item_id)
    allowed = (
        ("page", "region") if item["media_type"] == "application/pdf" else LOCATORS.get(item["form"], ("page", "from", "to", "region"))
    )
    given = {key: request.POST.get(key, "") for key in ("page", "from", "to", *KEYS, "note")}
    chosen = request.POST.get("part") or context["part"] or f"{place}|"
    picture = words.picture(copies.best(made, "web"))
    return render(
        request,
        "tutela/evidence_cite.html",
        {
            **context,
            "item_id": item_id,
            "item_href": f"/evidence/{item_id}/",
            "title": item.get("title") or item["digest"][:12],
            "form_words": i18n.t(words.FORMS.get(item["form"], item["form"]), actor.language),
            "picture": picture if "region" in allowed else None,
            "thumb": words.picture(copies.best(made, "thumbnail")),
            "groups": records_of(actor, place, chosen),
            "allowed": allowed,
            "given": given,
            "region": "region" in allowed,
            "problem": found,
            "wrong": found.column if found else "",
        },
        status=400 if found else 200,
    )


def records_of(actor: Actor, place: str, chosen: str = "") -> list[Document]:
    """What may be cited of a place: itself and its assessments, each with its parts; ``chosen`` is ``record|part``."""
    ids = [place, *(one["id"] for one in assessments.series(actor, place)), *(one["id"] for one in assessments.consensuses(actor, place))]
    seen = sights.records(actor, ids)
    out = []
    for record in ids:
        held = seen.get(bare(record))
        if held is None:
            continue
        options = [
            {"value": f"{dashed(bare(record))}|{part}", "label": said, "on": f"{dashed(bare(record))}|{part}" == chosen}
            for part, said in parts.citable(held.document, actor.language)
        ]
        out.append({"label": parts.record_words(held.kind, held.document, actor.language), "options": options})
    return out


def locator_in(request: HttpRequest) -> Document:
    """The place in the file, from the form's fields; what is no number is refused by its code."""
    sent = {key: request.POST.get(key, "").strip()[:40] for key in ("page", "from", "to", *KEYS)}
    out: Document = {}
    if sent["page"]:
        if not sent["page"].isdecimal() or len(sent["page"]) > 7:
            raise TutelaError(problem("citation-locator", column="page", reason=f"{sent['page']} is no page"))
        out["page"] = int(sent["page"])
    out |= {key: _time(sent[key]) for key in ("from", "to") if sent[key]}
    region = [sent[key] for key in KEYS]
    if any(region):
        try:
            values = [round(parse_number(text) / 100, 6) for text in region]
        except TutelaError:
            raise TutelaError(problem("citation-locator", column="region", reason="a region is given in percent of the picture")) from None
        values[2], values[3] = min(values[2], round(1 - values[0], 6)), min(values[3], round(1 - values[1], 6))
        out["region"] = dict(zip(KEYS, values, strict=True))
    return out


def _time(text: str) -> str:
    """``1:10`` and ``70`` as people write them, in the form that is kept."""
    pieces = text.split(":")
    if len(pieces) < 3 and all(piece.isdecimal() for piece in pieces):
        whole = sum(int(piece) * 60**place for place, piece in enumerate(reversed(pieces)))
        return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
    return text


@require_GET
def from_item(request: HttpRequest, uuid: str) -> HttpResponse:
    """Which place's record rests on it: those it is said to show first, or one found by name."""
    actor: Actor = request.actor
    require(actor, "cite")
    item = queries.visible(actor, str(uuid))
    asked = request.GET.get("q", "").strip()[:300]
    named = words.place_names(actor, item.get("places", ()))
    own = [{"href": f"/places/{dashed(one)}/cite/?item={uuid}", "name": name} for one, name in named.items()]
    found = [{"href": f"/places/{one}/cite/?item={uuid}", "name": name} for one, name in find_places(actor, asked)] if asked else []
    if asked and len(found) == 1:
        return HttpResponseRedirect(found[0]["href"])
    if not asked and len(own) == 1 and "other" not in request.GET:
        return HttpResponseRedirect(own[0]["href"] + "&from=item")
    return render(
        request,
        "tutela/evidence_where.html",
        {
            "room": "evidence",
            "topclass": "t-top--page",
            "own": own,
            "found": found,
            "asked": asked,
            "cancel": f"/evidence/{uuid}/",
            "title": item.get("title") or item["digest"][:12],
        },
    )
