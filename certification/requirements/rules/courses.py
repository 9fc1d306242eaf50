"""What rules say of courses: a row without a course is a course of its own, named by its place in the entries."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

from certification.requirements.rules.shapes import Entry

Course = str | int


def newest_values(
    entries: Sequence[Entry], order: Sequence[int], value: Callable[[Entry], Decimal | None]
) -> dict[Course, Decimal]:
    """A course's grade or attendance: the last value that is not empty, in the order in which rows are taken."""
    found: dict[Course, Decimal] = {}
    for row in order:
        entry = entries[row]
        percent = value(entry)
        if percent is not None:
            found[entry.course or row] = percent
    return found


def average_grade(entries: Sequence[Entry], order: Sequence[int]) -> Fraction | None:
    """Each course's grade weighted by its attended minutes, courses without one left out; None where none has one."""
    grades = newest_values(entries, order, lambda entry: entry.grade_percent)
    minutes: dict[Decimal, int] = {}  # by grade: there are few, and fractions are slow
    for row in order:
        entry = entries[row]
        grade = grades.get(entry.course or row)
        if grade is not None:
            minutes[grade] = minutes.get(grade, 0) + entry.minutes
    if not minutes:
        return None
    weighted = sum((Fraction(grade) * weight for grade, weight in minutes.items()), Fraction(0))
    return Fraction(weighted, sum(minutes.values()))


def courses_below_share(
    entries: Sequence[Entry], order: Sequence[int], credited: Sequence[int], *, tag: str, share: Fraction
) -> frozenset[Course]:
    """Courses with the tag of whose creditable minutes less than the share bears it."""
    whole: dict[Course, int] = {}
    bears: dict[Course, int] = {}
    for row in order:
        entry = entries[row]
        course = entry.course or row
        whole[course] = whole.get(course, 0) + credited[row]
        if tag in entry.tags:
            bears[course] = bears.get(course, 0) + credited[row]
    return frozenset(course for course, minutes in bears.items() if minutes < share * whole[course])


def linked(
    entries: Sequence[Entry], order: Sequence[int], credited: Sequence[int]
) -> tuple[frozenset[Course], frozenset[str]]:
    """Courses and schools that creditable minutes come from; an empty school is the record's own."""
    rows = [row for row in order if credited[row]]
    return frozenset(entries[row].course or row for row in rows), frozenset(entries[row].school for row in rows)
