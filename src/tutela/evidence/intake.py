"""Taking files in: looked through, copied while digested, brought to the disk, and only then written down; all or nothing.

The order: every file is copied into ``blobs/.incoming`` (``intake_copy``) and noted in a log (``intake_log``) → the copies are
synced → each gets its digest as its name → the folders are synced → one change writes items and acquisitions.  Killed before
the last step, nothing is in the register, and the same paths given again go on where it was.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tutela.errors import EXIT_OK, EXIT_REFUSED, Problem, problem
from tutela.evidence.checks import needed
from tutela.evidence.intake_copy import Copying, disk, sync_at_once
from tutela.evidence.intake_log import Copied, IntakeLog
from tutela.evidence.intake_sources import Source, look
from tutela.evidence.intake_write import Intaken, Refusal, keep
from tutela.evidence.rules.media import may_be
from tutela.evidence.rules.validation import check_acquisition, check_description
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import blobs, journal
from tutela.store import search as store_search
from tutela.store.documents import bare, dashed

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Given:
    """What is said of the files of one delivery (docs/records.md, *evidence*).  All may be left out.

    ``acquired`` EDTF; ``where`` {place, text, x, y}; ``source`` {uri, title, outlet}; ``consent`` {given, scope, item};
    ``handling`` {mark, reason}; ``origin`` {kind, of, outlet}; ``places`` public ids; ``form`` where the content does not tell;
    ``unpack`` False keeps a ZIP file as it is.  ``title`` is for one file alone: several are called by their names.
    """

    collector: str = ""
    acquired: str = ""
    where: dict[str, Any] = field(default_factory=dict)
    source: dict[str, Any] = field(default_factory=dict)
    consent: dict[str, Any] = field(default_factory=dict)
    restrictions: str = ""
    handling: dict[str, Any] = field(default_factory=dict)
    places: Sequence[str] = ()
    witnesses: Sequence[str] = ()
    title: str = ""
    description: str = ""
    lang: str = ""
    origin: dict[str, Any] = field(default_factory=dict)
    form: str = ""
    way: str = ""
    unpack: bool = True

    def of_item(self) -> dict[str, Any]:
        said = {"description": self.description, "lang": self.lang, "places": list(self.places), "witnesses": list(self.witnesses),
                "handling": self.handling, "origin": self.origin, "form": self.form, "title": self.title}
        return {key: value for key, value in said.items() if value}

    def of_acquisition(self) -> dict[str, Any]:
        said = {"collector": self.collector, "acquired": self.acquired, "where": self.where, "source": self.source,
                "consent": self.consent, "restrictions": self.restrictions, "way": self.way}
        return {key: value for key, value in said.items() if value}


@dataclass(slots=True)
class Taken:
    """What came of an intake.  ``items`` and ``acquisitions`` public ids; ``same`` those of ``items`` that were held before;
    ``unchanged`` files of which everything was known; ``refused`` why nothing was taken in; ``warnings`` what to know."""

    intake: str = ""
    items: list[str] = field(default_factory=list)
    acquisitions: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    unchanged: int = 0

    @property
    def exit_code(self) -> int:
        return EXIT_REFUSED if self.refused else EXIT_OK

    def as_dict(self) -> dict[str, Any]:
        return {"intake": self.intake, "files": self.files, "bytes": self.bytes, "items": self.items, "acquisitions": self.acquisitions,
                "same": self.same, "unchanged": self.unchanged, "left": self.left,
                "refused": [one.as_dict() for one in self.refused], "warnings": [one.as_dict() for one in self.warnings]}


def take(actor: Actor, paths: Iterable[Path | str], given: Given | None = None, progress: Progress | None = None) -> Taken:
    """Take in all files at ``paths``, or none: then ``refused`` says why, file by file.

    The originals are not touched.  Stopped by ``progress`` (or killed), what was copied is kept for the next time.  Raises
    ``not-allowed``, ``intake-running``, ``disk-full``.
    """
    require(actor, "add-evidence")
    wanted = [Path(path) for path in paths]
    said = given or Given()
    try:
        said = replace(said, places=[bare(place) for place in said.places], origin=_bared(said.origin, "of"),
                       where=_bared(said.where, "place"), consent=_bared(said.consent, "item"))
    except AttributeError:
        pass  # not even text: the rules say so
    wrong = _check(actor, said)
    if wrong:
        return Taken(refused=wrong)
    found = look(wanted, said.unpack)
    try:
        if found.problems:
            return Taken(refused=found.problems, left=found.left)
        taken = _logged(actor, wanted, found.sources, said, progress or (lambda doing, done, total: None))
        taken.left = found.left
        return taken
    finally:
        found.close()


def _bared(part: dict[str, Any], key: str) -> dict[str, Any]:
    return {**part, key: bare(part[key])} if isinstance(part.get(key), str) else part


def _check(actor: Actor, given: Given) -> list[Problem]:
    wrong = check_description(given.of_item()) + check_acquisition(given.of_acquisition())
    if wrong:
        return wrong
    places = {*given.places, *filter(None, [given.where.get("place")])}
    wrong = [problem("record-unknown", column="places", value=place) for place in sorted(places)
             if store_search.read(place, actor.audience) is None]
    if given.handling.get("mark") == "open":
        require(actor, "handle")
    from tutela.evidence.queries import sees

    others = filter(None, [given.origin.get("of"), given.consent.get("item")])
    return wrong + [problem("record-unknown", column="origin.of", value=other) for other in others if not sees(actor, other)]


class _Told:
    """The progress of whoever asked, and whether it was there that the work was stopped."""

    def __init__(self, progress: Progress) -> None:
        self.progress, self.stopped = progress, False

    def __call__(self, doing: str, done: int, total: int | None) -> None:
        try:
            self.progress(doing, done, total)
        except BaseException:
            self.stopped = True
            raise


def _logged(actor: Actor, paths: list[Path], sources: list[Source], given: Given, progress: Progress) -> Taken:
    """The intake with its log: kept where the work was stopped, dropped with all copies where it ended or failed."""
    told, placed = _Told(progress), []  # type: ignore[var-annotated]
    with blobs.room():
        log = IntakeLog(paths)
    try:
        taken = _take(actor, log, sources, given, told, placed)
    except (KeyboardInterrupt, SystemExit):
        log.keep()
        raise
    except OSError as error:
        _discard(actor, log, placed)
        raise disk(error) from error
    except BaseException:
        if told.stopped:
            log.keep()
        else:
            _discard(actor, log, placed)
        raise
    if taken.refused:
        _discard(actor, log, placed)
    else:
        log.drop()
    return taken


def _discard(actor: Actor, log: IntakeLog, placed: list[str]) -> None:
    """Leave nothing: the files this intake placed, unless a record names them by now; then its copies and its log."""
    with suppress(Exception):  # the writer's place keeps others from naming one of them meanwhile
        if placed:
            with journal.change(actor.id, "evidence.intake"):
                for digest in set(placed) - needed(placed, "blobs"):
                    blobs.where(digest).unlink(missing_ok=True)
    log.drop()


def _take(actor: Actor, log: IntakeLog, sources: list[Source], given: Given, progress: Progress, placed: list[str]) -> Taken:
    copying = Copying(log, sources, progress)
    taken = Taken(intake=dashed(log.id), files=len(sources), bytes=copying.total)
    pairs: list[tuple[Source, Copied]] = []
    with closing(copying.run()) as results:
        for source, result in results:
            if isinstance(result, Problem):
                taken.refused.append(result)
            elif given.form and not may_be(result.media_type, given.form):
                taken.refused.append(problem("media-form", file=source.label, value=result.media_type, form=given.form))
            else:
                pairs.append((source, result))
                taken.warnings += [problem(code, file=source.label, value=value) for code, value in result.noticed]
    if taken.refused:
        return Taken(refused=taken.refused, files=taken.files)
    progress("Syncing", 0, None)
    if copying.together:
        sync_at_once(blobs.folder())
    _place(log, [copied for _, copied in pairs], placed)
    _sync_folders(placed, copying.together)
    progress("Writing", 0, None)
    try:
        intaken = Intaken(log.id, pairs, given.of_item(), given.of_acquisition(), lambda: _spare(log, pairs, placed))
        written = keep(actor, intaken)
    except Refusal as refusal:
        return Taken(refused=refusal.problems, files=taken.files)
    taken.items, taken.acquisitions = [dashed(uuid) for uuid in written.items], [dashed(uuid) for uuid in written.acquisitions]
    taken.same, taken.unchanged = [dashed(uuid) for uuid in written.same], written.unchanged
    return taken


def _place(log: IntakeLog, copies: list[Copied], placed: list[str]) -> None:
    """Give each copy its digest as its name, where none of that name is whole already."""
    root, made = str(blobs.folder()), set()
    for copied in copies:
        if _has(root, copied):
            continue
        part = os.path.join(root, copied.digest[:2])
        if part not in made:
            os.makedirs(part, exist_ok=True)
            made.add(part)
        os.replace(log.path(copied.number), os.path.join(part, copied.digest))
        placed.append(copied.digest)


def _has(root: str, copied: Copied) -> bool:
    """Whether the blob is there, as long as it should be (text, not ``Path``: this is done for each of many files)."""
    try:
        return os.stat(os.path.join(root, copied.digest[:2], copied.digest)).st_size == copied.size
    except FileNotFoundError:
        return False


def _sync_folders(placed: list[str], together: bool) -> None:
    root = blobs.folder()
    if not placed:
        return
    if together:
        sync_at_once(root)
        return
    for part in sorted({digest[:2] for digest in placed}):
        blobs.sync_folder(root / part)
    blobs.sync_folder(root)


def _spare(log: IntakeLog, pairs: list[tuple[Source, Copied]], placed: list[str]) -> None:
    """Within the change: files that another intake had placed, and took away again meanwhile, are placed from our own copies."""
    root, again = str(blobs.folder()), []  # type: ignore[var-annotated]
    gone = [copied for _, copied in pairs if not _has(root, copied)]
    _place(log, gone, again)
    _sync_folders(again, together=False)
    placed += again
