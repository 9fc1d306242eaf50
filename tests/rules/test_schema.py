"""Packs: what is read, and what is refused with file, line and key."""

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction

import pytest

from certification.requirements import rules
from certification.requirements.rules import schema
from tests.rules.making import HEAD, TREE, pack, spec


def test_a_pack_is_read_whole() -> None:
    read = rules.load(
        """\
schema: hour-rules/1
id: us-xx.two-b
version: 12
title: "Two: parts"
status: verified
sources:
  - {citation: "Statute 1", read_on: 2026-11-21}
  - {citation: "Statute 2", read_on: "2026-11-22"}
applies_by: program_start
valid_from: 2021-09-01
valid_to: 2021-09-01
unit_minutes: 50
total_hours: 12.5
categories:
  - code: a
    title: A
    min_hours: 1
    max_hours: 1.0
    children:
      - {code: a_1, children: [{code: a-1.x, min_hours: 0.02}]}
  - {code: elective, title: Free hours}
""",
        file="two.yaml",
    )
    assert (read.id, read.version, read.label, read.title) == ("us-xx.two-b", 12, "us-xx.two-b@12", "Two: parts")
    assert (read.status, read.applies_by) == ("verified", "program_start")
    assert read.sources == (
        rules.Source("Statute 1", dt.date(2026, 11, 21)),
        rules.Source("Statute 2", dt.date(2026, 11, 22)),
    )
    assert read.valid_from == read.valid_to == dt.date(2021, 9, 1)
    assert (read.unit_minutes, read.required) == (50, 625)
    assert list(read.by_code) == ["a", "a_1", "a-1.x", "elective"]
    assert read.by_code["a"].required == read.by_code["a"].maximum == 50
    assert read.by_code["a-1.x"].required == 1
    assert read.by_code["a-1.x"].maximum is None
    assert read.by_code["a_1"].title == "A 1"
    assert read.allows("elective")
    assert TREE.allows("elective")
    assert not read.allows("b")


def test_defaults() -> None:
    read = rules.load(f"{HEAD}applies_by: session\ntotal_hours: 0\n", file="pack.yaml")
    assert (read.unit_minutes, read.required, read.categories) == (60, 0, ())
    assert read.valid_from is None
    assert read.valid_to is None
    assert read.rounding == rules.Rounding("none", increment=60, first_credit=0)
    assert spec("rounding: {mode: down}", unit_minutes="50").rounding == rules.Rounding("down", increment=50)


def test_every_key_is_read_into_minutes() -> None:
    read = spec(
        """\
rounding: {mode: down, increment_hours: 0.5, first_credit_hours: 1}
categories:
  - code: a
    delivery: [synchronous, in_person]
    distance_periods: [{from: 2020-03-01, to: 2025-12-31}, {to: 2019-01-01}]
    unpaid: true
    min_in_person_hours: 2
    max_transfer_hours: 3
    children: [{code: b, delivery: [asynchronous]}]
overlays: [{tag: x, within: b, min_hours: 1}, {tag: x, max_hours: 2}, {tag: y, within: elective}]
gates: [{before: a, requires: {total: 4, x: 0.5}}]
pace: {max_hours_per_day: 6, max_hours_per_week: 30, week_starts: wednesday, min_weeks: 24, min_months: 9}
distance: {max_hours: 5, max_share: 0.5}
transfer: {max_hours: 4, max_share: 0.49, max_age_years: 6}
max_age_years: 5
grades: {min_percent: 70.5, min_average: 75}
attendance: {min_percent: 71}
course_share: {x: 0.70, y: 1}
linkage: {max_courses: 4, one_school: true}
requirements: [cpr_in_person, first_aid]
""",
        unit_minutes="50",
    )
    assert read.rounding == rules.Rounding("down", increment=25, first_credit=50)
    a, b = read.by_code["a"], read.by_code["b"]
    assert (a.delivery, b.delivery) == (("in_person", "synchronous"), ("asynchronous",))
    periods = ((dt.date(2020, 3, 1), dt.date(2025, 12, 31)), (None, dt.date(2019, 1, 1)))
    assert a.distance_periods == b.distance_periods == periods
    assert a.unpaid
    assert b.unpaid
    assert (a.required_in_person, a.transfer_maximum) == (100, 150)
    assert (b.required_in_person, b.transfer_maximum) == (0, None)
    assert read.overlays == (
        rules.Overlay("x", "b", 50, None),
        rules.Overlay("x", None, 0, 100),
        rules.Overlay("y", "elective"),
    )
    assert read.gates == (rules.Gate("a", (("total", 200), ("x", 25))),)
    assert read.pace == rules.Pace(300, 1500, 2, 24, 9)
    assert read.distance == rules.Limit(250, Fraction(1, 2))
    assert (read.transfer, read.transfer_max_age_years) == (rules.Limit(200, Fraction(49, 100)), 6)
    assert (read.max_age_years, read.min_grade, read.min_average) == (5, Decimal("70.5"), Decimal(75))
    assert read.min_attendance == Decimal(71)
    assert read.course_share == (("x", Fraction(7, 10)), ("y", Fraction(1)))
    assert (read.max_courses, read.one_school) == (4, True)
    assert read.requirements == ("cpr_in_person", "first_aid")
    assert read.distance.of(101) == 50
    assert read.title_of("total") == "The total"
    assert read.title_of("hands_on") == "Hands on"


