"""The lists of terms: one YAML file in ``lists/`` is one :class:`Vocabulary`.

>>> load("condition").find("Very Bad").code
'very-bad'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any

from tutela.vocabulary import sources
from tutela.vocabulary.folding import fold
from tutela.vocabulary.splitting import parts

_MEMORY = 5_000  # wordings remembered for each list, so that a million rows fold each wording once
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Match:
    """The same (``exact``), nearly the same (``close``) or a wider (``broad``) concept in another vocabulary."""

    scheme: str
    id: str
    label: str
    relation: str


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a list.  ``labels`` goes by language (``en`` always); ``also`` holds further wordings that mean it;
    ``broader`` is the code of the wider term; ``notation`` a sign of another standard (ISO alpha-3, an HXL tag, an
    article)."""

    code: str
    labels: Mapping[str, str]
    also: tuple[str, ...] = ()
    definition: str = ""
    broader: str | None = None
    matches: tuple[Match, ...] = ()
    notation: str | None = None

    def names(self) -> Iterator[str]:
        """Every wording that means this term."""
        yield self.code
        yield from self.labels.values()
        yield from self.also


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """A list of terms, in the order of its file."""

    name: str
    title: str
    source: str
    note: str
    broader_in: str
    """The list that holds the broader codes: its own name, for nearly all."""
    terms: Mapping[str, Term]
    _index: Mapping[str, str] = field(repr=False)
    phrases: tuple[tuple[str, ...], ...] = field(repr=False)
    """The wordings that hold a comma themselves, in folded parts, longest first: what ``split_list`` asks for."""
    _remembered: dict[str, Term | None] = field(default_factory=dict, repr=False)

    def find(self, text: str | None) -> Term | None:
        """The term meant by a code, a label in any language or another wording; case, marks and signs do not matter."""
        if not text:
            return None
        found: Any = self._remembered.get(text, _MISSING)
        if found is _MISSING:
            code = self._index.get(fold(text))
            found = None if code is None else self.terms[code]
            if len(self._remembered) < _MEMORY and len(text) < 500:
                self._remembered[text] = found
        return found

    def label(self, code: str, lang: str = "en") -> str:
        """The label in a language (``ar``, ``ar-SY``), else in English; an unknown code is its own label."""
        term = self.terms.get(code)
        if term is None:
            return code
        return term.labels.get(lang) or term.labels.get(lang.partition("-")[0]) or term.labels["en"]

    def children(self, code: str) -> list[Term]:
        """The terms right below a code."""
        return [self.terms[child] for child in self._below.get(code, ())]

    def within(self, code: str) -> frozenset[str]:
        """The code and all codes below it, at any depth."""
        found: set[str] = set()
        waiting = [code]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting.extend(self._below.get(one, ()))
        return frozenset(found)

    @cached_property
    def _below(self) -> dict[str, list[str]]:
        below: dict[str, list[str]] = {}
        for term in self.terms.values():
            if term.broader is not None:
                below.setdefault(term.broader, []).append(term.code)
        return below


@cache
def all_names() -> tuple[str, ...]:
    """The names of all lists, in alphabetical order."""
    return tuple(sorted(path.stem for path in sources.LISTS.glob("*.yaml")))


@cache
def load(name: str) -> Vocabulary:
    """The list of a name.  Each is read once, when first asked for; ``KeyError`` if there is none of that name."""
    if name not in all_names():
        raise KeyError(f"there is no list {name!r}; there are {', '.join(all_names())}")
    return _from(sources.read(sources.LISTS / f"{name}.yaml", prepare))


def prepare(data: dict[str, Any]) -> dict[str, Any]:
    """A list as it stands in its YAML file, made ready: terms as rows, wordings folded to codes.

    Raises ``ValueError`` where a code stands twice, a label in English is missing, a wording means two terms, or a
    broader code of the same list is unknown.
    """
    name, common = data["name"], data.get("definition", "")
    rows = [_row(term, common) for term in data["terms"]]
    codes = {row[0] for row in rows}
    if len(codes) != len(rows):
        raise ValueError(f"{name}: a code stands twice")
    for code, labels, _also, _definition, broader, *_rest in rows:
        if "en" not in labels:
            raise ValueError(f"{name}: {code} has no label in English")
        if broader is not None and "broader_in" not in data and broader not in codes:
            raise ValueError(f"{name}: {code} has an unknown broader code {broader}")
    index: dict[str, str] = {}
    for row in rows:
        for wording in (row[0], *row[1].values(), *row[2]):
            if (owner := index.setdefault(fold(wording), row[0])) != row[0]:
                raise ValueError(f"{name}: {wording!r} means both {owner} and {row[0]}")
    index.pop("", None)
    return {
        "name": name, "title": data["title"], "source": data["source"], "note": data.get("note", ""),
        "broader_in": data.get("broader_in", name), "terms": rows, "index": index, "phrases": _phrases(rows),
    }  # fmt: skip


def _row(term: dict[str, Any], common: str) -> list[Any]:
    matches = [[m["scheme"], m["id"], m["label"], m["relation"]] for m in term.get("matches", [])]
    return [
        term["code"], term["label"], term.get("also", []), term.get("definition", common),
        term.get("broader"), matches, term.get("notation"),
    ]  # fmt: skip


def _phrases(rows: Iterable[list[Any]]) -> list[list[str]]:
    wordings = (wording for row in rows for wording in (*row[1].values(), *row[2]) if "," in wording)
    folded = {tuple(fold(part) for part in parts(wording)) for wording in wordings}
    return sorted((list(one) for one in folded if len(one) > 1), key=lambda one: (-len(one), one))


def _from(data: dict[str, Any]) -> Vocabulary:
    terms = {
        code: Term(
            code, MappingProxyType(labels), tuple(also), definition, broader, tuple(Match(*m) for m in matches), sign
        )
        for code, labels, also, definition, broader, matches, sign in data["terms"]
    }
    return Vocabulary(
        data["name"], data["title"], data["source"], data["note"], data["broader_in"],
        MappingProxyType(terms), data["index"], tuple(map(tuple, data["phrases"])),
    )  # fmt: skip
