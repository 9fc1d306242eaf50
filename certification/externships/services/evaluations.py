"""Asks supervisors about learners by a link: to rate competencies, or for a midterm or final evaluation; and takes in
what learners say of their sites. Opening a link writes nothing; its answer spends it.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import has_role
from certification.records.models import Milestone
from certification.records.services import record_milestone
from notices.services import enqueue_mail

from .. import rules
from ..models import (
    LINK_LIFE,
    CheckOff,
    CompetencyVersion,
    EvaluationAnswer,
    EvaluationForm,
    EvaluationLink,
    LearningGoal,
    Placement,
    SiteEvaluation,
    Supervisor,
)
from ..selectors import goals_of, name_of_learner, named_supervisors, staff_to_ask, token_hash
from ..selectors.competencies import (
    KEEPING_ROLES,
    Shown,
    address_hash,
    evaluation_by_token,
    evaluation_state,
    form_in_use,
    goal_marks,
    goals_ticked,
    loaded_evaluations,
    may_speak_of,
    sheet_of,
    shown_by,
    today_there,
    works_there,
)
from .checkoffs import FAIL, PASS, must_not_be_a_learner, note, refusal_in_words
from .competencies import must_keep
from .goals import tick_goal
from .placements import locked
from .second_factor import code_missing, spend_code, try_code
from .shifts import may_not_sign
from .signing import DeadLinkError
from .wording import printable, refuse_clients

SHOWN_FORM = "palmar-evaluation/1"
ASKED_A_DAY = 3


# ---- asking ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_evaluation(
    *,
    placement: Placement,
    supervisor: Supervisor,
    purpose: str,
    by: User,
    versions: Sequence[UUID] = (),
    now: datetime | None = None,
) -> EvaluationLink:
    """Ask a supervisor of a placement to rate these competencies, or for an evaluation; one mail.

    By the school or the learner herself. Idempotent: while the same question is open, its link is the answer. Refuses,
    beside the field: others, a supervisor who is not at the site (for an
    evaluation, nor was in the last rules.LOOKS_BACK), not checked, not licensed today or a learner, a
    competency that cannot be rated by her now, more than ASKED_A_DAY mails to her in a day.
    """
    now = now or timezone.now()
    placement = locked(placement)
    record = placement.record
    own = record.learner.user_id is not None and record.learner.user_id == by.pk
    if not own and not has_role(by, record.school_id, *KEEPING_ROLES):
        raise ValidationError(_("Only the learner herself and the school’s staff may ask for that."))
    if record.sealed_at is not None:
        raise ValidationError(_("This record is sealed: it ended, and what stands in it stays."))
    if placement.state not in Placement.TAKES_A_PLACE:
        raise ValidationError(_("The school has not approved this placement."))
    supervisor = Supervisor.objects.get(pk=supervisor.pk)
    if reason := cannot_answer(supervisor, placement, purpose, now):
        raise ValidationError({"supervisor": reason})
    title, items = _asked(placement, supervisor, purpose, versions)
    codes = [item["code"] for item in items]
    lately = loaded_evaluations().filter(supervisor=supervisor, placement=placement, purpose=purpose)
    for link in lately.filter(revoked_at=None, answer=None, expires_at__gt=now):
        if [item.code for item in shown_by(link).items] == codes and evaluation_state(link, now) == "open":
            return link
    if lately.filter(replaces=None, created_at__gt=now - timedelta(days=1)).count() >= ASKED_A_DAY:
        raise ValidationError(
            {
                "supervisor": _("She has been asked %(count)s times since yesterday. Ask again tomorrow.")
                % {"count": ASKED_A_DAY}
            }
        )
    return _make(placement, supervisor, purpose, title, items, by=by, now=now)


def cannot_answer(supervisor: Supervisor, placement: Placement, purpose: str, now: datetime) -> str:
    """Why this supervisor cannot be asked this about this learner today; empty when she can."""
    if placement.record.sealed_at is not None:
        return _("This record is sealed: it ended, and what stands in it stays.")
    if supervisor.school_id != placement.record.school_id or not works_there(supervisor, placement):
        return _("The school does not list this supervisor at the site of the placement.")
    looks_back = purpose != EvaluationLink.Purpose.CHECKOFF
    if not may_speak_of(supervisor, placement, now, looks_back=looks_back):
        if looks_back:
            return _("This supervisor does not work at the site now, nor did she in the last %(days)s days.") % {
                "days": rules.LOOKS_BACK.days
            }
        return _("This supervisor does not work at the site today. Only who works there rates competencies.")
    if supervisor.verified_at is None:
        return _("The school has not checked this supervisor’s license yet. Until then she cannot be asked.")
    if not supervisor.licence.holds(today_there(placement, now)):
        return _("This supervisor’s license is not valid today.")
    return may_not_sign(supervisor, placement.record)


def _asked(
    placement: Placement, supervisor: Supervisor, purpose: str, versions: Sequence[UUID]
) -> tuple[str, list[dict[str, str]]]:
    """What the page will show: its title and items."""
    record = placement.record
    if purpose != EvaluationLink.Purpose.CHECKOFF:
        form = form_in_use(record.school_id, purpose) if purpose in ("midterm", "final") else None
        if form is None:
            raise ValidationError({"purpose": _("The school has no form for this evaluation.")})
        return form.title, [{"code": item["code"], "text": item["text"], "kind": "mark"} for item in form.items]
    sheet = sheet_of(record)
    chosen = [line for line in sheet.kept if line.version.uuid in set(versions)]
    if not chosen:
        raise ValidationError({"versions": _("Choose at least one competency.")})
    refused = [refusal_in_words(line, reason) for line in chosen if (reason := line.refusal_to(supervisor))]
    if refused:
        raise ValidationError({"versions": refused})
    return _("Competencies"), [
        {
            "code": line.version.competency.code,
            "text": line.version.title,
            "kind": "safety" if line.version.safety else "scale",
            "criteria": line.version.criteria,
            "version": str(line.version.uuid),
        }
        for line in chosen
    ]


def _goals_to_tick(placement: Placement, supervisor: Supervisor, now: datetime) -> list[dict[str, str]]:
    """The learner's goals that a supervisor may tick: those not reached; none where others are named, or once she left.
    At most three queries.
    """
    named = named_supervisors(placement)
    if (named and supervisor.pk not in named) or not may_speak_of(supervisor, placement, now):
        return []
    open_goals = [goal for goal in goals_of(placement) if goal.reached_at is None and goal.words]
    return [{"uuid": str(goal.uuid), "words": goal.words} for goal in open_goals]


def _make(
    placement: Placement,
    supervisor: Supervisor,
    purpose: str,
    title: str,
    items: list[dict[str, str]],
    *,
    by: User | None,
    now: datetime,
    replaces: EvaluationLink | None = None,
) -> EvaluationLink:
    token = secrets.token_urlsafe(32)
    shown = rules.canonical(
        {
            "form": SHOWN_FORM,
            "purpose": purpose,
            "title": title,
            "learner": name_of_learner(placement.record),
            "school": placement.record.school.name,
            "site": str(placement.site),
            "supervisor": str(supervisor.uuid),
            "statement": rules.EVALUATED,
            "items": items,
            "goals": _goals_to_tick(placement, supervisor, now),
            "salt": secrets.token_hex(16),
        }
    )
    link = EvaluationLink.objects.create(
        purpose=purpose,
        supervisor=supervisor,
        placement=placement,
        shown=shown,
        digest=rules.digest_of(shown),
        token_hash=token_hash(token),
        address_hash=address_hash(supervisor),
        created_at=now,
        created_by=by,
        expires_at=now + LINK_LIFE,
        replaces=replaces,
    )
    enqueue_mail(
        key=evaluation_key(link),
        to=supervisor.email,
        user=supervisor.user,
        template="externships_evaluation_link",
        context={**evaluation_context(link, placement), "token": token, "count": len(items)},
        secret=True,
    )
    return link


def evaluation_key(link: EvaluationLink) -> str:
    """The key of an evaluation's own mail in the outbox."""
    return f"evaluation-link:{link.uuid}"


