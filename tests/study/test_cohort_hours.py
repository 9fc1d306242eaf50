"""A group's attended hours: from the balances, ten queries for a page, however many learners the school has."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.services import ensure_user
from certification.records.services import HourRequest, post_batch, reverse_entry
from certification.requirements.services import import_rules
from courses.enrollments.models import Cohort, Enrollment
from courses.enrollments.services import enroll, ensure_cohort
from courses.study.selectors import Cell, cohort_hours, sorted_by
from tests.enrollments.making import make_program
from tests.layers import layer
from tests.records.making import part
from tests.rules.making import pack
from tests.worlds import School

pytestmark = pytest.mark.django_db
TODAY = datetime(2026, 3, 20, 15, tzinfo=UTC)
LEARNERS, TOPS = 50, 8
EIGHT = pack(
    "categories:\n"
    "  - {code: mfr, title: Myofascial release, min_hours: 4, children: [{code: nmt_trp, title: Deep, min_hours: 1}]}\n"
    "  - {code: c1, title: Subject 1}\n"
    + "".join(f"  - {{code: c{number}, title: Subject {number}, min_hours: 2}}\n" for number in range(2, TOPS)),
    total_hours="20",
    unit_minutes="50",
).replace("id: small", "id: eight")


@dataclass
class Group:
    """Three learners of a group: Ana has most hours, Bea was silent longest, Cleo has none."""

    cohort: Cohort
    enrollments: dict[str, Enrollment]


def _day(number: int, **fields: Any) -> Any:
    start = datetime(2026, 3, 2, 14, tzinfo=UTC) + timedelta(days=number)
    return part(50, spans=((start, start + timedelta(minutes=50)),), **fields)


@layer(at=TODAY)
def group(school: School) -> Group:
    """Through the services."""
    program = make_program(school.school, import_rules(text=EIGHT, filename="eight.yaml"))
    cohort = ensure_cohort(program=program, name="Spring", starts_on=date(2026, 3, 2))
    people = {name: ensure_user(email=f"{name}@example.org", legal_name=name) for name in ("Ana", "Bea", "Cleo")}
    enrollments = {
        name: enroll(user=user, program=program, source_key=f"desk:{name}", cohort=cohort)
        for name, user in people.items()
    }
    ana, bea = enrollments["Ana"].record, enrollments["Bea"].record
    post_batch(
        requests=[
            HourRequest(ana, "class:1", [_day(0)]),
            HourRequest(ana, "class:2", [_day(1, category="nmt_trp")]),
            HourRequest(ana, "class:3", [_day(17, category="c2")]),
            HourRequest(ana, "class:4", [_day(18, category="elective")]),
            HourRequest(bea, "class:1", [_day(0, category="c1")]),
        ]
    )
    return Group(cohort, enrollments)


def _text(response: Any) -> str:
    words = unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return re.sub(r"\s+", " ", words.replace("\u2009", " ").replace("\u00a0", " "))


def _names(group: Group, sort: str) -> list[str]:
    return [row.name for row in cohort_hours(group.cohort, sorted_by(group.cohort, sort), today=TODAY.date()).rows]


def _address(cohort: Cohort) -> str:
    return reverse("study:cohort_hours", args=[cohort.uuid])


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.mark.parametrize(
    ("minutes", "required", "percent", "share"),
    [(0, 100, 0, "none"), (49, 100, 49, "some"), (50, 100, 50, "most"), (99, 100, 99, "most"), (100, 100, 100, "all"),
     (300, 100, 100, "all"), (199, 200, 99, "most"), (10, 0, None, "")],
)  # fmt: skip
def test_a_cell_says_its_share(minutes: int, required: int, percent: int | None, share: str) -> None:
    cell = Cell("", minutes, required)
    assert (cell.percent, cell.share) == (percent, share)


def test_children_count_in_their_top_category(group: Group) -> None:
    board = cohort_hours(group.cohort, sorted_by(group.cohort, "name"), today=TODAY.date())
    ana, bea, cleo = board.rows
    assert [cell.title for cell in board.head[:2]] == ["Myofascial release", "Subject 1"]
    assert [cell.required for cell in board.head[:3]] == [200, 0, 100]
    assert [cell.minutes for cell in ana.cells] == [100, 0, 50, 0, 0, 0, 0, 0]
    assert (ana.total.minutes, ana.elsewhere, ana.last_on, ana.silent_days) == (200, 50, date(2026, 3, 20), 0)
    assert (bea.total.minutes, bea.silent_days) == (50, 18)
    assert (cleo.total.minutes, cleo.last_on, cleo.silent_days) == (0, None, None)
    assert board.has_elsewhere


def test_a_line_taken_back_is_gone_from_the_table(group: Group, school: School) -> None:
    record = group.enrollments["Bea"].record
    reverse_entry(entry=record.entries.get(), source_key="back:1", reason="absent", recorded_by=school.registrar)
    board = cohort_hours(group.cohort, sorted_by(group.cohort, "name"), today=TODAY.date())
    assert board.rows[1].total.minutes == 0


@pytest.mark.parametrize(
    ("sort", "names"),
    [("name", ["Ana", "Bea", "Cleo"]), ("least", ["Cleo", "Bea", "Ana"]), ("silence", ["Cleo", "Bea", "Ana"])],
)
def test_sorts(group: Group, sort: str, names: list[str]) -> None:
    assert _names(group, sort) == names


def test_fewest_hours_and_longest_silence_are_two_things(group: Group) -> None:
    late = group.enrollments["Bea"].record
    post_batch(requests=[HourRequest(late, "class:9", [_day(18, category="c1")])])
    early = group.enrollments["Cleo"].record
    post_batch(requests=[HourRequest(early, f"class:{n}", [_day(n)]) for n in range(6)])
    assert _names(group, "least") == ["Bea", "Ana", "Cleo"]
    assert _names(group, "silence") == ["Cleo", "Ana", "Bea"]


def test_the_page_says_what_it_shows_in_the_rules_own_hours(group: Group, school: School) -> None:
    page = school.client(school.registrar).get(_address(group.cohort))
    text = _text(page)
    assert "Attended hours, as they are written in the ledger." in text
    assert "One hour is 50 minutes." in text
    assert "of 20 h" in text and "of 4 h" in text
    assert "2 h 50%" in text, "100 of 200 minutes, in hours of 50"
    assert "Other subjects" in text
    assert "18 days ago" in text and "no hours yet" in text
    body = page.content.decode()
    assert 'data-share="most"' in body and 'data-share="none"' in body
    assert reverse("desk:record", args=[group.enrollments["Ana"].record.uuid]) in body


def test_an_instructor_is_led_to_the_page_that_she_may_open(group: Group, school: School) -> None:
    record = group.enrollments["Ana"].record
    client = school.client(school.instructor)
    body = client.get(_address(group.cohort), {"sort": "nonsense"}).content.decode()
    assert reverse("desk:record", args=[record.uuid]) not in body
    assert client.get(reverse("records:hours", args=[record.uuid])).status_code == 200
    assert reverse("records:hours", args=[record.uuid]) in body


def test_other_schools_and_learners_see_nothing(group: Group, school: School) -> None:
    assert school.client(school.foreign_registrar).get(_address(group.cohort)).status_code == 404
    assert school.client(school.learner_user).get(_address(group.cohort)).status_code == 403


def test_an_empty_group_says_what_will_stand_there(group: Group, school: School) -> None:
    empty = ensure_cohort(program=group.cohort.program, name="Autumn", starts_on=date(2026, 9, 1))
    assert "Nobody is in this group yet" in _text(school.client(school.registrar).get(_address(empty)))


@layer(at=TODAY)
def crowd(group: Group) -> Cohort:
    """Fifty learners with hours in eight subjects, and one more for a second page."""
    program = group.cohort.program
    cohort = ensure_cohort(program=program, name="Crowd", starts_on=date(2026, 3, 2))
    requests = []
    for number in range(LEARNERS + 1):
        user = ensure_user(email=f"crowd-{number}@example.org", legal_name=f"Learner {number:02d}")
        record = enroll(user=user, program=program, source_key=f"desk:crowd-{number}", cohort=cohort).record
        codes = ["mfr", *(f"c{top}" for top in range(1, TOPS))]
        requests += [
            HourRequest(record, f"class:{place}", [_day(place, category=code)]) for place, code in enumerate(codes)
        ]
    for first in range(0, len(requests), 200):
        post_batch(requests=requests[first : first + 200])
    return cohort


@pytest.mark.parametrize("sort", ["name", "least", "silence"])
def test_ten_queries_for_fifty_learners_in_eight_subjects(crowd: Cohort, school: School, sort: str) -> None:
    client = school.client(school.registrar)
    address = f"{_address(crowd)}?sort={sort}"
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(address)
    assert page.content.decode().count('role="rowheader"') == LEARNERS
    assert page.content.decode().count("<td") == LEARNERS * (TOPS + 2)
    assert len(captured) <= 10, [query["sql"] for query in captured]
    assert client.get(f"{address}&page=2").content.decode().count('role="rowheader"') == 1


@pytest.mark.parametrize("sort", ["name", "least", "silence"])
def test_no_query_reads_through_all_learners(crowd: Cohort, school: School, sort: str) -> None:
    """Each question about learners, enrollments, records and balances is answered by an index, whatever their number."""
    client = school.client(school.registrar)
    address = f"{_address(crowd)}?sort={sort}"
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    asked = [query["sql"] for query in captured if re.search(r'FROM "(records|enrollments)_', query["sql"])]
    assert any("records_balance" in sql for sql in asked)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A small table is read through whatever the index: ask what it does where that is dear.
            cursor.execute("SET LOCAL enable_seqscan = off")
        for sql in asked:
            cursor.execute(f"{'EXPLAIN' if connection.vendor == 'postgresql' else 'EXPLAIN QUERY PLAN'} {sql}")
            plan = [str(row[-1]) for row in cursor.fetchall()]
            through = [
                line
                for line in plan
                if re.search(r"^SCAN (U\d|records_|enrollments_)|Seq Scan on (records|enrollments|accounts)_", line)
            ]
            assert not through, (sql, plan)
