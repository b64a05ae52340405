"""Strangers' files are decoded in a process of their own, so that one that kills its reader, or never lets it go, harms nobody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from tutela.errors import TutelaError, problem
from tutela.evidence.renditions import wire
from tutela.evidence.renditions.examine import RECORDINGS, examine
from tutela.evidence.renditions.made import Made

SECONDS = 60.0  # for one file
STARTING = 60.0  # until the process says that it runs
LARGEST = 512 << 20  # bytes of a file that is looked into
PASSED_ON = ("PATH", "SYSTEMROOT", "SYSTEMDRIVE", "TEMP", "TMP", "TMPDIR", "HOME", "LANG", "LC_ALL")


class Worker:
    """The other process: started at the first question, again after it died, ended with the ``with`` block."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def examine(self, stream: BinaryIO, media_type: str) -> Made:
        """:func:`tutela.evidence.renditions.examine.examine`, apart.  Recordings are only sought through, so they stay here."""
        if media_type.startswith(RECORDINGS):
            return examine(stream, media_type)
        return self._ask({"task": "examine", "media_type": media_type}, stream)

    def redact(self, stream: BinaryIO, media_type: str, boxes: list[dict[str, Any]], page: int | None) -> Made:
        """:func:`tutela.evidence.renditions.examine.redact`, apart; what went wrong stands in ``notes``."""
        return self._ask({"task": "redact", "media_type": media_type, "boxes": boxes, "page": page}, stream)

    def _ask(self, question: dict[str, Any], stream: BinaryIO) -> Made:
        size = stream.seek(0, 2)
        stream.seek(0)
        if size > LARGEST:
            return Made(notes=[problem("rendition-file-too-large", value=LARGEST >> 20)])
        process = self._process or self._start()
        late = threading.Event()

        def give_up() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self.seconds, give_up)
        timer.start()
        try:
            assert process.stdin is not None and process.stdout is not None
            wire.send(process.stdin, json.dumps(question).encode())
            while piece := stream.read(wire.PIECE):
                wire.send(process.stdin, piece)
            wire.send(process.stdin, b"")
            process.stdin.flush()
            return wire.receive_made(process.stdout)
        except (OSError, EOFError, ValueError, KeyError, TypeError):
            self._end()
            return Made(notes=[problem("rendition-timeout", value=int(self.seconds)) if late.is_set() else problem("rendition-crashed")])
        finally:
            timer.cancel()

    def _start(self) -> subprocess.Popen[bytes]:
        """A Python with our code and nothing of our environment: no address of a database, no workspace.

        Raises ``rendition-worker`` where it does not run.
        """
        root = str(Path(__file__).parents[3])
        given = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | {"PYTHONPATH": root}
        self._process = process = subprocess.Popen([sys.executable, "-m", "tutela.evidence.renditions.worker"], stdin=subprocess.PIPE,
                                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=given)
        timer = threading.Timer(STARTING, process.kill)
        timer.start()
        try:
            assert process.stdout is not None
            if wire.receive(process.stdout) != wire.READY:
                raise EOFError
        except (OSError, EOFError, ValueError):
            self._end()
            raise TutelaError(problem("rendition-worker")) from None
        finally:
            timer.cancel()
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        process.wait()
