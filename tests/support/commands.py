"""The command line as a user runs it: a process of its own, in a workspace of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class CommandLine:
    """``tutela(…)`` in ``workspace`` (which need not exist yet), on SQLite or the PostgreSQL at ``database_url``."""

    workspace: Path
    database_url: str | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The variables a process of this workspace gets."""
        kept = {
            name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
        }
        path = os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
        own = {"TUTELA_WORKSPACE": str(self.workspace), "PYTHONPATH": path, "PYTHONUTF8": "1"}
        return {**kept, **own, **({"DATABASE_URL": self.database_url} if self.database_url else {})}

    def command(self, *arguments: str | Path) -> list[str]:
        """What to run, for tests that start it themselves (to kill it, or to talk to it)."""
        return [sys.executable, "-c", "from tutela.cli import main; main()", *map(str, arguments)]

    def __call__(
        self, *arguments: str | Path, stdin: str | None = None, timeout: float = 300
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end; exit code and text are the caller's to look at."""
        return subprocess.run(
            self.command(*arguments),
            env=self.environment,
            input=stdin or "",
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )

    def data(self, *arguments: str | Path, exit_code: int = 0, timeout: float = 300) -> Any:
        """Run with ``--json`` and return what it says; the exit code must be ``exit_code``."""
        done = self(*arguments, "--json", timeout=timeout)
        assert done.returncode == exit_code, f"exit {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return json.loads(done.stdout)
