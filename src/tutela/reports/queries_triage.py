"""The triage board: the places to look at first, for one reader, of a register of any size.

A board of the first fifty need not read a million places.  All places are grouped by their *profile* (the combination of their
facets); for each profile there is a highest score that a place of it can have (``rules.triage.bound``); profiles are read from
the highest bound down, and reading ends when the last place of the board scores at least what any unread one can.  Places on
signed shortlists are read first, whatever their profile.  At most :data:`MOST_READ` places are read: where that ends the
reading, ``whole`` is False and ``beyond`` says what an unread place could score at most.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tutela.assessment.rules.state import Version, standing, state
from tutela.inventory import queries_export
from tutela.inventory.asking import wanted
from tutela.inventory.rules.names import display_name, listed
from tutela.inventory.rules.query import Query, parse
from tutela.people.rules import Actor
from tutela.reports import counting
from tutela.reports.moment import moment
from tutela.reports.rules import triage as rules
from tutela.reports.series import findings, numbers_of
from tutela.store import search as store_search
from tutela.store.documents import bare, dashed, loads

Document = dict[str, Any]
MOST_READ = 4000


@dataclass(slots=True)
class Row:
    """One place of the board: its name for the reader, its score, and each part with its reason."""

    id: str
    name: Document
    standing: rules.Standing

    def as_dict(self) -> Document:
        s = self.standing
        return {"id": self.id, "name": self.name["text"], "score": s.score, "low": s.low, "high": s.high, "known": s.known,
                "parts": {key: {"value": part.value, "reason": part.reason} for key, part in s.parts.items()}}


@dataclass(slots=True)
class Board:
    """``rows`` in the order of attention; ``apart`` places read of which no part is known; ``total`` places in question.

    ``read`` places read; ``whole``: no unread place can come before the last row; else ``beyond`` is what one could score at most.
    """

    rows: list[Row]
    weights: rules.Weights
    total: int
    read: int
    whole: bool
    beyond: float = 0.0
    apart: list[Row] = field(default_factory=list)


def triage(actor: Actor, query: Query | str = "", weights: Mapping[str, Any] | rules.Weights | None = None, limit: int = 50) -> Board:
    """The first ``limit`` places of those that answer the question, as the actor may see them.  Raises ``triage-weights``."""
    import numpy as np

    by = rules.weights(weights)
    want = wanted(parse(query) if isinstance(query, str) else query)
    with queries_export.snapshot() as held:
        now = moment(held)
        scope = counting.scope(held, actor.audience, want, now)
        lists = _shortlisted(actor)
        first = numbers_of(held, lists)
        chosen = np.isin(scope.places, np.array(sorted(first), np.int64))
        reader = _Reader(held, actor, by, now, lists)
        reader.read(scope.entries[chosen])
        rest, profiles = scope.entries[~chosen], scope.profiles[~chosen]
        beyond = _by_profile(reader, rest, profiles, limit)
    ranked = sorted((row for row in reader.rows if row.standing.score is not None), key=_order)
    apart = sorted((row for row in reader.rows if row.standing.score is None), key=_order)
    kth = ranked[limit - 1].standing.score if len(ranked) >= limit else None
    whole = beyond is None or (kth is not None and kth >= beyond)
    return Board(ranked[:limit], by, len(scope.entries), len(reader.rows), whole, beyond or 0.0, apart[:limit])


def _order(row: Row) -> tuple[Any, ...]:
    return rules.order(row.id, row.standing)


def _by_profile(reader: _Reader, entries: Any, profiles: Any, limit: int) -> float | None:
    """Read from the highest bound down; gives the highest bound not read, None where all is read."""
    import numpy as np

    known = store_search.Profiles.all()
    sorted_by = np.argsort(profiles, kind="stable")
    numbers, starts = np.unique(profiles[sorted_by], return_index=True)
    ends = np.append(starts[1:], len(profiles))[: len(starts)]
    bounds = sorted(((-rules.bound(known[int(n)], reader.by), int(a), int(b)) for n, a, b in zip(numbers, starts, ends, strict=True)))
    for negative, a, b in bounds:
        scores = sorted((row.standing.score for row in reader.rows if row.standing.score is not None), reverse=True)
        if len(scores) >= limit and scores[limit - 1] >= -negative:
            return -negative
        room = MOST_READ - len(reader.rows)
        if room <= 0:
            return -negative
        reader.read(entries[sorted_by[a : min(b, a + room)]])
        if b - a > room:
            return -negative
    return None


class _Reader:
    """Reads places as documents and puts them on the board."""

    def __init__(self, held: Any, actor: Actor, by: rules.Weights, now: Any, lists: Mapping[str, list[str]]) -> None:
        self.held, self.actor, self.by, self.now, self.lists = held, actor, by, now, lists
        self.rows: list[Row] = []

    def read(self, entries: Iterable[Any]) -> None:
        numbers = array("q", sorted(int(entry) for entry in entries))
        for part in queries_export.places(self.held, self.actor.audience, numbers):
            series = findings(self.held, self.now, {}, {place.record: place.uuid for place in part})
            for place in part:
                document = loads(place.text)
                facts = facts_of(document, series[place.record], self.lists.get(place.uuid, ()))
                names = listed(document.get("names", []))
                uuid = dashed(place.uuid)
                self.rows.append(Row(uuid, display_name(names, self.actor.language, f"{uuid[:8]}…"), rules.stand(facts, self.by)))


def facts_of(document: Document, versions: list[Version], shortlists: Iterable[str] = ()) -> rules.Facts:
    """What the board asks of a place."""
    now = state(versions)
    held = standing(versions, None, None)
    return rules.Facts(
        tuple(shortlists),
        tuple((p["instrument"], p.get("level", "")) for p in document.get("protections", ()) if p.get("instrument")),
        tuple(dict.fromkeys(s["criterion"] for s in document.get("significance", ()) if s.get("criterion"))),
        now.condition, now.extent, now.degree, now.certainty == "disputed", now.risk, now.urgency or _priority(held),
        tuple((h.document.get("outcome", "finding"), h.document.get("method", "")) for h in held if "of" not in h.document))


def _priority(held: list[Any]) -> str | None:
    """The priority of the newest recommendation that has one."""
    return next((r["priority"].get("code") for h in reversed(held) for r in h.document.get("recommendations", ())
                 if isinstance(r.get("priority"), dict) and r["priority"].get("code")), None)


def _shortlisted(actor: Actor) -> dict[str, list[str]]:
    """{place, 32 digits: titles of the signed lists it is on}, of the lists the actor may see."""
    found: dict[str, list[str]] = {}
    for one in store_search.page("shortlist", actor.audience, store_search.Want(), 1000):
        document = loads(one.text)
        if document.get("signature"):
            for place in document.get("places", ()):
                found.setdefault(bare(place["place"]), []).append(document.get("title", ""))
    return found
