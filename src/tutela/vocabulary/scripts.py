"""Scripts and, with great care, languages: what a name is written in (ISO 15924, BCP 47).

The script of a character is read from its Unicode name (its first word: "ARABIC LETTER BEH"), which the standard
library holds, so that no table of ranges has to be kept here.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

__all__ = ["COMMON", "direction", "guess_language", "mixed", "script_of"]

COMMON = "Zyyy"  # ISO 15924: no letters of any one script (digits, signs, empty)
UNKNOWN = "Zzzz"

# First word of the Unicode name → ISO 15924 code, for the scripts place names and inscriptions come in.
_SCRIPTS = {
    "LATIN": "Latn", "CYRILLIC": "Cyrl", "ARABIC": "Arab", "SYRIAC": "Syrc", "ARMENIAN": "Armn", "GEORGIAN": "Geor",
    "HEBREW": "Hebr", "GREEK": "Grek", "CJK": "Hani", "HIRAGANA": "Hira", "KATAKANA": "Kana", "HANGUL": "Hang",
    "ETHIOPIC": "Ethi", "COPTIC": "Copt", "DEVANAGARI": "Deva", "BENGALI": "Beng", "GURMUKHI": "Guru",
    "GUJARATI": "Gujr",
    "TAMIL": "Taml", "TELUGU": "Telu", "KANNADA": "Knda", "MALAYALAM": "Mlym", "SINHALA": "Sinh", "ORIYA": "Orya",
    "THAI": "Thai", "LAO": "Laoo", "KHMER": "Khmr", "MYANMAR": "Mymr", "TIBETAN": "Tibt", "MONGOLIAN": "Mong",
    "THAANA": "Thaa", "NKO": "Nkoo", "SAMARITAN": "Samr", "MANDAIC": "Mand", "ADLAM": "Adlm", "TIFINAGH": "Tfng",
    "CUNEIFORM": "Xsux", "UGARITIC": "Ugar", "PHOENICIAN": "Phnx", "GLAGOLITIC": "Glag", "GOTHIC": "Goth",
    "OGHAM": "Ogam",
    "RUNIC": "Runr", "CHEROKEE": "Cher", "BOPOMOFO": "Bopo", "YI": "Yiii", "NABATAEAN": "Nbat", "PALMYRENE": "Palm",
    "HATRAN": "Hatr", "SOGDIAN": "Sogd", "AVESTAN": "Avst", "MANICHAEAN": "Mani", "YEZIDI": "Yezi", "CAUCASIAN": "Aghb",
    "CYPRIOT": "Cprt", "LYCIAN": "Lyci", "LYDIAN": "Lydi", "CARIAN": "Cari", "EGYPTIAN": "Egyp", "MEROITIC": "Mero",
    "KATAKANA-HIRAGANA": COMMON, "KHAROSHTHI": "Khar", "BRAHMI": "Brah",
}  # fmt: skip
# Scripts whose Unicode names begin with a word that says little: the first two words decide.
_TWO_WORDS = {
    "OLD ITALIC": "Ital", "OLD PERSIAN": "Xpeo", "OLD TURKIC": "Orkh", "OLD HUNGARIAN": "Hung", "OLD SOGDIAN": "Sogo",
    "OLD UYGHUR": "Ougr", "OLD SOUTH": "Sarb", "OLD NORTH": "Narb", "IMPERIAL ARAMAIC": "Armi", "LINEAR A": "Lina",
    "LINEAR B": "Linb", "INSCRIPTIONAL PARTHIAN": "Prti", "INSCRIPTIONAL PAHLAVI": "Phli", "PSALTER PAHLAVI": "Phlp",
    "HANIFI ROHINGYA": "Rohg", "MENDE KIKAKUI": "Mend", "FULLWIDTH LATIN": "Latn", "HALFWIDTH KATAKANA": "Kana",
    "HALFWIDTH HANGUL": "Hang",
}  # fmt: skip
_RIGHT_TO_LEFT = frozenset(
    "Adlm Arab Armi Avst Chrs Cprt Elym Hatr Hebr Hung Khar Lydi Mand Mani Mend Merc Mero Narb Nbat Nkoo Orkh Ougr "
    "Palm Phli Phlp Phnx Prti Rohg Samr Sarb Sogd Sogo Syrc Thaa Yezi".split()
)


@lru_cache(maxsize=8192)
def _script_of_letter(character: str) -> str:
    """The script of one letter; ``Zyyy`` for what is no letter or belongs to none."""
    if not character.isalpha():
        return COMMON
    name = unicodedata.name(character, "")
    parts = name.split(" ", 2)
    found = _TWO_WORDS.get(" ".join(parts[:2])) or _SCRIPTS.get(parts[0])
    if found:
        return found
    return COMMON if name.startswith(("MODIFIER", "MICRO", "FEMININE", "MASCULINE", "DOUBLE-STRUCK")) else UNKNOWN


def _counts(text: str) -> dict[str, int]:
    """How many letters of each script, in the order first met."""
    counts: dict[str, int] = {}
    for character in text:
        script = _script_of_letter(character)
        if script != COMMON:
            counts[script] = counts.get(script, 0) + 1
    return counts


def script_of(text: str) -> str:
    """The ISO 15924 code of the script most letters are in (the first met, if equal); ``Zyyy`` without letters.

    Chinese characters with kana are ``Jpan``; without, ``Hani`` (the simplified and the traditional forms are not
    told apart).
    """
    if text.isascii():
        return "Latn" if any(map(str.isalpha, text)) else COMMON
    counts = _counts(text)
    if not counts:
        return COMMON
    most = max(counts, key=lambda script: counts[script])
    if most in ("Hani", "Hira", "Kana") and ("Hira" in counts or "Kana" in counts):
        return "Jpan"
    return most


def mixed(text: str) -> bool:
    """Whether the letters come from more than one script (Japanese and Korean mixtures count as one)."""
    if text.isascii():
        return False
    scripts = set(_counts(text))
    east = {"Hani", "Hira", "Kana", "Hang", "Bopo"}
    return len(scripts - east) + bool(scripts & east) > 1


def direction(script: str) -> str:
    """``"rtl"`` for scripts written from right to left, else ``"ltr"``."""
    return "rtl" if script in _RIGHT_TO_LEFT else "ltr"


# Letters that tell a language within its script.  Where several languages share a letter, no language is named.
_ONE_LANGUAGE = {"Syrc": "syr", "Armn": "hy", "Geor": "ka", "Jpan": "ja", "Hang": "ko", "Thaa": "dv"}
_CYRILLIC = (("ҹҝ", "az"), ("їє", "uk"), ("ђћ", "sr"), ("ѓќѕ", "mk"))
_RUSSIAN = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
_RUSSIAN_BESIDE = frozenset("UA AM GE AZ MD EE LV LT".split())  # ы, э, ъ here tell Russian from the state language
_ARABIC_OTHERS = (("ڕڵێۆ", "ckb"), ("ټډړښږڼ", "ps"), ("ٹڈڑں", "ur"))
_PERSIAN = frozenset("پچژگکی")
_PERSIAN_LETTERS_ALSO = frozenset(
    "PK IN IQ SY TR CN".split()
)  # Urdu, Kurdish, Uyghur, spoken Arabic use these letters too
_ARABIC = frozenset("ةيكىأإؤ")
_ARABIC_LETTERS_ALSO = frozenset("IR AF PK IN TJ".split())  # Persian, Pashto and Urdu typed on an Arabic keyboard


def guess_language(text: str, country: str | None = None) -> str:
    """The BCP 47 code of the language a name is in, by script and telling letters only; ``"und"`` when unsure.

    ``country`` (ISO 3166-1 alpha-2) only ever makes the guess more careful, save for Russian, which needs it.
    """
    script = script_of(text)
    if script in _ONE_LANGUAGE:
        return _ONE_LANGUAGE[script]
    letters = set(text.lower())
    if script == "Latn":
        return "az" if "ə" in letters else "und"
    if script == "Cyrl":
        return _guess_cyrillic(letters, country)
    return _guess_arabic(letters, country) if script == "Arab" else "und"


def _guess_cyrillic(letters: set[str], country: str | None) -> str:
    found = {language for marks, language in _CYRILLIC if letters & set(marks)}
    if found:
        return found.pop() if len(found) == 1 else "und"
    cyrillic = {letter for letter in letters if _script_of_letter(letter) == "Cyrl"}
    if country in _RUSSIAN_BESIDE and letters & set("ыэъё") and cyrillic <= _RUSSIAN:
        return "ru"
    return "und"


def _guess_arabic(letters: set[str], country: str | None) -> str:
    found = {language for marks, language in _ARABIC_OTHERS if letters & set(marks)}
    if found:
        return found.pop() if len(found) == 1 else "und"
    persian, arabic = bool(letters & _PERSIAN), bool(letters & _ARABIC)
    if persian and not arabic and country not in _PERSIAN_LETTERS_ALSO:
        return "fa"
    if arabic and not persian and country not in _ARABIC_LETTERS_ALSO:
        return "ar"
    return "und"
