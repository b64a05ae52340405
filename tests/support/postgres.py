"""A PostgreSQL for the tests: found on this machine, started in a temporary folder, thrown away.

The server listens on 127.0.0.1 only, on a free port, with a password of its own.  ``initdb`` refuses to run as root, so
root starts it as ``postgres`` or ``nobody``.
"""

from __future__ import annotations

import glob
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

HOW_TO_GET = (
    "Debian: apt-get install postgresql; macOS: brew install postgresql; Windows: postgresql.org; "
    "or set DATABASE_URL to a server where databases may be made"
)
FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/local/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "C:/Program Files/PostgreSQL/*/bin",
)
FAST = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=128MB -c max_connections=60"
# With the character type C a database folds no letter beyond ASCII.
CHARACTER_TYPES = ("C.UTF-8", "C.utf8", "en_US.UTF-8")


def find_server() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``, the newest version first; None if there is no server."""
    found = sorted((folder for pattern in FOLDERS for folder in glob.glob(pattern)), key=_version, reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        found.append(str(Path(on_path).resolve().parent))
    suffix = ".exe" if os.name == "nt" else ""
    for folder in map(Path, found):
        if (folder / f"initdb{suffix}").exists() and (folder / f"pg_ctl{suffix}").exists():
            return folder
    return None


def _version(folder: str) -> tuple[int, ...]:
    return tuple(int("".join(c for c in part if c.isdigit()) or 0) for part in Path(folder).parts)


class Server:
    """A PostgreSQL at an address, in which tests make and drop databases.  ``stop`` ends it if it is ours."""

    def __init__(self, url: str) -> None:
        self.url = url

    def create_database(self) -> str:
        """Make an empty database; its address."""
        name = f"tutela_test_{secrets.token_hex(6)}"
        self._execute(f'CREATE DATABASE "{name}"')
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def drop_database(self, url: str) -> None:
        """Drop a database made here, whoever is still connected."""
        name = urlsplit(url).path.lstrip("/")
        if not name.startswith("tutela_test_"):
            raise ValueError(f"{name} was not made by create_database")
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)

    def stop(self) -> None:
        """Nothing to end: the server was there before the tests."""


class Throwaway(Server):
    """A server of our own in a temporary folder."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="tutela-postgres-"))
        self.account = _account()
        password, port = secrets.token_hex(16), _free_port()
        try:
            self._prepare(password)
            self._run(
                "pg_ctl",
                "start",
                "-w",
                "-t",
                "60",
                "-D",
                str(self.folder / "data"),
                "-l",
                str(self.folder / "log"),
                "-o",
                f"-h 127.0.0.1 -p {port} -c unix_socket_directories= {FAST}",
            )
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        super().__init__(f"postgresql://tutela:{password}@127.0.0.1:{port}/postgres")

    def _prepare(self, password: str) -> None:
        secret = self.folder / "password"
        secret.write_text(password, encoding="ascii")
        if self.account:
            for path in (self.folder, secret):
                os.chown(path, self.account["user"], self.account["group"])
        for index, character_type in enumerate(CHARACTER_TYPES):
            try:
                self._run(
                    "initdb",
                    "-D",
                    str(self.folder / "data"),
                    "-U",
                    "tutela",
                    "-E",
                    "UTF8",
                    "-A",
                    "scram-sha-256",
                    "--no-sync",
                    f"--pwfile={secret}",
                    "--locale=C",
                    f"--lc-ctype={character_type}",
                )
                return
            except RuntimeError:
                if index == len(CHARACTER_TYPES) - 1:
                    raise
                shutil.rmtree(self.folder / "data", ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        # Output goes to a file: a server that inherited a pipe would keep it open and this call waiting.
        with open(self.folder / f"{program}.out", "w+", encoding="utf-8", errors="replace") as out:
            done = subprocess.run(
                [str(self.programs / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                timeout=180,
                env={**os.environ, "LC_ALL": "C", "LANG": "C"},
                **self.account,
            )
            if done.returncode:
                out.seek(0)
                raise RuntimeError(f"{program} ended with {done.returncode}: {out.read()[-2000:]}")

    def stop(self) -> None:
        """End the server and remove its folder."""
        try:
            self._run("pg_ctl", "stop", "-m", "immediate", "-w", "-D", str(self.folder / "data"))
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


def _account() -> dict[str, int]:
    """Who runs the server, as arguments of ``subprocess.run``: nothing, or another account where we are root."""
    if os.name == "nt" or os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise RuntimeError("root cannot run PostgreSQL, and there is neither an account postgres nor nobody")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
