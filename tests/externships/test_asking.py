"""Where a school asks in a rhythm, one mail asks a supervisor for all that waits for her; nothing is lost or doubled."""

import re
import socket
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from certification.externships import rules
from certification.externships.models import AskingRhythm, LinkToken, Placement, SignOff, SignOffLink, Supervisor
from certification.externships.selectors import rhythm_of, token_hash
from certification.externships.services import (
    open_placement,
    remind,
    resend_link,
    revoke_link,
    send_collected,
    send_shifts,
    set_rhythm,
    take_back_shift,
    verify_supervisor,
)
from certification.requirements.models import RuleSet
from cms.jobs import run_due
from notices.models import Message
from notices.services import deliver_due

from .conftest import NOW, Clinic, answers, local, second_record, text_of
from .test_reminders import moved

pytestmark = pytest.mark.django_db
TONIGHT = local("2026-11-20 18:00")
DESK = reverse("externships:desk_placements")


@pytest.fixture
def daily(clinic: Clinic) -> Clinic:
    """The clinic, whose school asks once a day. It is ten in the morning."""
    set_rhythm(school=clinic.school.school, rhythm="daily", by=clinic.school.coordinator)
    return clinic


@pytest.fixture
def jun(clinic: Clinic, rule_set: RuleSet) -> Placement:
    """Another learner at the same site."""
    return open_placement(
        record=second_record(clinic, rule_set), site=clinic.site, starts_on=date(2026, 11, 1),
        ends_on=date(2027, 2, 28), required_minutes=600, approved_by=clinic.school.coordinator,
    )  # fmt: skip


def sent_by(clinic: Clinic, placement: Placement | None = None, day: str = "2026-11-17") -> SignOffLink:
    """One shift of that day, sent."""
    placement = placement or clinic.placement
    clinic.draft(f"{day} 09:00", f"{day} 12:00", placement=placement)
    (link,) = send_shifts(placement=placement, by=placement.record.learner.user)
    return link


def asked() -> list[Message]:
    return list(Message.objects.filter(key__startswith="signoff-link").order_by("pk"))


def tokens(message: Message) -> list[str]:
    return list(dict.fromkeys(re.findall(r"/sign/([\w-]{30,})/", message.body)))


def address(token: str) -> str:
    return reverse("externships:sign", args=[token])


# ---- the rule --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked_at", "rhythm", "goes"),
    [
        ("2026-11-20 10:00", "daily", "2026-11-20 18:00"), ("2026-11-20 17:59", "daily", "2026-11-20 18:00"),
        ("2026-11-20 18:00", "daily", "2026-11-21 18:00"), ("2026-11-20 23:30", "daily", "2026-11-21 18:00"),
        ("2026-11-20 10:00", "weekly", "2026-11-22 18:00"), ("2026-11-22 17:00", "weekly", "2026-11-22 18:00"),
        ("2026-11-22 18:00", "weekly", "2026-11-29 18:00"), ("2026-10-31 20:00", "daily", "2026-11-01 18:00"),
        ("2026-03-07 20:00", "weekly", "2026-03-08 18:00"),
    ],
)  # fmt: skip
def test_when_a_request_goes_by_the_schools_clock(asked_at: str, rhythm: str, goes: str) -> None:
    moment = local(asked_at).astimezone(UTC)
    assert rules.goes_out_at(moment, rhythm, "America/New_York") == local(goes)


def test_at_once_is_no_time_and_a_day_ends_at_midnight_there() -> None:
    assert rules.goes_out_at(NOW, "at_once", "America/New_York") is None
    assert rules.end_of_day(datetime(2026, 11, 21, 3, tzinfo=UTC), "America/New_York") == local("2026-11-21 00:00")


# ---- one mail --------------------------------------------------------------------------------------------------------


def test_a_school_that_chose_nothing_asks_at_once(clinic: Clinic, jun: Placement) -> None:
    sent_by(clinic)
    sent_by(clinic, jun)
    assert [len(tokens(message)) for message in asked()] == [1, 1]
    assert send_collected(now=NOW + timedelta(days=8)) == 0


