"""A clip goes from the editor's browser straight into a bucket: seen, stopped, waited for, and without it all the same."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from axe_playwright_python.sync_playwright import Axe
from moto.server import ThreadedMotoServer
from playwright.sync_api import Page, expect

from tests.files import mp4

from .conftest import PASSWORD, Site, answering, free_port

pytestmark = pytest.mark.e2e
BUCKET = "palmar-e2e"
CLIP = mp4(12) + bytes(range(256)) * 12_000
LEVELS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


@dataclass
class Store:
    """A site whose files lie in a bucket, and the bucket."""

    site: Site
    client: Any
    origin: str

    def lying(self) -> set[str]:
        """What lies there under private names."""
        found = self.client.list_objects_v2(Bucket=BUCKET, Prefix="private/")
        return {each["Key"] for each in found.get("Contents", [])}


@pytest.fixture(scope="module")
def store(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The demo school anew, from a copy of its database, with the bucket's setting on."""
    folder: Path = tmp_path_factory.mktemp("bucket-site")
    theirs = site.env["DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(theirs) as there, sqlite3.connect(folder / "db.sqlite3") as here:
        there.backup(here)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    origin = "http://{}:{}".format(*server.get_host_and_port())
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=origin, **keys)
    client.create_bucket(Bucket=BUCKET)
    base = f"http://127.0.0.1:{free_port()}"
    env = {
        **site.env,
        "BASE_URL": base,
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "S3_BUCKET": BUCKET,
        "S3_ENDPOINT": origin,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "S3_DIRECT_UPLOADS": "1",
    }
    place = replace(site, base=base, env=env)
    try:
        with answering(place, folder / "server.log"):
            yield Store(place, client, origin)
    finally:
        server.stop()


def choose(page: Page, name: str, data: bytes = CLIP) -> None:
    page.locator("input[type=file][name$=file]:visible").set_input_files(
        {"name": name, "mimeType": "video/mp4", "buffer": data}
    )


