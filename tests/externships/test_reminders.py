"""A link in which shifts wait is brought to mind after 3, 7 and 14 days, then the school is told: each exactly once."""

import re
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from certification.externships import rules
from certification.externships.models import LinkToken, SignOff, SignOffLink, Supervisor
from certification.externships.services import (
    Decision,
    decide,
    edit_supervisor,
    remind,
    renew_link,
    resend_link,
    revoke_link,
    take_back_shift,
)
from cms.jobs import run_due
from notices.models import Message
from notices.services import deliver_due

from .conftest import NOW, Clinic, answers, text_of
from .test_signing import url_of

pytestmark = pytest.mark.django_db
MADE = datetime(2026, 11, 1, tzinfo=UTC)


def days(count: float) -> datetime:
    """So long after the link was made."""
    return NOW + timedelta(days=count)


@pytest.fixture
def sent(clinic: Clinic) -> SignOffLink:
    """A link over two shifts, its mail delivered."""
    clinic.draft()
    clinic.draft("2026-11-11 09:00", "2026-11-11 12:00")
    link = clinic.send()
    Message.objects.filter(key=f"signoff-link:{link.uuid}").update(sent_at=NOW)
    return link


def reminders() -> list[str]:
    return list(Message.objects.filter(key__startswith="signoff-reminder").order_by("pk").values_list("key", flat=True))


def told() -> list[str]:
    return list(Message.objects.filter(key__startswith="signoff-unanswered").values_list("to", flat=True))


@pytest.mark.parametrize(
    ("after", "reminded", "due"),
    [
        (2.9, (), None), (3, (), 3), (6.9, (3,), None), (7, (3,), 7), (7, (), 7), (13.9, (3, 7), None),
        (14, (3, 7), 14), (20, (), 14), (20, (3,), 14), (20, (3, 7, 14), None), (8, (14,), None),
    ],
)  # fmt: skip
def test_the_rule_of_reminders(after: float, reminded: tuple[int, ...], due: int | None) -> None:
    assert rules.reminder_due(MADE, MADE + timedelta(days=after), reminded) == due


@pytest.mark.parametrize(
    ("again", "after", "reminded", "due"),
    [
        (5, 5, (), None), (5, 6.9, (3,), None), (5, 7, (3,), 7), (2.5, 3, (), None), (2.5, 6.9, (), None), (2.5, 7, (), 7),
        (1.9, 3, (), 3), (6.5, 7.6, (3,), None), (16, 20, (3,), None), (20, 30, (), None), (5, 14, (3, 7), 14),
    ],
)  # fmt: skip
def test_the_rule_of_reminders_of_a_link_sent_again(
    again: float, after: float, reminded: tuple[int, ...], due: int | None
) -> None:
    made, now = MADE + timedelta(days=again), MADE + timedelta(days=after)
    assert rules.reminder_due(MADE, now, reminded, made) == due


def test_a_chain_leads_back_to_its_first_link() -> None:
    assert rules.chain_of(7, {7: 4, 4: 1, 9: 8}) == [7, 4, 1]
    assert rules.chain_of(1, {7: 4, 4: 1}) == [1]


@pytest.mark.parametrize(
    ("boxes", "chain"),
    [
        ({7: "a", 4: "a", 1: "a"}, [7, 4, 1]), ({7: "b", 4: "a", 1: "a"}, [7]), ({7: "b", 4: "b", 1: "a"}, [7, 4]),
        ({7: "b", 4: "", 1: "a"}, [7, 4]), ({7: "a", 4: "", 1: "a"}, [7, 4, 1]), ({7: "b", 4: "b"}, [7, 4, 1]), ({}, [7, 4, 1]),
    ],
)  # fmt: skip
def test_a_chain_ends_where_the_mail_went_elsewhere(boxes: dict[int, str], chain: list[int]) -> None:
    assert rules.chain_of(7, {7: 4, 4: 1}, boxes) == chain


