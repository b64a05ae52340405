"""Evidence on the page of a place: the items that its records rest on, and at each damage what shows it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from tutela.evidence import citations, copies, queries, sights
from tutela.evidence.rules.citations import resolve
from tutela.inventory.rules.audience import sight_of
from tutela.people.rules import Actor
from tutela.store.documents import bare, dashed
from tutela.web.views import evidence_parts as parts
from tutela.web.views import evidence_words as words

Document = dict[str, Any]
MOST = 24  # items shown on the page; the rest is behind a link


class PlaceEvidence:
    """What the reader sees of a place's evidence; made once for a page."""

    def __init__(self, actor: Actor, place: str, document: Document) -> None:
        self.actor, self.place = actor, dashed(bare(place))
        self.seen = sight_of(document, actor.audience).details
        self.cited: dict[str, list[Document]] = citations.places_of(actor, self.place) if self.seen else {}
        ids = list(dict.fromkeys(one["item"] for found in self.cited.values() for one in found))
        self.made = copies.shown(actor, ids) if ids else {}
        self.documents = sights.records(actor, list(self.cited)) if self.cited else {}

    def context(self) -> Document:
        """For ``parts/place_evidence.html``: items cited, items that only concern the place, what may be done."""
        items = self._items()
        listed = queries.items(self.actor, place=self.place, limit=MOST + 1) if self.seen else []
        others = [one for one in listed[:MOST] if one["id"] not in items]
        may = self.actor.may("cite") and self.seen
        return {
            "items": list(items.values()),
            "others": words.plates(self.actor, others),
            "total": len(items) + len(others),
            "more": len(listed) > MOST,
            "all_href": f"/evidence/?place={self.place}",
            "cite_href": f"/places/{self.place}/cite/" if may else "",
            "add_href": f"/evidence/add/?place={self.place}" if may else "",
        }

    def _items(self) -> dict[str, Document]:
        """{item: its picture and what it supports}, in the order in which they were cited first."""
        out: dict[str, Document] = {}
        for record, found in self.cited.items():
            for one in found:
                item = out.setdefault(one["item"], {**self._plate(one), "supports": []})
                item["supports"].append(self._support(record, one))
        return out

    def _plate(self, one: Document) -> Document:
        thumb = words.picture(copies.best(self.made.get(one["item"], []), "thumbnail"))
        return {
            "id": one["item"],
            "href": f"/evidence/{one['item']}/",
            "title": one["title"],
            "thumb": thumb,
            "form_words": words.FORMS.get(one["form"], one["form"]),
            "destroyed": one["destroyed"],
        }

    def _support(self, record: str, one: Document) -> Document:
        lang, held = self.actor.language, self.documents.get(bare(record))
        document, kind = (held.document, held.kind) if held else ({}, "")
        part = parts.part_words(document, one["now"] or one["part"], lang) if one["part"] else ""
        return {
            "words": part or (parts.record_words(kind, document, lang) if kind else ""),
            "locator": words.locator(one["locator"], lang),
            "state_words": words.CITED.get(one["state"], ""),
            "note": one["note"],
        }

    def of_part(self, record: str, part: str) -> list[Document]:
        """What one part of a record rests on, as plates: picture, region, where in the file.  ``part`` is a prefix of what is cited."""
        out = []
        for one in self.cited.get(dashed(bare(record)), []):
            address = one["now"] or one["part"]
            if part and address != part and not address.startswith(f"{part}/"):
                continue
            if not part and address:
                continue
            out.append(
                {
                    **self._plate(one),
                    "where": words.locator(one["locator"], self.actor.language),
                    "outline": words.outline(one["locator"].get("region")),
                    "state_words": words.CITED.get(one["state"], ""),
                }
            )
        return out

    def cite_href(self, record: str, part: str) -> str:
        """Where this part can be cited for, for who may."""
        if not (self.actor.may("cite") and self.seen):
            return ""
        return f"/places/{self.place}/cite/?{urlencode({'part': f'{dashed(bare(record))}|{part}'})}"

    def of_damage(self, assessment: Document, number: int) -> Document:
        """For one damage of an assessment: what it rests on, and where it can be cited for."""
        found = resolve(assessment, f"damages/{number}")
        part = found[0] if found else f"damages/{number}"
        return {"cited": self.of_part(assessment["id"], part), "cite_href": self.cite_href(assessment["id"], part)}
