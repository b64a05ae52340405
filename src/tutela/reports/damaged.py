"""The damaged-places list as plain data: what it holds, and how its lines are counted.

Nothing here reads the database or the clock: ``queries`` fills it, the renderers read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple


class Name(NamedTuple):
    """One of a place's unranked names; ``lang`` a BCP 47 language, ``script`` ISO 15924; both may be empty."""

    text: str
    lang: str = ""
    script: str = ""


@dataclass(frozen=True, slots=True)
class Coded:
    """A value of a scale: our ``code`` and ``label``, and the source's own wording on its own ``scale``."""

    code: str
    label: str
    original: str = ""
    scale: str = ""


@dataclass(frozen=True, slots=True)
class DamagedRow:
    """One damaged place, as the audience of the list may see it.

    ``observed`` and ``recorded`` are EDTF strings ("" = not known).  ``lat``/``lon`` are degrees WGS 84, already at
    the precision given; ``None`` = withheld, or located only by name, as ``precision`` says ("as held", "0.01",
    "withheld", "by name" …). ``damages`` are ready labels ("Collapse: water or wind, not later than 2020-10-01").
    ``rows`` are rows or features in the source.  ``newly``: damaged since the day compared with (yes, no, unknown, "" not
    asked).  ``codes`` {block of the summary: the codes under which the place is counted there}.
    """

    public_id: str
    names: Sequence[Name | tuple[str, str, str]]
    type_label: str
    country: str
    region: str
    condition: Coded
    extent: Coded | None = None
    observed: str = ""
    recorded: str = ""
    method: str = ""
    damages: Sequence[str] = ()
    threats: Sequence[str] = ()
    protection: Sequence[str] = ()
    lat: float | None = None
    lon: float | None = None
    precision: str = ""
    priority: str = ""
    source: str = ""
    rows: Sequence[int] = ()
    category: str = ""
    verified: bool = False
    newly: str = ""
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name shown first: the first given, or the public id of a place without names."""
        return self.names[0][0] if self.names else self.public_id


@dataclass(frozen=True, slots=True)
class Count:
    """One line of a summary.  ``query`` (our query language) finds the places that the line is about.

    ``places`` of the register and ``found`` (those with a finding by the day): against them a zero is read; None: not
    counted.  ``newly`` damaged since the day compared with.  ``rows``: the documented ones, as numbers of the list from 0.
    """

    label: str
    documented: int
    verified: int
    code: str = ""
    query: str = ""
    places: int | None = None
    found: int | None = None
    newly: int | None = None
    rows: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """One table of the summary: ``name`` category, type, country, area, protection or level."""

    name: str
    title: str
    counts: Sequence[Count] = ()


@dataclass(frozen=True, slots=True)
class DamagedList:
    """The whole list.  No clock is read: ``made_on`` is given where it is wanted at all, ``revision`` is the journal's line
    and chain value at the moment known.  ``blocks``: the tables of the summary; the three ``by_`` stand for them where none
    are given.  ``total``: all places in question.

    ``article_11_4``: True where territory is claimed by more than one State; the documents then carry the note of
    Art. 11(4).
    """

    title: str
    as_of: date
    made_on: date | None
    revision: str
    audience: str
    precision_note: str
    filter_text: str
    known_at: date | datetime | None = None
    rows: Sequence[DamagedRow] = ()
    by_category: Sequence[Count] = ()
    by_region: Sequence[Count] = ()
    by_protection: Sequence[Count] = ()
    documented: int = 0
    verified: int = 0
    sources: Sequence[str] = ()
    notes: Sequence[str] = ()
    query: str = ""
    issuer: str = ""
    licence: str = ""
    article_11_4: bool = False
    lang: str = "en"
    since: date | None = None
    blocks: Sequence[Block] = ()
    total: Count | None = None

    @property
    def dated(self) -> date:
        """The day the document bears in its own properties."""
        if self.made_on is not None:
            return self.made_on
        at = self.known_at
        return at.date() if isinstance(at, datetime) else at or self.as_of

    def tables(self) -> Sequence[Block]:
        if self.blocks:
            return self.blocks
        return [Block("category", "category", self.by_category), Block("protection", "protection", self.by_protection),
                Block("region", "region", self.by_region)]


NONE_RECORDED = "none-recorded"


def tally(
    rows: Iterable[DamagedRow],
    codes_of: Callable[[DamagedRow], Iterable[str]],
    known: Sequence[tuple[str, str]],
    query: Callable[[str], str] = lambda code: "",
) -> list[Count]:
    """Count places per code: a line for every ``known`` (code, label), zero ones too, then codes met beyond them, by
    code.

    A row counts once in every code it has; a row without any counts under ``none-recorded``, a line that stands only
    where needed (or where ``known`` names it).  Lines may therefore overlap, and their sum means nothing.
    """
    documented: dict[str, int] = {}
    verified: dict[str, int] = {}
    for row in rows:
        for code in dict.fromkeys(codes_of(row)) or (NONE_RECORDED,):
            documented[code] = documented.get(code, 0) + 1
            verified[code] = verified.get(code, 0) + row.verified
    labels = dict(known)
    for code in sorted(documented.keys() - labels.keys()):
        labels[code] = "None recorded" if code == NONE_RECORDED else code
    return [
        Count(label, documented.get(code, 0), verified.get(code, 0), code, query(code))
        for code, label in labels.items()
    ]


# Our condition and damage codes -> the glyph drawn beside the word (shared/design/ui: circle, square, diamond,
# triangle, cross, and rings for the kinds of "no finding").
GLYPHS: dict[str, str] = {
    "good": "good",
    "none": "good",
    "no-damage": "good",
    "fair": "fair",
    "slight": "fair",
    "poor": "poor",
    "moderate": "poor",
    "damaged": "poor",
    "very-bad": "vbad",
    "severe": "vbad",
    "destroyed": "gone",
    "not-visible": "notvisible",
    "not-visited": "notvisited",
    "not-assessable": "notassess",
}

# Extent band code -> how many of the five blocks are filled (the bands of the EAMENA lists).
EXTENT_BANDS: dict[str, int] = {"1-10": 1, "11-30": 2, "31-60": 3, "61-90": 4, "91-100": 5}


def glyph(condition: Coded) -> str:
    """The name of the glyph for a condition; "unknown" (a dashed ring) for any code without one."""
    return GLYPHS.get(condition.code, "unknown")


def band(extent: Coded | None) -> int | None:
    """How many of five blocks to fill; ``None`` where no share is known."""
    return EXTENT_BANDS.get(extent.code) if extent else None
