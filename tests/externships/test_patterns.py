"""Signatures that no supervisor's day holds: found once, as a question, with the words that say what to do."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
import time_machine
from django.urls import reverse

from certification.externships import rules
from certification.externships.models import ORIGIN_LIFE, ShiftOrigin, SignOffLink
from certification.externships.rules import Signature
from certification.externships.services import Decision, decide, find_anomalies, forget_origins, remind
from certification.records.models import Anomaly
from cms.jobs import run_due
from notices.models import Message

from .conftest import NOW, Clinic, text_of

NINE = datetime(2026, 11, 9, 14, tzinfo=UTC)
SPACE = UUID("00000000-0000-4000-8000-000000000000")


def uid(name: object) -> UUID:
    return uuid5(SPACE, str(name))


def row(
    n: int = 0,
    *,
    who: str = "priya",
    learner: str = "a",
    link: str = "l",
    start: int = 0,
    end: int = 120,
    at: float = 0.0,
) -> Signature:
    """A signature: worked from `start` to `end` minutes after nine, decided `at` seconds after the mail."""
    return Signature(
        uid(f"{n} {who} {learner} {link} {start}"), uid(f"shift {n} {learner} {start}"), uid(who), uid(learner),
        uid(f"r {learner}"),
        uid(link), "America/New_York", NINE + timedelta(minutes=start), NINE + timedelta(minutes=end),
        NOW + timedelta(seconds=at),
    )  # fmt: skip


def rows(count: int, **fields: Any) -> list[Signature]:
    return [row(n, **fields) for n in range(count)]


@pytest.mark.parametrize(
    ("signatures", "found"),
    [
        (rows(40), 0),  # one sitting: nobody knows how long she read
        (rows(5) + rows(10, link="m", at=29), 1),  # ten rows in 29 seconds
        (rows(5) + rows(10, link="m", at=30), 0),  # three seconds each
        (rows(5) + rows(9, link="m", at=1), 0),
        (rows(5) + rows(5, link="m", at=10) + rows(5, link="n", at=20), 1),
        (rows(5) + rows(5, link="m", at=10) + rows(5, link="n", at=26), 0),
        (rows(5) + rows(10, link="l", at=5), 0),  # the rest of a page that she had before her
        (rows(5) + rows(10, link="m", at=5, who="other"), 0),
    ],
)
def test_the_rule_of_bursts(signatures: list[Signature], found: int) -> None:
    assert len(rules.sign_bursts(signatures)) == found
    assert len(rules.sign_bursts(reversed(signatures))) == found


@pytest.mark.parametrize(
    ("signatures", "most"),
    [
        ([row(learner=str(n)) for n in range(6)], []),
        ([row(learner=str(n)) for n in range(7)], [7]),
        ([row(n, learner="a") for n in range(9)], []),
        ([row(learner=str(n), who=str(n % 2)) for n in range(7)], []),
        ([row(learner=str(n)) for n in range(6)] + [row(learner="z", start=106, end=200)], []),  # a shift's change
        ([row(learner=str(n)) for n in range(6)] + [row(learner="z", start=104, end=200)], [7]),
        ([row(learner=str(n)) for n in range(7)] + [row(learner="z", start=60)], [8]),
        ([row(learner=str(n), start=1440 * d, end=1440 * d + 60) for n in range(7) for d in (0, 1)], [7, 7]),
    ],
)
def test_the_rule_of_the_ratio(signatures: list[Signature], most: list[int]) -> None:
    assert [one.numbers["learners"] for one in rules.over_ratio(signatures)] == most


@pytest.mark.parametrize(
    ("spans", "minutes"),
    [
        ([(-540, 420)], []),  # midnight to four: sixteen hours
        ([(-540, 421)], [961]),
        ([(-540, 0), (-30, 400), (390, 450)], [990]),  # what lies over another counts once
        ([(-540, 100), (-540, 100), (-540, 100)], []),
        ([(0, 900 + 500)], []),  # over midnight: fifteen hours of one day, eight of the next
        ([(-540, 420), (900, 900 + 961)], [961]),
    ],
)
def test_the_rule_of_the_signers_day(spans: list[tuple[int, int]], minutes: list[int]) -> None:
    found = rules.signer_days(row(n, start=start, end=end, learner=str(n)) for n, (start, end) in enumerate(spans))
    assert [one.numbers["minutes"] for one in found] == minutes


@pytest.mark.parametrize(
    ("signatures", "asked", "found"),
    [
        (rows(3, at=59), (3, [NOW]), 1),
        (rows(3, at=60), (3, [NOW]), 0),
        (rows(3, at=5), (4, [NOW]), 0),  # one left open
        (rows(2, at=5), (2, [NOW]), 0),
        (rows(3, at=5), (3, [NOW - timedelta(days=3)]), 0),
        (rows(3, at=5), (3, [NOW - timedelta(days=3), NOW]), 1),  # after the reminder
        (rows(3, at=5), (3, [NOW + timedelta(days=3)]), 0),
    ],
)
def test_the_rule_of_all_at_once(signatures: list[Signature], asked: tuple[int, list[datetime]], found: int) -> None:
    assert len(rules.at_once(signatures, {uid("l"): asked})) == found


# ---- through signatures ----------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db
SINCE = NOW - timedelta(days=8)


def week(clinic: Clinic, *, start: int = 9, count: int = 3, hours: tuple[str, str] = ("09:00", "12:00")) -> SignOffLink:
    for day in range(start, start + count):
        clinic.draft(f"2026-11-{day:02d} {hours[0]}", f"2026-11-{day:02d} {hours[1]}")
    return clinic.send()


def sign(link: SignOffLink, *, after: float, **device: Any) -> None:
    decisions = [Decision(row.shift.uuid, "sign") for row in link.rows.select_related("shift")]
    now = NOW + timedelta(seconds=after)
    decide(link=link, decisions=decisions, typed_name="Priya Raman", confirms_statement=True, now=now, **device)


def kinds() -> list[str]:
    return sorted(Anomaly.objects.values_list("kind", flat=True))


def test_all_signed_within_a_minute_is_found_once_and_read_at_the_desk(clinic: Clinic) -> None:
    sign(week(clinic), after=20)
    assert (find_anomalies(SINCE), find_anomalies(SINCE)) == (1, 0)
    found = Anomaly.objects.get()
    assert (found.kind, found.first_on, found.last_on) == ("at_once", date(2026, 11, 9), date(2026, 11, 11))
    desk = clinic.school.client(clinic.school.registrar)
    said = text_of(desk.get(reverse("records:desk_anomaly", args=[found.uuid])))
    assert "All 3 shifts of one mail were signed 20 seconds after it was written" in said
    assert "Ask the supervisor, by telephone" in said
    assert said.count("Client session, Harborview") == 3, "the lines behind it"
    assert "All signed within a minute of the mail" in text_of(desk.get(reverse("records:desk_anomalies")))


def test_a_week_that_was_read_asks_nothing(clinic: Clinic) -> None:
    sign(week(clinic), after=90)
    assert find_anomalies(SINCE) == 0


def test_the_mail_that_counts_is_the_last_one_before(clinic: Clinic) -> None:
    link = week(clinic)
    Message.objects.update(sent_at=NOW)
    remind(now=NOW + timedelta(days=3))
    sign(link, after=3 * 86400 + 30)
    find_anomalies(SINCE)
    assert kinds() == ["at_once"]


def test_a_run_of_sittings_nobody_reads(clinic: Clinic) -> None:
    first, second = week(clinic, start=2, count=5), week(clinic, start=9, count=10, hours=("06:00", "08:00"))
    sign(first, after=300)
    sign(second, after=310)
    find_anomalies(SINCE)
    assert kinds() == ["sign_burst"]
    assert Anomaly.objects.get().evidence["seconds"] == 10


def test_signed_on_the_device_on_which_the_learner_wrote(clinic: Clinic) -> None:
    form = {
        "placement": str(clinic.placement.uuid), "day": "2026-11-09", "starts": "09:00", "ends": "12:00", "break_minutes": "",
        "kind": "observation", "supervisor": str(clinic.supervisor.uuid), "statement": "Watched a session.",
    }  # fmt: skip
    phone = {"HTTP_USER_AGENT": "Her phone/1", "REMOTE_ADDR": "198.51.100.4"}
    assert clinic.learner().post(reverse("externships:new_shift"), form, **phone).status_code == 302
    origin = ShiftOrigin.objects.get()
    assert "198" not in origin.origin_hash and len(origin.origin_hash) == 64
    link = clinic.send()
    sign(link, after=600, ip="198.51.100.4", agent="Her phone/1")
    find_anomalies(SINCE)
    assert kinds() == ["own_device"]
    said = text_of(
        clinic.school.client(clinic.school.registrar).get(
            reverse("records:desk_anomaly", args=[Anomaly.objects.get().uuid])
        )
    )
    assert "from which the learner had written her shifts: 1 of them" in said


@pytest.mark.parametrize(
    "device", [{"ip": "198.51.100.4", "agent": "Another/2"}, {"ip": "198.51.100.5", "agent": "Her phone/1"}, {}]
)
def test_another_device_at_the_clinic_asks_nothing(clinic: Clinic, device: dict[str, str]) -> None:
    from certification.externships.services import note_origin

    shift = clinic.draft()
    for _again in range(2):
        note_origin(shift=shift, address="198.51.100.4", browser="Her phone/1")
    sign(clinic.send(), after=600, **device)
    assert find_anomalies(SINCE) == 0
    assert ShiftOrigin.objects.count() == 1


def test_origins_are_forgotten(clinic: Clinic) -> None:
    from certification.externships.services import note_origin

    note_origin(shift=clinic.draft(), address="198.51.100.4", browser="x")
    assert forget_origins(now=NOW + ORIGIN_LIFE) == 0
    with time_machine.travel(NOW + ORIGIN_LIFE + timedelta(seconds=1), tick=False):
        assert run_due(force=True)["old origins of visits"] == "1 done"
    assert not ShiftOrigin.objects.exists()


def test_seven_learners_at_once_and_a_day_of_twenty_hours(clinic: Clinic) -> None:
    from accounts.services import ensure_user
    from certification.externships.services import open_placement, save_shift, send_shifts
    from certification.records.services import ensure_learner, open_record

    from .conftest import local

    for number in range(7):
        record = open_record(
            learner=ensure_learner(user=ensure_user(email=f"l{number}@example.org", legal_name=f"Learner {number}")),
            school=clinic.school.school, rule_set=clinic.record.rule_set, program_code="SMALL",
            program_title="A small program", enrolled_on=date(2026, 1, 5), source_key=f"enrollment:x{number}",
        )  # fmt: skip
        placement = open_placement(
            record=record, site=clinic.site, starts_on=date(2026, 9, 1), ends_on=date(2027, 2, 28), required_minutes=0,
            approved_by=clinic.school.coordinator,
        )  # fmt: skip
        start, end = ("2026-11-09 00:00", "2026-11-09 12:00") if number else ("2026-11-09 08:00", "2026-11-09 20:00")
        save_shift(
            placement=placement,
            supervisor=clinic.supervisor,
            kind="observation",
            starts_at=local(start),
            ends_at=local(end),
        )
        (link,) = send_shifts(placement=placement)
        sign(link, after=600 + 60 * number)
    find_anomalies(SINCE)
    assert kinds() == ["over_ratio", "signer_day"]
    assert Anomaly.objects.get(kind="over_ratio").evidence["learners"] == 7
    assert Anomaly.objects.get(kind="signer_day").evidence["minutes"] == 1200
    assert Anomaly.objects.get(kind="over_ratio").records.count() == 7
    assert find_anomalies(SINCE) == 0


def test_looking_costs_the_same_however_much_was_signed(clinic: Clinic, django_assert_num_queries: Any) -> None:
    sign(week(clinic), after=600)
    find_anomalies(SINCE)
    with django_assert_num_queries(6):
        find_anomalies(SINCE)
    sign(week(clinic, start=13, count=5), after=1200)
    with django_assert_num_queries(6):
        find_anomalies(SINCE)
