"""Taking a bundle in: proved first, then kept in one change, with the custody it came with.  The same bundle twice changes nothing."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from tutela.errors import EXIT_REFUSED, EXIT_UNUSABLE, Problem, TutelaError, declare, problem
from tutela.evidence import checks, copies, custody, held, keys, reads
from tutela.evidence.bundles import brought, checker
from tutela.evidence.intake_write import held_items
from tutela.evidence.rules.media import HEAD, TAIL, form_of, media_of
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import backend, blobs, journal
from tutela.store.documents import bare, canonical, dashed, new_ids
from tutela.store.write import Row, write

declare({
    "bundle-altered": ("{file}: {reason}.", "Nothing was taken in. Ask for the bundle again, and for its key by another way."),
    "bundle-public": ("This bundle is for the public: it holds no originals.", "Ask for one with originals."),
    "bundle-key": ("The key cannot be read: {reason}.", "Give 64 hexadecimal digits, or a file that holds them or a PEM public key."),
    "bundle-missing": ("{value} is not there.", "Name the folder or the .zip of a bundle."),
})

Document = dict[str, Any]
Progress = Callable[[str, int, int | None], None]
MOST_TOLD = 20


class Refusal(TutelaError):
    """Nothing was taken in; ``problems`` says why, file by file."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0], EXIT_REFUSED)
        self.problems = problems


@dataclass(slots=True)
class TakenIn:
    """What came of it.  ``items`` public ids; ``new`` those not held before; ``brought`` {kind: how many records};
    ``left`` {why: how many} were not linked or not kept; ``proven`` whether a key from outside was given."""

    bundle: str
    workspace: str
    key: str
    proven: bool
    items: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    brought: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)

    @property
    def unchanged(self) -> bool:
        return not self.brought

    def as_dict(self) -> dict[str, Any]:
        return {"bundle": self.bundle, "workspace": self.workspace, "key": self.key, "proven": self.proven, "items": self.items,
                "new": self.new, "brought": dict(self.brought), "left": dict(self.left), "unchanged": self.unchanged}


def take_in(actor: Actor, folder: Path, key: str | None = None, progress: Progress | None = None) -> TakenIn:
    """Prove a bundle (a folder or a zip) and take it in.  ``key``: the public key learned from outside, or a file that holds it.

    The same bytes are the same item, with one more acquisition (way ``bundle``).  Records it names that are not here are kept as
    text in the item's custody.  Raises :class:`Refusal` (``bundle-altered``, ``bundle-record``), ``bundle-public``, ``bundle-key``,
    ``bundle-missing``, ``disk-full``.
    """
    require(actor, "import-bundle")
    if not Path(folder).exists():
        raise TutelaError(problem("bundle-missing", value=folder), EXIT_UNUSABLE)
    try:
        given = checker.read_key(key) if key else None
    except (OSError, ValueError) as error:
        raise TutelaError(problem("bundle-key", reason=error), EXIT_UNUSABLE) from error
    if progress:
        progress("Proving the bundle", 0, None)
    found = checker.check(str(folder), given)
    if found.faults:
        raise Refusal([problem("bundle-altered", file=where or str(folder), reason=text, value=code)
                       for code, where, text in found.faults[:MOST_TOLD]])
    bundle = found.read("data/bundle.json")
    if bundle["kind"] != "originals":
        raise TutelaError(problem("bundle-public"), EXIT_REFUSED)
    try:
        return _Taking(actor, found, bundle, given is not None, progress).run()
    except checker.BROKEN as error:  # a signed bundle may still hold what no bundle of ours holds
        if isinstance(error, OSError):
            raise
        raise Refusal([problem("bundle-record", file=f"{folder} ({type(error).__name__}: {error})")]) from error


