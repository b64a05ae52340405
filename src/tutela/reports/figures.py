"""The figures of a damaged-places list, counted over the whole register at once (see ``counting``), for one audience.

Places that are not now as they were at the moment asked about, and those whose findings the typed table cannot order alone,
are few and answered from their documents, by the same rule (``assessment.rules.state``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tutela.assessment.kinds import ASSESSMENT
from tutela.assessment.rules import state as states_rule
from tutela.assessment.rules.series import contribution
from tutela.assessment.rules.standing import standing as number
from tutela.inventory.asking import wanted
from tutela.inventory.rules.audience import for_audience, sight_of
from tutela.inventory.rules.views import place_views
from tutela.reports import counting
from tutela.reports.asked import Asked
from tutela.reports.evidence import verified_places
from tutela.reports.moment import Moment, Version, changed_since, moment, records_by, select
from tutela.reports.rules.fitting import asks_nothing, fits, parted
from tutela.reports.series import changed_places, findings, numbers_of
from tutela.store.documents import loads
from tutela.store.kinds import View
from tutela.store.wants import IN_CHANGE, Want

if TYPE_CHECKING:
    from tutela.reports.counting import Flags, Numbers

Document = dict[str, Any]
SLICE = 500


@dataclass(slots=True)
class Other:
    """A place that is not now as it was: its document of then as the audience may see it, and its facets of then."""

    record: int
    uuid: str
    document: Document
    view: View
    found: bool
    documented: bool
    verified: bool = False


@dataclass(slots=True)
class Figures:
    """All places in question as arrays (rising by record), and the ``others`` beside them.  ``places`` is made anew when asked for.

    ``found`` has a finding by the day; ``documented``, ``verified``: see ``rules.verified``.  ``erased`` counts the places of
    then whose record has been erased since, and which no list can show any more.
    """

    asked: Asked
    at: Moment
    changed: dict[int, Version]
    entries: Numbers
    profiles: Numbers
    areas: Numbers
    found: Flags
    documented: Flags
    verified: Flags
    others: list[Other] = field(default_factory=list)
    erased: int = 0

    @property
    def places(self) -> Numbers:
        return self.entries >> 2

    def total(self, measure: str) -> int:
        """How many there are: ``places``, ``found``, ``documented`` or ``verified``."""
        own = len(self.entries) if measure == "places" else int(getattr(self, measure).sum())
        return own + sum(measure == "places" or getattr(other, measure) for other in self.others)


def figures(held: Any, asked: Asked) -> Figures:
    """Count.  ``held`` a snapshot (``inventory.queries_export.snapshot``)."""
    import numpy as np

    at = moment(held, asked.known_at)
    changed = changed_since(held, at)
    want = wanted(asked.query)
    of_place, of_state = parted(want)
    scope = counting.scope(held, asked.level, of_place, at)
    state = counting.states(held, at, asked.day)
    others = numbers_of(held, changed_places(changed))
    kept = ~np.isin(scope.places, np.array(sorted(others), np.int64))
    entries, profiles, areas = scope.entries[kept], scope.profiles[kept], scope.areas[kept]
    places = entries >> 2
    found = counting.among(state.places, places)
    documented = counting.among(state.places[state.documented], places)
    made = Figures(asked, at, changed, entries, profiles, areas, found, documented, np.zeros(len(places), bool))
    _resolve_hard(held, made, places[counting.among(state.places[state.hard], places)])
    if not asks_nothing(of_state):
        _only_in_state(held, made, of_state)
    made.others = list(_others(held, made, others, want))
    _verify(held, made)
    return made


def damaged_by(found: list[states_rule.Version], day: int) -> bool:
    return states_rule.damage(states_rule.standing(found, day, None)) == "documented"


def _resolve_hard(held: Any, made: Figures, hard: Numbers) -> None:
    """Places whose findings must be read: some without a day beside others, or a consensus."""
    places = made.places
    for part in _sliced(hard):
        uuids = dict(select(held, "SELECT id, uuid FROM store_record WHERE id IN {in}", part))
        for place, series in findings(held, made.at, made.changed, uuids).items():
            made.documented[places.searchsorted(place)] = damaged_by(series, made.asked.day)


def _only_in_state(held: Any, made: Figures, state: Want) -> None:
    """Of the damaged places keep those whose state of that day is as wanted, from their documents."""
    places = made.places
    for part in _sliced(places[made.documented]):
        uuids = dict(select(held, "SELECT id, uuid FROM store_record WHERE id IN {in}", part))
        for place, series in findings(held, made.at, made.changed, uuids).items():
            if not fits(state, _state_view(series, made.asked.day)):
                made.documented[places.searchsorted(place)] = False


def _state_view(series: list[states_rule.Version], day: int, details: bool = True) -> View:
    """What the findings of a day add to how a place is found, in a view of nothing else."""
    given = contribution([held.document for held in states_rule.standing(series, day, None)], details)
    return View(0, 0, "", "", facets=given.facets, day=given.day, value=given.value, text=given.text)


def _sliced(numbers: Numbers) -> Iterator[list[int]]:
    for start in range(0, len(numbers), SLICE):
        yield numbers[start : start + SLICE].tolist()


def _others(held: Any, made: Figures, numbers: dict[int, str], want: Want) -> Iterator[Other]:
    """The places that were changed since the moment, or in what is said of them, as they were."""
    at, level, day = made.at, made.asked.level, made.asked.day
    present = {record: loads(text) for record, text in select(
        held, "SELECT r.id, l.document FROM store_record r JOIN store_line l ON l.seq = r.line WHERE r.live AND r.id IN {in}",
        [number for number in numbers if number not in made.changed])}
    of_place, of_state = parted(want)
    series = findings(held, at, made.changed, numbers)
    areas = _areas(held)
    in_change = _written_by(held, want.change)
    for record in sorted(numbers):
        if at.records is not None and record > at.records:
            continue
        version = made.changed.get(record)
        document = version.document if version else present.get(record)
        if document is None:
            made.erased += bool(version and version.erased)
            continue
        marked = (version.newest if version else None) or document
        today = {"handling": marked["handling"]} if "handling" in marked else {}  # who may see it is decided by today's mark
        document = {k: v for k, v in document.items() if k != "handling"} | today
        seen = for_audience(document, level)
        if seen is None or (in_change is not None and record not in in_change):
            continue
        standing = states_rule.standing(series[record], day, None)
        dependants = [(ASSESSMENT.name, one.document) for one in standing]
        view = next((v for v in place_views(document, dependants) if v.low <= level <= v.high), None)
        area = areas.get(view.area[0][:400]) if view is not None and view.area else None
        if view is None or not fits(of_place, view, record, area):
            continue
        documented = states_rule.damage(standing) == "documented"
        if documented and not asks_nothing(of_state):
            documented = fits(of_state, _state_view(series[record], day, sight_of(document, level).details))
        found = any(number(one.document)[0] is not None for one in standing)
        yield Other(record, numbers[record], seen, view, found, documented)


def _areas(held: Any) -> dict[str, int]:
    with held.cursor() as cursor:
        cursor.execute("SELECT key, id FROM store_area")
        return dict(cursor.fetchall())


def _written_by(held: Any, change: int | None) -> set[int] | None:
    if change is None:
        return None
    with held.cursor() as cursor:
        cursor.execute(f"SELECT e.record FROM store_entry e WHERE {IN_CHANGE}", [change, change])
        return {row[0] for row in cursor.fetchall()}


def _verify(held: Any, made: Figures) -> None:
    asked = made.asked
    verified = verified_places(held, made.at, made.changed, asked.level, asked.day, records_by(held, asked.day))
    if not len(verified):
        return
    made.verified = made.documented & counting.among(verified, made.places)
    numbers = set(verified.tolist()) if made.others else ()
    for other in made.others:
        other.verified = other.documented and other.record in numbers
