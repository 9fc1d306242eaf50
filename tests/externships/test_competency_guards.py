"""What the database itself refuses about competencies, evaluations and examinations, attacked by raw SQL."""

from datetime import date
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import User
from certification.externships.models import (
    CheckOff,
    CompetencyVersion,
    EvaluationAnswer,
    EvaluationForm,
    EvaluationLink,
    Practical,
    PracticalResult,
    PracticalSheet,
    Remediation,
    SignOffLink,
    SiteEvaluation,
)
from certification.externships.selectors.competencies import repeats_of
from certification.externships.services import (
    Decision,
    answer_evaluation,
    ask_evaluation,
    decide,
    evaluate_site,
    plan_practical,
    save_competency,
    save_practical_kind,
    save_sheet,
)
from certification.records.models import HourEntry, TrainingRecord
from certification.records.services import ensure_learner, open_record

from .conftest import Clinic
from .test_competencies import library, plan, say, second_instructor, sign_sessions, take_back, version

__all__ = ["library"]
pytestmark = pytest.mark.django_db


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def refused(sql: str, match: str) -> None:
    with pytest.raises(DatabaseError, match=match):
        run(sql)


def row(**fields: object) -> CheckOff:
    """A check-off written past the services."""
    with transaction.atomic():
        return CheckOff.objects.create(decided_at=timezone.now(), **fields)


# ---- versions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    ["title = 'x'", "criteria = 'x'", "opens_after = 9", "safety = NOT safety", "technique = 'mfr'", "number = 9",
     "region = 'x'", "before_clients = NOT before_clients", "written_by_id = NULL", "in_use_since = NULL"],
)  # fmt: skip
def test_a_version_in_use_never_changes(library: Clinic, change: str) -> None:
    refused(
        f"UPDATE externships_competencyversion SET {change} WHERE id = {version('DRAPING').pk}",
        r"in use is never changed|rows are never changed",
    )


def test_a_version_only_goes_on(library: Clinic) -> None:
    table, used = "externships_competencyversion", version("SOAP")
    refused(f"UPDATE {table} SET state = 'draft', in_use_since = NULL WHERE id = {used.pk}", "never")
    refused(f"DELETE FROM {table} WHERE id = {used.pk}", "never deleted")
    by = library.school.registrar
    draft = save_competency(school=library.school.school, code="NEW", title="N", criteria="N", by=by)
    run(f"UPDATE {table} SET title = 'Better' WHERE id = {draft.pk}")
    refused(f"UPDATE {table} SET state = 'retired', retired_at = written_at WHERE id = {draft.pk}", "never goes back")
    run(f"UPDATE {table} SET state = 'retired', retired_at = in_use_since WHERE id = {used.pk}")
    refused(f"UPDATE {table} SET state = 'in_use', retired_at = NULL WHERE id = {used.pk}", "never goes back")
    refused(f"UPDATE {table} SET retired_at = '2030-01-01 00:00:00+00' WHERE id = {used.pk}", "never goes back")
    run(f"DELETE FROM {table} WHERE id = {draft.pk}")


def test_a_form_never_changes(library: Clinic) -> None:
    table = "externships_evaluationform"
    for change in ("title = 'x'", "items = '[]'", "purpose = 'final'"):
        refused(f"UPDATE {table} SET {change} WHERE purpose = 'site'", "never changed")
    run(f"UPDATE {table} SET state = 'retired', retired_at = in_use_since WHERE purpose = 'site'")
    refused(f"UPDATE {table} SET state = 'in_use', retired_at = NULL WHERE purpose = 'site'", "never comes back")


# ---- check-offs ------------------------------------------------------------------------------------------------------


def test_a_check_off_never_changes(library: Clinic) -> None:
    say(library, "SOAP", "1", words="Once more.")
    for change in ("outcome = 'passed', rating = 2", "words = ''", "evaluator_id = NULL", "record_id = record_id"):
        refused(f"UPDATE externships_checkoff SET {change}", "never changed")
    refused("DELETE FROM externships_checkoff", "never deleted")


def test_nobody_rates_herself_or_a_fellow(library: Clinic) -> None:
    people, soap = library.school, version("SOAP")
    with pytest.raises(DatabaseError, match=r"nobody ever rates herself|learners never rate each other"):
        row(version=soap, record=library.record, outcome="passed", rating=2, evaluator=people.learner_user)
    TrainingRecord.objects.filter(pk=library.record.pk).update(completed_on=date(2026, 11, 1))
    with pytest.raises(DatabaseError, match="nobody ever rates herself"):
        row(version=soap, record=library.record, outcome="passed", rating=2, evaluator=people.learner_user)
    open_record(
        learner=ensure_learner(user=people.other_learner_user), school=people.school,
        rule_set=library.record.rule_set, program_code="B", program_title="B", enrolled_on=date(2026, 1, 5),
        source_key="enrollment:2",
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="learners never rate each other"):
        row(version=soap, record=library.record, outcome="passed", rating=2, evaluator=people.other_learner_user)


