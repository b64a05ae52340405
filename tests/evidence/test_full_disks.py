"""The disk is full at any write of an intake, a seal, a bundle or an import: a code, all or nothing, and all of it once there is room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import sealing
from support.fulldisk import full_from
from support.photographs import delivery

from tutela.errors import TutelaError
from tutela.evidence import intake, keys, seals
from tutela.evidence.bundles import checker
from tutela.evidence.bundles.read import take_in
from tutela.evidence.bundles.write import bundle
from tutela.evidence.checks import check_files
from tutela.evidence.repair import repair
from tutela.people.rules import OPERATOR
from tutela.store import blobs, journal

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]
EACH = pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.long)])
LEFT = ("is named by no record", "was left by a program that was ended", "the journal does not name it")


@pytest.fixture(autouse=True)
def workspace(settings: Any, tmp_path: Path) -> Path:
    return sealing.apart(settings, tmp_path / "held")


def at_every_write(work: Callable[[], Any], after: Callable[[], None], every: int) -> tuple[Any, int]:
    """Run it with the disk full at its first write, a later one (``every``: one further, nine further) …, until it comes to its end.

    Gives (what it gave, number of writes).

    Each time it is refused by a code, and what it left is told by ``verify`` and taken away by ``repair``; ``after`` looks further.
    """
    first = 1
    while True:
        given = None
        with full_from(first) as told:
            try:
                given = work()
            except TutelaError as error:
                assert error.code in ("disk-full", "bundle-where"), f"write {first}: {error.code}: {error}"
                assert told.met
        if given is not None:
            assert not told.met, f"write {first} failed, and nobody said so"
            return given, told.count
        for finding in check_files():
            assert finding.endswith(LEFT), f"write {first}: {finding}"
        repair(OPERATOR, now=True)
        assert list(check_files()) == [] and list(seals.findings()) == [], f"write {first}"
        after()
        first += every


@EACH
def test_an_intake(tmp_path: Path, every: int) -> None:
    files = delivery(tmp_path / "in", 4)

    def nothing() -> None:
        assert list(blobs.every()) == [] and list((tmp_path / "held" / "staging").iterdir()) == []

    taken, writes = at_every_write(lambda: intake.take(OPERATOR, files), nothing, every)
    assert len(taken.items) == 4 and writes > 20


@EACH
def test_a_seal_the_first_of_all(tmp_path: Path, every: int) -> None:
    """With the making of the key, and the reads of what is sealed."""
    room = sealing.furnish(tmp_path / "in", pictures=1)
    seal, writes = at_every_write(lambda: seals.seal(OPERATOR, room.items), lambda: None, every)
    assert seals.check(seal).state == "pending" and writes > 15
    assert {each.key for each in keys.all_keys()} == keys.known()


@EACH
@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_a_bundle(tmp_path: Path, name: str, every: int) -> None:
    room = sealing.furnish(tmp_path / "in", pictures=1)
    seals.seal(OPERATOR, room.items)

    def absent() -> None:
        if (tmp_path / name).exists():  # refused after its last step, when the name was given already
            assert checker.check(str(tmp_path / name)).faults == []
            (tmp_path / name).rename(tmp_path / f"{name}.whole")
        assert not (tmp_path / f"{name}.part").exists()

    written, writes = at_every_write(lambda: bundle(OPERATOR, tmp_path / name), absent, every)
    assert checker.check(written.file, written.key).faults == [] and writes > 15


@EACH
def test_an_import(settings: Any, tmp_path: Path, every: int) -> None:
    with sealing.elsewhere(settings, tmp_path / "elsewhere"):
        room = sealing.furnish(tmp_path / "in", pictures=1)
        seals.seal(OPERATOR, room.items)
        written = bundle(OPERATOR, tmp_path / "brought")
    before = journal.head()

    def nothing() -> None:
        assert journal.head()[0] <= before[0] + 1 and list(blobs.every()) == []

    taken, writes = at_every_write(lambda: take_in(OPERATOR, tmp_path / "brought", written.key), nothing, every)
    assert sorted(taken.new) == sorted(room.items) and writes > 20
