"""The places of a question as a file, at the precision of the audience chosen."""

from __future__ import annotations

import io
import shutil
import zipfile
from datetime import date
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tutela.errors import Problem, TutelaError
from tutela.exchange import queries as imports
from tutela.exchange.exports import export as write
from tutela.exchange.writers.about import BOUNDARIES, NAMES
from tutela.inventory import queries
from tutela.inventory.near import require_known
from tutela.inventory.rules.query import parse
from tutela.people.actions import require
from tutela.people.rules import AUDIENCES, Actor
from tutela.web.views.common import address, label

FORMATS = (
    ("gpkg", "GeoPackage", "For QGIS and ArcGIS: geometries and all columns in one file."),
    ("geojson", "GeoJSON", "For the web and most map programs."),
    ("xlsx", "Excel (XLSX)", "For people: a sheet of places, and one that says what it is."),
    ("csv", "CSV", "Plain text for any program: a .zip with the table and its description."),
    ("kml", "KML", "For Google Earth."),
)
SEES = {
    "public": "what everybody may see",
    "contributor": "what contributors may see",
    "reviewer": "what reviewers may see",
    "manager": "everything, as held",
}


@require_GET
def page(request: HttpRequest) -> HttpResponse | FileResponse:
    """What would be in the file, and for whom; with ``format`` the file itself."""
    actor: Actor = request.actor
    require(actor, "export")
    text = request.GET.get("q", "").strip()
    audience, format = request.GET.get("audience", "public"), request.GET.get("format", "")
    if format:
        try:
            return _file(actor, format, audience, text)
        except TutelaError as error:
            return _page(request, actor, text, audience, error.problem)
    return _page(request, actor, text, audience)


def _page(request: HttpRequest, actor: Actor, text: str, audience: str, found: Problem | None = None) -> HttpResponse:
    try:
        query = parse(text)
        require_known(actor, query)
        audiences = [_audience(actor, name, query) for name in AUDIENCES[: actor.audience + 1]]
        shown = query.text()
    except TutelaError as error:
        found, audiences, shown = error.problem, [], text
    context = {
        "room": "places",
        "topclass": "t-top--page",
        "q": shown,
        "problem": found,
        "audiences": audiences,
        "formats": FORMATS,
        "audience": audience if audience in AUDIENCES[: actor.audience + 1] else "public",
        "format": request.GET.get("format") or "gpkg",
        "back": address(shown),
        "disclaimer": BOUNDARIES,
        "names_note": NAMES,
        "sources": imports.attributions(),
    }
    return render(request, "tutela/export.html", context, status=400 if found else 200)


def _audience(actor: Actor, name: str, query: Any) -> dict[str, Any]:
    """How many places an audience would get, by handling: its own count, so that it tells nothing of the others."""
    reader = Actor(actor.id, name, actor.name, actor.language)
    counted = queries.count(reader, query, ("handling",))
    held = counted.facets.get("handling", {})
    marks = [{"label": label("handling", mark, actor.language), "count": n} for mark, n in held.items() if n]
    return {"name": name, "sees": SEES[name], "count": counted.total, "marks": marks}


def _file(actor: Actor, format: str, audience: str, text: str) -> FileResponse:
    """Write the file to a folder of its own (outside the workspace) and send it; the folder goes when the last byte has."""
    folder = Path(mkdtemp(prefix="tutela-export-"))
    try:
        name = f"places-{audience if audience in AUDIENCES else 'public'}-{date.today().isoformat()}"
        path = folder / f"{name}.{format if format.isalnum() else 'out'}"
        told = write(actor, format, path, audience=audience, query=text)
        path = Path(told["file"])
        if told.get("meta"):
            path = _together(folder / f"{name}.zip", [path, Path(told["meta"])])
        sent = _Fleeting(path, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return FileResponse(sent, as_attachment=True, filename=path.name)


def _together(path: Path, parts: list[Path]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.write(part, part.name)
    return path


class _Fleeting(io.FileIO):
    """A file that goes, with its folder, when it is closed."""

    def __init__(self, path: Path, folder: Path) -> None:
        super().__init__(path, "rb")
        self.folder = folder

    def close(self) -> None:
        super().close()
        shutil.rmtree(self.folder, ignore_errors=True)