def test_only_what_is_in_use_at_the_school_is_rated_on_its_scale(library: Clinic) -> None:
    people = library.school
    draft = save_competency(school=people.school, code="N", title="N", criteria="N", by=people.registrar)
    foreign = save_competency(
        school=people.other_school, code="N", title="N", criteria="N", by=people.foreign_registrar, put_in_use=True
    )
    for wrong in (draft, foreign):
        with pytest.raises(DatabaseError, match="never by a draft"):
            row(version=wrong, record=library.record, outcome="passed", rating=2, evaluator=people.instructor)
    with pytest.raises(DatabaseError, match="a safety item is never rated"):
        row(version=version("DRAPING"), record=library.record, outcome="passed", rating=2, evaluator=people.instructor)
    with pytest.raises(DatabaseError, match="a safety item is never rated"):
        row(version=version("SOAP"), record=library.record, outcome="passed", evaluator=people.instructor)
    for rating, outcome in ((1, "passed"), (2, "failed"), (0, "passed"), (3, "not_seen")):
        with pytest.raises(DatabaseError, match=r"checkoff_outcome|CHECK|check"):
            row(
                version=version("SOAP"),
                record=library.record,
                outcome=outcome,
                rating=rating,
                evaluator=people.instructor,
            )


def test_a_re_test_comes_after_the_plan_and_by_another(library: Clinic) -> None:
    other, safe = second_instructor(library), version("DRAPING")
    failed = say(library, "DRAPING", "fail")
    wanted = {"version": safe, "record": library.record, "outcome": "passed"}
    with pytest.raises(DatabaseError, match="before the plan is done"):
        row(**wanted, evaluator=other)
    made = plan(library, failed, done=False)
    with pytest.raises(DatabaseError, match="before the plan is done"):
        row(**wanted, evaluator=other, after=made)
    done = plan(library, failed)
    with pytest.raises(DatabaseError, match="before the plan is done"):
        row(**wanted, evaluator=other)
    with pytest.raises(DatabaseError, match="never by the evaluator of the failed one"):
        row(**wanted, evaluator=library.school.instructor, after=done)
    # A new version of the competency is no way around it.
    fresh = save_competency(
        school=library.school.school, code="DRAPING", competency=safe.competency, title="New", criteria="New",
        safety=True, by=other, put_in_use=True,
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="never by the evaluator of the failed one"):
        row(**{**wanted, "version": fresh}, evaluator=library.school.instructor, after=done)
    row(**{**wanted, "version": fresh}, evaluator=other, after=done)


def test_a_supervisor_who_failed_her_is_the_same_person_with_an_account(library: Clinic) -> None:
    supervisor = library.supervisor
    link, answer = answered(library, {"SOAP": "1"})
    failed = CheckOff.objects.get(answer=answer)
    assert link.supervisor == supervisor and failed.supervisor == supervisor
    done = plan(library, failed)
    user = second_instructor(library)
    type(supervisor).objects.filter(pk=supervisor.pk).update(user=user)
    with pytest.raises(DatabaseError, match="never by the evaluator of the failed one"):
        row(version=version("SOAP"), record=library.record, outcome="passed", rating=2, evaluator=user, after=done)


def test_a_supervisor_who_failed_her_is_the_same_person_by_her_address(library: Clinic) -> None:
    _link, answer = answered(library, {"SOAP": "1"})
    done = plan(library, CheckOff.objects.get(answer=answer))
    user = second_instructor(library)
    wanted = {"version": version("SOAP"), "record": library.record, "outcome": "passed", "rating": 2, "after": done}
    proof = EmailAddress.objects.create(user=user, email="PRAMAN@Harborview.example", verified=True)
    with pytest.raises(DatabaseError, match="never by the evaluator of the failed one"):
        row(**wanted, evaluator=user)
    EmailAddress.objects.filter(pk=proof.pk).update(verified=False)
    User.objects.filter(pk=user.pk).update(email="praman@harborview.example")
    with pytest.raises(DatabaseError, match="never by the evaluator of the failed one"):
        row(**wanted, evaluator=user)
    # Somebody's claim to an address proves nothing.
    User.objects.filter(pk=user.pk).update(email="other@riverbend.example")
    row(**wanted, evaluator=user)


