"""The school places learners on screen: from a record to a site, changed, ended and opened again; and who may."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services import change_legal_name, ensure_user, grant_role
from certification.externships.models import Placement, Shift, Site
from certification.externships.selectors import (
    minutes_to_place,
    placements_of,
    records_to_place,
    school_placements,
    signed_minutes,
)
from certification.externships.services import (
    edit_placement,
    end_placement,
    open_placement,
    register_site,
    reopen_placement,
    send_shifts,
)
from certification.records.models import HourEntry, TrainingRecord
from certification.records.services import ensure_learner, open_record
from certification.requirements.services import import_rules
from tests.worlds import SMALL_PACK

from .conftest import Clinic, answers, text_of
from .test_registers import shown_in, words_of
from .test_signing import url_of

pytestmark = pytest.mark.django_db
ALL, FIND = "externships:desk_all_placements", "externships:desk_find_record"


@pytest.fixture
def desk(clinic: Clinic) -> Client:
    """The coordinator's browser."""
    return clinic.school.client(clinic.school.coordinator)


@pytest.fixture
def fresh(clinic: Clinic, rule_set: Any) -> TrainingRecord:
    """Somebody who has just enrolled: Jun Park."""
    return open_record(
        learner=ensure_learner(user=clinic.school.other_learner_user), school=clinic.school.school, rule_set=rule_set,
        program_code="SMALL", program_title="A small program", enrolled_on=date(2026, 11, 16),
        source_key="enrollment:2",
    )  # fmt: skip


def at(name: str, row: Any) -> str:
    return reverse(f"externships:{name}", args=[row.uuid])


def placing(clinic: Clinic, **fields: Any) -> dict[str, Any]:
    return {
        "site": str(clinic.site.uuid), "starts_on": "2026-11-16", "ends_on": "2027-01-31", "required_minutes": "37.5",
        **fields,
    }  # fmt: skip


def sign_one(clinic: Clinic, **fields: Any) -> Shift:
    """A shift of four hours, signed."""
    shift = clinic.draft(**fields)
    link = clinic.send()
    assert Client().post(url_of(link), answers(link)).status_code == 302
    return shift


# ---- placing ---------------------------------------------------------------------------------------------------------


def test_who_has_just_enrolled_is_found_placed_and_writes_a_shift(
    clinic: Clinic, desk: Client, fresh: TrainingRecord
) -> None:
    found = desk.get(reverse(FIND), {"q": "jun small"})
    assert [record.pk for record in found.context["page_obj"]] == [fresh.pk]
    assert at("desk_place", fresh) in found.content.decode()
    page = desk.get(at("desk_place", fresh))
    assert "Place Jun Park" in words_of(page)
    assert "Enrolled on 16 November 2026" in words_of(page)
    assert shown_in(page)["required_minutes"] == "2", "what the program asks for at sites"
    form = placing(clinic)
    first, again = (desk.post(at("desk_place", fresh), form) for _click in range(2))
    made = Placement.objects.get(record=fresh)
    assert first["Location"] == again["Location"] == at("desk_placement", made)
    assert (made.required_minutes, made.approved_by, made.state) == (2250, clinic.school.coordinator, "active")
    said = words_of(desk.get(first["Location"]))
    assert "0 min of 37 h 30 min" in said
    assert "Dr. Priya Raman" in said
    jun = clinic.school.client(clinic.school.other_learner_user)
    assert "Harborview Rehabilitation: 0 min signed, of 37 h 30 min" in words_of(jun.get(reverse("externships:shifts")))
    saved = jun.post(
        reverse("externships:new_shift"),
        {
            "day": "2026-11-17", "starts": "09:00", "ends": "13:00", "kind": "client_session", "screen": "clear",
            "supervisor": str(clinic.supervisor.uuid),
        },
    )  # fmt: skip
    assert saved.status_code == 302
    assert Shift.objects.get(placement=made).minutes == 240


