"""The application: global options, all commands, and the entry point."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from tutela import __version__
from tutela.cli import (  # noqa: F401  (each registers its commands)
    assess,
    bundles,
    citing,
    damaged,
    evidence,
    keeping,
    lists,
    locking,
    looking,
    people,
    screen,
    serving,
    starting,
    witnesses,
    words,
)
from tutela.cli.running import INTERRUPTED, Run, app, hush


def _version(wanted: bool) -> None:
    if wanted:
        screen.say(f"tutela {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    workspace: Path | None = typer.Option(None, "--workspace", envvar="TUTELA_WORKSPACE", metavar="FOLDER",
                                          help="The folder of the register; else the folder one is in, or tutela-workspace in it."),
    user: str | None = typer.Option(None, "--as", metavar="USER", help="Who acts; else the local operator, recorded as such."),
    json: bool = typer.Option(False, "--json", help="Answer with data (JSON) instead of lines."),
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Say the version, and end."),
) -> None:
    """A register of cultural property in armed conflict, in one folder on this machine.

    The options below may also stand after the command.
    """
    context.obj = Run(workspace, user, json)


def main() -> None:
    """The command ``tutela``."""
    screen.prepare()
    try:
        app(prog_name="tutela")
    except KeyboardInterrupt:
        screen.hint("\nStopped.")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        hush()
        sys.exit(0)
    except SystemExit:
        _flush()
        raise
    finally:
        _close()


def _close() -> None:
    """Close the databases, so that what stands beside a SQLite file (its WAL) is brought into it."""
    database = sys.modules.get("django.db")
    if database is not None and sys.modules["django.conf"].settings.configured:
        database.connections.close_all()


def _flush() -> None:
    """Say all now, so that a reader who went away is noticed here and not while the interpreter ends."""
    try:
        sys.stdout.flush()
    except (BrokenPipeError, ValueError):
        hush()
