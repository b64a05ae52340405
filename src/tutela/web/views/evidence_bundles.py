"""Handing over and what is proven: bundles made and taken in, seals and their time stamps, the workspace's public key."""

from __future__ import annotations

import secrets
import shutil
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from tutela.errors import Problem, TutelaError, declare, problem
from tutela.evidence import keys, seals, sights, stamps, witnesses
from tutela.evidence.held import pointing_at, without
from tutela.people.actions import require
from tutela.people.rules import PUBLIC, Actor
from tutela.store import jobs
from tutela.store.documents import bare, dashed, loads
from tutela.store.jobs import Progress
from tutela.store.kinds import KINDS
from tutela.store.write import live_rows
from tutela.web import i18n, notes
from tutela.web.forms.evidence import Picked
from tutela.web.views import evidence_words as words
from tutela.web.views import jobs as job_pages

declare(
    {
        "bundle-gone": ("This bundle is no longer here.", "Bundles are thrown away after a day; make it again."),
    }
)

Document = dict[str, Any]
OLD = 24 * 3600  # seconds after which a bundle made here is thrown away
SHOWN = 50  # seals on the page
LOOKED = 5_000  # items looked at for whether they are sealed
AUDIENCES = {
    "whole": "A named receiver: originals, copies, the whole chain",
    "public": "Anybody: open items as the public sees them, without originals, people and metadata",
}


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Make a bundle; seals; the key; take a bundle in."""
    actor: Actor = request.actor
    require(actor, "export-evidence")
    return shown(request)


def shown(request: HttpRequest, found: Problem | None = None, status: int = 200, **more: Any) -> HttpResponse:
    actor: Actor = request.actor
    listed, waiting, count = _seals(actor)
    known = keys.all_keys()
    key = next((one for one in reversed(known) if one.retired is None), None)
    places = [one for one in request.GET.getlist("place") if one]
    form = more.pop("form", None) or Picked(actor=actor, places=places)
    return render(
        request,
        "tutela/evidence_bundles.html",
        {
            "room": "evidence",
            "topclass": "t-top--page",
            "problem": found,
            "form": _labelled(form),
            "picked": form.picked(),
            "items_given": "\n".join(request.GET.getlist("item")),
            "audiences": [{"code": code, "words": i18n.t(text, actor.language), "on": code == "whole"} for code, text in AUDIENCES.items()],
            "seals": listed,
            "seal_count": count,
            "waiting": waiting,
            "unsealed": _unsealed(actor),
            "authority": stamps.authority()[0] or "",
            "key": {"key": key.key, "fingerprint": key.fingerprint, "made": key.made[:10]} if key else None,
            "retired": [{"fingerprint": one.fingerprint, "retired": one.retired[:10]} for one in known if one.retired],
            "may_import": actor.may("import-bundle"),
            "workspace": settings.WORKSPACE.title,
            **more,
        },
        status=status,
    )


def _labelled(form: Picked) -> Picked:
    form.fields["place_words"].label = i18n.t("Add a place by name", form.lang)
    return form


def _seals(actor: Actor) -> tuple[list[Document], int, int]:
    """(the newest seals as shown, how many wait for a stamp, how many there are)."""
    rows = list(live_rows("seal"))
    waiting = 0
    shown = []
    for number, (_, uuid, _, text) in enumerate(reversed(rows)):
        document = loads(text)
        pending = "bundle" not in document and any(not stamp["token"] for stamp in document["stamps"])
        waiting += pending
        if number >= SHOWN:
            continue
        found = seals.check(dashed(uuid), whole=False)
        visible = sights.items(actor, document["items"][:3])
        shown.append(
            {
                "id": dashed(uuid),
                "state": found.state,
                "words": i18n.t(words.STATES.get(found.state, found.state), actor.language),
                "reason": found.reason,
                "items": found.items,
                "made": document.get("made", "")[:16].replace("T", " "),
                "own": found.own,
                "foreign": "bundle" in document,
                "titles": [{"href": f"/evidence/{dashed(one)}/", "title": item.get("title") or one[:8]} for one, item in visible.items()],
            }
        )
    return shown, waiting, len(rows)


def _unsealed(actor: Actor) -> int:
    """How many of the oldest :data:`LOOKED` items that no seal names the reader sees."""
    return len(sights.items(actor, without(KINDS["item"].code, "seals")[:LOOKED]))


# --- making a bundle ------------------------------------------------------------------------------------------------------------


def make(request: HttpRequest) -> HttpResponse:
    """POST: count what the bundle would hold; then, confirmed, make it."""
    actor: Actor = request.actor
    require(actor, "export-evidence")
    if request.method != "POST":
        return HttpResponseRedirect("/evidence/bundles/")
    form = Picked(request.POST, actor=actor)
    if not form.is_valid():
        return shown(request, form=form, status=400)
    audience = request.POST.get("audience") if request.POST.get("audience") in AUDIENCES else "whole"
    named = [one.strip() for one in request.POST.get("items", "").split() if one.strip()][:5000]
    ids = [one.rstrip("/").rsplit("/", 1)[-1] for one in named]
    everything = not ids and not form.ticked
    counted = count(actor, audience, ids, form.ticked)
    if request.POST.get("act") != "make" or not counted["items"]:
        return render(
            request,
            "tutela/evidence_bundle.html",
            {
                "room": "evidence",
                "topclass": "t-top--page",
                "counted": counted,
                "audience": audience,
                "everything": everything,
                "audience_words": i18n.t(AUDIENCES[audience], actor.language),
                "items_given": "\n".join(ids),
                "places": [dashed(p) for p in form.ticked],
                "names": list(words.place_names(actor, form.ticked).values()),
                "purpose": request.POST.get("purpose", "").strip()[:500],
            },
        )
    return _begin(request, audience, ids, [dashed(one) for one in form.ticked], everything)


def count(actor: Actor, audience: str, ids: list[str], places: list[str]) -> Document:
    """What a bundle would hold: {items, bytes, unknown, hidden, destroyed, refused: [{value, message}]}."""
    reader = PUBLIC if audience == "public" else actor
    if ids:
        named = list(dict.fromkeys(map(bare, ids)))
    elif places:
        named = [one.uuid for found in pointing_at([bare(p) for p in places], "concerns").values() for one in found if one.kind == "item"]
    else:
        named = [uuid for _, uuid, _, _ in live_rows("item")]
    named = list(dict.fromkeys(named))
    known, seen = sights.items(actor, named), sights.items(reader, named)
    refusals = witnesses.refusals({uuid: known[uuid] for uuid in seen}, "publish" if audience == "public" else "hand-over")
    leaving = [document for uuid, document in seen.items() if uuid not in refusals]
    told = [(uuid, found[0]) for uuid, found in list(refusals.items())[:20]]
    size = sum(one["size"] for one in leaving if one.get("state") != "destroyed")
    return {
        "items": 0 if ids and refusals else len(leaving),  # what was named itself is refused aloud; of the rest it is said how many stay
        "bytes": words.size(size, actor.language) if audience != "public" else "",
        "unknown": len(named) - len(known) if ids else 0,
        "hidden": len(set(known) - set(seen)),
        "destroyed": sum(one.get("state") == "destroyed" for one in leaving),
        "refused": [{"href": f"/evidence/{dashed(uuid)}/", "message": found.message, "code": found.code} for uuid, found in told],
        "refused_count": len(refusals),
    }


def _begin(request: HttpRequest, audience: str, ids: list[str], places: list[str], everything: bool) -> HttpResponse:
    actor: Actor = request.actor
    sweep()
    folder = made_in() / secrets.token_hex(12)
    folder.mkdir(parents=True)
    purpose, names = request.POST.get("purpose", "").strip()[:500], request.POST.get("names") == "1"

    def work(progress: Progress) -> dict[str, Any]:
        from tutela.evidence.bundles.write import bundle

        try:
            written = bundle(
                actor,
                folder / "bundle.zip",
                items=ids or None,
                places=(places or None) if not ids else None,
                progress=progress,
                public=audience == "public",
                names=names,
                purpose=purpose,
            )
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        told = written.as_dict()
        return {**told, "file": "", "folder": folder.name}

    number = jobs.start("bundle", actor.id, work, {"next": "/evidence/bundles/made/", "numbered": True})
    return job_pages.to(number)


def made_in() -> Path:
    """Where bundles lie until they are fetched."""
    return Path(settings.WORKSPACE.staging) / "bundles"


def sweep() -> None:
    """Throw away bundles that are older than a day."""
    root = made_in()
    for path in root.iterdir() if root.is_dir() else ():
        if time.time() - path.stat().st_mtime > OLD:
            shutil.rmtree(path, ignore_errors=True)


@require_GET
def made(request: HttpRequest, number: int) -> HttpResponse:
    """What was handed over, and the way to fetch it."""
    actor: Actor = request.actor
    require(actor, "export-evidence")
    stands = jobs.standing(number, actor.id)
    if not stands.ended:
        return HttpResponseRedirect(f"/jobs/{number}/")
    result = stands.result
    return render(
        request,
        "tutela/evidence_made.html",
        {
            "room": "evidence",
            "topclass": "t-top--page",
            "state": stands.state,
            "problem": stands.problem,
            "result": result,
            "size": words.size(result.get("bytes", 0), actor.language),
            "left_out": sorted(result.get("left_out", {}).items()),
            "there": _file(result) is not None,
            "href": f"/evidence/bundles/made/{number}/download/",
            "fingerprint": keys.fingerprint(result["key"]) if result.get("key") else "",
        },
    )


def _file(result: Document) -> Path | None:
    name = str(result.get("folder", ""))
    path = made_in() / name / "bundle.zip"
    return path if name.isalnum() and path.is_file() else None


@require_GET
def download(request: HttpRequest, number: int) -> FileResponse:
    """The bundle, for who made it."""
    actor: Actor = request.actor
    require(actor, "export-evidence")
    result = jobs.standing(number, actor.id).result
    path = _file(result)
    if path is None:
        raise TutelaError(problem("bundle-gone"))
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"tutela-bundle-{bare(result['bundle'])[:12]}.zip")


# --- seals and stamps -----------------------------------------------------------------------------------------------------------


@require_POST
def seal_now(request: HttpRequest) -> HttpResponse:
    """Seal all that no seal names yet."""
    actor: Actor = request.actor
    require(actor, "seal")
    note = request.POST.get("note", "")[:500]

    def work(progress: Progress) -> dict[str, Any]:
        progress("Sealing", 0, None)
        waiting = seals.unsealed(actor)[: seals.MOST]
        return {"seal": seals.seal(actor, waiting, note) if waiting else None, "items": len(waiting)}

    return job_pages.begin(request, "seal", work, "/evidence/bundles/#seals")


@require_POST
def stamp(request: HttpRequest) -> HttpResponse:
    """Choose the authority, or ask it for the stamps that are waited for."""
    actor: Actor = request.actor
    require(actor, "seal")
    try:
        if request.POST.get("act") == "choose":
            given = request.FILES.get("certificates")
            content = given.read(1 << 20) if given is not None else b""
            address = request.POST.get("authority", "").strip()
            stamps.choose(actor, address or None, content)
            text = i18n.t("The authority is kept." if address else "No authority is asked from now on.", actor.language)
        else:
            done = stamps.stamp_pending(actor)
            text = i18n.t("{n} seals were stamped.", actor.language, n=len(done))
    except TutelaError as error:
        if error.code == "not-allowed":
            raise
        return shown(request, error.problem, 400)
    except UnicodeDecodeError:
        return shown(request, problem("stamp-certificates", value=given.name if given else ""), 400)
    notes.leave(request, text)
    return HttpResponseRedirect("/evidence/bundles/#seals")


@require_GET
def public_key(request: HttpRequest) -> HttpResponse:
    """The key in use as a PEM file, for openssl and others."""
    require(request.actor, "export-evidence")
    key = next((one for one in reversed(keys.all_keys()) if one.retired is None), None)
    if key is None:
        raise TutelaError(problem("record-unknown", value="key"))
    return HttpResponse(
        keys.as_pem(key.key),
        headers={"Content-Type": "application/x-pem-file", "Content-Disposition": 'attachment; filename="tutela-public-key.pem"'},
    )
