"""The lists that ship with Tutela, imported in the order in which they came out."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tutela import demo_data
from tutela.exchange.actions import Progress, run_import
from tutela.people.rules import Actor

#: (name shown, shipped list, its files): the older release before the newer, so that the newer updates it.
ORDER: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("EAMENA: caravanserais of Iran", "eamena", ("iran_caravanserais.geojson",)),
    ("EAMENA: caravanserais, 2024 release", "eamena", ("caravanserais_2024_release.geojson",)),
    ("EAMENA: Sistan", "eamena", ("sistan.geojson",)),
    ("EAMENA: Sistan, second release", "eamena", ("sistan_second_release.geojson",)),
    ("The Syriac Gazetteer", "syriaca", ("places.csv", "names.csv", "idnos.csv", "events.csv")),
)


def run(actor: Actor, progress: Progress | None = None) -> dict[str, Any]:
    """Import all of them, leaving out rows that must be refused.  A second run changes nothing.

    Gives ``{"lists": [{list, rows, places, created, updated, unchanged, refused, warnings, seconds, …}], "rows", "places",
    "created", "updated", "unchanged", "refused", "warnings", "seconds"}``; ``refused`` are rows, ``places`` a sum over the
    lists (a place in two lists counts twice).
    """
    begun = time.perf_counter()
    lists = []
    with TemporaryDirectory(prefix="tutela-demo-") as folder:
        for title, name, files in ORDER:
            paths = {path.name: path for path in demo_data.unpack(name, Path(folder) / name)}
            report = run_import(actor, [paths[file] for file in files], partial=True, progress=progress)
            lists.append({
                "list": title, "files": list(files), "mapping": report.mapping, "import": report.id, "rows": report.rows,
                "places": report.places, "created": report.created, "updated": report.updated,
                "unchanged": report.unchanged, "refused": report.refused_rows, "warnings": sum(report.warned.values()),
                "problems": [found.as_dict() for found in report.refused], "refused_file": report.refused_file,
                "seconds": round(report.seconds, 2),
            })  # fmt: skip
    totals = ("rows", "places", "created", "updated", "unchanged", "refused", "warnings")
    return {"lists": lists, **{name: sum(row[name] for row in lists) for name in totals},
            "seconds": round(time.perf_counter() - begun, 2)}  # fmt: skip
