"""What the hours page works out: why minutes do not count, the calendar, the forecast. Tables and laws."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certification.records.rules import (
    AboveLimit,
    Refused,
    StudyDay,
    above_limits,
    almanac,
    forecast,
    lacking,
    refused_by,
    study_days,
    window,
)
from certification.records.rules.almanac import KINDS
from certification.requirements import rules
from tests.rules.making import TREE, day, entry, spec
from tests.rules.test_properties import contexts, messy_rows, often, specs

# ---- why a minute was not counted -----------------------------------------------------------------------------------

LIMITED = """
categories:
  - {code: a, max_hours: 4, children: [{code: a1, max_hours: 1}]}
  - {code: b, delivery: [in_person]}
  - {code: c, delivery: [in_person]}
overlays: [{tag: clinic, max_hours: 2}, {tag: lab, max_hours: 100}]
pace: {max_hours_per_day: 8}
"""


def test_each_reason_is_told_once_with_its_rows_and_for_each_category_where_the_rule_is_one_of_it() -> None:
    rows = [
        entry(60, "c", on="2025-01-04", delivery="asynchronous"),
        entry(480, "a", on="2025-01-06"),
        entry(30, "a", on="2025-01-06"),
        entry(60, "b", on="2025-01-07", delivery="asynchronous"),
        entry(60, "c", on="2025-01-08", delivery="asynchronous"),
        entry(20, "a", on="2025-01-06"),
    ]
    judged = rules.evaluate(spec(LIMITED), rows)
    assert refused_by(judged, [row.category for row in rows]) == (
        Refused("delivery", "c", 120, (1, 5)),
        Refused("delivery", "b", 60, (4,)),
        Refused("day_cap", "", 50, (3, 6)),
    )


def test_what_a_maximum_keeps_from_counting_is_told_where_it_binds() -> None:
    rows = [entry(90, "a1"), entry(250, "a", on="2025-01-07"), entry(200, "b", on="2025-01-08", tags=("clinic",))]
    judged = rules.evaluate(spec(LIMITED), rows)
    # a1 counts 60 of 90; a has 60 + 250 and counts 240; the 200 clinic minutes stand in b, 120 may enter the total.
    assert (judged.total.creditable, judged.total.counted) == (540, 360)
    assert above_limits(judged) == (
        AboveLimit(70, "a", ()),
        AboveLimit(30, "a1", ()),
        AboveLimit(80, "", ("clinic",)),
    )


def test_an_elective_that_the_rules_do_not_name_is_not_taken_for_a_loss() -> None:
    judged = rules.evaluate(TREE, [entry(120, rules.ELECTIVE), entry(90, "deep", on="2025-01-07")])
    assert above_limits(judged) == (AboveLimit(30, "deep", ()),)


@often
@given(specs(), messy_rows(), contexts)
def test_every_minute_that_does_not_count_is_explained_once(
    pack: rules.RuleSetSpec, rows: list[rules.Entry], context: rules.Context
) -> None:
    judged = rules.evaluate(pack, rows, context=context)
    refused, cut = refused_by(judged, [row.category for row in rows]), above_limits(judged)
    assert sum(one.minutes for one in refused) == judged.total.attended - judged.total.creditable
    assert sum(one.minutes for one in cut) == judged.total.creditable - judged.total.counted
    assert all(one.minutes > 0 for one in (*refused, *cut))
    assert all(one.category or one.tags for one in cut), "each names what holds it back"
    assert len({(one.reason, one.category) for one in refused}) == len(refused)
    for node in judged.walk():
        inside = {inner.code for inner in node.walk()}
        assert sum(one.minutes for one in cut if one.category in inside) == node.creditable - node.counted


# ---- the counted total of some rows ---------------------------------------------------------------------------------


@often
@given(specs(), messy_rows(), contexts)
def test_the_counted_total_of_what_was_credited_is_the_evaluations(
    pack: rules.RuleSetSpec, rows: list[rules.Entry], context: rules.Context
) -> None:
    judged = rules.evaluate(pack, rows, context=context)
    left = [row.minutes for row in rows]
    for one in judged.not_creditable:
        left[one.row - 1] -= one.minutes
    assert rules.counted_total(pack, rows, left) == judged.total.counted
    assert rules.counted_total(pack, rows, [0] * len(rows)) == 0


# ---- what lacks -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "lacks"),
    [
        ([], 600),  # the total asks for 10 h; technique's 4 h are among them
        ([("ethics", 600)], 240),  # the total is there, technique is not
        ([("ethics", 600), ("technique", 240)], 150),  # technique has its 4 h, Swedish its 2.5 h not
        ([("ethics", 450), ("swedish", 150)], 90),  # Swedish is there, technique lacks 90
        ([("ethics", 360), ("swedish", 240)], 0),
    ],
)
def test_the_fewest_minutes_that_close_what_lacks(rows: list[tuple[str, int]], lacks: int) -> None:
    entries = [entry(minutes, category, on=f"2025-01-0{n}") for n, (category, minutes) in enumerate(rows, start=1)]
    assert lacking(rules.evaluate(TREE, entries)) == lacks


def test_siblings_lack_together_though_their_parent_lacks_nothing() -> None:
    pack = spec(
        "categories: [{code: a, min_hours: 5, children: [{code: x, min_hours: 2}, {code: y, min_hours: 3}]}]",
        total_hours="5",
    )
    assert lacking(rules.evaluate(pack, [entry(300, "a")])) == 300
    assert lacking(rules.evaluate(pack, [entry(300, "a"), entry(30, "x", on="2025-01-07")])) == 270


def test_tags_that_lack_are_among_them() -> None:
    pack = spec("categories: [{code: ethics}]\noverlays: [{tag: lab, min_hours: 7}]", total_hours="5")
    assert lacking(rules.evaluate(pack, [entry(60, tags=("lab",)), entry(240, on="2025-01-07")])) == 360


@often
@given(specs(), messy_rows(), contexts, st.data())
def test_no_line_closes_more_than_its_minutes(
    pack: rules.RuleSetSpec, rows: list[rules.Entry], context: rules.Context, data: st.DataObject
) -> None:
    tags = data.draw(st.lists(st.sampled_from(["x", "y"]), unique=True))
    minutes = data.draw(st.integers(1, 2000))
    category = data.draw(st.sampled_from(sorted(pack.by_code)))
    more = rules.Entry(date=day("2025-06-01"), minutes=minutes, category=category, tags=tuple(tags), course="new")
    before = lacking(rules.evaluate(pack, rows, context=context))
    after = lacking(rules.evaluate(pack, [*rows, more], context=context))
    assert before - minutes <= after


# ---- forecast -------------------------------------------------------------------------------------------------------

TODAY = day("2026-11-28")
NO_PACE = rules.Pace()


def told(**more: Any) -> Any:
    """Six hours a week on three days of the last four weeks, begun long ago, 100 h lack."""
    known: dict[str, Any] = {
        "gained": 24 * 60,
        "studied": {day("2026-01-05"), *(TODAY - timedelta(days=n) for n in (1, 8, 15))},
        "lacking": 100 * 60,
        "today": TODAY,
        "pace": NO_PACE,
        "program_start": day("2026-01-05"),
    }
    return forecast(**{**known, **more})


def test_the_window_is_four_weeks_with_today_in_it() -> None:
    assert window(TODAY) == (day("2026-11-01"), TODAY)


def test_a_steady_pace_tells_a_day() -> None:
    said = told()
    # 100 h at 24 h in 28 days: 116 2/3 days, so the 117th.
    assert (said.weekly, said.gained, said.lacking, said.day) == (360, 1440, 6000, TODAY + timedelta(days=117))
    assert (said.since, said.until, said.waits_until) == (day("2026-11-01"), TODAY, None)


SINCE = day("2026-11-01")


@pytest.mark.parametrize(
    "known",
    [
        pytest.param({"lacking": 0}, id="nothing lacks"),
        pytest.param({"gained": 0}, id="nothing was gained"),
        pytest.param({"studied": set()}, id="never studied"),
        pytest.param({"studied": {SINCE, TODAY}}, id="two days are no habit"),
        pytest.param(
            {"studied": {SINCE - timedelta(days=40), SINCE - timedelta(days=1), SINCE, TODAY}},
            id="days before the window are no part of the habit",
        ),
        pytest.param(
            {"studied": {SINCE + timedelta(days=n) for n in range(1, 28)}}, id="begun a day after the window did"
        ),
        pytest.param({"lacking": 24 * 60 * 40}, id="further than three years"),
        pytest.param({"gained": 3, "lacking": 1}, id="less than a minute a week"),
        pytest.param({"pace": rules.Pace(week_maximum=0)}, id="the rules credit nothing in a week"),
    ],
)
def test_too_little_is_known_to_say_anything(known: dict[str, Any]) -> None:
    assert told(**known) is None


def test_three_days_from_the_first_of_the_window_are_enough() -> None:
    assert told(studied={SINCE, SINCE + timedelta(days=1), TODAY}) is not None


@pytest.mark.parametrize(
    ("pace", "weekly"),
    [
        (rules.Pace(week_maximum=300), 300),
        (rules.Pace(week_maximum=400), 360),
        (rules.Pace(day_maximum=30), 210),
        (rules.Pace(day_maximum=30, week_maximum=200), 200),
    ],
)
def test_it_reckons_with_no_more_than_the_rules_credit_in_a_week(pace: rules.Pace, weekly: int) -> None:
    said = told(pace=pace)
    assert said.weekly == weekly
    assert said.day == TODAY + timedelta(days=-(-6000 * 28 // (4 * weekly)))


def test_a_course_that_must_last_longer_says_so() -> None:
    assert told(pace=rules.Pace(min_months=24)).waits_until == day("2028-01-05")
    assert told(pace=rules.Pace(min_months=24), program_start=None).waits_until is None
    assert told(pace=rules.Pace(min_weeks=10)).waits_until is None, "it lasts that long anyway"


@given(
    gained=st.integers(-10, 5000),
    more=st.integers(1, 500),
    lacks=st.integers(-10, 20_000),
    back=st.sets(st.integers(0, 60), max_size=20),
    week=st.none() | st.integers(0, 3000),
)
def test_more_study_never_makes_it_later_and_more_to_do_never_sooner(
    gained: int, more: int, lacks: int, back: set[int], week: int | None
) -> None:
    known: dict[str, Any] = {
        "studied": {TODAY - timedelta(days=n) for n in back},
        "pace": rules.Pace(week_maximum=week),
    }
    said = told(gained=gained, lacking=lacks, **known)
    if said is None:
        return
    assert said.day > TODAY
    assert 1 <= said.weekly <= said.gained // 4
    # The pace really brings it about by that day, and not by the day before.
    minutes = min(gained, 4 * week) if week is not None else gained
    assert (said.day - TODAY).days * minutes >= lacks * 28 > ((said.day - TODAY).days - 1) * minutes
    faster, longer = (
        told(gained=gained + more, lacking=lacks, **known),
        told(gained=gained, lacking=lacks + more, **known),
    )
    assert faster.day <= said.day
    assert longer is None or longer.day >= said.day


# ---- calendar -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A line as the calendar reads it."""

    date: date
    minutes: int = 60
    creditable: int = 60
    source: str = "lesson"
    delivery: str = "asynchronous"


