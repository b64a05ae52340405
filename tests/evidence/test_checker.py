"""verify.py, the script that proves a bundle without Tutela: every altered bit, every forgery, on any Python, writing nothing."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings, strategies
from support import bundling, sealing

from tutela.evidence.bundles import checker
from tutela.people.rules import OPERATOR

pytestmark = pytest.mark.django_db(databases="__all__")
MUTATIONS = 1200


@dataclass
class Shelf:
    """A folder bundle and a zip of the same items, made once for this module."""

    folder: Path
    made: bool = False
    key: str = ""
    items: tuple[str, ...] = ()

    @property
    def bundle(self) -> Path:
        return self.folder / "bundle"

    @property
    def zip(self) -> Path:
        return self.folder / "bundle.zip"


@pytest.fixture(scope="module")
def _shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("bundles"))


@pytest.fixture
def shelf(_shelf: Shelf, request: pytest.FixtureRequest) -> Shelf:
    if not _shelf.made:
        from tutela.evidence.bundles.write import bundle

        sealing.apart(request.getfixturevalue("settings"), _shelf.folder / "workspace")
        room, written = bundling.everything(_shelf.folder, _shelf.bundle)
        bundle(OPERATOR, _shelf.zip)
        _shelf.made, _shelf.key, _shelf.items = True, written.key, tuple(room.items)
    return _shelf


@pytest.fixture
def copy(shelf: Shelf, tmp_path: Path) -> Path:
    shutil.copytree(shelf.bundle, tmp_path / "copy")
    return tmp_path / "copy"


def faults(path: Path, key: str | None = None) -> list[str]:
    return [code for code, _, _ in checker.check(str(path), key).faults]


# What holds.

def test_a_bundle_holds_as_a_folder_and_as_a_zip(shelf: Shelf) -> None:
    for path in (shelf.bundle, shelf.zip):
        found = checker.check(str(path), shelf.key)
        assert found.faults == [] and found.facts["items"] == 3 and found.facts["seals"] == 1
        assert "IT HOLDS" in checker.told(found)[-1]


def test_without_a_key_it_says_that_only_inner_agreement_was_shown(shelf: Shelf) -> None:
    told = "\n".join(checker.told(checker.check(str(shelf.bundle))))
    assert "AGREES WITH ITSELF, and no more" in told and "IT HOLDS" not in told


def test_an_unpacked_zip_holds_too(shelf: Shelf, tmp_path: Path) -> None:
    with zipfile.ZipFile(shelf.zip) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
    (inside,) = tmp_path.iterdir()
    assert faults(inside, shelf.key) == []


# Every altered bit.

def mutate(path: Path, chance: random.Random) -> Callable[[], None]:
    """Flip one bit of a file; gives what takes it back."""
    content = path.read_bytes()
    place = chance.randrange(len(content) * 8)
    changed = bytearray(content)
    changed[place // 8] ^= 1 << place % 8
    path.write_bytes(bytes(changed))
    return lambda: path.write_bytes(content)


@pytest.mark.parametrize("count", [MUTATIONS // 4, pytest.param(MUTATIONS, marks=pytest.mark.long)])
def test_every_flipped_bit_anywhere_in_a_bundle_is_found(copy: Path, count: int) -> None:
    """Each file gets its share, small ones too: bits that no record speaks of are as good as any."""
    chance, missed = random.Random(20261122), []
    files = sorted(path for path in copy.rglob("*") if path.is_file())
    for number in range(count):
        path = files[number % len(files)]
        back = mutate(path, chance)
        if not faults(copy):
            missed.append(path.name)
        back()
    assert missed == [] and faults(copy) == []


def test_every_flipped_bit_of_a_zip_is_found(shelf: Shelf, tmp_path: Path) -> None:
    zipped, chance = tmp_path / "b.zip", random.Random(7)
    shutil.copyfile(shelf.zip, zipped)
    content = zipped.read_bytes()
    start = content.index(b"PK\1\2")
    places = [chance.randrange(len(content)) for _ in range(200)] + [chance.randrange(start, len(content)) for _ in range(100)]
    places += [place for place in range(60)] + list(range(len(content) - 98, len(content)))
    for place in places:
        with open(zipped, "r+b") as stream:
            stream.seek(place)
            stream.write(bytes([content[place] ^ 1 << place % 8]))
        assert faults(zipped), f"byte {place}"
        with open(zipped, "r+b") as stream:
            stream.seek(place)
            stream.write(content[place : place + 1])
    assert faults(zipped) == []


@pytest.mark.long
def test_a_thousand_flipped_bits_are_found_by_the_script_itself(copy: Path) -> None:
    chance = random.Random()
    files = sorted(path for path in copy.rglob("*") if path.is_file())
    script = copy.parent / "verify.py"
    shutil.copyfile(copy / "verify.py", script)
    for number in range(1000):
        path = files[number % len(files)]
        back = mutate(path, chance)
        done = subprocess.run([sys.executable, "-I", "-S", script, copy], capture_output=True)
        assert done.returncode == 1, (path, done.stdout)
        back()


# Forgeries.

def another_note(root: Path, shelf: Shelf) -> None:
    path = bundling.item_file(root, shelf.items[0])
    text = path.read_text(encoding="utf-8")
    assert "the north wall" in text
    path.write_text(text.replace("the north wall", "the south wall"), encoding="utf-8")


def another_picture(root: Path, shelf: Shelf) -> None:
    """Another original under its own right digest, in the item's record too."""
    path = bundling.item_file(root, shelf.items[0])
    held = json.loads(path.read_text(encoding="utf-8"))
    old, new = held["document"]["digest"], sealing.picture(9)
    import hashlib

    digest = hashlib.sha256(new).hexdigest()
    text = json.dumps(held).replace(old, digest).replace(f'"size": {held["document"]["size"]}', f'"size": {len(new)}')
    path.write_text(text, encoding="utf-8")
    (root / "data/originals" / f"{old}.jpg").unlink()
    (root / "data/originals" / f"{digest}.jpg").write_bytes(new)


