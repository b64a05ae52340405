"""Killed at any moment, the register is as before or as after, and says so; twelve times here, a thousand with --long."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from support import kills
from support.warm import FORKS, Warm

pytestmark = pytest.mark.skipif(not FORKS, reason="a process cannot be forked and killed here (Windows)")


def walk(tutela, tmp_path: Path, count: int, seed: int, cold_every: int) -> kills.Told:
    assert tutela("init").returncode == 0
    warm = Warm(tutela)
    try:
        warm.ask("support.signing.make_account")
        way = kills.Walk(warm, tmp_path, seed, cold_every)
        while way.told.total < count:
            way.trial()
        way.close()
        return way.told
    finally:
        warm.close()


def test_a_killed_command_leaves_the_register_as_before_or_as_after(tutela, tmp_path: Path) -> None:
    told = walk(tutela, tmp_path, 10, seed=7, cold_every=0)
    assert told.total >= 10


@pytest.mark.long
def test_nine_hundred_kills(tutela, tmp_path: Path, capsys) -> None:
    told = walk(tutela, tmp_path, 900, seed=random.randrange(1 << 30), cold_every=20)
    with capsys.disabled():
        print(f"\n{told}")


def test_killed_while_it_is_made_a_workspace_is_whole_or_refused(tutela, tmp_path: Path) -> None:
    made_and_killed(tutela, tmp_path, 3, seed=11)


@pytest.mark.long
def test_a_hundred_and_fifty_kills_while_workspaces_are_made(tutela, tmp_path: Path) -> None:
    made_and_killed(tutela, tmp_path, 150, seed=random.randrange(1 << 30))


def made_and_killed(tutela, tmp_path: Path, count: int, seed: int) -> None:
    """``init`` and ``restore`` into a new folder, killed: what is there is whole, or every command refuses it with a code,
    and once the folder is removed the same works."""
    if tutela.database_url:
        pytest.skip("a database of its own for every trial: SQLite only")
    chance = random.Random(seed)
    assert tutela("init").returncode == 0
    tutela("import", kills.lists.first(tmp_path, 100))
    backup = tmp_path / "register.zip"
    assert tutela("backup", backup).returncode == 0
    warm = Warm(tutela, ready=False)
    try:
        held = content_of(tutela)
        folder, struck = tmp_path / "made", 0
        commands = {"init": [["init"], 1.2], "restore": [["restore", backup], 2.0]}
        while struck < count:
            name = chance.choice(list(commands))
            arguments, usual = commands[name]
            running = warm.start("--workspace", folder, *arguments)
            running.ended.wait(chance.uniform(0, usual))
            running.kill()
            status = running.wait()
            assert status in (0, -9), running.err
            struck += status == -9
            other = warm("--workspace", folder, "verify")
            if other.returncode == 4:
                assert status == -9, other.stderr
                assert "code:" in other.stderr and "Traceback" not in other.stderr
                assert "migrate" not in other.stderr, "a half-made workspace was taken for an old one"
            else:
                assert other.returncode == 0, other.stdout + other.stderr
                if name == "restore":
                    assert content_of(type(tutela)(folder)) == held
            shutil.rmtree(folder, ignore_errors=True)
        assert warm("--workspace", folder, "restore", backup).returncode == 0
    finally:
        warm.close()


def content_of(line) -> object:
    once = Warm(line)
    try:
        return once.canonical()["records"]
    finally:
        once.close()
