"""The coded errors: what is wrong, where, and what to do.

Every refusal or warning a user can meet has a code in :data:`CATALOGUE` with two sentences: what is wrong (a template
over the values found) and what to do.  Code elsewhere names the code and gives the values; it never writes the sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

EXIT_OK = 0
EXIT_FAILED = 1  # something did not hold (verify), or could not be done
EXIT_USAGE = 2
EXIT_REFUSED = 3  # rows were refused
EXIT_UNUSABLE = 4  # the input cannot be used at all


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong (or odd) in what was given.

    ``file``, ``row`` (1-based, the header being row 1 of a table; the n-th feature of a map file), ``column`` and
    ``value`` say where; ``code`` is stable and documented; ``message`` says what is wrong and ``todo`` what to do.
    """

    code: str
    message: str
    todo: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for ``--json`` and for the report page."""
        return {"file": self.file, "row": self.row, "column": self.column, "value": self.value, "code": self.code,
                "message": self.message, "todo": self.todo}

    def at(self, *, file: str | None = None, row: int | None = None) -> Problem:
        """The same problem at a file and a row."""
        return Problem(self.code, self.message, self.todo, file or self.file, row or self.row, self.column, self.value)


class TutelaError(Exception):
    """A problem that stops what was asked.  ``exit_code`` is what the command line ends with."""

    def __init__(self, problem: Problem, exit_code: int = EXIT_FAILED) -> None:
        super().__init__(f"{problem.message} {problem.todo} [{problem.code}]")
        self.problem = problem
        self.exit_code = exit_code

    @property
    def code(self) -> str:
        return self.problem.code


class Unusable(TutelaError):
    """The whole input cannot be used (exit 4)."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem, EXIT_UNUSABLE)


class NotAllowed(TutelaError):
    """The person acting may not do this."""


def problem(code: str, *, file: str | None = None, row: int | None = None, column: str | None = None,
            value: object = None, **values: object) -> Problem:
    """Build a :class:`Problem` from the catalogue.  Unknown codes raise ``KeyError`` (a fault of ours, never of the user)."""
    message, todo = CATALOGUE[code]
    shown = None if value is None else _short(value)
    fields = {"value": shown, "column": column, "row": row, "file": file, **values}
    return Problem(code, message.format_map(fields), todo.format_map(fields) if "{" in todo else todo, file, row, column, shown)


def _short(value: object, most: int = 200) -> str:
    text = str(value)
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()  # half characters can neither be kept nor shown
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


# code: (what is wrong, what to do).  One place, in order of the rooms that use them.
CATALOGUE: dict[str, tuple[str, str]] = {}


def declare(entries: dict[str, tuple[str, str]]) -> None:
    """Add a room's codes to the catalogue.  A code declared twice is a fault of ours."""
    twice = CATALOGUE.keys() & entries.keys()
    if twice:
        raise ValueError(f"codes declared twice: {sorted(twice)}")
    CATALOGUE.update(entries)
