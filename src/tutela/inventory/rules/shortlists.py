"""Shortlists: a named, dated, reasoned selection of places.  Pure decisions: what one must hold, its frozen digest, its comparison.

A shortlist is a *draft* until it is frozen; frozen, it holds a version number and one digest over all it says and over the
state of every place it names; *signed*, a named person stands by that digest.  A new version is a record of its own that
names the former in ``supersedes``.

The digest is SHA-256 over canonical JSON (sorted keys, no white space, UTF-8: :func:`tutela.store.documents.dumps`) of the
list and of each place's journal digest.  That is the journal's own, salted digest of the place's document: an unsalted one
would let a reader who may not see a position find it by trying.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from tutela.errors import Problem, TutelaError, declare, problem
from tutela.store.documents import bare, dumps
from tutela.vocabulary.edtf_values import parse

declare(
    {
        "shortlist-untitled": ("This shortlist has no title.", "Say what it is a list of: “The most significant assets of …”."),
        "shortlist-purpose": ("The purpose is not said.", "Say what the list is for, in a sentence."),
        "shortlist-criteria": ("No criterion is given.", "Say by what the places were chosen, one criterion a line."),
        "shortlist-choosers": ("Nobody is named as having chosen.", "Name the persons or the body that chose, one a line."),
        "shortlist-undated": ("The list has no date.", "Say on which day it was decided, for example 2026-03-12."),
        "shortlist-empty": ("No place is chosen.", "Add places from a search first."),
        "shortlist-unreasoned": ("{n} of the places are without a reason.", "Say of each place why it is on the list."),
        "shortlist-twice": ("A place stands twice on the list.", "Keep one of the two."),
        "shortlist-too-long": ("A shortlist holds at most {most} places; this would be {n}.", "Narrow the search, or split the list."),
        "shortlist-frozen": ("This version is frozen and cannot be changed.", "Begin a new version; it will say what changed."),
        "shortlist-not-frozen": ("Only a frozen version can be signed.", "Freeze the list first."),
        "shortlist-signed": ("This version is signed already.", "Begin a new version instead."),
    }
)

Document = dict[str, Any]
CONTENT = ("title", "purpose", "criteria", "chosen_by", "dated", "places", "supersedes")
MOST = 5000


class PlaceState(NamedTuple):
    """The state of a place that is frozen with a list: its journal line, and that line's (salted) digest in hexadecimal."""

    line: int
    digest: str


def state(shortlist: Document) -> str:
    """``draft``, ``frozen`` or ``signed``."""
    return "signed" if "signature" in shortlist else "frozen" if "frozen" in shortlist else "draft"


def version(shortlist: Document) -> int:
    """The version's number, from 1: of a frozen list its own, of a draft the one it will get."""
    return shortlist["frozen"]["version"] if "frozen" in shortlist else shortlist.get("version", 1)


def check_shortlist(shortlist: Document) -> list[Problem]:
    """All that keeps this document from being kept, even as a draft."""
    found: list[Problem] = []
    if not shortlist.get("title", "").strip():
        found.append(problem("shortlist-untitled", column="title"))
    for key, most in (("title", 500), ("purpose", 20_000)):
        if len(shortlist.get(key, "")) > most:
            found.append(problem("text-too-long", column=key, value=shortlist[key][:60], most=most))
    if shortlist.get("dated"):
        try:
            parse(shortlist["dated"])
        except TutelaError as error:
            p = error.problem
            found.append(Problem(p.code, p.message, p.todo, column="dated", value=p.value))
    places = [bare(item["place"]) for item in shortlist.get("places", ())]
    if len(set(places)) != len(places):
        found.append(problem("shortlist-twice", column="places"))
    if len(places) > MOST:
        found.append(problem("shortlist-too-long", column="places", n=len(places), most=MOST))
    return found


