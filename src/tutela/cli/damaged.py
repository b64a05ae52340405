"""The list of damaged places, written to a file."""

from __future__ import annotations

from pathlib import Path

import typer

from tutela.cli.running import Run, command


@command("damaged")
def damaged(
    run: Run,
    out: Path = typer.Argument(..., metavar="OUT", help="The file to write: .xlsx, .csv, .pdf or .json."),
    query: str = typer.Option("", "--query", help="Only these places; the same words and fields as `search`."),
    as_of: str = typer.Option("", "--as-of", metavar="DATE", help="Damage observed up to this day (2026-03-12, 2026-03, 2026); "
                              "else today."),
    known_at: str = typer.Option("", "--known-at", metavar="DATE", help="Only what was recorded by then: a day (its end, UTC), a time, "
                                 "or the number of a line of the journal. Nothing recorded later then changes a byte of the list."),
    since: str = typer.Option("", "--since", metavar="DATE", help="Mark what is newly damaged since this day."),
    by: str = typer.Option("", "--by", metavar="TABLES", help="The tables of the summary: category, region, protection (all three); or "
                           "type, country, area, level."),
    audience: str = typer.Option("public", "--audience", help="For whom: public, contributor, reviewer or manager; decides what is in it, "
                                 "and how precisely."),
) -> None:
    """Write the list of damaged places as of a day: by category, region and protection, zeros too, documented and verified apart.

    Every figure leads to its places; beside a .csv lie its summary and what must be known with it.
    """
    actor = run.open()
    from tutela.inventory.near import require_known
    from tutela.reports.actions import write_damaged

    require_known(actor, query)
    told = write_damaged(actor, out, query=query, audience=audience, as_of=as_of, known_at=known_at, since=since, by=by)
    newly = f", {told['newly']:,} newly damaged since {since}" if "newly" in told else ""
    run.answer(told, [
        f"{out}: {told['documented']:,} places with documented damage as of {told['as_of']}, {told['verified']:,} of them verified{newly}.",
        f"Known at {told['known_at']}, journal {told['revision'][:40]}…; for the {told['audience']} audience.",
        *(f"Beside it: {path}" for path in told["files"][1:]),
    ])
