"""A draft tried and a draft imported: the work of a job, and what it leaves for the pages."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from tutela.errors import Problem, TutelaError
from tutela.exchange.actions import Progress, run_import
from tutela.exchange.drafts import Draft
from tutela.exchange.drafts_look import NUMBER, columns_used, task_of
from tutela.exchange.imports.refused import RefusedRows
from tutela.exchange.imports.report import Report
from tutela.exchange.imports.run import open_files
from tutela.exchange.mapping.cells import as_text
from tutela.exchange.mapping.model import read
from tutela.people.rules import Actor

NAME = "name"
MOST_NAMED = 2000  # rows of a stored import whose places are named


def try_draft(actor: Actor, draft: Draft, progress: Progress) -> dict[str, Any]:
    """A dry run.  Gives {import, refused_rows, records {"file row": [name, number]}}; refused rows go to ``draft.refused``."""
    report = run_import(
        actor,
        draft.paths,
        mapping=draft.mapping or None,
        mapping_text=draft.text or None,
        dry_run=True,
        options=dict(draft.options),
        progress=progress,
    )
    shutil.rmtree(draft.refused, ignore_errors=True)
    records = _keep_refused(draft, report, progress) if report.refused else {}
    return {"import": report.id, "state": report.state, "refused_rows": report.refused_rows, "records": records}


def import_draft(actor: Actor, draft: Draft, progress: Progress, partial: bool = False, complete: bool = False) -> dict[str, Any]:
    """The import itself.  Gives {import, state, refused_rows}; ``state`` is refused where rows were and all or none was asked."""
    report = run_import(
        actor,
        draft.paths,
        mapping=draft.mapping or None,
        mapping_text=draft.text or None,
        partial=partial,
        complete=complete,
        options=dict(draft.options),
        progress=progress,
    )
    return {"import": report.id, "state": report.state, "refused_rows": report.refused_rows}


def refused_files(folder: Path) -> list[Path]:
    """The files of refused rows in a draft's folder."""
    return sorted(folder.glob("*-refused.*")) if folder.is_dir() else []


def stored_records(paths: list[Path], mapping_text: str) -> dict[str, list[str]]:
    """What the rows in the refused files of a stored import call their places: {"stem of the file, row": [name, number]}."""
    try:
        used = columns_used(read(mapping_text))
    except TutelaError:
        return {}
    records: dict[str, list[str]] = {}
    for path in paths:
        stem = path.name.split("-", 2)[-1].rsplit("-refused", 1)[0]
        try:
            for row in islice(_cells(path), MOST_NAMED):
                records[f"{stem} {row.get('tutela_row')}"] = [_of(row, used, NAME), _of(row, used, NUMBER)]
        except (OSError, ValueError):
            continue  # the file was moved or mended in place: the table does without names
    return records


def _cells(path: Path) -> Iterator[dict[str, Any]]:
    if path.suffix == ".geojson":
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            yield feature["properties"]
    else:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield from csv.DictReader(lines)


def _of(row: dict[str, Any], used: dict[str, list[tuple[str, str]]], part: str) -> str:
    column = next((name for name in row if name and (part, "") in used.get(name.strip().casefold(), ())), None)
    return as_text(row[column])[:200] if column and row[column] is not None else ""


def _keep_refused(draft: Draft, report: Report, progress: Progress) -> dict[str, list[str]]:
    """Write the refused rows to files that can be mended; gives what each row calls its place."""
    mapping, opened = open_files(task_of(draft))
    used = columns_used(mapping)
    kept = RefusedRows([one.source for one in opened])
    records: dict[str, list[str]] = {}
    for number, one in enumerate(opened):
        wanted = {found.row: found for found in report.refused if found.file == one.source.name and found.row}
        if not wanted:
            continue
        at = {word: _first(one.source.columns, used, word) for word in (NAME, NUMBER)}
        for row, values, geometry, found in _rows(one.source, wanted, progress):
            kept.keep(number, row, values, geometry, found)
            records[f"{one.source.name} {row}"] = [
                as_text(values[n])[:200] if (n := at[word]) is not None and n < len(values) and values[n] is not None else ""
                for word in (NAME, NUMBER)
            ]
    kept.write(draft.refused, report.id)
    return records


def _first(columns: tuple[str, ...], used: dict[str, list[tuple[str, str]]], part: str) -> int | None:
    return next((n for n, column in enumerate(columns) if (part, "") in used.get(column.strip().casefold(), ())), None)


def _rows(source: Any, wanted: dict[int, Problem], progress: Progress) -> Iterator[tuple[int, list[Any], Any, Problem]]:
    for count, (row, values, geometry) in enumerate(source.rows()):
        if not count % 5000:
            progress("Keeping the refused rows", count, None)
        if row in wanted:
            yield row, values, geometry, wanted[row]
    for broken in source.refused:
        found = broken.problem
        yield broken.number, broken.values, None, wanted.get(broken.number, found)
