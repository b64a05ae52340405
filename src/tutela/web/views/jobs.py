"""How long work stands: a page that asks again by itself, and the button that stops it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from tutela.store import jobs
from tutela.web import i18n
from tutela.web.views.common import is_fragment
from tutela.web.views.evidence_words import size

HEADINGS = {"dry-run": "Trying the import: nothing is written", "import": "Importing", "undo": "Taking the import back",
            "intake": "Taking files in", "copies": "Making working copies", "bundle": "Making a hand-over bundle",
            "bundle-in": "Taking a bundle in", "seal": "Sealing"}
#: Kinds of work that belong to another room than the imports.
ROOMS = dict.fromkeys(("intake", "copies", "bundle", "bundle-in", "seal"), "evidence")
NOTHING = {"copies": "What was made until then stays."}
SOON = 1.5  # seconds that a page waits for short work before it shows how far it is


@require_GET
def job(request: HttpRequest, number: int) -> HttpResponse:
    """How far a job is; when it has ended, on to where its outcome stands (``next`` of its arguments)."""
    stands = jobs.standing(number, request.actor.id)
    if stands.ended:
        return _onward(request, stands)
    template = "tutela/parts/job.html" if is_fragment(request) else "tutela/job.html"
    return render(request, template, context(request, stands))


def _onward(request: HttpRequest, stands: jobs.Standing) -> HttpResponse:
    href = stands.arguments.get("next") or "/imports/"
    if stands.arguments.get("numbered"):
        href = f"{href}{stands.id}/"
    if is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": href})
    return HttpResponseRedirect(href)


def context(request: HttpRequest, stands: jobs.Standing) -> dict[str, Any]:
    lang = request.LANGUAGE_CODE
    doing, _, what = stands.doing.partition(" ")
    words = i18n.t("Reading {file}", lang, file=what) if doing == "Reading" else i18n.t(stands.doing or "Beginning", lang)
    return {
        "room": ROOMS.get(stands.kind, "imports"),
        "home_of": {"href": "/evidence/", "label": "Evidence"} if stands.kind in ROOMS else {"href": "/imports/", "label": "Imports"},
        "topclass": "t-top--page",
        "heading": i18n.t(HEADINGS.get(stands.kind, "At work"), lang),
        "files": stands.arguments.get("files", []),
        "job": {
            "id": stands.id,
            "words": words,
            "done": size(stands.done, lang) if stands.doing == "Copying" else stands.done,
            "total": size(stands.total, lang) if stands.total and stands.doing == "Copying" else stands.total,
            "percent": stands.percent,
            "seconds": int(stands.seconds),
            "stopping": False,
            "leave": "{n} seconds so far. You can leave this page; the work goes on." if stands.kind in ROOMS
            else "{n} seconds so far. You can leave this page; the work goes on, and is found again under Imports.",
            "nothing": NOTHING.get(stands.kind, "Stopping writes nothing."),
        },
    }


@require_POST
def stop(request: HttpRequest, number: int) -> HttpResponse:
    """Ask the job to stop; then wait a moment for it."""
    jobs.stop(number, request.actor.id)
    jobs.wait(number, SOON)
    return HttpResponseRedirect(f"/jobs/{number}/")


def begin(request: HttpRequest, kind: str, work: jobs.Work, next: str, **arguments: Any) -> HttpResponse:
    """Start work for this person and go where it is shown; where it ends within a moment, to its outcome."""
    number = jobs.start(
        kind,
        request.actor.id,
        work,
        {"next": next, **arguments},
        stopped="import-cancelled" if kind in ("dry-run", "import") else "job-stopped",
    )
    return to(number)


def to(number: int) -> HttpResponse:
    jobs.wait(number, SOON)
    return HttpResponseRedirect(f"/jobs/{number}/")
