"""What recordings state: films and sounds in ISO base media files (ISO/IEC 14496-12, QuickTime), ID3 (id3.org), WAVE.

Read by our own small parsers, seeking from box to box: a film of any size costs some kilobytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from tutela.evidence.rules.facts import Notes, Stated, dated, located

EPOCH = datetime(1904, 1, 1, tzinfo=UTC)  # from which these files count their seconds
MOST_BOXES = 5000
LARGEST = 1 << 20  # bytes of one value read
CONTAINERS = {b"moov", b"udta", b"trak", b"mdia", b"meta", b"ilst"}
NAMED = {b"\xa9nam": "title", b"\xa9ART": "author", b"\xa9too": "software", b"\xa9swr": "software", b"\xa9day": "day", b"\xa9xyz": "place",
         b"\xa9mak": "make", b"\xa9mod": "model"}
APPLE = {"creationdate": "day", "location.ISO6709": "place", "make": "make", "model": "model", "software": "software", "author": "author",
         "title": "title"}
_ISO6709 = re.compile(r"([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)([+-]\d+(?:\.\d+)?)?")
ID3 = {"TIT2": "title", "TPE1": "author", "TDRC": "day", "TYER": "day", "TSSE": "software", "TT2": "title", "TP1": "author"}
Said = dict[str, str]


def boxed(stream: BinaryIO, notes: Notes) -> Stated:
    """When a film or sound says it was made, how long it lasts (seconds), by what, and where."""
    stated: Stated = {}
    said: Said = {}
    keys: list[str] = []
    size = stream.seek(0, 2)
    for count, (kind, start, end) in enumerate(_boxes(stream, 0, size, 0)):
        if count > MOST_BOXES:
            break
        if kind == b"mvhd":
            _header(_part(stream, start, end), stated, said)
        elif kind == b"keys":
            keys = _keys(_part(stream, start, end))
        elif kind in NAMED:
            said.setdefault(NAMED[kind], _text(_part(stream, start, end)))
        elif 0 < (number := int.from_bytes(kind, "big")) <= len(keys):
            if (name := APPLE.get(keys[number - 1].removeprefix("com.apple.quicktime."))) is not None:
                said[name] = _text(_part(stream, start, end))  # the maker's own words come before the file's header
    return _told(stated, said, notes)


def _boxes(stream: BinaryIO, start: int, end: int, depth: int) -> Iterator[tuple[bytes, int, int]]:
    """(type, start of content, end) of the boxes, those inside containers too."""
    at = start
    while at + 8 <= end:
        stream.seek(at)
        head = stream.read(16)
        if len(head) < 8:
            return
        size, kind, content = int.from_bytes(head[:4], "big"), head[4:8], at + 8
        if size == 1:
            size, content = int.from_bytes(head[8:16], "big"), at + 16
        stop = end if size == 0 else at + size
        if stop <= content - 1 or stop > end or size in range(2, 8):
            return  # cut off, or no box
        yield kind, content, stop
        if kind in CONTAINERS and depth < 6:
            if kind == b"meta":
                stream.seek(content)
                inner = stream.read(8)
                content += 0 if inner[4:8] in (b"hdlr", b"keys", b"ilst") else 4  # QuickTime's has no version field
            yield from _boxes(stream, content, stop, depth + 1)
        at = stop


def _part(stream: BinaryIO, start: int, end: int) -> bytes:
    stream.seek(start)
    return stream.read(min(end - start, LARGEST))


def _header(content: bytes, stated: Stated, said: Said) -> None:
    """``mvhd``: made (seconds from 1904), time scale, duration."""
    wide = content[:1] == b"\1"
    at, width = 4, 8 if wide else 4
    made = int.from_bytes(content[at : at + width], "big")
    at += 2 * width
    scale = int.from_bytes(content[at : at + 4], "big")
    length = int.from_bytes(content[at + 4 : at + 4 + width], "big")
    if made:
        try:
            said.setdefault("day", (EPOCH + timedelta(seconds=made)).strftime("%Y-%m-%dT%H:%M:%SZ"))
        except OverflowError:
            said.setdefault("day", f"{made} s after 1904")
    if scale and length and length != (1 << 8 * width) - 1:
        stated["duration"] = round(length / scale, 3)


def _keys(content: bytes) -> list[str]:
    """QuickTime's ``keys``: the names by whose number the values follow."""
    found, at = [], 8
    while at + 8 <= len(content) and len(found) < 200:
        size = int.from_bytes(content[at : at + 4], "big")
        if size < 8:
            break
        found.append(content[at + 8 : at + size].decode("utf-8", "replace"))
        at += size
    return found


def _text(content: bytes) -> str:
    """The text of a user datum: in a ``data`` box (iTunes), or after length and language (QuickTime)."""
    if content[4:8] == b"data":
        content = content[16 : int.from_bytes(content[:4], "big")]
    elif len(content) >= 4 and int.from_bytes(content[:2], "big") <= len(content) - 4:
        content = content[4 : 4 + int.from_bytes(content[:2], "big")]
    return content[:1000].decode("utf-8", "replace").strip("\0 ")


def _told(stated: Stated, said: Said, notes: Notes) -> Stated:
    if "day" in said:
        dated(stated, notes, said["day"])
    if found := _ISO6709.match(said.get("place", "")):
        located(stated, notes, float(found[2]), float(found[1]))
        if found[3] and "x" in stated and -12_000 <= float(found[3]) <= 100_000:
            stated["altitude"] = float(found[3])
    stated["camera"] = f"{said.get('make', '')} {said.get('model', '')}".strip()
    for key in ("title", "author", "software"):
        stated[key] = said.get(key, "")
    stated["original"] = said
    return stated


def sound(stream: BinaryIO, notes: Notes) -> Stated:
    """ID3 version 2 at the beginning, or a WAVE file's length."""
    head = stream.read(12)
    if head[:3] == b"ID3":
        return _told({}, _id3(stream, head), notes)
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return _wave(stream)
    return {}


def _id3(stream: BinaryIO, head: bytes) -> Said:
    version, size = head[3], _syncsafe(head[6:10])
    stream.seek(10)
    content, at, said = stream.read(min(size, LARGEST)), 0, {}
    wide = 4 if version >= 3 else 3
    while at + wide * 2 < len(content) and len(said) < 50:
        name = content[at : at + wide].decode("latin-1")
        raw = content[at + wide : at + 2 * wide]
        length = _syncsafe(raw) if version >= 4 else int.from_bytes(raw, "big")
        at += 10 if version >= 3 else 6
        if not name.strip("\0") or not 0 < length <= len(content) - at:
            break
        if name in ID3:
            said.setdefault(ID3[name], _id3_text(content[at : at + min(length, 1000)]))
        at += length
    return said


def _syncsafe(four: bytes) -> int:
    """Four bytes of seven bits."""
    number = 0
    for byte in four:
        number = number << 7 | byte & 0x7F
    return number


def _id3_text(content: bytes) -> str:
    encoding = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}.get(content[0] if content else 0, "latin-1")
    return content[1:].decode(encoding, "replace").strip("\0 ")


def _wave(stream: BinaryIO) -> Stated:
    rate, at = 0, 12
    for _ in range(50):
        stream.seek(at)
        head = stream.read(24)
        if len(head) < 8:
            break
        size = int.from_bytes(head[4:8], "little")
        if head[:4] == b"fmt ":
            rate = int.from_bytes(head[16:20], "little")  # bytes a second
        elif head[:4] == b"data" and rate:
            return {"duration": round(size / rate, 3)}
        at += 8 + size + size % 2
    return {}
