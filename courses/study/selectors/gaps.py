"""Reads what learners lack, for their own program and for what they aim at, and what on offer would close it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import STAFF_ROLES, schools_of
from certification.externships.selectors import running_placements, session_worth
from certification.records.models import Delivery, TrainingRecord
from certification.records.selectors import Gap, crossing_of, gaps_of, targets_of
from certification.requirements import rules as hour_rules
from certification.requirements.presenters import anchor_of, plain_words
from certification.requirements.rules import TOTAL, Entry, Unmet
from certification.requirements.selectors import spec_for
from courses.enrollments.models import Cohort, Enrollment
from courses.enrollments.selectors import RUNNING

from .home import lessons_of

MOST_OFFERS = 3
ROWS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be done now: a lesson with minutes left, or a shift at a placement."""

    title: str
    url: str
    minutes: int
    entry: Entry
    """The hours that it would give, as the record's own rules would read them."""


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is unmet, in plain words; where its rule and its rows stand, and what would close it soonest."""

    unmet: Unmet
    words: str
    rule_url: str
    rows_url: str
    offers: tuple[Offer, ...]

    @property
    def have(self) -> int:
        """Minutes of what is required that are there."""
        return (self.unmet.required or 0) - (self.unmet.short or 0)

    @property
    def drawn(self) -> int:
        """Minutes that the whole bar stands for; 0 where nothing is drawn."""
        return (self.unmet.required or 0) if self.is_hours else 0

    @property
    def is_hours(self) -> bool:
        """Minutes are missing, so that hours close it."""
        return self.unmet.short is not None


@dataclass(frozen=True, slots=True)
class GapView:
    """One rule set on the Gap page."""

    gap: Gap
    lacks: tuple[Lack, ...]
    unplaced: tuple[tuple[str, int], ...]
    """Titles of the record's categories that have no place here, with their minutes."""

    @property
    def complete(self) -> list[str]:
        """Titles of the top categories that ask for hours and lack none."""
        return [node.title for node in self.gap.evaluation.categories if node.required and not node.short]

    @property
    def rules_url(self) -> str:
        """The page of the rules."""
        return reverse("requirements:rule_set", args=[self.gap.rule_set.label])


def gap_views(record: TrainingRecord, *, as_of: date) -> list[GapView]:
    """What a record lacks: by its own rules first, then for each aim of its learner. At most 14 queries."""
    targets = {target.identifier: target for target in targets_of(record.learner)}
    (gaps,) = gaps_of([record], targets, as_of=as_of)
    offers = _offers(record)
    return [_view(gap, offers) for gap in gaps]


def _offers(record: TrainingRecord) -> tuple[Offer, ...]:
    """What this learner could do now for hours. 3 queries; none for a record that has ended."""
    enrollment = (
        Enrollment.objects.filter(record=record, state=Enrollment.State.ACTIVE).select_related("program").first()
    )
    if enrollment is None or record.sealed_at is not None:
        return ()
    program = enrollment.program
    offers = [
        Offer(
            title=line.lesson.title,
            url=line.url,
            minutes=line.left,
            entry=_entry(line.lesson.category, line.left, line.lesson.module.course, line.lesson.delivery, "lesson"),
        )
        for line in lessons_of(enrollment)
        if line.readable and not line.finished and line.left
    ]
    if program.externship_category:
        worth = session_worth()
        offers += [
            Offer(
                title=_("A shift at %(site)s") % {"site": placement.site.organisation.name},
                url=f"{reverse('externships:new_shift')}?placement={placement.uuid}",
                minutes=placement.required_minutes,
                entry=_entry(worth.category, 60, "", Delivery.IN_PERSON, "externship", worth.tags),
            )
            for placement in running_placements(record)
        ]
    return tuple(offers)


def _entry(category: str, minutes: int, course: str, delivery: str, source: str, tags: tuple[str, ...] = ()) -> Entry:
    return Entry(
        date=date.min,
        minutes=minutes,
        category=category,
        tags=tags,
        course=course,
        delivery=str(delivery),
        source=source,
    )


def _view(gap: Gap, offers: Sequence[Offer]) -> GapView:
    own = spec_for(gap.record.rule_set)
    landing = _landing(gap, offers)
    lacks = tuple(
        Lack(
            unmet=unmet,
            words=plain_words(unmet, gap.spec),
            rule_url=f"{reverse('requirements:rule_set', args=[gap.rule_set.label])}#{anchor_of(unmet)}",
            rows_url=_rows_url(gap, unmet),
            offers=tuple(offer for offer, entry in landing if _closes(gap, unmet, entry))[:MOST_OFFERS],
        )
        for unmet in gap.evaluation.unmet
    )
    return GapView(gap, lacks, tuple((own.title_of(code), minutes) for code, minutes in gap.unplaced))


def _landing(gap: Gap, offers: Sequence[Offer]) -> list[tuple[Offer, Entry]]:
    """Each offer with the hours that it would give as this rule set reads them; what has no place here is left out."""
    entries = [offer.entry for offer in offers]
    if gap.is_own:
        return list(zip(offers, entries, strict=True))
    if gap.crosswalk is None:
        return []
    crossings = (crossing_of(line) for line in gap.crosswalk.lines.all())
    crossed = hour_rules.cross(
        entries, (one for one in crossings if gap.spec.allows(one.to)), spec=spec_for(gap.record.rule_set)
    )
    return [(offers[row - 1], entry) for row, entry in zip(crossed.rows, crossed.entries, strict=True)]


