"""Staff mark, answer appeals, grade again and read what the answers tell, in the CMS; each for her own quizzes alone."""

import csv
import io
import re
from datetime import timedelta
from fractions import Fraction
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.services import ensure_user, grant_role
from certification.quizzes import services as quizzes
from certification.quizzes.models import (
    Appeal,
    Attempt,
    Mark,
    MarkCorrection,
    Question,
    QuestionBank,
    Quiz,
    Regrade,
    Response,
    ScoreChange,
)
from certification.quizzes.selectors import share_of
from certification.records.models import TrainingRecord
from certification.records.services import ensure_learner, open_record
from courses.catalog.access import may_regrade, quizzes_of
from courses.catalog.models import Module, Program
from courses.catalog.services import correct_a_mark, decide_regrade, give_mark, join_team, open_bank, reply_to_appeal
from tests.layers import layer
from tests.quizzes.conftest import ESSAY, SINGLE, TEXT, hand_in_essay, keys, response_to
from tests.quizzes.kinds import picture
from tests.worlds import School

from .conftest import staff

SCARY = '=HYPERLINK("https://evil.example")'


@layer
def bank(school: School, building: None) -> QuestionBank:
    """The program's bank."""
    made = quizzes.create_bank(school=school.school, title="Fascia", code="MFR")
    open_bank(program=Program.objects.get(), bank=made)
    return made


@layer
def quiz(school: School, bank: QuestionBank) -> Quiz:
    """One point for a choice, three for an essay."""
    asked = [quizzes.ensure_question(bank=bank, **spec) for spec in (SINGLE, ESSAY)]  # type: ignore[arg-type]
    return quizzes.ensure_quiz(
        school=school.school, code="Q", title="Old scars", questions=[asked[0], (asked[1], 3)], attempts_allowed=2
    )


@layer
def waiting(quiz: Quiz, record: TrainingRecord) -> Attempt:
    """Handed in, waits for its mark."""
    given = quizzes.assign_quiz(record=record, quiz=quiz, module="MFR", module_version=1)
    return hand_in_essay(given, choice="Spasm")


@layer
def marked(waiting: Attempt, school: School) -> Attempt:
    """The same, marked with all points: 3 of 4."""
    response = response_to(waiting, "report")
    return quizzes.mark_response(response=response, points={"safe": 2, "reasons": 4}, by=school.registrar).attempt


@layer
def appeal(marked: Attempt, school: School) -> Appeal:
    """She questions the choice."""
    return quizzes.raise_appeal(
        response=response_to(marked, "creep"), words="SPASM-FITS-TOO, see the figure.", by=school.learner_user
    )


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


# ---- marking ----


def test_the_queue_names_nobody_and_leads_to_the_answer(waiting: Attempt, editor: Client, school: School) -> None:
    said = page(editor, reverse("cms_marking"))
    address = reverse("cms_mark", args=[waiting.uuid])
    assert "Old scars" in said
    assert address in said
    shown = page(editor, address)
    assert "Then I touch it, slowly." in shown
    assert "LEVEL-SOME-SIGNS" in shown
    assert "WHY-REPORT-EXPLAINED" in shown
    for text in (said, shown):
        assert school.learner_user.legal_name not in text
        assert school.learner_user.email not in text
    assert school.learner_user.legal_name in page(editor, f"{address}?name")
    assert "One attempt waits for its mark" in page(editor, "/cms/")


def test_the_lists_cost_the_same_for_one_and_for_many(
    waiting: Attempt, quiz: Quiz, editor: Client, record: TrainingRecord
) -> None:
    def cost(name: str) -> int:
        editor.get(reverse(name))
        with CaptureQueriesContext(connection) as seen:
            assert editor.get(reverse(name)).status_code == 200
        return len(seen)

    one = cost("cms_marking")
    for number in range(4):
        hand_in_essay(assigned(quiz, record, number))
    assert cost("cms_marking") == one


