"""What a change touched, as a reader may see it: names and links, and what changed in each record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection

from tutela.inventory.rules.audience import for_audience, sight_of
from tutela.inventory.rules.names import display_name, listed
from tutela.people.rules import DEFAULT_PRECISION, PRECISIONS, Actor
from tutela.store import backend
from tutela.store.documents import Document, bare, dashed, loads
from tutela.store.kinds import KINDS

#: The part of an item that is the thing itself, in the order in which it is looked for.
MAIN = ("text", "value", "name", "code", "mark", "edtf", "title", "instrument", "action", "activity", "original")
MARKS = ("open", "restricted", "confidential")


class Seen(NamedTuple):
    """A record of the register as it stands: its kind, the place it is or is about, that place's name."""

    kind: str
    place: str
    name: str
    lang: str


class Difference(NamedTuple):
    """One field of a record: what went and what came, in short texts."""

    field: str
    gone: list[str]
    come: list[str]


def seen(actor: Actor, ids: Iterable[str]) -> dict[str, Seen]:
    """Of these public ids (dashed) those whose place the actor may see now.  Others, hidden or gone, are not told apart."""
    wanted = {bare(i): i for i in ids}
    rows = list(backend.select_in("SELECT r.id, r.uuid, r.kind FROM store_record r WHERE r.uuid IN {in} AND r.live", list(wanted)))
    about = dict(
        backend.select_in(
            "SELECT k.source, k.target FROM store_link k WHERE k.source IN {in} AND k.role = %s",
            [number for number, _, kind in rows if kind == KINDS["assessment"].code],
            "about",
        )
    )
    places = {number if kind == KINDS["place"].code else about.get(number) for number, _, kind in rows} - {None}
    shown: dict[int, tuple[str, dict[str, Any]]] = {}
    for number, uuid, text in backend.select_in(
            "SELECT e.record, r.uuid, coalesce(e.document, p.document) FROM store_entry e JOIN store_record r ON r.id = e.record "
            "JOIN store_line p ON p.seq = r.line WHERE e.record IN {in} AND r.live AND e.low <= %s AND e.high >= %s",
            sorted(places), actor.audience, actor.audience):  # fmt: skip
        document = loads(text)
        name = display_name(listed(document.get("names", [])), actor.language, "")
        shown[number] = (dashed(uuid), name)
    out = {}
    for number, uuid, kind in rows:
        place = number if kind == KINDS["place"].code else about.get(number)
        if place in shown:
            at, name = shown[place]
            out[wanted[uuid]] = Seen(
                "place" if place == number else "assessment", at, name["text"] or at[:8] + "…", name.get("lang") or "und"
            )
    return out


def whole(actor: Actor, values: Iterable[str]) -> set[str]:
    """Of these numbers (in whatever register) or public ids, those whose places the actor all sees as held."""
    wanted = {str(v) for v in values}
    found: dict[str, list[str]] = {}
    for value, uuid in backend.select_in(
        "SELECT k.value, r.uuid FROM store_key k JOIN store_record r ON r.id = k.record WHERE k.value IN {in}", sorted(wanted)
    ):
        found.setdefault(value, []).append(uuid)
    for (uuid,) in backend.select_in("SELECT uuid FROM store_record WHERE uuid IN {in}", [bare(v) for v in wanted]):
        found.setdefault(next(v for v in wanted if bare(v) == uuid), []).append(uuid)
    return {value for value, uuids in found.items() if all(_whole(actor, uuid) for uuid in uuids)}


def differences(actor: Actor, change: int, public_id: str) -> list[Difference] | None:
    """What a change did to one record, as this actor may know it; None where they may not.

    A record is read with the strictest handling it ever had in this change or has now: what was closed later is not
    opened by its history.  Assessments are shown to those who see their place with all details.
    """
    row = _line(change, public_id)
    if row is None or actor.audience < 2:
        return None
    kind, before, after, now, record = row
    if kind == KINDS["assessment"].code:
        places = _about(before, after)
        if not places or not all(_whole(actor, place) for place in places):
            return None
    elif kind == KINDS["place"].code:
        mark = _strictest([d for d in (before, after, now) if d])
        before, after = (_as_seen(actor, d, mark) for d in (before, after))
        if before is None and after is None:
            return None
    else:
        return None
    return compared(before or {}, after or {})


