"""Reads rows of historic hours from CSV or XLSX, and says which cell of which row is wrong; pure."""

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import rfc8785
from openpyxl import load_workbook

from .postings import DELIVERIES, SPANLESS

Day = date  # inside ImportRow the field `date` hides the type
MOST_ROWS = 10_000
MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
MOST_MINUTES = 99_999
OBLIGATORY = ("email", "legal_name", "program", "enrolled_on", "date", "minutes", "category", "document")
OPTIONAL = ("delivery", "source", "course", "sending_school", "title", "grade_percent")
COLUMNS = OBLIGATORY + OPTIONAL
ERASED = "erased"
"""What stands in the first cell of a row whose person was erased; it reads as a row that makes no sense."""
LENGTHS = {
    **{"email": 254, "legal_name": 200, "program": 80, "category": 60, "document": 200},
    **{"course": 80, "sending_school": 200, "title": 250},
}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_WHOLE = re.compile(r"[0-9]{1,6}")
_PERCENT = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BadTableError(ValueError):
    """A file that is no such table at all; `code` says what is wrong, `value` names it."""

    def __init__(self, code: str, value: str = "") -> None:
        super().__init__(f"{code}: {value}" if value else code)
        self.code, self.value = code, value


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that makes no sense: the row of the table (from 1), its column, what stands there, and a code that says why."""

    row: int
    column: str
    value: str
    code: str


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row that can be read. Without `minutes` it brings a learner and her record only, with neither day nor subject."""

    row: int
    email: str
    legal_name: str
    program: str
    enrolled_on: Day
    document: str
    date: Day | None = None
    minutes: int | None = None
    category: str = ""
    delivery: str = "in_person"
    source: str = "transfer"
    course: str = ""
    sending_school: str = ""
    title: str = ""
    grade_hundredths: int | None = None

    def key(self, school: str) -> str:
        """The source key of what it posts, by its own content: the same row is the same fact, in whatever file.

        Name, title and grade are not part of it: another spelling makes no second hour.
        """
        told = [
            *(school, self.email, self.program, self.date.isoformat() if self.date else None, self.minutes),
            *(self.category, self.delivery, self.source, self.course, self.sending_school, self.document),
        ]
        return f"import:{hashlib.sha256(rfc8785.dumps(told)).hexdigest()}"

    def record_key(self, school: str) -> str:
        """The key of the admission that it asks for."""
        return f"import:{hashlib.sha256(rfc8785.dumps([school, self.email, self.program])).hexdigest()}"


def read_rows(data: bytes) -> list[ImportRow | BadCell]:
    """The rows of a table in their order; for each that cannot be read its first bad cell. Empty rows are none.

    Columns stand in any order under a header. BadTableError for what is too large, no table, or lacks a column.
    """
    if len(data) > MOST_BYTES:
        raise BadTableError("too_large")
    rows = _xlsx(data) if data.startswith(b"PK") else _csv(data)
    header: list[str] | None = None
    found: list[ImportRow | BadCell] = []
    for cells in rows:
        cells = [cell.strip() for cell in cells]
        if not any(cells):
            continue
        if header is None:
            header = _header(cells)
            continue
        if len(found) == MOST_ROWS:
            raise BadTableError("too_many_rows")
        found.append(_row(len(found) + 1, header, cells))
    if header is None:
        raise BadTableError("empty")
    return found


