"""Making shortlists: begin, edit, add places, freeze, sign, begin the next version, discard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from tutela.errors import TutelaError, problem
from tutela.inventory import actions_shortlists as actions
from tutela.inventory import queries as places
from tutela.inventory import queries_shortlists as queries
from tutela.inventory.actions import Refused
from tutela.inventory.near import require_known
from tutela.inventory.rules.query import parse
from tutela.inventory.rules.shortlists import MOST
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.web import i18n, notes
from tutela.web.forms.fields import DateField, ListField, refusal, written
from tutela.web.forms.rows import Speaking
from tutela.web.views import shortlists as pages

Document = dict[str, Any]
PAGE = 200  # places whose reasons are edited on one page
SHOWN = 50  # places found that are offered at once
TAKE = ("all", "choose", "none")  # what is taken of a search that a new list begins with


class ShortlistForm(Speaking):
    title = written(500)
    dated = DateField()
    purpose = written(20_000, lines=3)
    criteria = ListField(required=False)
    chosen_by = ListField(required=False)
    LABELS = {"title": "Title", "dated": "Decided on", "purpose": "Purpose", "criteria": "Criteria", "chosen_by": "Chosen by"}
    HINTS = {
        "title": "“The most significant assets of …”",
        "criteria": "One a line: by what the places were chosen.",
        "chosen_by": "One a line: persons or a body, with their function.",
        "purpose": "What the list is for.",
    }
    WIDE = frozenset({"purpose"})

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["dated"].widget.attrs["data-reads"] = "date"
        for name in ("criteria", "chosen_by"):
            self.fields[name].widget.attrs["dir"] = "auto"

    def content(self) -> Document:
        """What was typed.  Call after ``is_valid``."""
        clean = {k: v for k, v in self.cleaned_data.items() if v}
        return clean | ({"dated": clean["dated"].text} if clean.get("dated") else {})


def _found(actor: Actor, text: str) -> list[str]:
    """The public ids of all places that answer a search.  Raises ``shortlist-too-long``, ``query-value``."""
    query = parse(text)
    require_known(actor, query)
    rows = places.search(actor, query, MOST + 1).rows
    if len(rows) > MOST:
        raise TutelaError(problem("shortlist-too-long", n=places.count(actor, query).total, most=MOST))
    return [row.id for row in rows]


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a list: empty, or with the places that answer ``q``."""
    actor: Actor = request.actor
    require(actor, "shortlist")
    text = (request.POST.get("q") or request.GET.get("q") or "").strip()
    total = 0
    if text:
        query = parse(text)
        require_known(actor, query)
        total = places.count(actor, query).total
    take = request.POST.get("take", "choose" if total > MOST else "")
    form = ShortlistForm(request.POST if request.method == "POST" else None, lang=actor.language)
    status, untaken = 200, False
    if request.method == "POST":
        status = 400
        untaken = bool(text) and take not in TAKE
        if form.is_valid() and not untaken:
            try:
                found = _found(actor, text) if text and take == "all" else []
                made = actions.record_shortlist(actor, form.content() | {"places": [{"place": uuid} for uuid in found]})
                if text and take == "choose":
                    return HttpResponseRedirect(f"/shortlists/{made}/add/?{urlencode({'q': text})}")
                return HttpResponseRedirect(f"/shortlists/{made}/edit/" if found else f"/shortlists/{made}/add/")
            except Refused as refused:
                _blame(form, refused)
    context = {
        "room": "shortlists",
        "heading": i18n.t("New shortlist", actor.language),
        "form": form,
        "q": text,
        "count": total,
        "take": take,
        "untaken": untaken,
        "too_many": MOST if total > MOST else 0,
        "fields": list(form.shown()),
        "cancel": "/shortlists/",
        "submit": i18n.t("Begin", actor.language),
    }
    return render(request, "tutela/shortlist_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, uuid: str) -> HttpResponse:
    """A draft's words, and the reason of each place."""
    actor: Actor = request.actor
    require(actor, "shortlist")
    view = queries.shortlist(actor, str(uuid))
    if view.state != "draft":
        raise TutelaError(problem("shortlist-frozen"))
    d = view.document
    start = int(request.GET["from_row"]) if request.GET.get("from_row", "").isdigit() else 0
    part = view.places[start : start + PAGE]
    form = ShortlistForm(request.POST if request.method == "POST" else None, lang=actor.language, initial=d)
    status, found = 200, None
    if request.method == "POST":
        status = 400
        if form.is_valid():
            line = request.POST.get("line", "")
            try:
                actions.change_shortlist(
                    actor, view.id, form.content() | {"places": _edited(d, request.POST)}, int(line) if line.isdigit() else view.line
                )
                notes.leave(request, i18n.t("The list is kept.", actor.language))
                return HttpResponseRedirect(f"/shortlists/{view.id}/")
            except Refused as refused:
                _blame(form, refused)
            except TutelaError as error:
                found, status = error.problem, 409
    rows = [pages.row(actor, c) | {"key": c.place.id.replace("-", "")} for c in part]
    if request.method == "POST":
        rows = [r | {"reason": request.POST.get(f"reason-{r['key']}", r["reason"]), "off": f"off-{r['key']}" in request.POST} for r in rows]
    context = {
        "room": "shortlists",
        "heading": i18n.t("Edit the shortlist", actor.language),
        "form": form,
        "fields": list(form.shown()),
        "rows": rows,
        "line": view.line,
        "cancel": f"/shortlists/{view.id}/",
        "submit": i18n.t("Save", actor.language),
        "problem": found,
        "gone": view.gone,
        "add_href": f"/shortlists/{view.id}/add/",
        "page": {
            "first": start + 1,
            "last": start + len(part),
            "total": len(view.places),
            "previous": f"?from_row={max(0, start - PAGE)}" if start else "",
            "next": f"?from_row={start + PAGE}" if start + PAGE < len(view.places) else "",
        }
        if len(view.places) > PAGE
        else None,
    }
    return render(request, "tutela/shortlist_form.html", context, status=status)


def _edited(document: Document, data: Any) -> list[Document]:
    """The places with the reasons typed on this page; those ticked are taken off; the others stay as they are."""
    out = []
    for item in document.get("places", ()):
        key = item["place"]
        if f"off-{key}" in data:
            continue
        out.append({**item, "reason": data[f"reason-{key}"].strip()} if f"reason-{key}" in data else item)
    return out


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, uuid: str) -> HttpResponse:
    """Search places and put them on a draft."""
    actor: Actor = request.actor
    require(actor, "shortlist")
    view = queries.shortlist(actor, str(uuid))
    if view.state != "draft":
        raise TutelaError(problem("shortlist-frozen"))
    text = (request.POST.get("q") or request.GET.get("q") or "").strip()
    if request.method == "POST":
        chosen = _found(actor, text) if "all" in request.POST and text else request.POST.getlist("place")
        n = actions.add_places(actor, view.id, chosen)
        notes.leave(request, i18n.t("{n} places added.", actor.language, n=n))
        return HttpResponseRedirect(f"/shortlists/{view.id}/edit/")
    on = {c.place.id for c in view.places}
    if text:
        require_known(actor, text)
    results = places.search(actor, parse(text), SHOWN) if text else None
    rows = [
        {
            "id": r.id,
            "name": r.name["text"],
            "lang": r.name.get("lang") or "und",
            "where": ", ".join(a["name"] for a in r.document.get("areas", ())[:1]),
            "condition": r.condition,
            "on": r.id in on,
        }
        for r in (results.rows if results else [])
    ]
    return render(
        request,
        "tutela/shortlist_add.html",
        {
            "room": "shortlists",
            "title": view.document["title"],
            "asked": text,
            "rows": rows,
            "total": results.total if results else 0,
            "more": bool(results and results.total > len(rows)),
            "cancel": f"/shortlists/{view.id}/",
            "searched": bool(text),
        },
    )


