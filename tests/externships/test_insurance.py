"""What the site's insurance holds: who is placed, what becomes active, new shifts; what stood before stands."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError

from certification.externships import rules
from certification.externships.models import Placement, SignOff
from certification.externships.selectors import sites_on_offer
from certification.externships.services import (
    approve_placement,
    begin_placements,
    edit_placement,
    end_placement,
    open_placement,
    reopen_placement,
    request_placement,
)
from certification.requirements.models import RuleSet

from .conftest import Clinic, details_of, second_record
from .test_papers import sign_one
from .test_placements import at
from .test_registers import shown_in, words_of
from .test_requests import WHY

pytestmark = pytest.mark.django_db
ENDED = {"insurance_starts_on": date(2026, 1, 1), "insurance_ends_on": date(2026, 11, 15)}
RENEWED = {"insurance_starts_on": date(2026, 1, 1), "insurance_ends_on": date(2027, 11, 15)}
DAYS = {"starts_on": date(2026, 11, 23), "ends_on": date(2027, 1, 31)}
LACKS = "site’s insurance does not cover this day. Renew it first"


def _open(clinic: Clinic, rule_set: RuleSet, **fields: Any) -> Placement:
    values = {"site": clinic.site, "required_minutes": 60, "approved_by": clinic.school.coordinator, **DAYS, **fields}
    return open_placement(record=second_record(clinic, rule_set), **values)


def _approve(clinic: Clinic, rule_set: RuleSet) -> Placement:
    record = second_record(clinic, rule_set)
    with time_machine.travel(datetime(2026, 11, 20, 15, tzinfo=UTC), tick=False):
        details_of(clinic, **RENEWED)
        asked = request_placement(
            record=record, site=clinic.site, words=WHY, by=clinic.school.other_learner_user, **DAYS
        )  # fmt: skip
        details_of(clinic, **ENDED)
    return approve_placement(placement=asked, required_minutes=60, by=clinic.school.coordinator, **DAYS)


def _extend(clinic: Clinic, _rule_set: RuleSet) -> Placement:
    one = clinic.placement
    return edit_placement(
        placement=one, starts_on=one.starts_on, ends_on=date(2027, 3, 31), required_minutes=one.required_minutes,
        by=clinic.school.coordinator,
    )  # fmt: skip


@pytest.mark.parametrize("place", [_open, _approve])
def test_nobody_is_placed_where_the_insurance_ended(
    clinic: Clinic, rule_set: RuleSet, place: Callable[[Clinic, RuleSet], Placement]
) -> None:
    details_of(clinic, **ENDED)
    with pytest.raises(ValidationError) as refused:
        place(clinic, rule_set)
    assert all(LACKS in " ".join(sentences) for sentences in refused.value.message_dict.values())
    details_of(clinic, **RENEWED)
    assert _open(clinic, rule_set).state == Placement.State.APPROVED if place is _open else True


def test_a_placement_may_run_past_the_renewal_of_a_yearly_policy(clinic: Clinic, rule_set: RuleSet) -> None:
    details_of(clinic, **ENDED)
    assert _extend(clinic, rule_set).ends_on == date(2027, 3, 31)


def test_she_cannot_ask_for_it_and_is_told(clinic: Clinic, rule_set: RuleSet) -> None:
    today = date(2026, 11, 20)
    assert [site.pk for site in sites_on_offer(clinic.school.school, today)] == [clinic.site.pk]
    details_of(clinic, **ENDED)
    assert sites_on_offer(clinic.school.school, today) == []
    with pytest.raises(ValidationError, match="or the insurance of this site does not cover this day"):
        request_placement(
            record=second_record(clinic, rule_set), site=clinic.site, words=WHY, by=clinic.school.other_learner_user,
            **DAYS,
        )  # fmt: skip


def test_nothing_begins_while_it_is_over_and_all_of_it_once_it_is_renewed(clinic: Clinic, rule_set: RuleSet) -> None:
    details_of(clinic, **RENEWED)
    placed = _open(clinic, rule_set)
    desk = clinic.school.client(clinic.school.coordinator)
    page = at("desk_site", clinic.site)
    assert "Nobody new works here now" not in words_of(desk.get(page))
    details_of(clinic, insurance_starts_on=date(2026, 1, 1), insurance_ends_on=date(2026, 11, 22))
    first_day = datetime(2026, 11, 23, 15, tzinfo=UTC)
    with time_machine.travel(first_day, tick=False):
        desk = clinic.school.client(clinic.school.coordinator)
        assert begin_placements(now=first_day) == 0
        placed.refresh_from_db()
        assert placed.state == Placement.State.APPROVED
        said = words_of(desk.get(page))
        assert "The insurance ended on 22 November 2026." in said
        assert "1 approved placement waits for it to begin." in said
        details_of(clinic, **RENEWED)
        assert begin_placements(now=first_day) == 1
        assert "Nobody new works here now" not in words_of(desk.get(page))
    placed.refresh_from_db()
    assert placed.state == Placement.State.ACTIVE


def test_what_runs_goes_on_and_what_is_signed_stands(clinic: Clinic) -> None:
    sign_one(clinic)
    details_of(clinic, **ENDED)
    clinic.placement.refresh_from_db()
    assert clinic.placement.state == Placement.State.ACTIVE
    one = clinic.placement
    changed = edit_placement(
        placement=one, starts_on=one.starts_on, ends_on=one.ends_on, required_minutes=900, by=clinic.school.coordinator
    )
    assert changed.state == Placement.State.ACTIVE, "the hours changed, and it went on"
    assert SignOff.objects.get().posted_minutes == 240


def test_an_ended_one_is_opened_again_and_waits(clinic: Clinic) -> None:
    """So that days before the end can be written down: each shift is judged for its own day."""
    by = clinic.school.coordinator
    end_placement(placement=clinic.placement, state="terminated", ended_on=date(2026, 11, 20), by=by)
    details_of(clinic, **ENDED)
    opened = reopen_placement(placement=clinic.placement, by=by)
    assert opened.state == Placement.State.APPROVED
    assert clinic.draft("2026-11-09 14:00", "2026-11-09 15:00").pk
    with pytest.raises(ValidationError, match="does not cover 16 November"):
        clinic.draft("2026-11-16 09:00", "2026-11-16 12:00")


@pytest.mark.parametrize(
    "old,new,kept",
    [
        ((2026, 2027), (2027, 2028), True),  # from the day on which the old one ends
        ((2026, 2027), ("after", 2028), True),
        ((2026, 2027), ("gap", 2028), False),
        ((2026, 2027), ("middle", None), True),
        ((None, 2027), ("after", 2028), True),
        ((2026, 2027), ("middle", 2027), False),  # ends no later: the first day was wrong
        ((2026, None), ("middle", 2028), False),
        ((2026, 2027), (2025, 2028), False),
        ((2026, 2027), (None, 2028), False),
        ((2026, 2027), (2028, 2026), False),
    ],
)
def test_what_goes_on_is_one_period(old: Any, new: Any, kept: bool) -> None:
    named = {"middle": date(2026, 7, 1), "after": date(2027, 1, 2), "gap": date(2027, 1, 3)}

    def window(first: Any, last: Any) -> rules.Window:
        return rules.Window(*(date(one, 1, 1) if isinstance(one, int) else named.get(one) for one in (first, last)))

    before, after = window(*old), window(*new)
    assert rules.renewed(before, after) == (rules.Window(before.first, after.last) if kept else after)


NEXT = {"insurance_starts_on": date(2026, 11, 16), "insurance_ends_on": date(2027, 11, 15)}


def test_a_renewed_policy_covers_what_the_old_one_did(clinic: Clinic) -> None:
    details_of(clinic, **ENDED)
    site = details_of(clinic, **NEXT)
    assert (site.insurance_starts_on, site.insurance_ends_on) == (date(2026, 1, 1), date(2027, 11, 15))
    assert clinic.draft("2026-11-09 09:00", "2026-11-09 11:00").pk, "a shift of the old policy's days"
    assert clinic.draft("2026-11-16 09:00", "2026-11-16 11:00").pk
    details_of(clinic, insurance_starts_on=date(2027, 11, 20), insurance_ends_on=date(2028, 11, 19))
    with pytest.raises(ValidationError, match="does not cover 9 November"):
        clinic.draft("2026-11-09 14:00", "2026-11-09 15:00")


def test_a_renewed_agreement_keeps_its_first_day_and_sent_twice_too(clinic: Clinic) -> None:
    desk = clinic.school.client(clinic.school.coordinator)
    form = shown_in(desk.get(at("desk_edit_site", clinic.site)))
    sent = {**form, "agreement_starts_on": "2027-07-01", "agreement_ends_on": "2028-06-30"}
    for _time in range(2):
        assert desk.post(at("desk_edit_site", clinic.site), sent).status_code == 302
        clinic.site.refresh_from_db()
        assert clinic.site.agreement == rules.Window(date(2026, 1, 1), date(2028, 6, 30))
    assert clinic.site.version == 2


def test_only_the_day_that_is_changed_must_be_covered(clinic: Clinic) -> None:
    """It began under last year's policy, which ended with a gap before this year's."""
    details_of(clinic, insurance_starts_on=date(2026, 11, 1), insurance_ends_on=date(2027, 10, 31))
    assert _extend(clinic, clinic.record.rule_set).ends_on == date(2027, 3, 31)
    one = Placement.objects.get(pk=clinic.placement.pk)
    with pytest.raises(ValidationError) as refused:
        edit_placement(
            placement=one, starts_on=date(2026, 9, 2), ends_on=one.ends_on, required_minutes=600,
            by=clinic.school.coordinator,
        )  # fmt: skip
    assert list(refused.value.message_dict) == ["starts_on"]
    with pytest.raises(ValidationError) as refused:
        edit_placement(
            placement=one, starts_on=one.starts_on, ends_on=date(2027, 7, 15), required_minutes=600,
            by=clinic.school.coordinator,
        )  # fmt: skip
    assert list(refused.value.message_dict) == ["ends_on"], "the agreement ends before"
