"""Somebody means harm: names that deceive, files that change into something else, two who write at once, ids of other people's items."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import sealing
from support.acting import actor
from support.photographs import delivery, jpeg, zipped

from tutela.errors import TutelaError
from tutela.evidence import actions, citations, copies, custody, gradings, intake, queries, seals, serving
from tutela.evidence.bundles.read import take_in
from tutela.evidence.bundles.write import bundle
from tutela.evidence.intake import Given, take
from tutela.evidence.intake_sources import look
from tutela.people.rules import OPERATOR, PUBLIC, Actor
from tutela.store.verify import verify

pytestmark = pytest.mark.django_db(databases="__all__")
posix = pytest.mark.skipif(os.name != "posix", reason="no pipes and links to be made here")


# ---- names ------------------------------------------------------------------------------------------------------------------------


def name_of(item: str) -> str:
    return str(queries.item(OPERATOR, item)["acquisitions"][0]["name"])


@pytest.mark.parametrize("name", ["photo\u202egpj.exe", "a\u2067b\u2069.jpg", "\u202dx.jpg"])
def test_a_name_that_turns_its_letters_round_is_shown_as_it_is_written(tmp_path: Path, name: str) -> None:
    (item,) = take(OPERATOR, [zipped(tmp_path / "d.zip", {name: jpeg(1)})]).items
    assert not set(name_of(item)) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert queries.item(OPERATOR, item)["title"] == name_of(item)


def test_the_marks_that_arabic_and_persian_need_stay(tmp_path: Path) -> None:
    (item,) = take(OPERATOR, [zipped(tmp_path / "d.zip", {"خانه\u200cها\u200f.jpg": jpeg(1)})]).items
    assert name_of(item) == "خانه\u200cها\u200f.jpg"


def test_names_without_end_are_refused_and_deep_folders_are_told_as_far_as_they_fit(settings: Any, tmp_path: Path) -> None:
    refused = take(OPERATOR, [zipped(tmp_path / "long.zip", {"x" * 5000 + ".jpg": jpeg(1)})])
    assert [each.code for each in refused.refused] == ["archive-escapes"]
    with sealing.elsewhere(settings, tmp_path / "elsewhere"):
        taken = take(OPERATOR, [zipped(tmp_path / ("n" * 200 + ".zip"), {"f/" * 480 + "a.jpg": jpeg(1)})])
        assert len(queries.item(OPERATOR, taken.items[0])["acquisitions"][0]["path"]) <= 1000
        written = bundle(OPERATOR, tmp_path / "out", items=taken.items)
    assert take_in(OPERATOR, tmp_path / "out", written.key).new == taken.items, "what goes out comes in elsewhere"


# ---- files that become something else after they were looked at -------------------------------------------------------------------


def a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def a_link(file: Path) -> None:
    file.unlink()
    file.symlink_to("/etc/hostname")


def a_link_to_a_device(file: Path) -> None:
    file.unlink()
    file.symlink_to("/dev/zero")


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@posix
@pytest.mark.parametrize("become", [a_pipe, a_link, a_link_to_a_device, a_folder])
def test_a_file_that_becomes_something_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                       become: Callable[[Path], None]) -> None:
    (file,) = delivery(tmp_path / "in")

    def look_and_change(*arguments: Any) -> Any:
        found = look(*arguments)
        become(file)
        return found

    monkeypatch.setattr(intake, "look", look_and_change)
    assert {each.code for each in take(OPERATOR, [file]).refused} <= {"intake-changed", "intake-unreadable"}
    assert verify() == []


# ---- two at once --------------------------------------------------------------------------------------------------------------------


def at_the(step: str, work: Callable[[], Any]) -> Callable[[str, int, int | None], None]:
    """A progress that does some other work once, at this step."""
    left = [step]

    def told(doing: str, done: int, total: int | None) -> None:
        if left and doing == left[0]:
            left.clear()
            work()

    return told


@pytest.mark.parametrize("step", ["Copying", "Syncing", "Writing"])
def test_the_same_bytes_taken_in_by_two_at_once_are_one_item(tmp_path: Path, step: str) -> None:
    (one,), (other,) = delivery(tmp_path / "one"), delivery(tmp_path / "other")
    first = take(OPERATOR, [one], Given(collector="A"), at_the(step, lambda: take(OPERATOR, [other], Given(collector="B"))))
    assert len(queries.items(OPERATOR)) == 1
    assert {each["collector"] for each in queries.item(OPERATOR, first.items[0])["acquisitions"]} == {"A", "B"} and verify() == []


@pytest.mark.parametrize("step", ["Proving the bundle", "Files"])
def test_the_same_bytes_taken_in_while_a_bundle_is_are_one_item(settings: Any, tmp_path: Path, step: str) -> None:
    with sealing.elsewhere(settings, tmp_path / "elsewhere"):
        room = sealing.furnish(tmp_path / "in")
        written = bundle(OPERATOR, tmp_path / "out")
    (tmp_path / "own.jpg").write_bytes(sealing.picture(0))
    taken = take_in(OPERATOR, tmp_path / "out", written.key, at_the(step, lambda: take(OPERATOR, [tmp_path / "own.jpg"])))
    assert len(queries.items(OPERATOR)) == len(room.items) == len(taken.items) == len(set(taken.items))
    assert len(taken.new) == len(room.items) - 1 and verify() == []


def test_the_same_bundle_taken_in_by_two_at_once_is_there_once(settings: Any, tmp_path: Path) -> None:
    with sealing.elsewhere(settings, tmp_path / "elsewhere"):
        room = sealing.furnish(tmp_path / "in")
        seals.seal(OPERATOR, room.items)
        bundle(OPERATOR, tmp_path / "out")
    taken = take_in(OPERATOR, tmp_path / "out", None, at_the("Files", lambda: take_in(OPERATOR, tmp_path / "out")))
    assert taken.unchanged and len(queries.items(OPERATOR)) == len(room.items) and verify() == []


# ---- other people's items -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [PUBLIC, actor("contributor"), actor("reviewer")], ids=lambda who: who.role)
def test_an_id_that_was_guessed_opens_no_door(tmp_path: Path, who: Actor) -> None:
    """Everything that takes an item's id, for a confidential one: as if it were not there, or not allowed at all."""
    room = sealing.furnish(tmp_path / "in", mark="confidential", place_mark="confidential")
    item, other = room.items[:2]
    copies.make(OPERATOR, room.items)
    copy = copies.of(OPERATOR, item)[0]["id"]
    own = take(OPERATOR, delivery(tmp_path / "own"), Given(handling={"mark": "open"})).items[0]
    before = len(custody.chain(item))
    doors: list[Callable[[], Any]] = [
        lambda: queries.item(who, item), lambda: queries.visible(who, item), lambda: queries.chain(who, item),
        lambda: copies.of(who, item), lambda: copies.open_copy(who, copy), lambda: custody.open_original(who, item),
        lambda: serving.served(who, item), lambda: serving.served(who, item, copy), lambda: serving.served(who, own, copy),
        lambda: copies.redact(who, item, [{"x": 0.1, "y": 0.1, "w": 0.1, "h": 0.1, "why": "face"}]),
        lambda: actions.describe(who, item, {"title": "mine"}), lambda: custody.hand_over(who, item, "lent", to="me"),
        lambda: custody.destroy(who, item, "mine"), lambda: gradings.grade(who, item, "A", 1), lambda: seals.seal(who, [item]),
        lambda: citations.cite(who, room.place, item), lambda: citations.of_item(who, item),
        lambda: bundle(who, tmp_path / "out", items=[item]),
        lambda: queries.item(who, copy), lambda: custody.open_original(who, copy), lambda: queries.item(who, "../" + item),
    ]
    for number, door in enumerate(doors):
        with pytest.raises(TutelaError) as caught:
            door()
        assert caught.value.code in ("record-unknown", "not-allowed", "copy-unknown"), (number, caught.value.code)
        assert "IMG_" not in str(caught.value), number
    if who.may("add-evidence"):
        refused = take(who, delivery(tmp_path / "more"), Given(origin={"kind": "reprint", "of": other})).refused
        assert [each.code for each in refused] == ["record-unknown"]
    assert {each["id"] for each in queries.items(who)} == {own} and len(custody.chain(item)) == before
