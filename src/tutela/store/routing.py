"""Which database a table lives in: sessions and the log of reads beside the register, not in it."""

from __future__ import annotations

from typing import Any

from django.conf import settings

ACCESS_APPS = {"sessions"}
ACCESS_MODELS = {("store", "read"), ("store", "job"), ("evidence", "access")}  # store.read: of workspaces made before 0.2


class AccessRouter:
    """Send sign-ins and the log of reads to ``access`` where that file exists (SQLite); else to ``default``."""

    def _alias(self, app: str, model: str | None) -> str | None:
        if "access" not in settings.DATABASES:
            return None
        belongs = app in ACCESS_APPS or (app, model) in ACCESS_MODELS
        return "access" if belongs else "default"

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return self._alias(model._meta.app_label, model._meta.model_name)

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return self._alias(model._meta.app_label, model._meta.model_name)

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool | None:
        return None

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool | None:
        alias = self._alias(app_label, model_name)
        return None if alias is None else db == alias
