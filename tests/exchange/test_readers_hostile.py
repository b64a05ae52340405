"""Whatever is offered: rows or a coded problem, never a traceback; and no archive gets out of hand."""

from __future__ import annotations

import gzip
import io
import re
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutela.errors import CATALOGUE, Unusable
from tutela.exchange import readers
from tutela.exchange.readers import content, open_source

ENDINGS = [
    ".csv",
    ".tsv",
    ".txt",
    ".xlsx",
    ".xlsm",
    ".xls",
    ".ods",
    ".geojson",
    ".json",
    ".ndjson",
    ".gpkg",
    ".shp",
    ".kml",
    ".kmz",
    ".zip",
    ".csv.gz",
    ".gz",
    ".pdf",
    "",
]
STARTS = [
    b"",
    b"\x1f\x8b\x08\x00",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"SQLite format 3\0",
    b"\x00\x00\x27\x0a",
    b"<kml>",
    b"<?xml version='1.0'?><kml><Placemark>",
    b'{"type":"FeatureCollection","features":[',
    b"[",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xff\xfe\0\0",
    b"id,name\n",
    b"id;name\n1;",
    b'a,b\n"',
    b"sep=;\n",
    b"\x1e{",
]


def refusal(path: Path, **options) -> str:
    with pytest.raises(Unusable) as caught:
        list(open_source(path, **options).rows())
    return caught.value.code


