"""Writes the balances: attended minutes by record and category, moved with each posting and never trusted."""

from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from ..models import Balance, HourEntry, Learner
from ..selectors import true_balances

# By hand, since it stands in every posting: the ORM takes longer to write it than the database to do it.
_MOVE = """
    UPDATE records_balance
    SET minutes = minutes + %s, last_on = CASE WHEN last_on < %s THEN %s ELSE last_on END, log_size = %s
    WHERE record_id = %s AND category = %s
"""


def move_balances(entries: Iterable[HourEntry]) -> None:
    """Add new entries to their balances. Called in the posting's transaction, while it holds the learners.

    One statement a record and category, a second where it is the first of its kind.
    """
    moved: dict[tuple[int, str], list[HourEntry]] = {}
    for entry in entries:
        moved.setdefault((entry.record_id, entry.category), []).append(entry)
    with connection.cursor() as cursor:
        for (record, category), lines in moved.items():
            minutes, last_on = sum(line.minutes for line in lines), max(line.date for line in lines)
            log_size = max(line.position for line in lines) + 1
            cursor.execute(_MOVE, [minutes, last_on, last_on, log_size, record, category])
            if not cursor.rowcount:
                Balance.objects.create(
                    record_id=record, category=category, minutes=minutes, last_on=last_on, log_size=log_size
                )


@transaction.atomic
def rebuild_balances(*, records: Sequence[int], only_compare: bool = False) -> int:
    """Compute the balances of these records anew from the ledger; how many differed. Atomic; safe at any time."""
    held = Learner.objects.select_for_update().filter(records__in=records).order_by("pk")
    list(held)
    true = true_balances(records)
    kept = {(row.record_id, row.category): row for row in Balance.objects.filter(record__in=records)}
    differing = [
        Balance(record_id=record, category=category, minutes=minutes, last_on=last_on, log_size=log_size)
        for (record, category), (minutes, last_on, log_size) in true.items()
        if (record, category) not in kept or kept[record, category].stands_for != (minutes, last_on, log_size)
    ]
    strangers = [row.pk for key, row in kept.items() if key not in true]
    if not only_compare:
        _put(differing)
        Balance.objects.filter(pk__in=strangers).delete()
    return len(differing) + len(strangers)


def _put(rows: Sequence[Balance]) -> None:
    Balance.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["record", "category"],
        update_fields=["minutes", "last_on", "log_size"],
    )
