"""A disk that is full from the N-th write on: every way in which Tutela writes files and rows fails then, and taking away still works.

``with full_from(3) as told: …`` lets two writes pass.  ``told.count`` is how many were tried; a run in which ``told.met`` is False
came to its end before the disk was full.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

WRITING = set("wax+")


class Told:
    """The writes so far."""

    def __init__(self, first: int) -> None:
        self.first, self.count, self.met = first, 0, False
        self._lock = threading.Lock()

    def step(self) -> None:
        with self._lock:
            self.count += 1
            if self.count >= self.first:
                self.met = True
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class _File(io.FileIO):
    """A file whose writes are counted."""

    told: Told

    def write(self, data: Any) -> int:  # type: ignore[override]
        self.told.step()
        return super().write(data)


@contextmanager
def full_from(first: int) -> Iterator[Told]:
    """From the ``first`` write on (1: at once) nothing can be written, to files or to either database."""
    from django.db import OperationalError, connections

    told = Told(first)
    real = {name: getattr(os, name) for name in ("open", "write", "fsync", "mkdir", "replace", "rename")}
    plain_open = builtins.open

    def counted(name: str) -> Any:
        def call(*arguments: Any, **more: Any) -> Any:
            if name != "open" or arguments[1] & (os.O_CREAT | os.O_TRUNC):
                told.step()
            return real[name](*arguments, **more)
        return call

    def opened(file: Any, mode: str = "r", buffering: int = -1, encoding: str | None = None, errors: str | None = None,
               newline: str | None = None, closefd: bool = True, opener: Any = None) -> Any:
        if not WRITING & set(mode):
            return plain_open(file, mode, buffering, encoding, errors, newline, closefd, opener)
        if not isinstance(file, int):
            told.step()
        raw = _File(file, mode.replace("b", "").replace("t", ""), closefd, opener)
        raw.told = told
        stream: Any = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return stream if "b" in mode else io.TextIOWrapper(stream, encoding, errors, newline)

    def rows(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE", "REPLAC"):
            try:
                told.step()
            except OSError as error:
                raise OperationalError("database or disk is full") from error
        return execute(sql, params, many, context)

    with ExitStack() as stack:
        for name in real:
            stack.enter_context(mock.patch.object(os, name, counted(name)))
        stack.enter_context(mock.patch.object(builtins, "open", opened))
        stack.enter_context(mock.patch.object(io, "open", opened))
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(rows))
        yield told
