"""A workspace made by an older Tutela opens, migrates, and keeps every record.

``data/workspace-0.1.0.zip`` was made by 0.1.0 and never changes: each later version must bring it along.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

FROZEN = sorted((Path(__file__).parent / "data").glob("workspace-*.zip"))


@pytest.mark.sqlite_only
@pytest.mark.parametrize("archive", FROZEN, ids=lambda path: path.stem)
def test_a_frozen_workspace_keeps_every_record(tutela: Any, archive: Path) -> None:
    tutela.workspace.mkdir(parents=True)
    with zipfile.ZipFile(archive) as held:
        held.extractall(tutela.workspace)
    for folder in ("blobs", "staging"):
        (tutela.workspace / folder).mkdir()
    assert tutela("migrate").returncode == 0
    assert tutela("verify").returncode == 0
    figures = tutela.data("stats")
    assert (figures["places"], figures["assessments"], figures["users"]) == (3, 3, 1)
    assert figures["title"] == "Frozen at 0.1.0"
    assert tutela.data("search", "karadoz")["total"] == 1
    shown = tutela("show", "M-2")
    assert "Church of St George" in shown.stdout
    assert tutela("undo", "1", "--keep-edited").returncode == 0
    assert tutela.data("stats")["places"] == 1
