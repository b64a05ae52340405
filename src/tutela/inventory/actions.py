"""The writers of the inventory: permission → rule → write → journal, in one transaction."""

from __future__ import annotations

from typing import Any

from tutela.errors import EXIT_USAGE, NotAllowed, Problem, TutelaError, declare, problem
from tutela.inventory.queries import held
from tutela.inventory.queries_editing import editable
from tutela.inventory.rules.codes import check_codes
from tutela.inventory.rules.validation import check_place
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import journal
from tutela.store import search as store_search
from tutela.store.documents import bare, dashed, loads, new_ids
from tutela.store.write import Row, write

declare(
    {
        "place-refused": ("The place was not kept: {reason}", "Mend what is named, then save again."),
        "handling-reason": (
            "A place is marked {value} without a reason.",
            "Say why, in a few words: whoever looks at the mark later must be able to judge whether it still holds.",
        ),
        "part-of-itself": ("A place cannot be a part of itself, or of its own parts.", "Choose another place, or leave it empty."),
        "take-back-unknown": ("There is no change {value}.", "Look it up in the journal."),
        "take-back-import": ("This change cannot be taken back here.", "Take an import back on its own page."),
        "taken-back-already": ("This change has been taken back already.", "Nothing is left to do."),
        "take-back-overtaken": (
            "The record has been changed again since, or something new refers to it.",
            "Take back the newer change first, or correct the record.",
        ),
    }
)

Document = dict[str, Any]
NONE_OPEN = {"mark": "open"}
CLOSED = ("restricted", "confidential")
#: What one must be allowed to do to take back a change; of any other single change, ``undo``, or that it is one's own last one.
NEEDS = {"inventory.delete": "delete", "inventory.shortlist-sign": "sign-shortlist"}


class Refused(TutelaError):
    """The rules refuse the document; ``problems`` says why, field by field (``column`` is the path of the value)."""

    def __init__(self, problems: list[Any]) -> None:
        super().__init__(problem("place-refused", reason=" ".join(p.message for p in problems)))
        self.problems = problems


def record_place(actor: Actor, place: Document) -> str:
    """Keep a new place; gives its public id."""
    require(actor, "record-place")
    if place.get("handling", NONE_OPEN) != NONE_OPEN:
        require(actor, "handle")
    _check(actor, place)
    uuid = new_ids(1)[0]
    with journal.change(actor.id, "inventory.record") as change:
        write(change, [Row("place", uuid, place, new=True)])
    return dashed(uuid)


def correct_place(actor: Actor, public_id: str, place: Document, expected: int | None = None, why: str = "") -> None:
    """Replace a place's document.  ``expected`` is the journal line the person saw: a newer one refuses the write.

    Whoever does not see all of a place cannot overwrite it (``place-not-whole``, or ``record-unknown`` where it is hidden).
    """
    require(actor, "correct-place")
    before = editable(actor, public_id)
    if before.document.get("handling") != place.get("handling"):
        require(actor, "handle")
    _check(actor, place, bare(public_id), before.document)
    action = "inventory.handling" if _only_handling(before.document, place) else "inventory.correct"
    with journal.change(actor.id, action, why) as change:
        write(change, [Row("place", bare(public_id), place, expected=expected if expected is not None else before.line)])


def _only_handling(before: Document, after: Document) -> bool:
    """Whether the handling mark, and nothing else, is changed: the journal names that act by its own name."""
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    return changed == {"handling"}


def correct_field(actor: Actor, public_id: str, field: str, value: Any, why: str = "", expected: int | None = None) -> None:
    """Replace one key of a place's document; None removes it."""
    require(actor, "correct-place")
    before, line = held(public_id)
    after = {k: v for k, v in before.items() if k != field}
    if value is not None:
        after[field] = value
    correct_place(actor, public_id, after, line if expected is None else expected, why)


