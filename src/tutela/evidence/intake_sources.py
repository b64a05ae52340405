"""What there is to take in: files, folders, the members of ZIP files.  Looked through before a byte is copied.

Limits: ``MOST_FILES`` files in one intake; of a ZIP file ``MOST_UNPACKED`` bytes unpacked, and no member that unpacks to more
than ``MOST_RATIO`` times its size (beyond ``FREE`` bytes, below which nobody is harmed).
"""

from __future__ import annotations

import os
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO

from tutela.errors import Problem, declare, problem

MOST_FILES = 200_000
MOST_UNPACKED = 64 << 30
MOST_RATIO = 200
FREE = 16 << 20
LONGEST_NAME = 1000
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
JUNK = {".ds_store", "thumbs.db", "desktop.ini", "__macosx"}  # what systems leave in folders

declare({
    "intake-missing": ("There is no file {file}.", "Check the name."),
    "intake-unreadable": ("{file} cannot be read: {reason}.", "Check that you may read it, and that its disk is sound."),
    "intake-link": ("{file} is a link to something else.", "Give the file it leads to, or take the link away."),
    "intake-not-file": ("{file} is neither a file nor a folder.", "Leave it out."),
    "intake-empty": ("{file} is empty.", "Leave it out, or copy it again from its source."),
    "intake-changed": ("{file} changed while it was read.", "Wait until nobody writes to it, then give it again."),
    "intake-nothing": ("There is no file in {value}.", "Give files, folders that hold some, or ZIP files."),
    "intake-too-many": ("These are more than {most:,} files.", "Take them in by several folders."),
    "archive-damaged": ("{file} is a damaged ZIP file: {reason}.", "Get it again from its source; or unpack what can be saved, "
                        "and give the folder."),
    "archive-encrypted": ("{file} is encrypted.", "Unpack it with its password, and give the folder."),
    "archive-nested": ("{file} is a ZIP file within a ZIP file.", "Unpack the outer one, and give the folder."),
    "archive-escapes": ("{file} names a place outside its ZIP file.", "Do not trust this delivery; unpack it in a closed place first."),
    "archive-bomb": ("{file} unpacks to far more than it holds ({reason}).",
                     "Do not trust this delivery; unpack it in a closed place first."),
    "archive-twice": ("{file} stands twice in its ZIP file.", "Unpack it, and give the folder: which of the two is meant cannot be told."),
    "archive-method": ("{file} is packed in a way that cannot be read here.",
                       "Unpack it with the program that made it, and give the folder."),
})


@dataclass(frozen=True, slots=True)
class Source:
    """One file to be taken in.  ``name`` and ``path`` as delivered (``path`` the folder within the delivery, may be empty).

    ``key`` its own path, or that of its ZIP file and the member's name; ``size`` bytes as said before reading; ``mtime`` (ns) of it,
    or of its ZIP file.  There may be very many, so it holds little.
    """

    key: str
    name: str
    path: str
    way: str
    size: int
    mtime: int
    archive: zipfile.ZipFile | None = None
    member: zipfile.ZipInfo | None = None

    @property
    def label(self) -> str:
        """What it is called to a person."""
        return f"{self.path}/{self.name}" if self.path else self.name

    def open(self) -> BinaryIO | IO[bytes]:
        """For reading from the beginning."""
        if self.archive is None or self.member is None:
            return open(self.key, "rb", 0, opener=_open_plain)
        return self.archive.open(self.member)


