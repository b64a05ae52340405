"""The workspace's own key pair (Ed25519, RFC 8032): made at its first use, kept in ``keys/``, never in the database.

``signing-<first digits of the key>.pem`` the private key (PKCS #8, PEM, mode 0600; encrypted if TUTELA_KEY_PASSPHRASE was set
when it was made); ``public.json`` every public key this workspace has had, written last and whole, so that it decides which is in
use: ``{"keys": [{"key": hex, "made": ISO, "retired": ISO | null}]}``.
Each new key is named in the journal, which so says from when on it signed.  It signs for the workspace, not for a person.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from tutela.errors import TutelaError, declare, problem
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import journal
from tutela.store.blobs import sync_folder

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

declare({
    "key-locked": ("The signing key of this workspace is protected by a passphrase.",
                   "Set TUTELA_KEY_PASSPHRASE to the passphrase it was made with, then do this again."),
    "key-unreadable": ("The signing key of this workspace cannot be read: {reason}.",
                       "Restore the folder keys/ from a backup, or move it away and make a new key: `tutela evidence key --new`."),
})

PASSPHRASE = "TUTELA_KEY_PASSPHRASE"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key of this workspace.  ``key`` 64 hexadecimal digits; ``retired`` None: the one in use."""

    key: str
    made: str
    retired: str | None

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.key)


def fingerprint(key: str) -> str:
    """The first 16 bytes of the key's SHA-256, in groups, for reading over a telephone."""
    digest = sha256(bytes.fromhex(key)).hexdigest()[:32]
    return " ".join(digest[at : at + 4] for at in range(0, 32, 4))


def folder() -> Path:
    from django.conf import settings

    return settings.WORKSPACE.keys


def all_keys() -> list[PublicKey]:
    """Every public key this workspace has had, the newest last; empty before the first use."""
    try:
        held = json.loads((folder() / "public.json").read_text(encoding="utf-8"))
        return [PublicKey(each["key"], each["made"], each["retired"]) for each in held["keys"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TutelaError(problem("key-unreadable", reason=type(error).__name__)) from error


def current(actor: Actor) -> PublicKey:
    """The key in use; made now if there is none, which needs the right to seal."""
    found = _in_use(all_keys())
    if found is not None:
        return found
    require(actor, "seal")
    return _make(actor, "", rotate=False)


def rotate(actor: Actor, why: str = "") -> PublicKey:
    """Make a new key and use it from now on; the old private key is gone for good, the old public key stays known."""
    require(actor, "repair")
    return _make(actor, why, rotate=True)


def sign(actor: Actor, content: bytes) -> tuple[str, str]:
    """(public key, signature) over ``content``, in hexadecimal.  Not inside an open change: the first use makes the key."""
    known = current(actor)
    private = _load(known.key)
    key = private.public_key().public_bytes_raw().hex()
    if key != known.key:
        raise TutelaError(problem("key-unreadable", reason="the private key is not the one that public.json names"))
    return key, private.sign(content).hex()


def holds(key: str, content: bytes, signature: str) -> bool:
    """Whether this signature (hexadecimal) over ``content`` was made with the private half of ``key``."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def as_pem(key: str) -> str:
    """A public key as a PEM file holds it (SubjectPublicKeyInfo), for openssl and others."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _in_use(known: list[PublicKey]) -> PublicKey | None:
    return next((each for each in reversed(known) if each.retired is None), None)


def _private(key: str) -> Path:
    return folder() / f"signing-{key[:16]}.pem"


def _load(key: str) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    given = os.environ.get(PASSPHRASE, "").encode() or None
    try:
        text = _private(key).read_bytes()
        locked = b"ENCRYPTED" in text.split(b"\n", 1)[0]
        private = load_pem_private_key(text, given if locked else None)
    except TypeError as error:
        raise TutelaError(problem("key-locked")) from error
    except (OSError, ValueError) as error:
        if "password" in str(error).lower() or "decrypt" in str(error).lower():
            raise TutelaError(problem("key-locked")) from error
        raise TutelaError(problem("key-unreadable", reason=type(error).__name__)) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise TutelaError(problem("key-unreadable", reason="it is of another kind"))
    return private


def _make(actor: Actor, why: str, rotate: bool) -> PublicKey:
    """Make a key under the writer's lock, so that two processes never make two; the journal names it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

    private = Ed25519PrivateKey.generate()
    key = private.public_key().public_bytes_raw().hex()
    given = os.environ.get(PASSPHRASE, "").encode()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(given) if given else NoEncryption())
    now = datetime.now(UTC).replace(microsecond=0).isoformat()
    try:
        with journal.change(actor.id, "evidence.key", why, always=True, key=key):
            former = all_keys()
            first = _in_use(former)
            if first is not None and not rotate:
                raise _Already(first)  # another process was first
            folder().mkdir(mode=0o700, exist_ok=True)
            kept = [{"key": e.key, "made": e.made, "retired": e.retired or now} for e in former]
            _put(_private(key), pem)
            _put(folder() / "public.json", json.dumps({"keys": [*kept, {"key": key, "made": now, "retired": None}]}, indent=2).encode())
    except _Already as other:
        return other.key
    for stale in folder().glob("signing-*.pem"):
        if stale != _private(key):
            stale.unlink(missing_ok=True)
    return PublicKey(key, now, None)


class _Already(Exception):
    def __init__(self, key: PublicKey) -> None:
        super().__init__()
        self.key = key


def _put(path: Path, content: bytes) -> None:
    """A file of the folder, whole or absent, for its owner alone."""
    temporary = path.with_suffix(".tmp")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    os.replace(temporary, path)
    sync_folder(path.parent)


def known() -> set[str]:
    """Every key this workspace has had, by its own list and by the journal, which names each when it was made."""
    return journalled() | {each.key for each in all_keys()}


def journalled() -> set[str]:
    """The keys that changes of the journal name."""
    from django.db import connection

    from tutela.store.documents import loads

    with connection.cursor() as cursor:
        cursor.execute("SELECT l.document FROM store_change c JOIN store_line l ON l.seq = c.line WHERE c.action = 'evidence.key'")
        return {loads(text)["context"]["key"] for (text,) in cursor.fetchall() if text}