def nothing_altered(root: Path, shelf: Shelf) -> None:
    pass


@pytest.mark.parametrize("alter", [another_note, another_picture, nothing_altered])
def test_a_forger_who_makes_every_digest_anew_and_signs_fails_against_the_key_from_outside(
        copy: Path, shelf: Shelf, alter: Callable[[Path, Shelf], None]) -> None:
    alter(copy, shelf)
    bundling.listed_anew(copy)
    forged = bundling.signed_anew(copy)
    assert "other-key" in faults(copy, shelf.key)
    if alter is not another_picture:
        assert faults(copy) == [], "without a key this cannot be seen, and the script says so"
    else:
        assert "seal" in faults(copy, forged), "the seal, and what it opened, still speak of the picture that was there"


def test_a_forger_without_a_key_of_his_own_fails_always(copy: Path, shelf: Shelf) -> None:
    another_note(copy, shelf)
    bundling.listed_anew(copy)
    assert "signature" in faults(copy)
    bundling.signed_anew(copy, with_own_key=False)
    assert "signature" in faults(copy)


def test_a_key_given_in_any_usual_way_is_read(shelf: Shelf, tmp_path: Path) -> None:
    from tutela.evidence.keys import as_pem

    (tmp_path / "key.pem").write_text(as_pem(shelf.key))
    (tmp_path / "key.txt").write_text(shelf.key + "\n")
    for given_ in (shelf.key, shelf.key.upper(), str(tmp_path / "key.pem"), str(tmp_path / "key.txt")):
        assert checker.read_key(given_) == shelf.key
    for wrong in ("", "abc", str(tmp_path), "0" * 63):
        with pytest.raises((ValueError, OSError)):
            checker.read_key(wrong)


# Files too many, too few, elsewhere; records that do not fit; all listed and signed anew.

def an_extra_payload(root: Path, shelf: Shelf) -> None:
    (root / "data/originals/more.jpg").write_bytes(b"more")


def an_extra_beside(root: Path, shelf: Shelf) -> None:
    (root / "notes.txt").write_text("more")


def a_missing_original(root: Path, shelf: Shelf) -> None:
    next((root / "data/originals").iterdir()).unlink()


def a_missing_record(root: Path, shelf: Shelf) -> None:
    next((root / "data/records").iterdir()).unlink()


