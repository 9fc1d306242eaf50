"""An instructor who never saw the editor writes, illustrates, previews and submits a lesson with a quiz; it is published,
studied and answered.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect

from .conftest import PASSWORD

pytestmark = pytest.mark.e2e
MOST_CLICKS = 12
MOST_CLICKS_FOR_A_QUIZ = 8
TITLE = "Finding a trigger point by hand"


QUESTIONS = (
    ("A runner feels a taut band in her calf.\n\nHow do you look for it?", "Flat palpation", "A hard tap"),
    ("What does a twitch under your finger tell you?", "You crossed the band", "You found a nerve"),
    ("A vein lies on the band. What do you do?", "Work beside it", "Work on it"),
)


def write_a_quiz(author, site) -> None:
    """From the first page of the CMS to three questions that are sent; nobody needs to know what a bank is."""
    page = author.page
    clicks = 0

    def click(target: Locator) -> None:
        nonlocal clicks
        clicks += 1
        target.click()

    page.goto(f"{site.base}/cms/")
    click(page.get_by_role("button", name="Write a quiz for Trigger points"))
    for number, (stem, right, wrong) in enumerate(QUESTIONS, 1):
        page.locator("[name=stem]").fill(stem)
        for place, text in enumerate((right, wrong)):
            page.locator(f"[name=c-{place}-text]").fill(text)
            page.locator(f"[name=c-{place}-feedback]").fill(f"About {text.lower()}.")
        click(page.locator("[name=c-0-correct]"))
        # It stands beside the form as a learner will see it, without a click.
        learner = page.frame_locator("iframe[name=asked-preview]")
        expect(learner.get_by_role("heading", name=stem.rpartition("\n")[2])).to_be_visible()
        expect(learner.get_by_label(right)).to_be_visible()
        last = number == len(QUESTIONS)
        click(page.get_by_role("button", name="Save, back to the quiz" if last else "Save and write the next").last)
    whole = page.frame_locator("iframe[name=asked-preview]")
    expect(whole.get_by_text("Question 3 of 3")).to_be_visible()
    assert "About flat palpation" not in whole.locator("body").inner_html()
    expect(page.get_by_text("3 points in all.")).to_be_visible()
    click(page.get_by_role("button", name="Send for use"))
    expect(page.get_by_text("It is sent. You get a mail when it is in use.")).to_be_visible()
    assert clicks <= MOST_CLICKS_FOR_A_QUIZ, clicks
    assert not author.complaints, author.complaints


def put_the_quiz_in_use(registrar, site) -> None:
    """From her mail: nobody is asked a question before she puts it in use and publishes the module's page."""
    page = registrar.page
    address = site.mailbox.wait_for("registrar@riverbend.example", r"(http\S+/cms/quizzes/[0-9a-f-]{36}/)")
    page.goto(f"{site.base}/cms/")
    expect(page.get_by_role("heading", name="Quizzes that wait for you")).to_be_visible()
    page.goto(address)
    page.get_by_role("button", name="Save and put in use").click()
    expect(page.get_by_text("The quiz is in use.")).to_be_visible()
    page.locator(".asked").get_by_role("link", name="Trigger points", exact=True).click()
    expect(page.get_by_text("3 questions of the quiz are in use.")).to_be_visible()
    page.locator("footer .w-dropdown button").first.click()
    page.get_by_role("button", name=re.compile("^Publish")).first.click()
    page.wait_for_load_state()
    site.manage("tick")


