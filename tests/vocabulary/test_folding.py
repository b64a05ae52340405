"""The search key: one key for every way a name is typed, in any script; and what a name is written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.vocabulary.folding import fold, words
from tutela.vocabulary.scripts import COMMON, direction, guess_language, mixed, script_of


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Ur", "ur"),
        ("Łódź", "lodz"),
        ("Şuşa", "susa"),
        ("Şəki", "seki"),
        ("ǝ", "e"),  # U+01DD, as ISO 3166-2 spells AZ-KAN
        ("Škoda", "skoda"),
        ("Kārvānsarā", "karvansara"),
        ("Straße", "strasse"),
        ("Ærø", "aero"),
        ("al-Raqqa", "al raqqa"),
        ("'Q'araba'", "qaraba"),
        ("St. John's (old)", "st johns old"),
        ("کاروان\u200cسرا", "كاروانسرا"),  # zero-width non-joiner
        ("١٢۳", "123"),
        ("", ""),
        ("—", ""),
    ],
)
def test_a_name_has_a_plain_key(written: str, key: str) -> None:
    assert fold(written) == key


@pytest.mark.parametrize(
    "spellings",
    [
        ("حَلَب", "حلب"),
        ("ܐܘܿܪܗܵܝ", "ܐܘܪܗܝ"),
        ("יְרוּשָׁלַיִם", "ירושלים"),
        ("İstanbul", "istanbul", "ıstanbul", "ISTANBUL", "I\u0307stanbul"),
        ("‘Ayn", "ʿAyn", "'Ayn", "`Ayn", "Ayn", "ʻAyn"),
        ("Q’araba", "Q'araba", "Qʼaraba", "Qaraba"),
        ("علی", "علي", "على"),
        ("کرکوک", "كركوك"),
        ("قلعة", "قلعه"),
        ("أربيل", "اربيل", "ٱربيل"),
        ("حـلـب", "حلب"),
        ("Київ", "КИЇВ", "Киі\u0308в"),
        ("თბილისი", "ᲗᲑᲘᲚᲘᲡᲘ"),
        ("Երևան", "Երեւան", "ԵՐԵՒԱՆ"),
        ("Ἔδεσσα", "Εδεσσα", "ΕΔΕΣΣΑ"),
        ("Deir ez-Zor", "Deir ez Zor", "deir  ez–zor"),
    ],
)
def test_spellings_of_one_name_share_a_key(spellings: tuple[str, ...]) -> None:
    assert {fold(each) for each in spellings} == {fold(spellings[0])} != {""}


@given(st.text())
def test_folding_a_key_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_a_key_is_words_of_letters_and_digits_parted_by_single_spaces(text: str) -> None:
    assert all(word.isalnum() for word in words(text))
    assert " ".join(words(text)) == fold(text)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_short_way_for_ascii_gives_what_the_long_way_gives(text: str) -> None:
    assert fold(text) == fold(text + "\u200b")  # an invisible sign, which drops, but sends the text the long way


@pytest.mark.parametrize(
    ("text", "script", "way"),
    [
        ("Ur", "Latn", "ltr"),
        ("ʿAyn Dāra", "Latn", "ltr"),
        ("Шуша", "Cyrl", "ltr"),
        ("حَلَب", "Arab", "rtl"),
        ("ܐܘܿܪܗܵܝ", "Syrc", "rtl"),
        ("Երևան", "Armn", "ltr"),
        ("თბილისი", "Geor", "ltr"),
        ("ירושלים", "Hebr", "rtl"),
        ("Ἔδεσσα", "Grek", "ltr"),
        ("長安", "Hani", "ltr"),
        ("東京タワー", "Jpan", "ltr"),
        ("EAMENA کاروانسرا سنگبست", "Arab", "rtl"),
        ("12 / 34", COMMON, "ltr"),
        ("", COMMON, "ltr"),
    ],
)
def test_the_script_is_that_of_most_letters(text: str, script: str, way: str) -> None:
    assert (script_of(text), direction(script_of(text))) == (script, way)


def test_two_scripts_in_one_text_are_noticed() -> None:
    assert mixed("Caravanserai کاروانسرا")
    assert mixed("Аrmenia")  # a Cyrillic А before Latin letters
    assert not mixed("کاروانسرا 12")
    assert not mixed("東京タワー")


@pytest.mark.parametrize(
    ("text", "country", "language"),
    [
        ("کاروانسرای چهل‌پایه", "IR", "fa"),
        ("گەورە ڕ", "IQ", "ckb"),
        ("قلعة الحصن", "SY", "ar"),
        ("قلعة", "IR", "und"),  # Persian keyboards write some names so
        ("حلب", "SY", "und"),  # no telling letter
        ("Şəki", None, "az"),
        ("Kars", "TR", "und"),
        ("Київ", "UA", "uk"),
        ("Быково", "UA", "ru"),
        ("Быково", None, "und"),
        ("ܐܘܪܗܝ", None, "syr"),
        ("Երևան", None, "hy"),
        ("თბილისი", None, "ka"),
    ],
)
def test_a_language_is_named_only_where_letters_tell_it(text: str, country: str | None, language: str) -> None:
    assert guess_language(text, country) == language


@given(st.text(), st.sampled_from([None, "IR", "UA", "SY"]))
def test_no_text_breaks_the_guesses(text: str, country: str | None) -> None:
    assert len(script_of(text)) == 4
    assert guess_language(text, country)
    assert mixed(text) in (True, False)
