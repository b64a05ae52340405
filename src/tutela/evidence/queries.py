"""The readers of the evidence room.  What comes out may be shown to the actor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from tutela.errors import TutelaError, problem
from tutela.evidence.kinds import ITEM
from tutela.evidence.publishing import publishable
from tutela.evidence.rules.audience import acquisition_for, for_audience, held_for
from tutela.inventory.rules.audience import sight_of
from tutela.people.rules import HIDDEN, Actor, Sight
from tutela.store import search as store_search
from tutela.store.documents import bare, dashed, loads
from tutela.store.kinds import KINDS
from tutela.store.search import Want, Words
from tutela.vocabulary.folding import words

Document = dict[str, Any]


def visible(actor: Actor, item_id: str) -> Document:
    """An item as the actor may see it.  Raises ``record-unknown`` where there is none, or the actor may not know of it."""
    document = _seen(actor, item_id, _sights(actor))
    if document is None:
        raise TutelaError(problem("record-unknown", value=item_id))
    return document


def sees(actor: Actor, item_id: str) -> bool:
    """Whether the actor may know of an item."""
    return _seen(actor, item_id, _sights(actor)) is not None


def _seen(actor: Actor, item_id: str, sight: Callable[[str], Sight]) -> Document | None:
    found = store_search.read(bare(item_id), actor.audience)
    document = loads(found.text) if found else None
    if document is None or "digest" not in document or "media_type" not in document or "item" in document:
        return None
    shown = held_for(document, actor.audience, sight) and publishable(actor, bare(item_id), document)
    return for_audience(document, actor.audience, sight) if shown else None


def _sights(actor: Actor) -> Callable[[str], Sight]:
    """What the actor's audience sees of each place, each looked up once."""
    known: dict[str, Sight] = {}

    def sight(place: str) -> Sight:
        if place not in known:
            found = store_search.read(place, actor.audience)
            known[place] = sight_of(loads(found.text), actor.audience) if found else HIDDEN
        return known[place]

    return sight


def held_item(item_id: str) -> tuple[Document, int]:
    """An item as held and the journal line that holds it, for those who write.  Raises ``record-unknown``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT p.document, r.line FROM store_record r JOIN store_line p ON p.seq = r.line "
                       "WHERE r.uuid = %s AND r.live AND r.kind = %s", [bare(item_id), ITEM.code])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise TutelaError(problem("record-unknown", value=item_id))
    return loads(row[0]), row[1]


def linked(item_id: str, kind: str) -> list[Document]:
    """The live records of one kind that are about an item (or cite or seal it), each with its ``id``, oldest first.

    For the room itself: what is said in them is not cut for an audience.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT s.uuid, p.document FROM store_record r JOIN store_link k ON k.target = r.id "
                       "JOIN store_record s ON s.id = k.source JOIN store_line p ON p.seq = s.line "
                       "WHERE r.uuid = %s AND s.kind = %s AND s.live AND k.role IN ('of', 'cites', 'seals') ORDER BY s.id",
                       [bare(item_id), KINDS[kind].code])
        return [{**loads(text), "id": dashed(uuid)} for uuid, text in cursor.fetchall()]


def item(actor: Actor, item_id: str) -> Document:
    """All there is of an item, as the actor may see it: its document, ``id``, ``line`` (for ``expected``), ``standing``, and the
    lists ``acquisitions copies gradings citations seals``.

    Readers without an account are shown neither gradings nor seals, nor who gave the file.  Raises ``record-unknown``.
    """
    from tutela.evidence import custody

    document = visible(actor, item_id)
    signed_in = actor.audience >= 1
    acquisitions = [{**acquisition_for(each, actor.audience), "id": each["id"]} for each in linked(item_id, "acquisition")]
    return {**document, "id": dashed(bare(item_id)), "line": held_item(item_id)[1], "standing": custody.stands(item_id),
            "acquisitions": acquisitions, "copies": _copies(actor, item_id), "citations": _citations(actor, item_id),
            "gradings": linked(item_id, "grading") if signed_in else [], "seals": linked(item_id, "seal") if signed_in else []}


def _copies(actor: Actor, item_id: str) -> list[Document]:
    """Its working copies, as far as the room that makes them shows them to the actor."""
    try:
        from tutela.evidence import copies
    except ImportError:
        return linked(item_id, "copy")
    return copies.of(actor, item_id)


def _citations(actor: Actor, item_id: str) -> list[Any]:
    """What rests on it: a citation by a record that the actor may not see is left out."""
    try:
        from tutela.evidence import citations
    except ImportError:
        return [each for each in linked(item_id, "citation") if store_search.read(each["record"], actor.audience)]
    return citations.of_item(actor, item_id)


def items(actor: Actor, text: str = "", place: str | None = None, limit: int = 50, after: str | None = None) -> list[Document]:
    """Items as the actor may see them, the newest first, each with its ``id``.

    ``text`` words of title and description (or the beginning of a digest); ``place`` a place's public id; ``after`` the id of
    the last one seen before.  Fewer than ``limit`` means there are no more.
    """
    clauses, values = _conditions(actor, text, place)
    at = _number(after) if after else None
    sight, found = _sights(actor), []
    step = max(50, min(4 * limit, 1000))
    while len(found) < limit:
        rows = _rows(clauses, values, at, step)
        for number, uuid, document_text in rows:
            at = number
            document = loads(document_text)
            if held_for(document, actor.audience, sight) and publishable(actor, uuid, document):
                found.append({**for_audience(document, actor.audience, sight), "id": dashed(uuid)})
                if len(found) == limit:
                    break
        if len(rows) < step:
            break
    return found


def _conditions(actor: Actor, text: str, place: str | None) -> tuple[list[str], list[Any]]:
    """SQL conditions on the entry ``e`` of an item."""
    spoken = tuple((each,) for each in words(text))
    want = Want(words=[Words("names ids text", (spoken,))]) if spoken else Want()
    clauses, values = store_search.conditions("item", actor.audience, want)
    if place:
        clauses.append("e.record IN (SELECT k.source FROM store_link k JOIN store_record p ON p.id = k.target "
                       "WHERE k.role = 'concerns' AND p.uuid = %s)")
        values.append(bare(place))
    return clauses, values


def _rows(clauses: list[str], values: list[Any], below: int | None, most: int) -> list[tuple[Any, ...]]:
    where = " AND ".join([*clauses, *(["e.record < %s"] if below is not None else [])])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT e.record, r.uuid, coalesce(e.document, p.document) FROM store_entry e "
                       f"JOIN store_record r ON r.id = e.record JOIN store_line p ON p.seq = r.line WHERE {where} "
                       "ORDER BY e.record DESC LIMIT %s", [*values, *([below] if below is not None else []), most])
        return cursor.fetchall()


def _number(item_id: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM store_record WHERE uuid = %s AND kind = %s", [bare(item_id), ITEM.code])
        row = cursor.fetchone()
    if row is None:
        raise TutelaError(problem("record-unknown", value=item_id))
    return row[0]


def of_place(actor: Actor, place_id: str, limit: int = 200) -> list[Document]:
    """The items that concern a place, the newest first."""
    return items(actor, place=place_id, limit=limit)


def chain(actor: Actor, item_id: str) -> list[Document]:
    """The chain of custody, for whoever is signed in and may see the item.  Raises ``not-allowed``, ``record-unknown``."""
    from tutela.evidence import custody
    from tutela.people.actions import require

    require(actor, "open-original")
    visible(actor, item_id)
    return [event.as_dict() for event in custody.chain(item_id)]
