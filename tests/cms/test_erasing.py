"""Erasing a person, and what time erases: names go, hours and proofs stand."""

from datetime import date
from io import StringIO

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from accounts.services import change_legal_name, close_account
from certification.records.models import HourEntryText, HourLog, TrainingRecord
from certification.records.rules.retention import duty_ends_on, months_after
from certification.records.selectors import head_of, transcript_for
from certification.records.services import erase_words, make_checkpoint, post_hours
from certification.verification.audit import audit
from cms.desk.services import erase_person, plan_erasure
from notices.models import Message
from notices.services import enqueue_rendered
from tests.layers import layer
from tests.records.making import at, part
from tests.worlds import School

pytestmark = pytest.mark.django_db
SOON, LATER = "2026-06-01 12:00+00:00", "2032-03-03 12:00+00:00"


@layer
def ended(record: TrainingRecord, school: School) -> TrainingRecord:
    """A record with one line of 2 March 2026, sealed; its learner bore another name before, and got a mail."""
    change_legal_name(user=school.learner_user, legal_name="Daniela Newname", until_on=date(2026, 1, 1))
    post_hours(record=record, source_key="class:1", parts=[part(note="she was late")])
    make_checkpoint(log=HourLog.objects.get(), reason="asked")
    TrainingRecord.objects.filter(pk=record.pk).update(sealed_at=at("2026-05-01 00:00"))
    enqueue_rendered(key="x", to=school.learner_user.email, subject="Daniela", body="words", user=school.learner_user)
    return TrainingRecord.objects.get(pk=record.pk)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 3, 2), 72, date(2032, 3, 2)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
    ],
)
def test_months_after(day: date, months: int, then: date) -> None:
    assert months_after(day, months) == then


def test_the_duty_is_six_years() -> None:
    assert duty_ends_on(date(2026, 3, 2)) == date(2032, 3, 2)


def run(command: str, *args: str) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out)
    return out.getvalue()


def test_within_the_duty_the_account_goes_and_the_names_stay(ended: TrainingRecord, school: School) -> None:
    email = school.learner_user.email
    with time_machine.travel(SOON, tick=False):
        said = run("erase_person", email)
        assert "stays until 2032-03-02" in said and "Nothing was changed" in said
        assert User.objects.filter(email=email).exists()
        run("erase_person", email, "--confirm")
    user = User.objects.get(pk=school.learner_user.pk)
    assert (user.is_active, user.legal_name) == (False, "Daniela Newname")
    assert user.email.endswith("@erased.invalid") and not user.has_usable_password()
    assert user.former_names.count() == 1
    message = Message.objects.get(key="x")
    assert (message.subject, message.body, message.user) == ("", "", None)
    assert HourEntryText.objects.count() == 1


def test_after_the_duty_names_and_words_go_and_proofs_stand(ended: TrainingRecord, school: School) -> None:
    head = head_of(HourLog.objects.get())
    with time_machine.travel(SOON, tick=False):
        erase_person(user=school.learner_user, today=date(2026, 6, 1))
    with time_machine.travel(LATER, tick=False):
        said = run("apply_retention")
        assert str(ended.uuid) in said and "would go" in said
        assert HourEntryText.objects.count() == 1, "a look changes nothing"
        run("apply_retention", "--confirm")
    user = User.objects.get(pk=school.learner_user.pk)
    assert user.legal_name == "" and user.former_names.count() == 0
    assert HourEntryText.objects.count() == 0
    ended.learner.refresh_from_db()
    assert ended.learner.user is None
    assert head_of(HourLog.objects.get()) == head
    report = audit()
    assert report.holds and report.texts_erased == 1
    transcript = transcript_for(TrainingRecord.objects.get(pk=ended.pk))
    assert [(line.minutes, line.signer_name) for line in transcript.entries] == [(60, "")]
    assert "Nothing" in run("apply_retention"), "and again there is nothing to do"


def test_whoever_asks_after_the_duty_is_gone_at_once(ended: TrainingRecord, school: School) -> None:
    plan = erase_person(user=school.learner_user, today=date(2032, 3, 2))
    assert not plan.keeps_name
    assert HourEntryText.objects.count() == 0
    assert User.objects.get(pk=school.learner_user.pk).legal_name == ""


def test_an_open_record_stands_against_it(record: TrainingRecord, school: School) -> None:
    with pytest.raises(ValidationError, match="open record"):
        plan_erasure(school.learner_user, today=date(2040, 1, 1))
    with pytest.raises(CommandError) as refused:
        run("erase_person", school.learner_user.email, "--confirm")
    assert refused.value.returncode == 2
    with pytest.raises(CommandError, match="nobody has"):
        run("erase_person", "nobody@example.org")


def test_who_holds_a_role_is_not_erased(school: School) -> None:
    with pytest.raises(ValidationError, match="holds a role"):
        close_account(user=school.registrar, keep_name=False)


def test_the_database_lets_words_go_only_below_an_erasure(ended: TrainingRecord) -> None:
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        HourEntryText.objects.all().delete()
    assert erase_words(record=ended, basis="asked").lines == 1
    assert not erase_words(record=ended, basis="asked")
    for sql in ("DELETE FROM records_erasure", "UPDATE records_erasure SET basis = 'asked'"):
        with pytest.raises(DatabaseError, match="never"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_words_that_vanish_without_an_erasure_are_named(ended: TrainingRecord) -> None:
    from tests.verification.test_audit import insider

    with insider() as execute:
        execute("DELETE FROM records_hourentrytext")
    assert [finding.kind for finding in audit().findings] == ["text"]
