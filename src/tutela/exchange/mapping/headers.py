# ruff: noqa: E501 (lists of words, one language a piece)
"""What the headers of lists mean: words of registers and survey forms in twelve languages, and the fields they name.

The words are the plain terms of inventories (name, type, condition, decree …); coordinates are told by
:mod:`tutela.exchange.readers.detect`.  A word may name several fields; the first that is free and that the contents
allow is taken.
"""

from __future__ import annotations

from functools import cache

from tutela.exchange.readers.detect import fold

# field: {language: words, parted by "|"}.  "en" are the plain words that import without a mapping.
WORDS: dict[str, dict[str, str]] = {
    "key": {
        "en": "id|code|ref|identifier|inventory number|site id|site code|uid|number|no|nr|num|reference number|"
              "inventory no|register number|registration number|site no|site number|asset id|object id|record id|"
              "monument number|list entry number",
        "fr": "numéro|numéro d'inventaire|identifiant|référence|matricule|n°|n° inventaire|code du site",
        "ru": "номер|инв номер|инвентарный номер|код|учетный номер|рег номер|регистрационный номер|ид|шифр|"
              "номер в реестре|номер объекта",
        "uk": "номер|охоронний номер|обліковий номер|код|інвентарний номер|реєстраційний номер|номер у реєстрі",
        "az": "nömrə|inventar nömrəsi|qeydiyyat nömrəsi|kod|inventar №|inventar №-si",
        "tr": "numara|envanter no|kayıt no|kod|kodu|tescil no|envanter numarası",
        "ar": "الرقم|رقم|رقم الموقع|رقم التسجيل|الرمز|رمز|رقم القيد|رمز الموقع|الكود|المعرف|رقم المعلم",
        "fa": "شماره|شماره ثبت|کد|شناسه|کد اثر|شماره اثر",
        "hy": "համար|կոդ|ցուցակի համար|ծածկագիր|հաշվառման համար",
        "ka": "ნომერი|კოდი|რეესტრის ნომერი|სააღრიცხვო ნომერი",
        "ku": "ژمارە|hejmar|کۆد",
    },
    "row number": {
        "en": "#|s n|sn|serial|serial no|row|row number|fid|objectid", "fr": "n° d'ordre|numéro d'ordre",
        "ru": "№|№ п/п|п/п|№ пп|н п п", "uk": "№ з/п|з/п|№ п/п", "az": "sıra|sıra №|sıra nömrəsi|s/s|№", "tr": "sıra no|sıra|s no|no",
        "ar": "م|ت|الرقم التسلسلي|التسلسل|مسلسل|تسلسل", "fa": "ردیف", "hy": "հ/հ|հերթական համար|թիվ",
        "ka": "№|რიგითი ნომერი|რიგი", "ku": "ز",
    },
    "name": {
        "en": "name|headword|site name|place name|title|monument|monument name|object name|asset name|site|heritage place|"
              "resource name|toponym|placename|place|building|building name|property|property name|label|name of site|"
              "name of monument|name of the site",
        "fr": "nom|nom du site|nom du monument|appellation|dénomination|intitulé|site|monument|édifice|nom du lieu",
        "ru": "название|наименование|имя|название объекта|наименование объекта|наименование памятника|"
              "название памятника|памятник|объект|наименование окн|наименование объекта культурного наследия|объект культурного наследия",
        "uk": "назва|найменування|назва об'єкта|назва пам'ятки|пам'ятка|об'єкт|назва об’єкта|назва пам’ятки|найменування об'єкта|назва обєкта|назва памятки",
        "az": "adı|ad|abidənin adı|obyektin adı|abidə|obyekt|abidələrin adı",
        "tr": "adı|ad|isim|eser adı|yapı adı|anıt adı|eserin adı|yapı|eser|varlığın adı",
        "ar": "الاسم|اسم|اسم الموقع|اسم المعلم|المعلم|اسم المبنى|الموقع الأثري|اسم الأثر|اسم المكان|المبنى|الموقع|اسم الموقع الأثري|المعلم الأثري",
        "fa": "نام|نام اثر|نام محوطه|نام بنا|نام مکان|نام محل|اثر|عنوان|نام اثر تاریخی|عنوان اثر",
        "hy": "անվանում|անուն|հուշարձան|հուշարձանի անվանում|անվանումը|հուշարձանի անունը|օբյեկտի անվանում",
        "ka": "სახელი|დასახელება|სახელწოდება|ძეგლი|ძეგლის დასახელება|ობიექტის დასახელება|ობიექტი",
        "ku": "nav|ناو|ناوی شوێن|ناوی شوێنەوار|navê cihî",
    },
    "name kind": {"en": "name type|type of name|kind of name|name kind", "fr": "type de nom", "ru": "вид названия", "ar": "نوع الاسم"},
    "other names": {
        "en": "other names|other name|alternative name|alternative names|alternate names|alias|aliases|aka|alt name|"
              "alt names|local name|also known as|former name|historic name",
        "fr": "autres noms|autre nom|autre appellation", "ru": "другие названия|другое название|альтернативное название|иные названия",
        "uk": "інші назви|інша назва", "az": "digər adı|digər adları", "tr": "diğer adı|diğer adlar|diğer adları",
        "ar": "أسماء أخرى|اسم آخر|الاسم الآخر|الاسم المحلي|تسميات أخرى", "fa": "نام دیگر|نام‌های دیگر|نام محلی", "hy": "այլ անուններ|այլ անվանում",
        "ka": "სხვა სახელი|სხვა დასახელება", "ku": "ناوی تر",
    },
    "type": {
        "en": "type|kind|site type|monument type|typology|classification|place type|asset type|object type|class|building type|category|type of site",
        "fr": "type|catégorie|nature|typologie|type de site|type de monument|classification",
        "ru": "тип|вид|вид памятника|типология|тип объекта|тип памятника|вид объекта|категория|типологическая принадлежность",
        "uk": "тип|вид|вид пам'ятки|тип об'єкта|типологія|категорія|вид об'єкта|вид памятки|тип памятки",
        "az": "növü|tipi|növ|tip|abidənin növü|abidənin tipi|kateqoriya|təsnifatı",
        "tr": "türü|tür|tipi|cinsi|tip|kategori|yapı türü|eser türü",
        "ar": "النوع|نوع|نوع الموقع|التصنيف|الفئة|نوع المعلم|نوع الأثر|نوع المبنى|تصنيف الموقع",
        "fa": "نوع|نوع اثر|گونه|دسته|نوع بنا|نوع محوطه", "hy": "տեսակ|տիպ|հուշարձանի տեսակ|տեսակը|տիպը|հուշարձանի տիպ",
        "ka": "ტიპი|სახეობა|კატეგორია|ძეგლის სახეობა|ძეგლის ტიპი|სახე", "ku": "جۆر|cure|جۆری شوێن",
    },
    "country": {
        "en": "country|country name|country code|nation|state party|iso", "fr": "pays", "ru": "страна|государство", "uk": "країна|держава",
        "az": "ölkə", "tr": "ülke", "ar": "البلد|الدولة|دولة|بلد", "fa": "کشور", "hy": "երկիր", "ka": "ქვეყანა", "ku": "وڵات|welat",
    },
    "region": {
        "en": "region|province|governorate|oblast|admin1|adm1|admin 1|state province|county|administrative division|admin|adm1 name",
        "fr": "région|province|gouvernorat|wilaya|département|mouhafazat",
        "ru": "область|регион|край|республика|провинция|субъект|губерния|субъект рф|марз", "uk": "область|регіон", "az": "region|vilayət|iqtisadi rayon",
        "tr": "il|vilayet|bölge|ili", "ar": "المحافظة|محافظة|الولاية|المنطقة|الإقليم|الاقليم", "fa": "استان|ولایت", "hy": "մարզ|մարզը",
        "ka": "რეგიონი|მხარე", "ku": "پارێزگا|parêzgeh",
    },
    "district": {
        "en": "district|raion|rayon|municipality|admin2|adm2|admin 2|commune|sub district|subdistrict|adm2 name",
        "fr": "district|commune|arrondissement|délégation|préfecture|caza|daïra",
        "ru": "район|муниципалитет|округ|муниципальный район|муниципальное образование", "uk": "район|громада|територіальна громада",
        "az": "rayon|şəhər rayon|rayon şəhər|inzibati rayon|rayonu|inzibati ərazi", "tr": "ilçe|ilçesi",
        "ar": "القضاء|المديرية|الناحية|المركز|البلدية|القسم|قضاء|ناحية|مديرية", "fa": "شهرستان|بخش|دهستان|ولسوالی", "hy": "համայնք|տարածաշրջան|համայնքը",
        "ka": "მუნიციპალიტეტი|რაიონი", "ku": "قەزا|ناحیە|navçe",
    },
    "settlement": {
        "en": "village|town|city|settlement|locality|nearest settlement", "fr": "ville|village|localité|lieu-dit",
        "ru": "населенный пункт|населённый пункт|город|село|нп|посёлок", "uk": "населений пункт|місто|село", "az": "kənd|şəhər|yaşayış məntəqəsi|qəsəbə",
        "tr": "köy|mahalle|köyü|belde|mahallesi|köy mahalle", "ar": "القرية|المدينة|البلدة|الحي|قرية|مدينة", "fa": "شهر|روستا|آبادی",
        "hy": "գյուղ|քաղաք|բնակավայր", "ka": "სოფელი|ქალაქი|დასახლებული პუნქტი", "ku": "گوند|gund|شار|bajar",
    },
    "address": {
        "en": "address|street|location|street address|location description", "fr": "adresse|emplacement|localisation",
        "ru": "адрес|местонахождение|местоположение|адрес объекта|местонахождение объекта", "uk": "адреса|місцезнаходження|місце розташування|розташування",
        "az": "ünvan|yerləşdiyi yer|ünvanı", "tr": "adres|konum|adresi|mevkii", "ar": "العنوان|المكان|عنوان|موقع|العنوان التفصيلي", "fa": "آدرس|نشانی|موقعیت",
        "hy": "հասցե|գտնվելու վայրը|վայր|գտնվելու վայր", "ka": "მისამართი|ადგილმდებარეობა", "ku": "ناونیشان|navnîşan",
    },
    "condition": {
        "en": "condition|state|state of conservation|condition state|conservation state|current state|overall condition|status|current condition|"
              "condition status|preservation",
        "fr": "état|état de conservation|état actuel|état sanitaire|conservation",
        "ru": "состояние|техническое состояние|состояние объекта|сохранность|степень сохранности|состояние памятника|физическое состояние|современное состояние",
        "uk": "стан|технічний стан|стан збереження|стан збереженості|стан об'єкта|стан пам'ятки|сучасний стан",
        "az": "vəziyyəti|vəziyyət|texniki vəziyyəti|mövcud vəziyyəti|hazırkı vəziyyəti", "tr": "durum|durumu|koruma durumu|mevcut durum|korunma durumu|bugünkü durumu",
        "ar": "الحالة|حالة الموقع|حالة الحفظ|الوضع|الحالة الراهنة|الوضع الراهن|حالة المبنى|حالة المعلم|الحالة الإنشائية|حالة الصون",
        "fa": "وضعیت|وضعیت حفاظتی|وضعیت موجود|وضعیت فعلی", "hy": "վիճակ|պահպանվածության վիճակ|վիճակը|պահպանվածություն|տեխնիկական վիճակ",
        "ka": "მდგომარეობა|ფიზიკური მდგომარეობა|დღევანდელი მდგომარეობა", "ku": "دۆخ|rewş|بار",
    },
    "damage": {
        "en": "damage|damages|damage level|severity|damage grade|damage category|destruction|damage severity|damage status|damage assessment|"
              "degree of damage|damage state|level of damage",
        "fr": "dommage|dommages|dégâts|degré de dommage|niveau de dommage|degré de destruction|sinistre",
        "ru": "повреждение|повреждения|степень повреждения|разрушения|ущерб|степень разрушения|характер повреждений",
        "uk": "пошкодження|ступінь пошкодження|руйнування|характер пошкоджень|ступінь руйнування|збитки|стан пошкодження",
        "az": "zədə|dağıntı|dağıntı dərəcəsi|ziyan|zədələnmə|zədələnmə dərəcəsi", "tr": "hasar|hasar durumu|hasar derecesi|tahribat|hasar seviyesi",
        "ar": "الضرر|الأضرار|درجة الضرر|مستوى الضرر|حجم الضرر|نوع الضرر|شدة الضرر|الاضرار", "fa": "خسارت|آسیب|میزان آسیب|تخریب|شدت آسیب",
        "hy": "վնաս|վնասվածություն|վնասի աստիճան|ավերածություն", "ka": "დაზიანება|დაზიანების ხარისხი", "ku": "زیان|ziyan|ئاستی زیان",
    },
    "extent": {
        "en": "extent|damage extent|percent|percentage|damage percent|percent damaged|damaged percent|extent of damage|damage percentage|percentage damaged",
        "fr": "pourcentage|étendue|étendue des dommages|taux de dommage|pourcentage de dommage", "ru": "процент|процент повреждения|процент разрушения|объем повреждений",
        "uk": "відсоток|відсоток пошкодження|відсоток руйнування", "az": "faiz|zədələnmə faizi|dağıntı faizi", "tr": "yüzde|hasar oranı|hasar yüzdesi",
        "ar": "نسبة الضرر|نسبة|النسبة المئوية|نسبة التدمير|نسبة الأضرار", "fa": "درصد|درصد تخریب|درصد آسیب", "hy": "տոկոս|վնասի տոկոս", "ka": "პროცენტი|დაზიანების პროცენტი",
        "ku": "ڕێژەی زیان",
    },
    "cause": {
        "en": "cause|cause of damage|damage cause|disturbance cause|disturbance|agent", "fr": "cause|cause du dommage|cause des dommages", "ru": "причина|причина повреждения|причина разрушения",
        "uk": "причина|причина пошкодження|причина руйнування", "az": "səbəb|səbəbi|zədələnmə səbəbi", "tr": "neden|hasar nedeni|sebep", "ar": "السبب|سبب الضرر|أسباب الضرر|سبب الأضرار",
        "fa": "علت|علت آسیب|علت تخریب", "hy": "պատճառ|վնասի պատճառ", "ka": "მიზეზი|დაზიანების მიზეზი", "ku": "هۆکار",
    },
    "damage date": {
        "en": "damage date|date of damage|incident date|date of incident|date of destruction|damaged on", "fr": "date du dommage|date de destruction", "ru": "дата повреждения|дата разрушения",
        "uk": "дата пошкодження|дата руйнування|дата ушкодження", "az": "zədələnmə tarixi|dağıdılma tarixi", "tr": "hasar tarihi", "ar": "تاريخ الضرر|تاريخ الحادث|تاريخ التدمير",
        "fa": "تاریخ آسیب|تاریخ تخریب", "hy": "վնասման ամսաթիվ", "ka": "დაზიანების თარიღი",
    },
    "threat": {
        "en": "threat|threats|risk|risks", "fr": "menace|menaces|risque", "ru": "угроза|угрозы", "uk": "загроза|загрози", "az": "təhlükə|risk", "tr": "tehdit|tehditler", "ar": "التهديد|التهديدات|الخطر|المخاطر|الاخطار",
        "fa": "تهدید|تهدیدات", "hy": "սպառնալիք", "ka": "საფრთხე", "ku": "هەڕەشە",
    },
    "observed": {
        "en": "observed|survey date|date of survey|visit date|inspection date|assessment date|date of inspection|date of visit|date assessed|date surveyed|date observed|"
              "image date|imagery date|date of assessment|last visit|date|assessed on|checked|seen|last seen|visited",
        "fr": "date de visite|date du constat|date d'inspection|date de relevé|date|date d'observation|date de l'évaluation",
        "ru": "дата обследования|дата осмотра|дата проверки|дата фиксации|дата|дата мониторинга|дата наблюдения", "uk": "дата обстеження|дата огляду|дата|дата фіксації|дата моніторингу",
        "az": "baxış tarixi|müayinə tarixi|tarix|yoxlama tarixi|monitorinq tarixi", "tr": "tespit tarihi|inceleme tarihi|tarih|gözlem tarihi",
        "ar": "تاريخ المعاينة|تاريخ الزيارة|تاريخ الكشف|تاريخ التقييم|التاريخ|تاريخ المسح|تاريخ|تاريخ الرصد", "fa": "تاریخ بازدید|تاریخ بررسی|تاریخ", "hy": "զննման ամսաթիվ|ամսաթիվ|այցի ամսաթիվ",
        "ka": "შემოწმების თარიღი|თარიღი|დათვალიერების თარიღი", "ku": "بەروار|dîrok",
    },
    "recorded": {
        "en": "recorded|date recorded|record date|entry date|date entered|report date|created|last updated|updated|reported", "fr": "date de saisie|date du rapport|date d'enregistrement", "ru": "дата записи|дата внесения|дата отчета|дата составления",
        "uk": "дата запису|дата внесення|дата звіту", "az": "qeyd tarixi", "tr": "kayıt tarihi|rapor tarihi", "ar": "تاريخ التسجيل|تاريخ الإدخال|تاريخ التقرير|تاريخ التوثيق", "fa": "تاریخ ثبت|تاریخ گزارش", "hy": "գրանցման ամսաթիվ", "ka": "აღრიცხვის თარიღი",
    },
    "dating": {
        "en": "dating|when|dated|date of construction|built|construction date|year built|century|construction year|date built|year|year of construction|date of origin",
        "fr": "datation|date de construction|siècle|année de construction|année|date de fondation", "ru": "датировка|дата постройки|век|год постройки|год|время создания|дата создания|дата сооружения|время постройки|год строительства|время строительства",
        "uk": "датування|дата спорудження|час створення|рік|час спорудження|рік побудови|століття|дата побудови", "az": "tarixi|tikilmə tarixi|əsr|tikilmə ili|inşa tarixi|dövrü",
        "tr": "yüzyıl|yapım tarihi|yapım yılı|tarihleme|tarihlendirme", "ar": "تاريخ البناء|القرن|تاريخ الإنشاء|سنة البناء|التأريخ|سنة الإنشاء|تاريخ التشييد", "fa": "تاریخ ساخت|قدمت|سده|سال ساخت", "hy": "թվագրում|կառուցման ժամանակ|դար|ժամանակ|կառուցման տարեթիվ",
        "ka": "დათარიღება|საუკუნე|აგების თარიღი|თარიღი", "ku": "مێژووی دروستکردن",
    },
    "period": {
        "en": "period|era|epoch|culture|cultural period|chronology|historical period", "fr": "période|époque|culture", "ru": "период|эпоха|культура|хронология", "uk": "період|епоха|культура|хронологія",
        "az": "dövr|dövrü", "tr": "dönem|dönemi", "ar": "الفترة|العصر|الحقبة|الفترة الزمنية|الفترة التاريخية|العصر التاريخي", "fa": "دوره|دوره تاریخی", "hy": "ժամանակաշրջան|դարաշրջան", "ka": "პერიოდი|ეპოქა", "ku": "سەردەم|serdem",
    },
    "protection": {
        "en": "protection|protection status|legal status|designation|listing|listed|category of protection|protected|heritage status|legal protection|protection level|protection category",
        "fr": "protection|statut de protection|classement|statut juridique|statut", "ru": "категория охраны|охрана|статус|категория историко-культурного значения|охранный статус|значение|категория значения|вид охраны|историко-культурное значение",
        "uk": "охоронний статус|категорія обліку|вид обліку|статус|категорія пам'ятки|значення|категорія значення", "az": "mühafizə|mühafizə kateqoriyası|dərəcəsi|əhəmiyyət dərəcəsi|statusu|əhəmiyyəti|mühafizə statusu",
        "tr": "tescil|koruma|tescil durumu|koruma statüsü|tescil derecesi|koruma derecesi|sit derecesi", "ar": "الحماية|حالة الحماية|التسجيل|الوضع القانوني|حالة التسجيل|الوضع القانوني للحماية", "fa": "ثبت|وضعیت ثبت|حفاظت|ثبت ملی",
        "hy": "կարգավիճակ|պահպանական կարգավիճակ|նշանակություն|պահպանություն", "ka": "სტატუსი|დაცვის სტატუსი|ძეგლის კატეგორია|კატეგორია", "ku": "پاراستن",
    },
    "protection reference": {
        "en": "decree|decision|legal act|protection reference|designation reference|decree number|order number", "fr": "arrêté|décret|acte juridique", "ru": "постановление|документ о постановке на охрану|решение|приказ|нормативный акт|документ",
        "uk": "рішення|наказ|постанова|охоронний документ|документ", "az": "qərar|sərəncam|qərarın nömrəsi", "tr": "karar|kurul kararı|tescil kararı|karar no", "ar": "قرار التسجيل|رقم القرار|قرار|قرار الحماية", "fa": "مصوبه", "hy": "որոշում|որոշման համար", "ka": "ბრძანება|დადგენილება",
    },
    "handling": {
        "en": "handling|sensitivity|confidentiality|access|classification level|visibility|sensitive", "fr": "confidentialité|diffusion|accès|sensibilité", "ru": "доступ|конфиденциальность|гриф|режим доступа", "uk": "доступ|конфіденційність|гриф|режим доступу", "az": "məxfilik|giriş",
        "tr": "gizlilik|erişim", "ar": "السرية|مستوى السرية|الوصول|درجة السرية", "fa": "محرمانگی|دسترسی|طبقه‌بندی", "hy": "գաղտնիություն|հասանելիություն", "ka": "კონფიდენციალურობა",
    },
    "description": {
        "en": "description|text|desc|summary|details|about|general description|short description|site description", "fr": "description|descriptif|résumé", "ru": "описание|краткое описание|характеристика|общее описание|сведения",
        "uk": "опис|короткий опис|характеристика|загальний опис", "az": "təsvir|təsviri|qısa təsviri|məlumat", "tr": "açıklama|tanım|betimleme|tanımı|açıklamalar", "ar": "الوصف|وصف|وصف الموقع|الوصف العام|نبذة|وصف مختصر", "fa": "توضیحات|شرح|توصیف|شرح مختصر",
        "hy": "նկարագրություն|նկարագիր|համառոտ նկարագիր", "ka": "აღწერა|აღწერილობა|მოკლე აღწერა", "ku": "وەسف|danasîn",
    },
    "notes": {
        "en": "notes|note|comment|comments|remark|remarks|observations|condition note|condition notes|other information", "fr": "remarque|remarques|observations|commentaire|commentaires|notes", "ru": "примечание|примечания|комментарий|заметки|замечания|комментарии",
        "uk": "примітка|примітки|коментар|зауваження", "az": "qeyd|qeydlər", "tr": "not|notlar|düşünceler", "ar": "ملاحظات|ملاحظة|الملاحظات|تعليقات", "fa": "یادداشت|ملاحظات|یادداشت‌ها", "hy": "նշումներ|ծանոթագրություն|նշում", "ka": "შენიშვნა|შენიშვნები", "ku": "تێبینی",
    },
    "source": {
        "en": "source|sources|bibliography|literature|data source|reference", "fr": "source|bibliographie|sources", "ru": "источник|литература|источники|библиография", "uk": "джерело|література|джерела", "az": "mənbə|ədəbiyyat", "tr": "kaynak|kaynakça", "ar": "المصدر|المرجع|المراجع|المصادر",
        "fa": "منبع|منابع", "hy": "աղբյուր|գրականություն", "ka": "წყარო|ლიტერატურა", "ku": "سەرچاوە",
    },
    "material": {
        "en": "material|materials|construction material|building material", "fr": "matériau|matériaux", "ru": "материал|материал стен|строительный материал", "uk": "матеріал", "az": "material|tikinti materialı", "tr": "malzeme|yapı malzemesi", "ar": "مادة البناء|المادة|مواد البناء", "fa": "مصالح|جنس",
        "hy": "նյութ|շինանյութ", "ka": "მასალა", "ku": "madde",
    },
    "function": {
        "en": "function|use|current use|present use|original use|original function", "fr": "fonction|usage|utilisation", "ru": "функция|использование|назначение|современное использование", "uk": "функція|використання|призначення", "az": "funksiya|təyinatı|istifadəsi", "tr": "işlev|kullanım|işlevi|kullanımı",
        "ar": "الوظيفة|الاستخدام|الاستعمال", "fa": "کاربری|کاربری فعلی", "hy": "գործառույթ|օգտագործում", "ka": "ფუნქცია|გამოყენება",
    },
    "significance": {
        "en": "significance|statement of significance|heritage value|importance|cultural significance", "fr": "importance|valeur patrimoniale|intérêt", "ru": "значимость|культурная ценность", "uk": "значущість|культурна цінність", "az": "əhəmiyyət", "tr": "önem|önemi",
        "ar": "الأهمية|القيمة|القيمة الأثرية|الاهمية", "fa": "اهمیت|ارزش", "hy": "արժեք|կարևորություն", "ka": "მნიშვნელობა|ღირებულება",
    },
    "recommendation": {
        "en": "recommendation|recommendations|recommended action|action needed", "fr": "recommandation|recommandations|mesures", "ru": "рекомендации|рекомендация|необходимые меры", "uk": "рекомендації|необхідні заходи", "az": "tövsiyə|tövsiyələr", "tr": "öneri|öneriler", "ar": "التوصيات|التوصية|الإجراءات المطلوبة",
        "fa": "توصیه|پیشنهاد", "hy": "առաջարկություն", "ka": "რეკომენდაცია",
    },
    "priority": {
        "en": "priority|priority level|urgency", "fr": "priorité|urgence", "ru": "приоритет|срочность", "uk": "пріоритет|терміновість", "az": "prioritet", "tr": "öncelik|aciliyet", "ar": "الأولوية|درجة الأولوية", "fa": "اولویت", "hy": "առաջնահերթություն", "ka": "პრიორიტეტი",
    },
    "from": {
        "en": "from|start|start date|not before|begin|beginning|date from|state from|year from|earliest|earliest date", "fr": "début|date de début", "ru": "начало|дата начала", "uk": "початок|дата початку", "ar": "من|تاريخ البداية|بداية",
    },
    "to": {
        "en": "to|end|end date|not after|until|date to|state to|year to|latest|latest date", "fr": "fin|date de fin", "ru": "конец|окончание", "uk": "кінець|дата кінця", "ar": "إلى|تاريخ النهاية|نهاية",
    },
    "language": {"en": "lang|language|language code", "fr": "langue", "ru": "язык", "uk": "мова", "az": "dil", "tr": "dil", "ar": "اللغة|لغة", "fa": "زبان", "hy": "լեզու", "ka": "ენა"},
    "scheme": {"en": "scheme|authority|identifier scheme|register"},
    "uri": {"en": "uri|url|link|web address|website", "fr": "lien|adresse web", "ru": "ссылка|сайт", "uk": "посилання|сайт", "ar": "الرابط|رابط"},
    "licence": {"en": "licence|license", "fr": "licence", "ru": "лицензия", "uk": "ліцензія"},
    "wikidata": {"en": "wikidata|wikidata id|qid|wikidata item", "ru": "викиданные", "uk": "вікідані", "ar": "ويكي بيانات"},
    "whs": {"en": "whs|world heritage id|whc|world heritage number"},
    "pleiades": {"en": "pleiades|pleiades id"},
    "geonames": {"en": "geonames|geonameid|geonames id|geoname id"},
    "osm": {"en": "osm|osm id|openstreetmap"},
}  # fmt: skip

