"""The triage board: the order of attention with the reason of each place, by weights that the reader sets; into a shortlist from there."""

from __future__ import annotations

import csv
import io
import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from tutela.errors import TutelaError
from tutela.exchange.writers.table_csv import guarded
from tutela.inventory import actions_shortlists, queries_shortlists
from tutela.inventory import queries as places
from tutela.inventory.actions import Refused
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.reports.queries_triage import Board, Row, triage
from tutela.reports.rules.triage import PARTS, Weights
from tutela.vocabulary import load
from tutela.web import i18n, notes
from tutela.web.views import condition_words as words

Document = dict[str, Any]
SHOWN = 50
LABELS = {"significance": "Significance", "damage": "Damage", "risk": "Risk", "access": "Access"}
MEANS = {
    "significance": "What it was chosen or protected for.",
    "damage": "How bad the state is that stands.",
    "risk": "The highest band of its threats, or the urgency given.",
    "access": "How much is still to be seen: nobody could visit or see it yet.",
}
#: Reasons of the rule, as it writes them, with the list that their codes are of.
REASONS = (
    (r"on the signed shortlist (?P<name>.+)", "on the signed shortlist {name}", {}),
    (
        r"protected: (?P<code>[\w-]+)(, (?P<level>[\w-]+))?",
        "protected: {code}",
        {"code": "protection-instruments", "level": "protection-levels"},
    ),
    (r"criteria recorded: (?P<codes>.+)", "criteria recorded: {codes}", {"codes": "significance"}),
    (r"condition (?P<code>[\w-]+)", "condition {code}", {"code": "condition"}),
    (r"degree (?P<code>[\w-]+)", "degree of damage {code}", {"code": "damage"}),
    (r"extent (?P<code>[\w-]+)", "extent {code}", {"code": "extent"}),
    (r"risk (?P<code>[\w-]+)", "risk {code}", {"code": "risk-bands"}),
    (r"urgency (?P<code>[\w-]+)", "urgency {code}", {"code": "priority"}),
    (r"last: (?P<code>[\w-]+)", "last time: {code}", {"code": "outcomes"}),
    (r"seen at the closest by: (?P<code>[\w -]+)", "seen at the closest by: {code}", {"code": "methods"}),
    (r"state not known \((?P<code>[\w-]+)\)", "state not known: {code}", {"code": "condition"}),
)


def told(reason: str, lang: str) -> str:
    """A reason of the rule in the reader's words: its codes as labels; what is not known here stays as it is."""
    return "; ".join(_one(part, lang) for part in reason.split("; "))


def _one(part: str, lang: str) -> str:
    for pattern, sentence, lists in REASONS:
        found = re.fullmatch(pattern, part)
        if found:
            values = {key: _labels(value, lists.get(key), lang) for key, value in found.groupdict().items() if value}
            level = values.pop("level", "")
            return i18n.t(sentence, lang, **values) + (f", {level}" if level else "")
    return i18n.t(part, lang)


def _labels(text: str, vocabulary: str | None, lang: str) -> str:
    if vocabulary is None:
        return text
    return ", ".join(
        words.condition(code, lang).lower()
        if vocabulary in ("condition", "outcomes") and code in ("none", *load("outcomes").terms)
        else words.term(vocabulary, code, lang)
        for code in text.split(", ")
    )


def _asked(request: HttpRequest) -> tuple[str, dict[str, str]]:
    """(the question, the weights as typed): percent or shares, 0 to 100."""
    return request.GET.get("q", "").strip(), {name: request.GET[name].strip() for name in PARTS if request.GET.get(name, "").strip()}


def _weights(typed: dict[str, str]) -> dict[str, Any]:
    return {name: _share(value) for name, value in typed.items()}


def _share(text: str) -> Any:
    try:
        return float(text.replace(",", ".")) / 100
    except ValueError:
        return text


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The board."""
    actor: Actor = request.actor
    text, typed = _asked(request)
    context: Document = {"room": "condition", "topclass": "t-top--page", "q": text}
    status = 200
    try:
        board = triage(actor, text, _weights(typed), SHOWN)
    except TutelaError as error:
        context |= {"problem": error.problem, "sliders": _sliders(Weights(), typed)}
        return render(request, "tutela/condition_triage.html", context, status=400)
    asked = urlencode({key: value for key, value in {"q": text, **typed}.items() if value})
    context |= {
        "sliders": _sliders(board.weights, {}),
        "rows": [_row(n, row, actor) for n, row in enumerate(board.rows, 1)],
        "apart": [_row(0, row, actor) for row in board.apart],
        "total": board.total,
        "read": board.read,
        "whole": board.whole,
        "beyond": _percent(board.beyond),
        "csv_href": f"/condition/triage/order.csv?{asked}",
        "map": {"source": f"/condition/triage/map.json?{asked}", "card": "/places/{id}/card/", "bbox": _box(actor, board)},
        "may_choose": actor.may("shortlist"),
        "here": request.get_full_path(),
        "lists": [{"id": one.id, "title": one.title} for one in queries_shortlists.shortlists(actor) if one.state == "draft"]
        if actor.may("shortlist")
        else [],
    }
    return render(request, "tutela/condition_triage.html", context, status=status)


def _box(actor: Actor, board: Board) -> str:
    """A window around the places of the board, at the reader's precision; the world where none has a position."""
    at = [(view.x, view.y) for view in (places.place(actor, row.id) for row in board.rows) if view.x is not None and view.y is not None]
    if not at:
        return "-170,-55,175,75"
    xs, ys = [x for x, _ in at], [y for _, y in at]
    margin = max(0.05, 0.08 * max(max(xs) - min(xs), max(ys) - min(ys)))
    box = (max(min(xs) - margin, -180), max(min(ys) - margin, -85), min(max(xs) + margin, 180), min(max(ys) + margin, 85))
    return ",".join(f"{value:.5g}" for value in box)


