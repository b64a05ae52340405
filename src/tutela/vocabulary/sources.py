"""Reading the room's YAML files quickly.

The YAML files are what people review and edit.  Parsing them all costs tens of milliseconds, so each has a compiled
form in ``compiled/`` (JSON, made by ``python -m tutela.vocabulary.build``).  The compiled form carries the digest
of the YAML file it was made from: when they differ, because somebody has edited the list, the YAML file is parsed
and nothing is ever out of date.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOM = Path(__file__).resolve().parent
LISTS = ROOM / "lists"
COMPILED = ROOM / "compiled"

Prepare = Callable[[dict[str, Any]], dict[str, Any]]


def read(source: Path, prepare: Prepare) -> dict[str, Any]:
    """What ``prepare`` makes of a YAML file: from its compiled form if that is up to date, else from the file
    itself.
    """
    content = source.read_bytes()
    try:
        held = json.loads((COMPILED / f"{source.stem}.json").read_bytes())
    except (OSError, ValueError):  # none there, or not JSON: the YAML file holds everything
        held = {}
    if held.get("digest") == digest(content):
        return held["data"]
    return prepare(parse(content))


def compiled(source: Path, prepare: Prepare) -> str:
    """The text of the compiled form of a YAML file."""
    content = source.read_bytes()
    held = {"digest": digest(content), "data": prepare(parse(content))}
    return json.dumps(held, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"


def digest(content: bytes) -> str:
    """The digest of a text file, the same whatever the line ends are (git may turn them on Windows)."""
    return hashlib.blake2b(content.replace(b"\r\n", b"\n"), digest_size=16).hexdigest()


def parse(content: bytes) -> dict[str, Any]:
    """A YAML file as plain data.  Raises ``yaml.YAMLError`` where it is not YAML."""
    import yaml

    return yaml.load(content.decode("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
