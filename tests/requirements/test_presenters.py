"""Rule sets and what is unmet of them in words, by table."""

from typing import Any

import pytest
from django.utils import translation

from certification.requirements import library, rules
from certification.requirements.models import RuleSet
from certification.requirements.presenters import amount, anchor_of, plain_words, sheet, shelves, unit_note
from tests.rules.making import day, entry, spec

TREE = """
categories:
  - code: fundamentals
    title: Fundamentals
    min_hours: 6
    children:
      - {code: western, title: Western fundamentals}
      - {code: oriental, title: Oriental fundamentals, min_hours: 3}
  - code: systems
    title: Systems
    children:
      - {code: bones, title: Bones, min_hours: 1}
      - {code: nerves, title: Nerves}
      - {code: vessels, title: Vessels}
      - {code: glands, title: Glands}
      - {code: skin, title: Skin}
  - code: technique
    title: Technique
    children:
      - {code: swedish, title: Swedish massage, min_hours: 2.5}
  - {code: anatomy, title: Anatomy, min_hours: 1, min_in_person_hours: 1}
  - {code: internship, title: Internship}
"""


def _pack(label: str) -> rules.RuleSetSpec:
    find = library.packs_beside(None)
    text, name = find(label) or ("", label)
    return rules.load(text, file=name, find=find)


def _lacks(pack: rules.RuleSetSpec, *entries: rules.Entry, **context: Any) -> list[rules.Unmet]:
    known = rules.Context(**{name: day(value) if isinstance(value, str) else value for name, value in context.items()})
    return list(rules.evaluate(pack, entries, context=known, as_of=day("2026-12-31")).unmet)


