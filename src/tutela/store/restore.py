"""A backup becomes a workspace again: every digest first, then the rows, then everything derived, then ``verify``."""

from __future__ import annotations

import re
import zipfile
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import orjson

from tutela.errors import EXIT_UNUSABLE, TutelaError, problem
from tutela.store import blobs
from tutela.store.backup import BESIDE, FORMAT, MANIFEST, MEMBER, Progress

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
DIGESTED = ("blobs/", "copies/")
LARGEST_MANIFEST = 1 << 28
LONGEST_LINE = 1 << 28
ROWS = 2000


def restore(file: Path, folder: Path, database_url: str | None = None, progress: Progress | None = None) -> dict[str, Any]:
    """Make a new workspace in ``folder`` from a backup; gives its manifest and ``findings``, what ``verify`` found.

    Nothing is written before every digest of the file was checked, and nothing stays if anything fails.  The database
    may be another kind than the one the backup was made from.  Raises ``backup-not``, ``backup-damaged``,
    ``backup-newer``, ``workspace-exists``, ``workspace-not-empty``, ``database-in-use``.
    """
    from tutela.store import setup

    with opened(file) as archive:
        manifest = check_archive(archive, progress)
        with setup.made(folder, manifest["title"], database_url):
            migrations = {(app, name) for app, name in manifest["migrations"]}
            unknown = migrations - set(setup.shipped())
            if unknown:
                raise TutelaError(problem("backup-newer", value=manifest["version"]), EXIT_UNUSABLE)
            setup.migrate(until=migrations)
            _load(archive, manifest, progress)
            setup.migrate()
            from tutela.store import rebuild
            from tutela.store.kinds import RESTORED
            from tutela.store.verify import verify

            if progress:
                progress("Indexes", 0, None)
            rebuild.everything()
            for mend in RESTORED:
                mend()
            findings = verify(progress)
    return {**{k: v for k, v in manifest.items() if k not in ("members", "what")}, "folder": str(folder), "findings": findings}


def opened(file: Path) -> zipfile.ZipFile:
    """The archive, or ``backup-not``."""
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError):
        raise TutelaError(problem("backup-not", value=file), EXIT_UNUSABLE) from None


