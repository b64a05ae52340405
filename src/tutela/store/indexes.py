"""The indexes Django knows nothing of.  Made after every migrate, because Django may have remade their tables."""

from __future__ import annotations

from typing import Any

from django.db import connections


def after_migrate(sender: Any, using: str = "default", **more: Any) -> None:
    """Signal receiver: make what is missing, and rebuild it when it does not fit its tables."""
    if using != "default":
        return
    from tutela.store import backend, rebuild

    connections[using].ensure_connection()
    backend.module().create_indexes()
    rebuild.if_needed()
