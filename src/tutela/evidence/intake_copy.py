"""Copying while digesting, by several threads (digests and the disk both work without the interpreter's lock)."""

from __future__ import annotations

import errno
import os
import sys
import threading
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from hashlib import sha256
from pathlib import Path

from tutela.errors import Problem, TutelaError, problem
from tutela.evidence.intake_log import Copied, IntakeLog
from tutela.evidence.intake_sources import Source
from tutela.evidence.rules.media import HEAD, TAIL, ZIP, media_of
from tutela.store import blobs

WORKERS = min(4, (os.cpu_count() or 1) + 1)
TOGETHER = 16  # small files that one worker takes at once
SMALL = 1 << 20
AT_ONCE = sys.platform == "linux"  # whole file systems can be synced there, and errors are told
FEW = 64  # below so many files each is synced by itself
_BINARY = getattr(os, "O_BINARY", 0)

Progress = Callable[[str, int, int | None], None]


class Copying:
    """The work of one intake: ``run`` gives (source, its copy or what is wrong with it), in order."""

    def __init__(self, log: IntakeLog, sources: list[Source], progress: Progress) -> None:
        self.log, self.sources, self.progress = log, sources, progress
        self.together = AT_ONCE and len(sources) >= FEW
        self.total = sum(source.size for source in sources)
        self._done = 0
        self._count = threading.Lock()
        self._stop = threading.Event()

    def run(self) -> Iterator[tuple[Source, Copied | Problem]]:
        waiting: deque[tuple[list[Source], Future[list[Copied | Problem]]]] = deque()
        pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="intake")
        try:
            for batch in _batches(self.sources):
                waiting.append((batch, pool.submit(self._work, batch, self.log.last)))
                self.log.last += len(batch)
                if len(waiting) > 2 * WORKERS:
                    yield from self._ended(*waiting.popleft())
            while waiting:
                yield from self._ended(*waiting.popleft())
        finally:
            self._stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            self._note(waiting)

    def _note(self, waiting: deque[tuple[list[Source], Future[list[Copied | Problem]]]]) -> None:
        """Stopped: what was copied meanwhile is noted, for the next time."""
        for batch, future in waiting:
            if not future.cancelled() and future.exception() is None:
                for source, result in zip(batch, future.result(), strict=True):
                    if isinstance(result, Copied):
                        self.log.add(source, result)
        self.log.flush()

    def _ended(self, batch: list[Source], future: Future[list[Copied | Problem]]) -> Iterator[tuple[Source, Copied | Problem]]:
        while not wait([future], 0.2).done:
            self.progress("Copying", self._done, self.total)
        results = future.result()
        for source, result in zip(batch, results, strict=True):
            if isinstance(result, Copied):
                self.log.add(source, result)
            yield source, result
        self.log.flush()
        self.progress("Copying", self._done, self.total)

    def _work(self, batch: list[Source], number: int) -> list[Copied | Problem]:
        return [self._one(source, at) for at, source in enumerate(batch, number + 1)]

    def _one(self, source: Source, number: int) -> Copied | Problem:
        before = self.log.before(source)
        if before is not None and (again := self._again(source, before)):
            return again
        return self._copy(source, number)

    def _again(self, source: Source, before: Copied) -> Copied | None:
        """What an interrupted intake had copied, if it is whole: it is digested again, from this disk."""
        path = self.log.path(before.number)
        for place in (Path(path), blobs.where(before.digest)):
            try:
                if place.stat().st_size == before.size and blobs.digest_of(place) == before.digest:
                    self._add(source.size)
                    return before
            except OSError:
                continue
        return None

    def _copy(self, source: Source, number: int) -> Copied | Problem:
        digest, size, head, tail = sha256(), 0, b"", b""
        most = blobs.PIECE if source.size > SMALL else source.size + 1
        try:
            stream = source.open()
        except (OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile, ValueError, EOFError) as error:
            return _unreadable(source, error)
        with stream:
            out = _opened(self.log.path(number))
            try:
                while True:
                    if self._stop.is_set():
                        raise TutelaError(problem("job-stopped"))
                    try:
                        piece = stream.read(most)
                    except (OSError, RuntimeError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
                        return _unreadable(source, error)
                    if not piece:
                        break
                    digest.update(piece)
                    _write(out, piece)
                    head = head or piece[:HEAD]
                    tail = piece[-TAIL:] if len(piece) >= TAIL else (tail + piece)[-TAIL:]
                    size += len(piece)
                    if size > source.size:
                        return problem("intake-changed", file=source.label)
                    self._add(len(piece))
                if not self.together:
                    _synced(out)
            finally:
                os.close(out)
            if wrong := self._changed(source, size, stream):
                return wrong
        media = media_of(source.name, head, tail)
        if media.type == ZIP and source.way == "zip":
            return problem("archive-nested", file=source.label)
        return Copied(number, digest.hexdigest(), size, media.type, media.form, media.noticed)

    def _changed(self, source: Source, size: int, stream: object) -> Problem | None:
        """Whether the file is another than when it was looked at."""
        if size != source.size:
            return problem("intake-changed", file=source.label)
        if source.archive is None:
            now = os.fstat(stream.fileno())  # type: ignore[attr-defined]
            if (now.st_size, now.st_mtime_ns) != (source.size, source.mtime):
                return problem("intake-changed", file=source.label)
        return None

    def _add(self, size: int) -> None:
        with self._count:
            self._done += size


def _batches(sources: list[Source]) -> Iterator[list[Source]]:
    """Small files together, large ones alone."""
    batch: list[Source] = []
    for source in sources:
        if source.size > SMALL and batch:
            yield batch
            batch = []
        batch.append(source)
        if source.size > SMALL or len(batch) == TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch


def _unreadable(source: Source, error: BaseException) -> Problem:
    if isinstance(error, OSError) and source.archive is None:
        code = "intake-missing" if isinstance(error, FileNotFoundError) else "intake-unreadable"
        return problem(code, file=source.label, **({} if code == "intake-missing" else {"reason": error.strerror or error}))
    return problem("archive-damaged", file=source.label, reason=error)


def _opened(path: str) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY, 0o600)
    except OSError as error:
        raise disk(error) from error


def _write(out: int, piece: bytes) -> None:
    view = memoryview(piece)
    try:
        while view:
            view = view[os.write(out, view):]
    except OSError as error:
        raise disk(error) from error


def _synced(out: int) -> None:
    try:
        os.fsync(out)
    except OSError as error:
        raise disk(error) from error


def disk(error: OSError) -> TutelaError:
    """What the disk refuses, as a coded error."""
    full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)
    return TutelaError(problem("disk-full") if full else problem("disk-fault", reason=error.strerror or error))


def sync_at_once(folder: Path) -> None:
    """Bring all that was written to the file system of ``folder`` to the disk (Linux).  Raises ``disk-full`` or ``disk-fault``."""
    import ctypes

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        whole = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
        if whole is None:
            os.sync()
        elif whole(descriptor) != 0:
            number = ctypes.get_errno()
            raise disk(OSError(number, os.strerror(number)))
    finally:
        os.close(descriptor)
