"""Writes the balances: attended minutes by record and category, moved with each posting and never trusted."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from ..models import Balance, HourEntry, Learner
from ..selectors import true_balances


def move_balances(entries: Iterable[HourEntry]) -> None:
    """Add new entries to their balances. Called in the posting's transaction, while it holds the learners.

    Two statements, however many entries.
    """
    moved: dict[tuple[int, str], list[HourEntry]] = {}
    for entry in entries:
        moved.setdefault((entry.record_id, entry.category), []).append(entry)
    if not moved:
        return
    there = {
        (balance.record_id, balance.category): balance
        for balance in Balance.objects.filter(record__in={record for record, _category in moved})
    }
    rows: list[Balance] = []
    for (record, category), lines in moved.items():
        old = there.get((record, category))
        dates = [line.date for line in lines]
        rows.append(
            Balance(
                record_id=record,
                category=category,
                minutes=(old.minutes if old else 0) + sum(line.minutes for line in lines),
                last_on=max([old.last_on, *dates] if old else dates),
                log_size=max(line.position for line in lines) + 1,
            )
        )
    _put(rows)


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
