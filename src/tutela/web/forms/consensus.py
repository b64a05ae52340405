"""The form of a consensus: which assessments, by which rule, on which part, and what a single reviewer decides."""

from __future__ import annotations

from typing import Any

from django import forms

from tutela.assessment.rules.consensus import RULES
from tutela.vocabulary import load
from tutela.web import i18n
from tutela.web.forms.fields import CodeField, capital, written
from tutela.web.forms.rows import Document, Speaking


class ConsensusForm(Speaking):
    rule = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    element = forms.ChoiceField(required=False)
    condition = CodeField("condition")
    degree = CodeField("damage")
    extent = CodeField("extent")
    note = written(20_000, lines=3)
    LABELS = {
        "rule": "Rule",
        "element": "On which part",
        "condition": "Condition decided",
        "degree": "Degree decided",
        "extent": "Extent decided",
        "note": "Note",
    }
    HINTS = {"condition": "Only where a single reviewer decides.", "note": "What was weighed. It is kept with the consensus."}
    WIDE = frozenset({"note", "rule"})

    def __init__(self, *arguments: Any, parts: list[tuple[str, str]] = (), **more: Any) -> None:
        super().__init__(*arguments, **more)
        rules = load("consensus-rules")
        self.fields["rule"].choices = [
            (code, f"{capital(rules.label(code, self.lang))} · {i18n.t(rules.terms[code].definition, self.lang)}")
            for code in reversed(RULES)
        ]
        self.fields["element"].choices = [("", i18n.t("The place as a whole", self.lang)), *parts]

    def decided(self) -> Document | None:
        """What the single reviewer says.  Call after ``is_valid``."""
        clean = self.cleaned_data
        out = {key: {"code": clean[key]} for key in ("condition", "degree", "extent") if clean.get(key)}
        return out or None
