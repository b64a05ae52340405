"""The ranges of keys find every hash within reach, and the distance is the number of bits that differ."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutela.evidence.rules import likeness

hashes = st.integers(0, 2**64 - 1)


@given(hashes, st.sets(st.integers(0, 63), max_size=likeness.MOST))
def test_every_hash_within_reach_has_a_key_in_the_ranges(value: int, flipped: set[int]) -> None:
    other = value
    for bit in flipped:
        other ^= 1 << bit
    one, near = f"{value:016x}", f"{other:016x}"
    assert likeness.distance(one, near) == len(flipped)
    ranges = likeness.ranges(one)
    assert any(low <= key <= high for _, key in likeness.keys(near) for low, high in ranges)
    assert {likeness.hash_in(key) for _, key in likeness.keys(near)} == {near}


def test_the_hash_tells_where_it_grows_darker() -> None:
    falling = [250 - 10 * (n % 9) for n in range(72)]
    assert likeness.dhash(falling) == "f" * 16
    assert likeness.dhash(falling[::-1]) == "0" * 16
    assert likeness.dhash([100] * 72) is None