def test_one_mail_lists_all_that_waits_for_her_each_with_its_own_link(daily: Clinic, jun: Placement) -> None:
    links = [sent_by(daily), sent_by(daily, day="2026-11-18"), sent_by(daily, jun)]
    assert not asked() and send_collected(now=TONIGHT - timedelta(minutes=1)) == 0
    assert send_collected(now=TONIGHT) == 1
    (message,) = asked()
    assert message.to == "praman@harborview.example" and message.secret
    assert message.subject == "3 shifts of 2 learners to sign"
    assert (
        "Daniela Reyes, Harborview Rehabilitation, 17 November to 17 November 2026: one shift, 2 h 30 min"
        in message.body
    )
    assert "Jun Park" in message.body and "work until 18 December 2026" in message.body
    made = tokens(message)
    assert len(set(made)) == 3
    kept = {*LinkToken.objects.values_list("token_hash", flat=True), *(link.token_hash for link in links)}
    assert len(kept) == 6 and not kept & set(made), "only hashes are kept"
    learners = [
        "Jun Park" if "Jun Park" in text_of(Client().get(address(token))) else "Daniela Reyes" for token in made
    ]
    assert sorted(learners) == ["Daniela Reyes", "Daniela Reyes", "Jun Park"]
    one = SignOffLink.objects.get(tokens__token_hash=token_hash(made[0]))
    assert Client().post(address(made[0]), answers(one)).status_code == 302
    assert SignOff.objects.count() == 1
    assert "Your signature" in text_of(Client().get(address(made[1]))), "each link is spent by its own rows"


def test_again_and_again_mails_nothing_twice(daily: Clinic, jun: Placement) -> None:
    sent_by(daily)
    sent_by(daily, jun)
    for hour in range(30):
        send_collected(now=TONIGHT + timedelta(hours=hour))
    assert len(asked()) == 1 and LinkToken.objects.count() == 2
    with time_machine.travel(TONIGHT + timedelta(hours=1), tick=False):
        sent_by(daily, day="2026-11-19")
    assert send_collected(now=TONIGHT + timedelta(hours=23)) == 0
    assert send_collected(now=TONIGHT + timedelta(hours=24)) == 1
    assert [len(tokens(message)) for message in asked()] == [2, 1]


def test_the_tick_sends_and_a_single_request_reads_as_ever(daily: Clinic) -> None:
    link = sent_by(daily)
    with time_machine.travel(TONIGHT, tick=False):
        assert run_due(force=True)["requests sent together"] == "1 done"
        assert run_due(force=True)["requests sent together"] == "0 done"
    (message,) = asked()
    assert (message.key, message.subject) == (f"signoff-link:{link.uuid}", "One shift of Daniela Reyes to sign")
    link.refresh_from_db()
    assert link.expires_at == TONIGHT + timedelta(days=28), "she has four weeks from the mail"


@pytest.mark.parametrize(
    "gone",
    [
        lambda clinic, link: revoke_link(link=link, by=clinic.school.coordinator),
        lambda _clinic, link: take_back_shift(shift=link.rows.get().shift),
    ],
    ids=["void", "taken back"],
)
def test_what_does_not_wait_any_more_is_not_asked(daily: Clinic, jun: Placement, gone: Any) -> None:
    gone(daily, sent_by(daily))
    assert send_collected(now=TONIGHT) == 0
    sent_by(daily, jun)
    assert send_collected(now=TONIGHT) == 1
    assert "Daniela" not in asked()[0].body


def test_while_her_license_is_checked_nothing_goes_and_then_one_mail_does(daily: Clinic, jun: Placement) -> None:
    sent_by(daily)
    Supervisor.objects.filter(pk=daily.supervisor.pk).update(verified_at=None)
    assert send_collected(now=TONIGHT) == 0
    assert sent_by(daily, jun).held_at, "held, as without a rhythm"
    with time_machine.travel(TONIGHT, tick=False):
        verify_supervisor(supervisor=daily.supervisor, by=daily.school.coordinator)
    assert [len(tokens(message)) for message in asked()] == [2], "what waited in the meantime goes along"
    assert send_collected(now=TONIGHT) == 0


