"""The words dates are written with, in the languages of the lists we have met: each with the sign it is read as.

Languages: English, French, German (few), Russian, Ukrainian, Azerbaijani, Turkish, Armenian, Arabic (eastern and
Egyptian month names), Persian.  Words are compared folded (:mod:`tutela.vocabulary.folding`), so that case, marks,
dots and apostrophes do not matter.  To add a word, add it behind its sign, parted by ``|``.
"""

from __future__ import annotations

import re
from functools import cache

from tutela.vocabulary.folding import fold

# Signs: eras (BC AD AH SH), units (CENT MILL DECADE), parts (HALF QUARTER THIRD EARLY MID LATE BEGIN END), qualifiers
# (CIRCA MAYBE BEFORE AFTER UNTIL FROM BETWEEN AND TO NOW), months M01… (AH H01…, SH P01…), seasons S21…,
# ordinals "1" ….
_WORDS = {
    "BC": "bc|b c|bce|b c e|до н э|до н е|до нашей эры|до нашої ери|до р х|до рождества христова|av j - c|"
    "avant j - c|av jc|avant jesus - christ|v chr|mö|m ö|milattan önce|isa'dan önce|b e ə|e ə|е ə|"
    "bizim eradan əvvəl|eramızdan əvvəl|մ թ ա|ք ա|ق م|قبل الميلاد|قبل ميلاد|پیش از میلاد|"
    "قبل از میلاد|پ م",
    "AD": "ad|a d|ce|c e|н э|н е|нашей эры|нашої ери|apr j - c|apres j - c|ap j - c|n chr|ms|m s|"
    "milattan sonra|miladi|b e|bizim eranın|մ թ|ք հ|م|ميلادي|الميلادي|ميلاديه|للميلاد|بعد الميلاد|"
    "میلادی|پس از میلاد",
    "AH": "ah|a h|h|hijri|hidjri|hicri|hegire|hijri qamari|г х|по хиджре|хиджры|ه|هجري|الهجري|هجريه|للهجره|"
    "ه ق|ق|هجری|هجری قمری|قمری",
    "SH": "sh|s h|a h s|ahs|hijri shamsi|shamsi|ه ش|ش|هجری شمسی|هجری خورشیدی|شمسی|خورشیدی|هـ ش",
    "CENT": "century|centuries|cent|cents|th c|siecle|siecles|век|века|веков|веке|вв|стол|столетие|столетия|"
    "століття|ст|вік|əsr|əsrin|əsrlər|əsrdə|əsrə|əsrlərin|yüzyıl|yüzyılın|yüzyıllar|yy|asır|դար|դարի|"
    "դարեր|դարում|դդ|jh|jahrhundert|القرن|قرن|القرون|القرنين|سده|قرون",
    "MILL": "millennium|millennia|millenium|mill|millenaire|тысячелетие|тысячелетия|тыс|тысячоліття|"
    "тисячоліття|тис|minillik|minilliyin|binyıl|bin yıl|հազարամյակ|الألف|هزاره",
    "DECADE_OF": "annees|les annees",
    "HALF": "half|moitie|половина|половины|половине|пол|половині|половини|yarısı|yarı|yarısında|yarım|կես|"
    "կեսին|النصف|نصف|نیمه",
    "QUARTER": "quarter|viertel|quart|четверть|четверти|четв|чверть|чверті|rübü|çeyreği|çeyrek|քառորդ|الربع|ربع",
    "1 THIRD": "first third",
    "2 THIRD": "second third|middle third",
    "3 THIRD": "last third|final third|third third",
    "4 QUARTER": "last quarter|final quarter|последняя четверть|остання чверть|son rübü|son çeyreği|dernier quart|"
    "الربع الأخير",
    "1 HALF": "1 halfte|erste halfte",
    "2 HALF": "last half|latter half|seconde moitie|2 halfte|zweite halfte",
    "THIRD": "a third|tiers|треть|трети|третина|третини|üçte biri|الثلث|ثلث",
    "EARLY": "early|earlier|debut|ранний|erken|أوائل|اوایل",
    "MID": "mid|middle|milieu|середина|середины|середине|середини|сер|ortaları|ortası|orta|միջ|أواسط|منتصف|"
    "اواسط|mitte",
    "LATE": "late|later|поздний|geç|أواخر|اواخر",
    "BEGIN": "anf|anfang|beginning|start|начало|начала|начале|нач|початок|початку|поч|əvvəli|əvvəlləri|başı|başları|"
    "սկիզբ|սկզբ|بداية|مطلع|آغاز|ابتدای",
    "END": "end|fin|конец|конца|конце|кон|кінець|кінця|кін|sonu|sonları|վերջ|نهاية|پایان|انتهای|ende",
    "CIRCA": "ca|circa|about|around|approx|approximately|vers|env|environ|um|около|ок|прибл|приблизительно|"
    "примерно|близько|бл|приблизно|təxminən|texm|yaklaşık|takriben|մոտ|մոտավորապես|շուրջ|حوالي|نحو|"
    "تقريبا|حدود|تقریبا|حدودا",
    "MAYBE": "probably|possibly|perhaps|prob|poss|maybe|peut - etre|probablement|вероятно|возможно|"
    "предположительно|предп|ймовірно|можливо|ehtimal|ehtimalla|muhtemelen|հավանաբար|ربما|احتمالا",
    # before, at the start of a phrase; until, between two dates
    "DO": "до|մինչև|մինչ",
    "BEFORE": "before|pre|avant|ранее|раньше|перед|раніше|əvvəl|qədər|önce|قبل|پیش از|قبل از|vor",
    "AFTER": "after|post|apres|после|позже|позднее|після|пізніше|sonra|հետո|بعد|پس از|بعد از|nach",
    "UNTIL": "until|till|up to|by|jusqu'a|jusqu'en|jusque|вплоть до",
    "FROM": "from|since|starting|depuis|des|с|со|начиная с|з|від|من|از|منذ|seit",
    "BETWEEN": "between|entre|между|між|بين|بین|zwischen",
    "AND": "and|et|и|й|та|və|ve|և|و|und",
    "TO": "to|through|a|au|по|إلى|الى|تا|حتى|bis|-dək|dək",
    "NOW": "present|now|today|present day|настоящее время|н в|наст время|сьогодення|günümüz|indi|الحاضر|"
    "الآن|اکنون|تاکنون",
    "DROP": "year|years|yr|the|of|in|on|en|an|l an|le|la|du|de|d|год|года|году|годы|гг|г|рік|року|роки|рр|р|"
    "il|ildə|ildən|ili|illər|illərin|yıl|yılı|yılında|yılından|թ|թվական|թվականի|سنة|عام|السنه|سال|"
    "dated|anno|era|den|dan|ten|tan|dən|в",
    "1": "first|1 er|premier|premiere|первый|первая|первой|перв|перша|першій|першої|перший|birinci|ilk|"
    "առաջին|الأول|الأولى|اول|یکم",
    "2": "second|seconde|deuxieme|второй|вторая|втор|друга|другої|другій|другий|ikinci|երկրորդ|الثاني|"
    "الثانية|دوم",
    "3": "third|troisieme|третий|третья|третьей|третя|третій|üçüncü|երրորդ|الثالث|الثالثة|سوم",
    "4": "fourth|quatrieme|четвертый|четвертая|четверта|dördüncü|չորրորդ|الرابع|الرابعة|چهارم",
    "5": "fifth|cinquieme|пятый|beşinci|الخامس|پنجم",
    "6": "sixth|sixieme|шестой|altıncı|السادس|ششم",
    "7": "seventh|septieme|седьмой|yeddinci|yedinci|السابع|هفتم",
    "8": "eighth|huitieme|восьмой|səkkizinci|sekizinci|الثامن|هشتم",
    "9": "ninth|neuvieme|девятый|doqquzuncu|dokuzuncu|التاسع|نهم",
    "10": "tenth|dixieme|десятый|onuncu|العاشر|دهم",
    "11": "eleventh|onzieme|одиннадцатый|on birinci|الحادي عشر|یازدهم",
    "12": "twelfth|douzieme|двенадцатый|on ikinci|الثاني عشر|دوازدهم",
    "13": "thirteenth|treizieme|тринадцатый|on üçüncü|الثالث عشر|سیزدهم",
    "14": "fourteenth|quatorzieme|четырнадцатый|on dördüncü|الرابع عشر|چهاردهم",
    "15": "fifteenth|quinzieme|пятнадцатый|on beşinci|الخامس عشر|پانزدهم",
    "16": "sixteenth|seizieme|шестнадцатый|on altıncı|السادس عشر|شانزدهم",
    "17": "seventeenth|dix - septieme|семнадцатый|on yeddinci|on yedinci|السابع عشر|هفدهم",
    "18": "eighteenth|dix - huitieme|восемнадцатый|on səkkizinci|on sekizinci|الثامن عشر|هجدهم|هیجدهم",
    "19": "nineteenth|dix - neuvieme|девятнадцатый|on doqquzuncu|on dokuzuncu|التاسع عشر|نوزدهم",
    "20": "twentieth|vingtieme|двадцатый|iyirminci|yirminci|العشرين|العشرون|بیستم",
    "21": "twenty - first|twenty first|двадцать первый|iyirmi birinci|الحادي والعشرين|الحادي والعشرون|"
    "بیست و یکم",
    "S21": "spring|fruhling|fruhjahr|printemps|весна|весной|весной|навесні|yaz fəsli|bahar|ilkbahar|الربيع|بهار",
    "S22": "summer|sommer|ete|лето|летом|літо|влітку|yay|الصيف|تابستان",
    "S23": "autumn|herbst|fall|automne|осень|осенью|осінь|восени|payız|sonbahar|الخريف|پاییز",
    "S24": "winter|hiver|зима|зимой|взимку|qış|kış|الشتاء|زمستان",
    "M01": "january|januar|jan|janvier|janv|январь|января|янв|січень|січня|yanvar|ocak|հունվար|հունվարի|يناير|"
    "كانون الثاني|ژانویه",
    "M02": "february|februar|feb|fevrier|fevr|февраль|февраля|фев|лютий|лютого|fevral|şubat|փետրվար|փետրվարի|فبراير|"
    "شباط|فوریه",
    "M03": "march|märz|mar|mars|март|марта|мар|березень|березня|mart|մարտ|մարտի|مارس|آذار",
    "M04": "april|apr|avril|апрель|апреля|апр|квітень|квітня|aprel|nisan|ապրիլ|ապրիլի|أبريل|ابريل|نيسان|"
    "آوریل",
    "M05": "may|mai|май|мая|травень|травня|mayıs|մայիս|մայիսի|مايو|أيار|ماه مه|مه",
    "M06": "june|juni|jun|juin|июнь|июня|июн|червень|червня|iyun|haziran|հունիս|հունիսի|يونيو|حزيران|ژوئن",
    "M07": "july|juli|jul|juillet|juil|июль|июля|июл|липень|липня|iyul|temmuz|հուլիս|հուլիսի|يوليو|تموز|ژوئیه",
    "M08": "august|aug|aout|август|августа|авг|серпень|серпня|avqust|ağustos|օգոստոս|օգոստոսի|أغسطس|آب|اوت",
    "M09": "september|sep|sept|septembre|сентябрь|сентября|сен|сент|вересень|вересня|sentyabr|eylül|"
    "սեպտեմբեր|սեպտեմբերի|سبتمبر|أيلول|سپتامبر",
    "M10": "october|oktober|oct|octobre|октябрь|октября|окт|жовтень|жовтня|oktyabr|ekim|հոկտեմբեր|հոկտեմբերի|أكتوبر|"
    "تشرين الأول|اکتبر",
    "M11": "november|nov|novembre|ноябрь|ноября|ноя|нояб|листопад|листопада|noyabr|kasım|նոյեմբեր|նոյեմբերի|"
    "نوفمبر|تشرين الثاني|نوامبر",
    "M12": "december|dezember|dec|decembre|декабрь|декабря|дек|грудень|грудня|dekabr|aralık|դեկտեմբեր|դեկտեմբերի|"
    "ديسمبر|كانون الأول|دسامبر",
    "H01": "muharram|moharram|محرم",
    "H02": "safar|صفر",
    "H03": "rabi al awwal|rabi i|ربيع الأول|ربیع الاول",
    "H04": "rabi al thani|rabi al akhir|rabi ii|ربيع الثاني|ربيع الآخر|ربیع الثانی",
    "H05": "jumada al ula|jumada i|جمادى الأولى|جمادی الاول|جمادی الاولی",
    "H06": "jumada al akhira|jumada al thaniya|jumada ii|جمادى الآخرة|جمادى الثانية|جمادی الثانی",
    "H07": "rajab|رجب",
    "H08": "shaban|sha ban|شعبان",
    "H09": "ramadan|ramazan|رمضان",
    "H10": "shawwal|شوال",
    "H11": "dhu al qada|ذو القعدة|ذي القعدة|ذیقعده",
    "H12": "dhu al hijja|ذو الحجة|ذي الحجة|ذیحجه",
    "P01": "farvardin|فروردین",
    "P02": "ordibehesht|اردیبهشت",
    "P03": "khordad|خرداد",
    "P04": "tir|تیر",
    "P05": "mordad|مرداد|امرداد",
    "P06": "shahrivar|شهریور",
    "P07": "mehr|مهر",
    "P08": "aban|آبان",
    "P09": "azar|آذر",
    "P10": "dey|دی",
    "P11": "bahman|بهمن",
    "P12": "esfand|اسفند",
}  # fmt: skip

