"""The command line without the wait for an interpreter: forks of a process that has everything loaded.

``Warm`` is called like :class:`support.commands.CommandLine`; ``start`` gives a running command that can be killed.
Where there is no ``fork`` (Windows), every command is a process of its own, and conditions cannot be patched.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.commands import ROOT, CommandLine

FORKS = hasattr(os, "fork")


@dataclass
class Running:
    """A command under way.  ``pid`` may be killed; ``wait`` gives the exit code (negative: the signal)."""

    pid: int
    to: Path
    process: subprocess.Popen[bytes] | None = None
    status: int | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    def poll(self) -> int | None:
        if self.process is not None and self.process.poll() is not None:
            self.status = self.process.returncode
            self.ended.set()
        return self.status

    def wait(self, timeout: float = 300) -> int:
        if self.process is not None:
            self.process.wait(timeout)
            self.poll()
        assert self.ended.wait(timeout), "the command did not end"
        assert self.status is not None
        return self.status

    def kill(self) -> None:
        """End it as a power cut would: no handler runs."""
        if self.poll() is None:
            try:
                if self.process is not None:
                    self.process.kill()
                else:
                    os.kill(self.pid, 9)
            except ProcessLookupError:
                pass

    @property
    def out(self) -> str:
        return Path(f"{self.to}.out").read_text(encoding="utf-8", errors="replace")

    @property
    def err(self) -> str:
        return Path(f"{self.to}.err").read_text(encoding="utf-8", errors="replace")


class Warm:
    """Commands in the workspace of ``command_line``; with ``ready`` it must exist, and Django is started once."""

    def __init__(self, command_line: CommandLine, ready: bool = True) -> None:
        self.line = command_line
        self.folder = Path(tempfile.mkdtemp(prefix="tutela-warm-"))
        self.number = 0
        self.running: dict[int, Running] = {}
        self.server: subprocess.Popen[bytes] | None = None
        if FORKS:
            self._serve(ready)

    def _serve(self, ready: bool) -> None:
        environment = self.line.environment
        environment["PYTHONPATH"] = os.pathsep.join([environment["PYTHONPATH"], str(ROOT / "tests")])
        environment["PYTHONFAULTHANDLER"] = "1"
        self.server = subprocess.Popen(
            [sys.executable, "-m", "support.warm_server", *(["ready"] if ready else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        self.born: queue.Queue[int] = queue.Queue()
        self._ready = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        assert self._ready.wait(120) and self.server.poll() is None, "the warm process did not start"

    def _listen(self) -> None:
        assert self.server and self.server.stdout
        for line in self.server.stdout:
            said = json.loads(line)
            if "ready" in said:
                self._ready.set()
            elif "pid" in said:
                self.born.put(said["pid"])
            else:
                running = self.running.pop(said["n"])
                running.status = said["status"]
                running.ended.set()
        self._ready.set()

    def start(self, *arguments: str | Path, folder: Path | None = None, **patch: Any) -> Running:
        """Begin a command; see :func:`support.warm_server.patch` for the conditions that can be asked for."""
        self.number += 1
        to = self.folder / str(self.number)
        if self.server is None:
            assert not patch, "conditions need fork"
            return self._process(to, [str(a) for a in arguments], folder)
        running = self.running[self.number] = Running(0, to)
        request = {
            "n": self.number,
            "to": str(to),
            "arguments": [str(a) for a in arguments],
            "folder": str(folder) if folder else None,
            "patch": patch,
        }
        assert self.server.stdin
        self.server.stdin.write(json.dumps(request).encode() + b"\n")
        self.server.stdin.flush()
        running.pid = self.born.get(timeout=60)
        return running

    def cold(self, *arguments: str | Path, folder: Path | None = None) -> Running:
        """Begin a command as a process of its own, interpreter start included."""
        self.number += 1
        return self._process(self.folder / str(self.number), [str(a) for a in arguments], folder)

    def _process(self, to: Path, arguments: list[str], folder: Path | None) -> Running:
        environment = self.line.environment
        if arguments[0] == "python":
            module, function = arguments[1].rsplit(".", 1)
            environment["PYTHONPATH"] = os.pathsep.join([environment["PYTHONPATH"], str(ROOT / "tests")])
            code = "\n".join([
                "import json, sys",
                "from importlib import import_module",
                "from pathlib import Path",
                "from tutela.store.setup import open_workspace",
                f"open_workspace(Path({str(self.line.workspace)!r}))",
                f"found = import_module({module!r}).{function}(*sys.argv[1:])",
                "print(json.dumps(found, ensure_ascii=False, sort_keys=True))",
            ])
            command = [sys.executable, "-c", code, *arguments[2:]]
        else:
            command = self.line.command(*arguments)
        with open(f"{to}.out", "wb") as out, open(f"{to}.err", "wb") as err:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment, cwd=folder)
        return Running(process.pid, to, process)

    def __call__(
        self, *arguments: str | Path, folder: Path | None = None, within: float = 300, **patch: Any
    ) -> subprocess.CompletedProcess[str]:
        running = self.start(*arguments, folder=folder, **patch)
        code = running.wait(within)
        done = subprocess.CompletedProcess(list(map(str, arguments)), code, running.out, running.err)
        for name in ("out", "err"):
            Path(f"{running.to}.{name}").unlink(missing_ok=True)
        return done

    def data(self, *arguments: str | Path, exit_code: int = 0, **more: Any) -> Any:
        """Run with ``--json``; what it says.  The exit code must be ``exit_code``."""
        done = self(*arguments, "--json", **more)
        assert done.returncode == exit_code, f"exit {done.returncode}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        return json.loads(done.stdout)

    def ask(self, function: str, *arguments: str) -> Any:
        """The result of a function of ours in this workspace: ``ask("support.canonical.state")``."""
        done = self("python", function, *arguments)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    def state(self) -> dict[str, Any]:
        """See :func:`support.canonical.state`."""
        return self.ask("support.canonical.state")

    def canonical(self) -> dict[str, Any]:
        return self.ask("support.canonical.canonical")

    def close(self) -> None:
        import shutil

        if self.server is not None and self.server.stdin:
            self.server.stdin.close()
            self.server.wait(30)
            time.sleep(0)
            assert self.server.stdout
            self.server.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)
