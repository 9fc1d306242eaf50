"""A program names the quizzes by which it examines outside of its modules: on screen, with reasons where it is refused."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.services import ensure_user, grant_role
from certification.quizzes import services as quizzes
from certification.quizzes.models import QuestionBank, Quiz
from certification.quizzes.settings import QuizGate
from courses.catalog.models import Examination, Lesson, Module, ModulePage, Program
from courses.catalog.services import new_version, open_bank, order_examinations, remove_examination, set_examination
from tests.layers import layer
from tests.quizzes.conftest import SINGLE
from tests.worlds import School

from .conftest import staff


@layer
def bank(school: School, building: None) -> QuestionBank:
    """The program's bank, with one question in use."""
    made = quizzes.create_bank(school=school.school, title="Fascia", code="FASCIA")
    open_bank(program=Program.objects.get(), bank=made)
    quizzes.ensure_question(bank=made, **SINGLE)  # type: ignore[arg-type]
    return made


def quiz_called(bank: QuestionBank, code: str) -> Quiz:
    return quizzes.ensure_quiz(
        school=bank.school, code=code, title=f"Quiz {code}", questions=[bank.questions.get()], attempts_allowed=4
    )


@layer
def final(bank: QuestionBank) -> Quiz:
    """A quiz in use that no module asks."""
    return quiz_called(bank, "EX-FINAL")


@layer
def examination(final: Quiz, school: School) -> Examination:
    """The program's final, after a lesson."""
    return set_examination(
        program=Program.objects.get(),
        quiz=final,
        title="The final",
        attempts_allowed=2,
        gates=[QuizGate("milestone", code="lesson:MFR-1", title="The barrier")],
        by=school.registrar,
    )


def form(**more: Any) -> dict[str, Any]:
    rows = {"g-TOTAL_FORMS": 2, "g-INITIAL_FORMS": 0, "g-0-what": "", "g-0-minutes": "", "g-0-code": ""}
    return {**rows, "g-1-what": "", "title": "The final", "attempts_allowed": "", "is_required": "on", **more}


# ---- on screen ----


