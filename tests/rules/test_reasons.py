"""Each reason for which minutes are not creditable, alone and where two of them meet (contract section 3)."""

from decimal import Decimal

import pytest

from certification.requirements import rules
from tests.rules.making import day, entry, numbers, refused, spec

TREE = """
categories:
  - {code: a, children: [{code: a1}, {code: a2}]}
  - {code: b}
"""


def _judge(pack: str, *rows: rules.Entry, total_hours: str = "10", **context: object) -> list[tuple[int, int, str]]:
    rule_set = spec(TREE + pack if "categories:" not in pack else pack, total_hours=total_hours)
    judged = rules.evaluate(rule_set, rows, context=rules.Context(**context))  # type: ignore[arg-type]
    assert judged.total.attended == sum(row.minutes for row in rows)
    assert judged.total.creditable == judged.total.attended - sum(one.minutes for one in judged.not_creditable)
    return refused(judged)


# ---- paid, delivery -------------------------------------------------------------------------------------------------


def test_paid_rows_are_not_creditable_where_work_must_be_unpaid_and_below() -> None:
    pack = "categories: [{code: a, unpaid: true, children: [{code: a1, unpaid: false}]}, {code: b, unpaid: false}]"
    rows = [
        entry(category=category, paid=paid) for category in ("a", "a1", "b", "elective") for paid in (True, False, None)
    ]
    # A child cannot take back what its parent says.
    assert _judge(pack, *rows) == [(1, 60, "paid"), (4, 60, "paid")]


def test_delivery_is_handed_down_and_a_childs_own_list_replaces_it() -> None:
    pack = """
categories:
  - code: a
    delivery: [in_person, synchronous]
    children: [{code: a1}, {code: a2, delivery: [asynchronous], children: [{code: a3}]}]
  - {code: b}
"""
    rows = [
        entry(category=category, delivery=kind)
        for category in ("a", "a1", "a2", "a3", "b", "elective")
        for kind in rules.DELIVERIES
    ]
    refuses = {("a", "asynchronous"), ("a1", "asynchronous")} | {
        (category, kind) for category in ("a2", "a3") for kind in ("in_person", "synchronous")
    }
    assert _judge(pack, *rows) == [
        (place, 60, "delivery") for place, row in enumerate(rows, start=1) if (row.category, row.delivery) in refuses
    ]


@pytest.mark.parametrize(
    ("on", "kind", "creditable"),
    [
        ("2025-01-01", "in_person", True),
        ("2025-01-01", "synchronous", False),
        ("2025-01-02", "synchronous", True),
        ("2025-01-03", "asynchronous", True),
        ("2025-01-04", "asynchronous", False),
        ("2025-02-01", "synchronous", True),
    ],
)
@pytest.mark.parametrize("category", ["a", "a1"])
def test_outside_the_distance_periods_only_in_person(category: str, on: str, kind: str, creditable: bool) -> None:
    pack = """
categories:
  - code: a
    distance_periods: [{from: 2025-01-02, to: 2025-01-03}, {from: 2025-02-01}]
    children: [{code: a1}]
"""
    row = entry(category=category, on=on, delivery=kind)
    assert _judge(pack, row) == ([] if creditable else [(1, 60, "delivery")])


def test_without_any_distance_period_only_in_person_and_a_childs_own_periods_replace() -> None:
    pack = "categories: [{code: a, distance_periods: [], children: [{code: a1, distance_periods: [{to: 2025-12-31}]}]}]"
    rows = [entry(category=category, delivery="synchronous") for category in ("a", "a1")]
    assert _judge(pack, *rows) == [(1, 60, "delivery")]


# ---- gates ----------------------------------------------------------------------------------------------------------


def test_a_gate_opens_with_the_last_minute_and_no_row_opens_its_own() -> None:
    pack = "gates: [{before: b, requires: {a: 2}}]"
    rows = [
        entry(119, "a1", on="2025-01-01"),
        entry(30, "b", on="2025-01-02"),
        entry(1, "a", on="2025-01-03"),
        entry(30, "b", on="2025-01-04"),
    ]
    assert _judge(pack, *rows) == [(2, 30, "gate")]
    assert _judge("gates: [{before: b, requires: {total: 1}}]", entry(120, "b")) == [(1, 120, "gate")]


