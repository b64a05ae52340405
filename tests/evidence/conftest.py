"""Files to take in, made here (``support.photographs``), and one item that was taken in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.photographs import delivery

Pictures = Callable[..., list[Path]]


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    """``pictures(3)`` writes three photographs into a folder (``delivery``) and gives their paths."""
    return lambda count=1, folder="delivery", first=0: delivery(tmp_path / folder, count, first)


@pytest.fixture
def item(pictures: Pictures) -> str:
    """An item taken in by the operator: its public id.  Restricted, as nobody said otherwise."""
    from tutela.evidence.intake import take
    from tutela.people.rules import OPERATOR

    return take(OPERATOR, pictures(1, "one")).items[0]
