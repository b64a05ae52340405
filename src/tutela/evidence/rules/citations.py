"""What a citation may say: to which part of a record it belongs, and to which place in a file.  Pure.

A *part* is an address in a record's document: ``damages/d1``, ``threats/0``, ``names/2``, ``condition``, ``protections/0/level``;
empty for the whole record.  Entries of a list that have a ``key`` are named by it, all others by their place in the list,
counted from 0.  With every part goes a salted digest of its value when it was cited, so that a later edit is seen; the
salt keeps a withheld value from being found by trying.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import orjson

from tutela.errors import Problem, declare, problem

declare({
    "citation-part": ("There is no {value} in this record.",
                      "Name a part that is there, for example damages/d1, names/0 or condition; {known}"),
    "citation-part-private": ("{value} cannot be cited: it is no finding.", "Cite the record, or another part of it."),
    "citation-locator": ("This does not name a place in a file: {reason}.",
                         "Give a page (1 …), a time (00:01:10), or a region as fractions x,y,w,h."),
    "citation-locator-form": ("A {form} has no {value}.", "{known}"),
    "citation-long": ("This note is too long ({value} letters).", "Keep it below {most}; put what is longer into the record."),
})

Document = dict[str, Any]

LONGEST_NOTE = 4000
DEEPEST = 6
#: What is no finding but the record's keeping; nothing rests on it.
PRIVATE = frozenset(("handling", "status", "questions", "review", "place", "sources", "source"))
#: What a locator may say of each form of item; a form not named may have any.
LOCATORS: dict[str, tuple[str, ...]] = {
    "photograph": ("region",), "drawing": ("page", "region"), "document": ("page", "region"), "page": ("page", "region"),
    "video": ("from", "to", "region"), "sound": ("from", "to"), "dataset": (),
}
KNOWN = {"region": "a region", "page": "a page", "from": "a time", "to": "a time"}
TIME = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)(?:\.(\d{1,3}))?")


# Parts.

def resolve(document: Document, part: str) -> tuple[str, Any] | None:
    """(the part's stable address, its value), or None where there is no such part."""
    value: Any = document
    address: list[str] = []
    for name in _names(part):
        if isinstance(value, dict):
            if name not in value:
                return None
            value, step = value[name], name
        elif isinstance(value, list):
            at = _at(value, name)
            if at is None:
                return None
            value, step = value[at], _name(value, at)
        else:
            return None
        address.append(step)
    return "/".join(address), value


def _names(part: str) -> list[str]:
    return [name for name in part.strip().strip("/").split("/") if name]


def _at(values: list[Any], name: str) -> int | None:
    """The place in a list of the entry with this key, else of this number."""
    for at, value in enumerate(values):
        if isinstance(value, dict) and value.get("key") == name:
            return at
    return int(name) if name.isascii() and name.isdigit() and len(name) < 6 and int(name) < len(values) else None


def _name(values: list[Any], at: int) -> str:
    """How an entry of a list is named for good: by its key, if no other entry has the same."""
    key = values[at].get("key") if isinstance(values[at], dict) else None
    alone = isinstance(key, str) and key and "/" not in key and sum(isinstance(v, dict) and v.get("key") == key for v in values) == 1
    return str(key) if alone else str(at)


def check_part(document: Document, part: str) -> list[Problem]:
    """All that keeps this part from being cited."""
    names = _names(part)
    if not names:
        return []
    if names[0] in PRIVATE:
        return [problem("citation-part-private", column="part", value=names[0])]
    if len(names) > DEEPEST or resolve(document, part) is None:
        known = sorted(key for key in document if key not in PRIVATE)
        return [problem("citation-part", column="part", value=part, known=f"this one has {', '.join(known)}.")]
    return []


def digest(value: Any, salt: str) -> str:
    """SHA-256 over the salt (hexadecimal) and the value's canonical JSON, in hexadecimal."""
    return sha256(bytes.fromhex(salt) + orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def standing(document: Document, citation: Document) -> tuple[str, str]:
    """(how the cited part stands now, its address now).

    ``as-cited``; ``moved``: the same value at another place of its list; ``changed``: another value since it was cited;
    ``gone``: no such part any more.  The whole record stands as cited for as long as it is there.
    """
    part, seal = citation.get("part", ""), citation.get("cited")
    if not part or not seal:
        return ("as-cited", part) if not part or resolve(document, part) else ("gone", part)
    found = resolve(document, part)
    if found is not None and digest(found[1], seal["salt"]) == seal["digest"]:
        return "as-cited", found[0]
    for address, value in _siblings(document, part):
        if digest(value, seal["salt"]) == seal["digest"]:
            return "moved", address
    return ("gone", part) if found is None else ("changed", found[0])


def _siblings(document: Document, part: str) -> Iterator[tuple[str, Any]]:
    """The other entries of the list that a part named by its number stands in, each with its address."""
    names = _names(part)
    for depth in range(len(names) - 1, 0, -1):
        if not names[depth].isdigit():
            continue
        whole = resolve(document, "/".join(names[:depth]))
        if whole is None or not isinstance(whole[1], list):
            continue
        for at in range(len(whole[1])):
            found = resolve(document, "/".join([*names[:depth], str(at), *names[depth + 1:]]))
            if found is not None:
                yield found
        return


def head(citation: Document) -> str:
    """The first step of the address of the part that is cited ("damages" of damages/d1); empty for the whole record."""
    return citation.get("part", "").split("/")[0].split(".")[0]


# Places in a file.

def check_locator(locator: Document, item: Document) -> list[Problem]:
    """All that keeps a locator from naming a place in a file of this item's form.

    {page: 1 …}, {from, to: "HH:MM:SS" or with .fraction}, {region: {x, y, w, h}: fractions of the picture's width and
    height from its upper left corner}; a region may stand on a page or at a time.
    """
    found = [*_shape(locator)]
    if found:
        return found
    form = item.get("form", "other")
    allowed = LOCATORS.get(form, ("page", "from", "to", "region"))
    if item.get("media_type") == "application/pdf":
        allowed = ("page", "region")
    for key in locator:
        if key not in allowed:
            return [problem("citation-locator-form", column="locator", value=KNOWN[key][2:], form=form, known=_says(allowed))]
    if "region" in locator and (form in ("document", "page") or item.get("media_type") == "application/pdf") and "page" not in locator:
        return [problem("citation-locator", column="locator", reason="a region of a document needs its page")]
    return []


def _says(allowed: tuple[str, ...]) -> str:
    words = list(dict.fromkeys(KNOWN[key] for key in allowed))
    return f"Give {' or '.join(words)}, or leave it out." if words else "Leave it out: the citation is of the whole file."


def _shape(locator: Document) -> Iterator[Problem]:
    def wrong(reason: str) -> Problem:
        return problem("citation-locator", column="locator", reason=reason)

    if not isinstance(locator, dict) or locator.keys() - {"page", "from", "to", "region"}:
        yield wrong("only page, from, to and region can be given")
        return
    page = locator.get("page")
    if page is not None and not (isinstance(page, int) and not isinstance(page, bool) and 1 <= page <= 1_000_000):
        yield wrong(f"{page} is no page")
    if "to" in locator and "from" not in locator:
        yield wrong("it has an end and no beginning")
    times = {key: seconds(locator[key]) for key in ("from", "to") if key in locator}
    for key, value in times.items():
        if value is None:
            yield wrong(f"{str(locator[key])[:40]} is no time; write 00:01:10")
    if len(times) == 2 and None not in times.values() and times["to"] < times["from"]:  # type: ignore[operator]
        yield wrong("it ends before it begins")
    if "region" in locator:
        reason = _region(locator["region"])
        if reason:
            yield wrong(reason)


def _region(region: Any) -> str | None:
    if not isinstance(region, dict) or region.keys() != {"x", "y", "w", "h"}:
        return "a region is x, y, w and h"
    if not all(isinstance(v, (int, float)) and not isinstance(v, bool) and 0 <= v <= 1 for v in region.values()):
        return "a region is given in fractions between 0 and 1"
    if not (region["w"] > 0 and region["h"] > 0):
        return "the region has no extent"
    if region["x"] + region["w"] > 1.000001 or region["y"] + region["h"] > 1.000001:
        return "the region reaches beyond the picture"
    return None


def seconds(text: Any) -> float | None:
    """A time code (``HH:MM:SS`` or ``HH:MM:SS.mmm``) in seconds; None where it is none."""
    found = TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    hours, minutes, whole, part = found.groups()
    return int(hours) * 3600 + int(minutes) * 60 + int(whole) + (float(f"0.{part}") if part else 0.0)


def check_note(note: str) -> list[Problem]:
    if len(note) > LONGEST_NOTE:
        return [problem("citation-long", column="note", value=len(note), most=LONGEST_NOTE)]
    return []
