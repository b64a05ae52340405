"""One import, from files to report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tutela.errors import TutelaError, Unusable, declare, problem
from tutela.exchange.imports import apply
from tutela.exchange.imports.refused import RefusedRows
from tutela.exchange.imports.report import Report
from tutela.exchange.imports.staging import Staging, sweep
from tutela.exchange.mapping.cells import Refusal, Skipped
from tutela.exchange.mapping.compile import Compiled, compile_mapping
from tutela.exchange.mapping.model import Mapping, choose, find
from tutela.inventory.rules.validation import check_place
from tutela.store.memory import few_collections
from tutela.vocabulary.boxes import outside

declare(
    {
        "key-missing": ("The column that numbers the places is empty in this row.", "Give the row its number."),
        "key-repeated": ("The key {value} stands in several rows; they were read as one place.", "Check that these rows are one place."),
        "join-orphan": ("The key {value} is in no row of the main table.", "Correct the key, or add its row to the main table."),
        "geometry-unreadable": ("“{value}” cannot be read as a geometry.", "Write WKT (POINT (59.8 35.7)) or GeoJSON."),
        "point-outside-country": (
            "The position {value} lies outside {country}, the country stated.",
            "Kept as given. Check the position and the country; both may be right.",
        ),
        "import-cancelled": ("The import was stopped.", "Nothing was written. Start it again when you wish."),
        "id-unknown": ("There is no record {value} in this register.", "Leave the id empty to make a new place."),
    }
)

Progress = Callable[[str, int, int | None], None]
READING = {"sheet", "layer", "encoding", "separator", "crs", "coordinate_order", "header_row"}


@dataclass(slots=True)
class Task:
    """What is to be imported, and how."""

    files: list[Path]
    mapping: str | None = None
    dry_run: bool = False
    partial: bool = False
    complete: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    mapping_text: str | None = None
    audience: int = 3  # of the person importing: places not seen whole are neither matched nor overwritten


@dataclass(slots=True)
class Opened:
    """One file, with its role in the mapping."""

    source: Any
    role: str
    compiled: Compiled


def run(
    actor: str, task: Task, staging_folder: Path, progress: Progress | None = None, sources: list[Any] | None = None
) -> tuple[Report, Mapping]:
    """Stage, then apply (or only count, for a dry run).  Permission has been checked by the action that calls this.

    Raises :class:`Unusable` for input that cannot be used at all; row faults are in the report.
    """
    with few_collections():
        return _run(actor, task, staging_folder, progress, sources)


def _run(actor: str, task: Task, staging_folder: Path, progress: Progress | None, sources: list[Any] | None) -> tuple[Report, Mapping]:
    begun, cpu = time.perf_counter(), time.process_time()
    tell = progress or (lambda what, done, total: None)
    sweep(staging_folder)
    mapping, opened = open_files(task, sources)
    report = Report(mapping=mapping.name, mapping_title=mapping.title)
    refused = RefusedRows([o.source for o in opened])
    with Staging(staging_folder) as staging:
        for number, one in enumerate(opened):
            stage(one, number, staging, report, refused, tell)
        staging.close_rows()
        for key, file, row in staging.orphans():
            report.refuse(problem("join-orphan", file=opened[file].source.name, row=row, column="key", value=key))
        report.unused = sorted({name for o in opened for name in o.compiled.unused})
        report.files = [_described(o) for o in opened]
        writes = not task.dry_run and (task.partial or not report.refused_rows)
        report.state = "committed" if writes else "dry" if task.dry_run else "refused"

        def finish(late: apply.Late) -> None:
            _keep_late(opened, late, refused)
            if report.refused_rows:
                report.refused_file = refused.write(staging_folder.parent / "refused", report.id)
            report.seconds, report.cpu_seconds = time.perf_counter() - begun, time.process_time() - cpu

        apply.apply(actor, task, mapping, staging, report, opened, writes, tell, finish)
    report.seconds, report.cpu_seconds = time.perf_counter() - begun, time.process_time() - cpu
    return report, mapping


def _keep_late(opened: list[Opened], late: apply.Late, refused: RefusedRows) -> None:
    """Rows that were refused only when they met the register: read once more, for the file of refused rows."""
    for number in sorted({file for file, _ in late}):
        for row, values, geometry in opened[number].source.rows():
            if (number, row) in late:
                refused.keep(number, row, values, geometry, late[number, row])


def open_sources(task: Task) -> list[Any]:
    """Open every file.  Raises :class:`Unusable` where one cannot be read."""
    from tutela.exchange.readers import open_source

    options = {k: v for k, v in task.options.items() if v is not None and k in READING}
    return [open_source(path, **options) for path in task.files]


def open_files(task: Task, sources: list[Any] | None = None) -> tuple[Mapping, list[Opened]]:
    """Choose the mapping for the files (opened, if they are not yet), give each file its role."""
    from tutela.exchange.readers import open_source

    options = {k: v for k, v in task.options.items() if v is not None and k in READING}
    sources = sources or open_sources(task)
    mapping = _mapping(task, sources)
    for name in ("encoding", "separator", "sheet", "crs", "coordinate_order"):
        if mapping.data.get(name) and name not in options:
            options[name] = mapping.data[name]
            sources = [open_source(path, **{k: v for k, v in options.items()}) for path in task.files]
    opened = []
    for source in sources:
        role = _role(mapping, source.columns)
        opened.append(Opened(source, role, compile_mapping(mapping, source.columns, role, source.geometry, options.get("crs"))))
    opened.sort(key=lambda o: o.role != "main")
    if not any(o.role == "main" for o in opened):
        raise Unusable(problem("mapping-none", file=sources[0].name, known=", ".join(sources[0].columns)))
    return mapping, opened


def _mapping(task: Task, sources: list[Any]) -> Mapping:
    if task.mapping_text is not None:
        from tutela.exchange.mapping.model import read

        return read(task.mapping_text, task.mapping or "mapping")
    if task.mapping:
        return find(task.mapping)
    for source in sources:
        mapping = choose(source.columns)
        if mapping is not None:
            return mapping
    from tutela.exchange.mapping.plain import plain_mapping

    for source in sources:
        mapping = plain_mapping(source.columns, source.geometry)
        if mapping is not None:
            return mapping
    raise Unusable(problem("mapping-none", file=sources[0].name, known=", ".join(sources[0].columns)))


def _role(mapping: Mapping, columns: tuple[str, ...]) -> str:
    held = {c.strip().casefold() for c in columns}
    wanted = {c.strip().casefold() for c in mapping.recognise}
    if wanted and wanted <= held or not mapping.files:
        return "main"
    for role, spec in mapping.files.items():
        if {str(c).strip().casefold() for c in spec.get("columns", ())} <= held:
            return role
    return "main"


def stage(one: Opened, number: int, staging: Staging, report: Report, refused: RefusedRows, tell: Progress) -> None:
    """Read one file's rows into the staging file."""
    read, add, name = one.compiled.read, staging.add, one.source.name
    main = one.role == "main"
    count = 0
    for row, values, geometry in one.source.rows():
        count += 1
        if not count % 5000:
            tell(f"Reading {name}", count, None)
        try:
            part = read(values, geometry)
            if main:
                _check(part.place, part.warnings)
        except Skipped:
            report.skipped += 1
            continue
        except Refusal as found:
            report.refuse(found.problem.at(file=name, row=row))
            refused.keep(number, row, values, geometry, found.problem)
            continue
        if part.warnings:
            report.warn_at(part.warnings, name, row)
        add(part, number, row, main)
    one.source.stated["rows"] = count + len(one.source.refused)
    report.rows += one.source.stated["rows"]
    for broken in one.source.refused:
        found = getattr(broken, "problem", broken)
        report.refuse(found)
        refused.keep(number, found.row or 0, getattr(broken, "values", []) or [], None, found)
    for warning in one.source.warnings:
        report.warn(warning)


def _check(place: dict[str, Any], warnings: list[Any]) -> None:
    """The rules of the inventory; and the question whether the position fits the country stated."""
    found = check_place(place)
    if found:
        raise Refusal(found[0])
    geometries, country = place.get("geometries"), place.get("country")
    if geometries and country and geometries[0]["geojson"]["type"] == "Point":
        x, y = geometries[0]["geojson"]["coordinates"][:2]
        if outside(country, x, y):
            asked = problem("point-outside-country", column="geometry", value=f"{x}, {y}", country=country)
            warnings.append(asked)
            place["questions"] = [{"code": asked.code, "text": asked.message}]


def _described(one: Opened) -> dict[str, Any]:
    source = one.source
    return {
        "name": source.name,
        "format": source.format,
        "role": one.role,
        "rows": source.stated.get("rows", 0) or 0,
        "columns": list(source.columns),
        "stated": source.stated,
        "sections": len(getattr(source, "sections", ())),
    }


def chunks(source: Iterator[Any], size: int) -> Iterator[list[Any]]:
    from itertools import islice

    while batch := list(islice(source, size)):
        yield batch


__all__ = ["Opened", "Task", "TutelaError", "run"]
