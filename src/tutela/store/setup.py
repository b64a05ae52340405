"""Opening and making workspaces for a process: Django is started here, late, and never before it is known for which folder."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tutela.errors import EXIT_UNUSABLE, TutelaError, declare, problem
from tutela.store import workspace

declare({
    "workspace-needs-migrate": ("This workspace was made by an older Tutela.",
                                "Run `tutela migrate`: it copies the database first and keeps every record."),
    "workspace-database-missing": ("The database of {value} is missing.",
                                   "Set DATABASE_URL as it was when the workspace was made, or restore a backup into a new folder."),
    "workspace-other": ("This process has the workspace {value} open already.", "Start another process for another workspace."),
    "database-unreachable": ("The database server cannot be reached: {reason}.", "Check DATABASE_URL and that the server runs."),
    "database-in-use": ("The database named by DATABASE_URL already holds tables.", "Name an empty database of its own."),
    "database-encoding": ("The database named by DATABASE_URL keeps its letters as {value}, which does not hold every script.",
                          "Name a database made with ENCODING 'UTF8'; its collation and character type do not matter."),
    "database-url": ("“{value}” is not the address of a database.", "Write it as postgresql://user:password@host:port/name."),
    "postgres-missing": ("The part of Tutela that talks to PostgreSQL is not installed.", "Run `pip install \"tutela[postgres]\"`."),
})

Applied = set[tuple[str, str]]  # (application, migration)


def start(folder: Path) -> workspace.Workspace:
    """Start Django for this workspace, whatever the state of its database.  A second workspace is ``workspace-other``."""
    folder = folder.resolve()
    os.environ["TUTELA_WORKSPACE"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tutela.project.settings")
    opened = workspace.load(folder)
    _check_url(opened.database_url)
    import django
    from django.apps import apps
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    if apps.ready:
        if settings.WORKSPACE.folder.resolve() != folder:
            raise TutelaError(problem("workspace-other", value=settings.WORKSPACE.folder))
        return settings.WORKSPACE
    gc.disable()
    try:
        django.setup()
    except ImproperlyConfigured as error:
        if "psycopg" in str(error):
            raise TutelaError(problem("postgres-missing"), EXIT_UNUSABLE) from None
        raise
    finally:
        gc.freeze()  # what is loaded by now stays: the collector need not look at it again, not even at the end
        gc.enable()
    return settings.WORKSPACE


def open_workspace(folder: Path) -> None:
    """Start Django for this workspace and see that its database is there, and neither older nor newer than this code.

    Raises ``workspace-missing``, ``workspace-needs-migrate``, ``workspace-newer``, ``workspace-database-missing``,
    ``database-unreachable``, ``database-damaged``.
    """
    from django.apps import apps

    already = apps.ready
    start(folder)
    from tutela.store import write  # noqa: F401  (declares codes that readers raise too)

    if already:
        return  # this process opened, or made, it before
    done = applied()
    known = set(shipped())
    if done - known:
        raise TutelaError(problem("workspace-newer", value=max(name for _, name in done - known)), EXIT_UNUSABLE)
    if known - done:
        raise TutelaError(problem("workspace-needs-migrate"), EXIT_UNUSABLE)


def init_workspace(folder: Path, title: str = "Register", database_url: str | None = None,
                   until: Iterable[tuple[str, str]] | None = None) -> None:
    """Make a workspace with an empty, ready database.  On failure nothing is left.

    ``until``: migrate no further than these (application, migration); for restoring a backup of an older Tutela.
    """
    with made(folder, title, database_url):
        migrate(until)


@contextmanager
def made(folder: Path, title: str = "Register", database_url: str | None = None) -> Iterator[None]:
    """A new workspace, started, its database still empty.  If what is done inside fails, it is taken away again."""
    folder = folder.resolve()
    url = database_url or os.environ.get("DATABASE_URL") or None
    _check_url(url)
    existed = folder.exists()
    workspace.create(folder, title, url, making=True)
    ours = False
    try:
        if url and not database_url:  # the address is the environment's: its password is not written into a file
            workspace.save(workspace.Workspace(folder, title, workspace.load(folder).secret_key, None), making=True)
        start(folder)
        refuse_tables()
        ours = True
        yield
        workspace.finish(folder)
    except BaseException:
        with suppress(Exception):
            _undo_database(ours)
        shutil.rmtree(folder, ignore_errors=True)
        if existed:
            folder.mkdir(exist_ok=True)
        raise


def _undo_database(ours: bool) -> None:
    from django.db import connection, connections

    if ours and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE")
    connections.close_all()


def refuse_tables() -> None:
    """Refuse a database that is not empty (``database-in-use``): a new register never mixes with another's tables; and one that does
    not hold every script (``database-encoding``).  Its character type does not matter: what is searched has been folded before.
    """
    from django.db import connection

    with reachable(), connection.cursor() as cursor:
        if connection.introspection.table_names(cursor):
            raise TutelaError(problem("database-in-use"), EXIT_UNUSABLE)
        if connection.vendor == "postgresql":
            cursor.execute("SHOW server_encoding")
            encoding = cursor.fetchone()[0]
            if encoding != "UTF8":
                raise TutelaError(problem("database-encoding", value=encoding), EXIT_UNUSABLE)


@contextmanager
def reachable() -> Iterator[None]:
    """A server that does not answer, as a coded error; so are a locked or damaged file and a full disk."""
    from django.db import OperationalError, connection

    from tutela.store import backend, journal  # noqa: F401  (the journal declares the codes that the backend raises)

    try:
        with backend.translated():
            yield
    except OperationalError as error:
        if connection.vendor == "postgresql":
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise TutelaError(problem("database-unreachable", reason=reason), EXIT_UNUSABLE) from None
        raise


def aliases() -> list[str]:
    """The databases of this workspace: the register, and on SQLite the file of sign-ins and reads."""
    from django.conf import settings

    return list(settings.DATABASES)


def applied() -> Applied:
    """The migrations this workspace's databases have, those of every database alike."""
    from django.conf import settings
    from django.db import connections

    opened = settings.WORKSPACE
    found: list[Applied] = []
    for alias in aliases():
        connection = connections[alias]
        named = Path(str(connection.settings_dict["NAME"]))
        if connection.vendor == "sqlite" and named.parent == opened.folder and not named.exists():
            raise TutelaError(problem("workspace-database-missing", value=opened.folder), EXIT_UNUSABLE)
        with reachable(), connection.cursor() as cursor:
            if "django_migrations" not in connection.introspection.table_names(cursor):
                return set()
            cursor.execute("SELECT app, name FROM django_migrations")
            found.append(set(cursor.fetchall()))
    return set.intersection(*found)


