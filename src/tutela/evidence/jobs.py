"""Long work of this room: one pass over originals for what they state, their working copies and their likeness to others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from tutela.errors import Problem, TutelaError, declare, problem
from tutela.evidence import copies, held
from tutela.evidence.renditions.apart import Worker
from tutela.evidence.renditions.made import Made
from tutela.evidence.renditions.texts import has_text
from tutela.evidence.rules.facts import READER
from tutela.evidence.rules.facts_pictures import FORMATS
from tutela.people.actions import require
from tutela.people.rules import OPERATOR, Actor
from tutela.store import jobs, journal
from tutela.store.documents import bare, dashed
from tutela.store.write import Row, write

declare({
    "copies-stopped": ("Making working copies was stopped.", "What was made until then stays. Start it again to make the rest."),
})

Progress = Callable[[str, int, int | None], None]
BATCH_ITEMS, BATCH_BYTES, BATCH_SECONDS = 64, 64 << 20, 10.0  # what is written in one change
MOST_NOTES = 500
PURPOSE = "working copies"
Document = dict[str, Any]


def start_copies(actor: Actor, item_ids: Iterable[str], next: str = "") -> int:
    """Begin to make the working copies of these items in the background; gives the job's number (``store.jobs.standing``).

    Started again after it was stopped or interrupted, it goes on where it was.
    """
    require(actor, "add-evidence")
    listed = [dashed(bare(item)) for item in item_ids]
    return jobs.start("copies", actor.id, lambda progress: make_copies(actor, listed, progress), {"next": next, "items": len(listed)},
                      stopped="copies-stopped")


def make_copies(actor: Actor | str, item_ids: Iterable[str], progress: Progress | None = None, again: bool = False) -> Document:
    """Make facts, copies and likeness of these items; those that have them already are passed over unless ``again``.

    Gives {items: looked into, copies: made, passed: n, notes: [{item, code, message, todo}], more_notes: n}.  A file from which
    nothing can be made costs a note.  Every batch is whole or absent; what ``progress`` raises ends the work between two items.
    """
    who = _actor(actor)
    require(who, "add-evidence")
    listed = list(dict.fromkeys(bare(item) for item in item_ids))
    with Worker() as worker:
        run = _Run(who, worker, again)
        try:
            for done, item in enumerate(listed):
                if progress:
                    progress("Making working copies", done, len(listed))
                run.take(item)
        finally:
            run.write()
    if progress:
        progress("Making working copies", len(listed), len(listed))
    return run.result


def _actor(actor: Actor | str) -> Actor:
    """The person of a public id, with the role they have now."""
    if isinstance(actor, Actor):
        return actor
    if actor == OPERATOR.id:
        return OPERATOR
    from tutela.people.models import User

    user = User.objects.filter(public_id=actor, is_active=True).first()
    return Actor(actor, user.role if user else "public", user.name if user else "")


def _looked_into(item: Document) -> bool:
    """Whether these readers have looked into the item already."""
    return item.get("stated", {}).get("reader", 0) >= READER


def _expected(media_type: str) -> set[str]:
    """The copies that a whole file of this kind has; where one is missing (lost, or the file is broken) it is looked into again."""
    if media_type in FORMATS or media_type == "application/pdf":
        return {"web", "thumbnail"}
    return {"text"} if has_text(media_type) else set()


def _uses(item: str, digest: str) -> set[str]:
    """The uses of the copies that an item has of its original."""
    copies_of = (record.document for record in held.pointing_at([item], "of")[item] if record.kind == "copy")
    return {document["use"] for document in copies_of if document["derivation"]["from"] == digest}


def _known(items: Iterable[str]) -> set[tuple[str, str, str]]:
    """(item, use, digest) of all copies of these items."""
    return {(item, record.document["use"], record.document["digest"]) for item, records in held.pointing_at(items, "of").items()
            for record in records if record.kind == "copy"}


class _Run:
    """Items taken one by one, written in batches."""

    def __init__(self, actor: Actor, worker: Worker, again: bool) -> None:
        self.actor, self.worker, self.again = actor, worker, again
        self.rows: list[Row] = []
        self.stated: dict[str, Document] = {}
        self.bytes, self.since = 0, time.monotonic()
        self.result: Document = {"items": 0, "copies": 0, "passed": 0, "notes": [], "more_notes": 0}

    def take(self, item: str) -> None:
        """Look into one item; what came of it is written with its batch."""
        from tutela.evidence import custody

        record = held.these([item]).get(item)
        if record is None or record.kind != "item":
            self._note(item, problem("record-unknown", value=dashed(item)))
            return
        document = record.document
        if not self.again and _looked_into(document) and _expected(document["media_type"]) <= _uses(item, document["digest"]):
            self.result["passed"] += 1
            return
        try:
            with custody.open_original(self.actor, dashed(item), "copied", PURPOSE) as original:
                made = self.worker.examine(original, document["media_type"])
        except TutelaError as error:
            self._note(item, error.problem)
            return
        self._keep(item, document, made)
        if len(self.stated) >= BATCH_ITEMS or self.bytes >= BATCH_BYTES or time.monotonic() - self.since >= BATCH_SECONDS:
            self.write()

    def _keep(self, item: str, document: Document, made: Made) -> None:
        self.result["items"] += 1
        for note in made.notes:
            self._note(item, note)
        self.rows += copies.rows(item, document["digest"], made.renditions)
        self.bytes += sum(len(rendition.content) for rendition in made.renditions)
        self.stated[item] = made.stated or {"reader": READER}

    def _note(self, item: str, note: Problem) -> None:
        if len(self.result["notes"]) < MOST_NOTES:
            self.result["notes"].append({"item": dashed(item), "code": note.code, "message": note.message, "todo": note.todo})
        else:
            self.result["more_notes"] += 1

    def write(self) -> None:
        """Write what was made so far, as one change.  Items are taken as they stand by now: one that was destroyed
        is left, and so is a copy that is there already."""
        if self.stated:
            with journal.change(self.actor.id, "evidence.copies") as change:
                present = {uuid: record.document for uuid, record in held.these(self.stated).items()}
                items = [Row("item", uuid, {**document, "stated": self.stated[uuid]}) for uuid, document in present.items()
                         if document.get("state", "held") != "destroyed"]
                kept, known = {row.uuid for row in items}, _known(self.stated)
                new = [row for row in self.rows if (said := row.document) and said["item"] in kept
                       and (said["item"], said["use"], said["digest"]) not in known]
                write(change, [*items, *new])
            self.result["copies"] += len(new)
        self.rows, self.stated, self.bytes, self.since = [], {}, 0, time.monotonic()