def cells_of(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table from a file in CSV (UTF-8) or XLSX, blanks around cells and empty rows left out.

    Each with the number that a spreadsheet shows beside it: from 1, empty rows counted. BadTableError for what is too
    large or no table.
    """
    if len(data) > MOST_BYTES:
        raise BadTableError("too_large")
    for number, cells in enumerate(_xlsx(data) if data.startswith(b"PK") else _csv(data), start=1):
        found = [cell.strip() for cell in cells]
        if any(found):
            yield number, found


def mentions(data: bytes, texts: Container[str]) -> bool:
    """Whether a cell of the table, case and outer blanks aside, is one of these texts."""
    rows = _xlsx(data) if data.startswith(b"PK") else _csv(data)
    return any(cell.strip().casefold() in texts for cells in rows for cell in cells)


def blanked(data: bytes, gone: Container[int]) -> bytes:
    """The table as CSV with the rows of these numbers emptied, numbers kept; no bytes where no readable row is left."""
    out = io.StringIO()
    table = csv.writer(out)
    number, left = 0, False
    for cells in _xlsx(data) if data.startswith(b"PK") else _csv(data):
        if not any(cell.strip() for cell in cells):
            continue
        here = number in gone
        table.writerow([ERASED] if here else cells)
        left |= number > 0 and not here and cells[0].strip() != ERASED
        number += 1
    return out.getvalue().encode() if left else b""


def _csv(data: bytes) -> Iterator[Sequence[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTableError("not_utf8", str(error.start)) from error
    if "\0" in text:
        raise BadTableError("no_table")
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise BadTableError("no_table", str(error)) from error


def _xlsx(data: bytes) -> Iterator[Sequence[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise BadTableError("too_large")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield [_told(cell) for cell in row]
    except BadTableError:
        raise
    except Exception as error:  # openpyxl raises whatever it stumbles over in a broken workbook
        raise BadTableError("no_table", type(error).__name__) from error


def _told(cell: Any) -> str:
    """A cell of a workbook as it would stand in CSV."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _header(cells: Sequence[str]) -> list[str]:
    columns = [cell.lower() for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    for place, column in enumerate(columns):
        if column not in COLUMNS:
            raise BadTableError("unknown_column", column)
        if column in columns[:place]:
            raise BadTableError("column_twice", column)
    for column in OBLIGATORY:
        if column not in columns:
            raise BadTableError("column_missing", column)
    return columns


def _row(number: int, header: Sequence[str], cells: Sequence[str]) -> ImportRow | BadCell:
    beyond = next((cell for cell in cells[len(header) :] if cell), None)
    if beyond is not None:
        return BadCell(number, "", beyond, "beyond")
    values = dict(zip(header, [*cells, *[""] * len(header)], strict=False))
    bad = next(_wrong(values), None)
    if bad is not None:
        column, code = bad
        return BadCell(number, column, values.get(column, "")[:200], code)
    hours = bool(values["minutes"])
    grade = values.get("grade_percent", "")
    return ImportRow(
        row=number,
        email=values["email"].lower(),
        legal_name=" ".join(values["legal_name"].split()),
        program=values["program"],
        enrolled_on=date.fromisoformat(values["enrolled_on"]),
        document=values["document"],
        date=date.fromisoformat(values["date"]) if hours else None,
        minutes=int(values["minutes"]) if hours else None,
        category=values["category"],
        delivery=values.get("delivery") or "in_person",
        source=values.get("source") or "transfer",
        course=values.get("course", ""),
        sending_school=values.get("sending_school", ""),
        title=values.get("title", ""),
        grade_hundredths=int(Decimal(grade) * 100) if grade else None,
    )


def _wrong(values: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The cells that make no sense, in an order that helps: column and why."""
    for column, most in LENGTHS.items():
        if len(values.get(column, "")) > most:
            yield column, "too_long"
        if any(not sign.isprintable() for sign in values.get(column, "")):
            yield column, "control"
    for column in ("email", "legal_name", "program", "enrolled_on", "document"):
        if not values[column]:
            yield column, "empty"
    if not _EMAIL.fullmatch(values["email"]):
        yield "email", "email"
    if not _is_day(values["enrolled_on"]):
        yield "enrolled_on", "day"
    together = ("date", "minutes", "category")
    if any(values[column] for column in together):
        yield from ((column, "empty") for column in together if not values[column])
        if not _is_day(values["date"]):
            yield "date", "day"
        if not _WHOLE.fullmatch(values["minutes"]) or not 0 < int(values["minutes"]) <= MOST_MINUTES:
            yield "minutes", "minutes"
        if values.get("source", "") not in ("", *SPANLESS):
            yield "source", "source"
        if values.get("delivery", "") not in ("", *DELIVERIES):
            yield "delivery", "delivery"
        if values.get("source") != "adjustment" and not values.get("sending_school"):
            yield "sending_school", "sending_school"
    grade = values.get("grade_percent", "")
    if grade and (not _PERCENT.fullmatch(grade) or Decimal(grade) > 100):
        yield "grade_percent", "percent"
    if grade and not values.get("course"):
        yield "course", "grade_without_course"


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        return date(1950, 1, 1) <= date.fromisoformat(text) <= date(2100, 1, 1)
    except ValueError:
        return False


def tally(verdicts: Iterable[dict[str, Any]]) -> dict[str, int]:
    """How many rows of each kind, and the minutes that would be posted."""
    sums = {"rows": 0, "post": 0, "new_learners": 0, "there": 0, "refused": 0, "minutes": 0}
    new: set[str] = set()
    for one in verdicts:
        sums["rows"] += 1
        sums[one["verdict"]] += 1
        if one["verdict"] == "post":
            sums["minutes"] += one["minutes"] or 0
            if one["new_learner"]:
                new.add(one["email"])
    sums["new_learners"] = len(new)
    return sums
