"""Puts the hours of one rule set's categories under those of another: what a school says that its subjects are there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from certification.requirements.rules.shapes import ELECTIVE, Category, Entry, RuleSetSpec


@dataclass(frozen=True, slots=True)
class Crossing:
    """Hours of `category` (of one `course` of it, where named, and of all below it) stand under `to`, with more tags."""

    category: str
    to: str
    course: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Crossed:
    """Entries as the other rule set reads them; `rows` are their 1-based places in what was given."""

    entries: tuple[Entry, ...]
    rows: tuple[int, ...]
    unplaced: tuple[tuple[str, int], ...]
    """Category and minutes that nobody placed; they are judged nowhere."""


def cross(entries: Sequence[Entry], crossings: Iterable[Crossing], *, spec: RuleSetSpec) -> Crossed:
    """Translate entries of `spec`'s categories. The nearest word holds: of the course, of the category, of its parents."""
    by_key = {(crossing.category, crossing.course): crossing for crossing in crossings}
    above = {code: parents for top in spec.categories for code, parents in _lines(top, ())}
    found: list[tuple[int, Entry]] = []
    unplaced: dict[str, int] = {}
    for row, entry in enumerate(entries, start=1):
        chain = above.get(entry.category, (ELECTIVE,))
        keys = [(code, course) for code in chain for course in dict.fromkeys((entry.course, ""))]
        crossing = next((by_key[key] for key in keys if key in by_key), None)
        if crossing is None:
            unplaced[entry.category] = unplaced.get(entry.category, 0) + entry.minutes
        else:
            tags = tuple(dict.fromkeys((*entry.tags, *crossing.tags)))
            found.append((row, replace(entry, category=crossing.to, tags=tags)))
    return Crossed(
        entries=tuple(entry for _, entry in found),
        rows=tuple(row for row, _ in found),
        unplaced=tuple(unplaced.items()),
    )


def _lines(node: Category, parents: tuple[str, ...]) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Each code below with the way up from it, itself first."""
    way = (node.code, *parents)
    yield node.code, way
    for child in node.children:
        yield from _lines(child, way)
