"""Competencies in versions, check-offs by instructors, plans and re-tests; what the school's people see of it."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.services import ensure_user, grant_role
from certification.externships.models import CheckOff, CompetencyVersion, EvaluationForm, Remediation, Shift
from certification.externships.selectors import competencies as seen
from certification.externships.services import (
    Decision,
    Rating,
    decide,
    finish_remediation,
    plan_remediation,
    rate,
    retire_competency,
    save_competency,
    save_form,
    take_over_library,
)
from certification.records.models import HourEntry, Milestone, RecordRequirement, TrainingRecord
from certification.records.selectors import missing_requirements
from certification.records.services import ensure_learner, open_record, reverse_entry

from .conftest import Clinic

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(clinic: Clinic) -> Clinic:
    """The clinic's school has taken over the library."""
    take_over_library(school=clinic.school.school, by=clinic.school.coordinator)
    return clinic


def version(code: str) -> CompetencyVersion:
    return CompetencyVersion.objects.get(competency__code=code, state="in_use")


def second_instructor(clinic: Clinic) -> User:
    user = ensure_user(email="rita@example.org", legal_name="Rita Rater")
    grant_role(user=user, organisation=clinic.school.school, role="instructor")
    return user


def say(clinic: Clinic, code: str, value: str, by: User | None = None, words: str = "") -> CheckOff:
    (row,) = rate(
        record=clinic.record, ratings=[Rating(version(code).uuid, value, words)], by=by or clinic.school.instructor
    )
    return row


def plan(clinic: Clinic, failed: CheckOff, done: bool = True) -> Remediation:
    made = plan_remediation(
        failed=failed, minutes=90, instructor=clinic.school.instructor, due_on=date(2026, 12, 1),
        words="Practice with a fellow student.", by=clinic.school.instructor,
    )  # fmt: skip
    return finish_remediation(plan=made, by=clinic.school.instructor) if done else made


def sign_sessions(clinic: Clinic, count: int, techniques: list[str]) -> None:
    shifts = [
        clinic.draft(f"2026-11-{9 + day:02d} 09:00", f"2026-11-{9 + day:02d} 10:30", techniques=techniques)
        for day in range(count)
    ]
    decide(
        link=clinic.send(), decisions=[Decision(shift.uuid, "sign") for shift in shifts], typed_name="Priya Raman",
        confirms_statement=True,
    )  # fmt: skip


def codes(record: TrainingRecord) -> set[str]:
    return set(Milestone.objects.filter(record=record).values_list("code", flat=True))


def test_words_may_say_which_competency_they_are_about(library: Clinic) -> None:
    by = library.school.coordinator
    save_competency(
        school=library.school.school, code="ASH", title="Ashiatsu Barefoot", criteria="Ours.", by=by, put_in_use=True
    )
    words = "She learns Ashiatsu Barefoot well."
    with pytest.raises(ValidationError, match="Ashiatsu Barefoot"):
        say(library, "SOAP", "2", words=words)
    assert say(library, "ASH", "1", words=words).words == words


# ---- what a school asks for ------------------------------------------------------------------------------------------


def test_the_library_is_taken_over_once_and_whole(clinic: Clinic) -> None:
    school = clinic.school.school
    assert take_over_library(school=school, by=clinic.school.instructor) == 20
    assert take_over_library(school=school, by=clinic.school.instructor) == 0
    assert CompetencyVersion.objects.filter(state="in_use").count() == CompetencyVersion.objects.count() == 20
    assert {one.technique for one in CompetencyVersion.objects.filter(opens_after=3)} == {
        "mfr", "nmt", "trigger_point", "mld", "muscle_testing", "stretching",
    }  # fmt: skip
    assert set(EvaluationForm.objects.values_list("purpose", flat=True)) == {"midterm", "final", "site"}
    assert seen.required_before_clients(school) == [
        ("checkoff:BODY-MECHANICS", "Body mechanics"), ("checkoff:BOUNDARIES", "Boundaries"),
        ("checkoff:DRAPING", "Draping"), ("checkoff:INFECTION-CONTROL", "Infection control"),
        ("checkoff:INTAKE", "Intake and consent"), ("checkoff:RED-FLAGS", "Red-flag screen and referral"),
    ]  # fmt: skip
    assert seen.required_before_clients(clinic.school.other_school) == []


def test_what_a_school_changed_is_left_as_it_is(clinic: Clinic) -> None:
    school, by = clinic.school.school, clinic.school.coordinator
    save_competency(school=school, code="SOAP", title="Our note", criteria="Ours.", by=by)
    assert take_over_library(school=school, by=by) == 19
    assert CompetencyVersion.objects.get(competency__code="SOAP").title == "Our note"


