"""The lesson's clock in a browser: the question whether somebody is there, a clip that goes on, and why time was lost."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Person, Site

pytestmark = pytest.mark.e2e
LESSON = "Barrier, slack and time: the cross-hand release"

SET = """
from courses.catalog.models import Program
from courses.study.models import StudySession
Program.objects.filter(code="MMP-300").update(beat_seconds={beat}, presence_minutes={every})
StudySession.objects.filter(state="open").update(check_ms={check})
"""


@pytest.fixture
def quick(site: Site) -> Iterator[None]:
    """The demo's program with quick beats and a question now and then; as it was, afterwards."""
    site.manage("shell", "-c", SET.format(beat=5, every=5, check=0))
    yield
    site.manage("shell", "-c", SET.format(beat=30, every=0, check=0))


def open_lesson(reader: Person) -> Page:
    reader.log_in("student")
    reader.page.goto(f"{reader.site.base}/learn/")
    reader.page.get_by_role("link", name=LESSON).first.click()
    return reader.page


def right_word(page: Page) -> str:
    said = re.search("“(.+)”", page.locator("[data-presence-sentence]").inner_text())
    assert said
    return said[1]


def test_the_question_is_answered_by_keyboard_put_aside_and_answered_wrongly(someone, site: Site, quick: None) -> None:
    reader = someone()
    page = open_lesson(reader)
    expect(page.locator("[data-seat-words]").first).to_have_text("The clock is running.")
    site.manage("shell", "-c", SET.format(beat=5, every=5, check=1000))
    dialog = page.get_by_role("dialog", name="Are you there?")
    expect(dialog).to_be_visible(timeout=15_000)
    expect(dialog.get_by_role("heading")).to_be_focused()
    expect(page.locator("[data-seat-words]").first).to_contain_text("answer the question")
    reader.check_page()
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": 390, "height": 844})
        reader.check_page()
    dialog.get_by_role("button", name="Not now").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Answer", exact=True).first.click()
    expect(dialog).to_be_visible()
    wrong = next(
        word for word in page.locator("[data-presence-choices] button").all_inner_texts() if word != right_word(page)
    )
    dialog.get_by_role("button", name=wrong, exact=True).click()
    expect(dialog.get_by_text("That was another word")).to_be_visible()
    wanted = right_word(page)
    for _tab in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == wanted:
            break
    site.manage("shell", "-c", SET.format(beat=5, every=5, check=0))
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("[data-seat-words]").first).to_have_text("The clock is running.")


def test_a_clip_tells_how_far_it_was_watched_and_goes_on_there(someone, site: Site, quick: None) -> None:
    site.manage("shell", "-v0", "-c", "from courses.study.models import ClipWatch as C; C.objects.all().delete()")
    reader = someone()
    page = open_lesson(reader)
    player = page.locator("[data-clip] video").first
    player.scroll_into_view_if_needed()
    player.evaluate("clip => { clip.muted = true; return clip.play(); }")
    page.wait_for_function("() => document.querySelector('[data-clip] video').currentTime > 7", timeout=30_000)
    player.evaluate("clip => clip.pause()")
    stopped = player.evaluate("clip => clip.currentTime")
    page.wait_for_timeout(1500)
    told = site.manage(
        "shell", "-v0", "-c",
        "from courses.study.models import ClipWatch; row = ClipWatch.objects.get(); print(row.position_ms, row.watched_ms)",
    )  # fmt: skip
    position, watched = map(int, told.split()[-2:])
    assert abs(position / 1000 - stopped) < 1
    assert 5_000 < watched <= position + 1_000
    page.reload()
    page.wait_for_function(
        f"() => Math.abs(document.querySelector('[data-clip] video').currentTime - {stopped}) < 1.5", timeout=15_000
    )


def test_a_chapter_that_is_new_is_not_called_watched_before(someone, site: Site) -> None:
    site.manage("shell", "-v0", "-c", "from courses.study.models import ClipWatch as C; C.objects.all().delete()")
    page = open_lesson(someone())
    words = page.locator("[data-seat-words]").first
    expect(words).to_have_text("The clock is running.")
    page.get_by_role("link", name="Wait ninety seconds").click()
    page.wait_for_function("() => document.querySelector('[data-clip] video').currentTime > 20", timeout=30_000)
    expect(words).to_have_text("The clock is running.")


def test_what_is_said_about_finishing_too_early_is_in_sight(someone) -> None:
    page = open_lesson(someone(phone=True))
    finish = page.get_by_role("button", name="Finish this lesson")
    finish.scroll_into_view_if_needed()
    page.wait_for_function(
        "() => Number(localStorage.getItem(`palmar:reading:${location.pathname}`)) > 500", timeout=5_000
    )
    finish.click()
    expect(page.get_by_role("alert")).to_contain_text("are still missing")
    page.wait_for_timeout(500)
    expect(page.get_by_role("alert")).to_be_in_viewport()


def test_why_a_minute_was_not_counted_is_read_on_a_phone(someone, site: Site) -> None:
    reader = someone(phone=True)
    page = open_lesson(reader)
    expect(page.locator("[data-seat-words]").first).to_have_text("The clock is running.")
    page.goto(f"{site.base}/hours/")
    page.get_by_role("link", name="Visits to lessons, minute by minute").click()
    reader.check_page()
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("heading", name="Stretch by stretch")).to_be_visible()
    page.get_by_text("Minute by minute").click()
    reader.check_page()
    page.emulate_media(color_scheme="dark")
    reader.check_page()
    page.get_by_role("link", name="The rules by which time counts").click()
    expect(page.get_by_text("not asked")).to_be_visible()
    reader.check_page()
