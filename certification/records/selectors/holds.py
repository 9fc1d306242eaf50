"""Holds of a record: those that stand, and all that ever did."""

from collections.abc import Collection

from django.db.models import QuerySet

from accounts.models import User

from ..models import Hold, TrainingRecord


def holds_of(record: TrainingRecord) -> list[Hold]:
    """Every hold of a record with who placed and released it, those that stand first. One query."""
    rows = Hold.objects.filter(record=record).select_related("placed_by", "released_by").order_by("placed_at", "pk")
    return sorted(rows, key=lambda hold: hold.released_at is not None)


def standing_holds(records: Collection[TrainingRecord]) -> QuerySet[Hold]:
    """The holds that stand on these records, oldest first. One query."""
    return Hold.objects.filter(record__in=records, released_at=None).order_by("placed_at", "pk")


def own_standing_holds(user: User) -> list[Hold]:
    """What keeps this person's certificates back, with the record and its school. One query."""
    rows = Hold.objects.filter(record__learner__user=user, released_at=None)
    return list(rows.select_related("record__school").order_by("placed_at", "pk"))
