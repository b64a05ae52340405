"""Series of assessments for tests: versions as the journal gives them, without a database."""

from __future__ import annotations

from typing import Any

from tutela.assessment.rules.state import Version

Document = dict[str, Any]


def finding(observed: str | None, condition: str | None = "poor", **more: Any) -> Document:
    """A published assessment."""
    made: Document = {"observed": observed, "condition": {"code": condition} if condition else None, "status": "published", **more}
    return {key: value for key, value in made.items() if value is not None}


def journal(*steps: tuple[str, str, Document | None]) -> list[Version]:
    """Versions from (id, day written in the journal, document or None for a deletion), in the order written."""
    return [Version(name, f"{at}T12:00:00Z", line, document) for line, (name, at, document) in enumerate(steps, 1)]


def written(*documents: Document, at: str = "2026-01-01") -> list[Version]:
    """Each document recorded once, all on one day, as a1, a2 …"""
    return journal(*((f"a{n}", at, document) for n, document in enumerate(documents, 1)))
