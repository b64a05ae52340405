"""Files made to harm their readers do none: a coded note or nothing, never a crash, never memory without end, nothing active out."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from support import filemaking as made
from support.acting import actor

from tutela.errors import TutelaError
from tutela.evidence import copies, serving
from tutela.evidence.jobs import make_copies
from tutela.evidence.renditions import apart, wire
from tutela.evidence.renditions.apart import Worker
from tutela.evidence.renditions.examine import examine
from tutela.evidence.rules.facts import DOCX
from tutela.people.rules import OPERATOR, PUBLIC

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")
database = pytest.mark.django_db(databases="__all__")
PHOTO = made.saved(made.picture(160, 120), exif=made.exif())
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + made.SCRIPT + b"</svg>"


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as running:
        yield running


def codes(worker: Worker, content: bytes, media_type: str) -> tuple[list[str], list[str]]:
    """(uses of what was made, codes of the notes)."""
    done = worker.examine(io.BytesIO(content), media_type)
    for rendition in done.renditions:
        assert rendition.media_type in ("image/jpeg", "text/plain")
        assert rendition.media_type != "image/jpeg" or max(Image.open(io.BytesIO(rendition.content)).size) <= 1600
    return [rendition.use for rendition in done.renditions], [note.code for note in done.notes]


def test_a_picture_of_a_hundred_megapixels_in_a_small_file_is_refused(worker: Worker) -> None:
    bomb = made.png_of_size(10_000, 10_000)
    assert len(bomb) < 2_000_000
    assert codes(worker, bomb, "image/png") == ([], ["rendition-too-large"])


@pytest.mark.parametrize("width, height", [(2**31 - 1, 2**31 - 1), (200_000, 1), (0, 0)])
def test_a_picture_that_claims_to_be_enormous_is_refused(worker: Worker, width: int, height: int) -> None:
    content = bytearray(made.png_of_size(1, 1))
    content[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    uses, notes = codes(worker, bytes(content), "image/png")
    assert uses == [] and set(notes) & {"rendition-too-large", "rendition-broken"}


def test_a_genuine_photograph_of_a_hundred_megapixels_is_shown(worker: Worker) -> None:
    """JPEG is decoded at a smaller scale; one that must be held whole in memory is refused."""
    image = Image.new("L", (11_000, 9_500), 120)
    assert codes(worker, made.saved(image), "image/jpeg")[0] == ["web", "thumbnail"]
    assert codes(worker, made.saved(image, progressive=True), "image/jpeg") == ([], ["rendition-too-large"])


def test_a_truncated_photograph_is_told_and_its_facts_are_read(worker: Worker) -> None:
    done = worker.examine(io.BytesIO(PHOTO[: len(PHOTO) * 2 // 3]), "image/jpeg")
    assert [note.code for note in done.notes if note.code != "facts-impossible"] == ["rendition-broken"] and done.renditions == []
    assert done.stated["taken"] == "2021-05-03"


def test_a_document_that_unpacks_without_end_is_refused(worker: Worker) -> None:
    bomb = made.docx(more={"word/document.xml": b"<a>" + b" " * (40 << 20) + b"</a>"})
    assert len(bomb) < 100_000
    uses, notes = codes(worker, bomb, DOCX)
    assert uses == [] and "facts-packed-too-large" in notes


def test_entities_in_a_document_are_refused(worker: Worker) -> None:
    evil = made.docx(core=made.ENTITY_BOMB + "<x>&j;</x>", more={"word/document.xml": (made.ENTITY_BOMB + "<x>&j;</x>").encode()})
    uses, notes = codes(worker, evil, DOCX)
    assert uses == [] and "facts-xml-refused" in notes


def test_an_archive_of_other_things_is_no_document(worker: Worker) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../etc/passwd", "x")
    assert codes(worker, out.getvalue(), DOCX)[0] == []


def test_pictures_that_are_programs_are_neither_painted_nor_run(worker: Worker) -> None:
    assert codes(worker, SVG, "image/svg+xml") == ([], ["rendition-none"])
    assert codes(worker, made.gif_and_script(), "image/gif")[0] == []


def test_a_file_called_a_picture_is_opened_as_that_kind_alone(worker: Worker) -> None:
    """PostScript, and every other rare format that the library knows, is never reached."""
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n(%pipe%touch /tmp/owned) (w) file\n"
    for media_type in ("image/jpeg", "image/png", "image/tiff"):
        assert codes(worker, eps, media_type)[0] == []
    assert codes(worker, eps, "application/postscript") == ([], ["rendition-none"])
    assert codes(worker, eps, "image/x-eps")[0] == []


def test_deeply_nested_markup_is_survived(worker: Worker) -> None:
    assert "text" in codes(worker, b"<html>" + b"<div>" * 5_000 + b"words", "text/html")[0]
    nested = made.docx(more={"word/document.xml": b"<a>" * 50_000 + b"</a>" * 50_000})
    assert codes(worker, nested, DOCX)[0] == []


def test_a_file_that_kills_its_reader_costs_a_note_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with Worker() as worker:
        assert codes(worker, PHOTO, "image/jpeg")[0] == ["web", "thumbnail"]
        real = wire.send

        def kill(out: object, piece: bytes) -> None:
            real(out, piece)  # type: ignore[arg-type]
            worker._process.kill()  # type: ignore[union-attr]

        monkeypatch.setattr(apart.wire, "send", kill)
        assert codes(worker, PHOTO, "image/jpeg") == ([], ["rendition-crashed"])
        monkeypatch.setattr(apart.wire, "send", real)
        assert codes(worker, PHOTO, "image/jpeg")[0] == ["web", "thumbnail"]


def test_a_file_that_never_lets_its_reader_go_is_given_up() -> None:
    with Worker(seconds=0.0) as worker:
        assert codes(worker, PHOTO, "image/jpeg") == ([], ["rendition-timeout"])


def test_a_worker_that_cannot_start_is_no_fault_of_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise every file would be told to be an attack."""
    monkeypatch.setattr(apart.sys, "executable", shutil.which("git") or "false")
    with Worker() as worker, pytest.raises(TutelaError, match="rendition-worker"):
        worker.examine(io.BytesIO(PHOTO), "image/jpeg")