def test_an_answer_is_marked_by_its_rubric(waiting: Attempt, editor: Client) -> None:
    address, place = reverse("cms_mark", args=[waiting.uuid]), response_to(waiting, "report").position
    sent = {"position": place, "p-safe": "1", "p-reasons": "9", "r-reasons": "SAY-WHY", "remark": "ALL-OF-IT"}
    refused = editor.post(address, sent).content.decode()
    assert "less than or equal to 4" in refused
    assert "SAY-WHY" in refused
    assert re.search(r'name="p-safe"[^>]*value="1"[^>]*checked', refused), "what was filled in stands there again"
    assert "Give points, 0 to 2." in editor.post(address, {**sent, "p-safe": "", "p-reasons": "4"}).content.decode()
    done = editor.post(address, {**sent, "p-reasons": "4"}, follow=True)
    assert done.redirect_chain[-1][0] == reverse("cms_marking")
    assert "The attempt is marked." in done.content.decode()
    mark = Mark.objects.get()
    assert (mark.points, mark.remarks, mark.remark) == ({"safe": 1, "reasons": 4}, {"reasons": "SAY-WHY"}, "ALL-OF-IT")
    # 0 of 1 and 5/6 of 3 points.
    assert share_of(Attempt.objects.get()) == Fraction(5, 8)


def test_who_comes_second_is_told_and_keeps_her_words(waiting: Attempt, editor: Client, school: School) -> None:
    address, place = reverse("cms_mark", args=[waiting.uuid]), response_to(waiting, "report").position
    assert editor.get(address).status_code == 200
    quizzes.mark_response(
        response=response_to(waiting, "report"), points={"safe": 0, "reasons": 0}, by=school.registrar
    )
    said = editor.post(address, {"position": place, "p-safe": "2", "p-reasons": "4", "remark": "MINE"}).content.decode()
    assert "Helen Marsh marked this answer on" in said
    assert "MINE" in said
    assert editor.get(address)["Location"] == reverse("cms_marking")


@pytest.mark.parametrize("who", ["colleague", "foreign", "coordinator", "herself"])
def test_others_neither_see_nor_mark(waiting: Attempt, school: School, who: str) -> None:
    """A colleague who is on no team of the program, another school, a coordinator, and the learner as an instructor."""
    user = {
        "foreign": school.foreign_registrar, "coordinator": school.coordinator, "herself": school.learner_user,
    }.get(who) or ensure_user(email="colin@example.org", legal_name="Colin")  # fmt: skip
    if who in ("colleague", "herself"):
        grant_role(user=user, organisation=school.school, role="instructor")
    if who == "herself":
        join_team(program=Program.objects.get(), user=user)
        with pytest.raises(ValidationError, match="your own"):
            give_mark(
                response=response_to(waiting, "report"),
                points={"safe": 2, "reasons": 4},
                remarks={},
                remark="",
                by=user,
            )
    else:
        assert not quizzes_of(user).exists()
        with pytest.raises(ValidationError, match="not one of yours"):
            give_mark(
                response=response_to(waiting, "report"),
                points={"safe": 2, "reasons": 4},
                remarks={},
                remark="",
                by=user,
            )
    client, address = staff(user), reverse("cms_mark", args=[waiting.uuid])
    for answer in (client.get(address), client.post(address, {"position": 1, "p-safe": "2", "p-reasons": "4"})):
        assert answer.status_code == 404 or answer["Location"] in ("/cms/", "/") or "login" in answer["Location"]
    listed = client.get(reverse("cms_marking"))
    assert "Old scars" not in listed.content.decode()
    assert not Mark.objects.exists()


# ---- corrections ----


@layer
def mark_given(marked: Attempt) -> Mark:
    """The mark of an attempt with all points for its essay."""
    return Mark.objects.get()


def correction_address(mark: Mark) -> str:
    return reverse("cms_correct_mark", args=[mark.response.attempt.uuid, mark.response.position])


def test_a_mark_is_found_and_corrected_with_a_reason(mark_given: Mark, editor: Client, school: School) -> None:
    address = correction_address(mark_given)
    listed = page(editor, reverse("cms_marking"))
    assert address in listed
    assert school.learner_user.legal_name not in listed
    shown = page(editor, address)
    assert "Then I touch it, slowly." in shown
    assert "The attempt has 75&nbsp;%" in shown
    assert re.search(r'name="p-safe"[^>]*value="2"[^>]*checked', shown), "what stands is filled in"
    assert school.learner_user.legal_name not in shown
    sent = {**hidden_of(shown), "p-safe": "0", "p-reasons": "4", "remark": "ANEW", "reason": ""}
    refused = editor.post(address, sent).content.decode()
    assert "Give the reason: the learner reads it." in refused
    assert "ANEW" in refused
    assert not MarkCorrection.objects.exists()
    done = editor.post(address, {**sent, "reason": "I misread it."}, follow=True)
    assert done.redirect_chain[-1][0] == address
    said = done.content.decode()
    assert "The mark is corrected." in said
    # 0 of 1 and 4/6 of 3 points.
    assert "The attempt has 50&nbsp;%" in said
    for words in ("I misread it.", "Helen Marsh", "Ines Instructor", "Safety: 2/2", "Safety: 0/2"):
        assert words in said, words
    assert editor.post(address, {**sent, "reason": "I misread it."}).status_code == 302
    assert MarkCorrection.objects.count() == 1
    assert "corrected since" in page(editor, reverse("cms_marking"))


