"""Prepares and issues many certificates: two people, one statement, each certificate in a small transaction of its own.

Nothing here decides what may be issued: each row goes through `propose_certificate` and `issue_certificate`, which judge
anew. A row that is refused keeps no other waiting; whoever is killed half-way leaves whole rows, and the tick goes on.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_tasks import task

from accounts.models import Organisation, User
from accounts.selectors import has_role
from certification.records.models import TrainingRecord

from ..models import Certificate, CertificateProposal, IssueBatch, IssueBatchRow, Kind
from ..selectors import MOST_TOGETHER, SIGNER_ROLES, batches_left_lying, pending_rows
from .issuing import issue_certificate, propose_certificate, withdraw_proposal

log = logging.getLogger("palmar.certificates")
Outcome = IssueBatchRow.Outcome
MOST_ATTEMPTS = 3
"""So often a fault of ours may stop a row before it is refused."""


class _WaitError(Exception):
    """What keeps all rows waiting alike, such as a key that is not there; the tick tries again."""


def statement(count: int) -> str:
    """What the second hand says of all rows at once; kept word for word with the signature."""
    return ngettext(
        "I read the conditions of the one record of this list and compared the legal name with the license.",
        "I read the conditions of all %(count)d records of this list and compared the legal names with the licenses.",
        count,
    ) % {"count": count}


def prepare_batch(
    *, school: Organisation, records: Sequence[TrainingRecord], name: str = "", by: User, source_key: str
) -> IssueBatch:
    """Choose records to be prepared together, the first of two hands; the task queue prepares them one by one.

    Atomic. Idempotent by `source_key` (whose it is): the form sent twice makes one batch. A record that lacks something
    gets its row, refused with what it lacks. Refuses (ValidationError) who does not sign for the school, records of
    another school, none, and more than a thousand.
    """
    _require(by, school)
    if not records:
        raise ValidationError(_("Choose at least one record."), code="none")
    if len(records) > MOST_TOGETHER:
        raise ValidationError(
            _("At most %(most)d records are prepared together. Choose fewer.") % {"most": MOST_TOGETHER}, code="many"
        )
    if any(record.school_id != school.pk for record in records):
        raise ValidationError(_("A list holds records of one school."), code="school")
    key = f"{by.pk}:{source_key}"[:100]
    try:
        with transaction.atomic():
            batch = IssueBatch.objects.create(
                school=school,
                name=name[:200] or ngettext("%(n)d record", "%(n)d records", len(records)) % {"n": len(records)},
                source_key=key,
                size=len(records),
                prepared_by=by,
            )
            IssueBatchRow.objects.bulk_create(
                IssueBatchRow(batch=batch, number=number, record=record)
                for number, record in enumerate(records, start=1)
            )
            transaction.on_commit(lambda: work_on_batch.enqueue(batch.pk))
    except IntegrityError:
        there = IssueBatch.objects.filter(source_key=key).first()
        if there is None:
            raise
        return there
    return batch


@transaction.atomic
def sign_batch(*, batch: IssueBatch, by: User, expected: int) -> IssueBatch:
    """Sign all prepared rows of a batch under one statement, the second of two hands; the task queue issues them.

    Atomic; idempotent: one that this person signed is returned. `expected` is how many prepared rows she was shown.
    Refuses (ValidationError) who does not sign for the school, the person who prepared it, one that is not prepared
    yet, was withdrawn, was signed by another, has nothing left to issue, or changed since it was shown.
    """
    batch = _locked(batch)
    _require(by, batch.school)
    if batch.signed_at is not None:
        if batch.signed_by_id == by.pk:
            return batch
        raise ValidationError(_("Somebody else signed it meanwhile."), code="signed")
    if batch.withdrawn_at is not None:
        raise ValidationError(_("This list was withdrawn. Prepare the certificates again."), code="withdrawn")
    if batch.prepared_by_id == by.pk:
        raise ValidationError(_("You prepared it, so another registrar must sign."), code="same_person")
    if batch.rows.filter(outcome=Outcome.CHOSEN).exists():
        raise ValidationError(_("It is still being prepared. Wait until the whole list is there."), code="preparing")
    prepared = batch.rows.filter(outcome=Outcome.PREPARED).count()
    if not prepared:
        raise ValidationError(_("Nothing on this list can be issued."), code="empty")
    if prepared != expected:
        raise ValidationError(_("The list changed since you opened it. Read it again, then sign."), code="changed")
    batch.signed_at, batch.signed_by, batch.statement = timezone.now(), by, statement(prepared)
    batch.save(update_fields=["signed_at", "signed_by", "statement"])
    transaction.on_commit(lambda: work_on_batch.enqueue(batch.pk))
    return batch


@transaction.atomic
def withdraw_batch(*, batch: IssueBatch, by: User) -> IssueBatch:
    """Take a whole batch back before it is signed; the task queue withdraws what it proposed. Atomic; idempotent.

    Refuses who does not sign for the school, and one that was signed.
    """
    batch = _locked(batch)
    _require(by, batch.school)
    if batch.signed_at is not None:
        raise ValidationError(
            _("It was signed meanwhile. An issued certificate can be revoked, not withdrawn."), code="signed"
        )
    if batch.withdrawn_at is None:
        batch.withdrawn_at, batch.withdrawn_by = timezone.now(), by
        batch.save(update_fields=["withdrawn_at", "withdrawn_by"])
        transaction.on_commit(lambda: work_on_batch.enqueue(batch.pk))
    return batch


@transaction.atomic
def leave_out(*, row: IssueBatchRow, by: User) -> IssueBatchRow:
    """Leave one row out before the batch is signed. Atomic; idempotent.

    Its proposal is withdrawn if this batch made it and no other list waits with it; one that stood before it stays.
    Refuses who does not sign for the school, a row of a batch that was signed, and one that is not prepared yet.
    """
    batch = _locked(row.batch)
    _require(by, batch.school)
    row = IssueBatchRow.objects.select_for_update(of=("self",)).select_related("proposal").get(pk=row.pk)
    if row.outcome in (Outcome.WITHDRAWN, Outcome.REFUSED):
        return row
    if batch.signed_at is not None or row.proposal is None:
        raise ValidationError(_("Only a row that waits for the second signature can be left out."), code="late")
    if _is_its_own(row.proposal, batch) and not _is_held_elsewhere(row.proposal, batch):
        withdraw_proposal(proposal=row.proposal, by=by)
    return _end(row, Outcome.WITHDRAWN)


@task()
def work_on_batch(batch_id: int) -> None:
    """Do what is to be done with one batch: prepare its rows, issue them, or withdraw them."""
    run_batch(batch=IssueBatch.objects.get(pk=batch_id))


def run_batch(*, batch: IssueBatch) -> int:
    """Take every open row of a batch one step on, each in its own transaction; how many moved.

    Idempotent, and safe to run twice at once: a row is locked, and done when it is still open. What keeps all waiting
    (the school's key) ends this run; a fault of ours skips the row, which the tick takes up again, three times in all.
    """
    batch.refresh_from_db()
    moved = 0
    for pk in list(pending_rows(batch).values_list("pk", flat=True)):
        try:
            moved += _move(pk)
        except _WaitError as wait:
            log.error("batch %s waits: %s", batch.uuid, wait)
            break
        except Exception:  # one row's fault keeps no other waiting
            log.exception("row %s of batch %s failed", pk, batch.uuid)
            _count_fault(pk)
    return moved


def due_batches(*, now: datetime) -> int:
    """Go on with batches that nobody is at, as after a crash; how many rows moved."""
    return sum(run_batch(batch=batch) for batch in batches_left_lying(now=now))


@transaction.atomic
def _move(pk: int) -> bool:
    row = (
        IssueBatchRow.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related(
            "batch__prepared_by",
            "batch__signed_by",
            "batch__withdrawn_by",
            "proposal",
            "record__school",
            "record__rule_set",
            "record__learner__user",
        )
        .filter(pk=pk, outcome__in=[Outcome.CHOSEN, Outcome.PREPARED])
        .first()
    )
    if row is None:
        return False
    batch = row.batch
    try:
        if batch.withdrawn_by:
            _take_back(row, batch.withdrawn_by)
        elif batch.signed_by and row.proposal:
            row.certificate = issue_certificate(proposal=row.proposal, by=batch.signed_by)
            _end(row, Outcome.ISSUED)
        elif row.outcome == Outcome.CHOSEN:
            _prepare(row, batch.prepared_by)
        else:
            return False
    except ValidationError as refused:
        if any(getattr(error, "code", "") == "no_key" for error in refused.error_list):
            raise _WaitError(" ".join(refused.messages)) from refused
        row.certificate = None
        _end(row, Outcome.REFUSED, " ".join(refused.messages))
    return True


def _prepare(row: IssueBatchRow, by: User) -> None:
    newest = Certificate.objects.filter(record=row.record, kind=Kind.COMPLETION, superseded_by=None)
    standing = newest.select_related("revocation").first()
    if standing and standing.is_revoked:
        raise ValidationError(_("It was revoked; issue a new one on its own page."), code="revoked")
    if standing:
        raise ValidationError(_("It has its certificate: %(code)s.") % {"code": standing.code}, code="issued")
    row.proposal = propose_certificate(record=row.record, by=by)
    _end(row, Outcome.PREPARED)


def _take_back(row: IssueBatchRow, by: User) -> None:
    """Withdraw what this batch proposed; a proposal that stood before it, or that another open list holds, stays."""
    proposal, batch = row.proposal, row.batch
    if proposal and _is_its_own(proposal, batch) and not _is_held_elsewhere(proposal, batch):
        withdraw_proposal(proposal=proposal, by=by)
    _end(row, Outcome.WITHDRAWN)


def _is_its_own(proposal: CertificateProposal, batch: IssueBatch) -> bool:
    """Whether the batch made the proposal, rather than found it."""
    return proposal.proposed_by_id == batch.prepared_by_id and proposal.proposed_at >= batch.prepared_at


def _is_held_elsewhere(proposal: CertificateProposal, batch: IssueBatch) -> bool:
    """Whether another list that was not taken back waits with the proposal. The proposal is locked: of two
    rows left out at once the later one sees that the other holds it no more.
    """
    CertificateProposal.objects.select_for_update(of=("self",), no_key=True).get(pk=proposal.pk)
    elsewhere = IssueBatchRow.objects.filter(
        proposal=proposal, outcome=Outcome.PREPARED, batch__withdrawn_at__isnull=True
    )
    return elsewhere.exclude(batch=batch).exists()


def _end(row: IssueBatchRow, outcome: str, reason: str = "") -> IssueBatchRow:
    row.outcome, row.reason, row.moved_at = outcome, reason, timezone.now()
    row.save(update_fields=["outcome", "reason", "moved_at", "proposal", "certificate"])
    return row


@transaction.atomic
def _count_fault(pk: int) -> None:
    rows = IssueBatchRow.objects.filter(pk=pk, outcome__in=[Outcome.CHOSEN, Outcome.PREPARED])
    rows.update(attempts=F("attempts") + 1, moved_at=timezone.now())
    row = rows.filter(attempts__gte=MOST_ATTEMPTS).first()
    if row:
        _end(row, Outcome.REFUSED, _("Something went wrong on our side, three times. Nothing was issued here."))


def _locked(batch: IssueBatch) -> IssueBatch:
    return IssueBatch.objects.select_for_update(of=("self",)).select_related("school").get(pk=batch.pk)


def _require(user: User, school: Organisation) -> None:
    if not user.is_active or not has_role(user, school, *SIGNER_ROLES):
        raise ValidationError(
            _("Only a registrar or administrator of %(school)s signs its certificates.") % {"school": school.name},
            code="no_right",
        )
