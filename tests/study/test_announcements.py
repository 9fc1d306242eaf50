"""Announcements: seen before they go, once to each running learner, so many a day, on her home until she puts them away."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.services import close_account
from courses.enrollments.models import Enrollment
from courses.enrollments.services import ensure_cohort
from courses.study.models import Announcement
from courses.study.services import announce
from notices.models import Message
from tests.study.test_board import NOW, Group, board_group
from tests.worlds import School

__all__ = ["board_group"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _now(clock: Any) -> None:
    """At ten in the morning in New York."""


def _text(response: Any) -> str:
    words = unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return re.sub(r"\s+", " ", words)


def _address(group: Group) -> str:
    return reverse("study:cohort_announcements", args=[group.cohort.uuid])


def send(group: Group, school: School, **fields: Any) -> Announcement:
    given = {"uuid": uuid4(), "subject": "Saturday", "text": "We meet at nine.", "by": school.instructor, **fields}
    return announce(cohort=group.cohort, **given)


def mails() -> list[Message]:
    return list(Message.objects.filter(key__startswith="announcement:").order_by("pk"))


def test_it_goes_once_to_each_running_learner(
    board_group: Group, school: School, django_capture_on_commit_callbacks: Any
) -> None:
    Enrollment.objects.filter(pk=board_group.enrollments["Fay"].pk).update(state="withdrawn")
    close_account(user=board_group.enrollments["Eva"].learner.user, keep_name=True)
    key = uuid4()
    with django_capture_on_commit_callbacks(execute=True):
        sent = send(board_group, school, uuid=key, subject=" Saturday\n class ", text="  We meet\r\nat nine. ")
        again = send(board_group, school, uuid=key)
    assert again.pk == sent.pk
    assert (sent.subject, sent.text, sent.sent_to, sent.by) == (
        "Saturday class",
        "We meet\nat nine.",
        5,
        school.instructor,
    )
    assert sorted(message.to for message in mails()) == sorted(
        f"{name}@example.org" for name in ("ana", "bea", "cleo", "dora", "gwen")
    )
    bodies = [one.body for one in mail.outbox if one.subject == "Saturday class"]
    assert len(bodies) == 5
    assert "Ines Instructor writes to the group Spring:" in bodies[0] and "We meet\nat nine." in bodies[0]


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"subject": "  "}, "subject", "Write what it is about."),
        ({"text": "\n"}, "text", "Write what you want to tell the group."),
        ({"text": "a\0b"}, "text", "characters in it that no keyboard writes"),
        ({"subject": "x" * 121}, "subject", "1 character too long: at most 120 fit"),
        ({"text": "x" * 4002}, "text", "2 characters too long: at most 4000 fit"),
    ],
)
def test_what_is_refused(board_group: Group, school: School, fields: dict, field: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        send(board_group, school, **fields)
    assert sentence in refused.value.message_dict[field][0]
    assert not Announcement.objects.exists() and not mails()


def test_only_staff_of_the_school_write(board_group: Group, school: School) -> None:
    for user in (school.foreign_registrar, school.learner_user):
        with pytest.raises(ValidationError, match="Only staff of the school"):
            send(board_group, school, by=user)
    for user in (school.instructor, school.coordinator, school.registrar):
        send(board_group, school, by=user)


def test_three_a_day_in_the_schools_own_day(board_group: Group, school: School, clock: Any) -> None:
    for _one in range(3):
        send(board_group, school)
    with pytest.raises(ValidationError, match="3 announcements today"):
        send(board_group, school)
    clock.shift(timedelta(hours=13))  # 11 in the evening there, the next day in UTC
    with pytest.raises(ValidationError, match="3 announcements today"):
        send(board_group, school)
    clock.shift(timedelta(hours=1, minutes=1))
    send(board_group, school)


def test_nobody_is_written_to_in_an_empty_group(board_group: Group, school: School) -> None:
    empty = ensure_cohort(program=board_group.cohort.program, name="Autumn", starts_on=NOW.date())
    with pytest.raises(ValidationError, match="nobody in this group"):
        announce(uuid=uuid4(), cohort=empty, subject="a", text="b", by=school.instructor)
    page = school.client(school.instructor).get(reverse("study:cohort_announcements", args=[empty.uuid]))
    assert "Nobody is in this group yet" in _text(page)


def _hidden(body: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', body)
    assert found, name
    return found[1]


def test_it_is_seen_before_it_goes(board_group: Group, school: School) -> None:
    client = school.client(school.instructor)
    body = client.get(_address(board_group)).content.decode()
    words = {"key": _hidden(body, "key"), "subject": "Saturday", "text": "We <b>meet</b>."}
    sent_unseen = client.post(_address(board_group), {**words, "action": "send"})
    assert "As the group will read it" in _text(sent_unseen) and not Announcement.objects.exists()
    preview = client.post(_address(board_group), {**words, "action": "preview"})
    assert "We &lt;b&gt;meet&lt;/b&gt;." in preview.content.decode()
    assert "Send to 7 learners" in _text(preview)
    seen = {**words, "seen": _hidden(preview.content.decode(), "seen"), "action": "send"}
    changed = client.post(_address(board_group), {**seen, "text": "Something else."})
    assert "Something else." in _text(changed) and not Announcement.objects.exists(), "changed: seen again first"
    for _twice in range(2):
        done = client.post(_address(board_group), seen, follow=True)
        assert "Sent to 7 learners." in _text(done)
    assert Announcement.objects.count() == 1 and len(mails()) == 7
    assert "Ines Instructor to 7 learners" in _text(client.get(_address(board_group)))


def test_a_refusal_keeps_what_was_typed(board_group: Group, school: School) -> None:
    client = school.client(school.instructor)
    page = client.post(_address(board_group), {"subject": "Kept", "text": "a\x01b", "action": "preview"})
    assert page.status_code == 422
    assert 'value="Kept"' in page.content.decode() and "no keyboard writes" in _text(page)
    for _one in range(3):
        send(board_group, school)
    page = client.get(_address(board_group))
    assert "3 announcements today, which is the most" in _text(page) and "<textarea" not in page.content.decode()


def test_it_stands_on_her_home_until_she_puts_it_away(board_group: Group, school: School, clock: Any) -> None:
    sent = send(board_group, school)
    ana, bea = (school.client(board_group.enrollments[name].learner.user) for name in ("Ana", "Bea"))
    assert "We meet at nine." in _text(ana.get("/learn/"))
    away = reverse("study:dismiss_announcement", args=[sent.uuid])
    assert "We meet at nine." not in _text(ana.post(away, follow=True))
    ana.post(away)
    assert "We meet at nine." in _text(bea.get("/learn/"))
    clock.shift(timedelta(days=13, hours=23))
    bea = school.client(board_group.enrollments["Bea"].learner.user)
    assert "We meet at nine." in _text(bea.get("/learn/"))
    clock.shift(timedelta(hours=1))
    home = bea.get("/learn/")
    assert home.status_code == 200 and "We meet at nine." not in _text(home)
    assert school.client(school.learner_user).post(away).status_code == 404


def test_the_home_asks_one_query_more_for_any_number(board_group: Group, school: School) -> None:
    client = school.client(board_group.enrollments["Ana"].learner.user)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/learn/")
        return len(captured)

    client.get("/learn/")
    before = queries()
    for _one in range(3):
        send(board_group, school)
    assert queries() == before <= 16


def test_the_page_asks_at_most_ten(board_group: Group, school: School) -> None:
    for _one in range(3):
        send(board_group, school)
    client = school.client(school.registrar)
    client.get(_address(board_group))
    with CaptureQueriesContext(connection) as captured:
        client.get(_address(board_group))
    assert len(captured) <= 10, "\n".join(query["sql"] for query in captured)


def test_the_database_keeps_it_whole(board_group: Group, school: School) -> None:
    sent = send(board_group, school)
    for change in ({"text": ""}, {"erased_at": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Announcement.objects.filter(pk=sent.pk).update(**change)
