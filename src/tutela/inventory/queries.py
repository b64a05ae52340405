"""The readers of the inventory.  Permission and precision are applied inside: what comes out may be shown to the actor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from tutela.errors import TutelaError, problem
from tutela.inventory.rules.names import display_name, listed
from tutela.inventory.rules.query import Query, parse
from tutela.people.rules import Actor
from tutela.store import search as store_search
from tutela.store.documents import bare, dashed, loads
from tutela.store.search import Counts, Want
from tutela.vocabulary.folding import fold, words

NAME_FIELDS = "names ids areas"
COLUMNS = {"name": "names", "id": "ids", "in": "areas", "text": "text"}


@dataclass(slots=True)
class PlaceRow:
    """One place in a list, as its reader may see it."""

    id: str
    name: dict[str, Any]
    names: list[dict[str, Any]]
    document: dict[str, Any]
    x: float | None
    y: float | None
    condition: str
    extent: str | None
    day: int | None


@dataclass(slots=True)
class Results:
    """A page of places.  ``read_as`` {word typed: words searched instead} where nothing matched as typed."""

    query: Query
    total: int
    rows: list[PlaceRow]
    read_as: dict[str, list[str]] = field(default_factory=dict)


def as_query(query: Query | str) -> Query:
    return parse(query) if isinstance(query, str) else query


def wanted(query: Query) -> Want:
    """The question as the store takes it."""
    want = Want(facets=query.facets, without=query.without, box=query.bbox, order={"extent": "value"}.get(query.order, query.order))
    if query.words:
        typed = words(query.words)
        if typed:
            want.words[NAME_FIELDS] = [[word] for word in typed]
            want.prefer = " ".join(typed)
        else:
            want.records = ()
    for name, texts in query.fields.items():
        groups = [[word] for text in texts for word in words(text)]
        if groups:
            want.words[COLUMNS[name]] = groups
    if query.observed:
        low, high = query.observed
        want.ranges["day"] = (_day(low, first=True), _day(high, first=False))
    if query.dating:
        low, high = query.dating
        want.ranges["span"] = (_day(low, first=True), _day(high, first=False))
    if query.value:
        want.ranges["value"] = query.value
    if query.areas:
        want.areas = _areas(query.areas)
    if query.change is not None:
        want.records = _records_of(query.change)
    return want


def _day(value: float | None, first: bool) -> float | None:
    """A year, or a day written yyyymmdd, as the store's integer."""
    if value is None:
        return None
    if abs(value) >= 1_000_000:
        return value
    return value * 10000 + (101 if first else 1231)


def _areas(names: tuple[str, ...]) -> tuple[int, ...]:
    keys = [fold(name) for name in names]
    found: list[int] = []
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT id FROM store_area WHERE key LIKE %s", [f"% {key}"])
            found += [row[0] for row in cursor.fetchall()]
    return tuple(found)


def _records_of(change: int) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT l.record FROM store_change c JOIN store_line l ON l.seq > c.line AND l.seq <= c.last "
                       "WHERE c.id = %s AND l.record IS NOT NULL LIMIT 20000", [change])
        return tuple(row[0] for row in cursor.fetchall())


def forgiving(actor: Actor, want: Want) -> dict[str, list[str]]:
    """Where nothing matches as typed: replace each word that no name begins with by the words it may stand for.

    Changes ``want``; gives {word typed: words searched}.  Two edits at most, or a part inside a known word.
    """
    read_as: dict[str, list[str]] = {}
    groups = want.words.get(NAME_FIELDS, [])
    for group in groups:
        word = group[0]
        alone = Want(words={NAME_FIELDS: [[word]]})
        if len(word) < 3 or store_search.page("place", actor.audience, alone, 1):
            continue
        from tutela.store import backend

        others = store_search.close_terms(word) or backend.module().containing_terms(word)
        if others:
            read_as[word] = others
            group.extend(others)
    return read_as


