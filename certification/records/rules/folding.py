"""What stands of a record: entries without reversals and without what they took back."""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Foldable(Protocol):
    """What folding needs to know of an entry."""

    @property
    def id(self) -> object: ...  # noqa: D102

    @property
    def reverses_id(self) -> object | None: ...  # noqa: D102


Entry = TypeVar("Entry", bound=Foldable)


def fold(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that stand: without reversals and without what they took back."""
    rows = list(entries)
    taken_back = {row.reverses_id for row in rows if row.reverses_id is not None}
    return [row for row in rows if row.reverses_id is None and row.id not in taken_back]
