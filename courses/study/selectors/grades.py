"""Reads the gradebook of a group: for each learner and module the quiz, the grade in her record and the lessons finished."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from certification.quizzes.selectors import QuizGrade, grades_of
from certification.records.models import TrainingRecord
from certification.records.rules.tables import Row
from certification.records.selectors import milestones_of, results_of
from courses.catalog.models import Module
from courses.enrollments.models import Cohort, Enrollment
from courses.enrollments.selectors import RUNNING

from ..models import LessonProgress
from .board import name_of, records_in, running_in
from .home import lessons_in


@dataclass(frozen=True, slots=True)
class Column:
    """One module of the gradebook."""

    module: Module
    lessons: int
    """Its lessons that can be read."""
    has_quiz: bool


@dataclass(frozen=True, slots=True)
class GradeCell:
    """One learner in one module."""

    column: Column
    quiz: QuizGrade | None
    passed: bool
    """By an attempt, or by the milestone in her record: what was brought from elsewhere has no attempt."""
    grade_hundredths: int | None
    """The grade that stands in her record, percent times 100; None where none does."""
    attendance_hundredths: int | None
    finished: int

    @property
    def best(self) -> Fraction | None:
        """Her best score as a share of all points, exact."""
        return self.quiz.best if self.quiz else None

    @property
    def best_text(self) -> str:
        """The best score in percent, cut to two decimals; the recorded grade where no attempt is known; else empty."""
        if self.quiz and self.quiz.percent:
            return self.quiz.percent
        return percent_text(self.grade_hundredths)

    @property
    def exact_text(self) -> str:
        """The best score as a fraction, like 11/12."""
        return f"{self.best.numerator}/{self.best.denominator}" if self.best is not None else ""

    @property
    def attendance_text(self) -> str:
        """The recorded attendance in percent."""
        return percent_text(self.attendance_hundredths)


@dataclass(frozen=True, slots=True)
class GradeRow:
    """One learner of the gradebook, a cell for each module."""

    enrollment: Enrollment
    cells: tuple[GradeCell, ...]

    @property
    def name(self) -> str:
        """Her legal name, or her pseudonym once she is erased."""
        return name_of(self.enrollment)


@dataclass(frozen=True, slots=True)
class Gradebook:
    """The modules that have something to grade, and the learners by name."""

    columns: tuple[Column, ...]
    rows: tuple[GradeRow, ...]


def percent_text(hundredths: int | None) -> str:
    """Percent times 100 as percent without idle zeros: 8750 is 87.5; empty for None."""
    if hundredths is None:
        return ""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)


def gradebook(cohort: Cohort, enrollments: Iterable[Enrollment] | None = None) -> Gradebook:
    """The gradebook of a group, of these `enrollments` alone where given (a page of them). At most eight queries.

    A module without a readable lesson, a quiz and a recorded result has no column.
    """
    enrolled = list(running_in(cohort) if enrollments is None else enrollments)
    lines = lessons_in(cohort.program)
    if enrollments is None:
        records = records_in(cohort)
    else:
        records = TrainingRecord.objects.filter(pk__in=[enrollment.record_id for enrollment in enrolled])
    quizzes = {record: {quiz.module: quiz for quiz in found} for record, found in grades_of(records).items()}
    results, milestones = results_of(records), milestones_of(records)
    readable = {line.lesson.pk: line.lesson.module_id for line in lines if line.published}
    finished: dict[tuple[int, int], int] = {}
    done = LessonProgress.objects.filter(
        enrollment__cohort=cohort, enrollment__state__in=RUNNING, state=LessonProgress.State.FINISHED
    )
    for enrollment, lesson in done.values_list("enrollment_id", "lesson_id"):
        if lesson in readable:
            key = (enrollment, readable[lesson])
            finished[key] = finished.get(key, 0) + 1
    modules = list(cohort.program.modules.all())
    courses = {course for found in results.values() for course in found}
    columns = tuple(
        Column(module, sum(owner == module.pk for owner in readable.values()), module.quiz_id is not None)
        for module in modules
    )
    columns = tuple(
        column for column in columns if column.lessons or column.has_quiz or column.module.course in courses
    )
    return Gradebook(
        columns,
        tuple(
            GradeRow(
                enrollment,
                tuple(
                    _cell(
                        column,
                        quizzes.get(enrollment.record_id, {}).get(column.module.code),
                        results.get(enrollment.record_id, {}).get(column.module.course, (None, None)),
                        f"quiz:{column.module.code}" in milestones.get(enrollment.record_id, ()),
                        finished.get((enrollment.pk, column.module.pk), 0),
                    )
                    for column in columns
                ),
            )
            for enrollment in enrolled
        ),
    )


def _cell(
    column: Column, quiz: QuizGrade | None, result: tuple[int | None, int | None], milestone: bool, finished: int
) -> GradeCell:
    grade, attendance = result
    return GradeCell(
        column=column,
        quiz=quiz,
        passed=milestone or (quiz is not None and quiz.passed),
        grade_hundredths=grade,
        attendance_hundredths=attendance,
        finished=finished,
    )


def gradebook_header(book: Gradebook) -> list[str]:
    """The first row of the table that is taken away."""
    header = [_("Learner"), _("Record"), _("State")]
    for column in book.columns:
        code = column.module.code
        header += [
            _("%(module)s best score (percent)") % {"module": code},
            _("%(module)s best score (exact)") % {"module": code},
            _("%(module)s passed") % {"module": code},
            _("%(module)s attempts") % {"module": code},
            _("%(module)s grade in the record (percent)") % {"module": code},
            _("%(module)s attendance (percent)") % {"module": code},
            _("%(module)s lessons finished") % {"module": code},
            _("%(module)s lessons") % {"module": code},
        ]
    return header


def gradebook_rows(book: Gradebook) -> Iterator[Row]:
    """The learners as rows under `gradebook_header`. Scores are texts, since a spreadsheet would round them."""
    for row in book.rows:
        told: list[str | int | bool | None] = [
            row.name,
            str(row.enrollment.record.uuid),
            row.enrollment.get_state_display(),
        ]
        for cell in row.cells:
            quiz = cell.quiz
            told += [
                quiz.percent if quiz else None,
                cell.exact_text,
                cell.passed,
                quiz.used if quiz else None,
                percent_text(cell.grade_hundredths),
                cell.attendance_text,
                cell.finished,
                cell.column.lessons,
            ]
        yield told