def evaluation_context(link: EvaluationLink, placement: Placement) -> dict[str, Any]:
    """What every mail about an evaluation may say."""
    return {
        "link": link,
        "supervisor": link.supervisor,
        "learner": name_of_learner(placement.record),
        "school": placement.record.school.name,
        "site": str(placement.site),
        "expires_on": link.expires_at.astimezone(ZoneInfo(placement.site.zone)).date(),
    }


@transaction.atomic
def revoke_evaluation(*, link: EvaluationLink, by: User, now: datetime | None = None) -> EvaluationLink:
    """Make a link void. Idempotent; an answer stands. Refuses outsiders."""
    must_keep(by, link.placement.record.school_id)
    locked(link.placement)
    return _void(link, EvaluationLink.Revoked.SCHOOL, now or timezone.now())


def _void(link: EvaluationLink, why: str, now: datetime) -> EvaluationLink:
    link = loaded_evaluations().select_for_update(of=("self",)).get(pk=link.pk)
    if link.revoked_at is None and getattr(link, "answer", None) is None:
        link.revoked_at, link.revoked_why = now, why
        link.save(update_fields=["revoked_at", "revoked_why"])
    return link


@transaction.atomic
def resend_evaluation(*, link: EvaluationLink, by: User, now: datetime | None = None) -> EvaluationLink:
    """Void a link and mail a new one with the same items as they stand now. Idempotent: it has one successor.

    Refuses outsiders, an answered one, a supervisor who cannot be asked now.
    """
    must_keep(by, link.placement.record.school_id)
    return _replace(link, by, now or timezone.now())