def test_all_that_was_held_goes_by_one_mail(clinic: Clinic, jun: Placement) -> None:
    Supervisor.objects.filter(pk=clinic.supervisor.pk).update(verified_at=None)
    assert all(link.held_at for link in (sent_by(clinic), sent_by(clinic, jun)))
    verify_supervisor(supervisor=clinic.supervisor, by=clinic.school.coordinator)
    assert [len(tokens(message)) for message in asked()] == [2]


def test_it_goes_to_the_address_of_that_evening(daily: Clinic) -> None:
    link = sent_by(daily)
    moved(daily, "priya.raman@harborview.example", 0.1)
    assert SignOffLink.objects.count() == 1, "nothing went to the old address, so nothing is void"
    send_collected(now=TONIGHT)
    assert asked()[0].to == "priya.raman@harborview.example"
    assert Client().get(address(tokens(asked()[0])[0])).status_code == 200
    link.refresh_from_db()
    assert link.address_hash


def test_what_went_to_an_old_address_goes_to_the_new_one_by_one_mail(clinic: Clinic, jun: Placement) -> None:
    sent_by(clinic)
    sent_by(clinic, jun)
    moved(clinic, "priya.raman@harborview.example", 0.1)
    assert [(message.to, len(tokens(message))) for message in asked()[2:]] == [("priya.raman@harborview.example", 2)]


def test_what_ran_out_while_her_license_was_looked_at_goes_once_that_is_done(daily: Clinic) -> None:
    link = sent_by(daily)
    Supervisor.objects.filter(pk=daily.supervisor.pk).update(verified_at=None)
    assert send_collected(now=TONIGHT) == 0
    later = NOW + timedelta(days=40)
    with time_machine.travel(later, tick=False):
        assert send_collected() == 0
        verify_supervisor(supervisor=daily.supervisor, by=daily.school.coordinator)
        fresh = SignOffLink.objects.get(replaces=link)
        assert fresh.mailed_at == later and fresh.expires_at > later
        assert Client().get(address(tokens(asked()[0])[0])).status_code == 200
        assert send_collected() == 0 and len(asked()) == 1


def test_what_ran_out_before_anything_could_mail_it_goes_anew(daily: Clinic, jun: Placement) -> None:
    links = [sent_by(daily), sent_by(daily, jun)]
    later = NOW + timedelta(days=40)
    with time_machine.travel(later, tick=False):
        assert [send_collected(), send_collected()] == [1, 0]
        assert not SignOffLink.objects.filter(pk__in=[link.pk for link in links], revoked_at=None).exists()
        assert SignOffLink.objects.filter(replaces__in=links, mailed_at=later).count() == 2
        (message,) = asked()
        for token in tokens(message):
            assert Client().get(address(token)).status_code == 200
        assert len(tokens(message)) == 2


# ---- the desk and the learner ----------------------------------------------------------------------------------------


def test_the_desk_sees_it_and_sends_one_at_once(daily: Clinic, jun: Placement) -> None:
    first, second = sent_by(daily), sent_by(daily, jun)
    desk = daily.school.client(daily.school.coordinator)
    page = text_of(desk.get(DESK))
    assert page.count("goes out tonight") == 2 and page.count("Send now") == 2 and "Send again" not in page
    desk.post(reverse("externships:desk_send_again", args=[first.uuid]))
    assert [(len(tokens(message)), "Daniela" in message.body) for message in asked()] == [(1, True)]
    page = text_of(desk.get(DESK))
    assert page.count("goes out tonight") == 1 and "What else waits for her goes as planned" in page
    first.refresh_from_db()
    assert (first.mailed_at, first.revoked_at) == (NOW, None)
    assert send_collected(now=TONIGHT) == 1
    assert "Jun Park" in asked()[1].body and "Daniela" not in asked()[1].body
    assert second.goes_at == TONIGHT


