"""Reads which version of a rule set judges whom, and what would change if a school activated another one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from accounts.models import Organisation
from certification.requirements import rules as hour_rules
from certification.requirements.models import RuleSet
from certification.requirements.selectors import spec_for

from ..models import Activation, TrainingRecord
from .transcripts import Folded, folded

MOST_SHOWN = 200
"""Records that a preview evaluates and lists; of more it gives the number."""


def activated(school: Organisation, identifier: str) -> list[RuleSet]:
    """The versions of a rule set that a school has activated, lowest first. One query."""
    return list(
        RuleSet.objects.filter(identifier=identifier, activations__school=school).order_by("version").distinct()
    )


def activations_of(schools: Sequence[Organisation]) -> QuerySet[Activation]:
    """What these schools have activated, newest first. One query when read."""
    return (
        Activation.objects.filter(school__in=schools)
        .select_related("rule_set", "activated_by", "school")
        .order_by("-activated_at", "-pk")
    )


@dataclass(frozen=True, slots=True)
class VersionInUse:
    """One version: how many running records it judges here, and whether the school has activated it."""

    rule_set: RuleSet
    judges: int
    activation: Activation | None

    @property
    def waits(self) -> bool:
        """It judges nobody and nobody activated it."""
        return self.activation is None and not self.judges


@dataclass(frozen=True, slots=True)
class FamilyInUse:
    """A rule set that judges records of a school, with all its versions, newest first."""

    identifier: str
    title: str
    versions: tuple[VersionInUse, ...]


def rule_sets_in_use(school: Organisation) -> list[FamilyInUse]:
    """The rule sets that judge this school's records or were activated by it, by title. 3 queries."""
    counts = dict(
        TrainingRecord.objects.filter(school=school, sealed_at=None)
        .values_list("rule_set_id")
        .annotate(n=Count("pk"))
        .order_by()
    )
    activations = {activation.rule_set_id: activation for activation in activations_of([school])}
    used = RuleSet.objects.filter(Q(training_records__school=school) | Q(activations__school=school))
    versions = (
        RuleSet.objects.filter(identifier__in=used.values("identifier"))
        .defer("source")
        .order_by("identifier", "-version")
    )
    families: dict[str, list[VersionInUse]] = {}
    for version in versions:
        in_use = VersionInUse(version, counts.get(version.pk, 0), activations.get(version.pk))
        families.setdefault(version.identifier, []).append(in_use)
    found = [FamilyInUse(name, inside[0].rule_set.title, tuple(inside)) for name, inside in families.items()]
    return sorted(found, key=lambda family: (family.title, family.identifier))


def judging_version(school: Organisation, rule_set: RuleSet, *, context: hour_rules.Context, as_of: date) -> RuleSet:
    """The version that judges a learner: of this one and those that the school activated, the one in force. One query."""
    versions = {version.pk: version for version in (rule_set, *activated(school, rule_set.identifier))}
    found = hour_rules.in_force(versions.values(), context=context, as_of=as_of)
    return found or rule_set


@dataclass(frozen=True, slots=True)
class Affected:
    """One record that an activation would move to another version, judged by both."""

    record: TrainingRecord
    before: hour_rules.Evaluation
    after: hour_rules.Evaluation

    @property
    def loses(self) -> bool:
        """It was met and would not be any more."""
        return self.before.met and not self.after.met

    @property
    def gains(self) -> bool:
        """It was not met and would be."""
        return self.after.met and not self.before.met

    @property
    def short_change(self) -> int:
        """Minutes that the total lacks more (or, below zero, less) than before."""
        return self.after.total.short - self.before.total.short


@dataclass(frozen=True, slots=True)
class Preview:
    """What an activation would do; nothing is done yet.

    `count` records would be judged anew, of `running` that are judged by another version of this rule set and have not
    ended; of them `affected` are shown, the most changed first. `strange` are categories with hours, and how many
    records have some, that the version does not know: then it cannot be activated.
    """

    rule_set: RuleSet
    running: int
    count: int
    affected: tuple[Affected, ...]
    strange: tuple[tuple[str, int], ...]

    @property
    def losing(self) -> int:
        """Of those shown, how many would no longer be met."""
        return sum(one.loses for one in self.affected)


def records_moved(school: Organisation, rule_set: RuleSet, as_of: date) -> tuple[int, list[TrainingRecord]]:
    """How many running records another version judges, and those that this one would judge. Two queries."""
    running = list(
        TrainingRecord.objects.filter(school=school, rule_set__identifier=rule_set.identifier, sealed_at=None)
        .exclude(rule_set=rule_set)
        .select_related("school", "rule_set", "learner__user")
        .order_by("pk")
    )
    versions = {version.pk: version for version in (*activated(school, rule_set.identifier), rule_set)}
    moved = []
    for record in running:
        context = hour_rules.Context(
            enrolled_on=record.enrolled_on, program_start=record.program_start_on, completed_on=record.completed_on
        )
        candidates = {**versions, record.rule_set.pk: record.rule_set}
        if hour_rules.in_force(candidates.values(), context=context, as_of=as_of) == rule_set:
            moved.append(record)
    return len(running), moved


def preview_of(school: Organisation, rule_set: RuleSet, as_of: date) -> Preview:
    """What activating this version would do to running records of this school. 6 queries, however many records."""
    running, moved = records_moved(school, rule_set, as_of)
    cases = folded(moved)
    strange = strange_categories(cases, rule_set)
    affected = (
        ()
        if strange
        else tuple(
            Affected(case.record, case.judged_by(case.record.rule_set), case.judged_by(rule_set))
            for case in cases[:MOST_SHOWN]
        )
    )
    return Preview(
        rule_set=rule_set,
        running=running,
        count=len(moved),
        affected=tuple(sorted(affected, key=lambda one: (not one.loses, -one.short_change, one.record.pk))),
        strange=strange,
    )


def strange_categories(cases: Sequence[Folded], rule_set: RuleSet) -> tuple[tuple[str, int], ...]:
    """Categories that stand in these records and that a version does not know, with the number of records. No query."""
    spec = spec_for(rule_set)
    found: dict[str, int] = {}
    for case in cases:
        for category in {entry.category for entry in case.rule_entries}:
            if not spec.allows(category):
                found[category] = found.get(category, 0) + 1
    return tuple(sorted(found.items()))
