"""Making a workspace, the demonstration, and bringing an older workspace to this version."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import typer

from tutela.cli import screen
from tutela.cli.running import Run, command
from tutela.errors import EXIT_UNUSABLE, TutelaError, declare, problem

declare({
    "demo-elsewhere": ("{value} is a workspace, but not the demonstration's.",
                       "Name another folder for the demonstration with --workspace; nothing was changed."),
})

DEMO_FOLDER = "demo-workspace"
DEMO_MARK = "DEMONSTRATION.txt"
DEMO_TEXT = "This workspace was made by `tutela demo` from the public lists that ship with Tutela. It may be deleted.\n"


@command("init")
def init(
    run: Run,
    title: str = typer.Option("Register", "--title", help="What the register is called."),
    database_url: str | None = typer.Option(None, "--database-url", metavar="URL", help="Keep the records on this PostgreSQL server; "
                                            "the address, with its password, is then kept in the workspace. DATABASE_URL does the same "
                                            "without keeping it."),
) -> None:
    """Make a new, empty workspace: a folder that holds one register."""
    from tutela.store import figures, setup

    folder = run.folder.resolve()
    setup.init_workspace(folder, title, database_url)
    database = figures.state()["database"]
    run.answer({"workspace": str(folder), "title": title, "database": database},
               [f"{folder} is ready: an empty register, “{title}”.",
                f"Next: tutela --workspace {_shown(folder)} import FILE, or serve to see it in the browser."])


def _shown(folder: Path) -> str:
    text = os.path.relpath(folder) if folder.is_relative_to(Path.cwd()) else str(folder)
    return f'"{text}"' if " " in text else text


@command("migrate")
def migrate(run: Run) -> None:
    """Bring a workspace of an older Tutela to this version; every record is kept.

    The database files are copied first, into the workspace.
    """
    from tutela.store import upgrade

    done = upgrade.upgrade(run.folder)
    if not done["applied"]:
        run.answer(done, ["This workspace is of this version already."])
    lines = [f"{len(done['applied'])} steps were taken, {done['records']:,} records derived anew."]
    if done["copy"]:
        lines.append(f"The database as it was before lies in {done['copy']}; delete it when you are content.")
    if done["applied"]:
        run.answer(done, lines)


@command("demo")
def demo(
    run: Run,
    port: int = typer.Option(8000, "--port", min=1, max=65535, help="Where the pages are served in the end."),
    serve: bool | None = typer.Option(None, "--serve/--no-serve", help="Serve the pages in the end; else only from a terminal.",
                                      show_default=False),
) -> None:
    """Make a demonstration: import the public lists that ship with Tutela, assess an invented place with evidence, report damaged
    places, hand the evidence over, serve the pages.

    The workspace is demo-workspace unless --workspace names another; the bundle lies beside it. Run again, it changes nothing.
    """
    folder = (run.workspace or Path(DEMO_FOLDER)).resolve()
    actor = _demo_workspace(run, folder)
    from tutela.exchange.demo import run as run_demo

    with run.progress() as progress:
        told = run_demo(actor, progress)
    from tutela.exchange import demo_practice

    told["practice"] = demo_practice.run(actor, folder.with_name(f"{folder.name}-bundle"))
    told["workspace"] = str(folder)
    from tutela.reports.actions import write_damaged

    told["reports"] = [write_damaged(actor, folder / f"damaged-places.{kind}")["file"] for kind in ("xlsx", "pdf")]
    if run.json:
        screen.show_json(told)
    else:
        for line in demo_lines(told):
            screen.say(line)
    if serve or (serve is None and not run.json and sys.stdin.isatty() and sys.stdout.isatty()):
        from tutela.cli.serving import serve_pages

        serve_pages(folder, "127.0.0.1", port)


def _demo_workspace(run: Run, folder: Path) -> Any:
    """Open the demonstration's workspace, made if need be; gives who acts."""
    from tutela.store import setup

    if (folder / "tutela.json").exists():
        if not (folder / DEMO_MARK).exists():
            raise TutelaError(problem("demo-elsewhere", value=folder), EXIT_UNUSABLE)
        run.workspace = folder
        return run.open()
    screen.hint(f"Making {folder} …")
    setup.init_workspace(folder, "Demonstration")
    (folder / DEMO_MARK).write_text(DEMO_TEXT, encoding="utf-8")
    return run.actor()


SHOWN = 5  # refused rows told for each list


def demo_lines(told: dict[str, Any]) -> list[str]:
    """The summary: a line for each list read, why rows were refused, where the reports lie."""
    counts = ("rows", "places", "created", "updated", "unchanged", "warnings", "refused")
    headers = ("List", *(name.capitalize() for name in counts), "Seconds")
    rows = [(each["list"], *(each[name] for name in counts), f"{each['seconds']:.1f}") for each in told["lists"]]
    rows.append(("All", *(told[name] for name in counts), f"{told['seconds']:.1f}"))
    lines = ["", *screen.table(headers, rows, range(1, len(headers))), ""]
    for each in told["lists"]:
        lines += [f"Refused in {found['file']}, row {found['row']}: {found['message']}" for found in each["problems"][:SHOWN]]
        more = len(each["problems"]) - SHOWN
        lines += [f"… and {more:,} more in that list."] if more > 0 else []
    bundle = told["practice"]["bundle"]
    lines += [f"Damaged places: {path}" for path in told["reports"]]
    lines.append(f"Handed over:    {bundle['file']} ({'verified' if bundle['holds'] else 'it does NOT hold'}: "
                 "verify.py in it proves it on any machine)")
    return [*lines, f"The register:   {told['workspace']}"]
