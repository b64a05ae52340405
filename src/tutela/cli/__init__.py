"""The command line.  A face: it holds no rule, and imports what a command needs when the command runs."""

from __future__ import annotations

import gc

gc.disable()  # nothing dies while a thousand modules are loaded: looking for it costs a quarter of the time.  `setup.start` ends this.

from tutela.cli.app import app, main  # noqa: E402

__all__ = ["app", "main"]
