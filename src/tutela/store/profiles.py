"""Profiles: the distinct combinations of facets.  Counting facets is counting profiles (see :mod:`tutela.store.search`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.db import connection

from tutela.store.documents import loads
from tutela.store.wants import Want

Facets = dict[str, frozenset[str]]
#: facet → the code that profiles without this facet are counted and found by.  Rooms above say so when ready; nothing is stored.
IMPLIED: dict[str, str] = {}
Wider = Mapping[str, Callable[[str], Iterable[str]]]


@dataclass(slots=True)
class Known:
    """All profiles read so far, and which of them hold a code."""

    newest: tuple[int, str] = (0, "")
    facets: dict[int, Facets] = field(default_factory=dict)
    holding: dict[str, dict[str, set[int]]] = field(default_factory=dict)
    _codes: dict[str, dict[int, str]] = field(default_factory=dict)

    def add(self, number: int, text: str) -> None:
        facets = {name: frozenset(codes) for name, codes in loads(text).items()}
        facets |= {name: frozenset((code,)) for name, code in IMPLIED.items() if name not in facets}
        self.facets[number] = facets
        for name, codes in facets.items():
            by_code = self.holding.setdefault(name, {})
            for code in codes:
                by_code.setdefault(code, set()).add(number)

    def codes(self, name: str) -> dict[int, str]:
        """profile → its code of a facet that has one at most."""
        found = self._codes.get(name)
        if found is None:
            found = self._codes[name] = {number: code for code, numbers in self.holding.get(name, {}).items() for number in numbers}
        return found

    def having(self, name: str, codes: Iterable[str]) -> set[int]:
        by_code = self.holding.get(name, {})
        return set().union(*(by_code.get(code, ()) for code in codes))

    def fitting(self, want: Want, leave: str | None = None) -> set[int] | None:
        """The profiles that satisfy the facets wanted, ``leave`` not asked; None for all."""
        found: set[int] | None = None
        for name, codes in want.facets.items():
            if name != leave:
                having = self.having(name, codes)
                found = having if found is None else found & having
        for name, codes in want.without.items():
            found = (set(self.facets) if found is None else found) - self.having(name, codes)
        return found


class Profiles:
    """What is known of each database's profiles; numbers are never given again, so that only newer ones are read."""

    _known: dict[str, Known] = {}

    @classmethod
    def known(cls) -> Known:
        alias = str(connection.settings_dict["NAME"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, facets FROM store_profile ORDER BY id DESC LIMIT 1")
            newest = cursor.fetchone() or (0, "")
            held = cls._known.get(alias)
            if held is not None and held.newest == newest:
                return held
            if held is not None and held.newest[0] and newest[0] > held.newest[0]:
                cursor.execute("SELECT facets FROM store_profile WHERE id = %s", [held.newest[0]])
                same = cursor.fetchone() == (held.newest[1],)
            else:
                same = False
            fresh = Known(newest)
            if same and held is not None:
                fresh.facets = dict(held.facets)
                fresh.holding = {name: {code: set(n) for code, n in codes.items()} for name, codes in held.holding.items()}
            cursor.execute("SELECT id, facets FROM store_profile WHERE id > %s ORDER BY id", [held.newest[0] if same and held else 0])
            for number, text in cursor.fetchall():
                fresh.add(number, text)
            cls._known[alias] = fresh
        return fresh

    @classmethod
    def all(cls) -> dict[int, Facets]:
        """profile id → {facet: codes}."""
        return cls.known().facets

    @classmethod
    def forget(cls) -> None:
        cls._known.clear()


def clause(want: Want) -> list[str]:
    """The facet filters, as conditions on the profile of ``store_entry e``."""
    if not want.facets and not want.without:
        return []
    known = Profiles.known()
    fitting = known.fitting(want)
    if fitting is None or len(fitting) == len(known.facets):
        return []
    inverted = len(fitting) > len(known.facets) / 2
    listed = sorted(set(known.facets) - fitting if inverted else fitting)
    return [f"e.profile {'NOT ' if inverted else ''}IN ({','.join(map(str, listed)) or 'NULL'})"]


def facet_counts(groups: Mapping[int, int], want: Want, facets: Iterable[str], wider: Wider) -> tuple[int, dict[str, dict[str, int]]]:
    """From {profile: n}: the total, and {facet: {code: n}}, each facet as if its own filter were not set.

    ``wider`` {facet: code → the codes it counts for}: a place counts once for each.
    """
    known = Profiles.known()
    fitting = known.fitting(want)
    total = sum(groups.values()) if fitting is None else sum(n for number, n in groups.items() if number in fitting)
    counted: dict[str, dict[str, int]] = {}
    for name in facets:
        fits = known.fitting(want, name) if name in want.facets else fitting
        found: dict[str, int] = {}
        widen = wider.get(name)
        for number, n in groups.items():
            if fits is None or number in fits:
                codes = known.facets.get(number, {}).get(name, ())
                if widen is not None and codes:
                    codes = {other for code in codes for other in widen(code)}
                for code in codes:
                    found[code] = found.get(code, 0) + n
        counted[name] = found
    return total, counted
