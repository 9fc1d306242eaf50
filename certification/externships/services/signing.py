"""Signs: what a supervisor decides is kept for good, and what she signs is posted to the ledger with it.

Opening a link writes nothing.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from certification.codes import CODE_BITS, code_from_bits
from certification.records.models import TrainingRecord
from certification.records.services import PostingConflictError, PostingResult, post_hours, require_open
from notices.services import enqueue_mail

from .. import rules
from ..models import PaperScan, Shift, SigningCode, SigningReceipt, SignOff, SignOffLink, SignOffRow, Supervisor
from ..selectors import (
    assignments_at,
    is_learner_herself,
    is_learner_of,
    link_by_token,
    link_state,
    loaded_links,
    name_of_learner,
    part_of_shift,
    proposed_on_clock,
    rows_of,
    staff_to_ask,
    still_as_shown,
)
from .amendments import REASON, take_back_amended
from .links import mail_context, void
from .placements import locked
from .second_factor import code_missing, spend_code, try_code
from .shifts import bounds_of, may_not_sign, not_named
from .wording import telling

STATE_AFTER = {
    SignOff.Decision.SIGN: Shift.State.SIGNED,
    SignOff.Decision.RETURN: Shift.State.RETURNED,
    SignOff.Decision.REFUSE: Shift.State.REFUSED,
    SignOff.Decision.PROPOSE: Shift.State.RETURNED,
}


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
    """What a supervisor answers about one row: sign, return, refuse, with words, or propose other times.

    `digest` is that of what she saw.
    """

    shift: UUID
    kind: str
    words: str = ""
    digest: str = ""
    proposal: rules.Proposal | None = None


@dataclass(frozen=True, slots=True)
class Sitting:
    """One answer about the rows of one link: by whom, when and how; `code` is that of its receipt.

    `second_factor` is the code by text message with which what she signs is signed.
    """

    typed_name: str
    now: datetime
    via: str = SignOff.Via.LINK
    ip: str | None = None
    agent: str = ""
    scan: PaperScan | None = None
    approved_by: User | None = None
    second_factor: SigningCode | None = None
    code: str = field(default_factory=lambda: code_from_bits(secrets.randbits(CODE_BITS)))

    @property
    def note(self) -> str:
        """What the ledger's line says beside the digest of what was signed."""
        if self.second_factor is not None:
            return "; with a code by text message"
        if self.scan is None or self.approved_by is None:
            return ""
        return (
            f"; on paper sha256:{self.scan.attachment_sha256}, read by user:{self.scan.uploaded_by.uuid}, "
            f"approved by user:{self.approved_by.uuid}"
        )


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
        return [row for row in self.rows if row.sentence]


def statement_text() -> str:
    """What a supervisor confirms, in the reader's language."""
    return _(rules.STATEMENT)


def decide(
    *,
    link: SignOffLink,
    decisions: Sequence[Decision],
    typed_name: str,
    confirms_statement: bool,
    second_factor: str = "",
    ip: str | None = None,
    agent: str = "",
    acting_user: User | None = None,
    via: str = SignOff.Via.LINK,
    now: datetime | None = None,
) -> Outcome:
    """Sign, return or refuse rows of a link, or propose other times; what is signed is posted to the ledger with it.

    Atomic; row by row: what changed meanwhile or may not be signed stays undecided and says why, the rest stands.
    Idempotent: a version of a shift has one decision, a repeat answers with it. A link is spent when its last row is
    decided. Receipts, with the code of the sitting, go to the supervisor and the learner. Raises DeadLinkError;
    refuses, by ValidationError, a missing answer, name, statement, words or times, words that may name a client, an
    unverified supervisor, the learner herself, another learner; and, where the school asks for a code by text message,
    signing without the right one in `second_factor`. A wrong one is counted though nothing is decided.
    """
    now = now or timezone.now()
    with transaction.atomic():
        decided = _decide(
            link,
            decisions,
            second_factor,
            confirms_statement=confirms_statement,
            acting_user=acting_user,
            sitting=Sitting(printable_name(typed_name), now, via, ip, _printable(agent)[:300]),
        )
    # Raised in there it would take the count of tries back with it.
    if isinstance(decided, ValidationError):
        raise decided
    return decided