def test_an_instructor_who_failed_her_is_the_same_person_as_a_supervisor(library: Clinic) -> None:
    done = plan(library, say(library, "SOAP", "1"))
    type(library.supervisor).objects.filter(pk=library.supervisor.pk).update(
        email=library.school.instructor.email.upper()
    )
    link = ask_evaluation(
        placement=library.placement, supervisor=library.supervisor, purpose="checkoff",
        versions=[version("DRAPING").uuid], by=library.school.coordinator,
    )  # fmt: skip
    assert link.supervisor_id == library.supervisor.pk
    with pytest.raises(DatabaseError, match="never by the evaluator of the failed one"):
        row(
            version=version("SOAP"), record=library.record, outcome="passed", rating=2, after=done,
            supervisor=library.supervisor, answer=answer_to(link), placement=library.placement,
        )  # fmt: skip


def answer_to(link: EvaluationLink) -> EvaluationAnswer:
    """An answer written past the services."""
    return EvaluationAnswer.objects.create(
        link=link, marks={}, typed_name="P", statement="S", licence="L", digest=link.digest, answered_at=link.created_at
    )


def test_a_plan_follows_a_failure_and_done_is_done(library: Clinic) -> None:
    passed, people = say(library, "DRAPING", "pass"), library.school
    with pytest.raises(DatabaseError, match="follows a failed check-off"), transaction.atomic():
        Remediation.objects.create(
            failed=passed,
            minutes=1,
            instructor=people.instructor,
            due_on=date(2026, 12, 1),
            planned_by=people.registrar,
        )
    done = plan(library, say(library, "SOAP", "1"))
    for change in ("minutes = 1", "state = 'planned', done_at = NULL, done_by_id = NULL", "due_on = '2030-01-01'"):
        refused(f"UPDATE externships_remediation SET {change} WHERE id = {done.pk}", "done is never changed")
    refused("DELETE FROM externships_remediation", "never deleted")


# ---- evaluations -----------------------------------------------------------------------------------------------------


def answered(clinic: Clinic, values: dict[str, str]) -> tuple[EvaluationLink, EvaluationAnswer]:
    link = ask_evaluation(
        placement=clinic.placement, supervisor=clinic.supervisor, purpose="checkoff",
        versions=[version(code).uuid for code in values], by=clinic.school.coordinator,
    )  # fmt: skip
    done = answer_evaluation(
        link=link, values=values, item_words={}, words="Well done.", digest=link.digest, typed_name="Priya Raman",
        confirms_statement=True, ip="203.0.113.9", agent="Phone/1",
    )  # fmt: skip
    return link, done.answer


def test_an_answer_is_about_what_was_shown_by_a_living_link(library: Clinic) -> None:
    link, answer = answered(library, {"SOAP": "2"})
    for change in ("marks = '{}'", "words = ''", "digest = 'x'", "typed_name = 'X'"):
        refused(f"UPDATE externships_evaluationanswer SET {change}", "never changed")
    refused("DELETE FROM externships_evaluationanswer", "never deleted")
    for change in ("shown = 'x'", "digest = 'x'", "token_hash = 'x'", "expires_at = '2099-01-01 00:00:00+00'"):
        refused(f"UPDATE externships_evaluationlink SET {change}", "never changed")
    other = ask_evaluation(
        placement=library.placement, supervisor=library.supervisor, purpose="midterm", by=library.school.coordinator
    )
    fields = {
        "marks": {}, "typed_name": "P", "statement": "S", "licence": "L", "digest": other.digest,
        "answered_at": answer.answered_at,
    }  # fmt: skip
    with pytest.raises(DatabaseError, match="exactly what was shown"), transaction.atomic():
        EvaluationAnswer.objects.create(**{**fields, "link": other, "digest": link.digest})
    with pytest.raises(DatabaseError, match="exactly what was shown"), transaction.atomic():
        EvaluationAnswer.objects.create(**{**fields, "link": other, "answered_at": other.expires_at})
    run(f"UPDATE externships_evaluationlink SET revoked_at = created_at, revoked_why = 'school' WHERE id = {other.pk}")
    with pytest.raises(DatabaseError, match="exactly what was shown"), transaction.atomic():
        EvaluationAnswer.objects.create(**{**fields, "link": other})
    refused(
        f"UPDATE externships_evaluationlink SET revoked_at = NULL, revoked_why = '' WHERE id = {other.pk}",
        "never revived",
    )


