"""Names: an unranked set.  Which one is shown first depends on the reader's language alone, never on a rank of origin."""

from __future__ import annotations

import json
from typing import Any

from tutela.vocabulary.folding import fold

Name = dict[str, Any]

#: Scripts a reader of a language reads without effort; nothing is said of any name by it.
SCRIPT_OF = {"ar": "Arab", "fa": "Arab", "ru": "Cyrl", "uk": "Cyrl", "hy": "Armn", "ka": "Geor", "he": "Hebr", "syr": "Syrc", "el": "Grek"}


def display_name(names: list[Name], language: str = "en", fallback: str = "") -> Name:
    """The name to show first to a reader of ``language``, and why (key ``why``).

    In order: a name in that language; a name in its script; the name under which its source lists the place (kind
    ``designation``); the first by language tag, then by text.  A name that is only a reference comes after all others.
    """
    if not names:
        return {"text": fallback, "why": "no name recorded"}
    script = SCRIPT_OF.get(language, "Latn")

    def order(name: Name) -> tuple[Any, ...]:
        return (name.get("kind") == "reference", name.get("lang") != language, name.get("script") != script,
                name.get("kind") != "designation", name.get("lang") or "~", name["text"])

    first = min(names, key=order)
    if first.get("lang") == language:
        why = "your language"
    elif first.get("script") == script:
        why = "a script of your language"
    else:
        why = "the first by language tag"
    return {**first, "why": why}


def listed(names: list[Name]) -> list[Name]:
    """All names, by language tag and then text: the order of a set that has no rank."""
    return sorted(names, key=lambda n: (n.get("lang") or "~", n.get("script") or "", n["text"]))


def title(names: list[Name]) -> str:
    """The key lists are sorted by: the folded display name of no particular reader (Latin script first, so that one
    alphabet gives one order; a matter of sorting only)."""
    if not names:
        return "~"
    if len(names) == 1:
        return fold(names[0]["text"]) or "~"
    return fold(display_name(names)["text"]) or "~"


def label(names: list[Name]) -> str | None:
    """The names as a map keeps them beside a place: the text alone where there is one, else what choosing among them needs."""
    if not names:
        return None
    if len(names) == 1 and not names[0]["text"].startswith("["):
        return names[0]["text"]
    return json.dumps([{key: name[key] for key in ("text", "lang", "script", "kind") if key in name} for name in names],
                      ensure_ascii=False, separators=(",", ":"))


def labelled(text: str | None, language: str, fallback: str) -> str:
    """The name to show of those in a label."""
    if text is None:
        return fallback
    return display_name(json.loads(text), language)["text"] if text.startswith("[") else text
