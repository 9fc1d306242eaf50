"""What a learner marks in a lesson, in a browser: by hand and by keyboard, found again after a reload and after an edit;
the keys of the page; the page on paper.
"""

import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Person
from tests.e2e.test_lesson_blocks import LESSON, open_lesson

pytestmark = pytest.mark.e2e
SELECT = """([words, nth]) => {
  const walker = document.createTreeWalker(document.querySelector('.lesson__words'), NodeFilter.SHOW_TEXT);
  let left = nth;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.parentElement.closest('.prose') ? node.data.indexOf(words) : -1;
    if (at < 0 || left-- > 0) continue;
    node.parentElement.scrollIntoView({ block: 'center', behavior: 'instant' });
    getSelection().setBaseAndExtent(node, at, node, at + words.length);
    return true;
  }
  return false;
}"""


def choose(page: Page, words: str, nth: int = 0) -> None:
    """Select words in the lesson, as a hand does."""
    assert page.evaluate(SELECT, [words, nth]), words
    expect(page.locator("[data-hlbar]")).to_be_visible()


def marked(page: Page) -> str:
    """The words that are marked."""
    return page.evaluate("[...document.querySelectorAll('mark.hl')].map((one) => one.textContent.trim()).join('|')")


@pytest.fixture
def reader(someone) -> Person:
    """The student on the lesson that has one block of every kind, with nothing marked yet."""
    reader = someone()
    page = open_lesson(reader)
    page.wait_for_load_state("networkidle")
    while page.locator("[data-note]").count():
        page.locator("[data-note] summary").first.click()
        with page.expect_response("**/delete/"):
            page.locator("[data-note-delete] button").first.click()
        page.reload(wait_until="networkidle")
    return reader


