"""The same list again, a newer release, refused rows mended, and every step taken back."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import lists
from support.canonical import content
from support.warm import Warm


@pytest.fixture
def empty(register: Warm) -> Iterator[Warm]:
    """The shared register, empty before and after."""
    assert register.canonical()["records"] == {}
    yield register
    empty_again = register.ask("support.editing.clear")
    state = register.state()
    assert (state["findings"], state["records"]) == ([], {}), empty_again


def places(state: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Number → document of every place."""
    found = [json.loads(text) for kind, text in state["records"].values() if kind == "place"]
    return {i["value"]: d for d in found for i in d["identifiers"]}


def test_the_same_file_twice_changes_nothing_not_even_the_journal(empty: Warm, tmp_path: Path) -> None:
    path = lists.first(tmp_path)
    assert empty.data("import", path)["created"] == 300
    before = empty.state()
    again = empty.data("import", path)
    after = empty.state()
    assert (again["created"], again["updated"], again["unchanged"], again["change"]) == (0, 0, 300, None)
    assert {k: after[k] for k in ("records", "lines", "head", "findings")} == {
        k: before[k] for k in ("records", "lines", "head", "findings")
    }
    refused = empty("undo", str(again["import"]))
    assert refused.returncode == 1 and "import-wrote-nothing" in refused.stderr


def test_a_newer_release_says_what_changed_and_what_is_absent_and_removes_nothing(empty: Warm, tmp_path: Path) -> None:
    empty.data("import", lists.first(tmp_path))
    newer = empty.data("import", lists.second(tmp_path))
    assert (newer["created"], newer["updated"], newer["unchanged"], newer["removed"]) == (10, 40, 240, 0)
    assert newer["changed"] == {"descriptions": 40}
    assert newer["absent"] == [f"S-{n:05}" for n in range(20)]
    assert "S-00000" in places(empty.state())


def test_a_dry_run_counts_the_same_and_writes_nothing(empty: Warm, tmp_path: Path) -> None:
    empty.data("import", lists.first(tmp_path))
    before = empty.state()
    tried = empty.data("import", lists.second(tmp_path), "--dry-run")
    assert {k: empty.state()[k] for k in ("records", "lines", "head")} == {k: before[k] for k in ("records", "lines", "head")}
    done = empty.data("import", lists.second(tmp_path))
    assert {k: tried[k] for k in ("rows", "places", "created", "updated", "unchanged", "absent", "changed")} == {
        k: done[k] for k in ("rows", "places", "created", "updated", "unchanged", "absent", "changed")
    }


def test_complete_removes_what_is_absent_and_undo_brings_it_back_with_its_ids(empty: Warm, tmp_path: Path) -> None:
    empty.data("import", lists.first(tmp_path))
    before = empty.canonical()
    newer = empty.data("import", lists.second(tmp_path), "--complete")
    assert newer["removed"] == 20
    assert "S-00000" not in places(empty.state())
    assert empty("undo", str(newer["import"])).returncode == 0
    assert empty.canonical() == before


def test_complete_is_for_managers(empty: Warm, tmp_path: Path) -> None:
    if not any(name == "rita" for name, *_ in empty.canonical()["accounts"]):
        empty.ask("support.signing.make_account", "rita", "reviewer")
    empty.data("import", lists.first(tmp_path))
    before = empty.canonical()
    done = empty("import", lists.second(tmp_path), "--complete", "--as", "rita")
    assert done.returncode == 1 and "not-allowed" in done.stderr, done.stderr
    assert empty.canonical() == before


def test_another_list_read_with_the_same_mapping_is_no_release_of_this_one(empty: Warm, tmp_path: Path) -> None:
    """Two regions' lists with one numbering: importing one reports nothing of the other, and --complete leaves it alone."""
    empty.data("import", lists.first(tmp_path))
    south = lists.written(tmp_path / "south.csv", [lists.row(n) for n in range(5000, 5100)])
    assert empty.data("import", south, "--complete")["absent"] == []
    shorter = lists.written(tmp_path / "south.csv", [lists.row(n) for n in range(5000, 5090)])
    told = empty.data("import", shorter, "--complete")
    assert (told["absent"], told["removed"]) == ([f"S-{n:05}" for n in range(5090, 5100)], 10)
    assert len(places(empty.state())) == 390


def test_an_undone_import_is_no_earlier_release(empty: Warm, tmp_path: Path) -> None:
    first = empty.data("import", lists.first(tmp_path))
    assert empty("undo", str(first["import"])).returncode == 0
    assert empty.data("import", lists.second(tmp_path))["absent"] == []


def test_what_other_records_point_at_is_not_removed(empty: Warm, tmp_path: Path) -> None:
    empty.data("import", lists.first(tmp_path))
    ids = {
        json.loads(text)["identifiers"][0]["value"]: uuid for uuid, (kind, text) in empty.canonical()["records"].items() if kind == "place"
    }
    empty.ask("support.editing.set_field", ids["S-00100"], "part_of", json.dumps(ids["S-00003"]))
    told = empty.data("import", lists.second(tmp_path), "--complete")
    assert told["removed"] == 19 and told["warned"]["absent-cited"] == 1
    assert empty.state()["findings"] == []


