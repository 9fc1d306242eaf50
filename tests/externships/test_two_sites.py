"""One supervisor who signed for two sites at once: found once a day and pair of sites, named by signatures and shifts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
import time_machine
from django.utils import timezone

from certification.externships.models import Placement, SignOff
from certification.externships.rules import Signed, two_sites
from certification.externships.services import (
    Decision,
    assign_supervisor,
    decide,
    find_anomalies,
    open_placement,
    register_site,
    send_shifts,
)
from certification.records.models import Anomaly
from certification.records.selectors import lines_behind
from certification.records.services import ensure_learner, open_record
from cms.jobs import run_due
from tests.externships.conftest import NOW, Clinic, local

SPACE = UUID("00000000-0000-4000-8000-000000000000")


# ---- pure ------------------------------------------------------------------------------------------------------------


def uid(name: object) -> UUID:
    return uuid5(SPACE, str(name))


def signed(site: str, start: int, end: int, who: str = "priya", day: int = 9, name: str = "") -> Signed:
    """A shift of a day, in minutes from nine."""
    nine = datetime(2026, 11, day, 14, tzinfo=UTC)
    key = f"{name} {site} {start} {end} {who} {day}"
    return Signed(
        uid(key), uid(f"shift {key}"), uid(who), uid(site), uid(f"record {name}"), date(2026, 11, day),
        nine + timedelta(minutes=start), nine + timedelta(minutes=end),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "longest"),
    [
        ([signed("a", 0, 120), signed("b", 60, 180)], [60]),
        ([signed("a", 0, 120), signed("b", 104, 180)], [16]),
        ([signed("a", 0, 120), signed("b", 105, 180)], []),  # a quarter of an hour: rounded times
        ([signed("a", 0, 120), signed("b", 120, 180)], []),
        ([signed("a", 0, 120), signed("a", 0, 120, name="x")], []),  # two learners at one site
        ([signed("a", 0, 120), signed("b", 0, 120, "other")], []),
        ([signed("a", 0, 120), signed("b", 0, 120, day=10)], []),
        ([signed("a", 0, 300), signed("a", 10, 20), signed("b", 200, 400)], [100]),  # a short one between
        ([signed("a", 0, 120), signed("b", 60, 180), signed("b", 30, 100, name="x")], [70]),
        ([signed("a", 0, 120), signed("b", 0, 120), signed("c", 0, 120)], [120, 120, 120]),
        ([signed("a", 0, 120), signed("b", 0, 120), signed("a", 0, 60, day=10), signed("b", 0, 60, day=10)], [60, 120]),
    ],
)
def test_two_sites(rows: list[Signed], longest: list[int]) -> None:
    found = two_sites(rows)
    assert sorted(one.longest // timedelta(minutes=1) for one in found) == longest
    assert sorted(map(repr, two_sites(reversed(rows)))) == sorted(map(repr, found))


def test_who_only_works_beside_it_is_no_evidence() -> None:
    (found,) = two_sites([signed("a", 0, 120), signed("b", 60, 180), signed("a", 0, 60, name="x")])
    assert {one.shift for one in found.signed} == {signed("a", 0, 120).shift, signed("b", 60, 180).shift}


# ---- through signatures ----------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(clinic: Clinic) -> Placement:
    """Another learner's placement, at a second site where the same supervisor works too."""
    school = clinic.school
    record = open_record(
        learner=ensure_learner(user=school.other_learner_user), school=school.school, rule_set=clinic.record.rule_set,
        program_code="SMALL", program_title="A small program", enrolled_on=date(2026, 1, 5), source_key="enrollment:2",
    )  # fmt: skip
    site = register_site(
        school=school.school, slug="lakeside", name="Lakeside Clinic", approved_on=date(2026, 1, 1),
        approval_ends_on=date(2027, 12, 31), agreement_starts_on=date(2026, 1, 1), agreement_ends_on=date(2027, 6, 30),
    )  # fmt: skip
    assign_supervisor(supervisor=clinic.supervisor, site=site, from_on=date(2026, 9, 1))
    return open_placement(
        record=record, site=site, starts_on=date(2026, 9, 1), ends_on=date(2027, 2, 28), required_minutes=600,
        approved_by=school.coordinator,
    )  # fmt: skip


def sign(placement: Placement, kind: str = "sign") -> None:
    (link,) = send_shifts(placement=placement, by=placement.record.learner.user)
    decide(
        link=link,
        decisions=[Decision(row.shift.uuid, kind, "Not here.") for row in link.rows.select_related("shift")],
        typed_name="Priya Raman",
        confirms_statement=True,
    )


def both(clinic: Clinic, elsewhere: Placement, **times: Any) -> None:
    clinic.draft("2026-11-09 09:00", "2026-11-09 13:30")
    clinic.draft(placement=elsewhere, **{"start": "2026-11-09 12:00", "end": "2026-11-09 15:00", **times})


def test_one_signer_in_two_places(clinic: Clinic, elsewhere: Placement) -> None:
    both(clinic, elsewhere)
    sign(clinic.placement)
    assert find_anomalies(NOW) == 0
    sign(elsewhere)
    assert find_anomalies(NOW) == 1
    assert find_anomalies(NOW) == 0
    anomaly = Anomaly.objects.get()
    assert (anomaly.kind, anomaly.evidence["minutes"]) == ("two_sites", 90)
    assert sorted(anomaly.evidence["sign_offs"]) == sorted(map(str, SignOff.objects.values_list("uuid", flat=True)))
    assert set(anomaly.records.all()) == {clinic.record, elsewhere.record}
    assert len(lines_behind(anomaly)) == 2
    assert anomaly.first_on == anomaly.last_on == local("2026-11-09 09:00").date()


def test_the_first_signature_may_be_old(clinic: Clinic, elsewhere: Placement) -> None:
    both(clinic, elsewhere)
    sign(clinic.placement)
    with time_machine.travel(NOW + timedelta(days=9), tick=False):
        sign(elsewhere)
        assert find_anomalies(timezone.now() - timedelta(days=8)) == 1


def test_what_was_signed_before_is_not_looked_at_again(clinic: Clinic, elsewhere: Placement) -> None:
    both(clinic, elsewhere)
    sign(clinic.placement)
    sign(elsewhere)
    assert find_anomalies(NOW + timedelta(seconds=1)) == 0


def test_what_was_refused_is_no_signature(clinic: Clinic, elsewhere: Placement) -> None:
    both(clinic, elsewhere)
    sign(clinic.placement)
    sign(elsewhere, "refuse")
    assert find_anomalies(NOW) == 0


def test_one_site_after_the_other_is_a_working_day(clinic: Clinic, elsewhere: Placement) -> None:
    both(clinic, elsewhere, start="2026-11-09 13:30", end="2026-11-09 18:00")
    sign(clinic.placement)
    sign(elsewhere)
    assert find_anomalies(NOW) == 0


def test_the_nightly_job_looks_here_too(clinic: Clinic, elsewhere: Placement) -> None:
    both(clinic, elsewhere)
    sign(clinic.placement)
    sign(elsewhere)
    assert run_due(force=True)["anomalies"] == "1 done"


def test_nothing_signed_is_one_question(clinic: Clinic, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert find_anomalies(NOW) == 0