@transaction.atomic
def renew_evaluation(*, token: str, now: datetime | None = None) -> EvaluationLink | None:
    """Mail a new link in place of an expired one, as its reader asks, to the address on file; None where nothing is asked.

    Idempotent: a link has one successor, which lives four weeks, so asking again in that time mails nothing. Does
    nothing for unknown, revoked and answered links, for those that still work, and where she cannot answer any more.
    """
    now = now or timezone.now()
    link = evaluation_by_token(token) if 0 < len(token) <= 128 else None
    if link is None or evaluation_state(link, now) != "expired":
        return None
    try:
        return _replace(link, None, now)
    except ValidationError:
        return None


def _replace(link: EvaluationLink, by: User | None, now: datetime) -> EvaluationLink:
    placement = locked(link.placement)
    link = loaded_evaluations().select_for_update(of=("self",)).get(pk=link.pk)
    after = EvaluationLink.objects.filter(replaces=link).first()
    if after is not None:
        return after
    if getattr(link, "answer", None) is not None or not link.shown:
        raise ValidationError(_("It is answered. Ask anew if you want another answer."))
    supervisor = Supervisor.objects.get(pk=link.supervisor_id)
    if reason := cannot_answer(supervisor, placement, link.purpose, now):
        raise ValidationError(reason)
    codes = {item.code for item in shown_by(link).items}
    versions = [line.version.uuid for line in sheet_of(placement.record).kept if line.version.competency.code in codes]
    title, items = _asked(placement, supervisor, link.purpose, versions)
    _void(link, EvaluationLink.Revoked.REPLACED, now)
    return _make(placement, supervisor, link.purpose, title, items, by=by, now=now, replaces=link)


# ---- answering -------------------------------------------------------------------------------------------------------


def open_evaluation(token: str, *, now: datetime | None = None) -> EvaluationLink:
    """Find the link of a token. Reads only: opening answers nothing. Raises DeadLinkError.

    Unknown, revoked and erased ones look alike; an answered one opens and shows its answer.
    """
    return must_open(evaluation_by_token(token) if 0 < len(token) <= 128 else None, now=now)


def must_open(link: EvaluationLink | None, *, now: datetime | None = None) -> EvaluationLink:
    """The link, if its page opens; else DeadLinkError."""
    now = now or timezone.now()
    state = evaluation_state(link, now) if link is not None else "revoked"
    if link is None or state == "revoked" or not link.shown:
        raise DeadLinkError("unknown")
    if state == "expired":
        raise DeadLinkError("expired")
    return link