def test_a_file_too_large_to_look_into_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "LARGEST", 1000)
    with Worker() as worker:
        assert codes(worker, PHOTO, "image/jpeg") == ([], ["rendition-file-too-large"])


def test_the_reader_knows_nothing_of_the_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:secret@127.0.0.1/x")
    with Worker() as worker:
        given: dict[str, str] = {}
        monkeypatch.setattr(apart.subprocess, "Popen", lambda *a, env, **k: given.update(env) or (_ for _ in ()).throw(OSError()))
        with pytest.raises(OSError):
            worker._start()
        assert "PYTHONPATH" in given and not {"DATABASE_URL", "TUTELA_WORKSPACE", "DJANGO_SETTINGS_MODULE"} & set(given)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(PHOTO) - 1), st.binary(min_size=1, max_size=4)), min_size=1, max_size=20), st.integers(0, 400))
def test_altered_photographs_never_harm(changes: list[tuple[int, bytes]], cut: int) -> None:
    content = bytearray(PHOTO)
    for at, value in changes:
        content[at : at + len(value)] = value
    content = content[: len(content) - cut]
    done = examine(io.BytesIO(bytes(content)), "image/jpeg")
    assert all(max(Image.open(io.BytesIO(each.content)).size) <= 1600 for each in done.renditions)
    assert done.renditions or done.notes
    try:
        serving.stripped(io.BytesIO(bytes(content)), "image/jpeg").close()
    except TutelaError as error:
        assert error.code == "strip-broken"


TIFF, WEBP, PNG = (made.saved(made.picture(40, 30), kind, exif=made.exif()) for kind in ("TIFF", "WEBP", "PNG"))


@settings(max_examples=120, deadline=None)
@given(st.sampled_from([(TIFF, "image/tiff"), (WEBP, "image/webp"), (PNG, "image/png")]),
       st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=12), st.integers(0, 60))
def test_altered_pictures_are_stripped_or_refused(
    which: tuple[bytes, str], changes: list[tuple[int, int]], cut: int,
) -> None:
    content = bytearray(which[0])
    for at, value in changes:
        content[at % len(content)] = value
    content = content[: len(content) - cut]
    try:
        with serving.stripped(io.BytesIO(bytes(content)), which[1]) as stream:
            assert len(stream.read()) <= 2 * len(content) + 1000
    except TutelaError as error:
        assert error.code == "strip-broken"


# ---- through the whole house ----------------------------------------------------------------------------------------------------

HOSTILE = {"a.gif": made.gif_and_script(), "b.svg": SVG,
           "c.html": b"<!doctype html><html>" + made.SCRIPT + b"<p onclick=alert(1)>Words</p>",
           "d.png": made.png_of_size(9_000, 9_000), "e.jpg": PHOTO[:900], "f.pdf": b"%PDF-1.7\n<script>alert(1)</script>\n%%EOF",
           "g.jpg": PHOTO + b"<?php system($_GET[0]); ?>" + made.SCRIPT, "h.html": b"<html><svg/onload=alert(1)></html>",
           "i.txt": b"plain " + made.SCRIPT}


@database
def test_whatever_was_taken_in_nothing_active_is_served_inline(tmp_path: Path) -> None:
    items = {name: made.taken(tmp_path, content, name) for name, content in HOSTILE.items()}
    result = make_copies(OPERATOR, items.values())
    assert result["items"] == len(HOSTILE)
    for name, item in items.items():
        for copy in copies.of(PUBLIC, item):
            served = serving.served(PUBLIC, item, copy["id"])
            body = b"".join(served.pieces())
            assert served.headers["Content-Type"] in ("image/jpeg", "text/plain; charset=utf-8"), name
            assert served.headers["Content-Type"] != "image/jpeg" or (b"<script" not in body and b"<?php" not in body)
        original = serving.served(actor("reviewer"), item)
        assert original.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in original.headers["Content-Security-Policy"] and original.headers["X-Content-Type-Options"] == "nosniff"
        assert b"".join(original.pieces()) == HOSTILE[name], "an original is never changed"
