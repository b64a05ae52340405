"""The form of an assessment: the outcome first, then what was found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from tutela.errors import Problem
from tutela.vocabulary import load
from tutela.vocabulary.scales import extent_band
from tutela.web import i18n
from tutela.web.forms.fields import CodeField, DateField, NumberField, capital, written
from tutela.web.forms.rows import Document, RowForm, Rows, Speaking, pressed
from tutela.web.forms.summary import mistakes

EVENT = {"on": "event_on", "from": "event_from", "to": "event_to", "before": "event_before"}


class AssessmentHead(Speaking):
    """What stands once in an assessment."""

    outcome = forms.ChoiceField(widget=forms.RadioSelect)
    observed = DateField()
    recorded = DateField()
    method = CodeField("methods")
    activity = written(300)
    condition = CodeField("condition")
    extent = CodeField("extent")
    percent = NumberField()
    note = written(20_000, lines=4)
    LABELS = {
        "outcome": "Outcome",
        "observed": "Observed on",
        "recorded": "Written down on",
        "method": "Method",
        "activity": "Occasion",
        "condition": "Overall condition",
        "extent": "Extent of damage",
        "percent": "Or in percent",
        "note": "Note",
    }
    HINTS = {
        "observed": "The day looked at: the visit's, or the image's. A month or an interval will do.",
        "activity": "Survey, mission, image read …",
        "percent": "Only if it was measured or estimated as a number.",
        "note": "What was seen. No names of persons.",
    }
    WIDE = frozenset({"outcome", "note"})
    GROUPS = (
        ("", ("outcome",)),
        ("When and how", ("observed", "recorded", "method", "activity")),
        ("Condition", ("condition", "extent", "percent")),
    )

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        terms = load("outcomes")
        self.fields["outcome"].choices = [
            (code, f"{capital(terms.label(code, self.lang))} · {i18n.t(term.definition, self.lang)}") for code, term in terms.terms.items()
        ]
        for name in ("observed", "recorded"):
            self.fields[name].widget.attrs["data-reads"] = "date"

    def clean(self) -> Document:
        out = super().clean() or self.cleaned_data
        percent, band = out.get("percent"), out.get("extent")
        if percent is not None and 0 <= percent <= 100 and band and band != extent_band(percent):
            self.add_error(
                "percent", i18n.t("{percent} percent lies in another band than the one chosen.", self.lang, percent=f"{percent:g}")
            )
        return out


class DamageRow(RowForm):
    cause = CodeField("causes")
    cause_certainty = CodeField("certainty")
    effect = CodeField("effects")
    effect_certainty = CodeField("certainty")
    event_on = DateField()
    event_from = DateField()
    event_to = DateField()
    event_before = DateField()
    note = written(2000)
    KEYS = {value: key for key, value in EVENT.items()}
    LABELS = {
        "cause": "Cause",
        "cause_certainty": "Certainty of the cause",
        "effect": "Effect",
        "effect_certainty": "Certainty of the effect",
        "event_on": "Happened on",
        "event_from": "From",
        "event_to": "Until",
        "event_before": "Before",
        "note": "Note",
    }
    HINTS = {"event_before": "Seen for the first time on this day."}
    WIDE = frozenset({"note"})

    def item(self, before: Document, context: Document) -> Document:
        clean, out = self.cleaned_data, {"key": context["key"]()}
        for part, vocabulary in (("cause", "causes"), ("effect", "effects")):
            if clean.get(part):
                out[part] = {"code": clean[part]}
                if clean.get(f"{part}_certainty"):
                    out[part]["certainty"] = clean[f"{part}_certainty"]
                category = load(vocabulary).terms[clean[part]].broader if part == "cause" else None
                if category:
                    out[part]["category"] = category
        event = {key: clean[name].text for key, name in EVENT.items() if clean.get(name)}
        if event:
            out["event"] = event
        if clean.get("note"):
            out["note"] = clean["note"]
        return out


class ThreatRow(RowForm):
    cause = CodeField("causes")
    probability = CodeField("threat-probability")
    LABELS = {"cause": "Threat", "probability": "How likely"}

    def item(self, before: Document, context: Document) -> Document:
        out = super().item(before, context)
        category = load("causes").terms[out["cause"]].broader if out.get("cause") else None
        return out | ({"category": category} if category else {})


class AdviceRow(RowForm):
    action = CodeField("recommendations")
    priority = CodeField("priority")
    LABELS = {"action": "Recommendation", "priority": "Priority"}

    def item(self, before: Document, context: Document) -> Document:
        out = super().item(before, context)
        return out | ({"priority": {"code": out["priority"]}} if out.get("priority") else {})


class Damages(Rows):
    form, name, label, one_more = DamageRow, "damages", "Damages", "One more damage"
    lead = "One row for each cause and effect. No field names who did it."


class Threats(Rows):
    form, name, label, one_more = ThreatRow, "threats", "Threats", "One more threat"
    lead = "What may still happen."


class Advice(Rows):
    form, name, label, one_more = AdviceRow, "recommendations", "Recommendations", "One more recommendation"


class AssessmentForm:
    """The whole form."""

    def __init__(self, lang: str, data: Mapping[str, Any] | None = None, today: date | None = None) -> None:
        self.lang = lang
        self.act, name, number = pressed(data) if data is not None else ("show", "", None)
        checked = self.act in ("save", "check")
        keys = iter(range(1, 100_000))
        context = {"key": lambda: f"d{next(keys)}"}
        self.lists = [
            rows(
                lang,
                (),
                data,
                checked=checked,
                context=context,
                add=self.act == "add" and name == rows.name,
                drop=number if self.act == "drop" and name == rows.name else None,
            )
            for rows in (Damages, Threats, Advice)
        ]
        if data is None:
            self.head = AssessmentHead(lang=lang, initial={"outcome": "finding", "recorded": (today or date.today()).isoformat()})
        else:
            bound = AssessmentHead(data, lang=lang)
            self.head = bound if checked else AssessmentHead(lang=lang, initial=bound.raw())

    def is_valid(self) -> bool:
        return all([self.head.is_valid(), *[rows.is_valid() for rows in self.lists]])

    def document(self) -> Document:
        """What was typed as a document.  Call after :meth:`is_valid`."""
        clean = self.head.cleaned_data
        out: Document = {"outcome": clean.get("outcome", "finding")}
        for key in ("observed", "recorded"):
            if clean.get(key):
                out[key] = clean[key].text
        for key in ("method", "activity", "note"):
            if clean.get(key):
                out[key] = clean[key]
        if clean.get("condition"):
            out["condition"] = {"code": clean["condition"]}
        percent = clean.get("percent")
        if percent is not None:
            out["extent"] = {"code": clean.get("extent") or (extent_band(percent) if 0 <= percent <= 100 else "unknown"), "value": percent}
        elif clean.get("extent"):
            out["extent"] = {"code": clean["extent"]}
        for rows in self.lists:
            items = rows.result()
            if items:
                out[rows.name] = items
        return out

    def blame(self, problems: list[Problem]) -> None:
        """Put what the rules refuse on the fields it is about."""
        for found in problems:
            name, _, rest = (found.column or "").partition(".")
            number, _, key = rest.partition(".")
            rows = next((r for r in self.lists if r.name == name), None)
            if rows is not None and number.isdigit() and rows.blame(int(number), key, found):
                continue
            self.head.blame("percent" if found.code == "extent-percent" else "condition" if name == "damages" else name, found)

    @property
    def errors(self) -> list[Document]:
        return mistakes(self.head, self.lists, self.lang)

    @property
    def groups(self) -> list[Document]:
        """The fields of the head in their sections."""
        return [
            {"label": label, "fields": [(self.head[n], n in AssessmentHead.WIDE) for n in names]} for label, names in AssessmentHead.GROUPS
        ]
