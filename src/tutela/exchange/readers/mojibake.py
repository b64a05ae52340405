"""Text damaged by a wrong decoding before it reached us: UTF-8 that somebody read as a one-byte encoding.

A run counts when its characters, turned back into bytes by that encoding, are exact UTF-8 sequences whose letters are
plausible.  The text is never changed: the repaired form is only offered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

# encoding, least number of sequences: cp1251's lead bytes are letters of genuine words, so one pair proves nothing
_READ_AS = (("cp1252", 1), ("latin-1", 1), ("cp1254", 1), ("cp1251", 2), ("mac-roman", 1))


def _class(back: dict[str, int], low: int, high: int) -> str:
    return "[" + "".join(re.escape(c) for c, b in back.items() if low <= b <= high) + "]"


@lru_cache(maxsize=1)
def _tables() -> list[tuple[re.Pattern[str], dict[str, int], int]]:
    tables = []
    for name, least in _READ_AS:
        back = {bytes([b]).decode(name, "ignore") or chr(b): b for b in range(0x80, 0x100)}
        rest = _class(back, 0x80, 0xBF)
        two, three, four = (_class(back, *span) for span in ((0xC2, 0xDF), (0xE0, 0xEF), (0xF0, 0xF4)))
        run = f"{two}{rest}|{three}{rest}{{2}}|{four}{rest}{{3}}"
        tables.append((re.compile(f"(?:{run})+"), back, least))
    return tables


@lru_cache(maxsize=1)
def _quick() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Two coarse patterns that any damaged text meets: cheap enough to run over a whole file."""
    latin: dict[int, set[str]] = {0: set(), 1: set()}
    for name in ("latin-1", "cp1252", "cp1254", "cp1250", "mac-roman"):
        for byte in range(0x80, 0xF5):
            latin[byte >= 0xC2].add(bytes([byte]).decode(name, "ignore") or chr(byte))
    rest, lead = ("".join(re.escape(c) for c in sorted(latin[k])) for k in (0, 1))
    back = {bytes([b]).decode("cp1251", "ignore") or chr(b): b for b in range(0x80, 0x100)}
    pair = f"{_class(back, 0xC2, 0xDF)}{_class(back, 0x80, 0xBF)}"
    return re.compile(f"[{lead}][{rest}]"), re.compile(f"(?:{pair}){{2}}|[A-Za-z]{pair}|{pair}[A-Za-z]")


def may_hold(text: str) -> bool:
    """A quick test over a long text; ``True`` means that single cells should be looked at."""
    if text.isascii():
        return False
    latin, cyrillic = _quick()
    return "\ufffd" in text or latin.search(text) is not None or cyrillic.search(text) is not None


def repaired(text: str) -> str | None:
    """What the text perhaps was, or ``None`` where nothing shows damage."""
    if text.isascii():
        return None
    for pattern, back, least in _tables():
        sequences = 0
        changed = False

        def undo(found: re.Match[str], back: dict[str, int] = back) -> str:
            nonlocal sequences, changed
            raw = bytes(back[c] for c in found.group())
            try:
                plain = raw.decode("utf-8")
            except UnicodeDecodeError:
                return found.group()
            sequences += len(plain)
            if not all(_plausible(c) for c in plain):
                return found.group()
            changed = True
            return plain

        result = pattern.sub(undo, text)
        if changed and (sequences >= least or _amid_latin(pattern, text)):
            return _again(pattern, undo, result)
    return None


def _again(pattern: re.Pattern[str], undo: Callable[[re.Match[str]], str], text: str) -> str:
    """Undo the same damage until nothing changes (text that went wrong twice or more)."""
    for _ in range(4):
        further = pattern.sub(undo, text)
        if further == text:
            break
        text = further
    return text


def _amid_latin(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a single damaged letter stands inside a word of plain Latin letters: no genuine word does that."""
    return any((text[f.start() - 1:f.start()] + text[f.end():f.end() + 1]).strip(" .,").isascii()
               and re.search("[A-Za-z]", text[f.start() - 1:f.start()] + text[f.end():f.end() + 1])
               for f in pattern.finditer(text))


_HALF = re.compile("[\ud800-\udfff]")


def lost(text: str) -> bool:
    """Whether a character was replaced by U+FFFD before the text came here, or is half a character (``\\ud800`` in JSON)."""
    return "\ufffd" in text or _HALF.search(text) is not None


@lru_cache(maxsize=8192)
def _plausible(char: str) -> bool:
    """Letters, marks and usual signs of the scripts in use; rare letters would be found in genuine text by chance."""
    code = ord(char)
    if code > 0x2FFF:
        return 0x4E00 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7A3 or 0xFB50 <= code <= 0xFEFC
    if 0x0460 <= code <= 0x048F or 0x0250 <= code <= 0x036F:
        return False
    category = unicodedata.category(char)
    return category[0] in "LM" or char in "«»“”„‘’–—…№°\u00a0•·،؛؟€£©®²³½ʿʾ\u200c\u200e\u200f"
