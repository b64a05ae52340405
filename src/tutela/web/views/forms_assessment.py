"""Recording an assessment, correcting it, or proposing how it should read."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tutela.assessment import actions, queries
from tutela.assessment.actions import record_assessment, replace_assessment
from tutela.assessment.actions_review import propose
from tutela.assessment.rules import review
from tutela.assessment.rules.methods import forms as methods
from tutela.assessment.rules.risk import BANDS, FAR, MATRIX, SEVERITIES
from tutela.errors import TutelaError
from tutela.inventory import queries as places
from tutela.inventory.actions import Refused
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.vocabulary import load
from tutela.web import i18n, notes
from tutela.web.forms.assessment import USUAL, AssessmentForm
from tutela.web.forms.fields import capital
from tutela.web.views import condition_words as words
from tutela.web.views.forms_common import done

Document = dict[str, Any]


@require_http_methods(["GET", "POST"])
def assess(request: HttpRequest, uuid: str) -> HttpResponse:
    """A new assessment in a place's series: kept as a draft, or submitted for review."""
    actor: Actor = request.actor
    require(actor, "record-assessment")
    view = places.place(actor, str(uuid))
    asked = request.GET.get("form", USUAL)
    form = AssessmentForm(actor.language, request.POST if request.method == "POST" else None, form=asked if asked in methods() else USUAL)
    status = 200
    if form.act == "save":
        status = 400
        draft = request.POST.get("status") == "draft"
        if form.is_valid():
            try:
                made = record_assessment(actor, view.id, form.document() | ({"status": "draft"} if draft else {}))
                if draft:
                    notes.leave(request, i18n.t("Kept as a draft. Submit it when it is finished.", actor.language))
                    return HttpResponseRedirect(f"/assessments/{made}/")
                return done(request, "The assessment is recorded. Earlier ones stay.", view.id, made)
            except Refused as refused:
                form.blame(refused.problems)
        else:
            form.blame(actions.checked(form.document(), date.today()))
    elif form.act == "check":
        form.is_valid()
        form.blame(actions.checked(form.document(), date.today()))
    context = {"room": "places", "form": form, "name": view.name, "cancel": f"/places/{view.id}/", "new": True}
    return render(request, "tutela/assess_form.html", context | _around(actor, view.id), status=status)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, uuid: str) -> HttpResponse:
    """Correct an assessment; where that is a reviewer's, propose how it should read."""
    actor: Actor = request.actor
    require(actor, "record-assessment")
    one = queries.one(actor, str(uuid))
    if one["kind"] != "assessment":
        return HttpResponseRedirect(f"/assessments/{one['id']}/")
    view = places.place(actor, one["place"])
    before = {key: value for key, value in one.items() if key not in ("id", "line", "kind", "comments", "place")}
    direct = (
        review.after_correction(
            before.get("status", "published"),
            reviews=actor.may("review-assessment"),
            own=actor.id in actions.authors(one["id"]),
            alone=actions.working_alone(),
        )
        is not None
    )
    form = AssessmentForm(actor.language, request.POST if request.method == "POST" else None, before=before)
    status, found = 200, None
    if form.act == "save":
        status = 400
        if form.is_valid():
            try:
                return _kept(request, one, form.document(), direct)
            except Refused as refused:
                form.blame(refused.problems)
            except TutelaError as error:
                found, status = error.problem, 409
        else:
            form.blame(actions.checked(form.document() | {"place": "-"}, date.today()))
    elif form.act == "check":
        form.is_valid()
        form.blame(actions.checked(form.document(), date.today()))
    context = {
        "room": "condition",
        "form": form,
        "name": view.name,
        "cancel": f"/assessments/{one['id']}/",
        "direct": direct,
        "problem": found,
        "line": request.POST.get("line") or one["line"],
        "why": request.POST.get("why", ""),
    }
    return render(request, "tutela/assess_form.html", context | _around(actor, view.id), status=status)


def _kept(request: HttpRequest, one: Document, document: Document, direct: bool) -> HttpResponse:
    why, line = request.POST.get("why", "").strip()[:2000], request.POST.get("line", "")
    document = {**document, "place": one["place"].replace("-", "")}
    if direct:
        replace_assessment(request.actor, one["id"], document, why, int(line) if line.isdigit() else None)
    else:
        propose(request.actor, one["id"], document, why)
    said = "Corrected. The journal keeps what it said before." if direct else "Proposed. A reviewer decides."
    notes.leave(request, i18n.t(said, request.actor.language))
    return HttpResponseRedirect(f"/assessments/{one['id']}/")


def _around(actor: Actor, place: str) -> Document:
    """What stands beside the form: earlier assessments, the parts named so far, how a risk follows."""
    series = queries.series(actor, place)
    parts = {e["key"]: e.get("label", "") for one in series for e in one.get("elements", ()) if e.get("key")}
    bands = load("risk-bands")
    return {
        "earlier": [words.line(one, actor) for one in series[::-1][:6]],
        "known_parts": sorted(parts.items()),
        "risk": json.dumps(
            {
                "matrix": MATRIX,
                "severities": SEVERITIES,
                "bands": BANDS,
                "far": FAR,
                "words": {code: capital(bands.label(code, actor.language)) for code in bands.terms},
                "says": i18n.t("Risk that follows: {band}", actor.language),
            },
            ensure_ascii=False,
        ),
    }
