"""Closed months, terms of claims, and what a corrected line carries over."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.records import rules
from certification.records.rules import BadPartError, HourPart

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("day", "closes"),
    [
        (date(2026, 1, 1), date(2026, 2, 10)),
        (date(2026, 1, 31), date(2026, 2, 10)),
        (date(2026, 11, 30), date(2026, 12, 10)),
        (date(2026, 12, 1), date(2027, 1, 10)),
        (date(2026, 12, 31), date(2027, 1, 10)),
    ],
)
def test_a_month_closes_on_the_tenth_of_the_next(day: date, closes: date) -> None:
    assert rules.closes_on(day) == closes
    assert not rules.is_closed(day, closes - timedelta(days=1))
    assert rules.is_closed(day, closes)


@given(DAYS, DAYS)
def test_days_of_one_month_close_together_and_later_ones_no_sooner(one: date, other: date) -> None:
    early, late = sorted((one, other))
    assert rules.closes_on(early) <= rules.closes_on(late)
    if (one.year, one.month) == (other.year, other.month):
        assert rules.closes_on(one) == rules.closes_on(other)
    assert 10 <= (rules.closes_on(one) - one).days <= 40


OPEN, CLOSED = date(2026, 3, 5), date(2026, 2, 5)
TODAY = date(2026, 3, 20)


@pytest.mark.parametrize(
    ("roles", "days", "may"),
    [
        ({"instructor"}, [OPEN], True),
        ({"coordinator"}, [OPEN], True),
        ({"instructor"}, [CLOSED], False),
        ({"coordinator"}, [OPEN, CLOSED], False),
        ({"registrar"}, [CLOSED], True),
        ({"admin"}, [OPEN, CLOSED], True),
        ({"instructor", "registrar"}, [CLOSED], True),
        ({"verifier"}, [OPEN], False),
        (set(), [OPEN], False),
    ],
)
def test_who_may_propose(roles: set[str], days: list[date], may: bool) -> None:
    assert rules.may_propose(roles, days, TODAY) is may


def test_the_term_of_a_claim() -> None:
    due = rules.answer_due(date(2026, 2, 20))
    assert due == date(2026, 3, 7)
    assert not rules.is_late(due, due)
    assert rules.is_late(due, date(2026, 3, 8))
    assert rules.remind_from(due) == date(2026, 3, 4)


def whole(**fields: object) -> HourPart:
    start = datetime(2026, 3, 2, 14, tzinfo=UTC)
    values: dict[str, object] = {
        "category": "mfr",
        "minutes": 60,
        "source": "class",
        "delivery": "in_person",
        "evidence": "co_signed",
        "title": "Class",
        "spans": ((start, start + timedelta(minutes=30)), (start + timedelta(hours=1), start + timedelta(minutes=90))),
        "tags": ("hands_on", "clinic"),
        "course": "MFR@1",
        "signer": "supervisor:1",
        "signer_name": "Priya Raman",
        "note": "signed",
        "supervisor_licence_valid_to": date(2027, 1, 1),
        "paid": False,
    }
    return HourPart(**{**values, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize("part", [whole(), whole(spans=(), date=date(2026, 3, 2), paid=None, tags=())])
def test_a_part_is_kept_as_json_and_read_back_the_same(part: HourPart) -> None:
    assert rules.part_read(rules.part_told(part)) == part


def test_no_signature_goes_over_to_other_values() -> None:
    fixed = rules.changed(
        whole(),
        minutes=45,
        category="nmt_trp",
        delivery="synchronous",
        title="Class",
        course="",
        tags=["hands_on"],
        spans=(),
        day=date(2026, 3, 3),
    )
    assert (fixed.minutes, fixed.category, fixed.delivery, fixed.course, fixed.tags) == (
        *(45, "nmt_trp", "synchronous", ""),
        ("hands_on",),
    )
    assert (fixed.evidence, fixed.signer, fixed.signer_name, fixed.note) == ("corrected", "", "", "")
    assert (fixed.date, fixed.supervisor_licence_valid_to, fixed.paid) == (date(2026, 3, 3), date(2027, 1, 1), False)


NO_TIMES = {"spans": (), "date": TODAY}


@pytest.mark.parametrize(
    ("fields", "original", "said"),
    [
        ({"minutes": 0}, whole(), "above zero"),
        ({"minutes": 61}, whole(), "shorter than 61"),
        ({"evidence": "measured"}, whole(), "corrected"),
        (NO_TIMES, whole(), "needs its times"),
        ({**NO_TIMES, "source": "transfer"}, whole(), "needs its times"),
        (NO_TIMES, None, "missing hours of a class need their times"),
        ({**NO_TIMES, "source": "adjustment"}, None, ""),
        (NO_TIMES, whole(**NO_TIMES), ""),
        ({}, None, ""),
    ],
)
def test_what_can_replace_a_line(fields: dict[str, object], original: HourPart | None, said: str) -> None:
    part = whole(**{"evidence": "corrected", **fields})

    def check(day: date) -> None:
        rules.check_replacement([part], original=original, today=TODAY, days=[day])

    if said:
        with pytest.raises(BadPartError, match=said):
            check(TODAY)
        return
    check(TODAY)
    with pytest.raises(BadPartError, match="future"):
        check(TODAY + timedelta(days=1))
