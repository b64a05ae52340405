"""Review of assessments: their states, comments, and changes that somebody proposes and a reviewer decides on."""

from __future__ import annotations

from typing import Any

from tutela.assessment.actions import AssessmentRefused, authors, newly_wrong, now, one, place, working_alone
from tutela.assessment.rules import review
from tutela.assessment.rules.methods import completed
from tutela.errors import NotAllowed, TutelaError, declare, problem
from tutela.inventory.queries import held
from tutela.inventory.queries_editing import editable
from tutela.inventory.rules.audience import sight_of
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import journal
from tutela.store.documents import Document, bare, dashed, loads, new_ids
from tutela.store.write import Row, write

declare(
    {
        "comment-empty": ("A comment needs words.", "Write what you want to say."),
        "proposal-empty": ("Nothing is changed by this proposal.", "Change what you think is wrong, and say why."),
        "proposal-decided": ("This proposal is {value} already.", "Nothing is left to do."),
        "proposal-overtaken": ("The assessment has changed since in what the proposal changes: {value}.", "Reject it, or propose it anew."),
        "proposal-own": ("Nobody accepts what they proposed themselves.", "Ask another reviewer."),
        "proposal-unknown": ("There is no proposal {value}.", "Look it up at its assessment."),
    }
)

MOST_WORDS = 20_000


def submit(actor: Actor, public_id: str, note: str = "", expected: int | None = None) -> None:
    """A draft is finished and asks for a review."""
    _step(actor, "submit", public_id, note, expected)


def return_(actor: Actor, public_id: str, note: str = "", expected: int | None = None) -> None:
    """Back to a draft, for its author to go on; what was public is so no more."""
    _step(actor, "return", public_id, note, expected)


def review_(actor: Actor, public_id: str, note: str = "", expected: int | None = None) -> None:
    """Found sound by a reviewer who did not write it."""
    _step(actor, "review", public_id, note, expected)


def publish(actor: Actor, public_id: str, note: str = "", expected: int | None = None) -> None:
    """It stands in the register.  Also for a consensus."""
    _step(actor, "publish", public_id, note, expected)


def _step(actor: Actor, act: str, public_id: str, note: str, expected: int | None) -> None:
    document, line = one(public_id)
    place(actor, document["place"], public_id)
    require(actor, "review-assessment" if review.STEPS[act].reviewing else "record-assessment")
    own, alone = authors(public_id), working_alone()
    status = document.get("status", "published")
    found = review.check_step(act, status, actor.id, own, records=True, reviews=actor.may("review-assessment"), alone=alone)
    if found:
        raise NotAllowed(found[0])
    context = {"own": True} if act in review.NOT_ONES_OWN and actor.id in own else {}
    with journal.change(actor.id, f"assessment.{act}", note, **context) as change:
        row = Row(_kind(document), bare(public_id), {**document, "status": review.STEPS[act].target})
        write(change, [row._replace(expected=line if expected is None else expected)])


def _kind(document: Document) -> str:
    return "consensus" if "of" in document else "assessment"


def comment(actor: Actor, public_id: str, text: str, part: str = "") -> str:
    """Say something of an assessment or a consensus (``part``: of one part of it, damages/d1); gives the comment's public id.

    Comments are for contributors and above who see the details of the place.
    """
    require(actor, "record-assessment")
    _with_details(actor, public_id)
    words = text.strip()
    if not words or len(words) > MOST_WORDS:
        raise TutelaError(problem("comment-empty"))
    document = {"on": bare(public_id), "text": words, "by": actor.id, "at": now(), **({"part": part} if part else {})}
    uuid = new_ids(1)[0]
    with journal.change(actor.id, "assessment.comment") as change:
        write(change, [Row("comment", uuid, document, new=True)])
    return dashed(uuid)