def _decide(
    link: SignOffLink,
    decisions: Sequence[Decision],
    typed_code: str,
    *,
    confirms_statement: bool,
    acting_user: User | None,
    sitting: Sitting,
) -> Outcome | ValidationError:
    """What `decide` does, inside its transaction. A code that was tried in vain is returned, all else raised."""
    placement = locked(link.placement)
    link = loaded_links().select_for_update(of=("self",)).get(pk=link.pk)
    link.placement = placement
    state = link_state(link, sitting.now)
    if state == "revoked":
        raise DeadLinkError("unknown")
    if state == "expired":
        raise DeadLinkError("expired")
    require_open(placement.record.school)
    lock_shifts(link)
    rows = {row.shift.uuid: row for row in rows_of(link)}
    wanted = [replace(a, words=_printable(a.words).strip()) for a in decisions if a.shift in rows]
    outcome = Outcome(link)
    if state == "spent":
        outcome.rows.extend(_already(rows[a.shift].shift, _decided(rows[a.shift]), a.kind) for a in wanted)
        return outcome
    check_signer(link, placement.record, acting_user)
    asks_code = link.supervisor.asks_code and any(
        answer.kind == SignOff.Decision.SIGN and _decided(rows[answer.shift]) is None for answer in wanted
    )
    _check_answers(
        link,
        sitting.typed_name,
        wanted,
        confirms_statement,
        lacks_code=asks_code and not rules.code_typed(typed_code),
    )
    if asks_code:
        # Last of all, so that no try is lost to a box that was not ticked.
        tried = try_code(link=link, typed=typed_code, now=sitting.now)
        if tried.code is None:
            return ValidationError({"second_factor": [tried.refusal]})
        sitting = replace(sitting, second_factor=tried.code)
    decide_rows(outcome, rows, wanted, sitting)
    return outcome


def lock_shifts(link: SignOffLink) -> None:
    """Lock the shifts of a link; after its learner and itself."""
    list(Shift.objects.select_for_update().filter(rows__link=link).order_by("pk"))


def decide_rows(
    outcome: Outcome, rows: Mapping[UUID, SignOffRow], wanted: Sequence[Decision], sitting: Sitting
) -> None:
    """Decide rows of the outcome's link, which its caller locked and checked, and say so by mail."""
    link = outcome.link
    for answer in wanted:
        row = rows[answer.shift]
        row.link = link
        row.shift.placement = link.placement
        row.shift.supervisor = link.supervisor
        outcome.rows.append(_decide_row(row, answer, sitting))
    if outcome.done:
        _close([row.shift for row in outcome.rows if row.result == "done"], sitting.now)
        link.refresh_from_db(fields=["spent_at"])
        _send_receipts(outcome, sitting)


def _close(shifts: Sequence[Shift], now: datetime) -> None:
    """Mark as spent every link over these shifts in which nothing waits any more: a mail may have a form beside it."""
    asked = SignOffRow.objects.filter(shift__in=shifts).values("link")
    for link in SignOffLink.objects.filter(pk__in=asked, spent_at=None, revoked_at=None).order_by("pk"):
        if not any(_decided(row) is None and still_as_shown(row) for row in rows_of(link)):
            link.spent_at = now
            link.save(update_fields=["spent_at"])


def printable_name(text: str) -> str:
    """A name in one line, without signs that no database can hold."""
    return " ".join(_printable(text).split())[:200]


def _printable(text: str) -> str:
    """Drop signs that no database and no mail can hold; line breaks stay."""
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")


def _decided(row: SignOffRow) -> SignOff | None:
    done: SignOff | None = getattr(row, "decided", None)
    return done


