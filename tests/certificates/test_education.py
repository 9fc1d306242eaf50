"""CE certificates: every field that NCBTMB and Florida ask for, each refused by name while it is missing."""

import json
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from certification.certificates import kinds, rules, services
from certification.certificates.models import Certificate, CertificateProposal, CourseAnswers, ProviderNumber
from certification.certificates.selectors import evaluation_of, records_to_sign
from certification.records.models import TrainingRecord
from certification.records.services import post_hours
from certification.requirements.models import RuleSet
from certification.verification.audit import audit
from courses.catalog.models import CourseApproval
from courses.catalog.services import record_approval, withdraw_approval
from tests.certificates.continuing import TITLE, issued_ce, make_ce_record, make_course
from tests.certificates.test_credentials import faults
from tests.certificates.test_documents import needs_poppler, text_of
from tests.records.making import part
from tests.records.test_hours_pages import text_of as page_text
from tests.worlds import School

pytestmark = pytest.mark.django_db


@pytest.fixture
def ce_record(school: School, rule_set: RuleSet) -> TrainingRecord:
    return make_ce_record(school, rule_set)


def missing(record: TrainingRecord) -> dict[str, str]:
    return {row.code: row.message for row in kinds.of("ce").judge(record).eligibility.missing}


# ---------------------------------------------------------------- the fields


def test_with_every_field_it_is_issued_and_freezes_them(school: School, ce_record: TrainingRecord) -> None:
    assert missing(ce_record) == {}
    certificate = issued_ce(school, ce_record)
    about = certificate.facts["education"]
    assert (certificate.kind, certificate.title, certificate.state) == ("ce", TITLE, "valid")
    assert about["provider"] == {"name": "Riverbend School", "address": "14 River Street\nSavannah, Georgia"}
    assert (about["type"], about["minutes"], about["unit_minutes"], about["completed_on"]) == (
        "live", 300, 50, "2026-03-02",
    )  # fmt: skip
    assert [(one["body"], one["number"], one["provider_number"], one["minutes"]) for one in about["approvals"]] == [
        ("NCBTMB", "1482-06", "451982-12", 300),
        ("Florida Board of Massage Therapy", "1483-06", "50-12871", 300),
    ]
    assert [(one["state"], one["number"], one["profession"]) for one in about["licences"]] == [
        ("FL", "MA 81234", "Massage therapist")
    ]
    (teacher,) = about["instructors"]
    assert (teacher["name"], teacher["licence"]["number"]) == ("Ines Instructor", "MA 4471")
    assert "totals" not in certificate.facts, "it says the hours of the approval, nothing else"
    assert {one["title"] for one in certificate.facts["issue"]["signers"]} == {"Administrator", "Registrar"}


def test_her_pages_do_not_hold_a_whole_renewal_against_one_course(school: School, ce_record: TrainingRecord) -> None:
    """The record of the fixture is judged by rules of 10 hours; the course is approved for 300 minutes."""
    her = school.client(school.learner_user)
    said = page_text(her.get(reverse("records:hours", args=[ce_record.uuid])))
    assert "This course was approved for 5 h. The 10 h that its rules ask for are those of a whole renewal" in said
    assert "For a whole renewal, beyond this course" in said
    assert "to go" not in said.partition("For a whole renewal")[0]
    assert "counted. This course was approved for 5 h. What a renewal asks for" in page_text(her.get("/learn/"))


@pytest.mark.parametrize(
    ("without", "code", "sentence"),
    [
        ("hours", "completed", "no day of completion"),
        ("evaluation", "evaluation", "has not filled in the course evaluation"),
        ("signature", "signature", "Ines Instructor has not signed the course"),
        ("instructor_licence", "instructor_licence", "No checked license of Ines Instructor"),
        ("licence", "licence", "No checked Florida license"),
        ("numbers", "provider_number", "no NCBTMB provider number"),
        ("address", "address", "The school has no address"),
    ],
)
def test_one_missing_field_is_refused_and_named(
    school: School, rule_set: RuleSet, without: str, code: str, sentence: str
) -> None:
    record = make_ce_record(school, rule_set, without=without)
    assert code in missing(record)
    with pytest.raises(ValidationError) as refused:
        services.propose_certificate(record=record, by=school.admin, kind="ce")
    assert sentence in " ".join(refused.value.messages)
    assert not CertificateProposal.objects.exists()


