"""One door to originals; who opened them is written first; the chain tells everything and can be neither cut nor mended."""

from __future__ import annotations

import ast
import random
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from hypothesis import given
from hypothesis import strategies as st
from support.acting import actor
from support.commands import ROOT, CommandLine
from support.photographs import delivery
from support.writing import create, place

from tutela.errors import TutelaError
from tutela.evidence import custody, queries, reads
from tutela.evidence.checks import check_files
from tutela.evidence.intake import Given, take
from tutela.evidence.models import Access
from tutela.evidence.rules.custody import ACTS, AFTER, READS, check_act, standing
from tutela.people.rules import OPERATOR, PUBLIC
from tutela.store import blobs, journal
from tutela.store.documents import bare, dashed
from tutela.store.verify import verify
from tutela.store.write import Row, write

SOURCE = ROOT / "src" / "tutela"
django = pytest.mark.django_db(databases="__all__")


def refusal(call: Any, *arguments: Any, **more: Any) -> str:
    with pytest.raises(TutelaError) as caught:
        call(*arguments, **more)
    return caught.value.code


# ---- the one door -----------------------------------------------------------------------------------------------------------------


#: (file, function of ``blobs``): those who handle originals as files without reading them for anybody, and the door itself.
MAY_TOUCH = {"evidence/custody.py", "evidence/intake.py", "evidence/intake_copy.py", "evidence/checks.py", "evidence/repair.py",
             "store/blobs.py", "store/backup.py", "store/restore.py", "store/verify.py"}