def test_a_version_in_use_stays_and_a_new_one_takes_its_place(library: Clinic) -> None:
    by, old = library.school.registrar, version("DRAPING")
    say(library, "DRAPING", "pass")
    same = {name: getattr(old, name) for name in ("title", "criteria", "technique", "region", "safety")}
    same |= {"before_clients": True, "competency": old.competency, "code": "DRAPING", "school": library.school.school}
    assert save_competency(**same, by=by) == old, "what says the same makes nothing"
    draft = save_competency(**{**same, "title": "Draping, all sides"}, by=by)
    assert (draft.number, draft.state) == (2, "draft")
    assert save_competency(**{**same, "title": "Draping, all four sides"}, by=by).pk == draft.pk
    fresh = save_competency(**{**same, "title": "Draping, all four sides"}, by=by, put_in_use=True)
    old.refresh_from_db()
    assert (fresh.pk, fresh.state, old.state, old.title) == (draft.pk, "in_use", "retired", "Draping")
    line = seen.sheet_of(library.record).line(fresh.uuid)
    assert line is not None and line.standing.state == "passed", "what was passed stays passed"
    retire_competency(competency=old.competency, by=by)
    assert seen.sheet_of(library.record).of_competency(old.competency_id).is_kept is False  # type: ignore[union-attr]
    assert "checkoff:DRAPING" in codes(library.record)


def test_who_keeps_them_and_what_is_refused(clinic: Clinic) -> None:
    school, people = clinic.school.school, clinic.school
    for outsider in (people.foreign_registrar, people.learner_user):
        with pytest.raises(ValidationError, match="Only the school"):
            save_competency(school=school, code="X", title="X", criteria="X", by=outsider)
        with pytest.raises(ValidationError, match="Only the school"):
            take_over_library(school=school, by=outsider)
        with pytest.raises(ValidationError, match="Only the school"):
            save_form(school=school, purpose="final", title="F", texts=["A"], by=outsider)
    one = save_competency(school=school, code="x y", title="X", criteria="a\r\n\r\n b ", by=people.instructor)
    assert (one.competency.code, one.criteria) == ("X-Y", "a\nb")
    with pytest.raises(ValidationError, match="already"):
        save_competency(school=school, code="X-Y", title="Y", criteria="Y", by=people.instructor)
    with pytest.raises(ValidationError, match="Leave this at 0"):
        save_competency(
            school=school, code="Z", title="Z", criteria="Z", by=people.instructor, before_clients=True, opens_after=1
        )
    key = uuid4()
    twice = [
        save_competency(school=school, code="D", title="D", criteria="D", by=people.instructor, uuid=key) for _ in "ab"
    ]
    assert twice[0].pk == twice[1].pk


def test_forms_are_versions(clinic: Clinic) -> None:
    school, by = clinic.school.school, clinic.school.coordinator
    first = save_form(school=school, purpose="site", title="Site", texts=["Clean", "Kind", "Clean", " "], by=by)
    assert [item["text"] for item in first.items] == ["Clean", "Kind"]
    assert save_form(school=school, purpose="site", title="Site", texts=["Clean", "Kind"], by=by) == first
    second = save_form(school=school, purpose="site", title="Site", texts=["Clean"], by=by)
    first.refresh_from_db()
    assert (first.state, second.number, seen.form_in_use(school, "site")) == ("retired", 2, second)
    for wrong in ([], ["x" * 201], [f"{n}" for n in range(21)]):
        with pytest.raises(ValidationError, match="one to twenty"):
            save_form(school=school, purpose="site", title="Site", texts=wrong, by=by)


# ---- rating ----------------------------------------------------------------------------------------------------------


def test_passing_posts_a_milestone_that_requirements_can_name(school, rule_set, library: Clinic) -> None:
    record = open_record(
        learner=ensure_learner(user=school.learner_user), school=school.school, rule_set=rule_set, program_code="B",
        program_title="B", enrolled_on=date(2026, 1, 5), source_key="enrollment:2",
        requirements=[("checkoff:DRAPING", "Draping")],
    )  # fmt: skip
    library.record = record
    assert [one.code for one in missing_requirements(record)] == ["checkoff:DRAPING"]
    row = say(library, "DRAPING", "pass", words="Calm and sure.")
    assert missing_requirements(record) == []
    milestone = Milestone.objects.get(record=record)
    assert (milestone.code, milestone.title, milestone.source_key) == (
        "checkoff:DRAPING", "Draping", f"checkoff:{row.uuid}",
    )  # fmt: skip
    assert (row.outcome, row.rating, row.evaluator, row.words) == ("passed", None, school.instructor, "Calm and sure.")
    assert RecordRequirement.objects.filter(record=record).count() == 1


