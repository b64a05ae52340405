"""Do files and records agree?  Every original and copy that a record names is there, and none is there that nobody names.

Records are read as they are now, and what seems wrong is looked at once more before it is told: others may go on working.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection

from tutela.evidence import intake_log, key_care, reads
from tutela.evidence.kinds import CITATION, COPY, CUSTODY, GRADING, ITEM, SEAL, WITNESS
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import backend, blobs, filelock
from tutela.store.documents import dashed, loads

PAPERS = (CUSTODY, CITATION, GRADING, SEAL, WITNESS)  # kinds whose documents may name further blobs: manifests, stamps
Progress = Callable[[str, int, int | None], None]
DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


class Missing(NamedTuple):
    """A record whose file is not there.  ``root`` "blobs" or "copies"."""

    root: str
    uuid: str
    digest: str
    document: dict[str, Any]


def copies_folder() -> Path:
    from django.conf import settings

    return settings.WORKSPACE.copies


def root_of(name: str) -> Path:
    return copies_folder() if name == "copies" else blobs.folder()


def check_files() -> Iterator[str]:
    """One sentence for each file that is missing, altered (of the copies), left over or named by no record."""
    for gone in missing():
        what = "original" if gone.root == "blobs" else f"working copy ({gone.document.get('use', '?')})"
        yield f"item {dashed(gone.document.get('item', gone.uuid))}: its {what} {gone.digest} is missing"
    if copies_folder().exists():
        yield from blobs.check(copies_folder(), "copies")
    for root, digest in orphans():
        yield f"{root}: {digest} is named by no record"
    for left in interrupted():
        paths = ", ".join(left.paths[:2]) + (" …" if len(left.paths) > 2 else "")
        yield f"intake: one of {paths or 'unknown files'} was interrupted; the same files given again go on where it was"
    for root, file in temporary():
        yield f"{root}: {blobs.INCOMING}/{file.name} was left by a program that was ended"
    yield from key_care.check()


_NAMED = ("SELECT k.value, r.kind, r.uuid, p.document FROM store_key k JOIN store_record r ON r.id = k.record "
          "JOIN store_line p ON p.seq = r.line WHERE k.value >= %s AND k.value < %s AND k.scheme = 'sha256' AND r.kind IN (%s, %s) "
          "AND r.live")


def _parts() -> Iterator[tuple[str, list[Missing]]]:
    """(first two digits, what records name whose digest begins so): memory holds one part at a time."""
    for number in range(256):
        part, beyond = f"{number:02x}", f"{number:02x}g"
        with connection.cursor() as cursor:
            cursor.execute(_NAMED, [part, beyond, ITEM.code, COPY.code])
            rows = cursor.fetchall()
        named = []
        for digest, kind, uuid, text in rows:
            document = _document(text)
            if digest[:2] == part and not (kind == ITEM.code and document.get("state") == "destroyed"):
                named.append(Missing("blobs" if kind == ITEM.code else "copies", uuid, digest, document))
        yield part, named


def _document(text: Any) -> dict[str, Any]:
    """A document, or an empty one where the line is damaged (which the journal's own check tells)."""
    try:
        found = loads(text)
    except (ValueError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _there(root: Path, part: str) -> set[str]:
    try:
        return {name for name in os.listdir(root / part) if blobs.NAME.fullmatch(name)}
    except (FileNotFoundError, NotADirectoryError):
        return set()


def missing() -> Iterator[Missing]:
    """Records whose file is not there."""
    for part, named in _parts():
        there = {root: _there(root_of(root), part) for root in ("blobs", "copies")}
        for one in named:
            if one.digest not in there[one.root] and one.digest in needed([one.digest], one.root) \
                    and not blobs.where(one.digest, root_of(one.root)).exists():
                yield one


def orphans() -> Iterator[tuple[str, str]]:
    """(root, digest) of files that no record names, and no intake that is running is about to name."""
    papers = named_papers()
    for part, named in _parts():
        for root in ("blobs", "copies"):
            loose = _there(root_of(root), part) - {one.digest for one in named if one.root == root}
            loose -= papers
            if not loose:
                continue
            # In this order: an intake that ends now has either let go after its change was written, or is running still.
            loose -= {digest for left in intake_log.every() if left.running for digest in left.digests}
            loose -= needed(loose, root)
            yield from ((root, digest) for digest in sorted(loose))


def needed(digests: Iterable[str], root: str) -> set[str]:
    """Those of these digests that a live record names as a file under this root."""
    wanted = set(digests)
    if not wanted:
        return set()
    sql = ("SELECT k.value, p.document FROM store_key k JOIN store_record r ON r.id = k.record JOIN store_line p ON p.seq = r.line "
           "WHERE k.value IN {in} AND k.scheme = 'sha256' AND r.kind = %s AND r.live")
    kind = ITEM if root == "blobs" else COPY
    found = {digest for digest, text in backend.select_in(sql, wanted, kind.code) if _document(text).get("state") != "destroyed"}
    return found if root == "copies" or found == wanted else found | (wanted & named_papers())


def named_papers() -> set[str]:
    """Blobs that seals and other records name beside the originals."""
    found: set[str] = set()
    marks = ", ".join(["%s"] * len(PAPERS))
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT p.document FROM store_record r JOIN store_line p ON p.seq = r.line WHERE r.kind IN ({marks}) AND r.live",
                       [kind.code for kind in PAPERS])
        while rows := cursor.fetchmany(2000):
            for (text,) in rows:
                found.update(DIGEST.findall(text or ""))
    return found


def interrupted() -> list[intake_log.Left]:
    """Intakes that nobody goes on with."""
    return [left for left in intake_log.every() if not left.running]


def temporary() -> Iterator[tuple[str, Path]]:
    """(root, file) of single files that a killed process was writing."""
    for root in ("blobs", "copies"):
        incoming = root_of(root) / blobs.INCOMING
        for file in sorted(incoming.iterdir()) if incoming.exists() else ():
            if file.is_file() and file.name != blobs.READING and not filelock.is_held(file) and file.exists():
                yield root, file


def drop_unnamed() -> None:
    """After a restore: files that the backup took along from an intake that was going on are not of its moment."""
    for root, digest in list(orphans()):
        blobs.where(digest, root_of(root)).unlink(missing_ok=True)


def verify(actor: Actor, progress: Progress | None = None) -> list[str]:
    """All of the evidence room that does not hold, one sentence each.  Raises ``not-allowed``."""
    require(actor, "read-journal-people")  # what is found names items, hidden ones too
    found: list[str] = []
    steps = (("Originals", blobs.check), ("Files and records", check_files), ("Log of reads", reads.check))
    for number, (name, check) in enumerate(steps):
        if progress:
            progress(name, number, len(steps))
        found += check()
    return found
