"""The form of an assessment: the method first, which decides what is asked; then the outcome, then what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django import forms

from tutela.assessment.rules.methods import Form
from tutela.assessment.rules.methods import forms as methods
from tutela.errors import Problem
from tutela.vocabulary import load
from tutela.vocabulary.scales import extent_band
from tutela.web import i18n
from tutela.web.forms.assessment_fields import ScaledField, method_label, method_named, scaled_document, scaled_shown
from tutela.web.forms.assessment_rows import rows_for
from tutela.web.forms.fields import CodeField, DateField, NumberField, capital, read_date, written
from tutela.web.forms.rows import Document, Speaking, pressed
from tutela.web.forms.summary import mistakes

FIRST = ("rapid", "detailed", "unosat", "ems-98")  # the order in which methods are offered; others follow
USUAL = "rapid"  # the method that a new form begins with
KEYED = {"DamageRow": "d", "MisuseRow": "m"}  # rows whose items are given keys: d1, d2 … m1 …


class AssessmentHead(Speaking):
    """What stands once in an assessment."""

    outcome = forms.ChoiceField(widget=forms.RadioSelect)
    observed = DateField()
    recorded = DateField()
    method = CodeField("methods")
    imagery = written(500)
    activity = written(300)
    condition = ScaledField("condition")
    degree = ScaledField("degree")
    extent = CodeField("extent")
    percent = NumberField()
    urgency = CodeField("priority")
    note = written(20_000, lines=4)
    LABELS = {
        "outcome": "Outcome",
        "observed": "Observed on",
        "recorded": "Written down on",
        "method": "Method",
        "imagery": "Images consulted",
        "activity": "Occasion",
        "condition": "Overall condition",
        "degree": "Degree of damage",
        "extent": "Extent of damage",
        "percent": "Or in percent",
        "urgency": "Urgency",
        "note": "Note",
    }
    HINTS = {
        "observed": "The day looked at: the visit's, or the image's. A month or an interval will do.",
        "imagery": "Their days, separated by commas: 2012-09-24, 2020-10-01.",
        "activity": "Survey, mission, image read …",
        "percent": "Only if it was measured or estimated as a number.",
        "note": "What was seen. No names of persons.",
    }
    WIDE = frozenset({"outcome", "note"})
    GROUPS = (
        ("", ("outcome",)),
        ("When and how", ("observed", "recorded", "method", "imagery", "activity")),
        ("Condition", ("condition", "degree", "extent", "percent", "urgency")),
    )

    def __init__(self, *arguments: Any, form: Form | None = None, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.form = form
        for name in ("condition", "degree", "extent", "urgency", "imagery"):
            if form is not None and name not in form.may:
                del self.fields[name]
        if form is not None and form.values and "degree" in form.may:  # the condition follows from the class
            self.fields.pop("condition", None)
        if "extent" not in self.fields:
            del self.fields["percent"]
        for name, field in self.fields.items():
            if isinstance(field, ScaledField):
                field.speak(form, self.lang, str(self[name].value() or ""))
        terms = load("outcomes")
        self.fields["outcome"].choices = [
            (code, f"{capital(terms.label(code, self.lang))} · {i18n.t(term.definition, self.lang)}")
            for code, term in terms.terms.items()
            if form is None or code in form.outcomes
        ]
        if form is not None:
            kept = {"", *form.visits, str(self["method"].value() or "")}
            self.fields["method"].choices = [choice for choice in self.fields["method"].choices if choice[0] in kept]
        for name in ("observed", "recorded"):
            self.fields[name].widget.attrs["data-reads"] = "date"

    def clean_imagery(self) -> list[str]:
        parts = [part.strip() for part in self.cleaned_data.get("imagery", "").replace(";", ",").split(",")]
        return [read_date(part).text for part in parts if part]

    def clean(self) -> Document:
        out = super().clean() or self.cleaned_data
        percent, band = out.get("percent"), out.get("extent")
        if percent is not None and 0 <= percent <= 100 and band and band != extent_band(percent):
            self.add_error(
                "percent", i18n.t("{percent} percent lies in another band than the one chosen.", self.lang, percent=f"{percent:g}")
            )
        return out

    @staticmethod
    def shown_of(document: Document) -> Document:
        """The initial values for a document."""
        extent = document.get("extent") or {}
        activity = document.get("activity")
        return {
            "outcome": document.get("outcome", "finding"),
            **{key: document.get(key, "") for key in ("observed", "recorded", "method", "note")},
            "imagery": ", ".join(document.get("imagery", ())),
            "activity": activity if isinstance(activity, str) else "",
            "condition": scaled_shown(document.get("condition")),
            "degree": scaled_shown(document.get("degree")),
            "extent": extent.get("code", ""),
            "percent": f"{extent['value']:g}" if isinstance(extent.get("value"), (int, float)) else "",
            "urgency": (document.get("urgency") or {}).get("code", ""),
        }


def _keys(used: Iterable[str]) -> Callable[[str], str]:
    """Gives fresh keys d1, d2 … of a prefix, none of those used."""
    taken = set(used)

    def fresh(prefix: str) -> str:
        n = next(n for n in range(1, 100_000) if f"{prefix}{n}" not in taken)
        taken.add(f"{prefix}{n}")
        return f"{prefix}{n}"

    return fresh


def _parts(used: Iterable[str]) -> Callable[[str], str]:
    """Gives the key of a part: its word, with a number from the second on."""
    taken = set(used)

    def fresh(word: str) -> str:
        key = word if word not in taken else next(f"{word}-{n}" for n in range(2, 100_000) if f"{word}-{n}" not in taken)
        taken.add(key)
        return key

    return fresh


class AssessmentForm:
    """The whole form.  ``before``: the document that is corrected; ``form``: the method that a new one begins with."""

    def __init__(
        self,
        lang: str,
        data: Mapping[str, Any] | None = None,
        today: date | None = None,
        *,
        before: Document | None = None,
        form: str = USUAL,
    ) -> None:
        self.lang, self.before = lang, before or {}
        self.act, name, number = pressed(data) if data is not None else ("show", "", None)
        chosen = form if data is None else data.get("form", "")
        if data is None and before:
            chosen = before.get("form", "")
        if data is not None and "use" in data:
            self.act, chosen = "use", data["use"]
        self.method = method_named(chosen)
        checked = self.act in ("save", "check")
        used = [item.get("key", "") for key in ("damages", "misuses", "threats") for item in self.before.get(key, ())]
        context = {"key": _keys(used), "part": _parts(()), "keyed": KEYED}
        self.lists = [
            rows(
                lang,
                self.before.get(rows.name, ()),
                data,
                checked=checked,
                context=context,
                add=self.act == "add" and name == rows.name,
                drop=number if self.act == "drop" and name == rows.name else None,
            )
            for rows in rows_for(self.method)
        ]
        if data is None:
            fresh = {"outcome": "finding", "recorded": (today or date.today()).isoformat()}
            shown = AssessmentHead.shown_of(self.before) if self.before else fresh
            self.head = AssessmentHead(lang=lang, form=self.method, initial=shown)
        else:
            bound = AssessmentHead(data, lang=lang, form=self.method)
            typed = {key: data.get(key, "") for key in AssessmentHead.base_fields}
            self.head = bound if checked else AssessmentHead(lang=lang, form=self.method, initial=typed)

    def is_valid(self) -> bool:
        return all([self.head.is_valid(), *[rows.is_valid() for rows in self.lists]])

    def document(self) -> Document:
        """What was typed as a document; what the form does not show of the document before is kept.  Call after :meth:`is_valid`."""
        clean, before = self.head.cleaned_data, self.before
        shown = {*self.head.fields, *(rows.name for rows in self.lists), "form"}
        out: Document = {key: value for key, value in before.items() if key not in shown}
        if "form" in before or self.method is not None:
            out |= {"form": self.method.name} if self.method else {}
        out["outcome"] = clean.get("outcome", "finding")
        for key in ("observed", "recorded"):
            if clean.get(key):
                out[key] = clean[key].text
        for key in ("method", "activity", "note", "imagery"):
            if clean.get(key):
                out[key] = clean[key]
        for key in ("condition", "degree"):
            value = scaled_document(clean.get(key, ""), before.get(key))
            if value:
                out[key] = value
        if clean.get("urgency"):
            held = before.get("urgency") or {}
            out["urgency"] = held if held.get("code") == clean["urgency"] else {"code": clean["urgency"]}
        if "extent" in self.head.fields:
            out |= self._extent(clean)
        for rows in self.lists:
            items = rows.result()
            if items:
                out[rows.name] = items
        if "condition" not in self.head.fields and scaled_shown(before.get("degree")) != scaled_shown(out.get("degree")):
            out.pop("condition", None)  # it followed from the class, and follows from the new one
        return out

    def _extent(self, clean: Document) -> Document:
        held, percent, band = self.before.get("extent") or {}, clean.get("percent"), clean.get("extent")
        if held and held.get("code") == band and held.get("value") == percent:
            return {"extent": held}
        if percent is not None:
            return {"extent": {"code": band or (extent_band(percent) if 0 <= percent <= 100 else "unknown"), "value": percent}}
        return {"extent": {"code": band}} if band else {}

    def blame(self, problems: list[Problem]) -> None:
        """Put what the rules refuse on the fields it is about."""
        for found in problems:
            name, _, rest = (found.column or "").partition(".")
            number, _, key = rest.partition(".")
            rows = next((r for r in self.lists if r.name == name), None)
            if rows is not None and number.isdigit() and rows.blame(int(number), key.partition(".")[0], found):
                continue
            self.head.blame("percent" if found.code == "extent-percent" else "condition" if name == "damages" else name, found)

    @property
    def errors(self) -> list[Document]:
        return mistakes(self.head, self.lists, self.lang)

    @property
    def groups(self) -> list[Document]:
        """The fields of the head in their sections."""
        found = []
        for label, names in AssessmentHead.GROUPS:
            fields = [(self.head[n], n in AssessmentHead.WIDE) for n in names if n in self.head.fields]
            if fields:
                found.append({"label": label, "fields": fields})
        return found

    @property
    def methods(self) -> list[Document]:
        """The methods to choose from: [{name, label, definition, source, on}]; the last one asks everything."""
        listed = [methods()[name] for name in FIRST if name in methods()] + [m for name, m in methods().items() if name not in FIRST]
        out = [
            {"name": m.name, "label": method_label(m, self.lang), "definition": i18n.t(m.definition, self.lang), "on": m is self.method}
            for m in listed
        ]
        free = {
            "name": "",
            "label": i18n.t("No set method", self.lang),
            "definition": i18n.t("Every field is asked, none is needed.", self.lang),
        }
        return [*out, {**free, "on": self.method is None}]

    @property
    def needs(self) -> list[str]:
        """The labels of what the method must say of a finding."""
        must = self.method.needs("finding") if self.method else ()
        return [i18n.t(AssessmentHead.LABELS[key], self.lang) for key in must if key in AssessmentHead.LABELS]
