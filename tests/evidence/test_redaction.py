"""Redaction: opaque boxes burnt into a new picture, in custody, and in the place of the other copies for whoever reads below a reviewer."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support import filemaking as made
from support.acting import actor

from tutela.errors import NotAllowed, TutelaError
from tutela.evidence import copies, custody, queries
from tutela.evidence.jobs import make_copies
from tutela.evidence.rules.redaction import check_boxes, pixels, tidy_boxes
from tutela.people.rules import OPERATOR, PUBLIC

REVIEWER, CONTRIBUTOR = actor("reviewer"), actor("contributor")
FACE = {"x": 0.0, "y": 0.0, "w": 0.25, "h": 0.25, "why": "face"}  # where the made pictures are red
database = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def item(tmp_path: Path) -> str:
    taken = made.taken(tmp_path, made.saved(made.picture(2000, 1500), exif=made.exif(), quality=92), "a.jpg")
    make_copies(OPERATOR, [taken])
    return taken


def image_of(who: Any, copy: dict[str, Any]) -> Any:
    stream, _ = copies.open_copy(who, copy["id"])
    with stream:
        return Image.open(io.BytesIO(stream.read())).copy()


def reddest(image: Any) -> int:
    """How red the reddest point is."""
    return max(r - max(g, b) for r, g, b in image.convert("RGB").get_flattened_data())


# ---- the rules ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("boxes, code", [
    ([], "redaction-empty"), (None, "redaction-empty"), ([{**FACE, "w": 0}], "redaction-box"), ([{**FACE, "x": 1.2}], "redaction-box"),
    ([{**FACE, "x": -0.5, "w": 0.4}], "redaction-box"), ([{**FACE, "x": "1"}], "redaction-box"),
    ([{**FACE, "x": float("nan")}], "redaction-box"),
    ([{**FACE, "h": True}], "redaction-box"), ([{**FACE, "why": "ugly"}], "redaction-why"), ([{"x": 0}], "redaction-box"),
    ([FACE] * 501, "redaction-too-many"), ([{**FACE, "blur": 3}], "redaction-box"),
])
def test_impossible_boxes_are_refused(boxes: Any, code: str) -> None:
    assert [found.code for found in check_boxes(boxes)] == [code]


def test_a_box_may_reach_over_the_edge() -> None:
    box = {"x": -0.1, "y": 0.9, "w": 0.3, "h": 0.3, "why": "plate"}
    assert check_boxes([box]) == []
    assert tidy_boxes([box]) == [{"x": 0.0, "y": 0.9, "w": 0.2, "h": 0.1, "why": "plate"}]


fractions = st.floats(0, 0.999)


@given(fractions, fractions, st.floats(0.001, 1), st.floats(0.001, 1), st.integers(1, 5000), st.integers(1, 5000))
def test_the_pixels_of_a_box_are_never_fewer_than_it_covers(x: float, y: float, w: float, h: float, width: int, height: int) -> None:
    box = tidy_boxes([{"x": x, "y": y, "w": w, "h": h}])[0]
    left, top, right, bottom = pixels(box, width, height)
    assert 0 <= left < right <= width and 0 <= top < bottom <= height
    assert left <= x * width and top <= y * height
    assert right >= min(width, (x + w) * width) and bottom >= min(height, (y + h) * height)


# ---- what is made ---------------------------------------------------------------------------------------------------------------


@database
def test_nothing_of_what_lies_under_a_box_is_in_any_copy_made(item: str) -> None:
    copy = copies.redact(REVIEWER, item, [FACE])
    shown = [each for each in copies.of(PUBLIC, item)]
    assert {each["use"] for each in shown} == {"redacted", "web", "thumbnail"} and shown[0]["id"] == copy
    for each in shown:
        image = image_of(PUBLIC, each)
        assert image.getpixel((image.width // 10, image.height // 10)) == (0, 0, 0)
        assert reddest(image.crop((0, 0, image.width // 3, image.height // 3))) < 60, f"red shines through in {each['use']}"
        assert not image.getexif()


@database
def test_whoever_is_below_a_reviewer_sees_the_redacted_copy_and_no_other(item: str) -> None:
    before = [each["id"] for each in copies.of(PUBLIC, item)]
    copies.redact(REVIEWER, item, [FACE])
    for who in (PUBLIC, CONTRIBUTOR):
        after = copies.of(who, item)
        assert not {each["id"] for each in after} & set(before)
        assert copies.best(after, "thumbnail")["derivation"]["from"] == copies.best(after, "redacted")["digest"]  # type: ignore[index]
        for hidden in before:
            with pytest.raises(TutelaError, match="record-unknown"):
                copies.open_copy(who, hidden)
        assert [each["id"] for each in queries.item(who, item)["copies"]] == [each["id"] for each in after]
    assert set(before) < {each["id"] for each in copies.of(REVIEWER, item)}


@database
def test_the_newest_redaction_stands(item: str) -> None:
    copies.redact(REVIEWER, item, [FACE])
    second = copies.redact(REVIEWER, item, [FACE, {"x": 0.5, "y": 0.5, "w": 0.2, "h": 0.2, "why": "plate"}])
    assert [each["id"] for each in copies.of(PUBLIC, item) if each["use"] == "redacted"] == [second]
    assert len([each for each in copies.of(REVIEWER, item) if each["use"] == "redacted"]) == 2


@database
def test_the_act_and_the_boxes_are_in_the_custody(item: str) -> None:
    copy = copies.redact(REVIEWER, item, [FACE], note="asked by the family")
    events = custody.chain(item)
    assert sorted(event.act for event in events) == ["copied", "copied", "received", "redacted"]
    redacted = next(event for event in events if event.act == "redacted")
    assert redacted.details["copy"] == copy.replace("-", "") and redacted.actor == REVIEWER.id
    assert copies.found(REVIEWER, copy)["derivation"]["boxes"] == [FACE]
    assert "boxes" not in copies.found(PUBLIC, copy)["derivation"]


@database
def test_a_turned_picture_is_redacted_where_it_is_seen(tmp_path: Path) -> None:
    """Turned by a quarter: the red lies at the upper right as the picture is seen."""
    item = made.taken(tmp_path, made.saved(made.picture(800, 600), exif=made.exif(orientation=6)), "a.jpg")
    copies.redact(REVIEWER, item, [{"x": 0.74, "y": 0.0, "w": 0.26, "h": 0.26, "why": "face"}])
    image = image_of(PUBLIC, copies.of(PUBLIC, item)[0])
    assert image.size == (600, 800)
    assert image.getpixel((580, 20)) == (0, 0, 0) and reddest(image.crop((400, 0, 600, 200))) < 60


@database
def test_a_page_of_a_pdf_is_redacted_and_its_text_goes_with_it(tmp_path: Path) -> None:
    item = made.taken(tmp_path, made.page_of("The name of the witness"), "a.pdf")
    make_copies(OPERATOR, [item])
    assert "text" in {each["use"] for each in copies.of(PUBLIC, item)}
    copies.redact(REVIEWER, item, [{"x": 0, "y": 0, "w": 1, "h": 0.3, "why": "other"}], page=1)
    shown = copies.of(PUBLIC, item)
    assert {each["use"] for each in shown} == {"redacted", "web", "thumbnail"} and shown[0]["page"] == 1
    image = image_of(PUBLIC, shown[0])
    assert image.crop((0, 0, image.width, image.height // 4)).getextrema() == ((0, 0), (0, 0), (0, 0))
    with pytest.raises(TutelaError, match="rendition-page"):
        copies.redact(REVIEWER, item, [FACE], page=2)


@database
def test_what_cannot_be_redacted_is_refused_and_nothing_is_written(tmp_path: Path, item: str) -> None:
    page = made.taken(tmp_path, b"<html><p>name</p></html>", "a.html")
    broken = made.taken(tmp_path, made.saved(made.picture())[:2500] + bytes(30), "cut.jpg")
    for what, code in ((page, "redaction-kind"), (broken, "rendition-broken")):
        with pytest.raises(TutelaError) as refused:
            copies.redact(REVIEWER, what, [FACE])
        assert refused.value.code == code and copies.of(REVIEWER, what) == []
        assert "redacted" not in {event.act for event in custody.chain(what)}
    with pytest.raises(NotAllowed):
        copies.redact(CONTRIBUTOR, item, [FACE])


@pytest.mark.django_db(databases="__all__")
def test_what_was_covered_stays_covered_in_the_original_too_for_whoever_may_not_redact(item: str) -> None:
    assistant, reviewer = actor("contributor"), actor("reviewer")
    custody.open_original(assistant, item).close()
    copies.redact(OPERATOR, item, [{"x": 0.3, "y": 0.3, "w": 0.2, "h": 0.2, "why": "face"}])
    before = len(custody.chain(item))
    for act in ("viewed", "exported"):
        with pytest.raises(NotAllowed) as caught:
            custody.open_original(assistant, item, act)
        assert caught.value.code == "original-redacted"
    assert len(custody.chain(item)) == before  # what was not opened is no reading
    custody.open_original(reviewer, item).close()
