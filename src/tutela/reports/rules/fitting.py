"""Whether a place answers a question, asked of its view in memory: for places that are not as the indexes have them now."""

from __future__ import annotations

from typing import Any

from tutela.store.kinds import View
from tutela.store.wants import Box, Want, Words

Document = dict[str, Any]

#: What a place's findings add to how it is found: asked of the state on the list's own day, never of today's.
STATE_FACETS = ("condition", "extent", "damaged", "damage", "cause", "threat", "method")
STATE_RANGES = ("day", "value")


def parted(want: Want) -> tuple[Want, Want]:
    """(what is asked of the place, what is asked of its state)."""
    place = want.but(
        facets={k: v for k, v in want.facets.items() if k not in STATE_FACETS},
        without={k: v for k, v in want.without.items() if k not in STATE_FACETS},
        ranges={k: v for k, v in want.ranges.items() if k not in STATE_RANGES})
    state = Want(
        facets={k: v for k, v in want.facets.items() if k in STATE_FACETS},
        without={k: v for k, v in want.without.items() if k in STATE_FACETS},
        ranges={k: v for k, v in want.ranges.items() if k in STATE_RANGES})
    return place, state


def asks_nothing(want: Want) -> bool:
    return not (want.facets or want.without or want.ranges)


def fits(want: Want, view: View, record: int = 0, area: int | None = None) -> bool:
    """Whether this view satisfies all conditions but ``change``, which is the journal's to answer.

    ``area`` the number of the view's area, as ``want.areas`` has them.
    """
    if want.records is not None and record not in want.records:
        return False
    if want.areas is not None and area not in want.areas or area is not None and area in want.not_areas:
        return False
    return (_facets_fit(want, view) and all(_within(want, view, name) for name in want.ranges)
            and all(_has(view, words) for words in want.words) and not any(_has(view, words) for words in want.not_words)
            and all(any(f" {phrase} " in f" {getattr(view, name)} " for name in columns.split()) for columns, phrase in want.phrases)
            and all(_touches(box, view) for box in (want.box, want.also_box) if box))


def _facets_fit(want: Want, view: View) -> bool:
    return all(set(codes) & set(view.facets.get(name, ())) for name, codes in want.facets.items()) and not any(
        set(codes) & set(view.facets.get(name, ())) for name, codes in want.without.items())


def _within(want: Want, view: View, name: str) -> bool:
    low, high = want.ranges[name]
    first, last = (view.finish, view.start) if name == "span" else (view.day, view.day) if name == "day" else (view.value, view.value)
    return (low is None or (first is not None and first >= low)) and (high is None or (last is not None and last <= high))


def _has(view: View, words: Words) -> bool:
    text = " ".join(f" {getattr(view, name)} " for name in words.columns.split())
    return any(all(any(f" {word[1:]} " in text if word[:1] == "=" else f" {word}" in text for word in group) for group in groups)
               for groups in words.texts)


def _touches(box: Box, view: View) -> bool:
    if view.box is None:
        return False
    west, south, east, north = box
    w, s, e, n = view.box
    return (e >= west or w <= east if west > east else e >= west and w <= east) and n >= south and s <= north
