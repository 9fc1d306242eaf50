"""Instructors write questions and quizzes in the CMS; what learners are asked changes when somebody responsible says so."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services import ensure_user, grant_role
from certification.quizzes import services as quizzes
from certification.quizzes.models import Attempt, Question, QuestionBank, QuestionVersion, Quiz, QuizAssignment
from certification.quizzes.selectors import asked_questions, asks_of, quiz_as_written
from certification.records.models import TrainingRecord
from courses.catalog.access import banks_of, may_put_in_use
from courses.catalog.models import Module, ModulePage, Program, ProgramBank
from courses.catalog.plan_forms import QuizForm, line_rows
from courses.catalog.services import begin_quiz, load_module_page, open_bank, release_quiz, send_quiz, withdraw_question
from notices.models import Message
from tests.layers import layer
from tests.worlds import School

from .conftest import staff

STEM = "A client lies prone.\n\nWhat does slow pressure on fascia bring about?"
RIGHT, WRONG = "CREEP-IT-IS", "SPASM-IT-IS"
KEY_WORDS = ["FEEDBACK-RIGHT", "FEEDBACK-WRONG", "WHY-IT-IS-SO", "OBJECTIVE-OF-IT"]


def typed(do: str = "save", **change: Any) -> dict[str, Any]:
    """What the form of a question sends."""
    sent = {
        "do": do,
        "kind": "single",
        "stem": STEM,
        "explanation": "WHY-IT-IS-SO",
        "objective": "OBJECTIVE-OF-IT",
        "difficulty": "hard",
        "c-TOTAL_FORMS": "4",
        "c-INITIAL_FORMS": "0",
        "c-0-text": RIGHT,
        "c-0-correct": "on",
        "c-0-feedback": "FEEDBACK-RIGHT",
        "c-1-text": WRONG,
        "c-1-feedback": "FEEDBACK-WRONG",
        "c-2-text": "",
        "c-3-text": "",
        **change,
    }
    return {name: value for name, value in sent.items() if value is not None}


def written(quiz: Quiz, do: str = "save", points: dict[Any, Any] | None = None, **change: Any) -> dict[str, Any]:
    """What the form of a quiz sends."""
    now = quiz_as_written(quiz)
    sent: dict[str, Any] = {"do": do}
    for name, value in QuizForm.begun(now).items():
        if isinstance(value, datetime):
            sent[name] = f"{timezone.localtime(value):%Y-%m-%dT%H:%M}"
        elif value not in (None, "", False):
            sent[name] = "on" if value is True else str(value)
    rows = line_rows(now)
    sent |= {"q-TOTAL_FORMS": len(rows), "q-INITIAL_FORMS": len(rows), "g-TOTAL_FORMS": 0, "g-INITIAL_FORMS": 0}
    for place, row in enumerate(rows):
        sent |= {f"q-{place}-{name}": value for name, value in row.items() if value != ""}
        if points and place in points:
            sent[f"q-{place}-points"] = points[place]
    return {**sent, **change}


@layer
def bank(school: School, building: None) -> QuestionBank:
    """The program's bank."""
    made = quizzes.create_bank(school=school.school, title="Fascia", code="MFR")
    open_bank(program=Program.objects.get(), bank=made)
    return made


@layer
def quiz(school: School, bank: QuestionBank) -> Quiz:
    """A quiz of one question, in use."""
    made = quizzes.create_quiz(bank=bank, title="Fascia quiz")
    question = quizzes.write_question(
        bank=bank,
        quiz=made,
        kind="single",
        stem="Which layer glides first?",
        choices=[{"text": "Skin", "correct": True, "feedback": "FEEDBACK-RIGHT"}, {"text": "Bone"}],
        explanation="WHY-IT-IS-SO",
        objective="OBJECTIVE-OF-IT",
        by=school.instructor,
    )
    assert question.state == "draft"
    return quizzes.put_quiz_in_use(quiz=made)


@layer
def attempt(quiz: Quiz, record: TrainingRecord) -> Attempt:
    """The learner's open attempt."""
    given = quizzes.assign_quiz(record=record, quiz=quiz, module="MFR", module_version=1)
    return quizzes.start_attempt(assignment=given).attempt


