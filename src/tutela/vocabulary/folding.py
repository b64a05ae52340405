"""Folding: the one key under which a name is indexed and looked for, in any script.

``fold("Łódź")`` and ``fold("lodz")`` are the same key; so are حَلَب and حلب, ܐܘܿܪܗܵܝ and ܐܘܪܗܝ, ʿAyn and Ayn.  A
key holds only letters and digits, in words parted by single spaces, so that any tokenizer that splits on ASCII
signs reads it well.

The rules, in this order, one character at a time:

* case folded; compatibility forms taken apart (Unicode NFKD); marks (categories Mn, Mc, Me) dropped **in every
  script**: accents, Arabic harakat, Hebrew points, Syriac vowels, and the vowel signs of Indic scripts too;
* letters that Unicode does not take apart but people type without: ł ø đ ħ ŧ ı ə ǝ æ œ þ ð ŋ … ; İ, I, ı and i are
  one letter;
* Arabic script: ی ى ے and ي are one letter, ک and ك, ة ہ ھ ە and ه, ٱ أ إ آ and ا; the lone hamza and the tatweel
  drop;
* digits of every script become 0–9; signs for ʿayn, ʾalef, the soft sign and apostrophes drop (Q'araba → qaraba);
  invisible signs (zero-width joiners, direction marks) drop; every other sign, hyphens included, parts words
  (al-Raqqa → al raqqa).
"""

from __future__ import annotations

import unicodedata

__all__ = ["fold", "words"]

_DROPPED_ASCII = "'`"
_ASCII = bytes(ord(chr(c).lower()) if chr(c).isalnum() else 0x20 for c in range(128)) + bytes([0x20]) * 128
_ASCII_DROPPED = _DROPPED_ASCII.encode()

# Apostrophes, primes, ʿayn and ʾalef in the many ways they are typed; geresh; saltillo; tatweel; lone hamza.
_DROPPED = frozenset("'`´’‘‛ʹʺʻʼʽʾʿˈˊˋˌʔʕ′‵＇׳ꞌꞋـء")

_LETTERS = {
    "ł": "l", "ƚ": "l", "ø": "o", "đ": "d", "ð": "d", "ɖ": "d", "ɗ": "d", "þ": "th", "ħ": "h", "ŧ": "t",
    "ŋ": "n", "ɲ": "n",
    "ı": "i", "ɨ": "i", "ə": "e", "ǝ": "e", "ɛ": "e", "ɔ": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ĸ": "k",
    "ƙ": "k", "ɓ": "b",
    "ƀ": "b", "ƴ": "y", "ɣ": "g", "ǥ": "g", "ƶ": "z", "ⱥ": "a", "ɵ": "o", "ʉ": "u",
    "ٱ": "ا", "ى": "ي", "ی": "ي", "ے": "ي", "ۍ": "ي", "ې": "ي", "ێ": "ي", "ک": "ك", "ڪ": "ك", "ة": "ه",
    "ۃ": "ه", "ہ": "ه",
    "ھ": "ه", "ە": "ه", "ۆ": "و", "ڕ": "ر", "ڵ": "ل",
}  # fmt: skip


class _Table(dict[int, str]):
    """What each code point becomes, worked out the first time it is met."""

    def __missing__(self, point: int) -> str:
        folded = self[point] = _fold_character(chr(point))
        return folded


def _fold_character(character: str) -> str:
    if character in _DROPPED:  # before NFKD, which takes some of these apart into a space and a mark
        return ""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold()).casefold()
    return "".join(map(_fold_piece, apart))


def _fold_piece(piece: str) -> str:
    """What one character of a decomposition becomes: a letter, digits, nothing, or a space."""
    if piece in _LETTERS:
        return _LETTERS[piece]
    kind = unicodedata.category(piece)
    if piece in _DROPPED or kind[0] == "M" or kind == "Cf" or 0x2B9 <= ord(piece) <= 0x2FF:
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(piece))
    return piece if kind[0] in "LN" else " "


_TABLE = _Table()


def fold(text: str) -> str:
    """The search key of a text: letters and digits in words parted by single spaces; "" when nothing is left.

    Folding a key again changes nothing.  Never raises, whatever the text.
    """
    if text.isascii():
        return " ".join(text.encode().translate(_ASCII, _ASCII_DROPPED).decode().split())
    return " ".join(text.translate(_TABLE).split())


def words(text: str) -> list[str]:
    """The words of the search key, in order."""
    return fold(text).split()
