"""Write ``requirements/lock.txt`` anew and check it (``make relock``): exact versions with digests, for all platforms.

uv resolves against pypi.org alone, whatever the machine's own pip configuration says, so that no local path or index
gets into the file.  Then each supported platform is asked whether the lock can be installed there from wheels only.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = "uv==0.13.9"
INDEX = "https://pypi.org/simple"
OLDEST, NEWEST = "3.11", "3.14"
PLATFORMS = (
    "x86_64-manylinux_2_28",
    "aarch64-manylinux_2_28",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
)
SOURCES = ("pyproject.toml", "requirements/dev.in", "requirements/build.in")


def main() -> int:
    """Make the lock, then check it; 1 if it cannot be had or does not hold."""
    with tempfile.TemporaryDirectory(prefix="tutela-relock-") as folder:
        uv = install_uv(Path(folder))
        run(
            uv,
            "pip",
            "compile",
            "--no-config",
            "--index-url",
            INDEX,
            "--universal",
            "--fork-strategy",
            "fewest",
            "--upgrade",
            "--generate-hashes",
            "--python-version",
            OLDEST,
            "--extra",
            "postgres",
            "--custom-compile-command",
            "make relock",
            "--quiet",
            "--output-file",
            "requirements/lock.txt",
            *SOURCES,
        )
        faults = [
            f"line {n}: {line.strip()}"
            for n, line in enumerate((ROOT / "requirements/lock.txt").read_text().splitlines(), 1)
            if line.lstrip().startswith("-") and not line.startswith("    --hash=sha256:") or "://" in line
        ]
        for platform in PLATFORMS:
            for version in (OLDEST, NEWEST):
                faults += check(uv, platform, version, Path(folder) / "nowhere")
    print("\n".join(faults) or f"The lock holds on {', '.join(PLATFORMS)}, Python {OLDEST} to {NEWEST}.")
    return 1 if faults else 0


def install_uv(folder: Path) -> str:
    """A uv of its own, in a temporary environment."""
    venv.EnvBuilder(with_pip=False).create(folder / "venv")
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    pip = next((ROOT / "tools/vendor").glob("pip-*.whl")) / "pip"
    run(str(scripts / "python"), str(pip), "install", "-qq", UV)
    return str(scripts / "uv")


def run(*command: str) -> None:
    subprocess.run(command, cwd=ROOT, check=True)


def check(uv: str, platform: str, version: str, target: Path) -> list[str]:
    """Could the lock be installed on ``platform`` from wheels alone?  Empty, or why not."""
    done = subprocess.run(
        [
            uv,
            "pip",
            "install",
            "--no-config",
            "--index-url",
            INDEX,
            "--dry-run",
            "--require-hashes",
            "--only-binary",
            ":all:",
            "--python-platform",
            platform,
            "--python-version",
            version,
            "--target",
            str(target),
            "-r",
            "requirements/lock.txt",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "MACOSX_DEPLOYMENT_TARGET": "14.0"},
        check=False,
    )
    return [] if done.returncode == 0 else [f"{platform}, Python {version}: {done.stderr.strip()[-300:]}"]


if __name__ == "__main__":
    sys.exit(main())
