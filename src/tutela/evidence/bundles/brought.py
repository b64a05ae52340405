"""What of a brought record may be kept: known keys with fitting values.  Somebody else wrote it; nothing of it is believed.  Pure."""

from __future__ import annotations

import re
from typing import Any

from tutela.errors import Problem, declare, problem
from tutela.evidence.rules.citations import check_locator, check_note
from tutela.evidence.rules.grading import check_grade
from tutela.evidence.rules.redaction import check_boxes
from tutela.evidence.rules.validation import MARKS, check_acquisition, check_description

declare({
    "bundle-record": ("{file}: a record cannot be kept as it is.", "Nothing was taken in. Ask whoever made the bundle to mend it."),
})

Document = dict[str, Any]
ITEM = ("title", "description", "lang", "form", "origin", "handling", "stated", "places")
ACQUISITION = ("name", "path", "way", "collector", "acquired", "where", "source", "consent", "restrictions", "received")
COPY = ("use", "digest", "size", "media_type", "width", "height", "page")
USES = ("thumbnail", "web", "text", "redacted", "poster")
MEDIA = ("image/jpeg", "image/png", "image/webp", "text/plain")
LIKENESS = re.compile(r"[0-9a-f]{16}")
TEXT = 1000


def item(held: Document) -> tuple[Document, list[Problem]]:
    """(what is said of an item, what is wrong with it); its bytes' digest, size and media type are the caller's to find."""
    said = {key: held["document"][key] for key in ITEM if key in held["document"]}
    return said, check_description({**said, "places": said.get("places", [])}) + _stated(said)


def _stated(said: Document) -> list[Problem]:
    """Facts a file states of itself: plain, and not endless."""
    stated = said.get("stated", {})
    plain = isinstance(stated, dict) and _depth(stated) < 6 and len(repr(stated)) < 100_000
    return [] if plain else [problem("bundle-record", file="stated")]


def _depth(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inside), default=0) if isinstance(value, (dict, list)) else 0


def stricter(mark: str | None, places: list[Document]) -> str:
    """The mark an item must have where the places that kept it back are not known: at least the strictest of theirs."""
    marks = [mark or "restricted", *("restricted" for _ in places), *(str(place.get("mark")) for place in places)]
    return max((each if each in MARKS else "confidential" for each in marks), key=MARKS.index)


def acquisition(held: Document) -> tuple[Document, list[Problem]]:
    said = {key: held["document"][key] for key in ACQUISITION if key in held["document"]}
    found = check_acquisition(said)
    for key in ("name", "path", "received"):
        if key in said and not (isinstance(said[key], str) and len(said[key]) <= TEXT and "\0" not in said[key]):
            found.append(problem("bundle-record", file=key))
    return said, found


def copy(held: Document) -> Document | None:
    """A working copy; None for what is not shown here as it comes."""
    given = held["document"]
    said = {key: given[key] for key in COPY if key in given}
    derivation = given.get("derivation", {})
    numbers = all(isinstance(said.get(key, 1), int) and 0 <= said.get(key, 1) < 1 << 31 for key in ("size", "width", "height", "page"))
    if said.get("use") not in USES or said.get("media_type") not in MEDIA or not numbers:
        return None
    kept = {"from": str(derivation.get("from", ""))[:64], "tool": str(derivation.get("tool", ""))[:TEXT]}
    if derivation.get("boxes") and not check_boxes(derivation["boxes"]):
        kept["boxes"] = derivation["boxes"]
    if isinstance(given.get("likeness"), str) and LIKENESS.fullmatch(given["likeness"]):
        said["likeness"] = given["likeness"]
    return {**said, "derivation": kept}


def grading(held: Document, key: str) -> tuple[Document, list[Problem]]:
    """A grading; whoever gave it is named as a person of the other workspace."""
    given = held["document"]
    said = {name: given[name] for name in ("reliability", "credibility", "note", "bias") if name in given}
    for name in ("note", "bias"):
        said[name] = str(said.get(name, ""))
    said = {name: value for name, value in said.items() if value != ""}
    return {**said, "by": f"{str(given.get('by', ''))[:64]}@{key[:8]}"}, check_grade(said)


def citation(held: Document, about: Document) -> tuple[Document, list[Problem]]:
    given = held["document"]
    said = {name: given[name] for name in ("part", "locator", "note", "cited") if name in given}
    cited = said.get("cited", {"salt": "", "digest": ""})
    good = isinstance(said.get("part", ""), str) and len(said.get("part", "")) < 200 and isinstance(cited, dict) \
        and all(isinstance(cited.get(name), str) and len(cited[name]) <= 64 for name in ("salt", "digest"))
    found = [] if good else [problem("bundle-record", file="citation")]
    return said, found + check_locator(said.get("locator", {}), about) + check_note(str(said.get("note", "")))
