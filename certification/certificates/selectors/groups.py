"""Groups of learners, as upper rooms know them: this room issues to many, and does not know what a cohort is."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Group:
    """Learners who go through a program together: its name on screen, and the records of who is still in it."""

    uuid: UUID
    school_id: int
    name: str
    record_ids: tuple[int, ...]


_asked: list[Callable[[Collection[int]], list[Group]]] = []


def tell_groups(tells: Callable[[Collection[int]], list[Group]]) -> None:
    """Add who tells the groups of these schools; called once by an upper room's AppConfig.ready."""
    if tells not in _asked:
        _asked.append(tells)


def groups_of(school_ids: Collection[int]) -> list[Group]:
    """The groups of these schools that have a record. Two queries for each who is asked."""
    return [group for tells in _asked for group in tells(school_ids) if group.record_ids]
