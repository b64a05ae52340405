"""Looking things up: search, one place, figures; and saying who may see a place."""

from __future__ import annotations

from typing import Any

import typer

from tutela.cli import screen
from tutela.cli.running import Run, command


@command("search")
def search(
    run: Run,
    text: list[str] = typer.Argument(None, metavar="TEXT", help="Words in any script, and field:value, for example "
                                     "'condition:poor country:SY'. Nothing: all places."),
    bbox: str | None = typer.Option(None, "--bbox", metavar="W,S,E,N", help="Only inside this box, degrees."),
    limit: int = typer.Option(20, "--limit", min=1, max=10_000, help="At most so many places."),
    offset: int = typer.Option(0, "--offset", min=0, help="Leave out the first so many."),
) -> None:
    """Find places by any of their names, in any script, or by what is recorded of them."""
    actor = run.open()
    from tutela.inventory.near import require_known
    from tutela.inventory.queries import search as find
    from tutela.inventory.rules.query import box, parse

    query = parse(" ".join(text or ()))
    if bbox is not None:
        query.bbox = box(bbox)
    require_known(actor, query)
    found = find(actor, query, limit, offset)
    lines = screen.table(("Id", "Name", "Type", "Country", "Condition", "Position"), map(_cells, found.rows)) if found.rows else []
    said = [f"“{word}” was read as: {', '.join(others)}" for word, others in found.read_as.items()]
    said += [f"“{word}” is nobody's whole word; perhaps: {', '.join(others)}" for word, others in found.perhaps.items()]
    shown = f"{len(found.rows):,} of {found.total:,} places." if found.total > len(found.rows) else f"{found.total:,} places."
    run.answer({"query": query.text(), "total": found.total, "read_as": found.read_as, "perhaps": found.perhaps,
                "places": [_place_data(row) for row in found.rows]}, [*said, *lines, shown])


def _place_data(row: Any) -> dict[str, Any]:
    """A place found, as data: position in degrees at the reader's precision."""
    document = row.document
    return {"id": row.id, "name": row.name["text"], "language": row.name.get("lang"), "names": [name["text"] for name in row.names],
            "types": [t.get("code") or t.get("original") for t in document.get("types", ())], "country": document.get("country"),
            "condition": row.condition, "extent": row.extent, "observed": row.day, "lon": row.x, "lat": row.y}


def _cells(row: Any) -> tuple[str, ...]:
    data = _place_data(row)
    return (row.id, screen.cut(str(data["name"]), 40), screen.cut(", ".join(filter(None, data["types"])), 24), data["country"] or "",
            "" if row.condition == "none" else row.condition, _position(row.x, row.y))


def _position(x: float | None, y: float | None) -> str:
    return "by name only" if x is None or y is None else f"{y:.5f}, {x:.5f}"


@command("show")
def show(
    run: Run,
    identifier: str = typer.Argument(..., metavar="ID", help="The public id, or an identifier in another register."),
) -> None:
    """Show one place: names, position, what is recorded, and its assessments over time."""
    actor = run.open()
    from tutela.assessment.queries import series
    from tutela.inventory.queries import place

    found = place(actor, identifier)
    assessments = series(actor, found.id)
    run.answer({"id": found.id, "name": found.name["text"], "lon": found.x, "lat": found.y, "line": found.line, "document": found.document,
                "assessments": assessments}, _place_lines(found, assessments))


def _place_lines(found: Any, assessments: list[dict[str, Any]]) -> list[str]:
    document = found.document
    facts = [
        ("Id", found.id),
        ("Names", "; ".join(name["text"] + (f" ({name['lang']})" if name.get("lang") else "") for name in found.names)),
        ("Types", ", ".join(t.get("original") or t.get("code", "") for t in document.get("types", ()))),
        ("Dating", "; ".join(d.get("original") or d.get("edtf") or d.get("period", "") for d in document.get("dating", ()))),
        ("Position", _position(found.x, found.y)),
        ("Where", ", ".join([*(a["name"] for a in document.get("areas", ())), document.get("country", "")]).strip(", ")),
        ("Identifiers", ", ".join(f"{i['scheme']} {i['value']}" for i in document.get("identifiers", ()))),
        ("Protection", "; ".join(p.get("original") or p.get("instrument", "") for p in document.get("protections", ()))),
        ("Handling", document.get("handling", {}).get("mark", "open")),
        ("Sources", "; ".join(str(s.get("title", "")) for s in document.get("sources", ()))),
    ]
    lines = [found.name["text"], *(f"  {label + ':':13} {value}" for label, value in facts if value)]
    texts = [(d.get("kind", "text"), " ".join(d["text"].split())) for d in document.get("descriptions", ())]
    lines += [f"  {kind + ':':13} {screen.cut(text, 300)}" for kind, text in texts]
    lines.append("  No assessment." if not assessments else f"  Assessments ({len(assessments)}), by the day observed:")
    return lines + [f"    {_assessment_line(a)}" for a in assessments]


def _assessment_line(given: dict[str, Any]) -> str:
    condition, extent = given.get("condition") or {}, given.get("extent") or {}
    parts = [given.get("observed", "date unknown"), condition.get("original") or condition.get("code") or given.get("outcome", ""),
             f"extent {extent.get('original') or extent.get('code')}" if extent else "", given.get("method", ""),
             f"{len(given['damages'])} damages" if given.get("damages") else ""]
    return " · ".join(part for part in parts if part)


@command("stats")
def stats(run: Run) -> None:
    """Say how much there is.

    Whoever may not see everything is told of what they may see, and not of accounts and the journal's records.
    """
    actor = run.open()
    from tutela.assessment.queries import number
    from tutela.inventory.queries import count
    from tutela.people.queries import accounts
    from tutela.store import figures, workspace

    state = figures.state()
    data: dict[str, Any] = {"places": count(actor, "").total, "assessments": number(actor),
                            "names": figures.items("place", "names", actor.audience)}
    if actor.may("read-journal-people"):
        data |= {"records": figures.records(), "users": len(accounts())}
    opened = workspace.load(run.folder)
    data |= {"journal": {"lines": state["lines"], "head": state["head"]}, "database": state["database"], "format": opened.format,
             "title": opened.title}
    shown = [("Places", data["places"]), ("Names", data["names"]), ("Assessments", data["assessments"]), ("Journal lines", state["lines"]),
             *([("Accounts", data["users"])] if "users" in data else [])]
    run.answer(data, [f"{opened.title} ({state['database']})", *screen.table(("", ""), shown, (1,))[1:], f"Journal head  {state['head']}"])


@command("handle")
def handle(
    run: Run,
    identifier: str = typer.Argument(..., metavar="ID", help="The public id, or an identifier in another register."),
    mark: str = typer.Argument(..., metavar="MARK", help="open, restricted or confidential."),
    precision: str | None = typer.Option(None, "--precision", help="What others see: as-held, 0.001, 0.01, 0.1, 1 (degrees), withheld."),
    reason: str = typer.Option("", "--reason", help="Why; needed for any mark but open."),
) -> None:
    """Say who may see a place, and how precisely."""
    actor = run.open()
    from tutela.inventory.actions import set_handling
    from tutela.inventory.queries import place

    found = place(actor, identifier)
    set_handling(actor, found.id, mark, precision, reason)
    data = {"id": found.id, "mark": mark, "precision": precision, "reason": reason}
    run.answer(data, [f"{found.name['text']} is {mark}" + (f", precision {precision}." if precision else ".")])
