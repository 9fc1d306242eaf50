"""Why minutes are not creditable: each reason alone, and in their order."""

import datetime as dt
import random

import pytest

from certification.requirements import rules
from certification.requirements.rules.exclusions import shared_minutes
from tests.rules.making import TREE, at, day, entry, numbers, refused, spec


def _judge(*rows: rules.Entry, rule_set: rules.RuleSetSpec = TREE, **context: object) -> list[tuple[int, int, str]]:
    judged = rules.evaluate(rule_set, rows, context=rules.Context(**context))  # type: ignore[arg-type]
    assert judged.total.attended == sum(row.minutes for row in rows)
    assert judged.total.creditable == judged.total.attended - sum(one.minutes for one in judged.not_creditable)
    return refused(judged)


def test_version_by_session() -> None:
    dated = spec("valid_from: 2025-01-02\nvalid_to: 2025-01-03\ncategories: [{code: ethics}]", applies_by="session")
    rows = [
        entry(on=f"2025-01-0{n}", source=source) for n, source in [(1, ""), (2, ""), (3, "transfer"), (4, "transfer")]
    ]
    assert _judge(*rows, rule_set=dated) == [(1, 60, "version"), (4, 60, "version")]
    by_enrolment = spec("valid_from: 2025-01-02\ncategories: [{code: ethics}]")
    assert _judge(*rows, rule_set=by_enrolment) == []


def test_before_enrolment() -> None:
    rows = [entry(on="2025-01-01", source=source) for source in ("", *rules.SOURCES)] + [entry(on="2025-01-02")]
    expected = [(row, 60, "before_enrolment") for row in (1, 2, 3, 4)]
    assert _judge(*rows, enrolled_on=day("2025-01-02")) == expected
    assert _judge(*rows, enrolled_on=day("2025-01-01")) == []
    assert _judge(*rows) == []


@pytest.mark.parametrize(
    ("periods", "closed"),
    [
        ([], [1, 2, 3, 4, 5]),
        ([("2025-01-02", "2025-01-03")], [1, 4, 5]),
        ([("2025-01-04", None)], [1, 2, 3]),
        ([(None, "2025-01-02")], [3, 4, 5]),
        ([("2025-01-05", "2025-01-05"), ("2025-01-01", "2025-01-01")], [2, 3, 4]),
        ([("2025-01-01", "2025-01-05"), ("2025-01-02", "2025-01-02")], []),
        ([("2025-01-06", None), (None, "2024-12-31")], [1, 2, 3, 4, 5]),
    ],
)
def test_school_closed(periods: list[tuple[str | None, str | None]], closed: list[int]) -> None:
    rows = [entry(on=f"2025-01-0{n}", source="class") for n in range(1, 6)]
    rows += [entry(on="2025-01-01", source="transfer"), entry(on="2025-01-01", source="adjustment")]
    is_open = tuple((day(start) if start else None, day(end) if end else None) for start, end in periods)
    assert _judge(*rows, school_open=is_open) == [(row, 60, "school_closed") for row in closed]


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "refuses"),
    [
        (None, None, False),
        ("2025-01-06", "2025-01-06", False),
        ("2025-01-07", None, True),
        (None, "2025-01-05", True),
        ("2025-01-06", None, False),
        (None, "2025-01-06", False),
        ("2025-01-01", "2025-01-05", True),
    ],
)
def test_supervisor_licence(valid_from: str | None, valid_to: str | None, refuses: bool) -> None:
    row = entry(
        supervisor_licence_valid_from=day(valid_from) if valid_from else None,
        supervisor_licence_valid_to=day(valid_to) if valid_to else None,
    )
    assert _judge(row) == ([(1, 60, "supervisor_licence")] if refuses else [])


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        (("09:00", "10:00"), ("10:00", "11:00"), 0),
        (("09:00", "10:00"), ("09:30", "10:30"), 30),
        (("09:00", "10:00"), ("09:00", "10:00"), 60),
        (("09:00", "12:00"), ("10:00", "11:00"), 60),
        (("09:00", "10:00"), ("09:59:59", "11:00"), 1),
        (("09:00", "10:00:01"), ("10:00", "11:00"), 1),
        (("09:00", "10:01:01"), ("10:00", "11:00"), 2),
        (("09:00", "10:00:00.000001"), ("10:00", "11:00"), 1),
    ],
)
def test_overlap_of_two(first: tuple[str, str], second: tuple[str, str], shared: int) -> None:
    rows = [entry(60, start=start, end=end) for start, end in (first, second)]
    expected = [(2, shared, "overlap")] if shared else []
    assert _judge(*rows) == expected
    assert [(row, minutes) for row, minutes, _ in _judge(*reversed(rows))] == (
        [(1 if first[0] < second[0] else 2, shared)] if shared else []
    )


def test_overlap_takes_at_most_the_minutes_and_breaks_absorb_nothing() -> None:
    assert _judge(entry(90, start="09:00", end="10:30"), entry(30, start="09:30", end="10:30")) == [(2, 30, "overlap")]
    assert _judge(entry(60, start="09:00", end="10:00"), entry(50, start="09:40", end="10:40")) == [(2, 20, "overlap")]


def test_overlap_counts_shared_time_once() -> None:
    rows = [
        entry(60, start="09:00", end="10:00"),
        entry(60, start="09:30", end="10:30"),
        entry(120, start="09:30", end="11:30"),
    ]
    assert _judge(*rows) == [(2, 30, "overlap"), (3, 60, "overlap")]


def test_rows_without_times_have_no_span() -> None:
    assert _judge(entry(600), entry(600), entry(60, start="09:00", end="10:00")) == []


