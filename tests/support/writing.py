"""Helps the tests of the store: small documents, written as changes, and all that the register then holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection

from tutela.store import backend, journal, write
from tutela.store.documents import dumps, new_ids
from tutela.store.kinds import KINDS
from tutela.store.views import ENTRY_COLUMNS, WORD_COLUMNS
from tutela.store.write import Outcome, Row

WHO = "operator"


def place(name: str, number: str | None = None, x: float | None = None, **more: Any) -> dict[str, Any]:
    """A place document."""
    document: dict[str, Any] = {"names": [{"text": name}], **more}
    if number:
        document["identifiers"] = [{"scheme": "local", "value": number}]
    if x is not None:
        document["geometries"] = [{"geojson": {"type": "Point", "coordinates": [x, 36.0]}, "role": "centre"}]
    return document


def assessment(about: str, condition: str, observed: str = "2020-05-01") -> dict[str, Any]:
    """A published assessment of the place with this public id."""
    return {"place": about, "observed": observed, "condition": {"code": condition, "original": condition}, "status": "published"}


def keep(*rows: Row, action: str = "test", **options: Any) -> Outcome:
    """Write rows as one change."""
    with journal.change(WHO, action, **options) as change:
        return write.write(change, rows)


def create(*documents: dict[str, Any]) -> list[str]:
    """Write new documents (a place, or an assessment if it is about one) as one change; gives their public ids."""
    ids = new_ids(len(documents))
    keep(*(Row(kind_of(document), uuid, document, new=True) for uuid, document in zip(ids, documents, strict=True)))
    return ids


def kind_of(document: dict[str, Any]) -> str:
    return "assessment" if "place" in document else "place"


def last_change() -> int:
    (number,) = ask("SELECT max(id) FROM store_change")[0]
    return number


def ask(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def documents() -> list[tuple[Any, ...]]:
    """The canonical dump: (public id, kind, text) of every live record."""
    return sorted(row[1:] for row in write.live_rows())


def derived() -> dict[str, list[tuple[Any, ...]]]:
    """Every derived row, profiles and areas spelled out, in an order of its own."""
    entry = ", ".join(f"e.{column}" for column in ENTRY_COLUMNS if column not in ("profile", "area"))
    found = {
        "entries": ask(f"SELECT {entry}, p.facets, a.key FROM store_entry e JOIN store_profile p ON p.id = e.profile "
                       "LEFT JOIN store_area a ON a.id = e.area"),
        "words": ask(f"SELECT {', '.join(WORD_COLUMNS)} FROM store_words"),
        "keys": ask("SELECT value, scheme, record FROM store_key"),
        "links": ask("SELECT target, role, source FROM store_link"),
    }
    for table in (table for kind in KINDS.values() for table in kind.tables):
        found[table.name] = ask(f"SELECT {', '.join(table.columns)} FROM {table.name}")
    return {name: sorted(rows, key=lambda row: dumps(list(row))) for name, rows in found.items()}  # type: ignore[arg-type]


def indexes() -> Iterable[str]:
    """What the indexes of boxes and words lack or have too much."""
    return backend.module().check_indexes()
