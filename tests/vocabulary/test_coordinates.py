"""Coordinates as lists write them, and clear refusals of what cannot be one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.errors import TutelaError
from tutela.vocabulary.coordinates import (
    looks_swapped,
    parse_both,
    parse_degrees,
    parse_number,
    parse_pair,
    parse_wkt_point,
)

NORTH = 35 + 42 / 60 + 51 / 3600


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("35.7142", 35.7142), ("35,7142", 35.7142), (" -35,7 ", -35.7), ("−35.7", -35.7), ("۳۵٫۷۱", 35.71),
        ("٣٥٫٧", 35.7),
        ("4 649 776,5", 4649776.5), ("4,649,776.5", 4649776.5), ("4,649,776", 4649776.0), ("4.649.776", 4649776.0),
        ("35,714", 35.714), (35.7, 35.7), (35, 35.0),
    ],
)  # fmt: skip
def test_numbers_with_points_commas_and_any_figures(text: str | float, number: float) -> None:
    assert parse_number(text) == number


def test_the_decimal_sign_can_be_stated() -> None:
    assert parse_number("500,000", decimal=".") == 500000.0


@pytest.mark.parametrize(
    "text",
    [
        "35°42'51\"N", "35d42m51s", "35° 42′ 51″ N", "35º42’51’’N", "35 42 51 N", "35 42 51", "35:42:51",
        "N35 42 51", "N 35° 42' 51\"",
        "35d42m51s N", "35 deg 42 min 51 sec north", "35-42-51N", "35.42.51", "35°42,85'", "35°42'51\" с.ш.",
        "35°42'51\" с. ш.",
        "35°42'51\" пн. ш.", "۳۵°۴۲′۵۱″ شمالی", "۳۵ ۴۲ ۵۱",
    ],
)  # fmt: skip
def test_degrees_minutes_seconds_in_many_spellings(text: str) -> None:
    assert parse_degrees(text, "lat") == pytest.approx(NORTH, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("51°24' в.д.", 51.4),
        ("51.4 W", -51.4),
        ("S 35.5", -35.5),
        ("-0°30'", -0.5),
        ("51°24′ غربا", -51.4),
        ("35.5°", 35.5),
    ],
)
def test_the_hemisphere_gives_the_sign(text: str, degrees: float) -> None:
    assert parse_degrees(text) == pytest.approx(degrees)


@given(st.floats(-180, 180), st.sampled_from(["°'\"", "dms", ":: ", "   "]))
def test_any_angle_comes_back_from_its_degrees_minutes_and_seconds(angle: float, signs: str) -> None:
    seconds = round(abs(angle) * 3600, 3)
    degrees, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    text = f"{'-' if angle < 0 else ''}{degrees:.0f}{signs[0]}{minutes:.0f}{signs[1]}{min(rest, 59.999):.3f}{signs[2]}"
    assert parse_degrees(text) == pytest.approx(angle, abs=1e-6)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [("35.7", "51.4"), (35.7, 51.4), ("35,7", "51,4"), ("35°42'N", "51°24'E"), ("۳۵٫۷", "۵۱٫۴"), (" 35.7 ", "51°24'")],
)
def test_a_pair_comes_out_as_longitude_latitude(lat: str | float, lon: str | float) -> None:
    assert parse_pair(lat, lon) == pytest.approx((51.4, 35.7))


def test_an_empty_pair_is_no_position_and_no_fault() -> None:
    assert parse_pair("", "  ") is None
    assert parse_pair(None, None) is None


@pytest.mark.parametrize(
    ("lat", "lon", "code", "says"),
    [
        ("abc", "51.4", "coordinate-unreadable", "abc"),
        ("35°72'", "51", "coordinate-unreadable", "below 60"),
        ("35.5°30'", "51", "coordinate-unreadable", "Only the last"),
        ("-35 S", "51", "coordinate-unreadable", "not both"),
        ("35D42M51S", "51", "coordinate-unreadable", "south or seconds"),
        ("51°24'E", "35°42'N", "coordinate-unreadable", "look swapped"),
        ("nan", "51", "coordinate-unreadable", "nan"),
        ("1_0", "51", "coordinate-unreadable", "1_0"),
        ("35.7", "", "coordinate-missing-half", "only the latitude"),
        (None, "51.4", "coordinate-missing-half", "only the longitude"),
        ("100", "35", "coordinate-out-of-range", "look swapped"),
        ("35", "200", "coordinate-out-of-range", "longitude 200"),
        ("357142", "51.4", "coordinate-out-of-range", "decimal point"),
        ("500000", "4649776", "utm-without-zone", "EPSG"),
        ("4 649 776,5", "500 000,0", "utm-without-zone", "EPSG"),
        ("4649776", "8500000", "utm-without-zone", "EPSG"),
    ],
)
def test_what_is_no_position_is_refused_with_what_to_do(lat: str | None, lon: str, code: str, says: str) -> None:
    with pytest.raises(TutelaError) as refused:
        parse_pair(lat, lon)
    assert refused.value.code == code
    assert says in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "35.7, 51.4", "35.7,51.4", "35.7 51.4", "35.7; 51.4", "35,7 51,4", "35,7; 51,4", "35,7, 51,4", "(35.7, 51.4)",
        "35°42'N 51°24'E", "51°24'E, 35°42'N", "N35°42' E51°24'", "35 42 N, 51 24 E", "35°42′ с. ш. 51°24′ в. д.",
        "POINT (51.4 35.7)", "۳۵٫۷، ۵۱٫۴",
    ],
)  # fmt: skip
def test_both_halves_in_one_cell(text: str) -> None:
    assert parse_both(text) == pytest.approx((51.4, 35.7))


def test_without_letters_the_stated_order_holds() -> None:
    assert parse_both("51.4, 35.7", order="lon-lat") == (51.4, 35.7)
    assert parse_both("N35.7 E51.4", order="lon-lat") == (51.4, 35.7)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("POINT (27.8 33.3)", (27.8, 33.3)), ("POINT(27.8 33.3)", (27.8, 33.3)), ("Point Z (1 2 3)", (1.0, 2.0)),
        ("SRID=4326;POINT (1 -2)", (1.0, -2.0)), ("POINT (500000 4649776)", (500000.0, 4649776.0)),
        ("POINT EMPTY", None),
        ("POINT (nan 1)", None), ("POINT (1e999 1)", None), ("POINT (1_0 2)", None), ("POINT (1 2", None), ("", None),
        ("LINESTRING (1 2, 3 4)", None),
    ],
)  # fmt: skip
def test_points_in_well_known_text(text: str, point: tuple[float, float] | None) -> None:
    assert parse_wkt_point(text) == point


def test_swapped_columns_are_noticed_by_the_box_they_should_lie_in() -> None:
    iran = (44.0, 25.0, 63.5, 40.0)
    right = [(59.85, 35.71), (51.4, 35.7), (48.5, 34.8)]
    assert looks_swapped([(y, x) for x, y in right], iran)
    assert not looks_swapped(right, iran)
    assert not looks_swapped([(0.0, 0.0)], iran)
    assert not looks_swapped([], iran)


hostile = (
    st.text(alphabet=st.sampled_from("0123456789.,-+eE°'\"′″ NSEWnsew:;/()_POINTdmсшвд۳٫شمال\u200f"), max_size=30)
    | st.text()
)


@given(hostile, hostile)
def test_any_two_texts_are_a_position_nothing_or_a_coded_error(lat: str, lon: str) -> None:
    for read in (lambda: parse_pair(lat, lon), lambda: parse_both(lat), lambda: parse_wkt_point(lat)):
        try:
            found = read()
        except TutelaError as error:
            assert error.code in {
                "coordinate-unreadable",
                "coordinate-out-of-range",
                "coordinate-missing-half",
                "utm-without-zone",
            }
        else:
            assert found is None or len(found) == 2


@given(hostile)
def test_any_text_is_a_number_or_a_coded_error(text: str) -> None:
    try:
        assert abs(parse_number(text)) < float("inf")
    except TutelaError as error:
        assert error.code == "coordinate-unreadable"


def test_a_huge_cell_is_refused_at_once() -> None:
    with pytest.raises(TutelaError) as refused:
        parse_pair("9" * 1_000_000, "5")
    assert len(str(refused.value)) < 1000
