"""Columns that a mapping names and a file lacks: where they are optional, what is read from them is left out."""

from __future__ import annotations

from typing import Any

from tutela.exchange.mapping.cells import Columns
from tutela.exchange.mapping.fields import ALSO, MAIN

POSITIONS = (("latitude", "longitude"), ("easting", "northing"), ("wkt",), ("geojson",), ("pair",), ("from",))


def without_absent(spec: dict[str, Any], columns: Columns, optional: bool | list[Any], absent: list[str]) -> dict[str, Any]:
    """The fields of a mapping's part without those whose columns are absent; their names are added to ``absent``.

    ``optional`` is true, or the columns that may be absent; a rule may also say it of itself.  Other absent columns stay:
    compiling them raises ``mapping-column``.
    """
    out: dict[str, Any] = {}
    for name, rule in spec.items():
        if isinstance(rule, list):
            kept = [item for item in (_item(name, item, columns, optional, absent) for item in rule) if item]
            if kept:
                out[name] = kept
        elif name == "handling" and isinstance(rule, dict) and "mark" in rule:
            parts = {k: r for k, r in rule.items() if _rule(r, columns, optional, absent)}
            if "mark" in parts:
                out[name] = parts
        elif _rule(rule, columns, optional, absent):
            out[name] = rule
    return out


def _item(name: str, item: dict[str, Any], columns: Columns, optional: bool | list[Any], absent: list[str]) -> dict[str, Any] | None:
    """The item rule without its absent fields; None if what makes it an item is absent."""
    literal = ("file", "from") if name == "geometries" else ("file",)
    literal += ("crs",) if name == "geometries" else ()
    kept = {field: rule for field, rule in item.items() if field in literal or _rule(rule, columns, optional, absent)}
    if name == "geometries":
        return kept if any(all(part in kept for part in parts) for parts in POSITIONS) or len(kept) == len(item) else None
    telling = [field for field in (MAIN[name], *ALSO.get(name, ())) if field in item]
    if telling and not any(field in kept for field in telling):
        return None
    if not any(_columns(kept[field]) for field in telling if field in kept) and any(_columns(item[f]) for f in telling):
        return None  # only constants are left of what was read from columns
    return kept


def _rule(rule: Any, columns: Columns, optional: bool | list[Any], absent: list[str]) -> bool:
    """Whether a rule stays.  A rule that joins columns stays while any of them is there."""
    named = _columns(rule)
    missing = [name for name in named if not columns.has(name)]
    if not missing or (isinstance(rule, dict) and "default" in rule):
        return True
    may = {str(o).strip().casefold() for o in optional} if isinstance(optional, list) else set()
    if isinstance(rule, dict) and rule.get("optional") or optional is True or all(m.strip().casefold() in may for m in missing):
        absent.extend(missing)
        return len(missing) < len(named)
    return True


def _columns(rule: Any) -> list[str]:
    """The columns a rule names."""
    if isinstance(rule, dict):
        if "constant" in rule:
            return []
        return [str(c) for c in rule.get("columns") or ([rule["column"]] if "column" in rule else [])]
    return [str(rule)]
