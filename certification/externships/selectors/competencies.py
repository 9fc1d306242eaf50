"""Reads competencies, check-offs, plans and evaluations; changes nothing, whoever opens what."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Organisation, User
from certification.records.models import HourEntry, TrainingRecord

from .. import rules
from ..models import (
    CheckOff,
    Competency,
    CompetencyVersion,
    EvaluationAnswer,
    EvaluationForm,
    EvaluationLink,
    EvaluationToken,
    Placement,
    Remediation,
    Shift,
    Site,
    SiteAssignment,
    SiteEvaluation,
    State,
    Supervisor,
    Technique,
)
from .persons import are_one_person
from .shifts import PLACING_ROLES, assignments_at, supervisors_at, token_hash

# Who keeps competencies and plans remediation, and who rates.
KEEPING_ROLES = ("instructor", *PLACING_ROLES)
RATING_ROLES = ("instructor", "coordinator")


# ---- what a school asks for ------------------------------------------------------------------------------------------


def required_before_clients(school: Organisation | int) -> list[tuple[str, str]]:
    """The milestones (code, title) that a school wants before a learner's first client, by code. One query."""
    rows = CompetencyVersion.objects.filter(competency__school=school, state=State.IN_USE, before_clients=True)
    found = rows.order_by("competency__code").values_list("competency__code", "title")
    return [(f"checkoff:{code}", title) for code, title in found]


def versions_in_use(school: Organisation | int) -> list[CompetencyVersion]:
    """What a school's learners must show now, those before the first client first, then by technique. One query."""
    rows = CompetencyVersion.objects.filter(competency__school=school, state=State.IN_USE).select_related("competency")
    return sorted(rows, key=_in_order)


_ORDER = {code: place for place, code in enumerate(("", *rules.TECHNIQUES))}


def _in_order(version: CompetencyVersion) -> tuple[int, bool, bool, str, str]:
    return (
        _ORDER.get(version.technique, len(_ORDER)),
        not version.before_clients,
        not version.safety,
        version.title,
        version.competency.code,
    )


def kept_competencies(schools: Collection[Organisation]) -> list[Competency]:
    """The competencies of some schools by code, each with its newest versions first in `all_versions`. Two queries."""
    versions = Prefetch("versions", CompetencyVersion.objects.order_by("-number"), to_attr="all_versions")
    rows = Competency.objects.filter(school__in=schools).select_related("school").prefetch_related(versions)
    return list(rows.order_by("school__name", "code"))


def form_in_use(school: Organisation | int, purpose: str) -> EvaluationForm | None:
    """What a school asks in an evaluation of this purpose now. One query."""
    return EvaluationForm.objects.filter(school=school, purpose=purpose, state=State.IN_USE).first()


def forms_in_use(schools: Collection[Organisation]) -> list[EvaluationForm]:
    """The evaluation forms of some schools that are in use. One query."""
    rows = EvaluationForm.objects.filter(school__in=schools, state=State.IN_USE).select_related("school")
    order = list(EvaluationForm.Purpose)
    return sorted(rows, key=lambda form: (form.school.name, order.index(form.purpose)))  # type: ignore[arg-type]


# ---- how a learner stands --------------------------------------------------------------------------------------------


def repeats_of(record: TrainingRecord) -> dict[str, int]:
    """Signed client sessions of a record by technique, and of any under ""; what was amended is no session any more,
    nor is one whose hours were all taken back. Two queries.
    """
    left = (
        HourEntry.objects.filter(record=record, posting__source_key__startswith="shift:", reverses=None)
        .values("posting__source_key")
        .annotate(left=Count("pk", filter=Q(reversed_by=None)))
        .filter(left=0)
    )
    taken_back = set(left.values_list("posting__source_key", flat=True))
    amended = Shift.objects.filter(amends=OuterRef("pk"), state=Shift.State.SIGNED)
    sessions = Shift.objects.filter(
        ~Exists(amended), placement__record=record, state=Shift.State.SIGNED, kind="client_session"
    ).values_list("uuid", "techniques")
    found = {"": 0}
    for uuid, techniques in sessions:
        if f"shift:{uuid}" in taken_back:
            continue
        found[""] += 1
        for technique in set(techniques):
            found[technique] = found.get(technique, 0) + 1
    return found