def _open_plain(path: str, flags: int) -> int:
    """Whatever was put in the file's place since it was looked at: no link is followed, no pipe waited for."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


@dataclass(slots=True)
class Found:
    """All there is, and what is wrong with it; ``left`` what systems leave in folders, and nobody wants."""

    sources: list[Source] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    archives: list[zipfile.ZipFile] = field(default_factory=list)

    def close(self) -> None:
        for archive in self.archives:
            archive.close()


def look(paths: list[Path], unpack: bool = True) -> Found:
    """Everything at these paths, in a fixed order.  ``unpack`` False: a ZIP file is one file like any other."""
    found = Found()
    for path in paths:
        _look_at(path, unpack, found)
        if len(found.sources) > MOST_FILES:
            found.problems.append(problem("intake-too-many", most=MOST_FILES))
            break
    if not found.sources and not found.problems:
        found.problems.append(problem("intake-nothing", value=", ".join(map(str, paths[:3]))))
    return found


def _look_at(path: Path, unpack: bool, found: Found) -> None:
    try:
        about = path.lstat()
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        code = "intake-missing" if missing else "intake-unreadable"
        found.problems.append(problem(code, file=str(path), **({} if missing else {"reason": error.strerror or error})))
        return
    if stat.S_ISDIR(about.st_mode):
        for file, inside in _walk(path, found):
            _add(file, shown(file.name), inside, "folder", found, unpack=False)
    else:
        _add(path, shown(path.name), "", "file", found, unpack)


def _walk(folder: Path, found: Found) -> Iterator[tuple[Path, str]]:
    """(file, folder within the delivery) below a folder, links not followed."""
    waiting = [(folder, shown(folder.resolve().name))]
    while waiting:
        at, inside = waiting.pop()
        try:
            entries = sorted(os.scandir(at), key=lambda entry: entry.name)
        except OSError as error:
            found.problems.append(problem("intake-unreadable", file=str(at), reason=error.strerror or error))
            continue
        folders = []
        for entry in entries:
            if is_junk(entry.name):
                found.left.append(f"{inside}/{shown(entry.name)}")
            elif entry.is_dir(follow_symlinks=False):
                folders.append((Path(entry.path), f"{inside}/{shown(entry.name)}"))
            else:
                yield Path(entry.path), inside[:LONGEST_NAME]
            if len(found.sources) > MOST_FILES:
                return
        waiting += reversed(folders)


def _add(file: Path, name: str, inside: str, way: str, found: Found, unpack: bool) -> None:
    label = f"{inside}/{name}" if inside else name
    try:
        about = file.lstat()
        if stat.S_ISLNK(about.st_mode):
            found.problems.append(problem("intake-link", file=label))
        elif not stat.S_ISREG(about.st_mode):
            found.problems.append(problem("intake-not-file", file=label))
        elif about.st_size == 0:
            found.problems.append(problem("intake-empty", file=label))
        elif unpack and is_archive(file):
            _look_into(file, label, about.st_mtime_ns, found)
        else:
            key = os.path.abspath(file)
            found.sources.append(Source(key, name, inside, way, about.st_size, about.st_mtime_ns))
    except OSError as error:
        found.problems.append(problem("intake-unreadable", file=label, reason=error.strerror or error))


def is_archive(file: Path) -> bool:
    """Whether a file is a ZIP of files: not a document that is a ZIP inside, nor a picture with one behind it."""
    from tutela.evidence.rules.media import HEAD, TAIL, ZIP, media_of

    with open(file, "rb") as stream:
        head = stream.read(HEAD)
        if head[:2] != b"PK":
            return False
        stream.seek(max(0, file.stat().st_size - TAIL))
        return media_of(file.name, head, stream.read()).type == ZIP


def _look_into(file: Path, label: str, mtime: int, found: Found) -> None:
    """The members of a ZIP file; every one is judged by the directory before any is unpacked."""
    try:
        archive = zipfile.ZipFile(file)
        members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, EOFError, UnicodeError) as error:
        found.problems.append(problem("archive-damaged", file=label, reason=error))
        return
    found.archives.append(archive)
    seen: set[str] = set()
    unpacked, end, before = 0, 0, len(found.sources)
    for info in sorted(members, key=lambda info: info.header_offset):
        name = f"{label}/{shown(info.filename)}"
        if wrong := _wrong(info, name, seen, end):
            found.problems.append(wrong)
            continue
        seen.add(info.filename)
        end = info.header_offset + 30 + info.compress_size
        parts = [shown(part) for part in info.filename.split("/") if part not in ("", ".")]
        if info.is_dir() or not parts:
            continue
        if any(map(is_junk, parts)):
            found.left.append(name)
            continue
        unpacked += info.file_size
        if info.file_size == 0:
            found.problems.append(problem("intake-empty", file=name))
        key = f"{os.path.abspath(file)}!{info.filename}"
        folder = "/".join([label, *parts[:-1]])[:LONGEST_NAME]
        found.sources.append(Source(key, parts[-1], folder, "zip", info.file_size, mtime, archive, info))
    if unpacked > MOST_UNPACKED or len(members) > MOST_FILES:
        found.problems.append(problem("archive-bomb", file=label, reason=f"{unpacked:,} bytes in {len(members):,} files"))
        del found.sources[before:]


def _wrong(info: zipfile.ZipInfo, name: str, seen: set[str], end: int) -> Problem | None:
    """Why a member is refused, by what the directory says of it."""
    parts = info.filename.replace("\\", "/").split("/")
    if info.filename.startswith(("/", "\\")) or ".." in parts or ":" in parts[0][:2] or len(info.filename) > LONGEST_NAME:
        return problem("archive-escapes", file=name)
    if info.flag_bits & 0x41:
        return problem("archive-encrypted", file=name)
    if stat.S_ISLNK(info.external_attr >> 16):
        return problem("intake-link", file=name)
    if info.filename in seen:
        return problem("archive-twice", file=name)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        return problem("archive-method", file=name)
    if info.header_offset < end:
        return problem("archive-bomb", file=name, reason="its members overlap")
    if info.file_size > FREE and info.file_size > MOST_RATIO * max(info.compress_size, 1):
        return problem("archive-bomb", file=name, reason=f"{info.compress_size:,} bytes become {info.file_size:,}")
    return None


def is_junk(name: str) -> bool:
    """What systems leave in folders: no delivery."""
    return name.lower() in JUNK or name.startswith("._")


def shown(name: str) -> str:
    """A name that can be kept and shown: whole letters (bytes that are none become marks), no control characters, and none
    that make text run the other way than its letters do (U+202A–202E, U+2066–2069), by which ``gpj.exe`` shows as ``exe.jpg``."""
    text = os.fsencode(name).decode("utf-8", "replace") if not _clean(name) else name
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs") or c in TURNING else c for c in text)[:LONGEST_NAME] or "\ufffd"


def _clean(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