@pytest.mark.parametrize(
    "change,sentence",
    [
        ({"site": ""}, "Choose where she will work"),
        ({"site": str(uuid.uuid4())}, "Select a valid choice"),
        ({"starts_on": ""}, "Choose the day"),
        ({"ends_on": "2026-11-15"}, "The last day lies before the first"),
        ({"starts_on": "2025-12-31"}, "does not cover this day. Renew it first"),
        ({"ends_on": "2027-07-01"}, "does not cover this day. Renew it first"),
        ({"required_minutes": ""}, "Say how many hours"),
        ({"required_minutes": "0"}, "Write the hours like"),
        ({"required_minutes": "10.33"}, "Write the hours like"),
        ({"required_minutes": "many"}, "Write the hours like"),
    ],
)
def test_a_wrong_placement_is_refused_beside_the_field_and_what_was_typed_stays(
    clinic: Clinic, desk: Client, fresh: TrainingRecord, change: dict[str, str], sentence: str
) -> None:
    form = placing(clinic, **change)
    page = desk.post(at("desk_place", fresh), form)
    assert page.status_code == 422
    (field,) = change
    assert page.context["form"].errors.get(field), page.context["form"].errors
    assert sentence in words_of(page)
    typed = shown_in(page)
    assert {name: typed[name] for name in ("starts_on", "ends_on", "required_minutes")} == {
        name: form[name] for name in ("starts_on", "ends_on", "required_minutes")
    }
    assert not Placement.objects.filter(record=fresh).exists()


def test_days_that_are_all_before_she_was_enrolled_are_refused(
    clinic: Clinic, desk: Client, fresh: TrainingRecord
) -> None:
    """Some of them may be: an hour before that day does not count, the others do."""
    TrainingRecord.objects.filter(pk=fresh.pk).update(enrolled_on=date(2026, 11, 16))
    early = placing(clinic, starts_on="2026-11-02", ends_on="2026-11-15")
    page = desk.post(at("desk_place", fresh), early)
    assert page.status_code == 422 and "She was enrolled on 16 November 2026" in str(
        page.context["form"].errors["ends_on"]
    )
    assert desk.post(at("desk_place", fresh), {**early, "ends_on": "2026-11-16"}).status_code == 302
    made = Placement.objects.get(record=fresh)
    edit = at("desk_edit_placement", made)
    page = desk.post(edit, {**shown_in(desk.get(edit)), "ends_on": "2026-11-15"})
    assert page.status_code == 422 and "She was enrolled on" in str(page.context["form"].errors["ends_on"])


def test_another_placement_from_the_same_day_is_told_not_swallowed(
    clinic: Clinic, desk: Client, fresh: TrainingRecord
) -> None:
    assert desk.post(at("desk_place", fresh), placing(clinic)).status_code == 302
    page = desk.post(at("desk_place", fresh), placing(clinic, required_minutes="70"))
    assert "There is a placement at this site from that day already" in words_of(page)
    assert Placement.objects.get(record=fresh).required_minutes == 2250


def test_without_a_site_and_without_a_supervisor_the_pages_say_what_to_do(
    clinic: Clinic, desk: Client, fresh: TrainingRecord
) -> None:
    empty = register_site(
        school=clinic.school.school, name="Marsh & Tide", approved_on=date(2026, 1, 1),
        approval_ends_on=date(2026, 12, 31),
    )  # fmt: skip
    offered = words_of(desk.get(at("desk_place", fresh)))
    assert "Marsh &amp; Tide (until 31 December 2026)" in offered
    assert desk.post(at("desk_place", fresh), placing(clinic, site=str(empty.uuid))).status_code == 422
    page = desk.post(at("desk_place", fresh), placing(clinic, site=str(empty.uuid), ends_on="2026-12-31"), follow=True)
    assert "Nobody can sign there yet" in words_of(page)
    Site.objects.filter(pk=empty.pk).update(insurance_ends_on=date(2026, 3, 31))
    # Shifts stop with the insurance too, so that the choice says it.
    assert "Marsh &amp; Tide (over since 31 March 2026)" in words_of(desk.get(at("desk_place", fresh)))
    theirs = open_record(
        learner=fresh.learner, school=clinic.school.other_school, rule_set=fresh.rule_set, program_code="S",
        program_title="S", enrolled_on=date(2026, 11, 16), source_key="enrollment:3",
    )  # fmt: skip
    foreign = clinic.school.client(clinic.school.foreign_registrar)
    assert "No site is on your list yet" in words_of(foreign.get(at("desk_place", theirs)))
    assert "Nobody is placed now" in words_of(foreign.get(reverse(ALL)))


