"""Entries and context: every column read, every oddity told with file, row, column and value."""

import datetime as dt
from decimal import Decimal

import pytest

from certification.requirements import rules
from certification.requirements.rules import csvio
from tests.rules.making import day

FULL = ",".join(csvio.COLUMNS)


def _read(text: str) -> list[rules.Entry]:
    return rules.read_entries(text.encode(), file="entries.csv")


def _refusal(data: str | bytes) -> str:
    with pytest.raises(rules.BadInputError) as refusal:
        rules.read_entries(data.encode() if isinstance(data, str) else data, file="entries.csv")
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_all_columns() -> None:
    (read,) = _read(
        f"{FULL}\n2025-01-06,50,ap,2025-01-06T09:00:00-06:00,2025-01-06T10:00:00-06:00,hands_on; clinic;hands_on;,"
        "synchronous,externship,AP-1@2,Riverbend,70.5,100,2024-01-01,2026-12-31,true\n"
    )
    utc = dt.UTC
    assert read == rules.Entry(
        date=day("2025-01-06"),
        minutes=50,
        category="ap",
        spans=((dt.datetime(2025, 1, 6, 15, tzinfo=utc), dt.datetime(2025, 1, 6, 16, tzinfo=utc)),),
        tags=("hands_on", "clinic"),
        delivery="synchronous",
        source="externship",
        course="AP-1@2",
        school="Riverbend",
        grade_percent=Decimal("70.5"),
        attendance_percent=Decimal(100),
        supervisor_licence_valid_from=day("2024-01-01"),
        supervisor_licence_valid_to=day("2026-12-31"),
        paid=True,
    )


def test_obligatory_columns_alone_in_any_order_and_empty_cells() -> None:
    plain = rules.Entry(date=day("2025-01-06"), minutes=50, category="ap")
    assert _read("category,date,minutes\nap,2025-01-06,50\n") == [plain]
    assert _read(f"{FULL}\n2025-01-06,50,ap{',' * 12}\n") == [plain]
    assert plain.delivery == "in_person"
    assert plain.paid is None


def test_paid_has_three_answers() -> None:
    rows = "".join(f"2025-01-06,50,ap,{answer}\n" for answer in ("true", "false", ""))
    assert [entry.paid for entry in _read(f"date,minutes,category,paid\n{rows}")] == [True, False, None]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffdate,minutes,category\n2025-01-06,50,ap\n2025-01-07,60,ap\n",
        "date,minutes,category\r\n2025-01-06,50,ap\r\n2025-01-07,60,ap",
        "date,minutes,category\r2025-01-06,50,ap\r2025-01-07,60,ap\r",
        "\n\ndate,minutes,category\n\n2025-01-06,50,ap\n\n\n2025-01-07,60,ap\n\n",
        '"date","minutes","category"\n"2025-01-06","50","ap"\n"2025-01-07","60","ap"\n',
        " date , minutes , category \n 2025-01-06 , 50 , ap \n2025-01-07,060,ap\n",
    ],
    ids=["byte order mark", "CRLF", "CR", "empty lines", "quoted", "blanks"],
)
def test_harmless_ways_of_writing(text: str) -> None:
    assert [(entry.date.day, entry.minutes, entry.category) for entry in _read(text)] == [(6, 50, "ap"), (7, 60, "ap")]


def test_quoted_line_ends_do_not_move_the_row() -> None:
    text = 'date,minutes,category,school\n2025-01-06,50,ap,"River\r\nbend, ""North"""\n2025-01-07,0,ap,\n'
    assert _refusal(text).startswith("entries.csv: row 2, column minutes: '0'")
    (read,) = _read(text.rsplit("2025-01-07", 1)[0])
    assert read.school == 'River\r\nbend, "North"'


