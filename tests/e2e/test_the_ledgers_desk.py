"""Every screen behind the ledger's door, on a phone and at a desk, by day and at night: nothing that axe finds, nothing too wide.

Runs after the journeys: what it puts into the ledger would stand in their way.
"""

import json

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Person, Site

pytestmark = pytest.mark.e2e
HEAD = "email,legal_name,program,enrolled_on,date,minutes,category,document,sending_school,course"
ROW = "olga{n}@example.org,Olga Old-Fashioned,us-mm-300-sample@1,2024-01-08,2024-05-{n},{m},mfr,Transcript 12,Hillside,MFR-OLD"
WORLD = """
import json
from uuid import uuid4
from accounts.models import User
from certification.records import services
from certification.records.models import ImportRun, TrainingRecord
from certification.records.rules.postings import HourPart
from certification.records.selectors import standing_entries, today_of

def who(name):
    return User.objects.get(email=f"{name}@riverbend.example")

record = TrainingRecord.objects.get(learner__user=who("candidate"))
today, lines = today_of(record), standing_entries(record)
claims = [
    services.make_claim(uuid=uuid4(), record=record, entry=lines[0], day=lines[0].date, minutes=50,
        words="I was there for longer than it says, and Ines saw me.", by=who("candidate")),
    services.make_claim(uuid=uuid4(), record=record, entry=None, day=today, minutes=45,
        words="I helped at the open day.", by=who("candidate")),
]
services.refuse_claim(claim=claims[1], by=who("registrar"), words="The open day was not taught time.")
def part(minutes):
    return HourPart(category="mfr", minutes=minutes, source="adjustment", delivery="in_person", evidence="corrected",
        title="Open day", date=today)
corrections = [
    services.propose_correction(uuid=uuid4(), record=record, entry=None, parts=[part(minutes)], reason="missing",
        words="She helped at the open day; the sheet was lost.", by=who("instructor"))
    for minutes in (30, 40)
]
services.refuse_correction(correction=corrections[1], by=who("second-registrar"), words="Nobody remembers it.")
anomalies = [
    services.note_anomaly(school=record.school, kind=kind, fingerprint=kind, records=[record.uuid],
        first_on=today, last_on=today, evidence={"entries": [str(lines[0].uuid)], "minutes": 1020, "lines": 30})
    for kind in ("long_day", "burst")
]
services.decide_anomaly(uuid=uuid4(), anomaly=anomalies[1], verdict="explained", words="A late sheet.", by=who("registrar"))
# Asked for and not begun: what a reader sees while a worker is busy elsewhere.
going = services.ask_check(school=record.school, data=b"x", name="hours of hillside.csv", by=who("registrar"))
failed = services.ask_check(school=record.school, data=b"x", name="y", by=who("registrar"))
ImportRun.objects.filter(pk=failed.pk).update(state="failed", sentence="The column “email” is missing.")
print(json.dumps([
    f"desk/claims/{claims[0].uuid}/", f"desk/corrections/{corrections[0].uuid}/",
    *(f"desk/anomalies/{one.uuid}/" for one in anomalies), *(f"desk/imports/runs/{one.uuid}/" for one in (going, failed)),
]))
"""
WORK = """
from certification.records.models import ImportRun
from cms.desk.services import work_on_import

work_on_import.call(ImportRun.objects.get(uuid="{uuid}").pk)
"""
LISTS = ("imports", "export", "anomalies", "corrections", "claims", "ledger")


def test_every_screen_of_the_ledger(site: Site, someone) -> None:
    him: Person = someone()
    him.log_in("registrar")
    page = him.page
    # Two files, on screen: one that may pass, one with a row that may not.
    files = []
    for minutes in ("90", "ninety"):
        page.goto(f"{site.base}/desk/imports/")
        rows = [ROW.format(n=10 + n, m=60) for n in range(3)] + [ROW.format(n=20, m=minutes)]
        body = "\n".join([HEAD, *rows]).encode()
        page.get_by_label("File", exact=True).set_input_files(
            [{"name": f"{minutes}.csv", "mimeType": "text/csv", "buffer": body}]
        )
        page.get_by_role("button", name="Look at its rows").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"{minutes}.csv")
        files.append(page.url.removeprefix(f"{site.base}/"))
    made = json.loads(site.manage("shell", "-v0", "-c", WORLD).splitlines()[-1])
    for theme in ("light", "dark"):
        # Before the page is opened: one that is open already takes its time to change color.
        page.emulate_media(color_scheme=theme)
        for address in [*(f"desk/{name}/" for name in LISTS), *files, *made]:
            answer = page.goto(f"{site.base}/{address}")
            assert answer and answer.ok, address
            for width, height in ((1440, 900), (390, 844)):
                page.set_viewport_size({"width": width, "height": height})
                him.check_page()

    # Work that goes on is looked at again by the page itself, and who is at its link stays there.
    going = made[-2]
    page.goto(f"{site.base}/{going}")
    expect(page.get_by_role("heading", level=1)).to_have_text("The rows are being checked")
    page.get_by_role("link", name="Look again").focus()
    # A worker takes it, and finds that it is no table.
    site.manage("shell", "-v0", "-c", WORK.format(uuid=going.split("/")[-2]))
    expect(page.get_by_role("heading", level=1)).to_have_text("The rows could not be checked")
    expect(page.get_by_role("link", name="Bring it again")).to_be_focused()
    assert not him.complaints
