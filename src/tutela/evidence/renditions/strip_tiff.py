"""TIFF (revision 6.0) written anew from the tags that describe the picture and the strips or tiles that hold it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Literal

from tutela.evidence.renditions.profiles import bare_profile

#: Tags by which a picture is decoded and seen; all others (texts, places on earth, private ones, further directories) are left out.
KEPT = {254, 255, 256, 257, 258, 259, 262, 263, 266, 274, 277, 278, 282, 283, 284, 292, 293, 296, 297, 301, 317, 318, 319, 320, 322, 323,
        332, 338, 339, 340, 341, 347, 529, 530, 531, 532}
PROFILE = 34675
DATA = {273: 279, 324: 325}  # strips, tiles: tag of the offsets → tag of the lengths
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
MOST_PAGES, MOST_VALUE = 2000, 64 << 20
Order = Literal["little", "big"]
Tag = tuple[int, int, bytes]  # (type, count, value)


def tiff(stream: BinaryIO) -> Iterator[bytes]:
    head = stream.read(8)
    if head[:4] not in (b"II*\0", b"MM\0*"):
        raise ValueError("no classic TIFF")
    order: Order = "little" if head[:2] == b"II" else "big"
    size = stream.seek(0, 2)
    left = [size]  # so many bytes there are: one that asks for more uses some twice
    pages = [_kept(stream, directory, order, left) for directory in _directories(stream, int.from_bytes(head[4:], order), order, size)]
    if not pages:
        raise ValueError("no picture")
    at, out = 8, []
    last: list[int] = []
    for tags, segments in pages:
        for tag, pieces in segments.items():
            places = []
            for piece in pieces:
                places.append(at)
                out.append(piece + bytes(len(piece) % 2))
                at += len(out[-1])
            tags[tag] = (4, len(places), b"".join(place.to_bytes(4, order) for place in places))
        last.append(at)
        written, to_next = _directory(tags, at, order)
        out.append(written)
        at += len(written)
        last[-1] = (last[-1] << 32) | to_next
    yield head[:4] + (last[0] >> 32).to_bytes(4, order)
    yield from _linked(out, last, order)


def _linked(out: list[bytes], last: list[int], order: Order) -> Iterator[bytes]:
    """The pieces, each directory pointing at the next one."""
    starts = {place >> 32: number for number, place in enumerate(last)}
    at = 8
    for piece in out:
        number = starts.get(at)
        at += len(piece)
        if number is not None and number + 1 < len(last):
            to_next = last[number] & 0xFFFFFFFF
            piece = piece[:to_next] + (last[number + 1] >> 32).to_bytes(4, order) + piece[to_next + 4 :]
        yield piece


def _directories(stream: BinaryIO, at: int, order: Order, size: int) -> Iterator[dict[int, Tag]]:
    seen: set[int] = set()
    while at and at not in seen and len(seen) < MOST_PAGES:
        seen.add(at)
        stream.seek(at)
        count = int.from_bytes(stream.read(2), order)
        table = stream.read(12 * count + 4)
        if len(table) < 12 * count:
            raise ValueError("cut off")
        yield dict(_tags(stream, table, count, order, size))
        at = int.from_bytes(table[12 * count :], order)


def _tags(stream: BinaryIO, table: bytes, count: int, order: Order, size: int) -> Iterator[tuple[int, Tag]]:
    for start in range(0, 12 * count, 12):
        tag, kind = int.from_bytes(table[start : start + 2], order), int.from_bytes(table[start + 2 : start + 4], order)
        number = int.from_bytes(table[start + 4 : start + 8], order)
        if tag not in KEPT and tag != PROFILE and tag not in DATA and tag not in DATA.values():
            continue
        length = number * SIZES.get(kind, 0)
        if not 0 < length <= min(size, MOST_VALUE):
            raise ValueError("an impossible tag")
        value = table[start + 8 : start + 8 + length]
        if length > 4:
            stream.seek(int.from_bytes(table[start + 8 : start + 12], order))
            value = stream.read(length)
        yield tag, (kind, number, value)


def _kept(stream: BinaryIO, tags: dict[int, Tag], order: Order, left: list[int]) -> tuple[dict[int, Tag], dict[int, list[bytes]]]:
    """The tags kept of a directory, and its strips or tiles."""
    kept = {tag: value for tag, value in tags.items() if tag in KEPT}
    if PROFILE in tags and (clean := bare_profile(tags[PROFILE][2])):
        kept[PROFILE] = (7, len(clean), clean)
    segments: dict[int, list[bytes]] = {}
    for tag, lengths in DATA.items():
        if tag in tags and lengths in tags:
            segments[tag] = []
            for place, length in zip(_numbers(tags[tag], order), _numbers(tags[lengths], order), strict=True):
                left[0] -= length
                if left[0] < 0:
                    raise ValueError("strips that overlap")
                stream.seek(place)
                segments[tag].append(stream.read(length))
            kept[lengths] = tags[lengths]
    if not segments:
        raise ValueError("no picture")
    return kept, segments


def _numbers(tag: Tag, order: Order) -> list[int]:
    width = SIZES[tag[0]]
    return [int.from_bytes(tag[2][at : at + width], order) for at in range(0, tag[1] * width, width)]


def _directory(tags: dict[int, Tag], at: int, order: Order) -> tuple[bytes, int]:
    """A directory to stand at ``at``, its long values behind it; and where in it the place of the next one goes."""
    table, behind = len(tags).to_bytes(2, order), b""
    after = at + 2 + 12 * len(tags) + 4
    for tag in sorted(tags):
        kind, number, value = tags[tag]
        table += tag.to_bytes(2, order) + kind.to_bytes(2, order) + number.to_bytes(4, order)
        if len(value) <= 4:
            table += value.ljust(4, b"\0")
        else:
            table += (after + len(behind)).to_bytes(4, order)
            behind += value + bytes(len(value) % 2)
    whole = table + bytes(4) + behind
    return whole + bytes(len(whole) % 2), len(table)