def test_the_same_form_twice_makes_one_row(library: Clinic) -> None:
    key, wanted = uuid4(), [Rating(version("SOAP").uuid, "2"), Rating(version("DRAPING").uuid, "pass")]
    first = rate(record=library.record, ratings=wanted, by=library.school.instructor, key=key)
    again = rate(record=library.record, ratings=wanted, by=library.school.instructor, key=key)
    assert first == again
    assert CheckOff.objects.count() == 2
    assert codes(library.record) == {"checkoff:SOAP", "checkoff:DRAPING"}


def test_not_seen_decides_nothing_and_a_later_failure_takes_the_milestone(library: Clinic) -> None:
    say(library, "SOAP", "0")
    assert codes(library.record) == set()
    say(library, "SOAP", "2")
    say(library, "SOAP", "3")
    assert Milestone.objects.filter(record=library.record).count() == 1, "it stands already"
    say(library, "SOAP", "0")
    assert codes(library.record) == {"checkoff:SOAP"}
    failed = say(library, "SOAP", "1")
    assert codes(library.record) == set()
    assert Milestone.all_ever.get().withdrawal.source_key == f"checkoff:{failed.uuid}"


def take_back(clinic: Clinic, shift: Shift, lines: int | None = None) -> None:
    """The school reverses the hours of a shift, or so many of its lines."""
    for entry in HourEntry.objects.filter(posting__source_key=shift.source_key, reverses=None).order_by("pk")[:lines]:
        reverse_entry(
            entry=entry, source_key=f"back:{entry.uuid}", reason="absent", recorded_by=clinic.school.registrar
        )


def test_a_session_whose_hours_were_taken_back_is_no_repeat(library: Clinic) -> None:
    sign_sessions(library, 3, ["mfr", "stretching"])
    assert seen.repeats_of(library.record) == {"": 3, "mfr": 3, "stretching": 3}
    take_back(library, Shift.objects.order_by("pk")[1])
    assert seen.repeats_of(library.record) == {"": 2, "mfr": 2, "stretching": 2}
    with pytest.raises(ValidationError, match="opens after 1 more signed session"):
        say(library, "TECH-MFR", "2")


def test_a_technique_opens_after_so_many_signed_sessions(library: Clinic) -> None:
    line = seen.sheet_of(library.record).line(version("TECH-MFR").uuid)
    assert line is not None and (line.standing.state, line.standing.missing) == ("closed", 3)
    with pytest.raises(ValidationError, match="opens after 3 more signed sessions"):
        say(library, "TECH-MFR", "2")
    sign_sessions(library, 2, ["mfr"])
    library.draft("2026-11-16 09:00", "2026-11-16 10:00", techniques=["mfr"])  # not signed
    with pytest.raises(ValidationError, match="opens after 1 more signed session"):
        say(library, "TECH-MFR", "2")
    sign = library.send()
    decide(
        link=sign, decisions=[Decision(row.shift.uuid, "sign") for row in sign.rows.all()], typed_name="Priya Raman",
        confirms_statement=True,
    )  # fmt: skip
    assert say(library, "TECH-MFR", "2").outcome == "passed"
    with pytest.raises(ValidationError, match="opens after 3"):
        say(library, "TECH-MLD", "2")


def test_one_refusal_stops_the_whole_sheet(library: Clinic) -> None:
    wanted = [Rating(version("SOAP").uuid, "2"), Rating(version("TECH-MFR").uuid, "2"), Rating(uuid4(), "2")]
    with pytest.raises(ValidationError) as refused:
        rate(record=library.record, ratings=wanted, by=library.school.instructor)
    assert set(refused.value.message_dict) == {f"rate-{wanted[1].version}", f"rate-{wanted[2].version}"}
    assert not CheckOff.objects.exists() and codes(library.record) == set()


@pytest.mark.parametrize(
    ("code", "value"), [("SOAP", "pass"), ("SOAP", "4"), ("SOAP", ""), ("DRAPING", "2"), ("DRAPING", "1")]
)
def test_a_safety_item_is_passed_or_not_and_others_are_rated(library: Clinic, code: str, value: str) -> None:
    with pytest.raises(ValidationError, match="Choose one"):
        say(library, code, value)


