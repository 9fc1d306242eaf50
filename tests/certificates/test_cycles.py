"""Certificates that expire, records that are sealed and followed, and what graduates are told of it."""

import json
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from certification.certificates.models import Certificate, CertificateDocument, ExpiryNotice
from certification.certificates.rules import expiry_step
from certification.certificates.selectors.expiring import expiries_due
from certification.certificates.services import (
    issue_certificate,
    propose_replacement,
    remind_of_expiry,
    revoke_certificate,
    withdraw_proposal,
)
from certification.records.models import HourEntry, TrainingRecord
from certification.records.rules import BadTermError, last_day_of_term, term_of
from certification.records.services import (
    approve_correction,
    ensure_learner,
    enter,
    open_next_record,
    open_record,
    post_hours,
    propose_correction,
    record_milestone,
    seal_record,
)
from certification.requirements.models import RuleSet
from certification.verification.selectors import status_of
from courses.catalog.models import Program
from courses.catalog.services.programs import change_program
from courses.enrollments.models import Enrollment
from courses.enrollments.services import renew
from notices.models import Message
from tests.certificates.making import complete, issued, replaced
from tests.certificates.test_pages import text_of
from tests.layers import layer
from tests.records.making import at, part
from tests.worlds import School

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("term", "issued_on", "last"),
    [
        ("", date(2026, 3, 5), None),
        ("24 months", date(2026, 3, 5), date(2028, 3, 4)),
        ("1 month", date(2026, 1, 31), date(2026, 2, 27)),
        ("08-31 odd", date(2026, 3, 5), date(2027, 8, 31)),
        ("08-31 odd", date(2027, 8, 31), date(2027, 8, 31)),
        ("08-31 odd", date(2027, 9, 1), date(2029, 8, 31)),
        ("10-31 even", date(2026, 11, 1), date(2028, 10, 31)),
        ("12-31", date(2026, 3, 5), date(2026, 12, 31)),
        ("02-29", date(2026, 1, 1), date(2026, 2, 28)),
        ("02-29", date(2028, 1, 1), date(2028, 2, 29)),
    ],
)
def test_how_long_a_certificate_holds(term: str, issued_on: date, last: date | None) -> None:
    assert last_day_of_term(term, issued_on) == last


@pytest.mark.parametrize("term", ["0 months", "121 months", "13-01", "02-30", "08-31 often", "soon", "8-31"])
def test_what_is_no_term_is_refused(term: str) -> None:
    with pytest.raises(BadTermError):
        term_of(term)


@pytest.mark.parametrize(
    ("left", "step"), [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)]
)
def test_when_it_is_told(left: int, step: int | None) -> None:
    assert expiry_step(date(2027, 8, 31), date(2027, 8, 31) - timedelta(days=left)) == step


@layer
def lapsing(school: School, rule_set: RuleSet) -> TrainingRecord:
    """A complete record of a program whose certificate holds until August 31 of odd years."""
    record = open_record(
        learner=ensure_learner(user=school.learner_user),
        school=school.school,
        rule_set=rule_set,
        program_code="CE",
        program_title="Continuing education",
        enrolled_on=date(2026, 1, 5),
        requirements=[("quiz:MFR", "Quiz: myofascial release")],
        certificate_term="08-31 odd",
        source_key="enrollment:00000000-0000-4000-8000-0000000000ce",
    )
    return complete(record)


@layer
def expiring(school: School, lapsing: TrainingRecord) -> Certificate:
    """Its certificate."""
    return issued(school, lapsing)


def last_day(certificate: Certificate) -> date:
    assert certificate.expires_on
    return certificate.expires_on


def day_before_end(certificate: Certificate, days: int) -> datetime:
    return datetime.combine(last_day(certificate) - timedelta(days=days), datetime.min.time(), UTC) + timedelta(
        hours=18
    )


# ---------------------------------------------------------------- expiry


