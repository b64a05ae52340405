"""Recording a consensus: computed by its rule, recorded by a reviewer, in force when it is published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tutela.assessment.actions import AssessmentRefused, authors, one, place, working_alone
from tutela.assessment.rules.codes import check_codes
from tutela.assessment.rules.consensus import Voice, agree
from tutela.errors import NotAllowed, TutelaError, declare, problem
from tutela.inventory.queries_editing import editable
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import journal
from tutela.store.documents import Document, bare, dashed, new_ids
from tutela.store.write import Row, write

declare(
    {
        "consensus-judge": ("Who decides alone has written none of the assessments.",
                            "Ask another reviewer, or use majority or unanimity."),
    }
)  # fmt: skip


def record_consensus(
    actor: Actor,
    place_id: str,
    of: Sequence[str],
    rule: str,
    *,
    element: str | None = None,
    decided: Document | None = None,
    note: str = "",
) -> str:
    """Record what assessors agree on; gives the consensus's public id.  It counts when it is published (``publish``).

    ``of``: public ids of submitted, reviewed or published findings of the place; ``decided``: what a single reviewer says
    ({condition: {code}, degree, extent}).  The assessments stay as they are.  Raises the codes of
    :func:`tutela.assessment.rules.consensus.agree`, ``consensus-judge``, :class:`AssessmentRefused`.
    """
    require(actor, "review-assessment")
    place(actor, place_id)
    editable(actor, place_id)
    voices, people = [], {actor.id}
    for public_id in dict.fromkeys(map(bare, of)):
        document, wrote = _taking_part(place_id, public_id), authors(public_id)
        people |= wrote
        if rule == "single-reviewer" and actor.id in wrote and not working_alone():
            raise NotAllowed(problem("consensus-judge"))
        voices.append(Voice(public_id, _who(document, wrote), document))
    agreed = agree(voices, rule, element, decided)
    consensus: dict[str, Any] = {**agreed, "place": bare(place_id), "people": sorted(people), "status": "reviewed",
                                 "recorded": datetime.now(UTC).date().isoformat(), **({"note": note} if note else {})}  # fmt: skip
    problems = check_codes({key: value for key, value in consensus.items() if key in ("condition", "degree", "extent")})
    if problems:
        raise AssessmentRefused(problems)
    uuid = new_ids(1)[0]
    with journal.change(actor.id, "assessment.consensus", note) as change:
        write(change, [Row("consensus", uuid, consensus, new=True)])
    return dashed(uuid)


def _taking_part(place_id: str, public_id: str) -> Document:
    document, _ = one(public_id)
    if document["place"] != bare(place_id) or "of" in document:
        raise TutelaError(problem("consensus-of", value=public_id, reason="it is no assessment of this place"))
    if document.get("status") == "draft":
        raise TutelaError(problem("consensus-of", value=public_id, reason="it is a draft"))
    return document


def _who(document: Document, wrote: set[str]) -> str:
    """Whose voice it is: that of a list where it came from one, else of who wrote it."""
    source = document.get("source")
    return f"source:{source['key']}" if isinstance(source, dict) and source.get("key") else "+".join(sorted(wrote))