def test_a_registrar_adds_an_examination_and_its_conditions(reviewer: Client, final: Quiz, program: Program) -> None:
    address = reverse("catalog_add_examination", args=[program.uuid])
    shown = reviewer.get(address).content.decode()
    assert "Quiz EX-FINAL" in shown
    assert "Attended minutes" in shown
    sent = form(quiz=final.pk, **{"g-0-what": "lesson:MFR-1", "g-1-what": "minutes:mfr", "g-1-minutes": "90"})
    refused = reviewer.post(address, {**sent, "title": "", "g-1-minutes": ""}).content.decode()
    assert "Give it a title." in refused
    assert "Write how many minutes." in refused
    assert not Examination.objects.exists()
    answer = reviewer.post(address, {**sent, "attempts_allowed": "2"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("catalog_examinations", args=[program.uuid])
    made = Examination.objects.get()
    assert (made.title, made.attempts_allowed, made.is_required, made.attempts) == ("The final", 2, True, 2)
    assert made.own_gates == (
        QuizGate("milestone", code="lesson:MFR-1", title="The barrier"),
        QuizGate("minutes", code="mfr", minutes=90, title="Myofascial release"),
    )
    listed = answer.content.decode()
    assert "The barrier" in listed
    assert "1 h 30 min attended in “Myofascial release”" in listed
    # The program's own page in the CMS leads there.
    assert (
        reverse("catalog_examinations", args=[program.uuid])
        in reviewer.get(reverse("catalog_program", args=[program.uuid])).content.decode()
    )
    # The quiz is taken now, and says where.
    assert "No quiz can be chosen" in reviewer.get(address).content.decode()
    assert "Examination of" in reviewer.get(reverse("cms_quiz", args=[final.uuid])).content.decode()


def test_it_is_changed_on_its_page(reviewer: Client, examination: Examination) -> None:
    address = reverse("catalog_examination", args=[examination.program.uuid, examination.uuid])
    shown = reviewer.get(address).content.decode()
    assert 'value="The final"' in shown
    assert '<option value="lesson:MFR-1" selected>' in shown
    assert "EX-FINAL" in shown
    reviewer.post(address, form(title="Board examination", is_required=""))
    examination.refresh_from_db()
    assert (examination.title, examination.attempts_allowed, examination.is_required) == (
        "Board examination",
        None,
        False,
    )
    assert examination.own_gates == ()
    assert examination.attempts == 4, "as many as the quiz gives"


def test_the_order_is_changed_and_one_is_taken_out(
    reviewer: Client, examination: Examination, bank: QuestionBank, school: School
) -> None:
    program = examination.program
    other = set_examination(program=program, quiz=quiz_called(bank, "EX-ORAL"), title="The oral", by=school.registrar)
    address = reverse("catalog_examinations", args=[program.uuid])

    def listed() -> list[str]:
        return list(program.examinations.values_list("title", flat=True))

    assert listed() == ["The final", "The oral"]
    reviewer.post(address, {"do": "up-1"})
    assert listed() == ["The oral", "The final"]
    for nothing in ("up-9", "sideways-0", ""):
        assert reviewer.post(address, {"do": nothing}).status_code == 302
    assert listed() == ["The oral", "The final"]
    said = reviewer.post(address, {"do": "out-0"}, follow=True).content.decode()
    assert "Who has it keeps it." in said
    assert listed() == ["The final"]
    assert not Examination.objects.filter(pk=other.pk).exists()


def test_refusals_stand_on_the_form(reviewer: Client, examination: Examination, bank: QuestionBank) -> None:
    """Each refusal of the service reaches the page; what was typed stays there."""
    program = examination.program
    address = reverse("catalog_add_examination", args=[program.uuid])
    oral = quiz_called(bank, "EX-ORAL")
    said = reviewer.post(
        address, form(quiz=oral.pk, title="MINE", **{"g-0-what": "other", "g-0-code": "lesson:NOWHERE"})
    ).content.decode()
    assert "This program holds nothing that gives “lesson:NOWHERE”" in said
    assert 'value="MINE"' in said
    assert "Choose a quiz from the list." in reviewer.post(address, form(quiz=examination.quiz_id)).content.decode()
    assert (
        "less than or equal to 100"
        in reviewer.post(address, form(quiz=oral.pk, attempts_allowed="101")).content.decode()
    )
    assert Examination.objects.count() == 1


# ---- what is refused ----


def test_quizzes_that_cannot_examine_are_refused(
    school: School, program: Program, bank: QuestionBank, final: Quiz
) -> None:
    def refused(quiz: Quiz) -> str:
        with pytest.raises(ValidationError) as error:
            set_examination(program=program, quiz=quiz, title="The final", by=school.registrar)
        return " ".join(error.value.message_dict["quiz"])

    empty = quizzes.create_quiz(bank=bank, title="Nothing yet")
    assert "asks nothing yet" in refused(empty)
    same = quiz_called(bank, "MFR")
    assert "the same fact" in refused(same)
    asked = quiz_called(bank, "Q-MFR")
    Module.objects.filter(code="MFR").update(quiz=asked)
    assert "the quiz of “Myofascial release” already" in refused(asked)
    foreign = quizzes.ensure_bank(school=school.other_school, code="F", title="Foreign")
    question = quizzes.ensure_question(bank=foreign, **SINGLE)  # type: ignore[arg-type]
    theirs = quizzes.ensure_quiz(school=school.other_school, code="F", title="Foreign", questions=[question])
    assert "not one of yours" in refused(theirs)
    with pytest.raises(ValidationError, match="another school"):
        grant_role(user=school.registrar, organisation=school.other_school, role="registrar")
        set_examination(program=program, quiz=theirs, title="The final", by=school.registrar)
    assert not Examination.objects.exists()


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
def test_a_title_is_needed(school: School, program: Program, final: Quiz, title: str) -> None:
    with pytest.raises(ValidationError) as error:
        set_examination(program=program, quiz=final, title=title, by=school.registrar)
    assert "title" in error.value.message_dict


def test_examinations_never_wait_for_each_other(school: School, examination: Examination, bank: QuestionBank) -> None:
    program, oral = examination.program, quiz_called(bank, "EX-ORAL")
    after_final = [QuizGate("milestone", code="quiz:EX-FINAL", title="The final")]
    set_examination(program=program, quiz=oral, title="The oral", gates=after_final, by=school.registrar)
    for gates, names in (
        ([QuizGate("milestone", code="quiz:EX-ORAL")], "“The final”, “The oral”"),
        (after_final, "“The final”"),
    ):
        with pytest.raises(ValidationError, match="nobody could ever begin") as error:
            set_examination(program=program, quiz=examination.quiz, title="The final", gates=gates, by=school.registrar)
        assert names in error.value.message_dict["gates"][0]
    with pytest.raises(ValidationError, match="“The oral” comes after it"):
        remove_examination(examination=examination, by=school.registrar)
    assert Examination.objects.count() == 2


def test_a_lesson_that_was_retired_cannot_come_before(school: School, program: Program, final: Quiz) -> None:
    Lesson.objects.filter(code="MFR-2").update(retired_at="2026-01-01T00:00:00Z")
    for code, there in (
        ("lesson:MFR-1", True),
        ("lesson:MFR-2", False),
        ("mark:MFR-1", True),
        ("checkoff:HANDS", True),
    ):
        gates = [QuizGate("milestone", code=code)]
        if there:
            set_examination(program=program, quiz=final, title="The final", gates=gates, by=school.registrar)
        else:
            with pytest.raises(ValidationError, match="holds nothing that gives"):
                set_examination(program=program, quiz=final, title="The final", gates=gates, by=school.registrar)


def test_the_database_keeps_one_row_a_quiz_with_a_title_and_an_attempt(examination: Examination) -> None:
    twin = Examination(program=examination.program, quiz=examination.quiz, title="Twice")
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    for change in ({"title": ""}, {"attempts_allowed": 0}, {"attempts_allowed": 101}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Examination.objects.update(**change)


def test_setting_it_twice_makes_one(school: School, examination: Examination) -> None:
    again = set_examination(
        program=examination.program, quiz=examination.quiz, title="Anew", is_required=False, by=school.registrar
    )
    assert (again.pk, Examination.objects.get().title) == (examination.pk, "Anew")


def test_a_module_does_not_take_the_quiz_of_an_examination(
    school: School, examination: Examination, published: Any
) -> None:
    page = ModulePage.objects.get(module__code="MFR")
    page.quiz = examination.quiz
    assert "examines by this quiz already" in page.plan_problems(examination.program)["quiz"]


# ---- who may ----


def test_the_lead_of_a_module_may_and_the_team_may_not(examination: Examination, school: School) -> None:
    program = examination.program
    lead = ensure_user(email="lea@example.org", legal_name="Lea Lead")
    grant_role(user=lead, organisation=school.school, role="instructor")
    Module.objects.filter(code="MFR").update(lead=lead)
    browser, address = staff(lead), reverse("catalog_examinations", args=[program.uuid])
    assert "The final" in browser.get(address).content.decode()
    named = reverse("catalog_examination", args=[program.uuid, examination.uuid])
    assert browser.post(named, form(title="By the lead")).status_code == 302
    assert Examination.objects.get().title == "By the lead"
    # She sees no more of the program than this.
    assert browser.get(reverse("catalog_program", args=[program.uuid])).status_code in {302, 403, 404}
    for user in (school.instructor, school.foreign_registrar, school.coordinator, school.learner_user):
        with pytest.raises(ValidationError, match="A registrar, or the lead"):
            set_examination(program=program, quiz=examination.quiz, title="X", by=user)
        with pytest.raises(ValidationError, match="A registrar, or the lead"):
            remove_examination(examination=examination, by=user)
        with pytest.raises(ValidationError, match="A registrar, or the lead"):
            order_examinations(program=program, order=[], by=user)
        assert staff(user).post(address, {"do": "out-0"}).status_code in {302, 403, 404}
    assert Examination.objects.get().title == "By the lead"


def test_a_new_version_examines_as_the_old_one(examination: Examination, school: School, published: Any) -> None:
    fresh = new_version(program=examination.program, by=school.registrar)
    copied = fresh.examinations.get()
    assert (copied.quiz, copied.title, copied.gates, copied.attempts_allowed) == (
        examination.quiz, "The final", examination.gates, 2,
    )  # fmt: skip
    assert copied.uuid != examination.uuid


# ---- what the public reads ----


def test_the_page_of_the_program_says_what_comes_before(
    client: Client, examination: Examination, published: Any
) -> None:
    said = client.get(published.get_parent().get_parent().specific.url).content.decode()
    assert "Examinations" in said
    assert "The final" in said
    assert "75 % to pass, 2 attempts, needed for the certificate" in said
    assert "Before it:" in said
    assert "The barrier." in said
