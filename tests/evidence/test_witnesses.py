"""Witnesses: who they are is nowhere but in their encrypted file; consent decides what leaves; erasing leaves every chain whole."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from support.acting import actor
from support.writing import keep

from tutela.errors import TutelaError
from tutela.evidence import witness_files, witnesses
from tutela.evidence.rules import consent as rules
from tutela.store import journal, passphrases
from tutela.store.documents import bare, loads, new_ids
from tutela.store.verify import verify
from tutela.store.write import Row

PASSPHRASE = "stones remember every hand"
NAME, CONTACT = "Zenobia al-Tadmuriyya", "شارع الأعمدة 7"
DETAILS = {"name": NAME, "contact": CONTACT, "notes": "speaks at night only"}
MANAGER = actor("manager")


@pytest.fixture
def store(db, monkeypatch):
    """An empty witness store; a second of scrypt is left out, for one test of its own."""
    shutil.rmtree(witness_files.folder(), ignore_errors=True)
    monkeypatch.setattr(passphrases, "seal", lambda secret, passphrase: passphrase.encode() + b"\n" + secret)

    def unseal(sealed: bytes, passphrase: str) -> bytes:
        known, _, secret = sealed.partition(b"\n")
        if known != passphrase.encode():
            raise TutelaError(passphrases.problem("passphrase-wrong"))
        return secret

    monkeypatch.setattr(passphrases, "unseal", unseal)
    yield witness_files.folder()
    shutil.rmtree(witness_files.folder(), ignore_errors=True)


def an_item(*witnessed: str) -> str:
    uuid = new_ids(1)[0]
    keep(Row("item", uuid, {"digest": uuid * 2, "size": 3, "media_type": "image/jpeg", "form": "photograph", "title": "North wall",
                            "witnesses": list(witnessed)}, new=True))
    return uuid


def code_of(work) -> str:
    with pytest.raises(TutelaError) as caught:
        work()
    return caught.value.code


def spellings(text: str) -> list[bytes]:
    """How a text could stand in a file."""
    plain = text.encode()
    return [plain, text.encode("utf-16-le"), text.encode("utf-16-be"), json.dumps(text)[1:-1].encode(), plain.hex().encode(),
            base64.b64encode(plain)[:-4], text.casefold().encode()]


def whole_database() -> bytes:
    """All that every table holds."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for v in row]
    return b"\n".join(found)


def test_who_a_witness_is_stands_nowhere_but_in_the_encrypted_file(store: Path) -> None:
    pseudonym = witnesses.add(MANAGER, PASSPHRASE, DETAILS)
    item = an_item()
    witnesses.attach(MANAGER, pseudonym, item)
    witnesses.consent(MANAGER, pseudonym, "hand-over", item=item)
    assert witnesses.show(MANAGER, PASSPHRASE, pseudonym)["details"] == DETAILS
    everything = whole_database() + b"".join(
        path.name.encode() + path.read_bytes() for path in settings.WORKSPACE.folder.rglob("*") if path.is_file())
    assert pseudonym.encode() in everything and b"North wall" in everything  # so the search can find something
    for secret in DETAILS.values():
        assert not [spelling for spelling in spellings(secret) if spelling in everything]


def test_at_the_command_line_too_and_neither_in_files_nor_in_a_backup(tutela, tmp_path: Path) -> None:
    """With the real passphrase; the details come by standard input, never by the arguments."""
    assert tutela("init").returncode == 0

    def run(*arguments: str, stdin: str = "", passphrase: str = PASSPHRASE) -> tuple[int, dict]:
        done = subprocess.run(tutela.command("evidence", "witness", *arguments, "--json"), capture_output=True, text=True, encoding="utf-8",
                              input=stdin, env={**tutela.environment, "TUTELA_WITNESS_PASSPHRASE": passphrase}, timeout=300, check=False)
        return done.returncode, json.loads(done.stdout)

    code, answer = run("add", stdin=json.dumps(DETAILS))
    assert code == 0
    pseudonym = answer["pseudonym"]
    assert run("show", pseudonym, passphrase="another passphrase")[1]["error"]["code"] == "passphrase-wrong"
    assert run("show", pseudonym)[1]["details"] == DETAILS
    assert run("consent", pseudonym, "publish")[0] == 0
    assert tutela("backup", tmp_path / "backup.zip").returncode == 0
    files = [path for path in [*tutela.workspace.rglob("*"), tmp_path / "backup.zip"] if path.is_file()]
    everything = b"".join(path.read_bytes() for path in files)
    assert not [s for secret in DETAILS.values() for s in spellings(secret) if s in everything]
    assert run("withdraw", pseudonym)[1]["withdrawn"] == 1
    assert run("erase", pseudonym, "--reason", "asked for")[0] == 0
    assert run("list")[1]["witnesses"][0]["erased"]
    assert run("show", pseudonym)[1]["error"]["code"] == "witness-erased"
    assert [path.name for path in (tutela.workspace / "witnesses").iterdir()] == ["store.age"]
    assert tutela("verify").returncode == 0


