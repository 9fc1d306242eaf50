"""An evaluation that waits is brought to mind as shifts are, then the school is told; her account opens it too."""

import re
import socket
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import ensure_user
from certification.externships.models import CheckOff, EvaluationAnswer, EvaluationLink, EvaluationToken, Supervisor
from certification.externships.selectors import competencies as seen
from certification.externships.selectors import token_hash
from certification.externships.services import (
    disown_evaluation,
    end_assignment,
    remind,
    renew_evaluation,
    resend_evaluation,
    revoke_evaluation,
)
from certification.records.services import ensure_learner, open_record
from notices.models import Message

from .conftest import NOW, Clinic, text_of
from .test_competencies import library
from .test_evaluations import ask, form_of, url_of
from .test_reminders import moved

__all__ = ["library"]
pytestmark = pytest.mark.django_db
DESK = "evaluation-unanswered"


def days(count: float) -> Any:
    return NOW + timedelta(days=count)


@pytest.fixture
def link(library: Clinic) -> EvaluationLink:
    """Two competencies to rate, the mail delivered."""
    found = ask(library)
    Message.objects.filter(sent_at=None).update(sent_at=NOW)
    return found


def reminders() -> list[str]:
    return list(
        Message.objects.filter(key__startswith="evaluation-reminder").order_by("pk").values_list("key", flat=True)
    )


def told() -> list[str]:
    return list(Message.objects.filter(key__startswith=DESK).values_list("to", flat=True))


def answer(link: EvaluationLink, url: str) -> int:
    return Client().post(url, form_of(link, SOAP="2", DRAPING="pass")).status_code


# ---- reminders -------------------------------------------------------------------------------------------------------


def test_each_goes_once_then_the_school_is_told_once(library: Clinic, link: EvaluationLink) -> None:
    seen_on = []
    for hour in range(0, 24 * 27, 12):
        before = len(reminders()), len(told())
        remind(now=days(hour / 24))
        if before != (len(reminders()), len(told())):
            seen_on.append((hour / 24, len(reminders()), len(told())))
    assert seen_on == [(3, 1, 0), (7, 2, 0), (14, 3, 0), (17, 3, 1)]
    assert reminders() == [f"evaluation-reminder:{link.uuid}:{step}" for step in (3, 7, 14)]
    assert told() == [library.school.coordinator.email]
    mails = Message.objects.filter(key__startswith="evaluation-reminder").order_by("pk")
    assert mails[0].subject == "Still open: 2 competencies of Daniela Reyes to rate" and mails[0].secret
    assert ["last reminder" in message.body for message in mails] == [False, False, True]
    said = Message.objects.get(key__startswith=DESK).body
    assert "was asked 17 days ago to rate 2 competencies of Daniela Reyes" in said and "/desk/evaluations/" in said


def test_a_reminder_opens_the_page_the_first_mail_works_on_and_one_answer_spends_all(
    library: Clinic, link: EvaluationLink
) -> None:
    first = url_of(link)
    remind(now=days(3))
    (token,) = re.findall(r"/evaluate/([\w-]+)/", Message.objects.get(key__startswith="evaluation-reminder").body)
    assert token not in first and EvaluationToken.objects.get().token_hash == token_hash(token)
    second = reverse("externships:evaluate", args=[token])
    for url in (first, second):
        assert "Competencies: Daniela Reyes" in text_of(Client().get(url))
    assert answer(link, second) == 302
    assert "Your answer is noted" in text_of(Client().get(first))
    assert EvaluationAnswer.objects.get().via == "link"
    assert remind(now=days(7)) == 0 and remind(now=days(17)) == 0


@pytest.mark.parametrize(
    "ended",
    [
        lambda clinic, link: revoke_evaluation(link=link, by=clinic.school.coordinator),
        lambda _clinic, link: disown_evaluation(link=link),
        lambda _clinic, link: answer(link, url_of(link)),
        lambda clinic, _link: Supervisor.objects.filter(pk=clinic.supervisor.pk).update(verified_at=None),
        lambda clinic, _link: Supervisor.objects.filter(pk=clinic.supervisor.pk).update(email="x@harborview.example"),
        lambda clinic, _link: end_assignment(
            assignment=clinic.supervisor.assignments.get(), until_on=NOW.date(), by=clinic.school.coordinator
        ),
        lambda _clinic, link: Message.objects.filter(key=f"evaluation-link:{link.uuid}").update(sent_at=None),
    ],
    ids=["void", "not hers", "answered", "unverified", "another address", "left the site", "first mail not yet out"],
)
def test_nobody_is_reminded_of_what_does_not_wait(library: Clinic, link: EvaluationLink, ended: Any) -> None:
    ended(library, link)
    for day in (3, 7, 14, 17, 20):
        assert remind(now=days(day)) == 0
    assert not reminders() and not told()


