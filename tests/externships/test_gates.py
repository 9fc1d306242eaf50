"""No client before the gates: what the rules ask for, and the Milestones that the school named; day by day."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from certification.externships.models import Placement
from certification.externships.selectors import client_gates, default_before_clients, milestones_to_ask, steps_of
from certification.externships.services import (
    Terms,
    assign_supervisor,
    begin_placements,
    clock_in,
    edit_placement,
    open_placement,
    register_site,
    send_shifts,
)
from certification.records.models import TrainingRecord
from certification.records.services import open_record, post_hours, record_milestone, reverse_entry, withdraw_milestone
from certification.requirements.services import import_rules
from tests.records.making import part
from tests.worlds import SMALL_PACK

from .conftest import NOW, Clinic, local
from .test_placements import at
from .test_registers import shown_in, words_of

pytestmark = pytest.mark.django_db
CHECK = {"code": "check:draping", "title": "Draping, checked off"}


def gated(clinic: Clinic, before: str, requires: str, **fields: Any) -> TrainingRecord:
    """A record of hers whose rules have one gate."""
    text = SMALL_PACK.replace("id: small-sample", f"id: small-{before.replace('_', '-')}")
    return open_record(
        learner=clinic.record.learner,
        school=clinic.school.school,
        rule_set=import_rules(
            text=f"{text}gates:\n  - {{before: {before}, requires: {requires}}}\n", filename="pack.yaml"
        ),
        program_code="GATED",
        program_title="A gated program",
        enrolled_on=date(2026, 1, 5),
        requirements=[("quiz:MFR", "Quiz: myofascial release")],
        source_key=f"enrollment:{before}",
        **fields,
    )


def placed(clinic: Clinic, record: TrainingRecord, **fields: Any) -> Placement:
    values: dict[str, Any] = {
        "record": record, "site": clinic.site, "starts_on": date(2026, 10, 1), "ends_on": date(2027, 1, 31),
        "required_minutes": 600, "approved_by": clinic.school.coordinator, "although_clash": True,
    }  # fmt: skip
    return open_placement(**{**values, **fields})


def study(record: TrainingRecord, day: str, minutes: int, key: str, **fields: Any) -> Any:
    ends = 14 + minutes // 60
    return post_hours(
        record=record,
        source_key=key,
        parts=[part(minutes, f"{day} 14:00", f"{day} {ends}:{minutes % 60:02d}", **fields)],
    ).entries[0]


def lines(record: TrainingRecord, day: date, named: Any = ()) -> list[tuple[str, bool]]:
    return [(line.words, line.is_met) for line in client_gates(record, day, named)]


# ---- what is asked ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["externship_hands_on", "externship", "hands_on"])
def test_minutes_open_the_gate_on_the_day_after_they_were_earned(clinic: Clinic, before: str) -> None:
    record = gated(clinic, before, "{total: 3, mfr: 2}")
    assert lines(record, date(2026, 11, 9)) == [
        ("Hours in all: 0 min of 3 h", False),
        ("Myofascial release: 0 min of 2 h", False),
    ]
    study(record, "2026-11-05", 120, "class:1")
    study(record, "2026-11-09", 60, "class:2", category="nmt_trp")
    assert lines(record, date(2026, 11, 5))[1] == ("Myofascial release: 0 min of 2 h", False)
    assert lines(record, date(2026, 11, 6))[1] == ("Myofascial release: 2 h of 2 h", True)
    assert lines(record, date(2026, 11, 9)) == [
        ("Hours in all: 2 h of 3 h", False),
        ("Myofascial release: 2 h of 2 h", True),
    ]
    assert lines(record, date(2026, 11, 10)) == [
        ("Hours in all: 3 h of 3 h", True),
        ("Myofascial release: 2 h of 2 h", True),
    ]


def test_what_was_taken_back_or_is_not_creditable_opens_nothing(clinic: Clinic) -> None:
    record = gated(clinic, "externship", "{mfr: 1}")
    early = study(record, "2026-01-02", 60, "class:0")
    assert lines(record, date(2026, 11, 9)) == [("Myofascial release: 0 min of 1 h", False)], "before she enrolled"
    entry = study(record, "2026-11-05", 60, "class:1")
    assert lines(record, date(2026, 11, 9)) == [("Myofascial release: 1 h of 1 h", True)]
    reverse_entry(entry=entry, source_key="back:1", reason="entered twice", recorded_by=clinic.school.registrar)
    assert lines(record, date(2026, 11, 9)) == [("Myofascial release: 0 min of 1 h", False)]
    assert early.minutes == 60


def test_a_gate_before_something_else_is_none_of_ours(clinic: Clinic) -> None:
    assert lines(gated(clinic, "nmt_trp", "{mfr: 1}"), date(2026, 11, 9)) == []
    assert lines(clinic.record, date(2026, 11, 9)) == []


def test_milestones_count_from_their_day_on_and_while_they_stand(clinic: Clinic) -> None:
    def stands(day: int) -> bool:
        ((_words, met),) = lines(clinic.record, date(2026, 11, day), [CHECK])
        return met

    assert not stands(9)
    # Half past eleven in the evening there is the next day in UTC.
    done = record_milestone(
        record=clinic.record, code=CHECK["code"], title=CHECK["title"], source_key="check:1",
        occurred_at=datetime(2026, 11, 10, 4, 30, tzinfo=UTC),
    )  # fmt: skip
    assert (stands(8), stands(9), stands(20)) == (False, True, True)
    withdraw_milestone(milestone=done, source_key="regrade:1")
    assert not stands(20)


def test_what_can_be_asked_for_are_the_facts_of_the_record(clinic: Clinic) -> None:
    record = gated(clinic, "externship", "{mfr: 1}")
    assert milestones_to_ask(record) == [{"code": "quiz:MFR", "title": "Quiz: myofascial release"}]
    assert default_before_clients(clinic.school.school) == []


def test_gates_cost_little(clinic: Clinic, django_assert_num_queries: Any) -> None:
    record = gated(clinic, "externship", "{mfr: 1}")
    client_gates(record, NOW.date())
    client_gates(clinic.record, NOW.date())
    with django_assert_num_queries(0):
        client_gates(clinic.record, NOW.date())
    with django_assert_num_queries(1):
        client_gates(clinic.record, NOW.date(), [CHECK, {"code": "b", "title": "B"}])
    for count in (1, 5):
        study(record, f"2026-11-0{count}", 30, f"class:{count}")
        with django_assert_num_queries(4):
            client_gates(record, NOW.date(), [CHECK])


# ---- what is refused -------------------------------------------------------------------------------------------------


def test_a_client_before_the_gate_is_refused_and_other_kinds_are_not(clinic: Clinic) -> None:
    record = gated(clinic, "externship_hands_on", "{mfr: 2}")
    placement = placed(clinic, record)
    assert placement.state == "approved", "it has begun, and clients have to wait"
    with pytest.raises(ValidationError) as refused:
        clinic.draft(placement=placement)
    (said,) = refused.value.message_dict["kind"]
    assert said.startswith(
        "No client yet on 9 November 2026. Before the first one you need: Myofascial release: 0 min of 2 h"
    )
    watched = clinic.draft(placement=placement, kind="observation")
    send_shifts(placement=placement)
    watched.refresh_from_db()
    assert watched.state == "sent"
    study(record, "2026-11-05", 120, "class:1")
    assert clinic.draft("2026-11-10 09:00", "2026-11-10 11:00", placement=placement).pk
    placement.refresh_from_db()
    assert placement.state == "active", "from the first client on, at the latest"
    with pytest.raises(ValidationError, match="No client yet on 4 November"):
        clinic.draft("2026-11-04 09:00", "2026-11-04 11:00", placement=placement)


def test_before_the_gates_the_clock_takes_what_the_form_takes(clinic: Clinic) -> None:
    placement = placed(clinic, gated(clinic, "externship_hands_on", "{mfr: 2}"))
    assert placement.state == "approved"
    client = clinic.learner()
    page = client.get(f"{reverse('externships:clock')}?placement={placement.uuid}")
    assert page.context["placement"] == placement, "by hand she could write it down as well"
    sent = {"placement": placement.uuid, "supervisor": clinic.supervisor.uuid, "key": page.context["key"]}
    refused = client.post(reverse("externships:clock_in"), {**sent, "activity": "client_session"})
    assert "No client yet on" in words_of(refused)
    client.post(reverse("externships:clock_in"), {**sent, "activity": "observation"})
    assert "Observation" in words_of(client.get(reverse("externships:clock")))


def test_before_the_gates_no_tap_begins_a_session(clinic: Clinic) -> None:
    record = gated(clinic, "externship_hands_on", "{mfr: 2}")
    placement = placed(clinic, record)
    clock = clock_in(placement=placement, supervisor=clinic.supervisor, activity="observation", key=uuid4())
    client, tap = clinic.learner(), reverse("externships:clock_tap", args=[clock.uuid])
    page = client.post(tap, {"activity": "client_session", "key": uuid4()})
    assert page.status_code == 422 and "No client yet on 20 November 2026" in words_of(page)
    assert 'aria-describedby="tap-errors"' in page.content.decode(), "beside what she tapped"
    assert [one.activity for one in clock.stretches.all()] == ["observation"]
    assert client.post(tap, {"activity": "intake_notes", "key": uuid4()}).status_code == 302
    study(record, "2026-11-05", 120, "class:1")
    assert client.post(tap, {"activity": "client_session", "key": uuid4()}).status_code == 302
    assert [one.activity for one in clock.stretches.order_by("pk")] == ["observation", "intake_notes", "client_session"]


def test_what_was_written_down_is_asked_again_when_it_is_sent(clinic: Clinic) -> None:
    record = gated(clinic, "externship_hands_on", "{mfr: 2}")
    entry = study(record, "2026-11-05", 120, "class:1")
    placement = placed(clinic, record)
    assert placement.state == "active"
    draft = clinic.draft(placement=placement)
    reverse_entry(entry=entry, source_key="back:1", reason="entered twice", recorded_by=clinic.school.registrar)
    with pytest.raises(ValidationError, match="No client yet"):
        send_shifts(placement=placement)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_the_school_names_what_comes_first_and_the_pages_show_it(clinic: Clinic) -> None:
    record = gated(clinic, "nmt_trp", "{mfr: 1}")
    desk, learner = clinic.school.client(clinic.school.coordinator), clinic.learner()
    form = {
        "site": str(clinic.site.uuid), "starts_on": "2026-11-02", "ends_on": "2027-01-31", "required_minutes": "37.5",
        "before_clients": "quiz:MFR", "although_clash": "on",
    }  # fmt: skip
    assert "Needed before the first client" in words_of(desk.get(at("desk_place", record)))
    assert desk.post(at("desk_place", record), form).status_code == 302
    placement = Placement.objects.get(record=record)
    assert placement.before_clients == [{"code": "quiz:MFR", "title": "Quiz: myofascial release"}]
    assert placement.state == "approved"
    for client, name in ((desk, "desk_placement"), (learner, "placement")):
        assert "Missing Quiz: myofascial release" in words_of(client.get(at(name, placement)))
    page = learner.post(
        f"{reverse('externships:new_shift')}?placement={placement.uuid}",
        {
            "placement": str(placement.uuid), "day": "2026-11-18", "starts": "09:00", "ends": "11:00",
            "kind": "client_session", "screen": "clear", "supervisor": str(clinic.supervisor.uuid),
        },
    )  # fmt: skip
    assert "you need: Quiz: myofascial release" in words_of(page)
    assert begin_placements(now=NOW) == 0
    record_milestone(
        record=record,
        code="quiz:MFR",
        title="Quiz",
        source_key="quiz:1",
        occurred_at=datetime(2026, 11, 20, 14, tzinfo=UTC),
    )
    assert begin_placements(now=NOW) == 1
    for client, name in ((desk, "desk_placement"), (learner, "placement")):
        assert "There Quiz: myofascial release" in words_of(client.get(at(name, placement)))
    kept = shown_in(desk.get(at("desk_edit_placement", placement)))
    assert desk.post(at("desk_edit_placement", placement), {**kept, "required_minutes": "40"}).status_code == 302
    placement.refresh_from_db()
    assert placement.before_clients == [], "unticked"


def test_a_night_shift_is_asked_about_the_day_on_which_it_began(clinic: Clinic) -> None:
    record = gated(clinic, "externship_hands_on", "{mfr: 2}")
    study(record, "2026-11-09", 120, "class:1")
    placement = placed(clinic, record)
    with pytest.raises(ValidationError, match="No client yet on 9 November"):
        clinic.draft("2026-11-09 22:00", "2026-11-10 02:00", placement=placement)
    assert clinic.draft("2026-11-10 22:00", "2026-11-11 02:00", placement=placement).pk


def test_far_from_the_school_the_gate_opens_by_the_day_of_the_record(clinic: Clinic) -> None:
    """The record is kept in Los Angeles, the site's day begins three hours before its own."""
    record = gated(clinic, "externship_hands_on", "{mfr: 2}", zone="America/Los_Angeles")
    assert placed(clinic, record).state == "approved"
    study(record, "2026-11-09", 120, "class:1")
    placement = Placement.objects.get(record=record)
    early = datetime(2026, 11, 10, 6, tzinfo=UTC)  # one o'clock there, and ten in the evening before
    with time_machine.travel(early, tick=False):
        assert begin_placements(now=early) == 0
        page = clinic.school.client(clinic.school.coordinator).get(at("desk_placement", placement))
        assert "Missing Myofascial release" in words_of(page)
    with pytest.raises(ValidationError, match="No client yet on 10 November"):
        clinic.draft("2026-11-10 00:30", "2026-11-10 02:00", placement=placement)
    assert clinic.draft("2026-11-10 03:00", "2026-11-10 04:00", placement=placement).pk


