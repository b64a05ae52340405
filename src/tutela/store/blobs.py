"""Originals by digest: ``blobs/ab/<sha256>``.  A blob is whole or absent, never changed, and kept once (wall 5).

The order is: temporary file, fsync, rename, fsync of the folder; only then may a row that names the digest be written.
"""

from __future__ import annotations

import builtins
import errno
import os
import re
import tempfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from tutela.errors import TutelaError, declare, problem
from tutela.store import filelock

declare({
    "blob-unknown": ("There is no file {value} in this workspace.", "Check the digest, or restore a backup."),
    "blob-other": ("The content is not that of {value}.", "Take the file again from its source; nothing was kept."),
})

PIECE = 1 << 20
INCOMING = ".incoming"
READING = "backup.lock"  # beside what is incoming: held while a backup reads, so that no file is taken away under it
NAME = re.compile(r"[0-9a-f]{64}")


def folder() -> Path:
    """Where this workspace keeps them."""
    from django.conf import settings

    return settings.WORKSPACE.blobs


def put(source: BinaryIO | Path, expected: str | None = None, into: Path | None = None) -> str:
    """Keep this content; gives its digest (SHA-256, hexadecimal).  Content that is there already is left as it is.

    ``expected``: refuse (``blob-other``) content with another digest.  ``into``: another folder than the workspace's.
    """
    root = into or folder()
    incoming = root / INCOMING
    incoming.mkdir(parents=True, exist_ok=True)
    stream = builtins.open(source, "rb") if isinstance(source, Path) else source
    descriptor, temporary = tempfile.mkstemp(dir=incoming)
    try:
        digest = sha256()
        with builtins.open(descriptor, "wb") as out:
            filelock.hold(out.fileno())  # so that nobody takes it for what a killed process left behind
            while piece := stream.read(PIECE):
                digest.update(piece)
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        name = digest.hexdigest()
        if expected is not None and name != expected:
            raise TutelaError(problem("blob-other", value=expected))
        target = where(name, root)
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            os.replace(temporary, target)
            sync_folder(target.parent)
            sync_folder(root)
        return name
    finally:
        Path(temporary).unlink(missing_ok=True)
        if stream is not source:
            stream.close()


@contextmanager
def room() -> Iterator[None]:
    """A full disk as a coded error (``disk-full``), for whatever is written inside."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)):
            raise TutelaError(problem("disk-full")) from error
        raise


def where(digest: str, root: Path | None = None) -> Path:
    """The file of a digest, whether or not it is there.  Anything that is not a digest is ``blob-unknown``."""
    if not NAME.fullmatch(digest):
        raise TutelaError(problem("blob-unknown", value=digest))
    return (root or folder()) / digest[:2] / digest


def open(digest: str, root: Path | None = None) -> BinaryIO:
    """The content, for reading.  Raises ``blob-unknown``."""
    try:
        return builtins.open(where(digest, root), "rb")
    except FileNotFoundError:
        raise TutelaError(problem("blob-unknown", value=digest)) from None


def every(root: Path | None = None) -> Iterator[str]:
    """All digests, in order."""
    start = root or folder()
    for part in sorted(start.iterdir()) if start.exists() else ():
        if part.is_dir() and len(part.name) == 2:
            yield from (file.name for file in sorted(part.iterdir()) if NAME.fullmatch(file.name))


def check(root: Path | None = None, label: str = "blobs") -> Iterator[str]:
    """One sentence for every file whose content is not that of its name, or that does not belong here.

    Digests are made by as many threads as there are cores; memory does not grow with the number of files.
    """
    start = root or folder()
    if not start.exists():
        yield f"{label}: the folder is missing"
        return
    workers = os.cpu_count() or 1
    waiting: deque[Future[list[str]]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="digest") as pool:
        for part in sorted(start.iterdir()):
            if part.name == INCOMING:
                continue
            files = sorted(part.iterdir()) if part.is_dir() else [part]
            for at in range(0, len(files), TOGETHER):
                waiting.append(pool.submit(_check, part.name, files[at : at + TOGETHER], label))
                while len(waiting) > 2 * workers:
                    yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


TOGETHER = 32  # files that one thread digests in one go


def _check(part: str, files: list[Path], label: str) -> list[str]:
    found = []
    for file in files:
        if not NAME.fullmatch(file.name) or part != file.name[:2]:
            found.append(f"{label}: {part}/{file.name} does not belong here")
            continue
        try:
            if digest_of(file) != file.name:
                found.append(f"{label}: {file.name} was altered")
        except FileNotFoundError:
            continue  # taken away meanwhile; whether it should be there is asked of the records
        except OSError as error:
            found.append(f"{label}: {file.name} cannot be read ({error.strerror})")
    return found


def digest_of(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = sha256()
    with builtins.open(file, "rb", 0) as stream:
        size = os.fstat(stream.fileno()).st_size
        if size <= PIECE:
            digest.update(stream.read())
            return digest.hexdigest()
        buffer = memoryview(bytearray(PIECE))
        while count := stream.readinto(buffer):
            digest.update(buffer[:count])
    return digest.hexdigest()


def sync_folder(path: Path) -> None:
    """Make a rename in this folder last (Windows does so by itself, and cannot open folders)."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
