"""The refused rows as a file of the kind they came from, that can be mended and imported again."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from tutela.errors import Problem
from tutela.exchange.mapping.cells import as_text

MOST = 100_000
NOTES = ("tutela_row", "tutela_code", "tutela_problem")


class RefusedRows:
    """Keeps refused rows (the first hundred thousand) until they are written."""

    def __init__(self, sources: list[Any]) -> None:
        self.sources = sources
        self.rows: list[tuple[int, int, Any, Any, Problem]] = []

    def keep(self, file: int, row: int, values: Any, geometry: Any, found: Problem) -> None:
        if len(self.rows) < MOST:
            self.rows.append((file, row, list(values), geometry, found))

    def write(self, folder: Path, number: int | None) -> str | None:
        """Write one file for each source that had refused rows; gives the first one's path."""
        paths = []
        folder.mkdir(parents=True, exist_ok=True)
        for at, source in enumerate(self.sources):
            rows = [r for r in self.rows if r[0] == at]
            if not rows:
                continue
            stem = f"import-{number}-{source.path.name.split('.')[0]}-refused"
            path = folder / f"{stem}.{'geojson' if source.geometry else 'csv'}"
            (_write_geojson if source.geometry else _write_csv)(path, source.columns, rows)
            paths.append(str(path))
        return paths[0] if paths else None


def _write_csv(path: Path, columns: tuple[str, ...], rows: list[Any]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([*columns, *NOTES])
        for _, row, values, _, found in rows:
            cells = [as_text(v) for v in values][: len(columns)]
            writer.writerow([*cells, *[""] * (len(columns) - len(cells)), row, found.code, f"{found.message} {found.todo}"])


def _write_geojson(path: Path, columns: tuple[str, ...], rows: list[Any]) -> None:
    features = []
    for _, row, values, geometry, found in rows:
        properties = dict(zip(columns, values, strict=False))
        properties.update(zip(NOTES, (row, found.code, f"{found.message} {found.todo}"), strict=True))
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, default=as_text), encoding="utf-8")
