"""The change by which an intake is written down: same bytes are one item; each time they came in is an acquisition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tutela.errors import Problem, TutelaError, declare, problem
from tutela.evidence import reads
from tutela.evidence.intake_log import Copied
from tutela.evidence.intake_sources import Source
from tutela.evidence.kinds import ACQUISITION, ITEM
from tutela.evidence.rules.validation import MARKS
from tutela.people.rules import Actor
from tutela.store import backend, journal
from tutela.store.documents import loads, new_ids
from tutela.store.write import Row, write

declare({
    "item-destroyed": ("{file} was held before and destroyed by a rule ({rule}).",
                       "It is not taken in again. Ask a manager why it was destroyed."),
})

Document = dict[str, Any]


class Refusal(TutelaError):
    """Nothing was written; ``problems`` says why, file by file."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0])
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Intaken:
    """What is to be written: (source, copy) pairs, what was said of items and of acquisitions, and how files that are
    gone from their places are placed again."""

    id: str
    pairs: list[tuple[Source, Copied]]
    of_item: Document
    of_acquisition: Document
    place: Callable[[], None]


@dataclass(slots=True)
class Written:
    """Public ids (bare) of what stands in the register now."""

    items: list[str] = field(default_factory=list)
    acquisitions: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    unchanged: int = 0


class Held(NamedTuple):
    """An item that is held already."""

    uuid: str
    record: int
    document: Document


def keep(actor: Actor, intaken: Intaken) -> Written:
    """Write one delivery as one change.  Raises :class:`Refusal`."""
    written = Written()
    head = reads.anchor()
    with journal.change(actor.id, "evidence.intake", files=len(intaken.pairs), intake=intaken.id, **head) as change:
        intaken.place()
        known = held_items(copied.digest for _, copied in intaken.pairs)
        _refuse_destroyed(intaken.pairs, known)
        write(change, _mended(actor, known, intaken.of_item))
        write(change, _rows(intaken, known, written, change.at.isoformat()))
    return written


def held_items(digests: Iterable[str]) -> dict[str, Held]:
    """{digest: the item that is these bytes}."""
    sql = ("SELECT k.value, r.uuid, r.id, p.document FROM store_key k JOIN store_record r ON r.id = k.record "
           "JOIN store_line p ON p.seq = r.line WHERE k.value IN {in} AND k.scheme = 'sha256' AND r.kind = %s AND r.live")
    return {row[0]: Held(row[1], row[2], loads(row[3])) for row in backend.select_in(sql, set(digests), ITEM.code)}


def _refuse_destroyed(pairs: list[tuple[Source, Copied]], known: dict[str, Held]) -> None:
    gone = {digest: held for digest, held in known.items() if held.document.get("state") == "destroyed"}
    if gone:
        raise Refusal([problem("item-destroyed", file=source.label, rule=gone[copied.digest].document.get("rule", "—"))
                       for source, copied in pairs if copied.digest in gone])


def _mended(actor: Actor, known: dict[str, Held], said: Document) -> Iterator[Row]:
    """Items that were held already and of which more is said now: further places, a stricter mark."""
    for held in known.values():
        after = dict(held.document)
        places = [*after.get("places", ()), *(p for p in said.get("places", ()) if p not in after.get("places", ()))]
        if places:
            after["places"] = places
        mark = said.get("handling", {}).get("mark")
        if mark and actor.may("handle") and MARKS.index(mark) > MARKS.index(after.get("handling", {}).get("mark", "restricted")):
            after["handling"] = said["handling"]
        if after != held.document:
            yield Row("item", held.uuid, after)


def _rows(intaken: Intaken, known: dict[str, Held], written: Written, at: str) -> Iterator[Row]:
    """The new items and acquisitions, each item before the first of its acquisitions."""
    before = _acquisitions(held.record for held in known.values())
    uuids = {digest: held.uuid for digest, held in known.items()}
    seen: set[str] = set()
    alone = len(intaken.pairs) == 1
    received = at.replace("+00:00", "Z")
    for source, copied in intaken.pairs:
        uuid = uuids.get(copied.digest)
        if uuid is None:
            uuid, *_ = new_ids(1)
            uuids[copied.digest] = uuid
            yield Row("item", uuid, _item(source, copied, intaken.of_item, alone), new=True)
        if uuid not in seen:
            seen.add(uuid)
            written.items.append(uuid)
            if copied.digest in known:
                written.same.append(uuid)
        acquisition = _acquisition(source, uuid, intaken, received)
        sign = _sign(acquisition)
        if sign in before:
            written.unchanged += 1
            continue
        before.add(sign)
        number, *_ = new_ids(1)
        written.acquisitions.append(number)
        yield Row("acquisition", number, acquisition, new=True)


def _item(source: Source, copied: Copied, said: Document, alone: bool) -> Document:
    document = {"digest": copied.digest, "size": copied.size, "media_type": copied.media_type, "form": copied.form,
                "title": source.name[:500], "state": "held", **said}
    if not alone:
        document["title"] = source.name[:500]
    if noticed := sorted({code for code, _ in copied.noticed}):
        document["noticed"] = noticed
    return document


def _acquisition(source: Source, item: str, intaken: Intaken, received: str) -> Document:
    document = {"item": item, "name": source.name, "way": source.way, "intake": intaken.id, "received": received, **intaken.of_acquisition}
    if source.path:
        document["path"] = source.path
    return document


def _sign(acquisition: Document) -> tuple[Any, ...]:
    """What makes two acquisitions of the same bytes one: name, path, collector and day."""
    return tuple(acquisition.get(key, "") for key in ("item", "name", "path", "collector", "acquired"))


def _acquisitions(records: Iterable[int]) -> set[tuple[Any, ...]]:
    sql = ("SELECT p.document FROM store_link k JOIN store_record r ON r.id = k.source JOIN store_line p ON p.seq = r.line "
           "WHERE k.target IN {in} AND k.role = 'of' AND r.kind = %s AND r.live")
    return {_sign(loads(text)) for (text,) in backend.select_in(sql, records, ACQUISITION.code)}