def test_a_program_without_approval_is_no_course(record: TrainingRecord) -> None:
    assert set(missing(record)) == {"completed", "approval", "address", "evaluation", "quiz:MFR"}


def test_one_minute_short_of_the_approved_hours_is_refused(school: School, rule_set: RuleSet) -> None:
    record = make_ce_record(school, rule_set, minutes=299)
    assert missing(record)["hours"] == (
        "Florida Board of Massage Therapy 1483-06: approved for 6 contact hours; the record shows 5 contact hours 49 "
        "minutes."
    )


def test_home_study_needs_a_passed_test(school: School, rule_set: RuleSet) -> None:
    record = make_ce_record(school, rule_set, type_="recorded", without="test")
    assert missing(record) == {"test": "The course is home study, and no test was passed."}


def test_a_recorded_webinar_says_home_study_and_its_test(school: School, rule_set: RuleSet) -> None:
    record = make_ce_record(school, rule_set, type_="recorded")
    sheet = kinds.of("ce").sheet(issued_ce(school, record).facts)
    said = {row["name"]: row["value"] for row in sheet["facts"]}
    assert said["Type"] == "Home study"
    assert said["Test passed"].startswith("Test: ethics")
    assert sheet["approvals"][1][2].startswith("6 instruction hours"), "nobody sat in a classroom"


def test_ncbtmb_alone_asks_for_no_license_of_the_participant(school: School, rule_set: RuleSet) -> None:
    record = make_ce_record(school, rule_set, without="licence", bodies=("ncbtmb",))
    assert missing(record) == {}


def test_an_approval_that_ended_before_the_course_counts_for_nothing(school: School, ce_record: TrainingRecord) -> None:
    approval = CourseApproval.objects.get(regulator="florida")
    withdraw_approval(approval=approval, by=school.registrar)
    assert missing(ce_record) == {}, "withdrawn after the course: it held on its day"
    span = rules.Span("1", date(2025, 1, 1), date(2026, 3, 1))
    assert not span.holds_on(date(2026, 3, 2))
    assert span.holds_on(date(2026, 3, 1))


def test_a_number_that_was_withdrawn_stands_behind_nothing_new(school: School, ce_record: TrainingRecord) -> None:
    number = ProviderNumber.objects.get(regulator="florida")
    services.withdraw_provider_number(number=number, by=school.registrar)
    assert list(missing(ce_record)) == ["provider_number"]


def test_one_of_the_two_hands_is_the_administrators(school: School, ce_record: TrainingRecord) -> None:
    proposal = services.propose_certificate(record=ce_record, by=school.registrar, kind="ce")
    with pytest.raises(ValidationError) as refused:
        services.issue_certificate(proposal=proposal, by=school.second_registrar)
    assert "administrator’s signature" in " ".join(refused.value.messages)
    assert services.issue_certificate(proposal=proposal, by=school.admin).kind == "ce"


def test_repeating_changes_nothing_and_kinds_do_not_meet(school: School, ce_record: TrainingRecord) -> None:
    proposal = services.propose_certificate(record=ce_record, by=school.admin, kind="ce")
    assert services.propose_certificate(record=ce_record, by=school.registrar, kind="ce") == proposal
    first = services.issue_certificate(proposal=proposal, by=school.registrar)
    assert services.issue_certificate(proposal=proposal, by=school.registrar) == first
    assert services.propose_certificate(record=ce_record, by=school.admin, kind="ce") == proposal
    letter = services.propose_certificate(record=ce_record, by=school.admin, kind="letter")
    assert letter != proposal
    assert Certificate.objects.count() == 1


# ---------------------------------------------------------------- what it looks like


@needs_poppler
def test_the_paper_shows_every_field(school: School, ce_record: TrainingRecord, tmp_path: Any) -> None:
    certificate = issued_ce(school, ce_record)
    assert {one.format for one in certificate.documents.all()} == {"pdf", "png", "json", "jwt"}
    said = text_of(bytes(certificate.documents.get(format="pdf").body), tmp_path)
    for piece in (
        "Daniela Reyes", TITLE, "6 contact hours", "of 50 minutes each", "6 classroom hours, of 50 minutes", "2 March 2026",
        "Live", "FL Massage therapist MA 81234", "Riverbend School, 14 River Street, Savannah, Georgia", "451982-12",
        "50-12871", "1482-06", "1483-06", "Ines Instructor", "Instructor, GA Massage therapist MA 4471",
        "Ada Admin", "Administrator", certificate.code,
    ):  # fmt: skip
        assert piece in said, piece


