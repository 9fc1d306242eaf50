"""A learner's list of shifts, narrowed to a state and a month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from .models import Shift
from .selectors import Board, BoardShift


def _month_of(shift: Shift) -> date:
    return shift.starts_at.astimezone(ZoneInfo(shift.placement.site.zone)).date().replace(day=1)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What was asked for: a state of a shift, and the first day of a month; nothing asked is everything."""

    board: Board
    state: str = ""
    month: date | None = None

    @classmethod
    def asked(cls, query: Mapping[str, str], board: Board) -> "Narrowed":
        """Read an address; what makes no sense there is not asked."""
        state = query.get("state", "")
        try:
            month = date.fromisoformat(f"{query.get('month', '')}-01")
        except ValueError:
            month = None
        return cls(board, state if state in Shift.State.values else "", month)

    @property
    def is_asked(self) -> bool:
        """Whether the list is narrowed at all."""
        return bool(self.state or self.month)

    @property
    def months(self) -> list[date]:
        """The months in which she has shifts, newest first."""
        return sorted({_month_of(row.shift) for row in self.board.shifts}, reverse=True)

    @property
    def states(self) -> list[tuple[str, str]]:
        """The states that some shift of hers has, in their order."""
        there = {row.shift.state for row in self.board.shifts}
        return [(value, str(label)) for value, label in Shift.State.choices if value in there]

    @property
    def count(self) -> int:
        """How many shifts are left."""
        return len(self.of(*Shift.State.values))

    def of(self, *states: str) -> list[BoardShift]:
        """Those of the board in one of `states` that were asked for."""
        return [
            row
            for row in self.board.of(*states)
            if (not self.state or row.shift.state == self.state)
            and (self.month is None or _month_of(row.shift) == self.month)
        ]