def write(editor: Client, query: str = "", **change: Any) -> Any:
    return editor.post(reverse("cms_add_question") + query, typed(**change))


def only(bank: QuestionBank, stem: str = STEM) -> Question:
    return Question.objects.get(bank=bank, versions__stem=stem)


# ---- questions ----


def test_a_question_is_written_as_a_draft(bank, editor, whole):
    answer = write(editor, bank=bank.pk)
    question = only(bank)
    assert answer["Location"] == reverse("cms_question", args=[question.uuid])
    version = question.versions.get()
    assert (question.state, question.asked_number, question.difficulty) == ("draft", None, "hard")
    assert (version.kind, version.explanation, version.objective) == ("single", "WHY-IT-IS-SO", "OBJECTIVE-OF-IT")
    assert version.written_by == whole.instructor
    assert [(c["text"], c["correct"], c["feedback"]) for c in version.choices] == [
        (RIGHT, True, "FEEDBACK-RIGHT"),
        (WRONG, False, "FEEDBACK-WRONG"),
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"stem": ""}, "Write the question."),
        ({"c-0-correct": None}, "exactly one of them right"),
        ({"c-1-correct": "on"}, "exactly one of them right"),
        ({"c-1-text": RIGHT}, "Two choices are the same."),
        ({"c-2-feedback": "Why?"}, "Write the choice, or empty the row."),
        ({"kind": "multiple", "c-1-correct": "on"}, "at least one right and one wrong"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_kept_on_the_page(bank, editor, change, sentence):
    answer = write(editor, bank=bank.pk, **change)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert WRONG in page or change.get("c-1-text")
    assert "WHY-IT-IS-SO" in page
    assert not Question.objects.filter(bank=bank).exists()


def rows_on(page: str) -> list[str]:
    """The texts in the rows of choices."""
    return [text.strip() for text in re.findall(r'<textarea name="c-\d+-text"[^>]*>([^<]*)</textarea>', page)]


def test_rows_are_added_moved_and_taken_out_without_script(bank, editor):
    page = write(editor, bank=bank.pk, do="down:c:0").content.decode()
    assert rows_on(page)[:2] == [WRONG, RIGHT]
    assert "FEEDBACK-RIGHT" in page and STEM.split("\n")[0] in page
    page = write(editor, bank=bank.pk, do="up:c:1").content.decode()
    assert rows_on(page)[:2] == [WRONG, RIGHT]
    page = write(editor, bank=bank.pk, do="out:c:0").content.decode()
    assert rows_on(page)[0] == WRONG and RIGHT not in rows_on(page)
    assert len(rows_on(write(editor, bank=bank.pk, do="more:c").content.decode())) == 6
    # The mark moves with its row.
    moved = write(editor, bank=bank.pk, do="down:c:0").content.decode()
    assert re.search(r'name="c-1-correct"[^>]*checked', moved) and not re.search(
        r'name="c-0-correct"[^>]*checked', moved
    )
    assert not Question.objects.exists()


def test_an_edit_is_the_next_version_and_open_attempts_keep_theirs(quiz, attempt, editor, reviewer):
    question = quiz.items.get().question
    first = question.versions.get()
    page = reverse("cms_question", args=[question.uuid])
    change = typed(
        stem="Which layer moves first?", bank=question.bank_id, based_on=1, **{"c-0-key": first.choices[0]["key"]}
    )
    assert editor.post(page, change).status_code == 302
    second = question.versions.get(number=2)
    assert second.choices[0]["key"] == first.choices[0]["key"] and second.choices[0]["text"] == RIGHT
    # It waits: neither the open attempt nor the next one asks it.
    assert [q.stem for q in asked_questions(attempt)] == ["Which layer glides first?"]
    assert [v.number for v in asks_of(quiz).named.values()] == [1]
    assert "version 2 waits" in editor.get(page).content.decode()
    reviewer.post(reverse("cms_question_state", args=[question.uuid]), {"do": "use"})
    assert [v.number for v in asks_of(quiz).named.values()] == [2]
    assert [q.stem for q in asked_questions(attempt)] == ["Which layer glides first?"]


def test_the_same_words_make_no_version(quiz, editor):
    question = quiz.items.get().question
    version = question.versions.get()
    same = typed(
        stem=version.stem, bank=question.bank_id, based_on=1, difficulty="easy",
        **{"c-0-key": version.choices[0]["key"], "c-0-text": "Skin", "c-1-key": version.choices[1]["key"],
           "c-1-text": "Bone", "c-1-feedback": ""},
    )  # fmt: skip
    assert editor.post(reverse("cms_question", args=[question.uuid]), same).status_code == 302
    question.refresh_from_db()
    assert question.versions.count() == 1
    assert question.difficulty == "easy"


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(quiz, editor, bank):
    question = quiz.items.get().question
    page = reverse("cms_question", args=[question.uuid])
    editor.post(page, typed(stem="Hers", bank=bank.pk, based_on=1))
    answer = editor.post(page, typed(stem="Too late", bank=bank.pk, based_on=1))
    assert "Somebody has saved version 2 meanwhile." in answer.content.decode()
    assert "Too late" in answer.content.decode()
    assert question.versions.count() == 2
    # What she typed is not locked out: saved again it comes after the other, which is kept.
    again = answer.context["form"]["based_on"].value()
    assert editor.post(page, typed(stem="Too late", bank=bank.pk, based_on=again)).status_code == 302
    assert list(question.versions.order_by("number").values_list("stem", flat=True))[1:] == ["Hers", "Too late"]


def test_likely_duplicates_are_named_before_saving(bank, editor):
    write(editor, bank=bank.pk)
    twin = {"stem": "A CLIENT lies prone —\n\nwhat does slow  pressure on fascia bring about"}
    answer = write(editor, bank=bank.pk, **twin)
    assert "is there already" in answer.content.decode()
    assert reverse("cms_question", args=[only(bank).uuid]) in answer.content.decode()
    assert Question.objects.filter(bank=bank).count() == 1
    assert write(editor, bank=bank.pk, another="on", **twin).status_code == 302
    assert Question.objects.filter(bank=bank).count() == 2


def test_another_schools_question_is_no_duplicate_to_name(bank, editor, whole):
    foreign = quizzes.create_bank(school=whole.other_school, title="Foreign")
    choices = [{"text": "A", "correct": True}, {"text": "B"}]
    quizzes.write_question(bank=foreign, kind="single", stem=STEM, choices=choices, by=whole.foreign_registrar)
    assert write(editor, bank=bank.pk).status_code == 302


def test_the_list_searches_filters_and_says_where_a_question_is_asked(quiz, attempt, bank, editor):
    write(editor, bank=bank.pk)
    quizzes.save_answers(changes=[(r, r.choice_order[0]) for r in attempt.responses.select_related(
        "attempt__assignment__record", "question_version")])  # fmt: skip
    quizzes.submit_attempt(attempt=attempt)
    page = reverse("cms_questions")

    def listed(**query: Any) -> str:
        return editor.get(page, query).content.decode()

    assert "Which layer glides first?" in listed() and "slow pressure" in listed()
    assert "slow pressure" not in listed(q="glides") and "glides" in listed(q="glides")
    assert "glides" not in listed(state="draft") and "slow pressure" in listed(state="draft")
    assert "glides" not in listed(difficulty="hard") and "glides" in listed(kind="single", bank=bank.pk)
    assert "No question fits" in listed(kind="multiple")
    question = quiz.items.get().question
    told = editor.get(reverse("cms_question", args=[question.uuid])).content.decode()
    assert "1 answer was handed in." in told and "Fascia quiz" in told
    assert editor.get(reverse("cms_questions_results"), {"q": "glides"}).status_code == 200


def test_the_lists_take_the_same_queries_however_long(quiz, bank, editor, django_assert_max_num_queries):
    for number in range(12):
        write(editor, bank=bank.pk, stem=f"Question {number}?")
    for name in ("cms_questions", "cms_quizzes"):
        editor.get(reverse(name))
        with django_assert_max_num_queries(24):
            editor.get(reverse(name))


# ---- previews ----


def test_a_preview_shows_what_a_learner_sees_and_nothing_of_the_key(quiz, bank, editor):
    write(editor, f"?quiz={quiz.uuid}", bank=bank.pk)
    question = only(bank)
    for answer in (
        editor.get(reverse("cms_question_preview", args=[question.uuid])),
        editor.post(reverse("cms_typed_preview"), typed()),
        editor.get(reverse("cms_quiz_preview", args=[quiz.uuid])),
    ):
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "What does slow pressure on fascia bring about?" in page and RIGHT in page and WRONG in page
        assert not [word for word in [*KEY_WORDS, "correct"] if word in page]
        assert 'type="radio"' in page and "checked" not in page
        assert answer["Cache-Control"] and answer["X-Frame-Options"] == "SAMEORIGIN"
    whole_quiz = editor.get(reverse("cms_quiz_preview", args=[quiz.uuid])).content.decode()
    assert "Question 2 of 2" in whole_quiz and "The pass mark is 75" in whole_quiz
    assert not Attempt.objects.exists()


def test_what_is_typed_is_shown_as_text(bank, editor):
    page = editor.post(reverse("cms_typed_preview"), typed(stem="<script>alert(1)</script>")).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;" in page


# ---- quizzes ----


def test_a_quiz_is_drafted_beside_what_is_in_use(quiz, attempt, bank, editor):
    page = reverse("cms_quiz", args=[quiz.uuid])
    write(editor, f"?quiz={quiz.uuid}", bank=bank.pk)
    quiz.refresh_from_db()
    editor.post(page, written(quiz, title="A new title", pass_percent="90", points={1: 3}))
    quiz.refresh_from_db()
    assert (quiz.title, quiz.pass_percent, quiz.items.count()) == ("Fascia quiz", 75, 1)
    now = quiz_as_written(quiz)
    assert (now.title, now.pass_percent, [line.points for line in now.lines]) == ("A new title", 90, [1, 3])
    attempt.refresh_from_db()
    assert attempt.pass_percent == 75 and attempt.responses.count() == 1


def test_changing_a_quiz_touches_no_attempt(quiz, attempt, bank, editor, reviewer):
    before = list(Attempt.objects.values()), list(attempt.responses.order_by("pk").values())
    given = QuizAssignment.objects.values().get()
    write(editor, f"?quiz={quiz.uuid}", bank=bank.pk)
    reviewer.post(
        reverse("cms_quiz", args=[quiz.uuid]), written(quiz, "use", title="New", pass_percent="10", points={0: 9})
    )
    quiz.refresh_from_db()
    assert (quiz.title, quiz.pass_percent, quiz.items.count()) == ("New", 10, 2)
    assert (list(Attempt.objects.values()), list(attempt.responses.order_by("pk").values())) == before
    assert QuizAssignment.objects.values().get() == given
    quizzes.submit_attempt(attempt=attempt)
    attempt.refresh_from_db()
    assert attempt.responses.count() == 1 and attempt.passed is False


def test_questions_are_moved_taken_out_and_taken_from_the_bank(quiz, bank, editor):
    write(editor, bank=bank.pk)
    page = reverse("cms_quiz", args=[quiz.uuid])
    assert "slow pressure" in editor.get(page).content.decode()
    added = editor.post(page, written(quiz, "add", add=[str(only(bank).uuid)]))
    assert added["Location"].endswith("#bank")
    asks = lambda: [line.ask for line in quiz_as_written(quiz).lines]  # noqa: E731
    assert asks() == ["Which layer glides first?", STEM.split("\n\n")[1]]
    editor.post(page, written(quiz, "up-1"))
    assert asks() == [STEM.split("\n\n")[1], "Which layer glides first?"]
    editor.post(page, written(quiz, "out-1"))
    assert asks() == [STEM.split("\n\n")[1]]
    # Back to what is in use: then nothing waits.
    editor.post(page, written(quiz, "out-0"))
    editor.post(page, written(quiz, "add", add=[str(quiz.items.get().question.uuid)]))
    assert quiz_as_written(quiz).draft is None
    found = editor.get(page, {"find": "slow"}).content.decode()
    assert "slow pressure" in found
    assert "No question has these words." in editor.get(page, {"find": "zebra"}).content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": ""}, "Give it a title."),
        ({"pass_percent": "101"}, "less than or equal to 100"),
        ({"attempts_allowed": "0"}, "greater than or equal to 1"),
        ({"q-0-points": "0"}, "Give it a point or more."),
    ],
)
def test_a_quiz_that_cannot_be_taken_is_refused_and_kept_on_the_page(quiz, editor, change, sentence):
    answer = editor.post(reverse("cms_quiz", args=[quiz.uuid]), written(quiz, **{"title": "Typed", **change}))
    assert answer.status_code == 200 and sentence in answer.content.decode()
    assert "Typed" in answer.content.decode() or change.get("title") == ""
    assert quiz_as_written(quiz).draft is None


