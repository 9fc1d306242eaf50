"""What is unmet, one kind after the other, and the numbers of overlays that some of them rest on."""

from decimal import Decimal

import pytest

from certification.requirements import rules
from tests.rules.making import day, entry, spec

TREE = """
categories:
  - {code: a, children: [{code: a1}, {code: a2}]}
  - {code: b}
"""


def _evaluate(pack: str, *rows: rules.Entry, total_hours: str = "0", **context: object) -> rules.Evaluation:
    rule_set = spec(TREE + pack if "categories:" not in pack else pack, total_hours=total_hours)
    return rules.evaluate(rule_set, rows, context=rules.Context(**context))  # type: ignore[arg-type]


def _overlay(evaluation: rules.Evaluation, place: int = 0) -> tuple[int, int, int, int]:
    result = evaluation.overlays[place]
    return result.attended, result.creditable, result.counted, result.short


def _told(evaluation: rules.Evaluation) -> list[tuple[object, ...]]:
    return [(lack.kind, lack.code, lack.short) for lack in evaluation.unmet]


# ---- overlays -------------------------------------------------------------------------------------------------------


def test_an_overlay_counts_its_tag_across_the_tree_whatever_maxima_do() -> None:
    pack = """
categories: [{code: a, max_hours: 1, children: [{code: a1}]}, {code: b}]
overlays: [{tag: hands_on, min_hours: 5}, {tag: hands_on, within: a, min_hours: 3}, {tag: other}]
grades: {min_percent: 70}
"""
    rows = [
        entry(100, "a1", tags=("hands_on",)),
        entry(50, "a", tags=("x", "hands_on")),
        entry(40, "b", tags=("hands_on",), course="F", grade_percent=Decimal(1)),
        entry(30, "elective", tags=("hands_on",)),
        entry(20, "b"),
    ]
    judged = _evaluate(pack, *rows)
    assert _overlay(judged, 0) == (220, 180, 180, 120)
    assert _overlay(judged, 1) == (150, 150, 150, 30)
    assert _overlay(judged, 2) == (0, 0, 0, 0)
    assert judged.total.counted == 60 + 30 + 20
    assert _told(judged) == [("overlay", "hands_on", 120), ("overlay", "hands_on", 30)]
    assert [lack.message for lack in judged.unmet] == [
        "Hands on is 2 h short of 5 h",
        "Hands on within A is 30 min short of 3 h",
    ]
    assert judged.as_dict()["overlays"][:2] == [
        {
            "tag": "hands_on", "required": 300, "maximum": None, "attended": 220, "creditable": 180,
            "counted": 180, "short": 120,
        },
        {
            "tag": "hands_on", "within": "a", "required": 180, "maximum": None, "attended": 150, "creditable": 150,
            "counted": 150, "short": 30,
        },
    ]  # fmt: skip


def test_an_overlays_maximum_binds_the_total_and_no_category() -> None:
    pack = "overlays: [{tag: clinic, min_hours: 1, max_hours: 2}]"
    judged = _evaluate(pack, entry(200, "a1", tags=("clinic",)), entry(60, "a2"), total_hours="4")
    assert _overlay(judged) == (200, 200, 120, 0)
    assert [(top.code, top.counted) for top in judged.categories] == [("a", 260), ("b", 0)]
    # As if no tagged row existed an hour counts; two hours of the clinic may join it.
    assert judged.total.counted == 180
    assert judged.total.creditable == 260
    assert _told(judged) == [("total", None, 60)]


def test_overlay_maximum_and_category_maximum() -> None:
    pack = """
categories: [{code: a, max_hours: 3}, {code: b}]
overlays: [{tag: clinic, max_hours: 2}]
"""
    clinic = entry(200, "a", tags=("clinic",))
    # Without the clinic 100 minutes of a; with it a is full at 180: the category binds before the overlay does.
    assert _evaluate(pack, clinic, entry(100, "a")).total.counted == 180
    # Without it nothing: the overlay's two hours bind, although a would count three.
    assert _evaluate(pack, clinic).total.counted == 120
    assert _evaluate(pack, clinic, entry(30, "elective")).total.counted == 150


def test_with_several_maxima_the_smallest_binds() -> None:
    pack = "overlays: [{tag: x, max_hours: 2}, {tag: y, max_hours: 1}]"
    rows = [entry(100, "a", tags=("x", "y")), entry(100, "b", tags=("x",)), entry(20, "b")]
    # x: 20 + 120 = 140; y: 120 + 60 = 180.
    assert _evaluate(pack, *rows).total.counted == 140
    assert _evaluate(pack, *rows, entry(50, "b", tags=("y",))).total.counted == 120 + 60


