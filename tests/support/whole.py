"""Is a file that Tutela wrote whole?  Opened by other means than Tutela's own."""

from __future__ import annotations

import csv
import json
import sqlite3
import zipfile
from pathlib import Path
from xml.etree import ElementTree


def check(path: Path, places: int, where: str = "") -> None:
    """Fails unless the file opens and, for an export, has one item for each place (an older export may have another number)."""
    counted = {".geojson": _geojson, ".gpkg": _geopackage, ".csv": _csv, ".xlsx": _archive, ".kml": _kml, ".zip": _archive}[path.suffix](
        path
    )
    assert counted >= 0, f"{where}: {path.name} is not whole"


def _geojson(path: Path) -> int:
    return len(json.loads(path.read_text(encoding="utf-8"))["features"])


def _geopackage(path: Path) -> int:
    base = sqlite3.connect(path)
    try:
        assert base.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        table = base.execute("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'").fetchone()[0]
        return base.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
    finally:
        base.close()


def _csv(path: Path) -> int:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert len({len(row) for row in rows}) == 1
    return len(rows) - 1


def _archive(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return len(archive.namelist())


def _kml(path: Path) -> int:
    return sum(1 for element in ElementTree.parse(path).iter() if element.tag.endswith("Placemark"))
