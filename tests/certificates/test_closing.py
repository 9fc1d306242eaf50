"""Closing a school by screen: what it means, two steps, what is refused, and what stands afterwards."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation, SchoolClosing
from accounts.selectors import closing_plans_of
from accounts.services import ensure_user, grant_role
from certification.certificates.models import Certificate
from certification.certificates.selectors import still_open_at, today_at
from certification.certificates.services import ask_for_letter, call_off_closing, plan_closing, propose_certificate
from certification.records.models import TrainingRecord
from certification.records.services import close_due_schools
from tests.certificates.making import complete
from tests.certificates.test_pages import text_of
from tests.worlds import School

pytestmark = pytest.mark.django_db
PAGE = "/desk/closing/"
KEPT = {"custodian": "State Archive of New York", "contact": "archive@example.org"}


def sent(day: date, **more: str) -> dict[str, str]:
    return {"last_day": day.isoformat(), **KEPT, "step": "look", **more}


def test_the_page_says_what_closing_means_and_counts_what_is_open(school: School, record: TrainingRecord) -> None:
    ask_for_letter(record=record, by=school.learner_user)
    page = school.client(school.admin).get(PAGE)
    said = text_of(page)
    for words in (
        "It cannot be taken back",
        "Nothing can be created any more",
        "A custodian still finds each certificate",
        "Certificates go on verifying",
        "1 record is not sealed",
        "1 letter of hours is asked for",
        "Nobody has the role yet",
    ):
        assert words in said
    assert "not signed" not in said.replace("Shifts that are not signed", "")
    propose_certificate(record=complete(record), by=school.registrar)
    assert "1 certificate is prepared and not signed" in text_of(school.client(school.admin).get(PAGE))


def test_ready_records_are_counted_with_so_many_queries(school: School, record: TrainingRecord) -> None:
    complete(record)
    with CaptureQueriesContext(connection) as seen:
        found = still_open_at(school.school)
    assert (found.records, found.ready, found.proposals, found.placements) == (1, 1, 0, 0)
    assert found.hours_on is not None and found.issued_on is None
    assert len(seen) == 9
    assert "1 of these seems complete and has no certificate yet" in text_of(school.client(school.admin).get(PAGE))


def test_an_administrator_closes_it_in_two_steps(school: School, record: TrainingRecord) -> None:
    client, day = school.client(school.admin), today_at(school.school) - timedelta(days=1)
    look = client.post(PAGE, sent(day))
    assert look.status_code == 200 and "It closes now, for good" in text_of(look)
    assert not SchoolClosing.objects.exists()
    assert Organisation.objects.get(pk=school.school.pk).closed_on is None, "the first step writes nothing"
    wrong = client.post(PAGE, sent(day, step="confirm", school_name="Riverside School"))
    assert wrong.status_code == 422 and "This is not its name" in text_of(wrong)
    assert not SchoolClosing.objects.exists()
    after = client.post(PAGE, sent(day, step="confirm", school_name=" riverbend  school "), follow=True)
    said = text_of(after)
    assert after.status_code == 200 and "The school has closed" in said, "she reads it though her role has ended"
    assert "State Archive of New York" in said and "archive@example.org" in said and school.admin.legal_name in said
    closing = SchoolClosing.objects.get()
    assert (closing.school, closing.closed_on, closing.by) == (school.school, day, school.admin)
    assert TrainingRecord.objects.get(pk=record.pk).seal_reason == "closed"
    assert client.get("/desk/certificates/").status_code == 403
    again = client.post(PAGE, sent(day, step="confirm", school_name="Riverbend School"))
    assert again.status_code == 422 and SchoolClosing.objects.get().at == closing.at


def test_a_day_to_come_is_planned_and_can_be_called_off(school: School) -> None:
    client, day = school.client(school.admin), today_at(school.school) + timedelta(days=30)
    confirmed = sent(day, step="confirm", school_name="Riverbend School")
    assert "It closes by itself, for good" in text_of(client.post(PAGE, sent(day)))
    assert "It is planned" in text_of(client.post(PAGE, confirmed, follow=True))
    assert not SchoolClosing.objects.exists() and close_due_schools(now=timezone.now()) == 0
    off = client.post(PAGE, {"step": "call off"}, follow=True)
    assert "Called off" in text_of(off) and "It is planned" not in text_of(off)
    assert close_due_schools(now=timezone.now() + timedelta(days=40)) == 0
    client.post(PAGE, confirmed)
    assert close_due_schools(now=timezone.now() + timedelta(days=40)) == 1
    said = text_of(client.get(PAGE))
    assert "by itself when its last day was over" in said
    assert "closed on" in text_of(client.post(PAGE, {"step": "call off"}, follow=True))
    assert Organisation.objects.get(pk=school.school.pk).closed_on == day


def test_who_planned_called_off_and_closed_is_kept_and_shown(school: School) -> None:
    client, later = school.client(school.admin), today_at(school.school) + timedelta(days=30)
    assert "History" not in text_of(client.get(PAGE))
    for _again in range(2):
        client.post(PAGE, sent(later, step="confirm", school_name="Riverbend School"))
    client.post(PAGE, sent(later, step="confirm", school_name="Riverbend School", custodian="Another archive"))
    for _again in range(2):
        client.post(PAGE, {"step": "call off"})
    day = today_at(school.school) - timedelta(days=1)
    client.post(PAGE, sent(day, step="confirm", school_name="Riverbend School"))
    kept = [(plan.last_day, plan.custodian, plan.by) for plan in closing_plans_of(school.school)]
    assert kept == [
        (later, KEPT["custodian"], school.admin),
        (later, "Another archive", school.admin),
        (None, "", school.admin),
        (day, KEPT["custodian"], school.admin),
    ]
    said = text_of(client.get(PAGE)).partition("History")[2]
    places = [said.index(words) for words in ("Last day planned", "Another archive", "Called off", "Closed")]
    assert places == sorted(places)
    assert "no line is changed or deleted" in said


@pytest.mark.parametrize(
    "attack,says",
    [
        ("UPDATE accounts_closingplan SET last_day = NULL", "never changed"),
        ("DELETE FROM accounts_closingplan", "never deleted"),
        (
            "INSERT INTO accounts_closingplan (school_id, custodian, contact, by_id, at) "
            "SELECT o.id, '', '', p.by_id, p.at FROM accounts_closingplan AS p, accounts_organisation AS o "
            "WHERE o.slug = 'hillside'",
            "only what is planned is called off",
        ),
        (
            "INSERT INTO accounts_closingplan (school_id, last_day, custodian, contact, by_id, at) "
            "SELECT school_id, last_day, '', contact, by_id, at FROM accounts_closingplan",
            "closing_plan_names_who_keeps_the_records",
        ),
    ],
)
def test_the_database_keeps_the_history(school: School, attack: str, says: str) -> None:
    day = today_at(school.school) + timedelta(days=3)
    plan_closing(school=school.school, last_day=day, by=school.admin, now=timezone.now(), **KEPT)
    with pytest.raises(IntegrityError, match=says), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


@pytest.mark.parametrize(
    "change,words",
    [
        ({"last_day": ""}, "Choose the day"),
        ({"last_day": "soon"}, "2026-06-12"),
        ({"custodian": " "}, "Write who keeps the records"),
        ({"contact": ""}, "Write how the custodian is reached"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(school: School, change: dict[str, str], words: str) -> None:
    page = school.client(school.admin).post(PAGE, sent(today_at(school.school)) | change | {"step": "confirm"})
    assert page.status_code == 422 and words in text_of(page)
    kept = next(text for name, text in KEPT.items() if name not in change)
    assert kept in page.content.decode(), "what was typed stays"
    assert Organisation.objects.get(pk=school.school.pk).closed_on is None


def test_a_last_day_before_hours_or_a_certificate_is_refused(school: School, certificate: Certificate) -> None:
    client = school.client(school.admin)
    early = client.post(PAGE, sent(certificate.issued_on - timedelta(days=1)))
    assert early.status_code == 422 and "It issued a certificate on" in text_of(early)
    same = client.post(PAGE, sent(certificate.issued_on))
    assert same.status_code == 200


def test_a_last_day_before_its_hours_is_refused(school: School, record: TrainingRecord) -> None:
    complete(record)
    page = school.client(school.admin).post(PAGE, sent(date(2026, 1, 6)))
    assert page.status_code == 422 and "Its records hold hours of" in text_of(page)
    Organisation.objects.filter(pk=school.school.pk).update(opened_on=date(2026, 1, 7))
    page = school.client(school.admin).post(PAGE, sent(date(2026, 1, 6)))
    assert "It opened on" in text_of(page)


def test_only_its_administrators_close_it(school: School) -> None:
    day = today_at(school.school) - timedelta(days=1)
    for person in (school.registrar, school.coordinator, school.instructor, school.foreign_registrar):
        client = school.client(person)
        assert client.get(PAGE).status_code == 404
        refused = client.post(PAGE, sent(day, step="confirm", school_name="Riverbend School"))
        assert refused.status_code == 404
        calls: list[Any] = [
            lambda p=person: plan_closing(school=school.school, last_day=day, by=p, now=timezone.now(), **KEPT),
            lambda p=person: call_off_closing(school=school.school, by=p),
        ]
        for call in calls:
            with pytest.raises(ValidationError, match="Only an administrator"):
                call()
    assert school.client(school.admin).get(f"{PAGE}?school=hillside").status_code == 404
    assert not SchoolClosing.objects.exists()


def test_a_custodian_reads_how_it_ended_and_closes_nothing(school: School) -> None:
    keeper = ensure_user(email="keeper@example.org", legal_name="Karin Keeper", password="a-long-password")
    grant_role(user=keeper, organisation=school.school, role="custodian")
    client, day = school.client(keeper), today_at(school.school) - timedelta(days=1)
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, sent(day, step="confirm", school_name="Riverbend School")).status_code == 404
    assert not SchoolClosing.objects.exists()
    plan_closing(school=school.school, last_day=day, by=school.admin, now=timezone.now(), **KEPT)
    said = text_of(client.get(PAGE))
    assert "The school has closed" in said and "Karin Keeper" in said