def test_the_credential_is_a_course_with_contact_hours(school: School, ce_record: TrainingRecord) -> None:
    certificate = issued_ce(school, ce_record)
    badge = json.loads(bytes(certificate.documents.get(format="json").body))
    assert faults(badge, "ob_v3p0_achievementcredential_schema.json") == []
    what = badge["credentialSubject"]["achievement"]
    assert (what["achievementType"], what["humanCode"]) == ("Course", "1482-06")
    assert [one["value"] for one in badge["credentialSubject"]["result"]] == ["6 h", "300", "6 h", "300"]
    assert "contact hours" in what["resultDescription"][0]["name"]


def test_anyone_learns_what_it_is_and_the_audit_agrees(school: School, ce_record: TrainingRecord) -> None:
    certificate = issued_ce(school, ce_record)
    answer = Client().get(f"/api/v1/verify/{certificate.code}").json()
    assert (answer["kind"], answer["status"], answer["credential"]) == ("ce", "valid", TITLE)
    page = Client().get(f"/verify/{certificate.code}").content.decode()
    assert "Continuing education certificate" in page
    assert not [one for one in audit().findings if one.kind == "certificate"]


# ---------------------------------------------------------------- provider numbers, questions, answers


def test_only_the_school_writes_its_numbers(school: School) -> None:
    fields = {
        "regulator": "ncbtmb",
        "number": " 451  982 ",
        "valid_from": date(2025, 1, 1),
        "valid_to": date(2026, 1, 1),
    }
    with pytest.raises(ValidationError):
        services.record_provider_number(school=school.school, by=school.instructor, **fields)
    with pytest.raises(ValidationError):
        services.record_provider_number(school=school.school, by=school.foreign_registrar, **fields)
    first = services.record_provider_number(school=school.school, by=school.registrar, **fields)
    assert first.number == "451 982"
    assert services.record_provider_number(school=school.school, by=school.admin, **fields) == first
    with pytest.raises(ValidationError, match="another end"):
        services.record_provider_number(
            school=school.school, by=school.admin, **{**fields, "valid_to": date(2027, 1, 1)}
        )
    with pytest.raises(ValidationError, match="before it begins"):
        services.record_provider_number(
            school=school.school, by=school.admin, **{**fields, "valid_to": date(2024, 1, 1)}
        )