def test_a_sealed_record_and_nobody_herself_is_placed(clinic: Clinic, desk: Client, fresh: TrainingRecord) -> None:
    grant_role(user=clinic.school.other_learner_user, organisation=clinic.school.school, role="coordinator")
    herself = clinic.school.client(clinic.school.other_learner_user)
    page = herself.post(at("desk_place", fresh), placing(clinic))
    assert "Nobody places herself" in words_of(page)
    TrainingRecord.objects.filter(pk=fresh.pk).update(sealed_at=timezone.now())
    page = desk.post(at("desk_place", fresh), placing(clinic))
    assert "This record is sealed" in words_of(page)
    assert fresh.pk not in {record.pk for record in records_to_place([clinic.school.school])}
    assert not Placement.objects.filter(record=fresh).exists()


def test_records_are_found_by_every_word(clinic: Clinic, desk: Client, fresh: TrainingRecord) -> None:
    change_legal_name(user=clinic.school.other_learner_user, legal_name="Jun Abara", until_on=date(2026, 11, 19))

    def found(query: str) -> list[str]:
        page = desk.get(reverse(FIND), {"q": query})
        return [record.learner.user.legal_name for record in page.context["page_obj"]]

    assert found("") == ["Daniela Reyes", "Jun Abara"]
    assert found("park") == ["Jun Abara"], "a former name"
    assert found("JUN@example small") == ["Jun Abara"]
    assert found("jun reyes") == []
    assert "No open record of your school fits" in words_of(desk.get(reverse(FIND), {"q": "zz"}))
    said = words_of(desk.get(reverse(FIND)))
    assert "Daniela Reyes daniela@example.org A small program enrolled 5 Jan 2026 at one site" in said
    assert "Jun Abara jun@example.org A small program enrolled 16 Nov 2026 nowhere" in said


def test_the_desk_leads_from_a_person_to_her_placing(clinic: Clinic, fresh: TrainingRecord) -> None:
    link = at("desk_place", fresh)
    for who, leads in (("coordinator", True), ("registrar", True), ("instructor", False)):
        client = clinic.school.client(getattr(clinic.school, who))
        assert (link in client.get("/desk/people/").content.decode()) is leads
        assert (link in client.get(reverse("records:hours", args=[fresh.uuid])).content.decode()) is leads
    hers = clinic.school.client(clinic.school.other_learner_user)
    assert link not in hers.get(reverse("records:hours", args=[fresh.uuid])).content.decode()


def test_hours_that_other_placements_are_for_are_not_asked_twice(clinic: Clinic, fresh: TrainingRecord) -> None:
    assert minutes_to_place(fresh) == 120
    placed = open_placement(
        record=fresh, site=clinic.site, starts_on=date(2026, 11, 16), ends_on=date(2026, 12, 1), required_minutes=90,
        approved_by=clinic.school.coordinator,
    )  # fmt: skip
    assert minutes_to_place(fresh) == 30
    end_placement(placement=placed, state="terminated", ended_on=date(2026, 11, 20), by=clinic.school.coordinator)
    assert minutes_to_place(fresh) == 120
    assert minutes_to_place(clinic.record) == 0


# ---- the list --------------------------------------------------------------------------------------------------------


def test_the_list_weighs_hours_signed_against_hours_needed(clinic: Clinic, desk: Client, fresh: TrainingRecord) -> None:
    sign_one(clinic)
    clinic.draft("2026-11-10 09:00", "2026-11-10 12:00")
    clinic.send()
    clinic.draft("2026-11-11 09:00", "2026-11-11 12:00")
    said = words_of(desk.get(reverse(ALL)))
    assert "4 h of 10 h" in said
    assert "1 shift waits for a signature" in said
    (row,) = placements_of([clinic.school.school])
    assert (row.signed, row.waiting, row.drafts) == (240, 1, 1)  # type: ignore[attr-defined]
    assert signed_minutes(clinic.placement) == 240
    page = words_of(desk.get(at("desk_placement", clinic.placement)))
    assert "1 more shift is written down and not sent" in page
    desk.post(at("desk_place", fresh), placing(clinic, ends_on="2026-11-19"))

    def found(**asked: str) -> list[str]:
        rows = desk.get(reverse(ALL), asked).context["page_obj"]
        return [row.record.learner.user.legal_name for row in rows]

    assert found() == ["Jun Park", "Daniela Reyes"]
    assert found(q="reyes harborview") == ["Daniela Reyes"]
    assert found(q="reyes hilltop") == []
    assert "Past its last day" in words_of(desk.get(reverse(ALL), {"q": "jun"}))
    end_placement(
        placement=Placement.objects.get(record=fresh), state="terminated", ended_on=date(2026, 11, 19),
        by=clinic.school.coordinator,
    )  # fmt: skip
    assert found() == ["Daniela Reyes"]
    assert found(state="terminated") == ["Jun Park"]
    assert found(state="") == ["Jun Park", "Daniela Reyes"]
    assert found(state="complete") == []
    ended = words_of(desk.get(reverse(ALL), {"state": "terminated"}))
    assert "Terminated 19 Nov 2026" in ended
    assert "Past its last day" not in ended
    assert "No placement fits" in words_of(desk.get(reverse(ALL), {"q": "zzz"}))


