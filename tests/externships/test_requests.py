"""A placement's life: asked for, approved or declined or taken back, begun by the day, told to who waits for it."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services import grant_role
from certification.externships.models import Placement, PlacementStep, Site
from certification.externships.selectors import (
    named_supervisors,
    open_records,
    placements_beside,
    signed_by_kind,
    sites_on_offer,
    steps_of,
    supervisors_there,
    taken_days,
    waiting_requests,
)
from certification.externships.services import (
    Terms,
    add_goal,
    approve_placement,
    assign_supervisor,
    begin_placements,
    cancel_placement,
    decline_placement,
    edit_placement,
    end_placement,
    open_placement,
    register_site,
    register_supervisor,
    reopen_placement,
    request_placement,
)
from certification.records.models import TrainingRecord
from cms.jobs import run_due

from .conftest import Clinic, answers, details_of, second_record
from .test_placements import at, placing
from .test_registers import shown_in, words_of
from .test_signing import url_of

pytestmark = pytest.mark.django_db
ASK = "externships:ask_placement"
WHY = "I want to learn lymphatic drainage; Tuesdays and Fridays."


@pytest.fixture
def hospital(clinic: Clinic) -> Site:
    """Another site of the school, in force."""
    return register_site(school=clinic.school.school, name="St. Anne", approved_on=date(2026, 1, 1))


def asking(there: Site, /, **fields: Any) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()), "site": str(there.uuid), "starts_on": "2027-03-01", "ends_on": "2027-05-31",
        "words": WHY, **fields,
    }  # fmt: skip


def asked(clinic: Clinic, site: Site, **fields: Any) -> Placement:
    values: dict[str, Any] = {
        "record": clinic.record, "site": site, "starts_on": date(2027, 3, 1), "ends_on": date(2027, 5, 31),
        "words": WHY, "by": clinic.school.learner_user,
    }  # fmt: skip
    return request_placement(**{**values, **fields})


def steps(placement: Placement) -> list[tuple[str, Any]]:
    return [(step.what, step.by) for step in steps_of(placement)]


def mailed(address: str) -> list[str]:
    return [message.subject for message in mail.outbox if message.to == [address]]


# ---- asking ----------------------------------------------------------------------------------------------------------


def test_she_asks_once_however_often_she_clicks_and_staff_hear_of_it(
    clinic: Clinic, hospital: Site, django_capture_on_commit_callbacks: Any
) -> None:
    learner, form = clinic.learner(), asking(hospital)
    assert "St. Anne" in words_of(learner.get(reverse(ASK)))
    with django_capture_on_commit_callbacks(execute=True):
        first, again = learner.post(reverse(ASK), form), learner.post(reverse(ASK), form)
    made = Placement.objects.get(site=hospital)
    assert first["Location"] == again["Location"] == at("placement", made)
    assert (made.state, made.approved_by, made.required_minutes) == ("requested", None, 0)
    assert steps(made) == [("requested", clinic.school.learner_user)]
    assert mailed(clinic.school.coordinator.email) == ["Daniela Reyes asks for a placement at St. Anne"]
    assert WHY in mail.outbox[-1].body
    page = words_of(learner.get(at("placement", made)))
    for said in ("Requested", "has not answered yet", WHY, "1 Mar 2027 – 31 May 2027"):
        assert said in page
    assert "St. Anne, 1 Mar 2027" in words_of(learner.get(reverse("externships:shifts")))
    assert "new_shift" not in page


@pytest.mark.parametrize(
    "change,sentence",
    [
        ({"site": ""}, "Choose where you want to work"),
        ({"site": str(uuid.uuid4())}, "Select a valid choice"),
        ({"words": " "}, "Say in a sentence"),
        ({"words": "x" * 1001}, "at most 1000 characters"),
        ({"ends_on": "2027-02-28"}, "The last day lies before the first"),
        ({"starts_on": "2026-09-02", "ends_on": "2026-11-19"}, "These days are over"),
        ({"starts_on": "2025-12-01"}, "does not cover this day"),
        ({"starts_on": ""}, "Choose the day"),
    ],
)
def test_a_wrong_request_is_refused_beside_the_field(
    clinic: Clinic, hospital: Site, change: dict[str, str], sentence: str
) -> None:
    page = clinic.learner().post(reverse(ASK), asking(hospital, **change))
    assert page.status_code == 422
    assert sentence in words_of(page)
    assert page.context["form"].errors
    assert not Placement.objects.filter(site=hospital).exists()


def test_what_else_speaks_against_a_request(clinic: Clinic, hospital: Site) -> None:
    with pytest.raises(ValidationError, match="Only the learner herself"):
        asked(clinic, hospital, by=clinic.school.coordinator)
    theirs = register_site(school=clinic.school.other_school, name="Far", approved_on=date(2026, 1, 1))
    with pytest.raises(ValidationError, match="another school"):
        asked(clinic, theirs)
    for words, sentence in ((" x ", "Say in a sentence"), ("x" * 1001, "1,000 characters")):
        with pytest.raises(ValidationError, match=sentence):
            asked(clinic, hospital, words=words)
    first = asked(clinic, hospital)
    with pytest.raises(ValidationError, match="she reads this"):
        decline_placement(placement=first, words=" ", by=clinic.school.coordinator)
    with pytest.raises(ValidationError, match="from that day already"):
        asked(clinic, hospital)
    for month in (4, 5):
        asked(clinic, hospital, starts_on=date(2027, month, 1))
    with pytest.raises(ValidationError, match="wait already"):
        asked(clinic, hospital, starts_on=date(2027, 5, 2))
    cancel_placement(placement=first, by=clinic.school.learner_user)
    again = asked(clinic, hospital)
    assert again.pk != first.pk, "one that was taken back does not stand in the way"
    cancel_placement(placement=again, by=clinic.school.learner_user)
    TrainingRecord.objects.filter(pk=clinic.record.pk).update(sealed_at=timezone.now())
    with pytest.raises(ValidationError, match="sealed"):
        asked(clinic, hospital, starts_on=date(2027, 4, 9))


def test_pages_without_a_program_or_a_site_teach(clinic: Clinic) -> None:
    stranger = clinic.school.client(clinic.school.other_learner_user)
    assert "You are in no program now" in words_of(stranger.get(reverse(ASK)))
    assert stranger.post(reverse(ASK), {}).status_code in (200, 422)
    clinic.site.agreement_ends_on = date(2026, 11, 1)
    clinic.site.save()
    assert "No site is open now" in words_of(clinic.learner().get(reverse(ASK)))


# ---- deciding --------------------------------------------------------------------------------------------------------


def test_it_is_approved_on_other_days_with_terms_and_begins_with_its_day(
    clinic: Clinic, hospital: Site, django_capture_on_commit_callbacks: Any
) -> None:
    made = asked(clinic, hospital)
    assign_supervisor(supervisor=clinic.supervisor, site=hospital, from_on=date(2026, 1, 1))
    desk = clinic.school.client(clinic.school.coordinator)
    assert "One request waits for your answer" in words_of(desk.get(reverse("externships:desk_all_placements")))
    assert "Daniela Reyes" in words_of(desk.get(reverse("externships:desk_all_placements"), {"state": "requested"}))
    assert "Approve" in words_of(desk.get(at("desk_placement", made)))
    address = at("desk_approve_placement", made)
    page = desk.get(address)
    assert WHY in words_of(page)
    form = {
        **shown_in(page), "starts_on": "2027-03-08", "required_minutes": "20", "kind_client_session": "12:30",
        "kind_observation": "2", "supervisors": [str(clinic.supervisor.uuid)],
    }  # fmt: skip
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        for _click in range(2):
            assert desk.post(address, form)["Location"] == at("desk_placement", made)
    made.refresh_from_db()
    assert (made.state, made.starts_on, made.required_minutes) == ("approved", date(2027, 3, 8), 1200)
    assert made.required_by_kind == {"client_session": 750, "observation": 120}
    assert made.approved_by == clinic.school.coordinator
    assert list(made.supervisors.all()) == [clinic.supervisor]
    assert steps(made)[1:] == [("approved", clinic.school.coordinator)]
    assert mailed(clinic.school.learner_user.email) == ["Your placement at St. Anne"]
    assert "from 8 March 2027 to 31 May 2027" in mail.outbox[-1].body
    assert "Needed there: 20 h" in mail.outbox[-1].body
    page = words_of(clinic.learner().get(at("placement", made)))
    assert "Client session 0 min of 12 h 30 min" in page
    assert "Write down a shift" not in page, "its day has not come"
    at_midnight = datetime(2027, 3, 8, 4, 59, tzinfo=UTC)
    assert begin_placements(now=at_midnight) == 0, "still the seventh there"
    with time_machine.travel(datetime(2027, 3, 8, 5, 1, tzinfo=UTC), tick=False):
        assert run_due(force=True)["placements that begin"] == "1 done"
        assert run_due(force=True)["placements that begin"] == "0 done"
    made.refresh_from_db()
    assert (made.state, made.version) == ("active", 2), "nobody changed it"
    assert steps(made)[-1] == ("began", None)


def test_it_is_declined_with_words_that_she_reads(
    clinic: Clinic, hospital: Site, django_capture_on_commit_callbacks: Any
) -> None:
    made = asked(clinic, hospital)
    desk = clinic.school.client(clinic.school.registrar)
    address = at("desk_decline_placement", made)
    empty = desk.post(address, {"words": "  "})
    assert (empty.status_code, "she reads this" in words_of(empty)) == (422, True)
    with django_capture_on_commit_callbacks(execute=True):
        for _click in range(2):
            assert desk.post(address, {"words": "No places in spring. Ask for June."}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.approved_by) == ("declined", None)
    assert mailed(clinic.school.learner_user.email) == ["Your request for St. Anne was declined"]
    page = words_of(clinic.learner().get(at("placement", made)))
    assert "“No places in spring. Ask for June.”" in page
    assert steps(made) == [("requested", clinic.school.learner_user), ("declined", clinic.school.registrar)]
    decided = clinic.school.client(clinic.school.coordinator).get(at("desk_approve_placement", made), follow=True)
    assert "decided already" in decided.content.decode()


def test_she_takes_it_back_before_it_is_decided_and_not_after(
    clinic: Clinic, hospital: Site, django_capture_on_commit_callbacks: Any
) -> None:
    made, kept = asked(clinic, hospital), asked(clinic, hospital, starts_on=date(2027, 4, 1))
    learner = clinic.learner()
    with django_capture_on_commit_callbacks(execute=True):
        for _click in range(2):
            learner.post(at("cancel_placement", made), {"sure": "yes"})
    made.refresh_from_db()
    assert made.state == "cancelled"
    assert mailed(clinic.school.coordinator.email)[-1:] == ["Daniela Reyes took a request back: St. Anne"]
    assert waiting_requests([clinic.school.school]) == [kept]
    decline_placement(placement=kept, words="No places.", by=clinic.school.coordinator)
    assert (
        "It was decided meanwhile: declined"
        in learner.post(at("cancel_placement", kept), {"sure": "yes"}, follow=True).content.decode()
    )
    with pytest.raises(ValidationError, match="Only who asked"):
        cancel_placement(placement=made, by=clinic.school.coordinator)


def test_a_request_is_no_placement(clinic: Clinic, hospital: Site) -> None:
    made, by = asked(clinic, hospital), clinic.school.coordinator
    days: dict[str, Any] = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 5, 1), "required_minutes": 60}
    with pytest.raises(ValidationError, match="This is a request"):
        edit_placement(placement=made, by=by, **days)
    with pytest.raises(ValidationError, match="Approve or decline"):
        end_placement(placement=made, state="terminated", ended_on=date(2026, 11, 20), by=by)
    with pytest.raises(ValidationError, match="This request is over"):
        reopen_placement(placement=made, by=by)
    with pytest.raises(ValidationError, match="has not approved this placement"):
        clinic.draft(placement=made)
    grant_role(user=clinic.school.learner_user, organisation=clinic.school.school, role="coordinator")
    for decide in (
        lambda: approve_placement(placement=made, by=clinic.school.learner_user, **days),
        lambda: decline_placement(placement=made, words="No places.", by=clinic.school.learner_user),
    ):
        with pytest.raises(ValidationError, match="Nobody places herself"):
            decide()


def test_of_two_answers_the_later_one_is_told(clinic: Clinic, hospital: Site) -> None:
    made = asked(clinic, hospital)
    days: dict[str, Any] = {"starts_on": made.starts_on, "ends_on": made.ends_on, "required_minutes": 60}
    with pytest.raises(ValidationError, match="Somebody changed this"):
        approve_placement(placement=made, by=clinic.school.coordinator, seen_version=9, **days)
    approve_placement(placement=made, by=clinic.school.coordinator, seen_version=1, **days)
    with pytest.raises(ValidationError, match="decided meanwhile: approved"):
        decline_placement(placement=made, words="No places.", by=clinic.school.registrar)
    with pytest.raises(ValidationError, match="decided meanwhile: approved"):
        approve_placement(placement=made, by=clinic.school.registrar, **{**days, "required_minutes": 61})


@pytest.mark.parametrize("who", ["instructor", "other_learner_user", "foreign_registrar"])
def test_outsiders_find_no_request(clinic: Clinic, hospital: Site, who: str) -> None:
    made = asked(clinic, hospital)
    client = clinic.school.client(getattr(clinic.school, who))
    for name in ("placement", "desk_placement", "desk_approve_placement", "desk_decline_placement"):
        assert client.get(at(name, made)).status_code == 404
    assert client.post(at("cancel_placement", made)).status_code == 404
    for name in ("desk_approve_placement", "desk_decline_placement"):
        assert client.post(at(name, made), {"words": "No places."}).status_code == 404
    made.refresh_from_db()
    assert made.state == "requested"
    with pytest.raises(ValidationError, match="coordinators and registrars"):
        decline_placement(placement=made, words="No places.", by=getattr(clinic.school, who))


# ---- what the school makes itself ------------------------------------------------------------------------------------


def test_one_that_begins_later_is_approved_until_its_day(clinic: Clinic, hospital: Site) -> None:
    later = open_placement(
        record=clinic.record, site=hospital, starts_on=date(2027, 3, 1), ends_on=date(2027, 5, 1),
        required_minutes=60, approved_by=clinic.school.coordinator,
    )  # fmt: skip
    assert (later.state, [what for what, _by in steps(later)]) == ("approved", ["approved"])
    assert (clinic.placement.state, [what for what, _by in steps(clinic.placement)]) == (
        "active", ["approved", "began"],
    )  # fmt: skip
    moved = edit_placement(
        placement=later, starts_on=date(2026, 11, 20), ends_on=date(2027, 5, 1), required_minutes=60,
        by=clinic.school.coordinator, although_clash=True,
    )  # fmt: skip
    assert moved.state == "active"
    back = edit_placement(
        placement=moved, starts_on=date(2027, 3, 1), ends_on=date(2027, 5, 1), required_minutes=60,
        by=clinic.school.coordinator,
    )  # fmt: skip
    assert back.state == "approved"


# ---- places and clashes ----------------------------------------------------------------------------------------------


def test_a_site_never_holds_more_than_it_takes(clinic: Clinic, rule_set: Any) -> None:
    desk = clinic.school.client(clinic.school.coordinator)
    details_of(clinic, capacity=1)
    fresh = second_record(clinic, rule_set)
    page = desk.post(at("desk_place", fresh), placing(clinic))
    assert page.status_code == 422
    said = "Harborview Rehabilitation takes 1 at a time, and on 16 November 2026 no place is left"
    assert said in str(page.context["form"].errors["starts_on"])
    assert (
        desk.post(at("desk_place", fresh), placing(clinic, starts_on="2027-03-01", ends_on="2027-05-01")).status_code
        == 302
    )
    jun = Placement.objects.get(record=fresh)
    with pytest.raises(ValidationError, match="on 1 March 2027 no place is left"):
        edit_placement(
            placement=clinic.placement, starts_on=date(2026, 9, 1), ends_on=date(2027, 3, 1), required_minutes=600,
            by=clinic.school.coordinator,
        )  # fmt: skip
    end_placement(
        placement=clinic.placement, state="terminated", ended_on=date(2026, 11, 18), by=clinic.school.coordinator
    )
    edit_placement(
        placement=jun, starts_on=date(2026, 11, 19), ends_on=date(2027, 5, 1), required_minutes=60,
        by=clinic.school.coordinator,
    )  # fmt: skip
    with pytest.raises(ValidationError, match="no place is left"):
        reopen_placement(placement=clinic.placement, by=clinic.school.coordinator)
    clinic.placement.refresh_from_db()
    assert clinic.placement.state == "terminated"


def test_two_placements_on_shared_days_have_to_be_meant(clinic: Clinic, hospital: Site) -> None:
    desk = clinic.school.client(clinic.school.coordinator)
    form = placing(clinic, site=str(hospital.uuid))
    page = desk.post(at("desk_place", clinic.record), form)
    assert page.status_code == 422
    said = str(page.context["form"].errors["although_clash"])
    assert "Harborview Rehabilitation from 1 September 2026 to 28 February 2027" in said
    assert "Two placements on the same days are meant" in words_of(page)
    assert "are meant" not in words_of(desk.get(at("desk_place", clinic.record)))
    assert desk.post(at("desk_place", clinic.record), {**form, "although_clash": "on"}).status_code == 302
    other = Placement.objects.get(site=hospital)
    same_days = desk.post(
        at("desk_edit_placement", other),
        {**shown_in(desk.get(at("desk_edit_placement", other))), "required_minutes": "9"},
    )
    assert same_days.status_code == 302, "what was meant once is not asked again while the days stay"
    moved = desk.post(
        at("desk_edit_placement", other),
        {**shown_in(desk.get(at("desk_edit_placement", other))), "ends_on": "2027-01-30"},
    )
    assert moved.context["form"].errors["although_clash"]
    end_placement(placement=other, state="terminated", ended_on=date(2026, 11, 20), by=clinic.school.coordinator)
    assert "on shared days" in words_of(desk.get(at("desk_placement", other)))
    desk.post(at("desk_reopen_placement", other))
    other.refresh_from_db()
    assert other.state == "terminated"
    desk.post(at("desk_reopen_placement", other), {"although_clash": "on"})
    other.refresh_from_db()
    assert other.state == "active"


# ---- terms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "terms,field,sentence",
    [
        ({"required_by_kind": {"idle": 60}}, "required_by_kind", "idle time is never asked for"),
        ({"required_by_kind": {"dancing": 60}}, "required_by_kind", "of which kind"),
        ({"required_by_kind": {"observation": 0}}, "required_by_kind", "of which kind"),
        ({"required_by_kind": {"observation": 400, "client_session": 201}}, "required_minutes", "add up to 10 h 1 min"),
        ({"before_clients": [{"code": "x", "title": ""}]}, "before_clients", "Choose from the list"),
        ({"before_clients": [{"code": "x", "title": "X"}] * 2}, "before_clients", "each once"),
    ],
)
def test_terms_that_cannot_be(clinic: Clinic, terms: dict[str, Any], field: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        edit_placement(
            placement=clinic.placement, starts_on=clinic.placement.starts_on, ends_on=clinic.placement.ends_on,
            required_minutes=600, by=clinic.school.coordinator, terms=Terms(**{"before_clients": [], **terms}),
        )  # fmt: skip
    assert sentence in str(refused.value.message_dict[field])


def test_where_supervisors_are_named_only_they_are_offered_and_sign(clinic: Clinic) -> None:
    school = clinic.school
    omar = register_supervisor(
        school=school.school, name="Omar Haddad", email="omar@example.com", licence_number="1", licence_state="KY",
        profession="Massage therapist",
    )  # fmt: skip
    days: dict[str, Any] = {
        "starts_on": clinic.placement.starts_on,
        "ends_on": clinic.placement.ends_on,
        "required_minutes": 600,
    }
    name_omar = Terms(supervisors=[omar], before_clients=[])
    with pytest.raises(ValidationError, match="Omar Haddad does not work at Harborview"):
        edit_placement(placement=clinic.placement, by=school.coordinator, terms=name_omar, **days)
    assign_supervisor(supervisor=omar, site=clinic.site, from_on=date(2026, 10, 1))
    waiting = clinic.draft()
    link = clinic.send()
    edit_placement(placement=clinic.placement, by=school.coordinator, terms=name_omar, **days)
    page = clinic.learner().get(reverse("externships:new_shift"))
    assert "Omar Haddad" in words_of(page)
    assert "Raman" not in words_of(page)
    with pytest.raises(ValidationError, match="named others to sign"):
        clinic.draft("2026-11-10 09:00", "2026-11-10 11:00")
    kept = Client().post(url_of(link), answers(link))
    assert "named others to sign" in words_of(kept)
    waiting.refresh_from_db()
    assert waiting.state == "sent"
    assert "Only they were named" in words_of(
        school.client(school.coordinator).get(at("desk_placement", clinic.placement))
    )


def test_of_two_who_change_the_terms_the_later_one_reads_them(clinic: Clinic) -> None:
    desk = clinic.school.client(clinic.school.coordinator)
    edit = at("desk_edit_placement", clinic.placement)
    stale = shown_in(desk.get(edit))
    assert (
        desk.post(edit, {**stale, "kind_observation": "1", "supervisors": str(clinic.supervisor.uuid)}).status_code
        == 302
    )
    told = words_of(desk.post(edit, {**stale, "required_minutes": "11"}))
    assert "Observation 1 h" in told
    assert "Only these supervisors sign Dr. Priya Raman, Physical therapist" in told


def test_complete_asks_for_the_hours_of_each_kind(clinic: Clinic) -> None:
    clinic.placement.required_by_kind = {"observation": 60}
    clinic.placement.required_minutes = 0
    clinic.placement.save()
    desk = clinic.school.client(clinic.school.coordinator)
    form = {"state": "complete", "ended_on": "2026-11-20"}
    page = desk.post(at("desk_end_placement", clinic.placement), form)
    assert "Fewer hours are signed than needed: Observation" in str(page.context["form"].errors["although_short"])
    assert desk.post(at("desk_end_placement", clinic.placement), {**form, "although_short": "on"}).status_code == 302


# ---- the database ----------------------------------------------------------------------------------------------------


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE externships_placement SET state = 'requested' WHERE state = 'active'",
        "UPDATE externships_placement SET state = 'declined' WHERE state = 'active'",
        "UPDATE externships_placement SET state = 'terminated', ended_on = '2026-11-20', approved_by_id = {who} "
        "WHERE state = 'requested'",
        "UPDATE externships_placement SET state = 'approved', approved_by_id = {who} WHERE state = 'declined'",
        "UPDATE externships_placement SET state = 'requested' WHERE state = 'declined'",
        "UPDATE externships_placement SET site_id = site_id + 1",
        "UPDATE externships_placement SET record_id = record_id + 1",
        "DELETE FROM externships_placement",
        "UPDATE externships_placementstep SET by_id = NULL",
        "UPDATE externships_placementstep SET words = ''",
        "UPDATE externships_placementstep SET words = '', erased_at = '2026-11-20 10:00:00+00'",
        "DELETE FROM externships_placementstep",
    ],
)
def test_the_database_refuses(clinic: Clinic, hospital: Site, sql: str) -> None:
    decline_placement(placement=asked(clinic, hospital), words="No places.", by=clinic.school.coordinator)
    asked(clinic, hospital)
    before = list(Placement.objects.order_by("pk").values()), list(PlacementStep.objects.values())
    with pytest.raises(DatabaseError, match="never"):
        run(sql.format(who=clinic.school.coordinator.pk))
    assert (list(Placement.objects.order_by("pk").values()), list(PlacementStep.objects.values())) == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE externships_placement SET state = 'approved' WHERE state = 'requested'",
        "UPDATE externships_placement SET state = 'lost' WHERE state = 'requested'",
        "UPDATE externships_placement SET ended_on = '2026-11-20' WHERE state = 'requested'",
    ],
)
def test_the_database_keeps_state_and_people_together(clinic: Clinic, hospital: Site, sql: str) -> None:
    asked(clinic, hospital)
    with pytest.raises(DatabaseError, match=r"placement_|CHECK|check"):
        run(sql)
    assert waiting_requests([clinic.school.school])


# ---- queries ---------------------------------------------------------------------------------------------------------


def test_pages_cost_the_same_however_much_stands_on_them(
    clinic: Clinic, hospital: Site, django_assert_max_num_queries: Any
) -> None:
    desk, learner = clinic.school.client(clinic.school.coordinator), clinic.learner()
    made = asked(clinic, hospital)
    for address, client in ((at("placement", made), learner), (at("desk_placement", made), desk)):
        client.get(address)
    for n in range(3):
        for k in range(n + 1):
            add_goal(placement=made, words=f"Goal {'x' * n} {'y' * k}", by=clinic.school.learner_user)
        with django_assert_max_num_queries(16):
            assert learner.get(at("placement", made)).status_code == 200
        with django_assert_max_num_queries(18):
            assert desk.get(at("desk_placement", made)).status_code == 200


def test_selectors_say_their_query_count(clinic: Clinic, hospital: Site, django_assert_num_queries: Any) -> None:
    school, user = clinic.school.school, clinic.school.learner_user
    for month in (3, 4):
        asked(clinic, hospital, starts_on=date(2027, month, 1))
        with django_assert_num_queries(1):
            assert all(one.record.learner.user for one in waiting_requests([school]))
        with django_assert_num_queries(1):
            assert all(str(site) for site in sites_on_offer(school, date(2026, 11, 20)))
        with django_assert_num_queries(1):
            assert all(record.school.name for record in open_records(user))
        with django_assert_num_queries(1):
            assert all(step.what for step in steps_of(clinic.placement))
        with django_assert_num_queries(1):
            assert taken_days(clinic.site) == [clinic.placement.window]
        with django_assert_num_queries(1):
            assert placements_beside(clinic.placement) == []
        with django_assert_num_queries(1):
            assert supervisors_there(clinic.placement) == [clinic.supervisor]
        with django_assert_num_queries(1):
            assert named_supervisors(clinic.placement) == frozenset()
        with django_assert_num_queries(1):
            assert signed_by_kind(clinic.placement) == {}
