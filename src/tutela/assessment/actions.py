"""The writers of assessments.  A series only ever grows or is corrected in the open; nothing overwrites an earlier finding."""

from __future__ import annotations

from datetime import date
from typing import Any

from tutela.assessment.rules.codes import check_codes
from tutela.assessment.rules.validation import check_assessment
from tutela.errors import TutelaError, problem
from tutela.inventory.actions import Refused
from tutela.inventory.queries import held
from tutela.inventory.queries_editing import editable
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import journal
from tutela.store import search as store_search
from tutela.store.documents import bare, dashed, new_ids
from tutela.store.write import Row, write


def record_assessment(actor: Actor, place_id: str, assessment: dict[str, Any]) -> str:
    """Add an assessment to a place's series; gives its public id."""
    require(actor, "record-assessment")
    found = store_search.read(bare(place_id), actor.audience)
    if found is None:
        raise TutelaError(problem("record-unknown", value=place_id))
    document = {"status": "submitted", **assessment, "place": bare(place_id)}
    problems = check_assessment(document) + check_codes(document, date.today())
    if problems:
        raise Refused(problems)
    uuid = new_ids(1)[0]
    with journal.change(actor.id, "assessment.record") as change:
        write(change, [Row("assessment", uuid, document, new=True)])
    return dashed(uuid)


def correct_assessment(actor: Actor, public_id: str, field: str, value: Any, why: str = "", expected: int | None = None) -> None:
    """Replace one key of an assessment's document; None removes it.  The finding as it was stays in the journal.

    ``expected`` is the journal line the person saw: a newer one refuses the write.  Whoever does not see all of the
    place cannot correct what is said of it.  Raises :class:`Refused`, ``record-unknown``, ``place-not-whole``.
    """
    require(actor, "correct-place")
    before, line = held(public_id)
    if "place" not in before or field == "place":
        raise TutelaError(problem("record-unknown", value=public_id))
    editable(actor, before["place"])
    after = {key: kept for key, kept in before.items() if key != field}
    if value is not None:
        after[field] = value
    problems = check_assessment(after) + check_codes(after, date.today())
    if problems:
        raise Refused(problems)
    with journal.change(actor.id, "assessment.correct", why) as change:
        write(change, [Row("assessment", bare(public_id), after, expected=line if expected is None else expected)])
