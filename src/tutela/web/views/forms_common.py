"""What the pages with forms share: who may open them, what a text may mean, what was done and can be taken back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tutela.errors import TutelaError
from tutela.inventory import actions, queries
from tutela.inventory.queries_editing import last_change
from tutela.inventory.rules.query import Query
from tutela.people.rules import Actor
from tutela.vocabulary.folding import words
from tutela.web import i18n, notes


def find_places(actor: Actor, text: str, most: int = 12) -> list[tuple[str, str]]:
    """(public id, name and area) of the places that a text means: its id, its identifier, an equal name; else those it is a part of."""
    text = text.strip()
    if not text:
        return []
    try:
        view = queries.place(actor, text)
        return [(view.id, view.name["text"])]
    except TutelaError:
        pass
    if not words(text):
        return []
    rows = queries.search(actor, Query(words=text[:300]), most).rows
    same = [row for row in rows if any(n["text"].casefold() == text.casefold() for n in row.names)]
    return [(row.id, " · ".join([row.name["text"], *[a["name"] for a in row.document.get("areas", ())][:1]])) for row in same or rows]


def done(request: HttpRequest, text: str, public_id: str, record: str | None = None) -> HttpResponse:
    """Back to the place, saying what was done and offering to take it back.  ``record``: whose change it was."""
    change = last_change(request.actor, record or public_id)
    notes.leave(request, i18n.t(text, request.actor.language), change)
    return HttpResponseRedirect(f"/places/{public_id}/")


@require_POST
def take_back(request: HttpRequest, change: int) -> HttpResponse:
    """Take one change back, then go where the reader was, if that is still there."""
    actions.take_back(request.actor, change)
    notes.leave(request, i18n.t("Taken back. The journal keeps both.", request.actor.language))
    after = request.POST.get("next", "")
    return HttpResponseRedirect(after if url_has_allowed_host_and_scheme(after, {request.get_host()}) else "/places/")


def languages() -> list[str]:
    """Language tags to choose from; others may be typed."""
    return ["ar", "az", "ckb", "de", "el", "en", "es", "fa", "fr", "he", "hy", "it", "ka", "kmr", "pl", "ps", "ru", "syr", "tr", "uk", "ur"]


def suggestions(lang: str) -> dict[str, list[Any]]:
    """The lists that text fields suggest from."""
    return {
        "languages": languages(),
        "areakinds": [i18n.t(word, lang) for word in ("province", "district", "municipality", "settlement")],
        "methods": ["satellite-image", "gps", "map", "gazetteer", "name"],
    }