def a_read_taken_out_of_the_chain(root: Path, shelf: Shelf) -> None:
    path = bundling.item_file(root, shelf.items[0])
    held = json.loads(path.read_text(encoding="utf-8"))
    del held["custody"][1]
    path.write_text(json.dumps(held), encoding="utf-8")


def an_event_altered(root: Path, shelf: Shelf) -> None:
    path = bundling.item_file(root, shelf.items[0])
    held = json.loads(path.read_text(encoding="utf-8"))
    held["custody"][0]["event"]["actor"] = "somebody"
    path.write_text(json.dumps(held), encoding="utf-8")


def another_place_of_origin(root: Path, shelf: Shelf) -> None:
    """The proof of what the acquisition said when it was sealed."""
    path = bundling.item_file(root, shelf.items[0])
    held = json.loads(path.read_text(encoding="utf-8"))
    proof = next(each for each in held["seals"][0]["proofs"] if "collector" in each["text"])
    proof["text"] = proof["text"].replace("A. Collector", "B. Collector")
    path.write_text(json.dumps(held), encoding="utf-8")


def an_item_not_listed(root: Path, shelf: Shelf) -> None:
    path = root / "data/bundle.json"
    held = json.loads(path.read_text(encoding="utf-8"))
    held["items"].pop()
    path.write_text(json.dumps(held), encoding="utf-8")


def the_time_of_the_bundle(root: Path, shelf: Shelf) -> None:
    path = root / "data/bundle.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"made": "2', '"made": "1'), encoding="utf-8")


def a_seal_signed_by_another(root: Path, shelf: Shelf) -> None:
    path = next((root / "data/seals").iterdir()) / "seal.json"
    held = json.loads(path.read_text(encoding="utf-8"))
    content = (path.parent / "manifest.json").read_bytes()
    path.write_text(json.dumps({**held, "signature": Ed25519PrivateKey.generate().sign(content).hex()}), encoding="utf-8")


@pytest.mark.parametrize("alter", [an_extra_payload, an_extra_beside, a_missing_original, a_missing_record, a_read_taken_out_of_the_chain,
                                   an_event_altered, another_place_of_origin, an_item_not_listed, the_time_of_the_bundle,
                                   a_seal_signed_by_another])
def test_what_does_not_fit_together_is_found_though_all_is_listed_and_signed_anew(copy: Path, shelf: Shelf,
                                                                                  alter: Callable[[Path, Shelf], None]) -> None:
    alter(copy, shelf)
    assert faults(copy)
    if alter is not an_extra_beside:
        bundling.listed_anew(copy)
        bundling.signed_anew(copy)
        found = faults(copy)
        assert found and not set(found) & {"altered", "signature", "manifest"}


def test_a_stamp_of_another_seal_is_found(copy: Path, shelf: Shelf) -> None:
    stamps_ = list(copy.glob("data/seals/*/0.tsr"))
    if not stamps_:
        pytest.skip("no openssl program to play the authority")
    request = stamps_[0].with_suffix(".tsq")
    content = request.read_bytes()
    digest = checker.stamp_request(content)[1]
    changed = content.replace(digest, bytes(32))
    request.write_bytes(changed)
    seal = stamps_[0].parent / "seal.json"
    import hashlib

    old, new = hashlib.sha256(content).hexdigest(), hashlib.sha256(changed).hexdigest()
    seal.write_text(seal.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    bundling.listed_anew(copy)
    bundling.signed_anew(copy)
    assert "stamp" in faults(copy)


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="no links to be made here")
def test_links_are_refused(copy: Path) -> None:
    os.symlink("/etc/hosts", copy / "data" / "originals" / "link.jpg")
    assert "odd-file" in faults(copy)


def test_a_zip_with_a_name_that_leads_out_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "slip.zip"
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("b/../../evil.txt", "x")
        archive.writestr("/absolute", "x")
    assert faults(out) and not (tmp_path.parent / "evil.txt").exists()


