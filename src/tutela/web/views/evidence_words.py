"""What the pages of evidence say in words: forms, acts of custody, places in a file; and an item as a plate of a grid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tutela.evidence import copies, sights
from tutela.people.rules import Actor
from tutela.store.documents import bare, dashed
from tutela.vocabulary import load
from tutela.web import i18n

Document = dict[str, Any]

FORMS = {
    "photograph": "Photograph",
    "video": "Video",
    "sound": "Sound",
    "document": "Document",
    "page": "Web page",
    "drawing": "Drawing",
    "dataset": "Data",
    "other": "Other file",
}
MARKS = {"open": "Open", "restricted": "Restricted", "confidential": "Confidential"}
CONSEQUENCES = {
    "open": "everybody sees its working copies",
    "restricted": "only signed-in people see it",
    "confidential": "only reviewers and managers see it",
}
ORIGINS = {
    "original": "Original: made by its source itself",
    "reprint": "Reprint of another item",
    "excerpt": "Excerpt of another item",
    "derived": "Made from another item",
    "unknown": "Not known",
}
CONSENT = {"yes": "Given", "no": "Refused", "unknown": "Not known", "not-needed": "Not needed"}
WAYS = {
    "file": "as a file",
    "folder": "in a folder",
    "zip": "in a ZIP file",
    "device": "from a device",
    "bundle": "in a bundle",
    "web": "from the web",
}
ACTS = {
    "received": "Received",
    "viewed": "Original opened",
    "exported": "Original taken out",
    "copied": "Working copy made",
    "redacted": "Redacted copy made",
    "lent": "Lent",
    "returned": "Returned",
    "released": "Released for good",
    "destroyed": "Destroyed by rule",
    "imported": "Came with its chain from elsewhere",
    "sealed": "Sealed",
    "stamped": "Time stamped",
}
STANDING = {"held": "Held here", "lent": "Lent", "released": "Released", "destroyed": "Destroyed", "unknown": "Not known"}
USES = {"thumbnail": "Thumbnail", "web": "Web size", "text": "Text", "redacted": "Redacted copy", "poster": "Still picture"}
REASONS = {"face": "Face", "plate": "Number plate", "place": "Place", "other": "Other"}
STATES = {"valid": "Valid", "pending": "Holds, time stamp pending", "expired": "Stamp expired", "broken": "Broken"}
PARTS = {
    "damages": "Damage",
    "threats": "Threat",
    "names": "Name",
    "protections": "Protection",
    "condition": "Condition",
    "misuses": "Misuse",
    "elements": "Element",
    "descriptions": "Description",
    "characteristics": "Characteristic",
    "geometries": "Position",
    "dating": "Dating",
    "types": "Type",
    "recommendations": "Recommendation",
    "significance": "Significance",
    "areas": "Area",
    "extent": "Extent of damage",
}
KINDS = {"place": "Place", "assessment": "Assessment", "consensus": "Consensus", "item": "Item of evidence", "shortlist": "Shortlist"}
CITED = {"as-cited": "", "moved": "", "changed": "changed since it was cited", "gone": "no longer in the record"}


def term(vocabulary: str, code: str, lang: str) -> str:
    """A term's label: the list's own in this language, else the pages' translation of the English one."""
    held = load(vocabulary)
    found = held.terms.get(code)
    label = held.label(code, lang)
    return label if found is None or lang in found.labels else i18n.t(label, lang)


def size(count: int, lang: str) -> str:
    """A number of bytes for people, in steps of a thousand."""
    value, unit = float(count), "bytes"
    for bigger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, bigger
    number = f"{value:.0f}" if unit == "bytes" or value >= 100 else f"{value:.1f}"
    return f"{i18n.digits(number, lang)} {i18n.t(unit, lang)}"


def locator(given: Mapping[str, Any], lang: str) -> str:
    """``page 3``, ``00:01:10 – 00:01:20``, ``a region of the picture``."""
    said = []
    if "page" in given:
        said.append(i18n.t("page {n}", lang, n=given["page"]))
    if "from" in given:
        said.append(f"{given['from']}–{given['to']}" if "to" in given else str(given["from"]))
    if "region" in given:
        said.append(i18n.t("the region outlined", lang))
    return ", ".join(said)


def outline(region: Mapping[str, float] | None) -> str:
    """A region as the style of a frame over a picture, in percent."""
    if not region:
        return ""
    return f"left:{100 * region['x']:.2f}%;top:{100 * region['y']:.2f}%;width:{100 * region['w']:.2f}%;height:{100 * region['h']:.2f}%"


def picture(copy: Mapping[str, Any] | None) -> Document | None:
    """A working copy as an image's address and size."""
    if copy is None or not str(copy["media_type"]).startswith("image/"):
        return None
    width, height = copy.get("width") or 4, copy.get("height") or 3
    return {"src": f"/evidence/files/{copy['id']}", "width": width, "height": height, "wide": width * 3 >= height * 4}


def plates(actor: Actor, documents: list[Document]) -> list[Document]:
    """Items (with ``id``, which the actor has been found to see) as plates: picture, title, facts, places."""
    lang = actor.language
    made = copies.shown(actor, [one["id"] for one in documents])
    named = place_names(actor, (place for one in documents for place in one.get("places", ())))
    return [plate(one, made.get(dashed(bare(one["id"])), []), named, lang) for one in documents]


def plate(one: Mapping[str, Any], made: list[Document], named: Mapping[str, str], lang: str) -> Document:
    mark = one.get("handling", {}).get("mark", "restricted")
    return {
        "id": one["id"],
        "href": f"/evidence/{one['id']}/",
        "title": one.get("title") or f"{one['digest'][:12]}…",
        "form": one["form"],
        "form_words": i18n.t(FORMS.get(one["form"], one["form"]), lang),
        "thumb": picture(copies.best(made, "thumbnail")),
        "mark": mark,
        "mark_words": i18n.t(MARKS[mark], lang),
        "taken": (one.get("stated") or {}).get("taken", ""),
        "redacted": any(copy["use"] == "redacted" for copy in made),
        "destroyed": one.get("state") == "destroyed",
        "places": [{"href": f"/places/{dashed(place)}/", "name": named[place]} for place in one.get("places", ()) if place in named],
        "size": size(one["size"], lang),
        "media_type": one["media_type"],
    }


def place_names(actor: Actor, uuids: Iterable[str]) -> dict[str, str]:
    """{place, 32 digits: its name}, of those that the actor sees with their details."""
    return {uuid: seen.title for uuid, seen in sights.records(actor, dict.fromkeys(uuids)).items() if seen.kind == "place"}
