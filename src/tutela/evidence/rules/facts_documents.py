"""What documents state: PDF (ISO 32000 document information), DOCX (core properties), HTML (title, meta, language)."""

from __future__ import annotations

import zipfile
from html.parser import HTMLParser
from typing import Any, BinaryIO

from tutela.errors import declare, problem
from tutela.evidence.rules.facts import Notes, Stated, dated, one_line

declare({
    "facts-encrypted": ("This PDF asks for a password, so nothing in it could be read.",
                        "Ask its source for the password, and add a copy saved without it; keep this file as it came."),
    "facts-packed-too-large": ("A part of this file unpacks to more than {value} bytes; it was not read.",
                               "Treat the file with care: this is how archives attack their readers."),
})

HEAD = 256 * 1024  # bytes of an HTML page in which its meta elements are looked for
LARGEST_PART = 32 << 20  # bytes that one part of a zipped document may unpack to
MOST_PARTS = 20_000
META = {"author": "author", "dc.creator": "author", "generator": "software", "article:published_time": "day", "date": "day",
        "dc.date": "day", "dcterms.created": "day", "og:title": "title", "og:site_name": "site", "citation_publication_date": "day"}
CORE = {"creator": "author", "title": "title", "language": "lang", "created": "day"}


def pdf(stream: BinaryIO, notes: Notes) -> Stated:
    """Number of pages and the document information.  The day it was made is the file's, not that of what it tells."""
    from pypdf import PdfReader

    reader = PdfReader(stream, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        notes.append(problem("facts-encrypted"))
        return {}
    stated: Stated = {"pages": len(reader.pages)}
    said = {str(key).lstrip("/"): one_line(value) for key, value in list((reader.metadata or {}).items())[:50]}
    stated |= {"title": said.get("Title", ""), "author": said.get("Author", "")}
    stated["software"] = said.get("Producer") or said.get("Creator", "")
    if "CreationDate" in said:
        dated(stated, notes, said["CreationDate"], "made")
    return {**stated, "original": said}


def docx(stream: BinaryIO, notes: Notes) -> Stated:
    """The core properties of an Office Open XML document, and the program that wrote it."""
    said: dict[str, str] = {}
    with zipfile.ZipFile(stream) as archive:
        for name in ("docProps/core.xml", "docProps/app.xml"):
            root = xml_part(archive, name, notes)
            for element in [] if root is None else list(root)[:100]:
                if element.text and element.text.strip():
                    said[str(element.tag).rpartition("}")[2]] = one_line(element.text)
    stated: Stated = {"title": said.get("title", ""), "author": said.get("creator", ""), "lang": said.get("language", ""),
                      "software": f"{said.get('Application', '')} {said.get('AppVersion', '')}".strip(), "original": said}
    if said.get("Pages", "").isdigit():
        stated["pages"] = int(said["Pages"][:6])
    if "created" in said:
        dated(stated, notes, said["created"], "made")
    return stated


def xml_part(archive: zipfile.ZipFile, name: str, notes: Notes) -> Any:
    """The root of an XML part of a zipped document; None where it is absent, too large or hostile (noted)."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(archive.infolist()) > MOST_PARTS:
        notes.append(problem("facts-packed-too-large", value=MOST_PARTS))
        return None
    try:
        with archive.open(name) as part:
            content = part.read(LARGEST_PART + 1)
    except KeyError:
        return None
    if len(content) > LARGEST_PART:
        notes.append(problem("facts-packed-too-large", value=LARGEST_PART))
        return None
    try:
        return fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        notes.append(problem("facts-xml-refused", what=name))
        return None


def html(stream: BinaryIO, notes: Notes) -> Stated:
    """Title, author, day of publication and language, as the page's head states them."""
    from tutela.evidence.rules.decoding import decoded

    head = _Head()
    head.feed(decoded(stream.read(HEAD)))
    said = head.said
    stated: Stated = {"title": said.get("title", ""), "author": said.get("author", ""), "software": said.get("software", ""),
                      "lang": said.get("lang", ""), "original": said}
    if "day" in said:
        dated(stated, notes, said["day"], "made")
    return stated


class _Head(HTMLParser):
    """Collects what the head of a page says."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, str] = {}
        self.in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "html" and "lang" in given:
            self.said.setdefault("lang", one_line(given["lang"])[:35])
        elif tag == "title":
            self.in_title = "title" not in self.said
        elif tag == "meta":
            name = META.get((given.get("name") or given.get("property") or "").lower())
            if name and given.get("content"):
                self.said.setdefault(name, one_line(given["content"]))

    def handle_endtag(self, tag: str) -> None:
        self.in_title = self.in_title and tag != "title"

    def handle_data(self, data: str) -> None:
        if self.in_title:
            self.said["title"] = one_line(self.said.get("title", "") + data)
