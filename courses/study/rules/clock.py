"""The clock of one visit: what a report ("beat") earns, what an idle page loses, when a question is due.

All instants are whole milliseconds since 1970 by the server's clock; a client's clock is never asked. One SQL statement
in `services.record_beat` does what `beat` says; a test runs both over random sequences.
"""

from dataclasses import dataclass, replace

from .spans import MINUTE, Span, head, without

LARGEST_SEQUENCE = 2**53 - 1
"""The largest whole number that a browser's JSON carries unchanged."""
MOST_PAUSES = 4_000
"""Characters of pauses that one row may hold (some 130 pauses); a session that fidgets beyond it earns no more."""

COUNTING, IDLE, SUPERSEDED, CAPPED, CLOSED = "counting", "idle", "superseded", "capped", "closed"

PAUSE, LOSE_IDLE, LOSE_UNIT = "pause", "idle", "unit"
"""What an idle page costs: nothing more; what was counted since the last sign of her; what this visit has counted."""

GAP_MARK, IDLE_MARK, HIDDEN_MARK, SEEN_MARK = "g", "i", "h", "m"
LOST_MARK, UNIT_MARK, UNANSWERED_MARK = "l", "u", "c"
REASONS = {
    GAP_MARK: "gap",
    IDLE_MARK: "idle",
    HIDDEN_MARK: "hidden",
    SEEN_MARK: "seen",
    LOST_MARK: "idle_lost",
    UNIT_MARK: "unit_lost",
    UNANSWERED_MARK: "presence",
}
"""Why a stretch did not count: silence longer than the gap; nobody there; page not in front; a clip seen before;
idle time taken back; the visit taken back; a question that nobody answered in time."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What a session's row holds between two beats, and the rules that were frozen into it when it opened.

    `idle_since` is where a pause began that still lasts, `mark` why. `pauses` lists the finished ones as `from-toMARK;`
    and may name a stretch twice: what counts is their union. `signed` is the last report that carried a sign of her,
    `held` what was credited since. `unchecked` is what was credited since she last answered a question; at `check`
    (0: never) one is due. `asked` counts questions, `tries` wrong answers to the present one.
    """

    last_seen: int
    gap: int
    limit: int
    credited: int = 0
    sequence: int = 0
    idle_since: int | None = None
    mark: str = ""
    pauses: str = ""
    opened: int = 0
    signed: int = 0
    held: int = 0
    penalty: str = PAUSE
    idle: int = 5 * MINUTE
    check: int = 0
    unchecked: int = 0
    asked: int = 0
    tries: int = 0
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Beat:
    """One report of an open lesson: when it arrived, its number, and whether somebody was there until now.

    `why` says what an inactive report tells of: `idle`, `hidden`, or `seen` (a clip plays that was watched before).
    `quiet` is how long ago she gave a sign, as the page says it (None: just now); it can only cost her. `most` bounds
    what this report may earn: the seconds of a clip that are new, where the clip is the only sign.
    """

    now: int
    sequence: int
    active: bool
    why: str = "idle"
    quiet: int | None = None
    most: int | None = None


def beat(clock: Clock, report: Beat) -> Clock:
    """The row after a beat.

    Time since the last beat is credited when both ends of it were active and it is no longer than the gap, up to the
    limit. A closed session, and a number that is not above the last one, change nothing. A clock that stepped back
    earns nothing and moves nothing back. While a question waits, time neither counts nor is lost.
    """
    if not clock.is_open or report.sequence <= clock.sequence:
        return clock
    now = max(report.now, clock.last_seen)
    moved = replace(clock, last_seen=now, sequence=report.sequence)
    if clock.idle_since is not None:
        back = report.active and clock.mark != UNANSWERED_MARK
        return _resumed(moved, clock.last_seen, report) if back else moved
    if not report.active:
        return _paused(moved, clock.last_seen, report.why)
    if now - clock.last_seen > clock.gap:
        return replace(moved, pauses=_with(clock, clock.last_seen, now, GAP_MARK), signed=now, held=0)
    return _counted(moved, clock.last_seen, report)


def _with(clock: Clock, start: int, end: int, mark: str) -> str:
    if end <= start or len(clock.pauses) >= MOST_PAUSES:
        return clock.pauses
    return f"{clock.pauses}{start}-{end}{mark};"


def _counted(clock: Clock, since: int, report: Beat) -> Clock:
    now = clock.last_seen
    passed = now - since
    most = passed if report.most is None else min(report.most, passed)
    room = len(clock.pauses) < MOST_PAUSES
    earned = min(most, clock.limit - clock.credited) if room else 0
    pauses = _with(clock, since, now - most, SEEN_MARK) if clock.credited < clock.limit else clock.pauses
    is_sign = report.quiet is None or report.quiet < passed
    counted = replace(
        clock,
        credited=clock.credited + earned,
        pauses=pauses,
        signed=now if is_sign else clock.signed,
        held=0 if is_sign else clock.held + earned,
        unchecked=clock.unchecked + earned,
    )
    if earned and 0 < clock.check <= counted.unchecked and counted.credited < clock.limit:
        return replace(counted, idle_since=now, mark=UNANSWERED_MARK, asked=clock.asked + 1, tries=0)
    return counted