def check_signer(link: SignOffLink, record: TrainingRecord, acting_user: User | None) -> None:
    """Refuse a supervisor who is not verified or may not sign for this learner, and a learner who holds her link."""
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


def names_that_may_stand(link: SignOffLink) -> list[str]:
    """Names that a supervisor's words about the shifts of a link may hold: no client's."""
    record = link.placement.record
    return [link.supervisor.name, name_of_learner(record), str(link.placement.site), record.school.name]


def _check_answers(
    link: SignOffLink, typed_name: str, wanted: Sequence[Decision], confirms_statement: bool, *, lacks_code: bool
) -> None:
    """Refuse an incomplete form, all that is missing at once."""
    errors: dict[str, list[str]] = {}
    registered, known = link.supervisor.name, names_that_may_stand(link)
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
            errors[f"answer-{answer.shift}"] = [_("Choose sign, return, refuse or propose.")]
        elif answer.kind == SignOff.Decision.PROPOSE and answer.proposal is None:
            errors[f"times-{answer.shift}"] = [_("Say when it began and ended, as the clock at the site showed it.")]
        elif answer.kind in {SignOff.Decision.RETURN, SignOff.Decision.REFUSE} and len(answer.words) < 3:
            errors[f"words-{answer.shift}"] = [_("Say in a few words what is not right, so that it can be put right.")]
        elif len(answer.words) > 1000:
            errors[f"words-{answer.shift}"] = [_("Please say it in 1,000 characters at most.")]
        elif sentence := telling(answer.words, known):
            errors[f"words-{answer.shift}"] = [sentence]
    if any(answer.kind == SignOff.Decision.SIGN for answer in wanted) and not confirms_statement:
        errors["confirms_statement"] = [_("Tick the sentence if it is true. Without it nothing can be signed.")]
    if lacks_code:
        errors["second_factor"] = [code_missing()]
    if errors:
        raise ValidationError(errors)


def _already(shift: Shift, earlier: SignOff | None, kind: str) -> Decided:
    """A row that was decided before; where it was otherwise, that this answer was not taken."""
    if earlier is None or earlier.decision == kind:
        return Decided(shift, "already", earlier)
    stands = {
        SignOff.Decision.SIGN: _("It is signed already; this answer was not taken."),
        SignOff.Decision.RETURN: _("It was returned already; this answer was not taken."),
        SignOff.Decision.REFUSE: _("It was refused already; this answer was not taken."),
        SignOff.Decision.PROPOSE: _("Other times were proposed already; this answer was not taken."),
    }
    return Decided(shift, "already", earlier, stands[SignOff.Decision(earlier.decision)])


def _decide_row(row: SignOffRow, answer: Decision, sitting: Sitting) -> Decided:
    shift, supervisor = row.shift, row.link.supervisor
    earlier = _decided(row)
    if earlier:
        return _already(shift, earlier, answer.kind)
    if not still_as_shown(row) or (answer.digest and answer.digest != row.digest):
        return Decided(shift, "changed", sentence=_("It was changed or taken back since. Nothing about it was signed."))
    signs = answer.kind == SignOff.Decision.SIGN
    proposal = answer.proposal if answer.kind == SignOff.Decision.PROPOSE else None
    if proposal:
        against = against_times(shift, supervisor, proposal, sitting.now)
        if against:
            return Decided(shift, "kept", sentence=against)
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
            second_factor = sitting.second_factor if signs else None
            if second_factor is not None:
                spend_code(second_factor, sitting.now)
            posting = _post(row, sitting) if signs else None
            receipt, _new = SigningReceipt.objects.get_or_create(
                code=sitting.code, defaults={"link": row.link, "made_at": sitting.now}
            )
            done = SignOff.objects.create(
                row=row,
                shift=shift,
                version=row.version,
                decision=answer.kind,
                words=answer.words,
                typed_name=sitting.typed_name,
                statement=statement_text() if signs else "",
                licence=supervisor.licence_line[:250],
                digest=row.digest,
                posted_minutes=posting.minutes if posting else 0,
                left_out_minutes=sum(part.minutes for part in posting.left_out) if posting else 0,
                proposed_starts_at=proposal.starts_at if proposal else None,
                proposed_ends_at=proposal.ends_at if proposal else None,
                proposed_break_minutes=proposal.break_minutes if proposal else None,
                via=sitting.via,
                receipt=receipt,
                scan=sitting.scan,
                second_factor=second_factor.ends_with if second_factor else "",
                decided_at=sitting.now,
                ip=sitting.ip,
                agent=sitting.agent,
            )
            shift.state = STATE_AFTER[SignOff.Decision(answer.kind)]
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
        return _already(shift, first, answer.kind)
    return Decided(shift, "done", done)


