"""A whole workspace encrypted at rest, and opened again (docs/decisions/0009).

::

    workspace/
      tutela.json                 says only that the workspace is locked
      locked/key.age              the key of this locking (age X25519), under the passphrase (age scrypt)
      locked/workspace.tar.age    every file of the workspace, for that key
      locked/README.txt           how to open it without Tutela
      locked/removed              written last: no plain file is left

Whenever the process ends, the plain workspace or the locked file is whole: ``locked`` gets its name only when what is in it
was read back and compared, and plain files go only after that; it loses its name only when every plain file stands again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tutela.errors import EXIT_UNUSABLE, TutelaError, declare, problem
from tutela.store import blobs, packing, passphrases, workspace  # noqa: F401  (workspace declares a code raised here)
from tutela.store.inuse import LOCKED, REMOVED, alone, refuse_locked
from tutela.store.packing import Entry, Progress

declare({
    "workspace-not-locked": ("The workspace {value} is not locked.", "Use it as it is."),
    "workspace-making": ("Making the workspace {value} was stopped before its end.", "Delete the folder; there is nothing to lock."),
    "lock-room": ("There is not enough room: {needed} are needed, {free} are free.",
                  "Make room on that disk; locking and unlocking need the size of the workspace once more."),
})

PART, OLD, OUT = "locked.part", "locked.old", "unlocked.part"
KEY, ARCHIVE, README = "key.age", "workspace.tar.age", "README.txt"
SETTINGS = "tutela.json"
OURS = frozenset((LOCKED, PART, OLD, OUT))
STUB = '{\n  "locked": true\n}\n'
TEXT = """This folder is a Tutela workspace that was locked.

To open it:                tutela --workspace FOLDER unlock
Without Tutela, with age   age -d key.age > key.txt                      (asks for the passphrase)
(age-encryption.org):      age -d -i key.txt workspace.tar.age | tar x   (into an empty folder; then delete key.txt)

Without the passphrase nobody can open it, its owner included.
"""


def step(name: str) -> None:
    """A moment between two steps.  Nothing happens here; the tests end the process at each."""


def lock(folder: Path, passphrase: str, progress: Progress | None = None) -> dict[str, Any]:
    """Encrypt the workspace and remove its plain files; gives {"files", "bytes", "server": the records are on a server}.

    One whose locking was stopped is finished (with the same passphrase).  Raises ``workspace-missing``, ``workspace-locked``,
    ``workspace-open``, ``passphrase-short``, ``passphrase-wrong``, ``lock-link``, ``lock-room``; then nothing was changed.
    """
    folder = folder.resolve()
    if not (folder / LOCKED).is_dir():
        passphrases.check(passphrase)
    with _alone(folder):
        if (folder / LOCKED).is_dir():
            return _finish(folder, passphrase, progress)
        _sweep(folder, PART, OLD, OUT)
        _settle(folder)
        entries = packing.listed(folder, OURS)
        size = sum(entry.size for entry in entries)
        _room(folder, size + BYTES_EACH * len(entries))
        try:
            _seal(folder / PART, entries, passphrase, progress)
        except BaseException:
            shutil.rmtree(folder / PART, ignore_errors=True)
            raise
        os.replace(folder / PART, folder / LOCKED)
        blobs.sync_folder(folder)
        step("locked")
        _remove(folder, entries)
        return {"files": sum(not entry.is_folder for entry in entries), "bytes": size, "server": not (_has(entries, "tutela.sqlite"))}


BYTES_EACH = 2048  # what a file costs in a tar beside its content, at most


def _has(entries: list[Entry], name: str) -> bool:
    return any(entry.name == name for entry in entries)


def _seal(part: Path, entries: list[Entry], passphrase: str, progress: Progress | None) -> None:
    """Write the locked form, and read it back by the passphrase against the files as they stand."""
    from pyrage import x25519

    part.mkdir()
    step("begun")
    identity = x25519.Identity.generate()
    _write(part / README, TEXT.encode())
    _write(part / KEY, passphrases.seal(str(identity).encode(), passphrase))
    step("key")
    with open(part / ARCHIVE, "xb") as out:
        packing.encrypt(entries, out, identity.to_public(), progress)
        step("encrypted")
        out.flush()
        os.fsync(out.fileno())
    opened = _identity(part, passphrase)
    with open(part / ARCHIVE, "rb") as source:
        packing.same(entries, source, opened, progress)
    blobs.sync_folder(part)
    step("verified")


def _remove(folder: Path, entries: list[Entry]) -> None:
    """Take the plain files away, the settings (with the secret key) first."""
    stub = folder / LOCKED / "stub"
    _write(stub, STUB.encode())
    os.replace(stub, folder / SETTINGS)
    step("stub")
    for number, entry in enumerate(reversed(entries)):  # what is in a folder goes before it
        if entry.name == SETTINGS:
            continue
        if entry.is_folder:
            entry.path.rmdir() if entry.path.is_dir() else None
        else:
            entry.path.unlink(missing_ok=True)
        if number == len(entries) // 2:
            step("half removed")
    blobs.sync_folder(folder)
    step("removed")
    _write(folder / LOCKED / REMOVED, b"")
    blobs.sync_folder(folder / LOCKED)
    step("marked")


def _finish(folder: Path, passphrase: str, progress: Progress | None) -> dict[str, Any]:
    """Go on where a locking was stopped after its archive was whole: remove what the archive holds, and only that."""
    if (folder / LOCKED / REMOVED).exists():
        refuse_locked(folder)
    identity = _identity(folder / LOCKED, passphrase)
    entries: list[Entry] = []
    with open(folder / LOCKED / ARCHIVE, "rb") as source:
        for member, _ in packing.decrypted(source, identity):
            entries.append(Entry(member.name, folder.joinpath(*packing._parts(member.name)), member.size, member.isdir()))
            if progress:
                progress("Reading back", len(entries), None)
    _remove(folder, entries)
    return {"files": sum(not entry.is_folder for entry in entries), "bytes": sum(entry.size for entry in entries),
            "server": not _has(entries, "tutela.sqlite")}


def unlock(folder: Path, passphrase: str, progress: Progress | None = None) -> dict[str, Any]:
    """Bring the plain workspace back and take the locked form away; gives {"files"}.

    Raises ``workspace-missing``, ``workspace-not-locked``, ``workspace-open``, ``passphrase-wrong``, ``lock-damaged``,
    ``lock-room``; then the locked form is there as before.
    """
    folder = folder.resolve()
    with _alone(folder):
        locked, out = folder / LOCKED, folder / OUT
        check_locked(folder)
        identity = _identity(locked, passphrase)
        _sweep(folder, PART, OLD, OUT)
        _room(folder, (locked / ARCHIVE).stat().st_size)
        try:
            out.mkdir()
            step("opened")
            with open(locked / ARCHIVE, "rb") as source:
                count = packing.extract(source, identity, out, progress)
        except BaseException:
            shutil.rmtree(out, ignore_errors=True)
            raise
        step("decrypted")
        _move(out, folder)
        os.replace(locked, folder / OLD)
        blobs.sync_folder(folder)
        step("unlocked")
        _sweep(folder, OLD, OUT)
        return {"files": count}


def check_locked(folder: Path) -> None:
    """Raise ``workspace-missing`` or ``workspace-not-locked``; what an unlocking that was stopped late left is swept away."""
    _refuse_none(folder)
    if not (folder / LOCKED).is_dir():
        _sweep(folder, OLD, OUT)
        raise TutelaError(problem("workspace-not-locked", value=folder), EXIT_UNUSABLE)


def _move(out: Path, folder: Path) -> None:
    """Put what was decrypted in its place, the settings last; in place of what a stopped locking or unlocking left there."""
    names = sorted((one.name for one in out.iterdir()), key=lambda name: (name == SETTINGS, name))
    for number, name in enumerate(names):
        target = folder / name
        if target.is_dir():
            shutil.rmtree(target)
        os.replace(out / name, target)
        if number in (0, len(names) - 2, len(names) - 1):
            step(f"moved {name}")
    blobs.sync_folder(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The workspace to ourselves.  Raises ``workspace-missing``, ``workspace-open``."""
    _refuse_none(folder)
    with alone(folder):
        yield