@dataclass(frozen=True, slots=True)
class CompetencyLine:
    """One competency of a learner: what it says now, what was said of her, how it stands."""

    version: CompetencyVersion
    said: tuple[CheckOff, ...]
    standing: rules.Standing
    repeats: int

    @property
    def last(self) -> CheckOff | None:
        """The word that counts: the newest that is not "not seen"."""
        return next((one for one in reversed(self.said) if one.outcome != CheckOff.Outcome.NOT_SEEN), None)

    @property
    def plan(self) -> Remediation | None:
        """The plan after the word that counts, if it was a failure."""
        return plan_of(self.last) if self.last else None

    @property
    def is_kept(self) -> bool:
        """Whether the school still asks for it."""
        return self.version.state == State.IN_USE

    def refuses(self, user: User) -> str:
        """Why this person may not rate it now (`refusal_to`), or "retired"."""
        return self.refusal_to(user) if self.is_kept else "retired"

    def refusal_to(self, who: User | Supervisor) -> str:
        """Why a person of the school or a supervisor may not rate it now (`rules.refusal_of`), kept or not.

        Before a re-test, at most six queries: whoever failed it may be the same person in the other shape.
        """
        user = who.pk if isinstance(who, User) else who.user_id
        reason = rules.refusal_of(self.standing, f"user:{user}" if user else f"supervisor:{who.pk}")
        if reason or self.standing.state != "retest" or self.last is None:
            return reason
        failed_by = self.last.evaluator or self.last.supervisor
        return "other" if failed_by is not None and are_one_person(who, failed_by) else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """All competencies of a learner."""

    record: TrainingRecord
    lines: tuple[CompetencyLine, ...]

    @property
    def kept(self) -> list[CompetencyLine]:
        """Those that the school asks for now."""
        return [line for line in self.lines if line.is_kept]

    @property
    def passed(self) -> int:
        """How many of them are passed."""
        return sum(line.standing.state == rules.PASSED for line in self.kept)

    @property
    def groups(self) -> list[tuple[str, list[CompetencyLine]]]:
        """Lines by technique, with its name ("" for those without one)."""
        found: dict[str, list[CompetencyLine]] = {}
        for line in self.lines:
            technique = line.version.technique
            found.setdefault(str(Technique(technique).label) if technique else "", []).append(line)
        return list(found.items())

    def line(self, version: UUID) -> CompetencyLine | None:
        """The line of one version."""
        return next((line for line in self.lines if line.version.uuid == version), None)

    def of_competency(self, competency_id: int) -> CompetencyLine | None:
        """The line of one competency."""
        return next((line for line in self.lines if line.version.competency_id == competency_id), None)


def plan_of(checkoff: CheckOff) -> Remediation | None:
    """The plan after a failed check-off. No query when it was loaded with it."""
    found: Remediation | None = getattr(checkoff, "plan", None)
    return found


def sheet_of(record: TrainingRecord) -> Sheet:
    """Every competency that a record's school asks for, or that was rated on this record, and how it stands. Four
    queries.
    """
    said: dict[int, list[CheckOff]] = {}
    rows = CheckOff.objects.filter(record=record).select_related(
        "version__competency", "plan__instructor", "evaluator", "supervisor", "answer", "placement__site__organisation"
    )
    for row in rows.order_by("pk"):
        said.setdefault(row.version.competency_id, []).append(row)
    shown = {version.competency_id: version for version in versions_in_use(record.school_id)}
    for competency, all_ in said.items():
        shown.setdefault(competency, all_[-1].version)
    repeats = repeats_of(record)
    lines = []
    for version in sorted(shown.values(), key=_in_order):
        own = said.get(version.competency_id, [])
        done = repeats.get(version.technique, 0)
        plans = [plan_of(one) for one in own]
        standing = rules.standing_of(
            [rules.Said(one.outcome, one.by, plan.state if plan else "") for one, plan in zip(own, plans, strict=True)],
            repeats=done,
            opens_after=version.opens_after,
        )
        lines.append(CompetencyLine(version, tuple(own), standing, done))
    return Sheet(record, tuple(lines))


