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


reports = st.lists(
    st.tuples(
        st.integers(-20_000, 200_000),
        st.integers(0, 60),
        st.booleans(),
        st.sampled_from(["idle", "hidden", "seen"]),
        st.sampled_from([None, 0, 20_000, 400_000]),
        st.sampled_from([None, None, 0, 5_000, 10**6]),
        st.sampled_from(["beat", "beat", "beat", "right", "wrong"]),
    ),
    max_size=40,
)


@settings(max_examples=examples(200), deadline=None)
@given(
    reports=reports,
    limit=st.integers(0, 600_000),
    repeat=st.booleans(),
    penalty=st.sampled_from([rules.PAUSE, rules.LOSE_IDLE, rules.LOSE_UNIT]),
    check=st.sampled_from([0, 60_000, 200_000]),
)
def test_credit_never_exceeds_the_wall_clock_whatever_is_sent(
    reports: list[Any], limit: int, repeat: bool, penalty: str, check: int
) -> None:
    clock = opened(limit, penalty=penalty, check=check)
    wall = START
    latest = START
    for step, sequence, active, why, quiet, most, kind in reports:
        wall += step
        latest = max(latest, wall)
        if kind == "beat":
            once = rules.beat(clock, Beat(wall, sequence, active, why, quiet, most))
            if repeat:
                assert rules.beat(once, Beat(wall + 10_000, sequence, active, why, quiet, most)) == once
        else:
            once = rules.answered(clock, now=wall, is_right=kind == "right", within=120_000)
        assert 0 <= once.credited <= limit
        assert once.credited - clock.credited <= max(GAP, 120_000)
        if penalty == rules.PAUSE:
            assert clock.credited <= once.credited, "nothing is taken back"
        clock = once
    assert clock.credited <= latest - START
    spans = rules.measured_spans(START, clock)
    assert rules.length(spans) == clock.credited
    assert all(a < b for a, b in spans)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
    account = rules.account_of(START, clock, limit_reason="day", ended=clock.last_seen + 7_000)
    assert [(part.start, part.end) for part in account if part.counted] == list(rules.union(spans))
    assert all(earlier.end == later.start for earlier, later in pairwise(account))
    assert sum(part.milliseconds for part in account) == clock.last_seen + 7_000 - START
    minutes = rules.minutes_of(account)
    assert sum(minute.counted for minute in minutes) == clock.credited
    for minute in minutes[1:-1]:
        assert bool(minute.reason) == (minute.counted <= MINUTE - 1_000), "each lost second has a reason, less has none"


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


# ---- idle penalties ----


def idling(penalty: str) -> Clock:
    """Five minutes with a sign in each report, two without, then idle; she comes back ten minutes later."""
    clock = opened(penalty=penalty)
    for minute in range(1, 6):
        clock = rules.beat(clock, Beat(START + minute * MINUTE, minute, True, quiet=1_000))
    for minute in (6, 7):
        clock = rules.beat(clock, Beat(START + minute * MINUTE, minute, True, quiet=(minute - 5) * MINUTE))
    clock = rules.beat(clock, Beat(START + 7 * MINUTE + 1, 8, False))
    assert rules.state_of(clock, "", "lesson")[0] == "idle"
    clock = rules.beat(clock, Beat(START + 17 * MINUTE, 9, True))
    return rules.beat(clock, Beat(START + 18 * MINUTE, 10, True))


def test_an_idle_page_costs_what_the_program_says() -> None:
    assert idling(rules.PAUSE).credited == 8 * MINUTE
    assert idling(rules.LOSE_IDLE).credited == 6 * MINUTE, "what came after the last sign is taken back"
    assert idling(rules.LOSE_UNIT).credited == MINUTE, "only what came after her return"


def test_looking_away_for_longer_than_the_idle_limit_costs_the_unit_too() -> None:
    for away, left in ((4 * MINUTE, 7 * MINUTE), (6 * MINUTE, MINUTE)):
        clock = opened(penalty=rules.LOSE_UNIT, idle=5 * MINUTE)
        for minute in range(1, 7):
            clock = rules.beat(clock, Beat(START + minute * MINUTE, minute, True))
        clock = rules.beat(clock, Beat(START + 6 * MINUTE, 7, False, "hidden"))
        assert clock.credited == 6 * MINUTE, "nothing is lost by looking away for a moment"
        clock = rules.beat(clock, Beat(START + 6 * MINUTE + away, 8, True))
        clock = rules.beat(clock, Beat(START + 7 * MINUTE + away, 9, True))
        assert clock.credited == left


# ---- is somebody there? ----


def asked(after_minutes: int = 2) -> Clock:
    clock = opened(check=after_minutes * MINUTE)
    for minute in range(1, after_minutes + 1):
        clock = rules.beat(clock, Beat(START + minute * MINUTE, minute, True))
    assert rules.state_of(clock, "", "lesson") == ("idle", "presence")
    return clock


def test_while_a_question_waits_nothing_counts_and_nothing_is_lost() -> None:
    clock = asked()
    waiting = rules.beat(clock, Beat(START + 3 * MINUTE, 3, True))
    assert (waiting.credited, waiting.asked) == (2 * MINUTE, 1)
    answered = rules.answered(waiting, now=START + 3 * MINUTE + 30_000, is_right=True, within=120_000)
    assert answered.credited == 3 * MINUTE + 30_000
    assert rules.measured_spans(START, answered) == ((START, START + 3 * MINUTE + 30_000),)
    assert answered.unchecked == 0


