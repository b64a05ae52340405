"""XML from strangers: document types and entities are refused before any other program sees the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO
from xml.parsers import expat

from .source import unusable

CHUNK = 256 * 1024
DEEPEST = 200
_TRAP = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def scan_traps(stream: BinaryIO, name: str) -> None:
    """Refuse a part that declares a document type or an entity, or that hides its text in UTF-16/32."""
    tail = b""
    first = True
    while chunk := stream.read(CHUNK):
        if first and (chunk[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in chunk[:64]):
            raise unusable("xml-entities", name, "a part in an unusual encoding")
        first = False
        if found := _TRAP.search(tail + chunk):
            raise unusable("xml-entities", name, found.group(1).decode("ascii"))
        tail = chunk[-16:]


def parse(stream: BinaryIO, name: str, start: Callable[[str, dict[str, str]], None], end: Callable[[str], None],
          text: Callable[[str], None]) -> None:
    """Stream XML through three callbacks, with plain (namespace-free) element names; traps and errors are coded."""
    depth = 0

    def trap(*found: object) -> None:
        raise unusable("xml-entities", name, found[0])

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise unusable("nesting-too-deep", name)
        start(tag.rsplit(":", 1)[-1], attributes)

    def finish(tag: str) -> None:
        nonlocal depth
        depth -= 1
        end(tag.rsplit(":", 1)[-1])

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = trap
    parser.EntityDeclHandler = trap
    parser.ExternalEntityRefHandler = trap
    parser.StartElementHandler = begin
    parser.EndElementHandler = finish
    parser.CharacterDataHandler = text
    try:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise unusable("xml-broken", name, error) from None
