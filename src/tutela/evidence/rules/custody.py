"""What may follow what in the custody of an item.  Where it stands follows from what was done, and is stored nowhere."""

from __future__ import annotations

from collections.abc import Iterable

from tutela.errors import Problem, declare, problem

declare({
    "custody-act": ("“{value}” is no act of custody.", "Use one of: {acts}."),
    "custody-order": ("An item that is {state} cannot be {value}.", "Look at its chain: `tutela evidence show` tells where it stands."),
    "custody-to": ("It is not said to whom.", "Say who receives it."),
    "custody-rule": ("It is not said by which rule.", "Name the rule: destroying needs one, and the chain keeps it."),
})

READS = ("viewed", "exported", "copied")
ACTS = ("received", "redacted", "lent", "returned", "released", "destroyed", "imported")
NAMES_RECEIVER = {"lent", "released"}

#: {where it stands: {act: where it stands then}}; what is not here is refused.
AFTER: dict[str, dict[str, str]] = {
    "unknown": {"received": "held", "imported": "held"},
    "held": {"received": "held", "imported": "held", "redacted": "held", "lent": "lent", "released": "released", "destroyed": "destroyed",
             **dict.fromkeys(READS, "held")},
    "lent": {"returned": "held", "destroyed": "destroyed", "received": "lent", "imported": "lent"},
    "released": {"received": "held", "imported": "held", "destroyed": "destroyed"},
    "destroyed": {},
}


def standing(acts: Iterable[str]) -> str:
    """Where an item stands after these acts, in their order: unknown, held, lent, released or destroyed.

    An act that could not follow (a chain written elsewhere) changes nothing.
    """
    state = "unknown"
    for act in acts:
        state = AFTER[state].get(act, state)
    return state


def check_act(state: str, act: str, to: str = "", rule: str = "") -> list[Problem]:
    """Why this act cannot be done to an item that stands so; empty if it can."""
    if act not in ACTS and act not in READS:
        return [problem("custody-act", value=act, acts=", ".join(ACTS))]
    if act not in AFTER[state]:
        return [problem("custody-order", value=act, state=state)]
    if act in NAMES_RECEIVER and not to.strip():
        return [problem("custody-to", column="to")]
    if act == "destroyed" and not rule.strip():
        return [problem("custody-rule", column="rule")]
    return []
