"""An assessment as those may see it who do not see the details of its place."""

from __future__ import annotations

from typing import Any

WITHHELD = ("note", "assessor_role", "imagery", "source", "activity")


def bare_finding(assessment: dict[str, Any]) -> dict[str, Any]:
    """Without notes and without any wording that is not of the vocabulary: a free word can name the spot."""
    return {key: _coded(value) for key, value in assessment.items() if key not in WITHHELD}


def _coded(value: Any) -> Any:
    if isinstance(value, list):
        return [_coded(item) for item in value]
    if isinstance(value, dict):
        return {key: _coded(item) for key, item in value.items() if key not in ("note", "original")}
    return value
