"""What a roster of continuing education for Florida holds, line by line, and when it is due. Pure.

F.A.C. 64B-5.002: within thirty days of a course its provider reports the provider's number, the program's number, the
date and the license numbers of who took it. CE Broker takes a file of fixed columns, the numbers without the prefixes
that it knows by itself (50- of providers, 20- of courses).
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

DAYS = 30
"""Days after the day of completion on which the report is late."""
SOON = 10
"""Days before that on which the school is reminded."""
HEADER = (
    "ProviderNumber",
    "CourseNumber",
    "PublishingNumber",
    "LicenseNumber",
    "CompletionDate",
    "State",
    "Profession",
)
STATE = "FL"
_LICENCE = re.compile(r"([A-Z]{0,4})[ -]?([0-9]{1,10})")
_PROFESSION = re.compile(r"[A-Z]{2,4}")
REPORTED, LATE, DUE, LATER = "reported", "late", "due", "later"


@dataclass(frozen=True, slots=True)
class Line:
    """One learner's completion of one course, as its certificate has it."""

    provider_number: str
    course_number: str
    licence_number: str
    completed_on: date

    @property
    def due_on(self) -> date:
        """The last day on which the report is in time."""
        return self.completed_on + timedelta(days=DAYS)


def bare(number: str, prefix: str) -> str:
    """A number without the prefix that the receiver puts before it: `50-1234` is 1234."""
    number = number.strip()
    return number[len(prefix) :] if number.startswith(prefix) else number


def bare_licence(number: str, profession: str) -> str:
    """A license number without the letters of its profession: `MA 12345` is 12345. Empty for what is none."""
    found = _LICENCE.fullmatch(number.strip().upper())
    if not found or found[1] not in ("", profession):
        return ""
    return found[2]


def is_profession(code: str) -> bool:
    """Whether it is the code of a profession: two to four capital letters."""
    return _PROFESSION.fullmatch(code) is not None


def lacks(line: Line, profession: str) -> str:
    """The code of what stands against a line: provider_number, course_number, licence; empty when nothing does."""
    if not bare(line.provider_number, "50-").isdecimal():
        return "provider_number"
    if not bare(line.course_number, "20-"):
        return "course_number"
    return "" if bare_licence(line.licence_number, profession) else "licence"


def cells(line: Line, profession: str) -> tuple[str, ...]:
    """The line as it is sent; a line that lacks something is never asked for."""
    return (
        bare(line.provider_number, "50-"),
        bare(line.course_number, "20-"),
        "",
        bare_licence(line.licence_number, profession),
        line.completed_on.strftime("%m/%d/%Y"),
        STATE,
        profession,
    )


def standing(line: Line, today: date) -> str:
    """late, due (in ten days at most) or later."""
    if today > line.due_on:
        return LATE
    return DUE if today >= line.due_on - timedelta(days=SOON) else LATER
