"""The formats a place list is written in: one module a format, each with a class ``Writer``.

``Writer(path, about)`` begins the file, ``write(items)`` adds some places, ``finish(about)`` completes it (``about`` then holds
what is known only at the end), ``abandon()`` closes what is open after a failure.  None of them decides what may be seen.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Protocol

#: format → (module, most places it can hold)
FORMATS: dict[str, tuple[str, int | None]] = {
    "geojson": ("geojson", None), "gpkg": ("gpkg", None), "csv": ("table_csv", None), "xlsx": ("table_xlsx", 1_048_575),
    "kml": ("kml", None),
}  # fmt: skip


class Item(NamedTuple):
    """One place to be written: its row, and its geometries as the audience may see them (items of a place document)."""

    flat: dict[str, Any]
    geometries: list[dict[str, Any]]


class Writer(Protocol):
    """What each format's module offers under this name."""

    def __init__(self, path: Path, about: dict[str, Any]) -> None: ...

    def write(self, items: list[Item]) -> None: ...

    def finish(self, about: dict[str, Any]) -> None: ...

    def abandon(self) -> None: ...


def writer_of(name: str) -> type[Writer]:
    """The writer of a format; its libraries are imported only now."""
    return import_module(f"tutela.exchange.writers.{FORMATS[name][0]}").Writer
