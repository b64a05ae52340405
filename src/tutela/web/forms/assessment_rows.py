"""The repeatable groups of an assessment's form: parts of the place, damages, misuses, threats, recommendations."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from tutela.assessment.rules.methods import Form
from tutela.assessment.rules.risk import band
from tutela.vocabulary import load
from tutela.vocabulary.folding import fold
from tutela.web import i18n
from tutela.web.forms.assessment_fields import ScaledField, scaled_document, scaled_shown
from tutela.web.forms.fields import CodeField, DateField, capital, written
from tutela.web.forms.rows import Document, RowForm, Rows

EVENT = {"on": "event_on", "from": "event_from", "to": "event_to", "before": "event_before"}
PARTS = "parts"  # the list of keys that fields for a part of the place suggest from


class AssessmentRow(RowForm):
    """A row whose items have keys of their own, codes within parts, and perhaps an event."""

    method: Form | None = None
    CODED: dict[str, str] = {}  # part of the item → its field with a code; what else the part holds is kept

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        for name, field in self.fields.items():
            if isinstance(field, ScaledField):
                field.speak(self.method, self.lang, str(self[name].value() or ""))

    @classmethod
    def shown_of(cls, item: Document, context: Document) -> Document:
        out = super().shown_of(item, context)
        for part, name in cls.CODED.items():
            out[name] = (item.get(part) or {}).get("code", "")
            if f"{name}_certainty" in cls.base_fields:
                out[f"{name}_certainty"] = (item.get(part) or {}).get("certainty", "")
        for key, name in EVENT.items():
            if name in cls.base_fields:
                out[name] = (item.get("event") or {}).get(key, "")
        return out

    def item(self, before: Document, context: Document) -> Document:
        clean, out = self.cleaned_data, dict(before)
        if context.get("keyed", {}).get(type(self).__name__):
            out.setdefault("key", context["key"](context["keyed"][type(self).__name__]))
        for name in ("note", "certainty", "element"):
            if name in self.fields:
                _set(out, name, clean.get(name))
        for part, name in self.CODED.items():
            _set(out, part, _coded(before.get(part), clean.get(name), clean.get(f"{name}_certainty")))
        if "event_on" in self.fields:
            _set(out, "event", {key: clean[name].text for key, name in EVENT.items() if clean.get(name)})
        return out


def _set(out: Document, key: str, value: Any) -> None:
    if value in (None, "", {}, []):
        out.pop(key, None)
    else:
        out[key] = value


def _coded(before: Any, code: str, certainty: str | None) -> Document:
    """A part with a code; one that a list brought without a code stays as it is while none is chosen."""
    held = dict(before) if isinstance(before, dict) else {}
    if not code:
        return held if held and not held.get("code") else {}
    if held.get("code") != code:
        held = {"code": code}
    _set(held, "certainty", certainty)
    return held


class ElementRow(AssessmentRow):
    kind = CodeField("element-kinds")
    label = written(200)
    key = written(60, suggest=PARTS)
    outcome = CodeField("outcomes")
    condition = ScaledField("condition")
    degree = ScaledField("degree")
    extent = CodeField("extent")
    note = written(2000)
    CODED = {"extent": "extent"}
    LABELS = {
        "kind": "Part",
        "label": "Which one",
        "key": "Key",
        "outcome": "Outcome",
        "condition": "Condition",
        "degree": "Degree of damage",
        "extent": "Extent of damage",
        "note": "Note",
    }
    HINTS = {
        "label": "Stele 3, dome over the mihrab …",
        "key": "The same in every assessment: roof, stele-3. Made of the part where it is empty.",
    }
    WIDE = frozenset({"note"})

    @classmethod
    def shown_of(cls, item: Document, context: Document) -> Document:
        scaled = {part: scaled_shown(item.get(part)) for part in ("condition", "degree")}
        return {**super().shown_of(item, context), **scaled}

    def item(self, before: Document, context: Document) -> Document:
        clean, out = self.cleaned_data, super().item(before, context)
        for name in ("kind", "label", "outcome"):
            _set(out, name, clean.get(name))
        for name in ("condition", "degree"):
            if name in self.fields:
                _set(out, name, scaled_document(clean.get(name, ""), before.get(name)))
        word = _slug(clean.get("label", "")) or _slug(clean.get("kind", "")) or "part"
        key = clean.get("key") or before.get("key") or context["part"](word)
        return {"key": key, **{k: v for k, v in out.items() if k != "key"}}


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:40] if text.isascii() else ""


class DamageRow(AssessmentRow):
    cause = CodeField("causes")
    cause_certainty = CodeField("certainty")
    effect = CodeField("effects")
    effect_certainty = CodeField("certainty")
    element = written(60, suggest=PARTS)
    extent = CodeField("extent")
    event_on = DateField()
    event_from = DateField()
    event_to = DateField()
    event_before = DateField()
    note = written(2000)
    KEYS = {value: key for key, value in EVENT.items()}
    CODED = {"cause": "cause", "effect": "effect", "extent": "extent"}
    LABELS = {
        "cause": "Cause",
        "cause_certainty": "Certainty of the cause",
        "effect": "Effect",
        "effect_certainty": "Certainty of the effect",
        "element": "On which part",
        "extent": "Extent of damage",
        "event_on": "Happened on",
        "event_from": "From",
        "event_to": "Until",
        "event_before": "Before",
        "note": "Note",
    }
    HINTS = {"event_before": "Seen for the first time on this day.", "element": "Its key; empty: the place as a whole."}
    WIDE = frozenset({"note"})

    def item(self, before: Document, context: Document) -> Document:
        out = super().item(before, context)
        cause = out.get("cause") or {}
        category = load("causes").terms[cause["code"]].broader if cause.get("code") in load("causes").terms else None
        if category:
            cause["category"] = category
        return out


class MisuseRow(AssessmentRow):
    use = CodeField("misuses")
    element = written(60, suggest=PARTS)
    certainty = CodeField("certainty")
    event_from = DateField()
    event_to = DateField()
    event_before = DateField()
    event_on = DateField()
    note = written(2000)
    KEYS = {value: key for key, value in EVENT.items()}
    CODED = {"use": "use"}
    LABELS = {
        "use": "Used for",
        "element": "On which part",
        "certainty": "Certainty",
        "event_from": "From",
        "event_to": "Until",
        "event_before": "Before",
        "event_on": "Happened on",
        "note": "Note",
    }
    WIDE = frozenset({"note"})


class ThreatRow(AssessmentRow):
    cause = CodeField("causes")
    probability = CodeField("threat-probability")
    severity = CodeField("threat-severity")
    horizon = CodeField("threat-horizon")
    certainty = CodeField("certainty")
    element = written(60, suggest=PARTS)
    LABELS = {
        "cause": "Threat",
        "probability": "How likely",
        "severity": "How severe",
        "horizon": "How soon",
        "certainty": "Certainty",
        "element": "On which part",
    }

    def item(self, before: Document, context: Document) -> Document:
        out = RowForm.item(self, before, context)
        category = load("causes").terms[out["cause"]].broader if out.get("cause") in load("causes").terms else None
        return out | ({"category": category} if category else {})

    def said(self) -> str:
        """The band of risk that follows from what is typed."""
        given = {name: str(self[name].value() or "") for name in ("cause", "probability", "severity", "horizon")}
        if not given["cause"] or not (given["probability"] or given["severity"]):
            return ""
        word = capital(load("risk-bands").label(band(given), self.lang))
        return i18n.t("Risk that follows: {band}", self.lang, band=word)


class AdviceRow(AssessmentRow):
    action = CodeField("recommendations")
    priority = CodeField("priority")
    note = written(2000)
    CODED = {"priority": "priority"}
    LABELS = {"action": "Recommendation", "priority": "Priority", "note": "Note"}
    WIDE = frozenset({"note"})

    def item(self, before: Document, context: Document) -> Document:
        out = super().item(before, context)
        _set(out, "action", self.cleaned_data.get("action"))
        return out


class Elements(Rows):
    form, name, label, one_more = ElementRow, "elements", "Parts of the place", "One more part"
    lead = "Roof, dome, wall painting, stele 3: each with a state of its own."


class Damages(Rows):
    form, name, label, one_more = DamageRow, "damages", "Damages", "One more damage"
    lead = "One row for each cause and effect. No field names who did it."


class Misuses(Rows):
    form, name, label, one_more = MisuseRow, "misuses", "Misuse", "One more misuse"
    lead = "What the place is used for that harms it. No field names who did it."


class Threats(Rows):
    form, name, label, one_more = ThreatRow, "threats", "Threats", "One more threat"
    lead = "What may still happen. How likely, how severe and how soon together give the band of risk."


class Advice(Rows):
    form, name, label, one_more = AdviceRow, "recommendations", "Recommendations", "One more recommendation"


ALL = (Elements, Damages, Misuses, Threats, Advice)


def rows_for(method: Form | None) -> list[type[Rows]]:
    """The groups that a method asks, their rows with its scales and without what it does not say."""
    return [_of(rows, method) for rows in ALL if method is None or rows.name in method.may]


def _of(rows: type[Rows], method: Form | None) -> type[Rows]:
    without = {
        name: None
        for name in ("condition", "degree", "extent")
        if rows is Elements and method and (name not in method.may or (name == "condition" and method.values))
    }
    made: type[forms.Form] = type(rows.form)(rows.form.__name__, (rows.form,), {"method": method, **without})
    return type(rows.__name__, (rows,), {"form": made})
