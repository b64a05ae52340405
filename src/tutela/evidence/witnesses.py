"""Witnesses: a pseudonym and consents in the register, who they are in an encrypted store of their own.

No document, journal line, index or file name of the register holds anything of a witness but an opaque pseudonym, the scope
codes and the dates of consents.  Whoever reads the details gives the store's passphrase, and is written down first.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from tutela.errors import Problem, TutelaError, declare, problem
from tutela.evidence import witness_files as files
from tutela.evidence.rules import consent as rules
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import backend, journal
from tutela.store.documents import Document, bare, canonical, dashed, loads, new_ids
from tutela.store.write import Row, live_rows, write

declare({
    "witness-unknown": ("There is no witness {value}.", "Check the pseudonym; `tutela evidence witness list` shows them."),
    "witness-erased": ("The witness {value} was erased.", "Nothing is kept of this witness but the pseudonym."),
    "witness-empty": ("Nothing is said of this witness, or it is no list of names and values.",
                      "Give at least a name or a way to reach them."),
    "witness-long": ("What is said of this witness is too long ({value} bytes).",
                     "Keep accounts as evidence items, and here only who it is."),
    "witness-no-consent": ("There is no consent of {value} to withdraw.", "Look at the consents with `tutela evidence witness list`."),
})

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another
LONGEST = 64_000


def add(actor: Actor, passphrase: str, details: Mapping[str, Any]) -> str:
    """Keep who a witness is ({"name": …, "contact": …, …}); gives the pseudonym.  The first one makes the store.

    Raises ``witness-empty``, ``witness-long``, ``passphrase-wrong``, ``passphrase-short``.
    """
    require(actor, "witness")
    _check_details(details)
    store = _store(actor, passphrase, make=True)
    with journal.change(actor.id, "evidence.witness") as change:  # holds the writer's place: no sweep can come between
        pseudonym = _fresh()
        try:
            files.put(pseudonym, dict(details), store)
            write(change, [Row("witness", new_ids(1)[0], {"pseudonym": pseudonym}, new=True)])
        except BaseException:
            files.destroy(pseudonym)
            raise
    return pseudonym


def _check_details(details: Mapping[str, Any]) -> None:
    if not isinstance(details, Mapping) or not any(details.values()) or not all(isinstance(key, str) for key in details):
        raise TutelaError(problem("witness-empty"))
    size = len(canonical(dict(details)))
    if size > LONGEST:
        raise TutelaError(problem("witness-long", value=size))


def show(actor: Actor, passphrase: str, pseudonym: str, purpose: str = "") -> dict[str, Any]:
    """{"pseudonym", "details", "consents"}.  The journal is told who looked, and why, before anything is read.

    A wrong passphrase is journalled too.  Raises ``witness-unknown``, ``witness-erased``, ``passphrase-wrong``.
    """
    require(actor, "witness")
    uuid, witness, _ = _present(pseudonym)
    store = _store(actor, passphrase)
    journal.note(actor.id, "evidence.witness-show", purpose, witness=dashed(uuid))
    return {"pseudonym": witness["pseudonym"], "details": files.get(witness["pseudonym"], store), "consents": witness.get("consents", [])}


def _store(actor: Actor, passphrase: str, make: bool = False) -> Any:
    try:
        return files.opened(passphrase, make)
    except TutelaError as error:
        if error.code == "passphrase-wrong":
            journal.note(actor.id, "evidence.witness-refused")
        raise


def consent(actor: Actor, pseudonym: str, scope: str, given: str = "", until: str = "", item: str = "") -> None:
    """Record that a witness agrees to this much (``rules.consent.SCOPES``), for one item or for all; dates are EDTF.

    ``given`` absent: today.  Raises ``consent-scope``, ``consent-date``, ``date-unreadable`` …, ``record-unknown``.
    """
    require(actor, "witness")
    uuid, witness, line = _present(pseudonym)
    made: Document = {"scope": scope, "given": given or date.today().isoformat()}
    if until:
        made["until"] = until
    if item:
        made["item"] = bare(item)
        _check_item(made["item"])
    problems = rules.check_consent(made)
    if problems:
        raise TutelaError(problems[0])
    _write(actor, "evidence.consent", uuid, {**witness, "consents": [*witness.get("consents", []), made]}, line)


def withdraw(actor: Actor, pseudonym: str, scope: str = "", item: str = "", on: str = "") -> int:
    """Record that a witness takes consent back, all of it or that of one scope or one item; gives how many consents.

    From then on items of this witness may not leave as far as those consents went.  Raises ``witness-no-consent``.
    """
    require(actor, "witness")
    uuid, witness, line = _present(pseudonym)
    day = on or date.today().isoformat()
    problems = rules.check_consent({"scope": scope or rules.SCOPES[0], "withdrawn": day})
    if problems:
        raise TutelaError(problems[0])
    consents, count = [], 0
    for one in witness.get("consents", []):
        meant = not one.get("withdrawn") and scope in ("", one["scope"]) and (not item or one.get("item") == bare(item))
        consents.append({**one, "withdrawn": day} if meant else one)
        count += meant
    if not count:
        raise TutelaError(problem("witness-no-consent", value=witness["pseudonym"]))
    _write(actor, "evidence.consent-withdraw", uuid, {**witness, "consents": consents}, line)
    return count


def erase(actor: Actor, pseudonym: str, reason: str) -> None:
    """Destroy what is kept of a witness for good: the file, its key, and the journal's payloads of former states.

    The pseudonym stays, marked as erased, so that what rests on it can be told; every chain still verifies.  Stopped midway,
    it is finished by doing it again.  ``reason`` is journalled: it must name nobody.  Raises ``witness-unknown``.
    """
    require(actor, "witness")
    uuid, witness, line = _held(pseudonym)
    if not witness.get("erased"):
        after = {"pseudonym": witness["pseudonym"], "erased": datetime.now(UTC).isoformat(timespec="seconds")}
        if witness.get("consents"):
            after["consents"] = [{key: value for key, value in one.items() if key != "item"} for one in witness["consents"]]
        _write(actor, "evidence.witness-erase", uuid, after, line, reason)
    past = _past(uuid)
    if past:
        journal.erase(actor.id, past, reason)
    files.destroy(witness["pseudonym"])


def _past(uuid: str) -> list[int]:
    """The journal lines that hold former states of a record, those emptied already left out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT l.seq FROM store_line l JOIN store_record r ON r.id = l.record WHERE r.uuid = %s AND l.seq < r.line "
                       "AND l.salt IS NOT NULL ORDER BY l.seq", [uuid])
        return [row[0] for row in cursor.fetchall()]