def hidden_of(shown: str) -> dict[str, str]:
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', shown)[0] for name in ("uuid", "after")}


def test_who_corrects_second_reads_what_came_between(mark_given: Mark, editor: Client, school: School) -> None:
    address = correction_address(mark_given)
    sent = {**hidden_of(page(editor, address)), "p-safe": "1", "p-reasons": "1", "remark": "MINE", "reason": "Mine."}
    quizzes.correct_mark(
        uuid=uuid4(), mark=mark_given, after=0, points={"safe": 0, "reasons": 0}, reason="HERS", by=school.registrar
    )
    said = editor.post(address, sent).content.decode()
    assert "Somebody corrected this mark since you looked." in said
    assert "HERS" in said
    assert "MINE" in said
    assert hidden_of(said) == {"uuid": sent["uuid"], "after": "1"}
    assert editor.post(address, {**sent, **hidden_of(said)}).status_code == 302
    assert [each.number for each in MarkCorrection.objects.order_by("number")] == [1, 2]


def test_an_appeal_about_a_mark_leads_to_its_correction(mark_given: Mark, editor: Client, school: School) -> None:
    appeal = quizzes.raise_appeal(
        response=response_to(mark_given.response.attempt, "report"),
        words="Why only so few points?",
        by=school.learner_user,
    )
    assert correction_address(mark_given) in page(editor, reverse("cms_appeal", args=[appeal.uuid]))


def test_others_do_not_correct(mark_given: Mark, foreign_editor: Client, editor: Client, school: School) -> None:
    address = correction_address(mark_given)
    assert foreign_editor.get(address).status_code == 404
    assert foreign_editor.post(address, {"reason": "x"}).status_code == 404
    for user in (school.foreign_registrar, school.coordinator, school.learner_user):
        with pytest.raises(ValidationError, match="not one of yours"):
            correct_a_mark(
                uuid=uuid4(), mark=mark_given, after=0, points={"safe": 0, "reasons": 0}, remarks={}, remark="",
                reason="x", by=user,
            )  # fmt: skip
    # A choice has no mark, and a place without a question has none either.
    choice = response_to(mark_given.response.attempt, "creep")
    for position in (choice.position, 99):
        assert editor.get(reverse("cms_correct_mark", args=[choice.attempt.uuid, position])).status_code == 404
    assert not MarkCorrection.objects.exists()


def test_the_list_of_marks_costs_the_same_for_one_and_for_many(
    mark_given: Mark, quiz: Quiz, editor: Client, record: TrainingRecord, school: School
) -> None:
    def cost() -> int:
        editor.get(reverse("cms_marking"))
        with CaptureQueriesContext(connection) as seen:
            assert editor.get(reverse("cms_marking")).status_code == 200
        return len(seen)

    one = cost()
    for number in range(3):
        essay = response_to(hand_in_essay(assigned(quiz, record, number)), "report")
        quizzes.mark_response(response=essay, points={"safe": 2, "reasons": 4}, by=school.registrar)
    assert cost() == one


# ---- appeals ----


def test_an_appeal_is_read_beside_its_answer_and_answered(appeal: Appeal, editor: Client, school: School) -> None:
    assert "What does slow, sustained pressure" in page(editor, reverse("cms_appeals"))
    assert "One appeal waits for an answer" in page(editor, "/cms/")
    address = reverse("cms_appeal", args=[appeal.uuid])
    shown = page(editor, address)
    assert "SPASM-FITS-TOO" in shown
    question = appeal.response.question_version.question
    assert reverse("cms_regrade", args=[appeal.response.attempt.assignment.quiz.uuid, question.uuid]) in shown
    refused = editor.post(address, {"outcome": "", "answer": "MY-REASONS"}).content.decode()
    assert "Choose whether it is granted." in refused
    assert "MY-REASONS" in refused
    refused = editor.post(address, {"outcome": "upheld", "answer": " "}).content.decode()
    assert "Give the reasons: the learner reads them." in refused
    said = editor.post(address, {"outcome": "upheld", "answer": "MY-REASONS"}, follow=True).content.decode()
    assert "MY-REASONS" in said
    assert school.instructor.get_full_name() in said
    assert "<textarea" not in said
    assert "One appeal waits" not in page(editor, "/cms/")


