"""Documents: canonical JSON, public ids."""

from __future__ import annotations

import os
import time
from typing import Any

import orjson

Document = dict[str, Any]

_last = 0


def dumps(document: Document) -> str:
    """Canonical JSON: sorted keys, no white space, UTF-8 kept.  The same document always gives the same text."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


def loads(text: str | bytes) -> Document:
    return orjson.loads(text)


def new_ids(n: int) -> list[str]:
    """``n`` public ids: UUID version 7 as 32 hexadecimal digits (RFC 9562), rising within this process.

    Time-ordered, so that indexes grow at their end; the 74 random bits carry nothing of the record.
    """
    global _last
    first = max(time.time_ns() // 1_000_000 << 12, _last + 1)
    _last = first + n - 1
    random = os.urandom(8 * n).hex()
    ids = []
    for i in range(n):
        stamp = first + i
        tail = random[16 * i : 16 * i + 16]
        ids.append(f"{stamp >> 12:012x}7{stamp & 0xFFF:03x}{'89ab'[int(tail[0], 16) & 3]}{tail[1:]}")
    return ids


def dashed(uuid: str) -> str:
    """The usual form with hyphens."""
    return f"{uuid[:8]}-{uuid[8:12]}-{uuid[12:16]}-{uuid[16:20]}-{uuid[20:]}"


def bare(uuid: str) -> str:
    """32 hexadecimal digits from any usual spelling of an id (case, hyphens, braces, urn:uuid:)."""
    return uuid.strip().lower().removeprefix("urn:uuid:").strip("{}").replace("-", "")