def test_pseudonyms_tell_neither_order_nor_person(store: Path) -> None:
    made = [witnesses.add(MANAGER, PASSPHRASE, DETAILS) for _ in range(20)]
    assert len(set(made)) == 20 and made != sorted(made)
    assert all(len(one) == 11 and one.startswith("W-") for one in made)
    made.append(witnesses.add(MANAGER, PASSPHRASE, {"name": "I"}))
    lengths = {len((store / f"{one}.age").read_bytes().partition(b"\n--- ")[2]) for one in made}  # after age's header
    assert len(lengths) == 1, "the length of the file tells how much is known"


def test_each_witness_has_a_key_of_their_own(store: Path) -> None:
    """The store's key opens the witness's key, and only that opens the file."""
    import pyrage

    one, other = (witnesses.add(MANAGER, PASSPHRASE, {"name": name}) for name in ("One", "Other"))
    key = witness_files.opened(PASSPHRASE)
    assert witness_files.get(one, key) == {"name": "One"}
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt((store / f"{one}.age").read_bytes(), [key])
    shutil.copy(store / f"{other}.key.age", store / f"{one}.key.age")
    assert code_of(lambda: witness_files.get(one, key)) == "witness-damaged"


def test_looking_is_journalled_before_and_a_wrong_passphrase_too(store: Path) -> None:
    pseudonym = witnesses.add(MANAGER, PASSPHRASE, DETAILS)
    witness_files.destroy(pseudonym)
    assert code_of(lambda: witnesses.show(MANAGER, PASSPHRASE, pseudonym, "to arrange a visit")) == "witness-damaged"
    assert code_of(lambda: witnesses.show(MANAGER, "some other words", pseudonym)) == "passphrase-wrong"
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor, action, note FROM store_change WHERE action LIKE 'evidence.witness-%%' ORDER BY id")
        assert cursor.fetchall() == [("test-manager", "evidence.witness-show", "to arrange a visit"),
                                     ("test-manager", "evidence.witness-refused", "")]


@pytest.mark.parametrize("role", ["public", "contributor", "reviewer"])
def test_only_those_in_charge_of_witnesses_may(store: Path, role: str) -> None:
    pseudonym = witnesses.add(MANAGER, PASSPHRASE, DETAILS)
    other = actor(role)
    for work in (lambda: witnesses.add(other, PASSPHRASE, DETAILS), lambda: witnesses.show(other, PASSPHRASE, pseudonym),
                 lambda: witnesses.listed(other), lambda: witnesses.consent(other, pseudonym, "keep"),
                 lambda: witnesses.withdraw(other, pseudonym), lambda: witnesses.erase(other, pseudonym, "x"),
                 lambda: witnesses.attach(other, pseudonym, an_item())):
        assert code_of(work) == "not-allowed"


def test_what_cannot_be_kept_is_refused_and_nothing_is_left(store: Path) -> None:
    for details, code in (({}, "witness-empty"), ({"name": ""}, "witness-empty"), (["x"], "witness-empty"),
                          ({"notes": "x" * 100_000}, "witness-long")):
        assert code_of(lambda details=details: witnesses.add(MANAGER, PASSPHRASE, details)) == code
    assert code_of(lambda: witnesses.add(MANAGER, "short", DETAILS)) == "passphrase-short"
    assert code_of(lambda: witnesses.show(MANAGER, PASSPHRASE, "W-AAAA-AAAA")) == "witness-unknown"
    assert not store.exists() or list(store.iterdir()) == []


