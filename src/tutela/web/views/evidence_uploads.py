"""Files on their way in: written to the disk piece by piece as they arrive, in a folder of their own that goes when the work ends."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload, UploadFileException
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from tutela.errors import TutelaError, declare, problem
from tutela.exchange.drafts import in_words

declare(
    {
        "upload-too-large": (
            "The files are larger than {most} together.",
            "Give them in several parts, or on the server: `tutela evidence add`.",
        ),
        "upload-none": ("No file was given.", "Choose files, or a ZIP file that holds them."),
        "upload-too-many": ("These are more than {most} files at once.", "Put them into one ZIP file, or give them in several parts."),
        "upload-cut": ("The files did not arrive whole.", "Send them again."),
        "upload-disk-full": (
            "There is no room for these files on the server's disk.",
            "Make room, then send them again. Nothing was kept.",
        ),
    }
)

MOST_BYTES = 16_000_000_000
FRAME = 4_000_000  # bytes beside the files that a form may hold
PREFIX = "given-"
KEY = "tutela_given"  # of the session: the deliveries that it has begun
_TOKEN = re.compile(r"[0-9a-f]{24}")
OLD = 24 * 3600  # seconds after which what a killed process left is taken away
_ODD = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def most_bytes() -> int:
    """How much may be given at once, in bytes: ``TUTELA_EVIDENCE_BYTES`` of the settings."""
    return int(getattr(settings, "TUTELA_EVIDENCE_BYTES", MOST_BYTES))


class Arrived(UploadedFile):
    """A file that lies at ``path`` already, closed."""

    def __init__(self, path: Path, name: str, size: int) -> None:
        super().__init__(None, name, None, size)
        self.path = path


class ToDisk(FileUploadHandler):
    """Writes every file into ``folder/<number>/<name>``; what goes beyond ``most`` bytes is read and thrown away.

    ``count`` and ``taken``: files and bytes that the folder holds already.
    """

    def __init__(self, request: HttpRequest, folder: Path, most: int, count: int = 0, taken: int = 0) -> None:
        super().__init__(request)
        self.folder, self.most, self.count, self.taken = folder, most, count, taken
        self.out: Any = None
        self.wrong: TutelaError | None = None

    def new_file(self, *arguments: Any, **more: Any) -> None:
        super().new_file(*arguments, **more)
        self.count += 1
        self.path = self.folder / str(self.count) / fitting(self.file_name or "file")
        self._guarded(self._open)

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.out = open(self.path, "xb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.taken += len(raw_data)
        if self.taken > self.most:
            self._stop(TutelaError(problem("upload-too-large", most=in_words(self.most))))
        self._guarded(lambda: self.out.write(raw_data))
        return None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        self._close()
        return Arrived(self.path, self.path.name, file_size)

    def upload_interrupted(self) -> None:
        self._close()
        self.wrong = self.wrong or TutelaError(problem("upload-cut"))

    def _close(self) -> None:
        if self.out is not None:
            self._guarded(self.out.close)
            self.out = None

    def _guarded(self, act: Any) -> None:
        try:
            act()
        except OSError:
            self.out = None
            self._stop(TutelaError(problem("upload-disk-full")))

    def _stop(self, why: TutelaError) -> None:
        if self.out is not None:
            self.out.close()
            self.out = None
        self.wrong = why
        raise StopUpload(connection_reset=False)


class Arrival:
    """The files of one delivery, of one request or of several.  Made before anything of the request is read.

    ``token`` names it from one request to the next; only the session that began it knows the name (:data:`KEY`).
    """

    def __init__(self, request: HttpRequest, token: str = "") -> None:
        self.token = token if token in request.session.get(KEY, []) and _TOKEN.fullmatch(token) else secrets.token_hex(12)
        self.folder = Path(settings.WORKSPACE.staging) / f"{PREFIX}{self.token}"
        self.request, self.most = request, most_bytes()
        held = self.paths()
        self.handler = ToDisk(request, self.folder, self.most, len(held), sum(path.stat().st_size for path in held))
        request.upload_handlers = [self.handler]

    def read(self) -> None:
        """Take what this request brings.  Raises ``upload-too-large``, ``upload-cut``, ``upload-disk-full``, ``upload-too-many``."""
        try:
            _ = self.request.POST  # what goes wrong while it is read is raised at the first look alone
            found = [each for each in self.request.FILES.getlist("files") if isinstance(each, Arrived)]
        except TooManyFilesSent:
            raise TutelaError(problem("upload-too-many", most=settings.DATA_UPLOAD_MAX_NUMBER_FILES)) from None
        except (UploadFileException, MultiPartParserError):
            found = []
            self.handler.wrong = self.handler.wrong or TutelaError(problem("upload-cut"))
        if self.handler.wrong is not None:
            raise self.handler.wrong
        if found and self.token not in self.request.session.get(KEY, []):
            self.request.session[KEY] = [*self.request.session.get(KEY, []), self.token][-20:]

    def paths(self) -> list[Path]:
        """The files, in the order in which they came."""
        if not self.folder.is_dir():
            return []
        numbered = sorted((int(each.name), each) for each in self.folder.iterdir() if each.name.isdigit())
        return [path for _, each in numbered for path in each.iterdir() if path.is_file()]

    def hand_on(self) -> list[Path]:
        """The files, for the work that ends with taking the folder away; the session forgets it.  Raises ``upload-none``."""
        found = self.paths()
        if not found:
            raise TutelaError(problem("upload-none", column="files"))
        self.request.session[KEY] = [one for one in self.request.session.get(KEY, []) if one != self.token]
        return found

    def drop(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def too_large(request: HttpRequest) -> TutelaError | None:
    """The refusal of a request that says beforehand that it is larger than may be given."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > most_bytes() + FRAME:
        return TutelaError(problem("upload-too-large", most=in_words(most_bytes())))
    return None


def fitting(name: str) -> str:
    """A file's name as every system can keep it; its ending stays."""
    plain = _ODD.sub("-", name).strip(" .") or "file"
    if _DEVICES.fullmatch(plain):
        plain = f"_{plain}"
    stem, dot, ending = plain.rpartition(".")
    while len(plain.encode()) > 180:
        stem = (stem or plain)[:-5] if dot else plain[:-5]
        plain = f"{stem}{dot}{ending[:10]}" if dot else stem
    return plain


def named(problems: list[dict[str, Any]], arrival: Arrival) -> list[dict[str, Any]]:
    """Problems that name files by the names they were given by, not by where they lay on this machine."""
    lain = re.compile(re.escape(str(arrival.folder)) + r"[\\/]\d+[\\/]")
    return [{key: lain.sub("", value) if isinstance(value, str) else value for key, value in one.items()} for one in problems]


def sweep() -> None:
    """Take away what a process that was killed has left."""
    root = Path(settings.WORKSPACE.staging)
    for path in root.glob(f"{PREFIX}*") if root.exists() else ():
        try:
            if time.time() - path.stat().st_mtime > OLD:
                shutil.rmtree(path, ignore_errors=True)
        except OSError:
            continue
