"""The text of a table file: its encoding found and stated, then lines, from memory if small and streamed if large."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tutela.errors import Unusable

from . import encodings, mojibake
from .content import CHUNK, Content
from .records import lines_of
from .source import unusable

MEMORY = 24 * 1024**2  # bytes: what is larger is streamed
_ESCAPED = re.compile("[\udc80-\udcff]")
_BLANK = b" \t\r\n\xef\xbb\xbf"
WRONG_LEAST, WRONG_SHARE = 3, 0.3  # undecodable bytes: how many, and of all letters that are not ASCII
_WIDE = ("utf-16", "utf-32")
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1a\x1b"))


@dataclass
class Text:
    """Decoded text.  ``doubts`` names what single cells must be looked at for: 'bytes', 'mojibake', 'nul'."""

    content: Content
    encoding: str
    confidence: float
    alternatives: tuple[str, ...]
    reason: str
    errors: str
    held: str | None = None
    head: str = ""
    doubts: set[str] = field(default_factory=set)
    whole: bool = True  # whether ``head`` is the whole text

    def lines(self) -> Iterator[str]:
        """All lines without their ends, from the start; line ends of every system are understood."""
        if self.held is not None:
            text = self.held
            lines = text.split("\n")
            if lines and not lines[-1]:
                lines.pop()
            return iter(lines)
        return self._streamed()

    def _streamed(self) -> Iterator[str]:
        with self.content.open() as raw, io.TextIOWrapper(raw, self.encoding, errors=self.errors) as stream:
            yield from lines_of(stream)


def looks_binary(head: bytes) -> bool:
    """Whether bytes are no text in any encoding we read."""
    if encodings.by_mark(head):
        return False
    start = head[:65536]
    control = len(start) - len(start.translate(None, _CONTROL))
    return control > max(2, len(start) * 0.02)


def wrong_encoding(given: str, content: Content) -> Unusable:
    """The error for an encoding that was given and does not fit; it names what the bytes look like."""
    given = given.removesuffix("-sig")
    found = encodings.by_mark(content.start(4096)) or encodings.guess(encodings.sample_of(content.start(CHUNK)))
    likely = f" (perhaps {found.encoding})" if found.encoding.removesuffix("-sig") != given else ""
    return unusable("encoding-wrong", content.name, given, likely=likely)


def _check_given(text: str, encoding: str, content: Content) -> None:
    """Refuse a file of whose letters many are no text in the encoding given; a few broken bytes refuse their rows."""
    if text.isascii():
        return
    broken = len(_ESCAPED.findall(text)) + (text.count("\ufffd") if encoding.startswith(_WIDE) else 0)
    if broken >= WRONG_LEAST and broken > WRONG_SHARE * sum(1 for c in text if not c.isascii()):
        raise wrong_encoding(encoding, content)


def read_text(content: Content, encoding: str | None) -> Text:
    """Find the encoding (or take the one given) and decode."""
    data = content.start(MEMORY + 1)
    if not data[:4096].strip(_BLANK) and not data.strip(_BLANK):
        raise unusable("file-empty", content.name)
    if encoding is None and looks_binary(data):
        raise unusable("format-unknown", content.name, "its bytes are no text")
    return _small(content, data, encoding) if len(data) <= MEMORY else _large(content, encoding)


def _given(name: str, content: Content) -> encodings.Guess:
    try:
        codec = codecs.lookup(name)
        b"a".decode(name, "ignore")
        "a".encode(name, _errors(codec.name))
    except (LookupError, ValueError, TypeError):
        raise unusable("encoding-unknown", content.name, name) from None
    shown = "utf-8-sig" if codec.name == "utf-8" else codec.name
    return encodings.Guess(shown, 1.0, (), "given")


def _errors(encoding: str) -> str:
    return "replace" if encoding.startswith(_WIDE) else "surrogateescape"


def _small(content: Content, data: bytes, encoding: str | None) -> Text:
    found = _given(encoding, content) if encoding else encodings.by_mark(data)
    text = None
    if found is None:
        try:
            text = data.decode("utf-8")
            found = encodings.Guess("utf-8", 1.0, (), "all bytes are valid UTF-8")
        except UnicodeDecodeError:
            found = encodings.guess(encodings.sample_of(data))
    errors = _errors(found.encoding)
    if text is None:
        try:
            text = data.decode(found.encoding, errors)
        except (UnicodeError, LookupError):
            raise unusable("encoding-unknown", content.name, found.encoding) from None
    if encoding:
        _check_given(text[:CHUNK], found.encoding, content)
    if "\r" in text:
        text = text.replace("\r\n", "\n")
        text = text.replace("\r", "\n") if "\r" in text else text
    result = Text(content, found.encoding, found.confidence, found.alternatives, found.reason, errors, text,
                  text[:CHUNK])
    result.whole = len(text) <= CHUNK
    _doubt(result, text)
    return result


def _doubt(result: Text, text: str) -> None:
    if "\0" in text:
        result.doubts.add("nul")
    if text.isascii():
        return
    if _ESCAPED.search(text):
        result.doubts.add("bytes")
    if mojibake.may_hold(text):
        result.doubts.add("mojibake")


def _large(content: Content, encoding: str | None) -> Text:
    """One pass over a large file: is it all UTF-8, and which lines tell its encoding?"""
    sample, head, nul, valid = b"", b"", False, True
    decoder = codecs.getincrementaldecoder("utf-8")()
    suspicious = False
    with content.open() as stream:
        while chunk := stream.read(CHUNK):
            head = head or chunk
            nul = nul or b"\0" in chunk
            if chunk.isascii() and not decoder.getstate()[0]:
                continue
            if len(sample) < encodings.SAMPLE:
                sample += encodings.sample_of(chunk)
            if valid:
                try:
                    suspicious = mojibake.may_hold(decoder.decode(chunk)) or suspicious
                except UnicodeDecodeError:
                    valid = False
    valid = valid and not decoder.getstate()[0]
    found = _given(encoding, content) if encoding else encodings.by_mark(head)
    if found is None:
        found = encodings.Guess("utf-8", 1.0, (), "all bytes are valid UTF-8") if valid else encodings.guess(sample)
    errors = _errors(found.encoding)
    start = codecs.getincrementaldecoder(found.encoding)(errors).decode(head)
    if encoding:
        _check_given(start, found.encoding, content)
        if not found.encoding.startswith(_WIDE):
            _check_given(sample.decode(found.encoding, errors), found.encoding, content)
    start = start.replace("\r\n", "\n").replace("\r", "\n")
    result = Text(content, found.encoding, found.confidence, found.alternatives, found.reason, errors, None, start,
                  whole=False)
    result.doubts |= {"nul"} if nul else set()
    if not valid or encoding:
        result.doubts |= {"bytes"}
    if suspicious or not valid:
        result.doubts |= {"mojibake"}
    return result
