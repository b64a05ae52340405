"""The state of a place at two times: what was observed by a day, as it was recorded by a moment.  Derived, each with its reason."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.assessing import finding, journal, written

from tutela.assessment.rules.change import TRENDS, between, newly_damaged, trend
from tutela.assessment.rules.reasons import SENTENCES
from tutela.assessment.rules.state import Version, moment_of, state

DAMAGE = [{"key": "d1", "cause": {"code": "fire"}, "effect": {"code": "burning"}}]


def dated(**event: str) -> list[dict[str, Any]]:
    return [{**DAMAGE[0], "event": event}]


# ---- what the state rests on ---------------------------------------------------------------------------------------------------


def test_a_place_of_which_nothing_is_recorded_has_no_condition() -> None:
    assert (state([]).condition, state([]).certainty, state([]).reason.code) == ("none", "none", "nothing")


def test_the_state_is_what_was_observed_last_since_it_was_first_so() -> None:
    found = state(written(finding("2019", "good"), finding("2021", "poor"), finding("2023-05-01", "poor", extent={"code": "11-30"})))
    assert (found.condition, found.extent, found.since, found.observed) == ("poor", "11-30", "2021", "2023-05-01")
    assert (found.certainty, found.finding) == ("single", "a3")
    assert found.reason.text == "Found poor, 2023-05-01."


def test_as_of_asks_what_had_been_observed() -> None:
    versions = written(finding("2019-03-01", "good"), finding("2021-03-01", "poor"))
    assert state(versions, 20200101).condition == "good"
    assert state(versions, 20210228).condition == "good" and state(versions, 20210301).condition == "poor"
    assert state(versions, 20180101).reason.code == "nothing-by-then"


def test_an_observation_of_an_interval_counts_from_its_last_day() -> None:
    versions = written(finding("2019/2021", "poor"))
    assert state(versions, 20201231).condition == "none" and state(versions, 20211231).condition == "poor"


def test_an_observation_without_a_day_counts_from_the_day_it_was_first_recorded() -> None:
    versions = journal(("a", "2024-05-01", finding(None, "poor")), ("a", "2025-05-01", finding(None, "very-bad")))
    assert state(versions, 20240430).condition == "none" and state(versions, 20240501).condition == "very-bad"


def test_known_at_asks_what_had_been_recorded() -> None:
    versions = journal(("a", "2024-01-10", finding("2020", "poor")), ("b", "2025-01-10", finding("2019", "good")),
                       ("a", "2025-02-10", finding("2020", "destroyed")))  # fmt: skip
    assert state(versions, known_at=moment_of("2024-01-09")).condition == "none"
    assert state(versions, known_at=moment_of("2024-06-01")).condition == "poor"
    assert state(versions, 20191231, moment_of("2024-06-01")).condition == "none"
    assert state(versions, 20191231, moment_of("2025-01-10")).condition == "good"
    assert state(versions, known_at=moment_of("2025-02-09")).condition == "poor"
    assert state(versions, known_at=moment_of("2025-02-10")).condition == "destroyed"


def test_what_was_deleted_later_was_known_until_then() -> None:
    versions = journal(("a", "2024-01-10", finding("2020", "poor")), ("a", "2024-03-10", None))
    assert state(versions, known_at=moment_of("2024-03-09")).condition == "poor"
    assert state(versions, known_at=moment_of("2024-03-10")).condition == state(versions).condition == "none"


def test_a_day_stands_for_its_end_and_a_moment_for_itself() -> None:
    assert moment_of("2026-03-01") == "2026-03-01T23:59:59Z"
    assert moment_of("2026-03-01T02:00:00+02:00") == moment_of("2026-03-01T00:00:00Z") == "2026-03-01T00:00:00Z"
    with pytest.raises(ValueError, match="yesterday"):
        moment_of("yesterday 12")


@pytest.mark.parametrize(("status", "seen"), [("draft", "good"), ("submitted", "good"), ("reviewed", "poor"), ("published", "poor")])
def test_only_what_is_reviewed_counts(status: str, seen: str) -> None:
    assert state(written(finding("2020", "good"), finding("2021", "poor", status=status))).condition == seen


def test_as_of_takes_the_status_that_was_known_then() -> None:
    versions = journal(("a", "2024-01-01", finding("2020", status="submitted")), ("a", "2024-02-01", finding("2020", status="published")))
    assert state(versions, known_at=moment_of("2024-01-15")).condition == "none"
    assert state(versions, known_at=moment_of("2024-02-01")).condition == "poor"


# ---- unknown is a value --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["not-visible", "not-visited", "not-assessable"])
def test_a_visit_that_found_nothing_out_is_no_finding_and_hides_none(outcome: str) -> None:
    unseen = {"observed": "2024-01-01", "outcome": outcome, "status": "published"}
    alone = state(written(unseen))
    assert (alone.condition, alone.damage, alone.certainty, alone.reason.code) == (outcome, "unknown", "none", "unseen")
    after = state(written(finding("2020", "poor"), unseen))
    assert after.condition == "poor" and after.unseen == {"id": "a2", "outcome": outcome, "observed": "2024-01-01"}


def test_no_damage_is_a_finding_and_differs_from_not_knowing() -> None:
    looked = {"observed": "2024-01-01", "outcome": "no-damage", "status": "published"}
    found = state(written(looked))
    assert (found.condition, found.damage, found.reason.code, found.finding) == ("unknown", "none", "no-damage-found", "a1")
    assert state(written({**looked, "outcome": "not-visited"})).damage == "unknown"
    assert state(written(finding("2020", "good"))).damage == "unknown"  # nobody said that there is none
    assert state(written(finding("2020", "good", damages=DAMAGE), looked)).damage == "documented"  # what was written down stays


def test_no_damage_with_a_condition_says_both() -> None:
    found = state(written({"observed": "2024", "outcome": "no-damage", "condition": {"code": "fair"}, "status": "published"}))
    assert (found.condition, found.damage) == ("fair", "none")


# ---- parts of a place ----------------------------------------------------------------------------------------------------------


def test_each_part_has_its_own_state() -> None:
    early = finding("2020", "fair", elements=[{"key": "dome", "kind": "dome", "condition": {"code": "good"}}])
    late = finding("2022", None, elements=[{"key": "dome", "kind": "dome", "condition": {"code": "destroyed"}}, {"key": "stele-3"}])
    found = state(written(early, late))
    assert found.condition == "fair" and found.elements["dome"].condition == "destroyed"
    assert found.elements["stele-3"].condition == "unknown"


def test_risk_and_urgency_are_those_named_last() -> None:
    threats = [{"cause": "fire", "probability": "probable", "severity": "total"}, {"cause": "flooding"}]
    found = state(written(finding("2020", threats=threats), finding("2021", urgency={"code": "urgent"})))
    assert (found.risk, found.urgency) == ("extreme", "urgent")


# ---- disagreement and consensus ------------------------------------------------------------------------------------------------


def test_assessors_of_one_occasion_who_differ_both_stay() -> None:
    found = state(written(finding("2020-05-03", "fair"), finding("2020-05-05", "very-bad")))
    assert (found.condition, found.certainty, found.reason.code) == ("very-bad", "disputed", "disputed")
    assert found.disagreements == ({"id": "a1", "condition": "fair", "extent": None, "observed": "2020-05-03"},)
    assert "fair (2020-05-03)" in found.reason.text


def test_assessors_who_say_the_same_strengthen_each_other() -> None:
    found = state(written(finding("2020-05-03", "poor"), finding("2020-05-05", "poor")))
    assert (found.certainty, found.reason.code, found.reason.values["voices"]) == ("agreed", "agreed-alike", 2)


def test_a_damage_dated_between_two_visits_makes_a_change_of_it_not_a_disagreement() -> None:
    versions = written(finding("2020-05-03", "fair"), finding("2020-05-05", "very-bad", damages=dated(on="2020-05-04")))
    assert state(versions).certainty == "single" and trend(versions).code == "worse"


def consensus(**more: Any) -> dict[str, Any]:
    return {"rule": "majority", "of": ["a1", "a2"], "observed": "2020-05-05", "recorded": "2020-06-01", "condition": {"code": "poor"},
            "status": "published", **more}  # fmt: skip


def test_a_published_consensus_stands_in_for_its_assessments() -> None:
    two = (finding("2020-05-03", "fair"), finding("2020-05-05", "very-bad"))
    found = state(written(*two, consensus()))
    assert (found.condition, found.certainty, found.reason.code, found.disagreements) == ("poor", "agreed", "agreed-by-rule", ())
    assert state(written(*two, consensus(status="reviewed"))).certainty == "disputed"
    assert state(written(*two, consensus(), finding("2021", "destroyed"))).condition == "destroyed"


def test_a_consensus_known_later_does_not_settle_what_was_disputed_before() -> None:
    versions = journal(("a1", "2024-01-01", finding("2020-05-03", "fair")), ("a2", "2024-01-01", finding("2020-05-05", "very-bad")),
                       ("c", "2025-01-01", consensus()))  # fmt: skip
    assert state(versions, known_at=moment_of("2024-12-31")).certainty == "disputed"
    assert state(versions, known_at=moment_of("2025-01-01")).certainty == "agreed"


def test_a_consensus_on_a_part_settles_the_part_alone() -> None:
    dome = [{"key": "dome", "condition": {"code": "good"}}]
    fallen = [{"key": "dome", "condition": {"code": "destroyed"}}]
    found = state(written(finding("2020-05-03", "fair", elements=dome), finding("2020-05-03", "poor", elements=fallen),
                          consensus(element="dome", observed="2020-05-03", condition={"code": "destroyed"})))  # fmt: skip
    assert found.certainty == "disputed" and (found.elements["dome"].condition, found.elements["dome"].certainty) == ("destroyed", "agreed")


# ---- trend, before and after ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "code", "reason"),
    [
        (finding("2019", "good"), finding("2021", "poor"), "worse", "trend-condition"),
        (finding("2019", "very-bad"), finding("2021", "poor"), "improving", "trend-condition"),
        (finding("2019", "poor"), finding("2021", "poor"), "unchanged", "trend-same"),
        (finding("2019", "poor", extent={"code": "1-10"}), finding("2021", "poor", extent={"code": "31-60"}), "worse", "trend-extent"),
        (finding("2019", "poor", extent={"code": "1-10"}), finding("2021", "poor"), "unchanged", "trend-same"),
        (finding("2019", "unknown"), finding("2021", "poor"), "unknown", "trend-single"),
        (finding("2021-01-02", "good"), finding("2021-01-02", "poor"), "unknown", "trend-disputed"),
    ],
)
def test_trend(before: dict[str, Any], after: dict[str, Any], code: str, reason: str) -> None:
    found = trend(written(before, after))
    assert (found.code, found.reason.code) == (code, reason) and found.reason.text
    assert trend([]).reason.code == "trend-none"


def test_before_and_after() -> None:
    versions = written(finding("2019", "good"), finding("2021", "poor", damages=DAMAGE))
    told = between(versions, 20200101, 20220101)
    assert (told.before.condition, told.after.condition, told.trend.code, told.newly_damaged.code) == ("good", "poor", "worse", "yes")
    assert between(versions, 20180101, 20200101).trend.reason.code == "trend-uncompared"


@pytest.mark.parametrize(
    ("series", "code", "reason"),
    [
        ([finding("2021", "poor", damages=dated(on="2020-06-01"))], "yes", "event-since"),
        ([finding("2019", "good"), finding("2021", "poor")], "yes", "undamaged-before"),
        ([{"observed": "2019", "outcome": "no-damage", "status": "published"}, finding("2021", "fair", damages=DAMAGE)], "yes",
         "undamaged-before"),
        ([finding("2019", "poor"), finding("2021", "very-bad")], "no", "damaged-before"),
        ([finding("2019", "poor"), finding("2021", "poor", damages=dated(on="2020-06-01"))], "yes", "event-since"),
        ([finding("2021", "poor", damages=dated(before="2019"))], "no", "event-before"),
        ([finding("2021", "poor", damages=DAMAGE)], "unknown", "not-known-before"),
        ([finding("2019", "fair"), finding("2021", "poor")], "unknown", "not-known-before"),
        ([finding("2021", "good")], "no", "not-damaged"),
        ([], "no", "not-damaged"),
    ],
)  # fmt: skip
def test_newly_damaged_since_2020(series: list[dict[str, Any]], code: str, reason: str) -> None:
    found = newly_damaged(written(*series), 20200101)
    assert (found.code, found.reason.code) == (code, reason) and found.reason.text


# ---- properties ----------------------------------------------------------------------------------------------------------------

FIRST = date(2015, 1, 1)
days = st.integers(0, 4000).map(lambda n: (FIRST + timedelta(days=n)).isoformat())
observations = st.one_of(st.none(), days, st.integers(2015, 2026).map(str))
documents = st.one_of(
    st.builds(finding, observations, st.sampled_from([None, "good", "poor", "destroyed", "unknown"]), outcome=st.sampled_from(["finding"]),
              status=st.sampled_from(["draft", "submitted", "reviewed", "published"]),
              damages=st.sampled_from([[], DAMAGE, dated(on="2020-05-01")])),
    st.builds(lambda day, outcome: {"observed": day, "outcome": outcome}, days, st.sampled_from(["not-visited", "no-damage"])),
    st.builds(lambda day, of: consensus(observed=day, of=of), days, st.lists(st.sampled_from("abcde"), min_size=2, unique=True)),
)  # fmt: skip
steps = st.lists(st.tuples(st.sampled_from("abcde"), days, st.one_of(st.none(), documents)), max_size=8)


def as_versions(given_steps: list[Any]) -> list[Version]:
    return journal(*sorted(given_steps, key=lambda step: step[1]))


@given(steps, steps, days, st.one_of(st.none(), days))
def test_what_is_recorded_later_never_changes_what_was_known_earlier(early: Any, late: Any, known: str, as_of: str | None) -> None:
    before = as_versions([step for step in early if step[1] <= known])
    day, moment = (int(as_of.replace("-", "")) if as_of else None), moment_of(known)
    after = before + [v._replace(line=v.line + len(before)) for v in as_versions([step for step in late if step[1] > known])]
    assert state(after, day, moment) == state(before, day, moment)
    assert trend(after, day, moment) == trend(before, day, moment)
    assert newly_damaged(after, 20180101, day, moment) == newly_damaged(before, 20180101, day, moment)


@given(steps, days, days)
def test_what_is_observed_later_never_changes_the_state_of_an_earlier_day(given_steps: Any, as_of: str, later: str) -> None:
    dated_only = [step for step in given_steps if step[2] is None or (step[2].get("observed") or "2030") <= as_of]
    more = {**finding(later, "destroyed"), "status": "published"}
    versions, day = as_versions(dated_only), int(as_of.replace("-", ""))
    if later > as_of:
        added = [*versions, Version("z", "2026-12-31T00:00:00Z", 1000, more)]
        assert state(added, day) == state(versions, day)


@given(steps, st.randoms(), st.one_of(st.none(), days))
def test_the_order_in_which_versions_are_read_does_not_matter_and_every_answer_has_its_reason(
    given_steps: Any, random: Any, as_of: Any
) -> None:
    versions, day = as_versions(given_steps), (int(as_of.replace("-", "")) if as_of else None)
    shuffled = versions[:]
    random.shuffle(shuffled)
    found = state(versions, day)
    assert state(shuffled, day) == found
    going = trend(versions, day)
    assert found.reason.code in SENTENCES and found.reason.text and going.reason.text and going.code in TRENDS
    assert (found.certainty == "disputed") == bool(found.disagreements)