# Endings of ordinals behind a number ("12th", "12-й", "12-ci", "12-րդ"): dropped.
_ENDINGS = "а|я|st|nd|rd|th|er|re|e|eme|ème|nde|й|го|я|ый|ой|ого|ий|им|є|ci|cı|cu|cü|nci|ncı|inci|ıncı|ncu|րդ|ին|ام"
# Endings of a decade behind its number ("1850s", "1850-е", "1850-ci illər", "1850'ler").
_DECADES = "s|ies|е|х|ые|ых|і|ті|er|ler|lar|lerde|ական|ական թթ|ականներ|ci illər|cı illər|cu illər|cü illər"

_SIGNS = str.maketrans({c: " - " for c in "-–—−‒‐‑―"} | {c: f" {c} " for c in "/~?()=[]{}+±<>%&|:;"} | {"≈": " ~ ", "؟": " ? ", "⁄": " / "})


_GERMAN_HALF = re.compile(r"(?<!\S)([12]) h (?=(?:des |d )?\d{1,2} (?:jh|jahrhundert))")  # "2. H. 17. Jh."; else H is AH


def normalise(text: str) -> str:
    """A text as folded words, numbers and the signs of dates, parted by single spaces; two or more dots are a dash."""
    spaced = re.sub(r"\.{2,}|…", " - ", text).translate(_SIGNS)
    tokens = (token if len(token) == 1 and not token.isalnum() else fold(token) for token in spaced.split())
    words = re.sub(r"(?<=\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d)", " ", " ".join(filter(None, tokens)))
    return _GERMAN_HALF.sub(r"\1 halfte ", words)


@cache
def phrases() -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern that finds the longest known phrase, and what each is read as."""
    read: dict[str, str] = {}
    for sign, listed in _WORDS.items():
        for phrase in listed.split("|"):
            read.setdefault(normalise(phrase), sign)
    longest_first = sorted(read, key=len, reverse=True)
    return re.compile(r"(?<!\S)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\S)"), read


@cache
def endings() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns of a decade's ending (group 1 is the year) and of an ordinal's ending (group 1 is the number)."""
    decades = "|".join(sorted({normalise(e) for e in _DECADES.split("|")}, key=len, reverse=True))
    ordinals = "|".join(sorted({normalise(e) for e in _ENDINGS.split("|")}, key=len, reverse=True))
    return (
        re.compile(rf"(?<!\S)(\d{{3}}0)(?: -)? (?:{decades})(?!\S)"),
        re.compile(rf"(?<!\S)(R?\d{{1,4}})(?: -)? (?:{ordinals})(?!\S)"),
    )


def month_of(word: str) -> int | None:
    """The number of a Gregorian month's name, in any language known here; ``None`` for another word."""
    sign = phrases()[1].get(normalise(word), "")
    return int(sign[1:]) if sign[:1] == "M" and sign[1:].isdigit() else None
