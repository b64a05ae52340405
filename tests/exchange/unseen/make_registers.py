#!/usr/bin/env python3
"""Makes three invented monument registers, messy in the ways of real ones. All names are invented and all positions
are random points: none is a real place. Needs openpyxl and pyproj only to make the files, e.g. in a throwaway venv.

    python make_registers.py OUT_FOLDER

Beside each register it writes NAME.truth.json: row key -> what a careful person reads in that row (name, lat, lon ...).
"""

import csv
import datetime
import json
import random
import sys
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment
from pyproj import Transformer

out = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
out.mkdir(exist_ok=True, parents=True)


def dms(v, style, ns):
    d = int(v)
    m = int((v - d) * 60)
    s = round((v - d - m / 60) * 3600, 1)
    if s >= 60:
        s -= 60
        m += 1
    value = d + m / 60 + s / 3600
    sec = f"{s:04.1f}"
    return value, {
        0: f"{d}°{m:02d}'{sec.replace('.', ',')}\"",
        1: f"{d}°{m:02d}′{sec.replace('.', ',')}″ " + ns[0],
        2: f"{d}° {m:02d}' {sec}\" " + ns[1],
        3: f"{d} {m:02d} {sec.replace('.', ',')}",
    }[style]


# ---------------------------------------------------------------- (a) Ukrainian/Russian, Windows-1251, semicolons
def register_a():
    R = random.Random(11)
    truth = {}
    rows = []
    head = [
        "№ з/п",
        "Охоронний №",
        "Найменування об'єкта",
        "Вид пам'ятки",
        "Датування",
        "Адреса (місцезнаходження)",
        "Широта",
        "Довгота",
        "Техн. стан",
        "Дата обстеження",
        "Рішення про взяття на держ. облік",
        "Площа, га",
        "Примітки",
    ]
    saints = ["Успіння", "Покрови", "св. Миколая", "Різдва Богородиці", "св. Параскеви", "Трійці", "св. Юрія", "Воздвиження"]
    stems = ["Верб", "Калин", "Тернів", "Глиня", "Соколин", "Бузин", "Ясен", "Лозов", "Чаплин", "Дубин", "Журавл", "Осик", "Рогоз", "Явор"]
    ends = ["івка", "ине", "ці", "уватка", "ове", "ичі", "е Поле", "ий Яр"]
    villages = [a + b for a in stems for b in ends]
    R.shuffle(villages)
    kinds = [
        ("церква", "церква {s} у с. {v}", "архітектура"),
        ("церква; дзвіниця", "Комплекс церкви {s} ({v})", "архітектура, історія"),
        ("садиба", "Садиба пана Б. у {v}", "архітектура, історія"),
        ("курган", "Курган «{v}»", "археологія"),
        ("городище", "Городище {v}-{n}", "археологія"),
        ("поселення, могильник", "Поселення {v}-{n} та могильник", "археологія"),
        ("синагога", "Синагога (колишня), {v}", "архітектура"),
        ("міст", "Мост через р. Тиха, {v}", "архітектура, наука і техніка"),
        ("млин", "Млин водяний, {v}", "наука і техніка"),
        ("братська могила", "Братська могила, кладовище с. {v}", "історія"),
        ("пам'ятник", "Пам'ятник поету, смт {v}", "монум. мистецтво"),
        ("мечеть", "Мечеть {v}", "архітектура"),
        ("фортеця / замок", "Замок у {v}", "архітектура; археологія"),
        ("житловий будинок", "Будинок житловий, {v}, вул. Садова, {n}", "архітектура"),
        ("костел", "Костел {s}, {v}", "архітектура"),
    ]
    arch = ["II тис. до н.е.", "IV–III ст. до н.е.", "X–XIII ст.", "доба бронзи", "IX ст. до н. е. - I ст. н. е.", "I тис. н.е."]
    hist = [
        "XVIII ст.",
        "конец XIX в.",
        "1-а пол. XIX ст.",
        "XVII–XVIII ст.",
        "1897 р.",
        "1890-ті рр.",
        "поч. XX ст.",
        "1812-1815",
        "2-а чверть XVIII ст.",
        "XVIII в.",
        "нач. XX в.",
        "1768 г.",
        "бл. 1750 р.",
        "1905, 1950-ті",
        "сер. XIX ст.",
        "кін. XVIII - поч. XIX ст.",
    ]
    state = [
        "добрий",
        "задовільний",
        "незадовільний",
        "аварійний",
        "зруйнований",
        "удовл.",
        "хор.",
        "задов.",
        "не встановлено",
        "руїни",
        "",
        "Аварійний",
        "частково зруйновано",
    ]
    dec = [
        "Рішення облвикон. від 12.03.1971 № {n}",
        "№ {n}/0/16-12 від 04.09.2012",
        "Постанова РМ УРСР № 970 від 24.08.1963",
        "наказ МКТ від 21.12.2010 № 1266/0/16-10",
        "",
    ]
    sections = ["Північний район", "Северный район (прод.)", "Заріченський район", "м. Заріч", "Степовий район", "Лиманський район"]
    n = 0
    for section in sections:
        rows.append([section] + [""] * 12)
        for _ in range(38):
            n += 1
            v = villages[n % len(villages)]
            kind, name, cat = R.choice(kinds)
            name = name.format(s=R.choice(saints), v=v, n=R.randint(1, 40))
            lat, lon = round(R.uniform(47.9, 49.3), 6), round(R.uniform(31.2, 34.2), 6)
            how = R.random()
            tl = (lat, lon)
            if how < 0.10:
                la = lo = ""
                tl = None
            elif how < 0.28:
                st = R.randint(0, 3)
                a, la = dms(lat, st, ("пн. ш.", "N"))
                b, lo = dms(lon, st, ("сх. д.", "E"))
                tl = (a, b)
            else:
                la, lo = str(lat).replace(".", ","), str(lon).replace(".", ",")
            d = datetime.date(2015, 1, 1) + datetime.timedelta(R.randint(0, 3200))
            ds = R.choice(
                [d.strftime("%d.%m.%Y")] * 8 + [d.strftime("%d.%m.%y"), d.strftime("%m.%Y"), str(d.year), d.strftime("%d.%m.%Y р."), ""]
            )
            no = f"{R.choice(['230', '231', '232'])}-{n:03d}/{R.randint(1, 9)}-ЗР"
            dating = R.choice(arch if "археол" in cat else hist)
            r = [
                str(n),
                no,
                name,
                kind,
                dating,
                f"с. {v}, вул. {R.choice(['Лісова', 'Шкільна', 'Набережна', 'Миру'])}, {R.randint(1, 80)}",
                la,
                lo,
                R.choice(state),
                ds,
                R.choice(dec).format(n=R.randint(10, 999)),
                R.choice(["", "0,25", "1,8", "12,4"]),
                R.choice(["", "", "", "втрачено дах", "потребує ремонту; огляд утруднено", 'тріщини "по всій" стіні', "см. также №12"]),
            ]
            truth[no] = {"name": name, "kind": kind, "dating": dating, "latlon": tl, "state": r[8], "date": ds}
            rows.append(r)
    data = [r for r in rows if r[2]]
    # two duplicates: once the very same row; once the same protection number with other wording
    rows.insert(60, list(data[20]))
    dup = list(data[100])
    dup[0] = "101-а"
    dup[2] = dup[2] + " (уточнено)"
    rows.insert(150, dup)
    bad = {
        data[30][1]: "the day does not exist",
        data[70][1]: "latitude and longitude swapped",
        data[120][1]: "a date to come",
        data[160][1]: "latitude misses a digit mark",
    }
    data[30][9] = "31.02.2021"
    data[70][6], data[70][7] = "33,123456", "48,654321"
    data[120][9] = "14.08.2032"
    data[160][6] = "48512345"
    data[160][7] = "32,1"
    rows.append(["Всього:", "", "228"] + [""] * 10)
    rows.append([""] * 13)
    rows.append(["Виконав: зав. сектору обліку", "", "", "", "", "", "", "", "", "01.02.2024", "", "", ""])
    with open(out / "Перелік_памяток_Заріч.csv", "w", encoding="cp1251", newline="", errors="replace") as f:
        w = csv.writer(f, delimiter=";", lineterminator="\r\n")
        w.writerow(["Перелік пам'яток культурної спадщини Заріченської області станом на 01.02.2024 р."] + [""] * 12)
        w.writerow([""] * 13)
        w.writerow(head)
        w.writerow([str(i) for i in range(1, 14)])
        # cp1251 has no prime and double prime; offices type straight or curly quotes
        for r in rows:
            w.writerow([c.replace("′", "'").replace("″", "''") for c in r])
    (out / "a.truth.json").write_text(json.dumps({"rows": truth, "bad": bad}, ensure_ascii=False, separators=(",", ":")))


