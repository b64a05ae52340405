"""Whether an open item may be shown to everybody: only as far as its witnesses have agreed to publication."""

from __future__ import annotations

from typing import Any

from tutela.people.rules import Actor


def publishable(actor: Actor, uuid: str, item: dict[str, Any]) -> bool:
    """True for signed-in readers, for items without witnesses, and where each witness's consent to publication stands today."""
    if actor.audience > 0 or not item.get("witnesses"):
        return True
    from tutela.evidence import witnesses  # which reads items itself

    return not witnesses.refusals({uuid: item}, "publish")
