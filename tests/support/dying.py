"""A command that ends itself as a power cut would, at a step of its work: ``python -m support.dying STEP COUNT -- ARGUMENTS``.

STEP is a function, ``module:name`` or ``module:class.name``; the COUNT-th call of it is the last thing that happens (before it
does anything).  ``-COUNT``: after it was done.
"""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from typing import Any


def dies(step: str, count: int) -> None:
    """Let the process be killed at this call."""
    module, _, path = step.partition(":")
    owner: Any = import_module(module)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    real, left = getattr(owner, name), [abs(count)]

    def called(*arguments: Any, **more: Any) -> Any:
        left[0] -= 1
        if left[0] == 0 and count > 0:
            os.kill(os.getpid(), signal.SIGKILL)
        done = real(*arguments, **more)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(owner, name, called)


def main() -> None:
    step, count, _, *arguments = sys.argv[1:]
    from pathlib import Path

    from tutela.store.setup import open_workspace

    open_workspace(Path(os.environ["TUTELA_WORKSPACE"]))
    dies(step, int(count))
    from tutela.cli import main as command

    sys.argv = ["tutela", *arguments]
    command()


if __name__ == "__main__":
    main()
