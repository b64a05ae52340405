"""What goes to a browser: nothing of strangers runs there, originals are attachments in custody, ranges are bytes."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms
from support import filemaking as made
from support.acting import actor

from tutela.errors import NotAllowed, TutelaError
from tutela.evidence import copies, custody, serving
from tutela.evidence.jobs import make_copies
from tutela.people.rules import OPERATOR, PUBLIC

REVIEWER, CONTRIBUTOR = actor("reviewer"), actor("contributor")
database = pytest.mark.django_db(databases="__all__")
ACTIVE = ["text/html", "image/svg+xml", "application/xhtml+xml", "application/pdf", "text/javascript", "application/xml", "text/xml",
          "application/x-shockwave-flash", "text/css", "application/octet-stream", "multipart/related", "application/wasm"]


# ---- headers --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("media_type", ACTIVE)
def test_what_can_run_is_an_attachment_of_no_kind(media_type: str) -> None:
    said = serving.headers(media_type)
    assert said["Content-Type"] == "application/octet-stream" and said["Content-Disposition"].startswith("attachment")


@given(st.one_of(st.text(max_size=60), st.sampled_from([*serving.INLINE, *ACTIVE])), st.text(max_size=200), st.booleans())
def test_whatever_it_is_nothing_may_run_be_guessed_or_be_kept_in_shared_caches(media_type: str, name: str, inline: bool) -> None:
    said = serving.headers(media_type, name, inline)
    policy = said["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy.split("; ") and "allow-" not in policy
    assert said["X-Content-Type-Options"] == "nosniff" and said["Cache-Control"].startswith("private")
    assert said["Content-Type"].split(";")[0] in {*serving.INLINE, "application/octet-stream"}
    assert all("\n" not in value and "\r" not in value and value.isascii() for value in said.values())


# ---- ranges ---------------------------------------------------------------------------------------------------------------------


@database
@pytest.mark.parametrize("asked, first, last", [("bytes=0-99", 0, 99), ("bytes=100-", 100, None), ("bytes=-50", -50, None),
                                                ("bytes=0-99999999", 0, None)])
def test_a_player_gets_the_bytes_it_asks_for(tmp_path: Path, asked: str, first: int, last: int | None) -> None:
    content = made.film()
    item = made.taken(tmp_path, content, "a.mov")
    served = serving.served(CONTRIBUTOR, item, asked=asked, act="viewed")
    body = b"".join(served.pieces())
    wanted = content[first:] if last is None else content[first : last + 1]
    assert (served.status, body) == (206, wanted)
    start = content.index(wanted) if first >= 0 else len(content) + first
    assert served.headers["Content-Range"] == f"bytes {start}-{start + len(wanted) - 1}/{len(content)}"
    assert served.headers["Content-Length"] == str(len(wanted)) and served.stream.closed


@database
def test_a_range_that_is_none_gives_the_whole_and_one_beyond_the_end_is_refused(tmp_path: Path) -> None:
    content = made.film()
    item = made.taken(tmp_path, content, "a.mov")
    for asked in (None, "", "bytes=9-3", "bytes=a-b", "bytes=0-1,5-6", "lines=1-2", "bytes=-"):
        served = serving.served(REVIEWER, item, asked=asked)
        assert (served.status, b"".join(served.pieces())) == (200, content)
    for asked in (f"bytes={len(content)}-", "bytes=-0"):
        with pytest.raises(TutelaError, match="range-impossible"):
            serving.served(REVIEWER, item, asked=asked)


# ---- who gets what --------------------------------------------------------------------------------------------------------------


@database
def test_an_original_goes_out_as_an_attachment_and_its_custody_says_so_first(tmp_path: Path) -> None:
    item = made.taken(tmp_path, content := made.saved(made.picture()), "Secretname at the mosque.jpg")
    served = serving.served(REVIEWER, item)
    assert custody.chain(item)[-1].act == "exported"
    assert b"".join(served.pieces()) == content
    assert served.headers["Content-Disposition"].startswith("attachment") and "Secretname" not in served.headers["Content-Disposition"]
    assert served.filename == f"{item[:13]}.jpg" and served.headers["Cache-Control"] == "private, no-store"


@database
def test_an_original_goes_out_without_its_metadata_if_asked(tmp_path: Path) -> None:
    item = made.taken(tmp_path, made.saved(made.picture(), exif=made.exif()), "a.jpg")
    served = serving.served(REVIEWER, item, clean=True)
    body = b"".join(served.pieces())
    assert b"Nikon" not in body and Image.open(io.BytesIO(body)).size == (640, 480) and len(body) == served.size
    assert custody.chain(item)[-1].details["purpose"] == "without metadata"
    film = made.taken(tmp_path, made.film(), "a.mov")
    with pytest.raises(TutelaError, match="strip-unknown"):
        serving.served(REVIEWER, film, clean=True)
    assert custody.chain(film)[-1].act == "received", "what was not given is not said to have been"


@database
def test_originals_are_for_those_who_may(tmp_path: Path) -> None:
    item = made.taken(tmp_path, made.saved(made.picture()), "a.jpg")
    for who, act in ((PUBLIC, "exported"), (PUBLIC, "viewed"), (CONTRIBUTOR, "exported")):
        with pytest.raises(NotAllowed):
            serving.served(who, item, act=act)
    assert [event.act for event in custody.chain(item)] == ["received"]


@database
def test_a_working_copy_is_shown_and_belongs_to_its_item(tmp_path: Path) -> None:
    item, other = (made.taken(tmp_path, made.saved(made.picture(seed=n)), f"{n}.jpg") for n in (1, 2))
    make_copies(OPERATOR, [item, other])
    web = copies.best(copies.of(PUBLIC, item), "web")
    assert web is not None
    served = serving.served(PUBLIC, item, web["id"])
    assert Image.open(io.BytesIO(b"".join(served.pieces()))).width == 640
    assert served.headers["Content-Type"] == "image/jpeg" and served.headers["Content-Disposition"].startswith("inline")
    with pytest.raises(TutelaError, match="record-unknown"):
        serving.served(PUBLIC, other, web["id"])


@database
def test_a_page_with_a_script_is_shown_as_its_text_and_handed_out_as_bytes_of_no_kind(tmp_path: Path) -> None:
    item = made.taken(tmp_path, b"<html><p>Words</p>" + made.SCRIPT, "a.html")
    make_copies(OPERATOR, [item])
    (copy,) = copies.of(PUBLIC, item)
    text = serving.served(PUBLIC, item, copy["id"])
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8" and b"".join(text.pieces()) == b"Words\n"
    original = serving.served(REVIEWER, item)
    assert original.headers["Content-Type"] == "application/octet-stream"
    original.close()


# ---- what leaves without its metadata -------------------------------------------------------------------------------------------

KINDS = [("JPEG", "image/jpeg", {}), ("JPEG", "image/jpeg", {"progressive": True}), ("PNG", "image/png", {}), ("WEBP", "image/webp", {}),
         ("WEBP", "image/webp", {"lossless": True}), ("TIFF", "image/tiff", {"compression": "tiff_lzw"}), ("TIFF", "image/tiff", {}),
         ("TIFF", "image/tiff", {"compression": "jpeg"})]


@pytest.mark.parametrize("kind, media_type, options", KINDS)
def test_the_picture_is_the_same_point_for_point_and_says_nothing(kind: str, media_type: str, options: dict) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = made.exif(orientation=6)
    exif[0x010E] = exif[0x8298] = made.SECRET.decode()
    more = {} if kind == "TIFF" else {"xmp": made.xmp("<dc:title>SECRETNAME</dc:title>")} if kind != "PNG" else {}
    before = made.saved(made.picture(), kind, exif=exif, icc_profile=profile, **options, **more) + made.SECRET
    with serving.stripped(io.BytesIO(before), media_type) as stream:
        after = stream.read()
    for word in (made.SECRET, b"Secretname", b"Nikon", b"D750"):
        assert word not in after
    one, two = Image.open(io.BytesIO(before)), Image.open(io.BytesIO(after))
    assert two.getexif().get(0x0112) == 6, "which way is up was lost"
    assert ImageChops.difference(one.convert("RGB"), two.convert("RGB")).getbbox() is None and one.size == two.size
    assert not two.getexif().get_ifd(0x8825)
    ImageCms.getOpenProfile(io.BytesIO(two.info["icc_profile"]))


def test_every_page_of_a_tiff_is_kept() -> None:
    pages = [made.picture(90, 60, seed) for seed in range(3)]
    before = made.saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], description="SECRETNAME")
    after = Image.open(serving.stripped(io.BytesIO(before), "image/tiff"))
    assert after.n_frames == 3
    for number, page in enumerate(pages):
        after.seek(number)
        assert ImageChops.difference(after.convert("RGB"), page).getbbox() is None


def test_a_pdf_goes_without_author_attachments_and_former_versions() -> None:
    from pypdf import PdfReader

    before = made.pdf(2)
    after = serving.stripped(io.BytesIO(before), "application/pdf").read()
    assert made.SECRET in before and made.SECRET not in after
    reader = PdfReader(io.BytesIO(after))
    assert len(reader.pages) == 2 and not reader.metadata and not reader.attachments


def test_other_kinds_are_refused() -> None:
    for content, media_type, code in ((made.film(), "video/mp4", "strip-unknown"), (b"junk", "image/jpeg", "strip-broken"),
                                      (b"junk", "application/pdf", "strip-broken"), (b"junk", "image/tiff", "strip-broken")):
        with pytest.raises(TutelaError) as refused:
            serving.stripped(io.BytesIO(content), media_type)
        assert refused.value.code == code