UNMET = [
    # The total
    ("total", {"total_hours": "40"}, "", [], {}, "You need 40 more hours.", "total"),
    ("total", {"total_hours": "1"}, "", [], {}, "You need 1 more hour.", "total"),
    ("total", {"total_hours": "1250"}, "", [], {}, "You need 1,250 more hours.", "total"),
    ("total", {"total_hours": "1"}, "", [59], {}, "You need 1 more minute.", "total"),
    ("total", {"total_hours": "1"}, "", [30], {}, "You need 30 more minutes.", "total"),
    ("total", {"total_hours": "2.5"}, "", [], {}, "You need 2 more hours and 30 minutes.", "total"),
    (
        "total",
        {"total_hours": "2.5", "unit_minutes": "50"},
        "",
        [],
        {},
        "You need 2 more hours and 25 minutes.",
        "total",
    ),
    # Categories
    ("category:anatomy", {}, TREE, [], {}, "You need 1 more hour of Anatomy.", "category-anatomy"),
    (
        "category:oriental",
        {},
        TREE,
        [],
        {},
        "You need 3 more hours of Oriental fundamentals; Western fundamentals cannot replace them.",
        "category-oriental",
    ),
    (
        "category:bones",
        {},
        TREE,
        [],
        {},
        "You need 1 more hour of Bones; Nerves, Vessels, Glands and other hours of Systems cannot replace it.",
        "category-bones",
    ),
    (
        "category:swedish",
        {},
        TREE,
        [],
        {},
        "You need 2 more hours and 30 minutes of Swedish massage; other hours of Technique cannot replace them.",
        "category-swedish",
    ),
    # Overlays
    (
        "overlay:hands_on",
        {},
        TREE + "overlays: [{tag: hands_on, within: internship, min_hours: 2}]",
        [],
        {},
        "You need 2 more hours of hands-on work within Internship.",
        "overlay-hands_on",
    ),
    (
        "overlay:peer_review",
        {},
        "overlays: [{tag: peer_review, min_hours: 2}]",
        [],
        {},
        "You need 2 more hours of Peer review.",
        "overlay-peer_review",
    ),
    # In person
    (
        "in_person:anatomy",
        {},
        TREE,
        [entry(30, "anatomy"), entry(30, "anatomy", delivery="synchronous")],
        {},
        "You need 30 more minutes of Anatomy taught in person.",
        "category-anatomy",
    ),
    # Gates
    (
        "gate:internship",
        {},
        TREE + "gates: [{before: internship, requires: {total: 50}}]",
        [],
        {},
        "Before Internship you need 50 more hours in all.",
        "gate-internship",
    ),
    (
        "gate:internship",
        {},
        TREE + "gates: [{before: internship, requires: {technique: 10}}]",
        [],
        {},
        "Before Internship you need 10 more hours of Technique.",
        "gate-internship",
    ),
    (
        "gate:clinic",
        {},
        TREE + "gates: [{before: clinic, requires: {hands_on: 1}}]",
        [],
        {},
        "Before clinical practice you need 1 more hour of hands-on work.",
        "gate-clinic",
    ),
    # Pace
    (
        "pace",
        {},
        "pace: {min_weeks: 24}",
        [],
        {"program_start": "2026-01-05", "completed_on": "2026-05-01"},
        "Your course must last at least 24 weeks. It began on 5 January 2026, so it can end on 22 June 2026 or later, "
        "not on 1 May 2026.",
        "pace",
    ),
    (
        "pace",
        {},
        "pace: {min_months: 1}",
        [],
        {"program_start": "2026-01-31", "completed_on": "2026-02-01"},
        "Your course must last at least 1 month. It began on 31 January 2026, so it can end on 28 February 2026 or "
        "later, not on 1 February 2026.",
        "pace",
    ),
    # Grades
    (
        "average",
        {},
        "grades: {min_average: 75}",
        [entry(60, "elective", grade_percent=70), entry(120, "elective", grade_percent=72)],
        {},
        "Your average grade is 71.33%; these rules ask for 75%.",
        "grades",
    ),
    # Age
    (
        "age",
        {},
        "max_age_years: 5",
        [],
        {"completed_on": "2020-03-01", "applied_on": "2026-05-02"},
        "Your course ended on 1 March 2020, more than 5 years before your application of 2 May 2026. "
        "A course that ended on 2 May 2021 or later would count.",
        "age",
    ),
    # Linkage
    (
        "linkage",
        {},
        "linkage: {max_courses: 1}",
        [entry(60, "elective", course="A"), entry(60, "elective", course="B")],
        {},
        "Your hours come from 2 courses; these rules take them from 1 only.",
        "linkage",
    ),
    (
        "linkage",
        {},
        "linkage: {max_courses: 2}",
        [entry(60, "elective", course=name) for name in "ABC"],
        {},
        "Your hours come from 3 courses; these rules take them from at most 2 that belong together.",
        "linkage",
    ),
    (
        "linkage",
        {},
        "linkage: {one_school: true}",
        [entry(60, "elective", school="A"), entry(60, "elective", school="B")],
        {},
        "Your hours come from 2 schools; these rules take them from one only.",
        "linkage",
    ),
    # Facts
    (
        "requirement:cpr_in_person",
        {},
        "requirements: [cpr_in_person]",
        [],
        {},
        "Your record does not show this yet: CPR training in person. Give the proof to your school.",
        "fact-cpr_in_person",
    ),
    (
        "requirement:letter_of_the_dean",
        {},
        "requirements: [letter_of_the_dean]",
        [],
        {},
        "Your record does not show this yet: Letter of the dean. Give the proof to your school.",
        "fact-letter_of_the_dean",
    ),
    # Version
    (
        "version",
        {"applies_by": "program_start"},
        "valid_from: 2021-09-01",
        [],
        {"program_start": "2020-03-01"},
        "These rules are for programs that began from 1 September 2021 on; yours began on 1 March 2020.",
        "version",
    ),
    (
        "version",
        {"applies_by": "enrolment"},
        "valid_to: 2021-08-31",
        [],
        {"enrolled_on": "2022-03-01"},
        "These rules are for people enrolled until 31 August 2021; you were enrolled on 1 March 2022.",
        "version",
    ),
    (
        "version",
        {"applies_by": "application"},
        "valid_from: 2021-09-01\nvalid_to: 2025-12-31",
        [],
        {"applied_on": "2026-03-01"},
        "These rules are for applications made from 1 September 2021 to 31 December 2025; yours is of 1 March 2026.",
        "version",
    ),
]


