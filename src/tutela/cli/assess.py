"""Assessments: recorded, reviewed, agreed on, and the state of a place that follows from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from tutela.cli import screen
from tutela.cli.running import Run, app, command
from tutela.errors import EXIT_USAGE, TutelaError, Unusable, declare, problem

declare(
    {
        "assessment-file": ("{value} holds no assessment: {reason}.", "Write one as YAML or JSON; docs/records.md names its fields."),
        "assess-nothing": ("Nothing is said to be recorded.", "Give options such as --condition, or --file with an assessment."),
    }
)

assess = typer.Typer(name="assess", no_args_is_help=True, rich_markup_mode=None,
                     help="Assessments of a place: record, review, agree, and say its state on any day.")  # fmt: skip
app.add_typer(assess)

ID = typer.Argument(..., metavar="ID", help="The public id of the assessment or consensus.")
NOTE = typer.Option("", "--note", help="Why; kept in the journal.")
PLACE = typer.Argument(..., metavar="PLACE", help="The public id of the place, or an identifier in another register.")


@command("add", assess)
def add(
    run: Run,
    place: str = PLACE,
    file: Path | None = typer.Option(None, "--file", metavar="FILE", help="The assessment as YAML or JSON; options below are added to it."),
    form: str | None = typer.Option(None, "--form", help="The method: rapid, detailed, unosat or ems-98; checks what must be said."),
    observed: str | None = typer.Option(None, "--observed", metavar="DATE", help="The day looked at (EDTF: 2026-03, 2026-03-01)."),
    recorded: str | None = typer.Option(None, "--recorded", metavar="DATE", help="The day written down."),
    method: str | None = typer.Option(None, "--method", help="desk, remote, field or literature."),
    imagery: list[str] = typer.Option([], "--imagery", metavar="DATE", help="The day of an image consulted; may be given several times."),
    outcome: str | None = typer.Option(None, "--outcome", help="finding, no-damage, not-visible, not-visited or not-assessable."),
    condition: str | None = typer.Option(None, "--condition", help="good, fair, poor, very-bad, destroyed or unknown."),
    grade: str | None = typer.Option(None, "--grade", metavar="SCALE:VALUE", help="A degree on another scale, for example ems-98:3."),
    extent: str | None = typer.Option(None, "--extent", help="The band of the extent, for example 11-30."),
    damage: list[str] = typer.Option([], "--damage", metavar="CAUSE[:EFFECT]", help="A damage by its codes; may be given several times."),
    note: str | None = typer.Option(None, "--note", help="What was seen. No names of persons."),
    draft: bool = typer.Option(False, "--draft", help="Keep it as a draft; `assess submit` asks for a review."),
) -> None:
    """Record an assessment of a place. It joins the series; nothing is overwritten."""
    actor = run.open()
    from tutela.assessment.actions import record_assessment
    from tutela.assessment.queries import one

    given = _read(file) if file else {}
    texts = {"form": form, "observed": observed, "recorded": recorded, "method": method, "outcome": outcome, "note": note}
    given |= {key: value for key, value in texts.items() if value is not None}
    given |= {key: {"code": code} for key, code in (("condition", condition), ("extent", extent)) if code}
    if imagery:
        given["imagery"] = imagery
    if grade:
        scale, _, value = grade.partition(":")
        given["degree"] = {"scale": scale, "original": value}
    if damage:
        given["damages"] = [*given.get("damages", ()), *_damages(damage)]
    if not given:
        raise TutelaError(problem("assess-nothing"), EXIT_USAGE)
    if draft:
        given["status"] = "draft"
    made = record_assessment(actor, _place(actor, place), given)
    status = one(actor, made)["status"]
    run.answer({"id": made, "status": status}, [f"Recorded as {made} ({status})."])


def _read(file: Path) -> dict[str, Any]:
    """An assessment from a YAML or JSON file (JSON is YAML).  Raises ``assessment-file``."""
    import yaml

    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise Unusable(problem("assessment-file", value=file.name, reason=screen.cut(" ".join(str(error).split()), 200))) from None
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        raise Unusable(problem("assessment-file", value=file.name, reason="it is no list of fields and values"))
    return _plain(found)


def _plain(value: Any) -> Any:
    """Days that YAML reads as dates, as texts."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _damages(given: list[str]) -> list[dict[str, Any]]:
    out = []
    for n, text in enumerate(given, 1):
        cause, _, effect = text.partition(":")
        parts = {"cause": cause, "effect": effect}
        out.append({"key": f"d{n}", **{key: {"code": code} for key, code in parts.items() if code}})
    return out


