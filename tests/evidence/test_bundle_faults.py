"""Killed at any step, a seal, a bundle and an import are whole or absent; what is left is told by ``verify`` and mended by ``repair``."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support import sealing
from support.commands import CommandLine
from support.warm import FORKS, Warm

from tutela.evidence.bundles import checker

pytestmark = [pytest.mark.sqlite_only,
              pytest.mark.skipif(not FORKS, reason="a process cannot be killed here as a power cut would end it (Windows)")]
LEFT = ("is named by no record", "was left by a program that was ended", "the journal does not name it")
LINES, RENAMED = "tutela.store.journal:Change.write_lines", "os:replace"
SYNCED = "tutela.store.blobs:sync_folder"

#: (step, count): a negative count is after the step was done.
SEAL = [("os:open", 1), ("tutela.evidence.keys:_put", 1), ("tutela.evidence.keys:_put", -1), ("tutela.evidence.keys:_put", -2), (LINES, 1),
        (LINES, -1), ("tutela.store.blobs:put", 1), ("tutela.store.blobs:put", -2), (RENAMED, 4), (RENAMED, -5), ("os:fsync", 4),
        ("tutela.evidence.seals:_keep", -3), ("tutela.evidence.seals:write", 1), (LINES, 2), (LINES, -2)]
BUNDLE = [("tutela.evidence.bundles.sinks:Sink.add", 1), ("tutela.evidence.bundles.sinks:Sink.add", 5), ("os:fsync", 3),
          ("tutela.evidence.reads:note", 2), ("tutela.evidence.reads:note", -3), ("tutela.evidence.keys:sign", -1), (LINES, 1), (LINES, -1),
          ("tutela.evidence.bundles.write:_manifest", 2), ("os:rename", 1), ("os:rename", -1),
          ("tutela.evidence.bundles.sinks:sync_folder", -2)]
ZIP = [("tutela.evidence.bundles.sinks:Sink.add", 4), ("tutela.evidence.bundles.sinks:zip_end", -1), (LINES, -1), (RENAMED, 1),
       (RENAMED, -1)]
IMPORT = [("tutela.evidence.bundles.read:_Taking._keep_files", 1), ("tutela.store.blobs:put", -1), ("tutela.store.blobs:put", 3),
          (RENAMED, 2), (RENAMED, -3), (SYNCED, 3), ("tutela.evidence.bundles.read:_Taking._keep_files", -2),
          ("tutela.evidence.bundles.read:write", 1), ("tutela.evidence.bundles.read:write", -2), (LINES, 1), (LINES, -1),
          ("tutela.store.backend:insert", 2), ("tutela.store.backend:insert", -3)]


@dataclass
class Bench:
    """A workspace with three pictures, one that is empty, a bundle of the first; what each looked like before."""

    folder: Path
    lines: dict[str, CommandLine]
    warm: dict[str, Warm]
    key: str = ""

    def reset(self, name: str) -> None:
        workspace = self.lines[name].workspace
        shutil.rmtree(workspace)
        shutil.copytree(self.folder / f"{name}.before", workspace)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("killed")
    lines = {name: CommandLine(folder / name) for name in ("full", "empty")}
    for line in lines.values():
        assert line("init").returncode == 0
    for number in range(3):
        (folder / f"{number}.jpg").write_bytes(sealing.picture(number))
    made = Bench(folder, lines, {})
    try:
        for name, line in lines.items():
            made.warm[name] = Warm(line)
        full = made.warm["full"]
        added = full("evidence", "add", *(folder / f"{n}.jpg" for n in range(3)), "--handling", "restricted", "--no-copies")
        assert added.returncode == 0, added.stderr
        for name in lines:
            shutil.copytree(folder / name, folder / f"{name}.before")
        assert full("evidence", "bundle", folder / "given").returncode == 0
        made.key = full.data("evidence", "key")["key"]
        made.reset("full")
        yield made
    finally:
        for warm in made.warm.values():
            warm.close()


def command(bench: Bench, what: str) -> tuple[str, list[str | Path]]:
    """(workspace, command)"""
    return {"seal": ("full", ["evidence", "seal", "--all-unsealed"]), "bundle": ("full", ["evidence", "bundle", bench.folder / "out"]),
            "zip": ("full", ["evidence", "bundle", bench.folder / "out.zip"]),
            "import": ("empty", ["evidence", "import-bundle", bench.folder / "given", "--key", bench.key])}[what]


def whole_again(bench: Bench, what: str) -> None:
    """What a killed command left: nothing that is not told, nothing that is not mended, and then it does the whole."""
    name, arguments = command(bench, what)
    warm = bench.warm[name]
    for finding in warm.ask("support.canonical.state")["findings"]:
        assert finding.endswith(LEFT), finding
    assert warm("evidence", "repair", "--now").returncode == 0
    assert warm.ask("support.canonical.state")["findings"] == []
    if what in ("bundle", "zip"):
        out: Path = arguments[-1]  # type: ignore[assignment]
        if out.exists():
            assert checker.check(str(out)).faults == []
            shutil.rmtree(out) if out.is_dir() else out.unlink()
        assert warm(*arguments).returncode == 0 and checker.check(str(out)).faults == [] and not out.with_name(out.name + ".part").exists()
        shutil.rmtree(out) if out.is_dir() else out.unlink()
    elif what == "import":
        assert warm(*arguments).returncode == 0
        assert warm.data(*arguments)["unchanged"] and len(warm.data("evidence", "list")["items"]) == 3
    else:
        warm(*arguments)
        seals: list[dict[str, Any]] = warm.data("evidence", "check-seals")["seals"]
        assert [each["state"] for each in seals] == ["pending"]


def trial(bench: Bench, what: str, step: str, count: int) -> None:
    name, arguments = command(bench, what)
    bench.reset(name)
    running = bench.warm[name].start(*arguments, dies=[step, count])
    assert running.wait() == -9, f"{step} {count} was not reached: {running.out}{running.err}"
    whole_again(bench, what)


EVERY = [(what, *step) for what, steps in (("seal", SEAL), ("bundle", BUNDLE), ("zip", ZIP), ("import", IMPORT)) for step in steps]


@pytest.mark.parametrize(("what", "step", "count"), [("seal", "tutela.evidence.keys:_put", -2), ("bundle", "os:fsync", 3),
                                                     ("zip", RENAMED, 1), ("import", LINES, 1)])
def test_killed_at_a_step_it_is_whole_or_absent(bench: Bench, what: str, step: str, count: int) -> None:
    trial(bench, what, step, count)


@pytest.mark.long
@pytest.mark.parametrize(("what", "step", "count"), EVERY)
def test_killed_at_every_step_it_is_whole_or_absent(bench: Bench, what: str, step: str, count: int) -> None:
    trial(bench, what, step, count)


@pytest.mark.long
@pytest.mark.parametrize("what", ["seal", "bundle", "zip", "import"])
def test_killed_at_any_moment_it_is_whole_or_absent(bench: Bench, what: str) -> None:
    """Ten kills that struck."""
    chance, struck = random.Random(), 0
    name, arguments = command(bench, what)
    while struck < 10:
        bench.reset(name)
        running = bench.warm[name].start(*arguments)
        running.ended.wait(chance.uniform(0, 0.6))
        running.kill()
        struck += running.wait() == -9
        whole_again(bench, what)
