"""Who held an original, who opened it, and the one door to it.

:func:`open_original` is the only function that opens originals: it asks who, sees that the item stands so that it may be read,
writes the log of reads, and only then opens.  Acts that change who holds an item are records, written through the journal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO

from django.db import connection

from tutela.errors import NotAllowed, TutelaError, declare, problem
from tutela.evidence import queries, reads
from tutela.evidence.kinds import ACQUISITION, CUSTODY, ITEM
from tutela.evidence.rules.custody import READS, check_act, standing
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import blobs, filelock, journal
from tutela.store.documents import bare, dashed, loads, new_ids
from tutela.store.write import Row, write

declare({
    "custody-is-original": ("{value} is an original.", "This is a fault of Tutela: originals are opened by name and with their custody."),
    "original-redacted": ("Something in this item was covered.", "Use the covered copy, or ask a reviewer for what you need."),
    "custody-read": ("“{value}” is no way of reading.", "Use viewed, exported or copied."),
})

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """One link of an item's chain of custody, oldest first.

    ``at`` ISO time; ``actor`` a person's public id; ``act`` (``rules.custody``); ``details`` what else was said; ``source``
    "journal" or "reads"; ``line`` its number there and ``seal`` the chain value of that line, in hexadecimal.
    """

    at: str
    actor: str
    act: str
    source: str
    line: int
    seal: str
    details: Document = field(default_factory=dict)

    def as_dict(self) -> Document:
        return {"at": self.at, "actor": self.actor, "act": self.act, "source": self.source, "line": self.line, "seal": self.seal,
                **({"details": self.details} if self.details else {})}


def open_original(actor: Actor, item_id: str, act: str = "viewed", purpose: str = "") -> BinaryIO:
    """An original, for reading; the read is in the log before the first byte is.  Not within a change of your own.

    Raises ``not-allowed``, ``record-unknown`` (also where the actor may not know of it), ``custody-order`` where it is not
    held, ``blob-unknown``.
    """
    return next(open_originals(actor, [item_id], act, purpose))[1]


def open_originals(actor: Actor, item_ids: Sequence[str], act: str = "viewed", purpose: str = "") -> Iterator[tuple[str, BinaryIO]]:
    """(id, original) one after the other, all reads logged together before the first; whoever asks closes each.

    What was covered in an item stays covered for whoever may not redact.  Raises as :func:`open_original`, ``original-redacted``,
    and then logs and opens none.
    """
    require(actor, "open-original")
    if act not in READS:
        raise TutelaError(problem("custody-read", value=act))
    digests = []
    for item_id in item_ids:
        document = queries.visible(actor, item_id)
        _refuse(check_act(stands(item_id), act))
        if act != "copied" and not actor.may("redact") and "redacted" in _acts(_record(item_id)[0]):  # type: ignore[index]
            raise NotAllowed(problem("original-redacted", value=item_id))
        digests.append(document["digest"])
    reads.note(actor.id, [bare(item_id) for item_id in item_ids], act, purpose[:1000])
    for item_id, digest in zip(item_ids, digests, strict=True):
        yield item_id, blobs.open(digest)


def open_paper(digest: str) -> BinaryIO:
    """A blob that is no original: a manifest, the request or token of a stamp.  Raises ``custody-is-original``, ``blob-unknown``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM store_key k JOIN store_record r ON r.id = k.record WHERE k.value = %s AND k.scheme = 'sha256' "
                       "AND r.kind = %s", [digest, ITEM.code])
        if cursor.fetchone():
            raise TutelaError(problem("custody-is-original", value=digest))
    return blobs.open(digest)


def act(change: journal.Change, actor: Actor, item_id: str, act: str, **details: Any) -> Row:
    """The record of an act, for the caller to write in the change that is open.  Raises ``custody-order`` and the like.

    ``details``: holder, to, purpose, rule, copy, chain (docs/records.md).  An item made in this same change counts as unknown.
    """
    found = _record(item_id)
    acts = _acts(found[0]) if found else []
    _refuse(check_act(standing(acts), act, details.get("to", ""), details.get("rule", "")))
    said = {key: value for key, value in details.items() if value not in (None, "", [], {})}
    document = {"item": bare(item_id), "act": act, "at": change.at.isoformat().replace("+00:00", "Z"), **said}
    return Row("custody", new_ids(1)[0], document, new=True)


def hand_over(actor: Actor, item_id: str, act_: str, to: str = "", holder: str = "", purpose: str = "") -> str:
    """Lend, take back or release an item: ``lent``, ``returned``, ``released``.  Gives the id of the act's record."""
    require(actor, "hand-over")
    queries.visible(actor, item_id)
    if act_ not in ("lent", "returned", "released"):
        raise TutelaError(problem("custody-act", value=act_, acts="lent, returned, released"))
    with journal.change(actor.id, "evidence.hand-over", purpose, **reads.anchor()) as change:
        row = act(change, actor, item_id, act_, to=to, holder=holder, purpose=purpose)
        write(change, [row])
    return dashed(row.uuid)