def test_a_gate_opens_within_a_day() -> None:
    pack = "gates: [{before: b, requires: {total: 1}}]"
    morning = entry(60, "a", start="09:00", end="10:00")
    noon, before = entry(60, "b", start="10:00", end="11:00"), entry(60, "b", start="08:00", end="09:00")
    untimed = entry(60, "b")  # a row without times is taken first
    assert _judge(pack, noon, before, morning, untimed) == [(2, 60, "gate"), (4, 60, "gate")]


def test_gates_of_tags_and_on_tags() -> None:
    pack = "gates: [{before: clinic, requires: {hands_on: 1, a: 0.5}}]"
    rows = [
        entry(60, "b", tags=("hands_on",)),
        entry(10, "b", tags=("clinic",)),
        entry(30, "a2"),
        entry(10, "b", tags=("other", "clinic")),
        entry(10, "a", tags=("clinic", "hands_on")),
    ]
    assert _judge(pack, *rows) == [(2, 10, "gate")]


def test_a_name_that_is_a_category_is_no_tag() -> None:
    pack = "gates: [{before: b, requires: {a: 1}}]"
    rows = [entry(60, "elective", tags=("a",)), entry(10, "b"), entry(10, "elective", tags=("b",))]
    assert _judge(pack, *rows) == [(2, 10, "gate")]


def test_the_elective_that_no_pack_names_can_be_a_gates_key() -> None:
    pack = "gates: [{before: elective, requires: {b: 1}}, {before: b, requires: {elective: 0}}]"
    assert _judge(pack, entry(5, "elective"), entry(60, "b"), entry(5, "elective")) == [(1, 5, "gate")]


def test_a_failed_course_opens_no_gate() -> None:
    pack = "gates: [{before: b, requires: {a: 1}}]\ngrades: {min_percent: 70}"
    failed = entry(60, "a", on="2025-01-01", course="A", grade_percent=Decimal(69))
    assert _judge(pack, failed, entry(30, "b", on="2025-01-02")) == [(1, 60, "grade"), (2, 30, "gate")]
    # A better grade later opens it from the start: the newest value speaks for the whole course.
    again = entry(1, "b", on="2025-01-03", course="A", grade_percent=Decimal(70))
    assert _judge(pack, failed, entry(30, "b", on="2025-01-02"), again) == []


def test_two_gates_before_one_category_must_both_be_open() -> None:
    pack = "gates: [{before: b, requires: {a1: 1}}, {before: b, requires: {a2: 1}}]"
    assert _judge(pack, entry(60, "a1"), entry(5, "b"), entry(60, "a2"), entry(5, "b")) == [(2, 5, "gate")]


# ---- grades, attendance ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "column"), [("grades", "grade_percent"), ("attendance", "attendance_percent")])
def test_a_course_below_the_mark_is_attended_and_not_creditable(key: str, column: str) -> None:
    reason = {"grades": "grade", "attendance": "attendance"}[key]
    pack = f"{key}: {{min_percent: 70}}"
    rows = [
        entry(10, "a", on="2025-01-01", course="A", **{column: Decimal("69.99")}),
        entry(10, "a", on="2025-01-02", course="B", **{column: Decimal(70)}),
        entry(10, "a", on="2025-01-03", course="A"),
        entry(10, "a", on="2025-01-04", course="C"),
        entry(10, "a", on="2025-01-05", **{column: Decimal(10)}),
        entry(10, "a", on="2025-01-06"),
    ]
    assert _judge(pack, *rows) == [(1, 10, reason), (3, 10, reason), (5, 10, reason)]


def test_the_newest_value_that_is_not_empty_wins_whatever_the_order_of_the_file() -> None:
    pack = "grades: {min_percent: 70}"
    late = entry(10, "a", on="2025-01-03", course="A", grade_percent=Decimal(90))
    early = entry(10, "a", on="2025-01-01", course="A", grade_percent=Decimal(50))
    empty = entry(10, "a", on="2025-01-04", course="A")
    assert _judge(pack, late, early, empty) == []
    assert _judge(pack, early, empty) == [(1, 10, "grade"), (2, 10, "grade")]


def test_a_grade_given_after_the_day_is_not_known() -> None:
    rule_set = spec(TREE + "grades: {min_percent: 70}")
    rows = [
        entry(10, "a", on="2025-01-01", course="A", grade_percent=Decimal(50)),
        entry(10, "a", on="2025-01-03", course="A", grade_percent=Decimal(90)),
    ]
    assert refused(rules.evaluate(rule_set, rows, as_of=day("2025-01-02"))) == [(1, 10, "grade")]
    assert refused(rules.evaluate(rule_set, rows)) == []


