"""An essay from the phone to its mark, an appeal, a question graded again and what the answers tell; each page checked."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Person, Site

pytestmark = pytest.mark.e2e

MADE = """
from accounts.services import ensure_user
from certification.quizzes import services
from certification.quizzes.models import QuestionBank, Response
from certification.records.models import TrainingRecord
from certification.records.services import ensure_learner, open_record
from tests.quizzes.conftest import ESSAY, MULTIPLE, SINGLE, keys, response_to
record = TrainingRecord.objects.get(learner__user__email='student@riverbend.example', sealed_at=None)
bank = QuestionBank.objects.filter(in_programs__isnull=False).first()
asked = [services.ensure_question(bank=bank, **spec) for spec in (SINGLE, MULTIPLE, ESSAY)]
essay = services.ensure_quiz(school=record.school, code='ESSAY', title='Old scars', questions=[asked[0], (asked[2], 3)])
flags = services.ensure_quiz(school=record.school, code='FLAGS', title='Red flags', questions=asked[:2])
for number, (choice, *signs) in enumerate([
    ['Creep', 'Sudden severe headache', 'Loss of bladder control'], ['Creep', 'Sudden severe headache'],
    ['Creep', 'Loss of bladder control'], ['Spasm', 'Sudden severe headache', 'Loss of bladder control'],
    ['Spasm', 'Stiffness after gardening'], ['Bleeding', 'A tender old scar'],
]):
    user = ensure_user(email=f'taker{number}@example.org', legal_name=f'Taker {number}')
    own = open_record(learner=ensure_learner(user=user), school=record.school, rule_set=record.rule_set,
        program_code=record.program_code, program_title='P', enrolled_on=record.enrolled_on, source_key=f'taker:{number}')
    given = services.assign_quiz(record=own, quiz=flags, module='FLAGS', module_version=1)
    attempt = services.start_attempt(assignment=given).attempt
    for code, texts in (('creep', [choice]), ('redflags', signs)):
        response = response_to(attempt, code)
        services.save_answer(response=response, answer=keys(response, *texts))
    services.submit_attempt(attempt=attempt)
given = services.assign_quiz(record=record, quiz=essay, module='ESSAY', module_version=1)
print('made', given.uuid, essay.uuid, flags.uuid, asked[0].uuid)
"""
TEXT = "First I ask about the scar and what brought it about.\n\nThen I touch it slowly, and look at her face."


def test_an_essay_is_marked_questioned_and_graded_again(site: Site, someone) -> None:
    said = site.manage("shell", "-c", MADE)
    given, essay, flags, creep = re.search(r"^made (\S+) (\S+) (\S+) (\S+)$", said, re.M).groups()  # type: ignore[union-attr]

    # She writes on her phone; what she types is counted and kept.
    her: Person = someone(phone=True)
    her.log_in("student")
    page = her.page
    page.goto(f"{site.base}/quizzes/{given}/")
    page.get_by_role("button", name=re.compile("Begin|Go on")).click()
    page.get_by_label("Spasm").check()
    page.locator("textarea").fill(TEXT)
    expect(page.locator("[data-wordcount]")).to_have_text("21")
    expect(page.locator("[data-tally]")).to_have_text("2 of 2 answered")
    expect(page.locator("[data-status]")).to_contain_text(re.compile(r"Saved \d"))
    page.reload()
    expect(page.locator("textarea")).to_have_value(TEXT)
    her.check_page()
    page.get_by_role("button", name=re.compile("Hand in")).first.click()
    if page.url.endswith("/submit/"):
        page.get_by_role("button", name=re.compile("Hand in")).first.click()
    expect(page.get_by_role("heading", name="Handed in")).to_be_visible()
    her.check_page()
    result = page.url

    # The instructor marks it without knowing whose it is.
    teacher: Person = someone()
    teacher.log_in("instructor")
    desk = teacher.page
    desk.goto(f"{site.base}/cms/quizzes/marking/")
    teacher.check_page()
    desk.get_by_role("link", name=re.compile("^Mark ")).first.click()
    expect(desk.get_by_text("Show who wrote it")).to_be_visible()
    teacher.check_page()
    desk.get_by_label("1 point: LEVEL-SOME-SIGNS").check()
    desk.get_by_label("Points, 0 to 4").fill("3")
    desk.get_by_label("Words about it").last.fill("Say what you look for in her face.")
    desk.get_by_label("About all of it").fill("Careful and clear.")
    desk.get_by_role("button", name="Give this mark").click()
    expect(desk.get_by_text("The attempt is marked.")).to_be_visible()

    # She misread it, and corrects her mark.
    desk.goto(f"{site.base}/cms/quizzes/marking/")
    teacher.check_page()
    desk.get_by_role("link", name=re.compile(", question ")).first.click()
    teacher.check_page()
    desk.get_by_label("2 points: LEVEL-ALL-SIGNS").check()
    desk.get_by_label("The reason").fill("The second sign stands in the first line.")
    desk.get_by_role("button", name="Correct the mark").click()
    expect(desk.get_by_text("The mark is corrected.")).to_be_visible()
    desk.reload()
    teacher.check_page()

    # She reads it, and questions the other answer.
    site.mailbox.wait_for("student@riverbend.example", r"is (marked)")
    page.goto(result)
    expect(page.get_by_text("Say what you look for in her face.").first).to_be_visible()
    expect(page.get_by_text("The second sign stands in the first line.").first).to_be_visible()
    page.get_by_text("which stands no more").click()
    her.check_page()
    page.get_by_role("link", name=re.compile("Question this item")).first.click()
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("10 to 2000 signs what is wrong").first).to_be_visible()
    her.check_page()
    page.get_by_label("What is wrong, and why").fill("The second choice fits the figure of the lesson as well.")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("it waits for an answer")).to_be_visible()
    her.check_page()

    # The registrar answers, and grades the question again.
    registrar: Person = someone()
    registrar.log_in("registrar")
    desk = registrar.page
    desk.goto(f"{site.base}/cms/")
    expect(desk.get_by_text("One appeal waits for an answer")).to_be_visible()
    desk.goto(f"{site.base}/cms/quizzes/appeals/")
    registrar.check_page()
    desk.locator("td.title a").first.click()
    registrar.check_page()
    desk.get_by_label("Granted", exact=True).check()
    desk.get_by_label("Your reasons").fill("Both can be read out of the figure.")
    desk.get_by_role("button", name="Send the answer").click()
    expect(desk.get_by_text("The answer is kept.")).to_be_visible()
    desk.goto(f"{site.base}/cms/quizzes/{essay}/regrade/{creep}/?how=full")
    expect(desk.get_by_role("heading", name="What would change")).to_be_visible()
    registrar.check_page()
    desk.get_by_label("The reason").fill("Two choices fit the figure.")
    desk.get_by_role("button", name="Change one score").click()
    expect(desk.get_by_text("One score has changed.")).to_be_visible()
    page.goto(result)
    expect(page.get_by_text("Two choices fit the figure.").first).to_be_visible()
    expect(page.get_by_text("Both can be read out of the figure.")).to_be_visible()
    her.check_page()

    # What the answers tell.
    desk.goto(f"{site.base}/cms/quizzes/{flags}/analysis/")
    desk.get_by_text("Who chose what").first.click()
    registrar.check_page()
