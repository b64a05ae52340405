"""What changed at a place: before and after two days, the trend, whether it is newly damaged; each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tutela.assessment.rules.reasons import Reason
from tutela.assessment.rules.series import FOUND, says_damage
from tutela.assessment.rules.state import (
    Held,
    State,
    Version,
    _text,
    first_event_day,
    last_event_day,
    part,
    same_occasion,
    settled_by,
    standing,
    state,
)

Document = dict[str, Any]
#: Conditions from best to worst; ``unknown`` has no rank.
RANKS = {code: n for n, code in enumerate(("good", "fair", "poor", "very-bad", "destroyed"))}
BANDS = {code: n for n, code in enumerate(("none-visible", "1-10", "11-30", "31-60", "61-90", "91-100"))}
TRENDS = ("improving", "worse", "unchanged", "unknown")


@dataclass(frozen=True, slots=True)
class Answer:
    """A code with its reason: a trend (:data:`TRENDS`), or yes, no, unknown."""

    code: str
    reason: Reason

    def as_dict(self) -> Document:
        return {"code": self.code, "reason": self.reason.as_dict()}


@dataclass(frozen=True, slots=True)
class Between:
    """A place before and after: its states on two days, and the trend between them."""

    before: State
    after: State
    trend: Answer
    newly_damaged: Answer

    def as_dict(self) -> Document:
        return {"before": self.before.as_dict(), "after": self.after.as_dict(), "trend": self.trend.as_dict(),
                "newly_damaged": self.newly_damaged.as_dict()}  # fmt: skip


def between(versions: Sequence[Version], before: int, after: int | None = None, known_at: str | None = None) -> Between:
    """The states on two days (``after`` None: now), both as known at one time, and what changed."""
    one, other = state(versions, before, known_at), state(versions, after, known_at)
    return Between(one, other, _compared(_facts(one), _facts(other)), newly_damaged(versions, before, after, known_at))


def _facts(found: State) -> tuple[str, str | None, str | None]:
    return found.condition, found.extent, found.observed


def trend(versions: Sequence[Version], as_of: int | None = None, known_at: str | None = None) -> Answer:
    """How the condition goes: the last occasion against the one before."""
    held = standing(versions, as_of, known_at)
    settled = settled_by(held, None)
    findings = [h for h in held if h.id not in settled and _condition(h) in RANKS]
    if not findings:
        return Answer("unknown", Reason("trend-none"))
    last = findings[-1]
    occasion = [h for h in findings if h is last or same_occasion(h, last)]
    earlier = [h for h in findings if h not in occasion]
    if len({_condition(h) for h in occasion}) > 1:
        return Answer("unknown", Reason("trend-disputed", {"observed": last.document.get("observed")}))
    if not earlier:
        return Answer("unknown", Reason("trend-single", {"observed": last.document.get("observed")}))
    return _compared(_held_facts(earlier[-1]), _held_facts(last))


def _held_facts(held: Held) -> tuple[str, str | None, str | None]:
    document = held.document
    return document["condition"]["code"], (document.get("extent") or {}).get("code"), document.get("observed")


def _condition(held: Held) -> str | None:
    says = part(held.document, None)
    if says is None or says.get("outcome", "finding") not in FOUND:
        return None
    return (says.get("condition") or {}).get("code")


def _compared(before: tuple[str, str | None, str | None], after: tuple[str, str | None, str | None]) -> Answer:
    """Condition against condition; where they are the same, extent against extent."""
    days = {"before_observed": before[2], "after_observed": after[2]}
    if before[0] not in RANKS or after[0] not in RANKS:
        return Answer("unknown", Reason("trend-uncompared"))
    step = RANKS[after[0]] - RANKS[before[0]]
    if step:
        return Answer("worse" if step > 0 else "improving", Reason("trend-condition", {"before": before[0], "after": after[0], **days}))
    if before[1] in BANDS and after[1] in BANDS and before[1] != after[1]:
        grown = BANDS[after[1]] > BANDS[before[1]]
        return Answer("worse" if grown else "improving", Reason("trend-extent", {"before": before[1], "after": after[1], **days}))
    return Answer("unchanged", Reason("trend-same", {"condition": after[0], **days}))


def newly_damaged(versions: Sequence[Version], since: int, as_of: int | None = None, known_at: str | None = None) -> Answer:
    """Whether damage came about after the day ``since``: yes, no, or unknown.  When it was *written down* does not matter.

    yes: a damage is dated after it, or the place was found without damage before and with damage after.
    no: none is documented; it was documented before; or its date lies before.
    """
    held = standing(versions, as_of, known_at)
    damages = [d for h in held for d in h.document.get("damages", ())]
    fresh = [d for d in damages if (first := first_event_day(d)) is not None and first > since]
    day = _text(since)
    if fresh:
        return Answer("yes", Reason("event-since", {"since": day, "event": _event(fresh[0])}))
    if state(versions, as_of, known_at).damage != "documented":
        return Answer("no", Reason("not-damaged"))
    if state(versions, since, known_at).damage == "documented":
        return Answer("no", Reason("damaged-before", {"since": day}))
    dated = [d for d in damages if last_event_day(d) is not None]
    if damages and len(dated) == len(damages) and all((last_event_day(d) or 0) <= since for d in damages):
        return Answer("no", Reason("event-before", {"since": day, "event": _event(damages[0])}))
    first = next((h for h in held if h.document.get("damages") or says_damage(h.document)), None)
    after = {"after_observed": first.document.get("observed") if first else None}
    sound = [h for h in standing(versions, since, known_at) if _sound(h)]
    if sound:
        return Answer("yes", Reason("undamaged-before", {"before_observed": sound[-1].document.get("observed"), **after}))
    return Answer("unknown", Reason("not-known-before", {"since": day, **after}))


def _sound(held: Held) -> bool:
    """Whether somebody looked and found it without damage: said so, or found it good with nothing said of damage."""
    document = held.document
    if document.get("damages") or says_damage(document):
        return False
    degree = (document.get("degree") or {}).get("code")
    return document.get("outcome") == "no-damage" or degree == "none" or _condition(held) == "good"


def _event(damage: Document) -> str:
    event = damage.get("event") or {}
    if event.get("on"):
        return str(event["on"])
    if event.get("before") and not event.get("from"):
        return f"before {event['before']}"
    return f"{event.get('from', '..')}/{event.get('to') or event.get('before') or '..'}"