def test_a_lesson_and_its_quiz_are_written_previewed_submitted_published_and_taken(someone, site) -> None:
    author = someone()
    author.log_in("instructor")
    page = author.page
    clicks = 0

    def click(target: Locator) -> None:
        nonlocal clicks
        clicks += 1
        target.click()

    def insert(place: int, block: str) -> None:
        click(page.get_by_role("button", name="Insert a block").nth(place))
        click(page.get_by_role("option", name=block, exact=True).first)

    page.goto(f"{site.base}/cms/")
    click(page.get_by_role("link", name="Write a lesson in Trigger points"))
    # The shape of a lesson is there: objectives, text, references.
    page.locator("[name=title]").fill(TITLE)
    page.locator("[name=lede]").fill("A band, a nodule, a twitch: what the hand can find and what it cannot.")
    page.locator("[name='body-0-value-0-value']").fill("Find a taut band by flat palpation.")
    click(page.locator("[contenteditable=true]").first)
    page.keyboard.type("A taut band lies across the fibers. Move slowly, and ask.")
    page.locator("[name='body-2-value-0-value']").fill("Simons DG and others. Myofascial Pain and Dysfunction, 1999.")
    insert(2, "Figure")
    click(page.get_by_role("button", name=re.compile("Choose figure", re.I)).first)
    click(page.locator(".modal-body table a").first)
    insert(3, "Self-check")
    page.locator("[name='body-4-value-question']").fill("You feel a pulse under your finger. What do you do?")
    for number, (answer, says) in enumerate((("Move away", "Yes: it is an artery."), ("Press on", "No."))):
        page.locator(f"[name='body-4-value-choices-{number}-value-text']").fill(answer)
        page.locator(f"[name='body-4-value-choices-{number}-value-feedback']").fill(says)
    click(page.locator("[name='body-4-value-choices-0-value-correct']"))
    # Nobody pressed "save": the draft is kept by itself, and stands beside the words as a learner will read it.
    expect(page.get_by_text("Saved", exact=True).first).to_be_visible(timeout=30_000)
    click(page.get_by_role("button", name="Toggle preview"))
    learner = page.frame_locator("#w-preview-iframe, iframe[title='Preview']").first
    expect(learner.get_by_role("heading", name=TITLE)).to_be_visible(timeout=30_000)
    expect(learner.get_by_text("You feel a pulse under your finger")).to_be_visible()
    menu = page.locator("footer .w-dropdown button").first
    menu.click()
    page.get_by_role("button", name=re.compile("^Submit")).first.click()
    page.wait_for_url("**/cms/pages/*/")
    assert clicks <= MOST_CLICKS, clicks
    expect(page.get_by_text(TITLE).first).to_be_visible()
    # The editor saves by itself, and is told no (400) where that falls between putting a figure in and choosing it.
    author.complaints.clear()
    write_a_quiz(author, site)

    # The registrar is asked by mail, approves, and the lesson is there with its hours.
    edit = site.mailbox.wait_for("registrar@riverbend.example", r"(http\S+/cms/pages/\d+/edit/)")
    registrar = someone()
    registrar.log_in("registrar")
    registrar.page.goto(edit)
    registrar.page.get_by_role("tab", name="Plan").click()
    expect(registrar.page.get_by_text("A new lesson: it is made when a registrar publishes this page.")).to_be_visible()
    registrar.page.locator("footer .w-dropdown button").first.click()
    registrar.page.get_by_role("button", name=re.compile("^Approve and Publish|^Approve$", re.I)).first.click()
    registrar.page.wait_for_load_state()
    put_the_quiz_in_use(registrar, site)
    student = someone(phone=True)
    student.log_in("student")
    student.page.goto(f"{site.base}/learn/")
    student.page.get_by_role("link", name=TITLE).first.click()
    expect(student.page.get_by_text("A taut band lies across the fibers")).to_be_visible()
    student.check_page()
    student.page.get_by_label("Press on").check()
    expect(student.page.get_by_text("No.", exact=False).first).to_be_visible()
    student.page.goto(f"{site.base}/learn/")
    student.page.get_by_role("link", name=re.compile("^Quiz of this part.*Trigger points")).click()
    student.page.get_by_role("button", name="Begin the quiz").click()
    for _stem, right, _wrong in QUESTIONS:
        student.page.get_by_label(right).check()
    student.check_page()
    student.page.get_by_role("button", name="Hand in").click()
    expect(student.page.get_by_role("heading", name="Passed", exact=True)).to_be_visible()


