"""What files say of themselves is read as statements: as precise as they are, impossible values in their own words alone."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import filemaking as made

from tutela.evidence.rules.facts import DOCX, day, facts

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")  # Pillow tells in its own way what is broken


def read(content: bytes, media_type: str) -> tuple[dict, list[str]]:
    stated, notes = facts(io.BytesIO(content), media_type)
    return stated, [note.code for note in notes]


def test_a_photograph_states_day_place_and_camera() -> None:
    stated, notes = read(made.saved(made.picture(), exif=made.exif()), "image/jpeg")
    assert stated["taken"] == "2021-05-03"
    assert (stated["x"], stated["y"], stated["altitude"]) == (36.3, 33.5, 690.0)
    assert stated["camera"] == "Nikon D750" and stated["author"] == "Secretname Photographer" and stated["software"] == "Firmware 1.2"
    assert (stated["width"], stated["height"]) == (640, 480)


def test_time_and_zone_stay_in_the_files_own_words() -> None:
    stated, _ = read(made.saved(made.picture(), exif=made.exif()), "image/jpeg")
    assert stated["original"]["DateTimeOriginal"] == "2021:05:03 10:11:12"
    assert stated["original"]["OffsetTimeOriginal"] == "+02:00"


def test_an_impossible_direction_stands_in_the_files_own_words_alone() -> None:
    stated, notes = read(made.saved(made.picture(), exif=made.exif()), "image/jpeg")
    assert "direction" not in stated and stated["original"]["GPSImgDirection"] == "451.5"
    assert notes == ["facts-impossible"]


@pytest.mark.parametrize("latitude, longitude, letters", [
    (((95, 1), (0, 1), (0, 1)), ((36, 1), (0, 1), (0, 1)), "NE"),  # beyond the pole
    (((33, 1), (75, 1), (0, 1)), ((36, 1), (0, 1), (0, 1)), "NE"),  # 75 minutes
    (((33, 1), (0, 1), (0, 1)), ((36, 1), (0, 1), (0, 1)), "QE"),  # no such side
    (((33, 0), (0, 1), (0, 1)), ((36, 1), (0, 1), (0, 1)), "NE"),  # divided by zero
    (((0, 1), (0, 1), (0, 1)), ((0, 1), (0, 1), (0, 1)), "NE"),  # how a device says it has none
])
def test_an_impossible_position_is_kept_as_said_and_used_nowhere(latitude: tuple, longitude: tuple, letters: str) -> None:
    stated, notes = read(made.saved(made.picture(), exif=made.exif(latitude, longitude, letters)), "image/jpeg")
    assert "x" not in stated and "y" not in stated
    assert "GPSLatitude" in stated["original"] and "facts-impossible" in notes


def test_south_and_west_are_negative() -> None:
    stated, _ = read(made.saved(made.picture(), exif=made.exif(letters="SW")), "image/jpeg")
    assert (stated["x"], stated["y"]) == (-36.3, -33.5)


@pytest.mark.parametrize("text, edtf", [
    ("2021:05:03 10:11:12", "2021-05-03"), ("2021:05:00 00:00:00", "2021-05"), ("2021", "2021"), ("0000:00:00 00:00:00", None),
    ("2021:02:30 10:11:12", None), ("D:20210503101112+02'00'", "2021-05-03"), ("2021-05-03T10:11:12Z", "2021-05-03"), ("yesterday", None),
    ("", None), ("2021:13:01", None), ("20210503", "2021-05-03"), ("2021-05", "2021-05"),
])
def test_dates_keep_the_precision_they_had(text: str, edtf: str | None) -> None:
    assert day(text) == edtf


def test_a_day_that_cannot_be_is_noted() -> None:
    stated, notes = read(made.saved(made.picture(), exif=made.exif(taken="2021:02:30 10:11:12")), "image/jpeg")
    assert "taken" not in stated and "facts-impossible" in notes


def test_xmp_fills_what_exif_does_not_say() -> None:
    packet = made.xmp("<dc:title><rdf:Alt><rdf:li>North gate</rdf:li></rdf:Alt></dc:title><exif:GPSLatitude>33,30.0N</exif:GPSLatitude>"
                      "<exif:GPSLongitude>36,18.0E</exif:GPSLongitude><photoshop:DateCreated>2020-11</photoshop:DateCreated>")
    stated, notes = read(made.saved(made.picture(), xmp=packet), "image/jpeg")
    assert (stated["title"], stated["taken"], stated["x"], stated["y"]) == ("North gate", "2020-11", 36.3, 33.5)
    assert notes == []


def test_entities_in_xmp_are_refused_and_the_rest_is_read() -> None:
    packet = made.xmp("<dc:title>&j;</dc:title>", made.ENTITY_BOMB)
    stated, notes = read(made.saved(made.picture(), xmp=packet, exif=made.exif()), "image/jpeg")
    assert "facts-xml-refused" in notes and stated["taken"] == "2021-05-03" and "title" not in stated


def test_broken_exif_costs_a_note_or_nothing_and_the_size_is_read() -> None:
    content = made.saved(made.picture(), exif=made.exif())
    at = content.index(b"Exif\0\0") + 6
    stated, _ = read(content[:at] + b"\xff" * 60 + content[at + 60 :], "image/jpeg")
    assert (stated["width"], stated["height"]) == (640, 480) and "taken" not in stated


def test_a_telephones_picture_states_day_and_place_though_it_cannot_be_decoded() -> None:
    stated, notes = read(made.heif(made.exif().tobytes().removeprefix(b"Exif\0\0")), "image/heic")
    assert (stated["taken"], stated["x"], stated["y"], stated["camera"]) == ("2021-05-03", 36.3, 33.5, "Nikon D750")
    assert (stated["width"], stated["height"]) == (4032, 3024)


def test_a_film_states_day_length_and_place() -> None:
    stated, notes = read(made.film(), "video/quicktime")
    assert (stated["taken"], stated["duration"], stated["x"], stated["y"], stated["altitude"]) == ("2021-05-03", 42.0, 36.3, 33.5, 690.0)
    assert notes == [] and stated["original"]["day"].endswith("Z")


def test_a_film_without_a_clock_states_no_day() -> None:
    assert "taken" not in read(made.film(made=0), "video/quicktime")[0]


def test_a_sound_states_its_title() -> None:
    assert read(made.song(), "audio/mpeg")[0]["title"] == "Minaret, call to prayer"


def test_a_pdf_states_pages_and_the_day_the_file_was_made() -> None:
    stated, notes = read(made.pdf(2), "application/pdf")
    assert (stated["pages"], stated["made"], stated["title"], notes) == (2, "2021-05-03", "Condition report", [])
    assert "taken" not in stated


def test_a_document_states_its_core_properties() -> None:
    stated, notes = read(made.docx(), DOCX)
    assert (stated["title"], stated["author"], stated["made"], notes) == ("Report 7", "A. Writer", "2021-05-03", [])


def test_a_page_states_title_language_and_day() -> None:
    page = (b'<!doctype html><html lang="ar"><head><title>Old\n town</title><meta name="author" content="A. Writer">'
            b'<meta property="article:published_time" content="2021-05-03T10:00:00Z"></head><body>' + made.SCRIPT)
    stated, notes = read(page, "text/html")
    assert (stated["title"], stated["lang"], stated["author"], stated["made"], notes) == ("Old town", "ar", "A. Writer", "2021-05-03", [])


def test_what_is_said_is_bounded_and_of_one_line() -> None:
    page = b"<title>" + b"a\0\n" * 100_000 + b"</title>"
    stated, _ = read(page, "text/html")
    assert len(stated["title"]) <= 300 and stated["title"].isprintable()


KINDS = ["image/jpeg", "image/tiff", "image/png", "video/mp4", "audio/mpeg", "audio/wav", "text/html", "application/pdf", DOCX]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(KINDS))
def test_no_bytes_make_the_reader_fail(content: bytes, media_type: str) -> None:
    stated, _ = read(content, media_type)
    assert stated["reader"] >= 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=9),
       st.sampled_from(["photo", "film", "song", "telephone"]))
def test_altered_bytes_give_facts_that_are_possible(changes: list[tuple[int, int]], which: str) -> None:
    content, media_type = {"photo": (PHOTO, "image/jpeg"), "film": (made.film(), "video/mp4"), "song": (made.song(), "audio/mpeg"),
                           "telephone": (made.heif(made.exif().tobytes()[6:]), "image/heic")}[which]
    altered = bytearray(content)
    for at, value in changes:
        altered[at % min(len(altered), 1200)] = value
    stated, _ = read(bytes(altered), media_type)
    assert -180 <= stated.get("x", 0) <= 180 and -90 <= stated.get("y", 0) <= 90 and 0 <= stated.get("direction", 0) <= 360


PHOTO = made.saved(made.picture(64, 48), exif=made.exif())
