"""Which seconds of a clip somebody has watched, and how many of a report's are new. Pure; whole milliseconds."""

from dataclasses import dataclass

from .spans import Span, length, union, without

FASTEST = 2
"""A clip may run at twice its speed; a jump further than that in a report is a seek, not watching."""
SLACK = 1_500
"""Milliseconds by which a report may come late without its stretch being taken for a seek."""
SLIVER = 1_000
"""A player's clock and ours differ a little: so many milliseconds, and no more than a tenth of the time that passed, may
lack from a stretch that is new, and it counts whole. Each would else be a pause, and a visit keeps only so many."""
MOST_STRETCHES = 200
"""Stretches that one row keeps; who jumps about more than that is credited no further new ones."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known of one learner and one clip: watched stretches of it, and where it stood at the last report.

    `position` is where to go on; `at` the server's instant of the last report in which it played, None after a pause.
    """

    watched: tuple[Span, ...] = ()
    position: int = 0
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Playing:
    """What a page says of a clip: where it stands, and whether it runs."""

    position: int
    playing: bool


def watch(
    before: Watch, report: Playing, *, now: int, since: int, gap: int, duration: int | None = None
) -> tuple[Watch, int]:
    """The row after a report, and how many milliseconds of the time that passed may count.

    `since` is the visit's report before. Where the clip ran in that too, the stretch between both positions was
    watched, if it is not longer than the time that passed allows at the fastest speed, and what is new of it may count;
    anything else is a seek and brings nothing. In a first report it has run at most since then, at its usual speed, and
    only what it showed for a second time is taken off. In a silence longer than the gap nothing was watched; that the time
    does not count is the clock's to say.
    """
    position = max(report.position if duration is None else min(report.position, duration), 0)
    after = Watch(before.watched, position, now if report.playing else None)
    passed = now - since
    if passed > gap:
        return after, passed  # the clock leaves a silence out by itself, and gives that as the reason
    if passed <= 0:
        return after, 0
    is_first = before.at is None or before.at < since - SLACK
    if is_first and not report.playing:
        return after, 0
    start = max(position - passed, 0) if is_first else before.position
    run = position - start
    if not (is_first or 0 < run <= passed * FASTEST + SLACK):
        return after, 0
    new = length(without([(start, position)], before.watched))
    merged = union([*before.watched, (start, position)])
    if len(merged) > MOST_STRETCHES:
        return after, 0
    may = passed - (run - new) if is_first else min(new, passed)
    lacking = passed - may
    is_sliver = lacking < SLIVER and lacking * 10 <= passed
    return Watch(merged, position, after.at), passed if is_sliver else may


def share(watched: tuple[Span, ...], duration: int) -> int:
    """How much of a clip was watched, in whole percent rounded down; 0 where its length is not known."""
    return 0 if duration <= 0 else min(length(watched) * 100 // duration, 100)
