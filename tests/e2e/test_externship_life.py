"""The whole life of an externship at phone size: learner, supervisor without an account, coordinator; six weeks of it.

One school of its own, whose clock goes where the story is. Each test is the next day or so of the same life.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Person, Site, demo_school

pytestmark = pytest.mark.e2e
SITE = "Saltmarsh Rehabilitation"
SUPERVISOR, HER_MAIL = "Noemi Castellanos", "noemi@saltmarsh.example"
LEARNER, COORDINATOR = "iris@learner.example", "dana@riverbend.example"
LINK, ASKED = r"(http://\S+/sign/[\w-]{30,}/)", r"(http://\S+/evaluate/\S+/)"
RECEIPT = r"^(http://\S+/receipts/\S+/)\s"

# Before the story: a coordinator, and a learner whose instructor has seen all but one of what comes before clients.
PEOPLE = """
from datetime import date, datetime, timezone
from accounts.models import Organisation, User
from accounts.services import ensure_user, grant_role
from certification.externships.models import CompetencyVersion
from certification.externships.services import Rating, rate
from courses.catalog.models import Program
from courses.enrollments.services import enroll
school, program = Organisation.objects.get(slug="riverbend"), Program.objects.get(code="MMP-300")
dana = ensure_user(email="dana@riverbend.example", legal_name="Dana Whitfield", password="riverbend-demo")
grant_role(user=dana, organisation=school, role="coordinator")
for name, legal in (("iris", "Iris Novak"), ("paul", "Paul Adeyemi")):
    user = ensure_user(email=name + "@learner.example", legal_name=legal, password="riverbend-demo")
    enrollment = enroll(user=user, program=program, source_key="life:" + name, enrolled_on=date(2026, 9, 1))
    if name == "iris":
        seen = {"RED-FLAGS": "pass", "DRAPING": "pass", "INFECTION-CONTROL": "pass", "BODY-MECHANICS": "2",
            "BOUNDARIES": "pass"}
        uuids = dict(CompetencyVersion.objects.filter(competency__school=school, state="in_use")
            .values_list("competency__code", "uuid"))
        rate(record=enrollment.record, ratings=[Rating(uuids[code], value) for code, value in seen.items()],
            by=User.objects.get(email="instructor@riverbend.example"), now=datetime(2026, 10, 20, 15, tzinfo=timezone.utc))
"""


@dataclass
class Life:
    """A school in its own time, and what its people came by on the way."""

    site: Site
    clock: Path
    places: dict[str, str] = field(default_factory=dict)

    def at(self, moment: str) -> None:
        """Let it be that moment at the clinic: "2026-11-04 09:00"."""
        there = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("America/New_York"))
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(str(there.timestamp() - time.time()))
        fresh.replace(self.clock)  # in one go: the server reads it before each answer

    def tick(self) -> None:
        """What runs each minute."""
        self.site.manage("tick")


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    folder = tmp_path_factory.mktemp("life")
    clock = folder / "clock"
    story = Life(None, clock)  # type: ignore[arg-type]
    story.at("2026-11-02 08:00")
    with demo_school(folder, DJANGO_SETTINGS_MODULE="tests.e2e.in_time", CLOCK_FILE=str(clock)) as site:
        site.manage("shell", "-c", PEOPLE)
        story.site = site
        yield story


@pytest.fixture
def on_phone(life: Life, someone):
    """Makes people on phones; those with an account are signed in."""

    def make(who: str = "") -> Person:
        person: Person = someone(phone=True, at=life.site)
        person.page.emulate_media(reduced_motion="reduce")
        if who:
            person.log_in(who)
        return person

    return make


def hours(count: int) -> re.Pattern[str]:
    """So many hours in all: the clock counts seconds and rounds down, so a slow machine may cost the shift a minute."""
    return re.compile(rf"\b({count}\sh(?!\s\d+\smin)|{count - 1}\sh\s59\smin)\b")


def words(page: Page) -> str:
    return re.sub(r"\s+", " ", page.locator("main").inner_text())


def look(person: Person, *, refused: bool = False) -> None:
    """Hold the screen to what every screen keeps, by day and at night; a refusal's own status is no complaint."""
    if refused:
        person.complaints[:] = [said for said in person.complaints if "status of 4" not in said]
    for scheme in ("dark", "light"):
        person.wear(scheme)
        person.check_page()


