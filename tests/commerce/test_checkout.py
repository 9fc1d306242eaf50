"""A payment becomes one enrollment: replayed, late, forged, out of order, by webhook and by the buyer's return."""

import json
import time
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from certification.requirements.models import RuleSet
from commerce.models import Order, Price, StripeEvent
from commerce.services import set_price, settle_open_orders, start_checkout
from courses.catalog.models import Program
from courses.enrollments.models import Enrollment
from courses.enrollments.services import enroll
from tests.fake_stripe import FakeStripe
from tests.layers import layer
from tests.worlds import School

pytestmark = pytest.mark.django_db
SECRET = "whsec_test_secret"


@layer
def program(school: School, rule_set: RuleSet) -> Program:
    """A program of ten hours for $250."""
    program = Program.objects.create(school=school.school, code="SMALL", title="A small program", rule_set=rule_set)
    set_price(program=program, amount_minor=25_000, currency="usd")
    return program


@pytest.fixture
def stripe(settings) -> Iterator[FakeStripe]:
    """A school that takes cards."""
    with FakeStripe(SECRET) as fake:
        settings.STRIPE_SECRET_KEY = "sk_test_x"
        settings.STRIPE_WEBHOOK_SECRETS = ["whsec_old", SECRET]
        settings.STRIPE_API_BASE = fake.base
        yield fake


def begin(school: School, program: Program) -> Order:
    page = school.client(school.learner_user).post(reverse("commerce:checkout", args=[program.uuid]))
    order = Order.objects.get()
    assert page["Location"] == order.checkout_url
    return order


def send(event: tuple[bytes, str]) -> int:
    return (
        Client()
        .post(
            "/webhooks/stripe/", data=event[0], content_type="application/json", headers={"Stripe-Signature": event[1]}
        )
        .status_code
    )


def test_paying_enrolls_once_however_often_we_hear_of_it(school: School, program: Program, stripe: FakeStripe) -> None:
    order = begin(school, program)
    stripe.pay(order.checkout_id)
    event = stripe.event(order.checkout_id)
    assert [send(event), send(event), send(stripe.event(order.checkout_id, event_id="evt_other"))] == [200, 200, 200]
    page = school.client(school.learner_user).get(reverse("commerce:order", args=[order.uuid]))
    assert "You are enrolled" in page.content.decode()
    order.refresh_from_db()
    assert (order.state, order.problem) == ("paid", "")
    assert Enrollment.objects.get() == order.enrollment
    assert order.enrollment.source_key == f"order:{order.uuid}"
    assert StripeEvent.objects.count() == 2


def test_the_buyer_may_be_back_before_the_event(school: School, program: Program, stripe: FakeStripe) -> None:
    order = begin(school, program)
    client = school.client(school.learner_user)
    assert "Not paid yet" in client.get(reverse("commerce:order", args=[order.uuid])).content.decode()
    stripe.pay(order.checkout_id)
    assert "You are enrolled" in client.get(reverse("commerce:order", args=[order.uuid])).content.decode()
    assert send(stripe.event(order.checkout_id)) == 200
    assert Enrollment.objects.count() == 1


def test_an_event_that_never_came_is_made_up_for_by_tick(school: School, program: Program, stripe: FakeStripe) -> None:
    order = begin(school, program)
    assert settle_open_orders() == 0
    stripe.pay(order.checkout_id)
    assert settle_open_orders() == 1
    assert Enrollment.objects.count() == 1


def test_forged_stale_and_foreign_events_change_nothing(school: School, program: Program, stripe: FakeStripe) -> None:
    order = begin(school, program)
    payload, signature = stripe.event(order.checkout_id)
    assert send((payload.replace(b"unpaid", b"paid00"), signature)) == 400
    assert send((payload, "")) == 400
    assert send((payload, "t=1,v1=00")) == 400
    assert send(stripe.event(order.checkout_id, at=int(time.time()) - 4000)) == 400
    assert send(stripe.event(order.checkout_id, id="cs_of_somebody_else")) == 200
    assert send(stripe.event(order.checkout_id, kind="radar.early_fraud_warning.created")) == 200
    assert not Enrollment.objects.exists()


def test_an_event_that_claims_payment_is_not_believed(school: School, program: Program, stripe: FakeStripe) -> None:
    order = begin(school, program)
    assert send(stripe.event(order.checkout_id, payment_status="paid", status="complete")) == 200
    assert not Enrollment.objects.exists(), "what happened is read from Stripe, not from the event"


