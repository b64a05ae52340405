"""What a stopped making of a key leaves in ``keys/``: told by ``verify``, mended by ``repair``.

A private key beside the one in use (never used, or retired and not yet removed), half a file, or a key in use that the journal does
not name.  Looked at again in the writer's place before it is told: somebody may be making a key just now.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tutela.errors import TutelaError
from tutela.evidence import keys
from tutela.people.rules import Actor
from tutela.store import journal

WHY = "made before a program was ended; named by repair"


def check() -> Iterator[str]:
    """One sentence for each thing that does not fit."""
    if not keys.folder().is_dir():
        return
    try:
        if not (_stray() or _unnamed()):
            return
        with journal.change("system", "evidence.key"):
            stray, unnamed = _stray(), _unnamed()
    except TutelaError as error:
        yield f"keys: {error}"
        return
    yield from (f"keys: {path.name} was left by a program that was ended" for path in stray)
    yield from (f"keys: the key {key[:16]}… signs, and the journal does not name it" for key in unnamed)


def mend(actor: Actor) -> int:
    """Remove such files, name such keys in the journal; gives how many."""
    if not keys.folder().is_dir() or not (_stray() or _unnamed()):
        return 0
    with journal.change(actor.id, "evidence.key"):
        stray, unnamed = _stray(), _unnamed()
        for path in stray:
            path.unlink(missing_ok=True)
    for key in unnamed:
        journal.note(actor.id, "evidence.key", WHY, key=key)
    return len(stray) + len(unnamed)


def _stray() -> list[Path]:
    """Half-written files, and private keys that are not in use."""
    used = {f"signing-{each.key[:16]}.pem" for each in keys.all_keys() if each.retired is None}
    found = {path for path in keys.folder().glob("signing-*.pem") if path.name not in used}
    return sorted(found | set(keys.folder().glob("*.tmp")))


def _unnamed() -> list[str]:
    """Keys of ``public.json`` that no change of the journal names."""
    named = keys.journalled()
    return [each.key for each in keys.all_keys() if each.key not in named]