@pytest.mark.parametrize(("which", "head", "rest", "given", "known", "said", "anchor"), UNMET)
def test_what_is_unmet_is_said_to_the_learner(
    which: str,
    head: dict[str, str],
    rest: str,
    given: list[Any],
    known: dict[str, Any],
    said: str,
    anchor: str,
) -> None:
    pack = spec(rest, **head)
    entries = [one if isinstance(one, rules.Entry) else entry(one, "elective") for one in given]
    kind, _, code = which.partition(":")
    lacks = [lack for lack in _lacks(pack, *entries, **known) if lack.kind == kind and lack.code in (code or None,)]
    assert [(plain_words(lack, pack), anchor_of(lack)) for lack in lacks] == [(said, anchor)]


def test_the_worked_case_of_new_york() -> None:
    pack = _pack("us-ny-massage@1")
    hours = {"western": 110, "oriental": 40}
    lacks = _lacks(pack, *(entry(count * 60, code) for code, count in hours.items()))
    [oriental] = [lack for lack in lacks if lack.code == "oriental"]
    assert plain_words(oriental, pack) == (
        "You need 10 more hours of Oriental massage therapy; Western massage therapy cannot replace them."
    )


def test_a_kind_that_nobody_has_words_for_keeps_its_message() -> None:
    assert plain_words(rules.Unmet(kind="weather", message="It rains"), spec()) == "It rains"


def test_every_lack_of_every_pack_has_words_and_a_place_on_its_page() -> None:
    context = {
        "program_start": "1990-01-01",
        "enrolled_on": "1990-01-01",
        "completed_on": "1990-01-02",
        "applied_on": "2030-01-01",
    }
    for label in library.shipped():
        pack = _pack(label)
        page = sheet(pack, rules.Remarks())
        anchors = {"total", "version", *(row.anchor for row in page.rows)}
        anchors |= {rule.anchor for rule in page.rules}
        anchors |= {sentence.anchor for rule in page.rules for sentence in rule.sentences}
        lacks = _lacks(pack, entry(60, "elective", grade_percent=1), **context)
        assert lacks, label
        for lack in lacks:
            assert anchor_of(lack) in anchors, (label, lack)
            said = plain_words(lack, pack)
            assert said != lack.message, (label, lack)
            assert "%" not in said or lack.kind == "average", (label, said)


@pytest.mark.parametrize(
    ("minutes", "unit", "said"),
    [
        (12_000, "60", "200 h"),
        (750, "60", "12 h 30 min"),
        (10_000, "50", "200 h (10,000 min)"),
        (625, "50", "12 h 25 min (625 min)"),
        (25, "50", "25 min"),
        (0, "50", "0 min"),
        (60_000, "60", "1,000 h"),
    ],
)
def test_amounts_are_exact(minutes: int, unit: str, said: str) -> None:
    assert amount(minutes, spec(unit_minutes=unit)) == said


def test_the_unit_is_noted_where_it_is_not_60() -> None:
    assert unit_note(spec()) == ""
    assert unit_note(spec(unit_minutes="50")) == "(of 50 minutes)"


