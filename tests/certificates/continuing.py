"""A course of continuing education with everything that its certificate must show, always made through the services."""

from datetime import date
from typing import Any

from accounts.services import record_licence
from certification.certificates.models import Certificate
from certification.certificates.services import (
    OWN_STATEMENTS,
    evaluate_course,
    issue_certificate,
    make_documents,
    propose_certificate,
    record_learner_licence,
    record_provider_number,
    sign_course,
)
from certification.records.models import TrainingRecord
from certification.records.services import post_hours, record_milestone
from certification.requirements.models import RuleSet
from courses.catalog.models import Module, Program
from courses.catalog.services import record_approval
from courses.enrollments.services import enroll
from tests.records.making import at, part
from tests.worlds import School

TITLE = "Ethics for medical massage"
PARTS = ("hours", "evaluation", "signature", "instructor_licence", "licence", "numbers", "address", "test")


def make_course(
    school: School, rule_set: RuleSet, *, type_: str = "live", bodies: Any = ("ncbtmb", "florida")
) -> Program:
    """A program of 300 minutes that these bodies approved, taught by Ines."""
    program = Program.objects.create(school=school.school, code="ETH", title=TITLE, rule_set=rule_set)
    Module.objects.create(program=program, code="ETH", title=TITLE, category="mfr", minutes=300)
    for place, body in enumerate(bodies):
        record_approval(
            program=program,
            module=None,
            by=school.registrar,
            regulator=body,
            course_type=type_,
            instructor=school.instructor,
            body="NCBTMB" if body == "ncbtmb" else "Florida Board of Massage Therapy",
            number=f"{1482 + place}-06",
            approved_on=date(2025, 1, 1),
            ends_on=date(2027, 12, 31),
        )
    return program


def make_ce_record(
    school: School,
    rule_set: RuleSet,
    *,
    without: str = "",
    type_: str = "live",
    minutes: int = 300,
    bodies: Any = ("ncbtmb", "florida"),
) -> TrainingRecord:
    """Daniela's record in the course with all that its certificate needs, but for the one part in `without`."""
    program = make_course(school, rule_set, type_=type_, bodies=bodies)
    record = enroll(user=school.learner_user, program=program, source_key="ce:1", enrolled_on=date(2026, 3, 1)).record
    there = {name: name != without for name in PARTS}
    if there["address"]:
        school.school.address = "14 River Street\nSavannah, Georgia"
        school.school.save(update_fields=["address"])
    if there["numbers"]:
        for body, number in (("ncbtmb", "451982-12"), ("florida", "50-12871")):
            record_provider_number(
                school=school.school,
                by=school.registrar,
                regulator=body,
                number=number,
                valid_from=date(2025, 1, 1),
                valid_to=date(2027, 8, 31),
            )
    if there["licence"]:
        record_learner_licence(
            record=record, by=school.registrar, number="MA 81234", state="FL", profession="Massage therapist",
            valid_to=date(2027, 8, 31),
        )  # fmt: skip
    if there["instructor_licence"]:
        record_licence(
            user=school.instructor, number="MA 4471", state="GA", profession="Massage therapist",
            valid_from=date(2024, 1, 1), valid_to=date(2026, 12, 31),
            verified_by=school.registrar, verified_at=at("2026-01-02 10:00"),
        )  # fmt: skip
    if there["hours"]:
        post_hours(
            record=record,
            source_key="class:1",
            parts=[part(minutes, "2026-03-02 14:00", "2026-03-02 21:00", course="ETH@1")],
        )
    if there["test"] and type_ in ("home_study", "recorded"):
        record_milestone(
            record=record, code="quiz:ETH", title="Test: ethics", occurred_at=at("2026-03-02 22:00"), source_key="a:1"
        )
    if there["signature"] and there["hours"]:
        sign_course(record=record, by=school.instructor)
    if there["evaluation"] and there["hours"]:
        evaluate_course(record=record, by=school.learner_user, ratings=[5] * len(OWN_STATEMENTS), questions=None)
    return record


def issued_ce(school: School, record: TrainingRecord) -> Certificate:
    """Its certificate with its files: Ada Admin prepared it, Victor Osei signed."""
    proposal = propose_certificate(record=record, by=school.admin, kind="ce")
    certificate = issue_certificate(proposal=proposal, by=school.second_registrar)
    make_documents(certificate=certificate)
    return certificate
