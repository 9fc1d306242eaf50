"""A mail leaves once: retried while the server is down, never doubled, wiped of its secret when gone."""

import socket
import threading
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from notices import services
from notices.models import Message
from notices.services import (
    MAX_ATTEMPTS,
    deliver_due,
    deliver_message,
    enqueue_rendered,
    keep_unsent,
    withdraw_messages,
)


def put(key: str = "event:1", **fields) -> Message:
    return enqueue_rendered(key=key, to="a@example.org", subject="Hello\nthere", body="The code is 1234", **fields)


@pytest.mark.django_db
def test_one_event_makes_one_mail(django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = put()
        again = put()
    assert first.pk == again.pk
    assert [(sent.to, sent.subject) for sent in mail.outbox] == [(["a@example.org"], "Hello there")]
    assert str(first.uuid) in mail.outbox[0].extra_headers["Message-ID"]
    first.refresh_from_db()
    assert first.sent_at is not None
    assert deliver_due(now=timezone.now()) == 0
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_what_is_rolled_back_tells_nobody() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        put()
        raise RuntimeError
    assert deliver_due(now=timezone.now()) == 0
    assert not mail.outbox


@pytest.mark.django_db
def test_a_secret_is_wiped_once_sent() -> None:
    secret, plain = put("a", secret=True), put("b")
    deliver_due(now=timezone.now())
    secret.refresh_from_db()
    plain.refresh_from_db()
    assert (secret.body, plain.body) == ("", "The code is 1234\n")


@pytest.mark.django_db
def test_a_server_that_is_down_loses_nothing_and_doubles_nothing(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = (
        "127.0.0.1",
        1,
        False,
        False,
    )
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    message = put()
    now = timezone.now()
    assert deliver_due(now=now) == 0
    message.refresh_from_db()
    assert message.last_error
    assert message.due_at > now, "it waits before the next try"
    assert deliver_due(now=now) == 0, "not due yet"

    class Sink:
        def __init__(self) -> None:
            self.got: list[bytes] = []

        async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 the sink's own name
            self.got.append(envelope.content)
            return "250 OK"

    sink = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = probe.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.start()
    try:
        assert deliver_due(now=message.due_at + timedelta(seconds=1)) == 1
        assert deliver_due(now=now + timedelta(days=1)) == 0
    finally:
        controller.stop()
    assert len(sink.got) == 1
    assert b"The code is 1234" in sink.got[0]


@pytest.mark.django_db
def test_after_many_tries_it_is_given_up_and_says_so(settings) -> None:
    settings.EMAIL_BACKEND = "no.such.Backend"
    message = put()
    now = timezone.now()
    for _try in range(MAX_ATTEMPTS + 3):
        now += timedelta(days=1)
        deliver_due(now=now)
    message.refresh_from_db()
    assert (message.attempts, message.sent_at) == (MAX_ATTEMPTS, None)
    assert message.failed_at is not None


@pytest.mark.django_db
def test_a_secret_that_is_given_up_keeps_no_link(settings) -> None:
    settings.EMAIL_BACKEND = "no.such.Backend"
    secret, plain = put("a", secret=True), put("b")
    now = timezone.now()
    for tried in range(MAX_ATTEMPTS):
        secret.refresh_from_db()
        assert (secret.body, secret.attempts) == ("The code is 1234\n", tried), "it may still go"
        now += timedelta(days=1)
        deliver_due(now=now)
    for message in (secret, plain):
        message.refresh_from_db()
        assert message.failed_at == now and message.last_error
    assert (secret.body, plain.body) == ("", "The code is 1234\n")


@pytest.mark.django_db
@pytest.mark.parametrize("attempts", [0, MAX_ATTEMPTS - 1])
def test_what_is_withdrawn_while_it_is_sent_is_not_revived(monkeypatch, attempts: int) -> None:
    message, now = put(secret=True), timezone.now()
    Message.objects.filter(pk=message.pk).update(attempts=attempts)

    def withdrawn_meanwhile(_message: Message) -> None:
        assert withdraw_messages(keys=[message.key], now=now) == 1
        raise OSError("no answer")

    monkeypatch.setitem(services._SENDERS, Message.Channel.MAIL, withdrawn_meanwhile)
    later = now + timedelta(seconds=1)
    assert not deliver_message(message_id=message.pk, now=later)
    message.refresh_from_db()
    assert (message.failed_at, message.body, message.claimed_until) == (now, "", None)
    assert deliver_due(now=now + timedelta(days=1)) == 0


@pytest.mark.django_db
def test_a_claim_that_its_sender_left_behind_lapses() -> None:
    message = put()
    now = timezone.now()
    Message.objects.filter(pk=message.pk).update(claimed_until=now + timedelta(minutes=1))
    assert not deliver_message(message_id=message.pk, now=now)
    assert deliver_message(message_id=message.pk, now=now + timedelta(minutes=2))


@pytest.mark.django_db
def test_the_demos_mails_stay_unsent() -> None:
    since = timezone.now()
    put()
    assert keep_unsent(since=since) == 1
    assert deliver_due(now=timezone.now()) == 0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_never_send_one_row() -> None:
    message = put()
    Message.objects.filter(pk=message.pk).update(sent_at=None, claimed_until=None, due_at=timezone.now())
    mail.outbox.clear()
    start = threading.Barrier(4)
    sent: list[bool] = []

    def work() -> None:
        try:
            start.wait()
            sent.append(deliver_message(message_id=message.pk, now=timezone.now()))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(sent) == [False, False, False, True]
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_with_a_worker_by_setting_mail_is_its_work(settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
    message = put()
    message.refresh_from_db()
    assert message.sent_at is None, "the request does not wait for the mail server"
    call_command("db_worker", queue_name="*", batch=True, interval=0, verbosity=0)
    message.refresh_from_db()
    assert message.sent_at is not None
    assert len(mail.outbox) == 1
