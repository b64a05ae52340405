"""Taking joined lists apart.

Exports of relational data often join the values of a repeated group with commas, one text per column, the columns
running in parallel ("Natural, Natural" beside "High, Medium").  The values may hold commas themselves
("Conservation, Restoration, and Maintenance Activities"), and some members are empty: they count, or the columns no
longer run in parallel.
"""

from __future__ import annotations

from typing import Protocol

from tutela.vocabulary.folding import fold

_NOTHING = frozenset({"", "none", "null", "nan"})


class Known(Protocol):
    """What is asked of a vocabulary here: its wordings that hold commas, in folded parts, longest first."""

    @property
    def phrases(self) -> tuple[tuple[str, ...], ...]: ...


def split_list(text: str | None, vocabulary: Known | None = None) -> list[str | None]:
    """The members of a comma-joined list, in the wording of the source and in its order.

    A member the vocabulary knows stays whole although it holds commas, the longest that fits first; all else is
    parted at its commas, save those within brackets.  An empty member or the word None is ``None``, so that
    parallel lists stay aligned: ``""`` is one empty member.  Only ``None``, no text at all, has no members.

    >>> split_list("High, , None, Low")
    ['High', None, None, 'Low']
    """
    if text is None:
        return []
    pieces = parts(text)
    phrases = vocabulary.phrases if vocabulary is not None else ()
    if not phrases or len(pieces) == 1:
        return [_member(piece) for piece in pieces]
    return _gathered(pieces, phrases)


def parts(text: str) -> list[str]:
    """A text parted at its commas, those within brackets aside (unless the brackets do not close)."""
    found, start, depth = [], 0, 0
    for place, sign in enumerate(text):
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth < 0:
                break
        elif sign == "," and depth == 0:
            found.append(text[start:place])
            start = place + 1
    if depth != 0:
        return text.split(",")
    return [*found, text[start:]]


def _gathered(pieces: list[str], phrases: tuple[tuple[str, ...], ...]) -> list[str | None]:
    by_start: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        by_start.setdefault(phrase[0], []).append(phrase)
    folded = tuple(fold(piece) for piece in pieces)
    members: list[str | None] = []
    place = 0
    while place < len(pieces):
        length = 1
        for phrase in by_start.get(folded[place], ()):
            if folded[place : place + len(phrase)] == phrase:
                length = len(phrase)
                break
        members.append(_member(",".join(pieces[place : place + length])))
        place += length
    return members


def _member(text: str) -> str | None:
    text = text.strip()
    return None if text.casefold() in _NOTHING else text
