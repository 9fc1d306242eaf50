"""A lesson's blocks in a browser: what a keyboard, a finger and a reader get of them, and what the editor's paste becomes."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Person

pytestmark = pytest.mark.e2e
LESSON = "Barrier, slack and time: the cross-hand release"


def open_lesson(reader: Person) -> Page:
    """The lesson that has one block of every kind."""
    reader.log_in("student")
    reader.page.goto(f"{reader.site.base}/learn/")
    reader.page.get_by_role("link", name=LESSON).first.click()
    return reader.page


def test_a_lesson_is_for_everybody_by_day_and_night(someone) -> None:
    reader = someone()
    page = open_lesson(reader)
    for fold in page.locator("article details").all():
        fold.evaluate("one => one.open = true")
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.wait_for_timeout(400)
            reader.check_page()
    page.get_by_role("link", name="All words of this program").click()
    page.wait_for_timeout(400)  # its colors come in slowly
    reader.check_page()


def test_a_term_shows_on_hover_and_on_focus_and_goes_with_escape(someone) -> None:
    reader = someone()
    page = open_lesson(reader)
    term, tip = page.locator("a.term").first, page.locator("#tip")
    term.hover()
    expect(tip).to_be_visible()
    tip.hover()
    page.wait_for_timeout(500)
    expect(tip).to_be_visible()  # the pointer may go onto what was shown
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    term.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(term).to_be_focused()
    expect(tip).to_be_visible()
    listed = " ".join(page.locator(term.get_attribute("href")).inner_text().split())
    assert " ".join(tip.inner_text().split("\n")[0].split()) in listed
    reader.check_page()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    expect(term).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**#term-*")


def test_a_finger_reads_a_point_where_it_is(someone) -> None:
    reader = someone(phone=True)
    page = open_lesson(reader)
    point, tip = page.locator(".spots__marks a").nth(1), page.locator("#tip")
    box = point.locator(".spots__hit").bounding_box()
    assert box["width"] >= 44 and box["height"] >= 44
    point.locator(".spots__disc").tap()
    expect(tip).to_contain_text("Heel of the left hand")
    assert "#point" not in page.url
    page.get_by_role("heading", level=1).tap()
    expect(tip).to_be_hidden()
    expect(page.locator("ol.spots__list > li").nth(1)).to_contain_text("Heel of the left hand")


def test_a_plate_grows_and_gives_the_focus_back(someone) -> None:
    reader = someone()
    page = open_lesson(reader)
    button = page.get_by_role("button", name="Enlarge").first
    button.focus()
    page.keyboard.press("Enter")
    large = page.locator(".zoom:popover-open")
    expect(large).to_be_visible()
    # A copy that lost its styles would be black all over.
    colors = Image.open(io.BytesIO(large.screenshot())).convert("L").histogram()
    assert sum(colors[:30]) < sum(colors) * 0.2
    reader.check_page()
    page.keyboard.press("Escape")
    expect(large).to_have_count(0)
    expect(button).to_be_focused()


def test_a_chapter_moves_the_clip(someone) -> None:
    reader = someone()
    page = open_lesson(reader)
    page.get_by_role("link", name="Wait ninety seconds").click()
    page.wait_for_function("document.querySelector('[data-clip] video').currentTime >= 18")
    assert "/learn/media/" not in page.url


def test_answers_and_words_come_back_without_script_too(someone, chromium, site) -> None:
    reader = someone()
    page = open_lesson(reader)
    check = page.locator("[data-self-check]").first
    with page.expect_response("**/checks/**"):
        check.locator("label", has_text="Lean in further").click()
    expect(check.locator("[data-says-here]")).to_contain_text("already past it")
    with page.expect_response("**/checks/**"):
        check.locator("label", has_text="Come up by about half").click()
    box = page.locator("[data-reflection] textarea")
    box.fill("Too deep, and too short.")
    expect(page.locator("[data-reflection-state]")).to_have_text("Saved")
    plain = chromium.new_context(java_script_enabled=False, storage_state=reader.context.storage_state())
    try:
        old = plain.new_page()
        old.goto(page.url)
        check = old.locator("[data-self-check]").first
        expect(check.locator("input").nth(1)).to_be_checked()
        expect(check).to_contain_text("You were right at try 2.")
        expect(old.locator("[data-reflection] textarea")).to_have_value("Too deep, and too short.")
        old.locator("[data-reflection] textarea").fill("")
        old.get_by_role("button", name="Save", exact=True).click()
        expect(old.locator("[data-reflection] textarea")).to_have_value("")
        second = old.locator("[data-self-check]").nth(1)
        second.locator("label").nth(2).click()
        second.get_by_role("button", name="Check my answer").click()
        expect(second).to_contain_text("You were right at the first try.")
    finally:
        plain.close()


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {margin:0}</style></head><body>
<!--StartFragment--><p class=MsoNormal style='color:red'>Sink <b style='mso-bidi-font-weight:normal'>slowly</b>
<a href="javascript:alert(1)">now</a><o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp;&nbsp;&nbsp;
</span></span>First<o:p></o:p></p><p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span
style='mso-list:Ignore'>·<span>&nbsp;&nbsp;&nbsp;&nbsp; </span></span>Second<o:p></o:p></p><!--EndFragment--></body></html>"""
PASTE = """(editor, html) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", "Sink slowly now First Second");
  editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def test_a_paste_from_word_through_the_editor(someone, site) -> None:
    writer = someone()
    writer.log_in("instructor")
    number = site.manage(
        "shell", "-v0", "-c", "from courses.catalog.models import LessonPage as P; print(P.objects.get(lesson__code='NMT-3').pk)"
    )  # fmt: skip
    page = writer.page
    page.goto(f"{site.base}/cms/pages/{number.strip()}/edit/")
    editor = page.locator("[id$='-body-section'] [contenteditable=true]").first
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    editor.evaluate(PASTE, WORD)
    expect(editor).to_contain_text("Second")
    page.wait_for_timeout(500)
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/edit/" in answer.url):
        page.keyboard.press("Control+s")
    page.wait_for_timeout(1500)
    stored = site.manage(
        "shell", "-v0", "-c",
        "from courses.catalog.models import LessonPage as P\n"
        "body = P.objects.get(lesson__code='NMT-3').get_latest_revision_as_object().body\n"
        "print(next(one.value.source for one in body if one.block_type == 'prose'))",
    )  # fmt: skip
    for trace in ("mso", "style", "javascript", "<span", "class=", "·"):
        assert trace not in stored.lower(), stored
    assert "<b>slowly</b>" in stored and stored.count("<li") == 2, stored
