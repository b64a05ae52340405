"""A workspace encrypted at rest: lock, unlock."""

from __future__ import annotations

from tutela.cli import screen
from tutela.cli.passphrases import asked
from tutela.cli.running import Run, command

VARIABLE = "TUTELA_PASSPHRASE"
ON_SERVER = ["The records themselves are in the database on its server: those are not encrypted by this, only the files of the workspace."]
LIMITS = ["Not covered: backups and exports elsewhere, and what a disk keeps of deleted files (flash memory does). Use full-disk",
          "encryption as well. Nobody can open it without the passphrase: write it down, and keep that apart from the machine."]


@command("lock")
def lock(run: Run) -> None:
    """Encrypt the whole workspace with a passphrase; its plain files are removed.

    The passphrase is asked for twice, or taken from TUTELA_PASSPHRASE. Refused while any other program has the workspace open.
    """
    from tutela.store.inuse import LOCKED
    from tutela.store.locking import lock as write

    folder = run.folder.resolve()
    _allowed(run)
    passphrase = asked(VARIABLE, twice=not (folder / LOCKED).is_dir())
    with run.progress() as progress:
        told = write(folder, passphrase, progress)
    lines = [f"{folder} is locked: {told['files']:,} files, {told['bytes']:,} bytes, read back before the plain files were removed."]
    run.answer({"workspace": str(folder), **told}, [*lines, *(ON_SERVER if told["server"] else []), *LIMITS])


@command("unlock")
def unlock(run: Run) -> None:
    """Open a locked workspace again: its plain files are back, the encrypted one is removed.

    The passphrase is asked for, or taken from TUTELA_PASSPHRASE.
    """
    from tutela.store.locking import check_locked
    from tutela.store.locking import unlock as read

    folder = run.folder.resolve()
    check_locked(folder)
    passphrase = asked(VARIABLE)
    with run.progress() as progress:
        told = read(folder, passphrase, progress)
    run.answer({"workspace": str(folder), **told}, [f"{folder} is open: {told['files']:,} files."])


def _allowed(run: Run) -> None:
    """Whoever acts under the name of an account must be one who may take backups; the local operator may."""
    if run.user is None:
        return
    actor = run.open()
    from django.db import connections

    from tutela.people.actions import require

    require(actor, "backup")
    connections.close_all()
    screen.hint(f"Locking as {actor.name}.")
