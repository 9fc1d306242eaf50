"""Finds texts in which a person is named, for erasing them."""

from collections.abc import Iterable

from django.db.models import Q


def naming(texts: Iterable[str], *columns: str) -> Q:
    """Rows in one of whose columns one of the texts stands, upper or lower case; no row where no text is given."""
    found = Q(pk=None)
    for text in texts:
        if text:
            for column in columns:
                found |= Q(**{f"{column}__icontains": text})
    return found
