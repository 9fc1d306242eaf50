"""Rules and shortfalls in plain words."""

from decimal import Decimal
from typing import Any

import pytest

from certification.requirements import presenters, rules
from tests.rules.making import day, entry, spec

TREE = """
categories:
  - code: fundamentals
    title: Fundamentals
    min_hours: 4
    children:
      - {code: western, title: western fundamentals, min_hours: 2}
      - {code: oriental, title: oriental fundamentals, min_hours: 2}
  - {code: clinic, title: Clinic, min_hours: 1, min_in_person_hours: 1}
overlays: [{tag: hands_on, min_hours: 1}, {tag: hands_on, within: clinic, min_hours: 2}]
gates: [{before: clinic, requires: {total: 2, western: 1.5}}]
pace: {min_weeks: 24, min_months: 1}
grades: {min_average: 75}
max_age_years: 5
linkage: {max_courses: 1, one_school: true}
requirements: [first_aid]
valid_to: 2024-12-31
"""
DAYS = {
    "enrolled_on": "2025-01-01",
    "program_start": "2025-01-01",
    "completed_on": "2025-01-08",
    "applied_on": "2031-01-01",
}


def _lacks(*rows: rules.Entry) -> list[tuple[rules.Unmet, str]]:
    rule_set = spec(TREE, total_hours="20")
    context = rules.Context(**{name: day(text) for name, text in DAYS.items()})
    judged = rules.evaluate(rule_set, rows, context=context)
    return [(lack, presenters.plain_words(lack, rule_set)) for lack in judged.unmet]


def test_every_kind_of_shortfall_in_a_sentence_with_its_anchor() -> None:
    rows = [
        entry(150, "western", course="A", grade_percent=Decimal(70)),
        entry(30, "oriental", course="B", school="S", grade_percent=Decimal(60)),
    ]
    assert [(words, presenters.anchor_of(lack)) for lack, words in _lacks(*rows)] == [
        ("You need 17 more hours.", "total"),
        ("You need 1 more hour of Fundamentals.", "category-fundamentals"),
        (
            "You need 1 h 30 min more of oriental fundamentals; hours of western fundamentals cannot replace them.",
            "category-oriental",
        ),
        ("You need 1 more hour of Clinic.", "category-clinic"),
        ("You need 1 more hour of “Hands on”, in whatever subject.", "overlay-hands_on"),
        ("You need 2 more hours of “Hands on” within Clinic.", "overlay-hands_on"),
        ("You need 1 more hour of Clinic taught in person.", "category-clinic"),
        (
            "The course must last at least 24 weeks: it can end on 18 June 2025 or later, not on 8 January 2025.",
            "pace",
        ),
        (
            "The course must last at least 1 month: it can end on 1 February 2025 or later, not on 8 January 2025.",
            "pace",
        ),
        ("Your average grade is 68.33%; it must be at least 75%.", "grades"),
        ("Your course ended on 8 January 2025. When you apply it may be 5 years old at most.", "age"),
        ("Your hours come from 2 courses; at most 1 linked courses count.", "linkage"),
        ("Your hours come from 2 schools; all must come from one.", "linkage"),
        ("Not shown yet: First aid.", "facts"),
        ("These rules do not apply to 1 January 2025; another version judges that day.", "version"),
    ]


def test_gates_say_what_comes_before() -> None:
    told = {lack.requires: (words, presenters.anchor_of(lack)) for lack, words in _lacks() if lack.kind == "gate"}
    assert told == {
        "total": ("Before Clinic you need 2 more hours in all.", "gate-clinic"),
        "western": ("Before Clinic you need 1 h 30 min more of western fundamentals.", "gate-clinic"),
    }


@pytest.mark.parametrize(
    ("minutes", "unit", "words", "more"),
    [
        (600, 60, "10 h", "10 more hours"),
        (60, 60, "1 h", "1 more hour"),
        (1, 60, "1 min", "1 more minute"),
        (30, 60, "30 min", "30 more minutes"),
        (125, 50, "2 h 25 min", "2 h 25 min more"),
        (0, 60, "0 h", "0 more hours"),
    ],
)
def test_amounts(minutes: int, unit: int, words: str, more: str) -> None:
    assert presenters.amount(minutes, unit) == words
    assert presenters.more(minutes, unit) == more


def test_of_many_siblings_three_are_named() -> None:
    children = ", ".join(f"{{code: c{n}, title: T{n}, min_hours: 1}}" for n in range(6))
    rule_set = spec(f"categories: [{{code: a, children: [{children}]}}]\n")
    lack = next(one for one in rules.evaluate(rule_set, []).unmet if one.code == "c0")
    assert presenters.plain_words(lack, rule_set) == (
        "You need 1 more hour of T0; hours of T1, T2, T3 and others cannot replace them."
    )


