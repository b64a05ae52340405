"""A process measured from outside: CPU seconds (its own and the kernel's for it), wall seconds, peak memory.

POSIX only (``wait4``): the benchmark is run on Linux and macOS.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILED = Path(tempfile.gettempdir()) / "tutela-bench-compiled"


@dataclass(slots=True)
class Used:
    """What one process used.  ``cpu`` and ``wall`` seconds, ``memory`` the largest resident size in bytes; ``out`` what it said."""

    cpu: float
    wall: float
    memory: int
    out: str


def python(*arguments: str, workspace: Path | None = None, **more: str) -> Used:
    """Run this interpreter with these arguments to its end.  Raises RuntimeError with what it said if it fails."""
    env = environment(workspace) | more
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout is not None
    out = process.stdout.read().decode("utf-8", "replace")
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}:\n{out[-3000:]}")
    memory = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Used(used.ru_utime + used.ru_stime, time.perf_counter() - begun, memory, out)


def environment(workspace: Path | None = None) -> dict[str, str]:
    """The environment of a measured process: our code, compiled once and kept, as it is where the package is installed."""
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PYTHONDONTWRITEBYTECODE")}
    env |= {"PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))), "PYTHONPYCACHEPREFIX": str(COMPILED)}
    if workspace is not None:
        env |= {"TUTELA_WORKSPACE": str(workspace), "DJANGO_SETTINGS_MODULE": "tutela.project.settings"}
    return env


def tutela(workspace: Path, *arguments: str, **more: str) -> Used:
    """The command line in a workspace, as a person would run it."""
    return python("-m", "tutela", "--workspace", str(workspace), *arguments, **more)


def server_cpu(parent: int) -> float:
    """CPU seconds of a PostgreSQL server so far: its main process, its children, and those that have ended.  Linux only."""
    total, tick = 0.0, os.sysconf("SC_CLK_TCK")
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        number, ppid = int(stat.parent.name), int(fields[1])
        if number == parent or ppid == parent:
            total += (int(fields[11]) + int(fields[12])) / tick
        if number == parent:
            total += (int(fields[13]) + int(fields[14])) / tick  # its children that have ended
    return total


def machine() -> dict[str, str]:
    """The machine and the conditions, in words."""
    import sqlite3

    return {"processor": f"{_processor()}, {os.cpu_count()} cores", "memory": _memory(), "system": platform.platform(terse=True),
            "python": f"{platform.python_implementation()} {platform.python_version()} ({_build()})", "sqlite": sqlite3.sqlite_version,
            "load": " ".join(f"{n:.1f}" for n in os.getloadavg()), "date": time.strftime("%Y-%m-%d")}


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _memory() -> str:
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    except (ValueError, OSError):
        return "unknown"


def _build() -> str:
    import sysconfig

    return "built with profile-guided optimisation" if "optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "") else "plain build"
