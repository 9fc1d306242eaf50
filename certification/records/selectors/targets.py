"""Reads what learners aim at, and what they lack for it by their school's own word on where its hours stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from accounts.models import Organisation
from certification.requirements import rules as hour_rules
from certification.requirements.models import RuleSet
from certification.requirements.selectors import spec_for, versions_of

from ..models import Crosswalk, CrosswalkLine, HourEntry, Learner, Target, TrainingRecord
from .transcripts import Folded, folded


@dataclass(frozen=True, slots=True)
class Gap:
    """One record judged by one rule set, its own or one that its learner aims at.

    `rows` are the places in the record's transcript of the evaluation's rows. `unplaced` are categories of the record,
    with their minutes, that the school has placed nowhere in this rule set: they are judged nowhere. `crosswalk` is
    None for the record's own rules, and where the school has said nothing; then `is_placed` is false.
    """

    record: TrainingRecord
    rule_set: RuleSet
    evaluation: hour_rules.Evaluation
    rows: tuple[int, ...]
    unplaced: tuple[tuple[str, int], ...] = ()
    crosswalk: Crosswalk | None = None
    target: Target | None = None

    @property
    def spec(self) -> hour_rules.RuleSetSpec:
        """The rules."""
        return spec_for(self.rule_set)

    @property
    def is_own(self) -> bool:
        """Judged by the record's own rules."""
        return self.rule_set.identifier == self.record.rule_set.identifier

    @property
    def is_placed(self) -> bool:
        """Whether anybody said where the hours stand."""
        return self.is_own or self.crosswalk is not None

    @property
    def unplaced_minutes(self) -> int:
        """Minutes that are judged nowhere."""
        return sum(minutes for _category, minutes in self.unplaced)

    def as_dict(self) -> dict[str, Any]:
        """The contract's JSON; `row` is the place in the record's transcript, and `unplaced` says what is judged nowhere."""
        told = self.evaluation.as_dict()
        for refused in told["not_creditable"]:
            refused["row"] = self.rows[refused["row"] - 1]
        if not self.is_own:
            told["unplaced"] = [{"category": category, "minutes": minutes} for category, minutes in self.unplaced]
        return told

    def sources_of(self, code: str) -> frozenset[str]:
        """The record's categories whose hours stand under one of this rule set, or below it. No query."""
        under = self.spec.codes_under(code)
        if self.is_own:
            return under
        own = spec_for(self.record.rule_set)
        lines = [] if self.crosswalk is None else self.crosswalk.lines.all()
        return frozenset(
            inner for line in lines if line.to_category in under for inner in own.codes_under(line.category)
        )


def targets_of(learner: Learner) -> list[Target]:
    """What she aims at, first chosen first. One query."""
    return list(Target.objects.filter(learner=learner, dropped_at=None))


def crosswalks_to(school: Organisation, source: str) -> QuerySet[Crosswalk]:
    """A school's words on where the hours of a rule set stand elsewhere. Two queries when read."""
    return (
        Crosswalk.objects.filter(school=school, source=source)
        .select_related("changed_by")
        .prefetch_related("lines")
        .order_by("target")
    )


def crosswalk_between(school: Organisation, source: str, target: str) -> Crosswalk | None:
    """One of them. Two queries."""
    return crosswalks_to(school, source).filter(target=target).first()


def courses_by_category(school: Organisation, source: str) -> dict[str, list[str]]:
    """Courses with hours in this school's records under a rule set, by category. One query."""
    pairs = (
        HourEntry.objects.filter(record__school=school, record__rule_set__identifier=source)
        .exclude(course="")
        .values_list("category", "course")
        .distinct()
        .order_by("category", "course")
    )
    found: dict[str, list[str]] = {}
    for category, course in pairs:
        found.setdefault(category, []).append(course)
    return found


def gap_of(case: Folded, rule_set: RuleSet, crosswalk: Crosswalk | None, *, as_of: date) -> Gap:
    """One record judged by one rule set. No query where the crosswalk's lines are loaded."""
    record = case.record
    if rule_set.identifier == record.rule_set.identifier:
        rows = tuple(range(1, len(case.entries) + 1))
        return Gap(record, rule_set, case.judged_by(rule_set, as_of), rows)
    crossings = [crossing_of(line) for line in crosswalk.lines.all()] if crosswalk else []
    spec = spec_for(rule_set)
    # A line may lead to a category that this version no longer has: what it places is then placed nowhere.
    crossed = hour_rules.cross(
        case.rule_entries, (one for one in crossings if spec.allows(one.to)), spec=spec_for(record.rule_set)
    )
    evaluation = hour_rules.evaluate(spec, crossed.entries, context=case.context, as_of=as_of)
    return Gap(record, rule_set, evaluation, crossed.rows, crossed.unplaced, crosswalk)


def crossing_of(line: CrosswalkLine) -> hour_rules.Crossing:
    """A stored line as the rules read it."""
    return hour_rules.Crossing(
        category=line.category,
        course=line.course,
        to=line.to_category,
        tags=tuple(filter(None, line.tags.split(";"))),
    )


def gaps_of(records: Sequence[TrainingRecord], identifiers: Iterable[str], *, as_of: date) -> list[list[Gap]]:
    """For each record: its own rules first, then each rule set named, in the version that applies to it.

    Records of one school. 3 queries of `folded`, one for versions, two for crosswalks.
    """
    cases = folded(records)
    wanted = list(dict.fromkeys(identifiers))
    versions = versions_of(wanted)
    sources = {case.record.rule_set.identifier for case in cases}
    schools = {case.record.school_id for case in cases}
    crosswalks = {
        (crosswalk.school_id, crosswalk.source, crosswalk.target): crosswalk
        for crosswalk in Crosswalk.objects.filter(school__in=schools, source__in=sources, target__in=wanted)
        .select_related("changed_by")
        .prefetch_related("lines")
    }
    found = []
    for case in cases:
        own = case.record.rule_set
        gaps = [gap_of(case, own, None, as_of=as_of)]
        for identifier in wanted:
            rule_set = hour_rules.in_force(versions.get(identifier, ()), context=case.context, as_of=as_of)
            if rule_set is not None and identifier != own.identifier:
                crosswalk = crosswalks.get((case.record.school_id, own.identifier, identifier))
                gaps.append(gap_of(case, rule_set, crosswalk, as_of=as_of))
        found.append(gaps)
    return found
