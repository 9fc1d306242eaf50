"""Goes through what is to be made, so that what cannot be made keeps nothing behind it waiting."""

from collections.abc import Iterator

from django.db.models import QuerySet

from ..models import Certificate

A_ROUND = 50
"""So many certificates a due job makes the files of at once; the rest comes with the next."""


def one_by_one(found: QuerySet[Certificate]) -> Iterator[Certificate]:
    """All of these by their primary key, read a page at a time: whoever is done with a round stops asking."""
    last = 0
    while page := list(found.filter(pk__gt=last).order_by("pk")[:A_ROUND]):
        yield from page
        last = page[-1].pk
