"""Loads what the demo shows beside its main program: a course of continuing education, and a school that has closed.

Through the rooms' services, as `cms.demo`; safe to repeat.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid5
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation, SchoolClosing, User
from accounts.services import ensure_organisation, ensure_user, give_custody, grant_role
from certification.certificates.models import Certificate
from certification.certificates.services import (
    enter_signer,
    evaluate_course,
    issue_certificate,
    make_documents,
    plan_closing,
    propose_certificate,
    record_learner_licence,
    sign_course,
)
from certification.records.models import TrainingRecord
from certification.records.services import HourPart, HourRequest, post_batch, record_milestone, seal_record
from certification.requirements.services import import_pack
from certification.verification.services import ask_hand_over, hand_over, make_graduate_list
from courses.catalog.models import Program
from courses.catalog.services import join_team, load_program, record_approval
from courses.enrollments.services import enroll
from notices.services import keep_unsent

from .demo import PASSWORD, Demo, read

MEETINGS = (time(9, 0), time(13, 0))
MEETING = 240  # minutes at most


@dataclass(frozen=True)
class Beyond:
    """What the command prints."""

    people: dict[str, User]
    continuing: Certificate
    closed: Organisation
    kept: Certificate


def load_beyond(demo: Demo) -> Beyond:
    """Load it beside a demo school that is there, or find it as it is. Atomic."""
    started = timezone.now()
    about = read("beyond.yaml")
    with transaction.atomic():
        therapist, continuing = _continuing(demo, about["continuing"])
        _sent(demo, about["sent"])
        people, school, kept = _closed(about["closed"])
        keep_unsent(since=started)
    return Beyond({"therapist": therapist, **people}, continuing, school, kept)


def _person(about: dict[str, Any]) -> User:
    return ensure_user(email=about["email"], legal_name=about["legal_name"], password=PASSWORD)


def _today(school: Organisation) -> date:
    return timezone.localdate(timezone=ZoneInfo(school.zone))


def _attend(record: TrainingRecord, program: Program, teacher: User, first: date) -> None:
    """Class meetings on the days from `first` on, module after module."""
    zone, requests = ZoneInfo(record.zone), []
    places = ((first + timedelta(days=days), clock) for days in range(10) for clock in MEETINGS)
    for module in program.modules.all():
        left = module.minutes
        while left > 0:
            day, clock = next(places)
            length = min(left, MEETING)
            begin = datetime.combine(day, clock, tzinfo=zone)
            part = HourPart(
                category=module.category,
                minutes=length,
                source="class",
                delivery="in_person",
                evidence="co_signed",
                title=f"Class: {module.title}",
                spans=((begin, begin + timedelta(minutes=length)),),
                course=module.course,
                place=record.school.name,
                signer=f"user:{teacher.uuid}",
                signer_name=teacher.legal_name,
            )
            requests.append(HourRequest(record, f"class:{day.isoformat()}T{clock:%H%M}", [part]))
            left -= length
    post_batch(requests=requests, recorded_by=teacher)


def _continuing(demo: Demo, about: dict[str, Any]) -> tuple[User, Certificate]:
    """A course that two regulators approved; a therapist attended it, evaluated it and has her certificate."""
    school, staff = demo.school, demo.people
    therapist, teacher = _person(about["learner"]), staff["instructor"]
    found = Certificate.objects.filter(record__learner__user=therapist, kind="ce").first()
    if found:
        return therapist, found
    held = _today(school) - timedelta(days=20)
    program = load_program(about["program"], school, import_pack(label=about["rule_set"]), {})
    join_team(program=program, user=teacher)
    for approval in about["approvals"]:
        record_approval(
            program=program, module=None, by=staff["registrar"], course_type="live", instructor=teacher,
            approved_on=held - timedelta(days=150), ends_on=held + timedelta(days=580), **approval,
        )  # fmt: skip
    record = enroll(
        user=therapist, program=program, source_key="desk:demo-therapist", enrolled_on=held - timedelta(days=10)
    ).record
    record_learner_licence(
        record=record, by=staff["registrar"], valid_from=held - timedelta(days=400),
        valid_to=held + timedelta(days=330), **about["licence"],
    )  # fmt: skip
    _attend(record, program, teacher, held)
    sign_course(record=record, by=teacher)
    evaluate_course(record=record, by=therapist, ratings=about["ratings"], questions=None)
    # One of the two is the administrator, as NCBTMB asks.
    proposal = propose_certificate(record=record, by=staff["admin"], kind="ce")
    certificate = issue_certificate(proposal=proposal, by=staff["second-registrar"])
    make_documents(certificate=certificate)
    return therapist, certificate


def _sent(demo: Demo, about: dict[str, Any]) -> None:
    """The graduate asked her school twice to send her transcript: one went, one waits. And a list for a board."""
    certificate, registrar = demo.certificate, demo.people["registrar"]
    asked = [
        ask_hand_over(
            certificate=certificate, by=demo.people["graduate"], signed_name=certificate.holder_name,
            until_on=certificate.today() + timedelta(days=90), source_key=f"demo:{number}", **one,
        )
        for number, one in enumerate(about["asked"])
    ]  # fmt: skip
    if not asked[0].deliveries.exists():
        hand_over(hand_over=asked[0], by=registrar, way="post", key="demo", reference=about["reference"])
    today = certificate.today()
    board = ensure_organisation(kind="board", slug="georgia-board", name="Georgia Board of Massage Therapy")
    make_graduate_list(
        uuid=uuid5(certificate.uuid, "demo list"), school=demo.school, board=board, by=registrar,
        from_on=today - timedelta(days=30), to_on=today, **about["list"],
    )  # fmt: skip


def _closed(about: dict[str, Any]) -> tuple[dict[str, User], Organisation, Certificate]:
    """A small school that has closed: its graduate's certificate verifies, and a custodian keeps its records."""
    school = ensure_organisation(
        kind="school", slug=about["slug"], name=about["name"], address=about["address"], zone="America/New_York"
    )
    people = {name: _person(one) for name, one in about["people"].items()}
    head, office, alumna = people["head"], people["office"], people["alumna"]
    if SchoolClosing.objects.filter(school=school).exists():
        return people, school, Certificate.objects.get(record__learner__user=alumna)
    today = _today(school)
    for name, one in about["people"].items():
        if "role" in one:
            grant_role(user=people[name], organisation=school, role=one["role"])
            enter_signer(
                school=school, user=people[name], name=one["legal_name"], title=one["title"],
                from_on=today - timedelta(days=400), by=head,
            )  # fmt: skip
    program = load_program(about["program"], school, import_pack(label=about["rule_set"]), {})
    began = today - timedelta(days=60)
    record = enroll(user=alumna, program=program, source_key="desk:demo-alumna", enrolled_on=began).record
    _attend(record, program, office, began + timedelta(days=5))
    record_milestone(
        record=record,
        code="background_check",
        title="Background check",
        occurred_at=timezone.now() - timedelta(days=59),
        source_key="desk:demo-check",
    )
    certificate = issue_certificate(proposal=propose_certificate(record=record, by=office), by=head)
    make_documents(certificate=certificate)
    seal_record(record=record, by=office, reason="completed")
    give_custody(school=school, user=people["custodian"], by=head)
    # Certificates are dated by the day on which they are issued, so its last day is today, and it closes as it would at
    # midnight.
    midnight = datetime.combine(today + timedelta(days=1), time(0), tzinfo=ZoneInfo(school.zone))
    plan_closing(school=school, last_day=today, by=head, now=midnight, **about["keeps"])
    school.refresh_from_db()
    return people, school, certificate