# The terse headers of German, and some of French and Turkish lists.
_TERSE: dict[str, dict[str, str]] = {
    "de": {
        "key": "inventarnummer|inv nr|inventar nr|kennung|objekt nr|objektnummer|objekt id|aktenzeichen|denkmalnummer",
        "row number": "lfd nr|lfdnr|laufende nummer|lfd", "name": "name|objekt|obj|bezeichnung|bez|denkmal|objektname|denkmalname|bauwerk|kurzbezeichnung",
        "type": "typ|art|kategorie|kat|gattung|objektart|objekttyp|denkmalart", "region": "bundesland|land|bezirk|kanton|regierungsbezirk", "district": "kreis|landkreis|gemeinde|gem|katastralgemeinde|gemarkung",
        "settlement": "ort|ortsteil|ortschaft|stadt|dorf", "address": "adresse|adr|anschrift|lage|straße", "condition": "zustand|zust|erhaltung|erhaltungszustand|bauzustand",
        "damage": "schaden|schäden|schadensgrad|schad|schadstufe", "extent": "schadensanteil|schad %|prozent|schaden %", "cause": "ursache|schadensursache",
        "observed": "begehung|begeh|datum begehung|besichtigt|besichtigung|aufnahmedatum|prüfdatum|datum", "recorded": "erfasst|erfassungsdatum|aufgenommen",
        "dating": "datierung|dat|bauzeit|baujahr|entstehung|zeitstellung", "protection": "schutz|schutzstatus|status|unterschutzstellung", "protection reference": "dl nr|denkmallisten nr|bescheid|listeneintrag|gz",
        "notes": "bemerkung|bemerkungen|bem|anmerkung|anm|notiz", "description": "beschreibung|beschr", "threat": "gefährdung|bedrohung", "recommendation": "empfehlung|maßnahme|maßnahmen", "priority": "priorität|dringlichkeit",
        "function": "nutzung|funktion", "country": "staat", "other names": "weitere namen|andere namen",
    },
    "fr": {"key": "n° inv|num inv|réf", "name": "dénom|désign|désignation|libellé", "type": "catég|cat", "condition": "ét cons|état cons", "notes": "obs|observations|remarques|rem", "address": "adr"},
    "tr": {"notes": "notlar|açıklama|açıklamalar|not", "protection reference": "tescil kararı|karar no", "observed": "tespit trh|inceleme trh", "condition": "drm"},
}  # fmt: skip
for _language, _fields in _TERSE.items():
    for _field, _words in _fields.items():
        if _field in WORDS:
            WORDS[_field][_language] = "|".join(filter(None, (WORDS[_field].get(_language), _words)))

