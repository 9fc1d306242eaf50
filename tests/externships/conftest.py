"""A clinic with a verified supervisor and a learner placed there, made through the services; the clock stands still."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.test import Client

from certification.externships.models import Placement, Shift, SignOffLink, Site, Supervisor
from certification.externships.services import (
    SiteDetails,
    assign_supervisor,
    edit_site,
    open_placement,
    register_site,
    register_supervisor,
    save_shift,
    send_shifts,
    verify_supervisor,
)
from certification.records.models import TrainingRecord
from certification.records.services import ensure_learner, open_record
from certification.requirements.models import RuleSet
from tests.layers import layer
from tests.worlds import School

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


def local(text: str, fold: int = 0) -> datetime:
    """A clock time at the clinic: `local("2026-11-09 09:00")`."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK, fold=fold)


def text_of(response: Any) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()).replace("\u2009", " "))


@dataclass
class Clinic:
    """The world of these tests."""

    school: School
    record: TrainingRecord
    site: Site
    supervisor: Supervisor
    placement: Placement

    def draft(self, start: str = "2026-11-09 09:00", end: str = "2026-11-09 13:30", **fields: Any) -> Shift:
        """A draft of four hours and a half with a break of 30 minutes, unless said otherwise."""
        values: dict[str, Any] = {
            "placement": self.placement,
            "supervisor": self.supervisor,
            "kind": "client_session",
            "starts_at": local(start),
            "ends_at": local(end),
            "break_minutes": 30,
            "techniques": ["mfr", "trigger_point"],
            "screen": "clear",
            "statement": "Cross-hand release of the lumbar fascia; less guarding afterwards.",
        }
        return save_shift(**{**values, **fields})

    def send(self) -> SignOffLink:
        """Send all drafts; one supervisor, one link."""
        (link,) = send_shifts(placement=self.placement, by=self.school.learner_user)
        return link

    def token(self) -> str:
        """The token in the newest mail to the supervisor."""
        return token_in(mail.outbox, self.supervisor.email)

    def learner(self) -> Client:
        """The learner's browser."""
        return self.school.client(self.school.learner_user)


def token_in(outbox: list[Any], address: str) -> str:
    """The token of the newest link mailed to an address."""
    for message in reversed(outbox):
        found = re.search(r"/sign/([\w-]+)/", message.body)
        if found and message.to == [address]:
            return found.group(1)
    raise AssertionError(f"no link was mailed to {address}")


@layer(at=NOW)
def founded(school: School, rule_set: RuleSet) -> Clinic:
    """The clinic and the learner's record, as of this day."""
    record = open_record(
        learner=ensure_learner(user=school.learner_user),
        school=school.school,
        rule_set=rule_set,
        program_code="SMALL",
        program_title="A small program",
        enrolled_on=date(2026, 1, 5),
        source_key="enrollment:1",
    )
    return make_clinic(school, record)


@pytest.fixture
def clinic(founded: Clinic) -> Iterator[Clinic]:
    """Harborview, where Dr. Priya Raman supervises from September on; it is Friday, 20 November 2026, ten o'clock."""
    with time_machine.travel(NOW, tick=False):
        yield founded


@pytest.fixture
def record(clinic: Clinic) -> TrainingRecord:
    """The learner's record."""
    return clinic.record


def make_clinic(school: School, record: TrainingRecord) -> Clinic:
    """Harborview, through the services."""
    site = register_site(
        school=school.school,
        slug="harborview",
        name="Harborview Rehabilitation",
        approved_on=date(2026, 1, 1),
        approval_ends_on=date(2027, 12, 31),
        agreement_starts_on=date(2026, 1, 1),
        agreement_ends_on=date(2027, 6, 30),
    )
    supervisor = register_supervisor(
        school=school.school,
        name="Dr. Priya Raman",
        email="praman@harborview.example",
        licence_number="PT-10442",
        licence_state="KY",
        profession="Physical therapist",
        valid_from=date(2024, 1, 1),
        valid_to=date(2027, 3, 31),
    )
    verify_supervisor(supervisor=supervisor, by=school.coordinator)
    assign_supervisor(supervisor=supervisor, site=site, from_on=date(2026, 9, 1))
    placement = open_placement(
        record=record,
        site=site,
        starts_on=date(2026, 9, 1),
        ends_on=date(2027, 2, 28),
        required_minutes=600,
        approved_by=school.coordinator,
    )
    supervisor.refresh_from_db()
    return Clinic(school, record, site, supervisor, placement)


def answers(
    link: SignOffLink, kind: str = "sign", *, name: str = "Priya Raman", words: str = "", **extra: str
) -> dict[str, str]:
    """A supervisor's form, filled in: the same answer for every row."""
    form = {"typed_name": name, "confirms_statement": "yes", **extra}
    for row in link.rows.select_related("shift"):
        form[f"shown-{row.shift.uuid}"] = row.digest
        form[f"answer-{row.shift.uuid}"] = kind
        form[f"words-{row.shift.uuid}"] = words
    return form


def details_of(clinic: Clinic, **fields: Any) -> Site:
    """Change details of the site, and leave all else."""
    site = Site.objects.select_related("organisation").get(pk=clinic.site.pk)
    now = {name: getattr(site, name) for name in SiteDetails.__dataclass_fields__}
    return edit_site(
        site=site, name=site.organisation.name, address=site.organisation.address, approved_on=site.approved_on,
        approval_ends_on=site.approval_ends_on, agreement_starts_on=site.agreement_starts_on,
        agreement_ends_on=site.agreement_ends_on, by=clinic.school.coordinator, details=SiteDetails(**{**now, **fields}),
    )  # fmt: skip


def second_record(clinic: Clinic, rule_set: RuleSet) -> TrainingRecord:
    """Somebody who has just enrolled: Jun Park."""
    return open_record(
        learner=ensure_learner(user=clinic.school.other_learner_user), school=clinic.school.school, rule_set=rule_set,
        program_code="SMALL", program_title="A small program", enrolled_on=date(2026, 11, 16),
        source_key="enrollment:2",
    )  # fmt: skip
