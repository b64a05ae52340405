"""The list from a register: counts equal a brute-force count over documents, two times, two figures, one audience's sight."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from support.acting import actor
from support.writing import create, keep

from tutela.assessment.rules.change import newly_damaged
from tutela.assessment.rules.state import Version, state
from tutela.errors import TutelaError
from tutela.inventory.actions import delete_place, set_handling
from tutela.people.rules import OPERATOR, PUBLIC
from tutela.reports.actions import write_damaged
from tutela.reports.damaged import DamagedList
from tutela.reports.moment import moment
from tutela.reports.queries import counted, damaged_list, opened
from tutela.reports.rules.verified import for_damage, verifies
from tutela.store import journal, rebuild, search
from tutela.store.documents import bare, dashed, new_ids
from tutela.store.profiles import Profiles
from tutela.store.write import Row

pytestmark = pytest.mark.django_db

CITY: dict[str, Any] = {
    "names": [{"text": "حَلَب", "lang": "ar"}, {"text": "Site A", "lang": "en"}], "country": "SY", "category": "immovable-monument",
    "types": [{"code": "mosque"}], "areas": [{"kind": "province", "name": "Province A"}],
    "protections": [{"instrument": "world-heritage", "level": "enhanced"}],
    "geometries": [{"geojson": {"type": "Point", "coordinates": [37.16, 36.2]}, "role": "centre"}],
}
MANAGER = actor("manager")


def found(place: str, code: str | None = "poor", observed: str | None = "2020-05-01", **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"place": place, "status": "published", **more}
    if code:
        made["condition"] = {"code": code, "original": code}
    if observed:
        made["observed"] = observed
    return made


def head() -> int:
    return journal.head()[0]


def line_of(listed: DamagedList, block: str, code: str) -> Any:
    return next(c for b in listed.blocks if b.name == block for c in b.counts if c.code == code)


def forget_everything_derived() -> None:
    rebuild.everything()
    search.forget_counts()
    Profiles.forget()


# ---- what is counted --------------------------------------------------------------------------------------------------------


def test_every_category_and_region_of_the_register_has_a_line_zeros_too() -> None:
    hurt, whole = create(CITY, {**CITY, "areas": [{"kind": "province", "name": "Province B"}], "types": [{"code": "church"}]})
    create(found(hurt), found(whole, "good"))
    listed = damaged_list(PUBLIC, as_of="2024")
    assert line_of(listed, "area", "SY province b").documented == 0 and line_of(listed, "area", "SY province b").places == 1
    assert line_of(listed, "area", "SY province a").documented == 1
    assert line_of(listed, "type", "church").documented == 0 and line_of(listed, "type", "church").found == 1
    assert line_of(listed, "category", "movable-collection").places == 0
    assert line_of(listed, "level", "enhanced").documented == 1 and line_of(listed, "level", "special").documented == 0
    assert {b.name for b in listed.blocks} == {"category", "type", "country", "area", "protection", "level"}


def test_only_the_tables_asked_for_are_made() -> None:
    create(CITY)
    assert [b.name for b in damaged_list(PUBLIC, by="category,region").blocks] == ["category", "type", "country", "area"]
    with pytest.raises(TutelaError) as caught:
        damaged_list(PUBLIC, by="owner")
    assert caught.value.code == "report-by"


def test_a_filter_never_makes_a_zero_of_places_it_left_out() -> None:
    one, other = create(CITY, {**CITY, "country": "IQ"})
    create(found(one), found(other))
    listed = damaged_list(PUBLIC, "country:SY", as_of="2024")
    assert [c.code for b in listed.blocks if b.name == "country" for c in b.counts] == ["SY"]


def test_as_of_asks_what_had_been_observed_and_a_repair_ends_damage() -> None:
    (place,) = create(CITY)
    create(found(place, "good", "2015"), found(place, "poor", "2018"), found(place, "good", "2021"))
    assert [damaged_list(PUBLIC, as_of=y).documented for y in ("2014", "2016", "2018-06", "2019", "2022")] == [0, 0, 0, 1, 0]


def test_what_is_not_reviewed_counts_in_no_figure_for_nobody() -> None:
    (place,) = create(CITY)
    create(found(place, status="submitted"), found(place, status="draft"))
    assert damaged_list(MANAGER, as_of="2024").documented == 0
    create(found(place, status="reviewed"))
    assert damaged_list(MANAGER, as_of="2024").documented == 1


def test_a_filter_on_the_state_is_asked_of_the_day_of_the_list() -> None:
    (place,) = create(CITY)
    create(found(place, "poor", "2018"), found(place, "destroyed", "2021"))
    assert damaged_list(PUBLIC, "condition:poor", as_of="2019").documented == 1
    assert damaged_list(PUBLIC, "condition:poor", as_of="2022").documented == 0
    assert damaged_list(PUBLIC, "condition:destroyed", as_of="2022").documented == 1


def test_newly_damaged_is_what_was_found_whole_before_or_is_dated_after() -> None:
    fresh, old, unseen = create(CITY, CITY, CITY)
    create(found(fresh, "good", "2015"), found(fresh, "poor", "2021"), found(old, "poor", "2015"), found(unseen, "poor", "2021"))
    listed = damaged_list(PUBLIC, as_of="2024", since="2018")
    assert {r.public_id: r.newly for r in listed.rows} == {dashed(fresh): "yes", dashed(old): "no", dashed(unseen): "unknown"}
    assert listed.total is not None and listed.total.newly == 1
    with pytest.raises(TutelaError):
        damaged_list(PUBLIC, as_of="2018", since="2019")


# ---- verified ---------------------------------------------------------------------------------------------------------------


def cited(record: str, mark: str = "open", part: str = "", **item: Any) -> None:
    uuid, citation = new_ids(2)
    document = {"digest": uuid * 2, "size": 1, "media_type": "image/jpeg", "form": "photograph", "handling": {"mark": mark}, **item}
    keep(Row("item", uuid, document, new=True))
    keep(Row("citation", citation, {"item": uuid, "record": record, **({"part": part} if part else {})}, new=True))


def test_verified_rests_on_evidence_the_audience_may_see_and_is_never_added() -> None:
    open_, restricted, bare_ = create(CITY, CITY, CITY)
    for place, mark in ((open_, "open"), (restricted, "restricted")):
        cited(create(found(place))[0], mark)
    create(found(bare_))
    public, manager = damaged_list(PUBLIC, as_of="2024"), damaged_list(MANAGER, as_of="2024")
    assert (public.documented, public.verified) == (3, 1) and (manager.documented, manager.verified) == (3, 2)
    assert [r.public_id for r in public.rows if r.verified] == [dashed(open_)]
    assert line_of(public, "country", "SY").verified == 1
    assert damaged_list(PUBLIC, as_of="2019").verified == 0


def test_evidence_for_something_else_verifies_no_damage() -> None:
    damaged: dict[str, Any] = found("x")
    item: dict[str, Any] = {"state": "held"}
    assert verifies(damaged, [({}, item)]) and verifies(damaged, [({"part": "damages/d1"}, item)])
    assert not verifies(damaged, [({"part": "threats/0"}, item)]) and not for_damage({"part": "note"})
    assert not verifies(damaged, [({}, {"state": "destroyed"})]) and not verifies(damaged, [])
    assert not verifies({**damaged, "status": "submitted"}, [({}, item)]) and not verifies(found("x", "good"), [({}, item)])


# ---- who sees what ----------------------------------------------------------------------------------------------------------


def test_the_public_counts_what_the_public_sees() -> None:
    seen, hidden = create(CITY, {**CITY, "handling": {"mark": "confidential"}, "country": "IQ"})
    create(found(seen), found(hidden))
    public = damaged_list(PUBLIC, as_of="2024")
    assert public.documented == 1 and "IQ" not in [c.code for b in public.blocks for c in b.counts]
    assert damaged_list(MANAGER, as_of="2024").documented == 2
    assert damaged_list(MANAGER, as_of="2024", audience="public").documented == 1


def test_a_place_hidden_since_stays_hidden_in_lists_of_before() -> None:
    (place,) = create(CITY)
    create(found(place))
    then = head()
    set_handling(OPERATOR, dashed(place), "confidential", None, "looting")
    assert damaged_list(PUBLIC, as_of="2024", known_at=then).documented == 0
    assert damaged_list(MANAGER, as_of="2024", known_at=then).documented == 1


# ---- two times --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["xlsx", "csv", "pdf", "json"])
def test_nothing_recorded_later_changes_a_byte(tmp_path: Path, kind: str) -> None:
    hurt, whole, gone = create(CITY, {**CITY, "names": [{"text": "Site B"}]}, {**CITY, "names": [{"text": "Site C"}]})
    poor, _, _ = create(found(hurt), found(whole, "good"), found(gone))
    cited(poor)

    def write(name: str, **known: Any) -> bytes:
        out = tmp_path / f"{name}.{kind}"
        write_damaged(MANAGER, out, as_of="2022-01-01", since="2019-01-01", **known)
        return b"".join(sorted(p.read_bytes() for p in tmp_path.glob(f"{name}.*")))

    before = write("before")
    then = head()
    create(found(whole, "destroyed", "2020-03-03"))  # back-dated
    create({**CITY, "areas": [{"kind": "province", "name": "Province Z"}]})
    keep(Row("assessment", poor, found(hurt, "good")))
    keep(Row("place", hurt, {**CITY, "country": "IQ", "names": [{"text": "Renamed"}]}))
    delete_place(OPERATOR, dashed(gone), "twice")
    assert write("now") != before
    assert write("again", known_at=then) == before
    with transaction.atomic():
        forget_everything_derived()
    assert write("anew", known_at=str(then)) == before
    assert b"Renamed" not in before


def test_known_at_takes_a_day_a_time_or_a_line_and_refuses_anything_else() -> None:
    (place,) = create(CITY)
    create(found(place))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE store_change SET at = %s", [connection.ops.adapt_datetimefield_value(_at(2026, 1, 5))])
    then = head()
    create(found(place, "destroyed", "2021"))
    assert moment(connection, "2026-01-05").line == moment(connection, "2026-01-05T12:00:00Z").line == moment(connection, then).line == then
    assert moment(connection).line == head() and moment(connection).is_now
    for text, code in (("yesterday", "known-at"), ("2020-01-01", "known-at-before")):
        with pytest.raises(TutelaError) as caught:
            damaged_list(PUBLIC, known_at=text)
        assert caught.value.code == code


def _at(*numbers: int) -> Any:
    from datetime import UTC, datetime

    return datetime(*numbers, 10, 0, tzinfo=UTC)


# ---- against documents ------------------------------------------------------------------------------------------------------

days = st.one_of(st.none(), st.sampled_from(["2015", "2016-03", "2018-06-01", "2018-06-01/2018-09-30", "2019-12-31", "2021-01-01"]))
assessments = st.fixed_dictionaries(
    {"status": st.sampled_from(["published", "reviewed", "submitted"]),
     "outcome": st.sampled_from(["finding", "no-damage", "not-visible"])},
    optional={
        "condition": st.sampled_from(["good", "fair", "poor", "destroyed"]).map(lambda code: {"code": code}),
        "extent": st.sampled_from(["none-visible", "11-30"]).map(lambda code: {"code": code}),
        "degree": st.sampled_from(["none", "severe", "possible"]).map(lambda code: {"code": code}),
        "damages": st.just([{"key": "d1", "cause": {"code": "water-wind"}, "event": {"on": "2018"}}]),
        "observed": days, "recorded": days})
registers = st.lists(st.tuples(st.sampled_from(["SY", "IQ", None]), st.sampled_from(["mosque", "church"]),
                               st.sampled_from(["open", "restricted", "confidential"]), st.lists(assessments, max_size=4)), max_size=5)
steps = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["delete", "change", "add"]), assessments), max_size=4)


def _clean(given: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in given.items() if v is not None}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(registers, steps, st.sampled_from([date(2014, 1, 1), date(2018, 6, 1), date(2019, 12, 31), date(2030, 1, 1)]), st.booleans())
def test_the_counts_are_those_of_the_documents(register: Any, later: Any, as_of: date, evil: bool) -> None:
    with _rolled_back():
        places, written = _write(register)
        then = head()
        if evil:
            _meddle(places, written, later)
        for reader, level in ((PUBLIC, 0), (MANAGER, 3)):
            listed = damaged_list(reader, as_of=as_of, known_at=then or None, since=date(2010, 1, 1))
            expected = _brute(register, places, level, as_of)
            assert {r.public_id: r.newly for r in listed.rows} == expected
            whole, blocks = counted(reader, as_of=as_of, known_at=then or None)
            assert (whole.documented, whole.places) == (len(expected), listed.total.places)  # type: ignore[union-attr]
            shown = {(b.name, c.code): c.documented for b in listed.blocks for c in b.counts}
            alone = {(b.name, c.code): c.documented for b in blocks for c in b.counts}
            assert {key: n for key, n in shown.items() if key[0] != "level"} == alone
            assert all(len(c.rows) == c.documented for b in listed.blocks for c in b.counts)
            for code in ("SY", "IQ"):
                wanted = {dashed(p) for p, one in zip(places, register, strict=True) if one[0] == code and dashed(p) in expected}
                assert shown.get(("country", code), 0) == len(wanted)
                assert set(opened(reader, "country", code, "documented", as_of=as_of, known_at=then or None)) == wanted


class _rolled_back:  # noqa: N801
    def __enter__(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()

    def __exit__(self, *failed: Any) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)
        Profiles.forget()
        search.forget_counts()


def _write(register: Any) -> tuple[list[str], list[str]]:
    if not register:
        return [], []
    places = create(*({**({"country": c} if c else {}), "types": [{"code": t}], "handling": {"mark": m}, "names": [{"text": f"N{n}"}]}
                      for n, (c, t, m, _) in enumerate(register)))
    rows = [{**_clean(a), "place": p} for p, (*_, series) in zip(places, register, strict=True) for a in series]
    return places, create(*rows) if rows else []


def _meddle(places: list[str], written: list[str], later: Any) -> None:
    """Records added, changed and deleted after the moment; places, too."""
    for n, what, given_ in later:
        if what == "add" and places:
            create({**_clean(given_), "place": places[n % len(places)]})
        elif written and n % 2:
            place = places[n % len(places)]
            keep(Row("assessment", written[n % len(written)], None if what == "delete" else {**_clean(given_), "place": place}))
        elif places:
            place = places[n % len(places)]
            keep(Row("place", place, {"names": [{"text": "later"}], "country": "IQ", **_mark_of(place)}))


def _mark_of(uuid: str) -> dict[str, Any]:
    from tutela.inventory.queries import held

    return {"handling": held(uuid)[0]["handling"]}


def _brute(register: Any, places: list[str], level: int, as_of: date) -> dict[str, str]:
    """{place: newly} by the rule for one place, from the documents alone."""
    found_ = {}
    day = as_of.year * 10000 + as_of.month * 100 + as_of.day
    today = date.today().isoformat() + "T00:00:00Z"
    for place, (*_, mark, series) in zip(places, register, strict=True):
        versions = [Version(f"{n:02}", today, n, {**_clean(a), "place": bare(place)}) for n, a in enumerate(series)]
        if (mark != "confidential" or level == 3) and state(versions, day).damage == "documented":
            found_[dashed(place)] = newly_damaged(versions, 20100101, day).code
    return found_


# ---- the files --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def listed() -> Iterator[DamagedList]:
    hurt, other = create(CITY, {**CITY, "areas": [{"kind": "province", "name": "Province B"}]})
    (poor, _) = create(found(hurt), found(other, "good"))
    cited(poor)
    yield damaged_list(PUBLIC, as_of="2024-12-31")


def test_in_the_workbook_every_number_leads_to_its_places(listed: DamagedList) -> None:
    from tutela.reports.workbook import damaged_xlsx

    book = damaged_xlsx(listed)
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book))
    opened_ = sheets.get_sheet_by_name("Places per figure").to_python()
    country = [row for row in opened_ if row[0] == "country"]
    name = listed.rows[0].name
    assert [(row[2], row[3], row[5]) for row in country] == [("documented", 2.0, name), ("verified", 2.0, name)]
    summary = {(row[0]): row[1:6] for row in sheets.get_sheet_by_name("Summary").to_python()}
    assert summary["Province B (SY)"] == [0, 0, "", 1, 1] and summary["Province A (SY)"] == [1, 1, "", 1, 1]
    import zipfile

    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert b"Places per figure" in parts.read("xl/worksheets/sheet2.xml")


def test_the_data_hold_the_ids_behind_every_figure_and_what_the_list_is(listed: DamagedList) -> None:
    from tutela.reports.damaged_json import damaged_json

    data = json.loads(damaged_json(listed))
    line = next(row for table in data["tables"] if table["name"] == "area" for row in table["lines"] if row["code"] == "SY province a")
    assert line["documented"] == {"count": 1, "places": [listed.rows[0].public_id]} == line["verified"]
    assert data["revision"] == listed.revision and data["as_of"] == "2024-12-31" and data["audience"] == "public"
    assert "claimed" not in line and any("legal status" in each["text"] for each in data["about"])


def test_a_csv_has_its_summary_beside_it_with_tags_and_zero_lines(tmp_path: Path, listed: DamagedList) -> None:
    told = write_damaged(PUBLIC, tmp_path / "list.csv", as_of="2024-12-31")
    assert [Path(f).name for f in told["files"]] == ["list.csv", "list.summary.csv", "list.about.txt"]
    heads, tags, *rows = csv.reader(io.StringIO((tmp_path / "list.summary.csv").read_text(encoding="utf-8-sig")))
    assert all(tag.startswith("#") for tag in tags) and ["area", "Province B (SY)", "SY province b", "0", "0"] in [row[:5] for row in rows]
    _, tags, row = csv.reader(io.StringIO((tmp_path / "list.csv").read_text(encoding="utf-8-sig")))
    assert row[tags.index("#meta+revision")] == listed.revision and "legal status" in row[tags.index("#meta+terms")]