def test_line_ends_and_byte_order_mark_change_nothing() -> None:
    text = pack("categories: [{code: a}]\n")
    data = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    assert rules.load(rules.decode(data, file="p"), file="p") == rules.load(text, file="p")


def test_a_tree_of_many_levels() -> None:
    depth = 90
    flow = "{code: c0}"
    for level in range(1, depth):
        flow = f"{{code: c{level}, children: [{flow}]}}"
    assert len(spec(f"categories: [{flow}]\n").by_code) == depth


def _refusal(text: str) -> str:
    with pytest.raises(rules.BadFileError) as refusal:
        rules.load(text, file="pack.yaml")
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def _with(line: str) -> str:
    """A sound pack in which one line replaces the one that sets the same key, or comes last."""
    key = line.split(":")[0]
    lines = [had for had in pack("categories: [{code: a}]").splitlines() if not had.startswith(f"{key}:")]
    return "\n".join([*lines, line]) + "\n"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("schema: hour-rules/2", "line 10: key 'schema': must be hour-rules/1"),
        (f"schema: {'a' * 65}", "must be one line of 1 to 64 characters"),
        ("id: US TX", "'US TX' must be small letters, digits and single hyphens"),
        ("id: a@1", "'a@1' must be small letters"),
        ("id: ../a", "'../a' must be small letters"),
        ("id: 12", "'12' must be text; put it in quotes"),
        ("id:", "key 'id': must be text"),
        ("version: 0", "'0' is not a whole number from 1 to 1000000"),
        ("version: 1.5", "'1.5' is not a whole number"),
        ("version: '1'", "'1' is not a number such as 40 or 12.5"),
        ("version: v1", "'v1' is not a number"),
        ("version: 010", "'010' is not a number"),
        ("version: 0x10", "'0x10' is not a number"),
        ("version: 1:30", "'1:30' is not a number"),
        ("title: yes", "'yes' must be text; put it in quotes"),
        ("title: ''", "must be one line of 1 to 200 characters"),
        ('title: "a\\nb"', "must be one line of 1 to 200 characters"),
        ('title: "a\\x1bb"', "must be one line of 1 to 200 characters"),
        (f"title: {'a' * 201}", "must be one line of 1 to 200 characters"),
        ("title: [a]", "key 'title': must be text"),
        ("status: checked", "'checked' is not one of verified, unverified, sample"),
        ("status: {a: 1}", "key 'status': must be one of verified, unverified, sample"),
        ("sources: none", "key 'sources': must be a list"),
        ("sources: [text]", "key 'sources': must be a mapping of keys and values"),
        ("sources: [{citation: Law}]", "line 10: key 'read_on' is missing"),
        ("sources: [{read_on: 2026-01-01}]", "key 'citation' is missing"),
        ("sources: [{citation: Law, read_on: 2026-02-30}]", "'2026-02-30' is not a date"),
        ("sources: [{citation: Law, read_on: 2026-1-3}]", "'2026-1-3' is not a date"),
        ("sources: [{citation: Law, read_on: 2026-01-01T00:00:00Z}]", "is not a date"),
        ("sources: [{citation: Law, read_on: 2026-01-01, page: 3}]", "unknown key 'page'"),
        ("applies_by: graduation", "'graduation' is not one of program_start, enrolment, session, application"),
        ("valid_from: soon", "'soon' is not a date"),
        ("valid_to: null", "key 'valid_to': must be a date"),
        ("unit_minutes: 0", "'0' is not a whole number from 1 to 1440"),
        ("unit_minutes: 1441", "'1441' is not a whole number"),
        ("total_hours: [1]", "key 'total_hours': must be a number"),
        ("total_hours: -1", "'-1' is not a number"),
        ("total_hours: .nan", "'.nan' is not a number"),
        ("total_hours: .inf", "'.inf' is not a number"),
        ("total_hours: 1e3", "'1e3' is not a number"),
        ("total_hours: 1_000", "'1_000' is not a number"),
        ("total_hours: 9999999999", "'9999999999' is not a number"),
        (f"total_hours: {'9' * 5000}", "is not a number"),
        ("total_hours: true", "'true' is not a number"),
        ("total_hours: 0.001", "0.001 hours of 60 minutes are not whole minutes"),
        ("total_hours: ٣", "'٣' is not a number"),
        ("categories: {code: a}", "key 'categories': must be a list"),
        ("categories: [a]", "must be a mapping of keys and values"),
        ("categories: [{title: A}]", "key 'code' is missing"),
        ("categories: [{code: total}]", "'total' is the name of the total"),
        ("categories: [{code: on}]", "'on' must be text; put it in quotes"),
        ("categories: [{code: a b}]", "'a b' must be letters, digits and single underscores"),
        ("categories: [{code: a, min_hours: 1.01}]", "1.01 hours of 60 minutes are not whole minutes"),
        ("categories: [{code: a, min_hours: 2, max_hours: 1}]", "key 'max_hours': less than min_hours"),
        ("categories: [{code: a, hours: 2}]", "unknown key 'hours'"),
        ("categories: [{code: a, children: [{code: a}]}]", "category 'a' stands already in line 10"),
        ("categories: [{code: a}, {code: b, children: [{code: a}]}]", "category 'a' stands already in line 10"),
        ("categories: [{code: a, delivery: in_person}]", "key 'delivery': must be a list"),
        ("categories: [{code: a, delivery: []}]", "key 'delivery': needs at least one of in_person"),
        ("categories: [{code: a, delivery: [post]}]", "'post' is not one of in_person, synchronous, asynchronous"),
        ("categories: [{code: a, distance_periods: [{}]}]", "a period needs `from`, `to` or both"),
        ("categories: [{code: a, distance_periods: [{from: 2025-01-02, to: 2025-01-01}]}]", "2025-01-01 is before"),
        ("categories: [{code: a, unpaid: 1}]", "'1' is not one of true, false"),
        ("categories: [{code: a, min_in_person_hours: 0.001}]", "0.001 hours of 60 minutes are not whole minutes"),
        ("categories: [{code: a, max_transfer_hours: -1}]", "'-1' is not a number"),
        ("overlays: {tag: a}", "key 'overlays': must be a list"),
        ("overlays: [{min_hours: 1}]", "key 'tag' is missing"),
        ("overlays: [{tag: a, code: a}]", "unknown key 'code'"),
        ("overlays: [{tag: total}]", "'total' is the name of the total"),
        ("overlays: [{tag: a b}]", "'a b' must be letters, digits and single underscores"),
        ("overlays: [{tag: x, within: b}]", "key 'within': there is no category 'b'"),
        ("overlays: [{tag: x, min_hours: 2, max_hours: 1}]", "key 'max_hours': less than min_hours"),
        ("overlays: [{tag: x}, {tag: x, min_hours: 1}]", "an overlay for 'x' stands there already"),
        ("gates: [{before: a}]", "key 'requires' is missing"),
        ("gates: [{before: a, requires: {}}]", "a gate needs something that must be there before"),
        ("gates: [{before: a, requires: [b]}]", "key 'requires': must be a mapping"),
        ("gates: [{before: a, requires: {b c: 1}}]", "a gate requires `total`, a category or a tag"),
        ("gates: [{before: a, requires: {b: 0.001}}]", "key 'b': 0.001 hours of 60 minutes are not whole minutes"),
        ("gates: [{before: total, requires: {a: 1}}]", "'total' is the name of the total"),
        ("pace: {}", "key 'pace': needs max_hours_per_day or max_hours_per_week"),
        ("pace: {max_hours_per_day: 1.001}", "1.001 hours of 60 minutes are not whole minutes"),
        ("pace: {max_hours_per_month: 1}", "unknown key 'max_hours_per_month'"),
        ("pace: {week_starts: Sunday}", "'Sunday' is not one of monday"),
        ("pace: {min_weeks: 0}", "'0' is not a whole number from 1 to 1000"),
        ("pace: {min_months: 241}", "'241' is not a whole number from 1 to 240"),
        ("distance: {}", "key 'distance': needs max_hours or max_share"),
        ("distance: {max_share: 1.1}", "1.1 is not a share from 0 to 1"),
        ("distance: {max_age_years: 1}", "unknown key 'max_age_years'"),
        ("transfer: []", "key 'transfer': must be a mapping"),
        ("transfer: {max_age_years: 1.5}", "'1.5' is not a whole number from 1 to 100"),
        ("transfer: {max_share: 49%}", "'49%' is not a number"),
        ("max_age_years: 0", "'0' is not a whole number from 1 to 100"),
        ("grades: {}", "key 'grades': needs min_percent or min_average"),
        ("grades: {min_percent: 101}", "101 is not a percentage from 0 to 100"),
        ("grades: {min_average: high}", "'high' is not a number"),
        ("attendance: {min_average: 5}", "unknown key 'min_average'"),
        ("attendance: {min_percent: 100.01}", "100.01 is not a percentage from 0 to 100"),
        ("course_share: [hands_on]", "key 'course_share': must be a mapping"),
        ("course_share: {hands_on: 70}", "key 'hands_on': 70 is not a share from 0 to 1"),
        ("course_share: {hands on: 0.7}", "must be letters, digits and single underscores"),
        ("linkage: {}", "key 'linkage': needs max_courses or one_school"),
        ("linkage: {max_courses: 0}", "'0' is not a whole number from 1 to 1000"),
        ("linkage: {one_school: yes}", "'yes' is not one of true, false"),
        ("requirements: cpr", "key 'requirements': must be a list"),
        ("requirements: [first aid]", "'first aid' must be letters, digits and single underscores"),
        ("requirements: [cpr, cpr]", "'cpr' stands there already"),
        ("rounding: {}", "key 'rounding': needs mode"),
        ("rounding: {increment_hours: 1}", "key 'rounding': needs mode: none, down or nearest"),
        ("rounding: {mode: up}", "'up' is not one of none, down, nearest"),
        ("rounding: {mode: down, increment_hours: 0}", "key 'increment_hours': must be more than nothing"),
        ("rounding: {mode: down, increment_hours: 0.51}", "0.51 hours of 60 minutes are not whole minutes"),
        ("extends: a", "'a' must be an id@version"),
        ("extends: a@0", "'a@0' must be an id@version"),
        ("notes: hello", "line 11: unknown key 'notes'"),
        ("1: hello", "unknown key '1'"),
        ("? [a, b]", "a key must be a plain word"),
        ("pace: {? [a, b] : 1}", "key 'pace': a key must be a plain word"),
        ("notes:\n  - hello", "line 11: unknown key 'notes'"),
        ("<<: {id: b}", "unknown key '<<'"),
        ("title: &t Title", "anchors and aliases (& and *) are not allowed"),
        ("title: *t", "anchors and aliases (& and *) are not allowed"),
        ("title: !!str Title", "tags are not allowed: 'tag:yaml.org,2002:str'"),
        ("title: !!python/object/apply:os.system [echo]", "tags are not allowed"),
        ("title: 'open", "found unexpected end of stream"),
        ("title: a: b", "mapping values are not allowed in this context"),
        ("\ttitle: a", "a tab indents this line"),
        ("--- {}", "line 11: but found another document"),
    ],
)
def test_refusals_name_file_line_and_key(line: str, problem: str) -> None:
    said = _refusal(_with(line))
    assert said.startswith("pack.yaml: line ")
    assert re.search(rf"(?<!\w){re.escape(problem)}", said), said


