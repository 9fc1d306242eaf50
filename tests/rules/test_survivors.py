"""What no other test had noticed when the rules were broken line by line (docs/mutants.md says how)."""

import datetime as dt
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from certification.requirements import rules
from certification.requirements.rules import days, nodes
from tests.rules.making import HEAD, entry, pack, spec

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


def test_times_are_in_utc_in_whatever_zone_they_were_written() -> None:
    (read,) = rules.read_entries(
        b"date,minutes,category,start,end\n2025-01-06,50,ap,2025-01-06T09:00-06:00,2025-01-06T17:00+01:00\n", file="x"
    )
    assert [instant.tzinfo for instant in read.spans[0]] == [dt.UTC, dt.UTC]


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
