"""Writing a hand-over bundle: BagIt 1.0 (RFC 8493), signed, whole or absent, with the script that proves it.

Layout and formats: README.txt of any bundle (``page.readme``) and docs/decisions/0008-seals-and-bundles.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tutela import __version__
from tutela.errors import EXIT_UNUSABLE, Problem, TutelaError, declare, problem
from tutela.evidence import copies, custody, held, keys, queries, reads, witnesses
from tutela.evidence.bundles import page
from tutela.evidence.bundles.checker import BAGIT, PAYLOAD, SIGNATURE, TAGS, canonical
from tutela.evidence.bundles.gather import Gathering, people_in
from tutela.evidence.bundles.sinks import Sink, sink
from tutela.people.actions import require
from tutela.people.rules import PUBLIC, Actor
from tutela.store import backend, blobs, journal
from tutela.store.documents import bare, dashed, loads, new_ids
from tutela.store.write import live_rows
from tutela.vocabulary import disclaimer

declare({
    "bundle-empty": ("There is nothing to hand over.", "Name items or places with evidence that you may see; "
                     "for --public, items whose mark is open."),
    "bundle-original": ("The original of {value} is not what was taken in.", "Run `tutela verify`; restore it from a backup."),
})

SLICE = 200
Document = dict[str, Any]
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Written:
    """What was handed over.  ``key`` the public key to tell the receiver; ``digest`` SHA-256 of the tag manifest that was signed."""

    file: str
    bundle: str
    items: int
    records: int
    seals: int
    bytes: int
    key: str
    digest: str
    left_out: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def bundle(actor: Actor, out: Path, items: Iterable[str] | None = None, places: Iterable[str] | None = None,
           progress: Progress | None = None, public: bool = False, names: bool = False, purpose: str = "") -> Written:
    """Hand over these items, those of these places, or all the actor may see; to a new folder, or a zip if ``out`` ends so.

    ``public``: only open items as the public may see them, without originals, people and metadata.  ``names``: say who the
    people in the chain are (else their ids alone).  Every original is opened by ``custody.open_original`` as exported.

    Raises ``record-unknown``, ``bundle-empty``, ``bundle-exists``, ``bundle-where``, ``bundle-original``, ``disk-full``.
    """
    require(actor, "export-evidence")
    reader = PUBLIC if public else actor
    wanted = _wanted(actor, reader, items, places)
    withheld = _withheld(wanted, public)
    if items is not None and withheld:  # what was asked for by its id is refused aloud; of the rest it is said how many stay
        raise TutelaError(next(iter(withheld.values()))[0])
    wanted = [each for each in wanted if each not in withheld]
    if not wanted:
        raise TutelaError(problem("bundle-empty"), EXIT_UNUSABLE)
    key = keys.current(actor).key
    number = new_ids(1)[0]
    target = sink(out, f"tutela-bundle-{number[:12]}")
    try:
        with _full(out):
            gathering = Gathering(reader, public)
            gathering.left_out.update({"items whose witnesses do not let them leave": len(withheld)} if withheld else {})
            return _Writing(actor, gathering, target, number, key, names and not public, purpose, progress).run(wanted)
    except BaseException:
        with suppress(OSError):
            target.drop()
        raise


def _wanted(actor: Actor, reader: Actor, items: Iterable[str] | None, places: Iterable[str] | None) -> list[str]:
    """Public ids, 32 digits.  What was named must be there for whoever names it; of the rest, what the reader may see."""
    if items is not None:
        named = [bare(each) for each in items]
        for each in named:
            queries.visible(actor, each)
    elif places is not None:
        found = held.pointing_at([bare(each) for each in places], "concerns")
        named = [each.uuid for pointing in found.values() for each in pointing if each.kind == "item"]
    else:
        named = [uuid for _, uuid, _, _ in live_rows("item")]
    return [each for each in dict.fromkeys(named) if _sees(reader, each)]


def _withheld(wanted: list[str], public: bool) -> dict[str, list[Problem]]:
    """Those of these items that a witness has not let leave, or lets leave no more, each with why."""
    documents = {uuid: loads(text) for uuid, text in backend.select_in(
        "SELECT r.uuid, p.document FROM store_record r JOIN store_line p ON p.seq = r.line WHERE r.uuid IN {in}", wanted)}
    return witnesses.refusals(documents, "publish" if public else "hand-over")


def _sees(reader: Actor, uuid: str) -> bool:
    try:
        queries.visible(reader, uuid)
    except TutelaError:
        return False
    return True


class _full:  # noqa: N801  (reads as a word: ``with _full(out):``)
    """A full disk as a coded error."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        import errno

        if isinstance(error, OSError):
            if error.errno in (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)):
                raise TutelaError(problem("disk-full")) from error
            raise TutelaError(problem("bundle-where", value=self.out, reason=error.strerror or str(error)), EXIT_UNUSABLE) from error


def as_json(value: Any) -> bytes:
    """A file of the bundle, readable and the same every time."""
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"