def test_an_appeal_is_no_business_of_others(appeal: Appeal, foreign_editor: Client, school: School) -> None:
    address = reverse("cms_appeal", args=[appeal.uuid])
    assert foreign_editor.get(address).status_code == 404
    assert foreign_editor.post(address, {"outcome": "upheld", "answer": "No."}).status_code == 404
    assert "slow, sustained" not in page(foreign_editor, reverse("cms_appeals"))
    with pytest.raises(ValidationError, match="not one of yours"):
        reply_to_appeal(appeal=appeal, outcome="upheld", answer="No.", by=school.foreign_registrar)


# ---- regrades ----


def regrade_address(quiz: Quiz, query: str = "") -> str:
    question = Question.objects.get(code="creep")
    return reverse("cms_regrade", args=[quiz.uuid, question.uuid]) + query


def hidden(shown: str) -> dict[str, str]:
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', shown)[0] for name in ("uuid", "expected")}


def test_what_would_change_comes_before_the_decision(marked: Attempt, quiz: Quiz, reviewer: Client) -> None:
    assert "What would change" not in page(reviewer, regrade_address(quiz))
    address = regrade_address(quiz, "?how=full&version=")
    shown = page(reviewer, address)
    assert "75&nbsp;%" in shown
    assert "100&nbsp;%" in shown
    assert "Change one score" in shown
    sent = {**hidden(shown), "reason": ""}
    assert "Give the reason: learners read it." in reviewer.post(address, sent).content.decode()
    assert not Regrade.objects.exists()
    sent["reason"] = "REASON-OF-IT"
    done = reviewer.post(address, sent, follow=True).content.decode()
    assert "One score has changed." in done
    assert "REASON-OF-IT" in done
    assert share_of(Attempt.objects.get()) == 1
    # The same form once more is the same decision.
    assert reviewer.post(address, sent).status_code == 302
    assert ScoreChange.objects.count() == 1
    assert "No score would change." in page(reviewer, address)


def test_what_has_changed_meanwhile_is_shown_before_it_is_decided(
    marked: Attempt, quiz: Quiz, reviewer: Client
) -> None:
    address = regrade_address(quiz, "?how=full")
    sent = {**hidden(page(reviewer, address)), "reason": "R", "expected": "other"}
    said = reviewer.post(address, sent).content.decode()
    assert "Something has changed since you looked." in said
    assert hidden(said)["uuid"] == sent["uuid"]
    assert not Regrade.objects.exists()
    assert reviewer.post(address, {**sent, **hidden(said)}).status_code == 302


def test_a_corrected_key_needs_its_version(marked: Attempt, quiz: Quiz, reviewer: Client) -> None:
    assert "Choose the version whose key is right." in page(reviewer, regrade_address(quiz, "?how=key"))
    assert "No score would change." in page(reviewer, regrade_address(quiz, "?how=key&version=1"))
    essay = Question.objects.get(code="report")
    shown = page(reviewer, reverse("cms_regrade", args=[quiz.uuid, essay.uuid]))
    assert "no key can grade it again" in shown
    assert 'value="key"' not in shown


def test_instructors_see_and_registrars_decide(marked: Attempt, quiz: Quiz, editor: Client, whole: School) -> None:
    address = regrade_address(quiz, "?how=full")
    shown = page(editor, address)
    assert "75&nbsp;%" in shown
    assert "Change one score" not in shown
    refused = editor.post(address, {"uuid": uuid4(), "expected": "x", "reason": "R"}).content.decode()
    assert "A registrar, or the lead of the module" in refused
    with pytest.raises(ValidationError, match="A registrar"):
        decide_regrade(
            uuid=uuid4(), quiz=quiz, question=Question.objects.get(code="creep"), how="full", by_version=None,
            reason="R", expected="", by=whole.instructor,
        )  # fmt: skip
    assert not Regrade.objects.exists()


