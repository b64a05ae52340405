"""Bundles for tests: one with everything in it, and what a forger would make of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from support import authority, sealing
from tutela.evidence import copies, seals, stamps
from tutela.evidence.bundles.checker import PAYLOAD, SIGNATURE, TAGS, canonical
from tutela.evidence.bundles.write import Written, bundle
from tutela.people.rules import OPERATOR
from tutela.store.documents import bare


def everything(folder: Path, out: Path, **how: Any) -> tuple[sealing.Room, Written]:
    """Pictures with working copies and a redacted one, a witness, a seal, a stamp (where openssl is), citations, all in a bundle."""
    room = sealing.furnish(folder / "in")
    copies.make(OPERATOR, room.items)
    copies.redact(OPERATOR, room.items[1], [{"x": 0.3, "y": 0.3, "w": 0.2, "h": 0.2, "why": "face"}])
    seals.seal(OPERATOR, room.items)
    if authority.why_not() is None:
        with authority.running(folder / "authority") as office:
            stamps.stamp_pending(OPERATOR, office.address, certificates=office.root)
    return room, bundle(OPERATOR, out, **how)


def manifest(root: Path, names: list[str]) -> str:
    return "".join(f"{hashlib.sha256((root / name).read_bytes()).hexdigest()}  {name}\n" for name in sorted(names))


def listed_anew(root: Path) -> None:
    """Make every digest of a bundle anew, and its Oxum: what whoever altered it would do."""
    files = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    payload = [name for name in files if name.startswith("data/")]
    info = (root / "bag-info.txt").read_text(encoding="utf-8").splitlines()
    size = sum((root / name).stat().st_size for name in payload)
    info = [f"Payload-Oxum: {size}.{len(payload)}" if line.startswith("Payload-Oxum") else line for line in info]
    (root / "bag-info.txt").write_text("\n".join(info) + "\n", encoding="utf-8", newline="\n")
    (root / PAYLOAD).write_text(manifest(root, payload), newline="\n")
    (root / TAGS).write_text(manifest(root, [n for n in files if not n.startswith("data/") and n not in (TAGS, SIGNATURE)]), newline="\n")


def signed_anew(root: Path, with_own_key: bool = True) -> str:
    """A statement that fits what is there now, signed with a forger's key (or with the old signature left); gives the key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    other = Ed25519PrivateKey.generate()
    held = json.loads((root / SIGNATURE).read_text(encoding="utf-8"))
    held["statement"]["tagmanifest"] = hashlib.sha256((root / TAGS).read_bytes()).hexdigest()
    if with_own_key:
        held |= {"key": other.public_key().public_bytes_raw().hex(), "signature": other.sign(canonical(held["statement"])).hex()}
    (root / SIGNATURE).write_bytes(canonical(held) + b"\n")
    return str(held["key"])


def item_file(root: Path, item: str) -> Path:
    return root / "data" / "items" / f"{bare(item)}.json"