SENTENCES = [
    ("overlays: [{tag: hands_on, min_hours: 12}]", "overlay-hands_on", ["At least 12 h of hands-on work."]),
    (
        TREE
        + "overlays: [{tag: clinic, within: internship, min_hours: 50, max_hours: 60}, {tag: clinic, max_hours: 70}]",
        "overlay-clinic",
        [
            "At least 50 h of clinical practice within Internship.",
            "At most 60 h of clinical practice within Internship count toward the total.",
            "At most 70 h of clinical practice count toward the total.",
        ],
    ),
    (
        "overlays: [{tag: peer_review}]",
        "overlay-peer_review",
        ["Hours of Peer review are told apart; no number is asked."],
    ),
    (
        TREE + "gates: [{before: internship, requires: {total: 250, technique: 100, hands_on: 30}}]",
        "gate-internship",
        [
            "Hours of Internship are creditable only once there are 250 h in all, 100 h of Technique and 30 h of "
            "hands-on work."
        ],
    ),
    (
        "pace: {max_hours_per_day: 6, max_hours_per_week: 30}",
        "pace",
        [
            "At most 6 h a day are creditable.",
            "At most 30 h a week are creditable; a week begins on Sunday.",
            "Transferred hours and adjustments are left out of this count.",
        ],
    ),
    (
        "pace: {max_hours_per_week: 30, week_starts: monday}",
        "pace",
        [
            "At most 30 h a week are creditable; a week begins on Monday.",
            "Transferred hours and adjustments are left out of this count.",
        ],
    ),
    (
        "pace: {min_weeks: 24, min_months: 1}",
        "pace",
        ["The course lasts at least 24 weeks.", "The course lasts at least 1 month."],
    ),
    ("distance: {max_hours: 4}", "distance", ["At most 4 h taught online, live or in own time, are creditable."]),
    ("distance: {max_hours: 0}", "distance", ["No hours taught online are creditable."]),
    (
        "distance: {max_share: 0.33}",
        "distance",
        [
            "At most 33% of the total that is required, which is 3 h 18 min, taught online, live or in own time, are "
            "creditable."
        ],
    ),
    (
        "transfer: {max_hours: 4, max_share: 0.375, max_age_years: 5}",
        "transfer",
        [
            "At most 4 h and at most 37.5% of the total that is required transferred from elsewhere are creditable.",
            "The smaller of the two binds: 3 h 45 min.",
            "Transferred hours that were older than 5 years at enrollment are not creditable.",
        ],
    ),
    (
        "transfer: {max_age_years: 1}",
        "transfer",
        ["Transferred hours that were older than 1 year at enrollment are not creditable."],
    ),
    ("max_age_years: 5", "age", ["The whole course of study was finished at most 5 years before the application."]),
    (
        "grades: {min_percent: 70, min_average: 72.50}",
        "grades",
        [
            "A course with a grade below 70% is attended, not creditable.",
            "The average of the courses’ grades, each weighted by its attended minutes, is at least 72.5%.",
        ],
    ),
    ("attendance: {min_percent: 95}", "attendance", ["A course attended to less than 95% is not creditable."]),
    (
        "course_share: {hands_on: 0.70}",
        "course-share",
        ["A course counts for hands-on work only if at least 70% of its creditable minutes are hands-on work."],
    ),
    (
        "linkage: {max_courses: 4, one_school: true}",
        "linkage",
        ["All hours come from at most 4 linked courses.", "All hours come from one school."],
    ),
    ("requirements: [cpr_in_person, first_aid]", "facts", ["CPR training in person.", "First aid training."]),
    (
        "rounding: {mode: down, increment_hours: 0.5, first_credit_hours: 1}",
        "rounding",
        [
            "The counted total is told in steps of 30 min, rounded down.",
            "A counted total below 1 h is told as none.",
            "Whether the rules are met is decided by minutes, never by rounded hours.",
        ],
    ),
    (
        "rounding: {mode: nearest}",
        "rounding",
        [
            "The counted total is told in steps of 1 h, rounded to the nearest, halves up.",
            "Whether the rules are met is decided by minutes, never by rounded hours.",
        ],
    ),
    (
        "rounding: {mode: none, first_credit_hours: 1}",
        "rounding",
        [
            "A counted total below 1 h is told as none.",
            "Whether the rules are met is decided by minutes, never by rounded hours.",
        ],
    ),
]


@pytest.mark.parametrize(("rest", "anchor", "said"), SENTENCES)
def test_each_rule_is_a_sentence(rest: str, anchor: str, said: list[str]) -> None:
    page = sheet(spec(rest), rules.Remarks())
    [rule] = [rule for rule in page.rules if rule.anchor == anchor]
    assert [sentence.text for sentence in rule.sentences] == said
    assert rule.name.split(":")[0] not in page.absent