def test_a_supervisors_word_comes_by_her_own_answer(library: Clinic) -> None:
    _link, answer = answered(library, {"SOAP": "2"})
    wanted = {"version": version("PLAN"), "record": library.record, "outcome": "passed", "rating": 2}
    with pytest.raises(DatabaseError, match=r"checkoff_is_by|CHECK|check"):
        row(**wanted, supervisor=library.supervisor, placement=library.placement)
    other = type(library.supervisor).objects.create(
        school=library.school.school, name="O", email="o@example.org", licence_number="1", licence_state="KY",
        profession="PT",
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="never comes but by her answer"):
        row(**wanted, supervisor=other, answer=answer, placement=library.placement)


def test_what_a_learner_says_of_a_site_never_changes(library: Clinic) -> None:
    form = EvaluationForm.objects.get(purpose="site")
    marks = {item["code"]: 4 for item in form.items}
    evaluate_site(placement=library.placement, form=form, marks=marks, words="", by=library.school.learner_user)
    refused("UPDATE externships_siteevaluation SET marks = '{}'", "never changed")
    refused("DELETE FROM externships_siteevaluation", "never deleted")
    final = EvaluationForm.objects.get(purpose="final")
    assert SiteEvaluation.objects.count() == 1
    with pytest.raises(DatabaseError, match=r"never by another form|never replaced|UNIQUE"), transaction.atomic():
        SiteEvaluation.objects.create(placement=library.placement, form=final, marks={})


# ---- practical examinations ------------------------------------------------------------------------------------------


def examination(clinic: Clinic, *examiners: User) -> Practical:
    kind = save_practical_kind(
        school=clinic.school.school, code="FINAL", title="Final", pass_percent=75, by=clinic.school.registrar,
        codes=["SOAP", "DRAPING"],
    )  # fmt: skip
    return plan_practical(
        kind=kind, record=clinic.record, on_day=date(2026, 11, 20), place="Lab", examiners=examiners,  # type: ignore[arg-type]
        by=clinic.school.registrar, uuid=uuid4(),
    )  # fmt: skip


def hand_in(practical: Practical, seat: int, soap: int, draping: int) -> PracticalSheet:
    sheet = practical.sheets.get(seat=seat)
    return save_sheet(sheet=sheet, marks={"SOAP": soap, "DRAPING": draping}, words="", by=sheet.examiner, hand_in=True)


def test_what_is_handed_in_and_decided_never_changes(library: Clinic) -> None:
    first, second = library.school.instructor, second_instructor(library)
    practical = examination(library, first, second)
    with pytest.raises(DatabaseError, match="before both sheets are in"), transaction.atomic():
        PracticalResult.objects.create(
            practical=practical, numerator=100, safe=True, passed=True, decided_at=timezone.now()
        )
    hand_in(practical, 1, 0, 1)
    for change in ("marks = '{}'", "handed_in_at = NULL", "words = 'x'"):
        refused(f"UPDATE externships_practicalsheet SET {change} WHERE seat = 1", "handed in is never changed")
    refused(f"UPDATE externships_practicalsheet SET examiner_id = {first.pk} WHERE seat = 2", "never changed")
    with pytest.raises(DatabaseError, match="before both sheets are in"), transaction.atomic():
        PracticalResult.objects.create(
            practical=practical, numerator=100, safe=True, passed=True, decided_at=timezone.now()
        )
    for change in ("items = '[]'", "pass_percent = 1", "on_day = '2020-01-01'"):
        refused(f"UPDATE externships_practical SET {change}", "never changed")
    hand_in(practical, 2, 1, 1)
    refused("UPDATE externships_practicalresult SET passed = NOT passed", "never changed")
    refused("UPDATE externships_practical SET cancelled_at = planned_at", "what is over is never changed")
    for table in ("practicalresult", "practicalsheet", "practical"):
        refused(f"DELETE FROM externships_{table}", "never deleted")