def unfold(page: Page, title: str) -> None:
    """Open a folded part, where it is closed."""
    fold = page.locator("details", has=page.get_by_text(title, exact=True)).first
    if fold.get_attribute("open") is None:
        fold.locator("summary").first.click()


def write_down(page: Page, day: str, starts: str, ends: str, kind: str, *, pause: int = 0, said: str = "") -> None:
    """Fill the form of a shift by hand, and save nothing."""
    page.get_by_label("Day", exact=True).fill(day)
    page.get_by_label("From", exact=True).fill(starts)
    page.get_by_label("To", exact=True).fill(ends)
    page.get_by_label("Breaks, in minutes").fill(str(pause))
    page.get_by_label(kind).check()
    if kind.startswith("Client session"):
        page.get_by_label("Asked: nothing found").check()
    page.get_by_label("What you did and learned").fill(said)


def row_of(page: Page, day: str) -> Locator:
    """The part of the supervisor's page that is about a day."""
    return page.locator("[data-row]").filter(has=page.get_by_role("heading", name=day))


def sign_as(page: Page, name: str = SUPERVISOR) -> None:
    """Her name, her sentence, and off."""
    page.locator("#confirms_statement").check()
    page.get_by_label("Your full name").fill(name)
    page.get_by_role("button", name=re.compile("Send my answer")).click()


def test_1_the_coordinator_registers_site_and_supervisor(life: Life, on_phone) -> None:
    dana = on_phone(COORDINATOR)
    page = dana.page
    page.goto(f"{life.site.base}/desk/externships/")
    look(dana)
    page.goto(f"{life.site.base}/desk/sites/new/")
    look(dana)
    page.get_by_label("Name of the site").fill(SITE)
    page.get_by_label("Address").fill("9 Causeway Road\nSavannah, GA 31404")
    page.get_by_label("Learners at a time").fill("1")
    for label, day in (
        ("Approved from", "2026-10-01"),
        ("Agreement from", "2026-10-01"),
        ("Agreement until", "2027-06-30"),
        ("Insured from", "2026-10-01"),
        ("Insured until", "2026-09-30"),
    ):
        page.get_by_label(label).fill(day)
    page.get_by_label("Policy number").fill("SM-3310")
    page.get_by_role("button", name="Register the site").click()
    expect(page.get_by_role("alert")).to_contain_text("The last day lies before the first.")
    look(dana, refused=True)
    assert page.get_by_label("Policy number").input_value() == "SM-3310", "what was typed is kept"
    page.get_by_label("Insured until").fill("2027-06-30")
    page.get_by_role("button", name="Register the site").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SITE)
    expect(page.locator("main")).to_contain_text("Nobody supervises here yet")
    look(dana)
    clinic = page.url

    page.get_by_role("link", name="Register a new supervisor").click()
    look(dana)
    page.get_by_label("Full name").fill(SUPERVISOR)
    page.get_by_label("E-mail address").fill("Iris@Learner.example")
    page.get_by_label("Profession").fill("Massage therapist")
    page.get_by_label("State", exact=True).fill("GA")
    page.get_by_label("License number").fill("MT-40718")
    page.get_by_label("Valid until").fill("2027-08-31")
    page.get_by_role("button", name="Register the supervisor").click()
    expect(page.get_by_role("alert")).to_contain_text("A learner cannot supervise.")
    look(dana, refused=True)
    page.get_by_label("E-mail address").fill(HER_MAIL)
    page.get_by_role("button", name="Register the supervisor").click()
    expect(page.locator("main")).to_contain_text("Nobody has checked this license")
    look(dana)
    page.get_by_label("What you looked at").fill("the state board’s page, by number")
    page.get_by_role("button", name="I checked the license").click()
    expect(page.locator("main")).to_contain_text("By Dana Whitfield")
    look(dana)
    page.goto(clinic)
    page.get_by_label("Supervisor", exact=True).select_option(label=f"{SUPERVISOR}, Massage therapist")
    page.locator("[name=from_on]").fill("2026-10-15")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("region", name="List of supervisors")).to_contain_text(SUPERVISOR)
    look(dana)


