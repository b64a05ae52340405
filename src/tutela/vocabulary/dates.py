"""Dates: the door to EDTF values and to the readers of dates as real lists write them."""

from __future__ import annotations

from typing import Any

from tutela.vocabulary.edtf_values import Edtf, day_number, month_length, parse, parse_fast, refuse_future

__all__ = ["Edtf", "day_number", "from_source", "month_length", "parse", "parse_fast", "refuse_future"]


def from_source(text: str, *arguments: Any, **options: Any) -> Edtf:
    """See :func:`tutela.vocabulary.date_readings.from_source`, which is loaded at the first call (its patterns cost 40 ms)."""
    from tutela.vocabulary.date_readings import from_source as read

    return read(text, *arguments, **options)
