"""The forms in a real browser: recorded, corrected and assessed with the keyboard alone; rows come and go in the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from support.serving import register, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with register(tmp_path_factory.mktemp("forms"), cora="contributor") as address:
        yield address


def tab_to(page: Any, name: str, most: int = 80) -> None:
    """Press Tab until the field (or button) of this name has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("[document.activeElement.name, document.activeElement.textContent.trim()]").count(name):
            return
    raise AssertionError(f"{name} is not reached by Tab")


def test_record_correct_and_assess_with_the_keyboard_alone(page: Any, home: str) -> None:
    sign_in(page, home, "cora", "/places/new/")
    tab_to(page, "names-0-text")
    page.keyboard.type("Kervansaray Ören")
    tab_to(page, "One more name")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "names-1-text", "the new row has the focus"
    page.keyboard.type("خان")
    tab_to(page, "lat")
    page.keyboard.type("38°30'N 39°15'E")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/places/[0-9a-f-]{36}/$"))
    place = page.url
    assert "Kervansaray Ören" in page.inner_text("h1") and page.get_by_role("button", name="Take back").is_visible()

    page.goto(place + "correct/")
    tab_to(page, "address")
    page.keyboard.type("By the bridge")
    tab_to(page, "why")
    page.keyboard.type("seen")
    page.keyboard.press("Enter")
    page.wait_for_url(place)
    assert "By the bridge" in page.inner_text(".t-facts")

    page.goto(place + "assess/")
    tab_to(page, "observed")
    page.keyboard.type("2024-05-01")
    tab_to(page, "method")
    page.keyboard.type("Field")
    tab_to(page, "condition")
    page.keyboard.type("Poor")
    tab_to(page, "damages-0-effect")
    page.keyboard.type("Eros")
    tab_to(page, "Submit", 120)
    page.keyboard.press("Enter")
    page.wait_for_url(place)
    assert "Poor" in page.inner_text("#condition") and "Erosion" in page.inner_text("#damages")
    assert "1 not reviewed yet" in page.inner_text(".t-state"), "what nobody reviewed does not count"


def test_rows_come_and_go_without_a_round_trip_and_keep_their_numbers_apart(page: Any, home: str) -> None:
    sign_in(page, home, "cora", "/places/new/")
    page.fill("[name=names-0-text]", "first")
    for text in ("second", "third"):
        page.click("#names [data-rows-add]")
        page.keyboard.type(text)
    page.click("#names [data-row]:nth-child(2) [data-rows-drop]")
    page.click("#names [data-rows-add]")
    page.keyboard.type("fourth")
    names = page.eval_on_selector_all("#names [data-rows-list] input[name$=-text]", "all => all.map(one => [one.name, one.value])")
    assert [value for _, value in names] == ["first", "third", "fourth"] and len({name for name, _ in names}) == 3
    page.click("main .t-actions .btn-primary")
    page.wait_for_url(re.compile(r"/places/[0-9a-f-]{36}/$"))
    assert page.locator("#names li .t-name").count() == 3


def test_how_a_date_is_read_is_told_while_it_is_typed(page: Any, home: str) -> None:
    sign_in(page, home, "cora", "/places/new/")
    page.click("#dating [data-rows-add]")
    page.keyboard.type("12th century")
    page.locator("#dating .t-read", has_text="1101/1200").wait_for(timeout=10_000)


def test_after_a_mistake_the_notice_has_the_focus_and_leads_to_the_field(page: Any, home: str) -> None:
    sign_in(page, home, "cora", "/places/new/")
    page.fill("[name=names-0-text]", "Ur")
    page.fill("[name=names-0-lang]", "no tag")
    page.fill("[name=lat]", "95")
    page.fill("[name=lon]", "12")
    page.press("[name=lon]", "Enter")
    page.wait_for_selector(".t-errors")
    assert page.evaluate("document.activeElement.classList.contains('t-errors')")
    assert page.locator(".t-errors li").count() == 2
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#id_lat"
    assert page.get_attribute("[name=lat]", "aria-invalid") == "true"
    described = page.get_attribute("[name=lat]", "aria-describedby").split()
    assert any("coordinate-out-of-range" in page.inner_text(f"[id='{one}']") for one in described)


def test_an_outcome_without_a_finding_puts_the_empty_parts_of_a_finding_away(page: Any, home: str) -> None:
    sign_in(page, home, "cora", "/places/")
    place = page.get_attribute(".t-row[data-id]", "href").split("?")[0]
    page.goto(f"{home}{place}assess/")
    page.check("[name=outcome][value=not-visited]")
    assert not page.is_visible("[name=condition]") and not page.is_visible("#damages")
    page.check("[name=outcome][value=finding]")
    page.select_option("[name=condition]", "poor")
    page.check("[name=outcome][value=not-visited]")
    assert page.is_visible("[name=condition]"), "what was entered is never hidden"