def attach(actor: Actor, pseudonym: str, item_id: str, part: bool = True) -> None:
    """Say that an item comes from, or shows, a witness (``part`` False: that it does not).  Raises ``record-unknown``."""
    require(actor, "witness")
    uuid, _, _ = _held(pseudonym)
    number = bare(item_id)
    item, line = _check_item(number)
    others = [one for one in item.get("witnesses", []) if one != uuid]
    after = {key: value for key, value in item.items() if key != "witnesses"}
    if others or part:
        after["witnesses"] = [*others, uuid] if part else others
    _write(actor, "evidence.witness-item", number, after, line, kind="item")


def listed(actor: Actor) -> list[dict[str, Any]]:
    """All witnesses by pseudonym: {"id", "pseudonym", "consents", "erased"}; nothing of who they are."""
    require(actor, "witness")
    found = [{"id": dashed(uuid), "consents": [], "erased": None, **loads(text)} for _, uuid, _, text in live_rows("witness")]
    return sorted(found, key=lambda one: one["pseudonym"])


def refusals(items: Mapping[str, Document], scope: str = "hand-over", day: date | None = None) -> dict[str, list[Problem]]:
    """Of these items ({public id: document}), those that their witnesses do not let leave, each with why.

    For whoever exports: an item that is not in the answer may leave as far as witnesses go.
    """
    wanted = {uuid for item in items.values() for uuid in item.get("witnesses", ())}
    known = {uuid: loads(text) for uuid, text in backend.select_in(
        "SELECT r.uuid, p.document FROM store_record r JOIN store_line p ON p.seq = r.line WHERE r.live AND r.uuid IN {in}",
        sorted(wanted))} if wanted else {}
    today = day or date.today()
    found = {uuid: rules.refusals(item, known, today, scope, bare(uuid)) for uuid, item in items.items() if item.get("witnesses")}
    return {uuid: problems for uuid, problems in found.items() if problems}


