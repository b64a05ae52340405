"""The page of one item: its picture, what the file says of itself, how it came, who held it, what rests on it, what may be done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tutela.errors import TutelaError
from tutela.evidence import copies, gradings, queries, seals, serving
from tutela.people.queries import names as people_names
from tutela.people.rules import Actor
from tutela.store import history
from tutela.store import search as store_search
from tutela.store.documents import bare, dashed
from tutela.web import i18n
from tutela.web.views import evidence_parts as parts
from tutela.web.views import evidence_words as words
from tutela.web.views.evidence_chain import events

Document = dict[str, Any]
LONGEST_TEXT = 200_000  # characters of a text copy shown on the page
MOST_ORIGINS = 20  # citations of which the independent origins are counted
STATED = (
    ("taken", "Taken"),
    ("where", "Position"),
    ("altitude", "Altitude"),
    ("direction", "Direction"),
    ("camera", "Camera"),
    ("author", "Author"),
    ("title", "Title"),
    ("software", "Software"),
    ("made", "Made"),
    ("pages", "Pages"),
    ("duration", "Duration"),
)


@require_GET
def page(request: HttpRequest, uuid: str) -> HttpResponse:
    """One item, as the reader may see it."""
    return render(request, "tutela/evidence_item.html", Page(request.actor, str(uuid)).context())


class Page:
    """Turns what the queries gave into what the template shows."""

    def __init__(self, actor: Actor, uuid: str) -> None:
        self.actor, self.lang = actor, actor.language
        self.item = queries.item(actor, uuid)
        self.id = self.item["id"]
        self.copies: list[Document] = self.item["copies"]
        self.names = people_names(self._people()) if actor.may("read-journal-people") else {}

    def t(self, text: str, **values: object) -> str:
        return i18n.t(text, self.lang, **values)

    def _people(self) -> set[str]:
        return {one["by"] for one in [*self.item["gradings"], *self.item["citations"]] if one.get("by")}

    def who(self, person: str | None) -> str:
        """Who somebody is, for those who may know; one's own acts are told as such."""
        if not person:
            return ""
        if person == self.actor.id:
            return self.t("you")
        return self.names.get(person) or self.t("person {id}", id=person[:8])

    def context(self) -> Document:
        item, signed_in = self.item, self.actor.audience >= 1
        mark = item.get("handling", {}).get("mark", "restricted")
        cited = parts.told(self.actor, item["citations"])
        for one in cited[:MOST_ORIGINS] if signed_in else ():
            one["origins"] = gradings.corroboration(self.actor, one["record"], one["part"] or None)["independent"]
        for one in cited:
            one["who"] = self.who(one.get("by"))
            one["may_withdraw"] = self.actor.may("cite") and (one.get("by") == self.actor.id or self.actor.may("grade"))
        chain = queries.chain(self.actor, self.id) if self.actor.may("open-original") else []
        return {
            "room": "evidence",
            "topclass": "t-top--page",
            "id": self.id,
            "title": item.get("title") or f"{item['digest'][:12]}…",
            "facts": self.facts(),
            "handling": {"mark": mark, "consequence": self.t(words.CONSEQUENCES[mark])},
            "destroyed": item.get("state") == "destroyed",
            "rule": item.get("rule", ""),
            "standing": item["standing"],
            "description": item.get("description", ""),
            "description_lang": item.get("lang", ""),
            "view": self.view(),
            "kv": self.kv(),
            "stated": self.stated(),
            "original": self.original_tags(),
            "places": self.places(),
            "acquisitions": [self.acquisition(one) for one in item["acquisitions"]],
            "citations": cited,
            "outlines": [{"style": one["outline"], "n": n} for n, one in enumerate(cited, 1) if one["outline"]],
            "gradings": self.graded(),
            "seals": self.seals(),
            "copies": [self.copy(one) for one in self.copies],
            "like": self.like(),
            "chain": events(self.actor, chain, item["seals"], self.lang),
            "acts": self.acts(),
            "signed_in": signed_in,
            "may_cite": self.actor.may("cite") and item.get("state") != "destroyed",
            "may_grade": self.actor.may("grade"),
            "may_seal": self.actor.may("seal") and item.get("state") != "destroyed",
            "journal": self.journal() if signed_in else [],
            "reader_sees": self.public_sees(mark) if signed_in else "",
            "noticed": item.get("noticed", ()),
            "witnessed": len(item.get("witnesses", ())) if signed_in else 0,
        }

    def facts(self) -> list[str]:
        item = self.item
        return [self.t(words.FORMS.get(item["form"], item["form"])), item["media_type"], words.size(item["size"], self.lang)]

    def view(self) -> Document:
        """What is looked at: a picture, a player, a text; or why there is none."""
        picture = words.picture(copies.best(self.copies, "web")) or words.picture(copies.best(self.copies, "redacted"))
        out: Document = {"picture": picture, "text": self.text(), "redacted": any(one["use"] == "redacted" for one in self.copies)}
        kind = self.item["media_type"]
        if kind.startswith(("video/", "audio/")) and self.actor.may("open-original") and self.item["standing"] == "held":
            out["player"] = {
                "kind": kind.partition("/")[0],
                "src": f"/evidence/{self.id}/play/",
                "plays": kind in serving.INLINE,
                "type": kind,
            }
        out["make"] = (
            not self.copies
            and self.actor.may("add-evidence")
            and self.item["standing"] == "held"
            and self.item.get("stated", {}).get("reader") is None
        )
        return out

    def text(self) -> Document | None:
        found = copies.best(self.copies, "text")
        if found is None:
            return None
        stream, _ = copies.open_copy(self.actor, found["id"])
        with stream:
            content = stream.read(LONGEST_TEXT * 4).decode("utf-8", "replace")
        return {"content": content[:LONGEST_TEXT], "cut": len(content) > LONGEST_TEXT, "href": f"/evidence/files/{found['id']}"}

    def kv(self) -> list[tuple[str, str, str]]:
        """(label, value, kind) of what the register says of the item."""
        item, origin = self.item, self.item.get("origin", {})
        rows = [
            ("Origin", self.t(words.ORIGINS[origin["kind"]]) if origin.get("kind") in words.ORIGINS else "", ""),
            ("Outlet or archive", origin.get("outlet", ""), ""),
            ("Stands", self.t(words.STANDING.get(item["standing"], item["standing"])), ""),
            ("SHA-256", item["digest"], "mono"),
        ]
        return [row for row in rows if row[1]]

    def stated(self) -> list[tuple[str, str]]:
        held = dict(self.item.get("stated") or {})
        if not self.actor.audience and any(one["use"] == "redacted" for one in self.copies):
            held = {
                key: value for key, value in held.items() if key not in ("x", "y", "altitude", "direction")
            }  # a place may be what was covered
        if "x" in held and "y" in held:
            held["where"] = f"{held['y']:.5f}, {held['x']:.5f}"
        return [(label, str(held[key])) for key, label in STATED if held.get(key) not in (None, "", [], {})]

    def original_tags(self) -> list[tuple[str, str]]:
        held = (self.item.get("stated") or {}).get("original") or {}
        return [(str(key), str(value)[:300]) for key, value in held.items()] if isinstance(held, dict) else []

    def places(self) -> list[Document]:
        named = words.place_names(self.actor, self.item.get("places", ()))
        return [{"href": f"/places/{dashed(one)}/", "name": name} for one, name in named.items()]

    def acquisition(self, one: Document) -> Document:
        source, consent, where = one.get("source", {}), one.get("consent", {}), one.get("where", {})
        spot = f"{where['y']}, {where['x']}" if "x" in where and "y" in where else ""
        rows = [
            ("File", " / ".join(p for p in (one.get("path", ""), one.get("name", "")) if p)),
            ("Collected by", one.get("collector", "")),
            ("Acquired on", one.get("acquired", "")),
            ("Where", ", ".join(p for p in (where.get("text", ""), spot) if p)),
            ("Source", " · ".join(p for p in (source.get("outlet", ""), source.get("title", "")) if p)),
            (
                "Consent",
                ": ".join(
                    p
                    for p in (
                        self.t(words.CONSENT[consent["given"]]) if consent.get("given") in words.CONSENT else "",
                        consent.get("scope", ""),
                    )
                    if p
                ),
            ),
            ("Restrictions", one.get("restrictions", "")),
        ]
        return {
            "received": one.get("received", "")[:16].replace("T", " "),
            "way": words.WAYS.get(one.get("way", ""), ""),
            "uri": source.get("uri", ""),
            "rows": [row for row in rows if row[1]],
        }

    def graded(self) -> list[Document]:
        if not self.actor.audience:
            return []
        return [
            {
                **one,
                "grade": f"{one['reliability']}{one['credibility']}",
                "who": self.who(one.get("by")),
                "source_words": words.term("source-reliability", one["reliability"].lower(), self.lang),
                "said_words": words.term("information-credibility", str(one["credibility"]), self.lang),
            }
            for one in reversed(gradings.of(self.id))
        ]

    def seals(self) -> list[Document]:
        out = []
        for one in self.item["seals"]:
            try:
                found = seals.check(one["id"], whole=False)
            except TutelaError:
                continue
            out.append(
                {
                    "id": one["id"],
                    "state": found.state,
                    "words": self.t(words.STATES.get(found.state, found.state)),
                    "reason": found.reason,
                    "items": found.items,
                    "made": one.get("made", "")[:16].replace("T", " "),
                    "stamped": (found.stamped or "")[:16].replace("T", " "),
                    "authority": found.authority or "",
                    "own": found.own,
                }
            )
        return out

    def copy(self, one: Document) -> Document:
        made = one.get("derivation", {})
        boxes = made.get("boxes", [])
        why: dict[str, int] = {}
        for box in boxes:
            why[box["why"]] = why.get(box["why"], 0) + 1
        extent = f"{one['width']} × {one['height']}" if one.get("width") else ""
        return {
            "href": f"/evidence/files/{one['id']}",
            "use": self.t(words.USES.get(one["use"], one["use"])),
            "extent": extent,
            "size": words.size(one["size"], self.lang),
            "tool": made.get("tool", ""),
            "page": one.get("page"),
            "digest": one["digest"],
            "of_original": made.get("from") == self.item["digest"],
            "boxes": ", ".join(f"{self.t(words.REASONS.get(key, key))} {i18n.number(n, self.lang)}" for key, n in why.items()),
            "parameters": ", ".join(f"{key} {value}" for key, value in (made.get("parameters") or {}).items()),
        }

    def like(self) -> list[Document]:
        if not self.actor.audience:
            return []
        near = copies.like(self.actor, self.id, 8)
        return [
            {
                "href": f"/evidence/{one['id']}/",
                "title": one["title"] or one["id"][:8],
                "distance": one["distance"],
                "thumb": words.picture(copies.best(copies.of(self.actor, one["id"]), "thumbnail")),
            }
            for one in near
        ]

    def acts(self) -> list[Document]:
        at, may, held = f"/evidence/{self.id}", self.actor.may, self.item["standing"] == "held"
        gone = self.item.get("state") == "destroyed"
        listed = [
            (may("cite") and not gone, "Cite", f"{at}/cite/", True),
            (may("add-evidence"), "Describe", f"{at}/describe/", False),
            (may("grade"), "Grade", f"{at}/grade/", False),
            (may("redact") and held and self._redactable(), "Redact", f"{at}/redact/", False),
            (may("open-original") and held, "Original", f"{at}/original/", False),
            (may("hand-over") and not gone, "Hand over", f"{at}/hand-over/", False),
            (may("destroy-evidence") and not gone, "Destroy", f"{at}/destroy/", False),
        ]
        return [{"label": label, "href": href, "main": main} for allowed, label, href, main in listed if allowed]

    def _redactable(self) -> bool:
        from tutela.evidence.rules.facts_pictures import FORMATS

        return self.item["media_type"] == copies.PDF or self.item["media_type"] in FORMATS

    def public_sees(self, mark: str) -> str:
        if mark != "open":
            return self.t("nothing of this item")
        redacted = any(one["use"] == "redacted" for one in self.copies)
        return self.t("the redacted copy") if redacted else self.t("the working copies as they are here")

    def journal(self) -> list[Document]:
        found = store_search.read(bare(self.id), self.actor.audience)
        entries = history.of_record(found.record, most=30) if found else []
        return [
            {
                "n": e.seq,
                "href": f"/journal/{e.change}/",
                "day": e.at[:10],
                "words": self.t(history.WORDS.get(e.action, e.action)) + (f": {e.note}" if e.note else ""),
                "digest": e.digest[:8] + "…",
            }
            for e in entries
        ]
