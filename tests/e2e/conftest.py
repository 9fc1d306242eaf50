"""The product as people meet it: our server as its own process on a fresh demo school, mail caught by a real sink."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.conftest import ROOT, _sqlite_snapshot
from tests.fake_stripe import FakeStripe

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "riverbend-demo"
SECRET = "whsec_e2e"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Mailbox:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.mails: list[Message] = []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 aiosmtpd's own name
        self.mails.append(message_from_bytes(envelope.content))
        return "250 OK"

    def wait_for(self, to: str, pattern: str, seconds: float = 15) -> str:
        """The first group of `pattern` in the newest mail to `to` that has it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for mail in reversed(self.mails):
                body = mail.get_payload(decode=True)
                found = re.search(pattern, body.decode() if isinstance(body, bytes) else "", re.M)
                if mail["To"] == to and found:
                    return found.group(1)
            time.sleep(0.1)
        raise AssertionError(
            f"no mail to {to} with {pattern}; got "
            + "\n".join(
                f"{mail['To']}: {mail['Subject']}\n{mail.get_payload(decode=True)!r}" for mail in self.mails[-5:]
            )
        )

    def count(self, to: str, subject: str = "") -> int:
        """How many mails went to `to`."""
        return sum(mail["To"] == to and subject in mail["Subject"] for mail in self.mails)


@dataclass
class Site:
    """A running Palmar and what stands around it."""

    base: str
    code: str
    share: str
    mailbox: Mailbox
    stripe: FakeStripe
    env: dict[str, str] = field(repr=False, default_factory=dict)
    mail_server: Controller | None = field(repr=False, default=None)

    @contextmanager
    def without_mail(self) -> Iterator[None]:
        """While it lasts, nobody listens where mail is sent to."""
        server = self.mail_server
        assert server is not None
        server.stop()
        try:
            yield
        finally:
            self.mail_server = Controller(self.mailbox, hostname=server.hostname, port=server.port)
            self.mail_server.start()

    def manage(self, *words: str) -> str:
        """Run a management command on its database."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=self.env, capture_output=True, text=True, check=True
        )
        return done.stdout


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Start everything once for all journeys."""
    with demo_school(tmp_path_factory.mktemp("site")) as place:
        yield place


@contextmanager
def demo_school(folder: Path, **env: str) -> Iterator[Site]:
    """A fresh demo school in a folder, its server and what stands around it; `env` adds to the server's environment."""
    shutil.copyfile(_sqlite_snapshot(), folder / "db.sqlite3")
    port, smtp = free_port(), free_port()
    base = f"http://127.0.0.1:{port}"
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=smtp)
    controller.start()
    with FakeStripe(SECRET, webhook_url=f"{base}/webhooks/stripe/") as stripe:
        env = {
            **env,
            **{key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ},
            "DEBUG": "1",
            "BASE_URL": base,
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp}",
            "STRIPE_SECRET_KEY": "sk_test_e2e",
            "STRIPE_WEBHOOK_SECRETS": SECRET,
            "STRIPE_API_BASE": stripe.base,
            "CSP_FORM_ACTION_EXTRA": stripe.base,
        }
        place = Site(base, "", "", mailbox, stripe, env, controller)
        place.manage("createcachetable")
        said = place.manage("demo")
        place.code = re.search(r"^code: (\S+)$", said, re.M).group(1)  # type: ignore[union-attr]
        place.share = re.search(r"^share: (\S+)$", said, re.M).group(1)  # type: ignore[union-attr]
        try:
            with answering(place, folder / "server.log"):
                yield place
        finally:
            place.mail_server.stop()