def test_sent_again_it_carries_on_and_to_another_address_it_begins_anew(library: Clinic, link: EvaluationLink) -> None:
    remind(now=days(3))
    fresh = resend_evaluation(link=link, by=library.school.coordinator, now=days(5))
    Message.objects.filter(sent_at=None).update(sent_at=days(5))
    assert remind(now=days(6.9)) == 0
    assert remind(now=days(7)) == 1
    assert reminders() == [f"evaluation-reminder:{link.uuid}:{step}" for step in (3, 7)]
    moved(library, "priya.raman@harborview.example", 8)
    fresh = resend_evaluation(link=fresh, by=library.school.coordinator, now=days(9))
    Message.objects.filter(sent_at=None).update(sent_at=days(9))
    for day in range(9, 12):
        assert remind(now=days(day)) == 0
    assert remind(now=days(12)) == 1
    assert reminders()[-1] == f"evaluation-reminder:{fresh.uuid}:3"


def test_shifts_and_evaluations_of_one_day_are_one_mail(library: Clinic, link: EvaluationLink) -> None:
    library.draft()
    library.send()
    Message.objects.filter(sent_at=None).update(sent_at=NOW)
    assert remind(now=days(3)) == 2
    (message,) = Message.objects.filter(key__contains="-reminder:")
    assert message.subject == "Still open: 2 requests about Daniela Reyes"
    assert "one shift" in message.body and "2 competencies to rate" in message.body
    sign, rate = (re.findall(rf"/{word}/([\w-]{{30,}})/", message.body) for word in ("sign", "evaluate"))
    assert Client().get(reverse("externships:sign", args=sign)).status_code == 200
    assert Client().get(reverse("externships:evaluate", args=rate)).status_code == 200
    assert remind(now=days(3.5)) == 0