def test_2_the_learner_asks_for_a_place_and_the_coordinator_gives_it(life: Life, on_phone) -> None:
    iris = on_phone(LEARNER)
    page = iris.page
    page.goto(f"{life.site.base}/shifts/")
    expect(page.get_by_role("heading", name="No placement yet")).to_be_visible()
    look(iris)
    page.get_by_role("link", name="Ask for a placement").first.click()
    look(iris)
    page.get_by_label("Site").select_option(label=SITE)
    page.get_by_label("First day").fill("2026-11-03")
    page.get_by_label("Last day").fill("2026-12-18")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("alert")).to_contain_text("Say in a sentence why you want to learn there.")
    look(iris, refused=True)
    page.get_by_label("Why there").fill("I want to learn how joints are measured. I can come on every weekday.")
    page.get_by_role("button", name="Send the request").click()
    expect(page.locator("main")).to_contain_text("Your school has not answered yet")
    look(iris)
    life.places["own"] = page.url

    dana = on_phone(COORDINATOR)
    desk = dana.page
    asked = life.site.mailbox.wait_for(COORDINATOR, r"(http://\S+/desk/placements/\S+)")
    desk.goto(asked)
    look(dana)
    life.places["desk"] = desk.url
    desk.goto(f"{life.site.base}/desk/externships/")
    expect(desk.get_by_role("region", name="Asked for")).to_contain_text("Iris Novak")
    look(dana)
    desk.goto(f"{life.places['desk']}approve/")
    look(dana)
    desk.get_by_label("Hours needed there").fill("24")
    desk.get_by_role("button", name="Approve", exact=True).click()
    expect(desk.get_by_role("heading", name="Before the first client")).to_be_visible()
    said = words(desk)
    assert "Missing Intake" in said and said.count("There ") >= 5, said
    look(dana)
    assert life.site.mailbox.wait_for(LEARNER, f"({SITE})"), "she is told"
    page.reload()
    expect(page.get_by_role("heading", name="Before your first client")).to_be_visible()
    look(iris)


def test_3_no_client_before_the_check_off_by_the_supervisors_link(life: Life, on_phone) -> None:
    life.at("2026-11-03 12:30")
    iris = on_phone(LEARNER)
    page = iris.page
    page.goto(f"{life.site.base}/shifts/new/")
    look(iris)
    write_down(page, "2026-11-03", "09:00", "12:00", "Client session", said="Neck and shoulder work.")
    page.get_by_role("button", name="Save as a draft").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("No client yet on 3 November 2026")
    expect(alert).to_contain_text("Intake")
    look(iris, refused=True)
    page.get_by_label("Observation").check()
    page.get_by_role("button", name="Save as a draft").click()
    page.wait_for_url("**/shifts/")
    expect(page.get_by_role("region", name="Not sent yet")).to_contain_text("Observation")
    assert "approved" in words(page), "her first day has come, and the gates keep the placement from beginning"

    page.get_by_role("link", name="Your competencies").click()
    look(iris)
    page.get_by_role("link", name="Ask your supervisor").click()
    look(iris)
    page.get_by_label("Check-off").check()
    page.get_by_label("Intake").check()
    page.get_by_role("button", name="Ask", exact=True).click()
    link = life.site.mailbox.wait_for(HER_MAIL, ASKED)

    noemi = on_phone()
    phone = noemi.page
    phone.goto(link)
    phone.goto(link)  # opening it, even twice, answers nothing
    look(noemi)
    phone.get_by_role("button", name="Send my answer").click()
    expect(phone.get_by_role("alert")).to_contain_text("Answer at least one item.")
    look(noemi, refused=True)
    phone.get_by_text("2 Alone").click()
    sign_as(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Your answer is noted")
    look(noemi)

    page.goto(life.places["own"])
    assert "Missing" not in words(page)
    life.tick()
    page.reload()
    assert "Active" in words(page), words(page)
    look(iris)


def test_4_she_clocks_in_takes_a_break_and_clocks_out(life: Life, on_phone) -> None:
    life.at("2026-11-04 08:57")
    iris = on_phone(LEARNER)
    page = iris.page
    page.goto(f"{life.site.base}/shifts/")
    page.get_by_role("link", name="Clock in").click()
    look(iris)
    life.at("2026-11-04 09:00")
    page.get_by_role("button", name="Client session").click()
    expect(page.locator("main")).to_contain_text("Clocked in at 9:00 AM")
    look(iris)
    # Her phone's own clock is somewhere else altogether: only the server's counts.
    life.at("2026-11-04 10:30")
    page.get_by_role("button", name="Break").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Break")
    look(iris)
    page.goto(f"{life.site.base}/shifts/new/")
    write_down(page, "2026-11-04", "08:00", "09:30", "Observation")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_role("alert")).to_contain_text("Your clock runs since 4 November, 9:00 AM")
    look(iris, refused=True)
    page.goto(f"{life.site.base}/shifts/clock/")
    life.at("2026-11-04 10:45")
    page.get_by_role("button", name="Client session").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Client session")
    life.at("2026-11-04 12:15:30")
    page.get_by_role("button", name="Clock out").click()
    page.wait_for_url("**/shifts/")
    drafts = page.get_by_role("region", name="Not sent yet")
    expect(drafts).to_contain_text("9:00 AM to 12:15 PM")
    expect(drafts).to_contain_text("Add client and contraindications before you send it.")
    look(iris)
    drafts.get_by_role("link", name=re.compile("Change.*Client session")).click()
    look(iris)
    page.get_by_label("Asked: nothing found").check()
    page.get_by_label("What you did and learned").fill("Two sessions at the shoulder, watched throughout.")
    page.get_by_role("button", name="Save as a draft").click()
    page.wait_for_url("**/shifts/")
    assert hours(3).search(words(page)), "a quarter of an hour of it was the break"


