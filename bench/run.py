"""Measure, and write docs/performance.md.

``make bench`` takes some minutes; ``make bench FULL=1`` adds a million places and the searches in them, evidence and condition
(an hour, 16 GiB of disk); ``--runs N`` repeats (3 by default); ``--only sqlite`` leaves PostgreSQL out.

``--evidence`` and ``--condition`` measure that part alone, with ``--full`` at the size of its target.  What is not measured in
a run stays as it was measured last: each part's results lie in ``bench/out``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import evidence, measure, table, writing  # noqa: E402

OUT = measure.ROOT / "bench" / "out"
DOCUMENT = measure.ROOT / "docs" / "performance.md"


def main() -> None:
    options = _options()
    OUT.mkdir(exist_ok=True)
    alone = options.evidence or options.condition
    if not alone:
        _imports(options)
        if options.full:
            _keep("million", _million(options.number))
    if options.evidence or (options.full and not alone):
        _keep("evidence", _evidence(options.full))
    if options.condition or (options.full and not alone):
        _keep("condition", _condition(options.number if options.full else 200_000, options.full))
    kept = {part: _kept(part) for part in ("million", "evidence", "condition")}
    text = table.document(_kept("results"), **kept)
    DOCUMENT.write_text(text, encoding="utf-8")
    print(text.partition("## How")[0])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--full", action="store_true", default=bool(os.environ.get("FULL")),
                        help="a million places, and the searches in them; evidence and condition at full size (also FULL=1)")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--number", type=int, default=1_000_000, help="how many places --full imports")
    parser.add_argument("--only", choices=("sqlite",))
    parser.add_argument("--evidence", action="store_true", help="taking in and verifying files, alone")
    parser.add_argument("--condition", action="store_true", help="the damaged-places list and the state of one place, alone")
    return parser.parse_args()


def _imports(options: argparse.Namespace) -> None:
    found: dict[str, Any] = {"machine": measure.machine(), "runs": options.runs}
    with writing.folder() as at:  # so that our modules are compiled
        measure.tutela(at / "w", "init")
        measure.tutela(at / "w", "import", "--dry-run", str(writing.many_places.SOURCE), "--mapping", writing.MAPPING)
    lines = []
    for number in range(options.runs):
        _say(f"SQLite, run {number + 1} of {options.runs}")
        lines.append(writing.once(check_columns=number == 0))
    found["sqlite"] = lines
    if options.only != "sqlite":
        found["postgres"] = _postgres(options.runs)
    found["load_after"] = measure.machine()["load"]
    _keep("results", found)


def _postgres(runs: int) -> list[dict[str, Any]]:
    with writing.postgres() as server:
        if server is None:
            _say("PostgreSQL: no server found; left out")
            return []
        lines = []
        for number in range(runs):
            _say(f"PostgreSQL, run {number + 1} of {runs}")
            lines.append(writing.once_on_postgres(server))
        return lines


def _million(number: int) -> dict[str, Any]:
    """A run of its own takes long, so it is made once; the searches are measured in its workspace."""
    _say(f"{number:,} places")
    with writing.folder() as at:
        found = writing.million(number, at)
        _say("exports and searches")
        for format in ("gpkg", "geojson"):
            done = measure.tutela(at / "million", "export", format, str(at / f"out.{format}"))
            found[f"export_{format}"], found[f"export_{format}_wall"] = done.cpu, done.wall
            (at / f"out.{format}").unlink()
        measure.python("-m", "bench.search", str(at / "million"), str(at / "search.json"))
        found["search"] = json.loads((at / "search.json").read_text(encoding="utf-8"))
    return found | {"machine": measure.machine()}


def _evidence(full: bool) -> dict[str, Any]:
    _say("evidence")
    if full:
        os.environ["FULL"] = "1"  # 5 GB of large files
    return evidence.everything(100_000 if full else evidence.PHOTOGRAPHS) | {"machine": measure.machine()}


def _condition(number: int, full: bool) -> dict[str, Any]:
    """In a process of its own, for Django opens one workspace."""
    _say(f"condition, {number:,} places")
    said = measure.python("-m", "bench.condition", str(number), *(["--full"] if full else [])).out
    return json.loads(said[said.index("{"):])


def _keep(part: str, found: dict[str, Any]) -> None:
    (OUT / f"{part}.json").write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")


def _kept(part: str) -> dict[str, Any] | None:
    """The last results of a part, of this run or an earlier one."""
    file = OUT / f"{part}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