def check() -> Iterator[str]:
    """For ``verify``: a sentence for each witness whose files and record do not agree."""
    records = {document["pseudonym"]: document for document in (loads(text) for _, _, _, text in live_rows("witness"))}
    there = set(files.kept())
    for pseudonym, document in sorted(records.items()):
        if document.get("erased") and pseudonym in there:
            yield f"witnesses: {pseudonym} was erased, but a file of it is still there"
        elif not document.get("erased") and not files.whole(pseudonym):
            yield f"witnesses: a file of {pseudonym} is missing"
    yield from (f"witnesses: {left.name} was left by a program that was ended" for left in files.leftovers())
    yield from (f"witnesses: there is a file of {pseudonym}, but no such witness" for pseudonym in sorted(there - records.keys()))


def sweep() -> int:
    """For ``repair``: destroy files that a stopped recording or erasing left behind; gives of how many witnesses."""
    with journal.change("system", "evidence.witness-sweep"):  # the writer's place: nobody is recording one now
        for left in files.leftovers():
            left.unlink(missing_ok=True)
        keep = {document["pseudonym"] for document in (loads(text) for _, _, _, text in live_rows("witness"))
                if not document.get("erased")}
        return sum(files.destroy(pseudonym) for pseudonym in list(files.kept()) if pseudonym not in keep)


def _fresh() -> str:
    """A pseudonym nobody has: chance alone, so that it tells neither order nor person."""
    while True:
        text = "".join(secrets.choice(LETTERS) for _ in range(8))
        pseudonym = f"W-{text[:4]}-{text[4:]}"
        if not _rows(pseudonym):
            return pseudonym


def _rows(pseudonym: str) -> list[tuple[str, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT r.uuid, p.document, r.line FROM store_key k JOIN store_record r ON r.id = k.record "
                       "JOIN store_line p ON p.seq = r.line WHERE k.value = %s AND k.scheme = 'pseudonym' AND r.live", [pseudonym])
        return cursor.fetchall()


def _held(pseudonym: str) -> tuple[str, Document, int]:
    """(public id, document, journal line) of a witness, erased or not.  Raises ``witness-unknown``."""
    rows = _rows(pseudonym.strip().upper())
    if not rows:
        raise TutelaError(problem("witness-unknown", value=pseudonym))
    return rows[0][0], loads(rows[0][1]), rows[0][2]


def _present(pseudonym: str) -> tuple[str, Document, int]:
    """The same of one that is not erased.  Raises ``witness-erased`` too."""
    uuid, witness, line = _held(pseudonym)
    if witness.get("erased"):
        raise TutelaError(problem("witness-erased", value=witness["pseudonym"]))
    return uuid, witness, line


def _check_item(uuid: str) -> tuple[Document, int]:
    """An item as held, with its journal line.  Raises ``record-unknown``."""
    from tutela.store.kinds import KINDS

    with connection.cursor() as cursor:
        cursor.execute("SELECT p.document, r.line FROM store_record r JOIN store_line p ON p.seq = r.line "
                       "WHERE r.uuid = %s AND r.kind = %s AND r.live", [uuid, KINDS["item"].code])
        row = cursor.fetchone()
    if row is None:
        raise TutelaError(problem("record-unknown", value=uuid))
    return loads(row[0]), row[1]


def _write(actor: Actor, action: str, uuid: str, document: Document, line: int, note: str = "", kind: str = "witness") -> None:
    with journal.change(actor.id, action, note) as change:
        write(change, [Row(kind, uuid, document, expected=line)])
