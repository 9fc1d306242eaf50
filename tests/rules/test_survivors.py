"""What no other test had noticed when the rules were broken line by line (docs/mutants.md says how)."""

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from certification.requirements import rules
from certification.requirements.rules import days, nodes
from tests.rules.making import HEAD, day, entry, pack, refused, spec

ROOT = Path(__file__).parents[2]


def _refusal(text: str, *, file: str = "pack.yaml", **packs: str) -> str:
    with pytest.raises(rules.BadFileError) as refusal:
        rules.load(text, file=file, find=lambda label: (packs[label[0]], f"{label}.yaml"))
    return str(refusal.value)


def _entry_refusal(data: bytes) -> str:
    with pytest.raises(rules.BadInputError) as refusal:
        rules.read_entries(data, file="entries.csv")
    return str(refusal.value)


# ---- courses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("least, unmet", [("77.5", []), ("77.6", ["average"])])
def test_an_average_weighs_every_minute_once(least: str, unmet: list[str]) -> None:
    rows = [
        entry(1, course="A", grade_percent=Decimal(70)),
        entry(1, course="B", grade_percent=Decimal(80)),
        entry(2, course="C", grade_percent=Decimal(80)),
    ]
    judged = rules.evaluate(
        spec(f"categories: [{{code: ethics}}]\ngrades: {{min_average: {least}}}", total_hours="0"), rows
    )
    assert [lack.kind for lack in judged.unmet] == unmet


def test_a_course_bears_a_tag_with_all_its_rows_together() -> None:
    rows = [
        entry(30, course="A", tags=("t",)),
        entry(30, course="A", tags=("t",)),
        entry(60, course="A"),
    ]
    rule_set = spec("categories: [{code: ethics}]\noverlays: [{tag: t}]\ncourse_share: {t: 0.5}")
    assert rules.evaluate(rule_set, rows).overlays[0].counted == 60


# ---- days -----------------------------------------------------------------------------------------------------------


def test_months_reach_the_first_and_the_last_year_of_the_calendar() -> None:
    assert days.add_months(dt.date(2, 3, 31), -13) == dt.date(1, 2, 28)
    assert days.add_months(dt.date(9998, 12, 31), 2) == dt.date(9999, 2, 28)


# ---- files ----------------------------------------------------------------------------------------------------------


def test_long_values_are_shortened_in_refusals_and_sixty_characters_are_not_long() -> None:
    assert nodes.shown("x" * 60) == repr("x" * 60)
    assert nodes.shown("x" * 61) == repr("x" * 57 + "...")


def test_a_byte_that_is_no_text_is_told_with_its_line_also_after_an_empty_first_line() -> None:
    assert _entry_refusal(b"\n\0").startswith("entries.csv: line 2: ")


def test_an_empty_category_is_told_in_words() -> None:
    told = "entries.csv: row 1, column category: '' is not a category"
    assert _entry_refusal(b"date,minutes,category\n2025-01-06,50,\n") == told


@pytest.fixture
def _machine_in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_machine_in_tokyo")
def test_times_are_in_utc_in_whatever_zone_they_were_written_and_wherever_they_are_read() -> None:
    (read,) = rules.read_entries(
        b"date,minutes,category,start,end\n2025-01-06,50,ap,2025-01-06T09:00-06:00,2025-01-06T17:00+01:00\n", file="x"
    )
    assert [instant.tzinfo for instant in read.spans[0]] == [dt.UTC, dt.UTC]


def test_days_tags_and_words_that_repeat_are_kept_once() -> None:
    row = b"2025-01-06,50,anatomy_of_the_back,long_tag;other_tag,synchronous,Long school\n"
    one, other = rules.read_entries(b"date,minutes,category,tags,delivery,school\n" + row + row, file="x")
    for name in ("date", "category", "tags", "delivery", "school"):
        assert getattr(one, name) is getattr(other, name), name


