"""Killed or out of room at any step, an intake is whole or absent; what it leaves is told, gone on with, or mended."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from support.commands import ROOT, CommandLine
from support.photographs import delivery
from support.warm import FORKS, Warm

pytestmark = pytest.mark.skipif(not FORKS, reason="a process cannot be killed here as a power cut would end it (Windows)")

FILES = 70  # more than are synced one by one
STEPS = [
    ("os:write", 9), ("os:write", 60), ("tutela.evidence.intake_log:IntakeLog.add", 20), ("tutela.evidence.intake:sync_at_once", 1),
    ("tutela.evidence.intake:sync_at_once", -1), ("os:replace", 1), ("os:replace", -30), ("tutela.evidence.intake:_sync_folders", -1),
    ("tutela.evidence.intake_write:_rows", 1), ("tutela.store.journal:Change.write_lines", 1),
    ("tutela.store.journal:Change.write_lines", -1), ("tutela.evidence.intake:keep", -1), ("tutela.evidence.intake_log:IntakeLog.drop", 1),
    ("shutil:rmtree", -1),
]


def killed(line: CommandLine, step: str, count: int, *arguments: str | Path) -> None:
    environment = {**line.environment, "PYTHONPATH": os.pathsep.join([line.environment["PYTHONPATH"], str(ROOT / "tests")])}
    done = subprocess.run([sys.executable, "-m", "support.dying", step, str(count), "--", *map(str, arguments)], env=environment, cwd=ROOT,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == -9, f"{step} was not reached: {done.returncode} {done.stdout}{done.stderr}"


def look(line: CommandLine) -> tuple[int, list[str]]:
    """How many items are held, and what ``verify`` finds: nothing but what an interrupted intake may leave."""
    done = line("verify", "--json")
    import json

    findings = json.loads(done.stdout)["findings"]
    for finding in findings:
        assert finding.startswith("intake: ") or (finding.startswith("blobs: ") and finding.endswith("is named by no record")), finding
    return len(line.data("evidence", "list", "--limit", "1000")["items"]), findings


def whole(line: CommandLine, files: list[Path]) -> None:
    """All is held, once, and nothing is left over."""
    assert look(line) == (len(files), [])
    names = sorted(file.name for file in (line.workspace / "blobs").glob("??/*"))
    assert names == sorted({sha256(file.read_bytes()).hexdigest() for file in files})
    assert list((line.workspace / "staging").iterdir()) == []
    assert [entry.name for entry in (line.workspace / "blobs" / ".incoming").iterdir() if entry.name != "backup.lock"] == []


def trial(line: CommandLine, files: list[Path], step: str, count: int, mend: bool) -> None:
    killed(line, step, count, "evidence", "add", files[0].parent, "--no-copies")
    held, findings = look(line)
    assert held in (0, len(files))
    assert held == 0 or not any("named by no record" in finding for finding in findings)
    if mend:
        assert line("evidence", "repair").returncode == 0
        assert look(line) == (held, [])
    assert line.data("evidence", "add", files[0].parent, "--no-copies")["files"] == len(files)
    whole(line, files)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("step", "count", "mend"), [(*STEPS[1], False), (*STEPS[6], True), (*STEPS[10], False)])
def test_killed_at_a_step_an_intake_is_whole_or_absent(tutela: CommandLine, tmp_path: Path, step: str, count: int, mend: bool) -> None:
    assert tutela("init").returncode == 0
    trial(tutela, delivery(tmp_path / "in", FILES), step, count, mend)


@pytest.mark.long
@pytest.mark.parametrize("mend", [False, True], ids=["gone on with", "mended"])
@pytest.mark.parametrize(("step", "count"), STEPS)
def test_killed_at_every_step_an_intake_is_whole_or_absent(tutela: CommandLine, tmp_path: Path, step: str, count: int, mend: bool) -> None:
    assert tutela("init").returncode == 0
    trial(tutela, delivery(tmp_path / "in", FILES), step, count, mend)


@pytest.mark.long
def test_a_hundred_kills_at_any_moment(tutela: CommandLine, tmp_path: Path) -> None:
    """Each delivery is killed at random moments until it is in; in between it is sometimes mended rather than gone on with."""
    assert tutela("init").returncode == 0
    chance, warm = random.Random(random.randrange(1 << 30)), Warm(tutela)
    kills, number, files = 0, 0, []  # type: ignore[var-annotated]
    try:
        while kills < 100:
            number += 1
            files += delivery(tmp_path / str(number), chance.choice([3, 70]), 1000 * number)
            for _ in range(6):
                running = warm.start("evidence", "add", files[-1].parent, "--no-copies")
                running.ended.wait(chance.uniform(0, 0.5))
                running.kill()
                kills += running.wait() == -9
                if chance.random() < 0.3:
                    assert warm("evidence", "repair").returncode == 0
            assert warm("evidence", "add", files[-1].parent, "--no-copies").returncode == 0
            assert warm("evidence", "repair", "--now").returncode == 0
            assert warm.state()["findings"] == []
            assert len(warm.data("evidence", "list", "--limit", "100000")["items"]) == len(files)
    finally:
        warm.close()
    whole(tutela, files)


@pytest.mark.sqlite_only
def test_out_of_room_while_it_is_written_down_nothing_is_left(tutela: CommandLine, tmp_path: Path) -> None:
    assert tutela("init").returncode == 0
    files = delivery(tmp_path / "in", 400)
    warm = Warm(tutela)
    try:
        done = warm("evidence", "add", files[0].parent, "--no-copies", pages=1)
        assert done.returncode == 1 and "disk-full" in done.stderr, done.stderr
        assert warm.state()["findings"] == [] and not list((tutela.workspace / "blobs").glob("??/*"))
        assert warm("evidence", "add", files[0].parent, "--no-copies").returncode == 0
    finally:
        warm.close()
    whole(tutela, files)


@pytest.mark.long
@pytest.mark.sqlite_only
def test_a_disk_that_is_really_full(tutela: CommandLine, tmp_path: Path) -> None:
    """A file system of twelve megabytes: refused at some step, nothing left, and all well again once there is room."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("a small file system can be mounted by root on Linux only")
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        line = CommandLine(disk / "workspace")
        assert line("init").returncode == 0
        files = delivery(tmp_path / "in", 200)
        chance = random.Random(5)
        for _ in range(12):
            free = shutil.disk_usage(disk).free
            filler: Any = disk / "filler"
            filler.write_bytes(bytes(max(0, free - chance.randrange(16 << 10, 900 << 10))))
            done = line("evidence", "add", files[0].parent, "--no-copies")
            filler.unlink()
            assert done.returncode in (0, 1) and "Traceback" not in done.stderr
            if done.returncode:
                assert "disk-full" in done.stderr, done.stderr
                assert look(line) == (0, [])
            else:
                break
        assert line("evidence", "add", files[0].parent, "--no-copies").returncode == 0
        whole(line, files)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