def test_two_people_at_one_quiz_do_not_undo_each_other(quiz, bank, editor, reviewer):
    """The second is told, with what she typed; her next save is meant."""
    address = reverse("cms_quiz", args=[quiz.uuid])
    for stem in ("Second?", "Third?"):
        write(editor, f"?quiz={quiz.uuid}", stem=stem, bank=bank.pk)
    opened = written(quiz, title="By the registrar")
    editor.post(address, written(quiz, "out-2", title="By the instructor"))
    refused = reviewer.post(address, opened)
    page = refused.content.decode()
    assert "This quiz was changed since you opened it." in page and "By the registrar" in page
    asked = [each["line"].ask for each in refused.context["lines"]]
    assert asked[1:] == ["Second?", "Third?"], "what the other took out stands in what she typed"
    assert quiz_as_written(quiz).title == "By the instructor" and len(quiz_as_written(quiz).lines) == 2
    assert reviewer.post(address, {**opened, "stamp": refused.context["form"]["stamp"].value()}).status_code == 302
    assert quiz_as_written(quiz).title == "By the registrar" and len(quiz_as_written(quiz).lines) == 3
    # Twice the same is no quarrel.
    assert reviewer.post(address, opened).status_code == 302


def test_a_quiz_is_not_put_in_use_unread(quiz, editor, reviewer):
    """What the registrar's page shows is what she puts in use."""
    address = reverse("cms_quiz", args=[quiz.uuid])
    opened = written(quiz, "use")
    editor.post(address, written(quiz, pass_percent=10))
    assert "was changed since" in reviewer.post(address, opened).content.decode()
    quiz.refresh_from_db()
    assert quiz.pass_percent != 10


