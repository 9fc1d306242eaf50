"""Which version of the rules judges a record: chosen at admission, moved by an activation alone, seen before it happens."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, connection, transaction

from certification.records.models import Activation, RuleSetChange, TrainingRecord
from certification.records.selectors import preview_of, transcript_for
from certification.records.services import activate_version, ensure_learner, open_record, post_hours
from certification.requirements.models import RuleSet
from certification.requirements.services import import_rules
from tests.records.making import part
from tests.worlds import SMALL_PACK, School

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)


def _version(
    number: int, *, valid_from: str = "", axis: str = "enrolment", change: tuple[str, str] = ("", "")
) -> RuleSet:
    text = (
        SMALL_PACK.replace("version: 1", f"version: {number}").replace(*change).replace("by: enrolment", f"by: {axis}")
    )
    if valid_from:
        text = text.replace("total_hours:", f"valid_from: {valid_from}\ntotal_hours:")
    return import_rules(text=text, filename=f"v{number}.yaml")


def _record(
    school: School, rule_set: RuleSet, enrolled_on: date, key: str, start: date | None = None
) -> TrainingRecord:
    return open_record(
        learner=ensure_learner(user=school.other_learner_user),
        school=school.school,
        rule_set=rule_set,
        program_code="SMALL",
        program_title="A small program",
        enrolled_on=enrolled_on,
        program_start_on=start,
        source_key=key,
    )


def test_admission_takes_the_version_in_force_of_those_activated(school: School, rule_set: RuleSet) -> None:
    two, three = _version(2, valid_from="2026-03-01"), _version(3, valid_from="2026-06-01")
    before = _record(school, rule_set, date(2026, 4, 1), "one")
    assert before.rule_set == rule_set  # version 2 is imported; nobody activated it
    activate_version(school=school.school, rule_set=two, by=school.registrar, as_of=TODAY, expected=1)
    assert _record(school, rule_set, date(2026, 2, 28), "two").rule_set == rule_set
    assert _record(school, rule_set, date(2026, 4, 1), "three").rule_set == two
    assert _record(school, rule_set, date(2026, 7, 1), "four").rule_set == two
    activate_version(school=school.school, rule_set=three, by=school.registrar, as_of=TODAY, expected=1)
    assert TrainingRecord.objects.get(source_key="four").rule_set == three


def test_the_axis_decides_the_start_not_the_enrollment(school: School, rule_set: RuleSet) -> None:
    two = _version(2, valid_from="2026-03-01", axis="program_start")
    early = _record(school, rule_set, date(2026, 4, 1), "early", start=date(2026, 2, 1))
    late = _record(school, rule_set, date(2026, 2, 1), "late", start=date(2026, 4, 1))
    activate_version(school=school.school, rule_set=two, by=school.registrar, as_of=TODAY, expected=1)
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.rule_set, late.rule_set) == (rule_set, two)


def test_the_preview_says_who_changes_and_how_and_does_nothing(
    school: School, record: TrainingRecord, rule_set: RuleSet, django_assert_num_queries: Any
) -> None:
    post_hours(record=record, source_key="a", parts=[part(240, "2026-03-02 14:00", "2026-03-02 18:00")])
    other = _record(school, rule_set, date(2026, 1, 5), "other")
    sealed = _record(school, rule_set, date(2026, 1, 5), "sealed")
    TrainingRecord.objects.filter(pk=sealed.pk).update(sealed_at="2026-05-01T00:00:00Z")
    two = _version(2, change=("code: mfr, title: Myofascial release, min_hours: 4", "code: mfr, min_hours: 6"))
    with django_assert_num_queries(5):
        preview = preview_of(school.school, two, TODAY)
    assert (preview.running, preview.count, preview.strange) == (2, 2, ())
    by_record = {one.record.pk: one for one in preview.affected}
    assert set(by_record) == {record.pk, other.pk}
    mine = by_record[record.pk]
    assert (mine.before.categories[0].short, mine.after.categories[0].short) == (0, 120)
    assert not mine.loses
    record.refresh_from_db()
    assert record.rule_set == rule_set
    assert not Activation.objects.exists()


def test_who_loses_comes_first(school: School, rule_set: RuleSet) -> None:
    """Ten hours that meet version 1 do not meet version 2."""
    easy = import_rules(
        text=SMALL_PACK.split("categories:")[0]
        .replace("id: small-sample", "id: easy")
        .replace("total_hours: 10", "total_hours: 1"),
        filename="easy.yaml",
    )
    first = _record(school, easy, date(2026, 1, 5), "first")
    second = _record(school, easy, date(2026, 1, 5), "second")
    post_hours(
        record=second,
        source_key="a",
        parts=[part(60, "2026-03-02 14:00", "2026-03-02 15:00", category="elective")],
    )
    hard = import_rules(
        text=easy.source.replace("version: 1", "version: 2").replace("total_hours: 1", "total_hours: 2"),
        filename="hard",
    )
    preview = preview_of(school.school, hard, TODAY)
    assert [one.record for one in preview.affected] == [second, first]
    assert [(one.loses, one.gains, one.short_change) for one in preview.affected] == [
        (True, False, 60),
        (False, False, 60),
    ]
    assert preview.losing == 1


def test_an_activation_moves_records_and_leaves_a_trace(
    school: School, record: TrainingRecord, rule_set: RuleSet
) -> None:
    two = _version(2, change=("min_hours: 4", "min_hours: 5"))
    activation = activate_version(
        school=school.school,
        rule_set=two,
        by=school.registrar,
        as_of=TODAY,
        expected=1,
        note="The board asks for more.",
    )
    record.refresh_from_db()
    assert record.rule_set == two
    assert transcript_for(record).evaluation.rules == "small-sample@2"
    change = RuleSetChange.objects.get()
    assert (change.record, change.before, change.after, change.activation) == (record, rule_set, two, activation)
    assert (activation.activated_by, activation.note) == (school.registrar, "The board asks for more.")
    again = activate_version(school=school.school, rule_set=two, by=school.second_registrar, as_of=TODAY, expected=9)
    assert again == activation
    assert RuleSetChange.objects.count() == 1


@pytest.mark.parametrize("who", ["instructor", "coordinator", "learner_user", "foreign_registrar"])
def test_only_registrars_of_the_school_activate(
    school: School, record: TrainingRecord, rule_set: RuleSet, who: str
) -> None:
    two = _version(2)
    with pytest.raises(ValidationError, match="Only the school’s registrars"):
        activate_version(school=school.school, rule_set=two, by=getattr(school, who), as_of=TODAY, expected=1)
    record.refresh_from_db()
    assert record.rule_set == rule_set


def test_an_activation_that_was_not_seen_is_refused(school: School, record: TrainingRecord, rule_set: RuleSet) -> None:
    two = _version(2)
    with pytest.raises(ValidationError, match="Meanwhile 1 record would change"):
        activate_version(school=school.school, rule_set=two, by=school.registrar, as_of=TODAY, expected=0)
    assert not Activation.objects.exists()


def test_a_version_that_does_not_know_a_category_with_hours_is_refused(school: School, record: TrainingRecord) -> None:
    post_hours(
        record=record, source_key="a", parts=[part(60, "2026-03-02 14:00", "2026-03-02 15:00", category="nmt_trp")]
    )
    two = _version(2, change=("code: nmt_trp", "code: nmt"))
    preview = preview_of(school.school, two, TODAY)
    assert (preview.strange, preview.affected, preview.count) == ((("nmt_trp", 1),), (), 1)
    with pytest.raises(ValidationError, match="does not know: nmt_trp"):
        activate_version(school=school.school, rule_set=two, by=school.registrar, as_of=TODAY, expected=1)
    assert not Activation.objects.exists()


def test_other_schools_are_not_touched(school: School, rule_set: RuleSet) -> None:
    foreign = open_record(
        learner=ensure_learner(user=school.other_learner_user),
        school=school.other_school,
        rule_set=rule_set,
        program_code="X",
        program_title="X",
        enrolled_on=date(2026, 1, 5),
        source_key="x",
    )
    two = _version(2)
    activate_version(school=school.school, rule_set=two, by=school.registrar, as_of=TODAY, expected=0)
    foreign.refresh_from_db()
    assert foreign.rule_set == rule_set


def _sql(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_no_raw_statement_moves_a_record_to_other_rules(
    school: School, record: TrainingRecord, rule_set: RuleSet
) -> None:
    two = _version(2)
    with pytest.raises(Error, match="only an activation"):
        _sql("UPDATE records_trainingrecord SET rule_set_id = %s WHERE id = %s", two.pk, record.pk)
    activate_version(school=school.school, rule_set=two, by=school.registrar, as_of=TODAY, expected=1)
    with pytest.raises(Error, match="only an activation"):
        _sql("UPDATE records_trainingrecord SET rule_set_id = %s WHERE id = %s", rule_set.pk, record.pk)
    for statement in (
        "UPDATE records_activation SET note = 'x'",
        "UPDATE records_rulesetchange SET after_id = before_id",
        "DELETE FROM records_rulesetchange",
        "DELETE FROM records_activation",
        "DELETE FROM records_trainingrecord",
        "UPDATE records_trainingrecord SET zone = 'UTC'",
        "UPDATE records_trainingrecord SET learner_id = learner_id + 1",
        "UPDATE records_trainingrecord SET program_title = 'Another'",
    ):
        with pytest.raises(Error, match=r"never (changed|deleted)"):
            _sql(statement)
