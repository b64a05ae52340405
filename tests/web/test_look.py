"""The parts of the pages: drawings, words, tags, and what is vendored."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.web import i18n
from tutela.web.siteplan import site_plan
from tutela.web.timeline import kind_of, moment, timeline

WEB = Path(i18n.__file__).parent
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
POOR = {
    "observed": "2020-10-01",
    "recorded": "2021-06-15",
    "method": "desk",
    "condition": "poor",
    "outcome": "finding",
    "label": "Poor, desk",
    "note": "image of 2020-10-01",
    "href": "#a",
}


def texts(svg: str) -> str:
    return " ".join(ElementTree.fromstring(svg.replace("xlink:", "")).itertext())


def xs(svg: str, kind: str) -> list[float]:
    """Where the paths of a class begin."""
    return [float(x) for x in re.findall(rf'class="{kind}" d="M([-\d.]+) ', svg)]


# ---- condition over time ---------------------------------------------------------------------------------------


def test_a_finding_stands_twelve_months_and_then_nobody_has_looked() -> None:
    svg = timeline([POOR], today="2026-03-12")
    assert "Poor, desk" in texts(svg) and "read 2021-06-15" in texts(svg) and "no later finding" in texts(svg)
    assert len(xs(svg, "tl-state")) == 1 and len(xs(svg, "tl-state tl-state--gap")) == 1


def test_a_fresh_finding_has_no_dotted_line() -> None:
    assert "tl-state--gap" not in timeline([{**POOR, "observed": "2026-01-10", "recorded": None}], today="2026-03-12")


def test_no_finding_draws_its_own_mark_and_no_state() -> None:
    svg = timeline([{**POOR, "condition": None, "outcome": "not-visited"}], today="2026-03-12")
    assert 'href="#g-notvisited"' in svg and "tl-state" not in svg


def test_right_to_left_is_the_mirror() -> None:
    left, right = (xs(timeline([POOR], today="2026-03-12", rtl=rtl), "tl-state")[0] for rtl in (False, True))
    assert left + right == pytest.approx(1248, abs=0.2)


def test_undated_assessments_draw_nothing() -> None:
    assert timeline([{**POOR, "observed": None, "recorded": None}], today="2026-03-12") == ""


def test_an_event_with_no_first_day_fades() -> None:
    svg = timeline([POOR], [{"label": "collapse", "end": "2020-10-01"}], today="2026-03-12")
    assert 'class="tl-ev--open"' in svg


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ({"condition": "very-bad"}, "vbad"),
        ({"condition": "none of ours"}, "unknown"),
        ({"outcome": "not-visible", "condition": "good"}, "notvisible"),
    ],
)
def test_marks(item: dict[str, str], kind: str) -> None:
    assert kind_of(item) == kind


@pytest.mark.parametrize(("text", "value"), [("2020-01-01", 2020.0), ("", None), ("soon", None), (None, None)])
def test_moments(text: str | None, value: float | None) -> None:
    assert moment(text) == value


words = st.text(max_size=30, alphabet=st.characters(exclude_categories=("Cs", "Cc")))
days = st.one_of(
    st.none(), words, st.dates().map(str), st.sampled_from(["2019", "2019-13", "2019/2020", "0000", "../2020"])
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "observed": days,
                "recorded": days,
                "condition": words,
                "label": words,
                "note": words,
                "href": words,
                "method": st.sampled_from(["field", "remote", "desk", ""]),
            }
        ),
        max_size=12,
    ),
    st.lists(st.fixed_dictionaries({"start": days, "end": days, "label": words}), max_size=4),
    st.booleans(),
)
def test_whatever_it_is_given_the_drawing_is_well_formed(series: list, events: list, rtl: bool) -> None:
    svg = timeline(series, events, today="2026-03-12", rtl=rtl)
    assert svg == "" or ElementTree.fromstring(svg).tag == "svg"
    assert "nan" not in svg.lower() or "nan" in str(series + events).lower()


# ---- the small plan ---------------------------------------------------------------------------------------------


def test_the_plan_draws_footprint_and_cell() -> None:
    square = {"type": "Polygon", "coordinates": [[[59.85, 35.71], [59.851, 35.71], [59.851, 35.711], [59.85, 35.71]]]}
    svg = site_plan([square], [59.85, 35.71, 59.851, 35.711], kind="poor")
    assert "m-foot c-poor" in svg and "Public sees this cell" in texts(svg) and ElementTree.fromstring(svg) is not None


def test_nothing_to_draw_draws_nothing() -> None:
    assert site_plan([]) == ""


@given(st.floats(-180, 180), st.floats(-85, 85), st.floats(0, 3))
@settings(max_examples=60, deadline=None)
def test_a_point_or_a_line_anywhere_is_drawn(x: float, y: float, size: float) -> None:
    line = {"type": "LineString", "coordinates": [[x, y], [x + size, y - size]]}
    assert ElementTree.fromstring(site_plan([{"type": "Point", "coordinates": [x, y]}, line])).tag == "svg"


# ---- words ----------------------------------------------------------------------------------------------------------


FRAME = "base register place parts/top parts/foot parts/map parts/row parts/facet parts/results parts/register_head parts/timeline"


def sentences() -> set[str]:
    """Every sentence that the frame, the register and the place page translate."""
    files = [WEB / "templates" / "tutela" / f"{name}.html" for name in FRAME.split()]
    return {key for file in files for key in re.findall(r'{% t "((?:[^"\\]|\\.)*)"', file.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("lang", ["fr", "ar", "fa"])
def test_every_sentence_of_the_register_and_the_place_page_is_translated_with_the_same_gaps(lang: str) -> None:
    held = i18n.catalogue(lang)
    assert sentences() - held.texts.keys() == set()
    for key, text in held.texts.items():
        assert sorted(re.findall(r"{\w+}", key)) == sorted(re.findall(r"{\w+}", text)), key


@pytest.mark.parametrize("file", sorted((WEB / "locale").glob("*.yaml")), ids=lambda file: file.stem)
def test_catalogues_say_what_they_are(file: Path) -> None:
    held = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert held["language"] == file.stem and held["direction"] == i18n.direction(file.stem)
    assert isinstance(held["reviewed"], bool)


def test_an_unknown_language_or_sentence_is_english() -> None:
    assert i18n.t("Places", "tlh") == "Places" and i18n.t("No such sentence", "fa") == "No such sentence"
    assert i18n.catalogue("../../errors") is i18n.ENGLISH


def test_numbers_are_written_the_languages_way() -> None:
    assert i18n.number(4179, "en") == "4,179" and i18n.number(4179, "fa") == "۴٬۱۷۹" and i18n.number(None, "en") == ""
    assert i18n.t("Show {n} places", "fa", n=1200) == "نمایش ۱٬۲۰۰ مکان"


# ---- what the policy forbids, and what is vendored ---------------------------------------------------------------------


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_templates_hold_no_script_no_handler_and_no_other_host(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]* src=)", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", text)


def test_vendored_files_are_the_ones_described() -> None:
    described = re.findall(
        r"^\| `([^`]+)` \|.*`([0-9a-f]{64})` \|$", (WEB / "VENDORED.md").read_text(encoding="utf-8"), re.M
    )
    static = WEB / "static" / "tutela"
    found = {
        file.relative_to(static / "vendor").as_posix(): file
        for file in (static / "vendor").rglob("*")
        if file.is_file()
    }
    found |= {file.name: file for file in (static / "basemap").iterdir()}
    digests = {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in found.items()}
    assert digests == {name: digest for name, digest in described if not name.endswith(".tgz")}
    assert sum(file.stat().st_size for file in (static / "basemap").iterdir()) < 4_000_000
