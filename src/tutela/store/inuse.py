"""Who has a workspace open, and whether it is locked.  Every process that opens one holds a shared lock on it until it ends
(the operating system lets go when the process does, however it ends); locking and unlocking need it alone.  No Django.

On POSIX the lock lies on the folder itself; on Windows, where folders take none, on a file of the temporary folder.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tutela.errors import EXIT_UNUSABLE, TutelaError, declare, problem

declare({
    "workspace-locked": ("The workspace {value} is locked.", "Run `tutela unlock` and give its passphrase; lock it again when you leave."),
    "workspace-lock-unfinished": ("Locking the workspace {value} was stopped before its end: files of it can still be read there.",
                                  "Run `tutela lock` again with the same passphrase, or `tutela unlock`."),
    "workspace-open": ("Another program has the workspace {value} open.",
                       "End `tutela serve` and every other command on it, then try again."),
    "workspace-closing": ("The workspace {value} is being locked or unlocked.", "Wait for that to end, then try again."),
})

LOCKED = "locked"  # the folder, inside the workspace, that holds a locked workspace
REMOVED = "removed"  # in it: every plain file is gone

_held: dict[Path, int] = {}
_offsets: dict[int, int] = {}
_RANGE = 1 << 30


def refuse_locked(folder: Path) -> None:
    """Raise ``workspace-locked`` or ``workspace-lock-unfinished``."""
    locked = folder / LOCKED
    if locked.is_dir():
        code = "workspace-locked" if (locked / REMOVED).exists() else "workspace-lock-unfinished"
        raise TutelaError(problem(code, value=folder), EXIT_UNUSABLE)


def hold(folder: Path) -> None:
    """Keep the workspace from being locked or unlocked until this process ends.  Raises ``workspace-closing``.

    A file system that knows no locks is left without: SQLite's own still stand.
    """
    if folder in _held or not folder.is_dir():
        return
    try:
        descriptor = _open(folder)
    except OSError:
        return
    if not _take(descriptor, alone=False):
        os.close(descriptor)
        raise TutelaError(problem("workspace-closing", value=folder), EXIT_UNUSABLE)
    _held[folder] = descriptor


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Have the workspace alone.  Raises ``workspace-open`` where any other process has it open.

    Afterwards this process holds it as before, or not at all.
    """
    held = folder in _held
    descriptor = _held[folder] if held else _open(folder)
    try:
        if not _take(descriptor, alone=True):
            raise TutelaError(problem("workspace-open", value=folder), EXIT_UNUSABLE)
        yield
    finally:
        if held:
            _take(descriptor, alone=False)
        else:
            _offsets.pop(descriptor, None)
            os.close(descriptor)


def _open(folder: Path) -> int:
    if os.name != "nt":
        return os.open(folder, os.O_RDONLY)
    import tempfile
    from hashlib import sha256

    name = sha256(os.path.normcase(str(folder)).encode()).hexdigest()[:24]
    return os.open(Path(tempfile.gettempdir()) / f"tutela-{name}.lock", os.O_RDWR | os.O_CREAT)


def _take(descriptor: int, alone: bool) -> bool:
    """Take the lock, shared or alone, in place of what this descriptor has; False where others are in the way."""
    if sys.platform == "win32":
        return _take_windows(descriptor, alone)
    import errno
    import fcntl

    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EWOULDBLOCK, errno.EACCES)
    return True


def _take_windows(descriptor: int, alone: bool) -> bool:
    """Windows locks bytes, each for one: whoever shares takes any one byte, whoever is alone takes them all."""
    import msvcrt

    def at(mode: int, first: int, count: int) -> None:
        os.lseek(descriptor, first, os.SEEK_SET)
        msvcrt.locking(descriptor, mode, count)  # type: ignore[attr-defined]

    had = _offsets.pop(descriptor, None)
    if had is not None:
        with suppress(OSError):
            at(msvcrt.LK_UNLCK, max(had, 0), 1 if had >= 0 else _RANGE)  # type: ignore[attr-defined]
    first = -1 if alone else secrets.randbelow(_RANGE)
    try:
        at(msvcrt.LK_NBLCK, max(first, 0), _RANGE if alone else 1)  # type: ignore[attr-defined]
    except OSError:
        return False
    _offsets[descriptor] = first
    return True
