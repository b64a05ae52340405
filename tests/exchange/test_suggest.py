"""A first mapping for lists nobody has described, in any script: valid as it stands, with doubts marked for a person."""

from __future__ import annotations

import re
import textwrap

import pytest
from exchange.importing import place, series, shipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tutela.exchange.imports.run  # noqa: F401  (declares the codes of imports)
from tutela.exchange.actions import run_import
from tutela.exchange.mapping import model
from tutela.exchange.mapping.compile import compile_mapping
from tutela.exchange.mapping.suggest import suggest_mapping
from tutela.exchange.mapping.wordings import TABLES, guess
from tutela.exchange.readers import open_source
from tutela.people.rules import OPERATOR
from tutela.vocabulary import load

RUSSIAN = """
    № п/п;Учетный номер;Наименование;Вид памятника;Область;Адрес;Широта;Долгота;Состояние;Дата осмотра;Категория охраны;Датировка
    1;У-001;Церковь Святого Николая;церковь;Киевская область;с. Луговое;50,4501;30,5234;хорошее;13.03.2022;местного значения;1734 г.
    2;У-002;Замок Любарта;замок;Волынская область;г. Луцк;50°44'20"N;25°19'24"E;аварийное;01.04.2022;национального значения;XIV век
    3;У-003;Курган;курган;Сумская область;у дороги;51,1;34,9;разобрано;05.05.2022;;IV в. до н.э.
"""
ARABIC = """
    الرقم,اسم الموقع,الاسم بالإنجليزية,نوع الموقع,المحافظة,القضاء,خط العرض,خط الطول,حالة الموقع,درجة الضرر,تاريخ المعاينة,ملاحظات
    ن-1,جامع النوري الكبير,Great Mosque of al-Nuri,مسجد,نينوى,الموصل,٣٦٫٣٤٣,٤٣٫١٢٧,مدمر,ضرر كلي,15/06/2017,هُدم
    ن-2,كنيسة الساعة,Clock Church,كنيسة,نينوى,الموصل,36.341,43.129,سيئة,ضرر كبير,20/07/2017,
    ن-3,قلعة باشطابيا,Bash Tapia,قلعة,نينوى,الموصل,36.355,43.117,متوسطة,ضرر طفيف,05/08/2017,
"""
METRES = """
    Site No,Monument,Easting,Northing,Condition,Survey Date,Damage %,Category
    A-1,Tell Hariri,645210.5,3823410.2,Poor,03/14/2019,20,Tell
    A-2,Qasr,655210,3833410,Good,04/05/2019,0,Castle
"""
ARMENIAN = """
    հ/հ,Հուշարձանի անվանում,Տեսակ,Մարզ,Կոորդինատներ,Վիճակ,Թվագրում
    1,Գեղարդի վանք,վանք,Կոտայք,"40.1404, 44.8185",լավ,13-րդ դար
    2,Սուրբ Հովհաննես եկեղեցի,եկեղեցի,Արագածոտն,"40.298, 44.36",բավարար,1225
"""
PERSIAN = """
    ردیف,شماره ثبت,نام اثر,نوع اثر,استان,عرض جغرافیایی,طول جغرافیایی,وضعیت,تاریخ بازدید
    ۱,۱۲۳۴,کاروانسرای سنگبست,کاروانسرا,خراسان رضوی,۳۵٫۷۱,۵۹٫۸۵,خوب,۱۴۰۰/۰۵/۱۲
    ۲,۱۲۳۵,پل خواجو,پل,اصفهان,32.637,51.683,تخریب شده,۱۴۰۱/۰۲/۰۱
"""
UKRAINIAN = """
    Охоронний номер;Назва об'єкта;Назва (англ.);Вид;Область;Технічний стан;Ступінь пошкодження;Дата огляду
    12-А;Будинок Щербини;Shcherbyna House;архітектура;Харківська;аварійний;значні пошкодження;12.04.2022
    13-Б;Її хата;Her House;архітектура;Сумська;задовільний;незначні;13.04.2022
"""
AZERBAIJANI = """
    inventar №,Abidənin adı,Növü,Rayon,Enlik,Uzunluq,Vəziyyəti
    4.1,Şuşa qalası,qala,Şuşa,39.75,46.74,pis
    4.2,Gəncəsər məbədi,məbəd,Kəlbəcər,40.05,46.53,yaxşı
"""
TURKISH = """
    Envanter No,Eser Adı,Türü,İl,İlçe,Enlem,Boylam,Durumu,Hasar Durumu
    16.1,Habibi Neccar Camii,cami,Hatay,Antakya,36.207,36.168,kötü,ağır hasarlı
    16.2,Sarımiye Camii,cami,Hatay,Antakya,36.204,36.163,iyi,hafif hasarlı
"""
GEORGIAN = """
    რეესტრის ნომერი,ძეგლის დასახელება,სახეობა,მუნიციპალიტეტი,განედი,გრძედი,მდგომარეობა
    77,ჯვრის მონასტერი,მონასტერი,მცხეთა,41.8383,44.7333,კარგი
    78,უფლისციხე,ნაქალაქარი,გორი,41.9672,44.2075,ცუდი
"""
FRENCH = """
    N° inventaire;Nom du site;Type;Wilaya;Coordonnées;État de conservation;Date de visite
    DZ-1;Timgad;site archéologique;Batna;35,4842 6,4684;bon;21/05/2018
    DZ-2;Tipasa;site archéologique;Tipaza;36,5919 2,4431;très mauvais;22/05/2018
"""


