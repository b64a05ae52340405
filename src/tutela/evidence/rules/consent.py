"""What a witness allows, and what may therefore leave: decided here, by scopes and days.

A consent is {scope, given, until, withdrawn, item}; a scope is a code of the list ``consent-scopes``, narrow to wide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from tutela.errors import Problem, TutelaError, declare, problem
from tutela.vocabulary.dates import day_number, parse

declare({
    "consent-none": ("A witness of this item ({value}) has not agreed to its being handed over.",
                     "Ask the witness, record the consent, then try again; or leave the item out."),
    "consent-withdrawn": ("A witness of this item ({value}) has withdrawn consent.",
                          "Leave the item out: it may be kept, not handed over."),
    "consent-ended": ("The consent of a witness of this item ({value}) has ended.", "Ask the witness again, or leave the item out."),
    "consent-erased": ("A witness of this item ({value}) was erased at their own or another's request.", "Leave the item out."),
    "consent-scope": ("There is no scope of consent {value}.", "Use one of: {known}."),
    "consent-date": ("The consent would end ({until}) before it was given ({given}).", "Check the two dates."),
})

#: Scopes, narrow to wide: each includes those before it.
SCOPES = ("keep", "cite", "hand-over", "publish")

Document = Mapping[str, Any]


def check_consent(consent: Document) -> list[Problem]:
    """All that keeps this from being a consent: an unknown scope, dates that cannot be read or do not follow."""
    found: list[Problem] = []
    if consent.get("scope") not in SCOPES:
        found.append(problem("consent-scope", column="scope", value=consent.get("scope"), known=", ".join(SCOPES)))
    days: dict[str, tuple[int | None, int | None]] = {}
    for key in ("given", "until", "withdrawn"):
        if consent.get(key):
            try:
                read = parse(consent[key])
                days[key] = (read.earliest, read.latest)
            except TutelaError as error:
                told = error.problem
                found.append(Problem(told.code, told.message, told.todo, column=key, value=told.value))
    first, last = days.get("given", (None, None))[0], days.get("until", (None, None))[1]
    if first and last and last < first:
        found.append(problem("consent-date", column="until", given=consent["given"], until=consent["until"]))
    return found


def stands(consent: Document, day: date) -> bool:
    """Whether a consent holds on a day: not withdrawn, and not past its end (its last possible day)."""
    if consent.get("withdrawn"):
        return False
    if not consent.get("until"):
        return True
    last = parse(consent["until"]).latest
    return last is None or day_number(day.year, day.month, day.day) <= last


def covers(consent: Document, scope: str, item: str | None) -> bool:
    """Whether a consent's words reach as far as this, for this item (a consent without an item is for all of them)."""
    given = consent.get("scope")
    return given in SCOPES and SCOPES.index(given) >= SCOPES.index(scope) and consent.get("item") in (None, item)


def exportable(item: Document, witnesses: Mapping[str, Document], day: date, scope: str = "hand-over", item_id: str | None = None) -> bool:
    """Whether an item may leave as far as its witnesses go.  ``witnesses`` {public id: their record}, see :func:`refusals`."""
    return not refusals(item, witnesses, day, scope, item_id)


def refusals(item: Document, witnesses: Mapping[str, Document], day: date, scope: str = "hand-over",
             item_id: str | None = None) -> list[Problem]:
    """Why an item may not leave: one problem for each of its witnesses who does not allow it on this day.

    An item without witnesses has none.  A witness of whom nothing is known, or who never agreed, does not allow it: silence is
    no consent.  One consent that stands is enough; a later withdrawal of *that* consent ends it.
    """
    found = []
    for uuid in item.get("witnesses", ()):
        witness = witnesses.get(uuid, {})
        code = _refusal(witness, day, scope, item_id)
        if code:
            found.append(problem(code, column="witnesses", value=witness.get("pseudonym", uuid)))
    return found


def _refusal(witness: Document, day: date, scope: str, item: str | None) -> str | None:
    if witness.get("erased"):
        return "consent-erased"
    wide: Iterable[Document] = [consent for consent in witness.get("consents", ()) if covers(consent, scope, item)]
    if any(stands(consent, day) for consent in wide):
        return None
    if any(consent.get("withdrawn") for consent in wide):
        return "consent-withdrawn"
    return "consent-ended" if wide else "consent-none"
