"""The damaged-places list as a page: as of a day, as known at a moment; every number opens its records; downloads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tutela.errors import NotAllowed, TutelaError, problem
from tutela.inventory import queries as places
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.reports import queries
from tutela.reports.asked import BLOCKS, asked
from tutela.reports.damaged import Block, Count, DamagedList
from tutela.vocabulary import load
from tutela.web import i18n
from tutela.web.views import condition_words as words
from tutela.web.views.common import label

Document = dict[str, Any]
ASKED = ("q", "as_of", "known_at", "since")
PAGE = 50
MOST_WHOLE = 5000  # damaged places up to which the page reads each; beyond, the tables alone are counted
BY = {"category": "Category and type", "region": "Country and area", "protection": "Protection"}
TITLES = {
    "category": "By category",
    "type": "By type",
    "country": "By country",
    "area": "By area",
    "protection": "By protection",
    "level": "By level of protection",
}
MEASURES = ("places", "found", "documented", "verified", "newly")
WORDS = {"places": "Places", "found": "Assessed", "documented": "Documented", "verified": "Verified", "newly": "Newly damaged"}
LISTS = {"category": "category", "type": "type", "country": "country", "protection": "protection"}


class Question:
    """What the address asks."""

    def __init__(self, request: HttpRequest) -> None:
        self.actor: Actor = request.actor
        self.given = {key: request.GET.get(key, "").strip()[:300] for key in ASKED}
        self.by = [name for name in request.GET.getlist("by") if name in BLOCKS] or list(BLOCKS)
        self.zero = request.GET.get("zero", "1") != "0"

    @property
    def more(self) -> Document:
        return {key: self.given[key] or None for key in ("as_of", "known_at", "since")}

    def href(self, path: str, **more: Any) -> str:
        pairs = [(key, value) for key, value in self.given.items() if value] + [
            ("by", name) for name in self.by if len(self.by) < len(BLOCKS)
        ]
        pairs += [(key, str(value)) for key, value in more.items() if value not in (None, "")]
        return f"{path}?{urlencode(pairs)}" if pairs else path


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The list: summary tables first, then the places."""
    question = Question(request)
    context: Document = {
        "room": "condition",
        "topclass": "t-top--page",
        "asked": question.given,
        "by": _by(question),
        "zero": question.zero,
    }
    try:
        context |= _found(request, question)
        status = 200
    except TutelaError as error:
        context |= {"problem": error.problem}
        status = 400
    return render(request, "tutela/condition_damaged.html", context, status=status)


def _by(question: Question) -> list[Document]:
    return [{"name": name, "label": words_, "on": name in question.by} for name, words_ in BY.items()]


def _found(request: HttpRequest, question: Question) -> Document:
    actor, given, lang = question.actor, question.given, question.actor.language
    read = asked(actor, given["q"], **question.more)
    by = ",".join(question.by)
    more = {key: value for key, value in question.more.items() if key != "since"}
    whole, tables = queries.counted(actor, given["q"], by=by, **more)
    listed: DamagedList | None = None
    if whole.documented <= MOST_WHOLE:
        listed = queries.damaged_list(actor, given["q"], by=by, **question.more)
        whole, tables = listed.total or whole, list(listed.tables())
    start = int(request.GET["from_row"]) if request.GET.get("from_row", "").isdigit() else 0
    at = listed.known_at if listed else None
    return {
        "total": _line(whole, "", question),
        "as_of": read.as_of.isoformat(),
        "known_at": at.isoformat(sep=" ", timespec="minutes")[:16] if at and hasattr(at, "hour") else str(at or given["known_at"]),
        "journal_line": listed.revision if listed else "",
        "since": given["since"],
        "tables": [_table(block, question) for block in tables],
        "rows": [_row(row, lang) for row in listed.rows[start : start + PAGE]] if listed else [],
        "listed": listed is not None,
        "notes": [i18n.t(note, lang) for note in (listed.notes if listed else queries.NOTES)],
        "precision": i18n.t(listed.precision_note, lang) if listed else "",
        "page": _pager(question, start, len(listed.rows)) if listed and len(listed.rows) > PAGE else None,
        "downloads": [{"name": kind.upper(), "href": question.href(f"/condition/damaged/damaged-places.{kind}")} for kind in FORMATS],
        "columns": ["documented", "verified", *(["newly"] if given["since"] and listed else [])],
        "zero_href": question.href("/condition/damaged/", zero="0" if question.zero else None),
    }


def _pager(question: Question, start: int, total: int) -> Document:
    return {
        "first": start + 1,
        "last": min(start + PAGE, total),
        "total": total,
        "previous": question.href("/condition/damaged/", from_row=max(0, start - PAGE)) if start else "",
        "next": question.href("/condition/damaged/", from_row=start + PAGE) if start + PAGE < total else "",
    }


def _table(block: Block, question: Question) -> Document:
    lines = [_line(count, block.name, question) for count in block.counts]
    shown = [line for line in lines if question.zero or line["documented"]["n"]]
    return {"title": TITLES.get(block.name, block.title), "lines": shown, "hidden": len(lines) - len(shown)}


def _line(count: Count, block: str, question: Question) -> Document:
    out: Document = {"label": _label(block, count, question.actor.language)}
    for measure in MEASURES:
        n = getattr(count, measure)
        opens = block != "level" or measure in ("documented", "verified", "newly")
        href = question.href("/condition/damaged/places/", block=block, code=count.code or "all", measure=measure) if n and opens else ""
        out[measure] = {"n": n, "href": href}
    return out