# ---- transfers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("context", "oldest"),
    [
        ({"enrolled_on": day("2025-03-10")}, "2020-03-10"),
        ({"enrolled_on": day("2025-03-10"), "program_start": day("2026-01-01")}, "2020-03-10"),
        ({"program_start": day("2024-02-29")}, "2019-02-28"),
    ],
)
def test_transfer_age(context: dict[str, object], oldest: str) -> None:
    pack = "transfer: {max_age_years: 5}"
    just = entry(10, "a", on=oldest, source="transfer")
    old = entry(10, "a", on=(just.date - (day("2025-01-02") - day("2025-01-01"))).isoformat(), source="transfer")
    assert _judge(pack, just, **context) == []
    assert _judge(pack, old, **context) == [(1, 10, "transfer_age")]
    assert _judge(pack, old) == []
    mine = entry(10, "a", on=old.date.isoformat(), source="adjustment")
    assert _judge(pack, mine, **context) == []


def test_transfer_caps_by_category_and_in_all() -> None:
    pack = """
categories:
  - code: a
    max_transfer_hours: 2
    children: [{code: a1, max_transfer_hours: 1}, {code: a2}]
  - {code: b}
transfer: {max_hours: 3}
"""
    rows = [
        entry(80, "a1", source="transfer"),  # 20 above a1's hour
        entry(50, "a2", source="transfer"),
        entry(50, "a", source="transfer"),  # 40 above a's two hours
        entry(500, "a1", source="class"),
        entry(70, "b", source="transfer"),  # 10 above three hours in all
        entry(5, "elective", source="transfer"),
    ]
    assert _judge(pack, *rows) == [
        (1, 20, "category_transfer_cap"),
        (3, 40, "category_transfer_cap"),
        (5, 10, "transfer_cap"),
        (6, 5, "transfer_cap"),
    ]


@pytest.mark.parametrize(
    ("limits", "most"),
    [
        ("max_hours: 2", 120),
        ("max_share: 0.49", 49),
        ("max_hours: 2, max_share: 0.49", 49),
        ("max_hours: 0.5, max_share: 1", 30),
    ],
)
@pytest.mark.parametrize("key", ["transfer", "distance"])
def test_of_hours_and_share_the_smaller_binds(key: str, limits: str, most: int) -> None:
    pack = f"{key}: {{{limits}}}"
    row = entry(200, "a", source="transfer", delivery="synchronous")
    # 49 percent of 101 minutes are 49.49: rounded down.
    total_hours = "1.7" if "0.49" in limits else "10"
    cut = most if "0.49" not in limits else 102 * 49 // 100
    assert _judge(pack, row, total_hours=total_hours) == [(1, 200 - cut, f"{key}_cap")]


def test_transfer_and_distance_meet_in_one_row() -> None:
    pack = "transfer: {max_hours: 2}\ndistance: {max_share: 0.1}"
    rows = [
        entry(100, "a", source="transfer", delivery="synchronous"),  # 40 beyond a tenth of ten hours
        entry(100, "a", source="transfer"),  # 40 beyond two hours of which 60 are used
        entry(10, "b", source="class", delivery="asynchronous"),
    ]
    assert _judge(pack, *rows) == [(1, 40, "distance_cap"), (2, 40, "transfer_cap"), (3, 10, "distance_cap")]


# ---- pace -----------------------------------------------------------------------------------------------------------


def test_day_cap_to_the_minute_and_not_for_transfers() -> None:
    pack = "pace: {max_hours_per_day: 2}"
    rows = [
        entry(100, "a", source="class"),
        entry(500, "a", source="transfer"),
        entry(500, "a", source="adjustment"),
        entry(30, "b", source="lesson"),
        entry(10, "b"),
        entry(120, "b", on="2025-01-07", source="class"),
    ]
    assert _judge(pack, *rows) == [(4, 10, "day_cap"), (5, 10, "day_cap")]


