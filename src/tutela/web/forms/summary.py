"""All that is wrong in a form of several parts, for the notice on top of it."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html_join

from tutela.web import i18n


def mistakes(head: Any, lists: list[Any], lang: str) -> list[dict[str, str]]:
    """[{label, href, text}] in the order of the page."""
    out = []
    for form, of in [(head, "")] + [(row, i18n.t(rows.label, lang)) for rows in lists for row in rows.rows]:
        if not form.is_bound:
            continue
        for name, errors in form.errors.items():
            bound = form[name] if name in form.fields else None
            label = " · ".join(word for word in (of, bound.label if bound else "") if word)
            text = format_html_join(" ", "{}", ((error,) for error in errors))
            out.append({"label": label, "href": f"#{bound.auto_id}" if bound else "", "text": text})
    return out