def mend(path: Path, **values: str) -> None:
    """Write values into every row of a file of refused rows, as a person would."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows and all(row["tutela_code"] and row["tutela_row"] for row in rows)
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, **values} for row in rows)


def test_refused_rows_mended_and_imported_give_what_the_mended_list_would(empty: Warm, tmp_path: Path) -> None:
    told = empty.data("import", lists.mixed(tmp_path), "--partial", exit_code=3)
    assert (told["created"], told["refused_rows"]) == (290, 10)
    refused = Path(told["refused_file"])
    mend(refused, latitude="34.5")
    assert empty.data("import", refused)["created"] == 10
    pieces = without_sources(content(empty.canonical()))
    empty.ask("support.editing.clear")
    whole = lists.written(tmp_path / "mixed.csv", [lists.row(n, **({"latitude": "34.5"} if n % 30 == 7 else {})) for n in range(300)])
    empty.data("import", whole)
    assert without_sources(content(empty.canonical())) == pieces


def without_sources(found: list[list[Any]]) -> list[str]:
    """Documents without the file and rows they came from."""
    return sorted(
        json.dumps({k: v for k, v in json.loads(text).items() if k not in ("sources", "source")}, sort_keys=True) for _, text in found
    )


def test_refused_features_of_a_map_file_come_back_as_a_map_file(empty: Warm, tmp_path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {
                "id": f"F-{n}",
                "name": f"Feature {n}",
                "observed": "2020-02-31" if n == 1 else "2020-02-01",
                "condition": "Poor",
            },
            "geometry": {"type": "Point", "coordinates": [40 + n, 35]},
        }
        for n in range(4)
    ]
    path = tmp_path / "map.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    told = empty.data("import", path, "--partial", exit_code=3)
    refused = Path(told["refused_file"])
    mended = refused.read_text(encoding="utf-8").replace("2020-02-31", "2020-02-28")
    refused.write_text(mended, encoding="utf-8")
    assert empty.data("import", refused)["created"] == 1
    assert len(places(empty.state())) == 4


def test_rows_refused_by_the_register_itself_are_in_the_file_too(empty: Warm, tmp_path: Path) -> None:
    """A row with the public id of a place that does not exist: known only when the rows meet the register."""
    empty.data("import", lists.first(tmp_path, 5))
    path = tmp_path / "ids.csv"
    path.write_text("record,number,name,latitude,longitude\n00000000-0000-7000-8000-000000000000,Q-1,Lost,35,40\n,Q-2,Good,35,41\n")
    mapping = tmp_path / "ids.yaml"
    mapping.write_text(
        "mapping: ids\ntitle: Ids\nsource: {key: ids, title: Ids}\nkey: {column: number, scheme: ids}\n"
        "place:\n  id: record\n  names: [{text: name}]\n  geometries: [{latitude: latitude, longitude: longitude}]\n"
    )
    before = empty.canonical()
    told = empty.data("import", path, "--mapping", mapping, exit_code=3)
    assert [f["code"] for f in told["refused"]] == ["id-unknown"]
    assert empty.canonical() == before
    told = empty.data("import", path, "--mapping", mapping, "--partial", exit_code=3)
    with Path(told["refused_file"]).open(encoding="utf-8-sig", newline="") as stream:
        assert [row["number"] for row in csv.DictReader(stream)] == ["Q-1"]


def test_undo_restores_everything_step_by_step(empty: Warm, tmp_path: Path) -> None:
    before, numbers = [], []
    for path, more in ((lists.first(tmp_path), ()), (lists.second(tmp_path), ("--complete",)), (lists.first(tmp_path), ())):
        before.append(empty.canonical())
        numbers.append(str(empty.data("import", path, *more)["import"]))
    for number, former in zip(reversed(numbers), reversed(before), strict=True):
        told = empty.data("undo", number)
        assert told["undone"]
        assert empty.canonical() == former
    assert empty.state()["findings"] == []


def test_an_import_is_undone_once(empty: Warm, tmp_path: Path) -> None:
    number = str(empty.data("import", lists.first(tmp_path))["import"])
    assert empty("undo", number).returncode == 0
    again = empty("undo", number)
    assert again.returncode == 1 and "import-undone" in again.stderr
    unknown = empty("undo", "99999")
    assert unknown.returncode == 1 and "import-unknown" in unknown.stderr


def test_an_earlier_import_is_not_undone_under_a_later_one(empty: Warm, tmp_path: Path) -> None:
    first = str(empty.data("import", lists.first(tmp_path))["import"])
    second = str(empty.data("import", lists.second(tmp_path))["import"])
    before = empty.state()
    told = empty.data("undo", first, exit_code=1)
    assert not told["undone"] and len(told["conflicts"]) == 40
    after = empty.state()
    assert {k: after[k] for k in ("records", "lines", "head", "findings")} == {
        k: before[k] for k in ("records", "lines", "head", "findings")
    }
    assert empty("undo", second).returncode == 0
    assert empty("undo", first).returncode == 0


def test_undo_refuses_after_an_edit_and_keeps_exactly_what_was_edited_or_cited(empty: Warm, tmp_path: Path) -> None:
    number = str(empty.data("import", lists.first(tmp_path, 60))["import"])
    ids = {
        json.loads(text)["identifiers"][0]["value"]: uuid for uuid, (kind, text) in empty.canonical()["records"].items() if kind == "place"
    }
    empty.ask("support.editing.set_field", ids["S-00005"], "address", json.dumps("By the river"))
    chosen = empty.ask("support.editing.add_part", ids["S-00009"])
    before = empty.state()
    told = empty.data("undo", number, exit_code=1)
    assert {(c["id"].replace("-", ""), c["reason"]) for c in told["conflicts"]} == {
        (ids["S-00005"], "edited since"),
        (ids["S-00009"], "cited since"),
    }
    assert empty.canonical()["records"] == before["records"]
    told = empty.data("undo", number, "--keep-edited")
    after = empty.state()
    assert after["findings"] == []
    left = {uuid for uuid, (kind, _) in after["records"].items() if kind == "place"}
    assert left == {ids["S-00005"], ids["S-00009"], chosen}
    assert all(after["records"][uuid] == before["records"][uuid] for uuid in left), "kept as they are"
    assert told["kept"] == 2
