"""What taking an import back would do, before it is done."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connection

from tutela.errors import TutelaError, problem
from tutela.exchange.models import Import
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import journal
from tutela.store.kinds import KINDS
from tutela.store.undo import _conflicts, span

MOST = 200


@dataclass(slots=True)
class UndoPreview:
    """Counts are places (``added`` and ``changed`` also assessments).  ``conflicts`` {id, reason}: the first of ``conflict_count``."""

    id: int
    change: int
    places_added: int = 0
    places_changed: int = 0
    places_removed: int = 0
    assessments_added: int = 0
    assessments_changed: int = 0
    conflicts: list[dict[str, str]] = field(default_factory=list)
    conflict_count: int = 0


def undo_preview(actor: Actor, import_id: int) -> UndoPreview:
    """Raises ``not-allowed``, ``import-unknown``, ``import-undone``, ``import-wrote-nothing``."""
    require(actor, "undo")
    kept = Import.objects.filter(pk=import_id).values("state", "change").first()
    if kept is None:
        raise TutelaError(problem("import-unknown", value=import_id))
    if kept["state"] == "undone":
        raise TutelaError(problem("import-undone", value=import_id))
    if kept["state"] != "committed" or kept["change"] is None:
        raise TutelaError(problem("import-wrote-nothing", value=import_id))
    out = UndoPreview(import_id, kept["change"])
    first, last = span(kept["change"])
    names = {(KINDS["place"].code, journal.CREATE): "places_added", (KINDS["place"].code, journal.UPDATE): "places_changed",
             (KINDS["place"].code, journal.DELETE): "places_removed", (KINDS["assessment"].code, journal.CREATE): "assessments_added",
             (KINDS["assessment"].code, journal.UPDATE): "assessments_changed"}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.kind, l.act, count(*) FROM store_line l JOIN store_record r ON r.id = l.record "
            "WHERE l.seq BETWEEN %s AND %s GROUP BY r.kind, l.act",
            [first, last],
        )
        for kind, act, count in cursor.fetchall():
            if (kind, act) in names:
                setattr(out, names[kind, act], count)
    for _record, found in _conflicts(kept["change"]):
        out.conflict_count += 1
        if len(out.conflicts) < MOST:
            out.conflicts.append(found)
    return out
