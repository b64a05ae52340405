"""Locks on files that end with the process that holds them: whoever died holds nothing.

The lock is advice (POSIX ``flock``, one byte far beyond the end on Windows): it keeps nobody from reading the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_FAR = 1 << 40  # Windows locks bytes for reading too, so it is one that no file has


def hold(descriptor: int) -> bool:
    """Try to lock an open file for this descriptor alone; False where somebody else holds it."""
    try:
        if os.name == "nt":
            import msvcrt

            at = os.lseek(descriptor, 0, os.SEEK_CUR)
            os.lseek(descriptor, _FAR, os.SEEK_SET)
            try:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
            finally:
                os.lseek(descriptor, at, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_held(path: Path) -> bool:
    """Whether somebody holds this file now; False where it is not there."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not hold(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Hold this file (made where it is not there) while the block runs; gives whether it could be had."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield hold(descriptor)
    finally:
        with suppress(OSError):
            os.close(descriptor)