def test_a_day_holds_its_lines_by_kind() -> None:
    on = day("2026-03-02")
    lines = [
        Line(on, 50, 40),
        Line(on, 60, 60, "class", "synchronous"),
        Line(on, 60, 0, "class", "in_person"),
        Line(on, 200, 200, "externship", "in_person"),
        Line(day("2026-03-03"), 90, 90, "transfer", "asynchronous"),
        Line(day("2026-03-03"), 90, 90, "adjustment", "in_person"),
    ]
    assert study_days(lines) == {
        on: StudyDay(on, 370, 300, (("shift", 200), ("taught", 120), ("online", 50))),
        day("2026-03-03"): StudyDay(day("2026-03-03"), 180, 180, (("written", 180),)),
    }
    tie = study_days([Line(on, source="externship", delivery="in_person"), Line(on)])[on]
    assert tie.kind == "online", "of two alike the one that is named first"


def test_months_are_whole_weeks_that_begin_when_the_rules_say() -> None:
    sunday = almanac({}, today=day("2026-11-28"), asked=None, week_starts=6).months[-1]
    assert sunday.weeks[0] == tuple(date(2026, 11, n) for n in range(1, 8))
    assert sunday.weeks[-1] == (date(2026, 11, 29), date(2026, 11, 30), *[None] * 5)
    monday = almanac({}, today=day("2026-11-28"), asked=None, week_starts=0).months[-1]
    assert monday.weeks[0] == (*[None] * 6, date(2026, 11, 1))