def test_west_of_the_school_the_gate_opens_by_the_day_of_the_record(clinic: Clinic) -> None:
    """The record is kept in New York, and its day begins three hours before that of the site in Los Angeles."""
    site = register_site(
        school=clinic.school.school, name="Pacific Clinic", approved_on=date(2026, 1, 1), zone="America/Los_Angeles"
    )
    assign_supervisor(supervisor=clinic.supervisor, site=site, from_on=date(2026, 9, 1))
    placement = placed(clinic, clinic.record, site=site, terms=Terms(before_clients=[CHECK]))
    assert placement.state == "approved"
    record_milestone(
        record=clinic.record, code=CHECK["code"], title=CHECK["title"], source_key="check:1",
        occurred_at=local("2026-11-10 00:10"),
    )  # fmt: skip
    with pytest.raises(ValidationError, match="No client yet on 9 November"):
        clinic.draft("2026-11-09 20:00", "2026-11-09 22:00", placement=placement)
    evening = local("2026-11-10 00:30")  # still the ninth there
    assert evening.astimezone(ZoneInfo(site.zone)).day == 9
    assert begin_placements(now=evening) == 1
    assert clinic.draft("2026-11-10 00:30", "2026-11-10 02:00", placement=placement).pk


def test_a_page_shows_the_gates_as_the_first_day_begins(clinic: Clinic) -> None:
    record = gated(clinic, "externship_hands_on", "{mfr: 2}", zone="America/Los_Angeles")
    placement = placed(clinic, record, starts_on=date(2026, 11, 21))
    study(record, "2026-11-20", 120, "class:1")
    page, client = at("desk_placement", placement), clinic.school.client(clinic.school.coordinator)
    assert "Missing Myofascial release" in words_of(client.get(page)), "midnight there is nine in the evening here"
    moved = {"starts_on": date(2026, 11, 22), "ends_on": placement.ends_on, "required_minutes": 600}
    edit_placement(placement=placement, by=clinic.school.coordinator, although_clash=True, **moved)
    assert "There Myofascial release" in words_of(client.get(page))