def propose(actor: Actor, public_id: str, document: Document, why: str) -> str:
    """Propose how an assessment should read (a provisional edit); gives the proposal's public id.

    It stands beside the record until a reviewer accepts or rejects it.  Raises :class:`AssessmentRefused`, ``proposal-empty``.
    """
    require(actor, "record-assessment")
    before, line = one(public_id)
    if _kind(before) != "assessment":
        raise TutelaError(problem("record-unknown", value=public_id))
    place(actor, before["place"], public_id)
    editable(actor, before["place"])
    kept = {key: before[key] for key in ("place", "status") if key in before}
    after = completed({**{k: v for k, v in document.items() if k not in ("place", "status")}, **kept})
    if after == before:
        raise TutelaError(problem("proposal-empty"))
    problems = newly_wrong(before, after)
    if problems:
        raise AssessmentRefused(problems)
    made = {"on": bare(public_id), "text": why.strip(), "by": actor.id, "at": now(), "proposes": after, "base": line, "state": "open"}
    uuid = new_ids(1)[0]
    with journal.change(actor.id, "assessment.propose", why) as change:
        write(change, [Row("comment", uuid, made, new=True)])
    return dashed(uuid)


def accept(actor: Actor, proposal_id: str, note: str = "") -> None:
    """Take over what was proposed; what has changed meanwhile in other fields stays.

    Raises ``proposal-own``, ``proposal-decided``, ``proposal-overtaken``, :class:`AssessmentRefused`.
    """
    require(actor, "review-assessment")
    proposal, line = _proposal(proposal_id)
    current, at = one(proposal["on"])
    place(actor, current["place"], proposal_id)
    editable(actor, current["place"])
    if proposal["by"] == actor.id and not working_alone():
        raise NotAllowed(problem("proposal-own"))
    after = merged(_version(proposal["base"], current), proposal["proposes"], current)
    problems = newly_wrong(current, after)
    if problems:
        raise AssessmentRefused(problems)
    decided = {**proposal, "state": "accepted", "decided_by": actor.id}
    with journal.change(actor.id, "assessment.accept", note, proposed_by=proposal["by"]) as change:
        write(change, [Row("assessment", proposal["on"], after, expected=at), Row("comment", bare(proposal_id), decided, expected=line)])


def reject(actor: Actor, proposal_id: str, note: str = "") -> None:
    """Leave the assessment as it is.  A reviewer does so, or whoever proposed it (then it is withdrawn)."""
    proposal, line = _proposal(proposal_id)
    document, _ = one(proposal["on"])
    place(actor, document["place"], proposal_id)
    state = "withdrawn" if proposal["by"] == actor.id else "rejected"
    if state == "rejected":
        require(actor, "review-assessment")
    with journal.change(actor.id, "assessment.reject", note) as change:
        write(change, [Row("comment", bare(proposal_id), {**proposal, "state": state, "decided_by": actor.id}, expected=line)])


def merged(base: Document, proposed: Document, current: Document) -> Document:
    """The current document with what the proposal changes, field by field.  Raises ``proposal-overtaken``."""
    changed = {key for key in base.keys() | proposed.keys() if base.get(key) != proposed.get(key)} - {"status", "place"}
    overtaken = sorted(key for key in changed if current.get(key) not in (base.get(key), proposed.get(key)))
    if overtaken:
        raise TutelaError(problem("proposal-overtaken", value=", ".join(overtaken)))
    kept: dict[str, Any] = {key: value for key, value in current.items() if key not in changed}
    return kept | {key: proposed[key] for key in changed if key in proposed}


def _proposal(public_id: str) -> tuple[Document, int]:
    document, line = held(public_id)
    if "proposes" not in document:
        raise TutelaError(problem("proposal-unknown", value=public_id))
    if document["state"] != "open":
        raise TutelaError(problem("proposal-decided", value=document["state"]))
    return document, line


def _version(line: int, current: Document) -> Document:
    """The document of a journal line; the current one where that was erased."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT document FROM store_line WHERE seq = %s", [line])
        row = cursor.fetchone()
    return loads(row[0]) if row and row[0] else current


def _with_details(actor: Actor, public_id: str) -> None:
    document, _ = one(public_id)
    found = place(actor, document["place"], public_id)
    if not sight_of(loads(found.text), actor.audience).details:
        raise NotAllowed(problem("place-not-whole"))
