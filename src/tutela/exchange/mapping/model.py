"""A mapping as read from YAML, checked against the fields there are.

.. code-block:: yaml

    mapping: my-list                      # its name, printed in every report
    title: Monuments of the ministry
    recognise: [No, Name, Lat, Lon]       # headers that must all be there for it to be chosen by itself
    source: {key: ministry, title: "State list 2023", licence: "as agreed", uri: null}
    key: {column: No, scheme: ministry}   # equal keys are one place; the scheme under which later releases find it
    none: ["", "-", "None", "n/a"]        # cells that say nothing
    files: {names: {columns: [place_id, name], key: place_id}}   # related files (joined by their key); the main one is `main`
    place:
      names: [{text: Name, kind: {constant: official}}]
      types: [{code: {column: Type, list: place-types, split: ","}}]
      geometries: [{latitude: Lat, longitude: Lon}]
    assessment:
      observed: {column: Date, date: {order: dmy}}
      condition: {column: State, values: {"хорошее": good}}
    ignore: [Remarks to the printer]

A *rule* is a column's name, or a dict of these (docs/mappings.md says more):

``column``, ``columns`` with ``join``, or ``constant``; ``default`` for empty cells; ``match`` (patterns; the first group of the first
that fits) and ``strip: html`` change the text; ``split`` (a mark, or ``vocabulary``) parts it, ``drop`` leaves members out, ``take``
(first, last, all) says which are kept; ``list`` names the list of terms, ``values`` maps wordings to codes before it, ``otherwise`` is
the code of all others, ``unknown`` what becomes of them (keep, warn, refuse); ``date`` (order, calendar, formats); ``percent``; ``scale``;
``order`` of a pair of coordinates;
``letters`` and ``hemisphere`` of a UTM zone; ``unreadable`` of dates; ``fill``; ``optional``.
``optional: true`` (or a list of columns) at the top lets columns be absent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tutela.errors import Unusable, declare, problem
from tutela.exchange.mapping.text import load_yaml

declare(
    {
        "mapping-unreadable": (
            "The mapping {file} cannot be read: {reason}.",
            "Mend the YAML at the line named; `--suggest-mapping` writes a valid one.",
        ),
        "mapping-unknown": (
            "There is no ready mapping “{value}” and no file of that name.",
            "Use one of: {known}; or give the path of a YAML file.",
        ),
        "mapping-field": ("“{value}” is not a field of a mapping ({where}).", "Use one of: {known}."),
        "mapping-rule": (
            "The rule for {where} cannot be understood: {value}.",
            "Write a column's name, or {{column: …}} or {{constant: …}}.",
        ),
        "mapping-column": (
            "The mapping names a column “{value}” that the file does not have.",
            "Correct the name, or remove the field. The file's columns: {known}.",
        ),
        "mapping-none": (
            "No ready mapping fits the columns of {file}.",
            "Run again with --suggest-mapping to get a first one, look through it, and pass it with --mapping. Columns: {known}.",
        ),
        "mapping-key": (
            "The mapping has no key, so that importing the list again would double it.",
            "Add `key: {{column: …, scheme: …}}` with the column that numbers the places.",
        ),
        "mapping-geometry": (
            "The geometry rule {value} is not complete.",
            "Give latitude and longitude, easting and northing with crs, wkt, geojson, pair, or `from: file`.",
        ),
    }
)

NONE = ("None", "-", "–", "—", "n/a", "N/A", "NULL", "null")
RULE_KEYS = {
    "column",
    "columns",
    "constant",
    "split",
    "take",
    "list",
    "values",
    "unknown",
    "date",
    "drop",
    "default",
    "percent",
    "join",
    "strip",
    "match",
    "otherwise",
    "order",
    "scale",
    "optional",
    "unreadable",
    "letters",
    "hemisphere",
    "fill",
}
PLACE_ITEMS: dict[str, tuple[str, ...]] = {
    "names": ("text", "lang", "script", "kind", "period", "reference"),
    "types": ("code", "certainty"),
    "functions": ("code", "certainty"),
    "dating": ("edtf", "period", "certainty", "from", "to"),
    "areas": ("name", "kind", "code"),
    "identifiers": ("value", "scheme", "uri"),
    "protections": ("instrument", "level", "reference", "from", "to"),
    "significance": ("text", "criterion"),
    "characteristics": ("value", "kind", "unit", "certainty", "dimension", "method"),
    "descriptions": ("text", "kind", "lang", "date", "from", "to"),
    "geometries": (
        "latitude",
        "longitude",
        "easting",
        "northing",
        "crs",
        "wkt",
        "geojson",
        "pair",
        "from",
        "role",
        "certainty",
        "extent_certainty",
        "precision_m",
        "method",
        "zone",
    ),
}
PLACE_SCALARS = ("country", "address", "category", "handling", "id", "part_of")
ASSESSMENT_ITEMS: dict[str, tuple[str, ...]] = {
    "damages": ("cause", "category", "certainty", "effect", "effect_certainty", "from", "to", "before", "on", "extent", "note"),
    "threats": ("cause", "category", "probability"),
    "recommendations": ("action", "priority"),
    "interventions": ("activity",),
}
ASSESSMENT_SCALARS = (
    "observed",
    "recorded",
    "method",
    "activity",
    "outcome",
    "condition",
    "extent",
    "assessor_role",
    "note",
    "imagery",
    "activity_dates",
)
TOP = (
    "mapping",
    "title",
    "version",
    "recognise",
    "source",
    "key",
    "none",
    "files",
    "place",
    "assessment",
    "assessments",
    "ignore",
    "note",
    "language",
    "crs",
    "coordinate_order",
    "encoding",
    "separator",
    "sheet",
    "layer",
    "header_row",
    "stated",
    "reviewed",
    "optional",
    "skip",
)


READY = Path(__file__).parent / "ready"


@dataclass(slots=True)
class Mapping:
    """A checked mapping.  ``text`` is its YAML as given, kept with every import."""

    name: str
    title: str
    text: str
    data: dict[str, Any]
    source: dict[str, Any]
    key: dict[str, Any] | None
    none: frozenset[str]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def recognise(self) -> list[str]:
        return self.data.get("recognise") or []


def read(text: str, file: str = "mapping") -> Mapping:
    """Read and check a mapping.  Raises :class:`Unusable` with the code and place of the first fault."""
    data = load_yaml(text, file)
    parts = [data.get("place") or {}, *_assessments(data)] if isinstance(data, dict) else [None]
    if not all(isinstance(part, dict) for part in parts) or not isinstance(data.get("source") or {}, dict):
        raise Unusable(problem("mapping-unreadable", file=file, reason="it is not a mapping of fields"))
    for name in ("recognise", "none", "ignore"):
        if not isinstance(data.get(name) or [], list):
            raise Unusable(problem("mapping-rule", where=name, value=data[name]))
    _known(data, TOP, "the mapping")
    if not isinstance(data.get("skip") or {}, dict):
        raise Unusable(problem("mapping-rule", where="skip", value=data["skip"]))
    _check_items(data.get("place") or {}, PLACE_ITEMS, PLACE_SCALARS, "place")
    for part in _assessments(data):
        _check_items({k: v for k, v in part.items() if k != "file"}, ASSESSMENT_ITEMS, ASSESSMENT_SCALARS, "assessment")
    _check_files(data)
    name = str(data.get("mapping") or Path(file).stem)
    source = {"key": name, **(data.get("source") or {})}
    source = {k: v for k, v in source.items() if v is not None}
    none = frozenset(str("" if v is None else v).strip() for v in data.get("none", NONE) or ()) | {""}
    key = _read_key(data.get("key"), source["key"])
    return Mapping(name, data.get("title", name), text, data, source, key, none, data.get("files") or {})


def _read_key(given: Any, scheme: str) -> dict[str, Any] | None:
    """``key: No`` · ``key: {column: No, scheme: ministry, uri: "https://…/{}"}`` · ``key: {digest: [Name, Lat, Lon]}``."""
    if given is None:
        return None
    if isinstance(given, str | int | float):
        return {"column": str(given), "scheme": scheme}
    if not isinstance(given, dict) or not ("column" in given) ^ ("digest" in given):
        raise Unusable(problem("mapping-rule", where="key", value=given))
    _known(given, ("column", "digest", "scheme", "uri"), "key")
    if "digest" in given:
        columns = given["digest"]
        if not isinstance(columns, list) or not columns or not all(isinstance(c, str | int | float) for c in columns):
            raise Unusable(problem("mapping-rule", where="key.digest", value=columns))
        return {"scheme": "content", **given, "digest": [str(c) for c in columns]}
    return {"scheme": scheme, **given, "column": str(given["column"])}


def _check_files(data: dict[str, Any]) -> None:
    """The related files, and that items are read from none but these."""
    files = data.get("files") or {}
    if not isinstance(files, dict):
        raise Unusable(problem("mapping-rule", where="files", value=files))
    for role, spec in files.items():
        if not isinstance(spec, dict):
            raise Unusable(problem("mapping-rule", where=f"files.{role}", value=spec))
        _known(spec, ("columns", "key"), f"files.{role}")
        if "key" not in spec:
            raise Unusable(problem("mapping-key"))
    for part in _assessments(data):
        if part.get("file", "main") not in ("main", *files):
            raise Unusable(problem("mapping-field", value=part["file"], where="assessments", known=", ".join(("main", *map(str, files)))))
    for part in (data.get("place") or {}, *_assessments(data)):
        for rule in part.values():
            for item in rule if isinstance(rule, list) else ():
                if item.get("file", "main") not in ("main", *files):
                    raise Unusable(problem("mapping-field", value=item["file"], where="file", known=", ".join(("main", *map(str, files)))))


def _assessments(data: dict[str, Any]) -> list[dict[str, Any]]:
    given = data.get("assessments") or [data.get("assessment")]
    return [part for part in given if part] if isinstance(given, list) else [given]


def _known(data: dict[str, Any], known: tuple[str, ...] | set[str], where: str) -> None:
    for name in data:
        if name not in known:
            raise Unusable(problem("mapping-field", value=name, where=where, known=", ".join(sorted(known))))


def _check_items(part: dict[str, Any], items: dict[str, tuple[str, ...]], scalars: tuple[str, ...], where: str) -> None:
    _known(part, (*items, *scalars), where)
    for name, rule in part.items():
        if name in items:
            if not isinstance(rule, list):
                raise Unusable(problem("mapping-rule", where=f"{where}.{name}", value="a list is wanted here: begin it with “- ”"))
            for item in rule:
                if not isinstance(item, dict):
                    raise Unusable(problem("mapping-rule", where=f"{where}.{name}", value=item))
                _known(item, (*items[name], "file"), f"{where}.{name}")
                for sub, given in item.items():
                    _check_rule(given, f"{where}.{name}.{sub}")
        elif name == "handling" and isinstance(rule, dict) and not RULE_KEYS & rule.keys():
            _known(rule, ("mark", "precision", "reason"), f"{where}.handling")
        else:
            _check_rule(rule, f"{where}.{name}")


def _check_rule(rule: Any, where: str) -> None:
    if isinstance(rule, dict):
        _known(rule, RULE_KEYS, where)
    elif isinstance(rule, bool) or not isinstance(rule, str | int | float):
        raise Unusable(problem("mapping-rule", where=where, value=rule))


def ready_names() -> list[str]:
    """The ready mappings, by name."""
    return sorted(path.stem for path in READY.glob("*.yaml"))


@cache
def _ready(name: str) -> Mapping:
    return read((READY / f"{name}.yaml").read_text(encoding="utf-8"), f"{name}.yaml")


def find(name: str) -> Mapping:
    """A ready mapping by name, or one from a file."""
    if name in ready_names():
        return _ready(name)
    path = Path(name)
    try:
        return read(path.read_text(encoding="utf-8-sig"), path.name)
    except (OSError, UnicodeDecodeError):
        raise Unusable(problem("mapping-unknown", value=name, known=", ".join(ready_names()))) from None


def choose(columns: tuple[str, ...]) -> Mapping | None:
    """The ready mapping whose recognised headers are all there; the one that names most of them."""
    held = {c.strip().casefold() for c in columns}
    fitting = []
    for name in ready_names():
        mapping = find(name)
        wanted = {str(c).strip().casefold() for c in mapping.recognise}
        if wanted and wanted <= held:
            fitting.append((len(wanted), name, mapping))
    return max(fitting, key=lambda f: f[:2])[2] if fitting else None
