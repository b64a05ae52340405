"""The state of a place on any day, as it was known at any time.  Derived from the versions of its assessments, never stored.

Two times.  ``as_of`` asks what had been *observed* by a day: an observation of an interval counts from its last day, one
without a day from the day it was first written in the journal.  ``known_at`` asks what had been *recorded*: of each assessment
the version that stood in the journal then, deleted later or not.  So nothing recorded after ``known_at`` can change an answer.

Only what is reviewed counts (:func:`tutela.assessment.rules.series.counts`).  A published consensus stands in for the
assessments it is of.  Findings of one *occasion*, their days at most :data:`OCCASION_DAYS` apart and no dated damage between,
are of the same thing: where they differ they disagree, and differ from an earlier occasion's by change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from tutela.assessment.rules.reasons import Reason
from tutela.assessment.rules.risk import highest
from tutela.assessment.rules.series import FOUND, UNKNOWN_DAY, counts, day_recorded, observed_span, says_damage
from tutela.vocabulary.edtf_values import parse

Document = dict[str, Any]
OCCASION_DAYS = 7


class Version(NamedTuple):
    """An assessment or consensus as one journal line left it.

    ``id`` its public id; ``at`` when, ISO 8601 UTC to the second (``2026-03-01T12:00:00Z``); ``line`` the journal's; ``document``
    None where it was deleted (or the payload erased).
    """

    id: str
    at: str
    line: int
    document: Document | None


class Held(NamedTuple):
    """An assessment as known at a time, and the day (year*10000+month*100+day) it was first recorded."""

    id: str
    document: Document
    first: int


@dataclass(frozen=True, slots=True)
class State:
    """``condition``: a code, ``none`` where nothing is recorded, or the outcome where nobody could tell.

    ``damage``: documented, none (looked at and none found), or unknown.  ``certainty``: agreed, single, disputed, none.
    ``since``: the observation (EDTF) from which on every finding says this condition.  ``finding``: the id it rests on.
    ``disagreements``: [{id, condition, extent?, observed}].  ``unseen``: a later visit that found nothing out.
    """

    condition: str = "none"
    extent: str | None = None
    degree: str | None = None
    damage: str = "unknown"
    since: str | None = None
    observed: str | None = None
    finding: str | None = None
    reason: Reason = field(default_factory=lambda: Reason("nothing"))
    certainty: str = "none"
    disagreements: tuple[Document, ...] = ()
    unseen: Document | None = None
    risk: str | None = None
    urgency: str | None = None
    elements: dict[str, State] = field(default_factory=dict)

    def as_dict(self) -> Document:
        out = {key: getattr(self, key) for key in ("condition", "extent", "degree", "damage", "since", "observed", "finding", "certainty",
                                                   "unseen", "risk", "urgency")}  # fmt: skip
        out["reason"], out["disagreements"] = self.reason.as_dict(), list(self.disagreements)
        return out | ({"elements": {key: state.as_dict() for key, state in self.elements.items()}} if self.elements else {})


def day_of(text: str | None) -> int | None:
    """The last day of a date or EDTF text: what ``as_of`` is.  None stays None.  Raises ``date-unreadable``."""
    return None if text is None else parse(text).latest


def moment_of(text: str | None) -> str | None:
    """What ``known_at`` is: a day stands for its end (UTC); a moment is kept to the second.  ``ValueError`` where it is neither."""
    if text is None:
        return None
    if len(text) == 10:
        return f"{date.fromisoformat(text)}T23:59:59Z"
    from datetime import UTC, datetime

    given = datetime.fromisoformat(text.replace("Z", "+00:00"))
    given = given.replace(tzinfo=UTC) if given.tzinfo is None else given.astimezone(UTC)
    return given.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def known(versions: Iterable[Version], known_at: str | None = None) -> list[Held]:
    """Of each assessment the version that stood at ``known_at`` (a moment; None: now), in the order first recorded."""
    first: dict[str, int] = {}
    stands: dict[str, Version] = {}
    for version in sorted(versions, key=lambda v: v.line):
        if known_at is None or version.at <= known_at:
            first.setdefault(version.id, int(version.at[:10].replace("-", "")))
            stands[version.id] = version
    return [Held(v.id, v.document, first[i]) for i, v in stands.items() if v.document is not None]


def standing(versions: Iterable[Version], as_of: int | None, known_at: str | None) -> list[Held]:
    """What counts, was known at ``known_at``, and had been observed by the day ``as_of``; the oldest observation first."""
    held = [h for h in known(versions, known_at) if counts(h.document) and (as_of is None or day(h) <= as_of)]
    return sorted(held, key=_order)


def day(held: Held) -> int:
    """The day by which it was observed at the latest."""
    last = observed_span(held.document)[1]
    return last if last is not None else min(held.first, _or_never(day_recorded(held.document)))


def _or_never(value: int | None) -> int:
    return 99999999 if value is None else value


def _order(held: Held) -> tuple[Any, ...]:
    """By the day observed, the day recorded in the source, a consensus last; public ids rise in the order of recording here."""
    recorded = day_recorded(held.document)
    return day(held), UNKNOWN_DAY if recorded is None else recorded, "of" in held.document, held.id


def state(versions: Iterable[Version], as_of: int | None = None, known_at: str | None = None) -> State:
    """The state of the place, and of each of its parts that was assessed.

    ``as_of`` a day (year*10000+month*100+day), ``known_at`` a moment (:func:`moment_of`); None: now.
    """
    return state_of(standing(versions, as_of, known_at), as_of)


def state_of(held: Sequence[Held], as_of: int | None = None) -> State:
    """The same of what :func:`standing` gave for the day."""
    if not held:
        return State(reason=Reason("nothing") if as_of is None else Reason("nothing-by-then", {"as_of": _text(as_of)}))
    keys = sorted({e["key"] for h in held for e in h.document.get("elements", ())})
    whole = _of(held, None)
    threats = next((h.document["threats"] for h in reversed(held) if h.document.get("threats")), ())
    urgency = next((h.document["urgency"].get("code") for h in reversed(held) if h.document.get("urgency")), None)
    return _with(whole, risk=highest(threats), urgency=urgency, elements={key: _of(held, key) for key in keys})


def _with(found: State, **changes: Any) -> State:
    from dataclasses import replace

    return replace(found, **changes)


def _of(held: Sequence[Held], element: str | None) -> State:
    """The state of the whole place (None) or of one part."""
    said = [(h, s) for h in held for s in (part(h.document, element),) if s is not None]
    settled = settled_by(held, element)
    said = [(h, s) for h, s in said if h.id not in settled]
    findings = [(h, s) for h, s in said if s.get("outcome", "finding") in FOUND]
    conditions = [(h, s) for h, s in findings if s.get("condition")]
    damage = _damage(held, [s for _, s in said], element)
    if not conditions:
        return _without_condition(said, findings, damage)
    (last, says), code = conditions[-1], conditions[-1][1]["condition"]["code"]
    peers = [(h, s) for h, s in conditions[:-1] if same_occasion(h, last)]
    differ = tuple(_brief(h, s) for h, s in peers if s["condition"]["code"] != code)
    alike = 1 + len(peers) - len(differ)
    values = {"condition": code, "observed": last.document.get("observed")}
    if differ:
        told = ", ".join(f"{d['condition']} ({d.get('observed') or '?'})" for d in differ)
        reason, certainty = Reason("disputed", {**values, "others": told}), "disputed"
    elif "of" in last.document:
        reason = Reason("agreed-by-rule", {"voices": len(last.document["of"]), "rule": last.document["rule"], **values})
        certainty = "agreed"
    elif alike > 1:
        reason, certainty = Reason("agreed-alike", {"voices": alike, **values}), "agreed"
    else:
        reason, certainty = Reason("found", values), "single"
    return State(code, _code(says, "extent"), _code(says, "degree"), damage, _since(conditions, peers), last.document.get("observed"),
                 last.id, reason, certainty, differ, _unseen(said, last))


def _without_condition(said: list[tuple[Held, Document]], findings: list[tuple[Held, Document]], damage: str) -> State:
    """Where no finding names a condition: what else was said, or why nobody could tell."""
    if findings:
        held, says = findings[-1]
        observed = held.document.get("observed")
        none = says.get("outcome") == "no-damage"
        reason = Reason("no-damage-found" if none else "found", {"condition": "unknown", "observed": observed})
        return State("unknown", _code(says, "extent"), _code(says, "degree"), damage, observed, observed, held.id, reason, "single",
                     unseen=_unseen(said, held))
    if not said:
        return State()
    held, says = said[-1]
    outcome, observed = says.get("outcome", "finding"), held.document.get("observed")
    return State(outcome, damage=damage, since=None, observed=observed, finding=held.id,
                 reason=Reason("unseen", {"outcome": outcome, "observed": observed}))


def part(document: Document, element: str | None) -> Document | None:
    """What a document says of the whole (None) or of one part; None where it says nothing of it."""
    if "of" in document:
        return document if document.get("element") == element else None
    if element is None:
        return document
    found = next((e for e in document.get("elements", ()) if e.get("key") == element), None)
    if found is None:
        return None
    return {"outcome": document.get("outcome", "finding"), **found}


def settled_by(held: Iterable[Held], element: str | None) -> set[str]:
    """The assessments for which a consensus on this part stands in."""
    return {i for h in held if "of" in h.document and h.document.get("element") == element for i in h.document["of"]}


def same_occasion(one: Held, other: Held) -> bool:
    """Whether two findings are of the same time: at most :data:`OCCASION_DAYS` apart, and the later dates no damage between."""
    early, late = sorted((one, other), key=_order)
    begins, ends = observed_span(late.document)[0], day(early)
    if begins is None or begins > 99991231 or ends > 99991231:
        return day(early) == day(late)
    if begins <= ends:
        return True
    if _date(begins).toordinal() - _date(ends).toordinal() > OCCASION_DAYS:
        return False
    return not any((earliest := first_event_day(d)) is not None and earliest > ends for d in late.document.get("damages", ()))


def first_event_day(damage: Document) -> int | None:
    """The first day on which a damage can have happened; None where that is open."""
    event = damage.get("event") or {}
    for key in ("on", "from"):
        if event.get(key):
            return parse(event[key]).earliest
    return None


def last_event_day(damage: Document) -> int | None:
    """The last day on which a damage can have happened; None where that is open."""
    event = damage.get("event") or {}
    for key in ("on", "to", "before"):
        if event.get(key):
            return parse(event[key]).latest
    return None


def _date(number: int) -> date:
    return date(max(1, number // 10000), max(1, number // 100 % 100), max(1, number % 100))


def _damage(held: Sequence[Held], said: list[Document], element: str | None) -> str:
    if element is None:
        damages = any(h.document.get("damages") for h in held)
    else:
        damages = any(d.get("element") == element for h in held for d in h.document.get("damages", ()))
    found = [s for s in said if s.get("outcome", "finding") in FOUND]
    last = next((s for s in reversed(found) if s.get("condition")), found[-1] if found else None)
    if damages or says_damage(last):
        return "documented"
    looked = any(s.get("outcome") == "no-damage" or _code(s, "degree") == "none" for s in found)
    return "none" if looked else "unknown"


def damage(held: Sequence[Held]) -> str:
    """``State.damage`` alone, of what :func:`standing` gave: for whoever asks it of many places."""
    settled = settled_by(held, None)
    return _damage(held, [s for h in held if h.id not in settled and (s := part(h.document, None)) is not None], None)


def _since(conditions: list[tuple[Held, Document]], peers: list[tuple[Held, Document]]) -> str | None:
    """The observation from which on all findings say what the last says; who differs on its own occasion does not break it."""
    (last, says), same = conditions[-1], {h.id for h, _ in peers}
    since = last.document.get("observed")
    for held, earlier in reversed(conditions[:-1]):
        if earlier["condition"]["code"] == says["condition"]["code"]:
            since = held.document.get("observed") or since
        elif held.id not in same:
            break
    return since


def _unseen(said: list[tuple[Held, Document]], last: Held) -> Document | None:
    """A visit after the last finding that found nothing out: it hides no finding, and is told."""
    held, says = said[-1]
    if held is last or says.get("outcome", "finding") in FOUND or day(held) < day(last):
        return None
    return {"id": held.id, "outcome": says["outcome"], "observed": held.document.get("observed")}


def _brief(held: Held, says: Document) -> Document:
    observed = held.document.get("observed")
    return {"id": held.id, "condition": says["condition"]["code"], "extent": _code(says, "extent"), "observed": observed}


def _code(says: Document, key: str) -> str | None:
    return (says.get(key) or {}).get("code")


def _text(number: int) -> str:
    return f"{number // 10000:04}-{number // 100 % 100:02}-{number % 100:02}"
