"""Hand-over bundles: what goes out to whom, whole or not at all; what another workspace makes of it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bagit
import pytest
from support import authority, bundling, sealing
from support.acting import actor
from support.bundling import item_file
from support.commands import CommandLine
from support.sealing import elsewhere

from tutela.errors import NotAllowed, TutelaError
from tutela.evidence import checks, custody, queries, seals, witnesses
from tutela.evidence.bundles import checker
from tutela.evidence.bundles.read import Refusal, take_in
from tutela.evidence.bundles.write import bundle
from tutela.people.rules import OPERATOR, PUBLIC
from tutela.store import blobs, journal
from tutela.store.documents import bare

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(autouse=True)
def workspace(settings, tmp_path: Path) -> Path:
    return sealing.apart(settings, tmp_path / "held")


@dataclass
class Brought:
    """A bundle made elsewhere."""

    path: Path
    key: str
    room: sealing.Room


@pytest.fixture
def brought(settings, tmp_path: Path) -> Brought:
    with elsewhere(settings, tmp_path / "elsewhere"):
        room = sealing.furnish(tmp_path / "in")
        seals.seal(OPERATOR, room.items)
        written = bundle(OPERATOR, tmp_path / "brought")
    return Brought(tmp_path / "brought", written.key, room)


def told(out: Path, item: str) -> dict[str, Any]:
    return json.loads(bundling.item_file(out, item).read_text(encoding="utf-8"))


def everything_said(out: Path) -> str:
    """All text of a bundle."""
    return "\n".join(path.read_text(encoding="utf-8") for path in out.rglob("*") if path.suffix in (".json", ".html", ".txt"))


# What goes out.

def test_a_bundle_is_a_valid_bag_that_proves_itself(tmp_path: Path) -> None:
    _, written = bundling.everything(tmp_path, tmp_path / "out")
    bag = bagit.Bag(str(tmp_path / "out"))
    bag.validate()
    assert bag.info["Source-Organization"] == "Directorate “A” & <B>" and bag.version_info == (1, 0)
    assert checker.check(written.file, written.key).faults == []
    assert not list(tmp_path.glob("*.part"))


def test_originals_go_out_unchanged_under_their_digests_and_each_export_is_in_its_chain(tmp_path: Path) -> None:
    room = sealing.furnish(tmp_path / "in")
    bundle(OPERATOR, tmp_path / "out", items=room.items, purpose="for the prosecutor")
    for item in room.items:
        held = told(tmp_path / "out", item)
        assert (tmp_path / "out" / held["original"]).read_bytes() == blobs.where(held["document"]["digest"]).read_bytes()
        event = held["custody"][-1]["event"]
        assert (event["act"], event["actor"], event["source"]) == ("exported", "operator", "reads")
        assert event["details"] == {"purpose": "for the prosecutor"}
        assert [event["event"]["act"] for event in held["custody"]] == [e.act for e in custody.chain(item)]
    names = [path.name for path in (tmp_path / "out" / "data").rglob("*")]
    assert not any("IMG" in name or "page" in name for name in names), "names of files are in the records alone"


def test_citations_bring_the_records_that_cite_and_their_place(tmp_path: Path) -> None:
    room = sealing.furnish(tmp_path / "in")
    bundle(OPERATOR, tmp_path / "out", items=room.items[:1])
    held = told(tmp_path / "out", room.items[0])
    assert {each["document"]["record"] for each in held["citations"]} == {bare(room.assessment), bare(room.place)}
    record = json.loads((tmp_path / "out/data/records" / f"{bare(room.assessment)}.json").read_text(encoding="utf-8"))
    assert record["kind"] == "assessment" and record["document"]["observed"] == "2024-03"
    assert held["gradings"][0]["document"]["reliability"] == "B"


def test_a_page_that_would_run_a_script_is_plain_text_by_its_name(tmp_path: Path) -> None:
    room = sealing.furnish(tmp_path / "in")
    bundle(OPERATOR, tmp_path / "out")
    (name,) = [told(tmp_path / "out", item)["original"] for item in room.items if "html" in told(tmp_path / "out", item)["original"]]
    assert name.endswith(".html.txt") and (tmp_path / "out" / name).read_bytes() == sealing.HOSTILE


def test_the_page_of_a_bundle_asks_for_nothing_runs_nothing_and_quotes_everything(tmp_path: Path) -> None:
    bundling.everything(tmp_path, tmp_path / "out")
    page = (tmp_path / "out/index.html").read_text(encoding="utf-8")
    assert "<script" not in page and "default-src 'none'" in page
    assert "<Sons>" not in page and "&lt;Sons&gt;" in page and "<B>" not in page
    import re

    for address in re.findall(r'(?:src|href)="([^"#]+)"', page):
        assert (tmp_path / "out" / address).is_file(), address
    assert "Names and boundaries" in page or "names and boundaries" in page


def test_a_bundle_of_places_holds_what_concerns_them_and_nothing_else(tmp_path: Path) -> None:
    one, two = sealing.furnish(tmp_path / "one"), sealing.furnish(tmp_path / "two", first=5)
    bundle(OPERATOR, tmp_path / "out", places=[two.place])
    assert {path.stem for path in (tmp_path / "out/data/items").iterdir()} == {bare(item) for item in two.items}
    assert bare(one.place) not in everything_said(tmp_path / "out")


def test_a_seal_of_many_items_tells_nothing_of_those_that_were_not_handed_over(tmp_path: Path) -> None:
    room = sealing.furnish(tmp_path / "in")
    seals.seal(OPERATOR, room.items)
    written = bundle(OPERATOR, tmp_path / "out", items=room.items[:1])
    said = everything_said(tmp_path / "out")
    assert written.seals == 1 and told(tmp_path / "out", room.items[0])["seals"]
    for item in room.items[1:]:
        document, _ = queries.held_item(item)
        assert bare(item) not in said and document["digest"] not in said


def test_a_destroyed_item_goes_out_as_a_record_with_its_chain(tmp_path: Path) -> None:
    room = sealing.furnish(tmp_path / "in")
    custody.destroy(OPERATOR, room.items[0], "schedule 4")
    written = bundle(OPERATOR, tmp_path / "out", items=room.items)
    held = told(tmp_path / "out", room.items[0])
    assert held["original"] is None and held["custody"][-1]["event"]["act"] == "destroyed"
    assert checker.check(written.file).faults == []


# To whom.

def test_who_may_not_export_hands_nothing_over(tmp_path: Path) -> None:
    sealing.furnish(tmp_path / "in")
    with pytest.raises(NotAllowed):
        bundle(actor("contributor"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_the_one_who_hands_over_may_not_see_is_not_in_it(tmp_path: Path) -> None:
    hidden = sealing.furnish(tmp_path / "in", mark="confidential", place_mark="confidential")
    with pytest.raises(TutelaError) as error:
        bundle(actor("reviewer"), tmp_path / "out", items=hidden.items)
    assert error.value.code == "record-unknown"
    with pytest.raises(TutelaError) as error:
        bundle(actor("reviewer"), tmp_path / "out")
    assert error.value.code == "bundle-empty" and not (tmp_path / "out").exists()
    assert bundle(actor("manager"), tmp_path / "out").items == 3


def test_people_are_named_only_when_asked_for(tmp_path: Path) -> None:
    from support.acting import account

    sealing.furnish(tmp_path / "in")
    account("manager")
    bundle(actor("manager"), tmp_path / "ids")
    assert "A manager" not in everything_said(tmp_path / "ids")
    bundle(actor("manager"), tmp_path / "names", names=True)
    assert "A manager" in everything_said(tmp_path / "names")


def test_witnesses_leave_by_their_pseudonyms_alone(tmp_path: Path) -> None:
    room = sealing.furnish(tmp_path / "in")
    consents = [{"scope": "publish", "given": "2020", "note": "told in confidence"}]
    (witness,) = sealing.put(("witness", {"pseudonym": "W-7K3Q", "consents": consents}))
    from tutela.store.write import Row, write

    document, _ = queries.held_item(room.items[0])
    with journal.change("operator", "test.witness") as change:
        write(change, [Row("item", bare(room.items[0]), {**document, "witnesses": [bare(witness)]})])
    bundle(OPERATOR, tmp_path / "out")
    bundle(OPERATOR, tmp_path / "public", public=True)
    assert told(tmp_path / "out", room.items[0])["witnesses"] == [{"id": bare(witness), "pseudonym": "W-7K3Q"}]
    assert "told in confidence" not in everything_said(tmp_path / "out")
    assert "W-7K3Q" not in everything_said(tmp_path / "public") and bare(witness) not in everything_said(tmp_path / "public")


def test_what_a_witness_does_not_let_leave_is_refused_by_name_and_left_out_of_the_rest(tmp_path: Path) -> None:
    room = sealing.furnish(tmp_path / "in")
    pseudonym = witnesses.add(OPERATOR, "a long passphrase of six words", {"name": "A. Person"})
    witnesses.attach(OPERATOR, pseudonym, room.items[0])
    with pytest.raises(TutelaError) as caught:
        bundle(OPERATOR, tmp_path / "named", items=[room.items[0]])
    assert caught.value.code.startswith("consent") and not (tmp_path / "named").exists()
    told_of = bundle(OPERATOR, tmp_path / "all")
    assert told_of.left_out["items whose witnesses do not let them leave"] == 1 and not item_file(tmp_path / "all", room.items[0]).exists()
    witnesses.consent(OPERATOR, pseudonym, "hand-over")
    assert bundle(OPERATOR, tmp_path / "agreed", items=[room.items[0]]).items == 1
    assert not queries.sees(PUBLIC, room.items[0])  # open by its mark, but nobody agreed to publication
    witnesses.consent(OPERATOR, pseudonym, "publish")
    assert queries.sees(PUBLIC, room.items[0]) and any(bare(each["id"]) == bare(room.items[0]) for each in queries.items(PUBLIC))
    witnesses.withdraw(OPERATOR, pseudonym)
    with pytest.raises(TutelaError):
        bundle(OPERATOR, tmp_path / "withdrawn", items=[room.items[0]])


def test_a_bundle_for_the_public_holds_no_original_no_metadata_and_no_person(tmp_path: Path) -> None:
    from PIL import Image

    room, _ = bundling.everything(tmp_path, tmp_path / "whole")
    sealing.furnish(tmp_path / "closed", mark="restricted", first=7)
    written = bundle(OPERATOR, tmp_path / "out", public=True)
    listed = {path.stem for path in (tmp_path / "out/data/items").iterdir()}
    assert listed == {bare(item) for item in room.items}, "open items alone"
    assert not (tmp_path / "out/data/originals").exists() and checker.check(written.file, written.key).faults == []
    said = everything_said(tmp_path / "out")
    for personal in ("A. Collector", "operator", "IMG_0", "Camera of somebody", "seen by two"):
        assert personal not in said, personal
    pictures = list((tmp_path / "out/data/copies").iterdir())
    assert pictures
    for path in pictures:
        with Image.open(io.BytesIO(path.read_bytes())) as image:
            assert not image.getexif() and "exif" not in image.info and "xmp" not in image.info
    redacted = told(tmp_path / "out", room.items[1])["copies"]
    uses = {each["document"]["digest"] for each in redacted if each["document"]["use"] == "redacted"}
    assert uses and all(each["document"]["use"] == "redacted" or each["document"]["derivation"]["from"] in uses for each in redacted)
    assert written.left_out == {"items without a working copy for the public": 1}, "the saved page, of which only the text was made"


def test_a_public_bundle_shows_a_place_as_coarsely_as_the_public_sees_it(tmp_path: Path) -> None:
    from tutela.inventory.actions import set_handling

    room = sealing.furnish(tmp_path / "in")
    set_handling(OPERATOR, room.place, "open", "1", "looting")
    bundle(OPERATOR, tmp_path / "out", public=True)
    said = everything_said(tmp_path / "out")
    assert "44.4" not in said and "33.3" not in said and bare(room.place) in said


# Whole or not at all.

def test_nothing_is_overwritten_and_nothing_lies_in_the_workspace(tmp_path: Path, workspace: Path) -> None:
    sealing.furnish(tmp_path / "in")
    (tmp_path / "there").mkdir()
    (tmp_path / "file.zip").write_text("mine")
    for out, code in ((tmp_path / "there", "bundle-exists"), (tmp_path / "file.zip", "bundle-exists"),
                      (workspace / "out", "bundle-where"), (workspace / "blobs" / "out.zip", "bundle-where"),
                      (tmp_path / "no" / "such" / "folder", "bundle-where")):
        with pytest.raises(TutelaError) as error:
            bundle(OPERATOR, out)
        assert error.value.code == code, out
    assert (tmp_path / "file.zip").read_text() == "mine" and list((tmp_path / "there").iterdir()) == []


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_a_bundle_that_fails_leaves_nothing(tmp_path: Path, name: str) -> None:
    room = sealing.furnish(tmp_path / "in")
    blobs.where(queries.held_item(room.items[-1])[0]["digest"]).write_bytes(b"altered")
    with pytest.raises(TutelaError) as error:
        bundle(OPERATOR, tmp_path / name)
    assert error.value.code == "bundle-original"
    assert not (tmp_path / name).exists() and not (tmp_path / f"{name}.part").exists()


def test_what_a_killed_run_left_is_replaced_but_never_what_somebody_else_put_there(tmp_path: Path) -> None:
    sealing.furnish(tmp_path / "in")
    (tmp_path / "out.part" / "data").mkdir(parents=True)
    (tmp_path / "out.part" / "bagit.txt").write_text("")
    assert bundle(OPERATOR, tmp_path / "out").items == 3 and not (tmp_path / "out.part").exists()
    (tmp_path / "other.part").mkdir()
    (tmp_path / "other.part" / "thesis.doc").write_text("mine")
    with pytest.raises(TutelaError):
        bundle(OPERATOR, tmp_path / "other")
    assert (tmp_path / "other.part" / "thesis.doc").exists()


# Taking in.

def test_another_workspace_takes_it_in_with_its_chain_and_a_second_time_changes_nothing(brought: Brought) -> None:
    taken = take_in(OPERATOR, brought.path, brought.key)
    assert sorted(taken.new) == sorted(brought.room.items) and taken.proven
    for item in taken.items:
        there = told(brought.path, item)
        document, _ = queries.held_item(item)
        assert document["digest"] == there["document"]["digest"] and blobs.digest_of(blobs.where(document["digest"])) == document["digest"]
        imported = [event for event in custody.chain(item) if event.act == "imported"]
        assert len(imported) == 1 and imported[0].details["chain"] == there["custody"]
        ways = [each["way"] for each in queries.item(OPERATOR, item)["acquisitions"]]
        assert sorted(ways) == ["bundle", "file"]
    (seal_id,) = {each["id"] for each in queries.linked(taken.items[0], "seal")}
    standing = seals.check(seal_id)
    assert standing.state in ("valid", "pending") and not standing.own and standing.items == 3
    assert list(checks.check_files()) == [] and list(journal.check()) == [] and list(seals.findings()) == []
    head = journal.head()
    again = take_in(OPERATOR, brought.path, brought.key)
    assert again.unchanged and again.new == [] and sorted(again.items) == sorted(taken.items) and journal.head() == head


def test_a_zip_is_taken_in_too(settings, tmp_path: Path) -> None:
    with elsewhere(settings, tmp_path / "elsewhere"):
        sealing.furnish(tmp_path / "in")
        written = bundle(OPERATOR, tmp_path / "b.zip")
    assert len(take_in(OPERATOR, tmp_path / "b.zip", written.key).new) == 3


def test_the_same_bytes_are_the_same_item(brought: Brought, tmp_path: Path) -> None:
    from tutela.evidence import intake

    own = tmp_path / "own.jpg"
    own.write_bytes(sealing.picture(0))
    (held,) = intake.take(OPERATOR, [own]).items
    taken = take_in(OPERATOR, brought.path, brought.key)
    assert held in taken.items and len(taken.new) == 2
    assert [each["way"] for each in queries.item(OPERATOR, held)["acquisitions"]].count("bundle") == 1
    assert queries.held_item(held)[0]["title"] == "own.jpg", "what is said of it here stays"


def test_places_and_citations_are_linked_where_they_are_and_kept_as_text_where_they_are_not(settings, tmp_path: Path) -> None:
    from tutela.store.write import Row, write

    with elsewhere(settings, tmp_path / "elsewhere"):
        room = sealing.furnish(tmp_path / "in")
        written = bundle(OPERATOR, tmp_path / "out", items=room.items[:1])
    with journal.change("operator", "test.place") as change:
        write(change, [Row("place", bare(room.place), {"names": [{"text": "Here too", "lang": "en"}]}, new=True)])
    taken = take_in(OPERATOR, tmp_path / "out", written.key)
    (item,) = taken.items
    document, _ = queries.held_item(item)
    assert document["places"] == [bare(room.place)] and document["handling"]["mark"] == "open"
    assert [each["record"] for each in queries.linked(item, "citation")] == [bare(room.place)]
    (imported,) = [event for event in custody.chain(item) if event.act == "imported"]
    (kept,) = imported.details["said"]["citations"]
    assert kept["record"] == bare(room.assessment) and kept["part"] == "damages/d1" and kept["says"] == "assessment 2024-03"


@pytest.mark.parametrize(("place_mark", "expected"), [("open", "restricted"), ("restricted", "restricted"),
                                                      ("confidential", "confidential")])
def test_an_item_whose_place_is_not_here_is_at_least_as_closed_as_its_place_was(settings, tmp_path: Path, place_mark: str,
                                                                                expected: str) -> None:
    with elsewhere(settings, tmp_path / "elsewhere"):
        sealing.furnish(tmp_path / "in", place_mark=place_mark)
        bundle(OPERATOR, tmp_path / "out")
    for item in take_in(OPERATOR, tmp_path / "out").items:
        assert queries.held_item(item)[0]["handling"]["mark"] == expected


def test_an_altered_bundle_or_one_signed_by_another_brings_nothing(brought: Brought) -> None:
    head = journal.head()
    with pytest.raises(Refusal) as error:
        take_in(OPERATOR, brought.path, "ab" * 32)
    assert error.value.problems[0].value == "other-key"
    original = next((brought.path / "data/originals").iterdir())
    original.write_bytes(original.read_bytes() + b"x")
    with pytest.raises(Refusal) as error:
        take_in(OPERATOR, brought.path, brought.key)
    assert error.value.code == "bundle-altered" and error.value.exit_code == 3
    assert journal.head() == head and list(blobs.every()) == []


def test_what_was_destroyed_here_by_rule_does_not_come_back(brought: Brought) -> None:
    taken = take_in(OPERATOR, brought.path, brought.key)
    custody.destroy(OPERATOR, taken.items[0], "schedule 4")
    again = take_in(OPERATOR, brought.path, brought.key)
    assert taken.items[0] not in again.items and again.left["items that were destroyed here by rule"] == 1
    assert not blobs.where(queries.held_item(taken.items[0])[0]["digest"]).exists()


def test_a_public_bundle_and_what_is_no_bundle_are_refused(settings, tmp_path: Path) -> None:
    with elsewhere(settings, tmp_path / "elsewhere"):
        sealing.furnish(tmp_path / "in")
        bundle(OPERATOR, tmp_path / "public", public=True)
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.zip").write_text("no")
    for path, code in ((tmp_path / "public", "bundle-public"), (tmp_path / "empty", "bundle-altered"),
                       (tmp_path / "text.zip", "bundle-altered"), (tmp_path / "nothing", "bundle-missing")):
        with pytest.raises(TutelaError) as error:
            take_in(OPERATOR, path)
        assert error.value.code == code, path
    with pytest.raises(NotAllowed):
        take_in(actor("reviewer"), tmp_path / "public")
    with pytest.raises(TutelaError) as error:
        take_in(OPERATOR, tmp_path / "public", "nonsense")
    assert error.value.code == "bundle-key"


#: What somebody may write into a bundle of his own, well signed: (file, part of the document, value).
HOSTILE = [
    (("document", "title"), "x" * 100_000), (("document", "title"), {"a": 1}), (("document", "handling"), {"mark": "secret"}),
    (("document", "origin"), "none"), (("document", "stated"), {"a": {"b": {"c": {"d": {"e": {"f": {"g": 1}}}}}}}),
    (("acquisitions", 0, "document", "name"), 7), (("acquisitions", 0, "document", "source"), {"uri": "no address"}),
    (("gradings", 0, "document", "reliability"), "Z"), (("gradings", 0, "document", "credibility"), [1]),
    (("document", "places"), ["../../etc"]), (("acquisitions",), 3), (("places",), 3),
]


def test_records_that_no_room_of_ours_would_write_are_refused_with_a_code(brought: Brought) -> None:
    path = bundling.item_file(brought.path, brought.room.items[0])
    text, head = path.read_text(encoding="utf-8"), journal.head()
    for way, value in HOSTILE:
        held = target = json.loads(text)
        for step in way[:-1]:
            target = target[step]
        target[way[-1]] = value
        path.write_text(json.dumps(held), encoding="utf-8")
        bundling.listed_anew(brought.path)
        bundling.signed_anew(brought.path)
        with pytest.raises(Refusal) as error:
            take_in(OPERATOR, brought.path)
        assert error.value.problems[0].code and journal.head() == head, way


def test_everything_a_bundle_can_hold_comes_with_it(settings, tmp_path: Path) -> None:
    """Working copies, the redacted one, the stamp, gradings: and the second workspace hands it on."""
    with elsewhere(settings, tmp_path / "elsewhere"):
        room, written = bundling.everything(tmp_path / "made", tmp_path / "out")
    taken = take_in(OPERATOR, tmp_path / "out", written.key)
    assert taken.brought["copy"] >= 5 and taken.brought["grading"] == 1
    (seal_id,) = {each["id"] for each in queries.linked(taken.items[0], "seal")}
    assert seals.check(seal_id).state == ("pending" if authority.why_not() else "valid")
    redacted = [each for each in queries.linked(room.items[1], "copy") if each["use"] == "redacted"]
    assert redacted and blobs.digest_of(blobs.where(redacted[0]["digest"], settings.WORKSPACE.copies)) == redacted[0]["digest"]
    assert queries.linked(room.items[0], "grading")[0]["by"] == f"operator@{written.key[:8]}"
    assert list(checks.check_files()) == [] and list(seals.findings()) == []
    on = bundle(OPERATOR, tmp_path / "on")
    assert checker.check(on.file, on.key).faults == [] and on.seals == 1 and on.key != written.key


# At the command line.

class WithBundles(CommandLine):
    """The command line with the commands of this part, whether or not the application mounts them by itself."""

    def command(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-c", "from tutela.cli import bundles, main; main()", *map(str, arguments)]


def filled(tutela: CommandLine, folder: Path) -> CommandLine:
    line = WithBundles(tutela.workspace, tutela.database_url)
    assert line("init", "--title", "Directorate").returncode == 0
    for number in range(3):
        (folder / f"{number}.jpg").write_bytes(sealing.picture(number))
    added = line("evidence", "add", *(folder / f"{n}.jpg" for n in range(3)), "--handling", "restricted", "--no-copies")
    assert added.returncode == 0, added.stderr
    return line


def test_seal_bundle_verify_and_import_as_a_user_does(tutela: CommandLine, tmp_path: Path) -> None:
    line = filled(tutela, tmp_path)
    assert line.data("evidence", "seal", "--all-unsealed")["items"] == 3
    assert [each["state"] for each in line.data("evidence", "check-seals")["seals"]] == ["pending"]
    assert line.data("evidence", "stamp", exit_code=1)["error"]["code"] == "stamp-no-authority"
    key = line.data("evidence", "key")["key"]
    done = line("evidence", "bundle", tmp_path / "out", "--purpose", "hearing")
    assert done.returncode == 0 and f"--key {key}" in done.stdout and "metadata" in done.stdout
    proof = subprocess.run([sys.executable, "-I", "-S", tmp_path / "out/verify.py", tmp_path / "out", "--key", key], capture_output=True)
    assert proof.returncode == 0 and b"IT HOLDS" in proof.stdout
    same = line.data("evidence", "import-bundle", tmp_path / "out", "--key", key)
    assert same["new"] == [] and len(same["items"]) == 3
    next((tmp_path / "out/data/originals").iterdir()).write_bytes(b"other")
    refused = line("evidence", "import-bundle", tmp_path / "out", "--key", key)
    assert refused.returncode == 3 and "bundle-altered" in refused.stdout
