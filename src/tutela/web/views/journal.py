"""The journal: what was done, newest first; and one change with the records it touched."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tutela.errors import declare, problem
from tutela.evidence import sights
from tutela.exchange import queries as imports
from tutela.inventory import touched
from tutela.people.queries import names
from tutela.people.rules import Actor
from tutela.store import history, journal
from tutela.web import i18n
from tutela.web.views.common import address
from tutela.web.views.import_words import field

declare({"journal-change-unknown": ("There is no change {value} in the journal.", "Look in the journal for its number.")})

PAGE = 50
RECORDS = 60  # records listed of one change
OPENED = 12  # of them, those whose differences are shown at once
KINDS = {"place": "place", "assessment": "assessment"}
ACTS = {"create": "created", "update": "changed", "delete": "deleted"}


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The changes, newest first.  Who made them is shown by name only to those who may know."""
    actor: Actor = request.actor
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isdigit() and len(asked) < 16 else None
    found = history.changes(before, PAGE + 1)
    rows, more = found[:PAGE], len(found) > PAGE
    context = {
        "room": "journal",
        "topclass": "t-top--page",
        "rows": _rows(rows, actor),
        "head": _head(),
        "first": before is None,
        "later": "/journal/" if before is not None else "",
        "earlier": f"/journal/?before={rows[-1].id}" if more else "",
    }
    return render(request, "tutela/journal.html", context)


def _head() -> dict[str, Any]:
    seq, digest = journal.head()
    return {"seq": seq, "digest": digest}


def _rows(rows: list[history.ChangeRow], actor: Actor) -> list[dict[str, Any]]:
    known = names({r.actor for r in rows})
    numbers = {i["change"]: i["import"] for i in imports.imports(actor) if i["change"]} if actor.may("dry-run") else {}
    return [_row(r, actor, known, numbers) for r in rows]


def _row(row: history.ChangeRow, actor: Actor, known: dict[str, str], numbers: dict[int, int]) -> dict[str, Any]:
    number = numbers.get(row.id)
    undone = row.undone_by
    return {
        "id": row.id,
        "href": f"/journal/{row.id}/",
        "day": row.at[:10],
        "time": row.at[11:16],
        "who": _who(row.actor, actor, known),
        "words": i18n.t(history.WORDS.get(row.action, row.action), actor.language),
        "lines": row.lines,
        "digest": row.digest,
        "undone_by": undone,
        "undoes": row.undoes,
        "import": number,
        "import_href": f"/imports/{number}/" if number else "",
        "undo_href": f"/imports/{number}/undo/" if number and not undone and actor.may("undo") else "",
        "note": row.note if actor.audience >= 3 or (row.action == "exchange.import" and actor.audience >= 1) else "",
    }


def _who(public_id: str, actor: Actor, known: dict[str, str]) -> str:
    """A name for those who may read who did what; oneself; the machine's own; for others only that somebody did."""
    if public_id == actor.id and actor.id != "public":
        return i18n.t("you", actor.language)
    if actor.may("read-journal-people") or public_id in ("operator", "system"):
        shown = known.get(public_id, "")
        return (
            i18n.t(shown, actor.language)
            if public_id in ("operator", "system")
            else shown or i18n.t("an account that is gone", actor.language)
        )
    return i18n.t("somebody with an account", actor.language)


@require_GET
def change(request: HttpRequest, number: int) -> HttpResponse:
    """One change: its seal, the records it touched that this person may see, and what changed in them."""
    actor: Actor = request.actor
    found = history.changes(number + 1, 1) if number < 1 << 60 else []
    if not found or found[0].id != number:
        return render(request, "tutela/problem.html", {"found": problem("journal-change-unknown", value=number), "status": 404}, status=404)
    row = found[0]
    records = history.records_of(number, RECORDS)
    seen = touched.seen(actor, [public_id for _, public_id, _ in records])
    told = sights.records(actor, [i for kind, i, _ in records if kind != "place"]) if actor.audience < 1 else None
    shown = [(kind, i, act) for kind, i, act in records if i in seen and (kind == "place" or told is None or i in told)]
    asked = request.GET.get("record", "")
    lines = [_record(actor, number, kind, i, act, seen[i], n < OPENED or i == asked) for n, (kind, i, act) in enumerate(shown)]
    context = {
        "room": "journal",
        "topclass": "t-top--page",
        "one": _rows([row], actor)[0],
        "records": lines,
        "counts": _counts(records),
        "listed": len(records),
        "hidden": len(records) - len(shown),
        "more": max(0, row.lines - len(records)),
        "may_differ": actor.audience >= 2,
        "places_href": address(f"change:{number}") if row.action == "exchange.import" and not row.undone_by else "",
        "note": row.note if row.note and _may_read_note(actor, records, seen) else "",
    }
    return render(request, "tutela/change.html", context)


def _may_read_note(actor: Actor, records: list[tuple[str, str, str]], seen: dict[str, touched.Seen]) -> bool:
    """A note may tell where a place is: it is for those who see every record of the change as held."""
    places = {one.place for one in seen.values()}
    return actor.audience >= 3 or (
        actor.audience >= 1 and len(seen) == len({i for _, i, _ in records}) and touched.whole(actor, places) == places
    )


def _record(actor: Actor, number: int, kind: str, public_id: str, act: str, seen: touched.Seen, opened: bool) -> dict[str, Any]:
    found = touched.differences(actor, number, public_id) if opened and actor.audience >= 2 else None
    return {
        "id": public_id,
        "kind": KINDS.get(kind, kind),
        "act": ACTS.get(act, act),
        "name": seen.name,
        "lang": seen.lang,
        "href": f"/places/{seen.place}/",
        "opened": opened,
        "differences": None
        if found is None
        else [{"field": field(d.field, actor.language), "gone": d.gone, "come": d.come} for d in found],
        "differences_href": f"/journal/{number}/?record={public_id}#r-{public_id}",
    }


def _counts(records: list[tuple[str, str, str]]) -> list[dict[str, Any]]:
    """How many of each kind were created, changed, deleted (of those listed)."""
    found: dict[tuple[str, str], int] = {}
    for kind, _, act in records:
        found[kind, act] = found.get((kind, act), 0) + 1
    return [{"kind": KINDS.get(kind, kind), "act": ACTS.get(act, act), "count": n} for (kind, act), n in found.items()]
