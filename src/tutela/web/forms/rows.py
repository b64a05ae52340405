"""Repeatable groups of fields: names, damages, threats …  One small form a row; rows are added and taken away with and without script.

Without script the buttons named ``add`` and ``drop`` send the form back with one row more or less; with it ``rows.js`` does the
same in the page.  A row that a record's item stands behind carries its number in a hidden field ``of``, so that what the form
does not show of the item (the source's own wording, other keys) is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms

from tutela.errors import Problem
from tutela.web import i18n
from tutela.web.forms.fields import CodeField, refusal

Document = dict[str, Any]


class Speaking(forms.Form):
    """A form whose labels and hints are sentences of the catalogue, and whose codes have labels in the reader's language.

    ``LABELS`` {field: label}; ``HINTS`` {field: hint}; ``WIDE`` the fields that take the whole width.
    """

    LABELS: dict[str, str] = {}
    HINTS: dict[str, str] = {}
    WIDE: frozenset[str] = frozenset()
    use_required_attribute = False

    def __init__(self, *arguments: Any, lang: str = "en", **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.lang = lang
        for name, field in self.fields.items():
            field.label = i18n.t(self.LABELS.get(name, name), lang)
            if name in self.HINTS:
                field.help_text = i18n.t(self.HINTS[name], lang)
            if isinstance(field, CodeField):
                field.speak(lang, str(self[name].value() or ""))

    def raw(self) -> Document:
        """What was typed, uninterpreted."""
        return {name: field.widget.value_from_datadict(self.data, {}, self.add_prefix(name)) for name, field in self.fields.items()}

    def shown(self) -> Iterator[tuple[Any, bool]]:
        """(bound field, whether it is wide), hidden ones left out."""
        for bound in self.visible_fields():
            yield bound, bound.name in self.WIDE

    def blame(self, name: str, found: Problem) -> None:
        """Put a problem on a field, or on the whole form where it has no such field."""
        if not self.is_bound or not hasattr(self, "cleaned_data"):
            self.full_clean()
        self.add_error(name if name in self.fields else None, refusal(found))


class RowForm(Speaking):
    """One row.  Subclasses say how an item is shown (:meth:`shown_of`) and what becomes of what was typed (:meth:`item`)."""

    of = forms.CharField(required=False, widget=forms.HiddenInput)
    KEYS: dict[str, str] = {}  # form field → key of the item, where they differ

    @classmethod
    def key(cls, name: str) -> str:
        return cls.KEYS.get(name, name)

    @classmethod
    def shown_of(cls, item: Document, context: Document) -> Document:
        """The initial values of the row for an item."""
        return {name: item.get(cls.key(name), "") for name in cls.base_fields if name != "of"}

    def item(self, before: Document, context: Document) -> Document:
        """The item that the row stands for now.  ``before`` the item it was."""
        out = dict(before)
        for name in self.fields:
            if name == "of":
                continue
            value = self.cleaned_data.get(name)
            key = self.key(name)
            if value in (None, "", []):
                out.pop(key, None)
            else:
                out[key] = str(value)
        return out

    def said(self) -> str:
        """What is said beneath the row: the source's own wording, if it is kept."""
        return ""


class Rows:
    """The rows of one list of a record.  ``context`` is handed to the rows as it is."""

    form: type[RowForm] = RowForm
    name = ""
    label = ""
    one_more = ""
    lead = ""

    def __init__(
        self,
        lang: str,
        items: Iterable[Document] = (),
        data: Mapping[str, Any] | None = None,
        *,
        checked: bool = True,
        add: bool = False,
        drop: int | None = None,
        context: Document | None = None,
        blank: int = 1,
    ) -> None:
        self.lang, self.items, self.context = lang, list(items), context if context is not None else {}
        self.number_of: dict[int, int] = {}
        numbers = _numbers(data, self.name) if data is not None else list(range(len(self.items)))
        numbers = [n for n in numbers if n != drop]
        self.rows = [self._row(n, data, checked) for n in numbers]
        fresh = max(numbers, default=-1) + 1
        if add or (data is None and not numbers):
            self.rows += [self._row(fresh + n, None, checked, blank=True) for n in range(1 if add else blank)]

    def _row(self, number: int, data: Mapping[str, Any] | None, checked: bool, blank: bool = False) -> RowForm:
        prefix = f"{self.name}-{number}"
        if data is None and blank:
            return self.form(prefix=prefix, lang=self.lang)
        if data is None:
            initial = {**self.form.shown_of(self.items[number], self.context), "of": str(number)}
            row = self.form(prefix=prefix, lang=self.lang, initial=initial)
        elif checked:
            row = self.form(data, prefix=prefix, lang=self.lang)
        else:
            row = self.form(prefix=prefix, lang=self.lang, initial=self.form(data, prefix=prefix, lang=self.lang).raw())
        row.held = self._held(row)
        return row

    def _held(self, row: RowForm) -> Document:
        at = str(row["of"].value() or "")
        return self.items[int(at)] if at.isdigit() and int(at) < len(self.items) else {}

    def empty(self) -> RowForm:
        """The row that script copies; ``__n__`` stands for its number."""
        return self.form(prefix=f"{self.name}-__n__", lang=self.lang)

    def is_valid(self) -> bool:
        return all([row.is_valid() for row in self.rows])

    def result(self) -> list[Document]:
        """The items the rows stand for: untouched ones as they were, empty ones left out."""
        out = []
        for index, row in enumerate(self.rows):
            typed = {k: _as_typed(v) for k, v in row.raw().items() if k != "of"}
            if row.held and typed == {k: _as_typed(v) for k, v in self.form.shown_of(row.held, self.context).items()}:
                item = row.held
            elif not any(_filled(v) for v in typed.values()):
                continue
            else:
                item = row.item(row.held, self.context)
            self.number_of[len(out)] = index
            out.append(item)
        return out

    def blame(self, number: int, key: str, found: Problem) -> bool:
        """Put a problem on the field of the row that stands for the item; False if there is none."""
        index = self.number_of.get(number)
        if index is None:
            return False
        row = self.rows[index]
        name = next((n for n in row.fields if row.key(n) == key or n == key), "")
        row.blame(name, found)
        return True

    @property
    def wrong(self) -> bool:
        return any(row.is_bound and row.errors for row in self.rows)


def _numbers(data: Mapping[str, Any], name: str) -> list[int]:
    """The numbers of the rows that were sent, in order; at most 500 of a list."""
    pattern = re.compile(rf"{re.escape(name)}-(\d{{1,6}})-of")
    return sorted({int(found[1]) for found in map(pattern.fullmatch, data) if found})[:500]


def _filled(value: Any) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)


def _as_typed(value: Any) -> Any:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value if value is not None else ""


def pressed(data: Mapping[str, Any]) -> tuple[str, str, int | None]:
    """(what was pressed: ``add``, ``drop``, ``check`` or ``save``; of which list; which row)."""
    if data.get("add"):
        return "add", data["add"], None
    if data.get("drop"):
        name, _, number = data["drop"].rpartition("-")
        return "drop", name, int(number) if number.isdigit() else None
    return ("check" if data.get("check") else "save"), "", None
