"""Citations: a record, or one part of it, rests on an item, at a place in its file.

Nobody learns of a record by an item nor of an item by a record: a citation is shown to those who see both, the record with
its details.  Reading takes a few queries, however many records are asked for.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from tutela.errors import TutelaError, declare, problem
from tutela.evidence import sights
from tutela.evidence.held import pointing_at, these
from tutela.evidence.rules import citations as rules
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import journal
from tutela.store.documents import Document, bare, dashed, new_ids
from tutela.store.kinds import KINDS
from tutela.store.write import Row, write

declare({
    "citation-unknown": ("There is no citation {value}.", "Look at what the record rests on: it may have been withdrawn already."),
    "citation-destroyed": ("The file of this item was destroyed; nothing new can rest on it.", "Cite another item."),
    "citation-self": ("An item cannot rest on itself.", "Cite another item."),
    "citation-others": ("This citation was made by somebody else.", "Ask that person, or somebody who reviews."),
})


def cite(actor: Actor, record_id: str, item_id: str, part: str = "", locator: Document | None = None, note: str = "") -> str:
    """Say that a record (a part of it) rests on an item; gives the citation's id.  The same twice is one citation.

    ``part`` and ``locator``: see ``rules.citations``.  Raises ``record-unknown`` (also where the actor does not see the record
    with its details, or not the item), ``citation-part``, ``citation-locator``, ``citation-locator-form`` …
    """
    require(actor, "cite")
    record, item = bare(record_id), bare(item_id)
    seen, found = sights.records(actor, [record]).get(record), sights.items(actor, [item]).get(item)
    if seen is None or found is None:
        raise TutelaError(problem("record-unknown", value=record_id if seen is None else item_id))
    document = _document(seen, item, found, part, locator or {}, note)
    with journal.change(actor.id, "evidence.cite", note="") as change:
        same = _same(document)
        if same:
            return dashed(same)
        uuid = new_ids(1)[0]
        write(change, [Row("citation", uuid, {**document, "by": actor.id}, new=True)])
    return dashed(uuid)


def _document(seen: sights.Seen, item: str, found: Document, part: str, locator: Document, note: str) -> Document:
    """The citation to be kept.  Raises the first of its problems."""
    if seen.uuid == item:
        raise TutelaError(problem("citation-self"))
    if found.get("state") == "destroyed":
        raise TutelaError(problem("citation-destroyed"))
    problems = rules.check_part(seen.document, part) + rules.check_locator(locator, found) + rules.check_note(note)
    if problems:
        raise TutelaError(problems[0])
    document: Document = {"item": item, "record": seen.uuid}
    address, value = rules.resolve(seen.document, part) or ("", None)
    if address:
        salt = secrets.token_hex(8)
        document |= {"part": address, "cited": {"salt": salt, "digest": rules.digest(value, salt)}}
    return document | ({"locator": locator} if locator else {}) | ({"note": note.strip()} if note.strip() else {})


def _same(document: Document) -> str | None:
    """A live citation that says the same, of a value that still stands so."""
    for held in pointing_at([document["record"]], "supports")[document["record"]]:
        other = held.document
        alike = all(other.get(key) == document.get(key) for key in ("item", "part", "locator", "note"))
        if alike and ("cited" not in document or _stands(document["record"], other)):
            return held.uuid
    return None


def _stands(record: str, citation: Document) -> bool:
    held = these([record]).get(record)
    return held is not None and rules.standing(held.document, citation)[0] == "as-cited"


def withdraw_citation(actor: Actor, citation_id: str, why: str = "") -> None:
    """Take a citation back; the journal keeps it.  One's own, or anybody's for those who review.

    Raises ``citation-unknown`` (also where the actor does not see it), ``citation-others``.
    """
    require(actor, "cite")
    uuid = bare(citation_id)
    held = these([uuid]).get(uuid)
    if held is None or held.kind != "citation" or not _seen(actor, held.document):
        raise TutelaError(problem("citation-unknown", value=citation_id))
    if held.document.get("by") != actor.id and not actor.may("grade"):
        raise TutelaError(problem("citation-others"))
    with journal.change(actor.id, "evidence.cite-withdraw", why) as change:
        write(change, [Row("citation", uuid, None, expected=held.line)])


def _seen(actor: Actor, citation: Document) -> bool:
    return citation["record"] in sights.records(actor, [citation["record"]]) and citation["item"] in sights.items(actor, [citation["item"]])


def for_record(actor: Actor, record_id: str) -> list[dict[str, Any]]:
    """What a record rests on, as :func:`for_records` gives it; empty where the actor does not see the record."""
    return for_records(actor, [record_id]).get(dashed(bare(record_id)), [])


def for_records(actor: Actor, record_ids: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """{record's id: its citations, the oldest first}, records without one left out: from a figure to its items.

    Each {"id", "item", "title", "form", "media_type", "destroyed", "part", "state", "now", "locator", "note", "by"}; ``state``
    and ``now`` as ``rules.citations.standing`` says: how the cited part stands today, and where.
    """
    seen = sights.records(actor, record_ids)
    pointing = {record: [(held.uuid, held.document) for held in found] for record, found in pointing_at(seen, "supports").items()}
    items = sights.items(actor, {citation["item"] for found in pointing.values() for _, citation in found})
    out: dict[str, list[dict[str, Any]]] = {}
    for record, found in pointing.items():
        listed = [_told(actor, uuid, citation, seen[record].document) | _item(items[citation["item"]], citation["item"])
                  for uuid, citation in found if citation["item"] in items]
        if listed:
            out[dashed(record)] = listed
    return out


def of_item(actor: Actor, item_id: str) -> list[dict[str, Any]]:
    """All that rests on an item and that the actor sees, the oldest citation first.

    Each {"id", "record", "kind", "title", "place", "observed", "part", "state", "now", "locator", "note", "by"}.  Raises
    ``record-unknown``.
    """
    item = bare(item_id)
    if item not in sights.items(actor, [item]):
        raise TutelaError(problem("record-unknown", value=item_id))
    found = [(held.uuid, held.document) for held in pointing_at([item], "cites")[item]]
    seen = sights.records(actor, {citation["record"] for _, citation in found})
    return [_told(actor, uuid, citation, seen[citation["record"]].document) | seen[citation["record"]].as_dict()
            for uuid, citation in found if citation["record"] in seen]


def _told(actor: Actor, uuid: str, citation: Document, record: Document) -> dict[str, Any]:
    """A citation to show; who made it, and the note, are told to signed-in people alone."""
    state, now = rules.standing(record, citation)
    return {"id": dashed(uuid), "part": citation.get("part", ""), "state": state, "now": now, "locator": citation.get("locator", {}),
            "note": citation.get("note", "") if actor.audience else "", "by": citation.get("by") if actor.audience else None}


def _item(item: Document, uuid: str) -> dict[str, Any]:
    return {"item": dashed(uuid), "title": item.get("title") or f"{item['digest'][:12]}…", "form": item["form"],
            "media_type": item["media_type"], "destroyed": item.get("state") == "destroyed"}


def places_of(actor: Actor, place_id: str) -> dict[str, list[dict[str, Any]]]:
    """{record's id: citations} of a place and of all that is about it: what its page shows."""
    place = bare(place_id)
    roles = {kind.feeds for kind in KINDS.values() if kind.feeds}
    dependants = [held.uuid for role in sorted(roles) for held in pointing_at([place], role)[place]]
    return for_records(actor, [place, *dependants])