def test_a_draft_is_thrown_away_and_its_questions_stay(quiz, bank, editor):
    write(editor, f"?quiz={quiz.uuid}", bank=bank.pk)
    editor.post(reverse("cms_discard_quiz", args=[quiz.uuid]))
    assert quiz_as_written(quiz).draft is None
    assert only(bank).state == "draft"


def test_an_empty_quiz_and_a_retired_question_are_not_put_in_use(quiz, reviewer, whole):
    page = reverse("cms_quiz", args=[quiz.uuid])
    quizzes.retire_question(question=quiz.items.get().question)
    assert "is retired" in reviewer.post(page, written(quiz, "use")).content.decode()
    answer = reviewer.post(page, {**written(quiz, "use"), "q-TOTAL_FORMS": "0"})
    assert "a quiz asks at least one" in answer.content.decode()
    assert quiz.items.count() == 1


# ---- who puts in use ----


def test_an_instructor_writes_and_a_registrar_puts_in_use(quiz, bank, editor, reviewer, whole):
    write(editor, f"?quiz={quiz.uuid}", bank=bank.pk)
    page = reverse("cms_quiz", args=[quiz.uuid])
    refused = editor.post(page, written(quiz, "use"))
    assert "puts questions in use" in refused.content.decode()
    assert quiz.items.count() == 1 and only(bank).state == "draft"
    assert "Save and put in use" not in editor.get(page).content.decode()
    assert "Quizzes that wait for you" not in reviewer.get("/cms/").content.decode()
    editor.post(page, written(quiz, "send"))
    mails = Message.objects.filter(key__startswith="quiz-waits:")
    assert {mail.user for mail in mails} == {whole.registrar, whole.second_registrar}
    assert "Quizzes that wait for you" in reviewer.get("/cms/").content.decode()
    assert "Quizzes that wait for you" not in editor.get("/cms/").content.decode()
    reviewer.post(page, written(quiz, "use"))
    assert quiz.items.count() == 2
    assert only(bank).state == "active"
    assert Message.objects.get(key__startswith="quiz-in-use:").user == whole.instructor


