"""Writing a file whole or not at all: beside its place first, on the disk for sure, then moved there in one step."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tutela.errors import EXIT_UNUSABLE, TutelaError, declare, problem

declare({
    "export-is-folder": ("{value} is a folder.", "Give the name of a file in it."),
    "export-unwritable": ("{value} cannot be written: {reason}.", "Choose a folder that exists and that you may write to."),
    "export-over-workspace": ("{value} is a file of the workspace itself.", "Choose another name; nothing was written."),
})


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """A temporary path beside ``out``; it takes the place of ``out`` when the block ends well, and vanishes otherwise.

    Raises ``export-is-folder``, ``export-unwritable``, ``export-over-workspace``, ``disk-full``.
    """
    _check(out)
    part = out.with_name(f".{secrets.token_hex(6)}.part")
    try:
        with _coded(out):
            part.touch(exist_ok=False)
            yield part
            _to_disk(part)
            os.replace(part, out)
            _to_disk(out.parent, folder=True)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def written(out: Path, content: dict[str, Any]) -> None:
    """A small JSON file, whole or absent."""
    import orjson

    with replacing(out) as part:
        part.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _check(out: Path) -> None:
    if out.is_dir():
        raise TutelaError(problem("export-is-folder", value=out), EXIT_UNUSABLE)
    from django.conf import settings

    workspace, target = settings.WORKSPACE, out.resolve()
    own = {workspace.settings_file.resolve()}
    for database in (workspace.database.resolve(), workspace.access.resolve()):
        own |= {database.with_name(database.name + suffix) for suffix in ("", "-wal", "-shm", "-journal")}
    if target in own or {workspace.blobs.resolve(), workspace.staging.resolve()} & set(target.parents):
        raise TutelaError(problem("export-over-workspace", value=out), EXIT_UNUSABLE)


@contextmanager
def _coded(out: Path) -> Iterator[None]:
    """The faults of the disk as coded errors, whichever library meets them."""
    try:
        yield
    except TutelaError:
        raise
    except Exception as error:
        cause = _disk_fault(error)
        if cause is None:
            raise
        if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)) \
                or "disk is full" in str(cause):
            raise TutelaError(problem("disk-full")) from error
        reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
        raise TutelaError(problem("export-unwritable", value=out, reason=reason), EXIT_UNUSABLE) from error


def _disk_fault(error: Exception) -> Exception | None:
    """The operating system's own error inside one that SQLite or XlsxWriter raised; None where it is something else."""
    import sqlite3

    if isinstance(error, OSError):
        return error
    if isinstance(error, sqlite3.OperationalError) and any(word in str(error) for word in ("full", "disk I/O", "unable to open",
                                                                                           "readonly")):
        return error
    if type(error).__name__ in ("FileCreateError", "FileSizeError"):
        inner = error.args[0] if error.args else error
        return inner if isinstance(inner, OSError) else error
    return None


def _to_disk(path: Path, folder: bool = False) -> None:
    """Have the system write it out.  A folder can only be so treated on POSIX systems."""
    if folder and os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY if folder else os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