def test_window_that_ends_before_it_begins() -> None:
    said = _refusal(pack("valid_from: 2026-01-02\nvalid_to: 2026-01-01\n"))
    assert said == "pack.yaml: line 11: key 'valid_to': 2026-01-01 is before valid_from 2026-01-02"


def test_a_verified_pack_needs_a_source() -> None:
    empty = pack().replace('[{citation: "made for tests", read_on: 2026-11-21}]', "[]")
    assert rules.load(empty, file="pack.yaml").sources == ()
    said = _refusal(empty.replace("status: sample", "status: verified"))
    assert said == "pack.yaml: line 6: key 'sources': a verified pack names at least one source"


def test_duplicate_keys_are_refused_with_the_second_line() -> None:
    assert _refusal(pack("title: Again\n")) == "pack.yaml: line 10: key 'title' is given twice"
    assert "key 'code' is given twice" in _refusal(pack("categories: [{code: a, code: b}]\n"))


@pytest.mark.parametrize("key", schema.NEEDED)
def test_each_needed_key_is_missed(key: str) -> None:
    lines = [line for line in pack().splitlines() if not line.startswith(f"{key}:")]
    assert _refusal("\n".join(lines)) == f"pack.yaml: line 1: key '{key}' is missing"


def test_every_key_of_the_contract_is_known_by_name() -> None:
    assert len(set(schema.KNOWN)) == 25
    assert len(set(schema.CATEGORY_KNOWN)) == 10


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_an_empty_file(text: str) -> None:
    assert _refusal(text) == "pack.yaml: the file is empty"