def _place(actor: Any, identifier: str) -> str:
    from tutela.inventory.queries import place

    return place(actor, identifier).id


@command("show", assess)
def show(run: Run, identifier: str = ID) -> None:
    """Show one assessment or consensus, with its comments for those who may read them."""
    actor = run.open()
    from tutela.assessment.queries import one

    found = one(actor, identifier)
    shown = {key: value for key, value in found.items() if key not in ("comments", "id", "line")}
    lines = [f"{found['kind'].capitalize()} {found['id']}", *(f"  {key + ':':16} {_value(value)}" for key, value in sorted(shown.items()))]
    for comment in found.get("comments", ()):
        state = f" [proposal, {comment['state']}]" if "proposes" in comment else ""
        lines.append(f"  {comment['at']}  {comment['by']}{state}: {comment['text']}  ({comment['id']})")
    run.answer(found, lines)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_value(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "; ".join(map(_value, value))
    return str(value)


def _step(run: Run, act: str, identifier: str, note: str) -> None:
    actor = run.open()
    from tutela.assessment import actions_review
    from tutela.assessment.queries import one

    steps = {"submit": actions_review.submit, "return": actions_review.return_, "review": actions_review.review_,
             "publish": actions_review.publish}  # fmt: skip
    steps[act](actor, identifier, note)
    found = one(actor, identifier)
    run.answer({"id": found["id"], "status": found["status"]}, [f"{found['id']} is {found['status']} now."])


@command("submit", assess)
def submit(run: Run, identifier: str = ID, note: str = NOTE) -> None:
    """Submit a draft of one's own for review."""
    _step(run, "submit", identifier, note)


@command("review", assess)
def review(run: Run, identifier: str = ID, note: str = NOTE) -> None:
    """Find a submitted assessment sound. Nobody reviews their own, unless the workspace has one person."""
    _step(run, "review", identifier, note)


@command("publish", assess)
def publish(run: Run, identifier: str = ID, note: str = NOTE) -> None:
    """Publish what is reviewed: an assessment or a consensus."""
    _step(run, "publish", identifier, note)


@command("return", assess)
def return_(run: Run, identifier: str = ID, note: str = NOTE) -> None:
    """Return an assessment to its author as a draft."""
    _step(run, "return", identifier, note)


@command("comment", assess)
def comment(
    run: Run,
    identifier: str = ID,
    text: str = typer.Argument(..., metavar="TEXT", help="What to say of it."),
    part: str = typer.Option("", "--part", help="The part it is about, for example damages/d1."),
) -> None:
    """Comment on an assessment or a consensus. Contributors and above read comments."""
    actor = run.open()
    from tutela.assessment.actions_review import comment as say

    made = say(actor, identifier, text, part)
    run.answer({"id": made}, [f"Commented ({made})."])


@command("propose", assess)
def propose(
    run: Run,
    identifier: str = ID,
    file: Path = typer.Option(..., "--file", metavar="FILE", help="How the assessment should read, as YAML or JSON."),
    why: str = typer.Option("", "--why", help="Why it should."),
) -> None:
    """Propose a change of an assessment; a reviewer accepts or rejects it."""
    actor = run.open()
    from tutela.assessment.actions_review import propose as put

    made = put(actor, identifier, _read(file), why)
    run.answer({"id": made}, [f"Proposed ({made})."])


@command("accept", assess)
def accept(run: Run, proposal: str = typer.Argument(..., metavar="PROPOSAL", help="The id of the proposal."), note: str = NOTE) -> None:
    """Accept a proposed change."""
    actor = run.open()
    from tutela.assessment.actions_review import accept as take

    take(actor, proposal, note)
    run.answer({"id": proposal, "state": "accepted"}, ["The proposal is accepted; the assessment reads so now."])


@command("reject", assess)
def reject(run: Run, proposal: str = typer.Argument(..., metavar="PROPOSAL", help="The id of the proposal."), note: str = NOTE) -> None:
    """Reject a proposed change, or withdraw one's own."""
    actor = run.open()
    from tutela.assessment.actions_review import reject as refuse

    refuse(actor, proposal, note)
    run.answer({"id": proposal, "state": "rejected"}, ["The assessment stays as it is."])


@command("consensus", assess)
def consensus(
    run: Run,
    place: str = PLACE,
    of: list[str] = typer.Option(..., "--of", metavar="ID", help="An assessment that takes part; give it several times."),
    rule: str = typer.Option(..., "--rule", help="single-reviewer, majority or unanimity."),
    condition: str | None = typer.Option(None, "--condition", help="What a single reviewer decides."),
    extent: str | None = typer.Option(None, "--extent", help="What a single reviewer decides of the extent."),
    element: str | None = typer.Option(None, "--element", metavar="KEY", help="The part of the place it is about; else the whole."),
    note: str = typer.Option("", "--note", help="How it was reached. No names of persons."),
) -> None:
    """Record what assessors agree on. It counts when published; the assessments stay."""
    actor = run.open()
    from tutela.assessment.actions_consensus import record_consensus
    from tutela.assessment.queries import one

    decided = {key: {"code": code} for key, code in (("condition", condition), ("extent", extent)) if code}
    made = record_consensus(actor, _place(actor, place), of, rule, element=element, decided=decided or None, note=note)
    found = one(actor, made)
    dissent = len(found.get("dissent", ()))
    run.answer({"id": made, "status": found["status"], "condition": found["condition"]["code"], "dissent": dissent},
               [f"Agreed on {found['condition']['code']} ({rule}, {dissent} differ): {made}, {found['status']}."])  # fmt: skip


@command("state", assess)
def state(
    run: Run,
    place: str = PLACE,
    as_of: str | None = typer.Option(None, "--as-of", metavar="DATE", help="What had been observed by this day."),
    known_at: str | None = typer.Option(None, "--known-at", metavar="DATE", help="What had been recorded by this day or moment (UTC)."),
    since: str | None = typer.Option(None, "--since", metavar="DATE", help="Also compare with the state on this day."),
) -> None:
    """Say the state of a place on any day, as it was known on any day, and why."""
    actor = run.open()
    from tutela.assessment import queries

    identifier = _place(actor, place)
    found = queries.state(actor, identifier, as_of, known_at)
    going = queries.trend(actor, identifier, as_of, known_at)
    data = {"place": identifier, "as_of": as_of, "known_at": known_at, **found.as_dict(), "trend": going.as_dict()}
    lines = [f"Condition:  {found.condition}" + (f" since {found.since}" if found.since else "") + f" ({found.certainty})",
             *([f"Extent:     {found.extent}"] if found.extent else []), f"Damage:     {found.damage}", f"Because:    {found.reason.text}",
             f"Trend:      {going.code}. {going.reason.text}"]  # fmt: skip
    lines += [f"Differs:    {d['condition']} ({d.get('observed') or 'day unknown'}) {d['id']}" for d in found.disagreements]
    lines += [f"Part {key}: {part.condition} ({part.certainty})" for key, part in found.elements.items()]
    if found.unseen:
        lines.append(f"Later:      {found.unseen['outcome']} ({found.unseen['observed'] or 'day unknown'})")
    if since:
        told = queries.between(actor, identifier, since, as_of, known_at)
        data["since"] = {"date": since, **told.as_dict()}
        lines += [f"On {since}: {told.before.condition}. {told.before.reason.text}",
                  f"Since then: {told.trend.code}. {told.trend.reason.text}",
                  f"Newly damaged: {told.newly_damaged.code}. {told.newly_damaged.reason.text}"]  # fmt: skip
    run.answer(data, lines)


@command("history", assess)
def history(run: Run, place: str = PLACE) -> None:
    """List the assessments of a place with all their versions."""
    actor = run.open()
    from tutela.assessment import queries

    found = queries.history(actor, _place(actor, place))
    rows = [(one["id"], one["kind"], v["line"], v["at"], v["status"] or "deleted", _condition(v["document"] or {}))
            for one in found for v in one["versions"]]  # fmt: skip
    headers = ("Id", "Kind", "Line", "Recorded (UTC)", "State", "Condition")
    run.answer({"history": found}, screen.table(headers, rows, (2,)) if rows else ["There is no assessment."])


def _condition(document: dict[str, Any]) -> str:
    return (document.get("condition") or {}).get("code", "")


@command("methods", assess)
def methods(run: Run) -> None:
    """Name the methods of assessment and what each must say."""
    from tutela.assessment.rules.methods import forms

    data = [{"name": form.name, "labels": form.labels, "definition": form.definition, "source": form.source, "visits": form.visits,
             "outcomes": form.outcomes, "must": form.must, "may": sorted(form.may), "each": form.each, "scales": form.scales}
            for form in forms().values()]  # fmt: skip
    rows = [(form.name, form.label(), ", ".join(form.must["finding"]), ", ".join(form.visits)) for form in forms().values()]
    run.answer({"methods": data}, screen.table(("Name", "Method", "Must say", "Visits"), rows))