def test_a_late_answer_goes_on_from_there() -> None:
    clock = rules.answered(asked(), now=START + 4 * MINUTE + 1, is_right=True, within=120_000)
    assert clock.credited == 2 * MINUTE
    assert rules.beat(clock, Beat(START + 5 * MINUTE, 3, True)).credited == 3 * MINUTE - 1
    assert rules.pauses_of(clock.pauses) == [(START + 2 * MINUTE, START + 4 * MINUTE + 1, "c")]


def test_a_wrong_answer_asks_anew_and_the_time_runs_on() -> None:
    clock = rules.answered(asked(), now=START + 3 * MINUTE, is_right=False, within=120_000)
    assert (clock.asked, clock.tries, clock.credited) == (2, 1, 2 * MINUTE)
    right = rules.answered(clock, now=START + 4 * MINUTE + 1, is_right=True, within=120_000)
    assert (right.credited, right.tries) == (2 * MINUTE, 0), "the first question began the wait"


def test_an_answer_to_nothing_changes_nothing() -> None:
    clock = after((30, 1, True))
    assert rules.answered(clock, now=START + 60_000, is_right=True, within=120_000) == clock


@given(digest=st.binary(min_size=8, max_size=32), words=st.integers(3, 12))
def test_a_question_offers_three_different_words_and_one_is_right(digest: bytes, words: int) -> None:
    question = rules.question_from(digest, words)
    assert len(set(question.offered)) == 3
    assert all(0 <= word < words for word in question.offered)
    assert sum(rules.is_right(question, choice) for choice in range(-1, 5)) == 1


# ---- clips ----


def playing(*reports: tuple[float, float, bool], watched: rules.Watch | None = None) -> tuple[rules.Watch, list[int]]:
    """What a clip's reports (second, position, running) may count, one after the other; the visit began at 0."""
    state, may, since = watched or rules.Watch(), [], START
    for second, position, running in reports:
        now = START + round(second * 1000)
        state, new = rules.watch(state, rules.Playing(round(position * 1000), running), now=now, since=since, gap=GAP)
        may.append(new)
        since = now
    return state, may


def test_a_clip_counts_its_seconds_once() -> None:
    state, may = playing((30, 30, True), (60, 60, True))
    assert may == [30_000, 30_000]
    _state, again = playing((30, 0, True), (60, 30, True), (90, 60, True), (120, 90, True), watched=state)
    assert again[1:] == [0, 0, 30_000], "only the new part counts"


def test_twice_the_speed_counts_no_more_than_the_time_that_passed() -> None:
    state, may = playing((1, 0, True), (31, 60, True), (61, 120, True))
    assert may[1:] == [30_000, 30_000]
    assert rules.share(state.watched, 120_000) == 100


def test_a_jump_is_not_watching_and_neither_is_a_silence() -> None:
    assert playing((1, 0, True), (31, 500, True))[1][1] == 0
    assert playing((60, 60, True), (90, 10, True))[1][1] == 0
    state, may = playing((1, 0, True), (201, 200, True))
    assert (may[1], state.watched) == (200_000, ()), "left to the clock, which calls it a silence"


def test_what_she_did_before_the_clip_began_is_not_the_clips_business() -> None:
    assert playing((30, 12.5, True))[1] == [30_000]
    state, _may = playing((30, 12.5, True))
    assert playing((30, 12.5, True), watched=rules.Watch(state.watched))[1] == [17_500]


@settings(max_examples=examples(150), deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(-5_000, 200_000), st.integers(0, 400_000), st.booleans()), min_size=1, max_size=30
    )
)
def test_a_clip_never_earns_more_than_time_or_what_is_new(steps: list[tuple[int, int, bool]]) -> None:
    state, now, since, earned = rules.Watch(), START, START, 0
    for step, position, running in steps:
        now += step
        before = rules.length(state.watched)
        first = state.at is None or state.at < since - 1_500
        state, may = rules.watch(state, rules.Playing(position, running), now=now, since=since, gap=GAP)
        assert 0 <= may <= max(now - since, 0)
        if not first and now - since <= GAP:
            new = rules.length(state.watched) - before
            # A sliver of under a second, and of no more than a tenth, is not held against her.
            assert may <= new or (may == now - since and may - new < 1_000 and (may - new) * 10 <= may)
        assert list(state.watched) == list(rules.union(state.watched))
        earned += may if now - since <= GAP else 0
        since = max(since, now)
    assert earned <= since - START


def test_the_week_binds_where_it_is_the_smallest() -> None:
    both = {"lesson_minutes": 60, "counted_minutes": 0, "carried": 0, "day_cap_minutes": 480, "used_today": 0}
    assert rules.limit_at_opening(**both, week_cap_minutes=600, used_this_week=590 * MINUTE) == rules.Limit(
        10 * MINUTE, "week"
    )
    assert rules.limit_at_opening(**both, used_this_week=10**9).reason == "lesson"


def test_a_day_cap_of_nothing_is_none() -> None:
    day = {"lesson_minutes": 60, "counted_minutes": 0, "carried": 0, "day_cap_minutes": 0, "used_today": 10**9}
    assert rules.limit_at_opening(**day) == rules.Limit(60 * MINUTE, "lesson")


def test_a_week_begins_on_monday_in_the_records_zone() -> None:
    monday = span("2026-03-02T00:00:00", "2026-03-02T00:00:01")[0]
    for moment in ("2026-03-02T00:00:00", "2026-03-08T23:59:59"):
        assert rules.week_before(span(moment, moment)[0], ZONE) == monday
    assert rules.week_before(monday - 1, ZONE) == span("2026-02-23T00:00:00", "2026-02-23T00:00:01")[0]