def test_who_may_not_rate(library: Clinic) -> None:
    people = library.school
    for outsider in (people.registrar, people.foreign_registrar, people.other_learner_user):
        with pytest.raises(ValidationError, match="Only the school"):
            say(library, "SOAP", "2", by=outsider)
    grant_role(user=people.learner_user, organisation=people.school, role="instructor")
    with pytest.raises(ValidationError, match="Nobody rates herself"):
        say(library, "SOAP", "2", by=User.objects.get(pk=people.learner_user.pk))
    alias = ensure_user(email="dani.ela+x@example.org", legal_name="Dani Ela")
    grant_role(user=alias, organisation=people.school, role="instructor")
    with pytest.raises(ValidationError, match="Nobody rates herself"):
        say(library, "SOAP", "2", by=alias)
    fellow = people.other_learner_user
    open_record(
        learner=ensure_learner(user=fellow), school=people.school, rule_set=library.record.rule_set, program_code="B",
        program_title="B", enrolled_on=date(2026, 1, 5), source_key="enrollment:2",
    )  # fmt: skip
    grant_role(user=fellow, organisation=people.school, role="instructor")
    with pytest.raises(ValidationError, match="do not rate each other"):
        say(library, "SOAP", "2", by=User.objects.get(pk=fellow.pk))
    assert not CheckOff.objects.exists()


def test_words_name_no_client_and_a_sealed_record_stays(library: Clinic) -> None:
    with pytest.raises(ValidationError, match="looks like a person"):
        say(library, "SOAP", "2", words="Good with Mrs. Abernathy.")
    assert say(library, "SOAP", "2", words="Daniela Reyes measured well.").words == "Daniela Reyes measured well."
    TrainingRecord.objects.filter(pk=library.record.pk).update(sealed_at=library.record.created_at)
    with pytest.raises(ValidationError, match="sealed"):
        say(library, "SOAP", "3")


# ---- after a failure -------------------------------------------------------------------------------------------------


def test_a_failure_needs_a_plan_that_is_done_and_another_evaluator(library: Clinic) -> None:
    other = second_instructor(library)
    failed = say(library, "DRAPING", "fail")
    for by in (library.school.instructor, other):
        with pytest.raises(ValidationError, match="a plan must be made"):
            say(library, "DRAPING", "pass", by=by)
    assert [one.pk for one in seen.unplanned([library.school.school])] == [failed.pk]
    made = plan(library, failed, done=False)
    assert seen.unplanned([library.school.school]) == []
    assert seen.open_plans([library.school.school]) == [made]
    with pytest.raises(ValidationError, match="plan is not done"):
        say(library, "DRAPING", "pass", by=other)
    finish_remediation(plan=made, by=library.school.instructor)
    with pytest.raises(ValidationError, match="Somebody else"):
        say(library, "DRAPING", "pass")
    row = say(library, "DRAPING", "pass", by=other)
    assert (row.after, row.outcome) == (made, "passed")
    assert codes(library.record) == {"checkoff:DRAPING"}


def test_a_plan_changes_until_it_is_done(library: Clinic) -> None:
    failed = say(library, "SOAP", "1")
    made = plan(library, failed, done=False)
    assert plan(library, failed, done=False).pk == made.pk
    wanted = {
        "failed": failed, "minutes": 60, "instructor": library.school.instructor, "due_on": date(2026, 12, 2),
        "words": "More.", "by": library.school.registrar,
    }  # fmt: skip
    assert plan_remediation(**wanted).minutes == 60
    for change, sentence in (
        ({"due_on": date(2026, 11, 19)}, "That day is over"),
        ({"instructor": library.school.registrar}, "Choose an instructor"),
        ({"by": library.school.foreign_registrar}, "Only the school"),
        ({"words": "With Mr. Abernathy."}, "looks like a person"),
    ):
        with pytest.raises(ValidationError, match=sentence):
            plan_remediation(**{**wanted, **change})
    made = finish_remediation(plan=made, by=library.school.registrar)
    assert finish_remediation(plan=made, by=library.school.instructor).done_by == library.school.registrar
    with pytest.raises(ValidationError, match="stays as it is"):
        plan_remediation(**{**wanted, "minutes": 30})
    passed = say(library, "DRAPING", "pass")
    with pytest.raises(ValidationError, match="not the last word"):
        plan_remediation(**{**wanted, "failed": passed})


def test_a_sheet_is_four_queries_whatever_its_length(library: Clinic, django_assert_num_queries) -> None:
    for code in ("SOAP", "PLAN", "CLOSING"):
        plan(library, say(library, code, "1"))
    with django_assert_num_queries(4):
        for line in seen.sheet_of(library.record).lines:
            assert line.standing and (line.plan is None or line.plan.instructor.legal_name)
