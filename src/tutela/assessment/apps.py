from __future__ import annotations

from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "tutela.assessment"
    label = "assessment"

    def ready(self) -> None:
        from tutela.assessment import kinds

        kinds.register_all()
