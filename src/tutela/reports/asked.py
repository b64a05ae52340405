"""What is asked of a damaged-places list, as plain values, read from what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tutela.errors import EXIT_USAGE, TutelaError, declare, problem
from tutela.inventory.rules.query import Query, parse
from tutela.people.rules import AUDIENCES, Actor
from tutela.reports.moment import Known
from tutela.vocabulary.dates import parse as parse_day

declare(
    {
        "report-day": ("“{value}” is not a day that a list can be of.", "Write a day, a month or a year: 2026-03-12, 2026-03 or 2026."),
        "report-since": ("The list is as of {as_of}, which is not after {since}.", "Give --since an earlier day."),
        "report-by": ("A list cannot be counted by “{value}”.", "Use one or more of: {known}."),
        "report-audience": ("There is no audience {value}.", "Use one of: {known}."),
    }
)

#: What --by takes → the blocks of the summary it stands for.
BLOCKS = {"category": ("category", "type"), "region": ("country", "area"), "protection": ("protection", "level")}


@dataclass(frozen=True, slots=True)
class Asked:
    """``day`` and ``since`` year*10000+month*100+day; ``level`` the audience; ``blocks`` of the summary."""

    query: Query
    day: int
    level: int
    known_at: Known = None
    since: int | None = None
    blocks: tuple[str, ...] = tuple(block for blocks in BLOCKS.values() for block in blocks)

    @property
    def as_of(self) -> date:
        return date(self.day // 10000, self.day // 100 % 100, self.day % 100)


def asked(actor: Actor, query: Query | str = "", *, as_of: date | str | None = None, known_at: Known = None,
          since: date | str | None = None, by: str = "", audience: str | None = None) -> Asked:
    """Read the question.  ``as_of`` today where it is not given; an audience above the actor's own is the actor's own.

    Raises (exit 2) ``report-day``, ``report-since``, ``report-by``, ``report-audience`` and the query's own codes.
    """
    if audience is not None and audience not in AUDIENCES:
        raise TutelaError(problem("report-audience", value=audience, known=", ".join(AUDIENCES)), EXIT_USAGE)
    level = min(actor.audience, AUDIENCES.index(audience)) if audience else actor.audience
    day = _day(as_of if as_of else date.today())
    earlier = _day(since) if since else None
    if earlier is not None and earlier >= day:
        raise TutelaError(problem("report-since", as_of=as_of or "today", since=since), EXIT_USAGE)
    return Asked(parse(query) if isinstance(query, str) else query, day, level, known_at, earlier, _blocks(by))


def _day(given: date | str) -> int:
    if isinstance(given, date):
        return given.year * 10000 + given.month * 100 + given.day
    try:
        day = parse_day(given).latest
    except TutelaError:
        day = None
    if day is None or not 10101 <= day <= 99991231:
        raise TutelaError(problem("report-day", value=given), EXIT_USAGE)
    return day


def _blocks(by: str) -> tuple[str, ...]:
    named = [name for name in (part.strip().lower() for part in by.split(",")) if name] or list(BLOCKS)
    blocks: list[str] = []
    for name in named:
        singles = [block for listed in BLOCKS.values() for block in listed]
        if name not in BLOCKS and name not in singles:
            known = ", ".join([*BLOCKS, *(s for s in singles if s not in BLOCKS)])
            raise TutelaError(problem("report-by", value=name, known=known), EXIT_USAGE)
        blocks += BLOCKS.get(name, (name,))
    return tuple(dict.fromkeys(blocks))