def test_the_last_day_is_frozen_in_facts_and_credentials(expiring: Certificate) -> None:
    last = last_day_of_term("08-31 odd", expiring.issued_on)
    assert expiring.expires_on == last and last
    assert expiring.facts["issue"]["expires_on"] == last.isoformat()
    # The end of that day in New York, where the record was kept.
    until = (last + timedelta(days=1)).isoformat() + "T04:00:00Z"
    for format_ in ("json", "clr"):
        body = bytes(CertificateDocument.objects.get(certificate=expiring, format=format_).body)
        assert json.loads(body)["validUntil"] == until


def test_what_holds_for_good_says_nothing_new(certificate: Certificate) -> None:
    assert certificate.expires_on is None
    assert "expires_on" not in certificate.facts["issue"]
    body = bytes(CertificateDocument.objects.get(certificate=certificate, format="json").body)
    assert "validUntil" not in json.loads(body)


def test_expired_is_said_everywhere(school: School, expiring: Certificate) -> None:
    client = school.client(school.learner_user)
    with time_machine.travel(day_before_end(expiring, 0), tick=False):
        assert status_of(expiring.code).status == "valid"
    with time_machine.travel(day_before_end(expiring, -1), tick=False):
        assert status_of(expiring.code).status == "expired"
        said = text_of(client.get(f"/verify/{expiring.code}"))
        assert "held until" in said and str(last_day(expiring).year) in said
        assert client.get(f"/api/v1/verify/{expiring.code}").json()["status"] == "expired"
        client.force_login(school.learner_user, backend="accounts.backends.EmailBackend")
        assert "Expired" in text_of(client.get("/certificates/"))
        said = text_of(client.get(f"/certificates/{expiring.code}/"))
        assert "ask Riverbend School to open your next cycle" in said
        desk = school.client(school.registrar).get(reverse("certificates:record", args=[expiring.record.uuid]))
        assert reverse("desk:seal", args=[expiring.record.uuid]) in desk.content.decode()
        assert "Replace it" not in text_of(desk), "what has expired is renewed, not replaced"


@pytest.mark.parametrize("because", ["document_error", "after_revocation"])
def test_a_replacement_holds_no_longer_than_what_it_replaces(
    school: School, expiring: Certificate, because: str
) -> None:
    if because == "after_revocation":
        revoke_certificate(certificate=expiring, by=school.registrar, reason="issued_in_error", on=expiring.today())
    with time_machine.travel(day_before_end(expiring, 10), tick=False):
        fresh = replaced(school, Certificate.objects.get(pk=expiring.pk), because)
        assert (fresh.expires_on, fresh.issued_on > expiring.issued_on) == (expiring.expires_on, True)
        assert fresh.facts["issue"]["expires_on"] == last_day(expiring).isoformat()
        waiting = propose_replacement(certificate=fresh, because="document_error", by=school.registrar)
    with time_machine.travel(day_before_end(expiring, -1), tick=False):
        with pytest.raises(ValidationError, match="would hold no longer"):
            issue_certificate(proposal=waiting, by=school.second_registrar)
        withdraw_proposal(proposal=waiting, by=school.registrar)
        with pytest.raises(ValidationError, match="Renew it"):
            propose_replacement(certificate=fresh, because="document_error", by=school.registrar)


def test_reminders_go_out_once_a_step(school: School, expiring: Certificate) -> None:
    assert remind_of_expiry(now=day_before_end(expiring, 91)) == 0
    for days in (90, 60, 30, 7, 3):
        expected = days in (90, 30, 7)
        assert remind_of_expiry(now=day_before_end(expiring, days)) == expected
        assert remind_of_expiry(now=day_before_end(expiring, days)) == 0
    assert sorted(ExpiryNotice.objects.values_list("step", flat=True)) == [7, 30, 90]
    mail = Message.objects.get(key=f"certificate:{expiring.uuid}:expires:30")
    assert mail.to == school.learner_user.email
    assert f"/certificates/{expiring.code}/" in mail.body and "30 more days" in mail.body
    assert remind_of_expiry(now=day_before_end(expiring, -1)) == 0, "over: nothing to do in time any more"


