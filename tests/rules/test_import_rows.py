"""Rows of historic hours: CSV and XLSX read alike, and each bad cell is named."""

import io
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from certification.records.rules import imports
from certification.records.rules.imports import COLUMNS, BadCell, BadTableError, ImportRow, read_rows

GOOD = {
    "email": "Old@Example.org",
    "legal_name": "Olga  Old",
    "program": "small-sample@1",
    "enrolled_on": "2024-01-08",
    "date": "2024-05-12",
    "minutes": "600",
    "category": "mfr",
    "document": "Transcript 12, page 2",
    "delivery": "in_person",
    "source": "transfer",
    "course": "MFR-OLD",
    "sending_school": "Hillside",
    "title": "Fascia",
    "grade_percent": "91.5",
}
READ = ImportRow(
    row=1,
    email="old@example.org",
    legal_name="Olga Old",
    program="small-sample@1",
    enrolled_on=date(2024, 1, 8),
    document="Transcript 12, page 2",
    date=date(2024, 5, 12),
    minutes=600,
    category="mfr",
    course="MFR-OLD",
    sending_school="Hillside",
    title="Fascia",
    grade_hundredths=9150,
)


def as_csv(*rows: dict[str, str], delimiter: str = ",", mark: str = "") -> bytes:
    lines = [delimiter.join(GOOD)] + [delimiter.join(f'"{row.get(column, "")}"' for column in GOOD) for row in rows]
    return (mark + "\r\n".join(lines) + "\r\n").encode()


def as_xlsx(*rows: list[object]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        as_csv(GOOD),
        as_csv(GOOD, delimiter=";"),
        as_csv(GOOD, mark="\ufeff"),
        as_xlsx([], list(GOOD), list(GOOD.values()), [None, ""]),
        as_xlsx(
            [*[column.upper() for column in GOOD], None],
            [
                {
                    "date": datetime(2024, 5, 12),
                    "enrolled_on": date(2024, 1, 8),
                    "minutes": 600.0,
                    "grade_percent": 91.5,
                }.get(column, value)
                for column, value in GOOD.items()
            ],
        ),
    ],
)
def test_a_row_reads_alike_from_every_form(data: bytes) -> None:
    assert read_rows(data) == [READ]


BAD = [
    ("email", "", "empty"),
    ("email", "nobody", "email"),
    ("legal_name", "", "empty"),
    ("legal_name", "x" * 201, "too_long"),
    ("legal_name", "a\x07b", "control"),
    ("program", "", "empty"),
    ("document", "", "empty"),
    ("enrolled_on", "8.1.2024", "day"),
    ("enrolled_on", "2024-02-30", "day"),
    ("date", "", "empty"),
    ("date", "2024-13-01", "day"),
    ("minutes", "", "empty"),
    ("minutes", "0", "minutes"),
    ("minutes", "-60", "minutes"),
    ("minutes", "60.5", "minutes"),
    ("minutes", "100000", "minutes"),
    ("minutes", "ten", "minutes"),
    ("category", "", "empty"),
    ("source", "lesson", "source"),
    ("delivery", "by mail", "delivery"),
    ("sending_school", "", "sending_school"),
    ("grade_percent", "100.01", "percent"),
    ("grade_percent", "A", "percent"),
    ("course", "", "grade_without_course"),
]


@pytest.mark.parametrize(("column", "value", "code"), BAD)
def test_a_bad_cell_is_named(column: str, value: str, code: str) -> None:
    good, bad = read_rows(as_csv(GOOD, GOOD | {column: value}))
    assert good == READ
    assert bad == BadCell(2, column, value[:200], code)


def test_a_row_without_hours_brings_the_learner_only() -> None:
    (row,) = read_rows(as_csv(GOOD | dict.fromkeys(("date", "minutes", "category", "grade_percent"), "")))
    assert isinstance(row, ImportRow)
    assert (row.minutes, row.date) == (None, None)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\n , \n", "empty"),
        (b"email,legal_name\n", "column_missing"),
        (as_csv(GOOD).replace(b"title", b"price"), "unknown_column"),
        (as_csv(GOOD).replace(b"title", b"email", 1), "column_twice"),
        (b"\xff\xfe" + as_csv(GOOD), "not_utf8"),
        (b"a\x00b", "no_table"),
        (b"PK\x03\x04 no workbook", "no_table"),
        (b'email,"legal\n', "no_table"),
        (b"x" * (imports.MOST_BYTES + 1), "too_large"),
    ],
)
def test_what_is_no_table_is_refused_whole(data: bytes, code: str) -> None:
    with pytest.raises(BadTableError) as refused:
        read_rows(data)
    assert refused.value.code == code


def test_more_than_the_most_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MOST_ROWS", 2)
    assert len(read_rows(as_csv(GOOD, GOOD))) == 2
    with pytest.raises(BadTableError, match="too_many_rows"):
        read_rows(as_csv(GOOD, GOOD, GOOD))


def test_a_workbook_that_swells_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MOST_UNPACKED", 1000)
    with pytest.raises(BadTableError, match="too_large"):
        read_rows(as_xlsx(list(GOOD), list(GOOD.values())))


def test_the_key_is_the_rows_content() -> None:
    (row,) = read_rows(as_csv(GOOD))
    assert isinstance(row, ImportRow)
    keys = {row.key("riverbend"), row.key("hillside")}
    outside = {"legal_name", "title", "grade_percent", "enrolled_on"}
    changes = {
        "email": "b@example.org",
        "program": "X",
        "date": "2024-05-13",
        "minutes": "601",
        "category": "nmt",
        "document": "p. 3",
        "delivery": "synchronous",
        "source": "adjustment",
        "course": "Z",
        "sending_school": "Z",
        "legal_name": "Z",
        "title": "Z",
        "grade_percent": "3",
        "enrolled_on": "2024-01-09",
    }
    assert changes.keys() == set(COLUMNS)
    for column, value in changes.items():
        (other,) = read_rows(as_csv(GOOD | {column: value}))
        assert isinstance(other, ImportRow)
        assert (other.key("riverbend") == row.key("riverbend")) == (column in outside), column
        keys.add(other.key("riverbend"))
    assert len(keys) == 2 + len(changes) - len(outside)