def test_5_she_writes_a_shift_down_by_hand_and_names_no_client(life: Life, on_phone) -> None:
    life.at("2026-11-05 17:00")
    iris = on_phone(LEARNER)
    page = iris.page
    page.goto(f"{life.site.base}/shifts/new/")
    named = "Mrs. Dolores Whitaker came with a stiff neck; less guarding afterwards."
    write_down(page, "2026-11-05", "13:00", "16:30", "Client session", pause=30, said=named)
    unfold(page, "Complaint, regions and measures")
    page.get_by_label("Neck", exact=True).check()
    first = page.get_by_role("group", name="Measure 1")
    first.get_by_label("What").select_option(value="pain")
    first.get_by_label("Before").fill("6")
    first.get_by_label("After").fill("3")
    unfold(page, "Your reflection")
    page.get_by_label("Your reflection").fill("I hurried the intake; next time I sit down for it.")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_role("alert")).to_contain_text("looks like a person’s name")
    look(iris, refused=True)
    assert page.get_by_label("What you did and learned").input_value() == named, "kept as it was typed"
    assert page.get_by_label("Your reflection").input_value().startswith("I hurried")
    assert page.get_by_role("group", name="Measure 1").get_by_label("After").input_value() == "3"
    page.get_by_label("What you did and learned").fill("A stiff neck; less guarding afterwards.")
    page.get_by_role("button", name="Save as a draft").click()
    page.wait_for_url("**/shifts/")

    life.at("2026-11-06 18:00")
    for starts, ends, kind in (("09:00", "11:00", "Intake and notes"), ("13:00", "17:00", "Instruction")):
        page.goto(f"{life.site.base}/shifts/new/")
        write_down(page, "2026-11-06", starts, ends, kind)
        page.get_by_role("button", name="Save as a draft").click()
        page.wait_for_url("**/shifts/")
    page.goto(f"{life.site.base}/shifts/new/")
    write_down(page, "2026-11-06", "16:30", "17:30", "Observation")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_role("alert")).to_contain_text("No minute counts twice")
    look(iris, refused=True)
    page.goto(f"{life.site.base}/shifts/")
    expect(page.get_by_role("region", name="Not sent yet").get_by_role("listitem")).to_have_count(5)
    look(iris)