def own_records(user: User) -> list[TrainingRecord]:
    """A learner's records, the newest first. One query."""
    return list(
        TrainingRecord.objects.filter(learner__user=user)
        .select_related("school", "learner__user")
        .order_by("sealed_at", "-enrolled_on", "-pk")
    )


def open_plans(schools: Iterable[Organisation]) -> list[Remediation]:
    """The remediation plans of some schools that are not done, the most urgent first. One query."""
    return list(
        Remediation.objects.filter(failed__record__school__in=schools, state=Remediation.State.PLANNED)
        .select_related("failed__record__learner__user", "failed__record__school", "failed__version", "instructor")
        .order_by("due_on", "pk")
    )


def unplanned(schools: Iterable[Organisation]) -> list[CheckOff]:
    """Failed check-offs of some schools without a plan that no later word overtook, the oldest first. One query."""
    later = CheckOff.objects.filter(
        record=OuterRef("record"), version__competency=OuterRef("version__competency"), pk__gt=OuterRef("pk")
    ).exclude(outcome=CheckOff.Outcome.NOT_SEEN)
    return list(
        CheckOff.objects.filter(
            ~Exists(later), record__school__in=schools, record__sealed_at=None, outcome="failed", plan=None
        )
        .select_related("record__learner__user", "record__school", "version", "evaluator", "supervisor")
        .order_by("pk")
    )


# ---- evaluation by link ----------------------------------------------------------------------------------------------


def address_hash(supervisor: Supervisor) -> str:
    """What is kept of the mailbox that a link went to."""
    return rules.digest_of(rules.canonical_address(supervisor.email))


def loaded_evaluations() -> QuerySet[EvaluationLink]:
    """Links with supervisor, site, school, learner and answer, in one query."""
    return EvaluationLink.objects.select_related(
        "supervisor",
        "placement__site__organisation",
        "placement__record__school",
        "placement__record__learner__user",
        "answer",
    )


def evaluation_state(link: EvaluationLink, now: datetime) -> str:
    """One of revoked, expired, spent, open. No query on a loaded link."""
    if link.revoked_at is not None:
        return "revoked"
    if now >= link.expires_at:
        return "expired"
    if getattr(link, "answer", None) is not None:
        return "spent"
    # Her mailbox is another one now: what went to the old one opens nothing.
    return "open" if link.address_hash == address_hash(link.supervisor) else "revoked"


def evaluation_by_token(token: str) -> EvaluationLink | None:
    """The link of a token, its own or a reminder's; None for an unknown one. One query."""
    kept = token_hash(token)
    of_reminder = EvaluationToken.objects.filter(token_hash=kept).values("link")
    return loaded_evaluations().filter(Q(token_hash=kept) | Q(pk__in=of_reminder)).first()


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One line of an evaluation as its page shows it. `kind` is scale (0 to 3), safety or mark (1 to 5)."""

    code: str
    text: str
    kind: str
    criteria: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class ShownGoal:
    """What a learner wants to learn, as the page of an evaluation shows it, to be ticked."""

    uuid: str
    words: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What an evaluation's page shows, read from the bytes whose digest is confirmed. Empty once they were erased."""

    learner: str = ""
    title: str = ""
    school: str = ""
    site: str = ""
    items: tuple[ShownItem, ...] = field(default_factory=tuple)
    goals: tuple[ShownGoal, ...] = field(default_factory=tuple)