def test_an_edit_keeps_what_it_is_not_asked_about(clinic: Clinic) -> None:
    placement, by = clinic.placement, clinic.school.coordinator
    days: dict[str, Any] = {"starts_on": placement.starts_on, "ends_on": placement.ends_on}
    assign_supervisor(
        supervisor=clinic.supervisor, site=clinic.site, from_on=date(2026, 1, 1), until_on=date(2026, 2, 1)
    )
    edit_placement(
        placement=placement, required_minutes=600, by=by,
        terms=Terms(required_by_kind={"observation": 60}, supervisors=[clinic.supervisor], before_clients=[CHECK]), **days,
    )  # fmt: skip
    edited = edit_placement(placement=placement, required_minutes=700, by=by, **days)
    edited.refresh_from_db()
    assert (edited.required_by_kind, edited.before_clients) == ({"observation": 60}, [CHECK])
    assert list(edited.supervisors.all()) == [clinic.supervisor]
    assert edited.version == 3
    assert edit_placement(placement=placement, required_minutes=700, by=by, **days).version == 3
    assert edited.state == "approved", "what was named keeps her from clients again"
    freed = edit_placement(placement=placement, required_minutes=700, by=by, terms=Terms(before_clients=[]), **days)
    assert freed.state == "active"
    assert [step.what for step in steps_of(placement)] == ["approved", "began", *["changed"] * 3, "began"]


def test_before_its_first_day_no_shift_is_offered(clinic: Clinic) -> None:
    with time_machine.travel(datetime(2026, 8, 20, 12, tzinfo=UTC), tick=False):
        assert "No placement is open" in words_of(clinic.learner().get(reverse("externships:new_shift")))
    assert "Dr. Priya Raman" in words_of(clinic.learner().get(reverse("externships:new_shift")))