def offered(data: bytes, ending: str, **options) -> None:
    """Read a file wholly; anything but rows or a coded refusal fails the test."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / f"a{ending}"
        path.write_bytes(data)
        try:
            source = open_source(path, **options)
            for number, values, geometry in source.rows():
                assert number >= 1 and len(values) == len(source.columns) and isinstance(geometry, (dict, type(None)))
        except Unusable as error:
            assert error.code in CATALOGUE
            return
        assert all(w.code in CATALOGUE for w in source.warnings)
        assert all(r.problem.code in CATALOGUE and r.number >= 1 for r in source.refused)


@given(st.sampled_from(STARTS), st.binary(max_size=400), st.sampled_from(ENDINGS))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_bytes_under_every_ending(start, rest, ending):
    offered(start + rest, ending)


@given(st.text(max_size=200), st.sampled_from(["utf-8", "utf-16", "cp1251", "latin-1"]), st.sampled_from(ENDINGS))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_text_under_every_ending(text, encoding, ending):
    offered(text.encode(encoding, "replace"), ending)


@given(
    st.text(st.sampled_from('ab1,;|\t"\n .é'), max_size=120),
    st.sampled_from([None, "utf-8", "cp1251", "utf-16", "idna", "x"]),
    st.sampled_from([None, ",", ";", "tab", '"', "", "ab"]),
    st.sampled_from([None, 1, 3]),
)
@settings(max_examples=200, deadline=None)
def test_tables_with_every_option(text, encoding, separator, header_row):
    offered(text.encode(), ".csv", encoding=encoding, separator=separator, header_row=header_row)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "geometry", "coordinates", "properties", "features", "crs", "geometries", "id"]),
            inner,
        )
    ),
    max_leaves=12,
)


@given(
    json_values,
    json_values,
    st.sampled_from(["Point", "Polygon", "MultiPolygon", "LineString", "GeometryCollection", "Circle"]),
)
@settings(max_examples=200, deadline=None)
def test_malformed_features_and_geometries(geometry, coordinates, kind):
    import json

    features = [
        {"type": "Feature", "geometry": geometry, "properties": geometry},
        {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates, "geometries": coordinates}},
    ]
    offered(json.dumps({"type": "FeatureCollection", "features": features}).encode(), ".geojson")


def workbook_bytes() -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("S")
    for i, row in enumerate([["id", "name"], [1, "a"], [2, "b"]]):
        sheet.write_row(i, 0, row)
    book.close()
    return out.getvalue()


WORKBOOK = workbook_bytes()


@given(
    st.sampled_from(
        [
            "xl/worksheets/sheet1.xml",
            "xl/workbook.xml",
            "xl/sharedStrings.xml",
            "xl/_rels/workbook.xml.rels",
            "xl/styles.xml",
        ]
    ),
    st.integers(0, 3000),
    st.binary(max_size=40),
    st.integers(0, 60),
)
@settings(max_examples=80, deadline=None)
def test_workbooks_with_damaged_parts(part, where, inserted, removed):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            at = where % (len(data) + 1)
            new.writestr(name, data[:at] + inserted + data[at + removed :] if name == part else data)
    offered(out.getvalue(), ".xlsx")


# -- archives ------------------------------------------------------------


def archive(path: Path, entries: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", kind) as out:
        for name, data in entries.items():
            out.writestr(name, data)
    return path


def test_one_table_in_an_archive_is_read_without_unpacking_it_to_disk(tmp_path):
    path = archive(
        tmp_path / "a.zip",
        {"lists/sites.csv": b"id,name\n1,a\n", "lists/": b"", "__MACOSX/x.csv": b"", "lists/scan.pdf": b"%PDF"},
    )
    source = open_source(path)
    assert len(list(source.rows())) == 1 and source.stated["entry"] == "lists/sites.csv" and source.warnings == []
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


def test_of_several_files_in_an_archive_the_one_read_is_named_and_another_can_be_chosen(tmp_path):
    path = archive(tmp_path / "a.zip", {"a.csv": b"id,name\n1,a\n", "b.csv": b"no,title\n1,a\n"})
    source = open_source(path)
    assert source.columns == ("id", "name") and [w.code for w in source.warnings] == ["zip-several"]
    assert open_source(path, layer="b").columns == ("no", "title")


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "C:/evil.csv", "..\\evil.csv"])
def test_entries_that_point_outside_are_refused(tmp_path, name):
    path = archive(tmp_path / "a.zip", {"good.csv": b"id,name\n1,a\n", name: b"id,name\n1,a\n"})
    assert refusal(path) == "zip-unsafe-path"


def test_links_in_an_archive_are_refused(tmp_path):
    entry = zipfile.ZipInfo("sites.csv")
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr(entry, "/etc/passwd")
    assert refusal(tmp_path / "a.zip") == "zip-unsafe-path"


def test_bombs_are_refused_by_what_they_declare_and_by_what_comes_out(tmp_path, monkeypatch):
    monkeypatch.setattr(content, "FREE", 1_000_000)
    zeros = b"id,name\n" + b"1,a\n" * 2_000_000
    assert refusal(archive(tmp_path / "a.zip", {"a.csv": zeros})) == "zip-bomb"
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(zeros))
    assert refusal(tmp_path / "a.csv.gz") == "zip-bomb"
    lying = bytearray((tmp_path / "a.zip").read_bytes())
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (1000).to_bytes(4, "little")  # the directory now says: 1,000 bytes
    (tmp_path / "a.zip").write_bytes(lying)
    assert refusal(tmp_path / "a.zip") == "file-broken"


def test_too_many_entries_and_entries_that_share_bytes_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(content, "MAX_ENTRIES", 10)
    assert refusal(archive(tmp_path / "a.zip", {f"{i}.csv": b"a,b\n1,2\n" for i in range(11)})) == "zip-bomb"


def test_archives_without_data_nested_or_locked(tmp_path):
    assert refusal(archive(tmp_path / "a.zip", {"x.pdf": b"%PDF", "y.png": b"x"})) == "zip-no-data"
    assert refusal(archive(tmp_path / "b.zip", {})) == "zip-no-data"
    inner = archive(tmp_path / "c.zip", {"a.csv": b"a,b\n1,2\n"}).read_bytes()
    assert refusal(archive(tmp_path / "d.zip", {"a.csv": inner})) == "format-unknown"
    data = bytearray(archive(tmp_path / "e.zip", {"a.csv": b"a,b\n1,2\n"}).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    (tmp_path / "e.zip").write_bytes(data)
    assert refusal(tmp_path / "e.zip") == "file-protected"


def test_a_cut_off_gzip_file_is_coded(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"id,name\n" + bytes(range(48, 58)) * 5000)[:-20])
    assert refusal(tmp_path / "a.csv.gz") == "file-broken"


# -- kinds ------------------------------------------------------------


def test_content_decides_and_a_wrong_ending_is_mentioned(tmp_path):
    (tmp_path / "a.xls").write_bytes(b"id;name\n1;a\n")
    source = open_source(tmp_path / "a.xls")
    assert source.format == "csv" and [w.code for w in source.warnings] == ["format-differs"]
    (tmp_path / "b.csv").write_bytes(WORKBOOK)
    source = open_source(tmp_path / "b.csv")
    assert source.format == "xlsx" and [w.code for w in source.warnings] == ["format-differs"]


@pytest.mark.parametrize(
    ("data", "ending"),
    [(b"%PDF-1.7", ".csv"), (b"\x89PNG\r\n", ".xlsx"), (bytes(range(256)) * 20, ".csv"), (b"Rar!\x1a", ".zip")],
)
def test_other_kinds_are_refused_by_name(tmp_path, data, ending):
    (tmp_path / f"a{ending}").write_bytes(data)
    assert refusal(tmp_path / f"a{ending}") == "format-unknown"


def test_folders_and_missing_files(tmp_path):
    assert refusal(tmp_path) == "file-unreadable" and refusal(tmp_path / "x.csv") == "file-missing"


def test_every_code_used_is_declared_and_every_code_declared_is_used():
    folder = Path(readers.__file__).parent
    used = set()
    for module in folder.glob("*.py"):
        if module.name != "problems.py":
            used |= set(
                re.findall(
                    r"""(?:unusable|refuse|warn|problem|Unfit|Broken)\("([a-z0-9-]+)\"""", module.read_text("utf-8")
                )
            )
    declared = set(
        re.findall(r"""^    "([a-z0-9-]+)": \(""", (folder / "problems.py").read_text("utf-8"), re.MULTILINE)
    )
    assert used == declared
    assert all(sentence.endswith((".", ")")) for code in declared for sentence in CATALOGUE[code])
