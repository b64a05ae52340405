"""The command line.  A face: it holds no rule, and imports what a command needs when the command runs."""

from __future__ import annotations

from tutela.cli.app import app, main

__all__ = ["app", "main"]
