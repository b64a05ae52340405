"""Witnesses: who they are is encrypted, everywhere else there is a pseudonym."""

from __future__ import annotations

import sys
from typing import Any

import typer

from tutela.cli import screen
from tutela.cli.evidence import group
from tutela.cli.passphrases import asked
from tutela.cli.running import Run, command
from tutela.errors import EXIT_USAGE, TutelaError, problem

VARIABLE = "TUTELA_WITNESS_PASSPHRASE"
ASKED = ("name", "contact", "languages", "notes")

witness = typer.Typer(name="witness", no_args_is_help=True, rich_markup_mode=None,
                      help="Witnesses: who they are lies encrypted, everywhere else there is a pseudonym.")
group.add_typer(witness)

WHO = typer.Argument(..., metavar="PSEUDONYM", help="For example W-7K3Q-2M8D.")


@command("add", witness)
def add(run: Run) -> None:
    """Record a witness; gives the pseudonym.

    Who it is is asked for, or read as JSON from standard input ({"name": …, "contact": …}), never taken from the command's
    arguments, which others on the machine can read. The passphrase of the witness store is asked for, or taken from
    TUTELA_WITNESS_PASSPHRASE; the first witness chooses it.
    """
    actor = run.open()
    from tutela.evidence import witness_files, witnesses
    from tutela.people.actions import require

    require(actor, "witness")
    details = _details()
    made = witnesses.add(actor, asked(VARIABLE, "Passphrase of the witness store", twice=not witness_files.exists()), details)
    run.answer({"pseudonym": made}, [f"The witness is {made}: use this everywhere, and write the name nowhere else."])


def _details() -> dict[str, Any]:
    """Who it is, as typed or from standard input."""
    import json

    if sys.stdin.isatty():
        given = {key: str(typer.prompt(key.capitalize(), default="", show_default=False, err=True)).strip() for key in ASKED}
        return {key: value for key, value in given.items() if value}
    try:
        details = json.loads(sys.stdin.read() or "null")
    except ValueError:
        details = None
    if not isinstance(details, dict):
        raise TutelaError(problem("witness-empty"), EXIT_USAGE)
    return details


@command("show", witness)
def show(
    run: Run,
    pseudonym: str = WHO,
    purpose: str = typer.Option("", "--purpose", help="Why: it is written into the journal. Name nobody."),
) -> None:
    """Show who a witness is. That you looked is written into the journal first."""
    actor = run.open()
    from tutela.evidence import witnesses
    from tutela.people.actions import require

    require(actor, "witness")
    found = witnesses.show(actor, asked(VARIABLE, "Passphrase of the witness store"), pseudonym, purpose)
    details = [f"  {key}: {value}" for key, value in found["details"].items()]
    run.answer(found, [found["pseudonym"], *details, *map(_said, found["consents"])])


@command("list", witness)
def list_(run: Run) -> None:
    """List the pseudonyms and what each consents to."""
    actor = run.open()
    from tutela.evidence.witnesses import listed

    found = listed(actor)
    rows = [(one["pseudonym"], _agreed(one)) for one in found]
    run.answer({"witnesses": found}, screen.table(("Witness", "Consents to"), rows) if rows else ["There are no witnesses."])


def _agreed(one: dict[str, Any]) -> str:
    if one["erased"]:
        return f"erased {one['erased'][:10]}"
    return "; ".join(_said(each).strip() for each in one["consents"]) or "no consent"


def _said(consent: dict[str, Any]) -> str:
    parts = [consent["scope"], f"since {consent['given']}"]
    parts += [f"until {consent['until']}"] if "until" in consent else []
    parts += [f"for {consent['item']}"] if "item" in consent else []
    parts += [f"withdrawn {consent['withdrawn']}"] if "withdrawn" in consent else []
    return "  " + " ".join(parts)


@command("consent", witness)
def consent(
    run: Run,
    pseudonym: str = WHO,
    scope: str = typer.Argument(..., metavar="SCOPE", help="keep, cite, hand-over or publish; see `tutela vocabulary consent-scopes`."),
    given: str = typer.Option("", "--given", metavar="DATE", help="When it was given; else today."),
    until: str = typer.Option("", "--until", metavar="DATE", help="The last day it holds."),
    item: str = typer.Option("", "--item", metavar="ITEM", help="Only for this item; else for all of this witness."),
) -> None:
    """Record what a witness consents to."""
    actor = run.open()
    from tutela.evidence import witnesses

    witnesses.consent(actor, pseudonym, scope, given, until, item)
    run.answer({"pseudonym": pseudonym, "scope": scope}, ["Recorded."])


@command("withdraw", witness)
def withdraw(
    run: Run,
    pseudonym: str = WHO,
    scope: str = typer.Option("", "--scope", help="Only consents of this scope."),
    item: str = typer.Option("", "--item", metavar="ITEM", help="Only consents for this item."),
    on: str = typer.Option("", "--on", metavar="DATE", help="When it was withdrawn; else today."),
) -> None:
    """Record that a witness takes consent back: what rests on it may no longer leave."""
    actor = run.open()
    from tutela.evidence import witnesses

    count = witnesses.withdraw(actor, pseudonym, scope, item, on)
    run.answer({"pseudonym": pseudonym, "withdrawn": count},
               [f"Withdrawn: {count} consents. Items of this witness stay here and are not exported."])


@command("attach", witness)
def attach(
    run: Run,
    pseudonym: str = WHO,
    item: str = typer.Argument(..., metavar="ITEM", help="The item that comes from this witness, or shows them."),
    remove: bool = typer.Option(False, "--remove", help="Say that it does not, after all."),
) -> None:
    """Say that an item comes from a witness, or shows them: it is exported only as far as they consent."""
    actor = run.open()
    from tutela.evidence import witnesses

    witnesses.attach(actor, pseudonym, item, not remove)
    run.answer({"pseudonym": pseudonym, "item": item, "attached": not remove}, ["Recorded."])


@command("erase", witness)
def erase(
    run: Run,
    pseudonym: str = WHO,
    reason: str = typer.Option(..., "--reason", help="Why: it is written into the journal. Name nobody."),
) -> None:
    """Destroy for good what is kept of a witness. The pseudonym stays, and every chain still verifies.

    Backups made before still hold it: make a new one, and destroy those.
    """
    actor = run.open()
    from tutela.evidence import witnesses

    witnesses.erase(actor, pseudonym, reason)
    run.answer({"erased": pseudonym},
               [f"{pseudonym} is erased here. Backups made before still hold the witness: make a new one, destroy those."])
