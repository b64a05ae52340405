"""Originals by digest: ``blobs/ab/<sha256>``.  A blob is whole or absent, never changed, and kept once (wall 5).

The order is: temporary file, fsync, rename, fsync of the folder; only then may a row that names the digest be written.
"""

from __future__ import annotations

import builtins
import os
import re
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from tutela.errors import TutelaError, declare, problem

declare({
    "blob-unknown": ("There is no file {value} in this workspace.", "Check the digest, or restore a backup."),
    "blob-other": ("The content is not that of {value}.", "Take the file again from its source; nothing was kept."),
})

PIECE = 1 << 20
INCOMING = ".incoming"
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


def check(root: Path | None = None) -> Iterator[str]:
    """One sentence for every file whose content is not that of its name, or that does not belong here."""
    start = root or folder()
    if not start.exists():
        yield "blobs: the folder is missing"
        return
    for part in sorted(start.iterdir()):
        if part.name == INCOMING:
            continue
        for file in sorted(part.iterdir()) if part.is_dir() else (part,):
            if not NAME.fullmatch(file.name) or part.name != file.name[:2]:
                yield f"blobs: {part.name}/{file.name} does not belong here"
            elif digest_of(file) != file.name:
                yield f"blobs: {file.name} was altered"


def digest_of(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = sha256()
    with builtins.open(file, "rb") as stream:
        while piece := stream.read(PIECE):
            digest.update(piece)
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