def shown_by(link: EvaluationLink) -> Shown:
    """Read what a link shows. No query."""
    if not link.shown:
        return Shown()
    told: dict[str, Any] = json.loads(link.shown)
    items = tuple(ShownItem(**item) for item in told["items"])
    # Links that were mailed before goals stood on the page have none.
    goals = tuple(ShownGoal(**goal) for goal in told.get("goals", []))
    return Shown(told["learner"], told["title"], told["school"], told["site"], items, goals)


def goal_marks(shown: Shown, ticked: Collection[str]) -> dict[str, bool]:
    """The goals on a page that were ticked, as an answer keeps them among its marks: `goal:<uuid>`. No query."""
    return {f"goal:{goal.uuid}": True for goal in shown.goals if goal.uuid in set(ticked)}


def goals_ticked(link: EvaluationLink, answer: EvaluationAnswer) -> list[str]:
    """The words of the goals that an answer says are reached, as they were shown. No query."""
    return [goal.words for goal in shown_by(link).goals if f"goal:{goal.uuid}" in answer.marks]


def evaluations_of_placement(placement: Placement) -> list[EvaluationLink]:
    """The links of a placement that nobody sent again, newest first. One query."""
    return list(loaded_evaluations().filter(placement=placement, replaced_by=None).order_by("-pk"))


def evaluations_asked(schools: Iterable[Organisation]) -> QuerySet[EvaluationLink]:
    """The links of some schools that nobody sent again, newest first. One query when read."""
    return loaded_evaluations().filter(placement__record__school__in=schools, replaced_by=None).order_by("-pk")


def who_can_evaluate(placement: Placement, today: date) -> list[Supervisor]:
    """The supervisors of a placement who are checked, licensed and there on this day, or were lately, by name. Two
    queries.
    """
    assigned: dict[int, list[rules.Window]] = {}
    for row in SiteAssignment.objects.filter(site=placement.site_id):
        assigned.setdefault(row.supervisor_id, []).append(row.window)
    return [
        supervisor
        for supervisor in supervisors_at(placement)
        if supervisor.verified_at is not None
        and supervisor.licence.holds(today)
        and rules.may_speak(assigned.get(supervisor.pk, ()), placement.window, today, looks_back=True)
    ]


def works_there(supervisor: Supervisor, placement: Placement) -> bool:
    """Whether a supervisor is listed at a placement's site for any of its days. One query."""
    return any(rules.meet(window, placement.window) for window in assignments_at(supervisor, placement.site_id))


def may_speak_of(supervisor: Supervisor, placement: Placement, now: datetime, *, looks_back: bool = False) -> bool:
    """Whether she may speak of a placement today, by the site's day (`rules.may_speak`). One query."""
    assigned = assignments_at(supervisor, placement.site_id)
    return rules.may_speak(assigned, placement.window, today_there(placement, now), looks_back=looks_back)


def today_there(placement: Placement, now: datetime) -> date:
    """The local day at a placement's site."""
    return now.astimezone(ZoneInfo(placement.site.zone)).date()


