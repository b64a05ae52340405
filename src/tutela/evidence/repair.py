"""Mending what an interrupted program leaves: loose files, half-done intakes, lost working copies.  Records are never made up."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tutela.evidence import checks, intake_log, key_care, witnesses
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import blobs, filelock, journal
from tutela.store.documents import dashed
from tutela.store.write import Row, write

GRACE = 600  # seconds: a younger file may be about to be named by a record

Progress = Callable[[str, int, int | None], None]


@dataclass(slots=True)
class Repaired:
    """What was done; ``young`` files that were left because they were only just written; ``lost`` originals that are nowhere."""

    relinked: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    intakes: int = 0
    copies: list[str] = field(default_factory=list)
    witnesses: int = 0
    keys: int = 0
    young: int = 0
    lost: list[str] = field(default_factory=list)

    @property
    def done(self) -> int:
        return len(self.relinked) + len(self.removed) + self.intakes + len(self.copies) + self.witnesses + self.keys

    def as_dict(self) -> dict[str, Any]:
        return {"relinked": self.relinked, "removed": self.removed, "intakes": self.intakes, "copies": self.copies,
                "witnesses": self.witnesses, "keys": self.keys, "young": self.young, "lost": self.lost}

    def lines(self) -> list[str]:
        told = [(self.intakes, "interrupted intakes cleared away"), (len(self.relinked), "originals put back in their place"),
                (len(self.removed), "files that no record named removed"), (len(self.copies), "lost working copies taken off the register, "
                                                                        "to be made anew"),
                (self.witnesses, "leftovers of witnesses' files removed"),
                (self.keys, "leftovers of the signing key's making cleared away")]
        lines = [f"{number:,} {what}." for number, what in told if number]
        if self.young:
            lines.append(f"{self.young:,} files were written less than ten minutes ago and were left; `--now` takes them too, "
                         "when nobody else works in this workspace.")
        lines += [f"The original of item {item} is lost: restore it from a backup, or take the file in again." for item in self.lost]
        return lines or ["Nothing was to be mended."]


def repair(actor: Actor, now: bool = False, progress: Progress | None = None) -> Repaired:
    """Mend what ``checks.check_files`` tells, as far as it can be mended; journalled.

    ``now``: take away files however young they are, for when nobody else works in this workspace.
    """
    require(actor, "repair")
    told = progress or (lambda doing, done, total: None)
    done = Repaired()
    told("Looking for lost originals", 0, None)
    _relink(done)
    told("Interrupted intakes", 0, None)
    _clear_intakes(actor, done)
    told("Files without a record", 0, None)
    _remove_orphans(actor, done, now)
    told("Working copies", 0, None)
    _forget_copies(actor, done)
    done.witnesses = witnesses.sweep()
    done.keys = key_care.mend(actor)
    if done.done:
        journal.note(actor.id, "evidence.repair", **{key: value if isinstance(value, int) else len(value)
                                                     for key, value in done.as_dict().items()})
    return done


def _relink(done: Repaired) -> None:
    """An original that is missing may lie, whole, among what was incoming."""
    gone = {one.digest: one for one in checks.missing() if one.root == "blobs"}
    if not gone:
        return
    sizes = {one.document.get("size") for one in gone.values()}
    incoming = blobs.folder() / blobs.INCOMING
    for file in sorted(incoming.rglob("*")) if incoming.exists() else ():
        if file.is_file() and file.stat().st_size in sizes and (digest := blobs.digest_of(file)) in gone:
            with open(file, "rb") as stream:
                blobs.put(stream, digest)
            done.relinked.append(digest)
            del gone[digest]
    done.lost = [dashed(one.uuid) for one in gone.values()]


def _clear_intakes(actor: Actor, done: Repaired) -> None:
    for left in checks.interrupted():
        with filelock.held(left.file) as ours:
            if not ours:
                continue  # somebody has just gone on with it
            _unplace(actor, left, done)
            shutil.rmtree(left.incoming, ignore_errors=True)
            if os.name != "nt":  # while it is held, so that it is not the log of somebody who has begun since
                left.file.unlink(missing_ok=True)
        if os.name == "nt":  # where what is open cannot be taken away
            left.file.unlink(missing_ok=True)
        done.intakes += 1


def _unplace(actor: Actor, left: intake_log.Left, done: Repaired) -> None:
    """Files that it had placed and no record came to name."""
    with journal.change(actor.id, "evidence.repair"):  # the writer's place: nobody names one of them meanwhile
        for digest in sorted(left.digests - checks.needed(left.digests, "blobs")):
            if blobs.where(digest).exists():
                blobs.where(digest).unlink()
                done.removed.append(digest)


def _remove_orphans(actor: Actor, done: Repaired, now: bool) -> None:
    loose = list(checks.orphans())
    if loose and filelock.is_held(blobs.folder() / blobs.INCOMING / blobs.READING):
        done.young += len(loose)  # a backup is reading them
        loose = []
    with journal.change(actor.id, "evidence.repair"):
        for root, digest in loose:
            file = blobs.where(digest, checks.root_of(root))
            if checks.needed([digest], root):
                continue
            _remove(file, digest, done, now)
    for _, file in list(checks.temporary()):
        _remove(file, file.name, done, now)


def _remove(file: Path, name: str, done: Repaired, now: bool) -> None:
    try:
        if not now and time.time() - file.stat().st_mtime < GRACE:
            done.young += 1
            return
        file.unlink()
    except FileNotFoundError:
        return
    done.removed.append(name)


def _forget_copies(actor: Actor, done: Repaired) -> None:
    """Working copies that are missing or altered: their records go, so that they are made anew from the original.

    Not those that somebody redacted by hand: what was hidden there is in the record alone, which stays.
    """
    altered = {line.split()[1] for line in blobs.check(checks.copies_folder(), "copies") if line.endswith("was altered")} \
        if checks.copies_folder().exists() else set()
    for digest in altered:
        blobs.where(digest, checks.copies_folder()).unlink(missing_ok=True)
    gone = [one for one in checks.missing() if one.root == "copies" and one.document.get("use") != "redacted"]
    if gone:
        with journal.change(actor.id, "evidence.repair") as change:
            write(change, [Row("copy", one.uuid, None) for one in gone])
        done.copies = [one.digest for one in gone]
