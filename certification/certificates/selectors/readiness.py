"""Who is ready for a certificate, and what a record lacks."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Organisation
from certification.records.models import Hold, HourEntry, Milestone, RecordRequirement, TrainingRecord
from certification.records.selectors import Transcript, standing_holds, transcript_for
from certification.requirements.models import RuleSet
from certification.requirements.selectors import spec_for

from .. import rules
from ..documents import undrawable
from ..models import Certificate, CertificateProposal, Kind


def holder_of(record: TrainingRecord) -> str:
    """The name as a certificate would print it: the legal one, or the passport's spelling where no font has its signs.

    Empty where there is none.
    """
    user = record.learner.user
    if user is None:
        return ""
    name, latin = rules.clean_name(user.legal_name), rules.clean_name(user.latin_name)
    return latin if latin and undrawable(name) else name


def latin_of(record: TrainingRecord) -> str:
    """The passport's spelling that a certificate prints below the name; empty where there is none to add."""
    user = record.learner.user
    latin = rules.clean_name(user.latin_name) if user else ""
    return "" if latin == holder_of(record) else latin


def judge(record: TrainingRecord) -> tuple[Transcript, rules.Eligibility]:
    """The transcript and what it shows of every condition. 5 queries (7 when learner and user are not loaded, 2 more
    for school and rule set).
    """
    transcript = transcript_for(record)
    name = holder_of(record)
    return transcript, rules.eligibility(
        spec=spec_for(transcript.record.rule_set),
        entries=transcript.rule_entries,
        holds=list(standing_holds([record])),
        evaluation=transcript.evaluation,
        requirements=transcript.requirements,
        milestones=transcript.milestones,
        holder_name=name,
        undrawable=undrawable(name),
    )


def eligibility_for(record: TrainingRecord) -> rules.Eligibility:
    """Every condition of the record's certificate as met or missing, with numbers; records and rules alone decide.

    As many queries as `judge`.
    """
    return judge(record)[1]


@dataclass(frozen=True, slots=True)
class Ready:
    """A record that may get its certificate."""

    record: TrainingRecord
    eligibility: rules.Eligibility


def ready_records(schools: Collection[Organisation], *, limit: int = 25) -> tuple[list[Ready], bool]:
    """Records of these schools that meet every condition and await a proposal; and whether there are more.

    The database leaves only the candidates (2 queries); each of those is then judged (5 queries), at most `limit` of
    them.
    """
    found = list(ready_candidates(schools)[: limit + 1])
    judged = [Ready(record, eligibility_for(record)) for record in found[:limit]]
    return [one for one in judged if one.eligibility.met], len(found) > limit


def ready_candidates(schools: Collection[Organisation]) -> QuerySet[TrainingRecord]:
    """Records of these schools with enough attended minutes, no missing fact, no hold and no proposal: who may be ready.

    One query now, and one when it is read.
    """
    rule_sets = RuleSet.objects.filter(training_records__school__in=schools).distinct()
    enough = Q(pk__in=())
    for rule_set in rule_sets:
        enough |= Q(rule_set=rule_set.pk, attended__gte=spec_for(rule_set).required)
    minutes = (
        HourEntry.objects.filter(record=OuterRef("pk"))
        .order_by()
        .values("record")
        .annotate(all=Sum("minutes"))
        .values("all")
    )
    shown = Milestone.objects.filter(record=OuterRef("record")).values("code")
    lacking = RecordRequirement.objects.filter(record=OuterRef("pk")).exclude(code__in=shown)
    return (
        TrainingRecord.objects.filter(school__in=schools)
        .annotate(attended=Coalesce(Subquery(minutes, output_field=IntegerField()), 0))
        .filter(
            enough,
            ~Exists(lacking),
            ~Exists(Hold.objects.filter(record=OuterRef("pk"), released_at=None)),
            ~Exists(Certificate.objects.filter(record=OuterRef("pk"), kind=Kind.COMPLETION)),
            ~Exists(CertificateProposal.objects.filter(record=OuterRef("pk"), kind=Kind.COMPLETION, withdrawn_at=None)),
        )
        .select_related("school", "rule_set", "learner__user")
        .order_by("enrolled_on", "pk")
    )
