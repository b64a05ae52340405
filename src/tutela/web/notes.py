"""A word to the reader on the next page: what was done, and a way to take it back.  Kept in the session until it is shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

KEY = "tutela_notes"


def leave(request: HttpRequest, text: str, take_back: int | None = None) -> None:
    """Leave a note.  ``take_back``: the number of the change that a button beside it takes back."""
    request.session[KEY] = [*request.session.get(KEY, []), {"text": text, "take_back": take_back}][-5:]


def collect(request: HttpRequest) -> list[dict[str, Any]]:
    """The notes left, once."""
    session = getattr(request, "session", None)
    return session.pop(KEY, []) if session is not None and KEY in session else []
