"""The workspace: one folder that holds a register (database, blobs, settings).  No Django here: settings are read from it.

::

    workspace/
      tutela.json        title, secret key, format version, database address (if not the file beside it)
      tutela.sqlite      the register (absent when the database is a PostgreSQL server)
      access.sqlite      sign-ins and the log of reads: a file of its own, so that reading never waits for a writer
      blobs/             originals by digest
      copies/            working copies (thumbnails, web size, text, redacted) by digest
      keys/              the workspace's signing key; witnesses/ what is known of witnesses, encrypted
      staging/           imports being validated; may be emptied at any time
      locked/            instead of all of these, once `tutela lock` has encrypted them (``locking``)
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutela.errors import EXIT_UNUSABLE, TutelaError, declare, problem
from tutela.store import inuse

FORMAT = 1

declare({
    "workspace-missing": ("{value} is not a Tutela workspace.",
                          "Make one with `tutela --workspace {value} init`, or name another folder with --workspace (after "
                          "`make demo`: --workspace demo-workspace)."),
    "workspace-unfinished": ("Making the workspace {value} was stopped before its end.",
                             "Delete the folder, then make or restore it again; nothing else was touched."),
    "workspace-exists": ("{value} already holds a workspace.", "Use it as it is, or name an empty folder."),
    "workspace-not-empty": ("{value} is not empty and is not a workspace.", "Name an empty or a new folder."),
    "workspace-network": ("{value} lies on a network drive ({kind}), where the embedded database can be damaged.",
                          "Use a folder on this machine, or set DATABASE_URL to a PostgreSQL server."),
    "workspace-newer": ("This workspace was made by a newer Tutela (format {value}).", "Upgrade Tutela, then open it again."),
    "workspace-unreadable": ("{value} cannot be read: {reason}.", "Check the folder's permissions, or restore a backup."),
})

NETWORK_KINDS = {"nfs", "nfs4", "cifs", "smb", "smb3", "smbfs", "afs", "9p", "fuse.sshfs", "davfs", "ncpfs", "webdav", "afpfs"}


@dataclass(frozen=True, slots=True)
class Workspace:
    """Paths and settings of one workspace."""

    folder: Path
    title: str
    secret_key: str
    database_url: str | None
    format: int = FORMAT

    @property
    def database(self) -> Path:
        return self.folder / "tutela.sqlite"

    @property
    def access(self) -> Path:
        return self.folder / "access.sqlite"

    @property
    def blobs(self) -> Path:
        return self.folder / "blobs"

    @property
    def copies(self) -> Path:
        return self.folder / "copies"

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def staging(self) -> Path:
        return self.folder / "staging"

    @property
    def settings_file(self) -> Path:
        return self.folder / "tutela.json"


def create(folder: Path, title: str = "Register", database_url: str | None = None, making: bool = False) -> Workspace:
    """Make the folder and its settings file (not yet the database).  Refuses a folder that holds anything.

    ``making``: mark it as unfinished, for every other process to refuse it, until :func:`finish`.
    """
    folder = folder.resolve()
    inuse.refuse_locked(folder)
    if (folder / "tutela.json").exists():
        _refuse_unfinished(folder, _settings(folder))
        raise TutelaError(problem("workspace-exists", value=folder), EXIT_UNUSABLE)
    if folder.exists() and any(folder.iterdir()):
        raise TutelaError(problem("workspace-not-empty", value=folder), EXIT_UNUSABLE)
    folder.mkdir(parents=True, exist_ok=True)
    if not database_url:
        _refuse_network(folder)
    workspace = Workspace(folder, title, secrets.token_urlsafe(48), database_url)
    save(workspace, making)
    workspace.blobs.mkdir(exist_ok=True)
    workspace.staging.mkdir(exist_ok=True)
    return workspace


def save(workspace: Workspace, making: bool = False) -> None:
    """Write the settings file whole (temporary file, fsync, rename)."""
    data: dict[str, Any] = {"format": workspace.format, "title": workspace.title, "secret_key": workspace.secret_key}
    if workspace.database_url:
        data["database_url"] = workspace.database_url
    if making:
        data["making"] = os.getpid()
    _write(workspace, data)


def finish(folder: Path) -> None:
    """The workspace is whole: from now on it can be opened by everybody."""
    data = {name: value for name, value in _settings(folder).items() if name != "making"}
    _write(Workspace(folder, data["title"], data["secret_key"], None), data)


def _refuse_unfinished(folder: Path, data: dict[str, Any]) -> None:
    if data.get("making") not in (None, os.getpid()):
        raise TutelaError(problem("workspace-unfinished", value=folder), EXIT_UNUSABLE)


def _write(workspace: Workspace, data: dict[str, Any]) -> None:
    temporary = workspace.settings_file.with_suffix(".tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as out:
        json.dump(data, out, indent=2, ensure_ascii=False)
        out.flush()
        os.fsync(out.fileno())
    os.replace(temporary, workspace.settings_file)


def load(folder: Path) -> Workspace:
    """Open an existing workspace, and keep it from being locked while this process lives."""
    folder = folder.resolve()
    inuse.refuse_locked(folder)
    inuse.hold(folder)
    data = _settings(folder)
    _refuse_unfinished(folder, data)
    if data.get("format", 0) > FORMAT:
        raise TutelaError(problem("workspace-newer", value=data["format"]), EXIT_UNUSABLE)
    url = os.environ.get("DATABASE_URL") or data.get("database_url")
    if not url:
        _refuse_network(folder)
    return Workspace(folder, data.get("title", "Register"), data["secret_key"], url, data.get("format", FORMAT))


def _settings(folder: Path) -> dict[str, Any]:
    inuse.refuse_locked(folder)
    try:
        return json.loads((folder / "tutela.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TutelaError(problem("workspace-missing", value=folder), EXIT_UNUSABLE) from None
    except (OSError, ValueError) as error:
        raise TutelaError(problem("workspace-unreadable", value=folder, reason=error), EXIT_UNUSABLE) from None


def _refuse_network(folder: Path) -> None:
    kind = drive_kind(folder)
    if kind:
        raise TutelaError(problem("workspace-network", value=folder, kind=kind), EXIT_UNUSABLE)


def drive_kind(folder: Path) -> str | None:
    """The kind of network drive the folder lies on, or None (also where the system does not say)."""
    if sys.platform == "win32":
        import ctypes

        root = os.path.splitdrive(str(folder))[0] + "\\"
        remote = str(folder).startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(root) == 4
        return "network drive" if remote else None
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        mounts = _mounts_by_command()
    best, kind = "", None
    for line in mounts:
        parts = line.split()
        if len(parts) < 3:
            continue
        point = parts[1].replace("\\040", " ")
        inside = str(folder) == point or str(folder).startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, parts[2]
    return kind if kind in NETWORK_KINDS else None


def _mounts_by_command() -> list[str]:
    """macOS: ``mount`` prints ``//host/share on /Volumes/x (smbfs, nodev)``; told in the shape of /proc/mounts."""
    import re
    import subprocess

    try:
        out = subprocess.run(["mount"], capture_output=True, text=True, timeout=5, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    found = re.findall(r"^(.*?) on (.*?) \((\w+)", out, re.M)
    return [f"{a.replace(' ', '_')} {b.replace(' ', chr(92) + '040')} {c}" for a, b, c in found]
