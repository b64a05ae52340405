"""What rests on what: citing an item, grading it, and how many independent origins stand behind a record."""

from __future__ import annotations

from typing import Any

import typer

from tutela.cli import screen
from tutela.cli.evidence import group
from tutela.cli.running import Run, command
from tutela.errors import EXIT_USAGE, TutelaError, problem

ITEM = typer.Argument(..., metavar="ITEM", help="The item's id; `tutela evidence list` shows them.")


@command("cite", group)
def cite(
    run: Run,
    record: str = typer.Argument(..., metavar="RECORD", help="The record that rests on it: the id of a place, an assessment, a list …"),
    item: str = ITEM,
    part: str = typer.Option("", "--part", help="Which part of it, for example damages/d1, names/0, condition; else all of it."),
    page: int | None = typer.Option(None, "--page", help="The page, counted from 1."),
    start: str | None = typer.Option(None, "--from", metavar="TIME", help="Where it begins, for example 00:01:10."),
    end: str | None = typer.Option(None, "--to", metavar="TIME", help="Where it ends."),
    region: str | None = typer.Option(None, "--region", metavar="X,Y,W,H", help="The part of the picture, as fractions of its width and "
                                      "height from the upper left corner, for example 0.1,0.2,0.3,0.3."),
    note: str = typer.Option("", "--note", help="What is seen there."),
) -> None:
    """Say that a record, or a part of it, rests on an item, and where in the file."""
    actor = run.open()
    from tutela.evidence.citations import cite as write

    given: dict[str, Any] = {"page": page, "from": start, "to": end, "region": _region(region)}
    locator = {key: value for key, value in given.items() if value is not None}
    made = write(actor, record, item, part, locator, note)
    run.answer({"citation": made, "record": record, "item": item, "part": part, "locator": locator}, [f"Cited: {made}"])


def _region(text: str | None) -> dict[str, float] | None:
    if text is None:
        return None
    try:
        x, y, w, h = (float(part) for part in text.split(","))
    except ValueError:
        raise TutelaError(problem("citation-locator", column="--region", reason=f"{text} is not x,y,w,h"), EXIT_USAGE) from None
    return {"x": x, "y": y, "w": w, "h": h}


@command("uncite", group)
def uncite(
    run: Run,
    citation: str = typer.Argument(..., metavar="CITATION", help="The citation's id."),
    why: str = typer.Option("", "--why", help="Why it is taken back."),
) -> None:
    """Take a citation back; the journal keeps it."""
    actor = run.open()
    from tutela.evidence.citations import withdraw_citation

    withdraw_citation(actor, citation, why)
    run.answer({"withdrawn": citation}, ["Taken back."])


@command("grade", group)
def grade(
    run: Run,
    item: str = ITEM,
    grade: str = typer.Argument(..., metavar="GRADE", help="A letter A–F for the source and a number 1–6 for what the item says, for "
                                "example B2. F and 6: nobody can tell."),
    note: str = typer.Option("", "--note", help="Why this grade."),
    bias: str = typer.Option("", "--bias", help="What this source covers less or more than others: regions, periods, kinds of places."),
) -> None:
    """Grade an item by the Admiralty scale. Earlier grades stay; the newest of each person counts."""
    actor = run.open()
    from tutela.evidence.gradings import grade as write
    from tutela.evidence.rules.grading import read_grade

    reliability, credibility = read_grade(grade)
    made = write(actor, item, reliability, credibility, note, bias)
    run.answer({"grading": made, "item": item, "reliability": reliability, "credibility": int(credibility), "note": note, "bias": bias},
               [f"Graded {reliability}{credibility}."])


@command("rests", group)
def rests(
    run: Run,
    record: str = typer.Argument(..., metavar="RECORD", help="A record's id, or an item's: then all that rests on it."),
    part: str | None = typer.Option(None, "--part", help="Only this part of the record."),
) -> None:
    """Show what a record rests on, and how many independent origins that are; of an item, all that rests on it.

    A reprint, an excerpt or a second copy from the same address is no second origin.
    """
    actor = run.open()
    from tutela.evidence import citations, gradings, queries
    from tutela.store.documents import bare

    if queries.sees(actor, record):
        found = citations.of_item(actor, record)
        rows = [(one["record"], one["kind"], screen.cut(one["title"], 40), one["part"], one["state"], _where(one)) for one in found]
        headers = ("Record", "Kind", "Title", "Part", "Stands", "Where in the file")
        run.answer({"item": record, "citations": found}, screen.table(headers, rows) if rows else ["Nothing rests on it."])
        return
    cited = [one for one in citations.for_record(actor, record) if part is None or one["part"] == part]
    told = gradings.corroboration(actor, record, part)
    rows = [(one["item"], one["form"], screen.cut(one["title"], 40), one["part"], one["state"], _where(one)) for one in cited]
    table = screen.table(("Item", "Form", "Title", "Part", "Stands", "Where in the file"), rows) if rows else ["It rests on no item."]
    run.answer({"record": bare(record), "citations": cited, "corroboration": told},
               [*table, f"Independent origins: {told['independent']}; items: {told['items']}.", *map(_origin, told["origins"])])


def _where(citation: dict[str, Any]) -> str:
    locator = citation["locator"]
    said = [f"page {locator['page']}"] if "page" in locator else []
    said += [f"{locator['from']}–{locator['to']}" if "to" in locator else locator["from"]] if "from" in locator else []
    if "region" in locator:
        region = locator["region"]
        said.append("region " + ",".join(f"{region[key]:g}" for key in "xywh"))
    return ", ".join(said)


WHY = {"reprint": "a reprint", "excerpt": "an excerpt", "derived": "made from another", "unknown": "comes from another",
       "same-bytes": "the same bytes", "same-address": "from the same address"}


def _origin(origin: dict[str, Any]) -> str:
    why = sorted({WHY.get(reason["code"], reason["code"]) for reason in origin["reasons"]})
    best = f"; best grade {origin['best']['grade']}" if origin["best"] else ""
    titles = screen.cut("; ".join(item["title"] for item in origin["items"]), 80)
    return f"  {titles}{' (one origin: ' + ', '.join(why) + ')' if why else ''}{best}"
