"""Bad input through the whole door: a code that says where and what to do, or a repair that is told; nothing half-written.

One line a case in :mod:`support.badinput`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from support import badinput
from support.warm import Warm

pytestmark = pytest.mark.filterwarnings("ignore:.crs. was not provided")  # a shapefile without one is what is wanted
ALL = [pytest.param(case, id=f"{group}: {case.what}") for group, cases in badinput.GROUPS.items() for case in cases]


def told(register: Warm, *arguments: str | Path, **more: Any) -> tuple[int, dict[str, Any]]:
    """The exit code and the report of ``tutela import``; no traceback, no fault of our own."""
    done = register("import", *arguments, "--json", **more)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr[-3000:]
    said = json.loads(done.stdout)
    assert said.get("error", {}).get("code") != "fault", said
    return done.returncode, said


def codes(said: dict[str, Any]) -> set[str]:
    if "error" in said:
        return {said["error"]["code"]}
    return {found["code"] for found in said["refused"]} | set(said["warned"])


@pytest.mark.parametrize("case", ALL)
def test_bad_input_is_told_and_nothing_is_half_written(register: Warm, tmp_path: Path, case: badinput.Case) -> None:
    before = register.canonical()
    code, said = told(register, *badinput.put(case, tmp_path))
    if said.get("change"):
        assert register("undo", str(said["import"])).returncode == 0
    assert register.canonical() == before
    shown = json.dumps({k: said.get(k) for k in ("error", "refused", "warned", "created")}, ensure_ascii=False)[:1500]
    assert code == case.exit, shown
    assert set(case.codes) <= codes(said), shown
    for found in said.get("refused", [said.get("error")]):
        assert found["message"] and found["todo"], found
        assert code != 3 or (found["file"] and found["row"]), found
    if case.at:
        row, column = case.at
        assert (row, column) in {(f["row"], f["column"]) for f in said["refused"]}, shown
    if code == 0:
        assert said["created"] == case.places, shown


def test_after_all_that_the_register_holds(register: Warm) -> None:
    state = register.state()
    assert state["findings"] == []
    assert state["records"] == {}


@pytest.mark.skipif(os.name == "nt", reason="no such files on Windows")
@pytest.mark.parametrize("what", ["a pipe", "a device", "a file one may not read", "a link in a circle"])
def test_what_is_no_plain_file_is_refused_at_once(register: Warm, tmp_path: Path, what: str) -> None:
    path = tmp_path / "list.csv"
    if what == "a pipe":
        os.mkfifo(path)
    elif what == "a device":
        path = Path("/dev/zero")
    elif what == "a link in a circle":
        path.symlink_to(path)
    else:
        if os.geteuid() == 0:
            pytest.skip("root may read everything")
        path.write_text(badinput.HEAD)
        path.chmod(0)
    code, said = told(register, path, within=30)
    assert code == 4, said


def test_a_file_that_changed_after_the_dry_run_is_read_anew(register: Warm, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(badinput.table("C-1,Tell A,35,40"))
    code, dry = told(register, path, "--dry-run")
    assert (code, dry["created"]) == (0, 1)
    path.write_text(badinput.table("C-1,Tell A,35,40", "C-2,Tell B,95,40"))
    before = register.canonical()
    code, said = told(register, path)
    assert (code, codes(said)) == (3, {"coordinate-out-of-range"})
    assert register.canonical() == before


def test_the_same_key_in_two_releases_with_contradicting_names_is_an_update_not_a_second_place(register: Warm, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(badinput.table("C-1,Tell A,35,40"))
    _, one = told(register, path)
    path.write_text(badinput.table("C-1,Qasr B,35.01,40"))
    _, two = told(register, path)
    assert (two["created"], two["updated"], set(two["changed"])) == (0, 1, {"names", "geometries"})
    for each in (two, one):
        assert register("undo", str(each["import"])).returncode == 0
    assert register.canonical()["records"] == {}
