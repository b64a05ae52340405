"""The writers of the inventory: permission → rule → write → journal, in one transaction."""

from __future__ import annotations

from typing import Any

from tutela.errors import TutelaError, declare, problem
from tutela.inventory.queries import held
from tutela.inventory.rules.validation import check_place
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import journal
from tutela.store.documents import bare, dashed, new_ids
from tutela.store.write import Row, write

declare({"place-refused": ("The place was not kept: {reason}", "Mend what is named, then save again.")})


class Refused(TutelaError):
    """The rules refuse the document; ``problems`` says why, field by field."""

    def __init__(self, problems: list[Any]) -> None:
        super().__init__(problem("place-refused", reason=" ".join(p.message for p in problems)))
        self.problems = problems


def record_place(actor: Actor, place: dict[str, Any]) -> str:
    """Keep a new place; gives its public id."""
    require(actor, "record-place")
    if "handling" in place:
        require(actor, "handle")
    _check(place)
    uuid = new_ids(1)[0]
    with journal.change(actor.id, "inventory.record") as change:
        write(change, [Row("place", uuid, place, new=True)])
    return dashed(uuid)


def correct_place(actor: Actor, public_id: str, place: dict[str, Any], expected: int | None = None, why: str = "") -> None:
    """Replace a place's document.  ``expected`` is the journal line the person saw: a newer one refuses the write."""
    require(actor, "correct-place")
    before, line = held(public_id)
    if before.get("handling") != place.get("handling"):
        require(actor, "handle")
    if actor.audience < 2 and before.get("handling", {"mark": "open"})["mark"] != "open":
        require(actor, "handle")  # whoever does not see all of it must not overwrite it
    _check(place)
    with journal.change(actor.id, "inventory.correct", why) as change:
        write(change, [Row("place", bare(public_id), place, expected=expected if expected is not None else line)])


def correct_field(actor: Actor, public_id: str, field: str, value: Any, why: str = "") -> None:
    """Replace one key of a place's document; None removes it."""
    before, line = held(public_id)
    after = {k: v for k, v in before.items() if k != field}
    if value is not None:
        after[field] = value
    correct_place(actor, public_id, after, line, why)


def set_handling(actor: Actor, public_id: str, mark: str, precision: str | None = None, reason: str = "") -> None:
    """Say who may see the place, and how precisely."""
    handling = {"mark": mark, **({"precision": precision} if precision else {}), **({"reason": reason} if reason else {})}
    correct_field(actor, public_id, "handling", handling, reason)


def delete_place(actor: Actor, public_id: str, why: str) -> None:
    """Take a place out of the register; the journal keeps it.  Its assessments go with it."""
    require(actor, "delete")
    from tutela.store.search import linked, read

    found = read(bare(public_id), 3)
    if found is None:
        raise TutelaError(problem("record-unknown", value=public_id))
    with journal.change(actor.id, "inventory.delete", why) as change:
        about = [Row("assessment", uuid, None) for uuid, _ in linked(found.record, "about")]
        write(change, [*about, Row("place", bare(public_id), None)])


def _check(place: dict[str, Any]) -> None:
    found = check_place(place)
    if found:
        raise Refused(found)