def _label(block: str, count: Count, lang: str) -> str:
    if block in LISTS and count.code:
        return label(LISTS[block], count.code, lang)
    if block == "level" and count.code in load("protection-levels").terms:
        return words.word("protection-levels", count.code, lang)
    return i18n.t(count.label, lang)


def _row(row: Any, lang: str) -> Document:
    name = row.names[0] if row.names else (row.public_id, "", "")
    return {
        "href": f"/places/{row.public_id}/",
        "name": name[0],
        "lang": (name[1] or "und") if row.names else "und",
        "code": row.condition.code,
        "words": words.condition(row.condition.code, lang),
        "original": row.condition.original,
        "extent": row.extent.code if row.extent else "",
        "observed": row.observed,
        "recorded": row.recorded,
        "verified": row.verified,
        "newly": i18n.t(words.ANSWERS[row.newly], lang) if row.newly else "",
        "region": " · ".join(w for w in (row.region, _country(row.country, lang)) if w),
        "damages": list(row.damages)[:4],
        "protection": list(row.protection)[:3],
        "precision": row.precision,
    }


def _country(code: str, lang: str) -> str:
    return label("country", code, lang) if code in load("countries").terms else code


@require_GET
def behind(request: HttpRequest) -> HttpResponse:
    """The places behind one figure of the list."""
    question = Question(request)
    actor, given = question.actor, question.given
    block, code, measure = request.GET.get("block", ""), request.GET.get("code", "all"), request.GET.get("measure", "documented")
    if measure not in MEASURES or (block and block not in TITLES):
        return render(
            request,
            "tutela/problem.html",
            {"found": problem("record-unknown", value=f"{block}:{code}:{measure}"), "status": 404},
            status=404,
        )
    start = int(request.GET["from_row"]) if request.GET.get("from_row", "").isdigit() else 0
    ids = _ids(question, block, code, measure, start)
    rows = []
    for uuid in ids[:PAGE]:
        try:
            view = places.place(actor, uuid)
        except TutelaError:  # it was deleted since the day asked about
            rows.append({"href": "", "name": uuid, "lang": "und"})
            continue
        rows.append(
            {
                "href": f"/places/{uuid}/?{urlencode({k: given[k] for k in ('as_of', 'known_at', 'since') if given[k]})}#condition",
                "name": view.name["text"],
                "lang": view.name.get("lang") or "und",
            }
        )
    lang = actor.language
    said = _label(block, Count(code, 0, 0, code), lang) if block else i18n.t("All places", lang)
    context = {
        "room": "condition",
        "topclass": "t-top--page",
        "rows": rows,
        "heading": said,
        "measure": WORDS[measure],
        "asked": given,
        "back": question.href("/condition/damaged/"),
        "first": start + 1,
        "next": question.href("/condition/damaged/places/", block=block, code=code, measure=measure, from_row=start + PAGE)
        if len(ids) > PAGE
        else "",
        "previous": question.href("/condition/damaged/places/", block=block, code=code, measure=measure, from_row=max(0, start - PAGE))
        if start
        else "",
    }
    return render(request, "tutela/condition_behind.html", context)


def _ids(question: Question, block: str, code: str, measure: str, start: int) -> list[str]:
    """Public ids behind a figure, one more than a page."""
    if measure == "newly" or block == "level":
        listed = queries.damaged_list(question.actor, question.given["q"], **question.more)
        rows: list[Any] = list(listed.rows)
        if block:
            counts = next((b.counts for b in listed.tables() if b.name == block), ())
            rows = [listed.rows[n] for n in next((c.rows for c in counts if c.code == code), ())]
        kept: dict[str, Callable[[Any], bool]] = {"newly": lambda r: r.newly == "yes", "verified": lambda r: r.verified}
        rows = [row for row in rows if kept.get(measure, lambda r: True)(row)]
        return [row.public_id for row in rows][start : start + PAGE + 1]
    more = {key: value for key, value in question.more.items() if key != "since"}
    return queries.opened(
        question.actor, block, "" if not block else code, measure, question.given["q"], limit=PAGE + 1, offset=start, **more
    )


def _xlsx(listed: DamagedList) -> bytes:
    from tutela.reports.workbook import damaged_xlsx

    return damaged_xlsx(listed)


def _csv(listed: DamagedList) -> bytes:
    from tutela.reports.tables import damaged_csv

    return damaged_csv(listed)


def _pdf(listed: DamagedList) -> bytes:
    from tutela.reports.damaged_pdf import damaged_pdf

    return damaged_pdf(listed)


def _json(listed: DamagedList) -> bytes:
    from tutela.reports.damaged_json import damaged_json

    return damaged_json(listed)


FORMATS: dict[str, tuple[str, Callable[[DamagedList], bytes]]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
    "csv": ("text/csv; charset=utf-8", _csv),
    "pdf": ("application/pdf", _pdf),
    "json": ("application/json", _json),
}


@require_GET
def download(request: HttpRequest, kind: str) -> HttpResponse:
    """The list as a file, the same bytes for the same question."""
    question = Question(request)
    require(question.actor, "export")
    if kind not in FORMATS:
        raise NotAllowed(problem("record-unknown", value=kind))
    media_type, made = FORMATS[kind]
    listed = queries.damaged_list(question.actor, question.given["q"], by=",".join(question.by), **question.more)
    name = f"damaged-places-{listed.as_of.isoformat()}.{kind}"
    return HttpResponse(made(listed), content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
