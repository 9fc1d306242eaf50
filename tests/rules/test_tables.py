"""Tables for spreadsheets: what begins like a formula is a text, in both forms alike."""

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook

from certification.records.rules.tables import as_csv, as_xlsx

CELLS = [
    ("=1+1", "'=1+1"),
    ("+1", "'+1"),
    ("-1", "'-1"),
    ("-0.01", "-0.01"),
    ("-0.01+1", "'-0.01+1"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1+1", "'\t=1+1"),
    ("\r=1+1", "'\r=1+1"),
    ("\n=1+1", "'\n=1+1"),
    ("|calc", "'|calc"),
    ("%0A", "'%0A"),
    ("a=b", "a=b"),
    ("Müller, “Ann”", "Müller, “Ann”"),
    (True, "true"),
    (date(2026, 3, 2), "2026-03-02"),
]


@pytest.mark.parametrize(("cell", "written"), CELLS)
def test_a_text_is_never_run(cell: object, written: str) -> None:
    ((read,),) = list(csv.reader(io.StringIO(as_csv(["x"], [[cell]]).decode(), newline="")))[1:]  # type: ignore[list-item]
    assert read == written
    sheet = load_workbook(io.BytesIO(as_xlsx(["x"], [[cell]], title="t"))).active  # type: ignore[list-item]
    assert sheet is not None
    assert (sheet["A2"].data_type, sheet["A2"].value) == ("s", written.replace("\r", "\n")), "XML knows one line end"


def test_numbers_stay_numbers_and_nothing_is_empty() -> None:
    assert as_csv(["x", "y"], [[-60, None]]) == b"x,y\r\n-60,\r\n"
    sheet = load_workbook(io.BytesIO(as_xlsx(["x", "y"], [[-60, None], ["a\x00b", 1]], title="t"))).active
    assert sheet is not None
    assert [cell.value for row in sheet for cell in row] == ["x", "y", -60, None, "ab", 1]
