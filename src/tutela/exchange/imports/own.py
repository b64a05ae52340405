"""Reading an export of ours back: only cells that somebody changed are changes (see :mod:`tutela.exchange.flat_back`)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from tutela.errors import NotAllowed, TutelaError, problem
from tutela.exchange import exports, flat_back
from tutela.exchange.imports.merging import differences
from tutela.exchange.imports.refused import RefusedRows
from tutela.exchange.imports.report import Report
from tutela.exchange.mapping.cells import Refusal
from tutela.inventory.queries import held
from tutela.inventory.rules.validation import check_place
from tutela.people.actions import require
from tutela.people.rules import AUDIENCES, Actor
from tutela.store import journal
from tutela.store.documents import bare, dashed, new_ids
from tutela.store.write import Row, write

NAME, TITLE = "tutela-export", "An export of this register"
BATCH = 500


@dataclass(slots=True)
class Edits:
    """What the rows come to: documents to be written, each with the public id of its record (None: a new place)."""

    report: Report
    refused: RefusedRows
    rows: list[tuple[str | None, dict[str, Any], int | None]] = field(default_factory=list)


def run(actor: Actor, task: Any, sources: list[Any], folder: Any) -> Report:
    """Import exports of ours.  All rows or none, unless ``partial``."""
    begun, cpu = time.perf_counter(), time.process_time()
    report = Report(mapping=NAME, mapping_title=TITLE)
    edits = Edits(report, RefusedRows(sources))
    for number, source in enumerate(sources):
        _read(actor, source, number, edits)
        report.files.append(
            {
                "name": source.name,
                "format": source.format,
                "role": "main",
                "rows": source.stated["rows"],
                "columns": list(source.columns),
                "stated": source.stated,
                "sections": 0,
            }
        )
        report.unused += flat_back.strange_columns(source.columns)
    report.places = report.created + report.updated + report.unchanged
    writes = not task.dry_run and (task.partial or not report.refused_rows)
    report.state = "committed" if writes else "dry" if task.dry_run else "refused"
    if writes:
        _write(actor, task, edits, folder)
    report.seconds, report.cpu_seconds = time.perf_counter() - begun, time.process_time() - cpu
    return report


def _read(actor: Actor, source: Any, number: int, edits: Edits) -> None:
    batch: list[tuple[int, dict[str, Any], Any, Any]] = []
    count = 0
    for row, values, geometry in source.rows():
        count += 1
        batch.append((row, flat_back.row_of(source.columns, values), geometry, values))
        if len(batch) >= BATCH:
            _compare(actor, source, number, batch, edits)
            batch = []
    _compare(actor, source, number, batch, edits)
    source.stated["rows"] = count + len(source.refused)
    edits.report.rows += source.stated["rows"]
    for broken in source.refused:
        edits.report.refuse(broken.problem)
        edits.refused.keep(number, broken.number, broken.values, None, broken.problem)
    for warning in source.warnings:
        if warning.code not in ("layer-chosen",):
            edits.report.warn(warning)


def _compare(actor: Actor, source: Any, number: int, batch: list[Any], edits: Edits) -> None:
    """One slice: each audience's fresh view of its places is asked for once."""
    wanted: dict[str, list[str]] = {}
    for _row, cells, _geometry, _values in batch:
        if str(cells.get("id") or "").strip() and cells.get("audience") in AUDIENCES:
            wanted.setdefault(cells["audience"], []).append(bare(str(cells["id"])))
    fresh = {audience: exports.fresh(actor, audience, ids) for audience, ids in wanted.items()}
    for row, cells, geometry, values in batch:
        try:
            _one(actor, source, row, cells, geometry, fresh, edits)
        except (Refusal, TutelaError) as found:
            told = found.problem.at(file=source.name, row=row)
            edits.report.refuse(told)
            edits.refused.keep(number, row, values, geometry, told)


def _one(actor: Actor, source: Any, row: int, cells: dict[str, Any], geometry: Any, fresh: dict[str, Any], edits: Edits) -> None:
    report, given = edits.report, str(cells.get("id") or "").strip()
    if not given:
        place = flat_back.as_new(cells)
        _check(place)
        report.created += 1
        edits.rows.append((None, place, None))
        return
    audience = flat_back.audience_of(cells)
    item = fresh[audience].get(bare(given))
    if item is None:
        raise Refusal(problem("id-unknown", column="id", value=given))
    found, warnings = flat_back.changes(cells, item, geometry)
    for warning in warnings:
        report.warn(warning.at(file=source.name, row=row))
    if not found:
        report.unchanged += 1
        return
    before, line = held(given)
    after = flat_back.apply_changes(before, found, audience=AUDIENCES.index(audience))
    changed = differences(before, after)
    if not changed:
        report.unchanged += 1
        return
    if "handling" in changed and not actor.may("handle"):
        raise NotAllowed(problem("not-allowed", value=actor.name or actor.role, what="handle", column="handling"))
    _check(after)
    report.updated += 1
    for name in changed:
        report.changed[name] += 1
        shown = report.examples.setdefault(name, [])
        if len(shown) < 5:
            shown.append({"key": dashed(bare(given)), "row": row, "before": before.get(name), "after": after.get(name)})
    edits.rows.append((bare(given), after, line))


def _check(place: dict[str, Any]) -> None:
    found = check_place(place)
    if found:
        raise Refusal(found[0])


def _write(actor: Actor, task: Any, edits: Edits, folder: Any) -> None:
    from tutela.exchange.models import Import

    report = edits.report
    require(actor, "import")
    fresh = iter(new_ids(sum(1 for uuid, _, _ in edits.rows if uuid is None)))
    rows = [
        Row("place", next(fresh), place, True) if uuid is None else Row("place", uuid, place, expected=line)
        for uuid, place, line in edits.rows
    ]
    with journal.change(
        actor.id,
        "exchange.import",
        NAME,
        files=[{"name": f["name"], "digest": f["stated"].get("digest")} for f in report.files],
        mapping=NAME,
    ) as change:
        write(change, rows)
        report.change = change.id if change.seq > change.first else None
        kept = Import.objects.create(
            actor=actor.id,
            files=report.files,
            mapping=NAME,
            mapping_text="",
            state="committed",
            change=report.change,
            options={"partial": task.partial, **task.options},
        )
        report.id = kept.id
        if report.refused_rows:  # before the end of the change: the file of refused rows is there, or nothing is
            report.refused_file = edits.refused.write(folder, report.id)
        Import.objects.filter(pk=kept.id).update(report=report.as_dict())
