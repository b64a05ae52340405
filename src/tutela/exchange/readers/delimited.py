"""CSV, TSV and their relatives: encoding, separator, header and decimal sign are found and stated."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from tutela.errors import problem

from . import mojibake, tables, tails
from .content import Content
from .encodings import CERTAIN
from .records import MOST_CELL, Broken, records
from .source import Row, Source, unusable
from .text import Text, read_text, wrong_encoding

SEPARATORS = (",", ";", "\t", "|")
NAMES = {"tab": "\t", "comma": ",", "semicolon": ";", "bar": "|", "pipe": "|", "\\t": "\t"}
NONE = "\x1f"  # stands for "one column"; occurs in no text
SNIFFED = 200  # records
_COMMA = re.compile(r"[-+]?\d+,\d+")
_POINT = re.compile(r"[-+]?\d+\.\d+")
_ESCAPED = re.compile("[\udc80-\udcff]")


def open_delimited(content: Content, stated: dict[str, Any], *, encoding: str | None = None,
                   separator: str | None = None, header_row: int | None = None) -> Source:
    """A text table as a :class:`Source`."""
    text = read_text(content, encoding)
    lines = text.head.split("\n")
    if len(lines) > 1 and (not text.whole or not lines[-1]):
        lines.pop()  # cut off, or the nothing after the last line end
    declared = re.fullmatch(r"\ufeff?sep=(.)\s*", lines[0]) if lines else None
    skipped = 1 if declared else 0
    sign = _separator(separator, content) or (declared.group(1) if declared else None)
    sign = sign or sniff(lines[skipped:skipped + SNIFFED * 2], content.suffix in (".tsv", ".tab"))
    sample = [r.cells if isinstance(r, Broken) else r for r in islice(records(lines[skipped:], sign), SNIFFED)]
    if sample and sample[0] and sample[0][0].startswith("\ufeff"):
        sample[0] = [sample[0][0][1:], *sample[0][1:]]
    layout = find_layout(sample, header_row, content.name)
    if encoding is not None and any(map(_ESCAPED.search, layout.columns)):
        raise wrong_encoding(text.encoding, content)
    stated.update(encoding=text.encoding, encoding_confidence=text.confidence, encoding_reason=text.reason,
                  encoding_alternatives=list(text.alternatives), separator=None if sign == NONE else sign,
                  decimal=_decimal(sample[layout.start:]))
    name = "tsv" if sign == "\t" else "csv"
    reader = _Reader(text, sign, layout, skipped, sample)
    source = Source(content.path, content.name, name, layout.columns, False, stated, reader.rows)
    state_layout(source, layout)
    _state_text(source, text, reader)
    return source


def find_layout(rows: list[list[Any]], header_row: int | None, name: str,
                merged: tables.Merged | None = None, nothing: str = "file-empty") -> tables.Layout:
    """The layout of a table from its first rows; ``header_row`` (1-based) overrides the search."""
    try:
        if header_row is None:
            return tables.layout(rows[:tables.SAMPLE_ROWS], None, merged)
        return tables.layout(rows[:header_row + tables.SAMPLE_ROWS], header_row - 1, merged)
    except tables.NoHeader as found:
        raise unusable("header-missing", name, found.value, row=found.index + 1) from None
    except (IndexError, StopIteration):
        if header_row is not None:
            raise unusable("header-row-empty", name, row=header_row) from None
        raise unusable(nothing, name) from None


def _separator(given: str | None, content: Content) -> str | None:
    if given is None:
        return None
    sign = NAMES.get(given.lower(), given)
    if len(sign) != 1 or sign in '"\r\n\0' or sign.isalnum():
        raise unusable("separator-unknown", content.name, given)
    return sign


def sniff(lines: list[str], tabs_likely: bool = False) -> str:
    """The separator that cuts most records into the same number of cells, the first full one included."""
    best, choice = 0.0, NONE
    for sign in SEPARATORS:
        if not any(sign in line for line in lines):
            continue
        widths = [len(r) for r in islice(records(lines, sign), SNIFFED) if not isinstance(r, Broken) and r]
        several = [w for w in widths if w > 1]
        if not several:
            continue
        width, times = Counter(several).most_common(1)[0]
        score = times / len(widths) + 0.02 * min(width, 30)
        score += 0.5 if several[0] == width and widths[0] > 1 else 0.0
        score += 0.3 if sign == "\t" and tabs_likely else 0.0
        score -= 0.2 if sign == "|" else 0.0
        if score > best and (times / len(widths) >= 0.3 or widths[0] > 1):
            best, choice = score, sign
    return choice


def _decimal(rows: list[list[str]]) -> str | None:
    commas = sum(1 for row in rows for cell in row if _COMMA.fullmatch(cell.strip()))
    points = sum(1 for row in rows for cell in row if _POINT.fullmatch(cell.strip()))
    return None if not commas and not points else "," if commas > points else "."


def state_layout(source: Source, layout: tables.Layout, offset: int = 1) -> None:
    """Put what the header search found into ``stated`` and ``warnings`` (rows 1-based)."""
    source.stated["header_row"] = layout.header + offset
    if layout.groups:
        source.stated["groups"] = layout.groups
    for index, text in layout.titles:
        source.warnings.append(problem("title-skipped", file=source.name, row=index + offset, value=text))
    if layout.numbering is not None:
        source.warnings.append(problem("number-row-skipped", file=source.name, row=layout.numbering + offset))
    for position in layout.unnamed:
        source.warnings.append(problem("header-empty", file=source.name, row=layout.header + offset,
                                       column=f"column {position}", value=f"column {position}"))
    for name in layout.repeated:
        source.warnings.append(problem("header-duplicate", file=source.name, row=layout.header + offset, column=name,
                                       value=name))


def _state_text(source: Source, text: Text, reader: _Reader) -> None:
    if text.confidence < CERTAIN:
        others = ", ".join(text.alternatives)
        shown = f"{text.encoding} (or {others})" if others else text.encoding
        source.warnings.append(problem("encoding-uncertain", file=source.name, value=shown))
    source.stated["text_doubts"] = sorted(text.doubts)
    if reader.empty:
        source.warnings.append(problem("table-no-rows", file=source.name))


class _Reader:
    """Rows of one text table, again and again from the start."""

    def __init__(self, text: Text, sign: str, layout: tables.Layout, skipped: int, sample: list[list[str]]) -> None:
        self.text, self.sign, self.layout, self.skipped = text, sign, layout, skipped
        data = sample[layout.start:layout.start + tables.SAMPLE_ROWS]
        self.width = len(layout.columns)
        self.codes = tables.code_columns(data, self.width)
        self.empty = not any(map(tables.filled, data)) and text.whole
        self.sections = tables.sections_possible(data, self.width, self.codes)

    def data(self) -> Iterator[tuple[int, list[str] | Broken]]:
        """(row number, record) under the header."""
        lines = islice(self.text.lines(), self.skipped, None)
        start = self.layout.start
        return enumerate(islice(records(lines, self.sign), start, None), start + 1)

    def rows(self, source: Source) -> Iterator[Row]:
        return tails.without_tail(source, self._rows(source), self.codes, "")

    def _rows(self, source: Source) -> Iterator[Row]:
        width, lone = self.width, self.width - 1
        careful = bool(self.text.doubts)
        single = width == 1
        for number, row in self.data():
            if row.__class__ is list and len(row) == width and (single or (row[0] and row[1]) or row.count("") < lone):
                if careful and not self._sound(source, number, row):
                    continue
                if single and not row[0].strip():
                    continue
                yield number, row, None
            elif (mended := self._odd(source, number, row)) is not None:
                if not careful or self._sound(source, number, mended):
                    yield number, mended, None

    def _odd(self, source: Source, number: int, row: list[str] | Broken) -> list[str] | None:
        """A record that is not plainly one row: mended, skipped as blank or heading, or refused."""
        if isinstance(row, Broken):
            source.refuse(row.code, number, row.cells, limit=f"{MOST_CELL:,}")
            return None
        if tables.filled(row) == 0:
            return None
        if len(row) > self.width and not any(cell.strip() for cell in row[self.width:]):
            row = row[:self.width]
        text = tables.section_text(row, self.codes) if self.sections else None
        if text is not None and (len(row) == self.width or len(row) == 1):
            if tails.is_total(row):
                source.warn("total-row-skipped", row=number, value=text)
                return None
            source.sections.append((number, text))
            source.warn("section-skipped", row=number, value=text)
            return None
        if len(row) < self.width and self.width >= tails.LEAST_WIDTH and tails.is_total(row):
            source.warn("total-row-skipped", row=number, value=tables.row_text(row))
            return None
        if len(row) != self.width:
            source.refuse("row-ragged", number, row, cells=len(row), expected=self.width)
            return None
        return row

    def _sound(self, source: Source, number: int, row: list[str]) -> bool:
        """Look at single cells where the file as a whole gave cause; ``False`` when the row was refused."""
        for j, cell in enumerate(row):
            if cell.isascii() and "\0" not in cell:
                continue
            column = source.columns[j]
            if "\0" in cell:
                row[j] = cell = cell.replace("\0", "")
                source.warn("nul-bytes", row=number, column=column, value=cell)
            if _ESCAPED.search(cell):
                shown = [c.encode("utf-8", "replace").decode() for c in row]
                source.refuse("text-undecodable", number, shown, column=column, value=shown[j],
                              encoding=self.text.encoding)
                return False
            if mojibake.lost(cell):
                source.warn("character-lost", row=number, column=column, value=cell)
            elif "mojibake" in self.text.doubts and len(cell) < 10_000 and (was := mojibake.repaired(cell)):
                source.warn("mojibake", row=number, column=column, value=cell, repaired=was[:200])
        return True
