"""The words of a document as plain text (UTF-8): to search, to read without opening the original, to quote."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from tutela.errors import Problem, problem
from tutela.evidence.renditions.made import Rendition, broken
from tutela.evidence.rules.decoding import decoded
from tutela.evidence.rules.facts import DOCX, HTML
from tutela.evidence.rules.facts_documents import xml_part

MOST = 5_000_000  # characters
MOST_BYTES = 40 << 20  # of a page or plain text read
MOST_PAGES = 5000
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BLOCKS = {"p", "br", "div", "li", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote", "pre", "article",
          "section", "header", "footer", "figcaption", "dt", "dd", "hr"}
PLAIN = ("text/plain", "text/csv", "text/tab-separated-values", "text/markdown")


def has_text(media_type: str) -> bool:
    return media_type in (*HTML, *PLAIN, DOCX, "application/pdf")


def copy(stream: BinaryIO, media_type: str, notes: list[Problem]) -> Rendition | None:
    """The text of a document; None where it has none.  Raises ``rendition-broken``."""
    stream.seek(0)
    try:
        if media_type == "application/pdf":
            text, by = _joined(_pdf_pages(stream), "\n\f\n", notes), _version("pypdf")
        elif media_type == DOCX:
            text, by = _joined(_docx(stream, notes), "\n", notes), "Tutela (defusedxml)"
        elif media_type in HTML:
            text, by = _joined(iter([of_html(decoded(stream.read(MOST_BYTES)))]), "", notes), _version("nh3")
        else:
            text, by = _joined(iter([decoded(stream.read(MOST_BYTES))]), "", notes), "Tutela"
    except Exception as error:
        raise broken("text", error) from error
    text = _clean(text)
    return Rendition("text", "text/plain", text.encode("utf-8", "replace"), by) if text.strip() else None


def _version(package: str) -> str:
    from importlib.metadata import version

    return f"{package} {version(package)}"


def _joined(parts: Iterator[str], between: str, notes: list[Problem]) -> str:
    """The parts in one text, cut at ``MOST`` characters."""
    kept, room = [], MOST
    for part in parts:
        kept.append(part[:room])
        room -= len(part) + len(between)
        if room < 0:
            notes.append(problem("rendition-cut", value=MOST))
            break
    return between.join(kept)


def _clean(text: str) -> str:
    """Without control characters (form feeds divide pages and stay), line ends of one kind, no long emptiness."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]", "", text)
    return re.sub(r"[ \t]+\n", "\n", re.sub(r"\n{3,}", "\n\n", text)).strip(" \n") + "\n" if text.strip() else ""


def _pdf_pages(stream: BinaryIO) -> Iterator[str]:
    from pypdf import PdfReader

    reader = PdfReader(stream, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return  # told by the facts
    for number, page in enumerate(reader.pages):
        if number >= MOST_PAGES:
            return
        yield page.extract_text() or ""


def _docx(stream: BinaryIO, notes: list[Problem]) -> Iterator[str]:
    """The paragraphs of an Office Open XML document, those of its notes behind."""
    with zipfile.ZipFile(stream) as archive:
        for name in ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml"):
            root = xml_part(archive, name, notes)
            for paragraph in () if root is None else root.iter(f"{WORD}p"):
                yield "".join(_runs(paragraph))


def _runs(paragraph: Any) -> Iterator[str]:
    for element in paragraph.iter():
        if element.tag == f"{WORD}t":
            yield element.text or ""
        elif element.tag in (f"{WORD}tab", f"{WORD}br", f"{WORD}cr"):
            yield "\t" if element.tag.endswith("tab") else "\n"


def of_html(page: str) -> str:
    """The words of a page: scripts, styles and everything active gone (nh3), blocks on lines of their own."""
    import nh3

    clean = nh3.clean(page, tags=BLOCKS, attributes={}, strip_comments=True, link_rel=None)
    lines = html.unescape(re.sub(r"<[^>]*>", "\n", clean)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines)