def test_a_late_start_tells_the_nearest_step_alone(expiring: Certificate) -> None:
    assert remind_of_expiry(now=day_before_end(expiring, 5)) == 1
    assert list(ExpiryNotice.objects.values_list("step", flat=True)) == [7]


def test_what_no_longer_holds_is_not_reminded_of(school: School, expiring: Certificate) -> None:
    revoke_certificate(certificate=expiring, by=school.admin, reason="asked", on=expiring.today())
    assert remind_of_expiry(now=day_before_end(expiring, 30)) == 0


def test_who_renewed_in_time_is_left_in_peace(school: School, expiring: Certificate) -> None:
    fresh = open_next_record(record=expiring.record, by=school.registrar, reason="cycle", starts_on=expiring.today())
    complete_again(fresh)
    # It is issued in the next cycle, so that it outlasts the old one.
    with time_machine.travel(day_before_end(expiring, -1), tick=False):
        later = issued(school, fresh)
    assert last_day(later) > last_day(expiring)
    assert remind_of_expiry(now=day_before_end(expiring, 7)) == 0
    assert remind_of_expiry(now=day_before_end(later, 30)) == 1


def complete_again(record: TrainingRecord) -> TrainingRecord:
    """The same hours on other days: no minute counts twice, whatever the record."""
    days = ("2027-04-06", "2027-04-07", "2027-04-08")
    kinds = (("mfr", 360, 7), ("nmt_trp", 120, 2), ("externship_hands_on", 120, 2))
    for day, (category, minutes, hours) in zip(days, kinds, strict=True):
        one = part(minutes, f"{day} 12:00", f"{day} {12 + hours}:00", category=category)
        post_hours(record=record, source_key=f"again:{category}", parts=[one])
    record_milestone(
        record=record, code="quiz:MFR", title="Quiz", occurred_at=at("2027-04-09 10:00"), source_key="attempt:2"
    )
    return record