def check_complete(shortlist: Document) -> list[Problem]:
    """All that keeps this draft from being frozen: a shortlist must say what it is for, by what, by whom and when it was chosen."""
    found = check_shortlist(shortlist)
    for key, code in (
        ("purpose", "shortlist-purpose"),
        ("criteria", "shortlist-criteria"),
        ("chosen_by", "shortlist-choosers"),
        ("dated", "shortlist-undated"),
        ("places", "shortlist-empty"),
    ):
        if not shortlist.get(key):
            found.append(problem(code, column=key))
    silent = sum(1 for item in shortlist.get("places", ()) if not item.get("reason", "").strip())
    if silent:
        found.append(problem("shortlist-unreasoned", column="places", n=silent))
    return found


def freeze(shortlist: Document, states: Mapping[str, PlaceState], at: str) -> Document:
    """The same list, frozen: ``states`` {place: its state now}; ``at`` the moment (ISO 8601, UTC)."""
    out = {key: shortlist[key] for key in CONTENT if key in shortlist}
    held = [
        {"place": item["place"], "line": states[item["place"]].line, "digest": states[item["place"]].digest} for item in shortlist["places"]
    ]
    number = version(shortlist)
    out["frozen"] = {"version": number, "at": at, "places": held, "digest": _digest(out, number, held)}
    return out


def _digest(shortlist: Document, number: int, held: list[Document]) -> str:
    content = {key: shortlist[key] for key in CONTENT if key in shortlist}
    sealed = {"list": content, "version": number, "places": [[item["place"], item["digest"]] for item in held]}
    return sha256(dumps(sealed).encode()).hexdigest()


def holds(shortlist: Document) -> bool:
    """Whether a frozen list still says what its digest was made over."""
    frozen = shortlist["frozen"]
    return _digest(shortlist, frozen["version"], frozen["places"]) == frozen["digest"]


def next_version(former: Document, former_id: str) -> Document:
    """The draft that follows a frozen version: the same content, to be changed."""
    return {key: former[key] for key in CONTENT if key in former} | {"supersedes": bare(former_id), "version": version(former) + 1}


@dataclass(slots=True)
class Comparison:
    """What one version says that the former did not.  Places by public id; ``reasons`` {place: (before, now)};
    ``fields`` {title, purpose, dated: (before, now)}; ``criteria`` and ``chosen_by`` (taken away, added)."""

    added: list[Document] = field(default_factory=list)
    removed: list[Document] = field(default_factory=list)
    reasons: dict[str, tuple[str, str]] = field(default_factory=dict)
    kept: int = 0
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)
    criteria: tuple[list[str], list[str]] = ((), ())  # type: ignore[assignment]
    chosen_by: tuple[list[str], list[str]] = ((), ())  # type: ignore[assignment]

    @property
    def same(self) -> bool:
        return not (self.added or self.removed or self.reasons or self.fields or any(self.criteria) or any(self.chosen_by))


def compare(former: Document, now: Document) -> Comparison:
    """What changed from one version to the other; the order of places says nothing."""
    before = {item["place"]: item for item in former.get("places", ())}
    after = {item["place"]: item for item in now.get("places", ())}
    out = Comparison(
        added=[item for key, item in after.items() if key not in before],
        removed=[item for key, item in before.items() if key not in after],
        kept=len(before.keys() & after.keys()),
    )
    for key in before.keys() & after.keys():
        texts = before[key].get("reason", ""), after[key].get("reason", "")
        if texts[0] != texts[1]:
            out.reasons[key] = texts
    for key in ("title", "purpose", "dated"):
        texts = former.get(key, ""), now.get(key, "")
        if texts[0] != texts[1]:
            out.fields[key] = texts
    out.criteria, out.chosen_by = (_difference(former.get(key, []), now.get(key, [])) for key in ("criteria", "chosen_by"))
    return out


def _difference(before: list[str], now: list[str]) -> tuple[list[str], list[str]]:
    return [text for text in before if text not in now], [text for text in now if text not in before]
