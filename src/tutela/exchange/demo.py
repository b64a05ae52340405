"""The lists that ship with Tutela, imported in the order in which they came out."""

from __future__ import annotations

import time
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tutela import demo_data
from tutela.exchange.actions import Progress, run_import
from tutela.exchange.models import Import
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
    """Import all of them, leaving out rows that must be refused.

    A second run changes nothing: a file whose import stands is not read again, since an older release would take back
    what the newer one says.

    Gives ``{"lists": [{list, rows, places, created, updated, unchanged, refused, warnings, seconds, …}], "rows", "places",
    "created", "updated", "unchanged", "refused", "warnings", "seconds"}``; ``refused`` are rows, ``places`` a sum over the
    lists (a place in two lists counts twice).
    """
    begun = time.perf_counter()
    lists = []
    with TemporaryDirectory(prefix="tutela-demo-") as folder:
        for title, name, files in ORDER:
            paths = {path.name: path for path in demo_data.unpack(name, Path(folder) / name)}
            if earlier := _imported([paths[file] for file in files]):
                lists.append({**_row(title, files, earlier), "created": 0, "updated": 0,
                              "unchanged": earlier["places"], "warnings": 0, "seconds": 0.0})  # fmt: skip
                continue
            report = run_import(actor, [paths[file] for file in files], partial=True, progress=progress)
            lists.append(_row(title, files, report.as_dict()))
    totals = ("rows", "places", "created", "updated", "unchanged", "refused", "warnings")
    return {"lists": lists, **{name: sum(row[name] for row in lists) for name in totals},
            "seconds": round(time.perf_counter() - begun, 2)}  # fmt: skip


def _imported(paths: list[Path]) -> dict[str, Any] | None:
    """The report of the import that holds just these files, if one does and was not undone."""
    wanted = sorted(f"sha256:{sha256(path.read_bytes()).hexdigest()}" for path in paths)
    for kept in Import.objects.filter(state="committed").order_by("-id"):
        if sorted(str(file.get("stated", {}).get("digest")) for file in kept.files) == wanted:
            return {**kept.report, "import": kept.id}
    return None


def _row(title: str, files: tuple[str, ...], report: dict[str, Any]) -> dict[str, Any]:
    counts = {name: report[name] for name in ("import", "mapping", "rows", "places", "created", "updated", "unchanged")}
    return {"list": title, "files": list(files), **counts, "refused": report["refused_rows"], "problems": report["refused"],
            "warnings": sum(report["warned"].values()), "refused_file": report["refused_file"],
            "seconds": round(report["seconds"], 2)}  # fmt: skip
