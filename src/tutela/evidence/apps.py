from __future__ import annotations

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "tutela.evidence"
    label = "evidence"

    def ready(self) -> None:
        from tutela.evidence import kinds

        kinds.register_all()
