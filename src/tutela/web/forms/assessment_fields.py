"""What the form of an assessment asks, by its method: which fields, on which scales.  The methods are data of their own room."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django import forms

from tutela.assessment.rules.methods import Form
from tutela.assessment.rules.methods import forms as methods
from tutela.vocabulary import load, sources
from tutela.vocabulary.scales import CROSSWALKS
from tutela.web import i18n
from tutela.web.forms.fields import capital

Document = dict[str, Any]
LISTS = {"condition": "condition", "degree": "damage"}
BETWEEN = "|"  # between a scale and the value on it, in what the browser sends


def method_named(name: str) -> Form | None:
    """The method of a name; None for none, and for one that there is not."""
    return methods().get(name)


def method_label(form: Form, lang: str) -> str:
    """A method's name: its own in the language, else the interface's translation of the English one."""
    said = capital(form.label(lang))
    return said if lang in form.labels or lang.partition("-")[0] in form.labels else i18n.t(said, lang)


@cache
def _scales() -> dict[str, Any]:
    return sources.parse(CROSSWALKS.read_bytes())["scales"]


def scaled_choices(part: str, method: Form | None, lang: str, held: str = "") -> list[Any]:
    """The values of a part (condition, degree): those of the core scale, then those of the method's other scales, in groups.

    A method with its own list of values for the part is asked on that scale alone.  ``held``: a value that stands in the record
    already and is offered, whatever the method says.
    """
    vocabulary = load(LISTS[part])
    core = [(code, capital(vocabulary.label(code, lang))) for code in vocabulary.terms]
    groups, own = [], False
    for scale in method.scales.get(part, ()) if method else ():
        own = own or scale in method.values
        groups.append((i18n.t(_scales()[scale]["title"], lang), _values(scale, method, lang)))
    out: list[Any] = [("", "—"), *([] if own and part == "degree" else core), *groups]
    known = {code for choice in out for code in ([choice[0]] if isinstance(choice[1], str) else [c for c, _ in choice[1]])}
    return out + ([(held, held.replace(BETWEEN, ": "))] if held and held not in known else [])


def _values(scale: str, method: Form, lang: str) -> list[tuple[str, str]]:
    listed = method.values.get(scale)
    if listed:
        return [(f"{scale}{BETWEEN}{value}", _label(value, labels, lang)) for value, labels in listed]
    return [(f"{scale}{BETWEEN}{one['value']}", str(one["value"])) for one in _scales()[scale]["values"]]


def _label(value: str, labels: Mapping[str, str], lang: str) -> str:
    return capital(labels.get(lang) or labels.get(lang.partition("-")[0]) or labels.get("en") or value)


class ScaledField(forms.ChoiceField):
    """A value on the core scale (``poor``) or on another (``ems-98|3``)."""

    def __init__(self, part: str) -> None:
        self.part = part
        super().__init__(required=False)

    def speak(self, method: Form | None, lang: str, held: str = "") -> None:
        self.choices = scaled_choices(self.part, method, lang, held)


def scaled_shown(value: Any) -> str:
    """A value of a document as the field shows it."""
    if not isinstance(value, dict):
        return ""
    if value.get("scale") in _scales() and value.get("original"):
        return f"{value['scale']}{BETWEEN}{value['original']}"
    return value.get("code", "")


def scaled_document(typed: str, before: Any = None) -> Document | None:
    """What the field says as a document holds it: the scale's own value stays beside the code that follows from it."""
    if not typed:
        return None
    if isinstance(before, dict) and typed == scaled_shown(before):
        return before
    scale, between, original = typed.partition(BETWEEN)
    return {"scale": scale, "original": original} if between else {"code": typed}
