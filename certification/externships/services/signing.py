"""Signs: what a supervisor decides is kept for good, and what she signs is posted to the ledger with it.

Opening a link writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from certification.records.models import TrainingRecord
from certification.records.services import PostingConflictError, PostingResult, post_hours
from notices.services import enqueue_mail

from .. import rules
from ..models import Placement, Shift, SignOff, SignOffLink, SignOffRow
from ..selectors import (
    assignments_at,
    is_learner_herself,
    is_learner_of,
    link_by_token,
    link_state,
    loaded_links,
    part_of_shift,
    rows_of,
    staff_to_ask,
    still_as_shown,
)
from .amendments import REASON, take_back_amended
from .links import mail_context, void
from .placements import locked
from .shifts import may_not_sign, not_named


class DeadLinkError(Exception):
    """A link that opens nothing; `state` is unknown (also for revoked ones) or expired."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


def open_link(token: str, *, now: datetime | None = None) -> SignOffLink:
    """Find the link of a token. Reads only: opening signs and spends nothing. Raises DeadLinkError.

    Unknown and revoked ones look alike; a spent one opens and shows what became of it.
    """
    now = now or timezone.now()
    link = link_by_token(token) if 0 < len(token) <= 128 else None
    if link is None or link.revoked_at is not None:
        raise DeadLinkError("unknown")
    if link_state(link, now) == "expired":
        raise DeadLinkError("expired")
    return link


@dataclass(frozen=True, slots=True)
class Decision:
    """What a supervisor answers about one row: sign, return or refuse, with words; `digest` is that of what she saw."""

    shift: UUID
    kind: str
    words: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one answer: done, already (it was decided before), changed, or kept back with a sentence."""

    shift: Shift
    result: str
    sign_off: SignOff | None = None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What `decide` did."""

    link: SignOffLink
    rows: list[Decided] = field(default_factory=list)

    @property
    def done(self) -> list[SignOff]:
        """The decisions made by this call."""
        return [row.sign_off for row in self.rows if row.result == "done" and row.sign_off]

    @property
    def kept_back(self) -> list[Decided]:
        """What was not decided though asked, with its sentence."""
        return [row for row in self.rows if row.result in {"changed", "kept"}]


def statement_text() -> str:
    """What a supervisor confirms, in the reader's language."""
    return _(rules.STATEMENT)


@transaction.atomic
def decide(
    *,
    link: SignOffLink,
    decisions: Sequence[Decision],
    typed_name: str,
    confirms_statement: bool,
    ip: str | None = None,
    agent: str = "",
    acting_user: User | None = None,
    now: datetime | None = None,
) -> Outcome:
    """Sign, return or refuse rows of a link; what is signed is posted to the ledger in the same transaction.

    Atomic; row by row: what changed meanwhile or may not be signed stays undecided and says why, the rest stands.
    Idempotent: a version of a shift has one decision, a repeat answers with it. The link is spent when its last row is
    decided. Receipts go to the supervisor and the learner. Raises DeadLinkError; refuses, by ValidationError, a missing
    answer, name, statement or words, an unverified supervisor, the learner herself, another learner.
    """
    now = now or timezone.now()
    placement = locked(link.placement)
    link = loaded_links().select_for_update(of=("self",)).get(pk=link.pk)
    state = link_state(link, now)
    if state == "revoked":
        raise DeadLinkError("unknown")
    if state == "expired":
        raise DeadLinkError("expired")
    list(Shift.objects.select_for_update().filter(rows__link=link).order_by("pk"))
    rows = {row.shift.uuid: row for row in rows_of(link)}
    wanted = [replace(a, words=_printable(a.words).strip()) for a in decisions if a.shift in rows]
    outcome = Outcome(link)
    if state == "spent":
        outcome.rows.extend(Decided(rows[a.shift].shift, "already", _decided(rows[a.shift])) for a in wanted)
        return outcome
    _check_signer(link, placement.record, acting_user)
    _check_answers(link.supervisor.name, typed_name, wanted, confirms_statement)

    typed_name = " ".join(_printable(typed_name).split())[:200]
    for answer in wanted:
        row = rows[answer.shift]
        row.link = link
        row.shift.placement = placement
        row.shift.supervisor = link.supervisor
        outcome.rows.append(_decide_row(row, answer, typed_name, ip, agent, now))
    done = outcome.done
    if done:
        left = [row for row in rows_of(link) if _decided(row) is None and still_as_shown(row)]
        if not left:
            link.spent_at = now
            link.save(update_fields=["spent_at"])
        _send_receipts(outcome, placement)
    return outcome