# ---- changing --------------------------------------------------------------------------------------------------------


def test_days_and_hours_are_changed(clinic: Clinic, desk: Client) -> None:
    edit = at("desk_edit_placement", clinic.placement)
    form = shown_in(desk.get(edit))
    assert form["required_minutes"] == "10"
    for _click in range(2):
        changed = desk.post(edit, {**form, "ends_on": "2027-06-30", "required_minutes": "12:30"})
        assert changed["Location"] == at("desk_placement", clinic.placement)
    clinic.placement.refresh_from_db()
    assert (clinic.placement.ends_on, clinic.placement.required_minutes) == (date(2027, 6, 30), 750)
    assert clinic.placement.version == 2


@pytest.mark.parametrize(
    "change,field,sentence",
    [
        ({"ends_on": "2027-07-01"}, "ends_on", "does not cover this day"),
        ({"ends_on": "2026-08-31"}, "ends_on", "The last day lies before the first"),
        ({"ends_on": "2026-11-09"}, "ends_on", "A shift of 10 November 2026 is signed or waits"),
        ({"starts_on": "2026-11-10"}, "starts_on", "A shift of 9 November 2026 is signed or waits"),
        ({"starts_on": "2026-10-01"}, "starts_on", "another placement at this site from that day"),
        ({"required_minutes": "x"}, "required_minutes", "Write the hours like"),
    ],
)
def test_a_wrong_change_is_refused(
    clinic: Clinic, desk: Client, change: dict[str, str], field: str, sentence: str
) -> None:
    sign_one(clinic)
    clinic.draft("2026-11-10 09:00", "2026-11-10 12:00")
    clinic.send()
    open_placement(
        record=clinic.record, site=clinic.site, starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 31),
        required_minutes=60, approved_by=clinic.school.coordinator, although_clash=True,
    )  # fmt: skip
    edit = at("desk_edit_placement", clinic.placement)
    page = desk.post(edit, {**shown_in(desk.get(edit)), **change})
    assert page.status_code == 422
    assert sentence in str(page.context["form"].errors[field])
    clinic.placement.refresh_from_db()
    assert clinic.placement.version == 1
    assert desk.post(edit, {**shown_in(desk.get(edit)), "starts_on": "2026-11-09", "ends_on": "2026-11-10"})


def test_of_two_who_change_a_placement_the_later_one_is_told(clinic: Clinic, desk: Client) -> None:
    edit = at("desk_edit_placement", clinic.placement)
    stale = shown_in(desk.get(edit))
    registrar = clinic.school.client(clinic.school.registrar)
    registrar.post(edit, {**shown_in(registrar.get(edit)), "required_minutes": "70"})
    told = desk.post(edit, {**stale, "ends_on": "2027-06-30"})
    assert "Somebody changed this" in words_of(told)
    assert "Hours needed there 70 h" in words_of(told)
    clinic.placement.refresh_from_db()
    assert (clinic.placement.required_minutes, clinic.placement.ends_on) == (4200, date(2027, 2, 28))
    assert desk.post(edit, {**shown_in(told), "required_minutes": "70"}).status_code == 302


def test_hours_can_be_changed_where_the_site_lapsed_meanwhile(clinic: Clinic) -> None:
    clinic.site.agreement_ends_on = date(2026, 11, 1)
    clinic.site.save()
    placed, by = clinic.placement, clinic.school.registrar
    changed = edit_placement(
        placement=placed, starts_on=placed.starts_on, ends_on=placed.ends_on, required_minutes=900, by=by
    )
    assert changed.required_minutes == 900
    with pytest.raises(ValidationError, match="does not cover"):
        edit_placement(
            placement=placed, starts_on=placed.starts_on, ends_on=date(2027, 1, 1), required_minutes=900, by=by
        )


# ---- ending ----------------------------------------------------------------------------------------------------------


