"""Taking a bundle in: a zip and the sender's public key, proven and kept by a job, then reported."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET

from tutela.errors import Problem, TutelaError, declare, problem
from tutela.evidence import keys, sights
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import jobs
from tutela.store.documents import bare, dashed
from tutela.store.jobs import Progress
from tutela.web.views import evidence_uploads as uploads
from tutela.web.views import evidence_words as words
from tutela.web.views import jobs as job_pages
from tutela.web.views.evidence_bundles import shown as page

SHOWN = 60  # items on the page

declare(
    {
        "bundle-key-none": (
            "No public key was given, or it is none.",
            "Paste the key, 64 hexadecimal digits, that the sender told you another way.",
        ),
    }
)


@csrf_exempt  # the inner view is protected; who asks and how much is looked at before anything is read
def take_in(request: HttpRequest) -> HttpResponse:
    """A bundle from elsewhere: a zip, and the sender's public key, which came another way."""
    require(request.actor, "import-bundle")
    if request.method != "POST":
        return HttpResponseRedirect("/evidence/bundles/#import")
    arrival, found = uploads.Arrival(request), uploads.too_large(request)
    try:
        if found:
            raise found
        arrival.read()
    except TutelaError as error:
        arrival.drop()
        request.method, request.META["CONTENT_LENGTH"] = "GET", "0"
        return page(request, error.problem, 413 if found else 400)
    answer = _take_in(request, arrival)
    if answer.status_code >= 400:
        arrival.drop()
    return answer


@csrf_protect
def _take_in(request: HttpRequest, arrival: uploads.Arrival) -> HttpResponse:
    actor: Actor = request.actor
    key = "".join(request.POST.get("key", "").split()).lower()
    if len(key) != 64 or any(sign not in "0123456789abcdef" for sign in key):
        return page(request, problem("bundle-key-none", column="key"), 400)
    try:
        path = arrival.hand_on()[0]
    except TutelaError as error:
        return page(request, error.problem, 400)

    def work(progress: Progress) -> dict[str, Any]:
        from tutela.evidence.bundles.read import Refusal
        from tutela.evidence.bundles.read import take_in as take

        try:
            return take(actor, path, key, progress).as_dict()
        except Refusal as refusal:
            return {"refused": uploads.named([one.as_dict() for one in refusal.problems], arrival)}
        except TutelaError as error:
            raise TutelaError(Problem(**uploads.named([error.problem.as_dict()], arrival)[0])) from None
        finally:
            arrival.drop()

    number = jobs.start("bundle-in", actor.id, work, {"next": "/evidence/bundles/taken/", "numbered": True, "files": [path.name]})
    return job_pages.to(number)


@require_GET
def taken(request: HttpRequest, number: int) -> HttpResponse:
    """What came of it."""
    actor: Actor = request.actor
    require(actor, "import-bundle")
    stands = jobs.standing(number, actor.id)
    if not stands.ended:
        return HttpResponseRedirect(f"/jobs/{number}/")
    result = stands.result
    ids = [bare(one) for one in result.get("items", [])]
    seen = sights.items(actor, ids[:SHOWN])
    new = set(result.get("new", ()))
    plates = words.plates(actor, [{**document, "id": dashed(uuid)} for uuid, document in seen.items()])
    return render(
        request,
        "tutela/evidence_bundletaken.html",
        {
            "room": "evidence",
            "topclass": "t-top--page",
            "state": "refused" if result.get("refused") else stands.state,
            "problem": stands.problem,
            "refused": result.get("refused", []),
            "result": result,
            "fingerprint": keys.fingerprint(result["key"]) if result.get("key") else "",
            "new": [one for one in plates if one["id"] in new],
            "known": [one for one in plates if one["id"] not in new],
            "brought": sorted((result.get("brought") or {}).items()),
            "left": sorted((result.get("left") or {}).items()),
        },
    )
