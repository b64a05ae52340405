"""Who may know that a record rests on an item: whoever may see both, the record with its details.  Always many at once.

What an assessment, a statement … is about decides who sees it: the record it feeds (``store.kinds``).  A room above may add
what else must hold for its kind with :data:`ALSO`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tutela.evidence.held import Held, these
from tutela.evidence.publishing import publishable
from tutela.evidence.rules.audience import for_audience, held_for
from tutela.inventory.rules.audience import sight_of
from tutela.inventory.rules.names import display_name, listed
from tutela.people.rules import HIDDEN, Actor, Sight
from tutela.store.documents import bare, dashed
from tutela.store.kinds import KINDS

Document = dict[str, Any]

#: {kind: whether the actor may see such a document, its place being seen}; a room registers its own when it is ready.
ALSO: dict[str, Callable[[Actor, Document], bool]] = {}


@dataclass(frozen=True, slots=True)
class Seen:
    """A record that the actor sees with its details.  ``about`` the place it is about (or is), ``title`` to show."""

    uuid: str
    kind: str
    line: int
    document: Document
    title: str
    about: str | None

    def as_dict(self) -> dict[str, Any]:
        return {"record": dashed(self.uuid), "kind": self.kind, "title": self.title, "place": dashed(self.about) if self.about else None,
                **({"observed": self.document["observed"]} if isinstance(self.document.get("observed"), str) else {})}


def items(actor: Actor, uuids: Iterable[str]) -> dict[str, Document]:
    """{public id: the item as the actor may see it}, of those the actor may know of; deleted ones and other kinds are left out."""
    found = {uuid: held.document for uuid, held in these(map(bare, uuids)).items() if held.kind == "item"}
    sight = _sights(actor, (place for item in found.values() for place in item.get("places", ())))
    return {uuid: for_audience(item, actor.audience, sight) for uuid, item in found.items()
            if held_for(item, actor.audience, sight) and publishable(actor, uuid, item)}


def records(actor: Actor, uuids: Iterable[str]) -> dict[str, Seen]:
    """{public id: the record}, of those that the actor sees with their details; whole documents, as held."""
    held = these(map(bare, uuids))
    documents = {uuid: one.document for uuid, one in held.items()}
    about = {uuid: _about(one, documents[uuid]) for uuid, one in held.items()}
    wanted = {place for places in about.values() for place in places}
    known = these(wanted)
    places = {uuid: one.document for uuid, one in known.items() if one.kind == "place"}
    sight = _sights(actor, wanted, places)
    found = {}
    for uuid, one in held.items():
        if _visible(actor, one, documents[uuid], about[uuid], sight):
            place = next(iter(about[uuid]), None)
            title = _title(actor, uuid, documents[uuid], places.get(place) if place else None)
            found[uuid] = Seen(uuid, one.kind, one.line, documents[uuid], title, place)
    return found


def _about(one: Held, document: Document) -> list[str]:
    """The places that decide who sees a record."""
    if one.kind == "place":
        return [one.uuid]
    if one.kind == "item":
        return list(document.get("places", ()))
    kind = KINDS[one.kind]
    return [uuid for role, uuid in kind.links(document) if role == kind.feeds] if kind.feeds else []


def _visible(actor: Actor, one: Held, document: Document, about: list[str], sight: Callable[[str], Sight]) -> bool:
    kind = KINDS[one.kind]
    if one.kind == "item":
        return held_for(document, actor.audience, sight) and publishable(actor, one.uuid, document)
    if one.kind == "place" or kind.feeds:
        seen = bool(about) and all(found.visible and found.details for found in map(sight, about))
        return seen and ALSO.get(one.kind, _published)(actor, document)
    if kind.views is None:
        return False  # a line of custody, a grading, a witness …: nothing that rests on evidence
    return any(view.low <= actor.audience <= view.high for view in kind.views(document, [])) and \
        ALSO.get(one.kind, _published)(actor, document)


def _published(actor: Actor, document: Document) -> bool:
    """What is under review is for contributors and above; a consensus (which has ``of``) is public once it is published."""
    status = document.get("status", "published")
    return actor.audience >= 1 or status == "published" or (status == "reviewed" and "of" not in document)


def _sights(actor: Actor, uuids: Iterable[str], known: dict[str, Document] | None = None) -> Callable[[str], Sight]:
    """What the actor sees of each of these places; of a place that is not there (any more), nothing."""
    if known is None:
        known = {uuid: one.document for uuid, one in these(uuids).items() if one.kind == "place"}
    seen = {uuid: sight_of(document, actor.audience) for uuid, document in known.items()}
    return lambda uuid: seen.get(uuid, HIDDEN)


def _title(actor: Actor, uuid: str, document: Document, place: Document | None) -> str:
    own = document.get("title")
    if isinstance(own, str) and own:
        return own
    named = place if place is not None else document
    numbers = named.get("identifiers") or [{}]
    names = named.get("names")
    stand_in = numbers[0].get("value") or f"{uuid[:8]}…"
    return str(display_name(listed(names if isinstance(names, list) else []), actor.language, stand_in)["text"])
