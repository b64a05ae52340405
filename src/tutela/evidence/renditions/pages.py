"""Pages of a PDF as pictures, by PDFium (built without JavaScript and XFA: what is active in a document stays dead)."""

from __future__ import annotations

from typing import Any, BinaryIO

from tutela.errors import TutelaError, problem
from tutela.evidence.renditions.made import broken

MOST_POINTS = 32_000_000
DOTS = 200 / 72  # pixels to a point (1/72 inch): 200 dots an inch


def available() -> bool:
    from importlib.util import find_spec

    return find_spec("pypdfium2") is not None


def tool() -> str:
    from importlib.metadata import version

    return f"pypdfium2 {version('pypdfium2')}"


def picture(stream: BinaryIO, page: int, most: int) -> Any:
    """A page (from 1) as a picture in RGB on white, at most ``most`` pixels on its longer side.

    Raises ``rendition-page``, ``rendition-broken``; ``rendition-none`` where PDFium is not installed.
    """
    if not available():
        raise TutelaError(problem("rendition-none", use="picture", value="application/pdf"))
    import pypdfium2

    stream.seek(0)
    try:
        document = pypdfium2.PdfDocument(stream.read())
    except Exception as error:
        raise broken("picture", error) from error
    try:
        if not 1 <= page <= len(document):
            raise TutelaError(problem("rendition-page", value=page))
        found = document[page - 1]
        width, height = found.get_size()
        scale = min(DOTS, most / max(width, height, 1), (MOST_POINTS / max(width * height, 1)) ** 0.5)
        return found.render(scale=scale).to_pil().convert("RGB")
    except Exception as error:
        raise broken("picture", error) from error
    finally:
        document.close()
