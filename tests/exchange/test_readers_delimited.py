"""Text tables: what is detected is stated, what is odd is warned about, what is broken costs only its own row."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.errors import Unusable
from tutela.exchange.readers import encodings, mojibake, open_source, text
from tutela.exchange.readers.records import Broken, records


def write(folder: Path, content: str | bytes, name: str = "list.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def codes(source) -> list[str]:
    return [w.code for w in source.warnings]


def refusal(path: Path, **options) -> str:
    with pytest.raises(Unusable) as caught:
        list(open_source(path, **options).rows())
    return caught.value.code


PLAIN = "id,name,lat,lon\n1,Old bridge,43.33,17.81\n2,Mill,43.35,17.80\n"


def test_a_plain_table_gives_rows_numbered_as_in_a_spreadsheet(tmp_path):
    source = open_source(write(tmp_path, PLAIN))
    assert (source.format, source.columns, source.geometry) == ("csv", ("id", "name", "lat", "lon"), False)
    assert list(source.rows()) == [
        (2, ["1", "Old bridge", "43.33", "17.81"], None),
        (3, ["2", "Mill", "43.35", "17.80"], None),
    ]
    assert source.warnings == [] and source.refused == []


def test_what_was_detected_is_stated(tmp_path):
    path = write(tmp_path, PLAIN)
    stated = open_source(path).stated
    assert stated["encoding"] == "utf-8" and stated["encoding_confidence"] == 1.0
    assert (stated["separator"], stated["decimal"], stated["header_row"]) == (",", ".", 1)
    assert stated["bytes"] == path.stat().st_size
    assert stated["digest"].startswith("sha256:") and len(stated["digest"]) == 71


def test_rows_can_be_read_twice_with_the_same_result(tmp_path):
    source = open_source(write(tmp_path, PLAIN + "3,too,few\n"))
    first = (list(source.rows()), list(source.refused), list(source.warnings))
    assert (list(source.rows()), source.refused, source.warnings) == first
    assert len(source.refused) == 1


LISTS = {
    "ru": "название;район\nМечеть Гёвхар-аги;Шушинский район\nЦерковь Святого Иоанна;город\nкрепость;Аскеранский\n",
    "uk": "назва;район\nЦерква Покрови Пресвятої Богородиці;Київ\nЄвпаторійська мечеть;місто Євпаторія\n",
    "tr": "ad;il\nIğdır köprüsü;Iğdır\nDiyarbakır Ulu Camii;Diyarbakır\nçeşme;Şanlıurfa\n",
    "fr": "nom;commune\nÉglise Saint-Étienne;Évreux\nchâteau de la forêt;Chênée\nchapelle détruite;Besançon\n",
    "ar": "الاسم;المدينة\nقلعة حلب;حلب\nالجامع الأموي الكبير;دمشق\nباب النصر;القاهرة\n",
    "pl": "nazwa;miasto\nKościół św. Łucji;Łódź\nzamek królewski;Dębno Małe\nźródło;Gdańsk\n",
    "el": "όνομα;πόλη\nΝαός Αγίου Γεωργίου;Θεσσαλονίκη\nΜονή Βλατάδων;Αθήνα\n",
    "he": "שם;עיר\nבית הכנסת העתיק;צפת\nמבצר;עכו\n",
    "cs": "název;obec\nkostel svatého Jiří;Příbram\nhřbitov;Žďár nad Sázavou\n",
    "hu": "név;város\nőrtorony;Győr\nSzent István templom;Székesfehérvár\n",
    "fa": "نام;شهر\nکاروانسرای سنگ بست;فريمان\nآتشکده;کرمان\n",
}


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        ("ru", "cp1251"),
        ("ru", "koi8-r"),
        ("ru", "cp866"),
        ("ru", "iso8859-5"),
        ("ru", "mac-cyrillic"),
        ("uk", "cp1251"),
        ("tr", "cp1254"),
        ("fr", "cp1252"),
        ("fr", "mac-roman"),
        ("fr", "cp850"),
        ("ar", "cp1256"),
        ("ar", "iso8859-6"),
        ("pl", "cp1250"),
        ("pl", "iso8859-2"),
        ("pl", "cp852"),
        ("el", "cp1253"),
        ("he", "cp1255"),
        ("cs", "cp1250"),
        ("hu", "cp1250"),
        ("fa", "cp1256"),
        ("ru", "utf-8"),
        ("ru", "utf-8-sig"),
        ("ar", "utf-16"),
        ("ru", "utf-16-le"),
        ("fr", "utf-16-be"),
        ("pl", "utf-32"),
    ],
)
def test_the_encoding_is_found_without_a_hint(tmp_path, language, encoding):
    plain = LISTS[language].encode(encoding, "ignore").decode(encoding)
    source = open_source(write(tmp_path, plain, encoding=encoding))
    header, *rows = csv.reader(io.StringIO(plain.removeprefix("\ufeff")), delimiter=";")
    assert list(source.columns) == header
    assert [values for _, values, _ in source.rows()] == rows
    assert 0 < source.stated["encoding_confidence"] <= 1


def test_a_doubtful_encoding_is_called_doubtful_and_names_the_others(tmp_path):
    source = open_source(write(tmp_path, "name;n\nÉ;1\n", encoding="cp1252"))
    assert "encoding-uncertain" in codes(source)
    assert source.stated["encoding_confidence"] < encodings.CERTAIN


def test_the_given_encoding_wins_and_an_unknown_one_is_refused(tmp_path):
    path = write(tmp_path, LISTS["ru"], encoding="cp1251")
    assert open_source(path, encoding="windows-1251").columns == ("название", "район")
    assert refusal(path, encoding="klingon-8") == "encoding-unknown"
    assert refusal(path, encoding="base64") == "encoding-unknown"


def test_a_wrong_encoding_given_stops_the_reading_and_the_likely_one_is_named(tmp_path, monkeypatch):
    path = write(tmp_path, "id,name\n" + "".join(f"{i},крепость\n" for i in range(40)), encoding="cp1251")
    for memory in (text.MEMORY, 100):
        monkeypatch.setattr(text, "MEMORY", memory)
        with pytest.raises(Unusable) as caught:
            open_source(path, encoding="utf-8")
        assert caught.value.code == "encoding-wrong"
        assert "utf-8," in caught.value.problem.message and "cp1251" in caught.value.problem.message
    assert refusal(write(tmp_path, "id,né\n1,a\n2,b\n", encoding="cp1252"), encoding="utf-8") == "encoding-wrong"


def test_an_encoding_given_rightly_refuses_only_rows_with_broken_bytes(tmp_path):
    path = write(tmp_path, b"id,name\n1,Palmyra \xe9\n2,plain\n")
    source = open_source(path, encoding="utf-8")
    assert [v[0] for _, v, _ in source.rows()] == ["2"]
    assert [r.problem.code for r in source.refused] == ["text-undecodable"]


def test_broken_bytes_in_utf8_refuse_only_their_row(tmp_path):
    good = "".join(f"{i},Şuşa qalası\n" for i in range(20)).encode()
    source = open_source(write(tmp_path, b"id,name\n" + good + b"99,caf\xe9\n" + b"100,plain\n"))
    rows = list(source.rows())
    assert len(rows) == 21 and rows[-1][1] == ["100", "plain"]
    assert [(r.number, r.problem.code, r.problem.column) for r in source.refused] == [(22, "text-undecodable", "name")]


@pytest.mark.parametrize(
    ("damaged", "was"),
    [
        ("cafÃ©", "café"),
        ("Ð¡Ð¾Ð±Ð¾Ñ€", "Собор"),
        ("РџСЂРёРІРµС‚", "Привет"),
        ("Ø§Ù„Ø¬Ø§Ù…Ø¹", "الجامع"),
        ("WÄ…wolnica", "Wąwolnica"),
        ("36Â°", "36°"),
        ("Sundfj√¶ra", "Sundfjæra"),
        ("Г‰glise", "Église"),
        ("site â€“ north", "site – north"),
    ],
)
def test_mojibake_is_recognised_and_a_repair_offered(damaged, was):
    assert mojibake.repaired(damaged) == was
    assert mojibake.may_hold(damaged)


@pytest.mark.parametrize(
    "genuine",
    [
        *LISTS.values(),
        "Сірко",
        "Рівне",
        "Ñuñoa",
        "São Tomé",
        "Ångström",
        "İçərişəhər",
        "Վանք",
        "მონასტერი",
        "ܐܘܿܪܗܵܝ",
        "حَلَب",
        "Â",
        "№ 5 «Дом»",
        "КРЕПОСТЬ",
    ],
)
def test_genuine_text_is_never_called_mojibake(genuine):
    assert mojibake.repaired(genuine) is None


def test_mojibake_is_warned_about_per_cell_and_left_as_it_is(tmp_path):
    source = open_source(write(tmp_path, "id,name\n1,cafÃ©\n2,café\n"))
    assert [values for _, values, _ in source.rows()] == [["1", "cafÃ©"], ["2", "café"]]
    [warning] = [w for w in source.warnings if w.code == "mojibake"]
    assert (warning.row, warning.column, warning.value) == (2, "name", "cafÃ©") and "café" in warning.message


def test_many_warnings_of_a_kind_are_counted_and_not_all_listed(tmp_path):
    source = open_source(write(tmp_path, "id,name\n" + "".join(f"{i},cafÃ©\n" for i in range(500))))
    assert len(list(source.rows())) == 500
    assert source.stated["counts"]["mojibake"] == 500
    assert codes(source).count("mojibake") == 200


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_separator_is_found_though_other_signs_stand_in_the_cells(tmp_path, sign):
    lines = [["id", "name", "where"], ["1", "a, b; c|d", "x"], ["2", "e; f, g", "y|z"]]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=sign).writerows(lines)
    source = open_source(write(tmp_path, buffer.getvalue()))
    assert source.stated["separator"] == sign
    assert [values for _, values, _ in source.rows()] == lines[1:]
    assert source.format == ("tsv" if sign == "\t" else "csv")


def test_decimal_commas_are_no_separators(tmp_path):
    source = open_source(write(tmp_path, "id;lat;lon\n1;40,37;49,83\n2;40,41;49,87\n3;39,9;46,7\n"))
    assert source.stated["separator"] == ";" and source.stated["decimal"] == ","
    assert next(source.rows())[1] == ["1", "40,37", "49,83"]


def test_the_separator_can_be_given_or_declared_in_the_file(tmp_path):
    assert open_source(write(tmp_path, "a|b,c\n1|2,3\n"), separator="|").columns == ("a", "b,c")
    assert open_source(write(tmp_path, "sep=;\na;b,c\n1;2,3\n")).columns == ("a", "b,c")
    assert refusal(write(tmp_path, PLAIN), separator="::") == "separator-unknown"


def test_one_column_needs_no_separator(tmp_path):
    source = open_source(write(tmp_path, "name\nOld bridge\nMill\n"))
    assert source.columns == ("name",) and source.stated["separator"] is None
    assert [v for _, v, _ in source.rows()] == [["Old bridge"], ["Mill"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_and_quoted_newlines(tmp_path, end):
    rows = f'id,note,n{end}1,"two{end}lines, ""quoted""",5{end}2,one,6{end}'
    source = open_source(write(tmp_path, rows))
    assert list(source.rows()) == [(2, ["1", 'two\nlines, "quoted"', "5"], None), (3, ["2", "one", "6"], None)]


