"""The damaged-places list, filled from the register: as of a day, as known at a moment, as one audience may see it.

Two speeds: :func:`counted` counts the whole register at once; :func:`damaged_list` reads the damaged places, too, one document
each.  :func:`opened` gives the records behind any figure of either.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings

from tutela.inventory import queries_export
from tutela.inventory.rules.query import Query
from tutela.people.rules import AUDIENCES, Actor
from tutela.reports import rows as making
from tutela.reports.asked import Asked, asked
from tutela.reports.blocks import blocks, codes_of, total
from tutela.reports.damaged import NONE_RECORDED, Block, Count, DamagedList, DamagedRow
from tutela.reports.figures import Figures, figures
from tutela.reports.moment import Known
from tutela.store.documents import dashed
from tutela.store.search import Profiles

NOTES = (
    "Documented: an assessment that was reviewed or published says damage, observed up to the day of the list.",
    "Verified: of these, the places where such an assessment rests on at least one item of evidence that is held and that this "
    "audience may see. The two figures answer two questions and are never added.",
    "Claimed is not shown: this register holds no statements yet, and a claim is never counted as a finding.",
    "Places and assessed stand beside each figure: a 0 says that no damage is documented, not that there is none.",
)


def damaged_list(actor: Actor, query: Query | str = "", *, as_of: date | str | None = None, known_at: Known = None,
                 since: date | str | None = None, by: str = "", audience: str | None = None) -> DamagedList:
    """Places with documented damage that answer the question, as ``audience`` (not above the actor's) may see them.

    ``as_of`` what had been observed by that day (today); ``known_at`` what had been recorded by then: a day, a time, or a line
    of the journal (all that is recorded).  Nothing recorded later changes the list; only who may see a place is decided by
    its mark of today.  ``since`` marks what is newly damaged; ``by`` names the tables of the summary.
    """
    question = asked(actor, query, as_of=as_of, known_at=known_at, since=since, by=by, audience=audience)
    with queries_export.snapshot() as held:
        made = figures(held, question)
        listed, sources = making.rows(held, made, actor.language)
        tables = blocks(held, made, listed, actor.language)
    return _list(made, listed, sources, tables, total(made, listed, "All places"), question)


def counted(actor: Actor, query: Query | str = "", *, as_of: date | str | None = None, known_at: Known = None, by: str = "",
            audience: str | None = None) -> tuple[Count, list[Block]]:
    """(the line of all places, the tables of the summary) alone, without reading a document of any damaged place.

    By level is not among them, because levels are in documents alone; ``rows`` of the lines are empty.
    """
    question = asked(actor, query, as_of=as_of, known_at=known_at, by=by, audience=audience)
    question = _without_levels(question)
    with queries_export.snapshot() as held:
        made = figures(held, question)
        return total(made, (), "All places"), blocks(held, made, (), actor.language)


def opened(actor: Actor, block: str, code: str, measure: str, query: Query | str = "", *, as_of: date | str | None = None,
           known_at: Known = None, audience: str | None = None, limit: int = 1000, offset: int = 0) -> list[str]:
    """The public ids of the places behind one figure, in the order recorded.

    ``block`` and ``code`` as in the list ("" and "all": all places); ``measure`` places, found, documented or verified.
    """
    question = _without_levels(asked(actor, query, as_of=as_of, known_at=known_at, audience=audience))
    with queries_export.snapshot() as held:
        made = figures(held, question)
        numbers = sorted(_behind(held, made, block, code, measure))[offset : offset + limit]
        uuids = making.uuids(held, numbers)
    return [dashed(uuids[number]) for number in numbers]


def _behind(held: Any, made: Figures, block: str, code: str, measure: str) -> list[int]:
    import numpy as np

    there = np.ones(len(made.entries), bool) if measure == "places" else getattr(made, measure)
    if block == "area":
        there = there & np.isin(made.areas, _area_numbers(held, code))
    elif block:
        facets = Profiles.all()
        fitting = [p for p in np.unique(made.profiles).tolist() if code in codes_of(block, facets[p])]
        there = there & np.isin(made.profiles, fitting)
    others = [o for o in made.others if measure == "places" or getattr(o, measure)]
    if block == "area":
        others = [o for o in others if code == (o.view.area[0][:400] if o.view.area else NONE_RECORDED)]
    elif block:
        others = [o for o in others if code in codes_of(block, o.view.facets)]
    return made.places[there].tolist() + [o.record for o in others]


def _area_numbers(held: Any, key: str) -> list[int]:
    if key == NONE_RECORDED:
        return [0]
    with held.cursor() as cursor:
        cursor.execute("SELECT id FROM store_area WHERE key = %s", [key])
        return [row[0] for row in cursor.fetchall()]


def _without_levels(question: Asked) -> Asked:
    from dataclasses import replace

    return replace(question, blocks=tuple(b for b in question.blocks if b != "level"))


def _list(made: Figures, listed: list[DamagedRow], sources: dict[str, str], tables: list[Block], whole: Count,
          question: Asked) -> DamagedList:
    counts = {block.name: block.counts for block in tables}
    since = question.since
    return DamagedList(
        title="Damaged places",
        as_of=question.as_of,
        made_on=None,
        known_at=made.at.at,
        revision=made.at.revision,
        audience=AUDIENCES[question.level],
        precision_note=_precision_note(question.level),
        filter_text=question.query.text() or "all places",
        rows=listed,
        by_category=counts.get("category", ()),
        by_region=counts.get("area", ()),
        by_protection=counts.get("protection", ()),
        documented=whole.documented,
        verified=whole.verified,
        sources=[f"{title} ({licence})" if licence else title for title, licence in sorted(sources.items())],
        notes=(*NOTES, *_more_notes(made)),
        query=question.query.text(),
        issuer=settings.WORKSPACE.title,
        lang="en",
        since=date(since // 10000, since // 100 % 100, since % 100) if since else None,
        blocks=tables,
        total=whole,
    )


def _more_notes(made: Figures) -> list[str]:
    notes = []
    if made.asked.since:
        notes.append("Newly damaged: a damage is dated after the day compared with, or the place was found without damage before and with "
                     "damage after. Unknown: nobody had looked before. When it was written down does not matter.")
    if made.erased and made.asked.level >= 3:
        notes.append(f"{made.erased} places known then are left out: what was recorded of them has been erased since.")
    return notes


def _precision_note(level: int) -> str:
    return (
        "Positions as held."
        if level >= 3
        else "Positions at the precision this audience is given: as held, or the centre of a grid cell where a handling mark says so."
    )
