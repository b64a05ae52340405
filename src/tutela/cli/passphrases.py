"""Asking for a passphrase: from a variable, or at the terminal, never among the arguments (others can read those)."""

from __future__ import annotations

import os
import sys

import typer

from tutela.errors import EXIT_USAGE, TutelaError, declare, problem

declare({
    "passphrase-missing": ("No passphrase was given, and there is no terminal to ask at.", "Set {variable}, or run this at a terminal."),
})


def asked(variable: str, what: str = "Passphrase", twice: bool = False) -> str:
    """The passphrase in this variable, else as typed (``twice``: typed again, and the same).  Raises ``passphrase-missing``."""
    given = os.environ.get(variable)
    if given:
        return given
    if not sys.stdin.isatty():
        raise TutelaError(problem("passphrase-missing", variable=variable), EXIT_USAGE)
    return str(typer.prompt(what, hide_input=True, confirmation_prompt=twice, err=True))