def test_a_witness_that_could_not_be_journalled_leaves_no_file(store: Path, monkeypatch) -> None:
    witnesses.add(MANAGER, PASSPHRASE, DETAILS)
    before = sorted(store.iterdir())

    def full(*arguments: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(witnesses, "write", full)
    with pytest.raises(OSError):
        witnesses.add(MANAGER, PASSPHRASE, {"name": "Another"})
    assert sorted(store.iterdir()) == before


def test_two_who_record_the_first_witness_at_once_share_one_store(store: Path) -> None:
    key = str(witness_files.opened(PASSPHRASE, make=True))
    witness_files._write(witness_files.STORE, b"another key", once=True)
    assert str(witness_files.opened(PASSPHRASE, make=True)) == key


# Consent.

def test_without_consent_an_item_of_a_witness_stays_and_withdrawal_takes_effect_at_once(store: Path) -> None:
    pseudonym = witnesses.add(MANAGER, PASSPHRASE, DETAILS)
    uuid = witnesses.listed(MANAGER)[0]["id"]
    item, free = an_item(bare(uuid)), an_item()

    def refused() -> dict[str, list[str]]:
        documents = {one: {"witnesses": [bare(uuid)]} if one == item else {} for one in (item, free)}
        return {one: [p.code for p in problems] for one, problems in witnesses.refusals(documents).items()}

    assert refused() == {item: ["consent-none"]}
    witnesses.consent(MANAGER, pseudonym, "cite")
    assert refused() == {item: ["consent-none"]}, "to rely on it is not to hand it over"
    witnesses.consent(MANAGER, pseudonym, "hand-over", item=free)
    assert refused() == {item: ["consent-none"]}, "consent for another item"
    witnesses.consent(MANAGER, pseudonym, "publish", until="2099")
    assert refused() == {}
    assert witnesses.withdraw(MANAGER, pseudonym, scope="publish") == 1
    assert refused() == {item: ["consent-withdrawn"]}
    witnesses.consent(MANAGER, pseudonym, "hand-over", given="2020", until="2021-06")
    assert refused() == {item: ["consent-withdrawn"]}
    witnesses.erase(MANAGER, pseudonym, "asked for")
    assert refused() == {item: ["consent-erased"]}


def test_a_consent_must_be_one(store: Path) -> None:
    pseudonym = witnesses.add(MANAGER, PASSPHRASE, DETAILS)
    for arguments, code in ((("everything",), "consent-scope"), (("keep", "2024", "2023"), "consent-date"),
                            (("keep", "2024", "2025", new_ids(1)[0]), "record-unknown"), (("keep", "soon"), "date-unreadable")):
        found = code_of(lambda arguments=arguments: witnesses.consent(MANAGER, pseudonym, *arguments))
        assert found == code or (code == "date-unreadable" and found.startswith("date"))
    assert code_of(lambda: witnesses.withdraw(MANAGER, pseudonym)) == "witness-no-consent"


DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
CONSENTS = st.lists(st.fixed_dictionaries(
    {"scope": st.sampled_from(rules.SCOPES), "given": st.just("2020")},
    optional={"until": DAYS.map(date.isoformat), "withdrawn": DAYS.map(date.isoformat), "item": st.sampled_from(["a", "b"])}), max_size=4)


@given(CONSENTS, DAYS, st.sampled_from(rules.SCOPES))
def test_an_item_leaves_only_by_a_consent_that_stands_reaches_and_is_for_it(consents, day: date, scope: str) -> None:
    item, known = {"witnesses": ["w"]}, {"w": {"pseudonym": "W-1", "consents": consents}}
    free = rules.exportable(item, known, day, scope, "a")
    assert free == any("withdrawn" not in one and one.get("until", "9999") >= day.isoformat() and one.get("item", "a") == "a"
                       and rules.SCOPES.index(one["scope"]) >= rules.SCOPES.index(scope) for one in consents)
    assert not rules.exportable(item, {"w": {**known["w"], "erased": "2024"}}, day, scope, "a")
    assert not rules.exportable({"witnesses": ["w", "stranger"]}, known, day, scope, "a")
    assert rules.exportable({}, {}, day, scope)


# Erasing.

def test_erasing_destroys_file_key_and_past_and_everything_still_verifies(store: Path) -> None:
    pseudonym, other = (witnesses.add(MANAGER, PASSPHRASE, DETAILS) for _ in range(2))
    witnesses.consent(MANAGER, pseudonym, "hand-over", item=an_item())
    witnesses.withdraw(MANAGER, pseudonym)
    witnesses.erase(MANAGER, pseudonym, "asked for")
    assert sorted(path.name for path in store.iterdir()) == sorted([f"{other}.age", f"{other}.key.age", "store.age"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT p.document FROM store_line p JOIN store_record r ON r.id = p.record JOIN store_key k ON k.record = r.id "
                       "WHERE k.value = %s ORDER BY p.seq", [pseudonym])
        *past, now = [row[0] for row in cursor.fetchall()]
    assert past == [None] * 3 and loads(now)["erased"] and loads(now)["pseudonym"] == pseudonym
    assert list(journal.check()) == [] and list(witnesses.check()) == []
    assert [line for line in verify() if line.startswith(("journal", "change", "record", "derived", "index", "witness"))] == []
    assert witnesses.show(MANAGER, PASSPHRASE, other)["details"] == DETAILS
    before = journal.head()
    witnesses.erase(MANAGER, pseudonym, "again")
    assert journal.head() == before


@pytest.mark.parametrize("stop", ["journal.erase", "files.destroy"])
def test_an_erasing_that_was_stopped_is_told_and_finished_by_doing_it_again(store: Path, monkeypatch, stop: str) -> None:
    pseudonym = witnesses.add(MANAGER, PASSPHRASE, DETAILS)

    def ended(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(f"tutela.evidence.witnesses.{stop}", ended)
        with pytest.raises(KeyboardInterrupt):
            witnesses.erase(MANAGER, pseudonym, "asked for")
    assert list(witnesses.check()) == [f"witnesses: {pseudonym} was erased, but a file of it is still there"]
    assert code_of(lambda: witnesses.show(MANAGER, PASSPHRASE, pseudonym)) == "witness-erased"
    witnesses.erase(MANAGER, pseudonym, "asked for")
    assert list(witnesses.check()) == [] and list(journal.check()) == []


def test_files_and_records_that_do_not_agree_are_told_and_swept(store: Path) -> None:
    one, gone = (witnesses.add(MANAGER, PASSPHRASE, DETAILS) for _ in range(2))
    (store / f"{gone}.key.age").unlink()
    (store / "W-XXXX-YYYY.age").write_bytes(b"left by a program that was ended")
    (store / ".W-AAAA-BBBB.age.4711.part").write_bytes(b"so was this")
    assert list(witnesses.check()) == [f"witnesses: a file of {gone} is missing",
                                       "witnesses: .W-AAAA-BBBB.age.4711.part was left by a program that was ended",
                                       "witnesses: there is a file of W-XXXX-YYYY, but no such witness"]
    assert witnesses.sweep() == 1
    assert list(witnesses.check()) == [f"witnesses: a file of {gone} is missing"]
    assert witnesses.show(MANAGER, PASSPHRASE, one)["details"] == DETAILS


def test_an_item_is_attached_to_a_witness_and_let_go(store: Path) -> None:
    pseudonym = witnesses.add(MANAGER, PASSPHRASE, DETAILS)
    item = an_item()
    witnesses.attach(MANAGER, pseudonym, item)
    document, _ = witnesses._check_item(item)
    assert document["witnesses"] == [bare(witnesses.listed(MANAGER)[0]["id"])]
    witnesses.attach(MANAGER, pseudonym, item, part=False)
    assert "witnesses" not in witnesses._check_item(item)[0]
    assert code_of(lambda: witnesses.attach(MANAGER, pseudonym, new_ids(1)[0])) == "record-unknown"
