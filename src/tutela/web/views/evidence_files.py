"""The bytes of evidence on their way to a browser: never from a view of their own, always under ``evidence.serving``'s headers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from tutela.errors import NotAllowed, TutelaError, problem
from tutela.evidence import copies, custody, queries, serving, witnesses
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store.documents import dashed
from tutela.web.views import evidence_words as words


@require_GET
def copy(request: HttpRequest, copy: str) -> HttpResponse | StreamingHttpResponse:
    """A working copy, for whoever may see it."""
    actor: Actor = request.actor
    item = dashed(copies.found(actor, str(copy))["item"])
    try:
        found = serving.served(actor, item, str(copy), request.headers.get("Range"))
    except TutelaError as error:
        return _no_range(error)
    if request.headers.get("If-None-Match") == found.headers.get("ETag") and found.status == 200:
        found.close()
        return HttpResponse(status=304, headers={key: found.headers[key] for key in ("ETag", "Cache-Control", "Content-Security-Policy")})
    return StreamingHttpResponse(found.pieces(), status=found.status, headers=found.headers)


def _no_range(error: TutelaError) -> HttpResponse:
    if error.code != "range-impossible":
        raise error
    return HttpResponse(status=416)


@require_GET
def play(request: HttpRequest, uuid: str) -> HttpResponse | StreamingHttpResponse:
    """A recording for the player of its page: the read is written into the item's custody before the first byte goes.

    Only our own page may ask: another site must not be able to write into the log of reads.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise NotAllowed(problem("not-allowed", value=request.actor.name or request.actor.role, what="open-original"))
    item = queries.visible(request.actor, str(uuid))
    if not item["media_type"].startswith(("video/", "audio/")):
        raise TutelaError(problem("record-unknown", value=uuid))
    try:
        found = serving.served(request.actor, str(uuid), None, request.headers.get("Range"), act="viewed")
    except TutelaError as error:
        return _no_range(error)
    return StreamingHttpResponse(found.pieces(), status=found.status, headers=found.headers)


@require_http_methods(["GET", "POST"])
def original(request: HttpRequest, uuid: str) -> HttpResponse | StreamingHttpResponse:
    """The original: a purpose is asked for, custody is written, then the file goes out as an attachment."""
    actor: Actor = request.actor
    require(actor, "open-original")
    item = queries.visible(actor, str(uuid))
    purpose = request.POST.get("purpose", "").strip()
    withheld = bool(witnesses.refusals({str(uuid): item}, "hand-over"))  # whoever works on it may look; it may not leave
    exports = actor.may("export-evidence") and not withheld
    if request.method == "GET" or not purpose:
        missing = request.method == "POST"
        return render(
            request,
            "tutela/evidence_original.html",
            {
                "room": "evidence",
                "topclass": "t-top--page",
                "href": f"/evidence/{uuid}/",
                "title": item.get("title", ""),
                "missing": missing,
                "exports": exports,
                "withheld": withheld,
                "size": words.size(item["size"], actor.language),
                "media_type": item["media_type"],
                "noticed": item.get("noticed", ()),
                "standing": custody.stands(str(uuid)),
            },
            status=400 if missing else 200,
        )
    stream = custody.open_original(actor, str(uuid), "exported" if exports else "viewed", purpose)
    name = f"{str(uuid)[:13]}.{serving.ENDINGS.get(item['media_type'], 'bin')}"
    said = serving.headers(item["media_type"], name, inline=False) | {"Content-Length": str(item["size"])}
    served = serving.Served(stream, item["media_type"], said, name, item["size"], 200, 0, item["size"] - 1)
    return StreamingHttpResponse(served.pieces(), headers=said)