def _refuse_none(folder: Path) -> None:
    if not (folder / LOCKED).is_dir() and not (folder / SETTINGS).is_file():
        raise TutelaError(problem("workspace-missing", value=folder), EXIT_UNUSABLE)


def _settle(folder: Path) -> None:
    """See that no other program has the SQLite files open, and bring what stands beside them (their WAL) into them.

    Leaving WAL needs a file alone, whoever the others are: a shell, an older Tutela.
    """
    if _making(folder):
        raise TutelaError(problem("workspace-making", value=folder), EXIT_UNUSABLE)
    for file in sorted(folder.glob("*.sqlite")):
        try:
            with closing(sqlite3.connect(file, timeout=0)) as connection:
                mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        except sqlite3.OperationalError as error:
            if not any(word in str(error).lower() for word in ("locked", "busy")):
                raise
            mode = "wal"
        if mode != "delete":
            raise TutelaError(problem("workspace-open", value=folder), EXIT_UNUSABLE)


def _making(folder: Path) -> bool:
    import json

    try:
        return json.loads((folder / SETTINGS).read_text(encoding="utf-8")).get("making") is not None
    except (OSError, ValueError):
        return False


def _identity(locked: Path, passphrase: str) -> Any:
    """The key of a locked form.  Raises ``passphrase-wrong``."""
    from pyrage import x25519

    try:
        sealed = (locked / KEY).read_bytes()
    except OSError as error:
        raise TutelaError(problem("lock-damaged", reason=f"{KEY}: {error.strerror}"), EXIT_UNUSABLE) from None
    return x25519.Identity.from_str(passphrases.unseal(sealed, passphrase).decode())


def _room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + (16 << 20):
        raise TutelaError(problem("lock-room", needed=_megabytes(needed), free=_megabytes(free)))


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def _sweep(folder: Path, *names: str) -> None:
    """Take away what a stopped run left under these names: copies of what stands whole elsewhere."""
    for name in names:
        if (folder / name).exists():
            shutil.rmtree(folder / name)


def _write(file: Path, content: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    with open(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
