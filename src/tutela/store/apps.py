from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class StoreConfig(AppConfig):
    name = "tutela.store"
    label = "store"

    def ready(self) -> None:
        from tutela.store import indexes

        post_migrate.connect(indexes.after_migrate, sender=self)
