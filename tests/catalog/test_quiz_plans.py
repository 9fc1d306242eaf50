"""An author writes a quiz in sections, with draws, rules and conditions; what cannot be is refused and kept as typed."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from certification.quizzes import services as quizzes
from certification.quizzes.models import Question, QuestionBank, Quiz
from certification.quizzes.plan import AskLine, DrawLine, SectionLine
from certification.quizzes.selectors import quiz_as_written
from certification.quizzes.settings import QuizGate, QuizSettings
from courses.catalog.models import Lesson
from courses.catalog.plan_forms import OTHER
from tests.worlds import School

from .test_quizzes import bank, quiz, written

__all__ = ["bank", "quiz"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def drawable(bank: QuestionBank, quiz: Quiz) -> QuestionBank:
    """The bank with six more questions in use, four of them below "hip"."""
    for number in range(6):
        question = quizzes.ensure_question(
            bank=bank,
            code=f"d{number}",
            kind="true_false",
            stem=f"Statement {number}.",
            choices=[{"key": "true", "correct": True}, {"key": "false"}],
        )
        Question.objects.filter(pk=question.pk).update(category="hip/front" if number < 4 else "knee")
    return bank


@pytest.fixture
def address(quiz: Quiz) -> str:
    return reverse("cms_quiz", args=[quiz.uuid])


def kept(quiz: Quiz) -> Any:
    return quiz_as_written(Quiz.objects.get(pk=quiz.pk))


def test_sections_and_draws_are_added_written_moved_and_taken_out(quiz, drawable, editor, address):
    assert "#questions" in editor.post(address, written(quiz, "section"))["Location"]
    editor.post(address, written(quiz, "draw"))
    first, section, draw = kept(quiz).items
    assert (type(first), type(section), type(draw)) == (AskLine, SectionLine, DrawLine)
    assert draw == DrawLine(drawable.uuid)
    typed = {"q-1-title": "The hip", "q-1-intro": "Four each.", "q-2-category": " hip/ ", "q-2-count": "3",
             "q-2-points": "2", "q-2-tag": ""}  # fmt: skip
    editor.post(address, written(quiz, **typed))
    assert kept(quiz).items[1:] == (
        SectionLine("The hip", "Four each."),
        DrawLine(drawable.uuid, category="hip", count=3, points=2),
    )
    shown = editor.get(address).content.decode()
    assert "4 questions in use fit" in shown
    assert '<option value="hip/front">' in shown and '<option value="hip">' in shown
    assert "4 questions, 7 points in all." in " ".join(shown.split())
    editor.post(address, written(quiz, "up-2"))
    assert [type(line) for line in kept(quiz).items] == [AskLine, DrawLine, SectionLine]
    editor.post(address, written(quiz, "out-2"))
    editor.post(address, written(quiz, "out-1"))
    assert kept(quiz).draft is None


def test_a_draw_that_cannot_be_had_says_so_and_is_not_put_in_use(quiz, drawable, editor, reviewer, address):
    editor.post(address, written(quiz, "draw"))
    editor.post(address, written(quiz, **{"q-1-category": "knee", "q-1-count": "3"}))
    sentence = "It draws 3, and 2 questions in use fit."
    assert sentence in editor.get(address).content.decode()
    refused = reviewer.post(address, written(quiz, "use"))
    assert refused.status_code == 200 and sentence in refused.content.decode()
    assert quiz.items.count() == 1
    reviewer.post(address, written(quiz, "use", **{"q-1-count": "2"}))
    assert quiz.items.count() == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"q-2-count": "0"}, "Draw one question or more."),
        ({"q-2-count": ""}, "Write how many questions to draw."),
        ({"q-2-points": ""}, "Give it a point or more."),
        ({"q-1-title": " "}, "Give the section a title, or take it out."),
        ({"q-2-bank": "00000000-0000-0000-0000-000000000001"}, "Choose one of your banks."),
        ({"opens_at": "2027-05-02T09:00", "closes_at": "2027-05-01T09:00"}, "A quiz closes after it opens."),
        ({"time_limit_minutes": "x"}, "Enter a whole number."),
        ({"g-TOTAL_FORMS": "1", "g-0-what": "minutes:"}, "Write how many minutes."),
        ({"g-TOTAL_FORMS": "1", "g-0-what": OTHER}, "Write the code of the fact."),
        ({"g-TOTAL_FORMS": "1", "g-0-minutes": "60"}, "Choose what these belong to, or empty the row."),
    ],
)
def test_what_cannot_be_read_is_refused_and_stays_on_the_page(quiz, drawable, editor, address, change, sentence):
    editor.post(address, written(quiz, "section"))
    editor.post(address, written(quiz, "draw"))
    before = kept(quiz)
    answer = editor.post(address, written(quiz, **{"title": "Typed", **change}))
    assert answer.status_code == 200
    assert sentence in answer.content.decode().replace("&#x27;", "'")
    assert 'value="Typed"' in answer.content.decode()
    assert kept(quiz).items == before.items and kept(quiz).title == before.title


def test_a_bank_of_another_team_is_not_drawn_from(quiz, school: School, editor, address):
    other = quizzes.create_bank(school=school.school, title="Secret bank", code="SECRET")
    assert "Secret bank" not in editor.get(address).content.decode()
    editor.post(address, written(quiz, "draw"))
    refused = editor.post(address, written(quiz, **{"q-1-bank": str(other.uuid)}))
    assert "Choose one of your banks." in refused.content.decode()


RULES = {
    "time_limit_minutes": "45", "grace_seconds": "60", "late_policy": "void", "wait_minutes": "1440",
    "score_kept": "average", "layout": "one", "key_shown": "never", "honour": "I work alone.", "access_code": "palm",
    "proctored": "on", "intro": "Take your time.",
}  # fmt: skip


def test_rules_are_drafted_shown_again_and_come_into_use(quiz, editor, reviewer, address):
    off = {"shuffle_questions": None, "shuffle_choices": None}
    sent = {k: v for k, v in written(quiz, **RULES, **off).items() if v is not None}
    editor.post(address, sent)
    rules = kept(quiz).rules
    assert (rules.time_limit_minutes, rules.grace_seconds, rules.wait_minutes) == (45, 60, 1440)
    assert (rules.late_policy, rules.score_kept, rules.layout, rules.key_shown) == ("void", "average", "one", "never")
    assert (rules.honour, rules.access_code, rules.proctored) == ("I work alone.", "palm", True)
    assert not rules.shuffle_questions and not rules.shuffle_choices
    assert Quiz.objects.get(pk=quiz.pk).settings == {}, "nobody is asked it yet"
    shown = editor.get(address).content.decode()
    assert "Time: 45 minutes" in shown and "I work alone." in shown and "Take your time." in shown
    # What stands on the page says the same when it is saved again.
    editor.post(address, written(quiz))
    assert kept(quiz).rules == rules
    reviewer.post(address, written(quiz, "use"))
    assert Quiz.objects.get(pk=quiz.pk).rules == rules


def test_times_are_the_schools(quiz, school: School, editor, address):
    editor.post(address, written(quiz, opens_at="2027-05-01T09:00", closes_at="2027-05-31T17:30"))
    rules = kept(quiz).rules
    assert rules.opens_at and rules.closes_at
    zone = ZoneInfo(school.school.zone)
    assert f"{rules.opens_at.astimezone(zone):%Y-%m-%dT%H:%M}" == "2027-05-01T09:00"
    shown = editor.get(address).content.decode()
    assert 'value="2027-05-01T09:00"' in shown and 'value="2027-05-31T17:30"' in shown


def test_conditions_are_lessons_quizzes_minutes_and_other_facts(quiz, editor, address, building):
    lesson = Lesson.objects.all()[0]
    quiz.modules.set([])
    shown = editor.get(address).content.decode()
    assert f'value="lesson:{lesson.code}"' in shown and 'value="minutes:"' in shown
    rows = [
        {"what": f"lesson:{lesson.code}"},
        {"what": "minutes:", "minutes": "600"},
        {"what": OTHER, "code": "checkoff:draping"},
        {},
    ]
    sent = {f"g-{place}-{name}": value for place, row in enumerate(rows) for name, value in row.items()}
    editor.post(address, written(quiz, **sent, **{"g-TOTAL_FORMS": "4"}))
    assert kept(quiz).rules.gates == (
        QuizGate("milestone", code=f"lesson:{lesson.code}", title=lesson.title),
        QuizGate("minutes", minutes=600),
        QuizGate("milestone", code="checkoff:draping"),
    )
    again = editor.get(address).content.decode()
    assert "3 conditions" in again
    for said in (f'<option value="lesson:{lesson.code}" selected>', 'value="600"', 'value="checkoff:draping"'):
        assert said in again, said


def test_the_preview_shows_sections_and_nothing_that_is_drawn_by_its_key(quiz, drawable, editor, address):
    editor.post(address, written(quiz, "section"))
    editor.post(address, written(quiz, "draw"))
    assert editor.get(reverse("cms_quiz_preview", args=[quiz.uuid])).status_code == 200


def test_the_page_takes_the_same_queries_however_long(
    quiz, drawable, editor: Client, address, django_assert_max_num_queries
):
    editor.post(address, written(quiz, "draw"))
    editor.get(address)
    with django_assert_max_num_queries(40) as few:
        editor.get(address)
        least = len(few)
    for _more in range(4):
        editor.post(address, written(quiz, "draw"))
        editor.post(address, written(quiz, "section"))
    with django_assert_max_num_queries(least):
        editor.get(address)


def test_a_question_tells_which_quizzes_may_draw_it(quiz, drawable, editor, school: School):
    """Who retires it reads that it is asked, though no quiz names it."""
    drawing = quizzes.ensure_quiz(
        school=school.school, code="DRAWS", title="Draws the hip",
        questions=[DrawLine(drawable.uuid, category="hip", count=2)],
    )  # fmt: skip
    quizzes.ensure_quiz(
        school=school.school, code="NAMES", title="Names one",
        questions=[AskLine(Question.objects.get(code="d5").uuid)],
    )  # fmt: skip

    def said(code: str) -> str:
        question = Question.objects.get(code=code, bank=drawable)
        return editor.get(reverse("cms_question", args=[question.uuid])).content.decode()

    hip, knee, named = said("d0"), said("d4"), said("d5")
    assert "May be drawn by:" in hip and reverse("cms_quiz", args=[drawing.uuid]) in hip and "No quiz in use" not in hip
    assert "No quiz in use asks it." in knee and "May be drawn by:" not in knee
    assert "Asked in:" in named and "May be drawn by:" not in named
    Question.objects.filter(code="d0", bank=drawable).update(state="retired")
    assert "May be drawn by:" not in said("d0")


def test_a_refused_setting_names_itself(quiz, school: School):
    with pytest.raises(ValidationError) as refused:
        quizzes.draft_quiz(
            quiz=quiz, title="T", pass_percent=50, attempts_allowed=1, items=[], by=school.instructor,
            settings={"layout": "sideways"},
        )  # fmt: skip
    assert "settings" in refused.value.message_dict
    assert QuizSettings.read({}) == QuizSettings()
