"""A process that has Tutela loaded and forks itself for every command: ``python -m support.warm_server [ready]``.

It reads one request a line on standard input and answers with the child's process id, then with how the child ended, so
that a test can kill the child in between.  ``ready``: Django is started for TUTELA_WORKSPACE before the first fork.
POSIX only; :mod:`support.warm` uses whole processes elsewhere.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import select
import signal
import sys
from pathlib import Path
from typing import Any


def load(ready: bool) -> None:
    """Import what commands import, so that a fork begins with the work itself."""
    import numpy  # noqa: F401
    import orjson  # noqa: F401
    import yaml  # noqa: F401
    from django.db import connections  # noqa: F401

    import tutela.cli.app  # noqa: F401

    if not ready:
        return
    from tutela.store.setup import open_workspace

    open_workspace(Path(os.environ["TUTELA_WORKSPACE"]))
    import pkgutil
    from importlib import import_module

    import tutela

    for found in pkgutil.walk_packages(tutela.__path__, "tutela."):
        if ".migrations" not in found.name and not found.name.endswith(("__main__", ".postgres", ".wsgi")):
            try:
                import_module(found.name)
            except Exception:
                continue  # the command that needs it will say so
    for name in ("pyogrio", "pyproj", "shapely", "python_calamine", "rapidfuzz", "xlsxwriter", "charset_normalizer"):
        import_module(name)

    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
        run(["imports"])  # what the first command of a process loads
    connections.close_all()


def serve() -> None:
    """Answer requests until standard input ends."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    numbers: dict[int, int] = {}
    pending = b""
    gc.freeze()
    say({"ready": True})
    while True:
        heard, _, _ = select.select([0, read], [], [])
        if read in heard:
            os.read(read, 4096)
            reap(numbers)
        if 0 in heard:
            piece = os.read(0, 65536)
            if not piece:
                return
            *lines, pending = (pending + piece).split(b"\n")
            for line in lines:
                begin(json.loads(line), numbers)


def begin(request: dict[str, Any], numbers: dict[int, int]) -> None:
    pid = os.fork()
    if pid == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        child(request)
    numbers[pid] = request["n"]
    say({"n": request["n"], "pid": pid})


def reap(numbers: dict[int, int]) -> None:
    while numbers:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        say({"n": numbers.pop(pid), "status": os.waitstatus_to_exitcode(status)})


def say(answer: dict[str, Any]) -> None:
    os.write(1, json.dumps(answer).encode() + b"\n")


def child(request: dict[str, Any]) -> None:
    """Run one command in this forked process, its streams in files, and end."""
    code = 70
    try:
        void = os.open(os.devnull, os.O_RDONLY)
        os.dup2(void, 0)
        for number, name in ((1, "out"), (2, "err")):
            stream = os.open(f"{request['to']}.{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(stream, number)
        if request.get("folder"):
            os.chdir(request["folder"])
        patch(request.get("patch") or {})
        code = run(request["arguments"])
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        try:
            from django.db import connections

            connections.close_all()  # as the end of an interpreter does
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)


def patch(wanted: dict[str, Any]) -> None:
    """The conditions a test asks for: ``staged`` rows kept in memory, ``timeout`` seconds for the writer's lock,
    ``pages`` the database may grow to, ``bytes`` a file may grow to, ``memory`` the process may have, ``dies`` the step at which it is
    ended and its count (``support.dying``)."""
    import resource

    if "staged" in wanted:
        from tutela.exchange.imports import staging

        staging.MEMORY = staging.BATCH = wanted["staged"]
    if "timeout" in wanted or "pages" in wanted:
        from django.db import connection

        options = connection.settings_dict["OPTIONS"]
        options["timeout"] = wanted.get("timeout", options.get("timeout"))
        if "pages" in wanted:
            options["init_command"] += f" PRAGMA max_page_count={int(wanted['pages'])};"
    if "dies" in wanted:
        from support.dying import dies

        dies(*wanted["dies"])
    if "bytes" in wanted:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (wanted["bytes"], wanted["bytes"]))
    if "memory" in wanted:
        resource.setrlimit(resource.RLIMIT_AS, (wanted["memory"], wanted["memory"]))


def run(arguments: list[str]) -> int:
    if arguments[0] == "python":
        from importlib import import_module

        module, function = arguments[1].rsplit(".", 1)
        print(json.dumps(getattr(import_module(module), function)(*arguments[2:]), ensure_ascii=False, sort_keys=True))
        return 0
    from tutela.cli import main

    sys.argv = ["tutela", *arguments]
    main()
    return 0


if __name__ == "__main__":
    load("ready" in sys.argv[1:])
    serve()