def check_archive(archive: zipfile.ZipFile, progress: Progress | None = None) -> dict[str, Any]:
    """Read all of it; gives the manifest.  Raises ``backup-damaged`` unless every member is there, once, and as it says."""
    manifest = _manifest(archive)
    infos = archive.infolist()
    if sorted(info.filename for info in infos) != sorted([*manifest["members"], MANIFEST]):
        raise _damaged("its members are not those it lists")
    for done, (name, said) in enumerate(manifest["members"].items()):
        if progress:
            progress("Checking", done, len(manifest["members"]))
        if not MEMBER.fullmatch(name):
            raise _damaged(f"{name} does not belong in it")
        digest, size = sha256(), 0
        with _reading(archive, name) as stream:
            for piece in _pieces(stream, name):
                digest.update(piece)
                size += len(piece)
                if size > said["bytes"]:
                    raise _damaged(f"{name} is longer than it says")
        if (size, digest.hexdigest()) != (said["bytes"], said["sha256"]):
            raise _damaged(f"{name} was altered")
        if name.startswith(DIGESTED) and not name.endswith(said["sha256"]):
            raise _damaged(f"{name} is not the file of that name")
    return manifest


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest, its shape checked, so that no name in it can do harm."""
    try:
        info = archive.getinfo(MANIFEST)
    except KeyError:
        raise TutelaError(problem("backup-not", value=archive.filename), EXIT_UNUSABLE) from None
    if info.file_size > LARGEST_MANIFEST:
        raise _damaged("its manifest is too long")
    try:
        with _reading(archive, MANIFEST) as stream:
            manifest = orjson.loads(b"".join(_pieces(stream, MANIFEST)))
        if manifest["format"] > FORMAT:
            raise TutelaError(problem("backup-newer", value=manifest["version"]), EXIT_UNUSABLE)
        sound = _sound(manifest)
    except (KeyError, TypeError, ValueError, AttributeError):
        sound = False
    if not sound:
        raise _damaged("its manifest cannot be read")
    return manifest


def _sound(manifest: dict[str, Any]) -> bool:
    tables = all(NAME.fullmatch(table["name"]) and table["rows"] >= 0
                 and f"tables/{table['name']}.ndjson" in manifest["members"]
                 and all(NAME.fullmatch(column) and isinstance(kind, str) for column, kind in table["columns"])
                 for table in manifest["tables"])
    members = all(isinstance(said["bytes"], int) and isinstance(said["sha256"], str) for said in manifest["members"].values())
    migrations = all(isinstance(app, str) and isinstance(name, str) for app, name in manifest["migrations"])
    return tables and members and migrations and isinstance(manifest["title"], str) and isinstance(manifest["version"], str)


def _damaged(reason: str) -> TutelaError:
    return TutelaError(problem("backup-damaged", reason=reason), EXIT_UNUSABLE)


def _reading(archive: zipfile.ZipFile, name: str) -> Any:
    try:
        return closing(archive.open(name))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, KeyError, ValueError, OverflowError):
        raise _damaged(f"{name} cannot be read") from None


def _pieces(stream: IO[bytes], name: str) -> Iterator[bytes]:
    import zlib

    while True:
        try:
            piece = stream.read(blobs.PIECE)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, OverflowError):
            raise _damaged(f"{name} cannot be read") from None
        if not piece:
            return
        yield piece


def _load(archive: zipfile.ZipFile, manifest: dict[str, Any], progress: Progress | None) -> None:
    from django.db import transaction

    known = _known_tables()
    for table in manifest["tables"]:
        if table["name"] not in known:
            raise _damaged(f"there is no table {table['name']}")
        with transaction.atomic(using=known[table["name"]]):
            _load_table(archive, table, known[table["name"]], progress)
    from django.conf import settings

    for done, name in enumerate(manifest["members"]):
        if progress:
            progress("Files", done, len(manifest["members"]))
        if name.startswith(DIGESTED):
            with _reading(archive, name) as stream:
                blobs.put(stream, expected=name[-64:], into=settings.WORKSPACE.folder / name.partition("/")[0])
        elif name.partition("/")[0] in BESIDE:
            _beside(archive, name, settings.WORKSPACE.folder)


def _beside(archive: zipfile.ZipFile, name: str, folder: Path) -> None:
    """A key, or a file about a witness: for the owner of the workspace alone.  Its name was checked before."""
    import os

    target = folder / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with _reading(archive, name) as stream, open(descriptor, "wb") as out:
        for piece in _pieces(stream, name):
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    blobs.sync_folder(target.parent)


def _known_tables() -> dict[str, str]:
    """{table: alias of its database} of the tables just made."""
    from django.conf import settings
    from django.db import connections

    from tutela.store.routing import ACCESS_MODELS

    found = {table: "default" for table in connections["default"].introspection.table_names()}
    if "access" in settings.DATABASES:
        found |= {f"{app}_{model}": "access" for app, model in ACCESS_MODELS}
    return found


def _load_table(archive: zipfile.ZipFile, table: dict[str, Any], alias: str, progress: Progress | None) -> None:
    from django.db import connections

    from tutela.store import backend

    columns = [column for column, _ in table["columns"]]
    connection = connections[alias]
    writers = [_writers(connection).get(kind) for _, kind in table["columns"]]
    done = 0
    for batch in _batches(archive, f"tables/{table['name']}.ndjson"):
        rows = [[v if w is None or v is None else w(v) for w, v in zip(writers, row, strict=True)] for row in batch]
        if alias == "default":
            backend.insert(table["name"], columns, rows)
        else:
            listed, marks = ", ".join(f'"{c}"' for c in columns), ", ".join(["%s"] * len(columns))
            with connection.cursor() as cursor:
                cursor.executemany(f"INSERT INTO {table['name']} ({listed}) VALUES ({marks})", rows)
        done += len(rows)
        if progress:
            progress(table["name"], done, table["rows"])
    if done != table["rows"]:
        raise _damaged(f"{table['name']} has {done} rows instead of {table['rows']}")
    _mend_sequence(connection, table["name"])


def _writers(connection: Any) -> dict[str, Callable[[Any], Any]]:
    """From what stands in the file to what this database's driver takes."""
    return {"bytes": b64decode, "time": lambda text: connection.ops.adapt_datetimefield_value(datetime.fromisoformat(text)),
            "json": lambda value: orjson.dumps(value).decode(), "bool": bool, "float": float}


def _batches(archive: zipfile.ZipFile, name: str) -> Iterator[list[list[Any]]]:
    with _reading(archive, name) as stream:
        batch = []
        while line := stream.readline(LONGEST_LINE):
            batch.append(orjson.loads(line))
            if len(batch) == ROWS:
                yield batch
                batch = []
        if batch:
            yield batch


def _mend_sequence(connection: Any, table: str) -> None:
    """PostgreSQL: let the next number follow the highest one restored (SQLite does so by itself)."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for sequence in connection.introspection.get_sequences(cursor, table):
            column = sequence["column"]
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), coalesce(max(" + f'"{column}"' + "), 1), max("
                           + f'"{column}"' + f") IS NOT NULL) FROM {table}", [table, column])