# Fields whose words mean too much in longer headers; and words that name a field only when they stand alone.
WHOLE = frozenset({"from", "to", "language", "scheme", "uri", "row number", "handling", "osm", "whs"})
WEAK = frozenset(map(fold, ("site", "place", "building", "property", "label", "title", "monument", "state", "status", "year", "culture", "code",
                            "ref", "reference", "number", "source", "material", "function", "use", "class", "kind", "city", 
                            "объект", "памятник", "значение", "статус", "документ", "год", "место", "номер", "код", "об'єкт", 
                            "monument", "nature", "statut", "الموقع", "المبنى", "رقم", "كود", "اثر", 
                            "شماره", "կոդ", )))  # fmt: skip

# Words beside "name" that say which language it is in.
LANGUAGES: dict[str, str] = {
    "en": "en|eng|english|anglais|англ|английский|английском|англійська|англійською|англійськ|ingilis|ingiliscə|ingilizce|إنجليزي|بالإنجليزية|الإنجليزية|انجليزي|بالانجليزية|انگلیسی|անգլերեն|ინგლისურად|en us",
    "fr": "fr|fra|french|français|франц|французский|fransız|fransızca|فرنسي|بالفرنسية|الفرنسية|فرانسه",
    "ru": "ru|rus|russian|russe|рус|русский|русском|російська|російською|rus|rusca|روسي|بالروسية|ռուսերեն|რუსულად",
    "uk": "uk|ua|ukr|ukrainian|укр|украинский|українська|українською|украинском",
    "az": "az|aze|azerbaijani|azeri|азерб|азербайджанский|azərbaycan|azərbaycanca|azerice",
    "tr": "tr|tur|turkish|turc|тур|турецкий|türk|türkçe|تركي|بالتركية",
    "ar": "ar|ara|arabic|arabe|араб|арабский|ərəb|arapça|عربي|بالعربية|العربية|العربي|عربی",
    "fa": "fa|fas|per|persian|farsi|persan|перс|персидский|فارسي|فارسی|بالفارسية|farsça",
    "hy": "hy|arm|hye|armenian|arménien|арм|армянский|հայերեն|erməni|ermenice",
    "ka": "ka|geo|kat|georgian|géorgien|груз|грузинский|ქართულად|ქართული|gürcü",
    "ku": "ku|kur|kurdish|kurde|курд|kurdî|کوردی|كردي|بالكردية|kürtçe|ckb",
    "he": "he|heb|hebrew|hébreu|עברית|عبري", "el": "el|gre|greek|grec|греч", "syr": "syr|syriac|syriaque|سرياني|بالسريانية", "de": "de|deu|ger|german|allemand|нем|немецкий",
    "la": "la|lat name|latin", "es": "es|spa|spanish|espagnol",
}  # fmt: skip


