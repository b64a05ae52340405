"""What an assessment must hold to be kept."""

from __future__ import annotations

from typing import Any

from tutela.errors import Problem, TutelaError, declare, problem
from tutela.vocabulary.dates import parse

declare({
    "assessment-empty": ("This assessment says nothing: no condition, no outcome, no damage, no threat, no note.",
                         "Say what was found (“no damage” is a finding), or why nothing was: not visible, not visited, not assessable."),
    "observed-after-recorded": ("It was written down ({value}) before it was observed ({observed}).", "Check the two dates."),
    "assessment-refused": ("The assessment was not kept: {reason}", "Mend what is named, then save again."),
})

SAYS = ("condition", "degree", "extent", "elements", "damages", "misuses", "threats", "recommendations", "interventions", "note")
OUTCOMES = ("finding", "no-damage", "not-visible", "not-visited", "not-assessable")


def check_assessment(assessment: dict[str, Any]) -> list[Problem]:
    """All that keeps this document from being an assessment."""
    found: list[Problem] = []
    if not any(assessment.get(key) for key in SAYS) and assessment.get("outcome", "finding") == "finding":
        found.append(problem("assessment-empty", column="condition"))
    if assessment.get("outcome", "finding") not in OUTCOMES:
        found.append(problem("value-unknown", column="outcome", value=assessment["outcome"], what="outcomes"))
    dates = {}
    for key in ("observed", "recorded"):
        if assessment.get(key):
            try:
                dates[key] = parse(assessment[key])
            except TutelaError as error:
                p = error.problem
                found.append(Problem(p.code, p.message, p.todo, column=key, value=p.value))
    if len(dates) == 2 and dates["observed"].earliest and dates["recorded"].latest and \
            dates["observed"].earliest > dates["recorded"].latest:
        found.append(problem("observed-after-recorded", column="recorded", value=assessment["recorded"], observed=assessment["observed"]))
    return found
