"""What a bundle says of one item: everything the one who hands over may tell, and for the public nothing that leads to a person or spot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from tutela.evidence import copies, custody, held, sights
from tutela.evidence.bundles.checker import canonical
from tutela.evidence.held import Held
from tutela.evidence.rules.audience import acquisition_for, for_audience
from tutela.inventory.rules.audience import sight_of
from tutela.people.rules import HIDDEN, Actor, Sight
from tutela.store import blobs
from tutela.store import search as store_search
from tutela.store.documents import bare, dashed, loads

Document = dict[str, Any]

#: The end of a file's name by its media type.  What a browser would run is made plain text by its name; its bytes stay.
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/tiff": "tif", "image/heic": "heic",
           "image/heif": "heif", "image/avif": "avif", "image/bmp": "bmp", "image/jp2": "jp2", "video/mp4": "mp4",
           "video/quicktime": "mov", "video/webm": "webm", "video/x-matroska": "mkv", "video/x-msvideo": "avi", "video/mpeg": "mpg",
           "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/ogg": "ogg", "audio/wav": "wav", "audio/flac": "flac", "audio/amr": "amr",
           "audio/aac": "aac", "application/pdf": "pdf", "text/plain": "txt", "text/csv": "csv", "application/json": "json.txt",
           "text/html": "html.txt", "image/svg+xml": "svg.txt", "application/xhtml+xml": "xhtml.txt", "application/xml": "xml.txt",
           "multipart/related": "mhtml.txt", "application/zip": "zip"}
SPOT = ("x", "y", "altitude", "direction", "original", "camera", "author", "software")
PERSONS = ("by", "people", "note", "assessor_role")
SHOWN = {"image/jpeg", "image/png", "image/webp"}


class Gathering:
    """Gathers items for one reader.  ``left_out`` {why: how many}; ``records`` {id: what is said of it}; ``seals`` {id: its document}."""

    def __init__(self, reader: Actor, public: bool) -> None:
        self.reader, self.public = reader, public
        self.left_out: Counter[str] = Counter()
        self.records: dict[str, Document] = {}
        self.seals: dict[str, Document] = {}
        self._places: dict[str, Document | None] = {}
        self._entries: dict[str, dict[str, Document]] = {}

    def sight(self, place: str) -> Sight:
        """What the reader sees of a place, whose record comes with the bundle."""
        found = self._place(place)
        return HIDDEN if found is None else sight_of(found, self.reader.audience)

    def _place(self, uuid: str) -> Document | None:
        if uuid not in self._places:
            found = store_search.read(uuid, self.reader.audience)
            self._places[uuid] = None if found is None else loads(found.text)
        return self._places[uuid]

    def items(self, uuids: list[str]) -> list[Document]:
        """What is said of these items (32 digits), in this order; but for custody, which must be read after the originals."""
        records = held.these(uuids)
        pointing = held.pointing_at(uuids, "of")
        cited, sealing = held.pointing_at(uuids, "cites"), held.pointing_at(uuids, "seals")
        return [self._item(records[uuid], pointing[uuid], cited[uuid], sealing[uuid]) for uuid in uuids]

    def _item(self, item: Held, of: list[Held], cited: list[Held], sealing: list[Held]) -> Document:
        document = item.document
        for place in document.get("places", ()):
            self._keep_record(place)
        out: Document = {
            "id": item.uuid, "document": self._titled(self._shown(document), of), "original": None,
            "acquisitions": [self._plain(each, acquisition_for(each.document, self.reader.audience)) for each in of
                             if each.kind == "acquisition"],
            "copies": self._copies(item.uuid),
            "gradings": [self._plain(each, self._grading(each.document)) for each in of if each.kind == "grading"],
            "citations": [self._plain(each, self._citation(each.document)) for each in cited if self._keep_record(each.document["record"])],
            "places": [{"id": place, "mark": (self._place(place) or {}).get("handling", {}).get("mark", "open")}
                       for place in document.get("places", ())],
            "seals": [self._opened(item, of, each) for each in sealing],
        }
        out["seals"] = [each for each in out["seals"] if each]
        if not self.public:
            out["witnesses"] = [{"id": each.uuid, "pseudonym": each.document["pseudonym"]}
                                for each in held.these(document.get("witnesses", ())).values()]
        return out

    def original_of(self, document: Document) -> str:
        """The name of an original in the bundle."""
        return f"data/originals/{document['digest']}.{ENDINGS.get(document['media_type'], 'bin')}"

    def _plain(self, record: Held, document: Document) -> Document:
        return {"id": record.uuid, "document": document}

    def _shown(self, document: Document) -> Document:
        out = for_audience(document, self.reader.audience, self.sight)
        if self.public and "stated" in out:
            out = {**out, "stated": {key: value for key, value in out["stated"].items() if key not in SPOT}}
        return out

    def _titled(self, document: Document, of: list[Held]) -> Document:
        """For the public without a title that is but the name a file came with: names of files can tell who and where."""
        names = {each.document.get("name") for each in of if each.kind == "acquisition"}
        return {key: value for key, value in document.items() if not (self.public and key == "title" and value in names)}

    def _grading(self, grading: Document) -> Document:
        return {key: value for key, value in grading.items() if not (self.public and key in PERSONS)}

    def _citation(self, citation: Document) -> Document:
        return {key: value for key, value in citation.items() if not (self.public and key in (*PERSONS, "cited"))}

    def _copies(self, item: str) -> list[Document]:
        """Working copies as the reader sees them (``copies.shown``), whose files are there; for the public nothing but pictures."""
        out = []
        for copy in copies.shown(self.reader, [item])[dashed(item)]:
            if self.public and copy["media_type"] not in SHOWN:
                continue
            if not blobs.where(copy["digest"], copies.folder()).exists():
                self.left_out["working copies whose file is not there"] += 1
                continue
            number = bare(copy.pop("id"))
            if self.public:
                copy = {**copy, "derivation": {"from": copy["derivation"]["from"]}}
            out.append({"id": number, "document": copy, "file": f"data/copies/{copy['digest']}.{ENDINGS.get(copy['media_type'], 'bin')}"})
        if self.public and not out:
            self.left_out["items without a working copy for the public"] += 1
        return out

    def _keep_record(self, uuid: str) -> bool:
        """Take a record in, as the reader may see it; False where the reader may not see it with its details."""
        if uuid in self.records:
            return True
        seen = sights.records(self.reader, [uuid]).get(uuid)
        if seen is None:
            self.left_out["citations by records that this reader may not see"] += 1
            return False
        about = None if seen.about is None or seen.about == uuid else bare(seen.about)
        self.records[uuid] = {"id": uuid, "kind": seen.kind, "document": self._record(uuid, seen, about)}
        if about is not None:
            self._keep_record(about)
        return True

    def _record(self, uuid: str, seen: sights.Seen, about: str | None) -> Document:
        if seen.kind == "item":
            return self._shown(seen.document)
        found = store_search.read(uuid, self.reader.audience)
        if found is not None:
            return loads(found.text)
        document = seen.document
        if about is not None and self.sight(about).precision != "as-held":
            document = _without(document, ("geometry",))
        return _without(document, PERSONS) if self.public else document

    # --- seals and custody ---

    def _opened(self, item: Held, of: list[Held], record: Held) -> Document | None:
        """What a seal says of this item, with the proof that its records are still those that were sealed."""
        seal = record.document
        if record.uuid not in self._entries:
            with custody.open_paper(seal["entries"]) as stream:
                opened = loads(stream.read())["entries"]
            self._entries[record.uuid] = {each["entry"]["digest"]: each for each in opened}
            self.seals[record.uuid] = {key: value for key, value in seal.items() if key not in ("items", "entries")}
        found = self._entries[record.uuid].get(item.document["digest"])
        if found is None:
            return None
        entry = found["entry"]
        lines = {entry["line"], *(each["line"] for each in entry["acquisitions"])}
        proofs = [] if self.public or "bundle" in seal else [
            {"line": each.line, "salt": each.salt, "text": each.text} for each in (item, *of) if each.line in lines and each.salt]
        return {"seal": record.uuid, "salt": found["salt"], "entry": entry, "proofs": proofs}

    def custody(self, uuid: str) -> list[Document]:
        """The chain of an item, reads included; each line linked to the one before, so that none can be lost on the way."""
        keys = ("at", "act", "source", "seal") if self.public else ("at", "actor", "act", "details", "source", "seal")
        out, before = [], sha256(b"tutela-custody/1 " + uuid.encode()).hexdigest()
        for event in custody.chain(uuid):
            told = loads(_dumps({key: getattr(event, key) for key in keys}))
            before = sha256(bytes.fromhex(before) + canonical(told)).hexdigest()
            out.append({"event": told, "link": before})
        return out


def _dumps(value: Any) -> bytes:
    import orjson

    return orjson.dumps(value, default=str)


def _without(value: Any, keys: tuple[str, ...]) -> Any:
    """The same without these keys, however deep."""
    if isinstance(value, list):
        return [_without(item, keys) for item in value]
    if isinstance(value, dict):
        return {key: _without(item, keys) for key, item in value.items() if key not in keys}
    return value


def people_in(items: Iterable[Document]) -> set[str]:
    """The public ids of everybody who acted."""
    found = {each["event"]["actor"] for item in items for each in item["custody"] if "actor" in each["event"]}
    return found | {each["document"]["by"] for item in items for each in item["gradings"] if "by" in each["document"]}


def title_of(item: Document) -> str:
    """What to call an item on a page: its title, else its form and the beginning of its digest."""
    document = item["document"]
    return document.get("title") or f"{document['form'].capitalize()} {document['digest'][:8]}"
