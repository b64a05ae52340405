"""Accounts."""

from __future__ import annotations

import sys
from typing import Any

import typer

from tutela.cli import screen
from tutela.cli.running import Run, app, command
from tutela.errors import EXIT_USAGE, TutelaError, declare, problem

declare({
    "password-missing": ("No password was given, and there is no terminal to ask at.",
                         "Pass it on standard input with --password-stdin, or have one made with --generate."),
})

user = typer.Typer(name="user", no_args_is_help=True, rich_markup_mode=None, help="Accounts of people who sign in.")
app.add_typer(user)

STDIN = typer.Option(False, "--password-stdin", help="Read the password from standard input.")
GENERATE = typer.Option(False, "--generate", help="Make a password, and show it once.")


@command("add", user)
def add(
    run: Run,
    username: str = typer.Argument(..., metavar="USER", help="The name to sign in with."),
    role: str = typer.Option("contributor", "--role", help="public, contributor, reviewer, manager or administrator."),
    name: str = typer.Option("", "--name", help="The name to show."),
    language: str = typer.Option("", "--language", help="The language to show names in, for example ar."),
    password_stdin: bool = STDIN,
    generate: bool = GENERATE,
) -> None:
    """Make an account. The password is asked for."""
    actor = run.open()
    from tutela.people.actions import add_user, require

    require(actor, "add-user")
    password = _password(password_stdin, generate)
    made = add_user(actor, username, password, role, name, language)
    data: dict[str, Any] = {"username": made.username, "role": made.role, "name": made.name, "id": made.public_id}
    run.answer({**data, **({"password": password} if generate else {})},
               [f"{made.username} may sign in as {made.role}.", *([f"Password: {password}"] if generate else [])])


@command("list", user)
def list_(run: Run) -> None:
    """List the accounts."""
    actor = run.open()
    from tutela.people.actions import require
    from tutela.people.queries import accounts

    require(actor, "change-user")
    found = accounts()
    rows = [(u["username"], u["name"], u["role"], "open" if u["active"] else "closed", u["made"]) for u in found]
    run.answer({"users": found}, screen.table(("User", "Name", "Role", "State", "Made"), rows) if rows else ["There are no accounts."])


@command("change", user)
def change(
    run: Run,
    username: str = typer.Argument(..., metavar="USER", help="The account."),
    role: str | None = typer.Option(None, "--role", help="public, contributor, reviewer, manager or administrator."),
    active: bool | None = typer.Option(None, "--active/--closed", help="Whether it may sign in.", show_default=False),
    password: bool = typer.Option(False, "--password", help="Set a new password; it is asked for."),
    password_stdin: bool = STDIN,
    generate: bool = GENERATE,
) -> None:
    """Change an account's role or password, close it or open it again."""
    actor = run.open()
    from tutela.people.actions import change_user, find, require

    require(actor, "change-user")
    find(username)
    fresh = _password(password_stdin, generate) if password or password_stdin or generate else None
    made = change_user(actor, username, role=role, active=active, password=fresh)
    data: dict[str, Any] = {"username": made.username, "role": made.role, "active": made.is_active}
    run.answer({**data, **({"password": fresh} if generate else {})},
               [f"{made.username} is {made.role}, {'open' if made.is_active else 'closed'}.",
                *([f"Password: {fresh}"] if generate else [])])


def _password(from_stdin: bool, generate: bool) -> str:
    if generate:
        import secrets

        return secrets.token_urlsafe(15)
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise TutelaError(problem("password-missing"), EXIT_USAGE)
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