def test_ragged_rows_are_refused_where_they_stand_and_keep_their_cells(tmp_path):
    source = open_source(write(tmp_path, "id,name,n\n1,a,5\n2,b\n3,c,6,7\n4,d,8\n5,e,9,\n"))
    assert [number for number, _, _ in source.rows()] == [2, 5, 6]
    assert [(r.number, r.problem.code, r.values) for r in source.refused] == [
        (3, "row-ragged", ["2", "b"]),
        (4, "row-ragged", ["3", "c", "6", "7"]),
    ]
    assert "2 cells where the header has 3" in source.refused[0].problem.message


def test_an_unclosed_quotation_mark_costs_one_row_not_the_rest_of_the_file(tmp_path):
    source = open_source(write(tmp_path, 'id,name,n\n1,"never closed,5\n2,b,6\n3,c,7\n'))
    assert [v[0] for _, v, _ in source.rows()] == ["2", "3"]
    assert [(r.number, r.problem.code) for r in source.refused] == [(2, "quote-unclosed")]


def test_two_unclosed_marks_do_not_swallow_the_rows_between_them(tmp_path):
    source = open_source(write(tmp_path, 'id,name,n\n1,"abc,5\n2,def,6\n3,"ghi,7\n4,j,8\n'))
    assert [v[0] for _, v, _ in source.rows()] == ["2", "4"]
    assert [r.number for r in source.refused] == [2, 4]


