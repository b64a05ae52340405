"""Counting for the summary, the marks of condition, the fixed texts, the fonts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reports import sample

from tutela.reports.damaged import Coded, Count, band, glyph, tally
from tutela.reports.fonts import FOLDER, covered
from tutela.vocabulary import disclaimer

KNOWN = [("wh", "World Heritage"), ("nl", "National list")]


def test_every_known_line_stands_even_at_zero() -> None:
    assert tally([], lambda row: row.protection, KNOWN) == [
        Count("World Heritage", 0, 0, "wh"),
        Count("National list", 0, 0, "nl"),
    ]


def test_a_place_counts_once_in_each_of_its_lines() -> None:
    rows = [
        replace(sample.row(0), protection=("wh", "nl", "wh"), verified=True),
        replace(sample.row(1), protection=("nl",)),
    ]
    lines = {count.code: (count.documented, count.verified) for count in tally(rows, lambda row: row.protection, KNOWN)}
    assert lines == {"wh": (1, 1), "nl": (2, 1)}


def test_no_code_and_unknown_codes_are_lines_of_their_own() -> None:
    rows = [replace(sample.row(0), protection=()), replace(sample.row(1), protection=("other",))]
    lines = [(count.code, count.label, count.documented) for count in tally(rows, lambda row: row.protection, KNOWN)]
    assert lines[2:] == [("none-recorded", "None recorded", 1), ("other", "other", 1)]


def test_every_line_can_carry_the_query_that_finds_its_records() -> None:
    assert tally([], lambda row: (), KNOWN, lambda code: f"protection:{code}")[0].query == "protection:wh"


def test_each_condition_has_its_own_mark_and_an_unknown_code_is_drawn_as_unknown() -> None:
    marks = [
        glyph(Coded(code, code))
        for code in (
            "good",
            "fair",
            "poor",
            "very-bad",
            "destroyed",
            "not-visible",
            "not-visited",
            "not-assessable",
            "unknown",
        )
    ]
    assert len(set(marks)) == 9
    assert glyph(Coded("something new", "")) == "unknown"


def test_extent_fills_blocks_only_where_a_share_is_known() -> None:
    assert [band(Coded(code, "")) for code in ("1-10", "91-100", "unknown")] == [1, 5, None]
    assert band(None) is None


@pytest.mark.parametrize("key", sorted(disclaimer.TEXTS))
def test_every_fixed_text_stands_in_every_language(key: str) -> None:
    assert set(disclaimer.TEXTS[key]) == set(disclaimer.LANGUAGES)


def test_another_language_falls_back_to_english_and_a_region_is_ignored() -> None:
    assert disclaimer.text("boundaries", "de") == disclaimer.text("boundaries", "en")
    assert disclaimer.text("boundaries", "fa-IR") == disclaimer.text("boundaries", "fa")
    assert (disclaimer.direction("ar_SY"), disclaimer.direction("de")) == ("rtl", "ltr")


def test_the_fonts_hold_every_character_of_our_texts_and_of_the_scripts_we_promise() -> None:
    ours = "".join(text for texts in disclaimer.TEXTS.values() for text in texts.values())
    names = "".join(name.text for names in sample.NAMES for name in names)
    scripts = "ءآأبپچژگیکە ܐܒܓܕܗܘܙܚ Աաև ႠაჰᲐ Ґґїәғ ŁłəığŞşʿʾḥṣṭ אבג αβγ ܿ ܵ ّ َ"
    assert {c for c in ours + names + scripts if ord(c) not in covered() and c not in " \u200c"} == set()


def test_the_licence_of_the_fonts_lies_beside_them() -> None:
    licence = (FOLDER / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert all(path.name in licence for path in FOLDER.glob("*.ttf"))
