"""The Chromium (or Chrome, or Edge) that is installed, and how the tests start it.  Nothing is ever downloaded."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

HOW_TO_GET = (
    "Debian: apt-get install chromium libatomic1; elsewhere Chrome or Edge; or set TUTELA_CHROMIUM to its program"
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
# No sandbox: containers and CI run as root.  The others keep the browser from asking its maker for anything.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def why_not() -> str | None:
    """Why no page can be opened here; None if one can.  Playwright's driver is a Node.js that needs libatomic."""
    if find_browser() is None:
        return "no Chromium found"
    try:
        from playwright._impl._driver import compute_driver_executable

        node = compute_driver_executable()[0]
        subprocess.run([str(node), "--version"], check=True, capture_output=True, timeout=60)
    except (ImportError, OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip().splitlines()
        return f"Playwright's driver does not start: {said[-1] if said else error}"
    return None


def find_browser() -> str | None:
    """The program's path; None if there is none."""
    named = os.environ.get("TUTELA_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next((path for path in (*map(shutil.which, NAMES), *PLACES) if path and Path(path).exists()), None)
