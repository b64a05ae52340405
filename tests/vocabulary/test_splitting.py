"""Joined lists taken apart: values that hold commas stay whole, empty members count."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.vocabulary import load, split_list

EAMENA = json.loads((Path(__file__).parent / "data" / "eamena_wordings.json").read_text(encoding="utf-8"))


def test_a_value_that_holds_commas_stays_whole():
    text = "Conservation, Restoration, and Maintenance Activities, Emergency Actions"
    whole = ["Conservation, Restoration, and Maintenance Activities", "Emergency Actions"]
    assert split_list(text, load("interventions")) == whole
    assert split_list(", ".join(whole[::-1] + whole), load("interventions")) == whole[::-1] + whole


def test_the_same_words_are_two_values_where_they_are_two():
    assert split_list("Conservation, Restoration", load("causes")) == ["Conservation", "Restoration"]
    assert split_list("Natural, Management and Institutional Factors", load("disturbance-categories")) == [
        "Natural", "Management and Institutional Factors",
    ]  # fmt: skip


def test_commas_within_brackets_and_in_names_of_periods_and_countries():
    text = "Sasanian (Levant/Mesopotamia/Iran/Northern Arabia), Islamic, Middle (Ghaznavid/Seljuq/Khwarazmshah) (Iran)"
    assert split_list(text, load("periods")) == [
        "Sasanian (Levant/Mesopotamia/Iran/Northern Arabia)", "Islamic, Middle (Ghaznavid/Seljuq/Khwarazmshah) (Iran)",
    ]  # fmt: skip
    assert split_list("Bronze Age (Khuzestan, Iran), Unknown") == ["Bronze Age (Khuzestan, Iran)", "Unknown"]
    assert split_list("Palestine, State of, Iraq", load("countries")) == ["Palestine, State of", "Iraq"]


def test_the_longest_known_value_wins():
    periods = load("periods")
    longest = "Bronze Age, Early Dynastic I (Southern Mesopotamia)"
    assert split_list(f"{longest}, Bronze Age", periods) == [longest, "Bronze Age"]


def test_empty_members_keep_their_place():
    categories = load("disturbance-categories")
    assert split_list(", Natural, None, ,Natural", categories) == [None, "Natural", None, None, "Natural"]
    assert split_list("") == [None]
    assert split_list(None) == []


def test_what_is_unknown_is_parted_at_commas():
    assert split_list("Something, else", load("causes")) == ["Something", "else"]


def test_brackets_that_do_not_close_hide_nothing():
    assert split_list("a (b, c") == ["a (b", "c"]
    assert split_list("a) b, (c") == ["a) b", "(c"]


@pytest.mark.parametrize("group", EAMENA["parallel"])
def test_parallel_lists_of_eamena_stay_aligned_and_known(group):
    vocabularies = [load(name) for name in EAMENA["parallel"][group]["lists"]]
    for row in EAMENA["parallel"][group]["rows"]:
        columns = [split_list(text, vocabulary) for text, vocabulary in zip(row, vocabularies, strict=True)]
        assert len({len(column) for column in columns}) == 1, row
        for column, vocabulary in zip(columns, vocabularies, strict=True):
            assert all(member is None or vocabulary.find(member) for member in column), row


@given(st.lists(st.sampled_from([*load("interventions").terms.values()]), max_size=8))
def test_what_was_joined_comes_apart_again(chosen):
    wordings = [term.also[0] for term in chosen]
    joined = ", ".join(wordings) if wordings else None
    assert split_list(joined, load("interventions")) == wordings


@given(st.text(alphabet="ab,() ", max_size=60))
def test_nothing_is_lost_of_any_text(text):
    kept = "".join(member for member in split_list(text, load("periods")) if member)
    assert kept.replace(",", "").replace(" ", "") == text.replace(",", "").replace(" ", "")