def test_course_share_empties_only_the_counted_minutes_of_the_tag() -> None:
    pack = """
overlays: [{tag: hands_on, min_hours: 5}, {tag: hands_on, within: b}]
course_share: {hands_on: 0.7}
grades: {min_percent: 70}
"""
    rows = [
        entry(69, "a", course="A", tags=("hands_on",)),
        entry(31, "b", course="A"),
        entry(70, "b", course="B", tags=("hands_on",)),
        entry(30, "a", course="B"),
        entry(10, "a", tags=("hands_on",)),
        entry(10, "a"),
    ]
    judged = _evaluate(pack, *rows)
    assert _overlay(judged, 0) == (149, 149, 80, 220)
    assert _overlay(judged, 1) == (70, 70, 70, 0)
    assert judged.total.counted == 220


def test_course_share_is_of_creditable_minutes() -> None:
    pack = "overlays: [{tag: hands_on}]\ncourse_share: {hands_on: 0.7}\npace: {max_hours_per_day: 1}"
    rows = [entry(60, "a", course="A", tags=("hands_on",)), entry(100, "a", course="A")]
    assert _overlay(_evaluate(pack, *rows)) == (60, 60, 60, 0)


# ---- in person, gates ----------------------------------------------------------------------------------------------


def test_in_person_minutes_of_a_node_and_its_children() -> None:
    pack = """
categories:
  - code: a
    min_in_person_hours: 2
    children: [{code: a1, min_in_person_hours: 1}, {code: a2}]
pace: {max_hours_per_day: 1}
"""
    rows = [
        entry(100, "a1", on="2025-01-01"),  # 60 creditable
        entry(50, "a2", on="2025-01-02"),
        entry(60, "a", on="2025-01-03", delivery="synchronous"),
    ]
    judged = _evaluate(pack, *rows)
    assert _told(judged) == [("in_person", "a", 10)]
    assert judged.unmet[0].message == "A is 10 min short of 2 h in person"
    assert _told(_evaluate(pack)) == [("in_person", "a", 120), ("in_person", "a1", 60)]
    assert _told(_evaluate(pack, *rows, entry(10, "a2", on="2025-01-04"))) == []


def test_a_gate_is_unmet_while_a_key_is_short_even_if_nobody_came_to_it() -> None:
    pack = "gates: [{before: clinic_work, requires: {total: 3, a: 2, hands_on: 1}}]"
    judged = _evaluate(pack, entry(90, "a1", tags=("hands_on",)))
    assert [(lack.kind, lack.code, lack.requires, lack.short) for lack in judged.unmet] == [
        ("gate", "clinic_work", "total", 90),
        ("gate", "clinic_work", "a", 30),
    ]
    assert judged.unmet[1].message == "A is 30 min short of 2 h, needed before Clinic work"
    assert judged.unmet[1].as_dict() == {
        "kind": "gate", "code": "clinic_work", "requires": "a", "short": 30, "message": judged.unmet[1].message
    }  # fmt: skip


def test_a_gate_opened_too_late_is_met_and_what_it_refused_stays_refused() -> None:
    judged = _evaluate("gates: [{before: b, requires: {a: 1}}]", entry(30, "b"), entry(60, "a"))
    assert judged.met
    assert [(one.row, one.reason) for one in judged.not_creditable] == [(1, "gate")]


# ---- pace, average, age, linkage, requirements --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pace", "start", "earliest"),
    [
        ("min_weeks: 24", "2025-01-06", "2025-06-23"),
        ("min_months: 1", "2025-01-31", "2025-02-28"),
        ("min_months: 1", "2024-01-30", "2024-02-29"),
        ("min_months: 1", "2025-02-28", "2025-03-28"),
        ("min_months: 9", "2024-05-31", "2025-02-28"),
        ("min_months: 12", "2024-02-29", "2025-02-28"),
        ("min_months: 11", "2025-01-15", "2025-12-15"),
        ("min_months: 1", "2025-11-30", "2025-12-30"),
        ("min_months: 2", "2025-11-30", "2026-01-30"),
        ("min_weeks: 4, min_months: 1", "2025-01-31", "2025-02-28"),
    ],
)
def test_a_course_must_last(pace: str, start: str, earliest: str) -> None:
    known = {"program_start": day(start), "completed_on": day(earliest)}
    assert _evaluate(f"pace: {{{pace}}}", **known).met
    known["completed_on"] -= day("2025-01-02") - day("2025-01-01")
    judged = _evaluate(f"pace: {{{pace}}}", **known)
    assert {lack.kind for lack in judged.unmet} == {"pace"}
    assert f"begun on {start}, it may end on {earliest} or later" in judged.unmet[0].message