def test_the_tree_says_each_condition_where_it_begins() -> None:
    rule_set = spec(
        """
categories:
  - code: a
    max_hours: 5
    delivery: [in_person, synchronous]
    unpaid: true
    max_transfer_hours: 2
    children:
      - {code: b, min_hours: 1.5, delivery: [in_person], min_in_person_hours: 1}
      - {code: c, delivery: [in_person, synchronous, asynchronous], distance_periods: [{from: 2020-03-01, to: 2025-12-31}, {to: 2019-01-01}, {from: 2027-01-01}]}
      - {code: d, distance_periods: []}
"""
    )
    told = {row.code: (row.depth, row.anchor, row.conditions) for row in presenters.node_rows(rule_set)}
    assert told == {
        "a": (0, "category-a", ("only in person and live online", "at most 2 h transferred", "unpaid")),
        "b": (1, "category-b", ("only in person", "at least 1 h in person")),
        "c": (
            1,
            "category-c",
            (
                "any kind of teaching",
                "online only from 1 March 2020 to 31 December 2025, until 1 January 2019 and from 1 January 2027",
            ),
        ),
        "d": (1, "category-d", ("online never",)),
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "overlays: [{tag: x, min_hours: 1, max_hours: 2}]",
            {"overlay-x": "Hours marked “X” in any subject: at least 1 h and at most 2 h that count."},
        ),
        (
            "categories: [{code: a}]\noverlays: [{tag: x, within: a}]",
            {"overlay-x": "Hours marked “X” within A: told, not judged."},
        ),
        (
            "gates: [{before: x, requires: {total: 2, hands_on: 1}}]",
            {
                "gate-x": "X counts only once 2 h in all and 1 h of Hands on are creditable; what comes earlier is attended and not credited."
            },
        ),
        (
            "pace: {max_hours_per_day: 6, max_hours_per_week: 30, week_starts: monday, min_weeks: 1, min_months: 9}",
            {
                "pace": "At most 6 h a day count.",
                "pace-week": "At most 30 h a week count; the week begins on Monday.",
                "pace-weeks": "The course lasts 1 week at least.",
                "pace-months": "The course lasts 9 months at least.",
            },
        ),
        (
            "distance: {max_share: 0.125}",
            {
                "distance": "At most 12.5% of the total (1 h 15 min) may be taught at a distance, live online or in own time."
            },
        ),
        (
            "transfer: {max_hours: 2, max_share: 0.49}",
            {"transfer": "At most the smaller of 2 h and 49% of the total (4 h 54 min) may be transferred."},
        ),
        (
            "transfer: {max_age_years: 5}\nmax_age_years: 1",
            {
                "transfer-age": "A transfer may be 5 years old at most on the day of enrollment.",
                "age": "The course ends at most 1 year before the application.",
            },
        ),
        (
            "grades: {min_percent: 70, min_average: 75.5}\nattendance: {min_percent: 80}\ncourse_share: {hands_on: 0.7}",
            {
                "grade": "A course graded below 70% is attended, not credited.",
                "grades": "The average grade, weighted by hours, is at least 75.5%.",
                "attendance": "A course attended for less than 80% is not credited.",
                "share-hands_on": "A course counts as “Hands on” only if at least 70% of it is.",
            },
        ),
        (
            "linkage: {max_courses: 4, one_school: true}",
            {
                "linkage": "All hours come from at most 4 linked courses.",
                "linkage-school": "All hours come from one school.",
            },
        ),
        ("linkage: {one_school: true}", {"linkage": "All hours come from one school."}),
        ("requirements: [cpr, first_aid]", {"facts": "Shown beside the hours: Cpr and First aid."}),
        (
            "rounding: {mode: down, increment_hours: 0.5, first_credit_hours: 1}",
            {
                "rounding": "The total is told in steps of 30 min, rounded down; whether it is met is judged by the minutes.",
                "rounding-first": "Less than 1 h is told as nothing.",
            },
        ),
        ("", {}),
    ],
)
def test_every_rule_beside_the_tree(text: str, told: dict[str, str]) -> None:
    assert {one.anchor: one.words for one in presenters.sentences(spec(text))} == told


@pytest.mark.parametrize(
    ("window", "axis", "words"),
    [
        ("", "session", "Picked by the day of each session; no dates are set."),
        (
            "valid_from: 2021-09-01",
            "program_start",
            "Picked by the day on which the program began: from 1 September 2021 on.",
        ),
        ("valid_to: 2021-08-31", "enrolment", "Picked by the day of enrollment: until 31 August 2021."),
        (
            "valid_from: 2020-01-01\nvalid_to: 2020-12-31",
            "application",
            "Picked by the day of the application: from 1 January 2020 to 31 December 2020.",
        ),
    ],
)
def test_which_date_picks_the_version(window: str, axis: str, words: str) -> None:
    assert presenters.applies(spec(window, applies_by=axis)) == words


def test_what_the_format_cannot_say_is_told() -> None:
    text = "# a head\n# not judged: on the school's premises.\ncategories: [] # not judged: not this\n  # Not judged:  licensed \n"
    assert presenters.not_judged(text) == ["on the school's premises.", "licensed"]


def test_words_are_there_for_all_that_the_format_knows() -> None:
    known: Any = presenters
    assert set(known.STATUS_WORDS) == set(rules.STATUSES)
    assert set(known.AXIS_WORDS) == set(rules.AXES)
    assert set(known.DELIVERY_WORDS) == set(rules.DELIVERIES)