def test_a_payment_of_another_amount_gives_no_place(school: School, program: Program, stripe: FakeStripe) -> None:
    order = begin(school, program)
    stripe.sessions[order.checkout_id]["amount_total"] = 100
    stripe.pay(order.checkout_id)
    send(stripe.event(order.checkout_id))
    order.refresh_from_db()
    assert order.state == "paid"
    assert "does not match" in order.problem
    assert not Enrollment.objects.exists()
    page = school.client(school.learner_user).get(reverse("commerce:order", args=[order.uuid]))
    assert "your place is not yet" in page.content.decode()


def test_stripe_down_is_said_and_nothing_is_lost(school: School, program: Program, stripe: FakeStripe) -> None:
    order = begin(school, program)
    stripe.pay(order.checkout_id)
    stripe.down = True
    assert send(stripe.event(order.checkout_id)) == 503
    client = school.client(school.learner_user)
    assert (
        "We cannot reach the payment service"
        in client.get(reverse("commerce:order", args=[order.uuid])).content.decode()
    )
    stripe.down = False
    assert send(stripe.event(order.checkout_id)) == 200
    assert Enrollment.objects.count() == 1


def test_a_double_click_opens_one_checkout(school: School, program: Program, stripe: FakeStripe) -> None:
    first = start_checkout(user=school.learner_user, program=program)
    second = start_checkout(user=school.learner_user, program=program)
    assert first.pk == second.pk
    assert len(stripe.sessions) == 1


def test_a_lost_answer_of_stripe_opens_no_second_session(school: School, program: Program, stripe: FakeStripe) -> None:
    order = start_checkout(user=school.learner_user, program=program)
    Order.objects.filter(pk=order.pk).update(checkout_id=None, checkout_url="", checkout_expires_at=None)
    again = start_checkout(user=school.learner_user, program=program)
    assert again.checkout_id == order.checkout_id
    assert len(stripe.sessions) == 1


def test_who_is_enrolled_is_not_charged(school: School, program: Program, stripe: FakeStripe) -> None:
    enroll(user=school.learner_user, program=program, source_key="desk:1")
    page = school.client(school.learner_user).post(reverse("commerce:checkout", args=[program.uuid]), follow=True)
    assert "enrolled in this program already" in page.content.decode()
    assert not stripe.sessions


def test_a_place_by_another_door_meanwhile_makes_a_case_for_the_school(
    school: School, program: Program, stripe: FakeStripe
) -> None:
    order = begin(school, program)
    enroll(user=school.learner_user, program=program, source_key="invitation:1")
    stripe.pay(order.checkout_id)
    send(stripe.event(order.checkout_id))
    order.refresh_from_db()
    assert (order.state, order.enrollment) == ("paid", None)
    assert "refunded" in order.problem
    assert Enrollment.objects.count() == 1


def test_without_keys_the_button_says_so(school: School, program: Program) -> None:
    page = school.client(school.learner_user).get(reverse("enrollments:enroll", args=[program.uuid]))
    assert "takes no cards on this page" in page.content.decode()
    page = school.client(school.learner_user).post(reverse("commerce:checkout", args=[program.uuid]), follow=True)
    assert "does not take cards here yet" in page.content.decode()


def test_an_order_is_its_buyers_alone(school: School, program: Program, stripe: FakeStripe) -> None:
    order = begin(school, program)
    address = reverse("commerce:order", args=[order.uuid])
    assert school.client(school.other_learner_user).get(address).status_code == 404
    assert school.client(school.registrar).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_the_price_on_the_day_is_the_price_paid(school: School, program: Program, stripe: FakeStripe) -> None:
    order = begin(school, program)
    set_price(program=program, amount_minor=99_000, currency="usd")
    stripe.pay(order.checkout_id)
    send(stripe.event(order.checkout_id))
    order.refresh_from_db()
    assert (order.amount_minor, order.problem) == (25_000, "")
    assert Price.objects.filter(program=program).count() == 2


def test_one_open_order_per_person_and_program(school: School, program: Program) -> None:
    values = {"user": school.learner_user, "program": program, "amount_minor": 1, "currency": "usd"}
    Order.objects.create(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.create(**values)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\x00", json.dumps({"id": 1}).encode()])
def test_noise_at_the_webhook_is_refused(stripe: FakeStripe, body: bytes) -> None:
    assert send((body, "t=x,v1=y")) == 400
