"""Usage errors where data was asked for (``--json``): told as data with a code, as every other error is."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from tutela.cli import screen
from tutela.errors import EXIT_FAILED, EXIT_OK, declare, problem

declare({"usage": ("{reason}", "`{command} --help` says what it takes.")})


class Commands(TyperGroup):
    """All commands.  Where ``--json`` stands among the arguments, what typer would say in lines is said as data."""

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, complete_var: str | None = None,
             standalone_mode: bool = True, **more: Any) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        if not standalone_mode or "--json" not in given:
            return super().main(args, prog_name, complete_var, standalone_mode, **more)
        try:
            ended = super().main(args, prog_name, complete_var, standalone_mode=False, **more)
        except typer.TyperException as error:
            screen.show_json({"error": _told(error, prog_name or "tutela").as_dict()})
            sys.exit(getattr(error, "exit_code", EXIT_FAILED))
        except typer.Abort:
            screen.hint("Aborted!")
            sys.exit(EXIT_FAILED)
        sys.exit(ended if isinstance(ended, int) else EXIT_OK)


def _told(error: Any, program: str) -> Any:
    """A usage error as a problem; ``column`` names the option or argument it is about."""
    context, parameter = getattr(error, "ctx", None), getattr(error, "param", None)
    said = " ".join(str(error.format_message() if hasattr(error, "format_message") else error).split())
    names = [*(getattr(parameter, "opts", None) or ())]
    return problem("usage", column=max(names, key=len) if names else None, reason=said,
                   command=context.command_path if context is not None else program)