def line(page: Page) -> Callable[[int], None]:
    """Says how many bytes a second her line takes upwards; -1 for as many as it can."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def takes(bytes_a_second: int) -> None:
        up = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
        session.send("Network.emulateNetworkConditions", up)

    return takes


def test_a_clip_is_sent_while_its_form_is_filled_in(someone, store: Store) -> None:
    author = someone(at=store.site)
    author.log_in("instructor")
    page = author.page
    sizes: dict[str, int] = {}
    page.on(
        "request",
        lambda asked: sizes.update({asked.url: len(asked.post_data_buffer or b"")}) if asked.post_data else None,
    )
    add = f"{store.site.base}/cms/media/video/add/"
    page.goto(add)
    state = page.get_by_role("status").filter(has=page.locator("xpath=self::*[@data-direct-upload-target]"))
    save = page.get_by_role("button", name="Upload", exact=True)

    # On a slow line she sees it go, cannot save yet, and stops it by the keyboard.
    takes = line(page)
    takes(400_000)
    choose(page, "far.mp4")
    expect(page.get_by_role("progressbar", name="How much of the file is sent")).to_be_visible()
    expect(state).to_have_text(re.compile("(25|50) percent of the file is sent"))
    save.click()
    expect(state).to_have_text("The file is still being sent. Save when it has arrived, or stop sending it.")
    assert page.url == add
    expect(save).to_be_enabled()
    found = Axe().run(page, context=".direct-file", options={"runOnly": LEVELS})
    assert not found.response["violations"], found.generate_report()
    stop = page.get_by_role("button", name="Stop sending")
    page.locator("input[type=file][name=file]").focus()
    page.keyboard.press("Tab")
    expect(stop).to_be_focused()
    page.keyboard.press("Enter")
    expect(state).to_have_text("Sending was stopped. Choose a file.")
    expect(page.locator("input[type=file][name=file]")).to_be_focused()
    expect(stop).to_be_hidden()
    assert page.locator("[name=file-sent]").input_value() == ""

    # She chooses it again; it arrives, and the form that follows is small.
    takes(-1)
    choose(page, "far.mp4")
    expect(state).to_have_text("“far.mp4” is sent. It is kept when you save.")
    expect(page.locator("[name=title]")).to_have_value("far")
    assert page.locator("[name=file]").evaluate("input => input.files.length") == 0
    # Something else is wrong: the file need not be sent again.
    page.locator("[name=code]").fill("Not A Code")
    save.click()
    expect(page.get_by_text("Write it in small letters, figures and hyphens.")).to_be_visible()
    expect(state).to_have_text("“far.mp4” is sent. It is kept when you save.")
    page.locator("[name=code]").fill("far")
    save.click()
    expect(page.get_by_text("Media file 'far' added.")).to_be_visible()
    assert store.lying() == {"private/lesson-media/far.mp4"}
    assert 0 < sizes[add] < 10_000, "the clip did not pass through the application"

    # A file that is something else inside is refused when it is judged; what was typed stays.
    page.goto(add)
    choose(page, "page.mp4", b"<!doctype html>" * 100)
    expect(state).to_have_text("“page.mp4” is sent. It is kept when you save.")
    save.click()
    expect(page.get_by_text("The file is not the .mp4 that its name says.")).to_be_visible()
    expect(page.locator("[name=title]")).to_have_value("page")
    expect(state).to_be_empty()
    assert store.lying() == {"private/lesson-media/far.mp4"}
    # One of another kind is refused before it is sent.
    choose(page, "notes.txt", b"words")
    expect(state).to_have_text("Save the clip as MP4 or WebM, and choose that file.")
    # The door answers so by design; the browser notes the answer.
    author.complaints[:] = [said for said in author.complaints if "422" not in said]

    # The bucket is out of reach: the file goes with the form.
    page.route(f"{store.origin}/**", lambda route: route.abort())
    choose(page, "near.mp4")
    expect(state).to_have_text("The file could not be sent ahead. It is sent when you save.")
    page.locator("[name=title]").fill("Near")
    save.click()
    expect(page.get_by_text("Media file 'Near' added.")).to_be_visible()
    assert store.lying() == {"private/lesson-media/far.mp4", "private/lesson-media/near.mp4"}
    assert not author.complaints, author.complaints


def test_the_window_of_a_lesson_sends_it_too(someone, store: Store) -> None:
    author = someone(at=store.site)
    author.log_in("instructor")
    page = author.page
    page.goto(f"{store.site.base}/cms/")
    page.get_by_role("link", name="Write a lesson in Trigger points").click()
    page.get_by_role("button", name="Insert a block").nth(2).click()
    page.get_by_role("option", name="Video or audio", exact=True).first.click()
    page.get_by_role("button", name="Choose a media item").first.click()
    page.get_by_role("tab", name="Upload Video").click()
    window = page.locator(".modal-body")
    choose(page, "window.mp4")
    expect(window.get_by_text("“window.mp4” is sent. It is kept when you save.")).to_be_visible()
    with page.expect_request("**/chooser/upload/") as asked:
        window.get_by_role("button", name="Upload", exact=True).locator("visible=true").click()
    assert len(asked.value.post_data_buffer or b"") < 10_000
    expect(window).to_be_hidden()
    expect(page.get_by_text("window", exact=True).first).to_be_visible()
    assert "private/lesson-media/window.mp4" in store.lying()
    assert not [said for said in author.complaints if "400" not in said], author.complaints


def test_without_scripts_it_goes_through_the_application(store: Store, chromium) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en-US")
    page = context.new_page()
    page.goto(f"{store.site.base}/accounts/login/")
    page.fill("input[name=login]", "instructor@riverbend.example")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{store.site.base}/cms/media/video/add/")
    expect(page.get_by_text("as without JavaScript, it is sent when you save")).to_be_visible()
    expect(page.get_by_role("button", name="Stop sending")).to_be_hidden()
    page.locator("[name=title]").fill("Plain")
    choose(page, "plain.mp4")
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_text("Media file 'Plain' added.")).to_be_visible()
    assert "private/lesson-media/plain.mp4" in store.lying()
    context.close()
