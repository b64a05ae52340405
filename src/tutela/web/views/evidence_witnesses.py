"""Witnesses, for managers: pseudonyms and consents; who they are behind a passphrase that travels in a request's body alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from tutela.errors import Problem, TutelaError, declare, problem
from tutela.evidence import witness_files, witnesses
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.vocabulary import load
from tutela.web import i18n, notes
from tutela.web.forms.evidence import SCOPES, WitnessForm
from tutela.web.forms.fields import capital
from tutela.web.views import evidence_words as words

Document = dict[str, Any]
HOME = "/evidence/witnesses/"

declare({"witness-repeat": ("The pseudonym was not repeated.", "Type it as it is shown, then send again.")})


@sensitive_post_parameters("passphrase", "name", "contact", "notes")
@sensitive_variables("form", "details")
@never_cache
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """All pseudonyms with their consents; a form to record a witness."""
    actor: Actor = request.actor
    require(actor, "witness")
    form = WitnessForm(request.POST or None, lang=actor.language)
    if request.method == "POST" and form.is_valid():
        try:
            made = witnesses.add(actor, form.cleaned_data["passphrase"], form.details())
            _say(request, "The witness is recorded as {name}.", name=made)
            return HttpResponseRedirect(f"{HOME}#{made}")
        except TutelaError as error:
            form.blame(_field(error), error.problem)
    return _page(request, form=form, status=400 if request.method == "POST" else 200)


def _field(error: TutelaError) -> str:
    return "passphrase" if error.code.startswith("passphrase") else "name"


def _say(request: HttpRequest, text: str, **values: Any) -> None:
    notes.leave(request, i18n.t(text, request.actor.language, **values))


def _scope(code: str, lang: str) -> str:
    return capital(words.term("consent-scopes", code, lang))


def _page(request: HttpRequest, found: Problem | None = None, status: int = 200, **more: Any) -> HttpResponse:
    actor: Actor = request.actor
    scopes = load("consent-scopes")
    rows = [
        {
            **one,
            "consents": [{**consent, "words": _scope(consent["scope"], actor.language)} for consent in one["consents"]],
            "stands": any(not consent.get("withdrawn") for consent in one["consents"]),
            "erased": (one["erased"] or "")[:10],
        }
        for one in witnesses.listed(actor)
    ]
    return render(
        request,
        "tutela/evidence_witnesses.html",
        {
            "room": "evidence",
            "topclass": "t-top--page",
            "rows": rows,
            "problem": found,
            "first": not witness_files.exists(),
            "scopes": [
                {
                    "code": code,
                    "label": _scope(code, actor.language),
                    "definition": i18n.t(scopes.terms[code].definition, actor.language),
                }
                for code in SCOPES
            ],
            **({"form": WitnessForm(lang=actor.language)} | more),
        },
        status=status,
    )


@sensitive_post_parameters("passphrase")
@sensitive_variables("shown")
@never_cache
@require_POST
def show(request: HttpRequest) -> HttpResponse:
    """Who a witness is: the journal is told who looked and why before anything is read; the answer is never kept by a browser."""
    actor: Actor = request.actor
    require(actor, "witness")
    pseudonym, purpose = request.POST.get("pseudonym", ""), request.POST.get("purpose", "").strip()[:500]
    try:
        shown = witnesses.show(actor, request.POST.get("passphrase", ""), pseudonym, purpose)
    except TutelaError as error:
        if error.code == "not-allowed":
            raise
        return _page(request, error.problem, 400)
    return _page(request, shown={"pseudonym": shown["pseudonym"], "details": list(shown["details"].items())})


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """A consent recorded or withdrawn, an item said to come from a witness, a witness erased."""
    actor: Actor = request.actor
    require(actor, "witness")
    pseudonym, what = request.POST.get("pseudonym", ""), request.POST.get("act", "")
    given = {key: request.POST.get(key, "").strip()[:500] for key in ("scope", "given", "until", "item", "reason", "repeat")}
    item = given["item"].rstrip("/").rsplit("/", 1)[-1]
    try:
        if what == "consent":
            witnesses.consent(actor, pseudonym, given["scope"], given["given"], given["until"], item)
            _say(request, "The consent is kept.")
        elif what == "withdraw":
            count = witnesses.withdraw(actor, pseudonym, given["scope"], item)
            _say(request, "{n} consents are withdrawn.", n=count)
        elif what == "attach":
            witnesses.attach(actor, pseudonym, item)
            _say(request, "The item is said to come from this witness.")
        elif what == "erase":
            if given["repeat"].upper() != pseudonym.upper():
                raise TutelaError(problem("witness-repeat", column="repeat"))
            witnesses.erase(actor, pseudonym, given["reason"])
            _say(request, "The witness is erased; the pseudonym stays, and every chain still verifies.")
    except TutelaError as error:
        if error.code == "not-allowed":
            raise
        return _page(request, error.problem, 400)
    return HttpResponseRedirect(f"{HOME}#{pseudonym}")
