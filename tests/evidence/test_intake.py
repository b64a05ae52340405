"""Files are taken in once and unchanged, all of a delivery or none of it, and everything that is wrong is said by a code."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.acting import actor
from support.photographs import jpeg, zipped
from support.writing import create, place

from tutela.errors import NotAllowed, TutelaError
from tutela.evidence import intake, intake_copy, queries
from tutela.evidence.checks import check_files
from tutela.evidence.intake import Given, Taken, take
from tutela.evidence.intake_sources import look
from tutela.people.rules import OPERATOR, PUBLIC
from tutela.store import blobs, journal
from tutela.store.documents import bare, dashed
from tutela.store.verify import verify

pytestmark = pytest.mark.django_db(databases="__all__")

PHOTO = jpeg(0)


def codes(taken: Taken) -> list[str]:
    return sorted(problem.code for problem in taken.refused)


def nothing_was_written() -> bool:
    staged = [file.name for file in intake.blobs.folder().parent.joinpath("staging").glob("intake-*")]
    return journal.head()[0] == 0 and list(blobs.every()) == [] and staged == [] and list(check_files()) == []


# ---- what comes in ----------------------------------------------------------------------------------------------------------------


def test_a_folder_comes_in_unchanged_by_digest_with_all_that_was_said(pictures: Any) -> None:
    files = pictures(3)
    (uuid,) = create(place("Khan", "K-1"))
    said = Given(collector="A. Surveyor", acquired="2024-05~", places=[dashed(uuid)], source={"uri": "https://example.org/a", "title": "A"},
                 consent={"given": "yes", "scope": "research"}, restrictions="not for the press", handling={"mark": "open"},
                 where={"text": "at the gate", "x": 37.1, "y": 36.2}, origin={"kind": "original"}, description="The gate")
    taken = take(OPERATOR, [files[0].parent], said)
    assert (len(taken.items), len(taken.acquisitions), taken.same, taken.refused) == (3, 3, [], [])
    for number, file in zip(taken.items, files, strict=True):
        found = queries.item(OPERATOR, number)
        content = file.read_bytes()
        assert found["digest"] == sha256(content).hexdigest() and found["size"] == len(content)
        assert blobs.where(found["digest"]).read_bytes() == content
        assert (found["media_type"], found["form"], found["title"], found["state"]) == ("image/jpeg", "photograph", file.name, "held")
        (acquisition,) = found["acquisitions"]
        assert {k: acquisition[k] for k in ("name", "path", "way", "collector", "acquired", "restrictions")} == {
            "name": file.name, "path": "delivery", "way": "folder", "collector": "A. Surveyor", "acquired": "2024-05~",
            "restrictions": "not for the press"}
        assert acquisition["consent"] == {"given": "yes", "scope": "research"} and acquisition["where"]["x"] == 37.1
        assert found["places"] == [uuid] and found["origin"] == {"kind": "original"}
    assert [each["id"] for each in queries.of_place(OPERATOR, dashed(uuid))] == taken.items[::-1]
    assert verify() == []


def test_many_small_files_are_synced_at_once_and_come_in_alike(pictures: Any) -> None:
    files = pictures(intake_copy.FEW + 5)
    taken = take(OPERATOR, [files[0].parent])
    assert len(taken.items) == len(files) and sorted(blobs.every()) == sorted(sha256(f.read_bytes()).hexdigest() for f in files)
    assert verify() == []


def test_a_file_larger_than_a_piece_comes_in_whole(tmp_path: Path) -> None:
    content = PHOTO + os.urandom(3 * blobs.PIECE + 17)
    (tmp_path / "large.jpg").write_bytes(content)
    taken = take(OPERATOR, [tmp_path / "large.jpg"])
    assert queries.item(OPERATOR, taken.items[0])["digest"] == sha256(content).hexdigest()
    assert verify() == []


def test_the_members_of_a_zip_come_in_each_by_itself(tmp_path: Path) -> None:
    file = zipped(tmp_path / "delivery.zip", {"a/1.jpg": jpeg(1), "b/حلب.jpg": jpeg(2), "notes.txt": b"seen from the road",
                                              "__MACOSX/._1.jpg": b"\0\5", "a/.DS_Store": b"\0"})
    taken = take(OPERATOR, [file])
    names = [queries.item(OPERATOR, number)["acquisitions"][0] for number in taken.items]
    assert [(each["path"], each["name"], each["way"]) for each in names] == [
        ("delivery.zip/a", "1.jpg", "zip"), ("delivery.zip/b", "حلب.jpg", "zip"), ("delivery.zip", "notes.txt", "zip")]
    assert len(taken.left) == 2


def test_a_zip_may_be_kept_as_it_is_and_a_document_that_is_one_inside_is_one_file(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "delivery.zip", {"1.jpg": PHOTO})
    document = zipped(tmp_path / "report.docx", {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
    kept = take(OPERATOR, [archive], Given(unpack=False))
    assert queries.item(OPERATOR, kept.items[0])["media_type"] == "application/zip"
    taken = take(OPERATOR, [document])
    assert queries.item(OPERATOR, taken.items[0])["media_type"].endswith("wordprocessingml.document")


def test_the_media_type_follows_from_the_content_never_from_the_name(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"%PDF-1.7\n1 0 obj\nendobj")
    taken = take(OPERATOR, [tmp_path / "photo.jpg"])
    found = queries.item(OPERATOR, taken.items[0])
    assert (found["media_type"], found["form"], found["noticed"]) == ("application/pdf", "document", ["media-other-name"])
    assert [warning.code for warning in taken.warnings] == ["media-other-name"]


@pytest.mark.parametrize(("name", "content", "media_type", "form", "noticed"), [
    ("run.jpg", b"MZ\x90\0\3\0\0\0" + bytes(60), "application/vnd.microsoft.portable-executable", "other", "media-active"),
    ("run", b"\x7fELF\2\1\1" + bytes(60), "application/x-elf", "other", "media-active"),
    ("a.gif", b"GIF89a/*<script>alert(1)</script>*/", "image/gif", "photograph", "media-polyglot"),
    ("a.jpg", PHOTO + b"PK\5\6" + bytes(18), "image/jpeg", "photograph", "media-polyglot"),
    ("a.jpg", PHOTO[:20] + b"%PDF-1.4" + PHOTO[20:], "image/jpeg", "photograph", "media-polyglot"),
    ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>", "image/svg+xml", "drawing", None),
    ("page.html", b"<!DOCTYPE html><html><body>saved</body></html>", "text/html", "page", None),
    ("a.mp4", b"\0\0\0\x18ftypisom" + bytes(40), "video/mp4", "video", None),
    ("a.heic", b"\0\0\0\x18ftypheic" + bytes(40), "image/heic", "photograph", None),
    ("a.wav", b"RIFF\x24\0\0\0WAVEfmt " + bytes(30), "audio/wav", "sound", None),
    ("a.csv", b"id,name\n1,A\n2,B\n", "text/csv", "dataset", None),
    ("a.bin", bytes(range(1, 32)) * 3, "application/octet-stream", "other", None),
])
def test_every_kind_of_file_is_told_and_what_asks_for_care_is_noticed(tmp_path: Path, name: str, content: bytes, media_type: str, form: str,
                                                                      noticed: str | None) -> None:
    (tmp_path / name).write_bytes(content)
    taken = take(OPERATOR, [tmp_path / name])
    found = queries.item(OPERATOR, taken.items[0])
    assert (found["media_type"], found["form"]) == (media_type, form)
    assert (noticed in found.get("noticed", ())) if noticed else found.get("noticed", []) == []


def test_a_program_cannot_be_called_a_photograph(tmp_path: Path) -> None:
    (tmp_path / "a.exe").write_bytes(b"MZ\x90\0" + bytes(60))
    assert codes(take(OPERATOR, [tmp_path / "a.exe"], Given(form="photograph"))) == ["media-form"]
    assert nothing_was_written()


# ---- the same bytes again -----------------------------------------------------------------------------------------------------------


def test_the_same_bytes_twice_are_one_item_with_two_acquisitions(pictures: Any, tmp_path: Path) -> None:
    (file,) = pictures(1)
    first = take(OPERATOR, [file], Given(collector="A"))
    other = tmp_path / "mail" / "copy of it.jpg"
    other.parent.mkdir()
    other.write_bytes(file.read_bytes())
    second = take(OPERATOR, [other], Given(collector="B"))
    assert second.items == first.items == second.same
    found = queries.item(OPERATOR, first.items[0])
    assert [(each["name"], each["collector"]) for each in found["acquisitions"]] == [("IMG_0000.JPG", "A"), ("copy of it.jpg", "B")]
    assert verify() == []


def test_the_same_bytes_twice_in_one_delivery_are_one_item_too(tmp_path: Path) -> None:
    file = zipped(tmp_path / "d.zip", {"a.jpg": PHOTO, "b.jpg": PHOTO})
    taken = take(OPERATOR, [file])
    assert (len(taken.items), len(taken.acquisitions)) == (1, 2)


def test_the_same_delivery_again_changes_nothing(pictures: Any) -> None:
    files = pictures(3)
    said = Given(collector="A", acquired="2024-05-03")
    first = take(OPERATOR, files, said)
    before = journal.head()
    again = take(OPERATOR, files, said)
    assert again.items == first.items and (again.acquisitions, again.unchanged) == ([], 3)
    assert journal.head() == before
    assert take(OPERATOR, files, Given(collector="A", acquired="2024-05-04")).unchanged == 0


def test_what_is_said_anew_of_bytes_held_before_is_added_and_only_ever_stricter(pictures: Any) -> None:
    one, other = create(place("One"), place("Other"))
    (file,) = pictures(1)
    number = take(OPERATOR, [file], Given(places=[one], handling={"mark": "open"})).items[0]
    take(OPERATOR, [file], Given(places=[other], handling={"mark": "confidential"}, collector="B"))
    found = queries.item(OPERATOR, number)
    assert found["places"] == [one, other] and found["handling"]["mark"] == "confidential"
    take(OPERATOR, [file], Given(handling={"mark": "open"}, collector="C"))
    assert queries.item(OPERATOR, number)["handling"]["mark"] == "confidential"


# ---- all or nothing -----------------------------------------------------------------------------------------------------------------


def test_one_refused_file_refuses_all_and_each_is_named(pictures: Any, tmp_path: Path) -> None:
    folder = pictures(70)[0].parent
    (folder / "empty.jpg").touch()
    if os.name != "nt":
        (folder / "link.jpg").symlink_to(folder / "IMG_0000.JPG")
        os.mkfifo(folder / "pipe")
    taken = take(OPERATOR, [folder, tmp_path / "none.jpg"])
    assert codes(taken) == sorted(["intake-empty", "intake-missing", *(["intake-link", "intake-not-file"] if os.name != "nt" else [])])
    assert taken.exit_code == 3 and not taken.items and nothing_was_written()
    assert any("delivery/empty.jpg" in problem.message for problem in taken.refused)


def test_a_file_that_breaks_while_it_is_read_refuses_all(tmp_path: Path) -> None:
    file = zipped(tmp_path / "d.zip", {f"{n:02}.jpg": jpeg(n) for n in range(20)})
    raw = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as opened:
        raw[opened.infolist()[7].header_offset + 60] ^= 0xFF
    file.write_bytes(raw)
    assert codes(take(OPERATOR, [file])) == ["archive-damaged"] and nothing_was_written()


def test_a_file_that_changes_while_it_is_read_is_refused(pictures: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (file,) = pictures(1)
    looked = look

    def look_and_change(*arguments: Any) -> Any:
        found = looked(*arguments)
        file.write_bytes(file.read_bytes() + b"more")
        return found

    monkeypatch.setattr(intake, "look", look_and_change)
    assert codes(take(OPERATOR, [file])) == ["intake-changed"] and nothing_was_written()


@pytest.mark.parametrize(("said", "code"), [
    (Given(acquired="yesterday"), "date-unreadable"),
    (Given(handling={"mark": "secret"}), "evidence-code"),
    (Given(handling={"mark": "open", "who": "me"}), "evidence-key"),
    (Given(places=["nowhere"]), "evidence-id"),
    (Given(places=["0" * 32]), "record-unknown"),
    (Given(source={"uri": "javascript alert"}), "evidence-uri"),
    (Given(where={"x": 200, "y": 1}), "evidence-position"),
    (Given(consent={"given": "perhaps"}), "evidence-code"),
    (Given(title="x" * 501), "evidence-text"),
    (Given(title="half \ud800"), "evidence-text"),
    (Given(origin={"kind": "original", "of": "0" * 32}), "record-unknown"),
])
def test_what_is_said_is_checked_before_a_byte_is_read(pictures: Any, said: Given, code: str) -> None:
    assert codes(take(OPERATOR, pictures(1), said)) == [code] and nothing_was_written()


def test_who_may_not_add_adds_nothing_and_only_some_may_open_to_all(pictures: Any) -> None:
    with pytest.raises(NotAllowed):
        take(PUBLIC, pictures(1))
    with pytest.raises(NotAllowed):
        take(actor("contributor"), pictures(1), Given(handling={"mark": "open"}))
    assert nothing_was_written()
    assert len(take(actor("contributor"), pictures(1)).items) == 1


# ---- hostile ZIP files --------------------------------------------------------------------------------------------------------------


def patched(file: Path, change: Any) -> Path:
    """The ZIP with something of its central directory changed: ``change(raw, offset of the first entry)``."""
    raw = bytearray(file.read_bytes())
    change(raw, raw.index(b"PK\1\2"))
    file.write_bytes(raw)
    return file


def encrypt(raw: bytearray, at: int) -> None:
    raw[at + 8] |= 1


def strange_method(raw: bytearray, at: int) -> None:
    struct.pack_into("<H", raw, at + 10, 97)


def link(raw: bytearray, at: int) -> None:
    raw[at + 5] = 3  # made on Unix
    struct.pack_into("<I", raw, at + 38, (stat.S_IFLNK | 0o777) << 16)


def claim_much(raw: bytearray, at: int) -> None:
    struct.pack_into("<I", raw, at + 24, 0xFFFFFFF0)


@pytest.mark.parametrize(("change", "code"), [(encrypt, "archive-encrypted"), (strange_method, "archive-method"), (link, "intake-link"),
                                              (claim_much, "archive-bomb")])
def test_a_zip_that_cannot_be_trusted_is_refused_by_its_directory(tmp_path: Path, change: Any, code: str) -> None:
    file = patched(zipped(tmp_path / "d.zip", {"a.jpg": PHOTO}), change)
    assert code in codes(take(OPERATOR, [file])) and nothing_was_written()


@pytest.mark.parametrize("name", ["../up.jpg", "/etc/cron.d/x", "a/../../b.jpg", "..\\..\\b.jpg", "C:\\b.jpg", "\\\\host\\share\\b.jpg"])
def test_a_zip_that_names_a_place_outside_itself_is_refused(tmp_path: Path, name: str) -> None:
    assert codes(take(OPERATOR, [zipped(tmp_path / "d.zip", {"a.jpg": PHOTO, name: PHOTO})])) == ["archive-escapes"]
    assert nothing_was_written()


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "bomb.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out, out.open("zeros.jpg", "w") as member:
        for _ in range(64):
            member.write(bytes(1 << 20))
    assert codes(take(OPERATOR, [file])) == ["archive-bomb"] and nothing_was_written()


def test_a_bomb_that_lies_about_its_size_is_stopped(tmp_path: Path) -> None:
    file = tmp_path / "liar.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("zeros.jpg", bytes(1 << 20))

    def say_less(raw: bytearray, at: int) -> None:
        struct.pack_into("<I", raw, at + 24, 1000)

    assert codes(take(OPERATOR, [patched(file, say_less)])) == ["archive-damaged"] and nothing_was_written()


def test_a_zip_within_a_zip_and_a_name_that_stands_twice_are_refused(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"a.jpg": PHOTO}).read_bytes()
    assert codes(take(OPERATOR, [zipped(tmp_path / "outer.zip", {"inner.zip": inner})])) == ["archive-nested"]
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as out, pytest.warns(UserWarning):
        out.writestr("a.jpg", PHOTO)
        out.writestr("a.jpg", jpeg(1))
    assert codes(take(OPERATOR, [tmp_path / "twice.zip"])) == ["archive-twice"]
    (tmp_path / "torn.zip").write_bytes(inner[:-30])
    assert codes(take(OPERATOR, [tmp_path / "torn.zip"])) == ["archive-damaged"]
    assert nothing_was_written()


@given(st.dictionaries(st.text(min_size=1, max_size=20), st.binary(min_size=1, max_size=60), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_its_members_are_called_a_zip_is_taken_in_whole_or_refused_by_a_code(tmp_path: Path, members: dict[str, bytes]) -> None:
    file = tmp_path / "any.zip"
    try:
        with zipfile.ZipFile(file, "w") as out:
            for name, content in members.items():
                out.writestr(name, content)
    except (ValueError, UnicodeError, IndexError):
        return  # no ZIP can hold such a name
    head = journal.head()
    taken = take(OPERATOR, [file])
    if taken.refused:
        assert journal.head() == head
    else:
        for number in taken.items:
            digest = queries.item(OPERATOR, number)["digest"]
            assert blobs.digest_of(blobs.where(digest)) == digest
        assert len(set(taken.items)) == len(taken.items) and taken.files <= len(members)


@pytest.mark.skipif(os.name != "posix" or os.uname().sysname != "Linux", reason="names that are no text: Linux")
def test_a_name_that_is_no_text_is_kept_as_far_as_it_can_be_shown(tmp_path: Path) -> None:
    file = os.fsencode(tmp_path) + b"/caf\xe9\n.jpg"
    with open(file, "wb") as out:
        out.write(PHOTO)
    taken = take(OPERATOR, [Path(os.fsdecode(file))])
    assert queries.item(OPERATOR, taken.items[0])["acquisitions"][0]["name"] == "caf\ufffd\ufffd.jpg"


# ---- stopped, and gone on with ------------------------------------------------------------------------------------------------------


class Stop(Exception):
    pass


def test_a_stopped_intake_goes_on_where_it_was(pictures: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    files = pictures(100)
    monkeypatch.setattr(intake_copy, "WORKERS", 1)  # so that at most a few files are under way when it is stopped
    monkeypatch.setattr(intake_copy, "TOGETHER", 4)

    def stop(doing: str, done: int, total: int | None) -> None:
        if done and total and done > total // 2:
            raise Stop

    with pytest.raises(Stop):
        take(OPERATOR, [files[0].parent], None, stop)
    assert journal.head()[0] == 0 and list(blobs.every()) == []
    (said,) = check_files()
    assert said.startswith("intake: ") and "delivery" in said
    opened: list[str] = []
    copy = intake_copy.Copying._copy

    def counted(self: Any, source: Any, number: int) -> Any:
        opened.append(source.name)
        return copy(self, source, number)

    monkeypatch.setattr(intake_copy.Copying, "_copy", counted)
    taken = take(OPERATOR, [files[0].parent])
    assert len(taken.items) == 100 and 0 < len(opened) < 90
    assert verify() == []


def test_what_changed_meanwhile_is_copied_again(pictures: Any) -> None:
    files = pictures(100)

    def stop(doing: str, done: int, total: int | None) -> None:
        if doing == "Syncing":
            raise Stop

    with pytest.raises(Stop):
        take(OPERATOR, [files[0].parent], None, stop)
    files[3].write_bytes(jpeg(5000))
    files[4].unlink()
    incoming = next((blobs.folder() / blobs.INCOMING).glob("intake-*"))
    next(incoming.iterdir()).write_bytes(b"lost in a power cut")
    taken = take(OPERATOR, [files[0].parent])
    wanted = sorted(sha256(file.read_bytes()).hexdigest() for file in files if file.exists())
    assert sorted(blobs.every()) == wanted and len(taken.items) == 99
    assert verify() == []


def test_the_same_files_are_not_taken_in_twice_at_once(pictures: Any) -> None:
    files = pictures(1)
    refusals = []

    def meanwhile(doing: str, done: int, total: int | None) -> None:
        if doing == "Syncing":
            with pytest.raises(TutelaError) as caught:
                take(OPERATOR, files)
            refusals.append(caught.value.code)

    assert len(take(OPERATOR, files, None, meanwhile).items) == 1
    assert refusals == ["intake-running"]


@pytest.mark.parametrize("call", ["write", "replace", "fsync"])
def test_a_full_disk_leaves_nothing_and_all_works_again(pictures: Any, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    files = pictures(5)
    real, left = getattr(os, call), [3]

    def full(*arguments: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(TutelaError) as caught:
            take(OPERATOR, files)
    assert caught.value.code == "disk-full"
    assert nothing_was_written()
    assert len(take(OPERATOR, files).items) == 5 and verify() == []


def test_originals_given_are_never_touched(pictures: Any) -> None:
    files = pictures(3)
    before = [(file.read_bytes(), file.stat().st_mtime_ns, file.stat().st_mode) for file in files]
    take(OPERATOR, files)
    assert [(file.read_bytes(), file.stat().st_mtime_ns, file.stat().st_mode) for file in files] == before


def test_an_id_in_any_spelling_is_the_same_place(pictures: Any) -> None:
    (uuid,) = create(place("One"))
    taken = take(OPERATOR, pictures(1), Given(places=[f"{{{dashed(uuid).upper()}}}"]))
    assert queries.item(OPERATOR, taken.items[0])["places"] == [bare(uuid)]