def search(actor: Actor, query: Query | str, limit: int = 50, offset: int = 0) -> Results:
    """Places that answer the question, one page of them."""
    query = as_query(query)
    want = wanted(query)
    rows = store_search.page("place", actor.audience, want, limit, offset)
    read_as: dict[str, list[str]] = {}
    if not rows and want.words and not offset:
        read_as = forgiving(actor, want)
        if read_as:
            rows = store_search.page("place", actor.audience, want, limit, offset)
    if len(rows) < limit and (rows or not offset):
        total = offset + len(rows)
    else:
        total = store_search.count("place", actor.audience, want).total
    return Results(query, total, [_row(found, actor.language) for found in rows], read_as)


def _row(found: store_search.Found, language: str) -> PlaceRow:
    document = loads(found.text)
    facets = store_search.Profiles.all().get(found.profile, {})
    uuid = dashed(found.uuid)
    names = listed(document.get("names", []))
    return PlaceRow(uuid, display_name(names, language, _stand_in(document, uuid)), names, document, found.x, found.y,
                    next(iter(facets.get("condition", ())), "none"), next(iter(facets.get("extent", ())), None), found.day)


def _stand_in(document: dict[str, Any], uuid: str) -> str:
    identifiers = document.get("identifiers")
    return identifiers[0]["value"] if identifiers else f"{uuid[:8]}…"


def count(actor: Actor, query: Query | str, facets: tuple[str, ...] = ()) -> Counts:
    """The total and the facets' counts."""
    return store_search.count("place", actor.audience, wanted(as_query(query)), facets)


def areas(actor: Actor, query: Query | str, most: int = 200) -> list[tuple[str, str, int]]:
    """(key, label, n) of the areas, the most frequent first."""
    return store_search.count_areas("place", actor.audience, wanted(as_query(query)), most)


def years(actor: Actor, query: Query | str) -> dict[int, int]:
    """{year last observed: n}."""
    return store_search.histogram("place", actor.audience, wanted(as_query(query)))


def suggest(actor: Actor, typed: str, most: int = 8) -> list[dict[str, Any]]:
    """Names that begin with what was typed, for the search field."""
    if not words(typed):
        return []
    found = store_search.page("place", actor.audience, wanted(Query(words=typed)), most)
    return [{"id": row.id, "name": row.name["text"], "lang": row.name.get("lang")} for row in (_row(f, actor.language) for f in found)]


@dataclass(slots=True)
class PlaceView:
    """A place as its reader may see it."""

    id: str
    record: int
    document: dict[str, Any]
    name: dict[str, Any]
    names: list[dict[str, Any]]
    x: float | None
    y: float | None
    line: int


def place(actor: Actor, public_id: str) -> PlaceView:
    """One place by its public id, or by an identifier in another register where that is unambiguous.

    Raises ``record-unknown`` where there is none that the actor may see.
    """
    found = store_search.read(bare(public_id), actor.audience) or _by_identifier(actor, public_id)
    if found is None:
        raise TutelaError(problem("record-unknown", value=public_id))
    document = loads(found.text)
    uuid = dashed(found.uuid)
    names = listed(document.get("names", []))
    with connection.cursor() as cursor:
        cursor.execute("SELECT line FROM store_record WHERE id = %s", [found.record])
        line = cursor.fetchone()[0]
    return PlaceView(uuid, found.record, document, display_name(names, actor.language, _stand_in(document, uuid)), names,
                     found.x, found.y, line)


def _by_identifier(actor: Actor, value: str) -> store_search.Found | None:
    want = Want(words={"ids": [[word] for word in words(value)]})
    if not want.words["ids"]:
        return None
    key = fold(value)
    fitting = [found for found in store_search.page("place", actor.audience, want, 20)
               if any(fold(i["value"]) == key for i in loads(found.text).get("identifiers", ()))]
    return fitting[0] if len(fitting) == 1 else None


def held(public_id: str) -> tuple[dict[str, Any], int]:
    """For actions alone: the document as held, whatever its audience, and its journal line.  Raises ``record-unknown``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT p.document, r.line FROM store_record r JOIN store_line p ON p.seq = r.line "
                       "WHERE r.uuid = %s AND r.live", [bare(public_id)])
        row = cursor.fetchone()
    if row is None:
        raise TutelaError(problem("record-unknown", value=public_id))
    return loads(row[0]), row[1]
