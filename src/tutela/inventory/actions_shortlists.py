"""The writers of shortlists: draft → frozen → signed, each step a line of the journal.

What *signed* means here: a named person, signed in with an account and its password, states in a given function that they
stand by the frozen digest.  The statement, the digest and the journal's head of that moment are sealed in the journal.  It is
no cryptographic signature by a key the person alone holds (see docs/decisions/0006-shortlists-signed.md).
"""

from __future__ import annotations

from typing import Any

from tutela.errors import TutelaError, declare, problem
from tutela.inventory.actions import Refused
from tutela.inventory.queries import held
from tutela.inventory.rules import shortlists as rules
from tutela.people.actions import require
from tutela.people.rules import OPERATOR, Actor
from tutela.store import backend, journal
from tutela.store import search as store_search
from tutela.store.documents import bare, dashed, new_ids
from tutela.store.kinds import KINDS
from tutela.store.write import Row, write

declare(
    {
        "shortlist-place-gone": ("{n} of the places are no longer in the register.", "Take them off the list first."),
        "shortlist-sign-person": ("Only a named person can sign.", "Sign in with your own account; the account must have your name."),
        "shortlist-sign-office": ("It is not said in which function you sign.", "Write it, for example “Director of antiquities”."),
        "shortlist-followed": ("There is a newer version already.", "Change that one."),
    }
)

Document = dict[str, Any]


def record_shortlist(actor: Actor, shortlist: Document) -> str:
    """Begin a list as a draft; gives its public id."""
    require(actor, "shortlist")
    document = _content(actor, shortlist)
    uuid = new_ids(1)[0]
    with journal.change(actor.id, "inventory.shortlist") as change:
        write(change, [Row("shortlist", uuid, document, new=True)])
    return dashed(uuid)


def change_shortlist(actor: Actor, public_id: str, shortlist: Document, expected: int | None = None) -> None:
    """Replace a draft's content.  ``expected`` is the journal line the person saw."""
    require(actor, "shortlist")
    before, line = _held(actor, public_id)
    _draft(before)
    document = _content(actor, shortlist) | {key: before[key] for key in ("supersedes", "version") if key in before}
    with journal.change(actor.id, "inventory.shortlist") as change:
        write(change, [Row("shortlist", bare(public_id), document, expected=line if expected is None else expected)])


def add_places(actor: Actor, public_id: str, places: list[str]) -> int:
    """Put places on a draft, without a reason yet; gives how many were not on it before."""
    require(actor, "shortlist")
    before, line = _held(actor, public_id)
    _draft(before)
    on = {item["place"] for item in before.get("places", ())}
    fresh = [uuid for uuid in dict.fromkeys(bare(p) for p in places) if uuid not in on]
    if fresh:
        change_shortlist(actor, public_id, {**before, "places": [*before.get("places", ()), *({"place": uuid} for uuid in fresh)]}, line)
    return len(fresh)


def freeze_shortlist(actor: Actor, public_id: str, expected: int | None = None) -> str:
    """Freeze a draft with the present state of its places; gives the digest.  Raises :class:`Refused` where something is missing."""
    require(actor, "shortlist")
    before, line = _held(actor, public_id)
    _draft(before)
    problems = rules.check_complete(before)
    if problems:
        raise Refused(problems)
    wanted = [item["place"] for item in before["places"]]
    with journal.change(actor.id, "inventory.shortlist-freeze") as change:
        states = {
            uuid: rules.PlaceState(seq, bytes(digest).hex())
            for uuid, seq, digest in backend.select_in(
                "SELECT r.uuid, r.line, l.digest FROM store_record r JOIN store_line l ON l.seq = r.line WHERE r.live AND r.uuid IN {in}",
                wanted,
            )
        }
        gone = sum(1 for uuid in wanted if uuid not in states)
        if gone:
            raise Refused([problem("shortlist-place-gone", column="places", n=gone)])
        frozen = rules.freeze(before, states, change.at.isoformat())
        write(change, [Row("shortlist", bare(public_id), frozen, expected=line if expected is None else expected)])
    return frozen["frozen"]["digest"]


