"""The writers of assessments.  A series only ever grows or is corrected in the open; nothing overwrites an earlier finding."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from tutela.assessment.rules import review
from tutela.assessment.rules.codes import check_codes
from tutela.assessment.rules.harms import check_shape
from tutela.assessment.rules.methods import completed
from tutela.assessment.rules.validation import check_assessment
from tutela.errors import NotAllowed, Problem, TutelaError, declare, problem
from tutela.inventory.actions import Refused
from tutela.inventory.queries import held
from tutela.inventory.queries_editing import editable
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import history, journal
from tutela.store import search as store_search
from tutela.store.documents import bare, dashed, new_ids
from tutela.store.write import Row, write

declare(
    {
        "status-not-yours": ("An assessment cannot be recorded as {value} here.", "Record it as a draft or submitted; a reviewer goes on."),
        "status-by-review": ("The state of review is not a field to correct.", "Submit, review, publish or return the assessment."),
        "correct-propose": ("What is {value} is corrected by its author or a reviewer.", "Propose the change instead: a reviewer decides."),
    }
)

Document = dict[str, Any]


class AssessmentRefused(Refused):
    """The rules refuse the document; ``problems`` says why, field by field (``column`` is the path of the value)."""

    def __init__(self, problems: list[Problem]) -> None:
        reason = " ".join(p.message for p in problems)
        TutelaError.__init__(self, problem("assessment-refused", column=problems[0].column, reason=reason))
        self.problems = problems


#: Acts by which nobody becomes an author: those of review, and taking something back.
NOT_WRITING = frozenset({"assessment.submit", "assessment.return", "assessment.review", "assessment.publish", "assessment.accept",
                         "inventory.take-back", "inventory.delete", "exchange.undo"})  # fmt: skip


def record_assessment(actor: Actor, place_id: str, assessment: Document) -> str:
    """Add an assessment to a place's series; gives its public id.

    ``status``: draft or submitted (unless said); published at once for a person who works alone and may review.
    Raises :class:`AssessmentRefused`, ``record-unknown``, ``status-not-yours``.
    """
    require(actor, "record-assessment")
    place(actor, place_id)
    document = {key: value for key, value in completed(assessment).items() if key != "status"} | {"place": bare(place_id)}
    status = review.first_status(assessment.get("status"), reviews=actor.may("review-assessment"), alone=working_alone())
    if status is None:
        raise NotAllowed(problem("status-not-yours", value=assessment["status"]))
    document["status"] = status
    problems = checked(document)
    if problems:
        raise AssessmentRefused(problems)
    uuid = new_ids(1)[0]
    with journal.change(actor.id, "assessment.record") as change:
        write(change, [Row("assessment", uuid, document, new=True)])
    return dashed(uuid)


def correct_assessment(actor: Actor, public_id: str, field: str, value: Any, why: str = "", expected: int | None = None) -> None:
    """Replace one key of an assessment's document; None removes it.  The finding as it was stays in the journal.

    ``expected`` is the journal line the person saw: a newer one refuses the write.  Whoever does not see all of the
    place cannot correct what is said of it.  What is reviewed is corrected by reviewers alone; others propose
    (:func:`tutela.assessment.actions_review.propose`).
    Raises :class:`AssessmentRefused`, ``record-unknown``, ``place-not-whole``, ``status-by-review``, ``correct-propose``.
    """
    if field == "status":
        raise NotAllowed(problem("status-by-review"))
    before, _ = one(public_id)
    after = {key: kept for key, kept in before.items() if key != field}
    if value is not None:
        after[field] = value
    replace_assessment(actor, public_id, after, why, expected)


def replace_assessment(actor: Actor, public_id: str, after: Document, why: str = "", expected: int | None = None) -> None:
    """Replace an assessment's document (its place and its state of review stay).  As :func:`correct_assessment`."""
    require(actor, "correct-place")
    before, line = one(public_id)
    if after.get("place", before["place"]) != before["place"]:
        raise TutelaError(problem("record-unknown", value=public_id))
    if after.get("status", before.get("status")) != before.get("status"):
        raise NotAllowed(problem("status-by-review"))
    place(actor, before["place"], public_id)
    editable(actor, before["place"])
    status, reviews = before.get("status", "published"), actor.may("review-assessment")
    if review.after_correction(status, reviews=reviews, own=actor.id in authors(public_id), alone=working_alone()) is None:
        raise NotAllowed(problem("correct-propose", value=status))
    after = completed({**after, "place": before["place"], **({"status": before["status"]} if "status" in before else {})})
    problems = newly_wrong(before, after)
    if problems:
        raise AssessmentRefused(problems)
    with journal.change(actor.id, "assessment.correct", why) as change:
        write(change, [Row("assessment", bare(public_id), after, expected=line if expected is None else expected)])


def checked(document: Document, today: date | None = None) -> list[Problem]:
    """All that keeps this document from being an assessment: its shape first, then rules, codes and its method."""
    return check_shape(document) or check_assessment(document) + check_codes(document, today or date.today())


def newly_wrong(before: Document, after: Document) -> list[Problem]:
    """What is wrong with a corrected document and was not wrong before: what a list brought so may stay."""
    had = {_sign(p) for p in checked(before)}
    return [p for p in checked(after) if _sign(p) not in had]


def _sign(p: Problem) -> tuple[str, str, str | None]:
    return p.code, ".".join(part for part in (p.column or "").split(".") if not part.isdigit()), p.value


def place(actor: Actor, place_id: str, asked: str = "") -> store_search.Found:
    """The place, if the actor sees it.  Raises ``record-unknown``, which names what was asked for and no hidden place."""
    found = store_search.read(bare(place_id), actor.audience)
    if found is None:
        raise TutelaError(problem("record-unknown", value=asked or place_id))
    return found


def one(public_id: str) -> tuple[Document, int]:
    """For actions alone: an assessment or a consensus as held, and its journal line.  Raises ``record-unknown``."""
    document, line = held(public_id)
    if "place" not in document or "on" in document:
        raise TutelaError(problem("record-unknown", value=public_id))
    return document, line


def authors(public_id: str) -> set[str]:
    """The public ids of all who wrote of it, by the journal: recorded or corrected, or proposed what was accepted."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM store_record WHERE uuid = %s", [bare(public_id)])
        row = cursor.fetchone()
    found: set[str] = set()
    for entry in history.of_record(row[0], 10_000) if row else ():
        if entry.action not in NOT_WRITING:
            found.add(entry.actor)
        elif entry.action == "assessment.accept":
            found.update(proposer for proposer in (proposer_of(entry.change),) if proposer)
    return found


def proposer_of(change: int) -> str | None:
    """Who had proposed what this change accepted: its note of the journal says it."""
    from django.db import connection

    from tutela.store.documents import loads

    with connection.cursor() as cursor:
        cursor.execute("SELECT l.document FROM store_change c JOIN store_line l ON l.seq = c.line WHERE c.id = %s", [change])
        row = cursor.fetchone()
    return loads(row[0])["context"].get("proposed_by") if row and row[0] else None


def working_alone() -> bool:
    """Whether at most one account is open: then nobody else could review."""
    from tutela.people.models import User

    return User.objects.filter(is_active=True).count() <= 1


def now() -> str:
    """This moment as documents write it: ISO 8601, UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
