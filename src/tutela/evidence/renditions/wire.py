"""How the house and its worker speak: pieces with their length before them, JSON for what is said, bytes for what is carried."""

from __future__ import annotations

import json
from struct import Struct
from typing import Any, BinaryIO

from tutela.errors import Problem
from tutela.evidence.renditions.made import Made, Rendition

_length = Struct(">I")
PIECE = 1 << 20
LARGEST = 1 << 30
READY = b"ready"  # the worker's first piece: it runs, and has all that it needs


def send(out: BinaryIO, piece: bytes) -> None:
    out.write(_length.pack(len(piece)))
    out.write(piece)


def receive(source: BinaryIO) -> bytes:
    """One piece.  Raises ``EOFError`` where the other side has gone, ``ValueError`` where it speaks nonsense."""
    length = _length.unpack(_exactly(source, 4))[0]
    if length > LARGEST:
        raise ValueError("too long")
    return _exactly(source, length)


def _exactly(source: BinaryIO, count: int) -> bytes:
    parts = []
    while count:
        piece = source.read(count)
        if not piece:
            raise EOFError
        parts.append(piece)
        count -= len(piece)
    return b"".join(parts)


def send_made(out: BinaryIO, made: Made) -> None:
    """What came of a file."""
    said = {"stated": made.stated, "notes": [note.as_dict() for note in made.notes],
            "renditions": [{name: getattr(r, name) for name in NAMES} for r in made.renditions]}
    send(out, json.dumps(said).encode())
    for rendition in made.renditions:
        send(out, rendition.content)
    out.flush()


NAMES = ("use", "media_type", "tool", "parameters", "width", "height", "likeness", "of")


def receive_made(source: BinaryIO) -> Made:
    said: dict[str, Any] = json.loads(receive(source))
    made = Made(said["stated"], [Problem(**note) for note in said["notes"]])
    made.renditions = [Rendition(content=receive(source), **r) for r in said["renditions"]]
    return made
