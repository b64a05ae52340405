"""A folder as one encrypted stream and back: tar (POSIX pax) inside age, so that ``age -d`` and ``tar x`` read it too.

Both ways a piece at a time: memory does not grow with the folder.  No Django.
"""

from __future__ import annotations

import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from tutela.errors import EXIT_UNUSABLE, TutelaError, declare, problem

declare({
    "lock-link": ("{value} leads out of the workspace, where locking does not reach.",
                  "Put the files it leads to in its place, or take it away; nothing was changed."),
    "lock-damaged": ("The locked workspace is damaged: {reason}.", "Use another copy of it, or restore a backup; nothing was removed."),
})

PIECE = 1 << 20
BLOCK = 512

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder of the workspace: its name below it (with ``/``), its size in bytes, and its path."""

    name: str
    path: Path
    size: int
    is_folder: bool


def listed(folder: Path, leave: frozenset[str]) -> list[Entry]:
    """Everything below the folder but the top-level names in ``leave``, folders before what is in them.

    Raises ``lock-link`` for what is neither a file nor a folder: a link would leave what it leads to readable.
    """
    found: list[Entry] = []
    waiting = [folder]
    while waiting:
        at = waiting.pop()
        for one in sorted(os.scandir(at), key=lambda entry: entry.name):
            if at == folder and one.name in leave:
                continue
            path = Path(one.path)
            name = path.relative_to(folder).as_posix()
            if one.is_symlink() or getattr(one, "is_junction", lambda: False)():
                raise TutelaError(problem("lock-link", value=path), EXIT_UNUSABLE)
            if one.is_dir(follow_symlinks=False):
                found.append(Entry(name, path, 0, True))
                waiting.append(path)
            elif one.is_file(follow_symlinks=False):
                found.append(Entry(name, path, one.stat(follow_symlinks=False).st_size, False))
            else:
                raise TutelaError(problem("lock-link", value=path), EXIT_UNUSABLE)
    return found


class _Tar:
    """The entries as a tar, to be read from: what pyrage asks of a file."""

    def __init__(self, entries: list[Entry], progress: Callable[[int], None]) -> None:
        self._pieces = _tarred(entries, progress)
        self._piece = memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        while not self._piece:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._piece = memoryview(piece)
        taken = self._piece if size < 0 else self._piece[:size]
        self._piece = self._piece[len(taken):]
        return bytes(taken)


def _tarred(entries: list[Entry], progress: Callable[[int], None]) -> Iterator[bytes]:
    done = 0
    for entry in entries:
        stat = entry.path.stat()
        info = tarfile.TarInfo(entry.name)
        info.mtime, info.mode = int(stat.st_mtime), stat.st_mode & 0o777
        info.type, info.size = (tarfile.DIRTYPE, 0) if entry.is_folder else (tarfile.REGTYPE, entry.size)
        yield info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
        if entry.is_folder:
            continue
        left = entry.size
        with open(entry.path, "rb") as stream:
            while left:
                piece = stream.read(min(PIECE, left))
                if not piece:
                    raise OSError(f"{entry.name} became shorter")
                left -= len(piece)
                done += len(piece)
                yield piece
                progress(done)
        yield bytes(-entry.size % BLOCK)
    yield bytes(2 * BLOCK)


def encrypt(entries: list[Entry], out: BinaryIO, recipient: Any, progress: Progress | None = None) -> None:
    """Write the entries to ``out`` for this recipient (``pyrage.x25519.Recipient``).  Raises what reading or writing raises."""
    import pyrage

    total = sum(entry.size for entry in entries)
    raised: list[BaseException] = []

    class Reading(_Tar):
        def read(self, size: int = -1) -> bytes:
            try:
                return super().read(size)
            except BaseException as error:  # pyrage would tell it as a fault of its own
                raised.append(error)
                raise

    try:
        pyrage.encrypt_io(Reading(entries, lambda done: progress("Encrypting", done, total) if progress else None), out, [recipient])
    except pyrage.EncryptError:
        if raised:
            raise raised[0] from None
        raise


class _Content:
    """The content of one member; where the archive ends within it, that is told as damage."""

    def __init__(self, plain: Any) -> None:
        self._plain = plain

    def read(self, size: int) -> bytes:
        try:
            return self._plain.read(size)
        except tarfile.TarError as error:
            raise _damaged(error) from None


def decrypted(source: BinaryIO, identity: Any) -> Iterator[tuple[tarfile.TarInfo, _Content | None]]:
    """The members of a locked workspace, one after another, each with its content (read it before the next).

    Raises ``lock-damaged`` as soon as a piece does not hold.  Only when the last member has been taken, and nothing was
    raised, has all of it been seen to hold.
    """
    import pyrage

    reading, writing = os.pipe()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            with os.fdopen(writing, "wb", PIECE) as out:
                pyrage.decrypt_io(source, out, [identity])
        except BaseException as error:  # told in the other thread
            failed.append(error)

    thread = threading.Thread(target=work, name="unlocking", daemon=True)
    thread.start()
    try:
        with os.fdopen(reading, "rb", PIECE) as stream:
            try:
                with tarfile.open(fileobj=stream, mode="r|", bufsize=PIECE, encoding="utf-8", errors="surrogateescape") as archive:
                    for member in archive:
                        plain = archive.extractfile(member) if member.isreg() else None
                        yield member, None if plain is None else _Content(plain)
                while stream.read(PIECE):
                    pass
            except tarfile.TarError as error:
                thread.join()
                raise _damaged(failed[0] if failed else error) from None
        thread.join()
        if failed:
            raise _damaged(failed[0])
    finally:
        thread.join()


def _damaged(error: BaseException) -> TutelaError:
    return TutelaError(problem("lock-damaged", reason=str(error).rstrip(".") or type(error).__name__), EXIT_UNUSABLE)


def same(entries: list[Entry], source: BinaryIO, identity: Any, progress: Progress | None = None) -> None:
    """See that the encrypted stream holds just these entries, every byte of them as it stands.  Raises ``lock-damaged``."""
    total, done, expected = sum(entry.size for entry in entries), 0, iter(entries)
    for member, content in decrypted(source, identity):
        entry = next(expected, None)
        if entry is None or entry.name != member.name or entry.is_folder != member.isdir() or entry.size != member.size:
            raise _damaged(ValueError(f"{member.name} is not what stands there"))
        if content is None:
            continue
        with open(entry.path, "rb") as plain:
            while piece := content.read(PIECE):
                if plain.read(len(piece)) != piece:
                    raise _damaged(ValueError(f"{member.name} differs"))
                done += len(piece)
                if progress:
                    progress("Reading back", done, total)
    if next(expected, None) is not None:
        raise _damaged(ValueError("files are missing"))


def extract(source: BinaryIO, identity: Any, into: Path, progress: Progress | None = None) -> int:
    """Write all of it below ``into`` (a new folder); gives how many files.  Raises ``lock-damaged``, with nothing outside touched."""
    count, done, times = 0, 0, []
    for member, content in decrypted(source, identity):
        target = into.joinpath(*_parts(member.name))
        if member.isdir():
            target.mkdir(exist_ok=True)
            times.append((target, member.mtime))
            continue
        if content is None:
            raise _damaged(ValueError(f"{member.name} is neither a file nor a folder"))
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), member.mode & 0o777 | 0o600)
        with open(descriptor, "wb") as out:
            while piece := content.read(PIECE):
                out.write(piece)
                done += len(piece)
                if progress:
                    progress("Decrypting", done, None)
            if not hasattr(os, "sync"):  # Windows
                out.flush()
                os.fsync(out.fileno())
        times.append((target, member.mtime))
        count += 1
    for target, moment in reversed(times):
        with suppress(OSError):
            os.utime(target, (moment, moment))
    if hasattr(os, "sync"):
        os.sync()
    return count


def _parts(name: str) -> tuple[str, ...]:
    """The parts of a name that stays below the folder.  Raises ``lock-damaged`` for any other."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or any(part in ("..", ".") or "\\" in part or ":" in part for part in parts):
        raise _damaged(ValueError(f"“{name}” is no name of a file in a workspace"))
    return parts