STUDIED = study_days([Line(day("2026-02-10")), Line(day("2026-09-30"), 70), Line(day("2026-09-01"), 30)])


@pytest.mark.parametrize(
    ("asked", "shown", "earlier", "later"),
    [
        (
            None,
            ["2026-07", "2026-08", "2026-09"],
            "2026-08-01",
            "2026-10-01",
        ),  # the last with study, not an empty today
        ("2026-11-09", ["2026-09", "2026-10", "2026-11"], "2026-10-01", None),
        ("2030-01-01", ["2026-09", "2026-10", "2026-11"], "2026-10-01", None),
        ("2026-03-31", ["2026-02", "2026-03"], "2026-02-01", "2026-04-01"),
        ("2026-02-01", ["2026-02"], None, "2026-03-01"),
        ("1999-01-01", ["2026-02"], None, "2026-03-01"),
    ],
)
def test_one_steps_from_the_first_month_of_study_to_todays(
    asked: str | None, shown: list[str], earlier: str | None, later: str | None
) -> None:
    found = almanac(STUDIED, today=day("2026-11-28"), asked=day(asked) if asked else None, week_starts=6)
    assert [month.first.strftime("%Y-%m") for month in found.months] == shown
    assert [end and end.isoformat() for end in (found.earlier, found.later)] == [earlier, later]
    assert [month.minutes for month in found.months if month.first == date(2026, 9, 1)] in ([100], [])


