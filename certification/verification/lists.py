"""A list of certificates to check, from a table: what each row asks, or what is wrong with it. Pure.

The header names the columns: `code`, then `name` if names are asked; every other column is the code of a subject (or
`total`) whose cells claim minutes. An empty cell asks nothing.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .verdicts import Asked

CODE, NAME = "code", "name"
MOST_MINUTES = 99_999_999


class BadListError(ValueError):
    """A table that is no list: why, as a code (empty, no_code, column_twice, too_many), and about what."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(f"{code} {about}".strip())
        self.code, self.about = code, about


class BadRow(NamedTuple):
    """What is wrong with one row (by the number that a spreadsheet shows): the column, and a code (no_code, minutes, beyond)."""

    row: int
    column: str
    code: str


def read_list(rows: Iterable[tuple[int, Sequence[str]]], *, most: int) -> tuple[list[Asked], list[BadRow]]:
    """What the numbered rows of a table ask, in their order, and all that is wrong with them.

    BadListError for what is no list.
    """
    header: list[str] | None = None
    asked: list[Asked] = []
    bad: list[BadRow] = []
    for number, cells in rows:
        if header is None:
            header = _header(cells)
            continue
        if len(asked) == most:
            raise BadListError("too_many", str(most))
        if any(cells[len(header) :]):
            bad.append(BadRow(number, "", "beyond"))
        values = dict(zip(header, [*cells, *[""] * len(header)], strict=False))
        claims: dict[str, int] = {}
        for column, cell in values.items():
            if column in (CODE, NAME) or not cell:
                continue
            if not cell.isascii() or not cell.isdecimal() or int(cell) > MOST_MINUTES:
                bad.append(BadRow(number, column, "minutes"))
            else:
                claims[column] = int(cell)
        if not values[CODE]:
            bad.append(BadRow(number, CODE, "no_code"))
        asked.append(Asked(values[CODE], values.get(NAME, ""), claims, number))
    if not asked:
        raise BadListError("empty")
    return asked, bad


def _header(cells: Sequence[str]) -> list[str]:
    columns = [cell.lower() if cell.lower() in (CODE, NAME) else cell for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    if CODE not in columns:
        raise BadListError("no_code")
    twice = next((column for place, column in enumerate(columns) if column in columns[:place]), None)
    if twice is not None:
        raise BadListError("column_twice", twice)
    return columns
