"""A little evidence for seals and bundles: pictures of a place, an assessment that cites one, a page that would run a script."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tutela.evidence import intake
from tutela.people.rules import OPERATOR
from tutela.store import journal
from tutela.store.documents import bare, dashed, new_ids
from tutela.store.write import Row, write

HOSTILE = b"<!doctype html><html><script>document.title='run'</script><body>Saved page</body></html>"


def apart(settings: Any, folder: Path) -> Path:
    """From now on this test's files (originals, copies, keys) lie in a folder of its own; gives it."""
    import dataclasses

    settings.WORKSPACE = dataclasses.replace(settings.WORKSPACE, folder=folder, title="Directorate “A” & <B>")
    for name in ("blobs", "staging"):
        (folder / name).mkdir(parents=True)
    return folder


@contextmanager
def elsewhere(settings: Any, folder: Path) -> Iterator[None]:
    """What is done inside happens in another workspace, whose records and files are not here afterwards."""
    from django.db import transaction

    from tutela.evidence import reads

    here = settings.WORKSPACE
    marks = {alias: transaction.savepoint(alias) for alias in {"default", reads.alias()}}
    apart(settings, folder)
    yield
    for alias, mark in marks.items():
        transaction.savepoint_rollback(mark, alias)
    settings.WORKSPACE = here


def picture(seed: int = 0, gps: bool = True, size: tuple[int, int] = (640, 480)) -> bytes:
    """A JPEG with a position in its metadata; each seed gives another one."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", size, (200 - seed * 20 % 120, 180, 150))
    draw = ImageDraw.Draw(image)
    draw.rectangle((100, 200, 540, 460), fill=(120, 100 + seed * 30 % 100, 80))
    draw.polygon([(80, 200), (320, 60), (560, 200)], fill=(90, 60, 50 + seed))
    exif = Image.Exif()
    if gps:
        exif[271], exif[272] = "Camera of somebody", "Model 7"
        exif.get_ifd(0x8825).update({1: "N", 2: (36.0, 12.0, 34.0), 3: "E", 4: (37.0, 9.0, 12.0)})
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80, exif=exif)
    return out.getvalue()


@dataclass
class Room:
    """Public ids of what was put in."""

    place: str
    items: list[str] = field(default_factory=list)
    assessment: str = ""


def put(*records: tuple[str, dict[str, Any]]) -> list[str]:
    """Write records as they are; gives their public ids."""
    uuids = new_ids(len(records))
    with journal.change("operator", "test.put") as change:
        write(change, [Row(kind, uuid, document, new=True) for uuid, (kind, document) in zip(uuids, records, strict=True)])
    return [dashed(uuid) for uuid in uuids]


def furnish(folder: Path, mark: str = "open", pictures: int = 2, place_mark: str = "open", first: int = 0) -> Room:
    """A place, pictures of it and a page, an assessment that cites the first, a grading; gives what was made.

    ``first``: another number gives other pictures.
    """
    from tutela.evidence.intake import Given

    (place,) = put(("place", {"names": [{"text": "خان مرجان", "lang": "ar"}, {"text": "Khan & <Sons>", "lang": "en"}],
                              "types": [{"code": "caravanserai"}], "country": "IQ", "handling": {"mark": place_mark},
                              "geometries": [{"geojson": {"type": "Point", "coordinates": [44.4, 33.3]}, "role": "centre"}]}))
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number in range(first, first + pictures):
        files.append(folder / f"IMG_{number:04}.JPG")
        files[-1].write_bytes(picture(number))
    files.append(folder / "page.html")
    files[-1].write_bytes(HOSTILE + b"<!-- %d -->" % first if first else HOSTILE)
    given = Given(collector="A. Collector", places=[place], handling={"mark": mark}, source={"title": "A report"},
                  description="رسم البوابة")
    taken = intake.take(OPERATOR, files, given)
    assert not taken.refused, taken.refused
    room = Room(place, taken.items)
    (room.assessment,) = put(("assessment", {"place": bare(place), "observed": "2024-03", "method": "field", "status": "published",
                                             "damages": [{"key": "d1", "cause": {"category": "human", "code": "explosion"}}]}))
    one = bare(room.items[0])
    put(("citation", {"item": one, "record": bare(room.assessment), "part": "damages/d1", "note": "the north wall",
                      "locator": {"region": {"x": 0.1, "y": 0.2, "w": 0.3, "h": 0.4}}}),
        ("citation", {"item": one, "record": bare(place)}),
        ("grading", {"item": one, "reliability": "B", "credibility": 2, "note": "seen by two", "by": "operator"}))
    return room
