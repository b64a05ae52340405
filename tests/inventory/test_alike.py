"""A place that may have been recorded already is told before it is kept, from what the person may see and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inventory.register import PUBLIC, READERS, keep

from tutela.inventory.alike import alike, around, distance

NAME = "قلعة حلب"


def place(name: str = "", at: tuple[float, float] | None = None, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"names": [{"text": name}] if name else [], **more}
    if at:
        made["geometries"] = [{"geojson": {"type": "Point", "coordinates": list(at)}, "role": "centre"}]
    return made


def area(name: str) -> list[dict[str, str]]:
    return [{"kind": "province", "name": name}]


def found(document: dict[str, Any], reader: str = "public") -> list[str]:
    return [one.id for one in alike(READERS[reader], document)]


@pytest.mark.django_db
class TestSameName:
    def test_an_equal_name_within_500_metres(self) -> None:
        held = keep("Ḥalab Citadel", "قلعة حَلَب", at=(37.1625, 36.1990))
        assert found(place(NAME, (37.1650, 36.1990))) == [held]
        one = alike(PUBLIC, place("HALAB CITADEL", (37.1650, 36.1990)))[0]
        assert one.same_name and one.metres is not None and 200 < one.metres < 250

    def test_an_equal_name_in_the_same_area_or_country_though_far_or_without_a_position(self) -> None:
        held = keep("Tell Brak", country="SY", areas=area("Hasakah"), at=(41.05, 36.66))
        assert found(place("Tell Brak", (40.0, 35.0), areas=area("al-Hasakah"), country="SY")) == [held]
        assert found(place("tell brak", areas=area("HASAKAH"))) == [held]

    def test_nothing_that_says_where_on_one_side_does_not_tell_them_apart(self) -> None:
        held = keep("Tell Brak", at=(41.05, 36.66))
        assert found(place("Tell Brak")) == [held]

    def test_another_country_or_a_position_far_away_tells_them_apart(self) -> None:
        keep("Mosul Gate", country="IQ", at=(43.1, 36.3))
        assert found(place("Mosul Gate", country="SY")) == [] == found(place("Mosul Gate", (37.0, 36.0)))

    def test_a_name_that_only_contains_the_words_is_another(self) -> None:
        keep("Tell Brak North", at=(41.05, 36.66))
        assert found(place("Tell Brak")) == []


@pytest.mark.django_db
class TestBeside:
    def test_any_place_within_50_metres(self) -> None:
        held = keep("Something else", at=(41.05, 36.66))
        assert found(place("New", (41.0503, 36.66))) == [held] and found(place("New", (41.052, 36.66))) == []

    def test_across_the_antimeridian(self) -> None:
        held = keep("East", at=(179.9999, 10.0))
        assert found(place("West", (-179.9999, 10.0))) == [held]


@pytest.mark.django_db
class TestHidden:
    def test_hidden_places_are_told_to_those_alone_who_see_them(self) -> None:
        held = keep("Secret Vault", at=(41.05, 36.66), country="SY", handling={"mark": "confidential", "reason": "at risk"})
        asked = place("Secret Vault", (41.05, 36.66), country="SY")
        assert found(asked) == [] == found(asked, "contributor") and found(asked, "manager") == [held]

    def test_a_coarse_cell_s_centre_is_no_neighbour(self) -> None:
        keep("Restricted", at=(41.0512, 36.6623), handling={"mark": "restricted", "precision": "0.1", "reason": "looting"})
        assert found(place("New", (41.05, 36.65))) == []
        assert found(place("New", (41.0512, 36.6623))) == [] and len(found(place("New", (41.0512, 36.6623)), "manager")) == 1


@given(st.floats(-180, 180), st.floats(-89.9, 89.9), st.floats(1, 5000), st.floats(0, 6.3))
def test_the_box_holds_all_that_is_so_near(x: float, y: float, metres: float, bearing: float) -> None:
    from math import cos, radians, sin

    dy = 0.99 * metres / 111_195 * cos(bearing)
    dx = 0.99 * metres / 111_195 * sin(bearing) / max(cos(radians(y)), 1e-6)
    other = ((x + dx + 180) % 360 - 180, max(-90.0, min(90.0, y + dy)))
    if distance((x, y), other) > metres:
        return
    w, s, e, n = around(x, y, metres)
    tiny = 1e-9
    assert s - tiny <= other[1] <= n + tiny
    assert (w - tiny <= other[0] <= e + tiny) if w <= e else (other[0] >= w - tiny or other[0] <= e + tiny)