def _printable(text: str) -> str:
    """Drop signs that no database and no mail can hold; line breaks stay."""
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")


def _decided(row: SignOffRow) -> SignOff | None:
    done: SignOff | None = getattr(row, "decided", None)
    return done


def _check_signer(link: SignOffLink, record: TrainingRecord, acting_user: User | None) -> None:
    supervisor = link.supervisor
    if supervisor.verified_at is None or link.held_at is not None:
        raise ValidationError(
            _("The school has not yet confirmed your license. It was asked; nothing is signed until then.")
        )
    reason = may_not_sign(supervisor, record)
    if reason:
        raise ValidationError(reason)
    if acting_user is not None and (
        is_learner_herself(email=acting_user.email, user_id=acting_user.pk, record=record)
        or is_learner_of(school=record.school_id, email=acting_user.email, user_id=acting_user.pk)
    ):
        raise ValidationError(
            _("You are signed in as a learner of the school. Only the supervisor herself can sign here.")
        )


def _check_answers(registered: str, typed_name: str, wanted: Sequence[Decision], confirms_statement: bool) -> None:
    """Refuse an incomplete form, all that is missing at once."""
    errors: dict[str, list[str]] = {}
    if not wanted:
        errors[NON_FIELD_ERRORS] = [_("Choose an answer for at least one shift.")]
    if not typed_name.strip():
        errors["typed_name"] = [_("Type your full name, as on your license.")]
    elif not rules.same_person(registered, typed_name):
        errors["typed_name"] = [
            _(
                "This link is for %(name)s. Type that name, as on your license. If it is spelled wrong, or you are "
                "somebody else, tell us below."
            )
            % {"name": registered}
        ]
    for answer in wanted:
        if answer.kind not in SignOff.Decision.values:
            errors[f"answer-{answer.shift}"] = [_("Choose sign, return or refuse.")]
        elif answer.kind != SignOff.Decision.SIGN and len(answer.words) < 3:
            errors[f"words-{answer.shift}"] = [_("Say in a few words what is not right, so that it can be put right.")]
        elif len(answer.words) > 1000:
            errors[f"words-{answer.shift}"] = [_("Please say it in 1,000 characters at most.")]
    if any(answer.kind == SignOff.Decision.SIGN for answer in wanted) and not confirms_statement:
        errors["confirms_statement"] = [_("Tick the sentence if it is true. Without it nothing can be signed.")]
    if errors:
        raise ValidationError(errors)


def _decide_row(
    row: SignOffRow, answer: Decision, typed_name: str, ip: str | None, agent: str, now: datetime
) -> Decided:
    shift, supervisor = row.shift, row.link.supervisor
    earlier = _decided(row)
    if earlier:
        return Decided(shift, "already", earlier)
    if not still_as_shown(row) or (answer.digest and answer.digest != row.digest):
        return Decided(shift, "changed", sentence=_("It was changed or taken back since. Nothing about it was signed."))
    signs = answer.kind == SignOff.Decision.SIGN
    if signs:
        windows = assignments_at(supervisor, shift.placement.site_id)
        days = rules.days_touched(shift.starts_at, shift.ends_at, shift.placement.site.zone)
        if not all(any(window.holds(day) for window in windows) for day in days):
            return Decided(
                shift,
                "kept",
                sentence=_(
                    "The school does not list you at this site on that day. Return the shift, or ask the school."
                ),
            )
        reason = not_named(shift.placement, supervisor)
        if reason:
            return Decided(shift, "kept", sentence=reason)
    try:
        with transaction.atomic():
            posting = _post(row, typed_name) if signs else None
            done = SignOff.objects.create(
                row=row,
                shift=shift,
                version=row.version,
                decision=answer.kind,
                words=answer.words,
                typed_name=typed_name,
                statement=statement_text() if signs else "",
                licence=supervisor.licence_line[:250],
                digest=row.digest,
                posted_minutes=posting.minutes if posting else 0,
                left_out_minutes=sum(part.minutes for part in posting.left_out) if posting else 0,
                decided_at=now,
                ip=ip,
                agent=_printable(agent)[:300],
            )
            shift.state = {"sign": Shift.State.SIGNED, "return": Shift.State.RETURNED, "refuse": Shift.State.REFUSED}[
                answer.kind
            ]
            shift.save(update_fields=["state"])
    except ValidationError as error:
        return Decided(shift, "kept", sentence=" ".join(error.messages))
    except PostingConflictError:
        return Decided(
            shift, "kept", sentence=_("The ledger holds other hours for this shift. Please tell the school.")
        )
    except IntegrityError:
        # Another tab was first: its decision is the one that stands.
        first = SignOff.objects.filter(shift=shift, version=row.version).first()
        if first is None:
            raise
        return Decided(shift, "already", first)
    return Decided(shift, "done", done)