@pytest.mark.parametrize(
    ("starts", "first", "last"),
    [
        ("", "2025-01-26", "2025-02-01"),  # a Sunday: the week when nobody says
        ("week_starts: sunday, ", "2025-01-26", "2025-02-01"),
        ("week_starts: monday, ", "2025-01-27", "2025-02-02"),
        ("week_starts: saturday, ", "2025-01-25", "2025-01-31"),
    ],
)
def test_week_cap_over_the_end_of_a_month(starts: str, first: str, last: str) -> None:
    pack = f"pace: {{{starts}max_hours_per_week: 3}}"
    one = day("2025-01-02") - day("2025-01-01")
    before, after = (day(first) - one).isoformat(), (day(last) + one).isoformat()
    rows = [entry(170, "a", on=before), entry(100, "a", on=first), entry(100, "a", on=last), entry(180, "a", on=after)]
    assert _judge(pack, *rows) == [(3, 20, "week_cap")]


def test_what_the_day_refused_does_not_use_up_the_week() -> None:
    pack = "pace: {max_hours_per_day: 1, max_hours_per_week: 2}"
    rows = [entry(200, "a", on=f"2025-01-0{n}") for n in (6, 7, 8)]
    assert _judge(pack, *rows) == [(1, 140, "day_cap"), (2, 140, "day_cap"), (3, 140, "day_cap"), (3, 60, "week_cap")]


def test_a_cap_is_used_up_by_creditable_minutes_only() -> None:
    pack = "pace: {max_hours_per_day: 1}\ngrades: {min_percent: 70}\ndistance: {max_hours: 0.5}"
    rows = [
        entry(60, "a", course="A", grade_percent=Decimal(1)),
        entry(60, "b", delivery="synchronous"),  # 30 beyond the distance cap: they leave room in the day
        entry(60, "b"),
    ]
    assert _judge(pack, *rows) == [(1, 60, "grade"), (2, 30, "distance_cap"), (3, 30, "day_cap")]


def test_overlap_with_a_refused_row_is_overlap_all_the_same() -> None:
    pack = "grades: {min_percent: 70}"
    failed = entry(60, "a", course="A", grade_percent=Decimal(1), start="09:00", end="10:00")
    assert _judge(pack, failed, entry(60, "b", start="09:30", end="10:30")) == [(1, 60, "grade"), (2, 30, "overlap")]


# ---- many reasons in one row ----------------------------------------------------------------------------------------


def test_reasons_take_their_part_in_the_contracts_order() -> None:
    pack = """
categories: [{code: a, max_transfer_hours: 4}]
transfer: {max_hours: 3}
distance: {max_hours: 2}
"""
    rows = [
        entry(60, "elective", start="09:00", end="10:00"),
        entry(300, "a", source="transfer", delivery="synchronous", start="09:00", end="14:00"),
    ]
    assert _judge(pack, *rows) == [(2, 60, "overlap"), (2, 60, "transfer_cap"), (2, 60, "distance_cap")]


def test_whole_row_reasons_come_before_all_others() -> None:
    pack = "grades: {min_percent: 70}\nattendance: {min_percent: 70}\ngates: [{before: b, requires: {total: 1}}]"
    bad = {
        "grade_percent": Decimal(1),
        "attendance_percent": Decimal(1),
        "supervisor_licence_valid_to": day("2020-01-01"),
    }
    row = entry(60, "b", **bad)
    assert _judge(pack, row, enrolled_on=day("2026-01-01"), school_open=()) == [(1, 60, "before_enrolment")]
    assert _judge(pack, row, school_open=()) == [(1, 60, "school_closed")]
    assert _judge(pack, row) == [(1, 60, "supervisor_licence")]
    del bad["supervisor_licence_valid_to"]
    assert _judge(pack, entry(60, "b", **bad)) == [(1, 60, "gate")]
    assert _judge(pack, entry(60, "a", **bad)) == [(1, 60, "grade")]
    assert _judge(pack, entry(60, "a", attendance_percent=Decimal(1))) == [(1, 60, "attendance")]


def test_numbers_of_a_tree_with_refusals() -> None:
    rule_set = spec(TREE + "pace: {max_hours_per_day: 1}")
    judged = rules.evaluate(rule_set, [entry(50, "a1"), entry(50, "a2"), entry(50, "b")])
    assert numbers(judged) == {
        "total": (150, 60, 60),
        "a": (100, 60, 60),
        "a1": (50, 50, 50),
        "a2": (50, 10, 10),
        "b": (50, 0, 0),
    }