def test_the_learner_reads_when_it_goes(daily: Clinic) -> None:
    daily.draft()
    page = text_of(
        daily.learner().post(
            reverse("externships:send"),
            {"placement": daily.placement.uuid, "supervisor": daily.supervisor.uuid}, follow=True,
        )
    )  # fmt: skip
    assert "Sent: 1 shift. It goes to Dr. Priya Raman tonight" in page
    assert "the mail to Dr. Priya Raman goes out tonight, with what else waits for her" in page
    send_collected(now=TONIGHT)
    assert "With Dr. Priya Raman since" in text_of(daily.learner().get(reverse("externships:shifts")))


def test_a_void_one_is_sent_anew_and_at_once(daily: Clinic) -> None:
    link = sent_by(daily)
    revoke_link(link=link, by=daily.school.coordinator)
    fresh = resend_link(link=link, by=daily.school.coordinator)
    assert fresh.replaces_id == link.pk and len(asked()) == 1
    assert resend_link(link=link, by=daily.school.coordinator).pk == fresh.pk and len(asked()) == 1


# ---- the rhythm ------------------------------------------------------------------------------------------------------


def test_a_coordinator_chooses_the_rhythm_and_what_waits_follows(clinic: Clinic) -> None:
    desk, school = clinic.school.client(clinic.school.coordinator), clinic.school.school
    url = reverse("externships:desk_rhythm", args=[school.slug])
    assert "asked: once a week" in text_of(desk.post(url, {"rhythm": "weekly"}, follow=True))
    link = sent_by(clinic)
    assert link.goes_at == local("2026-11-22 18:00")
    assert "goes out on Sunday evening, 22 November" in text_of(desk.get(DESK))
    desk.post(url, {"rhythm": "daily"})
    link.refresh_from_db()
    assert link.goes_at == TONIGHT
    desk.post(url, {"rhythm": "at_once"})
    assert send_collected(now=NOW) == 1
    assert sent_by(clinic, day="2026-11-18").mailed_at == NOW


def test_another_rhythm_is_refused_and_so_is_who_does_not_place(clinic: Clinic) -> None:
    desk, school = clinic.school.client(clinic.school.coordinator), clinic.school.school
    page = desk.post(reverse("externships:desk_rhythm", args=[school.slug]), {"rhythm": "hourly"}, follow=True)
    assert "Choose one of the answers." in text_of(page)
    for person in (clinic.school.learner_user, clinic.school.foreign_registrar):
        with pytest.raises(ValidationError, match="coordinators"):
            set_rhythm(school=school, rhythm="daily", by=person)
    assert rhythm_of(school) == "at_once" and not AskingRhythm.objects.exists()


def test_the_same_rhythm_again_moves_nothing(daily: Clinic) -> None:
    link = sent_by(daily)
    with time_machine.travel(TONIGHT + timedelta(minutes=1), tick=False):
        set_rhythm(school=daily.school.school, rhythm="daily", by=daily.school.coordinator)
    link.refresh_from_db()
    assert link.goes_at == TONIGHT


# ---- reminders -------------------------------------------------------------------------------------------------------


def delivered() -> None:
    Message.objects.filter(sent_at=None).update(sent_at=NOW)


def test_reminders_of_one_day_are_one_mail(clinic: Clinic, jun: Placement) -> None:
    first = sent_by(clinic)
    with time_machine.travel(NOW + timedelta(hours=7), tick=False):
        second = sent_by(clinic, jun)
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        third = sent_by(clinic, day="2026-11-18")
    delivered()
    assert remind(now=NOW + timedelta(days=3)) == 2, "the second falls due on the same day"
    (message,) = Message.objects.filter(key__startswith="signoff-reminder")
    assert message.key == f"signoff-reminder:{first.uuid}:3"
    assert message.subject == "Still open: 2 requests about 2 learners"
    assert {SignOffLink.objects.get(tokens__token_hash=token_hash(token)).pk for token in tokens(message)} == {
        first.pk, second.pk,
    }  # fmt: skip
    assert remind(now=NOW + timedelta(days=3, hours=8)) == 0
    delivered()
    assert remind(now=NOW + timedelta(days=4)) == 1
    assert Message.objects.get(key=f"signoff-reminder:{third.uuid}:3").subject.startswith("Still open: one shift")


