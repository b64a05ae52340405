"""Working copies: made in one pass, apart from originals, each with its derivation; what each audience is shown."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageDraw
from support import filemaking as made
from support.acting import actor
from support.writing import keep

from tutela.errors import NotAllowed, TutelaError
from tutela.evidence import copies, custody, queries
from tutela.evidence.jobs import make_copies, start_copies
from tutela.evidence.renditions.examine import examine
from tutela.evidence.rules import likeness
from tutela.people.rules import OPERATOR, PUBLIC
from tutela.store import blobs, jobs
from tutela.store.documents import bare
from tutela.store.write import Row

pytestmark = pytest.mark.django_db(databases="__all__")
REVIEWER, CONTRIBUTOR = actor("reviewer"), actor("contributor")


def renditions(content: bytes, media_type: str) -> dict[str, Any]:
    done = examine(io.BytesIO(content), media_type)
    return {each.use: each for each in done.renditions} | {"notes": [note.code for note in done.notes]}


def opened(content: bytes) -> Any:
    return Image.open(io.BytesIO(content))


def copy_of(who: Any, item: str, use: str) -> Any:
    stream, media_type = copies.open_copy(who, copies.best(copies.of(who, item), use)["id"])  # type: ignore[index]
    with stream:
        return opened(stream.read()), media_type


# ---- what is made ---------------------------------------------------------------------------------------------------------------


def test_a_photograph_gives_a_thumbnail_and_a_web_size() -> None:
    done = renditions(made.saved(made.picture(3000, 2000)), "image/jpeg")
    assert (done["web"].width, done["web"].height) == (1600, 1067)
    assert (done["thumbnail"].width, done["thumbnail"].height) == (320, 213)
    assert opened(done["web"].content).size == (1600, 1067) and opened(done["thumbnail"].content).format == "JPEG"


def test_a_small_picture_is_not_made_larger() -> None:
    assert renditions(made.saved(made.picture(100, 80), "PNG"), "image/png")["web"].width == 100


@pytest.mark.parametrize("turn, red_at", [(1, (0.05, 0.05)), (3, (0.95, 0.95)), (6, (0.95, 0.05)), (8, (0.05, 0.95)), (2, (0.95, 0.05))])
@pytest.mark.parametrize("kind", ["jpeg", "tiff", "png", "webp", "avif"])
def test_copies_stand_upright_whatever_the_camera_did(turn: int, red_at: tuple[float, float], kind: str) -> None:
    """The red quarter lies at the upper left of the pixels; the turn says where that is to be seen."""
    image = opened(renditions(made.saved(made.picture(320, 240), kind, exif=made.exif(orientation=turn)), f"image/{kind}")["web"].content)
    red, green, _ = image.getpixel((int(red_at[0] * image.width), int(red_at[1] * image.height)))
    assert red > 180 and green < 80
    assert (image.width > image.height) == (turn in (1, 2, 3))


@pytest.mark.parametrize("kind, media_type", [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("TIFF", "image/tiff")])
def test_nothing_of_the_metadata_goes_along(kind: str, media_type: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = made.saved(made.picture(), kind, exif=made.exif(), icc_profile=profile)
    for use in ("web", "thumbnail"):
        copy = renditions(content, media_type)[use].content
        assert b"Secretname" not in copy and b"Nikon" not in copy and b"Exif" not in copy
        assert not opened(copy).getexif() and "icc_profile" not in opened(copy).info


def test_colours_are_brought_to_srgb() -> None:
    """A picture whose profile exchanges red and blue is shown with red and blue exchanged back."""
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = swapped.replace(b"rXYZ", b"tXYZ").replace(b"bXYZ", b"rXYZ").replace(b"tXYZ", b"bXYZ")
    done = renditions(made.saved(Image.new("RGB", (60, 40), (250, 10, 10)), "PNG", icc_profile=swapped), "image/png")
    red, _, blue = opened(done["web"].content).getpixel((30, 20))
    assert blue > 200 and red < 80 and done["web"].parameters["profile"] == "sRGB"


def test_a_broken_profile_costs_a_note_not_the_copy() -> None:
    done = renditions(made.saved(made.picture(), icc_profile=b"x" * 300), "image/jpeg")
    assert "web" in done and "colour-profile-broken" in done["notes"]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_pixel_is_painted(mode: str) -> None:
    grey = made.picture(200, 100).convert("L")
    image = grey.point(lambda v: v * 200, "I").convert("I;16") if mode == "I;16" else grey.convert(mode)
    done = renditions(made.saved(image, "PNG"), "image/png")
    low, high = opened(done["web"].content).convert("L").getextrema()
    assert high - low > 60, "the picture is flat"


def test_what_is_transparent_is_shown_on_white() -> None:
    done = renditions(made.saved(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "PNG"), "image/png")
    assert min(opened(done["web"].content).getpixel((20, 20))) > 250


def test_texts_are_taken_out_without_what_is_active() -> None:
    page = b"<html><style>p{}</style><p>The <b>dome</b> fell in.</p>" + made.SCRIPT + b"<p>In &lt;May&gt;.</p>"
    text = renditions(page, "text/html")["text"]
    assert text.content.decode() == "The dome fell in.\n\nIn <May>.\n" and text.media_type == "text/plain"
    assert renditions(made.docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document")["text"].content == (
        b"The dome fell in.\n")
    assert b"The roof is gone" in renditions(made.page_of("The roof is gone"), "application/pdf")["text"].content
    assert renditions("ä\r\nб".encode(), "text/plain")["text"].content.decode() == "ä\nб\n"


def test_a_pdf_shows_its_first_page() -> None:
    done = renditions(made.page_of("The roof is gone"), "application/pdf")
    assert done["web"].height == 1600 and "pypdfium2" in done["web"].tool
    assert opened(done["web"].content).convert("L").getextrema()[0] < 60, "the page is empty"


def test_a_film_gives_no_copy_and_says_so() -> None:
    done = renditions(made.film(), "video/quicktime")
    assert set(done) == {"notes"} and done["notes"] == ["rendition-none"]


# ---- the job --------------------------------------------------------------------------------------------------------------------


def test_the_job_writes_facts_and_copies_and_custody(tmp_path: Path) -> None:
    item = made.taken(tmp_path, made.saved(made.picture(), exif=made.exif()), "a.jpg")
    result = make_copies(REVIEWER, [item])
    assert (result["items"], result["copies"]) == (1, 2)
    document = queries.visible(REVIEWER, item)
    assert document["stated"]["taken"] == "2021-05-03" and document["title"] == "a.jpg"
    thumbnail = copies.best(copies.of(REVIEWER, item), "thumbnail")
    assert thumbnail is not None and thumbnail["derivation"]["from"] == document["digest"]
    assert thumbnail["derivation"]["tool"].startswith("Pillow") and thumbnail["derivation"]["parameters"]["quality"] == 80
    assert blobs.digest_of(blobs.where(thumbnail["digest"], copies.folder())) == thumbnail["digest"]
    reads = [event for event in custody.chain(item) if event.source == "reads"]
    assert [(event.act, event.details["purpose"]) for event in reads] == [("copied", "working copies")]


def test_copies_lie_apart_from_originals(tmp_path: Path) -> None:
    item = made.taken(tmp_path, made.saved(made.picture()), "a.jpg")
    before = set(blobs.every())
    make_copies(OPERATOR, [item])
    assert set(blobs.every()) == before


def test_what_was_made_is_passed_over_and_made_again_only_if_wished(tmp_path: Path) -> None:
    item = made.taken(tmp_path, made.saved(made.picture()), "a.jpg")
    make_copies(OPERATOR, [item])
    assert make_copies(OPERATOR, [item]) == {"items": 0, "copies": 0, "passed": 1, "notes": [], "more_notes": 0}
    assert make_copies(OPERATOR, [item], again=True)["items"] == 1
    assert [copy["use"] for copy in copies.of(OPERATOR, item)] == ["web", "thumbnail"]


def test_a_copy_that_was_lost_is_made_anew(tmp_path: Path) -> None:
    item = made.taken(tmp_path, made.saved(made.picture()), "a.jpg")
    make_copies(OPERATOR, [item])
    thumbnail = copies.best(copies.of(OPERATOR, item), "thumbnail")
    keep(Row("copy", bare(thumbnail["id"]), None))  # type: ignore[index]
    assert make_copies(OPERATOR, [item])["copies"] == 1
    assert copies.best(copies.of(OPERATOR, item), "thumbnail")["digest"] == thumbnail["digest"]  # type: ignore[index]


def test_a_job_that_is_stopped_keeps_what_it_made_and_goes_on(tmp_path: Path) -> None:
    items = [made.taken(tmp_path, made.saved(made.picture(seed=n)), f"{n}.jpg") for n in range(3)]

    def stop(doing: str, done: int, total: int | None) -> None:
        if done == 2:
            raise TutelaError(copies.problem("copies-stopped"))

    with pytest.raises(TutelaError) as stopped:
        make_copies(OPERATOR, items, stop)
    assert stopped.value.code == "copies-stopped"
    assert [len(copies.of(OPERATOR, item)) for item in items] == [2, 2, 0]
    result = make_copies(OPERATOR, items)
    assert (result["items"], result["passed"]) == (1, 2)


def test_the_job_tells_what_could_not_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "HERE", True)
    item = made.taken(tmp_path, made.saved(made.picture())[:3000] + b"\0" * 50, "cut.jpg")
    good = made.taken(tmp_path, made.saved(made.picture(seed=4)), "good.jpg")
    stands = jobs.standing(start_copies(CONTRIBUTOR, [item, good]))
    assert stands.state == "done" and stands.result["items"] == 2 and stands.result["copies"] == 2
    assert [(note["item"], note["code"]) for note in stands.result["notes"]] == [(item, "rendition-broken")]


def test_readers_without_an_account_make_no_copies(tmp_path: Path) -> None:
    item = made.taken(tmp_path, made.saved(made.picture()), "a.jpg")
    with pytest.raises(NotAllowed):
        start_copies(PUBLIC, [item])
    with pytest.raises(NotAllowed):
        make_copies("nobody", [item])


# ---- who sees what --------------------------------------------------------------------------------------------------------------


def test_the_public_sees_copies_of_open_items_alone(tmp_path: Path) -> None:
    marked = {mark: made.taken(tmp_path, made.saved(made.picture(seed=n)), f"{n}.jpg", mark)
              for n, mark in enumerate(("open", "restricted", "confidential"))}
    make_copies(OPERATOR, marked.values())
    assert copy_of(PUBLIC, marked["open"], "thumbnail")[0].width == 320
    for hidden, who in (("restricted", PUBLIC), ("confidential", PUBLIC), ("confidential", CONTRIBUTOR)):
        held = copies.of(OPERATOR, marked[hidden])
        with pytest.raises(TutelaError, match="record-unknown"):
            copies.of(who, marked[hidden])
        with pytest.raises(TutelaError, match="record-unknown"):
            copies.open_copy(who, held[0]["id"])
    assert copy_of(CONTRIBUTOR, marked["restricted"], "web")[1] == "image/jpeg"


def test_an_item_is_no_copy(tmp_path: Path) -> None:
    item = made.taken(tmp_path, made.saved(made.picture()), "a.jpg")
    with pytest.raises(TutelaError, match="record-unknown"):
        copies.open_copy(OPERATOR, item)


# ---- likeness -------------------------------------------------------------------------------------------------------------------


def changed(image: Any) -> Any:
    out = image.copy()
    ImageDraw.Draw(out).line((0, 0, 200, 30), fill=(255, 255, 255), width=2)
    return out


def test_the_same_picture_in_another_size_and_quality_is_hinted_at(tmp_path: Path) -> None:
    first = made.taken(tmp_path, made.saved(made.picture(1200, 900)), "a.jpg")
    smaller = made.taken(tmp_path, made.saved(changed(made.picture(1200, 900)).resize((500, 375)), quality=40), "b.jpg")
    turned = made.taken(tmp_path, made.saved(made.picture(1200, 900).rotate(90, expand=True), exif=made.exif(orientation=6)), "d.jpg")
    other = made.taken(tmp_path, made.saved(made.picture(1200, 900, seed=9)), "c.jpg")
    make_copies(OPERATOR, [first, smaller, other, turned])
    hints = copies.like(OPERATOR, first)
    assert {hint["id"] for hint in hints} == {smaller, turned} and all(hint["distance"] <= likeness.MOST for hint in hints)
    assert len({queries.visible(OPERATOR, item)["digest"] for item in (first, smaller)}) == 2, "a hint merges nothing"


def test_a_hint_tells_nobody_of_what_they_may_not_see(tmp_path: Path) -> None:
    image = made.picture(1200, 900)
    shown = made.taken(tmp_path, made.saved(image), "a.jpg")
    hidden = made.taken(tmp_path, made.saved(image, quality=50), "b.jpg", "confidential")
    make_copies(OPERATOR, [shown, hidden])
    assert copies.like(CONTRIBUTOR, shown) == [] and len(copies.like(REVIEWER, shown)) == 1


def test_pictures_without_features_are_like_nothing(tmp_path: Path) -> None:
    items = [made.taken(tmp_path, made.saved(Image.new("RGB", (99 + n, 80), (9, 9, 9))), f"{n}.jpg") for n in range(2)]
    make_copies(OPERATOR, items)
    assert copies.like(OPERATOR, items[0]) == []