def test_study_dated_after_today_can_be_reached() -> None:
    found = almanac(STUDIED, today=day("2026-03-05"), asked=None, week_starts=6)
    assert (found.months[-1].first, found.later) == (date(2026, 9, 1), None)
    early = almanac(STUDIED, today=day("2026-01-05"), asked=day("2026-01-01"), week_starts=6)
    assert early.months[-1].first == date(2026, 2, 1)


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            Line,
            date=st.dates(date(1, 1, 1), date.max),
            minutes=st.integers(1, 900),
            source=st.sampled_from(rules.SOURCES),
            delivery=st.sampled_from(rules.DELIVERIES),
        ),
        max_size=30,
    ),
    st.dates(),
    st.none() | st.dates(),
    st.integers(0, 6),
)
def test_no_minute_is_lost_between_lines_days_and_months(
    lines: list[Line], today: date, asked: date | None, week_starts: int
) -> None:
    days = study_days(lines)
    assert sum(one.minutes for one in days.values()) == sum(line.minutes for line in lines)
    for one in days.values():
        assert sum(minutes for _, minutes in one.kinds) == one.minutes
        assert [minutes for _, minutes in one.kinds] == sorted((m for _, m in one.kinds), reverse=True)
        assert {kind for kind, _ in one.kinds} <= set(KINDS)
    found = almanac(days, today=today, asked=asked, week_starts=week_starts)
    for month in found.months:
        cells = [cell for week in month.weeks for cell in week if cell]
        assert all(len(week) == 7 and any(week) for week in month.weeks)
        assert cells == sorted(set(cells))
        assert (cells[0], cells[-1]) == (month.first, month.last)
        assert all(
            cell is None or (cell.weekday() - week_starts) % 7 == place
            for week in month.weeks
            for place, cell in enumerate(week)
        )
        assert month.minutes == sum(days[cell].minutes for cell in cells if cell in days)
    # Stepping back and on meets every month, hence every day, and ends.
    at, steps = found, 0
    while at.earlier and steps < 40:
        at, steps = almanac(days, today=today, asked=at.earlier, week_starts=week_starts), steps + 1
        assert at.later
    assert at.earlier or at.months[0].first == min(days, default=today).replace(day=1)
