"""Two browsers decide on one link at the same moment: one decision, one posting, one receipt, whoever wins."""

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse

from certification import guards
from certification.externships.models import LinkToken, Shift, SignOff, SignOffLink
from certification.externships.selectors import mail_key, rows_of
from certification.externships.services import (
    Decision,
    approve_scan,
    decide,
    print_form,
    remind,
    resend_link,
    save_shift,
    send_collected,
    send_shifts,
    set_rhythm,
    signing,
    take_back_shift,
    upload_scan,
)
from certification.records.models import HourEntry, OccupiedTime, Posting
from notices.models import Message
from tests.externships.conftest import NOW, answers, local, make_clinic

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run calls at the same moment, each on a connection of its own; their results or errors in order."""
    gate = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            gate.wait(timeout=20)
            results[place] = call()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    """The clock runs, from a day on which the shifts are over."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def waiting(school: Any, record: Any) -> tuple[Any, Any]:
    """A clinic and a link over three shifts."""
    clinic = make_clinic(school, record)
    for day in (9, 10, 11):
        save_shift(
            placement=clinic.placement, supervisor=clinic.supervisor, kind="client_session", screen="clear",
            starts_at=local(f"2026-11-{day:02d} 09:00"), ends_at=local(f"2026-11-{day:02d} 12:00"),
        )  # fmt: skip
    (link,) = send_shifts(placement=clinic.placement)
    return clinic, link


def post(url: str, form: dict[str, str]) -> Callable[[], int]:
    return lambda: Client().post(url, form).status_code


def check_one_truth(link: Any) -> dict[str, str]:
    """Whatever won, everything says the same; returns decision by shift."""
    truth = dict(SignOff.objects.values_list("shift__uuid", "decision"))
    assert len(truth) == SignOff.objects.count() == 3
    states = {"sign": "signed", "return": "returned", "refuse": "refused"}
    for shift, state in Shift.objects.values_list("uuid", "state"):
        assert state == states[truth[shift]]
    signed = {f"shift:{shift}" for shift, decision in truth.items() if decision == "sign"}
    assert set(Posting.objects.values_list("source_key", flat=True)) == signed
    assert HourEntry.objects.count() == OccupiedTime.objects.count() == len(signed)
    link.refresh_from_db()
    assert link.spent_at is not None
    return {str(shift): decision for shift, decision in truth.items()}


TABLES = ("externships_signoff", "externships_shift")


@pytest.fixture
def unguarded() -> Iterator[None]:
    """The database without its guards of a decision, and free to take two on one version; all put back afterwards."""
    one = next(rule for rule in SignOff._meta.constraints if rule.name == "one_decision_per_version_of_a_shift")
    with connection.cursor() as cursor:
        for table in TABLES:
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            else:
                cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
                for (name,) in cursor.fetchall():
                    cursor.execute(f'DROP TRIGGER "{name}"')
    SignOff._meta.constraints.remove(one)
    with connection.schema_editor() as editor:
        editor.remove_constraint(SignOff, one)
    yield
    SignOff._meta.constraints.append(one)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM externships_signoff")
        if connection.vendor == "postgresql":
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    with connection.schema_editor() as editor:
        editor.add_constraint(SignOff, one)
    guards.install(connection)


def look_then_decide(clinic: Any, link: SignOffLink) -> list[str]:
    """By mail she signs a shift, on paper she refuses it, and neither waits: both look, then both decide; what came of it."""
    form = print_form(link=link, by=clinic.school.coordinator)
    looked = threading.Barrier(2, timeout=30)

    def sit(key: int, kind: str) -> str:
        mine = SignOffLink.objects.get(pk=key)
        rows = {row.shift.uuid: row for row in rows_of(mine)}
        first = min(rows.values(), key=lambda row: row.shift.starts_at)
        decision, sitting = Decision(first.shift.uuid, kind, "Not here."), signing.Sitting("Priya Raman", NOW)
        outcome = signing.Outcome(mine)
        looked.wait()
        with transaction.atomic():
            signing.decide_rows(outcome, rows, [decision], sitting)
        return outcome.rows[0].result

    return together(lambda: sit(link.pk, "sign"), lambda: sit(form.pk, "refuse"))


def test_without_lock_and_guard_there_are_two_truths(waiting: tuple[Any, Any], unguarded: None) -> None:
    assert look_then_decide(*waiting) == ["done", "done"], "both think that it was theirs"
    assert set(SignOff.objects.values_list("decision", flat=True)) == {"sign", "refuse"}


def test_without_the_lock_the_database_takes_the_first(waiting: tuple[Any, Any]) -> None:
    assert sorted(look_then_decide(*waiting)) == ["already", "done"]
    (decision,) = SignOff.objects.values_list("decision", flat=True)
    first = Shift.objects.order_by("starts_at").first()
    assert first is not None
    assert first.state == {"sign": "signed", "refuse": "refused"}[decision]
    assert HourEntry.objects.count() == (decision == "sign"), "what the second would have posted is not there"


def test_two_parallel_signings_make_one_posting(waiting: tuple[Any, Any]) -> None:
    clinic, link = waiting
    url, form = reverse("externships:sign", args=[clinic.token()]), answers(link)
    assert together(*[post(url, form)] * 4) == [302] * 4
    assert set(check_one_truth(link).values()) == {"sign"}
    assert sum(HourEntry.objects.values_list("minutes", flat=True)) == 540
    assert Message.objects.filter(key__startswith="signoff-receipt").count() == 1
    assert Message.objects.filter(key__startswith="signoff-notice").count() == 1