def evaluated_text() -> str:
    """What a supervisor confirms, in the reader's language."""
    return _(rules.EVALUATED)


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer: its row, the check-offs it made, and sentences about what could not be rated.

    `otherwise`: another answer stood there before, and nothing of this one was taken.
    """

    answer: EvaluationAnswer
    checkoffs: list[CheckOff] = field(default_factory=list)
    kept_back: list[str] = field(default_factory=list)
    otherwise: bool = False


def answer_evaluation(
    *,
    link: EvaluationLink,
    values: Mapping[str, str],
    item_words: Mapping[str, str],
    words: str,
    digest: str,
    typed_name: str,
    confirms_statement: bool,
    second_factor: str = "",
    ip: str | None = None,
    agent: str = "",
    acting_user: User | None = None,
    goals: Collection[str] = (),
    via: str = EvaluationAnswer.Via.LINK,
    now: datetime | None = None,
) -> Answered:
    """Take in a supervisor's answer, which spends the link; her ratings are check-offs and post milestones.

    `goals` are the keys of those that she says are reached; of what the page did not show nothing is taken. They stay
    in her answer (`goal_marks`), also where one was dropped or ticked since and nothing comes of it. Atomic.
    Idempotent: a link has one answer, a repeat gets it. A competency that was decided otherwise meanwhile is kept back
    with a sentence; the rest stands. Raises DeadLinkError; refuses, beside the field: a page that is not the one shown,
    missing marks, name or statement, words that may name a client, who may not answer; and, where the school asks for a
    code by text message, an answer without the right one in `second_factor`. A wrong one is counted.
    """
    now = now or timezone.now()
    given = _Given(
        values, item_words, words, digest, typed_name, confirms_statement, goals, second_factor, ip, agent, via
    )
    with transaction.atomic():
        answered = _answer(link, given, acting_user, now)
    # Raised in there it would take the count of tries back with it.
    if isinstance(answered, ValidationError):
        raise answered
    return answered


@dataclass(frozen=True, slots=True)
class _Given:
    """What came with an answer, as it was typed."""

    values: Mapping[str, str]
    item_words: Mapping[str, str]
    words: str
    digest: str
    typed_name: str
    confirms_statement: bool
    goals: Collection[str]
    second_factor: str
    ip: str | None
    agent: str
    via: str


def _answer(link: EvaluationLink, told: _Given, acting_user: User | None, now: datetime) -> Answered | ValidationError:
    """What `answer_evaluation` does, inside its transaction. A code tried in vain is returned, all else raised."""
    placement = locked(link.placement)
    link = loaded_evaluations().select_for_update(of=("self",)).get(pk=link.pk)
    state = evaluation_state(link, now)
    if state == "spent":
        marks = {item.code: _mark(told.values.get(item.code, "")) for item in shown_by(link).items}
        return Answered(link.answer, otherwise=any(link.answer.marks.get(code) != mark for code, mark in marks.items()))
    if state != "open" or not link.shown:
        raise DeadLinkError("expired" if state == "expired" else "unknown")
    link.placement = placement
    if reason := cannot_answer(link.supervisor, placement, link.purpose, now):
        raise ValidationError(reason)
    if acting_user is not None:
        must_not_be_a_learner(acting_user, placement.record)
    shown = shown_by(link)
    words, typed_name = printable(told.words), " ".join(printable(told.typed_name).split())[:200]
    said = {item.code: printable(told.item_words.get(item.code, "")) for item in shown.items}
    given = {item.code: told.values.get(item.code, "") for item in shown.items}
    asks_code = link.supervisor.asks_code
    lacks_code = asks_code and not rules.code_typed(told.second_factor)
    _check_answer(
        link, shown, given, said, words, typed_name, told.confirms_statement, told.digest, lacks_code=lacks_code
    )
    code = None
    if asks_code:
        tried = try_code(link=link, typed=told.second_factor, now=now)
        if tried.code is None:
            return ValidationError({"second_factor": [tried.refusal]})
        code = tried.code
        spend_code(code, now)
    answer = EvaluationAnswer.objects.create(
        link=link,
        marks={item: _mark(value) for item, value in given.items()} | goal_marks(shown, told.goals),
        words=words,
        typed_name=typed_name,
        statement=evaluated_text(),
        licence=link.supervisor.licence_line[:250],
        digest=link.digest,
        second_factor=code.ends_with if code else "",
        answered_at=now,
        ip=told.ip,
        agent=printable(told.agent)[:300],
        via=told.via,
    )
    done = Answered(answer)
    _tick(link, shown, told.goals, now)
    if link.purpose == EvaluationLink.Purpose.CHECKOFF:
        _check_off(done, shown, given, said, now)
    else:
        _post_evaluation(link, shown, now)
    _send_receipts(link, done)
    return done


def _mark(value: str) -> int | str | None:
    """A mark as it is kept: a number, pass or fail, or None where it was left open."""
    return int(value) if value.isdecimal() else value or None


def _check_answer(
    link: EvaluationLink,
    shown: Shown,
    given: Mapping[str, str],
    said: Mapping[str, str],
    words: str,
    typed_name: str,
    confirms_statement: bool,
    digest: str,
    *,
    lacks_code: bool,
) -> None:
    """Refuse an incomplete page, all that is missing at once."""
    if digest != link.digest:
        raise ValidationError(_("This page is not the one we sent you. Open the link in the mail once more."))
    errors: dict[str, list[str]] = {}
    allowed = {
        "mark": {str(mark) for mark in rules.MARKS},
        "scale": {"", *(str(rating) for rating in rules.RATINGS)},
        "safety": {"", "0", PASS, FAIL},
    }
    for item in shown.items:
        if given[item.code] not in allowed[item.kind]:
            errors[f"mark-{item.code}"] = [_("Choose one of the answers.")]
        if len(said[item.code]) > 1000:
            errors[f"words-{item.code}"] = [_("Please say it in 1,000 characters at most.")]
    if not any(given.values()):
        errors.setdefault(NON_FIELD_ERRORS, []).append(_("Answer at least one item."))
    if len(words) > 2000:
        errors["words"] = [_("Please say it in 2,000 characters at most.")]
    titles = [item.text for item in shown.items]
    known = [shown.learner, link.supervisor.name, shown.school, shown.site, typed_name, *titles]
    for name, text in {"words": words, **{f"words-{code}": text for code, text in said.items()}}.items():
        try:
            refuse_clients(name, text, known)
        except ValidationError as error:
            errors |= error.message_dict
    if not typed_name:
        errors["typed_name"] = [_("Type your full name, as on your license.")]
    elif not rules.same_person(link.supervisor.name, typed_name):
        errors["typed_name"] = [
            _("This link is for %(name)s. Type that name, as on your license. If you are somebody else, tell us below.")
            % {"name": link.supervisor.name}
        ]
    if not confirms_statement:
        errors["confirms_statement"] = [_("Tick the sentence if it is true. Without it nothing is taken in.")]
    if lacks_code:
        errors["second_factor"] = [code_missing()]
    if errors:
        raise ValidationError(errors)


def _tick(link: EvaluationLink, shown: Shown, goals: Collection[str], now: datetime) -> None:
    chosen = [goal.uuid for goal in shown.goals if goal.uuid in set(goals)]
    for goal in LearningGoal.objects.filter(placement=link.placement, uuid__in=chosen).order_by("pk"):
        goal.placement = link.placement
        try:
            with transaction.atomic():
                tick_goal(goal=goal, reached=True, supervisor=link.supervisor, now=now)
        except ValidationError:
            continue  # others were named meanwhile, or she left: her answer stands all the same


def _check_off(done: Answered, shown: Shown, given: Mapping[str, str], said: Mapping[str, str], now: datetime) -> None:
    link = done.answer.link
    record, supervisor = link.placement.record, link.supervisor
    sheet = sheet_of(record)
    versions = CompetencyVersion.objects.select_related("competency").in_bulk(
        [UUID(item.version) for item in shown.items], field_name="uuid"
    )
    for item in shown.items:
        if not given[item.code]:
            continue
        version = versions[UUID(item.version)]
        line = sheet.of_competency(version.competency_id)
        if line is None:
            done.kept_back.append(_("%(title)s is no longer asked for.") % {"title": version.title})
            continue
        if reason := line.refusal_to(supervisor):
            done.kept_back.append(refusal_in_words(line, reason))
            continue
        as_shown = type(line)(version, line.said, line.standing, line.repeats)
        done.checkoffs.append(
            note(record, as_shown, given[item.code], said[item.code], now, answer=done.answer, placement=link.placement)
        )


def _post_evaluation(link: EvaluationLink, shown: Shown, now: datetime) -> None:
    code = f"evaluation:{link.purpose}"
    if not Milestone.objects.filter(record=link.placement.record, code=code).exists():
        record_milestone(
            record=link.placement.record,
            code=code,
            title=shown.title,
            detail=shown.site[:250],
            occurred_at=now,
            source_key=f"evaluation:{link.uuid}",
        )


def _send_receipts(link: EvaluationLink, done: Answered) -> None:
    """Mail the supervisor her copy, and tell the learner."""
    zone = ZoneInfo(link.placement.site.zone)
    context = evaluation_context(link, link.placement) | {
        "answer": done.answer,
        "lines": [(item.text, done.answer.marks.get(item.code)) for item in shown_by(link).items],
        "goals": goals_ticked(link, done.answer),
        "kept_back": done.kept_back,
        "answered_at": done.answer.answered_at.astimezone(zone).replace(tzinfo=None),
        "zone": link.placement.site.zone,
    }
    enqueue_mail(
        key=f"evaluation-receipt:{done.answer.uuid}",
        to=link.supervisor.email,
        user=link.supervisor.user,
        template="externships_evaluation_receipt",
        context=context,
    )
    learner = link.placement.record.learner.user
    if learner is not None:
        enqueue_mail(
            key=f"evaluation-notice:{done.answer.uuid}",
            to=learner.email,
            user=learner,
            template="externships_evaluation_notice",
            context={**context, "person": learner},
        )


@transaction.atomic
def disown_evaluation(*, link: EvaluationLink, words: str = "", now: datetime | None = None) -> EvaluationLink:
    """Make a link void since its reader says that it is not hers, and tell the school. Idempotent; answers nothing."""
    placement = locked(link.placement)
    link = loaded_evaluations().select_for_update(of=("self",)).get(pk=link.pk)
    if link.revoked_at is not None or getattr(link, "answer", None) is not None:
        return link
    link = _void(link, EvaluationLink.Revoked.DISOWNED, now or timezone.now())
    for person in staff_to_ask(placement.record.school_id):
        enqueue_mail(
            key=f"evaluation-disowned:{link.uuid}:{person.uuid}",
            to=person.email,
            user=person,
            template="externships_evaluation_disowned",
            context={**evaluation_context(link, placement), "words": printable(words)[:1000], "person": person},
        )
    return link


# ---- what a learner says of her site ---------------------------------------------------------------------------------


@transaction.atomic
def evaluate_site(
    *, placement: Placement, form: EvaluationForm, marks: Mapping[str, int], words: str, by: User
) -> SiteEvaluation:
    """Take in what a learner says of the site of her placement, once. Idempotent by the placement.

    Refuses, beside the field: others than she, a placement that has not begun, a mark that is missing, words that may
    name a client.
    """
    placement = locked(placement)
    record = placement.record
    if record.learner.user_id != by.pk:
        raise ValidationError(_("Only the learner herself says what she thinks of her site."))
    earlier = SiteEvaluation.objects.filter(placement=placement).first()
    if earlier is not None:
        return earlier
    if placement.state not in Placement.TAKES_A_PLACE or today_there(placement, timezone.now()) < placement.starts_on:
        raise ValidationError(_("The placement has not begun."))
    if form.school_id != record.school_id or form.purpose != EvaluationForm.Purpose.SITE:
        raise ValidationError(_("This form is not for that."))
    missing = {
        f"mark-{item['code']}": [_("Choose one of the answers.")]
        for item in form.items
        if marks.get(item["code"]) not in rules.MARKS
    }
    if missing:
        raise ValidationError(missing)
    words = printable(words)
    if len(words) > 2000:
        raise ValidationError({"words": _("Please say it in 2,000 characters at most.")})
    names = placement.shifts.values_list("supervisor__name", flat=True).distinct()
    refuse_clients("words", words, [record.school.name, str(placement.site), *names])
    return SiteEvaluation.objects.create(
        placement=placement,
        form=form,
        marks={item["code"]: marks[item["code"]] for item in form.items},
        words=words,
    )
