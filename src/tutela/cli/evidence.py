"""Evidence: taking files in, looking at them, seeing that they hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from tutela.cli import screen
from tutela.cli.running import Run, app, command
from tutela.errors import EXIT_FAILED, Problem

group = typer.Typer(name="evidence", no_args_is_help=True, rich_markup_mode=None,
                    help="Files that something rests on: taken in once and unchanged, their custody, their seals.")
app.add_typer(group)
SHOWN = 20  # refusals and warnings told one by one


@command("add", group)
def add(
    run: Run,
    paths: list[Path] = typer.Argument(..., metavar="PATH", help="Files, folders, or ZIP files of files."),
    place: list[str] = typer.Option([], "--place", metavar="ID", help="A place they concern; may be given several times."),
    collector: str = typer.Option("", "--collector", help="Who made or collected them."),
    acquired: str = typer.Option("", "--acquired", metavar="DATE", help="When: an EDTF date, for example 2024-05-03 or 2024-05~."),
    at: str = typer.Option("", "--at", help="Where, in words."),
    uri: str = typer.Option("", "--uri", help="The address they come from."),
    source: str = typer.Option("", "--source", help="The title of the publication or collection they come from."),
    outlet: str = typer.Option("", "--outlet", help="Who published them."),
    consent: str = typer.Option("", "--consent", help="yes, no, unknown or not-needed."),
    scope: str = typer.Option("", "--scope", help="What consent was given for."),
    restrictions: str = typer.Option("", "--restrictions", help="What may not be done with them."),
    handling: str = typer.Option("", "--handling", help="open, restricted or confidential; restricted unless said otherwise."),
    origin: str = typer.Option("", "--origin", help="original, reprint, excerpt, derived or unknown."),
    title: str = typer.Option("", "--title", help="A title, where it is one file."),
    description: str = typer.Option("", "--description", help="What is to be seen or read."),
    form: str = typer.Option("", "--form", help="photograph, video, sound, document, page, drawing, dataset or other; else by content."),
    keep_zip: bool = typer.Option(False, "--keep-zip", help="Keep ZIP files as they are instead of taking in what they hold."),
    no_copies: bool = typer.Option(False, "--no-copies", help="Make no working copies now."),
) -> None:
    """Take files in: all of them, or none. The originals are copied, never touched.

    Stopped or killed, it goes on where it was when the same paths are given again.
    Exit code 0: taken in; 3: files were refused, and nothing was taken in.
    """
    actor = run.open()
    from tutela.evidence.intake import Given, take

    given = Given(collector=collector, acquired=acquired, where=_said(text=at), source=_said(uri=uri, title=source, outlet=outlet),
                  consent=_said(given=consent, scope=scope), restrictions=restrictions, handling=_said(mark=handling), places=place,
                  origin=_said(kind=origin), title=title, description=description, form=form, unpack=not keep_zip)
    with run.progress() as progress:
        taken = take(actor, paths, given, progress)
        if not taken.refused and not no_copies:
            _copies(actor, taken.items, progress)
    run.answer(taken.as_dict(), _told(taken), taken.exit_code)


def _said(**values: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def _copies(actor: Any, items: list[str], progress: Any) -> None:
    """Working copies of what came in; what cannot be made now can be made later."""
    from tutela.errors import TutelaError
    from tutela.evidence import copies

    try:
        copies.make(actor, items, progress)
    except TutelaError as error:
        screen.hint(f"The files are taken in, but working copies could not be made: {error.problem.message}")


def _told(taken: Any) -> list[str]:
    if taken.refused:
        return [*_problems(taken.refused), "", f"Nothing was taken in: {len(taken.refused):,} of the files, or what was said of them, "
                "must be mended first."]
    new, same = len(taken.items) - len(taken.same), len(taken.same)
    lines = [f"{taken.files:,} files taken in ({taken.bytes:,} bytes): {new:,} new items, {same:,} held before, "
             f"{len(taken.acquisitions):,} acquisitions."]
    if taken.unchanged:
        lines.append(f"{taken.unchanged:,} were known just so, and nothing was added.")
    if taken.left:
        lines.append(f"Left out, as systems leave them in folders: {screen.cut(', '.join(taken.left), 200)}.")
    lines += _problems(taken.warnings)
    return lines + ([f"Item {taken.items[0]}"] if len(taken.items) == 1 else [])


def _problems(problems: list[Problem]) -> list[str]:
    lines = [f"{each.code}  {each.message} {each.todo}" for each in problems[:SHOWN]]
    return lines + ([f"… and {len(problems) - SHOWN:,} more"] if len(problems) > SHOWN else [])


@command("list", group)
def list_(
    run: Run,
    text: str = typer.Argument("", metavar="WORDS", help="Only those with these words in title or description."),
    place: str | None = typer.Option(None, "--place", metavar="ID", help="Only those that concern this place."),
    most: int = typer.Option(50, "--limit", min=1, max=100_000, help="How many at most."),
    after: str | None = typer.Option(None, "--after", metavar="ID", help="Go on after this item."),
) -> None:
    """List items, the newest first."""
    actor = run.open()
    from tutela.evidence.queries import items

    found = items(actor, text, place, most, after)
    rows = [(each["id"], each["form"], each["media_type"], each["size"], each.get("handling", {}).get("mark", "restricted"),
             each["state"], screen.cut(each.get("title", ""), 40)) for each in found]
    headers = ("Item", "Form", "Media type", "Bytes", "Handling", "State", "Title")
    run.answer({"items": found}, screen.table(headers, rows, (3,)) if rows else ["There are no items."])


@command("show", group)
def show(run: Run, item: str = typer.Argument(..., metavar="ID", help="The item's id.")) -> None:
    """Show an item: what is said of it, how it came in, its copies, what rests on it, its chain of custody."""
    actor = run.open()
    from tutela.evidence import queries

    found = queries.item(actor, item)
    chain = queries.chain(actor, item) if actor.may("open-original") else []
    run.answer({**found, "chain": chain}, _shown(found, chain))


def _shown(found: dict[str, Any], chain: list[dict[str, Any]]) -> list[str]:
    lines = [f"{found.get('title', '')}", f"  item        {found['id']}", f"  SHA-256     {found['digest']}",
             f"  kind        {found['form']}, {found['media_type']}, {found['size']:,} bytes",
             f"  handling    {found.get('handling', {}).get('mark', 'restricted')}", f"  stands      {found['standing']}"]
    lines += [f"  noticed     {', '.join(found['noticed'])}"] if found.get("noticed") else []
    lines += [f"  concerns    {place}" for place in found.get("places", ())]
    lines += [f"  {found['description']}"] if found.get("description") else []
    for each in found["acquisitions"]:
        said = [each.get("path", ""), each.get("name", ""), each.get("collector", ""), each.get("acquired", ""),
                each.get("source", {}).get("uri", "")]
        lines.append(f"  came in     {each.get('received', '')}  {' · '.join(filter(None, said))}")
    lines += [f"  {len(found[name]):,} {name}" for name in ("copies", "citations", "gradings", "seals") if found[name]]
    if chain:
        rows = [(each["at"], each["act"], each["actor"], f"{each['source']} {each['line']}", each["seal"][:16]) for each in chain]
        lines += ["", *screen.table(("When", "Act", "By", "Line", "Seal"), rows)]
    return lines


@command("verify", group)
def verify(run: Run) -> None:
    """Digest every original and working copy, and see that files, records and the log of reads agree.

    Exit code 0: all holds; 1: something does not. `tutela verify` does this too, and recomputes the journal and the records.
    """
    actor = run.open()
    from tutela.evidence.checks import verify as check

    with run.progress() as progress:
        found = check(actor, progress)
    advice = ["", "What to do: `tutela evidence repair` mends loose files and interrupted intakes; for an original that is missing or "
              "was altered, keep this workspace as it is and restore the last backup that verifies into a new folder."]
    run.answer({"holds": not found, "findings": found}, [*found, *advice] if found else ["All evidence holds."],
               EXIT_FAILED if found else 0)


@command("repair", group)
def repair(
    run: Run,
    now: bool = typer.Option(False, "--now", help="Take away loose files however young: nobody else works in this workspace."),
) -> None:
    """Mend what an ended program left: loose files, interrupted intakes, lost working copies."""
    actor = run.open()
    from tutela.evidence.repair import repair as mend

    with run.progress() as progress:
        done = mend(actor, now, progress)
    run.answer(done.as_dict(), done.lines(), EXIT_FAILED if done.lost else 0)