@settings(max_examples=150, deadline=None)
@given(strategies.binary(max_size=400))
def test_whatever_lies_there_is_told_as_a_fault_and_never_a_crash(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "any.zip").write_bytes(content)
    assert faults(folder / "any.zip")
    (folder / "bag").mkdir()
    for name in ("signature.json", "bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "bag-info.txt"):
        (folder / "bag" / name).write_bytes(content)
    assert faults(folder / "bag")


# Signatures and stamps, as others make them.

@settings(max_examples=40, deadline=None)
@given(strategies.binary(max_size=300), strategies.integers(min_value=0))
def test_signatures_are_judged_as_by_the_library(message: bytes, place: int) -> None:
    private = Ed25519PrivateKey.generate()
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert checker.signed_by(public, message, signature)
    whole = bytearray(public + signature + message)
    place %= len(whole) * 8
    whole[place // 8] ^= 1 << place % 8
    assert not checker.signed_by(bytes(whole[:32]), bytes(whole[96:]), bytes(whole[32:96]))


def test_the_vectors_of_the_standard_hold() -> None:
    """RFC 8032, 7.1: tests 1 and 2."""
    for key, message, signature in (
            ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
             "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
            ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
             "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")):
        assert checker.signed_by(bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature))


def test_keys_and_signatures_that_prove_nothing_are_refused() -> None:
    neutral = (1).to_bytes(32, "little")  # with this key of order 1, a signature of nothing fits every message
    assert not checker.signed_by(neutral, b"any", neutral + bytes(32))
    private = Ed25519PrivateKey.generate()
    signature = private.sign(b"m")
    more = signature[:32] + (int.from_bytes(signature[32:], "little") + checker.ORDER).to_bytes(32, "little")
    assert not checker.signed_by(private.public_key().public_bytes_raw(), b"m", more), "one signature, one spelling"


# The script, as a stranger runs it.

def run(shelf: Shelf, *arguments: str | Path, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    """In an interpreter without site packages, without Tutela on its path."""
    bare_environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TUTELA", "DJANGO"))}
    return subprocess.run([python, "-I", "-S", shelf.bundle / "verify.py", *arguments], capture_output=True, text=True, cwd="/",
                          env={**bare_environment, "PYTHONUTF8": "1"}, timeout=120)


def test_the_script_in_the_bundle_proves_it_alone_and_writes_nothing(shelf: Shelf, copy: Path) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in shelf.bundle.rglob("*"))
    assert "tutela" not in (shelf.bundle / "verify.py").read_text(encoding="utf-8").split('"""', 2)[2].lower().replace("tutela-", "")
    good = run(shelf, shelf.bundle, "--key", shelf.key)
    assert good.returncode == 0 and "IT HOLDS" in good.stdout, good.stdout + good.stderr
    alone = run(shelf, "--key", shelf.key)  # no folder named: its own
    assert alone.returncode == 0 and alone.stdout == good.stdout
    weak = run(shelf, shelf.bundle)
    assert weak.returncode == 0 and "no more" in weak.stdout
    assert run(shelf, shelf.zip, "--key", shelf.key).returncode == 0
    other = run(shelf, shelf.bundle, "--key", "ab" * 32)
    assert other.returncode == 1 and "another key" in other.stdout
    next((copy / "data/originals").iterdir()).write_bytes(b"other")
    bad = run(shelf, copy, "--key", shelf.key, "--json")
    told = json.loads(bad.stdout)
    assert bad.returncode == 1 and not told["holds"] and told["faults"][0]["code"] == "altered"
    assert run(shelf, "--what").returncode == 2 and run(shelf, shelf.bundle, "--key", "nonsense").returncode == 2
    assert run(shelf, copy / "nothing-here").returncode == 1
    assert before == sorted((path, path.stat().st_mtime_ns) for path in shelf.bundle.rglob("*"))


@pytest.mark.parametrize("name", ["python3.8", "python3.9", "python3.10", "python3.12", "python3.13", "python3.14"])
def test_the_script_runs_on_this_python_too(shelf: Shelf, name: str) -> None:
    python = shutil.which(name)
    if python is None or subprocess.run([python, "-c", ""], capture_output=True).returncode:
        pytest.skip(f"there is no {name}")
    assert run(shelf, shelf.bundle, "--key", shelf.key, python=python).returncode == 0
