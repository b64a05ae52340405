"""The register of kinds: what a room tells the store about its documents, so that one write path serves all rooms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tutela.store.documents import Document

LEVELS = 4  # audiences, low to high; their names and rights are people's


@dataclass(slots=True)
class View:
    """A record as audiences ``low``..``high`` may find it.  ``document`` None: the record's own, unchanged.

    ``x, y`` a representative point and ``box`` (w, s, e, n), degrees, at the audience's precision; ``facets`` {name: codes}.
    """

    low: int
    high: int
    title: str
    names: str
    ids: str = ""
    areas: str = ""
    text: str = ""
    label: str | None = None  # what a map writes beside it
    document: Document | None = None
    x: float | None = None
    y: float | None = None
    box: tuple[float, float, float, float] | None = None
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    area: tuple[str, str] | None = None  # (key, label)
    day: int | None = None
    value: float | None = None
    start: int | None = None
    finish: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A typed table of a room, derived from the documents of one kind.  ``rows(record_id, document, ids)`` gives tuples.

    ``ids`` maps the public ids named in the document's links to record ids.  The first column is always ``record``.
    """

    name: str
    columns: tuple[str, ...]
    rows: Callable[[int, Document, dict[str, int]], Iterable[tuple[Any, ...]]]


def _none(document: Document) -> tuple[()]:
    return ()


@dataclass(frozen=True, slots=True)
class Kind:
    """What the store must know of one kind of document.  All functions are pure."""

    name: str
    code: int
    keys: Callable[[Document], Iterable[tuple[str, str]]] = _none
    links: Callable[[Document], Iterable[tuple[str, str]]] = _none  # (role, public id)
    tables: tuple[Table, ...] = ()
    views: Callable[[Document, list[tuple[str, Document]]], list[View]] | None = None  # (document, dependants)
    feeds: str | None = None  # the role of the link to the record whose views this document takes part in


KINDS: dict[str, Kind] = {}
BY_CODE: dict[int, Kind] = {}


def register(kind: Kind) -> None:
    """Called once, when a room's application is ready."""
    if KINDS.get(kind.name, kind).code != kind.code or BY_CODE.get(kind.code, kind).name != kind.name:
        raise ValueError(f"kind {kind.name} ({kind.code}) is registered twice")
    KINDS[kind.name] = kind
    BY_CODE[kind.code] = kind


#: What rooms add to ``store.verify``: (name, check that yields one sentence for each thing that does not hold).
CHECKS: list[tuple[str, Callable[[], Iterator[str]]]] = []


def register_check(name: str, check: Callable[[], Iterator[str]]) -> None:
    """Called once, when a room's application is ready."""
    if name not in {known for known, _ in CHECKS}:
        CHECKS.append((name, check))


#: What rooms do when a backup has become a workspace again, before it is verified.
RESTORED: list[Callable[[], None]] = []


def register_restored(mend: Callable[[], None]) -> None:
    """Called once, when a room's application is ready."""
    RESTORED.append(mend)
