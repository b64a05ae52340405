"""What lies on the disk and what the register says agree; what does not is told, mended where it can be, and travels in backups."""

from __future__ import annotations

import io
import json
import os
import stat
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from support.acting import actor
from support.commands import CommandLine
from support.photographs import delivery, jpeg
from support.warm import Warm
from support.writing import create, place

from tutela.errors import NotAllowed, TutelaError
from tutela.evidence import actions, custody, queries
from tutela.evidence.checks import check_files
from tutela.evidence.intake import Given, take
from tutela.evidence.repair import repair
from tutela.people.rules import OPERATOR
from tutela.store import blobs, history, journal
from tutela.store.documents import bare, dashed
from tutela.store.verify import verify
from tutela.store.write import Row, write

django = pytest.mark.django_db(databases="__all__")


def digest_of(item: str) -> str:
    return queries.item(OPERATOR, item)["digest"]


def copied(item: str, use: str, content: bytes) -> str:
    """A working copy of an item; its digest."""
    digest = blobs.put(io.BytesIO(content), into=settings.WORKSPACE.copies)
    document = {"item": bare(item), "use": use, "digest": digest, "size": len(content), "media_type": "image/jpeg"}
    from tutela.store.documents import new_ids

    with journal.change("operator", "test") as change:
        write(change, [Row("copy", new_ids(1)[0], document, new=True)])
    return digest


# ---- found, and mended --------------------------------------------------------------------------------------------------------------


@django
def test_a_missing_original_is_told_and_put_back_if_it_lies_anywhere(item: str) -> None:
    digest = digest_of(item)
    content = blobs.where(digest).read_bytes()
    blobs.where(digest).unlink()
    assert verify() == [f"item {item}: its original {digest} is missing"]
    assert repair(OPERATOR).lost == [item]
    left = blobs.folder() / blobs.INCOMING / "intake-0123456789abcdef" / "1"
    left.parent.mkdir(parents=True)
    left.write_bytes(content)
    done = repair(OPERATOR)
    assert (done.relinked, done.intakes, done.lost) == ([digest], 1, [])
    assert verify() == []


@django
def test_one_bit_of_an_original_or_a_copy_is_found(item: str) -> None:
    for root, digest in ((blobs.folder(), digest_of(item)), (settings.WORKSPACE.copies, copied(item, "web", jpeg(7)))):
        file = blobs.where(digest, root)
        raw = bytearray(file.read_bytes())
        raw[11] ^= 4
        file.write_bytes(raw)
        assert verify() == [f"{'copies' if root == settings.WORKSPACE.copies else 'blobs'}: {digest} was altered"]
        raw[11] ^= 4
        file.write_bytes(raw)
    assert verify() == []


@django
def test_a_file_nobody_names_is_told_and_taken_away_unless_it_is_young(item: str) -> None:
    digest = blobs.put(io.BytesIO(b"loose"))
    copy = blobs.put(io.BytesIO(b"loose too"), into=settings.WORKSPACE.copies)
    assert sorted(check_files()) == [f"blobs: {digest} is named by no record", f"copies: {copy} is named by no record"]
    assert (repair(OPERATOR).removed, repair(OPERATOR).young) == ([], 2)
    hour_ago = time.time() - 3600
    for file in (blobs.where(digest), blobs.where(copy, settings.WORKSPACE.copies)):
        os.utime(file, (hour_ago, hour_ago))
    assert sorted(repair(OPERATOR).removed) == sorted([digest, copy])
    assert verify() == [] and [change.action for change in history.changes()][0] == "evidence.repair"


@django
def test_what_a_seal_names_is_not_loose(item: str) -> None:
    manifest = blobs.put(io.BytesIO(b"a manifest"))
    with journal.change("operator", "test") as change:
        write(change, [Row("seal", "4" * 32, {"items": [bare(item)], "manifest": manifest}, new=True)])
    assert list(check_files()) == [] and repair(OPERATOR, now=True).removed == [] and blobs.where(manifest).exists()


@django
def test_what_a_killed_writer_left_is_told_and_taken_away(item: str) -> None:
    left = blobs.folder() / blobs.INCOMING / "tmpabcdef"
    left.write_bytes(b"half")
    assert verify() == ["blobs: .incoming/tmpabcdef was left by a program that was ended"]
    assert repair(OPERATOR).young == 1 and repair(OPERATOR, now=True).removed == ["tmpabcdef"]
    assert verify() == []


@django
def test_a_lost_working_copy_is_taken_off_to_be_made_anew_but_never_a_redacted_one(item: str) -> None:
    web, redacted = copied(item, "web", b"w"), copied(item, "redacted", b"r")
    for digest in (web, redacted):
        blobs.where(digest, settings.WORKSPACE.copies).unlink()
    assert len(verify()) == 2
    assert repair(OPERATOR).copies == [web]
    assert verify() == [f"item {item}: its working copy (redacted) {redacted} is missing"]


@django
def test_only_those_who_look_after_the_workspace_verify_and_repair(item: str) -> None:
    from tutela.evidence import checks

    with pytest.raises(NotAllowed):
        repair(actor("manager"))
    with pytest.raises(NotAllowed):
        checks.verify(actor("reviewer"))
    assert checks.verify(actor("manager")) == []


