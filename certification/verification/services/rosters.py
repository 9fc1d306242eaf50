"""Writes rosters: the file, that it was sent, what was answered; and reminds a school before it is late."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, User
from accounts.selectors import has_role, holders_of
from certification.certificates.models import Certificate, Kind
from certification.certificates.selectors import SIGNER_ROLES
from certification.records.rules.tables import as_csv
from notices.services import enqueue_mail

from .. import rosters
from ..models import Roster, RosterNotice, RosterRow
from ..selectors import to_report, usual_profession

MOST_LINES = 5_000


@transaction.atomic
def make_roster(*, uuid: UUID, school: Organisation, profession: str, by: User) -> Roster:
    """Make the file of all completions that can be reported now. Atomic, idempotent by `uuid`.

    Two at once wait for each other at the school, so nobody stands in two files. Refuses (ValidationError) who does not
    sign for the school, a profession that is no code, and a file without a line.
    """
    _require_signer(school, by)
    school = Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    made = Roster.objects.filter(uuid=uuid, school=school).first()
    if made:
        return made
    profession = profession.strip().upper()
    if not rosters.is_profession(profession):
        raise ValidationError({"profession": _("Write the code of the profession in two to four letters: MA.")})
    ready = [one for one in to_report(school, profession=profession) if not one.lacks][:MOST_LINES]
    if not ready:
        raise ValidationError(_("No completion can be reported now. What keeps each back stands beside it."))
    body = as_csv(rosters.HEADER, (rosters.cells(one.line, profession) for one in ready)).decode()
    roster = Roster.objects.create(
        uuid=uuid,
        school=school,
        number=Roster.objects.filter(school=school).count() + 1,
        profession=profession,
        body=body,
        sha256=hashlib.sha256(body.encode()).hexdigest(),
        made_by=by,
    )
    RosterRow.objects.bulk_create(
        RosterRow(
            roster=roster,
            line=number,
            certificate=one.certificate,
            record_id=one.certificate.record_id,
            course_number=one.line.course_number,
            completed_on=one.line.completed_on,
        )
        for number, one in enumerate(ready, start=1)
    )
    return roster


@transaction.atomic
def mark_sent(*, roster: Roster, reference: str, by: User) -> Roster:
    """Write down that the file was sent, and by what reference it is known there. Atomic; idempotent once it is sent."""
    roster = _held(roster, by)
    if roster.dropped_at:
        raise ValidationError(_("This file was dropped. Make a new one."))
    if roster.sent_at is None:
        roster.sent_at, roster.sent_by, roster.reference = timezone.now(), by, " ".join(reference.split())[:120]
        roster.save(update_fields=["sent_at", "sent_by", "reference"])
    return roster


@transaction.atomic
def drop_roster(*, roster: Roster, by: User) -> Roster:
    """Put away a file that was not sent; its completions wait for the next one. Atomic, idempotent."""
    roster = _held(roster, by)
    if roster.sent_at:
        raise ValidationError(_("This file was sent. Note what was answered instead."))
    if roster.dropped_at is None:
        roster.dropped_at, roster.dropped_by = timezone.now(), by
        roster.save(update_fields=["dropped_at", "dropped_by"])
        roster.rows.update(stands=False)
    return roster


@transaction.atomic
def note_replies(*, roster: Roster, lines: Sequence[int], reply: str, words: str, by: User) -> int:
    """Write down what was answered to these lines of a file that was sent; how many. Atomic; each line once.

    A refused line waits for the next file. Refuses (ValidationError) a file that was not sent, an unknown answer, and
    a refusal without the receiver's words.
    """
    roster = _held(roster, by)
    if roster.sent_at is None:
        raise ValidationError(_("Note first that the file was sent."))
    if reply not in RosterRow.Reply.values:
        raise ValidationError({"reply": _("Choose what was answered.")})
    words = " ".join(words.split())[:300]
    refused = reply == RosterRow.Reply.REFUSED
    if refused and not words:
        raise ValidationError({"words": _("Write what the receiver said, so that the next file can be right.")})
    return roster.rows.filter(line__in=lines, reply="").update(
        reply=reply, reply_words=words, reply_by=by, reply_at=timezone.now(), stands=not refused
    )


def remind_of_rosters(*, now: datetime) -> int:
    """Mail who signs for a school what is soon late and what is late, once each; how many completions. Idempotent."""
    ce = Certificate.objects.filter(kind=Kind.CE, revocation=None, superseded_by=None)
    schools = Organisation.objects.filter(pk__in=ce.values("school"), closing=None)
    return sum(_remind(school, now) for school in schools.order_by("pk"))


@transaction.atomic
def _remind(school: Organisation, now: datetime) -> int:
    school = Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    pressing = [
        one
        for one in to_report(school, profession=usual_profession(school), now=now, sent_only=True)
        if one.standing in (rosters.DUE, rosters.LATE)
    ]
    told = set(
        RosterNotice.objects.filter(certificate__in=[one.certificate for one in pressing]).values_list(
            "certificate_id", "step"
        )
    )
    fresh = [one for one in pressing if (one.certificate.pk, one.standing) not in told]
    if not fresh:
        return 0
    steps = {(one.certificate.pk, one.standing): one for one in fresh}
    RosterNotice.objects.bulk_create(RosterNotice(certificate_id=pk, step=step, told_at=now) for pk, step in steps)
    first = min(one.days_left for one in fresh)
    for role in (Membership.Role.REGISTRAR, Membership.Role.ADMIN):
        for person in holders_of(school, role):
            enqueue_mail(
                key=f"roster:{fresh[0].certificate.uuid}:{fresh[0].standing}:{person.uuid}",
                to=person.email,
                template="verification_roster_due",
                context={
                    "school": school,
                    "name": person.get_short_name(),
                    "many": len(steps),
                    "late": sum(step == rosters.LATE for _pk, step in steps),
                    "first": first,
                },
                user=person,
            )
    return len(steps)


def _held(roster: Roster, by: User) -> Roster:
    roster = Roster.objects.select_for_update(no_key=True, of=("self",)).select_related("school").get(pk=roster.pk)
    _require_signer(roster.school, by)
    return roster


def _require_signer(school: Organisation, by: User) -> None:
    if not has_role(by, school, *SIGNER_ROLES):
        raise ValidationError(_("Only who signs for the school reports its courses."), code="no_right")