def test_the_database_refuses_a_number_that_ends_before_it_begins(school: School, ce_record: TrainingRecord) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ProviderNumber.objects.create(
            school=school.school, regulator="ncbtmb", number="9", valid_from=date(2026, 1, 2), valid_to=date(2026, 1, 1),
            recorded_by=school.registrar,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE certificates_providernumber SET number = 'x'")


def test_an_approval_by_a_regulator_needs_type_and_instructor(school: School, rule_set: RuleSet) -> None:
    program = make_course(school, rule_set, bodies=())
    given: dict[str, Any] = {
        "program": program, "module": None, "by": school.registrar, "regulator": "ncbtmb", "body": "NCBTMB",
        "number": "1", "approved_on": date(2025, 1, 1),
    }  # fmt: skip
    for lacking in (
        {"course_type": "", "instructor": school.instructor},
        {"course_type": "live", "instructor": None},
        {"course_type": "live", "instructor": school.registrar},
    ):
        with pytest.raises(ValidationError):
            record_approval(**given, **lacking)
    with pytest.raises(ValidationError, match="whole program"):
        record_approval(**{**given, "module": program.modules.get()}, course_type="live", instructor=school.instructor)
    with pytest.raises(IntegrityError), transaction.atomic():
        CourseApproval.objects.create(
            program=program, regulator="ncbtmb", body="N", number="2", title="T", minutes=1,
            approved_on=date(2025, 1, 1), recorded_by=school.registrar,
        )  # fmt: skip


def test_a_course_is_evaluated_once_by_its_learner(school: School, rule_set: RuleSet) -> None:
    record = make_ce_record(school, rule_set, without="evaluation")
    ratings = [4] * len(services.OWN_STATEMENTS)
    for ratings_, by in (
        (ratings, school.registrar),
        (ratings[1:], school.learner_user),
        ([6, *ratings[1:]], school.learner_user),
    ):
        with pytest.raises(ValidationError):
            services.evaluate_course(record=record, by=by, ratings=ratings_, questions=None)
    said = services.evaluate_course(record=record, by=school.learner_user, ratings=ratings, questions=None)
    again = services.evaluate_course(record=record, by=school.learner_user, ratings=[1] * len(ratings), questions=None)
    assert (again, again.ratings) == (said, ratings)
    with pytest.raises(IntegrityError), transaction.atomic():
        CourseAnswers.objects.filter(pk=said.pk).update(ratings=[1])


def test_ratings_are_shown_from_five_learners_on() -> None:
    four = [(["Good?"], [5])] * 4
    assert rules.means(four) == []
    assert rules.means([*four, (["Good?"], [1])]) == [("Good?", 5, [1, 0, 0, 0, 4])]
    assert rules.means([*four, (["Other?"], [1])]) == [], "of each statement"


def test_few_answers_show_their_number_alone(school: School, ce_record: TrainingRecord) -> None:
    assert evaluation_of(school.school, "ETH") == (1, [])
    page = school.client(school.registrar).get("/desk/certificates/education/").content.decode()
    assert "1 learner has answered" in page


def test_new_statements_ask_who_comes_later(school: School, ce_record: TrainingRecord) -> None:
    wording = services.write_questions(
        school=school.school, program_code="ETH", statements=[" Clear?  ", "", "Useful?"], by=school.registrar
    )
    assert (wording.number, wording.statements) == (1, ["Clear?", "Useful?"])
    again = {"school": school.school, "program_code": "ETH", "by": school.registrar}
    assert services.write_questions(**again, statements=["Clear?", "Useful?"]) == wording
    assert services.write_questions(**again, statements=["Clear?"]).number == 2
    for bad in ([], ["a", "a"], ["x" * 301], [str(n) for n in range(21)]):
        with pytest.raises(ValidationError):
            services.write_questions(**again, statements=bad)
    assert CourseAnswers.objects.get().statements == [str(words) for words in services.OWN_STATEMENTS]


# ---------------------------------------------------------------- screens


def test_the_instructor_finds_and_signs_her_courses(school: School, rule_set: RuleSet) -> None:
    record = make_ce_record(school, rule_set, without="signature")
    client = school.client(school.instructor)
    assert "Daniela Reyes" in client.get("/desk/courses/").content.decode()
    address = reverse("certificates:sign_course", args=[record.uuid])
    client.post(address)
    assert "signature" in missing(record), "not without the tick"
    client.post(address, {"agree": "on"})
    client.post(address, {"agree": "on"})
    assert missing(record) == {}
    assert records_to_sign(school.instructor) == []
    with pytest.raises(ValidationError, match="whom the approval names"):
        services.sign_course(record=record, by=school.registrar)
    assert school.client(school.registrar).post(address).status_code in (403, 404)


def test_the_learner_evaluates_on_her_page(school: School, rule_set: RuleSet) -> None:
    record = make_ce_record(school, rule_set, without="evaluation")
    client, address = school.client(school.learner_user), reverse("certificates:evaluate", args=[record.uuid])
    assert address in client.get("/certificates/").content.decode()
    half = client.post(address, {"s0": "5"})
    assert half.status_code == 422
    assert "Choose a number for this." in half.content.decode()
    assert client.post(address, {f"s{n}": "4" for n in range(6)}).status_code == 302
    assert "You have evaluated it" in client.get(address).content.decode()
    assert missing(record) == {}
    assert school.client(school.other_learner_user).get(address).status_code == 404


def test_the_desk_lists_what_each_learner_lacks_and_takes_what_is_missing(school: School, rule_set: RuleSet) -> None:
    record = make_ce_record(school, rule_set, without="licence")
    client = school.client(school.registrar)
    page = client.get("/desk/certificates/education/").content.decode()
    assert "Participant’s Florida license" in page
    address = reverse("certificates:add_licence", args=[record.uuid])
    wrong = client.post(address, {"number": "MA 1", "state": "Florida", "profession": "Massage therapist"})
    assert wrong.status_code == 422
    assert "two letters" in wrong.content.decode()
    client.post(address, {"number": "MA 1", "state": "fl", "profession": "Massage therapist"})
    assert missing(record) == {}
    shown = client.get(reverse("certificates:record", args=[record.uuid]) + "?kind=ce").content.decode()
    assert "Prepare the certificate" in shown
    for value in ("451982-12", "6 contact hours", "14 River Street", "MA 4471"):
        assert value in shown, value
    numbers = reverse("certificates:add_number", args=[school.school.slug])
    assert client.post(numbers, {"regulator": "ncbtmb", "number": "", "valid_from": "2026-01-01"}).status_code == 422
    fields = {"regulator": "ncbtmb", "number": "7", "valid_from": "2026-01-01", "valid_to": "2028-12-31"}
    assert client.post(numbers, fields).status_code == 302
    added = ProviderNumber.objects.get(number="7")
    assert school.client(school.foreign_registrar).post(numbers, fields).status_code == 404
    ending = reverse("certificates:end_number", args=[added.uuid])
    assert school.client(school.foreign_registrar).post(ending).status_code == 404
    client.post(ending)
    added.refresh_from_db()
    assert added.withdrawn_by == school.registrar


def test_judging_asks_few_queries(ce_record: TrainingRecord, django_assert_max_num_queries: Any) -> None:
    record = TrainingRecord.objects.select_related("school", "rule_set", "learner__user").get(pk=ce_record.pk)
    with django_assert_max_num_queries(12):
        kinds.of("ce").judge(record)


# ---------------------------------------------------------------- what is told before it is there


def test_the_learner_reads_what_this_certificate_lacks_and_not_another(school: School, rule_set: RuleSet) -> None:
    record = make_ce_record(school, rule_set, without="licence")
    client = school.client(school.learner_user)
    for address in ("/certificates/", reverse("certificates:conditions", args=[record.uuid])):
        said = client.get(address).content.decode()
        assert "No checked Florida license" in said, address
        assert "hours together" not in said, "the hours of a whole cycle are no condition of one course"


def test_before_the_first_hour_nothing_that_is_there_is_called_missing(school: School, rule_set: RuleSet) -> None:
    record = make_ce_record(school, rule_set, without="hours")
    lacks = missing(record)
    assert "completed" in lacks
    assert not {"approval", "instructor_licence", "licence", "provider_number"} & set(lacks)


def test_who_cannot_be_the_second_hand_is_told_before_signing(school: School, ce_record: TrainingRecord) -> None:
    services.propose_certificate(record=ce_record, by=school.registrar, kind="ce")
    page = reverse("certificates:record", args=[ce_record.uuid]) + "?kind=ce"
    second = school.client(school.second_registrar).get(page).content.decode()
    assert "must be an administrator" in second and "Sign and issue" not in second
    first = school.client(school.registrar).get(page).content.decode()
    assert f"{school.admin.get_full_name()} must sign" in first
    assert "Sign and issue" in school.client(school.admin).get(page).content.decode()


def test_nobody_speaks_of_a_course_before_it_was_taken(school: School, rule_set: RuleSet) -> None:
    record = make_ce_record(school, rule_set, without="hours")
    learner, teacher = school.client(school.learner_user), school.client(school.instructor)
    evaluate = reverse("certificates:evaluate", args=[record.uuid])
    assert evaluate not in learner.get("/certificates/").content.decode()
    ratings = {f"s{place}": "5" for place in range(len(services.OWN_STATEMENTS))}
    early = learner.post(evaluate, ratings)
    assert early.status_code == 422 and "once you have taken it" in early.content.decode()
    assert records_to_sign(school.instructor) == []
    refused = teacher.post(reverse("certificates:sign_course", args=[record.uuid]), {"agree": "on"}, follow=True)
    assert "Sign once it does" in refused.content.decode()
    post_hours(record=record, source_key="class:1", parts=[part(300, "2026-03-02 14:00", "2026-03-02 21:00")])
    assert evaluate in learner.get("/certificates/").content.decode()
    assert learner.post(evaluate, ratings).status_code == 302
    teacher.post(reverse("certificates:sign_course", args=[record.uuid]), {"agree": "on"})
    assert missing(record) == {}
