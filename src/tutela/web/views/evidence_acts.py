"""What is done to an item from its page: described, graded, sealed, handed over, destroyed by rule."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from tutela.errors import Problem, TutelaError, declare, problem
from tutela.evidence import actions, citations, custody, gradings, queries, seals
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store.documents import dashed
from tutela.web import i18n, notes
from tutela.web.forms.evidence import DescribeForm, GradeForm, HandOverForm
from tutela.web.views import evidence_words as words

Document = dict[str, Any]

declare(
    {
        "destroy-repeat": (
            "The item was not named by the beginning of its fingerprint.",
            "Copy the eight signs that are shown, then send again.",
        ),
        "destroy-rule": ("It is not said by which rule.", "Name it: the regulation, order or agreement, with its number and day."),
    }
)


def _home(uuid: Any, anchor: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(f"/evidence/{uuid}/{anchor}")


def _say(request: HttpRequest, text: str) -> None:
    notes.leave(request, i18n.t(text, request.actor.language))


def _form(
    request: HttpRequest, uuid: Any, heading: str, form: Any, submit: str, status: int = 200, lead: str = "", **more: Any
) -> HttpResponse:
    lang = request.actor.language
    item = queries.visible(request.actor, str(uuid))
    return render(
        request,
        more.pop("template", "tutela/evidence_form.html"),
        {
            "room": "evidence",
            "topclass": "t-top--page",
            "heading": i18n.t(heading, lang),
            "lead": i18n.t(lead, lang) if lead else "",
            "form": form,
            "submit": i18n.t(submit, lang),
            "cancel": f"/evidence/{uuid}/",
            "title": item.get("title") or item["digest"][:12],
            **more,
        },
        status=status,
    )


@require_http_methods(["GET", "POST"])
def describe(request: HttpRequest, uuid: str) -> HttpResponse:
    """Mend what is said of an item."""
    actor: Actor = request.actor
    require(actor, "add-evidence")
    item = queries.item(actor, str(uuid))
    places = [dashed(one) for one in item.get("places", ())]
    form = DescribeForm(request.POST or None, actor=actor, places=places, initial=DescribeForm.of(item))
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            line = request.POST.get("line", "")
            changes = form.changes(item)
            try:
                if changes:
                    actions.describe(actor, str(uuid), changes, form.cleaned_data["why"], int(line) if line.isdigit() else item["line"])
                _say(request, "What is said of the item is kept.")
                return _home(uuid)
            except actions.Refused as refused:
                form.take(refused.problems, form.COLUMNS)
            except TutelaError as error:
                if error.code != "changed-meanwhile":
                    raise
                form.blame("", error.problem)
                status = 409
    return _form(
        request,
        uuid,
        "Describe",
        form,
        "Save",
        status,
        groups=form.groups(),
        picked=form.picked(),
        line=item["line"],
        template="tutela/evidence_describe.html",
    )


@require_http_methods(["GET", "POST"])
def grade(request: HttpRequest, uuid: str) -> HttpResponse:
    """Grade the source and what the item says, each by six steps."""
    actor: Actor = request.actor
    require(actor, "grade")
    queries.visible(actor, str(uuid))
    form = GradeForm(request.POST or None, lang=actor.language)
    if request.method == "POST" and form.is_valid():
        c = form.cleaned_data
        gradings.grade(actor, str(uuid), c["reliability"], c["credibility"], c["note"], c["bias"])
        _say(request, "The grading is kept; an earlier one of yours stays and no longer counts.")
        return _home(uuid, "#gradings")
    return _form(
        request,
        uuid,
        "Grade",
        form,
        "Keep the grading",
        400 if request.method == "POST" else 200,
        "The Admiralty scale: the source by its record, what the item says by itself. F and 6 are no low grades: nobody can tell yet.",
        template="tutela/evidence_grade.html",
    )


@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, uuid: str) -> HttpResponse:
    """Lent, returned or released: who holds it from now on."""
    actor: Actor = request.actor
    require(actor, "hand-over")
    standing = custody.stands(str(uuid))
    form = HandOverForm(request.POST or None, lang=actor.language, standing=standing)
    if request.method == "POST" and form.is_valid():
        c = form.cleaned_data
        try:
            custody.hand_over(actor, str(uuid), c["act"], c["to"], c["holder"], c["purpose"])
            _say(request, "It stands in the chain of custody.")
            return _home(uuid, "#custody")
        except TutelaError as error:
            form.blame(error.problem.column or "", error.problem)
    return _form(
        request,
        uuid,
        "Hand over",
        form,
        "Write it into the chain",
        400 if request.method == "POST" else 200,
        "Files are copied, not moved; this says who holds them besides us, and why.",
        template="tutela/evidence_handover.html",
        standing=i18n.t(words.STANDING.get(standing, standing), actor.language),
    )


@require_http_methods(["GET", "POST"])
def destroy(request: HttpRequest, uuid: str) -> HttpResponse:
    """Two steps: the rule is named and what would go is shown; then the item is named by its fingerprint."""
    actor: Actor = request.actor
    require(actor, "destroy-evidence")
    item = queries.item(actor, str(uuid))
    rule, purpose = request.POST.get("rule", "").strip()[:500], request.POST.get("purpose", "").strip()[:500]
    step, found = 1, None
    if request.method == "POST":
        step = 2 if request.POST.get("step") == "2" and rule else 1
        found = _destroy(request, actor, str(uuid), item["digest"], rule, purpose, step)
        if found is None and step == 2:
            _say(request, "The file is destroyed; what is said of it and its chain stay.")
            return _home(uuid)
        step = 2 if rule else 1
    return render(
        request,
        "tutela/evidence_destroy.html",
        {
            "room": "evidence",
            "topclass": "t-top--page",
            "cancel": f"/evidence/{uuid}/",
            "title": item.get("title") or item["digest"][:12],
            "step": step,
            "rule": rule,
            "purpose": purpose,
            "problem": found,
            "copies": len(item["copies"]),
            "citations": len(item["citations"]),
            "digest": item["digest"],
            "start": item["digest"][:8],
        },
        status=400 if found else 200,
    )


def _destroy(request: HttpRequest, actor: Actor, uuid: str, digest: str, rule: str, purpose: str, step: int) -> Problem | None:
    if not rule:
        return problem("destroy-rule", column="rule")
    if step == 1:
        return None
    if request.POST.get("named", "").strip().lower() != digest[:8]:
        return problem("destroy-repeat", column="named")
    try:
        custody.destroy(actor, uuid, rule, purpose)
    except TutelaError as error:
        return error.problem
    return None


@require_POST
def seal(request: HttpRequest, uuid: str) -> HttpResponse:
    """Seal one item as it is held now."""
    seals.seal(request.actor, [str(uuid)])
    _say(request, "Sealed. Its time stamp is asked for under Bundles and seals.")
    return _home(uuid, "#seals")


@require_POST
def withdraw(request: HttpRequest, citation: str) -> HttpResponse:
    """Take a citation back, then go where the reader was."""
    from django.utils.http import url_has_allowed_host_and_scheme

    citations.withdraw_citation(request.actor, str(citation))
    _say(request, "The citation is withdrawn; the journal keeps it.")
    after = request.POST.get("next", "")
    return HttpResponseRedirect(after if url_has_allowed_host_and_scheme(after, {request.get_host()}) else "/evidence/")