def test_days_of_what_was_collected_run_from_its_mail(daily: Clinic) -> None:
    link = sent_by(daily)
    send_collected(now=TONIGHT)
    delivered()
    assert remind(now=NOW + timedelta(days=3)) == 0
    assert remind(now=TONIGHT + timedelta(days=3)) == 1
    assert Message.objects.filter(key=f"signoff-reminder:{link.uuid}:3").exists()


def test_what_has_yet_to_go_is_not_brought_to_mind(clinic: Clinic) -> None:
    set_rhythm(school=clinic.school.school, rhythm="weekly", by=clinic.school.coordinator)
    sent_by(clinic)
    for day in (3, 7, 14, 17):
        assert remind(now=NOW + timedelta(days=day)) == 0


# ---- a mail server that is down --------------------------------------------------------------------------------------


def test_a_dead_mail_server_loses_and_doubles_nothing(
    daily: Clinic, jun: Placement, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    sent_by(daily)
    sent_by(daily, jun)
    with time_machine.travel(TONIGHT, tick=False):
        with django_capture_on_commit_callbacks(execute=True):
            send_collected()
        desk = daily.school.client(daily.school.coordinator)
        assert text_of(desk.get(DESK)).count("Mail not yet delivered") == 2, "of each request, by the mail they share"
    for hour in range(1, 5):
        assert (send_collected(now=TONIGHT + timedelta(hours=hour)), len(asked())) == (0, 1)
        assert remind(now=TONIGHT + timedelta(days=3)) == 0, "nobody is reminded of a mail that has not gone"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    deliver_due(now=TONIGHT + timedelta(hours=9))
    (gone,) = [message for message in mail.outbox if message.to == ["praman@harborview.example"]]
    assert len(set(re.findall(r"/sign/[\w-]{30,}", gone.body))) == 2
    assert Message.objects.get(pk=asked()[0].pk).body == "", "the links are wiped once they have gone"


# ---- the database ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "mailed_at = NULL, mailed_as = NULL, address_hash = ''", "address_hash = 'x'", "goes_at = '2027-01-01 00:00:00+00'",
        "goes_at = NULL", "mailed_at = '2027-01-01 00:00:00+00'",
    ],
)  # fmt: skip
def test_a_mail_is_never_unsent_nor_sent_elsewhere(daily: Clinic, change: str) -> None:
    sent_by(daily)
    send_collected(now=TONIGHT)
    with pytest.raises(DatabaseError, match="never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE externships_signofflink SET {change}")


def test_what_is_void_or_has_not_gone_gets_no_token(daily: Clinic) -> None:
    link = sent_by(daily)
    with pytest.raises(DatabaseError, match="dead link"), transaction.atomic():
        LinkToken.objects.create(link=link, token_hash="a" * 64, days=3)
    revoke_link(link=link, by=daily.school.coordinator)
    with pytest.raises(DatabaseError, match="never mailed"), transaction.atomic():
        SignOffLink.objects.filter(pk=link.pk).update(mailed_at=TONIGHT)


def test_a_held_one_is_never_mailed_and_says_no_place(clinic: Clinic) -> None:
    Supervisor.objects.filter(pk=clinic.supervisor.pk).update(verified_at=None)
    held = sent_by(clinic)
    for change in ({"mailed_at": NOW}, {"address_hash": "x"}, {"goes_at": NOW}):
        with pytest.raises(DatabaseError), transaction.atomic():
            SignOffLink.objects.filter(pk=held.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        AskingRhythm.objects.create(
            school=clinic.school.school, rhythm="hourly", changed_at=NOW, changed_by=clinic.school.coordinator
        )