def test_entries_are_read_as_utf_8_also_where_the_machine_speaks_ascii() -> None:
    code = (
        "from certification.requirements import rules\n"
        "data = 'date,minutes,category,school\\n2025-01-06,50,ap,\\u00c9cole\\n'.encode()\n"
        "assert rules.read_entries(data, file='x')[0].school == '\\u00c9cole'\n"
    )
    plain = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT, env=plain).returncode == 0


# ---- packs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", [rules.label_of, rules.extends])
def test_who_asks_for_a_label_is_told_the_file_that_has_none(ask: object) -> None:
    with pytest.raises(rules.BadFileError, match=r"^a\.yaml: line 1: "):
        ask("schema: hour-rules/2\n", file="a.yaml")  # type: ignore[operator]


def test_a_category_without_kinds_of_delivery_is_told_which_there_are() -> None:
    told = _refusal(pack("categories: [{code: a, delivery: []}]"))
    assert told.endswith("needs at least one of in_person, synchronous, asynchronous")


def test_what_nobody_says_is_the_same_in_values_made_by_hand_and_read() -> None:
    head: dict[str, Any] = {
        "id": "small",
        "version": 1,
        "title": "A small pack",
        "status": "sample",
        "sources": (rules.Source("made for tests", day("2026-11-21")),),
        "applies_by": "enrolment",
        "required": 0,
    }
    bare = spec(total_hours="0")
    assert replace(bare, rounding=rules.Rounding()) == rules.RuleSetSpec(**head)
    assert spec("categories: [{code: a}]").categories == (rules.Category("a", "A"),)
    assert spec("overlays: [{tag: x}]").overlays == (rules.Overlay("x"),)
    (row,) = rules.read_entries(b"date,minutes,category\n2025-01-06,50,a\n", file="x")
    assert row == rules.Entry(day("2025-01-06"), 50, "a")
    assert rules.read_context("{}", file="x") == rules.Context()


def test_a_rule_set_is_a_value_that_can_be_a_key_and_shows_its_tree_once() -> None:
    text = pack("categories: [{code: lonely}]")
    assert len({rules.load(text, file="a"), rules.load(text, file="b")}) == 1
    assert repr(rules.load(text, file="a")).count("'lonely'") == 1


WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@pytest.mark.parametrize("name", WEEK)
def test_a_week_may_start_on_any_day(name: str) -> None:
    rule_set = spec(f"categories: [{{code: ethics}}]\npace: {{max_hours_per_week: 1, week_starts: {name}}}")
    first = day("2025-01-06") + dt.timedelta(days=WEEK.index(name))  # the 6th is a Monday
    around = [entry(60, on=(first + dt.timedelta(days=days)).isoformat()) for days in (-1, 0, 6, 7)]
    assert refused(rules.evaluate(rule_set, around)) == [(3, 60, "week_cap")]


def test_a_gate_calls_a_category_by_its_title() -> None:
    rule_set = spec(
        "categories: [{code: a, title: Anatomy of the back}, {code: b, title: Clinic}]\n"
        "gates: [{before: b, requires: {a: 2}}]",
        total_hours="0",
    )
    (lack,) = rules.evaluate(rule_set, [entry(30, "a")]).unmet
    assert lack.message == "Anatomy of the back is 1 h 30 min short of 2 h, needed before Clinic"


def test_a_category_without_a_code_is_told_in_the_file_where_it_stands() -> None:
    over = "schema: hour-rules/1\nid: over\nversion: 1\nextends: small@1\ncategories:\n  - {title: Nameless too}\n"
    told = _refusal(over, s=f"{HEAD}applies_by: session\ntotal_hours: 1\ncategories:\n  - {{title: Nameless}}\n")
    assert told == "small@1.yaml: line 10: key 'code' is missing"


def test_a_byte_that_is_not_utf_8_is_told_with_its_line_also_after_an_empty_first_line() -> None:
    with pytest.raises(rules.BadFileError, match=r"^a\.yaml: line 2: "):
        rules.decode(b"\n\xff", file="a.yaml")


