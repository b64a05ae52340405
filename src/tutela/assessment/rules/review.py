"""Review: which state may follow which, by whose hand.

    draft ──submit──▶ submitted ──review──▶ reviewed ──publish──▶ published
      ▲                   │                    │                      │
      └──────return───────┴───────return───────┴────────return────────┘

Whoever may record assessments writes drafts and submits *their own*; whoever may review reviews, publishes and returns.
**Nobody reviews or publishes what they wrote**, in whole or in part, except where nobody else could: in a workspace with at
most one open account a person works alone, may do both, and the journal says so of every such act (``own``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tutela.errors import Problem, declare, problem

declare(
    {
        "review-step": ("What is {state} cannot be {act}.", "Look at its state: draft, submitted, reviewed, published, in this order."),
        "review-own": ("Nobody reviews or publishes their own assessment.", "Ask another reviewer; comments are open to all."),
        "review-not-author": ("Only who wrote a draft submits it.", "Ask its author, or a reviewer."),
        "review-right": ("{value} may not do this.", "Ask a reviewer of this register."),
    }
)

STATES = ("draft", "submitted", "reviewed", "published")


@dataclass(frozen=True, slots=True)
class Step:
    """An act of review: from which states, to which, and whether the author may not do it."""

    sources: tuple[str, ...]
    target: str
    reviewing: bool = True
    told: str = ""


STEPS = {
    "submit": Step(("draft",), "submitted", reviewing=False, told="submitted"),
    "return": Step(("submitted", "reviewed", "published"), "draft", told="returned to its author"),
    "review": Step(("submitted",), "reviewed", told="reviewed"),
    "publish": Step(("reviewed",), "published", told="published"),
}
#: What the author of an assessment may not do to it, unless working alone.
NOT_ONES_OWN = ("review", "publish")


def check_step(act: str, status: str, who: str, authors: Collection[str], *, records: bool, reviews: bool, alone: bool) -> list[Problem]:
    """What keeps ``who`` from this act; empty where nothing does.

    ``authors``: the public ids of all who wrote it; ``records``, ``reviews``: whether ``who`` may record, and review;
    ``alone``: whether there is at most one open account.
    """
    step = STEPS[act]
    if status not in step.sources:
        return [problem("review-step", column="status", value=status, state=status, act=step.told)]
    if not step.reviewing:
        if not records:
            return [problem("review-right", value=who)]
        return [] if who in authors or reviews else [problem("review-not-author")]
    if not reviews:
        return [problem("review-right", value=who)]
    if act in NOT_ONES_OWN and who in authors and not alone:
        return [problem("review-own")]
    return []


def may(act: str, status: str, who: str, authors: Collection[str], *, records: bool, reviews: bool, alone: bool) -> bool:
    """Whether nothing keeps ``who`` from this act: what a page offers."""
    return not check_step(act, status, who, authors, records=records, reviews=reviews, alone=alone)


def first_status(asked: str | None, *, reviews: bool, alone: bool) -> str | None:
    """The state in which a new assessment is kept; None where the one asked for cannot be had.

    A draft where that is asked for; else submitted, but published at once by a person who works alone and may review.
    """
    if asked is None:
        return "published" if reviews and alone else "submitted"
    if asked in ("draft", "submitted"):
        return asked
    return asked if asked in STATES and reviews and alone else None


def after_correction(status: str, *, reviews: bool, own: bool, alone: bool) -> str | None:
    """The state after a correction in the open; None where the person must propose it instead.

    What nobody has reviewed yet is corrected by its author or a reviewer and stays as it is; what is reviewed or
    published, by a reviewer alone, and stays as it is: the journal says who changed what.
    """
    if status in ("draft", "submitted"):
        return status if own or reviews else None
    return status if reviews else None
