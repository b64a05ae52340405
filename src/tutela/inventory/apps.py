from __future__ import annotations

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "tutela.inventory"
    label = "inventory"

    def ready(self) -> None:
        from tutela.inventory import kinds

        kinds.register_all()