@require_POST
def freeze(request: HttpRequest, uuid: str) -> HttpResponse:
    """Freeze a draft; where something is missing, the list's page says what."""
    actor: Actor = request.actor
    line = request.POST.get("line", "")
    try:
        actions.freeze_shortlist(actor, str(uuid), int(line) if line.isdigit() else None)
    except Refused as refused:
        context = pages.shown(actor, queries.shortlist(actor, str(uuid))) | {"problems": refused.problems}
        return render(request, "tutela/shortlist.html", context, status=400)
    return _back(request, uuid, "Frozen. Its digest stands in the journal.")


class SignForm(Speaking):
    office = written(300)
    statement = written(5000, lines=3)
    password = forms.CharField(required=False, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    LABELS = {"office": "Function in which you sign", "statement": "Statement", "password": "Your password"}
    HINTS = {
        "office": "For example “Director of antiquities”.",
        "statement": "May stay empty.",
        "password": "Again, so that it is you who signs.",
    }
    WIDE = frozenset({"statement"})


@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, uuid: str) -> HttpResponse:
    """A named person stands by the frozen digest; the password is asked again."""
    actor: Actor = request.actor
    require(actor, "sign-shortlist")
    view = queries.shortlist(actor, str(uuid))
    if view.state == "draft":
        raise TutelaError(problem("shortlist-not-frozen"))
    form = SignForm(request.POST if request.method == "POST" else None, lang=actor.language)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            if not request.user.check_password(form.cleaned_data["password"]):
                form.add_error("password", i18n.t("This is not your present password.", actor.language))
            else:
                try:
                    clean = form.cleaned_data
                    actions.sign_shortlist(actor, view.id, clean["office"], clean["statement"], request.POST.get("digest", ""))
                    return _back(request, uuid, "Signed. Everybody may read this version now.")
                except TutelaError as error:
                    for found in getattr(error, "problems", [error.problem]):
                        form.blame(found.column or "", found)
    context = {
        "room": "shortlists",
        "form": form,
        "fields": list(form.shown()),
        "title": view.document["title"],
        "name": actor.name,
        "places": len(view.places),
        "frozen": view.document["frozen"],
        "version": view.version,
        "cancel": f"/shortlists/{view.id}/",
    }
    return render(request, "tutela/shortlist_sign.html", context, status=status)


@require_POST
def next_version(request: HttpRequest, uuid: str) -> HttpResponse:
    """Begin the version that follows."""
    made = actions.new_version(request.actor, str(uuid))
    return HttpResponseRedirect(f"/shortlists/{made}/edit/")


@require_POST
def discard(request: HttpRequest, uuid: str) -> HttpResponse:
    """Take a draft away."""
    actions.discard_shortlist(request.actor, str(uuid))
    notes.leave(request, i18n.t("The draft is taken away; the journal keeps it.", request.actor.language))
    return HttpResponseRedirect("/shortlists/")


def _back(request: HttpRequest, uuid: str, text: str) -> HttpResponse:
    notes.leave(request, i18n.t(text, request.actor.language))
    return HttpResponseRedirect(f"/shortlists/{uuid}/")


def _blame(form: ShortlistForm, refused: Refused) -> None:
    put: Callable[[str | None, Any], None] = form.add_error
    for found in refused.problems:
        put(found.column if found.column in form.fields else None, refusal(found))