def test_a_lead_puts_in_use_what_others_wrote_and_nothing_of_her_own(quiz, bank, whole):
    lead = ensure_user(email="lea@example.org", legal_name="Lea Lead")
    grant_role(user=lead, organisation=whole.school, role="instructor")
    assert not banks_of(lead).exists() and not may_put_in_use(lead, bank)
    Module.objects.filter(code="MFR").update(lead=lead)
    assert list(banks_of(lead)) == [bank] and may_put_in_use(lead, bank)
    choices = [{"text": "A", "correct": True}, {"text": "B"}]
    words = {"bank": bank, "quiz": quiz, "kind": "single", "choices": choices}
    quizzes.write_question(stem="Others?", by=whole.instructor, **words)
    release_quiz(quiz=quiz, by=lead)
    quizzes.write_question(stem="Her own?", by=lead, **words)
    with pytest.raises(ValidationError, match="puts questions in use"):
        release_quiz(quiz=quiz, by=lead)
    assert quiz.items.count() == 2
    release_quiz(quiz=quiz, by=whole.registrar)
    assert quiz.items.count() == 3


def test_only_a_draft_is_retired_by_its_author(quiz, bank, whole, editor, reviewer):
    write(editor, bank=bank.pk)
    draft, used = only(bank), quiz.items.get().question
    for question in (draft, used):
        editor.post(reverse("cms_question_state", args=[question.uuid]), {"do": "retire"})
        question.refresh_from_db()
    assert (draft.state, used.state) == ("retired", "active")
    write(editor, bank=bank.pk, stem="Another draft?")
    with pytest.raises(ValidationError, match="not one of yours"):
        withdraw_question(question=only(bank, "Another draft?"), by=whole.foreign_registrar)
    reviewer.post(reverse("cms_question_state", args=[used.uuid]), {"do": "retire"})
    assert asks_of(quiz).questions == 0


