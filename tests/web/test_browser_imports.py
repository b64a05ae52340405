"""The wizard in a real browser, on a real server: a Windows-1251 list from the file to the undo; and without script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import serving

pytestmark = pytest.mark.browser
LIST = (
    "№;Название;Широта;Долгота;Состояние\r\n1;Каменный мост;41,50000;44,80000;хорошее\r\n2;Церковь на холме;сорок;44,90000;хорошее\r\n"
    "3;Крепость у реки;41,70000;45,00000;разрушено\r\n4;Старая башня;41,80000;45,10000;удовлетворительное\r\n"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a register of its own, with a reviewer."""
    with serving.empty(tmp_path_factory.mktemp("browser"), rana="reviewer") as address:
        yield address


def sign_in(page: Any, home: str) -> None:
    serving.sign_in(page, home, "rana", "/imports/new/")


def figures(page: Any) -> dict[str, str]:
    return dict(zip(page.locator(".t-quad dt").all_inner_texts(), page.locator(".t-quad dd:nth-of-type(1)").all_inner_texts(), strict=True))


def to_the_dry_run(page: Any, home: str, file: Path) -> None:
    page.goto(home + "/imports/new/")
    page.set_input_files("#files", str(file))
    page.click("main .t-actions .btn-primary")
    page.wait_for_url("**/mapping/")
    page.click("button[value=try]")
    page.wait_for_url("**/report/")


def test_a_cp1251_list_from_the_file_to_the_undo(page: Any, home: str, tmp_path: Path) -> None:
    file = tmp_path / "памятники.csv"
    file.write_bytes(LIST.encode("cp1251"))
    sign_in(page, home)
    page.set_input_files("#files", str(file))
    assert "памятники.csv" in page.locator("[data-chosen]").inner_text()
    page.click("main .t-actions .btn-primary")
    page.wait_for_url("**/mapping/")
    assert "CP1251" in page.locator("header.t-dochead").inner_text() and "semicolon" in page.locator("header.t-dochead").inner_text()
    assert "Каменный мост" in page.locator("#columns").inner_text()
    editor = page.locator("[data-yaml]")
    editor.fill(editor.input_value() + "\nplaice: x\n")
    page.click("button[value=look] >> nth=0")
    assert "mapping-field" in page.locator("main").inner_text() and "plaice" in page.locator("[data-yaml]").input_value()
    page.locator("[data-yaml]").fill(page.locator("[data-yaml]").input_value().replace("plaice: x", ""))
    page.click("button[value=try]")
    page.wait_for_url("**/report/")
    assert figures(page) == {"Would be created": "3", "Would be updated": "0", "Unchanged": "0", "Refused": "1"}
    refused = page.locator("#refused").inner_text()
    assert "Церковь на холме" in refused and "сорок" in refused and "coordinate-unreadable" in refused
    page.click("button[value=commit]")
    page.wait_for_url("**/report/")
    assert "import-rows-refused" in page.locator("main").inner_text()
    page.check("input[value=partial]")
    page.click("button[value=commit]")
    page.wait_for_url("**/imports/*/")
    assert figures(page)["Created"] == "3"
    with page.expect_download() as download:
        page.click("#refused a")
    assert "Церковь на холме" in Path(download.value.path()).read_text(encoding="utf-8-sig")
    page.click(".t-quad a.t-fig >> nth=0")
    page.wait_for_selector(".t-row")
    assert page.locator(".t-row").count() == 3
    page.goto(home + "/imports/")
    page.click("text=Undo")
    page.wait_for_url("**/undo/")
    assert figures(page)["Would be removed"] == "3"
    page.click("main .btn-primary")
    page.wait_for_url("**/imports/*/?job=*")
    assert "Taken back: 3 places removed" in page.locator("main").inner_text()
    page.goto(home + "/places/")
    assert page.locator(".t-row").count() == 0


def test_the_same_without_script(browser: Any, home: str, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("id,name,latitude,longitude\nA1,Bridge,41.5,44.8\n", encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, home)
    to_the_dry_run(page, home, file)
    assert figures(page)["Would be created"] == "1"
    page.click("button[value=commit]")
    page.wait_for_url("**/imports/*/")
    assert figures(page)["Created"] == "1"
    context.close()


def test_long_work_shows_how_far_it_is_and_can_be_stopped(page: Any, home: str, tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    lines = (f"L{n},Site {n} mound,{30 + n % 9000 / 1000:.4f},{40 + n % 7000 / 1000:.4f}" for n in range(150_000))
    file.write_text("id,name,latitude,longitude\n" + "\n".join(lines) + "\n", encoding="utf-8")
    sign_in(page, home)
    page.goto(home + "/imports/new/")
    page.set_input_files("#files", str(file))
    page.click("main .t-actions .btn-primary")
    page.wait_for_url("**/mapping/")
    page.click("button[value=try]", no_wait_after=True)
    page.wait_for_url("**/jobs/*/")
    page.wait_for_function("document.querySelector('#job-words')?.textContent.includes('Reading')")
    page.reload()
    assert page.locator("progress").count() == 1
    page.click("#job button")
    page.wait_for_url("**/mapping/", timeout=60_000)
    assert "import-cancelled" in page.locator("main").inner_text()
    page.goto(home + "/imports/")
    assert "long.csv" in page.locator("main").inner_text()
