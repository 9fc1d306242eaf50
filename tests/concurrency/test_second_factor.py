"""One code, typed in several browsers at the same moment, signs once; five wrong tries are five, however many at once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certification.externships.models import SigningCode, SignOff
from certification.externships.services import edit_supervisor, save_shift, send_shifts
from certification.records.models import HourEntry
from notices.models import Message
from notices.services import deliver_due
from tests.externships.conftest import NOW, answers, local, make_clinic
from tests.gateway import Gateway, gateway

from .test_signoff import together

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def phones(settings: Any) -> Iterator[Gateway]:
    with gateway() as found:
        settings.SMS_URL = found.url
        yield found


@pytest.fixture
def waiting(school: Any, record: Any, phones: Gateway) -> tuple[str, Any]:
    """The page of a link over two shifts, whose supervisor is asked for a code."""
    clinic = make_clinic(school, record)
    names = ("name", "email", "licence_number", "licence_state", "profession", "valid_from", "valid_to")
    same = {name: getattr(clinic.supervisor, name) for name in names}
    edit_supervisor(supervisor=clinic.supervisor, by=school.coordinator, **same, phone="+19125550143", asks_code=True)
    for day in (9, 10):
        save_shift(
            placement=clinic.placement, supervisor=clinic.supervisor, kind="client_session", screen="clear",
            starts_at=local(f"2026-11-{day:02d} 09:00"), ends_at=local(f"2026-11-{day:02d} 12:00"),
        )  # fmt: skip
    (link,) = send_shifts(placement=clinic.placement)
    return reverse("externships:sign", args=[clinic.token()]), link


def test_one_code_in_four_browsers_signs_once(waiting: tuple[str, Any], phones: Gateway) -> None:
    url, link = waiting
    Client().post(url, {"send_code": "yes"})
    form = answers(link, second_factor=phones.code)
    assert together(*[lambda: Client().post(url, form).status_code] * 4) == [302] * 4, (
        "the others learn that it is done"
    )
    assert (SignOff.objects.count(), HourEntry.objects.count()) == (2, 2)
    assert Message.objects.filter(key__startswith="signoff-receipt").count() == 1
    assert SigningCode.objects.get().spent_at == SignOff.objects.values_list("decided_at", flat=True)[0]


def test_one_code_for_two_different_rows_signs_one_of_them(waiting: tuple[str, Any], phones: Gateway) -> None:
    url, link = waiting
    Client().post(url, {"send_code": "yes"})
    whole = answers(link, second_factor=phones.code)
    forms = [{**whole, f"answer-{left_open.shift.uuid}": ""} for left_open in link.rows.select_related("shift")]
    done = together(*[lambda form=form: Client().post(url, form).status_code for form in forms])
    assert sorted(done) == [200, 302]
    assert (SignOff.objects.count(), HourEntry.objects.count()) == (1, 1)


def test_guesses_at_once_are_counted_one_by_one(waiting: tuple[str, Any], phones: Gateway) -> None:
    url, link = waiting
    Client().post(url, {"send_code": "yes"})
    wrong = answers(link, second_factor=f"{(int(phones.code) + 1) % 10**6:06d}")
    assert together(*[lambda: Client().post(url, wrong).status_code] * 8) == [200] * 8
    assert SigningCode.objects.get().tries == 5
    assert Client().post(url, answers(link, second_factor=phones.code)).status_code == 200
    assert not SignOff.objects.exists()


def test_a_button_pressed_in_four_browsers_sends_one_code(waiting: tuple[str, Any], phones: Gateway) -> None:
    url, _link = waiting
    together(*[lambda: Client().post(url, {"send_code": "yes"}).status_code] * 4)
    deliver_due(now=timezone.now() + timedelta(minutes=3))
    assert (SigningCode.objects.count(), len(phones.got)) == (1, 1)
