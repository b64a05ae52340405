"""Evidence in a real browser: two photographs taken in, cited with a region, redacted, and seen redacted by the public."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support.serving import register, sign_in
from web.pictures import photograph
from web.test_browser_axe import look

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with register(tmp_path_factory.mktemp("evidence"), rita="manager") as address:
        yield address


def test_from_two_photographs_to_what_the_public_sees(browser: Any, home: str, tmp_path: Path) -> None:
    context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    sign_in(page, home, "rita", "/places/?q=condition:poor")
    place = page.get_attribute(".t-row[data-id]", "href").split("?")[0]
    taken_in(page, home, place, tmp_path)
    item = item_of(page, "first.jpg")
    cited(page, home, place, item)
    page.goto(home + item)
    assert page.locator(".e-outline").count() == 1 and page.locator("#citations li").count() == 1
    assert "Original opened" not in page.inner_text("#custody")
    redacted(page, home, item)
    seen_by_the_public(browser, home, item, place)
    the_pages_are_clean(page, home, item, place)
    context.close()


def taken_in(page: Any, home: str, place: str, folder: Path) -> None:
    """Given on the page of the place, sent with progress, reported."""
    for name, seed in (("first.jpg", 1), ("second.jpg", 2)):
        (folder / name).write_bytes(photograph(seed))
    page.goto(home + place)
    page.click("#evidence >> text=Take in files")
    assert page.locator("[data-picked] input:checked").count() == 1, "the place is ticked already"
    page.set_input_files("#files", [folder / "first.jpg", folder / "second.jpg"])
    assert "second.jpg" in page.inner_text("[data-chosen]")
    page.fill("[name=acquired]", "no day at all")
    page.select_option("[name=mark]", "open")
    page.click("main .t-actions .btn-primary")
    page.wait_for_selector(".t-errors")
    assert "2 files have arrived" in page.inner_text("main"), "a mistake does not lose the files"
    page.fill("[name=acquired]", "2024-05")
    page.click("main .t-actions .btn-primary")
    page.wait_for_url("**/evidence/intake/*/")
    page.wait_for_selector("text=Working copies are made.", timeout=60_000)
    assert page.locator(".e-plate img").count() == 2


def item_of(page: Any, title: str) -> str:
    return page.get_attribute(f'.e-plate > a:has-text("{title}")', "href")


def cited(page: Any, home: str, place: str, item: str) -> None:
    """From a damage of the place, with a region drawn by the mouse."""
    page.goto(home + place)
    page.click("#damages >> text=Cite evidence >> nth=0")
    page.click(f'a[href*="{item.split("/")[2]}"]')
    assert page.locator("#part option:checked").get_attribute("value").endswith("|damages/d1")
    draw(page, (0.1, 0.1), (0.4, 0.5))
    assert [round(float(page.input_value(f"[name={key}]"))) for key in "xywh"] == [10, 10, 30, 40]
    page.keyboard.press("ArrowRight")
    assert round(float(page.input_value("[name=x]"))) == 11, "the keyboard moves what was drawn"
    page.fill("[name=note]", "The pier on the left")
    page.click("main .t-actions .btn-primary")
    page.wait_for_url("**#evidence")
    assert page.locator("#damages .e-frame").count() == 1 and "Damage: Erosion" in page.inner_text("#evidence")


def draw(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw a box over the picture; the two corners as fractions of it."""
    page.wait_for_function("document.querySelector('[data-stage] img').complete")
    page.locator("[data-stage]").scroll_into_view_if_needed()
    frame = page.locator("[data-stage] img").bounding_box()
    points = [(frame["x"] + x * frame["width"], frame["y"] + y * frame["height"]) for x, y in (start, end)]
    page.mouse.move(*points[0])
    page.mouse.down()
    page.mouse.move(*points[1], steps=5)
    page.mouse.up()


def redacted(page: Any, home: str, item: str) -> None:
    """One box by the mouse, one by the keyboard; preview, then saved."""
    page.goto(home + item + "redact/")
    draw(page, (0.1, 0.1), (0.45, 0.5))
    page.locator("[data-stage]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+ArrowRight")
    assert page.locator(".e-box").count() == 2
    page.keyboard.press("Delete")
    assert page.locator(".e-box").count() == 1
    page.click(".t-actions [value=preview]")
    page.wait_for_selector(".e-solid")
    page.click("text=Make the redacted copy")
    page.wait_for_url(home + item)
    assert "Redacted copy" in page.inner_text("main")


def seen_by_the_public(browser: Any, home: str, item: str, place: str) -> None:
    """The picture as it is drawn on a screen without an account: the box is opaque, in the list, on the item and on the place."""
    context = browser.new_context()
    page = context.new_page()
    for address, picture in (("/evidence/", ".e-plate img >> nth=-1"), (item, ".e-stage img"), (place, "#damages .e-fit img")):
        page.goto(home + address)
        page.wait_for_function("[...document.images].every(one => one.complete || one.loading === 'lazy')")
        page.locator(picture).scroll_into_view_if_needed()
        page.wait_for_timeout(300)
        source = page.get_attribute(picture, "src")
        shown = Image.open(io.BytesIO(context.request.get(home + source).body())).convert("RGB")
        assert max(shown.getpixel((shown.width // 4, shown.height // 4))) < 12
    assert page.request.get(home + item + "original/").url.startswith(home + "/sign-in/")
    context.close()


def the_pages_are_clean(page: Any, home: str, item: str, place: str) -> None:
    """axe-core, two widths, light and dark, left to right and right to left."""
    addresses = (
        "/evidence/",
        "/evidence/add/",
        item,
        item + "describe/",
        item + "grade/",
        item + "redact/",
        item + "original/",
        item + "hand-over/",
        item + "destroy/",
        f"{place}cite/",
        f"{place}cite/?item={item.split('/')[2]}",
        place,
        "/evidence/bundles/",
        "/evidence/witnesses/",
    )
    both = ("/evidence/", "/evidence/add/", item, item + "redact/", place)  # the rest has nothing of its own from right to left
    for lang, listed in (("en", addresses), ("fa", both)):
        page.context.add_cookies([{"name": "tutela_language", "value": lang, "url": home}])
        for address in listed:
            page.goto(home + address)
            assert look(page, lang) == [], address
    page.context.add_cookies([{"name": "tutela_language", "value": "en", "url": home}])


def test_without_script(browser: Any, home: str, tmp_path: Path) -> None:
    (tmp_path / "third.jpg").write_bytes(photograph(3))
    with_script = browser.new_context()
    sign_in(with_script.new_page(), home, "rita", "/account/")
    context = browser.new_context(java_script_enabled=False, storage_state=with_script.storage_state())
    page = context.new_page()
    page.goto(home + "/evidence/add/")
    page.set_input_files("#files", [tmp_path / "third.jpg"])
    page.fill("[name=place_words]", "T-0001")
    page.click("main .t-actions .btn-primary")
    page.wait_for_url("**/evidence/intake/*/", timeout=60_000)
    item = item_of(page, "third.jpg")
    page.goto(home + item + "redact/")
    for key, value in {"x": "10", "y": "10", "w": "20", "h": "20"}.items():
        page.fill(f"[name=box-0-{key}]", value)
    page.click("text=Make the redacted copy")
    page.wait_for_url(home + item)
    assert "Redacted copy" in page.inner_text("main")
    context.close()
    with_script.close()
