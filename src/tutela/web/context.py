"""What every page's frame needs: language, direction, the rooms there are, who is looking."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from tutela.people.rules import Actor
from tutela.store import journal
from tutela.web import i18n

ROOMS = (("places", "Places"), ("condition", "Condition"), ("evidence", "Evidence"), ("shortlists", "Shortlists"), ("imports", "Imports"),
         ("journal", "Journal"))
VIEWERS = {
    "public": "Sign in",
    "contributor": "Contributor: sees open and own records",
    "reviewer": "Reviewer: sees all as held",
    "manager": "Manager: sees all as held",
    "administrator": "Administrator: sees all as held",
}


def rooms(actor: Actor | None = None) -> list[dict[str, str]]:
    """The rooms that this reader has a page in, in order; one without an address is left out."""
    found = []
    for key, label in ROOMS:
        if key == "imports" and (actor is None or not actor.may("dry-run")):
            continue
        try:
            found.append({"key": key, "label": label, "href": reverse(key)})
        except NoReverseMatch:
            continue
    return found


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``lang dir languages reviewed rooms here viewer home workspace revision posted``."""
    lang = i18n.base(getattr(request, "LANGUAGE_CODE", None) or get_language() or "en")
    held = i18n.catalogue(lang)
    actor = getattr(request, "actor", None)
    context = {"lang": held.language, "dir": held.direction, "languages": i18n.languages(), "reviewed": held.reviewed,
               "rooms": rooms(actor), "here": request.get_full_path(), "home": "/places/",
               "posted": request.method == "POST"}
    if actor is not None:
        seq, _ = journal.head()
        context |= {"viewer": {"label": VIEWERS[actor.role], "href": "/account/" if request.user.is_authenticated else "/sign-in/"},
                    "workspace": settings.WORKSPACE.title, "revision": {"entry": seq, "href": "/journal/", "day": date.today().isoformat()}}
    return context
