"""Writes down what a learner is called in law, when a registrar has seen the paper."""

from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import change_legal_name
from certification.records.models import Learner, TrainingRecord
from certification.records.selectors import is_own
from certification.records.services import hold_open
from notices.services import enqueue_mail

from .. import rules
from .register import require_role


def write_legal_name(*, record: TrainingRecord, legal_name: str, by: User) -> User:
    """Give the learner of a record a new legal name; the old one is kept among her former names until today.

    Atomic; idempotent by the name. She gets a mail that says who wrote it down, so that no name changes unseen. Nothing
    that was issued changes: a certificate is replaced by two people. Refuses (ValidationError) who does not sign for the
    school, a registrar's own name, a school that has closed, an account that is gone, and an empty name.
    """
    with transaction.atomic():
        record.school = hold_open(record.school)
        # As issuing does: no name changes between the two looks at it.
        learner = Learner.objects.select_for_update().get(pk=record.learner_id)
        require_role(by, record)
        if is_own(by, record):
            raise ValidationError(_("Nobody writes down her own legal name: another registrar does."), code="own")
        user = learner.user
        if user is None or not user.is_active:
            raise ValidationError(_("The account of this learner is gone, so its name stays as it is."), code="gone")
        legal_name, before = rules.clean_name(legal_name), user.legal_name
        if legal_name == before:
            return user
        now = timezone.now()
        user = change_legal_name(
            user=user, legal_name=legal_name, until_on=now.astimezone(ZoneInfo(record.zone)).date()
        )
        enqueue_mail(
            key=f"name:{user.uuid}:{now.isoformat()}",
            to=user.email,
            template="certificates_name_changed",
            context={
                "record": record,
                "before": before,
                "after": user.legal_name,
                "who": by.get_full_name(),
                "name": user.get_short_name(),
            },
            user=user,
        )
        return user
