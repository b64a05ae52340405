"""One run of a command: for which workspace, as whom, in which form it answers; and how it ends."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

import typer

from tutela.cli import screen
from tutela.cli.usage import Commands
from tutela.errors import EXIT_FAILED, EXIT_OK, EXIT_UNUSABLE, TutelaError, declare, problem

if TYPE_CHECKING:
    from tutela.people.rules import Actor

declare({
    "user-inactive": ("The account {value} is closed.", "Use another one, or open it again: `tutela user change {value} --active`."),
    "file-failed": ("{value}: {reason}.", "Check the name, that the file is there, and that you may read or write it."),
    "memory-full": ("There is not enough memory.", "Close other programs, or do this in smaller parts; nothing was half-written."),
    "fault": ("Tutela met a fault of its own: {reason}.",
              "Nothing was half-written. Please report it with what TUTELA_TRACEBACK=1 shows when you do this again."),
})

app = typer.Typer(name="tutela", cls=Commands,
                  no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
                  context_settings={"help_option_names": ["-h", "--help"]})
DEFAULT_WORKSPACE = "tutela-workspace"
INTERRUPTED = 130


@dataclass(slots=True)
class Run:
    """What the global options say.  Commands get it as their first argument."""

    workspace: Path | None = None
    user: str | None = None
    json: bool = False

    @property
    def folder(self) -> Path:
        """The workspace: named, or the folder one stands in, or ``tutela-workspace`` in it."""
        if self.workspace is not None:
            return self.workspace
        return Path(".") if Path("tutela.json").is_file() else Path(DEFAULT_WORKSPACE)

    def open(self) -> Actor:
        """Open the workspace; gives who acts."""
        from tutela.store import setup

        setup.open_workspace(self.folder)
        return self.actor()

    def actor(self) -> Actor:
        """Who acts in the workspace that is open: the local operator unless ``--as`` names somebody."""
        from tutela.people.rules import OPERATOR

        if self.user is None:
            return OPERATOR
        from tutela.people.actions import actor_of, find

        user = find(self.user)
        if not user.is_active:
            raise TutelaError(problem("user-inactive", value=self.user))
        return actor_of(user)

    def progress(self) -> screen.Progress:
        return screen.Progress()

    def answer(self, data: Any, lines: Iterable[str], exit_code: int = EXIT_OK) -> None:
        """The command's result, as data or as lines; then its exit code."""
        if self.json:
            screen.show_json(data)
        else:
            for line in lines:
                screen.say(line)
        if exit_code:
            raise typer.Exit(exit_code)


def command(name: str, group: typer.Typer = app) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function ``f(run, …)`` as a command, which also takes the global options after its name."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        hints = get_type_hints(function)
        own = [p.replace(annotation=hints[p.name]) for p in inspect.signature(function).parameters.values()][1:]
        keyword = inspect.Parameter.KEYWORD_ONLY
        shared = [
            inspect.Parameter("context_", keyword, annotation=typer.Context),
            inspect.Parameter("json_", keyword, default=typer.Option(False, "--json", hidden=True), annotation=bool),
            inspect.Parameter("user_", keyword, default=typer.Option(None, "--as", hidden=True), annotation=str | None),
            inspect.Parameter("workspace_", keyword, default=typer.Option(None, "--workspace", hidden=True), annotation=Path | None),
        ]

        @functools.wraps(function)
        def called(*, context_: typer.Context, json_: bool, user_: str | None, workspace_: Path | None, **given: Any) -> None:
            run = context_.find_object(Run) or Run()
            run.json = run.json or json_
            run.user = user_ or run.user
            run.workspace = workspace_ or run.workspace
            with ending(run):
                function(run, **given)

        called.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
        called.__annotations__ = {p.name: p.annotation for p in [*own, *shared]}
        del called.__wrapped__  # or the signature would be looked for there
        return group.command(name)(called)

    return register


class ending:  # noqa: N801  (reads as a word: ``with ending(run):``)
    """How a command ends: every problem a user can meet is said calmly, with what to do, and has its exit code."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, (typer.Exit, typer.Abort, typer.TyperException, SystemExit, GeneratorExit)):
            return
        if isinstance(error, KeyboardInterrupt):
            screen.hint("\nStopped. What was not finished was not written.")
            raise typer.Exit(INTERRUPTED) from None
        if isinstance(error, BrokenPipeError):
            hush()
            raise typer.Exit(EXIT_OK) from None
        if os.environ.get("TUTELA_TRACEBACK") and not isinstance(error, TutelaError):
            return
        told = as_problem(error)
        tell(self.run, told)
        raise typer.Exit(told.exit_code) from None


def as_problem(error: BaseException) -> TutelaError:
    """Any exception as a coded error."""
    if isinstance(error, TutelaError):
        return error
    if isinstance(error, MemoryError):
        return TutelaError(problem("memory-full"))
    if type(error).__module__.startswith(("django.db", "sqlite3", "psycopg")):
        told = _database_problem(error)
        if told:
            return told
    if isinstance(error, OSError):
        import errno

        if error.errno == errno.ENOSPC:
            from tutela.errors import CATALOGUE

            if "disk-full" in CATALOGUE:
                return TutelaError(problem("disk-full"))
        return TutelaError(problem("file-failed", value=error.filename or type(error).__name__,
                                   reason=(error.strerror or str(error)).rstrip(".")), EXIT_UNUSABLE)
    reason = f"{type(error).__name__}: {screen.cut(' '.join(str(error).split()), 300)}".removesuffix(": ")
    return TutelaError(problem("fault", reason=reason), EXIT_FAILED)


def _database_problem(error: BaseException) -> TutelaError | None:
    """What the store makes of a database error, if it knows it."""
    from django.core.exceptions import ImproperlyConfigured

    from tutela.store import setup

    try:
        with setup.reachable():
            raise error
    except TutelaError as told:
        return told
    except (Exception, ImproperlyConfigured):
        return None


def tell(run: Run, error: TutelaError) -> None:
    """Say what is wrong, where, and what to do: to a person on standard error, as data on standard output."""
    found = error.problem
    if run.json:
        screen.show_json({"error": found.as_dict()})
        return
    where = [f"{label} {value}" for label, value in (("file", found.file), ("row", found.row), ("column", found.column)) if value]
    screen.hint(found.message)
    if where:
        screen.hint(f"  where:      {', '.join(where)}")
    screen.hint(f"  what to do: {found.todo}")
    screen.hint(f"  code:       {found.code}")


def hush() -> None:
    """Nobody reads any more: let nothing more be said, the interpreter's last words included."""
    void = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(void, stream.fileno())
        except (OSError, ValueError, AttributeError):
            continue