def test_an_examiner_of_a_failed_one_is_refused(library: Clinic) -> None:
    first, second = library.school.instructor, second_instructor(library)
    failed = examination(library, first, second)
    hand_in(failed, 1, 0, 1)
    hand_in(failed, 2, 0, 1)
    again = Practical.objects.create(
        kind=failed.kind, record=failed.record, on_day=failed.on_day, place="Lab", items=failed.items, pass_percent=75,
        planned_by=library.school.registrar,
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="never by an examiner of an earlier failed one"), transaction.atomic():
        PracticalSheet.objects.create(practical=again, seat=1, examiner=second)
    with pytest.raises(DatabaseError, match="nobody ever examines herself"), transaction.atomic():
        PracticalSheet.objects.create(practical=again, seat=1, examiner=library.school.learner_user)
    with pytest.raises(DatabaseError, match="never handed in from the first"), transaction.atomic():
        PracticalSheet.objects.create(
            practical=again, seat=1, examiner=library.school.registrar, handed_in_at=timezone.now()
        )
    PracticalSheet.objects.create(practical=again, seat=1, examiner=library.school.registrar)
    with pytest.raises(DatabaseError, match=r"UNIQUE|unique|never replaced"), transaction.atomic():
        PracticalSheet.objects.create(practical=again, seat=2, examiner=library.school.registrar)
    with pytest.raises(DatabaseError, match=r"practical_has_two_seats|CHECK|check"), transaction.atomic():
        PracticalSheet.objects.create(practical=again, seat=3, examiner=library.school.coordinator)
    run(f"UPDATE externships_practical SET cancelled_at = planned_at WHERE id = {again.pk}")
    refused("UPDATE externships_practicalsheet SET words = 'x' WHERE seat = 1", "never")
    assert CompetencyVersion.objects.filter(state="in_use").count() == 20


# ---- supervised repeats ----------------------------------------------------------------------------------------------


def test_the_database_opens_nothing_before_so_many_signed_sessions(library: Clinic) -> None:
    """Three signed sessions with myofascial release open it; others, drafts and amended ones are none."""
    mfr = version("TECH-MFR")
    assert (mfr.technique, mfr.opens_after) == ("mfr", 3)
    said = {"version": mfr, "record": library.record, "evaluator": library.school.instructor}
    word = {**said, "outcome": "passed", "rating": 2}
    sign_sessions(library, 2, ["mfr"])
    library.draft("2026-11-14 09:00", "2026-11-14 10:00", techniques=["mfr"])
    shift = library.draft("2026-11-15 09:00", "2026-11-15 10:00", techniques=["stretching"])
    decide(
        link=library.send(), decisions=[Decision(shift.uuid, "sign")], typed_name="Priya Raman", confirms_statement=True
    )
    for outcome in (
        {"outcome": "passed", "rating": 2},
        {"outcome": "failed", "rating": 1},
        {"outcome": "not_seen", "rating": 0},
    ):
        with pytest.raises(DatabaseError, match="never before so many supervised repeats"):
            row(**{**said, **outcome})
    other = library.placement.shifts.exclude(state="signed").get()
    link = SignOffLink.objects.filter(spent_at=None).latest("pk")
    decide(link=link, decisions=[Decision(other.uuid, "sign")], typed_name="Priya Raman", confirms_statement=True)
    assert row(**word).rating == 2


def test_what_the_school_took_back_opens_nothing_for_the_database_either(library: Clinic) -> None:
    said = {"version": version("TECH-MFR"), "record": library.record, "evaluator": library.school.instructor}
    word = {**said, "outcome": "passed", "rating": 2}
    sign_sessions(library, 2, ["mfr"])
    night = library.draft("2026-11-14 22:00", "2026-11-15 02:00", techniques=["mfr"])
    decide(
        link=library.send(), decisions=[Decision(night.uuid, "sign")], typed_name="Priya Raman", confirms_statement=True
    )
    first = library.placement.shifts.order_by("pk").first()
    assert first is not None
    take_back(library, first)
    with pytest.raises(DatabaseError, match="never before so many supervised repeats"):
        row(**word)
    sign = library.draft("2026-11-16 09:00", "2026-11-16 10:00", techniques=["mfr"])
    decide(
        link=library.send(), decisions=[Decision(sign.uuid, "sign")], typed_name="Priya Raman", confirms_statement=True
    )
    lines = HourEntry.objects.filter(posting__source_key=night.source_key)
    assert lines.count() == 2, "one for each day"
    take_back(library, night, 1)
    assert repeats_of(library.record)["mfr"] == 3, "half of it stands"
    with transaction.atomic():
        assert row(**word).rating == 2
        transaction.set_rollback(True)
    take_back(library, night)
    assert repeats_of(library.record)["mfr"] == 2
    with pytest.raises(DatabaseError, match="never before so many supervised repeats"):
        row(**word)


def test_what_was_rated_once_stays_open_for_the_database_too(library: Clinic) -> None:
    sign_sessions(library, 3, ["mfr"])
    say(library, "TECH-MFR", "2")
    old = version("TECH-MFR")
    fresh = save_competency(
        school=library.school.school, code="TECH-MFR", competency=old.competency, title="All of it", criteria="All.",
        technique="mfr", opens_after=20, by=library.school.registrar, put_in_use=True,
    )  # fmt: skip
    assert row(
        version=fresh, record=library.record, evaluator=library.school.instructor, outcome="passed", rating=3
    ).rating == 3  # fmt: skip