def test_a_dead_mail_server_loses_and_doubles_nothing(
    link: EvaluationLink, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with time_machine.travel(days(3), tick=False), django_capture_on_commit_callbacks(execute=True):
        assert [remind(), remind()] == [1, 0]
    (message,) = Message.objects.filter(key__startswith="evaluation-reminder")
    assert (message.sent_at, message.attempts) == (None, 1)


@pytest.mark.parametrize("change", ["told_at = '2026-12-24'", "told_at = NULL"])
def test_the_database_lets_the_school_be_told_once(link: EvaluationLink, change: str) -> None:
    remind(now=days(14))
    remind(now=days(17))
    with pytest.raises(DatabaseError, match="told once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE externships_evaluationlink SET {change}")


def test_the_database_gives_no_token_twice_nor_to_a_dead_link(library: Clinic, link: EvaluationLink) -> None:
    EvaluationToken.objects.create(link=link, token_hash="a" * 64, days=3)
    for wrong in ({"token_hash": "b" * 64, "days": 3}, {"token_hash": link.token_hash, "days": 7}):
        with pytest.raises(IntegrityError), transaction.atomic():
            EvaluationToken.objects.create(link=link, **wrong)
    with pytest.raises(DatabaseError, match="never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE externships_evaluationtoken SET days = 7")
    revoke_evaluation(link=link, by=library.school.coordinator)
    with pytest.raises(IntegrityError, match="a dead link gets no token"), transaction.atomic():
        EvaluationToken.objects.create(link=link, token_hash="c" * 64, days=7)


# ---- an expired link -------------------------------------------------------------------------------------------------


def test_the_reader_of_an_expired_link_gets_a_new_one_at_the_address_on_file(
    library: Clinic, link: EvaluationLink
) -> None:
    url = url_of(link)
    moved(library, "priya.raman@harborview.example", 27)
    with time_machine.travel(days(28), tick=False):
        page = Client().get(url)
        assert page.status_code == 410 and "Mail me a new link" in text_of(page)
        for _again in range(3):
            asked = Client().post(url + "new/")
            assert asked.status_code == 200
            for said in (text_of(page), text_of(asked)):
                assert not [word for word in ("Daniela", "Reyes", "Harborview", "raman") if word in said]
            assert (asked["Cache-Control"], asked["Referrer-Policy"]) == ("no-store, private", "no-referrer")
        fresh = EvaluationLink.objects.get(replaces=link)
        mailed = Message.objects.filter(key__startswith="evaluation-link")
        assert mailed.count() == 2, "once, however often it is asked"
        assert mailed.get(key=f"evaluation-link:{fresh.uuid}").to == "priya.raman@harborview.example"
        assert Client().post(url_of(fresh), form_of(fresh, SOAP="2", DRAPING="pass")).status_code == 302
    assert CheckOff.objects.count() == 2


def test_a_token_of_a_reminder_asks_as_well(link: EvaluationLink) -> None:
    remind(now=days(3))
    (token,) = re.findall(r"/evaluate/([\w-]+)/", Message.objects.get(key__startswith="evaluation-reminder").body)
    assert renew_evaluation(token=token, now=days(28)) is not None


def test_nothing_is_mailed_where_it_still_works_was_answered_or_cannot_be(
    library: Clinic, link: EvaluationLink
) -> None:
    url = url_of(link)
    token = url.split("/")[2]
    before = Message.objects.count()
    assert text_of(Client().post(url + "new/")) == text_of(Client().post("/evaluate/unknown/new/"))
    Supervisor.objects.filter(pk=library.supervisor.pk).update(verified_at=None)
    assert renew_evaluation(token=token, now=days(29)) is None
    Supervisor.objects.filter(pk=library.supervisor.pk).update(verified_at=NOW)
    assert (Message.objects.count(), EvaluationLink.objects.count()) == (before, 1)
    answer(link, url)
    before = Message.objects.count()
    assert renew_evaluation(token=token, now=days(29)) is None
    assert (Message.objects.count(), EvaluationLink.objects.count()) == (before, 1)
    assert Client().get(url + "new/").status_code == 405


# ---- her account -----------------------------------------------------------------------------------------------------


@pytest.fixture
def priya(library: Clinic) -> User:
    """An account with the supervisor's address, proved."""
    user = ensure_user(email="own@example.org", legal_name="Priya Raman")
    EmailAddress.objects.create(user=user, email="PRaman@Harborview.example", verified=True)
    return user


def opened(link: EvaluationLink) -> str:
    return reverse("externships:queued_rating", args=[link.uuid])


def test_she_answers_from_her_queue_without_the_token(library: Clinic, link: EvaluationLink, priya: User) -> None:
    browser = library.school.client(priya)
    assert f'href="{opened(link)}"' in browser.get(reverse("externships:queue")).content.decode()
    page = browser.get(opened(link))
    assert "Competencies: Daniela Reyes" in text_of(page) and "You opened it with your account" in text_of(page)
    assert page["Cache-Control"] == "no-store, private" and not EvaluationAnswer.objects.exists()
    refused = browser.post(opened(link), form_of(link, SOAP="2", DRAPING="pass") | {"typed_name": "", "words": "Kept."})
    assert "Type your full name" in text_of(refused) and "Kept." in refused.content.decode()
    assert not EvaluationAnswer.objects.exists()
    done = browser.post(opened(link), form_of(link, SOAP="2", DRAPING="pass"))
    assert (done.status_code, done["Location"]) == (302, opened(link))
    assert EvaluationAnswer.objects.get().via == "account" and CheckOff.objects.count() == 2
    assert "Your answer is noted" in text_of(browser.get(opened(link)))
    desk = library.school.client(library.school.coordinator)
    assert "from her account" in text_of(desk.get(reverse("externships:desk_evaluation", args=[link.uuid])))


def test_without_her_cookie_token_nothing_is_answered(library: Clinic, link: EvaluationLink, priya: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(priya, backend="accounts.backends.EmailBackend")
    assert browser.post(opened(link), form_of(link, SOAP="2", DRAPING="pass")).status_code == 403
    assert not EvaluationAnswer.objects.exists()


def test_others_and_dead_links_open_nothing(library: Clinic, link: EvaluationLink, priya: User) -> None:
    school = library.school
    for person in (school.learner_user, school.coordinator, school.foreign_registrar):
        assert school.client(person).get(opened(link)).status_code == 404
    assert Client().get(opened(link))["Location"].startswith("/accounts/login/")
    browser = school.client(priya)
    with time_machine.travel(days(28), tick=False):
        assert "run out" in text_of(school.client(priya).get(opened(link)))
    revoke_evaluation(link=link, by=school.coordinator)
    assert browser.get(opened(link)).status_code == 404
    assert browser.post(opened(link), form_of(link, SOAP="2", DRAPING="pass")).status_code == 404
    assert not EvaluationAnswer.objects.exists()


def test_not_a_proved_address_and_never_a_learner_of_that_school(
    library: Clinic, link: EvaluationLink, priya: User
) -> None:
    browser = library.school.client(priya)
    EmailAddress.objects.filter(user=priya).update(verified=False)
    assert browser.get(opened(link)).status_code == 404
    EmailAddress.objects.filter(user=priya).update(verified=True)
    assert browser.get(opened(link)).status_code == 200
    open_record(
        learner=ensure_learner(user=priya), school=library.school.school, rule_set=library.record.rule_set,
        program_code="SMALL", program_title="A small program", enrolled_on=NOW.date(), source_key="enrollment:priya",
    )  # fmt: skip
    assert browser.get(opened(link)).status_code == 404
    assert browser.post(opened(link), form_of(link, SOAP="2", DRAPING="pass")).status_code == 404
    assert seen.evaluation_state(link, NOW) == "open"
