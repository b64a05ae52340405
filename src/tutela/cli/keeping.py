"""Keeping it safe: backup, restore, verify."""

from __future__ import annotations

from pathlib import Path

import typer

from tutela.cli import screen
from tutela.cli.running import Run, command
from tutela.errors import EXIT_FAILED, EXIT_OK, TutelaError


@command("verify")
def verify(
    run: Run,
    repair: bool = typer.Option(False, "--repair", help="Make everything derived anew first (words, boxes, indexes), then verify."),
) -> None:
    """Recompute everything: the journal, the records, what is derived from them, the indexes and the files.

    Exit code 0: all holds; 1: something does not.
    """
    actor = run.open()
    from tutela.people.actions import require
    from tutela.store import journal, rebuild
    from tutela.store.verify import verify as check

    require(actor, "read-journal-people")  # what is found names records, hidden ones too
    if repair:
        require(actor, "backup")
        screen.hint("Deriving everything anew …")
        rebuild.everything()
    with run.progress() as progress:
        found = check(progress)
    lines, head = journal.head()
    data = {"holds": not found, "findings": found, "journal": {"lines": lines, "head": head}}
    if not found:
        run.answer(data, [f"All holds: {lines:,} journal lines, head {head}."])
        return
    run.answer(data, [*found, "", *_advice(found)], EXIT_FAILED)


def _advice(found: list[str]) -> list[str]:
    """What to do: derived data can be made anew, the journal and the records cannot."""
    mendable = all(line.startswith(("derived:", "index ")) for line in found)
    if mendable:
        return ["What to do: `tutela verify --repair` makes this anew from the records, which hold."]
    if all(line.startswith("intake:") or line.endswith(("is named by no record", "by a program that was ended")) for line in found):
        return ["What to do: nothing is lost. Give the same files again, or let `tutela evidence repair` clear away what was left."]
    return ["What to do: keep this workspace as it is, and restore the last backup that verifies into a new folder.",
            "Copy the workspace before anything else if there is no such backup."]


@command("backup")
def backup(
    run: Run,
    out: Path = typer.Argument(..., metavar="OUT", help="The file to write, for example register.zip."),
) -> None:
    """Write the whole register to one file, and check it. Others may go on working meanwhile."""
    actor = run.open()
    from tutela.people.actions import require
    from tutela.store import journal
    from tutela.store.backup import backup as write

    require(actor, "backup")
    with run.progress() as progress:
        told = write(out, progress)
    try:
        journal.note(actor.id, "store.backup", digest=told["digest"], lines=told["journal"]["lines"])
    except TutelaError as error:  # a full disk is when a backup is needed most
        screen.hint(f"The backup is whole, but was not noted in the journal: {error.problem.message}")
    rows = {table["name"]: table["rows"] for table in told["tables"]}
    held = f"{rows.get('store_record', 0):,} records, {told['journal']['lines']:,} journal lines, {told['blobs']:,} files"
    run.answer(told, [f"{out}: {held}, {told['bytes']:,} bytes; read back and whole.", f"SHA-256 {told['digest']}"])


@command("restore")
def restore(
    run: Run,
    file: Path = typer.Argument(..., metavar="IN", help="A file that `backup` wrote."),
    database_url: str | None = typer.Option(None, "--database-url", metavar="URL", help="Keep the records on this PostgreSQL server (an "
                                            "empty database); else in the workspace, or where DATABASE_URL says."),
) -> None:
    """Make a new workspace from a backup, and verify it.

    Name the new folder with --workspace; a folder that holds anything is refused.
    """
    from tutela.store.restore import restore as read

    folder = run.folder.resolve()
    with run.progress() as progress:
        told = read(file, folder, database_url, progress)
    found = told["findings"]
    lines = [f"{folder} holds the register “{told['title']}” as of {told['made']}, {told['journal']['lines']:,} journal lines."]
    lines += ["Everything in it was verified."] if not found else ["It was not sound when it was backed up:", *found]
    run.answer(told, lines, EXIT_FAILED if found else EXIT_OK)
