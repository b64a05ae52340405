"""A disk that is full, a file that may not grow: a code, nothing written, and all works again once there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import lists
from support.commands import CommandLine
from support.warm import FORKS, Warm

pytestmark = [pytest.mark.sqlite_only, pytest.mark.skipif(not FORKS, reason="conditions need fork (Windows)")]


def refused(warm: Warm, *arguments: str | Path, codes: tuple[str, ...], **patch: object) -> None:
    """The command ends with one of these codes, without a traceback, and the register is as it was and holds."""
    before = warm.state()
    done = warm(*arguments, **patch)
    assert done.returncode in (1, 4), f"{done.returncode}: {done.stdout}{done.stderr}"
    assert "Traceback" not in done.stderr
    said = done.stderr.rsplit("code:", 1)[-1].strip()
    assert said in codes, done.stderr
    after = warm.state()
    assert after["findings"] == []
    assert {k: after[k] for k in ("records", "lines", "head", "accounts")} == {
        k: before[k] for k in ("records", "lines", "head", "accounts")
    }


def test_a_database_that_may_not_grow(register: Warm, tmp_path: Path) -> None:
    many = lists.first(tmp_path, 2000)
    refused(register, "import", many, codes=("disk-full",), pages=120)
    kept = register.data("import", many)
    assert kept["created"] == 2000
    assert register("undo", str(kept["import"])).returncode == 0
    assert register.canonical()["records"] == {}


def test_files_that_may_not_grow(register: Warm, tmp_path: Path) -> None:
    """Import (the write-ahead log, the staging file), backup and every export, each stopped by the system in the middle."""
    many = lists.first(tmp_path, 1000)
    refused(register, "import", many, codes=("disk-full", "disk-fault"), bytes=400_000)
    refused(register, "import", many, codes=("disk-full", "disk-fault", "file-failed"), bytes=100_000, staged=100)
    kept = register.data("import", many)
    for kind in ("geojson", "gpkg", "csv", "xlsx", "kml"):
        out = tmp_path / f"out.{kind}"
        refused(register, "export", kind, out, codes=("disk-full", "disk-fault", "export-unwritable"), bytes=20_000)
        assert not out.exists()
        assert register("export", kind, out).returncode == 0
    backup = tmp_path / "backup.zip"
    refused(register, "backup", backup, codes=("disk-full", "disk-fault", "file-failed"), bytes=20_000)
    assert not backup.exists()
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".part")] == []
    assert register("undo", str(kept["import"])).returncode == 0
    assert [p.name for p in (register.line.workspace / "staging").iterdir()] == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of eight megabytes."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("a small file system can be mounted by root on Linux only")
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_is_really_full(small_disk: Path, tmp_path: Path) -> None:
    line = CommandLine(small_disk / "workspace")
    assert line("init").returncode == 0
    warm = Warm(line)
    try:
        few = warm.data("import", lists.first(tmp_path, 600))
        many = lists.written(tmp_path / "many.csv", [lists.row(n) for n in range(20_000)])
        refused(warm, "import", many, codes=("disk-full",))
        room = shutil.disk_usage(small_disk).free
        filler = small_disk / "filler"
        filler.write_bytes(bytes(max(0, room - (128 << 10))))
        refused(warm, "export", "geojson", small_disk / "out.geojson", codes=("disk-full",))
        assert warm("search", "survey").returncode == 0, "reading goes on"
        assert warm("backup", tmp_path / "elsewhere.zip").returncode == 0, "a backup to another disk is what one needs now"
        filler.unlink()
        assert warm("undo", str(few["import"])).returncode == 0
        assert warm.state()["findings"] == []
    finally:
        warm.close()
