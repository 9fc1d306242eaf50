"""Says of each stretch of a visit whether it counted, and if not, why. Pure; whole milliseconds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .clock import LOST_MARK, REASONS, UNIT_MARK, Clock, all_pauses, measured_spans
from .spans import MINUTE, Span, within

TOLD = 1_000
"""Milliseconds from which on a loss is worth a word: a report always takes a moment on its way."""
TAKEN_BACK = (LOST_MARK, UNIT_MARK)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch of a visit: counted, or why not.

    Reasons: those of `clock.REASONS`, the limit that was reached (`lesson`, `day`, `week`), `pauses` (too many of
    them), and `silent` (between the last report and the end).
    """

    start: int
    end: int
    reason: str = ""

    @property
    def counted(self) -> bool:
        """Whether it counted."""
        return not self.reason

    @property
    def milliseconds(self) -> int:
        """How long it is."""
        return self.end - self.start


def account_of(opened: int, clock: Clock, *, limit_reason: str, ended: int | None = None) -> tuple[Stretch, ...]:
    """A visit from its opening to its end, each moment once, in order; `ended` is when it was closed.

    What pauses of two kinds hold is told by the one that began it; what was taken back, only where nothing else had
    stopped the clock already. The counted stretches are exactly `measured_spans`.
    """
    counted = measured_spans(opened, clock)
    pauses = all_pauses(clock)
    capped = limit_reason if clock.credited >= clock.limit else "pauses"
    edges = {opened, clock.last_seen}
    for start, end in [*counted, *((start, end) for start, end, _mark in pauses)]:
        edges |= {start, end}
    points = sorted(edge for edge in edges if opened <= edge <= clock.last_seen)
    stretches: list[Stretch] = []
    for start, end in pairwise(points):
        _add(stretches, Stretch(start, end, _reason(start, counted, pauses, capped)))
    if ended is not None and ended > clock.last_seen:
        _add(stretches, Stretch(clock.last_seen, ended, "silent"))
    return tuple(stretches)


def _reason(at: int, counted: Sequence[Span], pauses: Sequence[tuple[int, int, str]], capped: str) -> str:
    if any(start <= at < end for start, end in counted):
        return ""
    marks = [mark for start, end, mark in pauses if start <= at < end]
    own = [mark for mark in marks if mark not in TAKEN_BACK]
    for mark in own or marks:
        return REASONS.get(mark, "idle")
    return capped


def _add(stretches: list[Stretch], stretch: Stretch) -> None:
    if stretch.end <= stretch.start:
        return
    if stretches and stretches[-1].reason == stretch.reason and stretches[-1].end == stretch.start:
        stretches[-1] = replace(stretches[-1], end=stretch.end)
    else:
        stretches.append(stretch)


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute of the clock: how much of it counted, and why the longest part of the rest did not."""

    start: int
    counted: int
    reason: str = ""


def minutes_of(stretches: Sequence[Stretch]) -> tuple[Minute, ...]:
    """A visit minute by minute of the server's clock, from the one in which it began to the one in which it ended.

    Below a second lost, no reason is given.
    """
    if not stretches:
        return ()
    first = stretches[0].start // MINUTE * MINUTE
    minutes = []
    place = 0
    for start in range(first, stretches[-1].end, MINUTE):
        end = start + MINUTE
        while stretches[place].end <= start:
            place += 1
        here = []
        for stretch in stretches[place:]:
            if stretch.start >= end:
                break
            here.append((within([(stretch.start, stretch.end)], start, end), stretch))
        lost = [part for part in here if not part[1].counted]
        longest = max(lost, key=lambda part: part[0], default=None)
        is_told = longest is not None and sum(length for length, _stretch in lost) >= TOLD
        minutes.append(
            Minute(
                start,
                sum(length for length, stretch in here if stretch.counted),
                longest[1].reason if longest and is_told else "",
            )
        )
    return tuple(minutes)
