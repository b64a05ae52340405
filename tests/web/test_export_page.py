"""The export page: for whom, in which format; nothing finer than the audience sees, and no file left behind."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest
from django.test import Client
from web.rooms import HASHERS, signed_in

from tutela.inventory.actions import record_place, set_handling
from tutela.people.rules import OPERATOR

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(autouse=True)
def quick(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.PASSWORD_HASHERS = HASHERS
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def point(name: str, x: float, y: float) -> str:
    geometry = {"geojson": {"type": "Point", "coordinates": [x, y]}, "role": "centre"}
    return str(record_place(OPERATOR, {"names": [{"text": name, "lang": "en"}], "types": [{"code": "church"}], "geometries": [geometry]}))


@pytest.fixture
def places() -> None:
    point("Open Church", 44.123456, 41.123456)
    set_handling(OPERATOR, point("Guarded Church", 44.234567, 41.234567), "restricted", "0.1", "looting")
    set_handling(OPERATOR, point("Secret Church", 44.345678, 41.345678), "confidential", None, "looting")


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def names(answer: Any) -> list[str]:
    return sorted(f["properties"]["name"] for f in json.loads(body(answer))["features"])


@pytest.mark.usefixtures("places")
class TestPage:
    def test_it_says_how_many_places_each_audience_gets(self) -> None:
        page = Client().get("/places/export/")
        assert [(a["name"], a["count"]) for a in page.context["audiences"]] == [("public", 2)]
        page = signed_in("manager").get("/places/export/?q=type:church")
        assert [(a["name"], a["count"]) for a in page.context["audiences"]] == [
            ("public", 2),
            ("contributor", 2),
            ("reviewer", 3),
            ("manager", 3),
        ]
        assert "do not imply any opinion" in page.content.decode() and 'value="type:church"' in page.content.decode()

    def test_a_fault_in_the_question_is_told(self) -> None:
        page = Client().get("/places/export/?q=bbox:1,2")
        assert page.status_code == 400 and page.context["problem"].code in page.content.decode()

    @pytest.mark.parametrize("format", ["gpkg", "geojson", "xlsx", "kml"])
    def test_the_file_is_sent_and_nothing_is_left(self, format: str) -> None:
        answer = Client().get(f"/places/export/?format={format}")
        assert answer.status_code == 200 and answer.headers["Content-Disposition"].endswith(f'.{format}"') and len(body(answer)) > 500
        assert not list(Path(gettempdir()).glob("tutela-export-*"))

    def test_a_csv_comes_with_its_description(self) -> None:
        archive = zipfile.ZipFile(io.BytesIO(body(Client().get("/places/export/?format=csv"))))
        table, about = sorted(archive.namelist())
        assert table.endswith(".csv") and "do not imply any opinion" in json.loads(archive.read(about))["disclaimer"]
        assert archive.read(table).decode("utf-8-sig").count("Church") >= 2

    def test_the_audience_decides_what_is_in_it(self) -> None:
        manager = signed_in("manager")
        assert names(manager.get("/places/export/?format=geojson&audience=manager")) == ["Guarded Church", "Open Church", "Secret Church"]
        text = body(manager.get("/places/export/?format=geojson&audience=public")).decode()
        assert "Guarded Church" in text and "44.234567" not in text and "Secret" not in text

    @pytest.mark.parametrize(("role", "audience"), [("public", "contributor"), ("contributor", "reviewer"), ("reviewer", "manager")])
    def test_nobody_exports_for_an_audience_above_their_own(self, role: str, audience: str) -> None:
        client = Client() if role == "public" else signed_in(role)
        page = client.get(f"/places/export/?format=geojson&audience={audience}")
        assert page.status_code == 400 and "export-above" in page.content.decode() and "Secret" not in page.content.decode()
        assert not list(Path(gettempdir()).glob("tutela-export-*"))

    def test_a_format_there_is_not_is_told(self) -> None:
        assert "export-format" in Client().get("/places/export/?format=doc").content.decode()
        assert "export-format" in Client().get("/places/export/?format=../x").content.decode()

    def test_the_filter_holds(self) -> None:
        assert names(Client().get("/places/export/?format=geojson&q=open")) == ["Open Church"]