# ---- whose ----


def test_a_question_tells_how_it_was_answered_and_where_to_read_more(quiz, attempt, whole, editor):
    response = attempt.responses.select_related("attempt__assignment__record", "question_version__question").get()
    question = response.question_version.question
    page = reverse("cms_question", args=[question.uuid])
    assert "Right:" not in editor.get(page).content.decode()
    right = next(choice.key for choice in response.question_version.listed_choices() if choice.correct)
    quizzes.save_answer(response=response, answer=right)
    quizzes.submit_attempt(attempt=attempt)
    told = editor.get(page).content.decode()
    assert "1 answer was handed in. Right: 1; partly right: 0." in told
    assert reverse("cms_analysis", args=[quiz.uuid]) in told


def test_a_result_shows_its_key_to_those_who_see_the_banks_keys(quiz, attempt, whole, editor):
    quizzes.submit_attempt(attempt=attempt)
    address = reverse("quizzes:result", args=[attempt.uuid])
    outside = ensure_user(email="otto@example.org", legal_name="Otto Outside")
    grant_role(user=outside, organisation=whole.school, role="instructor")
    key = next(choice.text for choice in attempt.responses.get().question_version.listed_choices() if choice.correct)
    told = {who: client.get(address).context["result"].sight.key
            for who, client in (("team", editor), ("outside", whole.client(outside)))}  # fmt: skip
    assert key and told == {"team": True, "outside": False}


