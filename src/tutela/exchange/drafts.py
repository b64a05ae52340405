"""Drafts: files somebody has given on the pages, kept until they are imported or thrown away.

One folder each, ``<workspace>/staging/drafts/<token>/``: ``files/`` as given (their names made harmless), ``draft.json`` with
whose it is, what was chosen and which job is under way, ``refused/`` for rows to be mended.  A draft belongs to the person
who made it and is swept away a day after it was last used.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from tutela.errors import TutelaError, Unusable, declare, problem
from tutela.people.actions import require
from tutela.people.rules import Actor

declare(
    {
        "draft-unknown": ("These files are not here any more.", "Files that wait to be imported are kept for a day: give them again."),
        "draft-empty": ("No file was given.", "Choose one file, or several that belong to one list."),
        "draft-too-large": (
            "The files hold {size}; at most {most} are taken on this page.",
            "Give fewer files, or import them with the command `tutela import` on the machine itself.",
        ),
        "import-rows-refused": (
            "{value} rows are refused, and all or none was wanted: nothing was written.",
            "Mend these rows and give the file again, or import the accepted rows.",
        ),
        "draft-too-many": ("{count} files were given; at most {most} are taken for one list.", "Import the lists one after the other."),
    }
)

LIVES = 86_400  # seconds since it was last used
MOST_FILES = 50
MOST_BYTES = 2 * 1024**3  # unless settings.TUTELA_UPLOAD_BYTES says otherwise
OPTIONS = ("encoding", "separator", "sheet", "layer", "crs", "coordinate_order")
BESIDE = (".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".qpj")  # parts of a shapefile: read with its .shp
RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")  # names Windows keeps for devices


@dataclass(slots=True)
class Draft:
    """What is kept of one draft.  ``mapping`` the name of a ready mapping; ``text`` a mapping in YAML; neither: chosen by itself.

    ``options`` as for ``tutela import``; ``job`` the number of the job under way; ``tried`` the number of its last dry run.
    """

    token: str
    owner: str
    files: list[str]
    options: dict[str, str] = field(default_factory=dict)
    mapping: str = ""
    text: str = ""
    suggested: bool = False
    job: int | None = None
    tried: int | None = None
    made: float = 0.0

    @property
    def folder(self) -> Path:
        return root() / self.token

    @property
    def paths(self) -> list[Path]:
        """The files to be opened: those read beside another (the parts of a shapefile) are left to it."""
        stems = {Path(name).stem.casefold() for name in self.files if name.lower().endswith(".shp")}
        return [
            self.folder / "files" / name
            for name in self.files
            if not (name.lower().endswith(BESIDE) and Path(name).stem.casefold() in stems)
        ]

    @property
    def refused(self) -> Path:
        return self.folder / "refused"


def root() -> Path:
    return settings.WORKSPACE.staging / "drafts"


def most_bytes() -> int:
    """How much may be given at once, in bytes: ``TUTELA_UPLOAD_BYTES`` of the settings."""
    return int(getattr(settings, "TUTELA_UPLOAD_BYTES", MOST_BYTES))


def create(
    actor: Actor, given: Iterable[tuple[str, BinaryIO]], options: dict[str, str] | None = None, mapping: str = "", text: str = ""
) -> Draft:
    """Keep these files (name, stream) as a draft of this person.  Raises ``draft-empty``, ``draft-too-large``, ``draft-too-many``."""
    require(actor, "dry-run")
    sweep()
    draft = Draft(secrets.token_urlsafe(16), actor.id, [], _known(options), mapping, text, made=time.time())
    folder = draft.folder / "files"
    folder.mkdir(parents=True)
    try:
        room = most_bytes()
        for name, stream in given:
            if len(draft.files) >= MOST_FILES:
                raise Unusable(problem("draft-too-many", count=f"more than {MOST_FILES}", most=MOST_FILES))
            kept = harmless(name, draft.files)
            room -= _copy(stream, folder / kept, room)
            draft.files.append(kept)
        if not draft.files:
            raise Unusable(problem("draft-empty"))
        save(draft)
    except OSError as error:
        shutil.rmtree(draft.folder, ignore_errors=True)
        if error.errno == 28:  # ENOSPC, the same number on every system
            raise TutelaError(problem("disk-full")) from None
        raise
    except BaseException:
        shutil.rmtree(draft.folder, ignore_errors=True)
        raise
    return draft


def _known(options: dict[str, str] | None) -> dict[str, str]:
    return {name: value.strip() for name, value in (options or {}).items() if name in OPTIONS and value and value.strip()}


def _copy(stream: BinaryIO, path: Path, most: int) -> int:
    size = 0
    with path.open("wb") as out:
        while piece := stream.read(1024 * 1024):
            size += len(piece)
            if size > most:
                raise Unusable(problem("draft-too-large", size=f"more than {in_words(most_bytes())}", most=in_words(most_bytes())))
            out.write(piece)
    return size


def in_words(size: int) -> str:
    """A number of bytes for people: ``1.5 MB``, in steps of a thousand."""
    value, unit = float(size), "bytes"
    for bigger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, bigger
    return f"{value:.0f} {unit}" if value >= 100 or unit == "bytes" else f"{value:.1f} {unit}"


def harmless(name: str, taken: Iterable[str] = ()) -> str:
    """A file's name that can do no harm on any system, different from those taken; scripts other than Latin stay."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    name = "".join("_" if c in '<>:"|?*' else c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    name = name.strip(" .") or "file"
    if RESERVED.match(name):
        name = f"_{name}"
    stem, dot, ending = name.partition(".")
    ending = dot + ending
    if len(ending) > 20 or not stem:
        stem, ending = os.path.splitext(name)
    stem, ending = stem[:80] or "file", ending[:20]
    while len((stem + ending).encode()) > 200:
        stem = stem[:-1]
    held, found, number = {t.casefold() for t in taken}, stem + ending, 2
    while found.casefold() in held:
        found, number = f"{stem}-{number}{ending}", number + 1
    return found


