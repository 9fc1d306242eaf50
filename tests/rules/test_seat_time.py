"""Seat time's arithmetic: by table, and by property over random beats."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from courses.study import rules
from courses.study.rules import MINUTE, Beat, Clock
from tests.effort import examples

GAP = 150_000
START = int(datetime(2026, 3, 2, 14, 0, tzinfo=UTC).timestamp()) * 1000
ZONE = "America/New_York"


def opened(limit: int = 10_000_000, gap: int = GAP, **more: Any) -> Clock:
    return Clock(last_seen=START, gap=gap, limit=limit, opened=START, signed=START, **more)


def after(*beats: tuple[int, int, bool], limit: int = 10_000_000) -> Clock:
    """The clock after beats given as (seconds since opening, sequence, active)."""
    clock = opened(limit)
    for seconds, sequence, active in beats:
        clock = rules.beat(clock, Beat(START + round(seconds * 1000), sequence, active))
    return clock


def test_beats_in_time_earn_the_time_between_them() -> None:
    clock = after((30, 1, True), (60, 2, True), (95.5, 3, True))
    assert clock.credited == 95_500
    assert rules.measured_spans(START, clock) == ((START, START + 95_500),)


def test_a_silence_as_long_as_the_gap_counts_and_one_longer_does_not() -> None:
    assert after((150, 1, True)).credited == 150_000
    clock = after((30, 1, True), (180.001, 2, True), (200, 3, True))
    assert clock.credited == 30_000 + 19_999
    assert rules.measured_spans(START, clock) == ((START, START + 30_000), (START + 180_001, START + 200_000))


def test_a_repeated_and_an_old_sequence_change_nothing() -> None:
    before = after((30, 5, True))
    for sequence in (5, 4, 1, 0, -3):
        assert rules.beat(before, Beat(START + 60_000, sequence, True)) == before


def test_idle_time_counts_from_neither_end() -> None:
    clock = after((30, 1, True), (60, 2, False), (90, 3, False), (120, 4, True), (150, 5, True))
    assert clock.credited == 60_000
    assert rules.measured_spans(START, clock) == ((START, START + 30_000), (START + 120_000, START + 150_000))
    assert rules.pauses_of(clock.pauses) == [(START + 30_000, START + 120_000, "i")]


def test_a_settling_beat_before_an_idle_one_keeps_what_came_before() -> None:
    clock = after((30, 1, True), (42, 2, True), (42, 3, False), (400, 4, True), (430, 5, True))
    assert clock.credited == 42_000 + 30_000


def test_the_limit_stops_the_clock_and_cuts_the_spans() -> None:
    clock = after((30, 1, True), (60, 2, True), (90, 3, True), (120, 4, True), limit=70_000)
    assert clock.credited == 70_000
    assert rules.measured_spans(START, clock) == ((START, START + 70_000),)
    assert rules.state_of(clock, "", "day") == ("capped", "day")


def test_a_clock_that_steps_back_earns_nothing_and_moves_nothing_back() -> None:
    clock = after((60, 1, True), (20, 2, True), (61, 3, True))
    assert clock.credited == 61_000
    assert clock.last_seen == START + 61_000


def test_too_many_pauses_stop_the_counting_not_the_server() -> None:
    clock = opened()
    for n in range(1, 2_000):
        clock = rules.beat(clock, Beat(START + n * 1_000, n, n % 2 == 0))
    assert len(clock.pauses) < rules.MOST_PAUSES + 40
    full = rules.beat(clock, Beat(START + 3_000_000, 5_000, True))
    assert rules.beat(full, Beat(START + 3_001_000, 5_001, True)).credited == clock.credited
    assert rules.state_of(full, "", "lesson") == ("capped", "pauses")


def test_states_and_reasons_follow_from_the_row_alone() -> None:
    assert rules.state_of(after((30, 1, True)), "", "lesson") == ("counting", "")
    assert rules.state_of(after((200, 1, True)), "", "lesson") == ("counting", "gap")
    assert rules.state_of(after((200, 1, True), (210, 2, True)), "", "lesson") == ("counting", "")
    assert rules.state_of(after((30, 1, False)), "", "lesson") == ("idle", "idle")
    closed = Clock(last_seen=START, gap=GAP, limit=1, is_open=False)
    assert rules.state_of(closed, "superseded", "lesson") == ("superseded", "superseded")
    assert rules.state_of(closed, "logout", "lesson") == ("closed", "logout")


beats = st.lists(st.tuples(st.integers(-20_000, 200_000), st.integers(0, 60), st.booleans()), max_size=40)


@settings(max_examples=examples(150), deadline=None)
@given(beats=beats, limit=st.integers(0, 600_000), repeat=st.booleans())
def test_credit_never_exceeds_the_wall_clock_whatever_is_sent(
    beats: list[tuple[int, int, bool]], limit: int, repeat: bool
) -> None:
    clock = opened(limit)
    wall = START
    latest = START
    for step, sequence, active in beats:
        wall += step
        latest = max(latest, wall)
        once = rules.beat(clock, Beat(wall, sequence, active))
        if repeat:
            assert rules.beat(once, Beat(wall + 10_000, sequence, active)) == once
        assert clock.credited <= once.credited <= limit
        assert once.credited - clock.credited <= GAP
        clock = once
    assert clock.credited <= latest - START
    spans = rules.measured_spans(START, clock)
    assert rules.length(spans) == clock.credited
    assert all(a < b for a, b in spans)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))


@settings(max_examples=examples(100), deadline=None)
@given(steps=st.lists(st.tuples(st.integers(1, 160_000), st.sampled_from("ABO"), st.booleans()), max_size=40))
def test_two_visits_never_sum_above_the_wall_clock(steps: list[tuple[int, str, bool]]) -> None:
    """Two windows beat as they like; opening (O) closes the other: the database allows one open visit."""
    wall = START
    visits = [Clock(last_seen=START, gap=GAP, limit=10**9)]
    for number, (step, who, active) in enumerate(steps, start=1):
        wall += step
        if who == "O":
            visits[-1] = Clock(**{name: getattr(visits[-1], name) for name in Clock.__slots__} | {"is_open": False})
            visits.append(Clock(last_seen=wall, gap=GAP, limit=10**9))
            continue
        which = 0 if who == "A" else -1
        visits[which] = rules.beat(visits[which], Beat(wall, number, active))
    assert sum(visit.credited for visit in visits) <= wall - START


def span(start: str, end: str) -> rules.Span:
    """Two local times of New York as milliseconds."""
    local = ZoneInfo(ZONE)
    return tuple(  # type: ignore[return-value]
        int(datetime.fromisoformat(text).replace(tzinfo=local).timestamp() * 1000) for text in (start, end)
    )


def test_whole_minutes_are_posted_and_the_rest_waits() -> None:
    visit = span("2026-03-02T10:00:00", "2026-03-02T10:02:30")
    due = rules.settle((), (visit,), ZONE)
    assert [post.minutes for post in due.posts] == [2]
    assert due.posts[0].spans == (span("2026-03-02T10:00:00", "2026-03-02T10:02:00"),)
    assert due.rest == (span("2026-03-02T10:02:00", "2026-03-02T10:02:30"),)

    again = rules.settle(due.rest, (span("2026-03-02T15:00:00", "2026-03-02T15:00:40"),), ZONE)
    assert again.minutes == 1
    assert again.posts[0].spans == (*due.rest, span("2026-03-02T15:00:00", "2026-03-02T15:00:30"))
    assert rules.length(again.rest) == 10_000


def test_nothing_whole_posts_nothing() -> None:
    due = rules.settle((), (span("2026-03-02T10:00:00", "2026-03-02T10:00:59"),), ZONE)
    assert due.posts == ()
    assert rules.length(due.rest) == 59_000


def test_midnight_parts_a_visit_and_a_begun_minute_stays_with_its_day() -> None:
    due = rules.settle((), (span("2026-03-02T23:55:30", "2026-03-03T00:05:30"),), ZONE)
    assert [post.minutes for post in due.posts] == [5, 5]
    assert due.posts[0].spans == (span("2026-03-02T23:55:30", "2026-03-03T00:00:30"),)
    assert due.rest == ()


def test_seconds_of_an_earlier_day_lapse() -> None:
    waiting = (span("2026-03-02T10:00:00", "2026-03-02T10:00:45"),)
    due = rules.settle(waiting, (span("2026-03-03T10:00:00", "2026-03-03T10:00:45"),), ZONE)
    assert due.posts == ()
    assert due.rest == (span("2026-03-03T10:00:00", "2026-03-03T10:00:45"),)


def test_days_are_those_of_the_zone_also_when_its_clock_changes() -> None:
    # On 8 March 2026 New York's day has 23 hours.
    assert (
        rules.midnight_after(span("2026-03-08T12:00:00", "2026-03-08T12:00:01")[0], ZONE)
        == span("2026-03-09T00:00:00", "2026-03-09T00:00:01")[0]
    )
    assert (
        rules.midnight_before(span("2026-03-08T12:00:00", "2026-03-08T12:00:01")[0], ZONE)
        == span("2026-03-08T00:00:00", "2026-03-08T00:00:01")[0]
    )


pieces = st.lists(st.tuples(st.integers(0, 400_000), st.integers(1, 400_000)), min_size=0, max_size=12)


@settings(max_examples=examples(100), deadline=None)
@given(pieces=pieces, before_midnight=st.integers(0, 1_500_000), carry=st.integers(0, 59_999))
def test_settling_invents_nothing_and_loses_less_than_a_minute_a_day(
    pieces: list[tuple[int, int]], before_midnight: int, carry: int
) -> None:
    here = span("2026-03-03T00:00:00", "2026-03-03T00:00:01")[0] - before_midnight
    carried = ((here - 200_000, here - 200_000 + carry),) if carry else ()
    measured = []
    for pause, length in pieces:
        measured.append((here + pause, here + pause + length))
        here += pause + length
    due = rules.settle(carried, measured, ZONE)
    for post in due.posts:
        assert rules.length(post.spans) == post.minutes * MINUTE
    posted = sorted(one for post in due.posts for one in post.spans)
    everything = rules.length(carried) + rules.length(measured)
    left = everything - due.minutes * MINUTE
    assert 0 <= left < 2 * MINUTE
    assert rules.length(due.rest) < MINUTE
    taken = sorted([*posted, *due.rest])
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(taken))


def test_spans_survive_being_written() -> None:
    spans = ((1, 2), (5, 9))
    assert rules.read_spans(rules.write_spans(spans)) == spans
    assert rules.read_spans("") == ()


def test_the_smaller_limit_binds() -> None:
    both = {"lesson_minutes": 40, "counted_minutes": 10, "carried": 5_000, "day_cap_minutes": 480}
    assert rules.limit_at_opening(**both, used_today=0) == rules.Limit(30 * MINUTE - 5_000, "lesson")
    assert rules.limit_at_opening(**both, used_today=470 * MINUTE) == rules.Limit(10 * MINUTE, "day")
    assert rules.limit_at_opening(**both, used_today=900 * MINUTE) == rules.Limit(0, "day")


def test_a_token_speaks_of_one_session() -> None:
    payload = rules.token_payload("abc", 123)
    assert rules.token_expiry(payload, "abc") == 123
    assert rules.token_expiry(payload, "abd") is None
    assert rules.token_expiry("abc.x", "abc") is None
