"""What examining a file gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tutela.errors import Problem, TutelaError, declare, problem

declare({
    "rendition-broken": ("No {use} could be made of this file: its content is damaged or not what it seems ({reason}).",
                         "Open the original with care in a program for its format; if it came damaged, ask its source again."),
    "rendition-too-large": ("No {use} was made: the picture would take {value} million points in memory.",
                            "If it is genuine, save a smaller copy with another program and add that, naming this file as its origin."),
    "rendition-none": ("No {use} is made of files of the kind {value}.",
                       "Open the original in a program for its format; a copy saved as JPEG or PDF can be added as derived from it."),
    "rendition-cut": ("The text was cut after {value} characters.", "Open the original for the rest."),
    "rendition-timeout": ("Looking into this file took more than {value} seconds and was given up.",
                          "Treat the file with care: some are made to keep their readers busy. It is kept as it came."),
    "rendition-crashed": ("The process that looked into this file died of it.",
                          "Treat the file with care: it may be an attack on its readers. It is kept as it came."),
    "rendition-worker": ("The process that looks into files could not be started.",
                         "Install Tutela again (`make` in its folder), then make the working copies; no original is affected."),
    "rendition-file-too-large": ("The file has more than {value} MiB, too much for working copies.",
                                 "If one is needed, save a smaller copy with another program and add that, naming this file as origin."),
    "rendition-page": ("There is no page {value} in this document.", "Give a page from 1 to its last."),
    "colour-profile-broken": ("The picture's colour profile could not be used; its colours may be somewhat off in the working copies.",
                              "Compare with the original where colours matter."),
})


@dataclass(slots=True)
class Rendition:
    """One working copy: its bytes and how it was made.  ``parameters`` plain values; ``tool`` name and version."""

    use: str  # thumbnail web text redacted poster
    media_type: str
    content: bytes
    tool: str
    parameters: dict[str, Any] = field(default_factory=dict)
    width: int | None = None
    height: int | None = None
    likeness: str | None = None
    of: str | None = None  # the use of the rendition it was made from; None: from the original


@dataclass(slots=True)
class Made:
    """All that came of one file."""

    stated: dict[str, Any] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)
    renditions: list[Rendition] = field(default_factory=list)


def broken(use: str, error: BaseException) -> TutelaError:
    """The coded error for what a decoder stumbled over."""
    if isinstance(error, TutelaError):
        return error
    reason = "not enough memory" if isinstance(error, MemoryError) else type(error).__name__
    return TutelaError(problem("rendition-broken", use=use, reason=reason))
