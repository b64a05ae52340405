"""How far an intake is, beside the register: so that one that was killed or stopped goes on where it was.

``staging/intake-<key>.jsonl`` has a head (id, paths) and a line for each file that was copied; the copies lie in
``blobs/.incoming/intake-<key>/``.  The key follows from the paths, so the same paths given again find them.  Whoever takes in
holds the file; what nobody holds was interrupted.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from tutela.errors import TutelaError, declare, problem
from tutela.evidence.intake_sources import Source
from tutela.store import blobs, filelock
from tutela.store.documents import new_ids

declare({
    "intake-running": ("These files are being taken in already.", "Wait for it to end, then look at the list of evidence."),
})


@dataclass(frozen=True, slots=True)
class Copied:
    """One file copied to ``incoming/<number>``: its digest and size, its media type and form, what was noticed."""

    number: int
    digest: str
    size: int
    media_type: str
    form: str
    noticed: tuple[tuple[str, str], ...]


def staging() -> Path:
    from django.conf import settings

    return settings.WORKSPACE.staging


def key_of(paths: list[Path]) -> str:
    return sha256("\0".join(os.path.abspath(path) for path in paths).encode("utf-8", "surrogateescape")).hexdigest()[:16]


class IntakeLog:
    """The log of one intake, held by this process while it is open.  Raises ``intake-running``."""

    def __init__(self, paths: list[Path]) -> None:
        key = key_of(paths)
        self.file = staging() / f"intake-{key}.jsonl"
        self.incoming = blobs.folder() / blobs.INCOMING / f"intake-{key}"
        self._incoming = str(self.incoming)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self._out = self._open()
        self.known, self.id = self._read()
        self.last = max((copied.number for _, copied in self.known.values()), default=0)
        self.incoming.mkdir(parents=True, exist_ok=True)
        if not self.id:
            self.id = new_ids(1)[0]
            self._line({"intake": self.id, "paths": [os.path.abspath(path).encode("utf-8", "replace").decode() for path in paths]})
            self._out.flush()

    def _open(self) -> BinaryIO:
        """The file, held.  Tried again where it ended just now, or where somebody only looked whether it is held."""
        for attempt in range(5):
            out = open(self.file, "a+b")
            if filelock.hold(out.fileno()) and os.fstat(out.fileno()).st_nlink:
                return out
            out.close()
            time.sleep(0.02 * attempt)
        raise TutelaError(problem("intake-running"))

    def _read(self) -> tuple[dict[str, tuple[tuple[int, int], Copied]], str]:
        """{key of a source: ((size, mtime), copy)} of what was copied before, and the id of that intake."""
        self._out.seek(0)
        text = self._out.read()
        if text and not text.endswith(b"\n"):
            self._out.write(b"\n")  # a line that was cut short stays alone
        known, found = {}, ""
        for line in _lines(text):
            if "intake" in line:
                found = line["intake"]
            else:
                known[line["key"]] = (line["size"], line["mtime"]), _copied(line)
        return known, found

    def _line(self, content: dict[str, Any]) -> None:
        self._out.write(orjson.dumps(content) + b"\n")

    def add(self, source: Source, copied: Copied) -> None:
        """A file was copied."""
        self._line({"key": _plain(source.key), "size": source.size, "mtime": source.mtime, "number": copied.number, "digest": copied.digest,
                    "bytes": copied.size, "type": copied.media_type, "form": copied.form, "noticed": copied.noticed})

    def flush(self) -> None:
        self._out.flush()

    def before(self, source: Source) -> Copied | None:
        """The copy that was made of this file before, if it is the same still by size and time."""
        held = self.known.get(_plain(source.key))
        return held[1] if held and held[0] == (source.size, source.mtime) else None

    def path(self, number: int) -> str:
        return f"{self._incoming}{os.sep}{number}"

    def keep(self) -> None:
        """Let go, but keep all for the next time."""
        self._out.close()

    def drop(self) -> None:
        """Nothing of it is needed any more."""
        shutil.rmtree(self.incoming, ignore_errors=True)
        if os.name == "nt":
            self._out.close()
        self.file.unlink(missing_ok=True)
        self._out.close()


def _plain(key: str) -> str:
    return key.encode("utf-8", "backslashreplace").decode()


def _copied(line: dict[str, Any]) -> Copied:
    return Copied(line["number"], line["digest"], line["bytes"], line["type"], line["form"], tuple(map(tuple, line["noticed"])))


def _lines(text: bytes) -> Iterator[dict[str, Any]]:
    for raw in text.split(b"\n"):
        try:
            line = orjson.loads(raw)
        except ValueError:
            continue
        if isinstance(line, dict) and ("intake" in line or {"key", "size", "mtime", "digest", "number"} <= line.keys()):
            yield line


@dataclass(frozen=True, slots=True)
class Left:
    """An intake as it lies on the disk.  ``running``: somebody holds it."""

    file: Path
    incoming: Path
    running: bool
    paths: list[str]
    digests: frozenset[str]


def every() -> Iterator[Left]:
    """All intakes that run or were interrupted."""
    folder, incoming = staging(), blobs.folder() / blobs.INCOMING
    seen = set()
    for file in sorted(folder.glob("intake-*.jsonl")) if folder.exists() else ():
        try:
            running, lines = filelock.is_held(file), list(_lines(file.read_bytes()))
        except OSError:
            continue  # it has just ended
        seen.add(file.stem)
        paths = next((line.get("paths", []) for line in lines if "intake" in line), [])
        yield Left(file, incoming / file.stem, running, paths, frozenset(line["digest"] for line in lines if "digest" in line))
    for path in sorted(incoming.glob("intake-*")) if incoming.exists() else ():
        if path.name not in seen and path.is_dir() and not (folder / f"{path.name}.jsonl").exists():
            yield Left(folder / f"{path.name}.jsonl", path, False, [], frozenset())
