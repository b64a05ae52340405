"""Several processes at once: two imports, an import and readers, an import and a sign-in."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from support import lists
from support.canonical import content
from support.commands import CommandLine
from support.warm import FORKS, Running, Warm

pytestmark = pytest.mark.skipif(not FORKS, reason="several warm commands at once need fork (Windows)")


def undo_all(register: Warm) -> None:
    for each in sorted((i for i in register.state()["imports"] if i["state"] == "committed" and i["change"]), key=lambda i: -i["import"]):
        assert register("undo", str(each["import"])).returncode == 0


def test_the_same_list_imported_by_two_at_once_is_there_once(register: Warm, tmp_path: Path) -> None:
    path = lists.first(tmp_path)
    both = [register.start("import", path, "--json") for _ in range(2)]
    assert [one.wait() for one in both] == [0, 0], [one.err for one in both]
    state = register.state()
    assert state["findings"] == []
    assert sorted(i["report"]["created"] for i in state["imports"][-2:]) == [0, 300]
    assert len([1 for kind, _ in state["records"].values() if kind == "place"]) == 300
    undo_all(register)


def test_two_lists_imported_at_once_are_both_there(register: Warm, tmp_path: Path) -> None:
    other = lists.written(tmp_path / "other.csv", [lists.row(n) for n in range(1000, 1300)])
    first = lists.first(tmp_path)
    both = [register.start("import", path) for path in (first, other)]
    assert [one.wait() for one in both] == [0, 0], [one.err for one in both]
    state = register.state()
    assert state["findings"] == []
    assert len([1 for kind, _ in state["records"].values() if kind == "place"]) == 600
    undo_all(register)
    assert register.canonical()["records"] == {}


def test_an_import_taken_back_by_two_at_once_is_taken_back_once(register: Warm, tmp_path: Path) -> None:
    kept = str(register.data("import", lists.first(tmp_path))["import"])
    both = [register.start("undo", kept) for _ in range(2)]
    assert sorted(one.wait() for one in both) == [0, 1]
    said = "".join(one.err for one in both)
    assert "change-undone" in said or "import-undone" in said, said
    state = register.state()
    assert (state["findings"], state["records"]) == ([], {})


@pytest.mark.sqlite_only
def test_who_waits_too_long_for_another_writer_is_told_so(register: Warm, tmp_path: Path) -> None:
    held = sqlite3.connect(register.line.workspace / "tutela.sqlite", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    try:
        for arguments in (["import", lists.first(tmp_path)], ["undo", "1"]):
            done = register(*arguments, timeout=0.2)
            if arguments[0] == "undo" and "import-" in done.stderr:
                continue
            assert done.returncode == 1 and "database-busy" in done.stderr, done.stderr
        assert register("search", "survey").returncode == 0
        assert register("export", "geojson", tmp_path / "out.geojson").returncode == 0
        assert register("verify", timeout=0.2).returncode in (0, 1)
    finally:
        held.execute("ROLLBACK")
        held.close()
    assert register.data("import", lists.first(tmp_path))["created"] == 300
    undo_all(register)


def locked(register: Warm) -> bool:
    """Is a change being written at this moment?  (Always true on PostgreSQL, where nobody can see it from outside.)"""
    if register.line.database_url:
        return True
    other = sqlite3.connect(register.line.workspace / "tutela.sqlite", timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
        return False
    except sqlite3.OperationalError:
        return True
    finally:
        other.close()


def stopped_midway(register: Warm, *arguments: str | Path) -> Running:
    """A command that has begun to write, and is held there; ``os.kill(pid, SIGCONT)`` lets it go on."""
    running = register.start(*arguments)
    while running.poll() is None:
        time.sleep(0.02)
        if locked(register):
            os.kill(running.pid, signal.SIGSTOP)
            if locked(register):
                return running
            os.kill(running.pid, signal.SIGCONT)
    pytest.fail(f"it ended before it could be held: {running.err}")


def test_pages_and_sign_in_go_on_while_an_import_is_written(register: Warm, tmp_path: Path) -> None:
    """They end, though the import is held in the midst of its writing; readers find the register as it was before."""
    register.ask("support.signing.make_account")
    register.data("import", lists.first(tmp_path, 40))
    before = register.canonical()
    more = lists.written(tmp_path / "more.csv", [lists.row(n) for n in range(40, 2_000)])
    running = stopped_midway(register, "import", more)
    try:
        for arguments in (["python", "support.signing.sign_in"], ["search", "survey"], ["export", "csv", tmp_path / "out.csv"]):
            done = register(*arguments, within=60)
            assert done.returncode == 0, done.stdout + done.stderr
        assert register.canonical() == before
    finally:
        os.kill(running.pid, signal.SIGCONT)
    assert running.wait() == 0, running.err
    state = register.state()
    assert state["findings"] == [] and len(state["records"]) > len(before["records"])
    undo_all(register)


@pytest.mark.sqlite_only
def test_signing_in_does_not_wait_for_the_writers_lock(register: Warm) -> None:
    """With the lock held for good, a sign-in that needed it would end with an error."""
    if not any(name == "anna" for name, *_ in register.canonical()["accounts"]):
        register.ask("support.signing.make_account")
    held = sqlite3.connect(register.line.workspace / "tutela.sqlite", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    try:
        done = register("python", "support.signing.sign_in", timeout=5)
    finally:
        held.execute("ROLLBACK")
        held.close()
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.sqlite_only
def test_a_backup_taken_during_an_import_is_one_moment(register: Warm, tmp_path: Path) -> None:
    before = register.canonical()
    running = register.start("import", lists.first(tmp_path, 3000))
    assert register("backup", tmp_path / "meanwhile.zip").returncode == 0
    assert running.wait() == 0
    after = register.canonical()
    other = CommandLine(tmp_path / "restored")
    assert other("restore", tmp_path / "meanwhile.zip").returncode == 0
    warm = Warm(other)
    try:
        assert content(warm.canonical()) in (content(before), content(after))
    finally:
        warm.close()
    undo_all(register)
