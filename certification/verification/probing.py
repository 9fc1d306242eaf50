"""Pure: from when on an organisation's misses look like guessing rather than like a list with some mistakes in it.

A mistyped code is refused before it is asked, so an honest list misses where a graduate hides her code or bears another
name by now; whoever guesses misses nearly always.
"""

from datetime import timedelta

WINDOW = timedelta(hours=1)
"""Over how long misses are counted."""

MISSES = 60
"""So many misses in an hour are nobody's alarm, whatever their share: the same number that an address has in ten minutes."""

SHARE = 0.3
"""Above `MISSES`, the part of all lines from which on they are guesses."""

MOST_MISSES = 1500
"""Whatever their share: right codes in between would hide guesses."""

SLOWED = timedelta(minutes=30)
"""For how long nothing is answered then."""


def is_probing(*, asked: int, misses: int) -> bool:
    """Whether so many misses among so many lines of one hour are probing."""
    return misses > MISSES and (misses > SHARE * asked or misses > MOST_MISSES)