def sign_shortlist(actor: Actor, public_id: str, office: str, statement: str = "", digest: str = "") -> None:
    """The actor, by name and in the function ``office``, stands by the frozen list.  From then on everybody may read it.

    ``digest``, if given, must be the frozen digest the person saw.
    """
    require(actor, "sign-shortlist")
    before, line = _held(actor, public_id)
    if "frozen" not in before:
        raise TutelaError(problem("shortlist-not-frozen"))
    if "signature" in before:
        raise TutelaError(problem("shortlist-signed"))
    if actor.id == OPERATOR.id or not actor.name.strip():
        raise TutelaError(problem("shortlist-sign-person", column="office"))
    if not office.strip():
        raise Refused([problem("shortlist-sign-office", column="office")])
    if not rules.holds(before) or (digest and digest != before["frozen"]["digest"]):
        raise TutelaError(problem("changed-meanwhile"))
    with journal.change(actor.id, "inventory.shortlist-sign") as change:
        seq, chain = journal.head()
        signature = {
            "kind": "statement",
            "person": actor.id,
            "name": actor.name,
            "role": actor.role,
            "office": office.strip(),
            "digest": before["frozen"]["digest"],
            "at": change.at.isoformat(),
            "journal": {"line": seq, "chain": chain},
        }
        if statement.strip():
            signature["statement"] = statement.strip()
        write(change, [Row("shortlist", bare(public_id), {**before, "signature": signature}, expected=line)])


def new_version(actor: Actor, public_id: str) -> str:
    """Begin the version that is to follow a frozen one; gives its public id."""
    require(actor, "shortlist")
    former, _ = _held(actor, public_id)
    if "frozen" not in former:
        raise TutelaError(problem("shortlist-not-frozen"))
    found = store_search.read(bare(public_id), actor.audience)
    if found and store_search.linked(found.record, "supersedes"):
        raise TutelaError(problem("shortlist-followed"))
    uuid = new_ids(1)[0]
    with journal.change(actor.id, "inventory.shortlist") as change:
        write(change, [Row("shortlist", uuid, rules.next_version(former, public_id), new=True)])
    return dashed(uuid)


def discard_shortlist(actor: Actor, public_id: str) -> None:
    """Take a draft away; the journal keeps it.  A frozen list stays."""
    require(actor, "shortlist")
    before, line = _held(actor, public_id)
    _draft(before)
    with journal.change(actor.id, "inventory.shortlist") as change:
        write(change, [Row("shortlist", bare(public_id), None, expected=line)])


def _held(actor: Actor, public_id: str) -> tuple[Document, int]:
    from tutela.inventory.queries_shortlists import shortlist

    shortlist(actor, public_id)  # there is one that the actor may see
    return held(public_id)


def _draft(before: Document) -> None:
    if "frozen" in before:
        raise TutelaError(problem("shortlist-frozen"))


def _content(actor: Actor, shortlist: Document) -> Document:
    """The content alone; every place must be one."""
    document = {key: shortlist[key] for key in rules.CONTENT if shortlist.get(key) and key != "supersedes"}
    if "places" in document:
        document["places"] = [
            {"place": bare(item["place"]), **({"reason": item["reason"].strip()} if item.get("reason", "").strip() else {})}
            for item in document["places"]
        ]
    problems = rules.check_shortlist(document)
    if problems:
        raise Refused(problems)
    wanted = [item["place"] for item in document.get("places", ())]
    sql = "SELECT uuid FROM store_record WHERE uuid IN {in} AND kind = %s"
    known = {uuid for (uuid,) in backend.select_in(sql, wanted, KINDS["place"].code)}
    for uuid in wanted:
        if uuid not in known:
            raise TutelaError(problem("record-unknown", value=uuid))
    return document
