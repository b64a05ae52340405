"""What a draft's files hold and what a mapping makes of them: shown before anything is tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from tutela.errors import Problem, TutelaError
from tutela.exchange.drafts import Draft
from tutela.exchange.imports.run import Task, open_files
from tutela.exchange.mapping.cells import as_text
from tutela.exchange.mapping.model import Mapping, find, read, ready_names
from tutela.exchange.mapping.overlooked import looks_like
from tutela.exchange.mapping.profile import Column as Profile

SAMPLE = 500  # rows looked at for the examples
SHOWN = 120  # characters of a value

#: Parts of a mapping in words; the sub-rule that is the thing itself (``text`` of a name) needs no word of its own.
PARTS = {
    "names": "name",
    "types": "type",
    "functions": "function",
    "dating": "dating",
    "areas": "area",
    "identifiers": "identifier in another register",
    "protections": "protection",
    "significance": "significance",
    "characteristics": "characteristic",
    "descriptions": "description",
    "geometries": "position",
    "damages": "damage",
    "threats": "threat",
    "recommendations": "recommendation",
    "interventions": "intervention",
    "country": "country",
    "address": "address",
    "category": "category",
    "handling": "handling",
    "id": "public id of this register",
    "part_of": "part of",
    "observed": "day observed",
    "recorded": "day recorded",
    "method": "method",
    "activity": "activity",
    "outcome": "outcome",
    "condition": "condition",
    "extent": "extent of damage",
    "assessor_role": "role of the assessor",
    "note": "note",
    "imagery": "images consulted",
}
ITSELF = {"text", "code", "value", "name", "instrument", "edtf", "action", "cause", "wkt", "geojson", "pair"}
NUMBER = "number of the place: equal numbers are one place"
LEFT = "left out, as the mapping says"


@dataclass(slots=True)
class Column:
    """One column of a file: what it becomes (pairs of words: part, and which side of it), examples, how many of the rows
    looked at are filled."""

    file: str
    name: str
    becomes: list[tuple[str, str]]
    values: list[str]
    filled: int
    looks: str = ""  # what it looks like, where nothing reads it: a date, a position, a name


@dataclass(slots=True)
class Look:
    """``files`` as in a report; ``kind`` of mapping: ready, plain, suggested, own, none; ``problem`` what hinders a dry run."""

    files: list[dict[str, Any]] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    kind: str = "none"
    name: str = ""
    title: str = ""
    text: str = ""
    looked: int = 0
    asks: list[tuple[int, str, str]] = field(default_factory=list)  # (line of the text, what it says, what to decide about it)
    problem: Problem | None = None
    file_problem: Problem | None = None


def look(draft: Draft) -> Look:
    """Open the files, choose (or suggest) the mapping, and say what each column becomes.  Coded errors are in the answer."""
    seen = Look(text=draft.text)
    try:
        sources = _sources(draft)
    except TutelaError as error:
        seen.file_problem = error.problem
        return seen
    mapping = _mapping(draft, seen)
    if mapping is not None:
        seen.name, seen.title, seen.text = mapping.name, mapping.title if mapping.title != mapping.name else "", mapping.text
        seen.asks = asked(seen.text) if draft.suggested else []
        sources = _reopened(draft, mapping, sources)
    used = columns_used(mapping) if mapping is not None else {}
    for source in sources:
        try:
            columns, rows = _columns(source, used)
        except TutelaError as error:
            seen.file_problem = error.problem
            return seen
        seen.columns += columns
        seen.looked = max(seen.looked, rows)
        seen.files.append(
            {
                "name": source.name,
                "format": source.format,
                "columns": list(source.columns),
                "stated": source.stated,
                "geometry": source.geometry,
                "warnings": [w.as_dict() for w in source.warnings[:20]],
            }
        )
    return seen


def asked(text: str) -> list[tuple[int, str, str]]:
    """The lines of a suggested mapping that a person must decide or confirm: those with a comment that begins with “?”."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        said, mark, question = line.partition("# ?")
        if mark and question.strip() and said.strip():
            found.append((number, said.strip().removeprefix("- "), question.strip()))
    return found


def _sources(draft: Draft, more: dict[str, str] | None = None) -> list[Any]:
    from tutela.exchange.readers import open_source

    return [open_source(path, **{**(more or {}), **draft.options}) for path in draft.paths]