def test_a_bank_is_its_programs_teams(quiz, bank, whole, editor, foreign_editor, reviewer):
    """The same school's instructor outside of the team, another school's, and a learner find nothing."""
    outside = ensure_user(email="otto@example.org", legal_name="Otto Outside")
    grant_role(user=outside, organisation=whole.school, role="instructor")
    question = quiz.items.get().question
    gets = [
        ("cms_quiz", quiz),
        ("cms_quiz_preview", quiz),
        ("cms_question", question),
        ("cms_question_preview", question),
    ]
    posts = [
        ("cms_quiz", quiz),
        ("cms_discard_quiz", quiz),
        ("cms_question", question),
        ("cms_question_state", question),
    ]
    for client in (staff(outside), foreign_editor):
        for name, row in gets:
            assert client.get(reverse(name, args=[row.uuid])).status_code == 404, name
        for name, row in posts:
            assert client.post(reverse(name, args=[row.uuid]), {"do": "retire"}).status_code == 404, name
        assert client.get(reverse("cms_add_question"), {"quiz": quiz.uuid}).status_code in (302, 404)
        assert client.post(reverse("cms_typed_preview"), typed()).status_code == 404
        for name in ("cms_questions", "cms_quizzes", "cms_banks"):
            listed = client.get(reverse(name)).content.decode()
            assert "Fascia" not in listed and "glides" not in listed
            assert "You write in no bank yet." in listed
        assert client.get(reverse("cms_questions"), {"q": "glides"}).content.decode().count("Which layer") == 0
        assert client.get(reverse("cms_bank", args=[bank.uuid])).status_code == 404
    for client in (editor, reviewer):
        for name, row in gets:
            assert client.get(reverse(name, args=[row.uuid])).status_code == 200, name
    learner = whole.client(whole.learner_user)
    for name, row in gets:
        assert learner.get(reverse(name, args=[row.uuid])).status_code in (302, 404)
    assert Client().get(reverse("cms_questions")).status_code == 302


def test_registrars_open_banks_and_say_whose_they_are(bank, whole, editor, reviewer, program):
    other = Program.objects.create(school=whole.school, code="OTHER", title="Other", rule_set=program.rule_set)
    assert editor.get(reverse("cms_add_bank")).status_code == 404
    assert editor.post(reverse("cms_bank", args=[bank.uuid]), {"title": "Mine"}).status_code == 404
    assert "its team writes in the bank" in reviewer.post(reverse("cms_add_bank"), {"title": "New"}).content.decode()
    assert reviewer.post(reverse("cms_add_bank"), {"title": "New", "programs": [other.pk]}).status_code == 302
    assert ProgramBank.objects.get(bank__title="New").program == other
    reviewer.post(reverse("cms_bank", args=[bank.uuid]), {"title": "Fascia", "programs": [other.pk]})
    assert not banks_of(whole.instructor).exists()
    assert "Fascia" in reviewer.get(reverse("cms_banks")).content.decode()


# ---- a module's quiz ----


@pytest.fixture
def module_page(program_page) -> ModulePage:
    return load_module_page(Module.objects.get(code="MFR"), program_page)


def test_a_module_gets_its_quiz_from_its_page(module_page, whole, editor, reviewer):
    first = editor.get("/cms/").content.decode()
    assert "Write a quiz" in first
    answer = editor.post(reverse("cms_add_quiz"), {"page": module_page.pk})
    quiz = Quiz.objects.get()
    assert answer["Location"] == f"{reverse('cms_add_question')}?quiz={quiz.uuid}"
    assert (quiz.title, quiz.bank.code) == ("Myofascial release", "MFR")
    assert list(banks_of(whole.instructor)) == [quiz.bank]
    # The page names it in a draft; the module has it when a registrar publishes the page.
    assert Module.objects.get(code="MFR").quiz is None
    module_page.refresh_from_db()
    assert module_page.get_latest_revision_as_object().quiz == quiz
    assert reverse("cms_quiz", args=[quiz.uuid]) in editor.get("/cms/").content.decode()
    edit = editor.get(reverse("wagtailadmin_pages:edit", args=[module_page.pk])).content.decode()
    assert "The quiz asks nothing yet" in edit
    edit_page = reverse("wagtailadmin_pages:edit", args=[module_page.pk])
    assert edit_page in editor.get(reverse("cms_quiz", args=[quiz.uuid])).content.decode()
    # Asked for again, it is the same.
    assert begin_quiz(page=module_page, by=whole.registrar) == quiz
    module_page.get_latest_revision().publish(user=whole.registrar)
    assert Module.objects.get(code="MFR").quiz == quiz
    assert asks_of(quiz).questions == 0
    told = editor.get(reverse("cms_quiz", args=[quiz.uuid])).content.decode()
    assert edit_page not in told and "Quiz of Myofascial release (SMALL)" in told