def test_marked_by_hand_and_still_there(reader: Person) -> None:
    page = reader.page
    choose(page, "posterior layer")
    with page.expect_response("**/notes/"):
        page.locator("[data-hlbar] [data-color=green]").click()
    expect(page.locator("mark.hl--green")).to_have_text("posterior layer")
    expect(page.locator("[data-hlbar]")).to_be_hidden()
    # Through a term, so over several texts; and a note on it.
    choose(page, "resists pull")
    page.locator("[data-hlbar-write]").click()
    expect(page.locator("[data-note-dialog] textarea")).to_be_focused()
    page.keyboard.type("Ask about old scars.")
    reader.check_page()
    with page.expect_response("**/notes/"):
        page.locator("[data-note-dialog-save]").click()
    page.fill("#note-new", "Read plate 2 again.")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator("[data-notes-list] [data-note]")).to_have_count(3)
    expect(page.locator("#note-new")).to_have_value("")
    page.reload()
    expect(page.locator("mark.hl")).to_have_count(2)
    assert marked(page) == "posterior layer|resists pull"
    mark = page.locator("mark.hl").nth(1)
    said = page.locator(f"#{mark.get_attribute('aria-describedby')}")
    expect(said).to_contain_text("Ask about old scars.")
    for width, scheme in ((1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        mark.click()
        expect(page.locator("[data-hlbar-text]")).to_have_text("Ask about old scars.")
        page.wait_for_timeout(400)
        reader.check_page()
        page.keyboard.press("Escape")
    page.get_by_role("link", name="All your notes in this program").click()
    expect(page.locator(".notes__lesson")).to_contain_text("posterior layer")
    reader.check_page()


def test_marked_and_taken_away_with_keys_alone(reader: Person) -> None:
    page = reader.page
    # What a cursor in the text (F7 in most browsers) has begun, Shift and the arrow go on with.
    page.evaluate("""() => {
      const walker = document.createTreeWalker(document.querySelector('.lesson__words .prose p'), NodeFilter.SHOW_TEXT);
      const node = walker.nextNode();
      node.parentElement.scrollIntoView({ block: 'center', behavior: 'instant' });
      getSelection().setBaseAndExtent(node, 0, node, 1);
    }""")
    for _ in range(11):
        page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("[data-hlbar]")).to_be_visible()
    expect(page.locator("[data-notes-status]")).to_contain_text("Press Tab")
    page.keyboard.press("Escape")
    expect(page.locator("[data-hlbar]")).to_be_hidden()
    page.evaluate(SELECT, ["several sheets", 0])
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("[data-hlbar]")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("[data-hlbar] [data-color=yellow]")).to_be_focused()
    page.keyboard.press("Tab")
    with page.expect_response("**/notes/"):
        page.keyboard.press("Enter")
    button = page.locator("mark.hl--green [data-mark-open]")
    expect(button).to_be_focused()
    expect(page.locator("[data-notes-status]")).to_have_text("Marked.")
    page.reload()
    page.locator("mark.hl--green").wait_for()
    page.locator("mark.hl--green [data-mark-open]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-hlbar] [data-color=yellow]")).to_be_focused()
    with page.expect_response("**/notes/"):
        page.keyboard.press("Enter")
    expect(page.locator("mark.hl--yellow")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("[data-mark-open]")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("Tab")
    with page.expect_response("**/delete/"):
        page.keyboard.press("Enter")
    expect(page.locator("mark.hl")).to_have_count(0)
    expect(page.locator("[data-note]")).to_have_count(0)
    assert not reader.complaints


FOUND = """async ([html, anchor, near]) => {
  const { found, textIn } = await import('/static/js/anchoring.js');
  const root = document.createElement('div');
  root.innerHTML = html;
  document.body.append(root);
  const read = textIn(root);
  const span = await found(read.text, anchor, near ?? 0);
  root.remove();
  return span && `${read.text.slice(Math.max(0, span[0] - 6), span[0])}[${read.text.slice(...span)}]`;
}"""
LONG = "Take up the slack until the tissue pushes back, then wait for ninety seconds."


@pytest.mark.parametrize(
    ("html", "anchor", "where"),
    [
        ("<p>Sink to the <i>first</i> barrier.</p>", {"exact": "the first barrier"}, "nk to [the first barrier]"),
        ("<p>One.</p><p>Two.</p>", {"exact": "One. Two."}, "[One. Two.]"),
        ("<p>a <button>b</button><span class='sr'>c</span> d</p>", {"exact": "a d"}, "[a d]"),
        # Of two places that which stands where it stood.
        ("<p>hold it</p><p>and hold it</p>", {"exact": "hold it", "prefix": "and "}, "t and [hold it]"),
        ("<p>wait, so wait</p>", {"exact": "wait", "prefix": "so ", "suffix": ""}, "t, so [wait]"),
        # Words that have gone are not found: no other place is taken for them.
        ("<p>Something else altogether stands here now, of about the same length as before.</p>", {"exact": LONG}, None),
        ("<p>it is it</p>", {"exact": "it", "prefix": "when you feel ", "suffix": " push back"}, None),
        ("<p></p>", {"exact": "x", "prefix": "", "suffix": ""}, None),
    ],
)  # fmt: skip
def test_where_words_are_found(reader: Person, html: str, anchor: dict[str, str], where: str | None) -> None:
    found = reader.page.evaluate(FOUND, [html, {"prefix": "", "suffix": "", **anchor}, 0])
    assert found == where


def test_words_that_were_changed_a_little_are_found(reader: Person) -> None:
    changed = LONG.replace("ninety", "90").replace("slack", "play")
    anchor = {"exact": LONG, "prefix": "First. ", "suffix": " Last."}
    found = reader.page.evaluate(FOUND, [f"<p>First. {changed} Last.</p>", anchor, 0])
    assert found == f"First. [{changed}]"[-len(found) :] and changed in found


def test_marks_may_lie_over_each_other(reader: Person) -> None:
    page = reader.page
    passages = [
        "posterior layer",
        "lets the skin slide; then the posterior",
        "then the posterior layer of the",
        "skin slide",
    ]
    for place, exact in enumerate(passages):
        kept = page.evaluate(
            """async ([exact, color]) => {
              const body = new FormData(document.querySelector('[data-note-new]'));
              for (const [name, value] of Object.entries({ note: crypto.randomUUID(), exact, color, text: '' }))
                body.set(name, value);
              const address = document.querySelector('[data-notes]').dataset.keep;
              return (await fetch(address, { method: 'POST', body, headers: { Accept: 'application/json' } })).status;
            }""",
            [exact, ("yellow", "green", "blue")[place % 3]],
        )
        assert kept == 200
    page.reload()
    expect(page.locator("[data-mark-open]")).to_have_count(4)
    shown = page.evaluate("""() => [...document.querySelectorAll('[data-note]')].map((note) =>
      [...document.querySelectorAll(`[data-mark="${note.dataset.note}"]`)].map((one) => one.textContent).join(''))""")
    assert [" ".join(one.split()) for one in shown] == passages
    expect(page.locator("[data-notes-gone]")).to_be_hidden()


def test_words_that_have_gone_are_still_listed(reader: Person) -> None:
    page = reader.page
    choose(page, "several sheets")
    with page.expect_response("**/notes/"):
        page.locator("[data-hlbar] [data-color=blue]").click()
    page.locator("mark.hl--blue").wait_for()
    # As if an editor had rewritten the passage: the browser gets other words.
    page.route(
        "**/learn/lessons/*/",
        lambda route: route.fulfill(
            response=(answer := route.fetch()), body=answer.text().replace("there are several sheets", "lies one felt")
        ),
    )
    page.reload()
    gone = page.locator("[data-notes-gone]")
    expect(gone).to_be_visible()
    expect(gone).to_contain_text("No longer in the text")
    expect(gone.locator("[data-note]")).to_contain_text("several sheets")
    expect(page.locator("mark.hl")).to_have_count(0)
    reader.check_page()


def test_keys(reader: Person) -> None:
    page = reader.page
    first = page.url
    page.keyboard.press("?")
    dialog = page.locator("[data-keys]")
    expect(dialog).to_be_visible()
    page.keyboard.press("n")
    assert page.url == first, "no key works through a dialog"
    reader.check_page()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.locator("#note-new").focus()
    page.keyboard.type("n?b")
    expect(page.locator("#note-new")).to_have_value("n?b")
    page.locator("#note-new").fill("")
    page.locator("#note-new").blur()
    bookmark = page.locator("header [data-bookmark] button")
    before = bookmark.get_attribute("aria-pressed")
    with page.expect_response("**/bookmark/"):
        page.keyboard.press("b")
    expect(bookmark).to_have_attribute("aria-pressed", "false" if before == "true" else "true")
    page.evaluate(
        "const d = document.createElement('dialog'); d.dataset.presence = ''; document.body.append(d); d.showModal()"
    )
    page.keyboard.press("n")
    assert page.url == first, "nor while it is asked whether somebody is there"
    page.evaluate("document.querySelector('body > [data-presence]').remove()")
    page.keyboard.press("n")
    page.wait_for_url(lambda url: url != first)
    page.keyboard.press("p")
    page.wait_for_url(first)
    # Turned off on this device, and off after a reload.
    page.keyboard.press("?")
    page.locator("[data-keys-switch]").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload(wait_until="networkidle")
    page.keyboard.press("?")
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    expect(dialog).to_be_hidden()
    assert page.url == first
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(page.locator("[data-keys-switch]")).not_to_be_checked()


def test_how_far_she_has_read(reader: Person) -> None:
    page = reader.page
    bar = page.get_by_role("progressbar", name="How far you are in this text")
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    expect(bar).to_have_js_property("value", 0)
    page.evaluate("document.querySelector('#notes').scrollIntoView({ behavior: 'instant' })")
    expect(bar).to_have_js_property("value", 1000)


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="reads the PDF by pdftotext")
def test_on_paper(reader: Person, tmp_path: Path) -> None:
    page = reader.page
    choose(page, "posterior layer")
    with page.expect_response("**/notes/"):
        page.locator("[data-hlbar] [data-color=green]").click()
    assert page.locator("article details[open]").count() == 0
    page.pdf(path=tmp_path / "lesson.pdf")
    told = subprocess.run(["pdftotext", "-raw", tmp_path / "lesson.pdf", "-"], check=True, capture_output=True)
    # Where letters stand apart or close, a reader of PDFs sees other blanks.
    words = "".join(told.stdout.decode().split())
    for there in (
        LESSON,
        "Riverbend School of Medical Massage",
        "Content revision",
        "What lies under your hands",
        "Now hold still for at least ninety seconds",  # the transcript, closed on screen
        "Your notes",
    ):
        assert "".join(there.split()) in words, there
    for chrome in (
        "Skip to the page",
        "Certificates",
        "Finish this lesson",
        "Keyboard shortcuts",
        "of 45 min",
        "Save the note",
    ):
        assert "".join(chrome.split()) not in words, chrome
    assert page.locator("article details[open]").count() == 0, "what was opened for paper is closed again"
