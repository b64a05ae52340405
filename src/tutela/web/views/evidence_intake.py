"""Taking files in: given and described on one page, taken in by a job, then reported file by file."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from tutela.errors import Problem, TutelaError
from tutela.evidence import intake, sights
from tutela.evidence import jobs as evidence_jobs
from tutela.evidence.intake_log import IntakeLog
from tutela.evidence.rules.validation import check_acquisition, check_description
from tutela.exchange.drafts import in_words
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import jobs
from tutela.store.documents import bare, dashed
from tutela.store.jobs import Progress
from tutela.web.forms.evidence import IntakeForm
from tutela.web.views import evidence_uploads as uploads
from tutela.web.views import evidence_words as words
from tutela.web.views import jobs as job_pages
from tutela.web.views.common import is_fragment

SHOWN = 60  # items and findings on the report's page
BATCH = 40  # files that the page's script sends in one request


@csrf_exempt  # the inner view is protected; who asks and how much is looked at before anything is read
def new(request: HttpRequest) -> HttpResponse:
    """Give files and say what they are."""
    require(request.actor, "add-evidence")
    if request.method == "POST" and (found := uploads.too_large(request)):
        request.method, request.META["CONTENT_LENGTH"] = "GET", "0"
        return _page(request, IntakeForm(actor=request.actor), found.problem, status=413)
    arrival = uploads.Arrival(request, request.GET.get("given", ""))
    try:
        return _new(request, arrival)
    except TutelaError as error:
        if not error.code.startswith("upload-"):
            raise
        arrival.drop()
        request.method, request.META["CONTENT_LENGTH"] = "GET", "0"
        return _page(request, IntakeForm(actor=request.actor), error.problem, status=400)


def _new(request: HttpRequest, arrival: uploads.Arrival) -> HttpResponse:
    if request.method == "POST":
        uploads.sweep()
        arrival.read()
    answer = _protected(request, arrival)
    if answer.status_code == 403:
        arrival.drop()
    return answer


@csrf_protect
def _protected(request: HttpRequest, arrival: uploads.Arrival) -> HttpResponse:
    actor: Actor = request.actor
    if request.method != "POST":
        places = [one for one in request.GET.getlist("place") if one]
        return _page(request, IntakeForm(actor=actor, places=places), arrival=arrival)
    given = request.POST.get("given", "")
    if given and given != arrival.token and not arrival.paths():
        arrival = uploads.Arrival(request, given)
    form = IntakeForm(request.POST, actor=actor)
    said = intake.Given(**form.given()) if form.is_valid() else None
    if said is not None:
        form.take(check_description(said.of_item()) + check_acquisition(said.of_acquisition()), form.COLUMNS)
    if said is None or not form.is_valid():
        return _page(request, form, arrival=arrival, status=400)
    try:
        paths = arrival.hand_on()
    except TutelaError as error:
        return _page(request, form, error.problem, arrival, 400)
    number = begin(actor, paths, said, arrival)
    return job_pages.to(number)


def begin(actor: Actor, paths: list[Path], said: intake.Given, arrival: uploads.Arrival) -> int:
    """Start the work; its outcome stands at ``/evidence/intake/<number>/``."""

    def work(progress: Progress) -> dict[str, Any]:
        try:
            taken = intake.take(actor, paths, said, progress)
        except BaseException:
            _forget(paths)
            raise
        finally:
            arrival.drop()
        fresh = [one for one in taken.items if one not in set(taken.same)]
        copies = evidence_jobs.start_copies(actor, fresh, "/evidence/") if fresh else None
        told = taken.as_dict()
        for key in ("refused", "warnings"):
            told[key] = uploads.named(told[key], arrival)
        return {**told, "left": [Path(one).name for one in taken.left], "copies_job": copies}

    names = [path.name for path in paths[:3]]
    return jobs.start("intake", actor.id, work, {"next": "/evidence/intake/", "numbered": True, "files": names, "count": len(paths)})


def _forget(paths: list[Path]) -> None:
    """What a stopped intake keeps to go on with is of no use here: the files given go, too."""
    with suppress(TutelaError, OSError):
        IntakeLog(paths).drop()


def _page(
    request: HttpRequest, form: IntakeForm, found: Problem | None = None, arrival: uploads.Arrival | None = None, status: int = 200
) -> HttpResponse:
    arrived = arrival.paths() if arrival is not None else []
    lang = request.actor.language
    return render(
        request,
        "tutela/evidence_add.html",
        {
            "room": "evidence",
            "topclass": "t-top--page",
            "form": form,
            "groups": form.groups(),
            "problem": found,
            "picked": form.picked(),
            "most": in_words(uploads.most_bytes()),
            "batch": BATCH,
            "given": arrival.token if arrived else "",
            "arrived": [{"name": path.name, "size": words.size(path.stat().st_size, lang)} for path in arrived[:SHOWN]],
            "arrived_count": len(arrived),
            "arrived_more": max(0, len(arrived) - SHOWN),
        },
        status=status,
    )


@csrf_exempt  # protected within; see above
def files(request: HttpRequest) -> HttpResponse:
    """Some of the files of a delivery, sent by the page's script: ``{token, files}``; ``act=drop`` throws them away."""
    require(request.actor, "add-evidence")
    if request.method != "POST":
        return HttpResponse(status=405)
    if found := uploads.too_large(request):
        return _told(found.problem, 413)
    arrival = uploads.Arrival(request, request.GET.get("given", ""))
    try:
        arrival.read()
    except TutelaError as error:
        arrival.drop()
        return _told(error.problem, 400)
    answer = _files(request, arrival)
    if answer.status_code == 403:
        arrival.drop()
    return answer


