"""The handling mark of a place: who sees it, and how precisely, with what each audience will see before it is saved."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tutela.errors import TutelaError
from tutela.inventory import actions
from tutela.inventory.actions import Refused
from tutela.inventory.queries_editing import editable
from tutela.inventory.rules.audience import for_audience, sight_of
from tutela.inventory.rules.geometry import representative
from tutela.people.actions import require
from tutela.people.rules import AUDIENCES, DEFAULT_PRECISION, GRID, PRECISIONS, Actor
from tutela.vocabulary import load
from tutela.web import i18n
from tutela.web.forms.fields import capital
from tutela.web.forms.rows import pressed
from tutela.web.views.forms_common import done

Document = dict[str, Any]
CONSEQUENCES = {
    "open": "Everybody sees the place; the public at the precision below.",
    "restricted": "Public and contributors see that it exists, at the precision below and without details; reviewers see all.",
    "confidential": "Public and contributors see nothing; reviewers see it at the precision below and without details; managers see all.",
}
READERS = {"public": "Public", "contributor": "Contributors", "reviewer": "Reviewers", "manager": "Managers"}


@require_http_methods(["GET", "POST"])
def handling(request: HttpRequest, uuid: str) -> HttpResponse:
    """Set the mark.  A preview says what each audience will see."""
    actor: Actor = request.actor
    require(actor, "handle")
    now = editable(actor, str(uuid))
    held = now.document.get("handling") or {"mark": "open"}
    given = {key: request.POST.get(key, "").strip() for key in ("mark", "precision", "reason")} if request.method == "POST" else dict(held)
    found, status = None, 200
    if request.method == "POST" and pressed(request.POST)[0] == "save":
        line = request.POST.get("line", "")
        try:
            actions.set_handling(
                actor, now.id, given["mark"], given["precision"] or None, given["reason"], int(line) if line.isdigit() else now.line
            )
            return done(request, "The handling mark is kept.", now.id)
        except Refused as refused:
            found, status = refused.problems[0], 400
        except TutelaError as error:
            if error.code not in ("changed-meanwhile", "handling-reason"):
                raise
            found, status = error.problem, 409 if error.code == "changed-meanwhile" else 400
    return render(request, "tutela/handling_form.html", _context(actor, now, given, found), status=status)


def _context(actor: Actor, now: Any, given: Document, found: Any) -> Document:
    lang = actor.language
    marks, levels = load("handling-marks"), load("precision-levels")
    mark = given.get("mark") if given.get("mark") in CONSEQUENCES else "open"
    precision = given.get("precision") if given.get("precision") in PRECISIONS else ""
    future = {**now.document, "handling": {"mark": mark, **({"precision": precision} if precision else {})}}
    return {
        "room": "places",
        "cancel": f"/places/{now.id}/",
        "line": now.line,
        "problem": found,
        "reason": given.get("reason", ""),
        "needs_reason": found is not None and found.code == "handling-reason",
        "marks": [
            {"code": code, "label": capital(marks.label(code, lang)), "words": i18n.t(words, lang), "on": code == mark}
            for code, words in CONSEQUENCES.items()
        ],
        "precisions": [{"code": "", "label": i18n.t("As usual for the mark", lang), "on": not precision}]
        + [{"code": code, "label": capital(levels.label(code, lang)), "on": code == precision} for code in PRECISIONS],
        "usual": levels.label(DEFAULT_PRECISION[mark], lang),
        "preview": [_seen(future, level, lang) for level in range(len(AUDIENCES))],
        "loses": not _whole(future, actor.audience),
        "name": next((n["text"] for n in now.document.get("names", ())), now.id),
    }


def _whole(document: Document, audience: int) -> bool:
    sight = sight_of(document, audience)
    return sight.visible and sight.details and sight.precision == "as-held"


def _seen(document: Document, audience: int, lang: str) -> Document:
    """What one audience will see, in words."""
    seen, reader = for_audience(document, audience), i18n.t(READERS[AUDIENCES[audience]], lang)
    if seen is None:
        return {"reader": reader, "words": i18n.t("nothing: no name, no count, no hint that it exists", lang), "level": "none"}
    details = (
        i18n.t("with all details", lang)
        if sight_of(document, audience).details
        else i18n.t("without address, texts, identifiers, sources' rows", lang)
    )
    point = representative(seen.get("geometries") or [])
    shown = (seen.get("handling") or {}).get("shown") or "as-held"
    if point is None:
        where = i18n.t("no position", lang)
    elif shown == "as-held":
        where = i18n.t("the position as held: {y}, {x}", lang, y=f"{point[1]:.5f}", x=f"{point[0]:.5f}")
    else:
        digits = max(1, len(f"{GRID[shown]:g}".partition(".")[2]) + 1)
        where = i18n.t(
            "the centre of a cell of {grid}°: {y}, {x}", lang, grid=shown, y=f"{point[1]:.{digits}f}", x=f"{point[0]:.{digits}f}"
        )
    whole = _whole(document, audience)
    return {"reader": reader, "words": f"{where}; {details}", "level": "whole" if whole else "part"}