def ended(clinic: Clinic, desk: Client, **fields: str) -> Any:
    """What the form of ending answers."""
    form = {"state": "terminated", "ended_on": "2026-11-20", **fields}
    return desk.post(at("desk_end_placement", clinic.placement), form, follow=True)


def test_a_placement_is_complete_when_its_hours_are_signed(clinic: Clinic, desk: Client) -> None:
    clinic.draft("2026-11-11 09:00", "2026-11-11 15:30")
    sign_one(clinic)
    assert signed_minutes(clinic.placement) == 600
    page = desk.get(at("desk_end_placement", clinic.placement))
    assert "10 h of 10 h are signed" in words_of(page)
    assert "fewer hours" not in words_of(page)
    before = list(HourEntry.objects.order_by("pk").values())
    for _click in range(2):
        done = ended(clinic, desk, state="complete")
        assert "The placement has ended" in words_of(done)
    clinic.placement.refresh_from_db()
    assert (clinic.placement.state, clinic.placement.ended_on) == ("complete", date(2026, 11, 20))
    assert (clinic.placement.ended_by, clinic.placement.version) == (clinic.school.coordinator, 2)
    assert "Complete 20 Nov 2026 by Cora Coordinator" in words_of(done)
    assert list(HourEntry.objects.order_by("pk").values()) == before, "her hours stay"
    assert "No placement is open" in words_of(clinic.learner().get(reverse("externships:new_shift")))


def test_complete_with_fewer_hours_is_said_aloud(clinic: Clinic, desk: Client) -> None:
    sign_one(clinic)
    page = ended(clinic, desk, state="complete")
    assert (page.status_code, Placement.objects.get().state) == (422, "active")
    assert "Fewer hours are signed than needed" in words_of(page)
    assert "has ended" in words_of(ended(clinic, desk, state="complete", although_short="on"))
    assert Placement.objects.get().state == "complete"


@pytest.mark.parametrize(
    "change,field,sentence",
    [
        ({"state": ""}, "state", "Say how it ends"),
        ({"state": "active"}, "state", "Select a valid choice"),
        ({"ended_on": ""}, "ended_on", "Choose the day"),
        ({"ended_on": "2026-11-21"}, "ended_on", "That day has not come yet"),
        ({"ended_on": "2026-11-09"}, "ended_on", "A shift of 10 November 2026 is signed or waits"),
        ({"ended_on": "2026-08-31", "state": "complete", "although_short": "on"}, "ended_on", "10 November"),
    ],
)
def test_a_wrong_end_is_refused(
    clinic: Clinic, desk: Client, change: dict[str, str], field: str, sentence: str
) -> None:
    clinic.draft("2026-11-10 09:00", "2026-11-10 12:00")
    clinic.send()
    page = ended(clinic, desk, **change)
    assert page.status_code == 422
    assert sentence in str(page.context["form"].errors[field])
    assert Placement.objects.get().state == "active"
    assert ended(clinic, desk, ended_on="2026-11-10").status_code == 200


def test_one_that_never_began_is_terminated_not_complete(clinic: Clinic, fresh: TrainingRecord) -> None:
    later = open_placement(
        record=fresh, site=clinic.site, starts_on=date(2026, 12, 1), ends_on=date(2027, 1, 31), required_minutes=60,
        approved_by=clinic.school.registrar,
    )  # fmt: skip
    today, by = date(2026, 11, 20), clinic.school.registrar
    with pytest.raises(ValidationError, match="had not begun on that day"):
        end_placement(placement=later, state="complete", ended_on=today, by=by, although_short=True)
    with pytest.raises(ValidationError, match="Say how it ends"):
        end_placement(placement=later, state="lost", ended_on=today, by=by)
    assert end_placement(placement=later, state="terminated", ended_on=today, by=by).ended_on == today


def test_the_day_is_that_of_the_site(clinic: Clinic) -> None:
    """Half past eleven in the evening at the clinic is the next day already in UTC."""
    with time_machine.travel("2026-11-21T04:30:00+00:00", tick=False):
        with pytest.raises(ValidationError, match="has not come yet"):
            end_placement(
                placement=clinic.placement, state="terminated", ended_on=date(2026, 11, 21), by=clinic.school.registrar
            )
        assert end_placement(
            placement=clinic.placement, state="terminated", ended_on=date(2026, 11, 20), by=clinic.school.registrar
        )


