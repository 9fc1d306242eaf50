"""Tables for spreadsheets, CSV and XLSX; the one place where they are written, so that no cell becomes a formula.

A text that a spreadsheet would run (it begins with = + - @ | % or a tab or line break) gets an apostrophe before it; one
that is a decimal number runs nothing and stays. Numbers stay numbers, days are `YYYY-MM-DD`.
"""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

from defusedcsv import csv
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

Cell = str | int | bool | date | None
Row = Sequence[Cell]
RUNS = tuple("=+-@|%\t\r\n")
DECIMAL = re.compile(r"-\d{1,15}\.\d{1,15}", re.ASCII)


def harmless(cell: Cell) -> str | int | None:
    """The cell as it is written: a number, nothing, or a text that no spreadsheet runs."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return cell
    if isinstance(cell, date):
        return cell.isoformat()
    return f"'{cell}" if cell.startswith(RUNS) and not DECIMAL.fullmatch(cell) else cell


def as_csv(header: Sequence[str], rows: Iterable[Row]) -> bytes:
    """The table as CSV (RFC 4180, UTF-8)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def as_xlsx(header: Sequence[str], rows: Iterable[Row], *, title: str) -> bytes:
    """The table as a workbook of one sheet; signs that no workbook may hold are left out."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in (header, *rows):
        # None of these texts begins with =, so openpyxl makes no formula of it.
        sheet.append(
            [
                # XML knows one line end, whichever library writes it.
                ILLEGAL_CHARACTERS_RE.sub("", cell).replace("\r\n", "\n").replace("\r", "\n") or None
                if isinstance(cell, str)
                else cell
                for cell in map(harmless, row)
            ]
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
