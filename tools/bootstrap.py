"""Make the environment in ``.venv``: exactly the versions and digests of ``requirements/lock.txt``, then this project.

Run with any Python 3.11 or newer, on Linux, macOS or Windows; only the standard library is used, and neither pip nor
ensurepip has to be there::

    python3 tools/bootstrap.py            (Windows: py tools\\bootstrap.py)

Running it again costs nothing: a stamp in ``.venv`` holds the digest of everything the environment was made from.
This file is read by older Pythons too, so that they can say what is missing: keep its grammar plain.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "lock.txt"
SOURCE = ROOT / "requirements" / "source.txt"
PIP_WHEEL = ROOT / "tools" / "vendor" / "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
OLDEST = (3, 11)
STAMP = "tutela-environment.txt"


class Stop(Exception):
    """The environment cannot be made; the text says why and what to do."""


def main(arguments=None):
    """Make or renew the environment; return the exit code (0, or 1 with one plain message)."""
    parser = argparse.ArgumentParser(description="Make the environment from requirements/lock.txt.")
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv", help="where (default: .venv)")
    parser.add_argument("--force", action="store_true", help="make it anew even if nothing changed")
    options = parser.parse_args(arguments)
    try:
        if sys.version_info < OLDEST:
            return run_newer_python(sys.argv[1:] if arguments is None else arguments)
        make(options.venv.absolute(), options.force)
    except Stop as reason:
        print("bootstrap: %s" % reason, file=sys.stderr)
        return 1
    return 0


def run_newer_python(arguments):
    """This Python is too old: run the same with a newer one from PATH, or say so."""
    for minor in (14, 13, 12, 11):
        found = shutil.which("python3.%d" % minor)
        if found:
            return subprocess.call([found, str(Path(__file__).resolve()), *arguments])
    raise Stop(
        "Tutela needs Python 3.11 or newer; %s is Python %d.%d. Install a newer one (Debian 12: the package python3; "
        "macOS: python.org or brew install python@3.13; Windows: python.org), or name it: make PYTHON=/path/to/python3"
        % (sys.executable, sys.version_info[0], sys.version_info[1])
    )


def make(folder, force):
    """The environment in ``folder``: nothing if it is already what the lock says, else installed whole, stamp last."""
    stamp, wanted = folder / STAMP, fingerprint()
    made, place = (
        (stamp.read_text(encoding="utf-8").split("\n") + ["", ""])[:2] if stamp.exists() else ("", str(folder))
    )
    usable = works(folder) and place == str(folder)  # an environment that was moved has the old place in its scripts
    if not force and usable and made == wanted:
        return
    check_pip()
    if stamp.exists():
        stamp.unlink()
    print("Making the environment in %s (a few minutes the first time)" % shown(folder), flush=True)
    if force or not usable:
        venv.EnvBuilder(with_pip=False, clear=folder.exists(), symlinks=os.name != "nt").create(str(folder))
    pip(folder, "--no-index", "--no-deps", str(PIP_WHEEL))
    pip(folder, "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK))
    pip(folder, "--require-hashes", "--no-deps", "--no-build-isolation", "-r", str(SOURCE))
    pip(folder, "--no-index", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    stamp.write_text("%s\n%s\n" % (wanted, folder), encoding="utf-8")


def fingerprint():
    """Digest of what the environment is made from: the lock, pyproject.toml, pip, this file, the project's place."""
    digest = hashlib.sha256(repr((PIP_SHA256, str(ROOT))).encode("utf-8"))
    for path in (LOCK, SOURCE, ROOT / "pyproject.toml", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def check_pip():
    """Refuse a vendored pip that is not the file its README names."""
    if not PIP_WHEEL.exists():
        raise Stop("%s is missing; take it from the repository again." % shown(PIP_WHEEL))
    found = hashlib.sha256(PIP_WHEEL.read_bytes()).hexdigest()
    if found != PIP_SHA256:
        raise Stop(
            "%s was changed (sha256 %s, not %s); take it from the repository again."
            % (shown(PIP_WHEEL), found, PIP_SHA256)
        )


def python_of(folder):
    """The environment's own Python."""
    return folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"


def works(folder):
    """Is there an environment in ``folder`` whose Python starts and is of the version running this?"""
    python = python_of(folder)
    if not python.exists():
        return False
    code = "import sys; sys.exit(sys.version_info[:2] != %r or sys.prefix == sys.base_prefix)" % (
        tuple(sys.version_info[:2]),
    )
    try:
        return subprocess.call([str(python), "-I", "-c", code], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def pip(folder, *arguments):
    """``pip install`` by the vendored pip, into the environment, with the user's own index and proxy settings."""
    environment = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PIP_ROOT_USER_ACTION="ignore")
    for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_ROOT", "PYTHONPATH", "PYTHONHOME"):
        environment.pop(name, None)  # these would install elsewhere, or let foreign packages in
    command = [
        str(python_of(folder)),
        str(PIP_WHEEL / "pip"),
        "install",
        "-qq",
        "--no-warn-script-location",
        *arguments,
    ]
    if subprocess.call(command, env=environment, stdin=subprocess.DEVNULL, cwd=str(ROOT)) != 0:
        raise Stop(
            "pip could not install (its message is above). Without a network, or in one with its own package index, "
            "set that index in pip's configuration (PIP_INDEX_URL) and run the same again: what is there is kept."
        )


def shown(path):
    """A path as the reader would write it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


if __name__ == "__main__":
    sys.exit(main())
