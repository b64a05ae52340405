"""Views: how each audience finds a record (wall 2).  Derived from documents alone, so that they can be made anew at any time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from tutela.store import backend
from tutela.store.documents import Document, dumps, loads
from tutela.store.journal import Change
from tutela.store.kinds import BY_CODE, LEVELS, Kind

ENTRY_COLUMNS = ("id", "record", "uuid", "kind", "low", "high", "title", "label", "x", "y", "w", "s", "e", "n", "profile", "area",
                 "day", "value", "start", "finish", "document")
WORD_COLUMNS = ("id", "names", "ids", "areas", "text")
MOST_TERMS = 200_000  # so many words are kept in mind, to be known again without a look into the database


@dataclass(slots=True)
class Owner:
    """A record whose views are to be renewed.

    ``new``: nothing of it is stored yet and ``dependants`` are complete.  ``kind`` None: kind and document are to be
    looked up; ``document`` None of a known kind: the record is deleted.
    """

    id: int
    kind: Kind | None
    document: Document | None
    new: bool = False
    uuid: str = ""  # looked up where it is not given
    dependants: list[tuple[str, Document]] = field(default_factory=list)


def renew(change: Change, owners: list[Owner]) -> None:
    """Remove the old views of these records and store the present ones."""
    old = [owner for owner in owners if not owner.new]
    if old:
        forget([owner.id for owner in old])
        _load([owner for owner in old if owner.kind is None or owner.document is not None])
    unnamed = {owner.id: owner for owner in owners if not owner.uuid}
    for number, uuid in backend.select_in("SELECT id, uuid FROM store_record WHERE id IN {in}", list(unnamed)):
        unnamed[number].uuid = uuid
    entries: list[tuple[object, ...]] = []
    boxes: list[tuple[object, ...]] = []
    words: list[tuple[object, ...]] = []
    terms: set[str] = set()
    for owner in owners:
        kind, document = owner.kind, owner.document
        if document is None or kind is None or kind.views is None:
            continue
        for view in kind.views(document, owner.dependants):
            low, high, names = view.low, view.high, view.names
            number = owner.id * LEVELS + low
            profile = _profile(change, view.facets)
            if view.box:
                w, s, e, n = view.box
                boxes.append((number, w, e, s, n, low, high, kind.code, profile))
            else:
                w = s = e = n = None
            entries.append((number, owner.id, owner.uuid, kind.code, low, high, view.title[:200], view.label, view.x, view.y, w, s, e, n,
                            profile, _area(change, view.area), view.day, view.value, view.start, view.finish,
                            None if view.document is None else dumps(view.document)))
            words.append((number, names, view.ids, view.areas, view.text))
            terms.update(names.split())
    _keep_distinct(change, terms)
    backend.insert("store_entry", ENTRY_COLUMNS, entries)
    backend.insert("store_words", WORD_COLUMNS, words)
    module = backend.module()
    module.index_boxes(boxes)
    module.index_words(words)


def forget(records: Iterable[int]) -> None:
    """Remove the views of these records from the tables and indexes."""
    for part in backend.chunks(sorted(set(records)), 2000):
        backend.module().forget_entries([number * LEVELS + level for number in part for level in range(LEVELS)])


def _load(owners: list[Owner]) -> None:
    """Fill in documents, and all dependants, from the database."""
    by_id = {owner.id: owner for owner in owners}
    missing = [owner.id for owner in owners if owner.kind is None]
    sql = "SELECT r.id, r.kind, p.document FROM store_record r JOIN store_line p ON p.seq = r.line WHERE r.live AND r.id IN {in}"
    for number, code, text in backend.select_in(sql, missing):
        by_id[number].kind, by_id[number].document = BY_CODE[code], loads(text)
    feeding = {kind.feeds for kind in BY_CODE.values() if kind.feeds}
    for owner in owners:
        owner.dependants = []
    sql = ("SELECT k.target, k.role, r.kind, p.document FROM store_link k JOIN store_record r ON r.id = k.source "
           "JOIN store_line p ON p.seq = r.line WHERE r.live AND k.target IN {in} ORDER BY r.id")
    for target, role, code, text in backend.select_in(sql, list(by_id)):
        if role in feeding and BY_CODE[code].feeds == role:
            by_id[target].dependants.append((BY_CODE[code].name, loads(text)))


def is_term(word: str) -> bool:
    """Whether a word of a name is one that typing errors are mended to: 3 to 80 letters, no digit."""
    return 3 <= len(word) <= 80 and (word.isalpha() or not any(map(str.isdigit, word)))


def _profile(change: Change, facets: dict[str, tuple[str, ...]]) -> int:
    """The number of this combination of facets.  The first question in a change reads all there are (some thousands)."""
    known = change.profiles
    key = tuple(facets.items())
    number = known.get(key)
    if number is None:
        if not known:
            _read_distinct(change)
        text = dumps({name: sorted(codes) for name, codes in facets.items() if codes})
        number = known.get(text)
        if number is None:
            number = known[text] = change.take("store_profile")
            change.fresh_profiles.append((number, text))
        known[key] = number
    return number


def _area(change: Change, area: tuple[str, str] | None) -> int | None:
    if area is None:
        return None
    number = change.areas.get(area[0])
    if number is None:
        if not change.areas:
            _read_distinct(change)
        key = area[0][:400]
        number = change.areas.get(key)
        if number is None:
            number = change.areas[key] = change.take("store_area")
            change.fresh_areas.append((number, key, area[1][:400]))
        change.areas[area[0]] = number
    return number


def _read_distinct(change: Change) -> None:
    """Learn all profiles and areas there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT facets, id FROM store_profile")
        change.profiles.update({"": 0}, **dict(cursor.fetchall()))
        cursor.execute("SELECT key, id FROM store_area")
        change.areas.update({"": 0}, **dict(cursor.fetchall()))


def _keep_distinct(change: Change, words: set[str]) -> None:
    """Store the profiles, areas and words met for the first time."""
    if change.fresh_profiles:
        backend.insert("store_profile", ("id", "facets"), change.fresh_profiles)
        change.fresh_profiles = []
    if change.fresh_areas:
        backend.insert("store_area", ("id", "key", "label"), change.fresh_areas)
        change.fresh_areas = []
    unseen = [word for word in words - change.terms if is_term(word)]
    if unseen:
        if len(change.terms) > MOST_TERMS:
            change.terms.clear()
        change.terms.update(unseen)
        known = {word for (word,) in backend.select_in("SELECT word FROM store_term WHERE word IN {in}", unseen)}
        backend.module().add_terms([(change.take("store_term"), word) for word in sorted(set(unseen) - known)])