@contextmanager
def answering(place: Site, log: Path) -> Iterator[None]:
    """Its server, for as long as it is needed; what it complained of fails whoever asked for it."""
    port = place.base.rpartition(":")[2]
    with log.open("w") as said:
        server = subprocess.Popen(
            [sys.executable, "manage.py", "runserver", "--noreload", "--skip-checks", f"127.0.0.1:{port}"],
            cwd=ROOT,
            env=place.env,
            stdout=said,
            stderr=said,
        )
        try:
            until = time.monotonic() + 60
            while True:
                try:
                    urllib.request.urlopen(f"{place.base}/healthz", timeout=5)
                    break
                except OSError:
                    assert time.monotonic() < until, log.read_text()
                    time.sleep(0.3)
            yield
        finally:
            server.terminate()
            server.wait(10)
    words = log.read_text()
    trouble = words.find("Internal Server Error")
    assert trouble < 0, (
        f"the server answered 500 somewhere on the walk:\n{words[max(0, trouble - 200) : trouble + 6000]}"
    )


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all journeys."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody at a device of her own; collects what her browser complains of."""

    page: Page
    context: BrowserContext
    site: Site
    complaints: list[str]

    def log_in(self, who: str, password: str = PASSWORD) -> None:
        """Through the one door: one of the demo's people by her name, anybody else by her address."""
        self.page.goto(f"{self.site.base}/accounts/login/")
        self.page.fill("input[name=login]", who if "@" in who else f"{who}@riverbend.example")
        self.page.fill("input[name=password]", password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(lambda url: "/accounts/login" not in url)

    def wear(self, scheme: str) -> None:
        """Look at the page by day (light) or at night (dark), once its colors have changed."""
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        # Transitions begin with the next frame.
        self._wait("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        self._settle()
        self.page.wait_for_timeout(200)

    def _settle(self) -> None:
        """Colors that are on their way have neither theme's contrast; what spins for ever is not waited for."""
        self._wait("Promise.all(document.getAnimations().map(one => one.finished.catch(() => 0)))")

    def _wait(self, promise: str) -> None:
        """Wait in the page, a second at most: nothing else would end a wait for a frame that is not drawn."""
        self.page.evaluate(f"Promise.race([{promise}, new Promise(done => setTimeout(done, 1000))])")

    def check_page(self) -> None:
        """No WCAG 2.2 A or AA violation, nothing wider than the screen, nothing that the policy refused."""
        # A click returns when the next page's answer has begun; before its styles are there axe would judge bare words.
        self.page.wait_for_load_state()
        self._settle()
        # A bar fixed to the screen's edge lies over whatever scrolls below it; axe would call that target too small.
        self.page.evaluate("for (const bar of document.querySelectorAll('.tabbar')) bar.style.position = 'static'")
        result = Axe().run(
            self.page,
            options={
                "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
                "resultTypes": ["violations"],
            },
        )
        found = [
            f"{item['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
            for item in result.response["violations"]
            for node in item["nodes"]
        ]
        self.page.evaluate("for (const bar of document.querySelectorAll('.tabbar')) bar.style.position = ''")
        assert not found, f"{self.page.url}\n" + "\n".join(found)
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the screen"
        assert not self.complaints, f"{self.page.url}: {self.complaints}"


@pytest.fixture
def someone(site: Site, chromium: Browser) -> Iterator:
    """Makes people: `someone()` at a desk, `someone(phone=True)` on a phone, `dark=True` at night; `at` another site."""
    contexts: list[BrowserContext] = []

    def make(*, phone: bool = False, dark: bool = False, at: Site = site) -> Person:
        context = chromium.new_context(
            viewport={"width": 390, "height": 844} if phone else {"width": 1440, "height": 900},
            has_touch=phone,
            color_scheme="dark" if dark else "light",
            locale="en-US",
            timezone_id="America/New_York",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        complaints: list[str] = []

        def hear(said: ConsoleMessage) -> None:
            ours = said.location.get("url", at.base).startswith(at.base)
            # A journey that takes the network away hears of each try, of the last one some time after it is back.
            if said.type == "error" and ours and "ERR_INTERNET_DISCONNECTED" not in said.text:
                complaints.append(said.text)

        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return Person(page, context, at, complaints)

    yield make
    for context in contexts:
        context.close()