def destroy(actor: Actor, item_id: str, rule: str, purpose: str = "") -> str:
    """Destroy an original and all its working copies, by a named rule; the record and the chain stay.

    The files go when the change is written.  One that a backup is reading just now is left, and ``repair`` takes it away.
    Backups made before hold it still.  Gives the id of the act's record.
    """
    require(actor, "destroy-evidence")
    document = queries.visible(actor, item_id)
    with journal.change(actor.id, "evidence.destroy", purpose, **reads.anchor()) as change:
        row = act(change, actor, item_id, "destroyed", rule=rule, purpose=purpose)
        held, _ = queries.held_item(item_id)
        copies = queries.linked(item_id, "copy")
        write(change, [*(Row("copy", bare(copy["id"]), None) for copy in copies), row,
                       Row("item", bare(item_id), {**held, "state": "destroyed", "rule": rule})])
    _remove(document["digest"], [copy["digest"] for copy in copies])
    return dashed(row.uuid)


def _remove(digest: str, copies: list[str]) -> None:
    """Take files away that no record needs; what cannot be taken away now is left to ``repair``."""
    from django.conf import settings

    from tutela.evidence.checks import needed

    roots = ((None, [digest]), (settings.WORKSPACE.copies, copies))
    if filelock.is_held(blobs.folder() / blobs.INCOMING / blobs.READING):
        return
    for root, listed in roots:
        for each in set(listed) - needed(listed, "copies" if root else "blobs"):
            with suppress(OSError):
                blobs.where(each, root).unlink(missing_ok=True)


def stands(item_id: str) -> str:
    """Where an item stands: held, lent, released, destroyed (or unknown)."""
    found = _record(item_id)
    return standing(_acts(found[0])) if found else "unknown"


def _refuse(problems: list[Any]) -> None:
    if problems:
        raise TutelaError(problems[0])


def _record(item_id: str) -> tuple[int, str] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, uuid FROM store_record WHERE uuid = %s AND kind = %s", [bare(item_id), ITEM.code])
        return cursor.fetchone()


_JOURNALLED = ("SELECT r.kind, r.uuid, l.document, l.seq, l.chain, c.at, c.actor, c.note FROM store_link k "
               "JOIN store_record r ON r.id = k.source JOIN store_line l ON l.seq = r.line JOIN store_change c ON c.id = l.change "
               "WHERE k.target = %s AND k.role = 'of' AND r.kind IN (%s, %s) ORDER BY l.seq")


def _journalled(record: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_JOURNALLED, [record, ACQUISITION.code, CUSTODY.code])
        return cursor.fetchall()


def _acts(record: int) -> list[str]:
    """The acts done to an item, in the order of the journal."""
    return ["received" if row[0] == ACQUISITION.code else loads(row[2]).get("act", "") for row in _journalled(record)]


def chain(item_id: str) -> list[Event]:
    """The whole chain of an item, oldest first: acts from the journal (each acquisition is a receipt), reads from their log.

    Whoever calls sees to it that the chain may be shown (``queries.chain`` does).  Raises ``record-unknown``.
    """
    found = _record(item_id)
    if found is None:
        raise TutelaError(problem("record-unknown", value=item_id))
    events = []
    for kind, uuid, text, seq, seal, at, actor, said in _journalled(found[0]):
        document = loads(text)
        act_ = "received" if kind == ACQUISITION.code else document.get("act", "")
        details = {key: value for key, value in document.items() if key not in ("item", "act", "at")} | {"id": dashed(uuid)}
        events.append(Event(_iso(at), actor, act_, "journal", seq, bytes(seal).hex(), {**details, **({"note": said} if said else {})}))
    for number, at, actor, act_, purpose, seal in reads.of_item(found[1]):
        events.append(Event(_iso(at), actor, act_, "reads", number, bytes(seal).hex(), {"purpose": purpose} if purpose else {}))
    return _merged(events)


def _merged(events: list[Event]) -> list[Event]:
    """Both logs in one order: by time, and never against the order of a log's own lines (clocks may be set back)."""
    latest: dict[str, str] = {}
    keys = {}
    for event in events:
        latest[event.source] = max(event.at, latest.get(event.source, ""))
        keys[id(event)] = (latest[event.source], event.source == "reads", event.line)
    return sorted(events, key=lambda event: keys[id(event)])


def _iso(at: Any) -> str:
    value = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat().replace("+00:00", "Z")


def check_reads() -> Iterator[str]:
    """Does the chain of reads hold?  One sentence for each line that does not."""
    return reads.check()


__all__ = ["Event", "act", "chain", "check_reads", "destroy", "hand_over", "open_original", "open_originals", "open_paper", "stands"]