def _post(row: SignOffRow, typed_name: str) -> PostingResult | None:
    """Post a shift's minutes as co-signed hours, in the place of those that it amends; idle time posts nothing."""
    shift, supervisor = row.shift, row.link.supervisor
    if shift.amends is not None:
        take_back_amended(shift, recorded_by=supervisor.user)
    part = part_of_shift(shift)
    if part is None:
        return None
    part = replace(part, signer_name=typed_name, note=f"signed sha256:{row.digest}")
    return post_hours(
        record=shift.placement.record,
        source_key=shift.source_key,
        parts=[part],
        recorded_by=supervisor.user,
        reason=REASON if shift.amends is not None else "",
    )


def _send_receipts(outcome: Outcome, placement: Placement) -> None:
    """Mail what was decided to the supervisor and to the learner, once for each sitting."""
    link, done = outcome.link, outcome.done
    zone = ZoneInfo(placement.site.zone)
    lines = [
        {
            "sign_off": row.sign_off,
            "shift": row.shift,
            "starts": row.shift.starts_at.astimezone(zone).replace(tzinfo=None),
            "ends": row.shift.ends_at.astimezone(zone).replace(tzinfo=None),
        }
        for row in outcome.rows
        if row.result == "done"
    ]
    signed = [entry for entry in done if entry.decision == SignOff.Decision.SIGN]
    context = mail_context(link, placement, link.supervisor) | {
        "lines": lines,
        "signed": len(signed),
        "returned": sum(entry.decision == SignOff.Decision.RETURN for entry in done),
        "refused": sum(entry.decision == SignOff.Decision.REFUSE for entry in done),
        "minutes": sum(row.shift.minutes for row in outcome.rows if row.sign_off in signed),
        "decided_at": done[0].decided_at.astimezone(zone).replace(tzinfo=None),
        "zone": placement.site.zone,
        "statement": statement_text(),
    }
    first = done[0].uuid
    enqueue_mail(
        key=f"signoff-receipt:{first}",
        to=link.supervisor.email,
        user=link.supervisor.user,
        template="externships_receipt",
        context=context,
    )
    learner = placement.record.learner.user
    if learner is not None:
        enqueue_mail(
            key=f"signoff-notice:{first}",
            to=learner.email,
            user=learner,
            template="externships_decided",
            context={**context, "person": learner},
        )


@transaction.atomic
def disown_link(
    *, link: SignOffLink, words: str = "", ip: str | None = None, now: datetime | None = None
) -> SignOffLink:
    """Make a link void since its reader says that it is not hers, and tell the school. Idempotent; signs nothing."""
    now = now or timezone.now()
    placement = locked(link.placement)
    link = loaded_links().select_for_update(of=("self",)).get(pk=link.pk)
    if link.revoked_at is not None or link.spent_at is not None:
        return link
    link = void(link, SignOffLink.Revoked.DISOWNED, now)
    context = mail_context(link, placement, link.supervisor) | {"words": _printable(words).strip()[:1000], "ip": ip}
    for person in staff_to_ask(placement.record.school_id):
        enqueue_mail(
            key=f"signoff-disowned:{link.uuid}:{person.uuid}",
            to=person.email,
            user=person,
            template="externships_disowned",
            context={**context, "person": person},
        )
    return link