def test_6_the_week_is_sent_while_no_mail_server_answers(life: Life, on_phone) -> None:
    life.at("2026-11-06 18:30")
    mailbox = life.site.mailbox
    iris, dana = on_phone(LEARNER), on_phone(COORDINATOR)
    page, desk = iris.page, dana.page
    before = mailbox.count(HER_MAIL)
    with life.site.without_mail():
        page.goto(f"{life.site.base}/shifts/")
        page.get_by_role("button", name=re.compile("Send 5 shifts")).click()
        expect(page.get_by_role("region", name="Waits for a signature").get_by_role("listitem")).to_have_count(5)
        look(iris)
        desk.goto(f"{life.site.base}/desk/placements/")
        line = desk.get_by_role("row").filter(has_text="Iris Novak")
        expect(line).to_contain_text("Mail not yet delivered")
        expect(line).to_contain_text("tried once")
        look(dana)
        life.at("2026-11-06 18:32")
        life.tick()
        desk.reload()
        expect(line).to_contain_text("tried 2 times")
        assert mailbox.count(HER_MAIL) == before
    life.at("2026-11-06 18:45")
    life.tick()
    assert mailbox.count(HER_MAIL) == before + 1, "nothing is lost"
    life.at("2026-11-06 20:00")
    life.tick()
    assert mailbox.count(HER_MAIL) == before + 1, "and nothing comes twice"
    desk.reload()
    expect(line).to_contain_text("Works")
    look(dana)


