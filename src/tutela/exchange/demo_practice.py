"""The demonstration's invented place: a building that never stood, assessed over four years, with the drawings that show it.

Real places with open pictures of real harm would take a side, or tell where they lie; an invented one does neither.  It lies at
0° N 0° E, where there is only sea.  What it shows: a series, three assessors of one occasion who disagree, their consensus,
evidence cited with regions, gradings, a seal, and a hand-over bundle that proves itself.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

from tutela.assessment.actions import record_assessment
from tutela.assessment.actions_consensus import record_consensus
from tutela.assessment.actions_review import publish
from tutela.evidence import citations, copies, gradings, intake, keys, seals
from tutela.evidence.bundles import checker
from tutela.evidence.bundles import write as bundles
from tutela.inventory.actions import record_place
from tutela.people.rules import Actor
from tutela.store import backend
from tutela.store.documents import dashed

NUMBER = ("local", "PRACTICE-1")
DAYS = ("2019-05-14", "2021-04-02", "2021-09-20", "2023-06-08")
WHOLE, DOME = {"x": 0.14, "y": 0.17, "w": 0.72, "h": 0.64}, {"x": 0.36, "y": 0.21, "w": 0.3, "h": 0.24}
BREACH, STAINS = {"x": 0.585, "y": 0.49, "w": 0.075, "h": 0.09}, {"x": 0.4, "y": 0.51, "w": 0.2, "h": 0.23}
SOURCE = {"key": "demo", "title": "Invented for the demonstration of Tutela", "licence": "Apache-2.0"}

PLACE: dict[str, Any] = {
    "names": [
        {"text": "Practice Hall (invented)", "lang": "en", "script": "Latn", "source": "demo"},
        {"text": "Salle d’exercice (inventée)", "lang": "fr", "script": "Latn", "source": "demo"},
        {"text": "قاعة التدريب (مختلَقة)", "lang": "ar", "script": "Arab", "source": "demo"},
        {"text": "تالار تمرین (ساختگی)", "lang": "fa", "script": "Arab", "source": "demo"},
    ],
    "types": [{"code": "building", "certainty": "high", "source": "demo"}],
    "category": "immovable-monument",
    "geometries": [
        {"geojson": {"type": "Point", "coordinates": [0.0, 0.0]}, "role": "centre", "precision_m": 10000, "source": "demo"},
    ],
    "identifiers": [{"scheme": NUMBER[0], "value": NUMBER[1]}],
    "protections": [{"instrument": "national-list", "reference": "P-1", "from": "1978", "source": "demo"}],
    "significance": [{"criterion": "architectural", "text": "A domed hall of the kind that assessors are trained on.", "source": "demo"}],
    "descriptions": [{"kind": "general", "lang": "en", "source": "demo", "text": "This building never stood anywhere. It shows how a "
                      "series of assessments, its evidence, a disagreement and a consensus look in the register."}],
    "sources": [SOURCE],
}  # fmt: skip


def _hit(team: str, observed: str, method: str, condition: str, extent: str, note: str) -> dict[str, Any]:
    """One of three assessments of the same days."""
    return {
        "observed": observed, "recorded": observed, "method": method, "form": "rapid", "note": note,
        "source": {"key": team, "title": f"{team.replace('-', ' ').capitalize()} (invented)"},
        "condition": {"code": condition, "scale": "eamena-condition", "original": condition.replace("-", " ").capitalize()},
        "extent": {"code": extent},
        "elements": [{"key": "dome", "kind": "dome", "label": "dome",
                      "condition": {"code": "destroyed" if condition == "very-bad" else "poor"}}],
        "damages": [{"key": "d1", "element": "dome", "cause": {"code": "explosion-heavy-weaponry", "certainty": "medium"},
                     "effect": {"code": "collapse", "certainty": "high"}, "event": {"from": "2021-03-28", "to": "2021-04-02"},
                     "extent": {"code": extent}, "certainty": "high"}],
    }  # fmt: skip


BEFORE: dict[str, Any] = {
    "observed": DAYS[0], "recorded": DAYS[0], "method": "field", "form": "rapid", "outcome": "no-damage", "condition": {"code": "good"},
    "note": "Inventory visit; no damage was found.",
}  # fmt: skip
TEAMS = (
    _hit("first-team", "2021-04-02", "remote", "poor", "11-30", "From one picture of the north side."),
    _hit("second-team", "2021-04-05", "field", "very-bad", "31-60", "Inside: the dome's eastern half has fallen into the hall."),
    _hit("third-team", "2021-04-06", "field", "very-bad", "31-60", "Visited with the second team; assessed apart."),
)
RAIN: dict[str, Any] = {
    "observed": DAYS[2], "recorded": "2021-09-22", "method": "field", "form": "rapid", "condition": {"code": "very-bad"},
    "extent": {"code": "31-60"}, "urgency": {"code": "urgent"}, "note": "Water runs down the walls through the open dome.",
    "damages": [{"key": "d2", "cause": {"code": "precipitation", "certainty": "high"}, "effect": {"code": "erosion", "certainty": "high"},
                 "event": {"from": "2021-04", "to": DAYS[2]}, "certainty": "high"}],
    "threats": [{"category": "natural", "cause": "precipitation", "probability": "probable", "severity": "major", "horizon": "year"}],
    "recommendations": [{"action": "temporary-cover"}],
}  # fmt: skip
COVERED: dict[str, Any] = {
    "observed": DAYS[3], "recorded": DAYS[3], "method": "field", "form": "rapid", "condition": {"code": "poor"},
    "extent": {"code": "31-60"}, "note": "The dome is covered and scaffolded; no new damage since the last visit.",
    "recommendations": [{"action": "restoration", "priority": {"code": "medium"}}],
}  # fmt: skip


def run(actor: Actor, out: Path) -> dict[str, Any]:
    """Make the place with all that belongs to it, unless it is there; and its bundle ``out``, unless that is there.

    Gives ``{"place", "created", "bundle": {file, key, holds}}``; ``holds``: the bundle, checked with the key, is whole.
    """
    made = _existing()
    created = made is None
    place = made or _make(actor)
    if not out.exists():
        bundles.bundle(actor, out, places=[place], purpose="demonstration")
    key = keys.current(actor).key
    found = checker.check(str(out), key)
    return {"place": place, "created": created, "bundle": {"file": str(out), "key": key, "holds": not found.faults}}


def _existing() -> str | None:
    found = list(backend.select_in("SELECT k.value, r.uuid FROM store_key k JOIN store_record r ON r.id = k.record "
                                   "WHERE k.value IN {in} AND k.scheme = %s AND r.live", [NUMBER[1]], NUMBER[0]))
    return dashed(found[0][1]) if found else None


def _make(actor: Actor) -> str:
    place = record_place(actor, PLACE)
    drawings = {day: _take(actor, place, day) for day in DAYS}
    before = _assess(actor, place, BEFORE)
    teams = [_assess(actor, place, document) for document in TEAMS]
    consensus = record_consensus(actor, place, teams, "majority", note="Met on 2021-04-12 with the pictures before them.")
    publish(actor, consensus)
    rain, covered = _assess(actor, place, RAIN), _assess(actor, place, COVERED)
    _cite(actor, before, drawings[DAYS[0]], "condition", WHOLE)
    for team in teams:
        _cite(actor, team, drawings[DAYS[1]], "damages/d1", DOME)
    _cite(actor, teams[0], drawings[DAYS[1]], "condition", BREACH)
    _cite(actor, consensus, drawings[DAYS[1]], "condition", DOME)
    _cite(actor, rain, drawings[DAYS[2]], "damages/d2", STAINS)
    _cite(actor, covered, drawings[DAYS[3]], "condition", WHOLE)
    items = list(drawings.values())
    copies.make(actor, items)
    for item in items:
        gradings.grade(actor, item, "A", 1, "Drawn for the demonstration.", "Shows the north side only.")
    seals.seal(actor, items, "The demonstration's drawings")
    return place


def _take(actor: Actor, place: str, day: str) -> str:
    with resources.as_file(resources.files("tutela.demo_data").joinpath("practice", f"north-{day}.png")) as path:
        taken = intake.take(actor, [path], intake.Given(
            title=f"North side, {day} (drawing)", form="drawing", acquired=day, collector="Tutela (demonstration)", places=[place],
            handling={"mark": "open"}, consent={"given": "not-needed"}, origin={"kind": "original"},
            description="Drawn for the demonstration; this building never stood anywhere. Apache-2.0."))
    return taken.items[0]


def _assess(actor: Actor, place: str, document: dict[str, Any]) -> str:
    return record_assessment(actor, place, document)


def _cite(actor: Actor, record: str, item: str, part: str, region: dict[str, float]) -> None:
    citations.cite(actor, record, item, part, {"region": region})
