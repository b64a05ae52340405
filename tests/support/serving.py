"""A register of its own on a real server, for tests in a browser: the small register of :mod:`support.register`, and people."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.commands import ROOT, CommandLine

PASSWORD = "correct horse battery"


@contextmanager
def register(folder: Path, **people: str) -> Iterator[str]:
    """The address of a running register that holds something; ``people`` {account: role}, all with :data:`PASSWORD`."""
    with empty(folder, filled=True, **people) as home:
        yield home


@contextmanager
def empty(folder: Path, filled: bool = False, **people: str) -> Iterator[str]:
    """The same with an empty register, unless ``filled``."""
    tutela = CommandLine(folder / "workspace")
    assert tutela("init").returncode == 0
    if filled:
        env = {**tutela.environment, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])}
        subprocess.run([sys.executable, "-m", "support.register"], env=env, check=True, capture_output=True, timeout=120)
    for name, role in people.items():
        added = tutela("user", "add", name, "--role", role, "--name", f"{name.title()} Example", "--password-stdin", stdin=PASSWORD + "\n")
        assert added.returncode == 0, added.stderr
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        tutela.command("serve", "--port", str(port)), env=tutela.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield _answering(f"http://127.0.0.1:{port}", process)
    finally:
        process.send_signal(signal.SIGINT if os.name != "nt" else signal.CTRL_C_EVENT)
        process.wait(timeout=60)


def _answering(home: str, process: subprocess.Popen[bytes]) -> str:
    for _ in range(300):
        assert process.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(home + "/sign-in/", timeout=5).close()
            return home
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("the server does not answer")


def sign_in(page: Any, home: str, name: str, then: str = "/account/") -> None:
    """Sign in as this account, and go on to a page."""
    page.goto(f"{home}/sign-in/?next={then}")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**{then}")
