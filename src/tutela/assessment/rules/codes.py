"""Whether the codes and dates of an assessment that a person enters are of the lists and ways of writing that Tutela has."""

from __future__ import annotations

from datetime import date
from typing import Any

from tutela.assessment.rules.harms import check_harms
from tutela.assessment.rules.methods import check_form
from tutela.errors import Problem, TutelaError, declare, problem
from tutela.inventory.rules.codes import coded, date_problem, terms, unknown
from tutela.vocabulary.dates import parse, refuse_future

declare(
    {
        "condition-without-finding": (
            "A condition is given, but the outcome says that nothing was found out.",
            "Choose the outcome “finding”, or leave condition, extent and damages empty.",
        ),
        "damage-empty": ("A damage needs a cause or an effect.", "Choose at least one of them, or empty the row."),
        "event-reversed": ("The event ends ({value}) before it begins.", "Check its dates."),
        "extent-percent": ("{value} is not a share in percent.", "Give a number from 0 to 100."),
    }
)

Document = dict[str, Any]
CODED = (
    ("threats", "cause", "causes"),
    ("threats", "category", "disturbance-categories"),
    ("threats", "probability", "threat-probability"),
    ("recommendations", "action", "recommendations"),
)
FOUND = ("condition", "degree", "extent", "damages")


def check_codes(assessment: Document, today: date | None = None) -> list[Problem]:
    """All values that are not of their list, dates that cannot be, and findings where the outcome says there were none."""
    found = list(coded(assessment, CODED))
    if assessment.get("method") and assessment["method"] not in terms("methods"):
        found.append(unknown("method", assessment["method"], "methods"))
    for key in ("condition", "extent"):
        code = (assessment.get(key) or {}).get("code")
        if code and code not in terms(key):
            found.append(unknown(key, code, key))
    percent = (assessment.get("extent") or {}).get("value")
    if percent is not None and not 0 <= percent <= 100:
        found.append(problem("extent-percent", column="extent", value=percent))
    if assessment.get("outcome", "finding") not in ("finding", "no-damage"):
        found += [problem("condition-without-finding", column=key) for key in FOUND if assessment.get(key)][:1]
    for key in ("observed", "recorded"):
        found += _not_yet(assessment.get(key), key, today)
    for n, damage in enumerate(assessment.get("damages", ())):
        found += _damage(damage, n, today)
    for n, misuse in enumerate(assessment.get("misuses", ())):
        found += _event(misuse.get("event") or {}, f"misuses.{n}", today)
    for n, advice in enumerate(assessment.get("recommendations", ())):
        code = (advice.get("priority") or {}).get("code")
        if code and code not in terms("priority"):
            found.append(unknown(f"recommendations.{n}.priority", code, "priority"))
    return found + check_harms(assessment) + check_form(assessment)


def _not_yet(text: str | None, column: str, today: date | None) -> list[Problem]:
    """A day that has not come; what cannot be read at all is another rule's."""
    if not text or today is None:
        return []
    try:
        refuse_future(parse(text), today)
    except TutelaError as error:
        p = error.problem
        return [Problem(p.code, p.message, p.todo, column=column, value=p.value)] if p.code == "date-in-future" else []
    return []


def _damage(damage: Document, n: int, today: date | None) -> list[Problem]:
    found = []
    cause, effect = damage.get("cause") or {}, damage.get("effect") or {}
    if not (cause.get("code") or cause.get("original") or cause.get("category") or effect.get("code") or effect.get("original")):
        found.append(problem("damage-empty", column=f"damages.{n}.cause"))
    for part, item, vocabulary in (("cause", cause, "causes"), ("effect", effect, "effects")):
        if item.get("code") and item["code"] not in terms(vocabulary):
            found.append(unknown(f"damages.{n}.{part}", item["code"], vocabulary))
        if item.get("certainty") and item["certainty"] not in terms("certainty"):
            found.append(unknown(f"damages.{n}.{part}_certainty", item["certainty"], "certainty"))
    return found + _event(damage.get("event") or {}, f"damages.{n}", today)


def _event(event: Document, column: str, today: date | None) -> list[Problem]:
    """The days between which something happened."""
    found = []
    for key, text in event.items():
        found += date_problem(f"{column}.{key}", text) or _not_yet(text, f"{column}.{key}", today)
    last = event.get("to") or event.get("before")
    if not found and event.get("from") and last:
        begins, ends = parse(event["from"]).earliest, parse(last).latest
        if begins is not None and ends is not None and ends < begins:
            found.append(problem("event-reversed", column=f"{column}.to" if event.get("to") else f"{column}.before", value=last))
    return found