def test_rows_come_by_date_then_start_then_place() -> None:
    late, early = entry(60, start="09:30", end="10:30"), entry(60, start="09:00", end="10:00")
    assert _judge(late, early) == [(1, 30, "overlap")]
    # The date comes before the start: a row dated earlier goes first although its clock time is later.
    dated = entry(60, on="2025-01-05", start="09:30", end="10:30")
    assert _judge(early, dated) == [(1, 30, "overlap")]
    twin = entry(45, start="09:00", end="10:00")
    assert _judge(early, twin) == [(2, 45, "overlap")]
    assert _judge(twin, early) == [(2, 60, "overlap")]


def test_zones_and_clock_changes_move_no_minute() -> None:
    # 2025-03-09 in New York: 02:00 does not exist; 2025-11-02: 01:30 comes twice.
    spring = entry(60, start="2025-03-09T01:30:00-05:00", end="2025-03-09T03:30:00-04:00")
    assert _judge(spring, entry(60, start="2025-03-09T07:30:00+00:00", end="2025-03-09T08:30:00+00:00")) == []
    first = entry(60, start="2025-11-02T01:00:00-04:00", end="2025-11-02T02:00:00-04:00")
    again = entry(60, start="2025-11-02T01:00:00-05:00", end="2025-11-02T02:00:00-05:00")
    assert _judge(first, again) == []


def test_an_entry_of_several_spans() -> None:
    split = entry(60, spans=((at("09:00"), at("09:30")), (at("11:00"), at("11:30"))))
    between = entry(60, start="09:40", end="10:40")
    both = entry(120, start="09:15", end="11:15")
    assert _judge(split, between) == []
    assert _judge(split, both) == [(2, 30, "overlap")]
    # Shared seconds of one row are added before they are rounded.
    odd = entry(60, spans=((at("08:00"), at("09:00:20")), (at("11:29:40"), at("12:00"))))
    assert shared_minutes([split, odd], [0, 1]) == {1: 1}


def test_refused_rows_hold_their_time_all_the_same() -> None:
    refused_row = entry(60, start="09:00", end="10:00", supervisor_licence_valid_to=day("2024-12-31"))
    assert _judge(refused_row, entry(60, start="09:30", end="10:30")) == [
        (1, 60, "supervisor_licence"),
        (2, 30, "overlap"),
    ]
    before = entry(60, on="2025-01-05", start="09:00", end="10:00")
    assert _judge(before, entry(60, start="09:30", end="10:30"), enrolled_on=day("2025-01-06")) == [
        (1, 60, "before_enrolment"),
        (2, 30, "overlap"),
    ]


def test_rows_after_the_day_hold_nothing() -> None:
    later = entry(60, on="2025-01-07", start="09:00", end="10:00")
    judged = rules.evaluate(TREE, [later, entry(60, start="09:00", end="10:00")], as_of=day("2025-01-06"))
    assert refused(judged) == []
    assert judged.total.creditable == 60


def test_one_row_under_several_reasons_and_lists_in_the_order_of_rows() -> None:
    expired = {"supervisor_licence_valid_to": day("2025-01-01")}
    rows = [
        entry(60, start="09:30", end="10:30", **expired),
        entry(60, start="09:00", end="10:00"),
        entry(60, on="2025-01-05", **expired),
    ]
    assert _judge(*rows) == [(1, 30, "overlap"), (1, 30, "supervisor_licence"), (3, 60, "supervisor_licence")]


def test_reasons_come_in_the_contract_s_order() -> None:
    dated = spec("valid_from: 2025-02-01\ncategories: [{code: ethics}]", applies_by="session")
    held = entry(60, on="2024-01-01", start="2025-01-06T09:00Z", end="2025-01-06T10:00Z", source="transfer")
    row = entry(60, start="09:00", end="10:00", supervisor_licence_valid_to=day("2025-01-01"))
    context: dict[str, object] = {"enrolled_on": day("2025-01-10"), "school_open": ()}
    assert _judge(held, row, rule_set=dated, **context)[1] == (2, 60, "version")
    assert _judge(held, row, **context) == [(2, 60, "before_enrolment")]
    assert _judge(held, row, school_open=()) == [(2, 60, "school_closed")]
    assert _judge(held, row) == [(2, 60, "overlap")]
    assert _judge(row) == [(1, 60, "supervisor_licence")]


def test_excluded_minutes_leave_the_nodes_above() -> None:
    judged = rules.evaluate(
        TREE, [entry(60, "swedish", start="09:00", end="10:00"), entry(60, "deep", start="09:30", end="10:30")]
    )
    told = numbers(judged)
    assert told["deep"] == (60, 30, 30)
    assert told["technique"] == told["total"] == (120, 90, 90)


def _naively(entries: list[rules.Entry], order: list[int]) -> dict[int, int]:
    """Second by second, for as many rows as a test can bear."""
    held: set[int] = set()
    shared = {}
    for row in order:
        own = {
            second
            for start, end in entries[row].spans
            for second in range(int(start.timestamp()), int(end.timestamp()))
        }
        if own & held:
            shared[row] = -(-len(own & held) // 60)
        held |= own
    return shared


@pytest.mark.parametrize("seed", range(40))
def test_shared_minutes_against_counting_every_second(seed: int) -> None:
    chance = random.Random(seed)
    entries = []
    for _ in range(chance.randrange(2, 30)):
        cuts = sorted(chance.sample(range(0, 4000, chance.choice([1, 7, 60])), 2 * chance.randrange(1, 3)))
        moments = [at("00:00") + dt.timedelta(seconds=cut) for cut in cuts]
        entries.append(entry(1, spans=tuple(zip(moments[::2], moments[1::2], strict=True))))
    order = list(range(len(entries)))
    chance.shuffle(order)
    assert shared_minutes(entries, order) == _naively(entries, order)