def test_the_screens_of_quizzes_are_usable_by_everybody(someone, site) -> None:
    """Width and the policy's refusals, in both themes, on a phone; labels and contrast of what is ours."""
    for phone, dark in ((True, False), (False, True)):
        author = someone(phone=phone, dark=dark)
        author.log_in("instructor")
        page = author.page
        for path in ("questions/add/", "quizzes/", "quizzes/add/", "questions/banks/"):
            page.goto(f"{site.base}/cms/{path}")
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{path} is {wide} px wider than the screen"
        page.goto(f"{site.base}/cms/quizzes/")
        page.locator("#listing-results td.title a").first.click()
        expect(page.get_by_role("heading", name="Questions", exact=True)).to_be_visible()
        found = Axe().run(page, context=".asked", options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        assert not found.response["violations"], found.generate_report()
        page.goto(f"{site.base}/cms/questions/add/")
        found = Axe().run(page, context=".asked", options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        assert not found.response["violations"], found.generate_report()
        assert not author.complaints, author.complaints


CUT_OFF = """[...document.querySelectorAll("main :is(input:not([type=hidden]), select, textarea)")]
    .filter(field => field.getBoundingClientRect().right > innerWidth + 1).map(field => field.name)"""


def test_no_field_is_cut_off_on_a_phone(someone, site) -> None:
    """Wagtail scrolls inside the page and hides what is too wide, so that the page itself never says it."""
    registrar = someone(phone=True)
    registrar.log_in("registrar")
    page = registrar.page
    page.goto(f"{site.base}/cms/programs/")
    program = page.locator("main a[href^='/cms/programs/']:not([href$='add/'])").first.get_attribute("href")
    page.goto(f"{site.base}/cms/")
    module = page.get_by_role("link", name="Myofascial release", exact=True).first.get_attribute("href")
    for path in (program, f"{module}edit/", f"{module}../add/catalog/lessonpage/{module.split('/')[-2]}/"):
        page.goto(f"{site.base}{path}")
        for tab in page.get_by_role("tab").all() or [page.locator("h1").first]:
            tab.click()
            page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
            assert not page.evaluate(CUT_OFF), (path, page.evaluate(CUT_OFF))


def test_a_question_is_written_without_scripts(site, chromium) -> None:
    """Rows are added and moved, the preview opens in its frame, and what was typed stays."""
    context = chromium.new_context(java_script_enabled=False, locale="en-US")
    page = context.new_page()
    page.goto(f"{site.base}/accounts/login/")
    page.fill("input[name=login]", "instructor@riverbend.example")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{site.base}/cms/questions/add/")
    page.locator("[name=stem]").fill("Without a script?")
    page.locator("[name=c-0-text]").fill("No")
    page.locator("[name=c-1-text]").fill("Yes")
    page.get_by_role("button", name="More choices").click()
    assert page.locator("[name$='-text']").count() == 6
    page.get_by_role("button", name="Move choice 2 up").click()
    assert page.locator("[name=c-0-text]").input_value() == "Yes"
    page.get_by_role("button", name="Preview", exact=True).click()
    shown = page.frame_locator("iframe[name=asked-preview]")
    expect(shown.get_by_role("heading", name="Without a script?")).to_be_visible()
    page.locator("[name=c-0-correct]").check()
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("The question is kept as a draft.")).to_be_visible()
    context.close()


def test_a_change_to_what_was_studied_is_asked_about(someone, site) -> None:
    """The demo's learners have opened the first lesson."""
    registrar = someone()
    registrar.log_in("registrar")
    page = registrar.page
    page.goto(f"{site.base}/cms/")
    page.get_by_role("link", name="Neuromuscular therapy", exact=True).first.click()
    page.get_by_role("link", name=re.compile("^Four lanes at the neck")).first.click()
    page.locator("[name=lede]").fill("Deep tissue answers to time before it answers to force, and to warmth.")
    page.wait_for_timeout(3000)  # autosave
    page.locator("footer .w-dropdown button").first.click()
    page.get_by_role("button", name=re.compile("^Publish")).first.click()
    page.wait_for_url("**/change/")
    expect(page.get_by_role("heading", name="What does this change mean?")).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Choose what the change means.")).to_be_visible()
    page.get_by_role("radio", name="Added: those who finished it are told").check()
    page.locator("[name=note]").fill("A sentence on warmth.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("is published.")).to_be_visible()
