"""Exports: the places an audience may see, as one file that says what it is.  Whole or absent.

The reader of the file, not the person who makes it, decides what is read: every place is taken from the entries of the audience
asked for, and nothing finer is loaded.  Places hidden from the audience leave no trace, not even in a count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tutela.assessment.rules.series import seen
from tutela.errors import EXIT_UNUSABLE, EXIT_USAGE, NotAllowed, TutelaError, declare, problem
from tutela.exchange.flat import cleaned, flatten
from tutela.exchange.outfile import digest_of, replacing, written
from tutela.exchange.writers import FORMATS, Item, about, writer_of
from tutela.inventory import queries_export
from tutela.inventory.queries_export import PlaceText
from tutela.people.actions import require
from tutela.people.rules import AUDIENCES, Actor
from tutela.store.documents import loads
from tutela.store.memory import few_collections

declare({
    "export-format": ("“{value}” is not a format that places are exported in.", "Use one of: {known}."),
    "export-audience": ("“{value}” is not an audience.", "Use one of: {known}."),
    "export-above": ("{who} may not export for the audience “{value}”, which sees more.", "Choose {own} or an audience below it."),
    "export-too-many": ("{value} places do not fit one {format} file, which holds {most}.",
                        "Narrow the filter, or export to gpkg, geojson or csv, which have no limit."),
})

Progress = Callable[[int, int], object]


def export(actor: Actor, format: str, out: Path, *, audience: str = "public", query: str = "", title: str | None = None,
           progress: Progress | None = None) -> dict[str, Any]:
    """Write the places that answer ``query``, as ``audience`` may see them, to ``out``.

    Gives {format, file, places, bytes, digest (SHA-256), audience, filter, title, date, precision, precision_counts, withheld,
    journal {line, digest}, attribution, and for CSV meta}.  ``withheld`` counts the places given at less than the precision
    held.  ``progress(done, total)`` is called after every slice; what it raises ends the export, and no file is left.

    Raises :class:`NotAllowed` (``export-above``, ``not-allowed``); ``export-format``, ``export-audience``, ``export-too-many``,
    ``export-is-folder``, ``export-unwritable``, ``export-over-workspace``, ``disk-full``; the query's own codes.
    """
    require(actor, "export")
    level = audience_level(actor, audience)
    if format not in FORMATS:
        raise TutelaError(problem("export-format", value=format, known=", ".join(FORMATS)), EXIT_USAGE)
    out = Path(out)
    with few_collections(), replacing(out) as part, queries_export.snapshot() as held:
        head = queries_export.journal_head(held)
        listed = queries_export.entries(held, level, query)
        _check_number(format, len(listed))
        told = about.begin(title=title or _register_title(), audience=level, query=query, places=len(listed), head=head)
        tally = about.Tally()
        writer = writer_of(format)(part, told)
        try:
            done = 0
            for items in _items(held, level, queries_export.places(held, level, listed), tally):
                writer.write(items)
                done += len(items)
                if progress:
                    progress(done, len(listed))
            told = tally.complete({**told, "places": done})
            writer.finish(told)
        except BaseException:
            writer.abandon()
            raise
        summary = {"format": format, "file": str(out), "bytes": part.stat().st_size, "digest": digest_of(part),
                   **{key: told[key] for key in ("title", "places", "audience", "filter", "date", "precision", "precision_counts",
                                                 "withheld", "journal", "attribution")}}
        if format == "csv":
            meta = out.with_name(out.name + ".meta.json")
            written(meta, {**told, "file": out.name, "digest": summary["digest"]})
            summary["meta"] = str(meta)
    return summary


def fresh(actor: Actor, audience: str, uuids: list[str]) -> dict[str, Item]:
    """public id (32 hexadecimal digits) → what an export for ``audience`` would give now, for those it may see.

    For reading an export back.  Raises ``export-above``: the answer would tell what that audience sees.
    """
    level = audience_level(actor, audience)
    with queries_export.snapshot() as held:
        rows = queries_export.by_ids(held, level, uuids)
        return {row.uuid: item for row, item in zip(rows, _slice(held, level, rows, about.Tally()), strict=True)}


def audience_level(actor: Actor, audience: str) -> int:
    """The number of an audience the actor may export for."""
    if audience not in AUDIENCES:
        raise TutelaError(problem("export-audience", value=audience, known=", ".join(AUDIENCES)), EXIT_USAGE)
    level = AUDIENCES.index(audience)
    if level > actor.audience:
        raise NotAllowed(problem("export-above", value=audience, who=actor.name or actor.role, own=AUDIENCES[actor.audience]))
    return level


def _items(held: Any, level: int, slices: Iterator[list[PlaceText]], tally: about.Tally) -> Iterator[list[Item]]:
    for rows in slices:
        yield _slice(held, level, rows, tally)


def _slice(held: Any, level: int, rows: list[PlaceText], tally: about.Tally) -> list[Item]:
    """Rows of the register → rows of the file."""
    series = queries_export.dependants(held, [row.record for row in rows], "about")
    items = []
    for record, uuid, line, text, x, y in rows:
        document = loads(text)
        texts = series.get(record)
        flat = flatten(document, uuid, seen([loads(t) for t in texts], level) if texts else None, x, y, audience=level, version=line)
        # Canonical JSON writes control characters as \u00..; anything else no format can carry is as rare.
        if "\\u00" in text or "\uffff" in text or "\ufffe" in text or (texts and "\\u00" in "".join(texts)):
            flat = cleaned(flat)
        tally.add(document, flat["precision"])
        items.append(Item(flat, document.get("geometries") or []))
    return items


def _check_number(format: str, places: int) -> None:
    most = FORMATS[format][1]
    if most is not None and places > most:
        found = problem("export-too-many", value=f"{places:,}", format=format, most=f"{most:,}")
        raise TutelaError(found, EXIT_UNUSABLE)


def _register_title() -> str:
    from django.conf import settings

    return settings.WORKSPACE.title


