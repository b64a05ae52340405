"""The readers of assessments: a place's series, its state at two times, its history, as its reader may see it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from django.db import connection

from tutela.assessment import versions
from tutela.assessment.rules import change
from tutela.assessment.rules import state as states
from tutela.assessment.rules.audience import for_reader
from tutela.assessment.rules.series import order
from tutela.assessment.rules.series import seen as open_to
from tutela.errors import TutelaError, declare, problem
from tutela.inventory.rules.audience import sight_of
from tutela.people.rules import Actor
from tutela.store import search as store_search
from tutela.store.documents import bare, dashed, loads
from tutela.store.kinds import KINDS

declare({"moment-unreadable": ("“{value}” is no moment.", "Write a day (2026-03-01) or a time (2026-03-01T12:00:00Z).")})

Document = dict[str, Any]


class Place(NamedTuple):
    """A place as the reader sees it: its record number and public id, whether with its details, and whether as held."""

    record: int
    uuid: str
    details: bool
    exact: bool
    text: str


def seen_place(actor: Actor, public_id: str) -> Place | None:
    """The place as the actor may see it; None where it is hidden or there is none."""
    found = store_search.read(bare(public_id), actor.audience)
    if found is None:
        return None
    sight = sight_of(loads(found.text), actor.audience)
    return Place(found.record, found.uuid, sight.details, sight.details and sight.precision == "as-held", found.text)


def place(actor: Actor, public_id: str) -> Place:
    """As :func:`seen_place`.  Raises ``record-unknown``."""
    found = seen_place(actor, public_id)
    if found is None:
        raise TutelaError(problem("record-unknown", value=public_id))
    return found


def series(actor: Actor, public_id: str) -> list[Document]:
    """The assessments of a place, oldest observation first, each with its ``id``; empty where the place is hidden.

    What is not reviewed yet is for contributors and above.
    """
    found = seen_place(actor, public_id)
    return [] if found is None else _read(actor, found, "about")


def consensuses(actor: Actor, public_id: str) -> list[Document]:
    """The consensuses on a place, oldest observation first, each with its ``id``; to the public the published ones."""
    found = seen_place(actor, public_id)
    return [] if found is None else [_dashed(document) for document in _read(actor, found, "settles")]


def _read(actor: Actor, found: Place, role: str) -> list[Document]:
    documents = [{**loads(text), "id": dashed(uuid)} for uuid, text in store_search.linked(found.record, role)]
    out = [for_reader(document, details=found.details, exact=found.exact) for document in open_to(documents, actor.audience)]
    return sorted(out, key=order)


def _dashed(document: Document) -> Document:
    """A consensus with the ids of its assessments in their usual form."""
    out = dict(document)
    if "of" in out:
        out["of"] = [dashed(uuid) for uuid in out["of"]]
    if "dissent" in out:
        out["dissent"] = [{**d, "assessment": dashed(d["assessment"])} for d in out["dissent"]]
    return out


def one(actor: Actor, public_id: str) -> Document:
    """An assessment or a consensus with its ``id``, ``kind``, journal ``line``, and for contributors its ``comments``.

    Raises ``record-unknown`` where there is none that the actor may see.
    """
    from tutela.inventory.queries import held

    document, line = held(public_id)
    found = seen_place(actor, document["place"]) if "place" in document and "on" not in document else None
    if found is None or not open_to([document], actor.audience):
        raise TutelaError(problem("record-unknown", value=public_id))
    out = for_reader(document, details=found.details, exact=found.exact)
    out = {**(_dashed(out) if "of" in document else out), "id": dashed(bare(public_id)), "line": line, "place": dashed(document["place"]),
           "kind": "consensus" if "of" in document else "assessment"}  # fmt: skip
    return {**out, "comments": comments(actor, public_id)} if actor.audience >= 1 and found.details else out


def number(actor: Actor) -> int:
    """How many assessments the actor may see: those of places seen, and what is not reviewed only as a contributor."""
    reviewed = "" if actor.audience >= 1 else "AND f.status IN ('reviewed', 'published')"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM assessment_finding f JOIN store_entry e ON e.id >= f.place * 4 AND e.id < f.place * 4 + 4 "
                       f"AND e.low <= %s AND e.high >= %s WHERE f.kind = %s {reviewed}",
                       [actor.audience, actor.audience, KINDS["assessment"].code])
        return int(cursor.fetchone()[0])


def comments(actor: Actor, public_id: str) -> list[Document]:
    """Comments and proposals on an assessment, the oldest first; none for the public, or without the place's details."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT r.id, l.document FROM store_record r JOIN store_line l ON l.seq = r.line WHERE r.uuid = %s AND r.live",
                       [bare(public_id)])  # fmt: skip
        row = cursor.fetchone()
    found = seen_place(actor, loads(row[1]).get("place", "")) if row and actor.audience >= 1 else None
    if found is None or not found.details:
        return []
    return [{**loads(text), "id": dashed(uuid)} for uuid, text in store_search.linked(row[0], "on")]


