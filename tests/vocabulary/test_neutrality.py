"""No side is taken: no loaded word in our labels, codes, definitions and notes; a source's own wording only where
stated.
"""

from __future__ import annotations

import re

import pytest

from tutela.vocabulary import all_names, load, scales

LOADED = re.compile(
    r"vandal|genocid|\bliberat|occupied|occupation|occupier|barbar|aggress|terroris|enem(y|ies)|heroic|martyr|invader|separatis"
    r"|puppet|ethnic cleansing|culprit|perpetrat|savage|criminal"
    r"|génocid|libér(é|ation)|occup(é|ation)|terroriste|ennemi|agress"
    r"|вандал|геноцид|оккупа|террор|вражеск|освобожд|агресс|варвар|сепаратис"
    r"|إرهاب|احتلال|إبادة|عدوان|تحرير|تخريب"
    r"|işğal|işgal|soyqırım|soykırım|düşmən|düşman|окупа|ворож",
    re.IGNORECASE,
)

# The wording of a source that must be understood when it comes in.  It is never shown as ours.
UNDERSTOOD_ONLY = {
    ("disturbance-categories", "Vandalism"),
    ("causes", "Occupation/Continued Use"),  # a use: people go on living there
    ("countries", "Occupied Palestinian Territory"),  # a heading of UN documents
}

A_PEOPLE_OF_ANTIQUITY = {"vandal-maghreb", "Vandal (Maghreb)"}  # the period of the Vandal kingdom, as EAMENA names it


def test_the_pattern_catches_what_it_is_for():
    for text in ("Vandalised", "Occupied territories", "Освобождённый", "terrorists", "işğal altında"):
        assert LOADED.search(text)


@pytest.mark.parametrize("name", all_names())
def test_what_we_say_ourselves_is_free_of_loaded_words(name):
    vocabulary = load(name)
    texts = [vocabulary.title, vocabulary.note]
    for term in vocabulary.terms.values():
        texts += [term.code, *term.labels.values(), term.definition]
    assert {text for text in texts if LOADED.search(text)} <= (A_PEOPLE_OF_ANTIQUITY if name == "periods" else set())


@pytest.mark.parametrize("name", all_names())
def test_a_loaded_wording_of_a_source_is_stated_here(name):
    found = {(name, also) for term in load(name).terms.values() for also in term.also if LOADED.search(also)}
    assert found == {(list_name, also) for list_name, also in UNDERSTOOD_ONLY if list_name == name}


def test_the_crosswalk_and_the_comments_of_the_files_are_free_of_loaded_words():
    assert not LOADED.search(scales.CROSSWALKS.read_text(encoding="utf-8"))


def test_no_term_says_who_did_it():
    actors = re.compile(r"\b(army|armies|troops|militia|insurgent|rebel|regime|forces of)\b", re.IGNORECASE)
    for name in ("causes", "effects", "disturbance-categories", "threat-probability"):
        for term in load(name).terms.values():
            texts = " ".join([*term.labels.values(), term.definition]).replace("forces of nature", "")
            assert not actors.search(texts), term.code


def test_the_order_of_names_is_said_to_mean_nothing():
    assert "unranked" in load("name-kinds").note
    assert "legal status" in load("countries").note and "boundaries" in load("countries").note
