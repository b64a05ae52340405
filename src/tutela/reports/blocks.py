"""The summary of a damaged-places list: its tables, with a line for every category and region that the register has, zeros too.

``places`` and ``found`` stand beside each figure, because a 0 of 57 places of which 40 were assessed is another thing than a 0
where nobody looked.  Lines overlap (a place has several types); they are never added up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tutela.inventory.asking import wider
from tutela.inventory.rules.query import Query
from tutela.reports.damaged import NONE_RECORDED, Block, Count, DamagedRow
from tutela.reports.figures import Figures
from tutela.reports.moment import select
from tutela.store.documents import loads
from tutela.store.search import Profiles
from tutela.vocabulary import load

MEASURES = ("places", "found", "documented", "verified")
Tally = dict[str, list[int]]  # code → [places, found, documented, verified]

TITLES = {"category": "By category (Hague Convention 1954, Art. 1)", "type": "By type of place",
          "country": "By country or area (ISO 3166-1)", "area": "By region", "protection": "By instrument of protection",
          "level": "By level of protection"}
#: block → (facet, its list of terms).  Areas have no list; levels are in the documents alone.
FACETS = {"category": "hague-categories", "type": "place-types", "country": "countries", "protection": "protection-instruments"}
#: Lines that stand though the register has no such place: short lists that are the same everywhere.
ALWAYS = {
    "category": tuple(load("hague-categories").terms),
    "protection": ("world-heritage", "world-heritage-danger", "hague-1954-general", "hague-1954-special", "hague-1999-enhanced"),
}


def codes_of(block: str, facets: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The codes under which a place of these facets counts; a type counts for its wider types, as the filter takes it."""
    codes = sorted(code for code in facets.get(block, ()) if code != "none")
    if block in wider():
        codes = sorted({other for code in codes for other in wider()[block](code)})
    return tuple(codes) or (NONE_RECORDED,)


def blocks(held: Any, made: Figures, rows: Sequence[DamagedRow], lang: str) -> list[Block]:
    """The tables asked for, in order, the lines of each with the rows of the list that they count."""
    by_profile = _by(made, "profiles")
    facets = Profiles.all()
    found = []
    for name in made.asked.blocks:
        if name == "area":
            tally, labels = _area_tally(held, made)
        elif name == "level":
            tally, labels = _level_tally(rows), _level_labels(lang)
        else:
            tally, labels = _facet_tally(made, by_profile, facets, name), {}
        found.append(Block(name, TITLES[name], _counts(name, tally, labels, made.asked.query, rows, lang)))
    return found


def total(made: Figures, rows: Sequence[DamagedRow], label: str) -> Count:
    """The line of all places in question."""
    newly = sum(row.newly == "yes" for row in rows) if made.asked.since else None
    return Count(label, made.total("documented"), made.total("verified"), "all", made.asked.query.text(), made.total("places"),
                 made.total("found"), newly, range(len(rows)))


def _by(made: Figures, column: str) -> dict[int, list[int]]:
    """{number of a profile or area: [places, found, documented, verified]}."""
    import numpy as np

    numbers = getattr(made, column)
    if not len(numbers):
        return {}
    counted = [np.bincount(numbers)] + [np.bincount(numbers[getattr(made, name)], minlength=int(numbers.max()) + 1)
                                        for name in MEASURES[1:]]
    return {int(n): [int(one[n]) for one in counted] for n in np.flatnonzero(counted[0])}


def _add(tally: Tally, code: str, numbers: Iterable[int]) -> None:
    tally[code] = [a + b for a, b in zip(tally[code], numbers, strict=True)]


def _facet_tally(made: Figures, by_profile: dict[int, list[int]], facets: Mapping[int, Mapping[str, Iterable[str]]], block: str) -> Tally:
    tally: Tally = defaultdict(lambda: [0, 0, 0, 0])
    alike: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0, 0])  # many profiles say the same in one facet
    for profile, (places, found, documented, verified) in by_profile.items():
        sums = alike[facets[profile].get(block)]
        sums[0] += places
        sums[1] += found
        sums[2] += documented
        sums[3] += verified
    for values, numbers in alike.items():
        for code in codes_of(block, {block: values or ()}):
            _add(tally, code, numbers)
    for other in made.others:
        for code in codes_of(block, other.view.facets):
            _add(tally, code, (1, other.found, other.documented, other.verified))
    return tally


