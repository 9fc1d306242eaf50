"""When a link in which shifts still wait is brought to mind, and when the school is told instead. Pure."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

REMINDER_DAYS = (3, 7, 14)
FIRST_REMINDER = timedelta(days=REMINDER_DAYS[0])
TELL_AFTER = timedelta(days=17)
"""Three days after the last reminder, as between the first mail and the first one."""
REST = timedelta(days=1)
"""For so long after a mail that was sent again no reminder follows it, nor the word to the school."""
FAIR_TIME = TELL_AFTER - timedelta(days=REMINDER_DAYS[-1])
"""For so long after a reminder, whenever it went, nothing more is said: she has time to answer."""
TELL_UNTIL = timedelta(days=28)
"""For so long after it ran out the school is still told of a link, where nothing ran before."""


def reminder_due(
    first_at: datetime,
    now: datetime,
    reminded: Collection[int],
    again_at: datetime | None = None,
    reminded_at: datetime | None = None,
) -> int | None:
    """Which reminder of REMINDER_DAYS is due, None where none is; days run from the first mail.

    One at a time, and none within FAIR_TIME of the newest (`reminded_at`): what was missed while the house slept is not
    made up for by several mails at once. Sent again at `again_at`, what fell due before that, or within REST of it,
    counts as given by the new mail.
    """
    over = [days for days in REMINDER_DAYS if now - first_at >= timedelta(days=days)]
    if not over or any(days >= over[-1] for days in reminded):
        return None
    if again_at is not None and first_at + timedelta(days=over[-1]) < again_at + REST:
        return None
    if reminded_at is not None and now - reminded_at < FAIR_TIME:
        return None
    return over[-1]


def school_due(
    first_at: datetime,
    now: datetime,
    reminded: Collection[int],
    again_at: datetime | None = None,
    reminded_at: datetime | None = None,
) -> bool:
    """Whether the school is to be told that reminding does not help: TELL_AFTER the first mail, once nothing is left to
    remind of, and FAIR_TIME after the newest reminder however late that went.
    """
    if now - first_at < TELL_AFTER or reminder_due(first_at, now, reminded, again_at) is not None:
        return False
    if again_at is not None and now - again_at < REST:
        return False
    return reminded_at is None or now - reminded_at >= FAIR_TIME


def chain_of(key: int, replaces: Mapping[int, int], mailboxes: Mapping[int, str] | None = None) -> list[int]:
    """A link and all that it was sent in place of to the same mailbox, the newest first.

    `replaces` leads from a successor back. `mailboxes` are marks of where each went; none stands for one that was not
    mailed, or of which that is not known, and it parts nothing. What went to another mailbox told nothing to this one:
    there the chain ends, and with it all that was said in it.
    """
    boxes = mailboxes or {}
    chain, box = [key], boxes.get(key, "")
    while (before := replaces.get(chain[-1])) is not None:
        there = boxes.get(before, "")
        if box and there and there != box:
            break
        box = box or there
        chain.append(before)
    return chain
