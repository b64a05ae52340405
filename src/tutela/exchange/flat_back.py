"""Reading an export back: only cells that differ from what the same export would hold now are changes.

So an export of any audience can come back: what it shows coarsely or not at all is compared with what it showed, and what is held
stays as it is.  A row of it carries ``audience`` (whose view it is) and ``version`` (the place's state it was made from).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from tutela.errors import Problem, declare, problem
from tutela.exchange.flat import COUNTS, FLAT_COLUMNS, NUMBERS, SEPARATOR, cleaned
from tutela.exchange.flat_edits import EDITABLE, edit
from tutela.exchange.mapping.cells import Refusal, as_text
from tutela.exchange.writers import Item
from tutela.exchange.writers.table_csv import unguarded
from tutela.exchange.writers.table_xlsx import CUT
from tutela.inventory.rules.geometry import positions
from tutela.people.rules import AUDIENCES

Document = dict[str, Any]
Row = dict[str, Any]

declare({
    "column-not-editable": ("The column {column} was changed ({value}), but cannot be changed by a table.",
                            "The rest of the row was read. Change it on the place's page, or record a new assessment."),
    "row-audience-unknown": ("The column audience says “{value}”, which is no audience.",
                             "Put back what the export had there: {known}."),
    "position-twice": ("The row's shape and its coordinates were both changed, and differ: {value}.", "Keep one of the two."),
})

_SURE = frozenset({"id", "audience", "version", "precision", "located", "assessments"})
_ASSESSED = frozenset({"condition", "condition_original", "extent", "observed", "recorded", "damages", "threats", "assessments"})
_STATED = frozenset({"audience", "version", "precision", "located", "id"})  # they say how the row was made; never compared
_NEAR = 1e-9  # degrees; a tenth of a millimetre


def is_own_export(columns: Iterable[str]) -> bool:
    """Whether a table with these columns is an export of ours (other columns may have been added, most removed)."""
    return {_key(c) for c in columns} >= _SURE


def row_of(columns: Iterable[str], values: Iterable[Any]) -> Row:
    """A row by column, in the columns' own spelling here; what is not a column of ours is left out."""
    return {key: value for c, value in zip(columns, values, strict=False) if (key := _key(c)) in FLAT_COLUMNS}


def strange_columns(columns: Iterable[str]) -> list[str]:
    """Columns that are not ours and will not be read (the feature ids and geometries of map files aside)."""
    return [c for c in columns if _key(c) not in FLAT_COLUMNS and _key(c) not in ("fid", "geom", "geometry", "ogc_fid")]


def audience_of(row: Row) -> str:
    """The audience whose view the row is.  Raises :class:`Refusal` ``row-audience-unknown``."""
    name = _text(row.get("audience"))
    if name not in AUDIENCES:
        raise Refusal(problem("row-audience-unknown", column="audience", value=name, known=", ".join(AUDIENCES)))
    return name


def changes(row: Row, fresh: Item, geometry: dict[str, Any] | None = None) -> tuple[dict[str, Any], list[Problem]]:
    """({editable column: new cell}, warnings for other columns).

    ``fresh`` is what :func:`tutela.exchange.exports.fresh` gives for the place and the row's audience; ``geometry`` the row's own
    shape in a map file.  A column the table no longer has is not a change; an emptied cell is.

    Raises :class:`Refusal` ``changed-meanwhile`` where the place is no longer as it was exported, and ``position-twice``.
    """
    flat = cleaned(fresh.flat)
    differing = [c for c in FLAT_COLUMNS if c in row and c not in _STATED and not _same(c, row[c], flat[c])]
    found = {c: _cell(c, row[c]) for c in differing if c in EDITABLE}
    if geometry is not None:
        _moved(found, geometry, fresh)
    moved_on = _text(row.get("version")) not in ("", _text(flat["version"]))
    if found and moved_on:
        raise Refusal(problem("changed-meanwhile", column=next(iter(found)), value=flat["id"]))
    reassessed = "assessments" in row and not _same("assessments", row["assessments"], flat["assessments"])
    told = [c for c in differing if c not in EDITABLE and not moved_on and not (reassessed and c in _ASSESSED)]
    warnings = [problem("column-not-editable", column=c, value=_text(row[c])) for c in told]
    if geometry is not None and _redrawn(geometry, fresh):
        warnings.append(problem("column-not-editable", column="geometry", value=geometry["type"]))
    return found, warnings


def apply_changes(document: Document, given: dict[str, Any], *, audience: int = 3, source: str | None = None) -> Document:
    """A place document as held, with the cells changed; ``audience`` (number) is the one whose view was edited.

    What that audience does not see stays.  ``source`` is the key new items name as theirs.  Raises :class:`Refusal` with the
    code of what is wrong with a cell.
    """
    return edit(document, given, audience, source)


def as_new(row: Row, source: str | None = None) -> Document:
    """A place document from a row without an id."""
    given = {c: _cell(c, row[c]) for c in FLAT_COLUMNS if c in EDITABLE and c in row and _text(row[c])}
    return edit({}, given, 3, source)


def _key(column: str) -> str:
    return str(column).strip().casefold()


def _cell(column: str, value: Any) -> Any:
    if column in NUMBERS:
        number = _number(value)
        return value if number is None else number
    return unguarded(as_text(value)).strip()


def _same(column: str, cell: Any, value: Any) -> bool:
    if column in NUMBERS or column in COUNTS:
        one, other = _number(cell), _number(value)
        if one is None or other is None:
            return _text(cell) == _text(value)
        return abs(one - other) <= _NEAR
    given, held = _text(cell), _text(value)
    if given == held or _text(unguarded(as_text(cell))) == held:
        return True
    if given.endswith(CUT):
        return held.startswith(given.removesuffix(CUT).rstrip())
    return column in ("names", "type", "identifiers") and sorted(given.split(SEPARATOR)) == sorted(held.split(SEPARATOR))


def _text(value: Any) -> str:
    """A cell to compare: NFC, white space runs as one space."""
    text = value if value.__class__ is str else as_text(value)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).replace("\ufeff", "")
    return " ".join(text.split())


def _number(value: Any) -> float | None:
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(_text(value).replace(",", "."))
    except ValueError:
        return None


def _moved(found: dict[str, Any], geometry: dict[str, Any], fresh: Item) -> None:
    """A point that was moved on the map is a change of the coordinates."""
    if geometry["type"] != "Point" or fresh.flat["longitude"] is None:
        return
    x, y = geometry["coordinates"][:2]
    if _same("longitude", x, fresh.flat["longitude"]) and _same("latitude", y, fresh.flat["latitude"]):
        return
    for name, value in (("latitude", y), ("longitude", x)):
        if name in found and not _same(name, found[name], value):
            raise Refusal(problem("position-twice", column=name, value=f"{found[name]} and {value}"))
    found["latitude"], found["longitude"] = y, x


def _redrawn(geometry: dict[str, Any], fresh: Item) -> bool:
    if geometry["type"] == "Point":
        return False

    def corners(shapes: list[dict[str, Any]]) -> set[tuple[float, float]]:
        return {(round(x, 7), round(y, 7)) for shape in shapes for x, y in positions(shape)}

    return corners([geometry]) != corners([item["geojson"] for item in fresh.geometries])
