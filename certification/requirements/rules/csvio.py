"""Reads entries (CSV) and context (YAML) strictly: every column is parsed and checked, and nothing is guessed."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NoReturn

from certification.requirements.rules.nodes import NUMBER, day_from, decode, periods, read_yaml, shown
from certification.requirements.rules.shapes import DELIVERIES, SOURCES, BadEntryError, BadFileError, Context, Entry

BOM = b"\xef\xbb\xbf"
OBLIGATORY = ("date", "minutes", "category")
COLUMNS = (
    *OBLIGATORY,
    "start",
    "end",
    "tags",
    "delivery",
    "source",
    "course",
    "school",
    "grade_percent",
    "attendance_percent",
    "supervisor_licence_valid_from",
    "supervisor_licence_valid_to",
    "paid",
)
WHOLE = re.compile(r"[0-9]{1,9}")
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)"
)
TRUTHS = {"true": True, "false": False, "": None}
MINUTE = dt.timedelta(minutes=1)


def read_entries(data: bytes, *, file: str) -> list[Entry]:
    """Read entries in the order of the file, row n at place n - 1; empty lines are no rows.

    Raises BadEntryError (BadFileError where it is no text): one line naming file, row, column and the offending value.
    """
    mark = len(BOM) if data.startswith(BOM) else 0
    if not data[mark:].strip():
        raise BadFileError(file, None, "the file is empty; it needs a header with date,minutes,category")
    if b"\0" in data:
        raise BadFileError(file, data.count(b"\n", 0, data.index(b"\0")) + 1, "not text (byte 0x00)")
    lines = io.BytesIO(data)
    lines.seek(mark)  # not "utf-8-sig": read as a stream it swallows the first bytes of a broken mark
    rows = csv.reader(io.TextIOWrapper(lines, encoding="utf-8", newline=""), strict=True)
    entries: list[Entry] = []
    header = 0  # becomes 1 once the header is read, so that the place of a row that cannot even be split is known
    try:
        columns = _header(next(filter(None, rows)), file)  # there is one: the file is not blank
        header = 1
        read = _RowReader(columns, file)
        for cells in rows:
            if cells:
                entries.append(read(len(entries) + 1, cells))
    except UnicodeDecodeError:
        decode(data, file=file)
        raise
    except csv.Error as error:
        raise BadEntryError(len(entries) + 1 if header else None, None, str(error), file=file) from None
    return entries


def _header(cells: list[str], file: str) -> list[str]:
    columns = [cell.strip() for cell in cells]
    for place, column in enumerate(columns):
        if column not in COLUMNS:
            raise BadEntryError(None, None, f"unknown column {shown(column)}", file=file)
        if column in columns[:place]:
            raise BadEntryError(None, None, f"column {shown(column)} is given twice", file=file)
    for column in OBLIGATORY:
        if column not in columns:
            raise BadEntryError(None, None, f"column {shown(column)} is missing", file=file)
    return columns


class _RowReader:
    """Turns the cells of one row into an Entry; days and words that repeat are kept once, to spare memory."""

    def __init__(self, columns: list[str], file: str) -> None:
        self.columns, self.file = columns, file
        self.row = 0
        self.days: dict[str, dt.date] = {}
        self.words: dict[str, str] = {}
        self.tags: dict[str, tuple[str, ...]] = {}
        readers: dict[str, Callable[[str, str], Any]] = {
            "date": self._day,
            "minutes": self._minutes,
            "category": self._category,
            "start": self._instant,
            "end": self._instant,
            "tags": self._tags,
            "delivery": self._delivery,
            "source": self._source,
            "course": self._word,
            "school": self._word,
            "grade_percent": self._percent,
            "attendance_percent": self._percent,
            "supervisor_licence_valid_from": self._optional_day,
            "supervisor_licence_valid_to": self._optional_day,
            "paid": self._paid,
        }
        self.readers = [(column, readers[column]) for column in columns]

    def __call__(self, row: int, cells: list[str]) -> Entry:
        self.row = row
        if len(cells) != len(self.columns):
            if len(cells) < len(self.columns):
                self._refuse(
                    self.columns[len(cells)], f"missing: the row has {len(cells)} of {len(self.columns)} columns"
                )
            self._refuse(
                None, f"{shown(cells[len(self.columns)])} stands beyond the header's {len(self.columns)} columns"
            )
        values = {column: read(column, cell.strip()) for (column, read), cell in zip(self.readers, cells, strict=True)}
        start, end = values.pop("start", None), values.pop("end", None)
        if start is not None or end is not None:
            values["spans"] = (self._span(start, end, values["minutes"], cells),)
        licence_from = values.get("supervisor_licence_valid_from")
        licence_to = values.get("supervisor_licence_valid_to")
        if licence_from and licence_to and licence_to < licence_from:
            self._refuse(
                "supervisor_licence_valid_to", f"{shown(licence_to.isoformat())} is before {licence_from.isoformat()}"
            )
        return Entry(**values)

    def _refuse(self, column: str | None, problem: str) -> NoReturn:
        raise BadEntryError(self.row, column, problem, file=self.file)

    def _span(
        self, start: dt.datetime | None, end: dt.datetime | None, minutes: int, cells: list[str]
    ) -> tuple[dt.datetime, dt.datetime]:
        written = dict(zip(self.columns, cells, strict=True))
        if start is None:
            self._refuse("start", f"'' although end is {shown(written['end'])}; they come together")
        if end is None:
            self._refuse("end", f"'' although start is {shown(written['start'])}; they come together")
        if end < start:
            self._refuse("end", f"{shown(written['end'])} is before start {shown(written['start'])}")
        if end - start < minutes * MINUTE:
            self._refuse("minutes", f"{shown(written['minutes'])} do not fit between start and end")
        return start, end

    def _day(self, column: str, text: str) -> dt.date:
        day = self.days.get(text)
        if day is None:
            day = day_from(text)
            if day is None:
                self._refuse(column, f"{shown(text)} is not a date such as 2026-01-31")
            self.days[text] = day
        return day

    def _optional_day(self, column: str, text: str) -> dt.date | None:
        return self._day(column, text) if text else None

    def _minutes(self, column: str, text: str) -> int:
        minutes = int(text) if WHOLE.fullmatch(text) else 0
        if not minutes:
            self._refuse(column, f"{shown(text)} is not a whole number from 1 to 999999999")
        return minutes

    def _category(self, column: str, text: str) -> str:
        if not text:
            self._refuse(column, "'' is not a category")
        return self._word(column, text)

    def _word(self, column: str, text: str) -> str:
        return self.words.setdefault(text, text)

    def _instant(self, column: str, text: str) -> dt.datetime | None:
        if not text:
            return None
        try:
            # To UTC at once: spans that share one zone are compared fastest, and what leaves the calendar shows here.
            instant = dt.datetime.fromisoformat(text).astimezone(dt.UTC) if INSTANT.fullmatch(text) else None
        except (ValueError, OverflowError):
            instant = None
        if instant is None:
            self._refuse(column, f"{shown(text)} is not a time with offset such as 2026-01-31T09:00:00-06:00")
        return instant

    def _tags(self, column: str, text: str) -> tuple[str, ...]:
        tags = self.tags.get(text)
        if tags is None:
            tags = self.tags[text] = tuple(dict.fromkeys(filter(None, (tag.strip() for tag in text.split(";")))))
        return tags

    def _delivery(self, column: str, text: str) -> str:
        return self._choice(column, text or DELIVERIES[0], DELIVERIES)

    def _source(self, column: str, text: str) -> str:
        return self._choice(column, text, SOURCES) if text else ""

    def _choice(self, column: str, text: str, choices: tuple[str, ...]) -> str:
        if text not in choices:
            self._refuse(column, f"{shown(text)} is not one of {', '.join(choices)}")
        return self._word(column, text)

    def _percent(self, column: str, text: str) -> Decimal | None:
        if not text:
            return None
        percent = Decimal(text) if NUMBER.fullmatch(text) else None
        if percent is None or percent > 100:
            self._refuse(column, f"{shown(text)} is not a number from 0 to 100")
        return percent

    def _paid(self, column: str, text: str) -> bool | None:
        if text not in TRUTHS:
            self._refuse(column, f"{shown(text)} is not true, false or empty")
        return TRUTHS[text]


def read_context(text: str, *, file: str) -> Context:
    """Read what is known beside the hours; an empty file knows nothing.

    Raises BadFileError, one line naming file, line and key.
    """
    root = read_yaml(text, file=file)
    if root is None:
        return Context()
    days = ("program_start", "enrolled_on", "applied_on", "completed_on")
    fields = root.keys(known=(*days, "requirements", "school_open"))
    values: dict[str, Any] = {name: fields[name].day() for name in days if name in fields}
    if "requirements" in fields:
        values["requirements"] = {name: field.truth() for name, field in fields["requirements"].mapping().items()}
    if "school_open" in fields:
        values["school_open"] = tuple(periods(fields["school_open"]))
    return Context(**values)
