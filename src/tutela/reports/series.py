"""The findings of some places as they were known at a moment, read as documents: for the rows of a list, and for the few places
that the typed table cannot answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tutela.assessment.rules.series import observed_span
from tutela.assessment.rules.state import Version
from tutela.reports import moment as moments
from tutela.reports.moment import Moment, select
from tutela.store.documents import loads

KINDS = ("assessment", "consensus")

_LINKED = ("SELECT k.target, r.id, r.uuid, l.seq, l.before, l.document, c.at FROM store_link k JOIN store_record r ON r.id = k.source "
           "JOIN store_line l ON l.seq = r.line JOIN store_change c ON c.id = l.change "
           "WHERE k.target IN {in} AND k.role IN ('about', 'settles') AND r.live")
_LINES = "SELECT l.seq, l.before, c.at FROM store_line l JOIN store_change c ON c.id = l.change WHERE l.seq IN {in}"


def findings(held: Any, at: Moment, changed: Mapping[int, moments.Version], places: Mapping[int, str]) -> dict[int, list[Version]]:
    """{place record: its findings of that moment}, in the order recorded; ``places`` {record: public id, 32 digits}.

    Each finding's ``at`` is the time it was *first* recorded, which is its day where it says none.
    """
    found: dict[int, dict[int, Version]] = {number: {} for number in places}
    walk: dict[int, list[tuple[int, int]]] = {}  # line to look at → (place, record)
    for place, record, uuid, seq, before, text, made in select(held, _LINKED, places):
        if record in changed or (at.records is not None and record > at.records):
            continue
        document = loads(text)
        found[place][record] = Version(uuid, iso(made), seq, document)
        if before and observed_span(document)[1] is None:
            walk.setdefault(before, []).append((place, record))
    numbers = {uuid: number for number, uuid in places.items()}
    for version in changed.values():
        if version.kind in KINDS and version.document and (place := numbers.get(version.document["place"])) is not None:
            found[place][version.record] = Version(version.uuid, "", version.line, version.document)
            walk.setdefault(version.line, []).append((place, version.record))
    _first_times(held, found, walk)
    return {place: [by_record[number] for number in sorted(by_record)] for place, by_record in found.items()}


def _first_times(held: Any, found: dict[int, dict[int, Version]], walk: dict[int, list[tuple[int, int]]]) -> None:
    while walk:
        further: dict[int, list[tuple[int, int]]] = {}
        for seq, before, made in select(held, _LINES, walk):
            for place, record in walk[seq]:
                found[place][record] = found[place][record]._replace(at=iso(made))
                if before:
                    further.setdefault(before, []).append((place, record))
        walk = further


def changed_places(changed: Mapping[int, moments.Version]) -> set[str]:
    """The public ids of the places that are not now as they were: changed themselves, or in what is said of them."""
    uuids = {version.uuid for version in changed.values() if version.kind == "place"}
    for version in changed.values():
        if version.kind in KINDS:
            uuids |= {document["place"] for document in (version.document, version.newest) if document}
    return uuids


def numbers_of(held: Any, uuids: Iterable[str]) -> dict[int, str]:
    """{record: public id} of these public ids."""
    return dict(select(held, "SELECT id, uuid FROM store_record WHERE uuid IN {in}", sorted(uuids)))


def iso(at: Any) -> str:
    """A time as the database gives it, as ISO 8601 UTC to the second."""
    return str(at)[:19].replace(" ", "T") + "Z"
