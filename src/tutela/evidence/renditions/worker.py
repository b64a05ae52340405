"""The process in which strangers' files are decoded: ``python -m tutela.evidence.renditions.worker``.

It knows no workspace, no database and no secret, has bounded memory where the system can bound it (Linux, macOS), and what it
dies of costs one file its working copies.  It takes (question, pieces of a file, an empty piece) and answers by ``wire``.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import suppress
from typing import Any, BinaryIO

from tutela.errors import TutelaError
from tutela.evidence.renditions import wire
from tutela.evidence.renditions.examine import examine, redact
from tutela.evidence.renditions.made import Made, broken

MEMORY = 2 << 30  # bytes of address space
IN_MEMORY = 32 << 20  # bytes of a file kept in memory; larger ones lie in a temporary file meanwhile


def main() -> None:
    """Answer until the house has no more to ask."""
    _bound()
    source, out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)  # what a library prints is no answer
    wire.send(out, wire.READY)
    out.flush()
    while True:
        try:
            question = json.loads(wire.receive(source))
        except EOFError:
            return
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
            while piece := wire.receive(source):
                file.write(piece)
            file.seek(0)
            made = _answer(question, file)  # type: ignore[arg-type]
        wire.send_made(out, made)


def _answer(question: dict[str, Any], file: BinaryIO) -> Made:
    try:
        if question["task"] == "redact":
            return Made(renditions=redact(file, question["media_type"], question["boxes"], question["page"]))
        return examine(file, question["media_type"])
    except TutelaError as error:
        return Made(notes=[error.problem])
    except Exception as error:
        return Made(notes=[broken("working copy", error).problem])


def _bound() -> None:
    """No more than ``MEMORY``, and no file of what was in it when it dies."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    main()
