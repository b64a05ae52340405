"""Measuring what writes: imports beside their floor, taking them back, exports, a million places with readers beside them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench import many_places, measure

PLACES = 20_000
MAPPING = str(measure.ROOT / "bench" / "benchmark_places.yaml")
Line = dict[str, Any]


@contextmanager
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="tutela-bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def once(check_columns: bool) -> Line:
    """One run on SQLite in a new workspace: the floor, the import, exports, the columns' check, the undo.  CPU seconds."""
    with folder() as at:
        workspace = at / "workspace"
        measure.tutela(workspace, "init")
        floor = measure.python("bench/floor.py", str(many_places.SOURCE), str(at / "floor.sqlite"))
        imported = measure.tutela(workspace, "import", str(many_places.SOURCE), "--mapping", MAPPING)
        assert json.loads(measure.tutela(workspace, "--json", "stats").out)["places"] == PLACES
        line: Line = {"floor": floor.cpu, "import": imported.cpu, "import_wall": imported.wall, "import_memory": imported.memory}
        for format in ("gpkg", "geojson"):
            done = measure.tutela(workspace, "export", format, str(at / f"out.{format}"))
            line[f"export_{format}"], line[f"export_{format}_wall"] = done.cpu, done.wall
        undone = measure.tutela(workspace, "undo", "1")
        line["undo"], line["undo_memory"] = undone.cpu, undone.memory
        assert json.loads(measure.tutela(workspace, "--json", "stats").out)["places"] == 0
        if check_columns:
            measure.tutela(workspace, "import", str(many_places.SOURCE), "--mapping", MAPPING)
            line["columns"] = json.loads(measure.python("-m", "bench.columns", workspace=workspace).out)
            measure.tutela(workspace, "verify")
        return line


def once_on_postgres(server: Any) -> Line:
    """The same import on PostgreSQL (COPY): CPU seconds of the client and of the whole server."""
    url = server.create_database()
    try:
        with folder() as at:
            workspace = at / "workspace"
            measure.tutela(workspace, "init", DATABASE_URL=url)
            parent = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
            before = measure.server_cpu(parent)
            imported = measure.tutela(workspace, "import", str(many_places.SOURCE), "--mapping", MAPPING, DATABASE_URL=url)
            between = measure.server_cpu(parent)
            undone = measure.tutela(workspace, "undo", "1", DATABASE_URL=url)
            return {"pg_client": imported.cpu, "pg_server": between - before, "pg_memory": imported.memory,
                    "pg_undo": undone.cpu + measure.server_cpu(parent) - between}
    finally:
        server.drop_database(url)


@contextmanager
def postgres() -> Iterator[Any]:
    """A server for this run, or None where there is none (or where its CPU time cannot be read)."""
    sys.path.insert(0, str(measure.ROOT / "tests"))
    from support import postgres as found

    programs = found.find_server() if Path("/proc").is_dir() else None
    if programs is None:
        yield None
        return
    server = found.Throwaway(programs)
    try:
        yield server
    finally:
        server.stop()


def million(number: int, at: Path) -> Line:
    """Import generated places into ``at``/million while another process reads and signs in; leaves the workspace for the searches."""
    workspace, source = at / "million", at / f"{number}.csv"
    many_places.write(number, source)
    few = at / "few.csv"
    many_places.write(PLACES, few)
    first = median(_alone(at, few) for _ in range(3))
    measure.tutela(workspace, "init")
    with open(at / "reader.json", "w", encoding="utf-8") as out:
        reader = _reader(workspace, out)
        try:
            imported = measure.tutela(workspace, "import", str(source), "--mapping", MAPPING)
        finally:
            reader.terminate()
            reader.wait(60)
    source.unlink()
    return {"number": number, "first": first, "import": imported.cpu, "wall": imported.wall, "memory": imported.memory,
            "bytes": sum(file.stat().st_size for file in workspace.glob("tutela.sqlite*")),
            "readers": json.loads((at / "reader.json").read_text(encoding="utf-8").splitlines()[-1])}


def _alone(at: Path, source: Path) -> float:
    """CPU seconds of importing these places into an empty workspace."""
    workspace = at / "few"
    measure.tutela(workspace, "init")
    used = measure.tutela(workspace, "import", str(source), "--mapping", MAPPING).cpu
    shutil.rmtree(workspace)
    return used


def _reader(workspace: Path, out: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "bench.reader"], env=measure.environment(workspace), cwd=measure.ROOT, stdout=out)
