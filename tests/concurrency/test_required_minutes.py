"""What the database does not hold by itself: a placement that is complete has its minutes by kind, whoever ends it when.

Every door takes the learner's lock before it counts (decision 0040); these tests push several at the same moment.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError

from certification.externships.models import PlacementStep
from certification.externships.selectors import signed_by_kind
from certification.externships.services import (
    Decision,
    Terms,
    bulk_placements,
    decide,
    edit_placement,
    end_placement,
    save_shift,
    send_shifts,
)
from tests.externships.conftest import NOW, local, make_clinic

from .test_signoff import together

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
TODAY = local("2026-11-20 10:00").date()


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def asked_for(clinic: Any, minutes: int) -> None:
    """So many minutes of observation, and no more in all."""
    placement = clinic.placement
    edit_placement(
        placement=placement, starts_on=placement.starts_on, ends_on=placement.ends_on, required_minutes=minutes,
        terms=Terms(required_by_kind={"observation": minutes}), by=clinic.school.coordinator,
    )  # fmt: skip


@pytest.fixture
def clinic(school: Any, record: Any) -> Any:
    """A placement that asks for two hours of observation; they wait for their signature."""
    made = make_clinic(school, record)
    asked_for(made, 120)
    save_shift(
        placement=made.placement, supervisor=made.supervisor, kind="observation",
        starts_at=local("2026-11-10 09:00"), ends_at=local("2026-11-10 11:00"),
    )  # fmt: skip
    return made


def end(clinic: Any, by: Any) -> Any:
    return lambda: end_placement(placement=clinic.placement, state="complete", ended_on=TODAY, by=by)


def test_ending_beside_the_last_signature_counts_what_stands(clinic: Any) -> None:
    (link,) = send_shifts(placement=clinic.placement)
    shift = clinic.placement.shifts.get()

    def sign() -> Any:
        return decide(
            link=link, decisions=[Decision(shift.uuid, "sign")], typed_name="Priya Raman", confirms_statement=True
        )

    def bulk() -> Any:
        return bulk_placements(placements=[clinic.placement], action="complete", by=clinic.school.registrar)

    signed, *ended = together(sign, end(clinic, clinic.school.coordinator), end(clinic, clinic.school.registrar), bulk)
    assert not isinstance(signed, Exception), signed
    for one in ended[:2]:
        assert not isinstance(one, Exception) or (isinstance(one, ValidationError) and "signed than needed" in str(one))
    clinic.placement.refresh_from_db()
    assert signed_by_kind(clinic.placement) == {"observation": 120}
    steps = PlacementStep.objects.filter(placement=clinic.placement, what="complete").count()
    assert steps == (1 if clinic.placement.state == "complete" else 0), "ended once, or refused by all"


def test_ending_beside_a_change_of_what_is_asked_is_judged_by_one_of_the_two(clinic: Any) -> None:
    """Raised to ten hours at the same moment: complete by the old terms before, or refused by the new ones."""
    (link,) = send_shifts(placement=clinic.placement)
    shift = clinic.placement.shifts.get()
    decide(link=link, decisions=[Decision(shift.uuid, "sign")], typed_name="Priya Raman", confirms_statement=True)
    raised, ended = together(lambda: asked_for(clinic, 600), end(clinic, clinic.school.registrar))
    clinic.placement.refresh_from_db()
    if isinstance(ended, Exception):
        assert "signed than needed" in str(ended), ended
        assert (clinic.placement.state, clinic.placement.required_by_kind) == ("active", {"observation": 600})
    else:
        assert "has ended" in str(raised), raised
        assert (clinic.placement.state, clinic.placement.required_by_kind) == ("complete", {"observation": 120})
