"""What asks for a look: each threshold from both sides, and that the order in which lines are read says nothing."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.records.rules.anomalies import (
    Finding,
    Line,
    Lost,
    Trimmed,
    back_dated,
    bad_evidence,
    bursts,
    identical,
    long_days,
    overlaps,
    round_numbers,
)

SPACE = UUID("00000000-0000-4000-8000-000000000000")
MONDAY = datetime(2026, 3, 2, 14, tzinfo=UTC)  # 9:00 in New York


def uid(name: object) -> UUID:
    return uuid5(SPACE, str(name))


def line(name: str, who: str = "ana", start: datetime = MONDAY, minutes: int = 60, **more: Any) -> Line:
    """An hour of a shift of `who`, written that evening."""
    values: dict[str, Any] = {
        "entry": uid(f"entry {who} {name}"),
        "record": uid(f"record {who}"),
        "learner": uid(f"learner {who}"),
        "zone": "America/New_York",
        "day": (start - timedelta(hours=5)).date(),
        "minutes": minutes,
        "source": "externship",
        "evidence": "co_signed",
        "recorded_at": start + timedelta(hours=8),
        "spans": ((start, start + timedelta(minutes=minutes)),),
    }
    return Line(**{**values, **more})


def week(who: str, days: int = 5, *, shift: timedelta = timedelta(), **more: Any) -> list[Line]:
    return [line(str(n), who, MONDAY + timedelta(days=n) + shift, **more) for n in range(days)]


def late(
    name: str, days: int, minutes: int = 60, at: datetime = datetime(2026, 6, 1, 15, tzinfo=UTC), **more: Any
) -> Line:
    """A line written at `at` for a day so many days before."""
    return line(name, start=at - timedelta(days=days), minutes=minutes, recorded_at=at, **more)


# ---- overlaps --------------------------------------------------------------------------------------------------------


def trimmed(*lost: tuple[str, int], kind: str = "session") -> Trimmed:
    return Trimmed(
        uid("posting"), uid("record ana"), kind,
        tuple(Lost(uid(f"holder {n}"), of, minutes, date(2026, 3, 2 + n)) for n, (of, minutes) in enumerate(lost)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lost", "minutes"),
    [
        ([("shift", 29)], None),
        ([("shift", 30)], 30),
        ([("shift", 20), ("class", 10)], 30),
        ([("session", 500)], None),  # two windows of the same learner
        ([("session", 500), ("shift", 29)], None),
        ([], None),
    ],
)
def test_overlaps_of_different_sources(lost: list[tuple[str, int]], minutes: int | None) -> None:
    found = overlaps([trimmed(*lost)])
    assert [one.evidence["minutes"] for one in found] == ([] if minutes is None else [minutes])


def test_an_overlap_names_posting_holders_and_days() -> None:
    (found,) = overlaps([trimmed(("shift", 20), ("session", 9), ("class", 10))])
    assert found.evidence["postings"] == [str(uid("posting"))]
    assert found.evidence["entries"] == sorted([str(uid("holder 0")), str(uid("holder 2"))])
    assert (found.first_on, found.last_on) == (date(2026, 3, 2), date(2026, 3, 4))


# ---- identical patterns ----------------------------------------------------------------------------------------------


def test_a_week_to_the_minute_is_found_once_for_all_who_share_it() -> None:
    (found,) = identical([*week("ana"), *week("bea"), *week("cleo")])
    assert found.evidence["learners"] == 3
    assert found.evidence["lines"] == 5
    assert len(found.evidence["entries"]) == 15  # type: ignore[arg-type]
    assert set(found.records) == {uid("record ana"), uid("record bea"), uid("record cleo")}


@pytest.mark.parametrize(
    "lines",
    [
        [*week("ana", 4), *week("bea", 4)],
        [*week("ana"), *week("bea", shift=timedelta(minutes=1))],
        [*week("ana", source="class"), *week("bea", source="class")],
        [*week("ana"), *week("bea", learner=uid("learner ana"))],  # two records of one person
        [*week("ana"), *week("bea", spans=())],
        # Five the same, but a line of hers between them: no run.
        [*week("ana"), *week("bea"), line("x", "bea", MONDAY + timedelta(days=2, hours=3))],
        # Five the same, in two weeks.
        [*week("ana", 5, shift=timedelta(days=4)), *week("bea", 5, shift=timedelta(days=4))],
    ],
)
def test_what_is_shared_by_nature_or_chance_is_not_found(lines: list[Line]) -> None:
    assert identical(lines) == []


def test_one_more_line_at_the_end_hides_nothing() -> None:
    extra = line("x", "bea", MONDAY + timedelta(days=5))
    (found,) = identical([*week("ana"), *week("bea"), extra])
    assert str(extra.entry) not in found.evidence["entries"]  # type: ignore[operator]


# ---- bursts and days that no day holds -------------------------------------------------------------------------------


def _many(minutes: int, lines: int, days: int, step: timedelta = timedelta(), **more: Any) -> list[Line]:
    at = datetime(2026, 6, 1, 15, tzinfo=UTC)
    return [late(str(n), days + n, minutes // lines, at=at + n * step, **more) for n in range(lines)]


def test_a_burst_is_more_than_a_full_week_in_an_hour_for_days_long_past() -> None:
    (found,) = bursts(_many(2410, 10, days=8))
    assert (found.evidence["minutes"], found.evidence["lines"]) == (2410, 10)
    assert bursts(_many(2400, 10, days=8)) == []
    assert bursts(_many(2410, 10, days=-2)) == [], "the last ones are of these very days"
    assert bursts(_many(2410, 10, days=7)) == [], "one of them is a week old, no more"
    assert bursts(_many(2410, 10, days=8, step=timedelta(minutes=6))) != []
    assert bursts(_many(2410, 10, days=8, step=timedelta(minutes=7))) == [], "written over more than an hour"


def test_a_burst_in_the_midst_of_a_long_day_of_writing_is_found() -> None:
    before = [late(f"b{n}", 30 + n, 60, at=datetime(2026, 6, 1, 12, tzinfo=UTC)) for n in range(5)]
    (found,) = bursts([*before, *_many(2410, 10, days=8)])
    assert found.evidence["minutes"] == 2410


@pytest.mark.parametrize(
    "more", [{"source": "transfer"}, {"source": "adjustment"}, {"evidence": "imported"}, {"evidence": "corrected"}]
)
def test_what_is_late_by_nature_is_neither_burst_nor_back_dated(more: dict[str, Any]) -> None:
    lines = _many(2410, 10, days=20, **more)
    assert bursts(lines) == []
    assert back_dated(lines) == []


def test_more_than_sixteen_hours_of_a_day() -> None:
    def day(minutes: int) -> list[Line]:
        start = datetime(2026, 3, 2, 5, tzinfo=UTC)
        return [line("1", start=start, minutes=480), line("2", start=start + timedelta(hours=8), minutes=minutes - 480)]

    assert long_days(day(960)) == []
    (found,) = long_days(day(961))
    assert found.evidence["minutes"] == 961
    assert len(long_days([*day(700), *(line("x", "bea", minutes=600),)])) == 0, "two learners share no day"
    twice = [line("1", minutes=600), line("2", minutes=600)]
    assert long_days(twice) == [], "the same time is no more time"


# ---- back-dated ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "found"), [(14, 0), (15, 1), (400, 1)])
def test_back_dated(days: int, found: int) -> None:
    told = back_dated([late("1", days)])
    assert len(told) == found
    assert [one.evidence["days"] for one in told] == [days] * found


def test_what_was_written_on_one_day_is_one_question() -> None:
    next_day = datetime(2026, 6, 2, 15, tzinfo=UTC)
    found = back_dated([late("1", 15), late("2", 40), late("3", 41, at=next_day)])
    assert sorted((one.evidence["days"], one.evidence["minutes"]) for one in found) == [(40, 120), (41, 60)]


def test_days_late_are_days_of_the_record() -> None:
    """20:00 in New York on the fifteenth day is the sixteenth in UTC."""
    written = datetime(2026, 3, 17, 1, tzinfo=UTC)
    assert back_dated([line("1", recorded_at=written)]) == []
    assert len(back_dated([line("1", recorded_at=written, zone="UTC")])) == 1


# ---- round numbers ---------------------------------------------------------------------------------------------------


def _shifts(even: int, odd: int, **more: Any) -> list[Line]:
    return [
        line(str(n), start=MONDAY + timedelta(days=n), minutes=120 if n < even else 115, **more)
        for n in range(even + odd)
    ]


@pytest.mark.parametrize(
    ("even", "odd", "found"), [(18, 2, 1), (17, 3, 0), (19, 0, 0), (20, 0, 1), (36, 4, 1), (35, 5, 0)]
)
def test_round_numbers(even: int, odd: int, found: int) -> None:
    assert len(round_numbers(_shifts(even, odd))) == found


def test_what_is_round_is_round_on_the_clock_of_the_place() -> None:
    assert round_numbers(_shifts(20, 0, zone="Asia/Kathmandu")) == []
    half_past = [line(str(n), start=MONDAY + timedelta(days=n, minutes=30)) for n in range(20)]
    assert round_numbers(half_past) == []
    assert round_numbers(_shifts(20, 0, source="class")) == []
    assert round_numbers(_shifts(20, 0, evidence="imported")) == []


def test_it_is_asked_anew_with_each_twenty() -> None:
    (at_20,), (at_39,), (at_40,) = (round_numbers(_shifts(n, 0)) for n in (20, 39, 40))
    assert at_20.fingerprint == at_39.fingerprint != at_40.fingerprint


# ---- what all have in common -----------------------------------------------------------------------------------------

ALL = (identical, bursts, long_days, back_dated, round_numbers)


def _told(findings: list[Finding]) -> list[Any]:
    return sorted((one.fingerprint, one.records, one.first_on, one.last_on, str(one.evidence)) for one in findings)


@given(st.randoms(use_true_random=False), st.integers(0, 40), st.integers(0, 40))
def test_the_order_of_reading_says_nothing(drawn: random.Random, many: int, few: int) -> None:
    lines = [*week("ana"), *week("bea"), *week("cleo", 6), *_many(60 * many, max(many, 1), days=8), *_shifts(few, 2)]
    mixed = drawn.sample(lines, len(lines))
    for detector in ALL:
        assert _told(detector(lines)) == _told(detector(mixed))


@given(st.lists(st.tuples(st.integers(0, 23), st.integers(1, 240), st.sampled_from(["ana", "bea"])), max_size=12))
def test_a_long_day_is_told_to_the_minute(hours: list[tuple[int, int, str]]) -> None:
    """Against a count of the minutes that somebody's lines of the day cover."""
    start = datetime(2026, 3, 2, 5, tzinfo=UTC)
    lines = [
        line(str(n), who, start + timedelta(hours=hour), minutes, day=date(2026, 3, 2))
        for n, (hour, minutes, who) in enumerate(hours)
    ]
    covered: dict[str, set[int]] = {"ana": set(), "bea": set()}
    for hour, minutes, who in hours:
        covered[who] |= set(range(hour * 60, hour * 60 + minutes))
    wanted = sorted(len(minutes) for minutes in covered.values() if len(minutes) > 960)
    assert sorted(one.evidence["minutes"] for one in long_days(lines)) == wanted  # type: ignore[type-var]


