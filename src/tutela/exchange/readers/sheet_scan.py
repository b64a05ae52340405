"""Looks into a workbook's own XML before the reading library does: traps, extents, merged cells, formulas, errors.

The library keeps a sheet as one dense block, so two stray cells at opposite corners would ask for billions of cells;
and it gives neither formulas nor the errors of cells.  The scan runs over the parts in pieces and keeps little.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from . import guarded_xml
from .content import CHUNK, open_entry
from .source import unusable

MOST_CELLS = 30_000_000  # of the dense block; real sheets of 1,000,000 rows × 30 columns still pass
LISTED = 200
_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,4})([0-9]{1,9})[\"']")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br\s*=\s*[\"']([0-9]{1,9})[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c\s*>)", re.DOTALL)
_REF = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3}[0-9]{1,7})[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>/]*>\s*([^\s<][^<]*)")
_TEXT = re.compile(rb"\bt\s*=\s*[\"'](?:str|inlineStr)[\"']")  # an empty text is a result, too
_ERROR = re.compile(rb"\bt\s*=\s*[\"']e[\"']")
_STYLED = rb"\ss\s{0,9}=\s{0,9}[\"'](?:%s)[\"']"
_CELL_TAG = re.compile(rb"<(?:\w{1,20}:)?c\s")
_NO_SIGN = re.compile(r'"[^"]*"|[\\_*].')  # of a number format: quoted text, and signs that are escaped or fill
MOST_STYLES = 500
_RELATION = re.compile(rb"<Relationship\b[^>]*>")


@dataclass
class Scan:
    """What one sheet's XML says.  Cells are named as a spreadsheet names them ('C7')."""

    rows: int = 0
    columns: int = 0
    no_value: list[str] = field(default_factory=list)  # formulas without a stored result
    errors: list[tuple[str, str]] = field(default_factory=list)  # (cell, '#REF!')
    no_values: int = 0
    error_cells: int = 0
    percents: dict[int, bytearray] = field(default_factory=dict)  # column → its rows with a percent format, as bits


def column_number(letters: str) -> int:
    """'A' → 1, 'AA' → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def split_place(cell: str) -> tuple[int, int]:
    """'C7' → (row 7, column 3)."""
    letters = cell.rstrip("0123456789")
    return int(cell[len(letters):]), column_number(letters)


def check_parts(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse a workbook with an entity or document type in any of its XML parts."""
    for part in archive.namelist():
        if part.lower().endswith((".xml", ".rels", ".vml")):
            with open_entry(archive, part, name) as stream:
                guarded_xml.scan_traps(stream, name)