def test_a_header_alone_is_no_rows() -> None:
    assert _read("date,minutes,category\n") == []


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("date,minutes", "header: column 'category' is missing"),
        ("2025-01-06,50,ap", "header: unknown column '2025-01-06'"),
        ("date,minutes,category,teacher", "header: unknown column 'teacher'"),
        ("Date,minutes,category", "header: unknown column 'Date'"),
        ("date;minutes;category", "header: unknown column 'date;minutes;category'"),
        ("date,minutes,category,", "header: unknown column ''"),
        ("date,minutes,category,date", "header: column 'date' is given twice"),
        ('date,minutes,"category', "header: unexpected end of data"),
    ],
)
def test_headers_refused(header: str, problem: str) -> None:
    assert _refusal(f"{header}\n") == f"entries.csv: {problem}"


@pytest.mark.parametrize("data", [b"", b"\n \r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_empty_files(data: bytes) -> None:
    assert _refusal(data) == "entries.csv: the file is empty; it needs a header with date,minutes,category"


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("date", "", "'' is not a date"),
        ("date", "2025-02-29", "'2025-02-29' is not a date"),
        ("date", "2025-13-01", "is not a date"),
        ("date", "0000-01-01", "is not a date"),
        ("date", "10000-01-01", "is not a date"),
        ("date", "20250106", "is not a date"),
        ("date", "2025-W02-1", "is not a date"),
        ("date", "06/01/2025", "is not a date"),
        ("date", "2025-01-06T09:00", "is not a date"),
        ("date", "２０２５-01-06", "is not a date"),
        ("minutes", "", "'' is not a whole number from 1 to 999999999"),
        ("minutes", "0", "'0' is not a whole number"),
        ("minutes", "000", "'000' is not a whole number"),
        ("minutes", "-5", "'-5' is not a whole number"),
        ("minutes", "+5", "'+5' is not a whole number"),
        ("minutes", "59.5", "'59.5' is not a whole number"),
        ("minutes", "60.0", "'60.0' is not a whole number"),
        ("minutes", "1e3", "'1e3' is not a whole number"),
        ("minutes", "1_0", "'1_0' is not a whole number"),
        ("minutes", "NaN", "'NaN' is not a whole number"),
        ("minutes", "inf", "'inf' is not a whole number"),
        ("minutes", "６０", "'６０' is not a whole number"),
        ("minutes", "1000000000", "'1000000000' is not a whole number"),
        ("minutes", "9" * 5000, "...' is not a whole number"),
        ("category", "", "'' is not a category"),
        ("start", "2025-01-06T09:00:00", "is not a time with offset"),
        ("start", "09:00", "is not a time with offset"),
        ("start", "2025-01-06T25:00Z", "is not a time with offset"),
        ("start", "2025-01-06T09:00+25:00", "is not a time with offset"),
        ("start", "2025-01-06T09:00:60Z", "is not a time with offset"),
        ("start", "2025-02-30T09:00Z", "is not a time with offset"),
        ("start", "0001-01-01T00:00+14:00", "is not a time with offset"),
        ("end", "9999-12-31T23:59-01:00", "is not a time with offset"),
        ("start", "20250106T090000Z", "is not a time with offset"),
        ("delivery", "online", "'online' is not one of in_person, synchronous, asynchronous"),
        ("source", "book", "'book' is not one of lesson, class, externship, transfer, adjustment"),
        ("grade_percent", "-1", "'-1' is not a number from 0 to 100"),
        ("grade_percent", "100.1", "'100.1' is not a number from 0 to 100"),
        ("grade_percent", "70%", "'70%' is not a number from 0 to 100"),
        ("grade_percent", "NaN", "'NaN' is not a number from 0 to 100"),
        ("attendance_percent", "Infinity", "'Infinity' is not a number from 0 to 100"),
        ("attendance_percent", "7,5", "'7,5' is not a number from 0 to 100"),
        ("supervisor_licence_valid_from", "2025", "'2025' is not a date"),
        ("supervisor_licence_valid_to", "never", "'never' is not a date"),
        ("paid", "yes", "'yes' is not true, false or empty"),
        ("paid", "True", "'True' is not true, false or empty"),
    ],
)
def test_values_refused(column: str, value: str, problem: str) -> None:
    sound = {"date": "2025-01-06", "minutes": "50", "category": "ap"}
    lines = [
        ",".join(f'"{cells.get(name, "")}"' for name in csvio.COLUMNS) for cells in (sound, {**sound, column: value})
    ]
    said = _refusal("\n".join([FULL, *lines]) + "\n")
    assert said.startswith(f"entries.csv: row 2, column {column}: ")
    assert problem in said
    assert said.isprintable()