# ---- what is said of an item --------------------------------------------------------------------------------------------------------


@django
def test_what_is_said_of_an_item_is_mended_its_bytes_never(item: str) -> None:
    (uuid,) = create(place("Khan"))
    before = queries.item(OPERATOR, item)
    actions.describe(actor("contributor"), item, {"title": "The gate", "places": [dashed(uuid)], "description": "burnt"}, "seen again",
                     before["line"])
    after = queries.item(OPERATOR, item)
    assert (after["title"], after["places"], after["description"]) == ("The gate", [uuid], "burnt")
    assert after["digest"] == before["digest"]
    with pytest.raises(TutelaError) as caught:
        actions.describe(OPERATOR, item, {"title": "Other"}, expected=before["line"])
    assert caught.value.code == "changed-meanwhile"
    actions.describe(OPERATOR, item, {"description": None})
    assert "description" not in queries.item(OPERATOR, item) and verify() == []


@django
@pytest.mark.parametrize(("changes", "code"), [
    ({"digest": "0" * 64}, "item-key"), ({"state": "destroyed"}, "item-key"), ({"title": "x" * 501}, "evidence-text"),
    ({"places": ["0" * 32]}, "record-unknown"), ({"origin": {"kind": "reprint", "of": "0" * 32}}, "record-unknown"),
    ({"form": "video"}, "media-form"), ({"form": None}, "media-form"), ({"handling": {"mark": "secret"}}, "evidence-code"),
])
def test_what_the_rules_refuse_is_not_kept(item: str, changes: dict[str, Any], code: str) -> None:
    before = journal.head()
    with pytest.raises(actions.Refused) as caught:
        actions.describe(OPERATOR, item, changes)
    assert [problem.code for problem in caught.value.problems] == [code] and journal.head() == before


@django
def test_who_may_see_it_is_changed_by_those_who_may(item: str) -> None:
    with pytest.raises(NotAllowed):
        actions.describe(actor("contributor"), item, {"handling": {"mark": "open"}})
    actions.describe(actor("reviewer"), item, {"handling": {"mark": "confidential", "reason": "at risk"}})
    assert not queries.sees(actor("contributor"), item)
    with pytest.raises(TutelaError) as caught:
        actions.describe(actor("contributor"), item, {"title": "x"})
    assert caught.value.code == "record-unknown"


# ---- backups ------------------------------------------------------------------------------------------------------------------------


FILL = """
import io, sys
from pathlib import Path
from tutela.store.setup import open_workspace
open_workspace(Path(sys.argv[1]))
from django.conf import settings
from tutela.store import blobs, journal
from tutela.store.documents import bare
from tutela.store.write import Row, write
from tutela.evidence.custody import open_original
from tutela.people.rules import OPERATOR
open_original(OPERATOR, sys.argv[2]).close()
digest = blobs.put(io.BytesIO(b"redacted by hand"), into=settings.WORKSPACE.copies)
with journal.change("operator", "test") as change:
    write(change, [Row("copy", "5" * 32, {"item": bare(sys.argv[2]), "use": "redacted", "digest": digest, "size": 16}, new=True),
                   Row("witness", "6" * 32, {"pseudonym": "W-7K3Q", "consents": []}, new=True)])
for name in ("keys/signing.pem", "witnesses/W-7K3Q.key.age", "witnesses/W-7K3Q.age"):
    file = settings.WORKSPACE.folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"secret of " + name.encode())
blobs.put(io.BytesIO(b"of an intake that is going on"))
"""