def against_times(shift: Shift, supervisor: Supervisor, proposal: rules.Proposal, now: datetime) -> str:
    """What speaks against proposed times, in the supervisor's words; empty where nothing does."""
    claim = rules.Claim(shift.kind, shift.starts_at, shift.ends_at, shift.break_minutes)
    proposed = rules.Claim(shift.kind, proposal.starts_at, proposal.ends_at, proposal.break_minutes)
    found = rules.problems_of_proposal(claim, proposal, bounds_of(shift, supervisor, proposed), now)
    sentences = {
        "same": _("These are the times that stand there already. Sign them, or say what is not right."),
        "end_before_start": _("The end is not after the start. Past midnight? Tick “It ended on the next day”."),
        "future": _("These times end in the future."),
        "too_long": _("That is longer than %(hours)s hours. Return the shift, to be written down as two.")
        % {"hours": rules.LONGEST_SHIFT // timedelta(hours=1)},
        "break_too_long": _("The break is as long as the shift. Look at the times and the break."),
        "overlap": _("At these times the learner has another shift. Return this one and say what you saw."),
    }
    outside = _("At these times the shift lies outside what the school has on file. Return it, or ask the school.")
    return " ".join(dict.fromkeys(sentences.get(problem.code, outside) for problem in found))


def _post(row: SignOffRow, sitting: Sitting) -> PostingResult | None:
    """Post a shift's minutes as co-signed hours, in the place of those that it amends; idle time posts nothing."""
    shift, supervisor = row.shift, row.link.supervisor
    if shift.amends is not None:
        take_back_amended(shift, recorded_by=supervisor.user)
    part = part_of_shift(shift)
    if part is None:
        return None
    part = replace(part, signer_name=sitting.typed_name, note=f"signed sha256:{row.digest}{sitting.note}")
    return post_hours(
        record=shift.placement.record,
        source_key=shift.source_key,
        parts=[part],
        recorded_by=sitting.approved_by or supervisor.user,
        reason=REASON if shift.amends is not None else "",
    )


def _send_receipts(outcome: Outcome, sitting: Sitting) -> None:
    """Mail what was decided to the supervisor and to the learner, once for each sitting."""
    link, done = outcome.link, outcome.done
    placement = link.placement
    zone = ZoneInfo(placement.site.zone)
    lines = [
        {
            "sign_off": row.sign_off,
            "shift": row.shift,
            "starts": row.shift.starts_at.astimezone(zone).replace(tzinfo=None),
            "ends": row.shift.ends_at.astimezone(zone).replace(tzinfo=None),
            "across": rules.across(row.shift.starts_at, row.shift.ends_at, placement.site.zone),
            "proposed": proposed_on_clock(row.sign_off, placement.site.zone) if row.sign_off else None,
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
        "proposed": sum(entry.decision == SignOff.Decision.PROPOSE for entry in done),
        "code": sitting.code,
        "on_paper": sitting.scan is not None,
        "second_factor": sitting.second_factor.ends_with if sitting.second_factor and signed else "",
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
