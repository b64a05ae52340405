"""Working copies: made of originals, kept apart from them, shown in their place.

A copy is a record with its derivation (from which bytes, by what, how) and bytes in ``WORKSPACE.copies`` by digest.  Where there is a
redacted copy, whoever is below a reviewer sees that and what was made of it, and no other copy.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any, BinaryIO

from tutela.errors import TutelaError, declare, problem
from tutela.evidence import held
from tutela.evidence.renditions.apart import Worker
from tutela.evidence.renditions.made import Rendition
from tutela.evidence.rules import likeness
from tutela.evidence.rules.facts_pictures import FORMATS
from tutela.evidence.rules.redaction import check_boxes, tidy_boxes
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import backend, blobs, journal
from tutela.store.documents import bare, dashed, new_ids
from tutela.store.write import Row, write

declare({
    "redaction-kind": ("Files of the kind {value} cannot be redacted here.",
                       "Add a picture of what may be shown (a frame, a page) as an item derived from this one, and redact that."),
})

Document = dict[str, Any]
REVIEWER = 2  # the lowest audience that sees what lies under a redaction
MOST_HINTS = 50
PDF = "application/pdf"


def of(actor: Actor, item_id: str) -> list[Document]:
    """The working copies of an item that the actor may see, each with its ``id``, the oldest first.  Raises ``record-unknown``."""
    from tutela.evidence import queries

    queries.visible(actor, item_id)
    return shown(actor, [item_id])[dashed(bare(item_id))]


def shown(actor: Actor, item_ids: Iterable[str]) -> dict[str, list[Document]]:
    """{item: its copies as the actor sees them}, for a page of items that the actor *has been found to see*."""
    found = held.pointing_at([bare(item) for item in item_ids], "of")
    return {dashed(item): [{**document, "id": dashed(uuid)} for uuid, document in _seen(_copies(records), actor.audience)]
            for item, records in found.items()}


def _copies(records: list[held.Held]) -> list[tuple[str, Document]]:
    return [(record.uuid, record.document) for record in records if record.kind == "copy"]


def _seen(copies: list[tuple[str, Document]], audience: int) -> list[tuple[str, Document]]:
    """What an audience sees of an item's copies: below a reviewer only the newest redaction of each page, if there is one."""
    newest = {document.get("page"): document["digest"] for _, document in copies if document["use"] == "redacted"}
    if audience >= REVIEWER or not newest:
        return copies
    kept = set(newest.values())
    return [(uuid, {**document, "derivation": {k: v for k, v in document["derivation"].items() if k != "boxes"}})
            for uuid, document in copies
            if (document["use"] == "redacted" and document["digest"] in kept) or document["derivation"]["from"] in kept]


def best(copies: list[Document], use: str) -> Document | None:
    """The copy to show for a use (``thumbnail``, ``web`` …): that made of a redaction if there is one, else the newest.

    Where a redacted picture lost what was made of it, it stands for that itself.
    """
    fitting = [copy for copy in copies if copy["use"] == use]
    redacted = {copy["digest"]: copy for copy in copies if copy["use"] == "redacted"}
    of_redacted = [copy for copy in fitting if copy["derivation"]["from"] in redacted]
    if use in ("web", "thumbnail"):
        fitting = fitting or list(redacted.values())
    return (of_redacted or fitting or [None])[-1]


def found(actor: Actor, copy_id: str) -> Document:
    """One copy, with its ``id``, if the actor may see it; else ``record-unknown``."""
    record = held.these([bare(copy_id)]).get(bare(copy_id))
    if record is not None and record.kind == "copy":
        for document in of(actor, record.document["item"]):
            if document["id"] == dashed(record.uuid):
                return document
    raise TutelaError(problem("record-unknown", value=copy_id))


def open_copy(actor: Actor, copy_id: str) -> tuple[BinaryIO, str]:
    """The bytes of a working copy and their media type, if the actor may see it.  Never an original."""
    document = found(actor, copy_id)
    return blobs.open(document["digest"], folder()), document["media_type"]


def folder() -> Any:
    """Where this workspace keeps working copies."""
    from django.conf import settings

    return settings.WORKSPACE.copies


