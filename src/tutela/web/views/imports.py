"""The imports: their list, the stored report of each, taking one back, its refused rows."""

from __future__ import annotations

import glob
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tutela.errors import TutelaError, problem
from tutela.exchange import drafts, queries
from tutela.exchange.actions import undo_import
from tutela.exchange.drafts_run import stored_records
from tutela.exchange.undo_preview import undo_preview
from tutela.inventory import touched
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import jobs
from tutela.store.jobs import Progress
from tutela.web import i18n
from tutela.web.views import import_words as words
from tutela.web.views import jobs as job_pages
from tutela.web.views.common import address

WRITTEN = ("committed", "undone")
REASONS = {
    ("place", "edited since"): "edited since",
    ("place", "cited since"): "cited since, by an assessment or a list",
    ("assessment", "edited since"): "its assessment was edited since",
    ("assessment", "cited since"): "its assessment was cited since",
}


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """All imports, the newest first; those that wrote nothing apart; one's own unfinished ones."""
    actor: Actor = request.actor
    require(actor, "dry-run")
    rows = [_row(one, actor) for one in queries.imports(actor)]
    return render(
        request,
        "tutela/imports.html",
        {
            "room": "imports",
            "topclass": "t-top--page",
            "new_href": "/imports/new/",
            "written": [r for r in rows if r["state"] in WRITTEN],
            "tried": [r for r in rows if r["state"] not in WRITTEN],
            "drafts": [
                {"href": f"/imports/draft/{d.token}/", "files": d.files, "token": d.token, "made": _when(d.made)}
                for d in drafts.of(actor)
            ],
        },
    )


def _when(seconds: float) -> str:
    """A moment as day and time, UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _row(one: dict[str, Any], actor: Actor) -> dict[str, Any]:
    places = address(f"import:{one['import']}") if one["change"] and one["state"] == "committed" else ""
    return {
        **one,
        "href": f"/imports/{one['import']}/",
        "day": one["at"][:10],
        "time": one["at"][11:16],
        "words": words.STATES.get(one["state"], one["state"]),
        "places_href": places,
        "title": ", ".join(one["files"][:3]) + (" …" if len(one["files"]) > 3 else ""),
        "undo_href": f"/imports/{one['import']}/undo/" if places and actor.may("undo") else "",
    }


@require_GET
def report(request: HttpRequest, number: int) -> HttpResponse:
    """The stored report of one import.  Values of its rows are shown to those who may import (they may be confidential)."""
    actor: Actor = request.actor
    require(actor, "dry-run")
    held = queries.report(actor, number)
    files = _refused_files(held) if actor.may("import") else []
    context = report_context(held, actor, full=actor.may("import"), records=stored_records(files, held["mapping_text"]) if files else None)
    written = held["state"] == "committed" and held["change"]
    context |= {
        "stored": True,
        "number": number,
        "heading": _heading(held, actor.language),
        "undo_href": f"/imports/{number}/undo/" if written and actor.may("undo") else "",
        "change_href": f"/journal/{held['change']}/" if held["change"] else "",
        "change": held["change"],
        "places_href": address(f"import:{number}") if written else "",
        "by": held["by"],
        "at": held["at"][:16].replace("T", " "),
        "refused_href": f"/imports/{number}/refused/" if files else "",
        "done": _outcome(request, actor),
    }
    return render(request, "tutela/import_report.html", context)


def report_context(held: dict[str, Any], actor: Actor, full: bool, records: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """What the report's page shows of ``exchange.queries.report``; without ``full`` only counts."""
    lang = actor.language
    context: dict[str, Any] = {
        "room": "imports",
        "topclass": "t-top--page",
        "state": held["state"],
        "report": {**held, "seconds": round(held["seconds"], 2)},
        "files": words.files(held, lang),
        "counts": words.counts(held, address(f"import:{held['import']}") if held.get("change") and held["state"] == "committed" else ""),
        "full": full,
        "refused_count": held["refused_rows"],
        "refused_more": max(0, held["refused_rows"] - words.SHOWN),
    }
    if full:
        context |= {
            "refused": words.refused(held, records),
            "warnings": words.warnings(held, False),
            "overlooked": words.overlooked(held),
            "ruled": words.warnings(held, True),
            "changes": words.changes(held, actor),
            "absent": words.absent(held, actor),
            "mapping": words.mapping(held, lang),
        }
    return context