def set_handling(
    actor: Actor, public_id: str, mark: str, precision: str | None = None, reason: str = "", expected: int | None = None
) -> None:
    """Say who may see the place, and how precisely.  A mark other than open needs a ``reason`` (``handling-reason``)."""
    require(actor, "handle")
    reason = reason.strip()
    if mark in CLOSED and not reason:
        raise TutelaError(problem("handling-reason", column="reason", value=mark), EXIT_USAGE)
    handling = {"mark": mark, **({"precision": precision} if precision else {}), **({"reason": reason} if reason else {})}
    correct_field(actor, public_id, "handling", handling, reason, expected)


def delete_place(actor: Actor, public_id: str, why: str, expected: int | None = None) -> None:
    """Take a place out of the register; the journal keeps it.  Its assessments go with it."""
    require(actor, "delete")
    found = store_search.read(bare(public_id), 3)
    if found is None:
        raise TutelaError(problem("record-unknown", value=public_id))
    with journal.change(actor.id, "inventory.delete", why) as change:
        about = [Row("assessment", uuid, None) for uuid, _ in store_search.linked(found.record, "about")]
        write(change, [*about, Row("place", bare(public_id), None, expected=expected)])


def take_back(actor: Actor, change_id: int) -> None:
    """Take back one change of records by hand: all it touched returns to what it was, as a change of its own.

    For those who may undo, and for the person whose own last change it is.  An import is taken back on its own page.
    Raises ``change-unknown``, ``change-not-single``, ``change-taken-back``, ``change-overtaken``, ``not-allowed``.
    """
    from django.db import connection

    from tutela.store.undo import undo

    with connection.cursor() as cursor:
        cursor.execute("SELECT actor, action, undone_by FROM store_change WHERE id = %s", [change_id])
        row = cursor.fetchone()
        cursor.execute("SELECT max(id) FROM store_change WHERE actor = %s", [actor.id])
        last = cursor.fetchone()[0]
    if row is None or not actor.may("correct-place"):
        raise (
            NotAllowed(problem("take-back-unknown", value=change_id)) if row else TutelaError(problem("take-back-unknown", value=change_id))
        )
    owner, action, undone = row
    if action.partition(".")[0] not in ("inventory", "assessment") or action == "inventory.take-back":
        raise TutelaError(problem("take-back-import"))
    if undone is not None:
        raise TutelaError(problem("taken-back-already"))
    if action in NEEDS:
        require(actor, NEEDS[action])
    elif not (owner == actor.id and last == change_id):
        require(actor, "undo")
    if not undo(actor.id, change_id, "inventory.take-back", keep_edited=False).done:
        raise TutelaError(problem("take-back-overtaken"))


def _check(actor: Actor, place: Document, uuid: str | None = None, before: Document | None = None) -> None:
    """Refuse what the rules refuse; a code that the place had before (from a list that has it so) may stay."""
    had = {_sign(p) for p in check_codes(before)} if before else set()
    found = check_place(place) + [p for p in check_codes(place) if _sign(p) not in had]
    if place.get("part_of") != (before or {}).get("part_of"):
        found += _part_of(actor, place.get("part_of"), uuid)
    if found:
        raise Refused(found)


def _sign(p: Problem) -> tuple[str, str, str | None]:
    """A problem wherever in its list it stands."""
    return p.code, ".".join(part for part in (p.column or "").split(".") if not part.isdigit()), p.value


def _part_of(actor: Actor, whole: str | None, uuid: str | None) -> list[Any]:
    """The whole must be a place that the actor may see, and no part (at any depth) of this one."""
    seen: set[str] = set()
    at = bare(whole) if whole else None
    while at and at not in seen:
        if at == uuid:
            return [problem("part-of-itself", column="part_of")]
        seen.add(at)
        found = store_search.read(at, actor.audience if len(seen) == 1 else 3)
        if found is None:
            return [problem("record-unknown", column="part_of", value=whole)] if len(seen) == 1 else []
        document = loads(found.text)
        at = bare(document["part_of"]) if document.get("part_of") else None
    return []