def test_rules_that_are_not_there_are_named() -> None:
    page = sheet(spec("rounding: {mode: none}"), rules.Remarks())
    assert page.rules == ()
    assert page.absent == (
        "Overlay", "Gate", "Pace", "Distance", "Transfer", "Age", "Grades", "Attendance", "Course share", "Linkage",
        "Facts beside the hours", "Rounding",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("", "in any way"),
        ("delivery: [in_person]", "in person only"),
        ("delivery: [synchronous]", "live online only"),
        ("delivery: [in_person, asynchronous]", "in person or online in own time"),
        ("distance_periods: []", "in person only"),
        ("delivery: [synchronous], distance_periods: []", "in no way"),
        ("delivery: [in_person], distance_periods: [{from: 2020-03-01}]", "in person only"),
        (
            "distance_periods: [{from: 2020-03-01, to: 2025-12-31}]",
            "in person; live online or online in own time only from 1 March 2020 to 31 December 2025",
        ),
        (
            "delivery: [in_person, synchronous], distance_periods: [{to: 2020-03-01}, {from: 2021-01-01}]",
            "in person; live online only until 1 March 2020 and from 1 January 2021 on",
        ),
        ("delivery: [synchronous], distance_periods: [{to: 2020-03-01}]", "live online, only until 1 March 2020"),
    ],
)
def test_how_a_category_may_be_taught(keys: str, said: str) -> None:
    page = sheet(spec(f"categories: [{{code: ethics, {keys}}}]"), rules.Remarks())
    assert [row.taught for row in page.rows] == [said]


def test_long_words_of_a_parent_are_not_said_again() -> None:
    page = sheet(
        spec(
            """
categories:
  - code: theory
    title: Theory
    distance_periods: [{from: 2020-03-01, to: 2025-12-31}]
    children:
      - {code: law, children: [{code: state_law}]}
      - {code: ethics, delivery: [in_person]}
"""
        ),
        rules.Remarks(),
    )
    assert [row.taught for row in page.rows][1:] == ["as for Theory", "as for Law", "in person only"]
    assert [row.depth for row in page.rows] == [0, 1, 2, 1]


def test_the_tree_holds_every_number() -> None:
    page = sheet(
        spec(
            "categories: [{code: a, min_hours: 4, max_hours: 6, min_in_person_hours: 2, max_transfer_hours: 0, unpaid: true,"
            " children: [{code: b}]}, {code: c, min_hours: 1}]",
            unit_minutes="50",
        ),
        rules.Remarks(),
    )
    first, second, third = page.rows
    assert [str(first.at_least), str(first.at_most)] == ["4 h (200 min)", "6 h (300 min)"]
    assert [str(first.in_person), str(first.transferred), first.unpaid] == ["2 h (100 min)", "0 min", True]
    assert (second.at_least, second.at_most, second.in_person, second.transferred) == (None,) * 4
    assert (second.unpaid, third.unpaid) == (True, False)
    assert (str(page.total), str(page.asked), str(page.free)) == ("10 h (500 min)", "5 h (250 min)", "5 h (250 min)")
    assert page.more_columns == 5


def test_minima_that_make_the_total_leave_no_free_hours() -> None:
    page = sheet(spec("categories: [{code: a, min_hours: 10}]"), rules.Remarks())
    assert page.free is None
    assert (page.has_in_person, page.has_transferred, page.has_unpaid, page.more_columns) == (False, False, False, 2)


@pytest.mark.parametrize(
    ("axis", "dates", "said"),
    [
        (
            "program_start",
            "",
            "The day on which the program began decides whether this version judges. It sets no dates.",
        ),
        (
            "enrolment",
            "valid_from: 2021-09-01",
            "The day of enrollment decides whether this version judges. It does so from 1 September 2021 on, that day "
            "included.",
        ),
        (
            "application",
            "valid_to: 2021-08-31",
            "The day of the application decides whether this version judges. It does so until 31 August 2021, that day "
            "included.",
        ),
        (
            "session",
            "valid_from: 2020-03-01\nvalid_to: 2025-12-31",
            "The day on which an hour was taught decides whether this version credits it. It does so from 1 March 2020 to "
            "31 December 2025, both days included.",
        ),
    ],
)
def test_which_date_picks_the_version(axis: str, dates: str, said: str) -> None:
    page = sheet(spec(dates, applies_by=axis), rules.Remarks())
    assert f"{page.axis} {page.window}" == said


