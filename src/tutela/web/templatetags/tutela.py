"""The parts that pages are made of, as template tags.  They show; they decide nothing.

Every tag takes plain values (see ``templates/tutela/README.md`` for their shapes) and the page's language from the context.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from tutela.web import i18n
from tutela.web.siteplan import site_plan
from tutela.web.timeline import KINDS, timeline

register = template.Library()
Context = template.Context

GLYPHS = {"good", "fair", "poor", "vbad", "gone", "unknown", "notvisible", "notassess", "notvisited"}
CONDITIONS = {"good": "Good", "fair": "Fair", "poor": "Poor", "vbad": "Very bad", "gone": "Destroyed",
              "unknown": "Unknown", "notvisible": "None visible from above", "notassess": "Not assessable",
              "notvisited": "Not visited"}
BANDS = {"1-10": 1, "11-30": 2, "31-60": 3, "61-90": 4, "91-100": 5}
EXTENTS = {"none-visible": "None visible from above", "no-visible": "None visible from above", "unknown": "Unknown"}
MARKS = {"open": "Open", "restricted": "Restricted", "confidential": "Confidential"}
FIGURES = {"claimed", "documented", "verified"}


def language(context: Mapping[str, Any]) -> str:
    """The page's language: ``lang`` of the context, else Django's."""
    return context.get("lang") or get_language() or "en"


def shared(context: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """What every part needs, and what this part shows."""
    lang = language(context)
    return {"lang": lang, "dir": i18n.direction(lang), "csrf_token": context.get("csrf_token"), **more}


def kind_of(code: str | None) -> str:
    """A condition's or outcome's code as the name of its mark; what we do not know is drawn as unknown."""
    kind = KINDS.get(str(code), str(code))
    return kind if kind in GLYPHS else "unknown"


@register.simple_tag(takes_context=True)
def t(context: Context, text: str, **values: object) -> str:
    """A sentence in the page's language: ``{% t "Import {n}" n=3 %}``."""
    return i18n.t(text, language(context), **values)


@register.simple_tag(takes_context=True)
def num(context: Context, value: int | float | None) -> str:
    """A number written the language's way."""
    return i18n.number(value, language(context))


@register.simple_tag(takes_context=True)
def label(context: Context, text: str) -> str:
    """A label that may be a word of ours, or a value such as ``11–30 %`` (then only its digits change)."""
    lang = language(context)
    return i18n.t(text, lang) if any(c.isalpha() for c in str(text)) else i18n.digits(str(text), lang)


@register.simple_tag
def icon(name: str, turn: bool = False, inline: bool = False) -> SafeString:
    """A drawn sign of the sprite; ``turn`` mirrors it where script runs right to left."""
    classes = "t-ico" + (" t-ico--dir" if turn else "") + (" t-ico--in" if inline else "")
    return format_html('<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>', classes, name)


@register.simple_tag(takes_context=True)
def glyph(context: Context, code: str | None, named: bool = False) -> SafeString:
    """The mark of a condition; with ``named`` a screen reader hears it (where no word stands beside)."""
    kind = kind_of(code)
    if not named:
        return format_html('<svg class="t-gly" aria-hidden="true"><use href="#g-{}"/></svg>', kind)
    word = i18n.t(CONDITIONS[kind], language(context))
    return format_html('<svg class="t-gly" role="img" aria-label="{}"><use href="#g-{}"/></svg>', word, kind)


@register.simple_tag(takes_context=True)
def condition(context: Context, code: str | None, label: str = "", big: bool = False) -> SafeString:
    """Mark and word of a condition."""
    word = label or i18n.t(CONDITIONS[kind_of(code)], language(context))
    return format_html('<span class="t-cond{}">{}{}</span>', " t-cond--big" if big else "", glyph(context, code), word)


@register.simple_tag(takes_context=True)
def extent(context: Context, code: str | None) -> SafeString:
    """The extent of damage as five boxes, and in words for those who hear the page.  Nothing where none is recorded."""
    if not code:
        return mark_safe("")
    lang, filled = language(context), BANDS.get(code, 0)
    boxes = mark_safe('<i class="on"></i>' * filled + "<i></i>" * (5 - filled))
    words = i18n.digits(code.replace("-", "–") + " %", lang) if filled else i18n.t(EXTENTS.get(code, code), lang)
    return format_html('<span class="t-extent{}" aria-hidden="true">{}</span><span class="visually-hidden">{}</span>',
                       "" if filled else " t-extent--none", boxes, i18n.t("extent {band}", lang, band=words))


