"""The words of the pages in several languages: one YAML file a language, the English sentence being the key.

A file says ``language``, ``name`` (in that language), ``direction`` and ``reviewed`` (false where the translation is
machine-made and no native reader has looked at it: the footer then says so), and ``texts``; the sentences of a room's pages
lie in a folder of its own (``locale/evidence/fr.yaml``: sentence → translation).  A sentence without a
translation is shown in English, so a catalogue may be incomplete.  Sentences may hold ``{names}`` filled by the caller.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ps", "ckb", "syr", "arc", "yi"})
DIGITS = {"fa": "۰۱۲۳۴۵۶۷۸۹", "ar": "٠١٢٣٤٥٦٧٨٩"}
GROUP = {"en": ",", "fa": "٬", "ar": "٬", "fr": "\u202f", "ru": "\u00a0"}


_DAYS = re.compile(r"[0-9.X?~%/+-]*[0-9][0-9.X?~%/+-]*")


class Catalogue(NamedTuple):
    """One language: its tag, its name in itself, ``ltr`` or ``rtl``, whether a native reader reviewed it, its texts."""

    language: str
    name: str
    direction: str
    reviewed: bool
    texts: dict[str, str]


ROOMS = ("evidence", "condition")  # whose sentences lie in a folder of their own
ENGLISH = Catalogue("en", "English", "ltr", True, {})


def base(lang: str) -> str:
    """The first subtag: ``fa-IR`` → ``fa``."""
    return lang.replace("_", "-").split("-")[0].lower()


def direction(lang: str) -> str:
    """``rtl`` or ``ltr``."""
    return "rtl" if base(lang) in RIGHT_TO_LEFT else "ltr"


@lru_cache(maxsize=64)
def catalogue(lang: str) -> Catalogue:
    """The catalogue of a language; English where there is none."""
    file = resources.files(__package__).joinpath("locale", f"{base(lang)}.yaml")
    if not base(lang).isalpha() or not file.is_file():
        return ENGLISH
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    held: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=loader)
    texts: dict[str, str] = {}
    for room in ROOMS:
        of_room = resources.files(__package__).joinpath("locale", room, f"{base(lang)}.yaml")
        if of_room.is_file():
            texts |= yaml.load(of_room.read_text(encoding="utf-8"), Loader=loader) or {}
    return Catalogue(held["language"], held["name"], held["direction"], bool(held["reviewed"]), texts | (held.get("texts") or {}))


@lru_cache(maxsize=1)
def languages() -> tuple[Catalogue, ...]:
    """Every language there is a catalogue for, English first, then by tag."""
    folder = resources.files(__package__).joinpath("locale")
    tags = sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return (ENGLISH, *(catalogue(tag) for tag in tags))


def t(text: str, lang: str, **values: object) -> str:
    """The sentence in a language, its ``{names}`` filled.  Numbers are written the language's way."""
    found = catalogue(lang).texts.get(text, text)
    if not values:
        return found
    return found.format_map({name: number(v, lang) if isinstance(v, (int, float)) else isolated(v, lang) for name, v in values.items()})


def isolated(value: object, lang: str) -> object:
    """A day or an interval kept in its own order within a sentence that runs right to left: 2020-05-01, never 01-05-2020."""
    if not isinstance(value, str) or direction(lang) == "ltr" or not _DAYS.fullmatch(value):
        return value
    return f"\u2066{value}\u2069"


def number(value: int | float | None, lang: str) -> str:
    """A number with the language's grouping and digits; an absent one is an empty text, never zero."""
    if value is None or isinstance(value, bool):
        return ""
    written = f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"
    return digits(written.replace(",", GROUP.get(base(lang), ",")), lang)


def digits(text: str, lang: str) -> str:
    """The same text with the digits of the language (dates and codes that must stay as they are do not pass here)."""
    own = DIGITS.get(base(lang))
    return text.translate({ord("0") + i: mark for i, mark in enumerate(own)}) if own else text
