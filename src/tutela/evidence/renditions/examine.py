"""One pass over a file: what it says of itself, its working copies, and by what it is alike to others.  Never raises."""

from __future__ import annotations

from typing import Any, BinaryIO

from tutela.errors import Problem, TutelaError, problem
from tutela.evidence.renditions import pages, pictures, texts
from tutela.evidence.renditions.made import Made, Rendition, broken
from tutela.evidence.rules.facts import facts
from tutela.evidence.rules.redaction import pixels

PDF = "application/pdf"
RECORDINGS = ("video/", "audio/")
INK = (0, 0, 0)


def examine(stream: BinaryIO, media_type: str) -> Made:
    """Facts and working copies of a file.  What could not be made is told by a coded note."""
    stated, notes = facts(stream, media_type)
    made = Made(stated, notes)
    if media_type == PDF:
        _try(made, lambda: _first_page(stream))
    elif media_type.startswith("image/") and media_type != "image/svg+xml":
        _try(made, lambda: pictures.copies(stream, media_type, notes))
    elif media_type.startswith(RECORDINGS):
        notes.append(problem("rendition-none", use="poster", value=media_type))
    elif not texts.has_text(media_type):
        notes.append(problem("rendition-none", use="working copy", value=media_type))
    if texts.has_text(media_type):
        _try(made, lambda: [text] if (text := texts.copy(stream, media_type, notes)) is not None else [])
    made.notes = _once(notes)
    return made


def _try(made: Made, make: Any) -> None:
    try:
        made.renditions += make()
    except TutelaError as error:
        made.notes.append(error.problem)


def _once(notes: list[Problem]) -> list[Problem]:
    return list({(n.code, n.message): n for n in notes}.values())


def _first_page(stream: BinaryIO) -> list[Rendition]:
    image = pages.picture(stream, 1, pictures.WEB)
    return _made_by_pages(pictures.of_pixels(image, "web", {"page": 1}, pictures.WEB))


def _made_by_pages(made: list[Rendition]) -> list[Rendition]:
    for rendition in made:
        if rendition.of is None:
            rendition.tool = f"{pages.tool()}, {rendition.tool}"
    return made


def redact(stream: BinaryIO, media_type: str, boxes: list[dict[str, Any]], page: int | None) -> list[Rendition]:
    """The picture (or page) with opaque boxes burnt in, and web size and thumbnail of that.

    The boxes are painted on the pixels before these are made smaller, and nothing but pixels goes on, so nothing of what
    lies under a box is in what comes out.  Raises coded errors.
    """
    from PIL import ImageDraw

    parameters: dict[str, Any] = {}
    try:
        if media_type == PDF:
            image = pages.picture(stream, page or 1, pictures.REDACTED)
            parameters["page"] = page or 1
        else:
            image, parameters = pictures.upright(stream, media_type, pictures.REDACTED, [])
        brush = ImageDraw.Draw(image)
        for box in boxes:
            left, top, right, bottom = pixels(box, image.width, image.height)
            brush.rectangle((left, top, right - 1, bottom - 1), fill=INK)
        made = pictures.of_pixels(image, "redacted", parameters, pictures.REDACTED)
    except Exception as error:
        raise broken("redacted copy", error) from error
    return _made_by_pages(made) if media_type == PDF else made
