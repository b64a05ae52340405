"""Recording a consensus: assessments are chosen, a rule is named, the result is shown before it is kept; who differs is kept with it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tutela.assessment import actions, queries
from tutela.assessment.actions_consensus import record_consensus
from tutela.assessment.rules.consensus import Voice, agree
from tutela.assessment.rules.series import FOUND
from tutela.errors import TutelaError
from tutela.inventory import queries as places
from tutela.inventory.actions import Refused
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.web import i18n, notes
from tutela.web.forms.consensus import ConsensusForm
from tutela.web.views import condition_words as words

Document = dict[str, Any]


@require_http_methods(["GET", "POST"])
def consensus(request: HttpRequest, uuid: str) -> HttpResponse:
    """Choose, see the result (``look``), keep it (``keep``)."""
    actor: Actor = request.actor
    require(actor, "review-assessment")
    view = places.place(actor, str(uuid))
    able = [one for one in queries.series(actor, view.id) if _able(one)]
    state = queries.state(actor, view.id)
    differing = {state.finding, *(one["id"] for one in state.disagreements)} if state.disagreements else set()
    chosen = request.POST.getlist("of") if request.method == "POST" else [one["id"] for one in able if one["id"] in differing]
    form = ConsensusForm(
        request.POST if request.method == "POST" else None, lang=actor.language, parts=_parts(able), initial={"rule": "majority"}
    )
    found, result, status = None, None, 200
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        element, decided = clean.get("element") or None, form.decided()
        try:
            if request.POST.get("act") == "keep":
                made = record_consensus(
                    actor, view.id, chosen, clean.get("rule", ""), element=element, decided=decided, note=clean.get("note", "")
                )
                notes.leave(request, i18n.t("The consensus is recorded. It counts when it is published.", actor.language))
                return HttpResponseRedirect(f"/assessments/{made}/")
            result = _result(actor, able, chosen, clean.get("rule", ""), element, decided)
        except Refused as refused:
            found, status = refused.problems[0], 400
        except TutelaError as error:
            found, status = error.problem, 400
    context = {
        "room": "condition",
        "place": {"href": f"/places/{view.id}/", "name": view.name["text"], "lang": view.name.get("lang") or "und"},
        "rows": [
            words.line(one, actor) | {"on": one["id"] in chosen, "who": words.people(sorted(actions.authors(one["id"])), actor)}
            for one in able[::-1]
        ],
        "form": form,
        "problem": found,
        "result": result,
    }
    return render(request, "tutela/consensus.html", context, status=status)


def _able(one: Document) -> bool:
    return one.get("status", "published") != "draft" and one.get("outcome", "finding") in FOUND


def _parts(able: list[Document]) -> list[tuple[str, str]]:
    return sorted({e["key"]: e.get("label") or e["key"] for one in able for e in one.get("elements", ()) if e.get("key")}.items())


def _result(actor: Actor, able: list[Document], chosen: list[str], rule: str, element: str | None, decided: Document | None) -> Document:
    """What the rule makes of the assessments chosen, not kept yet.  Raises the codes of the rule."""
    voices = []
    for one in able:
        if one["id"] in chosen:
            source = one.get("source")
            of_list = isinstance(source, dict) and source.get("key")
            who = f"source:{source['key']}" if of_list else "+".join(sorted(actions.authors(one["id"])))
            voices.append(Voice(one["id"], who, one))
    agreed = agree(voices, rule, element, decided)
    dissent = {one["assessment"] for one in agreed.get("dissent", ())}
    by_id = {one["id"]: one for one in able}
    return {
        **words.said(agreed, actor.language),
        "observed": agreed.get("observed", ""),
        "damages": len(agreed.get("damages", ())),
        "voices": len(agreed["of"]),
        "dissent": [words.line(by_id[i], actor) for i in sorted(dissent) if i in by_id],
    }
