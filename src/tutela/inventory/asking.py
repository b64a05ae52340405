"""From the query language to what the store is asked: words folded, codes with their narrower terms, areas by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from django.db import connection

from tutela.inventory.rules.query import ASKED, WORD_FIELDS, Query, day, parse
from tutela.store import search as store_search
from tutela.store.search import Profiles, Want, Words
from tutela.vocabulary import terms
from tutela.vocabulary.folding import fold, words

NAMES = "names ids areas"  # where words without a field are looked for
IDENTIFIERS = "ids"
SHORT = 2  # letters: a word so short means that whole word where there is one, else a beginning

#: facet → the list of terms that its values are found in, in any language.
LISTS = {"type": "place-types", "category": "hague-categories", "country": "countries", "protection": "protection-instruments",
         "condition": "condition", "extent": "extent", "damage": "effects", "cause": "causes", "threat": "causes", "method": "methods",
         "handling": "handling-marks", "namekind": "name-kinds", "period": "periods"}
WIDENED = ("type", "cause", "threat")  # a filter on these takes in the narrower terms

_PHRASE = re.compile(r'"([^"]*)"')


def as_query(query: Query | str) -> Query:
    return parse(query) if isinstance(query, str) else query


def wanted(query: Query, whole: bool = True) -> Want:
    """The question as the store takes it.  ``whole``: very short words mean whole words."""
    want = Want(box=query.bbox, order={"extent": "value"}.get(query.order, query.order))
    want.facets = {name: _codes(name, values) for name, values in query.facets.items()}
    want.without = {name: _codes(name, values) for name, values in query.without.items() if name in LISTS or name in ("located", "missing")}
    want.words = [*_free_words(query.words, want, whole)]
    for name, texts in query.fields.items():
        want.words.append(_any_of(WORD_FIELDS[name], texts))
    for name in WORD_FIELDS:
        if name in query.without:
            want.not_words.append(_any_of(WORD_FIELDS[name], query.without[name]))
    if any(not given.texts for given in want.words):
        want.records = ()
        want.words = []
    want.not_words = [given for given in want.not_words if given.texts]
    for name, given in (("day", query.observed), ("span", query.dating)):
        if given:
            low, high = given
            want.ranges[name] = (None if low is None else day(low, True), None if high is None else day(high, False))
    if query.value:
        want.ranges["value"] = query.value
    if query.areas:
        want.areas = _areas(query.areas)
    if "area" in query.without:
        want.not_areas = _areas(query.without["area"])
    want.change = change_of(query)
    return want


def change_of(query: Query) -> int | None:
    """The change whose places are asked for, by its own number or by that of an import; 0, which is none, where both say different ones."""
    if query.imported is None:
        return query.change
    found = (ASKED["change_of_import"](query.imported) if ASKED else None) or 0
    return found if query.change in (None, found) else 0


def _free_words(text: str, want: Want, whole: bool) -> Iterable[Words]:
    """The words typed, all of which must be there; phrases and the preference for titles go into ``want``."""
    typed = words(text)
    if not typed:
        if text.strip():
            yield Words(NAMES, ())
        return
    want.prefer = " ".join(typed)
    want.phrases = [(NAMES, phrase) for phrase in map(fold, _PHRASE.findall(text)) if " " in phrase]
    yield Words(NAMES, (tuple((f"={word}" if whole and len(word) <= SHORT and word.isalpha() else word,) for word in typed),))


def _any_of(columns: str, texts: Iterable[str]) -> Words:
    """Any of these texts; all words of a text.  Without a letter or digit in it, a text finds nothing."""
    found = [tuple((word,) for word in words(text)) for text in texts]
    return Words(columns, tuple(text for text in found if text))


def forgiving(audience: int, want: Want) -> dict[str, list[str]]:
    """Read each word typed as this audience finds something by it; changes ``want``; gives {word typed: words read instead}.

    A very short word that is nobody's whole word is a beginning.  A word that no visible name begins with stands for the
    visible words that are nearest to it, or that contain it.
    """
    read_as: dict[str, list[str]] = {}
    found = []
    for given in want.words:
        if given.columns != NAMES:
            found.append(given)
            continue
        text = tuple(_reading(audience, group, read_as) for group in given.texts[0])
        found.append(Words(NAMES, (text,)))
    if found != want.words:
        want.words, want.plan = found, None
        if read_as:
            want.phrases = []
    return read_as


def _reading(audience: int, group: tuple[str, ...], read_as: dict[str, list[str]]) -> tuple[str, ...]:
    word = group[0].removeprefix("=")
    if store_search.has_word("place", audience, NAMES, f"={word}"):  # quicker to say than whether something begins so
        return group
    if store_search.has_word("place", audience, NAMES, word):
        return (word,)
    others: list[str] = []
    if len(word) > SHORT or word > "\u2e80":  # one character of a script without spaces says as much as a word
        others = (store_search.close_terms("place", audience, NAMES, word) if len(word) > SHORT else []) or store_search.terms_with(
            "place", audience, NAMES, word)
    if not others:
        return group
    read_as[word] = others
    return (word, *(f"={other}" for other in others))


def perhaps(audience: int, want: Want) -> dict[str, list[str]]:
    """{word typed: words that may have been meant}, for words that are nobody's whole word but only begin others.

    The reader is asked, nothing is read otherwise: who types the beginning of a name means it more often than a near one.
    """
    found = {}
    for given in want.words:
        for group in given.texts[0] if given.columns == NAMES and len(given.texts) == 1 else ():
            word = group[0]
            if len(group) > 1 or len(word) <= 4 or word.startswith("="):
                continue
            if not store_search.has_word("place", audience, NAMES, f"={word}"):
                near = [other for other in store_search.close_terms("place", audience, NAMES, word) if not other.startswith(word)]
                if near:
                    found[word] = near
    return found


def _codes(name: str, values: Iterable[str]) -> tuple[str, ...]:
    """Codes for what was typed (a code, or a wording in any language), with the narrower terms where the facet has such."""
    found: dict[str, None] = {}
    known = Profiles.known().holding.get(name, {})
    listed = terms.load(LISTS[name]) if name in LISTS else None
    for value in values:
        term = listed.find(value) if listed is not None and value not in known else None
        code = term.code if term is not None else value
        codes = listed.within(code) if listed is not None and name in WIDENED else {code}
        folded = fold(value)
        alike = [other for other in known if fold(other) == folded] if value not in known and folded else []
        found.update(dict.fromkeys([*sorted(codes), *alike]))
    return tuple(found)


@cache
def wider() -> dict[str, Callable[[str], Iterable[str]]]:
    """facet → code → the codes it counts for: itself and the wider terms of the same list."""
    return {name: _wider_in(LISTS[name]) for name in WIDENED}


def _wider_in(name: str) -> Callable[[str], Iterable[str]]:
    listed = terms.load(name).terms

    @cache
    def codes(code: str) -> tuple[str, ...]:
        found = [code]
        while (term := listed.get(found[-1])) is not None and term.broader in listed and term.broader not in found:
            found.append(term.broader)
        return tuple(found)

    return codes


def _areas(names: Iterable[str]) -> tuple[int, ...]:
    """Numbers of the areas of these names, in any country; a country's code may stand before ("IQ Nineveh")."""
    found: set[int] = set()
    with connection.cursor() as cursor:
        for name in names:
            key = fold(name)
            exact = [f" {key}"]
            if re.match(r"[A-Z]{2} \S", name):
                exact.append(f"{name[:2]} {fold(name[3:])}")
            marks = ",".join(["%s"] * len(exact))
            cursor.execute(f"SELECT id FROM store_area WHERE key IN ({marks}) OR key LIKE %s", [*exact, f"__ {key}"])
            found.update(row[0] for row in cursor.fetchall())
    return tuple(sorted(found))

