"""What the pages of condition say in words: conditions, reasons, states of review, who did what; one assessment as a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tutela.assessment.rules.reasons import SENTENCES, Reason
from tutela.people.queries import names as names_of
from tutela.people.rules import Actor
from tutela.vocabulary import load
from tutela.web import i18n
from tutela.web.forms.assessment_fields import method_label
from tutela.web.forms.fields import capital
from tutela.web.views.common import label

Document = dict[str, Any]
TRENDS = {"improving": "Improving", "worse": "Getting worse", "unchanged": "Unchanged", "unknown": "Trend not known"}
ANSWERS = {"yes": "Yes", "no": "No", "unknown": "Not known"}
CERTAIN = {"agreed": "Agreed", "single": "One assessment", "disputed": "Assessors disagree", "none": ""}
DAMAGE = {"documented": "Damage documented", "none": "Looked at, no damage found", "unknown": "Nothing known of damage"}
ACTS = {"submit": "Submit for review", "review": "Reviewed: found sound", "publish": "Publish", "return": "Send back to the author"}
DONE = {
    "submit": "Submitted. A reviewer goes on from here.",
    "review": "Reviewed. It counts from now on.",
    "publish": "Published. It stands in the register.",
    "return": "Sent back. It is a draft again.",
}
CODED = {"condition": "condition", "before": "condition", "after": "condition", "outcome": "outcomes", "rule": "consensus-rules"}


def word(vocabulary: str, code: str | None, lang: str) -> str:
    """A code of a list in words, with a capital; nothing for none."""
    return capital(term(vocabulary, code, lang)) if code else ""


def term(vocabulary: str, code: str, lang: str) -> str:
    """A code of a list in words: the list's own, else the interface's translation of the English one."""
    held = load(vocabulary)
    said, known = held.label(code, lang), held.terms.get(code)
    if known is None or lang in known.labels or lang.partition("-")[0] in known.labels:
        return said
    translated = i18n.t(capital(said), lang)
    return said if translated == capital(said) else translated


def condition(code: str, lang: str) -> str:
    """A condition, or the outcome where nothing was found out."""
    if code == "none":
        return i18n.t("Not assessed", lang)
    if code in load("outcomes").terms and code not in load("condition").terms:
        return word("outcomes", code, lang)
    return label("condition", code, lang)


def extent(code: str, lang: str) -> str:
    return label("extent", code, lang)


def reason(found: Reason, lang: str) -> str:
    """A reason's sentence in the reader's language, its codes in words and its days as they are written."""
    values = {key: _value(key, value, lang) for key, value in found.values.items()}
    return i18n.t(SENTENCES[found.code], lang, **values)


def _value(key: str, value: Any, lang: str) -> Any:
    if value is None:
        return i18n.t("on an unknown day", lang)
    if not isinstance(value, str):
        return value
    if key == "others":  # "good (2020-05-01), fair (?)"
        return ", ".join(_other(part, lang) for part in value.split("), "))
    vocabulary = CODED.get(key)
    if vocabulary == "condition" and value in load("extent").terms and value not in load("condition").terms:
        return term("extent", value, lang)
    if vocabulary and value in load(vocabulary).terms:
        return term(vocabulary, value, lang)
    return value


def _other(part: str, lang: str) -> str:
    code, _, day = part.partition(" (")
    return f"{term('condition', code, lang)} ({i18n.isolated(day.rstrip(')'), lang)})"


def status(document: Mapping[str, Any], lang: str) -> str:
    """How far the review is; what came from a list is published."""
    return word("review-states", document.get("status", "published"), lang)


def said(document: Mapping[str, Any], lang: str) -> Document:
    """What a finding says in a few words: {code (for the mark), words, original, extent}."""
    outcome, code = document.get("outcome", "finding"), (document.get("condition") or {}).get("code")
    degree = document.get("degree") or {}
    shown = code or ("unknown" if outcome == "finding" else outcome)
    if outcome == "no-damage" and not code:
        shown = "good"
    words = condition(code, lang) if code else word("outcomes", outcome, lang) if outcome != "finding" else ""
    if not words and degree.get("code"):
        words = word("damage", degree["code"], lang)
    return {
        "code": shown,
        "words": words or i18n.t("No condition stated", lang),
        "original": original(document, lang),
        "extent": (document.get("extent") or {}).get("code", ""),
        "degree": word("damage", degree.get("code"), lang),
    }


def original(document: Mapping[str, Any], lang: str) -> str:
    """The value on the scale that it was given on, where that is not ours."""
    out = []
    for part in ("condition", "degree", "extent"):
        value = document.get(part) or {}
        if value.get("original") and str(value["original"]).casefold() != str(value.get("code", "")).casefold():
            scale = f" ({value['scale']})" if value.get("scale") else ""
            out.append(f"{value['original']}{scale}")
    return "; ".join(dict.fromkeys(out))


def people(ids: Iterable[str], actor: Actor) -> str:
    """Names of people, for those who may know them; for the public how many they are."""
    ids = list(dict.fromkeys(ids))
    if actor.audience < 1:
        return i18n.t("{n} people", actor.language, n=len(ids)) if ids else ""
    known = names_of(set(ids)) if actor.may("read-journal-people") else {}
    return ", ".join(_who(one, known, actor) for one in ids)


def name(public_id: str, actor: Actor) -> str:
    """Who somebody is, as the journal tells it: by name only to those who may know; one's own acts as such."""
    return people([public_id], actor) if actor.audience >= 1 else ""


def _who(one: str, known: Mapping[str, str], actor: Actor) -> str:
    if one == actor.id:
        return i18n.t("you", actor.language)
    if one == "operator":
        return i18n.t("local operator", actor.language)
    return known.get(one) or i18n.t("person {id}", actor.language, id=one[:8])


def how(document: Mapping[str, Any], lang: str) -> str:
    """Method, form and occasion in one line."""
    from tutela.assessment.rules.methods import forms

    form = forms().get(str(document.get("form")))
    activity = document.get("activity")
    parts = [
        word("methods", document.get("method"), lang),
        method_label(form, lang) if form else "",
        activity if isinstance(activity, str) else "",
        document.get("assessor_role", ""),
    ]
    return " · ".join(part for part in parts if isinstance(part, str) and part)


def event(given: Mapping[str, str] | None, lang: str) -> str:
    """When something happened, as a sentence's part; the days stay as they are."""
    given = given or {}
    if given.get("on"):
        return str(given["on"])
    if given.get("before") and not given.get("from"):
        return i18n.t("not later than {day}", lang, day=given["before"])
    last = given.get("to") or given.get("before")
    if given.get("from") and last:
        return i18n.t("between {first} and {last}", lang, first=given["from"], last=last)
    if given.get("from"):
        return i18n.t("from {day} on", lang, day=given["from"])
    return i18n.t("not later than {day}", lang, day=last) if last else ""


def line(document: Document, actor: Actor) -> Document:
    """An assessment or a consensus as one line of a list."""
    lang, found = actor.language, said(document, actor.language)
    consensus = "rule" in document
    return {
        "id": document["id"],
        "href": f"/assessments/{document['id']}/",
        "observed": document.get("observed", ""),
        "recorded": document.get("recorded", ""),
        **found,
        "how": word("consensus-rules", document["rule"], lang) if consensus else how(document, lang),
        "consensus": consensus,
        "status": document.get("status", "published"),
        "status_words": status(document, lang),
        "damages": len(document.get("damages", ())),
        "note": document.get("note", ""),
        "element": document.get("element", ""),
    }