def test_a_stray_inch_mark_is_text(tmp_path):
    source = open_source(write(tmp_path, 'id,name,n\n1,5" pipe,7\n2,b,8\n'))
    assert [v for _, v, _ in source.rows()] == [["1", '5" pipe', "7"], ["2", "b", "8"]]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_of_ten_million_characters_is_refused_and_the_next_row_read(tmp_path, quote):
    source = open_source(write(tmp_path, f"id,note\n1,{quote}{'x' * 10_000_000}{quote}\n2,fine\n"))
    assert [v for _, v, _ in source.rows()] == [["2", "fine"]]
    [refused] = source.refused
    assert (refused.number, refused.problem.code) == (2, "cell-too-large")
    assert sum(map(len, refused.values)) < 10_000


def test_a_large_quoted_cell_over_many_lines_is_one_refused_row(tmp_path):
    source = open_source(write(tmp_path, 'id,note\n1,"' + "line\n" * 1_200_000 + '"\n2,fine\n'))
    assert [v for _, v, _ in source.rows()] == [["2", "fine"]]
    assert [r.problem.code for r in source.refused] == ["cell-too-large"]


def test_large_files_are_streamed_with_the_same_result(tmp_path, monkeypatch):
    content = "id;name\n" + "".join(f"{i};крепость {i}\n" for i in range(3000)) + "x\n"
    for encoding in ("utf-8", "cp1251", "utf-16"):
        path = write(tmp_path, content, encoding=encoding)
        small = open_source(path)
        expected = list(small.rows())
        monkeypatch.setattr(text, "MEMORY", 1000)
        large = open_source(path)
        assert (list(large.rows()), large.columns) == (expected, small.columns)
        assert large.stated["encoding"] == small.stated["encoding"]
        assert [r.number for r in large.refused] == [r.number for r in small.refused]
        monkeypatch.undo()


