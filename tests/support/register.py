"""A small register with something of everything, written through the public doors: run as a script in a workspace.

``python -m support.register`` (TUTELA_WORKSPACE set) fills it; :func:`fill` does so in a process with Django.
"""

from __future__ import annotations

from typing import Any

NAMES = (("حَلَب", "ar"), ("ܐܘܿܪܗܵܝ", "syr"), ("Łódź", "pl"), ("Şuşa", "az"), ("Ur", "en"), ("Tell Brak", "en"))


def place(number: int) -> dict[str, Any]:
    """A place document; each number gives another one."""
    text, language = NAMES[number % len(NAMES)]
    made: dict[str, Any] = {
        "names": [{"text": f"{text} {number}", "lang": language}, {"text": f"Site {number} mound", "lang": "en"}],
        "types": [{"code": "settlement"}],
        "country": ("SY", "IQ", "AZ")[number % 3],
        "areas": [{"kind": "province", "name": f"Province {number % 4}"}],
        "identifiers": [{"scheme": "local", "value": f"T-{number:04}"}],
        "descriptions": [{"kind": "general", "text": f"Described in survey {number}."}],
        "geometries": [{"geojson": {"type": "Point", "coordinates": [40 + number / 37, 33 + number / 53]}, "role": "centre"}],
    }
    if number % 5 == 4:
        del made["geometries"]
    if number % 3 == 1:
        made["handling"] = {"mark": ("open", "restricted", "confidential")[number % 9 // 3], "precision": "0.1"}
    return made


def assessment(number: int, uuid: str) -> dict[str, Any]:
    """An assessment of the place ``uuid``."""
    return {
        "place": uuid,
        "observed": f"2020-10-{1 + number % 28:02}",
        "method": "remote",
        "condition": {"code": "poor", "scale": "eamena", "original": "Poor"},
        "damages": [{"key": "d1", "cause": {"category": "natural", "code": "water-wind"}, "effect": {"code": "erosion"}}],
        "status": "published",
    }


def fill(count: int = 24, account: bool = True) -> list[str]:
    """Write places, assessments, a correction, a deletion, an account, a file; gives the public ids of the places."""
    from tutela.assessment.actions import record_assessment
    from tutela.inventory.actions import correct_field, delete_place, set_handling
    from tutela.people.actions import add_user
    from tutela.people.rules import OPERATOR
    from tutela.store import journal
    from tutela.store.documents import dashed, new_ids
    from tutela.store.write import Row, write

    uuids = new_ids(count)
    rows = [Row("place", uuid, place(n), new=True) for n, uuid in enumerate(uuids)]
    rows[1].document["part_of"] = uuids[0]  # type: ignore[index]
    with journal.change("operator", "test.fill") as change:
        write(change, rows)
        found = [(n, uuid) for n, uuid in enumerate(uuids) if n % 2 == 0]
        write(change, [Row("assessment", new, assessment(n, uuid), new=True) for (n, uuid), new in
                       zip(found, new_ids(len(found)), strict=True)])
    ids = [dashed(uuid) for uuid in uuids]
    correct_field(OPERATOR, ids[2], "address", "By the river", "seen on the map")
    set_handling(OPERATOR, ids[3], "restricted", "0.01", "looting")
    record_assessment(OPERATOR, ids[5], {k: v for k, v in assessment(5, "").items() if k not in ("place", "status")})
    delete_place(OPERATOR, ids[6], "entered twice")
    if account:  # slow: making a password's digest is meant to be
        add_user(OPERATOR, "anna", "correct horse battery", "reviewer", "Anna")
    take_in(ids[0])
    return ids


def take_in(place_id: str) -> str:
    """A file taken in as evidence, concerning a place, and opened once; gives the item's public id."""
    import tempfile
    from pathlib import Path

    from tutela.evidence.custody import open_original
    from tutela.evidence.intake import Given, take
    from tutela.people.rules import OPERATOR

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "note.txt"
        file.write_bytes("an original, \u1f00".encode())
        taken = take(OPERATOR, [file], Given(collector="A. Surveyor", acquired="2020-10-01", places=[place_id]))
    assert not taken.refused, taken.refused
    with open_original(OPERATOR, taken.items[0], purpose="first look"):
        return taken.items[0]


if __name__ == "__main__":
    import os
    from pathlib import Path

    from tutela.store.setup import open_workspace

    open_workspace(Path(os.environ["TUTELA_WORKSPACE"]))

    print("\n".join(fill()))
