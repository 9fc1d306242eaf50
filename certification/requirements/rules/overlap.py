"""Which minutes of a row earlier rows' spans hold already."""

import datetime as dt
from array import array
from bisect import bisect_left
from collections.abc import Sequence

from certification.requirements.rules.shapes import Entry

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
TICK = dt.timedelta(microseconds=1)
TICKS_PER_MINUTE = 60_000_000


def shared_minutes(entries: Sequence[Entry], order: Sequence[int]) -> dict[int, int]:
    """For each row that shares time with earlier ones: how many minutes, rounded up.

    A ledger holds no time twice, so mostly one look along the rows is enough. Where it is not, the line of time is cut
    at every start and end. Rows paint their pieces in turn; a painted piece points past itself to the next one that may
    still be bare, so each piece is painted once and the whole costs no more than sorting the cuts, in whatever order
    the rows come.
    """
    if _one_after_the_other(entries, order):
        return {}
    owners, starts, ends = array("q"), array("q"), array("q")
    for row in order:
        for began, ended in entries[row].spans:
            owners.append(row)
            starts.append((began - EPOCH) // TICK)
            ends.append((ended - EPOCH) // TICK)
    cuts = sorted({*starts, *ends})
    following = array("q", range(len(cuts)))
    shared: dict[int, int] = {}
    for row, start, end in zip(owners, starts, ends, strict=True):
        held = end - start
        stop = bisect_left(cuts, end)
        piece = _bare(following, bisect_left(cuts, start))
        while piece < stop:
            held -= cuts[piece + 1] - cuts[piece]
            following[piece] = piece + 1
            piece = _bare(following, piece + 1)
        if held:
            shared[row] = shared.get(row, 0) + held
    return {row: -(-held // TICKS_PER_MINUTE) for row, held in shared.items()}


def _one_after_the_other(entries: Sequence[Entry], order: Sequence[int]) -> bool:
    """Whether each span begins when all before it have ended."""
    last: dt.datetime | None = None
    for row in order:
        for start, end in entries[row].spans:
            if last is not None and start < last:
                return False
            last = end
    return True


def _bare(following: "array[int]", piece: int) -> int:
    """The first piece from here on that nobody has painted; shortens the way for whoever comes next."""
    while following[piece] != piece:
        following[piece] = following[following[piece]]
        piece = following[piece]
    return piece
