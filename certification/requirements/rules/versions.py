"""Which version of a rule set judges a learner: the one in force on the date that its own axis looks at."""

import datetime as dt
from collections.abc import Iterable
from typing import Protocol, TypeVar

from certification.requirements.rules.shapes import Context, holds
from certification.requirements.rules.unmet import AXIS_DATES


class Dated(Protocol):
    """A version with its window, both ends included (None: open)."""

    version: int
    applies_by: str
    valid_from: dt.date | None
    valid_to: dt.date | None


Version = TypeVar("Version", bound=Dated)


def in_force(versions: Iterable[Version], *, context: Context, as_of: dt.date) -> Version | None:
    """The highest version in whose window its axis' date lies; where none does, the highest there is; None of none.

    A date that nobody gave is taken to be the day of judging: who has not applied yet would apply today. Versions by
    session judge each row by its own date and are chosen by the day of judging too.
    """
    newest_first = sorted(versions, key=lambda version: version.version, reverse=True)
    for version in newest_first:
        axis = AXIS_DATES.get(version.applies_by)
        day: dt.date | None = getattr(context, axis) if axis else None
        if holds((version.valid_from, version.valid_to), day or as_of):
            return version
    return newest_first[0] if newest_first else None
