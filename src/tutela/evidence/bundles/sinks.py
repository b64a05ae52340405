"""Where a bundle is written: a folder or a zip, under the name OUT.part, renamed when it is whole."""

from __future__ import annotations

import io
import os
import shutil
import zlib
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from tutela.errors import EXIT_UNUSABLE, TutelaError, declare, problem
from tutela.evidence.bundles.checker import zip_end, zip_local
from tutela.store.blobs import PIECE, sync_folder

declare({
    "bundle-exists": ("{value} is there already.", "Choose another name; a bundle never overwrites anything."),
    "bundle-where": ("{value} cannot be written: {reason}.", "Choose a folder that exists, outside the workspace."),
})


class Sink:
    """Takes files one by one.  ``written`` {name: (SHA-256, size)}."""

    def __init__(self, out: Path) -> None:
        self.out, self.part = out, out.with_name(out.name + ".part")
        self.written: dict[str, tuple[str, int]] = {}

    def add(self, name: str, content: bytes | BinaryIO) -> str:
        """Write a file; gives its digest."""
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        digest, size = self._copy(name, stream)
        self.written[name] = (digest, size)
        return digest

    def _copy(self, name: str, stream: BinaryIO) -> tuple[str, int]:
        raise NotImplementedError

    def finish(self) -> None:
        """All is written: give it its name."""
        raise NotImplementedError

    def drop(self) -> None:
        """It was not finished: leave nothing."""
        raise NotImplementedError


class FolderSink(Sink):
    def __init__(self, out: Path) -> None:
        super().__init__(out)
        if self.part.exists():  # left by a run that was killed: its first file says whose it is
            if not self.part.is_dir() or any(self.part.iterdir()) and not (self.part / "bagit.txt").exists():
                raise TutelaError(problem("bundle-exists", value=self.part), EXIT_UNUSABLE)
            shutil.rmtree(self.part)
        self.part.mkdir()
        self.folders: set[Path] = {self.part}

    def _copy(self, name: str, stream: BinaryIO) -> tuple[str, int]:
        path = self.part.joinpath(*name.split("/"))
        if path.parent not in self.folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.folders |= {path.parent, path.parent.parent}
        digest, size = sha256(), 0
        with open(path, "xb") as out:
            while piece := stream.read(PIECE):
                digest.update(piece)
                size += len(piece)
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        return digest.hexdigest(), size

    def finish(self) -> None:
        for folder in self.folders:
            sync_folder(folder)
        os.rename(self.part, self.out)
        sync_folder(self.out.parent)

    def drop(self) -> None:
        shutil.rmtree(self.part, ignore_errors=True)


class ZipSink(Sink):
    """A zip in which nothing is left to chance (stored, no times, no attributes): ``checker.Zip`` proves every bit of it."""

    def __init__(self, out: Path, top: str) -> None:
        super().__init__(out)
        if self.part.exists():
            if not self.part.is_file() or _beginning(self.part) not in (b"", b"PK\3\4"):
                raise TutelaError(problem("bundle-exists", value=self.part), EXIT_UNUSABLE)
            self.part.unlink()
        self.stream = open(self.part, "xb")  # noqa: SIM115  (closed by finish or drop)
        self.top, self.listed = top, []

    def _copy(self, name: str, stream: BinaryIO) -> tuple[str, int]:
        told, offset = f"{self.top}/{name}", self.stream.tell()
        self.stream.write(zip_local(told, 0, 0))
        digest, size, crc = sha256(), 0, 0
        while piece := stream.read(PIECE):
            digest.update(piece)
            size, crc = size + len(piece), zlib.crc32(piece, crc)
            self.stream.write(piece)
        self.stream.seek(offset)
        self.stream.write(zip_local(told, crc, size))
        self.stream.seek(0, os.SEEK_END)
        self.listed.append((told, crc, size, offset))
        return digest.hexdigest(), size

    def finish(self) -> None:
        self.stream.write(zip_end(self.listed, self.stream.tell()))
        self.stream.flush()
        os.fsync(self.stream.fileno())
        self.stream.close()
        os.replace(self.part, self.out)
        sync_folder(self.out.parent)

    def drop(self) -> None:
        try:
            self.stream.close()  # which writes what was waiting, and fails where the disk is full
        finally:
            if os.name == "nt":
                self.stream.raw.close()
            self.part.unlink(missing_ok=True)


def _beginning(path: Path) -> bytes:
    with open(path, "rb") as stream:
        return stream.read(4)


def sink(out: Path, top: str) -> Sink:
    """Where to write ``out``: a zip if its name says so, else a folder.  ``top`` the folder inside a zip.

    Raises ``bundle-exists``, ``bundle-where``.
    """
    from django.conf import settings

    target = out.resolve()
    inside = target if target.is_dir() else target.parent
    if out.exists() or out.is_symlink():
        raise TutelaError(problem("bundle-exists", value=out), EXIT_UNUSABLE)
    workspace = settings.WORKSPACE.folder.resolve()
    staging = settings.WORKSPACE.staging.resolve()  # what a page makes waits there until it is fetched
    if (workspace == inside or workspace in inside.parents) and staging not in inside.parents:
        raise TutelaError(problem("bundle-where", value=out, reason="it lies in the workspace itself"), EXIT_UNUSABLE)
    try:
        return ZipSink(out, top) if out.suffix.lower() == ".zip" else FolderSink(out)
    except OSError as error:
        raise TutelaError(problem("bundle-where", value=out, reason=error.strerror or str(error)), EXIT_UNUSABLE) from error