def read_times(as_of: str | None, known_at: str | None) -> tuple[int | None, str | None]:
    """(day, moment) of the two times as a person writes them.  Raises the codes of dates, ``moment-unreadable``."""
    try:
        return states.day_of(as_of), states.moment_of(known_at)
    except ValueError:
        raise TutelaError(problem("moment-unreadable", value=known_at)) from None


def state(actor: Actor, public_id: str, as_of: str | None = None, known_at: str | None = None) -> states.State:
    """The state of a place on a day (EDTF; None: now) as known at a moment (None: now).  Raises ``record-unknown``."""
    found = place(actor, public_id)
    day, moment = read_times(as_of, known_at)
    return _shown(states.state(_versions(found, day, moment), day, moment), found.details)


def trend(actor: Actor, public_id: str, as_of: str | None = None, known_at: str | None = None) -> change.Answer:
    """How the condition of a place goes (``improving``, ``worse``, ``unchanged``, ``unknown``), with the reason."""
    found = place(actor, public_id)
    day, moment = read_times(as_of, known_at)
    return change.trend(_versions(found, day, moment), day, moment)


def between(actor: Actor, public_id: str, before: str, after: str | None = None, known_at: str | None = None) -> change.Between:
    """A place before and after two days, what changed, and whether it is newly damaged since the first."""
    found = place(actor, public_id)
    first, moment = read_times(before, known_at)
    last, _ = read_times(after, None)
    told = change.between(_versions(found, first, moment), first or 0, last, moment)
    return replace(told, before=_shown(told.before, found.details), after=_shown(told.after, found.details))


def _versions(found: Place, day: int | None, moment: str | None) -> list[states.Version]:
    """The versions a question needs: those that stand now, or all where a time is asked for or stands in for an unknown day."""
    if moment is None:
        standing = versions.present(found.record)
        if all((v.document or {}).get("observed") for v in standing):
            return standing
    return versions.all_of(found.record, found.uuid, moment)


def _shown(found: states.State, details: bool) -> states.State:
    """With ids in their usual form; without the details the parts of the place are numbered, for their keys are free words."""
    elements = {key if details else f"e{n}": _shown(s, details) for n, (key, s) in enumerate(found.elements.items(), 1)}
    return replace(
        found,
        finding=found.finding and dashed(found.finding),
        disagreements=tuple({**d, "id": dashed(d["id"])} for d in found.disagreements),
        unseen=found.unseen and {**found.unseen, "id": dashed(found.unseen["id"])},
        elements=elements,
    )


def history(actor: Actor, public_id: str) -> list[Document]:
    """The assessments and consensuses of a place with all their versions, deleted ones included, the first recorded first.

    [{id, kind, versions: [{line, at, status, document}]}]: ``document`` None where it was deleted.  The public is shown the
    versions that were reviewed, of what is open now; contributors all.
    """
    found = place(actor, public_id)
    grouped: dict[str, list[states.Version]] = {}
    for version in sorted(versions.all_of(found.record, found.uuid), key=lambda v: v.line):
        grouped.setdefault(version.id, []).append(version)
    out = []
    for uuid, listed in grouped.items():
        if actor.audience < 1:
            now = listed[-1].document
            listed = [v for v in listed if v.document is not None and open_to([v.document], 0)]
            if now is None or not open_to([now], 0):
                continue
        kind = "consensus" if any("of" in (v.document or ()) for v in listed) else "assessment"
        out.append({"id": dashed(uuid), "kind": kind, "versions": [_version(v, found) for v in listed]})
    return out


def _version(version: states.Version, found: Place) -> Document:
    document = version.document
    shown = None if document is None else for_reader(document, details=found.details, exact=found.exact)
    return {"line": version.line, "at": version.at, "status": (document or {}).get("status"),
            "document": _dashed(shown) if shown and "of" in shown else shown}  # fmt: skip