def _reopened(draft: Draft, mapping: Mapping, sources: list[Any]) -> list[Any]:
    """The files as the mapping wants them read, where it says so."""
    own = {
        name: str(mapping.data[name]) for name in ("encoding", "separator", "sheet", "crs", "coordinate_order") if mapping.data.get(name)
    }
    try:
        return _sources(draft, own) if own.keys() - draft.options.keys() else sources
    except TutelaError:
        return sources


def task_of(draft: Draft, **how: bool) -> Task:
    """The draft as the engine takes it."""
    return Task(draft.paths, draft.mapping or None, options=dict(draft.options), mapping_text=draft.text or None, **how)


def _mapping(draft: Draft, seen: Look) -> Mapping | None:
    """The mapping that will be used; sets ``kind`` and ``problem``.  Where none fits, a first one is suggested."""
    try:
        mapping, _ = open_files(task_of(draft))
        seen.kind = "suggested" if draft.suggested else "own" if draft.text else "ready" if mapping.name in ready_names() else "plain"
        return mapping
    except TutelaError as error:
        if error.code == "mapping-none" and not draft.text and not draft.mapping:
            return _suggested(draft, seen)
        seen.problem = error.problem
    try:
        seen.kind = "suggested" if draft.suggested else "own" if draft.text else "ready"
        return read(draft.text) if draft.text else find(draft.mapping) if draft.mapping else None
    except TutelaError:
        return None


def _suggested(draft: Draft, seen: Look) -> Mapping | None:
    from tutela.exchange.mapping.suggest import suggest_mapping

    seen.kind = "suggested"
    try:
        draft.text, draft.suggested = suggest_mapping(draft.paths, dict(draft.options)), True
        mapping = read(draft.text)
        seen.text = draft.text
        open_files(task_of(draft))
        return mapping
    except TutelaError as error:
        seen.problem = error.problem
        return None


def _columns(source: Any, used: dict[str, list[tuple[str, str]]]) -> tuple[list[Column], int]:
    values: list[list[str]] = [[] for _ in source.columns]
    filled = [0] * len(source.columns)
    places, count = 0, 0
    seen = [Profile(name) for name in source.columns]
    for _, cells, geometry in islice(source.rows(), SAMPLE):
        count += 1
        places += geometry is not None
        for at, cell in enumerate(cells[: len(values)]):
            text = as_text(cell).strip() if cell is not None else ""
            seen[at].add(cell)
            if text:
                filled[at] += 1
                if len(values[at]) < 3 and (short := _short(text)) not in values[at]:
                    values[at].append(short)
    out = [
        Column(source.name, name, said := used.get(name.strip().casefold(), []), values[at], filled[at], _looks(said, seen[at], source))
        for at, name in enumerate(source.columns)
    ]
    if source.geometry:
        kinds = source.stated.get("geometry_types") or source.stated.get("geometry")
        out.insert(
            0, Column(source.name, "geometry", [("position", "")], [str(kinds)] if kinds and not isinstance(kinds, bool) else [], places)
        )
    return out, count


def _looks(becomes: list[tuple[str, str]], column: Profile, source: Any) -> str:
    looks = "" if becomes else looks_like(column)
    return "" if looks == "a position" and source.geometry else looks


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def columns_used(mapping: Mapping) -> dict[str, list[tuple[str, str]]]:
    """{column, case-folded: [(part, side of it)]} of a mapping."""
    out: dict[str, list[tuple[str, str]]] = {}

    def note(column: Any, part: str, side: str = "") -> None:
        held = out.setdefault(str(column).strip().casefold(), [])
        if (part, side) not in held:
            held.append((part, side))

    key = mapping.key or {}
    for column in [key.get("column"), *key.get("digest", ())]:
        if column is not None:
            note(column, NUMBER)
    for spec in mapping.files.values():
        note(spec["key"], "joins the files")
    given = mapping.data.get("assessments") or [mapping.data.get("assessment")]
    for part in [mapping.data.get("place") or {}, *[p for p in (given if isinstance(given, list) else [given]) if p]]:
        for name, rule in part.items():
            for item in rule if isinstance(rule, list) else [{"": rule}]:
                for side, sub in item.items():
                    for column in _named(sub) if side not in ("file", "from") or name != "geometries" else ():
                        note(column, PARTS.get(name, name), "" if side in ITSELF else side.replace("_", " "))
    for column in mapping.data.get("ignore") or ():
        note(column, LEFT)
    return out


def _named(rule: Any) -> Iterator[Any]:
    """The columns a rule names."""
    if isinstance(rule, dict):
        if "column" in rule:
            yield rule["column"]
        yield from rule.get("columns") or ()
    elif isinstance(rule, str | int | float) and not isinstance(rule, bool):
        yield rule
