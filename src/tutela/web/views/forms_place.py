"""Recording, correcting and deleting a place."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from tutela.errors import TutelaError, problem
from tutela.inventory import actions, queries
from tutela.inventory.actions import Refused
from tutela.inventory.alike import Alike, alike
from tutela.inventory.queries_editing import editable, version
from tutela.inventory.rules.codes import check_codes
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.web import i18n, notes
from tutela.web.forms.place import PlaceForm
from tutela.web.forms.words import differences
from tutela.web.views.forms_common import done, find_places, suggestions

Document = dict[str, Any]


@require_http_methods(["GET", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """A new place."""
    actor: Actor = request.actor
    require(actor, "record-place")
    form = PlaceForm(actor.language, data=request.POST if request.method == "POST" else None, find=lambda text: find_places(actor, text))
    status, same = 200, []
    if form.act == "save":
        status = 400
        if form.is_valid():
            same = alike(actor, form.document())
            told = set(request.POST.get("apart", "").split(","))
            if {one.id for one in same} - told:
                status = 409
            else:
                try:
                    public_id = actions.record_place(actor, form.document())
                    return done(request, "The place is recorded.", public_id)
                except Refused as refused:
                    form.blame(refused.problems)
        else:
            _also(form)
    elif form.act == "check":
        same = alike(actor, form.document()) if form.is_valid() else []
        _also(form)
    return _page(request, form, "Record a place", "/places/", status, same=same)


def _alike(actor: Actor, found: list[Alike]) -> list[Document]:
    """What a new place may be the same as, and why, in words."""
    lang, out = actor.language, []
    for one in found:
        far = "" if one.metres is None else i18n.t("{n} m away", lang, n=round(one.metres))
        if one.metres is not None and one.metres >= 1000:
            far = i18n.t("{n} km away", lang, n=round(one.metres / 1000))
        why = ", ".join(filter(None, (i18n.t("the same name", lang) if one.same_name else "", far)))
        shown = {"href": f"/places/{one.id}/", "name": one.name["text"], "lang": one.name.get("lang") or "und"}
        out.append(shown | {"area": one.area, "why": why})
    return out


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, uuid: str) -> HttpResponse:
    """Correct a place.  What others changed meanwhile is shown beside what was typed; fields not touched here keep their changes."""
    actor: Actor = request.actor
    require(actor, "correct-place")
    now = editable(actor, str(uuid))
    data = request.POST if request.method == "POST" else None
    began = version(actor, now, int(data["base"])) if data is not None and data.get("base", "").isdigit() else now
    form = PlaceForm(actor.language, began.document, began.line, data, lambda text: find_places(actor, text))
    status, meanwhile = 200, None
    if form.act in ("save", "check"):
        status = 400 if form.act == "save" else 200
        if not form.is_valid() or form.act == "check":
            _also(form)
        else:
            seen = int(data["line"]) if data.get("line", "").isdigit() else now.line
            mine = form.document()
            if seen != now.line:
                status, meanwhile = 409, _meanwhile(actor, form, began.document, now, mine)
            else:
                try:
                    actions.correct_place(actor, now.id, merged(began.document, now.document, mine), seen, data.get("why", "").strip())
                    return done(request, "The correction is kept." if mine != began.document else "Nothing was changed.", now.id)
                except Refused as refused:
                    form.blame(refused.problems)
                except TutelaError as error:
                    if error.code != "changed-meanwhile":
                        raise
                    now = editable(actor, now.id)
                    status, meanwhile = 409, _meanwhile(actor, form, began.document, now, mine)
    return _page(request, form, "Correct this place", f"/places/{now.id}/", status, now.id, meanwhile)


def _also(form: PlaceForm) -> None:
    """Beside what could not be read, what the rules would refuse of the rest: all mistakes at once."""
    had = {(p.code, p.value) for p in check_codes(form.before)}
    form.blame([p for p in check_codes(form.document()) if (p.code, p.value) not in had])


def merged(began: Document, now: Document, mine: Document) -> Document:
    """The present document with what this person changed, field by field (a field is a key of the document)."""
    out = dict(now)
    for key in began.keys() | mine.keys():
        if began.get(key) != mine.get(key):
            if key in mine:
                out[key] = mine[key]
            else:
                out.pop(key, None)
    return out


def _meanwhile(actor: Actor, form: PlaceForm, began: Document, now: Any, mine: Document) -> Document:
    """What changed since the person began, beside what was typed; the form now answers to the newer line."""
    form.head.data = form.head.data.copy()
    form.head.data["line"] = str(now.line)
    return {"problem": problem("changed-meanwhile"), "rows": differences(began, now.document, mine, actor.language)}


def _page(
    request: HttpRequest,
    form: PlaceForm,
    heading: str,
    cancel: str,
    status: int,
    place_id: str = "",
    meanwhile: Document | None = None,
    same: list[Alike] | None = None,
) -> HttpResponse:
    lang = request.actor.language
    context = {
        "room": "places",
        "heading": i18n.t(heading, lang),
        "form": form,
        "cancel": cancel,
        "place_id": place_id,
        "meanwhile": meanwhile,
        "alike": _alike(request.actor, same or []),
        "alike_ids": ",".join(one.id for one in same or []) or request.POST.get("apart", ""),
        "submit": i18n.t("Save over the newer version" if meanwhile else "Save: it is another place" if same else "Save", lang),
        "lists": suggestions(lang),
        "titles": [s["title"] for s in form.sources.all if s.get("title")],
        "delete_href": f"/places/{place_id}/delete/" if place_id and request.actor.may("delete") else "",
        "handling_href": f"/places/{place_id}/handling/" if place_id and request.actor.may("handle") else "",
    }
    return render(request, "tutela/place_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, uuid: str) -> HttpResponse:
    """Take a place out of the register, with a reason."""
    actor: Actor = request.actor
    require(actor, "delete")
    view = queries.place(actor, str(uuid))
    missing = False
    if request.method == "POST":
        why = request.POST.get("why", "").strip()
        if why:
            expected = request.POST.get("line", "")
            actions.delete_place(actor, view.id, why, int(expected) if expected.isdigit() else None)
            from tutela.inventory.queries_editing import last_change

            notes.leave(
                request,
                i18n.t("“{name}” is deleted; the journal keeps it.", actor.language, name=view.name["text"]),
                last_change(actor, view.id),
            )
            return HttpResponseRedirect("/places/")
        missing = True
    from tutela.assessment.queries import series

    context = {
        "room": "places",
        "view": view,
        "name": view.name["text"],
        "line": view.line,
        "missing": missing,
        "assessments": len(series(actor, view.id)),
    }
    return render(request, "tutela/place_delete.html", context, status=400 if missing else 200)


@require_GET
def reads(request: HttpRequest) -> JsonResponse:
    """How a date or a position is read, while it is being typed: ``kind`` date or position, ``text`` (and ``more``, the longitude)."""
    from tutela.vocabulary.coordinates import parse_both, parse_pair
    from tutela.web.forms.fields import read_date

    text, more = request.GET.get("text", "")[:300].strip(), request.GET.get("more", "")[:300].strip()
    if not text:
        return JsonResponse({"read": ""})
    lang = request.actor.language
    try:
        if request.GET.get("kind") == "date":
            return JsonResponse({"read": i18n.t("Read as {value}", lang, value=read_date(text).text)})
        point = parse_pair(text, more) if more else parse_both(text)
        return JsonResponse({"read": i18n.t("Read as {value}", lang, value=f"{point[1]:.6f}, {point[0]:.6f}") if point else ""})
    except TutelaError as error:
        return JsonResponse({"wrong": error.problem.message})
    except Exception as error:  # a form's refusal
        from django.core.exceptions import ValidationError

        if not isinstance(error, ValidationError):
            raise
        return JsonResponse({"wrong": str(error.messages[0]).split(" <span")[0]})