def rows(item: str, digest: str, renditions: list[Rendition], boxes: list[Document] | None = None) -> list[Row]:
    """Keep the bytes of these renditions of one item; gives the rows that are to be written of them.

    ``digest`` that of the original; a rendition made of another one names that one's digest.
    """
    made: list[Row] = []
    digests: dict[str | None, str] = {None: digest}
    for uuid, rendition in zip(new_ids(len(renditions)), renditions, strict=True):
        kept = digests[rendition.use] = blobs.put(io.BytesIO(rendition.content), into=folder())
        derivation: Document = {"from": digests[rendition.of], "tool": rendition.tool, "parameters": rendition.parameters}
        if boxes and rendition.of is None:
            derivation["boxes"] = boxes
        said = {"width": rendition.width, "height": rendition.height, "page": rendition.parameters.get("page"),
                "likeness": rendition.likeness if rendition.of is None else None}
        made.append(Row("copy", uuid, {"item": item, "use": rendition.use, "digest": kept, "size": len(rendition.content),
                                       "media_type": rendition.media_type, "derivation": derivation,
                                       **{key: value for key, value in said.items() if value is not None}}, new=True))
    return made


def redact(actor: Actor, item_id: str, boxes: list[Document], page: int | None = None, note: str = "") -> str:
    """Make a redacted copy from the original: opaque boxes, no metadata; gives the copy's id.

    ``boxes`` [{x, y, w, h: fractions of the picture as it is seen, why: face|plate|place|other}]; ``page`` of a PDF, from 1.  The act
    is written to the item's custody in the same change.  Raises ``redaction-…``, ``rendition-…``, ``record-unknown``.
    """
    from tutela.evidence import custody, queries

    require(actor, "redact")
    problems = check_boxes(boxes)
    if problems:
        raise TutelaError(problems[0])
    item, uuid = queries.visible(actor, item_id), bare(item_id)
    if item["media_type"] != PDF and item["media_type"] not in FORMATS:
        raise TutelaError(problem("redaction-kind", value=item["media_type"]))
    boxes = tidy_boxes(boxes)
    with custody.open_original(actor, item_id, "copied", "redaction") as original, Worker() as worker:
        made = worker.redact(original, item["media_type"], boxes, page)
    if not made.renditions:
        raise TutelaError(made.notes[0])
    written = rows(uuid, item["digest"], made.renditions, boxes)
    with journal.change(actor.id, "evidence.redact", note) as change:
        write(change, [*written, custody.act(change, actor, item_id, "redacted", copy=written[0].uuid)])
    return dashed(written[0].uuid)


def make(actor: Actor | str, item_ids: Iterable[str], progress: Any = None, again: bool = False) -> Document:
    """See :func:`tutela.evidence.jobs.make_copies`."""
    from tutela.evidence.jobs import make_copies

    return make_copies(actor, item_ids, progress, again)


def like(actor: Actor, item_id: str, most: int = MOST_HINTS) -> list[Document]:
    """Items that the actor may see and whose picture resembles this one's: [{id, distance, title}], the nearest first.

    ``distance``: bits of 64 that differ, at most ``likeness.MOST``.  A hint: it says nothing about which came first, or
    whether they are one picture at all.
    """
    from tutela.evidence import queries

    queries.visible(actor, item_id)
    records = held.pointing_at([bare(item_id)], "of")[bare(item_id)]
    wanted = [document["likeness"] for _, document in _copies(records) if "likeness" in document]
    if not wanted:
        return []
    near = _near(wanted[-1])
    items: dict[str, int] = {}
    for record in held.these(near).values():
        item = record.document["item"]
        items[item] = min(near[record.uuid], items.get(item, 64))
    out = []
    for item, distance in sorted(items.items(), key=lambda pair: (pair[1], pair[0])):
        if item != bare(item_id) and len(out) < most and (document := _visible(actor, item)) is not None:
            out.append({"id": dashed(item), "distance": distance, "title": document.get("title", "")})
    return out


def _visible(actor: Actor, item: str) -> Document | None:
    from tutela.evidence import queries

    try:
        return queries.visible(actor, dashed(item))
    except TutelaError:
        return None


def _near(wanted: str) -> dict[str, int]:
    """{copy: bits that differ} of all copies within reach of a hash, by ranges of keys alone."""
    from django.db import connection

    where = " OR ".join(["k.value BETWEEN %s AND %s"] * len(ranges := likeness.ranges(wanted)))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT k.value, k.record FROM store_key k WHERE k.scheme = %s AND ({where})",
                       [likeness.SCHEME, *(end for pair in ranges for end in pair)])
        reached = {record: distance for value, record in cursor.fetchall()
                   if (distance := likeness.distance(wanted, likeness.hash_in(value))) <= likeness.MOST}
    return {uuid: reached[record] for record, uuid in
            backend.select_in("SELECT id, uuid FROM store_record WHERE live AND id IN {in}", sorted(reached))}