def test_7_the_supervisor_answers_each_shift_her_own_way(life: Life, on_phone) -> None:
    life.at("2026-11-07 10:00")
    link = life.site.mailbox.wait_for(HER_MAIL, LINK)
    life.places["link"] = link
    noemi = on_phone()
    phone = noemi.page
    phone.goto(link)
    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Five shifts of Iris Novak")
    assert phone.locator("input[type=radio][value=sign]:checked").count() == 0, "nothing is chosen beforehand"
    look(noemi)
    iris = on_phone(LEARNER)
    iris.page.goto(f"{life.site.base}/shifts/")
    expect(iris.page.get_by_role("region", name="Waits for a signature").get_by_role("listitem")).to_have_count(5)

    # The learner who got hold of her supervisor's mail signs nothing, whatever name she types.
    iris.page.goto(link)
    row_of(iris.page, "Wednesday 4 November").get_by_text("Sign", exact=True).click()
    sign_as(iris.page)
    expect(iris.page.get_by_role("alert")).to_contain_text("Only the supervisor herself can sign here.")
    look(iris, refused=True)

    # She is somebody else, or in a hurry: nothing is signed, and what she chose stands.
    row_of(phone, "Wednesday 4 November").get_by_text("Sign", exact=True).click()
    phone.get_by_role("button", name=re.compile("Send my answer")).click()
    expect(phone.get_by_role("alert")).to_contain_text("Type your full name")
    expect(phone.get_by_role("alert")).to_contain_text("Tick the sentence if it is true")
    look(noemi, refused=True)
    sign_as(phone, "Iris Novak")
    expect(phone.get_by_role("alert")).to_contain_text(f"This link is for {SUPERVISOR}")
    assert row_of(phone, "Wednesday 4 November").locator("[value=sign]").is_checked()

    thursday = row_of(phone, "Thursday 5 November")
    thursday.get_by_text("Return", exact=True).click()
    thursday.get_by_label("What is not right").fill("The break was an hour; I saw you at lunch.")
    friday = row_of(phone, "Friday 6 November")
    morning, afternoon = friday.nth(0), friday.nth(1)
    morning.get_by_text("Propose", exact=True).click()
    morning.get_by_label("From", exact=True).fill("09:30")
    afternoon.get_by_text("Refuse", exact=True).click()
    sign_as(phone)
    expect(phone.get_by_role("alert")).to_contain_text("Say in a few words what is not right")
    look(noemi, refused=True)
    afternoon = row_of(phone, "Friday 6 November").nth(1)
    afternoon.get_by_label("What is not right").fill("I was not there that afternoon.")
    sign_as(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("One shift of Iris Novak")
    look(noemi)
    said = words(phone)
    for needed in ("Signed by Noemi Castellanos on 7 November 2026", "Returned on 7 November", "9:30 AM to 11:00 AM",
                   "Refused on 7 November"):  # fmt: skip
        assert needed in said, needed
    receipt = life.site.mailbox.wait_for(HER_MAIL, RECEIPT)
    phone.goto(receipt)
    expect(phone.get_by_role("heading", level=1)).to_have_text(hours(3))
    assert "Iris" not in words(phone), "a receipt names no learner"
    for needed in ("Signed", "Returned", "Returned with other times", "Refused"):
        assert needed in words(phone)
    look(noemi)


def test_8_the_learner_puts_it_right_and_sends_it_again(life: Life, on_phone) -> None:
    life.at("2026-11-08 19:00")
    iris = on_phone(LEARNER)
    page = iris.page
    page.goto(f"{life.site.base}/shifts/")
    look(iris)
    returned = page.get_by_role("region", name="Returned to you")
    expect(returned).to_contain_text("I saw you at lunch")
    returned.get_by_role("link", name=re.compile("Compare")).click()
    expect(page.get_by_role("heading", name="Other times were proposed")).to_be_visible()
    look(iris)
    page.get_by_role("button", name="Take these times over").click()
    expect(page.locator("main")).to_contain_text("9:30 AM to 11:00 AM")
    page.goto(f"{life.site.base}/shifts/")
    page.get_by_role("link", name=re.compile("Put it right")).click()
    look(iris)
    page.get_by_label("Breaks, in minutes").fill("60")
    page.get_by_role("button", name="Save as a draft").click()
    page.goto(f"{life.site.base}/shifts/")
    unfold(page, "Refused and withdrawn")
    expect(page.locator("main")).to_contain_text("I was not there that afternoon.")
    page.get_by_role("button", name=re.compile("Send 2 shifts")).click()
    expect(page.get_by_role("region", name="Waits for a signature").get_by_role("listitem")).to_have_count(3)

    life.at("2026-11-09 08:00")
    noemi = on_phone()
    phone = noemi.page
    for link in (life.site.mailbox.wait_for(HER_MAIL, LINK), life.places["link"]):
        phone.goto(link)
        phone.get_by_role("group", name="Every shift above").get_by_label("Sign").check() if phone.get_by_role(
            "group", name="Every shift above"
        ).count() else phone.locator("[data-row]").get_by_text("Sign", exact=True).click()
        sign_as(phone)
        expect(phone.get_by_role("heading", level=1)).to_contain_text("Signed:")
        expect(phone.locator("main")).to_contain_text("nothing more to do here")
        look(noemi)
        assert phone.get_by_role("region", name=re.compile("^Receipt")).get_by_role("link").count() >= 1
    page.goto(f"{life.site.base}/hours/")
    # 3 h by the clock, 3 h watched, 2 h 30 min put right, 1 h 30 min as proposed.
    page.locator("a[href*='category=externship']").first.click()
    assert hours(10).search(words(page)), words(page)
    look(iris)


def test_9_a_signed_shift_is_amended_and_that_is_signed(life: Life, on_phone) -> None:
    life.at("2026-11-10 18:00")
    iris = on_phone(LEARNER)
    page = iris.page
    page.goto(f"{life.site.base}/shifts/")
    page.get_by_role("region", name="Signed").get_by_role("link", name=re.compile("Tuesday 3 November")).click()
    look(iris)
    page.get_by_role("link", name="Amend it").click()
    look(iris)
    page.get_by_label("To", exact=True).fill("11:00")
    page.get_by_label("Why it is amended").fill(" ")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why it is amended")
    look(iris, refused=True)
    page.get_by_label("Why it is amended").fill("We were done at eleven; I looked at the wrong line.")
    page.get_by_role("button", name="Save as a draft").click()
    page.goto(f"{life.site.base}/shifts/")
    page.get_by_role("button", name=re.compile("Send it to")).click()
    noemi = on_phone()
    phone = noemi.page
    life.at("2026-11-10 20:00")
    phone.goto(life.site.mailbox.wait_for(HER_MAIL, LINK))
    expect(phone.locator("main")).to_contain_text("We were done at eleven")
    look(noemi)
    phone.locator("[data-row]").get_by_text("Sign", exact=True).click()
    sign_as(phone)
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Signed: one shift")
    page.goto(f"{life.site.base}/shifts/")
    said = words(page)
    assert hours(9).search(said) and "signed, of 24 h" in said, said
    expect(page.get_by_role("region", name="Signed")).to_contain_text("Amended")
    look(iris)


def test_10_both_sides_evaluate(life: Life, on_phone) -> None:
    iris, noemi = on_phone(LEARNER), on_phone()
    page, phone = iris.page, noemi.page
    for day, purpose in (("2026-11-25", "Midterm"), ("2026-12-15", "Final")):
        life.at(f"{day} 12:00")
        page.goto(f"{life.site.base}/competencies/")
        if "/login/" in page.url:
            iris.log_in(LEARNER)
            page.goto(f"{life.site.base}/competencies/")
        page.get_by_role("link", name="Ask your supervisor").click()
        page.get_by_label(purpose).check()
        page.get_by_role("button", name="Ask", exact=True).click()
        phone.goto(life.site.mailbox.wait_for(HER_MAIL, ASKED))
        look(noemi)
        for fieldset in phone.locator(".rates fieldset").all():
            fieldset.locator("[value='4']").check()
        phone.get_by_label("In your own words").fill("Careful, and asks before she works.")
        sign_as(phone)
        expect(phone.get_by_role("heading", level=1)).to_have_text("Your answer is noted")
        look(noemi)
        page.goto(f"{life.site.base}/competencies/")
        expect(page.get_by_role("region", name="Asked of supervisors")).to_contain_text("Careful, and asks")
    page.get_by_role("region", name="What do you say of your site?").get_by_role("link").first.click()
    look(iris)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Choose one of the answers.")
    look(iris, refused=True)
    for fieldset in page.locator(".rates fieldset").all():
        fieldset.locator("[value='5']").check()
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url("**/competencies/")
    expect(page.get_by_role("region", name="What do you say of your site?")).to_contain_text("Answered")
    look(iris)


def test_11_the_coordinator_reads_her_board_and_ends_the_placement(life: Life, on_phone) -> None:
    life.at("2026-12-18 17:30")
    iris, dana = on_phone(LEARNER), on_phone(COORDINATOR)
    page, desk = iris.page, dana.page
    page.goto(f"{life.site.base}/shifts/new/")
    write_down(page, "2026-12-18", "09:00", "12:00", "Observation")
    page.get_by_role("button", name="Save as a draft").click()
    page.wait_for_url("**/shifts/")
    page.get_by_role("button", name=re.compile("Send it to")).click()
    desk.goto(f"{life.site.base}/desk/externships/?q=Novak")
    line = desk.get_by_role("row").filter(has_text="Iris Novak")
    expect(line).to_contain_text(hours(9))
    expect(line).to_contain_text(re.compile(r"24.h"))
    expect(line).to_contain_text(re.compile(r"3.h"))
    look(dana)
    for kind, begins in (("csv", None), ("xlsx", b"PK")):
        table = dana.context.request.get(f"{life.site.base}/desk/externships/table/{kind}/")
        assert table.ok and (table.body().startswith(begins) if begins else "Iris Novak" in table.text())
    desk.goto(f"{life.places['desk']}end/")
    look(dana)
    desk.get_by_label("Complete: all was done there").check()
    desk.get_by_role("button", name="End the placement").click()
    expect(desk.get_by_role("alert")).to_contain_text("Fewer hours are signed than needed")
    look(dana, refused=True)
    desk.get_by_label("Complete, although fewer hours").check()
    desk.get_by_role("button", name="End the placement").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Iris Novak")
    assert "Complete" in words(desk)
    look(dana)
    # What waited can still be signed.
    noemi = on_phone()
    phone = noemi.page
    phone.goto(life.site.mailbox.wait_for(HER_MAIL, LINK))
    phone.locator("[data-row]").get_by_text("Sign", exact=True).click()
    sign_as(phone)
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Signed: one shift")

    desk.goto(f"{life.places['desk']}log/")
    said = words(desk)
    assert "Iris Novak" in said and hours(12).search(said) and said.count(SUPERVISOR) >= 5
    look(dana)
    desk.emulate_media(media="print")
    assert desk.pdf().startswith(b"%PDF-"), "it prints"
    own = life.places["own"].replace("/placements/", "/log/")
    page.goto(own)
    assert hours(12).search(words(page))
    look(iris)
    for reader, address in ((dana, f"{life.places['desk']}log/"), (iris, own)):
        csv = reader.context.request.get(f"{address}csv/")
        assert csv.ok and SUPERVISOR in csv.text() and "Whitaker" not in csv.text()
        xlsx = reader.context.request.get(f"{address}xlsx/")
        assert xlsx.ok and xlsx.body().startswith(b"PK")
    paul = on_phone("paul@learner.example")
    for address in (own, life.places["own"]):
        assert paul.context.request.get(address).status == 404, "nobody else's"
