"""Helps the tests of imports: lists written to files, imported, and what the register then holds."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path
from typing import Any

from tutela import demo_data
from tutela.assessment import queries as assessed
from tutela.exchange.actions import run_import
from tutela.inventory import queries
from tutela.people.rules import OPERATOR


@functools.cache
def shipped(name: str) -> dict[str, Path]:
    """The files of a shipped list, by their names."""
    folder = Path(tempfile.mkdtemp(prefix="tutela-test-lists-"))
    return {path.name: path for path in demo_data.unpack(name, folder)}


def load(name: str, *files: str, **options: Any) -> Any:
    """Import files of a shipped list, leaving out rows that are refused; gives the report."""
    return run_import(OPERATOR, [shipped(name)[file] for file in files], partial=True, **options)


def place(number: str) -> dict[str, Any]:
    """The document of the place with this number."""
    return queries.place(OPERATOR, number).document


def series(number: str) -> list[dict[str, Any]]:
    """The assessments of the place with this number."""
    return assessed.series(OPERATOR, queries.place(OPERATOR, number).id)
