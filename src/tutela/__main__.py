"""``python -m tutela``: the same as the command ``tutela``."""

from __future__ import annotations

from tutela.cli import main

if __name__ == "__main__":
    main()
