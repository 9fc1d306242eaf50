"""A final with sections, a case, one question a page and a clock: by keyboard, on a phone and at a desk, in both themes."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Person, Site

pytestmark = pytest.mark.e2e

MADE = """
from certification.quizzes import services
from certification.quizzes.models import Vignette, VignetteVersion
from certification.quizzes.plan import AskLine, DrawLine, SectionLine
from certification.records.models import TrainingRecord
from tests.quizzes.kinds import picture, specs
record = TrainingRecord.objects.get(learner__user__email='student@riverbend.example', sealed_at=None)
bank = services.ensure_bank(school=record.school, code='{code}', title='Final')
shown = picture(record.school)
made = {{kind: services.ensure_question(bank=bank, **spec) for kind, spec in specs(shown.digest).items()}}
case, _new = Vignette.objects.get_or_create(bank=bank, code='runner')
words, _new = VignetteVersion.objects.get_or_create(
    vignette=case, number=1, title='A runner', text='She ran a marathon.\\n\\nHer calf hurts since.'
)
for kind in ('true_false', 'short'):
    version = made[kind].versions.latest('number')
    version.pk, version.number, version.vignette, version.picture = None, version.number + 1, words, shown
    version.save(force_insert=True)
    services.put_question_in_use(question=made[kind])
settings = dict(layout='{layout}', time_limit_minutes=20, honour='I work alone.', access_code='heron', wait_minutes=30,
    gates=[dict(kind='milestone', code='quiz:NONE', title='The quiz before')] if '{gated}' else [], shuffle_questions=False)
quiz = services.ensure_quiz(
    school=record.school, code='{code}', title='The final', intro='Twenty minutes, all modules.', settings=settings,
    questions=[SectionLine('Warm up', 'Two to begin with.'), AskLine(made['true_false'].uuid), AskLine(made['short'].uuid),
        SectionLine('All kinds'), DrawLine(bank.uuid, count=3, points=2)])
print('made', services.assign_quiz(record=record, quiz=quiz, module='{code}', module_version=1).uuid)
"""


def made(site: Site, code: str, layout: str = "one", gated: str = "") -> str:
    said = site.manage("shell", "-c", MADE.format(code=code, layout=layout, gated=gated))
    found = re.search(r"^made (\S+)$", said, re.M)
    assert found, said
    return f"{site.base}/quizzes/{found.group(1)}/"


def begin(page: Page) -> None:
    page.get_by_label("I agree to this").check()
    page.get_by_label("Access code").fill("heron")
    page.get_by_role("button", name="Begin the quiz").click()
    page.wait_for_url("**/attempts/**")


def seen(page: Page, words: str) -> None:
    """The first line of this stands on the screen, and nothing that sticks to it lies over it."""
    box = page.locator(words).bounding_box()
    bar = page.locator(".quizbar").bounding_box()
    size = page.viewport_size
    assert box and bar and size
    assert bar["y"] + bar["height"] <= box["y"], (words, box, bar)
    assert box["y"] + 24 <= size["height"], (words, box, page.url)


def test_one_question_a_page_by_keyboard_with_marks_to_look_again(site: Site, someone) -> None:
    address = made(site, "FINAL-1")
    her: Person = someone(phone=True)
    her.log_in("student")
    page = her.page
    page.goto(address)
    her.check_page()
    page.get_by_role("button", name="Begin the quiz").press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Agree to the statement")).to_be_visible()
    her.check_page()
    begin(page)
    her.check_page()
    expect(page.get_by_role("heading", name="A runner")).to_be_visible()
    expect(page.get_by_text("Her calf hurts since.")).to_be_visible()
    expect(page.locator("[data-left-words]")).to_have_text("20 min left")
    for size in ({"width": 1440, "height": 900}, {"width": 390, "height": 900}):
        page.set_viewport_size(size)
        assert page.evaluate("scrollY") == 0
        seen(page, "#q1-ask")
    page.set_viewport_size({"width": 390, "height": 844})

    # Answer, mark and go on without a pointer.
    page.get_by_label("True", exact=True).focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-status]")).to_contain_text(re.compile(r"Saved \d"))
    flag = page.get_by_role("button", name=re.compile("Look again later.*question 1$"))
    flag.focus()
    page.keyboard.press("Enter")
    expect(flag).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-pip='1']")).to_contain_text("look again")
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**?q=2#q2")
    # It goes on at the question, with its section and case; the next key is at its field.
    expect(page.locator("#q2")).to_be_focused()
    seen(page, "#q2 h2 >> nth=0")
    page.keyboard.press("Tab")
    expect(page.locator("#q2 [name^='a-']").first).to_be_focused()
    expect(page.locator("[data-tally]")).to_have_text("1 of 5 answered")
    expect(page.locator("[data-pip='1']")).to_contain_text("look again")
    her.check_page()

    # Offline what is typed waits here, also when another page comes first, and goes out from there.
    her.context.set_offline(True)
    page.get_by_role("textbox").first.fill("SECRETFORM")
    expect(page.locator("[data-status]")).to_contain_text("kept on this device")
    page.get_by_role("button", name="Previous").click()
    expect(page.locator("[data-status]")).to_contain_text("the other questions come when the connection is back")
    expect(page.locator("[data-status]")).to_contain_text("Your time runs on.")
    her.context.set_offline(False)
    her.complaints.clear()
    page.goto(page.url.replace("q=2#q2", "q=1"))
    expect(page.locator("[data-status]")).to_contain_text(re.compile(r"Saved \d"))
    expect(page.locator("[data-tally]")).to_have_text("2 of 5 answered")
    page.reload()
    expect(page.locator("[data-tally]")).to_have_text("2 of 5 answered")

    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url("**/submit/")
    expect(page.get_by_text("You wanted to look again at")).to_be_visible()
    her.check_page()
    page.get_by_role("button", name="Hand in as it is").click()
    page.wait_for_url("**/result/")
    her.check_page()
    page.goto(address)
    expect(page.get_by_text("the next attempt can begin").first).to_be_visible()
    her.check_page()


def due(site: Site, *, seconds: int) -> None:
    """So long from now the open attempt of the clock's test ends."""
    site.manage(
        "shell",
        "-c",
        "from certification.quizzes.models import Attempt; from django.utils import timezone as t; from datetime import "
        "timedelta as d; Attempt.objects.filter(state='open', assignment__module='FINAL-2')"
        f".update(due_at=t.now() + d(seconds={seconds}))",
    )


