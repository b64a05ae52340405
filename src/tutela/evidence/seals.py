"""Seals: a signed manifest of what is held of some items at a moment, to be checked at any later time.

The manifest (canonical JSON, a blob) names the items by *commitments*, SHA-256(salt ‖ entry), so that a bundle can show one item's
entry without telling of the others; the entries with their salts are a second blob.  An entry says of an item::

    item, digest, size, media_type · line, record: its journal line and that line's salted digest · acquisitions: [{id, line, digest}]
    custody: {journal: [[line, chain value] …], reads: {events, head}}      head: SHA-256 over the chain values of the log's lines

The signature (Ed25519, ``keys``) is over the manifest's bytes; a time stamp (``stamps``) over manifest ‖ signature.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from tutela.errors import TutelaError, declare, problem
from tutela.evidence import held, keys, queries, reads, stamps
from tutela.evidence.custody import chain, open_paper
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import blobs, journal
from tutela.store.documents import bare, canonical, dashed, loads, new_ids
from tutela.store.kinds import KINDS
from tutela.store.write import Row, live_rows, write

declare({
    "seal-empty": ("There is nothing to seal.", "Name items that are held; `tutela evidence list` shows them."),
    "seal-destroyed": ("The item {value} was destroyed by rule: there are no bytes to seal.", "Leave it out."),
    "seal-unknown": ("There is no seal {value}.", "Check the id; the page of an item shows its seals."),
})

FORMAT = "tutela-seal/1"
MOST = 10_000  # items in one seal
Document = dict[str, Any]
Progress = Callable[[str, int, int | None], None]


def seal(actor: Actor, item_ids: Iterable[str], note: str = "") -> str:
    """Seal these items as they are held now; gives the seal's id.  The request for a time stamp is made and kept: see ``stamps``.

    Raises ``record-unknown`` for an item the actor may not see, ``seal-empty``, ``seal-destroyed``.
    """
    require(actor, "seal")
    wanted = sorted({bare(each) for each in item_ids})
    if not wanted:
        raise TutelaError(problem("seal-empty"))
    for each in wanted:
        if queries.visible(actor, each).get("state") == "destroyed":
            raise TutelaError(problem("seal-destroyed", value=dashed(each)))
    with blobs.room():
        keys.current(actor)  # made now, if this is the first use: that is a change of its own
        document, papers = _sealed(actor, wanted)
    uuid = new_ids(1)[0]
    with blobs.room(), journal.change(actor.id, "evidence.seal", note, **reads.anchor()) as change:
        for paper in papers:
            _keep(paper)  # a repair that ran meanwhile may have taken what nothing named yet
        write(change, [Row("seal", uuid, document, new=True)])
    return dashed(uuid)


def unsealed(actor: Actor) -> list[str]:
    """The items held that no seal names, as far as the actor may see them."""
    found = []
    for uuid in held.without(KINDS["item"].code, "seals"):
        try:
            if queries.visible(actor, uuid).get("state") != "destroyed":
                found.append(dashed(uuid))
        except TutelaError:
            continue
    return found


def _sealed(actor: Actor, wanted: list[str]) -> tuple[Document, list[bytes]]:
    """(the seal's document, the blobs it names), which are on the disk before it is written."""
    entries = [{"salt": os.urandom(16).hex(), "entry": entry} for entry in _entries(wanted)]
    line, chain = journal.head()
    manifest = {"format": FORMAT, "workspace": _title(), "made": _now(), "key": keys.current(actor).key,
                "head": {"line": line, "chain": chain}, "count": len(entries), "commitments": [commitment(e) for e in entries]}
    content = canonical(manifest)
    key, signature = keys.sign(actor, content)
    request = stamps.request_for(content + bytes.fromhex(signature))
    papers = [content, canonical({"entries": entries}), request]
    kept = dict(zip(("manifest", "entries", "request"), map(_keep, papers), strict=True))
    document = {"items": wanted, "manifest": kept["manifest"], "entries": kept["entries"], "signature": signature, "key": key,
            "made": manifest["made"], "head": manifest["head"],
            "stamps": [{"authority": None, "request": kept["request"], "token": None, "asked": manifest["made"], "stamped": None}]}
    return document, papers


def commitment(opened: Document) -> str:
    """What the manifest holds in place of an entry."""
    return sha256(bytes.fromhex(opened["salt"]) + canonical(opened["entry"])).hexdigest()


def _entries(wanted: list[str]) -> Iterator[Document]:
    items, acquired = held.these(wanted), held.pointing_at(wanted, "of")
    for uuid in wanted:
        item = items[uuid]
        document = item.document
        yield {"item": uuid, "digest": document["digest"], "size": document["size"], "media_type": document["media_type"],
               "line": item.line, "record": item.digest,
               "acquisitions": [{"id": each.uuid, "line": each.line, "digest": each.digest}
                                for each in acquired[uuid] if each.kind == "acquisition"],
               "custody": custody_now(chain(uuid))}


def custody_now(events: Iterable[Any], reads: int | None = None) -> Document:
    """What an entry says of custody; with ``reads``, of so many of the first lines of the log of reads alone."""
    events = list(events)
    values = [event.seal for event in events if event.source == "reads"][:reads]
    return {"journal": [[event.line, event.seal] for event in events if event.source == "journal"],
            "reads": {"events": len(values), "head": sha256("".join(values).encode()).hexdigest()}}


def _keep(data: bytes) -> str:
    """Have these bytes as a blob; written only where they are not yet."""
    digest = sha256(data).hexdigest()
    return digest if blobs.where(digest).exists() else blobs.put(io.BytesIO(data))


def _title() -> str:
    from django.conf import settings

    return settings.WORKSPACE.title


def _now() -> str:
    return datetime.now(UTC).replace(microsecond=0).isoformat()


@dataclass(slots=True)
class Standing:
    """How a seal stands: ``valid``, ``pending`` (it holds, no time stamp yet), ``expired`` or ``broken``, with the ``reason``.

    ``changed`` items described, acquired or handled anew since, ``destroyed`` by rule since: neither breaks a seal.
    ``stamped`` the earliest proven time; ``authority`` who says so; ``own`` whether the key is this workspace's.
    """

    state: str
    reason: str
    items: int = 0
    changed: list[str] = field(default_factory=list)
    destroyed: list[str] = field(default_factory=list)
    stamped: str | None = None
    authority: str | None = None
    own: bool = True

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


class _Broken(Exception):
    pass


def document_of(seal_id: str) -> tuple[Document, int]:
    """(document, journal line) of a seal.  Raises ``seal-unknown``."""
    found = held.these([bare(seal_id)]).get(bare(seal_id))
    if found is None or found.kind != "seal":
        raise TutelaError(problem("seal-unknown", value=seal_id))
    return found.document, found.line


def check(seal_id: str, at: datetime | None = None, whole: bool = True) -> Standing:
    """Recompute everything a seal says.  ``at``: as of this time (now); ``whole``: digests of the originals too, not only their being."""
    document, _ = document_of(seal_id)
    standing = Standing("valid", "", len(document["items"]))
    try:
        manifest = _content(document["manifest"], "its manifest")
        _signed(document, manifest, standing)
        opened = loads(_content(document["entries"], "the list of what it seals"))["entries"]
        _committed(document, loads(manifest), opened)
        _items(document, opened, standing, whole)
    except _Broken as error:
        standing.state, standing.reason = "broken", str(error)
        return standing
    except (ValueError, KeyError, TypeError) as error:
        standing.state, standing.reason = "broken", f"it is not written as a seal is ({type(error).__name__})"
        return standing
    found = stamps.standing(document, manifest + bytes.fromhex(document["signature"]), at or datetime.now(UTC))
    standing.state, standing.reason, standing.stamped, standing.authority = found
    if standing.changed or standing.destroyed:
        standing.reason += f" Since it was made: {len(standing.changed)} described or handled anew, {len(standing.destroyed)} destroyed " \
                           "by rule; the journal says by whom."
    return standing


def _content(digest: str, what: str) -> bytes:
    try:
        with open_paper(digest) as stream:
            content = stream.read()
    except TutelaError:
        raise _Broken(f"{what} is missing") from None
    if sha256(content).hexdigest() != digest:
        raise _Broken(f"{what} was altered")
    return content


def _signed(document: Document, manifest: bytes, standing: Standing) -> None:
    if not keys.holds(document["key"], manifest, document["signature"]):
        raise _Broken("its signature does not fit its manifest")
    if loads(manifest)["key"] != document["key"]:
        raise _Broken("it was signed with another key than it names")
    standing.own = document["key"] in keys.known()
    if not standing.own and "bundle" not in document:
        raise _Broken("it was signed with a key that this workspace never had")


def _committed(document: Document, manifest: Document, opened: list[Document]) -> None:
    """What is opened is what the manifest commits to; all of it, unless only a part was handed over."""
    committed = [commitment(each) for each in opened]
    if not set(committed) <= set(manifest["commitments"]):
        raise _Broken("the list of what it seals is not the one that was signed")
    if "bundle" not in document and (committed != manifest["commitments"] or [e["entry"]["item"] for e in opened] != document["items"]):
        raise _Broken("the list of what it seals is not whole")


def _items(document: Document, opened: list[Document], standing: Standing, whole: bool) -> None:
    foreign = "bundle" in document
    present = held.these(document["items"])
    by_digest = {each.document["digest"]: each for each in present.values()}
    acquired = held.pointing_at(document["items"], "of")
    lines = {} if foreign else held.sealed_lines({line for e in opened for line, *_ in _named_lines(e["entry"])})
    for each in opened:
        entry = each["entry"]
        item = by_digest.get(entry["digest"]) if foreign else present.get(entry["item"])
        if item is None or item.document["digest"] != entry["digest"]:
            raise _Broken(f"the item {dashed(entry['item'])} is not in the register, or is another file now")
        _original(item, entry, standing, whole)
        if not foreign:
            _lines(entry, lines)
            _moved_on(item, entry, acquired[item.uuid], standing)


def _original(item: held.Held, entry: Document, standing: Standing, whole: bool) -> None:
    path = blobs.where(entry["digest"])
    if item.document.get("state") == "destroyed":
        standing.destroyed.append(dashed(item.uuid))
    elif not path.exists():
        raise _Broken(f"the original of {dashed(item.uuid)} is gone, and no rule destroyed it")
    elif path.stat().st_size != entry["size"] or (whole and blobs.digest_of(path) != entry["digest"]):
        raise _Broken(f"the original of {dashed(item.uuid)} was altered")


def _named_lines(entry: Document) -> Iterator[tuple[int, str | None, str | None]]:
    """(line, salted digest, chain value) of the journal's lines that an entry names; None: it does not say."""
    yield entry["line"], entry["record"], None
    yield from ((each["line"], each["digest"], None) for each in entry["acquisitions"])
    yield from ((line, None, link) for line, link in entry["custody"]["journal"])


def _lines(entry: Document, lines: dict[int, tuple[str, str]]) -> None:
    for line, digest, link in _named_lines(entry):
        held_digest, held_link = lines.get(line, (None, None))
        if held_digest is None or digest not in (None, held_digest) or link not in (None, held_link):
            raise _Broken(f"journal line {line}, which says what {dashed(entry['item'])} was, is another now")


def _moved_on(item: held.Held, entry: Document, acquired: list[held.Held], standing: Standing) -> None:
    """The reads as they were are still there; what came after is told, and breaks nothing."""
    now = custody_now(chain(item.uuid), entry["custody"]["reads"]["events"])
    if now["reads"] != entry["custody"]["reads"]:
        raise _Broken(f"the log of reads of {dashed(item.uuid)} is not the one that was sealed")
    acquisitions = [[each.uuid, each.line] for each in acquired if each.kind == "acquisition"]
    sealed = [[each["id"], each["line"]] for each in entry["acquisitions"]]
    if item.line != entry["line"] or acquisitions != sealed or now["journal"] != entry["custody"]["journal"]:
        standing.changed.append(dashed(item.uuid))


def check_all(actor: Actor, seal_ids: Iterable[str] = (), progress: Progress | None = None) -> Iterator[tuple[str, Standing]]:
    """(seal, how it stands) of these seals, or of all.  For those who may seal: the reasons name items."""
    require(actor, "seal")
    wanted = list(seal_ids) or [dashed(uuid) for _, uuid, _, _ in live_rows("seal")]
    for done, each in enumerate(wanted):
        if progress:
            progress("Seals", done, len(wanted))
        yield each, check(each)


def findings() -> Iterator[str]:
    """For ``tutela verify``: one sentence for every seal that does not hold (originals are checked there by themselves)."""
    for _, uuid, _, _ in live_rows("seal"):
        found = check(uuid, whole=False)
        if found.state == "broken":
            yield f"seal {dashed(uuid)}: {found.reason}"


def blobs_of(document: Document) -> list[str]:
    """The blobs a seal needs: for ``repair``, which must not take them for forgotten files."""
    named = [document["manifest"], document["entries"]]
    for stamp in document["stamps"]:
        named += [stamp[part] for part in ("request", "token", "certificates") if stamp.get(part)]
    return named
