"""A workspace locked at rest: nothing of it can be read, everything comes back, and whenever the work is stopped one form is whole."""

from __future__ import annotations

import errno
import io
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
import tracemalloc
from pathlib import Path

import pytest
from support.commands import ROOT
from support.warm import FORKS

from tutela.errors import TutelaError
from tutela.store import inuse, locking, packing, passphrases, workspace

PASSPHRASE = "seven dice words in a row"
SECRET = "كنيسة Saint Thaddeus, north wall"

needs_kill = pytest.mark.skipif(not FORKS, reason="a process cannot be killed here as a machine is (Windows)")


def quick_seal(secret: bytes, passphrase: str) -> bytes:
    """Stands for a second of scrypt, in tests that are about something else."""
    return passphrase.encode() + b"\n" + secret


def quick_unseal(sealed: bytes, passphrase: str) -> bytes:
    known, _, secret = sealed.partition(b"\n")
    if known != passphrase.encode():
        raise TutelaError(passphrases.problem("passphrase-wrong"))
    return secret


@pytest.fixture
def quick(monkeypatch) -> None:
    monkeypatch.setattr(passphrases, "seal", quick_seal)
    monkeypatch.setattr(passphrases, "unseal", quick_unseal)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make(tmp_path / "workspace")


def make(folder: Path) -> Path:
    """A workspace as far as locking knows one: settings, a SQLite file with content still in its WAL, blobs, names in any script."""
    made = workspace.create(folder, SECRET)
    (made.blobs / "ab").mkdir()
    (made.blobs / "ab" / "صورة 1.jpg").write_bytes(SECRET.encode() * 5000)
    (made.blobs / "ab" / ("long-" * 40 + ".txt")).write_text(SECRET, encoding="utf-8")
    (made.blobs / "empty").write_bytes(b"")
    (folder / "keys").mkdir()
    (folder / "keys" / "signing.key").write_bytes(bytes(range(256)))
    os.chmod(folder / "keys" / "signing.key", 0o600)
    with sqlite3.connect(made.database) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE place (name TEXT)")
        connection.execute("INSERT INTO place VALUES (?)", [SECRET])
        connection.commit()
    connection.close()
    return folder