def test_the_clock_tells_politely_and_the_end_comes_back_from_the_server(site: Site, someone) -> None:
    address = made(site, "FINAL-2", layout="all")
    her: Person = someone(dark=True)
    her.log_in("student")
    page = her.page
    page.clock.install()
    page.goto(address)
    begin(page)
    her.check_page()
    told = page.locator("[data-time-said]")
    expect(told).to_have_text("")
    page.clock.fast_forward("15:10")
    expect(told).to_have_text("Five minutes are left.")
    expect(page.locator("[data-left-words]")).to_have_text("5 min left")
    her.check_page()
    page.clock.fast_forward("04:00")
    expect(told).to_have_text("One minute is left.")
    expect(page.locator("[data-left-words]")).to_contain_text("s left")
    page.clock.fast_forward("01:00")
    expect(page.locator("[data-status]")).to_contain_text("Your time is over. What was saved is handed in for you.")
    expect(told).to_have_text("")
    # The browser's clock ran ahead: what counts is the server's, and the page says what that has.
    page.clock.fast_forward("00:40")
    expect(page.locator("[data-left-words]")).to_contain_text(re.compile(r"^(19|20) min left"))
    due(site, seconds=119)
    page.reload()
    expect(told).to_have_text("Less than 2 min left.")
    due(site, seconds=-300)
    page.reload()
    expect(page.get_by_text("Your time is over").first).to_be_visible()
    expect(page.get_by_label("True", exact=True)).to_be_disabled()
    her.check_page()


def test_what_comes_before_and_what_staff_allow(site: Site, someone) -> None:
    address = made(site, "FINAL-3", gated="yes")
    her: Person = someone(phone=True, dark=True)
    her.log_in("student")
    her.page.goto(address)
    expect(her.page.get_by_text("“The quiz before” is not on your record yet.").first).to_be_visible()
    expect(her.page.get_by_role("button", name="Begin the quiz")).to_have_count(0)
    her.check_page()

    staff: Person = someone(phone=True)
    staff.log_in("instructor")
    page = staff.page
    page.goto(f"{address}allow/")
    staff.check_page()
    page.get_by_label("Extra minutes").fill("10")
    page.get_by_role("button", name="Allow it").click()
    expect(page.get_by_text("Say why.").first).to_be_visible()
    staff.check_page()
    page.get_by_label("Reason").fill("As agreed in March")
    page.get_by_role("button", name="Allow it").click()
    page.wait_for_url("**/records/**")
    expect(page.get_by_text("10 minutes more than others")).to_be_visible()
    staff.check_page()
    her.page.reload()
    expect(her.page.get_by_text("You have 10 minutes more than others.")).to_be_visible()
    expect(her.page.get_by_text("30 minutes").first).to_be_visible()
    her.check_page()
