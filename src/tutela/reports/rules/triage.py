"""The order of attention: which places to look at first, and why.  Pure.

Four parts, each from 0 to 1 with its reason, or *unknown*, which is a value of its own and never a 0:

* significance: what the place was chosen or protected for (a signed shortlist, instruments, criteria recorded);
* damage: how bad the state is that stands;
* risk: the highest band of the threats said of it (``assessment.rules.risk``), or the urgency an assessor gave;
* access: how much is still to be seen: nobody could visit or see it, or it was seen from afar alone.

The score is the mean of the parts known, by the weights.  Beside it stand ``known`` (the share of the weights that is known)
and the range from ``low`` (were all unknown parts 0) to ``high`` (were they 1).  A place of which no part is known has no score
and stands apart.  Equal scores: the one of which more is known, then by public id, which is opaque and says nothing of name,
country or origin.  No part looks at names, countries, religions or who recorded it; lists of all states weigh the same.

The values are ours and open to change (:class:`Weights`).  That significance, damage and risk together set priorities is what
first aid to cultural heritage teaches (A. Tandon, *First Aid to Cultural Heritage in Times of Crisis*, ICCROM 2018).  The order of
instruments follows their own words: "greatest importance for humanity" (Second Protocol 1999, Art. 10), "very great
importance" (Convention 1954, Art. 8), "outstanding universal value" (World Heritage Convention 1972, Art. 11), then lists
under the law of a state, then inventories.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from tutela.errors import EXIT_USAGE, TutelaError, declare, problem

declare({
    "triage-weights": ("These weights cannot be used: {value}.",
                       "Give each of significance, damage, risk and access a number from 0 to 1, at least one above 0."),
})

PARTS = ("significance", "damage", "risk", "access")

SHORTLISTED = 1.0
INSTRUMENTS = {
    "hague-1999-enhanced": 1.0, "hague-1954-special": 0.9, "world-heritage": 0.9, "world-heritage-danger": 0.9,
    "national-list": 0.6, "iran-national-list": 0.6, "saudi-heritage": 0.6, "world-heritage-tentative": 0.6,
    "hague-1954-general": 0.5, "managed-site": 0.5, "local-list": 0.4,
    "tunisia-national-map": 0.4, "mega-jordan": 0.4, "jadis": 0.4, "padis": 0.4, "other": 0.3,
}  # fmt: skip
#: Levels under which an instrument protects no more; what is left is that it once was chosen.
ENDED = {"enhanced-suspended": 0.6, "enhanced-cancelled": 0.5}
CRITERION, MOST_CRITERIA = 0.2, 0.6  # for each criterion of significance recorded, up to so much
CONDITIONS = {"good": 0.0, "fair": 0.25, "poor": 0.5, "very-bad": 0.75, "destroyed": 1.0}
DEGREES = {"none": 0.0, "slight": 0.25, "moderate": 0.5, "severe": 0.75, "destroyed": 1.0}
EXTENTS = {"none-visible": 0.0, "1-10": 0.05, "11-30": 0.2, "31-60": 0.45, "61-90": 0.75, "91-100": 0.95}  # the middle of each band
RISKS = {"low": 0.25, "medium": 0.5, "high": 0.75, "extreme": 1.0}
URGENCIES = {"low": 0.2, "medium": 0.4, "high": 0.6, "urgent": 0.8, "emergency": 1.0}
UNSEEN = {"not-visited": 1.0, "not-visible": 0.8, "not-assessable": 0.8}
METHODS = {"field": 0.2, "remote": 0.6, "desk": 0.6, "literature": 0.7}
ANOTHER_METHOD = 0.7


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts; only their proportions matter.  Access counts less: it says what is not known, not what is bad."""

    significance: float = 0.3
    damage: float = 0.3
    risk: float = 0.3
    access: float = 0.1

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def weights(given: Mapping[str, Any] | Weights | None = None) -> Weights:
    """Weights as given, the defaults for parts not named.  Raises ``triage-weights`` (exit 2)."""
    if isinstance(given, Weights):
        return given
    try:
        values = {name: float(value) for name, value in (given or {}).items()}
        made = Weights(**values)
    except (TypeError, ValueError):
        raise TutelaError(problem("triage-weights", value=given), EXIT_USAGE) from None
    if not all(0 <= value <= 1 for value in made.as_dict().values()) or not sum(made.as_dict().values()):
        raise TutelaError(problem("triage-weights", value=given), EXIT_USAGE)
    return made


