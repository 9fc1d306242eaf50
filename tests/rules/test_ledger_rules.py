"""Trimming, midnight, folding and the tree's root: tables, properties, and a tree that we did not write."""

import string
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from certification.records import rules
from certification.records.rules import HourPart
from tests.effort import examples

BASE = datetime(2026, 3, 2, 14, tzinfo=UTC)


def part(minutes: int, *spans: tuple[int, int]) -> HourPart:
    """A part whose spans are minutes from BASE."""
    return HourPart(
        category="mfr",
        minutes=minutes,
        source="class",
        delivery="in_person",
        evidence="measured",
        title="t",
        spans=tuple((BASE + timedelta(minutes=a), BASE + timedelta(minutes=b)) for a, b in spans),
    )


def held(*spans: tuple[float, float]) -> list[tuple[datetime, datetime, str]]:
    return [(BASE + timedelta(minutes=a), BASE + timedelta(minutes=b), "holder") for a, b in spans]


@pytest.mark.parametrize(
    ("asked", "taken", "minutes", "lost"),
    [
        (part(60, (0, 60)), held(), 60, 0),
        (part(60, (0, 60)), held((60, 90)), 60, 0),
        (part(60, (0, 60)), held((30, 90)), 30, 30),
        (part(60, (0, 60)), held((0, 60)), None, 60),
        (part(60, (0, 60)), held((-10, 70)), None, 60),
        (part(60, (0, 60)), held((10, 20), (40, 50)), 40, 20),
        (part(50, (0, 60)), held((0, 30)), 20, 30),  # a break absorbs nothing
        (part(50, (0, 60)), held((0, 50)), None, 50),
        (part(60, (0, 60)), held((0, 0.5)), 59, 1),  # a begun minute is lost whole
        (part(60, (0, 30), (40, 70)), held((30, 40)), 60, 0),  # the gap of a pause is free for others
    ],
)
def test_trim(asked: HourPart, taken: list, minutes: int | None, lost: int) -> None:
    kept, left_out = rules.trim(asked, taken)
    assert (kept.minutes if kept else None) == minutes
    assert sum(out.minutes for out in left_out) == lost


spans_of_a_day = st.lists(st.tuples(st.integers(0, 1400), st.integers(1, 300)), max_size=6)


