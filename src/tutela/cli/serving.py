"""Serving the pages from this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

from tutela.cli import screen
from tutela.cli.running import Run, command
from tutela.errors import EXIT_UNUSABLE, TutelaError, declare, problem

declare({
    "port-in-use": ("Port {value} is in use by another program.", "Name another with --port, for example --port {other}."),
    "host-unusable": ("{value} is not an address of this machine: {reason}.", "Use 127.0.0.1, an address of this machine, or --lan."),
})

THREADS = 8
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@command("serve")
def serve(
    run: Run,
    port: int = typer.Option(8000, "--port", min=1, max=65535, help="The port."),
    host: str = typer.Option("127.0.0.1", "--host", help="The address to serve on."),
    lan: bool = typer.Option(False, "--lan", help="Serve to everybody on the local network, not only to this machine."),
) -> None:
    """Serve the pages to the browser of this machine, until Ctrl-C."""
    run.open()
    serve_pages(run.folder, "0.0.0.0" if lan else host, port)


def serve_pages(folder: Path, host: str, port: int) -> None:
    """Serve an open workspace until Ctrl-C.  One process, a few threads.  Raises ``port-in-use``, ``host-unusable``."""
    check_port(host, port)
    names = _names(host)
    os.environ["TUTELA_WORKSPACE"] = str(folder.resolve())
    os.environ.setdefault("TUTELA_HOSTS", ",".join(names))
    _close_connections()
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    shown = [name for name in names if name != "testserver"] if host in ("0.0.0.0", "::") else [host]
    for name in shown[:1] if host in LOOPBACK else shown:
        screen.say(f"The register is at http://{f'[{name}]' if ':' in name and not name.startswith('[') else name}:{port}/")
    if host not in LOOPBACK:
        screen.hint("Others on this network can reach it, and what they send is not encrypted: make accounts, or keep to this machine.")
    screen.say("Ctrl-C ends it.")
    sys.stdout.flush()
    Granian("tutela.project.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=1,
            blocking_threads=THREADS, log_level=LogLevels.error, websockets=False).serve()
    screen.hint("\nEnded.")


def _close_connections() -> None:
    """The pages are served by a process of their own, with connections of its own."""
    from django.db import connections

    connections.close_all()


def check_port(host: str, port: int) -> None:
    """See that nobody listens there."""
    import errno
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform == "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except socket.gaierror as error:
            raise TutelaError(problem("host-unusable", value=host, reason=error.strerror), EXIT_UNUSABLE) from None
        except OSError as error:
            taken = error.errno in (errno.EADDRINUSE, errno.EACCES, 10013, 10048) and port >= 1024 or error.errno == errno.EADDRINUSE
            if taken:
                raise TutelaError(problem("port-in-use", value=port, other=port % 65535 + 1), EXIT_UNUSABLE) from None
            raise TutelaError(problem("host-unusable", value=host, reason=error.strerror), EXIT_UNUSABLE) from None


def _names(host: str) -> list[str]:
    """The names under which browsers may ask for the pages: this machine's own, and on a network its addresses there."""
    import socket

    names = ["127.0.0.1", "localhost", "[::1]", "testserver"]
    if host in LOOPBACK:
        return names
    if host not in ("0.0.0.0", "::"):
        return [f"[{host}]" if ":" in host else host, *names]
    here = socket.gethostname()
    found = {here}
    try:
        found |= {str(info[4][0]) for info in socket.getaddrinfo(here, None, socket.AF_INET)}
    except OSError:
        pass
    return [*sorted(name for name in found if not name.startswith("127.")), *names]