def _area_tally(held: Any, made: Figures) -> tuple[Tally, dict[str, str]]:
    """By area, and the areas' labels: each as the place first recorded of those in question has it."""
    by_area = _by(made, "areas")
    keys = dict(select(held, "SELECT id, key FROM store_area WHERE id IN {in}", [n for n in by_area if n]))
    tally: Tally = defaultdict(lambda: [0, 0, 0, 0])
    for number, numbers in by_area.items():
        _add(tally, keys.get(number, NONE_RECORDED), numbers)
    first = {keys[number]: entry for number, entry in _first_entries(made).items() if number in keys}
    labels = _labels(held, first)
    for other in made.others:
        key, label = other.view.area or (NONE_RECORDED, "")
        key = key[:400]
        _add(tally, key, (1, other.found, other.documented, other.verified))
        if key not in labels or other.record < first.get(key, 1 << 62) >> 2:
            labels[key], first[key] = label, other.record << 2
    return tally, labels


def _first_entries(made: Figures) -> dict[int, int]:
    import numpy as np

    areas, at = np.unique(made.areas, return_index=True)
    return dict(zip(areas.tolist(), made.entries[at].tolist(), strict=True))


def _labels(held: Any, first: Mapping[str, int]) -> dict[str, str]:
    sql = ("SELECT e.id, coalesce(e.document, p.document) FROM store_entry e JOIN store_record r ON r.id = e.record "
           "JOIN store_line p ON p.seq = r.line WHERE e.id IN {in}")
    names = {entry: loads(text)["areas"][0]["name"] for entry, text in select(held, sql, first.values())}
    return {key: names[entry] for key, entry in first.items()}


def _level_tally(rows: Sequence[DamagedRow]) -> Tally:
    """By level: read from the documents of the damaged places; how many other places have a level is not counted."""
    tally: Tally = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows:
        for code in row.codes["level"]:
            _add(tally, code, (0, 0, 1, row.verified))
    return tally


def _level_labels(lang: str) -> dict[str, str]:
    return {code: load("protection-levels").label(code, lang) for code in load("protection-levels").terms}


def _counts(block: str, tally: Tally, labels: Mapping[str, str], query: Query, rows: Sequence[DamagedRow], lang: str) -> list[Count]:
    listed = load(FACETS[block]) if block in FACETS else None
    always = tuple(labels) if block == "level" else ALWAYS.get(block, ())
    where: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        for code in row.codes[block]:
            where[code].append(at)
    since = any(row.newly for row in rows)
    counts = []
    for code in _ordered(block, {*tally, *always} - {NONE_RECORDED}, listed, labels, lang) + [NONE_RECORDED] * (NONE_RECORDED in tally):
        places, found, documented, verified = tally.get(code, (0, 0, 0, 0))
        label = "None recorded" if code == NONE_RECORDED else labels.get(code) or (listed.label(code, lang) if listed else code)
        counts.append(Count(
            label if block != "area" or code == NONE_RECORDED else _area_label(code, label), documented, verified, code,
            _address(block, code, labels, query), None if block == "level" else places, None if block == "level" else found,
            sum(rows[at].newly == "yes" for at in where[code]) if since else None, tuple(where[code])))
    return counts


def _ordered(block: str, codes: set[str], listed: Any, labels: Mapping[str, str], lang: str) -> list[str]:
    """In the order of the list of terms; countries and types by their labels; areas by country code and folded name."""
    if block in ("category", "protection", "level"):
        order = {code: n for n, code in enumerate(listed.terms if listed else labels)}
        return sorted(codes, key=lambda code: (order.get(code, len(order)), code))
    if block == "area":
        return sorted(codes)
    return sorted(codes, key=lambda code: (listed.label(code, lang).casefold(), code))


def _area_label(key: str, label: str) -> str:
    """Two regions of one name are told apart by the code of the country their record states."""
    return f"{label} ({key[:2]})" if key[:2].strip() else label


def _address(block: str, code: str, labels: Mapping[str, str], query: Query) -> str:
    """The question that finds the places of a line; for a level, which is no facet, the whole question."""
    if code == NONE_RECORDED or block == "level":
        return f"{query.text()} protection:none".strip() if block == "protection" else query.text()
    text = f"{code[:2]} {labels[code]}".strip() if block == "area" else code
    text = text.replace("\\", "\\\\").replace(",", "\\,")
    return f"{query.text()} {block}:" .lstrip() + (f'"{text}"' if " " in text else text)
