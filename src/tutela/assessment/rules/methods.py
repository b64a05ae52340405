"""Methods of assessment as data: what each must and may say, and on which scales (``assessment/methods/*.yaml``).

An assessment names its method in ``form``; one without a form is checked for nothing here.  What the assessor said on another
scale is kept (``scale``, ``original``); the value on the core scale comes from the crosswalk (``vocabulary/crosswalks.yaml``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tutela.errors import Problem, declare, problem
from tutela.vocabulary import scale_names, sources, to_core

declare(
    {
        "form-unknown": ("There is no method of assessment {value}.", "Use one of: {known}."),
        "form-visit": ("{value} is no kind of visit of this method.", "Use one of: {known}, or another method."),
        "form-outcome": ("This method has no outcome {value}.", "Use one of: {known}, or another method."),
        "form-lacks": ("This method must say {what}.", "Fill it in, or choose another method."),
        "form-beyond": ("This method does not say {what}.", "Leave it empty, or choose another method."),
        "form-item": ("In this method each item must say {what}.", "Fill it in, or remove the item."),
        "scale-unknown": ("{value} is no scale of this method.", "Use one of: {known}."),
        "scale-value": ("{value} is no value of the scale {scale}.", "Use a value of that scale, as it is written there."),
        "scale-disagrees": (
            "On the scale {scale} “{original}” is {core} on ours, not {value}.",
            "Leave our value empty: it follows from the other scale.",
        ),
    }
)

Document = dict[str, Any]
FOLDER = Path(__file__).resolve().parent.parent / "methods"
#: What every method may say: when, how, by whom, on what.
COMMON = frozenset({"place", "form", "status", "outcome", "observed", "recorded", "method", "activity", "activity_dates", "imagery",
                    "assessor_role", "source", "note"})  # fmt: skip
SCALED = ("condition", "degree")
#: Scales whose values are the core ones themselves, under the wording of the source.
CORE = frozenset({"core", "eamena-extent"})


@dataclass(frozen=True, slots=True)
class Form:
    """One method.  ``must``: by outcome (``finding``, ``no-damage``, else ``unseen``); ``each``: list → keys of its items;
    ``scales``: part → the scales it may be said on besides the core one; ``values``: scale → [(value, labels)] in order."""

    name: str
    labels: dict[str, str]
    source: str
    definition: str
    visits: tuple[str, ...]
    outcomes: tuple[str, ...]
    must: dict[str, tuple[str, ...]]
    may: frozenset[str]
    each: dict[str, tuple[str, ...]] = field(default_factory=dict)
    scales: dict[str, tuple[str, ...]] = field(default_factory=dict)
    values: dict[str, tuple[tuple[str, dict[str, str]], ...]] = field(default_factory=dict)

    def label(self, lang: str = "en") -> str:
        return self.labels.get(lang) or self.labels.get(lang.partition("-")[0]) or self.labels["en"]

    def needs(self, outcome: str) -> tuple[str, ...]:
        """What an assessment of this outcome must say."""
        return self.must.get(outcome, self.must["unseen"])


@cache
def forms() -> dict[str, Form]:
    """All methods by name.  Raises ``KeyError`` or ``yaml.YAMLError`` where a file is not whole (a fault of who edited it)."""
    return {path.stem: _form(sources.parse(path.read_bytes())) for path in sorted(FOLDER.glob("*.yaml"))}


def _form(data: Document) -> Form:
    must = {"finding": tuple(data["must"]), "unseen": tuple(data["must_unseen"])}
    must["no-damage"] = tuple(data.get("must_no_damage", data["must"]))
    every = ("finding", "no-damage", "not-visible", "not-visited", "not-assessable")
    return Form(
        data["name"], data["label"], data["source"], data["definition"], tuple(data["visits"]), tuple(data.get("outcomes", every)), must,
        frozenset(data["may"]) | frozenset().union(*must.values()) | COMMON,
        {key: tuple(parts) for key, parts in data.get("each", {}).items()},
        {key: tuple(names) for key, names in data.get("scales", {}).items()},
        {scale: tuple((str(v["value"]), v["label"]) for v in values) for scale, values in data.get("values", {}).items()},
    )  # fmt: skip


def completed(assessment: Document) -> Document:
    """The assessment with the core values that follow from what was said on another scale; nothing said is changed.

    A degree on a scale that the crosswalk knows also gives the condition, where that is not said, on the same scale.
    """
    out = dict(assessment)
    form = forms().get(str(assessment.get("form")))
    for holder in [out, *_copied(out, "elements")]:
        for part in SCALED:
            if isinstance(holder.get(part), dict):
                holder[part] = _with_core(holder[part], part, form)
        degree = holder.get("degree")
        if not isinstance(degree, dict) or "condition" in holder or degree.get("scale") not in scale_names():
            continue
        core = to_core(degree["scale"], degree.get("original", ""), "condition")
        if core and (form is None or "condition" in form.may):
            holder["condition"] = {"code": core, "scale": degree["scale"], "original": degree["original"]}
    return out


def _copied(out: Document, key: str) -> list[Document]:
    items = out.get(key)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return []
    out[key] = [dict(item) for item in items]
    return out[key]


def _with_core(value: Document, part: str, form: Form | None) -> Document:
    """A value with its scale (the method's own where there is but one) and its core code."""
    out = dict(value)
    if "original" in out and "scale" not in out and form and len(form.scales.get(part, ())) == 1:
        out["scale"] = form.scales[part][0]
    if "code" not in out and out.get("scale") in scale_names():
        core = to_core(out["scale"], out.get("original", ""), _axis(part))
        if core:
            out["code"] = core
    return out


def _axis(part: str) -> Any:
    return "damage" if part == "degree" else "condition"


def check_form(assessment: Document) -> list[Problem]:
    """What an assessment lacks, or says too much, by the method it names; empty where it names none."""
    if "form" not in assessment:
        return []
    form = forms().get(assessment["form"])
    if form is None:
        return [problem("form-unknown", column="form", value=assessment["form"], known=", ".join(forms()))]
    outcome = assessment.get("outcome", "finding")
    found = []
    if outcome not in form.outcomes:
        found.append(problem("form-outcome", column="outcome", value=outcome, known=", ".join(form.outcomes)))
    if assessment.get("method") and assessment["method"] not in form.visits:
        found.append(problem("form-visit", column="method", value=assessment["method"], known=", ".join(form.visits)))
    found += [problem("form-lacks", column=key, what=key) for key in form.needs(outcome) if not assessment.get(key)]
    found += [problem("form-beyond", column=key, what=key) for key in sorted(assessment.keys() - form.may)]
    for key, parts in form.each.items():
        for n, item in enumerate(assessment.get(key, ())):
            found += [problem("form-item", column=f"{key}.{n}.{part}", what=part) for part in parts if not item.get(part)]
    for at, holder in [("", assessment), *((f"elements.{n}.", e) for n, e in enumerate(assessment.get("elements", ())))]:
        for part, scales in form.scales.items():
            found += _scale(holder.get(part) or {}, f"{at}{part}", part, scales, form)
    return found


def _scale(value: Document, column: str, part: str, allowed: tuple[str, ...], form: Form) -> list[Problem]:
    scale, original = value.get("scale"), value.get("original")
    if scale is None or scale in CORE:
        return []
    if scale not in allowed:
        return [problem("scale-unknown", column=column, value=scale, known=", ".join(("core", *allowed)))]
    listed = [v for v, _ in form.values.get(scale, ())]
    core = to_core(scale, original or "", _axis(part))
    if core is None or (listed and str(original).strip().casefold() not in listed):
        return [problem("scale-value", column=column, value=original or "", scale=scale)]
    if value.get("code") not in (None, core):
        return [problem("scale-disagrees", column=column, value=value["code"], scale=scale, original=original, core=core)]
    return []