def test_a_character_that_is_no_text_is_told_with_its_line_also_after_an_empty_first_line() -> None:
    assert _refusal("\n\x07").startswith("pack.yaml: line 2: ")


# ---- what is unmet --------------------------------------------------------------------------------------------------

EVERYTHING = """\
valid_to: 2024-12-31
categories:
  - {code: a, title: Anatomy, min_hours: 2, max_hours: 3, min_in_person_hours: 1.5}
  - {code: b, title: Clinic}
overlays: [{tag: hands_on, within: a, min_hours: 1}]
gates: [{before: b, requires: {a: 4}}]
pace: {min_weeks: 3, min_months: 2}
grades: {min_average: 80.5}
max_age_years: 1
linkage: {max_courses: 1, one_school: true}
requirements: [first_aid]
"""


def test_every_kind_of_unmet_tells_a_screen_all_that_it_words() -> None:
    rows = [
        entry(89, "a", course="C", school="S", grade_percent=Decimal(80)),
        entry(1, "a", course="D", delivery="synchronous", grade_percent=Decimal(70)),
    ]
    begun, completed, applied = day("2025-01-06"), day("2025-01-20"), day("2026-01-21")
    context = rules.Context(program_start=begun, enrolled_on=begun, completed_on=completed, applied_on=applied)
    judged = rules.evaluate(spec(EVERYTHING), rows, context=context)

    short, gate, age = (
        "is 30 min short of 2 h",
        "Anatomy is 2 h 30 min short of 4 h, needed before Clinic",
        "at most 1 years",
    )
    lasting = "begun on 2025-01-06, it may end on {} or later, not on 2025-01-20"
    assert judged.unmet == (
        rules.Unmet("total", "The total is 8 h 30 min short of 10 h", None, 510, title="The total", required=600),
        rules.Unmet("category", f"Anatomy {short}", "a", 30, title="Anatomy", required=120),
        rules.Unmet(
            "overlay",
            "Hands on within Anatomy is 1 h short of 1 h",
            "hands_on",
            60,
            title="Hands on within Anatomy",
            required=60,
            facts={"within": "a"},
        ),
        rules.Unmet(
            "in_person", "Anatomy is 1 min short of 1 h 30 min in person", "a", 1, title="Anatomy", required=90
        ),
        rules.Unmet("gate", gate, "b", 150, "a", title="Anatomy", required=240, facts={"before": "Clinic"}),
        rules.Unmet(
            "pace",
            f"The course must last at least 3 weeks: {lasting.format('2025-01-27')}",
            facts={"weeks": 3, "start": begun, "earliest": day("2025-01-27"), "completed": completed},
        ),
        rules.Unmet(
            "pace",
            f"The course must last at least 2 months: {lasting.format('2025-03-06')}",
            facts={"months": 2, "start": begun, "earliest": day("2025-03-06"), "completed": completed},
        ),
        rules.Unmet(
            "average",
            "The average grade is 79.88%, below 80.5%",
            facts={"average": Decimal("79.88"), "least": Decimal("80.5")},
        ),
        rules.Unmet(
            "age",
            f"The course must be finished {age} before the application: it was finished on 2025-01-20, the application is "
            "of 2026-01-21",
            facts={"years": 1, "completed": completed, "applied": applied, "oldest": day("2025-01-21")},
        ),
        rules.Unmet(
            "linkage",
            "The hours come from 2 courses; at most 1 linked courses count",
            facts={"courses": 2, "most": 1},
        ),
        rules.Unmet("linkage", "The hours come from 2 schools; they must come from one", facts={"schools": 2}),
        rules.Unmet("requirement", "First aid is not shown yet", "first_aid", title="First aid"),
        rules.Unmet(
            "version",
            "small@1 applies to 2024-12-31 by enrolment, which was on 2025-01-06",
            title="A small pack",
            facts={"day": begun},
        ),
    )
    assert [(node.code, node.maximum) for node in judged.walk()] == [("a", 180), ("b", None)]
    assert {lack.kind for lack in judged.unmet if lack.title == ""} == {"pace", "average", "age", "linkage"}
    assert {lack.required for lack in judged.unmet if lack.title == ""} == {None}
    assert judged.unmet[0].facts == {}
    assert judged.total.children == ()