# ---- what learners say of sites --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SiteVoice:
    """What learners say of a site, without names; `means` and `words` are empty while fewer than LEAST spoke."""

    site: Site
    learners: int
    means: tuple[rules.Mean, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether enough learners spoke."""
        return self.learners >= rules.LEAST


def voices_of(schools: Iterable[Organisation]) -> list[SiteVoice]:
    """What learners say of the sites of some schools, by name; sites nobody spoke of are left out. One query."""
    rows = SiteEvaluation.objects.filter(placement__site__school__in=schools).select_related(
        "form", "placement__site__organisation", "placement__record"
    )
    by_site: dict[int, list[SiteEvaluation]] = {}
    for row in rows.order_by("placement__site__organisation__name", "pk"):
        by_site.setdefault(row.placement.site_id, []).append(row)
    return [_voice(said) for said in by_site.values()]


def _voice(said: list[SiteEvaluation]) -> SiteVoice:
    site = said[0].placement.site
    learners = len({row.placement.record.learner_id for row in said})
    if learners < rules.LEAST:
        return SiteVoice(site, learners)
    answers = []
    for row in said:
        texts = {item["code"]: item["text"] for item in row.form.items}
        marks = {texts[code]: mark for code, mark in row.marks.items() if code in texts}
        answers.append((str(row.placement.record.learner_id), marks))
    # In the order of the alphabet: that of their coming would tell who is newest.
    return SiteVoice(
        site, learners, tuple(rules.means_of(answers)), tuple(sorted(row.words for row in said if row.words))
    )


def sites_to_evaluate(user: User) -> list[Placement]:
    """A learner's placements with what she said of the site in `said`, newest first. One query."""
    rows = Placement.objects.filter(record__learner__user=user).select_related(
        "site__organisation", "record__school", "record__learner__user", "site_evaluation"
    )
    found = list(rows.order_by("-starts_on", "-pk"))
    for placement in found:
        placement.said = getattr(placement, "site_evaluation", None)  # type: ignore[attr-defined]
    return found


def competency_rows_told(record: TrainingRecord, whole: bool) -> dict[str, Any] | None:
    """Check-offs, plans and evaluations of a record for its export, as plain values; None where there is nothing.

    `whole` is the school's copy: there what the learner said of a site has no words and no marks, since they are hers.
    """
    said = [
        {
            "uuid": str(row.uuid),
            "code": row.version.competency.code,
            "version": row.version.number,
            "title": row.version.title,
            "outcome": row.outcome,
            "rating": row.rating,
            "words": row.words,
            "by": row.evaluator.get_full_name() if row.evaluator else row.answer.signer if row.answer else "",
            "at": rules.written_instant(row.decided_at),
            "plan": _plan_told(plan_of(row)),
        }
        for line in sheet_of(record).lines
        for row in line.said
    ]
    answered = [
        {
            "uuid": str(link.uuid),
            "purpose": link.purpose,
            "shown": json.loads(link.shown) if link.shown else None,
            "digest": link.digest,
            "marks": link.answer.marks,
            "words": link.answer.words,
            "signer": link.answer.signer,
            "statement": link.answer.statement,
            "licence": link.answer.licence,
            "second_factor": link.answer.second_factor,
            "at": rules.written_instant(link.answer.answered_at),
        }
        for link in loaded_evaluations().filter(placement__record=record, answer__isnull=False).order_by("pk")
    ]
    sites = (
        []
        if whole
        else [
            {
                "site": str(row.placement.site),
                "at": rules.written_instant(row.given_at),
                "marks": {item["text"]: row.marks.get(item["code"]) for item in row.form.items},
                "words": row.words,
            }
            for row in SiteEvaluation.objects.filter(placement__record=record)
            .select_related("form", "placement__site__organisation")
            .order_by("pk")
        ]
    )
    told = {"checkoffs": said, "evaluations": answered, "sites": sites}
    return {name: rows for name, rows in told.items() if rows} or None


def _plan_told(plan: Remediation | None) -> dict[str, Any] | None:
    if plan is None:
        return None
    return {
        "minutes": plan.minutes,
        "instructor": plan.instructor.get_full_name(),
        "due_on": plan.due_on.isoformat(),
        "words": plan.words,
        "state": plan.state,
    }


def staff_who_rate(school: Organisation | int) -> QuerySet[User]:
    """The active instructors and coordinators of a school, by name. One query when read."""
    return (
        User.objects.filter(
            is_active=True,
            memberships__organisation=school,
            memberships__role__in=RATING_ROLES,
            memberships__until=None,
        )
        .distinct()
        .order_by("legal_name", "pk")
    )


def counted_passes(records: Collection[TrainingRecord]) -> dict[int, int]:
    """How many competencies each record has passed, by its milestones. One query."""
    rows = TrainingRecord.objects.filter(pk__in=[record.pk for record in records]).annotate(
        passed=Count(
            "milestones__code",
            filter=Q(milestones__code__startswith="checkoff:", milestones__withdrawal=None),
            distinct=True,
        )
    )
    return dict(rows.values_list("pk", "passed"))
