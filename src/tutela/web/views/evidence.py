"""The list of evidence: a grid of what the reader may see, found by words, form, handling mark and place."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tutela.evidence import listing
from tutela.inventory import queries as inventory
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store.documents import dashed
from tutela.web import i18n
from tutela.web.views import evidence_words as words

Document = dict[str, Any]
PAGE = 48
PLACES = 12  # places shown as facets
FACETS = (("form", "Form"), ("handling", "Handling"), ("place", "Place"))


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """All items that the reader sees, or those that answer a question."""
    actor: Actor = request.actor
    asked = request.GET.get("q", "").strip()[:300]
    chosen = {key: [value[:64] for value in request.GET.getlist(key)][:50] for key, _ in FACETS}
    number = max(1, int(request.GET["page"])) if request.GET.get("page", "").isdigit() and len(request.GET["page"]) < 7 else 1
    found = listing.listed(actor, asked, chosen, PAGE, (number - 1) * PAGE)
    last = (number - 1) * PAGE + len(found.rows)
    question = _Question(asked, chosen)
    return render(
        request,
        "tutela/evidence.html",
        {
            "room": "evidence",
            "topclass": "t-top--page",
            "asked": asked,
            "total": found.total,
            "cut": found.cut,
            "most": listing.MOST,
            "items": words.plates(actor, found.rows),
            "facets": _facets(actor, found, question),
            "filtered": bool(asked or any(chosen.values())),
            "chips": question.chips(actor),
            "clear_href": "/evidence/",
            "hidden": question.hidden(),
            "add_href": "/evidence/add/" if actor.may("add-evidence") else "",
            "bundles_href": "/evidence/bundles/" if actor.may("export-evidence") else "",
            "witnesses_href": "/evidence/witnesses/" if actor.may("witness") else "",
            "page": {
                "first": (number - 1) * PAGE + 1,
                "last": last,
                "total": found.total,
                "previous": question.href(page=number - 1) if number > 1 else "",
                "next": question.href(page=number + 1) if last < found.total and found.rows else "",
            },
        },
    )


class _Question:
    """What is asked, and the addresses of questions next to it."""

    def __init__(self, asked: str, chosen: dict[str, list[str]]) -> None:
        self.asked, self.chosen = asked, chosen

    def href(self, page: int = 1, **but: list[str]) -> str:
        given = [("q", self.asked)] if self.asked else []
        given += [(key, value) for key, values in {**self.chosen, **but}.items() for value in values]
        return "/evidence/" + (f"?{urlencode([*given, *([('page', str(page))] if page > 1 else [])])}" if given or page > 1 else "")

    def toggled(self, key: str, code: str) -> str:
        now = self.chosen[key]
        return self.href(**{key: [one for one in now if one != code] if code in now else [*now, code]})

    def hidden(self) -> list[tuple[str, str]]:
        return [(key, value) for key, values in self.chosen.items() for value in values]

    def chips(self, actor: Actor) -> list[Document]:
        names = words.place_names(actor, [value.replace("-", "") for value in self.chosen["place"]])
        shown = {
            "place": lambda v: names.get(v.replace("-", ""), f"{v[:8]}…"),
            "form": lambda v: i18n.t(words.FORMS.get(v, v), actor.language),
            "handling": lambda v: i18n.t(words.MARKS.get(v, v), actor.language),
        }
        return [
            {"field": label, "value": shown[key](value), "href": self.toggled(key, value)}
            for key, label in FACETS
            for value in self.chosen[key]
        ]


def _facets(actor: Actor, found: listing.Listed, question: _Question) -> list[Document]:
    names = words.place_names(actor, found.counts["place"])
    out = []
    for key, label in FACETS:
        known = {"form": words.FORMS, "handling": words.MARKS}.get(key)
        if key == "handling" and not actor.audience:
            continue
        codes = list(known or (code for code, _ in found.counts["place"].most_common() if code in names))
        options = []
        for code in codes if known else codes[:PLACES]:
            value = code if known else dashed(code)
            options.append(
                {
                    "label": known[code] if known else names[code],
                    "count": found.counts[key][code],
                    "href": question.toggled(key, value),
                    "on": value in question.chosen[key],
                }
            )
        if key == "form":
            options = [one for one in options if one["count"] or one["on"]]
        if options:
            out.append({"key": key, "label": label, "options": options})
    return out


@require_GET
def places(request: HttpRequest) -> JsonResponse:
    """Places by name, for the picker of the forms."""
    require(request.actor, "add-evidence")
    rows = inventory.suggest(request.actor, request.GET.get("q", "")[:100])
    return JsonResponse({"places": rows})
