"""Reads what CE certificates rest on: approvals (told by the rooms above), provider numbers, licenses, evaluations.

The house's layers run downward, and approvals live with the programs above: `courses_by` lets that room answer.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Protocol
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Licence, Organisation, User
from certification.records.models import HourEntry, TrainingRecord
from certification.records.selectors import Transcript

from .. import rules
from ..models import Certificate, CourseAnswers, CourseQuestions, CourseSignature, Kind, ProviderNumber


class CourseBook(Protocol):
    """What the room that keeps programs answers of continuing education."""

    def approvals_of(self, record: TrainingRecord) -> Sequence[rules.Approval]:
        """The approvals by a regulator of the program version that this record is in."""
        ...

    def records_of(self, schools: Collection[Organisation]) -> QuerySet[TrainingRecord]:
        """Records of these schools whose program has such an approval."""
        ...

    def records_taught_by(self, user: User) -> QuerySet[TrainingRecord]:
        """Records whose program a regulator approved with this person as its instructor."""
        ...


_books: list[CourseBook] = []


def courses_by(book: CourseBook) -> None:
    """Add who is asked for approved courses; called once by an upper room's AppConfig.ready."""
    if book not in _books:
        _books.append(book)


def approvals_of(record: TrainingRecord) -> list[rules.Approval]:
    """The approvals of a record's program by NCBTMB or Florida. One query for each book."""
    return [approval for book in _books for approval in book.approvals_of(record)]


def _licences(users: Collection[int]) -> dict[int, tuple[rules.Licence, ...]]:
    rows = Licence.objects.filter(user__in=users, verified_at__isnull=False).order_by("state", "profession", "number")
    found: dict[int, tuple[rules.Licence, ...]] = {}
    for row in rows:
        one = rules.Licence(row.state, row.profession, rules.Span(row.number, row.valid_from, row.valid_to))
        found[row.user_id] = (*found.get(row.user_id, ()), one)
    return found


def course_of(transcript: Transcript) -> rules.Course:
    """One learner's course, as everything on file says it. Six queries (none for people where nobody is named)."""
    record, lines = transcript.record, transcript.entries
    zone = ZoneInfo(record.zone)
    approvals = approvals_of(record)
    teachers = {one.instructor for one in approvals if one.instructor}
    learner = record.learner.user_id
    licences = _licences([pk for pk in (*teachers, learner) if pk])
    signed = dict(CourseSignature.objects.filter(record=record).values_list("instructor", "signed_at"))
    answers = CourseAnswers.objects.filter(record=record).only("answered_at").first()
    days = [line.date for line in lines]
    last = record.completed_on or max(days, default=None)
    numbers = ProviderNumber.objects.filter(school=record.school_id, withdrawn_at=None)
    return rules.Course(
        title=record.program_title,
        first_on=min(days, default=last),
        last_on=last,
        minutes=transcript.evaluation.total.creditable,
        approvals=tuple(approvals),
        provider=record.school.name,
        address=record.school.address.strip(),
        numbers=tuple((row.regulator, rules.Span(row.number, row.valid_from, row.valid_to)) for row in numbers),
        licences=licences.get(learner, ()) if learner else (),
        instructors=tuple(
            rules.Instructor(
                str(user.uuid),
                rules.clean_name(user.legal_name),
                licences.get(user.pk, ()),
                signed[user.pk].astimezone(zone).date() if user.pk in signed else None,
            )
            for user in User.objects.filter(pk__in=teachers).order_by("legal_name", "pk")
        ),
        tests_passed=len({fact.code for fact in transcript.milestones if fact.code.startswith("quiz:")}),
        evaluated_on=answers.answered_at.astimezone(zone).date() if answers else None,
    )


def _without_ce(records: QuerySet[TrainingRecord]) -> QuerySet[TrainingRecord]:
    issued = Certificate.objects.filter(record=OuterRef("pk"), kind=Kind.CE)
    return records.filter(~Exists(issued)).select_related("school", "rule_set", "learner__user")


def ce_records(schools: Collection[Organisation]) -> QuerySet[TrainingRecord]:
    """Records in approved courses of these schools that have no CE certificate yet, oldest first. One query."""
    found = [_without_ce(book.records_of(schools)) for book in _books]
    return found[0].order_by("enrolled_on", "pk") if found else TrainingRecord.objects.none()


def with_hours(records: QuerySet[TrainingRecord]) -> QuerySet[TrainingRecord]:
    """Those of these records on which an hour was posted: before, nobody can say anything of the course."""
    return records.filter(Exists(HourEntry.objects.filter(record=OuterRef("pk"))))


def records_to_sign(user: User) -> list[TrainingRecord]:
    """Records with hours whose course this person taught and has not signed yet, oldest first. One query for each book."""
    done = CourseSignature.objects.filter(record=OuterRef("pk"), instructor=user)
    return [
        record
        for book in _books
        for record in with_hours(_without_ce(book.records_taught_by(user)))
        .filter(~Exists(done))
        .order_by("enrolled_on", "pk")
    ]


def teaches(user: User, record: TrainingRecord) -> bool:
    """Whether a regulator approved this person as the instructor of the record's course. One query for each book."""
    return any(approval.instructor == user.pk for approval in approvals_of(record))


def provider_numbers(school: Organisation) -> list[ProviderNumber]:
    """Every provider number of a school, withdrawn ones too. One query."""
    return list(school.provider_numbers.select_related("recorded_by").order_by("regulator", "-valid_from", "-pk"))


def holds_on(number: ProviderNumber, day: date) -> bool:
    """Whether a provider number holds on a day."""
    return number.withdrawn_at is None and number.valid_from <= day <= number.valid_to


def questions_for(school: Organisation, program_code: str) -> CourseQuestions | None:
    """The newest wording of a program's evaluation; None: the house's own statements are asked. One query."""
    return CourseQuestions.objects.filter(school=school, program_code=program_code).order_by("-number").first()


def answers_of(record: TrainingRecord) -> CourseAnswers | None:
    """A learner's evaluation of her course. One query."""
    return CourseAnswers.objects.filter(record=record).first()


def evaluation_of(school: Organisation, program_code: str) -> tuple[int, list[tuple[str, int, list[int]]]]:
    """How many evaluated a program, and per statement how many gave 1 to 5; no numbers of fewer than five. One query."""
    rows = CourseAnswers.objects.filter(record__school=school, record__program_code=program_code).order_by("pk")
    answers = list(rows.values_list("statements", "ratings"))
    return len(answers), rules.means(answers)
