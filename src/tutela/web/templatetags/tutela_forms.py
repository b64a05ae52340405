"""The parts that forms are made of: rows of fields, the summary of mistakes, notes left for the next page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from tutela.web import notes as left
from tutela.web.forms.rows import Rows
from tutela.web.templatetags.tutela import shared

register = template.Library()


@register.inclusion_tag("tutela/parts/notes.html", takes_context=True)
def notes(context: template.Context) -> dict[str, Any]:
    """What was done on the page before, and a button to take it back."""
    request = context.get("request")
    found = left.collect(request) if request is not None else []
    return shared(context, notes=found, here=request.get_full_path() if request is not None else "/")


@register.inclusion_tag("tutela/parts/rows.html", takes_context=True)
def rows(context: template.Context, rows: Rows) -> dict[str, Any]:
    """A repeatable group of fields."""
    return shared(context, rows=rows)


@register.inclusion_tag("tutela/parts/mistakes.html", takes_context=True)
def mistakes(context: template.Context, errors: list[Mapping[str, str]]) -> dict[str, Any]:
    """All that is wrong, each with a link to its field."""
    return shared(context, errors=errors)


@register.inclusion_tag("tutela/parts/choices.html", takes_context=True)
def choices(context: template.Context, bound: Any) -> dict[str, Any]:
    """Radio buttons or tick boxes of one field, as a group with a legend."""
    ids = [f"{bound.auto_id}-hint"] if bound.help_text else []
    ids += [f"{bound.auto_id}-error"] if bound.errors else []
    return shared(context, bound=bound, described=" ".join(ids))