def test_evidence_holds_numbers_and_uuids_only() -> None:
    for findings in (
        overlaps([trimmed(("shift", 60))]), identical([*week("ana"), *week("bea")]), bursts(_many(2410, 10, days=8)),
        long_days([line("1", minutes=1000)]), back_dated([late("1", 20)]), round_numbers(_shifts(20, 0)),
    ):  # fmt: skip
        (found,) = findings
        assert bad_evidence(found.evidence) is None
        assert len(found.fingerprint) == 64


@pytest.mark.parametrize(
    "evidence",
    [{"name": "Daniela"}, {"entries": ["Daniela"]}, {"entries": str(SPACE)}, {"yes": True}, {"n": 1.5}, {"n": None},
     {"entries": [str(SPACE).upper().replace("0000", "ABCD")]}, {"a b": 1}, {"entries": [{"name": "x"}]}],
)  # fmt: skip
def test_anything_else_is_no_evidence(evidence: Any) -> None:
    assert bad_evidence(evidence) == next(iter(evidence))


def test_a_fingerprint_is_of_a_kind() -> None:
    day = date(2026, 3, 2)
    one, other = (Finding(kind, ("a",), (), day, day, {}) for kind in ("burst", "back_dated"))
    assert one.fingerprint != other.fingerprint
