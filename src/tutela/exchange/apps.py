from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "tutela.exchange"
    label = "exchange"

    def ready(self) -> None:
        from tutela.inventory.rules.query import ASKED

        ASKED["change_of_import"] = _change_of


def _change_of(number: int) -> int | None:
    from tutela.exchange.queries import change_of

    return change_of(number)
