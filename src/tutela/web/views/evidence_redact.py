"""Covering faces, plates and places: boxes drawn over the working copy, burnt into a new one from the original."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tutela.errors import Problem, TutelaError
from tutela.evidence import copies, queries
from tutela.evidence.rules.redaction import REASONS, check_boxes
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store.documents import dashed
from tutela.vocabulary.coordinates import parse_number
from tutela.web import i18n, notes
from tutela.web.views import evidence_words as words

Document = dict[str, Any]
KEYS = ("x", "y", "w", "h")
MOST_ROWS = 200


@require_http_methods(["GET", "POST"])
def redact(request: HttpRequest, uuid: str) -> HttpResponse:
    """Draw, preview, save."""
    actor: Actor = request.actor
    require(actor, "redact")
    item = queries.visible(actor, str(uuid))
    made = copies.of(actor, str(uuid))
    rows = rows_of(request.POST) if request.method == "POST" else _before(made)
    note, page = request.POST.get("note", "").strip()[:500], request.POST.get("page", "").strip()
    boxes = boxes_in(rows)
    found: Problem | None = None
    act = request.POST.get("act", "")
    preview = act == "preview"
    if act in ("preview", "save"):
        problems = check_boxes(boxes)
        found = problems[0] if problems else None
        if found is None and not preview:
            found = _save(actor, str(uuid), boxes, page, note)
            if found is None:
                notes.leave(request, i18n.t("The redacted copy is made: whoever is below a reviewer sees it alone.", actor.language))
                return HttpResponseRedirect(f"/evidence/{uuid}/")
    if act == "more" or not rows:
        rows = [*rows, {"why": "face"}]
    picture = words.picture(
        next((one for one in reversed(made) if one["use"] == "web" and one["derivation"]["from"] == item["digest"]), None)
    )
    return render(
        request,
        "tutela/evidence_redact.html",
        {
            "room": "evidence",
            "topclass": "t-top--page",
            "cancel": f"/evidence/{uuid}/",
            "title": item.get("title") or item["digest"][:12],
            "picture": picture,
            "rows": list(enumerate(rows)),
            "note": note,
            "problem": found,
            "preview": preview and found is None,
            "solid": [words.outline(box) for box in boxes] if preview and found is None else [],
            "pdf": item["media_type"] == copies.PDF,
            "page_number": page or "1",
            "reasons": [{"code": code, "label": i18n.t(words.REASONS[code], actor.language)} for code in REASONS],
            "mark": item.get("handling", {}).get("mark", "restricted"),
            "id": dashed(str(uuid).replace("-", "")),
        },
        status=400 if found else 200,
    )


def rows_of(sent: QueryDict) -> list[Document]:
    """The rows of the form as they were typed, empty ones left out."""
    out = []
    for number in sorted({int(name[4:-2]) for name in sent if name.startswith("box-") and name[4:-2].isdigit() and len(name) < 12})[
        :MOST_ROWS
    ]:
        row = {key: sent.get(f"box-{number}-{key}", "").strip()[:12] for key in KEYS}
        if any(row.values()):
            out.append({**row, "why": sent.get(f"why-{number}", "other")})
    return out


def boxes_in(rows: list[Document]) -> list[Document]:
    """Boxes in fractions of the picture, from rows in percent; what is no number is left for the rules to refuse."""
    return [{**{key: _fraction(row.get(key, "")) for key in KEYS}, **({"why": row["why"]} if "why" in row else {})} for row in rows]


def _fraction(text: str) -> float | None:
    try:
        return round(parse_number(text) / 100, 6)
    except (TutelaError, ValueError):
        return None


def _before(made: list[Document]) -> list[Document]:
    """The boxes of the newest redaction, to go on from."""
    last = next((one for one in reversed(made) if one["use"] == "redacted"), None)
    boxes = last["derivation"].get("boxes", []) if last else []
    return [{**{key: f"{100 * box[key]:g}" for key in KEYS}, "why": box.get("why", "other")} for box in boxes]


def _save(actor: Actor, uuid: str, boxes: list[Document], page: str, note: str) -> Problem | None:
    try:
        copies.redact(actor, uuid, boxes, int(page) if page.isdigit() and len(page) < 7 else None, note)
    except TutelaError as error:
        if error.code in ("record-unknown", "not-allowed"):
            raise
        return error.problem
    return None
