"""Lists in and out: importing, taking an import back, exporting, the damaged-places list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from tutela.cli import screen
from tutela.cli.running import Run, command


@command("import")
def import_(
    run: Run,
    files: list[Path] = typer.Argument(..., metavar="FILE", help="One list: a file, or several related ones (CSV, TSV, XLSX, GeoJSON, "
                                       "GeoPackage, Shapefile, KML)."),
    mapping: str | None = typer.Option(None, "--mapping", metavar="M", help="A mapping file (YAML), or the name of a ready mapping; else "
                                       "one is chosen by the headers."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Read and check all, write nothing."),
    partial: bool = typer.Option(False, "--partial", help="Import the good rows though others are refused."),
    complete: bool = typer.Option(False, "--complete", help="The list is complete: remove places of its earlier release that it lacks."),
    suggest_mapping: bool = typer.Option(False, "--suggest-mapping", help="Write a first mapping by headers and content, import nothing."),
    sheet: str | None = typer.Option(None, "--sheet", help="The sheet or layer, where a file has several."),
    encoding: str | None = typer.Option(None, "--encoding", help="The encoding, where it is detected wrongly."),
    crs: str | None = typer.Option(None, "--crs", help="The coordinate system, for example EPSG:32638, where the file does not say."),
    refused: Path | None = typer.Option(None, "--refused", metavar="FILE", help="Where to write refused rows, to be mended and imported."),
) -> None:
    """Import a list. All its rows, or none unless --partial; `undo` takes it back.

    Exit code 0: all rows accepted; 3: rows were refused; 4: the input cannot be used.
    """
    actor = run.open()
    given = {"sheet": sheet, "encoding": encoding, "crs": crs, "refused": str(refused) if refused else None}
    options = {name: value for name, value in given.items() if value is not None}
    if suggest_mapping:
        from tutela.exchange.mapping.suggest import suggest_mapping as suggest

        text = suggest(files, options)
        run.answer({"mapping": text}, [text.rstrip("\n")])
        return
    from tutela.exchange.actions import run_import

    with run.progress() as progress:
        report = run_import(actor, files, mapping=mapping, dry_run=dry_run, partial=partial, complete=complete, options=options,
                            progress=progress)
    run.answer(report.as_dict(), report.lines(), report.exit_code)


@command("imports")
def imports(run: Run) -> None:
    """List the imports, the newest first."""
    actor = run.open()
    from tutela.exchange.queries import imports as listed

    found = listed(actor)
    rows = [(each["import"], each["change"] or "",
             str(each["at"])[:16].replace("T", " "), each["by"], each["state"], each["created"], each["updated"],
             each["refused_rows"], screen.cut(", ".join(each["files"]), 50)) for each in found]
    headers = ("Import", "Change", "When (UTC)", "By", "State", "Created", "Updated", "Refused", "Files")
    run.answer({"imports": found}, screen.table(headers, rows, (0, 1, 5, 6, 7)) if rows else ["There are no imports."])


@command("undo")
def undo(
    run: Run,
    number: int = typer.Argument(..., metavar="IMPORT", help="The import's number; `imports` lists them."),
    keep_edited: bool = typer.Option(False, "--keep-edited", help="Leave records edited or cited since as they are, take back the others."),
) -> None:
    """Take an import back: the register is as it was before, ids included.

    Refused where records were edited or cited since, unless --keep-edited.
    """
    actor = run.open()
    from tutela.exchange.actions import undo_import

    with run.progress() as progress:
        report = undo_import(actor, number, keep_edited, progress)
    run.answer(report.as_dict(), report.lines(), report.exit_code)


@command("export")
def export(
    run: Run,
    format: str = typer.Argument(..., metavar="FORMAT", help="geojson, gpkg, csv, xlsx or kml."),
    out: Path = typer.Argument(..., metavar="OUT", help="The file to write."),
    audience: str = typer.Option("public", "--audience", help="For whom: public, contributor, reviewer or manager; decides what is in it, "
                                 "and how precisely."),
    query: str = typer.Option("", "--query", help="Only these places; the same words and fields as `search`."),
) -> None:
    """Write places to a file, as an audience may see them."""
    actor = run.open()
    from tutela.exchange.exports import export as write
    from tutela.inventory.near import require_known

    require_known(actor, query)
    with run.progress() as progress:
        told = write(actor, format, out, audience=audience, query=query, progress=lambda done, total: progress("Places", done, total))
    run.answer({"file": str(out), "format": format, "audience": audience, **_as_dict(told)}, _lines(told, out))


def _as_dict(told: Any) -> dict[str, Any]:
    """What a writer says of what it wrote: a report with ``as_dict``, a dictionary, or nothing."""
    found = told.as_dict() if hasattr(told, "as_dict") else told
    return found if isinstance(found, dict) else {}


def _lines(told: Any, out: Path) -> list[str]:
    if hasattr(told, "lines"):
        return list(told.lines())
    places = _as_dict(told).get("places")
    return [f"{out}: {places:,} places" if isinstance(places, int) else f"{out} is written."]
