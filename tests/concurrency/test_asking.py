"""Requests are sent again, re-timed and mailed while addresses are corrected: what went first holds, and nobody waits for ever.

Each race is shown first without the lock that ends it. SQLite has one writer at a time: there they cannot be.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from certification.externships.models import Shift, SignOffLink, Supervisor
from certification.externships.selectors.competencies import address_hash
from certification.externships.services import (
    edit_supervisor,
    resend_link,
    resend_links,
    save_shift,
    send_collected,
    send_shifts,
    set_rhythm,
)
from certification.externships.services import links as sending
from certification.externships.services.placements import lock_learners
from notices.models import Message
from tests.externships.conftest import NOW, local, make_clinic

from .test_signoff import together

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
NEW = "priya.raman@harborview.example"
SHORT = 0.7
"""Seconds in which the other call comes as far as it can."""


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    """The clock runs, from a day on which the shifts are over."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def clinic(school: Any, record: Any) -> Any:
    return make_clinic(school, record)


def sent(clinic: Any, day: int) -> SignOffLink:
    save_shift(
        placement=clinic.placement, supervisor=clinic.supervisor, kind="observation",
        starts_at=local(f"2026-11-{day:02d} 09:00"), ends_at=local(f"2026-11-{day:02d} 12:00"),
    )  # fmt: skip
    (link,) = send_shifts(placement=clinic.placement)
    return link


def while_held(hold: Callable[[], Any], meanwhile: Callable[[], Any], *, then: Callable[[], Any] = bool) -> list[Any]:
    """Run `hold` in a transaction, `meanwhile` beside it as far as it comes, then `then` in the first one; what came of
    both.
    """
    held = threading.Event()

    def first() -> Any:
        with transaction.atomic():
            found = hold()
            held.set()
            threading.Event().wait(SHORT)
            then()
        return found

    def second() -> Any:
        assert held.wait(20)
        return meanwhile()

    return together(first, second)


# ---- sent again while the address is corrected -----------------------------------------------------------------------


def corrected(clinic: Any, at: datetime) -> Callable[[], Any]:
    now = Supervisor.objects.get(pk=clinic.supervisor.pk)
    same = {name: getattr(now, name) for name in ("name", "licence_number", "licence_state", "profession")}
    return lambda: edit_supervisor(
        supervisor=now,
        **same,
        email=NEW,
        valid_from=now.valid_from,
        valid_to=now.valid_to,
        by=clinic.school.coordinator,
        now=at,
    )


def without_her_lock(link: SignOffLink, by: Any, now: datetime) -> Callable[[], list[SignOffLink]]:
    """What sending again would be without a look at who edits her."""

    def again() -> list[SignOffLink]:
        with transaction.atomic():
            lock_learners([link.placement])
            fresh = sending._sent_again(link, by, now)
            return sending.mail_together(Supervisor.objects.get(pk=link.supervisor_id), [fresh], now)

    return again


@pytest.mark.parametrize("guarded", [False, True])
def test_a_link_sent_again_while_her_address_is_corrected_goes_to_the_new_one(clinic: Any, guarded: bool) -> None:
    """Of one that ran out the correction itself sends nothing, and holds no learner."""
    link, later = sent(clinic, 9), timezone.now() + timedelta(days=29)
    by = clinic.school.coordinator
    again = (lambda: resend_link(link=link, by=by, now=later)) if guarded else without_her_lock(link, by, later)
    results = while_held(corrected(clinic, later), again)
    assert not [found for found in results if isinstance(found, Exception)], results
    fresh = SignOffLink.objects.get(replaces=link)
    clinic.supervisor.refresh_from_db()
    assert clinic.supervisor.email == NEW
    went_to = Message.objects.get(key=f"signoff-link:{fresh.uuid}").to
    assert (went_to == NEW) == guarded
    assert (fresh.address_hash == address_hash(clinic.supervisor)) == guarded


def test_two_who_send_several_again_in_other_orders_wait_for_each_other(clinic: Any) -> None:
    links = [sent(clinic, day) for day in (9, 10, 11)]
    by = clinic.school.coordinator
    for _time in range(3):
        newest = list(SignOffLink.objects.filter(revoked_at=None).order_by("pk"))
        orders = [newest, newest[::-1], [newest[1]], newest]
        found = together(*[lambda of=order: resend_links(links=of, by=by) for order in orders])
        assert not [result for result in found if isinstance(result, Exception)], found
    assert SignOffLink.objects.filter(revoked_at=None).count() == len(links)
    assert Shift.objects.filter(state="sent").count() == 3


# ---- another rhythm while what waits is mailed -----------------------------------------------------------------------


@pytest.fixture
def collected(clinic: Any) -> list[SignOffLink]:
    """Two requests that wait for the evening; the one that was sent later is about the earlier day."""
    set_rhythm(school=clinic.school.school, rhythm="daily", by=clinic.school.coordinator)
    return [sent(clinic, day) for day in (12, 9)]


def test_what_goes_while_the_rhythm_is_changed_keeps_its_time(clinic: Any, collected: list[SignOffLink]) -> None:
    goes_at, by = collected[0].goes_at, clinic.school.coordinator
    evening = NOW + timedelta(days=1)
    results = while_held(
        lambda: send_collected(now=evening),
        lambda: set_rhythm(school=clinic.school.school, rhythm="weekly", by=by),
    )
    assert results[0] == 1 and results[1].rhythm == "weekly", results
    assert set(SignOffLink.objects.values_list("goes_at", "mailed_at")) == {(goes_at, evening)}


def test_without_a_second_look_it_would_be_refused_by_the_database(clinic: Any, collected: list[SignOffLink]) -> None:
    def retimed() -> None:
        waiting = list(SignOffLink.objects.filter(mailed_at=None).values_list("pk", flat=True))
        SignOffLink.objects.filter(pk__in=waiting).update(goes_at=NOW + timedelta(days=7))

    results = while_held(lambda: send_collected(now=NOW + timedelta(days=1)), retimed)
    assert results[0] == 1 and isinstance(results[1], DatabaseError) and "once it has gone" in str(results[1])


@pytest.mark.parametrize("guarded", [False, True])
def test_rows_are_held_in_the_order_of_the_mail(clinic: Any, collected: list[SignOffLink], guarded: bool) -> None:
    """The order of a mail is not that of the rows: who takes them as they lie waits for a mail that waits for her."""
    later, earlier = collected
    school, by = clinic.school.school, clinic.school.coordinator

    def hold(link: SignOffLink) -> None:
        SignOffLink.objects.select_for_update(no_key=True).get(pk=link.pk)

    def as_they_lie() -> int:
        return SignOffLink.objects.filter(mailed_at=None).update(goes_at=NOW + timedelta(days=7))

    retimed = (lambda: set_rhythm(school=school, rhythm="weekly", by=by)) if guarded else as_they_lie
    results = while_held(lambda: hold(earlier), retimed, then=lambda: hold(later))
    stuck = [found for found in results if isinstance(found, DatabaseError) and "deadlock" in str(found)]
    assert bool(stuck) != guarded, results