# ---------------------------------------------------------------- (b) Arabic workbook
AR = str.maketrans("0123456789.,", "٠١٢٣٤٥٦٧٨٩٫،")
ARD = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def register_b():
    R = random.Random(22)
    truth = {}
    wb = Workbook()
    cover = wb.active
    cover.title = "غلاف"
    cover["A1"] = "المديرية العامة للآثار - سجل المواقع"
    cover["A2"] = "نسخة ٢٠٢٣"
    cover.sheet_view.rightToLeft = True
    ws = wb.create_sheet("السجل")
    ws.sheet_view.rightToLeft = True
    ws["A1"] = "سجل المواقع والمباني الأثرية المسجلة حتى نهاية عام ٢٠٢٣"
    ws.merge_cells("A1:L1")
    top = [
        "ت",
        "الأسماء",
        None,
        "المحافظة",
        "الناحية",
        "النوع",
        "سنة البناء (هـ)",
        "الإحداثيات",
        "الحالة",
        "نسبة الضرر",
        "تاريخ الكشف",
        "رقم قرار التسجيل",
        "ملاحظات",
    ]
    sub = [None, "الاسم بالعربية", "الاسم بالسريانية / الإنكليزية"] + [None] * 10
    for c, (a, b) in enumerate(zip(top, sub, strict=False), 1):
        ws.cell(3, c, a)
        ws.cell(4, c, b)
        if b is None:
            ws.merge_cells(start_row=3, end_row=4, start_column=c, end_column=c)
    ws.merge_cells("B3:C3")
    govs = ["محافظة الوادي الأخضر", "محافظة الجبل الأبيض", "محافظة النهر الصغير", "محافظة السهل", "محافظة التلال"]
    places = [
        "عين الزيتونة",
        "كفر رمّانة",
        "تل الغزلان",
        "دير الياسمينة",
        "خربة السنديان",
        "بيت الكرمة",
        "رأس الساقية",
        "وادي الحور",
        "قلعة السرو",
        "أم اللوز",
        "برج النحل",
        "حوض الريحان",
    ]
    en = [
        "Ayn al-Zaytuna",
        "Kafr Rummana",
        "Tall al-Ghuzlan",
        "Dayr al-Yasmina",
        "Khirbat al-Sindyan",
        "Bayt al-Karma",
        "Ra's al-Saqiya",
        "Wadi al-Hawr",
        "Qal'at al-Sarw",
        "Umm al-Lawz",
        "Burj al-Nahl",
        "Hawd al-Rayhan",
    ]
    syr = {3: "ܕܝܪܐ ܕܝܣܡܝܢܐ", 0: "ܥܝܢ ܙܝܬܐ", 5: "ܒܝܬ ܟܪܡܐ", 1: "ܟܦܪ ܪܘܡܢܐ"}
    kinds = [
        ("مسجد", "جامع {p}", "Mosque of {e}"),
        ("كنيسة", "كنيسة {p}", "Church of {e}"),
        ("خان", "خان {p}", "Khan {e}"),
        ("تل أثري", "{p} {n}", "{e} {n}"),
        ("قلعة", "قلعة {p}", "Castle of {e}"),
        ("حمّام", "حمام {p} العتيق", "Hammam {e}"),
        ("دير", "دير {p}", "Monastery of {e}"),
        ("ضريح", "ضريح {p}", "Mausoleum at {e}"),
        ("مدرسة", "المدرسة في {p}", "Madrasa of {e}"),
        ("جسر", "جسر {p}", "Bridge at {e}"),
        ("سوق ، خان", "سوق وخان {p}", "Suq and Khan, {e}"),
        ("بيت تقليدي", "بيت {p} رقم {n}", "House {n}, {e}"),
    ]
    state = [
        "جيدة",
        "متوسطة",
        "سيئة",
        "سيئة جداً",
        "مدمر كلياً",
        "مدمّر جزئيا",
        "مهدّم",
        "غير معروف",
        "لا يوجد ضرر",
        "جيد جدا",
        "بحاجة الى ترميم",
        None,
    ]
    r = 5
    n = 0
    for gov in govs:
        start = r
        for _i in range(36):
            n += 1
            k, an, enn = R.choice(kinds)
            pi = R.randrange(len(places))
            num = R.randint(1, 90)
            name = an.format(p=places[pi], n=str(num).translate(ARD))
            second = enn.format(e=en[pi], n=num)
            if pi in syr and R.random() < 0.5:
                second = syr[pi]
            if R.random() < 0.12:
                second = None
            lat, lon = round(R.uniform(34.6, 36.6), R.choice([2, 4, 6])), round(R.uniform(36.9, 39.9), R.choice([2, 4, 6]))
            q = R.random()
            tl = (lat, lon)
            if q < 0.08:
                co, tl = None, None
            elif q < 0.3:
                co = f"{lat}, {lon}".translate(ARD).replace(".", "٫").replace(",", "،")
            elif q < 0.4:
                co = f"{lat} - {lon}"
            elif q < 0.5:
                co = f"N {lat} E {lon}"
            elif q < 0.6:
                co = f"{lat}؛ {lon}".translate(ARD)
            elif q < 0.66:
                co = f"{lat}\u200f, {lon}"
            else:
                co = f"{lat}, {lon}"
            h = R.randint(20, 1330)
            hs = R.choice(
                [
                    h,
                    str(h).translate(ARD),
                    f"{h} هـ",
                    f"{h}هـ".translate(ARD),
                    f"{h}-{h + 12} هـ",
                    f"القرن {R.choice(['السادس', 'العاشر', 'الثالث'])} الهجري",
                    "بيزنطي",
                    "روماني",
                    None,
                ]
            )
            dm = R.choice([0, 0.15, 0.4, "٣٥٪", "50%", "٧٠ %", "١٠-٢٠٪", None, None, "كلي"])
            d = datetime.date(2012, 1, 1) + datetime.timedelta(R.randint(0, 4200))
            dt = R.choice(
                [datetime.datetime(d.year, d.month, d.day)] * 3
                + [
                    f"{d.day}/{d.month}/{d.year}".translate(ARD),
                    f"{d.day:02d}/{d.month:02d}/{d.year}",
                    f"{d.year}/{d.month}/{d.day}".translate(ARD),
                    d.year,
                    None,
                    f"{R.randint(1, 28)}/{R.randint(1, 12)}/{R.randint(1434, 1444)} هـ",
                ]
            )
            key = n if n % 5 else str(n).translate(ARD)
            st = R.choice(state)
            dec = R.choice(
                [
                    f"{R.randint(1, 300)}/أ تاريخ {R.randint(1950, 2005)}",
                    f"قرار رقم {R.randint(1, 300)} لعام {R.randint(1950, 2005)}".translate(ARD),
                    None,
                ]
            )
            row = [
                key,
                name,
                second,
                None,
                f"ناحية {R.choice(places)}",
                k,
                hs,
                co,
                st,
                dm,
                dt,
                dec,
                R.choice([None, None, None, "سقف منهار جزئياً", "حفر غير مرخص في الجهة الشمالية", "تم الترميم سنة ٢٠١٠", "-"]),
            ]
            for c, v in enumerate(row, 1):
                cell = ws.cell(r, c, v)
                if isinstance(v, datetime.datetime):
                    cell.number_format = "dd/mm/yyyy"
                if isinstance(v, float) or v == 0:
                    cell.number_format = "0%"
            truth[str(n)] = {
                "name": name,
                "second": second,
                "gov": gov,
                "kind": k,
                "hijri": hs,
                "latlon": tl,
                "state": st,
                "damage": dm,
                "date": str(dt),
            }
            r += 1
        ws.cell(start, 4, gov)
        ws.merge_cells(start_row=start, end_row=r - 1, start_column=4, end_column=4)
        ws.cell(start, 4).alignment = Alignment(vertical="center", textRotation=90)
    # duplicates and errors
    for c in range(1, 14):
        if c != 4:
            ws.cell(r, c, ws.cell(17, c).value)
    r += 1
    bad = {"30": "swapped: lon first, out of the country", "77": "day 32", "111": "Hijri year to come"}
    ws.cell(34, 8, "137.16, 36.2")
    ws.cell(81, 11, "32/01/2020")
    ws.cell(115, 11, "10/05/1490 هـ")
    ws.cell(r, 1, "المجموع")
    ws.merge_cells(start_row=r, end_row=r, start_column=1, end_column=3)
    ws.cell(r, 4, 180)
    wb.save(out / "سجل_المواقع_2023.xlsx")
    (out / "b.truth.json").write_text(json.dumps({"rows": truth, "bad": bad}, ensure_ascii=False, separators=(",", ":")))


