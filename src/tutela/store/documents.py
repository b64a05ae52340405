"""Documents: canonical JSON, public ids."""

from __future__ import annotations

import os
import time
from typing import Any

import orjson

Document = dict[str, Any]

_last = 0
_VARIANT = "89ab"


def canonical(document: Document, _option: int = orjson.OPT_SORT_KEYS) -> bytes:
    """Canonical JSON: sorted keys, no white space, UTF-8.  The same document always gives the same bytes."""
    return orjson.dumps(document, option=_option)


def dumps(document: Document) -> str:
    """Canonical JSON as text."""
    return canonical(document).decode()


def loads(text: str | bytes) -> Document:
    return orjson.loads(text)


def new_ids(n: int) -> list[str]:
    """``n`` public ids: UUID version 7 as 32 hexadecimal digits (RFC 9562), rising within this process.

    Time-ordered, so that indexes grow at their end; the 74 random bits carry nothing of the record.
    """
    global _last
    first = max(time.time_ns() // 1_000_000 << 12, _last + 1)
    _last = first + n - 1
    random, picks = os.urandom(8 * n).hex(), os.urandom(n)
    ids, at = [], 0
    for stamp, pick in zip(range(first, first + n), picks, strict=True):
        text = f"{stamp:015x}"
        ids.append(f"{text[:12]}7{text[12:]}{_VARIANT[pick & 3]}{random[at:at + 15]}")
        at += 16
    return ids


def dashed(uuid: str) -> str:
    """The usual form with hyphens."""
    return f"{uuid[:8]}-{uuid[8:12]}-{uuid[12:16]}-{uuid[16:20]}-{uuid[20:]}"


def bare(uuid: str) -> str:
    """32 hexadecimal digits from any usual spelling of an id (case, hyphens, braces, urn:uuid:)."""
    return uuid.strip().lower().removeprefix("urn:uuid:").strip("{}").replace("-", "")
