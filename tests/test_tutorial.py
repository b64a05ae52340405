"""The tutorial does what it says: every command in it is run, and every line under it must be in the answer."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parent.parent / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(\w+)(.*?)\n(.*?)^```", re.M | re.S)


@pytest.mark.sqlite_only
def test_every_step_of_the_tutorial(tutela: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    steps = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert sum(kind == "console" for kind, _, _ in steps) >= 8
    for kind, more, body in steps:
        if kind == "file":
            (tmp_path / more.strip()).write_text(body, encoding="utf-8")
        elif kind == "console":
            command, *wanted = body.strip().splitlines()
            words = shlex.split(command.removeprefix("$ tutela "))
            expected = int(more.split("exit=")[1]) if "exit=" in more else 0
            done = tutela(*[str(tmp_path / w) if (tmp_path / w).exists() or w.endswith(".geojson") else w for w in words])
            told = done.stdout + done.stderr
            assert done.returncode == expected, told
            for line in wanted:
                assert line in told, f"{command}: “{line}” is not in\n{told}"
