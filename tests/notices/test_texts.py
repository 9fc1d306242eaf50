"""A text message leaves once, as a mail does: retried while the gateway is down, wiped, and of no use after its time."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.checks import Error, run_checks
from django.db import IntegrityError, transaction
from django.utils import timezone

from notices.models import Message
from notices.selectors import mails_waiting
from notices.services import MAX_ATTEMPTS, deliver_due, deliver_message, enqueue_text, withdraw_messages
from notices.texting import TextingError, problem_of, send_text, texting_is_on
from tests.gateway import DEAD, Gateway, gateway

pytestmark = pytest.mark.django_db
NUMBER = "+19125550143"


@pytest.fixture
def phones(settings: Any) -> Iterator[Gateway]:
    with gateway() as found:
        settings.SMS_URL = found.url
        yield found


def put(key: str = "code:1", **fields: Any) -> Message:
    context = {"code": "123456", "school": "Riverbend", "minutes": 10}
    return enqueue_text(key=key, to=NUMBER, template="externships_code", context=context, **fields)


def test_one_event_makes_one_text_and_its_secret_is_wiped(
    phones: Gateway, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = put(secret=True)
        assert put(secret=True).pk == first.pk
    ((number, words),) = phones.got
    assert number == NUMBER
    assert words.startswith("123456 is your code") and "Riverbend" in words
    first.refresh_from_db()
    assert (first.body, first.last_error, first.attempts) == ("", "", 1)
    assert first.sent_at is not None
    assert deliver_due(now=timezone.now() + timedelta(days=1)) == 0
    assert len(phones.got) == 1


def test_what_is_rolled_back_texts_nobody(phones: Gateway) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        put()
        raise RuntimeError
    assert deliver_due(now=timezone.now()) == 0
    assert not phones.got


def test_a_gateway_that_is_down_loses_nothing_and_doubles_nothing(phones: Gateway) -> None:
    phones.answer = 503
    message, now = put(), timezone.now()
    assert deliver_due(now=now) == 0
    message.refresh_from_db()
    assert "503" in message.last_error
    assert message.due_at == now + timedelta(minutes=1)
    assert mails_waiting([message.key])[message.key].attempts == 1
    assert deliver_due(now=now + timedelta(seconds=59)) == 0, "not due yet"
    phones.answer = 200
    assert deliver_due(now=now + timedelta(minutes=1)) == 1
    assert deliver_due(now=now + timedelta(days=1)) == 0
    assert len(phones.got) == 1


@pytest.mark.parametrize(
    ("url", "says"), [("", "SMS_URL is not set"), ("nonsense://{to}", "names no gateway"), (DEAD, "error")]
)
def test_without_a_gateway_it_waits_and_is_given_up_at_last(settings: Any, url: str, says: str) -> None:
    settings.SMS_URL = url
    message, now = put(), timezone.now()
    assert deliver_due(now=now) == 0
    message.refresh_from_db()
    assert says in message.last_error
    for _try in range(MAX_ATTEMPTS + 2):
        now += timedelta(days=1)
        deliver_due(now=now)
    message.refresh_from_db()
    assert (message.attempts, message.sent_at) == (MAX_ATTEMPTS, None)
    assert message.failed_at is not None


def test_what_ran_out_does_not_go_any_more(phones: Gateway) -> None:
    late = put("late", secret=True, expires_at=timezone.now())
    soon = put("soon", secret=True, expires_at=timezone.now() + timedelta(minutes=10))
    now = timezone.now()
    assert not deliver_message(message_id=late.pk, now=now)
    assert deliver_due(now=now) == 1
    late.refresh_from_db()
    soon.refresh_from_db()
    assert (late.failed_at, late.body, late.last_error) == (now, "", "ran out")
    assert soon.sent_at is not None
    assert len(phones.got) == 1


def test_a_code_is_tried_while_it_is_of_use_and_no_longer(settings: Any) -> None:
    settings.SMS_URL = DEAD
    message = put(secret=True, expires_at=timezone.now() + timedelta(minutes=10))
    start = now = message.due_at
    for _minute in range(20):
        deliver_due(now=now)
        now += timedelta(minutes=1)
    message.refresh_from_db()
    assert message.attempts == 4, "at once, after 1, 3 and 7 minutes"
    assert message.failed_at == start + timedelta(minutes=7), "the next would come too late"
    assert message.body == ""
    assert "Connection" in message.last_error


def test_a_text_is_withdrawn(phones: Gateway) -> None:
    gone, waits = put("gone", secret=True), put("waits", secret=True)
    deliver_message(message_id=gone.pk, now=timezone.now())
    assert withdraw_messages(keys=["gone", "waits"], now=timezone.now()) == 1
    assert deliver_due(now=timezone.now()) == 0
    waits.refresh_from_db()
    assert (waits.body, waits.sent_at, waits.last_error) == ("", None, "")
    assert len(phones.got) == 1


def test_no_number_and_no_code_stand_in_a_log(phones: Gateway, capfd: Any, caplog: Any) -> None:
    phones.answer = 400
    heard: list[str] = []

    class Everything(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    root, ours = logging.getLogger(), logging.getLogger("palmar.notices")
    ear = Everything()
    root.addHandler(ear)
    ours.addHandler(ear)
    try:
        message = put(secret=True)
        deliver_due(now=timezone.now())
    finally:
        root.removeHandler(ear)
        ours.removeHandler(ear)
    message.refresh_from_db()
    said = " ".join([*heard, caplog.text, *capfd.readouterr(), message.last_error])
    assert f"text {message.uuid} not sent (attempt 1)" in said
    assert "9125550143" not in said and "123456" not in said
    assert "400" in message.last_error, "what the gateway answered is kept"


def test_the_gateways_words_about_its_own_secrets_reach_no_log(settings: Any, capfd: Any) -> None:
    settings.SMS_URL = "twilio://ACnot-a-sid:token@9/{to}"
    with pytest.raises(TextingError, match="names no gateway"):
        send_text(to=NUMBER, body="123456")
    assert "not-a-sid" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("twilio://AC" + "a" * 32 + ":" + "b" * 32 + "@+15005550006/{to}", True),
        ("vonage://ABcccccc:dddddddddddddddd@15005550006/{to}", True),
        ("clicksend://user:key@{to}", True),
        ("sns://AKIAABCDEFGHIJKLMNOP/secretsecretsecret/us-east-1/{to}", True),
        ("json://127.0.0.1:9/{to}", True),
        ("json://127.0.0.1:9/", False),
        ("twilio://{to}", False),
        ("twilio://AC" + "a" * 32 + ":" + "b" * 32 + "@{to}", True),
        ("nonsense", False),
        ("nonsense://{to}", False),
    ],
)
def test_an_address_of_a_gateway_is_whole_or_not(settings: Any, url: str, fits: bool) -> None:
    assert (problem_of(url) == "") is fits
    settings.SMS_URL = url
    found = [one for one in run_checks(include_deployment_checks=True, tags=["security"]) if one.id == "notices.E001"]
    assert (found == []) is fits
    for one in found:
        assert isinstance(one, Error)
        assert url not in one.msg, "it holds a secret"


def test_without_an_address_nothing_is_asked_of_it(settings: Any) -> None:
    settings.SMS_URL = ""
    assert not texting_is_on()
    assert not [one for one in run_checks(include_deployment_checks=True) if one.id == "notices.E001"]


def test_the_database_knows_two_ways_out() -> None:
    put()
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.update(channel="fax")
