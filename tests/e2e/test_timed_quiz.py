"""A final with sections, a case, one question a page and a clock: by keyboard, on a phone and at a desk, in both themes."""

import re
import time
from io import BytesIO

import pytest
from PIL import Image
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
    attempt = page.url
    her.check_page()
    expect(page.get_by_role("heading", name="A runner").first).to_be_visible()
    expect(page.get_by_text("Her calf hurts since.").first).to_be_visible()
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
    # It goes on at the question, with its section and case; the next keys are at the section's words and at its field.
    expect(page.locator("#q2")).to_be_focused()
    seen(page, "#q2 h2 >> nth=0")
    page.keyboard.press("Tab")
    expect(page.locator("#q2 summary")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#q2 [name^='a-']").first).to_be_focused()
    expect(page.locator("[data-tally]")).to_have_text("1 of 5 answered")
    expect(page.locator("[data-pip='1']")).to_contain_text("look again")
    her.check_page()

    # What is typed waits here while she is offline, also when the page is opened anew, and goes out from there.
    her.context.set_offline(True)
    page.get_by_role("textbox").first.fill("SECRETFORM")
    expect(page.locator("[data-status]")).to_contain_text("kept on this device")
    # So does the mark to look again, set here and taken from the first.
    page.get_by_role("button", name=re.compile("Look again later.*question 2$")).click()
    expect(page.locator("[data-pip='2']")).to_have_class(re.compile("flag"))
    page.get_by_role("button", name="Previous").click()
    page.wait_for_url("**?q=1#q1")
    page.get_by_role("button", name=re.compile("Look again later.*question 1$")).click()
    expect(page.locator("[data-pip='1']")).not_to_have_class(re.compile("flag"))
    page.close()
    her.context.set_offline(False)
    page = her.page = her.context.new_page()
    arrived: list[str] = []
    page.on("response", lambda answer: arrived.append(answer.url) if answer.url.endswith("/flag/") else None)
    page.goto(f"{attempt}?q=1")
    expect(page.locator("[data-status]")).to_contain_text(re.compile(r"Saved \d"))
    expect(page.locator("[data-tally]")).to_have_text("2 of 5 answered")
    expect(page.locator("[data-pip='2']")).to_have_class(re.compile("flag"))
    until = time.monotonic() + 10
    while len(arrived) < 2 and time.monotonic() < until:
        page.wait_for_timeout(100)
    page.wait_for_timeout(200)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('palmar-quiz:')).length") == 0
    page.reload()
    expect(page.locator("[data-tally]")).to_have_text("2 of 5 answered")
    expect(page.locator("[data-pip='2']")).to_contain_text("look again")

    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url("**/submit/")
    expect(page.get_by_text("You wanted to look again at")).to_have_text(re.compile(r"at:\s+question 2$"))
    her.check_page()
    page.get_by_role("button", name="Hand in as it is").click()
    page.wait_for_url("**/result/")
    her.check_page()
    page.goto(address)
    expect(page.get_by_text("the next attempt can begin").first).to_be_visible()
    her.check_page()


ALL_KINDS = """
from certification.quizzes import services
from certification.quizzes.models import QuestionBank
from certification.quizzes.plan import AskLine, SectionLine
from certification.records.models import TrainingRecord
from tests.quizzes.kinds import SHOULDER, specs
SHADED = (b'<svg viewBox="0 0 800 400"><defs><linearGradient id="sheen"><stop offset="0" stop-color="rgb(200,0,0)"/>'
    b'</linearGradient></defs><rect width="800" height="400" fill="url(#sheen)"/></svg>')
record = TrainingRecord.objects.get(learner__user__email='student@riverbend.example', sealed_at=None)
bank = services.ensure_bank(school=record.school, code='ALL-1', title='All kinds')
shown = services.keep_picture(school=record.school, **{**SHOULDER, 'data': SHADED})
made = {kind: services.ensure_question(bank=bank, **spec) for kind, spec in specs(shown.digest).items()}
kinds = ('true_false', 'cloze', 'hotspot', 'labelling', 'ordering', 'short')
lines = [SectionLine('Warm up', 'Read each twice.'), *[AskLine(made[kind].uuid) for kind in kinds]]
quiz = services.ensure_quiz(school=record.school, code='ALL-1', title='All kinds',
    settings=dict(layout='one', shuffle_questions=False), questions=lines)
print('made', services.assign_quiz(record=record, quiz=quiz, module='ALL-1', module_version=1).uuid)
"""

KEPT = """
from certification.quizzes.models import Response
for row in Response.objects.filter(attempt__uuid='{attempt}').order_by('position'):
    print('kept', row.position, row.answer)
"""


def kept(site: Site, address: str) -> dict[int, str]:
    """What the server has of each question of an attempt."""
    said = site.manage("shell", "-c", KEPT.format(attempt=address.split("/attempts/")[1].split("/")[0]))
    return {int(place): answer for place, answer in re.findall(r"^kept (\d+) (.*)$", said, re.M)}


