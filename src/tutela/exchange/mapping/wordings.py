# ruff: noqa: E501 (lists of words, one language a piece)
"""Wordings that lists use for condition, damage, handling and protection, by their stems: for suggestions only.

A suggestion from here is marked in the mapping for a person to confirm; an import never guesses by stems.
"""

from __future__ import annotations

from tutela.exchange.readers.detect import fold

# code: stems, most telling lists first: the first code one of whose stems begins a word (or stands as a phrase) is taken
_CONDITION: tuple[tuple[str, str], ...] = (
    ("unknown", "unknown|inconnu|неизвестн|не обследован|невідом|naməlum|bilinmi|غير معروف|مجهول|نامعلوم|نامشخص|անհայտ|უცნობ|no data|нет данных|немає даних"),
    ("very-bad", "partially destroyed|частично разруш|частичное разруш|частково зруйнован|зруйновано частково|مدمر جزئيا|very bad|very poor|tres mauvais|critical|critique|аварий|аварій|руинир|руїн|в руинах|ruin|qezali|qəzalı|cox pis|cok kotu|harabe|harap|سيئ جدا|سيئة جدا|متهدم جزئيا|خراب|مخروبه|بسیار بد|"
                 "وضعیت بحرانی|վթարային|ավարիական|ավերակ|ავარიულ|ნანგრევ|kavil|وێران"),
    ("destroyed", "destroy|detruit|disparu|lost|demolish|разрушен|утрачен|уничтож|снесен|зруйнован|знищен|втрачен|знесен|dagidilmis|mehv|yixilmis|yikil|yikik|yok olmus|yok|مدمر|مدمرة|مهدم|مهدمة|منهار|زائل|مندثر|تخريب شده|نابود|"
                  "ویران|ավերված|ոչնչաց|დანგრეულ|განადგურ|لەناوچوو"),
    ("poor", "poor|bad|mauvais|degrad|weak|плох|неудовлетвор|поган|незадов|pis|qeyri kafi|kotu|zayif|سيئ|سيئة|رديء|ضعيف|بد|نامناسب|ضعيفة|վատ|անբավարար|ցածր|ცუდ|არადამაკმაყოფილებ|xirab|خراپ"),
    ("fair", "fair|moderate|moyen|assez bon|passable|удовлетвор|средн|задов|середн|orta|kafi|qenaetbexs|متوسط|متوسطة|مقبول|مقبولة|բավարար|միջին|საშუალო|დამაკმაყოფილებ|navin|مامناوەند"),
    ("good", "good|bon|bonne|excellent|intact|хорош|отличн|добр|відмінн|yaxsi|ela|iyi|saglam|جيد|جيدة|ممتاز|سليم|خوب|سالم|لավ|լավ|կայուն|კარგ|bas|باش"),
)  # fmt: skip
_DAMAGE: tuple[tuple[str, str], ...] = (
    ("very-bad", "partially destroyed|частично разруш|частичное разруш|частково зруйнован|зруйновано частково|kismen yikil|قسمی تخریب|مدمر جزئيا|severe|heav|grave|important|сильн|тяжел|значительн|важк|значн|суттєв|agir|ciddi|siddetli|شديد|كبير|بالغ|جسيم|شديدة|شدید|زیاد|ծանր|ուժեղ|მძიმე|ძლიერ|قورس"),
    ("destroyed", "destroy|total|detruit|totale|разрушен|уничтож|полност|утрачен|зруйнован|знищен|повн|dagidil|tam|yikil|yikik|tamamen|مدمر|كلي|تدمير|كامل|دمار|تخریب|کامل|ավերված|լրիվ|դանգრეულ|სრულ|დანგრეულ"),
    ("poor", "moderate|medium|moyen|средн|умерен|частичн|середн|помірн|часткова|частков|orta|qismen|kismen|متوسط|جزئي|متوسطة|جزئية|متوسط|մասնակի|միջին|საშუალო|ნაწილობრივ"),
    ("fair", "slight|minor|light|leger|faible|незначительн|легк|слаб|незначн|легк|yungul|az|hafif|طفيف|بسيط|خفيف|خفيفة|طفيفة|جزئي بسيط|کم|جزئی|سبک|թեթև|փոքր|მსუბუქ|მცირე"),
    ("good", "none|no damage|intact|aucun|нет|не поврежд|без поврежд|отсутств|немає|без пошкодж|неушкодж|непошкодж|yoxdur|zedesiz|yok|hasarsiz|لا يوجد|سليم|بدون|ندارد|سالم|չկա|անվնաս|არ არის|დაუზიანებ"),
    ("unknown", "unknown|not assess|inconnu|неизвест|невідом|namelum|bilinmi|غير معروف|نامعلوم|անհայտ|უცნობ"),
)  # fmt: skip
_HANDLING: tuple[tuple[str, str], ...] = (
    ("confidential", "confidential|secret|confidentiel|секрет|конфиденц|таємн|конфіденц|mexfi|gizli|سري|سرية|محرمانه|գաղտնի|საიდუმლო|نهێنی"),
    ("restricted", "restrict|limited|sensitive|restreint|limite|огранич|дсп|обмеж|чутлив|mehdud|sinirli|kisitli|مقيد|محدود|محدودة|محدود|սահմանափակ|შეზღუდულ"),
    ("open", "open|public|ouvert|libre|открыт|общедоступ|відкрит|публічн|aciq|acik|herkese|عام|مفتوح|علني|عمومی|آزاد|բաց|ღია"),
)  # fmt: skip
_PROTECTION: tuple[tuple[str, str], ...] = (
    ("world-heritage-tentative", "tentative|предварительный список|попередній список|القائمة التمهيدية|geçici liste"),
    ("world-heritage", "world heritage|patrimoine mondial|unesco|юнеско|всемирн|всесвітн|dunya irsi|dunya mirasi|التراث العالمي|میراث جهانی|համաշխարհային|მსოფლიო"),
    ("local-list", "local|regional|municipal|местн|региональн|муниципальн|місцев|yerli|yerel|محلي|بلدي|محلی|տեղական|ადგილობრივ"),
    ("national-list", "national|federal|state|classe|inscrit|федеральн|государств|республиканск|национальн|державн|національн|республік|olke|dunya|milli|dovlet|ulusal|tescilli|وطني|مسجل|مصنف|ملی|ثبت شده|հանրապետական|պետական|ազգային|ეროვნული|სახელმწიფო"),
)  # fmt: skip
_TYPES: tuple[tuple[str, str], ...] = (
    ("archaeological-site", "археолог|archeolog|archaeolog|arkeoloj|arxeoloj|موقع أثري|اثري|أثري|باستان|հնագիտ|არქეოლოგ|شوێنەوار|городищ|поселен|селищ|стоянк"),
    ("structural-heritage", "архитект|архітект|architectur|memarliq|mimari|معماري|معماری|ճարտարապետ|არქიტექტურ|градостроит|містобуд"),
    ("church", "церк|храм|eglise|kilise|kilse|كنيسة|کلیسا|եկեղեց|ეკლესი"), ("mosque", "мечет|mosquee|mescid|cami|مسجد|جامع|مزگەوت|մզկիթ|მეჩეთ"),
    ("monastery", "монаст|monaster|manastir|monastir|دير|صومعه|վանք|მონასტერ"), ("castle", "замок|замк|chateau|şato|ամրոց|ციხე"),
    ("tell", "تل|tepe|höyük|тель"), ("cemetery", "кладбищ|цвинтар|некропол|cimetiere|mezarlik|qebiristan|مقبرة|گورستان|գերեզմանատ|სასაფლაო"),
)  # fmt: skip
_EXTENT: tuple[tuple[str, str], ...] = (
    ("91-100", "total|entire|complete|vollstandig|ganz|полност|повніст|повн|كلي|كامل|تمام|tamamen|tamam"),
    ("none-visible", "none|no damage|kein|aucun|нет|немає|لا يوجد|yok"),
    ("unknown", "unknown|k a|n bek|keine angabe|unbekannt|inconnu|неизвест|невідом|غير معروف|غير محدد|نامعلوم|bilinmi|n d|н д"),
)  # fmt: skip
TABLES = {"extent": _EXTENT, "type": _TYPES, "condition": _CONDITION, "damage": _DAMAGE, "handling": _HANDLING, "protection": _PROTECTION}


def _prepared() -> dict[str, list[tuple[str, list[str]]]]:
    return {name: [(code, [fold(stem) for stem in stems.split("|")]) for code, stems in table] for name, table in TABLES.items()}


_READY: dict[str, list[tuple[str, list[str]]]] = {}


def guess(table: str, wording: str) -> str | None:
    """The code a wording's longest fitting stem means, in one of ``TABLES``."""
    if not _READY:
        _READY.update(_prepared())
    text = f" {fold(wording)}"
    fitting = [(len(stem), code) for code, stems in _READY[table] for stem in stems if stem and f" {stem}" in text]
    return max(fitting)[1] if fitting else None
