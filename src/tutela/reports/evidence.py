"""Which places have verified damage: the citations of a moment, the items an audience may see, the rule of ``rules.verified``.

The database answers for what is now as it was then, from the typed rows of citations, items and findings; what was changed since,
and items about places of which this audience does not see all, are few and answered from their documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tutela.assessment.rules.series import day_recorded, observed_span
from tutela.assessment.rules.standing import LISTS, SAYS
from tutela.evidence import sights
from tutela.people.rules import AUDIENCES, Actor
from tutela.reports.counting import columns, observed_by_then
from tutela.reports.moment import Moment, Version, select
from tutela.reports.rules.verified import SAYING, verifies
from tutela.reports.series import KINDS, numbers_of
from tutela.store.documents import bare, loads
from tutela.store.kinds import KINDS as REGISTERED

if TYPE_CHECKING:
    from tutela.reports.counting import Numbers

Document = dict[str, Any]

#: Each citation behind damage: place, finding, citation, item, and whether the item has witnesses or is about a place that not
#: everybody sees as it is held (an entry for all audiences is one that all see so).  An item's entry is for those who see it by
#: its own mark.
_RESTING = f"""SELECT f.place AS v1, f.record AS v2, c.record AS v3, c.item AS v4,
CASE WHEN EXISTS (SELECT 1 FROM evidence_item i WHERE i.record = c.item AND i.place <> 0 AND NOT EXISTS
                  (SELECT 1 FROM store_entry p WHERE p.id = i.place * 4 AND p.high = 3)) THEN 1 ELSE 0 END AS v5
FROM evidence_citation c CROSS JOIN assessment_finding f CROSS JOIN store_entry e
WHERE f.record = c.target AND f.says & {SAYS | LISTS} > 0 AND {{observed}} AND c.part IN ('', {", ".join(f"'{one}'" for one in SAYING)})
AND e.id >= c.item * 4 AND e.id < c.item * 4 + 4 AND e.low <= %s AND e.high >= %s AND c.record <= %s
AND EXISTS (SELECT 1 FROM evidence_item i WHERE i.record = c.item AND i.held)"""
_AT = ("SELECT r.id, p.document FROM store_link k JOIN store_record r ON r.id = k.source JOIN store_line p ON p.seq = r.line "
       "WHERE k.target IN {in} AND k.role = %s AND r.live AND r.kind = %s AND r.id <= %s")
_STANDING = ("SELECT r.id, r.uuid, p.document FROM store_record r JOIN store_line p ON p.seq = r.line "
             "WHERE r.uuid IN {in} AND r.live AND r.kind IN (%s, %s)")
_END = 1 << 62


def verified_places(held: Any, at: Moment, changed: Mapping[int, Version], level: int, day: int, made_by: int) -> Numbers:
    """The places (records, rising) with an assessment that verifies damage, observed up to ``day``.

    ``made_by``: the highest record number made by the end of that day, for findings that say no day.
    """
    import numpy as np

    last = _END if at.records is None else at.records
    sql = _RESTING.replace("{observed}", observed_by_then(at, day, made_by))
    places, findings, citations, items, doubtful = columns(held, sql, [level, level, last], 5)
    doubtful = doubtful.astype(bool) & (level < len(AUDIENCES) - 1)
    if changed:
        others = np.fromiter(changed, np.int64, len(changed))
        same = ~(np.isin(findings, others) | np.isin(citations, others) | np.isin(items, others))
        places, items, doubtful = places[same], items[same], doubtful[same]
    if doubtful.any():
        doubtful &= ~np.isin(items, _seen(held, np.unique(items[doubtful]).tolist(), level))
    found = np.unique(places[~doubtful])
    more = _from_documents(held, at, changed, level, day, made_by) if changed else []
    return np.union1d(found, np.array(more, np.int64)) if more else found


def _seen(held: Any, items: list[int], level: int) -> list[int]:
    """Those of these items that the audience may know of."""
    uuids = dict(select(held, "SELECT uuid, id FROM store_record WHERE id IN {in}", items))
    return [uuids[uuid] for uuid in sights.items(Actor("reports", AUDIENCES[level]), uuids)]


def _from_documents(held: Any, at: Moment, changed: Mapping[int, Version], level: int, day: int, made_by: int) -> list[int]:
    """The places verified by a citation that was changed since the moment, or whose finding or item was: as they were then."""
    citations = _citations(held, at, changed)
    seen = sights.items(Actor("reports", AUDIENCES[level]), {citation["item"] for citation in citations}) if citations else {}
    by_uuid = {version.uuid: version for version in changed.values()}
    pairs: dict[str, list[tuple[Document, Document]]] = {}
    for citation in citations:
        item = seen.get(citation["item"])
        if item is not None:
            earlier = by_uuid.get(citation["item"])
            pairs.setdefault(citation["record"], []).append((citation, item if earlier is None else earlier.document or {"state": "none"}))
    places = {document["place"] for record, uuid, document in _findings(held, at, changed, sorted(pairs))
              if observed_by(document, record, day, made_by) and verifies(document, pairs[uuid])}
    return sorted(numbers_of(held, places))


def observed_by(finding: Document, record: int, day: int, made_by: int) -> bool:
    """Whether a finding was observed by a day, as ``assessment.rules.state.day`` has it."""
    last, recorded = observed_span(finding)[1], day_recorded(finding)
    return last <= day if last is not None else record <= made_by or (recorded is not None and recorded <= day)


def _citations(held: Any, at: Moment, changed: Mapping[int, Version]) -> list[Document]:
    """The citations of that moment that are no longer as they were, or that lead from or to what is not."""
    found = {number: version.document for number, version in changed.items() if version.kind == "citation" and version.document}
    for role, kinds in (("supports", KINDS), ("cites", ("item",))):
        numbers = [number for number, version in changed.items() if version.kind in kinds]
        rows = select(held, _AT, numbers, role, REGISTERED["citation"].code, _END if at.records is None else at.records)
        found |= {number: loads(text) for number, text in rows if number not in changed}
    return [{**one, "item": bare(one["item"]), "record": bare(one["record"])} for one in found.values()]


def _findings(held: Any, at: Moment, changed: Mapping[int, Version], uuids: Iterable[str]) -> list[tuple[int, str, Document]]:
    wanted = set(uuids)
    codes = [REGISTERED[name].code for name in KINDS]
    rows = [(record, uuid, loads(text)) for record, uuid, text in select(held, _STANDING, sorted(wanted), *codes)
            if record not in changed and (at.records is None or record <= at.records)]
    return rows + [(v.record, v.uuid, v.document) for v in changed.values() if v.kind in KINDS and v.uuid in wanted and v.document]