def _closes(gap: Gap, unmet: Unmet, entry: Entry) -> bool:
    """Whether such hours would make this lack smaller, as far as category, delivery and tags tell."""
    spec = gap.spec
    node = spec.by_code.get(entry.category)
    if unmet.short is None or (node is not None and entry.delivery not in node.delivery):
        return False
    key = unmet.requires or unmet.code
    if unmet.kind == "total" or key == TOTAL:
        return True
    if unmet.kind == "in_person" and entry.delivery != hour_rules.IN_PERSON:
        return False
    if unmet.kind == "overlay":
        within = unmet.facts.get("within")
        return key in entry.tags and (within is None or entry.category in spec.codes_under(within))
    if key is None:
        return False
    return entry.category in spec.codes_under(key) if spec.allows(key) else key in entry.tags


def _rows_url(gap: Gap, unmet: Unmet) -> str:
    """The rows that count towards what is lacking; all of the record where no category names them."""
    rows = reverse("records:rows", args=[gap.record.uuid])
    key = unmet.requires or unmet.code
    if unmet.kind not in {"category", "in_person", "gate"} or key is None or not gap.spec.allows(key):
        return rows
    codes = sorted(gap.sources_of(key))
    return f"{rows}?{'&'.join(f'category={code}' for code in codes)}" if codes else ""


@dataclass(frozen=True, slots=True)
class CohortRow:
    """One learner of a cohort: what her record lacks."""

    enrollment: Enrollment
    gap: Gap | None
    """None: the rule set aimed at has no version, or the school has not placed its hours there."""

    @property
    def name(self) -> str:
        """Her legal name, or her pseudonym once she is erased."""
        user = self.enrollment.learner.user
        return user.legal_name if user and user.legal_name else str(self.enrollment.learner.uuid)

    @property
    def cells(self) -> list[tuple[str, int]]:
        """Title and missing minutes of each top category, in the rules' order."""
        return [(node.title, node.short) for node in self.gap.evaluation.categories] if self.gap else []

    @property
    def others(self) -> list[Unmet]:
        """What is unmet beside the total and the top categories."""
        if self.gap is None:
            return []
        tops = {node.code for node in self.gap.evaluation.categories}
        return [
            unmet
            for unmet in self.gap.evaluation.unmet
            if unmet.kind != "total" and not (unmet.kind == "category" and unmet.code in tops)
        ]


@dataclass(frozen=True, slots=True)
class CohortGap:
    """What the learners of a cohort lack for one rule set, who lacks most first."""

    cohort: Cohort
    titles: tuple[str, ...]
    rows: tuple[CohortRow, ...]
    rules_label: str
    rules_title: str
    rules_status: str
    unit: int
    """Minutes that make one hour in the rule set."""

    @property
    def lacking(self) -> list[tuple[str, int]]:
        """Title of each top category, and how many lack something in it."""
        cells = [row.cells for row in self.rows if row.gap]
        return [(title, sum(1 for row in cells if row[place][1])) for place, title in enumerate(self.titles)]

    @property
    def met(self) -> int:
        """How many lack nothing."""
        return sum(1 for row in self.rows if row.gap and row.gap.evaluation.met)


def cohorts_of(user: User) -> QuerySet[Cohort]:
    """The cohorts of the schools where this person works, newest first, with `running` learners. Two queries when read."""
    return (
        Cohort.objects.filter(program__school__in=schools_of(user, *STAFF_ROLES))
        .select_related("program__school", "program__rule_set")
        .annotate(running=Count("enrollments", filter=Q(enrollments__state__in=RUNNING)))
        .order_by("-starts_on", "name", "pk")
    )


def cohort_gap(cohort: Cohort, enrollments: Iterable[Enrollment], *, identifier: str, as_of: date) -> CohortGap:
    """What these learners of a cohort lack. At most 7 queries, however many."""
    enrolled = list(enrollments)
    own = cohort.program.rule_set
    gaps = gaps_of([enrollment.record for enrollment in enrolled], [identifier] if identifier else [], as_of=as_of)
    rows = []
    for enrollment, found in zip(enrolled, gaps, strict=True):
        gap = found[0] if identifier in ("", own.identifier) else next(iter(found[1:]), None)
        rows.append(CohortRow(enrollment, gap if gap and gap.is_placed else None))
    rows.sort(key=lambda row: (-(row.gap.evaluation.total.short if row.gap else -1), row.name))
    first = next((row.gap for row in rows if row.gap), None)
    return CohortGap(
        cohort=cohort,
        titles=tuple(node.title for node in first.evaluation.categories) if first else (),
        rows=tuple(rows),
        rules_label=first.rule_set.label if first else "",
        rules_title=first.rule_set.title if first else "",
        rules_status=first.rule_set.status if first else "",
        unit=first.evaluation.unit_minutes if first else 60,
    )


def enrollments_in(cohort: Cohort) -> QuerySet[Enrollment]:
    """The running enrollments of a cohort, by name. One query when read."""
    return (
        Enrollment.objects.filter(cohort=cohort, state__in=RUNNING)
        .select_related("learner__user", "record__school", "record__rule_set", "record__learner", "program")
        .order_by("learner__user__legal_name", "pk")
    )