def test_after_the_end_what_waits_is_signed_and_a_draft_is_not_sent(clinic: Clinic, desk: Client) -> None:
    waiting = clinic.draft("2026-11-10 09:00", "2026-11-10 12:00")
    link = clinic.send()
    clinic.draft("2026-11-11 09:00", "2026-11-11 12:00")
    page = words_of(desk.get(at("desk_end_placement", clinic.placement)))
    assert "1 shift waits, and can still be signed" in page
    assert "1 shift is written down and not sent" in page
    ended(clinic, desk)
    with pytest.raises(ValidationError, match="Ask your coordinator to open it again"):
        clinic.send()
    assert Client().post(url_of(link), answers(link)).status_code == 302
    waiting.refresh_from_db()
    assert waiting.state == "signed"


def test_an_ended_one_is_opened_again_and_ends_anew(clinic: Clinic, desk: Client) -> None:
    ended(clinic, desk)
    other_way = ended(clinic, desk, state="complete", although_short="on")
    assert "It was ended meanwhile: terminated, 20 November 2026" in words_of(other_way)
    with pytest.raises(ValidationError, match="Open it again before you change it"):
        edit_placement(
            placement=clinic.placement, starts_on=date(2026, 9, 1), ends_on=date(2027, 1, 1), required_minutes=60,
            by=clinic.school.registrar,
        )  # fmt: skip
    for _click in range(2):
        page = desk.post(at("desk_reopen_placement", clinic.placement), follow=True)
        assert "The placement is open again" in words_of(page)
    clinic.placement.refresh_from_db()
    assert (clinic.placement.state, clinic.placement.ended_on, clinic.placement.ended_by) == ("active", None, None)
    assert clinic.placement.version == 3
    clinic.draft()
    ended(clinic, desk)
    TrainingRecord.objects.filter(pk=clinic.record.pk).update(sealed_at=timezone.now())
    page = desk.post(at("desk_reopen_placement", clinic.placement), follow=True)
    assert "This record is sealed" in words_of(page)
    assert Placement.objects.get().state == "terminated"