def content(folder: Path) -> dict[str, object]:
    """{name: bytes}; of a SQLite file its rows, for opening one changes its first page."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".sqlite":
            connection = sqlite3.connect(path)
            found[name] = connection.execute("SELECT * FROM place").fetchall()
            connection.close()
        elif not name.endswith(("-wal", "-shm")):
            found[name] = path.read_bytes() if path.is_file() else None
    return found


def code_of(work) -> str:
    with pytest.raises(TutelaError) as caught:
        work()
    return caught.value.code


def test_what_was_locked_cannot_be_read_and_comes_back_as_it_was(folder: Path) -> None:
    before = content(folder)
    mode = (folder / "keys" / "signing.key").stat().st_mode & 0o777
    assert locking.lock(folder, PASSPHRASE)["files"] == 6
    assert sorted(path.name for path in folder.iterdir()) == ["locked", "tutela.json"]
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert SECRET.encode() not in everything and "صورة".encode() not in everything
    assert b"secret_key" not in everything and b"SQLite" not in everything
    assert code_of(lambda: locking.unlock(folder, PASSPHRASE + "!")) == "passphrase-wrong"
    assert sorted(path.name for path in folder.iterdir()) == ["locked", "tutela.json"]
    locking.unlock(folder, PASSPHRASE)
    assert content(folder) == before
    assert (folder / "keys" / "signing.key").stat().st_mode & 0o777 == mode


def test_without_tutela_age_and_tar_open_it(folder: Path) -> None:
    """As the file beside it says: the key by its passphrase, the archive by the key, the files by tar."""
    import pyrage

    before = content(folder)
    locking.lock(folder, PASSPHRASE)
    locked = folder / "locked"
    assert "age -d -i key.txt workspace.tar.age" in (locked / "README.txt").read_text()
    key = pyrage.passphrase.decrypt((locked / "key.age").read_bytes(), PASSPHRASE).decode()
    plain = pyrage.decrypt((locked / "workspace.tar.age").read_bytes(), [pyrage.x25519.Identity.from_str(key)])
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        names = {member.name for member in archive.getmembers()}
        assert names == before.keys()
        assert archive.extractfile("blobs/ab/صورة 1.jpg").read() == before["blobs/ab/صورة 1.jpg"]


def test_two_lockings_of_the_same_have_nothing_in_common(folder: Path, quick) -> None:
    seen = []
    for _ in range(2):
        locking.lock(folder, PASSPHRASE)
        seen.append((folder / "locked" / "workspace.tar.age").read_bytes())
        locking.unlock(folder, PASSPHRASE)
    pieces = [{archive[at : at + 16] for at in range(0, len(archive) - 16, 16)} for archive in seen]
    assert len(pieces[0] & pieces[1]) < 20  # the words of the header


def test_a_locked_workspace_cannot_be_opened_made_or_locked_again(folder: Path, quick) -> None:
    locking.lock(folder, PASSPHRASE)
    for work in (lambda: workspace.load(folder), lambda: workspace.create(folder), lambda: locking.lock(folder, PASSPHRASE)):
        assert code_of(work) == "workspace-locked"
    locking.unlock(folder, PASSPHRASE)
    assert code_of(lambda: locking.unlock(folder, PASSPHRASE)) == "workspace-not-locked"
    assert workspace.load(folder).title == SECRET


def test_what_is_no_workspace_or_a_weak_passphrase_is_refused(folder: Path, tmp_path: Path) -> None:
    before = content(folder)
    assert code_of(lambda: locking.lock(tmp_path / "nowhere", PASSPHRASE)) == "workspace-missing"
    assert code_of(lambda: locking.unlock(tmp_path / "nowhere", PASSPHRASE)) == "workspace-missing"
    for weak in ("", "short", "aaaaaaaaaaaaaaaaaaaa"):
        assert code_of(lambda weak=weak: locking.lock(folder, weak)) == "passphrase-short"
    assert content(folder) == before


def test_one_passphrase_however_a_keyboard_spells_it(folder: Path) -> None:
    locking.lock(folder, "caf\u00e9 creme br\u00fbl\u00e9e")
    locking.unlock(folder, "cafe\u0301 creme bru\u0302le\u0301e")
    assert workspace.load(folder).title == SECRET


@pytest.mark.skipif(os.name == "nt", reason="making links needs rights on Windows")
def test_a_link_out_of_the_workspace_is_told_and_nothing_is_locked(folder: Path, tmp_path: Path, quick) -> None:
    (tmp_path / "disk").mkdir()
    (folder / "copies").symlink_to(tmp_path / "disk", target_is_directory=True)
    assert code_of(lambda: locking.lock(folder, PASSPHRASE)) == "lock-link"
    assert not (folder / "locked").exists() and not (folder / "locked.part").exists()


# Others have it open.

OPENS = """
import sys
from pathlib import Path
from tutela.store import workspace
try:
    workspace.load(Path(sys.argv[1]))
    print("open", flush=True)
    sys.stdin.read()
except Exception as error:
    print(error.code)
