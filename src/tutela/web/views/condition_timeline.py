"""The timeline of an area or of a search: how much was observed, and how much damage, by month or year; each figure opens its findings."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tutela.assessment.queries_timeline import area_timeline
from tutela.assessment.queries_waiting import behind as findings
from tutela.errors import TutelaError
from tutela.inventory import queries as places
from tutela.people.rules import Actor
from tutela.web import i18n
from tutela.web.months import bars
from tutela.web.views import condition_words as words

Document = dict[str, Any]
SHOWN = 200
CONDITIONS = ("good", "fair", "poor", "very-bad", "destroyed", "unknown", "no-damage", "not-visible", "not-visited", "not-assessable")
MOST_BARS = 240


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The bars, and the same as a table."""
    actor: Actor = request.actor
    text = request.GET.get("q", "").strip()
    by = "month" if request.GET.get("by") == "month" else "year"
    context: Document = {"room": "condition", "topclass": "t-top--page", "q": text, "by": by}
    try:
        listed = area_timeline(actor, text)
    except TutelaError as error:
        return render(request, "tutela/condition_timeline.html", context | {"problem": error.problem}, status=400)
    lang = actor.language
    rows = [_row(one, text, lang) for one in (listed if by == "month" else _years(listed))]
    dated = [row for row in rows if row["month"]]
    codes = [code for code in CONDITIONS if any(row["by"].get(code) for row in rows)]
    say = lambda sentence: i18n.t(sentence, lang)  # noqa: E731
    context |= {
        "rows": rows[::-1],
        "total": sum(row["count"] for row in rows),
        "damaged": sum(row["damaged"] for row in rows),
        "columns": [{"code": code, "label": words.condition(code, lang)} for code in codes],
        "svg": bars(_filled(dated, by), rtl=i18n.direction(lang) == "rtl", say=say, number=lambda n: i18n.number(n, lang)),
        "other": {
            "by": "year" if by == "month" else "month",
            "href": f"?{urlencode({'q': text, 'by': 'year' if by == 'month' else 'month'})}",
        },
    }
    for row in context["rows"]:
        row["cells"] = [row["by"].get(code, 0) for code in codes]
    return render(request, "tutela/condition_timeline.html", context)


def _years(months: list[Document]) -> list[Document]:
    years: dict[str | None, Document] = {}
    for one in months:
        key = one["month"][:4] if one["month"] else None
        year = years.setdefault(key, {"month": key, "count": 0, "damaged": 0, "by": {}})
        year["count"] += one["count"]
        year["damaged"] += one["damaged"]
        for code, n in one["by"].items():
            year["by"][code] = year["by"].get(code, 0) + n
    return list(years.values())


def _row(one: Document, text: str, lang: str) -> Document:
    month = (one["month"] or "").removesuffix("-00")
    said = i18n.t("{when}: {n} findings, {damaged} of them say damage", lang, when=month or "?", n=one["count"], damaged=one["damaged"])
    return {
        **one,
        "month": month,
        "label": month or i18n.t("on an unknown day", lang),
        "title": said,
        "href": f"/condition/timeline/findings/?{urlencode({'q': text, 'month': month})}",
    }


def _filled(rows: list[Document], by: str) -> list[Document]:
    """The rows with the months or years between them that have none; as they are where that would be too many."""
    if not rows:
        return []
    held = {row["month"]: row for row in rows}
    first, last = (int(rows[0]["month"][:4]), int(rows[-1]["month"][:4]))
    keys = (
        [str(year) for year in range(first, last + 1)]
        if by == "year"
        else [f"{year:04}-{month:02}" for year in range(first, last + 1) for month in range(1, 13)]
    )
    if by == "month":
        keys = [key for key in keys if rows[0]["month"][:7] <= key <= rows[-1]["month"]] + [k for k in held if len(k) == 4]
        keys.sort()
    if len(keys) > MOST_BARS:
        return rows[-MOST_BARS:]
    return [held.get(key) or {"month": key, "label": key, "count": 0, "damaged": 0, "by": {}, "href": "", "title": ""} for key in keys]


@require_GET
def behind(request: HttpRequest) -> HttpResponse:
    """The findings behind one figure."""
    actor: Actor = request.actor
    text, month = request.GET.get("q", "").strip(), request.GET.get("month", "").strip()
    if month and not re.fullmatch(r"\d{4}(-\d\d)?", month):
        month = ""
    rows, names = [], {}
    for one in findings(actor, text, month, SHOWN + 1)[:SHOWN]:
        if one["place"] not in names:
            names[one["place"]] = places.place(actor, one["place"]).name
        name = names[one["place"]]
        rows.append(
            {**words.line(one, actor), "place": name["text"], "lang": name.get("lang") or "und", "place_href": f"/places/{one['place']}/"}
        )
    context = {
        "room": "condition",
        "topclass": "t-top--page",
        "rows": rows,
        "month": month,
        "q": text,
        "more": len(rows) == SHOWN,
        "back": f"/condition/timeline/?{urlencode({'q': text})}",
    }
    return render(request, "tutela/condition_findings.html", context)