def compared(before: Document, after: Document) -> list[Difference]:
    """The fields in which two documents differ; in a list, only the items that do."""
    out = []
    for name in sorted(before.keys() | after.keys()):
        one, other = before.get(name), after.get(name)
        if one == other or name in ("place", "source", "sources"):  # where a list says it is not what it says
            continue
        gone, come = _items(one), _items(other)
        went, came = [i for i in gone if i not in come], [i for i in come if i not in gone]
        found = Difference(name, [brief(i) for i in went], [brief(i) for i in came])
        if set(found.gone) & set(found.come):  # they differ only in what the short form leaves out
            found = Difference(name, [brief(i, whole=True) for i in went], [brief(i, whole=True) for i in came])
        out.append(found)
    return [d for d in out if d.gone or d.come]


def _items(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def brief(value: Any, most: int = 240, whole: bool = False) -> str:
    """A value of a document in one short line; with ``whole`` also the source's wording and the key of the source."""
    text = _brief(value, whole)
    return text if len(text) <= most else text[: most - 1] + "…"


def _brief(value: Any, whole: bool) -> str:
    if isinstance(value, dict):
        main = next((k for k in MAIN if value.get(k)), None)
        left = {main, "geojson"} if whole else {main, "geojson", "source", "key", "scale"} | ({"original"} if main == "code" else set())
        rest = [f"{k.replace('_', ' ')} {_brief(v, whole)}" for k, v in value.items() if k not in left and v not in (None, "", [])]
        shape = [_shape(value["geojson"])] if "geojson" in value else []
        return ", ".join([*([str(value[main])] if main else []), *shape, *rest])
    if isinstance(value, list):
        return "; ".join(_brief(v, whole) for v in value)
    return str(value)


def _shape(geojson: dict[str, Any]) -> str:
    kind, held = geojson.get("type", ""), geojson.get("coordinates")
    if kind == "Point" and held:
        return f"{held[1]:.6g} N, {held[0]:.6g} E" if held[1] >= 0 and held[0] >= 0 else f"{held[1]:.6g}, {held[0]:.6g}"
    return kind


def _line(change: int, public_id: str) -> tuple[int, Document | None, Document | None, Document | None, int] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.kind, b.document, l.document, n.document, r.id FROM store_record r JOIN store_line l ON l.record = r.id "
            "JOIN store_change c ON c.id = l.change LEFT JOIN store_line b ON b.seq = l.before "
            "LEFT JOIN store_line n ON n.seq = r.line WHERE c.id = %s AND l.seq > c.line AND l.seq <= c.last AND r.uuid = %s "
            "ORDER BY l.seq DESC LIMIT 1",
            [change, bare(public_id)],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    before, after, now = (loads(text) if text else None for text in row[1:4])
    return row[0], before, after, now, row[4]


def _about(*documents: Document | None) -> set[str]:
    return {d["place"] for d in documents if d and d.get("place")}


def _whole(actor: Actor, public_id: str) -> bool:
    """Whether the actor sees this place as held, in its last state (also one that is gone)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.document, b.document FROM store_record r JOIN store_line l ON l.seq = r.line "
            "LEFT JOIN store_line p ON p.seq = r.line "
            "LEFT JOIN store_line b ON b.seq = l.before WHERE r.uuid = %s",
            [bare(public_id)],
        )
        row = cursor.fetchone()
    text = row and (row[0] or row[1])
    if not text:
        return False
    sight = sight_of(loads(text), actor.audience)
    return sight.visible and sight.details and sight.precision == "as-held"


def _strictest(documents: list[Document]) -> dict[str, Any]:
    held = [d.get("handling") or {"mark": "open"} for d in documents]
    return max(
        held,
        key=lambda h: (MARKS.index(h["mark"]), PRECISIONS.index(h.get("precision") or DEFAULT_PRECISION[h["mark"]])),
        default={"mark": "open"},
    )


def _as_seen(actor: Actor, document: Document | None, handling: dict[str, Any]) -> Document | None:
    if document is None:
        return None
    given = {**document, "handling": handling} if handling.get("mark", "open") != "open" or "precision" in handling else document
    found = for_audience(given, actor.audience)
    if found is given and given is not document:
        return document
    return found
