"""A consensus of assessors who looked at the same thing: computed by a rule, recorded by a reviewer, and a record of its own.

The assessments it is of all stay as they are.  Each *voice* counts once, with what it said last: a person, or a list that was
imported.  Condition, degree and extent are agreed one by one; a damage is the same damage where part, cause and effect are.

* ``unanimity``: what all say who say anything of it; without it for the condition there is no consensus.
* ``majority``: what more than half of those say; without it for the condition there is no consensus.
* ``single-reviewer``: what the reviewer decides, having weighed them; the damages of those who say the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tutela.assessment.rules.series import FOUND, order
from tutela.errors import TutelaError, declare, problem

declare(
    {
        "consensus-rule": ("There is no rule {value}.", "Use one of: single-reviewer, majority, unanimity."),
        "consensus-few": ("A consensus is of two voices or more, and there are {value}.",
                          "Name assessments by several assessors that found something out."),
        "consensus-not-reached": ("There is no {value} on the condition: {said}.",
                                  "Talk it over, or have one reviewer decide (single-reviewer); the disagreement is shown until then."),
        "consensus-undecided": ("A single reviewer says what the condition is.", "Give the condition that you decide on."),
        "consensus-decides-itself": ("By this rule the condition follows from the assessments.", "Leave it away, or use single-reviewer."),
        "consensus-of": ("The assessment {value} cannot take part: {reason}.", "Choose submitted or reviewed findings of this place."),
    }
)  # fmt: skip

Document = dict[str, Any]
RULES = ("single-reviewer", "majority", "unanimity")
AGREED = ("condition", "degree", "extent")


@dataclass(frozen=True, slots=True)
class Voice:
    """One assessment in a consensus: its public id, who speaks in it (a person's id, or ``source:`` and a list), what it says."""

    id: str
    who: str
    document: Document


def agree(voices: Sequence[Voice], rule: str, element: str | None = None, decided: Document | None = None) -> Document:
    """What is agreed: {rule, of, observed, condition, degree?, extent?, damages?, dissent?, element?}.

    ``element``: the key of the part it is about.  ``decided``: what the single reviewer says ({condition, degree, extent}).
    Raises ``consensus-rule``, ``-few``, ``-of``, ``-not-reached``, ``-undecided``, ``-decides-itself``.
    """
    if rule not in RULES:
        raise TutelaError(problem("consensus-rule", value=rule))
    if rule == "single-reviewer" and not (decided or {}).get("condition"):
        raise TutelaError(problem("consensus-undecided"))
    if rule != "single-reviewer" and decided:
        raise TutelaError(problem("consensus-decides-itself"))
    speaking = _last_words(voices, element)
    if len(speaking) < 2:
        raise TutelaError(problem("consensus-few", value=len(speaking)))
    said = {voice.id: _said(voice.document, element) for voice in speaking}
    out: Document = {"rule": rule, "of": sorted({voice.id for voice in voices})}
    if element is not None:
        out["element"] = element
    latest = max((voice.document for voice in speaking), key=order)
    if latest.get("observed"):
        out["observed"] = latest["observed"]
    for key in AGREED:
        value = (decided or {}).get(key) if decided else _chosen([s[key] for s in said.values() if key in s], rule)
        if value is not None:
            out[key] = value
    if "condition" not in out:
        raise TutelaError(problem("consensus-not-reached", value=rule, said=_tally(said)))
    damages = _damages([v for v in speaking], rule, element, out["condition"]["code"], said)
    if damages:
        out["damages"] = damages
    dissent = [{"assessment": i, **s} for i, s in sorted(said.items()) if _differs(s, out)]
    if dissent:
        out["dissent"] = dissent
    return out


def _last_words(voices: Sequence[Voice], element: str | None) -> list[Voice]:
    """Of each voice the last that says something of the condition."""
    last: dict[str, Voice] = {}
    for voice in sorted(voices, key=lambda v: (order(v.document), v.id)):
        if voice.document.get("outcome", "finding") not in FOUND:
            raise TutelaError(problem("consensus-of", value=voice.id, reason="it found nothing out"))
        if "condition" in _said(voice.document, element):
            last[voice.who] = voice
    return sorted(last.values(), key=lambda v: v.id)


def _said(document: Document, element: str | None) -> Document:
    """Condition, degree and extent that a finding gives of the place or one part, as core codes."""
    holder = document if element is None else next((e for e in document.get("elements", ()) if e.get("key") == element), {})
    return {key: {"code": holder[key]["code"]} for key in AGREED if (holder.get(key) or {}).get("code")}


def _chosen(values: list[Document], rule: str) -> Document | None:
    if not values:
        return None
    (code, n), *_ = Counter(v["code"] for v in values).most_common(1)
    enough = n == len(values) if rule == "unanimity" else 2 * n > len(values)
    return {"code": code} if enough else None


def _tally(said: dict[str, Document]) -> str:
    counted = Counter(s["condition"]["code"] for s in said.values())
    return ", ".join(f"{code} {n}" for code, n in sorted(counted.items()))


def _differs(said: Document, agreed: Document) -> bool:
    """Whether a voice said another condition, degree or extent than is agreed."""
    return any(key in agreed and said[key]["code"] != agreed[key]["code"] for key in said)


def _damages(voices: list[Voice], rule: str, element: str | None, condition: str, said: dict[str, Document]) -> list[Document]:
    """The damages agreed on, as the first who names each names it; without free words."""
    if rule == "single-reviewer":
        voices = [v for v in voices if said[v.id]["condition"]["code"] == condition]
    named: dict[tuple[Any, ...], list[Document]] = {}
    for voice in voices:
        own = {_same(d): d for d in voice.document.get("damages", ()) if element is None or d.get("element") == element}
        for key, damage in own.items():
            named.setdefault(key, []).append(damage)
    least = 1 if rule == "single-reviewer" else len(voices) if rule == "unanimity" else len(voices) // 2 + 1
    kept = [found[0] for key, found in sorted(named.items(), key=lambda item: str(item[0])) if len(found) >= least]
    return [{"key": f"d{n}", **{k: damage[k] for k in ("cause", "effect", "element", "event") if k in damage}}
            for n, damage in enumerate(kept, 1)]  # fmt: skip


def _same(damage: Document) -> tuple[Any, ...]:
    return (damage.get("element"), (damage.get("cause") or {}).get("code"), (damage.get("effect") or {}).get("code"))
