"""Values of filters that nobody can have meant: told with what they may have been meant as, instead of a clean zero.

A value is *known* if it stands in the list of its facet (in any language), or if this reader finds something by it somewhere:
then no match is a true zero.  What only hidden places hold is as unknown to the reader as what nobody holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tutela.errors import EXIT_UNUSABLE, TutelaError, declare, problem
from tutela.inventory.asking import LISTS, as_query
from tutela.inventory.rules.query import FIELDS, Query
from tutela.people.rules import Actor
from tutela.store import search as store_search
from tutela.store.search import Want
from tutela.vocabulary import terms
from tutela.vocabulary.folding import fold

declare({
    "query-value": ("“{value}” is not a value of {field}: it is neither in its list nor in this register.", "Perhaps: {near}."),
})

#: What a facet may say beside the terms of its list.
BESIDE = {
    "condition": ("none", "not-visible", "not-visited", "not-assessable"),
    "country": ("none",),
    "protection": ("none",),
    "located": ("position", "name-only"),
    "damaged": ("documented",),
    "missing": ("name", "geometry", "type", "protection", "dating", "condition"),
}
NEAR = 5  # suggestions
SHORT = 9  # a list so short is told whole where nothing is near
ALIKE = 0.6  # 1: the same, 0: nothing in common (letters changed, lost, added, or two changed places, over the length)
MOST_AREAS = 100_000


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that no list and no place seen holds.  ``near`` codes (or areas) it may have been meant as, the nearest first."""

    field: str
    value: str
    near: tuple[str, ...]


def unknown_values(actor: Actor, query: Query | str) -> list[Unknown]:
    """The filter values of a question that this reader cannot have meant, in the order of the question."""
    query = as_query(query)
    found = []
    for name, values in (*query.facets.items(), *query.without.items()):
        if name in LISTS or name in BESIDE:
            found += [Unknown(name, value, _near_codes(actor, name, value)) for value in values if not _known(actor, name, value)]
    named = (*query.areas, *query.without.get("area", ()))
    if named:
        areas = {key: label for key, label, _ in store_search.count_areas("place", actor.audience, Want(), MOST_AREAS)}
        found += [Unknown("area", value, _near_areas(value, areas)) for value in named if not _is_area(value, areas)]
    return found


def require_known(actor: Actor, query: Query | str) -> None:
    """Raises ``query-value`` (exit 4) for the first value that cannot be meant."""
    for one in unknown_values(actor, query):
        raise TutelaError(problem("query-value", column=one.field, value=one.value, field=one.field,
                                  near=", ".join(one.near) or "leave it out"), EXIT_UNUSABLE)


def near_fields(name: str) -> list[str]:
    """The fields of the query language that a misspelt one may mean."""
    return _nearest(name.lower(), {field: (field,) for field in FIELDS})[:3]


def _known(actor: Actor, name: str, value: str) -> bool:
    if value in BESIDE.get(name, ()) or (name in LISTS and terms.load(LISTS[name]).find(value) is not None):
        return True
    folded = fold(value)
    return any(value == code or fold(code) == folded for code in _held(actor, name))


def _held(actor: Actor, name: str) -> Iterable[str]:
    """The codes by which this reader finds a place somewhere."""
    return store_search.count("place", actor.audience, Want(), (name,)).facets.get(name, {})


def _near_codes(actor: Actor, name: str, value: str) -> tuple[str, ...]:
    wordings: dict[str, Iterable[str]] = {code: (code,) for code in (*BESIDE.get(name, ()), *_held(actor, name))}
    if name in LISTS:
        wordings |= {code: tuple(term.names()) for code, term in terms.load(LISTS[name]).terms.items()}
    found = _nearest(value, wordings)
    if found or len(wordings) > SHORT:
        return tuple(found[:NEAR])
    return tuple(wordings)


def _is_area(value: str, areas: Mapping[str, str]) -> bool:
    """An area by its name, or by its country's code and its name (see ``asking._areas``)."""
    folded = fold(value)
    coded = f"{value[:2]} {fold(value[3:])}" if value[:2].isupper() and value[2:3] == " " else None
    return coded in areas or any(key.partition(" ")[2] == folded for key in areas)


def _near_areas(value: str, areas: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(areas[key] for key in _nearest(value, {key: (label,) for key, label in areas.items()})[:NEAR]))


def _nearest(value: str, wordings: Mapping[str, Iterable[str]]) -> list[str]:
    """The codes one of whose wordings is like the value, the likest first."""
    from rapidfuzz.distance import OSA

    folded = fold(value)
    found = []
    for code, words in wordings.items():
        like = max((_like(folded, fold(word), OSA) for word in words), default=0.0)
        if like >= ALIKE:
            found.append((-like, code))
    return [code for _, code in sorted(found)]


def _like(typed: str, word: str, distance: object) -> float:
    if len(typed) >= 3 and word.startswith(typed):
        return 0.95
    return distance.normalized_similarity(typed, word, score_cutoff=ALIKE)  # type: ignore[attr-defined]
