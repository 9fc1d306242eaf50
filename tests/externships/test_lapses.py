"""What ends soon is told in time: each step once, one mail a person and day, whoever runs the job how often."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from accounts.services import grant_role
from certification.externships.models import LapseNotice, RegisterPaper, Site, Supervisor
from certification.externships.rules import lapse_step
from certification.externships.selectors import lapses_due
from certification.externships.services import (
    add_paper,
    assign_supervisor,
    end_assignment,
    register_site,
    register_supervisor,
    tell_of_lapses,
    verify_supervisor,
    withdraw_paper,
)
from cms.jobs import run_due
from notices.models import Message

from .conftest import NOW, Clinic

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("days", "step"),
    [(61, None), (60, 60), (59, 60), (31, 60), (30, 30), (8, 30), (7, 7), (1, 7), (0, 0), (-1, 0), (-3, 0), (-4, None)],
)
def test_the_step_that_is_due(days: int, step: int | None) -> None:
    assert lapse_step(TODAY + timedelta(days=days), TODAY) == step


def ends(clinic: Clinic, **days: int) -> None:
    """Let dates of the site, or the `licence`, end in so many days."""
    if "licence" in days:
        Supervisor.objects.update(valid_to=TODAY + timedelta(days=days.pop("licence")))
    if days:
        Site.objects.update(**{f"{what}_ends_on": TODAY + timedelta(days=left) for what, left in days.items()})


def told(day: int = 0) -> int:
    with time_machine.travel(NOW + timedelta(days=day), tick=False):
        return tell_of_lapses(now=NOW + timedelta(days=day))


def mails(address: str) -> list[Message]:
    return list(Message.objects.filter(to=address, key__startswith="lapses:").order_by("pk"))


def test_one_mail_with_all_of_it_and_the_supervisor_hears_of_her_license(clinic: Clinic) -> None:
    ends(clinic, approval=60, agreement=7, insurance=0, licence=30)
    assert run_due(force=True)["what ends soon"] == "4 done"
    assert run_due(force=True)["what ends soon"] == "0 done"
    (hers,) = mails(clinic.school.coordinator.email)
    assert hers.subject == "4 dates of your registers come up"
    for line in (
        "Insurance, Harborview Rehabilitation: 20 November 2026 (today)",
        "Agreement, Harborview Rehabilitation: 27 November 2026 (in 7 days)",
        "License, Dr. Priya Raman: 20 December 2026 (in 30 days)",
        "Approval, Harborview Rehabilitation: 19 January 2027 (in 60 days)",
        f"/desk/supervisors/{clinic.supervisor.uuid}/",
        f"/desk/sites/{clinic.site.uuid}/",
    ):
        assert line in hers.body
    (supervisor,) = mails(clinic.supervisor.email)
    assert supervisor.subject == "Your license on file ends on 20 December 2026"
    assert "Physical therapist, KY PT-10442" in supervisor.body
    assert "Harborview" not in supervisor.body, "the school's own dates are not hers"
    assert not mails(clinic.school.registrar.email), "coordinators answer for placements"
    assert not mails(clinic.school.foreign_registrar.email)


def test_each_step_is_told_once_and_a_date_that_moved_anew(clinic: Clinic) -> None:
    ends(clinic, agreement=60, licence=999)
    days = [day for day in range(66) if told(day)]
    assert days == [0, 30, 53, 60]
    assert [row.step for row in LapseNotice.objects.order_by("pk")] == [60, 30, 7, 0]
    Site.objects.update(agreement_ends_on=TODAY + timedelta(days=100))
    assert [day for day in range(66, 100) if told(day)] == [66, 70, 93]


def test_a_job_that_did_not_run_leaves_nothing_out_and_says_nothing_twice(clinic: Clinic) -> None:
    ends(clinic, agreement=60)
    assert [day for day in (-1, 33, 34, 62, 63) if told(day)] == [33, 62], "60 and 30 as one; the day itself late"
    assert [row.step for row in LapseNotice.objects.order_by("pk")] == [30, 0]
    ends(clinic, agreement=60 - 1)
    Site.objects.update(agreement_ends_on=TODAY - timedelta(days=4))
    assert not told(0), "what is long over is seen on the lists"


def test_what_comes_up_later_that_day_waits_for_the_next(clinic: Clinic) -> None:
    ends(clinic, agreement=7)
    assert told() == 1
    ends(clinic, insurance=7)
    assert told() == 0
    assert len(mails(clinic.school.coordinator.email)) == 1
    assert told(1) == 1
    assert "Insurance" in mails(clinic.school.coordinator.email)[1].body


def test_a_person_of_two_schools_gets_one_mail(clinic: Clinic) -> None:
    grant_role(user=clinic.school.coordinator, organisation=clinic.school.other_school, role="coordinator")
    register_site(
        school=clinic.school.other_school, name="Far", approved_on=date(2026, 1, 1),
        approval_ends_on=TODAY + timedelta(days=7),
    )  # fmt: skip
    ends(clinic, agreement=7)
    Site.objects.exclude(pk=clinic.site.pk).update(agreement_ends_on=None)
    assert told() == 2
    (hers,) = mails(clinic.school.coordinator.email)
    assert "Far" in hers.body and "Harborview" in hers.body


def test_who_works_nowhere_or_is_not_verified_gets_no_mail(clinic: Clinic) -> None:
    new = register_supervisor(
        school=clinic.school.school, name="Omar Haddad", email="omar@example.com", licence_number="1",
        licence_state="KY", profession="x", valid_to=TODAY + timedelta(days=7),
    )  # fmt: skip
    assert told() == 0, "she works nowhere"
    assigned = assign_supervisor(supervisor=new, site=clinic.site, from_on=date(2026, 1, 1))
    assert told() == 1
    assert not mails(new.email), "nobody checked this address"
    assert len(mails(clinic.school.coordinator.email)) == 1
    verify_supervisor(supervisor=new, by=clinic.school.coordinator)
    Supervisor.objects.filter(pk=new.pk).update(valid_to=TODAY + timedelta(days=8))
    assert told(1) == 1
    assert len(mails(new.email)) == 1
    end_assignment(assignment=assigned, until_on=date(2026, 11, 1), by=clinic.school.coordinator)
    Supervisor.objects.filter(pk=new.pk).update(valid_to=TODAY + timedelta(days=9))
    assert told(2) == 0


def keep(clinic: Clinic, owner: Site | Supervisor, kind: str, days: int, name: str) -> RegisterPaper:
    """A paper whose last day is in so many days, with bytes of its own."""
    file = SimpleUploadedFile(name, b"%PDF-1.7\n" + name.encode() + b"\n%%EOF\n", "application/pdf")
    return add_paper(
        owner=owner, kind=kind, attachment=file, by=clinic.school.coordinator, ends_on=TODAY + timedelta(days=days)
    )


def test_a_paper_with_a_day_of_its_own_is_told_like_the_others(clinic: Clinic) -> None:
    ends(clinic, licence=999)
    keep(clinic, clinic.supervisor, "insurance", 60, "cover.pdf")
    keep(clinic, clinic.site, "other", 60, "fire.pdf")
    assert [day for day in range(66) if told(day)] == [0, 30, 53, 60]
    staff = mails(clinic.school.coordinator.email)
    assert len(staff) == 4
    assert "Insurance, Dr. Priya Raman: 19 January 2027 (in 60 days)" in staff[0].body
    assert "Other paper, Harborview Rehabilitation: 19 January 2027 (in 60 days)" in staff[0].body
    for address in (f"/desk/supervisors/{clinic.supervisor.uuid}/", f"/desk/sites/{clinic.site.uuid}/"):
        assert address in staff[0].body
    assert "Other papers stop no shift" in staff[0].body and "no new shift" not in staff[0].body
    hers = mails(clinic.supervisor.email)
    assert [one.subject for one in hers] == ["Insurance on file: it ends on 19 January 2027"] * 4
    assert "Insurance, cover.pdf" in hers[0].body


def test_a_paper_that_was_followed_withdrawn_or_told_as_a_license_is_not_told(clinic: Clinic) -> None:
    ends(clinic, licence=7)
    keep(clinic, clinic.supervisor, "insurance", 30, "old.pdf")
    keep(clinic, clinic.supervisor, "insurance", 400, "new.pdf")
    keep(clinic, clinic.supervisor, "licence", 7, "license.pdf")
    wrong = keep(clinic, clinic.supervisor, "other", 7, "wrong.pdf")
    withdraw_paper(paper=wrong, why="Of somebody else", by=clinic.school.coordinator)
    assert [one.what for one in lapses_due(NOW)] == ["licence"]
    keep(clinic, clinic.supervisor, "other", 7, "right.pdf")
    (works,) = clinic.supervisor.assignments.all()
    assert [one.what_label for one in lapses_due(NOW)] == ["Other paper", "License"]
    end_assignment(assignment=works, until_on=TODAY - timedelta(days=1), by=clinic.school.coordinator)
    assert lapses_due(NOW) == []


def test_the_day_is_that_of_the_school(clinic: Clinic) -> None:
    ends(clinic, agreement=8)
    assert told() == 1  # step 30
    late = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)  # still the twentieth in New York
    assert [lapse.step for lapse in lapses_due(late)] == []
    assert [lapse.step for lapse in lapses_due(late + timedelta(hours=1))] == [7]


def test_reading_costs_four_queries(clinic: Clinic, django_assert_num_queries: Any) -> None:
    ends(clinic, agreement=7, licence=7)
    for _more in range(3):
        with django_assert_num_queries(4):
            assert all(str(one.owner) and one.school.name for one in lapses_due(NOW))
        register_site(
            school=clinic.school.school, name=f"S{_more}", approved_on=date(2026, 1, 1),
            approval_ends_on=TODAY + timedelta(days=7),
        )  # fmt: skip


def test_nothing_leaves_when_the_transaction_fails(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    ends(clinic, agreement=7)

    def broken(**_words: Any) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("certification.externships.services.lapses.enqueue_mail", broken)
        with pytest.raises(RuntimeError), transaction.atomic():
            told()
    assert not LapseNotice.objects.exists()
    assert not mail.outbox
    assert told() == 1


@pytest.mark.parametrize("sql", ["UPDATE externships_lapsenotice SET step = 0", "DELETE FROM externships_lapsenotice"])
def test_the_database_forgets_nothing_that_was_told(clinic: Clinic, sql: str) -> None:
    ends(clinic, agreement=7)
    assert told() == 1
    with pytest.raises(DatabaseError, match="never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
