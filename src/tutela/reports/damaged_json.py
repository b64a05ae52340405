"""The damaged-places list as data (JSON): every figure with the ids of its places, every row, and what the list is."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from tutela.reports.damaged import Count, DamagedList, DamagedRow
from tutela.reports.tables import about

FORMAT = "tutela-damaged-places/1"


def damaged_json(listed: DamagedList) -> bytes:
    """UTF-8, two spaces, a line feed at the end; equal lists give equal bytes."""
    return (json.dumps(document(listed), ensure_ascii=False, indent=2, default=str) + "\n").encode("utf-8", "replace")


def document(listed: DamagedList) -> dict[str, Any]:
    """``documented`` and ``verified`` are two figures and stand apart; ``claimed`` is absent while there are no statements."""
    ids = [row.public_id for row in listed.rows]
    return {
        "format": FORMAT,
        "title": listed.title,
        "as_of": listed.as_of.isoformat(),
        "known_at": None if listed.known_at is None else str(listed.known_at.isoformat()),
        "revision": listed.revision,
        "since": listed.since.isoformat() if listed.since else None,
        "audience": listed.audience,
        "filter": listed.query,
        "precision": listed.precision_note,
        "about": [{"heading": heading, "text": text} for heading, text in about(listed)],
        "total": _count(listed.total, listed, ids) if listed.total else None,
        "tables": [{"name": block.name, "title": block.title, "lines": [_count(c, listed, ids) for c in block.counts]}
                   for block in listed.tables()],
        "places": [_row(row) for row in listed.rows],
    }


def _count(count: Count, listed: DamagedList, ids: list[str]) -> dict[str, Any]:
    figures = {"documented": list(count.rows), "verified": [n for n in count.rows if listed.rows[n].verified]}
    if count.newly is not None:
        figures["newly"] = [n for n in count.rows if listed.rows[n].newly == "yes"]
    shown = {name: {"count": getattr(count, name), "places": [ids[n] for n in rows]} for name, rows in figures.items()}
    return {"code": count.code, "label": count.label, "places": count.places, "assessed": count.found, "query": count.query, **shown}


def _row(row: DamagedRow) -> dict[str, Any]:
    made = asdict(row)
    made["names"] = [{"text": text, "lang": lang, "script": script} for text, lang, script in row.names]
    return {key: value for key, value in made.items() if value not in ("", None, [], (), {})}