def _paused(clock: Clock, since: int, why: str) -> Clock:
    here = replace(clock, idle_since=since, mark=IDLE_MARK, held=0)
    if why == "hidden":
        return replace(here, mark=HIDDEN_MARK)
    if why == "seen":
        return replace(here, mark=SEEN_MARK)
    if clock.penalty == LOSE_IDLE:
        return replace(here, idle_since=clock.signed, mark=LOST_MARK, credited=clock.credited - clock.held)
    if clock.penalty == LOSE_UNIT:
        return replace(here, idle_since=clock.opened, mark=UNIT_MARK, credited=0)
    return here


def _resumed(clock: Clock, before: int, report: Beat) -> Clock:
    now = clock.last_seen
    since, mark, credited = clock.idle_since or 0, clock.mark, clock.credited
    new = 0
    if mark == SEEN_MARK and report.most is not None and now - before <= clock.gap:
        # The clip has come to what is new: that part of the time counts already.
        new = min(report.most, now - before)
    earned = min(new, clock.limit - credited) if len(clock.pauses) < MOST_PAUSES else 0
    if _is_away_too_long(clock, now):
        since, mark, credited = clock.opened, UNIT_MARK, 0
    return replace(
        clock,
        pauses=_with(clock, since, now - new, mark),
        idle_since=None,
        mark="",
        credited=credited + earned,
        unchecked=clock.unchecked + earned,
        signed=now,
        held=0,
    )


def _is_away_too_long(clock: Clock, now: int) -> bool:
    """Looking away for longer than the idle limit costs what sitting idle costs."""
    is_hidden = clock.idle_since is not None and clock.mark == HIDDEN_MARK
    return clock.penalty == LOSE_UNIT and is_hidden and now - (clock.idle_since or 0) > clock.idle


def closed(clock: Clock, now: int) -> Clock:
    """The row when its visit ends, whoever ends it: a page that is left hidden costs what coming back to it costs."""
    if not clock.is_open:
        return clock
    ended = replace(clock, is_open=False)
    if _is_away_too_long(clock, max(now, clock.last_seen)):
        return replace(ended, idle_since=clock.opened, mark=UNIT_MARK, credited=0)
    return ended


def answered(clock: Clock, *, now: int, is_right: bool, within: int) -> Clock:
    """The row after an answer to the question that waits.

    A right answer `within` so many milliseconds of the question counts the wait too; a later one goes on from here. A
    wrong one asks anew, and the time runs on from the first question. Without a question nothing changes.
    """
    if not clock.is_open or clock.idle_since is None or clock.mark != UNANSWERED_MARK:
        return clock
    now = max(now, clock.last_seen)
    asked_at = clock.idle_since
    if not is_right:
        return replace(clock, last_seen=now, asked=clock.asked + 1, tries=clock.tries + 1)
    here = replace(clock, last_seen=now, idle_since=None, mark="", signed=now, held=0, unchecked=0, tries=0)
    if now - asked_at <= within:
        return replace(here, credited=clock.credited + min(now - asked_at, clock.limit - clock.credited))
    return replace(here, pauses=_with(clock, asked_at, now, UNANSWERED_MARK))


def state_of(clock: Clock, close_reason: str, limit_reason: str) -> tuple[str, str]:
    """The state that a beat answers with, and its reason ("" without one); both follow from the row alone.

    So a beat sent again is answered as it was. Reasons: one of REASONS for a pause that lasts, or `gap` for one that
    just ended; `lesson`, `day` and `week` (which limit is reached), `pauses` (too many; open the lesson anew), else why
    it closed.
    """
    if not clock.is_open:
        return (SUPERSEDED, SUPERSEDED) if close_reason == SUPERSEDED else (CLOSED, close_reason)
    if clock.credited >= clock.limit:
        return CAPPED, limit_reason
    if clock.idle_since is not None:
        return IDLE, REASONS.get(clock.mark, "idle")
    if len(clock.pauses) >= MOST_PAUSES:
        return CAPPED, "pauses"
    if clock.pauses.endswith(f"-{clock.last_seen}{GAP_MARK};"):
        return COUNTING, "gap"
    return COUNTING, ""


def pauses_of(text: str) -> list[tuple[int, int, str]]:
    """Finished pauses as (from, to, mark)."""
    listed = []
    for piece in filter(None, text.split(";")):
        start, _dash, rest = piece.partition("-")
        listed.append((int(start), int(rest[:-1]), rest[-1]))
    return listed


def all_pauses(clock: Clock) -> list[tuple[int, int, str]]:
    """The finished pauses and the one that lasts, up to the last report."""
    pauses = pauses_of(clock.pauses)
    if clock.idle_since is not None and clock.idle_since < clock.last_seen:
        pauses.append((clock.idle_since, clock.last_seen, clock.mark or IDLE_MARK))
    return pauses


def measured_spans(opened: int, clock: Clock) -> tuple[Span, ...]:
    """The time that a session was credited, exactly: from opening to the last beat, minus pauses, cut at the limit.

    Once the limit is reached nothing more is credited, so the credited time is the first of what pauses left.
    """
    there = [(opened, clock.last_seen)] if clock.last_seen > opened else []
    return head(without(there, [(start, end) for start, end, _mark in all_pauses(clock)]), clock.credited)
