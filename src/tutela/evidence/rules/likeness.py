"""Likeness of pictures: a hint that two may show the same, never a reason to merge them.

``dhash``: the difference hash (N. Krawetz, "Kind of Like That", 2013): the picture shrunk to 9 × 8 grey points, one bit for
each point that is brighter than its right neighbour; 64 bits as 16 hexadecimal digits.  It survives other sizes and
compressions, not crops and turns.

Found again at any number of pictures by its four *bands* of 16 bits: two hashes that differ in at most ``MOST`` = 7 bits have a
band that differs in at most one bit, so 4 × 17 short ranges of keys hold all of them (pigeonhole; Norouzi et al., "Fast search in
Hamming space with multi-index hashing", CVPR 2012).
"""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT = 9, 8
MOST = 7  # bits that may differ
FLAT = 12  # grey levels between darkest and brightest point, below which a picture has nothing to be known by
BANDS, DIGITS = 4, 4
SCHEME = "likeness"


def dhash(grey: Sequence[int]) -> str | None:
    """The hash of 9 × 8 grey points (0–255, row by row); None for a picture without features."""
    if max(grey) - min(grey) < FLAT:
        return None
    bits = 0
    for row in range(HEIGHT):
        for column in range(WIDTH - 1):
            at = row * WIDTH + column
            bits = bits << 1 | (grey[at] > grey[at + 1])
    return f"{bits:016x}"


def distance(one: str, other: str) -> int:
    """How many of the 64 bits differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def keys(found: str) -> list[tuple[str, str]]:
    """(scheme, value) by which a hash is found: band number, the band's four digits, and the whole hash behind them."""
    return [(SCHEME, f"like{band}{found[band * DIGITS : (band + 1) * DIGITS]}{found}") for band in range(BANDS)]


def ranges(wanted: str) -> list[tuple[str, str]]:
    """(first, last) key values between which every hash within ``MOST`` bits of this one has a key."""
    out = []
    for band in range(BANDS):
        value = int(wanted[band * DIGITS : (band + 1) * DIGITS], 16)
        for near in (value, *(value ^ 1 << bit for bit in range(16))):
            start = f"like{band}{near:04x}"
            out.append((start + "0" * 16, start + "f" * 16))
    return sorted(out)


def hash_in(key: str) -> str:
    """The whole hash out of a key's value."""
    return key[-16:]
