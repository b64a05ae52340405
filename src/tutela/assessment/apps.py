from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AssessmentConfig(AppConfig):
    name = "tutela.assessment"
    label = "assessment"

    def ready(self) -> None:
        from tutela.assessment import kinds, versions

        kinds.register_all()
        post_migrate.connect(versions.make_index, sender=self)