"""


def running(code: str, *arguments: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]), "PYTHONUTF8": "1"}
    environment.pop("DATABASE_URL", None)
    return subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], env=environment, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True)


def test_refused_while_another_process_has_it_open(folder: Path, quick) -> None:
    """A server has no database connection open between two requests: it is noticed all the same."""
    before = content(folder)
    other = running(OPENS, folder)
    try:
        assert other.stdout.readline() == "open\n"
        assert code_of(lambda: locking.lock(folder, PASSPHRASE)) == "workspace-open"
    finally:
        other.communicate()
    assert content(folder) == before
    locking.lock(folder, PASSPHRASE)


def test_refused_while_a_stranger_reads_the_database(folder: Path, quick) -> None:
    other = sqlite3.connect(folder / "tutela.sqlite")
    try:
        assert other.execute("SELECT count(*) FROM place").fetchone() == (1,)
        assert code_of(lambda: locking.lock(folder, PASSPHRASE)) == "workspace-open"
    finally:
        other.close()
    assert not (folder / "locked.part").exists()


def test_nobody_opens_it_while_it_is_being_locked(folder: Path) -> None:
    with inuse.alone(folder):
        other = running(OPENS, folder)
        assert other.communicate()[0] == "workspace-closing\n"


def test_this_process_may_lock_what_it_opened_itself_and_holds_it_again(folder: Path, quick) -> None:
    workspace.load(folder)
    locking.lock(folder, PASSPHRASE)
    locking.unlock(folder, PASSPHRASE)
    other = running("import sys; from pathlib import Path; from tutela.store import inuse\n"
                    "try:\n with inuse.alone(Path(sys.argv[1])): print('had')\nexcept Exception as error: print(error.code)", folder)
    assert other.communicate()[0] == "workspace-open\n"


# What is damaged, hostile or too large.

@pytest.mark.parametrize("where", [0.1, 0.5, 0.99])
def test_one_changed_bit_is_found_and_the_locked_form_stays(folder: Path, quick, where: float) -> None:
    locking.lock(folder, PASSPHRASE)
    archive = folder / "locked" / "workspace.tar.age"
    whole = archive.read_bytes()
    broken = bytearray(whole)
    broken[int(len(whole) * where)] ^= 1
    for damaged in (bytes(broken), whole[:-20], whole[: len(whole) // 2], b""):
        archive.write_bytes(damaged)
        assert code_of(lambda: locking.unlock(folder, PASSPHRASE)) == "lock-damaged"
        assert sorted(path.name for path in folder.iterdir()) == ["locked", "tutela.json"]
    archive.write_bytes(whole)
    locking.unlock(folder, PASSPHRASE)


@pytest.mark.parametrize("name", ["../outside", "/outside", "blobs/../../outside", "C:outside", "blobs\\..\\..\\outside", "link"])
def test_an_archive_that_leads_outside_is_refused(folder: Path, quick, name: str) -> None:
    """Whoever knows a passphrase can make an archive; it still writes nothing beside the workspace."""
    import pyrage

    locking.lock(folder, PASSPHRASE)
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size = 4
        if name == "link":
            info.type, info.linkname, info.size = tarfile.SYMTYPE, "/etc", 0
        archive.addfile(info, io.BytesIO(b"evil"))
    identity = pyrage.x25519.Identity.from_str(quick_unseal((folder / "locked" / "key.age").read_bytes(), PASSPHRASE).decode())
    (folder / "locked" / "workspace.tar.age").write_bytes(pyrage.encrypt(made.getvalue(), [identity.to_public()]))
    outside = sorted(folder.parent.iterdir())
    assert code_of(lambda: locking.unlock(folder, PASSPHRASE)) == "lock-damaged"
    assert sorted(folder.parent.iterdir()) == outside and (folder / "locked").is_dir()
    assert not (folder / "unlocked.part").exists()


def test_a_full_disk_leaves_the_workspace_as_it_was(folder: Path, quick, monkeypatch) -> None:
    before = content(folder)

    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(packing, "encrypt", full)
        with pytest.raises(OSError):
            locking.lock(folder, PASSPHRASE)
    assert content(folder) == before
    with monkeypatch.context() as patched:
        patched.setattr(locking.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1000}))
        assert code_of(lambda: locking.lock(folder, PASSPHRASE)) == "lock-room"
    assert content(folder) == before


def test_a_file_that_was_not_encrypted_as_it_stands_stops_the_locking(folder: Path, quick, monkeypatch) -> None:
    """The plain files go only after what was written has been read back and compared with them."""
    before = content(folder)
    honest = packing.encrypt

    def careless(entries, out, recipient, progress=None) -> None:
        honest([entry for entry in entries if not entry.name.endswith(".key")], out, recipient, progress)

    monkeypatch.setattr(packing, "encrypt", careless)
    assert code_of(lambda: locking.lock(folder, PASSPHRASE)) == "lock-damaged"
    assert content(folder) == before


def test_memory_does_not_grow_with_the_workspace(folder: Path, quick) -> None:
    with open(folder / "blobs" / "film.mp4", "wb") as out:
        out.truncate(96 << 20)
    tracemalloc.start()
    try:
        locking.lock(folder, PASSPHRASE)
        locking.unlock(folder, PASSPHRASE)
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()
    assert (folder / "blobs" / "film.mp4").stat().st_size == 96 << 20


# Stopped at any moment.

CHILD = """
import os, signal, sys
sys.path.insert(0, sys.argv[5])
from pathlib import Path
from tutela.store import locking, passphrases
import importlib.util
def seal(secret, passphrase): return passphrase.encode() + b"\\n" + secret
def unseal(sealed, passphrase): return sealed.partition(b"\\n")[2]
passphrases.seal, passphrases.unseal = seal, unseal
count = 0
def step(name):
    global count
    if count == int(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)
    count += 1
