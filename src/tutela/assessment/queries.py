"""The readers of assessments: a place's series, as its reader may see it."""

from __future__ import annotations

from typing import Any

from tutela.assessment.rules.audience import bare_finding
from tutela.assessment.rules.series import order
from tutela.inventory.rules.audience import sight_of
from tutela.people.rules import Actor
from tutela.store import search as store_search
from tutela.store.documents import bare, dashed, loads


def series(actor: Actor, public_id: str) -> list[dict[str, Any]]:
    """The assessments of a place, oldest observation first, each with its ``id``; empty where the place is hidden."""
    found = store_search.read(bare(public_id), actor.audience)
    if found is None:
        return []
    details = sight_of(loads(found.text), actor.audience).details
    out = []
    for uuid, text in store_search.linked(found.record, "about"):
        document = loads(text)
        if document.get("status") == "draft" and actor.audience < 1:
            continue
        if not details:
            document = bare_finding(document)
        out.append({**document, "id": dashed(uuid)})
    return sorted(out, key=order)