def test_a_streamed_ten_million_character_line_does_not_stop_the_rest(tmp_path, monkeypatch):
    monkeypatch.setattr(text, "MEMORY", 1000)
    source = open_source(write(tmp_path, 'id,note\n1,"' + "x" * 10_000_000 + '"\n2,fine\n'))
    assert [v for _, v, _ in source.rows()] == [["2", "fine"]]
    assert [r.problem.code for r in source.refused] == ["cell-too-large"]


FIVE = "name,type,lat,lon,note,source\n" + "".join(f"Tell {i},tell,35.{i},40.{i},,s\n" for i in range(5))


@pytest.mark.parametrize(
    "total", ["Total,,5,,,", "Всього: 5,,,,,", "РАЗОМ,5,,,,", "الإجمالي,,,٥,,", "Cəmi:,5 yer,,,,", "Insgesamt,5"]
)
def test_totals_below_the_data_are_skipped_and_stated(tmp_path, total):
    source = open_source(write(tmp_path, FIVE + total + "\n"))
    assert len(list(source.rows())) == 5 and source.refused == [] and source.sections == []
    assert [(w.code, w.row) for w in source.warnings] == [("total-row-skipped", 7)]


def test_a_signature_below_the_total_is_skipped_with_it(tmp_path):
    source = open_source(write(tmp_path, FIVE + "Total,,5,,,\n,,,,,\nDrawn up by the registrar,,,,,2024-02-01\n"))
    assert len(list(source.rows())) == 5
    assert [(w.code, w.row) for w in source.warnings] == [("total-row-skipped", 7), ("footer-skipped", 9)]


@pytest.mark.parametrize("last", ["Sum,village,,,,", "Total,fort,35.1,40.1,,", "Total ruin,,5,,,"])
def test_a_record_that_only_resembles_a_total_is_kept(tmp_path, last):
    source = open_source(write(tmp_path, FIVE + last + "\n"))
    assert len(list(source.rows())) == 6 and source.warnings == []


def test_a_total_with_records_below_it_is_left_in_its_place(tmp_path):
    source = open_source(write(tmp_path, FIVE + "Total,,5,,,\nTell 9,tell,35.9,40.9,,s\n"))
    assert [v[0] for _, v, _ in source.rows()][-2:] == ["Total", "Tell 9"] and source.warnings == []


def test_titles_above_the_header_are_skipped_and_stated(tmp_path):
    source = open_source(
        write(tmp_path, "Register of monuments,,\nas of 2021,,\n\nid,name,type\n1,a,mosque\n2,b,church\n")
    )
    assert source.columns == ("id", "name", "type") and source.stated["header_row"] == 4
    assert [(w.code, w.row) for w in source.warnings] == [("title-skipped", 1), ("title-skipped", 2)]
    assert [n for n, _, _ in source.rows()] == [5, 6]


