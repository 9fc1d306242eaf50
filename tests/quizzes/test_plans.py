"""Sections, draws and settings as authors write them: kept as a draft, put in use, refused with what to do."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from certification.quizzes import selectors, services
from certification.quizzes.models import Question, QuestionBank, Quiz, QuizDraft, Vignette, VignetteVersion
from certification.quizzes.plan import AskLine, DrawLine, Line, SectionLine, read, stored
from certification.quizzes.settings import QuizSettings
from tests.layers import layer
from tests.worlds import School

from .conftest import SINGLE

SETTINGS = {"time_limit_minutes": 40, "layout": "one", "gates": [{"kind": "minutes", "minutes": 600}]}


@layer
def pool(bank: QuestionBank) -> list[Question]:
    """Six questions of the bank in two categories: three easy ones on the neck, three hard ones on the back."""
    made = []
    for place in range(6):
        question = services.ensure_question(bank=bank, **{**SINGLE, "code": f"p{place}", "stem": f"Ask {place}?"})  # type: ignore[arg-type]
        question.category, question.difficulty = ("flags/neck", "easy") if place < 3 else ("flags/back", "hard")
        question.save()
        made.append(question)
    return made


def in_case(questions: list[Question], code: str = "case") -> None:
    """Let the newest words of these questions ask about one case."""
    vignette = Vignette.objects.create(bank=questions[0].bank, code=code)
    version = VignetteVersion.objects.create(vignette=vignette, number=1, title="A runner", text="CASE-TEXT-OF-RUNNER")
    for question in questions:
        newest = question.versions.latest("number")
        newest.pk, newest.number, newest.vignette = None, newest.number + 1, version
        newest.save(force_insert=True)
        services.put_question_in_use(question=question)


def lines(bank: QuestionBank, question: Question) -> list[Line]:
    return [
        SectionLine("Warm up", "One to begin with."),
        AskLine(question.uuid, 2),
        SectionLine("Flags"),
        DrawLine(bank.uuid, category="flags", count=3, points=4),
    ]


def test_a_plan_is_read_as_it_was_stored(bank: QuestionBank, pool: list[Question]) -> None:
    plan = tuple(lines(bank, pool[0]))
    assert read(stored(plan)) == plan


def test_sections_draws_and_settings_come_into_use(school: School, bank: QuestionBank, pool: list[Question]) -> None:
    plan = tuple(lines(bank, pool[0]))
    quiz = services.create_quiz(bank=bank, title="Final")
    said: dict[str, Any] = {"title": "Final", "pass_percent": 80, "attempts_allowed": 2, "items": plan}
    draft = services.draft_quiz(quiz=quiz, intro="Take your time.", settings=SETTINGS, by=school.instructor, **said)
    assert draft is not None
    assert selectors.plan_in_use(quiz) == ()
    written = selectors.quiz_as_written(quiz)
    assert (written.items, written.intro, written.points, written.questions) == (plan, "Take your time.", 14, 4)
    assert written.rules.time_limit_minutes == 40
    assert [line.question for line in written.lines] == [pool[0]]
    assert [(each.bank, each.questions, each.problem) for each in selectors.draws_of(plan)] == [(bank, 5, "")]

    services.put_quiz_in_use(quiz=quiz)
    quiz = Quiz.objects.get(pk=quiz.pk)
    assert selectors.plan_in_use(quiz) == plan
    assert (quiz.intro, quiz.rules) == ("Take your time.", QuizSettings.read(SETTINGS))
    assert not selectors.quiz_as_written(quiz).waits
    # What says the same again waits for nothing; intro and settings that are not given stay.
    assert services.draft_quiz(quiz=quiz, by=school.instructor, **said) is None
    assert not QuizDraft.objects.exists()
    assert list(selectors.quiz_rows(QuestionBank.objects.all()).values_list("asked", "waiting")) == [(4, False)]


@pytest.mark.parametrize(
    "change",
    [
        {"intro": "Other words."},
        {"settings": {"time_limit_minutes": 50}},
        {"items": 1},
        {"items": 3},
    ],
)
def test_each_part_of_it_waits_and_changes_the_stamp(
    school: School, bank: QuestionBank, pool: list[Question], change: dict[str, Any]
) -> None:
    plan = lines(bank, pool[0])
    quiz = services.ensure_quiz(school=school.school, code="F", title="Final", questions=plan, settings=SETTINGS)
    before = selectors.quiz_as_written(quiz)
    if "items" in change:
        change = {"items": plan[: change["items"]]}
    said: dict[str, Any] = {"title": "Final", "pass_percent": 75, "attempts_allowed": 3, "items": plan, **change}
    assert services.draft_quiz(quiz=quiz, by=school.instructor, stamp=before.stamp, **said) is not None
    after = selectors.quiz_as_written(quiz)
    assert after.waits
    assert after.stamp != before.stamp
    # Who opened it before that is told, whatever she types.
    with pytest.raises(ValidationError, match="was changed since"):
        services.draft_quiz(quiz=quiz, by=school.registrar, stamp=before.stamp, **{**said, "title": "Hers"})
    services.discard_draft(quiz=quiz)
    assert selectors.quiz_as_written(quiz).stamp == before.stamp


def test_old_callers_name_questions_alone_and_keep_the_rest(
    school: School, bank: QuestionBank, pool: list[Question]
) -> None:
    quiz = services.ensure_quiz(
        school=school.school, code="F", title="Final", questions=[pool[0]], intro="Words.", settings=SETTINGS
    )
    services.draft_quiz(
        quiz=quiz, title="Final", pass_percent=75, attempts_allowed=3, items=[(pool[1], 3)], by=school.instructor
    )
    written = selectors.quiz_as_written(quiz)
    assert (written.items, written.intro) == ((AskLine(pool[1].uuid, 3),), "Words.")
    assert written.rules == QuizSettings.read(SETTINGS)


def test_a_question_written_for_a_quiz_comes_after_its_draws(
    school: School, bank: QuestionBank, pool: list[Question]
) -> None:
    plan = lines(bank, pool[0])
    quiz = services.ensure_quiz(school=school.school, code="F", title="Final", questions=plan)
    made = services.write_question(
        bank=bank, quiz=quiz, kind="single", stem="New?", by=school.instructor,
        choices=[{"text": "Yes", "correct": True}, {"text": "No"}],
    )  # fmt: skip
    assert selectors.quiz_as_written(quiz).items == (*plan, AskLine(made.uuid, 1))
    assert [each.pk for each in selectors.use_of(made).drafts] == [quiz.pk]


def test_a_draft_may_draw_what_is_not_there_yet_but_not_come_into_use(
    school: School, bank: QuestionBank, pool: list[Question]
) -> None:
    quiz = services.create_quiz(bank=bank, title="Final")
    said: dict[str, Any] = {"title": "Final", "pass_percent": 75, "attempts_allowed": 3, "by": school.instructor}
    services.draft_quiz(quiz=quiz, items=[DrawLine(bank.uuid, count=7)], **said)
    with pytest.raises(ValidationError, match="It draws 7, and 6 questions in use fit"):
        services.put_quiz_in_use(quiz=quiz)
    services.draft_quiz(quiz=quiz, items=[DrawLine(bank.uuid, count=6)], **said)
    services.put_quiz_in_use(quiz=quiz)


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ([{"category": "flags/neck", "count": 4}], "and 3 questions in use fit"),
        ([{"category": "flag", "count": 1}], "and 0 questions in use fit"),
        ([{"difficulty": "hard", "count": 4}], "and 3 questions in use fit"),
        ([{"tag": "none", "count": 1}], "and 0 questions in use fit"),
        ([{"category": "flags", "count": 4}, {"difficulty": "hard", "count": 3}], "shares questions with another"),
    ],
)
def test_a_draw_that_cannot_have_its_count_is_refused(
    school: School, bank: QuestionBank, pool: list[Question], wanted: list[dict[str, Any]], sentence: str
) -> None:
    def ensure(less: int) -> Quiz:
        plan = [DrawLine(bank.uuid, **{**draw, "count": draw["count"] - less}) for draw in wanted]
        return services.ensure_quiz(
            school=school.school, code="X", title="X", questions=[line for line in plan if line.count]
        )

    with pytest.raises(ValidationError, match=sentence):
        ensure(0)
    assert ensure(1)


def test_cases_come_whole(school: School, bank: QuestionBank, pool: list[Question]) -> None:
    in_case(pool[:2])
    in_case(pool[2:4], "other")
    for question in pool[4:]:
        services.retire_question(question=question)
    with pytest.raises(ValidationError, match=r"cases come whole and do not add up to that\. Draw 2 or 4"):
        services.ensure_quiz(school=school.school, code="X", title="X", questions=[DrawLine(bank.uuid, count=3)])
    assert services.ensure_quiz(school=school.school, code="X", title="X", questions=[DrawLine(bank.uuid, count=4)])


def test_what_is_asked_by_name_is_not_drawn(school: School, bank: QuestionBank, pool: list[Question]) -> None:
    named = [AskLine(question.uuid) for question in pool[:3]]
    plan = [*named, DrawLine(bank.uuid, category="flags/neck", count=1)]
    with pytest.raises(ValidationError, match="and 0 questions in use fit"):
        services.ensure_quiz(school=school.school, code="X", title="X", questions=plan)


def test_tags_are_found_in_small_letters(school: School, bank: QuestionBank, pool: list[Question]) -> None:
    pool[0].tags.add(bank.tags.create(name="safety"))
    quiz = services.ensure_quiz(
        school=school.school, code="X", title="X", questions=[DrawLine(bank.uuid, tag="Safety ", count=1)]
    )
    assert selectors.plan_in_use(quiz) == (DrawLine(bank.uuid, tag="safety", count=1),)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (lambda b, f: DrawLine(f.uuid), "own school only"),
        (lambda b, f: DrawLine(uuid4()), "own school only"),
        (lambda b, f: AskLine(uuid4()), "own school only"),
        (lambda b, f: DrawLine(b.uuid, count=0), "from 1 to"),
        (lambda b, f: DrawLine(b.uuid, points=0), "one point or more"),
        (lambda b, f: DrawLine(b.uuid, difficulty="lethal"), "easy, medium or hard"),
        (lambda b, f: SectionLine(" "), "a title"),
    ],
)
def test_lines_that_no_quiz_may_have(
    school: School, bank: QuestionBank, pool: list[Question], line: Any, sentence: str
) -> None:
    foreign = services.create_bank(school=school.other_school, title="Foreign")
    quiz = services.create_quiz(bank=bank, title="Final")
    said: dict[str, Any] = {"title": "Final", "pass_percent": 75, "attempts_allowed": 3, "by": school.instructor}
    with pytest.raises(ValidationError, match=sentence):
        services.draft_quiz(quiz=quiz, items=[line(bank, foreign)], **said)
    assert not QuizDraft.objects.exists()


def test_a_section_that_asks_nothing_is_refused_when_it_comes_into_use(
    school: School, bank: QuestionBank, pool: list[Question]
) -> None:
    for plan in ([AskLine(pool[0].uuid), SectionLine("Empty")], [SectionLine("Empty"), *lines(bank, pool[0])]):
        with pytest.raises(ValidationError, match="“Empty” asks nothing"):
            services.ensure_quiz(school=school.school, code="X", title="X", questions=plan)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"time_limit_minutes": -1}, "time limit"),
        ({"time_limit_minutes": True}, "time limit"),
        ({"grace_seconds": 4000}, "grace"),
        ({"layout": "two"}, "on one page"),
        ({"late_policy": "shrug"}, "handed in or void"),
        ({"opens_at": "soon"}, "opening"),
        ({"opens_at": datetime(2026, 1, 2, tzinfo=UTC), "closes_at": datetime(2026, 1, 1, tzinfo=UTC)}, "closing"),
        ({"gates": [{"kind": "wish"}]}, "condition"),
        ({"speed": 5}, "“speed”"),
    ],
)
def test_the_refusal_names_the_setting_that_cannot_be_read(
    school: School, bank: QuestionBank, pool: list[Question], settings: dict[str, Any], word: str
) -> None:
    with pytest.raises(ValidationError, match=word) as refused:
        services.ensure_quiz(school=school.school, code="X", title="X", questions=[pool[0]], settings=settings)
    assert "settings" in refused.value.message_dict
    assert not Quiz.objects.filter(code="X").exists()


def test_reading_a_plan_takes_few_queries(
    school: School, bank: QuestionBank, pool: list[Question], django_assert_max_num_queries: Any
) -> None:
    quiz = services.ensure_quiz(school=school.school, code="F", title="F", questions=lines(bank, pool[0]))
    with django_assert_max_num_queries(4):
        written = selectors.quiz_as_written(quiz)
    with django_assert_max_num_queries(3):
        selectors.draws_of(written.items)
