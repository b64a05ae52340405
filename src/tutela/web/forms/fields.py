"""Fields of the forms: codes of a list, dates and coordinates in any notation.  What they refuse is coded and says what to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from tutela.errors import Problem, TutelaError
from tutela.inventory.rules.codes import unknown
from tutela.vocabulary import load
from tutela.vocabulary.dates import Edtf, from_source, parse
from tutela.web import i18n

Choice = tuple[str, Any]


def refusal(found: Problem) -> ValidationError:
    """A coded problem as a form shows it: what is wrong, what to do, the code."""
    return ValidationError(format_html('{} {} <span class="t-code">{}</span>', found.message, found.todo, found.code), found.code)


def choices(vocabulary: str, lang: str, empty: str = "", also: Iterable[str] = ()) -> list[Choice]:
    """The codes of a list with their labels, in groups where the list has broader codes of another list; ``also`` codes
    that are held though the list has them not."""
    held = load(vocabulary)
    out: list[Choice] = [("", empty)]
    if held.broader_in != vocabulary:
        groups = load(held.broader_in)
        for group in groups.terms:
            terms = [(c, capital(held.label(c, lang))) for c, term in held.terms.items() if term.broader == group]
            if terms:
                out.append((capital(groups.label(group, lang)), terms))
        loose = [(c, capital(held.label(c, lang))) for c, term in held.terms.items() if term.broader not in groups.terms]
        if loose:
            out.append((i18n.t("Other", lang), loose))
    else:
        out += [(c, capital(held.label(c, lang))) for c in held.terms]
        if len(held.terms) > 30:  # long lists are looked up by their words
            out[1:] = sorted(out[1:], key=lambda choice: choice[1].casefold())
    return out + [(code, code) for code in also if code and code not in held.terms]


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class CodeField(forms.ChoiceField):
    """One code of a list, or none.  ``lang`` and codes held beside the list are given by the form (:meth:`speak`)."""

    def __init__(self, vocabulary: str, **more: Any) -> None:
        self.vocabulary = vocabulary
        more.setdefault("required", False)
        super().__init__(**more)

    def speak(self, lang: str, held: str = "") -> None:
        self.choices = choices(self.vocabulary, lang, "—", [held] if held else [])

    def validate(self, value: Any) -> None:
        if value and not self.valid_value(value):
            raise refusal(unknown("", value, self.vocabulary))


class DateField(forms.CharField):
    """A date in any notation; the cleaned value is an :class:`Edtf` or None."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("required", False)
        super().__init__(max_length=200, **more)

    def clean(self, value: Any) -> Edtf | None:
        text = super().clean(value)
        return read_date(text) if text else None


def read_date(text: str) -> Edtf:
    """A date as typed; EDTF first, so that what we wrote ourselves is read as we meant it."""
    try:
        return parse(text)
    except TutelaError as plain:
        if plain.code != "date-unreadable":
            raise refusal(plain.problem) from None
    try:
        return from_source(text)
    except TutelaError as error:
        raise refusal(error.problem) from None


class NumberField(forms.CharField):
    """A number in any script's digits, with a point or comma; the cleaned value is a float or None."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("required", False)
        super().__init__(max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **more)

    def clean(self, value: Any) -> float | None:
        from tutela.vocabulary.coordinates import parse_number

        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_number(text.rstrip("%m ").strip())
        except TutelaError as error:
            raise refusal(error.problem) from None


class ListField(forms.CharField):
    """Several short texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        return [line.strip() for line in text.splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, (list, tuple)) else value


def written(most: int = 500, lines: int = 0, **more: Any) -> forms.CharField:
    """A text of one line, or of several."""
    more.setdefault("required", False)
    if lines:
        more["widget"] = forms.Textarea(attrs={"rows": lines, "dir": "auto"})
    else:
        attrs = {"dir": "auto", **({"list": more.pop("suggest")} if "suggest" in more else {})}
        more["widget"] = forms.TextInput(attrs=attrs)
    return forms.CharField(max_length=most, **more)
