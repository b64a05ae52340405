"""What a person does to single records, in a process that has the workspace open.  Public ids are 32 hexadecimal digits."""

from __future__ import annotations

import json


def set_field(uuid: str, field: str, value: str) -> str:
    """``value`` is JSON; null takes the field out."""
    from tutela.inventory.actions import correct_field
    from tutela.people.rules import OPERATOR
    from tutela.store.documents import dashed

    correct_field(OPERATOR, dashed(uuid), field, json.loads(value), "seen on the map")
    return uuid


def add_part(uuid: str) -> str:
    """A new place that is part of this one; its id."""
    from tutela.inventory.actions import record_place
    from tutela.people.rules import OPERATOR
    from tutela.store.documents import bare

    return bare(
        record_place(
            OPERATOR, {"names": [{"text": "A gate", "lang": "en"}], "part_of": uuid, "identifiers": [{"scheme": "local", "value": "gate"}]}
        )
    )


def clear() -> int:
    """Take out every live record; how many there were."""
    from tutela.store import journal
    from tutela.store.write import Row, live_rows, write

    held = sorted(((kind, uuid) for _, uuid, kind, _ in live_rows()), key=lambda pair: pair[0] == "place")
    with journal.change("operator", "test.clear") as change:
        write(change, [Row(kind, uuid, None) for kind, uuid in held])
    return len(held)


def touch(what: str, one: str, other: str) -> str:
    """One of the actions on single places, on the first place and the second of those there are (by their order)."""
    from tutela.errors import TutelaError
    from tutela.inventory.actions import delete_place, set_handling
    from tutela.people.rules import OPERATOR
    from tutela.store.documents import dashed
    from tutela.store.write import live_rows

    uuids = [uuid for _, uuid, kind, _ in live_rows() if kind == "place"]
    if not uuids:
        return "none"
    first, second = uuids[int(one) % len(uuids)], uuids[int(other) % len(uuids)]
    try:
        if what == "edit":
            set_field(first, "address", json.dumps(f"House {other}"))
        elif what == "cite" and first != second:
            set_field(first, "part_of", json.dumps(second))
        elif what == "delete":
            delete_place(OPERATOR, dashed(first), "a duplicate")
        elif what == "handle":
            set_handling(OPERATOR, dashed(first), ("open", "restricted", "confidential")[int(other) % 3], "0.1", "looting")
    except TutelaError as error:  # refused by a rule: as good an answer as done
        return error.code
    return "done"