@pytest.mark.parametrize("text", ["just words", "- a\n- b\n", "null"])
def test_a_file_that_is_no_mapping(text: str) -> None:
    assert _refusal(text) == "pack.yaml: line 1: must be a mapping of keys and values"


def test_billion_laughs_are_not_laughed() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{name}: &{name} [{', '.join(['*' + before] * 9)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    assert _refusal("\n".join(lines)) == "pack.yaml: line 1: anchors and aliases (& and *) are not allowed"


def test_too_deep_and_too_long() -> None:
    assert "nested deeper than 200 levels" in _refusal("[" * 100_000)
    assert _refusal("[" * 201 + "]" * 201) == "pack.yaml: line 1: nested deeper than 200 levels"
    assert _refusal("[" * 200 + "]" * 200) == "pack.yaml: line 1: must be a mapping of keys and values"
    wide = "[], " * 300
    assert "must be a mapping" in _refusal(f"[{wide}]")
    assert "nested deeper" in _refusal(f"[{wide}{'[' * 200}{']' * 200}]")
    assert "nested deeper" in _refusal("[a, " * 201 + "]" * 201)
    assert _refusal("a" * 1_000_001) == "pack.yaml: longer than 1000000 characters"
    assert "must be a mapping" in _refusal("a" * 1_000_000)


@pytest.mark.parametrize("odd", ["\x00", "\x07", "\ud800"])
def test_characters_that_are_no_text(odd: str) -> None:
    said = _refusal(pack(f"categories: []\n# {odd}\n"))
    assert said.startswith("pack.yaml: line 11: character ")
    assert said.isprintable()


def test_bytes_that_are_no_utf8() -> None:
    with pytest.raises(rules.BadFileError, match=r"^pack.yaml: line 2: not UTF-8 text \(byte 0xe9\)$"):
        rules.decode("schema: x\ntitle: café\n".encode("latin-1"), file="pack.yaml")


def test_the_longest_texts_and_the_free_hours() -> None:
    longest = pack(f"categories: [{{code: {'a' * 64}, title: {'b' * 200}}}]\n").replace("made for tests", "c" * 500)
    read = rules.load(longest, file="pack.yaml")
    assert read.by_code["a" * 64].required == 0
    assert rules.load(longest.replace("unit_minutes: 60", "unit_minutes: 1440"), file="p").unit_minutes == 1440
    assert rules.load(longest.replace("unit_minutes: 60", "unit_minutes: 1"), file="p").required == 10
    assert "1 to 200" in _refusal(longest.replace("b" * 200, "b" * 201))
    assert "1 to 500" in _refusal(longest.replace("c" * 500, "c" * 501))
    assert "1 to 64" in _refusal(longest.replace("a" * 64, "a" * 65))


def test_a_hundred_percent_is_a_percentage_and_the_whole_a_share() -> None:
    read = spec("grades: {min_percent: 100}\nattendance: {min_percent: 100}\ntransfer: {max_share: 1}\n")
    assert read.min_grade == read.min_attendance == 100
    assert read.transfer.share == 1


def test_codes_may_have_capitals_digits_and_marks_between_them() -> None:
    assert list(spec("categories: [{code: MLD_Intro-2.b}]").by_code) == ["MLD_Intro-2.b"]


def test_values_shown_are_cut_and_escaped() -> None:
    said = _refusal(_with(f"status: {'x' * 500}"))
    assert len(said) < 200
    assert "\\x85" in _refusal(_with('status: "a\\x85b"'))