def _sliders(weights: Weights, typed: dict[str, str]) -> list[Document]:
    return [
        {"name": name, "label": LABELS[name], "means": MEANS[name], "value": typed.get(name) or _percent(value)}
        for name, value in weights.as_dict().items()
    ]


def _row(n: int, row: Row, actor: Actor) -> Document:
    lang, s = actor.language, row.standing
    return {
        "n": n,
        "id": row.id,
        "href": f"/places/{row.id}/",
        "name": row.name["text"],
        "lang": row.name.get("lang") or "und",
        "score": None if s.score is None else _percent(s.score),
        "low": _percent(s.low),
        "high": _percent(s.high),
        "known": _percent(s.known),
        "parts": [
            {
                "label": LABELS[name],
                "value": None if s.parts[name].value is None else _percent(s.parts[name].value),
                "reason": told(s.parts[name].reason, lang),
            }
            for name in PARTS
        ],
    }


def _percent(value: float) -> int:
    return round(round(100 * value, 6))


@require_GET
def map_json(request: HttpRequest) -> JsonResponse:
    """The places of the board for its map, at the reader's precision."""
    actor: Actor = request.actor
    text, typed = _asked(request)
    board = triage(actor, text, _weights(typed), SHOWN)
    features, without = [], 0
    for row in board.rows:
        view = places.place(actor, row.id)
        if view.x is None:
            without += 1
            continue
        found = row.standing.parts["damage"].reason
        code = re.match(r"condition ([\w-]+)", found)
        features.append({"id": row.id, "x": view.x, "y": view.y, "c": code[1] if code else "unknown", "n": row.name["text"]})
    return JsonResponse({"features": features, "groups": [], "total": len(board.rows), "outside": 0, "without": without})


@require_GET
def order_csv(request: HttpRequest) -> HttpResponse:
    """The order with all its reasons, as a table."""
    actor: Actor = request.actor
    require(actor, "export")
    text, typed = _asked(request)
    board = triage(actor, text, _weights(typed), 1000)
    return HttpResponse(
        _csv(board, text).encode("utf-8-sig"),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="order-of-attention.csv"'},
    )


def _csv(board: Board, text: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    parts = [f"{name}{more}" for name in PARTS for more in ("", "_reason")]
    writer.writerow(["rank", "id", "name", "score", "low", "high", "known", *parts, "weights", "filter"])
    weights = " ".join(f"{name}={value:g}" for name, value in board.weights.as_dict().items())
    for n, row in enumerate([*board.rows, *board.apart], 1):
        s = row.standing
        cells: list[Any] = [
            n if s.score is not None else "",
            row.id,
            row.name["text"],
            _number(s.score),
            _number(s.low),
            _number(s.high),
            _number(s.known),
        ]
        for name in PARTS:
            cells += [_number(s.parts[name].value), s.parts[name].reason]
        writer.writerow([guarded(str(cell)) if isinstance(cell, str) else cell for cell in [*cells, weights, text]])
    return out.getvalue()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Put the places ticked on a draft of a shortlist, or on a new one."""
    actor: Actor = request.actor
    require(actor, "shortlist")
    chosen, listed = request.POST.getlist("place")[:1000], request.POST.get("list", "")
    title = request.POST.get("title", "").strip()[:500]
    back = request.POST.get("back", "")
    back = back if back.startswith("/condition/triage/") else "/condition/triage/"
    if not chosen or not (listed or title):
        notes.leave(request, i18n.t("Nothing was added: tick places, and choose a list or give a title.", actor.language))
        return HttpResponseRedirect(back)
    try:
        if not listed:
            listed = actions_shortlists.record_shortlist(actor, {"title": title, "places": []})
        n = actions_shortlists.add_places(actor, listed, chosen)
    except Refused as refused:
        return render(request, "tutela/problem.html", {"found": refused.problems[0], "status": 400}, status=400)
    notes.leave(request, i18n.t("{n} places added.", actor.language, n=n))
    return HttpResponseRedirect(f"/shortlists/{listed}/edit/")
