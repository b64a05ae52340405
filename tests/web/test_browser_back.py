"""Going back and forward around a refused form: nothing typed is lost, nothing is sent twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support import serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving.empty(tmp_path_factory.mktemp("back"), rana="reviewer") as address:
        yield address


def name(page: Any, number: int = 0) -> str:
    return str(page.input_value(f"[name=names-{number}-text]"))


def test_what_was_typed_stays_and_is_not_sent_again(page: Any, home: str) -> None:
    serving.sign_in(page, home, "rana")
    page.goto(home + "/places/new/")
    page.fill("[name=names-0-text]", "Old Bridge")
    page.click("[data-rows]:has([name=names-0-text]) [data-rows-add]")
    page.fill("[name=names-1-text]", "Körpü")
    page.select_option("[name=country]", "AZ")
    page.fill("[name=lat]", "95")
    page.fill("[name=lon]", "46.75")
    page.click(".t-actions .btn-primary")
    page.wait_for_selector(".t-errors")
    page.go_back()
    assert name(page) == "Old Bridge" and name(page, 1) == "Körpü"
    page.go_forward()
    page.wait_for_selector("[name=names-1-text]")
    assert name(page, 1) == "Körpü" and page.input_value("[name=country]") == "AZ" and page.input_value("[name=lat]") == "95"
    page.fill("[name=lat]", "39.76")
    page.click(".t-actions .btn-primary")
    page.wait_for_url("**/places/*-*/")
    page.go_back()
    page.wait_for_selector("[name=names-0-text]")
    assert name(page) == "Old Bridge" and page.input_value("[name=lat]") == "39.76"
    page.goto(home + "/places/")
    assert page.locator(".t-row").count() == 1
    page.goto(home + "/places/new/")
    assert name(page) == ""
