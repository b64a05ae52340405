"""A whole register in one file, readable without Tutela, and back again on either database.

The file is a ZIP::

    manifest.json            format, version, title, time, counts, the journal's head, and size and SHA-256 of every member
    tables/<table>.ndjson    one row a line, an array in the order of the manifest's columns; bytes are base64
    blobs/ab/<sha256>        originals
    copies/ab/<sha256>       working copies (what somebody redacted by hand cannot be made anew)
    keys/<file>              the workspace's signing key
    witnesses/<file>         what is known of witnesses, encrypted as it lies in the workspace

Only what cannot be made anew is in it: links, entries, words and indexes are derived again when it is restored.
Password digests and the signing key are in it (so nobody but its owner may read the file); sign-ins (sessions) and the
workspace's secret key are not.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from tutela import __version__
from tutela.errors import EXIT_UNUSABLE, TutelaError, declare, problem
from tutela.store import blobs, filelock

declare({
    "backup-exists": ("There is a file {value} already.", "Name another file; a backup never replaces one."),
    "backup-damaged": ("This backup is damaged: {reason}.", "Use another copy of it; nothing was restored."),
    "backup-not": ("{value} is not a backup made by Tutela.", "Name a file that `tutela backup` wrote."),
    "backup-newer": ("This backup was made by a newer Tutela ({value}).", "Upgrade Tutela, then restore it again."),
})

FORMAT = 2  # 1: without copies, keys and witnesses
MANIFEST = "manifest.json"
DERIVED = {"store_key", "store_link", "store_entry", "store_words", "store_term", "store_profile", "store_area", "store_job"}
KINDS_OF = {"BinaryField": "bytes", "DateTimeField": "time", "JSONField": "json", "BooleanField": "bool", "FloatField": "float"}
MEMBER = re.compile(r"tables/([a-z][a-z0-9_]{0,62})\.ndjson|(?:blobs|copies)/([0-9a-f]{2})/(\2[0-9a-f]{62})"
                    r"|(?:keys|witnesses)(?:/[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}){1,3}")
ROWS = 2000
BESIDE = ("keys", "witnesses")  # folders of the workspace whose files go along as they are

Progress = Callable[[str, int, int | None], None]


def backup(out: Path, progress: Progress | None = None) -> dict[str, Any]:
    """Write the whole register to ``out`` (a new file), read it back, and give its manifest with its own ``digest``.

    One moment of the database is read, while others go on writing; memory does not grow with the register.  The file
    is there only when it is whole and was checked.  Raises ``backup-exists``.
    """
    if out.exists():
        raise TutelaError(problem("backup-exists", value=out), EXIT_UNUSABLE)
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with open(descriptor, "wb") as stream, filelock.held(blobs.folder() / blobs.INCOMING / blobs.READING):
            manifest = _write(stream, progress)
            stream.flush()
            os.fsync(stream.fileno())
        from tutela.store.restore import check_archive

        with zipfile.ZipFile(temporary) as archive:
            check_archive(archive, progress)
        digest = blobs.digest_of(temporary)
        _publish(temporary, out)
    finally:
        temporary.unlink(missing_ok=True)
    return {**manifest, "file": str(out), "bytes": out.stat().st_size, "digest": digest}


def _publish(temporary: Path, out: Path) -> None:
    """Give the finished file its name, never in place of another that came meanwhile."""
    try:
        os.link(temporary, out)  # fails where the name is taken, unlike a rename
    except FileExistsError:
        raise TutelaError(problem("backup-exists", value=out), EXIT_UNUSABLE) from None
    except OSError:  # a file system without hard links
        os.replace(temporary, out)
    blobs.sync_folder(out.parent)


def _write(stream: Any, progress: Progress | None) -> dict[str, Any]:
    from django.conf import settings
    from django.db import connection

    from tutela.store import journal, setup
    from tutela.store.snapshot import reading

    tables, members = [], {}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive, reading():
        lines, head = journal.head()
        listed = kept_tables()
        for done, (model, alias) in enumerate(listed):
            if progress:
                progress("Tables", done, len(listed))
            name = model._meta.db_table
            columns = [(field.column, KINDS_OF.get(field.get_internal_type(), "plain")) for field in model._meta.concrete_fields]
            counter = _Counter()
            members[f"tables/{name}.ndjson"] = _member(archive, f"tables/{name}.ndjson", _lines(model, alias, columns, counter))
            tables.append({"name": name, "columns": columns, "rows": counter.rows})
        for done, (name, file) in enumerate(_files()):
            if progress:
                progress("Files", done, None)
            members[name] = _member(archive, name, _pieces(file), zipfile.ZIP_STORED)
        manifest = {"what": "A backup of a Tutela register; `tutela restore` reads it.", "format": FORMAT, "version": __version__,
                    "made": datetime.now(UTC).isoformat(timespec="seconds"), "title": settings.WORKSPACE.title,
                    "database": connection.vendor, "journal": {"lines": lines, "head": head},
                    "migrations": sorted(setup.applied()), "tables": tables,
                    "blobs": sum(name.startswith("blobs/") for name in members), "members": members}
        _member(archive, MANIFEST, iter([orjson.dumps(manifest, option=orjson.OPT_INDENT_2)]))
    return {k: v for k, v in manifest.items() if k not in ("members", "what")}


class _Counter:
    rows = 0


def kept_tables() -> list[tuple[Any, str]]:
    """(model, database alias) of every table of ours that is not derived, in the order in which they are restored."""
    from django.apps import apps
    from django.db import router

    from tutela.store.kinds import KINDS

    derived = DERIVED | {table.name for kind in KINDS.values() for table in kind.tables}
    found = []
    for config in apps.get_app_configs():
        if config.name.startswith("tutela."):
            models = config.get_models(include_auto_created=True)
            found += [(m, router.db_for_read(m) or "default") for m in models if m._meta.managed and m._meta.db_table not in derived]
    return found


def _member(archive: zipfile.ZipFile, name: str, pieces: Iterator[bytes], how: int = zipfile.ZIP_DEFLATED) -> dict[str, Any]:
    """Write one member; its size and digest."""
    digest, size = sha256(), 0
    info = zipfile.ZipInfo(name, datetime.now().timetuple()[:6])
    info.compress_type = how
    with archive.open(info, "w", force_zip64=True) as out:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            out.write(piece)
    return {"bytes": size, "sha256": digest.hexdigest()}


def _lines(model: Any, alias: str, columns: list[tuple[str, str]], counter: _Counter) -> Iterator[bytes]:
    """The rows of a table as NDJSON, in pieces, in the order of the primary key."""
    from contextlib import nullcontext

    from django.db import connections

    from tutela.store import backend
    from tutela.store.snapshot import reading

    connection = connections[alias]
    read = [_READ.get(kind) for _, kind in columns]
    listed = ", ".join(f'"{column}"' for column, _ in columns)
    with backend.translated(), reading(alias) if alias != "default" else nullcontext(), connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {listed} FROM {model._meta.db_table} ORDER BY {model._meta.pk.column}")
        while rows := cursor.fetchmany(ROWS):
            counter.rows += len(rows)
            yield b"".join(orjson.dumps([_value(reader, value) for reader, value in zip(read, row, strict=True)]) + b"\n" for row in rows)


def _value(reader: Callable[[Any], Any] | None, value: Any) -> Any:
    return value if reader is None or value is None else reader(value)


def _bytes(value: Any) -> str:
    from base64 import b64encode

    return b64encode(bytes(value)).decode()


def _time(value: Any) -> str:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, (str, bytes)) else value


#: From what the database's driver gives to what stands in the file; the other kinds stand as they are.
_READ: dict[str, Callable[[Any], Any]] = {"bytes": _bytes, "time": _time, "json": _json, "bool": bool, "float": float}


def _files() -> Iterator[tuple[str, Path]]:
    """(name in the archive, file) of originals, working copies, keys and witnesses."""
    from django.conf import settings

    workspace = settings.WORKSPACE
    for label, root in (("blobs", workspace.blobs), ("copies", workspace.copies)):
        for digest in blobs.every(root):
            yield f"{label}/{digest[:2]}/{digest}", blobs.where(digest, root)
    for label in BESIDE:
        root = workspace.folder / label
        for file in sorted(root.rglob("*")) if root.exists() else ():
            name = f"{label}/{file.relative_to(root).as_posix()}"
            if file.is_file() and not file.is_symlink() and MEMBER.fullmatch(name):
                yield name, file


def _pieces(file: Path) -> Iterator[bytes]:
    with open(file, "rb") as stream:
        while piece := stream.read(blobs.PIECE):
            yield piece
