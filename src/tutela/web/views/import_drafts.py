"""The wizard: files → mapping → dry run → import.  Each step has an address of its own and survives a reload."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from tutela.errors import Problem, TutelaError, problem
from tutela.exchange import drafts, queries
from tutela.exchange.drafts import Draft
from tutela.exchange.drafts_look import Look, look
from tutela.exchange.drafts_run import import_draft, refused_files, try_draft
from tutela.exchange.mapping.model import find, ready_names
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import jobs
from tutela.store.jobs import Progress
from tutela.web import i18n
from tutela.web.views import import_words as words
from tutela.web.views import jobs as job_pages
from tutela.web.views.imports import report_context, send

STEPS = ("File", "Mapping", "Dry run", "Import")
FRAME = 1024 * 1024  # bytes beside the files that a form may hold
KINDS = {
    "ready": "Recognised by its headers",
    "plain": "Plain headers, read as they stand",
    "suggested": "Suggested from headers and content: look through it",
    "own": "Your own mapping",
    "none": "",
}
OPTIONS = {
    "encoding": ("Encoding", "As detected; for example windows-1251, utf-8, cp1256."),
    "separator": ("Separator", "As detected; one character, or tab."),
    "sheet": ("Sheet or layer", "The first with a table."),
    "crs": ("Coordinate system", "As the file says; for example EPSG:32638."),
}


def steps(now: str, token: str = "", reached: str = "") -> list[dict[str, str]]:
    """The four steps; those reached are links."""
    at, far = STEPS.index(now), STEPS.index(reached or now)
    links = {"Mapping": f"/imports/draft/{token}/mapping/", "Dry run": f"/imports/draft/{token}/report/"} if token else {}
    return [
        {
            "label": label,
            "state": "now" if n == at else "done" if n < at or n <= far else "later",
            "href": links.get(label, "") if n != at and n <= far else "",
        }
        for n, label in enumerate(STEPS)
    ]


class OptionsForm(forms.Form):
    """How the files are to be read, where the detection goes wrong.  All may be left empty."""

    encoding = forms.CharField(required=False, max_length=40)
    separator = forms.CharField(required=False, max_length=8, strip=False)
    sheet = forms.CharField(required=False, max_length=200)
    crs = forms.CharField(required=False, max_length=4000)

    def __init__(self, *arguments: Any, lang: str = "en", **more: Any) -> None:
        super().__init__(*arguments, **more)
        for name, (label, hint) in OPTIONS.items():
            self.fields[name].label, self.fields[name].help_text = i18n.t(label, lang), i18n.t(hint, lang)
            self.fields[name].widget.attrs |= {"autocomplete": "off", "spellcheck": "false", "dir": "auto"}


@csrf_exempt  # the inner view is protected; the size is looked at before anything is read
def new(request: HttpRequest) -> HttpResponse:
    """Give one list: a file, or several that belong together."""
    actor: Actor = request.actor
    require(actor, "dry-run")
    most = drafts.most_bytes()
    if request.method == "POST" and int(request.META.get("CONTENT_LENGTH") or 0) > most + FRAME:
        found = problem("draft-too-large", size=drafts.in_words(int(request.META["CONTENT_LENGTH"])), most=drafts.in_words(most))
        request.method, request.META["CONTENT_LENGTH"] = "GET", "0"
        return _new(request, found, 413)
    return _new(request)


@csrf_protect
def _new(request: HttpRequest, found: Problem | None = None, status: int = 200) -> HttpResponse:
    actor: Actor = request.actor
    options = OptionsForm(request.POST or None, lang=actor.language)
    use = request.POST.get("use", "auto")
    if request.method == "POST":
        try:
            draft = _create(request, actor, use)
            return HttpResponseRedirect(f"/imports/draft/{draft.token}/mapping/")
        except TutelaError as error:
            found, status = error.problem, 413 if error.code == "draft-too-large" else 400
    return render(
        request,
        "tutela/import_new.html",
        {
            "room": "imports",
            "topclass": "t-top--page",
            "steps": steps("File"),
            "options": options,
            "use": use,
            "problem": found,
            "ready": _ready(),
            "most": drafts.in_words(drafts.most_bytes()),
            "opened": any(request.POST.get(name) for name in OPTIONS),
        },
        status=status,
    )


def _create(request: HttpRequest, actor: Actor, use: str) -> Draft:
    given = [(f.name or "file", f) for f in request.FILES.getlist("files")]
    text = ""
    own = request.FILES.get("mapping_file")
    if own is not None:
        text = _text(own.read(words_limit()), own.name or "mapping")
    mapping = use if use in ready_names() and not text else ""
    return drafts.create(actor, given, {name: request.POST.get(name, "") for name in OPTIONS}, mapping, text)


def words_limit() -> int:
    return 2_000_001  # one more than a mapping may have characters


def _text(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TutelaError(problem("mapping-unreadable", file=name, reason="it is not UTF-8 text")) from None


def _ready() -> list[dict[str, str]]:
    return [{"name": name, "title": find(name).title} for name in ready_names() if name != "benchmark-places"]


@require_GET
def draft(request: HttpRequest, token: str) -> HttpResponse:
    """To the step that a draft has reached."""
    held = drafts.load(request.actor, token)
    return HttpResponseRedirect(f"/imports/draft/{token}/{'report' if held.job or held.tried else 'mapping'}/")


def mapping(request: HttpRequest, token: str) -> HttpResponse:
    """The files as they were read, what each column becomes, and the mapping to be edited."""
    actor: Actor = request.actor
    held = drafts.load(actor, token)
    if request.method != "POST":
        seen = look(held)
        if held.suggested:
            drafts.save(held)  # a suggestion, once made, stays until it is edited
        return _mapping_page(request, held, seen, _failure(held, actor))
    _take(request, held)
    drafts.save(held)
    if request.POST.get("act") != "try":
        return HttpResponseRedirect(f"/imports/draft/{token}/mapping/")
    return _begin(request, held, "dry-run", lambda progress: try_draft(actor, held, progress))


def _take(request: HttpRequest, held: Draft) -> None:
    """What the form says: options, which mapping, its text where it was edited."""
    held.options = {name: value for name in OPTIONS if (value := request.POST.get(name, "").strip(" \r\n"))}
    held.job = None
    text = request.POST.get("text", "").replace("\r\n", "\n").strip("\n")
    shown = request.POST.get("shown", "").replace("\r\n", "\n").strip("\n")
    use = request.POST.get("use", "")
    if request.POST.get("act") == "suggest":
        held.mapping, held.text, held.suggested = "", "", False
    elif text and text != shown:
        held.mapping, held.text, held.suggested = "", text + "\n", False
    elif use in ready_names():
        held.mapping, held.text, held.suggested = use, "", False
    elif use == "auto":
        held.mapping, held.text, held.suggested = "", "", False


def _begin(request: HttpRequest, held: Draft, kind: str, work: jobs.Work) -> HttpResponse:
    number = jobs.start(
        kind,
        request.actor.id,
        work,
        {"next": f"/imports/draft/{held.token}/report/", "files": held.files, "draft": held.token},
        stopped="import-cancelled",
    )
    held.job = number
    drafts.save(held)
    return job_pages.to(number)


def _failure(held: Draft, actor: Actor) -> dict[str, Any] | None:
    """Why the last attempt did not end, if it did not."""
    if held.job is None:
        return None
    try:
        stands = jobs.standing(held.job, actor.id)
    except TutelaError:
        return None
    return stands.problem if stands.ended else None


def _mapping_page(request: HttpRequest, held: Draft, seen: Look, failed: dict[str, Any] | None) -> HttpResponse:
    lang = request.LANGUAGE_CODE
    several = len(seen.files) > 1
    columns = [
        {
            "file": c.file if several else "",
            "column": c.name,
            "becomes": words.becomes(c.becomes, lang),
            "values": c.values,
            "filled": c.filled,
            "looks": c.looks,
        }
        for c in seen.columns
    ]
    said = {str(p.code) for p in (seen.problem, seen.file_problem) if p}
    context = {
        "room": "imports",
        "topclass": "t-top--page",
        "token": held.token,
        "steps": steps("Mapping", held.token, "Dry run" if held.tried else ""),
        "files": [
            {
                "name": f["name"],
                "facts": words.facts(f["format"], f["stated"], lang),
                "digest": words.digest(f["stated"]),
                "warnings": f["warnings"],
            }
            for f in seen.files
        ],
        "given": held.files,
        "columns": columns,
        "several": several,
        "looked": seen.looked,
        "kind": KINDS[seen.kind],
        "code": seen.kind,
        "name": seen.name,
        "title": seen.title,
        "text": seen.text,
        "asks": seen.asks,
        "problem": seen.problem,
        "file_problem": seen.file_problem,
        "failed": failed if failed and failed["code"] not in said else None,
        "options": OptionsForm(initial=held.options, lang=lang),
        "opened": bool(held.options or seen.file_problem),
        "ready": _ready(),
        "use": held.mapping or ("text" if held.text else "auto"),
        "edit": seen.kind in ("suggested", "own") or bool(seen.problem),
        "can": not seen.file_problem and not seen.problem,
    }
    return render(request, "tutela/import_mapping.html", context, status=400 if request.method == "POST" else 200)


def report(request: HttpRequest, token: str) -> HttpResponse:
    """What the dry run found; POST imports (``act`` commit) or tries again."""
    actor: Actor = request.actor
    held = drafts.load(actor, token)
    if request.method == "POST":
        return _act(request, actor, held)
    failed, stands = None, None
    if held.job is not None:
        try:
            stands = jobs.standing(held.job, actor.id)
        except TutelaError:
            stands = None
    if stands is not None and not stands.ended:
        return HttpResponseRedirect(f"/jobs/{stands.id}/")
    if stands is not None and stands.state == "done" and stands.result.get("state") == "committed":
        drafts.discard(held)
        return HttpResponseRedirect(f"/imports/{stands.result['import']}/")
    if stands is not None and stands.state == "done" and stands.kind == "dry-run" and held.tried != stands.result["import"]:
        held.tried = stands.result["import"]
        drafts.save(held)
    if stands is not None and stands.state != "done":
        failed = stands.problem
    if held.tried is None or (failed and stands is not None and stands.kind == "dry-run"):
        return HttpResponseRedirect(f"/imports/draft/{token}/mapping/")
    return _report_page(request, actor, held, stands, failed)


def _report_page(
    request: HttpRequest, actor: Actor, held: Draft, stands: jobs.Standing | None, failed: dict[str, Any] | None
) -> HttpResponse:
    # The names of refused rows lie with the dry run that found them; a later attempt at the import has none.
    result = stands.result if stands is not None and stands.state == "done" else {}
    number = result.get("import") or held.tried
    records = result.get("records") or _records(actor, held)
    context = report_context(queries.report(actor, number), actor, full=True, records=records)
    refused = result.get("state") == "refused"
    if refused:
        failed = problem("import-rows-refused", value=result["refused_rows"]).as_dict()
    context |= {
        "heading": i18n.t("Refused: nothing has been written" if refused else "Dry run: nothing has been written", actor.language),
        "steps": steps("Dry run", held.token),
        "token": held.token,
        "mapping_href": f"/imports/draft/{held.token}/mapping/",
        "refused_href": f"/imports/draft/{held.token}/refused/" if refused_files(held.refused) else "",
        "problem": failed,
        "may_import": actor.may("import"),
        "may_complete": actor.may("complete-import"),
        "how": request.GET.get("how", ""),
        "nothing": not (context["report"]["created"] or context["report"]["updated"]),
    }
    return render(request, "tutela/import_report.html", context)


def _records(actor: Actor, held: Draft) -> dict[str, list[str]]:
    last = jobs.latest(actor.id, "dry-run", f"/imports/draft/{held.token}/report/")
    return last.result.get("records", {}) if last else {}


def _act(request: HttpRequest, actor: Actor, held: Draft) -> HttpResponse:
    if request.POST.get("act") != "commit":
        return _begin(request, held, "dry-run", lambda progress: try_draft(actor, held, progress))
    require(actor, "import")
    partial = request.POST.get("how") == "partial"
    complete = request.POST.get("complete") == "1"
    if complete:
        require(actor, "complete-import")

    def work(progress: Progress) -> dict[str, Any]:
        return import_draft(actor, held, progress, partial, complete)

    return _begin(request, held, "import", work)


@require_GET
def refused(request: HttpRequest, token: str) -> FileResponse:
    """The rows that the dry run refused, as a file to be mended."""
    held = drafts.load(request.actor, token)
    return send(refused_files(held.refused), "refused", held.tried or 0)


@require_POST
def discard(request: HttpRequest, token: str) -> HttpResponse:
    """Throw a draft away; a job under way is stopped first.  ``then=new``: to the first step, for other files."""
    held = drafts.load(request.actor, token)
    if held.job is not None:
        try:
            jobs.stop(held.job, request.actor.id)
            jobs.wait(held.job, 5)
        except TutelaError:
            pass
    drafts.discard(held)
    return HttpResponseRedirect("/imports/new/" if request.POST.get("then") == "new" else "/imports/")
