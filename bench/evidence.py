"""Measuring evidence: taking in beside ``cp`` + ``sha256sum`` + ``sync`` of the same files, verifying beside ``sha256sum``.

``python -m bench.evidence`` (``FULL=1``: 5 GB of large files, else 500 MB; ``--verify N`` items to verify, 10,000 unless given).
Each function gives a dictionary: seconds on the wall, the ratio (theirs ÷ ours; 0.7 is the promise), memory in bytes.
POSIX, with the GNU tools.  Both sides begin with the files in the cache and nothing waiting to be written.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench import measure, writing

PHOTOGRAPHS = 10_000
SMALL = (60_000, 140_000)  # bytes of a small photograph
PIECE = 100 << 20  # bytes of a large file
Line = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--verify", type=int, default=PHOTOGRAPHS)
    parser.add_argument("--runs", type=int, default=1)
    options = parser.parse_args()
    found = {"machine": measure.machine(), "runs": [everything(options.verify) for _ in range(options.runs)]}
    json.dump(found, sys.stdout, indent=1)
    print()


def everything(items: int = PHOTOGRAPHS) -> Line:
    """All the measurements of this module, once."""
    with writing.folder() as at:
        small = photographs(at / "small", PHOTOGRAPHS)
        found = {"small": intake(at, small, "small"), "verify": verify(at, items)}
        shutil.rmtree(at / "small")
        large = films(at / "large", (5000 if os.environ.get("FULL") else 500) << 20)
        found["large"] = intake(at, large, "large")
    return found


def photographs(folder: Path, count: int) -> Path:
    """So many small JPEG files, each another one (a real head, then noise: what a photograph is to a disk and a digest)."""
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (64, 48), (120, 90, 60)).save(out, "JPEG")
    head, noise, chance = out.getvalue(), os.urandom(SMALL[1]), random.Random(3)
    folder.mkdir(parents=True)
    for number in range(count):
        (folder / f"IMG_{number:06}.JPG").write_bytes(head + number.to_bytes(8, "big") + noise[: chance.randint(*SMALL)])
    return folder


def films(folder: Path, size: int) -> Path:
    """Large files, ``size`` bytes in all."""
    folder.mkdir(parents=True)
    noise = os.urandom(1 << 20)
    for number in range(max(1, size // PIECE)):
        with open(folder / f"MVI_{number:04}.MP4", "wb") as out:
            out.write(b"\0\0\0\x18ftypisom" + number.to_bytes(8, "big"))
            for _ in range(min(size, PIECE) >> 20):
                out.write(noise)
    return folder


def intake(at: Path, source: Path, name: str) -> Line:
    """``tutela evidence add`` of a folder, the start of the program included, beside the tools; the workspace stays for ``verify``."""
    files = sorted(source.iterdir())
    tools = _tools(at, source)
    workspace = at / f"workspace-{name}"
    measure.tutela(workspace, "init")
    _settle(files)
    ours = measure.tutela(workspace, "evidence", "add", str(source), "--no-copies")
    again = measure.tutela(workspace, "evidence", "add", str(source), "--no-copies")
    line = {"files": len(files), "bytes": sum(file.stat().st_size for file in files), "wall": ours.wall, "cpu": ours.cpu,
            "memory": ours.memory, "tools": sum(tools.values()), **tools, "ratio": sum(tools.values()) / ours.wall, "again": again.wall}
    if name == "large":
        shutil.rmtree(workspace)
    return line


def _tools(at: Path, source: Path) -> dict[str, float]:
    """Seconds of cp, sha256sum and sync, one after the other."""
    _settle(sorted(source.iterdir()))
    copy = at / "copy"
    seconds = {}
    for name, command in (("cp", ["cp", "-r", str(source), str(copy)]),
                          ("sha256sum", ["sh", "-c", 'find "$0" -type f -print0 | xargs -0 sha256sum > "$1"', str(copy), str(at / "sums")]),
                          ("sync", ["sync"])):
        begun = time.perf_counter()
        subprocess.run(command, check=True)
        seconds[name] = time.perf_counter() - begun
    shutil.rmtree(copy)
    return seconds


def _settle(files: list[Path]) -> None:
    """Nothing waits to be written, and what can be is in the cache."""
    subprocess.run(["sync"], check=True)
    for file in files:
        with open(file, "rb", 0) as stream:
            while stream.read(1 << 20):
                pass


def verify(at: Path, items: int) -> Line:
    """``tutela evidence verify`` of so many items beside ``sha256sum`` of the same blobs."""
    workspace = at / "workspace-small"
    done = len(list((workspace / "blobs").glob("??/*")))
    for number in range(done, items, PHOTOGRAPHS):
        more = photographs(at / "more", min(PHOTOGRAPHS, items - number))
        for file in more.iterdir():
            file.write_bytes(file.read_bytes() + number.to_bytes(8, "big"))
        measure.tutela(workspace, "evidence", "add", str(more), "--no-copies")
        shutil.rmtree(more)
    blobs = sorted((workspace / "blobs").glob("??/*"))
    _settle(blobs)
    begun = time.perf_counter()
    subprocess.run(["sh", "-c", 'find "$0" -type f -path "*/??/*" -print0 | xargs -0 sha256sum > "$1"', str(workspace / "blobs"),
                    str(at / "sums")], check=True)
    tools = time.perf_counter() - begun
    ours = measure.tutela(workspace, "evidence", "verify")
    whole = measure.tutela(workspace, "verify")
    return {"items": len(blobs), "bytes": sum(file.stat().st_size for file in blobs), "wall": ours.wall, "cpu": ours.cpu,
            "memory": ours.memory, "sha256sum": tools, "ratio": tools / ours.wall, "verify_all": whole.wall}


if __name__ == "__main__":
    main()