# ---------------------------------------------------------------- (c) terse German headers, UTM, codes
def register_c():
    R = random.Random(33)
    truth = {}
    head = ["LfdNr", "Obj", "Gem", "Kat", "Dat", "E", "N", "Zone", "Zust", "Schad %", "Begeh", "DL-Nr", "Eintr", "Schutz", "Bem"]
    codes = {
        "A1": "Pfarrkirche {g}",
        "A2": "Kapelle hl. {s}",
        "A3": "Kloster {g}",
        "B1": "Burgruine {g}",
        "B2": "Schloss {g}",
        "B3": "Stadtmauer {g}",
        "C1": "Steinbrücke {g}",
        "C2": "Mühle am {s}bach",
        "D1": "Hügelgräberfeld {g}",
        "D2": "Höhensiedlung {g}berg",
        "D9": "Bodendenkmal {g} (unbest.)",
        "E1": "Bürgerhaus Marktplatz {n}",
        "A1/D1": "Kirche {g} mit Gräberfeld",
    }
    gem = [
        "Obernwald",
        "Lindenroth",
        "Stegfeld",
        "Haslach a. d. Rinne",
        "Tannmoos",
        "Würzelbrunn",
        "Großahrn",
        "Kleinahrn",
        "Mösendorf",
        "St. Urban ob Gries",
        "Überlach",
        "Füchselau",
    ]
    sa = ["Vitus", "Gertraud", "Koloman", "Leonhard", "Ägydius"]
    tr = {z: Transformer.from_crs(f"EPSG:326{z}", "EPSG:4326", always_xy=True) for z in (32, 33)}
    path = out / "Denkmalliste_UTM33N.csv"
    bad = {}
    with open(path, "w", encoding="utf-8-sig", newline="") as f:
        w = csv.writer(f, delimiter="\t")
        w.writerow(head)
        n = 0
        for _i in range(200):
            n += 1
            g = R.choice(gem)
            s = R.choice(sa)
            kat = R.choice(list(codes))
            name = codes[kat].format(g=g, s=s, n=R.randint(1, 60))
            z = 32 if R.random() < 0.15 else 33
            e = round(R.uniform(650000, 735000) if z == 32 else R.uniform(275000, 560000), 1)
            nn = round(R.uniform(5190000, 5390000), 1)
            lon, lat = tr[z].transform(e, nn)
            q = R.random()

            def de(v):
                return f"{v:.1f}".replace(".", ",")

            if q < 0.10:
                es, ns = f"{e:,.1f}".replace(",", " ").replace(".", ","), f"{nn:,.1f}".replace(",", " ").replace(".", ",")
            elif q < 0.18:
                es, ns = (
                    f"{e:,.1f}".replace(",", "_").replace(".", ",").replace("_", "."),
                    f"{nn:,.1f}".replace(",", "_").replace(".", ",").replace("_", "."),
                )
            elif q < 0.24:
                es, ns = f"{z}{e:.1f}".replace(".", ","), de(nn)
            else:
                es, ns = de(e), de(nn)
            zone = {32: R.choice(["32", "32U", "32 N"]), 33: R.choice(["", "", "", "33", "33T"])}[z]
            if R.random() < 0.05:
                es = ns = ""
                lat = None
            dat = R.choice(
                [
                    "12. Jh.",
                    "1480/90",
                    "um 1720",
                    "2. H. 17. Jh.",
                    "Anf. 16. Jh.",
                    "1897",
                    "frühes MA",
                    "Hallstattzeit",
                    "13.-15. Jh.",
                    "vor 1250",
                    "nach 1683",
                    "röm. Kaiserzeit",
                    "n. bek.",
                    "1348 (d)",
                    "",
                ]
            )
            zu = R.choice(["1", "2", "3", "4", "5", "2-3", "u", ""])
            sch = R.choice(["0", "5", "12,5", "35", "ca. 40", "10-20", "<5", "80", "100", "", "k.A."])
            d = datetime.date(2018, 1, 1) + datetime.timedelta(R.randint(0, 2400))
            beg = R.choice(
                [d.strftime("%d.%m.%Y")] * 5
                + [f"{d.day}.{d.month}.{d.year % 100:02d}", f"Mai {d.year}", f"Herbst {d.year}", d.strftime("%m/%Y"), ""]
            )
            no = f"{n:04d}"
            ein = R.choice([f"{R.randint(1950, 2010)}", d.replace(year=R.randint(1950, 2010), day=min(d.day, 28)).strftime("%d.%m.%Y"), ""])
            w.writerow(
                [
                    no,
                    name,
                    g,
                    kat,
                    dat,
                    es,
                    ns,
                    zone,
                    zu,
                    sch,
                    beg,
                    f"DL {R.randint(1, 12):02d}/{R.randint(100, 9999)}" + R.choice(["", "-a", "-b"]),
                    ein,
                    R.choice(["§2", "§2a", "Haager K.", "-"]),
                    R.choice(["", "", "", "Dach offen", "Zufahrt gesperrt", "s. a. " + f"{R.randint(1, n):04d}"]),
                ]
            )
            truth[no] = {
                "name": name,
                "gem": g,
                "kat": kat,
                "dat": dat,
                "latlon": None if lat is None else (round(lat, 7), round(lon, 7)),
                "zust": zu,
                "schad": sch,
                "begeh": beg,
                "zone": z,
            }
        # errors
        w.writerow(
            [
                "0201",
                "Wegkreuz Tannmoos",
                "Tannmoos",
                "X9",
                "19. Jh.",
                "5234567,0",
                "412345,0",
                "",
                "2",
                "5",
                "01.04.2022",
                "DL 03/77",
                "",
                "§2",
                "E/N vertauscht",
            ]
        )
        bad["0201"] = "E and N swapped"
        w.writerow(["0202", "Bildstock", "Stegfeld", "E1", "um 1700", "401234,0", "", "", "2", "5", "01.04.2022", "DL 03/78", "", "§2", ""])
        bad["0202"] = "no northing"
        w.writerow(
            [
                "0203",
                "Torhaus Überlach",
                "Überlach",
                "B2",
                "um 1700",
                "401234,0",
                "5234567,0",
                "",
                "7",
                "140",
                "01.04.2022",
                "DL 03/79",
                "",
                "§2",
                "",
            ]
        )
        bad["0203"] = "140 percent, condition 7"
    (out / "c.truth.json").write_text(
        json.dumps({"rows": truth, "bad": bad, "codes": list(codes)}, ensure_ascii=False, separators=(",", ":"))
    )


register_a()
register_b()
register_c()
