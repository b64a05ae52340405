"""GeoPackage and Shapefile through GDAL (pyogrio), which only ever sees a local file that was looked at first."""

from __future__ import annotations

import math
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutela.errors import TutelaError, problem

from . import crs as systems
from . import mojibake
from .content import Content
from .geojson import check_texts
from .geometry import Placer, Unfit
from .source import Row, Source, unusable

BATCH = 5_000  # features
_ALLOWED_VIRTUAL = ("rtree",)


def _gdal(name: str, call: Callable[..., Any], *args: Any, **values: Any) -> Any:
    """Call GDAL with its network switched off; whatever it raises becomes a coded error."""
    import pyogrio

    pyogrio.set_gdal_config_options({"CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none", "GDAL_HTTP_TIMEOUT": "1",
                                     "GDAL_HTTP_MAX_RETRY": "0", "OGR_SQLITE_JOURNAL": "MEMORY"})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return call(*args, **values)
    except TutelaError:
        raise
    except Exception as error:  # pyogrio raises many kinds, GDAL's own among them
        raise unusable("file-broken", name, str(error).replace(str(args[0]) if args else "\0", name)[:300]) from None


@dataclass
class Layer:
    """One layer on disk, as GDAL opens it."""

    path: Path
    layer: str | None
    info: dict[str, Any]
    encoding: str | None = None
    hold: Any = None


def check_geopackage(path: Path, name: str) -> None:
    """Refuse a database that is no GeoPackage or that reaches outside itself."""
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error as error:
        raise unusable("file-broken", name, error) from None
    try:
        found = connection.execute("SELECT type, name, sql FROM sqlite_master LIMIT 100000").fetchall()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise unusable("file-broken", name, error) from None
    finally:
        connection.close()
    if not any(str(table).lower() == "gpkg_contents" for _, table, _ in found):
        raise unusable("format-unknown", name, "an SQLite database that is no GeoPackage")
    for _, table, sql in found:
        text = " ".join(str(sql or "").lower().split())
        virtual = text.partition(" using ")[2] if "create virtual table" in text else ""
        if virtual and not virtual.startswith(_ALLOWED_VIRTUAL):
            raise unusable("source-unsafe", name, f"the virtual table {table}")
        if any(word in text for word in ("load_extension", "/vsi", "http://", "https://")) and "create view" in text:
            raise unusable("source-unsafe", name, f"the view {table}")


def local_copy(content: Content, suffix: str) -> tuple[Path, Any]:
    """(path, holder): the file itself where its name is plain, else a private copy under a name of ours."""
    plain = not set("!?#*'\"") & set(str(content.path)) and not str(content.path).startswith("/vsi")
    if content.packed is None and plain:
        return content.path, None
    folder = tempfile.TemporaryDirectory(prefix="tutela-", ignore_cleanup_errors=True)
    path = Path(folder.name) / f"layer{suffix}"
    with content.open() as stream, path.open("wb") as out:
        shutil.copyfileobj(stream, out, 1024 * 1024)
    return path, folder


def open_geopackage(content: Content, stated: dict[str, Any], *, layer: str | None = None, crs: str | None = None,
                    coordinate_order: str | None = None) -> Source:
    """A layer of a GeoPackage."""
    import pyogrio

    path, hold = local_copy(content, ".gpkg")
    check_geopackage(path, content.name)
    found = [(str(n), t) for n, t in _gdal(content.name, pyogrio.list_layers, path)]
    names = [n for n, _ in found]
    if layer is not None and layer not in names:
        raise unusable("layer-unknown", content.name, layer, layers=", ".join(names) or "none")
    if not names:
        raise unusable("layer-none", content.name)
    wanted = layer or next((n for n, kind in found if kind is not None and _count(path, n, content.name)), names[0])
    info = _gdal(content.name, pyogrio.read_info, path, layer=wanted)
    stated.update(layer=wanted, layers=names)
    source = open_layer(content, stated, Layer(path, wanted, info, None, hold), "gpkg", crs, coordinate_order)
    if layer is None and len(names) > 1:
        others = ", ".join(n for n in names if n != wanted)
        source.warnings.append(problem("layer-chosen", file=source.name, value=wanted, layers=others[:1000]))
    return source


