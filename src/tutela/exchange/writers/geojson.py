"""GeoJSON (RFC 7946): one feature a place, what the file is as foreign members, a feature a line.

The geometry is the one recorded for the place, or a GeometryCollection where there are several; a point for the place stands in
the properties ``latitude`` and ``longitude`` in any case.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from tutela.exchange.writers import Item


class Writer:
    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        self._out = open(path, "wb", buffering=1 << 20)  # noqa: SIM115 - closed by finish or abandon
        head = {"type": "FeatureCollection", "name": "places", "title": about["title"], "about": about}
        self._out.write(orjson.dumps(head, option=orjson.OPT_INDENT_2)[:-2] + b',\n  "features": [\n')
        self._first = True

    def write(self, items: list[Item]) -> None:
        dumps = orjson.dumps
        lines = [dumps({"type": "Feature", "id": flat["id"], "geometry": geometry(geometries), "properties": flat})
                 for flat, geometries in items]
        if lines:
            self._out.write((b"" if self._first else b",\n") + b",\n".join(lines))
            self._first = False

    def finish(self, about: dict[str, Any]) -> None:
        tail = {key: about[key] for key in ("precision_counts", "withheld", "attribution")}
        self._out.write(b"\n  ],\n" + orjson.dumps(tail, option=orjson.OPT_INDENT_2)[2:] + b"\n")
        self._out.close()

    def abandon(self) -> None:
        self._out.close()


def geometry(geometries: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The geometries of a place document as one GeoJSON geometry; None where it is located by name only."""
    if len(geometries) == 1:
        return geometries[0]["geojson"]
    parts: list[dict[str, Any]] = []
    for item in geometries:
        shape = item["geojson"]
        parts += shape["geometries"] if shape["type"] == "GeometryCollection" else [shape]
    return {"type": "GeometryCollection", "geometries": parts} if parts else None