def test_each_reminder_goes_once_then_the_school_is_told_once(clinic: Clinic, sent: SignOffLink) -> None:
    seen = []
    for hour in range(0, 24 * 27, 12):
        remind(now=days(hour / 24))
        seen.append((hour // 24, len(reminders()), len(told())))
    assert reminders() == [f"signoff-reminder:{sent.uuid}:{step}" for step in (3, 7, 14)]
    assert told() == [clinic.school.coordinator.email]
    for day, mails, asked in seen:
        assert mails == sum(day >= step for step in (3, 7, 14))
        assert asked == (day >= 17)
    body = Message.objects.get(key__startswith="signoff-unanswered").body
    assert "was asked 17 days ago to sign 2 shifts of Daniela Reyes" in body and "praman@harborview.example" in body


def test_a_reminder_carries_a_token_of_its_own_and_the_first_mail_keeps_working(
    clinic: Clinic, sent: SignOffLink
) -> None:
    first = url_of(sent)
    remind(now=days(3))
    remind(now=days(7))
    bodies = Message.objects.filter(key__startswith="signoff-reminder").values_list("body", flat=True)
    tokens = [re.search(r"/sign/([\w-]+)/", body)[1] for body in bodies]  # type: ignore[index]
    assert len({first.split("/")[2], *tokens}) == 3
    kept = [*LinkToken.objects.values_list("token_hash", flat=True), sent.token_hash]
    assert not {*tokens, first.split("/")[2]} & set(kept), "only hashes are kept"
    for url in (first, *(reverse("externships:sign", args=[token]) for token in tokens)):
        assert "Two shifts of Daniela Reyes" in text_of(Client().get(url))
    assert Client().post(reverse("externships:sign", args=[tokens[0]]), answers(sent)).status_code == 302
    assert "Signed: 2 shifts" in text_of(Client().get(first))


def test_all_tokens_die_with_the_link(clinic: Clinic, sent: SignOffLink) -> None:
    remind(now=days(3))
    (token,) = re.findall(r"/sign/([\w-]+)/", Message.objects.get(key__startswith="signoff-reminder").body)
    resend_link(link=sent, by=clinic.school.coordinator)
    assert Client().get(reverse("externships:sign", args=[token])).status_code == 404
    with time_machine.travel(days(30), tick=False):
        assert Client().get(reverse("externships:sign", args=[token])).status_code == 404


def decided(clinic: Clinic, link: SignOffLink) -> None:
    wanted = [Decision(row.shift.uuid, "sign") for row in link.rows.select_related("shift")]
    decide(link=link, decisions=wanted, typed_name="Priya Raman", confirms_statement=True)


def taken_back(_clinic: Clinic, link: SignOffLink) -> None:
    for row in link.rows.select_related("shift"):
        take_back_shift(shift=row.shift)


@pytest.mark.parametrize(
    "ended",
    [
        decided,
        taken_back,
        lambda clinic, link: revoke_link(link=link, by=clinic.school.coordinator),
        lambda clinic, _link: Supervisor.objects.filter(pk=clinic.supervisor.pk).update(verified_at=None),
        lambda _clinic, link: Message.objects.filter(key=f"signoff-link:{link.uuid}").update(sent_at=None),
    ],
    ids=["spent", "taken back", "revoked", "unverified", "first mail not yet out"],
)
def test_nobody_is_reminded_of_what_does_not_wait(clinic: Clinic, sent: SignOffLink, ended: Any) -> None:
    ended(clinic, sent)
    for day in (3, 7, 14, 17, 20):
        assert remind(now=days(day)) == 0
    assert not reminders() and not told()


def test_a_held_and_an_expired_link_are_not_reminded(clinic: Clinic) -> None:
    Supervisor.objects.filter(pk=clinic.supervisor.pk).update(verified_at=None)
    clinic.draft()
    assert clinic.send().held_at
    assert remind(now=days(4)) == 0
    Supervisor.objects.filter(pk=clinic.supervisor.pk).update(verified_at=NOW)
    assert remind(now=days(4)) == 0, "nothing was mailed yet"
    clinic.draft("2026-11-12 09:00", "2026-11-12 12:00")
    Message.objects.filter(key=f"signoff-link:{clinic.send().uuid}").update(sent_at=NOW)
    remind(now=days(28))
    assert reminders() == []


@pytest.mark.parametrize(
    ("after", "reminded", "again", "reminded_at", "due"),
    [
        (17, (3, 7, 14), None, 14, True), (16.9, (3, 7, 14), None, 13, False), (17, (3, 7), None, 7, False),
        (20, (14,), None, 18, False), (21, (14,), None, 18, True), (17, (3, 7), 16, 7, True), (17, (3, 7), 16.5, 7, False),
        (17.5, (3, 7), 16.5, 7, True),
    ],
)  # fmt: skip
def test_the_rule_of_telling_the_school(
    after: float, reminded: tuple[int, ...], again: float | None, reminded_at: float, due: bool
) -> None:
    now, newest = MADE + timedelta(days=after), MADE + timedelta(days=reminded_at)
    sent_again = None if again is None else MADE + timedelta(days=again)
    assert rules.school_due(MADE, now, reminded, sent_again, newest) == due


def test_after_a_long_sleep_one_mail_makes_up_for_all_and_she_has_time_before_the_school_is_told(
    clinic: Clinic, sent: SignOffLink
) -> None:
    for day in (18, 18.1, 19, 20.9):
        remind(now=days(day))
        assert (reminders(), told()) == ([f"signoff-reminder:{sent.uuid}:14"], [])
    remind(now=days(21))
    assert len(reminders()) == 1 and len(told()) == 1
    assert "was asked 21 days ago" in Message.objects.get(key__startswith="signoff-unanswered").body


def test_reminders_that_were_late_do_not_crowd(clinic: Clinic, sent: SignOffLink) -> None:
    """Nothing ran until shortly before the second one fell due."""
    remind(now=days(6))
    for day in (7, 8, 8.7):
        assert remind(now=days(day)) == 0
    assert remind(now=days(9)) == 1
    assert reminders() == [f"signoff-reminder:{sent.uuid}:{step}" for step in (3, 7)]


def test_of_what_ran_out_while_nothing_ran_the_school_is_told_and_she_is_not_reminded(
    clinic: Clinic, sent: SignOffLink
) -> None:
    assert remind(now=days(33)) == 1
    assert reminders() == [] and told() == [clinic.school.coordinator.email]
    body = Message.objects.get(key__startswith="signoff-unanswered").body
    assert "The link ran out on" in body and "No answer came." in body and "reminded" not in body
    assert remind(now=days(40)) == 0


def test_of_what_ran_out_long_ago_nothing_is_told(clinic: Clinic, sent: SignOffLink) -> None:
    assert remind(now=days(57)) == 0 and told() == []


def test_only_what_still_waits_is_counted(clinic: Clinic, sent: SignOffLink) -> None:
    take_back_shift(shift=sent.rows.order_by("pk")[0].shift)
    remind(now=days(3))
    assert (
        Message.objects.get(key__startswith="signoff-reminder").subject
        == "Still open: one shift of Daniela Reyes to sign"
    )


def test_the_daily_tick_reminds(clinic: Clinic, sent: SignOffLink) -> None:
    with time_machine.travel(days(3), tick=False):
        assert run_due(force=True)["reminders of signatures"] == "1 done"
        assert run_due(force=True)["reminders of signatures"] == "0 done"


def test_looking_costs_five_queries_however_many_links_wait(
    clinic: Clinic, sent: SignOffLink, django_assert_num_queries: Any
) -> None:
    remind(now=days(3))
    for day in (13, 14):
        clinic.draft(f"2026-11-{day} 09:00", f"2026-11-{day} 12:00")
        Message.objects.filter(key=f"signoff-link:{again(clinic, clinic.send(), 0.1).uuid}").update(sent_at=NOW)
        with django_assert_num_queries(4):
            assert remind(now=days(2)) == 0
    again(clinic, again(clinic, sent, 3.1), 3.2)
    Message.objects.all().update(sent_at=None)
    with django_assert_num_queries(5):
        assert remind(now=days(8)) == 0, "due, but the mails of the links are not out"


# ---- a link that was sent again --------------------------------------------------------------------------------------


def again(clinic: Clinic, link: SignOffLink, day: float) -> SignOffLink:
    """Its successor, mailed and delivered that many days after the first link."""
    fresh = resend_link(link=link, by=clinic.school.coordinator, now=days(day))
    Message.objects.filter(key=f"signoff-link:{fresh.uuid}").update(sent_at=days(day))
    return fresh


def test_a_link_sent_again_carries_on_from_the_first(clinic: Clinic, sent: SignOffLink) -> None:
    link, seen = sent, []
    for hour in range(0, 24 * 44, 6):
        if hour / 24 in {5, 8.5, 16}:
            link = again(clinic, link, hour / 24)
        before = len(reminders()), len(told())
        remind(now=days(hour / 24))
        if before != (len(reminders()), len(told())):
            seen.append((hour / 24, len(reminders()), len(told())))
    assert seen == [(3, 1, 0), (7, 2, 0), (14, 3, 0), (17, 3, 1)]
    kept = LinkToken.objects.filter(days__gt=0).order_by("days")
    assert list(kept.values_list("days", flat=True)) == [3, 7, 14]
    assert "was asked 17 days ago" in Message.objects.get(key__startswith="signoff-unanswered").body


def test_what_fell_due_before_it_was_sent_again_is_given_by_the_new_mail(clinic: Clinic, sent: SignOffLink) -> None:
    again(clinic, sent, 3.2)
    for day in (3.2, 4, 6.9):
        assert remind(now=days(day)) == 0
    assert remind(now=days(7)) == 1
    assert reminders() == [f"signoff-reminder:{sent.uuid}:7"]


def test_the_school_is_told_once_for_a_chain(clinic: Clinic, sent: SignOffLink) -> None:
    remind(now=days(14))
    remind(now=days(17))
    again(clinic, sent, 18)
    for day in (18, 21, 25, 32, 35, 45):
        assert remind(now=days(day)) == 0
    assert told() == [clinic.school.coordinator.email]


def moved(clinic: Clinic, email: str, day: float) -> SignOffLink:
    """The newest link after the supervisor's address was corrected, its mail delivered."""
    who = Supervisor.objects.get(pk=clinic.supervisor.pk)
    edit_supervisor(
        supervisor=who, name=who.name, email=email, licence_number=who.licence_number, licence_state=who.licence_state,
        profession=who.profession, valid_from=who.valid_from, valid_to=who.valid_to, by=clinic.school.coordinator,
        now=days(day),
    )  # fmt: skip
    Message.objects.filter(sent_at=None).update(sent_at=days(day))
    return SignOffLink.objects.order_by("pk").last()  # type: ignore[return-value]


def test_a_corrected_address_begins_a_chain_of_its_own(clinic: Clinic, sent: SignOffLink) -> None:
    for day in (3, 7, 14, 17):
        remind(now=days(day))
    assert len(told()) == 1
    fresh = moved(clinic, "priya.raman@harborview.example", 20)
    assert fresh.replaces_id == sent.pk and fresh.pk != sent.pk
    seen = []
    for day in range(20, 48):
        before = len(reminders()), len(told())
        remind(now=days(day))
        if before != (len(reminders()), len(told())):
            seen.append(day)
    assert seen == [23, 27, 34, 37]
    assert reminders()[3:] == [f"signoff-reminder:{fresh.uuid}:{step}" for step in (3, 7, 14)]
    mails = Message.objects.filter(key__startswith=f"signoff-reminder:{fresh.uuid}")
    assert {mail.to for mail in mails} == {"priya.raman@harborview.example"}
    assert told() == [clinic.school.coordinator.email] * 2


def test_another_spelling_of_the_same_mailbox_carries_on(clinic: Clinic, sent: SignOffLink) -> None:
    for day in (3, 7, 14, 17):
        remind(now=days(day))
    moved(clinic, "P.Raman+clinic@harborview.example", 20)
    again(clinic, sent, 20)
    for day in range(20, 47):
        assert remind(now=days(day)) == 0


def test_an_address_corrected_after_the_link_ran_out_begins_anew_with_the_next_one(
    clinic: Clinic, sent: SignOffLink
) -> None:
    remind(now=days(14))
    remind(now=days(17))
    moved(clinic, "priya.raman@harborview.example", 30)
    assert SignOffLink.objects.count() == 1, "what ran out is not sent by itself"
    fresh = again(clinic, sent, 31)
    assert remind(now=days(33.5)) == 0
    assert remind(now=days(34)) == 1
    assert reminders()[-1] == f"signoff-reminder:{fresh.uuid}:3"


def test_days_run_from_the_first_mail_not_from_a_link_that_was_held(clinic: Clinic) -> None:
    Supervisor.objects.filter(pk=clinic.supervisor.pk).update(verified_at=None)
    clinic.draft()
    held = clinic.send()
    Supervisor.objects.filter(pk=clinic.supervisor.pk).update(verified_at=NOW)
    fresh = again(clinic, held, 20)
    assert remind(now=days(22)) == 0
    assert remind(now=days(23)) == 1
    assert reminders() == [f"signoff-reminder:{fresh.uuid}:3"] and not told()


def test_another_sending_has_days_of_its_own(clinic: Clinic, sent: SignOffLink) -> None:
    clinic.draft("2026-11-13 09:00", "2026-11-13 12:00")
    with time_machine.travel(days(5), tick=False):
        other = clinic.send()
    Message.objects.filter(key=f"signoff-link:{other.uuid}").update(sent_at=days(5))
    remind(now=days(7))
    remind(now=days(8))
    assert reminders() == [f"signoff-reminder:{sent.uuid}:7", f"signoff-reminder:{other.uuid}:3"]


# ---- an expired link -------------------------------------------------------------------------------------------------


def test_the_reader_of_an_expired_link_gets_a_new_one_at_the_address_on_file(clinic: Clinic, sent: SignOffLink) -> None:
    url = url_of(sent)
    ask = url + "new/"
    with time_machine.travel(days(28), tick=False):
        page = Client().get(url)
        assert page.status_code == 410
        said = text_of(page)
        assert "Mail me a new link" in said
        assert not [word for word in ("Daniela", "Reyes", "Harborview", "praman") if word in said]
        for _again in range(3):
            asked = Client().post(ask)
            assert asked.status_code == 200
            assert not [word for word in ("Daniela", "Reyes", "Harborview", "praman") if word in text_of(asked)]
            assert (asked["Cache-Control"], asked["Referrer-Policy"]) == ("no-store, private", "no-referrer")
        fresh = SignOffLink.objects.get(replaces=sent)
        mailed = Message.objects.filter(key__startswith="signoff-link")
        assert mailed.count() == 2, "once, however often it is asked"
        assert mailed.get(key=f"signoff-link:{fresh.uuid}").to == "praman@harborview.example"
        assert Client().post(url_of(fresh), answers(fresh)).status_code == 302
    assert SignOff.objects.count() == 2


def test_a_token_of_a_reminder_asks_as_well(clinic: Clinic, sent: SignOffLink) -> None:
    remind(now=days(3))
    (token,) = re.findall(r"/sign/([\w-]+)/", Message.objects.get(key__startswith="signoff-reminder").body)
    assert renew_link(token=token, now=days(28)) is not None


def test_nothing_is_mailed_where_nothing_expired_or_nothing_waits(clinic: Clinic, sent: SignOffLink) -> None:
    url = url_of(sent)
    token = url.split("/")[2]
    before = Message.objects.count()
    same = text_of(Client().post(url + "new/"))
    assert same == text_of(Client().post("/sign/unknown/new/"))
    taken_back(clinic, sent)
    assert renew_link(token=token, now=days(29)) is None
    assert (Message.objects.count(), SignOffLink.objects.count()) == (before, 1)
    assert Client().get(url + "new/").status_code == 405


# ---- the database ----------------------------------------------------------------------------------------------------


def test_a_reminder_of_a_day_is_one_and_a_dead_link_gets_none(clinic: Clinic, sent: SignOffLink) -> None:
    LinkToken.objects.create(link=sent, token_hash="a" * 64, days=3)
    for again in ({"token_hash": "b" * 64, "days": 3}, {"token_hash": sent.token_hash, "days": 7}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LinkToken.objects.create(link=sent, **again)
    revoke_link(link=sent, by=clinic.school.coordinator)
    with pytest.raises(IntegrityError, match="a dead link gets no token"), transaction.atomic():
        LinkToken.objects.create(link=sent, token_hash="c" * 64, days=7)


@pytest.mark.parametrize("change", ["told_at = '2026-12-24'", "told_at = NULL", "channel = 'paper'"])
def test_the_school_is_told_once_and_a_mail_never_becomes_a_form(sent: SignOffLink, change: str) -> None:
    remind(now=days(14))
    remind(now=days(17))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE externships_signofflink SET {change}")


# ---- a mail server that is down --------------------------------------------------------------------------------------


def test_a_dead_mail_server_loses_and_doubles_nothing_and_the_desk_sees_it(
    clinic: Clinic, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    clinic.draft()
    with django_capture_on_commit_callbacks(execute=True):
        link = clinic.send()
    waiting = Message.objects.get(key=f"signoff-link:{link.uuid}")
    assert (waiting.sent_at, waiting.attempts) == (None, 1)
    assert waiting.last_error.startswith("ConnectionRefusedError")
    desk = clinic.school.client(clinic.school.coordinator)
    list_ = reverse("externships:desk_placements")
    assert "Mail not yet delivered" in text_of(desk.get(list_))
    later = NOW
    for _try in range(20):
        later += timedelta(hours=7)
        assert deliver_due(now=later) == 0
    assert Message.objects.get(pk=waiting.pk).failed_at is not None
    assert "Mail could not be delivered" in text_of(desk.get(list_))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("externships:desk_send_again", args=[link.uuid]))
    (message,) = mail.outbox
    assert message.to == ["praman@harborview.example"]
    page = text_of(desk.get(list_))
    assert "Works" in page and "not yet delivered" not in page
    assert deliver_due(now=later + timedelta(days=9)) == 0, "what was given up does not come after it"