@pytest.mark.parametrize(("unit", "said"), [("60", "60 minutes"), ("1", "1 minute")])
def test_how_long_an_hour_is(unit: str, said: str) -> None:
    assert sheet(spec(unit_minutes=unit), rules.Remarks()).unit == f"One hour is {said}."


def test_remarks_stand_beside_what_they_are_about_and_none_is_lost() -> None:
    for label in library.shipped():
        find = library.packs_beside(None)
        text, name = find(label) or ("", "")
        found = rules.remarks(text, file=name)
        page = sheet(rules.load(text, file=name, find=find), found)
        shown = [remark for group in page.marks.values() for remark in group]
        shown += [remark for row in page.rows for remark in row.remarks]
        shown += [remark for rule in page.rules for remark in rule.remarks]
        shown += page.further
        assert sorted(remark.text for remark in shown) == sorted(
            words for group in found.by_place.values() for words in group
        ), label
    page = sheet(
        spec("categories: [{code: a}]"), rules.Remarks(by_place={("category", "a"): ("1(b)",), ("id", ""): ("x",)})
    )
    assert [remark.text for remark in page.rows[0].remarks] == ["1(b)"]
    assert [remark.text for remark in page.further] == ["x"]


@pytest.mark.parametrize(
    ("words", "doubt"),
    [("1(b)", False), ("Not confirmed: 50 minutes", True), ("its end was not read", True), ("not readable", False)],
)
def test_a_remark_that_something_is_not_certain_is_known_as_one(words: str, doubt: bool) -> None:
    page = sheet(spec(), rules.Remarks(by_place={("status", ""): (words,)}))
    assert [remark.doubt for remark in page.marks["status"]] == [doubt]


def _kept(identifier: str, version: int = 1, status: str = "verified", title: str = "") -> RuleSet:
    return RuleSet(identifier=identifier, version=version, status=status, title=title or identifier, source="")


def test_the_list_is_grouped_by_name_and_status() -> None:
    versions = [
        _kept("ce-fl"), _kept("nln"), _kept("us-ga"), _kept("us-own-sample", status="sample"),
        _kept("us-wa", 1, title="Before"), _kept("us-wa", 2, "unverified", "After"),
    ]  # fmt: skip
    shown = [(shelf.anchor, [(line.newest.label, line.older) for line in shelf.lines]) for shelf in shelves(versions)]
    assert shown == [
        ("licenses", [("us-wa@2", 1), ("us-ga@1", 0)]),
        ("certificates", [("ce-fl@1", 0), ("nln@1", 0)]),
        ("samples", [("us-own-sample@1", 0)]),
    ]
    after = shelves(versions)[0].lines[0]
    assert (after.status, after.status_sentence) == (
        "Unverified",
        "Written from secondary sources; check against the statute before you rely on it.",
    )


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["florida"], ["ce-fl@1"]),
        (["FL", "Renewal"], ["ce-fl@1"]),
        (["florida", "ga"], []),
        ([], ["ce-fl@1", "us-ga@1"]),
    ],
)
def test_the_list_is_searched_by_all_words(words: list[str], found: list[str]) -> None:
    versions = [_kept("ce-fl", title="Florida, renewal"), _kept("us-ga", title="Georgia")]
    shown = [line.newest.label for shelf in shelves(versions, words=words) for line in shelf.lines]
    assert sorted(shown) == found


def test_sentences_are_made_in_the_reader_s_language() -> None:
    with translation.override("de"):
        assert amount(60_000, spec()) == "1.000 h"
        assert plain_words(rules.Unmet("total", "", short=60_000), spec()) == "You need 1.000 more hours."
        assert sheet(spec("valid_from: 2021-03-01"), rules.Remarks()).window.count("März") == 1
