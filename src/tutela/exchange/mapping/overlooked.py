"""Columns that no rule of a mapping reads though they look like something a register keeps: a date, a position, a name.

They are told plainly, each with an example: a list whose days of visit are not read looks complete and is not.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import islice
from typing import Any

from tutela.errors import Problem, declare, problem
from tutela.exchange.mapping.headers import fields_of
from tutela.exchange.mapping.profile import Column, dates, profile
from tutela.exchange.readers.detect import header_kind

declare({
    "column-unread": ("Not read: the column “{column}” looks like {looks} (for example “{value}”), and no rule of the mapping reads it.",
                      "Add it to the mapping, or write it under `ignore:` there if it is to be left out."),
})

CODE = "column-unread"
ROWS = 300  # looked at
DATED = ("observed", "recorded", "damage date", "dating", "from", "to")
NAMED = ("name", "other names")
_DEGREES = re.compile(r"[NSEW]?\s*[+-]?\d{1,3}(?:[.,]\d{3,}|\s*[°º].*)\s*[NSEW]?")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


def looks_like(column: Column) -> str:
    """"a date", "a position", "a name", or nothing.  By the header where the contents allow it; dates and degrees by contents alone."""
    if not column.filled:
        return ""
    named = [name for name, _ in fields_of(column.name)]
    if header_kind(column.name) or column.share(lambda v: _DEGREES.fullmatch(v.strip()) is not None and not _YEAR.fullmatch(v)) > 0.9:
        return "a position"
    share = dates(column, recent=True).share
    if share >= 0.8 and (column.numeric < 0.5 or any(name in DATED for name in named)):
        return "a date"
    if share >= 0.5 and any(name in DATED for name in named):
        return "a date"
    if any(name in NAMED for name in named) and column.numeric < 0.5 and column.length <= 120:
        return "a name"
    return ""


def overlooked(source: Any, unread: list[str]) -> list[Problem]:
    """``column-unread`` for those of a file's unread columns that look like something, in the order of the file."""
    if not unread:
        return []
    copy = replace(source, stated=dict(source.stated), warnings=[], refused=[], sections=[], _opened_with=None, _counts=Counter())
    found = []
    for column in profile(source.columns, islice(copy.rows(), ROWS)):
        looks = looks_like(column) if column.name in unread else ""
        if looks and not (looks == "a position" and source.geometry):
            found.append(problem(CODE, file=source.name, column=column.name, value=column.samples(1), looks=looks))
    return found
