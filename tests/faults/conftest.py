"""A register that several tests share, and commands without the wait for an interpreter."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from support.commands import CommandLine
from support.postgres import Server
from support.warm import Warm


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """One register for all tests of a module, which leave it as they found it.  On PostgreSQL in the second pass."""
    server = Server(os.environ["DATABASE_URL"]) if os.environ.get("DATABASE_URL") else None
    url = server.create_database() if server else None
    line = CommandLine(tmp_path_factory.mktemp("register") / "workspace", url)
    made = line("init")
    assert made.returncode == 0, made.stderr
    warm = Warm(line)
    yield warm
    warm.close()
    if server and url:
        server.drop_database(url)
