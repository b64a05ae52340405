"""Which reader a file belongs to: decided by its content, with its name as a hint, never by its name alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from tutela.errors import problem

from .content import JSONS, READABLE, TABLES, WORKBOOKS, Content, check_zip, digest, is_noise
from .delimited import open_delimited
from .encodings import by_mark
from .source import Source, unusable

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SQLITE = b"SQLite format 3\0"
SHAPE = b"\x00\x00\x27\x0a"
KNOWN = {b"%PDF": "a PDF document", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"GIF8": "a picture",
         b"Rar!": "a RAR archive", b"7z\xbc\xaf": "a 7z archive", b"PAR1": "a Parquet file",
         b"fgb\x03": "a FlatGeobuf file", b"\x28\xb5\x2f\xfd": "a Zstandard file", b"BZh": "a bzip2 file",
         b"\xfd7zXZ": "an xz file"}


def open_source(path: Path, *, sheet: str | None = None, layer: str | None = None, encoding: str | None = None,
                separator: str | None = None, crs: str | int | None = None, coordinate_order: str | None = None,
                header_row: int | None = None) -> Source:
    """Open a file for reading rows.

    :param sheet: of a workbook; :param layer: of a map file, or the file to read inside a .zip of several
    :param encoding: of text, as Python names it; :param separator: one character or ``tab``
    :param crs: code or WKT that overrides what the file says; :param coordinate_order: ``lon-lat`` or ``lat-lon``
    :param header_row: 1-based, where the search would go wrong
    :raises Unusable: with a coded problem, whenever the file cannot be used at all
    """
    path = Path(path)
    content, stated = _start(path)
    if header_row is not None and header_row < 1:
        raise unusable("header-row-empty", content.name, row=header_row)
    options = {"sheet": sheet, "layer": layer, "encoding": encoding, "separator": separator,
               "crs": str(crs) if crs is not None else None, "coordinate_order": coordinate_order,
               "header_row": header_row}
    try:
        return _route(content, stated, options)
    except OSError as error:
        raise unusable("file-unreadable", content.name, error.strerror or type(error).__name__) from None
    except (MemoryError, RecursionError):
        raise unusable("file-too-large", content.name, "it does not fit into memory") from None


def _start(path: Path) -> tuple[Content, dict[str, Any]]:
    try:
        if not path.exists():
            raise unusable("file-missing", path.name)
        if not path.is_file():
            raise unusable("file-unreadable", path.name, "it is no file")
        found, size = digest(path)
    except (OSError, ValueError) as error:
        raise unusable("file-unreadable", path.name, getattr(error, "strerror", None) or type(error).__name__) from None
    if size == 0:
        raise unusable("file-empty", path.name)
    return Content(path, path.name, path.suffix.lower()), {"digest": found, "bytes": size}


def _route(content: Content, stated: dict[str, Any], options: dict[str, Any]) -> Source:
    """By magic bytes, then by the look of the text."""
    with content.open() as stream:
        head = stream.read(4096)
    if not head:
        raise unusable("file-empty", content.name)
    if head.startswith(b"\x1f\x8b") and content.packed is None:
        stated["compression"] = "gzip"
        inner = content.path.name[:-3] if content.suffix == ".gz" else content.path.name
        return _route(replace(content, packed="gzip", suffix=PurePosixPath(inner).suffix.lower()), stated, options)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(content, stated, options)
    if head.startswith(OLE):
        return _workbook(content, stated, options, "xls")
    if head.startswith(SQLITE):
        from .vector import open_geopackage

        source = open_geopackage(content, stated, **_pick(options, "layer", "crs", "coordinate_order"))
        return _noted(source, {".gpkg"}, content)
    if head.startswith(SHAPE):
        return _shapefile(content, stated, options)
    for magic, what in KNOWN.items():
        if head.startswith(magic):
            raise unusable("format-unknown", content.name, what)
    return _text(content, head, stated, options)


def _pick(options: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: options[name] for name in names}


def _noted(source: Source, endings: set[str], content: Content) -> Source:
    """State it where the name promises another kind."""
    if content.suffix and content.suffix not in endings:
        source.warnings.insert(0, problem("format-differs", file=source.name, value=f"read as {source.format}"))
    return source


def _workbook(content: Content, stated: dict[str, Any], options: dict[str, Any], kind: str) -> Source:
    from .workbook import open_workbook

    return _noted(open_workbook(content, stated, kind, **_pick(options, "sheet", "header_row")), WORKBOOKS, content)


def _text(content: Content, head: bytes, stated: dict[str, Any], options: dict[str, Any]) -> Source:
    mark = by_mark(head)
    start = head.decode(mark.encoding if mark else "latin-1", "ignore").lstrip("\ufeff\x1e \t\r\n")
    if head.startswith(b"\xef\xbb\xbf"):
        start = head[3:].decode("latin-1").lstrip(" \t\r\n")
    table = content.suffix in TABLES - {".txt"}
    if start.startswith("<") and not table:
        return _xml(content, start, stated, options)
    if start[:1] in ("{", "[") and (not table or start.startswith('{"type"')):
        from .geojson import open_geojson

        return _noted(open_geojson(content, stated, **_pick(options, "crs", "coordinate_order")), JSONS, content)
    if content.suffix in JSONS and not start:
        raise unusable("file-empty", content.name)
    if content.suffix in JSONS | {".kml", ".kmz", ".gpkg", ".shp"} | WORKBOOKS - {".xls"}:
        raise unusable("file-broken", content.name, "its content is not of that kind")
    source = open_delimited(content, stated, **_pick(options, "encoding", "separator", "header_row"))
    return _noted(source, TABLES | {content.suffix} - WORKBOOKS, content)


def _xml(content: Content, start: str, stated: dict[str, Any], options: dict[str, Any]) -> Source:
    from .kml import open_kml

    if start[:200].lower().startswith(("<html", "<!doctype html", "<table")):
        raise unusable("format-unknown", content.name, "a web page (HTML)")
    with content.open() as stream:
        source = open_kml(stream, content.path, content.name, stated,
                          **_pick(options, "layer", "crs", "coordinate_order"))
    return _noted(source, {".kml", ".kmz"}, content)


def _shapefile(content: Content, stated: dict[str, Any], options: dict[str, Any]) -> Source:
    from .shapefile import open_shapefile, siblings

    if content.packed == "gzip":
        raise unusable("part-missing", content.name, ".shx")
    return _noted(open_shapefile(content, stated, dict(siblings(content.path)),
                                 **_pick(options, "encoding", "crs", "coordinate_order")), {".shp"}, content)


def _zip(content: Content, stated: dict[str, Any], options: dict[str, Any]) -> Source:
    """A workbook, a KMZ, or an archive with one readable file or the parts of a shapefile."""
    if content.packed is not None:
        raise unusable("format-unknown", content.name, "an archive inside an archive")
    entries = check_zip(content.path, content.name)
    names = [entry.filename for entry in entries]
    if "xl/workbook.xml" in {n.lower() for n in names}:
        return _workbook(content, stated, options, "xlsx")
    if "content.xml" in names and "mimetype" in names:
        with replace(content, packed="zip", entry="mimetype").open() as stream:
            if b"spreadsheet" in stream.read(200):
                return _workbook(content, stated, options, "ods")
        raise unusable("format-unknown", content.name, "an office document that is no spreadsheet")
    return _archive(content, [n for n in names if not is_noise(n)], stated, options)


def _archive(content: Content, names: list[str], stated: dict[str, Any], options: dict[str, Any]) -> Source:
    readable = sorted(n for n in names if PurePosixPath(n.removesuffix(".gz")).suffix.lower() in READABLE)
    layer = options["layer"]
    # A folder of documents may lie beside the data (a README.txt): text is taken only where nothing else is there.
    better = [n for n in readable if not n.lower().endswith(".txt")] or readable
    if not better:
        raise unusable("zip-no-data", content.name, ", ".join(names[:10]) or "nothing")
    named = next((n for n in better if layer in (n, PurePosixPath(n).name, PurePosixPath(n).stem)), None)
    usual = "doc.kml" if content.suffix == ".kmz" and "doc.kml" in better else None  # what a KMZ opens with
    entry = named or usual or better[0]
    stated.update(compression="zip", entry=entry, entries=better[:100])
    inner = replace(content, packed="zip", entry=entry, suffix=PurePosixPath(entry).suffix.lower())
    if named is not None:
        options = {**options, "layer": None}  # it named the file inside, not a layer of it
    if inner.suffix == ".shp":
        source = _zipped_shapefile(inner, names, stated, options)
    else:
        source = _route(inner, stated, options)
    if not (named or usual) and len(better) > 1:
        source.warnings.insert(0, problem("zip-several", file=content.name, value=entry))
    return source


def _zipped_shapefile(inner: Content, names: list[str], stated: dict[str, Any], options: dict[str, Any]) -> Source:
    from .shapefile import PARTS, open_shapefile

    stem = str(PurePosixPath(inner.entry or "").with_suffix(""))
    parts = {}
    for name in names:
        path = PurePosixPath(name)
        if path.suffix.lower() in PARTS and str(path.with_suffix("")) == stem:
            parts[path.suffix.lower()] = replace(inner, entry=name)
    return open_shapefile(inner, stated, parts, **_pick(options, "encoding", "crs", "coordinate_order"))
