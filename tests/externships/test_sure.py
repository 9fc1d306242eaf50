"""What cannot be undone takes two taps: the first one says what will happen and does nothing."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db.models import Model
from django.urls import reverse

from certification.externships.services import add_goal, register_site, request_placement

from .conftest import Clinic, text_of
from .test_competencies import library, plan, say, second_instructor, version
from .test_evaluations import ask
from .test_practical import make
from .test_requests import WHY

__all__ = ["library"]
pytestmark = pytest.mark.django_db


def _link(clinic: Clinic) -> Model:
    clinic.draft()
    return clinic.send()


def _request(clinic: Clinic) -> Model:
    site = register_site(school=clinic.school.school, name="St. Anne", approved_on=date(2026, 1, 1))
    return request_placement(
        record=clinic.record, site=site, starts_on=date(2027, 3, 1), ends_on=date(2027, 4, 1), words=WHY,
        by=clinic.school.learner_user,
    )  # fmt: skip


def _goal(clinic: Clinic) -> Model:
    return add_goal(placement=clinic.placement, words="Drape without being reminded", by=clinic.school.learner_user)


def _state(one: Model) -> dict[str, Any] | None:
    row = type(one)._default_manager.filter(pk=one.pk).values().first()
    return dict(row) if row else None


@pytest.mark.parametrize(
    ("name", "who", "make_one", "title"),
    [
        ("desk_revoke", "coordinator", _link, "Make this link void?"),
        ("desk_revoke_evaluation", "coordinator", ask, "Make this link void?"),
        ("desk_cancel_practical", "coordinator", lambda clinic: make(clinic, second_instructor(clinic)), "Call this"),
        ("desk_retire_competency", "registrar", lambda clinic: version("SOAP").competency, "Ask for it no more?"),
        ("desk_remediation_done", "registrar", lambda c: plan(c, say(c, "SOAP", "1"), done=False), "Was the practice"),
        ("cancel_placement", "learner_user", _request, "Take the request back?"),
        ("drop_goal", "learner_user", _goal, "Drop this goal?"),
        ("desk_drop_goal", "coordinator", _goal, "Drop this goal?"),
        ("withdraw", "learner_user", lambda clinic: clinic.draft(), "Withdraw this shift?"),
    ],
)
def test_the_first_tap_asks_and_the_second_does_it(
    library: Clinic, name: str, who: str, make_one: Callable[[Clinic], Model], title: str
) -> None:
    one = make_one(library)
    client = library.school.client(getattr(library.school, who))
    address = reverse(f"externships:{name}", args=[one.uuid])
    versions = list(one.versions.values()) if hasattr(one, "versions") else None
    before = _state(one)
    page = client.post(address)
    said = text_of(page)
    assert (page.status_code, title in said, "Leave it as it is" in said) == (200, True, True)
    assert '<input type="hidden" name="sure" value="yes">' in page.content.decode(), "without script"
    assert _state(one) == before, "nothing happened yet"
    assert client.post(address, {"sure": "no"}).status_code == 200 and _state(one) == before
    back = page.context["back"]
    assert client.get(back).status_code == 200
    assert client.post(address, {"sure": "yes"}).status_code == 302
    changed = _state(one) != before or (versions is not None and list(one.versions.values()) != versions)
    assert changed, "the second tap does it"
