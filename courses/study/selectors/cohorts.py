"""Reads the attended hours of a group from the balances of its records."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from certification.records.selectors import attended_of, balances_of, last_day_of
from certification.requirements.selectors import spec_for
from courses.enrollments.models import Cohort, Enrollment
from courses.enrollments.selectors import RUNNING

SORTS = {"name": _("Name"), "least": _("Fewest hours"), "silence": _("Longest silence")}


@dataclass(frozen=True, slots=True)
class Cell:
    """Attended minutes of one learner in one top category, children included, and what the rules ask of it."""

    title: str
    minutes: int
    required: int
    """0 where the category itself asks for nothing."""

    @property
    def percent(self) -> int | None:
        """The whole percent of what is required, at most 100; None where nothing is."""
        return min(100 * self.minutes // self.required, 100) if self.required else None

    @property
    def share(self) -> str:
        """none | some (below half) | most | all; empty where nothing is required."""
        if not self.required:
            return ""
        if not self.minutes:
            return "none"
        if self.minutes >= self.required:
            return "all"
        return "most" if 2 * self.minutes >= self.required else "some"


@dataclass(frozen=True, slots=True)
class HoursRow:
    """One learner of a group: what she attended, in total and by top category, and her last day."""

    enrollment: Enrollment
    total: Cell
    cells: tuple[Cell, ...]
    elsewhere: int
    """Minutes in subjects that the program's rules do not name: electives, or a record under other rules."""
    last_on: date | None
    silent_days: int | None

    @property
    def name(self) -> str:
        """Her legal name, or her pseudonym once she is erased."""
        user = self.enrollment.learner.user
        return user.legal_name if user and user.legal_name else str(self.enrollment.learner.uuid)


@dataclass(frozen=True, slots=True)
class CohortHours:
    """The attended hours of some learners of a group, by the top categories of its program's rules."""

    head: tuple[Cell, ...]
    """The top categories with what they require."""
    required: int
    unit: int
    """Minutes that make one hour in these rules."""
    rows: tuple[HoursRow, ...]

    @property
    def has_elsewhere(self) -> bool:
        """Whether somebody has minutes outside the rules' categories."""
        return any(row.elsewhere for row in self.rows)


def sorted_by(cohort: Cohort, sort: str) -> QuerySet[Enrollment]:
    """The running enrollments of a cohort with `attended` and `last_on`, in one of SORTS. One query when read.

    Sums are taken record by record from the index of the balances: it reads no more than the cohort has.
    """
    first = {
        "least": [Coalesce(F("attended"), 0).asc()],
        "silence": [F("last_on").asc(nulls_first=True)],
    }.get(sort, [])
    return (
        Enrollment.objects.filter(cohort=cohort, state__in=RUNNING)
        .select_related("learner__user", "record")
        .annotate(attended=attended_of("record_id"), last_on=last_day_of("record_id"))
        .order_by(*first, "learner__user__legal_name", "pk")
    )


def cohort_hours(cohort: Cohort, enrollments: Iterable[Enrollment], *, today: date) -> CohortHours:
    """The table of these enrollments, as `sorted_by` reads them. Two queries when they are not read yet, else one."""
    enrolled = list(enrollments)
    spec = spec_for(cohort.program.rule_set)
    tops = {node.code: top.code for top in spec.categories for node in top.walk()}
    kept = balances_of(enrollment.record_id for enrollment in enrolled)
    rows = []
    for enrollment in enrolled:
        sums: dict[str | None, int] = {}
        for category, minutes in kept.get(enrollment.record_id, {}).items():
            top = tops.get(category)
            sums[top] = sums.get(top, 0) + minutes
        last_on: date | None = enrollment.last_on  # type: ignore[attr-defined]
        rows.append(
            HoursRow(
                enrollment=enrollment,
                total=Cell("", sum(sums.values()), spec.required),
                cells=tuple(Cell(top.title, sums.get(top.code, 0), top.required) for top in spec.categories),
                elsewhere=sums.get(None, 0),
                last_on=last_on,
                silent_days=max((today - last_on).days, 0) if last_on else None,
            )
        )
    return CohortHours(
        head=tuple(Cell(top.title, 0, top.required) for top in spec.categories),
        required=spec.required,
        unit=spec.unit_minutes,
        rows=tuple(rows),
    )