def test_the_database_keeps_state_and_day_together(clinic: Clinic) -> None:
    for wrong in ({"state": "complete"}, {"ended_on": date(2026, 11, 20)}, {"state": "lost"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Placement.objects.filter(pk=clinic.placement.pk).update(**wrong)
    Placement.objects.filter(pk=clinic.placement.pk).update(state="complete", ended_on=date(2026, 11, 20))


# ---- rights and queries ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["instructor", "learner_user", "foreign_registrar"])
def test_outsiders_find_nothing_and_change_nothing(clinic: Clinic, fresh: TrainingRecord, who: str) -> None:
    user = getattr(clinic.school, who)
    client = clinic.school.client(user)
    staff = who == "foreign_registrar"
    for name in (ALL, FIND):
        page = client.get(reverse(name))
        assert page.status_code == (200 if staff else 403)
        assert "Reyes" not in words_of(page)
        assert "Jun Park" not in words_of(page)
    for name, row in (
        ("desk_place", fresh), ("desk_placement", clinic.placement), ("desk_edit_placement", clinic.placement),
        ("desk_end_placement", clinic.placement),
    ):  # fmt: skip
        assert client.get(at(name, row)).status_code == 404
        if name != "desk_placement":
            assert client.post(at(name, row), placing(clinic)).status_code == 404
        assert client.get(reverse(f"externships:{name}", args=[uuid.uuid4()])).status_code == 404
    assert client.post(at("desk_reopen_placement", clinic.placement)).status_code == 404
    refused = pytest.raises(ValidationError, match="coordinators and registrars")
    with refused:
        edit_placement(
            placement=clinic.placement, starts_on=date(2026, 9, 1), ends_on=date(2027, 1, 1), required_minutes=60,
            by=user,
        )  # fmt: skip
    with refused:
        end_placement(placement=clinic.placement, state="terminated", ended_on=date(2026, 11, 20), by=user)
    with refused:
        reopen_placement(placement=clinic.placement, by=user)
    assert Placement.objects.get().version == 1


def test_lists_cost_the_same_whatever_their_length(
    clinic: Clinic, rule_set: Any, django_assert_num_queries: Any
) -> None:
    school, by = clinic.school.school, clinic.school.coordinator
    for count in (1, 4):
        for n in range(count):
            user = ensure_user(email=f"l{count}{n}@example.com", legal_name=f"Lea {count}{n}")
            record = open_record(
                learner=ensure_learner(user=user), school=school, rule_set=rule_set, program_code="SMALL",
                program_title="A", enrolled_on=date(2026, 1, 5), source_key=f"enrollment:{count}{n}",
            )  # fmt: skip
            open_placement(
                record=record, site=clinic.site, starts_on=date(2026, 9, 1) + timedelta(days=n),
                ends_on=date(2026, 12, 1), required_minutes=60, approved_by=by,
            )  # fmt: skip
        with django_assert_num_queries(1):
            rows = list(placements_of([school], query="harborview", state="active"))
            assert all(row.record.learner.user.legal_name and row.site.zone and row.signed >= 0 for row in rows)
        with django_assert_num_queries(1):
            assert all(r.learner.user.legal_name and r.placed >= 0 for r in records_to_place([school], "e"))
    with django_assert_num_queries(1):
        assert school_placements().get(pk=clinic.placement.pk).approved_by == by
    with django_assert_num_queries(1):
        signed_minutes(clinic.placement)
    with django_assert_num_queries(1):
        minutes_to_place(clinic.record)


def test_a_placement_is_counted_in_the_hours_of_the_rules_and_a_shift_by_the_clock(clinic: Clinic) -> None:
    record = open_record(
        learner=clinic.record.learner,
        school=clinic.school.school,
        rule_set=import_rules(
            text=SMALL_PACK.replace("id: small-sample", "id: small-fifty") + "unit_minutes: 50\n", filename="pack.yaml"
        ),
        program_code="FIFTY",
        program_title="A program of short hours",
        enrolled_on=date(2026, 1, 5),
        source_key="enrollment:50",
    )
    end_placement(
        placement=clinic.placement, state="terminated", ended_on=date(2026, 11, 1), by=clinic.school.coordinator
    )
    desk = clinic.school.client(clinic.school.coordinator)
    page = desk.get(at("desk_place", record))
    assert "An hour of the rules that judge this record has 50 minutes." in text_of(page)
    assert shown_in(page)["required_minutes"] == "2", "what the rules ask for at sites, offered in their own hours"
    assert desk.post(at("desk_place", record), placing(clinic, required_minutes="70:55")).status_code == 422
    assert desk.post(at("desk_place", record), placing(clinic, required_minutes="70:30")).status_code == 302
    placed = Placement.objects.get(record=record)
    assert placed.required_minutes == 70 * 50 + 30
    assert shown_in(desk.get(at("desk_edit_placement", placed)))["required_minutes"] == "70:30"
    clinic.draft("2026-11-18 09:00", "2026-11-18 13:30", placement=placed)
    (link,) = send_shifts(placement=placed)
    learner = clinic.learner()
    hours = text_of(learner.get(reverse("records:hours", args=[record.uuid])))
    assert "4 h 40 min, asked of Dr. Priya Raman" in hours
    said = text_of(Client().get(url_of(link)))
    assert "4 h" in said
    assert "4 h 40 min" not in said, "a supervisor signs time on the clock"
    assert Client().post(url_of(link), answers(link)).status_code == 302
    assert "Signed: one shift, 4 h" in text_of(Client().get(url_of(link)))
    assert "Harborview Rehabilitation: 4 h 40 min signed, of 70 h 30 min" in text_of(learner.get("/shifts/"))
    shift = text_of(learner.get(at("shift", placed.shifts.get())))
    assert "4 h 40 min stand in your hours, as co-signed. An hour of your rules has 50 minutes." in shift
    for name, row in (
        ("desk_placement", placed), ("desk_place", record), ("desk_end_placement", placed), ("desk_site", clinic.site),
    ):  # fmt: skip
        assert "4 h 40 min of 70 h 30 min" in text_of(desk.get(at(name, row))), name
    assert "4 h 40 min of 70 h 30 min" in text_of(desk.get(reverse("externships:desk_all_placements")))


def test_only_the_learner_is_led_to_her_shifts_from_her_hours(clinic: Clinic, desk: Client) -> None:
    clinic.draft("2026-11-10 09:00", "2026-11-10 12:00")
    clinic.send()
    address = reverse("records:hours", args=[clinic.record.uuid])
    learner = clinic.school.client(clinic.school.learner_user)
    for reader, led in ((learner, True), (desk, False)):
        said = text_of(reader.get(address))
        assert "One shift waits for a signature" in said
        assert ("See your shifts" in said) is led
