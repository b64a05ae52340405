"""Reading the journal: what was done to a record, and what a change did."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from tutela.store.documents import dashed
from tutela.store.journal import ACTS
from tutela.store.kinds import BY_CODE

WORDS = {
    "exchange.import": "Imported",
    "exchange.undo": "Import taken back",
    "inventory.record": "Recorded",
    "inventory.correct": "Corrected",
    "inventory.delete": "Deleted",
    "assessment.record": "Assessment recorded",
    "assessment.correct": "Assessment corrected",
    "assessment.submit": "Assessment submitted",
    "assessment.return": "Assessment sent back",
    "assessment.review": "Assessment reviewed",
    "assessment.publish": "Assessment published",
    "assessment.comment": "Comment written",
    "assessment.propose": "Correction proposed",
    "assessment.accept": "Proposed correction accepted",
    "assessment.reject": "Proposed correction rejected",
    "assessment.consensus": "Consensus recorded",
    "people.add": "Account made",
    "people.change": "Account changed",
    "people.password": "Password changed",
    "inventory.shortlist": "Shortlist changed",
    "inventory.shortlist-freeze": "Shortlist frozen",
    "inventory.shortlist-sign": "Shortlist signed",
    "inventory.take-back": "Taken back",
    "inventory.handling": "Handling changed",
    "store.erase": "Past content erased",
    "evidence.intake": "Taken in as evidence",
    "evidence.describe": "Evidence described",
    "evidence.handling": "Handling of evidence changed",
    "evidence.hand-over": "Evidence handed over",
    "evidence.destroy": "Evidence destroyed by rule",
    "evidence.repair": "Evidence repaired",
    "evidence.key": "Signing key made",
    "evidence.seal": "Sealed",
    "evidence.stamp": "Time stamp kept",
    "evidence.bundle": "Handed over in a bundle",
    "evidence.import-bundle": "Bundle taken in",
    "evidence.copies": "Working copies made",
    "evidence.redact": "Redacted",
    "evidence.cite": "Evidence cited",
    "evidence.cite-withdraw": "Citation withdrawn",
    "evidence.grade": "Evidence graded",
    "evidence.witness": "Witness recorded",
    "evidence.witness-show": "Witness shown",
    "evidence.witness-refused": "Witness not shown: wrong passphrase",
    "evidence.witness-item": "Witness linked to evidence",
    "evidence.witness-erase": "Witness erased",
    "evidence.consent": "Consent recorded",
    "evidence.consent-withdraw": "Consent withdrawn",
    "store.backup": "Backed up",
    "store.restore": "Restored",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal as it is shown.  ``digest`` the line's chain value in hexadecimal."""

    seq: int
    change: int
    at: str
    actor: str
    action: str
    note: str
    act: str
    digest: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change as it is listed."""

    id: int
    at: str
    actor: str
    action: str
    note: str
    lines: int
    undone_by: int | None
    undoes: int | None
    digest: str


def of_record(record: int, most: int = 100) -> list[Entry]:
    """The lines of one record, newest first: followed along each line's ``before``."""
    out: list[Entry] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT line FROM store_record WHERE id = %s", [record])
        row = cursor.fetchone()
        seq = row[0] if row else None
        while seq and len(out) < most:
            cursor.execute(
                "SELECT l.seq, l.change, c.at, c.actor, c.action, c.note, l.act, l.chain, l.before FROM store_line l "
                "JOIN store_change c ON c.id = l.change WHERE l.seq = %s",
                [seq],
            )
            found = cursor.fetchone()
            if found is None:
                break
            out.append(Entry(found[0], found[1], str(found[2])[:19], found[3], found[4], found[5], ACTS[found[6]], bytes(found[7]).hex()))
            seq = found[8]
    return out


def changes(before: int | None = None, most: int = 100) -> list[ChangeRow]:
    """The changes, newest first; ``before`` a change's number to go on from."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, c.at, c.actor, c.action, c.note, c.last - c.line, c.undone_by, c.undoes, l.chain FROM store_change c "
            "JOIN store_line l ON l.seq = c.last WHERE c.id < %s ORDER BY c.id DESC LIMIT %s",
            [before or 1 << 62, most],
        )
        return [ChangeRow(r[0], str(r[1])[:19], r[2], r[3], r[4], r[5], r[6], r[7], bytes(r[8]).hex()) for r in cursor.fetchall()]


def records_of(change: int, most: int = 500) -> list[tuple[str, str, str]]:
    """(kind, public id, act) of the records a change touched."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.kind, r.uuid, l.act FROM store_change c JOIN store_line l ON l.seq > c.line AND l.seq <= c.last "
            "JOIN store_record r ON r.id = l.record WHERE c.id = %s ORDER BY l.seq LIMIT %s",
            [change, most],
        )
        return [(BY_CODE[kind].name, dashed(uuid), ACTS[act]) for kind, uuid, act in cursor.fetchall()]
