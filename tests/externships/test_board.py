"""The coordinator's board, doing one thing for several placements, and the log of one: who may, and what it says."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.services import ensure_user
from certification.externships.models import Placement, SignOffLink, Site, Supervisor
from certification.externships.selectors import board_of_schools, endings_of, log_of
from certification.externships.services import (
    bulk_placements,
    decide,
    end_assignment,
    end_placement,
    open_placement,
    register_site,
    request_placement,
)
from certification.externships.services.signing import Decision
from certification.records.services import ensure_learner, open_record
from notices.models import Message

from .conftest import NOW, Clinic, text_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
BOARD, SEVERAL = "externships:desk_board", "externships:desk_several"


def sign_all(clinic: Clinic, link: SignOffLink) -> None:
    """Sign every row of a link as its supervisor."""
    decide(
        link=link,
        decisions=[Decision(row.shift.uuid, "sign", digest=row.digest) for row in link.rows.select_related("shift")],
        typed_name="Priya Raman",
        confirms_statement=True,
    )


def another(clinic: Clinic, name: str) -> Placement:
    """One more learner at the same site."""
    record = open_record(
        learner=ensure_learner(
            user=ensure_user(
                email=f"{name.lower()}@riverbend.example", legal_name=f"{name} Vega", password="a-long-password"
            )
        ),
        school=clinic.school.school,
        rule_set=clinic.record.rule_set,
        program_code="SMALL",
        program_title="A small program",
        enrolled_on=date(2026, 1, 5),
        source_key=f"enrollment:{name}",
    )
    return open_placement(
        record=record,
        site=clinic.site,
        starts_on=date(2026, 9, 1),
        ends_on=date(2027, 2, 28),
        required_minutes=600,
        approved_by=clinic.school.coordinator,
    )


def end(placement: Placement, clinic: Clinic) -> None:
    """Terminate it today."""
    end_placement(placement=placement, state="terminated", ended_on=TODAY, by=clinic.school.coordinator)


def desk(clinic: Clinic) -> Client:
    return clinic.school.client(clinic.school.coordinator)


def test_the_board_says_who_is_where_and_what_calls(clinic: Clinic) -> None:
    clinic.draft()
    sign_all(clinic, clinic.send())
    clinic.draft("2026-11-16 09:00", "2026-11-16 10:30")
    clinic.send()
    another(clinic, "Ines")
    with time_machine.travel(NOW + timedelta(days=16), tick=False):
        said = text_of(desk(clinic).get(reverse(BOARD)))
    assert "Placements2approved and active, at one site" in said
    assert "Harborview Rehabilitation 2 learners" in said
    assert "4 h of 10 h" in said
    assert "a signature waits for 16 days" in said
    assert "no shift for 96 days" in said, "Ines has not begun"
    assert "longer than 14 days1 shift, 1 h" in said


def test_an_empty_board_teaches(clinic: Clinic) -> None:
    Placement.objects.update(state="terminated", ended_on=date(2026, 11, 1))
    assert "Nobody is placed now" in text_of(desk(clinic).get(reverse(BOARD)))


def test_filters_leave_who_fits(clinic: Clinic) -> None:
    another(clinic, "Ines")
    clinic.draft()
    sign_all(clinic, clinic.send())
    page = desk(clinic)
    assert "Ines Vega" not in text_of(page.get(reverse(BOARD), {"q": "reyes"}))
    assert "Nobody fits this" in text_of(page.get(reverse(BOARD), {"q": "nobody of this name"}))
    at_risk = text_of(page.get(reverse(BOARD), {"show": "risk"}))
    assert "Ines Vega" in at_risk
    assert page.get(reverse(BOARD), {"show": "nonsense", "page": "x"}).status_code == 200


def test_the_board_asks_the_same_queries_for_one_and_for_many(clinic: Clinic) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            board_of_schools([clinic.school.school], timezone.now())
        return len(seen)

    queries()
    clinic.draft()
    clinic.send()
    few = queries()
    for name in ("Ines", "Joan", "Kaya", "Lina"):
        another(clinic, name)
    assert queries() == few == 4


def test_hours_above_a_plan_help_no_other(clinic: Clinic) -> None:
    Placement.objects.update(required_minutes=60)
    clinic.draft()
    sign_all(clinic, clinic.send())
    another(clinic, "Ines")
    board = board_of_schools([clinic.school.school], timezone.now())
    assert (board.signed, board.required) == (60, 660)


def test_tables_hold_the_whole_board(clinic: Clinic) -> None:
    another(clinic, "Ines")
    page = desk(clinic)
    table = list(
        csv.DictReader(io.StringIO(page.get(reverse("externships:desk_board_table", args=["csv"])).content.decode()))
    )
    assert [row["learner"] for row in table] == ["Daniela Reyes", "Ines Vega"]
    assert table[0]["required_minutes"] == "600"
    book = load_workbook(io.BytesIO(page.get(reverse("externships:desk_board_table", args=["xlsx"])).content))
    assert [row[0].value for row in book.active.iter_rows(min_row=2)] == ["Daniela Reyes", "Ines Vega"]  # type: ignore[union-attr]
    assert page.get(reverse("externships:desk_board_table", args=["exe"])).status_code == 404


# ---- several at once -------------------------------------------------------------------------------------------------


def post(clinic: Clinic, *placements: Placement, **fields: Any) -> Any:
    return desk(clinic).post(reverse(SEVERAL), {"placement": [p.uuid for p in placements], **fields})


def test_looking_says_what_would_happen_and_does_nothing(clinic: Clinic) -> None:
    ines = another(clinic, "Ines")
    said = text_of(post(clinic, clinic.placement, ines, action="extend", ends_on="2027-03-31"))
    assert "It would be done for 2 of 2. Nothing happened yet." in said
    assert "Last day from 28 Feb 2027 to 31 Mar 2027." in said
    assert set(Placement.objects.values_list("ends_on", flat=True)) == {date(2027, 2, 28)}
    assert post(clinic, clinic.placement, ines, action="extend", ends_on="2027-03-31", sure="yes").status_code == 302
    assert set(Placement.objects.values_list("ends_on", flat=True)) == {date(2027, 3, 31)}


def test_what_is_refused_for_one_is_done_for_the_others(clinic: Clinic) -> None:
    clinic.draft("2026-11-09 08:00", "2026-11-09 18:30")
    sign_all(clinic, clinic.send())
    ines = another(clinic, "Ines")
    said = text_of(post(clinic, clinic.placement, ines, action="complete", sure="yes"))
    clinic.placement.refresh_from_db()
    ines.refresh_from_db()
    assert (clinic.placement.state, ines.state) == ("complete", "active")
    assert "Ines Vega" in said
    assert "Daniela Reyes" not in said


def test_asking_again_mails_new_links(clinic: Clinic) -> None:
    clinic.draft()
    link = clinic.send()
    before = Message.objects.count()
    assert "A new mail to Dr. Priya Raman." in text_of(post(clinic, clinic.placement, action="remind"))
    assert Message.objects.count() == before, "only looked"
    post(clinic, clinic.placement, action="remind", sure="yes")
    assert Message.objects.order_by("-pk")[0].to == clinic.supervisor.email
    assert Message.objects.count() == before + 1
    link.refresh_from_db()
    assert link.revoked_why == "replaced"
    said = text_of(post(clinic, another(clinic, "Ines"), action="remind"))
    assert "No signature waits." in said


@pytest.mark.parametrize(
    "fields,sentence",
    [
        ({}, "Choose what is to be done."),
        ({"action": "extend"}, "Choose the new last day."),
        ({"action": "sell"}, "Select a valid choice"),
    ],
)
def test_an_incomplete_choice_keeps_what_was_chosen(clinic: Clinic, fields: dict[str, str], sentence: str) -> None:
    answer = post(clinic, clinic.placement, **fields)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert str(clinic.placement.uuid) in answer.content.decode()


def test_nothing_chosen_is_said(clinic: Clinic) -> None:
    answer = desk(clinic).post(reverse(SEVERAL), {"action": "remind"}, follow=True)
    assert "Choose at least one placement." in text_of(answer)


def test_another_schools_placement_is_not_touched(clinic: Clinic) -> None:
    page = clinic.school.client(clinic.school.foreign_registrar)
    answer = page.post(
        reverse(SEVERAL), {"placement": [clinic.placement.uuid], "action": "complete", "sure": "yes"}, follow=True
    )
    assert "Choose at least one placement." in text_of(answer)
    clinic.placement.refresh_from_db()
    assert clinic.placement.state == "active"


def test_a_service_call_by_an_outsider_is_refused_row_by_row(clinic: Clinic) -> None:
    (line,) = bulk_placements(placements=[clinic.placement], action="complete", by=clinic.school.learner_user)
    assert not line.done
    assert "coordinators and registrars" in line.sentence


# ---- the log ---------------------------------------------------------------------------------------------------------


def test_the_log_shows_signatures_and_sums(clinic: Clinic) -> None:
    clinic.draft()
    sign_all(clinic, clinic.send())
    clinic.draft("2026-11-16 09:00", "2026-11-16 10:30")
    log = log_of(clinic.placement)
    assert log.posted_minutes == 240
    assert log.by_kind() == [("Client session", 1, 240)]
    for answer in (
        desk(clinic).get(reverse("externships:desk_log", args=[clinic.placement.uuid])),
        clinic.learner().get(reverse("externships:own_log", args=[clinic.placement.uuid])),
    ):
        said = text_of(answer)
        assert "Priya Raman" in said
        assert "Physical therapist, KY PT-10442, 2024-01-01 to 2027-03-31" in said
        assert log.signed[0].decision and log.signed[0].decision.digest[:16] in said
        assert "Not decided yet" in said


def test_one_supervisor_is_one_line_however_she_types_her_name(clinic: Clinic) -> None:
    for day, name in (("09", "Priya Raman"), ("10", "priya raman")):
        clinic.draft(f"2026-11-{day} 22:00", f"2026-11-{int(day) + 1} 02:30")
        link = clinic.send()
        decide(
            link=link,
            decisions=[
                Decision(row.shift.uuid, "sign", digest=row.digest) for row in link.rows.select_related("shift")
            ],
            typed_name=name,
            confirms_statement=True,
        )
    log = log_of(clinic.placement)
    assert [(line[0], line[2]) for line in log.by_signer()] == [(clinic.supervisor.name, 2)]
    said = text_of(clinic.learner().get(reverse("externships:own_log", args=[clinic.placement.uuid])))
    assert "10:00 PM – 2:30 AM on the next day" in said


def test_the_log_as_a_table(clinic: Clinic) -> None:
    clinic.draft(statement="=HYPERLINK(1)")
    sign_all(clinic, clinic.send())
    body = (
        clinic.learner().get(reverse("externships:own_log_table", args=[clinic.placement.uuid, "csv"])).content.decode()
    )
    (row,) = csv.DictReader(io.StringIO(body))
    assert (row["minutes"], row["ledger_minutes"], row["starts"]) == ("240", "240", "2026-11-09T09:00-05:00")
    assert "HYPERLINK" not in body, "what she wrote for her supervisor is no part of the log"


def test_an_empty_log_teaches(clinic: Clinic) -> None:
    assert "No shifts yet" in text_of(
        clinic.learner().get(reverse("externships:own_log", args=[clinic.placement.uuid]))
    )


def test_an_instance_of_another_site_is_not_on_it(clinic: Clinic) -> None:
    register_site(school=clinic.school.school, slug="elsewhere", name="Elsewhere Spa", approved_on=date(2026, 1, 1))
    assert "Elsewhere Spa" not in text_of(desk(clinic).get(reverse(BOARD)))


def test_the_board_lists_who_asks_for_a_place_even_where_nobody_is_placed(clinic: Clinic) -> None:
    asked = request_placement(
        record=clinic.record,
        site=clinic.site,
        starts_on=date(2026, 12, 1),
        ends_on=date(2027, 1, 31),
        words="It is near my home.",
        by=clinic.school.learner_user,
    )
    end(clinic.placement, clinic)
    page = desk(clinic).get(reverse(BOARD))
    said = text_of(page)
    assert "Nobody is placed now" in said
    assert "Asked for" in said and "Harborview Rehabilitation, 1 Dec 2026 – 31 Jan 2027" in said
    assert reverse("externships:desk_placement", args=[asked.uuid]) in page.content.decode()
    abroad = clinic.school.client(clinic.school.foreign_registrar).get(reverse(BOARD))
    assert "Asked for" not in text_of(abroad)


def test_the_board_lists_what_ends_soon_or_is_over_and_needed(clinic: Clinic) -> None:
    today = TODAY
    assert "Papers that end" not in text_of(desk(clinic).get(reverse(BOARD)))
    Site.objects.update(
        approval_ends_on=today + timedelta(days=60),
        agreement_ends_on=today,
        insurance_ends_on=today - timedelta(days=40),
    )
    Supervisor.objects.update(valid_to=today + timedelta(days=1))
    page = desk(clinic).get(reverse(BOARD))
    said = text_of(page).split("Papers that end")[1].split("Who is where")[0]
    lines = (
        "11 Oct 2026",
        "Over",
        "20 Nov 2026",
        "Last day",
        "21 Nov 2026",
        "1 day left",
        "19 Jan 2027",
        "60 days left",
    )
    assert [said.find(line) for line in lines] == sorted(said.find(line) for line in lines)
    assert -1 not in [said.find(line) for line in lines]
    for name, thing in (("desk_site", clinic.site), ("desk_supervisor", clinic.supervisor)):
        assert reverse(f"externships:{name}", args=[thing.uuid]) in page.content.decode()
    assert endings_of([clinic.school.other_school], NOW) == []
    Site.objects.update(approval_ends_on=today + timedelta(days=61), agreement_ends_on=None)
    end(clinic.placement, clinic)
    # Nobody is there, so that what is over is no news; and who works nowhere needs no license here.
    assert [one.what for one in endings_of([clinic.school.school], NOW)] == ["licence"]
    (works,) = clinic.supervisor.assignments.all()
    end_assignment(assignment=works, until_on=today - timedelta(days=1), by=clinic.school.coordinator)
    assert endings_of([clinic.school.school], NOW) == []


def test_what_ends_is_read_with_two_queries(clinic: Clinic, django_assert_num_queries: Any) -> None:
    Site.objects.update(agreement_ends_on=date(2026, 11, 20))
    for name in ("East", "West"):
        register_site(school=clinic.school.school, name=name, approved_on=TODAY, agreement_ends_on=date(2026, 12, 1))
    with django_assert_num_queries(2):
        assert len(endings_of([clinic.school.school], NOW)) == 3


def test_who_places_learners_finds_the_way_back_from_competencies(clinic: Clinic) -> None:
    checkoffs, board = reverse("externships:desk_checkoffs"), f'<a href="{reverse(BOARD)}">Board</a>'
    assert board in desk(clinic).get(checkoffs).content.decode()
    assert board not in clinic.school.client(clinic.school.instructor).get(checkoffs).content.decode()


def test_a_signature_that_waits_leads_to_its_placement_and_says_since_when(clinic: Clinic) -> None:
    clinic.draft()
    clinic.send()
    address = reverse("externships:desk_placements")
    page = desk(clinic).get(address)
    assert reverse("externships:desk_placement", args=[clinic.placement.uuid]) in page.content.decode()
    assert "since today" in text_of(page)
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        assert "since 20 Nov (2 days)" in text_of(desk(clinic).get(address))
