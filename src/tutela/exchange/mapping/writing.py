"""Writing a suggested mapping as YAML with comments, for a person to look through."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

_BARE = re.compile(r"[a-z][a-z0-9-]*")
_WORDS = frozenset({"true", "false", "null"})


@dataclass
class Valued:
    """A rule with a table of wordings: (wording, code or None, how often, whether it is certain)."""

    rule: dict[str, Any]
    values: list[tuple[str, str | None, int, bool]]
    asked: str = ""  # what an unknown wording might be: "good, fair, poor …"


@dataclass
class Line:
    """One item or field with its comment."""

    rule: Any
    comment: str = ""


@dataclass
class Plan:
    """A mapping in the making."""

    head: list[str] = field(default_factory=list)
    items: dict[str, list[Line]] = field(default_factory=dict)
    scalars: dict[str, Line] = field(default_factory=dict)
    assessments: dict[str, dict[str, Any]] = field(default_factory=dict)  # file role: {field: Line or [Line]}
    ignored: list[tuple[str, str]] = field(default_factory=list)

    def item(self, name: str, rule: Any, comment: str = "") -> None:
        self.items.setdefault(name, []).append(Line(rule, comment))


def quoted(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if isinstance(value, int | float) or (_BARE.fullmatch(text) and text not in _WORDS):
        return text
    return (
        json.dumps(text, ensure_ascii=False)
        .replace("\x7f", "\\x7f")
        .replace("\ufeff", "\\ufeff")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
        .replace("\x85", "\\x85")
    )


def flow(rule: Any) -> str:
    """A rule on one line."""
    if isinstance(rule, dict):
        return "{" + ", ".join(f"{name}: {flow(value)}" for name, value in rule.items()) + "}"
    if isinstance(rule, list | tuple):
        return "[" + ", ".join(flow(value) for value in rule) + "]"
    return quoted(rule)


def remark(text: str) -> str:
    """A comment, kept to one line of signs that can be seen."""
    shown = "".join(c for c in " ".join(text.split()) if c.isprintable())
    return f"  # {shown}" if shown else ""


def emit(name: str, rule: Any, comment: str, indent: int) -> list[str]:
    """``name: rule  # comment``, over several lines where a table of values belongs to it."""
    pad = " " * indent
    if not isinstance(rule, Valued):
        return [f"{pad}{name}: {flow(rule)}{remark(comment)}"]
    lines = [f"{pad}{name}:{remark(comment)}"]
    lines += [f"{pad}  {field}: {flow(value)}" for field, value in rule.rule.items()]
    known = [v for v in rule.values if v[1] is not None]
    if known:
        lines.append(f"{pad}  values:")
        lines += [f"{pad}    {quoted(w)}: {quoted(code)}{remark(f'{count}' + ('' if sure else ' ?'))}" for w, code, count, sure in known]
    unknown = [v for v in rule.values if v[1] is None]
    if unknown:
        if not known:
            lines.append(f"{pad}  # values:")
        lines += [f"{pad}    # {quoted(w)}: ?{remark(f'{count}')}" for w, _, count, _ in unknown]
        if rule.asked:
            lines.append(f"{pad}    # ? say for each which of: {rule.asked}")
    return lines


def emit_item(line: Line, indent: int) -> list[str]:
    """One ``- {…}``, in block form if one of its fields has a table of values."""
    pad = " " * indent
    if not any(isinstance(value, Valued) for value in line.rule.values()):
        return [f"{pad}- {flow(line.rule)}{remark(line.comment)}"]
    lines = [
        part
        for name, value in line.rule.items()
        for part in emit(name, value, line.comment if isinstance(value, Valued) else "", indent + 2)
    ]
    return [f"{pad}- {lines[0].lstrip()}", *lines[1:]]


def write(plan: Plan) -> str:
    """The whole mapping."""
    out = list(plan.head)
    out.append("place:" if plan.items or plan.scalars else "place: {}")
    for name, lines in plan.items.items():
        out.append(f"  {name}:")
        for line in lines:
            out += emit_item(line, 4)
    for name, line in plan.scalars.items():
        out += emit(name, line.rule, line.comment, 2)
    parts = {role: fields for role, fields in plan.assessments.items() if fields}
    if parts:
        out.append("assessments:")
    for role, fields in parts.items():
        lines = [] if role == "main" else [f"    file: {quoted(role)}"]
        for name, given in fields.items():
            if isinstance(given, list):
                lines.append(f"    {name}:")
                for line in given:
                    lines += emit_item(line, 6)
            else:
                lines += emit(name, given.rule, given.comment, 4)
        out += [f"  - {lines[0].lstrip()}", *lines[1:]]
    if plan.ignored:
        out += [
            "# Columns that are not read. To read one, name it in a field above and take it out here:",
            "#   names, types, functions, dating, geometries, areas, identifiers, protections, significance, characteristics,",
            "#   descriptions, country, address, handling; in an assessment observed, recorded, condition, extent, damages, threats, note.",
            "ignore:",
        ]
        out += [f"  - {quoted(name)}{remark(samples)}" for name, samples in plan.ignored]
    return "\n".join(out) + "\n"
