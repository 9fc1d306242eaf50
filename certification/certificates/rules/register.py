"""The register of signers: whether somebody stands on it on a day, and whether the school is open that day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol


class Listed(Protocol):
    """A row of the register as the rules read it; both days belong to it, an empty last day is open."""

    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class RegisterGap:
    """Why somebody does not sign on a day. `kind`: unlisted, ended, later, not_open or closed; `day` as it says."""

    kind: str
    day: date | None = None


def stands(row: Listed, day: date) -> bool:
    """Whether a row holds on this day."""
    return row.from_on <= day and (row.until_on is None or day <= row.until_on)


def register_gap(rows: Iterable[Listed], day: date) -> RegisterGap | None:
    """What a person's rows at a school lack for signing on this day; None when one of them holds.

    The nearest row speaks: one that begins later before one that ended, the last that ended before older ones.
    """
    rows = list(rows)
    if any(stands(row, day) for row in rows):
        return None
    later = [row.from_on for row in rows if row.from_on > day]
    if later:
        return RegisterGap("later", min(later))
    ended = [row.until_on for row in rows if row.until_on is not None]
    return RegisterGap("ended", max(ended)) if ended else RegisterGap("unlisted")


def school_gap(opened_on: date | None, closed_on: date | None, day: date) -> RegisterGap | None:
    """Why a school issues nothing on this day: not open yet, or closed. Both days belong to it; None where it is open."""
    if opened_on is not None and day < opened_on:
        return RegisterGap("not_open", opened_on)
    if closed_on is not None and day > closed_on:
        return RegisterGap("closed", closed_on)
    return None