@dataclass(frozen=True, slots=True)
class Part:
    """One part: ``value`` 0 to 1 or None (unknown), and why, in English with the codes as they are."""

    value: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is asked of a place: all codes, nothing of who or where it is.

    ``instruments`` (code, level); ``looks`` (outcome, method) of its assessments, the oldest first.
    """

    shortlists: tuple[str, ...] = ()
    instruments: tuple[tuple[str, str], ...] = ()
    criteria: tuple[str, ...] = ()
    condition: str = "none"
    extent: str | None = None
    degree: str | None = None
    disputed: bool = False
    risk: str | None = None
    urgency: str | None = None
    looks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """A place on the board.  ``score`` None: no part is known.  ``known`` the share of the weights that is known."""

    score: float | None
    low: float
    high: float
    known: float
    parts: dict[str, Part] = field(default_factory=dict)


def stand(facts: Facts, by: Weights) -> Standing:
    parts = {"significance": significance(facts), "damage": damage(facts), "risk": risk(facts), "access": access(facts)}
    share = {name: weight / sum(by.as_dict().values()) for name, weight in by.as_dict().items()}
    low = sum(share[name] * part.value for name, part in parts.items() if part.value is not None)
    known = sum(share[name] for name, part in parts.items() if part.value is not None)
    return Standing(low / known if known else None, low, low + 1 - known, known, parts)


def order(public_id: str, standing: Standing) -> tuple[Any, ...]:
    """Sort key: the highest score first, then of which more is known, then by public id; without a score last."""
    if standing.score is None:
        return (1, 0.0, 0.0, public_id)
    return (0, -round(standing.score, 9), -round(standing.known, 9), public_id)


def significance(facts: Facts) -> Part:
    found: list[tuple[float, str]] = []
    if facts.shortlists:
        found.append((SHORTLISTED, f"on the signed shortlist {', '.join(facts.shortlists)}"))
    for code, level in facts.instruments:
        if code in INSTRUMENTS:
            value = min(INSTRUMENTS[code], ENDED.get(level, 1.0))
            found.append((value, f"protected: {code}{f', {level}' if level else ''}"))
    if facts.criteria:
        found.append((min(CRITERION * len(facts.criteria), MOST_CRITERIA), f"criteria recorded: {', '.join(facts.criteria)}"))
    return _highest(found, "no shortlist, protection or criterion recorded")


def damage(facts: Facts) -> Part:
    """By condition and extent; by the degree where no condition is known."""
    said = (("condition", CONDITIONS, facts.condition) if facts.condition in CONDITIONS else ("degree", DEGREES, facts.degree),
            ("extent", EXTENTS, facts.extent))
    found = [(scale[code], f"{name} {code}") for name, scale, code in said if code in scale]
    part = _highest(found, f"state not known ({facts.condition})")
    return Part(part.value, f"{part.reason}; assessors disagree") if facts.disputed and part.value is not None else part


def risk(facts: Facts) -> Part:
    found = [(scale[code], f"{name} {code}") for name, scale, code in (
        ("risk", RISKS, facts.risk), ("urgency", URGENCIES, facts.urgency)) if code in scale]
    return _highest(found, "a threat is recorded, not how probable or severe" if facts.risk else "no threat and no urgency recorded")


def access(facts: Facts) -> Part:
    if not facts.looks:
        return Part(None, "never assessed")
    outcome, method = facts.looks[-1]
    if outcome in UNSEEN:
        return Part(UNSEEN[outcome], f"last: {outcome}")
    value, method = min((METHODS.get(m, ANOTHER_METHOD), m or "unknown method") for o, m in facts.looks if o not in UNSEEN)
    return Part(value, f"seen at the closest by: {method}")


def _highest(found: Iterable[tuple[float, str]], unknown: str) -> Part:
    listed = sorted(found, key=lambda one: -one[0])
    return Part(listed[0][0], "; ".join(reason for _, reason in listed)) if listed else Part(None, unknown)


def bound(facets: Mapping[str, Iterable[str]], by: Weights) -> float:
    """The highest score that a place of these facets, on no signed shortlist, can have: what the board reads first.

    A part is *sure* where the facets fix that it is known; of others it is taken that they are known only where that helps.
    """
    protected = [INSTRUMENTS[code] for code in facets.get("protection", ()) if code in INSTRUMENTS]
    condition = next(iter(facets.get("condition", ())), "none")
    extent = next(iter(facets.get("extent", ())), None)
    sure: list[tuple[float, float]] = []
    open_: list[tuple[float, float]] = []
    (sure if protected else open_).append((by.significance, max([MOST_CRITERIA, *protected])))
    if condition in CONDITIONS:
        known = [CONDITIONS[condition], *([EXTENTS[extent]] if extent in EXTENTS else [])]
        sure.append((by.damage, max(known)))
    elif condition != "none":
        open_.append((by.damage, 1.0))
    if condition != "none":
        open_.append((by.risk, 1.0))
        sure.append((by.access, 1.0))
    return _best(sure, open_)


def _best(sure: list[tuple[float, float]], open_: list[tuple[float, float]]) -> float:
    weight, total = sum(w for w, _ in sure), sum(w * v for w, v in sure)
    for w, v in sorted(open_, key=lambda one: -one[1]):
        if w and (not weight or v > total / weight):
            weight, total = weight + w, total + w * v
    return total / weight if weight else 0.0