@pytest.mark.parametrize(
    ("minutes", "start", "end", "problem"),
    [
        ("50", "2025-01-06T09:00Z", "", "column end: '' although start is '2025-01-06T09:00Z'; they come together"),
        ("50", "", "2025-01-06T09:00Z", "column start: '' although end is '2025-01-06T09:00Z'; they come together"),
        ("50", "2025-01-06T09:00Z", "2025-01-06T08:00Z", "column end: '2025-01-06T08:00Z' is before start"),
        ("50", "2025-01-06T09:00Z", "2025-01-06T09:00Z", "column minutes: '50' do not fit between start and end"),
        ("61", "2025-01-06T09:00Z", "2025-01-06T10:00Z", "column minutes: '61' do not fit between start and end"),
        ("61", "2025-01-06T09:00+01:00", "2025-01-06T09:00Z", "column minutes: '61' do not fit"),
        ("1", "2025-01-06T09:00:00.5Z", "2025-01-06T09:01:00.4Z", "column minutes: '1' do not fit"),
    ],
)
def test_spans_refused(minutes: str, start: str, end: str, problem: str) -> None:
    said = _refusal(f"date,minutes,category,start,end\n2025-01-06,{minutes},ap,{start},{end}\n")
    assert said.startswith("entries.csv: row 1, ")
    assert problem in said


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2025-01-06T09:00Z", "2025-01-06T10:00Z"),
        ("2025-01-06 09:00:00+00:00", "2025-01-06T10:00:00.000000Z"),
        ("2025-01-06T09:00+01", "2025-01-06T09:00-0000"),
        ("2025-03-30T01:30+01:00", "2025-03-30T03:30+02:00"),
    ],
)
def test_spans_that_hold_an_hour(start: str, end: str) -> None:
    (read,) = _read(f"date,minutes,category,start,end\n2025-01-06,60,ap,{start},{end}\n")
    ((first, last),) = read.spans
    assert last - first == dt.timedelta(hours=1)
    assert first.utcoffset() == dt.timedelta(0)


def test_licence_that_ends_before_it_begins() -> None:
    header = "date,minutes,category,supervisor_licence_valid_from,supervisor_licence_valid_to\n"
    said = _refusal(f"{header}2025-01-06,50,ap,2025-02-01,2025-01-31\n")
    assert said == "entries.csv: row 1, column supervisor_licence_valid_to: '2025-01-31' is before 2025-02-01"


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("2025-01-06,50\n", "row 1, column category: missing: the row has 2 of 3 columns"),
        ("2025-01-06,50,ap\n2025-01-06,50,ap,x\n", "row 2: 'x' stands beyond the header's 3 columns"),
        ('2025-01-06,50,ap\n2025-01-06,50,"ap', "row 2: unexpected end of data"),
        ('2025-01-06,50,ap\n2025-01-06,50,"a"p\n', "row 2: ',' expected after '\"'"),
        (f"2025-01-06,50,{'a' * 140_000}\n", "row 1: field larger than field limit (131072)"),
        (",,\n", "row 1, column date: '' is not a date such as 2026-01-31"),
    ],
)
def test_rows_of_a_wrong_shape(rows: str, problem: str) -> None:
    assert _refusal(f"date,minutes,category\n{rows}") == f"entries.csv: {problem}"


