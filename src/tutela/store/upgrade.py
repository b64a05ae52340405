"""Bringing a workspace of an older Tutela to this one: a copy first, then the migrations, then everything derived anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tutela.errors import EXIT_UNUSABLE, TutelaError, problem
from tutela.store import setup, workspace


def upgrade(folder: Path, actor: str = "operator") -> dict[str, Any]:
    """Migrate; gives {"applied": [names], "copy": folder of the former database files or None, "records": rebuilt}.

    Every record and journal line is kept; the migration itself is journalled.  A workspace that is current stays as it is.
    """
    opened = setup.start(folder)
    done, known = setup.applied(), set(setup.shipped())
    if done - known:
        raise TutelaError(problem("workspace-newer", value=max(name for _, name in done - known)), EXIT_UNUSABLE)
    missing = sorted(f"{app}.{name}" for app, name in known - done)
    if not missing:
        return {"applied": [], "copy": None, "records": 0}
    copy = copy_files(opened)
    setup.migrate()
    from tutela.store import journal, rebuild

    records = rebuild.everything()
    journal.note(actor, "store.migrate", applied=missing)
    workspace.save(replace(opened, format=workspace.FORMAT, database_url=_kept_url(opened)))
    return {"applied": missing, "copy": str(copy) if copy else None, "records": records}


def _kept_url(opened: workspace.Workspace) -> str | None:
    """The database address only if the settings file held one already."""
    import json

    return json.loads(opened.settings_file.read_text(encoding="utf-8")).get("database_url")


def copy_files(opened: workspace.Workspace) -> Path | None:
    """Copy the SQLite files as they are, whole even while others write, into ``before-migrate-<time>/``.

    None on a PostgreSQL server, where the migration is one transaction.
    """
    files = [file for file in (opened.database, opened.access) if file.exists()]
    if opened.database_url and not opened.database_url.startswith("sqlite") or not files:
        return None
    target = opened.folder / f"before-migrate-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    target.mkdir(exist_ok=True)
    for file in files:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(target / file.name)) as copy:
            source.backup(copy, pages=4096)
    return target
