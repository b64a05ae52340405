"""The collector of cyclic garbage, while documents come and go by the hundred thousand."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def few_collections() -> Iterator[None]:
    """Documents hold no cycles: let the collector look seldom while millions of them come and go."""
    before = gc.get_threshold()
    gc.set_threshold(2_000_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