def test_the_lead_decides_by_what_others_wrote(quiz: Quiz, whole: School) -> None:
    lead = ensure_user(email="lea@example.org", legal_name="Lea Lead")
    grant_role(user=lead, organisation=whole.school, role="instructor")
    assert not may_regrade(lead, quiz)
    Module.objects.filter(code="MFR").update(lead=lead)
    question = Question.objects.get(code="creep")
    assert may_regrade(lead, quiz, question.versions.get())
    quizzes.write_question(
        bank=question.bank,
        question=question,
        kind="single",
        stem="Else?",
        choices=SINGLE["choices"],
        by=lead,  # type: ignore[arg-type]
    )
    assert not may_regrade(lead, quiz, question.versions.get(number=2))


def test_a_question_that_the_quiz_never_asked_is_not_there(marked: Attempt, quiz: Quiz, reviewer: Client) -> None:
    other = quizzes.ensure_question(bank=quiz.bank, **{**SINGLE, "code": "other"})  # type: ignore[arg-type]
    assert reviewer.get(reverse("cms_regrade", args=[quiz.uuid, other.uuid])).status_code == 404


# ---- analysis ----


def assigned(quiz: Quiz, record: TrainingRecord, number: int) -> Any:
    user = ensure_user(email=f"l{number}@example.org", legal_name=f"Learner {number}")
    own = open_record(
        learner=ensure_learner(user=user), school=record.school, rule_set=record.rule_set, program_code="SMALL",
        program_title="Small", enrolled_on=record.enrolled_on, source_key=f"e:{number}",
    )  # fmt: skip
    return quizzes.assign_quiz(record=own, quiz=quiz, module="MFR", module_version=1)


@layer
def choices_quiz(school: School, bank: QuestionBank) -> Quiz:
    """Five questions of three choices each; the first one's text would run in a spreadsheet."""
    asked = []
    for number in range(5):
        stem = f"{SCARY} {number}?" if number == 0 else f"What is number {number}?"
        choices = [{"text": f"Right {number}", "correct": True}, {"text": f"Wrong {number}"}, {"text": "=1+1"}]
        asked.append(quizzes.ensure_question(bank=bank, code=f"c{number}", kind="single", stem=stem, choices=choices))
    return quizzes.ensure_quiz(school=school.school, code="C", title="Choices", questions=asked)


def taken(quiz: Quiz, record: TrainingRecord, number: int, right: int, seconds: int = 60) -> Attempt:
    """The first `right` questions right, the others all by the same wrong choice."""
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        attempt = quizzes.start_attempt(assignment=assigned(quiz, record, number)).attempt
        for place in range(5):
            clock.shift(timedelta(seconds=seconds))
            response = response_to(attempt, f"c{place}")
            text = f"Right {place}" if place < right else f"Wrong {place}"
            quizzes.save_answer(response=response, answer=keys(response, text))
        return quizzes.submit_attempt(attempt=attempt)


@layer
def six(choices_quiz: Quiz, record: TrainingRecord) -> Quiz:
    """Six learners: 5, 4, 3, 2, 0 and 0 right; the last is fast."""
    for number, right in enumerate([5, 4, 3, 2, 0, 0]):
        taken(choices_quiz, record, number, right, seconds=1 if number == 5 else 60)
    return choices_quiz


def test_the_page_tells_the_quiz_and_its_questions(six: Quiz, editor: Client) -> None:
    said = page(editor, reverse("cms_analysis", args=[six.uuid]))
    # 5/5 and 4/5 pass: one third. Mean 14/30.
    assert "33.33&nbsp;%" in said
    assert "46.66&nbsp;%" in said
    assert said.count('class="bars__bar" x=') == 10
    assert "<title" in said and "As a table" in said
    assert "a wrong choice that nobody chose" in said
    assert said.count("Who chose what") == 5
    # The two with all wrong by the same choices, and the fast one.
    assert said.count("Learner 4") == 1
    assert said.count("Learner 5") == 2
    assert "not verdicts" in said
    assert "<script" not in said.split("<main")[1].split("</main>")[0]


