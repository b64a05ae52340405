"""Parallel cells: "Natural, Natural" beside "High, Medium", read in step, value by value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tutela.errors import problem
from tutela.exchange.mapping.cells import Values

if TYPE_CHECKING:
    from tutela.exchange.mapping.builders import Cell, Context

Texts = dict[str, Any]


def in_step(cells: dict[str, Cell], main: str, context: Context, content: Sequence[str] = ()) -> Callable[[Values], list[Texts]]:
    """Compile: one dict {field: text or None} for each value of the main cell.

    ``content`` names further fields that are worth an item by themselves (a category without a cause); where the main
    cell is empty, the first of them that is not leads.  A parallel list of another length is not paired, since its values
    would land on the wrong item: a warning says so and ``context.unpaired`` keeps its text.  Only where one list is the other
    with every value said k times in a row is it read once for each (``lists-repeated``).
    """
    telling = (main, *(name for name in content if name in cells and name != main))
    constants = [(name, c) for name, c in cells.items() if c.constant]
    read = [(name, c) for name, c in cells.items() if not c.constant]

    def rows(values: Values) -> list[Texts]:
        given = {name: many for name, c in read if (many := c.many(values))}
        lead = next((name for name in telling if _says(given.get(name))), None)
        if lead is None:
            return [{name: c.get(values) for name, c in cells.items()}] if cells[main].constant and _any(given) else []
        if any(len(many) not in (1, len(given[lead])) for many in given.values()):
            _unrepeat(given, lead, cells, context)
        leading = given[lead]
        out: list[Texts] = [{lead: value} for value in leading]
        for name, many in given.items():
            if name == lead:
                continue
            if len(many) == len(out):
                for item, value in zip(out, many, strict=True):
                    item[name] = value
            elif len(many) == 1:
                for item in out:
                    item[name] = many[0]
            elif _says(many):
                _unpaired(cells[name], values, len(many), len(out), cells[lead].column, context)
        for name, c in constants:
            constant = c.get(values)
            for item in out:
                item[name] = constant
        return [item for item in out if any(item.get(name) is not None for name in telling)]

    return rows


def _says(many: list[str | None] | None) -> bool:
    return bool(many) and any(value is not None for value in many)


def _any(given: dict[str, list[str | None]]) -> bool:
    return any(map(_says, given.values()))


def _unpaired(c: Cell, values: Values, count: int, main: int, column_main: str | None, context: Context) -> None:
    context.warn(problem("lists-unpaired", column=c.column, value=c.column, count=count, main=main, column_main=column_main))
    context.unpaired.append((c.column or c.name, c.get(values)))


def _unrepeat(given: dict[str, list[str | None]], lead: str, cells: dict[str, Cell], context: Context) -> None:
    """Shorten, in place, the lists of the lead's length whose values stand k times in a row against a list k times shorter."""
    long = len(given[lead])
    for other, many in given.items():
        short = len(many)
        times = long // short if 1 < short < long and long % short == 0 else 0
        same = [name for name, one in given.items() if len(one) == long]
        if times and all(_in_blocks(given[name], times) for name in same):
            for name in same:
                given[name] = given[name][::times]
            context.warn(
                problem(
                    "lists-repeated",
                    column=cells[lead].column,
                    value=cells[lead].column,
                    times=times,
                    count=short,
                    column_other=cells[other].column,
                )
            )
            return


def _in_blocks(many: list[str | None], times: int) -> bool:
    return all(value == many[at - at % times] for at, value in enumerate(many))