@pytest.fixture
def kept(tutela: CommandLine, tmp_path: Path) -> tuple[CommandLine, str]:
    """A workspace with an item that was opened, a redacted copy, a key, a witness, and a file that no record names."""
    import subprocess
    import sys

    assert tutela("init").returncode == 0
    item = tutela.data("evidence", "add", delivery(tmp_path / "in")[0], "--no-copies")["items"][0]
    done = subprocess.run([sys.executable, "-c", FILL, str(tutela.workspace), item], env=tutela.environment, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    return tutela, item


@pytest.mark.sqlite_only
def test_a_backup_brings_originals_copies_reads_keys_and_witnesses(kept: tuple[CommandLine, str], tmp_path: Path) -> None:
    line, item = kept
    file = tmp_path / "b.zip"
    assert line("backup", file).returncode == 0
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    other = CommandLine(tmp_path / "other")
    assert other.data("restore", file)["findings"] == []
    assert other.data("verify")["holds"], "the file that no record names was of another moment"
    for name in ("keys/signing.pem", "witnesses/W-7K3Q.key.age", "witnesses/W-7K3Q.age"):
        assert (other.workspace / name).read_bytes() == b"secret of " + name.encode()
        if os.name != "nt":
            assert stat.S_IMODE((other.workspace / name).stat().st_mode) == 0o600
    shown = other.data("evidence", "show", item)
    assert [each["act"] for each in shown["chain"]] == ["received", "viewed"]
    assert len(list((other.workspace / "copies").glob("*/*"))) == 1


@pytest.mark.sqlite_only
def test_a_backup_with_a_name_that_does_not_belong_is_refused(kept: tuple[CommandLine, str], tmp_path: Path) -> None:
    import hashlib

    line, _ = kept
    assert line("backup", tmp_path / "b.zip").returncode == 0
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        held = {each: archive.read(each) for each in archive.namelist()}
    other = CommandLine(tmp_path / "other")
    for name in ("keys/../../escaped", "keys/.hidden", "witnesses//x", "copies/ab/" + "a" * 64, "keys/a/b/c/d", "bin/x"):
        manifest = json.loads(held["manifest.json"])
        manifest["members"][name] = {"bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
        with zipfile.ZipFile(tmp_path / "changed.zip", "w") as archive:
            for each, content in {**held, name: b"x", "manifest.json": json.dumps(manifest).encode()}.items():
                archive.writestr(each, content)
        assert other.data("restore", tmp_path / "changed.zip", exit_code=4)["error"]["code"] == "backup-damaged", name
        assert not other.workspace.exists() and not (tmp_path / "escaped").exists()


OLD = {"assessment": ["0001_initial"], "exchange": ["0001_initial"], "people": ["0001_initial"], "store": ["0001_initial"]}


@pytest.mark.sqlite_only
def test_a_backup_made_before_there_was_evidence_is_restored(tutela: CommandLine, tmp_path: Path) -> None:
    """As 0.1.0 wrote it: format 1, the old log of reads, none of the tables and columns that came since."""
    assert tutela("init", "--title", "Old").returncode == 0 and tutela("backup", tmp_path / "new.zip").returncode == 0
    with zipfile.ZipFile(tmp_path / "new.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    ours = set(OLD)
    manifest["migrations"] = [[app, name] for app, name in manifest["migrations"]
                              if app not in ours | {"evidence"}] + [[app, name] for app, names in OLD.items() for name in names]
    manifest["format"], manifest["version"] = 1, "0.1.0"
    columns = [["id", "plain"], ["at", "time"], ["actor", "plain"], ["record", "plain"], ["act", "plain"]]
    manifest["tables"] = [{"name": "store_read", "columns": columns, "rows": 1}]
    row = json.dumps([1, "2026-01-01T00:00:00+00:00", "operator", "0" * 32, "looked"]).encode() + b"\n"
    import hashlib

    manifest["members"] = {"tables/store_read.ndjson": {"bytes": len(row), "sha256": hashlib.sha256(row).hexdigest()}}
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        archive.writestr("tables/store_read.ndjson", row)
        archive.writestr("manifest.json", json.dumps(manifest))
    other = CommandLine(tmp_path / "other")
    told = other.data("restore", tmp_path / "old.zip")
    assert told["findings"] == [] and told["title"] == "Old"
    assert len(other.data("evidence", "add", delivery(tmp_path / "in")[0], "--no-copies")["items"]) == 1
    assert other.data("verify")["holds"]


# ---- the command line -----------------------------------------------------------------------------------------------------------------


def test_evidence_is_added_listed_shown_and_verified_by_commands(tutela: CommandLine, tmp_path: Path) -> None:
    assert tutela("init").returncode == 0
    line = Warm(tutela)
    try:
        files = delivery(tmp_path / "in", 2)
        (files[0].parent / "empty.jpg").touch()
        refused = line.data("evidence", "add", files[0].parent, exit_code=3)
        assert [each["code"] for each in refused["refused"]] == ["intake-empty"]
        (files[0].parent / "empty.jpg").unlink()
        told = line("evidence", "add", files[0].parent, "--collector", "A. Surveyor", "--acquired", "2024-05", "--no-copies")
        assert told.returncode == 0 and "2 new items" in told.stdout
        (first, second) = line.data("evidence", "list")["items"]
        shown = line("evidence", "show", first["id"])
        assert "A. Surveyor" in shown.stdout and "received" in shown.stdout and first["digest"] in shown.stdout
        assert line.data("evidence", "list", "IMG_0000")["items"] == [second]
        assert line("evidence", "verify").returncode == 0
        (tutela.workspace / "blobs" / first["digest"][:2] / first["digest"]).unlink()
        found = line.data("evidence", "verify", exit_code=1)["findings"]
        assert found == [f"item {first['id']}: its original {first['digest']} is missing"]
        assert "is lost" in line("evidence", "repair").stdout
        assert line.data("evidence", "show", "0" * 32, exit_code=1)["error"]["code"] == "record-unknown"
    finally:
        line.close()


@django
def test_an_undone_or_unknown_custody_is_unknown() -> None:
    assert custody.stands("0" * 32) == "unknown" and Given().of_item() == {}
    with pytest.raises(TutelaError):
        custody.chain("0" * 32)


@django
def test_taking_in_is_one_change_in_the_journal_that_says_how_much(pictures: Any) -> None:
    take(OPERATOR, pictures(4))
    (change,) = history.changes()
    assert (change.action, change.lines) == ("evidence.intake", 8)