def shipped() -> Iterator[tuple[str, str]]:
    """The migrations this code knows, (application, migration), found by their file names alone."""
    import pkgutil

    from django.apps import apps

    for config in apps.get_app_configs():
        for found in pkgutil.iter_modules([str(Path(config.path) / "migrations")]):
            if found.name[0].isdigit():
                yield config.label, found.name


def migrate(until: Iterable[tuple[str, str]] | None = None) -> None:
    """Bring every database to this code's state (or no further than ``until``), without a question.

    On PostgreSQL in one transaction; on SQLite each migration is one.
    """
    from django.db import connections, transaction

    for alias in aliases():
        whole = connections[alias].vendor == "postgresql"
        with reachable(), transaction.atomic(using=alias) if whole else _nothing():
            if until is None:
                from django.core.management import call_command

                call_command("migrate", database=alias, interactive=False, verbosity=0)
            else:
                _migrate_until(alias, set(until))


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _migrate_until(alias: str, wanted: Applied) -> None:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor: Any = MigrationExecutor(connections[alias])
    newest = {app: max(name for other, name in wanted if other == app) for app, _ in wanted}
    executor.migrate([key for key in newest.items() if key in executor.loader.graph.nodes])


def _check_url(url: str | None) -> None:
    from urllib.parse import urlsplit

    if not url:
        return
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("postgres", "postgresql", "sqlite") and (parts.port or True)
    except ValueError:
        good = False
    if not good:
        shown = url.split("@")[-1]  # never a password
        raise TutelaError(problem("database-url", value=shown), EXIT_UNUSABLE)
