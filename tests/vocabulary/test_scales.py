"""From other scales to the core ones, and from a percentage to its band."""

from __future__ import annotations

import math

import pytest

from tutela.vocabulary import extent_band, load, scale_names, scales, sources, to_core


@pytest.mark.parametrize(
    ("scale", "value", "damage", "condition"),
    [
        ("eamena-condition", "Very Bad", "severe", "very-bad"),
        ("eamena-severity", "Intact/No Damage", "none", "good"),
        ("eamena-severity", "No Visible/Accessible/Known", "not-assessable", "unknown"),
        ("unosat-2014", "Severely damaged", "severe", "very-bad"),
        ("unosat-2014", "possibly damaged", "possible", "unknown"),
        ("ems-98", 3, "severe", "very-bad"),
        ("ems-98", "D5", "destroyed", "destroyed"),
        ("chw", "Damaged", "moderate", None),
        ("chw", "threatened", None, None),  # a threat is no damage
        ("her-condition", "infilled", None, None),
        ("unosat-2014", "no such value", None, None),
    ],
)
def test_a_value_of_another_scale_has_its_core_values(scale, value, damage, condition):
    assert to_core(scale, value) == damage
    assert to_core(scale, value, "condition") == condition


def test_every_core_value_named_exists():
    for scale, body in sources.parse(scales.CROSSWALKS.read_bytes())["scales"].items():
        assert body["title"]
        for entry in body["values"]:
            for axis in ("damage", "condition"):
                assert entry.get(axis) is None or entry[axis] in load(axis).terms, (scale, entry)
            assert to_core(scale, entry["value"]) == entry.get("damage")


def test_the_crosswalk_says_that_it_is_a_proposal_and_lossy():
    data = sources.parse(scales.CROSSWALKS.read_bytes())
    assert data["status"] == "proposal" and data["lossy"] is True
    core = {"eamena-condition", "eamena-severity", "unosat-2014", "ems-98", "chw", "her-condition"}
    assert set(scale_names()) == core


def test_an_unknown_scale_is_a_fault_of_the_caller():
    with pytest.raises(KeyError):
        to_core("no-such-scale", "Good")


@pytest.mark.parametrize(
    ("percent", "band"),
    [(0, "none-visible"), (0.1, "1-10"), (10, "1-10"), (10.5, "11-30"), (30, "11-30"), (31, "31-60"), (60, "31-60"),
     (61, "61-90"), (90, "61-90"), (90.01, "91-100"), (100, "91-100")],
)  # fmt: skip
def test_a_percentage_falls_into_one_band(percent, band):
    assert extent_band(percent) == band
    assert band in load("extent").terms


@pytest.mark.parametrize("percent", [-1, 100.1, math.nan, math.inf])
def test_what_is_no_percentage_is_refused(percent):
    with pytest.raises(ValueError, match="no percentage"):
        extent_band(percent)