def save(draft: Draft) -> None:
    """Write down what is chosen (whole or not at all)."""
    part = draft.folder / f"draft.{os.getpid()}.{secrets.token_hex(4)}.tmp"
    part.write_text(json.dumps(asdict(draft), ensure_ascii=False), encoding="utf-8")
    os.replace(part, draft.folder / "draft.json")


def load(actor: Actor, token: str) -> Draft:
    """A draft of this person.  Raises ``draft-unknown`` also for another's."""
    require(actor, "dry-run")
    draft = _read(token) if re.fullmatch(r"[\w-]{16,40}", token, re.ASCII) else None
    if draft is None or draft.owner != actor.id:
        raise TutelaError(problem("draft-unknown"))
    return draft


def _read(token: str) -> Draft | None:
    try:
        held: dict[str, Any] = json.loads((root() / token / "draft.json").read_text(encoding="utf-8"))
        return Draft(**held)
    except (OSError, ValueError, TypeError):
        return None


def of(actor: Actor) -> list[Draft]:
    """The drafts of this person, the newest first."""
    found = [draft for path in _folders() if (draft := _read(path.name)) is not None and draft.owner == actor.id]
    return sorted(found, key=lambda draft: -draft.made)


def discard(draft: Draft) -> None:
    shutil.rmtree(draft.folder, ignore_errors=True)


def sweep(now: float | None = None) -> int:
    """Throw away drafts that nobody has used for a day; gives how many."""
    gone = 0
    for path in _folders():
        try:
            last = max(path.stat().st_mtime, (path / "draft.json").stat().st_mtime if (path / "draft.json").exists() else 0)
        except OSError:
            continue
        if (now or time.time()) - last > LIVES:
            shutil.rmtree(path, ignore_errors=True)
            gone += 1
    return gone


def _folders() -> list[Path]:
    try:
        return [path for path in root().iterdir() if path.is_dir()]
    except OSError:
        return []