def _count(path: Path, layer: str, name: str) -> int:
    import pyogrio

    return int(_gdal(name, pyogrio.read_info, path, layer=layer)["features"])


def open_layer(content: Content, stated: dict[str, Any], layer: Layer, kind: str, crs: str | None,
               coordinate_order: str | None) -> Source:
    """The :class:`Source` over an opened layer of either format."""
    name, info = content.name, layer.info
    swap = systems.check_order(coordinate_order, name)
    has_geometry = info.get("geometry_type") is not None
    if has_geometry:
        reference = systems.resolve(crs, name, "given") if crs else systems.resolve(info.get("crs"), name, "file")
    else:
        reference = systems.Reference("none", None, "file")
    stated.update(crs=reference.label, crs_from=reference.whence, coordinate_order=coordinate_order or "lon-lat",
                  transformed=reference.transform is not None, features=int(info.get("features", -1)),
                  geometry_type=info.get("geometry_type"))
    stated.setdefault("encoding", layer.encoding or "utf-8")
    stated.setdefault("encoding_confidence", 1.0)
    columns = tuple(str(c) for c in info["fields"])
    reader = _Reader(layer, name, len(columns), Placer(reference, swap), has_geometry)
    source = Source(content.path, name, kind, columns, has_geometry, stated, reader.rows)
    source._hold = layer.hold
    if info.get("features") == 0:
        source.warnings.append(problem("table-no-rows", file=name))
    return source


class _Reader:
    def __init__(self, layer: Layer, name: str, width: int, placer: Placer, has_geometry: bool) -> None:
        self.layer, self.name, self.width, self.placer, self.has_geometry = layer, name, width, placer, has_geometry

    def rows(self, source: Source) -> Iterator[Row]:
        self.placer.with_height = 0
        start = 0
        while True:
            shapes, values = self._batch(start)
            count = 0
            for count, (raw, cells) in enumerate(zip(shapes, values, strict=True), 1):
                row = self._row(source, start + count, raw, cells)
                if row is not None:
                    yield row
            start += count
            if count < BATCH:
                break
        if self.placer.with_height:
            source.warn("height-left-out", value=self.placer.with_height)

    def _batch(self, start: int) -> tuple[list[Any], list[list[Any]]]:
        import pyogrio.raw

        layer = self.layer
        _, _, shapes, fields = _gdal(self.name, pyogrio.raw.read, layer.path, layer=layer.layer,
                                     encoding=layer.encoding, skip_features=start, max_features=BATCH,
                                     datetime_as_string=True, read_geometry=self.has_geometry)
        columns = [[_plain(cell) for cell in field.tolist()] for field in fields]
        count = len(columns[0]) if columns else len(shapes) if shapes is not None else 0
        values = [list(cells) for cells in zip(*columns, strict=True)] if columns else [[] for _ in range(count)]
        return (list(shapes) if shapes is not None else [None] * count), values

    def _row(self, source: Source, number: int, raw: bytes | None, values: list[Any]) -> Row | None:
        import shapely

        geometry = None
        if raw is not None:
            shaped = shapely.from_wkb(raw, on_invalid="ignore")
            try:
                if shaped is None:
                    raise Unfit("geometry-broken", "its bytes are no geometry")
                geometry = self.placer.from_shape(shaped, source, number)
            except (Unfit, shapely.errors.ShapelyError) as error:
                code = error.code if isinstance(error, Unfit) else "geometry-broken"
                source.refuse(code, number, values, column="geometry", value=error)
                return None
        if any(isinstance(v, str) and not v.isascii() and mojibake.may_hold(v) for v in values):
            check_texts(source, number, values)
        return number, values, geometry


def _plain(cell: Any) -> Any:
    """A field's value: NaN is empty, whole floats stay floats only where they are not whole, bytes are left out."""
    if isinstance(cell, float):
        if math.isnan(cell):
            return None
        return int(cell) if cell.is_integer() and abs(cell) < 2**53 else cell
    if isinstance(cell, (str, bool, int)) or cell is None:
        return cell if cell != "" else None
    if isinstance(cell, (bytes, bytearray, memoryview)):
        return None
    return str(cell)
