"""What a learner aims at, and what she lacks for it by her school's word on where its hours stand."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from certification.records.models import Crosswalk, Target, TrainingRecord
from certification.records.selectors import crosswalk_between, gaps_of, targets_of
from certification.records.services import choose_target, drop_target, post_hours, record_milestone, set_crosswalk
from certification.requirements.models import RuleSet
from certification.requirements.rules import Crossing
from certification.requirements.services import import_rules
from tests.records.making import at, part
from tests.rules.making import pack
from tests.worlds import School

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)
BOARD = pack(
    """\
categories:
  - {code: theory, min_hours: 4, children: [{code: deep, min_hours: 1}]}
  - {code: clinic, min_hours: 2}
overlays: [{tag: hands_on, min_hours: 2}]
requirements: [cpr]
"""
).replace("id: small", "id: board")


@pytest.fixture
def board(rule_set: RuleSet) -> RuleSet:
    return import_rules(text=BOARD, filename="board.yaml")


CROSSINGS = (
    Crossing("mfr", "theory"),
    Crossing("mfr", "deep", course="DEEP@1"),
    Crossing("externship", "clinic", tags=("hands_on",)),
)


def _crosswalk(school: School, *crossings: Crossing, **more: Any) -> Crosswalk:
    named: dict[str, Any] = {"by": school.registrar, "source": "small-sample", "target": "board"}
    return set_crosswalk(school=school.school, crossings=crossings or CROSSINGS, **{**named, **more})


def _studied(record: TrainingRecord) -> TrainingRecord:
    for number, (minutes, category, course) in enumerate(
        [(60, "mfr", "MFR@1"), (30, "mfr", "DEEP@1"), (90, "externship_hands_on", ""), (20, "nmt_trp", "NMT@1")]
    ):
        start, end = f"2026-03-0{number + 2} 14:00", f"2026-03-0{number + 2} 17:00"
        one = part(minutes, start, end, category=category, course=course)
        post_hours(record=record, source_key=f"s:{number}", parts=[one])
    return record


def test_a_gap_is_judged_by_the_schools_word(school: School, record: TrainingRecord, board: RuleSet) -> None:
    crosswalk = _crosswalk(school)
    ((own, gap),) = gaps_of([_studied(record)], ["board"], as_of=TODAY)
    assert own.is_own
    assert own.evaluation.rules == "small-sample@1"
    assert own.rows == (1, 2, 3, 4)
    assert gap.crosswalk == crosswalk
    assert (gap.rows, gap.unplaced, gap.unplaced_minutes) == ((1, 2, 3), (("nmt_trp", 20),), 20)
    theory, clinic = gap.evaluation.categories
    assert (theory.counted, theory.children[0].counted, clinic.counted) == (90, 30, 90)
    assert gap.evaluation.overlays[0].counted == 90
    assert gap.evaluation.total.attended == 180
    assert [(lack.kind, lack.code) for lack in gap.evaluation.unmet] == [
        ("total", None), ("category", "theory"), ("category", "deep"), ("category", "clinic"), ("overlay", "hands_on"),
        ("requirement", "cpr"),
    ]  # fmt: skip
    assert gap.sources_of("theory") == {"mfr"}
    assert gap.sources_of("clinic") == {"externship", "externship_hands_on"}
    assert own.sources_of("externship") == {"externship", "externship_hands_on"}


def test_without_the_schools_word_nothing_is_guessed(record: TrainingRecord, board: RuleSet) -> None:
    ((_own, gap),) = gaps_of([_studied(record)], ["board"], as_of=TODAY)
    assert not gap.is_placed
    assert gap.evaluation.total.attended == 0
    assert gap.unplaced_minutes == 200


def test_a_milestone_is_a_fact_beside_the_hours(record: TrainingRecord, board: RuleSet) -> None:
    record_milestone(
        record=record, code="cpr", title="CPR card", occurred_at=at("2026-03-05 10:00"), source_key="cpr:1"
    )
    ((_own, gap),) = gaps_of([record], ["board"], as_of=TODAY)
    assert "requirement" not in {lack.kind for lack in gap.evaluation.unmet}


def test_the_version_that_applies_to_her(school: School, record: TrainingRecord, board: RuleSet) -> None:
    for number, (start, hours) in enumerate([("2026-01-05", 6), ("2026-01-06", 8)], start=2):
        text = BOARD.replace("version: 1", f"version: {number}").replace("min_hours: 4", f"min_hours: {hours}")
        import_rules(text=text.replace("total_hours", f"valid_from: {start}\ntotal_hours"), filename="b.yaml")
    ((_own, gap),) = gaps_of([record], ["board", "no-such", "small-sample"], as_of=TODAY)
    assert gap.rule_set.label == "board@2"  # enrolled on 5 January


def test_a_line_to_a_category_that_the_version_lost_places_nothing(
    school: School, record: TrainingRecord, board: RuleSet
) -> None:
    _crosswalk(school)
    import_rules(text=BOARD.replace("version: 1", "version: 2").replace("code: clinic", "code: praxis"), filename="b")
    ((_own, gap),) = gaps_of([_studied(record)], ["board"], as_of=TODAY)
    assert dict(gap.unplaced) == {"externship_hands_on": 90, "nmt_trp": 20}


def test_gaps_take_the_same_queries_for_one_record_and_for_many(
    school: School, record: TrainingRecord, board: RuleSet, django_assert_num_queries: Any
) -> None:
    _crosswalk(school)
    _studied(record)
    loaded = TrainingRecord.objects.select_related("school", "rule_set", "learner")
    for many in (1, 5):
        records = list(loaded.filter(pk=record.pk)) * many
        with django_assert_num_queries(6):
            found = gaps_of(records, ["board"], as_of=TODAY)
        assert len(found) == many


# ---- aims -----------------------------------------------------------------------------------------------------------


def test_aims_are_chosen_once_and_dropped(record: TrainingRecord, board: RuleSet) -> None:
    learner = record.learner
    target = choose_target(learner=learner, identifier="board")
    assert choose_target(learner=learner, identifier="board") == target
    assert targets_of(learner) == [target]
    drop_target(target=target)
    drop_target(target=target)
    assert targets_of(learner) == []
    assert choose_target(learner=learner, identifier="board") != target
    assert Target.objects.count() == 2


def test_unknown_aims_and_too_many_are_refused(record: TrainingRecord, board: RuleSet) -> None:
    with pytest.raises(ValidationError, match="Choose one of the rule sets"):
        choose_target(learner=record.learner, identifier="nowhere")
    for number in range(8):
        import_rules(text=BOARD.replace("id: board", f"id: board-{number}"), filename="b.yaml")
        choose_target(learner=record.learner, identifier=f"board-{number}")
    with pytest.raises(ValidationError, match="Eight aims are enough"):
        choose_target(learner=record.learner, identifier="board")
    assert choose_target(learner=record.learner, identifier="board-3")


# ---- the school's word ----------------------------------------------------------------------------------------------


def test_a_crosswalk_is_replaced_whole_and_says_who_and_when(school: School, board: RuleSet) -> None:
    first = _crosswalk(school, seen_version=0)
    assert (first.version, first.changed_by, first.lines.count()) == (1, school.registrar, 3)
    assert _crosswalk(school, seen_version=0, by=school.second_registrar).version == 1  # the same words: nothing new
    second = _crosswalk(school, Crossing("mfr", "deep"), seen_version=1, by=school.second_registrar)
    assert (second.pk, second.version, second.changed_by) == (first.pk, 2, school.second_registrar)
    kept = crosswalk_between(school.school, "small-sample", "board")
    assert kept is not None
    assert [(line.category, line.to_category) for line in kept.lines.all()] == [("mfr", "deep")]


def test_a_colleagues_word_is_not_overwritten_unseen(school: School, board: RuleSet) -> None:
    _crosswalk(school, seen_version=0)
    _crosswalk(school, Crossing("mfr", "deep"), seen_version=1)
    for seen in (0, 1):
        with pytest.raises(ValidationError, match="Somebody changed this list meanwhile"):
            _crosswalk(school, Crossing("mfr", "clinic"), seen_version=seen)
    assert Crosswalk.objects.get().lines.get().to_category == "deep"


@pytest.mark.parametrize(
    ("crossings", "more", "says"),
    [
        ((Crossing("nowhere", "theory"),), {}, "“nowhere” is no category of A small program"),
        ((Crossing("mfr", "nowhere"),), {}, "“nowhere” is no category of A small pack"),
        ((Crossing("mfr", "theory"), Crossing("mfr", "deep")), {}, "One category has two places"),
        ((), {"target": "small-sample"}, "needs no translation into itself"),
        ((), {"target": "no-such"}, "There is no rule set “no-such”"),
    ],
)
def test_bad_words_are_refused(
    school: School, board: RuleSet, crossings: tuple[Crossing, ...], more: dict[str, str], says: str
) -> None:
    with pytest.raises(ValidationError, match=says):
        set_crosswalk(
            school=school.school,
            crossings=crossings,
            by=school.registrar,
            **{"source": "small-sample", "target": "board", **more},
        )
    assert not Crosswalk.objects.exists()


@pytest.mark.parametrize("who", ["instructor", "coordinator", "learner_user", "foreign_registrar"])
def test_only_registrars_of_the_school_say_where_hours_stand(school: School, board: RuleSet, who: str) -> None:
    with pytest.raises(ValidationError, match="Only the school’s registrars"):
        _crosswalk(school, by=getattr(school, who))