def test_one_minute_short_is_short() -> None:
    pack_text = "categories: [{code: a}, {code: b}]\ngates: [{before: b, requires: {a: 1}}]"
    (lack,) = rules.evaluate(spec(pack_text, total_hours="0"), [entry(59, "a")]).unmet
    assert (lack.kind, lack.short) == ("gate", 1)


@pytest.mark.parametrize("known", ["completed_on", "applied_on"])
def test_one_day_alone_makes_no_course_too_old(known: str) -> None:
    context = rules.Context(**{known: day("2020-01-01")})  # type: ignore[arg-type]
    judged = rules.evaluate(spec("max_age_years: 1", total_hours="0"), [], context=context)
    assert judged.met
    assert judged.unknown == tuple({"applied_on", "completed_on"} - {known})


def test_every_key_that_needs_a_day_asks_for_it() -> None:
    keys = "valid_to: 2024-12-31\npace: {min_weeks: 3}\nmax_age_years: 1"
    judged = rules.evaluate(spec(keys, total_hours="0"), [])
    assert judged.unknown == ("program_start", "enrolled_on", "applied_on", "completed_on")


# ---- exclusions -----------------------------------------------------------------------------------------------------

REFUSING = """\
categories:
  - {code: a, unpaid: true, delivery: [in_person]}
  - {code: b, max_transfer_hours: 1}
gates: [{before: a, requires: {b: 10}}]
grades: {min_percent: 70}
attendance: {min_percent: 70}
transfer: {max_age_years: 1, max_hours: 0.75}
distance: {max_hours: 0.5}
"""


def test_the_first_of_several_reasons_takes_the_row() -> None:
    """Each row has the faults of the row below it, as far as its source and category can have them, and one more."""
    low = {"grade_percent": Decimal(1), "attendance_percent": Decimal(1)}
    paid = {**low, "delivery": "synchronous", "paid": True}
    old = {"source": "transfer", "attendance_percent": Decimal(1)}
    rows = [
        entry(10, "a", supervisor_licence_valid_to=day("2020-01-01"), **paid),
        entry(10, "a", **paid),
        entry(10, "a", **low, delivery="synchronous"),
        entry(10, "a", **low),
        entry(10, "b", **low),
        entry(10, "b", "2023-01-01", **old),
        entry(100, "b", "2023-01-01", source="transfer"),
        entry(100, "b", source="transfer", delivery="synchronous"),
    ]
    judged = rules.evaluate(spec(REFUSING), rows, context=rules.Context(enrolled_on=day("2025-01-06")))
    assert refused(judged) == [
        (1, 10, "supervisor_licence"),
        (2, 10, "paid"),
        (3, 10, "delivery"),
        (4, 10, "gate"),
        (5, 10, "grade"),
        (6, 10, "attendance"),
        (7, 100, "transfer_age"),
        (8, 40, "category_transfer_cap"),
        (8, 15, "transfer_cap"),
        (8, 15, "distance_cap"),
    ]


def test_time_is_shared_before_1970_too() -> None:
    rows = [
        entry(10, on="1969-12-31", start="1969-12-31T09:00+00:00", end="1969-12-31T09:10+00:00"),
        entry(10, on="1969-12-31", start="1969-12-31T09:05+00:00", end="1969-12-31T09:15+00:00"),
    ]
    assert refused(rules.evaluate(spec("categories: [{code: ethics}]"), rows)) == [(2, 5, "overlap")]


def test_a_shared_minute_and_the_smallest_part_of_another_are_two() -> None:
    rows = [
        entry(10, start="09:00", end="2025-01-06T09:11:00.000001+00:00"),
        entry(10, start="09:10", end="09:20"),
    ]
    assert refused(rules.evaluate(spec("categories: [{code: ethics}]"), rows)) == [(2, 2, "overlap")]
