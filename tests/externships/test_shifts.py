"""The learner writes shifts down, changes, sends, takes back and withdraws them; each refusal beside what passes."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from certification.externships.models import Placement, Shift, Site, Supervisor
from certification.externships.services import (
    assign_supervisor,
    open_placement,
    register_site,
    register_supervisor,
    save_shift,
    take_back_shift,
    withdraw_shift,
)
from certification.records.models import TrainingRecord
from certification.records.services import ensure_learner, open_record

from .conftest import Clinic, answers, local, text_of

pytestmark = pytest.mark.django_db


def filled(clinic: Clinic, **fields: Any) -> dict[str, Any]:
    """The learner's form, filled in: four hours of a session."""
    return {
        "placement": str(clinic.placement.uuid),
        "key": str(uuid.uuid4()),
        "day": "2026-11-09",
        "starts": "09:00",
        "ends": "13:30",
        "break_minutes": "30",
        "kind": "client_session",
        "screen": "clear",
        "techniques": ["mfr"],
        "client_code": "",
        "supervisor": str(clinic.supervisor.uuid),
        "statement": "Cross-hand release, lumbar fascia.",
        **fields,
    }


def save(clinic: Clinic, **fields: Any) -> Any:
    return clinic.learner().post(reverse("externships:new_shift"), filled(clinic, **fields))


# ---- pages -----------------------------------------------------------------------------------------------------------


def test_without_a_placement_the_page_teaches(clinic: Clinic) -> None:
    other = clinic.school.client(clinic.school.other_learner_user)
    assert "No placement yet" in text_of(other.get(reverse("externships:shifts")))
    assert "No placement is open" in text_of(other.get(reverse("externships:new_shift")))
    assert "No shifts yet" in text_of(clinic.learner().get(reverse("externships:shifts")))


def test_a_shift_is_written_down_once_with_a_code_of_ours(clinic: Clinic) -> None:
    client = clinic.learner()
    form = filled(clinic)
    first = client.post(reverse("externships:new_shift"), form)
    again = client.post(reverse("externships:new_shift"), form)
    assert (first.status_code, again.status_code) == (302, 302), "a double click is no second shift"
    shift = Shift.objects.get()
    assert (shift.state, shift.version, shift.minutes, shift.entered) == ("draft", 1, 240, "hand")
    assert shift.starts_at == local("2026-11-09 09:00")
    assert shift.client_code
    said = text_of(client.get(reverse("externships:shifts")))
    assert "Mon 9 Nov" in said
    assert "Send it to Dr. Priya Raman, 4 h" in said


def test_back_and_a_changed_form_change_the_same_draft(clinic: Clinic) -> None:
    client = clinic.learner()
    form = filled(clinic)
    client.post(reverse("externships:new_shift"), form)
    client.post(reverse("externships:new_shift"), {**form, "ends": "14:00"})
    assert Shift.objects.get().minutes == 270


def test_overnight_and_both_clock_changes(clinic: Clinic) -> None:
    with time_machine.travel(local("2027-03-20 10:00"), tick=False):
        site, placement = clinic.site, clinic.placement
        Placement.objects.filter(pk=placement.pk).update(ends_on=date(2027, 4, 30))
        saved = save(clinic, day="2026-11-12", starts="22:00", ends="06:00", next_day="on", break_minutes="")
        assert saved.status_code == 302
        saved = save(clinic, day="2027-03-13", starts="22:00", ends="06:00", next_day="on", break_minutes="")
        assert saved.status_code == 302, "the night in which the clocks go forward"
        saved = save(clinic, day="2026-10-31", starts="22:00", ends="06:00", next_day="on", break_minutes="")
        assert saved.status_code == 302, "the night in which they go back"
        assert [shift.minutes for shift in Shift.objects.order_by("starts_at")] == [540, 480, 420]
        missing = save(clinic, day="2027-03-14", starts="02:30", ends="06:00")
        assert "That time did not exist" in text_of(missing)
        assert site.zone == "America/New_York"


def test_a_time_that_came_twice_is_asked_about(clinic: Clinic) -> None:
    asked = save(clinic, day="2026-11-01", starts="01:30", ends="05:30", break_minutes="")
    said = text_of(asked)
    assert asked.status_code == 200
    assert "showed this time twice" in said
    assert "1:30 AM the first time (EDT)" in said
    assert "1:30 AM the second time (EST)" in said
    assert "Cross-hand release, lumbar fascia." in asked.content.decode(), "what was typed is kept"
    assert "the first time" not in text_of(clinic.learner().get(reverse("externships:new_shift")))
    saved = save(clinic, day="2026-11-01", starts="01:30", ends="05:30", break_minutes="", starts_turn="first")
    assert saved.status_code == 302
    assert Shift.objects.get().minutes == 300
    page = clinic.learner().get(reverse("externships:shift", args=[Shift.objects.get().uuid]))
    assert "the first time (EDT)" in text_of(page), "and it stands there when she changes it"