def test_parallel_signing_and_refusing_leave_one_truth(waiting: tuple[Any, Any]) -> None:
    clinic, link = waiting
    url = reverse("externships:sign", args=[clinic.token()])
    forms = [answers(link), answers(link, "refuse", words="Not here."), answers(link, "return", words="Look again.")]
    assert sorted(together(*[post(url, form) for form in forms])) == [200, 200, 302], "two are told what stands"
    assert len(set(check_one_truth(link).values())) == 1, "one sitting holds the lock to its end"


def test_taking_back_while_she_signs_leaves_one_truth(waiting: tuple[Any, Any]) -> None:
    clinic, link = waiting
    url, form = reverse("externships:sign", args=[clinic.token()]), answers(link)
    first = Shift.objects.order_by("starts_at").first()
    signed, taken = together(post(url, form), lambda: take_back_shift(shift=first))
    first.refresh_from_db()
    if first.state == "signed":
        assert signed == 302
        assert "decided meanwhile" in str(taken)
        check_one_truth(link)
    else:
        assert (first.state, first.version) == ("draft", 2)
        assert signed == 200, "the page says that one was not signed"
        assert not SignOff.objects.filter(shift=first).exists()
        assert Posting.objects.count() == 2


def test_two_parallel_sendings_make_one_link(school: Any, record: Any) -> None:
    clinic = make_clinic(school, record)
    save_shift(
        placement=clinic.placement, supervisor=clinic.supervisor, kind="observation",
        starts_at=local("2026-11-09 09:00"), ends_at=local("2026-11-09 12:00"),
    )  # fmt: skip
    sent = together(*[lambda: send_shifts(placement=clinic.placement)] * 4)
    assert sorted(len(links) for links in sent) == [0, 0, 0, 1]
    assert Message.objects.filter(key__startswith="signoff-link").count() == 1


def test_two_parallel_saves_of_one_form_make_one_shift(school: Any, record: Any) -> None:
    clinic = make_clinic(school, record)
    fields = {
        "placement": clinic.placement, "supervisor": clinic.supervisor, "kind": "observation", "uuid": uuid.uuid4(),
        "starts_at": local("2026-11-09 09:00"), "ends_at": local("2026-11-09 12:00"),
    }  # fmt: skip
    saved = together(*[lambda: save_shift(**fields)] * 4)
    assert {shift.pk for shift in saved} == {Shift.objects.get().pk}


def test_a_form_approved_while_she_signs_by_mail_gives_one_decision_a_version(waiting: tuple[Any, Any]) -> None:
    clinic, link = waiting
    school = clinic.school
    form = print_form(link=link, by=school.coordinator)
    scan = upload_scan(
        uuid=uuid.uuid4(), form=form, typed_name="Priya Raman", signed_on=NOW.date(), by=school.coordinator,
        answers={row.shift.uuid: ("refuse", "Not on duty.") for row in form.rows.select_related("shift")},
        attachment=SimpleUploadedFile("scan.pdf", b"%PDF-1.7"),
    )  # fmt: skip
    url = reverse("externships:sign", args=[clinic.token()])
    results = together(
        post(url, answers(link)),
        lambda: approve_scan(scan=scan, by=school.registrar),
        lambda: approve_scan(scan=scan, by=school.second_registrar),
    )
    truth = set(check_one_truth(link).values())
    assert len(truth) == 1, results
    scan.refresh_from_db()
    assert scan.outcome == ("approved" if truth == {"refuse"} else "")
    assert Message.objects.filter(key__startswith="signoff-receipt").count() == 1


def test_parallel_ticks_remind_once(waiting: tuple[Any, Any]) -> None:
    _clinic, link = waiting
    Message.objects.filter(key=f"signoff-link:{link.uuid}").update(sent_at=NOW)
    for later in (NOW + timedelta(days=18), NOW + timedelta(days=21)):
        assert sum(together(*[lambda now=later: remind(now=now)] * 4)) == 1
    assert Message.objects.filter(key__startswith="signoff-reminder").count() == 1
    assert Message.objects.filter(key__startswith="signoff-unanswered").count() == 1


def test_parallel_ticks_ask_once_while_she_signs_from_her_queue(school: Any, record: Any) -> None:
    clinic = make_clinic(school, record)
    set_rhythm(school=school.school, rhythm="daily", by=school.coordinator)
    links = []
    for day in (9, 10):
        save_shift(
            placement=clinic.placement, supervisor=clinic.supervisor, kind="client_session", screen="clear",
            starts_at=local(f"2026-11-{day:02d} 09:00"), ends_at=local(f"2026-11-{day:02d} 12:00"),
        )  # fmt: skip
        links += send_shifts(placement=clinic.placement)
    first = links[0]
    signs = [Decision(row.shift.uuid, "sign", "", row.digest) for row in rows_of(first)]
    later = NOW + timedelta(days=1)
    results = together(
        *[lambda: send_collected(now=later)] * 3,
        lambda: decide(link=first, decisions=signs, typed_name="Priya Raman", confirms_statement=True, via="account"),
        lambda: resend_link(link=links[1], by=school.coordinator),
    )
    assert not [result for result in results if isinstance(result, Exception)], results
    assert SignOff.objects.count() == 1
    asked = Message.objects.filter(key__startswith="signoff-link")
    assert LinkToken.objects.filter(link=links[1]).count() == 1, "one token, by the tick or by the desk"
    mailed = SignOffLink.objects.filter(mailed_at__isnull=False)
    assert links[1].pk in {link.pk for link in mailed}
    assert set(asked.values_list("key", flat=True)) == {mail_key(link) for link in mailed}, "each mail, and no other"