class _Taking:
    """One bundle being taken in."""

    def __init__(self, actor: Actor, found: checker.Check, bundle: Document, proven: bool, progress: Progress | None) -> None:
        self.actor, self.found, self.bundle, self.progress = actor, found, bundle, progress
        self.number, self.key = bundle["bundle"], found.facts["key"]
        self.proven = proven
        self.items = [found.read(f"data/items/{number}.json") for number in bundle["items"]]
        self.placed: list[tuple[str, Path]] = []  # (digest, folder) of files this import put there

    def run(self) -> TakenIn:
        try:
            with blobs.room():
                return self._run()
        except BaseException:
            with suppress(Exception):
                self._discard()
            raise

    def _plan(self) -> None:
        """What is to be written and kept, by what is here now."""
        self.report = TakenIn(dashed(self.number), str(self.bundle["workspace"]), self.key, self.proven)
        self.files: list[tuple[str, str, Path]] = []  # (name in the bundle, digest, folder to keep it in)
        self.texts: dict[str, bytes] = {}  # papers made here: digest → content
        self.local: dict[str, str] = {}  # item in the bundle → item here
        self.here = self._here()
        self.known, self.taken = self.here[0], set(self.here[1])
        self.kept = [item for item in self.items if self._is_kept(item)]
        for item in self.kept:
            self.local[item["id"]] = self._id_of(item)
        self.rows = {item["id"]: list(self._rows(item)) for item in self.kept}
        self.seals = list(self._seals(self.kept))

    def _here(self) -> tuple[dict[str, Any], set[str]]:
        """What of the bundle is here: items by digest, ids that are or were known."""
        return held_items(item["document"]["digest"] for item in self.items), self._taken_ids()

    def _run(self) -> TakenIn:
        self._plan()
        self._keep_files()
        context = {"bundle": self.number, "key": self.key, "proven": self.proven, **reads.anchor()}
        with journal.change(self.actor.id, "evidence.import-bundle", self.report.workspace[:500], **context) as change:
            if self._here() != self.here:  # somebody took in the same bytes meanwhile
                self._plan()
            self._keep_files()  # a repair that ran meanwhile may have taken what nothing named yet
            for item in self.kept:
                rows = self.rows[item["id"]]
                write(change, rows)
                if any(row.kind == "acquisition" and row.document and row.document.get("intake") == self.number for row in rows):
                    write(change, [self._custody(change, item)])
            write(change, self.seals)
        self.report.items = [dashed(each) for each in self.local.values()]
        return self.report

    # --- what is here already ---

    def _taken_ids(self) -> set[str]:
        """The ids of the bundle's records by which something is, or was, known here."""
        parts = ("acquisitions", "copies", "gradings", "citations")
        named = {item["id"] for item in self.items} | {each["id"] for item in self.items for part in parts for each in item[part]}
        named |= set(self.bundle["seals"]) | set(self.bundle["records"])
        return {row[0] for row in backend.select_in("SELECT uuid FROM store_record WHERE uuid IN {in}", sorted(named))}

    def _is_kept(self, item: Document) -> bool:
        digest = item["document"]["digest"]
        here = self.known.get(digest)
        if here is not None and here.document.get("state") == "destroyed":
            self.report.left["items that were destroyed here by rule"] += 1
            return False
        if item["original"] is None and here is None:
            self.report.left["items without their original"] += 1
            return False
        return True

    def _id_of(self, item: Document) -> str:
        here = self.known.get(item["document"]["digest"])
        if here is not None:
            return here.uuid
        if item["id"] in self.taken or not checker.is_hex(item["id"], 32):
            return new_ids(1)[0]
        return item["id"]

    # --- rows ---

    def _rows(self, item: Document) -> Iterator[Row]:
        here, digest, local = self.known.get(item["document"]["digest"]), item["document"]["digest"], self.local[item["id"]]
        if here is None:
            yield Row("item", local, self._item(item), new=True)
            self.report.new.append(dashed(local))
            self.report.brought["item"] += 1
        if item["original"]:
            self.files.append((item["original"], digest, blobs.folder()))
        if here is None or not self._came_before(local):
            yield self._row("acquisition", new_ids(1)[0], {
                "item": local, "way": "bundle", "intake": self.number, "received": _now(), "name": _name(item),
                "source": {"title": f"Bundle {dashed(self.number)} of {self.report.workspace}"[:500]}})
        for each in self._unknown(item["acquisitions"]):
            said, wrong = brought.acquisition(each)
            _refuse(wrong, each["id"])
            yield self._row("acquisition", each["id"], {"item": local, **self._relinked(said), "bundle": self.number})
        for each in self._unknown(item["copies"]):
            copy = brought.copy(each)
            if copy is None:
                self.report.left["working copies of a kind that is made here anew"] += 1
                continue
            self.files.append((each["file"], copy["digest"], copies.folder()))
            yield self._row("copy", each["id"], {"item": local, **copy})
        for each in self._unknown(item["gradings"]):
            said, wrong = brought.grading(each, self.key)
            _refuse(wrong, each["id"])
            yield self._row("grading", each["id"], {"item": local, **said})
        for each in self._unknown(item["citations"]):
            if self._is_here(each["document"]["record"]):
                said, wrong = brought.citation(each, item["document"])
                _refuse(wrong, each["id"])
                yield self._row("citation", each["id"], {"item": local, "record": each["document"]["record"], **said})
            else:
                self.report.left["citations by records that are not here (kept as text)"] += 1

    def _row(self, kind: str, uuid: str, document: Document) -> Row:
        self.report.brought[kind] += 1
        return Row(kind, uuid, document, new=True)

    def _unknown(self, records: list[Document]) -> Iterator[Document]:
        """Those that were never here; one that was deleted here stays deleted."""
        for each in records:
            if each["id"] not in self.taken and checker.is_hex(each["id"], 32):
                self.taken.add(each["id"])
                yield each

    def _is_here(self, uuid: str) -> bool:
        return uuid in self.taken and uuid in held.these([uuid])

    def _came_before(self, local: str) -> bool:
        return any(each.kind == "acquisition" and each.document.get("intake") == self.number
                   for each in held.pointing_at([local], "of")[local])

    def _item(self, item: Document) -> Document:
        """A new item: what the bundle says of it, what its bytes are, and a mark at least as strict as where it came from."""
        said, wrong = brought.item(item)
        _refuse(wrong, item["id"])
        places = [each for each in said.pop("places", ()) if self._is_here(each)]
        lost = [each for each in item["places"] if each["id"] not in places]
        mark = brought.stricter(said.get("handling", {}).get("mark"), lost) if lost else said.get("handling", {}).get("mark", "restricted")
        said["handling"] = {**said.get("handling", {}), "mark": mark}
        of = said.get("origin", {}).get("of")
        if of is not None and bare(of) not in self.local.values() and not self._is_here(bare(of)):
            said["origin"] = {key: value for key, value in said["origin"].items() if key != "of"}
            self.report.left["origins that are not here (kept as text)"] += 1
        if lost:
            self.report.left["places that are not here (kept as text)"] += len(lost)
        with self.found.source.open(item["original"]) as stream:
            media_type = _media(stream, _name(item), item["document"]["size"])
        return {**said, "digest": item["document"]["digest"], "size": item["document"]["size"], "media_type": media_type,
                "form": said.get("form") or form_of(media_type), "state": "held", **({"places": places} if places else {})}

    def _relinked(self, said: Document) -> Document:
        """An acquisition whose place or paper of consent is not here says so in words alone."""
        out = dict(said)
        if "place" in out.get("where", {}) and not self._is_here(out["where"]["place"]):
            out["where"] = {key: value for key, value in out["where"].items() if key != "place"}
        if "item" in out.get("consent", {}):
            consent = self.local.get(out["consent"]["item"])
            out["consent"] = {**{k: v for k, v in out["consent"].items() if k != "item"}, **({"item": consent} if consent else {})}
        return out

    def _custody(self, change: journal.Change, item: Document) -> Row:
        """The act, with the chain it came with and what could not be linked."""
        self.report.brought["custody"] += 1
        citations = [{**each["document"], "says": self._says(each["document"]["record"])} for each in item["citations"]
                     if not self._is_here(each["document"]["record"])]
        text = {"citations": citations, "places": [{**each, "says": self._says(each["id"])} for each in item["places"]
                                                   if not self._is_here(each["id"])],
                "witnesses": [each["pseudonym"] for each in item.get("witnesses", ())],
                "origin": item["document"].get("origin", {}), "handling": item["document"].get("handling", {})}
        said = {name: value for name, value in text.items() if value}
        return custody.act(change, self.actor, self.local[item["id"]], "imported", holder=self.report.workspace, bundle=self.number,
                           key=self.key, chain=item["custody"], item_there=item["id"], said=said)

    def _says(self, record: str) -> str:
        """A record that is not here, in a line: what it is called, or what it is."""
        if record not in self.bundle["records"]:
            return ""
        found = self.found.read(f"data/records/{record}.json")
        names = [str(each.get("text")) for each in found["document"].get("names", ())[:4]]
        observed = found["document"].get("observed")
        return " / ".join(names) or " ".join(filter(None, (str(found["kind"]), str(observed) if observed else "")))

    # --- seals and files ---

    def _seals(self, kept: list[Document]) -> Iterator[Row]:
        """Seals of the items that were kept, with their openings, as far as they were handed over."""
        for number in self.bundle["seals"]:
            if number in self.taken:
                continue
            opened = [(self.local[item["id"]], {"salt": seal["salt"], "entry": seal["entry"]})
                      for item in kept for seal in item["seals"] if seal["seal"] == number]
            if not opened:
                continue
            document = self.found.read(f"data/seals/{number}/seal.json")
            entries = canonical({"entries": [each for _, each in opened]})
            self.files.append((f"data/seals/{number}/manifest.json", document["manifest"], blobs.folder()))
            stamps = [self._stamp(number, place, stamp) for place, stamp in enumerate(document["stamps"])]
            yield self._row("seal", number, {
                "items": sorted(local for local, _ in opened), "manifest": document["manifest"], "entries": self._paper(entries),
                "signature": document["signature"], "key": document["key"], "made": str(document["made"])[:40],
                "head": {"line": int(document["head"]["line"]), "chain": str(document["head"]["chain"])[:64]},
                "stamps": stamps, "bundle": self.number})

    def _stamp(self, number: str, place: int, stamp: Document) -> Document:
        for part, ending in (("request", "tsq"), ("token", "tsr"), ("certificates", "pem")):
            if stamp.get(part):
                self.files.append((f"data/seals/{number}/{place}.{ending}", stamp[part], blobs.folder()))
        known = ("authority", "request", "token", "certificates", "asked", "stamped", "over")
        return {**{key: stamp[key] for key in known if key in stamp}, "given": False}

    def _paper(self, content: bytes) -> str:
        from hashlib import sha256

        digest = sha256(content).hexdigest()
        self.texts[digest] = content
        return digest

    def _keep_files(self) -> None:
        """Have every file on the disk before a record names it."""
        for digest, content in self.texts.items():
            if not blobs.where(digest).exists():
                blobs.put(io.BytesIO(content), digest)
                self.placed.append((digest, blobs.folder()))
        for done, (name, digest, root) in enumerate(self.files, 1):
            if not blobs.where(digest, root).exists():
                root.mkdir(exist_ok=True)
                with self.found.source.open(name) as stream:
                    blobs.put(stream, digest, root)
                self.placed.append((digest, root))
            if self.progress:
                self.progress("Files", done, len(self.files))

    def _discard(self) -> None:
        """Nothing was written: leave no file of it, unless a record names it by now."""
        if not self.placed:
            return
        with journal.change(self.actor.id, "evidence.import-bundle"):  # the writer's place: nobody names one of them meanwhile
            for root, name in ((blobs.folder(), "blobs"), (copies.folder(), "copies")):
                placed = {digest for digest, folder in self.placed if folder == root}
                for digest in placed - checks.needed(placed, name):
                    blobs.where(digest, root).unlink(missing_ok=True)


def _media(stream: BinaryIO, name: str, size: int) -> str:
    """The media type by content, as at any intake."""
    head = stream.read(HEAD)
    tail = head
    if size > HEAD:
        stream.seek(max(0, size - TAIL))
        tail = stream.read(TAIL)
    return media_of(name, head, tail).type


def _name(item: Document) -> str:
    """The name it first came with, else the beginning of its digest."""
    names = [each["document"].get("name") for each in item["acquisitions"]]
    return str(next(filter(None, names), item["document"]["digest"][:16]))[:500]


def _refuse(problems: list[Problem], where: str) -> None:
    if problems:
        raise Refusal([each.at(file=f"record {dashed(where)}") for each in problems])


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def own_key(key: str) -> bool:
    """Whether this workspace signed with it."""
    return key in keys.known()
