"""Tables, mappings and sequences of commands made at random: a report or a code, and a register that always holds."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import lists
from support.warm import Warm

HEADERS = ("id", "name", "latitude", "longitude", "type", "country", "condition", "observed", "description", "handling", "damage", "extra")
ODD = st.sampled_from(
    [
        "",
        " ",
        "-",
        "0",
        "NaN",
        "inf",
        "-0.0",
        "1e400",
        "35,5",
        "35°42'51\"N",
        "POINT (40 35)",
        "31/02/2020",
        "half IV century BC",
        "\u202eabc",
        "=1+1",
        "\ud83c",
        "\x00",
        "﷽",
        "9" * 400,
        "restricted",
        "confidential",
        "Poor",
        "SY",
        "Iraq",
        "ا",
        "2020-06",
    ]
)
CELL = st.one_of(ODD, st.text(max_size=12), st.floats().map(str), st.integers().map(str), st.floats(-91, 91).map(lambda x: f"{x:.4f}"))
RULE = st.one_of(
    st.sampled_from(HEADERS),
    ODD,
    st.none(),
    st.booleans(),
    st.integers(),
    st.lists(st.sampled_from(HEADERS), max_size=2),
    st.dictionaries(
        st.sampled_from(["column", "columns", "constant", "split", "match", "values", "date", "list", "percent", "x"]),
        st.one_of(st.sampled_from(HEADERS), ODD, st.dictionaries(ODD, ODD, max_size=1), st.booleans()),
        max_size=3,
    ),
)
PLACE = st.dictionaries(
    st.sampled_from(["names", "types", "geometries", "dating", "areas", "identifiers", "country", "handling", "part_of", "id", "x"]),
    st.one_of(
        RULE,
        st.lists(
            st.one_of(
                RULE,
                st.dictionaries(
                    st.sampled_from(["text", "code", "latitude", "longitude", "wkt", "edtf", "value", "scheme", "name", "kind"]),
                    RULE,
                    max_size=3,
                ),
            ),
            max_size=2,
        ),
    ),
    max_size=4,
)
MAPPING = st.fixed_dictionaries(
    {"mapping": st.just("any"), "source": st.just({"key": "any", "title": "Any"}), "place": PLACE},
    optional={
        "key": RULE,
        "assessment": st.dictionaries(st.sampled_from(["observed", "condition", "damages", "threats"]), RULE, max_size=3),
        "none": RULE,
        "files": RULE,
        "x": RULE,
    },
)
SLOW = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]}


@st.composite
def tables(draw: Any) -> bytes:
    """A CSV of a few of the headers, in some encoding."""
    headers = draw(st.lists(st.sampled_from(HEADERS), min_size=1, max_size=6))
    rows = draw(st.lists(st.lists(CELL, min_size=len(headers) - 1, max_size=len(headers) + 1), max_size=6))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=draw(st.sampled_from(",;\t|")), quoting=csv.QUOTE_ALL)
    writer.writerow(headers)
    writer.writerows(rows)
    return out.getvalue().encode(draw(st.sampled_from(["utf-8", "utf-16", "cp1256", "cp1251", "latin-1"])), "replace")


def importing(register: Warm, *arguments: str | Path) -> dict[str, Any]:
    done = register("import", *arguments, "--json")
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    said = json.loads(done.stdout)
    code = said.get("error", {}).get("code")
    assert code != "fault", said
    assert done.returncode in ((4, 1) if code else (0, 3)), said
    return said


@given(tables())
@settings(max_examples=40, **SLOW)
def test_any_table_gives_a_report_or_a_code(register: Warm, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_bytes(content)
        said = importing(register, path, "--partial")
        if said.get("change"):
            assert register("undo", str(said["import"])).returncode == 0


@given(MAPPING, tables())
@settings(max_examples=40, **SLOW)
def test_any_mapping_gives_a_report_or_a_code(register: Warm, mapping: dict[str, Any], content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, rules = Path(folder) / "any.csv", Path(folder) / "any.yaml"
        path.write_bytes(content)
        rules.write_text(yaml.safe_dump(mapping, allow_unicode=False), encoding="utf-8", errors="replace")
        said = importing(register, path, "--mapping", rules, "--partial")
        if said.get("change"):
            assert register("undo", str(said["import"])).returncode == 0


def test_after_all_that_the_register_holds(register: Warm) -> None:
    state = register.state()
    assert (state["findings"], state["records"]) == ([], {})


STEP = st.tuples(
    st.sampled_from(["import", "complete", "undo", "keep", "edit", "cite", "delete", "handle"]), st.integers(0, 40), st.integers(0, 40)
)


def walked(register: Warm, steps: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for what, a, b in steps:
            if what in ("import", "complete"):
                first, last = sorted((a, b))
                path = lists.written(Path(folder) / "list.csv", [lists.row(n, description=f"As of {b}.") for n in range(first, last + 1)])
                importing(register, path, *(["--complete"] if what == "complete" else []))
            elif what in ("undo", "keep"):
                standing = [i["import"] for i in register.state()["imports"] if i["state"] == "committed" and i["change"]]
                if standing:
                    done = register("undo", str(standing[a % len(standing)]), *(["--keep-edited"] if what == "keep" else []))
                    assert done.returncode in (0, 1) and "code:       fault" not in done.stderr, done.stderr
            else:
                register.ask("support.editing.touch", what, str(a), str(b))
        assert register.state()["findings"] == []
        register.ask("support.editing.clear")
        assert register.state()["findings"] == []


@given(st.lists(STEP, min_size=2, max_size=8))
@settings(max_examples=10, **SLOW)
def test_any_sequence_of_actions_leaves_a_register_that_holds(register: Warm, steps: list[tuple[str, int, int]]) -> None:
    walked(register, steps)


@pytest.mark.long
@given(st.lists(STEP, min_size=2, max_size=25))
@settings(max_examples=150, **SLOW)
def test_many_sequences_of_actions_leave_a_register_that_holds(register: Warm, steps: list[tuple[str, int, int]]) -> None:
    walked(register, steps)