def test_headings_amid_the_data_are_skipped_and_stated(tmp_path):
    source = open_source(
        write(tmp_path, "id,name,type\nNorth district,,\n1,a,mosque\n2,b,church\nSouth district,,\n3,c,fort\n4,,\n")
    )
    assert [v[0] for _, v, _ in source.rows()] == ["1", "2", "3", "4"]
    assert source.sections == [(2, "North district"), (5, "South district")]
    assert [w.row for w in source.warnings if w.code == "section-skipped"] == [2, 5]


def test_a_row_that_only_numbers_the_columns_is_left_out_and_stated(tmp_path):
    source = open_source(write(tmp_path, "№;наименование;адрес;год\n1;2;3;4\n1;Дом;ул. Мира;1890\n"))
    assert [v[1] for _, v, _ in source.rows()] == ["Дом"]
    assert "number-row-skipped" in codes(source)


def test_empty_and_repeated_headers_get_names_of_their_own(tmp_path):
    source = open_source(write(tmp_path, "id,name,,name\n1,a,x,b\n"))
    assert source.columns == ("id", "name", "column 3", "name (2)")
    assert {"header-empty", "header-duplicate"} <= set(codes(source))


def test_a_column_may_be_called_like_the_name_we_would_give(tmp_path):
    columns = open_source(write(tmp_path, "name,name,name (2),x\na,b,c,d\n")).columns
    assert len(set(columns)) == 4


@pytest.mark.parametrize(
    "first",
    ["1,Church,40.1,49.2", "Church,Baku,40.1,49.2", "2020-01-01,a,b,c", "07f6bd2d-275c-417e-9ca6-659e7c53a1e0,a,b,c"],
)
def test_a_file_without_a_header_is_refused(tmp_path, first):
    assert refusal(write(tmp_path, f"{first}\n2,Mill,40.2,49.3\n")) == "header-missing"


def test_years_may_be_names_of_columns_and_the_header_row_can_be_given(tmp_path):
    assert open_source(write(tmp_path, "site,2019,2020\na,5,6\nb,7,8\n")).columns == ("site", "2019", "2020")
    source = open_source(write(tmp_path, "1,2\nid,name\n5,a\n"), header_row=2)
    assert source.columns == ("id", "name") and [n for n, _, _ in source.rows()] == [3]
    assert refusal(write(tmp_path, "id,name\n\n5,a\n"), header_row=2) == "header-row-empty"


def test_files_without_rows_or_text(tmp_path):
    assert refusal(write(tmp_path, b"")) == "file-empty"
    assert refusal(write(tmp_path, b"\n\n  \n")) == "file-empty"
    assert refusal(write(tmp_path, ",,,\n,,,\n")) == "file-empty"
    assert refusal(tmp_path / "nothing.csv") == "file-missing"
    source = open_source(write(tmp_path, "id,name\n"))
    assert list(source.rows()) == [] and codes(source) == ["table-no-rows"]


def test_nul_bytes_are_left_out_and_reported(tmp_path):
    source = open_source(write(tmp_path, b"id,name\n1,a\0b\n2,c\n"))
    assert [v for _, v, _ in source.rows()] == [["1", "ab"], ["2", "c"]]
    assert [(w.code, w.row) for w in source.warnings] == [("nul-bytes", 2)]


def test_a_compressed_table_is_read_and_the_digest_is_that_of_the_file_offered(tmp_path):
    path = write(tmp_path, gzip.compress(PLAIN.encode()), "list.csv.gz")
    source = open_source(path)
    assert len(list(source.rows())) == 2 and source.stated["compression"] == "gzip"
    assert source.stated["bytes"] == path.stat().st_size


cells = st.text(st.sampled_from('ab ,;"\n\té中|x'), max_size=6)


@given(st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=6), st.sampled_from(",;\t|"))
def test_the_quick_splitter_agrees_with_the_csv_module(rows, sign):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=sign, lineterminator="\n").writerows(rows)
    assert list(records(buffer.getvalue().split("\n")[:-1], sign)) == rows


@given(st.lists(st.text(st.sampled_from('ab,"\n'), max_size=12), max_size=8))
def test_the_splitter_survives_any_text(lines):
    for item in records("\n".join(lines).split("\n"), ","):
        assert isinstance(item, (list, Broken))
