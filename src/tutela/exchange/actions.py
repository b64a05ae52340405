"""Imports and their undoing: permission → read and validate → one change → journal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from tutela.errors import EXIT_FAILED, EXIT_OK, TutelaError, declare, problem
from tutela.exchange.flat_back import is_own_export
from tutela.exchange.imports import own
from tutela.exchange.imports import run as engine
from tutela.exchange.imports.report import Report
from tutela.exchange.mapping.overlooked import overlooked
from tutela.exchange.models import Import
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import undo as store_undo

declare({
    "import-unknown": ("There is no import {value}.", "`tutela imports` lists them."),
    "import-undone": ("Import {value} has been undone already.", "Nothing more to do."),
    "import-wrote-nothing": ("Import {value} wrote nothing.", "There is nothing to undo."),
    "undo-edited": ("{count} records of import {value} were edited or cited since.",
                    "Look at them; `--keep-edited` takes back all the others and leaves these as they are."),
})

Progress = Callable[[str, int, int | None], None]


def run_import(actor: Actor, files: list[Path], *, mapping: str | None = None, mapping_text: str | None = None, dry_run: bool = False,
               partial: bool = False, complete: bool = False, options: dict[str, Any] | None = None,
               progress: Progress | None = None) -> Report:
    """Import one list (one or several related files).

    All rows or none, unless ``partial``.  Raises :class:`Unusable` where the input cannot be used at all.
    """
    require(actor, "dry-run" if dry_run else "import")
    if complete and not dry_run:
        require(actor, "complete-import")
    task = engine.Task([Path(f) for f in files], mapping, dry_run, partial, complete, options or {}, mapping_text, actor.audience)
    sources = engine.open_sources(task)
    if mapping in (None, own.NAME) and mapping_text is None and all(is_own_export(s.columns) for s in sources):
        report, text = own.run(actor, task, sources, settings.WORKSPACE.folder / "refused"), ""
    else:
        sources = _looked_through(task, sources)
        report, used = engine.run(actor.id, task, settings.WORKSPACE.staging, progress, sources)
        text = used.text
    if report.state != "committed":
        kept = Import.objects.create(actor=actor.id, files=report.files, mapping=report.mapping, mapping_text=text, state=report.state,
                                     options={"partial": partial, "complete": complete, **(options or {})}, report=report.as_dict())
        report.id = kept.id
        Import.objects.filter(pk=kept.id).update(report=report.as_dict())
    return report


def _looked_through(task: engine.Task, sources: list[Any]) -> list[Any]:
    """The files as the mapping wants them read; columns that nothing reads though they look like something are among their warnings."""
    mapping, opened = engine.open_files(task, sources)
    said = ("encoding", "separator", "sheet", "crs", "coordinate_order")
    task.options = {**{name: mapping.data[name] for name in said if mapping.data.get(name)},
                    **{k: v for k, v in task.options.items() if v is not None}}
    for one in opened:
        one.source.warnings += overlooked(one.source, one.compiled.unused)
    return [one.source for one in opened]


@dataclass(slots=True)
class UndoReport:
    """What undoing took back.  ``conflicts``: public ids edited or cited since, with the reason; ``change`` the undoing's own number."""

    id: int
    done: bool
    places_removed: int = 0
    places_restored: int = 0
    kept: int = 0
    conflicts: list[dict[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    change: int | None = None

    @property
    def exit_code(self) -> int:
        return EXIT_OK if self.done else EXIT_FAILED

    def as_dict(self) -> dict[str, Any]:
        return {"import": self.id, "undone": self.done, "removed": self.places_removed, "restored": self.places_restored, "kept": self.kept,
                "conflicts": self.conflicts,
                "seconds": round(self.seconds, 3), "change": self.change}

    def lines(self) -> list[str]:
        if not self.done:
            shown = [f"  {c['id']}: {c['reason']}" for c in self.conflicts[:20]]
            return [f"Import {self.id} was not undone: {len(self.conflicts):,} records were edited or cited since.", *shown,
                    "With --keep-edited all the others are taken back."]
        return [f"Import {self.id} is undone (change {self.change} in the journal): "
                f"{self.places_removed:,} places removed, {self.places_restored:,} as they were before"
                + (f", {self.kept:,} kept because they were edited or cited since." if self.kept else ".")]


def undo_import(actor: Actor, import_id: int, keep_edited: bool = False, progress: Progress | None = None) -> UndoReport:
    """Take an import back.  Refuses (``done`` False, conflicts listed) where records were edited or cited since,
    unless ``keep_edited``: then those stay as they are.
    """
    import time

    require(actor, "undo")
    begun = time.perf_counter()
    kept = Import.objects.filter(pk=import_id).first()
    if kept is None:
        raise TutelaError(problem("import-unknown", value=import_id))
    if kept.state == "undone":
        raise TutelaError(problem("import-undone", value=import_id))
    if kept.state != "committed" or kept.change is None:
        raise TutelaError(problem("import-wrote-nothing", value=import_id))

    def undone() -> None:
        Import.objects.filter(pk=import_id).update(state="undone")

    outcome = store_undo.undo(actor.id, kept.change, "exchange.undo", keep_edited, progress, undone)
    left = len(outcome.conflicts) if outcome.done else 0
    return UndoReport(import_id, outcome.done, outcome.deleted["place"], outcome.restored["place"], left,
                      outcome.conflicts, time.perf_counter() - begun, _undone_by(kept.change) if outcome.done else None)


def _undone_by(change: int) -> int | None:
    """The change that took a change back."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT undone_by FROM store_change WHERE id = %s", [change])
        return cursor.fetchone()[0]
