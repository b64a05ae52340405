"""The fixed texts every document carries, in one place for the whole project.

The wording is ours, and neutral by construction.  Keys are stable; :func:`text` answers in the language asked for, or
in English. The Arabic, Persian, French and Russian are translations made with the English at hand: a native reader
must still review them.
"""

from __future__ import annotations

LANGUAGES: dict[str, str] = {"en": "ltr", "fr": "ltr", "ru": "ltr", "ar": "rtl", "fa": "rtl"}

LANGUAGE_NAMES: dict[str, str] = {"en": "English", "fr": "Français", "ru": "Русский", "ar": "العربية", "fa": "فارسی"}

TEXTS: dict[str, dict[str, str]] = {
    # On every document, page and export.
    "boundaries": {
        "en": "The names and boundaries shown, and the terms used, do not imply any opinion on the legal status "
              "of any country, territory, city or area or of its authorities, or on the delimitation of its "
              "frontiers.",
        "fr": "Les noms et les frontières indiqués, ainsi que les termes employés, n’impliquent aucune prise de "
              "position quant au statut juridique des pays, territoires, villes ou zones, ou de leurs autorités, "
              "ni quant au tracé de leurs frontières.",
        "ru": "Приведённые названия и границы, а также употребляемые термины не выражают какого-либо мнения о "
              "правовом статусе какой-либо страны, территории, города или района, их властей или о делимитации "
              "их границ.",
        "ar": "لا تنطوي الأسماء والحدود المبيَّنة ولا المصطلحات المستخدمة على أي رأي بشأن الوضع القانوني لأي بلد "
              "أو إقليم أو مدينة أو منطقة أو لسلطاتها، ولا بشأن تعيين حدودها.",
        "fa": "نام‌ها و مرزهای نشان‌داده‌شده و واژه‌های به‌کاررفته بیانگر هیچ نظری دربارهٔ وضعیت حقوقی هیچ کشور، "
              "سرزمین، شهر یا منطقه یا مقامات آن، یا دربارهٔ تعیین حدود مرزهای آن نیست.",
    },
    # One line of the same, for the foot of a page.
    "boundaries-short": {
        "en": "Names and boundaries shown imply no opinion on the legal status of any area or on the "
              "delimitation of frontiers.",
        "fr": "Les noms et frontières indiqués n’impliquent aucune opinion sur le statut juridique d’une zone ni "
              "sur le tracé des frontières.",
        "ru": "Названия и границы не выражают мнения о правовом статусе какой-либо территории или о делимитации "
              "границ.",
        "ar": "لا تنطوي الأسماء والحدود المبيَّنة على أي رأي بشأن الوضع القانوني لأي منطقة أو تعيين الحدود.",
        "fa": "نام‌ها و مرزها بیانگر هیچ نظری دربارهٔ وضعیت حقوقی هیچ منطقه یا تعیین حدود مرزها نیست.",
    },
    # Only where territory is claimed by more than one State: the principle of Art. 11(4), Second Protocol (1999).
    "article-11-4": {
        "en": "Where territory, sovereignty or jurisdiction is claimed by more than one State, neither the "
              "listing of a property here nor a request concerning it prejudices the rights of any party to the "
              "dispute (the principle of Article 11(4) of the Second Protocol of 1999 to the 1954 Hague "
              "Convention).",
        "fr": "Lorsque le territoire, la souveraineté ou la juridiction sont revendiqués par plusieurs États, ni "
              "la présence d’un bien sur cette liste ni une demande le concernant ne préjugent des droits des "
              "parties au différend (principe de l’article 11, paragraphe 4, du Deuxième Protocole de 1999 "
              "relatif à la Convention de La Haye de 1954).",
        "ru": "Если на территорию, суверенитет или юрисдикцию притязают несколько государств, ни включение "
              "ценности в этот список, ни запрос о ней не наносят ущерба правам сторон в споре (принцип пункта 4 "
              "статьи 11 Второго протокола 1999 года к Гаагской конвенции 1954 года).",
        "ar": "إذا كان الإقليم أو السيادة أو الولاية القضائية محل مطالبة من أكثر من دولة، فإن إدراج ممتلك في هذه "
              "القائمة أو تقديم طلب بشأنه لا يمس بأي حال حقوق أطراف النزاع (مبدأ الفقرة 4 من المادة 11 من "
              "البروتوكول الثاني لعام 1999 لاتفاقية لاهاي لعام 1954).",
        "fa": "هرگاه بیش از یک دولت نسبت به سرزمین، حاکمیت یا صلاحیت ادعا داشته باشد، نه درج یک مال در این فهرست "
              "و نه درخواست دربارهٔ آن به حقوق طرف‌های اختلاف خدشه‌ای وارد نمی‌کند (اصل بند ۴ مادهٔ ۱۱ پروتکل "
              "دوم ۱۹۹۹ کنوانسیون ۱۹۵۴ لاهه).",
    },
    "counts": {
        "en": "Documented: damage recorded in the register from a named source. Verified: resting on evidence "
              "and reviewed. The two answer different questions and are never added.",
        "fr": "Documenté : dommage inscrit au registre d’après une source nommée. Vérifié : étayé par des "
              "éléments de preuve et revu. Les deux nombres répondent à des questions différentes et ne "
              "s’additionnent jamais.",
        "ru": "Документировано: повреждение внесено в реестр по названному источнику. Проверено: опирается на "
              "доказательства и прошло рецензию. Эти числа отвечают на разные вопросы и никогда не складываются.",
        "ar": "موثَّق: ضرر مسجَّل في السجل من مصدر مذكور. متحقَّق منه: مستند إلى أدلة وخضع للمراجعة. يجيب "
              "الرقمان عن سؤالين مختلفين ولا يُجمعان أبداً.",
        "fa": "مستند: آسیب ثبت‌شده از منبعی نام‌برده. راستی‌آزمایی‌شده: متکی بر شواهد و بازبینی‌شده. این دو عدد "
              "به پرسش‌های متفاوت پاسخ می‌دهند و هرگز با هم جمع نمی‌شوند.",
    },
    "names": {
        "en": "The names of a place are an unranked set; their order carries no preference.",
        "fr": "Les noms d’un lieu forment un ensemble sans hiérarchie ; leur ordre n’exprime aucune préférence.",
        "ru": "Названия места образуют набор без старшинства; их порядок не выражает предпочтения.",
        "ar": "أسماء المكان مجموعة غير مرتَّبة من حيث الأفضلية، ولا يدل تسلسلها على أي تفضيل.",
        "fa": "نام‌های هر مکان مجموعه‌ای بدون رتبه‌بندی‌اند و ترتیب آن‌ها نشانهٔ برتری نیست.",
    },
    "not-exhaustive": {
        "en": "The list is not exhaustive: a place that is not on it has not thereby been found undamaged. No "
              "responsibility for damage is attributed.",
        "fr": "La liste n’est pas exhaustive : l’absence d’un lieu ne signifie pas qu’il a été trouvé intact. "
              "Aucune responsabilité des dommages n’est attribuée.",
        "ru": "Список не является исчерпывающим: отсутствие места в нём не означает, что место признано "
              "неповреждённым. Ответственность за повреждения не указывается.",
        "ar": "القائمة ليست حصرية: عدم ورود مكان فيها لا يعني أنه وُجد سليماً. ولا تُنسب المسؤولية عن الأضرار "
              "إلى أحد.",
        "fa": "این فهرست جامع نیست: نبودن یک مکان در آن به معنای سالم بودن آن نیست. مسئولیت آسیب‌ها به کسی نسبت "
              "داده نمی‌شود.",
    },
}


def text(key: str, lang: str = "en") -> str:
    """The text called ``key`` in ``lang`` (a BCP 47 tag; only its first part counts), in English where there is no
    translation.

    An unknown key raises ``KeyError``: a fault of ours.
    """
    translations = TEXTS[key]
    return translations.get(lang.replace("_", "-").split("-")[0].lower(), translations["en"])


def direction(lang: str) -> str:
    """``"rtl"`` or ``"ltr"`` for one of :data:`LANGUAGES`; ``"ltr"`` for any other."""
    return LANGUAGES.get(lang.replace("_", "-").split("-")[0].lower(), "ltr")