def test_words_stand_without_their_marks_wherever_staff_and_learners_read_them(
    school: School, bank: QuestionBank, record: TrainingRecord, editor: Client
) -> None:
    case = quizzes.ensure_vignette(bank=bank, code="v", title="V", text="She takes **blood thinners**.")
    beside = picture(school.school)
    asked = [
        quizzes.ensure_question(  # type: ignore[misc]
            bank=bank, vignette=case, picture=beside, **{**spec, "stem": f"What does **{name}** mean?"}
        )
        for name, spec in (("creep", SINGLE), ("safe", ESSAY))
    ]
    quiz = quizzes.ensure_quiz(school=school.school, code="B", title="Bold", questions=asked)
    learner = school.client(school.learner_user)
    given = quizzes.assign_quiz(record=record, quiz=quiz, module="MFR", module_version=1)
    attempt = quizzes.start_attempt(assignment=given).attempt
    read = [page(learner, f"/quizzes/attempts/{attempt.uuid}/submit/")]
    quizzes.submit_attempt(attempt=attempt)
    essay = hand_in_essay(given, choice="Spasm")
    read.append(page(editor, reverse("cms_mark", args=[essay.uuid])))
    quizzes.mark_response(response=response_to(essay, "report"), points={"safe": 2, "reasons": 4}, by=school.registrar)
    response = response_to(essay, "creep")
    ask = f"/quizzes/attempts/{essay.uuid}/appeal/{response.question_version.question.uuid}/"
    read.append(page(learner, ask))
    appeal = quizzes.raise_appeal(response=response, words="Both of them fit here.", by=school.learner_user)
    position = response_to(essay, "report").position
    read += [
        page(editor, reverse("cms_appeal", args=[appeal.uuid])),
        page(editor, reverse("cms_correct_mark", args=[essay.uuid, position])),
    ]
    assert all("<strong>" in said and "**" not in said for said in read), [said.count("**") for said in read]
    # Who marks and who answers have before them what she had: the case, and the picture beside the words.
    for said in (read[1], *read[3:]):
        assert "She takes <strong>blood thinners</strong>." in said
        assert reverse("cms_question_picture", args=[beside.digest]) in said
    assert editor.get(reverse("cms_question_picture", args=[beside.digest])).status_code == 200
    for name in ("cms_analysis", "cms_analysis_table"):
        said = page(editor, reverse(name, args=[quiz.uuid]))
        assert "What does creep mean?" in said and "**" not in said


def test_the_page_costs_the_same_for_one_and_for_many(six: Quiz, editor: Client, record: TrainingRecord) -> None:
    address = reverse("cms_analysis", args=[six.uuid])
    editor.get(address)
    with CaptureQueriesContext(connection) as before:
        editor.get(address)
    for number in range(6, 10):
        taken(six, record, number, 3)
    with CaptureQueriesContext(connection) as after:
        editor.get(address)
    assert len(after) == len(before)


def test_of_few_learners_nothing_is_told_of_persons(choices_quiz: Quiz, editor: Client, record: TrainingRecord) -> None:
    for number in range(4):
        taken(choices_quiz, record, number, 0, seconds=1)
    said = page(editor, reverse("cms_analysis", args=[choices_quiz.uuid]))
    assert "4 learners have handed it in. Of fewer than 5 nothing is said" in said
    assert "Learner 0" not in said
    assert "Who chose what" not in said
    table = page(editor, reverse("cms_analysis_table", args=[choices_quiz.uuid]))
    assert {row["counted"] for row in csv.DictReader(io.StringIO(table))} == {""}


def test_the_table_runs_nothing(six: Quiz, editor: Client) -> None:
    answer = editor.get(reverse("cms_analysis_table", args=[six.uuid]))
    assert answer["Content-Type"].startswith("text/csv")
    assert "attachment" in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(rows) == 15, "five questions of three choices"
    assert {cell[0] for row in rows for cell in row.values() if cell} & set("=+@|%") == set()
    first = rows[0]
    assert first["question"].startswith("'=HYPERLINK")
    assert (first["times asked"], first["counted"], first["facility"], first["chosen"]) == ("6", "6", "0.66", "4")
    assert "Learner" not in answer.content.decode()


@pytest.mark.parametrize("name", ["cms_analysis", "cms_analysis_table"])
def test_the_analysis_is_its_writers_alone(six: Quiz, foreign_editor: Client, name: str) -> None:
    assert foreign_editor.get(reverse(name, args=[six.uuid])).status_code == 404


def test_the_text_of_an_essay_stands_in_no_analysis(marked: Attempt, quiz: Quiz, editor: Client) -> None:
    for name in ("cms_analysis", "cms_analysis_table"):
        assert TEXT.split("\n")[0] not in page(editor, reverse(name, args=[quiz.uuid]))
    assert Response.objects.filter(answer=[TEXT]).exists()
