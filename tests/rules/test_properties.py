"""What holds for every pack and every set of rows, looked for by Hypothesis."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from certification.records.rules import fold
from certification.requirements import rules
from tests.effort import examples
from tests.rules.making import day, numbers, pack

FIRST = day("2025-01-01")
MIDNIGHT = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
CODES = ("a", "b", "c", "d", "e")

often = settings(max_examples=examples(60), deadline=None)


TAGS = ("x", "y")

hours = st.integers(0, 6).map(lambda n: n * 50)
shares = st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(7, 10), Fraction(1)])
percents = st.none() | st.sampled_from([Decimal(0), Decimal("69.99"), Decimal(70), Decimal(100)])
days = st.integers(0, 4).map(lambda n: FIRST + dt.timedelta(days=n))
periods = st.lists(st.tuples(st.none() | days, st.none() | days), max_size=2).map(tuple)
limits = st.builds(rules.Limit, minutes=st.none() | hours, share=st.none() | shares)


@st.composite
def specs(draw: st.DrawFn, *, strict: bool = True) -> rules.RuleSetSpec:
    """A pack over the five codes: any tree, any minima and maxima, and any key of the format.

    With `strict=False` only keys that judge each row by itself: no caps on rows, no gates, shares, grades.
    """
    children: dict[str | None, list[str]] = {None: []}
    for place, code in enumerate(CODES):
        parent = draw(st.sampled_from([None, *CODES[:place]]))
        children.setdefault(parent, []).append(code)

    def node(code: str) -> rules.Category:
        required = draw(st.integers(0, 300))
        return rules.Category(
            code=code,
            title=code.upper(),
            required=required,
            maximum=draw(st.none() | st.integers(required, 600)),
            delivery=draw(st.sampled_from([rules.DELIVERIES, rules.DELIVERIES, ("in_person",), ("asynchronous",)])),
            distance_periods=draw(st.none() | periods),
            unpaid=draw(st.booleans()),
            required_in_person=draw(st.sampled_from([0, 0, 100])),
            transfer_maximum=draw(st.none() | hours) if strict else None,
            children=tuple(node(child) for child in children.get(code, [])),
        )

    categories = tuple(node(code) for code in children[None])
    key = st.sampled_from([*CODES, *TAGS, "elective"])
    overlay = st.builds(
        rules.Overlay,
        tag=st.sampled_from(TAGS),
        within=st.none() | st.sampled_from(CODES),
        required=hours,
        maximum=st.none() | hours,
    )
    gate = st.builds(
        rules.Gate,
        before=key,
        requires=st.lists(st.tuples(key | st.just("total"), hours), min_size=1, max_size=2).map(tuple),
    )
    more: dict[str, Any] = {}
    if strict:
        more = {
            "gates": draw(st.lists(gate, max_size=2).map(tuple)),
            "pace": rules.Pace(
                day_maximum=draw(st.none() | hours),
                week_maximum=draw(st.none() | hours),
                week_starts=draw(st.integers(0, 6)),
            ),
            "distance": draw(limits),
            "transfer": draw(limits),
            "transfer_max_age_years": draw(st.none() | st.just(1)),
            "min_grade": draw(percents),
            "min_average": draw(percents),
            "min_attendance": draw(percents),
            "course_share": draw(st.lists(st.tuples(st.sampled_from(TAGS), shares), max_size=1).map(tuple)),
            "max_courses": draw(st.none() | st.just(1)),
            "one_school": draw(st.booleans()),
        }
    return rules.RuleSetSpec(
        id="any",
        version=1,
        title="Any",
        status="sample",
        sources=(),
        applies_by=draw(st.sampled_from(rules.AXES)),
        required=draw(st.integers(0, 1500)),
        unit_minutes=draw(st.sampled_from([45, 50, 60])),
        valid_from=FIRST + dt.timedelta(days=1) if draw(st.booleans()) else None,
        categories=categories,
        overlays=draw(st.lists(overlay, max_size=3, unique_by=lambda one: (one.tag, one.within)).map(tuple)),
        **more,
    )


contexts = st.builds(
    rules.Context,
    enrolled_on=st.none() | days,
    program_start=st.none() | days,
    school_open=st.none() | periods,
)
facts = {
    "category": st.sampled_from([*CODES, rules.ELECTIVE]),
    "source": st.sampled_from(["", *rules.SOURCES]),
    "supervisor_licence_valid_from": st.none() | days,
    "supervisor_licence_valid_to": st.none() | days,
    "tags": st.lists(st.sampled_from(TAGS), unique=True).map(tuple),
    "delivery": st.sampled_from(["in_person", *rules.DELIVERIES]),
    "course": st.sampled_from(["", "A", "B"]),
    "school": st.sampled_from(["", "", "S"]),
    "grade_percent": percents,
    "attendance_percent": percents,
    "paid": st.sampled_from([None, False, True]),
}


@st.composite
def messy_rows(draw: st.DrawFn) -> list[rules.Entry]:
    """Rows that overlap, with and without times, breaks and odd seconds."""
    rows = []
    for _ in range(draw(st.integers(0, 12))):
        start = MIDNIGHT + dt.timedelta(seconds=draw(st.integers(0, 4 * 86_400)))
        lasts = draw(st.integers(60, 20_000))
        timed = draw(st.booleans())
        rows.append(
            rules.Entry(
                date=draw(days) if draw(st.booleans()) else start.date(),
                minutes=draw(st.integers(1, lasts // 60)) if timed else draw(st.integers(1, 500)),
                spans=((start, start + dt.timedelta(seconds=lasts)),) if timed else (),
                **{name: draw(values) for name, values in facts.items()},
            )
        )
    return rows


@st.composite
def tidy_rows(draw: st.DrawFn) -> list[rules.Entry]:
    """Rows of whole minutes without breaks, none of which overlaps another; some have no times."""
    rows = []
    clock = MIDNIGHT
    for _ in range(draw(st.integers(1, 12))):
        clock += draw(st.integers(0, 700)) * MINUTE
        minutes = draw(st.integers(1, 300))
        timed = draw(st.booleans())
        end = clock + minutes * MINUTE
        rows.append(
            rules.Entry(
                date=clock.date(),
                minutes=minutes,
                spans=((clock, end),) if timed else (),
                **{name: draw(values) for name, values in facts.items()},
            )
        )
        clock = end
    return draw(st.permutations(rows))


@often
@given(specs(), messy_rows(), contexts)
def test_the_three_numbers_keep_their_order_and_add_up(
    spec: rules.RuleSetSpec, rows: list[rules.Entry], context: rules.Context
) -> None:
    judged = rules.evaluate(spec, rows, context=context)
    for node in (judged.total, *judged.walk()):
        assert 0 <= node.counted <= node.creditable <= node.attended
        assert node.maximum is None or node.counted <= node.maximum
        assert node.short == max(0, node.required - node.counted)
    lost = [0] * len(rows)
    for one in judged.not_creditable:
        assert one.minutes > 0
        lost[one.row - 1] += one.minutes
    assert all(0 <= gone <= row.minutes for gone, row in zip(lost, rows, strict=True))
    for result, overlay in zip(judged.overlays, spec.overlays, strict=True):
        assert result.overlay == overlay
        assert 0 <= result.counted <= result.creditable <= result.attended
        assert overlay.maximum is None or result.counted <= overlay.maximum
    told = numbers(judged)
    for code in (*CODES, rules.ELECTIVE):
        below = {node.code for node in spec.by_code[code].walk()} if code in spec.by_code else set()
        if below:
            mine = [
                (row.minutes, row.minutes - gone) for row, gone in zip(rows, lost, strict=True) if row.category in below
            ]
            assert told[code][:2] == (sum(pair[0] for pair in mine), sum(pair[1] for pair in mine))
    assert judged.total.attended == sum(row.minutes for row in rows)
    assert judged.total.attended - judged.total.creditable == sum(lost)
    assert judged.met is (not judged.unmet)
    assert [one.row for one in judged.not_creditable] == sorted(one.row for one in judged.not_creditable)


@often
@given(specs(), tidy_rows(), contexts, st.data())
def test_splitting_a_row_into_adjoining_neighbors_changes_no_number(
    spec: rules.RuleSetSpec, rows: list[rules.Entry], context: rules.Context, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    row = rows[place]
    if row.minutes == 1:
        return
    # Neighbors of the same course: a row without one is a course of its own, and half of it another.
    row = rows[place] = replace(row, course=row.course or "mine")
    first = data.draw(st.integers(1, row.minutes - 1))
    halves = [replace(row, minutes=first), replace(row, minutes=row.minutes - first)]
    if row.spans:
        ((start, end),) = row.spans
        cut = start + first * MINUTE
        halves = [replace(halves[0], spans=((start, cut),)), replace(halves[1], spans=((cut, end),))]
    split = [*rows[:place], *halves, *rows[place + 1 :]]
    before, after = rules.evaluate(spec, rows, context=context), rules.evaluate(spec, split, context=context)
    assert numbers(after) == numbers(before)
    assert after.unmet == before.unmet


@often
@given(specs(strict=False), tidy_rows(), contexts, st.data())
def test_the_order_of_rows_that_do_not_overlap_changes_no_number(
    spec: rules.RuleSetSpec, rows: list[rules.Entry], context: rules.Context, data: st.DataObject
) -> None:
    again = data.draw(st.permutations(rows))
    before, after = rules.evaluate(spec, rows, context=context), rules.evaluate(spec, again, context=context)
    assert numbers(after) == numbers(before)
    assert after.unmet == before.unmet


@often
@given(specs(strict=False), tidy_rows(), contexts, st.data())
def test_adding_a_row_that_overlaps_none_lowers_no_counted_number(
    spec: rules.RuleSetSpec, rows: list[rules.Entry], context: rules.Context, data: st.DataObject
) -> None:
    kept = [row for row, keep in zip(rows, data.draw(st.tuples(*[st.booleans()] * len(rows))), strict=True) if keep]
    fewer, more = rules.evaluate(spec, kept, context=context), rules.evaluate(spec, rows, context=context)
    for had, has in zip((fewer.total, *fewer.walk()), (more.total, *more.walk()), strict=True):
        assert had.code == has.code
        assert had.counted <= has.counted
    for had_tag, has_tag in zip(fewer.overlays, more.overlays, strict=True):
        assert had_tag.counted <= has_tag.counted


@often
@given(specs(), messy_rows(), contexts, days)
def test_rows_after_the_day_are_as_if_never_written(
    spec: rules.RuleSetSpec, rows: list[rules.Entry], context: rules.Context, as_of: dt.date
) -> None:
    known = [row for row in rows if row.date <= as_of]
    assert numbers(rules.evaluate(spec, rows, context=context, as_of=as_of)) == numbers(
        rules.evaluate(spec, known, context=context, as_of=as_of)
    )


@often
@given(specs(), messy_rows(), contexts, st.sampled_from(["America/New_York", "Asia/Kathmandu", "Pacific/Apia"]))
def test_the_zone_in_which_a_span_is_written_changes_nothing(
    spec: rules.RuleSetSpec, rows: list[rules.Entry], context: rules.Context, zone: str
) -> None:
    there = ZoneInfo(zone)
    moved = [
        replace(row, spans=tuple((start.astimezone(there), end.astimezone(there)) for start, end in row.spans))
        for row in rows
    ]
    assert rules.evaluate(spec, moved, context=context) == rules.evaluate(spec, rows, context=context)


@often
@given(specs(), messy_rows(), contexts)
def test_judging_twice_and_judging_copies_is_the_same(
    spec: rules.RuleSetSpec, rows: list[rules.Entry], context: rules.Context
) -> None:
    assert rules.evaluate(spec, [replace(row) for row in rows], context=context) == rules.evaluate(
        spec, rows, context=context
    )


@dataclass(frozen=True)
class Line:
    """A line of the ledger, as far as folding looks at it."""

    id: int
    reverses_id: int | None = None


@often
@given(specs(), messy_rows(), contexts, st.data())
def test_an_entry_and_its_reversal_folded_equal_neither(
    spec: rules.RuleSetSpec, rows: list[rules.Entry], context: rules.Context, data: st.DataObject
) -> None:
    places = range(len(rows))
    gone = data.draw(st.sets(st.sampled_from(places)) if rows else st.just(set()))
    backs = [Line(1000 + place, reverses_id=place) for place in data.draw(st.permutations(sorted(gone)))]
    # A transcript reads by day, so that a reversal may stand before or after what it takes back.
    ledger = [*backs, *map(Line, places)] if data.draw(st.booleans()) else [*map(Line, places), *backs]
    standing = [rows[line.id] for line in fold(ledger)]
    assert rules.evaluate(spec, standing, context=context) == rules.evaluate(
        spec, [row for place, row in enumerate(rows) if place not in gone], context=context
    )


@often
@given(messy_rows())
def test_total_creditable_is_the_time_that_was_covered(rows: list[rules.Entry]) -> None:
    """Rows of whole minutes without breaks, however they overlap: no minute twice and none lost."""
    whole = []
    covered: set[int] = set()
    for row in rows:
        start = MIDNIGHT + (row.minutes * 7 % 300) * MINUTE
        begin = row.minutes * 7 % 300
        covered |= set(range(begin, begin + row.minutes))
        whole.append(
            rules.Entry(
                date=FIRST, minutes=row.minutes, category="elective", spans=((start, start + row.minutes * MINUTE),)
            )
        )
    bare = rules.load(pack(), file="pack.yaml")
    assert rules.evaluate(bare, whole).total.creditable == len(covered)


@often
@given(messy_rows())
def test_what_is_written_to_csv_is_read_back(rows: list[rules.Entry]) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    dates = ("supervisor_licence_valid_from", "supervisor_licence_valid_to")
    writer.writerow(["start", "end", "date", "minutes", "category", "source", *dates])
    for row in rows:
        ends = [moment.isoformat() for span in row.spans for moment in span] or ["", ""]
        licence = sorted(filter(None, (row.supervisor_licence_valid_from, row.supervisor_licence_valid_to)))
        licence_cells = [*licence, "", ""][:2]
        writer.writerow([*ends, row.date, row.minutes, row.category, row.source, *licence_cells])
    read = rules.read_entries(out.getvalue().encode(), file="e.csv")
    assert [(one.date, one.minutes, one.category, one.source, one.spans) for one in read] == [
        (one.date, one.minutes, one.category, one.source, one.spans) for one in rows
    ]


@often
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b'date,minutes,category\n"')
@example(b"date,minutes,category\n2025-01-01,1,a\n\xef\xbb\xbf")
def test_any_bytes_are_read_or_refused_in_one_line(data: bytes) -> None:
    readers = (
        lambda: rules.read_entries(data, file="f"),
        lambda: rules.read_entries(b"date,minutes,category\n" + data, file="f"),
        lambda: rules.load(rules.decode(data, file="f"), file="f"),
        lambda: rules.load(rules.decode(pack().encode() + b"categories: [{code: " + data, file="f"), file="f"),
        lambda: rules.read_context(rules.decode(data, file="f"), file="f"),
    )
    for read in readers:
        said = _refusal(read)
        assert said.startswith("f: ")
        assert len(said.splitlines()) == 1


def _refusal(read: Callable[[], object]) -> str:
    """What a reader says when it refuses; where it reads on, nothing that would fail a test."""
    try:
        read()
    except rules.BadInputError as error:
        return str(error)
    return "f: line 1: read"


yamlish = st.recursive(
    st.sampled_from(["a", "1", "1.5", "null", "''", "{}", "[]", "2025-01-01", "true", "&x a", "*x", "!t a"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from(
                ["code", "title", "min_hours", "max_hours", "children", "citation", "read_on", "from", "to"]
            ),
            inner,
            max_size=4,
        ).map(lambda fields: f"{{{', '.join(f'{key}: {value}' for key, value in fields.items())}}}")
    ),
    max_leaves=12,
)


@often
@given(yamlish, st.sampled_from(["categories", "sources", "total_hours", "version", "valid_from", "title"]))
def test_any_value_under_any_key_is_read_or_refused_in_one_line(value: str, key: str) -> None:
    lines = [line for line in pack().splitlines() if not line.startswith(f"{key}:")]
    text = "\n".join([*lines, f"{key}: {value}"])
    readers = (
        lambda: rules.load(text, file="f"),
        lambda: rules.read_context(f"school_open: {value}", file="f"),
    )
    for read in readers:
        said = _refusal(read)
        assert said.startswith("f: line ")
        assert len(said.splitlines()) == 1
