"""The list of evidence with its facets, counted over what the actor sees and nothing else: a number never tells of a hidden item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from tutela.evidence import sights
from tutela.people.rules import Actor
from tutela.store import search as store_search
from tutela.store.documents import bare, dashed
from tutela.store.search import Want, Words
from tutela.vocabulary.folding import words

Document = dict[str, Any]
MOST = 5_000  # items looked through for one page, the newest first

__all__ = ["MOST", "Listed", "listed"]


@dataclass(slots=True)
class Listed:
    """``rows`` the items of the page, each with its ``id``; ``total`` how many match; ``cut`` whether older ones were not looked at.

    ``counts`` {form, handling, place: {code or public id: n}}, each counted as if its own filter were not set.
    """

    rows: list[Document]
    total: int
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    cut: bool = False


def listed(actor: Actor, text: str = "", chosen: Mapping[str, Iterable[str]] | None = None, limit: int = 48, offset: int = 0) -> Listed:
    """Items as the actor may see them, the newest first.

    ``text`` words of title and description, or the beginning of a digest; ``chosen`` {form, handling, place: codes, any of them}.
    """
    wanted = {key: frozenset(values) for key, values in (chosen or {}).items() if values}
    if "place" in wanted:
        wanted["place"] = frozenset(map(bare, wanted["place"]))
    uuids, cut = _found(actor, text)
    seen = sights.items(actor, uuids)
    documents = [(uuid, seen[uuid]) for uuid in uuids if uuid in seen]
    fitting = [(uuid, document) for uuid, document in documents if _fits(document, wanted)]
    counts = {
        key: Counter(
            code
            for _, document in documents
            if _fits(document, {k: v for k, v in wanted.items() if k != key})
            for code in _codes(document, key)
        )
        for key in ("form", "handling", "place")
    }
    rows = [{**document, "id": dashed(uuid)} for uuid, document in fitting[offset : offset + limit]]
    return Listed(rows, len(fitting), counts, cut)


def _found(actor: Actor, text: str) -> tuple[list[str], bool]:
    """Public ids of the items that may match, the newest first; whether there are more."""
    spoken = tuple((each,) for each in words(text))
    want = Want(words=[Words("names ids text", (spoken,))]) if spoken else Want()
    clauses, values = store_search.conditions("item", actor.audience, want)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.uuid FROM store_entry e JOIN store_record r ON r.id = e.record WHERE r.live AND {' AND '.join(clauses)} "
            "ORDER BY e.record DESC LIMIT %s",
            [*values, MOST + 1],
        )
        found = [row[0] for row in cursor.fetchall()]
    return found[:MOST], len(found) > MOST


def _codes(document: Document, key: str) -> Iterable[str]:
    if key == "place":
        return document.get("places", ())
    return (document["form"],) if key == "form" else (document.get("handling", {}).get("mark", "restricted"),)


def _fits(document: Document, wanted: Mapping[str, frozenset[str]]) -> bool:
    return all(any(code in codes for code in _codes(document, key)) for key, codes in wanted.items())