def openings(source: str) -> list[tuple[int, str]]:
    """(line, call) where a blob of the workspace's originals is opened or found: without another folder named."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)):
            continue
        named = node.func.value.id == "blobs" and node.func.attr in ("open", "where", "folder", "digest_of")
        elsewhere = len(node.args) > 1 or any(keyword.arg == "root" for keyword in node.keywords)
        if named and not elsewhere and not (node.func.attr == "digest_of"):
            found.append((node.lineno, f"blobs.{node.func.attr}"))
    for node in ast.walk(ast.parse(source)):
        names = {each.name for each in node.names} if isinstance(node, ast.ImportFrom) and node.module == "tutela.store.blobs" else set()
        if names & {"open", "where", "folder"}:
            found.append((node.lineno, "from tutela.store.blobs import"))
        inner = node.value if isinstance(node, ast.Attribute) and node.attr == "blobs" else None
        if isinstance(inner, ast.Attribute) and inner.attr == "WORKSPACE":
            found.append((node.lineno, "WORKSPACE.blobs"))
    return found


def test_nobody_opens_originals_but_the_one_function() -> None:
    rooms = ("evidence", "assessment", "exchange", "reports", "web", "cli", "inventory", "people", "store", "project")
    files = [file for room in rooms for file in sorted((SOURCE / room).rglob("*.py"))]
    assert len(files) > 100
    found = {f"{file.relative_to(SOURCE).as_posix()}:{line} {call}" for file in files
             if file.relative_to(SOURCE).as_posix() not in MAY_TOUCH | ALLOWED.keys() for line, call in openings(file.read_text("utf-8"))}
    assert found == set()
    for name, calls in ALLOWED.items():
        assert {call for _, call in openings((SOURCE / name).read_text("utf-8"))} <= calls, name
    door = (SOURCE / "evidence/custody.py").read_text("utf-8")
    assert [call for _, call in openings(door)].count("blobs.open") == 2, "originals in one function, papers in the other"


#: Others, with what they may do: place an original, or digest it where it lies, which shows nobody anything of it.
ALLOWED = {"evidence/intake_log.py": {"blobs.folder"}, "evidence/seals.py": {"blobs.where"},
           "evidence/bundles/read.py": {"blobs.folder", "blobs.where"}}


def test_the_test_of_the_one_door_can_fail() -> None:
    assert openings("from tutela.store import blobs\nblobs.open(digest)") == [(2, "blobs.open")]
    assert openings("blobs.open(digest, copies())") == []


@django
def test_opening_needs_somebody_signed_in_who_may_see_it(item: str) -> None:
    assert refusal(custody.open_original, PUBLIC, item) == "not-allowed"
    with custody.open_original(actor("contributor"), item, purpose="to compare") as stream:
        assert stream.read(2) == b"\xff\xd8"
    assert refusal(custody.open_original, actor("reviewer"), "0" * 32) == "record-unknown"
    assert refusal(custody.open_original, OPERATOR, item, "shredded") == "custody-read"
    assert [(line[2], line[3], line[4]) for line in reads.of_item(bare(item))] == [("test-contributor", "viewed", "to compare")]


@django
def test_an_item_that_is_hidden_cannot_be_opened_and_leaves_no_line(pictures: Any) -> None:
    (secret,) = create(place("Hidden", handling={"mark": "confidential"}))
    by_mark = take(OPERATOR, pictures(1, "a"), Given(handling={"mark": "confidential"})).items[0]
    by_place = take(OPERATOR, pictures(1, "b", 1), Given(handling={"mark": "open"}, places=[secret])).items[0]
    for number, nobody, somebody in ((by_mark, "contributor", "reviewer"), (by_place, "reviewer", "manager")):
        assert refusal(custody.open_original, actor(nobody), number) == "record-unknown"
        assert Access.objects.using(reads.alias()).count() == 0
        custody.open_original(actor(somebody), number).close()
        Access.objects.using(reads.alias()).all().delete()


@django
def test_the_line_is_there_before_the_file_is_opened(item: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = []
    monkeypatch.setattr(blobs, "open", lambda digest: lines.append(len(reads.of_item(bare(item)))))
    custody.open_original(OPERATOR, item, "exported")
    assert lines == [1]


@django
def test_where_the_log_cannot_be_written_nothing_is_opened(item: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: Any) -> None:
        raise TutelaError(journal.problem("disk-full"))

    monkeypatch.setattr(reads, "note", fail)
    monkeypatch.setattr(blobs, "open", lambda digest: pytest.fail("opened"))
    assert refusal(custody.open_original, OPERATOR, item) == "disk-full"


@django
def test_many_are_logged_together_and_none_if_one_cannot_be_read(pictures: Any) -> None:
    items = take(OPERATOR, pictures(4)).items
    for number, (name, stream) in enumerate(custody.open_originals(OPERATOR, items, "exported")):
        assert name == items[number] and stream.read(2) == b"\xff\xd8"
        stream.close()
    assert reads.last()[0] == 4
    custody.hand_over(OPERATOR, items[2], "lent", to="The museum")
    with pytest.raises(TutelaError):
        list(custody.open_originals(OPERATOR, items))
    assert reads.last()[0] == 4


@django
def test_a_manifest_is_opened_without_a_read_but_never_an_original(item: str) -> None:
    import io

    paper = blobs.put(io.BytesIO(b"a manifest"))
    with custody.open_paper(paper) as stream:
        assert stream.read() == b"a manifest"
    assert refusal(custody.open_paper, queries.item(OPERATOR, item)["digest"]) == "custody-is-original"


# ---- what may follow what ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from([*ACTS, *READS]), max_size=12))
def test_whatever_is_done_the_rules_hold(acts: list[str]) -> None:
    done: list[str] = []
    for act in acts:
        if not check_act(standing(done), act, to="X", rule="R"):
            done.append(act)
    assert done.count("destroyed") <= 1 and ("destroyed" not in done or done[-1] == "destroyed")
    if done:
        assert done[0] in ("received", "imported")
    held = True
    for before, act in zip(done, done[1:], strict=False):
        held = {"lent": False, "released": False, "destroyed": False}.get(before, True if before in ("returned",) else held)
        assert not (act in READS and before in ("lent", "released", "destroyed"))
    assert standing(done) == standing(acts), "what could not follow changes nothing"


def test_each_standing_says_what_may_follow() -> None:
    assert set(AFTER["lent"]) == {"returned", "destroyed", "received", "imported"}
    assert AFTER["destroyed"] == {}
    assert all(AFTER[state].get(act) is None for state in ("lent", "released", "destroyed", "unknown") for act in READS)


@django
def test_lent_returned_released_and_read_only_while_held(item: str) -> None:
    manager = actor("manager")
    assert refusal(custody.hand_over, actor("reviewer"), item, "lent", to="X") == "not-allowed"
    assert refusal(custody.hand_over, manager, item, "lent") == "custody-to"
    custody.hand_over(manager, item, "lent", to="The museum", purpose="exhibition")
    assert custody.stands(item) == "lent" and refusal(custody.open_original, OPERATOR, item) == "custody-order"
    assert refusal(custody.hand_over, manager, item, "released", to="X") == "custody-order"
    custody.hand_over(manager, item, "returned")
    custody.open_original(OPERATOR, item).close()
    custody.hand_over(manager, item, "released", to="The owner")
    assert refusal(custody.open_original, OPERATOR, item) == "custody-order"
    chain = custody.chain(item)
    assert [event.act for event in chain if event.source == "journal"] == ["received", "lent", "returned", "released"]
    assert chain[0].details["name"] == "IMG_0000.JPG" and all(len(event.seal) == 64 for event in chain)
    assert next(event for event in chain if event.act == "lent").details["to"] == "The museum"
    assert verify() == []


@django
def test_an_act_is_refused_inside_a_change_as_well(item: str) -> None:
    with pytest.raises(TutelaError) as caught, journal.change("operator", "test") as change:
        write(change, [custody.act(change, OPERATOR, item, "returned")])
    assert caught.value.code == "custody-order"
    with journal.change("operator", "test") as change:
        write(change, [custody.act(change, OPERATOR, item, "redacted", copy="0" * 32)])
    assert custody.chain(item)[-1].details["copy"] == "0" * 32


@django
def test_destroyed_by_a_rule_the_file_goes_and_the_chain_stays(item: str, pictures: Any) -> None:
    digest = queries.item(OPERATOR, item)["digest"]
    copy = blobs.put(pictures(1, "copy", 9)[0], into=copies_folder())
    with journal.change("operator", "test") as change:
        write(change, [Row("copy", "1" * 32, {"item": bare(item), "use": "thumbnail", "digest": copy, "size": 1}, new=True)])
    custody.open_original(OPERATOR, item).close()
    assert refusal(custody.destroy, actor("reviewer"), item, "R") == "not-allowed"
    assert refusal(custody.destroy, OPERATOR, item, " ") == "custody-rule"
    custody.destroy(OPERATOR, item, "retention: five years", "no longer needed")
    assert list(blobs.every()) == [] and not blobs.where(copy, copies_folder()).exists()
    found = queries.item(OPERATOR, item)
    assert (found["state"], found["digest"], found["standing"], found["copies"]) == ("destroyed", digest, "destroyed", [])
    assert sorted(event.act for event in custody.chain(item)) == ["destroyed", "received", "viewed"]
    assert refusal(custody.open_original, OPERATOR, item) == "custody-order"
    assert verify() == []
    again = take(OPERATOR, pictures(1, "again"))
    assert [problem.code for problem in again.refused] == ["item-destroyed"] and "retention" in again.refused[0].message
    assert verify() == []


def copies_folder() -> Path:
    from django.conf import settings

    return settings.WORKSPACE.copies


@django
def test_what_a_backup_is_reading_is_left_to_repair(item: str) -> None:
    from tutela.evidence.repair import repair
    from tutela.store import filelock

    with filelock.held(blobs.folder() / blobs.INCOMING / blobs.READING):
        custody.destroy(OPERATOR, item, "R")
        (digest,) = blobs.every()
        assert repair(OPERATOR, now=True).removed == []
    assert list(check_files()) == [f"blobs: {digest} is named by no record"]
    assert repair(OPERATOR, now=True).removed == [digest] and verify() == []


# ---- who sees it, and its chain -----------------------------------------------------------------------------------------------------


@django
def test_an_item_is_seen_from_its_mark_and_only_where_its_places_are_seen_whole(pictures: Any) -> None:
    marked = {mark: take(OPERATOR, pictures(1, mark, n), Given(handling={"mark": mark})).items[0]
              for n, mark in enumerate(("open", "restricted", "confidential"))}
    unmarked = take(OPERATOR, pictures(1, "none", 5)).items[0]
    places = dict(zip(("open", "restricted", "confidential"), create(
        place("A"), place("B", handling={"mark": "restricted"}), place("C", handling={"mark": "confidential"})), strict=True))
    about = {mark: take(OPERATOR, pictures(1, f"about-{mark}", 10 + n), Given(handling={"mark": "open"}, places=[uuid])).items[0]
             for n, (mark, uuid) in enumerate(places.items())}
    seen = {role: {each["id"] for each in queries.items(actor(role), limit=100)}
            for role in ("public", "contributor", "reviewer", "manager")}
    assert seen["public"] == {marked["open"], about["open"]}
    assert seen["contributor"] == seen["public"] | {marked["restricted"], unmarked}
    assert seen["reviewer"] == seen["contributor"] | {marked["confidential"], about["restricted"]}
    assert seen["manager"] == seen["reviewer"] | {about["confidential"]}
    for role, ids in seen.items():
        for number in (*marked.values(), *about.values(), unmarked):
            assert queries.sees(actor(role), number) == (number in ids)


@django
def test_readers_are_not_told_who_gave_it_nor_where_exactly(pictures: Any) -> None:
    (uuid,) = create(place("A", handling={"mark": "open", "precision": "0.1"}))
    number = take(OPERATOR, pictures(1), Given(collector="A. Surveyor", handling={"mark": "open", "reason": "agreed"}, places=[uuid],
                                               where={"x": 1.5, "y": 2.5}, consent={"given": "yes"})).items[0]
    document, line = queries.held_item(number)
    stated = {"taken": "2024-05-03", "x": 1.5, "y": 2.5, "author": "A. Surveyor", "original": {"GPS": "1.5"}}
    with journal.change("operator", "test") as change:
        write(change, [Row("witness", "2" * 32, {"pseudonym": "W-7K3Q", "consents": [{"scope": "publish"}]}, new=True)])
        write(change, [Row("item", bare(number), {**document, "stated": stated, "witnesses": ["2" * 32]})])
    shown = queries.item(PUBLIC, number)
    assert shown["stated"] == {"taken": "2024-05-03"} and "witnesses" not in shown and shown["handling"] == {"mark": "open"}
    assert "Surveyor" not in str(shown) and "1.5" not in str(shown) and line
    assert queries.item(actor("contributor"), number)["stated"] == stated


@django
def test_items_are_found_by_words_by_place_and_page_by_page(pictures: Any) -> None:
    one, other = create(place("One"), place("Other"))
    first = take(OPERATOR, pictures(7), Given(places=[one], description="the burnt gate")).items
    take(OPERATOR, pictures(3, "b", 50), Given(places=[other]))
    assert [each["id"] for each in queries.items(OPERATOR, place=dashed(one))] == first[::-1]
    assert len(queries.items(OPERATOR, "burnt GATE")) == 7 and len(queries.items(OPERATOR, "IMG_0051")) == 1
    assert queries.items(OPERATOR, queries.item(OPERATOR, first[0])["digest"][:12])[0]["id"] == first[0]
    pages, after = [], None
    while page := queries.items(OPERATOR, limit=4, after=after):
        pages += [each["id"] for each in page]
        after = pages[-1]
    assert len(pages) == len(set(pages)) == 10


@django
def test_the_chain_is_shown_to_those_signed_in_who_see_the_item(item: str) -> None:
    assert refusal(queries.chain, PUBLIC, item) == "not-allowed"
    (received,) = queries.chain(actor("contributor"), item)
    assert received["act"] == "received" and received["actor"] == "operator"


# ---- the log of reads ---------------------------------------------------------------------------------------------------------------


@django
def test_every_altered_line_of_the_log_is_found(pictures: Any) -> None:
    items = take(OPERATOR, pictures(3)).items
    for number in range(9):
        act = ("viewed", "exported", "copied")[number % 3]
        custody.open_original(OPERATOR if number % 2 else actor("reviewer"), items[number % 3], act, f"reason {number}").close()
    assert list(custody.check_reads()) == [] == verify()
    chance = random.Random(3)
    name = reads.alias()
    base = list(Access.objects.using(name).order_by("id").values("id", "at", "actor", "item", "act", "purpose", "chain"))
    for _ in range(60):
        row = dict(chance.choice(base))
        column = chance.choice(["actor", "item", "act", "purpose", "chain"])
        raw = bytearray(row[column].encode() if isinstance(row[column], str) else bytes(row[column]))
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(7)
        changed = bytes(raw) if column == "chain" else raw.decode("ascii", "replace").replace("\0", "?")
        Access.objects.using(name).filter(id=row["id"]).update(**{column: changed})
        assert list(custody.check_reads()), f"{column} of line {row['id']}: {row[column]!r} became {changed!r}"
        Access.objects.using(name).filter(id=row["id"]).update(**{column: row[column]})
    from datetime import timedelta

    Access.objects.using(name).filter(id=4).update(at=base[3]["at"] + timedelta(seconds=1))
    assert list(custody.check_reads()) == ["reads: line 4 does not follow from the line before, or was altered"]
    Access.objects.using(name).filter(id=4).update(at=base[3]["at"])
    Access.objects.using(name).filter(id=5).delete()
    assert list(custody.check_reads())[0] == "reads: line 5 is missing"


@django
def test_the_end_of_the_log_cannot_be_cut_off_once_the_journal_sealed_it(item: str) -> None:
    for _ in range(3):
        custody.open_original(OPERATOR, item).close()
    Access.objects.using(reads.alias()).filter(id=3).delete()
    assert list(custody.check_reads()) == []
    custody.open_original(OPERATOR, item).close()
    custody.hand_over(OPERATOR, item, "lent", to="X")
    Access.objects.using(reads.alias()).filter(id=3).delete()
    assert list(custody.check_reads()) == ["reads: line 3, which the journal sealed, is missing"]
    assert any(line.startswith("reads: ") for line in verify())


READ = ("import sys; from pathlib import Path; from tutela.store.setup import open_workspace; open_workspace(Path(sys.argv[1]));"
        "from tutela.evidence.custody import open_original, check_reads; from tutela.people.rules import OPERATOR\n"
        "for _ in range(int(sys.argv[3])): open_original(OPERATOR, sys.argv[2]).close()\n"
        "print(list(check_reads()))")


@pytest.fixture
def taken(tutela: CommandLine, tmp_path: Path) -> tuple[CommandLine, str]:
    assert tutela("init").returncode == 0
    (file,) = delivery(tmp_path / "in")
    return tutela, tutela.data("evidence", "add", file, "--no-copies")["items"][0]


def reader(line: CommandLine, item: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", READ, str(line.workspace), item, str(count)], env=line.environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_several_at_once_write_one_chain(taken: tuple[CommandLine, str]) -> None:
    line, item = taken
    running = [reader(line, item, 25) for _ in range(4)]
    for each in running:
        _, said = each.communicate(timeout=120)
        assert each.returncode == 0, said
    found = line.data("evidence", "show", item)["chain"]
    assert [each["line"] for each in found if each["source"] == "reads"] == list(range(1, 101))
    assert line.data("evidence", "verify")["holds"] and line.data("verify")["holds"]


@pytest.mark.sqlite_only
def test_reading_never_waits_for_whoever_writes_records(taken: tuple[CommandLine, str]) -> None:
    line, item = taken
    writer = sqlite3.connect(line.workspace / "tutela.sqlite", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE store_record SET live = live")
    try:
        each = reader(line, item, 2)
        said = each.communicate(timeout=150)  # whoever waited for the writer would give up after 60
    finally:
        writer.execute("ROLLBACK")
        writer.close()
    assert each.returncode == 0, said


@pytest.mark.postgres
@pytest.mark.django_db(databases="__all__", transaction=True)
def test_reading_never_waits_for_whoever_writes_records_on_postgresql(item: str) -> None:
    held, done, read = threading.Event(), threading.Event(), []

    def write_long() -> None:
        with journal.change("operator", "test") as change:
            write(change, [Row("place", "3" * 32, place("A"), new=True)])
            held.set()
            done.wait(20)
        connections.close_all()

    def read_now() -> None:
        custody.open_original(OPERATOR, item).close()
        read.append(True)
        connections.close_all()

    threads = [threading.Thread(target=write_long), threading.Thread(target=read_now)]
    threads[0].start()
    assert held.wait(20)
    threads[1].start()
    threads[1].join(10)
    done.set()
    threads[0].join()
    assert read == [True] and connection.vendor == "postgresql"
