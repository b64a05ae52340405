"""Shapefiles: the parts that belong together, the encoding of their table, and the missing .prj."""

from __future__ import annotations

import codecs
import shutil
import struct
import tempfile
from pathlib import Path
from typing import Any

from tutela.errors import problem

from . import encodings
from .content import Content
from .source import Source, unusable
from .vector import Layer, _gdal, open_layer

MAGIC = b"\x00\x00\x27\x0a"
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
SAMPLE = 512 * 1024
# language driver bytes of dBASE tables: dBASE/FoxPro documentation as listed by GDAL's shapefile driver page
DRIVERS = {0x03: "cp1252", 0x57: "cp1252", 0x64: "cp852", 0x65: "cp866", 0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254",
           0xCB: "cp1253", 0x7D: "cp1255", 0x7E: "cp1256", 0x01: "cp437", 0x02: "cp850"}


def siblings(path: Path) -> dict[str, Path]:
    """The parts beside a .shp, whatever the case of their endings."""
    try:
        beside = list(path.parent.iterdir())
    except OSError:
        beside = [path]
    same = {p.suffix.lower(): p for p in beside if p.stem == path.stem and p.suffix.lower() in PARTS}
    same[".shp"] = path
    return same


def open_shapefile(content: Content, stated: dict[str, Any], parts: dict[str, Path | Content], *,
                   encoding: str | None = None, crs: str | None = None, coordinate_order: str | None = None) -> Source:
    """A shapefile from its parts (ending → file or entry of an archive)."""
    for ending in (".shx", ".dbf"):
        if ending not in parts:
            raise unusable("part-missing", content.name, ending)
    folder = tempfile.TemporaryDirectory(prefix="tutela-", ignore_cleanup_errors=True)
    plain = {ending: Path(folder.name) / f"layer{ending}" for ending in parts}
    for ending, part in parts.items():
        _copy(part, plain[ending], content.name)
    if plain[".shp"].read_bytes()[:4] != MAGIC:
        raise unusable("file-broken", content.name, "its .shp is no shapefile")
    guess = _encoding(plain, encoding, content.name)
    (Path(folder.name) / "layer.cpg").unlink(missing_ok=True)  # the encoding is ours to say, once
    import pyogrio

    info = _gdal(content.name, pyogrio.read_info, plain[".shp"], encoding=guess.encoding)
    if info.get("crs") is None and crs is None and ".prj" in plain and plain[".prj"].read_bytes().strip():
        raise unusable("crs-unknown", content.name, plain[".prj"].read_text("utf-8", "replace")[:200])
    stated.update(encoding=guess.encoding, encoding_confidence=guess.confidence, encoding_reason=guess.reason,
                  encoding_alternatives=list(guess.alternatives), parts=sorted(parts))
    layer = Layer(plain[".shp"], None, info, guess.encoding, folder)
    source = open_layer(content, stated, layer, "shapefile", crs, coordinate_order)
    if guess.confidence < encodings.CERTAIN:
        others = ", ".join(guess.alternatives)
        source.warnings.append(problem("encoding-uncertain", file=source.name,
                                       value=f"{guess.encoding} (or {others})" if others else guess.encoding))
    return source


def _copy(part: Path | Content, target: Path, name: str) -> None:
    try:
        with part.open("rb") if isinstance(part, Path) else part.open() as stream, target.open("wb") as out:
            shutil.copyfileobj(stream, out, 1024 * 1024)
    except OSError as error:
        raise unusable("file-unreadable", name, error.strerror or error) from None


def _encoding(parts: dict[str, Path], given: str | None, name: str) -> encodings.Guess:
    """Given, or the .cpg, or the table's own mark; believed only if the bytes agree, else judged by the letters."""
    with parts[".dbf"].open("rb") as stream:
        head = stream.read(32)
        if len(head) < 32:
            raise unusable("file-broken", name, "its .dbf is cut off")
        start = struct.unpack("<H", head[8:10])[0]
        stream.seek(start)
        sample = encodings.sample_of(stream.read(SAMPLE).replace(b"  ", b"\n"))
    if given is not None:
        return encodings.Guess(_known(given) or _unknown(given, name), 1.0, (), "given")
    stated = parts[".cpg"].read_text("ascii", "replace").strip() if ".cpg" in parts else ""
    for candidate, reason in ((_known(stated), ".cpg"), (DRIVERS.get(head[29]), "mark in the .dbf")):
        if candidate and _agrees(sample, candidate):
            return encodings.Guess(candidate, 1.0 if reason == ".cpg" else 0.9, (), reason)
    if not sample or _agrees(sample, "utf-8"):
        return encodings.Guess("utf-8", 1.0 if not sample else 0.95, (), "all bytes are valid UTF-8")
    return encodings.guess(sample)


def _agrees(sample: bytes, encoding: str) -> bool:
    """Whether the bytes can be text in an encoding (a field may cut the last character in two)."""
    text = sample.decode(encoding, "replace")
    return text.count("\ufffd") <= len(sample) * 0.005


def _known(name: str) -> str | None:
    text = name.strip().lower()
    text = text.replace("ansi ", "cp").replace("windows-", "cp")
    text = f"cp{text}" if text.isdigit() and len(text) in (3, 4) else text
    try:
        return codecs.lookup(text).name if text else None
    except (LookupError, ValueError):
        return None


def _unknown(given: str, name: str) -> str:
    raise unusable("encoding-unknown", name, given)