@csrf_protect
def _files(request: HttpRequest, arrival: uploads.Arrival) -> HttpResponse:
    if request.POST.get("act") == "drop":
        arrival.drop()
    return JsonResponse({"given": arrival.token, "files": len(arrival.paths())})


def _told(found: Problem, status: int) -> JsonResponse:
    return JsonResponse({"message": found.message, "todo": found.todo, "code": found.code}, status=status)


@require_GET
def report(request: HttpRequest, number: int) -> HttpResponse:
    """What came of an intake: taken, known before, refused, each file with its reason."""
    actor: Actor = request.actor
    require(actor, "add-evidence")
    stands = jobs.standing(number, actor.id)
    if not stands.ended:
        return HttpResponseRedirect(f"/jobs/{number}/")
    result = stands.result
    same = set(result.get("same", ()))
    ids = result.get("items", [])
    seen = sights.items(actor, ids[:SHOWN])
    plates = words.plates(actor, [{**seen[bare(one)], "id": dashed(bare(one))} for one in ids[:SHOWN] if bare(one) in seen])
    for one in plates:
        one["same"] = one["id"] in same
    context = {
        "room": "evidence",
        "topclass": "t-top--page",
        "number": number,
        "state": stands.state,
        "problem": stands.problem,
        "files": result.get("files", stands.arguments.get("count", 0)),
        "bytes": words.size(result.get("bytes", 0), actor.language),
        "taken": [one for one in plates if not one["same"]],
        "known": [one for one in plates if one["same"]],
        "taken_count": len(ids) - len(same),
        "same_count": len(same),
        "unchanged": result.get("unchanged", 0),
        "more": max(0, len(ids) - SHOWN),
        "refused": result.get("refused", [])[: SHOWN * 5],
        "refused_count": len(result.get("refused", ())),
        "warnings": result.get("warnings", [])[:SHOWN],
        "left": result.get("left", [])[:SHOWN],
        "codes": Counter(one["code"] for one in result.get("refused", ())).most_common(),
        "copies": _copies(result, actor),
    }
    template = "tutela/parts/intake_taken.html" if is_fragment(request) else "tutela/evidence_taken.html"
    return render(request, template, context)


def _copies(result: dict[str, Any], actor: Actor) -> dict[str, Any] | None:
    """How far the working copies are; None where none are made."""
    if not result.get("copies_job"):
        return None
    try:
        stands = jobs.standing(result["copies_job"], actor.id)
    except TutelaError:
        return None
    return {
        "running": not stands.ended,
        "state": stands.state,
        "done": stands.done,
        "total": stands.total or stands.arguments.get("items", 0),
        "id": stands.id,
        "notes": stands.result.get("notes", [])[:SHOWN],
        "problem": stands.problem,
    }


@require_POST
def copies(request: HttpRequest, uuid: str) -> HttpResponse:
    """Make the working copies of one item that has none."""
    number = evidence_jobs.start_copies(request.actor, [str(uuid)], f"/evidence/{uuid}/")
    return job_pages.to(number)
