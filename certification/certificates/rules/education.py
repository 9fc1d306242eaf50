"""What a CE certificate needs, field by field, as NCBTMB and Florida ask for it. Pure: codes out, words elsewhere.

NCBTMB: participant, title and hours exactly as approved, completion date, type, provider's name, address and number,
signatures of administrator and instructor; a test for home study; an evaluation form. Florida (F.A.C. 64B7-28.0096):
besides, the participant's license number, the provider's registration number, the program's number and its length in
hours of 50 minutes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

NCBTMB, FLORIDA = "ncbtmb", "florida"
HOME_STUDY = ("home_study", "recorded")
CONTACT_HOUR = 50
"""Minutes of the hour in which both bodies approve courses."""
SMALL_GROUP = 5
"""Of fewer answers to a course evaluation only their number is shown."""
RATINGS = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Span:
    """A number that holds from a day until a day, both included; None is without end."""

    number: str
    since: date | None
    until: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it holds on this day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Approval:
    """A course as a body approved it; `instructor` is the id of the person who is approved to teach it."""

    regulator: str
    body: str
    span: Span
    title: str
    minutes: int
    type: str
    instructor: int | None

    @property
    def is_home_study(self) -> bool:
        """Whether a test is obligatory."""
        return self.type in HOME_STUDY


@dataclass(frozen=True, slots=True)
class Licence:
    """A checked professional license."""

    state: str
    profession: str
    span: Span


@dataclass(frozen=True, slots=True)
class Instructor:
    """Who taught, with the licenses that somebody checked, and whether she signed."""

    id: str
    name: str
    licences: tuple[Licence, ...]
    signed_on: date | None

    def licence_for(self, first: date, last: date) -> Licence | None:
        """A license that held on the first and on the last day of the course."""
        held = (licence for licence in self.licences if licence.span.holds_on(first) and licence.span.holds_on(last))
        return next(held, None)


@dataclass(frozen=True, slots=True)
class Course:
    """One learner's course, as everything on file says it."""

    title: str
    first_on: date | None
    last_on: date | None
    minutes: int
    approvals: tuple[Approval, ...]
    provider: str
    address: str
    numbers: tuple[tuple[str, Span], ...]
    licences: tuple[Licence, ...]
    instructors: tuple[Instructor, ...]
    tests_passed: int
    evaluated_on: date | None

    @property
    def in_force(self) -> tuple[Approval, ...]:
        """The approvals that hold on the day of completion."""
        last = self.last_on
        return () if last is None else tuple(one for one in self.approvals if one.span.holds_on(last))

    def number_for(self, regulator: str) -> Span | None:
        """The provider number for a regulator on the day of completion."""
        for whose, span in self.numbers:
            if whose == regulator and self.last_on is not None and span.holds_on(self.last_on):
                return span
        return None

    @property
    def licences_then(self) -> tuple[Licence, ...]:
        """The participant's licenses on the day of completion."""
        last = self.last_on
        return () if last is None else tuple(one for one in self.licences if one.span.holds_on(last))


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a CE certificate must show; `about` says of which approval or person, `value` what is there."""

    code: str
    met: bool
    about: str = ""
    value: str = ""
    required: int | None = None
    has: int | None = None


def fields_of(course: Course) -> Sequence[Field]:
    """Every field of a CE certificate as there or missing."""
    return tuple(_fields(course))


def _fields(course: Course) -> Iterator[Field]:
    last = course.last_on
    yield Field("completed", last is not None, value=last.isoformat() if last else "")
    # What must hold on the day of completion is looked at once there is one: before, nothing lacks that anybody could enter.
    if last is not None or not course.approvals:
        yield Field("approval", bool(course.in_force), value=", ".join(one.body for one in course.in_force))
    for one in course.in_force:
        about = f"{one.body} {one.span.number}"
        yield Field("title", one.title == course.title, about, one.title)
        yield Field("hours", course.minutes >= one.minutes > 0, about, required=one.minutes, has=course.minutes)
        yield Field("type", bool(one.type), about, one.type)
        number = course.number_for(one.regulator)
        yield Field("provider_number", number is not None, one.body, number.number if number else "")
    yield Field("provider", bool(course.provider), value=course.provider)
    yield Field("address", bool(course.address), value=course.address)
    if any(one.regulator == FLORIDA for one in course.in_force):
        there = [one for one in course.licences_then if one.state == "FL"]
        yield Field("licence", bool(there), value=", ".join(one.span.number for one in there))
    if course.in_force:
        named = course.instructors and all(one.instructor for one in course.in_force)
        yield Field("instructor", bool(named), value=", ".join(one.name for one in course.instructors))
    for who in course.instructors:
        if course.first_on and last:
            held = who.licence_for(course.first_on, last)
            yield Field("instructor_licence", held is not None, who.name, held.span.number if held else "")
        yield Field(
            "signature", who.signed_on is not None, who.name, who.signed_on.isoformat() if who.signed_on else ""
        )
    if any(one.is_home_study for one in course.in_force):
        yield Field("test", course.tests_passed > 0)
    yield Field(
        "evaluation", course.evaluated_on is not None, value=(course.evaluated_on or "") and str(course.evaluated_on)
    )


def means(answers: Sequence[tuple[Sequence[str], Sequence[int]]]) -> list[tuple[str, int, list[int]]]:
    """Per statement: how many rated it, and how many gave 1 to 5. Nothing of fewer than SMALL_GROUP learners."""
    tally: dict[str, list[int]] = {}
    for statements, ratings in answers:
        for statement, rating in zip(statements, ratings, strict=True):
            tally.setdefault(statement, [0] * len(RATINGS))[rating - 1] += 1
    return [(words, sum(counts), counts) for words, counts in tally.items() if sum(counts) >= SMALL_GROUP]