@given(spans_of_a_day, st.integers(0, 1200), st.integers(1, 240), st.integers(0, 60))
def test_what_is_posted_and_what_is_left_out_never_exceed_what_was_asked(taken, start, length, pause) -> None:
    edge, spans = 0, []
    for gap, size in taken:  # spans that do not overlap, as the database keeps them
        spans.append((edge + gap % 90, edge + gap % 90 + size))
        edge = spans[-1][1]
    asked = part(max(1, length - pause), (start, start + length))
    kept, left_out = rules.trim(asked, held(*spans))
    minutes = kept.minutes if kept else 0
    assert minutes + sum(out.minutes for out in left_out) <= asked.minutes
    assert (
        minutes + sum(out.minutes for out in left_out) == asked.minutes
        or kept is None
        or minutes * rules.MINUTE <= rules.length(kept.spans)
    )
    if kept:
        assert rules.length(kept.spans) >= kept.minutes * rules.MINUTE
        for a, b in kept.spans:
            assert not any(a < e and b > s for s, e, _holder in held(*spans))


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
    st.integers(1, 60 * 50),
    st.integers(0, 90),
    st.sampled_from(["America/New_York", "America/Los_Angeles", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]),
)
def test_midnight_loses_and_makes_no_minute(start: datetime, length: int, pause: int, zone: str) -> None:
    begin = start.replace(tzinfo=UTC)
    whole = HourPart(
        category="mfr",
        minutes=max(1, length - pause),
        source="externship",
        delivery="in_person",
        evidence="co_signed",
        title="t",
        spans=((begin, begin + timedelta(minutes=length)),),
    )
    days = rules.split_at_midnight(whole, zone)
    assert sum(day.minutes for day in days) == whole.minutes
    assert len({rules.local_date(day, zone) for day in days}) == len(days)
    for day in days:
        assert day.minutes > 0
        assert rules.length(day.spans) >= day.minutes * rules.MINUTE


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        # New York, 22:00 to 06:00: seven hours when clocks go forward, nine when they go back, eight else.
        ("2026-03-08T03:00+00:00", "2026-03-08T10:00+00:00", {date(2026, 3, 7): 120, date(2026, 3, 8): 300}),
        ("2026-11-01T02:00+00:00", "2026-11-01T11:00+00:00", {date(2026, 10, 31): 120, date(2026, 11, 1): 420}),
        ("2026-06-02T02:00+00:00", "2026-06-02T10:00+00:00", {date(2026, 6, 1): 120, date(2026, 6, 2): 360}),
    ],
)
def test_the_nights_of_clock_changes(start: str, end: str, expected: dict[date, int]) -> None:
    spans = ((datetime.fromisoformat(start), datetime.fromisoformat(end)),)
    night = HourPart("mfr", sum(expected.values()), "externship", "in_person", "co_signed", "t", spans)
    days = rules.split_at_midnight(night, "America/New_York")
    assert {rules.local_date(day, "America/New_York"): day.minutes for day in days} == expected


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 64, 65, 200])
def test_the_root_is_the_one_that_foreign_software_finds(size: int) -> None:
    tree = InmemoryTree(algorithm="sha256")
    leaves = [f"leaf {number}".encode() for number in range(size)]
    for leaf in leaves:
        tree.append_entry(leaf)
    ours = rules.merkle_root(rules.leaf_hash(leaf) for leaf in leaves)
    expected = tree.get_root(size) if size else __import__("hashlib").sha256(b"").digest()
    assert ours == expected


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"minutes": 0}, "whole number"),
        ({"minutes": -5}, "whole number"),
        ({"minutes": 1.5}, "whole number"),
        ({"minutes": True}, "whole number"),
        ({"minutes": 61}, "shorter than"),
        ({"category": ""}, "category"),
        ({"source": "gift"}, "source"),
        ({"delivery": "post"}, "delivery"),
        ({"evidence": "hearsay"}, "evidence"),
        ({"tags": ("a;b",)}, "tag"),
        ({"spans": ()}, "needs its date"),
        ({"spans": (), "date": date(2026, 1, 1)}, "without times"),
        ({"date": date(2026, 1, 1)}, "follows from"),
        ({"spans": ((BASE, BASE),)}, "end after"),
        ({"spans": ((BASE.replace(tzinfo=None), BASE.replace(tzinfo=None) + timedelta(hours=2)),)}, "offset"),
    ],
)
def test_bad_parts_are_named(change: dict, says: str) -> None:
    from dataclasses import replace

    with pytest.raises(rules.BadPartError, match=says):
        rules.check_part(replace(part(60, (0, 60)), **change))


def test_a_leaf_binds_every_value() -> None:
    fields = {"minutes": 60, "title": "Ärzte", "paid": None}
    text = rules.leaf_text(fields)
    assert text == '{"form":"palmar-hour-entry/1","minutes":60,"paid":null,"title":"Ärzte"}'.encode()
    assert rules.leaf_hash(text) != rules.leaf_hash(rules.leaf_text({**fields, "minutes": 61}))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=examples(300))
@given(st.dictionaries(st.sampled_from([*sorted(string.ascii_lowercase), "recorded_at", "record"]), VALUES))
def test_a_leaf_is_canonical_json_as_foreign_software_writes_it(fields: dict[str, Any]) -> None:
    assert rules.leaf_text(fields) == rfc8785.dumps({"form": rules.LEAF_FORM, **fields})


@pytest.mark.parametrize("value", ['\x00\x1f\x7f\x80\u2028 "\\/é😀', "\b\t\n\f\r"])
def test_signs_that_are_written_apart(value: str) -> None:
    assert rules.leaf_text({"title": value}) == rfc8785.dumps({"form": rules.LEAF_FORM, "title": value})


def test_half_a_sign_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        rules.leaf_text({"title": "\ud800"})
