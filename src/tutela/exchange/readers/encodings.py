"""Which encoding a text file is in, and how sure that is.

Order: byte order mark, UTF-16 without mark, strict UTF-8; then every one-byte candidate is decoded and judged by how
plausible its words are (letters common in a language written so, one script a word, capitals where capitals stand, no
control characters, no symbols inside words).  The letter sets are the alphabets' own most frequent letters; the weights
were chosen by hand and are checked by the tests over short lists in eleven languages.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

# in order of preference where two give the same text or the same score
CANDIDATES = ("cp1252", "cp1251", "cp1254", "cp1256", "cp1250", "cp1253", "cp1255", "cp1257", "koi8-r", "koi8-u",
              "iso8859-9", "iso8859-2", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "cp866", "mac-cyrillic",
              "mac-roman", "cp850", "cp437", "cp857", "cp852")
# what people call them
SHOWN = {"iso8859-9": "iso-8859-9", "iso8859-2": "iso-8859-2", "iso8859-5": "iso-8859-5", "iso8859-6": "iso-8859-6",
         "iso8859-7": "iso-8859-7", "iso8859-8": "iso-8859-8"}
# a small handicap for what is seldom met
RARE = {"mac-roman": 0.08, "cp850": 0.08, "cp437": 0.08, "cp857": 0.08, "cp852": 0.08, "iso8859-8": 0.08,
        "iso8859-6": 0.08, "cp1257": 0.3, "koi8-u": 0.08}
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CERTAIN = 0.6  # below, the encoding is reported as uncertain
SAMPLE = 64 * 1024

_COMMON = {
    "Cyrillic": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфё",
    "CyrillicMore": "іїєґўђјљњћџѓќѕ",
    "Latin": "éèàçêôûùâîïëœäöüßñáíóúãõåøæìòąćęłńśźżčďěňřšťůýžőűășțşţğıəđ",
    "LatinCapital": "ÉÈÀÇÊÔÎÄÖÜÑÁÍÓÚÅØÆĄĆĘŁŃŚŹŻČŘŠŽŐŰŞŢĞİĐ",
    "Arabic": "اليمنتربدوعهسقحفكةجصخشطأضذئثغزءىظإآؤپچژگیکـ",
    "Greek": "αοιετσνηυρπκμλςωίόάέήύώδγχθφβξζψ",
    "Hebrew": "יוהלאתרבםמשנדקעחצפגטזסכךןףץ",
}
_WEIGHT = {c: 1.0 - (0.9 if k == "Cyrillic" else 0.6) * i / len(s) for k, s in _COMMON.items() for i, c in enumerate(s)}
_WEIGHT.update({c: -0.3 for c in _COMMON["CyrillicMore"]})
_WEIGHT.update({c: 0.35 for c in "іїєґІЇЄ"})
_WEIGHT.update({c: 0.45 for c in _COMMON["LatinCapital"]})
_WEIGHT.update({c: -0.6 for c in "ðþÐÞýÝÿŸµªº"})
_WEIGHT.update({c: 0.2 for c in "«»“”„‘’–—…№°\u00a0•·،؛؟€£©®²³½"})
_WEIGHT.update({c: 0.9 for c in "şŞğĞıİ"})
_WORD = re.compile(r"\S+")
# accented letters a language writes (its orthography): a list in one language needs few of the others
_LANGUAGES = tuple(frozenset(letters + letters.upper()) for letters in (
    "éèàçêôûùâîïëœæüÿ", "äöüß", "áíóúñü", "ãõáéíóúâêôàç", "àèéìòù", "çğıöşüâîûİ", "ąćęłńóśźż", "áčďéěíňóřšťúůýžäľĺôŕ",
    "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "åäöøæé", "āčēģīķļņšūžąęėįų", "ëç"))


@dataclass(frozen=True, slots=True)
class Guess:
    """``encoding`` as Python names it, ``confidence`` 0–1, other candidates, and the reason in words."""

    encoding: str
    confidence: float
    alternatives: tuple[str, ...] = ()
    reason: str = ""


@lru_cache(maxsize=65536)
def _script(char: str) -> str:
    if char.isascii():
        return "Latin" if char.isalpha() else ""
    category = unicodedata.category(char)
    if category[0] not in "LM":
        return ""
    name = unicodedata.name(char, "").split(" ", 1)[0]
    return "Latin" if name in {"FEMININE", "MASCULINE"} else name.capitalize()


@lru_cache(maxsize=65536)
def _char_score(char: str) -> float:
    if char in _WEIGHT:
        return _WEIGHT[char]
    category = unicodedata.category(char)
    if category in ("Cc", "Cf", "Co", "Cn"):
        return 0.0 if char in "\u200c\u200d\u200e\u200f" else -4.0
    if category[0] == "L":
        lower = _WEIGHT.get(char.lower())
        return max(lower * 0.92, -0.3) if lower is not None else -0.4
    return -0.2 if category[0] in "PMZ" else -1.0


def _word_score(word: str) -> float:
    score = 0.0
    before = ""
    scripts = set()
    for index, char in enumerate(word):
        script = _script(char)
        if script:
            scripts.add(script)
        if not char.isascii():
            score += _char_score(char)
            inside = 0 < index < len(word) - 1 and word[index - 1].isalpha() and word[index + 1].isalpha()
            if inside and not script and char not in "’‘·-\u200c\u00ad":
                score -= 2.0
        if before.islower() and char.isupper():
            score -= 1.5
        if script == "Latin" and before > "\x7f" and char > "\x7f" and before.isalpha():
            score -= 1.2  # no orthography at hand piles accented letters up: another script, read wrongly
        if before == "ς" and script or before in "õã" and char in "bcdfghjklmnpqrtvwxyz" and before:
            score -= 1.0
        before = char
    if len(scripts) > 1:
        score -= 2.0 * (len(scripts) - 1)
    return score


def _score(text: str) -> float:
    """Mean plausibility of the non-ASCII characters of a text, roughly −4 to 1."""
    total, count = 0.0, 0
    accented: list[str] = []
    for word in _WORD.findall(text):
        if not word.isascii():
            total += _word_score(word)
            count += sum(1 for c in word if not c.isascii())
            accented += [c for c in word if c > "\x7f" and _script(c) == "Latin"]
    if not count:
        return 0.0
    covered = max(sum(1 for c in accented if c in letters) for letters in _LANGUAGES)
    return (total - 0.8 * (len(accented) - covered)) / count


def sample_of(data: bytes, most: int = SAMPLE) -> bytes:
    """The lines (or pieces of lines) with non-ASCII bytes: only they tell encodings apart."""
    kept, size = [], 0
    for found in re.finditer(rb"[^\r\n,;\t|]{0,200}[\x80-\xff][^\r\n,;\t|]{0,200}", data):
        kept.append(found.group())
        size += len(kept[-1]) + 1
        if size > most:
            break
    return b"\n".join(kept)


def by_mark(head: bytes) -> Guess | None:
    """From a byte order mark, or from the NUL pattern of UTF-16 without one."""
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return Guess(encoding, 1.0, (), "byte order mark")
    start = head[:4096]
    if len(start) >= 8:
        even, odd = start[0::2], start[1::2]
        if _high_bytes(odd, even):
            return Guess("utf-16-le", 0.95, (), "every second byte is one of few")
        if _high_bytes(even, odd):
            return Guess("utf-16-be", 0.95, (), "every second byte is one of few")
    return None


def _high_bytes(high: bytes, low: bytes) -> bool:
    """Whether one half of the bytes look like the upper halves of UTF-16: few values, zero among them."""
    common = Counter(high).most_common(4)
    few = sum(times for _, times in common) >= len(high) * 0.95
    return few and 0 in dict(common) and low.count(0) < len(low) * 0.05 and len(set(low)) > len(set(high)) * 1.5


def nearly_utf8(sample: bytes) -> bool:
    """Whether text is UTF-8 but for a few broken places (several sources pasted into one file)."""
    good = len(re.findall(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}", sample))
    text = sample.decode("utf-8", "surrogateescape")
    bad = sum(1 for c in text if "\udc80" <= c <= "\udcff")
    return good >= 8 and bad <= good * 0.1


def guess(sample: bytes) -> Guess:
    """For text that is not UTF-8.  ``sample`` is what :func:`sample_of` gives."""
    if nearly_utf8(sample):
        return Guess("utf-8", 0.7, (), "UTF-8 with some broken bytes")
    judged: list[tuple[float, int, str, str]] = []
    for order, name in enumerate(CANDIDATES):
        text = sample.decode(name, "replace")
        lost = text.count("\ufffd")
        score = _score(text.replace("\ufffd", "")) - 6.0 * lost / max(1, len(text)) - RARE.get(name, 0.0)
        judged.append((score, -order, name, text))
    judged.sort(reverse=True)
    best, _, name, text = judged[0]
    if best < 0.1 and (other := _many_bytes(sample)):
        return other
    rivals = [(s, n) for s, _, n, t in judged[1:] if t != text]
    margin = best - rivals[0][0] if rivals else 1.0
    amount = min(1.0, sum(1 for c in text if not c.isascii()) / 20)
    confidence = max(0.05, min(0.99, 0.5 + margin * 1.2)) * (0.6 + 0.4 * amount) if best > 0 else 0.3
    near = tuple(SHOWN.get(n, n) for s, n in rivals if s > best - 0.35)[:3]
    return Guess(SHOWN.get(name, name), round(confidence, 2), near, "plausible letters")


def _many_bytes(sample: bytes) -> Guess | None:
    """East Asian encodings, which one-byte decoding never makes plausible: asked of charset-normalizer."""
    from charset_normalizer import from_bytes

    found = from_bytes(sample[:SAMPLE], cp_isolation=["gb18030", "big5", "cp932", "euc_jp", "euc_kr", "cp949"]).best()
    return Guess(found.encoding, 0.6, (), "charset-normalizer") if found else None
