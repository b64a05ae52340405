"""For forms: a place as held, for those who see all of it, and its former versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from tutela.errors import NotAllowed, TutelaError, declare, problem
from tutela.inventory.queries import held
from tutela.inventory.rules.audience import sight_of
from tutela.people.rules import Actor
from tutela.store import search as store_search
from tutela.store.documents import bare, dashed, loads

declare(
    {
        "place-not-whole": (
            "You do not see all of this place, so you cannot overwrite it.",
            "Ask somebody who does, or record an assessment with what you know.",
        ),
        "version-gone": (
            "The version of this place that you began with can no longer be read.",
            "Open the form again; your entries are shown below.",
        ),
    }
)

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Editable:
    """A place as held.  ``line`` the journal line that holds this version."""

    id: str
    record: int
    line: int
    document: Document


def editable(actor: Actor, public_id: str) -> Editable:
    """A place that the actor sees as held.

    Raises ``record-unknown`` where the actor may not know of it, ``place-not-whole`` where the actor sees less than all.
    """
    found = store_search.read(bare(public_id), actor.audience)
    if found is None:
        raise TutelaError(problem("record-unknown", value=public_id))
    document, line = held(public_id)
    _whole(actor, document)
    return Editable(dashed(found.uuid), found.record, line, document)


def version(actor: Actor, now: Editable, line: int) -> Editable:
    """The place as it was held on a journal line of its own.  Raises ``version-gone`` where there is none, or it was erased."""
    if line == now.line:
        return now
    with connection.cursor() as cursor:
        cursor.execute("SELECT document FROM store_line WHERE seq = %s AND record = %s", [line, now.record])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise TutelaError(problem("version-gone"))
    document = loads(row[0])
    _whole(actor, document)
    return Editable(now.id, now.record, line, document)


def _whole(actor: Actor, document: Document) -> None:
    sight = sight_of(document, actor.audience)
    if not (sight.visible and sight.details and sight.precision == "as-held"):
        raise NotAllowed(problem("place-not-whole"))


def last_change(actor: Actor, public_id: str) -> int | None:
    """The number of the newest change of a record, if it is the actor's own: what may be offered to take back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, c.actor FROM store_record r JOIN store_line l ON l.seq = r.line JOIN store_change c ON c.id = l.change "
            "WHERE r.uuid = %s",
            [bare(public_id)],
        )
        row = cursor.fetchone()
    return row[0] if row and row[1] == actor.id else None
