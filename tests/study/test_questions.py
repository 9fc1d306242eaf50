"""Questions about lessons: private, told of by mail without their words, moderated, published without a name."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.services import end_role, grant_role
from courses.enrollments.models import Enrollment
from courses.enrollments.services import enroll
from courses.study.models import PublishedAnswer, QuestionMessage, QuestionThread
from courses.study.selectors import published_for, threads_for, waiting_questions
from courses.study.services import (
    answer,
    ask,
    close_thread,
    delete_question,
    hide_message,
    publish_answer,
    reopen_thread,
    withdraw_published,
)
from notices.models import Message
from tests.study.conftest import Classroom

pytestmark = pytest.mark.django_db
SECRET = "Where exactly is the barrier?"


def _text(response: Any) -> str:
    words = unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return re.sub(r"\s+", " ", words)


def asked(classroom: Classroom, text: str = SECRET, code: str = "MFR-1", **fields: Any) -> QuestionMessage:
    given = {"uuid": uuid4(), "enrollment": classroom.enrollment, "lesson": classroom.lesson(code), "text": text}
    return ask(**{**given, "by": classroom.school.learner_user, **fields})


def answered(classroom: Classroom, message: QuestionMessage, text: str = "At the first stop.") -> QuestionMessage:
    return answer(uuid=uuid4(), thread=message.thread, text=text, by=classroom.school.instructor)


def state_of(message: QuestionMessage) -> tuple[str, Any]:
    thread = QuestionThread.objects.get(pk=message.thread_id)
    return thread.state, thread.waiting_since


def mails(prefix: str) -> list[Message]:
    return list(Message.objects.filter(key__startswith=prefix).order_by("pk"))


def hers(classroom: Classroom, code: str = "MFR-1") -> str:
    return reverse("study:questions", args=[classroom.lesson(code).uuid])


def desk(message: QuestionMessage) -> str:
    return reverse("study:desk_question", args=[message.thread.uuid])


# ---- asking ----


def test_a_question_waits_and_staff_hear_of_it_without_its_words(classroom: Classroom) -> None:
    key = uuid4()
    message = asked(classroom, uuid=key)
    assert asked(classroom, uuid=key).pk == message.pk, "a form sent twice asks once"
    assert state_of(message) == ("waiting", message.sent_at)
    (told,) = mails("question:")
    assert told.to == "ines@example.org"
    assert SECRET not in told.body and "The barrier" in told.body and desk(message) in told.body
    assert "Daniela" not in told.body


def test_more_of_the_same_thread_makes_no_second_mail(classroom: Classroom) -> None:
    first = asked(classroom)
    classroom.wait(60)
    second = asked(classroom, "And where does it end?")
    assert second.thread_id == first.thread_id
    assert state_of(first) == ("waiting", first.sent_at), "she waits since she first asked"
    assert len(mails("question:")) == 1
    answered(classroom, second)
    asked(classroom, "Thank you. And the second one?")
    assert len(mails("question:")) == 2, "it waits anew"


def test_where_nobody_teaches_the_office_hears(classroom: Classroom) -> None:
    people = classroom.school
    end_role(user=people.instructor, organisation=people.school, role="instructor")
    asked(classroom)
    assert [told.to for told in mails("question:")] == ["cora@example.org"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write your question first."),
        (" \r\n ", "Write your question first."),
        ("x" * 2003, "3 characters too long: at most 2000 fit"),
        ("a\0b", "no keyboard writes"),
        ("\u202etxet", "no keyboard writes"),
    ],
)
def test_bad_words_are_refused_and_kept_in_the_form(classroom: Classroom, text: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        asked(classroom, text)
    assert sentence in refused.value.message_dict["text"][0]
    page = classroom.client.post(hers(classroom), {"text": text, "key": str(uuid4())})
    assert page.status_code == 422 and sentence in _text(page)
    assert text.strip().replace("\0", "") in page.content.decode().replace("\0", "")
    assert not QuestionMessage.objects.exists()


def test_ten_in_a_day_deleted_ones_too(classroom: Classroom) -> None:
    for number in range(9):
        asked(classroom, f"Question {number}", code=("MFR-1", "MFR-2")[number % 2])
    delete_question(message=asked(classroom), by=classroom.school.learner_user)
    with pytest.raises(ValidationError, match="10 messages in the last 24 hours"):
        asked(classroom)
    assert "10 messages in the last 24 hours" in _text(classroom.client.get(hers(classroom)))
    classroom.wait(24 * 3600)
    asked(classroom)


def test_only_she_asks_while_her_place_is_active(classroom: Classroom) -> None:
    with pytest.raises(ValidationError, match="Only the learner"):
        asked(classroom, by=classroom.school.other_learner_user)
    Enrollment.objects.update(state="completed")
    classroom.enrollment.refresh_from_db()
    with pytest.raises(ValidationError, match="has ended"):
        asked(classroom)
    page = _text(classroom.client.get(hers(classroom)))
    assert "nobody waits for questions here" in page


def test_nobody_else_reads_her_thread(classroom: Classroom) -> None:
    asked(classroom)
    people = classroom.school
    enroll(user=people.other_learner_user, program=classroom.program, source_key="desk:jun")
    page = people.client(people.other_learner_user).get(hers(classroom))
    assert page.status_code == 200 and SECRET not in page.content.decode()
    assert people.client(people.foreign_registrar).get(hers(classroom)).status_code == 404
    assert "no-store" in classroom.client.get(hers(classroom))["Cache-Control"]


def test_she_asks_on_the_page_and_sees_the_answer(classroom: Classroom) -> None:
    page = classroom.client.post(hers(classroom), {"text": SECRET, "key": str(uuid4())}, follow=True)
    assert "Your question is with your instructor." in _text(page) and SECRET in _text(page)
    assert "Waits for an answer" in _text(page)
    message = QuestionMessage.objects.get()
    answered(classroom, message)
    (told,) = mails("answer:")
    assert told.to == "daniela@example.org" and "first stop" not in told.body and hers(classroom) in told.body
    text = _text(classroom.client.get(hers(classroom)))
    assert "Ines Instructor" in text and "At the first stop." in text and "Answered" in text


def test_the_lesson_says_how_much_there_is(classroom: Classroom) -> None:
    lesson_url = reverse("study:lesson", args=[classroom.lesson().uuid])
    assert hers(classroom) in classroom.client.get(lesson_url).content.decode()
    message = asked(classroom)
    answered(classroom, message)
    published(classroom, message)
    asked(classroom, code="MFR-2")
    text = _text(classroom.client.get(lesson_url))
    assert "2 messages so far" in text and "1 question answered for all" in text
    other = _text(classroom.client.get(reverse("study:lesson", args=[classroom.lesson("MFR-2").uuid])))
    assert "1 message so far" in other and "answered for all" not in other
    people = classroom.school
    assert "Ask your instructor" not in _text(people.client(people.instructor).get(lesson_url))


# ---- deleting ----


def test_she_deletes_what_nobody_answered(classroom: Classroom) -> None:
    first = asked(classroom)
    address = reverse("study:delete_question", args=[first.uuid])
    assert classroom.school.client(classroom.school.other_learner_user).post(address).status_code == 404
    text = _text(classroom.client.post(address, follow=True))
    assert "Your question is deleted." in text and SECRET not in text
    first.refresh_from_db()
    assert first.text == "" and state_of(first) == ("closed", None)
    assert list(threads_for(classroom.school.instructor)) == [], "a thread without a word stands in no inbox"
    delete_question(message=first, by=classroom.school.learner_user)
    again = asked(classroom, "Another one")
    assert state_of(again)[0] == "waiting"


def test_what_was_answered_or_hidden_stays(classroom: Classroom) -> None:
    people = classroom.school
    first = asked(classroom)
    reply = answered(classroom, first)
    with pytest.raises(ValidationError, match="It was answered"):
        delete_question(message=first, by=people.learner_user)
    with pytest.raises(ValidationError, match="Only who wrote"):
        delete_question(message=reply, by=people.instructor)
    second = asked(classroom, "rude")
    hide_message(message=second, reason="Rude.", by=people.instructor)
    with pytest.raises(ValidationError, match="has hidden"):
        delete_question(message=second, by=people.learner_user)
    assert "Delete" not in _text(classroom.client.get(hers(classroom)))


# ---- answering ----


def test_the_inbox_has_the_longest_waiting_first(classroom: Classroom) -> None:
    people = classroom.school
    done = asked(classroom, code="MFR-1")
    answered(classroom, done)
    classroom.wait(60)
    other = enroll(user=people.other_learner_user, program=classroom.program, source_key="desk:jun")
    early = asked(classroom, "Early", enrollment=other, by=people.other_learner_user)
    classroom.wait(60)
    late = asked(classroom, "Late", code="MFR-2")
    assert [thread.pk for thread in threads_for(people.instructor)] == [early.thread_id, late.thread_id, done.thread_id]
    waiting, longest = waiting_questions(people.instructor)
    assert (waiting, longest.pk) == (2, early.thread_id)
    assert waiting_questions(people.foreign_registrar) == (0, None)
    client = people.client(people.instructor)
    text = _text(client.get(reverse("study:desk_questions")))
    assert text.index("Early") < text.index("Late") < text.index("At the first stop.")
    only = _text(
        client.get(reverse("study:desk_questions"), {"state": "waiting", "program": str(classroom.program.uuid)})
    )
    assert "Early" in only and "first stop" not in only
    assert "No question fits this" in _text(client.get(reverse("study:desk_questions"), {"state": "closed"}))
    assert "2 questions of learners" in _text(client.get("/desk/"))
    foreign = people.client(people.foreign_registrar)
    assert "Nobody has asked yet" in _text(foreign.get(reverse("study:desk_questions")))


@pytest.mark.parametrize("role", ["instructor", "coordinator", "registrar", "admin"])
def test_each_role_of_the_school_answers(classroom: Classroom, role: str) -> None:
    message = asked(classroom)
    person = getattr(classroom.school, role)
    client = classroom.school.client(person)
    words = {"text": "Here.", "key": str(uuid4())}
    for _twice in range(2):
        page = client.post(desk(message), words, follow=True)
    assert "Here." in _text(page) and QuestionMessage.objects.filter(from_staff=True).count() == 1
    assert state_of(message) == ("answered", None)
    assert len(mails("answer:")) == 1


def test_an_empty_answer_says_so(classroom: Classroom) -> None:
    message = asked(classroom)
    page = classroom.school.client(classroom.school.instructor).post(desk(message), {"text": " "})
    assert page.status_code == 422 and "Write your answer first." in _text(page)


def test_nobody_answers_her_own_question_or_anothers_schools(classroom: Classroom) -> None:
    message = asked(classroom)
    people = classroom.school
    grant_role(user=people.learner_user, organisation=people.school, role="instructor")
    with pytest.raises(ValidationError, match="a colleague answers"):
        answer(uuid=uuid4(), thread=message.thread, text="x", by=people.learner_user)
    assert people.client(people.learner_user).get(desk(message)).status_code == 404
    for work in (
        lambda by: answer(uuid=uuid4(), thread=message.thread, text="x", by=by),
        lambda by: close_thread(thread=message.thread, by=by),
        lambda by: hide_message(message=message, reason="x", by=by),
        lambda by: publish_answer(uuid=uuid4(), thread=message.thread, question="x", answer="y", by=by),
    ):
        with pytest.raises(ValidationError, match="Only staff of the school"):
            work(people.foreign_registrar)
    assert state_of(message)[0] == "waiting"


def test_closed_and_opened_again(classroom: Classroom) -> None:
    message = asked(classroom)
    people = classroom.school
    client = people.client(people.instructor)
    address = reverse("study:desk_question_state", args=[message.thread.uuid])
    client.post(address, {"do": "close"})
    assert state_of(message) == ("closed", None)
    assert "<textarea" not in client.get(desk(message)).content.decode()
    client.post(address, {"do": "reopen"})
    assert state_of(message) == ("waiting", message.sent_at)
    answered(classroom, message)
    close_thread(thread=message.thread, by=people.instructor)
    assert reopen_thread(thread=message.thread, by=people.instructor).state == "answered"
    close_thread(thread=message.thread, by=people.instructor)
    assert state_of(asked(classroom, "And this?"))[0] == "waiting", "writing again opens it"


# ---- moderation ----


def test_a_hidden_message_is_out_of_sight_and_kept(classroom: Classroom) -> None:
    message = asked(classroom, "The client Mr. Smith told me")
    people = classroom.school
    client = people.client(people.instructor)
    address = reverse("study:desk_hide_message", args=[message.uuid])
    assert "Mr. Smith" in _text(client.get(address))
    assert "Write why" in _text(client.post(address, {"reason": " "}))
    client.post(address, {"reason": "It names a client."})
    client.post(address, {"reason": "Another reason"})
    message.refresh_from_db()
    assert (message.text, message.hidden_by, message.hidden_reason) == (
        "The client Mr. Smith told me", people.instructor, "It names a client.",
    )  # fmt: skip
    assert state_of(message) == ("closed", None), "nothing waits any more"
    text = _text(classroom.client.get(hers(classroom)))
    assert "Hidden by the school: It names a client." in text and "Smith" not in text
    staff = _text(client.get(desk(message)))
    assert "Mr. Smith" in staff and "hidden by Ines Instructor" in staff
    assert "Smith" not in _text(client.get(reverse("study:desk_questions")))
    assert people.client(people.foreign_registrar).get(address).status_code == 404


def test_the_rest_of_a_thread_still_waits(classroom: Classroom) -> None:
    first = asked(classroom)
    classroom.wait(60)
    second = asked(classroom, "And then?")
    classroom.wait(60)
    third = asked(classroom, "Rude words")
    hide_message(message=third, reason="Rude.", by=classroom.school.instructor)
    assert state_of(first) == ("waiting", first.sent_at), "since she first asked"
    hide_message(message=first, reason="Rude.", by=classroom.school.instructor)
    assert state_of(first) == ("waiting", second.sent_at)
    hide_message(message=second, reason="Rude.", by=classroom.school.instructor)
    assert state_of(first) == ("closed", None)


# ---- for all ----


def published(classroom: Classroom, message: QuestionMessage, **fields: Any) -> PublishedAnswer:
    given = {"question": "Where is the barrier?", "answer": "At the first stop.", **fields}
    return publish_answer(uuid=uuid4(), thread=message.thread, by=classroom.school.instructor, **given)


def test_all_learners_of_the_lesson_read_it_without_a_name(classroom: Classroom) -> None:
    message = asked(classroom, "I, Daniela, wonder")
    answered(classroom, message)
    people = classroom.school
    client = people.client(people.instructor)
    address = reverse("study:desk_question_publish", args=[message.thread.uuid])
    assert "I, Daniela, wonder" in _text(client.get(address)), "to be edited"
    words = {"question": "I, Daniela, wonder", "answer": "Do not.", "key": str(uuid4())}
    refused = client.post(address, words)
    assert refused.status_code == 422 and "It names the learner." in _text(refused)
    client.post(address, {**words, "question": "One wonders"})
    jun = people.client(people.other_learner_user)
    enroll(user=people.other_learner_user, program=classroom.program, source_key="desk:jun")
    page = jun.get(hers(classroom)).content.decode()
    assert "One wonders" in page and "Do not." in page
    assert "Daniela" not in page and "Ines" not in page
    assert "One wonders" not in jun.get(hers(classroom, "MFR-2")).content.decode()


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Ms. Reyes asks", True),
        ("write to DANIELA@example.org", True),
        ("Daniela's leg", True),
        ("the reyes of it", False),
        ("Danielas everywhere", False),
    ],
)
def test_words_that_name_her_are_refused(classroom: Classroom, text: str, refused: bool) -> None:
    message = asked(classroom)
    if refused:
        with pytest.raises(ValidationError, match="names the learner"):
            published(classroom, message, answer=text)
    else:
        assert published(classroom, message, answer=text).answer == text


def test_what_is_published_anew_takes_the_place_of_the_old(classroom: Classroom) -> None:
    message = asked(classroom)
    published(classroom, message)
    new = published(classroom, message, answer="At the second.")
    assert published_for(classroom.lesson()) == [new]
    people = classroom.school
    address = reverse("study:desk_withdraw_answer", args=[new.uuid])
    assert people.client(people.foreign_registrar).post(address).status_code == 404
    people.client(people.registrar).post(address)
    assert published_for(classroom.lesson()) == []
    new.refresh_from_db()
    assert new.withdrawn_by == people.registrar
    withdraw_published(published=new, by=people.instructor)
    new.refresh_from_db()
    assert new.withdrawn_by == people.registrar, "taken back once"


# ---- the database ----


def test_the_database_keeps_threads_and_messages_whole(classroom: Classroom) -> None:
    message = asked(classroom)
    shown = published(classroom, message)
    for rows, change in (
        (QuestionThread.objects.filter(pk=message.thread_id), {"state": "answered"}),
        (QuestionThread.objects.filter(pk=message.thread_id), {"waiting_since": None}),
        (QuestionMessage.objects.filter(pk=message.pk), {"text": ""}),
        (QuestionMessage.objects.filter(pk=message.pk), {"hidden_at": message.sent_at}),
        (QuestionMessage.objects.filter(pk=message.pk), {"hidden_reason": "x"}),
        (PublishedAnswer.objects.filter(pk=shown.pk), {"answer": ""}),
        (PublishedAnswer.objects.filter(pk=shown.pk), {"withdrawn_at": message.sent_at}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionThread.objects.create(
            enrollment=classroom.enrollment, lesson=classroom.lesson(), waiting_since=message.sent_at
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishedAnswer.objects.create(
            lesson=classroom.lesson(), thread=message.thread, question="a", answer="b", by=classroom.school.instructor
        )


# ---- queries ----


@pytest.mark.parametrize(("name", "most"), [("learner", 10), ("inbox", 8), ("thread", 8)])
def test_more_words_ask_no_more(classroom: Classroom, name: str, most: int) -> None:
    people = classroom.school
    message = asked(classroom)
    answered(classroom, message)
    published(classroom, message)
    client, address = {
        "learner": (classroom.client, hers(classroom)),
        "inbox": (people.client(people.instructor), reverse("study:desk_questions")),
        "thread": (people.client(people.instructor), desk(message)),
    }[name]

    def queries() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        assert len(captured) <= most, "\n".join(query["sql"] for query in captured)
        return len(captured)

    before = queries()
    for number in range(6):
        classroom.wait(timedelta(hours=12).seconds)
        answered(classroom, asked(classroom, f"Again {number}"))
        other = asked(classroom, f"More {number}", code="MFR-2")
        hide_message(message=answered(classroom, other), reason="Wrong thread.", by=people.registrar)
    assert queries() == before
