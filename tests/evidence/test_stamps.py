"""Time stamps by an authority of our own: asked only when named, checked before they are kept, weighed anew at every check."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support import authority, sealing
from support.acting import actor

from tutela.errors import NotAllowed, TutelaError
from tutela.evidence import seals, stamps
from tutela.evidence.bundles.checker import stamp_request, stamp_token
from tutela.people.rules import OPERATOR
from tutela.store import blobs, journal

pytestmark = [pytest.mark.django_db(databases="__all__"),
              pytest.mark.skipif(authority.why_not() is not None, reason=str(authority.why_not()))]


@pytest.fixture(autouse=True)
def workspace(settings, tmp_path: Path) -> None:
    sealing.apart(settings, tmp_path / "workspace")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[authority.Authority]:
    with authority.running(tmp_path / "authority") as made:
        yield made


@pytest.fixture
def sealed(tmp_path: Path) -> str:
    return seals.seal(OPERATOR, sealing.furnish(tmp_path / "in").items)


def code(error: pytest.ExceptionInfo[TutelaError]) -> str:
    return error.value.code


def test_a_seal_keeps_its_request_and_asks_nobody(sealed: str, office: authority.Authority) -> None:
    document, _ = seals.document_of(sealed)
    (stamp,) = document["stamps"]
    assert stamp["authority"] is None and stamp["token"] is None
    assert len(stamp_request(blobs.where(stamp["request"]).read_bytes())[1]) == 32
    assert office.asked == [] and seals.check(sealed).state == "pending"
    with pytest.raises(TutelaError) as error:
        stamps.stamp_pending(OPERATOR)
    assert code(error) == "stamp-no-authority"


def test_a_stamp_makes_a_seal_valid_and_is_asked_for_once(sealed: str, office: authority.Authority) -> None:
    told = stamps.stamp_pending(OPERATOR, office.address, certificates=office.root)
    assert [each["seal"] for each in told] == [sealed]
    found = seals.check(sealed)
    assert found.state == "valid" and found.authority == "Test authority"
    assert abs(datetime.fromisoformat(str(found.stamped)) - datetime.now(UTC)) < timedelta(minutes=5)
    assert stamps.stamp_pending(OPERATOR, office.address, certificates=office.root) == []
    assert len(office.asked) == 1 and len(office.asked[0]) < 100, "a digest and a number leave the machine, nothing else"


def test_the_stand_alone_reader_of_tokens_agrees_with_the_library(sealed: str, office: authority.Authority) -> None:
    stamps.stamp_pending(OPERATOR, office.address, certificates=office.root)
    (stamp,) = seals.document_of(sealed)[0]["stamps"]
    request = stamp_request(blobs.where(stamp["request"]).read_bytes())
    token = stamp_token(blobs.where(stamp["token"]).read_bytes())
    assert token[:3] == request and datetime.fromisoformat(token[3]) == datetime.fromisoformat(stamp["stamped"])


def test_openssl_itself_proves_what_is_handed_over(sealed: str, office: authority.Authority, tmp_path: Path) -> None:
    """As README.txt of a bundle says: manifest and signature in one file, the token, the authority's root."""
    stamps.stamp_pending(OPERATOR, office.address, certificates=office.root)
    document, _ = seals.document_of(sealed)
    data, root = tmp_path / "sealed", tmp_path / "root.pem"
    data.write_bytes(blobs.where(document["manifest"]).read_bytes() + bytes.fromhex(document["signature"]))
    root.write_bytes(office.root)
    token = blobs.where(document["stamps"][0]["token"])
    done = subprocess.run(["openssl", "ts", "-verify", "-data", data, "-in", token, "-CAfile", root], capture_output=True, text=True)
    assert done.returncode == 0 and "Verification: OK" in done.stdout + done.stderr, done.stderr


