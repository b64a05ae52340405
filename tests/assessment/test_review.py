"""Review: drafts are submitted, reviewed, published; by whom; comments, proposals, consensus; and who sees what meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.acting import account, actor

from tutela.assessment import actions_review as acts
from tutela.assessment import queries
from tutela.assessment.actions import correct_assessment, record_assessment
from tutela.assessment.actions_consensus import record_consensus
from tutela.assessment.queries_timeline import area_timeline, timeline
from tutela.assessment.rules import review
from tutela.assessment.rules.consensus import Voice, agree
from tutela.assessment.rules.series import contribution, counting, counts
from tutela.errors import NotAllowed, TutelaError
from tutela.inventory import queries as places
from tutela.inventory.actions import record_place, set_handling, take_back
from tutela.people.rules import OPERATOR, PUBLIC, Actor
from tutela.store.verify_derived import check_derived

POOR: dict[str, Any] = {"observed": "2019-06-01", "condition": {"code": "poor"}, "method": "remote"}
ANNA, BERT = Actor("anna", "contributor", "Anna"), Actor("bert", "contributor", "Bert")
RITA, RALF = Actor("rita", "reviewer", "Rita"), Actor("ralf", "reviewer", "Ralf")


# ---- the rule, without a database ----------------------------------------------------------------------------------------------


def step(act: str, status: str, who: str = "r", authors: tuple[str, ...] = ("a",), **more: Any) -> str:
    given_ = {"records": True, "reviews": True, "alone": False, **more}
    found = review.check_step(act, status, who, authors, **given_)
    return found[0].code if found else "ok"


@pytest.mark.parametrize("act", review.STEPS)
@pytest.mark.parametrize("status", review.STATES)
def test_each_act_leads_from_its_states_to_its_state_and_from_no_other(act: str, status: str) -> None:
    allowed = {"submit": ["draft"], "review": ["submitted"], "publish": ["reviewed"], "return": ["submitted", "reviewed", "published"]}
    assert (step(act, status) == "ok") == (status in allowed[act])


def test_nobody_reviews_or_publishes_their_own_unless_alone() -> None:
    assert step("review", "submitted", "a") == step("publish", "reviewed", "a") == "review-own"
    assert step("review", "submitted", "a", alone=True) == step("publish", "reviewed", "a", alone=True) == "ok"
    assert step("return", "submitted", "a") == "ok"


def test_who_may_not_review_submits_their_own_and_no_more() -> None:
    assert step("submit", "draft", "a", reviews=False) == "ok" and step("submit", "draft", "b", reviews=False) == "review-not-author"
    assert {step(act, "submitted", "b", reviews=False) for act in ("review", "return")} == {"review-right"}


@given(st.sampled_from(["submit", "review", "publish", "return"]), st.lists(st.sampled_from(list(review.STEPS)), max_size=12))
def test_nothing_is_published_without_having_been_submitted_and_reviewed(first: str, rest: list[str]) -> None:
    status, passed = "draft", []
    for act in [first, *rest]:
        if step(act, status) == "ok":
            status = review.STEPS[act].target
            passed.append(status)
    if "published" in passed:
        assert passed[: passed.index("published")][-2:] == ["submitted", "reviewed"]


def test_what_counts() -> None:
    assert [counts({"status": s}) for s in review.STATES] == [False, False, True, True] and counts({})
    assert not counts({"status": "reviewed", "of": []}) and counts({"status": "published", "of": []})
    listed = [{}, {"status": "published"}]
    assert counting(listed) is listed  # a list that came in by an import is not copied


def test_drafts_add_nothing_to_how_a_place_is_found() -> None:
    good, draft = {"condition": {"code": "good"}}, {"condition": {"code": "destroyed"}, "status": "draft", "damages": [{"key": "d1"}],
                                                    "note": "secret", "observed": "2025", "threats": [{"cause": "fire"}]}  # fmt: skip
    assert contribution([good, draft], True) == contribution([good], True)
    assert contribution([draft], True) == contribution([], True)


def test_a_consensus_counts_among_the_assessments_it_is_given_with() -> None:
    settled = {"condition": {"code": "very-bad"}, "of": ["x"], "observed": "2020", "recorded": "2024-01-01", "status": "published"}
    assert contribution([{"condition": {"code": "good"}, "observed": "2020"}, settled], True).facets["condition"] == ("very-bad",)


# ---- a consensus, by its rules -------------------------------------------------------------------------------------------------


def said(name: str, condition: str, observed: str = "2024-05-01", **more: Any) -> Voice:
    return Voice(name, f"by-{name}", {"condition": {"code": condition}, "observed": observed, **more})


def refused(*arguments: Any, **more: Any) -> str:
    with pytest.raises(TutelaError) as error:
        agree(*arguments, **more)
    return error.value.code


def test_a_majority_decides_and_dissent_is_recorded() -> None:
    made = agree([said("a", "poor"), said("b", "poor"), said("c", "good")], "majority")
    assert made["condition"] == {"code": "poor"} and made["of"] == ["a", "b", "c"] and made["observed"] == "2024-05-01"
    assert made["dissent"] == [{"assessment": "c", "condition": {"code": "good"}}]
    assert refused([said("a", "poor"), said("b", "good")], "majority") == "consensus-not-reached"


def test_unanimity_is_of_all() -> None:
    assert "dissent" not in agree([said("a", "poor"), said("b", "poor")], "unanimity")
    assert refused([said("a", "poor"), said("b", "poor"), said("c", "good")], "unanimity") == "consensus-not-reached"
    extents = [said("a", "poor", extent={"code": "1-10"}), said("b", "poor", extent={"code": "11-30"})]
    assert "extent" not in agree(extents, "unanimity")  # on the condition they agree, on the extent they do not


def test_a_single_reviewer_says_what_is_decided() -> None:
    voices = [said("a", "poor"), said("b", "good")]
    assert refused(voices, "single-reviewer") == "consensus-undecided"
    made = agree(voices, "single-reviewer", decided={"condition": {"code": "poor"}})
    assert made["condition"] == {"code": "poor"} and [d["assessment"] for d in made["dissent"]] == ["b"]
    assert refused(voices, "majority", decided={"condition": {"code": "poor"}}) == "consensus-decides-itself"


def test_a_person_has_one_voice_the_last() -> None:
    early, late = said("a", "good", "2024-05-01"), Voice("b", "by-a", said("b", "poor", "2024-05-03").document)
    assert refused([early, late], "majority") == "consensus-few"
    assert agree([early, late, said("c", "poor")], "unanimity")["condition"] == {"code": "poor"}


def test_who_found_nothing_out_has_no_voice() -> None:
    assert refused([said("a", "poor"), Voice("b", "by-b", {"outcome": "not-visited"})], "majority") == "consensus-of"
    assert refused([said("a", "poor"), said("b", "poor")], "loudest") == "consensus-rule"


def test_damages_that_are_named_alike_are_agreed() -> None:
    fire, flood = {"key": "d1", "cause": {"code": "fire"}, "note": "seen"}, {"key": "d2", "cause": {"code": "flooding"}}
    voices = [said("a", "poor", damages=[fire]), said("b", "poor", damages=[flood, fire]), said("c", "poor", damages=[fire])]
    assert agree(voices, "majority")["damages"] == [{"key": "d1", "cause": {"code": "fire"}}]
    assert len(agree(voices, "single-reviewer", decided={"condition": {"code": "poor"}})["damages"]) == 2


def test_parts_are_agreed_by_themselves() -> None:
    voices = [said(n, "good", elements=[{"key": "dome", "condition": {"code": c}}]) for n, c in (("a", "poor"), ("b", "poor"))]
    made = agree(voices, "unanimity", element="dome")
    assert (made["condition"], made["element"]) == ({"code": "poor"}, "dome")
    assert refused(voices, "unanimity", element="apse") == "consensus-few"


conditions = st.sampled_from(["good", "fair", "poor"])


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), conditions), min_size=2, max_size=8),
    st.sampled_from(["majority", "unanimity"]),
    st.randoms(),
)
def test_a_consensus_does_not_depend_on_the_order_of_voices_and_names_all_who_differ(votes: Any, rule: str, random: Any) -> None:
    voices = [Voice(f"{n}", who, said(f"{n}", condition).document) for n, (who, condition) in enumerate(votes)]
    shuffled = voices[:]
    random.shuffle(shuffled)
    try:
        made = agree(voices, rule)
    except TutelaError as error:
        assert refused(shuffled, rule) == error.code
        return
    assert agree(shuffled, rule) == made
    last = {who: condition for who, condition in votes}
    against = [c for c in last.values() if c != made["condition"]["code"]]
    assert len(made.get("dissent", [])) == len(against) and (2 * len(against) < len(last) if rule == "majority" else not against)


# ---- with a register -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def place(db: Any) -> str:
    account("reviewer")
    account("contributor")  # two accounts: nobody works alone
    return record_place(
        OPERATOR, {"names": [{"text": "Ur"}], "country": "IQ", "geometries": [{"geojson": {"type": "Point", "coordinates": [46.1, 30.9]}}]}
    )


def denied(act: Any, *arguments: Any, **more: Any) -> str:
    with pytest.raises(TutelaError) as error:
        act(*arguments, **more)
    return error.value.code


def published(place: str, document: dict[str, Any], by: Actor = ANNA) -> str:
    made = record_assessment(by, place, document)
    acts.review_(RITA, made)
    acts.publish(RALF, made)
    return made


@pytest.mark.django_db(databases="__all__")
class TestReview:
    def test_from_draft_to_published(self, place: str) -> None:
        made = record_assessment(ANNA, place, {**POOR, "status": "draft"})
        assert denied(acts.submit, BERT, made) == "review-not-author"
        acts.submit(ANNA, made, "finished")
        assert denied(acts.review_, ANNA, made) == "not-allowed"
        acts.review_(RITA, made, "sound")
        acts.publish(RALF, made)
        assert queries.one(PUBLIC, made)["status"] == "published"
        assert [v["status"] for v in queries.history(ANNA, place)[0]["versions"]] == ["draft", "submitted", "reviewed", "published"]
        assert [v["status"] for v in queries.history(PUBLIC, place)[0]["versions"]] == ["reviewed", "published"]

    def test_no_status_can_be_smuggled_in(self, place: str) -> None:
        for status in ("reviewed", "published", "blessed"):
            assert denied(record_assessment, ANNA, place, {**POOR, "status": status}) == "status-not-yours"
            assert denied(record_assessment, RITA, place, {**POOR, "status": status}) == "status-not-yours"
        made = record_assessment(ANNA, place, POOR)
        assert queries.one(ANNA, made)["status"] == "submitted"
        assert denied(correct_assessment, RITA, made, "status", "published") == "status-by-review"
        assert denied(correct_assessment, RITA, made, "status", None) == "status-by-review"

    def test_a_reviewer_does_not_review_what_they_wrote_or_corrected(self, place: str) -> None:
        own = record_assessment(RITA, place, POOR)
        assert denied(acts.review_, RITA, own) == "review-own"
        acts.review_(RALF, own)
        assert denied(acts.publish, RITA, own) == "review-own"
        touched = record_assessment(ANNA, place, POOR)
        correct_assessment(RITA, touched, "condition", {"code": "good"})
        assert denied(acts.review_, RITA, touched) == "review-own"

    def test_taking_back_ones_review_makes_nobody_an_author(self, place: str) -> None:
        from tutela.inventory.queries_editing import last_change

        made = record_assessment(ANNA, place, POOR)
        acts.review_(RITA, made)
        take_back(RITA, last_change(RITA, made) or 0)
        assert queries.one(ANNA, made)["status"] == "submitted"
        acts.review_(RITA, made)

    def test_who_works_alone_may_do_all_and_the_journal_says_so(self, db: Any) -> None:
        from tutela.store import history
        from tutela.store.documents import bare
        from tutela.store.models import Line, Record

        alone = record_place(OPERATOR, {"names": [{"text": "Ur"}]})
        assert queries.one(PUBLIC, record_assessment(OPERATOR, alone, POOR))["status"] == "published"
        made = record_assessment(OPERATOR, alone, {**POOR, "status": "draft"})
        for act in (acts.submit, acts.review_, acts.publish):
            act(OPERATOR, made)
        record = Record.objects.get(uuid=bare(made)).id
        notes = [Line.objects.get(seq__lt=e.seq, change=e.change, record=None).document for e in history.of_record(record)]
        assert ['"own":true' in note for note in notes] == [True, True, False, False]  # published, reviewed; submitted, recorded

    def test_who_changed_it_meanwhile_stops_a_review(self, place: str) -> None:
        made = record_assessment(ANNA, place, POOR)
        line = queries.one(RITA, made)["line"]
        correct_assessment(ANNA, made, "note", "the roof, too")
        assert denied(acts.review_, RITA, made, expected=line) == "changed-meanwhile"

    def test_what_is_reviewed_is_corrected_by_reviewers_and_proposed_by_others(self, place: str) -> None:
        made = published(place, POOR)
        assert denied(correct_assessment, ANNA, made, "note", "x") == "correct-propose"
        correct_assessment(RITA, made, "note", "x")
        assert queries.one(PUBLIC, made)["note"] == "x" and queries.one(PUBLIC, made)["status"] == "published"

    def test_nobody_corrects_anothers_draft_but_a_reviewer(self, place: str) -> None:
        made = record_assessment(ANNA, place, {**POOR, "status": "draft"})
        assert denied(correct_assessment, BERT, made, "note", "x") == "correct-propose"
        correct_assessment(ANNA, made, "note", "x")


@pytest.mark.django_db(databases="__all__")
class TestWhatIsNotReviewedDoesNotLeak:
    DRAFT = {
        "observed": "2025-02-02",
        "condition": {"code": "destroyed"},
        "note": "zzsecret",
        "method": "field",
        "damages": [{"key": "d1", "cause": {"code": "fire"}, "effect": {"code": "burning"}, "event": {"on": "2025-01-01"}}],
    }

    @pytest.mark.parametrize("status", ["draft", "submitted"])
    def test_to_the_public_by_any_reader(self, place: str, status: str) -> None:
        def seen() -> Any:
            facets = places.count(PUBLIC, "", ("condition", "cause", "damage", "damaged", "method", "missing")).facets
            return (
                facets,
                places.count(PUBLIC, "zzsecret").total,
                places.count(PUBLIC, "observed:2025..").total,
                places.years(PUBLIC, ""),
                queries.series(PUBLIC, place),
                queries.state(PUBLIC, place),
                queries.trend(PUBLIC, place),
                queries.state(PUBLIC, place, "2026"),
                queries.history(PUBLIC, place),
                timeline(PUBLIC, place),
                area_timeline(PUBLIC),
            )

        published(place, POOR)
        before = seen()
        made = record_assessment(ANNA, place, {**self.DRAFT, "status": status})
        assert seen() == before
        assert denied(queries.one, PUBLIC, made) == "record-unknown" and queries.comments(PUBLIC, made) == []
        assert queries.one(BERT, made)["note"] == "zzsecret" and len(queries.series(BERT, place)) == 2
        assert list(check_derived()) == []

    def test_what_is_returned_is_gone_again(self, place: str) -> None:
        made = published(place, self.DRAFT)
        assert places.count(PUBLIC, "condition:destroyed").total == 1
        acts.return_(RITA, made, "check the day")
        assert places.count(PUBLIC, "condition:destroyed").total == 0 and queries.history(PUBLIC, place) == []

    def test_comments_are_for_contributors_who_see_the_details(self, place: str) -> None:
        made = published(place, POOR)
        acts.comment(BERT, made, "Is it the roof?", "damages/d1")
        assert [c["text"] for c in queries.one(ANNA, made)["comments"]] == ["Is it the roof?"]
        assert "comments" not in queries.one(PUBLIC, made)
        assert denied(acts.comment, BERT, made, "  ") == "comment-empty" and denied(acts.comment, PUBLIC, made, "x") == "not-allowed"
        set_handling(OPERATOR, place, "restricted", None, "looting")
        assert queries.comments(ANNA, made) == [] and denied(acts.comment, ANNA, made, "x") == "place-not-whole"
        assert [c["text"] for c in queries.comments(RITA, made)] == ["Is it the roof?"]

    def test_of_a_hidden_place_nothing_is_told_not_even_which_it_is(self, place: str) -> None:
        made = published(place, POOR)
        set_handling(OPERATOR, place, "confidential", None, "looting")
        for act in (lambda: queries.one(ANNA, made), lambda: acts.comment(ANNA, made, "x"), lambda: acts.submit(ANNA, made),
                    lambda: acts.propose(ANNA, made, POOR, ""), lambda: correct_assessment(ANNA, made, "note", "x")):  # fmt: skip
            with pytest.raises(TutelaError) as error:
                act()
            assert error.value.code == "record-unknown" and error.value.problem.value == made
        assert (
            denied(queries.state, ANNA, place) == denied(timeline, ANNA, place) == denied(queries.history, ANNA, place) == "record-unknown"
        )

    def test_of_a_restricted_place_parts_are_numbered(self, place: str) -> None:
        published(place, {**POOR, "elements": [{"key": "wall-by-the-well", "condition": {"code": "poor"}}]})
        set_handling(OPERATOR, place, "restricted", None, "looting")
        assert "well" not in str(queries.state(PUBLIC, place).as_dict()) and "well" not in str(timeline(PUBLIC, place))
        assert "well" not in str(queries.history(PUBLIC, place)) and "well" in str(queries.history(RITA, place))


@pytest.mark.django_db(databases="__all__")
class TestProposals:
    def test_a_proposal_stands_beside_the_record_until_a_reviewer_accepts_it(self, place: str) -> None:
        made = published(place, POOR)
        offered = acts.propose(BERT, made, {**POOR, "condition": {"code": "very-bad"}}, "the east wall has fallen")
        assert queries.one(PUBLIC, made)["condition"]["code"] == "poor"
        assert denied(acts.accept, BERT, offered) == "not-allowed"
        acts.accept(RITA, offered)
        assert queries.one(PUBLIC, made)["condition"]["code"] == "very-bad" and queries.one(PUBLIC, made)["status"] == "published"
        assert [c["state"] for c in queries.comments(ANNA, made)] == ["accepted"]
        assert denied(acts.accept, RITA, offered) == "proposal-decided"

    def test_what_changed_meanwhile_elsewhere_stays_and_what_collides_is_refused(self, place: str) -> None:
        made = published(place, POOR)
        offered = acts.propose(BERT, made, {**POOR, "condition": {"code": "very-bad"}}, "")
        correct_assessment(RITA, made, "note", "a note")
        acts.accept(RALF, offered)
        assert (queries.one(RITA, made)["condition"]["code"], queries.one(RITA, made)["note"]) == ("very-bad", "a note")
        again = acts.propose(BERT, made, {**POOR, "condition": {"code": "good"}, "note": "a note"}, "")
        correct_assessment(RITA, made, "condition", {"code": "destroyed"})
        assert denied(acts.accept, RALF, again) == "proposal-overtaken"

    def test_one_proposes_something_sound_and_new(self, place: str) -> None:
        made = published(place, POOR)
        assert denied(acts.propose, BERT, made, POOR, "") == "proposal-empty"
        assert denied(acts.propose, BERT, made, {**POOR, "condition": {"code": "so-so"}}, "") == "assessment-refused"
        acts.propose(BERT, made, {**POOR, "status": "draft", "place": "0" * 32, "note": "x"}, "")
        assert queries.comments(RITA, made)[0]["proposes"]["status"] == "published"

    def test_rejected_or_withdrawn_it_changes_nothing(self, place: str) -> None:
        made = published(place, POOR)
        first, second = (acts.propose(BERT, made, {**POOR, "note": f"{n}"}, "") for n in (1, 2))
        assert denied(acts.reject, ANNA, first) == "not-allowed"
        acts.reject(RITA, first, "no")
        acts.reject(BERT, second)
        assert [c["state"] for c in queries.comments(RITA, made)] == ["rejected", "withdrawn"] and "note" not in queries.one(RITA, made)

    def test_nobody_accepts_their_own_and_the_proposer_becomes_an_author(self, place: str) -> None:
        made = record_assessment(ANNA, place, POOR)
        assert denied(acts.accept, RITA, acts.propose(RITA, made, {**POOR, "note": "x"}, "")) == "proposal-own"
        acts.accept(RITA, acts.propose(RALF, made, {**POOR, "note": "y"}, ""))
        assert denied(acts.review_, RALF, made) == "review-own"
        acts.review_(RITA, made)


@pytest.mark.django_db(databases="__all__")
class TestConsensus:
    def two(self, place: str) -> list[str]:
        return [published(place, {**POOR, "observed": "2024-05-03", "condition": {"code": "fair"}}, ANNA),
                published(place, {**POOR, "observed": "2024-05-05", "condition": {"code": "very-bad"}}, BERT)]  # fmt: skip

    def test_a_disagreement_is_shown_until_a_consensus_is_published(self, place: str) -> None:
        two = self.two(place)
        shown = queries.state(PUBLIC, place)
        assert (shown.certainty, shown.finding, [d["id"] for d in shown.disagreements]) == ("disputed", two[1], [two[0]])
        made = record_consensus(RITA, place, two, "single-reviewer", decided={"condition": {"code": "poor"}}, note="talked it over")
        assert queries.state(PUBLIC, place).certainty == "disputed" and queries.consensuses(PUBLIC, place) == []
        assert denied(acts.publish, RITA, made) == "review-own"
        acts.publish(RALF, made)
        shown = queries.state(PUBLIC, place)
        assert (shown.condition, shown.certainty, shown.finding) == ("poor", "agreed", made)
        told = queries.consensuses(PUBLIC, place)[0]
        assert sorted(told["of"]) == sorted(two) and {"anna", "bert", "rita"} <= set(told["people"]) and len(told["dissent"]) == 2
        assert len(queries.series(PUBLIC, place)) == 2  # both stay
        assert list(check_derived()) == []

    def test_a_judge_is_no_party(self, place: str) -> None:
        own = [*self.two(place), published(place, POOR, RITA_AS_AUTHOR)]
        decided = {"condition": {"code": "poor"}}
        assert denied(record_consensus, RITA_AS_AUTHOR, place, own, "single-reviewer", decided=decided) == "consensus-judge"
        assert denied(record_consensus, ANNA, place, own, "majority") == "not-allowed"

    def test_only_findings_of_the_place_that_are_no_drafts_take_part(self, place: str) -> None:
        two = self.two(place)
        draft = record_assessment(ANNA, place, {**POOR, "status": "draft"})
        elsewhere = published(record_place(OPERATOR, {"names": [{"text": "Uruk"}]}), POOR)
        for other in (draft, elsewhere):
            assert denied(record_consensus, RITA, place, [*two, other], "majority") == "consensus-of"
        assert denied(record_consensus, RITA, place, two, "unanimity") == "consensus-not-reached"

    def test_the_public_reads_no_people_where_the_details_are_withheld(self, place: str) -> None:
        made = record_consensus(
            RITA, place, self.two(place), "single-reviewer", decided={"condition": {"code": "poor"}}, note="at the well"
        )
        acts.publish(RALF, made)
        set_handling(OPERATOR, place, "restricted", None, "looting")
        told = queries.consensuses(PUBLIC, place)[0]
        assert told["condition"] == {"code": "poor"} and not {"people", "note", "of"} & told.keys()

    def test_with_its_place_it_goes_from_sight(self, place: str) -> None:
        from tutela.inventory.actions import delete_place

        acts.publish(RALF, record_consensus(RITA, place, self.two(place), "single-reviewer", decided={"condition": {"code": "poor"}}))
        delete_place(actor("manager"), place, "twice")
        assert denied(queries.state, OPERATOR, place) == "record-unknown" and list(check_derived()) == []


RITA_AS_AUTHOR = Actor("rosa", "reviewer", "Rosa")


@pytest.mark.django_db(databases="__all__")
class TestTwoTimes:
    """With a journal whose changes are dated by the test."""

    @pytest.fixture
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        from datetime import datetime

        from tutela.store import journal

        class Clock(datetime):
            at = datetime.fromisoformat("2025-01-01T12:00:00+00:00")

            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return cls.at

        def set_to(day: str) -> None:
            Clock.at = datetime.fromisoformat(f"{day}T12:00:00+00:00")

        monkeypatch.setattr(journal, "datetime", Clock)
        return set_to

    def test_a_correction_and_a_deletion_are_not_known_earlier(self, db: Any, clock: Any) -> None:
        from tutela.inventory.queries_editing import last_change

        clock("2025-01-01")
        place = record_place(OPERATOR, {"names": [{"text": "Ur"}]})
        clock("2025-02-01")
        made = record_assessment(OPERATOR, place, {**POOR, "observed": "2020-01-01"})
        clock("2025-03-01")
        correct_assessment(OPERATOR, made, "condition", {"code": "destroyed"})
        clock("2025-04-01")
        record_assessment(OPERATOR, place, {**POOR, "observed": "2018-01-01", "condition": {"code": "good"}})  # back-dated
        taken = last_change(OPERATOR, queries.series(OPERATOR, place)[0]["id"])

        def asked(as_of: str | None, known_at: str) -> str:
            return queries.state(OPERATOR, place, as_of, known_at).condition

        expected = [
            ((None, "2025-01-31"), "none"),
            ((None, "2025-02-01"), "poor"),
            ((None, "2025-03-01T11:59:59Z"), "poor"),
            ((None, "2025-03-01T12:00:00Z"), "destroyed"),
            (("2019", "2025-03-31"), "none"),
            (("2019", "2025-04-01"), "good"),
        ]
        assert [asked(*times) for times, _ in expected] == [found for _, found in expected]
        clock("2025-05-01")
        take_back(OPERATOR, taken or 0)
        assert queries.state(OPERATOR, place, "2019").condition == "none"
        assert [asked(*times) for times, _ in expected] == [found for _, found in expected]
        versions = queries.history(OPERATOR, place)[1]["versions"]
        assert [v["document"] is None for v in versions] == [False, True]

    def test_the_times_are_read_as_people_write_them(self, place: str) -> None:
        published(place, POOR)
        assert queries.state(PUBLIC, place, "2019-06").condition == "poor" and queries.state(PUBLIC, place, "2018").condition == "none"
        assert denied(queries.state, PUBLIC, place, None, "some day") == "moment-unreadable"
        assert denied(queries.state, PUBLIC, place, "some day") == "date-unreadable"


@pytest.mark.django_db(databases="__all__")
class TestTimelines:
    def test_of_a_place(self, place: str) -> None:
        fire = {"key": "d1", "cause": {"code": "fire"}, "event": {"from": "2019-02", "to": "2019-03-04"}}
        one = published(place, {**POOR, "damages": [fire]}, ANNA)
        other = published(place, {**POOR, "observed": "2020-01-01", "damages": [fire],
                                  "misuses": [{"use": {"code": "storage"}, "event": {"from": "2019"}}]}, BERT)  # fmt: skip
        told = timeline(PUBLIC, place)
        assert [(p["id"], p["from"], p["condition"], p["evidence"]) for p in told["points"]] == [(one, 20190601, "poor", 0),
                                                                                                 (other, 20200101, "poor", 0)]  # fmt: skip
        assert [(e["harm"], e["from"], e["to"], e["told_by"]) for e in told["events"]] == [
            ("misuse", 20190101, None, [other]), ("damage", 20190201, 20190304, [one, other])]  # fmt: skip

    def test_of_an_area_by_month_as_the_reader_may_see_it(self, place: str) -> None:
        published(place, POOR)
        published(place, {"observed": "2019-06-30", "outcome": "no-damage"})
        hidden = record_place(OPERATOR, {"names": [{"text": "Uruk"}], "country": "IQ"})
        published(hidden, POOR)
        set_handling(OPERATOR, hidden, "confidential", None, "looting")
        assert area_timeline(PUBLIC, "country:IQ") == [{"month": "2019-06", "count": 2, "damaged": 1, "by": {"poor": 1, "no-damage": 1}}]
        assert area_timeline(OPERATOR)[0]["count"] == 3 and area_timeline(PUBLIC, "country:SY") == []


def test_an_account_that_is_closed_leaves_somebody_alone(db: Any) -> None:
    from tutela.assessment.actions import working_alone

    assert working_alone()
    first, second = account("reviewer"), account("contributor")
    assert not working_alone() and first
    second.is_active = False
    second.save()
    assert working_alone()
    with pytest.raises(NotAllowed):
        record_assessment(PUBLIC, "0" * 32, POOR)