def test_expiries_are_read_in_two_queries(expiring: Certificate, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        assert len(expiries_due(day_before_end(expiring, 30))) == 1


# ---------------------------------------------------------------- sealing


def sql(text: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(text, values)


def refused_by_the_database(text: str, *values: object) -> None:
    with pytest.raises(DatabaseError):
        sql(text, *values)


def test_a_sealed_record_takes_no_more_hours(school: School, ready: TrainingRecord) -> None:
    sealed = seal_record(record=ready, by=school.registrar, reason="completed")
    assert sealed.sealed_at and (sealed.sealed_by, sealed.seal_reason) == (school.registrar, "completed")
    again = seal_record(record=ready, by=school.second_registrar, reason="left")
    assert (again.sealed_at, again.sealed_by) == (sealed.sealed_at, school.registrar), "sealed once"
    with pytest.raises(ValidationError, match="sealed"):
        post_hours(record=ready, source_key="late:1", parts=[part(60, "2026-05-02 14:00", "2026-05-02 15:00")])
    assert Message.objects.filter(key=f"record:{ready.uuid}:sealed", to=school.learner_user.email).count() == 1


def test_the_database_holds_the_seal(school: School, ready: TrainingRecord) -> None:
    post_hours(record=ready, source_key="class:9", parts=[part(60, "2026-05-02 14:00", "2026-05-02 15:00")])
    seal_record(record=ready, by=school.registrar, reason="completed")
    copied = (
        ", ".join(
            f'"{field.column}"' for field in HourEntry._meta.fields if field.column not in ("id", "uuid", "leaf_hash")
        )
        .replace('"source_key"', "'raw/1'")
        .replace('"position"', "9999")
    )
    columns = ", ".join(
        f'"{field.column}"' for field in HourEntry._meta.fields if field.column not in ("id", "uuid", "leaf_hash")
    )
    refused_by_the_database(
        f"INSERT INTO records_hourentry (uuid, leaf_hash, {columns}) "
        f"SELECT %s, %s, {copied} FROM records_hourentry WHERE record_id = %s LIMIT 1",
        uuid.uuid4().hex if connection.vendor == "sqlite" else str(uuid.uuid4()), "f" * 64, ready.pk,
    )  # fmt: skip
    table = "records_trainingrecord"
    refused_by_the_database(f"UPDATE {table} SET sealed_at = NULL WHERE id = %s", ready.pk)
    refused_by_the_database(f"UPDATE {table} SET sealed_at = %s WHERE id = %s", timezone.now(), ready.pk)
    refused_by_the_database(f"UPDATE {table} SET seal_reason = 'left' WHERE id = %s", ready.pk)
    refused_by_the_database(f"UPDATE {table} SET certificate_term = '24 months' WHERE id = %s", ready.pk)
    refused_by_the_database(f"UPDATE {table} SET follows_id = id WHERE id = %s", ready.pk)


def test_two_people_still_put_a_line_right(school: School, ready: TrainingRecord) -> None:
    entry = HourEntry.objects.filter(record=ready, minutes=120).order_by("pk")[0]
    seal_record(record=ready, by=school.registrar, reason="completed")
    shorter = part(90, "2026-03-03 14:00", "2026-03-03 15:30", category="nmt_trp")
    words = {"reason": "minutes", "words": "The lesson was shorter.", "by": school.registrar}
    correction = propose_correction(uuid=uuid.uuid4(), record=ready, entry=entry, parts=[shorter], **words)
    approve_correction(correction=correction, by=school.second_registrar)
    assert sum(HourEntry.objects.filter(record=ready).values_list("minutes", flat=True)) == 360 + 90 + 120
    late = part(60, "2026-05-02 14:00", "2026-05-02 15:00")
    with pytest.raises(ValidationError, match="takes no more hours"):
        propose_correction(uuid=uuid.uuid4(), record=ready, entry=None, parts=[late], **words)


@pytest.mark.parametrize(
    ("who", "reason", "said"),
    [
        ("instructor", "completed", "Only a registrar"),
        ("foreign_registrar", "completed", "Only a registrar"),
        ("learner_user", "completed", "your own record"),
        ("registrar", "whim", "one of the reasons"),
    ],
)
def test_who_may_not_seal(school: School, ready: TrainingRecord, who: str, reason: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        seal_record(record=ready, by=getattr(school, who), reason=reason)
    assert TrainingRecord.objects.get(pk=ready.pk).sealed_at is None


def test_nobody_is_sealed_out_of_a_lesson(school: School, ready: TrainingRecord) -> None:
    enter(learner=ready.learner, source="lesson", source_key="session:1")
    with pytest.raises(ValidationError, match="right now"):
        seal_record(record=ready, by=school.registrar, reason="completed")


def test_the_next_record_has_a_clock_of_its_own(school: School, lapsing: TrainingRecord) -> None:
    today = timezone.now().date()
    fresh = open_next_record(record=lapsing, by=school.registrar, reason="cycle", starts_on=today)
    assert open_next_record(record=lapsing, by=school.admin, reason="retake", starts_on=today) == fresh
    old = TrainingRecord.objects.get(pk=lapsing.pk)
    assert old.sealed_at and old.seal_reason == "cycle"
    assert (fresh.follows, fresh.certificate_term, fresh.learner) == (old, "08-31 odd", old.learner)
    assert list(fresh.requirements.values_list("code", flat=True)) == ["quiz:MFR"]
    assert not HourEntry.objects.filter(record=fresh).exists()
    mail = Message.objects.get(key=f"record:{old.uuid}:sealed")
    assert f"/hours/{fresh.uuid}" in mail.body or str(fresh.uuid) in mail.body


@pytest.mark.parametrize(("days", "reason"), [(-1, "cycle"), (400, "cycle"), (0, "completed")])
def test_a_next_record_that_makes_no_sense_is_refused(
    school: School, lapsing: TrainingRecord, days: int, reason: str
) -> None:
    starts_on = timezone.now().date() + timedelta(days=days - (1 if days < 0 else 0))
    with pytest.raises(ValidationError):
        open_next_record(record=lapsing, by=school.registrar, reason=reason, starts_on=starts_on)
    assert TrainingRecord.objects.get(pk=lapsing.pk).sealed_at is None, "nothing was half done"


def test_only_a_sealed_record_is_followed(school: School, lapsing: TrainingRecord, rule_set: RuleSet) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        open_record(
            learner=lapsing.learner,
            school=school.school,
            rule_set=rule_set,
            program_code="CE",
            program_title="Continuing education",
            enrolled_on=date(2026, 9, 1),
            follows=lapsing,
            source_key="after:raw",
        )


# ---------------------------------------------------------------- on screens


def test_the_desk_shows_what_happens_before_it_does(school: School, lapsing: TrainingRecord) -> None:
    client, address = school.client(school.registrar), reverse("desk:seal", args=[lapsing.uuid])
    page = text_of(client.get(address))
    assert "no more come in" in page and "10 h" in page
    refused = client.post(address, {"reason": "cycle", "starts_on": ""})
    assert refused.status_code == 422
    assert "Choose the first day of the next record." in text_of(refused)
    assert "Read what happens and tick this first." in text_of(refused)
    assert TrainingRecord.objects.get(pk=lapsing.pk).sealed_at is None
    today = timezone.now().date().isoformat()
    done = client.post(address, {"reason": "cycle", "starts_on": today, "read": "on"}, follow=True)
    fresh = TrainingRecord.objects.get(follows=lapsing)
    assert done.redirect_chain[-1][0] == reverse("desk:record", args=[fresh.uuid])
    assert "It is sealed" in text_of(client.get(address))
    for who in ("instructor", "coordinator", "foreign_registrar", "learner_user"):
        assert school.client(getattr(school, who)).get(address).status_code == 404


def test_the_desk_asks_a_fixed_number_of_queries(
    school: School, lapsing: TrainingRecord, django_assert_max_num_queries: Any
) -> None:
    client, address = school.client(school.registrar), reverse("desk:seal", args=[lapsing.uuid])
    client.get(address)
    with django_assert_max_num_queries(20):
        client.get(address)


def test_one_certificate_has_a_page_of_its_own(
    school: School, expiring: Certificate, django_assert_max_num_queries: Any
) -> None:
    client, address = school.client(school.learner_user), f"/certificates/{expiring.code}/"
    said = text_of(client.get(address))
    for words in ("Print it", "Send it to a board", "Add it to a wallet", "Holds until", "90, 30 and 7 days"):
        assert words in said
    with django_assert_max_num_queries(10):
        client.get(address)
    for who in ("other_learner_user", "registrar"):
        assert school.client(getattr(school, who)).get(address).status_code == 404


def test_the_page_names_what_lacks_and_outlives_the_enrollment(school: School, record: TrainingRecord) -> None:
    complete(record, mfr=359)
    client = school.client(school.learner_user)
    assert "The hours together are 1 min short of 10 h." in text_of(client.get("/certificates/"))
    seal_record(record=record, by=school.registrar, reason="left")
    said = text_of(client.get("/certificates/"))
    assert "Ended without a certificate" in said and "The learner left" in said
    assert "On the way" not in said


# ---------------------------------------------------------------- with a place in a program


def test_a_program_says_how_long_its_certificate_holds(demo: Any) -> None:
    program = Program.objects.get(school=demo.school)
    registrar = demo.people["registrar"]
    change_program(program=program, by=registrar, certificate_term="24 months")
    with pytest.raises(ValidationError, match="24 months"):
        change_program(program=program, by=registrar, certificate_term="two years")
    old = Enrollment.objects.filter(program=program, state="active").select_related("record")[0]
    assert old.record.certificate_term == "", "what was told at admission holds"
    fresh = renew(record=old.record, by=registrar, reason="retake", starts_on=timezone.now().date())
    assert renew(record=old.record, by=registrar, reason="retake", starts_on=timezone.now().date()) == fresh
    assert fresh.certificate_term == "24 months"
    places = Enrollment.objects.filter(learner=old.learner, program=program).order_by("pk")
    assert [place.state for place in places] == ["completed", "active"]
    assert places[1].record == fresh and fresh.quiz_assignments.exists()