def test_an_authority_chosen_for_the_workspace_is_asked_without_being_named(sealed: str, office: authority.Authority) -> None:
    stamps.choose(OPERATOR, office.address, office.root)
    try:
        assert stamps.authority() == (office.address, office.root)
        assert len(stamps.stamp_pending(OPERATOR)) == 1
    finally:
        stamps.choose(OPERATOR, None)
    assert stamps.authority() == (None, b"")


def test_without_its_certificates_the_stamp_says_where_its_root_came_from(sealed: str, office: authority.Authority) -> None:
    stamps.stamp_pending(OPERATOR, office.address)
    found = seals.check(sealed)
    assert found.state == "valid" and "came with the stamp itself" in found.reason


def test_an_ended_certificate_makes_a_seal_expired_and_a_stamp_renewed_in_time_keeps_it_valid(sealed: str, tmp_path: Path) -> None:
    soon, late = datetime.now(UTC) + timedelta(days=40), datetime.now(UTC) + timedelta(days=400)
    with authority.running(tmp_path / "old", soon, "Old authority") as old:
        stamps.stamp_pending(OPERATOR, old.address, certificates=old.root)
    assert seals.check(sealed).state == "valid"
    found = seals.check(sealed, at=soon + timedelta(days=1))
    assert found.state == "expired" and "Old authority" in found.reason and soon.date().isoformat() in found.reason
    with authority.running(tmp_path / "new", late, "New authority") as new:
        assert len(stamps.stamp_pending(OPERATOR, new.address, certificates=new.root, renew=True)) == 1
    assert seals.check(sealed, at=soon + timedelta(days=1)).state == "valid"
    assert seals.check(sealed, at=late + timedelta(days=1)).state == "expired"


@pytest.mark.parametrize(("answers", "expected"), [("nonsense", "stamp-refused"), ("error", "stamp-unreachable"),
                                                   ("other", "stamp-refused")])
def test_an_answer_that_is_no_stamp_for_this_seal_is_not_kept(answers: str, expected: str, tmp_path: Path, sealed: str,
                                                              office: authority.Authority) -> None:
    if answers == "other":
        stamps.stamp_pending(OPERATOR, office.address, certificates=office.root)
        sealed = seals.seal(OPERATOR, seals.document_of(sealed)[0]["items"])
    office.answers = answers
    before = journal.head()
    with pytest.raises(TutelaError) as error:
        stamps.stamp_pending(OPERATOR, office.address, certificates=office.root)
    assert code(error) == expected and journal.head() == before and seals.check(sealed).state == "pending"


def test_a_stamp_under_another_root_than_the_one_given_is_refused(sealed: str, office: authority.Authority, tmp_path: Path) -> None:
    with authority.running(tmp_path / "other", name="Somebody else") as other, pytest.raises(TutelaError) as error:
        stamps.stamp_pending(OPERATOR, office.address, certificates=other.root)
    assert code(error) == "stamp-refused" and seals.check(sealed).state == "pending"


def test_a_token_put_in_place_of_another_breaks_the_seal(sealed: str, office: authority.Authority) -> None:
    stamps.stamp_pending(OPERATOR, office.address, certificates=office.root)
    document, _ = seals.document_of(sealed)
    token = blobs.where(document["stamps"][0]["token"])
    content = token.read_bytes()
    token.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert seals.check(sealed).state == "broken"


@pytest.mark.parametrize("address", ["ftp://authority.example/", "file:///etc/hosts", "authority", "http://"])
def test_only_addresses_of_the_web_are_asked(address: str) -> None:
    with pytest.raises(TutelaError) as error:
        stamps.stamp_pending(OPERATOR, address)
    assert code(error) == "stamp-address"


def test_nobody_there_leaves_all_as_it_was(sealed: str) -> None:
    with pytest.raises(TutelaError) as error:
        stamps.stamp_pending(OPERATOR, "http://127.0.0.1:9/", timeout=2)
    assert code(error) == "stamp-unreachable" and seals.check(sealed).state == "pending"


def test_who_may_not_seal_may_not_stamp() -> None:
    with pytest.raises(NotAllowed):
        stamps.stamp_pending(actor("contributor"), "http://127.0.0.1:9/")
