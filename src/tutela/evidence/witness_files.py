"""Who witnesses are, encrypted: one file and one key a witness, in the age format (docs/decisions/0009).

::

    witnesses/
      store.age             the store's key (age X25519), under the passphrase of the witness store (age scrypt)
      W-7K3Q-2M8D.key.age   the key of one witness, for the store's key
      W-7K3Q-2M8D.age       what is known of that witness, for that key: JSON, filled up so that its length tells nothing

Destroying a witness's two files destroys what they held, though somebody keeps the passphrase.  Nothing plain is written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from tutela.errors import TutelaError, declare, problem
from tutela.store import blobs, passphrases
from tutela.store.documents import canonical, loads

declare({
    "witness-damaged": ("What is kept of the witness {value} cannot be read.", "Restore a backup into a new folder and look there."),
    "witness-store-missing": ("No witness has been recorded in this workspace.", "Record one first."),
})

STORE = "store.age"
FILLED = 2048  # bytes; details are filled up to a multiple of this
TRIES = "W-"


def folder() -> Path:
    """Where this workspace keeps them."""
    from django.conf import settings

    return settings.WORKSPACE.folder / "witnesses"


def exists() -> bool:
    """Whether the store has its key already: then its passphrase is asked for once, not chosen."""
    return (folder() / STORE).is_file()


def opened(passphrase: str, make: bool = False) -> Any:
    """The store's key; ``make``: with a new one where there is none.

    Raises ``passphrase-wrong``, ``passphrase-short``, ``witness-store-missing``.
    """
    from pyrage import x25519

    if not exists():
        if not make:
            raise TutelaError(problem("witness-store-missing"))
        passphrases.check(passphrase)
        _write(STORE, passphrases.seal(str(x25519.Identity.generate()).encode(), passphrase), once=True)
    return x25519.Identity.from_str(passphrases.unseal((folder() / STORE).read_bytes(), passphrase).decode())


def put(pseudonym: str, details: dict[str, Any], store: Any) -> None:
    """Keep what is known of a witness, under a fresh key of its own; ``store`` the store's key."""
    import pyrage

    key = pyrage.x25519.Identity.generate()
    content = canonical(details)
    content += b" " * (-len(content) % FILLED)  # white space after JSON means nothing
    _write(f"{pseudonym}.key.age", pyrage.encrypt(str(key).encode(), [store.to_public()]))
    _write(f"{pseudonym}.age", pyrage.encrypt(content, [key.to_public()]))


def get(pseudonym: str, store: Any) -> dict[str, Any]:
    """What is known of a witness.  Raises ``witness-damaged``."""
    import pyrage

    try:
        key = pyrage.decrypt((folder() / f"{pseudonym}.key.age").read_bytes(), [store])
        return loads(pyrage.decrypt((folder() / f"{pseudonym}.age").read_bytes(), [pyrage.x25519.Identity.from_str(key.decode())]))
    except (OSError, ValueError, pyrage.DecryptError):
        raise TutelaError(problem("witness-damaged", value=pseudonym)) from None


def leftovers() -> list[Path]:
    """What was being written when a program was ended: encrypted, and named by nothing."""
    return sorted(folder().glob(".*.part")) if folder().is_dir() else []


def destroy(pseudonym: str) -> bool:
    """Overwrite and remove a witness's key, then the file; whether anything was there."""
    found = False
    for name in (f"{pseudonym}.key.age", f"{pseudonym}.age"):
        path = folder() / name
        if path.exists():
            found = True
            with suppress(OSError), open(path, "r+b") as stream:
                stream.write(os.urandom(path.stat().st_size))
                stream.flush()
                os.fsync(stream.fileno())
            path.unlink()
    if found:
        blobs.sync_folder(folder())
    return found


def whole(pseudonym: str) -> bool:
    """Whether both files of a witness are there."""
    return (folder() / f"{pseudonym}.key.age").is_file() and (folder() / f"{pseudonym}.age").is_file()


def kept() -> Iterator[str]:
    """The pseudonyms of which there is any file, in order."""
    if folder().is_dir():
        yield from sorted({one.name.removesuffix(".age").removesuffix(".key") for one in folder().iterdir()
                           if one.name.startswith(TRIES) and one.name.endswith(".age")})


def _write(name: str, content: bytes, once: bool = False) -> None:
    """The file whole or absent: a temporary one, fsync, rename; ``once``: never in place of one that another process made."""
    folder().mkdir(mode=0o700, exist_ok=True)
    temporary = folder() / f".{name}.{os.getpid()}.part"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with open(descriptor, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        if once:
            _publish(temporary, folder() / name)
        else:
            os.replace(temporary, folder() / name)
    finally:
        temporary.unlink(missing_ok=True)
    blobs.sync_folder(folder())


def _publish(temporary: Path, target: Path) -> None:
    try:
        os.link(temporary, target)  # fails where the name is taken, unlike a rename
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        os.replace(temporary, target)