@dataclass(slots=True)
class _Writing:
    """One bundle being written."""

    actor: Actor
    gathering: Gathering
    sink: Sink
    number: str
    key: str
    names: bool
    purpose: str
    progress: Progress | None

    def run(self, wanted: list[str]) -> Written:
        self.sink.add("bagit.txt", BAGIT)
        line, chain = journal.head()
        items: list[Document] = []
        for start in range(0, len(wanted), SLICE):
            for item in self.gathering.items(wanted[start : start + SLICE]):
                self._files(item)
                item["custody"] = self.gathering.custody(item["id"])
                self.sink.add(f"data/items/{item['id']}.json", as_json(item))
                items.append(item)
                if self.progress:
                    self.progress("Items", len(items), len(wanted))
        for uuid, record in self.gathering.records.items():
            self.sink.add(f"data/records/{uuid}.json", as_json(record))
        for uuid, seal in self.gathering.seals.items():
            self._seal(uuid, seal)
        told = self._told(items, {"line": line, "chain": chain})
        self.sink.add("data/bundle.json", as_json(told))
        return self._closed(told, items)

    def _told(self, items: list[Document], head: Document) -> Document:
        from django.conf import settings

        from tutela.people.queries import names

        public = self.gathering.public
        told: Document = {
            "format": "tutela-bundle/1", "bundle": self.number, "made": _now(), "workspace": settings.WORKSPACE.title, "head": head,
            "kind": "public" if public else "originals", "audience": self.gathering.reader.role, "key": self.key,
            "items": [each["id"] for each in items], "records": sorted(self.gathering.records), "seals": sorted(self.gathering.seals),
            "left_out": dict(self.gathering.left_out), "software": f"Tutela {__version__}",
            "disclaimer": {lang: disclaimer.text("boundaries", lang) for lang in disclaimer.LANGUAGES},
        }
        if not public:
            told["by"] = self.actor.id
        if self.names:
            people = people_in(items) | {self.actor.id}
            told["people"] = {who: name for who, name in names(people).items() if who in people}
        return told

    def _files(self, item: Document) -> None:
        """The original, opened as an export, and the working copies; a file that two records share is written once."""
        document = item["document"]
        if not self.gathering.public and document.get("state") != "destroyed":
            name = self.gathering.original_of(document)
            purpose = self.purpose or f"bundle {dashed(self.number)}"
            with custody.open_original(self.actor, item["id"], act="exported", purpose=purpose) as it:
                if self.sink.add(name, it) != document["digest"]:
                    raise TutelaError(problem("bundle-original", value=dashed(item["id"])))
            item["original"] = name
        for copy in item["copies"]:
            if copy["file"] not in self.sink.written:
                with blobs.open(copy["document"]["digest"], copies.folder()) as stream:
                    if self.sink.add(copy["file"], stream) != copy["document"]["digest"]:
                        raise TutelaError(problem("bundle-original", value=dashed(item["id"])))

    def _seal(self, uuid: str, seal: Document) -> None:
        folder = f"data/seals/{uuid}"
        self.sink.add(f"{folder}/seal.json", as_json({"id": uuid, **seal}))
        self._blob(f"{folder}/manifest.json", seal["manifest"])
        for place, stamp in enumerate(seal["stamps"]):
            for part, ending in (("request", "tsq"), ("token", "tsr"), ("certificates", "pem")):
                if stamp.get(part):
                    self._blob(f"{folder}/{place}.{ending}", stamp[part])

    def _blob(self, name: str, digest: str) -> None:
        with custody.open_paper(digest) as stream:
            self.sink.add(name, stream)

    def _closed(self, told: Document, items: list[Document]) -> Written:
        """The files about the files, the signature, the name."""
        payload = {name: held for name, held in self.sink.written.items() if name.startswith("data/")}
        size = sum(size for _, size in payload.values())
        self.sink.add("README.txt", page.readme(told).encode())
        self.sink.add("index.html", "".join(page.html(told, items, self.gathering.records, self.gathering.seals)).encode())
        self.sink.add("verify.py", Path(__file__).with_name("checker.py").read_bytes().replace(b"\r\n", b"\n"))
        self.sink.add("bag-info.txt", (
            f"Bagging-Date: {told['made'][:10]}\nBag-Software-Agent: Tutela {__version__}\n"
            f"External-Identifier: urn:uuid:{dashed(self.number)}\n"
            f"Source-Organization: {' '.join(told['workspace'].split())}\nPayload-Oxum: {size}.{len(payload)}\n").encode())
        self.sink.add(PAYLOAD, _manifest(payload))
        tags = {name: held for name, held in self.sink.written.items() if not name.startswith("data/")}
        digest = self.sink.add(TAGS, _manifest(tags))
        statement = {"format": "tutela-bundle-statement/1", "tagmanifest": digest,
                     **{name: told[name] for name in ("bundle", "made", "head", "workspace")}}
        key, signature = keys.sign(self.actor, canonical(statement))
        if key != self.key:
            raise TutelaError(problem("changed-meanwhile"))
        self.sink.add(SIGNATURE, canonical({"key": key, "signature": signature, "statement": statement}) + b"\n")
        journal.note(self.actor.id, "evidence.bundle", self.purpose, bundle=self.number, tagmanifest=digest, items=len(items),
                     public=self.gathering.public, **reads.anchor())
        self.sink.finish()
        return Written(str(self.sink.out), dashed(self.number), len(items), len(told["records"]), len(told["seals"]),
                       sum(size for _, size in self.sink.written.values()), key, digest, told["left_out"])


def _manifest(files: dict[str, tuple[str, int]]) -> bytes:
    return "".join(f"{digest}  {name}\n" for name, (digest, _) in sorted(files.items())).encode()


def _now() -> str:
    return datetime.now(UTC).replace(microsecond=0).isoformat()


def described(path: Path) -> Document:
    """What a bundle says of itself (``data/bundle.json``), unproven."""
    from tutela.evidence.bundles.checker import at

    with at(str(path)).open("data/bundle.json") as stream:
        return loads(stream.read())