def sheet_parts(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    """Sheet name → part of the archive, from xl/workbook.xml and its relations."""
    names = {n.lower(): n for n in archive.namelist()}
    book, relations = names.get("xl/workbook.xml"), names.get("xl/_rels/workbook.xml.rels")
    if not book or not relations:
        return {}
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
            targets[attributes.get("Id", "")] = path

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            key = next((v for k, v in attributes.items() if k.rsplit(":", 1)[-1] == "id"), "")
            if key in targets:
                sheets[attributes.get("name", "")] = targets[key]

    for part, begin in ((relations, relation), (book, sheet)):
        with open_entry(archive, part, name) as stream:
            guarded_xml.parse(stream, name, begin, lambda tag: None, lambda text: None)
    return {sheet: names[part.lower()] for sheet, part in sheets.items() if part.lower() in names}


def percent_styles(archive: zipfile.ZipFile, name: str) -> list[int]:
    """The cell styles of an XLSX that show a number as per cent: built-in formats 9 and 10, or any with a ``%``."""
    part = next((n for n in archive.namelist() if n.lower() == "xl/styles.xml"), None)
    if part is None:
        return []
    formats, styles = {"9", "10"}, []
    inside, index = False, 0

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside, index
        if tag == "numFmt" and "%" in _NO_SIGN.sub("", attributes.get("formatCode", "")[:1_000]):
            formats.add(attributes.get("numFmtId", ""))
        elif tag == "cellXfs":
            inside = True
        elif tag == "xf" and inside:
            if attributes.get("numFmtId") in formats and len(styles) < MOST_STYLES:
                styles.append(index)
            index += 1

    def end(tag: str) -> None:
        nonlocal inside
        inside = inside and tag != "cellXfs"

    with open_entry(archive, part, name) as stream:
        guarded_xml.parse(stream, name, begin, end, lambda text: None)
    return styles


def _note_percents(piece: bytes, styled: re.Pattern[bytes], found: Scan) -> None:
    for match in styled.finditer(piece):
        begin, end = piece.rfind(b"<", max(0, match.start() - 200), match.start()), piece.find(b">", match.end())
        tag = piece[begin:min(end, match.end() + 200)] if begin >= 0 and end > 0 else b""
        if _CELL_TAG.match(tag) and (place := _REF.search(tag)):
            row, column = split_place(place.group(1).decode())
            if row <= found.rows and column <= found.columns:  # so no more bits than cells of the dense block
                bits = found.percents.setdefault(column, bytearray())
                if row >> 3 >= len(bits):
                    bits.extend(bytes((row >> 3) + 1 - len(bits)))
                bits[row >> 3] |= 1 << (row & 7)


def scan_sheet(archive: zipfile.ZipFile, part: str, sheet: str, name: str, percents: Sequence[int] = ()) -> Scan:
    """Extent, formulas without result and error cells of one XLSX sheet; a sheet spread too wide is refused.

    ``percents``: the styles of :func:`percent_styles`; the cells that wear one are noted, too.
    """
    found = Scan()
    styles = b"|".join(str(style).encode() for style in percents)
    styled = re.compile(_STYLED % styles) if percents else None
    rest = b""
    with open_entry(archive, part, name) as stream:
        while True:
            chunk = stream.read(CHUNK)
            piece = rest + chunk
            cut = piece.rfind(b"<row") if chunk else len(piece)
            if cut <= 0:
                cut = len(piece) if not chunk or len(piece) > 8 * CHUNK else 0
            piece, rest = piece[:cut], piece[cut:]
            _look(piece, found)
            if found.rows * found.columns > MOST_CELLS:
                raise unusable("sheet-too-sparse", name, sheet)
            if styled:
                _note_percents(piece, styled, found)
            if not chunk:
                return found


def _look(piece: bytes, found: Scan) -> None:
    for match in _ROW.finditer(piece):
        found.rows = max(found.rows, int(match.group(1)))
    last_in_row = piece.split(b"<row") if b"<row" in piece else [piece]
    for row in last_in_row:
        places = _PLACE.findall(row[-4_000:]) if len(row) > 4_000 and not _odd_order(row) else _PLACE.findall(row)
        for letters, number in places:
            found.columns = max(found.columns, column_number(letters.decode()))
            found.rows = max(found.rows, int(number))
    if b"<f" not in piece and b":f" not in piece and b'"e"' not in piece and b"'e'" not in piece:
        return
    for match in _CELL.finditer(piece):
        attributes, inner = match.group(1), match.group(2) or b""
        if _ERROR.search(attributes):
            _note_error(found, attributes, inner)
        elif _FORMULA.search(inner) and not _VALUE.search(inner) and not _TEXT.search(attributes):
            found.no_values += 1
            if len(found.no_value) < LISTED and (place := _REF.search(attributes)):
                found.no_value.append(place.group(1).decode())


def _odd_order(row: bytes) -> bool:
    """Whether a row might hide a far cell before its end (three letters anywhere)."""
    return re.search(rb"\br\s*=\s*[\"'][A-Za-z]{3,}[0-9]", row) is not None


def _note_error(found: Scan, attributes: bytes, inner: bytes) -> None:
    found.error_cells += 1
    place, value = _REF.search(attributes), _VALUE.search(inner)
    if place and len(found.errors) < LISTED:
        found.errors.append((place.group(1).decode(), value.group(1).decode("utf-8", "replace") if value else "#"))


def check_ods(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse an ODS whose repeated cells would unfold into too many, or whose cells lie too far apart."""
    part = next((n for n in archive.namelist() if n.lower() == "content.xml"), None)
    if part is None:
        raise unusable("file-broken", name, "no content.xml")
    state: dict[str, Any] = {"row": 0, "column": 0, "repeat": 1, "last_row": 0, "last_column": 0, "holds": False}

    def begin(tag: str, attributes: dict[str, str]) -> None:
        short = {k.rsplit(":", 1)[-1]: v for k, v in attributes.items()}
        if tag == "table":
            state.update(row=0, last_row=0, last_column=0)
        elif tag == "table-row":
            state.update(column=0, repeat=_count(short.get("number-rows-repeated"), name), holds=False)
        elif tag in ("table-cell", "covered-table-cell"):
            state["column"] += _count(short.get("number-columns-repeated"), name)
            if "value-type" in short or "formula" in short:
                state["holds"] = True
                state["last_column"] = max(state["last_column"], state["column"])

    def end(tag: str) -> None:
        if tag == "table-row":
            state["row"] += state["repeat"]
            if state["holds"]:
                state["last_row"] = state["row"]
                if state["last_row"] * state["last_column"] > MOST_CELLS:
                    raise unusable("sheet-too-sparse", name, "an ODS sheet")

    with open_entry(archive, part, name) as stream:
        guarded_xml.parse(stream, name, begin, end, lambda text: None)


def _count(text: str | None, name: str) -> int:
    if text is None:
        return 1
    if not text.isdigit() or len(text) > 8:
        raise unusable("file-broken", name, f"a repetition of {text[:40]}")
    return int(text)
