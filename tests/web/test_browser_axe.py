"""axe-core finds nothing on any page: at two widths, light and dark, left to right and right to left."""

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
#: Colours fade into one another; axe must look when they have.
SETTLED = """async () => { await new Promise(requestAnimationFrame);
  await Promise.all(document.getAnimations().map(a => a.finished.catch(() => 0))); await new Promise(requestAnimationFrame); }"""
PAGES = {
    "register": "/places/", "no match": "/places/?q=zzzzzzzz", "place": "{place}", "new": "/places/new/", "correct": "{place}correct/",
    "handling": "{place}handling/", "assess": "{place}assess/", "delete": "{place}delete/", "sign-in": "/sign-in/",
    "account": "/account/", "imports": "/imports/", "import": "/imports/new/", "export": "/places/export/", "journal": "/journal/",
    "lists": "/shortlists/", "list": "{list}", "edit": "{list}edit/", "add": "{list}add/?q=site",
}  # fmt: skip


@pytest.fixture(scope="module")
def signed(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str, dict[str, str]]]:
    """(page signed in as a manager, home, addresses of a place and a list)."""
    with register(tmp_path_factory.mktemp("axe"), mara="manager") as home:
        page = browser.new_context(bypass_csp=True).new_page()
        sign_in(page, home, "mara", "/places/")
        place = page.get_attribute(".t-row[data-id]", "href").split("?")[0]
        page.goto(home + "/shortlists/new/?q=site")
        page.fill("[name=title]", "The most significant mounds")
        page.check("[name=take][value=all]")
        page.click("main .btn-primary")
        page.wait_for_url("**/edit/")
        yield page, home, {"place": place, "list": page.url.removeprefix(home).removesuffix("edit/")}
        page.context.close()


@pytest.mark.parametrize("lang", ["en", "fa"])
@pytest.mark.parametrize("name", PAGES)
def test_no_violations(signed: tuple[Any, str, dict[str, str]], name: str, lang: str) -> None:
    page, home, known = signed
    page.context.add_cookies([{"name": "tutela_language", "value": lang, "url": home}])
    page.goto(home + PAGES[name].format(**known))
    assert look(page, lang) == []


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_no_violations_where_there_are_mistakes(signed: tuple[Any, str, dict[str, str]], lang: str) -> None:
    page, home, known = signed
    page.context.add_cookies([{"name": "tutela_language", "value": lang, "url": home}])
    page.goto(home + "/places/new/")
    page.fill("[name=names-0-lang]", "no tag")
    page.fill("[name=names-0-text]", "x")
    page.fill("[name=lat]", "95")
    page.click("main .t-actions .btn-primary")
    page.wait_for_selector(".t-errors")
    assert look(page, lang) == []


def look(page: Any, lang: str) -> list[str]:
    """What axe finds at both widths, light and dark; and whether the page scrolls sideways."""
    assert page.get_attribute("html", "lang") == lang and page.get_attribute("html", "dir") == ("rtl" if lang == "fa" else "ltr")
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
    return found
