"""Reads quizzes for learners and for other rooms; what may not be seen yet does not leave this file."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.templatetags.palmar import hm_text
from certification.records.models import TrainingRecord
from certification.records.selectors import balances_of, milestone_codes
from certification.requirements.models import RuleSet
from certification.requirements.selectors import spec_for

from .. import rules
from ..drawing import unnamed
from ..models import (
    Allowance,
    Attempt,
    QuestionPicture,
    QuestionVersion,
    Quiz,
    QuizAssignment,
    Response,
)
from ..plan import SectionLine
from ..rules import Refusal, Sight
from ..settings import LatePolicy, QuizGate, QuizSettings, ScoreKept
from ..types import AskedChoice, AskedChoices, AskedMark, Told
from .plans import Asks, asks_of, may_be_asked

FULL_SIGHT = Sight(feedback=True, key=True)


@dataclass(frozen=True, slots=True)
class ShownMark:
    """A mark in the picture's own measures."""

    letter: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture with the marks of one question, as it is drawn in a page. `drawing` is SVG that was checked."""

    digest: str
    kind: str
    width: int
    height: int
    title: str
    description: str
    credit: str
    drawing: SafeString
    address: str
    marks: tuple[ShownMark, ...]

    @property
    def radius(self) -> int:
        """The radius of a mark: as large on any picture, and large enough for a finger on a phone."""
        return max(self.width * 35 // 1000, 1)

    @property
    def letter(self) -> int:
        """The height of a mark's letter."""
        return max(self.radius * 6 // 5, 1)


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case that questions ask about. `heads`: it stands before this question, not before an earlier one already."""

    title: str
    text: str
    heads: bool


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A part of a quiz. `heads`: this question is its first."""

    title: str
    intro: str
    heads: bool


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question as it is shown to who answers it. Holds nothing of key, feedback or explanation.

    `shown` is what its kind shows; `picture` is what it asks about with its marks, `figure` one beside its words.
    `case` is what its own stem tells before it asks, `vignette` a case that it shares with others. `error` says why what
    she typed could not be read; then `shown` holds it again.
    """

    uuid: UUID
    position: int
    kind: str
    stem: str
    case: str
    ask: str
    prompt: str
    rule: str
    template: str
    shape: str
    points: int
    shown: Any
    picture: ShownPicture | None
    answer: tuple[str, ...]
    sequence: int
    saved_at: datetime | None
    error: str = ""
    figure: ShownPicture | None = None
    section: ShownSection | None = None
    vignette: ShownCase | None = None
    flagged: bool = False

    @property
    def choices(self) -> tuple[AskedChoice, ...]:
        """Its choices, where it has a list of them."""
        return self.shown.choices if isinstance(self.shown, AskedChoices) else ()

    @property
    def answer_json(self) -> str:
        """The answer that is kept, for the form to say what it showed."""
        return json.dumps(self.answer)


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form brought for a question, in the shape of an answer, and why it could not be read."""

    answer: list[str]
    error: str


def asked_questions(attempt: Attempt, typed: Mapping[int, Typed] | None = None) -> list[AskedQuestion]:
    """The questions of an attempt in its order, with the answers so far. One query, and one where pictures are asked.

    `typed` holds, by response, what a form brought and could not be read.
    """
    responses = responses_of(attempt)
    pictures = _pictures_of(attempt, responses)
    typed = typed or {}
    before: Iterable[Response | None] = [None, *responses]
    return [
        _asked(response, last, pictures, typed.get(response.pk))
        for response, last in zip(responses, before, strict=False)
    ]


def _pictures_of(attempt: Attempt, responses: Iterable[Response]) -> dict[str | int, QuestionPicture]:
    versions = [response.question_version for response in responses]
    return pictures_of(attempt.assignment.record.school_id, versions)


def pictures_of(school: int, versions: Iterable[QuestionVersion]) -> dict[str | int, QuestionPicture]:
    """The pictures of these versions, by digest and by key. One query; none where they have none."""
    versions = list(versions)
    digests = {version.type.picture(version.parsed) for version in versions} - {""}
    own = {version.picture_id for version in versions} - {None}
    found = (
        QuestionPicture.objects.filter(Q(digest__in=digests) | Q(pk__in=own), school=school) if digests or own else ()
    )
    named: dict[str | int, QuestionPicture] = {}
    for picture in found:
        named[picture.digest] = named[picture.pk] = picture
    return named


def drawn(found: QuestionPicture | None, marks: Iterable[AskedMark] = (), *, prefix: str = "") -> ShownPicture | None:
    """A picture with these marks, given in thousandths; `prefix` keeps its inner names apart from others in the page."""
    if found is None:
        return None
    data, is_svg = bytes(found.data), found.kind == QuestionPicture.Kind.SVG
    return ShownPicture(
        digest=found.digest,
        kind=found.kind,
        width=found.width,
        height=found.height,
        title=found.title,
        description=found.description,
        credit=found.credit,
        drawing=mark_safe(  # noqa: S308 - checked when it was kept, and only names are taken out
            unnamed(data.decode(), prefix or f"p{found.digest[:8]}-") if is_svg else ""
        ),
        address="" if is_svg else f"data:image/png;base64,{base64.b64encode(data).decode()}",
        marks=tuple(
            ShownMark(mark.letter, mark.x * found.width // 1000, mark.y * found.height // 1000) for mark in marks
        ),
    )


def _asked_about(
    version: QuestionVersion, shown: Any, pictures: Mapping[str | int, QuestionPicture], position: int
) -> ShownPicture | None:
    """The picture that a kind asks about, with its marks."""
    found = pictures.get(version.type.picture(version.parsed))
    return drawn(found, shown.marks, prefix=f"p{position}-") if found else None


def _beside(
    version: QuestionVersion, pictures: Mapping[str | int, QuestionPicture], position: int
) -> ShownPicture | None:
    """The picture beside a question's words."""
    return drawn(pictures.get(version.picture_id), prefix=f"f{position}-") if version.picture_id else None


def responses_of(attempt: Attempt) -> list[Response]:
    """The responses of an attempt in its order, with their question versions. One query."""
    return list(
        Response.objects.filter(attempt=attempt)
        .select_related("question_version__question", "question_version__vignette")
        .order_by("position")
    )


def _asked(
    response: Response,
    before: Response | None,
    pictures: Mapping[str | int, QuestionPicture],
    typed: Typed | None,
) -> AskedQuestion:
    return asked(
        response.question_version,
        order=response.choice_order,
        answer=response.answer,
        typed=typed,
        position=response.position,
        points=response.points,
        sequence=response.sequence,
        saved_at=response.saved_at,
        pictures=pictures,
        section=section_of(response, before),
        vignette=case_of(response.question_version, before.question_version if before else None),
        flagged=response.flagged,
    )


def section_of(response: Response, before: Response | None) -> ShownSection | None:
    """The section of a question that is asked after another."""
    here = response.section, response.section_intro
    if not response.section:
        return None
    return ShownSection(*here, heads=before is None or here != (before.section, before.section_intro))


def case_of(version: QuestionVersion, before: QuestionVersion | None) -> ShownCase | None:
    """The case of a question that is asked after another."""
    case = version.vignette
    if case is None:
        return None
    return ShownCase(case.title, case.text, heads=before is None or before.vignette_id != version.vignette_id)


def asked(
    version: QuestionVersion,
    *,
    order: Sequence[str],
    answer: list[str],
    position: int,
    points: int,
    pictures: Mapping[str | int, QuestionPicture],
    typed: Typed | None = None,
    sequence: int = 0,
    saved_at: datetime | None = None,
    section: ShownSection | None = None,
    vignette: ShownCase | None = None,
    flagged: bool = False,
) -> AskedQuestion:
    """A version as a learner is shown it. No query but for its question, where that was not read with it."""
    kind, parsed = version.type, version.parsed
    case, ask = rules.split_stem(version.stem)
    shown = kind.shown(parsed, order, typed.answer if typed else answer)
    return AskedQuestion(
        uuid=version.question.uuid,
        position=position,
        kind=version.kind,
        stem=version.stem,
        case=case,
        ask=ask,
        prompt=kind.prompt_of(parsed),
        rule=kind.rule(parsed),
        template=kind.template,
        shape=kind.shape,
        points=points,
        shown=shown,
        picture=_asked_about(version, shown, pictures, position),
        answer=tuple(answer),
        sequence=sequence,
        saved_at=saved_at,
        error=typed.error if typed else "",
        figure=_beside(version, pictures, position),
        section=section,
        vignette=vignette,
        flagged=flagged,
    )


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One attempt in a list."""

    uuid: UUID
    number: int
    is_open: bool
    is_marked: bool
    is_void: bool
    started_at: datetime
    submitted_at: datetime | None
    due_at: datetime | None
    percent: str
    passed: bool | None


def _line(attempt: Attempt) -> AttemptLine:
    share = share_of(attempt)
    return AttemptLine(
        uuid=attempt.uuid,
        number=attempt.number,
        is_open=attempt.is_open,
        is_marked=attempt.is_marked,
        is_void=is_void(attempt),
        started_at=attempt.started_at,
        submitted_at=attempt.submitted_at,
        due_at=due_of(attempt) if attempt.is_open else attempt.due_at,
        percent="" if share is None else rules.cut(share * 100),
        passed=attempt.passed,
    )


def share_of(attempt: Attempt) -> Fraction | None:
    """The score as a share of all points; None while the attempt is open. No query."""
    if attempt.score_numerator is None or attempt.score_denominator is None:
        return None
    return Fraction(attempt.score_numerator, attempt.score_denominator)


def due_of(attempt: Attempt) -> datetime | None:
    """When the time of an attempt is over. No query where its assignment was read with it.

    Her own closing date counts as it is now; all else as it was when the attempt began.
    """
    assignment = attempt.assignment
    own = rules.deadline(assignment.closes_at, assignment.extra_minutes) if attempt.is_open else None
    return rules.earliest(attempt.due_at, own)


def is_void(attempt: Attempt) -> bool:
    """Whether it earned nothing because nobody handed it in before its time was over. No query."""
    told = attempt.rules
    return attempt.submitted_at is not None and rules.is_void(
        handed_in_at=attempt.submitted_at,
        due=attempt.due_at,
        grace_seconds=told.grace_seconds,
        policy=told.late_policy,
    )


def kept_of(attempts: Iterable[Attempt], *, instead: Mapping[int, Fraction] | None = None) -> rules.Kept | None:
    """The score that counts of these attempts of one assignment, in their order; None before one has its mark.

    How is what the last of them was told. `instead` gives attempts another score, by primary key. No query beside that
    of the attempts.
    """
    scored, how = [], ScoreKept.BEST
    for attempt in attempts:
        share = share_of(attempt)
        if share is not None:
            share = (instead or {}).get(attempt.pk, share)
            scored.append(rules.Scored(share, attempt.pass_percent, is_void(attempt)))
            how = attempt.rules.score_kept
    return rules.kept(scored, how)


def best_hundredths(record: TrainingRecord, module: str) -> int | None:
    """The best marked score at the quiz of a module, percent times 100; None without one. One query."""
    marked = Attempt.objects.filter(assignment__record=record, assignment__module=module, score_numerator__isnull=False)
    return max((rules.hundredths(share) for share in map(share_of, marked) if share is not None), default=None)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one person is with one assigned quiz. `kept` is the score that counts."""

    attempts: tuple[AttemptLine, ...]
    allowed: int
    refusal: Refusal | None
    kept: rules.Kept | None

    @property
    def open(self) -> AttemptLine | None:
        """The attempt that is open now."""
        return next((line for line in self.attempts if line.is_open), None)

    @property
    def earlier(self) -> tuple[AttemptLine, ...]:
        """The attempts handed in."""
        return tuple(line for line in self.attempts if not line.is_open)

    @property
    def passed(self) -> bool:
        """Whether the score that counts passes."""
        return self.kept is not None and self.kept.passed

    @property
    def percent(self) -> str:
        """The score that counts in percent, cut to two decimals; empty where there is none."""
        return "" if self.kept is None else rules.cut(self.kept.share * 100)

    @property
    def left(self) -> int:
        """Attempts not begun yet."""
        return max(self.allowed - len(self.attempts), 0)

    @property
    def state(self) -> str:
        """One word for lists: passed, in_progress, marking, failed (no attempt left), not_open_yet, closed or open."""
        if self.passed:
            return "passed"
        if self.open:
            return "in_progress"
        if any(not line.is_marked for line in self.attempts):
            return "marking"
        if self.refusal is Refusal.USED_UP:
            return "failed"
        if self.refusal is Refusal.NOT_OPEN_YET:
            return "not_open_yet"
        return "closed" if self.refusal in {Refusal.CLOSED, Refusal.SEALED} else "open"


def refusal_of(
    assignment: QuizAssignment,
    attempts: Sequence[Attempt],
    asks: Asks | None,
    gates: Sequence[rules.GateState],
    now: datetime,
) -> Refusal | None:
    """Why no new attempt may begin. No query. Lists leave `asks` and `gates` out: they would cost a query each."""
    kept = kept_of(attempts)
    return rules.why_not_start(
        now=now,
        opens_at=assignment.opens,
        closes_at=assignment.closes,
        used=len(attempts),
        allowed=assignment.allowed,
        passed=kept is not None and kept.passed,
        sealed=assignment.record.sealed_at is not None,
        questions=asks.questions if asks else 1,
        drawable=asks.drawable if asks else True,
        marking=any(attempt.state == Attempt.State.MARKING for attempt in attempts),
        again_at=_again_at(assignment, attempts),
        gates_met=all(state.met for state in gates),
    )


def _again_at(assignment: QuizAssignment, attempts: Iterable[Attempt]) -> datetime | None:
    handed_in = [attempt.submitted_at for attempt in attempts if attempt.submitted_at]
    return rules.again_at(handed_in, assignment.quiz.rules.wait_minutes)


def _standing(
    assignment: QuizAssignment,
    attempts: Sequence[Attempt],
    now: datetime,
    asks: Asks | None = None,
    gates: Sequence[rules.GateState] = (),
) -> Standing:
    for attempt in attempts:
        attempt.assignment = assignment
    return Standing(
        tuple(_line(attempt) for attempt in attempts),
        assignment.allowed,
        refusal_of(assignment, attempts, asks, gates, now),
        kept_of(attempts),
    )


def gates_of(assignment: QuizAssignment) -> tuple[rules.GateState, ...]:
    """What must have happened before she may begin, and whether it has. Three queries at most, none without gates."""
    return _gate_states(assignment.record, [assignment.all_gates])[0]


def _gate_states(record: TrainingRecord, asked: Sequence[tuple[QuizGate, ...]]) -> list[tuple[rules.GateState, ...]]:
    """The same for several quizzes of a record. Three queries at most, however many; none without gates."""
    kinds = {gate.kind for gates in asked for gate in gates}
    minutes: dict[str, int] = {}
    milestones: frozenset[str] = frozenset()
    if "minutes" in kinds:
        own = balances_of([record.pk]).get(record.pk, {})
        minutes = {**own, "": sum(own.values())}
        for node in (each for top in spec_for(record.rule_set).categories for each in top.walk()):
            minutes[node.code] = sum(own.get(below.code, 0) for below in node.walk())
    if "milestone" in kinds:
        milestones = milestone_codes(record)
    return [rules.gate_states(gates, minutes=minutes, milestones=milestones) for gates in asked]


@dataclass(frozen=True, slots=True)
class GateLine:
    """A condition as a learner reads it, and what is missing (empty: it is met)."""

    says: str
    missing: str


def gate_line(state: rules.GateState, assignment: QuizAssignment) -> GateLine:
    """A condition in words. No query beside the rule set's own."""
    return _gate_line(state, assignment.record.rule_set)


def _gate_line(state: rules.GateState, rule_set: RuleSet) -> GateLine:
    says = gate_words(state.gate, rule_set)
    if state.met:
        return GateLine(says, "")
    if state.gate.kind == "milestone":
        return GateLine(says, _("“%s” is not on your record yet.") % says)
    missing = hm_text(state.missing_minutes, spec_for(rule_set).unit_minutes)
    return GateLine(says, _("%(gate)s: %(time)s missing.") % {"time": missing, "gate": says})


def gate_words(gate: QuizGate, rule_set: RuleSet) -> str:
    """A condition as anybody reads it, categories by their title in these rules. No query beside the rule set's own."""
    if gate.kind == "milestone":
        return gate.title or gate.code
    spec = spec_for(rule_set)
    time = hm_text(gate.minutes, spec.unit_minutes)
    if not gate.code:
        return _("%(time)s attended") % {"time": time}
    nodes = (each for top in spec.categories for each in top.walk())
    title = gate.title or next((node.title for node in nodes if node.code == gate.code), gate.code)
    return _("%(time)s attended in “%(category)s”") % {"time": time, "category": title}


@dataclass(frozen=True, slots=True)
class StartPage:
    """What the page before an attempt says. `own` is what holds for her alone; `again_at` when the next may begin."""

    assignment: QuizAssignment
    standing: Standing
    rules: QuizSettings
    questions: int
    points: int
    sections: tuple[tuple[SectionLine, int], ...]
    draws: bool
    rules_of_kinds: tuple[str, ...]
    pass_points: str
    refusal: str
    minutes: int
    gates: tuple[GateLine, ...]
    last_moment: datetime | None
    again_at: datetime | None
    own: tuple[str, ...]
    is_over: bool
    """An attempt is open and its time is over."""


def start_page(assignment: QuizAssignment) -> StartPage:
    """What a quiz is, what it asks for and how far she is.

    Three queries beside the assignment's own; three more at most where it draws, and three where it has gates.
    """
    asks, told, states = asks_of(assignment.quiz), assignment.quiz.rules, gates_of(assignment)
    attempts, now = list(assignment.attempts.order_by("number")), timezone.now()
    standing = _standing(assignment, attempts, now, asks, states)
    opened = standing.open
    kinds = sorted({(version.kind, version.type.rule(version.parsed)) for version in may_be_asked(asks)}, reverse=True)
    refusal = standing.refusal
    return StartPage(
        assignment=assignment,
        standing=standing,
        rules=told,
        questions=asks.questions,
        points=asks.points,
        sections=tuple(asks.sections),
        draws=bool(asks.pools),
        rules_of_kinds=tuple(dict.fromkeys(rule for _kind, rule in kinds)),
        pass_points=rules.up(Fraction(assignment.quiz.pass_percent * asks.points, 100)),
        refusal=refusal_sentence(refusal, assignment, attempts, states) if refusal else "",
        minutes=told.time_limit_minutes and told.time_limit_minutes + assignment.extra_minutes,
        gates=tuple(gate_line(state, assignment) for state in states),
        last_moment=rules.deadline(assignment.closes, assignment.extra_minutes),
        again_at=_again_at(assignment, attempts) if refusal is Refusal.WAIT else None,
        own=own_of(assignment),
        is_over=opened is not None and rules.is_over(now, opened.due_at),
    )


def own_of(assignment: QuizAssignment) -> tuple[str, ...]:
    """What holds for this learner alone, a sentence each; never why. No query."""
    zone, said = assignment.record.zone, []
    if assignment.opens_at:
        # A moment may end in a stop of its own (8 a.m.), so none follows it.
        said.append(_("Opens for you: %s") % moment(assignment.opens_at, zone))
    if assignment.closes_at:
        said.append(_("Closes for you: %s") % moment(assignment.closes_at, zone))
    if assignment.extra_minutes:
        said.append(
            ngettext(
                "You have one minute more than others.",
                "You have %(count)d minutes more than others.",
                assignment.extra_minutes,
            )
            % {"count": assignment.extra_minutes}
        )
    if assignment.attempts_allowed is not None:
        said.append(
            ngettext("You have one attempt.", "You have %(count)d attempts.", assignment.attempts_allowed)
            % {"count": assignment.attempts_allowed}
        )
    return tuple(said)


@dataclass(frozen=True, slots=True)
class AssignedQuiz:
    """One assigned quiz in a list of a record's quizzes; `state` is the word of `Standing.state`."""

    uuid: UUID
    title: str
    module: str
    state: str
    attempts_left: int
    url: str
    closes_at: datetime | None = None
    """Until when an attempt may be begun, where the school set an end."""
    before: tuple[GateLine, ...] = ()
    """What must come before the first attempt; known of examinations alone, until one is begun."""

    @property
    def waits(self) -> bool:
        """Whether something of it is missing."""
        return any(line.missing for line in self.before)


def assigned_quizzes(record: TrainingRecord) -> list[AssignedQuiz]:
    """The quizzes of a record in the order in which they were assigned.

    Two queries, however many; three more at most where an examination that was not begun has gates.
    """
    now = timezone.now()
    listed = []
    rows = list(record.quiz_assignments.select_related("quiz").prefetch_related("attempts").order_by("pk"))
    waiting = [each for each in rows if each.module == each.quiz.code and not each.attempts.all()]
    states = _gate_states(record, [each.all_gates for each in waiting])
    before = {
        each.pk: tuple(_gate_line(state, record.rule_set) for state in found)
        for each, found in zip(waiting, states, strict=True)
    }
    for assignment in rows:
        assignment.record = record
        # Whether it has questions, and a module's gates, are the start page's business; here they would cost queries.
        standing = _standing(assignment, list(assignment.attempts.all()), now)
        listed.append(
            AssignedQuiz(
                uuid=assignment.uuid,
                title=assignment.shown_title,
                module=assignment.module,
                state=standing.state,
                attempts_left=standing.left,
                url=reverse("quizzes:assignment", args=[assignment.uuid]),
                closes_at=assignment.closes,
                before=before.get(assignment.pk, ()),
            )
        )
    return listed


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One assigned quiz of a learner as staff see it; `own` is what holds for her alone."""

    assignment: QuizAssignment
    standing: Standing
    own: tuple[str, ...]


def staff_lines(record: TrainingRecord) -> list[StaffLine]:
    """The quizzes of a record, for staff. Two queries, however many."""
    now, lines = timezone.now(), []
    for assignment in record.quiz_assignments.select_related("quiz").prefetch_related("attempts").order_by("pk"):
        assignment.record = record
        lines.append(
            StaffLine(assignment, _standing(assignment, list(assignment.attempts.all()), now), own_of(assignment))
        )
    return lines


def quizzes_to_give(record: TrainingRecord) -> QuerySet[Quiz]:
    """The quizzes of its school that ask something and that this record has not, by title. One query."""
    given = record.quiz_assignments.values("quiz")
    asking = Quiz.objects.filter(school=record.school_id, items__isnull=False).exclude(pk__in=given)
    return asking.distinct().order_by("title", "pk")


def allowances_of(assignment: QuizAssignment) -> list[Allowance]:
    """What was allowed, newest first, with who did it and why: for staff. One query."""
    return list(assignment.allowances.select_related("allowed_by").order_by("-pk"))


def key_was_shown(assignment: QuizAssignment) -> bool:
    """Whether she may have seen right answers already, so that another attempt proves less. Two queries at most."""
    last = assignment.attempts.select_related("assignment__quiz").order_by("-number").first()
    return last is not None and learner_sight(last).key


@dataclass(frozen=True, slots=True)
class QuizGrade:
    """How one record stands in one assigned quiz, for the school's lists; `state` is the word of `Standing.state`."""

    record: int
    title: str
    module: str
    state: str
    used: int
    allowed: int
    failed: int
    """Attempts handed in that did not pass."""
    best: Fraction | None
    """The score that counts (the best, unless the quiz says otherwise), exact; None before one has its mark."""
    passed: bool
    last_at: datetime | None
    """When she last began or handed in an attempt."""

    @property
    def percent(self) -> str:
        """The score that counts in percent, cut to two decimals; empty where there is none."""
        return "" if self.best is None else rules.cut(self.best * 100)


def grades_of(records: QuerySet[TrainingRecord]) -> dict[int, list[QuizGrade]]:
    """The assigned quizzes of many records, by record, as they were assigned. Two queries, however many.

    Whether a quiz has questions is the start page's business; here it would cost a query each.
    """
    now = timezone.now()
    attempts: dict[int, list[Attempt]] = {}
    for attempt in Attempt.objects.filter(assignment__record__in=records.order_by().values("pk")).order_by("number"):
        attempts.setdefault(attempt.assignment_id, []).append(attempt)
    rows = QuizAssignment.objects.filter(record__in=records.order_by().values("pk")).select_related("quiz", "record")
    listed: dict[int, list[QuizGrade]] = {}
    for assignment in rows.order_by("pk"):
        listed.setdefault(assignment.record_id, []).append(_grade(assignment, attempts.get(assignment.pk, []), now))
    return listed


def _grade(assignment: QuizAssignment, attempts: Sequence[Attempt], now: datetime) -> QuizGrade:
    standing = _standing(assignment, attempts, now)
    return QuizGrade(
        record=assignment.record_id,
        title=assignment.shown_title,
        module=assignment.module,
        state=standing.state,
        used=len(attempts),
        allowed=assignment.allowed,
        failed=sum(attempt.passed is False for attempt in attempts),
        best=standing.kept.share if standing.kept else None,
        passed=standing.passed,
        last_at=max((attempt.submitted_at or attempt.started_at for attempt in attempts), default=None),
    )


def learner_sight(attempt: Attempt) -> Sight:
    """What the learner may see of this attempt now. One query."""
    assignment = attempt.assignment
    others = list(Attempt.objects.filter(assignment=assignment).order_by("number"))
    kept = kept_of(others)
    return rules.may_see(
        submitted=attempt.is_marked,
        passed=kept is not None and kept.passed,
        handed_in=sum(not other.is_open for other in others),
        allowed=assignment.allowed,
        another_open=any(other.is_open for other in others),
        shown=attempt.rules.key_shown,
        closed=rules.is_over(timezone.now(), rules.deadline(assignment.closes, assignment.extra_minutes)),
    )


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One question after handing in. Explanation and objective are empty while the key may not be seen."""

    question: UUID
    position: int
    case: str
    ask: str
    told: tuple[Told, ...]
    template: str
    shown: Any
    picture: ShownPicture | None
    figure: ShownPicture | None
    section: ShownSection | None
    vignette: ShownCase | None
    earned: Fraction
    points: int
    answered: bool
    explanation: str
    objective: str

    @property
    def verdict(self) -> str:
        """right, partly, wrong or empty."""
        if not self.answered:
            return "empty"
        if self.earned == self.points:
            return "right"
        return "partly" if self.earned else "wrong"


@dataclass(frozen=True, slots=True)
class Result:
    """An attempt that was handed in, as far as it may be seen."""

    attempt: Attempt
    sight: Sight
    lines: tuple[ResultLine, ...]
    percent: str
    earned: Fraction
    points: int


def result_of(attempt: Attempt, sight: Sight) -> Result:
    """The result of an attempt that was handed in, cut down to what `sight` allows. One query, and one for pictures."""
    share = share_of(attempt)
    if share is None:
        raise ValueError("An attempt without a mark has no result.")
    lines = result_lines(attempt, sight)
    points = sum(line.points for line in lines)
    return Result(
        attempt=attempt,
        sight=sight,
        lines=lines,
        percent=rules.cut(share * 100),
        earned=share * points,
        points=points,
    )


def result_lines(attempt: Attempt, sight: Sight) -> tuple[ResultLine, ...]:
    """The questions of an attempt that was handed in, as far as they may be seen. One query, and one for pictures."""
    responses = responses_of(attempt)
    pictures = _pictures_of(attempt, responses)
    before: Iterable[Response | None] = [None, *responses]
    return tuple(
        _result_line(response, last, sight, pictures) for response, last in zip(responses, before, strict=False)
    )


def _result_line(
    response: Response, before: Response | None, sight: Sight, pictures: Mapping[str | int, QuestionPicture]
) -> ResultLine:
    version, order, answer = response.question_version, response.choice_order, response.answer
    kind, parsed = version.type, version.parsed
    case, ask = rules.split_stem(version.stem)
    shown = kind.shown(parsed, order, answer)
    return ResultLine(
        question=version.question.uuid,
        position=response.position,
        case=case,
        ask=ask,
        told=kind.told(parsed, order, answer, feedback=sight.feedback, key=sight.key),
        template=kind.told_template,
        shown=shown,
        picture=_asked_about(version, shown, pictures, response.position),
        figure=_beside(version, pictures, response.position),
        section=section_of(response, before),
        vignette=case_of(version, before.question_version if before else None),
        earned=Fraction(response.awarded_numerator or 0, response.awarded_denominator or 1),
        points=response.points,
        answered=bool(answer),
        explanation=version.explanation if sight.key else "",
        objective=version.objective if sight.key else "",
    )


def moment(at: datetime, zone: str) -> str:
    """An instant as people of the record's zone read it."""
    return date_format(at.astimezone(ZoneInfo(zone)), "j F Y, g:i A")


def refusal_sentence(
    refusal: Refusal,
    assignment: QuizAssignment,
    attempts: Sequence[Attempt] = (),
    gates: Sequence[rules.GateState] = (),
) -> str:
    """Why no attempt may begin, and what to do. No query."""
    zone = assignment.record.zone
    again = _again_at(assignment, attempts)
    if refusal is Refusal.NOT_OPEN_YET and assignment.opens:
        return _("This quiz opens on %(when)s; come back then.") % {"when": moment(assignment.opens, zone)}
    if refusal is Refusal.CLOSED and assignment.closes:
        return _("This quiz closed on %(when)s; ask your instructor if you need more time.") % {
            "when": moment(assignment.closes, zone)
        }
    if refusal is Refusal.USED_UP:
        return ngettext(
            "Your one attempt is used. Talk to your instructor about what comes next.",
            "All %(count)d attempts are used. Talk to your instructor about what comes next.",
            assignment.allowed,
        ) % {"count": assignment.allowed}
    if refusal is Refusal.WAIT and again:
        return _("From %(when)s on the next attempt can begin. Use the time to read again.") % {
            "when": moment(again, zone)
        }
    if refusal is Refusal.GATES:
        missing = [gate_line(state, assignment).missing for state in gates if not state.met]
        return " ".join([_("Something comes before this quiz."), *missing])
    plain = {
        Refusal.PASSED: _("You have passed this quiz. Nothing more is needed."),
        Refusal.SEALED: _("Your training record has ended, so no new attempt can begin."),
        Refusal.MARKING: _("Your last attempt waits for its mark. If it does not pass, you can begin another then."),
        Refusal.CANNOT_DRAW: _("This quiz has too few questions to draw from now. Tell your instructor."),
    }
    return plain.get(refusal, _("This quiz has no questions yet. Your instructor is still writing them."))


def over_sentence(attempt: Attempt, due: datetime) -> str:
    """That the time of an attempt is over, and what that means for it. No query."""
    assignment = attempt.assignment
    when = {"when": moment(due, assignment.record.zone)}
    if attempt.rules.late_policy is LatePolicy.VOID:
        return (
            _(
                "Your time was over on %(when)s before you handed in; answers after that are not taken, and this attempt "
                "earns nothing."
            )
            % when
        )
    if due == rules.deadline(assignment.closes_at, assignment.extra_minutes):
        return _("This quiz closed on %(when)s; answers after that are not taken. What was saved before counts.") % when
    return _("Your time was over on %(when)s; answers after that are not taken. What was saved before counts.") % when
