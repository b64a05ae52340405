"""Condition in a real browser: from a rapid assessment to its review, a second voice that differs, a consensus, the state of a day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.serving import register, sign_in

pytestmark = pytest.mark.browser
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(v =>
  v.id + ": " + v.nodes.slice(0, 4).map(n => n.target.join(" ") + " [" + n.html.slice(0, 120) + "]").join("; "))"""
SETTLED = """async () => { await new Promise(requestAnimationFrame);
  await Promise.all(document.getAnimations().map(a => a.finished.catch(() => 0))); await new Promise(requestAnimationFrame); }"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with register(tmp_path_factory.mktemp("condition"), cora="contributor", boris="contributor", rhea="reviewer") as address:
        yield address


@pytest.fixture(scope="module")
def people(browser: Any, home: str) -> Iterator[dict[str, Any]]:
    """A page each for three people; axe needs a page without its policy."""
    pages = {}
    for name in ("cora", "boris", "rhea"):
        pages[name] = browser.new_context(bypass_csp=True).new_page()
        sign_in(pages[name], home, name, "/places/")
    yield pages
    for page in pages.values():
        page.context.close()


def look(page: Any) -> list[str]:
    """What axe finds at both widths, light and dark; and whether the page scrolls sideways."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = []
    for width in (1366, 390):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(SETTLED)
            found += [f"{width} {scheme}: {one}" for one in page.evaluate(RUN)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{width}: scrolls sideways")
    page.set_viewport_size({"width": 1366, "height": 900})
    return found


def assess(page: Any, place: str, observed: str, condition: str, draft: bool = False) -> None:
    page.goto(place + "assess/")
    page.fill("[name=observed]", observed)
    page.select_option("[name=method]", "field")
    page.select_option("[name=condition]", condition)
    page.click("main .t-actions [name=status]" if draft else "main .t-actions .btn-primary")


def test_from_a_draft_to_a_consensus_and_the_state_of_a_day(people: dict[str, Any], home: str) -> None:
    cora, boris, rhea = people["cora"], people["boris"], people["rhea"]
    place = home + cora.locator(".t-row[data-id]").last.get_attribute("href").split("?")[0]

    assess(cora, place, "2026-03-01", "poor", draft=True)
    cora.wait_for_url("**/assessments/*/")
    first = cora.url
    assert look(cora) == []
    cora.click("main [name=act][value=submit]")
    cora.wait_for_selector(".t-notice--done")
    cora.goto(place)
    assert "not reviewed yet" in cora.inner_text(".t-state")

    rhea.goto(home + "/condition/")
    assert look(rhea) == []
    rhea.locator("#submitted .c-list a").first.click()
    rhea.wait_for_url(first)
    for act in ("review", "publish"):
        rhea.click(f"main [name=act][value={act}]")
        rhea.wait_for_selector(".t-notice--done")
    rhea.goto(place)
    assert "Poor" in rhea.inner_text(".t-state") and "Found poor, 2026-03-01." in rhea.inner_text(".t-state")

    assess(boris, place, "2026-03-03", "very-bad")
    boris.wait_for_url(place)
    rhea.goto(home + "/condition/")
    rhea.locator("#submitted .c-list a").first.click()
    rhea.click("main [name=act][value=review]")
    rhea.wait_for_selector(".t-notice--done")
    rhea.goto(place)
    assert "Assessors disagree" in rhea.inner_text("#disagreement") and rhea.locator("#disagreement .t-facing > div").count() == 2
    assert look(rhea) == []

    rhea.click("#disagreement >> text=Record a consensus")
    rhea.check("[name=rule][value=single-reviewer]")
    rhea.select_option("[name=condition]", "very-bad")
    rhea.click("text=Show the result")
    rhea.wait_for_selector("#result")
    assert "Very bad" in rhea.inner_text("#result") and "Poor" in rhea.inner_text("#result .c-list")
    assert look(rhea) == []
    rhea.click("main [name=act][value=keep]")
    rhea.wait_for_url("**/assessments/*/")
    cora.goto(rhea.url)
    assert cora.locator("main [name=act]").count() == 0
    # Whoever recorded a consensus does not publish it: another reviewer would.
    assert rhea.locator("main [name=act][value=publish]").count() == 0

    rhea.goto(place)
    rhea.click(".c-times > summary")
    rhea.fill(".c-times [name=as_of]", "2026-03-02")
    rhea.fill(".c-times [name=since]", "2015")
    rhea.click(".c-times .btn")
    rhea.wait_for_url("**as_of=2026-03-02**")
    assert "Found poor, 2026-03-01." in rhea.inner_text(".t-state") and "2026-03-02" in rhea.inner_text(".t-state")
    assert rhea.locator("#between .t-facing > div").count() == 2
    assert look(rhea) == []


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_no_violations_on_the_lists(people: dict[str, Any], home: str, lang: str) -> None:
    page = people["rhea"]
    page.context.add_cookies([{"name": "tutela_language", "value": lang, "url": home}])
    try:
        for address in (
            "/condition/",
            "/condition/damaged/?since=2019",
            "/condition/damaged/places/?measure=found",
            "/condition/triage/",
            "/condition/timeline/",
            "/condition/disagreements/",
        ):
            page.goto(home + address)
            assert page.get_attribute("html", "dir") == ("rtl" if lang == "fa" else "ltr")
            assert look(page) == [], address
    finally:
        page.context.add_cookies([{"name": "tutela_language", "value": "en", "url": home}])


def test_a_slider_sends_the_question_and_the_order_follows(people: dict[str, Any], home: str) -> None:
    page = people["cora"]
    page.goto(home + "/condition/triage/")
    page.focus("#w-damage")
    page.keyboard.press("End")
    page.wait_for_url("**damage=100**")
    assert page.inner_text("output[for=w-damage]") == "100"


def test_the_method_changes_what_is_asked_and_the_risk_follows_as_it_is_chosen(people: dict[str, Any], home: str) -> None:
    page = people["cora"]
    page.goto(home + "/places/")
    page.goto(home + page.get_attribute(".t-row[data-id]", "href").split("?")[0] + "assess/")
    page.select_option("[name=threats-0-cause]", index=3)
    page.select_option("[name=threats-0-probability]", "probable")
    page.select_option("[name=threats-0-severity]", "total")
    assert "Extreme" in page.inner_text("#threats [data-band]")
    page.fill("[name=observed]", "2026-02-02")
    page.click(".c-methods >> text=UNOSAT")
    page.wait_for_selector("[name=imagery]")
    assert page.input_value("[name=observed]") == "2026-02-02" and page.locator("#threats").count() == 0
    assert look(page) == []