def test_bytes_that_are_no_text() -> None:
    head = b"date,minutes,category\n2025-01-06,50,ap\n"
    assert _refusal(head + b"2025-01-07,50,caf\xe9\n") == "entries.csv: line 3: not UTF-8 text (byte 0xe9)"
    assert _refusal(head + b"2025-01-07,50,a\0p\n") == "entries.csv: line 3: not text (byte 0x00)"
    assert _refusal("date,minutes,category\n".encode("utf-16")).startswith("entries.csv: line 1: not ")
    filler = b"2025-01-07,50,ap\n" * 20_000
    assert _refusal(head + filler + b"\xff\n") == "entries.csv: line 20003: not UTF-8 text (byte 0xff)"


def test_context_is_read_whole() -> None:
    assert rules.read_context("", file="c.yaml") == rules.Context()
    assert rules.read_context("# nothing known\n", file="c.yaml").school_open is None
    read = rules.read_context(
        "program_start: 2025-01-02\nenrolled_on: 2025-01-01\napplied_on: '2026-01-01'\ncompleted_on: 2025-12-31\n"
        "requirements: {cpr_in_person: true, first_aid: false}\n"
        "school_open: [{from: 2024-01-01, to: 2024-12-31}, {from: 2025-02-01}, {to: 2020-01-01}]\n",
        file="c.yaml",
    )
    assert read == rules.Context(
        program_start=day("2025-01-02"),
        enrolled_on=day("2025-01-01"),
        applied_on=day("2026-01-01"),
        completed_on=day("2025-12-31"),
        requirements={"cpr_in_person": True, "first_aid": False},
        school_open=((day("2024-01-01"), day("2024-12-31")), (day("2025-02-01"), None), (None, day("2020-01-01"))),
    )


def test_periods_of_a_single_day() -> None:
    day_text = "2025-01-06"
    read = rules.read_context(f"school_open: [{{from: {day_text}, to: {day_text}}}]", file="c.yaml")
    assert read.school_open == ((day(day_text), day(day_text)),)
    header = "date,minutes,category,supervisor_licence_valid_from,supervisor_licence_valid_to\n"
    (row,) = _read(f"{header}{day_text},50,ap,{day_text},{day_text}\n")
    assert row.supervisor_licence_valid_from == row.supervisor_licence_valid_to == day(day_text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("born_on: 2000-01-01", "line 1: unknown key 'born_on'"),
        ("enrolled_on: 2025-02-30", "line 1: key 'enrolled_on': '2025-02-30' is not a date such as 2026-01-31"),
        ("enrolled_on:", "line 1: key 'enrolled_on': must be a date such as 2026-01-31"),
        ("enrolled_on: 2025-01-01\nenrolled_on: 2025-01-02", "line 2: key 'enrolled_on' is given twice"),
        ("requirements: [cpr]", "line 1: key 'requirements': must be a mapping of keys and values"),
        ("requirements: {cpr: yes}", "line 1: key 'cpr': 'yes' is not one of true, false"),
        ("requirements: {cpr: 1}", "line 1: key 'cpr': '1' is not one of true, false"),
        ("school_open: {from: 2025-01-01}", "line 1: key 'school_open': must be a list"),
        ("school_open: [{}]", "line 1: key 'school_open': a period needs `from`, `to` or both"),
        ("school_open:\n- from: 2025-01-02\n  to: 2025-01-01", "line 3: key 'to': 2025-01-01 is before 2025-01-02"),
        ("school_open: [{since: 2025-01-02}]", "line 1: unknown key 'since'"),
        ("words", "line 1: must be a mapping of keys and values"),
    ],
)
def test_context_refused(text: str, problem: str) -> None:
    with pytest.raises(rules.BadFileError) as refusal:
        rules.read_context(text, file="c.yaml")
    assert str(refusal.value) == f"c.yaml: {problem}"
