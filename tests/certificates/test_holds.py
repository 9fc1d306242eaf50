"""A hold keeps a certificate back and edits nothing; the learner is told what to do, a stranger never learns of it."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from certification.certificates import services
from certification.certificates.models import Certificate
from certification.certificates.selectors import eligibility_for, ready_records
from certification.records.models import Hold, HourEntry, TrainingRecord
from certification.records.services import place_hold, release_hold
from notices.models import Message
from tests.certificates.making import issued
from tests.certificates.test_issue import unsaved
from tests.certificates.test_pages import desk, text_of
from tests.worlds import School

pytestmark = pytest.mark.django_db


def hold_on(record: TrainingRecord, school: School, **values: Any) -> Hold:
    asked = {"uuid": uuid4(), "reason": "papers", "words": "Bring your ID to the office.", "by": school.registrar}
    return place_hold(record=record, **{**asked, **values})


def test_a_hold_refuses_both_hands_and_names_itself(school: School, ready: TrainingRecord) -> None:
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    hold = hold_on(ready, school)
    with pytest.raises(ValidationError) as refused:
        services.issue_certificate(proposal=proposal, by=school.second_registrar)
    assert refused.value.messages == ["A hold stands: papers are missing. It must be released first."]
    services.withdraw_proposal(proposal=proposal, by=school.registrar)
    with pytest.raises(ValidationError, match="papers are missing"):
        services.propose_certificate(record=ready, by=school.registrar)
    assert ready_records([school.school]) == ([], False)
    rows = [row for row in eligibility_for(ready).rows if row.kind == "hold"]
    assert [(row.code, row.met, row.on) for row in rows] == [("papers", False, hold.placed_at)]
    release_hold(hold=hold, by=school.second_registrar, words="Seen.")
    assert [(row.code, row.met) for row in eligibility_for(ready).rows if row.kind == "hold"] == [("", True)]
    assert issued(school, ready)


def test_a_closed_account_gets_no_mail_of_a_hold(school: School, ready: TrainingRecord) -> None:
    school.learner_user.is_active = False
    school.learner_user.save()
    hold = hold_on(TrainingRecord.objects.get(pk=ready.pk), school)
    release_hold(hold=hold, by=school.registrar, words="Seen.")
    assert not Message.objects.filter(key__startswith="hold:").exists()


def test_it_changes_no_hour_and_nothing_that_was_issued(school: School, certificate: Certificate) -> None:
    before = list(HourEntry.objects.values())
    hold_on(certificate.record, school, reason="unpaid")
    assert list(HourEntry.objects.values()) == before
    certificate.refresh_from_db()
    assert certificate.state == "valid"


def test_the_learner_is_told_what_to_do_and_once(school: School, ready: TrainingRecord) -> None:
    key = uuid4()
    hold = hold_on(ready, school, uuid=key)
    assert hold_on(ready, school, uuid=key) == hold
    (mail,) = Message.objects.filter(key=f"hold:{hold.uuid}:placed")
    assert mail.to == school.learner_user.email
    assert "Bring your ID to the office." in mail.body
    assert "Papers are missing" in mail.body
    page = text_of(school.client(school.learner_user).get("/certificates/"))
    assert "Your certificate waits" in page
    assert "Bring your ID to the office." in page
    release_hold(hold=hold, by=school.admin)
    release_hold(hold=hold, by=school.registrar)
    assert Message.objects.filter(key=f"hold:{hold.uuid}:released").count() == 1
    hold.refresh_from_db()
    assert hold.released_by == school.admin, "what was released stays as it was"
    assert "Your certificate waits" not in text_of(school.client(school.learner_user).get("/certificates/"))


def test_a_stranger_never_learns_of_it(school: School, certificate: Certificate, client: Any) -> None:
    address = f"/verify/{certificate.code}"
    before = text_of(client.get(address))
    hold_on(certificate.record, school, reason="conduct", words="A complaint is open.")
    after = text_of(client.get(address))
    for word in ("hold", "Hold", "complaint", "conduct"):
        assert (word in after) == (word in before)


@pytest.mark.parametrize("who", ["learner_user", "instructor", "coordinator", "foreign_registrar"])
def test_only_registrars_and_administrators_place_and_release(school: School, ready: TrainingRecord, who: str) -> None:
    stranger = getattr(school, who)
    with pytest.raises(ValidationError):
        hold_on(ready, school, by=stranger)
    hold = hold_on(ready, school)
    with pytest.raises(ValidationError):
        release_hold(hold=hold, by=stranger)
    for address in (
        reverse("records:desk_hold", args=[ready.uuid]),
        reverse("records:desk_release_hold", args=[hold.uuid]),
    ):
        assert school.client(stranger).get(address).status_code == 404
        assert school.client(stranger).post(address, {"reason": "other", "words": "x"}).status_code == 404
    assert Hold.objects.filter(released_at=None).count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"), [({"reason": "mood"}, "reason"), ({"words": "  "}, "words"), ({"uuid": None}, "reason")]
)
def test_a_hold_needs_a_reason_and_words_and_stands_once(
    school: School, ready: TrainingRecord, wrong: dict[str, Any], field: str
) -> None:
    if "uuid" in wrong:
        hold_on(ready, school)
        wrong = {"uuid": uuid4()}
    with pytest.raises(ValidationError) as refused:
        hold_on(ready, school, **wrong)
    assert field in refused.value.message_dict


def test_the_desk_walks_it(school: School, ready: TrainingRecord) -> None:
    client = school.client(school.registrar)
    assert "changes no hour" in text_of(client.get(desk("record", ready))), "the empty state says what a hold is"
    address = reverse("records:desk_hold", args=[ready.uuid])
    refused = client.post(address, {"reason": "", "words": "Pay the last rate"})
    assert refused.status_code == 422
    assert "Choose one of the reasons." in text_of(refused)
    assert "Pay the last rate" in refused.content.decode()
    key = str(uuid4())
    for _again in range(2):
        page = client.post(address, {"key": key, "reason": "unpaid", "words": "Pay the last rate"}, follow=True)
    said = text_of(page)
    assert "A bill is not paid" in said
    assert "Not ready" in said
    hold = Hold.objects.get()
    release = reverse("records:desk_release_hold", args=[hold.uuid])
    assert "Pay the last rate" in text_of(client.get(release))
    assert "paid on Monday" in text_of(client.post(release, {"words": "paid on Monday"}, follow=True))
    assert "Back to the record" in text_of(client.get(release))


# ---------------------------------------------------------------- attacks by SQL


def attack(sql: str, *values: Any, says: str = "") -> None:
    with pytest.raises(IntegrityError, match=says or None), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_the_database_keeps_holds_and_issues_nothing_under_one(school: School, ready: TrainingRecord) -> None:
    made = unsaved(school, ready)
    hold = hold_on(ready, school)
    with pytest.raises(IntegrityError, match="while a hold stands"), transaction.atomic():
        made.save()
    for column in ("reason", "words", "placed_at"):
        attack(f'UPDATE records_hold SET "{column}" = NULL', says="never changed")
    attack("DELETE FROM records_hold", says="never deleted")
    attack(
        "UPDATE records_hold SET released_at = placed_at, released_by_id = %s",
        school.learner_user.pk,
        says="never released by the learner",
    )
    with pytest.raises(IntegrityError, match="never placed by the learner"), transaction.atomic():
        Hold.objects.create(record=ready, reason="other", words="x", placed_by=school.learner_user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.create(record=ready, reason="papers", words="x", placed_by=school.admin)
    release_hold(hold=hold, by=school.admin)
    attack("UPDATE records_hold SET released_at = NULL, released_by_id = NULL", says="never released again")
    made.save()