def test_weeks_and_months_are_two_lacks() -> None:
    judged = _evaluate(
        "pace: {min_weeks: 24, min_months: 9}", program_start=day("2025-01-06"), completed_on=day("2025-02-01")
    )
    assert [lack.message.split(":")[0] for lack in judged.unmet] == [
        "The course must last at least 24 weeks",
        "The course must last at least 9 months",
    ]


def test_days_beyond_the_calendar_do_no_harm() -> None:
    last = {"program_start": day("9999-12-01"), "completed_on": day("9999-12-30")}
    assert not _evaluate("pace: {min_weeks: 1000, min_months: 240}", **last).met
    first = {"completed_on": day("0001-01-01"), "applied_on": day("0001-01-02")}
    assert _evaluate("max_age_years: 100", **first).met
    old = entry(10, "a", on="0001-01-01", source="transfer")
    assert _evaluate("transfer: {max_age_years: 100}", old, enrolled_on=day("0050-01-01")).total.creditable == 10
    assert _evaluate("pace: {max_hours_per_week: 1}", old).total.creditable == 10


@pytest.mark.parametrize(("least", "met"), [("75", True), ("75.01", False), ("74.99", True)])
def test_average_weighted_by_attended_minutes(least: str, met: bool) -> None:
    rows = [
        entry(60, "a", course="A", grade_percent=Decimal(50), on="2025-01-01"),
        entry(60, "a", course="A", grade_percent=Decimal(60), on="2025-01-02"),  # the newest speaks for both
        entry(60, "b", course="A", on="2025-01-03"),
        entry(180, "b", course="B", grade_percent=Decimal(90)),
        entry(999, "b", course="C"),
    ]
    judged = _evaluate(f"grades: {{min_average: {least}}}", *rows)
    assert judged.met is met
    if not met:
        assert judged.unmet[0].message == "The average grade is 75.00%, below 75.01%"
        assert judged.unmet[0].as_dict() == {"kind": "average", "message": judged.unmet[0].message}


def test_average_counts_refused_courses_and_is_silent_without_grades() -> None:
    pack = "grades: {min_percent: 70, min_average: 75}"
    rows = [
        entry(100, "a", course="A", grade_percent=Decimal(60)),
        entry(100, "b", course="B", grade_percent=Decimal("89.99")),
    ]
    judged = _evaluate(pack, *rows)
    assert _told(judged) == [("average", None, None)]
    assert judged.unmet[0].message == "The average grade is 74.99%, below 75%"
    assert _evaluate(pack, entry(10, "a")).met


@pytest.mark.parametrize(
    ("completed", "applied", "met"),
    [
        ("2020-06-01", "2025-06-01", True),
        ("2020-05-31", "2025-06-01", False),
        ("2019-02-28", "2024-02-29", True),
        ("2019-02-27", "2024-02-29", False),
        ("2026-01-01", "2025-06-01", True),
    ],
)
def test_age_of_the_course(completed: str, applied: str, met: bool) -> None:
    judged = _evaluate("max_age_years: 5", completed_on=day(completed), applied_on=day(applied))
    assert _told(judged) == ([] if met else [("age", None, None)])


def test_linkage() -> None:
    pack = "linkage: {max_courses: 2, one_school: true}\ngrades: {min_percent: 70}"
    rows = [entry(10, "a", course="A"), entry(10, "b", course="B"), entry(10, "b", course="A")]
    assert _evaluate(pack, *rows).met
    # What is not creditable links nothing; a row without a course is a course of its own.
    failed = entry(10, "a", course="C", school="X", grade_percent=Decimal(1))
    assert _evaluate(pack, *rows, failed).met
    judged = _evaluate(pack, *rows, entry(10, "a", school="X"))
    assert [lack.message for lack in judged.unmet] == [
        "The hours come from 3 courses; at most 2 linked courses count",
        "The hours come from 2 schools; they must come from one",
    ]
    assert _told(
        _evaluate("linkage: {one_school: false, max_courses: 1}", entry(10, "a", school="X"), entry(10, "b"))
    ) == [("linkage", None, None)]


def test_requirements_that_are_not_true_are_unmet_in_their_order() -> None:
    pack = "requirements: [cpr_in_person, first_aid, ethics_signed]"
    judged = _evaluate(pack, requirements={"first_aid": True, "ethics_signed": False, "other": True})
    assert _told(judged) == [("requirement", "cpr_in_person", None), ("requirement", "ethics_signed", None)]
    assert judged.unmet[0].message == "Cpr in person is not shown yet"