def _heading(held: dict[str, Any], lang: str) -> str:
    said = {
        "committed": "Import {n}: written",
        "undone": "Import {n}: taken back",
        "dry": "Import {n}: a dry run, nothing was written",
        "refused": "Import {n}: refused, nothing was written",
    }.get(held["state"], "Import {n}")
    return i18n.t(said, lang, n=held["import"])


def _outcome(request: HttpRequest, actor: Actor) -> dict[str, Any] | None:
    """What the job that led here did (``?job=``)."""
    number = request.GET.get("job", "")
    if not number.isdigit():
        return None
    try:
        stands = jobs.standing(int(number), actor.id)
    except TutelaError:
        return None
    return stands.result if stands.kind == "undo" and stands.state == "done" else None


def undo(request: HttpRequest, number: int) -> HttpResponse:
    """What taking the import back would do, edited and cited records first; POST does it."""
    actor: Actor = request.actor
    require(actor, "undo")
    if request.method == "POST":
        keep = request.POST.get("keep_edited") == "1"

        def work(progress: Progress) -> dict[str, Any]:
            return undo_import(actor, number, keep, progress).as_dict()

        held = queries.report(actor, number)
        answer = job_pages.begin(request, "undo", work, f"/imports/{number}/undone/", files=[f["name"] for f in held["files"]])
        return answer
    return _undo_page(request, actor, number)


def _undo_page(request: HttpRequest, actor: Actor, number: int, found: Any = None, status: int = 200) -> HttpResponse:
    preview = undo_preview(actor, number)
    held = queries.report(actor, number)
    seen = touched.seen(actor, [c["id"] for c in preview.conflicts])
    conflicts: dict[str, dict[str, Any]] = {}
    for one in preview.conflicts:
        if found_place := seen.get(one["id"]):
            held_place = conflicts.setdefault(found_place.place, {"seen": found_place, "reasons": []})
            reason = REASONS.get((found_place.kind, one["reason"]), one["reason"])
            if reason not in held_place["reasons"]:
                held_place["reasons"].append(reason)
    context = {
        "room": "imports",
        "topclass": "t-top--page",
        "number": number,
        "preview": preview,
        "files": [f["name"] for f in held["files"]],
        "conflicts": list(conflicts.values()),
        "hidden": preview.conflict_count - len(seen),
        "by": held["by"],
        "at": held["at"][:16].replace("T", " "),
        "href": f"/imports/{number}/",
        "found": found,
    }
    return render(request, "tutela/import_undo.html", context, status=status)


@require_GET
def undone(request: HttpRequest, number: int) -> HttpResponse:
    """Where the undoing has led: to the report of the import taken back, or to what stands against it."""
    from django.http import HttpResponseRedirect

    actor: Actor = request.actor
    require(actor, "undo")
    last = jobs.latest(actor.id, "undo", f"/imports/{number}/undone/")
    if last is None or not last.ended:
        return HttpResponseRedirect(f"/jobs/{last.id}/" if last else f"/imports/{number}/")
    if last.state == "done" and last.result.get("undone"):
        return HttpResponseRedirect(f"/imports/{number}/?job={last.id}")
    if queries.report(actor, number)["state"] != "committed":
        return HttpResponseRedirect(f"/imports/{number}/")
    found = last.problem or problem("undo-edited", value=number, count=len(last.result.get("conflicts", ())))
    return _undo_page(request, actor, number, found, 409)


@require_GET
def refused(request: HttpRequest, number: int) -> HttpResponse | FileResponse:
    """The refused rows as files that can be mended and imported again."""
    require(request.actor, "import")
    return send(_refused_files(queries.report(request.actor, number)), f"import-{number}-refused", number)


def _refused_files(held: dict[str, Any]) -> list[Path]:
    first = held.get("refused_file")
    folder = Path(settings.WORKSPACE.folder) / "refused"
    if not first or Path(first).parent.resolve() != folder.resolve():
        return []
    stems = {glob.escape(f["name"].split(".")[0]) for f in held["files"]}
    return sorted(path for stem in stems for path in folder.glob(f"import-{held['import']}-{stem}-refused.*"))


def send(paths: list[Path], stem: str, number: int) -> FileResponse:
    """One file as it is, several as a .zip.  Raises ``import-unknown`` where there are none."""
    if not paths:
        raise TutelaError(problem("import-unknown", value=number))
    if len(paths) == 1:
        return FileResponse(paths[0].open("rb"), as_attachment=True, filename=paths[0].name)
    import io
    import zipfile

    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.write(path, path.name)
    held.seek(0)
    return FileResponse(held, as_attachment=True, filename=f"{stem}.zip")
