"""Recording an assessment."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tutela.assessment.actions import record_assessment
from tutela.assessment.queries import series
from tutela.assessment.rules.codes import check_codes
from tutela.inventory import queries
from tutela.inventory.actions import Refused
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.web.forms.assessment import AssessmentForm
from tutela.web.views.common import label
from tutela.web.views.forms_common import done


@require_http_methods(["GET", "POST"])
def assess(request: HttpRequest, uuid: str) -> HttpResponse:
    """A new assessment in a place's series."""
    actor: Actor = request.actor
    require(actor, "record-assessment")
    view = queries.place(actor, str(uuid))
    form = AssessmentForm(actor.language, request.POST if request.method == "POST" else None)
    status = 200
    if form.act == "save":
        status = 400
        if form.is_valid():
            try:
                made = record_assessment(actor, view.id, form.document())
                return done(request, "The assessment is recorded. Earlier ones stay.", view.id, made)
            except Refused as refused:
                form.blame(refused.problems)
        else:
            form.blame(check_codes(form.document(), date.today()))
    elif form.act == "check":
        form.is_valid()
        form.blame(check_codes(form.document(), date.today()))
    earlier = [
        {
            "observed": a.get("observed", ""),
            "recorded": a.get("recorded", ""),
            "outcome": a.get("outcome", "finding"),
            "condition": (a.get("condition") or {}).get("code", ""),
            "label": label("condition", a["condition"]["code"], actor.language)
            if a.get("condition")
            else label("condition", a.get("outcome", "unknown"), actor.language),
        }
        for a in series(actor, view.id)
    ]
    context = {"room": "places", "form": form, "name": view.name, "cancel": f"/places/{view.id}/", "earlier": earlier[::-1][:6]}
    return render(request, "tutela/assess_form.html", context, status=status)