def test_without_a_network_she_goes_on_through_all_questions(site: Site, someone) -> None:
    found = re.search(r"^made (\S+)$", site.manage("shell", "-c", ALL_KINDS), re.M)
    assert found
    her: Person = someone(phone=True)
    her.log_in("student")
    page = her.page
    page.goto(f"{site.base}/quizzes/{found.group(1)}/")
    page.get_by_role("button", name="Begin the quiz").click()
    page.wait_for_url("**/attempts/**")
    address = page.url
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    def at(number: int) -> None:
        """This question alone is shown, the address names it, and the focus is at its beginning."""
        expect(page.locator(f"#q{number}")).to_be_focused()
        assert page.locator(".quizone:visible").count() == 1
        assert page.url == f"{address}?q={number}#q{number}"
        seen(page, f"#q{number} legend")
        expect(page.locator("[data-pip][aria-current]")).to_have_attribute("data-pip", str(number))
        expect(page.locator("[data-place-said]")).to_have_text(re.compile(rf"^Question {number}, (not )?answered"))

    def step(name: str) -> None:
        page.get_by_role("button", name=name, exact=True).press("Enter")

    expect(page.get_by_text("Read each twice.").first).to_be_visible()
    her.context.set_offline(True)
    page.get_by_label("True", exact=True).check()
    step("Next")
    at(2)
    expect(page.get_by_text("Read each twice.").nth(1)).to_be_hidden()
    page.locator("#q2 summary").filter(has_text="Section: Warm up").click()
    expect(page.get_by_text("Read each twice.").nth(1)).to_be_visible()
    page.get_by_label("Gap 1").select_option("bends")
    page.get_by_label("Gap 3").fill("word")
    step("Next")
    at(3)
    # Its picture is there as if it had never been hidden, its colors too, and answers to a touch.
    figure = page.locator("#q3 .spotted__room")
    box = figure.bounding_box()
    assert box
    assert painted(page, "#q3 .spotted__room") == (200, 0, 0)
    figure.click(position={"x": box["width"] * 0.24, "y": box["height"] * 0.4})
    expect(page.get_by_role("radio", name="PLACE-m1")).to_be_checked()
    page.locator("[data-pip='5']").click()
    at(5)
    for place, item in enumerate(("Touch", "Ask"), 1):
        page.locator("#q5").get_by_role("combobox", name=item).select_option(str(place))
    expect(page.locator("[data-tally]")).to_have_text("3 of 6 answered")
    page.locator("#q5").get_by_role("combobox", name="Look").select_option("3")
    expect(page.locator("[data-tally]")).to_have_text("4 of 6 answered")

    # Back and forth are the browser's own.
    page.go_back()
    at(3)
    page.go_back()
    at(2)
    page.go_forward()
    at(3)
    step("Next")
    at(4)
    assert painted(page, "#q4 .spotted__room") == (200, 0, 0)
    page.locator("#q4").get_by_label("upper").select_option("Label 1")
    expect(page.locator("[data-status]")).to_contain_text("kept on this device")
    assert set(kept(site, address).values()) == {"[]"}
    assert not [url for url in asked if "/attempts/" in url and "/answers/" not in url]
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.locator("[data-status]")).to_contain_text("hand in when the connection is back")

    her.context.set_offline(False)
    expect(page.locator("[data-status]")).to_contain_text(re.compile(r"Saved \d"))
    there = kept(site, address)
    assert [place for place, answer in there.items() if answer == "[]"] == [6]
    assert "s1" in there[2] and "word" in there[2]
    assert there[5] == "['i3', 'i1', 'i2']"
    her.check_page()

    # A reload opens the same question, with its answer; a link to another part of the page leaves it open.
    page.reload()
    expect(page.locator("#q4").get_by_label("upper")).to_have_value("l1")
    assert page.locator(".quizone:visible").count() == 1
    page.locator("a[href='#main']").press("Enter")
    expect(page.locator("#q4")).to_be_visible()
    expect(page.locator("#q4")).not_to_be_focused()
    expect(page.locator("[data-tally]")).to_have_text("5 of 6 answered")

    # What she does in another window is here when she comes back to this one.
    other = her.context.new_page()
    other.goto(f"{address}?q=6")
    with other.expect_response(lambda response: "/answers/" in response.url) as kept_there:
        other.get_by_role("textbox").fill("elsewhere")
    assert kept_there.value.ok
    other.get_by_role("button", name="Look again later").click()
    expect(other.locator("[data-pip='6']")).to_contain_text("look again")
    other.close()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("[data-tally]")).to_have_text("6 of 6 answered")
    expect(page.locator("#q6 input.input")).to_have_value("elsewhere")
    expect(page.locator("#q6 [data-flag]")).to_have_attribute("aria-pressed", "true")

    # What cannot be read is kept nowhere: handing in leads to the question that it stands in.
    page.goto(f"{address}?q=2")
    page.get_by_label("Gap 2").fill("many")
    expect(page.locator("#q2").get_by_role("alert")).to_be_visible()
    her.complaints.clear()  # the browser's own, of the answer that was refused
    step("Previous")
    at(1)
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.locator("#q2").get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Gap 2")).to_have_value("many")
    expect(page).to_have_url(f"{address}?q=2#q2")
    her.check_page()


def painted(page: Page, words: str) -> tuple[int, ...]:
    """The color of a picture near its lower left corner, where no mark lies."""
    shot = Image.open(BytesIO(page.locator(words).screenshot())).convert("RGB")
    return shot.getpixel((8, shot.height - 8))  # type: ignore[return-value]


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
