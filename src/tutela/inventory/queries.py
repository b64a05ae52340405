"""The readers of the inventory.  Permission and precision are applied inside: what comes out may be shown to the actor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from tutela.errors import TutelaError, problem
from tutela.inventory.asking import IDENTIFIERS, as_query, forgiving, perhaps, wanted, wider
from tutela.inventory.rules.names import display_name, listed
from tutela.inventory.rules.query import Query
from tutela.people.rules import Actor
from tutela.store import search as store_search
from tutela.store.documents import bare, dashed, loads
from tutela.store.search import Counts, Want, Words
from tutela.vocabulary.folding import fold, words

__all__ = ["PlaceRow", "PlaceView", "Results", "areas", "as_query", "count", "held", "map_features", "place", "search", "suggest", "wanted",
           "years"]


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


FEW = 20  # so few may be found because a word was mistyped


@dataclass(slots=True)
class Results:
    """A page of places.  ``read_as`` {word typed: words searched instead} where nobody's name begins as typed; ``perhaps`` {word
    typed: words that may have been meant} where few names begin so and none has just that word."""

    query: Query
    total: int
    rows: list[PlaceRow]
    read_as: dict[str, list[str]] = field(default_factory=dict)
    perhaps: dict[str, list[str]] = field(default_factory=dict)


def _asked(actor: Actor, query: Query | str) -> tuple[Want, dict[str, list[str]]]:
    """The question as the store takes it, its words read as this actor finds something by them."""
    want = wanted(as_query(query))
    return want, forgiving(actor.audience, want)


def search(actor: Actor, query: Query | str, limit: int = 50, offset: int = 0) -> Results:
    """Places that answer the question, one page of them."""
    query = as_query(query)
    want, read_as = _asked(actor, query)
    total = store_search.total("place", actor.audience, want)
    rows = store_search.page("place", actor.audience, want, max(limit, 0), max(offset, 0), total)
    meant = perhaps(actor.audience, want) if 0 < total <= FEW and want.words else {}
    return Results(query, total, _listed_rows(rows, actor.language), read_as, meant)


def _listed_rows(found: list[store_search.Found], language: str) -> list[PlaceRow]:
    profiles = store_search.Profiles.all()
    return [_row(one, language, profiles) for one in found]


def _row(found: store_search.Found, language: str, profiles: dict[int, Any] | None = None) -> PlaceRow:
    document = loads(found.text)
    facets = (store_search.Profiles.all() if profiles is None else profiles).get(found.profile, {})
    uuid = dashed(found.uuid)
    names = listed(document.get("names", []))
    return PlaceRow(uuid, display_name(names, language, _stand_in(document, uuid)), names, document, found.x, found.y,
                    next(iter(facets.get("condition", ())), "none"), next(iter(facets.get("extent", ())), None), found.day)


def _stand_in(document: dict[str, Any], uuid: str) -> str:
    identifiers = document.get("identifiers")
    return identifiers[0]["value"] if identifiers else f"{uuid[:8]}…"


def count(actor: Actor, query: Query | str, facets: Iterable[str] = ()) -> Counts:
    """The total and {facet: {code: n}}, each facet as if its own filter were not set.

    Every code that the actor would find anywhere is there, with 0 where the question leaves none.  A place counts for its
    type and for all wider ones, as the filter takes it.
    """
    want, _ = _asked(actor, query)
    return store_search.count("place", actor.audience, want, tuple(facets), wider())


def areas(actor: Actor, query: Query | str, most: int = 200) -> list[tuple[str, str, int]]:
    """(key, label, n) of the areas, the most frequent first."""
    return store_search.count_areas("place", actor.audience, _asked(actor, query)[0], most)


def years(actor: Actor, query: Query | str) -> dict[int, int]:
    """{year last observed: n}."""
    return store_search.histogram("place", actor.audience, _asked(actor, query)[0])


def suggest(actor: Actor, typed: str, most: int = 8) -> list[dict[str, Any]]:
    """Names for the search field: those whose title begins with what was typed, then those with the words elsewhere."""
    text = " ".join(words(typed))
    if not text:
        return []
    want = wanted(Query(words=text), whole=False)
    found = store_search.titles_beginning("place", actor.audience, want, most)
    if len(found) < most:
        want, _ = _asked(actor, Query(words=text))
        known = {one.record for one in found}
        found += [one for one in store_search.page("place", actor.audience, want, most) if one.record not in known][: most - len(found)]
    return [{"id": row.id, "name": row.name["text"], "lang": row.name.get("lang")} for row in _listed_rows(found, actor.language)]


def map_features(actor: Actor, query: Query | str, bbox: store_search.Box, zoom: float, most: int = 2000) -> dict[str, Any]:
    """What a map window (w, s, e, n degrees; w > e across the antimeridian) shows of a question.

    ``features`` [{id, x, y, c: condition, n: name, p: precision shown}]; ``groups`` [{x, y, count, by: {condition: n}, bbox}]
    where places would cover one another; ``total`` in the window, ``outside`` it, and ``without`` a position.
    """
    from tutela.inventory.mapping import features

    return features(actor, _asked(actor, query)[0], bbox, zoom, most)


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
    typed = words(value)
    if not typed:
        return None
    want = Want(words=[Words(IDENTIFIERS, (tuple((f"={word}",) for word in typed),))])
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