@register.simple_tag(takes_context=True)
def figure(context: Context, value: int | float | str, href: str = "", kind: str = "documented") -> SafeString:
    """A figure with its address.  Its underline says what it is: claimed, documented or verified."""
    lang = language(context)
    text = value if isinstance(value, str) else i18n.number(value, lang)
    classes = "t-fig" + (f" t-fig--{kind}" if kind in FIGURES - {"documented"} else "")
    if not href:
        return format_html('<span class="{}">{}</span>', classes, text)
    return format_html('<a class="{}" href="{}">{}</a>', classes, href, text)


@register.simple_tag(takes_context=True)
def handling(context: Context, mark: str = "open", consequence: str = "") -> SafeString:
    """The handling mark, always with what follows from it in words."""
    word = i18n.t(MARKS.get(mark, mark), language(context))
    return format_html('<span class="t-handling t-handling--{}"><b>{}</b>{}</span>', mark, word,
                       format_html("<span>{}</span>", consequence) if consequence else "")


@register.simple_tag(takes_context=True)
def timeline_svg(context: Context, assessments: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]] = (),
                 today: str = "") -> SafeString:
    """Condition over time, drawn; an empty text where nothing is dated."""
    lang = language(context)
    return mark_safe(timeline(assessments or (), events or (), today=today, rtl=i18n.direction(lang) == "rtl",
                              say=lambda text: i18n.t(text, lang)))


@register.simple_tag(takes_context=True)
def site_plan_svg(context: Context, geometries: Sequence[Mapping[str, Any]], cell: Sequence[float] | None = None,
                  code: str = "") -> SafeString:
    """The small plan: footprint as held, and the cell that the public sees."""
    lang = language(context)
    kind = kind_of(code) if code else "unknown"
    return mark_safe(site_plan(geometries or (), cell, kind=kind, say=lambda text: i18n.t(text, lang)))


@register.filter
def wrong(value: str, part: str | None) -> SafeString:
    """A cell's value with the wrong part marked: ``{{ row.value|wrong:row.part }}``."""
    before, found, after = (value or "").partition(part) if part else (value or "", "", "")
    return format_html("{}<mark>{}</mark>{}", before, found, after) if found else format_html("{}", value)


@register.filter
def item(values: Mapping[str, Any] | None, key: str) -> Any:
    """One value of a mapping by a key held in a variable."""
    return (values or {}).get(key)


def _part(name: str) -> Any:
    return register.inclusion_tag(f"tutela/parts/{name}.html", takes_context=True)


@_part("names")
def names(context: Context, names: Sequence[Mapping[str, Any]], note: str = "") -> dict[str, Any]:
    """The unranked set of names, by language tag."""
    ordered = sorted(names or (), key=lambda name: (name.get("tag") or "", name.get("text") or ""))
    return shared(context, names=ordered, note=note)


@_part("facet")
def facet(context: Context, facet: Mapping[str, Any]) -> dict[str, Any]:
    """One list of filters with counts; plain links, so it works without script."""
    return shared(context, facet=facet)


@_part("notice")
def notice(context: Context, problem: Any, level: str = "stop", retry: str = "") -> dict[str, Any]:
    """A coded problem in words: what is wrong, what to do, the code.  ``level``: stop, caution or note."""
    role, sign = {"stop": ("alert", "stop"), "caution": ("status", "warn")}.get(level, ("status", "info"))
    return shared(context, problem=problem, level=level, role=role, sign=sign, retry=retry)


@_part("pager")
def pager(context: Context, page: Mapping[str, Any]) -> dict[str, Any]:
    """Earlier and later pages of a list."""
    return shared(context, page=page)


@_part("refused")
def refused(context: Context, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Refused rows: row, record, column and value with the wrong part marked, code, what to do."""
    return shared(context, rows=rows)


@_part("row")
def row(context: Context, place: Mapping[str, Any]) -> dict[str, Any]:
    """One place in the list of results."""
    return shared(context, place=place)


@_part("observations")
def observations(context: Context, assessments: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The series of assessments as a list: what the drawing holds, in words."""
    return shared(context, assessments=assessments)


@_part("field")
def field(context: Context, bound: Any, wide: bool = False) -> dict[str, Any]:
    """One field of a form: label, hint, control, and its errors tied to it for screen readers."""
    ids = [f"{bound.id_for_label}-hint"] if bound.help_text else []
    ids += [f"{bound.id_for_label}-error"] if bound.errors else []
    extra = {"aria-describedby": " ".join(ids)} if ids else {}
    if bound.errors:
        extra["aria-invalid"] = "true"
    kind = getattr(bound.field.widget, "input_type", "")
    control = bound.as_widget(attrs={"class": "t-choicebox" if kind in ("checkbox", "radio") else "t-input", **extra})
    return shared(context, bound=bound, control=control, wide=wide, box=kind == "checkbox")


@_part("map")
def place_map(context: Context, map: Mapping[str, Any], small: bool = False) -> dict[str, Any]:
    """The map of many places (``map.source``) or, with ``small``, of one (``map.point``)."""
    return shared(context, map=map, small=small)
