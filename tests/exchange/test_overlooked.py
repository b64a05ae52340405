"""Columns that nothing reads though they look like a date, a position or a name are told plainly, each with an example."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tutela.exchange.actions import run_import
from tutela.exchange.mapping.overlooked import looks_like
from tutela.exchange.mapping.profile import Column
from tutela.exchange.mapping.suggest import suggest_mapping
from tutela.exchange.queries import imports, report
from tutela.people.rules import OPERATOR

LIST = (
    "id,name,latitude,longitude,type,Checked by us,Inks\nA1,Old Bridge,41.5,44.8,bridge,2019-05-03,dry\n"
    "A2,Upper Church,41.6,44.9,church,2019-06-13,wet\n"
)


def column(name: str, *values: str) -> Column:
    made = Column(name)
    for value in values:
        made.add(value)
    return made


@pytest.mark.parametrize(("given", "looks"), [
    (column("Checked by us", "2019-05-03", "13.6.2019"), "a date"),
    (column("تاريخ الزيارة", "٢٠١٩/٥/٣", "2020/1/1"), "a date"),
    (column("Year", "1987", "2004"), "a date"),
    (column("Pos 2", "44.81234", "44.92345"), "a position"),
    (column("GPS", "41°30'N 44°48'E", "41°36'N 44°54'E"), "a position"),
    (column("Local name", "Körpü", "Qala"), "a name"),
    (column("Rooms", "1987", "2004"), ""),
    (column("Remark", "dry", "wet"), ""),
    (column("Date"), ""),
], ids=lambda v: v.name if isinstance(v, Column) else v)
def test_what_a_column_looks_like(given: Column, looks: str) -> None:
    assert looks_like(given) == looks


@pytest.mark.django_db(databases="__all__")
class TestReport:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / "list.csv"
        path.write_text(LIST, encoding="utf-8")
        return path

    @pytest.mark.parametrize("dry", [True, False])
    def test_a_date_that_is_not_read_is_told_with_what_to_do_and_stays_in_the_report(self, file: Path, dry: bool) -> None:
        told = run_import(OPERATOR, [file], dry_run=dry)
        found = [w for w in told.warnings if w.code == "column-unread"]
        assert [(w.column, w.value, w.file) for w in found] == [("Checked by us", "2019-05-03", "list.csv")]
        said = "\n".join(told.lines())
        assert "“Checked by us” looks like a date" in said and "ignore:" in said and "Not read either: Inks" in said
        kept: Any = report(OPERATOR, imports(OPERATOR)[0]["import"])
        assert kept["warned"] == {"column-unread": 1}

    def test_left_out_on_purpose_is_not_told_again(self, file: Path) -> None:
        text = ("mapping: m\ntitle: M\nsource: {key: m}\nkey: {column: id, scheme: m}\nplace:\n  names: [{text: name}]\n"
                "  geometries: [{latitude: latitude, longitude: longitude}]\nignore: [Checked by us]\n")
        assert run_import(OPERATOR, [file], mapping_text=text, dry_run=True).warned == {}

    def test_a_suggestion_asks_about_it(self, tmp_path: Path) -> None:
        path = tmp_path / "odd.csv"
        path.write_text("Nr;Bezeichnung;Zuletzt da\n7;Alte Mühle;3.5.2019\n8;Tor;14.6.2019\n", encoding="utf-8")
        text = suggest_mapping([path])
        assert "Zuletzt da" in text and ("observed:" in text or "? looks like a date" in text)