def test_lists_stand_in_the_contracts_order() -> None:
    pack = """
categories: [{code: a, min_hours: 1, min_in_person_hours: 1}]
overlays: [{tag: x, min_hours: 1}]
gates: [{before: a, requires: {x: 1}}]
pace: {min_weeks: 1, min_months: 1}
grades: {min_average: 50}
max_age_years: 1
linkage: {max_courses: 1, one_school: true}
requirements: [z, y]
valid_to: 2020-01-01
"""
    days = {
        "enrolled_on": "2025-01-01",
        "program_start": "2025-01-01",
        "completed_on": "2025-01-02",
        "applied_on": "2027-01-01",
    }
    rows = [entry(1, "elective", course="1", grade_percent=Decimal(1)), entry(1, "elective", course="2", school="S")]
    judged = _evaluate(pack, *rows, total_hours="9", **{name: day(text) for name, text in days.items()})
    assert [lack.kind for lack in judged.unmet] == [
        "total", "category", "overlay", "in_person", "gate", "pace", "pace", "average", "age", "linkage", "linkage",
        "requirement", "requirement", "version",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pack", "unknown"),
    [
        ("", ()),
        ("pace: {max_hours_per_day: 6}", ()),
        ("pace: {min_weeks: 1}", ("program_start", "completed_on")),
        ("pace: {min_months: 1}", ("program_start", "completed_on")),
        ("max_age_years: 5", ("applied_on", "completed_on")),
        ("transfer: {max_age_years: 5}", ("enrolled_on",)),
        ("transfer: {max_hours: 5}", ()),
        ("valid_from: 2020-01-01", ("enrolled_on",)),
    ],
)
def test_unknown_dates_make_nothing_unmet(pack: str, unknown: tuple[str, ...]) -> None:
    judged = _evaluate(pack)
    assert judged.unknown == unknown
    assert judged.met
    known = dict.fromkeys(("program_start", "enrolled_on", "applied_on", "completed_on"), day("2025-01-01"))
    assert _evaluate(pack, **known).unknown == ()


def test_transfer_age_is_known_from_the_programs_start_too() -> None:
    assert _evaluate("transfer: {max_age_years: 5}", program_start=day("2025-01-01")).unknown == ()


# ---- rounding -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rounding", "unit", "minutes", "hours"),
    [
        ("", 60, 121, "2.01"),
        ("", 50, 333, "6.66"),
        ("{mode: none}", 60, 119, "1.98"),
        ("{mode: none, first_credit_hours: 2}", 60, 119, "0"),
        ("{mode: down}", 60, 119, "1"),
        ("{mode: nearest}", 60, 89, "1"),
        ("{mode: nearest}", 60, 90, "2"),
        ("{mode: down, increment_hours: 0.5}", 50, 99, "1.5"),
        ("{mode: down, increment_hours: 0.5}", 50, 100, "2"),
        ("{mode: nearest, increment_hours: 0.5}", 50, 112, "2"),
        ("{mode: nearest, increment_hours: 0.5}", 50, 113, "2.5"),
        ("{mode: nearest, increment_hours: 0.1}", 60, 33, "0.6"),
        ("{mode: nearest, increment_hours: 0.1}", 60, 32, "0.5"),
        ("{mode: down, increment_hours: 0.125}", 48, 7, "0.125"),
        ("{mode: down, increment_hours: 0.5, first_credit_hours: 1}", 50, 49, "0"),
        ("{mode: down, increment_hours: 0.5, first_credit_hours: 1}", 50, 50, "1"),
        ("{mode: nearest, increment_hours: 0.5, first_credit_hours: 1}", 50, 49, "0"),
    ],
)
def test_rounding_of_the_counted_total(rounding: str, unit: int, minutes: int, hours: str) -> None:
    rule_set = spec(f"rounding: {rounding}\n" if rounding else "", unit_minutes=str(unit), total_hours="0")
    judged = rules.evaluate(rule_set, [entry(minutes, "elective")])
    assert judged.rounded_hours == Decimal(hours)
    assert judged.as_dict()["rounded_hours"] == float(hours)


def test_rounding_never_meets_what_minutes_do_not() -> None:
    rule_set = spec("rounding: {mode: nearest}\n", total_hours="2")
    judged = rules.evaluate(rule_set, [entry(119, "elective")])
    assert judged.rounded_hours == 2
    assert not judged.met
