"""Which places have verified damage: the citations of a moment, the items an audience may see, the rule of ``rules.verified``.

Reading begins at the items that are cited, so that it costs what the evidence is many, not what the register is large.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutela.assessment.rules.series import day_recorded, observed_span
from tutela.evidence import sights
from tutela.people.rules import AUDIENCES, Actor
from tutela.reports.moment import Moment, Version, select
from tutela.reports.rules.verified import verifies
from tutela.reports.series import KINDS
from tutela.store.documents import bare, loads
from tutela.store.kinds import KINDS as REGISTERED

Document = dict[str, Any]

#: An item's entry is for those who see it by its own mark; the places it concerns are asked about besides.
_CITING = ("SELECT r.id, p.document, m.document FROM store_entry e JOIN store_link k ON k.target = e.record AND k.role = 'cites' "
           "JOIN store_record r ON r.id = k.source JOIN store_line p ON p.seq = r.line "
           "JOIN store_record i ON i.id = e.record JOIN store_line m ON m.seq = i.line "
           "WHERE e.kind = %s AND e.low <= %s AND e.high >= %s AND r.live AND r.id <= %s ORDER BY r.id")
_STANDING = ("SELECT r.id, r.uuid, p.document FROM store_record r JOIN store_line p ON p.seq = r.line "
             "WHERE r.uuid IN {in} AND r.live AND r.kind IN (%s, %s)")


def verified_places(held: Any, at: Moment, changed: Mapping[int, Version], level: int, day: int, made_by: int) -> dict[str, list[str]]:
    """{place: the assessments that verify damage there}, public ids (32 digits), observed up to ``day``.

    ``made_by``: the highest record number made by the end of that day, for findings that say no day.
    """
    citations = _citations(held, at, changed, level)
    if not citations:
        return {}
    asked_about = {citation["item"] for citation, item in citations if item is None or item.get("places")}
    seen = sights.items(Actor("reports", AUDIENCES[level]), asked_about) if asked_about else {}
    by_uuid = {version.uuid: version for version in changed.values()}
    pairs: dict[str, list[tuple[Document, Document]]] = {}
    for citation, own in citations:
        item = seen.get(citation["item"]) if citation["item"] in asked_about else own
        if item is not None:
            earlier = by_uuid.get(citation["item"])
            pairs.setdefault(citation["record"], []).append((citation, item if earlier is None else earlier.document or {"state": "none"}))
    found: dict[str, list[str]] = {}
    for record, uuid, document in _findings(held, at, changed, sorted(pairs)):
        if observed_by(document, record, day, made_by) and verifies(document, pairs[uuid]):
            found.setdefault(document["place"], []).append(uuid)
    return found


def observed_by(finding: Document, record: int, day: int, made_by: int) -> bool:
    """Whether a finding was observed by a day, as ``assessment.rules.state.day`` has it."""
    last, recorded = observed_span(finding)[1], day_recorded(finding)
    return last <= day if last is not None else record <= made_by or (recorded is not None and recorded <= day)


def _citations(held: Any, at: Moment, changed: Mapping[int, Version], level: int) -> list[tuple[Document, Document | None]]:
    """(citation, its item where that was read with it)."""
    last = 1 << 62 if at.records is None else at.records
    with held.cursor() as cursor:
        cursor.execute(_CITING, [REGISTERED["item"].code, level, level, last])
        found = [(loads(text), loads(item)) for record, text, item in cursor.fetchall() if record not in changed]
    earlier = [(version.document, None) for version in changed.values() if version.kind == "citation" and version.document]
    return [({**one, "item": bare(one["item"]), "record": bare(one["record"])}, item) for one, item in [*found, *earlier]]


def _findings(held: Any, at: Moment, changed: Mapping[int, Version], uuids: list[str]) -> list[tuple[int, str, Document]]:
    codes = [REGISTERED[name].code for name in KINDS]
    rows = [(record, uuid, loads(text)) for record, uuid, text in select(held, _STANDING, uuids, *codes)
            if record not in changed and (at.records is None or record <= at.records)]
    wanted = set(uuids)
    return rows + [(v.record, v.uuid, v.document) for v in changed.values() if v.kind in KINDS and v.uuid in wanted and v.document]