@pytest.mark.parametrize(
    "fields,sentence",
    [
        ({"ends": "09:00"}, "tick “It ended on the next day”"),
        ({"day": "2026-11-20", "ends": "23:00"}, "ends in the future"),
        ({"ends": "08:30", "next_day": "on"}, "longer than 16 hours"),
        ({"break_minutes": "270"}, "as long as the shift"),
        ({"break_minutes": "-5"}, "greater than or equal to 0"),
        ({"break_minutes": "x"}, "whole number"),
        ({"day": "2026-08-31"}, "runs from 1 September 2026 to 28 February 2027; 31 August 2026 lies outside"),
        ({"day": "2026-02-30"}, "valid date"),
        ({"day": "9999-12-31", "next_day": "on"}, "Look at the year"),
        ({"day": "0001-01-01"}, "Look at the year"),
        ({"day": ""}, "Choose the day"),
        ({"starts": "25:00"}, "valid time"),
        ({"kind": "party"}, "valid choice"),
        ({"techniques": ["party"]}, "valid choice"),
        ({"supervisor": str(uuid.uuid4())}, "valid choice"),
        ({"client_code": "JD1980"}, "valid choice"),
        ({"statement": "Client JD had less pain."}, "“Client JD” looks like a person’s name"),
        ({"statement": "Seen on 3/2/1980."}, "“3/2/1980” looks like a date"),
        ({"statement": "Reach her at 502-555-0142."}, "looks like a number or address"),
        ({"statement": "x" * 1001}, "at most 1000"),
        ({"statement": "a\x00b"}, "Null characters"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(clinic: Clinic, fields: dict[str, Any], sentence: str) -> None:
    page = save(clinic, **fields)
    assert page.status_code == 200
    assert sentence in text_of(page)
    assert not Shift.objects.exists()
    assert save(clinic).status_code == 302, "the same form without it passes"


def test_a_shift_over_another_is_refused_and_beside_it_passes(clinic: Clinic) -> None:
    first = clinic.draft()
    page = save(clinic, starts="13:29", ends="15:00")
    assert "a shift from 9 November, 9:00 AM to 1:30 PM already" in text_of(page)
    assert save(clinic, starts="13:30", ends="15:00").status_code == 302
    withdraw_shift(shift=first)
    assert save(clinic, starts="09:00", ends="10:00", break_minutes="0").status_code == 302


def test_registers_that_lapsed_stop_new_shifts(clinic: Clinic) -> None:
    cases: list[tuple[type, int, dict[str, Any], str]] = [
        (Site, clinic.site.pk, {"agreement_ends_on": date(2026, 11, 8)}, "The agreement with Harborview"),
        (Site, clinic.site.pk, {"approval_ends_on": date(2026, 11, 8)}, "The school’s approval of Harborview"),
        (Supervisor, clinic.supervisor.pk, {"valid_to": date(2026, 11, 8)}, "The license of Dr. Priya Raman"),
        (Placement, clinic.placement.pk, {"state": "complete", "ended_on": date(2026, 11, 8)}, "This placement"),
    ]
    for model, pk, change, sentence in cases:
        before = {name: getattr(model.objects.get(pk=pk), name) for name in change}
        model.objects.filter(pk=pk).update(**change)
        with pytest.raises(ValidationError, match=sentence):
            clinic.draft()
        model.objects.filter(pk=pk).update(**before)
    assert clinic.draft().state == "draft"


def test_a_supervisor_is_listed_at_the_site_on_that_day(clinic: Clinic) -> None:
    other = register_supervisor(
        school=clinic.school.school,
        name="Omar Haddad",
        email="ohaddad@harborview.example",
        licence_number="LMT-22",
        licence_state="KY",
        profession="Massage therapist",
    )
    with pytest.raises(ValidationError, match="Omar Haddad is not listed at Harborview Rehabilitation for 9 November"):
        clinic.draft(supervisor=other)
    assign_supervisor(supervisor=other, site=clinic.site, from_on=date(2026, 11, 10))
    with pytest.raises(ValidationError, match="not listed"):
        clinic.draft("2026-11-09 22:00", "2026-11-10 02:00", supervisor=other)
    assert clinic.draft("2026-11-10 09:00", "2026-11-10 12:00", supervisor=other).supervisor == other


def test_a_code_is_chosen_from_her_own(clinic: Clinic) -> None:
    first = clinic.draft()
    second = clinic.draft("2026-11-10 09:00", "2026-11-10 10:00", break_minutes=0, client_code=first.client_code)
    assert second.client_code == first.client_code
    third = clinic.draft("2026-11-10 10:00", "2026-11-10 11:00", break_minutes=0)
    assert third.client_code != first.client_code
    assert clinic.draft("2026-11-10 11:00", "2026-11-10 12:00", break_minutes=0, kind="observation").client_code == ""
    for code, sentence in (("JD", "never from a name"), ("KKK-777", "none of yours")):
        with pytest.raises(ValidationError, match=sentence):
            clinic.draft("2026-11-10 12:00", "2026-11-10 13:00", break_minutes=0, client_code=code)


def test_another_window_does_not_overwrite(clinic: Clinic) -> None:
    shift = clinic.draft()
    client = clinic.learner()
    url = reverse("externships:shift", args=[shift.uuid])
    form = filled(clinic, version="1", client_code=shift.client_code)
    assert client.post(url, {**form, "ends": "13:00"}).status_code == 302
    assert client.post(url, {**form, "ends": "13:00"}).status_code == 302, "a double click"
    late = client.post(url, {**form, "ends": "12:00"})
    assert "in another window" in text_of(late)
    shift.refresh_from_db()
    assert (shift.minutes, shift.version) == (210, 2)


# ---- the life of a shift ---------------------------------------------------------------------------------------------


def test_sent_is_no_draft_until_taken_back(clinic: Clinic) -> None:
    shift = clinic.draft()
    clinic.send()
    client = clinic.learner()
    url = reverse("externships:shift", args=[shift.uuid])
    said = text_of(client.get(url))
    assert "Dr. Priya Raman has had the link since Friday 20 November" in said
    refused = client.post(url, filled(clinic, ends="10:00", version="1"), follow=True)
    assert "Nothing was changed" in text_of(refused)
    with pytest.raises(ValidationError, match="Take it back first"):
        save_shift(
            placement=clinic.placement, supervisor=clinic.supervisor, kind="observation", shift=shift,
            starts_at=shift.starts_at, ends_at=shift.ends_at,
        )  # fmt: skip
    assert client.post(reverse("externships:take_back", args=[shift.uuid])).status_code == 302
    assert client.post(reverse("externships:take_back", args=[shift.uuid])).status_code == 302, "twice is once"
    shift.refresh_from_db()
    assert (shift.state, shift.version) == ("draft", 2)
    assert "Save as a draft" in text_of(client.get(url))


def test_a_decided_shift_is_neither_taken_back_nor_withdrawn(clinic: Clinic) -> None:
    shift = clinic.draft()
    link = clinic.send()
    from django.test import Client

    Client().post(reverse("externships:sign", args=[_token(clinic, link)]), answers(link))
    shift.refresh_from_db()
    assert shift.state == "signed"
    for service in (take_back_shift, withdraw_shift):
        with pytest.raises(ValidationError, match="decided meanwhile"):
            service(shift=shift)
    page = clinic.learner().post(reverse("externships:withdraw", args=[shift.uuid]), {"sure": "yes"}, follow=True)
    assert "cannot be withdrawn" in text_of(page)


def _token(clinic: Clinic, link: Any) -> str:
    from notices.models import Message

    body = Message.objects.get(key=f"signoff-link:{link.uuid}").body
    return body.split("/sign/")[1].split("/")[0]


def test_withdrawn_stays_on_the_list(clinic: Clinic) -> None:
    shift = clinic.draft()
    client = clinic.learner()
    for _time in range(2):
        page = client.post(reverse("externships:withdraw", args=[shift.uuid]), {"sure": "yes"}, follow=True)
        assert "Withdrawn. It stays on your list" in text_of(page)
    assert "Refused and withdrawn" in text_of(client.get(reverse("externships:shifts")))
    assert "Withdrawn" in text_of(client.get(reverse("externships:shift", args=[shift.uuid])))


# ---- registers -------------------------------------------------------------------------------------------------------


def test_registers_are_idempotent_and_keep_schools_apart(clinic: Clinic) -> None:
    riverbend, hillside = clinic.school.school, clinic.school.other_school
    same = register_site(school=riverbend, slug="harborview", name="Other", approved_on=date(2020, 1, 1))
    assert same.pk == clinic.site.pk
    theirs = register_site(school=hillside, slug="harborview", name="Harborview", approved_on=date(2026, 1, 1))
    assert theirs.organisation_id == clinic.site.organisation_id, "one place, two schools"
    with pytest.raises(ValidationError, match="another kind"):
        register_site(school=riverbend, slug="hillside", name="x", approved_on=date(2026, 1, 1))
    assert (
        register_supervisor(
            school=riverbend, name="x", email="PRaman@harborview.example", licence_number="1", licence_state="KY",
            profession="x",
        ).pk
        == clinic.supervisor.pk
    )  # fmt: skip
    with pytest.raises(ValidationError, match="different schools"):
        assign_supervisor(supervisor=clinic.supervisor, site=theirs, from_on=date(2026, 1, 1))
    with pytest.raises(ValidationError):
        register_supervisor(
            school=riverbend, name="x", email="no address", licence_number="1", licence_state="KY", profession="x"
        )


def test_a_placement_needs_right_site_days_and_approver(clinic: Clinic, record: TrainingRecord) -> None:
    start, end = date(2026, 9, 2), date(2026, 12, 31)
    good: dict[str, Any] = {
        "record": record, "site": clinic.site, "starts_on": start, "ends_on": end, "required_minutes": 60,
        "approved_by": clinic.school.registrar, "although_clash": True,
    }  # fmt: skip
    theirs = register_site(school=clinic.school.other_school, slug="x", name="X", approved_on=date(2026, 1, 1))
    for change, sentence in (
        ({"site": theirs}, "another school’s list"),
        ({"starts_on": date(2025, 12, 31)}, "does not cover"),
        ({"ends_on": date(2027, 7, 1)}, "does not cover"),
        ({"ends_on": start - timedelta(days=1)}, "The last day lies before the first"),
        ({"approved_by": clinic.school.learner_user}, "coordinators and registrars"),
        ({"approved_by": clinic.school.instructor}, "coordinators and registrars"),
        ({"approved_by": clinic.school.foreign_registrar}, "coordinators and registrars"),
    ):
        with pytest.raises(ValidationError, match=sentence):
            open_placement(**{**good, **change})
    assert open_placement(**good).pk == open_placement(**good).pk


def test_with_two_placements_she_chooses_where(clinic: Clinic, record: TrainingRecord) -> None:
    second = open_placement(
        record=record, site=clinic.site, starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 1), required_minutes=60,
        approved_by=clinic.school.registrar, although_clash=True,
    )  # fmt: skip
    client = clinic.learner()
    assert "Where did you work?" in text_of(client.get(reverse("externships:new_shift")))
    page = client.get(reverse("externships:new_shift"), {"placement": str(second.uuid)})
    assert "Save as a draft" in text_of(page)


# ---- rights and queries ----------------------------------------------------------------------------------------------


def test_another_learners_shift_does_not_exist(clinic: Clinic, rule_set: Any) -> None:
    shift = clinic.draft()
    learner = ensure_learner(user=clinic.school.other_learner_user)
    open_record(
        learner=learner, school=clinic.school.school, rule_set=rule_set, program_code="SMALL", program_title="A",
        enrolled_on=date(2026, 1, 5), source_key="enrollment:2",
    )  # fmt: skip
    for user in (clinic.school.other_learner_user, clinic.school.registrar, clinic.school.foreign_registrar):
        client = clinic.school.client(user)
        assert client.get(reverse("externships:shift", args=[shift.uuid])).status_code == 404
        for name in ("take_back", "withdraw"):
            assert client.post(reverse(f"externships:{name}", args=[shift.uuid])).status_code == 404
        assert client.post(reverse("externships:new_shift"), filled(clinic)).status_code == 404
        sending = {"placement": str(clinic.placement.uuid), "supervisor": str(clinic.supervisor.uuid)}
        assert client.post(reverse("externships:send"), sending).status_code == 404
    assert clinic.learner().get(reverse("externships:shift", args=[uuid.uuid4()])).status_code == 404
    for bad in ("", "x", "00000000"):
        assert clinic.learner().post(reverse("externships:send"), {"placement": bad}).status_code == 404
    shift.refresh_from_db()
    assert shift.state == "draft"


def test_the_list_costs_the_same_whatever_its_length(clinic: Clinic, django_assert_num_queries: Any) -> None:
    from django.utils import timezone

    from certification.externships.selectors import board_of

    counts = []
    for days in (1, 4):
        for day in range(days):
            clinic.draft(f"2026-10-{days * 5 + day:02d} 09:00", f"2026-10-{days * 5 + day:02d} 12:00")
        clinic.send()
        with django_assert_num_queries(4) as asked:
            board = board_of(clinic.school.learner_user, timezone.now())
        counts.append((len(asked), len(board.shifts)))
    assert counts == [(4, 1), (4, 5)]
