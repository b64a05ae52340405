"""The readers of shortlists.  A reader finds the lists, and of each the places, that the reader may see, and no trace of others.

Unsigned lists are for those who may make shortlists; a signed one is for everybody.  Of a place whose details are withheld
from the reader the reason is withheld too, for it may say where the place lies.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from tutela.errors import TutelaError, declare, problem
from tutela.inventory.queries import PlaceRow, _row
from tutela.inventory.rules import shortlists as rules
from tutela.inventory.rules.audience import sight_of
from tutela.people.rules import Actor
from tutela.store import backend
from tutela.store import search as store_search
from tutela.store.documents import bare, dashed, loads

declare({"shortlist-unknown": ("There is no shortlist {value}.", "Check the address; it may have been taken back, or may not be for you.")})

Document = dict[str, Any]


@dataclass(slots=True)
class ShortlistRow:
    """One list of the lists.  ``state`` draft, frozen or signed; ``places`` how many the reader may see."""

    id: str
    title: str
    dated: str
    state: str
    version: int
    places: int
    superseded: bool


@dataclass(slots=True)
class Chosen:
    """One place of a list as its reader may see it.  ``changed``: its record has moved on since the list was frozen."""

    place: PlaceRow
    reason: str
    details: bool
    changed: bool = False


@dataclass(slots=True)
class ShortlistView:
    """A list as its reader may see it.  ``gone``: chosen places that are no longer in the register or not for this reader
    (0 for readers who must not learn that there are any).  ``line`` its journal line."""

    id: str
    record: int
    line: int
    document: Document
    state: str
    version: int
    places: list[Chosen] = field(default_factory=list)
    gone: int = 0
    former: str = ""
    newer: str = ""


def shortlists(actor: Actor) -> list[ShortlistRow]:
    """All lists the actor may see, by title and version, the newest version first."""
    found = store_search.page("shortlist", actor.audience, store_search.Want(), 1000)
    followed = _followed([f.record for f in found], actor.audience)
    visible = _visible([f.record for f in found], actor.audience)
    rows = []
    for f in found:
        d = loads(f.text)
        rows.append(
            ShortlistRow(
                dashed(f.uuid),
                d["title"],
                d.get("dated", ""),
                rules.state(d),
                rules.version(d),
                visible.get(f.record, 0),
                f.record in followed,
            )
        )
    return sorted(rows, key=lambda r: (r.title.casefold(), -r.version))


def shortlist(actor: Actor, public_id: str) -> ShortlistView:
    """One list.  Raises ``shortlist-unknown`` where there is none that the actor may see."""
    found = store_search.read(bare(public_id), actor.audience)
    if found is None or "places" not in (d := loads(found.text)) and "title" not in d:
        raise TutelaError(problem("shortlist-unknown", value=public_id))
    if "names" in d or "place" in d:  # an id of another kind of record
        raise TutelaError(problem("shortlist-unknown", value=public_id))
    with connection.cursor() as cursor:
        cursor.execute("SELECT line FROM store_record WHERE id = %s", [found.record])
        line = cursor.fetchone()[0]
    view = ShortlistView(dashed(found.uuid), found.record, line, d, rules.state(d), rules.version(d))
    view.places = _chosen(actor, found.record, d)
    if actor.may("shortlist"):
        view.gone = len(d.get("places", ())) - len(view.places)
    if "supersedes" in d and store_search.read(d["supersedes"], actor.audience):
        view.former = dashed(d["supersedes"])
    view.newer = next(
        (dashed(uuid) for uuid, _ in store_search.linked(found.record, "supersedes") if store_search.read(uuid, actor.audience)), ""
    )
    return view


def _chosen(actor: Actor, record: int, document: Document) -> list[Chosen]:
    """The places of a list that the actor may see, in the order of their names."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT target FROM store_link WHERE source = %s AND role = 'chosen'", [record])
        records = tuple(row[0] for row in cursor.fetchall())
    if not records:
        return []
    reasons = {item["place"]: item.get("reason", "") for item in document.get("places", ())}
    found = store_search.page("place", actor.audience, store_search.Want(records=records), rules.MOST)
    frozen = {item["place"]: item["line"] for item in document.get("frozen", {}).get("places", ())}
    lines = dict(backend.select_in("SELECT uuid, line FROM store_record WHERE uuid IN {in}", list(frozen)))
    out = []
    for f in found:
        row = _row(f, actor.language)
        details = sight_of(row.document, actor.audience).details
        changed = details and f.uuid in frozen and lines.get(f.uuid) != frozen[f.uuid]
        out.append(Chosen(row, reasons.get(f.uuid, "") if details else "", details, changed))
    return out


def _visible(records: list[int], audience: int) -> dict[int, int]:
    """{list: how many of its places the audience may see}."""
    sql = (
        "SELECT k.source, count(*) FROM store_link k JOIN store_record r ON r.id = k.target AND r.live JOIN store_entry e "
        "ON e.id >= k.target * 4 AND e.id < k.target * 4 + 4 WHERE k.source IN {in} AND k.role = 'chosen' AND e.low <= %s AND e.high >= %s "
        "GROUP BY k.source"
    )
    return dict(backend.select_in(sql, records, audience, audience))


def _followed(records: list[int], audience: int) -> set[int]:
    """Those of these lists that a newer version follows which the audience may see."""
    sql = (
        "SELECT k.target FROM store_link k JOIN store_record r ON r.id = k.source AND r.live JOIN store_entry e "
        "ON e.id >= k.source * 4 AND e.id < k.source * 4 + 4 WHERE k.target IN {in} AND k.role = 'supersedes' "
        "AND e.low <= %s AND e.high >= %s"
    )
    return {target for (target,) in backend.select_in(sql, records, audience, audience)}


def comparison(actor: Actor, public_id: str, former_id: str = "") -> tuple[ShortlistView, ShortlistView, rules.Comparison]:
    """(former, this, what changed) of two versions, of the places the actor may see alone; by default with the version before.

    A change of a reason is shown only where the details of the place are.  Raises ``shortlist-unknown``.
    """
    now = shortlist(actor, public_id)
    former = shortlist(actor, former_id or now.former or "none")
    return former, now, rules.compare(_as_seen(former), _as_seen(now))


def _as_seen(view: ShortlistView) -> Document:
    return {**view.document, "places": [{"place": bare(c.place.id), "reason": c.reason} for c in view.places]}


def shortlist_rows(actor: Actor, public_id: str) -> list[Document]:
    """A list as plain rows for a table: what the actor may see of each place, and its reason.  Positions in degrees."""
    view = shortlist(actor, public_id)
    return [
        {
            "place": c.place.id,
            "name": c.place.name["text"],
            "names": " | ".join(n["text"] for n in c.place.names),
            "type": " | ".join(t.get("code") or t.get("original", "") for t in c.place.document.get("types", ())),
            "country": c.place.document.get("country", ""),
            "latitude": c.place.y,
            "longitude": c.place.x,
            "precision": (c.place.document.get("handling") or {}).get("shown", "as-held") if c.place.x is not None else "",
            "condition": c.place.condition,
            "handling": (c.place.document.get("handling") or {}).get("mark", "open"),
            "reason": c.reason,
        }
        for c in view.places
    ]