def test_who_may_not_edit_the_page_begins_no_quiz(module_page, foreign_editor, editor):
    assert foreign_editor.post(reverse("cms_add_quiz"), {"page": module_page.pk}).status_code == 404
    assert editor.post(reverse("cms_add_quiz"), {"page": "0"}).status_code == 404
    assert editor.post(reverse("cms_add_quiz"), {"page": "x"}).status_code == 404
    assert not Quiz.objects.exists()


def test_the_page_offers_the_quizzes_in_whose_banks_she_writes(module_page, quiz, whole, editor, reviewer):
    other = quizzes.create_bank(school=whole.school, title="Elsewhere")
    quizzes.create_quiz(bank=other, title="SECRET-QUIZ")
    page = reverse("wagtailadmin_pages:edit", args=[module_page.pk])
    assert "Fascia quiz" in editor.get(page).content.decode()
    assert "SECRET-QUIZ" not in editor.get(page).content.decode()
    assert "SECRET-QUIZ" in reviewer.get(page).content.decode()


def test_no_quiz_is_begun_while_somebody_reads_the_draft(module_page, whole, editor):
    ModulePage.objects.filter(pk=module_page.pk).update(locked=True, locked_by=whole.registrar)
    answer = editor.post(reverse("cms_add_quiz"), {"page": module_page.pk}, follow=True)
    assert "Somebody is reading this draft now." in answer.content.decode()
    assert not Quiz.objects.exists()


def test_a_quiz_of_another_program_is_not_named_where_a_question_is_asked(quiz, bank, whole, editor, reviewer):
    elsewhere = quizzes.create_bank(school=whole.school, title="Elsewhere")
    other = quizzes.create_quiz(bank=elsewhere, title="SECRET-QUIZ")
    question = quiz.items.get().question
    quizzes.draft_quiz(
        quiz=other, title="SECRET-QUIZ", pass_percent=75, attempts_allowed=3, items=[(question, 1)], by=whole.registrar
    )
    page = reverse("cms_question", args=[question.uuid])
    assert "SECRET-QUIZ" not in editor.get(page).content.decode()
    assert "a quiz of another program" in editor.get(page).content.decode()
    assert "SECRET-QUIZ" in reviewer.get(page).content.decode()


def test_a_new_version_of_the_program_asks_from_the_same_banks(bank, whole, program, reviewer):
    reviewer.post(reverse("catalog_version", args=[program.uuid]))
    assert set(ProgramBank.objects.filter(bank=bank).values_list("program__version", flat=True)) == {1, 2}


def test_the_key_leaves_by_no_search(quiz, editor, whole):
    for client in (Client(), whole.client(whole.learner_user)):
        page = client.get(reverse("cms:search"), {"q": "glides"}).content.decode()
        assert "Which layer" not in page


def test_sending_an_empty_quiz_is_refused(bank, whole):
    empty = quizzes.create_quiz(bank=bank, title="Empty")
    with pytest.raises(ValidationError, match="at least one"):
        send_quiz(quiz=empty, by=whole.instructor)


def test_versions_are_never_rewritten(quiz, editor):
    version = QuestionVersion.objects.get()
    with pytest.raises(Exception, match=r"append-only|never"):
        QuestionVersion.objects.filter(pk=version.pk).update(stem="Another")