def write(folder, text: str, encoding: str = "utf-8", name: str = "list.csv"):
    path = folder / name
    path.write_bytes(textwrap.dedent(text).strip().encode(encoding))
    return path


def suggested(path, **options):
    text = suggest_mapping([path], options)
    return text, model.read(text).data


@pytest.mark.django_db
def test_cyrillic_with_semicolons_in_cp1251(tmp_path):
    path = write(tmp_path, RUSSIAN, "cp1251")
    text, data = suggested(path)
    assert data["key"] == {"column": "Учетный номер", "scheme": "list"}
    assert '# "разобрано": ?' in text and data["ignore"] == ["№ п/п"]
    report = run_import(OPERATOR, [path], mapping_text=text, partial=True)
    assert (report.created, [r.code for r in report.refused]) == (2, ["value-unknown"])
    edited = text.replace('# "разобрано": ?', '"разобрано": destroyed')  # the only thing a person must say
    assert run_import(OPERATOR, [path], mapping_text=edited).created == 1
    castle = place("У-002")
    assert castle["geometries"][0]["geojson"]["coordinates"] == [pytest.approx(25.32333), pytest.approx(50.73889)]
    assert (castle["country"], castle["dating"][0]["edtf"], castle["types"][0]["code"]) == ("UA", "1301/1400", "castle")
    assert castle["protections"][0] == {"source": "list", "instrument": "national-list", "original": "национального значения"}
    assert series("У-003")[0]["condition"] == {"code": "destroyed", "original": "разобрано"}


@pytest.mark.django_db
def test_arabic_headers_and_figures(tmp_path):
    path = write(tmp_path, ARABIC, "utf-8-sig")
    text, data = suggested(path)
    assert [n["lang"]["constant"] for n in data["place"]["names"]] == ["ar", "en"]
    assert run_import(OPERATOR, [path], mapping_text=text).created == 3
    assert place("ن-1")["geometries"][0]["geojson"]["coordinates"] == [43.127, 36.343]
    assert place("ن-2")["types"][0]["code"] == "church"
    assert [series(f"ن-{n}")[0]["condition"]["code"] for n in (1, 2, 3)] == ["destroyed", "poor", "fair"]
    assert series("ن-1")[0]["observed"] == "2017-06-15"
    assert series("ن-1")[0]["damages"][0]["note"] == "ضرر كلي"


@pytest.mark.django_db
def test_metres_without_a_zone_ask_for_it(tmp_path):
    path = write(tmp_path, METRES)
    text, data = suggested(path)
    assert 'zone: {constant: "?"}' in text and "say the zone" in text
    assert data["assessments"][0]["observed"]["date"] == {"order": "mdy"}
    assert data["assessments"][0]["extent"] == {"column": "Damage %", "percent": True}
    report = run_import(OPERATOR, [path], mapping_text=text, dry_run=True)
    assert {r.code for r in report.refused} == {"utm-without-zone"}
    edited = text.replace('{constant: "?"}', "{constant: 37N}")
    assert run_import(OPERATOR, [path], mapping_text=edited).created == 2
    x, y = place("A-1")["geometries"][0]["geojson"]["coordinates"]
    assert (round(x, 1), round(y, 1)) == (40.6, 34.5)