locking.step = step
getattr(locking, sys.argv[2])(Path(sys.argv[1]), sys.argv[3])
print(count)
"""


def stopped_at(folder: Path, what: str, step: int) -> int | None:
    """Run it in a process that is killed at this step; gives the number of steps where it came to its end before."""
    child = running(CHILD, folder, what, PASSPHRASE, step, ROOT / "src")
    out = child.communicate()[0]
    assert child.returncode in (0, -signal.SIGKILL), out
    return int(out) if child.returncode == 0 else None


def whole_again(folder: Path, before: dict[str, object]) -> str:
    """See that one form is whole; gives which.  Afterwards the workspace is plain again, and nothing lies about."""
    if (folder / "locked").is_dir():
        assert code_of(lambda: workspace.load(folder)) in ("workspace-locked", "workspace-lock-unfinished")
        locking.unlock(folder, PASSPHRASE)
        form = "locked"
    else:
        workspace._settings(folder)
        form = "plain"
    left = {name: value for name, value in content(folder).items() if not name.startswith(("locked.", "unlocked."))}
    assert left == before
    return form


@needs_kill
def test_killed_at_any_step_of_locking_one_form_is_whole(folder: Path, quick) -> None:
    before, forms, step = content(folder), [], 0
    while stopped_at(folder, "lock", step) is None:
        forms.append(whole_again(folder, before))
        step += 1
    assert forms == ["plain"] * 4 + ["locked"] * 5
    locking.unlock(folder, PASSPHRASE)
    assert content(folder) == before


@needs_kill
def test_killed_at_any_step_of_unlocking_one_form_is_whole(folder: Path, quick) -> None:
    before, forms, step = content(folder), [], 0
    locking.lock(folder, PASSPHRASE)
    while stopped_at(folder, "unlock", step) is None:
        forms.append(whole_again(folder, before))
        locking.lock(folder, PASSPHRASE)  # which sweeps away what the killed one left
        assert sorted(path.name for path in folder.iterdir()) == ["locked", "tutela.json"]
        step += 1
    assert forms == ["locked"] * 5 + ["plain"]
    assert content(folder) == before


@needs_kill
def test_a_locking_that_was_stopped_is_told_and_finished_by_the_same_passphrase_alone(folder: Path, quick) -> None:
    before = content(folder)
    assert stopped_at(folder, "lock", 6) is None  # half of the plain files are gone
    assert (folder / "blobs").exists()
    assert code_of(lambda: workspace.load(folder)) == "workspace-lock-unfinished"
    assert code_of(lambda: locking.lock(folder, "another passphrase")) == "passphrase-wrong"
    (folder / "letter.txt").write_text("put here meanwhile")
    locking.lock(folder, PASSPHRASE)
    assert sorted(path.name for path in folder.iterdir()) == ["letter.txt", "locked", "tutela.json"]
    locking.unlock(folder, PASSPHRASE)
    assert content(folder) == {**before, "letter.txt": b"put here meanwhile"}


@needs_kill
@pytest.mark.long
def test_a_hundred_kills_at_any_moment(folder: Path, quick) -> None:
    kill_at_any_moment(folder, 50)


def kill_at_any_moment(folder: Path, count: int) -> None:
    for number in range(100):
        (folder / "blobs" / f"{number}.bin").write_bytes(random.randbytes(20_000))
    before, chance, forms = content(folder), random.Random(5), set()
    usual = {what: _lasts(folder, what) for what in ("lock", "unlock")}
    for _ in range(count):
        for what in ("lock", "unlock"):
            if what == "unlock":
                locking.lock(folder, PASSPHRASE)
            child = running(CHILD, folder, what, PASSPHRASE, 1000, ROOT / "src")
            time.sleep(chance.uniform(0.3, 1.1) * usual[what])  # before, it only begins
            child.kill()
            child.communicate()
            forms.add(whole_again(folder, before))
    assert forms == {"plain", "locked"}


def _lasts(folder: Path, what: str) -> float:
    """Seconds that it takes when nobody stops it, here and now."""
    begun = time.monotonic()
    assert stopped_at(folder, what, 1000) is not None
    return time.monotonic() - begun


# At the command line.

def told(tutela, *arguments: str, passphrase: str = PASSPHRASE) -> tuple[int, dict]:
    done = subprocess.run(tutela.command(*arguments, "--json"), env={**tutela.environment, "TUTELA_PASSPHRASE": passphrase},
                          input="", capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)
    return done.returncode, json.loads(done.stdout)


def test_at_the_command_line_a_locked_register_says_so_and_opens_again(tutela, tmp_path: Path) -> None:
    assert tutela("init").returncode == 0
    code, answer = told(tutela, "lock")
    assert code == 0 and answer["server"] == bool(tutela.database_url)
    for arguments in (["search"], ["verify"], ["serve"], ["init"], ["lock"], ["backup", str(tmp_path / "b.zip")]):
        code, answer = told(tutela, *arguments)
        assert (code, answer["error"]["code"]) == (4, "workspace-locked"), arguments
    assert told(tutela, "unlock", passphrase="not this passphrase")[1]["error"]["code"] == "passphrase-wrong"
    assert told(tutela, "unlock", passphrase="")[1]["error"]["code"] == "passphrase-missing"
    assert told(tutela, "unlock")[0] == 0
    assert told(tutela, "verify")[1]["holds"] is True
    assert told(tutela, "unlock")[1]["error"]["code"] == "workspace-not-locked"
