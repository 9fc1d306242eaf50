"""A learner questions how an answer was graded; the school answers, once."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from certification.quizzes import selectors, services
from certification.quizzes.models import Appeal, Attempt, Quiz, Response
from certification.quizzes.services import appeals
from certification.records.models import TrainingRecord
from notices.models import Message
from tests.worlds import School

from .conftest import response_to

WORDS = "The scar is not tender, so the choice fits."


@pytest.fixture
def learner(school: School) -> Client:
    return school.client(school.learner_user)


@pytest.fixture
def handed_in(attempt: Attempt) -> Attempt:
    return services.submit_attempt(attempt=attempt)


def ask(attempt: Attempt, school: School, code: str = "creep", words: str = WORDS) -> Appeal:
    return services.raise_appeal(response=response_to(attempt, code), words=words, by=school.learner_user)


def answered(appeal: Appeal, school: School, **change: Any) -> Appeal:
    said = {"outcome": "upheld", "answer": "You are right.", "by": school.instructor, **change}
    return services.answer_appeal(appeal=appeal, **said)


def test_she_asks_once_and_the_same_twice_is_one(handed_in: Attempt, school: School) -> None:
    first = ask(handed_in, school, words=f"  {WORDS} ")
    assert first.words == WORDS
    assert ask(handed_in, school) == first
    with pytest.raises(services.NotNowError, match="asked about once"):
        ask(handed_in, school, words="Something else is wrong.")
    assert ask(handed_in, school, "redflags") != first
    assert Appeal.objects.count() == 2


@pytest.mark.parametrize("words", ["", "Too short", "x" * 2001, "A nought \0 in it"])
def test_words_that_say_too_little_or_too_much(handed_in: Attempt, school: School, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ask(handed_in, school, words=words)
    assert "words" in refused.value.message_dict


def test_only_she_asks_and_only_of_what_she_sees(attempt: Attempt, school: School, record: TrainingRecord) -> None:
    with pytest.raises(services.NotNowError, match="once you see"):
        ask(attempt, school)
    services.submit_attempt(attempt=attempt)
    with pytest.raises(ValidationError, match="Only the learner"):
        services.raise_appeal(response=response_to(attempt, "creep"), words=WORDS, by=school.registrar)
    TrainingRecord.objects.filter(pk=record.pk).update(sealed_at=timezone.now())
    with pytest.raises(services.NotNowError, match="has ended"):
        ask(attempt, school)


def test_what_waits_for_its_mark_cannot_be_questioned(waiting: Attempt, school: School) -> None:
    with pytest.raises(services.NotNowError, match="once you see"):
        ask(waiting, school)


def test_there_is_a_limit_a_day(handed_in: Attempt, school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appeals, "MOST_A_DAY", 1)
    ask(handed_in, school)
    with pytest.raises(services.NotNowError, match="tomorrow"):
        ask(handed_in, school, "redflags")
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        ask(handed_in, school, "redflags")


def test_it_is_answered_once_with_a_mail(handed_in: Attempt, school: School) -> None:
    appeal = answered(ask(handed_in, school), school)
    assert (appeal.outcome, appeal.answered_by) == ("upheld", school.instructor)
    assert answered(appeal, school) == appeal
    mail = Message.objects.get(to=school.learner_user.email)
    assert WORDS in mail.body
    assert "You are right." in mail.body
    for change in ({"by": school.registrar}, {"outcome": "declined"}):
        with pytest.raises(services.NotNowError, match="Ines Instructor answered this on"):
            answered(appeal, school, **change)
    # No points changed with it.
    assert Response.objects.get(appeal=appeal).awarded_numerator == 0


@pytest.mark.parametrize("change", [{"outcome": ""}, {"outcome": "maybe"}, {"answer": "  "}, {"answer": "x" * 2001}])
def test_an_answer_says_what_and_why(handed_in: Attempt, school: School, change: dict[str, str]) -> None:
    appeal = ask(handed_in, school)
    with pytest.raises(ValidationError):
        answered(appeal, school, **change)
    assert Appeal.objects.get().outcome == ""


def test_never_her_own(handed_in: Attempt, school: School) -> None:
    appeal = ask(handed_in, school)
    with pytest.raises(ValidationError, match="your own"):
        answered(appeal, school, by=school.learner_user)
    assert not selectors.appeals_to_answer(Quiz.objects.all(), by=school.learner_user).exists()


def test_those_that_wait_come_first_in_one_query(
    handed_in: Attempt, school: School, django_assert_num_queries: Any
) -> None:
    answered(ask(handed_in, school, "redflags"), school)
    ask(handed_in, school)
    with django_assert_num_queries(1):
        rows = list(selectors.appeals_to_answer(Quiz.objects.all(), by=school.instructor))
        said = [(row.outcome, row.response.question_version.question.code) for row in rows]
    assert said == [("", "creep"), ("upheld", "redflags")]


# ---- her page ----


def test_she_asks_on_her_page_and_reads_the_answer_there(handed_in: Attempt, school: School, learner: Client) -> None:
    question = response_to(handed_in, "creep").question_version.question.uuid
    result = f"/quizzes/attempts/{handed_in.uuid}/result/"
    address = f"/quizzes/attempts/{handed_in.uuid}/appeal/{question}/"
    assert address in learner.get(result).content.decode()
    assert "slow, sustained pressure" in learner.get(address).content.decode()
    refused = learner.post(address, {"words": "Too short"})
    assert "10 to 2000 signs" in refused.content.decode()
    assert "\nToo short</textarea>" in refused.content.decode(), "what she typed stands there again"
    said = learner.post(address, {"words": WORDS}, follow=True)
    assert said.redirect_chain[0][0].startswith(result)
    assert "waits for an answer" in said.content.decode()
    assert address not in said.content.decode()
    answered(Appeal.objects.get(), school, outcome="declined", answer="The key is right.")
    said = learner.get(result)
    assert "The key is right." in said.content.decode()
    assert "Not granted" in said.content.decode()
    assert school.instructor.legal_name not in said.content.decode()


def test_others_find_no_such_page(handed_in: Attempt, school: School) -> None:
    question = response_to(handed_in, "creep").question_version.question.uuid
    address = f"/quizzes/attempts/{handed_in.uuid}/appeal/{question}/"
    for user in (school.other_learner_user, school.registrar):
        assert school.client(user).post(address, {"words": WORDS}).status_code == 404
    assert not Appeal.objects.exists()


def test_once_the_record_has_ended_nothing_is_offered(
    handed_in: Attempt, record: TrainingRecord, learner: Client
) -> None:
    TrainingRecord.objects.filter(pk=record.pk).update(sealed_at=timezone.now())
    assert "/appeal/" not in learner.get(f"/quizzes/attempts/{handed_in.uuid}/result/").content.decode()
