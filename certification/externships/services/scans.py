"""The fallback on paper: a printed form, its scan as one person reads it, and another who approves it."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from certification.records.services import drop_file, read_paper

from .. import rules
from ..models import PAPER_LIFE, PaperScan, SignOff, SignOffLink
from ..selectors import link_state, loaded_links, proposal_kept, rows_of, token_hash
from .links import alive, write_rows
from .placements import locked
from .registers import must_place
from .signing import (
    Decision,
    Outcome,
    Sitting,
    against_times,
    check_signer,
    decide_rows,
    lock_shifts,
    names_that_may_stand,
    printable_name,
)
from .wording import refuse_clients, telling

SCAN_KINDS = frozenset({"application/pdf", "image/png", "image/jpeg"})
ON_PAPER = (SignOff.Decision.SIGN, SignOff.Decision.RETURN, SignOff.Decision.REFUSE, SignOff.Decision.PROPOSE)
PROPOSE = SignOff.Decision.PROPOSE


@transaction.atomic
def print_form(*, link: SignOffLink, by: User, now: datetime | None = None) -> SignOffLink:
    """Make a paper form over the shifts that still wait in a mailed link; the link goes on working beside it.

    Idempotent: while the same versions wait, printing again gives the same form. Refuses who is neither the learner nor
    places her, a supervisor who is not verified, and a link in which nothing waits.
    """
    now = now or timezone.now()
    placement = locked(link.placement)
    if placement.record.learner.user_id != by.pk:
        must_place(by, placement.record.school_id)
    link = loaded_links().select_for_update(of=("self",)).get(pk=link.pk)
    shifts = alive(link)
    if not shifts:
        raise ValidationError(_("Nothing waits in this link any more."))
    if link.supervisor.verified_at is None:
        raise ValidationError(_("The school has not yet checked this supervisor’s license. Nothing can be signed."))
    wanted = {(shift.pk, shift.version) for shift in shifts}
    printed = SignOffLink.objects.filter(
        channel=SignOffLink.Channel.PAPER,
        placement=placement,
        supervisor=link.supervisor,
        revoked_at=None,
        spent_at=None,
        expires_at__gt=now,
    )
    for form in printed.prefetch_related("rows").order_by("-pk"):
        if {(row.shift_id, row.version) for row in form.rows.all()} == wanted:
            return form
    form = SignOffLink.objects.create(
        supervisor=link.supervisor,
        placement=placement,
        channel=SignOffLink.Channel.PAPER,
        from_on=link.from_on,
        until_on=link.until_on,
        token_hash=token_hash(secrets.token_urlsafe(32)),
        created_at=now,
        created_by=by,
        expires_at=now + PAPER_LIFE,
    )
    write_rows(form, shifts)
    return form


def _must_be_nobody_in_it(by: User, link: SignOffLink) -> None:
    supervisor = link.supervisor
    own = supervisor.user_id == by.pk or rules.canonical_address(supervisor.email) == rules.canonical_address(by.email)
    if own or link.placement.record.learner.user_id == by.pk:
        raise ValidationError(_("This form is about you. Ask colleagues to read it."))


def _must_live(link: SignOffLink, now: datetime) -> None:
    state = link_state(link, now)
    if state == "revoked":
        raise ValidationError(_("This form was made void. Nothing on it is signed; print a new one."))
    if state == "spent":
        raise ValidationError(_("Everything on this form was decided meanwhile, by mail or on paper."))
    if state == "expired":
        raise ValidationError(_("This form ran out. Print a new one."))


@transaction.atomic
def upload_scan(
    *,
    uuid: UUID,
    form: SignOffLink,
    answers: Mapping[UUID, tuple[str, str]],
    typed_name: str,
    signed_on: date | None,
    attachment: UploadedFile | None,
    by: User,
    proposals: Mapping[UUID, rules.Proposal] | None = None,
    now: datetime | None = None,
) -> PaperScan:
    """Keep a scan of a signed form and what stands on it, to be approved by somebody else. Decides nothing yet.

    `proposals` are the other times that stand there, where they are proposed. Idempotent by `uuid`. Refuses outsiders,
    the learner and the supervisor, a dead form, a second scan while one waits,
    another name than the supervisor's, a day before the printing or in the future, an incomplete answer, words that
    may name a client, no file or one that is no PDF, JPEG or PNG or too large.
    """
    now = now or timezone.now()
    must_place(by, form.placement.record.school_id)
    placement = locked(form.placement)
    form = loaded_links().select_for_update(of=("self",)).get(pk=form.pk, channel=SignOffLink.Channel.PAPER)
    sent = PaperScan.objects.filter(uuid=uuid, link=form, uploaded_by=by).first()
    if sent:
        return sent
    _must_be_nobody_in_it(by, form)
    _must_live(form, now)
    if PaperScan.objects.filter(link=form, outcome="").exists():
        raise ValidationError(_("A scan of this form waits for a second person already."))
    known = {row.shift.uuid: row.shift for row in rows_of(form)}
    proposed = {shift: times for shift, times in (proposals or {}).items() if shift in known}
    wanted = {shift: (kind, words.strip()) for shift, (kind, words) in answers.items() if kind and shift in known}
    errors: dict[str, list[str]] = {}
    if not wanted:
        errors["answers"] = [_("Say what is ticked on the form, for one shift at least.")]
    for shift, (kind, words) in wanted.items():
        if kind not in ON_PAPER:
            errors[f"answer-{shift}"] = [_("Choose what is ticked.")]
        elif kind == PROPOSE:
            known[shift].placement = placement
            against = (
                against_times(known[shift], form.supervisor, proposed[shift], now)
                if shift in proposed
                else _("Write the times that stand beside it.")
            )
            if against:
                errors[f"answer-{shift}"] = [against]
        elif kind != SignOff.Decision.SIGN and not 3 <= len(words) <= 1000:
            errors[f"answer-{shift}"] = [_("Write the words that stand beside it.")]
        if sentence := telling(words, names_that_may_stand(form)):
            errors[f"words-{shift}"] = [sentence]
    name = printable_name(typed_name)
    if not rules.same_person(form.supervisor.name, name):
        errors["typed_name"] = [
            _("The form is for %(name)s. Another name on it signs nothing.") % {"name": form.supervisor.name}
        ]
    zone = ZoneInfo(placement.site.zone)
    if signed_on is None or not form.created_at.astimezone(zone).date() <= signed_on <= now.astimezone(zone).date():
        errors["signed_on"] = [_("The day lies between the printing of the form and today.")]
    try:
        paper = read_paper(attachment)
    except ValidationError as error:
        paper, errors["attachment"] = None, error.messages
    else:
        if paper is None or paper.kind not in SCAN_KINDS:
            errors["attachment"] = [_("Attach the scan as a PDF, JPEG or PNG of at most 10 MB.")]
    if errors or paper is None or signed_on is None:
        raise ValidationError(errors)
    scan = PaperScan(
        uuid=uuid,
        link=form,
        typed_name=name,
        signed_on=signed_on,
        answers={
            str(shift): [kind, words, *([_kept(proposed[shift])] if kind == PROPOSE else [])]
            for shift, (kind, words) in wanted.items()
        },
        uploaded_by=by,
        uploaded_at=now,
    )
    paper.put_on(scan)
    try:
        scan.save()
    except BaseException:
        drop_file(scan)
        raise
    return scan


def _kept(times: rules.Proposal) -> dict[str, Any]:
    """Proposed times as a scan keeps them."""
    return {
        "starts_at": rules.written_instant(times.starts_at),
        "ends_at": rules.written_instant(times.ends_at),
        "break_minutes": times.break_minutes,
    }


def _decision(shift: UUID, answer: Sequence[Any]) -> Decision:
    return Decision(shift, answer[0], answer[1], proposal=proposal_kept(answer))


def approve_scan(*, scan: PaperScan, by: User, now: datetime | None = None) -> Outcome:
    """Decide what stands on a scan, as by link: signed shifts are posted, receipts go out, all in one transaction.

    Idempotent: an approved scan answers with what was decided. Row by row: what was changed since the printing or
    decided by mail meanwhile is not signed, and told. Refuses outsiders, who uploaded it, the learner, the supervisor, a
    void or wholly decided form, a scan of which nothing can be decided any more.
    """
    now = now or timezone.now()
    must_place(by, scan.link.placement.record.school_id)
    with transaction.atomic():
        form, scan = _locked(scan)
        outcome = Outcome(form)
        rows = {row.shift.uuid: row for row in rows_of(form)}
        if scan.outcome == PaperScan.Outcome.APPROVED:
            return outcome
        _must_be_second(scan, by)
        _must_live(form, min(now, scan.uploaded_at))
        check_signer(form, form.placement.record, None)
        scan.outcome, scan.decided_by, scan.decided_at = PaperScan.Outcome.APPROVED, by, now
        scan.save(update_fields=["outcome", "decided_by", "decided_at"])
        # In the order of the form: a database may keep the parts of JSON in another.
        said = {UUID(shift): answer for shift, answer in scan.answers.items()}
        wanted = [_decision(shift, said[shift]) for shift in rows if shift in said]
        sitting = Sitting(scan.typed_name, now, SignOff.Via.PAPER, scan=scan, approved_by=by)
        decide_rows(outcome, rows, wanted, sitting)
        if not outcome.done:
            meanwhile = _("It was decided by mail meanwhile.")
            sentences = [meanwhile if row.result == "already" else row.sentence for row in outcome.rows]
            raise ValidationError(list(dict.fromkeys(sentences)))
    return outcome


@transaction.atomic
def refuse_scan(*, scan: PaperScan, words: str, by: User, now: datetime | None = None) -> PaperScan:
    """Say that a scan does not show what was stated; nothing is decided. Idempotent; refuses as `approve_scan` does."""
    must_place(by, scan.link.placement.record.school_id)
    _form, scan = _locked(scan)
    if scan.outcome == PaperScan.Outcome.REFUSED and scan.decided_by_id == by.pk:
        return scan
    _must_be_second(scan, by)
    words = words.strip()[:1000]
    if len(words) < 3:
        raise ValidationError({"words": _("Say in a few words what does not agree.")})
    refuse_clients("words", words, [*names_that_may_stand(scan.link), scan.uploaded_by.get_full_name()])
    scan.outcome, scan.decided_by, scan.decided_at = PaperScan.Outcome.REFUSED, by, now or timezone.now()
    scan.decided_words = words
    scan.save(update_fields=["outcome", "decided_by", "decided_at", "decided_words"])
    return scan


def _locked(scan: PaperScan) -> tuple[SignOffLink, PaperScan]:
    placement = locked(scan.link.placement)
    form = loaded_links().select_for_update(of=("self",)).get(pk=scan.link_id)
    form.placement = placement
    lock_shifts(form)
    scan = PaperScan.objects.select_for_update(of=("self",)).select_related("uploaded_by").get(pk=scan.pk)
    scan.link = form
    return form, scan


def _must_be_second(scan: PaperScan, by: User) -> None:
    if scan.outcome:
        raise ValidationError(_("Somebody answered this scan meanwhile."))
    if scan.uploaded_by_id == by.pk:
        raise ValidationError(_("You read this form yourself. Somebody else approves it."))
    _must_be_nobody_in_it(by, scan.link)