CASES = {
    "Armenian": (ARMENIAN, "hy", "AM", ["good", "fair"]), "Persian": (PERSIAN, "fa", "IR", ["good", "destroyed"]),
    "Ukrainian": (UKRAINIAN, "uk", None, ["very-bad", "fair"]), "Azerbaijani": (AZERBAIJANI, "az", "AZ", ["poor", "good"]),
    "Turkish": (TURKISH, "tr", "TR", ["poor", "good"]), "Georgian": (GEORGIAN, "ka", "GE", ["good", "poor"]),
    "French": (FRENCH, None, "DZ", ["good", "very-bad"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_lists_in_other_languages(case, tmp_path):
    content, language, country, conditions = CASES[case]
    path = write(tmp_path, content)
    text, data = suggested(path)
    names = data["place"]["names"]
    assert names[0].get("lang", {}).get("constant") == language
    assert data["place"].get("country", {}).get("constant") == country
    assert {"types", "areas"} <= set(data["place"])
    source = open_source(path)
    read = compile_mapping(model.read(text), source.columns).read
    parts = [read(values, None) for _, values, _ in source.rows()]
    assert [p.assessments[0]["condition"]["code"] for p in parts] == conditions
    assert all(p.key for p in parts)
    if "geometries" in data["place"]:
        assert all(p.place["geometries"] for p in parts)


def test_calendars_are_told_by_the_years(tmp_path):
    _, data = suggested(write(tmp_path, PERSIAN))
    assert data["assessments"][0]["observed"]["date"] == {"calendar": "persian"}


def test_columns_exchanged_in_the_source(tmp_path):
    path = write(tmp_path, "no,name,latitude,longitude\n1,A,125.7,35.2\n2,B,126.1,36.0")
    text, data = suggested(path)
    assert data["place"]["geometries"] == [{"latitude": "longitude", "longitude": "latitude"}]
    assert re.search(r"geometries:\n.*# \?.*exchanged", text)


def test_a_list_without_numbers_gets_a_digest_and_is_told(tmp_path):
    text, data = suggested(write(tmp_path, "nom,lat,lon\nA,36.5,2.4\nA,36.6,2.5"))
    assert data["key"]["digest"] == ["nom", "lat", "lon"]
    assert "no column numbers the places" in text


def test_dates_that_could_be_either_are_asked_for(tmp_path):
    text, data = suggested(write(tmp_path, "id,name,condition,visit date\n1,A,good,01/02/2020\n2,B,poor,03/04/2020"))
    assert data["assessments"][0]["observed"]["date"] == {"order": "dmy"}
    assert "? no date tells whether the day" in text


def test_several_values_in_a_cell_are_taken_apart(tmp_path):
    _, data = suggested(write(tmp_path, "id,name,type\n1,A; Aa,church / monastery\n2,B; Bb,mosque / madrasa\n3,C,church"))
    assert data["place"]["names"][0]["text"] == {"column": "name", "split": ";"}
    assert data["place"]["types"][0]["code"]["split"] == "/"


def test_related_files_are_joined_whatever_their_order():
    files = [shipped("syriaca")[name] for name in ("events.csv", "names.csv", "places.csv", "idnos.csv")]
    from tutela.exchange.mapping import suggest

    ready = suggest.choose
    suggest.choose = lambda columns: None  # as if no ready mapping fitted
    try:
        data = model.read(suggest_mapping(files, {})).data
    finally:
        suggest.choose = ready
    assert data["key"]["column"] == "place_id"
    assert set(data["files"]) == {"names", "idnos", "events"}
    assert {"file": "names", "text": "name", "lang": "lang"} in data["place"]["names"]


def test_where_a_ready_mapping_fits_it_is_given():
    text = suggest_mapping([shipped("eamena")["sistan.geojson"]], {})
    assert text.startswith("# The ready mapping eamena-heritage-place fits")
    assert model.read(text).name == "eamena-heritage-place"


def test_every_guess_is_a_code_of_its_list():
    lists = {"type": "place-types", "condition": "condition", "damage": "condition", "handling": "handling-marks",
             "protection": "protection-instruments", "extent": "extent"}  # fmt: skip
    for table, rows in TABLES.items():
        assert {code for code, _ in rows} <= set(load(lists[table]).terms)


@pytest.mark.parametrize(("table", "wording", "code"), [
    ("condition", "неудовлетворительное", "poor"), ("condition", "удовлетворительное", "fair"), ("condition", "سيئة جدا", "very-bad"),
    ("condition", "çox pis", "very-bad"), ("condition", "très mauvais", "very-bad"), ("condition", "утрачен", "destroyed"),
    ("damage", "не поврежден", "good"), ("damage", "частичное разрушение", "very-bad"), ("damage", "hafif hasarlı", "fair"),
    ("handling", "для служебного пользования (ограниченный)", "restricted"), ("protection", "Всемирное наследие", "world-heritage"),
    ("condition", "зелёное", None),
])  # fmt: skip
def test_wordings_are_guessed_by_their_longest_stem(table, wording, code):
    assert guess(table, wording) == code


HEADERS = st.sampled_from(
    [
        "id",
        "No",
        "name",
        "Название",
        "x",
        "y",
        "lat",
        "lon",
        "type",
        "дата",
        "الحالة",
        "WKT",
        "Damage %",
        "utm zone",
        "-",
        "a: b",
        "# c",
        "{d}",
        "'e'",
        '"f"',
        "country",
        "координаты",
        "handling",
        "from",
        "to",
        "key",
        "null",
        "true",
        "\u2028",
        "[g]",
        "*h",
        "&i",
    ]
)
CELLS = st.one_of(
    st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=15),
    st.sampled_from(["1", "2", "35.7", "59.8", "good", "UA", "POINT (1 2)", "03/04/2020", "1400/01/01", "500000", "church", "a; b", "50%"]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    headers=st.lists(HEADERS, min_size=2, max_size=8, unique=True),
    rows=st.lists(st.lists(CELLS, min_size=8, max_size=8), min_size=1, max_size=5),
)
def test_a_suggestion_can_always_be_read_and_compiled(tmp_path, headers, rows):
    import csv

    from tutela.errors import Unusable

    path = tmp_path / "any.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([headers, *[row[: len(headers)] for row in rows]])
    try:
        source = open_source(path)
    except Unusable:
        return
    mapping = model.read(suggest_mapping([path], {}))
    compile_mapping(mapping, source.columns)