@cache
def _index(only: str | None = None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, languages in WORDS.items():
        for language, words in languages.items():
            if only is None or language == only:
                for word in words.split("|"):
                    fields = found.setdefault(fold(word) or word, [])
                    if name not in fields:
                        fields.append(name)
    return found


@cache
def _language_words() -> dict[str, str]:
    return {fold(word): code for code, words in LANGUAGES.items() for word in words.split("|")}


def plain_field(header: str) -> str | None:
    """The field a plain English header names, whole; ``None`` for anything else."""
    return (_index("en").get(fold(header) or header.strip()) or [None])[0]


def fields_of(header: str) -> list[tuple[str, bool]]:
    """The fields a header may name, likeliest first, each with whether it names it wholly or only in a part."""
    text = fold(header) or header.strip()
    index = _index()
    found = dict.fromkeys(index.get(text, ()), True)
    if any(sign in header for sign in "%٪"):
        found = {"extent": True, **found}
    words = text.split()
    for length in range(min(len(words) - 1, 4), 0, -1):
        for at in range(len(words) - length + 1):
            part = " ".join(words[at : at + length])
            for name in index.get(part, ()):
                if name not in WHOLE and (length > 1 or len(part) > 3 or name == "key") and part not in WEAK:
                    found.setdefault(name, False)
    return list(found.items())


def language_of(header: str) -> str | None:
    """The language a header says its column is in: "Name (EN)", "Название (англ.)", "الاسم بالعربية", "name:ar"."""
    words = _language_words()
    tokens = fold(header).split()
    return next((words[token] for token in reversed(tokens[1:]) if token in words), None) if len(tokens) > 1 else None
