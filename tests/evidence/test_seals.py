"""Seals: what was held is signed as it was; whatever is altered afterwards is found, whatever is merely done afterwards is told apart."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from support import sealing
from support.acting import actor

from tutela.errors import NotAllowed, TutelaError
from tutela.evidence import custody, held, keys, queries, seals
from tutela.people.rules import OPERATOR
from tutela.store import blobs, journal
from tutela.store.documents import bare
from tutela.store.write import Row, write

pytestmark = pytest.mark.django_db(databases="__all__")
Sealed = tuple[sealing.Room, str]


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path: Path) -> Path:
    return sealing.apart(settings, tmp_path / "workspace") / "keys"


@pytest.fixture
def sealed(tmp_path: Path) -> Sealed:
    room = sealing.furnish(tmp_path / "in")
    return room, seals.seal(OPERATOR, room.items)


def manifest_of(seal_id: str) -> dict:
    return json.loads(blobs.where(seals.document_of(seal_id)[0]["manifest"]).read_bytes())


def correct(item: str, **keys_: object) -> None:
    document, _ = queries.held_item(item)
    with journal.change("operator", "test.correct") as change:
        write(change, [Row("item", bare(item), {**document, **keys_})])


# The key.

def test_the_key_is_made_at_its_first_use_for_its_owner_alone_and_named_in_the_journal(own_keys: Path) -> None:
    assert keys.all_keys() == []
    made = keys.current(OPERATOR)
    (private,) = own_keys.glob("*.pem")
    assert b"BEGIN PRIVATE KEY" in private.read_bytes()
    if os.name == "posix":
        assert stat.S_IMODE(private.stat().st_mode) == 0o600 and stat.S_IMODE(own_keys.stat().st_mode) == 0o700
    assert keys.current(OPERATOR) == made and len(made.fingerprint.split()) == 8
    assert made.key in keys.known() and private.read_text() not in _journal()


def _journal() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT document FROM store_line")
        return "\n".join(text for (text,) in cursor.fetchall() if text)


def test_a_passphrase_keeps_the_key_from_whoever_does_not_know_it(own_keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(keys.PASSPHRASE, "long and forgotten")
    keys.sign(OPERATOR, b"x")
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in next(own_keys.glob("*.pem")).read_bytes()
    for wrong in ("", "another"):
        monkeypatch.setenv(keys.PASSPHRASE, wrong)
        with pytest.raises(TutelaError) as error:
            keys.sign(OPERATOR, b"x")
        assert error.value.code == "key-locked"


def test_a_new_key_leaves_the_old_public_key_known_and_old_seals_valid(own_keys: Path, tmp_path: Path) -> None:
    room = sealing.furnish(tmp_path / "in")
    before = seals.seal(OPERATOR, room.items)
    first = keys.current(OPERATOR)
    second = keys.rotate(OPERATOR, "it was on a laptop that is lost")
    after = seals.seal(OPERATOR, room.items)
    assert first.key != second.key and len(list(own_keys.glob("*.pem"))) == 1
    assert [each.retired is None for each in keys.all_keys()] == [False, True]
    assert [seals.check(each).state for each in (before, after)] == ["pending", "pending"]
    with pytest.raises(NotAllowed):
        keys.rotate(actor("manager"))


def test_a_key_that_cannot_be_read_is_said_so(own_keys: Path) -> None:
    keys.current(OPERATOR)
    next(own_keys.glob("*.pem")).write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    with pytest.raises(TutelaError) as error:
        keys.sign(OPERATOR, b"x")
    assert error.value.code == "key-unreadable"


# Sealing.

def test_a_seal_names_its_items_without_telling_of_one_to_the_other(sealed: Sealed) -> None:
    room, seal_id = sealed
    manifest = manifest_of(seal_id)
    assert manifest["count"] == 3 == len(manifest["commitments"]) and manifest["head"]["line"] > 0
    text = json.dumps(manifest)
    for item in room.items:
        document, _ = queries.held_item(item)
        assert document["digest"] not in text and bare(item) not in text
    assert seals.check(seal_id).as_dict() | {"reason": ""} == {
        "state": "pending", "reason": "", "items": 3, "changed": [], "destroyed": [], "stamped": None, "authority": None, "own": True}


def test_only_those_who_may_seal_do_and_only_what_they_see(tmp_path: Path) -> None:
    room = sealing.furnish(tmp_path / "in", mark="confidential", place_mark="confidential")
    with pytest.raises(NotAllowed):
        seals.seal(actor("contributor"), room.items)
    with pytest.raises(TutelaError) as error:
        seals.seal(actor("reviewer"), room.items)
    assert error.value.code == "record-unknown"
    with pytest.raises(TutelaError) as error:
        seals.seal(OPERATOR, [])
    assert error.value.code == "seal-empty"
    assert seals.unsealed(actor("reviewer")) == [] and set(seals.unsealed(OPERATOR)) >= set(room.items)


def test_what_is_sealed_is_no_longer_unsealed(sealed: Sealed) -> None:
    assert not set(sealed[0].items) & set(seals.unsealed(OPERATOR))


# What comes after a seal and does not break it.

def test_reads_corrections_and_new_copies_of_the_file_are_told_and_break_nothing(sealed: Sealed, tmp_path: Path) -> None:
    room, seal_id = sealed
    custody.open_original(OPERATOR, room.items[0]).close()
    assert seals.check(seal_id).changed == []
    correct(room.items[1], title="Another title")
    found = seals.check(seal_id)
    assert found.state == "pending" and found.changed == [room.items[1]] and "1 described" in found.reason
    from tutela.evidence import intake

    again = tmp_path / "again.jpg"
    again.write_bytes(blobs.where(queries.held_item(room.items[0])[0]["digest"]).read_bytes())
    intake.take(OPERATOR, [again])
    assert set(seals.check(seal_id).changed) == {room.items[0], room.items[1]}


def test_what_was_destroyed_by_rule_is_told_apart_from_what_is_gone(sealed: Sealed) -> None:
    room, seal_id = sealed
    custody.destroy(OPERATOR, room.items[0], "retention schedule 4")
    found = seals.check(seal_id)
    assert (found.state, found.destroyed) == ("pending", [room.items[0]])
    blobs.where(queries.held_item(room.items[1])[0]["digest"]).unlink()
    found = seals.check(seal_id)
    assert found.state == "broken" and "no rule destroyed it" in found.reason and room.items[1] in found.reason
    with pytest.raises(TutelaError) as error:
        seals.seal(OPERATOR, room.items[:1])
    assert error.value.code == "seal-destroyed"


# What breaks a seal.

def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def an_original(room: sealing.Room, document: dict) -> None:
    flip(blobs.where(queries.held_item(room.items[0])[0]["digest"]))


def the_manifest(room: sealing.Room, document: dict) -> None:
    flip(blobs.where(document["manifest"]))


def the_entries(room: sealing.Room, document: dict) -> None:
    flip(blobs.where(document["entries"]))


def the_manifest_is_gone(room: sealing.Room, document: dict) -> None:
    blobs.where(document["manifest"]).unlink()


def a_line_of_the_journal(room: sealing.Room, document: dict) -> None:
    line = held.these([bare(room.items[0])])[bare(room.items[0])].line
    with connection.cursor() as cursor:
        cursor.execute("UPDATE store_line SET digest = %s WHERE seq = %s", [bytes(32), line])


def the_digest_of_an_item(room: sealing.Room, document: dict) -> None:
    correct(room.items[0], digest="ab" * 32)


def an_item_deleted(room: sealing.Room, document: dict) -> None:
    with journal.change("operator", "test.delete") as change:
        write(change, [Row("item", bare(room.items[2]), None)])


def the_log_of_reads(room: sealing.Room, document: dict) -> None:
    from tutela.evidence.models import Access
    from tutela.evidence.reads import alias

    Access.objects.using(alias()).filter(item=bare(room.items[0])).delete()


@pytest.mark.parametrize("alter", [an_original, the_manifest, the_entries, the_manifest_is_gone, a_line_of_the_journal,
                                   the_digest_of_an_item, an_item_deleted, the_log_of_reads])
def test_whatever_is_altered_breaks_the_seal(tmp_path: Path, alter: Callable[[sealing.Room, dict], None]) -> None:
    room = sealing.furnish(tmp_path / "in")
    custody.open_original(OPERATOR, room.items[0]).close()
    seal_id = seals.seal(OPERATOR, room.items)
    assert seals.check(seal_id).state == "pending" and list(seals.findings()) == []
    alter(room, seals.document_of(seal_id)[0])
    found = seals.check(seal_id)
    assert found.state == "broken" and found.reason
    if alter is not an_original:  # every original is read by `tutela verify` itself
        assert any(seal_id in line for line in seals.findings())


def rewritten(seal_id: str, **keys_: object) -> None:
    document, _ = seals.document_of(seal_id)
    with journal.change("operator", "test.forge") as change:
        write(change, [Row("seal", bare(seal_id), {**document, **keys_})])


def test_a_seal_signed_anew_with_a_key_of_somebody_else_is_found(sealed: Sealed) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from tutela.store.documents import canonical

    _, seal_id = sealed
    other = Ed25519PrivateKey.generate()
    public = other.public_key().public_bytes_raw().hex()
    forged = canonical({**manifest_of(seal_id), "key": public, "made": "2001-01-01T00:00:00+00:00"})
    rewritten(seal_id, manifest=seals._keep(forged), key=public, signature=other.sign(forged).hex())
    found = seals.check(seal_id)
    assert found.state == "broken" and "never had" in found.reason


def test_a_seal_with_an_item_taken_out_of_it_is_found(sealed: Sealed) -> None:
    room, seal_id = sealed
    rewritten(seal_id, items=sorted(map(bare, room.items[:2])))
    assert seals.check(seal_id).state == "broken"


def test_a_seal_that_is_not_there_is_said_so(sealed: Sealed) -> None:
    for number in ("0" * 32, sealed[0].items[0]):
        with pytest.raises(TutelaError) as error:
            seals.check(number)
        assert error.value.code == "seal-unknown"
